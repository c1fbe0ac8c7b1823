"""A household of three with every fact given, as a form would send it."""

from datetime import date
from typing import Any

from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, Type
from fanpin.facts import FactTable
from fanpin.household import Household

ON = date(2024, 5, 1)
FACTS: dict[str, Any] = {
    "household_id": "H1",
    "size": 3,
    "registered_poor": False,
    "wage_income": 9000.0,
    "business_income": 6000.0,
    "property_income": 500.0,
    "transfer_income": 4500.5,
    "business_expense": 2000.25,
    "previous_net_income_per_person": 6200.0,
    "rigid_spending": 12000.0,
    "disaster_loss": 0.0,
    "housing_grade": "A",
    **dict.fromkeys(("food", "clothing", "education", "medical", "housing", "water"), "met"),
}
MEMBERS: list[dict[str, Any]] = [
    {"birth_date": date(1975, 3, 2), "in_school": False, "employed": True, "health": "healthy", "labour": "ordinary"},
    {"birth_date": date(1978, 8, 9), "in_school": False, "employed": False, "health": "chronic", "labour": "weak"},
    {"birth_date": date(2011, 9, 1), "in_school": True, "employed": False, "health": "healthy", "labour": "none"},
]


def _usual(kind: Type) -> Any:
    """Some value within the bounds."""
    match kind:
        case NumberType(decimals=0, lo=lo):
            return int(max(lo, 1))
        case NumberType():
            return 1.5
        case BooleanType():
            return True
        case DateType():
            return date(2020, 5, 1)
        case ChoiceType(values=values):
            return values[0]
    return None


def mapping() -> dict[str, Any]:
    """The household as a mapping: every fact that rules may read, of the household and of each member."""
    table = FactTable.of(Household)
    usual = {name: _usual(f.type) for name, f in table.household.items() if f.read}
    of_member = {name: _usual(f.type) for name, f in table.collections["members"].facts.items() if f.read}
    bills = (1200.0, 8300.5, 0.0)
    members = [{**of_member, **m, "out_of_pocket": bill} for m, bill in zip(MEMBERS, bills, strict=True)]
    return {**usual, **FACTS, "members": members}
