"""Amounts are exact: they equal rational arithmetic in yuan, at every boundary and a fen to either side of it."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin import grade, load_pack
from fanpin.packs import Pack

ON = date(2024, 5, 1)
START, FIRST, SECOND, TOP = (Fraction(n) for n in ("3000.05", "10000", "30000.50", "41234.56"))
RATES = Fraction("0.6"), Fraction("0.655"), Fraction("0.8")
EXTRA, CENT = Fraction("0.1"), Fraction(1, 100)
PARAMETERS = {"start": START, "first": FIRST, "second": SECOND, "top": TOP}
RULES = """
definitions:
  by_slice:
    label: {zh: 分段, en: by slice}
    bands:
      of: bill
      rate_of: slice
      deductible: start
      used: before
      cap: top
      bands: [{up_to: first, rate: 0.6}, {up_to: second, rate: 0.655}, {rate: 0.8}]
      extra: {poorest: {when: poorest, points: 0.1}}
  whole:
    label: {zh: 全额, en: whole}
    bands:
      of: bill
      rate_of: whole
      entry: start
      bands: [{up_to: first, rate: 0.6}, {up_to: second, included: no, rate: 0.655}, {rate: 0.8}]
"""
RESULTS = """
results:
  slices: {label: {zh: 甲, en: a}, amount: by_slice, round: {to: fen, how: half_up}}
  slices_down: {label: {zh: 乙, en: b}, amount: by_slice, round: {to: yuan, how: down}}
  whole_up: {label: {zh: 丙, en: c}, amount: whole, round: {to: jiao, how: up}}
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("amounts")
    money = "type: money, unit: CNY/year"
    rows = [
        f"  {name}: {{label: {{zh: {name}, en: {name}}}, unit: CNY/year, "
        f"values: [{{from: 2024-01-01, until: replaced, value: {float(value):.2f}, source: a test}}]}}"
        for name, value in PARAMETERS.items()
    ]
    files = {
        "pack.yaml": 'name: amounts\nlabel: {zh: 金额, en: amounts}\nversion: "1"\n',
        "facts.yaml": "facts:\n"
        + "".join(f"  {name}: {{label: {{zh: {name}, en: {name}}}, {money}}}\n" for name in ("bill", "before"))
        + "  poorest: {label: {zh: 特困, en: poorest}, type: yes_no}\n",
        "parameters.yaml": "parameters:\n" + "\n".join(rows),
        "rules.yaml": RULES
        + "risks:\n  some: {label: {zh: 有, en: some}, when: bill > 0 * bill}\n"
        + "grades:\n  blue: {label: {zh: 蓝, en: blue}, when: some, handled_by: [village]}\n",
        "results.yaml": RESULTS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_pack(folder)


Paid = Callable[..., dict[str, tuple[int, int]]]


@pytest.fixture(scope="module")
def paid(pack: Pack) -> Paid:
    """Both ends of each result, in fen, by the function that grading runs."""
    now = pack.rules.on(ON)
    parameters, names = now.parameters(None), list(pack.rules.outputs)

    def run(**known: Any) -> dict[str, tuple[int, int]]:
        household = {"bill": None, "before": None, "poorest": None, "members": None, **known}
        values = pack.rules.function(household, household, {"members": False}, parameters)
        found = dict(zip(names, values[2 * len(pack.rules.risks) :], strict=False))
        fen = {"slices": 1, "slices_down": 100, "whole_up": 10}
        return {name: (found[f"{name}:lo"] * by, found[f"{name}:hi"] * by) for name, by in fen.items()}

    return run


def by_slice(total: Fraction, poorest: bool) -> Fraction:
    """What the whole year's bills are paid, in yuan."""
    limits = [Fraction(0), FIRST, SECOND, max(total, SECOND)]
    parts = [max(Fraction(0), min(total, high) - max(low, START)) for low, high in pairwise(limits)]
    paid = (part * (rate + EXTRA * poorest) for part, rate in zip(parts, RATES, strict=True))
    return min(TOP, sum(paid, Fraction(0)))


def expected(bill: Fraction, before: Fraction, poorest: bool) -> dict[str, int]:
    slices = by_slice(before + bill, poorest) - by_slice(before, poorest)
    rate = RATES[0] if bill <= FIRST else RATES[1] if bill < SECOND else RATES[2]
    whole = bill * rate if bill >= START else Fraction(0)
    return {
        "slices": floor(slices * 100 + Fraction(1, 2)),
        "slices_down": floor(slices) * 100,
        "whole_up": ceil(whole * 10) * 10,
    }


def _boundaries() -> Iterator[tuple[Fraction, Fraction]]:
    """Bills, and bills before them, at which something turns, and a fen to either side."""
    turns = [Fraction(0), START, FIRST, SECOND, Fraction(50_000), Fraction(60_000)]
    for total in turns:
        for before in turns:
            for step in (-CENT, Fraction(0), CENT):
                yield max(total - before + step, Fraction(0)), before
                yield max(total + step, Fraction(0)), before + CENT


@pytest.mark.parametrize("poorest", [True, False])
def test_at_every_boundary_and_a_fen_to_either_side(paid: Paid, poorest: bool) -> None:
    for bill, before in _boundaries():
        found = paid(bill=float(bill), before=float(before), poorest=poorest)
        assert found == {name: (fen, fen) for name, fen in expected(bill, before, poorest).items()}, (bill, before)


def test_a_hundred_thousand_random_amounts_equal_fractions(paid: Paid) -> None:
    random = Random(20261125)
    for _ in range(100_000):
        bill, before = (Fraction(random.randrange(10 ** random.randint(1, 8)), 100) for _ in range(2))
        poorest = random.random() < 0.5
        found = paid(bill=float(bill), before=float(before), poorest=poorest)
        assert found == {name: (fen, fen) for name, fen in expected(bill, before, poorest).items()}, (bill, before)


fen = st.integers(0, 10**7)


@given(fen, fen, fen, st.booleans())
def test_two_claims_are_paid_as_one(paid: Paid, before: int, first: int, second: int, poorest: bool) -> None:
    def claim(bill: int, used: int) -> int:
        return paid(bill=bill / 100, before=used / 100, poorest=poorest)["slices"][0]

    once = claim(first + second, before)
    twice = claim(first, before) + claim(second, before + first)
    assert abs(once - twice) <= 1  # each claim is rounded to the fen


@given(fen, fen, fen, st.booleans())
def test_a_cap_is_never_passed_and_more_cost_never_pays_less(
    paid: Paid, before: int, bill: int, more: int, poorest: bool
) -> None:
    def claim(bill: int) -> int:
        return paid(bill=bill / 100, before=before / 100, poorest=poorest)["slices"][0]

    assert claim(bill) <= claim(bill + more) <= TOP * 100


@given(fen, fen, st.none() | st.booleans())
def test_what_is_not_known_lies_between(paid: Paid, bill: int, before: int, poorest: bool | None) -> None:
    known = [paid(bill=bill / 100, before=before / 100, poorest=said) for said in (True, False)]
    unsure = paid(bill=bill / 100, before=before / 100, poorest=poorest)
    anything = paid(bill=bill / 100, poorest=poorest)
    for name, (lo, hi) in unsure.items():
        if poorest is None:
            assert lo <= min(one[name][0] for one in known) <= max(one[name][0] for one in known) <= hi
        assert anything[name][0] <= lo <= hi <= anything[name][1]


def test_lines_can_be_checked_with_a_pocket_calculator(pack: Pack) -> None:
    known = {"household_id": "1", "bill": 12_000.5, "before": 2_000, "poorest": False}
    found = grade(pack.household(known), pack=pack, on=ON).result("slices")
    assert found.amount == 6_820.3
    assert found.explain("en").splitlines() == [
        "a: 6,820.3 yuan a year",
        "  bill: 12,000.5 yuan a year",
        "  counted before, before: 2,000 yuan a year",
        "  less start: 3,000.05 yuan a year",
        "  from 3,000.05 yuan a year to 10,000 yuan a year: 6,999.95 yuan a year × 60% = 4,199.97 yuan a year",
        "  from 10,000 yuan a year to 14,000.5 yuan a year: 4,000.5 yuan a year × 65.5% = 2,620.3275 yuan a year",
        "  by slice = 6,820.2975 yuan a year",
        "  by slice rounded to fen = 6,820.3 yuan a year",
    ]
