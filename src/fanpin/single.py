"""One household out of frames, so that the row of a table can be graded and explained by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from fanpin.cells import words_of
from fanpin.columns import ID
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType
from fanpin.facts import FactSpec, FactTable
from fanpin.household import Household
from fanpin.kinds import Between
from fanpin.records import salvage

if TYPE_CHECKING:
    import polars as pl

    from fanpin.table_facts import Stands


class Models(Protocol):
    """What this needs of a pack."""

    @property
    def model(self) -> type[Household]:
        """The model of its households, with its own facts."""


def household_of(
    households: Any, members: Any, household_id: Any, *, pack: Models, tables: Mapping[str, Any] | None = None
) -> Household:
    """One household of frames as `grade_frames` takes them, with its members, to be graded and explained.

    A value that can't be is missing, as it is in `grade_frames`. KeyError where no household, or more than one, has
    the id, TypeError where it is text and theirs are numbers, or the other way round; no message repeats it.

    >>> import polars as pl
    >>> import fanpin
    >>> from datetime import date
    >>> frame = pl.DataFrame({"household_id": [1, 2], "size": [2, 3], "water": ["met", "not_met"]})
    >>> example = fanpin.load_pack("example")
    >>> household = fanpin.household_of(frame, None, 2, pack=example)
    >>> fanpin.grade(household, pack=example, on=date(2024, 5, 1)).grade
    'red'
    """
    facts = FactTable.of(pack.model)
    found = _rows("households", households, household_id, None, facts)
    if len(found) != 1:
        raise KeyError("no household has this id" if not found else f"{len(found)} households have this id")
    (values,) = found
    listed = {**({} if members is None else {"members": members}), **(tables or {})}
    rows = {name: _rows(name, frame, household_id, name, facts) for name, frame in listed.items()}
    household, _ = salvage(pack.model, {**values, ID: str(household_id), **_given(rows, values)})
    return household


def _given(rows: Mapping[str, list[dict[str, Any]]], household: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows that are given; where there are none, "none" only if somebody said that all are listed."""
    return {name: of_it for name, of_it in rows.items() if of_it or household.get(f"{name}_complete")}


def _rows(name: str, frame: Any, household_id: Any, table: str | None, facts: FactTable) -> list[dict[str, Any]]:
    from fanpin.table_facts import stands

    held = _of_household(name, frame, household_id, table, facts)
    at = stands(table, held.schema, facts)
    specs = {fact: spec for fact, spec in facts.facts_of(table).items() if fact in at.columns and fact != ID}
    return [_values(row, at, specs) for row in held.iter_rows(named=True)]


def _of_household(name: str, frame: Any, household_id: Any, table: str | None, facts: FactTable) -> "pl.DataFrame":
    import polars as pl

    from fanpin.frames import kind_of, opened
    from fanpin.table_facts import refuse_unlike_id, stands

    if kind_of(frame, name) == "duckdb":
        from duckdb import ColumnExpression, ConstantExpression

        schema = frame.limit(0).pl().schema
        key = stands(table, schema, facts).column(ID)
        refuse_unlike_id(household_id, schema[key])
        found: pl.DataFrame = frame.filter(ColumnExpression(key) == ConstantExpression(household_id)).pl()
        return found
    rows = opened(frame, name).rows
    schema = rows.collect_schema()
    key = stands(table, schema, facts).column(ID)
    refuse_unlike_id(household_id, schema[key])
    return rows.filter(pl.col(key) == household_id).collect()


def _values(row: Mapping[str, Any], at: "Stands", specs: Mapping[str, FactSpec]) -> dict[str, Any]:
    values = {}
    for fact, spec in specs.items():
        lo, hi = (row[column] for column in at.columns[fact])
        value = _value(spec, lo, hi, at.columns[fact][0] != at.columns[fact][1])
        if value is not None:
            values[fact] = value
    return values


def _value(spec: FactSpec, lo: Any, hi: Any, is_range: bool) -> Any:
    match spec.type:
        case NumberType(decimals=decimals) as kind if is_range and (lo, hi) != (None, None):
            lo = kind.lo / 10**decimals if lo is None else lo
            hi = kind.hi / 10**decimals if hi is None else hi
            return lo if lo == hi else Between(lo, hi) if lo < hi else None
        case DateType() as days if is_range and (lo, hi) != (None, None):
            lo, hi = (days.lo if lo is None else lo), (days.hi if hi is None else hi)
            return lo if lo == hi else Between(lo, hi) if lo < hi else None
        case ChoiceType() as choice:
            return words_of(spec, choice).get(lo, lo) or None
        case BooleanType():
            return lo
    return lo
