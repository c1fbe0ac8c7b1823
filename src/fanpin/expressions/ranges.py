"""The one rewrite: a rule over facts that may be missing becomes two plain trees, its lower and its upper end.

Of a yes-or-no these are *surely* and *possibly*. This is the only room that knows of missing facts: backends compile
the plain trees and read the leaves. Where a fact is known to be complete its two leaves are one, and so is everything
that stands on it.

What is sure stays sure whatever the missing facts turn out to be; the reverse is not promised.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from attrs import Factory, field, frozen

from fanpin.expressions import check
from fanpin.expressions.heads import PerHead, per_head
from fanpin.expressions.lower_bands import paid
from fanpin.expressions.lowering import lower
from fanpin.expressions.nodes import (
    Aggregate,
    Bands,
    Complete,
    Fact,
    In,
    Leaf,
    Literal,
    Named,
    Node,
    Nodes,
    Op,
    Parameter,
    Risk,
    Side,
)
from fanpin.expressions.ops import OPERATORS, hull
from fanpin.expressions.plain import Plain, ymd
from fanpin.expressions.scope import CollectionScope
from fanpin.expressions.strata import walk_loop
from fanpin.expressions.types import BOOLEAN, BooleanType, DateType, NumberType
from fanpin.units import PLAIN

FactKey = tuple[str | None, str]  # collection (None: the household) and name
_OTHER: dict[Side, Side] = {"lo": "hi", "hi": "lo"}
BOTH: tuple[Side, Side] = ("lo", "hi")


@frozen
class Ranges:
    """Rewrites the trees of one pack.

    `complete` holds the facts that are never missing, and `(collection, "*")` where every row is listed.
    """

    nodes: Nodes
    collections: Mapping[str, CollectionScope] = Factory(dict)
    complete: frozenset[FactKey] = frozenset()
    fixed: Side | None = None  # the end of every risk that is meant, in a function of a set of risks
    _ends: dict[str | None, dict[Node, tuple[Node, Node]]] = field(factory=dict, init=False, repr=False)

    @property
    def plain(self) -> Plain:
        """Where plain nodes are made."""
        return Plain(self.nodes)

    def surely(self, node: Node) -> Node:
        """The lower end: of a yes-or-no, whether it is so whatever the missing facts are."""
        return self.end(node, "lo")

    def possibly(self, node: Node) -> Node:
        """The upper end: of a yes-or-no, whether some missing facts make it so."""
        return self.end(node, "hi")

    def unknown(self, node: Node) -> Node:
        """Whether the two ends differ."""
        lo, hi = self.surely(node), self.possibly(node)
        if lo is hi:
            return self.plain.truth(False)
        if isinstance(node.type, BooleanType):
            return self.plain.op("and", hi, self.plain.op("not", lo))
        return self.plain.op("lt", lo, hi)

    def over_risks(self, node: Node, side: Side) -> Node:
        """A tree over risks, when just those hold that surely (lo) or possibly (hi) do: two-valued, no range."""
        return Ranges(self.nodes, fixed=side).end(node, side)

    def end(self, node: Node, side: Side, absent: str | None = None) -> Node:
        """One end of a tree; `absent` names the collection of which a row is meant that nobody listed."""
        known = self._ends.setdefault(absent, {})
        for below in walk_loop(node, known):  # from the leaves up, so that a deep tree needs no deep stack
            if below not in known:
                known[below] = self._rewrite(below, "lo", absent), self._rewrite(below, "hi", absent)
        return known[node][side == "hi"]

    def _rewrite(self, node: Node, side: Side, absent: str | None) -> Node:
        match node:
            case Literal(value=value):
                return self._constant(value, node.type)
            case Parameter():
                return node
            case Fact() | In():
                return self._read(node, side, absent)
            case Risk():
                return self.nodes.make(Leaf, node, self.fixed or side, BOOLEAN)
            case Named(body=body):
                return self.end(body, side, absent)
            case Aggregate():
                return self._aggregate(node, side)
            case Op():
                return self._op(node, side, absent)
            case Bands():
                return self._bands(node, side, absent)
            case _:
                raise TypeError(f"{type(node).__name__} is plain already")

    def _constant(self, value: object, kind: NumberType | BooleanType | DateType) -> Node:
        if isinstance(kind, BooleanType):
            return self.plain.truth(bool(value))
        return self.plain.number(ymd(value) if isinstance(kind, DateType) else value)  # type: ignore[arg-type]

    # Facts

    def _read(self, fact: Fact | In, side: Side, absent: str | None) -> Node:
        name = fact.name if isinstance(fact, Fact) else fact.fact
        if isinstance(fact, In) and not fact.choice.other and fact.values >= set(fact.choice.values):
            return self.plain.truth(True)
        if absent is not None and fact.collection == absent:
            return self._unknown(fact, side)
        if fact.collection is None and (counted := self._counted_by(name)) is not None:
            return self._size(fact, counted, side)
        return self._leaf(fact, name, side)

    def _leaf(self, fact: Fact | In, name: str, side: Side) -> Node:
        side = "lo" if (fact.collection, name) in self.complete else side
        return self.nodes.make(Leaf, fact, side, fact.type)

    def _unknown(self, fact: Fact | In, side: Side) -> Node:
        if isinstance(fact.type, BooleanType):
            return self.plain.truth(side == "hi")
        return self._constant(getattr(fact.type, side), fact.type)

    # Collections

    def _counted_by(self, name: str) -> str | None:
        return next((c for c, scope in self.collections.items() if scope.size_fact == name), None)

    def whole(self, collection: str) -> Node:
        """Whether every row of a collection is listed."""
        if (collection, "*") in self.complete:
            return self.plain.truth(True)
        return self.nodes.make(Complete, collection)

    def _size(self, fact: Node, collection: str, side: Side) -> Node:
        """How many rows there are: what was said of it, met with what is listed.

        Where the two contradict each other (a fault, reported by grading), the truth lies between them.
        """
        p = self.plain
        assert isinstance(fact, Fact)
        assert isinstance(fact.type, NumberType)
        said_lo, said_hi = (self._leaf(fact, fact.name, end) for end in BOTH)
        listed = p.op("max", p.listed(collection), p.number(fact.type.lo))
        if (collection, "*") in self.complete:
            return listed
        complete = self.whole(collection)
        more_listed = p.op("gt", listed, said_hi)
        if side == "lo":
            within = p.op("if", complete, listed, p.op("max", said_lo, listed))
            return p.op("if", more_listed, said_lo, within)
        all_there = p.op("and", complete, p.op("ge", listed, said_lo))
        return p.op("if", p.op("or", more_listed, all_there), listed, said_hi)

    def unlisted(self, collection: str, side: Side) -> Node:
        """How many rows nobody listed, at least or at most."""
        p, scope = self.plain, self.collections[collection]
        if (collection, "*") in self.complete:
            return p.number(0)
        if scope.size_fact is not None:
            size = self._size(self._size_fact(collection), collection, side)
            return p.op("max", p.number(0), p.op("sub", size, p.listed(collection)))
        if side == "lo":
            return p.number(0)
        rest = p.op("max", p.number(0), p.op("sub", p.number(scope.max_rows), p.listed(collection)))
        return p.op("if", self.whole(collection), p.number(0), rest)

    def _size_fact(self, collection: str) -> Fact:
        scope = self.collections[collection]
        kind = NumberType(lo=1, hi=scope.max_rows) if scope.size_type is None else scope.size_type
        return self.nodes.make(Fact, scope.size_fact, None, kind)

    def _aggregate(self, node: Aggregate, side: Side) -> Node:
        match node.kind:
            case "all":
                some_not = self._row("and", node.where, check.make(self.nodes, "not", node.body))
                return self.plain.op("not", self._any(node.collection, some_not, _OTHER[side]))
            case "any":
                return self._any(node.collection, self._row("and", node.where, node.body), side)
            case "count":
                held = self._row("and", node.where, node.body)
                one, zero = (self.nodes.literal(n, NumberType(lo=n, hi=n)) for n in (1, 0))
                return self._sum(node.collection, self._row("if", held, one, zero), side)
            case "sum":
                assert isinstance(node.body.type, NumberType)
                zero = self.nodes.literal(0, NumberType(node.body.type.unit, node.body.type.decimals))
                return self._sum(node.collection, self._row("if", node.where, node.body, zero), side)
            case "min" | "max":
                return self._extreme(node, side)

    def _row(self, name: str, *args: Node) -> Node:
        if name == "if" and args[0] is self.plain.truth(True):
            return args[1]
        return check.make(self.nodes, name, *args)

    def _any(self, collection: str, row: Node, side: Side) -> Node:
        p = self.plain
        listed = p.fold("any", collection, self.end(row, side), False)
        unlisted = p.op("ge", self.unlisted(collection, side), p.number(1))
        return p.op("or", listed, p.op("and", unlisted, self.end(row, side, collection)))

    def _sum(self, collection: str, row: Node, side: Side) -> Node:
        p = self.plain
        listed = p.fold("sum", collection, self.end(row, side), 0)
        each = self.end(row, side, collection)  # the end of one unlisted row, of which there are at least none
        sides: tuple[Side, ...] = BOTH
        if isinstance(each, Literal):
            sides = (side,) if each.value >= 0 else (_OTHER[side],)  # type: ignore[operator]  # a number
        rest = self._extreme_of(side, [p.op("mul", self.unlisted(collection, s), each) for s in sides])
        return p.op("add", listed, rest)

    def _extreme(self, node: Aggregate, side: Side) -> Node:
        """The least or greatest: over the rows that may count for the outer end, that surely count for the inner."""
        p, kind = self.plain, node.kind
        assert kind in ("min", "max")
        assert not isinstance(node.body.type, BooleanType)
        end = node.body.type.hi if kind == "min" else node.body.type.lo
        nobody = self.nodes.literal(end, node.body.type)
        row = self._row("if", node.where, node.body, nobody)
        empty = self.end(nobody, side)
        assert isinstance(empty, Literal)
        listed = p.fold(kind, node.collection, self.end(row, side), empty.value)  # type: ignore[arg-type]
        outer: Side = "hi" if (kind == "min") == (side == "lo") else "lo"
        there = p.op("ge", self.unlisted(node.collection, outer), p.number(1))
        return p.op(kind, listed, p.op("if", there, self.end(row, side, node.collection), empty))

    # Operators

    def _op(self, node: Op, side: Side, absent: str | None) -> Node:
        match node.name:
            case "if":
                return self._if(node, side, absent)
            case "eq":
                both = [check.make(self.nodes, name, *node.args) for name in ("le", "ge")]
                return self.end(check.make(self.nodes, "and", *both), side, absent)
            case "abs":
                return self.end(self._abs(node.args[0]), side, absent)
        heads = per_head(node)
        if heads is not None:
            return self._per_head(node.name, heads, side)
        directions = _directions(node)
        choices = [
            BOTH if direction == 0 else (side,) if direction == 1 else (_OTHER[side],) for direction in directions
        ]
        ends = [[self.end(arg, s, absent) for s in sides] for arg, sides in zip(node.args, choices, strict=True)]
        return self._extreme_of(side, [lower(self.plain, node.name, *args) for args in product(*ends)])

    def _per_head(self, name: str, heads: PerHead, side: Side) -> Node:
        """A comparison of what the rows that count have above the line, all together."""
        body, line = heads.total.body, heads.line
        kind = NumberType(PLAIN, 0, *hull("sub", [check.ends(body.type), check.ends(line.type)]))
        zero = self.nodes.literal(0, NumberType())
        above = self._row("if", heads.total.where, self.nodes.op("sub", kind, body, line), zero)
        grows = OPERATORS[name].directions[1 if heads.flipped else 0]  # type: ignore[index]  # comparisons have them
        total = self._sum(heads.total.collection, above, side if grows == 1 else _OTHER[side])
        args = (self.plain.number(0), total) if heads.flipped else (total, self.plain.number(0))
        return self.plain.op(name, *args)

    def _bands(self, node: Bands, side: Side, absent: str | None) -> Node:
        return paid(self.plain, node, side, lambda part: (self.end(part, "lo", absent), self.end(part, "hi", absent)))

    def _abs(self, a: Node) -> Node:
        assert isinstance(a.type, NumberType)
        zero = self.nodes.literal(0, NumberType(a.type.unit, a.type.decimals))
        larger = check.make(self.nodes, "max", a, check.make(self.nodes, "neg", a))
        return check.make(self.nodes, "max", zero, larger)

    def _extreme_of(self, side: Side, candidates: Iterable[Node]) -> Node:
        first, *rest = dict.fromkeys(candidates)
        for candidate in rest:
            first = self.plain.op("min" if side == "lo" else "max", first, candidate)
        return first

    def _if(self, node: Op, side: Side, absent: str | None) -> Node:
        condition, then, otherwise = node.args
        p = self.plain
        surely, possibly = (self.end(condition, s, absent) for s in BOTH)
        a, b = self.end(then, side, absent), self.end(otherwise, side, absent)
        if surely is possibly:
            return p.op("if", surely, a, b)
        if isinstance(node.type, BooleanType):
            either = p.op("and" if side == "lo" else "or", a, b)
        else:
            either = self._outermost(side, then, otherwise, absent)
        if either is a or either is b:  # the branch that decides where the condition is unsure
            return p.op("if", possibly if either is a else surely, a, b)
        return p.op("if", surely, a, p.op("if", possibly, either, b))

    def _outermost(self, side: Side, a: Node, b: Node, absent: str | None) -> Node:
        """The smaller lower or the larger upper end; bounds may say which it is."""
        (a_lo, a_hi), (b_lo, b_hi) = check.ends(a.type), check.ends(b.type)
        ends = self.end(a, side, absent), self.end(b, side, absent)
        if a_lo >= b_hi:
            return ends[1 if side == "lo" else 0]
        if b_lo >= a_hi:
            return ends[0 if side == "lo" else 1]
        return self._extreme_of(side, ends)


def _directions(node: Op) -> tuple[int, ...]:
    """How the result moves with each argument: 1, -1, or 0 where either is possible."""
    static = OPERATORS[node.name].directions
    if static is not None:
        return static if len(static) == len(node.args) else static * len(node.args)
    a, b = (_sign(arg) for arg in node.args)
    return (b, a) if node.name == "mul" else (b, -a)


def _sign(node: Node) -> int:
    assert isinstance(node.type, NumberType)
    return 1 if node.type.lo >= 0 else -1 if node.type.hi <= 0 else 0
