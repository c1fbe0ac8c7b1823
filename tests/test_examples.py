"""The packs of `examples/` do what their cases say, and a case that is wrong is told."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from fanpin import Assessment, Pack, grade, load_pack
from fanpin.testing import Difference, run_cases

EXAMPLES = Path(__file__).parents[1] / "examples"
WITH_CASES = sorted(path.parent for path in EXAMPLES.rglob("cases.yaml"))
WORKED = EXAMPLES / "worked_county"


def _name(folder: Path) -> str:
    return folder.relative_to(EXAMPLES).as_posix()


@pytest.mark.parametrize("folder", WITH_CASES, ids=_name)
def test_the_cases_of_an_example_come_out_as_written(folder: Path) -> None:
    assert [str(difference) for difference in run_cases(load_pack(folder), folder / "cases.yaml")] == []


@pytest.mark.parametrize("folder", WITH_CASES, ids=_name)
def test_every_result_of_an_example_has_a_case(folder: Path) -> None:
    cases = yaml.safe_load((folder / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    assert {name for case in cases for name in case.get("results", ())} == {*load_pack(folder).rules.results}


@pytest.mark.parametrize("folder", WITH_CASES, ids=_name)
def test_nothing_is_remarked_on_an_example(folder: Path) -> None:
    assert load_pack(folder).remarks == ()


@pytest.mark.parametrize("folder", WITH_CASES, ids=_name)
def test_every_outcome_of_an_example_is_explained_and_kept(folder: Path) -> None:
    pack = load_pack(folder)
    for found in _graded(pack, folder / "cases.yaml"):
        for outcome in found.results:
            assert outcome.label.zh in outcome.explain("zh")
            assert outcome.label.en in outcome.explain("en")
        assert Assessment.from_dict(found.to_dict()).to_dict() == found.to_dict()


def _graded(pack: Pack, file: Path) -> Iterator[Assessment]:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    for case in written["cases"]:
        household = pack.household({"household_id": "1", **written.get("facts", {}), **case.get("facts", {})})
        yield grade(household, pack=pack, on=case.get("day") or written["day"])


def test_of_a_group_that_counts_the_highest_one_item_is_shown() -> None:
    """An orphan of a martyr holds a card of the poor: the higher of each group is all that counts."""
    pack = load_pack(EXAMPLES / "published/student_score")
    known = {"parents": "none", "martyrs_child": True, "minimum_card": True, "family_income": 0, "loss": 0}
    facts = {"household_id": "1", "home_kind": "city", "remote": False, "long_ill": "none", **known}
    (score,) = grade(pack.household(facts), pack=pack, on=date(2024, 9, 1)).results
    assert score.amount == 12.5
    assert [line.strip().partition(", ")[2] for line in score.explain("en").splitlines() if "points" in line] == [
        "family: both parents dead, 6.3 points",
        "home: city, 0.4 points",
        "health: healthy, 1 points",
        "disaster: none, 0.9 points",
        "income: minimum or destitute, 3.9 points",
    ]


# The runner itself


@pytest.fixture(scope="module")
def worked() -> Pack:
    return load_pack(WORKED)


def _differences(pack: Pack, folder: Path, case: str) -> tuple[Difference, ...]:
    file = folder / "cases.yaml"
    file.write_text(f"day: 2024-05-20\ncases:\n  - {{name: one, {case}}}\n", encoding="utf-8")
    return run_cases(pack, file)


MINIMUM = "aid_class: minimum, medical_cost_before: 0"


@pytest.mark.parametrize(
    ("case", "what", "expected", "found"),
    [
        (f"facts: {{{MINIMUM}, medical_cost: 100}}, results: {{medical_aid: 61}}", "medical_aid, amount", 61.0, 60.0),
        (f"facts: {{{MINIMUM}}}, results: {{medical_aid: {{amount: {{lo: 0, hi: 1}}, state: unknown}}}}",
         "medical_aid, amount", (0.0, 1.0), (0.0, 30000.0)),
        (f"facts: {{{MINIMUM}}}, results: {{medical_aid: {{}}}}", "medical_aid, state", "known", "unknown"),
        ("facts: {aid_class: destitute}, results: {hardship_level: light}", "hardship_level, kind", "light", "severe"),
        ("facts: {months_here: 1}, results: {public_post: {kind: none, failed: []}}",
         "public_post, failed", (), ("lives_here",)),
        ("facts: {house_lost: yes}, results: {public_post: yes}", "public_post, state", "known", "left"),
        ("facts: {size: 1}, results: {boarding_allowance: [0]}", "boarding_allowance, how many", 1, 0),
        ("results: {no_such: 0}", "no_such, how many", 1, 0),
        ("faults: [table-no-row]", "faults", ("table-no-row",), ()),
        ("grade: red", "grade", "red", None),
    ],
)  # fmt: skip
def test_what_differs_is_told(
    case: str, what: str, expected: object, found: object, worked: Pack, tmp_path: Path
) -> None:
    assert Difference("one", what, expected, found) in _differences(worked, tmp_path, case)


def test_every_difference_is_told_with_the_name_of_its_case(worked: Pack, tmp_path: Path) -> None:
    case = f"facts: {{{MINIMUM}, medical_cost: 0, house_lost: no}}, results: {{medical_aid: 1, no_such: 0}}"
    assert [str(difference) for difference in _differences(worked, tmp_path, case)] == [
        "one: medical_aid, amount is 0.0, and 1.0 was expected",
        "one: no_such, how many is 0, and 1 was expected",
    ]


@pytest.mark.parametrize("case", ["result: {}", "results: {medical_aid: {amonut: 1}}", "results: {medical_aid: null}"])
def test_a_case_that_is_written_wrongly_is_refused(case: str, worked: Pack, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        _differences(worked, tmp_path, case)


def test_a_case_needs_a_day(worked: Pack, tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text("cases: [{name: one}]", encoding="utf-8")
    with pytest.raises(ValueError, match="one: on which day"):
        run_cases(worked, tmp_path / "cases.yaml")


def test_a_fact_that_the_pack_does_not_have_is_told_and_the_other_cases_are_run(worked: Pack, tmp_path: Path) -> None:
    cases = "  - {name: misspelt, facts: {medical_cots: 1}}\n  - {name: other, grade: red}\n"
    (tmp_path / "cases.yaml").write_text(f"day: 2024-05-20\ncases:\n{cases}", encoding="utf-8")
    first, second = run_cases(worked, tmp_path / "cases.yaml")
    assert (first.case, first.what, second.case) == ("misspelt", "medical_cots", "other")
    assert "medical_cost" in str(first.found)
