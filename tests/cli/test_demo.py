"""`fanpin demo`: the first screen that anybody sees."""

import csv
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from fanpin import load_pack, sample
from fanpin.cli.demo import RESULTS
from fanpin.tables import households_of, read_county
from tests.cli.conftest import Run, python


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                "虚构的小县：Excel 表里 4 个村、599 户、1,793 人",
                "雾鼬村",
                "脱贫不稳定户",
                "读不了的：5 行，5 格",
                "H0003061",
                "还需了解",
                "全部结果写入了 fanpin-demo-results.xlsx",
                "fanpin pack show example",
            ],
        ),
        (
            "en",
            [
                "4 villages, 599 households, 1,793 persons",
                "kind             red",
                "Not read: 5 rows, 5 cells",
                "Still to ask",
                "all results are in fanpin-demo-results.xlsx",
            ],
        ),
    ],
)
def test_it_grades_reports_and_explains(language: str, said: list[str], run: Run) -> None:
    ran = run("demo", "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    assert [text for text in said if text not in ran.out] == []


def test_what_it_leaves_is_no_part_of_a_clone() -> None:
    ignored = Path(__file__).parents[2] / ".gitignore"
    if not ignored.exists():
        pytest.skip("only in a clone")
    assert f"/{RESULTS}" in ignored.read_text(encoding="utf-8").splitlines()


def test_every_grade_and_kind_is_seen(run: Run) -> None:
    household = sample.SHOWN_OF_THEM
    shown = run("demo", "-o", "results.csv").out
    rows = list(csv.DictReader(Path("results.csv").read_text(encoding="utf-8-sig").splitlines()))
    rules = load_pack(sample.PACK).rules.spec
    assert {row["grade"] for row in rows} >= {grade.label.en for grade in rules.grades.values()}
    assert {row["category"] for row in rows} >= {kind.label.en for kind in rules.categories.values()}
    (of_it,) = [row for row in rows if row["household id"] == household]
    assert of_it["risks that hold"], of_it["still to ask"]
    assert f"{household} · {of_it['village']}" in shown


def test_the_results_are_left_as_a_workbook_and_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    path = tmp_path / "fanpin-demo-results.xlsx"
    run("demo", "--lang", "zh")
    written = path.read_bytes()
    book = calamine.load_workbook(path)
    assert book.sheet_names == ["汇总", "研判结果", "数据问题", "说明"]
    first, *rows = book.get_sheet_by_name("研判结果").to_python()
    assert first[:5] == ["户编号", "村", "网格", "人数", "研判状态"]
    assert {row[2][:1] for row in rows} == {"W"}
    assert len(rows) == 599
    assert len(book.get_sheet_by_name("数据问题").to_python()) == 13
    assert book.get_sheet_by_name("说明").to_python()[0] == ["研判日期", sample.DAY.isoformat()]

    path.write_bytes(b"mine")
    assert "fanpin-demo-results.xlsx 已经有了，没有改动" in run("demo", "--lang", "zh").out
    assert path.read_bytes() == b"mine"
    assert run("demo", "--lang", "zh", "-o", "elsewhere.xlsx").code == 0
    assert Path("elsewhere.xlsx").read_bytes() == written
    ran = run("demo", "-o", path)
    assert (ran.code, ran.out) == (2, "")
    assert "the file is there already" in ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_it_keeps_within_the_screen(language: str, columns: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = run("demo", "--lang", language).out.splitlines()
    to_copy = [line for line in lines if line.startswith("  fanpin ")]  # these stay whole
    assert max(cell_len(line) for line in lines if line not in to_copy) <= int(columns)


def test_it_takes_less_than_ten_seconds() -> None:
    began = time.monotonic()
    ended = python("-m", "fanpin", "demo")
    assert ended.returncode == 0
    assert time.monotonic() - began < 10


def test_what_it_says_to_do_next_works(run: Run) -> None:
    said = [line.split()[1:] for line in run("demo").out.splitlines() if line.startswith("  fanpin ")]
    assert [words[0] for words in said] == ["pack", "sample", "grade", "explain"]
    assert [run(*words).code for words in said] == [0, 0, 1, 0]


def test_the_sample_is_written_and_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    assert run("sample", tmp_path / "new").code == 0
    assert (tmp_path / "new" / "households.csv").read_bytes() == sample.HOUSEHOLDS.read_bytes()
    assert (tmp_path / "new" / "events.csv").read_bytes() == sample.LOG.read_bytes()
    (tmp_path / "new" / "members.csv").write_text("mine", encoding="utf-8")
    ran = run("sample", tmp_path / "new")
    assert ran.code == 2
    assert ran.err.count("the file is there already, and was left as it is") == 3
    assert (tmp_path / "new" / "members.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("format", "names"),
    [
        ("csv", ["households.csv", "members.csv"]),
        ("xlsx", ["county.xlsx"]),
        ("parquet", ["households.parquet", "members.parquet"]),
    ],
)
def test_a_county_of_any_size_is_written_in_each_form_and_can_be_graded(
    format: str, names: list[str], run: Run, tmp_path: Path
) -> None:
    ran = run("sample", "new", "--households", "120", "--format", format)
    assert ran.code == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    line = ran.out.splitlines()[-1].split()
    assert line[:2] == ["fanpin", "grade"]
    table = read_county(*(tmp_path / "new" / name for name in names))
    assert 117 <= len(households_of(table)) <= 120
    assert run(*line[1:]).code == 1  # some rows are wrong on purpose
    assert run("sample", "new", "--households", "3", "--format", format).code == 2


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("--households", "0"), "--households：应为 1 至 1,000,000 之间的整数", "a whole number from 1 to 1,000,000"),
        (("--households", "1000001"), "应为 1 至 1,000,000 之间的整数", "a whole number from 1 to 1,000,000"),
        (("--households", "9" * 5000), "应为 1 至 1,000,000 之间的整数", "a whole number from 1 to 1,000,000"),
        (("--households", "三"), "应为 1 至 1,000,000 之间的整数", "a whole number from 1 to 1,000,000"),
        (("--format", "xls"), "--format：应为 csv、xlsx 或 parquet", "--format: csv, xlsx or parquet is needed"),
    ],
)
def test_what_no_county_can_be_is_refused(words: tuple[str, str], zh: str, en: str, run: Run, tmp_path: Path) -> None:
    for language, said in (("zh", zh), ("en", en)):
        ran = run("sample", "new", *words, "--lang", language)
        assert ran.code == 2
        assert said in ran.err
    assert list(tmp_path.iterdir()) == []


def test_its_pack_says_that_it_is_invented(run: Run) -> None:
    note = load_pack(sample.PACK).note
    assert note is not None
    assert "invented" in run("demo").out
    assert "nobody's policy" in note.en
