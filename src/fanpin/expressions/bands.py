"""Amounts by bands (分段计算): what they pay, exactly.

Of an amount y, nothing is paid below `entry`, and nothing of what lies up to `deductible`. By slices, each part of y
between two limits is paid at the rate of its band; whole, all of y at the rate of the band in which y lies. Limits that
fall back count as the limit before them; those that hang on facts must rise by their bounds.

Where `used` was counted before in the same year, what is paid now is what the sum pays more than `used` alone, never
less than nothing. A `cap` limits what both pay together.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, product

from attrs import frozen

from fanpin.expressions.nodes import Bands
from fanpin.expressions.ops import Range


@frozen
class Curve:
    """What is paid of a known amount, before the cap; every number is whole."""

    limits: tuple[int, ...]
    rates: tuple[int, ...]
    closed: tuple[bool, ...]
    whole: bool
    entry: float = 0
    deductible: int = 0

    def at(self, y: int) -> int:
        """Of an amount.

        >>> Curve((3000, 8000), (0, 50, 60), (True, True), whole=False).at(10_000)
        370000
        >>> Curve((3000, 8000), (0, 50, 60), (True, True), whole=True).at(10_000)
        600000
        """
        if y < self.entry:
            return 0
        if self.whole:
            return self.rates[self.band(y)] * max(0, y - self.deductible)
        limits = [*accumulate(self.limits, max)]
        starts = [max(low, self.deductible) for low in (0, *limits)]
        ends = [min(high, y) for high in (*limits, y)]
        return sum(rate * max(0, end - start) for rate, start, end in zip(self.rates, starts, ends, strict=True))

    def band(self, y: int) -> int:
        """The number of the band in which an amount lies.

        >>> Curve((3000, 8000), (0, 50, 60), (True, False), whole=True).band(8000)
        2
        """
        limits = zip(accumulate(self.limits, max), self.closed, strict=True)
        within = (at for at, (limit, closed) in enumerate(limits) if y < limit or (closed and y == limit))
        return next(within, len(self.limits))

    def over(self, lo: int, hi: int) -> Iterator[int]:
        """What is paid at the ends of a range and at every break within it: the least and the greatest are there."""
        breaks = [limit + step for limit in self.limits for step in (-1, 0, 1)]
        yield from (self.at(y) for y in (lo, hi, *(y for y in breaks if lo < y < hi)))


NEVER = float("-inf")  # an entry that everything reaches


def hull(
    node: Bands, of: Range, limits: Sequence[Range], rates: Sequence[Range], said: Sequence[Range | None]
) -> Range:
    """The range of what is paid over what is known; `said` has used, entry, deductible and cap.

    Tight where nothing was used before; else an end may lie further out than the truth, never further in.
    """
    used, entry, deductible, cap = said
    u, e, d = used or (0, 0), entry or (NEVER, NEVER), deductible or (0, 0)
    sums = u[0] + of[0], u[1] + of[1]
    corners = [*product(*limits)]

    def curves(rate: int, entry: int, deductible: int) -> list[Curve]:
        at = tuple(ends[rate] for ends in rates)
        return [Curve(corner, at, node.closed, node.whole, e[entry], d[deductible]) for corner in corners]

    before = min(y for c in curves(0, 1, 1) for y in c.over(*u)), max(y for c in curves(1, 0, 0) for y in c.over(*u))
    if node.whole:
        least = min(y for c in curves(0, 1, 1) for y in c.over(*sums)) - before[1]
        most = max(y for c in curves(1, 0, 0) for y in c.over(*sums)) - before[0]
    else:  # the same limits, rates and deductible before and after
        pairs = zip(curves(0, 1, 1), curves(0, 0, 1), strict=True), zip(curves(1, 0, 0), curves(1, 1, 0), strict=True)
        least = min(after.at(sums[0]) - earlier.at(u[1]) for after, earlier in pairs[0])
        most = max(after.at(sums[1]) - earlier.at(u[0]) for after, earlier in pairs[1])
        if used is not None and entry is None:
            most = min(most, max(hi for _, hi in rates) * max(0, of[1]))
    if cap is not None:
        least, most = min(least, cap[0] - before[1]), min(most, cap[1] - before[0])
    return max(0, least), max(0, most)
