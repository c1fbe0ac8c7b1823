"""A pack as one query: the same columns as frames give, worked out by the database where the data is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from attrs import Factory, frozen
from dateutil.relativedelta import relativedelta

from fanpin.columns import (
    AS_OF,
    DOUBLED,
    ID,
    LATER,
    NAMELESS,
    OLD,
    REGION,
    STATES,
    Columns,
    Facts,
    column,
    columns,
    facts_of_rules,
    layout,
    promised,
)
from fanpin.errors import missing_extra
from fanpin.expressions.functions import ON
from fanpin.expressions.layout import Ends, Layout
from fanpin.expressions.nodes import Leaf, Node, Nodes
from fanpin.expressions.nodes import Parameter as ParameterNode
from fanpin.expressions.plain import ymd
from fanpin.expressions.ranges import FactKey, Ranges
from fanpin.expressions.types import NumberType
from fanpin.forms import has_value
from fanpin.in_force import WITHIN, Regional, is_dated
from fanpin.live import Rules
from fanpin.verdicts import Verdict

try:
    from sqlglot import exp

    from fanpin.expressions import to_sql as backend
except ModuleNotFoundError:  # pragma: no cover  # where the extra is not installed
    raise missing_extra("SQL", "sql") from None

if TYPE_CHECKING:
    from fanpin.expressions.to_sql import Dialect

_LONGEST_REGION = 12


def query(  # noqa: PLR0913  # how the tables are called
    pack: Rules,
    *,
    on: date,
    dialect: "Dialect",
    tables: Mapping[str, str] | None,
    columns: Mapping[str, Iterable[str]] | None,
    complete: Iterable[str],
    schema: str | None,
) -> str:
    """See `grading.to_sql`."""
    facts, names = pack.rules.spec.facts, tables or {}
    found: dict[str | None, Mapping[str, Ends]] = {}
    for table in (None, *facts.collections):
        said = "households" if table is None else table
        if columns is not None and said not in columns:
            continue
        own = [fact for of, fact in facts_of_rules(pack.rules) if of == table]
        aged = [AS_OF] if pack.facts_valid_months is not None else []
        wider = [REGION, *aged, "members_complete"] if table is None else []
        listed = [ID, *own, *wider] if columns is None else list(columns[said])
        found[table] = {name: ends for name, ends in Layout.of(listed).facts.items() if _is_known(name, table, pack)}
    if columns is None:
        read = {table for table, _ in facts_of_rules(pack.rules)}
        found = {table: ends for table, ends in found.items() if table is None or table in read}
    called = {table: names.get(table or "households", table or "households") for table in found}
    text = _Query(pack, on, dialect, found, called, _kept(promised(complete, pack), found), schema).text()
    return text.sql(dialect=dialect, pretty=True, copy=False)


def _is_known(name: str, table: str | None, pack: Rules) -> bool:
    facts = pack.rules.spec.facts
    return (
        name in facts.facts_of(table)
        or name == ID
        or (table is None and name.removesuffix("_complete") in facts.collections)
    )


def _kept(promises: Iterable[FactKey], tables: Mapping[str | None, object]) -> frozenset[FactKey]:
    """Without what is promised of tables that are not there."""
    return frozenset(key for key in promises if key[1] != "*" or key[0] in tables)


def graded_relation(  # noqa: PLR0913  # how the relations are read
    named: Mapping[str, Any],
    pack: Rules,
    on: date,
    *,
    complete: Iterable[str],
    verdicts: Mapping[Any, Iterable[Verdict]] | None,
    labels: str | None,
    of: str | None = None,
) -> Any:
    """A relation of DuckDB over relations of it, which nothing has run yet."""
    from fanpin.table_facts import stands

    for what, given in (("verdicts", verdicts), ("labels", labels), ("of", of)):
        if given:
            raise TypeError(f"`{what}` is not taken with relations of DuckDB; give frames of Polars (relation.pl())")
    facts = pack.rules.spec.facts
    tables = {None if name == "households" else name: relation for name, relation in named.items()}
    at = {name: stands(name, relation.limit(0).pl().schema, facts) for name, relation in tables.items()}
    found = {name: where.columns for name, where in at.items()}
    mark = f"fanpin_{uuid4().hex[:12]}"  # results of one connection must not read each other's tables
    called = {name: f"{mark}_{name or 'households'}" for name in tables}
    sources = {called[name]: _part_of(mark, name, relation) for name, relation in tables.items()}
    query = _Query(
        pack, on, "duckdb", found, called, _kept(promised(complete, pack), found), None, sources, in_order=True
    ).text()
    first, *others = (_as_part(name, tables) for name in tables)
    for other in others:
        first = first.union(other)
    return first.query(mark, query.sql(dialect="duckdb", copy=False))


# A query over relations knows one of them by name. So all are put below one another, each with the columns of all, and
# the query takes them apart again; the engine reads of each what it needs.

_PART = "part"


def _as_part(name: str | None, tables: Mapping[str | None, Any]) -> Any:
    own = [_as(exp.Literal.string(str(name)), _PART)]
    for table, relation in tables.items():
        for said in relation.columns:
            value = exp.column(exp.to_identifier(said, quoted=True)) if table == name else exp.null()
            own.append(_as(value, f"{table}.{said}"))
    return tables[name].project(", ".join(column.sql(dialect="duckdb") for column in own))


def _part_of(whole: str, name: str | None, relation: Any) -> exp.Select:
    columns = [_as(_column(f"{name}.{said}"), said) for said in relation.columns]
    own = exp.EQ(this=_column(_PART), expression=exp.Literal.string(str(name)))
    return exp.Select().select(*columns).from_(exp.table_(whole, quoted=True)).where(own)


@frozen
class _Query:
    pack: Rules
    on: date
    dialect: "Dialect"
    columns: Mapping[str | None, Mapping[str, Ends]]
    called: Mapping[str | None, str]
    promised: frozenset[FactKey]
    schema: str | None
    sources: Mapping[str, exp.Select] = Factory(dict)  # what comes before all steps
    in_order: bool = False

    def text(self) -> exp.Select:
        rules = self.pack.rules
        given = {(table, fact) for table, facts in self.columns.items() for fact in facts}
        given |= {(table, "*") for table in self.columns if table is not None}
        promises = (
            frozenset() if self._age_counts() else self.promised
        )  # what is too old goes missing, whatever is said
        plan = columns(rules, Facts(frozenset(given), promised=promises))
        regional = rules.on(self.on).regional()
        values, missing, joined = self._parameters(regional)
        tables = {table: self._table(table, regional) for table in self.columns}
        carried = {
            _DOUBLED: _as_number(_column(_DOUBLED)),
            **({_ROW: _column(_ROW)} if self.in_order else {}),
            **missing,
        }
        nodes, kind = Nodes(), NumberType()
        carried_nodes: dict[str, Node] = {name: nodes.make(ParameterNode, name, kind) for name in carried}
        if self._age_counts():
            carried[_OLD] = _as_number(_column(_OLD))
            carried_nodes[_OLD] = nodes.make(ParameterNode, _OLD, kind)
        if AS_OF in self.columns[None]:
            carried[_LATER] = _as_number(_column(_LATER))
            carried_nodes[_LATER] = nodes.make(ParameterNode, _LATER, kind)
        inner = backend.to_sql(
            tables,
            {**values, **carried},
            {**plan.outputs(), **carried_nodes},
            plan.risks,
            self.dialect,
            _names(plan, Ranges(rules.nodes, rules.collections, promises)),
        )
        read = {f"{self.called[t]}_read": self._read(t, regional if joined else None) for t in self.columns}
        return self._shown(plan, inner, {**self.sources, **read}, tuple(missing))

    # The tables, with what is read of them

    def _table(self, table: str | None, regional: Regional) -> backend.Table:
        facts = self.pack.rules.spec.facts.facts_of(table)
        read = [fact for of, fact in facts_of_rules(self.pack.rules) if of == table]
        lay = layout(self.columns[table], read, facts)
        moved = {
            fact: (fact, fact) if lo == hi else (f"{fact}__lo", f"{fact}__hi") for fact, (lo, hi) in lay.facts.items()
        }
        own: dict[str, Ends] = {}
        if table is None:
            dated = [name for name in regional.values[""] if is_dated(name)]
            own = {name: (name, name) for name in (*dated, *map(has_value, dated), *self._complete())}
        return backend.Table(f"{self.called[table]}_read", Layout({**moved, **own}, lay.words, frozenset(own)), ID)

    def _read(self, table: str | None, regional: Regional | None) -> exp.Select:
        """A table's facts under their own names; of the households also what their region has in force."""
        source: exp.Expr = exp.table_(self.called[table], db=self.schema, quoted=True)
        at, select = self.columns[table], exp.Select()
        if self.in_order and table is None:  # before anything is joined
            numbered = _as(exp.Window(this=exp.RowNumber()), _ROW)
            source = exp.Select().select(exp.Star(), numbered).from_(source).subquery()
            select = select.select(_column(_ROW, "t"))
        lay = layout(at, [fact for of, fact in facts_of_rules(self.pack.rules) if of == table], {})
        select = select.select(_as(_column(at[ID][0], "t"), ID))
        for fact, (lo, hi) in lay.facts.items():
            names = (fact, fact) if lo == hi else (f"{fact}__lo", f"{fact}__hi")
            for said, name in dict(zip((lo, hi), names, strict=True)).items():
                value = self._unless_old(_column(said, "t")) if table is None else _column(said, "t")
                select.select(_as(value, name), copy=False)
        select = select.from_(exp.alias_(source, "t", table=True, copy=False), copy=False)
        if table is None:
            return self._with_region(self._with_doubled(select), regional)
        if self._age_counts():
            select = select.where(exp.Not(this=_column(ID, "t").isin(query=self._ids_of_old())))
        return select

    def _with_doubled(self, select: exp.Select) -> exp.Select:
        """Whether a household's id comes again; the ids that do are few, so that little is joined."""
        own = self.columns[None][ID][0]
        ids = exp.Select().select(_as(_column(own), ID))
        ids = ids.from_(exp.table_(self.called[None], db=self.schema, quoted=True)).group_by(_column(own))
        more = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
        again, twice = exp.Subquery(this=ids.having(more), alias="twice"), _column(ID, "twice")
        same = exp.EQ(this=_column(own, "t"), expression=twice)
        is_so = exp.Not(this=exp.Is(this=twice.copy(), expression=exp.null()))
        return select.select(_as(is_so, _DOUBLED)).join(again, on=same, join_type="left")

    def _with_region(self, select: exp.Select, regional: Regional | None) -> exp.Select:
        for name, said in self._complete().items():
            select = select.select(_as(self._unless_old(said), name))
        if self._age_counts():
            select = select.select(_as(self._is_old(), _OLD))
        if AS_OF in self.columns[None]:
            select = select.select(_as(self._is_of(exp.GT, self.on), _LATER))
        now = self.pack.rules.on(self.on).regional()
        names = list(now.values[""])
        if regional is None:
            row = now.values[now.key(self.pack.region)]
            for name in names:
                if is_dated(name):
                    select = select.select(*_dated(name, _maybe(row[name])))
            return select
        for name in names:
            value = _column(_given(name), "p")
            select = select.select(*(_dated(name, value) if is_dated(name) else [_as(value, _given(name))]))
        rows = [
            (exp.Literal.string(key), *(_maybe(row[name]) for name in names)) for key, row in regional.values.items()
        ]
        table = exp.values(rows, alias="p", columns=[_KEY, *map(_given, names)])
        table.args["alias"].set("columns", [exp.to_identifier(n, quoted=True) for n in (_KEY, *map(_given, names))])
        key = _region_key(_column(self.columns[None][REGION][0], "t"), regional, self.pack.region)
        return select.join(table, on=exp.EQ(this=_column(_KEY, "p"), expression=key), join_type="left")

    def _complete(self) -> dict[str, exp.Expr]:
        """Where every row of a collection is listed; of what nobody listed, nothing is complete."""
        at, listed = self.columns[None], [name for name in self.columns if name is not None]
        said = {c: _column(at[c][0], "t") for name in listed if (c := f"{name}_complete") in at}
        promised = [name for name in listed if self._age_counts() and (name, "*") in self.promised]
        return {**said, **{f"{name}_complete": exp.true() for name in promised}}

    # Facts too old to count

    def _age_counts(self) -> bool:
        return self.pack.facts_valid_months is not None and AS_OF in self.columns[None]

    def _is_old(self) -> exp.Expr:
        assert self.pack.facts_valid_months is not None
        return self._is_of(exp.LT, self.on - relativedelta(months=self.pack.facts_valid_months))

    def _is_of(self, compared: type[exp.Binary], day: date) -> exp.Expr:
        """Whether the facts are of a day before or after another; not where it is not known."""
        said = exp.cast(_column(self.columns[None][AS_OF][0], "t"), "date")
        so = compared(this=said, expression=exp.cast(exp.Literal.string(day.isoformat()), "date"))
        return exp.Coalesce(this=so, expressions=[exp.false()])

    def _unless_old(self, value: exp.Expr) -> exp.Expr:
        if not self._age_counts():
            return value
        return exp.Case(ifs=[exp.If(this=exp.Not(this=self._is_old()), true=value)])

    def _ids_of_old(self) -> exp.Select:
        read = exp.table_(f"{self.called[None]}_read", quoted=True)
        is_id = exp.Not(this=exp.Is(this=_column(ID), expression=exp.null()))
        return exp.Select().select(_column(ID)).from_(read).where(exp.And(this=_column(_OLD), expression=is_id))

    # Parameters

    def _parameters(self, regional: Regional) -> tuple[dict[str, Any], dict[str, exp.Expr], bool]:
        """Each parameter, where it has no value, and whether the values of regions are joined."""
        names = self.pack.rules.parameters_read
        if len(regional.values) > 1 and REGION in self.columns[None]:
            values: dict[str, Any] = {
                name: exp.Coalesce(this=_column(_given(name)), expressions=[backend.double(0.0)]) for name in names
            }
            missing = [name for name in names if None in regional.of(name)]
            said = {_MISSING + n: _as_number(exp.Is(this=_column(_given(n)), expression=exp.null())) for n in missing}
            return {**values, ON: float(ymd(self.on))}, said, True
        row = regional.values[regional.key(self.pack.region)]
        values = {name: float(row[name] or 0) for name in names}
        said = {_MISSING + name: backend.double(1.0) for name in names if row[name] is None}
        return {**values, ON: float(ymd(self.on))}, said, False

    # Shown

    def _shown(
        self, plan: Columns, inner: exp.Select, first: Mapping[str, exp.Select], missing: Sequence[str]
    ) -> exp.Select:
        refused: dict[str, exp.Expr] = {
            NAMELESS: exp.Is(this=_column(ID), expression=exp.null()),
            DOUBLED: _is_one(_DOUBLED),
            **{f"missing-parameter:{n.removeprefix(_MISSING)}": _is_one(n) for n in missing},
            **{text: _column(column("refused", text)) for text in plan.refused},
        }
        faults: dict[str, exp.Expr] = {text: _column(column("fault", text)) for text in plan.faults}
        if self._age_counts():
            faults[OLD] = _is_one(_OLD)
        if AS_OF in self.columns[None]:
            faults[LATER] = _is_one(_LATER)
        says = _Says(self.dialect, plan, faults, refused)
        query = exp.Select().select(*says.columns(), copy=False).from_(exp.table_(_JUDGED, quoted=True), copy=False)
        steps = inner.ctes
        inner.set("with_", None)
        for name, step in first.items():
            query = query.with_(exp.to_identifier(name, quoted=True), as_=step, copy=False)
        for cte in steps:
            kept = cte.args.get("materialized")
            query = query.with_(exp.to_identifier(cte.alias, quoted=True), as_=cte.this, materialized=kept, copy=False)
        query = query.with_(exp.to_identifier(_GRADED, quoted=True), as_=inner, copy=False)
        judged = exp.Select().select(exp.Star(), *says.judged(), copy=False).from_(exp.table_(_GRADED, quoted=True))
        query = query.with_(exp.to_identifier(_JUDGED, quoted=True), as_=judged, copy=False)
        return query.order_by(_column(_ROW), copy=False) if self.in_order else query


_REFUSED = "is_refused"
_GRADED, _JUDGED = "graded", "judged"  # the last steps
_OLD, _LATER = "facts_are_old", "facts_are_later"
_KEY, _MISSING, _ROW = "region_key", "missing:", "row_number"
_DOUBLED = "id_comes_again"


@frozen
class _Says:
    """The columns of the result, over the trees' columns."""

    dialect: "Dialect"
    plan: Columns
    faults: Mapping[str, exp.Expr]
    refused: Mapping[str, exp.Expr]

    def _flags(self) -> Mapping[str, Mapping[str, exp.Expr]]:
        """The columns that list what holds of a household, with what says so of each name."""
        plan = self.plan
        sure = {name: _column(f"{name}__lo") for name, _, _ in plan.risks}
        possible = {name: _column(f"{name}__hi") for name, _, _ in plan.risks}
        return {
            "possible_categories": {n: _column(column("possible", n)) for n, _, _ in plan.categories},
            "risks": sure,
            "unknown_risks": {n: exp.And(this=possible[n], expression=exp.Not(this=sure[n])) for n in sure},
            "to_ask": {text: _column(column("ask", text)) for text in plan.asked},
            "faults": {**self.faults, **self.refused},
            **{
                result.columns[1]: {kind: _column(result.may_be(kind)) for kind in result.possible}
                for result in plan.results
                if result.possible
            },
        }

    def judged(self) -> list[exp.Expr]:
        """Whether a household is refused, and which lists are not empty: most are, and need not be made."""
        some = {_REFUSED: self.refused, **{column("some", name): flags for name, flags in self._flags().items()}}
        return [_as(_any(flags.values()), name) for name, flags in some.items()]

    def columns(self) -> list[exp.Expr]:
        plan, rules = self.plan, self.plan.rules
        some = {name: _column(column("some", name)) for name in self._flags()}
        lists = {name: self._those(flags, some[name]) for name, flags in self._flags().items()}
        kinds = {name: _column(column("sure", name)) for name, _, _ in plan.categories}
        grade = {side: _column(column("grade", side)) for side in ("lo", "hi")}
        found: dict[str, exp.Expr] = {
            **lists,
            "status": _first([(some["risks"], "graded"), (some["unknown_risks"], "unknown")], "clear"),
            "grade": _named(grade["lo"], rules.grade_names),
            "possible_grade": _named(grade["hi"], rules.grade_names),
            "category": _first([(surely, name) for name, surely in kinds.items()], None),
            "possible_categories": exp.Case(  # nothing else is possible where one is sure
                ifs=[exp.If(this=surely, true=self._list([name])) for name, surely in kinds.items()],
                default=lists["possible_categories"],
            ),
            "handled_by": self._by_number(grade["lo"], rules.handlers),
            **self._results(lists),
        }
        states = ("status", *(result.columns[-1] for result in plan.results))
        for name in found.keys() - {"faults"}:
            said = exp.Literal.string("refused") if name in states else exp.null()
            refused = exp.If(this=_column(_REFUSED), true=said)
            found[name] = exp.Case(ifs=[refused], default=found[name])
        return [_column(ID), *(_as(found[name], name) for name in plan.names)]

    def _results(self, lists: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
        """The state of each result, and what there is to show."""
        found: dict[str, exp.Expr] = {}
        for result in self.plan.results:
            *names, state = result.columns
            number = _column(result.column("state"))
            found[state] = _named(number, STATES)
            for name, end in zip(names, ("lo", "hi"), strict=True) if result.ends else ():
                found[name] = _shows(number, _column(result.column(end)))
            if result.kind is not None:
                found[names[0]] = _named(_column(result.column("kind")), [*result.possible])
                found[names[1]] = _shows(number, lists[names[1]])
        return found

    def _those(self, flags: Mapping[str, exp.Expr], some: exp.Expr) -> exp.Expr:
        """The names of the flags that are set, in their order; `some` says whether there is one."""
        if not flags:
            return self._list(())
        if self.dialect == "duckdb":
            names = exp.Array(expressions=[exp.Literal.string(name) for name in flags])
            held = exp.Anonymous(this="LIST_WHERE", expressions=[names, exp.Array(expressions=list(flags.values()))])
        else:
            texts = [exp.Case(ifs=[exp.If(this=flag, true=exp.Literal.string(name))]) for name, flag in flags.items()]
            array = exp.cast(exp.Array(expressions=texts), "text[]")
            held = exp.Anonymous(this="ARRAY_REMOVE", expressions=[array, exp.null()])
        return exp.Case(ifs=[exp.If(this=some, true=held)], default=self._list(()))

    def _list(self, names: Sequence[str]) -> exp.Expr:
        return exp.cast(exp.Array(expressions=[exp.Literal.string(name) for name in names]), "text[]")

    def _by_number(self, number: exp.Expr, lists: Sequence[tuple[str, ...]]) -> exp.Expr:
        ifs = [exp.If(this=_equals(number, at), true=self._list(names)) for at, names in enumerate(lists)]
        return exp.Case(ifs=ifs, default=self._list(()))


def _names(plan: Columns, ranges: Ranges) -> Mapping[Node, str]:
    """What columns between are called: risks and definitions by their names, so that the query can be read."""
    definitions = ((name, ranges.surely(d), ranges.possibly(d)) for name, d in plan.rules.definitions.items())
    found: dict[Node, str] = {}
    for name, lo, hi in (*plan.risks, *definitions):
        for end, called in ((lo, name if lo is hi else f"{name}__lo"), (hi, f"{name}__hi")):
            if not isinstance(end, Leaf):  # which has the name of its fact
                found.setdefault(end, called)
    return found


# Forms of SQL


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=table)


def _as(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True, copy=False)


def _given(parameter: str) -> str:
    return f"in_force:{parameter}"


def _maybe(value: float | None) -> exp.Expr:
    return exp.cast(exp.null(), "double") if value is None else backend.double(value)


def _dated(name: str, value: exp.Expr) -> list[exp.Expr]:
    known = exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))
    return [_as(value, name), _as(known, has_value(name))]


def _region_key(region: exp.Expr, regional: Regional, default: str | None) -> exp.Expr:
    """The row of a household's region: of the longest code that it begins with, or of the pack's where it has none."""
    text = exp.cast(region, "text")
    said = exp.Trim(this=text)
    codes = sorted({key.rstrip(WITHIN) for key in regional.values} - {""}, key=lambda c: (-len(c), c))
    unsaid = exp.EQ(
        this=exp.Coalesce(this=said, expressions=[exp.Literal.string("")]), expression=exp.Literal.string("")
    )
    ifs = [exp.If(this=unsaid, true=exp.Literal.string(regional.key(default)))]
    for code in codes:
        filled = [code + "00" * n for n in range((_LONGEST_REGION - len(code)) // 2 + 1)]
        ifs.append(exp.If(this=said.copy().isin(*filled), true=exp.Literal.string(code)))
        within = exp.Like(this=said.copy(), expression=exp.Literal.string(code + "%"))
        ifs.append(exp.If(this=within, true=exp.Literal.string(code + WITHIN)))
    return exp.Case(ifs=ifs, default=exp.Literal.string(""))


def _as_number(flag: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=flag, true=backend.double(1.0))], default=backend.double(0.0))


def _is_one(name: str) -> exp.Expr:
    return exp.EQ(this=_column(name), expression=exp.Literal.number(1))


def _equals(number: exp.Expr, value: int) -> exp.Expr:
    return exp.EQ(this=number.copy(), expression=exp.Literal.number(value))


def _any(flags: Collection[exp.Expr]) -> exp.Expr:
    return exp.or_(*(flag.copy() for flag in flags), copy=False) if flags else exp.false()


def _first(cases: Sequence[tuple[exp.Expr, str]], otherwise: str | None) -> exp.Expr:
    last = exp.cast(exp.null(), "text") if otherwise is None else exp.Literal.string(otherwise)
    if not cases:
        return last
    return exp.Case(ifs=[exp.If(this=flag, true=exp.Literal.string(name)) for flag, name in cases], default=last)


def _shows(state: exp.Expr, value: exp.Expr) -> exp.Expr:
    """A value where the state of its result leaves something to show."""
    return exp.Case(ifs=[exp.If(this=exp.LT(this=state.copy(), expression=exp.Literal.number(2)), true=value)])


def _named(number: exp.Expr, names: Sequence[str | None]) -> exp.Expr:
    return _first([(_equals(number, at), name) for at, name in enumerate(names) if name is not None], None)
