"""Findings as sentences, from templates that are worked out once for a pack and a language.

A template is the words of a comparison with the places of its values left open; a sentence fills them with what is
known of one household.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from attrs import define, field, frozen

from fanpin.expressions.nodes import Aggregate, Fact, In, Named, Node, Op, Parameter, Risk
from fanpin.expressions.nodes import Literal as LiteralNode
from fanpin.expressions.to_words import Words, value_text
from fanpin.expressions.types import DateType, NumberType
from fanpin.facts import FactSpec
from fanpin.i18n import Label, Language
from fanpin.rules import RuleSet, RuleSpec

COMPARISONS = ("lt", "le", "gt", "ge", "eq")
OPPOSITE = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
SPANS = ("age", "months_between", "days_between")
Form = Literal["says", "denies", "asks"]
Ends = tuple[Any | None, Any | None]  # None where nobody knows that end
UNKNOWN = Label("未知", "unknown")
NEVER, NO_LIMIT = Label("从未", "never"), Label("不限", "no limit")


@frozen
class PackVocabulary:
    """The labels of a pack, for `to_words`."""

    spec: RuleSpec

    def fact(self, name: str, collection: str | None) -> Label:
        """Of a fact, or of a value of a table."""
        if collection is None and name.partition("@")[0] in self.spec.definitions:
            return self.spec.definitions[name.partition("@")[0]].label
        return self.spec.facts.facts_of(collection)[name].label

    def choice(self, fact: str, collection: str | None, value: str) -> Label:
        """Of a value of a choice; a value outside the list names itself."""
        return self.spec.facts.facts_of(collection)[fact].values.get(value, Label(value, value))

    def collection(self, name: str) -> Label:
        """Of the rows of a collection."""
        return self.spec.facts.collections[name].label

    def parameter(self, name: str) -> Label:
        """Of a parameter."""
        return self.spec.parameters.parameters[name].label

    def definition(self, name: str) -> Label:
        """Of a definition, of who counts, of a fact that may not apply, or of a parameter read at a day of its own."""
        if name.endswith(".at"):
            return Label("{p}（当时）", "{p} then").fill(p=self.parameter(name.removesuffix(".at")))
        if name in self.spec.definitions or name in self.spec.filtered:
            return (self.spec.definitions.get(name) or self.spec.filtered[name]).label
        collection, _, fact = name.rpartition(".")
        return self.fact(fact, collection or None)

    def risk(self, name: str) -> Label:
        """Of a risk."""
        return self.spec.risks[name].label

    def none(self, node: Node, value: object) -> Label | None:
        """The word for a value that stands for none, and is the first day or the last value that a fact may have."""
        match node:
            case Fact(name=name, collection=of):
                pass
            case Named(name=way):  # a fact that may not apply is named as one
                of, name = way.rpartition(".")[0] or None, way.rpartition(".")[2]
            case _:
                return None
        collections = self.spec.facts.collections
        spec = self.spec.facts.facts_of(of).get(name) if of is None or of in collections else None
        match spec:
            case FactSpec(none=date() as day, type=DateType(lo=lo, hi=hi)) if value == day:
                return NEVER if day == lo else NO_LIMIT if day == hi else None
            case FactSpec(none=int() | float() as none, type=NumberType(decimals=decimals, hi=hi)):
                return NO_LIMIT if value == none * 10**decimals == hi else None
        return None


@define
class Sentences:
    """Writes what parts of a pack's rules say, in one language."""

    vocabulary: PackVocabulary
    language: Language
    _templates: dict[tuple[Node, Form], tuple[str | Node, ...]] = field(factory=dict, init=False, repr=False)
    _has_none: bool = field(init=False)  # whether any fact says what none stands for

    def __attrs_post_init__(self) -> None:
        facts = self.vocabulary.spec.facts
        of_rows = (fact for rows in facts.collections.values() for fact in rows.facts.values())
        self._has_none = any(fact.none is not None for fact in (*facts.household.values(), *of_rows))

    def comparison(self, node: Op, surely: bool, possibly: bool, ends: Callable[[Node], Ends]) -> str:
        """A comparison as it turned out: one that is untrue is said the other way round, an open one asked."""
        form: Form = "says" if surely else "asks" if possibly else "denies"
        text = self._filled(self.template(node, form), ends)
        strict = node.name in (("gt", "lt") if form == "says" else ("ge", "le"))
        return text if form == "asks" else text + self._gap(node, strict, ends)

    def template(self, node: Node, form: Form) -> tuple[str | Node, ...]:
        """The words of a part, and between them the nodes whose values belong there."""
        key = (node, form)
        if key not in self._templates:
            self._templates[key] = self._template(node, form)
        return self._templates[key]

    def _template(self, node: Node, form: Form) -> tuple[str | Node, ...]:
        measured: list[Node] = []

        def mark(part: Node) -> str | None:
            if not _is_measured(part):
                return None
            measured.append(part)
            return f"\0{len(measured) - 1}\0"

        words = Words(self.vocabulary, self.language, mark)
        pieces = re.split("\0", self._said(words, node, form))
        return tuple(measured[int(piece)] if i % 2 else piece for i, piece in enumerate(pieces))

    def _said(self, words: Words, node: Node, form: Form) -> str:
        if form == "asks" and isinstance(node, Op):
            return words.question(node)
        if form == "denies" and isinstance(node, Op):
            if node.name in OPPOSITE:
                return words.text(Op(OPPOSITE[node.name], node.args, node.type))
            return Label("并非{c}", "not: {c}").say(self.language, c=words.text(node))
        return words.text(node)

    def _filled(self, template: tuple[str | Node, ...], ends: Callable[[Node], Ends]) -> str:
        return "".join([part if isinstance(part, str) else self._value(part, ends(part)) for part in template])

    def _gap(self, node: Op, strict: bool, ends: Callable[[Node], Ends]) -> str:
        """By how much money one side is above or below the other; `strict` where the words before it say as much."""
        kind = node.args[0].type
        if not isinstance(kind, NumberType) or not kind.unit.has_money:
            return ""
        (a, a_hi), (b, b_hi) = (ends(arg) for arg in node.args)
        if a is None or b is None or a != a_hi or b != b_hi or a == b:
            return ""
        gap = value_text(kind, (abs(a - b),) * 2, self.language)
        if self.language == "zh":
            return f"，高出{gap}" if a > b else f"，差{gap}"
        return f", by {gap}" if strict else f", {gap} {'above' if a > b else 'below'} it"

    def stated(self, node: Fact | In | Named | Risk, value: str | None, known: Ends) -> str:
        """A fact, a definition or a risk with its value: of a choice the value's label."""
        if isinstance(node, Risk):
            what = Label("风险“{r}”", "the risk '{r}'").fill(r=self.vocabulary.risk(node.name))
            shown = self._value(node, known)
        elif isinstance(node, Named):
            what, shown = self.vocabulary.definition(node.name), self._value(node, known)
        elif isinstance(node, In):
            what = self.vocabulary.fact(node.fact, node.collection)
            label = UNKNOWN if value is None else self.vocabulary.choice(node.fact, node.collection, value)
            shown = label.text(self.language)
        else:
            what = self.vocabulary.fact(node.name, node.collection)
            shown = self._value(node, known)
        return self._stated(what, shown)

    def _value(self, node: Node, known: Ends) -> str:
        """A value as text; none as its word."""
        none = self.vocabulary.none(node, known[0]) if self._has_none and known[0] == known[1] else None
        return value_text(node.type, known, self.language) if none is None else none.text(self.language)

    def _stated(self, what: Label, shown: str) -> str:
        return f"{what.zh}：{shown}" if self.language == "zh" else f"{what.en}: {shown}"

    def no_row(self, node: Aggregate) -> str:
        """That no row is as an `any` asks, or that every row is as an `all` asks."""
        key: tuple[Node, Form] = (node, "says")
        if key not in self._templates:
            self._templates[key] = (self._no_row(node),)
        return str(self._templates[key][0])

    def _no_row(self, node: Aggregate) -> str:
        bare = Words(self.vocabulary, self.language)
        rows = self.vocabulary.collection(node.collection)
        held = node.where if isinstance(node.body, LiteralNode) else node.body
        if node.kind == "all":
            return bare.text(node)
        if isinstance(held, LiteralNode):
            return Label("没有{rows}", "there are no {rows}").say(self.language, rows=rows)
        said = Label("没有{rows}符合：{body}", "none of the {rows}: {body}")
        return said.say(self.language, rows=rows, body=bare.text(held))

    def whose(self, collection: str, row: int | None) -> str:
        """Of which row is spoken, before what is said; None: of those nobody listed."""
        name = self.vocabulary.collection(collection).text(self.language)
        if self.language == "zh":
            return f"未登记的{name}：" if row is None else f"第{row + 1}位{name}："
        return f"those of the {name} not listed: " if row is None else f"no. {row + 1} of the {name}: "

    def finding(self, label: Label, state: Label, reasons: list[str]) -> str:
        """One sentence: what was found, and why."""
        head = self._stated(label, state.text(self.language))
        if self.language == "zh":
            return f"{head}。{'；'.join(reasons)}。" if reasons else f"{head}。"
        return f"{head}. {'; '.join(reasons)}." if reasons else f"{head}."


def _is_measured(part: Node) -> bool:
    span = isinstance(part, Op) and part.name in SPANS
    named = isinstance(part, Named | Aggregate | Fact | Parameter)
    return (span or named) and isinstance(part.type, NumberType | DateType)


@lru_cache(maxsize=64)
def sentences(rules: RuleSet, language: Language) -> Sentences:
    """The sentences of a pack; its templates are kept for the packs last used."""
    return Sentences(PackVocabulary(rules.spec), language)
