"""The shipped packs: what each holds, when each risk holds, what is left to a county, where each number is from."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fanpin import Assessment, Between, Household, Member, MissingParameter, Pack, grade, load_pack, plugins

NAMES = ("national", "zhalaite", "danfeng", "example")
ON = date(2024, 5, 1)
NEEDS = ("food", "clothing", "education", "medical", "housing", "water")
RULES = ("definitions", "risks", "categories", "grades")
SHIPPED = Path(plugins.__file__).parent

PERSON: dict[str, Any] = {
    "birth_date": "1984-01-01",
    "labour": "ordinary",
    "health": "healthy",
    "in_school": False,
    "basic_medical_insurance": True,
    "out_of_pocket": 0,
    "school_cost": 0,
    "employed": True,
}
QUIET: dict[str, Any] = {  # one person, with whom nothing is wrong, on 7,000 yuan: within the example's line of 7,500
    "household_id": "1",
    "size": 1,
    "registered_poor": False,
    **dict.fromkeys(("business_income", "property_income", "transfer_income", "business_expense"), 0),
    "wage_income": 7000,
    "previous_net_income_per_person": 7000,
    **dict.fromkeys(("disaster_loss", "accident_loss", "industry_loss", "rigid_spending"), 0),
    **dict.fromkeys(NEEDS, "met"),
    "sudden_event": False,
    "basic_living_difficulty": False,
}
Graded = Callable[..., Assessment]


def person(**facts: Any) -> Member:
    return Member(**{**PERSON, **facts})


def household(*others: Member, **facts: Any) -> Household:
    """The quiet household with other facts; facts of its one person go to him, and `others` live with him."""
    of_person = {name: facts.pop(name) for name in PERSON if name in facts}
    members = (person(**of_person), *others)
    return Household(**{**QUIET, "members": members, "size": len(members), **facts})


@pytest.fixture(scope="module", params=NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


@pytest.fixture(scope="module")
def example() -> Pack:
    return load_pack("example")


@pytest.fixture(scope="module")
def graded(example: Pack) -> Graded:
    def run(*others: Member, on: date = ON, **facts: Any) -> Assessment:
        return grade(household(*others, **facts), pack=example, on=on)

    return run


def write(folder: Path, extends: str, rules: str = "") -> Pack:
    """A county's pack over a shipped one, with the example's amounts."""
    folder.mkdir()
    head = f'name: mine\nlabel: {{zh: 我县, en: mine}}\nversion: "1"\nregion: "990001"\nextends: {extends}\n'
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    amounts = (SHIPPED / "example" / "parameters.yaml").read_text(encoding="utf-8")
    if extends != "zhalaite":  # whose second notice no other has
        amounts, _, rest = amounts.partition("  second_notice_days:")
        assert rest.count("values:") == 1
    (folder / "parameters.yaml").write_text(amounts, encoding="utf-8")
    return load_pack(folder)


# What each holds


def test_everything_has_both_labels_and_a_source(pack: Pack) -> None:
    shape = pack.shape.model_dump()
    rules = {f"{kind}.{name}": rule for kind in RULES for name, rule in shape[kind].items()}
    assert [name for name, rule in rules.items() if not rule["source"]] == []
    assert [name for name, p in shape["parameters"].items() if not all(row["source"] for row in p["values"])] == []
    labels = [item["label"] for item in (*rules.values(), *shape["parameters"].values())]
    assert all(label["zh"] and label["en"] for label in labels)


def test_no_two_risks_bear_one_label(pack: Pack) -> None:
    labels = [risk.label for risk in pack.shape.risks.values()]
    assert len({label.zh for label in labels}) == len({label.en for label in labels}) == len(labels)


def test_the_three_kinds_of_household_are_everywhere(pack: Pack) -> None:
    labels = {name: category.label.zh for name, category in pack.shape.categories.items()}
    assert labels == {"unstable": "脱贫不稳定户", "marginal": "边缘易致贫户", "sudden": "突发严重困难户"}


def test_every_type_of_risk_of_the_national_form_is_there(pack: Pack) -> None:
    types = {"因病", "因残", "因学", "因意外事故", "因产业失败", "因务工就业不稳", "因缺劳动力"}
    assert {risk.label.zh for risk in pack.shape.risks.values()} >= types | {"因自然灾害", "因安全住房", "因安全饮水"}


def test_every_need_has_one_risk_of_its_own(pack: Pack) -> None:
    assert sorted(risk.need for risk in pack.shape.risks.values() if risk.need) == sorted(NEEDS)


def test_what_is_not_official_says_so(pack: Pack) -> None:
    assert pack.note is not None
    marks = {"zhalaite": "非官方", "danfeng": "非官方", "example": "虚构", "national": "各地填写"}
    assert marks[pack.name] in pack.note.zh


def test_there_is_no_national_colour() -> None:
    assert not load_pack("national").shape.grades


def test_income_alone_neither_admits_nor_excludes(pack: Pack) -> None:
    read = {risk: {getattr(fact, "name", None) for fact in facts} for risk, facts in pack.rules.facts_read.items()}
    assert [risk for risk, facts in read.items() if "wage_income" in facts] == ["income_fall"]  # a fall, and no level
    assert not any(re.search("within_line|net_income_line", risk.when) for risk in pack.shape.risks.values())


# When each risk holds: from a household with whom nothing is wrong, by what is said here


def test_with_the_quiet_household_nothing_is_wrong(graded: Graded) -> None:
    found = graded()
    assert (found.status, found.category, found.grade, found.to_ask) == ("clear", "none", None, ())


RISK_CASES: list[tuple[dict[str, Any], str]] = [
    ({"out_of_pocket": 20000}, "illness"),  # reached is enough
    ({"out_of_pocket": 19999.99}, ""),
    ({"registered_poor": True, "out_of_pocket": 5000}, "illness"),
    ({"registered_poor": True, "out_of_pocket": 4999.99}, ""),
    ({"health": "disabled", "labour": "lost"}, "disability labour_shortage"),
    ({"health": "disabled", "labour": "weak"}, ""),
    ({"school_cost": 10000.01}, "schooling_cost"),
    ({"school_cost": 10000}, ""),
    ({"disaster_loss": 10000.01}, "disaster"),
    ({"disaster_loss": 10000}, ""),
    ({"accident_loss": 10000.01}, "accident"),
    ({"accident_loss": 10000}, ""),
    ({"industry_loss": 10000.01}, "industry_failure"),
    ({"industry_loss": 10000}, ""),
    ({"employed": False}, "unstable_work"),
    ({"labour": "none"}, "labour_shortage"),
    ({"labour": "none", "employed": False}, "labour_shortage"),
    ({"rigid_spending": 30000.01}, "heavy_spending"),
    ({"rigid_spending": 30000}, ""),
    ({"previous_net_income_per_person": 10000.01}, "income_fall"),  # by more than 30 of 100
    ({"previous_net_income_per_person": 10000}, ""),
    ({"food": "not_met"}, "food_shortage"),
    ({"clothing": "not_met"}, "clothing_shortage"),
    ({"education": "not_met"}, "out_of_school"),
    ({"medical": "not_met"}, "uninsured"),
    ({"basic_medical_insurance": False}, "uninsured"),
    ({"housing": "not_met"}, "unsafe_housing"),
    ({"housing": "at_risk", "housing_grade": "C"}, "unsafe_housing housing_at_risk"),
    ({"housing": "at_risk", "housing_grade": "B"}, "housing_at_risk"),
    ({"housing": "met", "housing_grade": "D"}, ""),  # lives safely elsewhere
    ({"water": "not_met"}, "unsafe_water"),
    ({"food": "at_risk"}, "food_at_risk"),
    ({"clothing": "at_risk"}, "clothing_at_risk"),
    ({"education": "at_risk"}, "education_at_risk"),
    ({"medical": "at_risk"}, "medical_at_risk"),
    ({"water": "at_risk"}, "water_at_risk"),
]


@pytest.mark.parametrize(("facts", "risks"), RISK_CASES)
def test_a_risk_holds_by_its_own_facts_and_no_others(graded: Graded, facts: dict[str, Any], risks: str) -> None:
    found = graded(**facts)
    assert found.risks == tuple(risks.split())
    assert found.unknown_risks == ()


def test_every_risk_is_among_those_cases(example: Pack) -> None:
    assert {risk for _, risks in RISK_CASES for risk in risks.split()} == set(example.rules.risks)


@pytest.mark.parametrize(
    ("previous", "now", "falls"),
    [(0, 0, False), (0, -100, True), (-1000, -800, False), (-1000, -1000, False), (-1000, -1200, True)],
)
def test_an_income_that_rose_from_below_nothing_did_not_fall(
    graded: Graded, previous: float, now: float, falls: bool
) -> None:
    found = graded(previous_net_income_per_person=previous, wage_income=1000, business_expense=1000 - now)
    assert (found.finding("income_fall").state == "holds") is falls


@pytest.mark.parametrize(
    ("born", "on", "out"),
    [
        ("2017-09-01", ON, True),  # six on the first day of the school year
        ("2017-09-02", ON, False),  # six since then: goes to school from next September
        ("2017-09-02", date(2024, 8, 31), False),
        ("2017-09-02", date(2024, 9, 1), True),
        ("2018-09-15", date(2024, 12, 31), False),
        ("2018-01-15", date(2024, 12, 31), True),
        ("2008-05-02", ON, True),  # still fifteen
        ("2008-05-01", ON, False),  # sixteen today
    ],
)
def test_compulsory_school_is_from_six_to_sixteen(graded: Graded, born: str, on: date, out: bool) -> None:
    child = person(birth_date=born, labour="none", employed=False)
    assert graded(child, on=on, wage_income=14000).risks == (("out_of_school",) if out else ())
    at_school = child.model_copy(update={"in_school": True})
    assert graded(at_school, on=on, wage_income=14000).risks == ()


def test_bills_are_those_of_the_whole_household(graded: Graded) -> None:
    assert graded(person(out_of_pocket=8000), out_of_pocket=12000, wage_income=14000).risks == ("illness",)


def test_the_line_for_bills_waits_for_the_kind_of_household(graded: Graded) -> None:
    for bills, state in ((4999, "clear"), (5000, "unknown"), (20000, "holds")):
        assert graded(registered_poor=None, out_of_pocket=bills).finding("illness").state == state


def test_known_bills_over_the_line_hold_though_others_are_missing(graded: Graded) -> None:
    missing, partly = person(out_of_pocket=None), person(out_of_pocket=Between(0, 30000))
    for other in (missing, partly):
        assert graded(other, out_of_pocket=20000).finding("illness").state == "holds"
        assert graded(other, out_of_pocket=19999).finding("illness").state == "unknown"
    assert graded(out_of_pocket=20000, size=4).finding("illness").state == "holds"  # three not even listed


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_of_which_nothing_is_known_is_asked(graded: Graded, need: str) -> None:
    found = graded(**{need: None})
    assert (found.status, found.grade, found.possible_grade) == ("unknown", None, "red")
    assert need in [question.fact for question in found.to_ask]


def test_a_safe_house_needs_no_appraisal(graded: Graded) -> None:
    assert graded(housing="met", housing_grade=None).status == "clear"
    found = graded(housing="at_risk", housing_grade=None)
    assert (found.grade, found.possible_grade) == ("blue", "red")
    assert [question.fact for question in found.to_ask] == ["housing_grade"]


# Categories

SUDDEN = {"sudden_event": True, "basic_living_difficulty": True, "rigid_spending": 50000}


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({}, "none"),  # within the line, and no risk
        ({"water": "not_met"}, "marginal"),
        ({"water": "not_met", "registered_poor": True}, "unstable"),
        ({"water": "not_met", "wage_income": 7499.99}, "marginal"),
        ({"water": "not_met", "wage_income": 7500}, "none"),  # on the line is not below it
        ({"water": "not_met", "wage_income": Between(7000, 8000)}, None),
        ({"water": "not_met", "registered_poor": None}, None),
        ({"water": "not_met", "wage_income": 90000}, "none"),  # a risk, and a colour, above the line
        ({**SUDDEN, "wage_income": 90000}, "sudden"),
        ({**SUDDEN, "wage_income": 90000, "registered_poor": True}, "sudden"),
        ({**SUDDEN, "wage_income": 90000, "registered_poor": None}, "sudden"),
        ({**SUDDEN, "wage_income": 90000, "rigid_spending": 0, "accident_loss": 40000}, "sudden"),
        ({**SUDDEN, "wage_income": 90000, "rigid_spending": 0}, "none"),
        ({**SUDDEN, "wage_income": 90000, "sudden_event": False}, "none"),
        ({**SUDDEN, "wage_income": 90000, "basic_living_difficulty": False}, "none"),
        ({**SUDDEN, "wage_income": 90000, "basic_living_difficulty": None}, None),
        (SUDDEN, "marginal"),  # within the line it is of the first two kinds
    ],
)
def test_a_category_is_by_income_kind_and_risk_together(
    graded: Graded, facts: dict[str, Any], category: str | None
) -> None:
    assert graded(**facts).category == category


def test_a_household_within_the_line_is_never_possibly_in_sudden_hardship(graded: Graded) -> None:
    found = graded(**SUDDEN, registered_poor=None)
    assert found.possible_categories == ("unstable", "marginal", "none")  # "none" while neither of the two is sure


def test_the_unconfirmed_reference_income_is_used_by_nothing() -> None:
    shape = load_pack("national").shape
    texts = [r.when for r in shape.risks.values()] + [c.when for c in shape.categories.values()]
    texts += [d.text for d in shape.definitions.values() if d.text is not None]
    assert not any("reference_income_per_person" in text for text in texts)
    assert "未经确认" in (shape.definitions["reference_income_per_person"].source or "")


def test_a_county_switches_the_reference_income_on_with_one_line(tmp_path: Path, graded: Graded) -> None:
    rules = "definitions:\n  compared_income_per_person: {is: reference_income_per_person}\n"
    mine = write(tmp_path / "mine", "zhalaite", rules)
    facts = {"water": "not_met", "wage_income": 9000, "insurance_payout": 1000, "compliant_out_of_pocket": 3000}
    assert graded(**facts).category == "none"  # 9,000
    assert grade(household(**facts), pack=mine, on=ON).category == "marginal"  # 9,000 + 1,000 - 3,000
    unpaid = household(**{**facts, "compliant_out_of_pocket": None})
    assert grade(unpaid, pack=mine, on=ON).category is None


# Amounts


def amounts(pack: Pack) -> set[str]:
    """The parameters that rules read; cases told in the press decide nothing, times are of procedures and notices."""
    of_procedures = {name for workflow in pack.workflows.values() for name in workflow.parameters_read}
    of_notices = {form.at_least for form in pack.notices.values()}
    return {name for name in pack.shape.parameters if not name.startswith("case_")} - of_procedures - of_notices


def test_what_the_press_tells_of_single_families_is_no_rule() -> None:
    zhalaite = load_pack("zhalaite")
    cases = {name: case for name, case in zhalaite.shape.parameters.items() if name.startswith("case_")}
    assert {name: [str(row.value) for row in case.values] for name, case in cases.items()} == {
        "case_public_post": ["6000"],
        "case_workshop_wage": ["2500"],
        "case_land_rent": ["4500"],
        "case_minimum_allowance": ["15000"],
        "case_temporary_relief": ["8000"],
    }
    for case in cases.values():
        assert "个案" in case.label.zh
        assert "no rule" in str(case.note)
        assert [(row.year, row.region, row.source, row.certainty) for row in case.values] == [
            (2021, "152223", "S0", "B")
        ]
    assert not cases.keys() & set(load_pack("example").rules.parameters_read)


def test_national_has_no_amount_but_lines_that_were_published() -> None:
    national = load_pack("national")
    assert {name for name in amounts(national) if national.shape.parameters[name].values} == {"net_income_line"}


def test_the_published_lines_answer_for_their_own_province_and_year_only() -> None:
    line = load_pack("national").rules.spec.parameters.parameters["net_income_line"]
    regions, years = ("410581", "410000", "530000", "530326", "152223", "420300", None), range(2021, 2027)
    rows = {(region, year): line.on(date(year, 6, 1), region) for region in regions for year in years}
    found = {key: (str(row.value), row.certainty) for key, row in rows.items() if row is not None}
    henan, yunnan = ("410581", "410000"), ("530000", "530326")
    assert found == {
        **{(region, 2023): ("7500", "A") for region in henan},
        **{(region, year): ("8700", "B") for region in yunnan for year in (2024, 2025)},
    }


def test_a_line_measured_on_another_basis_is_not_among_them() -> None:
    line = load_pack("national").shape.parameters["net_income_line"]
    assert line.basis == "人均纯收入"
    assert not {row.region for row in line.values} & {"6328", "4203"}  # published for disposable income


@pytest.mark.parametrize("name", ["zhalaite", "danfeng"])
def test_without_its_amounts_a_county_is_refused_with_every_one_named(name: str) -> None:
    county = load_pack(name)
    with pytest.raises(MissingParameter) as refused:
        grade(household(), pack=county, on=ON)
    assert {problem.details["name"] for problem in refused.value.problems} == amounts(county)
    assert str(county.region) in refused.value.text("zh")


def test_the_lines_of_henan_do_not_help_zhalaite() -> None:
    with pytest.raises(MissingParameter, match="net_income_line"):
        grade(household(), pack=load_pack("zhalaite"), on=date(2023, 6, 1))


def test_the_example_fills_every_parameter_on_any_day_of_its_years(example: Pack) -> None:
    assert set(example.rules.parameters_read) == amounts(example)
    for day in (date(2020, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2026, 12, 31)):
        assert grade(household(), pack=example, on=day).household_id == "1"
    with pytest.raises(MissingParameter):
        grade(household(), pack=example, on=date(2019, 12, 31))


def test_the_examples_amounts_are_marked_as_invented_and_answer_for_no_real_place(example: Pack) -> None:
    rows = [row for name in amounts(example) for row in example.shape.parameters[name].values]
    assert {(row.source, row.certainty, row.region) for row in rows} == {("示例值，非政策 / invented", None, "990001")}
    for region in ("410581", "152223"):
        with pytest.raises(MissingParameter):
            grade(household(region=region), pack=example, on=ON)


# Colours


@pytest.mark.parametrize(
    ("facts", "colour", "handled_by"),
    [
        ({}, None, ()),
        ({"disaster_loss": 20000}, "blue", ("village", "township")),
        ({"disaster_loss": 20000, "employed": False}, "yellow", ("township", "departments")),
        ({"disaster_loss": 20000, "water": "not_met"}, "red", ("county",)),
        ({"water": "not_met"}, "red", ("county",)),  # a single one, too
        ({"water": "at_risk"}, "blue", ("village", "township")),  # at risk is a risk, and not a need that is not met
        ({"water": "at_risk", "food": "at_risk"}, "yellow", ("township", "departments")),
    ],
)
def test_zhalaite_is_blue_yellow_and_red(
    graded: Graded, facts: dict[str, Any], colour: str | None, handled_by: tuple[str, ...]
) -> None:
    found = graded(**facts)
    assert (found.grade, found.possible_grade, found.handled_by) == (colour, colour, handled_by)


def test_zhalaites_colours_are_the_reports() -> None:
    assert {name: rule.label.zh for name, rule in load_pack("zhalaite").shape.grades.items()} == {
        "red": "红",
        "yellow": "黄",
        "blue": "蓝",
    }


@pytest.fixture(scope="module")
def danfeng(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return write(tmp_path_factory.mktemp("packs") / "mine", "danfeng")


@pytest.mark.parametrize(
    ("facts", "colour", "handled_by"),
    [
        ({}, None, ()),
        ({"disaster_loss": 20000}, "yellow", ("township", "county")),
        ({"disaster_loss": 20000, "employed": False}, "yellow", ("township", "county")),
        *(({need: "at_risk", "housing_grade": "B"}, "orange", ("township", "county")) for need in NEEDS),
        *(({need: "not_met"}, "red", ("county",)) for need in NEEDS),
        ({"basic_medical_insurance": False, "food": "at_risk"}, "red", ("county",)),
    ],
)
def test_danfeng_is_red_orange_and_yellow(
    danfeng: Pack, facts: dict[str, Any], colour: str | None, handled_by: tuple[str, ...]
) -> None:
    found = grade(household(**facts), pack=danfeng, on=ON)
    assert (found.grade, found.possible_grade, found.handled_by) == (colour, colour, handled_by)


def test_danfeng_gives_every_risk_of_a_need_its_kind() -> None:
    kinds = {name: risk.kind for name, risk in load_pack("danfeng").shape.risks.items() if risk.kind}
    at_risk = {f"{need}_at_risk" for need in NEEDS}
    assert {name for name, kind in kinds.items() if kind == "at_risk"} == at_risk
    needed = {name for name, risk in load_pack("national").shape.risks.items() if risk.need}
    assert {name for name, kind in kinds.items() if kind == "not_met"} == needed
