"""Tables of households and members, as people keep them, read into frames.

Whatever can be read is graded, and whatever can't is reported, all of it in one pass: a cell that can't be read is a
problem, and its fact counts as missing; a row of which nobody can say whose it is is a bad row. No row is dropped in
silence, and no problem holds a personal value.

A cell means what `cells.py` and the model's own field say. They are asked once for each different text of a column,
and never row by row.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from attrs import define, field, frozen
from pydantic import BaseModel, TypeAdapter, ValidationError

from fanpin.cells import Unreadable, bare, expected
from fanpin.errors import DataError, Place, Problem
from fanpin.expressions.types import BooleanType, DateType, NumberType
from fanpin.facts import FactSpec, FactTable
from fanpin.headings import ID, MEMBERS, Column, Found, Headings, all_of, sheets_left, shown_heading
from fanpin.household import Household
from fanpin.i18n import Label, listing
from fanpin.kinds import Between
from fanpin.records import Record, mask, problems_of, row_model, salvage
from fanpin.sheets import FORMULA, GARBLED, is_written, sheets_of, text_of

_ROW = "row"
_COMPLETE = "members_complete"


@frozen(eq=False)
class CountyTable:
    """What was read.

    Both frames have `household_id`, a column for each fact that a heading names, and `row`, counted from 1 with the
    headings, as a spreadsheet shows it. Numbers are floats; a number or a day of which some cell is a range is the pair
    `<fact>__lo` and `<fact>__hi`. A member of whom nothing could be read is a row of nulls.

    Every row under the headings is in exactly one place: in `households` or `members`, in `bad_rows` (one problem a
    row; a member's may be in `members` too, as somebody), or counted in `blank_rows`.
    """

    model: type[Household]
    households: pl.DataFrame = field(repr=False)
    members: pl.DataFrame | None = field(repr=False)
    problems: tuple[Problem, ...] = ()  # all: columns first, then file by file and row by row
    bad_rows: tuple[Problem, ...] = ()
    columns: tuple[Problem, ...] = ()  # of columns and sheets that were not read
    blank_rows: int = 0
    # by household: what could not be read of it and of its members; and of rows that are no household, by their id
    of_household: Mapping[str, tuple[Problem, ...]] = field(factory=dict, repr=False)
    bad_ids: Mapping[str, tuple[Problem, ...]] = field(factory=dict, repr=False)
    whose: Mapping[tuple[str | None, int | None], "Whose"] = field(factory=dict, repr=False)  # rows with problems


@frozen(repr=False)
class Whose:
    """Whose a row of a file is, as far as it says so or its household does."""

    household_id: str | None
    village: str | None


def read_county(
    households: str | os.PathLike[str],
    members: str | os.PathLike[str] | None = None,
    *,
    model: type[Household] = Household,
    households_sheet: str | None = None,
    members_sheet: str | None = None,
    members_complete: bool = False,
) -> CountyTable:
    """Read a file of households, and the members from a second file or from another sheet of the same workbook.

    CSV, Excel (.xlsx) or Parquet, known by what they hold. Headings are Chinese or English: names, labels, or those of
    national exports; two columns may hold the ends of a range, `wage_income__lo` and `wage_income__hi`, or
    工资性收入(下限) and 工资性收入(上限). The encoding (UTF-8, GBK/GB18030) and the delimiter (comma, semicolon, tab)
    of a CSV are found out, and so are the sheets of a workbook that are not named. A blank cell is a missing fact.
    `model` is a pack's, with its own facts; `members_complete` says that the members of each household in the list are
    all listed, where no cell says otherwise. `DataError` where a file can't be read at all, or no column holds the
    household ids.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "households.csv"
    >>> _ = path.write_text("户编号,家庭人口,工资性收入\\nH1,3,5000-6000\\nH2,三个,900\\n", encoding="utf-8")
    >>> county = read_county(path)
    >>> county.households.rows()
    [('H1', 3.0, 5000.0, 6000.0, 2), ('H2', None, 900.0, 900.0, 3)]
    >>> county.problems[0].place.row, county.problems[0].sentence("zh")
    (3, '应为 1 至 50 之间的整数，写的是“#*”')
    """
    book = sheets_of(Path(households))
    others = book if members is None or _is_same(members, households) else sheets_of(Path(members))
    headings = Headings(FactTable.of(model))
    first = headings.of_households(book, households_sheet)
    second = headings.of_members(others, members_sheet, first, must=members is not None)
    headings.check(first, second)
    table = _Table(model, None, first)
    table.read_rows(headings)
    table.refuse_doubled()
    table.read_facts()
    listed = None if second is None else _Table(model, MEMBERS, second)
    if listed is not None:
        listed.read_rows(headings)
        _join(table, listed, headings.facts.collections[MEMBERS].max_rows)
    left = sheets_left(dict.fromkeys((*book, *others)), [first, second])
    return _county(table, listed, left, members_complete)


def _is_same(path: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    return Path(path).resolve() == Path(other).resolve()


def household_of(county: CountyTable, household_id: str) -> Household | None:
    """One household with its members; None where the table has none with this id that can be read."""
    of_it = pl.col(ID) == household_id
    members = None if county.members is None else county.members.filter(of_it)
    return next(_households(county.model, county.households.filter(of_it), members), None)


def households_of(county: CountyTable) -> tuple[Household, ...]:
    """Every household that was read, with its members, in the order of the table: for a few thousand of them."""
    return tuple(_households(county.model, county.households, county.members))


def _households(model: type[Household], households: pl.DataFrame, members: pl.DataFrame | None) -> Iterator[Household]:
    """What stands in the frames has been checked, so the objects are made of it as it is."""
    facts, listed = FactTable.of(model), defaultdict[str, list[Record]](list)
    if members is not None:
        for _, id_, values in _values(members, facts.collections[MEMBERS].facts):
            listed[id_].append(_rows_of(model, MEMBERS).model_construct(**values))
    for _, id_, values in _values(households, facts.household):
        if id_ in listed:
            values[MEMBERS] = tuple(listed[id_])
        yield model.model_construct(**values)


def _values(frame: pl.DataFrame, specs: Mapping[str, FactSpec]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Each row's number, its household's id, and what is known in it, as a model takes it."""
    for cells in frame.iter_rows(named=True):
        values = {}
        for name, spec in specs.items():
            ends: list[Any] = [cells.get(f"{name}__{end}", cells.get(name)) for end in ("lo", "hi")]
            if ends[0] is not None:
                is_whole = isinstance(spec.type, NumberType) and not spec.type.decimals
                lo, hi = map(int, ends) if is_whole else ends
                values[name] = lo if lo == hi else Between(lo, hi)
        yield cells[_ROW], cells[ID], values


# A sheet while it is read

_BOUNDS = frozenset({"fact-number", "fact-whole-number", "fact-day", "fact-choice", "fact-yes-no"})
_DELIMITER_WORDS = {",": ",", ";": ";", "\t": "Tab"}


@define
class _Table:
    """The rows that can be read, what they say, and what could not be read."""

    household: type[Household]
    collection: str | None
    found: Found
    rows: pl.DataFrame = field(factory=pl.DataFrame)  # household_id, row, and first the cells, then the facts
    bad_rows: list[Problem] = field(factory=list)
    bad_ids: dict[str, list[Problem]] = field(factory=lambda: defaultdict(list))  # of bad rows whose id can be read
    notes: list[Problem] = field(factory=list)
    noted: list[Problem] = field(factory=list)  # of rows that are taken
    lost: list[tuple[str, Problem]] = field(factory=list)  # bad rows that are somebody in a household that was read
    blank_rows: int = 0
    columns: dict[str, Column] = field(factory=dict)
    villages: pl.DataFrame = field(factory=pl.DataFrame)  # row and village, as it is written

    @property
    def model(self) -> type[Record]:
        """What a row is."""
        return self.household if self.collection is None else _rows_of(self.household, self.collection)

    def place(self, row: int, heading: str | None = None) -> Place:
        """A row of this table."""
        return Place(self.found.name, row=row, field=heading)

    def refuse(self, problem: Problem, *ids: str) -> None:
        """A bad row, and whose it may be."""
        self.bad_rows.append(problem)
        for id_ in ids:
            self.bad_ids[id_].append(problem)

    def refuse_where(self, which: pl.Series, why: Callable[[str], Problem]) -> None:
        """Rows that can be read and still not be taken, each for a reason that hangs on its id."""
        for id_, row in self.rows.filter(which).select(ID, _ROW).iter_rows():
            self.refuse(why(id_).at(self.place(row)), id_)
        self.rows = self.rows.filter(~which)

    def refuse_doubled(self) -> None:
        """Of two rows with one id neither is taken: which is right, nobody can tell from here."""
        which, by_id = self.rows[ID].is_duplicated(), defaultdict[str, list[str]](list)
        for id_, row in self.rows.filter(which).select(ID, _ROW).iter_rows():
            by_id[id_].append(str(row))
        rows = {id_: [*found[:5], "…"] if len(found) > 6 else found for id_, found in by_id.items()}
        said = {id_: {"rows": Label("、".join(found), listing(found, "en"))} for id_, found in rows.items()}
        self.refuse_where(which, lambda id_: Problem("row-id-twice", details=said[id_]))

    # Rows

    def read_rows(self, headings: Headings) -> None:
        """Tell the rows apart: those of a household, the blank ones, and those of which nobody knows whose they are."""
        self.columns, self.notes = headings.columns(self.found, self.collection)
        body = self.found.reading.below(self.found.at)
        for row in body.broken:
            self.refuse(Problem("row-quote", self.place(row)))
        ids, refused = self.columns.pop(ID), list[Problem]()
        cells = pl.concat([body.cells, self._ids(body.cells, ids, refused)], how="horizontal")
        headings.refuse_other_money(self.found, self.columns.values(), self._beside_the_rows(cells))
        village = self.columns.get("village")
        self.villages = cells.select(_ROW, *([pl.nth(village.indices[0]).alias("village")] if village else []))
        is_odd = cells["garbled"] | cells["beyond"] | cells["differ"]
        is_good = cells[ID].is_not_null() & cells["why"].is_null() & ~is_odd
        odd = cells.filter(~is_good)
        is_blank = ~reduce(or_, (is_written(odd[str(i)]) for i in range(len(self.found.cells)))) & ~odd["beyond"]
        self.blank_rows = int(is_blank.sum())
        for values in odd.filter(~is_blank).iter_rows(named=True):
            found = dict.fromkeys(values[f"lo{at}"] for at in range(len(ids.indices)))
            self.refuse(self._odd(values, ids, refused), *(id_ for id_ in found if id_ and GARBLED not in id_))
        self.rows = cells.filter(is_good)
        self._note_rows()

    def _beside_the_rows(self, cells: pl.DataFrame) -> Iterator[tuple[int | None, Sequence[str]]]:
        """What is written around the households: the sheet's title, what stands above the headings, and notes below."""
        yield None, [self.found.sheet.title or ""]
        yield from enumerate(self.found.reading.head[: self.found.at], 1)
        width = len(self.found.cells)
        notes = cells.filter(pl.col(ID).is_null() | pl.col(ID).str.contains("(?i)[单單]位|unit|元|yuan"))
        for row, *written in notes.select(_ROW, *map(str, range(width))).iter_rows():
            yield row, [text_of(cell) for cell in written]

    def _ids(self, cells: pl.DataFrame, ids: Column, refused: list[Problem]) -> pl.DataFrame:
        parts = [self._said(cells[str(index)], ids, at, refused) for at, index in enumerate(ids.indices)]
        return _side_by_side(parts).with_columns(
            _first("lo", parts).alias(ID), _first("why", parts), _differ(["lo"], parts).alias("differ")
        )

    def _odd(self, values: Mapping[str, Any], ids: Column, refused: Sequence[Problem]) -> Problem:
        """Why it can't be told whose a row is."""
        place, headings = self.place(values[_ROW]), {"headings": all_of(ids.headings)}
        if values["garbled"]:
            return Problem("row-garbled", place)
        if values["beyond"]:
            delimiter = _DELIMITER_WORDS[self.found.reading.delimiter]
            details = {"got": values["count"], "want": len(self.found.cells), "delimiter": delimiter}
            return Problem("row-too-long", place, details)
        if values["why"] is not None:
            problem = refused[values["why"]]
            is_lost = problem.code == "cell-digits-lost"
            return Problem("row-id-digits-lost", place) if is_lost else problem.at(place)
        return Problem("row-id-disagrees" if values["differ"] else "row-without-id", place, headings)

    def _note_rows(self) -> None:
        """What is worth a note about rows that are taken."""
        width = len(self.found.cells)
        for row, count in self.rows.filter(pl.col("count") < width).select(_ROW, "count").iter_rows():
            self.noted.append(Problem("row-too-short", self.place(row), {"got": count, "want": width}))
        for index, heading in enumerate(self.found.cells):
            if not heading.strip() and is_written(self.rows[str(index)]).any():
                self.notes.append(Problem("column-nameless", Place(self.found.name), {"number": index + 1}))

    def written_villages(self, rows: Iterable[int]) -> dict[int, str | None]:
        """The villages that these rows name, as their column is read."""
        village = self.columns.get("village")
        if village is None:
            return {}
        found = self.villages.filter(pl.col(_ROW).is_in([*rows]))
        return dict(zip(found[_ROW], self._said(found["village"], village, 0, [])["lo"], strict=True))

    # Facts

    def read_facts(self) -> None:
        """The cells of the rows that are left, as facts."""
        facts = [_named(name, self._fact(column)) for name, column in self.columns.items()]
        self.rows = pl.concat([self.rows.select(ID, _ROW), *facts], how="horizontal")
        if _has_checks(self.model):
            self._check_rows()

    def _fact(self, column: Column) -> pl.DataFrame:
        problems = list[Problem]()
        parts = [self._said(self.rows[str(i)], column, at, problems) for at, i in enumerate(column.indices)]
        of = {end: [part for part, its in zip(parts, column.ends, strict=True) if its == end] for end in ("", *_ENDS)}
        if of["lo"]:
            ends = [_agreed(of[end], column.headings, problems) for end in _ENDS]
            parts = [*of[""], _range(ends, column, problems)]
        said = _agreed(parts, column.headings, problems)
        for row, why in pl.DataFrame([self.rows[_ROW], said["why"]]).drop_nulls().iter_rows():
            self.noted.append(problems[why].at(self.place(row, problems[why].place.field)))
        return said

    def _said(self, cells: pl.Series, column: Column, at: int, problems: list[Problem]) -> pl.DataFrame:
        """What each cell says: `lo`, `hi` if one of them is a range, and `why` it can't be read, counted in `problems`.

        Each different cell is read once.
        """
        different, is_text = cells.unique().drop_nulls(), cells.dtype == pl.String
        read, check = column.readers[at], _check(self.household, column.spec.collection, column.spec.name)
        values, whys = list[Any](), list[int | None]()
        for cell in different.to_list():
            text, value, why = bare(cell if is_text else text_of(cell)), None, None
            try:
                if text.startswith(FORMULA):
                    raise Unreadable("cell-formula")
                value = read(text) if text else None
                value = None if value is None else check(value)
            except (Unreadable, ValidationError) as error:
                value, why = None, len(problems)
                problems.append(self._refused(column, at, text, error))
            values.append(value)
            whys.append(why)
        said = pl.DataFrame({"cell": different, **_ends(column.spec, values), "why": pl.Series(whys, dtype=pl.UInt32)})
        every = cells.rename("cell").to_frame()
        return every.join(said, on="cell", how="left", maintain_order="left").drop("cell")

    def _refused(self, column: Column, at: int, text: str, error: Unreadable | ValidationError) -> Problem:
        """Why a cell can't be read. A value may stand in a wrong column, so those of public facts are masked too."""
        spec = column.spec
        if isinstance(error, ValidationError):
            problem = problems_of(error, self.model)[0]
        else:
            problem = Problem(error.code) if error.code else expected(spec)
        if problem.code in _BOUNDS:
            problem = expected(spec)
        shown = mask(spec.name, text, "personal" if spec.sensitivity == "public" else spec.sensitivity)
        place = Place(field=shown_heading(column.headings[at]))
        return Problem(problem.code, place, {**problem.details, "shown": shown})

    # A plugin's own checks

    def _check_rows(self) -> None:
        """What looks at a whole row needs the row, as an object."""
        records, refused = list[Mapping[str, Any]](), list[int]()
        for row, id_, values in _values(self.rows, FactTable.of(self.household).facts_of(self.collection)):
            try:
                record, problems = salvage(self.model, values)
            except DataError as error:
                self.refuse(error.problems[0].at(self.place(row)), id_)
                refused.append(row)
                continue
            records.append({name: getattr(record, name) for name in values})
            for problem in problems:
                column = self.columns.get(problem.place.field or "")
                self.noted.append(problem.at(self.place(row, shown_heading(column.headings[0]) if column else None)))
        facts = (
            _named(name, pl.DataFrame(_ends(column.spec, [record.get(name) for record in records])))
            for name, column in self.columns.items()
        )
        left = self.rows.filter(~pl.col(_ROW).is_in(refused)).select(ID, _ROW)
        self.rows = pl.concat([left, *facts], how="horizontal")


_DTYPES: Mapping[type, type[pl.DataType]] = {NumberType: pl.Float64, DateType: pl.Date, BooleanType: pl.Boolean}


def _ends(spec: FactSpec, values: Sequence[Any]) -> dict[str, pl.Series]:
    """Values as columns: both ends if one of them is a range."""
    kind = _DTYPES.get(type(spec.type), pl.String)
    ends = {"lo": [value.lo if isinstance(value, Between) else value for value in values]}
    if any(isinstance(value, Between) for value in values):
        ends["hi"] = [value.hi if isinstance(value, Between) else value for value in values]
    return {end: pl.Series(found, dtype=kind) for end, found in ends.items()}


def _named(name: str, said: pl.DataFrame) -> pl.DataFrame:
    if "hi" not in said.columns:
        return said.select(pl.col("lo").alias(name))
    return said.select(pl.col(end).alias(f"{name}__{end}") for end in ("lo", "hi"))


@lru_cache(maxsize=256)
def _check(model: type[Household], collection: str | None, name: str) -> Callable[[Any], Any]:
    """What the model's own field makes of a value."""
    info = (model if collection is None else _rows_of(model, collection)).model_fields[name]
    kind: Any = Annotated
    kind = kind[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return TypeAdapter[Any](kind, config=model.model_config).validator.validate_python


def _rows_of(model: type[Household], collection: str) -> type[Record]:
    row = row_model(model.model_fields[collection].annotation)
    assert row is not None, "a collection has rows"
    return row


def _has_checks(model: type[Record]) -> bool:
    """Whether there is more to a model than its fields: what a plugin checks besides."""
    own = model.__pydantic_decorators__
    return bool(own.model_validators or own.field_validators) or model.model_post_init is not BaseModel.model_post_init


# Several columns of one fact


def _side_by_side(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    renamed = [part.rename({name: f"{name}{at}" for name in part.columns}) for at, part in enumerate(parts)]
    return pl.concat(renamed, how="horizontal")


def _first(name: str, parts: Sequence[pl.DataFrame]) -> pl.Expr:
    """What the first column says that says anything."""
    return pl.coalesce(f"{name}{at}" for at in range(len(parts))).alias(name)


def _differ(names: Sequence[str], parts: Sequence[pl.DataFrame]) -> pl.Expr:
    return pl.any_horizontal(
        (pl.col(f"{name}{at}") != _first(name, parts)).fill_null(False) for name in names for at in range(len(parts))
    )


def _agreed(parts: Sequence[pl.DataFrame], headings: Sequence[str], problems: list[Problem]) -> pl.DataFrame:
    """What several columns say of one fact, where they agree."""
    if len(parts) == 1:
        return parts[0]
    ends = ["lo", "hi"] if any("hi" in part.columns for part in parts) else ["lo"]
    parts = [part if "hi" in part.columns else part.with_columns(hi="lo") for part in parts]
    problems.append(Problem("cells-disagree", details={"headings": all_of(headings)}))
    differ = pl.when(_differ(ends, parts)).then(pl.lit(len(problems) - 1, pl.UInt32))
    said = _side_by_side(parts).with_columns(pl.coalesce(_first("why", parts), differ).alias("why"))
    return said.select(*(pl.when(pl.col("why").is_null()).then(_first(end, parts)).alias(end) for end in ends), "why")


_ENDS = ("lo", "hi")


def _range(ends: Sequence[pl.DataFrame], column: Column, problems: list[Problem]) -> pl.DataFrame:
    """What two columns say of the ends of a range. Where one of them says nothing, the fact's own bound is the end."""
    kind = column.spec.type
    assert isinstance(kind, NumberType | DateType), "only these have ranges"
    bounds = [end / 10**kind.decimals if isinstance(kind, NumberType) else end for end in (kind.lo, kind.hi)]
    problems.append(Problem("ends-reversed", details={"headings": all_of(column.headings)}))
    lo, hi = pl.col("lo0"), pl.col("hi1" if "hi" in ends[1].columns else "lo1")
    is_reversed = pl.when(lo > hi).then(pl.lit(len(problems) - 1, pl.UInt32))
    said = _side_by_side(ends).with_columns(pl.coalesce("why0", "why1", is_reversed).alias("why"))
    known = pl.col("why").is_null() & (lo.is_not_null() | hi.is_not_null())
    filled = zip(_ENDS, (lo, hi), bounds, strict=True)
    return said.select(*(pl.when(known).then(end.fill_null(bound)).alias(name) for name, end, bound in filled), "why")


# Both tables together


def _join(households: _Table, members: _Table, most: int) -> None:
    """Members stay whose household was read, and where they are not more than a household can have.

    A row that can't be read is still somebody, of whom nothing is known.
    """
    kept = set(households.rows[ID])
    bad, strange = Problem("member-of-bad-row"), Problem("member-without-household")
    members.refuse_where(
        ~members.rows[ID].is_in(households.rows[ID].implode()),
        lambda id_: bad if id_ in households.bad_ids else strange,
    )
    lost = [id_ for id_, found in members.bad_ids.items() if id_ in kept for _ in found]
    listed = pl.concat([members.rows[ID], pl.Series(ID, lost, dtype=pl.String)])
    over = dict(listed.value_counts().filter(pl.col("count") > most).iter_rows())
    many = {id_: Problem("rows-too-many", details={"got": count, "most": most}) for id_, count in over.items()}
    members.refuse_where(members.rows[ID].is_in([*many]), lambda id_: many[id_])
    for id_, row in households.rows.filter(pl.col(ID).is_in([*many])).select(ID, _ROW).iter_rows():
        households.noted.append(many[id_].at(households.place(row)))
    members.read_facts()
    members.lost = [
        (id_, problem) for id_, found in members.bad_ids.items() if id_ in kept and id_ not in many for problem in found
    ]
    lost_rows = [(id_, _row(problem)) for id_, problem in members.lost]
    nobody = pl.DataFrame(lost_rows, schema={ID: pl.String, _ROW: pl.UInt32}, orient="row")
    members.rows = pl.concat([members.rows, nobody], how="diagonal").sort(_ROW)


def _county(table: _Table, listed: _Table | None, left: Iterable[Problem], members_complete: bool) -> CountyTable:
    tables = [table] if listed is None else [table, listed]
    of_rows, of_household = list[Problem](), defaultdict[str, list[Problem]](list)
    for one in tables:
        one.bad_rows.sort(key=_row)
        of_rows += sorted([*one.bad_rows, *_beside(one, of_household)], key=_row)
    columns = (*(note for one in tables for note in one.notes), *left)
    return CountyTable(
        table.household,
        _with_complete(table.rows, listed, members_complete).select(pl.exclude(_ROW), _ROW),
        None if listed is None else listed.rows.select(pl.exclude(_ROW), _ROW),
        (*columns, *of_rows),
        tuple(problem for one in tables for problem in one.bad_rows),
        columns,
        sum(one.blank_rows for one in tables),
        {id_: tuple(problems) for id_, problems in of_household.items()},
        {id_: tuple(problems) for id_, problems in table.bad_ids.items()},
        _whose(table, listed, of_household),
    )


def _whose(
    table: _Table, listed: _Table | None, of_household: Mapping[str, Sequence[Problem]]
) -> dict[tuple[str | None, int | None], Whose]:
    """Whose the rows with problems are. A member's village is its household's."""
    by_id = [*of_household.items(), *table.bad_ids.items(), *(listed.bad_ids.items() if listed else ())]
    ids = {(problem.place.file, problem.place.row): id_ for id_, problems in by_id for problem in problems}
    without = {(problem.place.file, problem.place.row): None for problem in table.bad_rows}
    written = table.written_villages(row for file, row in (*ids, *without) if file == table.found.name and row)
    own = {place: written.get(place[1] or 0) for place in (*ids, *without) if place[0] == table.found.name}
    of_id = {ids[place]: village for place, village in own.items() if place in ids}
    if "village" in table.rows.columns:
        of_id |= dict(table.rows.filter(pl.col(ID).is_in([*ids.values()])).select(ID, "village").iter_rows())
    return {
        place: Whose(id_, own.get(place) or (of_id.get(id_) if id_ else None))
        for place, id_ in {**without, **ids}.items()
    }


def _row(problem: Problem) -> int:
    return problem.place.row or 0


def _beside(table: _Table, of_household: dict[str, list[Problem]]) -> list[Problem]:
    """The problems of rows that were taken; and to each household what concerns it."""
    rows = pl.DataFrame({_ROW: pl.Series(map(_row, table.noted), dtype=pl.UInt32).unique()})
    ids = dict(table.rows.join(rows, on=_ROW).select(_ROW, ID).iter_rows())
    noted = [problem for problem in table.noted if _row(problem) in ids]
    beside = [*((ids[_row(problem)], problem) for problem in noted), *table.lost]
    for id_, problem in sorted(beside, key=lambda pair: _row(pair[1])):
        of_household[id_].append(problem)
    return noted


def _with_complete(households: pl.DataFrame, members: _Table | None, flag: bool) -> pl.DataFrame:
    """A list that is not there is not complete, whatever is said of it."""
    if _COMPLETE not in households.columns:
        if not flag:
            return households
        households = households.with_columns(pl.lit(None, pl.Boolean).alias(_COMPLETE))
    if members is None:
        return households.with_columns(pl.col(_COMPLETE).fill_null(False))
    is_listed = households[ID].is_in(members.rows[ID].implode())
    return households.with_columns(pl.col(_COMPLETE).fill_null(flag) & is_listed)
