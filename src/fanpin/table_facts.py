"""Which facts stand in the columns of somebody's tables, and what of them can be relied on.

A column bears the name of a fact, one of its labels, or the two names `<fact>__lo` and `<fact>__hi`. Columns that are
no facts are nobody's business here; one of a kind that its fact can't have is refused, all of them at once.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from numbers import Integral

import polars as pl
from attrs import frozen

from fanpin.columns import AS_OF, ID, REGION, Facts
from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.expressions.layout import Ends, Layout
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType
from fanpin.facts import FactSpec, FactTable
from fanpin.i18n import Label

_ENDS = ("__lo", "__hi")
_NEEDED = frozenset({ID, REGION, AS_OF})  # which are no rule's to read, and are read all the same


@frozen
class Stands:
    """Where the facts of one table stand: the column of each, or the columns of its two ends."""

    columns: Mapping[str, Ends]
    dtypes: Mapping[str, pl.DataType]

    def column(self, fact: str) -> str:
        """The one column of a fact that is no range."""
        return self.columns[fact][0]

    def ids(self) -> tuple[pl.Expr, pl.DataType]:
        """The ids of households and what they are; categories as text, so that those of several tables meet."""
        dtype = self.dtypes[self.column(ID)]
        said = pl.col(self.column(ID)).alias(ID)
        return (said.cast(pl.String), pl.String()) if dtype in (pl.Categorical, pl.Enum) else (said, dtype)


def stands(table: str | None, schema: Mapping[str, pl.DataType], facts: FactTable) -> Stands:
    """The facts of a table by its columns; `DataError` names every column that can't be taken."""
    problems: list[Problem] = []
    found: dict[str, dict[str, str]] = {}
    ids = 0
    name = table or "households"
    for column in schema:
        base, end = next(((column.removesuffix(e), e) for e in _ENDS if column.endswith(e)), (column, ""))
        spec = _spec(base, table, facts)
        if spec is None or schema[column] == pl.Null:
            continue
        ids += spec.name == ID
        place = Place(file=name, field=column)
        if base not in _names(spec):  # what stands in brackets may be another unit, or another year
            problems.append(Problem("column-heading", place, {"fact": spec.name, "label": spec.label}))
            continue
        if not _may_hold(spec, schema[column], end):
            problems.append(Problem("column-kind", place, {"expected": _kind_label(spec), "got": str(schema[column])}))
        elif (ends := found.setdefault(spec.name, {})) and (end in ends or "" in {end, *ends}):
            problems.append(Problem("column-doubled", place, {"fact": spec.name}))
        else:
            ends[end] = column
    for fact, ends in found.items():
        if len(ends) == 1 and "" not in ends:
            (column,) = ends.values()
            problems.append(Problem("column-half", Place(file=name, field=column), {"fact": fact}))
    if not ids:
        problems.append(Problem("frame-without-id", Place(file=name), {"name": ID}, did_you_mean(ID, schema)))
    if problems:
        raise DataError(*problems)
    columns = {f: (e.get("", e.get("__lo", "")), e.get("", e.get("__hi", ""))) for f, e in found.items()}
    if table is None:
        columns |= {c: (c, c) for name in facts.collections if (c := f"{name}_complete") in schema}
    return Stands(columns, schema)


_ID_KINDS = {
    "text": Label("文字", "text"),
    "number": Label("整数", "whole numbers"),
    "day": Label("日期", "days"),
}


def _id_kind(dtype: pl.DataType) -> str:
    return "number" if dtype.is_integer() else "day" if dtype == pl.Date else "text"


def refuse_unlike_ids(at: Mapping[str | None, Stands]) -> None:
    """`DataError` where the ids of a table are of another kind than those of the households, so that none is found."""
    own = _id_kind(at[None].ids()[1])
    problems = [
        Problem("ids-unlike", Place(file=t, field=s.column(ID)), {"own": _ID_KINDS[own], "got": _ID_KINDS[kind]})
        for t, s in at.items()
        if (kind := _id_kind(s.ids()[1])) != own
    ]
    if problems:
        raise DataError(*problems)


def refuse_unlike_id(household_id: object, dtype: pl.DataType) -> None:
    """TypeError where no household of a table can have this id, being of another kind; it is not repeated."""
    kind = _id_kind(dtype)
    if not isinstance(household_id, {"text": str, "number": Integral, "day": date}[kind]):
        raise TypeError(
            f"the household ids are {_ID_KINDS[kind].en}, and this one is of type {type(household_id).__name__}"
        )


def _spec(name: str, table: str | None, facts: FactTable) -> FactSpec | None:
    if name == ID:
        return facts.household[ID]
    spec = facts.by_header(name, table)
    return spec if spec is not None and (spec.read or spec.name in _NEEDED or name == "members_complete") else None


def _names(spec: FactSpec) -> tuple[str, ...]:
    return (spec.name, spec.label.zh, spec.label.en, *spec.headers)


def _may_hold(spec: FactSpec, dtype: pl.DataType, end: str) -> bool:
    match spec.type:
        case NumberType():
            return dtype.is_numeric()
        case DateType():
            return dtype in (pl.Date, pl.Datetime)
        case BooleanType():
            return dtype == pl.Boolean and not end
        case ChoiceType():
            return dtype in (pl.String, pl.Categorical, pl.Enum) and not end
    return dtype == pl.String or dtype.is_integer() or dtype in (pl.Date, pl.Categorical, pl.Enum)


def _kind_label(spec: FactSpec) -> Label:
    if spec.name == ID:
        return Label("文字或整数", "text or whole numbers")
    match spec.type:
        case NumberType():
            return Label("数字", "numbers")
        case DateType():
            return Label("日期", "days")
        case BooleanType():
            return Label("是或否", "yes or no")
    return Label("文字", "text")


# What frames held in memory show


def seen(table: str | None, held: pl.DataFrame, lay: Layout, facts: Mapping[str, FactSpec]) -> Facts:
    """Which facts are never missing in a frame, and which lie within their bounds wherever they are given."""
    checks: dict[str, pl.Expr] = {}
    for name, (lo, hi) in lay.facts.items():
        if name in facts:
            checks |= _checks(name, lo, hi, facts[name], lay)
    if not checks or held.is_empty():
        return Facts()
    said = held.lazy().select(**checks).collect().row(0, named=True)
    proved = {(table, name) for name in lay.facts if said.get(f"{name}:there")}
    sound = {(table, name) for name in lay.facts if said.get(f"{name}:sound")}
    return Facts(proved=frozenset(proved & sound), sound=frozenset(sound))


def _checks(name: str, lo: str, hi: str, spec: FactSpec, lay: Layout) -> Iterator[tuple[str, pl.Expr]]:
    columns = [pl.col(column) for column in dict.fromkeys((lo, hi))]
    there, sound = f"{name}:there", f"{name}:sound"
    match spec.type:
        case BooleanType():
            yield there, columns[0].null_count() == 0
            yield sound, pl.lit(value=True)
        case NumberType() as kind:
            yield there, (columns[0].null_count() == 0) & (lo == hi)
            scale = 10**kind.decimals
            within = [(c.nan_min() * scale >= kind.lo) & (c.nan_max() * scale <= kind.hi) for c in columns]
            whole = [] if kind.decimals else [(c == c.floor()).all() for c in columns]
            yield (
                sound,
                pl.all_horizontal(*within, *whole).fill_null(value=True) & (pl.lit(lo == hi) | _ordered(lo, hi)),
            )
        case DateType() as kind:
            yield there, (columns[0].null_count() == 0) & (lo == hi)
            within = [(c.min() >= kind.lo) & (c.max() <= kind.hi) for c in columns]
            yield sound, pl.all_horizontal(within).fill_null(value=True) & (pl.lit(lo == hi) | _ordered(lo, hi))
        case ChoiceType() as kind:
            texts = sorted(lay.meaning(name, kind.values))
            yield there, columns[0].null_count() == 0
            yield sound, columns[0].cast(pl.String).is_in(texts).fill_null(value=True).all()


def _ordered(lo: str, hi: str) -> pl.Expr:
    return (pl.col(lo) <= pl.col(hi)).fill_null(value=True).all()
