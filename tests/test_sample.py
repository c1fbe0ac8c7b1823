"""The invented county: always the same, nobody's, and with all that a county's tables have."""

from collections import Counter
from pathlib import Path

import pytest

from fanpin import Assessment, Pack, grade, load_pack, sample
from fanpin.id_numbers import check_id_number
from fanpin.kinds import Between
from fanpin.sample.county import HOUSEHOLD_HEADINGS, MEMBER_HEADINGS, REGION, STORIES, SURNAMES, Dice, invent
from fanpin.tables import HouseholdTable, read_households


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(sample.PACK)


@pytest.fixture(scope="module")
def table(pack: Pack) -> HouseholdTable:
    return read_households(sample.HOUSEHOLDS, sample.MEMBERS, model=pack.model)


@pytest.fixture(scope="module")
def assessments(table: HouseholdTable, pack: Pack) -> dict[str, Assessment]:
    return {h.household_id: grade(h, pack=pack, on=sample.DAY) for h in table.households}


def test_the_generator_writes_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    written = sample.write(tmp_path)
    assert [path.read_bytes() for path in written] == [
        path.read_bytes() for path in (sample.HOUSEHOLDS, sample.MEMBERS)
    ]
    assert invent() == invent()


def test_excel_knows_the_encoding_of_the_shipped_files() -> None:
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in (sample.HOUSEHOLDS, sample.MEMBERS))


def test_the_dice_use_nothing_but_what_python_promises_to_keep() -> None:
    """`random()` of a seed is the same in every version; the other methods are not promised to be."""
    assert [Dice().number(1, 6) for _ in range(3)] == [1 + int(Dice().random.random() * 6)] * 3
    dice = Dice()
    assert {dice.number(2, 4) for _ in range(100)} == {2, 3, 4}
    assert {dice.one_of("ab") for _ in range(100)} == {"a", "b"}


def test_it_is_a_small_county_of_five_villages(table: HouseholdTable) -> None:
    assert len(STORIES) == 40
    assert len(table.households) == 38  # one is typed twice, and one has a comma too much
    assert sum(len(household.members or ()) for household in table.households) == 115
    assert len({household.village for household in table.households}) == 5


def test_nobody_in_it_exists(table: HouseholdTable, pack: Pack) -> None:
    assert pack.region == REGION
    assert {household.region for household in table.households} == {REGION}
    numbers = [m.id_number for h in table.households for m in h.members or () if m.id_number]
    assert len(numbers) == len(set(numbers)) == 114
    assert not any(check_id_number(number).region_known for number in numbers)
    names = [m.name or "" for h in table.households for m in h.members or ()]
    names += [household.head_name or "" for household in table.households]
    assert all(name[0] in SURNAMES and name[1:] in ("某", "某某") for name in names)
    assert not {"联系电话", "银行账号", "家庭住址"} & {*HOUSEHOLD_HEADINGS, *MEMBER_HEADINGS}


def test_each_member_is_born_when_the_number_says(table: HouseholdTable) -> None:
    born = [
        (m.birth_date, check_id_number(m.id_number)) for h in table.households for m in h.members or () if m.id_number
    ]
    assert all(day is None or day == number.birth_date for day, number in born)


def test_it_has_missing_facts_ranges_and_dirty_rows(table: HouseholdTable) -> None:
    assert any(household.wage_income is None for household in table.households)
    assert any(isinstance(household.wage_income, Between) for household in table.households)
    assert any(m.out_of_pocket is None for h in table.households for m in h.members or ())
    assert table.blank_rows == 1
    assert Counter(problem.code for problem in table.problems) == {
        "column-unknown": 1,
        "cell-number": 2,
        "cell-whole-number": 1,
        "cell-choice": 1,
        "cell-day": 1,
        "cell-serial-day": 1,
        "id-check-digit": 1,
        "row-id-twice": 2,
        "row-too-long": 1,
        "row-without-id": 1,
        "member-of-bad-row": 6,
        "member-without-household": 1,
    }


def test_every_grade_and_category_comes_out_of_it(assessments: dict[str, Assessment], pack: Pack) -> None:
    assert {a.grade for a in assessments.values()} == {*pack.rules.spec.grades, None}
    assert {a.category for a in assessments.values()} == {*pack.rules.spec.categories, "none", None}
    assert {a.status for a in assessments.values()} == {"graded", "unknown", "clear"}


def test_the_household_that_the_demo_explains_has_something_of_everything(
    assessments: dict[str, Assessment], table: HouseholdTable
) -> None:
    shown = assessments[sample.SHOWN]
    assert shown.risks
    assert shown.unknown_risks
    assert shown.to_ask
    assert shown.category == "marginal"
    (household,) = [h for h in table.households if h.household_id == sample.SHOWN]
    assert isinstance(household.wage_income, Between)


def test_no_household_with_a_missing_income_is_simply_without_risk(
    assessments: dict[str, Assessment], table: HouseholdTable
) -> None:
    missing = [h.household_id for h in table.households if h.wage_income is None]
    assert missing
    assert all(assessments[id_].status != "clear" for id_ in missing)
