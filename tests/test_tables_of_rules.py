"""A table of a pack gives the value of the row that answers, and over an unsure key just the rows that may answer."""

from datetime import date
from itertools import combinations_with_replacement
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin import Between, Pack, grade, load_pack

MOST = 8
HEAD = 'name: rooms\nlabel: {zh: 房间, en: rooms}\nversion: "1"\n'
FACTS = f"facts: {{rooms: {{label: {{zh: 房间, en: rooms}}, type: whole, at_least: 0, at_most: {MOST}}}}}\n"
RESULTS = """results:
  paid: {label: {zh: 补助, en: paid}, amount: amount, round: {to: yuan, how: down}}
"""
Cells = list[tuple[int, int]]


@st.composite
def cells(draw: st.DrawFn) -> Cells:
    """Cells that do not overlap, in any order."""
    starts = sorted(draw(st.sets(st.integers(0, MOST), min_size=1, max_size=4)))
    ends = [draw(st.integers(lo, hi - 1)) for lo, hi in zip(starts, [*starts[1:], MOST + 1], strict=True)]
    return draw(st.permutations([*zip(starts, ends, strict=True)]))


def _pack(folder: Path, written: Cells) -> Pack:
    rows = "".join(
        f'        - {{at: {{rooms: "{lo}..{hi}"}}, from: 2024-01-01, until: replaced, value: {100 * at}, source: s}}\n'
        for at, (lo, hi) in enumerate(written, 1)
    )
    table = "    table:\n      keys: [rooms]\n      rows:\n"
    rules = f"definitions:\n  amount:\n    label: {{zh: 标准, en: amount}}\n    unit: CNY\n{table}{rows}"
    for name, text in {"pack": HEAD, "facts": FACTS, "rules": rules, "results": RESULTS}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_pack(folder)


@settings(max_examples=40, deadline=None)
@given(cells())
def test_over_an_unsure_key_the_rows_that_may_answer(written: Cells) -> None:
    values = {rooms: 100 * at for at, (lo, hi) in enumerate(written, 1) for rooms in range(lo, hi + 1)}
    with TemporaryDirectory() as folder:
        pack = _pack(Path(folder), written)
    for lo, hi in combinations_with_replacement(range(MOST + 1), 2):
        household = pack.household({"household_id": "1", "rooms": {"lo": lo, "hi": hi}})
        (paid,) = grade(household, pack=pack, on=date(2024, 5, 1)).results
        answers = [values.get(rooms) for rooms in range(lo, hi + 1)]
        may_be = [float(value) for value in answers if value is not None]
        if not may_be:
            assert (paid.state, paid.amount) == ("refused", None)
            continue
        if None in answers:  # nothing is known of it, whatever the table holds elsewhere
            may_be += [0.0, 1e9]
        assert paid.amount == (may_be[0] if min(may_be) == max(may_be) else Between(min(may_be), max(may_be)))
