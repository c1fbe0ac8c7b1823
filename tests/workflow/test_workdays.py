"""Working days, with those that are made up for; of years that are not announced only what is sure."""

from datetime import date, timedelta

import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from fanpin.workdays import WorkCalendar, work_calendar

CALENDAR = WorkCalendar()
LAST = CALENDAR.known_until
FIRST = date(2004, 1, 1)
known = st.dates(FIRST, LAST)
around_the_end = st.dates(LAST - timedelta(days=60), LAST + timedelta(days=60))
around_the_beginning = st.dates(FIRST - timedelta(days=30), FIRST + timedelta(days=30))


def works(day: date) -> tuple[int, int]:
    """Whether a day is a working day, at least and at most."""
    try:
        return (int(is_workday(day)),) * 2
    except NotImplementedError:
        return 0, 1


def counted(since: date, until: date) -> tuple[int, int]:
    """The working days after one day until another, counted one by one."""
    days = [works(since + timedelta(days=n)) for n in range(1, (until - since).days + 1)]
    return sum(least for least, _ in days), sum(most for _, most in days)


def test_it_is_known_until_the_end_of_an_announced_year() -> None:
    assert (LAST.month, LAST.day) == (12, 31)
    assert works(LAST) != (0, 1)
    assert works(LAST + timedelta(days=1)) == (0, 1)
    assert works(FIRST - timedelta(days=1)) == (0, 1)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2024-03-01", "2024-03-04", 1),  # Friday to Monday
        ("2024-03-01", "2024-03-01", 0),
        ("2024-03-01", "2024-03-03", 0),  # to Sunday
        ("2024-02-08", "2024-02-18", 2),  # the Spring Festival: Friday the 9th, and Sunday the 18th, made up for
        ("2026-09-30", "2026-10-10", 3),
        ("2024-12-31", "2025-01-02", 1),  # over the turn of the year
    ],
)
def test_days_are_counted_after_the_first_the_last_included(since: str, until: str, days: int) -> None:
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    assert CALENDAR.between(first, last) == (days, days)
    assert CALENDAR.between(last, first) == (-days, -days)


@given(a=known, span=st.integers(0, 120))
def test_known_days_are_counted_as_one_by_one(a: date, span: int) -> None:
    b = min(a + timedelta(days=span), LAST)
    assert CALENDAR.between(a, b) == counted(a, b)


@given(st.one_of(st.tuples(around_the_end, around_the_end), st.tuples(around_the_beginning, around_the_beginning)))
def test_of_days_that_are_not_announced_each_may_be_one(days: tuple[date, date]) -> None:
    a, b = days
    least, most = CALENDAR.between(a, b)
    if a <= b:
        assert (least, most) == counted(a, b)
    else:
        assert (-most, -least) == counted(b, a)


@given(since=known, n=st.integers(0, 60))
def test_the_nth_day_is_the_first_with_so_many(since: date, n: int) -> None:
    day = CALENDAR.nth(since, n)
    if day is None:
        assert CALENDAR.between(since, LAST)[0] < n
    else:
        assert CALENDAR.between(since, day) == (n, n)
        assert n == 0 or CALENDAR.between(since, day - timedelta(days=1)) == (n - 1, n - 1)


@given(since=st.one_of(around_the_end, known), n=st.integers(0, 60))
def test_the_earliest_nth_day_is_the_first_that_may_have_so_many(since: date, n: int) -> None:
    day = CALENDAR.nth_at_earliest(since, n)
    assert CALENDAR.between(since, day)[1] >= n
    assert n == 0 or CALENDAR.between(since, day - timedelta(days=1))[1] < n


def test_what_hangs_on_unannounced_days_is_none() -> None:
    assert CALENDAR.nth(LAST, 1) is None
    assert CALENDAR.nth(LAST + timedelta(days=1), 0) is None
    assert CALENDAR.nth(FIRST - timedelta(days=1), 5) is None
    assert CALENDAR.nth(LAST, 0) == LAST


@pytest.mark.parametrize("n", [-1, -5])
def test_there_is_no_day_before(n: int) -> None:
    assert CALENDAR.nth(date(2024, 3, 1), n) is None


@given(since=known, span=st.integers(0, 60), off=st.sets(st.integers(1, 60), max_size=8))
def test_days_off_of_a_region_are_no_working_days(since: date, span: int, off: set[int]) -> None:
    until = min(since + timedelta(days=span), LAST)
    own = frozenset(since + timedelta(days=n) for n in off)
    fewer = sum(1 for day in own if since < day <= until and works(day) == (1, 1))
    count = counted(since, until)[0] - fewer
    assert WorkCalendar(own).between(since, until) == (count, count)


def test_a_calendar_is_made_once() -> None:
    off = frozenset({date(2024, 7, 1)})
    assert work_calendar(off) is work_calendar(frozenset({date(2024, 7, 1)}))
    assert work_calendar() == CALENDAR
    assert work_calendar(off) != CALENDAR
