"""Households as frames, and what grading each by itself says of them: what grading frames is held against."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from fanpin import Household, MissingParameter, grade
from fanpin.columns import NAMES
from fanpin.expressions.types import BooleanType, DateType, NumberType, Type
from fanpin.facts import FactTable
from fanpin.kinds import Between
from fanpin.outcomes import Outcome

_TEXTS = ("household_id", "region")


def frames_of(households: Sequence[Household], *, pairs: bool = True) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households and members; with `pairs`, numbers and days as their two ends, else only what is one value."""
    facts = FactTable.of(type(households[0]) if households else Household)
    columns: dict[str, pl.Series] = {}
    for name in (*_TEXTS, "as_of"):
        columns[name] = pl.Series(
            [getattr(h, name) for h in households], dtype=pl.Date if name == "as_of" else pl.String
        )
    columns["members_complete"] = pl.Series([h.members is not None and h.members_complete for h in households])
    of_household = {name: spec.type for name, spec in facts.household.items() if spec.read}
    columns |= _columns([h.__dict__ for h in households], of_household, pairs)
    listed = [(h.household_id, member.__dict__) for h in households for member in h.members or ()]
    of_member = {name: spec.type for name, spec in facts.collections["members"].facts.items() if spec.read}
    ids = pl.Series([household_id for household_id, _ in listed], dtype=pl.String)
    members = {"household_id": ids, **_columns([row for _, row in listed], of_member, pairs)}
    return pl.DataFrame(columns), pl.DataFrame(members)


def _columns(rows: Sequence[dict[str, Any]], facts: dict[str, Type], pairs: bool) -> dict[str, pl.Series]:
    found: dict[str, pl.Series] = {}
    for name, kind in facts.items():
        said = [row[name] for row in rows]
        if isinstance(kind, NumberType | DateType):
            dtype: Any = pl.Date if isinstance(kind, DateType) else pl.Float64 if kind.decimals else pl.Int64
            if pairs:
                for end in ("lo", "hi"):
                    found[f"{name}__{end}"] = pl.Series([getattr(v, end, v) for v in said], dtype=dtype)
            else:
                found[name] = pl.Series([None if hasattr(v, "lo") else v for v in said], dtype=dtype)
        else:
            found[name] = pl.Series(said, dtype=pl.Boolean if isinstance(kind, BooleanType) else pl.String)
    return found


def by_itself(household: Household, pack: Any, on: date, verdicts: Sequence[Any] = ()) -> dict[str, Any]:
    """The row that grading the household by itself gives; lists whose order frames don't promise are sorted."""
    try:
        a = grade(household, pack=pack, on=on, verdicts=verdicts)
    except MissingParameter as error:
        nothing = dict.fromkeys(NAMES[2:-1]) | _results_of_nobody(pack)
        missing = sorted({f"missing-parameter:{problem.details['name']}" for problem in error.problems})
        return {"household_id": household.household_id, "status": "refused", **nothing, "missing": missing}
    asked = {q.fact if q.collection in (None, q.fact) else f"{q.collection}.{q.fact}" for q in a.to_ask}
    return {
        "household_id": a.household_id,
        "status": a.status,
        "grade": a.grade,
        "possible_grade": a.possible_grade,
        "category": a.category,
        "possible_categories": list(a.possible_categories),
        "risks": list(a.risks),
        "unknown_risks": list(a.unknown_risks),
        "to_ask": sorted(asked),
        "handled_by": list(a.handled_by),
        "faults": sorted(f"{fault.code}:{fault.place.field}" for fault in a.faults),
        **{name: value for outcome in a.results if outcome.row is None for name, value in shown(outcome).items()},
    }


def shown(outcome: Outcome) -> dict[str, Any]:
    """A result of one household as columns show it."""
    name, amount, said = outcome.result, outcome.amount, outcome.state in ("known", "unknown")
    if outcome.unit or amount is not None:
        lo, hi = (amount.lo, amount.hi) if isinstance(amount, Between) else (amount, amount)
        return {f"{name}__lo": lo, f"{name}__hi": hi, f"{name}__state": outcome.state}
    possible = list(outcome.possible_kinds) if said else None
    return {name: outcome.kind, f"{name}__possible": possible, f"{name}__state": outcome.state}


def _results_of_nobody(pack: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for result in pack.rules.spec.results.values():
        if result.of is None:
            found |= {**dict.fromkeys(result.columns), f"{result.name}__state": "refused"}
    return found


def compared(row: dict[str, Any]) -> dict[str, Any]:
    """A row of graded frames in the form of `by_itself`."""
    if row["status"] == "refused":
        missing = sorted(fault for fault in row["faults"] if fault.startswith("missing-parameter:"))
        return {name: value for name, value in row.items() if name != "faults"} | {"missing": missing}
    return {**row, "to_ask": sorted(row["to_ask"]), "faults": sorted(row["faults"])}
