"""Procedures are told what they seldom mean, and run all the same."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fanpin import load_pack
from tests.workflow.procedures import pack

LINE = ["a", "b", "c"]


def remarked(*lines: list[str], **keys: Any) -> list[tuple[str, str]]:
    """The code of each remark, and the step that it is on."""
    found = pack(*lines or (LINE,), **keys).workflow.remarks
    assert all(remark.text("zh") and remark.text("en") for remark in found)
    return [(remark.code, str(remark.details["name"])) for remark in found]


def test_a_line_of_which_nothing_is_odd() -> None:
    assert remarked() == []


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ({}, True),
        ({"needs": ["a"]}, True),
        ({"optional": True}, False),
        ({"repeats": True}, False),
        ({"clears": ["b"]}, False),
        ({"back_to": "b"}, False),
        ({"ends": True}, False),
        ({"standing": "monitored"}, False),
        ({"blocks": ["c"], "until": ["b"]}, False),
    ],
)
def test_a_step_that_a_line_forgot(beside: dict[str, Any], expected: bool) -> None:
    assert remarked(steps={"x": beside}) == [("step-beside-lines", "x")] * expected


@pytest.mark.parametrize(
    "of_c",
    [
        {"needs": ["x or b"]},
        {"right_after": ["x", "b"]},
        {"count": {"x": 1}},
        {"holds": ["x"]},
        {"also": {"urgent": {"when": "x", "evidence": ["photo"]}}},
    ],
)
def test_a_step_that_another_waits_for_is_none_that_a_line_forgot(of_c: dict[str, Any]) -> None:
    assert remarked(steps={"x": {}, "c": of_c}) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"until": ["y"]}, []),
        ({}, [("blocks-for-good", "x")]),
    ],
)
def test_a_block_that_nothing_lifts(more: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    y = {"optional": True}
    assert remarked(steps={"x": {"blocks": ["c"], **more}, "y": y}) == expected


@pytest.mark.parametrize("lifting", [{"clears": ["x"]}, {"back_to": "x"}])
def test_a_block_that_is_cleared_is_lifted(lifting: dict[str, Any]) -> None:
    assert remarked(steps={"x": {"blocks": ["c"]}, "y": lifting}) == []


@pytest.mark.parametrize(
    ("blocks", "optional", "expected"),
    [(["a", "c"], False, True), (["a", "c"], True, False), (["a", "b", "c"], False, False), (["b"], False, False)],
)
def test_a_block_with_a_hole(blocks: list[str], optional: bool, expected: bool) -> None:
    steps = {"x": {"blocks": blocks, "until": ["y"]}, "y": {"needs": ["x"]}, "b": {"optional": optional}}
    assert remarked(steps=steps) == [("block-with-a-hole", "x")] * expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"other_person_than": ["b"]}, [("other-than-itself", "b")]),
        ({"other_person_than": ["a"]}, []),
        ({"other_person_than": ["b"], "repeats": True}, []),
    ],
)
def test_another_person_than_itself(step: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert remarked(steps={"b": step}) == expected


@pytest.mark.parametrize(
    ("says", "expected"),
    [((), [("value-never-asked", "c")]), (("grade",), []), (("size",), [("value-never-asked", "c")])],
)
def test_a_condition_on_what_nobody_has_to_say(says: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    red = {"red": {"when": "grade == 'red'", "evidence": ["photo"]}}
    assert remarked(steps={"b": {"says": says}, "c": {"also": red}}) == expected


@pytest.mark.parametrize(
    ("since", "of_since", "of_c", "expected"),
    [
        ("x", {}, {}, True),
        ("x", {"optional": True}, {}, False),
        ("x", {}, {"needs": ["x"]}, False),
        ("x or b", {}, {}, False),  # b comes before c
        ("x", {"clears": ["b"]}, {}, False),  # which comes or not by its nature
    ],
)
def test_a_clock_that_may_never_start(
    since: str, of_since: dict[str, Any], of_c: dict[str, Any], expected: bool
) -> None:
    gaps = {"t": {"since": since, "at_most": 5}}
    assert remarked(steps={"x": of_since, "c": {"gaps": gaps, **of_c}}) == [("clock-by-chance", "c")] * expected


def test_a_clock_of_those_who_had_what_starts_it() -> None:
    late = {"late": {"when": "x", "gaps": {"t": {"since": "x", "at_most": 5}}}}
    assert remarked(steps={"x": {}, "c": {"also": late}}) == []


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [(9, 5, True), (5, 5, False), (9, "short", True), ("short", "long", False), (2, "5 if poor else 1", False)],
)
def test_a_time_that_nobody_can_keep(least: object, most: object, expected: bool) -> None:
    gaps = {"t": {"since": "a", "at_least": least, "at_most": most}}
    assert remarked(steps={"b": {"gaps": gaps}}) == [("gap-of-no-day", "b")] * expected


def test_a_time_that_nobody_can_keep_from_some_day_on() -> None:
    values = {date(2020, 1, 1): 20, date(2025, 1, 1): 10}
    gaps = {"t": {"since": "a", "at_least": 15, "at_most": "long"}}
    of = pack(LINE, steps={"b": {"gaps": gaps}}, parameters={"long": values})
    (remark,) = of.workflow.remarks
    assert remark.details["day"] == "2025-01-01"


EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["national", "zhalaite", "danfeng", "example", EXAMPLES / "county_procedure"])
def test_the_procedures_that_are_shipped_are_free_of_them(name: str | Path) -> None:
    of = load_pack(name)
    assert of.workflows
    assert [remark.text("zh") for workflow in of.workflows.values() for remark in workflow.remarks] == []


def test_what_a_county_forgot_is_among_the_remarks_of_its_pack(tmp_path: Path) -> None:
    """A step that was put beside the line, and not into it; the place is that of the step."""
    (tmp_path / "pack.yaml").write_text(
        'name: forgot\nlabel: {zh: 忘, en: forgot}\nversion: "1"\nextends: national\n', encoding="utf-8"
    )
    (tmp_path / "workflow.yaml").write_text(
        "workflows:\n  identification:\n    steps:\n      drawn:\n        label: {zh: 抽查, en: drawn}\n"
        "        by: {county_official: county}\n",
        encoding="utf-8",
    )
    (remark,) = load_pack(tmp_path).remarks
    assert (remark.code, remark.place.line) == ("step-beside-lines", 4)
