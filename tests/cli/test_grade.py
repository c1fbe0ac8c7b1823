"""`fanpin grade`: every row is in the results or in the report, and the exit code says whether all was well."""

import csv
import io
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from fanpin import grade, load_pack, sample
from fanpin.cli.screen import Steps
from fanpin.monthly import read_month
from fanpin.records import shown_id
from fanpin.result_words import COLUMNS, ResultWords
from fanpin.tables import households_of, read_county
from tests.cli.conftest import Run, python
from tests.test_tables import mutated

GRADE = ("grade", "households.csv", "--members", "members.csv", "--pack", "example", "--on", "2024-06-30")
ONE = ("--pack", "example", "--on", "2024-06-30")
WORDS = ResultWords(load_pack("example").rules.spec)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def rows_in(path: str) -> list[dict[str, str]]:
    return rows_of(Path(path).read_text(encoding="utf-8-sig"))


def sheets_in(path: str) -> dict[str, list[list[Any]]]:
    calamine = pytest.importorskip("python_calamine")
    book = calamine.load_workbook(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def dicts(sheet: list[list[Any]]) -> list[dict[str, Any]]:
    head, *rows = sheet
    return [dict(zip(head, row, strict=True)) for row in rows]


def unfolded(text: str) -> str:
    return " ".join(text.split())


# Results


@pytest.mark.usefixtures("county")
def test_into_a_pipe_it_writes_csv_and_reports_beside_it(run: Run) -> None:
    ran = run(*GRADE)
    assert ran.code == 1  # some rows are dirty
    rows = rows_of(ran.out)
    assert len(rows) == 38
    assert list(rows[0]) == [
        name for name in COLUMNS if name not in ("change", "grid")
    ]  # the forty households have no grids
    assert "Not read: 11 rows, 7 cells" in ran.err
    assert "the column '备注' is not known, and was not read" in ran.err


@pytest.mark.usefixtures("county")
def test_the_results_are_those_of_grading_one_by_one(run: Run) -> None:
    pack = load_pack("example")
    table = read_county(sample.HOUSEHOLDS, sample.MEMBERS, model=pack.model)
    assessments = [grade(household, pack=pack, on=sample.DAY) for household in households_of(table)]
    for row, a, household in zip(rows_of(run(*GRADE).out), assessments, households_of(table), strict=True):
        assert (row["household_id"], row["status"], row["village"]) == (a.household_id, a.status, household.village)
        assert (row["grade"], row["possible_grade"], row["category"]) == (
            a.grade or "",
            a.possible_grade or "",
            a.category or "",
        )
        assert row["risks"] == "; ".join(a.risks)
        assert row["unknown_risks"] == "; ".join(a.unknown_risks)
        assert row["possible_categories"] == "; ".join(a.possible_categories)
        asked = {q.fact if q.collection in (None, q.fact) else f"{q.collection}.{q.fact}" for q in a.to_ask}
        assert set(filter(None, row["to_ask"].split("; "))) == asked
        assert row["handled_by"] == "; ".join(a.handled_by)
        assert (row["pack"], row["pack_hash"], row["on"]) == ("example", pack.hash, "2024-06-30")


@pytest.mark.usefixtures("county")
def test_how_much_of_a_household_was_not_read_stands_in_its_row(run: Run) -> None:
    unread = {row["household_id"]: row["unread"] for row in rows_of(run(*GRADE).out)}
    assert (unread["H001"], unread["H011"], unread["H014"]) == ("0", "1", "1")
    assert sum(map(int, unread.values())) == 7


@pytest.mark.usefixtures("county")
def test_faults_of_the_facts_stand_in_the_row_and_are_counted(run: Run) -> None:
    Path("two.csv").write_text("户编号,家庭人口,工资性收入\nH1,1,0.123\nH2,2,900\n", encoding="utf-8")
    Path("four.csv").write_text("户编号,姓名\nH1,甲\nH1,乙\nH2,丙\nH2,丁\n", encoding="utf-8")
    ran = run("grade", "two.csv", "-m", "four.csv", *ONE, "--problems", "problems.csv")
    assert ran.code == 0  # all was read
    assert [row["faults"] for row in rows_of(ran.out)] == ["too-many-decimals:wage_income; size-differs:size", ""]
    assert "household size: differs from the members listed: 1" in ran.err
    assert [(p["row"], p["household_id"], p["column"], p["code"]) for p in rows_in("problems.csv")] == [
        ("2", "H1", "wage income", "too-many-decimals"),
        ("2", "H1", "household size", "size-differs"),
    ]


@pytest.mark.usefixtures("county")
def test_every_household_is_in_the_results_or_named_in_the_report(run: Run) -> None:
    ran = run(*GRADE, "--problems", "problems.csv")
    graded = {row["household_id"] for row in rows_of(ran.out)}
    problems = rows_in("problems.csv")
    lines = Path("households.csv").read_text(encoding="utf-8-sig").splitlines()
    bad = {int(p["row"]) for p in problems if p["file"] == "households.csv" and p["code"].startswith("row-")}
    for number, line in enumerate(lines[1:], 2):
        assert (line.split(",")[0] in graded) != (number in bad), number


@pytest.mark.usefixtures("county")
def test_the_problems_say_where_what_and_how_to_mend_it_and_no_value(run: Run) -> None:
    run(*GRADE, "--problems", "problems.csv")
    problems = rows_in("problems.csv")
    assert len(problems) == 19
    (of_it,) = [p for p in problems if p["household_id"] == "H011"]
    assert of_it == {
        "file": "households.csv",
        "row": "12",
        "household_id": "H011",
        "village": "柳树屯村",
        "column": "工资性收入",
        "value": "*#*",
        "code": "cell-number",
        "problem": "a number from 0 to 1,000,000,000 is needed, and '*#*' is written",
        "help": "write the number alone, or a range such as 5000-6000; it counts as missing",
    }
    assert {p["code"] for p in problems if not p["household_id"]} == {"column-unknown", "row-without-id"}
    assert not any(character.isdigit() for p in problems for character in p["value"])


@pytest.mark.usefixtures("county")
def test_a_problem_can_be_handed_back_to_the_village_it_is_from(run: Run) -> None:
    lines = "户编号,村,家庭人口\nH1,甲村,三个\nH2,乙村,2\nH2,乙村,3\n,丙村,2\nH4,丁村,1,多\n110105194912310021,戊村,x\n"
    Path("h.csv").write_text(lines, encoding="utf-8")
    told = "户编号,姓名,出生日期\nH1,李某,昨天\nH2,王某,\nH9,张某,\nH4,赵某,\n,钱某,\n"
    Path("m.csv").write_text(told, encoding="utf-8")
    run("grade", "h.csv", "-m", "m.csv", *ONE, "--problems", "problems.csv")
    assert [(p["file"], p["row"], p["household_id"], p["village"]) for p in rows_in("problems.csv")] == [
        ("h.csv", "2", "H1", "甲村"),
        ("h.csv", "3", "H2", "乙村"),
        ("h.csv", "4", "H2", "乙村"),
        ("h.csv", "5", "", "丙村"),
        ("h.csv", "6", "H4", "丁村"),
        ("h.csv", "7", shown_id("110105194912310021"), "戊村"),
        ("m.csv", "2", "H1", "甲村"),
        ("m.csv", "3", "H2", "乙村"),
        ("m.csv", "4", "H9", ""),
        ("m.csv", "5", "H4", "丁村"),
        ("m.csv", "6", "", ""),
    ]


# Files


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_has_a_sheet_for_each_thing(language: str, run: Run) -> None:
    ran = run(*GRADE, "-o", "out.xlsx", "--lang", language)
    assert ran.code == 1
    sheets = sheets_in("out.xlsx")
    names = {"zh": ["汇总", "研判结果", "数据问题", "说明"], "en": ["summary", "results", "problems", "about"]}
    assert list(sheets) == names[language]
    summary, results, problems, about = sheets.values()
    word = {name: label.text(language) for name, label in COLUMNS.items()}  # type: ignore[arg-type]
    rows = {row[word["household_id"]]: row for row in dicts(results)}
    grades = {"zh": ("蓝", "红", "边缘易致贫户", "因病"), "en": ("blue", "red", "marginal household", "illness")}
    columns = [word[name] for name in ("grade", "possible_grade", "category", "risks")]
    assert tuple(rows["H007"][column] for column in columns) == grades[language]
    assert len(rows) == 38
    assert word["on"] not in results[0]
    assert len(problems) == 1 + 19
    told = dict(about)
    assert (told[word["on"]], told[word["pack"]]) == ("2024-06-30", "example")
    assert told[word["pack_hash"]] == load_pack("example").hash
    assert "households.csv" in str(told)
    assert summary[1][2:4] == [38, 116]


@pytest.mark.usefixtures("county")
def test_the_sheet_of_counts_holds_every_household_and_person(run: Run) -> None:
    run(*GRADE, "-o", "out.xlsx", "--headers", "code")
    sheets = sheets_in("out.xlsx")
    results, (whole, *rows) = dicts(sheets["results"]), dicts(sheets["summary"])
    assert (whole["all_households"], whole["all_persons"]) == (38, sum(row["persons"] for row in results))
    villages = [row for row in rows if row["village"] != "all" and row["category"] == "all"]
    for name in whole.keys() - {"village", "category"}:
        assert sum(row[name] for row in villages) == whole[name]
    (red,) = [row for row in villages if row["village"] == "石桥村"]
    of_it = [row for row in results if row["village"] == "石桥村" and row["grade"] == "red"]
    assert (red["red_households"], red["red_persons"]) == (len(of_it), sum(row["persons"] for row in of_it))


@pytest.mark.usefixtures("county")
def test_a_csv_is_written_whole_for_excel_with_the_problems_beside_it_and_counted(run: Run, county: Path) -> None:
    ran = run(*GRADE, "-o", "out.csv")
    written = Path("out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert len(rows_of(written.decode("utf-8"))) == 38
    said = "38 households graded, blank rows: 1, written to out.csv, problems to out.problems.csv"
    assert said in unfolded(ran.out)
    assert "all        4/11     4/10   11/29   8/26     11/40       9/29   38/116" in ran.out
    assert "marginal household      4/11        -" in ran.out
    left = ["households.csv", "members.csv", "out.csv", "out.problems.csv"]
    assert sorted(path.name for path in county.iterdir()) == left


@pytest.mark.usefixtures("county")
def test_in_parquet_lists_are_lists_and_the_pack_stands_beside_them(run: Run) -> None:
    run(*GRADE, "-o", "out.parquet")
    table = pl.read_parquet("out.parquet")
    assert table.schema["risks"] == pl.List(pl.String)
    assert table.filter(household_id="H007")["risks"].to_list() == [["illness"]]
    assert table["pack_hash"].unique().to_list() == [load_pack("example").hash]


@pytest.mark.usefixtures("county")
def test_in_words_headings_and_values_are_the_readers(run: Run) -> None:
    ran = run(*GRADE, "--headers", "label", "--lang", "zh")
    run(*GRADE, "--headers", "label", "--lang", "zh", "-o", "out.csv")
    assert rows_of(ran.out) == rows_in("out.csv")
    rows = {row["户编号"]: row for row in rows_in("out.csv")}
    assert rows["H007"]["风险等级"] == "蓝"
    assert rows["H007"]["最高可能等级"] == "红"
    assert rows["H007"]["监测对象类别"] == "边缘易致贫户"
    assert rows["H007"]["成立的风险"] == "因病"
    assert rows["H007"]["还需了解"] == "家庭成员的参加基本医疗保险"
    assert rows["H007"]["由谁办理"] == "村（嘎查）、乡镇（苏木）"
    assert rows["H001"]["研判状态"] == "无风险"
    headings = ["文件", "行", "户编号", "村", "列", "写的是（已遮盖）", "问题", "怎么改"]
    assert list(rows_in("out.problems.csv")[0]) == headings


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("members", [False, True])
def test_members_may_stand_on_another_sheet_of_the_same_workbook(members: bool, run: Run) -> None:
    sample.write(Path(), format="xlsx")
    named = ("--sheet", "户", "--members-sheet", "家庭成员") if members else ()
    of_sheets = rows_of(run("grade", "county.xlsx", *named, *ONE).out)
    assert [row for row in of_sheets if row["household_id"] != "H031"] == rows_of(run(*GRADE).out)


@pytest.mark.usefixtures("county")
def test_members_that_are_said_to_be_all_leave_less_to_ask(run: Run) -> None:
    Path("one.csv").write_text("户编号\nH1\n", encoding="utf-8")
    Path("two.csv").write_text("户编号,在校就读,出生日期\nH1,是,2010-05-01\n", encoding="utf-8")
    asked = [
        rows_of(run("grade", "one.csv", "-m", "two.csv", *ONE, *said).out)[0]["to_ask"].split("; ")
        for said in ((), ("--members-complete",))
    ]
    assert "size" in asked[0]
    assert "size" not in asked[1]


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("out", ["out.csv", "out.xlsx", "out.parquet"])
def test_an_old_file_stays_until_the_new_one_is_whole(
    out: str, run: Run, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(out).write_text("old", encoding="utf-8")

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    ran = run(*GRADE, "-o", out)
    assert (ran.code, Path(out).read_text(encoding="utf-8")) == (2, "old")
    assert f"{out}: the file can't be written: No space left on device" in ran.err
    assert not list(county.glob("*.part"))


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("option", ["-o", "--problems"])
def test_it_writes_over_no_file_that_it_reads(option: str, run: Run) -> None:
    run(*GRADE[:-1], "2024-05-31", "-o", "may.csv")
    for name, others in (("./members.csv", ()), ("may.csv", ("--previous", "may.csv"))):
        before = Path(name).read_bytes()
        ran = run(*GRADE, *others, option, name)
        assert ran.code == 2
        assert ran.err == "the results can't be written into a file that is read\n  → choose another name\n"
        assert Path(name).read_bytes() == before


@pytest.mark.usefixtures("county")
def test_what_stands_beside_an_output_is_looked_at_too(run: Run) -> None:
    Path("members.csv").rename("out.problems.csv")
    ran = run(*GRADE[:2], "-m", "out.problems.csv", *ONE, "-o", "out.csv")
    assert "can't be written into a file that is read" in ran.err
    assert not Path("out.csv").exists()


@pytest.mark.usefixtures("county")
def test_two_kinds_of_results_are_not_written_into_one_file(run: Run) -> None:
    ran = run(*GRADE, "-o", "out.csv", "--problems", "./out.csv")
    assert ran.code == 2
    assert ran.err.startswith("two kinds of results can't be written into one file\n")


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("option", ["-o", "--problems"])
def test_another_kind_of_file_is_refused_before_any_work(option: str, run: Run) -> None:
    ran = run("grade", "not-there.csv", *ONE, option, "out.xls")
    assert ran.code == 2
    assert ran.err.startswith("out.xls: the results can't be written as such a file\n")


@pytest.mark.usefixtures("county")
def test_a_file_that_is_open_in_excel_is_said_before_any_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out.xlsx").write_text("old", encoding="utf-8")
    opened = Path.open

    def held(self: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if self.name == "out.xlsx":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", held)
    ran = run("grade", "not-there.csv", *ONE, "-o", "out.xlsx", "--lang", "zh")
    assert ran.code == 2
    assert ran.err == "out.xlsx: 没有权限写这个文件\n  → 如果它正在 Excel 里打开，请先关闭\n"


# Exit codes


@pytest.mark.usefixtures("county")
def test_clean_tables_end_with_0_and_no_report(run: Run) -> None:
    Path("clean.csv").write_text("户编号,家庭人口,饮水安全\nH1,1,未保障\n\n", encoding="utf-8")
    ran = run("grade", "clean.csv", *ONE, "-o", "out.csv")
    assert (ran.code, ran.err) == (0, "")
    assert rows_in("out.problems.csv") == []


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("seed", range(0, 40, 10))
def test_mutated_files_are_graded_or_refused_and_never_a_traceback(seed: int, run: Run) -> None:
    for at in range(seed, seed + 10):
        files = [sample.HOUSEHOLDS, sample.MEMBERS]
        file = files[at % 2]
        Path(file.name).write_bytes(mutated(file.read_bytes(), Random(at)))
        ran = run(*GRADE, "--lang", ("zh", "en")[at % 2])
        assert ran.code in (1, 2), at
        assert (ran.code == 1) == bool(ran.out), at
        assert ran.err, at
        Path(file.name).write_bytes(file.read_bytes())


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("row", [",1", "H1,一两个"], ids=["row", "cell"])
def test_a_single_row_or_cell_that_cannot_be_read_is_a_1(row: str, run: Run) -> None:
    Path("dirty.csv").write_text(f"户编号,家庭人口\nH2,1\n{row}\n", encoding="utf-8")
    assert run("grade", "dirty.csv", *ONE).code == 1


@pytest.mark.usefixtures("county")
def test_a_column_that_is_not_known_is_said_and_is_no_failure(run: Run) -> None:
    Path("clean.csv").write_text("户编号,家庭人数口\nH1,1\n", encoding="utf-8")
    ran = run("grade", "clean.csv", *ONE, "-o", "out.csv")
    assert ran.code == 0
    assert "the column '家庭人数口' is not known, and was not read" in ran.err
    assert "did you mean 家庭人数 or 家庭人口?" in ran.err


@pytest.mark.usefixtures("county")
def test_without_a_parameter_row_a_household_is_not_graded_and_the_others_are(run: Run) -> None:
    Path("two.csv").write_text("户编号,行政区划代码,饮水安全\nH1,990001,met\nH2,410581,met\n", encoding="utf-8")
    ran = run("grade", "two.csv", *ONE)
    assert ran.code == 1
    first, second = rows_of(ran.out)
    assert first["status"] == "unknown"
    assert (second["status"], second["grade"], second["possible_grade"]) == ("refused", "", "")
    assert "missing-parameter:net_income_line" in second["faults"]
    assert "have no value on 2024-06-30 for region 410581" in ran.err
    assert ran.err.count("parameters:\n") == 1
    assert '      - {from: 2024-01-01, until: 2024-12-31, region: "410581", value: …, source: "…"}' in ran.err
    assert "1 households graded, 1 not graded" in unfolded(ran.err)


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("lines", ["户编号,家庭人口\n", "户编号,家庭人口\n\n,\n"])
def test_a_table_without_any_household_is_a_1_and_that_is_said(lines: str, run: Run) -> None:
    Path("none.csv").write_text(lines, encoding="utf-8")
    ran = run("grade", "none.csv", *ONE, "-o", "out.xlsx")
    assert ran.code == 1
    assert "there is no household in the table of households\n" in ran.out
    assert "-m" not in ran.out


@pytest.mark.usefixtures("county")
def test_that_no_members_are_given_is_said_where_it_matters(run: Run) -> None:
    said = "no members are given, so whatever hangs on them is open; name their table with -m"
    Path("m.csv").write_text("户编号,姓名\n", encoding="utf-8")
    assert said in unfolded(run("grade", "households.csv", *ONE, "-o", "out.csv").out)
    assert said in unfolded(run("grade", "households.csv", "-m", "m.csv", *ONE, "-o", "out.csv").out)
    assert said in unfolded(run("grade", "households.csv", *ONE).err)
    assert said not in unfolded(run(*GRADE, "-o", "out.csv").out)
    write_pack_of_households_alone()
    assert said not in unfolded(run("grade", "households.csv", "-p", "alone", *ONE[2:], "-o", "out.csv").out)


def write_pack_of_households_alone() -> None:
    Path("alone").mkdir()
    label = "{zh: 水, en: water}"
    texts = {
        "pack.yaml": f'name: alone\nlabel: {label}\nversion: "1"\n',
        "rules.yaml": f"risks:\n  water:\n    label: {label}\n    when: water == 'not_met'\n"
        f"grades:\n  red:\n    label: {label}\n    when: risk.water\n    handled_by: [village]\n",
    }
    for name, text in texts.items():
        Path("alone", name).write_text(text, encoding="utf-8")


# Since last month


@pytest.fixture
def may(county: Path, run: Run) -> Path:
    """Last month's tables graded: H001 is not there, H999 is, and the water of H036 was good."""
    first, *lines = Path("households.csv").read_text(encoding="utf-8-sig").splitlines()
    water = first.split(",").index("饮水安全")
    then = [first]
    for line in lines:
        cells = line.split(",")
        if cells[0] == "H036":
            cells[water] = "有保障"
        if cells[0] != "H001":
            then.append(",".join(cells))
        if cells[0] == "H002":
            then.append(",".join(["H999", *cells[1:water], "未保障", *cells[water + 1 :]]))
    (county / "may").mkdir()
    Path("may/households.csv").write_text("\n".join([*then, ""]), encoding="utf-8")
    for name, headers in (("may.xlsx", "label"), ("may.csv", "code"), ("may.parquet", "label")):
        words = ("grade", "may/households.csv", "-m", "members.csv", "-p", "example", "--on", "2024-05-31")
        run(*words, "-o", name, "--headers", headers, "--lang", "zh")
    return county


@pytest.mark.usefixtures("may")
@pytest.mark.parametrize("previous", ["may.xlsx", "may.csv", "may.parquet"])
def test_what_changed_stands_in_each_row_and_on_a_sheet(previous: str, run: Run) -> None:
    ran = run(*GRADE, "--previous", previous, "-o", "june.xlsx", "--lang", "zh")
    assert ran.code == 1
    sheets = sheets_in("june.xlsx")
    assert list(sheets) == ["汇总", "研判结果", "与上月比较", "数据问题", "说明"]
    changes = {row["户编号"]: row["变化"] for row in dicts(sheets["研判结果"])}
    assert {id_: change for id_, change in changes.items() if change != "不变"} == {"H001": "新增", "H036": "加重"}
    told = [(row["户编号"], row["变化"], row["风险等级"]) for row in dicts(sheets["与上月比较"])]
    assert told == [("H036", "加重", "红"), ("H001", "新增", "无"), ("H999", "不再列入", "")]
    assert dict(sheets["说明"])["上月的研判日期"] == "2024-05-31"
    assert "不再列入的：H999" in ran.out
    month = read_month(Path("june.xlsx"), WORDS)
    assert (month.on, len(month.rows)) == (date(2024, 6, 30), 38)


@pytest.mark.usefixtures("may")
@pytest.mark.parametrize("out", ["june.csv", "june.parquet"])
def test_beside_a_single_table_the_changes_have_a_file_of_their_own(out: str, run: Run) -> None:
    run(*GRADE, "--previous", "may.csv", "-o", out)
    path = out.replace("june", "june.changes")
    changes = pl.read_parquet(path) if path.endswith("parquet") else pl.read_csv(path)
    assert changes.select("household_id", "change", "grade_before", "grade").rows() == [
        ("H036", "worse", None, "red"),
        ("H001", "new", None, None),
        ("H999", "gone", "red", None),
    ]


@pytest.mark.usefixtures("may")
def test_a_household_whose_row_cannot_be_read_any_more_is_not_gone(run: Run) -> None:
    with Path("households.csv").open("a", encoding="utf-8") as opened:
        opened.write("H002,990001\n")  # now it is there twice
    run(*GRADE, "--previous", "may.csv", "-o", "june.csv")
    changes = {row["household_id"]: row["change"] for row in rows_in("june.changes.csv")}
    assert (changes["H002"], changes["H999"]) == ("newly_unknown", "gone")


@pytest.mark.usefixtures("may")
def test_another_pack_than_last_months_is_said(run: Run, county: Path) -> None:
    text = Path("may.csv").read_text(encoding="utf-8-sig").replace(load_pack("example").hash, "0" * 64)
    (county / "may.csv").write_text(text, encoding="utf-8")
    ran = run(*GRADE, "--previous", "may.csv", "-o", "june.xlsx")
    assert "last month's pack was example (00000000), and this one is example" in unfolded(ran.out)
    assert "00000000" in str(sheets_in("june.xlsx")["about"])
    assert "last month's pack" not in run(*GRADE, "--previous", "may.xlsx", "-o", "june.csv").out


@pytest.mark.usefixtures("may")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--previous", "no.csv"), "no.csv: there is no such file"),
        (("--previous", "households.csv"), "households.csv: this is no result that fanpin wrote"),
        (
            ("--previous", "may.csv", "--on", "2024-05-31"),
            "last month's results are of 2024-05-31, which is not before",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(words: tuple[str, ...], said: str, run: Run) -> None:
    ran = run(*GRADE, *words, "-o", "june.xlsx")
    assert ran.code == 2
    assert ran.err.startswith(said)
    assert not Path("june.xlsx").exists()


# On the screen


@pytest.mark.usefixtures("may")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_terminal_it_shows_the_households_that_have_something_to_say(
    language: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    out = run(*GRADE, "--previous", "may.csv", "--lang", language).out
    households = out[: out.index({"zh": "\n村 ", "en": "\nvillage "}[language])]
    assert {"zh": "蓝，可能红", "en": "blue, up to red"}[language] in unfolded(households)
    assert "H007" in households
    assert "H001" not in households  # it has no risk, and is counted below
    assert {"zh": "共研判 38 户，空行 1", "en": "38 households graded, blank rows: 1"}[language] in out
    assert max(map(cell_len, out.splitlines())) <= 80


def many_villages(count: int) -> None:
    rows = [f"H{n},村{n},{n % 5 + 1},{'未保障' if n == count - 1 else '有保障'}" for n in range(count)]
    Path("many.csv").write_text("\n".join(["户编号,村,家庭人口,饮水安全", *rows, ""]), encoding="utf-8")


@pytest.mark.usefixtures("county")
def test_of_many_villages_those_with_most_graded_households_are_shown_and_all_are_on_the_sheet(run: Run) -> None:
    many_villages(197)
    ran = run("grade", "many.csv", *ONE, "-o", "out.xlsx")
    villages = [line.split()[0] for line in ran.out.splitlines() if line.startswith("村")]
    assert len(villages) == 20
    assert villages[0] == "村196"
    assert "... and 177 more villages" in ran.out
    assert len({row["village"] for row in dicts(sheets_in("out.xlsx")["summary"])}) == 1 + 197
    assert max(map(cell_len, ran.out.splitlines())) <= 80


@pytest.mark.usefixtures("county")
def test_households_whose_persons_nobody_knows_are_said(run: Run) -> None:
    Path("two.csv").write_text("户编号,家庭人口\nH1,3\nH2,\n", encoding="utf-8")
    out = run("grade", "two.csv", *ONE, "-o", "out.csv").out
    assert "households whose persons are not known, and not counted: 1" in unfolded(out)
    assert "2/3" in out


@pytest.mark.usefixtures("county")
def test_the_report_is_cut_where_it_gets_long_and_says_so(run: Run) -> None:
    rows = [f"H{n},{'x' * (n % 97 + 1)}" for n in range(200)]
    Path("bad.csv").write_text("\n".join(["户编号,工资性收入", *rows, ""]), encoding="utf-8")
    ran = run("grade", "bad.csv", *ONE, "--problems", "problems.csv")
    assert ran.code == 1
    assert len(rows_of(ran.out)) == 200
    assert len(rows_in("problems.csv")) == 200
    assert len(ran.err.splitlines()) < 120


def test_progress_is_shown_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for terminal in ("", "1"):
        monkeypatch.setenv("FORCE_COLOR", terminal)
        with Steps() as steps:
            steps.step("reading", None)
            steps.step("writing", 10)(5)
        said = capsys.readouterr()
        assert said.out == ""
        assert ("writing" in said.err) == bool(terminal)


@pytest.mark.usefixtures("county")
def test_without_polars_the_extra_is_named() -> None:
    code = f"import sys; sys.modules['polars'] = None; from fanpin.cli import main; sys.exit(main({[*GRADE]!r}))"
    ended = python("-c", code, LC_ALL="en_US.UTF-8")
    assert ended.returncode == 2
    assert ended.stderr.decode().splitlines() == [
        "'the command line' needs an optional part that is not installed",
        "  → run: pip install 'fanpin[cli]'",
    ]


@pytest.mark.parametrize("command", ["packs", "pack check national", "workflow show roll_back"])
def test_commands_that_need_no_tables_do_not_load_polars(command: str) -> None:
    code = f"import sys; from fanpin.cli import main; main({command.split()}); sys.exit('polars' in sys.modules)"
    assert python("-c", code).returncode == 0


# Results beside the grade

GRANTS = Path(__file__).parents[1] / "packs" / "grants"
FACTS = "户编号,村,家庭人口,救助对象类别,合规费用,此前费用,房间,租地,拟发\n"
HOUSEHOLDS = FACTS + (
    "1,甲村,2,低保,20000,8000,4,否,60000\n"  # 13,800
    "2,甲村,2,其他,20000,8000,4,否,50000\n"  # not eligible
    "3,乙村,2,特困,20000,8000,0,否,\n"  # 15,800; the house is left to the county
    "4,乙村,2,低保,20000,,7,否,1\n"  # 0 to 14,000; no row of the table
)
GRANT = ("grade", "paid.csv", "-p", GRANTS, "--on", "2024-05-01")


@pytest.fixture
def paid() -> None:
    Path("paid.csv").write_text(HOUSEHOLDS, encoding="utf-8")


@pytest.mark.usefixtures("paid")
def test_results_stand_in_the_table_by_code(run: Run) -> None:
    ran = run(*GRANT)
    assert ran.code == 0
    rows = rows_of(ran.out)
    aid = [tuple(row[f"medical_aid__{end}"] for end in ("lo", "hi", "state")) for row in rows]
    assert aid == [
        ("13800.00", "13800.00", "known"),
        ("0.00", "0.00", "known"),
        ("15800.00", "15800.00", "known"),
        ("0.00", "14000.00", "unknown"),
    ]
    assert [row["class_grant__state"] for row in rows] == ["known", "known", "known", "refused"]
    assert [row["house__state"] for row in rows] == ["known", "known", "left", "known"]
    assert [row["proposal"] for row in rows] == ["above", "within", "", "within"]


@pytest.mark.usefixtures("paid")
def test_results_stand_in_the_table_in_words(run: Run) -> None:
    rows = rows_of(run(*GRANT, "--headers", "label", "--lang", "zh").out)
    assert rows[3]["医疗救助金上限（元/年）"] == "14000.00"
    assert [row["类别补助的状态"] for row in rows] == ["已算定", "已算定", "已算定", "不能计算"]
    assert [row["拟发金额"] for row in rows] == ["超过上限（须说明理由）", "在限额以内", "", "在限额以内"]
    assert rows[2]["可能的拟发金额"] == "超过上限（须说明理由）、在限额以内"


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_has_results_and_their_sums_on_sheets_of_their_own(language: str, run: Run) -> None:
    run(*GRANT, "-o", "out.xlsx", "--lang", language)
    sheets = sheets_in("out.xlsx")
    zh = ["汇总", "结果汇总", "研判结果", "各项结果", "数据问题", "说明"]
    assert list(sheets) == (zh if language == "zh" else ["summary", "sums", "results", "outcomes", "problems", "about"])
    _, sums, results, outcomes, *_ = sheets.values()
    aid = {"zh": "医疗救助金下限（元/年）", "en": "medical aid, at least (CNY/year)"}[language]
    assert aid not in results[0]
    assert [row[aid] for row in dicts(outcomes)] == [13_800, 0, 15_800, 0]
    proposal, house = ("拟发金额", "建房") if language == "zh" else ("proposal", "house")
    words = {"zh": ("待定", "由人决定"), "en": ("open", "left to a person")}[language]
    assert (dicts(outcomes)[2][proposal], dicts(outcomes)[2][house]) == words
    label = {"zh": "医疗救助金（元/年）", "en": "medical aid (CNY/year)"}[language]
    whole = [row[3:] for row in sums[1:] if row[1] == label and row[0] == {"zh": "合计", "en": "all"}[language]]
    assert whole == [[3, 2, 29_600, 29_600], [1, 1, 0, 14_000]]
    assert sum(row[3] for row in sums[1:] if row[1] == label) == 2 * 4  # of the whole, and of the villages


@pytest.mark.usefixtures("paid")
def test_by_code_a_workbook_has_every_column_of_the_results(run: Run) -> None:
    run(*GRANT, "-o", "out.xlsx", "--headers", "code")
    sheets = sheets_in("out.xlsx")
    assert {"medical_aid__state", "house", "house__possible", "house__state"} <= set(sheets["outcomes"][0])
    assert sheets["sums"][0] == ["village", "result", "outcome", "count", "with_some", "at_least", "at_most"]


PAYING = Path(__file__).parents[1] / "packs" / "paying"
CHILDREN = ("grade", "families.csv", "-m", "people.csv", "-p", PAYING, "--on", "2024-05-01")


@pytest.fixture
def families() -> None:
    Path("families.csv").write_text("户编号,村,家庭人口\nF1,甲村,2\nF2,乙村,1\n", encoding="utf-8")
    people = "户编号,姓名,出生日期\nF2,王五,\nF1,张三,1980-01-01\nF1,张小,2015-02-03\nF9,无名,2015-02-03\n"
    Path("people.csv").write_text(people, encoding="utf-8")


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_has_a_sheet_of_what_comes_of_members(language: str, run: Run) -> None:
    ran = run(*CHILDREN, "-o", "out.xlsx", "--lang", language)
    sheets = sheets_in("out.xlsx")
    at = {"zh": ["各项结果", "成员的结果", "数据问题"], "en": ["outcomes", "members", "problems"]}[language]
    assert [name for name in sheets if name in at] == at
    members = sheets[at[1]]
    assert members[0] == {
        "zh": ["户编号", "村", "成员表的行", "姓名", "儿童补助下限（元/年）", "儿童补助上限（元/年）", "儿童补助的状态",
               "还需了解", "数据问题"],
        "en": ["household id", "village", "row of the table of members", "name", "child grant, at least (CNY/year)",
               "child grant, at most (CNY/year)", "state of child grant", "still to ask", "faults in the data"],
    }[language]  # fmt: skip
    words = {"zh": ("待定", "已算定", "家庭成员的出生日期"), "en": ("open", "settled", "members: birth date")}[language]
    assert [row[:8] for row in members[1:]] == [
        ["F2", "乙村", 2, "王五", 0, 3000, words[0], words[2]],
        ["F1", "甲村", 3, "张三", 0, 0, words[1], ""],
        ["F1", "甲村", 4, "张小", 3000, 3000, words[1], ""],
    ]
    said = {
        "zh": "儿童补助：已算定 2（1 人大于零，共 3,000.00 元/年）；待定 1（共 0.00 至 3,000.00 元/年）",
        "en": "child grant: settled 2 (1 above zero, 3,000.00 CNY/year in all); open 1 (0.00 to 3,000.00 CNY/year in",
    }[language]
    assert said.replace(" ", "") in ran.out.replace("\n", "").replace(" ", "")
    label = {"zh": "儿童补助（元/年）", "en": "child grant (CNY/year)"}[language]
    sums = [row for row in sheets[{"zh": "结果汇总", "en": "sums"}[language]] if row[1] == label]
    assert [row[3] for row in sums] == [2, 1, 1, 2], "of all, then by village"


@pytest.mark.usefixtures("families")
def test_what_comes_of_members_goes_into_a_file_beside_a_single_table(run: Run) -> None:
    ran = run(*CHILDREN, "-o", "out.csv", "--lang", "en")
    rows = rows_of(Path("out.members.csv").read_text("utf-8-sig"))
    assert [row["child_grant__state"] for row in rows] == ["unknown", "known", "known"]
    assert [row["table_row"] for row in rows] == ["2", "3", "4"]
    assert "results of members to out.members.csv" in unfolded(ran.out)
    Path("out.members.csv").rename("people.members.csv")
    same = [str(part).replace("people.csv", "people.members.csv") for part in CHILDREN]
    refused = run(*same, "-o", "people.csv")
    assert refused.code == 2
    assert "people.members.csv" in {path.name for path in Path().iterdir()}


@pytest.mark.usefixtures("paid")
def test_the_screen_says_how_results_came_out_and_what_they_are_in_all(run: Run) -> None:
    said = unfolded(run(*GRANT, "-o", "out.csv").out)
    assert (
        "- medical aid: settled 3 (2 above zero, 29,600.00 CNY/year in all); open 1 (0.00 to 14,000.00 CNY/year in all)"
    ) in said
    assert "- class grant: settled 3 (3 above zero, 2,000.00 CNY/year in all); can't be worked out 1" in said
    assert "- level: high 1; middle 2; none of them 1" in said
    assert "- house: eligible 0; not eligible 3; left to a person 1" in said
    said = run(*GRANT, "-o", "out.csv", "--lang", "zh").out.replace("\n  ", "").replace(" ", "")
    assert "-医疗救助金：已算定3（2户大于零，共29,600.00元/年）；待定1（共0.00至14,000.00元/年）" in said


@pytest.mark.usefixtures("paid")
def test_an_amount_that_changed_is_no_change_and_files_without_results_are_compared_too(run: Run) -> None:
    run("grade", "paid.csv", "-p", "example", "--on", "2024-04-01", "-o", "old.csv")
    run(*GRANT, "-o", "may.xlsx", "--lang", "zh")
    Path("paid.csv").write_text(HOUSEHOLDS.replace("20000", "90000"), encoding="utf-8")
    for previous in ("old.csv", "may.xlsx"):
        ran = run("grade", "paid.csv", "-p", GRANTS, "--on", "2024-05-31", "--previous", previous, "-o", "june.csv")
        assert ran.code == 0
        rows = rows_in("june.csv")
        assert [row["change"] for row in rows] == ["same"] * 4
        assert rows[0]["medical_aid__lo"] != "13800.00"
        assert rows_in("june.changes.csv") == []


@pytest.mark.usefixtures("paid")
def test_a_pack_without_risks_gives_results_alone(run: Run) -> None:
    Path("p").mkdir()
    Path("p/pack.yaml").write_text('name: p\nlabel: {zh: 包, en: p}\nversion: "1"\n', encoding="utf-8")
    result = "results:\n  few: {label: {zh: 人少, en: few}, when: {few: size < 3}}\n"
    Path("p/results.yaml").write_text(result, encoding="utf-8")
    ran = run("grade", "paid.csv", "-p", "p", "--on", "2024-05-01")
    assert ran.code == 0
    assert [(row["status"], row["few"]) for row in rows_of(ran.out)] == [("clear", "eligible")] * 4
