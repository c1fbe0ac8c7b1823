"""Plain trees as lazy Polars expressions: a county at once.

Every shared part gets a column of its own, level by level; the rows of a collection are folded once per level of
folds. Nothing is collected, and no Python function runs per row.

The frames: households with a key that no two of them share, and rows of each collection with the key of their
household; a `Layout` says where the facts stand. `<collection>_complete` says where every row is listed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TypeVar

import polars as pl
from attrs import define, field

from fanpin.expressions.layout import Layout
from fanpin.expressions.nodes import (
    Complete,
    Fact,
    Flaw,
    Fold,
    In,
    Leaf,
    Listed,
    Literal,
    Node,
    Op,
    Parameter,
    Risk,
    children,
    walk,
)
from fanpin.expressions.plain import ymd
from fanpin.expressions.strata import (
    below,
    collections_read,
    folds_by_turn,
    household_parts,
    row_nodes,
    walk_loop,
)
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType

T = TypeVar("T")
ROW = "__row"
FINER = 1e-4  # of the smallest part: what is nearer to a whole number comes of the binary form of decimals


def to_polars(  # noqa: PLR0913  # frames, and how to read them
    households: pl.LazyFrame,
    rows: Mapping[str, pl.LazyFrame],
    parameters: Mapping[str, pl.Expr | float],
    outputs: Mapping[str, Node],
    risks: Sequence[tuple[str, Node, Node]] = (),
    *,
    key: str = ROW,
    layouts: Mapping[str | None, Layout] | None = None,
    of: tuple[str, pl.LazyFrame] | None = None,
) -> pl.LazyFrame:
    """The households with a column for each output, for surely and possibly of each risk (`<risk>__lo`, `__hi`).

    With `of`, a collection and rows of it, these rows as they come with a column for each output, which may be of a
    row then. What is of the household is null in rows of none; of two households with one key the first is meant.

    `parameters` are numbers in their smallest part, `on` as YYYYMMDD, or expressions over the household's columns.
    `layouts` says of the households (None) and of each collection where its facts stand; by default, under their
    names.
    """
    roots = [tree for _, lo, hi in risks for tree in (lo, hi)] + list(outputs.values())
    if layouts is None:
        layouts = {name: Layout.of(f.collect_schema().names()) for name, f in ((None, households), *rows.items())}
    frame = _Frame(households, rows, parameters, row_nodes(*roots), key, layouts)
    for node in walk(*roots):
        frame.uses.update(children(node))
        if isinstance(node, Op) and node.name == "div":
            frame.uses.update(node.args[:1])  # which a division names twice
    frame.uses.update(roots)
    first, then = folds_by_turn(*roots)
    frame.fold_all(first, collections_read(*roots))
    frame.add({f"{name}{end}": tree for name, lo, hi in risks for end, tree in (("__lo", lo), ("__hi", hi))})
    frame.fold_all(then)
    if of is not None:
        return frame.of_rows_of(*of, outputs)
    frame.add(outputs)
    return frame.households


@define
class _Columns:
    """Where facts stand in one frame, and the nodes that already have a column."""

    layout: Layout
    names: dict[Node, str] = field(factory=dict)


@define
class _Frame:
    households: pl.LazyFrame
    rows: Mapping[str, pl.LazyFrame]
    parameters: Mapping[str, pl.Expr | float]
    of_rows: frozenset[Node]
    key: str
    layouts: Mapping[str | None, Layout]
    uses: Counter[Node] = field(factory=Counter)
    household: _Columns = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.household = _Columns(self.layouts[None])

    def add(self, trees: Mapping[str, Node]) -> None:
        """Columns for trees of the household."""
        self.households = self._lift(self.households, self.household, list(trees.values()))
        self.households = self.households.with_columns(
            **{name: self._expr(tree, self.household) for name, tree in trees.items()}
        )

    def _join(self, folded: pl.LazyFrame) -> None:
        self.households = self.households.join(folded, on=self.key, how="left", maintain_order="left")

    def fold_all(self, folds: Mapping[Fold, int], counted: Iterable[str] = ()) -> None:
        """How many rows are listed in collections, and folds with their levels, from the innermost."""
        loops: dict[tuple[int, str], list[Fold]] = {(0, name): [] for name in counted}
        for fold, level in folds.items():
            alone = level == 1 and not any(self._parts(fold.body))
            loops.setdefault((0 if alone else level, fold.collection), []).append(fold)
        for (level, collection), found in sorted(loops.items(), key=lambda item: item[0]):
            self._fold(collection, found, counted=level == 0)

    def of_rows_of(self, collection: str, rows: pl.LazyFrame, trees: Mapping[str, Node]) -> pl.LazyFrame:
        """Rows of a collection with columns for trees."""
        names = self._shared(trees.values())
        columns = _Columns(self.layouts[collection], {part: name for name, part in names.items()})
        if names:
            households = self.households.select(self.key, *names).unique(self.key, keep="first")
            rows = rows.join(households, on=self.key, how="left", maintain_order="left")
        rows = self._lift(rows, columns, list(trees.values()))
        return rows.with_columns(**{name: self._expr(tree, columns) for name, tree in trees.items()})

    def _shared(self, bodies: Iterable[Node]) -> dict[str, Node]:
        """The parts of trees of rows that are the same for all rows of a household, as columns of the household."""
        shared = dict.fromkeys(part for body in bodies for part in self._parts(body))
        names = {f"__part{len(self.household.names)}_{i}": part for i, part in enumerate(shared)}
        self.add(names)
        self.household.names.update({part: name for name, part in names.items()})
        return names

    def _parts(self, body: Node) -> list[Node]:
        """The parts of a tree of rows that differ from household to household, and not from row to row."""
        return [part for part in household_parts(body, self.of_rows) if not self._is_constant(part)]

    def _is_constant(self, part: Node) -> bool:
        """Whether it is one and the same for every household of the frame."""
        read = [node for node in walk(part) if not isinstance(node, Literal | Op)]
        return all(isinstance(n, Parameter) and not isinstance(self.parameters[n.name], pl.Expr) for n in read)

    def _fold(self, collection: str, folds: Sequence[Fold], counted: bool) -> None:
        names, rows = self._shared([fold.body for fold in folds]), self.rows[collection]
        columns = _Columns(self.layouts[collection], {part: name for name, part in names.items()})
        if names:
            rows = rows.join(self.households.select(self.key, *names), on=self.key, how="left")
        rows = self._lift(rows, columns, [fold.body for fold in folds])
        number = len(self.household.names)
        results = {f"__fold{number}_{i}": fold for i, fold in enumerate(folds)}
        bodies = {name: self._expr(fold.body, columns) for name, fold in results.items()}
        flags = [name for name, fold in results.items() if fold.kind == "any"]
        packed = {f"__any{number}_{i}": part for i, part in enumerate(batched(flags, BITS))}
        found = [_FOLDS[fold.kind](bodies[name]).alias(name) for name, fold in results.items() if fold.kind != "any"]
        found += [bits([bodies[flag] for flag in part]).bitwise_or().alias(name) for name, part in packed.items()]
        found += [pl.len().cast(pl.Float64).alias(f"__listed_{collection}")] if counted else []
        self._join(rows.group_by(self.key).agg(found))
        closed = [_closed(fold, name) for name, fold in results.items() if fold.kind != "any"]
        closed += [_bit(name, at).alias(flag) for name, part in packed.items() for at, flag in enumerate(part)]
        closed += [pl.col(f"__listed_{collection}").fill_null(0.0)] if counted else []
        self.households = self.households.with_columns(closed)
        self.household.names.update({fold: name for name, fold in results.items()})

    # Expressions

    def _lift(self, frame: pl.LazyFrame, columns: _Columns, roots: Sequence[Node]) -> pl.LazyFrame:
        """Give a column to every leaf and every part that is used more than once, those below first."""
        level: dict[Node, int] = {}
        lifted: dict[int, list[Node]] = {}
        for root in roots:
            for node in walk_loop(root, columns.names):
                if node in level:
                    continue
                level[node] = max((level.get(child, 0) for child in below(node)), default=0)
                shared = isinstance(node, Leaf | Flaw) or (isinstance(node, Op) and self.uses[node] > 1)
                if shared and node not in columns.names:
                    level[node] += 1
                    lifted.setdefault(level[node], []).append(node)
        for _, nodes in sorted(lifted.items()):
            names = {f"__n{len(columns.names) + i}": node for i, node in enumerate(nodes)}
            frame = frame.with_columns(**{name: self._expr(node, columns) for name, node in names.items()})
            columns.names.update({node: name for name, node in names.items()})
        return frame

    def _expr(self, node: Node, columns: _Columns) -> pl.Expr:
        if node in columns.names:
            return pl.col(columns.names[node])
        match node:
            case Literal(value=bool() as value):
                return pl.lit(value, dtype=pl.Boolean)
            case Literal(value=value):
                return pl.lit(float(value), dtype=pl.Float64)  # type: ignore[arg-type]  # plain: no date is left
            case Parameter(name=name):
                given = self.parameters[name]
                return given if isinstance(given, pl.Expr) else pl.lit(float(given), dtype=pl.Float64)
            case Leaf():
                return _leaf(node, columns.layout)
            case Flaw():
                return _flaw(node, columns.layout)
            case Listed(collection=collection):
                return pl.col(f"__listed_{collection}")
            case Complete(collection=collection):
                name = f"{collection}_complete"
                there = name in columns.layout.facts
                return pl.col(name).fill_null(value=False) if there else pl.lit(value=False)
            case Op(name=name, args=args):
                return _OPS[name](*(self._expr(arg, columns) for arg in args))
            case _:
                raise TypeError(f"{type(node).__name__} can't be translated here")


def _leaf(leaf: Leaf, layout: Layout) -> pl.Expr:
    match leaf.of:
        case Risk(name=name):
            return pl.col(f"{name}__{leaf.side}")
        case In(fact=name) | Fact(name=name) if name not in layout.facts:
            return pl.lit(_unknown(leaf), dtype=pl.Boolean if isinstance(leaf.type, BooleanType) else pl.Float64)
        case In() as choice:
            return _choice(choice, leaf.side, layout)
        case Fact(name=name, type=BooleanType()):
            return pl.col(layout.facts[name][0]).fill_null(leaf.side == "hi")
        case Fact(name=name, type=NumberType() | DateType() as kind):
            lo, hi = _ends(name, kind, layout)
            value = lo if leaf.side == "lo" else hi
            if name in layout.sound:
                return value.fill_null(_unknown(leaf))
            return pl.when(_fits(lo, hi, kind)).then(value).otherwise(_unknown(leaf))
    raise TypeError(f"{leaf.of} can't be read here")


def _unknown(leaf: Leaf) -> float | bool:
    kind = leaf.type
    if isinstance(kind, BooleanType):
        return leaf.side == "hi"
    bound = getattr(kind, leaf.side)
    return float(ymd(bound) if isinstance(kind, DateType) else bound)


def _choice(choice: In, side: str, layout: Layout) -> pl.Expr:
    name = choice.fact
    said = pl.col(layout.facts[name][0])
    meant = said.is_in(sorted(layout.meaning(name, choice.values)))
    if side == "lo":
        return meant.fill_null(value=False)
    if choice.choice.other:  # any other text is known, and not meant
        return (meant | (said == "")).fill_null(value=True)
    others = set(choice.choice.values) - choice.values
    return ~said.is_in(sorted(layout.meaning(name, others))).fill_null(value=False)


def _ends(name: str, kind: NumberType | DateType, layout: Layout) -> tuple[pl.Expr, pl.Expr]:
    """Both ends in the smallest part; of a pair, an end that is not there is that of the bounds."""
    lo, hi = layout.facts[name]
    if lo == hi:
        value = _smallest(pl.col(lo), kind)
        return value, value
    return (
        _smallest(pl.col(lo), kind).fill_nan(None).fill_null(_bound(kind, "lo")),
        _smallest(pl.col(hi), kind).fill_nan(None).fill_null(_bound(kind, "hi")),
    )


def _bound(kind: NumberType | DateType, side: str) -> float:
    bound = getattr(kind, side)
    return float(ymd(bound) if isinstance(kind, DateType) else bound)


def _smallest(raw: pl.Expr, kind: NumberType | DateType) -> pl.Expr:
    if isinstance(kind, DateType):
        days = raw.dt.year().cast(pl.Int64) * 10000 + raw.dt.month().cast(pl.Int64) * 100 + raw.dt.day()
        return days.cast(pl.Float64)
    return (_scaled(raw, kind) + 0.5).floor() if kind.decimals else raw.cast(pl.Float64)


def _scaled(raw: pl.Expr, kind: NumberType) -> pl.Expr:
    return raw.cast(pl.Float64) * float(10**kind.decimals)


def _fits(lo: pl.Expr, hi: pl.Expr, kind: NumberType | DateType) -> pl.Expr:
    """Whether what is said can be taken; unsure (null) where nothing is said. NaN is greater than every bound."""
    whole = isinstance(kind, NumberType) and not kind.decimals
    if lo is hi:
        within = lo.is_between(_bound(kind, "lo"), _bound(kind, "hi"))
        return within & (lo == lo.floor()) if whole else within
    within = (lo >= _bound(kind, "lo")) & (hi <= _bound(kind, "hi")) & (lo <= hi)
    return within & (lo == lo.floor()) & (hi == hi.floor()) if whole else within


def _flaw(flaw: Flaw, layout: Layout) -> pl.Expr:
    name, kind = flaw.fact, flaw.of
    if name not in layout.facts:
        return pl.lit(value=False)
    if isinstance(kind, ChoiceType):
        known = pl.col(layout.facts[name][0]).is_in(sorted({"", *layout.meaning(name, kind.values)}))
        return ~known.fill_null(value=True) if not kind.other else pl.lit(value=False)
    if flaw.kind == "finer":
        assert isinstance(kind, NumberType)
        ends = dict.fromkeys(layout.facts[name])
        return pl.any_horizontal(*(_is_finer(_scaled(pl.col(end), kind)) for end in ends)).fill_null(value=False)
    lo, hi = _ends(name, kind, layout)
    outside = ~_fits(lo, hi, kind)
    if lo is hi and isinstance(kind, NumberType):
        outside &= lo.is_not_nan()
    return outside.fill_null(value=False)


def _is_finer(scaled: pl.Expr) -> pl.Expr:
    rest = (scaled - (scaled + 0.5).floor()).abs()
    return (rest > FINER) & (rest < 1)  # and no rest of infinity


def _closed(fold: Fold, name: str) -> pl.Expr:
    """A folded column; of no row it is what the fold says."""
    empty = float(fold.empty)
    if fold.kind == "sum":
        return pl.col(name).fill_null(empty)
    extreme = pl.min_horizontal if fold.kind == "min" else pl.max_horizontal
    return extreme(pl.col(name), pl.lit(empty, dtype=pl.Float64))


# Truths as the bits of a number: one column to aggregate and to join, where there were many

BITS = 63


def bits(flags: Sequence[pl.Expr]) -> pl.Expr:
    """A number with a bit for each flag."""
    none = pl.lit(0, pl.UInt64)
    return reduce(
        or_, (pl.when(flag).then(pl.lit(1 << at, pl.UInt64)).otherwise(none) for at, flag in enumerate(flags)), none
    )


def batched(things: Sequence[T], size: int) -> list[Sequence[T]]:
    """The things, as many at a time as fit."""
    return [things[at : at + size] for at in range(0, len(things), size)]


def _bit(name: str, at: int) -> pl.Expr:
    """Whether some row has the bit; no row has none."""
    return pl.col(name).fill_null(0) & pl.lit(1 << at, pl.UInt64) != 0


_FOLDS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "sum": lambda e: e.sum(),
    "min": lambda e: e.min(),
    "max": lambda e: e.max(),
}
_OPS: dict[str, Callable[..., pl.Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "neg": lambda a: -a,
    "mul": lambda a, b: a * b,
    # Polars divides by a scalar through its reciprocal: 7 / 10 is then more than 0.7. By a column it divides truly.
    "div": lambda a, b: a / (a * 0.0 + b),
    "min": pl.min_horizontal,
    "max": pl.max_horizontal,
    "floor": lambda a: a.floor(),
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "not": lambda a: ~a,
    "and": pl.all_horizontal,
    "or": pl.any_horizontal,
    "count": lambda *a: pl.sum_horizontal(*(x.cast(pl.Float64) for x in a)),
    "if": lambda c, a, b: pl.when(c).then(a).otherwise(b),
}
