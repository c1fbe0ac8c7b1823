"""`fanpin grade`: every row is in the results or in the report, and the exit code says whether all was well."""

import csv
import io
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rich.cells import cell_len

from fanpin import grade, load_pack, sample
from fanpin.cli import results
from fanpin.tables import read_households
from tests.cli.conftest import Run
from tests.test_tables import mutated

GRADE = ("grade", "households.csv", "--members", "members.csv", "--pack", "example", "--on", "2024-06-30")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.usefixtures("county")
def test_into_a_pipe_it_writes_csv_and_reports_beside_it(run: Run) -> None:
    ran = run(*GRADE)
    assert ran.code == 1  # some rows are dirty
    rows = rows_of(ran.out)
    assert len(rows) == 38
    assert list(rows[0]) == list(results.COLUMNS)
    assert "Not read: 11 rows, 7 cells" in ran.err
    assert "the column '备注' is not known, and was not read" in ran.err


@pytest.mark.usefixtures("county")
def test_the_results_are_those_of_grading_one_by_one(run: Run) -> None:
    pack = load_pack("example")
    table = read_households(sample.HOUSEHOLDS, sample.MEMBERS, model=pack.model)
    assessments = [grade(household, pack=pack, on=sample.DAY) for household in table.households]
    for row, a in zip(rows_of(run(*GRADE).out), assessments, strict=True):
        assert (row["household_id"], row["status"]) == (a.household_id, a.status)
        assert (row["grade"], row["possible_grade"], row["category"]) == (
            a.grade or "",
            a.possible_grade or "",
            a.category or "",
        )
        assert row["risks"] == "; ".join(a.risks)
        assert row["unknown_risks"] == "; ".join(a.unknown_risks)
        assert row["possible_categories"] == "; ".join(a.possible_categories)
        assert row["to_ask"] == "; ".join(question.text("en") for question in a.to_ask)
        assert row["handled_by"] == "; ".join(a.handled_by)
        assert (row["pack"], row["pack_hash"], row["on"]) == ("example", pack.hash, "2024-06-30")


@pytest.mark.usefixtures("county")
def test_a_households_faults_stand_in_its_row(run: Run) -> None:
    rows = {row["household_id"]: row["faults"] for row in rows_of(run(*GRADE).out)}
    assert rows["H011"] == (
        "households.csv, row 12, 工资性收入: a number from 0 to 1,000,000,000 is needed, and '*#*' is written"
    )
    assert rows["H014"].startswith("members.csv, row 44, 出生日期: a day from 1900-01-01")
    assert rows["H001"] == ""


@pytest.mark.usefixtures("county")
def test_every_household_is_in_the_results_or_named_in_the_report(run: Run) -> None:
    ran = run(*GRADE, "--problems", "problems.csv")
    graded = {row["household_id"] for row in rows_of(ran.out)}
    problems = rows_of(Path("problems.csv").read_text(encoding="utf-8"))
    lines = Path("households.csv").read_text(encoding="utf-8-sig").splitlines()
    bad = {int(p["row"]) for p in problems if p["file"] == "households.csv" and p["code"].startswith("row-")}
    for number, line in enumerate(lines[1:], 2):
        assert (line.split(",")[0] in graded) != (number in bad), number


def test_a_file_is_written_whole_for_excel_and_counted_on_the_screen(run: Run, county: Path) -> None:
    ran = run(*GRADE, "-o", "out.csv")
    written = Path("out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert len(rows_of(written.decode("utf-8"))) == 38
    assert "38 households graded, blank rows: 1, written to out.csv" in ran.out
    assert "all        4 / 11   4 / 10   11 / 29   8 / 26   11 / 40     9 / 29   38 / 116" in ran.out
    assert sorted(path.name for path in county.iterdir()) == ["households.csv", "members.csv", "out.csv"]


@pytest.mark.usefixtures("county")
def test_in_words_headings_and_values_are_the_readers(run: Run) -> None:
    run(*GRADE, "--words", "--lang", "zh", "-o", "out.csv")
    rows = {row["户编号"]: row for row in rows_of(Path("out.csv").read_text(encoding="utf-8"))}
    assert rows["H007"]["风险等级"] == "蓝"
    assert rows["H007"]["最高可能等级"] == "红"
    assert rows["H007"]["监测对象类别"] == "边缘易致贫户"
    assert rows["H007"]["成立的风险"] == "因病"
    assert rows["H007"]["由谁办理"] == "村（嘎查）; 乡镇（苏木）"
    assert rows["H001"]["研判状态"] == "没有风险"


def test_an_old_file_stays_until_the_new_one_is_whole(run: Run, county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out.csv").write_text("old", encoding="utf-8")

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fanpin.cli.grading.write_csv", fails)
    ran = run(*GRADE, "-o", "out.csv")
    assert (ran.code, Path("out.csv").read_text(encoding="utf-8")) == (2, "old")
    assert "No space left on device" in ran.err
    assert not list(county.glob("*.part"))


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("option", ["-o", "--problems"])
def test_it_writes_over_no_file_that_it_reads(option: str, run: Run) -> None:
    before = Path("members.csv").read_bytes()
    ran = run(*GRADE, option, "./members.csv")
    assert ran.code == 2
    assert ran.err == "the results can't be written into a file that is read\n  → choose another name\n"
    assert Path("members.csv").read_bytes() == before


@pytest.mark.usefixtures("county")
def test_clean_tables_end_with_0_and_no_report(run: Run) -> None:
    Path("clean.csv").write_text("户编号,家庭人口,饮水安全\nH1,1,未保障\n\n", encoding="utf-8")
    ran = run("grade", "clean.csv", "--pack", "example", "--on", "2024-06-30", "-o", "out.csv")
    assert (ran.code, ran.err) == (0, "")


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
    assert run("grade", "dirty.csv", "--pack", "example", "--on", "2024-06-30").code == 1


@pytest.mark.usefixtures("county")
def test_a_column_that_is_not_known_is_said_and_is_no_failure(run: Run) -> None:
    Path("clean.csv").write_text("户编号,家庭人数口\nH1,1\n", encoding="utf-8")
    ran = run("grade", "clean.csv", "--pack", "example", "--on", "2024-06-30", "-o", "out.csv")
    assert ran.code == 0
    assert "the column '家庭人数口' is not known, and was not read" in ran.err
    assert "did you mean 家庭人数 or 家庭人口?" in ran.err


@pytest.mark.usefixtures("county")
def test_without_a_parameter_row_a_household_is_not_graded_and_the_others_are(run: Run) -> None:
    Path("two.csv").write_text("户编号,行政区划代码,饮水安全\nH1,990001,met\nH2,410581,met\n", encoding="utf-8")
    ran = run("grade", "two.csv", "--pack", "example", "--on", "2024-06-30")
    assert ran.code == 1
    first, second = rows_of(ran.out)
    assert first["status"] == "unknown"
    assert (second["status"], second["grade"], second["possible_grade"]) == ("missing_parameter", "", "")
    assert "region 410581" in second["faults"]
    assert "have no value on 2024-06-30 for region 410581" in ran.err
    assert ran.err.count("parameters:\n") == 1
    assert '      - {from: 2024-01-01, until: 2024-12-31, region: "410581", value: …, source: "…"}' in ran.err


@pytest.mark.usefixtures("county")
def test_on_a_terminal_it_shows_the_households_that_have_something_to_say(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    out = run(*GRADE, "--lang", "zh").out
    assert "H007     蓝，可能红   边缘易致贫户" in out
    assert "H001" not in out  # it has no risk, and is counted below
    assert "共研判 38 户，空行 1" in out
    assert max(map(cell_len, out.splitlines())) <= 80


@pytest.mark.usefixtures("county")
def test_the_report_is_cut_where_it_gets_long_and_says_so(run: Run) -> None:
    rows = [f"H{n},{'x' * (n % 97 + 1)}" for n in range(200)]
    Path("bad.csv").write_text("\n".join(["户编号,工资性收入", *rows, ""]), encoding="utf-8")
    ran = run("grade", "bad.csv", "--pack", "example", "--on", "2024-06-30", "--problems", "problems.csv")
    assert ran.code == 1
    assert len(rows_of(ran.out)) == 200
    assert len(rows_of(Path("problems.csv").read_text(encoding="utf-8"))) == 200
    assert len(ran.err.splitlines()) < 120
