"""A cell is read where what it says is certain, and refused where it is not."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from fanpin import load_pack
from fanpin.cells import Unreadable, bare, expected, half_width, reader
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, Type
from fanpin.facts import FactSpec, FactTable
from fanpin.household import Household
from fanpin.i18n import Label
from fanpin.kinds import Between
from fanpin.tables import read_county
from fanpin.units import Unit

FACTS = FactTable.of(Household)
REFUSED = "refused"


def fact(name: str) -> FactSpec:
    """A fact of the household, or of a member."""
    return FACTS.household.get(name) or FACTS.collections["members"].facts[name]


def read(name: str, text: str, heading: str = "", scale: int = 1) -> Any:
    try:
        return reader(fact(name), heading, Decimal(scale))(bare(text))
    except Unreadable as error:
        return error.code or REFUSED


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5000", 5000),
        ("007", 7),
        ("-500", -500),
        ("+500", 500),
        ("−500", -500),
        ("12.34", 12.34),
        ("12.345", 12.345),  # grading says that it is more than fen
        ("5,000", 5000),
        ("1,234,567.5", 1234567.5),
        ("１２００", 1200),
        ("５，０００．５", 5000.5),
        ("5000元", 5000),
        ("5000 元", 5000),
        ("5000元/年", 5000),
        ("¥5,000", 5000),
        ("￥5000", 5000),
        ("5000 CNY", 5000),
        ("1.2万", 12000),
        ("1.2万元", 12000),
        ("3千", 3000),
        ('="5000"', 5000),
        ("'5000", 5000),
        ("\u00a05000\u3000", 5000),
        ("5000-6000", Between(5000, 6000)),
        ("5000－6000", Between(5000, 6000)),
        ("5000~6000", Between(5000, 6000)),
        ("5000～6000", Between(5000, 6000)),
        ("5000至6000", Between(5000, 6000)),
        ("5000到6000元", Between(5000, 6000)),
        ("5000—6000", Between(5000, 6000)),
        ("5,000元 - 6,000元", Between(5000, 6000)),
        ("5万-6万", Between(50000, 60000)),
        ("不超过5000", Between(0, 5000)),
        ("≤5000元", Between(0, 5000)),
        ("5000元以下", Between(0, 5000)),
        ("不足5000", Between(0, 5000)),
        ("", None),
        ("  ", None),
        ("未知", None),
        ("不详", None),
        ("NULL", None),
        ("nan", None),
        ("6000-5000", "cell-range-reversed"),
        ("约5000", "cell-vague"),
        ("5000左右", "cell-vague"),
        ("5000多", "cell-vague"),
        ("5000以上", "cell-vague"),  # the other end is anybody's guess
        ("不少于5000", "cell-vague"),
        ("5,00", REFUSED),
        ("5.000,50", REFUSED),
        ("5 000", REFUSED),
        ("5000-", REFUSED),
        ("5-6万", REFUSED),  # is the 5 five, or fifty thousand?
        ("5000元/月", REFUSED),
        ("5000美元", REFUSED),
        ("1e5", REFUSED),
        ("1.2E+11", REFUSED),
        ("五千", REFUSED),
        ("inf", REFUSED),
        ("50%", REFUSED),
        ("5²", REFUSED),
        ("①", REFUSED),
        ("٥٠٠", REFUSED),
        ("-", REFUSED),
        ("/", REFUSED),
        ("无", REFUSED),
        ("9" * 4999, REFUSED),
        ("9" * 20, 99999999999999999999),  # the bounds of the fact are for the model to hold
    ],
)
def test_money(text: str, value: object) -> None:
    assert read("wage_income", text) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("size", "3人", 3),
        ("size", "3口人", 3),
        ("size", "三", 3),
        ("size", "两人", 2),
        ("size", "3.0", 3),
        ("size", "2-3", Between(2, 3)),
        ("size", "不超过3人", Between(1, 3)),
        ("size", "3.5", 3.5),  # which the model refuses
        ("size", "3万", REFUSED),
        ("size", "三十五", REFUSED),
        ("size", "三口之家", REFUSED),
        ("size", "1-2-3", REFUSED),
        ("disability_grade", "2级", 2),
        ("disability_grade", "二级", 2),
        ("employed_months", "6个月", 6),
        ("arable_land", "10.5亩", 10.5),
        ("house_area", "60m²", 60),
        ("house_area", "60㎡", 60),
        ("distance_to_road", "1.5公里", 1.5),
        ("distance_to_road", "1.5里", REFUSED),
        ("previous_net_income_per_person", "5000元/人·年", 5000),
        ("previous_net_income_per_person", "不超过5000", "cell-vague"),  # it may be below 0 as far as anybody knows
    ],
)
def test_numbers_of_other_units(name: str, text: str, value: object) -> None:
    assert read(name, text) == value


def test_a_column_in_ten_thousands_counts_so_and_takes_no_other_unit() -> None:
    assert read("wage_income", "1.2", scale=10_000) == 12000
    assert read("wage_income", "1-2", scale=10_000) == Between(10000, 20000)
    assert read("wage_income", "12000元", scale=10_000) == REFUSED
    assert read("wage_income", "1.2万", scale=10_000) == REFUSED


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("2024/3/1", date(2024, 3, 1)),
        ("2024.3.1", date(2024, 3, 1)),
        ("2024年3月1日", date(2024, 3, 1)),
        ("２０２４年３月１日", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        ("2024/3/1 0:00", date(2024, 3, 1)),
        ("2024-03-01 00:00:00", date(2024, 3, 1)),
        ("2024-03-01T00:00:00", date(2024, 3, 1)),
        ("202403", date(2024, 3, 1)),
        ("2024-03", date(2024, 3, 1)),
        ("2024年3月", date(2024, 3, 1)),
        ("1956年", Between(date(1956, 1, 1), date(1956, 12, 31))),
        ("2024-03-01至2024-03-15", Between(date(2024, 3, 1), date(2024, 3, 15))),
        ("2024-03-01 - 2024-03-15", Between(date(2024, 3, 1), date(2024, 3, 15))),
        ("2023-12~2024-02", Between(date(2023, 12, 1), date(2024, 2, 29))),
        ("", None),
        ("未知", None),
        ("45352", "cell-serial-day"),
        ("45352.5", "cell-serial-day"),
        ("2024-03-15至2024-03-01", "cell-range-reversed"),
        ("2024-03-01至2024-03-05至2024-03-09", REFUSED),
        ("2024.1", REFUSED),  # may have been 2024.10
        ("1956", REFUSED),
        ("2024-02-30", REFUSED),
        ("2024-13", REFUSED),
        ("0000-01-01", REFUSED),
        ("9999", REFUSED),
        ("3/1/2024", REFUSED),
        ("24-03-01", REFUSED),
        ("2024年3月1", REFUSED),
        ("2024-03-01 08:30", REFUSED),
        ("去年三月", REFUSED),
    ],
)
def test_days(text: str, value: object) -> None:
    assert read("birth_date", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True),
        ("否", False),
        ("Y", True),
        ("n", False),
        ("Yes", True),
        ("TRUE", True),
        ("false", False),
        ("1", True),
        ("0", False),
        ("１", True),
        ("", None),
        ("不详", None),
        ("有", REFUSED),
        ("无", REFUSED),
        ("√", True),
        ("×", False),
        ("x", REFUSED),
        ("√×", REFUSED),
        ("on", REFUSED),
        ("t", REFUSED),
        ("2", REFUSED),
        ("是否", REFUSED),
    ],
)
def test_yes_and_no(text: str, value: object) -> None:
    assert read("registered_poor", text) == value


@pytest.mark.parametrize("heading", ["有卫生厕所", "是否有卫生厕所"])
def test_where_the_heading_asks_whether_there_is_one_the_answer_may_be_so_too(heading: str) -> None:
    assert [read("has_toilet", text, heading) for text in ("有", "无", "没有", "是")] == [True, False, False, True]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("none", "none"),
        ("无劳动力", "none"),
        ("Skilled Labour", "skilled"),
        ("弱劳动力或半劳动力", "weak"),
        ("", None),
        ("未知", None),
        ("劳动力", REFUSED),
        ("ordinary、skilled", REFUSED),
    ],
)
def test_choices_by_code_or_label(text: str, value: object) -> None:
    assert read("labour", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("妻子", "spouse"), ("丈夫", "spouse"), ("配偶", "spouse"), ("本人", "head"), ("长子", "son"),
        ("女", "daughter"), ("孙女", "grandchild"), ("母亲", "parent"), ("岳母", "parent_in_law"),
        ("哥哥", "sibling"), ("亲戚", REFUSED),
    ],
)  # fmt: skip
def test_relations_are_read_as_lists_of_members_name_them(text: str, value: object) -> None:
    assert read("relation", text) == value
    assert read("sex", "女") == "female"


def test_a_code_in_full_width_digits_is_the_same_code() -> None:
    assert read("household_id", "Ｈ１５０－２") == "H150-2"
    assert read("name", "张１") == "张１"  # a name stays as it is


def test_a_word_that_two_values_share_means_neither() -> None:
    spec = FactSpec(
        "x", Label("甲", "x"), ChoiceType(("a", "b")), values={"a": Label("同", "A"), "b": Label("同", "B")}
    )
    assert reader(spec)("A") == "a"
    with pytest.raises(Unreadable):
        reader(spec)("同")


def test_an_open_choice_keeps_what_is_outside_its_list() -> None:
    spec = FactSpec("x", Label("甲", "x"), ChoiceType(("a",), other=True), values={"a": Label("一", "A")})
    assert (reader(spec)("一"), reader(spec)("另一种")) == ("a", "另一种")


def test_a_refusal_holds_nothing_of_the_cell() -> None:
    with pytest.raises(Unreadable) as caught:
        reader(fact("wage_income"))("机密")
    assert "机密" not in f"{caught.value!r} {caught.value} {caught.value.__dict__}"


@pytest.mark.parametrize("name", [*FACTS.household, *FACTS.collections["members"].facts])
def test_what_each_fact_expects_can_be_said_in_both_languages(name: str) -> None:
    problem = expected(fact(name))
    shown = {**problem.details, "shown": "***"}
    texts = [type(problem)(problem.code, details=shown).text(language) for language in ("zh", "en")]
    assert all(texts)
    assert texts[0] != texts[1]


def test_full_width_signs_become_half_width_and_nothing_else_changes() -> None:
    assert half_width("ＡＢ（１）～㎡②") == "AB(1)~㎡②"


# None is a value, and an empty cell is missing


def with_none(kind: Type, none: Any, *marks: str, values: Mapping[str, Label] | None = None) -> FactSpec:
    return FactSpec("f", Label("某", "f"), kind, values=values or {}, none=none, none_marks=marks or ("无",))


CLASSES = ChoiceType(("a", "b", "nothing"), other=True)
LABELS = {"a": Label("甲", "first"), "b": Label("无房", "no house"), "nothing": Label("没有", "nothing")}
OF_NONE = [
    (with_none(NumberType(Unit.parse("CNY"), 2, 0, 10**11), 0.0), 0.0),
    (with_none(NumberType(Unit.parse("person"), 0, 0, 50), 3.0), 3.0),
    (with_none(DateType(), DateType().lo), DateType().lo),
    (with_none(BooleanType(), False), False),
    (with_none(BooleanType(), True), True),
    (with_none(CLASSES, "nothing", values=LABELS), "nothing"),
]


@pytest.mark.parametrize(("spec", "none"), OF_NONE)
@pytest.mark.parametrize("text", ["无", " 无 ", "none", "None", "ＮＯＮＥ"])
def test_a_mark_of_none_is_its_value(spec: FactSpec, none: Any, text: str) -> None:
    assert reader(spec)(text) == none
    assert type(reader(spec)(text)) is type(none)


@pytest.mark.parametrize("spec", [spec for spec, _ in OF_NONE])
@pytest.mark.parametrize("text", ["", " ", "未知", "不详"])
def test_a_blank_is_missing_though_none_is_a_value(spec: FactSpec, text: str) -> None:
    assert reader(spec)(text) is None


@pytest.mark.parametrize("spec", [spec for spec, _ in OF_NONE[:5]])
def test_without_a_value_for_none_its_marks_are_refused(spec: FactSpec) -> None:
    for text in ("无", "none"):
        with pytest.raises(Unreadable):
            reader(evolve(spec, none=None, none_marks=()))(text)


def test_a_pack_names_the_marks_and_all_else_is_read_as_ever() -> None:
    money = reader(with_none(NumberType(Unit.parse("CNY"), 2, 0, 10**11), 0.0, "首次申请", "从未"), "", Decimal(10_000))
    assert (money("首次申请"), money("从未"), money("1.5"), money("1-2")) == (0, 0, 15_000, Between(10_000, 20_000))
    with pytest.raises(Unreadable):
        money("无")


def test_a_word_of_a_choice_keeps_its_meaning() -> None:
    choice = reader(with_none(CLASSES, "nothing", "无房", "没", values=LABELS))
    assert (choice("无房"), choice("没"), choice("没有"), choice("别的")) == ("b", "nothing", "nothing", "别的")


def test_in_a_table_marks_of_none_are_read_and_a_blank_stays_missing(tmp_path: Path) -> None:
    model = load_pack(Path(__file__).parent / "packs" / "paying").model
    (tmp_path / "h.csv").write_text(
        "户编号,地租,租约,租约将到期\n1,无,无,无\n2,,,\n3,500,书面,是\n4,无,口头,未知\n", encoding="utf-8"
    )
    (tmp_path / "m.csv").write_text("户编号,姓名,外出日期\n1,甲,无\n1,乙,\n1,丙,2024-03-01\n", encoding="utf-8")
    county = read_county(tmp_path / "h.csv", tmp_path / "m.csv", model=model)
    assert county.problems == ()
    assert county.households.select("rent", "lease", "lease_ends").rows() == [
        (0.0, "nothing", False),
        (None, None, None),
        (500.0, "written", True),
        (0.0, "oral", None),
    ]
    assert county.members is not None
    assert county.members["left_on"].to_list() == [DateType().lo, None, date(2024, 3, 1)]
