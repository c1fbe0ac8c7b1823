"""Results that hang on tables: refused where they do, sure where they are sure anyway; of members one by one."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fanpin import Assessment, Verdict, grade, grade_frames, load_pack
from tests.county_frames import by_itself, frames_of
from tests.test_grade_frames import rows_of

ON = date(2024, 5, 1)
_FILES = {
    "pack.yaml": "name: p\nversion: 1.0.0\nlabel: {zh: 包, en: pack}\nextends: example\nregion: '990001'\n",
    "facts.yaml": """
facts:
  rooms: {label: {zh: 房间数, en: rooms}, type: whole, at_most: 12}
  burnt: {label: {zh: 失火, en: burnt}, type: yes_no}
members:
  needs_care: {label: {zh: 需照料, en: needs care}, type: yes_no}
""",
    "parameters.yaml": """
parameters:
  each: {label: {zh: 每人, en: each}, unit: CNY/year, values: [{for: 2024, value: 100.5, source: test}]}
""",
    "rules.yaml": """
definitions:
  by_room:
    label: {zh: 按房间, en: by rooms}
    unit: CNY/year
    table: {keys: [rooms], rows: [{at: {rooms: "1..3"}, for: 2024, value: 200, source: test}]}
  by_care:
    label: {zh: 按照料, en: by care}
    of: members
    unit: CNY/year
    table: {keys: [m.needs_care], rows: [{at: {m.needs_care: "yes"}, for: 2024, value: 300, source: test}]}
  adult: {label: {zh: 成年, en: adult}, of: members, is: age(m.birth_date) >= 18}
  years: {label: {zh: 年龄, en: years}, of: members, is: age(m.birth_date)}
risks:
  alone: {label: {zh: 无成年人, en: no adult}, when: not any(m.adult or m.years >= 90 for m in members)}
  cramped: {label: {zh: 住房挤, en: cramped}, when: burnt and by_room > each}
  tended: {label: {zh: 有人照料, en: tended}, when: any(m.by_care > each for m in members if m.adult)}
""",
    "results.yaml": """
results:
  for_all: {label: {zh: 人头, en: for all}, amount: sum(each for m in members), round: {to: fen, how: down}}
  care: {label: {zh: 照料, en: care}, amount: sum(m.by_care for m in members), round: {to: fen, how: down}}
  level:
    label: {zh: 等级, en: level}
    one_of:
      first: {label: {zh: 一, en: first}, when: rooms > 5}
      second: {label: {zh: 二, en: second}, when: by_room > each}
  rebuilt:
    label: {zh: 重建, en: rebuilt}
    amount: each
    round: {to: fen, how: down}
    left_to: {county: burnt and by_room > each}
  moved: {label: {zh: 搬迁, en: moved}, when: {cramped: cramped or rooms > 8}}
  at_home: {label: {zh: 居家, en: at home}, when: {tended: not tended}}
  grown:
    label: {zh: 成年人, en: grown}
    amount: sum(m.years * each for m in members if m.adult)
    round: {to: fen, how: down}
""",
}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("pack")
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_pack(folder)


def graded(pack: Any, **facts: Any) -> Assessment:
    """What grading says, which frames must say too."""
    household = pack.household({"household_id": "1", **facts})
    for lazy in (False, True):
        households, members = frames_of([household])
        frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
        assert rows_of(grade_frames(*frames, pack=pack, on=ON)) == [by_itself(household, pack, ON)]
    return grade(household, pack=pack, on=ON)


def members(*care: bool | None) -> dict[str, Any]:
    rows = [{"needs_care": said, "birth_date": date(1980, 1, 1)} for said in care]
    return {"size": len(rows), "members": rows, "members_complete": True}


def test_what_is_the_same_for_every_member_is_summed_for_each(pack: Any) -> None:
    assert graded(pack, **members(True, True, False)).result("for_all").amount == 301.5


@pytest.mark.parametrize(
    ("care", "state", "amount"),
    [
        ((True, True), "known", 600.0),
        ((True, False), "refused", None),
        ((True, None), "unknown", None),
        ((None, False), "refused", None),
    ],
)
def test_a_sum_over_members_hangs_on_the_row_of_each(pack: Any, care: Any, state: str, amount: Any) -> None:
    outcome = graded(pack, **members(*care)).result("care")
    assert outcome.state == state
    if state != "unknown":
        assert outcome.amount == amount


@pytest.mark.parametrize(
    ("rooms", "state", "kind"),
    [(7, "known", "first"), (2, "known", "second"), (4, "refused", None), (None, "unknown", None)],
)
def test_a_kind_that_is_sure_stands_whatever_a_later_one_hangs_on(pack: Any, rooms: Any, state: str, kind: Any) -> None:
    outcome = graded(pack, rooms=rooms).result("level")
    assert (outcome.state, outcome.kind) == (state, kind)


@pytest.mark.parametrize(
    ("burnt", "rooms", "state"),
    [(False, 4, "known"), (True, 4, "refused"), (True, 2, "left"), (None, 2, "unknown"), (None, 4, "refused")],
)
def test_who_decides_may_hang_on_a_table_too(pack: Any, burnt: Any, rooms: int, state: str) -> None:
    assert graded(pack, burnt=burnt, rooms=rooms).result("rebuilt").state == state


@pytest.mark.parametrize(
    ("burnt", "rooms", "state"),
    [(True, 2, "known"), (True, 4, "refused"), (None, 4, "refused"), (False, 4, "known"), (None, 9, "known"),
     (None, 2, "unknown"), (True, None, "unknown")],
)  # fmt: skip
def test_a_result_hangs_on_the_tables_of_the_risks_that_it_reads(pack: Any, burnt: Any, rooms: Any, state: str) -> None:
    assert graded(pack, burnt=burnt, rooms=rooms).result("moved").state == state


def test_a_condition_that_reads_a_risk_says_what_the_risk_is(pack: Any) -> None:
    said = {rooms: graded(pack, burnt=True, rooms=rooms).result("moved").explain("zh") for rooms in (2, 4)}
    assert said[2].splitlines()[1:] == ["  条件符合：风险“住房挤”：是"]
    assert said[4].splitlines() == ["搬迁：不能计算：对照表没有对应的行", "  条件尚不能确定：风险“住房挤”：未知"]
    clear = graded(pack, burnt=False, rooms=4).result("moved").explain("en")
    assert "condition not met: the risk 'cramped': no, rooms (4) is at most 8" in clear


@pytest.mark.parametrize(
    ("care", "state"), [((True,), "known"), ((True, False), "known"), ((False,), "refused"), ((None, False), "refused")]
)
def test_also_where_a_risk_reads_a_table_of_members(pack: Any, care: Any, state: str) -> None:
    assert graded(pack, **members(*care)).result("at_home").state == state


@pytest.mark.parametrize(("ruling", "state"), [(None, "refused"), ("confirmed", "known"), ("rejected", "known")])
def test_a_verdict_on_the_risk_leaves_nothing_to_hang_on(pack: Any, ruling: Any, state: str) -> None:
    household = pack.household({"household_id": "1", "burnt": True, "rooms": 4})
    verdicts = [] if ruling is None else [Verdict("cramped", ruling, by="county", day=ON, reason="seen")]
    assert grade(household, pack=pack, on=ON, verdicts=verdicts).result("moved").state == state


def test_definitions_of_members_are_told_and_kept(pack: Any) -> None:
    found = graded(pack, **members(True, True))
    assert found.result("grown").amount == 2 * 44 * 100.5
    assert found.finding("alone").values["members.years"] == [44.0, 44.0]
    assert found.finding("alone").values["members.adult"] == [True, True]
    for language in ("zh", "en"):
        assert "8,844" in found.result("grown").explain(language)
    assert Assessment.from_dict(found.to_dict()) == found


def test_of_a_table_that_no_rule_reads_nothing_is_wrong(tmp_path: Path) -> None:
    no_risk = _FILES["rules.yaml"].partition("risks:")[0]
    for name, text in {**_FILES, "rules.yaml": no_risk, "results.yaml": "results: {}\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    frame = pl.DataFrame({"household_id": ["1"], "rooms": [7]})
    said = grade_frames(frame, pack=load_pack(tmp_path), on=ON)
    assert said["faults"].to_list() == [[]]


def test_a_result_that_hangs_on_a_risk_asks_what_the_risk_asks(tmp_path: Path) -> None:
    result = "results:\n  help: {label: {zh: 帮, en: help}, when: {alone: count(risks) > 0}}\n"
    for name, text in {**_FILES, "results.yaml": result}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    pack = load_pack(tmp_path)
    household = pack.household({"household_id": "1", "size": 1, "members": [{}], "members_complete": True})
    asked = grade(household, pack=pack, on=ON).result("help").to_ask
    assert ("members", "birth_date") in {(question.collection, question.fact) for question in asked}
