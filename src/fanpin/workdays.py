"""Working days, with the days that are made up for; of years that are not announced yet, only what is sure.

The State Council announces a year's days off late in the year before. The dates are kept by the `chinesecalendar`
library; a year that it does not know is never guessed: of its days, each may be a working day or not.
"""

from bisect import bisect_left
from datetime import date
from functools import lru_cache
from itertools import accumulate

from attrs import Factory, field, frozen


@lru_cache(maxsize=1)
def _announced() -> tuple[int, tuple[bool, ...]]:
    """The first day that is known, and of each known day whether it is a working day."""
    from chinese_calendar import is_workday
    from chinese_calendar.constants import holidays

    first, last = date(min(holidays).year, 1, 1).toordinal(), date(max(holidays).year, 12, 31).toordinal()
    return first, tuple(is_workday(date.fromordinal(day)) for day in range(first, last + 1))


@frozen
class WorkCalendar:
    """The working days of mainland China, less the days off that a region gives itself.

    Days are counted after the first, the last included: from a Friday to the Monday after it is one.

    >>> WorkCalendar().between(date(2026, 9, 30), date(2026, 10, 10))  # seven days off, and a Saturday made up for
    (3, 3)
    >>> WorkCalendar().nth(date(2026, 9, 30), 3)
    datetime.date(2026, 10, 10)
    """

    days_off: frozenset[date] = Factory(frozenset)
    _first: int = field(init=False, repr=False)
    _counts: tuple[int, ...] = field(init=False, repr=False)  # working days up to each known day

    def __attrs_post_init__(self) -> None:
        first, working = _announced()
        off = {day.toordinal() for day in self.days_off}
        counts = accumulate(int(works and first + i not in off) for i, works in enumerate(working))
        object.__setattr__(self, "_first", first)
        object.__setattr__(self, "_counts", tuple(counts))

    @property
    def known_until(self) -> date:
        """The last day of which it is announced whether it is a working day."""
        return date.fromordinal(self._last)

    @property
    def _last(self) -> int:
        return self._first + len(self._counts) - 1

    def between(self, since: date, until: date) -> tuple[int, int]:
        """How many working days there are at least and at most; negative where `until` comes first."""
        return self.between_ordinals(since.toordinal(), until.toordinal())

    def between_ordinals(self, since: int, until: int) -> tuple[int, int]:
        """The same, of days as `date.toordinal` numbers them."""
        if until < since:
            least, most = self.between_ordinals(until, since)
            return -most, -least
        if since >= self._first and until <= self._last:
            count = self._counts[until - self._first] - self._counts[since - self._first]
            return count, count
        known = range(max(since + 1, self._first), min(until, self._last) + 1)
        least = self._upto(known[-1]) - self._upto(known[0] - 1) if known else 0
        return least, least + (until - since) - len(known)

    def _upto(self, day: int) -> int:
        return self._counts[day - self._first] if day >= self._first else 0

    def nth(self, since: date, n: int) -> date | None:
        """The `n`th working day after a day, or None where that hangs on days that are not announced."""
        start = since.toordinal()
        if not self._first <= start <= self._last:
            return None
        if n <= 0:
            return since if n == 0 else None
        at = bisect_left(self._counts, self._counts[start - self._first] + n)
        return None if at == len(self._counts) else date.fromordinal(self._first + at)

    def nth_at_earliest(self, since: date, n: int) -> date:
        """The `n`th working day after a day, if all the days that are not announced are working days."""
        start = since.toordinal()
        if not self._first <= start <= self._last:
            return date.fromordinal(start + max(n, 0))
        left = n - (self._counts[-1] - self._counts[start - self._first])
        return self.nth(since, n) or date.fromordinal(self._last + left if left > 0 else start)


@lru_cache(maxsize=64)
def work_calendar(days_off: frozenset[date] = frozenset()) -> WorkCalendar:
    """The calendar with a region's own days off; made once."""
    return WorkCalendar(days_off)
