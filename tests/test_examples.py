"""The packs of `examples/` do what their cases say."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from fanpin import Assessment, Pack, grade, load_pack
from fanpin.testing import run_cases

EXAMPLES = Path(__file__).parents[1] / "examples"
WITH_CASES = sorted(path.parent for path in EXAMPLES.rglob("cases.yaml"))


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
