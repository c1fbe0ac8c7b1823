"""How a result came about, line by line, so that a clerk can check it with a pocket calculator.

Each definition that the amount reads is worked out before what reads it: a formula with its values, an amount by bands
band by band, a table with the row that answered, a score card with the items that counted; at the end the rounding.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from fanpin.explaining import Explainer
from fanpin.expressions.bands import Curve
from fanpin.expressions.evaluate import RowIndex
from fanpin.expressions.nodes import Aggregate, Bands, Fact, Named, Node, Op, Parameter, walk
from fanpin.expressions.to_words import Words, value_text
from fanpin.expressions.types import NumberType
from fanpin.forms import ScoreForm, TableForm
from fanpin.i18n import Label, Language, listing, number, yes_or_no
from fanpin.outcomes import kind_labels
from fanpin.results import ABOVE, BELOW, ResultTrees, kinds_text
from fanpin.rules import HANDLERS
from fanpin.sentences import PackVocabulary, sentences

_MET = {
    (True, True): Label("条件符合", "condition met"),
    (False, False): Label("条件不符合", "condition not met"),
    (False, True): Label("条件尚不能确定", "condition can't be said yet"),
}
_BARRED = {
    (True, True): Label("不在排除之列", "not excluded"),
    (False, False): Label("排除", "excluded"),
    (False, True): Label("是否排除尚不能确定", "whether excluded can't be said yet"),
}
_ROUNDED = ("round_half_up", "round_up", "round_down")


@frozen
class Workings:
    """Writes the lines of one result in one language."""

    explainer: Explainer
    trees: ResultTrees
    row: RowIndex
    language: Language

    def lines(self, values: Mapping[str, Any], left_to: Sequence[str]) -> Iterator[str]:
        """What came of it; then the conditions, and the amount or what the kinds read."""
        whose = "" if self.row is None else self._whose(self.row)
        yield whose + self._stated(values, left_to)
        yield from (f"  {line}" for line in (*self.left(), *self.conditions()))
        if values["left:lo"] or not self.explainer.evaluator.range(self.trees.eligible, self.row)[1]:
            return
        yield from (f"  {line}" for line in (self.kinds() if self.trees.amount is None else self.amount()))

    def _whose(self, row: int) -> str:
        assert self.trees.result.of is not None
        return sentences(self.explainer.rules, self.language).whose(self.trees.result.of, row)

    def _stated(self, values: Mapping[str, Any], left_to: Sequence[str]) -> str:
        if values["left:lo"]:
            who = listing([HANDLERS[level].text(self.language) for level in left_to], self.language)
            said = self._say(Label("由{who}决定", "for the {who} to decide"), who=who)
        elif values["refused"]:
            said = self._say(Label("不能计算：对照表没有对应的行", "can't be worked out: a table has no row for it"))
        elif self.trees.paid is not None:
            said = self._value(self.trees.paid)
        else:
            said = self._kind(values)
        if left_to and not values["left:lo"]:
            who = listing([HANDLERS[level].text(self.language) for level in left_to], self.language)
            said += self._say(Label("（也可能由{who}决定）", " (or for the {who} to decide)"), who=who)
        return self._say(Label("{label}：{said}", "{label}: {said}"), label=self.trees.result.label, said=said)

    def _kind(self, values: Mapping[str, Any]) -> str:
        labels = kind_labels(self.trees)
        possible = [kind for kind in labels if values[f"{kind}:hi"]]
        may_be = kinds_text(labels, possible, self.trees.result.ordered, self.language)
        if len(possible) == 1:
            return may_be
        return self._say(Label("尚不能确定（可能是{k}）", "can't be said yet (may be {k})"), k=may_be)

    def conditions(self) -> Iterator[str]:
        """Each condition, whether it is met, and each exclusion, whether it excludes; and why."""
        write = sentences(self.explainer.rules, self.language)
        for name, tree in self.trees.conditions.items():
            words = _BARRED if name in self.trees.result.barred else _MET
            met = words[self.explainer.evaluator.range(tree, self.row)]
            reasons = self.explainer.reasons(tree, write, self.row)
            yield self._say(Label("{met}：{why}", "{met}: {why}"), met=met, why=_joined(reasons, self.language))

    def amount(self) -> Iterator[str]:
        """The amount, from what it is made of."""
        assert self.trees.amount is not None
        yield from self._definitions(self.trees.amount)
        rounding = self.trees.amount
        inner = rounding.args[0] if isinstance(rounding, Op) and rounding.name in _ROUNDED else rounding
        inner = inner.args[0] if isinstance(inner, Op) and inner.name == "rescale" else inner
        if not isinstance(inner, Named):
            yield f"{self._formula(inner)} = {self._value(inner)}"
        if self._ends(inner) != self._ends(rounding) or not isinstance(inner, Named):
            yield f"{self._words(rounding)} = {self._value(rounding)}"

    def left(self) -> Iterator[str]:
        """Why a person decides."""
        write = sentences(self.explainer.rules, self.language)
        for tree in self.trees.left.values():
            if self.explainer.evaluator.range(tree, self.row)[0]:
                yield _joined(self.explainer.reasons(tree, write, self.row), self.language)

    def kinds(self) -> Iterator[str]:
        """What the kinds read; of limits how the number lies to each."""
        yield from self._definitions(*self.trees.kinds.values())
        if self.trees.result.limits is not None:
            write = sentences(self.explainer.rules, self.language)
            for kind in (BELOW, ABOVE):
                if kind in self.trees.kinds:
                    yield _joined(self.explainer.reasons(self.trees.kinds[kind], write, self.row), self.language)

    def _definitions(self, *trees: Node) -> Iterator[str]:
        spec, of = self.explainer.rules.spec, (None, self.trees.result.of)
        told = {name for name, definition in spec.definitions.items() if definition.of in of}
        for node in walk(*trees):  # what is counted over rows differs from one to the next, and is told as their sum
            if isinstance(node, Named) and node.name in told and isinstance(node.type, NumberType):
                yield from self._definition(node)

    def _definition(self, node: Named) -> Iterator[str]:
        definition = self.explainer.rules.spec.definitions[node.name]
        head = f"{definition.label.text(self.language)} = "
        value = self._value(node)
        if isinstance(node.body, Bands):
            yield from self._bands(definition.label, node.body)
        elif isinstance(definition.text, TableForm):
            keys = self._say(_KEYS, keys=_joined([self._key(key.text) for key in definition.text.keys], self.language))
            yield f"{head}{value}{keys}"
        elif isinstance(definition.text, ScoreForm):
            yield from self._score(definition.label, definition.name, definition.text)
            yield f"{head}{value}"
        else:
            formula = self._formula(node.body)
            yield head + (value if formula == value else f"{formula} = {value}")

    # Bands

    def _bands(self, label: Label, node: Bands) -> Iterator[str]:
        """Band by band where everything is known; else what is known of the whole."""
        head = f"{label.text(self.language)} = "
        parts = (node.of, *node.limits, *node.rates, *(part for part in node.beside() if part is not None))
        known = [self.explainer.evaluator.range(part, self._row_of(part)) for part in parts]
        if any(lo != hi for lo, hi in known):
            yield head + self._value(node)
            return
        yield from self._said(node)
        if node.whole:
            yield from self._whole(node)
        else:
            yield from self._slices(node)
        if node.cap is not None and self._number(evolve(node, cap=None)) != self._number(node):
            yield self._say(_CAP if node.used is None else _CAP_OF_BOTH, cap=self._value(node.cap))
        yield head + self._value(node)

    def _said(self, node: Bands) -> Iterator[str]:
        for text, part in zip((_OF, _USED, _ENTRY, _DEDUCTIBLE), (node.of, *node.beside()[:3]), strict=True):
            if part is not None:
                yield self._say(text, what=self._words(part), value=self._value(part))

    def _number(self, node: Node | None) -> float:
        return 0 if node is None else self.explainer.evaluator.range(node, self._row_of(node))[0]

    def _slices(self, node: Bands) -> Iterator[str]:
        start, end = self._counted(node)
        low: float = 0
        for at, rate in enumerate(node.rates):
            high = max(low, self._number(node.limits[at])) if at < len(node.limits) else end
            width = min(high, end) - max(low, start)
            if width > 0:
                yield self._band(node, rate, width, max(low, start), min(high, end))
            low = high

    def _counted(self, node: Bands) -> tuple[float, float]:
        """From where to where slices count now."""
        used = self._number(node.used)
        total, entry = used + self._number(node.of), self._number(node.entry)
        if total < entry:
            return 0, 0
        return max(used if used >= entry else 0, self._number(node.deductible)), total

    def _band(self, node: Bands, rate: Node, width: float, low: float, high: float) -> str:
        assert isinstance(node.of.type, NumberType)
        texts = [value_text(node.of.type, (amount, amount), self.language) for amount in (low, high, width)]
        paid = width * self._number(rate)
        return self._say(
            _SLICE, low=texts[0], high=texts[1], width=texts[2], rate=self._percent(rate),
            paid=value_text(node.type, (paid, paid), self.language),
        )  # fmt: skip

    def _whole(self, node: Bands) -> Iterator[str]:
        used = self._number(node.used)
        for total in dict.fromkeys((used + self._number(node.of), *([used] if used else []))):
            if total < self._number(node.entry):
                continue
            limits, rates = (tuple(int(self._number(part)) for part in parts) for parts in (node.limits, node.rates))
            rate = node.rates[Curve(limits, rates, node.closed, whole=True).band(int(total))]
            width = max(0, total - self._number(node.deductible))
            yield self._band(node, rate, width, self._number(node.deductible), total)

    def _percent(self, rate: Node) -> str:
        assert isinstance(rate.type, NumberType)
        if not rate.type.unit.is_plain:
            return self._value(rate)
        return number(self._number(rate) / 10**rate.type.decimals * 100, max(rate.type.decimals - 2, 0)) + "%"

    # Tables and score cards

    def _key(self, text: str) -> str:
        """A key of a table with its value."""
        facts, row, name = self.explainer.rules.spec.facts, self.row, text
        collection = None
        if "." in text:
            name, collection = text.rpartition(".")[2], self.trees.result.of
        else:
            row = None
        spec = facts.facts_of(collection).get(name)
        if spec is None:
            return self._key_defined(name, text)
        raw = self.explainer.evaluator.raw(name, collection, row)
        shown = spec.values.get(str(raw), Label(str(raw), str(raw))) if raw is not None else Label("未知", "unknown")
        if isinstance(raw, bool):
            shown = yes_or_no(raw)
        return self._say(Label("{label}：{value}", "{label}: {value}"), label=spec.label, value=shown)

    def _key_defined(self, name: str, text: str) -> str:
        """A key that is a definition; any other formula as it was written."""
        definition, tree = self.explainer.rules.spec.definitions.get(name), self.explainer.rules.definitions.get(name)
        if definition is None or tree is None:
            return text
        return self._say(Label("{label}：{value}", "{label}: {value}"), label=definition.label, value=self._value(tree))

    def _score(self, label: Label, name: str, form: ScoreForm) -> Iterator[str]:
        for (key, at), tree in self.explainer.rules.items[name].items():
            lo, hi = self.explainer.evaluator.range(tree, self._row_of(tree))
            if hi:
                group, text = form.groups[key], _ITEM if lo else _ITEM_OPEN
                item = group.items[at]
                yield self._say(text, label=label, group=group.label, item=item.label, points=f"{item.points:f}")

    # Texts

    def _say(self, said: Label, /, **parts: object) -> str:
        return said.say(self.language, **parts)

    def _ends(self, node: Node) -> tuple[object, object]:
        assert isinstance(node.type, NumberType)
        lo, hi = self.explainer.ends(node, self._row_of(node))
        scale = 10**node.type.decimals
        return (None if lo is None else lo / scale), (None if hi is None else hi / scale)

    def _value(self, node: Node) -> str:
        return value_text(node.type, self.explainer.ends(node, self._row_of(node)), self.language)

    def _row_of(self, node: Node) -> RowIndex:
        if self.row is None:  # of the household: there is no row to look for
            return None
        return self.row if any(_collection(part) == self.trees.result.of for part in walk(node)) else None

    def _words(self, node: Node) -> str:
        return Words(PackVocabulary(self.explainer.rules.spec), self.language).text(node)

    def _formula(self, node: Node) -> str:
        """The words of a formula, each part that is measured with its value."""

        def annotate(part: Node) -> str | None:
            measured = isinstance(part, Named | Aggregate | Fact | Parameter)
            return self._value(part) if measured and isinstance(part.type, NumberType) else None

        return Words(PackVocabulary(self.explainer.rules.spec), self.language, annotate).text(node)


def _collection(node: Node) -> str | None:
    return None if isinstance(node, Aggregate) else getattr(node, "collection", None)


def _joined(texts: list[str], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(texts)


_KEYS = Label("（{keys}）", " ({keys})")
_OF = Label("{what}：{value}", "{what}: {value}")
_USED = Label("此前已计入，{what}：{value}", "counted before, {what}: {value}")
_ENTRY = Label("达到{what}（{value}）才算", "counted from {what} ({value}) on")
_DEDUCTIBLE = Label("扣除{what}：{value}", "less {what}: {value}")
_SLICE = Label("{low}至{high}的部分：{width} × {rate} = {paid}", "from {low} to {high}: {width} × {rate} = {paid}")
_CAP = Label("封顶{cap}", "capped at {cap}")
_CAP_OF_BOTH = Label("连同此前封顶{cap}", "capped at {cap} together with what was counted before")
_ITEM = Label("{label}·{group}：{item}，{points}分", "{label}, {group}: {item}, {points} points")
_ITEM_OPEN = Label(
    "{label}·{group}：{item}，可能计{points}分", "{label}, {group}: {item}, perhaps {points} points"
)  # fmt: skip
