"""Rules in words: whole sentences in both languages, and no two rules in the same words."""

from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest

from fanpin.expressions.nodes import Fact, Leaf, Node, Op, Risk
from fanpin.expressions.parse import parse
from fanpin.expressions.scope import Source
from fanpin.expressions.to_words import Words, value_text
from fanpin.expressions.types import BOOLEAN, DateType, NumberType
from fanpin.i18n import LANGUAGES, Label
from fanpin.units import Unit
from tests.language.laws import PlainVocabulary, draw, meaning, with_definitions, wording

LABELS = {
    "wage": Label("工资", "wage"), "spent": Label("支出", "spending"), "net": Label("净收入", "net income"),
    "size": Label("人口", "size"), "poor": Label("脱贫户", "formerly poor"), "ill": Label("有病人", "somebody ill"),
    "food": Label("吃饭", "food"), "fuel": Label("燃料", "fuel"), "moved": Label("迁入日期", "day of moving in"),
    "rooms": Label("间数", "rooms"), "paid": Label("自付", "payments"), "in_school": Label("在校", "in school"),
    "born": Label("出生日期", "birth date"), "amount": Label("金额", "amount"),
    "day": Label("账单日期", "day of the bill"),
    "large": Label("大额线", "large sum"), "line": Label("收入线", "income line"), "limit": Label("人数线", "limit"),
    "hard_up": Label("困难", "hard up"), "members": Label("家庭成员", "members"), "bills": Label("账单", "bills"),
    "met": Label("有保障", "met"), "at_risk": Label("有风险", "at risk"), "flood": Label("因灾", "flood"),
}  # fmt: skip


class Vocabulary(PlainVocabulary):
    def fact(self, name: str, collection: str | None) -> Label:  # noqa: ARG002  # a Vocabulary
        return LABELS[name]

    def choice(self, fact: str, collection: str | None, value: str) -> Label:  # noqa: ARG002  # a Vocabulary
        return LABELS.get(value, Label(value, value))

    def collection(self, name: str) -> Label:
        return LABELS[name]

    parameter = definition = risk = collection


def tree(text: str) -> Node:
    node, problems = parse(Source(text), with_definitions())
    assert node is not None, problems
    return node


SENTENCES = [
    ("wage > large", "工资超过大额线", "wage is above large sum"),
    ("wage >= large", "工资不少于大额线", "wage is at least large sum"),
    ("wage < large", "工资低于大额线", "wage is below large sum"),
    ("large >= wage", "大额线不少于工资", "large sum is at least wage"),
    ("0 < wage", "工资超过0", "wage is above 0"),
    ("poor", "脱贫户：是", "formerly poor: yes"),
    ("not poor", "脱贫户：否", "formerly poor: no"),
    ("not (poor and ill)", "并非（脱贫户：是且有病人：是）", "not (formerly poor: yes and somebody ill: yes)"),
    (
        "poor and (ill or hard_up)",
        "脱贫户：是且（有病人：是或困难）",
        "formerly poor: yes and (somebody ill: yes or hard up)",
    ),
    ("net / size < line", "（净收入 ÷ 人口）低于收入线", "(net income ÷ size) is below income line"),
    ("food in {'at_risk', 'met'}", "吃饭为“有保障”或“有风险”", "food is 'met' or 'at risk'"),
    ("food != 'met'", "并非吃饭为“有保障”", "not food is 'met'"),
    ("any(m.in_school for m in members)", "有家庭成员符合：在校：是", "some of the members: in school: yes"),
    ("any(True for b in bills)", "有账单", "there are bills"),
    ("count(members) > limit", "全部家庭成员数超过人数线", "the number of members is above limit"),
    (
        "count(m for m in members if m.in_school) > limit",
        "符合“在校：是”的家庭成员数超过人数线",
        "the number of members with in school: yes is above limit",
    ),
    (
        "sum(m.paid for m in members if m.in_school) > large",
        "家庭成员的自付合计（只算：在校：是）超过大额线",
        "the total payments of the members (only those with in school: yes) is above large sum",
    ),
    (
        "max((b.amount for b in bills), default=0) > large",
        "（若（有账单）则账单的金额最大值，否则0）超过大额线",
        "(the greatest amount of the bills if (there are bills), else 0) is above large sum",
    ),
    ("age(moved) < 16", "按迁入日期的周岁低于16", "the age by day of moving in is below 16"),
    (
        "age(moved, on=date(2020, 1, 31)) < 16",
        "迁入日期到2020年1月31日的周岁低于16",
        "the age from day of moving in on 31 January 2020 is below 16",
    ),
    (
        "moved + months(3) > on",
        "迁入日期之后3个月晚于当日",
        "3 months after day of moving in is after the day of grading",
    ),
    (
        "moved > on - days(90)",
        "迁入日期晚于当日之前90天",
        "day of moving in is after 90 days before the day of grading",
    ),
    ("abs(net) > large", "净收入的绝对值超过大额线", "the absolute value of net income is above large sum"),
    (
        "round_up(wage * 0.35, 'yuan') > large",
        "（工资 × 0.35）向上取到元超过大额线",
        "(wage × 0.35) rounded up to yuan is above large sum",
    ),
    (
        "(wage if poor else spent) > large",
        "（若脱贫户：是则工资，否则支出）超过大额线",
        "(wage if formerly poor: yes, else spending) is above large sum",
    ),
    ("ill if poor else True", "脱贫户：否或有病人：是", "formerly poor: no or somebody ill: yes"),
    ("ill if poor else False", "脱贫户：是且有病人：是", "formerly poor: yes and somebody ill: yes"),
    (
        "food == 'met' if not (poor or ill) else True",
        "（脱贫户：是或有病人：是）或吃饭为“有保障”",
        "(formerly poor: yes or somebody ill: yes) or food is 'met'",
    ),
]


@pytest.mark.parametrize(("text", "zh", "en"), SENTENCES, ids=lambda value: value[:40])
def test_a_rule_as_a_sentence(text: str, zh: str, en: str) -> None:
    assert (Words(Vocabulary(), "zh").text(tree(text)), Words(Vocabulary(), "en").text(tree(text))) == (zh, en)


def test_a_risk_is_named() -> None:
    risk = with_definitions().nodes.make(Risk, "flood")
    assert [Words(Vocabulary(), language).text(risk) for language in LANGUAGES] == ["有风险“因灾”", "the risk 'flood'"]


# Different rules, different words


def test_no_two_rules_have_the_same_words() -> None:
    """Every part of a thousand rules; small ones, in which parts meet in every way."""
    random, tally = Random(2), Counter[str]()
    assert list(wording(draw(random, 1000, 0, tally), random, tally)) == []
    assert tally["wordings"] > 20_000


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("wage - (spent - net) > large", "(wage - spent) - net > large"),
        ("min(m.paid for m in members) - spent > large", "min(m.paid - spent for m in members) > large"),
        ("max(m.paid for m in members) + spent > large", "max(m.paid + spent for m in members) > large"),
        ("sum(m.paid for m in members) - spent > large", "sum(m.paid - spent for m in members) > large"),
        ("start_of_month(moved) + months(1) > on", "start_of_month(moved + months(1)) > on"),
        ("start_of_year(moved) - days(1) > on", "start_of_year(moved - days(1)) > on"),
        ("round_up(abs(net), 'yuan') > large", "abs(round_up(net, 'yuan')) > large"),
        ("round_up(max(wage, net), 'yuan') > large", "max(wage, round_up(net, 'yuan')) > large"),
        ("round_up(wage, 'yuan') > large", "round_up(wage, 'jiao') > large"),
        ("round_up(wage, 'yuan') > large", "round_half_up(wage, 'yuan') > large"),
        ("all(poor and m.in_school for m in members)", "poor and all(m.in_school for m in members)"),
        ("any(m.in_school or ill for m in members)", "any(m.in_school for m in members) or ill"),
        ("not poor and ill", "not (poor and ill)"),
        ("(wage if poor else spent) + net > large", "(wage if poor else spent + net) > large"),
        ("min(min(wage, spent), net) > large", "min(wage, max(spent, net)) > large"),
        ("rooms > 2", "rooms > 2.5"),
        ("age(moved) > 3", "age(moved, on=date(2024, 1, 1)) > 3"),
        ("moved + days(31) > on", "moved + months(31) > on"),
        ("any(m.in_school for m in members if m.paid > large)", "all(m.in_school for m in members if m.paid > large)"),
    ],
)
def test_what_is_near_is_told_apart(a: str, b: str) -> None:
    for language in LANGUAGES:
        words = Words(PlainVocabulary(), language)
        assert words.text(tree(a)) != words.text(tree(b))
    assert meaning(tree(a)) != meaning(tree(b))


# Values beside the words


def _annotate(node: Node) -> str | None:
    return "7元" if isinstance(node, Fact) and node.name == "wage" else None


def test_a_part_with_a_value_carries_it() -> None:
    assert Words(Vocabulary(), "zh", _annotate).text(tree("wage > large")) == "工资（7元）超过大额线"
    assert Words(Vocabulary(), "en", _annotate).text(tree("wage > large")) == "wage (7元) is above large sum"


def test_what_has_a_value_needs_none_within() -> None:
    def total(node: Node) -> str | None:
        return "9" if isinstance(node, Op) and node.name == "add" else _annotate(node)

    assert (
        Words(Vocabulary(), "en", total).text(tree("wage + spent > large"))
        == "(wage + spending (9)) is above large sum"
    )


def test_the_values_of_rows_are_not_those_of_the_whole() -> None:
    words = Words(Vocabulary(), "en", lambda node: "1" if isinstance(node, Fact) else None)
    assert (
        words.text(tree("sum(m.paid for m in members) > spent"))
        == "the total payments of the members is above spending (1)"
    )


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("wage > large", "工资是否超过大额线", "whether wage is above large sum"),
        ("0 <= wage", "工资是否不少于0", "whether wage is at least 0"),
    ],
)
def test_a_comparison_as_a_question(text: str, zh: str, en: str) -> None:
    node = tree(text)
    assert isinstance(node, Op)
    assert (Words(Vocabulary(), "zh").question(node), Words(Vocabulary(), "en").question(node)) == (zh, en)


MONEY = NumberType(Unit.parse("CNY/year"), 2, 0, 10**11)
SHARE = NumberType(decimals=2, hi=100)
AREA = NumberType(Unit.parse("mu"), 2, 0, 10**8)
YEARS = NumberType(Unit.parse("year"), 0, 0, 120)
EACH = NumberType(Unit.parse("CNY/person/year"), 2, 0, 10**11, whole=False)
VALUES: list[tuple[Any, tuple[Any, Any], str, str]] = [
    (MONEY, (540870, 540870), "5,408.7元/年", "5,408.7 yuan a year"),
    (MONEY, (500000, 600000), "5,000至6,000元/年", "5,000 to 6,000 yuan a year"),
    (MONEY, (500000, None), "不少于5,000元/年", "at least 5,000 yuan a year"),
    (MONEY, (None, 600000), "不超过6,000元/年", "at most 6,000 yuan a year"),
    (MONEY, (None, None), "未知", "unknown"),
    (MONEY, (0, None), "未知", "unknown"),
    (EACH, (749999.4, 749999.4), "7,499.99元/人/年", "7,499.99 yuan a person a year"),
    (EACH, (100000 / 3, 100000 / 3), "333.33元/人/年", "333.33 yuan a person a year"),
    (SHARE, (35, 35), "0.35", "0.35"),
    (YEARS, (16, 16), "16岁", "16 years"),
    (YEARS, (1, 1), "1岁", "1 year"),
    (YEARS, (0, 0), "0岁", "0 years"),
    (YEARS, (1, None), "不少于1岁", "at least 1 year"),
    (YEARS, (0, 1), "0至1岁", "0 to 1 years"),
    (AREA, (100, 100), "1亩", "1 mu"),
    (BOOLEAN, (True, True), "是", "yes"),
    (BOOLEAN, (False, False), "否", "no"),
    (BOOLEAN, (False, True), "未知", "unknown"),
    (DateType(), (date(2024, 2, 29), date(2024, 2, 29)), "2024年2月29日", "29 February 2024"),
    (
        DateType(),
        (date(2024, 2, 1), date(2024, 2, 29)),
        "2024年2月1日至2024年2月29日",
        "1 February 2024 to 29 February 2024",
    ),
    (DateType(), (None, date(2024, 2, 29)), "不超过2024年2月29日", "at most 29 February 2024"),
    (NumberType(hi=9), (0, 0), "0", "0"),
    (NumberType(lo=-9, hi=9), (-0.0, -0.0), "0", "0"),
    (NumberType(lo=-9, hi=9), (-3, -3), "-3", "-3"),
]


@pytest.mark.parametrize(("kind", "ends", "zh", "en"), VALUES)
def test_a_value_as_text(kind: Any, ends: tuple[Any, Any], zh: str, en: str) -> None:
    assert (value_text(kind, ends, "zh"), value_text(kind, ends, "en")) == (zh, en)


def test_a_plain_tree_has_no_words() -> None:
    names = with_definitions()
    leaf = names.nodes.make(Leaf, names.nodes.make(Fact, "poor", None, BOOLEAN), "lo", BOOLEAN)
    with pytest.raises(TypeError, match="no words"):
        Words(PlainVocabulary(), "zh").text(leaf)
