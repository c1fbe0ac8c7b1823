"""Event logs as counties keep them: CSV in any encoding, Excel or Parquet, read into the frame that is checked.

A file is read as those of households are: the headings may stand below a title, and every row under them is an event,
a problem with its place, or blank.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen

from fanpin.errors import DataError, Place, Problem
from fanpin.event_columns import EventColumns, column_map, event_columns
from fanpin.event_words import EventWords
from fanpin.headings import Found, called, sheets_left
from fanpin.sheets import Sheet, is_written, sheets_of, text_of

_DELIMITERS = {",": ",", ";": ";", "\t": "Tab"}
_MARKS = ("case", "household", "of", "id", "actor")  # told apart by each of their digits
_DIGITS_LOST = r"^\d\.\d+e\+\d+$"


@frozen(eq=False)
class LogTable:
    """A log that was read: a column for each heading, the number of each row in the file, and what was not read."""

    rows: pl.DataFrame
    numbers: pl.Series
    columns: EventColumns
    file: str
    problems: tuple[Problem, ...] = ()  # each is of a row that was left out
    notes: tuple[Problem, ...] = ()
    blank_rows: int = 0

    def place(self, row: int | None, field: str | None = None) -> Place:
        """Where a row of the frame, counted from 1, stands in the file."""
        return Place(self.file, row=None if row is None else int(self.numbers[row - 1]), field=field)


def read_log(
    path: str | os.PathLike[str],
    words: EventWords,
    *,
    columns: Mapping[str, str] | str | os.PathLike[str] | None = None,
    sheet: str | None = None,
) -> LogTable:
    """Read a log, in the words of its procedure; `columns` names headings that are not known, as `check_log` takes it.

    `DataError` where the file or its columns can't be made out.
    """
    given = columns if isinstance(columns, Mapping) or columns is None else column_map(columns)
    book = sheets_of(Path(path))
    found, where = _headings(book, words, given or {}, sheet)
    headings = _told_apart(found.cells)
    body = found.reading.below(found.at)
    cells, width = body.cells, len(headings)
    blank = ~reduce(or_, (is_written(cells[str(i)]) for i in range(width))) & ~cells["beyond"]
    named = cells.filter(~blank)
    rows = named.select(_text(named[str(i)]).alias(heading) for i, heading in enumerate(headings))
    problems = {row: Problem("row-quote", Place(found.name, row=row)) for row in body.broken}
    problems |= dict(_odd(named, found, width))
    problems |= dict(_digits_lost(rows, named["row"], where, found))
    good = ~named["row"].is_in(list(problems))
    notes = [*_short(named.filter(good), found, width), *sheets_left(book, [found])]
    return LogTable(
        rows.filter(good),
        named["row"].filter(good),
        where,
        found.name,
        tuple(problem for _, problem in sorted(problems.items())),
        tuple(notes),
        int(blank.sum()),
    )


def _headings(
    book: Sequence[Sheet], words: EventWords, given: Mapping[str, str], wanted: str | None
) -> tuple[Found, EventColumns]:
    """The row of headings under which most is known, in the sheet that is asked for or the first that has them."""
    sheets = [called(book, wanted)] if wanted is not None else [sheet for sheet in book if not sheet.hidden] or book
    refused: list[tuple[Problem, ...]] = []
    for sheet in sheets:
        found = [
            (Found(sheet, reading, at, len(where.fields) + len(where.values)), where)
            for reading in sheet.readings()
            for at, cells in enumerate(reading.head)
            if (where := _columns(cells, words, given, refused)) is not None
        ]
        if found:
            return max(found, key=lambda pair: pair[0].known)
    least = min(refused, key=len, default=(Problem("table-empty"),))
    name = Path(sheets[0].file).name
    raise DataError(*(problem.at(Place(name, field=problem.place.field)) for problem in least))


def _columns(
    cells: Sequence[str], words: EventWords, given: Mapping[str, str], refused: list[tuple[Problem, ...]]
) -> EventColumns | None:
    try:
        return event_columns(_told_apart(cells), words, given)
    except DataError as error:
        if any(cell.strip() for cell in cells):
            refused.append(error.problems)
        return None


def _told_apart(cells: Sequence[str]) -> list[str]:
    """The headings, each once: what has none, or that of another, is known by its number."""
    found: list[str] = []
    for number, cell in enumerate(map(str.strip, cells), 1):
        found.append(cell if cell and cell not in found else f"{cell}#{number}")
    return found


def _text(column: pl.Series) -> pl.Series:
    """A column as text, save days and times; numbers as their table shows them, and blanks missing."""
    if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
        return column
    if column.dtype.is_float():
        different = column.unique().drop_nulls()
        texts = [text_of(value) for value in different]
        return column.replace_strict(different, texts, return_dtype=pl.String)
    text = column.cast(pl.String, strict=False).str.strip_chars()
    return text.set(text == "", None)


def _odd(cells: pl.DataFrame, found: Found, width: int) -> Iterator[tuple[int, Problem]]:
    """Rows with characters that can't be read, and those with more cells than headings."""
    for row, count, garbled in (
        cells.filter(pl.col("garbled") | pl.col("beyond")).select("row", "count", "garbled").iter_rows()
    ):
        place = Place(found.name, row=row)
        details = {"got": count, "want": width, "delimiter": _DELIMITERS.get(found.reading.delimiter, "")}
        yield row, Problem("row-garbled", place) if garbled else Problem("row-too-long", place, details)


def _digits_lost(
    rows: pl.DataFrame, numbers: pl.Series, where: EventColumns, found: Found
) -> Iterator[tuple[int, Problem]]:
    for name in _MARKS:
        heading = where.fields.get(name)
        if heading is not None and rows[heading].dtype == pl.String:
            for row in numbers.filter(rows[heading].str.contains(_DIGITS_LOST).fill_null(False)):
                yield row, Problem("log-digits-lost", Place(found.name, row=row), {"heading": heading})


def _short(cells: pl.DataFrame, found: Found, width: int) -> Iterator[Problem]:
    for row, count in cells.filter(pl.col("count") < width).select("row", "count").iter_rows():
        yield Problem("row-too-short", Place(found.name, row=row), {"got": count, "want": width})


def as_columns(log: LogTable) -> Mapping[str, Any]:
    """The columns as `check_log` takes them."""
    return {**log.columns.fields, **log.columns.values}
