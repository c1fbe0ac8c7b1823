"""Households as frames, and what grading each by itself says of them: what grading frames is held against."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from fanpin import Household, MissingParameter, grade
from fanpin.columns import NAMES
from fanpin.expressions.evaluate import ABSENT
from fanpin.expressions.nodes import Aggregate
from fanpin.expressions.types import BooleanType, DateType, NumberType, Type
from fanpin.facts import FactTable
from fanpin.kinds import Between
from fanpin.live import Live
from fanpin.outcomes import Outcome
from fanpin.weighing import Why, weighed

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
    asked = {_named(q) for q in a.to_ask}
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


def _named(question: Any) -> str:
    fact, collection = question.fact, question.collection
    return fact if collection in (None, fact) else f"{collection}.{fact}"


def members_by_themselves(
    household: Household, pack: Any, on: date, verdicts: Sequence[Any] = ()
) -> Iterator[dict[str, Any]]:
    """A row a member, of what grading the household by itself gives; lists are sorted.

    Of members whose facts are too old grading gives nothing: they are as one of whom nobody knows anything, of whom
    the evaluator is asked.
    """
    try:
        found = grade(household, pack=pack, on=on, verdicts=verdicts)._source
    except MissingParameter as error:
        missing = sorted({f"missing-parameter:{problem.details['name']}" for problem in error.problems})
        for row in range(len(household.members or ())):
            yield {"household_id": household.household_id, "row": row, **_results_of_nobody(pack, "members")} | {
                "to_ask": None, "missing": missing
            }  # fmt: skip
        return
    assert isinstance(found, Live)
    of_household = {f"{f.code}:{f.place.field}" for f in found.faults()} & {
        "facts-too-old:as_of",
        "facts-after-day:as_of",
    }
    is_old = "facts-too-old:as_of" in of_household
    for row in range(len(household.members or ())):
        outcomes = list(_of_row(found, ABSENT if is_old else row))
        asked = {_named(question) for o in outcomes if o.state == "unknown" for question in o.to_ask}
        faults = of_household if is_old else of_household | set(_faults_of_row(found, row))
        yield {
            "household_id": household.household_id,
            "row": row,
            **{name: value for outcome in outcomes for name, value in shown(outcome).items()},
            "to_ask": None if is_old else sorted(asked),  # the evaluator asks nothing of nobody
            "faults": sorted(faults),
        }


def _of_row(live: Live, row: int) -> Iterator[Outcome]:
    for each in weighed(live.rules):
        if each.trees.result.of == "members":
            why = Why(live, each.trees, row)
            values = why.values()
            yield each.outcome([values[what] for what in each.places], row, why)


def _faults_of_row(live: Live, row: int) -> Iterator[str]:
    for (code, place), tree in live.rules.checks.items():
        if isinstance(tree, Aggregate) and live.explainer.evaluator.range(tree.body, row)[0]:
            yield f"{code}:{place}"


def compared_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of graded members in the form of `members_by_themselves`."""
    faults = row["faults"]
    if row["to_ask"] is None:
        missing = sorted(fault for fault in faults if fault.startswith("missing-parameter:"))
        return {name: value for name, value in row.items() if name != "faults"} | {"missing": missing}
    asked = None if "facts-too-old:as_of" in faults else sorted(row["to_ask"])
    return {**row, "to_ask": asked, "faults": sorted(faults)}


def shown(outcome: Outcome) -> dict[str, Any]:
    """A result of one household as columns show it."""
    name, amount, said = outcome.result, outcome.amount, outcome.state in ("known", "unknown")
    if outcome.unit or amount is not None:
        lo, hi = (amount.lo, amount.hi) if isinstance(amount, Between) else (amount, amount)
        return {f"{name}__lo": lo, f"{name}__hi": hi, f"{name}__state": outcome.state}
    possible = list(outcome.possible_kinds) if said else None
    return {name: outcome.kind, f"{name}__possible": possible, f"{name}__state": outcome.state}


def _results_of_nobody(pack: Any, of: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for result in pack.rules.spec.results.values():
        if result.of == of:
            found |= {**dict.fromkeys(result.columns), f"{result.name}__state": "refused"}
    return found


def compared(row: dict[str, Any]) -> dict[str, Any]:
    """A row of graded frames in the form of `by_itself`."""
    if row["status"] == "refused":
        missing = sorted(fault for fault in row["faults"] if fault.startswith("missing-parameter:"))
        return {name: value for name, value in row.items() if name != "faults"} | {"missing": missing}
    return {**row, "to_ask": sorted(row["to_ask"]), "faults": sorted(row["faults"])}
