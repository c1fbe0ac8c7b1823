"""Types, units and bounds: like is put with like, exactly, and a value never leaves the bounds that were derived."""

from collections import Counter
from datetime import date
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.expressions import check
from fanpin.expressions.check import EXACT_LIMIT, Refused, make
from fanpin.expressions.nodes import Fact, Node, Nodes, Op
from fanpin.expressions.types import BOOLEAN, DateType, NumberType, Type, type_label
from fanpin.units import PLAIN, Unit
from tests.language.laws import draw
from tests.language.learning import completion, evaluator, rows_of

NODES = Nodes()
CNY, YEAR, PERSON = Unit.parse("CNY"), Unit.parse("year"), Unit.parse("person")
MONEY = NumberType(CNY, 2, 0, 10**6)
SIGNED = NumberType(CNY, 2, -500, 10**6)
COUNT = NumberType(PERSON, 0, 1, 9)
RATE = NumberType(PLAIN, 1, 0, 10)
DAY = DateType(date(2000, 1, 31), date(2020, 2, 29))


def fact(kind: Type, name: str = "x") -> Fact:
    return NODES.make(Fact, name, None, kind)


def literal(value: int, decimals: int = 0) -> Node:
    return NODES.literal(value, NumberType(PLAIN, decimals, value, value))


def made(name: str, *args: Type | Node) -> Node:
    return make(NODES, name, *(fact(a) if isinstance(a, get_args(Type)) else a for a in args))  # type: ignore[arg-type]


def number(node: Node) -> tuple[str, int, float, float, bool]:
    assert isinstance(node.type, NumberType)
    return str(node.type.unit), node.type.decimals, node.type.lo, node.type.hi, node.type.whole


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("add", (MONEY, SIGNED), ("CNY", 2, -500, 2 * 10**6, True)),
        ("sub", (MONEY, SIGNED), ("CNY", 2, -(10**6), 10**6 + 500, True)),
        ("neg", (MONEY,), ("CNY", 2, -(10**6), 0, True)),
        ("mul", (MONEY, RATE), ("CNY", 3, 0, 10**7, True)),
        ("mul", (SIGNED, COUNT), ("CNY*person", 2, -4500, 9 * 10**6, True)),
        ("div", (MONEY, COUNT), ("CNY/person", 2, 0, 10**6, False)),
        ("min", (MONEY, SIGNED), ("CNY", 2, -500, 10**6, True)),
        ("max", (MONEY, SIGNED), ("CNY", 2, 0, 10**6, True)),
        ("abs", (SIGNED,), ("CNY", 2, 0, 10**6, True)),
        ("if", (BOOLEAN, MONEY, SIGNED), ("CNY", 2, -500, 10**6, True)),
        ("age", (DAY, DAY), ("year", 0, -21, 20, True)),
        ("months_between", (DAY, DAY), ("month", 0, -241, 240, True)),
        ("days_between", (DAY, DAY), ("day", 0, -7334, 7334, True)),
        ("year_of", (DAY,), ("1", 0, 2000, 2020, True)),
        ("count", (BOOLEAN, BOOLEAN), ("1", 0, 0, 2, True)),
    ],
)
def test_the_type_of_a_number(name: str, args: tuple[Type, ...], expected: object) -> None:
    assert number(made(name, *args)) == expected


def test_the_bounds_of_days_that_are_moved() -> None:
    assert made("add_months", DAY, literal(1)).type == DateType(date(2000, 2, 29), date(2020, 3, 29))
    assert made("add_days", DAY, literal(-31)).type == DateType(date(1999, 12, 31), date(2020, 1, 29))
    assert made("start_of_year", DAY).type == DateType(date(2000, 1, 1), date(2020, 1, 1))


# Scales


def test_numbers_of_unlike_decimals_meet_on_the_finer_scale() -> None:
    compared = made("lt", RATE, literal(355, 3))
    assert isinstance(compared, Op)
    scaled, right = compared.args
    assert isinstance(scaled, Op)
    assert (scaled.name, number(scaled)) == ("rescale", ("1", 3, 0, 1000, True))
    assert number(right) == ("1", 3, 355, 355, True)


def test_a_literal_is_scaled_and_not_multiplied() -> None:
    compared = made("lt", MONEY, literal(0))
    assert isinstance(compared, Op)
    assert number(compared.args[1]) == ("1", 2, 0, 0, True)
    assert compared.args[0] is fact(MONEY)


def test_a_divisor_s_decimals_are_taken_off() -> None:
    assert number(made("div", fact(MONEY), literal(7, 1))) == ("CNY", 1, 0, 10**6 / 7, False)
    tenths = made("div", literal(3), literal(7, 1))
    assert number(tenths) == ("1", 0, 30 / 7, 30 / 7, False), "3 / 0.7 is 30 / 7"


# Units


def test_a_bare_number_takes_the_unit_of_its_neighbour_unless_that_is_money() -> None:
    assert made("lt", NumberType(YEAR, 0, 0, 9), literal(6)).type == BOOLEAN
    assert number(made("max", COUNT, literal(1))) == ("person", 0, 1, 9, True)
    assert number(made("sub", MONEY, literal(0))) == ("CNY", 2, 0, 10**6, True)
    with pytest.raises(Refused) as refused:
        made("lt", MONEY, literal(1234567, 1))
    assert refused.value.problem.details["value"] == "123456.7"


@pytest.mark.parametrize("name", ["add", "sub", "min", "max", "lt", "le", "gt", "ge", "eq"])
def test_unlike_units_are_never_put_together(name: str) -> None:
    for a, b in ((MONEY, COUNT), (COUNT, MONEY), (RATE, COUNT), (MONEY, made("div", MONEY, COUNT))):
        with pytest.raises(Refused) as refused:
            made(name, a, b)
        assert refused.value.problem.code == "unlike-units"


def test_unlike_units_in_the_branches_of_a_choice() -> None:
    with pytest.raises(Refused) as refused:
        made("if", BOOLEAN, MONEY, COUNT)
    assert refused.value.problem.code == "unlike-units"


# Types

WRONG = [
    *((name, (MONEY, BOOLEAN)) for name in ("add", "sub", "mul", "div", "min", "max", "lt", "le", "gt", "ge", "eq")),
    *((name, (BOOLEAN, MONEY)) for name in ("add", "sub", "mul", "div", "min", "max", "lt", "le", "gt", "ge", "eq")),
    *((name, (MONEY, DAY)) for name in ("add", "sub", "mul", "div", "min", "max", "lt", "le", "gt", "ge", "eq")),
    *((name, (DAY, DAY)) for name in ("add", "sub", "mul", "div", "min", "max")),
    *((name, (MONEY, BOOLEAN)) for name in ("and", "or", "count")),
    *((name, (DAY,)) for name in ("not", "neg", "abs")),
    *((name, (MONEY, DAY)) for name in ("age", "months_between", "days_between")),
    *((name, (DAY, MONEY)) for name in ("age", "months_between", "days_between")),
    *((name, (MONEY,)) for name in ("start_of_month", "start_of_year", "year_of", "not")),
    *((name, (DAY, DAY)) for name in ("add_months", "add_days")),
    *((name, (DAY, RATE)) for name in ("add_months", "add_days")),
    *((name, (MONEY, COUNT)) for name in ("add_months", "add_days")),
    ("if", (MONEY, MONEY, MONEY)),
    ("if", (BOOLEAN, BOOLEAN, MONEY)),
    ("if", (BOOLEAN, MONEY, BOOLEAN)),
    ("if", (BOOLEAN, DAY, MONEY)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), WRONG, ids=lambda value: value if isinstance(value, str) else None)
def test_a_wrong_type_is_refused(name: str, args: tuple[Type, ...]) -> None:
    with pytest.raises(Refused) as refused:
        made(name, *args)
    assert refused.value.problem.code == "wrong-type"
    assert refused.value.problem.sentence("zh")


def test_days_moved_by_a_quotient_are_refused() -> None:
    with pytest.raises(Refused):
        made("add_days", DAY, made("div", literal(4), literal(2)))


# Division, rounding, limits


@pytest.mark.parametrize(
    ("lo", "hi", "refused"), [(0, 5, True), (-1, 1, True), (-5, 0, True), (1, 5, False), (-5, -1, False)]
)
def test_a_divisor_must_not_be_zero(lo: int, hi: int, refused: bool) -> None:
    divisor = NumberType(PLAIN, 0, lo, hi)
    if not refused:
        made("div", MONEY, divisor)
        return
    with pytest.raises(Refused) as error:
        made("div", MONEY, divisor)
    assert error.value.problem.code == "may-divide-by-zero"


@pytest.mark.parametrize(
    ("kind", "step", "decimals"),
    [(MONEY, "yuan", 0), (MONEY, "jiao", 1), (MONEY, "fen", 2), (RATE, "whole", 0), (RATE, "hundredth", 2)],
)
def test_a_rounding_says_to_what(kind: NumberType, step: str, decimals: int) -> None:
    rounded = check.rounding(NODES, "round_up", fact(kind), step)
    assert number(rounded)[1] == decimals
    assert number(rounded)[4]
    assert number(rounded)[3] == kind.hi * 10**decimals // 10**kind.decimals


@pytest.mark.parametrize(("kind", "step"), [(MONEY, "whole"), (RATE, "yuan"), (MONEY, "cent"), (BOOLEAN, "yuan")])
def test_a_rounding_to_something_else_is_refused(kind: Type, step: str) -> None:
    with pytest.raises(Refused):
        check.rounding(NODES, "round_up", fact(kind), step)


def test_what_a_float_could_not_hold_exactly_is_refused() -> None:
    half = NumberType(PLAIN, 0, 0, EXACT_LIMIT // 2)
    assert number(made("add", half, half))[3] == EXACT_LIMIT
    with pytest.raises(Refused) as refused:
        made("add", half, made("add", half, literal(1)))
    assert refused.value.problem.code == "too-large"
    assert refused.value.problem.details["digits"] == 16


def test_a_day_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        made("add_months", DAY, literal(12 * 8000))
    assert refused.value.problem.code == "date-too-far"


def test_every_type_has_a_label() -> None:
    kinds = (MONEY, RATE, BOOLEAN, DAY)
    assert [type_label(kind).en for kind in kinds] == ["a number in CNY", "a number", "yes or no", "a date"]


# Derived bounds hold


@given(st.integers(0, 10**6))
def test_no_value_leaves_its_bounds_and_whole_numbers_are_whole(seed: int) -> None:
    random = Random(seed)
    batch = draw(random, 8, 2, Counter())
    for known in batch.households:
        everything = completion(random, known)
        found = evaluator(everything)
        for node, collection in rows_of(*batch.trees).items():
            rows = [None] if collection is None else range(len(everything.rows[collection] or ()))
            for row in rows:
                value, kind = found.range(node, row)[0], node.type
                if isinstance(kind, NumberType | DateType):
                    assert kind.lo <= value <= kind.hi, (node, value)
                if isinstance(kind, NumberType) and kind.whole:
                    assert type(value) is int
                    assert abs(value) <= EXACT_LIMIT
