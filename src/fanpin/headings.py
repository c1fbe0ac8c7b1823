"""What the headings of a table mean, and which sheet of a file holds which table.

A fact has one column, or two for the ends of its range: `wage_income__lo` and `wage_income__hi`, 工资性收入（下限） and
工资性收入（上限）.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from attrs import field, frozen

from fanpin.cells import Reader, half_width, other_money, reader, unit_words
from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.expressions.types import DateType, NumberType
from fanpin.facts import FactSpec, FactTable
from fanpin.i18n import Label, listing
from fanpin.records import MASK
from fanpin.sheets import Reading, Sheet

ID = "household_id"
MEMBERS = "members"


@frozen
class Found:
    """The headings of a sheet: which row of it they are, and how many of them are known."""

    sheet: Sheet
    reading: Reading
    at: int
    known: int

    @property
    def cells(self) -> Sequence[str]:
        """The headings."""
        return self.reading.head[self.at]

    @property
    def name(self) -> str:
        """The file and the sheet, as a place shows them."""
        return _name(self.sheet.file.name, self.sheet)


@frozen
class Meaning:
    """What a heading means: a fact, or the `end` of its range, lo or hi; and the heading without the word for it."""

    spec: FactSpec | None
    heading: str
    end: str = ""


@frozen
class Column:
    """A fact, and where in a row it stands: in one place, or in several that say the same or are ends of a range."""

    spec: FactSpec
    headings: tuple[str, ...]
    indices: tuple[int, ...]
    ends: tuple[str, ...]
    readers: tuple[Reader, ...]


@frozen(eq=False)
class Headings:
    """Which fact a heading means: one of the household, or of the rows of a collection."""

    facts: FactTable
    _known: dict[tuple[str, str | None], Meaning] = field(factory=dict, repr=False)

    def spec(self, heading: str, collection: str | None) -> FactSpec | None:
        """The fact of a heading; rows of a collection bear the household's id."""
        return self.meaning(heading, collection).spec

    def meaning(self, heading: str, collection: str | None) -> Meaning:
        """The fact of a heading, and which end of it."""
        key = heading, collection
        if key not in self._known:
            self._known[key] = self._meaning(heading, collection)
        return self._known[key]

    def _meaning(self, heading: str, collection: str | None) -> Meaning:
        spec, found = self._spec(heading, collection), _END.fullmatch(half_width(heading).strip())
        if spec is None and found is not None:
            of_range = self._spec(found[1], collection)
            if of_range is not None and of_range.read and isinstance(of_range.type, NumberType | DateType):
                return Meaning(of_range, found[1], _ENDS[(found[2] or found[3]).lower()])
        return Meaning(spec, heading)

    def _spec(self, heading: str, collection: str | None) -> FactSpec | None:
        """What stands in brackets at the end may make it another fact (上年), unless it is a unit."""
        spec = self.facts.by_header(heading, collection) or self.facts.by_header(heading)
        if spec is None or (collection is not None and spec.collection is None and spec.name != ID):
            return None
        text = half_width(heading).strip()
        found = _BRACKET.fullmatch(text)
        if found is None or any(_plain(text) == _plain(name) for name in _names(spec)):
            return spec
        return spec if _OF_NO_MATTER.fullmatch(found[2].strip()) or _UNIT_LIKE.fullmatch(found[2].strip()) else None

    # Which row of a sheet

    def find(self, sheet: Sheet, collection: str | None) -> Found | None:
        """The first row with a heading of the ids, read in the way in which most headings are known."""
        found = (self._find_in(sheet, reading, collection) for reading in sheet.readings())
        return max((headings for headings in found if headings), key=lambda headings: headings.known, default=None)

    def _find_in(self, sheet: Sheet, reading: Reading, collection: str | None) -> Found | None:
        for at, cells in enumerate(reading.head):
            names = [spec.name for spec in (self.spec(cell, collection) for cell in cells) if spec is not None]
            if ID in names:
                return Found(sheet, reading, at, len(names))
        return None

    def _must(self, sheet: Sheet, collection: str | None) -> Found:
        found = self.find(sheet, collection)
        if found is not None:
            return found
        is_empty = not any(cell.strip() for reading in sheet.readings() for row in reading.head for cell in row)
        ids = self.facts.household[ID]
        known = Label("、".join((ids.label.zh, *ids.headers)), f"{ids.name}, {ids.label.en}")
        place = Place(_name(str(sheet.file), sheet))
        raise DataError(Problem("table-empty" if is_empty else "table-without-id", place, {"known": known}))

    # Which sheet of a file

    def of_households(self, sheets: Sequence[Sheet], wanted: str | None) -> Found:
        """The sheet that is asked for, else the first with headings that is not one of members."""
        if wanted is not None:
            return self._must(called(sheets, wanted), None)
        shown = [sheet for sheet in sheets if not sheet.hidden and not _OF_MEMBERS.search(sheet.title or "")] or sheets
        with_ids = (sheet for sheet in shown if self.find(sheet, None))
        own = next((sheet for sheet in with_ids if not self._is_of_members(sheet)), None)
        return self._must(own or next((sheet for sheet in shown if self.find(sheet, None)), shown[0]), None)

    def of_members(self, sheets: Sequence[Sheet], wanted: str | None, taken: Found, must: bool) -> Found | None:
        """The sheet that is asked for, else the one named so, else one with more of members' headings than households'.

        `taken` is that of the households. Where there `must` be one, any will do that has the ids.
        """
        if wanted is not None:
            return self._must(called(sheets, wanted), MEMBERS)
        shown = [sheet for sheet in sheets if not sheet.hidden and sheet is not taken.sheet]
        found = next((sheet for sheet in shown if _OF_MEMBERS.search(sheet.title or "")), None)
        found = found or next((sheet for sheet in shown if self._is_of_members(sheet)), None)
        if found is None and must:
            found = next((sheet for sheet in shown if self.find(sheet, MEMBERS)), [*shown, *sheets][0])
        return None if found is None else self._must(found, MEMBERS)

    def _is_of_members(self, sheet: Sheet) -> bool:
        listed, own = self.find(sheet, MEMBERS), self.find(sheet, None)
        return listed is not None and (own is None or listed.known > own.known)

    def check(self, households: Found, members: Found | None) -> None:
        """Refuse one sheet that is taken for both tables, and tables that seem to stand in each other's place."""
        tables = [(households, *self._told_apart(households, None, MEMBERS))]
        if members is not None:
            if members.sheet is households.sheet:
                raise DataError(Problem("table-for-both", Place(households.name)))
            tables.append((members, *self._told_apart(members, MEMBERS, None)))
        swapped = [
            Problem("tables-swapped", Place(table.name), {"headings": all_of(others[:3])})
            for table, own, others in tables
            # a table of members may say a few things of the household too, and one of households some of its head
            if len(others) > max(1, 3 * len(own))
        ]
        if swapped:
            raise DataError(*swapped)

    def _told_apart(self, found: Found, own: str | None, other: str | None) -> tuple[list[str], list[str]]:
        """The headings that only this table has, and those that only the other one has."""
        known = {cell: (self.spec(cell, own) is not None, self.spec(cell, other) is not None) for cell in found.cells}
        return [cell for cell in known if known[cell] == (True, False)], [c for c in known if known[c] == (False, True)]

    # Which columns of a table

    def columns(self, found: Found, collection: str | None) -> tuple[dict[str, Column], list[Problem]]:
        """The columns by the facts that they hold, and what is worth a note about headings."""
        places, notes = defaultdict[str, dict[int, Meaning]](dict), list[Problem]()
        if found.at:
            notes.append(Problem("rows-above-heading", details={"count": found.at}))
        for index, heading in enumerate(found.cells):
            meant = self.meaning(heading, collection)
            if meant.spec is not None and _scale(meant.heading, meant.spec) is not None:
                places[meant.spec.name][index] = meant
            elif heading.strip():
                notes.append(self._not_read(heading, meant.spec, collection))
        for name, at in places.items():
            if len({meant.end for meant in at.values()} - {""}) == 1:
                notes.append(Problem("column-half", details={"fact": name}))
                places[name] = {index: meant for index, meant in at.items() if not meant.end}
        columns = {name: _column(found.cells, at) for name, at in places.items() if at}
        for column in columns.values():
            if len(column.indices) > 1 and sorted(column.ends) != ["hi", "lo"]:
                notes.append(Problem("column-twice", details={"headings": all_of(column.headings)}))
        return columns, [note.at(Place(found.name)) for note in notes]

    def refuse_other_money(
        self, found: Found, columns: Iterable[Column], rows: Iterable[tuple[int | None, Sequence[str]]]
    ) -> None:
        """Refuse a table of which a row that is no household's says that its money is not in yuan.

        Where every heading of money names its unit, the headings hold.
        """
        for row, cells in rows:
            if unit := other_money(cells):
                silent = [heading for column in columns for heading in self._without_unit(column)]
                if silent:
                    details = {"unit": unit, "headings": all_of(silent[:3])}
                    raise DataError(Problem("money-unit-noted", Place(found.name, row=row), details))

    def _without_unit(self, column: Column) -> list[str]:
        kind = column.spec.type
        if not isinstance(kind, NumberType) or not kind.unit.has_money:
            return []
        meant = [(heading, self.meaning(heading, column.spec.collection).heading) for heading in column.headings]
        return [heading for heading, text in meant if _unit_in(text, column.spec) is None]

    def _not_read(self, heading: str, spec: FactSpec | None, collection: str | None) -> Problem:
        shown = shown_heading(heading)
        if spec is not None:
            unit = spec.type.unit if isinstance(spec.type, NumberType) else None
            said = Label(unit.zh() if unit else "", str(unit))
            return Problem("column-unit", details={"name": shown, "unit": said})
        other = None if collection is not None else MEMBERS
        if self.spec(heading, other) is not None:
            table = self.facts.collections[MEMBERS].label if other else Label("户", "households")
            return Problem("column-of-other-table", details={"name": shown, "table": table})
        known = [name for own in self.facts.facts_of(collection).values() for name in _names(own)]
        bracket = _BRACKET.fullmatch(half_width(shown))
        near = (shown,) if bracket is None else (shown, bracket[1])
        suggested = dict.fromkeys(name for text in near for name in did_you_mean(text, known))
        return Problem("column-unknown", details={"name": shown}, suggestions=tuple(suggested)[:2])


_OF_MEMBERS = re.compile("成员|member", re.IGNORECASE)  # the title of a sheet


def called(sheets: Sequence[Sheet], wanted: str) -> Sheet:
    """The sheet of a name."""
    titles = {sheet.title.strip(): sheet for sheet in sheets if sheet.title is not None}
    if found := titles.get(wanted.strip()):
        return found
    place = Place(str(sheets[0].file)) if sheets else Place()
    if not titles:
        raise DataError(Problem("file-without-sheets", place))
    known = Label(listing(titles, "zh"), listing(titles, "en"))
    raise DataError(Problem("file-no-sheet", place, {"name": wanted, "known": known}, did_you_mean(wanted, titles)))


def sheets_left(sheets: Iterable[Sheet], taken: Sequence[Found | None]) -> Iterator[Problem]:
    """A note on the sheets that were not read, unless they are hidden."""
    read, left = [found.sheet for found in taken if found is not None], defaultdict[str, list[str]](list)
    for sheet in sheets:
        if sheet.title and not sheet.hidden and sheet not in read:
            left[sheet.file.name].append(shown_heading(sheet.title))
    for file, titles in left.items():
        yield Problem("table-sheets-left", Place(file), {"names": Label(listing(titles, "zh"), listing(titles, "en"))})


def _name(file: str, sheet: Sheet) -> str:
    return file if sheet.title is None else f"{file}[{shown_heading(sheet.title)}]"


# What a heading says


_BRACKET = re.compile(r"(.*\S)\s*\(([^()]*)\)\s*", re.DOTALL)
_ENDS = {"lo": "lo", "hi": "hi", "下限": "lo", "上限": "hi"}
_END = re.compile(r"(.*\S)\s*(?:__(lo|hi)|\(\s*(下限|上限|lo|hi)\s*\))", re.DOTALL | re.IGNORECASE)
_OF_NO_MATTER = re.compile(
    r"必填|选填|可不填|是/否|是或否|文本|数字|日期|y{4}[-/]?m{2}([-/]?d{2})?|年/?月/?(日)?|required|optional|text|number|date",
    re.IGNORECASE,
)
_SCALES = {"百": 100, "千": 1000, "万": 10_000}
_UNIT_LIKE = re.compile(r"[百千万亿]?(元|美元|斤|公斤|吨|亩|公顷|平方米|米|公里|里|人|户|月|年|天|yuan|kg|km|m2?|mu).*")


def _column(cells: Sequence[str], at: Mapping[int, Meaning]) -> Column:
    (spec,) = {meant.spec.name: meant.spec for meant in at.values() if meant.spec is not None}.values()
    ways = [(meant.heading, _scale(meant.heading, spec) or Decimal(1)) for meant in at.values()]
    return Column(
        spec,
        tuple(cells[index] for index in at),
        tuple(at),
        tuple(meant.end for meant in at.values()),
        tuple(reader(spec, heading, scale) for heading, scale in ways),
    )


def _scale(heading: str, spec: FactSpec) -> Decimal | None:
    """What one of the column's numbers counts for, by the unit in brackets; None if it is another unit."""
    unit = _unit_in(heading, spec)
    if unit is None or not isinstance(spec.type, NumberType):
        return Decimal(1)
    tens = _SCALES.get(unit[0], 1) if spec.type.unit.has_money else 1
    words = re.compile(unit_words(spec.type.unit), re.IGNORECASE)
    return Decimal(tens) if words.fullmatch(unit[1:] if tens != 1 else unit) else None


def _unit_in(heading: str, spec: FactSpec) -> str | None:
    """The unit that a heading names in brackets."""
    text = half_width(heading).strip()
    found = _BRACKET.fullmatch(text)
    if found is None or _OF_NO_MATTER.fullmatch(found[2].strip()):
        return None
    return None if any(_plain(text) == _plain(name) for name in _names(spec)) else found[2].strip()


def _names(spec: FactSpec) -> tuple[str, ...]:
    return (spec.name, spec.label.zh, spec.label.en, *spec.headers)


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", "", half_width(text)).lower()


def shown_heading(heading: str) -> str:
    """A heading as a report may show it: where there are none, the first row holds what is somebody's."""
    text = " ".join(heading.split())
    return MASK if len(text) > 40 or re.search("[0-9]{5}", text) else text


def all_of(headings: Iterable[str]) -> Label:
    """Headings, as a sentence lists them."""
    shown = [shown_heading(heading) for heading in headings]
    return Label(listing([f"“{text}”" for text in shown], "zh"), listing([f"'{text}'" for text in shown], "en"))
