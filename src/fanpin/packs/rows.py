"""A pack's own tree as the rows of its workbook.

Every part is taken out of the tree as it goes into a cell, sheets of parts before the sheets of their entries. What is
left of an entry is its rest; so each part stands in exactly one place.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from fanpin.packs.cell_forms import Plain
from fanpin.packs.layout import LAYOUTS, PACK, REST, Column, Layout, Level, Path
from fanpin.packs.yaml_text import block

Row = dict[Column, str]


def rows_of(own: Mapping[str, Plain]) -> dict[Layout, list[Row]]:
    """The rows of every sheet, from a pack's own tree as plain data."""
    left = _numbered(deepcopy(dict(own)))
    found = {layout: _below(layout.levels, left, layout.has_rest) or [] for layout in reversed(LAYOUTS[1:])}
    head = _taken(PACK.levels[0].columns, left)
    found[PACK] = [head | _rest(_without_empty(left))]
    return {layout: found[layout] for layout in LAYOUTS}


def _rows(levels: Sequence[Level], holder: dict[str, Plain], has_rest: bool) -> list[Row] | None:
    """The rows of what stands at the first level's path, which goes from its holder; None where it does not fit."""
    level, part = levels[0], part_at(holder, levels[0].path)
    if not part:
        return _none_yet(level, part, holder)
    if level.key is None:
        return _items(level, part, holder)
    rows: list[Row] = []
    names = [name for name in part if level.only is None or name in level.only]
    for name in names:
        named = level.key.form.cell(name)
        if named is None:
            return None
        entry = deepcopy(part[name])
        found = _of_entry(levels, entry, has_rest)
        if found is not None:
            rows += [{level.key: named, **row} for row in found]
            part[name] = entry
        elif not level.is_passed:
            return None
    if not level.is_passed:
        for name in names:
            del part[name]
        _prune(holder, level.path)
    return rows


def _of_entry(levels: Sequence[Level], entry: Plain, has_rest: bool) -> list[Row] | None:
    """The rows of one entry less its name; what they hold goes from the entry."""
    level, below = levels[0], levels[1:]
    if not isinstance(entry, dict):
        texts = {column: column.form.cell(entry) for column in level.columns if not column.path}
        cells = {column: text for column, text in texts.items() if text is not None}
        return [cells] if cells else None
    cells = _taken((*level.columns, *level.beside), entry)
    if has_rest and not any(lower.key for lower in below):
        rows = _below(below, entry, has_rest) or []
        cells |= _rest(entry)
    else:
        found = _below(below, entry, has_rest)
        is_part = bool(found or cells) if level.is_passed else not entry and (found or not below)
        if found is None or not is_part:
            return None
        rows = found
    first, *others = rows or [{}]
    return [{**cells, **first}, *others]


def _below(levels: Sequence[Level], entry: dict[str, Plain], has_rest: bool) -> list[Row] | None:
    """The rows of the levels below an entry, which then goes without them; None where they do not fit."""
    held = deepcopy(entry)
    rows = _rows(levels, held, has_rest) if levels else []
    if rows is not None:
        entry.clear()
        entry.update(held)
    return rows


def _none_yet(level: Level, part: Plain, holder: dict[str, Plain]) -> list[Row]:
    """No row; or one that says of a list that it is there, and empty."""
    if part == [] and level.empty is not None:
        _remove(holder, level.path)
        return [dict([level.empty])]
    return []


def _items(level: Level, part: Plain, holder: dict[str, Plain]) -> list[Row] | None:
    items = deepcopy(part)
    rows = [_taken(level.columns, item) if isinstance(item, dict) else {} for item in items]
    if any(items) or not all(rows):
        return None
    _remove(holder, level.path)
    return rows


def _taken(columns: Sequence[Column], entry: dict[str, Plain]) -> Row:
    """The cells of what has a cell, which goes from the entry."""
    cells: Row = {}
    for column in columns:
        part = part_at(entry, column.path)
        text = None if part is None else column.form.cell(part)
        if text is not None:
            cells[column] = text
            _remove(entry, column.path)
    return cells


def _rest(entry: Plain) -> Row:
    return {REST: block(entry)} if entry else {}


def _without_empty(entry: dict[str, Plain]) -> dict[str, Plain]:
    """Less the tables that have nothing in them, which say nothing; an empty list says that there is none."""
    return {name: part for name, part in entry.items() if part != {}}


# Parts by path


def part_at(entry: Plain, path: Path) -> Plain:
    """The part at a path, or None."""
    for step in path:
        entry = entry.get(step) if isinstance(entry, dict) else None
    return entry


def _remove(entry: dict[str, Plain], path: Path) -> None:
    holder: Any = part_at(entry, path[:-1])
    del holder[path[-1]]
    _prune(entry, path[:-1])


def _prune(entry: dict[str, Plain], path: Path) -> None:
    """Take away the tables on the path that have nothing in them any more."""
    if path and part_at(entry, path) == {}:
        _remove(entry, path)


# Keys of tables


def _numbered(own: dict[str, Plain]) -> dict[str, Plain]:
    """The values of tables by the number of the key, as columns have them, where every row has all keys in order."""
    for definition in own.get("definitions", {}).values():
        keys, rows = part_at(definition, ("table", "keys")), part_at(definition, ("table", "rows"))
        if (
            isinstance(keys, list)
            and isinstance(rows, list)
            and all(list(part_at(row, ("at",)) or ()) == keys for row in rows)
        ):
            for row in rows:
                row["at"] = {str(number): part for number, part in enumerate(row["at"].values(), 1)}
    return own
