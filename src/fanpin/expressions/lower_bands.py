"""Bands as plain arithmetic: either end of what they pay, from the ends of what is known.

By slices, what is paid grows with the amount, so that its ends are enough; whole, it may fall at a limit, so that the
first amount of each band, or the last, is looked at besides. `bands.py` says what is meant, in a way of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from attrs import frozen

from fanpin.expressions import check
from fanpin.expressions.nodes import Bands, Node, Side
from fanpin.expressions.plain import Plain

Ends = tuple[Node, Node]


def paid(plain: Plain, node: Bands, side: Side, ends: Callable[[Node], Ends]) -> Node:
    """One end of what is paid; see `bands.hull`."""
    p, zero = plain, plain.number(0)
    near, far = (0, 1) if side == "lo" else (1, 0)
    of, used = ends(node.of), (zero, zero) if node.used is None else ends(node.used)
    sums = p.op("add", used[0], of[0]), p.op("add", used[1], of[1])

    def end(part: Node | None, at: int) -> Node | None:
        return None if part is None else ends(part)[at]

    def curve(limits: Sequence[Node], at: int) -> _Curve:
        """The one that pays least (0) or most (1)."""
        rates = tuple(ends(rate)[at] for rate in node.rates)
        return _Curve(p, node, _rising(p, node, limits), rates, end(node.entry, 1 - at), end(node.deductible, 1 - at))

    corners = [*product(*(dict.fromkeys(ends(limit)) for limit in node.limits))]
    these, others = [curve(limits, near) for limits in corners], [curve(limits, far) for limits in corners]
    before: Node = zero
    if node.used is not None:
        before = _outermost(p, far, [other.outermost(used, far) for other in others])
    if node.whole:
        found = p.op("sub", _outermost(p, near, [this.outermost(sums, near) for this in these]), before)
    else:
        starts = [other.counted(used[far]) for other in others]
        more = [this.more(start, sums[near]) for this, start in zip(these, starts, strict=True)]
        found = _outermost(p, near, more)
        if side == "hi" and used[0] is not used[1] and node.entry is None:
            highest = _outermost(p, 1, [ends(rate)[1] for rate in node.rates])
            found = p.op("min", found, p.op("mul", highest, p.op("max", of[1], zero)))
    if node.cap is not None:
        found = p.op("min", found, p.op("sub", ends(node.cap)[near], before))
    return p.op("max", found, zero) if node.used is not None or _may_be_negative(node.cap) else found


@frozen
class _Curve:
    """What is paid of an amount before the cap, with one end of each thing that it stands on."""

    p: Plain
    node: Bands
    limits: tuple[Node, ...]
    rates: tuple[Node, ...]
    entry: Node | None
    deductible: Node | None

    def at(self, y: Node) -> Node:
        """What is paid of an amount."""
        return self._if_reached(y, self._whole(y)) if self.node.whole else self.more(self.p.number(0), y)

    def more(self, start: Node, y: Node) -> Node:
        """What an amount pays more than a smaller one that was counted before, by slices."""
        return self._if_reached(y, self._slices(start, y))

    def counted(self, y: Node) -> Node:
        """How much of what came before was paid by its slices: nothing below the entry."""
        return self._if_reached(y, y)

    def _if_reached(self, y: Node, amount: Node) -> Node:
        if self.entry is None:
            return amount
        return self.p.op("if", self.p.op("ge", y, self.entry), amount, self.p.number(0))

    def _slices(self, start: Node, y: Node) -> Node:
        p = self.p
        total: Node = p.number(0)
        if self.deductible is not None:
            start = p.op("max", start, self.deductible)
        for at, rate in enumerate(self.rates):
            low = start if at == 0 else p.op("max", self.limits[at - 1], start)
            high = y if at == len(self.limits) else p.op("min", y, self.limits[at])
            width = p.op("max", p.op("sub", high, low), p.number(0))
            total = p.op("add", total, p.op("mul", rate, width))
        return total

    def _whole(self, y: Node) -> Node:
        p, rate = self.p, self.rates[-1]
        for limit, closed, below in reversed([*zip(self.limits, self.node.closed, self.rates, strict=False)]):
            rate = p.op("if", p.op("le" if closed else "lt", y, limit), below, rate)
        base = y if self.deductible is None else p.op("sub", y, self.deductible)
        return p.op("mul", rate, p.op("max", base, p.number(0)))

    def outermost(self, ys: Ends, at: int) -> Node:
        """The least (0) or the most (1) that is paid over a range of amounts."""
        end = self.at(ys[at])
        if not self.node.whole or ys[0] is ys[1]:
            return end
        p = self.p
        within = [(p.op("and", p.op("le", ys[0], y), p.op("le", y, ys[1])), y) for y in self._turns(at)]
        return _outermost(p, at, [end, *(p.op("if", inside, self.at(y), end) for inside, y in within)])

    def _turns(self, at: int) -> Iterator[Node]:
        """The first amount of each band but the lowest, or the last of each but the highest."""
        for limit, closed in zip(self.limits, self.node.closed, strict=True):
            step = (1 if closed else 0) if at == 0 else (0 if closed else -1)
            yield self.p.op("add", limit, self.p.number(step))


def _rising(p: Plain, node: Bands, limits: Sequence[Node]) -> tuple[Node, ...]:
    """The limits, each at least the one before it."""
    found = list(limits[:1])
    for before, limit, end in zip(node.limits, node.limits[1:], limits[1:], strict=False):
        found.append(
            end if check.number_of(before, "").hi <= check.number_of(limit, "").lo else p.op("max", end, found[-1])
        )
    return tuple(found)


def _may_be_negative(cap: Node | None) -> bool:
    return cap is not None and check.number_of(cap, "cap").lo < 0


def _outermost(p: Plain, at: int, candidates: Sequence[Node]) -> Node:
    first, *rest = dict.fromkeys(candidates)
    for candidate in rest:
        first = p.op("max" if at else "min", first, candidate)
    return first
