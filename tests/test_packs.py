"""Packs: found by name or path, merged over what they extend, checked, hashed by content."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fanpin import Household, Pack, PackError, grade, load_pack
from fanpin.packs import json_schema
from fanpin.packs.shapes import FILES
from fanpin.plugins import PluginManager, hookimpl

SMALL = Path(__file__).parent / "packs" / "small"
ON = date(2024, 5, 1)
Write = Callable[..., Path]
LINE = """
parameters:
  medical_line:
    values:
    - {for: 2024, value: 9000, source: mine}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a pack that extends the small one; each keyword is a file."""

    def write(name: str = "mine", extends: str = "", pack: str = "", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        base = extends or str(SMALL)
        shutil.copytree(SMALL, tmp_path / "small", dirs_exist_ok=True)
        head = f'name: {name}\nlabel: {{zh: 我的, en: mine}}\nversion: "1"\nextends: {extends or "../small"}\n'
        assert base
        (folder / "pack.yaml").write_text(head + pack, encoding="utf-8")
        for file, text in files.items():
            (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def codes(refused: pytest.ExceptionInfo[PackError]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_a_pack_is_found_by_path_and_a_shipped_one_by_name() -> None:
    assert load_pack(SMALL).name == load_pack(SMALL / "pack.yaml").name == "small"
    assert load_pack("national").name == "national"


def test_a_name_nobody_brings_is_refused_with_what_there_is() -> None:
    with pytest.raises(PackError, match="zhalaite"):
        load_pack("zhalaite_")


# extends


def test_an_extending_pack_overrides_only_what_it_names(write: Write) -> None:
    mine = load_pack(
        write(parameters="parameters:\n  medical_line:\n    values:\n      - {for: 2024, value: 9000, source: mine}\n")
    )
    small = load_pack(SMALL)
    assert mine.shape.parameters["medical_line"].label == small.shape.parameters["medical_line"].label
    assert [str(row.value) for row in mine.shape.parameters["medical_line"].values] == ["9000"]
    assert mine.shape.parameters["net_income_line"] == small.shape.parameters["net_income_line"]
    assert mine.shape.risks == small.shape.risks


def test_the_region_is_not_inherited(write: Write) -> None:
    assert load_pack(write()).region is None
    assert load_pack(write("theirs", pack='region: "990002"\n')).region == "990002"


def test_a_pack_may_leave_out_what_its_base_has(write: Write) -> None:
    mine = load_pack(write(pack="without: [risks.schooling]\n"))
    assert list(mine.rules.risks) == ["illness", "unsafe_water"]


def test_leaving_out_what_is_not_there_is_refused(write: Write) -> None:
    with pytest.raises(PackError) as refused:
        load_pack(write(pack="without: [risks.floods]\n"))
    assert codes(refused) == ["nothing-to-leave-out"]


def test_packs_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / name).mkdir()
        text = f'name: {name}\nlabel: {{zh: 一, en: one}}\nversion: "1"\nextends: ../{other}\n'
        (tmp_path / name / "pack.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load_pack(tmp_path / "one")
    assert codes(refused) == ["extends-cycle"]


# facts


FACTS = """
facts:
  heating_cost:
    label: {zh: 取暖费, en: heating cost}
    type: money
    unit: CNY/year
    headers: [冬季取暖支出]
  fuel:
    label: {zh: 燃料, en: fuel}
    type: choice
    values: {coal: {zh: 煤, en: coal}, wood: {zh: 柴, en: wood}}
    other: allowed
members:
  lives_here:
    label: {zh: 常住, en: lives here}
    type: yes_no
collections:
  bills:
    label: {zh: 账单, en: bills}
    max_rows: 4
    facts:
      amount: {label: {zh: 金额, en: amount}, type: money, unit: CNY/year}
      day: {label: {zh: 日期, en: day}, type: date}
"""
RULES = """
risks:
  heating:
    label: {zh: 取暖负担, en: heating burden}
    when: >-
      heating_cost > medical_line and fuel == 'coal' and any(m.lives_here for m in members)
      or sum(b.amount for b in bills if b.day in last(12, months, before=on)) > medical_line
    source: invented
"""


def test_a_pack_may_add_facts_and_collections(write: Write) -> None:
    mine = load_pack(write(pack='region: "990001"\n', facts=FACTS, rules=RULES))
    known = {"household_id": "1", "size": 1, "members": [{"lives_here": True}], "bills": []}
    cold = mine.household({**known, "heating_cost": 30000, "fuel": "coal"})
    assert grade(cold, pack=mine, on=ON).finding("heating").state == "holds"
    billed = {**known, "fuel": "gas", "heating_cost": 1}
    old, new = ({"amount": 20000.01, "day": d} for d in ("2023-05-01", "2023-05-02"))
    assert grade(mine.household({**billed, "bills": [old]}), pack=mine, on=ON).finding("heating").state == "clear"
    assert grade(mine.household({**billed, "bills": [new]}), pack=mine, on=ON).finding("heating").state == "holds"
    bills_unknown = mine.household({**billed, "bills": None})
    assert grade(bills_unknown, pack=mine, on=ON).finding("heating").state == "unknown"


def test_a_plain_household_is_unknown_in_a_packs_own_facts(write: Write) -> None:
    mine = load_pack(write(pack='region: "990001"\n', facts=FACTS, rules=RULES))
    found = grade(Household(household_id="1", size=1, members=[]), pack=mine, on=ON)
    assert found.finding("heating").state == "unknown"
    assert "heating_cost" in [q.fact for q in found.to_ask]


def test_a_known_fact_can_not_be_declared_again(write: Write) -> None:
    facts = "facts:\n  wage_income: {label: {zh: 工资, en: wage}, type: money, unit: CNY/year}\n"
    with pytest.raises(PackError) as refused:
        load_pack(write(facts=facts))
    assert codes(refused) == ["fact-exists"]


def test_a_name_that_the_model_needs_is_refused_with_its_line(write: Write) -> None:
    facts = "facts:\n  net_income: {label: {zh: 名, en: name}, type: yes_no}\n"
    with pytest.raises(PackError) as refused:
        load_pack(write(facts=facts))
    assert [(p.code, p.place.line) for p in refused.value.problems if p.code == "fact-name"] == [("fact-name", 2)]


def test_a_fact_may_be_settled_by_a_level_rather_than_at_the_door(write: Write) -> None:
    mine = load_pack(write(pack='region: "990001"\n', facts="decided_by:\n  water: county\n"))
    (question,) = grade(
        Household(household_id="1", size=1, members=[{"out_of_pocket": 0, "in_school": True}]), pack=mine, on=ON
    ).to_ask
    assert (question.fact, question.asked_of) == ("water", "county")
    assert "由县（旗）认定" in question.text("zh")


def test_only_a_fact_that_there_is_can_be_settled(write: Write) -> None:
    with pytest.raises(PackError, match="did you mean water"):
        load_pack(write(facts="decided_by:\n  watr: county\n"))


# parameters read at a day of their own


AT_RULES = """
risks:
  large_bill:
    label: {zh: 大额账单, en: large bill}
    when: any(b.amount > medical_line.at(b.day) for b in bills)
    source: invented
"""


@pytest.mark.parametrize(
    ("day", "amount", "state"),
    [
        ("2023-12-31", 16000, "holds"),  # over 15,000, the line of 2023
        ("2024-01-01", 16000, "clear"),  # not over 20,000, the line of 2024
        ({"lo": "2023-12-01", "hi": "2024-01-31"}, 16000, "unknown"),
        ({"lo": "2023-12-01", "hi": "2024-01-31"}, 20001, "holds"),
    ],
)
def test_a_parameter_is_read_at_the_day_of_a_row(write: Write, day: object, amount: float, state: str) -> None:
    mine = load_pack(write(pack='region: "990001"\n', facts=FACTS, rules=AT_RULES))
    billed = mine.household({"household_id": "1", "size": 1, "members": [], "bills": [{"amount": amount, "day": day}]})
    found = grade(billed, pack=mine, on=ON)
    assert found.finding("large_bill").state == state
    assert found.explain("zh")
    assert found.to_dict()


def test_a_day_without_a_value_is_a_refusal(write: Write) -> None:
    mine = load_pack(write(pack='region: "990001"\n', facts=FACTS, rules=AT_RULES))
    billed = mine.household({"household_id": "1", "bills": [{"amount": 1, "day": "2022-12-31"}]})
    with pytest.raises(Exception, match="2022-12-31"):
        grade(billed, pack=mine, on=ON)


# age of data


def test_facts_that_are_too_old_are_unknown(write: Write) -> None:
    mine = load_pack(write(pack='region: "990001"\nfacts_valid_months: 12\n'))
    fresh = Household(household_id="1", as_of=date(2023, 5, 1), water="not_met")
    old = fresh.model_copy(update={"as_of": date(2023, 4, 30)})
    assert grade(fresh, pack=mine, on=ON).risks == ("unsafe_water",)
    found = grade(old, pack=mine, on=ON)
    assert found.finding("unsafe_water").state == "unknown"
    assert [fault.code for fault in found.faults] == ["facts-too-old"]


def test_what_rules_are_not_to_read_decides_nothing(write: Write) -> None:
    rules = "risks:\n  odd: {label: {zh: 怪, en: odd}, when: not members_complete, source: x}\n"
    with pytest.raises(PackError) as refused:
        load_pack(write(rules=rules))
    assert codes(refused) == ["text-fact"]


# hash


def test_the_hash_is_of_the_content_and_not_of_the_layout(write: Write) -> None:
    one = load_pack(write("one", parameters=LINE))
    other_layout = """
# a comment
parameters:
  medical_line:
    values:
    -
      for: '2024'
      value: "9000"
      source: mine
"""
    two = write("two", parameters=other_layout)
    head = (two / "pack.yaml").read_text(encoding="utf-8")
    (two / "pack.yaml").write_text(head.replace("two", "one"), encoding="utf-8")
    assert load_pack(two).hash == one.hash


@pytest.mark.parametrize("change", [("9000", "9001"), ("mine}", "theirs}")])
def test_a_value_and_a_source_are_content(write: Write, change: tuple[str, str]) -> None:
    one = load_pack(write("one", parameters=LINE))
    two = load_pack(write("two", parameters=LINE.replace(*change)))
    assert one.shape.parameters != two.shape.parameters
    assert one.hash != two.hash


# plugins


def test_a_plugin_brings_packs_by_the_same_hook() -> None:
    class Plugin:
        @hookimpl
        def fanpin_packs(self) -> dict[str, Path]:
            return {"ours": SMALL}

    manager = PluginManager.with_shipped()
    manager.register(Plugin(), "ours")
    assert load_pack("ours", plugins=manager).name == "small"
    assert "national" in manager.packs()


def test_a_failing_plugin_is_named_and_the_others_go_on() -> None:
    class Broken:
        @hookimpl
        def fanpin_packs(self) -> dict[str, Path]:
            raise RuntimeError("no disk")

    manager = PluginManager.with_shipped()
    manager.register(Broken(), "broken-county")
    assert "national" in manager.packs()
    assert "broken-county" in manager.problems[0].text("en")
    assert "no disk" in manager.problems[0].text("zh")


def test_two_packs_of_one_name_are_said() -> None:
    class Second:
        @hookimpl
        def fanpin_packs(self) -> dict[str, Path]:
            return {"national": SMALL}

    manager = PluginManager.with_shipped()
    manager.register(Second(), "second")
    assert manager.packs()["national"] != SMALL
    assert [problem.code for problem in manager.problems] == ["pack-twice"]


# JSON Schema


@pytest.mark.parametrize("file", FILES)
def test_a_json_schema_is_published_for_every_file(file: str) -> None:
    schema = json_schema(file)
    assert set(schema["properties"]) == set(FILES[file])


def test_a_typed_subclass_of_household_brings_facts() -> None:
    from fanpin.household import YesNo, fact

    class County(Household):
        by_the_river: YesNo = fact("临河", "by the river")

    pack: Pack = load_pack(SMALL, household=County)
    assert "by_the_river" in pack.facts.household
    assert isinstance(pack.household({"household_id": "1", "by_the_river": True}), County)
