"""A pack over frames of Polars: one lazy query from the tables of a county to the columns of its results.

A row a household; or a row a member, with the results of members.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from attrs import define, evolve, frozen
from dateutil.relativedelta import relativedelta

from fanpin.columns import (
    AS_OF,
    DOUBLED,
    ID,
    ID_NUMBER,
    LATER,
    NAMELESS,
    OLD,
    REGION,
    ROW,
    STATES,
    STRAY,
    Columns,
    Facts,
    Rulings,
    column,
    columns,
    facts_of_rules,
    layout,
    promised,
)
from fanpin.expressions.functions import ON
from fanpin.expressions.layout import Layout
from fanpin.expressions.nodes import Nodes, Parameter
from fanpin.expressions.plain import ymd
from fanpin.expressions.ranges import FactKey
from fanpin.expressions.to_polars import BITS, batched, bits, to_polars
from fanpin.expressions.types import BOOLEAN
from fanpin.forms import has_value
from fanpin.frames import Frame
from fanpin.i18n import Language
from fanpin.in_force import WITHIN, Regional, is_dated
from fanpin.live import Rules
from fanpin.result_words import ResultWords, absent
from fanpin.rules import RuleSet
from fanpin.table_facts import Stands, refuse_unlike_id, refuse_unlike_ids, seen, stands
from fanpin.verdicts import Verdict

_KEY, _PARAMETER, _MISSING = "__region", "__parameter:", "__missing:"


def graded(  # noqa: PLR0913  # tables, and how to read them
    frames: Mapping[str | None, Frame],
    pack: Rules,
    on: date,
    *,
    complete: Iterable[str] = (),
    verdicts: Mapping[Any, Iterable[Verdict]] | None = None,
    labels: Language | None = None,
    of: str | None = None,
) -> pl.LazyFrame:
    """The households (None), or the rows `of` a collection, with the columns of their results and nothing else."""
    if of is not None and of not in frames:
        raise TypeError(f"`of` says {of!r}, and no frame of that name is given")
    at = {name: stands(name, f.rows.collect_schema(), pack.rules.spec.facts) for name, f in frames.items()}
    refuse_unlike_ids(at)
    for household in verdicts or ():
        refuse_unlike_id(household, at[None].ids()[1])
    said = Verdicts.of(verdicts or {}, pack, on)
    promises = {key for key in promised(complete, pack) if key[1] != "*" or key[0] in frames}
    known, layouts = _known(frames, at, pack.rules, frozenset(promises))
    whole = frozenset[str]()
    if pack.facts_valid_months is not None and AS_OF in at[None].columns:
        # what is too old goes missing, whatever was said or seen of it
        whole = frozenset(name for name, star in promises if name is not None and star == "*")
        known = evolve(known, proved=frozenset(), promised=frozenset())
    plan = columns(pack.rules, known, said.rulings, of)
    query = _Query(frames, at, dict(layouts), plan, pack, on, said, whole)
    return query.result(labels)


def _known(
    frames: Mapping[str | None, Frame], at: Mapping[str | None, Stands], rules: RuleSet, said: frozenset[FactKey]
) -> tuple[Facts, Mapping[str | None, Layout]]:
    """What can be relied on: what somebody says, and what frames in memory show."""
    given = {(table, fact) for table, where in at.items() for fact in where.columns}
    given |= {(name, "*") for name in frames if name is not None}
    known, layouts = Facts(), {}
    for table, frame in frames.items():
        facts = rules.spec.facts.facts_of(table)
        lay = layout(at[table].columns, [fact for of, fact in facts_of_rules(rules) if of == table], facts)
        if frame.eager is not None:
            saw = seen(table, frame.eager, lay, facts)
            known = Facts(proved=known.proved | saw.proved, sound=known.sound | saw.sound)
            lay = evolve(lay, sound=frozenset(fact for _, fact in saw.sound))
        layouts[table] = lay
    whole = {(name, "*") for name in frames if name is not None and _all_listed(name, frames[None], at[None])}
    proved = known.proved | whole
    return Facts(frozenset(given), frozenset(proved), frozenset(said - proved), known.sound), layouts


def _all_listed(collection: str, households: Frame, at: Stands) -> bool:
    said, held = f"{collection}_complete", households.eager
    return held is not None and said in at.columns and bool(held[said].fill_null(value=False).all())


@define
class _Query:
    frames: Mapping[str | None, Frame]
    at: Mapping[str | None, Stands]
    layouts: dict[str | None, Layout]
    plan: Columns
    pack: Rules
    on: date
    verdicts: "Verdicts"
    whole: frozenset[str]  # collections of which every row is said to be listed, unless a household's facts are old

    def result(self, labels: Language | None) -> pl.LazyFrame:
        households, tables = self._households(), self._tables()
        rows = None if self.plan.of is None else tables[self.plan.of].with_columns(_number())
        households, tables, rows = self._without_old(households, tables, rows)
        households, parameters, missing = self._with_parameters(households)
        households = self._with_verdicts(households)
        plan = self.plan
        faults: dict[str, pl.Expr] = {}
        if self._age_counts():
            faults[OLD] = pl.col(_OLD)
        if AS_OF in self.at[None].columns:
            faults[LATER] = (pl.col(AS_OF).cast(pl.Date) > self.on).fill_null(value=False)
        refused = {**self._unnamed(), **missing}
        outputs, of = dict(plan.outputs()), None
        if rows is not None:
            of = str(plan.of), rows
            flags, nodes = {**faults, **refused, _THERE: pl.lit(value=True)}, Nodes()
            outputs |= {name: nodes.make(Parameter, name, BOOLEAN) for name in flags}  # which each row is given
            parameters |= flags
            faults, refused = {name: pl.col(name) for name in faults}, _refused_rows(refused)
        graded = to_polars(
            households, tables, parameters, outputs, plan.risks, key=ID, layouts=self.layouts, of=of
        )  # fmt: skip
        refused |= {text: pl.col(column("refused", text)) for text in plan.refused}
        faults = {**{text: pl.col(column("fault", text)) for text in plan.faults}, **faults}
        keys = self._keys()
        shown = _shown(graded, plan, keys, faults, refused)
        return shown if labels is None else _worded(shown, plan, keys, (*faults, *refused), labels)

    # The tables, with no more of them than is read

    def _households(self) -> pl.LazyFrame:
        at = self.at[None]
        read = {ID: at.ids()[0]}
        read |= {name: pl.col(at.column(name)).alias(name) for name in (REGION, AS_OF) if name in at.columns}
        listed = [name for name in self.frames if name is not None]  # of what nobody listed, nothing is complete
        complete = {c: pl.col(c) for name in listed if (c := f"{name}_complete") in at.columns}
        complete |= {c: pl.lit(value=True).alias(c) for c in (f"{name}_complete" for name in self.whole)}
        facts = self._facts(None)
        self._stand_as_they_are(None, complete)
        read |= complete
        return self.frames[None].rows.select(*read.values(), *facts)

    def _tables(self) -> dict[str, pl.LazyFrame]:
        tables = {}
        for name in self.plan.rules.collections:
            frame = self.frames.get(name)
            if frame is None:
                tables[name] = pl.LazyFrame(schema={ID: self.at[None].ids()[1]})
                self.layouts[name] = Layout()
            else:
                own = [] if name != self.plan.of else self._own_id(name)
                tables[name] = frame.rows.select(self.at[name].ids()[0], *own, *self._facts(name))
        return tables

    def _own_id(self, table: str) -> list[pl.Expr]:
        """The column of the id that a row may have of its own, as it is."""
        facts, names = self.plan.rules.spec.facts, self.at[table].dtypes
        means = ((name, facts.by_header(name, table)) for name in names)
        found = (name for name, spec in means if spec is not None and spec.name == ID_NUMBER)
        return [pl.col(name).alias(_OWN_ID) for name in found][:1]

    def _keys(self) -> dict[str, pl.Expr]:
        """The columns that say whose a row of the results is."""
        of, keys = self.plan.of, {ID: pl.col(ID)}
        if of is not None:
            keys[ROW] = pl.col(_NUMBER)
            if self._own_id(of):
                keys[ID_NUMBER] = pl.col(_OWN_ID)
        return keys

    def _facts(self, table: str | None) -> list[pl.Expr]:
        """The columns of a table's facts, under their own names; codes as text."""
        lay, dtypes = self.layouts[table], self.at[table].dtypes
        found = []
        moved = {}
        for fact, (lo, hi) in lay.facts.items():
            names = (fact, fact) if lo == hi else (f"{fact}__lo", f"{fact}__hi")
            moved[fact] = names
            for source, name in dict(zip((lo, hi), names, strict=True)).items():
                said = pl.col(source)
                text = dtypes[source] in (pl.Categorical, pl.Enum)
                found.append((said.cast(pl.String) if text else said).alias(name))
        self.layouts[table] = evolve(lay, facts=moved)
        return found

    # Facts too old to count

    def _age_counts(self) -> bool:
        return self.pack.facts_valid_months is not None and AS_OF in self.at[None].columns

    def _without_old(
        self, households: pl.LazyFrame, tables: dict[str, pl.LazyFrame], shown: pl.LazyFrame | None
    ) -> tuple[pl.LazyFrame, dict[str, pl.LazyFrame], pl.LazyFrame | None]:
        """The tables without what is too old; of rows that are `shown`, nothing is known any more."""
        months = self.pack.facts_valid_months
        if months is None or AS_OF not in self.at[None].columns:
            return households, tables, shown
        old = (pl.col(AS_OF).cast(pl.Date) < self.on - relativedelta(months=months)).fill_null(value=False)
        kept = [pl.when(~pl.col(_OLD)).then(pl.col(name)).alias(name) for name in self._columns_of(None)]
        households = households.with_columns(old.alias(_OLD)).with_columns(kept)
        gone = households.filter(pl.col(_OLD)).select(ID)
        if shown is not None:
            flags = gone.unique().with_columns(pl.lit(value=True).alias(_OLD))
            known = [
                pl.when(pl.col(_OLD).is_null()).then(pl.col(name)).alias(name)
                for name in self._columns_of(self.plan.of)
            ]
            shown = shown.join(flags, on=ID, how="left", maintain_order="left").with_columns(known)
        return households, {name: rows.join(gone, on=ID, how="anti") for name, rows in tables.items()}, shown

    def _columns_of(self, table: str | None) -> list[str]:
        return [name for ends in self.layouts[table].facts.values() for name in dict.fromkeys(ends)]

    # Parameters

    def _with_parameters(
        self, households: pl.LazyFrame
    ) -> tuple[pl.LazyFrame, dict[str, pl.Expr | float], dict[str, pl.Expr]]:
        """The households with the values of their region; each parameter, and where it has none."""
        regional = self.pack.rules.on(self.on).regional()
        names = self.plan.rules.parameters_read
        if len(regional.values) > 1 and REGION in self.at[None].columns:
            households = _joined(households, regional, self.pack.region)
            values: dict[str, pl.Expr | float] = {n: pl.col(_PARAMETER + n).fill_null(0.0) for n in names}
            missing = {n: pl.col(_PARAMETER + n).is_null() for n in names if None in regional.of(n)}
        else:
            row = regional.values[regional.key(self.pack.region)]
            values = {name: float(row[name] or 0) for name in names}
            missing = {name: pl.lit(value=True) for name in names if row[name] is None}
            dated = [pl.lit(row[name], dtype=pl.Float64).alias(_PARAMETER + name) for name in row if is_dated(name)]
            households = households.with_columns(dated)
        households = self._with_dated(households, [name for name in regional.values[""] if is_dated(name)])
        values[ON] = float(ymd(self.on))
        return households, values, {f"missing-parameter:{name}": flag for name, flag in missing.items()}

    def _with_dated(self, households: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        self._stand_as_they_are(None, [*names, *map(has_value, names)])
        return households.with_columns(
            *(pl.col(_PARAMETER + name).alias(name) for name in names),
            *(pl.col(_PARAMETER + name).is_not_null().alias(has_value(name)) for name in names),
        )

    def _stand_as_they_are(self, table: str | None, names: Iterable[str]) -> None:
        lay, own = self.layouts[table], {name: (name, name) for name in names}
        self.layouts[table] = Layout({**lay.facts, **own}, lay.words, lay.sound | own.keys())

    # Verdicts, and who it is

    def _with_verdicts(self, households: pl.LazyFrame) -> pl.LazyFrame:
        if not self.verdicts.rulings:
            return households
        said = self.verdicts.frame(self.at[None].ids()[1])
        self._stand_as_they_are(None, [name for name in said.columns if name != ID])
        return households.join(said.lazy(), on=ID, how="left", maintain_order="left")

    def _unnamed(self) -> dict[str, pl.Expr]:
        held = self.frames[None].eager
        own = self.at[None].column(ID)
        if held is not None and held[own].null_count() == 0 and held[own].n_unique() == held.height:
            return {}
        return {NAMELESS: pl.col(ID).is_null(), DOUBLED: pl.col(ID).is_not_null() & pl.col(ID).is_duplicated()}


_OLD, _THERE, _NUMBER, _OWN_ID = "__old", "__there", "__number", "__own_id"


def _refused_rows(of_households: Iterable[str]) -> dict[str, pl.Expr]:
    """Why a row is refused: as its household is, or since it is of none."""
    given = {name: pl.col(name) for name in of_households}
    stray = pl.col(ID).is_not_null() & pl.col(_THERE).is_null()
    return {**given, NAMELESS: pl.col(ID).is_null(), STRAY: stray}


def _number() -> pl.Expr:
    """The number of a row within its household, from 0."""
    return pl.int_range(pl.len(), dtype=pl.Int64).over(ID).alias(_NUMBER)


def _joined(households: pl.LazyFrame, regional: Regional, default: str | None) -> pl.LazyFrame:
    """The households with their region's row of parameters."""
    names = list(next(iter(regional.values.values())))
    rows = {name: [row[name] for row in regional.values.values()] for name in names}
    table = pl.LazyFrame(
        {_KEY: list(regional.values), **{_PARAMETER + name: values for name, values in rows.items()}},
        schema={_KEY: pl.String, **{_PARAMETER + name: pl.Float64 for name in names}},
    )
    code = pl.col(REGION).cast(pl.String).str.strip_chars().str.replace("^(.+?)(?:00)+$", "$1")
    key = pl.lit("")
    for length in reversed(regional.lengths):
        known = [k for k in regional.values if len(k) == length and not k.endswith(WITHIN)]
        head = code.str.head(length)
        within = pl.when(code == head).then(head).otherwise(head + WITHIN)
        key = pl.when(head.is_in(known)).then(within).otherwise(key)
    said = pl.col(REGION).cast(pl.String).str.strip_chars()
    missing = said.is_null() | (said == "")
    key = pl.when(missing).then(pl.lit(regional.key(default))).otherwise(key)
    return households.with_columns(key.alias(_KEY)).join(table, on=_KEY, how="left", maintain_order="left")


# Verdicts


@frozen
class Verdicts:
    """The verdicts in force, by household."""

    by_household: Mapping[Any, Mapping[str, Verdict]]
    rulings: Rulings
    grades: Sequence[str | None] = ()

    @classmethod
    def of(cls, verdicts: Mapping[Any, Iterable[Verdict]], pack: Rules, on: date) -> "Verdicts":
        """Those that count on a day; a verdict on what the pack does not have is refused."""
        from fanpin.live import refuse_unknown_verdicts
        from fanpin.verdicts import GRADE, in_force

        found = {household: in_force(of_it, on) for household, of_it in verdicts.items()}
        every = [verdict for of_it in found.values() for verdict in of_it.values()]
        refuse_unknown_verdicts(every, pack)
        risks = dict.fromkeys(v.about for v in every if v.about != GRADE)
        seen = dict.fromkeys((v.about, part) for v in every if v.ruling == "rejected" for part in v.seen)
        grade = any(v.about == GRADE for v in every)
        return cls(found, Rulings(tuple(risks), tuple(seen), grade), pack.rules.grade_names)

    def frame(self, id_type: Any) -> pl.DataFrame:
        """A row a household: see `Rulings`."""
        rulings = self.rulings
        columns: dict[str, Any] = {ID: pl.Series(list(self.by_household), dtype=id_type)}
        for risk in rulings.risks:
            said = [of_it.get(risk) for of_it in self.by_household.values()]
            for ruling in ("confirmed", "rejected"):
                columns[f"{risk}:{ruling}"] = [v is not None and v.ruling == ruling for v in said]
        for risk, part in rulings.seen:
            margins = [(v.seen if (v := of_it.get(risk)) else {}).get(part) for of_it in self.by_household.values()]
            columns[f"{risk}:seen:{part}"] = pl.Series(margins, dtype=pl.Float64)
        if rulings.grade:
            said = [of_it.get("grade") for of_it in self.by_household.values()]
            given = [None if v is None else self.grades.index(v.grade) for v in said]
            columns["grade:set"] = pl.Series(given, dtype=pl.Float64)
            columns["grade:seen"] = pl.Series([v.seen.get("grade") if v else None for v in said], dtype=pl.Float64)
        return pl.DataFrame(columns)


# Shown


def _some(flags: Mapping[str, pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(*flags.values()) if flags else pl.lit(value=False)  # a pack may have no risk


def _shown(
    graded: pl.LazyFrame,
    plan: Columns,
    keys: Mapping[str, pl.Expr],
    faults: Mapping[str, pl.Expr],
    refused: Mapping[str, pl.Expr],
) -> pl.LazyFrame:
    shown, lists = _judged(plan) if plan.of is None else ({}, {})
    lists["to_ask"] = {text: pl.col(column("ask", text)) for text in plan.asked}
    shown |= _results(plan)
    shown |= {bits: packed for name, flags in lists.items() for bits, packed in _bits(name, [*flags.values()]).items()}
    if refused:
        told: dict[str, Any] = {name: pl.when(~pl.col(_REFUSED)).then(e) for name, e in shown.items()}
        states = [name for name in ("status", *(result.columns[-1] for result in plan.results)) if name in told]
        shown = {**told, **{name: told[name].otherwise(pl.lit("refused")) for name in states}}
        graded = graded.with_columns(_some(refused).alias(_REFUSED))
    lists["faults"] = {**faults, **refused}
    shown |= _bits("faults", [*lists["faults"].values()])
    words = {name: _those(name, list(flags)) for name, flags in lists.items()}
    words |= {r.columns[1]: _those(r.columns[1], list(r.possible)) for r in plan.results if r.possible}
    words["handled_by"] = _picked([list(names) for names in plan.rules.handlers], pl.col("handled_by"))
    told = {name: words.get(name, pl.col(name)) for name in plan.names}
    return graded.select(**keys, **shown).select(*keys, **told)


def _judged(plan: Columns) -> tuple[dict[str, pl.Expr], dict[str, Mapping[str, pl.Expr]]]:
    """What only households have: the status, the grade, the category; and the lists of risks and categories."""
    rules = plan.rules
    sure = {name: pl.col(f"{name}__lo") for name, _, _ in plan.risks}
    possible = {name: pl.col(f"{name}__hi") for name, _, _ in plan.risks}
    status = (
        pl.when(_some(sure)).then(pl.lit("graded"))
        .when(_some(possible)).then(pl.lit("unknown"))
        .otherwise(pl.lit("clear"))
    )  # fmt: skip
    kinds = [name for name, _, _ in plan.categories]
    numbers = {side: pl.col(column("grade", side)) for side in ("lo", "hi")}
    shown = {
        "status": status,
        "grade": _named(numbers["lo"], rules.grade_names),
        "possible_grade": _named(numbers["hi"], rules.grade_names),
        "category": _first({name: pl.col(column("sure", name)) for name in kinds}),
        "handled_by": numbers["lo"].cast(pl.UInt32),
    }
    return shown, {
        "possible_categories": {name: pl.col(column("possible", name)) for name in kinds},
        "risks": sure,
        "unknown_risks": {name: possible[name] & ~sure[name] for name in sure if _differs(plan, name)},
    }


_REFUSED = "__refused"


def _results(plan: Columns) -> dict[str, pl.Expr]:
    """The state of each result, and what there is to show; of the kinds that are possible, the bits."""
    found: dict[str, pl.Expr] = {}
    for result in plan.results:
        *names, state = result.columns
        at = pl.col(result.column("state"))
        found[state] = _named(at, STATES)
        for name, end in zip(names, ("lo", "hi"), strict=True) if result.ends else ():
            found[name] = pl.when(at < 2).then(pl.col(result.column(end)))
        if result.kind is not None:
            found[names[0]] = _named(pl.col(result.column("kind")), [*result.possible])
            flags = [pl.col(result.may_be(kind)) for kind in result.possible]
            found |= {name: pl.when(at < 2).then(e) for name, e in _bits(names[1], flags).items()}
    return found


def _differs(plan: Columns, name: str) -> bool:
    return any(risk == name and lo is not hi for risk, lo, hi in plan.risks)


def _first(flags: Mapping[str, pl.Expr]) -> pl.Expr:
    chain: Any = pl
    for name, flag in flags.items():
        chain = chain.when(flag).then(pl.lit(name))
    said: pl.Expr = chain.otherwise(pl.lit(None, pl.String)) if flags else pl.lit(None, pl.String)
    return said


def _named(number: pl.Expr, names: Sequence[str | None]) -> pl.Expr:
    return _first({name: number == at for at, name in enumerate(names) if name is not None})


_LISTS = frozenset({"possible_categories", "risks", "unknown_risks", "to_ask", "handled_by", "faults"})

# Lists of names. Polars is slow at making a list for every row, so flags are packed into bits, and each row picks the
# list of its bits: of all that there may be, or, where these are many, of those that occur.

_ALL = 10  # flags of which every combination is listed beforehand


def _bits(name: str, flags: Sequence[pl.Expr]) -> dict[str, pl.Expr]:
    """Columns that hold the flags of a list."""
    return {f"{name}:{at}": bits(part) for at, part in enumerate(batched(flags, BITS) or [[]])}


def _those(name: str, names: Sequence[str]) -> pl.Expr:
    """The names of the flags that are set, in their order."""
    parts = [_named_bits(pl.col(f"{name}:{at}"), part) for at, part in enumerate(batched(names, BITS) or [[]])]
    return parts[0] if len(parts) == 1 else pl.concat_list(parts)


def _named_bits(flags: pl.Expr, names: Sequence[str]) -> pl.Expr:
    if len(names) <= _ALL:
        every = range(1 << len(names))
        return _picked([[name for at, name in enumerate(names) if number >> at & 1] for number in every], flags)
    found = flags.drop_nulls().unique().sort()
    said = [pl.when(found & pl.lit(1 << at, pl.UInt64) != 0).then(pl.lit(name)) for at, name in enumerate(names)]
    at = pl.when(flags.is_not_null()).then(found.search_sorted(flags))
    return pl.concat_list(said).list.drop_nulls().gather(at)


def _picked(lists: Sequence[Sequence[str]], at: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(lists, dtype=pl.List(pl.String))).gather(at)


def _worded(
    shown: pl.LazyFrame, plan: Columns, keys: Iterable[str], faults: Iterable[str], language: Language
) -> pl.LazyFrame:
    """Headings and values in words."""
    words, known = ResultWords.of(plan.rules), {**plan.values(), "faults": tuple(faults)}
    lists = {*_LISTS, *(result.columns[1] for result in plan.results if result.possible)}
    told = []
    for name, values in known.items():
        of = {value: words.label(name, value).text(language) for value in values}
        if name not in lists:
            told.append(pl.col(name).replace_strict(of, return_dtype=pl.String).fill_null(absent(name, language)))
        elif of:
            told.append(pl.col(name).list.eval(pl.element().replace_strict(of, return_dtype=pl.String)))
    return shown.with_columns(told).rename(words.headings([*keys, *plan.names], language))
