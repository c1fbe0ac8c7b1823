"""What a rule means: its range over what is known of one household, slow and plain.

Every faster way must agree with this one. It works on the source tree, not on the rewritten one, with days as days,
so that it shares neither the rewrite nor the formulas with what it is held against. It keeps the range of every node
it met, from which findings are explained.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import Factory, define, field, frozen

from fanpin.expressions.bands import hull as paid
from fanpin.expressions.heads import PerHead, per_head
from fanpin.expressions.nodes import (
    Aggregate,
    Bands,
    Fact,
    In,
    Literal,
    Named,
    Node,
    Op,
    Parameter,
    Risk,
)
from fanpin.expressions.ops import Range, hull
from fanpin.expressions.scope import CollectionScope
from fanpin.expressions.types import BooleanType, DateType, NumberType

ABSENT = -1  # the row that stands for one nobody listed
RowIndex = int | None
Values = Mapping[str, Any]


@frozen
class Reading:
    """What is known of one household, as its models hold it: a value, a `Between`, or None.

    `parameters` holds `on` (a date) and numbers in their smallest part; `complete` says of which collections every
    row is listed; `risks` gives (surely, possibly) of each risk, for categories and grades.
    """

    household: Values
    rows: Mapping[str, Sequence[Values] | None] = Factory(dict)
    complete: Mapping[str, bool] = Factory(dict)
    parameters: Mapping[str, Any] = Factory(dict)
    risks: Mapping[str, Range] = Factory(dict)
    collections: Mapping[str, CollectionScope] = Factory(dict)


@define
class Evaluator:
    """The ranges of trees over one reading; each is worked out once and kept.

    `inward` reads what is missing as a narrower range than its bounds. An end that then differs comes from a bound
    that somebody declared, not from what is known, and is not to be shown as a value.
    """

    reading: Reading
    inward: bool = False
    _known: dict[RowIndex, dict[Node, Range]] = field(factory=lambda: defaultdict(dict), init=False, repr=False)
    _unlisted: dict[str, Range] = field(factory=dict, init=False, repr=False)
    _counted: dict[str, str] = field(init=False, repr=False)  # the collection that a household's fact counts

    def __attrs_post_init__(self) -> None:
        scopes = self.reading.collections.items()
        self._counted = {scope.size_fact: name for name, scope in scopes if scope.size_fact is not None}

    def range(self, node: Node, row: RowIndex = None) -> Range:
        """Lower and upper end of a tree: a number's in its smallest part, of a yes-or-no (surely, possibly)."""
        if type(node) is Literal:
            return node.value, node.value
        known = self._known[row]
        found = known.get(node)
        if found is None:
            rule = _RULES.get(type(node))
            if rule is None:
                raise TypeError(f"{type(node).__name__} is plain: it has no meaning of its own")
            found = known[node] = rule(self, node, row)
        return found

    def _parameter(self, node: Parameter, _: RowIndex) -> Range:
        value = self.reading.parameters[node.name]
        return value, value

    def _risk(self, node: Risk, _: RowIndex) -> Range:
        return self.reading.risks[node.name]

    def _named(self, node: Named, row: RowIndex) -> Range:
        return self.range(node.body, row)

    def _op(self, node: Op, row: RowIndex) -> Range:
        found = hull(node.name, [self.range(arg, row) for arg in node.args])
        if found[0] == found[1] or (heads := per_head(node)) is None:
            return found
        above, nothing = self._above(heads), (0, 0)  # open apart, and perhaps not together
        return hull(node.name, [nothing, above] if heads.flipped else [above, nothing])

    def _bands(self, node: Bands, row: RowIndex) -> Range:
        limits, rates = ([self.range(part, row) for part in parts] for parts in (node.limits, node.rates))
        said = [None if part is None else self.range(part, row) for part in node.beside()]
        return paid(node, self.range(node.of, row), limits, rates, said)

    # Facts

    def raw(self, name: str, collection: str | None, row: RowIndex) -> Any:
        """What was said of a fact: a value, a `Between` or None."""
        if collection is None:
            return self.reading.household.get(name)
        if row == ABSENT:
            return None
        assert row is not None
        return self.rows(collection)[row].get(name)

    def _in(self, node: In, row: RowIndex) -> Range:
        return _choice_in(node, self.raw(node.fact, node.collection, row))

    def _fact(self, fact: Fact, row: RowIndex) -> Range:
        raw = self.raw(fact.name, fact.collection, row)
        if fact.collection is None and fact.name in self._counted:
            return self._size(self._counted[fact.name], fact.type, raw)
        return self._read(fact.type, raw)

    def _size(self, collection: str, kind: NumberType | BooleanType | DateType, raw: Any) -> Range:
        said = self._read(kind, raw)
        if raw is None and self.inward:  # what nobody said contradicts no list
            said = said[0], max(said[1], len(self.rows(collection)))
        return self.size(collection, said)

    def _read(self, kind: NumberType | BooleanType | DateType, raw: Any) -> Range:
        if raw is None and self.inward and not isinstance(kind, BooleanType):
            return _narrower(kind)
        return read(kind, raw)

    # Collections

    def rows(self, collection: str) -> Sequence[Values]:
        """The rows that are listed."""
        return self.reading.rows.get(collection) or ()

    def size(self, collection: str, said: Range) -> Range:
        """How many rows there are: what was said, met with what is listed; between the two where they contradict."""
        listed = max(len(self.rows(collection)), 1)
        lo, hi = said
        if listed > hi:
            return lo, listed
        if self.reading.complete.get(collection):
            return listed, (listed if listed >= lo else hi)
        return max(lo, listed), hi

    def unlisted(self, collection: str) -> Range:
        """How many rows nobody listed."""
        found = self._unlisted.get(collection)
        if found is None:
            found = self._unlisted[collection] = self._count_unlisted(collection)
        return found

    def _count_unlisted(self, collection: str) -> Range:
        scope = self.reading.collections[collection]
        listed = len(self.rows(collection))
        if scope.size_fact is not None:
            kind = scope.size_type or NumberType(lo=1, hi=scope.max_rows)
            lo, hi = self._size(collection, kind, self.reading.household.get(scope.size_fact))
            return max(lo - listed, 0), max(hi - listed, 0)
        return 0, 0 if self.reading.complete.get(collection) else max(scope.max_rows - listed - self.inward, 0)

    def _aggregate(self, node: Aggregate, _: RowIndex) -> Range:
        at_least, at_most = self.unlisted(node.collection)
        listed = [self._row(node, i) for i in range(len(self.rows(node.collection)))]
        absent = self._row(node, ABSENT) if at_most >= 1 else _NOBODY
        if node.kind in ("min", "max"):
            surely = listed + [absent] * (at_least >= 1)
            possibly = listed + [absent] * (at_most >= 1)
            return _extreme(node, surely, possibly)
        return _TOTALS[node.kind](listed, absent, (at_least, at_most))

    def _above(self, heads: PerHead) -> Range:
        """How much the rows that count have above the line, all together."""
        line_lo, line_hi = self.range(heads.line)

        def row(at: int) -> Row:
            where, (lo, hi) = self._row(heads.total, at)
            return where, (lo - line_hi, hi - line_lo)

        unlisted = self.unlisted(heads.total.collection)
        absent = row(ABSENT) if unlisted[1] >= 1 else _NOBODY
        return _sum([row(i) for i in range(len(self.rows(heads.total.collection)))], absent, unlisted)

    def _row(self, node: Aggregate, row: int) -> tuple[Range, Range]:
        return self.range(node.where, row), self.range(node.body, row)

    def row_indices(self, collection: str) -> Iterator[int]:
        """The rows to look at when a result is explained: the listed ones, and one for those nobody listed."""
        yield from range(len(self.rows(collection)))
        if self.unlisted(collection)[1] >= 1:
            yield ABSENT


def read(kind: NumberType | BooleanType | DateType, raw: Any) -> Range:
    """The range of a fact as its model holds it; nothing known is the whole of its bounds."""
    if isinstance(kind, BooleanType):
        return (raw is True, raw is not False)
    if raw is None:
        return kind.lo, kind.hi
    is_range = not isinstance(raw, int | float | date)
    if isinstance(kind, DateType):
        return (raw.lo, raw.hi) if is_range else (raw, raw)
    if is_range:
        return to_smallest(raw.lo, kind.decimals), to_smallest(raw.hi, kind.decimals)
    return (to_smallest(raw, kind.decimals),) * 2


def _narrower(kind: NumberType | DateType) -> Range:
    """A seventh off either end of the bounds, enough to show through every rounding; none and one stay the least."""
    if isinstance(kind, DateType):
        days = (kind.hi - kind.lo) // 7
        return kind.lo + days, kind.hi - days
    step = (kind.hi - kind.lo) // 7
    return kind.lo + (0 if kind.lo in (0, 1) else step), kind.hi - step


def to_smallest(value: float, decimals: int) -> int:
    """A number counted in its smallest part: yuan to fen.

    >>> to_smallest(5408.7, 2)
    540870
    """
    return math.floor(value * float(10**decimals) + 0.5)


def _choice_in(node: In, raw: str | None) -> Range:
    if raw is not None:
        return (raw in node.values,) * 2
    if node.choice.other:
        return False, True
    possible = set(node.choice.values)
    return possible <= node.values, bool(possible & node.values)


Row = tuple[Range, Range]  # the filter and the body of one row
_NOBODY: Row = ((False, False), (0, 0))


def _held(row: Row) -> Range:
    (where_lo, where_hi), (body_lo, body_hi) = row
    return where_lo and body_lo, where_hi and body_hi


def _any(listed: list[Row], absent: Row, unlisted: Range) -> Range:
    surely, possibly = (any(_held(row)[i] for row in listed) or (unlisted[i] >= 1 and _held(absent)[i]) for i in (0, 1))
    return surely, possibly


def _all(listed: list[Row], absent: Row, unlisted: Range) -> Range:
    def opposite(row: Row) -> Row:
        where, (lo, hi) = row
        return where, (not hi, not lo)

    lo, hi = _any([opposite(row) for row in listed], opposite(absent), unlisted)
    return not hi, not lo


def _sum(listed: list[Row], absent: Row, unlisted: Range) -> Range:
    parts = [_counted(row) for row in listed]
    each = _counted(absent)
    rest = [n * end for n in unlisted for end in each]
    return sum(lo for lo, _ in parts) + min(rest), sum(hi for _, hi in parts) + max(rest)


def _counted(row: Row) -> Range:
    """What a row adds to a sum: its number, nothing, or anything between where it may not count."""
    (surely, possibly), (lo, hi) = row
    if surely:
        return lo, hi
    return (min(lo, 0), max(hi, 0)) if possibly else (0, 0)


def _count(listed: list[Row], absent: Row, unlisted: Range) -> Range:
    held = [_held(row) for row in listed]
    each = _held(absent)
    return (
        sum(lo for lo, _ in held) + unlisted[0] * each[0],
        sum(hi for _, hi in held) + unlisted[1] * each[1],
    )


def _extreme(node: Aggregate, surely: list[Row], possibly: list[Row]) -> Range:
    """Of the rows that count; the bound of the type where it may be that none does."""
    assert not isinstance(node.body.type, BooleanType)
    end = node.body.type.hi if node.kind == "min" else node.body.type.lo
    counting = [body for where, body in surely if where[0]]
    candidates = [body for where, body in possibly if where[1]]
    if node.kind == "min":
        return min([lo for lo, _ in candidates], default=end), min([hi for _, hi in counting], default=end)
    return max([lo for lo, _ in counting], default=end), max([hi for _, hi in candidates], default=end)


_TOTALS = {"any": _any, "all": _all, "sum": _sum, "count": _count}
_RULES: dict[type[Node], Callable[..., Range]] = {
    Parameter: Evaluator._parameter,
    Fact: Evaluator._fact,
    In: Evaluator._in,
    Risk: Evaluator._risk,
    Named: Evaluator._named,
    Op: Evaluator._op,
    Bands: Evaluator._bands,
    Aggregate: Evaluator._aggregate,
}
