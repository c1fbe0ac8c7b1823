"""The table of facts says what the models take, and models made from tables take just that."""

import pickle
import subprocess
import sys
from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fanpin.errors import PackError
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, TextType, Type
from fanpin.facts import CollectionSpec, FactSpec, FactTable, name_refused
from fanpin.household import Between, Choice, Household, Member, Money, YesNo, fact, rows
from fanpin.i18n import Label
from fanpin.id_numbers import DISABILITY_CLASSES
from fanpin.kinds import About, Words
from fanpin.records import Record, problems_of
from fanpin.units import Unit

TABLE = FactTable.of(Household)
HOUSEHOLD = TABLE.household
MEMBERS = TABLE.collections["members"].facts
ALL = [*HOUSEHOLD.values(), *MEMBERS.values()]
READ = [spec for spec in ALL if spec.read]


def spec(name: str, kind: Type, **more: Any) -> FactSpec:
    return FactSpec(name, Label(f"{name} 的中文", f"{name} in English"), kind, **more)


HAY = spec("hay", NumberType(Unit.parse("mu"), 2, 0, 10**6), headers=("储草面积",))
FUEL = spec(
    "fuel", ChoiceType(("coal", "wood"), other=True), values={"coal": Label("煤", "coal"), "wood": Label("柴", "wood")}
)
ROOF = spec("roof", ChoiceType(("tile", "straw")), values={"tile": Label("瓦", "tile"), "straw": Label("草", "straw")})
ROOMS = spec("rooms", NumberType(Unit.parse("room"), 0, 1, 20))
MOVED = spec("moved", DateType(date(2000, 1, 1), date(2030, 12, 31)))
WARM = spec("warm", BooleanType())
NOTE = spec("note", TextType(), sensitivity="secret", read=False)
ADDED = {f.name: f for f in (HAY, FUEL, ROOF, ROOMS, MOVED, WARM, NOTE)}
PULSE = spec("pulse", NumberType(hi=300), collection="members")
AMOUNT = spec("amount", NumberType(Unit.parse("CNY/year"), 2, 0, 10**8), collection="old_bills")
BILLS = CollectionSpec("old_bills", Label("票据", "bills"), 7, "", {"amount": AMOUNT})
EXTENDED = TABLE.extended(ADDED, {"pulse": PULSE}, {"old_bills": BILLS})
MODEL = EXTENDED.model()


def read(model: type[Household], **facts: Any) -> Any:
    """A household of a model whose facts no type checker can know."""
    return model.model_validate({"household_id": "1", **facts})


# Read off the models


def test_every_field_is_a_fact_or_a_collection() -> None:
    assert {*HOUSEHOLD, *TABLE.collections} == set(Household.model_fields)
    assert set(MEMBERS) == set(Member.model_fields)


def test_the_facts_that_rules_read_are_those_of_the_issue() -> None:
    assert len([f for f in HOUSEHOLD.values() if f.read]) == 41
    assert len([f for f in MEMBERS.values() if f.read]) == 18


def test_identity_is_not_read_by_rules() -> None:
    unread = {f.name for f in ALL if not f.read}
    assert unread == {
        "household_id", "region", "village", "grid", "head_name", "address", "phone", "bank_account", "as_of",
        "members_complete", "name", "id_number",
    }  # fmt: skip


@pytest.mark.parametrize("found", READ, ids=lambda f: f.name)
def test_text_decides_nothing_so_no_fact_of_rules_is_text(found: FactSpec) -> None:
    assert not isinstance(found.type, TextType)


@pytest.mark.parametrize("found", ALL, ids=lambda f: f.name)
def test_each_fact_has_a_chinese_and_an_english_label(found: FactSpec) -> None:
    assert found.label.zh
    assert not found.label.zh.isascii()
    assert found.label.en
    assert found.label.en.isascii()


@pytest.mark.parametrize("found", [f for f in ALL if isinstance(f.type, ChoiceType)], ids=lambda f: f.name)
def test_each_value_of_a_choice_has_a_word_in_both_languages(found: FactSpec) -> None:
    assert isinstance(found.type, ChoiceType)
    assert tuple(found.values) == found.type.values
    for word in found.values.values():
        assert word.zh
        assert word.en.isascii()
    assert len({word.zh for word in found.values.values()}) == len(found.values)


@pytest.mark.parametrize("found", [f for f in ALL if isinstance(f.type, NumberType)], ids=lambda f: f.name)
def test_each_number_has_finite_bounds_in_whole_parts(found: FactSpec) -> None:
    assert isinstance(found.type, NumberType)
    assert isinstance(found.type.lo, int)
    assert isinstance(found.type.hi, int)
    assert found.type.lo < found.type.hi
    if found.type.unit.has_money:
        assert found.type.decimals == 2


def test_money_is_counted_in_fen_a_year_and_size_in_persons() -> None:
    assert HOUSEHOLD["wage_income"].type == NumberType(Unit.parse("CNY/year"), 2, 0, 10**11)
    assert HOUSEHOLD["previous_net_income_per_person"].type == NumberType(
        Unit.parse("CNY/person/year"), 2, -(10**11), 10**11
    )
    assert HOUSEHOLD["size"].type == NumberType(Unit.parse("person"), 0, 1, 50)
    assert MEMBERS["employed_months"].type == NumberType(Unit.parse("month"), 0, 0, 12)
    assert MEMBERS["disability_grade"].type == NumberType(decimals=0, lo=1, hi=4)


def test_official_words_are_those_of_the_national_lists() -> None:
    assert [w.zh for w in MEMBERS["labour"].values.values()] == [
        "普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力",
    ]  # fmt: skip
    assert [w.zh for w in MEMBERS["health"].values.values()] == ["健康", "长期慢性病", "大病", "残疾"]
    assert [w.zh for w in HOUSEHOLD["monitored_as"].values.values()] == [
        "脱贫不稳定户",
        "边缘易致贫户",
        "突发严重困难户",
    ]
    assert tuple(MEMBERS["disability_class"].values) == DISABILITY_CLASSES


def test_what_may_never_be_published_is_secret() -> None:
    assert {f.name for f in ALL if f.sensitivity == "secret"} == {
        "id_number", "phone", "bank_account", "health", "disability_class", "disability_grade",
    }  # fmt: skip


def test_members_are_a_collection_counted_in_persons() -> None:
    members = TABLE.collections["members"]
    assert (members.label.zh, members.max_rows, members.row_unit) == ("家庭成员", 50, "person")
    assert all(f.collection == "members" for f in members.facts.values())


# A plugin's subclass


class Grant(Record):
    paid: Money = fact("金额", "paid", unit="CNY")


class County(Household):
    by_the_river: YesNo = fact("临河", "by the river", sensitivity="public")
    soil: Choice[Literal["sand", "loam"]] = fact(
        "土质", "soil", labels={"sand": ("沙", "sand"), "loam": ("壤", "loam")}
    )
    plain_truth: bool | None = fact("简单是否", "plain yes or no")
    plain_choice: Literal["a", "b"] | None = fact("简单选项", "plain choice")
    plain_text: str | None = fact("简单文字", "plain text")
    scratch: float | None = None  # said nothing of, so no fact
    grants: tuple[Grant, ...] | None = rows("补助", "grants")


def test_a_typed_subclass_brings_its_facts_and_collections() -> None:
    table = FactTable.of(County)
    assert table.household["by_the_river"].type == BooleanType()
    assert table.household["soil"].type == ChoiceType(("sand", "loam"))
    assert table.household["plain_truth"].type == BooleanType()
    assert table.household["plain_choice"].type == ChoiceType(("a", "b"))
    assert table.household["plain_text"].type == TextType()
    assert "scratch" not in table.household
    assert table.collections["grants"].facts["paid"].type == NumberType(Unit.parse("CNY"), 2, 0, 10**11)
    assert HOUSEHOLD.items() <= table.household.items()


def test_a_number_without_bounds_is_no_fact() -> None:
    class Careless(Household):
        debt: float | None = fact("债务", "debt", unit="CNY")

    with pytest.raises(TypeError, match=r"^Careless\.debt: a fact's type is one of fanpin\.household"):
        FactTable.of(Careless)


def test_words_for_values_that_a_choice_has_not_are_refused() -> None:
    class Careless(Household):
        soil: Choice[Literal["sand", "loam"]] = fact(
            "土质", "soil", labels={"sand": ("沙", "sand"), "laom": ("壤", "loam")}
        )

    with pytest.raises(TypeError, match=r"^Careless\.soil: `labels` must name its values, sand, loam$"):
        FactTable.of(Careless)


# Headings


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("工资性收入", "wage_income"), ("wage_income", "wage_income"), ("wage income", "wage_income"),
        ("Wage Income", "wage_income"), ("工资性收入(元)", "wage_income"), ("工资性收入（元/年）", "wage_income"),
        (" 工资性 收入 ", "wage_income"), ("检测对象类别", "monitored_as"), ("是否脱贫户", "registered_poor"),
        ("家庭人口数（人）", "size"), ("当前家庭人口数", "size"), ("与村主干路距离（公里）", "distance_to_road"),
        ("村(嘎查)", "village"), ("户编号", "household_id"), ("识别监测时间", "identified_on"),
    ],
)  # fmt: skip
def test_a_heading_of_a_household_is_found(heading: str, name: str) -> None:
    found = TABLE.by_header(heading)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("证件号码", "id_number"),
        ("务工时间(月)", "employed_months"),
        ("务工时间", "employed_months"),
        ("与户主关系", "relation"),
    ],
)
def test_a_heading_of_a_member_is_found(heading: str, name: str) -> None:
    found = TABLE.by_header(heading, "members")
    assert found is not None
    assert (found.name, found.collection) == (name, "members")


def test_one_heading_may_mean_one_thing_for_the_household_and_another_for_its_members() -> None:
    assert TABLE.by_header("联系电话") == HOUSEHOLD["phone"]
    assert TABLE.by_header("联系电话", "members") == MEMBERS["phone"]


@pytest.mark.parametrize("heading", ["", "()", "收入", "年度家庭人口数", "是否饮水出现安全问题", "工资"])
def test_a_heading_that_only_resembles_a_fact_is_not_found(heading: str) -> None:
    assert TABLE.by_header(heading) is None


@pytest.mark.parametrize(
    "heading", ["是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险", "是否参加居民养老保险"]
)
def test_one_of_two_insurances_is_not_whether_somebody_is_insured(heading: str) -> None:
    assert TABLE.by_header(heading, "members") is None


@pytest.mark.parametrize("facts", [HOUSEHOLD, MEMBERS], ids=["household", "members"])
def test_no_heading_means_two_facts(facts: dict[str, FactSpec]) -> None:
    collection = next(iter(facts.values())).collection
    for found in facts.values():
        for heading in (found.name, found.label.zh, found.label.en, *found.headers):
            assert TABLE.by_header(heading, collection) == found, heading


def test_the_heading_of_a_packs_fact_is_found() -> None:
    assert EXTENDED.by_header("储草面积（亩）") == HAY
    assert EXTENDED.by_header("amount", "old_bills") == AMOUNT


# Extended by a pack, and a model of it


def test_a_model_made_from_a_table_says_that_table() -> None:
    assert FactTable.of(MODEL) == EXTENDED


def test_a_table_that_adds_nothing_is_a_table_of_the_model_itself() -> None:
    assert TABLE.model() is Household
    assert FactTable.of(County).model(County) is County


def test_equal_tables_give_one_model() -> None:
    again = TABLE.extended(dict(reversed(ADDED.items())), {"pulse": PULSE}, {"old_bills": BILLS})
    assert again == EXTENDED
    assert again.model() is MODEL
    assert TABLE.extended({"hay": HAY}, {}, {}).model() is not MODEL


def test_a_packs_facts_are_read_like_those_of_a_household() -> None:
    known = read(
        MODEL, wage_income="900", hay="2.5", fuel=" gas ", roof="tile", rooms={"lo": 1, "hi": "2"}, moved="2001-03",
        warm="是", note="x", members=[{"pulse": "80", "sex": "male"}], old_bills=[{"amount": 3}],
    )  # fmt: skip
    assert issubclass(type(known), Household)
    assert (known.wage_income, known.hay, known.fuel, known.roof) == (900, 2.5, "gas", "tile")
    assert (known.warm, known.note) == (True, "x")
    assert (known.rooms, known.moved) == (Between(1, 2), date(2001, 3, 1))
    assert issubclass(type(known.members[0]), Member)
    assert (known.members[0].pulse, known.members[0].sex, known.old_bills[0].amount) == (80, "male", 3.0)


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"hay": 10000.01}, "fact-number", "hay"),
        ({"hay": -0.01}, "fact-number", "hay"),
        ({"rooms": 0}, "fact-whole-number", "rooms"),
        ({"rooms": 1.5}, "fact-whole-number", "rooms"),
        ({"roof": "iron"}, "fact-choice", "roof"),
        ({"moved": "1999-12-31"}, "fact-day", "moved"),
        ({"warm": "warm"}, "fact-yes-no", "warm"),
        ({"note": ["x"]}, "fact-text", "note"),
        ({"members": [{}, {"pulse": 301}]}, "fact-whole-number", "members[2].pulse"),
        ({"old_bills": [{"amount": "x"}]}, "fact-number", "old_bills[1].amount"),
        ({"old_bills": [{}] * 8}, "fact-rows", "old_bills"),
        ({"wage_income": "x"}, "fact-number", "wage_income"),
        ({"hey": 1}, "fact-unknown", "hey"),
    ],
)
def test_a_packs_facts_are_refused_like_those_of_a_household(wrong: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MODEL.model_validate({"household_id": "1", **wrong})
    assert [(p.code, p.place.field) for p in problems_of(refused.value, MODEL)] == [(code, field)]


def test_too_many_rows_are_refused_with_the_number_that_the_pack_allows() -> None:
    with pytest.raises(ValidationError) as refused:
        MODEL.model_validate({"household_id": "1", "old_bills": [{}] * 8})
    assert problems_of(refused.value, MODEL)[0].text("en") == "old_bills: rows are needed, at most 7 of them"


@pytest.mark.parametrize("name", [*ADDED])
def test_a_gap_in_a_packs_fact_is_missing(name: str) -> None:
    for gap in (None, "", " ", float("nan")):
        assert getattr(MODEL.model_validate({"household_id": "1", name: gap}), name) is None


def test_a_packs_facts_keep_privacy() -> None:
    assert (
        repr(MODEL.model_validate({"household_id": "1", "hay": 7, "note": "甲某"}))
        == "Household(household_id='1', known=1)"
    )
    with pytest.raises(ValidationError) as refused:
        MODEL.model_validate({"household_id": "1", "hay": "甲某", "old_bills": ["甲某"]})
    assert "甲某" not in str(refused.value) + repr(refused.value.errors()) + refused.value.json()


def test_a_packs_facts_are_in_the_schema_for_forms() -> None:
    schema = MODEL.model_json_schema()
    hay = schema["properties"]["hay"]
    assert (hay["title"], hay["x-unit-zh"], hay["anyOf"][0]["maximum"]) == ("hay 的中文", "亩", 10000)
    assert schema["properties"]["old_bills"]["anyOf"][0]["maxItems"] == 7
    assert set(schema["$defs"]) == {"Member", "OldBills"}
    assert schema["properties"]["roof"]["x-values"]["straw"] == {"zh": "草", "en": "straw"}


def test_a_packs_facts_are_added_to_a_plugins_subclass() -> None:
    model = FactTable.of(County).extended({"hay": HAY}, {}, {}).model(County)
    known = read(model, by_the_river=True, hay=3, grants=[{"paid": 1}])
    assert issubclass(type(known), County)
    assert (known.by_the_river, known.hay, known.grants[0].paid) == (True, 3, 1)


def test_households_of_a_pack_pickle_into_equal_ones_of_the_same_model() -> None:
    known = MODEL.model_validate(
        {"household_id": "1", "hay": {"lo": 1, "hi": 2}, "members": [{"pulse": 80}], "old_bills": [{}]}
    )
    again = pickle.loads(pickle.dumps(known))
    assert again == known
    assert type(again) is MODEL
    assert type(again.members[0]) is type(known.members[0])  # type: ignore[index]


def test_households_of_a_pack_pickle_into_a_process_that_never_saw_the_pack() -> None:
    known = MODEL.model_validate({"household_id": "1", "hay": 2.5, "members": [{"pulse": 80}]})
    program = (
        "import pickle, sys\n"
        "known = pickle.load(sys.stdin.buffer)\n"
        "sys.stdout.write(f'{known!r} {known.hay} {known.members[0].pulse}')"
    )
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(known), capture_output=True, check=True)
    assert done.stdout.decode("ascii") == "Household(household_id='1', known=1) 2.5 80"


class Named(MODEL):  # type: ignore[misc,valid-type]
    """A model that somebody makes of a pack's, and gives a name."""


def test_a_named_subclass_of_a_packs_model_pickles_as_itself() -> None:
    known = Named(household_id="1", hay=3)
    assert type(pickle.loads(pickle.dumps(known))) is Named


def test_a_table_pickles() -> None:
    assert pickle.loads(pickle.dumps(EXTENDED)) == EXTENDED


# Names


@pytest.mark.parametrize("name", ["hay", "months_here", "Hay2", "草", "known", "copy_", "type"])
def test_most_names_can_be_a_facts(name: str) -> None:
    assert name_refused(name, Household) is None


@pytest.mark.parametrize(
    "name",
    [
        "net_income",
        "copy",
        "json",
        "model_dump",
        "model_anything",
        "class",
        "on",
        "risks",
        "row",
        "household_id",
        "hay__lo",
        "hay__hi",
        "True",
        "_hay",
        "",
        "a b",
        "2a",
        "a-b",
    ],
)
def test_a_name_that_means_something_else_can_not(name: str) -> None:
    refused = name_refused(name, Household)
    assert refused is not None
    assert refused.code == "fact-name"


def test_every_name_that_can_not_be_is_said_in_one_pass() -> None:
    bad = CollectionSpec("copy", Label("票据", "bills"), 7, "", {"json": AMOUNT})
    with pytest.raises(PackError) as refused:
        TABLE.extended({"net_income": HAY, "members": HAY}, {"class": PULSE}, {"copy": bad, "size": BILLS})
    assert {problem.place.field for problem in refused.value.problems} == {
        "net_income", "members", "members.class", "copy", "copy.json", "size",
    }  # fmt: skip


def test_a_name_of_the_household_may_be_a_members_too() -> None:
    assert "net_income" in TABLE.extended({}, {"net_income": PULSE}, {}).collections["members"].facts


# Any fact


LABELS = st.builds(Label, st.just("某"), st.just("some"))
NUMBERS = st.builds(
    lambda lo, more, decimals, unit: NumberType(Unit.parse(unit), decimals, lo, lo + more),
    st.integers(-(10**11), 10**11),
    st.integers(1, 10**11),
    st.integers(0, 4),
    st.sampled_from(["", "CNY/year", "person", "mu"]),
)
DATES = st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=2, max_size=2).map(
    lambda two: DateType(*sorted(two))
)
CHOICES = st.builds(
    ChoiceType,
    st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=5, unique=True).map(tuple),
    st.booleans(),
)
TYPES = NUMBERS | DATES | CHOICES | st.just(BooleanType()) | st.just(TextType())


@given(TYPES)
def test_any_type_of_a_fact_survives_the_way_into_a_model_and_back(kind: Type) -> None:
    values = {value: Label(f"词{value}", value) for value in kind.values} if isinstance(kind, ChoiceType) else {}
    added = FactSpec("some", Label("某", "some"), kind, "public", ("某列",), values, None, True, "source")
    table = TABLE.extended({"some": added}, {}, {})
    assert FactTable.of(table.model()).household["some"] == added


@given(NUMBERS, st.integers(-(10**12), 10**12))
def test_a_number_is_taken_just_within_its_bounds(kind: NumberType, parts: int) -> None:
    model = TABLE.extended({"some": spec("some", kind)}, {}, {}).model()
    value = parts / 10**kind.decimals
    try:
        taken = model.model_validate({"household_id": "1", "some": value}).some  # type: ignore[attr-defined]
    except ValidationError:
        taken = None
    assert (taken == value) == (kind.lo <= parts <= kind.hi)
    for end in (kind.lo, kind.hi):
        assert read(model, some=end / 10**kind.decimals).some == end / 10**kind.decimals


def test_a_field_may_be_said_to_be_text_by_its_kind() -> None:
    info = Household.model_fields["village"]
    assert isinstance(info.json_schema_extra, About)
    assert any(isinstance(said, Words) for said in info.metadata)
