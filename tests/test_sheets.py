"""A file is known by what it holds: CSV, Excel and Parquet give the same table, all else is refused by name."""

import csv
import io
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from fanpin.errors import DataError, FanpinError, MissingExtra, Problem
from fanpin.sheets import DELIMITERS, sheets_of, text_of
from fanpin.tables import CountyTable, read_county

Rows = Sequence[Sequence[Any]]
DAY = date(2024, 3, 5)
HOUSEHOLDS: Rows = [
    ["户编号", "家庭人口", "脱贫户", "工资性收入", "识别监测时间", "饮水安全", "村", "联系电话"],
    ["H1", 3, True, 900.5, DAY, "有保障", "甲村", 13900000000],
    ["H2", None, None, None, None, None, None, None],
    [None, None, None, None, None, None, None, None],
    ["H3", 2, False, 12345, date(2023, 12, 31), "met", "乙村", None],
    ["H4", 51, None, -1, None, "一般", " 丙村 ", None],
    [None, 2, True, None, None, None, "丁村", None],
]
MEMBERS: Rows = [
    ["户编号", "姓名", "出生日期", "个人合规自付支出", "在校就读"],
    ["H3", "李某", date(1980, 5, 1), 0.3, False],
    ["H1", "张某", None, None, True],
    ["H9", "王某", None, None, None],
]


def workbook(path: Path, sheets: Mapping[str, Rows], *, hidden: str = "", at: tuple[int, int] = (0, 0)) -> Path:
    """A workbook of sheets whose cells are of the types that a spreadsheet gives them."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            if title == hidden:
                sheet.hide()
            for r, row in enumerate(rows, at[0]):
                for c, cell in enumerate(row, at[1]):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, datetime(cell.year, cell.month, cell.day), day)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return path


def text(cell: Any) -> str:
    """A cell as people type it."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return f"{cell.year}/{cell.month}/{cell.day}" if isinstance(cell, date) else "" if cell is None else str(cell)


def delimited(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([[text(cell) for cell in row] for row in rows])
    path.write_bytes(written.getvalue().encode(encoding))
    return path


def parquet(path: Path, rows: Rows) -> Path:
    columns = {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}
    pl.DataFrame(columns, strict=False).write_parquet(path)
    return path


def of_texts(rows: Rows) -> Rows:
    return [[text(cell) or None for cell in row] for row in rows]


def both(write: Callable[..., Path], *details: str) -> Callable[[Path], CountyTable]:
    """Two files that are written in the same way."""

    def make(folder: Path) -> CountyTable:
        return read_county(write(folder / "h", HOUSEHOLDS, *details), write(folder / "m", MEMBERS, *details))

    return make


def one_sheet(path: Path, rows: Rows) -> Path:
    return workbook(path, {"Sheet1": rows})


def one_workbook(folder: Path) -> CountyTable:
    return read_county(workbook(folder / "county.xlsx", {"户": HOUSEHOLDS, "家庭成员": MEMBERS}))


def text_and_numbers(folder: Path) -> CountyTable:
    return read_county(delimited(folder / "h.csv", HOUSEHOLDS), one_sheet(folder / "m.xlsx", MEMBERS))


FORMATS: Mapping[str, Callable[[Path], CountyTable]] = {
    **{
        f"csv-{encoding}-{name}": both(delimited, encoding, delimiter)
        for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030")
        for name, delimiter in zip(("comma", "semicolon", "tab"), DELIMITERS, strict=True)
    },
    "one workbook": one_workbook,
    "two workbooks": both(one_sheet),
    "workbooks of texts": both(lambda path, rows: one_sheet(path, of_texts(rows))),
    "parquet": both(parquet),
    "parquet of texts": both(lambda path, rows: parquet(path, of_texts(rows))),
    "csv and workbook": text_and_numbers,
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_county_is_the_same_frames_in_every_format(name: str, tmp_path: Path) -> None:
    county = FORMATS[name](tmp_path)
    assert county.households.rows(named=True) == [
        {
            "household_id": "H1", "size": 3.0, "registered_poor": True, "wage_income": 900.5, "identified_on": DAY,
            "water": "met", "village": "甲村", "phone": "13900000000", "row": 2,
        },
        {"household_id": "H2", **dict.fromkeys(county.households.columns[1:-1]), "row": 3},
        {
            "household_id": "H3", "size": 2.0, "registered_poor": False, "wage_income": 12345.0,
            "identified_on": date(2023, 12, 31), "water": "met", "village": "乙村", "phone": None, "row": 5,
        },
        {**dict.fromkeys(county.households.columns), "household_id": "H4", "village": "丙村", "row": 6},
    ]  # fmt: skip
    assert county.members is not None
    assert county.members.drop("row").rows() == [
        ("H3", "李某", date(1980, 5, 1), 0.3, False),
        ("H1", "张某", None, None, True),
    ]
    assert [(problem.code, problem.place.row, problem.place.field) for problem in county.problems] == [
        ("cell-whole-number", 6, "家庭人口"),
        ("cell-number", 6, "工资性收入"),
        ("cell-choice", 6, "饮水安全"),
        ("row-without-id", 7, None),
        ("member-without-household", 4, None),
    ]
    assert county.blank_rows == 1


RANGES: Rows = [["户编号", "工资性收入"], ["H1", "5000-6000"], ["H2", "两万多"], ["H3", "1.2万"], ["H4", "5，000元"]]


@pytest.mark.parametrize("make", [delimited, parquet, one_sheet])
def test_text_means_the_same_in_every_format(make: Callable[[Path, Rows], Path], tmp_path: Path) -> None:
    frame = read_county(make(tmp_path / "h", RANGES)).households
    ends = frame.select("wage_income__lo", "wage_income__hi").rows()
    assert ends == [(5000, 6000), (None, None), (12000, 12000), (5000, 5000)]


# Numbers and days of spreadsheets


def sheet_of(tmp_path: Path, *rows: Sequence[object]) -> CountyTable:
    return read_county(workbook(tmp_path / "h.xlsx", {"户": rows}))


def test_a_whole_number_is_text_without_a_point(tmp_path: Path) -> None:
    county = sheet_of(tmp_path, ["户编号", "村", "行政区划代码"], [12, 3, 990001], [13, 2.5, 990001002003])
    assert county.households.drop("row").rows() == [("12", "3", "990001"), ("13", "2.5", "990001002003")]


def test_a_number_is_what_the_sheet_shows_and_not_what_is_left_of_reckoning(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, ["户编号", "工资性收入"], ["H1", 0.1 + 0.2]).households["wage_income"].to_list() == [0.3]


def test_a_number_of_more_than_fifteen_digits_has_lost_some_of_them(tmp_path: Path) -> None:
    rows: Rows = [["H1", 6222020200012345678], [152223000000000123, None], ["H2", 622202020001234]]
    county = sheet_of(tmp_path, ["户编号", "银行账号"], *rows)
    assert county.households["bank_account"].to_list() == [None, "622202020001234"]
    assert [(problem.code, problem.place.row) for problem in county.problems] == [
        ("cell-digits-lost", 2),
        ("row-id-digits-lost", 3),
    ]
    assert "6222" not in "".join(problem.text("zh") for problem in county.problems)


def test_a_day_in_a_column_of_numbers_is_no_number_and_a_number_no_day(tmp_path: Path) -> None:
    county = sheet_of(tmp_path, ["户编号", "工资性收入", "识别监测时间"], ["H1", DAY, 45356])
    assert [problem.code for problem in county.problems] == ["cell-number", "cell-serial-day"]


def test_yes_and_no_of_a_sheet_are_told_from_one_and_nought(tmp_path: Path) -> None:
    rows: Rows = [
        ["户编号", "家庭人口", "脱贫户"],
        ["H1", True, 1],
        ["H2", 1, True],
        ["H3", False, 0],
        ["H4", 1, False],
    ]
    county = sheet_of(tmp_path, *rows)
    assert county.households.drop("row").rows() == [
        ("H1", None, True), ("H2", 1.0, True), ("H3", None, False), ("H4", 1.0, False),
    ]  # fmt: skip
    assert [problem.place.row for problem in county.problems] == [2, 4]


def test_a_table_may_stand_anywhere_in_its_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "h.xlsx", {"户": HOUSEHOLDS}, at=(2, 3))
    county = read_county(path)
    assert county.households["row"].to_list() == [4, 5, 7, 8]
    assert county.households["village"].to_list() == ["甲村", None, "乙村", "丙村"]


def test_a_cell_in_error_is_no_blank_one(tmp_path: Path) -> None:
    """The library gives both alike, and a formula that fails would be a fact that nobody asks for."""
    path = tmp_path / "h.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("户")
        for r, row in enumerate(
            [["户编号", "工资性收入", "村"], ["H1", None, "甲村"], ["H2", None, "乙村"], ["H3"]], 3
        ):
            sheet.write_row(r, 2, row)
        sheet.write_formula("D5", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D6", "=NA()", None, "#N/A")
        sheet.write_formula("D7", "=A1", None, "#REF!")
    county = read_county(path)
    assert county.households["wage_income"].to_list() == [None, None, None]
    assert [(problem.code, problem.place.row) for problem in county.problems] == [
        ("rows-above-heading", None),
        ("cell-number", 5),
        ("cell-number", 7),
    ]


@pytest.mark.parametrize("result", [b"<v></v>", b"<v/>", b"<v />", b""])
def test_a_formula_without_its_result_is_reported_and_no_blank_cell(result: bytes, tmp_path: Path) -> None:
    """As programs write them that do not reckon: Excel itself stores every result."""
    path, written = tmp_path / "h.xlsx", tmp_path / "written.xlsx"
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet("户")
        sheet.write_row("B2", ["户编号", "工资性收入", "家庭人口", "村"])
        sheet.write_row("B3", ["H1", 900])
        sheet.write_formula("D3", "=1+2", None, 3)
        sheet.write_formula("E3", '=""&A1', None, "甲村")
        sheet.write("B4", "H2")
        sheet.write_formula("C4", "=1000*2", None, "")
        sheet.write_formula("E4", '=A1&"<村"', None, "")
        sheet.write_formula("B5", "=B4", None, "")
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<v></v>", result))
    county = read_county(path)
    assert county.households.drop("row").rows() == [("H1", 900, 3, "甲村"), ("H2", None, None, None)]
    assert [(p.code, p.place.row, p.place.field) for p in county.problems[1:]] == [
        ("cell-formula", 4, "工资性收入"),
        ("cell-formula", 4, "村"),
        ("cell-formula", 5, None),
    ]


def test_a_formula_that_gives_an_empty_text_is_a_blank_cell(tmp_path: Path) -> None:
    path, written = tmp_path / "h.xlsx", tmp_path / "written.xlsx"
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet("户")
        sheet.write_row("A1", ["户编号", "村"])
        sheet.write("A2", "H1")
        sheet.write_formula("B2", '=""', None, "")
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'<c r="B2">', b'<c r="B2" t="str">'))
    county = read_county(path)
    assert (county.households["village"].to_list(), county.problems) == ([None], ())


# Which sheet


NOTES: Rows = [["填表说明"], ["每户一行"]]


def test_households_and_members_are_found_among_the_sheets(tmp_path: Path) -> None:
    """Members by the name of their sheet, else by their headings; what was not read is said."""
    for title in ("家庭成员", "Members", "Sheet2"):
        county = read_county(workbook(tmp_path / "c.xlsx", {"说明": NOTES, title: MEMBERS, "户": HOUSEHOLDS}))
        assert county.households["household_id"].to_list() == ["H1", "H2", "H3", "H4"]
        assert county.members is not None
        assert county.members["name"].to_list() == ["李某", "张某"]
        (note,) = county.columns
        assert note.text("zh") == "c.xlsx: 没有读的工作表：说明"
        assert [problem.place.file for problem in county.bad_rows] == ["c.xlsx[户]", f"c.xlsx[{title}]"]


def test_a_workbook_of_households_alone_has_no_members(tmp_path: Path) -> None:
    assert read_county(workbook(tmp_path / "c.xlsx", {"户": HOUSEHOLDS, "说明": NOTES})).members is None


def test_a_sheet_that_is_called_members_and_is_none_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", {"户": HOUSEHOLDS, "家庭成员": NOTES})
    assert refused(lambda: read_county(path)).code == "table-without-id"


def test_a_hidden_sheet_is_read_only_where_it_is_asked_for(tmp_path: Path) -> None:
    sheets = {"说明": NOTES, "旧户": HOUSEHOLDS[:2], "户": HOUSEHOLDS, "成员": MEMBERS}
    path = workbook(tmp_path / "c.xlsx", sheets, hidden="旧户")
    assert len(read_county(path).households) == 4
    assert read_county(path).columns[0].sentence("zh") == "没有读的工作表：说明"
    assert len(read_county(path, households_sheet="旧户").households) == 1


def test_sheets_are_taken_by_name(tmp_path: Path) -> None:
    sheets = {"一月": HOUSEHOLDS[:2], "二月": HOUSEHOLDS, "甲": MEMBERS[:2], "乙": MEMBERS}
    path = workbook(tmp_path / "c.xlsx", sheets)
    county = read_county(path, households_sheet="二月", members_sheet=" 乙 ")
    assert county.members is not None
    assert (len(county.households), len(county.members)) == (4, 2)
    assert county.columns[0].sentence("en") == "sheets that were not read: 一月 and 甲"
    assert read_county(path, path, households_sheet="二月", members_sheet="乙").members is not None


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", {"户表": HOUSEHOLDS, "成员表": MEMBERS})
    problem = refused(lambda: read_county(path, households_sheet="农户表"))
    assert (problem.code, problem.suggestions) == ("file-no-sheet", ("户表",))
    assert problem.sentence("zh") == "文件里没有“农户表”这张工作表；有的是：户表和成员表"
    plain = delimited(tmp_path / "h.csv", HOUSEHOLDS)
    assert refused(lambda: read_county(plain, households_sheet="户表")).code == "file-without-sheets"


# Which kind of file


@pytest.mark.parametrize("name", ["h.xls", "h.csv", "h.xlsx", "h"])
def test_the_suffix_is_not_asked(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    for make in (delimited, parquet, one_sheet):
        assert make(path, RANGES) == path
        assert len(read_county(path).households) == 4


def archive(*parts: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        for part in parts:
            zipped.writestr(part, "x")
    return written.getvalue()


def feather() -> bytes:
    written = io.BytesIO()
    pl.DataFrame({"户编号": ["H1"]}).write_ipc(written)
    return written.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
REFUSED = {
    "xls": (OLD + "Workbook".encode("utf-16-le"), "旧版 Excel（.xls）或 WPS（.et）文件"),
    "doc": (OLD + "WordDocument".encode("utf-16-le"), "压缩包或其他文档"),
    "xlsb": (archive("xl/workbook.bin"), "二进制 Excel 工作簿（.xlsb）"),
    "ods": (archive("mimetype", "content.xml"), "OpenDocument 文件（.ods）"),
    "docx": (archive("word/document.xml"), "压缩包或其他文档"),
    "gz": (b"\x1f\x8b\x08" + bytes(20), "压缩包或其他文档"),
    "feather": (feather(), "Arrow 文件（.feather）"),
    "pdf": (b"%PDF-1.7\n", "PDF 文件"),
    "html": ("\n<HTML><table><tr><td>户编号</td></tr></table>".encode("gbk"), "网页（HTML）"),
    "xml": ('\ufeff<?xml version="1.0"?><Workbook/>'.encode(), "XML 文件"),
    "json": ('[\n {"户编号": "H1"}]'.encode(), "JSON 文件"),
    "object": ('{"户编号": ["H1"]}'.encode(), "JSON 文件"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_read_is_refused_by_name_and_with_a_way_out(kind: str, tmp_path: Path) -> None:
    content, named = REFUSED[kind]
    path = tmp_path / "h.xls"
    path.write_bytes(content)
    problem = refused(lambda: read_county(path))
    assert problem.sentence("zh") == f"这是{named}，这里读的是 CSV、Excel（.xlsx）和 Parquet"
    assert problem.place.file == str(path)
    assert "save it as an 'Excel Workbook (.xlsx)'" in problem.help("en")


def test_a_workbook_with_a_password_is_refused_so(tmp_path: Path) -> None:
    path = tmp_path / "h.xlsx"
    path.write_bytes(OLD + "EncryptedPackage".encode("utf-16-le"))
    assert refused(lambda: read_county(path)).code == "file-password"


def test_a_damaged_file_is_refused_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    book = workbook(tmp_path / "c.xlsx", {"户": HOUSEHOLDS, "成员": MEMBERS}).read_bytes()
    columns = parquet(tmp_path / "h.parquet", HOUSEHOLDS).read_bytes()
    broken = [book[:-400], book[:60], archive("xl/workbook.xml"), columns[:-3], columns[:4] + columns[90:]]
    for number, content in enumerate(broken):
        path = tmp_path / f"{number}"
        path.write_bytes(content)
        assert refused(partial(read_county, path)).code == "file-damaged", number


def test_a_workbook_without_cells_is_empty(tmp_path: Path) -> None:
    assert refused(lambda: read_county(workbook(tmp_path / "c.xlsx", {"户": []}))).code == "table-empty"


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "c.xlsx", {"户": HOUSEHOLDS})
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(MissingExtra, match=r"fanpin\[cli\]"):
        read_county(path)


def refused(read: Callable[[], object]) -> Problem:
    with pytest.raises(FanpinError) as caught:
        read()
    assert isinstance(caught.value, DataError)
    (problem,) = caught.value.problems
    assert problem.text("zh") != problem.text("en")
    return problem


# Parquet


def test_typed_columns_are_checked_like_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "household_id": pl.Series([110105194912310021, 2, 3], dtype=pl.Int64),  # a whole number loses nothing here
            "wage_income": [float("nan"), float("inf"), 5.5],
            "business_income": pl.Series(["1.50", "2", None]).cast(pl.Decimal(10, 2)),
            "water": pl.Series(["有保障", "met", "坏"], dtype=pl.Categorical),
            "identified_on": [datetime(2024, 3, 5), datetime(2024, 3, 5, 10), None],
        }
    )
    frame.write_parquet(tmp_path / "h.parquet")
    county = read_county(tmp_path / "h.parquet")
    assert county.households.drop("row").rows() == [
        ("110105194912310021", None, 1.5, "met", DAY),
        ("2", None, 2.0, "met", None),
        ("3", 5.5, None, None, None),
    ]
    assert [(problem.place.row, problem.place.field) for problem in county.problems] == [
        (3, "wage_income"),
        (3, "identified_on"),
        (4, "water"),
    ]


def test_a_column_of_lists_is_no_fact_and_that_is_said(tmp_path: Path) -> None:
    pl.DataFrame({"户编号": ["H1"], "村": [["甲村", "乙村"]], "住址": [b"x"]}).write_parquet(tmp_path / "h.parquet")
    county = read_county(tmp_path / "h.parquet")
    assert county.households.columns == ["household_id", "row"]
    assert [problem.code for problem in county.columns] == ["column-unknown", "column-unknown"]
    assert county.columns[0].suggestions == ("村",)


def test_what_was_read_can_be_written_and_read_again(tmp_path: Path) -> None:
    county = read_county(delimited(tmp_path / "h.csv", HOUSEHOLDS))
    county.households.drop("row").write_parquet(tmp_path / "h.parquet")
    assert read_county(tmp_path / "h.parquet").households.drop("row").equals(county.households.drop("row"))


# CSV


CELLS = st.text(st.sampled_from("甲a1\"='- ;\t"), max_size=4)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8))
def test_rows_are_parted_as_the_csv_module_parts_them(rows: list[list[str]], tmp_path_factory: Any) -> None:
    path = delimited(tmp_path_factory.mktemp("csv") / "h.csv", [["x", "y", "z"], *rows])
    comma = next(reading for reading in sheets_of(path)[0].readings() if reading.delimiter == ",")
    body = comma.below(0)
    assert body.cells.select("0", "1", "2").rows() == [tuple(row) for row in rows]
    assert body.cells["row"].to_list() == list(range(2, len(rows) + 2))
    assert body.broken == ()


MANY = [["户编号", "村"], *([f"H{n}", "甲村"] for n in range(9))]


@pytest.mark.parametrize(("encoding", "other"), [("utf-8", "gbk"), ("gbk", "utf-8"), ("utf-8-sig", "gb18030")])
def test_a_row_in_another_encoding_is_not_read_as_other_words(encoding: str, other: str, tmp_path: Path) -> None:
    """Read as GBK, a village in UTF-8 would be three other characters, and nobody would know."""
    path = delimited(tmp_path / "h.csv", MANY, encoding)
    path.write_bytes(path.read_bytes() + "H9,乙村\r\n".encode(other))
    county = read_county(path)
    assert county.households["village"].to_list() == ["甲村"] * 9
    assert [(problem.code, problem.place.row) for problem in county.problems] == [("row-garbled", 11)]
    assert list(county.bad_ids) == ["H9"]


def test_a_row_that_was_garbled_before_is_reported(tmp_path: Path) -> None:
    county = read_county(delimited(tmp_path / "h.csv", [*MANY, ["H9", "甲\ufffd"], ["H\ufffd", "甲村"]]))
    assert [(problem.code, problem.place.row) for problem in county.problems] == [
        ("row-garbled", 11),
        ("row-garbled", 12),
    ]
    assert list(county.bad_ids) == ["H9"]


def test_what_is_in_neither_encoding_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_bytes(bytes(range(1, 256)) * 20)
    assert refused(lambda: read_county(path)).code == "file-not-text"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (None, ""),
        (3.0, "3"),
        (1e15, "1e+15"),
        (1e-9, "1e-09"),
        (-0.5, "-0.5"),
        (True, "True"),
        (10**17, "100000000000000000"),
        (DAY, "2024-03-05"),
        (datetime(2024, 3, 5, 8), "2024-03-05T08:00:00"),
        ("x", "x"),
    ],
)
def test_a_typed_cell_as_text(cell: object, said: str) -> None:
    assert text_of(cell) == said
