"""The household that is timed, the same with facts missing, and many others on which all variants must agree."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, Type
from fanpin.facts import FactTable
from fanpin.household import Household
from fanpin.kinds import Between

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
BILLS = (1200.0, 8300.5, 0.0)


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


def timed() -> dict[str, Any]:
    """The household as a mapping: every fact that rules may read, of the household and of each of its members."""
    table = FactTable.of(Household)
    usual = {name: _usual(f.type) for name, f in table.household.items() if f.read}
    of_member = {name: _usual(f.type) for name, f in table.collections["members"].facts.items() if f.read}
    members = [{**of_member, **m, "out_of_pocket": bill} for m, bill in zip(MEMBERS, BILLS, strict=True)]
    return {**usual, **FACTS, "members": members}


def half_known() -> dict[str, Any]:
    """The same with five facts missing and one known as a range, under six of the rules."""
    household = timed()
    first, second, third = household["members"]
    first["basic_medical_insurance"] = second["out_of_pocket"] = third["in_school"] = None
    return {**household, "wage_income": None, "housing": None, "rigid_spending": Between(9000, 40000)}


# What may differ in the households on which all variants must agree. Whole yuan: of sums with fen, floats may fall on
# the other side of a line than exact decimals do, which by hand and in the peers is how they work and no mistake.
_HOUSEHOLD: Mapping[str, tuple[Any, ...]] = {
    "registered_poor": (True, False),
    "wage_income": (0.0, 3100.0, 14000.0, 21000.0, 90000.0),
    "business_income": (0.0, 8000.0),
    "business_expense": (0.0, 30000.0),
    "previous_net_income_per_person": (0.0, 9001.0, 40000.0),
    "rigid_spending": (30000.0, 30001.0),
    "disaster_loss": (10000.0, 10001.0),
    "housing_grade": ("B", "C", "D"),
    "food": ("at_risk", "not_met"),
    "clothing": ("at_risk", "not_met"),
    "housing": ("at_risk", "not_met"),
    "water": ("at_risk", "not_met"),
    "sudden_event": (True, False),
    "basic_living_difficulty": (True, False),
}
_MEMBER: Mapping[str, tuple[Any, ...]] = {
    # sixteen, and six, on the day of grading and a day later
    "birth_date": (date(2008, 5, 1), date(2008, 5, 2), date(2018, 5, 1), date(2018, 5, 2)),
    "in_school": (True, False),
    "employed": (True, False),
    "health": ("serious", "disabled"),
    "labour": ("skilled", "lost", "none"),
    "basic_medical_insurance": (True, False),
    "out_of_pocket": (0.0, 10501.0, 20000.0, 20001.0),
}


# One person's income, that of the year before, and the medical bill: upon the lines, and a yuan to either side.
_AT_THE_LINES: tuple[tuple[float, float, float], ...] = (
    *((income, 7500, 0) for income in (7499, 7500, 7501)),
    *((90000, 0, bill) for bill in (19999, 20000, 20001)),
    *((40000, 0, bill) for bill in (11999, 12000, 12001)),
    *((income, 20000, 0) for income in (13999, 14000, 14001)),
)


def others(how_many: int = 400, seed: int = 1) -> list[dict[str, Any]]:
    """Households that differ from one without any risk in up to six facts; and some that stand at the lines."""
    dice = Random(seed)
    return [*(_other(dice) for _ in range(how_many)), *(_at_the_line(*amounts) for amounts in _AT_THE_LINES)]


def _other(dice: Random) -> dict[str, Any]:
    household = {**timed(), "wage_income": 40000.0, "transfer_income": 4500.0, "business_expense": 2000.0}
    members = [dict(member) for member in household["members"][: dice.randint(1, 3)]]
    for member in members:
        member["out_of_pocket"] = float(int(member["out_of_pocket"]))
    for _ in range(dice.randint(0, 3)):
        fact = dice.choice(list(_HOUSEHOLD))
        household[fact] = dice.choice(_HOUSEHOLD[fact])
        fact = dice.choice(list(_MEMBER))
        dice.choice(members)[fact] = dice.choice(_MEMBER[fact])
    return {**household, "size": len(members), "members": members}


def _at_the_line(income: float, before: float, bill: float) -> dict[str, Any]:
    household = {**timed(), "size": 1, "wage_income": float(income), "previous_net_income_per_person": float(before)}
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "business_expense"), 0.0)
    return {**household, **nothing, "members": [{**household["members"][0], "out_of_pocket": float(bill)}]}


def as_json(household: Mapping[str, Any]) -> dict[str, Any]:
    """The household as the peers take it: days as ISO text."""
    return {name: _plain(value) for name, value in household.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [as_json(row) for row in value]
    return value.isoformat() if isinstance(value, date) else value
