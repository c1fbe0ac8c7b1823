"""`fanpin check-log`: a county's log, whatever file it comes in, and all that is found in it."""

import csv
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from fanpin import sample
from fanpin.cli.check_log import SHOWN
from fanpin.id_numbers import invented_id_number
from tests.cli.conftest import Ran, Run, python

ASKED = ("-p", sample.PACK, "-w", sample.WORKFLOW, "--as-of", str(sample.DAY))
BASIC = ("办件编号", "环节", "日期", "经办人", "角色", "层级", "材料", "线索渠道")
CLUE = ("C1", "风险线索", "2024-06-24", "w1", "网格员", "村", "", "网格员入户")
VISIT = ("C1", "入户核实", "2024-06-25", "w1", "网格员", "村", "核查表", "")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of the sample, in a folder of its own."""
    return sample.write_log(tmp_path)


def written(path: Path, *rows: Sequence[str], headings: Sequence[str] = BASIC, encoding: str = "utf-8") -> Path:
    text = "".join(",".join(row) + "\n" for row in (headings, *rows))
    path.write_text(text, encoding=encoding)
    return path


def checked(run: Run, path: Path, *words: object, language: str = "zh") -> Ran:
    return run("check-log", path, *ASKED, "--lang", language, *words)


def test_it_counts_tells_the_first_and_names_every_row_that_it_could_not_read(run: Run, log: Path) -> None:
    ran = checked(run, log)
    assert ran.code == 1
    for text in (
        "40 个办件、434 件事", "不合规定 17 处", "超期 2 个", "读不了的行：3", "放假安排已知到", "问题种类", "环节",
        "- 第 38 行，B2024003：“村内公示”之前要先有民主评议，而且仍然有效", "乡镇", "线索未核",
    ):  # fmt: skip
        assert text in ran.out.replace("\n", "")
    assert [text for text in ("第 436 行", "第 437 行", "第 438 行") if text not in ran.err] == []


def test_headings_of_no_use_are_told(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", (*CLUE, "x"), (*VISIT, "x"), headings=(*BASIC, "谁办的"))
    assert "没有用到的表头：谁办的" in checked(run, path).err
    assert "没有用到的表头：谁办的" in checked(run, path, "-o", tmp_path / "out").err


def test_it_does_so_in_english(run: Run, log: Path) -> None:
    ran = checked(run, log, language="en")
    said = " ".join(ran.out.split())
    for text in (
        "40 cases, 434 events; 17 violations, 14 of them refusing; 10 running deadlines, 2 overrun",
        "rows not read: 3", "row 38, B2024003: 'public notice' needs village review before it, still in force",
        "papers missing 2 2 - - 2", "home visit: by 2024-06-27 (unanswered clue,", "for village cadre (village)",
    ):  # fmt: skip
        assert text in said
    assert [text for text in ("row 436", "row 437", "row 438") if text not in ran.err] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", ["60", "80"])
def test_no_line_is_wider_than_the_screen(
    language: str, columns: str, run: Run, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = checked(run, log, language=language)
    assert max(cell_len(line) for line in (ran.out + ran.err).splitlines()) <= int(columns)


def test_a_screen_that_takes_no_chinese_shows_english_and_survives(log: Path) -> None:
    ended = python("-m", "fanpin", "check-log", str(log), *ASKED, PYTHONIOENCODING="ascii", LC_ALL="zh_CN.UTF-8")
    assert ended.returncode == 1
    assert b"17 violations" in ended.stdout
    assert b"Traceback" not in ended.stderr


# What is found, as files


def test_a_workbook_has_it_all(run: Run, log: Path, tmp_path: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    assert checked(run, log, "-o", tmp_path / "out.xlsx").code == 1
    book = calamine.load_workbook(tmp_path / "out.xlsx")
    assert book.sheet_names == ["按问题", "按环节", "按乡镇", "按村", "不合规定的", "期限", "数据问题", "说明"]
    rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    head, *found = rows["不合规定的"]
    assert len(found) == 17
    first = dict(zip(head, found[0], strict=True))
    assert (first["办件"], first["环节"]) == ("B2024003", "村内公示")
    assert (first["行"], first["日期"], first["不应放行"], first["层级"]) == (38, "2024-03-14", "是", "村（嘎查）")
    assert first["怎么改"] == "先办民主评议；退回过的要重新办"
    assert sum(row[1] for row in rows["按问题"][1:]) == 17
    assert sum(row[rows["按乡镇"][0].index("超期未办")] for row in rows["按乡镇"][1:]) == 2
    assert {row[rows["期限"][0].index("期限状态")] for row in rows["期限"][1:]} == {"期限内", "即将到期", "已超期"}
    assert [row[1] for row in rows["数据问题"][1:]] == [436, 437, 438]
    assert ["检查日期", "2024-06-30"] in rows["说明"]


def test_a_table_has_deadlines_and_problems_beside_it(run: Run, log: Path, tmp_path: Path) -> None:
    ran = checked(run, log, "-o", tmp_path / "out.csv")
    assert "out.deadlines.csv" in ran.out
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        found = list(csv.DictReader(file))
    assert (len(found), found[0]["kind"], found[0]["row"]) == (17, "order", "38")
    with (tmp_path / "out.problems.csv").open(encoding="utf-8-sig") as file:
        assert [row["code"] for row in csv.DictReader(file)] == ["log-not-a-time", "log-cell-empty", "row-too-long"]
    assert checked(run, log, "-o", tmp_path / "out.parquet", "--problems", tmp_path / "mine.csv").code == 1
    assert pl.read_parquet(tmp_path / "out.parquet").schema["on"] == pl.Date
    assert pl.read_parquet(tmp_path / "out.deadlines.parquet").height == 10
    assert (tmp_path / "mine.csv").exists()


def test_nothing_is_written_over_what_is_read(run: Run, log: Path, tmp_path: Path) -> None:
    before = log.read_bytes()
    for words in (("-o", log), ("-o", tmp_path / "a.csv", "--problems", log), ("-o", tmp_path / "a.docx")):
        assert checked(run, log, *words).code == 2
    assert log.read_bytes() == before
    assert checked(run, log, "-o", tmp_path / "a.csv", "--problems", tmp_path / "a.csv").code == 2


# Whatever it comes in


def _results(run: Run, path: Path, *words: object) -> pl.DataFrame:
    """What is found in a file, without its place in the file."""
    out = path.parent / "results.parquet"
    checked(run, path, "-o", out, *words)
    return pl.read_parquet(out).drop("row")


def _rows(log: Path) -> list[list[str]]:
    with log.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_file_in_gbk_under_a_title_is_read_like_any_other(run: Run, log: Path, tmp_path: Path) -> None:
    expected = _results(run, log)
    text = "某县办理情况表\n" + log.read_text(encoding="utf-8-sig").replace(",", ";")
    other = tmp_path / "gbk.csv"
    other.write_bytes(text.encode("gb18030"))
    assert _results(run, other).equals(expected)
    assert "第 437 行" in checked(run, other).err  # a row further down


def test_a_workbook_with_days_and_numbers_as_such_is_read_too(run: Run, log: Path, tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    expected = _results(run, log)
    head, *rows = _rows(log)
    book = xlsxwriter.Workbook(tmp_path / "log.xlsx")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet("说明").write_string(0, 0, "填表说明")
    sheet = book.add_worksheet("记录")
    for at, row in enumerate([head, *rows[:-3]]):
        for column, cell in enumerate(row):
            if at and head[column] == "办理日期":
                sheet.write_datetime(at, column, datetime.combine(date.fromisoformat(cell), datetime.min.time()), day)
            else:
                sheet.write(at, column, cell)
    book.close()
    assert _results(run, tmp_path / "log.xlsx").equals(expected)
    assert _results(run, tmp_path / "log.xlsx", "--sheet", "记录").equals(expected)
    assert "没有读的工作表：说明" in checked(run, tmp_path / "log.xlsx").err
    assert checked(run, tmp_path / "log.xlsx", "--sheet", "别的").code == 2


def test_columns_may_be_named(run: Run, log: Path, tmp_path: Path) -> None:
    expected = _results(run, log)
    odd = tmp_path / "odd.csv"
    odd.write_text(log.read_text(encoding="utf-8-sig").replace("办件编号", "流水", 1), encoding="utf-8")
    ran = checked(run, odd)
    assert ran.code == 2
    assert "办理记录里没有“办件编号（case）”一栏" in ran.err
    (tmp_path / "map.yaml").write_text("case: 流水\n", encoding="utf-8")
    assert _results(run, odd, "--columns", tmp_path / "map.yaml").equals(expected)
    (tmp_path / "map.yaml").write_text("case: 没有\n", encoding="utf-8")
    assert "表里没有这一栏" in checked(run, odd, "--columns", tmp_path / "map.yaml").err


def test_an_id_that_a_spreadsheet_took_for_a_number_is_no_case(run: Run, tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(tmp_path / "log.xlsx")
    sheet = book.add_worksheet()
    for at, row in enumerate((BASIC, CLUE, VISIT)):
        sheet.write_row(at, 0, row)
    for at in (1, 2):
        sheet.write_number(at, 0, 202406010000000012.0 + 1000 * at)
    book.close()
    ran = checked(run, tmp_path / "log.xlsx")
    assert ran.code == 1
    assert "“办件编号”被表格软件当成了数字" in ran.err
    assert "0 个办件" in ran.out


def test_rows_whose_characters_or_quotes_are_broken_are_told(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", CLUE, ("C2", '"风险线索', *CLUE[2:]))
    path.write_bytes(path.read_bytes() + ",".join(("C3", *CLUE[1:])).encode("gb18030") + b"\n" + b"C4,\n\n")
    ran = checked(run, path)
    assert ran.code == 1
    for text in ("第 3 行", "引号没有配对", "第 4 行", "认不出的字", "第 5 行", "“环节”是空的"):
        assert text in ran.err
    assert "读不了的行：3" in ran.out


def test_time_order_is_asked_for(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", VISIT, CLUE)
    assert "前置环节未办" in checked(run, path).out
    assert checked(run, path, "--by-time").code == 0


def test_processes_share_the_work_and_the_results_are_the_same(run: Run, log: Path) -> None:
    assert _results(run, log, "--processes", 2).equals(_results(run, log))
    assert checked(run, log, "--processes", 0).code == 2


# How it ends


def test_all_is_well_where_nothing_is_wrong(run: Run, tmp_path: Path) -> None:
    ran = checked(run, written(tmp_path / "log.csv", CLUE, VISIT))
    assert (ran.code, ran.err) == (0, "")
    assert "不合规定 0 处" in ran.out.replace("\n", "")


def test_a_log_without_events_is_told_from_a_clean_one(run: Run, tmp_path: Path) -> None:
    assert checked(run, written(tmp_path / "log.csv")).code == 1


def test_a_case_without_its_parameters_is_not_checked_and_the_rows_to_paste_are_shown(run: Run, tmp_path: Path) -> None:
    rows = [(*row, "410000") for row in (CLUE, VISIT)]
    ran = checked(run, written(tmp_path / "log.csv", *rows, headings=(*BASIC, "行政区划")))
    assert ran.code == 1
    assert "缺少参数而没有检查的办件：1" in ran.out
    assert "home_visit_days" in ran.err


def test_events_after_the_day_are_left_out_and_counted(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", CLUE, (*VISIT[:2], "2024-07-02", *VISIT[3:]))
    ran = checked(run, path)
    assert (ran.code, "没有算进来的事：1" in ran.out) == (0, True)


def test_an_id_number_is_not_shown(run: Run, tmp_path: Path) -> None:
    id_ = invented_id_number(3, date(1980, 1, 1))
    ran = checked(run, written(tmp_path / "log.csv", (id_, *VISIT[1:]), (id_, *CLUE[1:])))
    assert "前置环节未办" in ran.out
    assert id_ not in ran.out + ran.err


def test_no_more_violations_are_told_than_can_be_read(run: Run, tmp_path: Path) -> None:
    rows = [(f"C{n}", *VISIT[1:]) for n in range(50)]
    ran = checked(run, written(tmp_path / "log.csv", *rows))
    assert ran.out.count("行，C") == SHOWN
    assert "……还有 30 条" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-p", "example", "--as-of", "2024-06-30"), "规则包有几个工作流程"),
        (("-p", "example", "-w", "identificaton", "--as-of", "2024-06-30"), "是不是想写 identification"),
        (("-p", "example", "-w", "identification", "--as-of", "30.6.2024"), "应为日期"),
        (("-p", "example", "-w", "identification"), "--as-of"),
    ],
)
def test_a_call_that_is_wrong_is_told_what_it_lacks(words: tuple[str, ...], said: str, run: Run, log: Path) -> None:
    ran = run("check-log", log, *words, "--lang", "zh")
    assert (ran.code, said in ran.err) == (2, True)


def test_a_pack_without_procedures_says_so(run: Run, log: Path) -> None:
    small = Path(__file__).parents[1] / "packs" / "small"
    ran = run("check-log", log, "-p", small, "--as-of", "2024-06-30", "--lang", "zh")
    assert (ran.code, "没有工作流程" in ran.err) == (2, True)


# On disk


@pytest.fixture
def folder(log: Path, tmp_path: Path) -> Path:
    """The same log as Parquet files in a folder."""
    head, *rows = _rows(log)
    frame = pl.DataFrame(rows[:-1], schema=head, orient="row")
    (tmp_path / "parts").mkdir()
    for part in (0, 1):
        frame.slice(part * 200, 200 if part == 0 else None).write_parquet(tmp_path / "parts" / f"{part}.parquet")
    return tmp_path / "parts"


def test_a_folder_is_checked_into_another(run: Run, log: Path, folder: Path, tmp_path: Path) -> None:
    expected = _results(run, log)
    ran = checked(run, folder, "-o", tmp_path / "done")
    assert ran.code == 1
    assert "不合规定 17 处，其中不应放行 14 处" in ran.out.replace("\n", "")
    assert "第 37 行，B2024003" in ran.out
    assert pl.read_parquet(tmp_path / "done" / "violations.parquet").drop("row").equals(expected)
    assert checked(run, folder, "-o", tmp_path / "done").code == 1  # again, and nothing is done twice
    shutil.copy(folder / "0.parquet", folder / "2.parquet")
    ran = checked(run, folder, "-o", tmp_path / "done")
    assert ran.code == 2


@pytest.mark.parametrize(
    "words", [(), ("-o", "a.csv"), ("-o", "done", "--problems", "p.csv"), ("-o", "done", "--sheet", "x")]
)
def test_a_folder_needs_a_folder_and_takes_no_option_of_tables(words: tuple[Any, ...], run: Run, folder: Path) -> None:
    ran = checked(run, folder, *words)
    assert (ran.code, "→" in ran.err) == (2, True)
