"""The shapes of a rule: a few frozen, interned nodes.

Equal trees of one table are the same object: common sub-expressions come free, and where a value's lower and upper
end are the same tree, everything above them collapses into one (see `ranges.py`).

*Source* shapes are what a rule says; *plain* shapes are what backends compile: two-valued, without missing facts.
`Literal`, `Parameter` and `Op` are both.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Literal as Lit
from typing import TypeVar

from attrs import field, frozen

from fanpin.expressions.types import BOOLEAN, BooleanType, ChoiceType, DateType, NumberType

Side = Lit["lo", "hi"]
ValueType = NumberType | BooleanType | DateType
AggregateKind = Lit["any", "all", "count", "sum", "min", "max"]
FoldKind = Lit["any", "sum", "min", "max"]
FlawKind = Lit["outside", "finer"]


def _shape(node: object) -> str:
    """A node below another, in a word: written out, what is shared would be written again and again."""
    return str(getattr(node, "name", None) or getattr(node, "kind", None) or type(node).__name__)


@frozen(eq=False)
class Literal:
    """A value written down: a number in its smallest part, yes or no, a day."""

    value: float | bool | date
    type: ValueType


@frozen(eq=False)
class Parameter:
    """A value of the day and the region; `on`, the day of grading, is one."""

    name: str
    type: NumberType | DateType


@frozen(eq=False)
class Fact:
    """A number, a day or a yes-or-no of the household, or of a row of a collection."""

    name: str
    collection: str | None
    type: ValueType


@frozen(eq=False)
class In:
    """Whether a choice is one of some values: the only way in which a choice is read."""

    fact: str
    collection: str | None
    values: frozenset[str]
    choice: ChoiceType
    type: BooleanType = BOOLEAN


@frozen(eq=False)
class Risk:
    """Whether a risk holds, after any verdict of a person; read by categories and grades."""

    name: str
    type: BooleanType = BOOLEAN
    collection: None = None


@frozen(eq=False)
class Op:
    """An operator of `ops.py` over its arguments."""

    name: str
    args: tuple["Node", ...] = field(repr=lambda args: f"({', '.join(map(_shape, args))})")
    type: ValueType


@frozen(eq=False)
class Aggregate:
    """`any all count sum min max` of `body` over those rows of a collection for which `where` holds."""

    kind: AggregateKind
    collection: str
    body: "Node" = field(repr=_shape)
    where: "Node" = field(repr=_shape)
    type: ValueType


@frozen(eq=False)
class Named:
    """A definition in the place where a rule names it."""

    name: str
    body: "Node" = field(repr=_shape)
    type: ValueType


@frozen(eq=False)
class Bands:
    """An amount by bands of `of`; what it pays is in `bands.py`.

    There is a limit between each two rates; `closed` says whether it belongs to the band below it. With `whole` the
    rate of the band in which it lies counts for all of it, else each rate for its own slice. `used` was counted before.
    """

    of: "Node" = field(repr=_shape)
    limits: tuple["Node", ...] = field(repr=lambda limits: f"({', '.join(map(_shape, limits))})")
    rates: tuple["Node", ...] = field(repr=lambda rates: f"({', '.join(map(_shape, rates))})")
    closed: tuple[bool, ...]
    whole: bool
    used: "Node | None"
    entry: "Node | None"
    deductible: "Node | None"
    cap: "Node | None"
    type: NumberType

    def beside(self) -> "tuple[Node | None, ...]":
        """What was used before, the entry, the deductible, the cap."""
        return self.used, self.entry, self.deductible, self.cap


# Plain shapes


@frozen(eq=False)
class Leaf:
    """One end of what is known of a fact: of a yes-or-no, whether it is surely (lo) or possibly (hi) so."""

    of: Fact | In | Risk
    side: Side
    type: ValueType


@frozen(eq=False)
class Flaw:
    """Whether what a table says of a fact can't be taken as it stands.

    `outside`: it lies outside the bounds or the list of the fact, is a fraction where whole numbers are counted, or its
    ends are the wrong way round; then it counts as missing. `finer`: it has more decimals than count.
    """

    fact: str
    collection: str | None
    kind: FlawKind
    of: NumberType | DateType | ChoiceType
    type: BooleanType = BOOLEAN


@frozen(eq=False)
class Listed:
    """How many rows of a collection are listed."""

    collection: str
    type: NumberType = NumberType()


@frozen(eq=False)
class Complete:
    """Whether somebody said that the listed rows are all there are."""

    collection: str
    type: BooleanType = BOOLEAN


@frozen(eq=False)
class Fold:
    """`any sum min max` of `body` over the listed rows; of no row it is `empty`."""

    kind: FoldKind
    collection: str
    body: "Node" = field(repr=_shape)
    empty: float | bool
    type: ValueType


Node = Literal | Parameter | Fact | In | Risk | Op | Aggregate | Named | Bands | Leaf | Flaw | Listed | Complete | Fold
N = TypeVar("N", Literal, Parameter, Fact, In, Risk, Op, Aggregate, Named, Bands, Leaf, Flaw, Listed, Complete, Fold)


@frozen
class Nodes:
    """The table in which the nodes of one pack are interned."""

    _table: dict[tuple[object, ...], Node] = field(factory=dict, init=False, repr=False)

    def make(self, shape: Callable[..., N], *parts: object) -> N:
        """The one node of this shape with these parts."""
        key = (shape, *((type(part), part) for part in parts))  # True and 1 are equal, and not the same
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = shape(*parts)
        return found  # type: ignore[return-value]  # the key holds the shape

    def literal(self, value: float | bool | date, kind: ValueType) -> Literal:
        """A literal."""
        return self.make(Literal, value, kind)

    def op(self, name: str, kind: ValueType, *args: Node) -> Op:
        """An operator over arguments; its type was checked by the caller."""
        return self.make(Op, name, args, kind)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Op():
            return node.args
        case Aggregate():
            return (node.where, node.body)
        case Named() | Fold():
            return (node.body,)
        case Bands():
            return (node.of, *node.limits, *node.rates, *(part for part in node.beside() if part is not None))
        case _:
            return ()


def walk(*roots: Node) -> Iterator[Node]:
    """Every node at or below the roots, once each, children before parents."""
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(children(node)) if child not in seen)


def facts_read(*roots: Node) -> Mapping[tuple[str | None, str], Fact | In]:
    """The facts that the trees read, by (collection, name), in the order of reading."""
    found: dict[tuple[str | None, str], Fact | In] = {}
    for node in walk(*roots):
        match node:
            case Fact(name=name) | In(fact=name) | Leaf(of=Fact(name=name) | In(fact=name)):
                fact = node.of if isinstance(node, Leaf) else node
                assert isinstance(fact, Fact | In)
                found.setdefault((fact.collection, name), fact)
            case _:
                pass
    return found
