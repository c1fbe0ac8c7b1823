"""The three families of the report on Zhalaite Banner come out as it tells.

What the report does not give is marked "invented" here; families stay without names.
"""

from datetime import date
from typing import Any

import pytest

from fanpin import Assessment, Between, Household, Member, grade, load_pack

EXAMPLE = load_pack("example")
NEEDS_MET = dict.fromkeys(("food", "clothing", "education", "medical", "housing", "water"), "met")
QUIET: dict[str, Any] = {  # invented: nothing else befell the family
    **NEEDS_MET,
    "registered_poor": False,
    "housing_grade": "A",
    "disaster_loss": 0,
    "accident_loss": 0,
    "industry_loss": 0,
    "rigid_spending": 0,
    "sudden_event": False,
    "basic_living_difficulty": False,
}


def member(**facts: Any) -> Member:
    usual: dict[str, Any] = {"basic_medical_insurance": True, "out_of_pocket": 0, "school_cost": 0, "employed": False}
    return Member(**{**usual, "in_school": False, "health": "healthy", **facts})


def graded(household: Household, on: date) -> Assessment:
    return grade(household, pack=EXAMPLE, on=on)


# (a) A man of 69 and his wife with a chronic illness; net income 5,408.7 yuan a person: marginal.

OLD_COUPLE = Household(
    household_id="a",
    size=2,
    members=[
        member(relation="head", sex="male", birth_date="1952-03", labour="none"),  # birth month and class invented
        member(
            relation="spouse", sex="female", birth_date="1955-06", labour="none", health="chronic", out_of_pocket=4200
        ),
    ],
    # the parts of the income are invented, their sum is the report's
    **{**QUIET, "wage_income": 0, "business_income": 7000, "property_income": 0, "transfer_income": 5817.4},
    business_expense=2000,
    previous_net_income_per_person=5600,
)


def test_the_old_couple_is_marginal() -> None:
    found = graded(OLD_COUPLE, date(2021, 5, 1))
    assert OLD_COUPLE.net_income_per_person == 5408.7
    assert found.category == "marginal"
    assert found.risks == ("labour_shortage",)
    assert (found.grade, found.handled_by) == ("blue", ("village", "township"))


def test_its_help_lifts_its_income_over_the_line() -> None:
    post, workshop, rent = 6000.0, 2500.0 * 12, 4500.0  # a public post, the workshop, ten mu let: the report's
    helped = OLD_COUPLE.model_copy(update={"wage_income": post + workshop, "property_income": rent})
    assert helped.net_income_per_person == pytest.approx(5408.7 + (post + workshop + rent) / 2)
    assert graded(helped, date(2021, 5, 1)).category == "none"


# (b) Heart surgery in November 2020, over 100,000 yuan spent, no heavy work for two years; three persons: marginal.

AFTER_SURGERY = Household(
    household_id="b",
    size=3,
    members=[
        member(
            relation="head", sex="male", birth_date="1978-04", labour="lost", health="serious", out_of_pocket=100000
        ),
        member(relation="spouse", sex="female", birth_date="1980-09", labour="ordinary", employed=False),  # invented
        member(relation="son", sex="male", birth_date="2008-07", labour="none", in_school=True),  # invented
    ],
    **{**QUIET, "rigid_spending": 100000},
    wage_income=12000,  # invented: what he earned before he fell ill
    business_income=6000,
    property_income=0,
    transfer_income=1000,
    business_expense=2000,
    previous_net_income_per_person=11000,
)


def test_the_family_after_surgery_is_marginal_by_illness() -> None:
    found = graded(AFTER_SURGERY, date(2021, 1, 15))
    assert found.category == "marginal"
    assert found.finding("illness").state == "holds"
    assert found.grade == "yellow"  # spending and the fall of income hold besides
    assert "100,000元" in found.finding("illness").sentence("zh")


def test_one_missing_bill_does_not_hide_the_other() -> None:
    head, spouse, son = AFTER_SURGERY.members or ()
    unsure = AFTER_SURGERY.model_copy(
        update={"members": (head, spouse.model_copy(update={"out_of_pocket": None}), son)}
    )
    assert graded(unsure, date(2021, 1, 15)).finding("illness").state == "holds"


# (c) Beams and walls cracked, found by a grid worker in April 2021: a new house of 60 square metres.

CRACKED_HOUSE = Household(
    household_id="c",
    size=1,  # invented
    members=[member(relation="head", birth_date="1960-01", labour="ordinary", employed=True)],  # invented
    **{**QUIET, "housing": "not_met", "housing_grade": "D"},
    wage_income=6000,  # invented
    business_income=0,
    property_income=0,
    transfer_income=0,
    business_expense=0,
    previous_net_income_per_person=6000,
)


def test_the_cracked_house_is_red_and_the_banners() -> None:
    found = graded(CRACKED_HOUSE, date(2021, 4, 20))
    assert (found.grade, found.handled_by) == ("red", ("county",))
    assert found.risks == ("unsafe_housing",)


def test_the_new_house_ends_it() -> None:
    rebuilt = CRACKED_HOUSE.model_copy(update={"housing": "met", "housing_grade": "A", "house_area": 60.0})
    assert graded(rebuilt, date(2021, 10, 1)).status == "clear"


# Nothing silent

INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "business_expense")


@pytest.mark.parametrize("income", INCOMES)
@pytest.mark.parametrize("family", [OLD_COUPLE, AFTER_SURGERY, CRACKED_HOUSE], ids=["a", "b", "c"])
def test_a_missing_income_is_never_simply_no_risk(family: Household, income: str) -> None:
    found = graded(family.model_copy(update={income: None}), date(2021, 5, 1))
    assert found.status != "clear"
    assert found.category != "none"


def test_a_well_off_household_with_a_missing_income_is_not_clear_either() -> None:
    well = CRACKED_HOUSE.model_copy(
        update={
            "housing": "met",
            "housing_grade": "A",
            "wage_income": 90000.0,
            "previous_net_income_per_person": 90000.0,
        }
    )
    on = date(2021, 5, 1)
    assert graded(well, on).status == "clear"
    assert graded(well.model_copy(update={"wage_income": None}), on).status == "unknown"
    assert graded(well.model_copy(update={"wage_income": Between(40000, 90000)}), on).status == "unknown"
