"""The thirteen rules as a programmer writes them by hand: plain if and else, every fact taken to be known."""

from datetime import date
from typing import Any

INCOME_LINE, MEDICAL_LINE, RIGID_LINE, DISASTER_LINE, MEDICAL_SHARE, FALL_SHARE = 7500, 20000, 30000, 10000, 0.3, 0.3

Result = tuple[str | None, str, list[str]]


def assess(h: Any, on: date) -> Result:  # noqa: C901, PLR0912, PLR0915  # thirteen rules in one go are the point
    """The grade, the category and the risks that hold."""
    net = h.wage_income + h.business_income + h.property_income + h.transfer_income - h.business_expense
    per_person = net / h.size
    before = h.previous_net_income_per_person
    today = (on.month, on.day)
    medical = 0.0
    employed = disabled = out_of_school = uninsured = False
    for m in h.members:
        medical += m.out_of_pocket
        if m.employed:
            employed = True
        if m.health == "disabled" and m.labour in ("lost", "none"):
            disabled = True
        if not m.in_school:
            birth = m.birth_date
            if 6 <= on.year - birth.year - (today < (birth.month, birth.day)) < 16:
                out_of_school = True
        if not m.basic_medical_insurance:
            uninsured = True

    held = []
    low_income = per_person < INCOME_LINE
    if low_income:
        held.append("low_income")
    grave = False
    if medical > MEDICAL_LINE or medical > MEDICAL_SHARE * net:
        held.append("medical_burden")
        grave = True
    if h.rigid_spending > RIGID_LINE:
        held.append("rigid_burden")
        grave = True
    if before - per_person > FALL_SHARE * before:
        held.append("income_fall")
        grave = True
    if h.disaster_loss > DISASTER_LINE:
        held.append("disaster_hit")
        grave = True
    if not employed:
        held.append("nobody_employed")
    if disabled:
        held.append("disabled_without_labour")
    before_needs = len(held)
    if out_of_school:
        held.append("out_of_school")
    if uninsured:
        held.append("uninsured")
    if h.housing == "not_met" or h.housing_grade in ("C", "D"):
        held.append("unsafe_housing")
    if h.water == "not_met":
        held.append("unsafe_water")
    if h.food == "not_met":
        held.append("hungry")
    if h.clothing == "not_met":
        held.append("unclothed")

    grade = "red" if len(held) > before_needs else "yellow" if len(held) > 1 else "blue" if held else None
    if low_income:
        category = "unstable" if h.registered_poor else "marginal"
    elif h.sudden_event and h.basic_living_difficulty and grave:
        category = "sudden"
    else:
        category = "none"
    return grade, category, held
