"""Households and members from tables: CSV as Excel and the national system write it.

Whatever can be read is graded, and whatever can't is reported, all of it in one pass: a cell that can't be read is a
problem, and its fact counts as missing; a row of which nobody can say whose it is is a bad row. No row is dropped in
silence, and no problem holds a personal value.
"""

import csv
import io
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from attrs import define, field, frozen

from fanpin.cells import Reader, Unreadable, bare, expected, half_width, reader, unit_words
from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.expressions.types import NumberType
from fanpin.facts import FactSpec, FactTable
from fanpin.household import Household
from fanpin.i18n import Label, listing
from fanpin.records import MASK, Record, mask, row_model, salvage

DELIMITERS = (",", ";", "\t")
_ID = "household_id"
_MEMBERS = "members"
_ROWS_ABOVE = 5  # among these the headings are looked for, since tables have titles
_LINES_OF_A_ROW = 100
_R = TypeVar("_R", bound=Record)


@frozen
class HouseholdRow:
    """A household, the row of its table that it stands in, and what could not be read of it and of its members."""

    row: int
    household: Household
    problems: tuple[Problem, ...] = ()


@frozen
class HouseholdTable:
    """What was read. Rows count from 1, the headings included, as a spreadsheet shows them.

    Every row under the headings is in exactly one place: in `rows` (a member's row in its household), in `bad_rows`
    (one problem a row), or counted in `blank_rows`. `columns` says what was not read of whole columns.
    """

    rows: tuple[HouseholdRow, ...]
    bad_rows: tuple[Problem, ...] = ()
    columns: tuple[Problem, ...] = ()
    blank_rows: int = 0
    bad_ids: Mapping[str, tuple[Problem, ...]] = field(factory=dict, repr=False)  # of bad rows of households, by id

    @property
    def households(self) -> tuple[Household, ...]:
        """The households that can be graded, in the order of their table."""
        return tuple(row.household for row in self.rows)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that could not be read: columns first, then file by file and row by row."""
        of_rows = [*self.bad_rows, *(problem for row in self.rows for problem in row.problems)]
        files = list(dict.fromkeys(problem.place.file for problem in (*self.columns, *of_rows)))
        of_rows.sort(key=lambda problem: (files.index(problem.place.file), problem.place.row or 0))
        return (*self.columns, *of_rows)


def read_households(
    file: str | os.PathLike[str],
    members: str | os.PathLike[str] | None = None,
    *,
    model: type[Household] = Household,
) -> HouseholdTable:
    """Read a CSV of households, and one of their members if there is one; `model` is a pack's, with its own facts.

    Headings are Chinese or English: names, labels, or those of national exports. The encoding (UTF-8, GBK/GB18030)
    and the delimiter (comma, semicolon, tab) are found out. A blank cell is a missing fact. `DataError` where a file
    can't be read at all, or no column holds the household ids.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "households.csv"
    >>> _ = path.write_text("户编号,家庭人口,工资性收入\\nH1,3,5000-6000\\nH2,三个,900\\n", encoding="utf-8")
    >>> table = read_households(path)
    >>> table.households[0].wage_income, table.problems[0].place.row, table.problems[0].sentence("zh")
    (Between(5000.0, 6000.0), 3, '应为 1 至 50 之间的整数，写的是“#*”')
    """
    facts = FactTable.of(model)
    sheet = _read_sheet(Path(file), facts, None)
    listed = None if members is None else _read_sheet(Path(members), facts, _MEMBERS)
    return _Join(model, facts, sheet, listed).table()


# Rows that belong together


@define
class _Entry:
    """A row of which one can say whose it is."""

    id: str
    place: Place
    values: dict[str, Any]
    texts: dict[str, "_Written"] = field(factory=dict)  # by fact, for reports
    problems: list[Problem] = field(factory=list)


@define
class _Sheet:
    """A file as read: its rows, and what could not be taken."""

    name: str
    entries: list[_Entry] = field(factory=list)
    bad_rows: list[Problem] = field(factory=list)
    bad_ids: dict[str, list[Problem]] = field(factory=lambda: defaultdict(list))  # of bad rows whose id can be read
    notes: list[Problem] = field(factory=list)
    blank_rows: int = 0

    def refuse(self, problem: Problem, *ids: str) -> None:
        """A bad row, and whose it may be."""
        self.bad_rows.append(problem)
        for id_ in ids:
            self.bad_ids[id_].append(problem)


@define
class _Join:
    """Puts members into their households."""

    model: type[Household]
    facts: FactTable
    households: _Sheet
    members: _Sheet | None

    def table(self) -> HouseholdTable:
        self._refuse_doubled()
        read = [self._read_household(entry) for entry in self.households.entries]
        kept = [(entry, household) for entry, household in read if household is not None]
        if self.members is None:
            return self._table(self.members, kept)
        return self._table(self.members, [*self._with_members(kept, self.members)])

    def _table(self, members: _Sheet | None, kept: Sequence[tuple[_Entry, Household]]) -> HouseholdTable:
        sheets = [self.households, *([members] if members else [])]
        for sheet in sheets:
            sheet.bad_rows.sort(key=lambda problem: problem.place.row or 0)
        return HouseholdTable(
            tuple(HouseholdRow(entry.place.row or 0, household, tuple(entry.problems)) for entry, household in kept),
            tuple(problem for sheet in sheets for problem in sheet.bad_rows),
            tuple(problem for sheet in sheets for problem in sheet.notes),
            sum(sheet.blank_rows for sheet in sheets),
            {id_: tuple(problems) for id_, problems in self.households.bad_ids.items()},
        )

    def _refuse_doubled(self) -> None:
        """Of two rows with one id neither is taken: which is right, nobody can tell from here."""
        sheet, by_id = self.households, defaultdict[str, list[_Entry]](list)
        for entry in sheet.entries:
            by_id[entry.id].append(entry)
        for entries in by_id.values():
            if len(entries) > 1:
                rows = [str(entry.place.row) for entry in entries]
                rows = [*rows[:5], "…"] if len(rows) > 6 else rows
                details = {"rows": Label("、".join(rows), listing(rows, "en"))}
                for entry in entries:
                    sheet.refuse(Problem("row-id-twice", entry.place, details), entry.id)
        sheet.entries = [entry for entry in sheet.entries if len(by_id[entry.id]) == 1]

    def _read_household(self, entry: _Entry) -> tuple[_Entry, Household | None]:
        try:
            return entry, _salvaged(self.model, entry)
        except DataError as error:  # the id itself does not fit
            self.households.refuse(error.problems[0].at(entry.place), entry.id)
            return entry, None

    def _with_members(
        self, kept: Sequence[tuple[_Entry, Household]], sheet: _Sheet
    ) -> Iterator[tuple[_Entry, Household]]:
        row = row_model(self.model.model_fields[_MEMBERS].annotation)
        assert row is not None, "members are rows"
        listed = self._listed({entry.id for entry, _ in kept}, sheet)
        most = self.facts.collections[_MEMBERS].max_rows
        for entry, household in kept:
            of_it, lost = listed.get(entry.id, []), len(sheet.bad_ids.get(entry.id, ()))
            if len(of_it) + lost > most:
                details = {"got": len(of_it) + lost, "most": most}
                for member in of_it:
                    sheet.bad_rows.append(Problem("rows-too-many", member.place, details))
                entry.problems.append(Problem("rows-too-many", entry.place, details))
                yield entry, household
            elif of_it or lost:
                # a row that can't be read is still somebody, of whom nothing is known
                rows = [*(_read_member(row, member, sheet) for member in of_it), *(row() for _ in range(lost))]
                entry.problems += [problem for member in of_it for problem in member.problems]
                yield entry, household.model_copy(update={_MEMBERS: tuple(rows)})
            else:
                yield entry, household

    def _listed(self, kept: set[str], sheet: _Sheet) -> Mapping[str, list[_Entry]]:
        listed = defaultdict[str, list[_Entry]](list)
        for entry in sheet.entries:
            if entry.id in kept:
                listed[entry.id].append(entry)
            elif entry.id in self.households.bad_ids:
                sheet.bad_rows.append(Problem("member-of-bad-row", entry.place))
            else:
                sheet.bad_rows.append(Problem("member-without-household", entry.place))
        return listed


def _read_member(model: type[_R], entry: _Entry, sheet: _Sheet) -> _R:
    try:
        return _salvaged(model, entry)
    except DataError as error:  # a check of a plugin's over the whole row
        sheet.bad_rows.append(error.problems[0].at(entry.place))
        entry.problems.clear()
        return model()


def _salvaged(model: type[_R], entry: _Entry) -> _R:
    """The row's record; what the model refuses is missing, and noted. `DataError` where nothing can be kept."""
    record, problems = salvage(model, entry.values)
    for problem in problems:
        written = entry.texts.get(problem.place.field or "")
        noted = problem.at(entry.place) if written is None else written.problem(entry.place, problem)
        entry.problems.append(noted)
    return record


_BOUNDS = frozenset({"fact-number", "fact-whole-number", "fact-day", "fact-choice", "fact-yes-no"})


@frozen
class _Written:
    """What stands in a cell under which heading."""

    spec: FactSpec
    heading: str
    text: str = field(repr=False)

    def problem(self, place: Place, refused: Problem) -> Problem:
        """Why it can't be read. A value may stand in a wrong column, so those of public facts are masked too."""
        spec = self.spec
        if refused.code in _BOUNDS:
            refused = expected(spec)
        shown = mask(spec.name, self.text, "personal" if spec.sensitivity == "public" else spec.sensitivity)
        at = Place(place.file, row=place.row, field=_shown_heading(self.heading))
        return Problem(refused.code, at, {**refused.details, "shown": shown})


# Files


def _read_sheet(path: Path, facts: FactTable, collection: str | None) -> _Sheet:
    text = _text_of(path)
    found = max((_headings_in(text, d, facts, collection) for d in DELIMITERS), key=lambda headings: headings.known)
    if not found.cells:
        code = "table-without-id" if text.strip() else "table-empty"
        ids = facts.household[_ID]
        known = Label("、".join((ids.label.zh, *ids.headers)), f"{ids.name}, {ids.label.en}")
        raise DataError(Problem(code, Place(str(path)), {"known": known}))
    return _SheetReader(facts, collection, found, text, _Sheet(path.name)).read()


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(Problem("file-not-found", Place(str(path)))) from None
    except IsADirectoryError:
        raise DataError(Problem("file-is-folder", Place(str(path)))) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise DataError(Problem("file-unreadable", Place(str(path)), {"why": why})) from None
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DataError(Problem("file-is-excel", Place(str(path))))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DataError(Problem("file-not-text", Place(str(path))))


@frozen
class _Headings:
    """The row of headings: which row it is, its cells, how many of them are known, and where the rows below begin."""

    delimiter: str
    cells: Sequence[str] = ()
    known: int = 0
    row: int = 0
    lines: int = 0


def _headings_in(text: str, delimiter: str, facts: FactTable, collection: str | None) -> _Headings:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row, cells in zip(range(1, _ROWS_ABOVE + 1), rows, strict=False):
            specs = [_spec(cell, facts, collection) for cell in cells]
            if any("\n" in cell and delimiter in cell for cell in cells):
                break  # a quote that is not closed, and rows within it
            if any(spec is not None and spec.name == _ID for spec in specs):
                return _Headings(delimiter, cells, sum(spec is not None for spec in specs), row, rows.line_num)
    except csv.Error:
        pass
    return _Headings(delimiter)


def _rows_below(text: str, headings: _Headings) -> Iterator[tuple[int, Sequence[str] | None]]:
    """Each row with its number; None for one whose quotes don't match.

    A quote that is not closed would take the rows below it into one cell. Its row alone is given up then, and reading
    goes on with the next line.
    """
    lines = io.StringIO(text, newline="").readlines()
    row, at = headings.row, headings.lines

    def following(start: int) -> Iterator[str]:
        """The lines from one on; they end where a row does not."""
        for i in range(start, len(lines)):
            if i - at >= _LINES_OF_A_ROW:
                return
            yield lines[i]

    while at < len(lines):
        start = at
        rows = csv.reader(following(start), delimiter=headings.delimiter, strict=True)
        try:
            for cells in rows:
                end = start + rows.line_num
                if end - at > 1 and _has_taken_rows(cells, lines[at + 1 : end], headings):
                    break
                row, at = row + 1, end
                yield row, cells
        except csv.Error:
            pass
        if at < len(lines):
            row, at = row + 1, at + 1
            yield row, None


def _has_taken_rows(cells: Sequence[str], below: Sequence[str], headings: _Headings) -> bool:
    """Whether a row of several lines holds what was a row of its own, and not only a text of several lines."""
    width = len(headings.cells)
    return len(cells) != width or any(line.count(headings.delimiter) == width - 1 for line in below)


# Columns


@frozen
class _Column:
    """A fact, and where in a row it stands: in one place, or in several that say the same."""

    spec: FactSpec
    headings: tuple[str, ...]
    indices: tuple[int, ...]
    readers: tuple[Reader, ...]


_BRACKET = re.compile(r"(.*\S)\s*\(([^()]*)\)\s*", re.DOTALL)
_OF_NO_MATTER = re.compile(
    r"必填|选填|可不填|是/否|是或否|文本|数字|日期|y{4}[-/]?m{2}([-/]?d{2})?|年/?月/?(日)?|required|optional|text|number|date",
    re.IGNORECASE,
)
_SCALES = {"百": 100, "千": 1000, "万": 10_000}
_UNIT_LIKE = re.compile(r"[百千万亿]?(元|美元|斤|公斤|吨|亩|公顷|平方米|米|公里|里|人|户|月|年|天|yuan|kg|km|m2?|mu).*")


def _spec(heading: str, facts: FactTable, collection: str | None) -> FactSpec | None:
    """The fact of a heading. What stands in brackets at its end may make it another (上年), unless it is a unit."""
    ids = facts.household[_ID]
    spec = facts.by_header(heading, collection) or facts.by_header(heading)
    if spec is None or (collection is not None and spec.collection is None and spec != ids):
        return None
    text = half_width(heading).strip()
    found = _BRACKET.fullmatch(text)
    if found is None or any(_plain(text) == _plain(name) for name in _names(spec)):
        return spec
    return spec if _OF_NO_MATTER.fullmatch(found[2].strip()) or _UNIT_LIKE.fullmatch(found[2].strip()) else None


def _scale(heading: str, spec: FactSpec) -> Decimal | None:
    """What one of the column's numbers counts for, by the unit in brackets; None if it is another unit."""
    text = half_width(heading).strip()
    found = _BRACKET.fullmatch(text)
    if found is None or _OF_NO_MATTER.fullmatch(found[2].strip()) or not isinstance(spec.type, NumberType):
        return Decimal(1)
    if any(_plain(text) == _plain(name) for name in _names(spec)):
        return Decimal(1)
    unit = found[2].strip()
    tens = _SCALES.get(unit[0], 1) if spec.type.unit.has_money else 1
    words = re.compile(unit_words(spec.type.unit), re.IGNORECASE)
    return Decimal(tens) if words.fullmatch(unit[1:] if tens != 1 else unit) else None


def _names(spec: FactSpec) -> tuple[str, ...]:
    return (spec.name, spec.label.zh, spec.label.en, *spec.headers)


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", "", half_width(text)).lower()


def _shown_heading(heading: str) -> str:
    """A heading as a report may show it: where there are none, the first row holds what is somebody's."""
    text = " ".join(heading.split())
    return MASK if len(text) > 40 or re.search("[0-9]{5}", text) else text


@define
class _SheetReader:
    """Reads the rows below the headings."""

    facts: FactTable
    collection: str | None
    headings: _Headings
    text: str
    sheet: _Sheet
    used: set[int] = field(factory=set)  # columns with something in them

    def read(self) -> _Sheet:
        if self.headings.row > 1:
            self._note("rows-above-heading", count=self.headings.row - 1)
        columns = {column.spec.name: column for column in self._columns()}
        ids = columns.pop(_ID)
        for row, cells in _rows_below(self.text, self.headings):
            self._row(Place(self.sheet.name, row=row), cells, ids, columns.values())
        for number, heading in enumerate(self.headings.cells, 1):
            if not heading.strip() and number - 1 in self.used:
                self._note("column-nameless", number=number)
        return self.sheet

    def _note(self, code: str, near: tuple[str, ...] = (), **details: object) -> None:
        self.sheet.notes.append(Problem(code, Place(self.sheet.name), details, near))

    # Headings

    def _columns(self) -> Iterator[_Column]:
        places: dict[str, list[int]] = defaultdict(list)
        specs: dict[str, FactSpec] = {}
        for index, heading in enumerate(self.headings.cells):
            spec = _spec(heading, self.facts, self.collection)
            if spec is None:
                self._unknown(heading)
            elif _scale(heading, spec) is None:
                unit = spec.type.unit if isinstance(spec.type, NumberType) else None
                said = Label(unit.zh() if unit else "", str(unit))
                self._note("column-unit", name=_shown_heading(heading), unit=said)
            else:
                specs[spec.name] = spec
                places[spec.name].append(index)
        return (self._column(specs[name], indices) for name, indices in places.items())

    def _column(self, spec: FactSpec, indices: list[int]) -> _Column:
        headings = tuple(self.headings.cells[i] for i in indices)
        if len(indices) > 1:
            self._note("column-twice", headings=_all_of(headings))
        readers = [reader(spec, heading, _scale(heading, spec) or Decimal(1)) for heading in headings]
        return _Column(spec, headings, tuple(indices), tuple(readers))

    def _unknown(self, heading: str) -> None:
        if not heading.strip():
            return
        shown = _shown_heading(heading)
        other = None if self.collection is not None else _MEMBERS
        if self.facts.by_header(heading, other) is not None:
            table = self.facts.collections[_MEMBERS].label if other else Label("户", "households")
            self._note("column-of-other-table", name=shown, table=table)
            return
        known = [name for spec in self.facts.facts_of(self.collection).values() for name in _names(spec)]
        bracket = _BRACKET.fullmatch(half_width(shown))
        near = (shown,) if bracket is None else (shown, bracket[1])
        suggested = (name for text in near for name in did_you_mean(text, known))
        self._note("column-unknown", tuple(dict.fromkeys(suggested))[:2], name=shown)

    # Rows

    def _row(self, place: Place, cells: Sequence[str] | None, ids: _Column, columns: Iterable[_Column]) -> None:
        sheet, width = self.sheet, len(self.headings.cells)
        if cells is None:
            sheet.bad_rows.append(Problem("row-quote", place))
            return
        cells = [bare(cell) for cell in cells]
        if not any(cells):
            sheet.blank_rows += 1
            return
        found = dict.fromkeys(cells[i] for i in ids.indices if i < len(cells) and cells[i])
        if any(cells[width:]):
            details = {"got": len(cells), "want": width, "delimiter": _DELIMITER_WORDS[self.headings.delimiter]}
            sheet.refuse(Problem("row-too-long", place, details), *found)
        elif len(found) != 1:
            code = "row-id-disagrees" if found else "row-without-id"
            sheet.refuse(Problem(code, place, {"headings": _all_of(ids.headings)}), *found)
        else:
            self.used.update(i for i, cell in enumerate(cells) if cell)
            sheet.entries.append(self._entry(next(iter(found)), place, cells, columns))

    def _entry(self, id_: str, place: Place, cells: Sequence[str], columns: Iterable[_Column]) -> _Entry:
        entry = _Entry(id_, place, {})
        if len(cells) < len(self.headings.cells):
            details = {"got": len(cells), "want": len(self.headings.cells)}
            entry.problems.append(Problem("row-too-short", place, details))
        if self.collection is None:
            entry.values[_ID] = id_
        for column in columns:
            known = self._values(entry, column, cells)
            if any(value != known[0] for value in known):
                entry.problems.append(Problem("cells-disagree", entry.place, {"headings": _all_of(column.headings)}))
            elif known:
                entry.values[column.spec.name] = known[0]
        return entry

    def _values(self, entry: _Entry, column: _Column, cells: Sequence[str]) -> list[Any]:
        """What the cells of a fact say: one value, none where nothing is written, several where columns are doubled."""
        known = []
        for index, heading, read in zip(column.indices, column.headings, column.readers, strict=True):
            text = cells[index] if index < len(cells) else ""
            if not text:
                continue
            written = entry.texts[column.spec.name] = _Written(column.spec, heading, text)
            try:
                value = read(text)
            except Unreadable as error:
                refused = Problem(error.code) if error.code else expected(column.spec)
                entry.problems.append(written.problem(entry.place, refused))
                return []
            if value is not None:
                known.append(value)
        return known


_DELIMITER_WORDS = {",": ",", ";": ";", "\t": "Tab"}


def _all_of(headings: Iterable[str]) -> Label:
    shown = [f"“{_shown_heading(heading)}”" for heading in headings]
    english = [f"'{_shown_heading(heading)}'" for heading in headings]
    return Label(listing(shown, "zh"), listing(english, "en"))
