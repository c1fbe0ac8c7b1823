"""The thirteen rules as a programmer writes them by hand: plain if and else, every fact taken to be known."""

from datetime import date
from typing import Any

INCOME_LINE, MEDICAL_LINE, RIGID_LINE, DISASTER_LINE, MEDICAL_SHARE, FALL_SHARE = 7500, 20000, 30000, 10000, 0.3, 0.3
NEEDS = ("out_of_school", "uninsured", "unsafe_housing", "unsafe_water", "hungry", "unclothed")


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def assess(h: Any, on: date) -> tuple[str | None, list[str]]:
    """The grade and the risks that hold."""
    members = h.members
    net = h.wage_income + h.business_income + h.property_income + h.transfer_income - h.business_expense
    per_person = net / h.size
    medical = sum(m.out_of_pocket for m in members)
    before = h.previous_net_income_per_person
    risks = {
        "low_income": per_person < INCOME_LINE,
        "medical_burden": medical > MEDICAL_LINE or medical > MEDICAL_SHARE * net,
        "rigid_burden": h.rigid_spending > RIGID_LINE,
        "income_fall": before - per_person > FALL_SHARE * before,
        "disaster_hit": h.disaster_loss > DISASTER_LINE,
        "nobody_employed": not any(m.employed for m in members),
        "disabled_without_labour": any(m.health == "disabled" and m.labour in ("lost", "none") for m in members),
        "out_of_school": any(6 <= _age(m.birth_date, on) < 16 and not m.in_school for m in members),
        "uninsured": any(not m.basic_medical_insurance for m in members),
        "unsafe_housing": h.housing == "not_met" or h.housing_grade in ("C", "D"),
        "unsafe_water": h.water == "not_met",
        "hungry": h.food == "not_met",
        "unclothed": h.clothing == "not_met",
    }
    held = [name for name, holds in risks.items() if holds]
    if any(risks[name] for name in NEEDS):
        return "red", held
    return ("yellow" if len(held) > 1 else "blue" if held else None), held
