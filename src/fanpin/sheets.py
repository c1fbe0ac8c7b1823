"""Files as tables of cells: CSV, Excel (.xlsx) and Parquet. What a cell means is not known here.

A file is known by what it holds and not by its suffix: what a county names .xls may be a web page. Whatever is none
of the three is refused by name, and never misread.
"""

import codecs
import csv
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, partial, reduce
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import polars as pl
from attrs import field, frozen

from fanpin.errors import DataError, Place, Problem, missing_extra
from fanpin.i18n import Label

ROWS_ABOVE = 5  # among these the headings are looked for, since tables have titles
DELIMITERS = (",", ";", "\t")
GARBLED = "\N{REPLACEMENT CHARACTER}"  # where a character could not be read, here or before
_LINES_OF_A_ROW = 100
_BLOCK = 2000  # rows of a worksheet taken at a time, so that few of Python's objects live at once


@frozen
class Body:
    """What stands below the headings.

    `cells` has a column for each heading ("0", "1", …), of text or of the file's own type; `row`, counted as a
    spreadsheet counts; `count`, how many cells the row has; `beyond`, whether something stands beyond the last
    heading; and `garbled`, whether some character could not be read. `broken` are the rows whose quotes don't match.
    """

    cells: pl.DataFrame = field(repr=False)
    broken: tuple[int, ...] = ()


class Reading(Protocol):
    """A table read in one way: its first rows as text, and what stands below one of them."""

    @property
    def head(self) -> Sequence[Sequence[str]]:
        """The first rows, among which are the headings."""

    @property
    def delimiter(self) -> str:
        """What parts the cells, where a row of text holds them."""

    def below(self, heading: int) -> Body:
        """Everything below the row of `head` with that index."""


@frozen(eq=False)
class Sheet:
    """A table of a file. `title` is what it is called in a workbook; a file of one table has none."""

    file: Path
    readings: Callable[[], Sequence[Reading]] = field(repr=False)
    title: str | None = None
    hidden: bool = False


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """The tables of a file. `DataError` where it is none that is read here."""
    raw = _bytes_of(path)
    if raw.startswith(b"PK\x03\x04"):
        return _worksheets(path, raw)
    if raw.startswith(b"PAR1"):
        return (Sheet(path, lambda: [_Columns.read(path)]),)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(_why_not_old(path, raw))
    for kind, marks in _BYTES.items():
        if raw.startswith(marks):
            raise DataError(_of_kind(path, kind))
    text = _text_of(path, raw)
    for kind, pattern in _TEXTS.items():
        if pattern.match(text):
            raise DataError(_of_kind(path, kind))
    lines = _lines_of(text)
    return (Sheet(path, lambda: [_Lines.read(lines, delimiter) for delimiter in DELIMITERS]),)


def text_of(cell: object) -> str:
    """A cell as its table shows it: a whole number without a point, a day without an hour.

    A number has the fifteen digits that Excel keeps, and where there were more of them it shows by its exponent.

    >>> text_of(3.0), text_of(0.1 + 0.2), text_of(110105194912310021.0), text_of(datetime(2024, 3, 5))
    ('3', '0.3', '1.1010519491231e+17', '2024-03-05')
    """
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:.15g}"
        case datetime(hour=0, minute=0, second=0, microsecond=0, tzinfo=None):
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
    return str(cell)


# Kinds of files

_KINDS = {
    "xls": Label("旧版 Excel（.xls）或 WPS（.et）文件", "an old Excel (.xls) or WPS (.et) file"),
    "xlsb": Label("二进制 Excel 工作簿（.xlsb）", "a binary Excel workbook (.xlsb)"),
    "ods": Label("OpenDocument 文件（.ods）", "an OpenDocument file (.ods)"),
    "archive": Label("压缩包或其他文档", "an archive or another document"),
    "html": Label("网页（HTML）", "a web page (HTML)"),
    "xml": Label("XML 文件", "an XML file"),
    "json": Label("JSON 文件", "a JSON file"),
    "arrow": Label("Arrow 文件（.feather）", "an Arrow file (.feather)"),
    "pdf": Label("PDF 文件", "a PDF file"),
}
_BYTES = {
    "arrow": (b"ARROW1", b"FEA1"),
    "pdf": (b"%PDF",),
    "archive": (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf"),
}
_PARTS = {"xl/workbook.bin": "xlsb", "content.xml": "ods"}  # of archives


_TEXTS = {
    "xml": re.compile(r"\s*<\?xml", re.IGNORECASE),
    "html": re.compile(r"\s*<(!doctype|html|head|meta|style|body|div|table)\b", re.IGNORECASE),
    "json": re.compile(r"""\s*(\[\s*[\[{"0-9]|\{\s*["}])"""),
}


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(Problem("file-not-found", Place(str(path)))) from None
    except OSError as error:
        if path.is_dir():  # which Windows says in other words
            raise DataError(Problem("file-is-folder", Place(str(path)))) from None
        why = error.strerror or type(error).__name__
        raise DataError(Problem("file-unreadable", Place(str(path)), {"why": why})) from None


def _of_kind(path: Path, kind: str) -> Problem:
    return Problem("file-kind", Place(str(path)), {"kind": _KINDS[kind]})


def _why_not_old(path: Path, raw: bytes) -> Problem:
    """What Office wrote before 2007; and a workbook with a password, which is wrapped in the same."""
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return Problem("file-password", Place(str(path)))
    is_table = any(name.encode("utf-16-le") in raw for name in ("Workbook", "Book"))
    return _of_kind(path, "xls" if is_table else "archive")


# CSV


def _text_of(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _by_line(raw.removeprefix(codecs.BOM_UTF8))
    if "\0" in text:
        raise DataError(Problem("file-not-text", Place(str(path))))
    return text


def _by_line(raw: bytes) -> str:
    """Text in GBK; or in two encodings, as when tables are put together by hand.

    Read as GBK, Chinese in UTF-8 is other Chinese and no error. So lines of the encoding that fewer of them have are
    not read but marked. If that were half of them, it is no text: it ends with \\0 then.
    """
    lines = raw.split(b"\n")
    chinese = [_is_chinese_utf_8(line) for line in lines]
    in_utf_8, others = chinese.count(True), chinese.count(False)
    encoding, strange = ("utf-8", False) if in_utf_8 > others else ("gb18030", True)
    texts = [
        line.decode("ascii" if is_chinese is strange else encoding, errors="replace")
        for line, is_chinese in zip(lines, chinese, strict=True)
    ]
    garbled = sum(GARBLED in text for text in texts)
    return "\n".join(texts) + ("\0" if 2 * garbled >= max(in_utf_8, others) else "")


_CHINESE = re.compile("[\u4e00-\u9fff]")


def _is_chinese_utf_8(line: bytes) -> bool | None:
    """Whether a line is in UTF-8; None if it would be the same, or nearly, in another encoding."""
    if line.isascii():
        return None
    try:
        return True if _CHINESE.search(line.decode()) else None
    except UnicodeDecodeError:
        return False


def _lines_of(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


@frozen
class _Lines:
    """Lines of text with one delimiter."""

    lines: list[str] = field(repr=False)
    delimiter: str
    head: Sequence[Sequence[str]]
    ends: Sequence[int]  # the line after each row of the head

    @classmethod
    def read(cls, lines: list[str], delimiter: str) -> "_Lines":
        head, ends = list[Sequence[str]](), list[int]()
        rows = csv.reader(_from(lines, 0, ROWS_ABOVE * _LINES_OF_A_ROW), delimiter=delimiter)
        try:
            for cells in islice(rows, ROWS_ABOVE):
                if any("\n" in cell and delimiter in cell for cell in cells):
                    break  # a quote that is not closed, and rows within it
                head.append(cells)
                ends.append(rows.line_num)
        except csv.Error:
            pass
        return cls(lines, delimiter, head, ends)

    def below(self, heading: int) -> Body:
        """A line without quotes is a row, and is parted at its delimiters. The others are read one by one."""
        lines, width = self.lines[self.ends[heading] :], len(self.head[heading])
        text = pl.Series("text", lines, dtype=pl.String).str.replace_all(self.delimiter, "\0", literal=True)
        begins = pl.repeat(True, len(lines), dtype=pl.Boolean, eager=True)
        quoted = list(self._quoted(lines, width))
        if quoted:
            # no text holds \0, so it parts the cells of these rows like those of the others
            text = text.scatter([at for at, _, _ in quoted], ["\0".join(cells or ()) for at, _, cells in quoted])
            within = [i for at, count, _ in quoted for i in range(at + 1, at + count)]
            begins = begins.scatter(within, False) if within else begins
        rows = (begins.cum_sum() + (heading + 1)).cast(pl.UInt32)
        broken = [at for at, _, cells in quoted if cells is None]
        whole = begins.scatter(broken, False) if broken else begins
        frame = pl.DataFrame({"text": text, "row": rows}).filter(whole)
        fields = frame["text"].str.splitn("\0", width + 1).struct.unnest()
        beyond = fields.to_series(width).str.replace_all("\0", "", literal=True)
        return Body(
            fields.select(pl.nth(i).alias(str(i)) for i in range(width)).with_columns(
                frame["row"],
                (frame["text"].str.count_matches("\0", literal=True) + 1).alias("count"),
                is_written(beyond).alias("beyond"),
                frame["text"].str.contains(GARBLED, literal=True).alias("garbled"),
            ),
            tuple(rows.gather(broken).to_list()),
        )

    def _quoted(self, lines: list[str], width: int) -> Iterator[tuple[int, int, Sequence[str] | None]]:
        """The rows that begin at a line with a quote in it: which line, how many lines, and the cells.

        A quote that is not closed would take the rows below it into one cell. Its line alone is given up then: it has
        no cells, and reading goes on with the next line.
        """
        done = 0
        for at, line in enumerate(lines):
            if at >= done and '"' in line:
                rows = csv.reader(_from(lines, at, _LINES_OF_A_ROW), delimiter=self.delimiter, strict=True)
                try:
                    cells = next(rows)
                    done = at + rows.line_num
                    whole = done == at + 1 or not self._has_taken_rows(cells, lines[at + 1 : done], width)
                except csv.Error:
                    cells, whole = [], False
                done = done if whole else at + 1
                yield at, done - at, cells if whole else None

    def _has_taken_rows(self, cells: Sequence[str], below: Sequence[str], width: int) -> bool:
        """Whether a row of several lines holds what was a row of its own, and not only a text of several lines."""
        return len(cells) != width or any(line.count(self.delimiter) == width - 1 for line in below)


def _from(lines: list[str], start: int, most: int) -> Iterator[str]:
    return (f"{lines[at]}\n" for at in range(start, min(start + most, len(lines))))


def is_written(cells: pl.Series) -> pl.Series:
    """Whether something stands in each cell."""
    if cells.dtype == pl.String:
        return (cells.str.strip_chars() != "").fill_null(False)
    return cells.is_not_null()


# Excel


def _worksheets(path: Path, raw: bytes) -> tuple[Sheet, ...]:
    _refuse_other_archives(path, raw)
    try:
        import python_calamine as calamine
    except ModuleNotFoundError:
        raise missing_extra(Label("读取 Excel", "reading Excel"), "cli") from None

    def opened() -> Any:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))

    def parsed(title: str) -> tuple[Any, list[_Hidden]]:
        return opened().get_sheet_by_name(title), list(_hidden(raw, title))

    with _or_damaged(path):
        sheets = [sheet for sheet in opened().sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    shown = [sheet.name for sheet in sheets if sheet.visible == calamine.SheetVisibleEnum.Visible]
    # households and members mostly; parsing holds no lock of Python's, so the second waits for nobody
    ahead = ThreadPoolExecutor(max_workers=2)
    parsing = {title: ahead.submit(parsed, title) for title in shown[:2]}
    ahead.shutdown(wait=False)

    @cache
    def readings(title: str) -> Sequence[Reading]:
        with _or_damaged(path):
            sheet, hidden = parsing.pop(title).result() if title in parsing else parsed(title)
            return [_Worksheet.read(sheet, hidden)]

    return tuple(Sheet(path, partial(readings, sheet.name), sheet.name, sheet.name not in shown) for sheet in sheets)


def _refuse_other_archives(path: Path, raw: bytes) -> None:
    with _or_damaged(path), zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = set(archive.namelist())
    if "xl/workbook.xml" not in parts:
        kind = next((kind for part, kind in _PARTS.items() if part in parts), "archive")
        raise DataError(_of_kind(path, kind))


@contextmanager
def _or_damaged(path: Path) -> Iterator[None]:
    """Whatever a library meets in a file that is broken; its own words may hold what stands in the file."""
    try:
        yield
    except Exception:
        raise DataError(Problem("file-damaged", Place(str(path)))) from None


@frozen
class _Hidden:
    """A cell with an error, such as #DIV/0!, or a formula without its result; both places count from 0."""

    row: int
    column: int
    text: str


@frozen
class _Worksheet:
    """A sheet of a workbook, its columns as Python's values."""

    head: Sequence[Sequence[str]]
    columns: Sequence[list[Any]] = field(repr=False)
    delimiter: str = ""

    @classmethod
    def read(cls, sheet: Any, hidden: Iterable[_Hidden]) -> "_Worksheet":
        columns, rows = list[list[Any]](), sheet.iter_rows()
        while block := list(islice(rows, _BLOCK)):
            columns = columns or [[] for _ in block[0]]
            for column, cells in zip(columns, zip(*block, strict=True), strict=True):
                column.extend(cells)
        for cell in hidden:
            at = cell.column - sheet.start[1] if columns else -1
            if 0 <= at < len(columns):
                for column in columns:  # below the last row that the library sees
                    column.extend([""] * (cell.row + 1 - len(column)))
                columns[at][cell.row] = cell.text
        first = zip(*(column[:ROWS_ABOVE] for column in columns), strict=True)
        return cls([[text_of(cell) for cell in row] for row in first], columns)

    def below(self, heading: int) -> Body:
        """Rows have as many cells as there are headings here."""
        start = heading + 1
        return _even({str(i): _series(column[start:]) for i, column in enumerate(self.columns)}, start)


def _hidden(raw: bytes, title: str) -> Iterator[_Hidden]:
    """The cells that the library gives as empty ones, and that are not."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        part = _part_of(archive, title)
        with archive.open(part) as stream:
            before = b""
            while (block := stream.read(1 << 20)) and not any(mark in before + block for mark in _HIDDEN):
                before = block[-5:]
        if not block:
            return
        text = archive.read(part)
    for mark, pattern in _HIDDEN.items():
        for cell in pattern.finditer(text) if mark in text else ():
            if found := _CELL.search(cell["cell"]):
                column = reduce(lambda index, letter: 26 * index + letter - 64, found[1], 0)
                yield _Hidden(
                    int(found[2]) - 1, column - 1, f"{FORMULA if mark == _F else ''}{(cell['said'] or b'').decode()}"
                )


FORMULA = "="  # how the text of a formula begins
_F = b"<f"
_HIDDEN = {
    b't="e"': re.compile(rb'<c\b(?P<cell>[^>]*\bt="e"[^>]*)>(?:(?!</c>).)*?<v>(?P<said>[^<]*)</v>', re.DOTALL),
    # a formula whose result is an empty text says so by its type
    _F: re.compile(
        rb"<c\b(?P<cell>(?:(?!\bt=)[^>])*)><f\b(?:[^>]*/>|[^>]*>(?P<said>[^<]*)</f>)(?:<v\s*/>|<v></v>)?</c>"
    ),
}
_CELL = re.compile(rb'\br="([A-Z]+)([0-9]+)"')


def _part_of(archive: zipfile.ZipFile, title: str) -> str:
    """The part of a workbook that holds a sheet."""
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).findall(".//{*}sheet")
    (sheet,) = (sheet for sheet in sheets if sheet.get("name") == title)
    (key,) = (value for name, value in sheet.items() if name.endswith("}id"))
    parts = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(part.get("Target", "") for part in parts if part.get("Id") == key)
    return posixpath.normpath(posixpath.join("/xl", target))[1:]


def _series(cells: list[Any]) -> pl.Series:
    """A column of cells: numbers if all of them are, else their texts."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return pl.Series(cells, dtype=pl.String)
    if kinds == {float}:
        return pl.Series(cells, dtype=pl.Float64)
    if bool in kinds:  # True is 1 as a key
        return pl.Series([text_of(cell) for cell in cells], dtype=pl.String)
    texts = {cell: text_of(cell) for cell in dict.fromkeys(cells)}
    return pl.Series(list(map(texts.__getitem__, cells)), dtype=pl.String)


def _even(columns: Mapping[str, pl.Series], start: int) -> Body:
    """A table of which no row is longer than another; `start` rows are above it."""
    cells = pl.DataFrame(columns)
    return Body(
        cells.with_columns(
            pl.int_range(start + 1, start + 1 + len(cells), dtype=pl.UInt32, eager=True).alias("row"),
            pl.lit(len(columns), pl.UInt32).alias("count"),
            pl.lit(False).alias("beyond"),
            pl.lit(False).alias("garbled"),
        )
    )


# Parquet

_PLAIN = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Decimal, pl.Null)


@frozen
class _Columns:
    """A Parquet file; its names count as the first row. A column of lists or the like is named with its type."""

    head: Sequence[Sequence[str]]
    frame: pl.DataFrame = field(repr=False)
    delimiter: str = ""

    @classmethod
    def read(cls, path: Path) -> "_Columns":
        try:
            frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
        except (pl.exceptions.PolarsError, OSError):
            raise DataError(Problem("file-damaged", Place(str(path)))) from None
        frame = frame.cast({pl.Categorical: pl.String, pl.Enum: pl.String})
        kinds = frame.schema.items()
        names = [
            name if kind.is_numeric() or kind in _PLAIN else f"{name} ({kind.base_type()})" for name, kind in kinds
        ]
        return cls([names], frame)

    def below(self, heading: int) -> Body:
        """Every column in its own type."""
        return _even({str(i): series for i, series in enumerate(self.frame.get_columns())}, heading + 1)
