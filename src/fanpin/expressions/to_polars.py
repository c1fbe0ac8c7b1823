"""Plain trees as lazy Polars expressions: a county at once.

Every shared part gets a column of its own, level by level; the rows of a collection are folded once per level of
folds. Nothing is collected, and no Python function runs per row.

The frames: households with a row number `__row` and a column a fact, rows of each collection with the `__row` of
their household. A fact is one column, or the pair `<fact>__lo`, `<fact>__hi` where it is known as a range. A column
that is not there is a fact that nobody knows. `<collection>_complete` says where every row is listed.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import polars as pl
from attrs import define, field

from fanpin.expressions.nodes import (
    Complete,
    Fact,
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
    fold_levels,
    household_parts,
    row_nodes,
    walk_loop,
)
from fanpin.expressions.types import BooleanType, DateType

ROW = "__row"


def to_polars(
    households: pl.LazyFrame,
    rows: Mapping[str, pl.LazyFrame],
    parameters: Mapping[str, pl.Expr | float],
    outputs: Mapping[str, Node],
    risks: Sequence[tuple[str, Node, Node]] = (),
) -> pl.LazyFrame:
    """The households with a column for each output, for surely and possibly of each risk (`<risk>__lo`, `__hi`).

    `parameters` are numbers in their smallest part, `on` as YYYYMMDD, or expressions over the household's columns.
    """
    roots = [tree for _, lo, hi in risks for tree in (lo, hi)] + list(outputs.values())
    frame = _Frame(households, rows, parameters, row_nodes(*roots))
    for node in walk(*roots):
        frame.uses.update(children(node))
    frame.uses.update(roots)
    frame.count_rows(collections_read(*roots))
    frame.fold_all(roots)
    frame.add({f"{name}{end}": tree for name, lo, hi in risks for end, tree in (("__lo", lo), ("__hi", hi))})
    frame.add(outputs)
    return frame.households


@define
class _Columns:
    """The columns of one frame, and the nodes that already have one."""

    schema: list[str]
    names: dict[Node, str] = field(factory=dict)


@define
class _Frame:
    households: pl.LazyFrame
    rows: Mapping[str, pl.LazyFrame]
    parameters: Mapping[str, pl.Expr | float]
    of_rows: frozenset[Node]
    uses: Counter[Node] = field(factory=Counter)
    household: _Columns = field(init=False)
    of_collection: dict[str, _Columns] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.household = _Columns(self.households.collect_schema().names())

    def add(self, trees: Mapping[str, Node]) -> None:
        """Columns for trees of the household."""
        self.households = self._lift(self.households, self.household, list(trees.values()))
        self.households = self.households.with_columns(
            **{name: self._expr(tree, self.household) for name, tree in trees.items()}
        )

    def count_rows(self, collections: Sequence[str]) -> None:
        """How many rows are listed, a column a collection."""
        for name in collections:
            listed = self.rows[name].group_by(ROW).agg(pl.len().cast(pl.Float64).alias(f"__listed_{name}"))
            self.households = self.households.join(listed, on=ROW, how="left", maintain_order="left").with_columns(
                pl.col(f"__listed_{name}").fill_null(0.0)
            )

    def fold_all(self, roots: Sequence[Node]) -> None:
        """The folds, from the innermost level."""
        loops: dict[tuple[int, str], list[Fold]] = {}
        for fold, level in fold_levels(*roots).items():
            loops.setdefault((level, fold.collection), []).append(fold)
        for (_, collection), folds in sorted(loops.items(), key=lambda item: item[0]):
            self._fold(collection, folds)

    def _fold(self, collection: str, folds: Sequence[Fold]) -> None:
        shared = list(dict.fromkeys(p for fold in folds for p in household_parts(fold.body, self.of_rows)))
        names = {f"__part{len(self.household.names)}_{i}": part for i, part in enumerate(shared)}
        self.add(names)
        self.household.names.update({part: name for name, part in names.items()})
        rows = self.rows[collection]
        columns = _Columns(rows.collect_schema().names(), {part: name for name, part in names.items()})
        if names:
            rows = rows.join(self.households.select(ROW, *names), on=ROW, how="left")
        rows = self._lift(rows, columns, [fold.body for fold in folds])
        results = {f"__fold{len(self.household.names)}_{i}": fold for i, fold in enumerate(folds)}
        folded = rows.group_by(ROW).agg(
            **{name: _FOLDS[fold.kind](self._expr(fold.body, columns)) for name, fold in results.items()}
        )
        self.households = self.households.join(folded, on=ROW, how="left", maintain_order="left").with_columns(
            _closed(fold, name) for name, fold in results.items()
        )
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
                shared = isinstance(node, Leaf) or (isinstance(node, Op) and self.uses[node] > 1)
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
                return _leaf(node, columns.schema)
            case Listed(collection=collection):
                return pl.col(f"__listed_{collection}")
            case Complete(collection=collection):
                name = f"{collection}_complete"
                return pl.col(name).fill_null(value=False) if name in columns.schema else pl.lit(value=False)
            case Op(name=name, args=args):
                return _OPS[name](*(self._expr(arg, columns) for arg in args))
            case _:
                raise TypeError(f"{type(node).__name__} can't be translated here")


def _leaf(leaf: Leaf, schema: Sequence[str]) -> pl.Expr:
    match leaf.of:
        case Risk(name=name):
            return pl.col(f"{name}__{leaf.side}")
        case In(fact=name, values=values):
            if name not in schema:
                return pl.lit(leaf.side == "hi")
            return pl.col(name).is_in(sorted(values)).fill_null(leaf.side == "hi")
        case Fact(name=name, type=BooleanType()):
            if name not in schema:
                return pl.lit(leaf.side == "hi")
            return pl.col(name).fill_null(leaf.side == "hi")
        case Fact() as fact:
            return _number(fact, leaf.side, schema)


def _number(fact: Fact, side: str, schema: Sequence[str]) -> pl.Expr:
    kind = fact.type
    assert not isinstance(kind, BooleanType)
    bound = getattr(kind, side)
    missing = pl.lit(float(ymd(bound) if isinstance(kind, DateType) else bound), dtype=pl.Float64)
    column = next((name for name in (fact.name, f"{fact.name}__{side}") if name in schema), None)
    if column is None:
        return missing
    raw = pl.col(column)
    if isinstance(kind, DateType):
        value = (raw.dt.year().cast(pl.Int64) * 10000 + raw.dt.month().cast(pl.Int64) * 100 + raw.dt.day()).cast(
            pl.Float64
        )
    else:
        value = (raw.cast(pl.Float64) * 10**kind.decimals + 0.5).floor()
    return value.fill_null(missing)


def _closed(fold: Fold, name: str) -> pl.Expr:
    """A folded column; of no row it is what the fold says."""
    if isinstance(fold.type, BooleanType):
        return pl.col(name).fill_null(value=bool(fold.empty))
    empty = float(fold.empty)
    if fold.kind == "sum":
        return pl.col(name).fill_null(empty)
    extreme = pl.min_horizontal if fold.kind == "min" else pl.max_horizontal
    return extreme(pl.col(name), pl.lit(empty, dtype=pl.Float64))


_FOLDS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "any": lambda e: e.any(ignore_nulls=False),
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
    "div": lambda a, b: a / (pl.col(ROW) * 0.0 + b),
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
