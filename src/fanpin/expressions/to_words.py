"""Rules in words, Chinese and English, from the same tree that is computed.

With a `value` function the measurable parts carry their values, and a rule becomes the sentence that explains it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from attrs import frozen

from fanpin.expressions.nodes import Aggregate, Bands, Fact, In, Literal, Named, Node, Op, Parameter, Risk
from fanpin.expressions.ops import OPERATORS
from fanpin.expressions.types import BOOLEAN, BooleanType, DateType, NumberType
from fanpin.i18n import Label, Language, day, listing, number, yes_or_no
from fanpin.units import Unit


class Vocabulary(Protocol):
    """The labels of what a pack names."""

    def fact(self, name: str, collection: str | None) -> Label:
        """Of a fact."""

    def choice(self, fact: str, collection: str | None, value: str) -> Label:
        """Of a value of a choice."""

    def collection(self, name: str) -> Label:
        """Of a row of a collection: "household member"."""

    def parameter(self, name: str) -> Label:
        """Of a parameter."""

    def definition(self, name: str) -> Label:
        """Of a definition."""

    def risk(self, name: str) -> Label:
        """Of a risk."""


Annotate = Callable[[Node], str | None]
_AGGREGATES = {
    "any": Label("有{rows}符合：{body}", "some of the {rows}: {body}"),
    "all": Label("全部{rows}都符合：{body}", "all of the {rows}: {body}"),
    "count": Label("符合“{body}”的{rows}数", "the number of {rows} with {body}"),
    "sum": Label("{rows}的{body}合计", "the total {body} of the {rows}"),
    "min": Label("{rows}的{body}最小值", "the least {body} of the {rows}"),
    "max": Label("{rows}的{body}最大值", "the greatest {body} of the {rows}"),
}
_LAST = {
    "min": Label("{rows}的{body}最早者", "the earliest {body} of the {rows}"),
    "max": Label("{rows}的{body}最晚者", "the latest {body} of the {rows}"),
}
_OF_DAYS = {
    "lt": Label("{0}早于{1}", "{0} is before {1}"),
    "le": Label("{0}不晚于{1}", "{0} is not after {1}"),
    "gt": Label("{0}晚于{1}", "{0} is after {1}"),
    "ge": Label("{0}不早于{1}", "{0} is not before {1}"),
    "eq": Label("{0}与{1}同日", "{0} is the same day as {1}"),
}
_BANDS_BY_SLICE = Label("{of}分段计算：{bands}", "{of} slice by slice: {bands}")
_BANDS_WHOLE = Label("{of}按所在档次全额计算：{bands}", "all of {of} at the rate of its band: {bands}")
_BAND = Label("{band}按{rate}", "{rate} {band}")
_WITHIN = {True: Label("不超过{u}的", "up to {u}"), False: Label("低于{u}的", "below {u}")}
_BAND_ABOVE = Label("其余按{rate}", "{rate} above that")
_BAND_ALONE = Label("按{rate}", "{rate}")
_BESIDE = (
    Label("，减去此前{x}已算的部分", ", less what was counted for {x} before"),
    Label("，达到{x}才算", ", from {x} on"),
    Label("，扣除起付{x}", ", less the first {x}"),
    Label("，最多{x}", ", at most {x}"),
)
_WHERE = Label("（只算：{where}）", " (only those with {where})")
_EVERY = Label("全部{rows}数", "the number of {rows}")
_SOME = Label("有{rows}", "there are {rows}")
_YES = Label("{f}：是", "{f}: yes")
_NO = Label("{f}：否", "{f}: no")
_FLIPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq"}
_BRACKETED = frozenset({"add", "sub", "mul", "div", "neg", "and", "or", "not", "if", "lt", "le", "gt", "ge", "eq"})


@frozen
class Words:
    """Writes trees in one language."""

    vocabulary: Vocabulary
    language: Language
    annotate: Annotate = lambda _: None

    def text(self, node: Node) -> str:
        """The tree in words; a measurable part is followed by its value where `annotate` gives one."""
        value = self.annotate(node)
        if value is None:
            return self._text(node)
        words = Words(self.vocabulary, self.language)._text(node)  # what has a value needs none within
        return f"{words}（{value}）" if self.language == "zh" else f"{words} ({value})"

    def question(self, node: Op) -> str:
        """Whether a comparison holds, as a question."""
        a, b = node.args
        name = node.name
        if isinstance(a, Literal) and not isinstance(b, Literal):
            a, b, name = b, a, _FLIPPED[name]
        words = _words(name, b)
        asked = Label(words.zh.replace("{0}", "{0}是否"), "whether " + words.en)
        return asked.text(self.language).format(self._part(a), self._part(b))

    def _say(self, label: Label, **parts: object) -> str:
        return label.say(self.language, **parts)

    def _text(self, node: Node) -> str:
        v, lang = self.vocabulary, self.language
        match node:
            case Literal():
                return value_text(node.type, (node.value, node.value), lang)
            case Parameter(name="on"):
                return self._say(Label("当日", "the day of grading"))
            case Parameter(name=name):
                return v.parameter(name).text(lang)
            case Fact(name=name, collection=collection, type=BooleanType()):
                return self._say(_YES, f=v.fact(name, collection))
            case Fact(name=name, collection=collection):
                return v.fact(name, collection).text(lang)
            case Named(name=name):
                return v.definition(name).text(lang)
            case Risk(name=name):
                return self._say(Label("有风险“{r}”", "the risk '{r}'"), r=v.risk(name))
            case In():
                return self._one_of(node)
            case Aggregate():
                return self._aggregate(node)
            case Op():
                return self._op(node)
            case Bands():
                return self._bands(node)
            case _:
                raise TypeError(f"{type(node).__name__} is plain: it has no words")

    def _one_of(self, node: In) -> str:
        known = [value for value in node.choice.values if value in node.values]
        values = [*known, *sorted(node.values.difference(known))]
        texts = [
            f"“{self._choice(node, v)}”" if self.language == "zh" else f"'{self._choice(node, v)}'" for v in values
        ]
        fact = self.vocabulary.fact(node.fact, node.collection)
        return self._say(Label("{f}为{v}", "{f} is {v}"), f=fact, v=listing(texts, self.language, "or"))

    def _choice(self, node: In, value: str) -> str:
        return self.vocabulary.choice(node.fact, node.collection, value).text(self.language)

    def _aggregate(self, node: Aggregate) -> str:
        rows = self.vocabulary.collection(node.collection)
        inner = Words(self.vocabulary, self.language)  # a row's values are not those of the whole
        everyone = isinstance(node.where, Literal)
        if node.kind == "count" and isinstance(node.body, Literal):
            body = "" if everyone else inner.text(node.where)
            return self._say(_AGGREGATES["count"], body=body, rows=rows) if body else self._say(_EVERY, rows=rows)
        if node.kind == "any" and isinstance(node.body, Literal):
            if everyone:
                return self._say(_SOME, rows=rows)
            return self._say(_AGGREGATES["any"], rows=rows, body=inner.text(node.where))
        label = _LAST[node.kind] if isinstance(node.type, DateType) else _AGGREGATES[node.kind]
        words = self._say(label, rows=rows, body=inner.text(node.body))
        return words if everyone else words + self._say(_WHERE, where=inner.text(node.where))

    def _bands(self, node: Bands) -> str:
        rates = [self._part(rate) for rate in node.rates]
        limits = [
            self._say(_WITHIN[closed], u=self._part(u)) for u, closed in zip(node.limits, node.closed, strict=True)
        ]
        bands = [self._say(_BAND, band=band, rate=rate) for band, rate in zip(limits, rates, strict=False)]
        rest = _BAND_ABOVE if limits else _BAND_ALONE
        conditions = zip(_BESIDE, node.beside(), strict=True)
        text = self._say(
            _BANDS_WHOLE if node.whole else _BANDS_BY_SLICE,
            of=self._part(node.of),
            bands=listing([*bands, self._say(rest, rate=rates[-1])], self.language),
        )
        return text + "".join(self._say(label, x=self._part(part)) for label, part in conditions if part is not None)

    def _op(self, node: Op) -> str:
        match node.name, node.args:
            case "rescale", (inner, _):
                return self.text(inner)
            case "not", (Fact() as fact,):
                return self._say(_NO, f=self.vocabulary.fact(fact.name, fact.collection))
            case "age", (birth, Parameter(name="on")):
                return self._say(Label("按{d}的周岁", "the age by {d}"), d=self._part(birth))
            case ("lt" | "le" | "gt" | "ge" | "eq") as name, (Literal() as low, b) if not isinstance(b, Literal):
                return self._compared(_FLIPPED[name], b, low)
            case ("lt" | "le" | "gt" | "ge" | "eq") as name, (a, b):
                return self._compared(name, a, b)
            case (("round_half_up" | "round_up" | "round_down"), (inner, _)):
                return self._rounded(node, inner)
            case "count", args:
                return self._filled("count", listing([self._part(arg) for arg in args], self.language))
            case (("and" | "or"), args):
                word = OPERATORS[node.name].words.text(self.language)
                glue = word if self.language == "zh" else f" {word} "
                return glue.join(self._part(arg) for arg in args)
            case (("add_months" | "add_days"), (d, n)):
                return self._moved(node.name, self._part(d), n)
            case "if", (condition, then, Literal(value=bool() as otherwise)):  # such as a fact that may not apply
                first = _negated(condition) if otherwise else condition
                return self._op(Op("or" if otherwise else "and", (first, then), BOOLEAN))
        return self._filled(node.name, *(self._part(arg) for arg in node.args))

    def _filled(self, name: str, *parts: str) -> str:
        return OPERATORS[name].words.text(self.language).format(*parts)

    def _compared(self, name: str, a: Node, b: Node) -> str:
        return _words(name, a).text(self.language).format(self._part(a), self._part(b))

    def _moved(self, name: str, d: str, n: Node) -> str:
        s = "" if isinstance(n, Literal) and n.value in (1, -1) else "s"
        unit = Label("个月", f"month{s}") if name == "add_months" else Label("天", f"day{s}")
        if isinstance(n, Literal) and n.value < 0:  # type: ignore[operator]  # a number
            return self._say(Label("{d}之前{n}{u}", "{n} {u} before {d}"), d=d, n=-n.value, u=unit)  # type: ignore[operator]
        return self._filled(name, d, self._say(Label("{n}{u}", "{n} {u}"), n=self._part(n), u=unit))

    def _rounded(self, node: Op, inner: Node) -> str:
        assert isinstance(node.type, NumberType)
        money = {0: Label("元", "yuan"), 1: Label("角", "jiao"), 2: Label("分", "fen")}
        plain = {0: Label("个位", "whole numbers"), 1: Label("一位小数", "tenths"), 2: Label("两位小数", "hundredths")}
        step = (money if node.type.unit.has_money else plain)[node.type.decimals]
        text = self._part(inner)
        of = inner.args[0] if isinstance(inner, Op) and inner.name == "rescale" else inner
        if isinstance(of, Op) and of.name not in _BRACKETED:  # what is rounded must be clear
            text = self._bracketed(text)
        return self._filled(node.name, text, step.text(self.language))

    def _part(self, node: Node) -> str:
        """A part of an operator, in brackets where it is itself an operator of several parts."""
        inner = node.args[0] if isinstance(node, Op) and node.name == "rescale" else node
        text = self.text(inner)
        logic = isinstance(inner, Aggregate) and inner.kind in ("any", "all")
        bracketed = logic or (isinstance(inner, Op) and inner.name in _BRACKETED and not _is_no(inner))
        if not bracketed:
            return text
        return self._bracketed(text)

    def _bracketed(self, text: str) -> str:
        return f"（{text}）" if self.language == "zh" else f"({text})"


def _words(name: str, compared: Node) -> Label:
    """A comparison in words; a day is not above another, it is after."""
    return _OF_DAYS[name] if isinstance(compared.type, DateType) else OPERATORS[name].words


def _negated(node: Node) -> Node:
    return node.args[0] if isinstance(node, Op) and node.name == "not" else Op("not", (node,), BOOLEAN)


def _is_no(node: Op) -> bool:
    return node.name == "not" and isinstance(node.args[0], Fact)


def value_text(
    kind: NumberType | BooleanType | DateType, ends: tuple[object | None, object | None], language: Language
) -> str:
    """A value, or what is known of it, as text with its unit; an end that nobody knows is None.

    >>> from fanpin.units import Unit
    >>> money = NumberType(Unit.parse("CNY/year"), 2, 0, 10**11)
    >>> value_text(money, (540870, 540870), "zh"), value_text(money, (1200000, None), "zh")
    ('5,408.7元/年', '不少于12,000元/年')
    """
    lo, hi = ends
    if lo == hi and lo is not None and not isinstance(kind, BooleanType):
        return _one(kind, lo, language) + _unit(kind, language, lo)
    if isinstance(kind, BooleanType):
        return (Label("未知", "unknown") if lo != hi else yes_or_no(bool(lo))).text(language)
    if hi is None and (lo is None or lo == kind.lo):
        return Label("未知", "unknown").text(language)
    if lo is None:
        at_most = Label("不超过{0}", "at most {0}").text(language)
        return at_most.format(_one(kind, hi, language) + _unit(kind, language, hi))
    if hi is None:
        at_least = Label("不少于{0}", "at least {0}").text(language)
        return at_least.format(_one(kind, lo, language) + _unit(kind, language, lo))
    both = Label("{0}至{1}", "{0} to {1}").text(language)
    return both.format(_one(kind, lo, language), _one(kind, hi, language)) + _unit(kind, language)


def _one(kind: NumberType | DateType, end: object, language: Language) -> str:
    if isinstance(kind, DateType):
        return day(end, language)  # type: ignore[arg-type]  # a date, by its type
    scale = 10**kind.decimals
    if isinstance(end, int) and end % scale == 0:
        return f"{end // scale:,}"
    return number(float(end) / scale, kind.decimals if kind.whole else 2)  # type: ignore[arg-type]  # a number


def _unit(kind: NumberType | DateType, language: Language, value: object = None) -> str:
    """The unit as it follows numbers, or this one."""
    if isinstance(kind, DateType):
        return ""
    words = _unit_words(kind.unit, language)
    return words.removesuffix("s") if value == 10**kind.decimals else words


@lru_cache(maxsize=256)
def _unit_words(unit: Unit, language: Language) -> str:
    """The unit as it follows numbers."""
    if unit.is_plain:
        return ""
    if language == "zh":
        return {"year": "岁", "month": "个月"}.get(str(unit)) or unit.zh()
    return " " + _IN_ENGLISH.get(str(unit), str(unit))


_IN_ENGLISH = {
    "CNY": "yuan", "CNY/year": "yuan a year", "CNY/person/year": "yuan a person a year",
    "year": "years", "month": "months", "day": "days", "person": "persons", "household": "households",
    "room": "rooms", "point": "points",
}  # fmt: skip
