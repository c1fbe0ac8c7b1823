"""An ID number is right in form, or refused with a reason that holds none of it."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.i18n import speaking
from fanpin.id_numbers import (
    DISABILITY_CLASSES,
    PROVINCES,
    IdNumberError,
    check_digit,
    check_id_number,
    invented_id_number,
    normal_form,
)

BORN = date(1956, 3, 9)
NUMBER = invented_id_number(1, BORN)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def with_check_digit(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def code_of(number: str) -> str:
    with pytest.raises(IdNumberError) as refused:
        check_id_number(number)
    return refused.value.problem.code


# What a number says


def test_the_specimen_of_the_national_standard_passes() -> None:
    # GB 11643 prints this number as its example
    found = check_id_number("11010519491231002X")
    assert (found.kind, found.birth_date, found.region) == ("citizen", date(1949, 12, 31), "110105")
    assert found.region_known


def test_eighteen_characters_say_nothing_of_disability() -> None:
    found = check_id_number(NUMBER)
    assert (found.disability_class, found.disability_grade) == (None, None)


@pytest.mark.parametrize(("digit", "named"), [*enumerate(DISABILITY_CLASSES, 1)])
def test_the_19th_digit_is_the_class_of_disability_and_the_20th_its_grade(digit: int, named: str) -> None:
    found = check_id_number(f"{NUMBER}{digit}3")
    assert (found.kind, found.disability_class, found.disability_grade) == ("disability", named, 3)


def test_a_re_issued_card_has_two_characters_more() -> None:
    found = check_id_number(f"{NUMBER}44B1")
    assert (found.kind, found.disability_class, found.disability_grade) == ("disability_reissued", "physical", 4)


def test_blanks_around_it_and_a_small_x_are_no_mistake() -> None:
    assert check_id_number(" 11010519491231002x\n").birth_date == date(1949, 12, 31)
    assert normal_form(" 11010519491231002x\n") == "11010519491231002X"


@pytest.mark.parametrize("province", sorted(PROVINCES))
def test_a_region_of_a_province_is_known(province: str) -> None:
    assert check_id_number(with_check_digit(f"{province}010119560309001")).region_known


@pytest.mark.parametrize("province", ["00", "10", "16", "30", "49", "66", "72", "84", "99"])
def test_a_region_of_no_province_is_said_and_is_no_error(province: str) -> None:
    assert not check_id_number(with_check_digit(f"{province}010119560309001")).region_known


def test_a_birth_date_to_come_passes_since_no_clock_is_read() -> None:
    assert check_id_number(invented_id_number(0, date(2100, 12, 31))).birth_date == date(2100, 12, 31)


# What is refused


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "id-length"),
        (NUMBER[:17], "id-length"),
        (NUMBER + "4", "id-length"),
        (NUMBER + "44B", "id-length"),
        (NUMBER[:15], "id-length"),  # the old form of fifteen
        ("A" + NUMBER[1:], "id-characters"),
        ("X" + NUMBER[1:], "id-characters"),
        (NUMBER[:5] + "　" + NUMBER[6:], "id-characters"),
        ("１" + NUMBER[1:], "id-characters"),  # full-width
        ("٩" + NUMBER[1:], "id-characters"),  # a digit to Python, none on a card
        (NUMBER + "4X", "id-characters"),
        (NUMBER + "44-1", "id-characters"),
        (with_check_digit("99000019560230001"), "id-birth-date"),  # 30 February
        (with_check_digit("99000019570229001"), "id-birth-date"),  # no leap year
        (with_check_digit("99000019561301001"), "id-birth-date"),
        (with_check_digit("99000018991231001"), "id-birth-date"),
        (with_check_digit("99000000000000001"), "id-birth-date"),
        (NUMBER + "04", "id-disability"),
        (NUMBER + "84", "id-disability"),
        (NUMBER + "40", "id-disability"),
        (NUMBER + "45", "id-disability"),
    ],
)
def test_what_no_document_bears_is_refused_by_its_first_fault(number: str, code: str) -> None:
    assert code_of(number) == code


@given(DAYS, st.integers(0, 10**6), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, seed: int, place: int, more: int) -> None:
    number = invented_id_number(seed, born)
    wrong = str((int(number[place]) + more) % 10)
    assert code_of(number[:place] + wrong + number[place + 1 :]) == "id-check-digit"


@given(DAYS, st.integers(0, 10**6), st.integers(0, 15))
def test_two_neighbours_changed_over_are_always_found(born: date, seed: int, place: int) -> None:
    number = invented_id_number(seed, born)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert code_of(swapped) == "id-check-digit"


@given(st.text(max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(IdNumberError):
        check_id_number(text)


# Privacy


@pytest.mark.parametrize("number", [NUMBER[:-1] + "5", NUMBER[:16], NUMBER + "95", "99000019560230001X"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_refusal_holds_any_of_the_number(number: str, language: str) -> None:
    with speaking(language), pytest.raises(ValueError, match=r"ID number|证件号码") as refused:  # type: ignore[arg-type]
        check_id_number(number)
    shown = str(refused.value) + repr(refused.value) + repr(refused.value.args)
    assert "9900" not in shown
    assert "1956" not in shown
    assert refused.value.__context__ is None


def test_what_was_read_shows_nothing_of_the_person() -> None:
    shown = repr(check_id_number(NUMBER + "64"))
    assert shown == "IdNumber(kind='disability', region_known=False)"


# Numbers of nobody


@given(DAYS, st.integers(0, 4_999_999), st.sampled_from(["male", "female"]))
def test_an_invented_number_is_right_in_form_and_of_no_province(born: date, seed: int, sex: str) -> None:
    number = invented_id_number(seed, born, sex=sex)  # type: ignore[arg-type]
    found = check_id_number(number)
    assert (found.birth_date, found.region_known) == (born, False)
    assert int(number[16]) % 2 == (sex == "male")
    assert number == invented_id_number(seed, born, sex=sex)  # type: ignore[arg-type]


def test_invented_numbers_differ_from_seed_to_seed() -> None:
    seeds = [*range(1200), 499_999, 500_000, 4_999_999]
    numbers = {invented_id_number(seed, BORN) for seed in seeds}
    assert len(numbers) == len(seeds)
    assert invented_id_number(1, BORN) != invented_id_number(1, BORN + timedelta(days=1))
