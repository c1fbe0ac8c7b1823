"""Rules that stand at the corners of the language, and the formulas of days: what random rules seldom decide by.

No test itself: `test_corners.py` and the planted faults look at it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from attrs import evolve

from fanpin.expressions.lowering import lower
from fanpin.expressions.nodes import Literal, Nodes
from fanpin.expressions.ops import OPERATORS
from fanpin.expressions.plain import Plain, ymd
from tests.language.agreement import Difference, differences, parsed, scope
from tests.language.laws import made_complete
from tests.language.learning import drawn

HARD_TO_HOLD = (0.29, 0.57, 0.58, 1.13, 1.15, 2.01, 4.35, 8.2, 16.4)  # times 100 they fall beside a whole number
ROWS_LISTED = frozenset({("members", "*"), ("bills", "*")})
TEXTS = [
    *(f"area >= {value}" for value in HARD_TO_HOLD),
    *(f"count(bills) {op} {n}" for op in ("<", ">=", "==") for n in (0, 1, 4, 7, 8, 9)),
    *(f"count(members) {op} {n}" for op in ("<=", ">") for n in (0, 1, 3, 11)),
    *(f"size {op} {n}" for op in ("<", ">=", "!=") for n in (1, 2, 4, 12)),
    "count(b for b in bills if b.insured) >= 5",
    "count(not b.insured for b in bills) < 3",
    "abs(net) < 0",
    "abs(net) >= 0",
    "max(m.score for m in members) < -49.9",
    "min(m.score for m in members) > 49.9",
    "min(m.score for m in members if m.in_school) == 50",
    "max(b.amount for b in bills) >= 0 * spent",
    "sum(m.score for m in members) >= 0",
    "sum(m.score for m in members if m.in_school) < -100",
    "sum(b.amount for b in bills if b.insured) <= large",
    "all(m.in_school for m in members if m.months > 3)",
    "any(b.insured for b in bills)",
    "all(b.insured for b in bills)",
    "net * rate > wage",
    "net * -1 > wage",
    "net / floors < wage",
    "-7 / floors < -1",
    "(net - wage) / floors <= spent",
    "area / 10 * 10 > area",
    "area * 0.35 == area * 35 / 100",
    "fuel in {'coal', 'peat'}",
    "fuel not in {'coal', 'wood', 'gas'}",
    "food in {'met', 'at_risk', 'not_met'}",
    "not (poor and ill) or not poor",
    "(wage if poor else net) >= 0",
    "(poor if ill else not poor) and (net < 0 if poor else net >= 0)",
    "round_half_up(net, 'yuan') == net",
    "round_up(net * 0.35, 'jiao') > round_down(net * 0.35, 'jiao')",
    "round_half_up(rate / 3, 'whole') >= 17",
    "round_half_up(0.5 * rooms, 'whole') == rooms - round_down(0.5 * rooms, 'whole')",
    "max(rooms, floors) * min(rooms, floors) == rooms * floors",
]  # fmt: skip


def corner_differences() -> Iterator[Difference]:
    """Where a backend differs from the evaluator on the rules above, on many drawn households."""
    names = scope()
    trees = parsed(TEXTS, names)
    random = Random(11)
    households = [drawn(random) for _ in range(120)]
    exact = [evolve(households[0], household={**households[0].household, "area": value}) for value in HARD_TO_HOLD]
    yield from differences(trees, [*households, *exact], names.nodes)
    listed = [made_complete(random, known, ROWS_LISTED) for known in households]
    yield from differences(trees, listed, names.nodes, ROWS_LISTED)


def _days() -> list[date]:
    """Every day of a leap year and of the year before, and the turns of months in other years."""
    whole = [date(2023, 1, 1) + timedelta(days=n) for n in range(731)]
    turns = [date(y, m, 1) + timedelta(days=n) for y in (1900, 1999, 2000, 2100) for m in range(1, 13) for n in (-1, 0)]
    return whole[::3] + [d for d in turns if d.year >= 1900]


def wrong_days() -> Iterator[str]:
    """Where a formula over YYYYMMDD says something else than the calendar of Python and dateutil."""
    days = _days()
    random = Random(5)
    for d in days:
        for name in ("start_of_month", "start_of_year", "year_of"):
            yield from _wrong(name, d)
        for n in (-25, -13, -12, -2, -1, 0, 1, 2, 11, 12, 13, random.randint(-300, 300)):
            yield from _wrong("add_months", d, n)
        for n in (-366, -365, -59, -1, 0, 1, 29, 60, 366, random.randint(-9000, 9000)):
            yield from _wrong("add_days", d, n)
        others = [random.choice(days), d, d + timedelta(days=1), d - timedelta(days=1), d + timedelta(days=365)]
        for other in others:
            for name in ("age", "months_between", "days_between"):
                yield from _wrong(name, d, other)


def _wrong(name: str, *args: Any) -> Iterator[str]:
    plain = Plain(Nodes())
    try:
        expected = OPERATORS[name].apply(*args)
    except (OverflowError, ValueError):
        return
    given = [plain.number(ymd(arg) if isinstance(arg, date) else arg) for arg in args]
    found = lower(plain, name, *given)
    assert isinstance(found, Literal)
    wanted = ymd(expected) if isinstance(expected, date) else expected
    if found.value != wanted:
        yield f"{name}{args}: {found.value}, and it is {wanted}"
