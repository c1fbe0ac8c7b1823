"""Why a finding is what it is: the comparisons that decide, their values, and what to ask where they don't.

Works on the evaluator, which keeps the range of every part; loaded when somebody asks.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from fanpin.expressions.evaluate import ABSENT, Evaluator, Reading, RowIndex
from fanpin.expressions.nodes import Aggregate, Bands, Fact, In, Named, Node, Op, Risk, children, walk
from fanpin.expressions.ops import Range
from fanpin.expressions.to_words import Words
from fanpin.expressions.types import BooleanType
from fanpin.i18n import Label, Language
from fanpin.in_force import is_dated
from fanpin.rules import HANDLERS, RuleSet
from fanpin.sentences import COMPARISONS, OPPOSITE, Ends, PackVocabulary, Sentences

_STATED = (Fact, In, Risk)


@frozen
class Atom:
    """A part of a rule that is no longer logic: a comparison, yes or no, a choice, a risk; of a row or the household.

    `positive` is False where it stands under a `not`.
    """

    node: Node
    row: RowIndex
    positive: bool


@frozen
class Question:
    """A missing fact whose answer may decide a risk or a result: of the household, or of one row of a collection.

    `fact` is `size` or the collection's own name where what is missing is who else belongs to it. `asked_of` is the
    level that settles it, such as `county`, where it is not asked at the door. `risks` names the risks that hang on it,
    or the results where no risk does.
    """

    fact: str
    collection: str | None
    row: int | None
    label: Label
    risks: tuple[str, ...]
    asked_of: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        plain = {k: getattr(self, k) for k in ("fact", "collection", "row", "asked_of")}
        return {**plain, "label": {"zh": self.label.zh, "en": self.label.en}, "risks": list(self.risks)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Question":
        """The question that `to_dict` wrote."""
        label, risks = Label(**data["label"]), tuple(data["risks"])
        return cls(data["fact"], data["collection"], data["row"], label, risks, data["asked_of"])

    def text(self, language: Language) -> str:
        """What to ask, as it would be put to a grid worker.

        >>> Question("wage_income", None, None, Label("工资性收入", "wage income"), ("a",)).text("zh")
        '工资性收入'
        """
        text = self.label.text(language)
        if self.row is not None:
            text = Label("第{n}位：{f}", "no. {n}: {f}").say(language, n=self.row + 1, f=text)
        if self.asked_of is not None:
            text = Label("{f}（由{who}认定）", "{f} (for the {who} to settle)").say(
                language, f=text, who=HANDLERS[self.asked_of]
            )
        return text


@define
class Explainer:
    """Explains the rules of a pack over one reading."""

    rules: RuleSet
    reading: Reading
    evaluator: Evaluator = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.evaluator = Evaluator(self.reading)

    @cached_property
    def _inward(self) -> Evaluator:
        return Evaluator(self.reading, inward=True)

    def ends(self, node: Node, row: RowIndex) -> Ends:
        """What is known of a part; an end that only a declared bound gives is None."""
        lo, hi = self.evaluator.range(node, row)
        if lo == hi or isinstance(node.type, BooleanType):
            return lo, hi
        inner_lo, inner_hi = self._inward.range(node, row)
        return (lo if lo == inner_lo else None), (hi if hi == inner_hi else None)

    # Which parts decide

    def atoms(self, node: Node, row: RowIndex = None, positive: bool = True) -> Iterator[Atom]:
        """Every atom of a rule over what is listed."""
        match node:
            case Op(name="not", args=(inner,)):
                yield from self.atoms(inner, row, not positive)
            case Op(name="and" | "or" | "if", type=BooleanType(), args=args):
                for arg in args:
                    yield from self.atoms(arg, row, positive)
            case Named(type=BooleanType(), body=body):
                yield from self.atoms(body, row, positive)
            case Aggregate(kind="any" | "all"):
                for i in self.evaluator.row_indices(node.collection):
                    yield from self.atoms(node.where, i, positive if node.kind == "any" else not positive)
                    yield from self.atoms(node.body, i, positive)
            case Op() | Fact() | In():
                yield Atom(node, row, positive)
            case _:
                pass

    def deciding(self, node: Node, row: RowIndex = None, positive: bool = True) -> Iterator[Atom]:
        """The atoms that make a rule what it is: true, untrue or unknown."""
        if isinstance(node, _STATED) or (isinstance(node, Op) and node.name in COMPARISONS):
            yield Atom(node, row, positive)
            return
        state = self.evaluator.range(node, row)
        match node:
            case Op(name="not", args=(inner,)):
                yield from self.deciding(inner, row, not positive)
            case Op(name="and" | "or"):
                yield from self._deciding_parts(node, state, row, positive)
            case Op(name="if", type=BooleanType(), args=(condition, then, otherwise)):
                yield from self.deciding(condition, row, positive)
                surely, possibly = self.evaluator.range(condition, row)
                for branch in [then] * bool(possibly) + [otherwise] * (not surely):
                    yield from self.deciding(branch, row, positive)
            case Named(type=BooleanType(), body=body) if not isinstance(body, Aggregate):
                yield from self.deciding(body, row, positive)
            case Aggregate(kind="any" | "all"):
                yield from self._deciding_rows(node, state, positive)
            case Named():
                yield Atom(node, row, positive)
            case _:
                pass

    def _deciding_parts(self, node: Op, state: Range, row: RowIndex, positive: bool) -> Iterator[Atom]:
        for arg in node.args:
            part = self.evaluator.range(arg, row)
            if part == state or (state[0] != state[1] and part[0] != part[1]):
                yield from self.deciding(arg, row, positive)
                if node.name == "and" and not state[1]:
                    return  # one that fails is reason enough

    def _deciding_rows(self, node: Aggregate, state: Range, positive: bool) -> Iterator[Atom]:
        if state == ((False,) * 2 if node.kind == "any" else (True,) * 2):
            yield Atom(node, None, positive)
            return
        for i in self.evaluator.row_indices(node.collection):
            where = self.evaluator.range(node.where, i)
            body = self.evaluator.range(node.body, i)
            if node.kind == "all":
                body = (not body[1], not body[0])
            held = (where[0] and body[0], where[1] and body[1])
            wanted = state if node.kind == "any" else (not state[1], not state[0])
            if held != wanted or held == (False, False):
                continue
            if where[0] != where[1] or node.kind == "any":
                yield from self.deciding(node.where, i, positive)
            yield from self.deciding(node.body, i, positive)
            if state[0] == state[1] and not positive:
                return  # one row is reason enough against

    # Numbers

    def margin(self, atom: Atom) -> float:
        """How far an atom surely is on the side on which it makes the rule hold; below 0 it surely is not.

        Of a comparison in the smallest part of its unit (days for dates), of a yes-or-no 1 or 0.
        """
        node, flip = atom.node, not atom.positive
        if not (isinstance(node, Op) and node.name in COMPARISONS):
            surely, possibly = self.evaluator.range(node, atom.row)
            return float(not possibly if flip else surely)
        a, b = (self.evaluator.range(arg, atom.row) for arg in node.args)
        name = OPPOSITE.get(node.name, "eq") if flip else node.name
        if name in ("lt", "le"):
            return _distance(b[0], a[1])
        if name in ("gt", "ge"):
            return _distance(a[0], b[1])
        surely, possibly = self.evaluator.range(node, atom.row)
        return float(not possibly if flip else surely)

    def margins(self, tree: Node) -> dict[str, float]:
        """The margin of every atom of a rule, by its words; of an atom of several rows the largest."""
        words = Words(PackVocabulary(self.rules.spec), "en")
        found: dict[str, float] = {}
        for atom in self.atoms(tree):
            if atom.row == ABSENT:
                continue
            key = ("" if atom.positive else "not ") + words.text(atom.node)
            found[key] = max(found.get(key, float("-inf")), self.margin(atom))
        return found

    # Words

    def reasons(self, tree: Node, write: Sentences, row: RowIndex = None) -> list[str]:
        """The deciding parts as sentences with their values, those of one row together."""
        by_row: dict[str, list[str]] = {}
        for atom in self.deciding(tree, row):
            said = by_row.setdefault(self._whose(atom, write), [])
            text = self._sentence(atom, write)
            if text not in said:
                said.append(text)
        glue = "，" if write.language == "zh" else ", "
        return [whose + glue.join(said) for whose, said in by_row.items()]

    def _sentence(self, atom: Atom, write: Sentences) -> str:
        node = atom.node
        if isinstance(node, Op):
            surely, possibly = self.evaluator.range(node, atom.row)
            return write.comparison(node, surely, possibly, lambda part: self.ends(part, atom.row))
        match node:
            case In(fact=name, collection=collection):
                return write.stated(node, self.evaluator.raw(name, collection, atom.row), (None, None))
            case Fact() | Named() | Risk():
                return write.stated(node, None, self.ends(node, atom.row))
            case Aggregate():
                return write.no_row(node)
        raise TypeError(f"{type(atom.node).__name__} is no atom")

    def _whose(self, atom: Atom, write: Sentences) -> str:
        if atom.row is None:
            return ""
        read = (part.collection for part in walk(atom.node) if isinstance(part, Fact | In) and part.collection)
        collection = next(read, None)
        return "" if collection is None else write.whose(collection, None if atom.row == ABSENT else atom.row)

    # What to ask

    def unknown(self, node: Node, row: RowIndex = None) -> Iterator[tuple[str | None, int | None, str]]:
        """The missing facts under an unknown part, walking only through what is unknown: (collection, row, fact)."""
        return (found for found in self.reached(node, row) if not is_dated(found[2]))

    def reached(self, node: Node, row: RowIndex = None) -> Iterator[tuple[str | None, int | None, str]]:
        """The same with what the pack itself does not say: the values of tables that have no row."""
        lo, hi = self.evaluator.range(node, row)
        if lo == hi:
            return
        match node:
            case Fact(name=name, collection=collection):
                yield from self._ask_fact(name, collection, row)
            case In(fact=name, collection=collection):
                yield from self._ask_fact(name, collection, row)
            case Named() | Op() | Bands():
                for part in children(node):
                    yield from self.reached(part, row)
            case Aggregate():
                yield from self._unknown_rows(node)
            case Risk(name=name):
                yield from self.reached(self.rules.risks[name])
            case _:
                pass

    def _ask_fact(
        self, name: str, collection: str | None, row: RowIndex
    ) -> Iterator[tuple[str | None, int | None, str]]:
        if row != ABSENT or collection is None:
            yield collection, row if collection is not None or is_dated(name) else None, name

    def _unknown_rows(self, node: Aggregate) -> Iterator[tuple[str | None, int | None, str]]:
        for i in range(len(self.evaluator.rows(node.collection))):
            yield from self.reached(node.where, i)
            if self.evaluator.range(node.where, i)[1]:
                yield from self.reached(node.body, i)
        at_least, at_most = self.evaluator.unlisted(node.collection)
        if at_most < 1:
            return
        size = self.reading.collections[node.collection].size_fact
        if size is not None and at_least != at_most:
            yield None, None, size
        else:
            yield node.collection, None, node.collection

    def answered(self, node: Node, row: RowIndex = None) -> Iterator[str]:
        """The values of tables that may have been read, where there is one: `<table>@<n>`."""
        match node:
            case Fact(name=name) if name in self.rules.cells and self.reading.household.get(name) is not None:
                yield name
            case Op(name="if", args=(condition, then, otherwise)):
                surely, possibly = self.evaluator.range(condition, row)
                for part in (condition, *[then] * bool(possibly), *[otherwise] * (not surely)):
                    yield from self.answered(part, row)
            case Aggregate():
                for i in range(len(self.evaluator.rows(node.collection))):
                    yield from self.answered(node.body, i)
            case _:
                for part in children(node):
                    yield from self.answered(part, row)

    def label_of(self, collection: str | None, fact: str) -> Label:
        """The label of what is asked."""
        if collection == fact:
            name = PackVocabulary(self.rules.spec).collection(fact)
            return Label("{c}还有谁", "who the other {c} are").fill(c=name)
        return PackVocabulary(self.rules.spec).fact(fact, collection)


def _distance(a: Any, b: Any) -> float:
    return float((a - b).days) if isinstance(a, date) else float(a - b)
