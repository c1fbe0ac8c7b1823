"""Units are products of powers: like is only put with like, and nothing is converted."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.units import BASE_UNITS, PLAIN, Unit

UNITS = st.dictionaries(st.sampled_from(BASE_UNITS), st.integers(-3, 3).filter(bool), max_size=4).map(
    lambda powers: Unit(tuple((name, powers[name]) for name in BASE_UNITS if name in powers))
)


@given(UNITS)
def test_a_unit_reads_back_as_it_is_written(unit: Unit) -> None:
    assert Unit.parse(str(unit)) == unit
    assert pickle.loads(pickle.dumps(unit)) == unit


@given(UNITS, UNITS)
def test_dividing_undoes_multiplying(a: Unit, b: Unit) -> None:
    assert a * b / b == a
    assert a * b == b * a
    assert a / a == PLAIN


@given(UNITS, UNITS)
def test_different_units_are_written_differently_in_both_languages(a: Unit, b: Unit) -> None:
    assert (a == b) == (str(a) == str(b)) == (a.zh() == b.zh())


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("CNY/person/year", "CNY/year/person"),
        (" CNY / year ", "CNY/year"),
        ("CNY*person/person", "CNY"),
        ("day/day", "1"),
        ("", "1"),
        ("1/year", "1/year"),
    ],
)
def test_order_and_space_do_not_matter(written: str, same: str) -> None:
    assert str(Unit.parse(written)) == str(Unit.parse(same)) == same.replace("CNY/year/person", "CNY/person/year")


@pytest.mark.parametrize(
    ("written", "blamed"),
    [("CNY/yaer", "yaer"), ("yuan", "yuan"), ("CNY//year", "CNY//year"), ("CNY/", "CNY/"), ("2", "2")],
)
def test_what_is_no_unit_is_named(written: str, blamed: str) -> None:
    with pytest.raises(ValueError, match=f"^{blamed}$"):
        Unit.parse(written)


def test_money_is_seen_wherever_it_stands() -> None:
    assert Unit.parse("CNY/person/year").has_money
    assert Unit.parse("1/CNY").has_money
    assert not Unit.parse("person/year").has_money


def test_the_chinese_of_a_unit() -> None:
    assert [Unit.parse(text).zh() for text in ("CNY/person/year", "m2", "CNY*day", "")] == [
        "元/人/年",
        "平方米",
        "元·天",
        "",
    ]
