"""Ways to write a definition that a formula would hide: amounts by bands, tables of several keys, score cards.

Each is built from texts of the language into the same trees: a table and a score card are choices between values, and
only bands have a node of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial, reduce
from itertools import combinations, pairwise, takewhile
from typing import Any, Literal, Protocol

from attrs import Factory, evolve, frozen

from fanpin.errors import Place, Problem, did_you_mean
from fanpin.expressions import check, check_bands
from fanpin.expressions.check import Refused
from fanpin.expressions.nodes import Fact, Node, Nodes
from fanpin.expressions.scope import Source
from fanpin.expressions.types import BOOLEAN, BooleanType, ChoiceType, NumberType
from fanpin.i18n import Label
from fanpin.units import PLAIN


@frozen
class Band:
    """One band: its rate, and up to where it goes (None: the last goes on for ever)."""

    rate: Source
    up_to: Source | None = None
    included: bool = True


@frozen
class Extra:
    """Points that are added to the rate of every band where a condition holds."""

    when: Source
    points: Source


@frozen
class BandsForm:
    """An amount by bands (分段计算); what the parts mean is in `expressions/bands.py`."""

    of: Source
    bands: tuple[Band, ...]
    whole: bool
    beside: Mapping[str, Source] = Factory(dict)  # used, entry, deductible, cap
    extra: Mapping[str, Extra] = Factory(dict)
    place: Place = Place()


Cell = frozenset[str] | bool | tuple[int | None, int | None]  # of a choice, a yes-or-no, whole numbers


@frozen
class Row:
    """One row of a table: a cell a key, and the parameter that holds its value on each day."""

    cells: tuple[Cell, ...]
    parameter: str
    place: Place = Place()


@frozen
class TableForm:
    """Values by several keys (对照表)."""

    keys: tuple[Source, ...]
    rows: tuple[Row, ...]
    place: Place = Place()


@frozen
class Item:
    """Points of a score card, and when they count."""

    label: Label
    when: Source
    points: Decimal


@frozen
class Group:
    """Items of a score card: of those that hold one counts, where two are a mistake, or the highest, or several."""

    label: Label
    counts: Literal["one", "highest", "several"]
    items: Mapping[str, Item]

    def ranked(self) -> Sequence[tuple[str, Item]]:
        """By name, those first that count before others."""
        items = [*self.items.items()]
        return sorted(items, key=lambda item: -item[1].points) if self.counts == "highest" else items


@frozen
class ScoreForm:
    """A score card (评分表)."""

    groups: Mapping[str, Group]
    place: Place = Place()


Form = BandsForm | TableForm | ScoreForm


@frozen
class Built:
    """The tree of a form, and what is wrong wherever it surely holds, by the code of its message and its place."""

    tree: Node | None
    faults: Mapping[tuple[str, str], Node] = Factory(dict)
    items: Mapping[tuple[str, str], Node] = Factory(dict)  # of a score card: when each counts, by group and item


class _Unread(Exception):
    """Some text of the form was refused, and that was noted."""


@frozen
class FormBuilder:
    """Builds the forms of one pack; what can't be built is handed to `refuse`.

    `choice` gives the type of a key that is a choice, and None for every other text.
    """

    nodes: Nodes
    parse: Callable[[Source], Node | None]
    choice: Callable[[Source], ChoiceType | None]
    kind: Callable[[str], NumberType]  # of a parameter
    refuse: Callable[[Problem], None]

    def build(self, name: str, form: Form) -> Built:
        """The tree of a definition."""
        try:
            match form:
                case BandsForm():
                    return Built(self._bands(form))
                case TableForm():
                    return self._table(name, form)
                case ScoreForm():
                    return self._score(name, form)
        except Refused as refused:
            own = refused.problem.place
            self.refuse(refused.problem.at(_part(form, refused.problem)) if own == Place() else refused.problem)
        except _Unread:
            pass
        return Built(None)

    def _parsed(self, texts: Iterable[Source]) -> list[Node]:
        """The trees of texts, every one read before the first refusal counts."""
        trees = [self.parse(text) for text in texts]
        if None in trees:
            raise _Unread
        return [tree for tree in trees if tree is not None]

    def _choice(self, choices: Sequence[tuple[Node, Node]], otherwise: Node) -> Node:
        """The value of the first condition that holds."""
        for condition, value in reversed(choices):
            otherwise = check.make(self.nodes, "if", condition, value, otherwise)
        return otherwise

    def _sum(self, numbers: Sequence[Node]) -> Node:
        return reduce(partial(check.make, self.nodes, "add"), numbers)

    def _zero(self, like: Node) -> Node:
        return self.nodes.literal(0, NumberType(check.number_of(like, "").unit))

    # Bands

    def _bands(self, form: BandsForm) -> Node:
        limits = [band.up_to for band in form.bands if band.up_to is not None]
        texts = [form.of, *limits, *form.beside.values(), *(band.rate for band in form.bands)]
        extras = [text for extra in form.extra.values() for text in (extra.when, extra.points)]
        trees = iter(self._parsed([*texts, *extras]))
        of, ends = next(trees), [next(trees) for _ in limits]
        beside = {name: next(trees) for name in form.beside}
        rates = [next(trees) for _ in form.bands]
        points = [self._choice([(when, more)], self._zero(more)) for when, more in zip(trees, trees, strict=True)]
        rates = [self._sum([rate, *points]) for rate in rates]
        if len(limits) == len(rates):  # above the last limit nothing more is paid
            rates.append(self._zero(rates[-1]))
        closed = [band.included for band in form.bands if band.up_to is not None]
        return check_bands.make(self.nodes, of, ends, rates, whole=form.whole, closed=closed, **beside)

    # Tables

    def _table(self, name: str, form: TableForm) -> Built:
        if not form.rows:  # none could be read, and that was noted
            raise _Unread
        keys = [self._key(text) for text in form.keys]
        kinds = [self.kind(row.parameter) for row in form.rows]
        none = _unsure(kinds)
        nowhere = self.nodes.make(Fact, f"{name}@", None, none)
        found = self._row(keys, form.rows, lambda row: self.nodes.make(Fact, row.parameter, None, none), nowhere)
        missing = self._row(keys, form.rows, self._has_no_value, self.nodes.literal(True, BOOLEAN))
        return Built(found, {("table-no-row", name): missing})

    def _has_no_value(self, row: Row) -> Node:
        return check.make(self.nodes, "not", self.nodes.make(Fact, has_value(row.parameter), None, BOOLEAN))

    def _key(self, text: Source) -> "_Key":
        choice = self.choice(text)
        if choice is not None:
            return _Choice(self, text, choice)
        (tree,) = self._parsed([text])
        if isinstance(tree.type, BooleanType):
            return _YesNo(self, tree)
        if isinstance(tree.type, NumberType) and tree.type.whole and not tree.type.decimals:
            return _Whole(self, tree)
        raise Refused("table-key", key=text.text)

    def _row(self, keys: Sequence["_Key"], rows: Sequence[Row], leaf: Callable[[Row], Node], nowhere: Node) -> Node:
        """The row that agrees, key by key; where every value of a key has a row, there is no `nowhere`."""
        if not keys:
            return leaf(rows[0])
        key, at = keys[0], len(rows[0].cells) - len(keys)
        cells: dict[Cell, list[Row]] = {}
        for row in rows:
            cells.setdefault(row.cells[at], []).append(row)
        key.check(cells)
        return key.choose({cell: self._row(keys[1:], of, leaf, nowhere) for cell, of in cells.items()}, nowhere)

    # Score cards

    def _score(self, name: str, form: ScoreForm) -> Built:
        items = [item for group in form.groups.values() for item in group.items.values()]
        conditions = dict(zip(items, self._parsed([item.when for item in items]), strict=True))
        parts, faults, counting = [], dict[tuple[str, str], Node](), dict[tuple[str, str], Node]()
        for key, group in form.groups.items():
            ranked = {name: (conditions[item], self._number(item.points)) for name, item in group.ranked()}
            held = {name: condition for name, (condition, _) in ranked.items()}
            if group.counts == "several":
                counting |= {(key, name): held[name] for name in group.items}
                parts += [self._choice([choice], self._number(Decimal(0))) for choice in ranked.values()]
                continue
            parts.append(self._choice([*ranked.values()], self._number(Decimal(0))))
            counting |= {(key, name): self._first(name, held) for name in group.items}
            if group.counts == "one" and len(ranked) > 1:
                twice = check.make(self.nodes, "count", *held.values())
                faults["score-twice", f"{name}.{key}"] = check.make(self.nodes, "ge", twice, self._number(Decimal(2)))
        return Built(self._sum(parts), faults, counting)

    def _first(self, name: str, held: Mapping[str, Node]) -> Node:
        """That a condition holds and none before it."""
        before = takewhile(lambda other: other != name, held)
        free = [check.make(self.nodes, "not", held[other]) for other in before]
        return check.make(self.nodes, "and", *free, held[name]) if free else held[name]

    def _number(self, value: Decimal) -> Node:
        decimals = max(-int(value.normalize().as_tuple().exponent), 0)
        held = int(value.scaleb(decimals))
        return self.nodes.literal(held, NumberType(PLAIN, decimals, held, held))


def _unsure(kinds: Sequence[NumberType]) -> NumberType:
    """A value that no row gives: it may be anything, so that nothing is sure because of what the other rows say."""
    most = (10**9 if kinds[0].unit.has_money else 10**6) * 10 ** kinds[0].decimals
    lo, hi = min(kind.lo for kind in kinds), max(kind.hi for kind in kinds)
    return evolve(kinds[0], lo=0 if lo >= 0 else min(lo, -most), hi=max(hi, most))


def has_value(parameter: str) -> str:
    """The yes-or-no that says whether a parameter that is read as a fact has a value."""
    return f"{parameter}?"


def _part(form: Form, problem: Problem) -> Place:
    """The part of a form that a problem names, else the form."""
    named = problem.details.get("part", problem.details.get("what"))
    text = form.beside.get(str(named)) if isinstance(form, BandsForm) else None
    return form.place if text is None else text.place(0, 0)


# The keys of tables


class _Key(Protocol):
    def check(self, cells: Mapping[Any, Sequence[Row]]) -> None:
        """`Refused` where two cells overlap, or one is of another kind."""

    def choose(self, cells: Mapping[Any, Node], nowhere: Node) -> Node:
        """The value of the cell that the key is in; where every value that it may have is in one, no `nowhere`."""


@frozen
class _Choice:
    builder: FormBuilder
    text: Source
    kind: ChoiceType

    def check(self, cells: Mapping[Any, Sequence[Row]]) -> None:
        _kinds(cells, frozenset)
        for value, rows in ((value, rows) for cell, rows in cells.items() for value in sorted(cell)):
            if value not in self.kind.values and not self.kind.other:
                known = {"name": self.text.text, "value": value, "known": ", ".join(self.kind.values)}
                raise _refused("unknown-choice", rows[0], did_you_mean(value, self.kind.values), **known)
        for a, b in combinations(cells, 2):
            if a & b:
                raise _overlap(cells[b][0], cells[a][0])

    def choose(self, cells: Mapping[frozenset[str], Node], nowhere: Node) -> Node:
        choices = [(self._is_in(cell), value) for cell, value in cells.items()]
        if not self.kind.other and set(self.kind.values) <= {value for cell in cells for value in cell}:
            *choices, (_, nowhere) = choices
        return self.builder._choice(choices, nowhere)

    def _is_in(self, cell: frozenset[str]) -> Node:
        values = ", ".join(map(repr, sorted(cell)))
        text = evolve(self.text, text=f"{self.text.text} in {{{values}}}")
        (tree,) = self.builder._parsed([text])  # a part of it
        return tree


@frozen
class _YesNo:
    builder: FormBuilder
    tree: Node

    def check(self, cells: Mapping[Any, Sequence[Row]]) -> None:
        _kinds(cells, bool)

    def choose(self, cells: Mapping[bool, Node], nowhere: Node) -> Node:
        return self.builder._choice([(self.tree, cells.get(True, nowhere))], cells.get(False, nowhere))


@frozen
class _Whole:
    builder: FormBuilder
    tree: Node

    def check(self, cells: Mapping[Any, Sequence[Row]]) -> None:
        _kinds(cells, tuple)
        for a, b in pairwise(sorted(cells, key=_from)):
            if a[1] is None or b[0] is None or a[1] >= b[0]:
                raise _overlap(cells[b][0], cells[a][0])

    def choose(self, cells: Mapping[tuple[int | None, int | None], Node], nowhere: Node) -> Node:
        """From the least cell upwards, gaps among them, so that the range of an unsure key is that of its cells."""
        kind = check.number_of(self.tree, "")
        above, choices = kind.lo - 1, list[tuple[Node, Node]]()
        for cell in sorted(cells, key=_from):
            lo, hi = _from(cell), kind.hi if cell[1] is None else cell[1]
            if lo > above + 1:
                choices.append((self._at_most(lo - 1), nowhere))
            choices.append((self._at_most(hi), cells[cell]))
            above = hi
        if above >= kind.hi:
            *choices, (_, nowhere) = choices
        return self.builder._choice(choices, nowhere)

    def _at_most(self, end: float) -> Node:
        nodes = self.builder.nodes
        return check.make(nodes, "le", self.tree, nodes.literal(int(end), NumberType(PLAIN, 0, int(end), int(end))))


def _from(cell: tuple[int | None, int | None]) -> float:
    return float("-inf") if cell[0] is None else cell[0]


def _kinds(cells: Mapping[Any, Sequence[Row]], kind: type) -> None:
    for cell, rows in cells.items():
        if not isinstance(cell, kind):
            raise _refused("table-cell", rows[0])


def _refused(code: str, row: Row, suggestions: tuple[str, ...] = (), **details: object) -> Refused:
    refused = Refused(code)
    refused.problem = Problem(code, row.place, details, suggestions)
    return refused


def _overlap(row: Row, other: Row) -> Refused:
    return _refused("table-rows-overlap", row, line=other.place.line or 0)
