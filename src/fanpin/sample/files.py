"""The tables of an invented county as files: CSV, Excel or Parquet, written row by row."""

import csv
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanpin.errors import DataError, Place, Problem, missing_extra
from fanpin.i18n import Label
from fanpin.sample.rows import MEMBER_HEADINGS, Part, Row

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEETS = ("户", "家庭成员")


def write(places: Sequence[Path], headings: Iterable[str], county: Iterable[Part], day: date) -> None:
    """Write the tables into these files, in the form that their names say: two files, or one of Excel."""
    match places[0].suffix:
        case ".xlsx":
            _write_xlsx(places[0], headings, county, day)
        case ".parquet":
            _write_parquet(places, headings, county)
        case _:
            _write_csv(places, headings, county)


def _write_csv(places: Iterable[Path], headings: Iterable[str], county: Iterable[Part]) -> None:
    """With the mark by which Excel knows UTF-8."""
    with ExitStack() as stack:
        files = [stack.enter_context(place.open("w", encoding="utf-8-sig", newline="")) for place in places]
        households, members = (csv.writer(file, lineterminator="\n") for file in files)
        households.writerow(headings)
        members.writerow(MEMBER_HEADINGS)
        for part in county:
            households.writerows(part.households)
            members.writerows(part.members)


def _write_parquet(places: Iterable[Path], headings: Iterable[str], county: Iterable[Part]) -> None:
    """With columns of text; what stands behind the last column has no place in them."""
    try:
        import polars as pl
    except ModuleNotFoundError:
        raise missing_extra(Label("写 Parquet 文件", "writing Parquet files"), "cli") from None
    from fanpin.workbooks import whole

    with tempfile.TemporaryDirectory() as folder:
        texts = [Path(folder) / place.name for place in places]
        _write_csv(texts, headings, county)
        for text, place in zip(texts, places, strict=True):
            with whole(place) as opened:
                pl.scan_csv(text, infer_schema=False, truncate_ragged_lines=True).sink_parquet(opened)


def _write_xlsx(path: Path, headings: Iterable[str], county: Iterable[Part], day: date) -> None:
    """With a sheet for each. The workbook is dated with `day`, so that the same rows give the same bytes."""
    try:
        import polars  # noqa: F401  # which `workbooks` needs
        from xlsxwriter import Workbook
    except ModuleNotFoundError:
        raise missing_extra(Label("写 Excel 文件", "writing Excel files"), "cli") from None
    from fanpin.workbooks import whole

    _check_room(path, county)
    with whole(path) as opened, Workbook(opened, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(day.year, day.month, day.day)})
        households, members = (
            _Sheet(book, name, of) for name, of in zip(SHEETS, (headings, MEMBER_HEADINGS), strict=True)
        )
        for part in county:
            households.add(part.households)
            members.add(part.members)


def _check_room(path: Path, county: Iterable[Part]) -> None:
    """Whether it fits into Excel; xlsxwriter would leave out what does not."""
    from fanpin.workbooks import MOST_ROWS

    counts = [(len(part.households), len(part.members)) for part in county]
    for sheet, rows in zip(SHEETS, map(sum, zip(*counts, strict=True)), strict=True):
        if rows >= MOST_ROWS:
            details = {"sheet": sheet, "got": rows, "most": MOST_ROWS - 1}
            raise DataError(Problem("sheet-too-long", Place(str(path)), details))


_TEXTS = frozenset({"户编号", "行政区划代码", "村", "网格编号", "姓名", "户主姓名", "身份证号"})
_DAYS = frozenset({"采集日期", "出生日期"})
_NUMBER = re.compile("[0-9]+(?:[.][0-9]+)?")


class _Sheet:
    """A sheet as it comes out of an office: ids as text, numbers as numbers, days mostly as days."""

    def __init__(self, book: Any, name: str, headings: Iterable[str]) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.headings = tuple(headings)
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        self.sheet.freeze_panes(1, 0)
        for column, heading in enumerate(self.headings):
            self.sheet.set_column(column, column, 20 if heading == "身份证号" else 13)
            self.sheet.write_string(0, column, heading, bold)
        self.rows = 1

    def add(self, rows: Iterable[Row]) -> None:
        """Rows below those that are there."""
        for cells in rows:
            for column, text in enumerate(cells):
                if text:
                    self._write(column, text)
            self.rows += 1

    def _write(self, column: int, text: str) -> None:
        heading = self.headings[column] if column < len(self.headings) else ""
        if heading in _TEXTS:
            self.sheet.write_string(self.rows, column, text, self.text)
        elif _NUMBER.fullmatch(text):
            self.sheet.write_number(self.rows, column, float(text))
        elif heading in _DAYS and (day := _day(text)) is not None:
            self._write_day(column, day)
        else:
            self.sheet.write_string(self.rows, column, text)

    def _write_day(self, column: int, day: date) -> None:
        """In every third row as text, as somebody else types it."""
        if self.rows % 3:
            self.sheet.write_datetime(self.rows, column, day, self.day)
        else:
            self.sheet.write_string(self.rows, column, f"{day.year}年{day.month}月{day.day}日")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # one that is wrong on purpose
        return None
