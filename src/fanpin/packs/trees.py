"""A pack's YAML as trees that remember where each text stands.

Every scalar is text, typed later by its field, so that `no` stays a word and `1.10` keeps its zero. Aliases, doubled
keys and keys that are not text are refused.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from attrs import field, frozen

from fanpin.errors import Place, Problem
from fanpin.expressions.scope import Source
from fanpin.i18n import Label

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
MAX_DEPTH = 30
MAX_BYTES = 4_000_000


@frozen
class File:
    """A file's name, as messages show it, and its lines."""

    name: str
    lines: tuple[str, ...] = field(repr=False)

    def place(self, mark: Any, name: str | None = None) -> Place:
        """The place of a YAML mark."""
        source = self.lines[mark.line] if mark.line < len(self.lines) else None
        return Place(self.name, mark.line + 1, mark.column + 1, field=name, source=source)


@frozen
class Text:
    """A scalar."""

    text: str
    file: File = field(repr=False)
    node: Any = field(repr=False, eq=False)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.file.place(self.node.start_mark)

    def source(self, name: str) -> Source:
        """The text as a rule, so that a mistake in it is shown at its column."""
        start, end = self.node.start_mark, self.node.end_mark
        if self.node.style == "|":
            return self._block(start, name)
        quote = self.node.style in ("'", '"')
        starts = ((start.line + 1, start.column + 1 + quote),)
        written = self.file.lines[start.line][start.column + quote :].startswith(self.text)
        folded = start.line != end.line or not written
        return Source(self.text, self.file.name, starts, self.file.lines, name, folded)

    def _block(self, start: Any, name: str) -> Source:
        starts = []
        for offset, line in enumerate(self.text.split("\n")):
            at = start.line + 1 + offset
            written = self.file.lines[at] if at < len(self.file.lines) else ""
            starts.append((at + 1, len(written) - len(line) + 1))
        return Source(self.text, self.file.name, tuple(starts), self.file.lines, name)


@frozen
class Table:
    """A mapping: its entries, and where each key stands."""

    entries: dict[str, "Tree"]
    keys: dict[str, Place] = field(repr=False)
    place: Place = field(repr=False)


@frozen
class Rows:
    """A sequence."""

    items: tuple["Tree", ...]
    place: Place = field(repr=False)


Tree = Text | Table | Rows


def read_yaml(path: Path, shown: str) -> tuple[Table | None, list[Problem]]:
    """The tree of a file; None where it can't be read at all."""
    place = Place(shown)
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        return None, [Problem("file-too-large", place, {"limit": MAX_BYTES // 1_000_000})]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [Problem("not-utf-8", place)]
    return table_of(text, shown)


def table_of(text: str, shown: str) -> tuple[Table | None, list[Problem]]:
    """The tree of a text of YAML; None where it can't be read at all."""
    place, file = Place(shown), File(shown, tuple(text.splitlines()))
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        return None, [_slip(file, error) or _not_yaml(file, error)]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [Problem("bad-yaml", place, {"why": type(error).__name__})]
    if node is None:
        return Table({}, {}, place), []
    reader = _Reader(file)
    tree = reader.tree(node, 0)
    if isinstance(tree, Table):
        return tree, reader.problems
    expected = Label("键和值", "keys with values")
    return None, reader.problems or [Problem("wrong-shape", file.place(node.start_mark), {"expected": expected})]


def _not_yaml(file: File, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    return Problem("bad-yaml", file.place(mark) if mark else Place(file.name), {"why": str(error.problem)})


def _slip(file: File, error: yaml.MarkedYAMLError) -> Problem | None:
    """The usual slips of the hand at or just above the place where YAML stopped: a tab, a full-width colon."""
    marked = [mark.line for mark in (error.problem_mark, error.context_mark) if mark is not None]
    for line in dict.fromkeys(n for at in marked for n in (at, at - 1) if 0 <= n < len(file.lines)):
        source = file.lines[line]
        if tab := re.match(r" *\t", source):
            return Problem("yaml-tab", Place(file.name, line + 1, tab.end(), source=source))
        bare = re.sub(_QUOTED, lambda found: " " * len(found[0]), source)
        if wide := re.search("[：，｛｝［］“”‘’]", bare):
            place = Place(file.name, line + 1, wide.start() + 1, source=source)
            details = {"character": wide[0], "write": _HALF_WIDTH[wide[0]]}
            return Problem("foreign-character", place, details)
    return None


_QUOTED = r"'[^']*'|\"[^\"]*\"|#.*"
_HALF_WIDTH = {"：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "“": '"', "”": '"', "‘": "'", "’": "'"}


@frozen
class _Reader:
    file: File
    problems: list[Problem] = field(factory=list)
    seen: set[int] = field(factory=set)

    def tree(self, node: Any, depth: int) -> Tree | None:
        if id(node) in self.seen:
            self._refuse("yaml-alias", node)
            return None
        if depth > MAX_DEPTH:
            self._refuse("yaml-too-deep", node)
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return Text(node.value, self.file, node)
        if isinstance(node, yaml.SequenceNode):
            items = [self.tree(item, depth + 1) for item in node.value]
            return Rows(tuple(item for item in items if item is not None), self.file.place(node.start_mark))
        return self._table(node, depth)

    def _table(self, node: Any, depth: int) -> Table:
        entries: dict[str, Tree] = {}
        keys: dict[str, Place] = {}
        for key, value in node.value:
            tree = self.tree(value, depth + 1)
            if not isinstance(key, yaml.ScalarNode):
                self._refuse("key-not-text", key)
            elif key.value in entries:
                self._refuse("key-twice", key, key=key.value, line=keys[key.value].line)
            elif tree is not None:
                entries[key.value] = tree
                keys[key.value] = self.file.place(key.start_mark)
        return Table(entries, keys, self.file.place(node.start_mark))

    def _refuse(self, code: str, node: Any, **details: object) -> None:
        self.problems.append(Problem(code, self.file.place(node.start_mark), details))


def merged(base: Table, over: Table) -> Table:
    """One tree over another: tables are merged key by key, everything else is replaced."""
    entries, keys = dict(base.entries), dict(base.keys)
    for key, tree in over.entries.items():
        below = entries.get(key)
        entries[key] = merged(below, tree) if isinstance(below, Table) and isinstance(tree, Table) else tree
        keys[key] = over.keys[key]
    return Table(entries, keys, over.place)


def without(tree: Table, path: Sequence[str | int]) -> Table | None:
    """The tree less one entry, or None where there is no such entry."""
    less = _without(tree, path)
    return less if isinstance(less, Table) else None


def _without(tree: Tree, path: Sequence[str | int]) -> Tree | None:
    step, *rest = path
    below = next((below for _, below in at(tree, (step,))), None)
    if below is None:
        return None
    less = _without(below, rest) if rest else None
    if rest and less is None:
        return None
    if isinstance(tree, Table):
        entries = {key: less if key == step else value for key, value in tree.entries.items()}
        return Table({key: value for key, value in entries.items() if value is not None}, tree.keys, tree.place)
    if isinstance(tree, Rows):
        items = [less if i == step else item for i, item in enumerate(tree.items)]
        return Rows(tuple(item for item in items if item is not None), tree.place)
    return None


def plain(tree: Tree) -> Any:
    """Dicts, lists and texts."""
    match tree:
        case Table(entries=entries):
            return {key: plain(value) for key, value in entries.items()}
        case Rows(items=items):
            return [plain(item) for item in items]
        case Text(text=text):
            return text


def at(tree: Tree, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, Tree]]:
    """The steps of a path that the tree has, with the tree at each."""
    for step in path:
        if isinstance(tree, Table) and step in tree.entries:
            tree = tree.entries[str(step)]
            yield step, tree
        elif isinstance(tree, Rows) and isinstance(step, int) and step < len(tree.items):
            tree = tree.items[step]
            yield step, tree


def place_of(tree: Tree, path: tuple[str | int, ...], of_key: bool = False) -> Place:
    """Where a path leads, or as far as the tree has it: to the text there, or to its key."""
    place = tree.place
    parent = tree
    for step, below in at(tree, path):
        place = parent.keys[str(step)] if isinstance(parent, Table) else below.place
        parent = below
    return parent.place if isinstance(parent, Text) and not of_key else place
