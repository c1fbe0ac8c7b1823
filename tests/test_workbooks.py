"""Files come out whole, text stays text, and what a format can't hold is refused rather than cut."""

import csv
import io
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from rich.cells import cell_len

from fanpin import DataError, workbooks
from fanpin.workbooks import Sheet, csv_text, plain_text, suffix_of, whole, write

DAY = date(2024, 6, 30)
# What Excel, or xlsxwriter, would take for something else than text.
ODD = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "007",
    "152223199001011234",
    "1E5",
    "<r>x</r>",
    "http://a.b",
    " x ",
    "a\nb",
    "真",
    "{=1}",
]
ROWS = pl.DataFrame(
    {"户编号": ODD, "人数": [3, None, *range(len(ODD) - 2)], "风险": [["因病", "因学"], [], None, *[["x"]] * 10]}
)


def sheets_of(path: Path) -> dict[str, list[list[Any]]]:
    calamine = pytest.importorskip("python_calamine")
    book = calamine.CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts_of(path: Path, name: str) -> str:
    from zipfile import ZipFile

    with ZipFile(path) as opened:
        return opened.read(name).decode("utf-8")


# What is in them


def test_in_a_workbook_all_text_is_text_and_numbers_are_numbers(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [Sheet("结果", ROWS)], glue="、", day=DAY)
    head, *rows = sheets_of(tmp_path / "a.xlsx")["结果"]
    assert head == ["户编号", "人数", "风险"]
    assert [row[0].removesuffix(" ") if "<r>" in row[0] else row[0] for row in rows] == ODD
    assert [row[1] for row in rows] == [3, "", *range(len(ODD) - 2)]
    assert [row[2] for row in rows[:3]] == ["因病、因学", "", ""]
    page = parts_of(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert "<f>" not in page
    assert "hyperlink" not in page


def test_a_sheet_is_laid_out_to_be_worked_with(tmp_path: Path) -> None:
    wide = pl.DataFrame({"a": ["短"], "b": ["很" * 100], "c": ["x" * 10]})
    write(tmp_path / "a.xlsx", [Sheet("结果", wide, sentences=frozenset({"b"}))], day=DAY)
    page = parts_of(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert '<pane xSplit="1" ySplit="1"' in page
    assert '<autoFilter ref="A1:C2"/>' in page
    assert 'numberStoredAsText="1"' in page
    widths = [float(part.split('"')[0]) for part in page.split(' width="')[1:]]
    assert widths[0] < widths[2] < widths[1] <= 71


@pytest.mark.parametrize(
    ("heading", "lines", "most"),
    [
        ("gravest possible grade last month", 2, 24),
        ("上月监测对象的最高可能等级", 2, 20),
        ("村", 1, 7),
        ("faults in the data", 2, 17),
    ],
)
def test_a_heading_is_seen_whole_and_an_empty_column_takes_little_room(
    heading: str, lines: int, most: int, tmp_path: Path
) -> None:
    write(tmp_path / "a.xlsx", [Sheet("s", pl.DataFrame({heading: [None, None]}))], day=DAY)
    page = parts_of(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    (width,) = (float(found) for found in re.findall('<col [^>]*width="([0-9.]+)"', page))
    assert cell_len(heading) / lines + 3 < width < most
    assert f'ht="{15 * lines}"' in page.partition("<row ")[2].partition(">")[0] or lines == 1


def test_a_long_text_is_seen_whole_in_a_higher_row(tmp_path: Path) -> None:
    rows = pl.DataFrame({"a": ["短", "很" * 70, "x" * 20000]})
    write(tmp_path / "a.xlsx", [Sheet("s", rows)], day=DAY)
    page = parts_of(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    heights = [part.partition('ht="')[2].partition('"')[0] for part in page.split("<row ")[1:]]
    assert heights == ["", "", "105", "405"]  # Excel takes no row of more than 409 points


def test_grades_have_their_colour_and_totals_are_bold(tmp_path: Path) -> None:
    rows = pl.DataFrame({"等级": ["红", "黄", "无", "红"]})
    write(tmp_path / "a.xlsx", [Sheet("s", rows, {"等级": {"红": "red", "黄": "yellow"}}, totals=1)], day=DAY)
    page, styles = (parts_of(tmp_path / "a.xlsx", f"xl/{name}.xml") for name in ("worksheets/sheet1", "styles"))
    of_rows = [part.split('"')[0] for part in page.split(' s="')[1:]][-4:]
    assert len(set(of_rows)) == 4  # the total is no red
    assert "FFF8D7D3" in styles
    assert "FFFDF1C4" in styles


def test_a_sheet_without_headings_has_no_filter(tmp_path: Path) -> None:
    about = pl.DataFrame({"item": ["规则包"], "value": ["example"]})
    write(tmp_path / "a.xlsx", [Sheet("说明", about, headed=False)], day=DAY)
    assert sheets_of(tmp_path / "a.xlsx") == {"说明": [["规则包", "example"]]}
    assert "autoFilter" not in parts_of(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")


def test_several_sheets_stand_in_their_order_and_an_empty_one_too(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [Sheet("一", ROWS), Sheet("二", ROWS.clear())], day=DAY)
    sheets = sheets_of(tmp_path / "a.xlsx")
    assert list(sheets) == ["一", "二"]
    assert sheets["二"] == [ROWS.columns]


def test_a_csv_is_utf_8_with_the_mark_and_runs_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [Sheet("结果", ROWS)], glue="、", day=DAY)
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    _, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert [row[0] for row in rows][:6] == ["'=1+1", "+1", "-1", "'@x", "007", "152223199001011234"]
    assert [row[2] for row in rows][:3] == ["因病、因学", "", ""]


@pytest.mark.parametrize("text", ["=1", "+x", "-x", "@x", "\tx", "\rx", "-1", "+1.5", "x", "'x", "", '=HYPERLINK("a")'])
def test_what_a_csv_marks_as_text_is_read_back_as_it_was(text: str) -> None:
    rows = pl.DataFrame({"a": [text, "other"]})
    read = pl.read_csv(csv_text(rows).encode(), infer_schema=False)
    assert_frame_equal(read.with_columns(plain_text("a")), rows)
    assert not csv_text(rows).splitlines()[1].strip('"').startswith(("=", "@", "\t", "\r", "+x", "-x"))


def test_in_parquet_lists_stay_lists(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [Sheet("结果", ROWS)], day=DAY)
    assert_frame_equal(pl.read_parquet(tmp_path / "a.parquet"), ROWS)


@pytest.mark.parametrize("suffix", workbooks.SUFFIXES)
def test_the_same_tables_give_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"{name}{suffix}", [Sheet("结果", ROWS)], day=DAY)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


# What is refused


@pytest.mark.parametrize("name", ["a.xls", "a.txt", "a", "a.xlsx.gz", "a.et"])
def test_another_kind_of_file_is_refused_by_its_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        write(tmp_path / name, [Sheet("s", ROWS)], day=DAY)
    assert refused.value.text("en").endswith(
        "the results can't be written as such a file\n  → end its name with one of .xlsx, .csv, .parquet"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_may_be_in_capitals() -> None:
    assert suffix_of(Path("A.XLSX")) == ".xlsx"


def test_more_rows_than_excel_takes_are_refused_and_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 14)
    write(tmp_path / "a.xlsx", [Sheet("s", ROWS)], day=DAY)
    with pytest.raises(DataError, match="'s' has 26 rows, and Excel takes at most 13"):
        write(tmp_path / "b.xlsx", [Sheet("s", pl.concat([ROWS, ROWS]))], day=DAY)
    assert not (tmp_path / "b.xlsx").exists()


@pytest.mark.parametrize(("character", "most"), [("x", 32767), ("真", 32767), ("𠮷", 16383)])
def test_a_text_that_no_cell_holds_is_refused_and_not_cut(character: str, most: int, tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [Sheet("s", pl.DataFrame({"a": [character * most]}))], day=DAY)
    assert sheets_of(tmp_path / "a.xlsx")["s"][1] == [character * most]
    with pytest.raises(DataError, match="a text in the sheet 's' is too long for a cell of Excel"):
        write(tmp_path / "b.xlsx", [Sheet("s", pl.DataFrame({"a": [character * (most + 1)]}))], day=DAY)


# Whole or not at all


def test_an_error_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    with suppress(ZeroDivisionError), whole(tmp_path / "a.csv") as opened:
        opened.write(b"half")
        raise ZeroDivisionError
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("a.csv", "old")]


def test_an_error_within_a_workbook_leaves_nothing_not_even_in_the_folder_of_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile.write", full)
    with pytest.raises(OSError, match="No space left") as refused:
        write(tmp_path / "a.xlsx", [Sheet("s", ROWS)], day=DAY)
    assert refused.value.filename == str(tmp_path / "a.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]
    assert list((tmp_path / "temporary").iterdir()) == []


KILLED = """
import sys, time
from datetime import date
from pathlib import Path
import polars as pl
from fanpin.workbooks import Sheet, write

class Slow(pl.DataFrame):
    def write_parquet(self, opened):
        opened.write(b"half"); opened.flush(); self.wait()

    def wait(self):
        print("writing", flush=True); time.sleep(60)

rows = Slow({"a": ["x"] * 5000})
suffix = Path(sys.argv[1]).suffix
write(Path(sys.argv[1]), [Sheet("s", rows)], day=date(2024, 6, 30), written=lambda _: rows.wait())
"""


@pytest.mark.parametrize("old", [None, "old"])
@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_killed_while_writing_nothing_half_is_under_the_name(suffix: str, old: str | None, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    if old is not None:
        path.write_text(old, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, encoding="utf-8") as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "writing\n"
        assert list(tmp_path.glob(f"a{suffix}.*.part"))  # it is in the middle of it
        writing.kill()
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == old
    write(path, [Sheet("s", ROWS)], day=DAY)  # and the next run is not in its way
    assert path.stat().st_size > 1000


def test_a_folder_that_is_not_there_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as refused:
        write(tmp_path / "no" / "a.xlsx", [Sheet("s", ROWS)], day=DAY)
    assert refused.value.filename == str(tmp_path / "no" / "a.xlsx")


def test_a_file_that_is_held_open_is_named_and_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where Excel holds what it shows."""
    path = tmp_path / "a.xlsx"
    path.write_text("old", encoding="utf-8")

    def held(self: Path, _: Path) -> None:
        raise PermissionError(13, "Access is denied", str(self))

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError) as refused:
        write(path, [Sheet("s", ROWS)], day=DAY)
    assert refused.value.filename == str(path)
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("a.xlsx", "old")]


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    steps = list[int]()
    write(tmp_path / "a.xlsx", [Sheet("s", pl.DataFrame({"a": range(2500)}))], day=DAY, written=steps.append)
    assert sum(steps) == 2500


# Amounts


def test_amounts_have_two_decimals_and_a_column_wide_enough_and_counts_have_none(tmp_path: Path) -> None:
    rows = pl.DataFrame({"户数": [1, 0], "金额": [1234567.8, None], "元": [0.0, 5.25]})
    write(tmp_path / "a.xlsx", [Sheet("s", rows, totals=1)], day=DAY)
    assert sheets_of(tmp_path / "a.xlsx")["s"][1:] == [[1, 1234567.8, 0], [0, "", 5.25]]
    styles, page = (parts_of(tmp_path / "a.xlsx", name) for name in ("xl/styles.xml", "xl/worksheets/sheet1.xml"))
    (amount,) = re.findall(r'numFmtId="(\d+)" formatCode="#,##0.00"', styles)
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    cells = {cell: int(style) for cell, style in re.findall(r'<c r="(\w+)" s="(\d+)"', page)}
    assert formats[cells["B2"]] == formats[cells["C3"]] == amount
    assert formats[cells["A2"]] != amount
    (_, wide, _) = (float(width) for width in re.findall(r'<col [^>]*width="([0-9.]+)"', page))
    assert wide > len("1,234,567.80")


def test_in_a_csv_amounts_have_two_decimals() -> None:
    assert csv_text(pl.DataFrame({"n": [1], "lo": [1000.05], "hi": [9600.0]})) == "n,lo,hi\n1,1000.05,9600.00\n"
