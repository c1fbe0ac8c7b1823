"""The shipped packs: what each holds, what each leaves to a county, and that every number has its source."""

from datetime import date

import pytest

from fanpin import Household, MissingParameter, Pack, grade, load_pack

NAMES = ("national", "zhalaite", "danfeng", "example")
ON = date(2024, 5, 1)
NEEDS = ("food", "clothing", "education", "medical", "housing", "water")


@pytest.fixture(scope="module", params=NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


def test_everything_has_both_labels_and_a_source(pack: Pack) -> None:
    for risk in pack.shape.risks.values():
        assert risk.label.zh
        assert risk.label.en
        assert risk.source
    for parameter in pack.shape.parameters.values():
        assert all(row.source for row in parameter.values)
    for grade_rule in pack.shape.grades.values():
        assert grade_rule.source


def test_the_three_kinds_of_household_are_everywhere(pack: Pack) -> None:
    assert list(pack.rules.categories) == ["unstable", "marginal", "sudden"]


def test_every_need_has_a_risk(pack: Pack) -> None:
    assert {risk.need for risk in pack.shape.risks.values()} >= set(NEEDS)


def test_what_is_not_official_says_so(pack: Pack) -> None:
    assert pack.note is not None
    marks = {"zhalaite": "非官方", "danfeng": "非官方", "example": "虚构", "national": "各地填写"}
    assert marks[pack.name] in pack.note.zh


def test_there_is_no_national_colour() -> None:
    assert not load_pack("national").shape.grades


def test_zhalaite_has_three_colours_and_refuses_without_its_amounts() -> None:
    zhalaite = load_pack("zhalaite")
    assert list(zhalaite.shape.grades) == ["red", "yellow", "blue"]
    with pytest.raises(MissingParameter) as refused:
        grade(Household(household_id="1"), pack=zhalaite, on=ON)
    named = {problem.details["name"] for problem in refused.value.problems}
    assert named == set(zhalaite.shape.parameters)


def test_the_line_of_henan_does_not_answer_for_inner_mongolia_nor_for_another_year() -> None:
    line = load_pack("national").rules.spec.parameters.parameters["net_income_line"]
    found = {
        (region, year): line.on(date(year, 6, 1), region) for region in ("41", "410581", "15") for year in (2023, 2024)
    }
    assert {key for key, row in found.items() if row is not None} == {("41", 2023), ("410581", 2023)}


def test_a_line_measured_on_another_basis_is_not_among_them() -> None:
    line = load_pack("national").shape.parameters["net_income_line"]
    assert line.basis == "人均纯收入"
    assert {row.region for row in line.values} == {"41", "53"}


@pytest.mark.parametrize(
    ("facts", "colour"),
    [
        ({"water": "not_met", "food": "at_risk"}, "red"),
        ({"food": "at_risk"}, "orange"),
        ({"disaster_loss": 20000}, "yellow"),
        ({}, None),
    ],
)
def test_danfeng_is_red_orange_and_yellow(facts: dict[str, object], colour: str | None) -> None:
    danfeng, example = load_pack("danfeng"), load_pack("example")
    amounts = example.rules.spec.parameters
    assert set(danfeng.shape.parameters) == set(amounts.parameters)
    known = {"household_id": "1", "size": 1, "housing_grade": "A", "members": [{"birth_date": "1990-01-01"}]}
    household = danfeng.household({**known, **dict.fromkeys(NEEDS, "met"), **facts})
    held = {name: tree for name, tree in danfeng.rules.risks.items() if _holds(name, household)}
    names = danfeng.rules.grade_names
    assert names[danfeng.rules.grade_of(held)] == colour


def _holds(risk: str, household: Household) -> bool:
    """By the example's amounts, since Danfeng's own are unpublished."""
    from attrs import evolve

    from fanpin.rules import build_rules

    danfeng, example = load_pack("danfeng"), load_pack("example")
    spec = evolve(danfeng.rules.spec, parameters=example.rules.spec.parameters)
    rules, problems = build_rules(spec)
    assert rules is not None, problems
    on = rules.on(ON)
    known = household.__dict__
    at = list(rules.risks).index(risk)
    return bool(rules.function(known, known, rules.complete(known), on.parameters("990001"))[2 * at])


def test_the_example_fills_every_parameter_on_any_day_of_its_years() -> None:
    example = load_pack("example")
    for day in (date(2020, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2026, 11, 25)):
        assert set(example.rules.on(day).parameters(None)) == {*example.shape.parameters, "on"}


def test_income_alone_neither_admits_nor_excludes(pack: Pack) -> None:
    for risk in pack.shape.risks.values():
        assert "within_line" not in risk.when
        assert "net_income_line" not in risk.when


def test_the_unconfirmed_reference_income_is_used_by_nothing() -> None:
    shape = load_pack("national").shape
    texts = [r.when for r in shape.risks.values()] + [c.when for c in shape.categories.values()]
    texts += [d.text for d in shape.definitions.values()]
    assert not any("reference_income_per_person" in text for text in texts)
