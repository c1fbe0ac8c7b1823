"""Plain trees as one SQL query: the rules where the data is.

The query is built of sqlglot's expressions from a closed list of forms, each executed on every engine that is offered:
+ - * /, comparison, BETWEEN, IN, AND, OR, NOT, CASE, COALESCE, NULLIF, GREATEST, LEAST, FLOOR, ABS, CAST, EXTRACT, and
SUM, MIN, MAX, COUNT, BIT_OR by household. It is a staircase of CTEs: what the columns say, both ends of every fact,
then what is used more than once. The rows of a collection are folded and joined to their households.

Every number is a double, a whole count of its smallest part, and a day is the number YYYYMMDD. Nothing is null but in
the first step over a table.
"""

import math
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Literal as Lit
from typing import get_args

from attrs import define, field, frozen
from sqlglot import exp

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
    Side,
    children,
    walk,
)
from fanpin.expressions.ops import OPERATORS
from fanpin.expressions.plain import ymd
from fanpin.expressions.strata import below, collections_read, folds_by_turn, household_parts, row_nodes, walk_loop
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType

Dialect = Lit["duckdb", "postgres"]  # those on which the queries of the tests are run
SQL = exp.Expr
KEY = "household_id"
MAX_NESTING = 20  # parentheses within one column; beyond, a part gets a column of its own
FINER = 1e-4  # of the smallest part: what is nearer to a whole number comes of the binary form of decimals
_LONGEST_NAME = 63  # bytes: PostgreSQL cuts off the rest without a word
_MOST_COLUMNS = 1600  # of one step in PostgreSQL
_MOST_STEPS = 250  # PostgreSQL plans so many in seconds, and twice as many in minutes and gigabytes
_EXACT = 2**53  # up to here a double holds every whole number
_BITS = 53  # of a number: as many as a double would hold, and so every literal
_STRANGE = ""  # which stands for a text that is no code; no code is empty


@frozen
class Table:
    """A table of a database: its name, where its facts stand, and the column that says of which household a row is."""

    name: str
    layout: Layout
    key: str = KEY
    schema: str | None = None


def to_sql(
    tables: Mapping[str | None, Table],
    parameters: Mapping[str, SQL | float],
    outputs: Mapping[str, Node],
    risks: Sequence[tuple[str, Node, Node]] = (),
    dialect: Dialect = "duckdb",
    names: Mapping[Node, str] | None = None,
) -> exp.Select:
    """A query of `household_id`, surely and possibly of each risk (`<risk>__lo`, `<risk>__hi`), and each output.

    `tables` are those of the collections by name, that of the households under None; what stands in no table nobody
    knows. `parameters` are numbers in their smallest part, `on` as YYYYMMDD, or expressions over the columns of the
    households' table. `names` may say how columns between are called: definitions by the names that people know.
    """
    if dialect not in get_args(Dialect):
        raise ValueError(f"no query was ever run on {dialect}; queries were run on {', '.join(get_args(Dialect))}")
    ends = {f"{name}__{side}": end for name, lo, hi in risks for side, end in (("lo", lo), ("hi", hi))}
    roots = [*ends.values(), *outputs.values()]
    query = _Query(tables, parameters, dialect, names or {}, row_nodes(*roots))
    query.read(roots)
    first, then = folds_by_turn(*roots)
    query.fold_all(first, roots)
    query.hold_risks(ends, roots)
    query.fold_all(then)
    return query.answer({**ends, **outputs})


# What a table says


@define
class _Reading:
    """The first step over a table, with null where nobody knows, and what leaves make of it."""

    layout: Layout
    columns: dict[str, SQL] = field(factory=dict)
    facts: dict[str, tuple[str, str]] = field(factory=dict)  # the columns above that hold both ends of a fact
    taken: set[str] = field(factory=lambda: {KEY})

    def add(self, wish: str, value: SQL) -> str:
        """A column of its own."""
        name = _fresh(wish, self.taken)
        self.columns[name] = value
        return name

    def fact(self, fact: str, kind: NumberType | DateType | ChoiceType | BooleanType) -> None:
        """Read a fact, once; of a pair, an end that is not there is that of the bounds."""
        if fact in self.facts:
            return
        lo, hi = self.layout.facts[fact]
        if lo == hi or isinstance(kind, BooleanType | ChoiceType):
            said = self._code(fact, kind) if isinstance(kind, ChoiceType) else _said(kind, lo)
            self.facts[fact] = (self.add(fact, said),) * 2
            return
        low, high = _bounds(kind)
        self.facts[fact] = (
            self.add(f"{fact}__from", _call(exp.Coalesce, _no_nan(_said(kind, lo)), _number(low))),
            self.add(f"{fact}__to", _call(exp.Coalesce, _no_nan(_said(kind, hi)), _number(high))),
        )

    def _code(self, fact: str, choice: ChoiceType) -> SQL:
        """The code that a text stands for; null where it is empty, and the empty text where it stands for none."""
        text = exp.cast(_column(self.layout.facts[fact][0]), "text")
        if choice.other:
            return exp.Nullif(this=text, expression=_text(""))
        words = {code: self.layout.meaning(fact, [code]) - set(choice.values) for code in choice.values}
        codes: list[tuple[SQL, SQL]] = [(_among(text.copy(), choice.values), text.copy())]  # most often it is one
        codes += [(_among(text.copy(), those), _text(code)) for code, those in words.items() if those]
        strange = exp.NEQ(this=text, expression=_text(_STRANGE)), _text(_STRANGE)
        return exp.Case(ifs=[exp.If(this=is_so, true=code) for is_so, code in (*codes, strange)])

    def leaf(self, leaf: Leaf) -> SQL:
        """One end of what is known of a fact."""
        match leaf.of:
            case In() as choice:
                return _or_missing(self._among(choice, leaf.side), leaf.side)
            case Fact(name=name, type=BooleanType()):
                return _or_missing(_column(self.facts[name][0]), leaf.side)
            case Fact(name=name, type=NumberType() | DateType() as kind):
                end = leaf.side == "hi"
                said, bound = _column(self.facts[name][end]), _number(_bounds(kind)[end])
                if name in self.layout.sound:
                    return _call(exp.Coalesce, said, bound)
                return _case(self._fits(name, kind), said, bound)
        raise TypeError(f"{leaf.of} can't be read here")

    def _among(self, choice: In, side: Side) -> SQL:
        """Whether a choice is one of the values, or possibly is; a text that is not on its list says nothing."""
        said = _column(self.facts[choice.fact][0])
        if choice.choice.other:
            return _among(said, self.layout.meaning(choice.fact, choice.values))
        if side == "lo":
            return _among(said, choice.values)
        return exp.Not(this=_among(said, set(choice.choice.values) - choice.values))

    def _fits(self, fact: str, kind: NumberType | DateType) -> SQL:
        """Whether what is said can be taken; null where nothing is said. NaN is greater than every bound."""
        lo, hi = map(_number, _bounds(kind))
        low, high = map(_column, self.facts[fact])
        counted = isinstance(kind, NumberType) and not kind.decimals
        whole = [_is_whole(column) for column in dict.fromkeys((low, high))] if counted else []
        if low == high:
            return _chain(exp.And, [exp.Between(this=low, low=lo, high=hi), *whole])
        pairs = ((lo, low), (low.copy(), high), (high.copy(), hi))
        return _chain(exp.And, [*(exp.LTE(this=a, expression=b) for a, b in pairs), *whole])

    def flaw(self, flaw: Flaw) -> SQL:
        """Whether what is said can't be taken as it stands; nothing said is no flaw."""
        fact, kind = flaw.fact, flaw.of
        if isinstance(kind, ChoiceType):
            strange = exp.EQ(this=_column(self.facts[fact][0]), expression=_text(_STRANGE))
            return _call(exp.Coalesce, strange, _value(False))
        said = exp.NEQ(this=_column(self.facts[fact][0]), expression=_value(math.nan))
        return _case(self._fits(fact, kind), _value(False), _call(exp.Coalesce, said, _value(False)))

    def finer(self, flaw: Flaw) -> SQL:
        """Whether there are more decimals than count, of the columns as they are."""
        assert isinstance(flaw.of, NumberType)
        ends = dict.fromkeys(self.layout.facts[flaw.fact])
        return _chain(exp.Or, (_finer(_scaled(end, flaw.of)) for end in ends))


def _or_missing(said: SQL, side: Side) -> SQL:
    return _call(exp.Coalesce, said, _value(side == "hi"))


def _said(kind: NumberType | DateType | BooleanType, column: str) -> SQL:
    """What a column says: a count of smallest parts, YYYYMMDD or a truth; null or NaN where it is nothing."""
    match kind:
        case BooleanType():
            return _column(column)
        case NumberType():
            return _nearest(_scaled(column, kind)) if kind.decimals else _scaled(column, kind)
        case DateType():
            return _ymd(column)


def _ymd(column: str) -> SQL:
    """A day as YYYYMMDD. PostgreSQL's `infinity` has no month; it is no day, and not missing either."""
    year, month, day = (
        exp.Extract(this=exp.var(part), expression=_column(column)) for part in ("YEAR", "MONTH", "DAY")
    )
    weighed = (exp.Mul(this=year, expression=_number(10000)), exp.Mul(this=month, expression=_number(100)), day)
    number = exp.cast(_call(exp.Coalesce, _chain(exp.Add, weighed), _number(0)), "double")
    return _case(exp.Is(this=_column(column), expression=exp.null()), exp.null(), number)


def _scaled(column: str, kind: NumberType) -> SQL:
    value = exp.cast(_column(column), "double")
    return exp.Mul(this=value, expression=_number(10**kind.decimals)) if kind.decimals else value


def _nearest(value: SQL) -> SQL:
    return exp.Floor(this=exp.Add(this=value, expression=_value(0.5)))


def _is_whole(value: SQL) -> SQL:
    return exp.EQ(this=value.copy(), expression=exp.Floor(this=value.copy()))


def _finer(scaled: SQL) -> SQL:
    """Whether there is a rest; nothing said has none, and endless numbers have none that is a number."""
    rest = exp.Abs(this=exp.Sub(this=scaled, expression=_nearest(scaled.copy())))
    finer = exp.GT(this=rest, expression=_value(FINER))
    return _case(finer, exp.LT(this=rest.copy(), expression=_number(1)), _value(False))


def _no_nan(value: SQL) -> SQL:
    return exp.Nullif(this=value, expression=_value(math.nan))


def _bounds(kind: NumberType | DateType) -> tuple[float, float]:
    return (ymd(kind.lo), ymd(kind.hi)) if isinstance(kind, DateType) else (kind.lo, kind.hi)


# The query


@define
class _Loop:
    """The steps over one table: the last of them, and the nodes that have a column in it."""

    wish: str  # what its steps may be called
    reading: _Reading
    last: str = ""
    names: dict[Node, str] = field(factory=dict)

    def column(self, wish: str) -> str:
        """A name that no column of the table's steps has."""
        return _fresh(wish, self.reading.taken)


@define
class _Query:
    tables: Mapping[str | None, Table]
    parameters: Mapping[str, SQL | float]
    dialect: Dialect
    wishes: Mapping[Node, str]
    of_rows: frozenset[Node]
    constants: dict[Node, float | bool] = field(factory=dict)  # nodes that are the same for every household
    uses: Counter[Node] = field(factory=Counter)
    loops: dict[str | None, _Loop] = field(factory=dict)
    steps: dict[str, exp.Select] = field(factory=dict)
    readings: set[str] = field(factory=set)  # the first steps
    reads: Counter[str] = field(factory=Counter)  # how often a step is read
    taken: set[str] = field(factory=set)

    @property
    def household(self) -> _Loop:
        """The steps over the households."""
        return self.loops[None]

    # What is there

    def read(self, roots: Sequence[Node]) -> None:
        """The first step over every table; and what is the same for every household."""
        self.taken.update(table.name.lower() for table in self.tables.values())
        nodes = list(walk(*roots))
        for node in nodes:
            self.uses.update(children(node))
            value = self._constant(node)
            if value is not None:
                self.constants[node] = value
        self.uses.update(roots)
        read = [node for node in nodes if node not in self.constants]
        for collection in (None, *(name for name in collections_read(*roots) if name in self.tables)):
            self._read(collection, read)

    def _constant(self, node: Node) -> float | bool | None:
        """The value of a node that is the same for every household: for one, as nobody knows the fact."""
        match node:
            case Literal(value=value):
                return value  # type: ignore[return-value]  # plain: no date is left
            case Parameter(name=name):
                given = self.parameters[name]
                return None if isinstance(given, SQL) else given
            case Leaf(of=Fact(name=name) | In(fact=name) as fact) if not self._knows(fact.collection, name):
                kind, end = fact.type, node.side == "hi"
                return end if isinstance(kind, BooleanType) else _bounds(kind)[end]
            case Flaw(of=ChoiceType(other=True)):
                return False
            case Flaw() if not self._knows(node.collection, node.fact):
                return False
            case Complete(collection=name) if not self._knows(None, f"{name}_complete"):
                return False
            case Listed(collection=name) | Fold(collection=name) if name not in self.tables:
                return node.empty if isinstance(node, Fold) else 0
            case Op(name=name, args=args):
                values = [self.constants[arg] for arg in args if arg in self.constants]
                if name in ("and", "or") and (name == "or") in values:
                    return name == "or"
                return OPERATORS[name].apply(*values) if len(values) == len(args) else None
        return None

    def _knows(self, collection: str | None, fact: str) -> bool:
        table = self.tables.get(collection)
        return table is not None and fact in table.layout.facts

    def _read(self, collection: str | None, nodes: Sequence[Node]) -> None:
        table = self.tables[collection]
        reading = _Reading(table.layout)
        loop = self.loops[collection] = _Loop(collection or "household", reading)
        for node in nodes:
            match node:
                case Leaf(of=Fact(name=name) | In(fact=name) as fact) if fact.collection == collection:
                    reading.fact(name, fact.choice if isinstance(fact, In) else fact.type)
                case Flaw(fact=name, of=kind, kind="outside") if node.collection == collection:
                    reading.fact(name, kind)
                case Flaw(fact=name) if node.collection == collection:
                    loop.names[node] = reading.add(f"{name}__finer", reading.finer(node))
                case Complete(collection=name) if collection is None:
                    said = _column(table.layout.facts[f"{name}_complete"][0])
                    loop.names[node] = reading.add(f"{name}_complete", _call(exp.Coalesce, said, _value(False)))
                case Parameter(name=name) if collection is None:
                    loop.names[node] = reading.add(name, self._given(name))
        columns = {KEY: _column(table.key), **reading.columns}
        self._step(loop, _select(columns, _table(table.name, table.schema)))
        self.readings.add(loop.last)

    def _given(self, parameter: str) -> SQL:
        given = self.parameters[parameter]
        assert isinstance(given, SQL)
        return exp.cast(given.copy(), "double")

    # Steps

    def _step(self, loop: _Loop, select: exp.Select, wish: str = "") -> None:
        """One more step. PostgreSQL would write a step into the next, once for each use, if OFFSET did not stop it."""
        loop.last = _fresh(wish or loop.wish, self.taken)
        self.steps[loop.last] = select.offset(0, copy=False) if self.dialect == "postgres" else select

    def _widen(self, loop: _Loop, columns: Mapping[str, SQL], other: str | None = None, how: str = "") -> None:
        """A step with more columns: out of the last step, and of another that is joined by household."""
        everything = exp.Column(this=exp.Star(), table=_name(loop.last)) if other else exp.Star()
        select = _select(columns, self._out_of(loop.last), everything)
        if other is not None:
            same = exp.EQ(this=_column(KEY, loop.last), expression=_column(KEY, other))
            select = select.join(self._out_of(other), on=same, join_type=how, copy=False)
        self._step(loop, select)

    def _lift(self, loop: _Loop, roots: Iterable[Node], whole: bool = False) -> None:
        """A column for every leaf, for what is used more than once or stands too deep; if `whole`, for the roots."""
        wanted = dict.fromkeys(roots)
        known: ChainMap[Node, object] = ChainMap(loop.names, self.constants)  # type: ignore[arg-type]  # it is only read
        level: dict[Node, int] = {}
        depth: dict[Node, int] = {}
        lifted: dict[int, list[Node]] = {}
        for node in (node for root in wanted for node in walk_loop(root, known)):
            if node in level:
                continue
            level[node] = max((level.get(child, 0) for child in below(node)), default=0)
            depth[node] = 1 + max((depth.get(child, 0) for child in below(node)), default=0)
            shared = isinstance(node, Leaf | Flaw) or self.uses[node] > 1 or (whole and node in wanted)
            if node not in known and (shared or depth[node] >= MAX_NESTING):
                level[node] += 1
                depth[node] = 0
                lifted.setdefault(level[node], []).append(node)
        for _, nodes in sorted(lifted.items()):
            names = {loop.column(self._wish(node)): node for node in nodes}
            self._widen(loop, {name: self._sql(node, loop) for name, node in names.items()})
            loop.names.update({node: name for name, node in names.items()})

    def _wish(self, node: Node) -> str:
        """What its column may be called."""
        own = "part"
        match node:
            case Leaf(of=In(fact=name)):
                own = f"{name}_is__{node.side}"
            case Leaf(of=Fact(name=name)):
                own = f"{name}__{node.side}"
            case Flaw(fact=name):
                own = f"{name}__{node.kind}"
            case Fold():
                own = f"{node.collection}__{node.kind}"
            case Listed():
                own = f"{node.collection}__listed"
        return self.wishes.get(node, own)

    # Folds

    def fold_all(self, folds: Mapping[Fold, int], roots: Sequence[Node] = ()) -> None:
        """Folds, from the innermost level; rows are counted beside the first, or before, if a fold reads how many."""
        parts = [part for fold in folds for part in household_parts(fold.body, self.of_rows)]
        early = set(walk(*parts))
        levels = dict[Node, int](folds.items())
        levels |= {node: 0 if node in early else 1 for node in walk(*roots) if isinstance(node, Listed)}
        passes: dict[tuple[int, str], list[Fold | Listed]] = {}
        for node in (node for node in walk(*levels) if node in levels and node not in self.constants):
            assert isinstance(node, Fold | Listed)
            passes.setdefault((levels[node], node.collection), []).append(node)
        for (_, collection), nodes in sorted(passes.items(), key=lambda item: item[0]):
            self._fold(collection, nodes)

    def _fold(self, collection: str, nodes: Sequence[Fold | Listed]) -> None:
        read = self.loops[collection]
        rows = _Loop(read.wish, read.reading, read.last, dict(read.names))
        bodies = [node.body for node in nodes if isinstance(node, Fold)]
        self._spread(rows, [part for body in bodies for part in household_parts(body, self.of_rows)])
        self._lift(rows, bodies)
        names = {self.household.column(self._wish(node)): node for node in nodes}
        columns, found = self._folded(rows, names)
        folded = _select(columns, self._out_of(rows.last), _column(KEY))
        self._step(rows, folded.group_by(_column(KEY), copy=False), f"{collection}_folded")
        self._widen(self.household, {name: found[name](rows.last) for name in names}, rows.last, "left")
        self.household.names.update({node: name for name, node in names.items()})

    def _folded(
        self, rows: _Loop, names: Mapping[str, Fold | Listed]
    ) -> tuple[dict[str, SQL], dict[str, Callable[[str], SQL]]]:
        """The columns to fold, and what the household reads of that step: of many truths, the bits of one number."""
        columns: dict[str, SQL] = {}
        found: dict[str, Callable[[str], SQL]] = {}
        truths: list[tuple[str, SQL]] = []
        for name, node in names.items():
            if isinstance(node, Fold) and node.kind == "any":
                truths.append((name, self._sql(node.body, rows)))
                continue
            columns[name] = _counted() if isinstance(node, Listed) else _FOLDS[node.kind](self._sql(node.body, rows))
            found[name] = partial(_closed, name, node.empty if isinstance(node, Fold) else 0)
        for first in range(0, len(truths), _BITS):
            bits = self.household.column(f"{rows.wish}__bits")
            packed = truths[first : first + _BITS]
            columns[bits] = _bits([truth for _, truth in packed])
            found |= {name: partial(_bit, bits, at) for at, (name, _) in enumerate(packed)}
        return columns, found

    def _spread(self, rows: _Loop, parts: Iterable[Node]) -> None:
        """Give the rows what is the same for all rows of a household."""
        wanted = [part for part in dict.fromkeys(parts) if part not in self.constants]
        if not wanted:
            return
        self._lift(self.household, wanted, whole=True)
        household = self.household
        names = {rows.column(household.names[part]): part for part in wanted}
        columns = {name: _column(household.names[part], household.last) for name, part in names.items()}
        self._widen(rows, columns, household.last)
        rows.names.update({part: name for name, part in names.items()})

    # The end

    def hold_risks(self, ends: Mapping[str, Node], roots: Iterable[Node]) -> None:
        """A column for both ends of every risk, which categories and grades read."""
        self._lift(self.household, ends.values(), whole=True)
        for node in walk(*roots):
            if isinstance(node, Leaf) and isinstance(node.of, Risk):
                end = ends[f"{node.of.name}__{node.side}"]
                if end in self.constants:
                    self.constants[node] = self.constants[end]
                else:
                    self.household.names[node] = self.household.names[end]
            elif node not in self.constants and (value := self._constant(node)) is not None:  # of risks that are
                self.constants[node] = value

    def answer(self, outputs: Mapping[str, Node]) -> exp.Select:
        """The whole query."""
        self._lift(self.household, outputs.values())
        columns = {name: self._sql(node, self.household) for name, node in outputs.items()}
        if self.dialect == "postgres":
            self._check(columns)
        query = _select(columns, self._out_of(self.household.last), _column(KEY))
        for name, step in self.steps.items():
            query = query.with_(_name(name), as_=step, materialized=self._is_kept(name), copy=False)
        return query

    def _is_kept(self, step: str) -> bool | None:
        """Whether a step is worked out once, however often it is used; a mere reading of a table is cheap to repeat."""
        return step not in self.readings if self.reads[step] > 1 else None

    def _out_of(self, step: str) -> exp.Table:
        self.reads[step] += 1
        return _table(step)

    def _check(self, columns: Iterable[str]) -> None:
        """What PostgreSQL would cut off, or stop at half-way, is said before."""
        for name in columns:
            if len(name.encode()) > _LONGEST_NAME:
                raise ValueError(f"{name} is a longer name than PostgreSQL keeps ({_LONGEST_NAME} bytes)")
        most = max(len(loop.reading.taken) for loop in self.loops.values())
        if most > _MOST_COLUMNS:
            raise ValueError(f"{most} columns in one step are more than PostgreSQL takes ({_MOST_COLUMNS})")
        if len(self.steps) > _MOST_STEPS:
            raise ValueError(f"the rules are too deep for PostgreSQL: {len(self.steps)} steps, at most {_MOST_STEPS}")

    # Expressions

    def _sql(self, node: Node, loop: _Loop, bare: bool = False) -> SQL:
        """A node over the columns of the last step; `bare`: what is beside it makes a whole number a double."""
        if node in loop.names:
            return _column(loop.names[node])
        if node in self.constants:
            value = _value(self.constants[node], bare)
            if isinstance(node, Parameter):
                value.add_comments([node.name])
            return value
        match node:
            case Leaf():
                return loop.reading.leaf(node)
            case Flaw():
                return loop.reading.flaw(node)
            case Op(name=name, args=args):
                return self._op(name, args, loop)
        raise TypeError(f"{type(node).__name__} can't be translated here")

    def _op(self, name: str, args: Sequence[Node], loop: _Loop) -> SQL:
        if name in ("and", "or"):
            args = [arg for arg in args if arg not in self.constants]  # they decide nothing, or all of it would be one
        bare = any(arg not in self.constants for arg in args if not isinstance(arg.type, BooleanType))
        return _OPS[name](*(self._sql(arg, loop, bare) for arg in args))


def _counted() -> SQL:
    return exp.cast(exp.Count(this=exp.Star()), "double")


def _closed(name: str, empty: float | bool, folded: str) -> SQL:
    """A column of a step of folded rows; of no row it is what the fold says."""
    return _call(exp.Coalesce, _column(name, folded), _value(empty, bare=True))


def _bits(truths: Iterable[SQL]) -> SQL:
    """A number with a bit for each truth that holds of some row."""
    return exp.BitwiseOrAgg(
        this=_chain(exp.Add, (_case(t, _number(1 << at), _number(0)) for at, t in enumerate(truths)))
    )


def _bit(name: str, at: int, folded: str) -> SQL:
    """Whether a column of a step of folded rows has a bit; of no row it has none."""
    bits = _call(exp.Coalesce, _column(name, folded), _number(0))
    return exp.NEQ(this=exp.Paren(this=exp.BitwiseAnd(this=bits, expression=_number(1 << at))), expression=_number(0))


# Forms of SQL


def _name(text: str) -> exp.Identifier:
    return exp.to_identifier(text, quoted=True)


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(_name(name), table=_name(table) if table else None)


def _table(name: str, schema: str | None = None) -> exp.Table:
    return exp.table_(_name(name), db=_name(schema) if schema else None)


def _select(columns: Mapping[str, SQL], source: exp.Table, *first: SQL) -> exp.Select:
    named = (exp.alias_(value, _name(name), copy=False) for name, value in columns.items())
    return exp.Select().select(*first, *named, copy=False).from_(source, copy=False)


def _fresh(wish: str, taken: set[str]) -> str:
    """A name like the one wished for, short enough, that is not taken; engines may not tell capitals apart."""
    wish = wish if len(wish.encode()) < _LONGEST_NAME - 6 else "part"
    name, n = wish, 1
    while name.lower() in taken:
        n += 1
        name = f"{wish}_{n}"
    taken.add(name.lower())
    return name


def _value(value: float | bool, bare: bool = False) -> SQL:
    """A constant. Engines would take a number as a decimal or a whole one, and reckon otherwise: a double is named."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    whole = float(value).is_integer() and abs(value) <= _EXACT
    if whole and bare:
        return exp.Literal.number(int(value))
    return exp.cast(exp.Literal.number(int(value)) if whole else exp.Literal.string(repr(float(value))), "double")


def double(value: float) -> SQL:
    """A number as a double of the engine, for those who write around the query."""
    return _value(float(value))


def _number(value: float) -> SQL:
    return _value(value, bare=True)


def _paren(value: SQL) -> SQL:
    return exp.Paren(this=value) if isinstance(value, exp.Binary | exp.Not | exp.Neg | exp.Between | exp.In) else value


def _two(form: type[SQL]) -> Callable[[SQL, SQL], SQL]:
    return lambda a, b: form(this=_paren(a), expression=_paren(b))


def _chain(form: type[SQL], parts: Iterable[SQL]) -> SQL:
    """Parts joined by AND, OR or +, which need parentheses only around their like."""
    return reduce(
        lambda a, b: form(this=a, expression=b), [_paren(p) if isinstance(p, exp.Connector) else p for p in parts]
    )


def _call(form: type[SQL], first: SQL, *rest: SQL) -> SQL:
    return form(this=first, expressions=list(rest))


def _case(condition: SQL, then: SQL, otherwise: SQL) -> SQL:
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def _among(value: SQL, texts: Iterable[str]) -> SQL:
    return exp.In(this=value, expressions=[_text(text) for text in sorted(texts)])


def _text(text: str) -> SQL:
    return exp.Literal.string(text)


_FOLDS: dict[str, Callable[[SQL], SQL]] = {
    "sum": lambda a: exp.Sum(this=a),
    "min": lambda a: exp.Min(this=a),
    "max": lambda a: exp.Max(this=a),
}
_OPS: dict[str, Callable[..., SQL]] = {
    "add": _two(exp.Add),
    "sub": _two(exp.Sub),
    "neg": lambda a: exp.Neg(this=_paren(a)),
    "mul": _two(exp.Mul),
    "div": lambda a, b: exp.Div(this=_paren(a), expression=_paren(b), typed=True, safe=False),  # as it stands
    "min": lambda a, b: exp.Least(this=a, expressions=[b], ignore_nulls=True),
    "max": lambda a, b: exp.Greatest(this=a, expressions=[b], ignore_nulls=True),
    "floor": lambda a: exp.Floor(this=a),
    "lt": _two(exp.LT),
    "le": _two(exp.LTE),
    "gt": _two(exp.GT),
    "ge": _two(exp.GTE),
    "not": lambda a: exp.Not(this=_paren(a)),
    "and": lambda *args: _chain(exp.And, args),
    "or": lambda *args: _chain(exp.Or, args),
    "count": lambda *args: exp.cast(_chain(exp.Add, (_case(a, _number(1), _number(0)) for a in args)), "double"),
    "if": _case,
}
