"""Results beside grades: what a household is paid, whether it is admitted, as what, and within which limits.

A `Result` is what somebody wrote; `build_result` makes its trees. Whoever meets every condition and no bar is eligible;
an amount is then rounded as named, and nothing is paid to who is surely not eligible. Where something is left to a
person, there is no number.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Literal

from attrs import Factory, frozen

from fanpin.errors import Place, Problem
from fanpin.expressions import check
from fanpin.expressions.asking import asked
from fanpin.expressions.check import Refused
from fanpin.expressions.nodes import Literal as LiteralNode
from fanpin.expressions.nodes import Named, Node, Nodes, Op, Risk, walk
from fanpin.expressions.plain import Plain
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Source
from fanpin.expressions.types import BOOLEAN, BooleanType, NumberType, type_label
from fanpin.i18n import Label, Language, listing

ResultState = Literal["known", "unknown", "refused", "left"]
NONE = "none"  # no category, no kind, where that is sure
ELIGIBLE = "eligible"  # the one kind of a result that only admits
BELOW, WITHIN, ABOVE = "below", "within", "above"  # the kinds of a result with limits
COLUMN_NAMES = (  # of tables of results, which no result may take
    "household_id", "village", "grid", "persons", "status", "grade", "possible_grade", "change", "category",
    "possible_categories", "risks", "unknown_risks", "to_ask", "handled_by", "faults", "unread", "on", "pack",
    "pack_hash", "row", "id_number", "name", "table_row",
)  # fmt: skip
RESULT_STATES: Mapping[str, Label] = {
    "known": Label("已算定", "settled"),
    "unknown": Label("待定", "open"),
    "refused": Label("不能计算", "can't be worked out"),
    "left": Label("由人决定", "left to a person"),
}
_KINDS: Mapping[str, Label] = {
    NONE: Label("都不符合", "none of them"),
    ELIGIBLE: Label("符合条件", "eligible"),
    BELOW: Label("低于下限", "below the limits"),
    WITHIN: Label("在限额以内", "within the limits"),
    ABOVE: Label("超过上限", "above the limits"),
}
_SOFT: Mapping[str, Label] = {
    BELOW: Label("低于下限（须说明理由）", "below the limits (a reason is needed)"),
    ABOVE: Label("超过上限（须说明理由）", "above the limits (a reason is needed)"),
}
_NOT_ELIGIBLE = Label("不符合条件", "not eligible")


def kinds_text(labels: Mapping[str, Label], kinds: Sequence[str], ordered: bool, language: Language) -> str:
    """Kinds that a result may come to, in words: of degrees that follow one another, from the lowest to the highest."""
    texts, places = [labels[kind].text(language) for kind in kinds], [[*labels].index(kind) for kind in kinds]
    if ordered and len(kinds) > 2 and places == [*range(places[0], places[0] + len(kinds))]:
        return Label("{0}至{1}", "{0} to {1}").text(language).format(texts[-1], texts[0])
    return listing(texts, language, "or")


@frozen
class Bar:
    """What excludes, and what lifts the exclusion."""

    when: Source
    unless: Source | None = None


@frozen
class Rounding:
    """How an amount is rounded: `round_half_up`, `round_up` or `round_down`, to `yuan`, `jiao` or `fen`."""

    how: str
    to: str
    place: Place = Place()


@frozen
class KindOf:
    """One of several kinds or levels; the first that holds."""

    label: Label
    when: Source


@frozen
class Limits:
    """Between which numbers one that somebody proposes must lie; `soft`: outside them a reason is enough."""

    of: Source
    at_least: Source | None = None
    at_most: Source | None = None
    soft: bool = False


@frozen
class Result:
    """A result of a pack: an amount, one of several kinds, limits for a proposed number, or whether one is eligible.

    `of` names the collection whose rows have the result, such as members; None is the household. `left_to` names who
    decides where a condition holds. `ordered` says that the kinds are degrees, the first the highest.
    """

    name: str
    label: Label
    of: str | None = None
    amount: Source | None = None
    rounding: Rounding | None = None
    kinds: Mapping[str, KindOf] = Factory(dict)
    ordered: bool = False
    limits: Limits | None = None
    when: Mapping[str, Source] = Factory(dict)
    barred: Mapping[str, Bar] = Factory(dict)
    left_to: Mapping[str, Source] = Factory(dict)
    source: str | None = None

    @property
    def kind_labels(self) -> Mapping[str, Label]:
        """The labels of the kinds that it may come to, and of none of them."""
        none = _KINDS[NONE] if self.kinds or self.limits else _NOT_ELIGIBLE
        limits = _SOFT if self.limits is not None and self.limits.soft else {}
        return {**_KINDS, **limits, **{name: kind.label for name, kind in self.kinds.items()}, NONE: none}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that show it in a table: an amount's ends, or the sure kind and the possible ones; its state."""
        own = (self.name, f"{self.name}__possible")
        ends = (f"{self.name}__lo", f"{self.name}__hi")
        return (*(own if self.amount is None else ends), f"{self.name}__state")


@frozen
class ResultTrees:
    """A result's trees: each condition (that a bar does not bar), and what follows where all hold."""

    result: Result
    conditions: Mapping[str, Node]
    left: Mapping[str, Node]
    eligible: Node
    amount: Node | None  # rounded, of who is eligible
    paid: Node | None  # the amount, or nothing where one is not eligible
    kinds: Mapping[str, Node]  # whether each holds, before those that come first
    risks: Mapping[str, Node] = Factory(dict)  # that these read

    def every(self) -> tuple[Node, ...]:
        """All of them that are worked out."""
        paid = () if self.paid is None else (self.paid,)
        return (*self.conditions.values(), *self.left.values(), *self.kinds.values(), *paid)

    def decided(self) -> list[Node]:
        """The trees on which the result hangs."""
        return [self.paid] if self.paid is not None else [*self.kinds.values()]

    def open(self) -> list[Node]:
        """The trees on which it hangs whether there is a result, and which."""
        return [*self.left.values(), *self.decided()]


@frozen
class ResultBuilder:
    """Makes the trees of results; `parse` reads a text about a row of a collection, or about the household (None).

    `cards` names the definitions that are score cards, whose points stand in the rules.
    """

    nodes: Nodes
    parse: Callable[[Source, str | None], Node | None]
    refuse: Callable[[Problem], None]
    risks: Mapping[str, Node] = Factory(dict)
    cards: Collection[str] = ()

    def build(self, result: Result) -> ResultTrees | None:
        """The trees, or None after handing every mistake to `refuse`."""
        conditions = {name: self._truth(text, result) for name, text in result.when.items()}
        conditions |= {name: self._not_barred(bar, result) for name, bar in result.barred.items()}
        left = {who: self._truth(text, result) for who, text in result.left_to.items()}
        amount = None if result.amount is None else self._amount(result)
        kinds = self._kinds(result)
        if amount is None and not kinds:
            kinds = {ELIGIBLE: self.nodes.literal(True, BOOLEAN)}
        parts = [*conditions.values(), *left.values(), *kinds.values(), *([amount] if result.amount else [])]
        if None in parts:
            return None
        read = {node.name for part in parts if part is not None for node in walk(part) if isinstance(node, Risk)}
        held = {name: tree for name, tree in conditions.items() if tree is not None}
        eligible = self._all([*held.values()])
        paid = None
        if amount is not None:
            zero = self.nodes.literal(0, NumberType(check.number_of(amount, "").unit, 0))
            paid = check.make(self.nodes, "if", eligible, amount, zero)
        return ResultTrees(
            result,
            held,
            {who: tree for who, tree in left.items() if tree is not None},
            eligible,
            amount,
            paid,
            {name: self._all([eligible, tree]) for name, tree in kinds.items() if tree is not None},
            {name: tree for name, tree in self.risks.items() if name in read},
        )

    def _truth(self, text: Source, result: Result) -> Node | None:
        tree = self.parse(text, result.of)
        if tree is not None and not isinstance(tree.type, BooleanType):
            self.refuse(Problem("not-yes-or-no", text.place(0, 0), {"got": type_label(tree.type)}))
            return None
        return tree

    def _not_barred(self, bar: Bar, result: Result) -> Node | None:
        barred = self._truth(bar.when, result)
        lifted = None if bar.unless is None else self._truth(bar.unless, result)
        if barred is None or (lifted is None and bar.unless is not None):
            return None
        free = check.make(self.nodes, "not", barred)
        return free if lifted is None else check.make(self.nodes, "or", free, lifted)

    def _amount(self, result: Result) -> Node | None:
        assert result.amount is not None
        assert result.rounding is not None, "the shape of a result asks for it"
        tree = self.parse(result.amount, result.of)
        if tree is None:
            return None
        try:
            if self._is_written(tree):
                raise Refused("amount-in-rule")
            return check.rounding(self.nodes, result.rounding.how, tree, result.rounding.to)
        except Refused as refused:
            of_step = refused.problem.code == "rounding-of-other" and result.rounding.place != Place()
            self.refuse(refused.problem.at(result.rounding.place if of_step else result.amount.place(0, 0)))
            return None

    def _is_written(self, node: Node) -> bool:
        """Whether a number comes of nothing but numbers that stand in rules."""
        match node:
            case Named(name=name, body=body):
                return name not in self.cards and self._is_written(body)
            case Op(name="if", args=(_, *branches)):
                return all(map(self._is_written, branches))
            case Op(args=args):
                return all(map(self._is_written, args))
        return isinstance(node, LiteralNode)

    def _kinds(self, result: Result) -> dict[str, Node | None]:
        if result.limits is None:
            return {name: self._truth(kind.when, result) for name, kind in result.kinds.items()}
        limits = result.limits
        ends = {BELOW: ("lt", "at_least", limits.at_least), ABOVE: ("gt", "at_most", limits.at_most)}
        kinds = {
            kind: self._compared(op, limits.of, key, end, result)
            for kind, (op, key, end) in ends.items()
            if end is not None
        }
        return {**kinds, WITHIN: self.nodes.literal(True, BOOLEAN)}

    def _compared(self, op: str, of: Source, key: str, end: Source, result: Result) -> Node | None:
        a, b = self.parse(of, result.of), self.parse(end, result.of)
        if a is None or b is None:
            return None
        try:
            if isinstance(a.type, NumberType):
                check.same_unit_of("of", a, key, b)
            return check.make(self.nodes, op, a, b)
        except Refused as refused:
            self.refuse(refused.problem.at(end.place(0, 0)))
            return None

    def _all(self, parts: list[Node]) -> Node:
        true = self.nodes.literal(True, BOOLEAN)
        asked = [part for part in dict.fromkeys(parts) if part is not true]
        if len(asked) < 2:
            return asked[0] if asked else true
        return check.make(self.nodes, "and", *asked)


def result_ends(ranges: Ranges, trees: ResultTrees, no_rows: Mapping[str, Node]) -> dict[str, Node]:
    """What is worked out of a result of the household, as plain trees.

    `lo` and `hi` of an amount, `<kind>:lo` and `<kind>:hi` of kinds, whether it is surely or possibly `left` to a
    person, and whether it is `refused`, since it hangs on a table that has no row.
    """
    left = ranges.plain.op("or", *(ranges.surely(tree) for tree in trees.left.values()))
    may_be_left = ranges.plain.op("or", *(ranges.possibly(tree) for tree in trees.left.values()))
    found = {"left:lo": left, "left:hi": may_be_left, "refused": _hangs_on_no_row(ranges, trees, no_rows)}
    if trees.paid is not None:
        return {"lo": ranges.surely(trees.paid), "hi": ranges.possibly(trees.paid), **found}
    ends = [(ranges.surely(tree), ranges.possibly(tree)) for tree in trees.kinds.values()]
    for name, lo, hi in first_of(ranges.plain, list(trees.kinds), ends):
        found |= {f"{name}:lo": lo, f"{name}:hi": hi}
    return found


def _hangs_on_no_row(ranges: Ranges, trees: ResultTrees, no_rows: Mapping[str, Node]) -> Node:
    """Whether a table without a row for known keys is read where the result is not sure, also by a risk."""
    found = asked(ranges, trees.open(), no_rows, trees.risks)
    return ranges.plain.op("or", *(tree for (_, name), tree in found.items() if name in no_rows))


def first_of(p: Plain, names: list[str], ends: list[tuple[Node, Node]]) -> Iterator[tuple[str, Node, Node]]:
    """Of kinds, the first that holds: sure if surely so and none before possibly; possible the other way round."""
    for i, (name, (surely, possibly)) in enumerate(zip(names, ends, strict=True)):
        none_possible = [p.op("not", before) for _, before in ends[:i]]
        none_sure = [p.op("not", before) for before, _ in ends[:i]]
        yield name, p.op("and", surely, *none_possible), p.op("and", possibly, *none_sure)
    surely_none = p.op("not", p.op("or", *(possibly for _, possibly in ends)))
    possibly_none = p.op("not", p.op("or", *(surely for surely, _ in ends)))
    yield NONE, surely_none, possibly_none
