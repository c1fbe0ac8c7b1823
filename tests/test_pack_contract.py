"""What plugin authors are given: the contract of packs, each part of which can fail, and random things of a pack."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin import Case, check_log, load_pack
from fanpin.grading import grade
from fanpin.testing import PackContract, cases, event_logs, households, lawful_way, members, never_lawful
from fanpin.testing import contract as contract_module
from fanpin.testing.strategies import random_case, random_household

EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2024, 5, 20)
NATIONAL = load_pack("national")


class TestWorkedCounty(PackContract):
    pack = str(EXAMPLES / "worked_county")
    examples = 20


class TestStudentScore(PackContract):
    pack = str(EXAMPLES / "published/student_score")
    examples = 20


# Each part can fail

PACK = 'name: mine\nlabel: {zh: 我, en: mine}\nversion: "1"\n'
RISK = "risks:\n  thirsty:\n    label: {zh: 渴, en: thirst}\n    when: water == 'not_met'\n    source: invented\n"
CASES = "day: 2024-05-20\ncases:\n  - {name: one, facts: {water: not_met}, risks: [thirsty]}\n"
LINE = "parameters:\n  line:\n    label: {zh: 线, en: line}\n    unit: CNY/year\n    values: []\n"
AND_HUNGER = "  hungry:\n    label: {zh: 饿, en: hunger}\n    when: food == 'not_met'\n    source: invented\n"
AID = "measures:\n  aid: {label: {zh: 救助, en: aid}, group: safety_net, answers: [thirsty], source: invented}\n"
IMPOSSIBLE = """
roles: {worker: {zh: 网格员, en: worker}}
values: {poor: {label: {zh: 困难, en: in need}, type: yes_no}}
workflows:
  w:
    label: {zh: 流程, en: procedure}
    lines: {main: [start, middle, finish]}
    steps:
      start: {label: {zh: 开始, en: start}, by: {worker: village}}
      middle: {label: {zh: 中间, en: middle}, holds: [poor, not poor]}
      finish: {label: {zh: 结束, en: finish}, ends: yes}
"""


def contract(folder: Path, **files: str) -> PackContract:
    """The contract of a pack of these files."""
    for name, text in {"pack": PACK, "rules": RISK, "cases": CASES, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    contract_module._loaded.cache_clear()

    class Mine(PackContract):
        pack = str(folder)
        examples = 5

    return Mine()


PARTS = sorted(name for name in vars(PackContract) if name.startswith("test_"))


@pytest.mark.parametrize("part", PARTS)
def test_a_sound_pack_keeps_to_every_part(part: str, tmp_path: Path) -> None:
    workflow = IMPOSSIBLE.replace("[poor, not poor]", "[poor]")
    getattr(contract(tmp_path, workflow=workflow), part)()


@pytest.mark.parametrize(
    ("part", "files"),
    [
        ("test_its_cases_come_out_as_written", {"cases": CASES.replace("[thirsty]", "[]")}),
        ("test_every_label_is_in_both_languages", {"rules": RISK.replace("zh: 渴", "zh: thirst")}),
        ("test_every_label_is_in_both_languages", {"rules": RISK.replace("en: thirst", "en: 渴")}),
        ("test_whatever_decides_names_its_source", {"rules": RISK.replace("    source: invented\n", "")}),
        ("test_every_parameter_has_a_value",
         {"parameters": LINE, "rules": RISK.replace("water == 'not_met'", "wage_income < line")}),
        ("test_every_procedure_can_be_kept_to", {"workflow": IMPOSSIBLE}),
        ("test_it_says_nothing_that_a_pack_seldom_means", {"rules": RISK + AND_HUNGER, "measures": AID}),
    ],
)  # fmt: skip
def test_a_pack_that_breaks_a_part_fails_it(part: str, files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        getattr(contract(tmp_path, **files), part)()


def test_what_is_graded_otherwise_in_a_table_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(*frames: Any, **keys: Any) -> Any:
        from fanpin.grading import grade_frames

        return grade_frames(*frames, **keys).with_columns(status=pl.lit("clear"))

    monkeypatch.setattr(contract_module, "grade_frames", shifted)
    with pytest.raises(AssertionError):
        contract(tmp_path).test_random_households_are_graded_alike_one_by_one_and_in_a_table()


def test_an_empty_sentence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = load_pack("example")
    household, case = pack.household({"household_id": "1"}), Case.open("identification", pack=pack, id="1")
    contract_module._explained(household, pack, DAY)
    contract_module._told(case, pack)
    monkeypatch.setattr("fanpin.grading.Assessment.explain", lambda *_: " ")
    monkeypatch.setattr("fanpin.cases.Case.text", lambda *_: "")
    with pytest.raises(AssertionError):
        contract_module._explained(household, pack, DAY)
    with pytest.raises(AssertionError):
        contract_module._told(case, pack)


# Random things of a pack


def test_random_households_meet_the_thresholds_of_the_pack() -> None:
    """At the line exactly, and a fen beside it: what a test of "at least" needs."""
    pack = load_pack("example")
    seen = {random_household(pack, Random(n)).disaster_loss for n in range(2000)}
    assert {9999.99, 10000, 10000.01} <= seen


@settings(max_examples=10, deadline=None)
@given(households(load_pack("example")), members(NATIONAL))
def test_random_households_and_members_can_be_graded(household: Any, member: Any) -> None:
    pack = load_pack("example")
    assert grade(household, pack=pack, on=DAY).status in ("graded", "unknown", "clear")
    one = pack.household({"household_id": "2", "members": [member.model_dump()]})
    assert grade(one, pack=pack, on=DAY).household_id == "2"


def test_random_cases_are_lawful_and_not() -> None:
    drawn = [random_case(NATIONAL, "identification", DAY, Random(n)) for n in range(200)]
    kinds = {violation.kind for case in drawn for _, violation in case.violations}
    assert {"order", "role", "papers", "unknown_step", "no_actor", "not_a_value"} <= kinds
    assert any(len(case.events) > 6 and not case.violations for case in drawn)
    assert any(case.ended and not case.violations for case in drawn)


@settings(max_examples=10, deadline=None)
@given(cases(NATIONAL, "identification"))
def test_cases_may_be_drawn(case: Case) -> None:
    assert case.workflow.name == "identification"


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_random_logs_are_found_to_be_what_their_cases_are(data: Any) -> None:
    rows = data.draw(event_logs(NATIONAL, "identification", most=3))
    if not rows:
        return
    log = pl.DataFrame(rows, infer_schema_length=None)
    checked = check_log(log, pack=NATIONAL, as_of=date(2026, 1, 1), workflow="identification")
    assert checked.events == len(rows)


def test_a_lawful_way_keeps_to_the_procedure() -> None:
    way = lawful_way(NATIONAL, "identification", DAY)
    assert way is not None
    assert not [violation for _, violation in way.violations if violation.refusing]
    case = Case.open("identification", pack=NATIONAL, id="1")
    for event in way.events:
        case = case.record(event)
    assert case.holds("closed")


def test_the_lines_end_is_what_a_lawful_way_comes_to(tmp_path: Path) -> None:
    mine = contract(tmp_path, workflow=IMPOSSIBLE).loaded
    assert lawful_way(mine, "w", DAY) is None
    assert never_lawful(mine, "w", DAY) == {"middle", "finish"}
