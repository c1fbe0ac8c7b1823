"""Household and member: what each kind of fact takes, what is derived and noted, and that no error shows a value."""

import copy
import io
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError, field_validator, model_validator

from fanpin.errors import DataError
from fanpin.household import Between, Household, Member, Money, Text, fact, notes, rows
from fanpin.id_numbers import invented_id_number
from fanpin.records import Record, mask, problems_of, salvage

NAN = float("nan")


def household(**facts: Any) -> Household:
    return Household.model_validate({"household_id": "H-1", **facts})


def refusals(**facts: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(ValidationError) as refused:
        household(**facts)
    return [(problem.code, problem.place.field) for problem in problems_of(refused.value, Household)]


# Ranges


def test_a_range_may_be_a_single_point() -> None:
    assert Between(5, 5) == Between(5, 5)


@pytest.mark.parametrize(("lo", "hi"), [(2, 1), (NAN, 1), (1, NAN), (date(2024, 1, 2), date(2024, 1, 1))])
def test_a_range_turned_round_is_refused_without_its_ends(lo: Any, hi: Any) -> None:
    with pytest.raises(ValueError, match=r"^the low end of a range can't be above its high end$"):
        Between(lo, hi)


def test_a_range_shows_its_ends_and_pickles() -> None:
    assert repr(Between(5000, 6000)) == "Between(5000, 6000)"
    assert pickle.loads(pickle.dumps(Between(1, 2))) == Between(1, 2)


class Foreign(BaseModel):
    share: Between[float]
    since: Between[date] | None = None


def test_a_range_is_a_field_of_anybodys_model() -> None:
    read = Foreign.model_validate_json(
        '{"share": {"lo": 1, "hi": 2}, "since": {"lo": "2024-01-01", "hi": "2024-02-01"}}'
    )
    assert read == Foreign(share=Between(1, 2), since=Between(date(2024, 1, 1), date(2024, 2, 1)))
    assert Foreign.model_validate_json(read.model_dump_json()) == read
    schema = Foreign.model_json_schema()["properties"]["share"]
    assert (schema["type"], schema["required"]) == ("object", ["lo", "hi"])
    with pytest.raises(ValidationError, match="low end"):
        Foreign.model_validate({"share": {"lo": 2, "hi": 1}})


# Numbers


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (7500, 7500.0),
        (7500.25, 7500.25),
        ("7500.25", 7500.25),
        (" 7500 ", 7500.0),
        ("7,500.50", 7500.5),
        ("７５００", 7500.0),
        ("７，５００", 7500.0),
        (Decimal("0.1"), 0.1),
        (Fraction(1, 2), 0.5),
        (0, 0.0),
        (1e9, 1e9),
        (0.12345, 0.12345),  # too many decimals are grading's to report
        ({"lo": 1, "hi": "2,000"}, Between(1.0, 2000.0)),
        (Between(1, 2), Between(1.0, 2.0)),
    ],
)
def test_money_is_a_number_or_a_range_of_yuan(given: object, held: object) -> None:
    read = household(wage_income=given).wage_income
    assert read == held
    assert isinstance(read, float | Between)


@pytest.mark.parametrize(
    "given",
    [
        True, -0.01, 1e9 + 1, float("inf"), float("-inf"), "inf", 10**400, "1e999", Decimal("1e99999999"), "9" * 6000,
        "7500元", "7,50", "about 3", "0x10", b"5", 1j, [], {}, object(), "\ud800",
        {"lo": 2, "hi": 1}, {"lo": 1}, {"lo": None, "hi": 1}, {"lo": -1, "hi": 1}, {"lo": 1, "hi": 2, "mid": 1},
        Between(-1, 5), Between(5, 2e9), Between(0, float("inf")), Between(date(2024, 1, 1), date(2024, 1, 2)),
    ],
)  # fmt: skip
def test_what_is_no_money_is_refused(given: object) -> None:
    assert refusals(wage_income=given) == [("fact-number", "wage_income")]


def test_last_years_net_income_may_be_negative() -> None:
    assert household(previous_net_income_per_person=-1200).previous_net_income_per_person == -1200


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (3, 3),
        (3.0, 3),
        ("3", 3),
        ("3.0", 3),
        ("３", 3),
        ({"lo": 2, "hi": "4"}, Between(2, 4)),
        (Between(2.0, 4.0), Between(2, 4)),
    ],
)
def test_a_size_is_a_whole_number(given: object, held: object) -> None:
    read = household(size=given).size
    assert read == held
    assert isinstance(read, int) or isinstance(read.lo, int)  # type: ignore[union-attr]


@pytest.mark.parametrize("given", [0, 51, 3.5, "3.5", True, "three", Between(0, 3), Between(3, 51), "9" * 6000])
def test_what_is_no_size_is_refused(given: object) -> None:
    assert refusals(size=given) == [("fact-whole-number", "size")]


# Days


@pytest.mark.parametrize(
    "given",
    [
        date(2024, 3, 5), datetime(2024, 3, 5), "2024-03-05", "2024-3-5", "2024/3/5", "2024.03.05", "20240305",
        20240305, 20240305.0, "2024年3月5日", " 2024-03-05 ", "２０２４-０３-０５", "2024-03-05 00:00:00",
        "2024-03-05T00:00",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_and_spreadsheets_write_it(given: object) -> None:
    assert household(identified_on=given).identified_on == date(2024, 3, 5)


@pytest.mark.parametrize("given", ["202403", 202403, "2024-03", "2024-3", "2024/03", "2024年3月"])
def test_a_month_counts_from_its_first_day(given: object) -> None:
    assert household(identified_on=given).identified_on == date(2024, 3, 1)


@pytest.mark.parametrize("given", ["0", 0, "86400", 86400, 1709596800, "1709596800"])
def test_digits_are_never_seconds_since_1970(given: object) -> None:
    assert refusals(identified_on=given) == [("fact-day", "identified_on")]
    with pytest.raises(ValidationError):
        Household.model_validate_json(json.dumps({"household_id": "1", "identified_on": given}))


@pytest.mark.parametrize(
    "given",
    [
        "2024", "2024-02-30", "2023-02-29", "202413", "1899-12-31", "2101-01-01", "5 March 2024", True, 20240305.5,
        datetime(2024, 3, 5, 8), datetime(2024, 3, 5, tzinfo=timezone(timedelta(hours=8))), float("inf"), [], {},
        Between(date(1800, 1, 1), date(2024, 1, 1)), {"lo": "2024-02", "hi": "2024-01"}, Between(1, 2),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(given: object) -> None:
    assert refusals(identified_on=given) == [("fact-day", "identified_on")]


def test_a_day_may_be_a_range_and_the_day_of_collection_may_not() -> None:
    spring = {"lo": "2024-03", "hi": "2024-05-31"}
    assert household(identified_on=spring).identified_on == Between(date(2024, 3, 1), date(2024, 5, 31))
    assert refusals(as_of=spring) == [("fact-day", "as_of")]


# Choices, yes or no, text


def test_a_choice_is_one_of_its_codes() -> None:
    assert household(food=" at_risk ").food == "at_risk"
    assert refusals(food="hungry") == [("fact-choice", "food")]
    assert refusals(housing_grade=1) == [("fact-choice", "housing_grade")]


@pytest.mark.parametrize("given", [True, 1, 1.0, "true", "yes", "1", "是", " 是 "])
def test_yes_has_several_spellings(given: object) -> None:
    assert household(relocated=given).relocated is True


@pytest.mark.parametrize("given", [False, 0, "false", "no", "否"])
def test_no_has_several_spellings(given: object) -> None:
    assert household(relocated=given).relocated is False


@pytest.mark.parametrize("given", [2, "perhaps", "否?", [], {"lo": 0, "hi": 1}])
def test_what_is_neither_yes_nor_no_is_refused(given: object) -> None:
    assert refusals(relocated=given) == [("fact-yes-no", "relocated")]


@pytest.mark.parametrize(
    ("given", "held"), [(" a ", "a"), (13900000000, "13900000000"), (13900000000.0, "13900000000")]
)
def test_a_number_that_a_spreadsheet_made_of_a_code_is_text_again(given: object, held: str) -> None:
    assert household(phone=given).phone == held


def test_a_float_too_long_to_be_exact_is_no_code() -> None:
    assert household(bank_account=6222020200112233440).bank_account == "6222020200112233440"
    assert refusals(bank_account=6222020200112233440.0) == [("fact-text", "bank_account")]


@pytest.mark.parametrize("given", [True, 1.5, "x" * 201, b"a", ["a"], float("inf")])
def test_what_is_no_text_is_refused(given: object) -> None:
    assert refusals(village=given) == [("fact-text", "village")]


@pytest.mark.parametrize("given", ["15", "1522", "152223", 152223, "152223101", "152223101201"])
def test_a_region_is_a_code_of_a_province_or_something_within(given: object) -> None:
    assert household(region=given).region == str(given)


@pytest.mark.parametrize("given", ["1", "152", "15222a", "１５２２２３", "1522231012"])
def test_what_is_no_region_code_is_refused(given: object) -> None:
    assert refusals(region=given) == [("fact-code", "region")]


def test_an_id_number_is_checked_and_kept_in_one_form() -> None:
    assert Member(id_number=" 11010519491231002x ").id_number == "11010519491231002X"
    assert refusals(members=[{}, {"id_number": "110105194912310021"}]) == [("id-check-digit", "members[2].id_number")]


# Missing


FACTS = [name for name in Household.model_fields if name not in {"household_id", "members", "members_complete"}]


@pytest.mark.parametrize("gap", [None, "", "  ", "　", NAN, Decimal("NaN")], ids=repr)
@pytest.mark.parametrize("model", [Household, Member])
def test_not_a_number_and_empty_text_are_missing_in_every_fact(model: type[Record], gap: object) -> None:
    names = FACTS if model is Household else [*Member.model_fields]
    given = dict.fromkeys(names, gap) | ({"household_id": "1"} if model is Household else {})
    read = model.model_validate(given)
    assert [name for name in names if getattr(read, name) is not None] == []


@pytest.mark.parametrize("gap", ["", NAN])
def test_a_gap_where_the_list_of_members_should_be_called_complete_says_no(gap: object) -> None:
    assert household(members_complete=gap).members_complete is False
    assert household(members_complete="是").members_complete is True


@pytest.mark.parametrize("gap", [None, "", "  ", NAN])
def test_the_id_of_a_household_can_not_be_missing(gap: object) -> None:
    assert refusals(household_id=gap) == [("fact-text", "household_id")]
    with pytest.raises(ValidationError, match="required"):
        Household.model_validate({})


def test_not_a_number_is_missing_as_text_too_where_a_number_is_meant() -> None:
    known = household(wage_income="NaN", size="nan", village="nan")
    assert (known.wage_income, known.size, known.village) == (None, None, "nan")


def test_pandas_marks_of_a_gap_are_missing() -> None:
    nothing = type("NAType", (), {"__bool__": lambda _: 1 / 0})()  # as pandas.NA, which has no truth
    assert household(wage_income=nothing, identified_on=nothing, village=nothing).village is None


def test_numpys_numbers_are_numbers() -> None:
    class Scalar:
        """As numpy's: no number to Python, but it gives one."""

        def __init__(self, value: object) -> None:
            self.item = lambda: value

    Scalar.__module__ = "numpy"
    read = household(wage_income=Scalar(5), size=Scalar(3), relocated=Scalar(True), registered_poor=Scalar(NAN))
    assert (read.wage_income, read.size, read.relocated, read.registered_poor) == (5.0, 3, True, None)


# Members, and the whole


def test_members_may_be_rows_of_any_kind() -> None:
    assert household(members=[{"birth_date": "2000-01"}, Member()]).members == (
        Member(birth_date=date(2000, 1, 1)),
        Member(),
    )
    assert household(members=[]).members == ()
    assert household().members is None


@pytest.mark.parametrize("given", [[{}] * 51, "two", 3, {}])
def test_members_are_rows_and_at_most_fifty(given: object) -> None:
    assert refusals(members=given) == [("fact-rows", "members")]


def test_all_faults_are_said_in_one_pass() -> None:
    faults = refusals(wage_income="x", members=[{"sex": "x"}, 5], wage_incme=3, size=0)
    assert sorted(faults) == [
        ("fact-choice", "members[1].sex"),
        ("fact-number", "wage_income"),
        ("fact-unknown", "wage_incme"),
        ("fact-whole-number", "size"),
        ("record-expected", "members[2]"),
    ]


# Every fact given, a range where it may be one
FULL_MEMBER: dict[str, Any] = {
    "name": "甲某", "id_number": invented_id_number(5, date(1960, 5, 1)), "phone": "13900000000",
    "birth_date": date(1960, 5, 1), "sex": "male", "relation": "head", "labour": "weak", "health": "chronic",
    "schooling": "not_in_school", "in_school": False, "disability_class": "vision", "disability_grade": 4,
    "basic_medical_insurance": True, "serious_illness_insurance": True, "pension_insurance": True,
    "out_of_pocket": 5200.5, "school_cost": Between(0, 100), "employed": True, "employed_months": 7,
    "minimum_living_allowance": False, "extreme_poverty_support": False,
}  # fmt: skip
FULL: dict[str, Any] = {
    "household_id": "H-1", "region": "152223", "village": "某嘎查", "grid": "W01", "head_name": "甲某",
    "address": "某组 3 号",
    "phone": "13900000000", "bank_account": "6222020200112233440", "as_of": date(2024, 5, 1),
    "members": [FULL_MEMBER], "members_complete": True, "size": Between(1, 2), "registered_poor": True,
    "monitored_as": "unstable", "wage_income": Between(5000, 6000), "business_income": 3000, "property_income": 0,
    "transfer_income": 1200.55, "business_expense": 800, "insurance_payout": 0, "compliant_out_of_pocket": 5200.5,
    "previous_net_income_per_person": -300, "rigid_spending": 6000, "school_spending": 0, "disaster_loss": 100,
    "disaster_kind": "drought", "accident_loss": 0, "industry_loss": 0, "food": "met", "clothing": "met",
    "education": "met", "medical": "at_risk", "housing": "not_met", "water": "met", "housing_grade": "C",
    "sudden_event": False, "basic_living_difficulty": False, "no_labour_backstop": False, "relocated": False,
    "risk_eliminated": False, "identified_on": Between(date(2023, 1, 1), date(2023, 3, 31)),
    "eliminated_on": date(2024, 1, 1), "arable_land": 12.5, "grassland": 300, "forest_land": 0, "house_area": 60,
    "distance_to_road": 1.2, "cooperative_member": True, "has_toilet": True, "public_post": False, "applied": True,
    "authorised": True,
}  # fmt: skip


def full() -> Household:
    return Household.model_validate(FULL)


def test_the_full_household_of_these_tests_is_full() -> None:
    assert set(FULL) == set(Household.model_fields)
    assert set(FULL_MEMBER) == set(Member.model_fields)


def test_a_household_comes_back_from_json_from_a_mapping_and_from_pickle() -> None:
    assert Household.model_validate_json(full().model_dump_json()) == full()
    assert Household.model_validate(full().model_dump()) == full()
    assert Household.model_validate(full().model_dump(mode="json")) == full()
    assert pickle.loads(pickle.dumps(full())) == full()
    assert copy.deepcopy(full()) == full()
    assert hash(full()) == hash(full())


def test_a_household_is_a_value_and_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        full().size = 3  # type: ignore[misc]


def test_what_is_a_household_already_is_not_read_again() -> None:
    known = full()
    assert Household.model_validate(known) is known


# Derived

PARTS = {"wage_income": 12000.1, "business_income": 18000, "property_income": 0.2, "transfer_income": 2400}


def test_net_income_is_the_sum_of_its_parts_less_the_expense_exact_to_the_fen() -> None:
    assert household(**PARTS, business_expense=7000).net_income == 25400.3
    assert household(**PARTS, business_expense=50000).net_income == -17599.7


def test_net_income_per_person_is_not_rounded() -> None:
    assert household(**PARTS, business_expense=7000, size=3).net_income_per_person == 25400.3 / 3


@pytest.mark.parametrize("part", [*PARTS, "business_expense"])
@pytest.mark.parametrize("gap", [None, Between(0, 1)])
def test_net_income_is_missing_while_a_part_is_missing_or_a_range(part: str, gap: object) -> None:
    known = household(**{**PARTS, "business_expense": 7000, "size": 3, part: gap})
    assert known.net_income is None
    assert known.net_income_per_person is None


@pytest.mark.parametrize("size", [None, Between(2, 3)])
def test_net_income_per_person_needs_the_size(size: object) -> None:
    known = household(**PARTS, business_expense=7000, size=size)
    assert known.net_income is not None
    assert known.net_income_per_person is None


@given(st.lists(st.integers(0, 10**11), min_size=5, max_size=5))
def test_net_income_is_what_whole_fen_give(fen: list[int]) -> None:
    names = [*PARTS, "business_expense"]
    known = household(**{name: value / 100 for name, value in zip(names, fen, strict=True)})
    assert known.net_income == (sum(fen[:4]) - fen[4]) / 100


# Notes

BORN = date(1960, 5, 1)
OF_THE_NORTH = "11010519491231002X"


def noted(**facts: Any) -> list[tuple[str, str | None]]:
    return [(note.code, note.place.field) for note in notes(household(**facts))]


def test_what_fits_together_gives_no_note() -> None:
    member = {"id_number": OF_THE_NORTH, "birth_date": "1949-12-31"}
    assert noted(size=1, members=[member]) == []
    assert (
        noted(members=[{**member, "birth_date": {"lo": "1949-01", "hi": "1950-01"}}, {}], size={"lo": 1, "hi": 2}) == []
    )
    assert noted() == []


def test_an_id_number_of_no_province_is_noted() -> None:
    members = [{}, {"id_number": invented_id_number(1, BORN)}]
    assert noted(members=members) == [("id-region-unknown", "members[2].id_number")]


@pytest.mark.parametrize(
    "stated", ["1949-12-30", {"lo": "1950-01", "hi": "1951-01"}, {"lo": "1948-01", "hi": "1949-12-30"}]
)
def test_a_birth_date_unlike_the_id_numbers_is_noted(stated: object) -> None:
    members = [{"id_number": OF_THE_NORTH, "birth_date": stated}]
    assert noted(members=members) == [("id-birth-differs", "members[1].birth_date")]


@pytest.mark.parametrize("size", [1, {"lo": 1, "hi": 1}])
def test_more_members_than_the_size_is_noted(size: object) -> None:
    assert noted(size=size, members=[{}, {}]) == [("more-members-than-size", "size")]


def test_notes_read_in_both_languages_and_hold_no_personal_value() -> None:
    members = [{"name": "甲某", "id_number": invented_id_number(1, BORN), "birth_date": "1961-01-01"}]
    for language in ("zh", "en"):
        text = "\n".join(note.text(language) for note in notes(household(size=1, members=[*members, {}])))
        assert text.count("\n") == 5
        for personal in ("甲某", "1960", "1961", "9900"):
            assert personal not in text


# Masking


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1200O元", "####**"),
        ("12,000.5", "##,###.#"),
        ("甲某", "**"),
        (-3.5, "-#.#"),
        ("９", "#"),
        ("", ""),
        ("x" * 13, "*" * 12 + "…"),
    ],
)
def test_a_personal_value_shows_its_shape_only(value: object, shown: str) -> None:
    assert mask("wage_income", value, "personal") == shown


def test_a_public_value_stays_and_a_secret_one_is_gone() -> None:
    assert mask("village", "某嘎查", "public") == "某嘎查"
    assert mask("anything", "x" * 40, "secret") == mask("anything", "", "secret") == "***"


@pytest.mark.parametrize(
    "name", ["id_number", "phone", "bank_account", "health", "disability_class", "disability_grade"]
)
def test_what_may_never_be_published_is_secret_whatever_is_said_of_it(name: str) -> None:
    assert mask(name, "13900000000", "public") == "***"


# Privacy: no repr, log, or error in any form holds a value

SECRET = "张三丰某某"  # a name, as text
DIGITS = "13987654321"  # a phone; as a number too
EVERY_FACT_WRONG: dict[str, Any] = {
    name: [SECRET, {"of": DIGITS}] for name in Household.model_fields if name not in {"household_id", "members"}
} | {"household_id": "1"}


class Checking(Household):
    """A plugin's, whose checks say what they saw."""

    nickname: Text = fact("绰号", "nickname")
    debt: Money = fact("债务", "debt", unit="CNY")

    @field_validator("nickname")
    @classmethod
    def _by_field(cls, value: str | None) -> str | None:
        if value == "by field":
            raise ValueError(f"bad {SECRET}")
        assert value != "by assertion", SECRET
        return value

    @model_validator(mode="before")
    @classmethod
    def _before(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("nickname") == "before":
            raise ValueError(f"bad {data}")
        return data

    @model_validator(mode="after")
    def _after(self) -> "Checking":
        if self.nickname == "after":
            raise ValueError(f"bad {self.address}")
        return self


class Request(BaseModel):
    """Somebody else's model with a household in it."""

    household: Checking


MANY = TypeAdapter(list[Checking])
WAYS: dict[str, Callable[[Any], object]] = {
    "called": lambda data: Checking(**data),
    "mapping": Checking.model_validate,
    "json": lambda data: Checking.model_validate_json(json.dumps(data)),
    "within another model": lambda data: Request.model_validate({"household": data}),
    "within another model's JSON": lambda data: Request.model_validate_json(json.dumps({"household": data})),
    "list": lambda data: MANY.validate_python([data]),
    "list in JSON": lambda data: MANY.validate_json(json.dumps([data])),
    "salvaged": lambda data: salvage(Household, {**data, "household_id": None}),
}
WRONG: dict[str, dict[str, Any]] = {
    "every fact": EVERY_FACT_WRONG,
    "numbers out of bounds": {"household_id": "1", "wage_income": int(DIGITS), "size": int(DIGITS)},
    "a range turned round": {"household_id": "1", "wage_income": {"lo": int(DIGITS), "hi": 1}},
    "no date": {"household_id": "1", "as_of": DIGITS, "identified_on": SECRET},
    "an unknown name": {"household_id": "1", "nmae": SECRET, "x": {"y": [DIGITS]}},
    "a number for a name": {"household_id": "1", DIGITS: 1},
    "an ID number": {"household_id": "1", "members": [{"id_number": "1" + DIGITS + "123456"}, {"id_number": DIGITS}]},
    "members": {"household_id": "1", "members": [SECRET, {"health": SECRET, "phone": [DIGITS], "name": {"a": SECRET}}]},
    "members as text": {"household_id": "1", "members": SECRET},
    "too many members": {"household_id": "1", "members": [{"name": SECRET}] * 51},
    "nobody's household": {"address": SECRET, "phone": DIGITS},
    "by field": {"household_id": "1", "nickname": "by field", "address": SECRET},
    "by assertion": {"household_id": "1", "nickname": "by assertion", "address": SECRET},
    "before": {"household_id": "1", "nickname": "before", "address": SECRET, "phone": DIGITS},
    "after": {"household_id": "1", "nickname": "after", "address": SECRET, "phone": DIGITS},
}


def forms(error: BaseException) -> Iterator[str]:
    """All that a log, a page or a service may make of an error; `errors()` is what frameworks answer with."""
    yield str(error)
    yield repr(error)
    yield "".join(traceback.format_exception(error, chain=True))
    if isinstance(error, ValidationError):
        yield repr(error.errors())
        yield error.json()
    if isinstance(error, DataError):
        yield error.text("zh")
        yield repr(error.problems)
        yield repr([problem.to_dict() for problem in error.problems])
    log = io.StringIO()
    logger = logging.Logger("test")
    logger.addHandler(logging.StreamHandler(log))
    logger.error("refused %s", error, exc_info=error)
    yield log.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wrong", WRONG)
def test_no_error_in_any_form_holds_a_value(way: str, wrong: str) -> None:
    with pytest.raises((ValidationError, DataError)) as refused:
        WAYS[way](WRONG[wrong])
    error: BaseException | None = refused.value
    while error is not None:
        shown = "\n".join(forms(error))
        assert SECRET not in shown
        assert SECRET.encode("unicode_escape").decode() not in shown
        assert DIGITS not in shown
        assert DIGITS[2:] not in shown
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "text", [f'{{"address": "{SECRET}"', SECRET, f'"{SECRET}"', f"[{DIGITS}]", f'{{"a": {DIGITS}e}}', "\ud800"]
)
def test_json_that_cannot_be_read_is_not_shown(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Household.model_validate_json(text)
    shown = "\n".join(forms(refused.value))
    assert SECRET not in shown
    assert DIGITS not in shown


@pytest.mark.parametrize("data", [SECRET, [SECRET], int(DIGITS), None, {"household_id": SECRET}.items(), Request])
def test_what_is_no_mapping_is_not_shown(data: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Household.model_validate(data)
    assert [problem.code for problem in problems_of(refused.value, Household)] == ["record-expected"]
    assert SECRET not in "\n".join(forms(refused.value))


def test_a_refused_assignment_is_not_shown() -> None:
    with pytest.raises(ValidationError) as refused:
        full().head_name = SECRET  # type: ignore[misc]
    assert SECRET not in "\n".join(forms(refused.value))


def test_an_error_still_says_which_field_and_what_it_needs() -> None:
    with pytest.raises(ValidationError) as refused:
        household(wage_income="x", members=[{"sex": "x"}])
    found = {error["loc"]: (error["type"], error["msg"], error["input"]) for error in refused.value.errors()}
    assert found == {
        ("wage_income",): ("fact-number", "a number from 0 to 1,000,000,000 is needed", "***"),
        ("members", 0, "sex"): ("fact-choice", "one of these is needed: male, female", "***"),
    }


@given(
    st.dictionaries(
        st.sampled_from([*Household.model_fields]),
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=6),
    )
)
def test_no_text_that_anybody_writes_comes_back_in_an_error(data: dict[str, str]) -> None:
    try:
        Household.model_validate(data)
    except ValidationError as error:
        shown = "\n".join(forms(error))
        assert [text for text in data.values() if text in shown] == []


def test_a_repr_shows_the_id_and_how_much_is_known() -> None:
    assert repr(full()) == "Household(household_id='H-1', known=41)"
    assert str(full()) == "household_id='H-1' known=41"
    assert repr(Member.model_validate(FULL_MEMBER)) == "Member(known=18)"
    assert repr(household()) == "Household(household_id='H-1', known=0)"


def test_no_way_of_printing_shows_a_fact() -> None:
    rich = pytest.importorskip("rich.pretty")
    shown = [
        f"{full()!r}{full()!s}{full():}",
        pprint.pformat(full()),
        rich.pretty_repr(full()),
        rich.pretty_repr([full().members]),
    ]
    for value in ("甲某", "某嘎查", "13900000000", "5200", "1960", "chronic", "unstable", "6222", "5000"):
        assert value not in "".join(shown)


def test_an_id_that_is_somebodys_id_number_is_not_shown() -> None:
    assert repr(Household(household_id=OF_THE_NORTH)) == "Household(household_id='***', known=0)"


# Problems, for people


def problems(data: Any, model: type[Record] = Household) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(data)
    return [problem.text("en") for problem in problems_of(refused.value, model)]


def test_an_unknown_name_is_answered_with_the_name_that_was_meant() -> None:
    assert problems({"household_id": "1", "wage_incme": 1}) == [
        "wage_incme: there is no fact 'wage_incme'\n  → did you mean wage_income?"
    ]
    assert problems({"household_id": "1", "members": [{"helth": 1}]}) == [
        "members[1].helth: there is no fact 'helth'\n  → did you mean health?"
    ]


def test_a_missing_id_is_said() -> None:
    assert problems({}) == ["household_id: this is missing, and it is required"]


class Bill(Record):
    amount: Money = fact("金额", "amount", unit="CNY")


class WithBills(Household):
    bills: tuple[Bill, ...] | None = rows("票据", "bills")


def test_the_problems_of_a_check_of_a_plugins_have_no_words_of_it() -> None:
    assert problems({"household_id": "1", "nickname": "by field"}, Checking) == ["nickname: the value does not fit"]


def test_the_rows_of_a_plugins_collection_are_read_and_reported_like_members() -> None:
    known = WithBills.model_validate({"household_id": "1", "bills": [{"amount": "5"}]})
    assert known.bills == (Bill(amount=5),)
    assert problems({"household_id": "1", "bills": [{}, {"amuont": 1}]}, WithBills) == [
        "bills[2].amuont: there is no fact 'amuont'\n  → did you mean amount?"
    ]


# Salvaging


def test_a_refused_value_counts_as_missing_and_is_reported() -> None:
    data = {"household_id": "1", "size": "three", "wage_income": 900, "members": [{"sex": "?", "health": "chronic"}]}
    known, found = salvage(Household, data)
    assert (known.size, known.wage_income) == (None, 900)
    assert known.members == (Member(health="chronic"),)
    assert {problem.place.field for problem in found} == {"size", "members[1].sex"}


def test_what_is_right_is_read_without_a_problem() -> None:
    assert salvage(Household, FULL) == (full(), ())


def test_a_row_that_cannot_be_read_stays_as_somebody_unknown() -> None:
    known, found = salvage(
        Household, {"household_id": "1", "members": [{"sex": "male"}, "?"], "members_complete": True}
    )
    assert known.members == (Member(sex="male"), Member())
    assert known.members_complete
    assert [problem.code for problem in found] == ["record-expected"]


def test_a_list_of_members_that_is_left_out_is_not_complete() -> None:
    known, _ = salvage(Household, {"household_id": "1", "members": [{}] * 51, "members_complete": True})
    assert (known.members, known.members_complete) == (None, False)


def test_a_household_without_id_cannot_be_saved() -> None:
    with pytest.raises(DataError) as refused:
        salvage(Household, {"size": "?"})
    assert {problem.code for problem in refused.value.problems} == {"fact-missing", "fact-whole-number"}


def test_nothing_is_saved_of_what_a_plugin_refuses_as_a_whole() -> None:
    with pytest.raises(DataError):
        salvage(Checking, {"household_id": "1", "nickname": "after"})


@given(
    st.dictionaries(
        st.sampled_from([*Household.model_fields, "x"]),
        st.none()
        | st.text()
        | st.floats()
        | st.integers()
        | st.lists(st.text() | st.dictionaries(st.sampled_from([*Member.model_fields]), st.text())),
        max_size=6,
    )
)
def test_salvaging_never_fails_on_a_household_with_an_id(data: dict[str, Any]) -> None:
    known, found = salvage(Household, data | {"household_id": "1"})
    assert {(problem.place.field or "").split(".")[0].split("[")[0] for problem in found} <= set(data)
    assert salvage(Household, known.model_dump()) == (known, ())


# JSON Schema, for forms


SCHEMA = Household.model_json_schema()


def schema_of(name: str) -> dict[str, Any]:
    return SCHEMA["properties"][name]


@pytest.mark.parametrize("model", [Household, Member])
def test_each_field_of_a_form_has_its_chinese_title_and_sensitivity(model: type[Record]) -> None:
    for name, field in model.model_json_schema()["properties"].items():
        assert not field["title"].isascii(), name
        assert field["x-label-en"].isascii(), name
        assert field["x-sensitivity"] in {"public", "personal", "secret"}, name


def test_a_number_has_its_bounds_and_unit() -> None:
    wage = schema_of("wage_income")
    number, span, nothing = wage["anyOf"]
    assert number == {"type": "number", "minimum": 0, "maximum": 1e9}
    assert span["properties"]["hi"]["maximum"] == 1e9
    assert nothing == {"type": "null"}
    assert (wage["title"], wage["x-unit"], wage["x-unit-zh"]) == ("工资性收入", "CNY/year", "元/年")
    assert schema_of("size")["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 50}


def test_a_choice_has_its_codes_with_their_words() -> None:
    assert schema_of("monitored_as")["anyOf"][0]["enum"] == ["unstable", "marginal", "sudden"]
    assert schema_of("monitored_as")["x-values"]["sudden"] == {"zh": "突发严重困难户", "en": "sudden hardship"}


def test_days_truths_texts_and_rows_are_said_as_such() -> None:
    assert schema_of("as_of")["anyOf"][0]["format"] == "date"
    assert schema_of("relocated")["anyOf"][0] == {"type": "boolean"}
    assert schema_of("members_complete")["type"] == "boolean"
    assert schema_of("region")["anyOf"][0]["pattern"].startswith("^")
    assert schema_of("members")["anyOf"][0] == {"type": "array", "items": {"$ref": "#/$defs/Member"}, "maxItems": 50}
    assert SCHEMA["required"] == ["household_id"]
    assert SCHEMA["additionalProperties"] is False


def test_a_record_stays_as_it_is_however_many_models_use_it() -> None:
    def functions(schema: Any) -> int:
        parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
        own = isinstance(schema, dict) and schema.get("type") == "function-wrap"
        return own + sum(functions(part) for part in parts)

    for _ in range(3):
        TypeAdapter(tuple[Member, list[Member]])

        class Another(Household):
            helper: Member | None = None

        assert Another.model_json_schema()["$defs"].keys() == {"Member"}
    assert functions(Member.__pydantic_core_schema__) == 1
    assert Member.model_json_schema()["title"] == "Member"


def test_a_household_is_a_component_of_a_services_schema() -> None:
    assert set(Request.model_json_schema()["$defs"]) == {"Checking", "Member"}
    assert Household.model_json_schema(mode="serialization")["properties"].keys() == SCHEMA["properties"].keys()


def test_a_field_with_a_wrong_unit_is_refused_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match="furlong"):
        fact("路", "road", unit="furlong")


def test_a_choice_may_be_declared_in_a_plain_subclass() -> None:
    from fanpin.household import Choice

    class County(Household):
        roof: Choice[Literal["tile", "straw"]] = fact(
            "屋顶", "roof", labels={"tile": ("瓦", "tile"), "straw": ("草", "straw")}
        )

    assert County(household_id="1", roof="tile").roof == "tile"
