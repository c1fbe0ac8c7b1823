"""Tables out, as Excel, CSV or Parquet by the name of the file; a file appears whole, or not at all."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from traceback import clear_frames
from typing import IO, TYPE_CHECKING, Any

import polars as pl
from attrs import evolve, field, frozen

from fanpin.errors import DataError, Place, Problem, missing_extra
from fanpin.i18n import Label

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SUFFIXES = (".xlsx", ".csv", ".parquet")
MOST_ROWS, LONGEST_TEXT = 1_048_576, 32_767  # of a sheet, the headings included; of a cell, in UTF-16
_ROWS_A_STEP = 1000  # between two words on how far the writing is
_NARROW, _WIDE, _WIDEST = 6, 22, 70  # widths of columns, in characters
_SHORT_HEADING, _BUTTON = 9, 4  # the width of a heading that needs one line only; that of a filter's button
_LINE, _MOST_LINES = 15, 27  # heights of rows, in points and in lines
_A4 = 9
_HEAD = {"bold": True, "bg_color": "#DDE6E0", "bottom": 1, "valign": "vcenter", "text_wrap": True}
_TINTS = {  # fills that leave the text easy to read, on paper too
    "red": {"bg_color": "#F8D7D3", "font_color": "#8C1D18"},
    "orange": {"bg_color": "#FBE0C8", "font_color": "#7A3E00"},
    "yellow": {"bg_color": "#FDF1C4", "font_color": "#665000"},
    "blue": {"bg_color": "#D9E7F5", "font_color": "#1D4673"},
}
COLOURS = frozenset(_TINTS)
_NO_RICH_TEXT = pl.col(pl.String).str.replace("(?s)^<r>.*</r>$", "$0 ")  # which xlsxwriter takes for marks of its own


@frozen
class Sheet:
    """A table as it is to be read: its name, headings and values in the words of its reader.

    Whole numbers are counts, others are amounts, shown with two decimals. `tints` gives values of a column a colour of
    `COLOURS`; `totals` is how many rows at the top are sums; columns of `sentences` may be wider than others. Without
    `headed` the first column is what the second is about, and there is no heading.
    """

    name: str
    rows: pl.DataFrame = field(repr=False)
    tints: Mapping[str, Mapping[str, str]] = field(factory=dict, repr=False)
    sentences: frozenset[str] = frozenset()
    totals: int = 0
    headed: bool = True


# Files


def suffix_of(path: Path) -> str:
    """The kind of file that its name says, one of `SUFFIXES`; any other is refused."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = Label("、".join(SUFFIXES), ", ".join(SUFFIXES))
        raise DataError(Problem("output-suffix", Place(str(path)), {"known": known}))
    return suffix


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write into, beside its place; it is put there when the block ends well, else it is gone.

    Where the process is killed, what was at the place is still there, and what was written bears the name of a part.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as opened:
            yield opened
        part.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)


def write(
    path: Path,
    sheets: Sequence[Sheet],
    *,
    glue: str = "; ",
    day: date,
    written: Callable[[int], object] = lambda _: None,
) -> None:
    """Write the sheets; into a CSV or a Parquet file the first of them only.

    Lists stay lists in Parquet; elsewhere `glue` joins their items. The workbook is dated with `day`, so that the same
    tables give the same bytes. `written` is told how many rows more are done.
    """
    suffix = suffix_of(path)
    if suffix != ".parquet":
        sheets = [evolve(sheet, rows=_joined(sheet.rows, glue)) for sheet in sheets]
    if suffix == ".xlsx":
        _check_room(path, sheets)
    with whole(path) as opened:
        match suffix:
            case ".csv":
                opened.write(csv_text(sheets[0].rows).encode("utf-8-sig"))  # with the mark by which Excel knows it
            case ".parquet":
                sheets[0].rows.write_parquet(opened)
            case _:
                opened.write(_workbook(sheets, day, written).getbuffer())


# CSV


def csv_text(rows: pl.DataFrame, glue: str = "; ") -> str:
    """The table as CSV.

    A text that Excel would run as a formula gets the sign ' before it, by which Excel itself marks text; `plain_text`
    takes it away again. Numbers with a sign are none. Amounts have two decimals.

    >>> csv_text(pl.DataFrame({"id": ["=1+1", "-3", "H1"], "risks": [["a", "b"], [], None]})).splitlines()
    ['id,risks', "'=1+1,a; b", '-3,', 'H1,']
    """
    flat = _joined(rows, glue)
    texts = [_harmless(name) for name, kind in flat.schema.items() if kind == pl.String]
    return flat.with_columns(texts).write_csv(float_precision=2)


_FORMULA = r"^'*[=+\-@\t\r]"  # or one that was marked already, so that taking the mark away gives it back


def _harmless(name: str) -> pl.Expr:
    text = pl.col(name)
    runs = text.str.contains(_FORMULA) & ~text.str.contains(r"^[+-]?[0-9]+([.,][0-9]+)*$")
    return pl.when(runs).then("'" + text).otherwise(text).alias(name)


def plain_text(name: str) -> pl.Expr:
    """A column of text as it was before it was written into a CSV."""
    text = pl.col(name)
    return (
        pl.when(text.str.starts_with("'") & text.str.contains(_FORMULA))
        .then(text.str.slice(1))
        .otherwise(text)
        .alias(name)
    )


def _joined(rows: pl.DataFrame, glue: str) -> pl.DataFrame:
    lists = [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]
    return rows.with_columns(pl.col(lists).list.join(glue).replace("", None)) if lists else rows


# Excel


def _check_room(path: Path, sheets: Sequence[Sheet]) -> None:
    """Whether all fits into Excel; xlsxwriter would leave out, or cut, what does not."""
    for sheet in sheets:
        place, details = Place(str(path)), {"sheet": sheet.name}
        if sheet.rows.height + sheet.headed > MOST_ROWS:
            details |= {"got": f"{sheet.rows.height:,}", "most": f"{MOST_ROWS - sheet.headed:,}"}
            raise DataError(Problem("sheet-too-long", place, details))
        text = pl.col(pl.String)
        lengths = sheet.rows.select((text.str.len_chars() + text.str.count_matches("[\U00010000-\U0010ffff]")).max())
        if any((length or 0) > LONGEST_TEXT for length in lengths.row(0)) if lengths.width else False:
            raise DataError(Problem("cell-too-long", place, details))


def _workbook(sheets: Sequence[Sheet], day: date, written: Callable[[int], object]) -> BytesIO:
    """The workbook packed, in memory: its rows are not, and wait in files until they are."""
    try:
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import FileCreateError
    except ModuleNotFoundError:
        raise missing_extra(Label("写 Excel 文件", "writing Excel files"), "cli") from None
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # of our own, so that no error leaves rows behind
        packed = BytesIO()
        book = Workbook(packed, {"constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        book.set_properties({"created": datetime.combine(day, time())})
        for sheet in sheets:
            _SheetWriter(book, sheet, written).write()
        try:
            book.close()
        except FileCreateError as error:
            unwritten: OSError = error.args[0]
            clear_frames(unwritten.__traceback__)  # closes the archive, which would complain when it is collected
            raise unwritten from None
    return packed


@frozen
class _SheetWriter:
    """Writes a sheet row by row, as constant memory needs it; what is text goes in as text, whatever it looks like."""

    book: "Workbook"
    sheet: Sheet
    written: Callable[[int], object]

    def write(self) -> None:
        page: Worksheet = self.book.add_worksheet(self.sheet.name)
        self._lay_out(page)
        first = 0
        if self.sheet.headed:
            first = 1
            head = self.book.add_format(_HEAD)
            page.set_row(0, _LINE * max(len(_lines_of(name)) for name in self.sheet.rows.columns))
            for at, name in enumerate(self.sheet.rows.columns):
                page.write_string(0, at, name, head)
        formats = [self._formats(name) for name in self.sheet.rows.columns]
        rows = self.sheet.rows.with_columns(_NO_RICH_TEXT).iter_rows()
        for row, (values, lines) in enumerate(zip(rows, self._lines(), strict=True), first):
            if lines > 1:
                page.set_row(row, _LINE * min(lines, _MOST_LINES))
            total = row - first < self.sheet.totals
            for at, (value, (plain, strong, tinted)) in enumerate(zip(values, formats, strict=True)):
                if isinstance(value, str):
                    page.write_string(row, at, value, strong if total else tinted.get(value, plain))
                elif value is not None:
                    page.write_number(row, at, value, strong if total else plain)
                elif total:
                    page.write_blank(row, at, None, strong)
            if row % _ROWS_A_STEP == 0:
                self.written(_ROWS_A_STEP)
        self.written((first + self.sheet.rows.height - 1) % _ROWS_A_STEP)

    def _formats(self, name: str) -> tuple["Format", "Format", Mapping[str, "Format"]]:
        """How a column's cells look: as a rule, in a total, and by value."""
        look: dict[str, Any] = {"valign": "top", "num_format": "@", "text_wrap": self.widths[name] >= _WIDE}
        if self.sheet.rows[name].dtype != pl.String:
            counts, amounts = '#,##0;-#,##0;"-"', "#,##0.00"
            form = amounts if self.sheet.rows[name].dtype == pl.Float64 else counts
            look |= {"num_format": form, "align": "right", "indent": 1}
        of_colour = {colour: self.book.add_format({**look, **tint}) for colour, tint in _TINTS.items()}
        tinted = {value: of_colour[colour] for value, colour in self.sheet.tints.get(name, {}).items()}
        label = not self.sheet.headed and name == self.sheet.rows.columns[0]
        plain = self.book.add_format({**look, "bold": True} if label else look)
        return plain, self.book.add_format({**look, "bold": True, "bg_color": "#F1F4F2"}), tinted

    def _lay_out(self, page: "Worksheet") -> None:
        last_row, last = self.sheet.rows.height - 1 + self.sheet.headed, max(self.sheet.rows.width - 1, 0)
        for at, name in enumerate(self.sheet.rows.columns):
            page.set_column(at, at, self.widths[name])
        if self.sheet.headed:
            page.freeze_panes(1, 1)
            page.autofilter(0, 0, max(last_row, 0), last)
            page.repeat_rows(0)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})  # ids are meant to be text
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P / &N")

    @cached_property
    def widths(self) -> Mapping[str, float]:
        """How wide each column is: so wide that most texts are seen whole."""
        longest = self.sheet.rows.select(self._places(name).max() for name in self.sheet.rows.columns).row(0)
        return {name: self._width(name, most or 0) for name, most in zip(self.sheet.rows.columns, longest, strict=True)}

    def _width(self, name: str, longest: float) -> float:
        heading = max(map(_width_of, _lines_of(name))) + _BUTTON if self.sheet.headed else 0
        return min(max(longest + 1, heading, _NARROW), _WIDEST if name in self.sheet.sentences else _WIDE)

    def _lines(self) -> Sequence[int]:
        """How many lines each row takes, since not every program finds that out by itself."""
        lines = [(self._places(name) / (self.widths[name] - 1)).ceil() for name in self.sheet.rows.columns]
        return self.sheet.rows.select(pl.max_horizontal(lines).fill_null(1).cast(pl.Int64)).to_series().to_list()

    def _places(self, name: str) -> pl.Expr:
        """How wide a column's texts are; a Chinese character, three bytes long, takes two places."""
        if self.sheet.rows[name].dtype == pl.Float64:
            whole = pl.col(name).cast(pl.Int64).cast(pl.String).str.len_chars()
            return whole + (whole - 1) // 3 + 3.0  # with commas, the point and two decimals
        text = pl.col(name).cast(pl.String)
        return (text.str.len_bytes() + text.str.len_chars()) / 2


def _lines_of(heading: str) -> list[str]:
    """A heading in lines that take about half its room, and break as Excel breaks them."""
    width = max(_SHORT_HEADING, -(-_width_of(heading) // 2) + 1)
    return wrap(heading, width if heading.isascii() else width // 2) or [heading]


def _width_of(text: str) -> int:
    return (len(text.encode()) + len(text)) // 2
