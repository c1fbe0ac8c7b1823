"""A pack's workbook as its own tree, each part of which knows its cell; what is wrong is told by sheet and cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from fanpin.cells import half_width
from fanpin.errors import DataError, PackError, Place, Problem, did_you_mean, unique
from fanpin.expressions.scope import Source
from fanpin.household import Household
from fanpin.i18n import Label
from fanpin.packs import Pack, pack_of
from fanpin.packs.cell_forms import Plain, trimmed
from fanpin.packs.layout import IGNORED, LAYOUTS, PACK, REST, Column, Layout, Level
from fanpin.packs.shapes import FILES
from fanpin.packs.trees import File, Rows, Table, Text, Tree, plain, table_of
from fanpin.packs.yaml_text import files_of
from fanpin.plugins import PluginManager
from fanpin.sheets import Sheet, sheets_of, text_of
from fanpin.workbooks import whole

if TYPE_CHECKING:
    import polars as pl

Steps = tuple[str, ...]
_NO_NODE: Any = None


@frozen
class CellText(Text):
    """A text that stands in a cell, or in a part of one."""

    @property
    def place(self) -> Place:
        """The cell."""
        return Place(self.file.name)

    def source(self, name: str) -> Source:
        """The text as a rule, so that a mistake in it is shown at its line and column within the cell."""
        return Source(self.text, self.file.name, field=name)


@define
class WorkbookTree:
    """What a workbook says: the pack's own tree, every mistake in its cells, and where what is missing would stand."""

    tree: Table
    problems: list[Problem] = field(factory=list)
    blanks: dict[str, Place] = field(factory=dict)


def read_workbook(path: Path) -> WorkbookTree:
    """The own tree of a workbook's pack. `DataError` where the file is none that can be read."""
    by_title = {_plain(sheet.title or ""): sheet for sheet in sheets_of(path)}
    if _plain(PACK.title.zh) not in by_title:
        raise DataError(Problem("book-of-no-pack", Place(str(path)), {"sheet": PACK.title.zh}))
    found = WorkbookTree(Table({}, {}, Place(f"{PACK.title.zh}!A1")))
    titles = {_plain(layout.title.zh) for layout in LAYOUTS} | {_plain(label.zh) for label in IGNORED}
    for title, sheet in by_title.items():
        if title not in titles and not title.startswith("#"):
            near = did_you_mean(sheet.title or "", [layout.title.zh for layout in LAYOUTS])
            found.problems.append(Problem("book-sheet", Place(sheet.title), {}, near))
    for layout in LAYOUTS:
        if (there := by_title.get(_plain(layout.title.zh))) is not None:
            _SheetReader(layout, found).read(there)
    _name_keys(found.tree)
    return found


def from_excel(
    path: Path,
    folder: Path,
    *,
    replace: bool = False,
    plugins: PluginManager | None = None,
    household: type[Household] = Household,
) -> Pack:
    """Write the pack of a workbook into a folder, as YAML. Nothing is written where anything is wrong.

    Where a pack is in the folder already, it is left as it is (`DataError`), or with `replace` it is replaced: its
    comments are lost, and what is no file of a pack, such as its cases, stays.
    """
    there = [folder / name for name in FILES if (folder / name).exists()]
    if there and not replace:
        raise DataError(*(Problem("file-exists", Place(str(file))) for file in there))
    pack, own = load_workbook(path, folder.absolute(), plugins=plugins, household=household)
    texts = dict(files_of(own))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with whole(folder / name) as opened:
            opened.write(text.encode("utf-8"))
    for file in there:
        if file.name not in texts:
            file.unlink()
    return pack


def load_workbook(
    path: Path, folder: Path, *, plugins: PluginManager | None = None, household: type[Household] = Household
) -> tuple[Pack, dict[str, Plain]]:
    """The pack of a workbook, and its own tree as plain data; what it extends is looked for from the folder.

    `PackError` names every mistake, with sheet and cell wherever it is one of the workbook.
    """
    book = read_workbook(path)
    try:
        pack = pack_of(book.tree, folder, plugins=plugins, household=household)
    except PackError as error:
        told = {problem.place.file for problem in book.problems if problem.place.line is None}
        others = [_at_cell(problem, book.blanks) for problem in error.problems if problem.place.file not in told]
        raise PackError(*unique([*book.problems, *others])) from None
    if book.problems:
        raise PackError(*unique(book.problems))
    return pack, plain(book.tree)


def _at_cell(problem: Problem, blanks: Mapping[str, Place]) -> Problem:
    """What is missing, at the cell where it would stand."""
    name = f"{problem.place.field or ''}.{problem.details.get('key', '')}".removeprefix(".")
    cell = blanks.get(name) if problem.code == "missing-key" else None
    return problem if cell is None else problem.at(evolve(cell, field=problem.place.field))


def _plain(text: str) -> str:
    return half_width(text).strip().lower()


# One sheet


@frozen
class _Cell:
    """A text and where it stands."""

    text: str
    place: Place


_Cells = dict[Column, _Cell]


@define
class _SheetReader:
    layout: Layout
    found: WorkbookTree
    names: dict[Steps, _Cell] = field(factory=dict)  # where each entry is named
    rests: list[tuple[Table, _Cell]] = field(factory=list)

    def read(self, sheet: Sheet) -> None:
        if self.layout.is_upright:
            self._fill((), self.found.tree, self.layout.columns, self._upright(sheet))
        else:
            above: Sequence[_Cell] = ()
            for cells in self._rows(sheet):
                above = self._row(cells, above)
        for entry, cell in self.rests:
            self._lay_rest(entry, cell)

    # Cells

    def _rows(self, sheet: Sheet) -> Iterator[_Cells]:
        """What stands in each row, by column; empty ones are left out."""
        reading = sheet.readings()[0]
        wanted = _plain(next(self.layout.columns).label.zh)
        heads = [[_heading(text) for text in row] for row in reading.head]
        at = next((i for i, row in enumerate(heads) if wanted in row), None)
        if at is None:
            if any(text.strip() for row in reading.head for text in row):
                first = next(self.layout.columns)
                self._note("book-no-headings", self._place(0, 1), heading=first.label.zh)
            return
        cells = reading.below(at).cells
        columns = self._columns(heads[at], at + 1, cells)
        for row in cells.iter_rows(named=True):
            filled = {column: _Cell(text_of(row[str(i)]), self._place(i, row["row"])) for i, column in columns.items()}
            if any(trimmed(cell.text).strip() for cell in filled.values()):
                yield filled

    def _columns(self, heads: Sequence[str], row: int, cells: "pl.DataFrame") -> dict[int, Column]:
        """Which column each heading names; one that names none is a mistake where something stands below it."""
        by_heading = {_plain(column.label.zh): column for column in self.layout.columns}
        found: dict[int, Column] = {}
        for i, heading in enumerate(heads):
            column = by_heading.get(heading)
            if column is None:
                if heading or any(text_of(value).strip() for value in cells[str(i)]):
                    self._unknown_heading(heading, self._place(i, row))
            elif column in found.values():
                self._note("book-heading-twice", self._place(i, row), heading=column.label.zh)
            else:
                found[i] = column
        return found

    def _upright(self, sheet: Sheet) -> _Cells:
        """The cells of a sheet that has its columns as rows."""
        by_heading = {_plain(column.label.zh): column for column in self.layout.columns}
        cells: _Cells = {}
        for number, (head, text) in enumerate(_two_columns(sheet), 1):
            column = by_heading.get(_heading(head))
            if column is not None:
                cells[column] = _Cell(text, self._place(1, number))
            elif number > 1 and (head.strip() or text.strip()):
                self._unknown_heading(_heading(head), self._place(0, number))
        return cells

    def _unknown_heading(self, heading: str, place: Place) -> None:
        known = [column.label.zh for column in self.layout.columns]
        details = {"heading": heading or Label("空的", "nothing"), "known": _listed(known)}
        self._problem(Problem("book-heading", place, details, did_you_mean(heading, known)))

    def _place(self, column: int, row: int) -> Place:
        return Place(f"{self.layout.title.zh}!{letters(column)}{row}")

    # One row

    def _row(self, cells: _Cells, above: Sequence[_Cell]) -> Sequence[_Cell]:
        """Lay what a row says into the tree; the names that it stands under, its own or those of the row above."""
        path: Steps = ()
        named = self._names(cells, above)
        for level, cell in zip(self.layout.levels, named, strict=False):
            assert level.key is not None, "only levels with names are named"
            name = level.key.form.read(cell.text)
            path += (*level.path, name)
            if wrong := level.key.form.wrong_word(name):
                self._wrong_word(level.key, cell, wrong)
                return named
            if not self._entry(level, path, cell, cells):
                return named
        last = self.layout.levels[-1]
        if last.key is None and len(named) == len(self.layout.levels) - 1:
            self._item(last, (*path, *last.path), cells)
        return named

    def _names(self, cells: _Cells, above: Sequence[_Cell]) -> Sequence[_Cell]:
        """The name at each level. Where it is blank it is that of the row above, as in merged cells."""
        named: list[_Cell] = []
        is_same = True  # so far as that row is
        for depth, level in enumerate(self.layout.levels):
            if level.key is None:
                break
            cell, before = cells.get(level.key), above[depth] if is_same and depth < len(above) else None
            if cell is None or not cell.text.strip():
                if before is None or level is self.layout.levels[-1]:
                    place = cell.place if cell is not None else next(iter(cells.values())).place
                    self._note("book-without-name", place, heading=level.key.label.zh)
                    return named
                cell = before
            is_same = before is not None and _plain(cell.text) == _plain(before.text)
            named.append(cell)
        return named

    def _entry(self, level: Level, path: Steps, cell: _Cell, cells: _Cells) -> bool:
        """Lay the cells of one entry into the tree; whether there is a table for what stands within it."""
        if level is self.layout.levels[-1] and self._is_twice(path, cell):
            return False
        scalar = next((column for column in level.columns if not column.path), None)
        if scalar is not None:
            said = cells.get(scalar, _Cell("", cell.place))
            self._put(path, self._read(scalar, said), said.place, cell.place)
            return False
        entry = self._table(path, cell.place)
        if entry is None:
            return False
        named = [lower for lower in self.layout.levels if lower.key]
        rest = (REST,) if level is named[-1] and self.layout.has_rest else ()
        self._fill(path, entry, (*level.columns, *level.beside, *rest), cells)
        return True

    def _is_twice(self, path: Steps, cell: _Cell) -> bool:
        first = self.names.setdefault(path, cell)
        if first is not cell:
            self._note("book-name-twice", cell.place, name=path[-1], first=first.place.file)
        return first is not cell

    def _fill(self, path: Steps, entry: Table, columns: Iterable[Column], cells: _Cells) -> None:
        """Lay the cells of an entry's own columns into it."""
        for column in columns:
            cell = cells.get(column)
            if cell is None:
                continue
            part = self._read(column, cell)
            if column is REST:
                if part:
                    self.rests.append((entry, cell))
            elif part in ("", [], {}):
                for end in range(1, len(column.path) + 1):
                    self.found.blanks.setdefault(".".join((*path, *column.path[:end])), cell.place)
            else:
                self._put((*path, *column.path), part, cell.place)

    def _item(self, level: Level, path: Steps, cells: _Cells) -> None:
        """Add an item to the list at the end of a path."""
        if level.empty is not None:
            column, word = level.empty
            if column in cells and _plain(cells[column].text) == word:
                self._put(path, [], cells[column].place)
                return
        written = {c: self._read(c, cells[c]) for c in level.columns if c in cells}
        if not any(written.values()):
            return
        place = next(cells[c].place for c, part in written.items() if part)
        item = Table({}, {}, place)
        holder = self._table(path[:-1], place)
        before = holder.entries.get(path[-1], Rows((), place)) if holder is not None else None
        if holder is None or not isinstance(before, Rows):
            if before is not None:
                self._note("book-said-twice", place, first=before.place.file)
            return
        number = str(len(before.items))
        for column, part in written.items():
            if part:
                _lay(item, column.path, planted(part, cells[column].place))
            else:
                self.found.blanks.setdefault(".".join((*path, number, *column.path)), cells[column].place)
        holder.entries[path[-1]] = Rows((*before.items, item), before.place)
        holder.keys.setdefault(path[-1], place)

    def _read(self, column: Column, cell: _Cell) -> Plain:
        """What a cell says; a word that is none of a closed list is a mistake."""
        if not trimmed(cell.text).strip():
            return ""
        said = column.form.read(cell.text)
        if isinstance(said, str | list) and (wrong := column.form.wrong_word(said)):
            self._wrong_word(column, cell, wrong)
        return said

    def _wrong_word(self, column: Column, cell: _Cell, wrong: str) -> None:
        words = [label.zh for label in column.form.words.values()]
        details = {"got": wrong, "known": _listed(words), "heading": column.label.zh}
        self._problem(Problem("book-word", cell.place, details, did_you_mean(wrong, words)))

    # The tree

    def _table(self, path: Steps, place: Place) -> Table | None:
        """The table at a path, made where there is none; None after noting that something else stands there."""
        table = self.found.tree
        for step in path:
            below = table.entries.setdefault(step, Table({}, {}, place))
            table.keys.setdefault(step, place)
            if not isinstance(below, Table):
                self._note("book-said-twice", place, first=below.place.file)
                return None
            table = below
        return table

    def _put(self, path: Steps, part: Plain, place: Place, key: Place | None = None) -> None:
        """Lay a part into the tree; the same said again is well, another is a mistake."""
        holder = self._table(path[:-1], place)
        if holder is None:
            return
        before = holder.entries.get(path[-1])
        if before is None:
            holder.entries[path[-1]] = planted(part, place)
            holder.keys[path[-1]] = key or place
        elif plain(before) != part:
            self._note("book-said-twice", place, first=before.place.file)

    def _lay_rest(self, entry: Table, cell: _Cell) -> None:
        """Lay what stands as YAML beside the columns into its entry."""
        tree, problems = table_of(cell.text, str(cell.place.file))
        self.found.problems += problems
        if tree is not None:
            for problem in _laid_over(entry, tree):
                self._problem(problem)

    def _note(self, code: str, place: Place, **details: object) -> None:
        self._problem(Problem(code, place, details))

    def _problem(self, problem: Problem) -> None:
        self.found.problems.append(problem)


def _two_columns(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """The first two cells of every row."""
    reading = sheet.readings()[0]
    for row in reading.head[:1]:
        yield row[0], row[1] if len(row) > 1 else ""
    for cells in reading.below(0).cells.iter_rows(named=True) if reading.head else ():
        yield text_of(cells["0"]), text_of(cells.get("1"))


def _laid_over(entry: Table, tree: Table) -> Iterator[Problem]:
    for key, part in tree.entries.items():
        before = entry.entries.get(key)
        if before is None:
            entry.entries[key], entry.keys[key] = part, tree.keys[key]
        elif isinstance(before, Table) and isinstance(part, Table):
            yield from _laid_over(before, part)
        else:
            yield Problem("book-said-twice", tree.keys[key], {"first": before.place.file})


def _lay(table: Table, path: Steps, tree: Tree) -> None:
    """Lay a tree into a table that has nothing at its path."""
    for step in path[:-1]:
        table.keys.setdefault(step, tree.place)
        below = table.entries.setdefault(step, Table({}, {}, tree.place))
        assert isinstance(below, Table), "an item is made of its own columns"
        table = below
    table.entries[path[-1]], table.keys[path[-1]] = tree, tree.place


def planted(part: Plain, place: Place) -> Tree:
    """A part as a tree that stands in one cell."""
    if isinstance(part, str):
        return CellText(part, File(str(place.file), tuple(part.split("\n"))), _NO_NODE)
    if isinstance(part, list):
        return Rows(tuple(planted(item, place) for item in part), place)
    entries = {key: planted(below, place) for key, below in part.items()}
    return Table(entries, dict.fromkeys(entries, place), place)


def _listed(words: Sequence[str]) -> Label:
    return Label("、".join(words), ", ".join(words))


def _heading(text: str) -> str:
    """What a heading's first line says."""
    return _plain(text.strip().split("\n")[0])


def letters(column: int) -> str:
    """A column as a spreadsheet calls it.

    >>> letters(0), letters(25), letters(26), letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    above, last = divmod(column, 26)
    return (letters(above - 1) if above else "") + chr(65 + last)


# Keys of tables


def _name_keys(tree: Table) -> None:
    """The cells of a table's keys, which stand by number, under the names of the keys."""
    definitions = tree.entries.get("definitions")
    for definition in definitions.entries.values() if isinstance(definitions, Table) else ():
        table = definition.entries.get("table") if isinstance(definition, Table) else None
        rows = table.entries.get("rows") if isinstance(table, Table) else None
        keys = plain(table.entries["keys"]) if isinstance(table, Table) and "keys" in table.entries else []
        names = {str(number): key for number, key in enumerate(keys, 1) if isinstance(key, str)}
        for row in rows.items if isinstance(rows, Rows) else ():
            cells = row.entries.get("at") if isinstance(row, Table) else None
            if isinstance(row, Table) and isinstance(cells, Table):
                row.entries["at"] = Table(_renamed(cells.entries, names), _renamed(cells.keys, names), cells.place)


def _renamed(entries: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): part for name, part in entries.items()}
