"""Results stand in the columns of frames and queries as grading one household says them."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from fanpin import Between, PackError, Verdict, grade, grade_frames, load_pack
from fanpin.columns import NAMES
from fanpin.result_words import COLUMNS, OF_MEMBERS
from fanpin.results import COLUMN_NAMES
from tests.county_frames import by_itself, frames_of
from tests.paying_cases import PAYING, wrong_payments
from tests.random_results import REGIONS
from tests.result_laws import ON, households_of
from tests.test_grade_frames import rows_of
from tests.test_to_sql import engine, expected_of, graded_by

__all__ = ["engine"]  # a fixture

STATES = {"known", "unknown", "refused", "left"}


HOUSEHOLDS = households_of(PAYING, Random(1), 150, REGIONS)


def test_the_pack_comes_to_what_was_worked_out_by_hand() -> None:
    assert list(wrong_payments()) == []


@pytest.mark.parametrize("lazy", [True, False])
def test_frames_say_what_grading_one_by_one_says(lazy: bool) -> None:
    households, members = frames_of(HOUSEHOLDS)
    frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
    said = rows_of(grade_frames(*frames, pack=PAYING, on=ON))
    assert said == [by_itself(h, PAYING, ON) for h in HOUSEHOLDS]
    for name in ("medical_aid", "class_grant", "level", "proposal", "house"):
        assert len({row[f"{name}__state"] for row in said}) >= 2, "not all alike"
    assert {row[f"{name}__state"] for row in said for name in ("class_grant", "house")} == STATES
    assert {fault for row in said for fault in row.get("faults", ())} >= {
        "table-no-row:per_class", "score-twice:hardship.kind", "facts-after-day:as_of", "does-not-apply:rent",
        "does-not-apply:members.left_on",
    }  # fmt: skip


def test_databases_say_what_grading_one_by_one_says(engine: Any) -> None:
    assert graded_by(engine, PAYING, ON, *frames_of(HOUSEHOLDS[:60])) == expected_of(HOUSEHOLDS[:60], PAYING, ON)


def test_the_columns_follow_the_others_in_the_order_of_the_pack() -> None:
    said = grade_frames(*frames_of(HOUSEHOLDS[:3]), pack=PAYING, on=ON)
    assert said.columns == [
        *NAMES,
        "medical_aid__lo", "medical_aid__hi", "medical_aid__state",
        "relief__lo", "relief__hi", "relief__state",
        "class_grant__lo", "class_grant__hi", "class_grant__state",
        "level", "level__possible", "level__state",
        "proposal", "proposal__possible", "proposal__state",
        "house", "house__possible", "house__state",
        "lately_left", "lately_left__possible", "lately_left__state",
    ]  # fmt: skip


def test_a_household_that_is_refused_has_no_result() -> None:
    frame = pl.DataFrame({"household_id": ["1", "1"], "aid_class": ["other", "other"], "rooms": [3, 3]})
    said = grade_frames(frame, pack=PAYING, on=ON)
    assert said["status"].to_list() == ["refused"] * 2
    shown = said.select(pl.exclude(NAMES))
    states = [name for name in shown.columns if name.endswith("__state")]
    assert shown.select(states).unique().rows() == [("refused",) * len(states)]
    assert all(value is None for value in shown.drop(states).row(0))


def test_an_amount_is_in_yuan_to_the_last_fen() -> None:
    frame = pl.DataFrame({"household_id": ["1"], "aid_class": ["destitute"], "rooms": [1]})
    (row,) = grade_frames(frame, pack=PAYING, on=ON).iter_rows(named=True)
    assert (row["class_grant__lo"], row["class_grant__hi"]) == (1000.05, 1000.05)


def test_a_verdict_leaves_results_alone_that_read_no_risk() -> None:
    verdict = Verdict("unsafe_water", "confirmed", by="county", day=ON, reason="seen")
    verdicts = {household.household_id: [verdict] for household in HOUSEHOLDS[:9]}
    said = rows_of(grade_frames(*frames_of(HOUSEHOLDS[:9]), pack=PAYING, on=ON, verdicts=verdicts))
    assert said == [by_itself(h, PAYING, ON, [verdict]) for h in HOUSEHOLDS[:9]]


# What is wrong with the facts


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({"rents": False, "rent": 0}, []),
        ({"rents": False}, []),
        ({"rents": True, "rent": 500}, []),
        ({"rent": 500}, []),
        ({"rents": False, "rent": Between(0, 500)}, []),
        ({"rents": False, "rent": Between(1, 500)}, ["does-not-apply:rent"]),
        ({"rents": False, "rent": 500}, ["does-not-apply:rent"]),
        ({"members": [{"away": False, "left_on": date(2024, 1, 1)}]}, ["does-not-apply:members.left_on"]),
        ({"members": [{"away": True, "left_on": date(2024, 1, 1)}, {"left_on": date(2024, 1, 1)}]}, []),
        ({"as_of": ON}, []),
        ({"as_of": date(2024, 5, 2)}, ["facts-after-day:as_of"]),
    ],
)
def test_a_fault_is_what_does_not_apply_or_is_of_a_day_to_come(facts: dict[str, Any], faults: list[str]) -> None:
    household = PAYING.household({"household_id": "1", **facts})
    found = grade(household, pack=PAYING, on=ON).faults
    assert [f"{fault.code}:{fault.place.field}" for fault in found] == faults
    for fault in found:
        assert "500" not in fault.text("zh") + fault.text("en"), "a fault repeats no value"
    assert rows_of(grade_frames(*frames_of([household]), pack=PAYING, on=ON)) == [by_itself(household, PAYING, ON)]


def test_what_does_not_apply_counts_as_none() -> None:
    facts = {"aid_class": "minimum", "bill": 9000, "paid_before": 0, "rents": False}
    said, none = (
        grade(PAYING.household({"household_id": "1", **facts, "rent": rent}), pack=PAYING, on=ON).results
        for rent in (99_999, None)
    )
    assert said == none


def test_facts_of_a_day_to_come_are_graded_all_the_same() -> None:
    frame = pl.DataFrame({"household_id": ["1", "2"], "as_of": [ON, date(2024, 5, 2)], "water": ["not_met"] * 2})
    said = grade_frames(frame, pack=PAYING, on=ON)
    assert said["grade"].to_list() == ["red", "red"]
    assert said["faults"].to_list() == [[], ["facts-after-day:as_of"]]


def test_faults_are_told_in_words() -> None:
    frame = pl.DataFrame(
        {
            "household_id": ["1", "2"],
            "as_of": [date(2024, 5, 2), None],
            "rents": [False, None],
            "rent": [5.0, None],
            "aid_class": ["minimum", "destitute"],
            "rooms": [7, 0],
        }
    )
    assert grade_frames(frame, pack=PAYING, on=ON, labels="zh")["数据问题"].to_list() == [
        [
            "类别标准：没有与已知情况对应的行",
            "地租：不适用，却填了值",
            "采集日期：情况的日期晚于研判日期，仍按这些情况研判",
        ],
        ["困难评分（类别）：只计一项的有两项同时成立"],
    ]


# In words


def test_labels_are_headings_and_values_in_words() -> None:
    frame = pl.DataFrame(
        {"household_id": ["1", "2"], "aid_class": ["destitute"] * 2, "rooms": [0, 12], "proposed": [1e5, None]}
    )
    said = grade_frames(frame, pack=PAYING, on=ON, labels="zh")
    lo, hi, state = said.columns[len(NAMES) :][:3]
    assert (lo[:7], hi[:7], state) == ("医疗救助金下限", "医疗救助金上限", "医疗救助金的状态")
    assert said["建房的状态"].to_list() == ["由人决定", "已算定"]
    assert said["建房"].to_list() == [None, "不符合条件"]
    assert said["可能的拟发金额审核"].to_list() == [
        ["超过上限（须说明理由）"],
        ["超过上限（须说明理由）", "在限额以内"],
    ]
    spoken = grade_frames(frame, pack=PAYING, on=ON, labels="en")
    assert spoken[spoken.columns[len(NAMES) + 6]].to_list() == [1000.05, 800.0]
    assert spoken.columns[len(NAMES) + 6].startswith("class grant, at least")
    assert spoken["possible level of hardship"].to_list() == [["high", "middle"]] * 2


def test_headings_that_would_be_alike_are_told_apart(tmp_path: Path) -> None:
    pack = load_pack(written(tmp_path, {"a": "等级", "b": "等级", "c": "风险等级"}))
    frame = pl.DataFrame({"household_id": ["1"]})
    said = grade_frames(frame, pack=pack, on=ON, labels="zh").columns[len(NAMES) :]
    assert [said[at] for at in (0, 3, 6)] == ["等级", "等级 (b)", "风险等级 (c)"]


# Names


@pytest.mark.parametrize("name", ["household_id", "grade", "persons", "status_before", "pack"])
def test_a_result_is_not_named_like_a_column(name: str, tmp_path: Path) -> None:
    with pytest.raises(PackError) as refused:
        load_pack(written(tmp_path, {name: "名"}))
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.file and Path(problem.place.file).name) == ("name-twice", "results.yaml")
    assert f"'{name}' is the name of a result, and of a column of tables of results" in problem.text("en")


def test_two_results_have_no_column_in_common(tmp_path: Path) -> None:
    with pytest.raises(PackError) as refused:
        load_pack(written(tmp_path, {"a": "名", "a__state": "名"}))
    assert [problem.code for problem in refused.value.problems] == ["name-twice"]


def test_the_names_that_are_taken_are_those_of_the_columns() -> None:
    assert (*COLUMNS, *OF_MEMBERS) == COLUMN_NAMES
    assert set(NAMES) <= set(COLUMN_NAMES)


def written(folder: Path, labels: dict[str, str]) -> Path:
    """A pack with results that admit, by their labels."""
    (folder / "pack.yaml").write_text("name: p\nversion: 1.0.0\nlabel: {zh: 包, en: pack}\nextends: example\n", "utf-8")
    said = [
        f"  {name}:\n    label: {{zh: {label}, en: x}}\n    when: {{few: size < 3}}\n" for name, label in labels.items()
    ]
    (folder / "results.yaml").write_text("results:\n" + "".join(said), encoding="utf-8")
    return folder
