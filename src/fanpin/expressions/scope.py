"""What a rule's text may name, and where that text stands."""

from collections.abc import Callable, Mapping

from attrs import Factory, frozen
from attrs import field as attribute

from fanpin.errors import Place
from fanpin.expressions.nodes import Node, Nodes
from fanpin.expressions.types import NumberType, Type

MAX_ROWS = 50


@frozen
class CollectionScope:
    """A collection of rows that hang on the household: their facts, how many there may be, what one counts as."""

    facts: Mapping[str, Type]
    max_rows: int = MAX_ROWS
    row_unit: str = ""  # `count` of members is in persons
    size_fact: str | None = None  # the household's fact that says how many there are
    size_type: NumberType | None = None


Attributes = Mapping[str, str | bool | None]


@frozen
class Scope:
    """The names that a text may use.

    `definition` gives a definition's tree, parsing it first where it wasn't yet; None where it was refused itself.
    `rows` names the definitions that are about a row of a collection, `filtered` the collections that are some rows of
    another, of which a definition says which. `applies` gives when a fact applies at all, and what it is where it
    doesn't.
    `at` gives a parameter read at another day than that of grading. `risks` holds each risk's attributes where the
    text may read risks (categories and grades), and `facts_allowed` is off for grades, which read nothing else.
    """

    nodes: Nodes
    facts: Mapping[str, Type] = Factory(dict)
    collections: Mapping[str, CollectionScope] = Factory(dict)
    parameters: Mapping[str, NumberType] = Factory(dict)
    definitions: frozenset[str] = frozenset()
    definition: Callable[[str], Node | None] = lambda _: None
    rows: Mapping[str, frozenset[str]] = Factory(dict)
    filtered: Mapping[str, str] = Factory(dict)
    applies: Callable[[str | None, str], "tuple[Node, Node | str] | None"] = lambda *_: None
    at: Callable[[str, Node], Node] | None = None
    risks: Mapping[str, Attributes] | None = None
    facts_allowed: bool = True

    def kinds(self) -> Mapping[str, str]:
        """Every name with the kind of thing it is."""
        risks = dict.fromkeys(self.risks or (), "risk")
        if not self.facts_allowed:
            return risks
        return {
            **risks,
            **dict.fromkeys([*self.collections, *self.filtered], "collection"),
            **dict.fromkeys(self.parameters, "parameter"),
            **dict.fromkeys(self.definitions, "definition"),
            **dict.fromkeys(self.facts, "fact"),
        }


@frozen
class Source:
    """A rule's text and where it stands, for errors that point at a column.

    `starts` has line and column (from 1) of the beginning of each line of the text; a text that its file folds over
    several lines has just the first, and no column is shown for it (`folded`).
    """

    text: str
    file: str | None = None
    starts: tuple[tuple[int, int], ...] = ((1, 1),)
    lines: tuple[str, ...] | None = attribute(default=None, repr=False)  # of the whole file
    field: str | None = None
    folded: bool = False

    def place(self, line: int, column: int) -> Place:
        """The place of a character of the text, its line and column counted from 0."""
        at_line, start = self.starts[min(line, len(self.starts) - 1)]
        if self.folded:
            return Place(self.file, at_line, field=self.field)
        lines = self.text.split("\n") if self.lines is None else self.lines
        if self.lines is None:
            at_line = line + 1
        shown = lines[at_line - 1] if at_line <= len(lines) else None
        return Place(self.file, at_line, start + column, field=self.field, source=shown)
