"""The lowered formulas of days are the calendar: that of Python and dateutil, for every day of two centuries."""

from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from random import Random

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from fanpin.expressions.lowering import lower
from fanpin.expressions.nodes import Literal, Nodes, Parameter
from fanpin.expressions.ops import OPERATORS
from fanpin.expressions.plain import Plain, ymd
from fanpin.expressions.to_python import Function, to_python
from fanpin.expressions.types import NumberType

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
DAYS = st.dates(FIRST, LAST)
NODES = Nodes()


def lowered(name: str, *args: date | int) -> float:
    """The formula over days as numbers, as every backend works it out."""
    given = {f"p{i}": ymd(arg) if isinstance(arg, date) else arg for i, arg in enumerate(args)}
    result: float = _formula(name, len(args))({}, {}, {}, given)[0]
    return result


@lru_cache
def _formula(name: str, count: int) -> Function:
    parameters = [NODES.make(Parameter, f"p{i}", NumberType()) for i in range(count)]
    return to_python([lower(Plain(NODES), name, *parameters)])


def folded(name: str, x: float, step: int) -> object:
    """A rounding of constants; the step of a rounding always is one."""
    plain = Plain(NODES)
    found = lower(plain, name, plain.number(x), plain.number(step))
    assert isinstance(found, Literal)
    return found.value


def every(days: int) -> Iterator[date]:
    """Every so many days of the calendar, and around the ends of months, leap days and centuries always."""
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=days)
    for year in (1900, 1904, 1999, 2000, 2001, 2023, 2024, 2096, 2100):
        for month in range(1, 13):
            first = date(year, month, 1)
            yield from (d for d in (first - timedelta(days=1), first, first + timedelta(days=27)) if d >= FIRST)


def test_every_day_is_a_day_number_after_the_day_before() -> None:
    """Days between neighbours: with this, spans of any length are right as well."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    wrong = [
        day
        for day, after in pairwise(days)
        if lowered("days_between", day, after) != 1 or lowered("add_days", day, 1) != ymd(after)
    ]
    assert wrong == []


def test_starts_and_years() -> None:
    for day in every(7):
        assert lowered("start_of_month", day) == ymd(day.replace(day=1))
        assert lowered("start_of_year", day) == ymd(date(day.year, 1, 1))
        assert lowered("year_of", day) == day.year


def test_months_are_added_as_dateutil_adds_them() -> None:
    random = Random(1)
    for day in every(31):
        for months in (-12, -1, 0, 1, 12, random.randint(-1200, 1200)):
            assert lowered("add_months", day, months) == ymd(day + relativedelta(months=months)), (day, months)


@given(DAYS, st.integers(-36500, 36500))
def test_days_are_added_as_python_adds_them(day: date, days: int) -> None:
    assert lowered("add_days", day, days) == ymd(day + timedelta(days=days))


@given(DAYS, DAYS)
def test_days_between_are_pythons(a: date, b: date) -> None:
    assert lowered("days_between", a, b) == (b - a).days


@given(DAYS, DAYS)
def test_an_age_is_dateutils_but_for_those_born_on_a_leap_day(birth: date, on: date) -> None:
    said = lowered("age", birth, on)
    assert said == OPERATORS["age"].apply(birth, on)
    if birth <= on and (birth.month, birth.day) != (2, 29):
        assert said == relativedelta(on, birth).years


@given(st.integers(475, 525).map(lambda n: 4 * n).filter(isleap), st.integers(0, 99))
def test_who_is_born_on_a_leap_day_is_a_year_older_on_1_march(year: int, years: int) -> None:
    birth = date(year, 2, 29)
    birthday = date(year + years, 2, 29) if isleap(year + years) else date(year + years, 3, 1)
    assert lowered("age", birth, birthday) == years
    assert lowered("age", birth, birthday - timedelta(days=1)) == years - 1


@given(DAYS, DAYS)
def test_months_between_are_whole_months(a: date, b: date) -> None:
    """n months are over once the month n later has reached the day; its last day stands for none that it has not."""
    said = int(lowered("months_between", a, b))
    assert said == OPERATORS["months_between"].apply(a, b)
    later, earlier = ((b.year - a.year) * 12 + b.month - a.month, b.day < a.day)
    assert said == later - earlier


@given(DAYS, DAYS, DAYS)
def test_later_is_never_less(a: date, b: date, c: date) -> None:
    """Formulas keep the order of days: the rewrite relies on it, taking ends for ends."""
    low, high = sorted((a, b))
    for name in ("age", "months_between", "days_between"):
        assert lowered(name, c, low) <= lowered(name, c, high)
        assert lowered(name, low, c) >= lowered(name, high, c)
    for n in (-13, 0, 1, 25):
        assert lowered("add_months", low, n) <= lowered("add_months", high, n)


@given(DAYS, st.integers(-600, 600), st.integers(0, 50))
def test_more_months_are_never_earlier(day: date, months: int, more: int) -> None:
    assert lowered("add_months", day, months) <= lowered("add_months", day, months + more)


@pytest.mark.parametrize("name", ["round_half_up", "round_up", "round_down"])
@given(st.integers(-(10**11), 10**11), st.sampled_from([1, 10, 100, 1000, 10**6]))
def test_whole_numbers_are_rounded_exactly(name: str, x: int, step: int) -> None:
    wanted = {
        "round_half_up": (2 * x + step) // (2 * step), "round_up": -(-x // step), "round_down": x // step,
    }[name]  # fmt: skip
    assert folded(name, x, step) == wanted == OPERATORS[name].apply(x, step)


@pytest.mark.parametrize("name", ["round_half_up", "round_up", "round_down"])
@given(st.floats(-(10**9), 10**9), st.sampled_from([1, 10, 100]))
def test_quotients_are_rounded_as_the_evaluator_rounds_them(name: str, x: float, step: int) -> None:
    assert folded(name, x, step) == OPERATORS[name].apply(x, step)
