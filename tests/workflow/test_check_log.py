"""Logs as counties have them: headings, times, orders, rows that can't be read, and every kind of frame."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest
from xlsxwriter import Workbook

from fanpin.conformance import check_log
from fanpin.errors import DataError
from fanpin.event_tables import read_log
from fanpin.event_words import words_of
from fanpin.log_checks import LogCheck
from fanpin.log_views import deadline_lines
from tests.workflow.procedures import Pack, pack

STEPS: dict[str, dict[str, Any]] = {
    "clue": {"aliases": ["线索", "风险线索"], "repeats": True},
    "visit": {
        "aliases": ["入户核实"], "by": {"worker": ["village", "group"]}, "evidence": ["photo"],
        "gaps": {"answer": {"since": "clue", "at_most": "short"}},
    },
    "decision": {"aliases": ["审定"], "says": ["grade"]},
}  # fmt: skip
PACK = pack(["clue", "visit", "decision"], steps=STEPS)
ON = date(2024, 4, 1)
PLAIN = pack(["a", "b", "c"])  # nothing but an order
Rows = Sequence[Sequence[Any]]


def log(rows: Rows, headings: Iterable[str] = ("case", "step", "at"), types: Any = None) -> pl.DataFrame:
    names = list(headings)
    return pl.DataFrame(rows, {name: (types or {}).get(name, pl.String) for name in names}, orient="row")


def check(rows: Rows, headings: Iterable[str] = ("case", "step", "at"), of: Pack = PLAIN, **keys: Any) -> LogCheck:
    return check_log(log(rows, headings), pack=of, **{"as_of": ON, **keys})


def told(checked: LogCheck) -> list[tuple[int, str]]:
    """The row and the kind of each violation."""
    return checked._held[0].select("row", "kind").rows()


def problems(checked: LogCheck) -> list[tuple[int | None, str | None, str]]:
    return [(problem.place.row, problem.place.field, problem.code) for problem in checked.problems]


LAWFUL = [("1", "a", "2024-03-01"), ("1", "b", "2024-03-02"), ("1", "c", "2024-03-03")]


def test_a_lawful_log_has_no_row() -> None:
    checked = check(LAWFUL)
    assert (told(checked), problems(checked), checked.is_clean) == ([], [], True)
    assert (checked.cases, checked.events, checked.refused_cases, checked.later_events) == (1, 3, 0, 0)
    assert repr(checked) == (
        "<LogCheck 2024-04-01: 1 cases, 3 events, 0 violations, 0 of 0 deadlines overrun, 0 problems>"
    )


def test_a_violation_is_one_row_that_stands_for_itself() -> None:
    columns = ["办件编号", "环节", "办理日期", "经办人", "经办角色", "层级", "材料", "事件编号", "户编号", "村", "乡镇"]
    rows = [
        ("7", "风险线索", "2024-03-01", "甲", "网格员", "村级", None, "e1", "h7", "东村", "城关镇"),
        ("7", "入户核实", "2024-03-09", "甲", "网格长", "嘎查", "照片；其他", "e2", "h7", "东村", "城关镇"),
    ]
    (row,) = check(rows, columns, of=PACK).violations.to_dicts()
    assert row == {
        "row": 2, "case": "7", "household": "h7", "event": "e2", "sequence": 2, "step": "visit",
        "on": date(2024, 3, 9), "rule": "visit.gaps.answer.at_most", "kind": "late", "refusing": False,
        "expected": "3, 2024-03-01", "got": "2024-03-09", "over": 5, "days": "calendar", "source": None,
        "sentence_zh": "“「visit」”超过期限：从 2024-03-01 起应在3天内，2024-03-09 已超5天",
        "sentence_en": "'visit' is late: it was due within 3 days from 2024-03-01, and 2024-03-09 is 5 days past that",
        "help_zh": None, "help_en": None,
        "level": "village", "village": "东村", "township": "城关镇",
    }  # fmt: skip


def test_a_deadline_says_where_the_case_stands_and_who_is_waited_for() -> None:
    rows = [("1", "线索", "2024-03-01", "东村", "城关镇")]
    checked = check(rows, ["case", "step", "at", "村", "乡镇"], of=PACK)
    (row,) = checked.deadlines.select("at", "who_zh", "who_en", "days").rows()
    assert row == ("clue", "网格员（村、组）", "grid worker (village or group)", "calendar")
    with_all = checked.deadlines.to_dicts()
    assert [list(deadline_lines(with_all, language)) for language in ("zh", "en")] == [
        ["1（城关镇 东村）：「visit」：2024-03-04 前（已超期，已过28天）；由网格员（村、组）办理"],
        ["1 (城关镇 东村): visit: by 2024-03-04 (overrun, 28 days over); for grid worker (village or group)"],
    ]


def test_cases_that_begin_in_their_middle_are_counted_apart() -> None:
    rows = [
        ("1", "b", "2024-03-01"), ("1", "c", "2024-03-02"),  # begun last month
        ("2", "a", "2024-03-01"), ("2", "c", "2024-03-02"),  # from the start, and a step was left out
        ("3", "x", "2024-03-01"), ("3", "b", "2024-03-02"),  # what opens it may be called x
    ]  # fmt: skip
    checked = check(rows)
    assert checked.cut_cases == 1
    assert told(checked) == [(1, "order"), (4, "order"), (5, "unknown_step"), (6, "order")]
    assert "begin at the start: 1" in checked._repr_html_()
    assert check(rows[2:4]).cut_cases == 0


def test_a_row_says_what_would_make_it_right_and_what_may_have_been_meant() -> None:
    rows = [("7", "风险线", "2024-03-01"), ("7", "入户核实", "2024-03-02")]
    found = check(rows, of=PACK).violations.select("kind", "help_zh", "help_en").rows()
    assert found == [
        ("unknown_step", "是不是想写 风险线索？ 用规则包里的环节名或别名",
         "did you mean 风险线索? use a step of the pack, or an alias of one"),
        ("order", "先办「clue」；退回过的要重新办", "do clue first; what was sent back is to be done again"),
        ("no_actor", "由网格员办理，并写明经办人", "let grid worker do it, and name who did"),
        ("papers", "附上这些材料后再办", "attach them first"),
    ]  # fmt: skip


def test_what_no_pack_knows_may_be_a_name_and_is_in_no_result() -> None:
    columns = ["case", "step", "at", "actor", "role", "level", "evidence"]
    rows = [
        ("1", "线索", "2024-03-01", "甲", None, None, None),
        ("1", "入户核实", "2024-03-02", "甲", "王小明", "村", "照片"),
        ("2", "线索", "2024-03-01", "甲", None, None, None),
        ("2", "入户核实", "2024-03-02", "甲", "网格员", "王小明", "照片"),
        ("2", "王小明 13900001234", "2024-03-03", "甲", None, None, None),
        ("2", "入户走访", "2024-03-03", "甲", None, None, None),
    ]
    checked = check(rows, columns, of=PACK)
    found = checked.violations.select("step", "kind", "got", "level").rows()
    assert found == [
        ("visit", "role", "?", "village"), ("visit", "level", "?", "?"),
        ("***", "unknown_step", "***", None), ("入户走访", "unknown_step", "入户走访", None),
    ]  # fmt: skip
    assert checked.violations["sentence_en"][1].endswith("and here is one that the pack does not know")
    shown = [checked.violations.write_csv(), checked.summary("level").write_csv(), checked._repr_html_()]
    assert not [text for text in shown if "王小明" in text or "1390000" in text]


def test_a_running_deadline_is_one_row_of_its_case() -> None:
    rows = [("7", "线索", "2024-03-01", "h7", "东村"), ("8", "线索", "2024-03-30", "h8", "西村")]
    checked = check(rows, ["case", "step", "at", "household", "village"], of=PACK)
    first, second = checked.deadlines.to_dicts()
    assert first == {
        "row": 1, "case": "7", "household": "h7", "step": "visit", "of": None, "rule": "visit.gaps.answer.at_most",
        "since": date(2024, 3, 1), "due": date(2024, 3, 4), "latest": date(2024, 3, 4), "status": "overrun", "over": 28,
        "source": None, "sentence_zh": "「visit」：2024-03-04 前（已超期，已过28天）",
        "sentence_en": "visit: by 2024-03-04 (overrun, 28 days over)", "days": "calendar", "at": "clue",
        "who_zh": "网格员（村、组）", "who_en": "grid worker (village or group)", "village": "东村", "township": None,
    }  # fmt: skip
    assert (second["case"], second["status"]) == ("8", "due_soon")
    assert repr(checked) == (
        "<LogCheck 2024-04-01: 2 cases, 2 events, 0 violations, 1 of 2 deadlines overrun, 0 problems>"
    )


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


CSV = """\
二季度办理记录,,
办件,环节,登记日
7,线索,2024-03-01
,,
8,入户核实,2024-03-02
8,线索,不详
9,线索,2024-03-02,多
9,线索
"""


class TestFiles:
    """A file is taken by its path, and its rows are counted as they stand in it."""

    @staticmethod
    def checked(path: Path | str) -> LogCheck:
        return check_log(path, pack=PACK, as_of=ON, columns={"at": "登记日"})

    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_a_table_under_a_title(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "log.csv"
        path.write_text(CSV, encoding=encoding)
        checked = self.checked(str(path))
        assert told(checked) == told(self.checked(path))
        assert {row for row, _ in told(checked)} == {5}
        assert checked.violations["row"].to_list() == [row for row, _ in told(checked)]
        assert checked.deadlines["row"].to_list() == [3]
        assert problems(checked) == [
            (6, None, "log-not-a-time"), (7, None, "row-too-long"), (8, None, "log-cell-empty"),
        ]  # fmt: skip
        assert {problem.place.file for problem in checked.problems} == {"log.csv"}
        assert [(note.place.row, note.code) for note in checked.notes] == [(8, "row-too-short")]
        path.write_text(CSV.replace("登记日", "登记日,谁办的", 1), encoding=encoding)
        left = self.checked(path).notes[0]
        assert (left.code, left.place.file) == ("log-columns-left", "log.csv")
        assert (checked.cases, checked.events, checked.is_clean) == (2, 2, False)

    def test_a_sheet_of_a_workbook(self, tmp_path: Path) -> None:
        rows = log([("7", "线索", "2024-03-01"), ("7", "入户核实", "2024-03-09")], ["办件", "环节", "登记日"])
        with Workbook(path := tmp_path / "log.xlsx") as book:
            rows.write_excel(book, "一季度")
            rows.head(1).write_excel(book, "二季度")
        assert ("late" in {kind for _, kind in told(self.checked(path))}, self.checked(path).events) == (True, 2)
        assert [problem.code for problem in self.checked(path).notes] == ["table-sheets-left"]
        second = read_log(path, words_of(PACK.workflow), columns={"at": "登记日"}, sheet="二季度")
        assert check_log(second, pack=PACK, as_of=ON).events == 1

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(DataError) as refused:
            self.checked(tmp_path / "log.csv")
        assert [problem.code for problem in refused.value.problems] == ["file-not-found"]


# ── columns ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headings",
    [
        ("case", "step", "at"), ("case_id", "activity", "timestamp"), ("办件编号", "环节名称", "办理时间"),
        ("Case", " STEP ", "Ａｔ"), ("线索编号", "步骤", "完成时间"),
    ],
)  # fmt: skip
def test_headings_that_are_known(headings: Sequence[str]) -> None:
    assert check(LAWFUL, headings).cases == 1


def test_a_map_names_columns() -> None:
    rows = [(at, case, step) for case, step, at in LAWFUL[:2]]
    checked = check(rows, ["甲", "乙", "丙"], columns={"case": "乙", "step": "丙", "at": "甲"})
    assert (checked.cases, checked.events) == (1, 2)


def test_a_map_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "columns.yaml"
    file.write_text("case: 乙\nstep: 丙\nat: 甲\n", encoding="utf-8")
    rows = [(at, case, step) for case, step, at in LAWFUL]
    for path in (file, str(file)):
        assert check(rows, ["甲", "乙", "丙"], columns=path).events == 3


def test_a_map_goes_before_what_headings_say() -> None:
    rows = [("1", "a", "2024-03-01", "x"), ("2", "b", "2024-03-02", "x")]
    checked = check(rows, ["case", "step", "at", "household"], columns={"case": "household"})
    assert (checked.cases, told(checked)) == (1, [])


def test_every_column_that_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(DataError) as error:
        check([("1", "a")], ["办件编号", "what"], columns={"stp": "what", "actor": "who"})
    found = {(problem.code, problem.place.field) for problem in error.value.problems}
    assert found == {
        ("unknown-name", None), ("log-column-missing", "actor"), ("log-without", "step"), ("log-without", "at")
    }  # fmt: skip
    (of_steps,) = (problem for problem in error.value.problems if problem.place.field == "step")
    assert of_steps.help("en").startswith("known headings are step, activity, 环节, 环节名称, ")
    assert of_steps.help("zh").startswith("表头可以用：step、activity、环节、环节名称、")
    assert of_steps.sentence("zh") == "办理记录里没有“环节（step）”一栏"
    of_times = error.value.problems[-1]
    assert [text in of_times.help("zh") for text in ("表里的表头是：办件编号、what", "时间、日期")] == [True, True]
    assert "表里的表头是" not in of_steps.help("zh")  # once is enough


def test_what_may_be_no_heading_is_not_shown() -> None:
    with pytest.raises(DataError) as error:
        check([("1", "a")], ["王小明", "东村"])
    assert "王小明" not in error.value.text("zh")


def test_headings_of_no_use_are_noted() -> None:
    rows = [(*row, "甲", "张三", "丙") for row in LAWFUL]
    checked = check(rows, ["case", "step", "at", "谁办的", "经办人", "138001380001"])
    assert [note.sentence("zh") for note in checked.notes] == ["没有用到的表头：谁办的、***"]
    assert checked.is_clean
    mapped = check(rows, ["case", "step", "at", "谁办的", "角色", "of"], columns={"actor": "谁办的"})
    assert mapped.notes == ()


@pytest.mark.parametrize("text", ["case: [1]", "- case", "case: {", ""])
def test_a_map_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "columns.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        check(LAWFUL, columns=tmp_path / "columns.yaml")
    assert [problem.code for problem in error.value.problems] == ["column-map-unreadable"]


def test_a_map_with_wide_colons_is_read(tmp_path: Path) -> None:
    file = tmp_path / "columns.yaml"
    file.write_text("case\uff1a乙\nstep\uff1a 丙\nat: 甲\uff1a\n", encoding="utf-8")
    rows = [(at, case, step) for case, step, at in LAWFUL]
    assert check(rows, ["甲\uff1a", "乙", "丙"], columns=file).events == 3


def test_a_map_that_is_not_there_or_the_wrong_way_round(tmp_path: Path) -> None:
    for columns, code in (
        (tmp_path / "none.yaml", "file-not-found"),
        ({"甲": "at", "乙": "case"}, "column-map-reversed"),
    ):
        with pytest.raises(DataError) as error:
            check(LAWFUL, ["乙", "step", "甲"], columns=columns)
        assert error.value.problems[0].code == code


def test_which_procedure_is_to_be_said_where_there_are_several() -> None:
    two = Pack({**pack(["a", "b"], called="one").workflows, **pack(["a", "c"], called="other").workflows})
    assert told(check([("1", "b", "2024-03-01")], of=two, workflow="one")) == [(1, "order")]
    assert told(check([("1", "b", "2024-03-01")], of=two, workflow="other")) == [(1, "unknown_step")]
    for named, code in ((None, "which-workflow"), ("ohter", "unknown-name")):
        with pytest.raises(DataError) as error:
            check(LAWFUL, of=two, workflow=named)
        assert [problem.code for problem in error.value.problems] == [code]


class TestCells:
    ALL = ("case", "step", "at", "actor", "role", "level", "evidence")

    def test_words_of_logs(self) -> None:
        who = ("1", "入户核实", "2024-03-02", "甲", "网格长", "村民小组", "别的、照片")
        assert told(check([("1", "线索", "2024-03-01", *[None] * 4), who], self.ALL, of=PACK)) == []

    @pytest.mark.parametrize("between", [",", ";", "|", "/", "、", "，", "；", "\n", " ； "])
    def test_papers_in_one_cell(self, between: str) -> None:
        papers = pack(steps={"a": {"evidence": ["form", "photo"]}})
        rows = [("1", "a", "2024-03-01", f"申请表{between}照片")]
        assert told(check(rows, ["case", "step", "at", "evidence"], of=papers)) == []

    @pytest.mark.parametrize("empty", ["", None])
    def test_empty_cells_are_missing(self, empty: str | None) -> None:
        rows = [("1", "clue", "2024-03-01", *[empty] * 4), ("1", "visit", "2024-03-02", *[empty] * 4)]
        assert told(check(rows, self.ALL, of=PACK)) == [(2, "no_actor"), (2, "papers")]

    def test_an_empty_id_is_none(self) -> None:
        rows = [("1", "a", "2024-03-01", ""), ("1", "b", "2024-03-02", ""), ("1", "c", "2024-03-03", None)]
        assert told(check(rows, ["case", "step", "at", "id"])) == []

    def test_an_empty_track_is_none(self) -> None:
        tracks = pack(steps={"a": {"per": "measure", "once": True}})
        rows = [("1", "a", "2024-03-01", ""), ("1", "a", "2024-03-02", None), ("1", "a", "2024-03-02", "m1")]
        assert told(check(rows, ["case", "step", "at", "of"], of=tracks)) == [(1, "no_track"), (2, "no_track")]

    def test_numbers_where_texts_are_expected(self) -> None:
        frame = pl.DataFrame({"case": [7, 7], "step": ["a", "b"], "at": [date(2024, 3, 1)] * 2, "actor": [1, 2]})
        checked = check_log(frame, pack=PLAIN, as_of=ON)
        assert (checked.cases, told(checked)) == (1, [])

    @pytest.mark.parametrize("heading", ["grade", "等级"])
    def test_values_under_their_name_or_label(self, heading: str) -> None:
        says = pack(steps={"a": {"says": ["grade"]}})
        rows = [("1", "a", "2024-03-01", "红"), ("2", "a", "2024-03-01", "绿"), ("3", "a", "2024-03-01", None)]
        checked = check(rows, ["case", "step", "at", heading], of=says)
        assert told(checked) == [(2, "not_a_value"), (3, "not_said")]

    def test_values_in_columns_that_a_map_names(self) -> None:
        says = pack(steps={"a": {"says": ["grade"]}})
        assert told(check([("1", "a", "2024-03-01", "红")], ["case", "step", "at", "x"], of=says,
                          columns={"grade": "x"})) == []  # fmt: skip

    def test_values_of_every_type(self) -> None:
        says = pack(steps={"a": {"says": ["poor", "size"], "holds": ["poor and size == 2"]}})
        typed = pl.DataFrame({"case": ["1"], "step": ["a"], "at": ["2024-03-01"], "poor": [True], "size": [2.0]})
        assert told(check_log(typed, pack=says, as_of=ON)) == []
        assert told(check([("1", "a", "2024-03-01", "是", "2")], ["case", "step", "at", "poor", "size"], of=says)) == []
        wrong = typed.with_columns(size=2.5)
        assert [kind for _, kind in told(check_log(wrong, pack=says, as_of=ON))] == [
            "not_a_value",
            "not_so",
        ]


# ── times ──────────────────────────────────────────────────────────────────────────────────────────────────────────

DAYS = [
    "2024-03-05",
    "2024-3-5",
    "2024/03/05",
    "2024/3/5",
    "2024.3.5",
    "2024年3月5日",
    "2024年03月05日",
    "20240305",
    " 2024-03-05 ",
]
TIMES = ["2024-03-05 08:30", "2024-03-05 08:30:00", "2024/3/5 08:30", "2024年3月5日 08:30", "2024-03-05T08:30:00",
         "2024-03-05T08:30:00.000", "2024-03-05T00:30:00Z", "2024-03-05T00:30:00+00:00", "2024-03-05 08:30:00+08:00",
         "2024-03-05T08:30+08:00", "2024-03-04T16:30:00-08:00"]  # fmt: skip


class TestTimes:
    @staticmethod
    def day_of(at: str) -> Any:
        """The day of an event, as its violation has it."""
        (day,) = check([("1", "b", at)]).violations["on"].to_list()
        return day

    @pytest.mark.parametrize("at", [*DAYS, *TIMES])
    def test_forms_that_are_read(self, at: str) -> None:
        assert self.day_of(at) == date(2024, 3, 5)

    @pytest.mark.parametrize("at", TIMES)
    def test_times_of_one_instant_are_equal(self, at: str) -> None:
        for first, second in ((at, "2024-03-05 08:30"), ("2024-03-05 08:30", at)):
            assert told(check([("1", "a", first), ("1", "b", second)])) == []
        assert told(check([("1", "a", "2024-03-05 08:30:01"), ("1", "b", at)])) == [(2, "time_reversed")]
        assert told(check([("1", "a", at), ("1", "b", "2024-03-05 08:29:59")])) == [(2, "time_reversed")]

    @pytest.mark.parametrize("at", DAYS)
    def test_a_day_alone_is_at_no_time(self, at: str) -> None:
        assert told(check([("1", "a", "2024-03-05 23:59"), ("1", "b", at), ("1", "c", "2024-03-05 00:00")])) == []

    @pytest.mark.parametrize(
        "at", ["2024-02-30", "3月5日", "2024-13-01", "soon", "2024-03-05 25:00", "45356", "2024-03", "0"]
    )
    def test_what_is_no_time_is_told_and_the_others_go_on(self, at: str) -> None:
        checked = check([*LAWFUL[:2], ("1", "c", at), ("2", "b", "2024-03-01")])
        assert problems(checked) == [(3, "at", "log-not-a-time")]
        assert (told(checked), checked.cases) == ([(4, "order")], 2)

    def test_the_day_is_that_of_the_procedure(self) -> None:
        late = "2024-03-04T17:00:00Z"
        assert self.day_of(late) == date(2024, 3, 5)
        in_utc = pack(["a", "b"], zone="UTC")
        assert check([("1", "b", late)], of=in_utc).violations["on"].to_list() == [date(2024, 3, 4)]

    def test_columns_of_days_and_times(self) -> None:
        moment = datetime(2024, 3, 4, 17, tzinfo=UTC)
        columns = {
            "days": pl.Series([date(2024, 3, 5)]),
            "times": pl.Series([datetime(2024, 3, 5, 1)]),
            "zoned": pl.Series([moment], dtype=pl.Datetime("us", "UTC")),
            "there": pl.Series([moment], dtype=pl.Datetime("ms", "UTC")).dt.convert_time_zone("Asia/Shanghai"),
            "nanoseconds": pl.Series([datetime(2024, 3, 5, 1)], dtype=pl.Datetime("ns")),
        }
        for name, column in columns.items():
            frame = pl.DataFrame({"case": ["1"], "step": ["b"], "at": column})
            checked = check_log(frame, pack=PLAIN, as_of=ON)
            assert checked.violations["on"].to_list() == [date(2024, 3, 5)], name

    def test_times_of_columns_are_instants_too(self) -> None:
        at = pl.Series([datetime(2024, 3, 5, 1, 0, 0, 1), datetime(2024, 3, 5, 1)])
        frame = pl.DataFrame({"case": ["1", "1"], "step": ["a", "b"], "at": at})
        assert told(check_log(frame, pack=PLAIN, as_of=ON)) == [(2, "time_reversed")]


# ── order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestOrder:
    BACKWARDS: ClassVar[Rows] = [
        ("1", "c", "2024-03-03", "3"),
        ("1", "b", "2024-03-02", "2"),
        ("1", "a", "2024-03-01", "1"),
    ]
    HEADINGS = ("case", "step", "at", "序号")

    def test_without_a_sequence_rows_are_in_order(self) -> None:
        rows = [row[:3] for row in self.BACKWARDS]
        assert sorted(told(check(rows))) == [(1, "order"), (2, "order"), (2, "time_reversed"), (3, "time_reversed")]

    def test_a_sequence_is_the_order(self) -> None:
        assert told(check(self.BACKWARDS, self.HEADINGS)) == []

    def test_a_sequence_counts_as_numbers_do(self) -> None:
        rows = [("1", "a", "2024-03-01", "9"), ("1", "c", "2024-03-03", "11"), ("1", "b", "2024-03-02", "10")]
        assert told(check(rows, self.HEADINGS)) == []

    def test_equal_in_sequence_rows_keep_their_order(self) -> None:
        rows = [(case, step, at, "1") for case, step, at in LAWFUL]
        assert told(check(rows, self.HEADINGS)) == []
        assert [kind for _, kind in told(check(rows[::-1], self.HEADINGS))].count("order") == 2

    def test_a_place_in_the_sequence_that_is_no_number_is_told(self) -> None:
        rows = [(*LAWFUL[0], "1"), (*LAWFUL[1], "二"), (*LAWFUL[2], "3"), ("2", "a", "2024-03-01", "")]
        checked = check(rows, self.HEADINGS)
        assert problems(checked) == [(2, "序号", "log-not-a-number"), (4, "序号", "log-cell-empty")]
        assert told(checked) == [(3, "order")]

    def test_by_time_where_it_is_asked_for(self) -> None:
        rows = [row[:3] for row in self.BACKWARDS]
        assert told(check(rows, by_time=True)) == []
        assert told(check(self.BACKWARDS, self.HEADINGS, by_time=True)) == []

    def test_by_time_rows_of_one_time_keep_their_order(self) -> None:
        same_day = [(case, step, "2024-03-01") for case, step, _ in LAWFUL]
        assert told(check(same_day, by_time=True)) == []
        assert [kind for _, kind in told(check(same_day[::-1], by_time=True))].count("order") == 2

    def test_by_time_zones_are_compared_as_instants(self) -> None:
        rows = [
            ("1", "b", "2024-03-01T09:00:00+08:00"),
            ("1", "a", "2024-03-01T00:30:00Z"),
            ("1", "c", "2024-03-01T10:00"),
        ]
        assert told(check(rows, by_time=True)) == []

    def test_cases_may_stand_interleaved(self) -> None:
        rows = [(case, step, at) for _, step, at in LAWFUL for case in ("x", "y", "z")]
        checked = check([*rows, ("y", "c", "2024-03-04")])
        assert (checked.cases, checked.events, told(checked)) == (3, 10, [(10, "again")])

    def test_violations_are_in_the_order_of_the_log(self) -> None:
        rows = [(case, "c", "2024-03-01") for case in ("z", "a", "m", "z", "a")]
        assert [row for row, _ in told(check(rows))] == [1, 2, 3, 4, 4, 5, 5]

    def test_what_comes_after_the_day_of_the_check_is_left_out_and_counted(self) -> None:
        rows = [*LAWFUL[:2], ("1", "nonsense", "2024-04-02"), ("1", "c", "2024-04-01")]
        checked = check(rows)
        assert (told(checked), checked.events, checked.later_events) == ([], 3, 1)

    def test_the_time_of_day_of_the_check_is_its_whole_day(self) -> None:
        assert check([("1", "a", "2024-04-01 23:59"), ("1", "b", "2024-04-01T16:00:00Z")]).later_events == 1


# ── rows that can't be read ────────────────────────────────────────────────────────────────────────────────────────


def test_all_bad_rows_are_told_in_one_pass_while_good_ones_go_on() -> None:
    rows = [
        *LAWFUL[:1], (None, "b", "2024-03-01"), ("  ", "b", "2024-03-01"), ("1", "", "2024-03-01"),
        ("1", "b", None), ("", "", "never"), *LAWFUL[1:],
    ]  # fmt: skip
    checked = check(rows)
    assert problems(checked) == [
        (2, "case", "log-cell-empty"), (3, "case", "log-cell-empty"), (4, "step", "log-cell-empty"),
        (5, "at", "log-cell-empty"), (6, "case", "log-cell-empty"), (6, "step", "log-cell-empty"),
        (6, "at", "log-not-a-time"),
    ]  # fmt: skip
    assert (told(checked), checked.cases, checked.events, checked.is_clean) == ([], 1, 3, False)


def test_a_problem_names_the_heading_of_the_log_and_no_value() -> None:
    checked = check([("1", "a", "张三")], ["办件编号", "环节", "办理时间"])
    (problem,) = checked.problems
    assert (problem.place.row, problem.place.field) == (1, "办理时间")
    assert "张三" not in problem.text("zh") + problem.text("en")


def test_an_empty_log() -> None:
    checked = check([])
    assert (checked.cases, checked.events, len(checked.violations), len(checked.deadlines)) == (0, 0, 0, 0)
    assert checked.is_clean
    assert len(checked.summary()) == 0
    assert checked.violations.columns == check([("1", "b", "2024-03-01")]).violations.columns


def test_a_case_of_which_nothing_can_be_read() -> None:
    checked = check([("1", "a", "never")])
    assert (checked.cases, checked.events, len(checked.problems)) == (0, 0, 1)


class TestRegionsAndParameters:
    STEPS: ClassVar[dict[str, dict[str, Any]]] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": "short"}}}}
    ROWS: ClassVar[Rows] = [
        (case, step, f"2024-03-0{1 + day}", region)
        for case, region in (("1", "15"), ("2", "11"), ("3", "22"), ("4", "22")) for step, day in (("a", 0), ("b", 8))
    ]  # fmt: skip

    def test_a_case_without_a_parameter_is_refused_and_the_others_go_on(self) -> None:
        by_region = pack(steps=self.STEPS, parameters={"short": {"15": 3, "11": 30}, "long": 15, "few": 3})
        checked = check(self.ROWS, ["case", "step", "at", "区划代码"], of=by_region)
        assert told(checked) == [(2, "late")]
        assert (checked.cases, checked.refused_cases, checked.is_clean) == (4, 2, False)
        (problem,) = checked.problems  # said once, however many cases it is of
        assert "short" in problem.text("en")
        assert "22" in problem.text("en")

    def test_also_where_parts_run_in_several_processes(self) -> None:
        by_region = pack(steps=self.STEPS, parameters={"short": {"15": 3, "11": 30}, "long": 15, "few": 3})
        checked = check(self.ROWS, ["case", "step", "at", "区划代码"], of=by_region, processes=2)
        assert (told(checked), checked.refused_cases, len(checked.problems)) == ([(2, "late")], 2, 1)


# ── frames ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestFrames:
    FRAME = log([("1", "b", "2024-03-01"), ("1", "c", "2024-03-02"), ("2", "c", "2024-03-02")])

    @pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
    def test_what_comes_back_is_of_the_kind_that_came_in(self, kind: str, require: Any) -> None:
        if kind != "polars":
            require("pyarrow")
            require("pandas")
        of_kind = {"polars": self.FRAME.clone, "pandas": self.FRAME.to_pandas, "pyarrow": self.FRAME.to_arrow}
        frame = of_kind[kind]()
        checked = check_log(frame, pack=PLAIN, as_of=ON)
        for found in (checked.violations, checked.deadlines, checked.summary()):
            assert type(found) is type(frame)
        rows = checked.violations["row"]
        assert (rows.to_pylist() if kind == "pyarrow" else list(rows)) == [1, 3]

    def test_a_lazy_log_gives_frames_that_are_there(self) -> None:
        checked = check_log(self.FRAME.lazy(), pack=PLAIN, as_of=ON)
        assert isinstance(checked.violations, pl.DataFrame)
        assert told(checked) == [(1, "order"), (3, "order")]

    def test_what_pandas_makes_of_times_and_gaps(self, require: Any) -> None:
        require("pyarrow")
        pd: Any = require("pandas")
        frame = pd.DataFrame({
            "case": [1.0, 1.0, None], "step": ["a", "b", "a"], "actor": [None, float("nan"), "x"],
            "at": pd.to_datetime(["2024-03-01 08:00", "2024-03-02 08:00", None]), "size": [1.0, None, None],
        })  # fmt: skip
        checked = check_log(frame, pack=PLAIN, as_of=ON)
        assert told(checked) == []
        assert problems(checked) == [(3, "case", "log-cell-empty"), (3, "at", "log-cell-empty")]

    def test_what_is_no_frame(self) -> None:
        with pytest.raises(TypeError):
            check_log([("1", "a")], pack=PLAIN, as_of=ON)

    def test_progress_is_told_in_rows(self) -> None:
        done: list[int] = []
        check_log(self.FRAME, pack=PLAIN, as_of=ON, processes=2, progress=done.append)
        assert done == sorted(done)
        assert done[-1] == 3


class TestSummary:
    ROWS: ClassVar[Rows] = [
        # case, step, at, level, village, township
        ("1", "clue", "2024-03-01", "village", "东村", "甲镇"), ("1", "visit", "2024-03-08", "village", "东村", "甲镇"),
        ("2", "clue", "2024-03-04", "village", "西村", "甲镇"), ("2", "visit", "2024-03-12", "county", "西村", "甲镇"),
        ("3", "clue", "2024-03-05", None, None, None),
    ]  # fmt: skip
    HEADINGS = ("case", "step", "at", "层级", "村", "乡镇")
    STEPS: ClassVar[dict[str, dict[str, Any]]] = {
        "visit": {"gaps": {"answer": {"since": "clue", "at_most": 5}}, "evidence": ["photo"]}
    }

    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("kind", [("late", 2, 0, 5, 0, 2), ("papers", 2, 2, 0, 0, 2)]),
            ("step", [("visit", 4, 2, 5, 0, 2, 1)]),
            ("rule", [("visit.evidence", 2, 2, 0, 0, 2, 0), ("visit.gaps.answer.at_most", 2, 0, 5, 0, 2, 1)]),
            ("village", [("东村", 2, 1, 2, 0, 1, 0), ("西村", 2, 1, 3, 0, 1, 0), (None, 0, 0, 0, 0, 0, 1)]),
            ("township", [("甲镇", 4, 2, 5, 0, 2, 0), (None, 0, 0, 0, 0, 0, 1)]),
            ("level", [("county", 2, 1, 3, 0, 1), ("village", 2, 1, 2, 0, 1)]),
            ("week", [(date(2024, 3, 4), 2, 1, 2, 0, 1), (date(2024, 3, 11), 2, 1, 3, 0, 1)]),
        ],
    )
    def test_by_each_key(self, by: Any, expected: list[tuple[Any, ...]]) -> None:
        checked = check(self.ROWS, self.HEADINGS, of=pack(["clue", "visit"], steps=self.STEPS))
        summary = checked.summary(by)
        columns = ["violations", "refusing", "late_days", "late_working_days", "cases", "overrun"]
        assert summary.columns == [by, *columns[: len(expected[0]) - 1]]
        assert summary.rows() == expected

    def test_working_days_are_added_up_by_themselves(self) -> None:
        gaps = {
            "answer": {"since": "clue", "at_most": 5}, "work": {"since": "clue", "at_most": 2, "days": "working"}
        }  # fmt: skip
        checked = check(self.ROWS, self.HEADINGS, of=pack(["clue", "visit"], steps={"visit": {"gaps": gaps}}))
        # Case 1 takes from Friday to the Friday after: 7 days, 5 working ones. Case 2 from Monday on 8 and 6.
        assert checked.summary("step").select("late_days", "late_working_days").rows() == [(2 + 3, 3 + 4)]
        assert checked.deadlines["days"].to_list() == ["calendar", "working"]


def test_until_when_the_calendar_is_known() -> None:
    assert check(LAWFUL).calendar_until == date(2026, 12, 31)
