"""Households as frames of Polars (extra `frames`), to hold the grading of tables against that of each household."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from fanpin.expressions.types import BooleanType, DateType, NumberType, Type
from fanpin.household import Household
from fanpin.packs import Pack


def frames_of(households: Sequence[Household], pack: Pack) -> tuple[pl.DataFrame, Mapping[str, pl.DataFrame]]:
    """The households, and the rows of each collection; numbers and days as their two ends."""
    facts = {name: spec.type for name, spec in pack.facts.household.items() if spec.read}
    texts = {name: pl.Series([getattr(h, name) for h in households], dtype=pl.String)
             for name in ("household_id", "region")}  # fmt: skip
    days = {"as_of": pl.Series([h.as_of for h in households], dtype=pl.Date)}
    complete = {
        f"{name}_complete": pl.Series([_is_complete(h, name) for h in households], dtype=pl.Boolean)
        for name in pack.facts.collections
    }
    columns = {**texts, **days, **complete, **_columns([h.__dict__ for h in households], facts)}
    return pl.DataFrame(columns), {name: _rows(households, name, pack) for name in pack.facts.collections}


def _is_complete(household: Household, collection: str) -> bool:
    given = getattr(household, collection) is not None
    return given and (collection != "members" or household.members_complete)


def _rows(households: Sequence[Household], collection: str, pack: Pack) -> pl.DataFrame:
    facts = {name: spec.type for name, spec in pack.facts.collections[collection].facts.items() if spec.read}
    listed = [(h.household_id, row.__dict__) for h in households for row in getattr(h, collection) or ()]
    ids = pl.Series([household_id for household_id, _ in listed], dtype=pl.String)
    return pl.DataFrame({"household_id": ids, **_columns([row for _, row in listed], facts)})


def _columns(rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Type]) -> dict[str, pl.Series]:
    found: dict[str, pl.Series] = {}
    for name, kind in facts.items():
        said = [row[name] for row in rows]
        match kind:
            case NumberType() | DateType():
                dtype: Any = pl.Date if isinstance(kind, DateType) else pl.Float64 if kind.decimals else pl.Int64
                for end in ("lo", "hi"):
                    found[f"{name}__{end}"] = pl.Series([getattr(value, end, value) for value in said], dtype=dtype)
            case BooleanType():
                found[name] = pl.Series(said, dtype=pl.Boolean)
            case _:
                found[name] = pl.Series(said, dtype=pl.String)
    return found
