"""The invented county: always the same, nobody's, and with all that a county's tables have."""

import re
import runpy
from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fanpin import Assessment, DataError, Pack, check_log, grade, load_pack, sample
from fanpin.event_tables import as_columns, read_log
from fanpin.event_words import words_of
from fanpin.expressions.nodes import facts_read
from fanpin.id_numbers import check_id_number
from fanpin.kinds import Between
from fanpin.sample import files, log, stories, villages
from fanpin.sample.forty import STORIES, forty
from fanpin.sample.rows import (
    HOUSEHOLD_HEADINGS,
    INCOMES,
    MEMBER_HEADINGS,
    REGION,
    SURNAMES,
    Part,
    Row,
    household_row,
    member_rows,
)
from fanpin.sample.stories import Dice, Family, Story
from fanpin.tables import CountyTable, households_of, read_county

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(sample.PACK)


@pytest.fixture(scope="module")
def table(pack: Pack) -> CountyTable:
    return read_county(sample.HOUSEHOLDS, sample.MEMBERS, model=pack.model)


@pytest.fixture(scope="module")
def assessments(table: CountyTable, pack: Pack) -> dict[str, Assessment]:
    return {h.household_id: grade(h, pack=pack, on=sample.DAY) for h in households_of(table)}


def test_the_generator_writes_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    written = sample.write(tmp_path)
    assert [path.read_bytes() for path in written] == [
        path.read_bytes() for path in (sample.HOUSEHOLDS, sample.MEMBERS)
    ]
    assert forty() == forty()


def test_excel_knows_the_encoding_of_the_shipped_files() -> None:
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in (sample.HOUSEHOLDS, sample.MEMBERS))


def test_the_dice_use_nothing_but_what_python_promises_to_keep() -> None:
    """`random()` of a seed is the same in every version; the other methods are not promised to be."""
    assert [Dice().number(1, 6) for _ in range(3)] == [1 + int(Dice().random.random() * 6)] * 3
    dice = Dice()
    assert {dice.number(2, 4) for _ in range(100)} == {2, 3, 4}
    assert {dice.one_of("ab") for _ in range(100)} == {"a", "b"}


def test_it_is_a_small_county_of_five_villages(table: CountyTable) -> None:
    assert len(STORIES) == 40
    assert len(households_of(table)) == 38  # one is typed twice, and one has a comma too much
    assert sum(len(household.members or ()) for household in households_of(table)) == 115
    assert len({household.village for household in households_of(table)}) == 5


def test_nobody_in_it_exists(table: CountyTable, pack: Pack) -> None:
    assert pack.region == REGION
    assert {household.region for household in households_of(table)} == {REGION}
    numbers = [m.id_number for h in households_of(table) for m in h.members or () if m.id_number]
    assert len(numbers) == len(set(numbers)) == 114
    assert not any(check_id_number(number).region_known for number in numbers)
    names = [m.name or "" for h in households_of(table) for m in h.members or ()]
    names += [household.head_name or "" for household in households_of(table)]
    assert all(name[0] in SURNAMES and name[1:] in ("某", "某某") for name in names)
    assert not {"联系电话", "银行账号", "家庭住址"} & {*HOUSEHOLD_HEADINGS, *MEMBER_HEADINGS}


def test_each_member_is_born_when_the_number_says(table: CountyTable) -> None:
    born = [
        (m.birth_date, check_id_number(m.id_number))
        for h in households_of(table)
        for m in h.members or ()
        if m.id_number
    ]
    assert all(day is None or day == number.birth_date for day, number in born)


def test_it_has_missing_facts_ranges_and_dirty_rows(table: CountyTable) -> None:
    assert any(household.wage_income is None for household in households_of(table))
    assert any(isinstance(household.wage_income, Between) for household in households_of(table))
    assert any(m.out_of_pocket is None for h in households_of(table) for m in h.members or ())
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
    assessments: dict[str, Assessment], table: CountyTable
) -> None:
    shown = assessments[sample.SHOWN]
    assert shown.risks
    assert shown.unknown_risks
    assert shown.to_ask
    assert shown.category == "marginal"
    (household,) = [h for h in households_of(table) if h.household_id == sample.SHOWN]
    assert isinstance(household.wage_income, Between)


def test_no_household_with_a_missing_income_is_simply_without_risk(
    assessments: dict[str, Assessment], table: CountyTable
) -> None:
    missing = [h.household_id for h in households_of(table) if h.wage_income is None]
    assert missing
    assert all(assessments[id_].status != "clear" for id_ in missing)


# A county of any size


@pytest.fixture(scope="module")
def whole() -> list[Part]:
    return list(sample.county(dirty=False))


def cells(rows: list[Row], heading: str) -> list[str]:
    headings = villages.HEADINGS if len(rows[0]) == len(villages.HEADINGS) else MEMBER_HEADINGS
    return [row[headings.index(heading)] for row in rows]


def of_all(parts: list[Part]) -> tuple[list[Row], list[Row]]:
    return [row for part in parts for row in part.households], [row for part in parts for row in part.members]


def test_a_county_has_as_many_villages_grids_and_households_as_a_real_one(whole: list[Part]) -> None:
    households, members = of_all(whole)
    assert (len(whole), len(households)) == (197, 30_000)
    grids = Counter(cells(households, "网格编号"))
    assert len(grids) == 814
    assert {30, 40, 45} <= {*grids.values()} <= {*range(30, 51)}
    assert all(len({*cells(part.households, "村")}) == 1 for part in whole)
    assert 2.8 < len(members) / len(households) < 2.95


@pytest.mark.parametrize("count", [1, 2, 29, 30, 51, 59, 60, 152, 153, 450, 1000, 2999])
def test_it_has_as_many_households_as_are_asked_for(count: int) -> None:
    households, members = of_all(list(sample.county(count, dirty=False)))
    assert len({*cells(households, "户编号")}) == len(households) == count
    assert {*cells(members, "户编号")} == {*cells(households, "户编号")}
    grids = Counter(cells(households, "网格编号"))
    assert max(grids.values()) <= 50
    assert count < 60 or min(grids.values()) >= 30
    assert of_all(list(sample.county(count)))[0]  # dirt finds a place in the smallest too


@pytest.mark.parametrize("count", [0, -1, sample.MOST + 1])
def test_no_county_is_empty_or_larger_than_its_id_numbers_last(count: int) -> None:
    with pytest.raises(ValueError, match="households"):
        sample.county(count)


def test_a_million_households_come_village_by_village() -> None:
    first = next(iter(sample.county(1_000_000)))
    assert 120 < len(first.households) < 260


def test_it_is_the_same_on_every_machine_and_differs_by_its_seed(tmp_path: Path) -> None:
    written = sample.write(tmp_path, households=450)
    digest = sha256(b"".join(path.read_bytes() for path in written)).hexdigest()
    assert digest == "568d43e1f8cd543a0c134b500ac2cf9a16a4c81b2c0ab48bd83e9521aae2d077"
    assert [*sample.county(450, seed=1)] == [*sample.county(450, seed=1)] != [*sample.county(450, seed=2)]


def test_nobody_in_the_county_exists(whole: list[Part]) -> None:
    households, members = of_all(whole)
    assert {*cells(households, "行政区划代码")} == {REGION}
    numbers = cells(members, "身份证号")
    assert len({*numbers}) == len(numbers)
    found = [check_id_number(number) for number in numbers]
    assert not any(number.region_known for number in found)
    assert [number.birth_date.isoformat() for number in found] == cells(members, "出生日期")
    names = cells(members, "姓名") + cells(households, "户主姓名")
    assert all(name[0] in SURNAMES and name[1:] in ("某", "某某") for name in names)


def test_every_village_has_a_name_of_its_own() -> None:
    names = [villages.village_name(number) for number in range(1, 6568)]
    assert len({*names}) == 6567
    assert all(name.endswith(("村", "嘎查")) for name in names)


def test_one_income_in_a_hundred_is_missing_and_as_many_are_ranges(whole: list[Part]) -> None:
    households, members = of_all(whole)
    for heading in INCOMES:
        written = cells(households, heading)
        assert 0.008 < written.count("") / 30_000 < 0.018, heading
        ranges = [text for text in written if "-" in text]
        assert 0.005 < len(ranges) / 30_000 < 0.015, heading
        assert all(int(lo) < int(hi) for lo, hi in (text.split("-") for text in ranges))
    gaps = sum(row.count("") for row in members)
    assert 0.007 < gaps / len(members) < 0.015


@pytest.fixture(scope="module")
def graded_county(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> tuple[CountyTable, list[Assessment]]:
    """Of 4,000 households, dirt included."""
    files = sample.write(tmp_path_factory.mktemp("county"), households=4_000)
    table = read_county(*files, model=pack.model)
    return table, [grade(household, pack=pack, on=sample.DAY) for household in households_of(table)]


def test_most_are_well_and_as_many_are_watched_as_in_a_real_county(
    graded_county: tuple[CountyTable, list[Assessment]], pack: Pack
) -> None:
    _, graded = graded_county
    shares = {key: n / len(graded) for key, n in Counter(a.category for a in graded).items()}
    watched = shares["unstable"] + shares["marginal"] + shares["sudden"]
    assert 0.012 < watched < 0.024  # 497 of 30,000 are 0.017
    assert shares["unstable"] > shares["marginal"] > shares["sudden"]
    assert 0.85 < sum(a.status == "clear" for a in graded) / len(graded) < 0.95
    assert {a.grade for a in graded} == {*pack.rules.spec.grades, None}


def test_each_kind_of_dirt_turns_up_in_the_county_and_nothing_else_does(
    graded_county: tuple[CountyTable, list[Assessment]],
) -> None:
    table, _ = graded_county
    found = Counter(problem.code for problem in table.problems)
    found.pop("member-of-bad-row")
    assert found.pop("column-unknown") == 1  # remarks
    assert {*found} == {
        "cell-number", "cell-whole-number", "cell-choice", "cell-day", "cell-serial-day", "id-check-digit",
        "row-id-twice", "row-too-long", "row-without-id", "member-without-household",
    }  # fmt: skip
    assert table.blank_rows
    assert sum(found.values()) < 0.02 * len(households_of(table))


def of_story(story: Story, folder: Path, pack: Pack) -> list[Assessment]:
    """Sixty households with that story."""
    dice, part = Dice(Random(7)), Part()
    for number in range(60):
        family = Family(dice)
        story(family)
        registered = number % 2 == 0
        place = {"户编号": f"H{number}"}
        part.households.append(household_row(HOUSEHOLD_HEADINGS, place, family, surname="王", registered=registered))
        part.members += member_rows(f"H{number}", family, surname="王", first=number * 5)
    files.write(sample.paths(folder), HOUSEHOLD_HEADINGS, [part], sample.DAY)
    table = read_county(*sample.paths(folder), model=pack.model)
    assert not table.bad_rows
    return [grade(household, pack=pack, on=sample.DAY) for household in households_of(table)]


@pytest.mark.parametrize("story", villages.WATCHED, ids=lambda story: story.__name__)
def test_whom_the_shares_count_as_watched_is_watched(story: Story, tmp_path: Path, pack: Pack) -> None:
    categories = Counter(a.category for a in of_story(story, tmp_path, pack))
    assert {*categories} == ({"sudden"} if story is stories.accident else {"unstable", "marginal"})


@pytest.mark.parametrize("story", [*villages.OTHERS, stories.settled], ids=lambda story: story.__name__)
def test_of_all_others_nobody_is_surely_watched(story: Story, tmp_path: Path, pack: Pack) -> None:
    assessments = of_story(story, tmp_path, pack)
    assert not {a.category for a in assessments} & {"sudden"}
    statuses = {a.status for a in assessments}
    if story is stories.settled:
        assert statuses == {"clear"}
    elif story in {stories.old_and_well_off, stories.in_hospital}:
        assert (statuses, {a.category for a in assessments}) == ({"graded"}, {"none"})
    else:
        assert "clear" not in statuses


# Files


def test_excel_holds_the_same_with_ids_as_text_and_days_as_days_or_text(
    tmp_path: Path, require: Callable[[str], Any]
) -> None:
    require("polars")
    pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    book = calamine.load_workbook(sample.write(tmp_path, households=900, format="xlsx")[0])
    assert book.sheet_names == ["户", "家庭成员"]
    kinds: dict[str, set[type]] = {}
    for name, headings, rows in zip(
        book.sheet_names, (villages.HEADINGS, MEMBER_HEADINGS), of_all(list(sample.county(900))), strict=True
    ):
        first, *read = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert tuple(first[: len(headings)]) == headings
        while not any(rows[-1]):
            rows.pop()  # blank rows at the end are not in the file
        for cells_read, row in zip(read, rows, strict=True):
            assert all(is_written(*pair) for pair in zip(cells_read, row, strict=False)), row[0]
        kinds |= {heading: {type(row[at]) for row in read} for at, heading in enumerate(headings)}
    assert kinds["户编号"] == kinds["网格编号"] == kinds["身份证号"] == {str}
    assert kinds["出生日期"] == {str, date, float}  # a number is one of those that are wrong on purpose
    assert kinds["工资性收入"] == {str, float}


def is_written(cell: object, text: str) -> bool:
    """Whether the cell says what the text does."""
    match cell:
        case float():
            return cell == float(text)
        case date():
            return cell.isoformat() == text
    found = re.fullmatch("([0-9]+)年([0-9]+)月([0-9]+)日", str(cell))
    return cell == text if found is None else date(*map(int, found.groups())).isoformat() == text


def test_parquet_holds_the_same_as_text(tmp_path: Path, require: Callable[[str], Any]) -> None:
    polars = require("polars")
    written = [polars.read_parquet(path) for path in sample.write(tmp_path, households=450, format="parquet")]
    for frame, headings, rows in zip(
        written, (villages.HEADINGS, MEMBER_HEADINGS), of_all(list(sample.county(450))), strict=True
    ):
        assert frame.schema == dict.fromkeys(headings, polars.String)
        assert [[cell or "" for cell in row] for row in frame.iter_rows()] == [row[: len(headings)] for row in rows]


def test_what_excel_has_no_room_for_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require: Callable[[str], Any]
) -> None:
    require("polars")
    monkeypatch.setattr("fanpin.workbooks.MOST_ROWS", 200)
    with pytest.raises(DataError) as error:
        sample.write(tmp_path, households=100, format="xlsx")
    (problem,) = error.value.problems
    assert problem.code == "sheet-too-long"
    assert problem.details["sheet"] == "家庭成员"
    assert list(tmp_path.iterdir()) == []


def test_the_forty_come_in_every_form(tmp_path: Path, require: Callable[[str], Any]) -> None:
    require("polars")
    assert [path.name for path in sample.write(tmp_path, format="xlsx")] == ["county.xlsx"]
    assert [path.name for path in sample.write(tmp_path, format="parquet")] == ["households.parquet", "members.parquet"]


# Benchmarks


def test_the_frames_of_the_benchmarks_hold_what_their_pack_reads() -> None:
    """And a hundredth of the incomes is missing, and nothing else."""
    frames = runpy.run_path(str(BENCHMARKS / "workloads" / "frames.py"))
    households, members = frames["county_frames"](20_000, seed=3, ids="text")
    rules = load_pack(BENCHMARKS / "workloads" / "thirteen").rules
    read = facts_read(*rules.risks.values(), *rules.categories.values())
    assert {name for collection, name in read if collection is None} <= set(households.columns)
    assert {name for collection, name in read if collection} <= set(members.columns)
    assert members["household_id"].to_list() == [
        id_ for id_, size in households.select("household_id", "size").iter_rows() for _ in range(size)
    ]
    assert {len(id_) for id_ in households["household_id"]} == {18}
    assert 2.85 < len(members) / len(households) < 2.95
    missing = {column.name: column.null_count() / len(households) for column in (*households, *members)}
    assert {name for name, share in missing.items() if share} == set(frames["INCOMES"])
    assert all(0.007 < missing[name] < 0.013 for name in frames["INCOMES"])


# The log of the forty


def test_the_generator_writes_the_shipped_log_byte_for_byte(tmp_path: Path) -> None:
    assert sample.write_log(tmp_path).read_bytes() == sample.LOG.read_bytes()


def test_the_log_is_of_the_households_and_villages_of_the_tables(table: CountyTable) -> None:
    household, village = (log.HEADINGS.index(heading) for heading in ("户编号", "村"))
    villages = dict(table.households.select("household_id", "village").iter_rows())
    told = {row[household]: row[village] for row in log.events()[:-3]}
    assert len(told) == 40
    assert {id_: villages[id_] for id_ in told if id_ in villages}.items() <= told.items()


def test_every_fault_of_the_log_is_found_and_nothing_else(pack: Pack, tmp_path: Path) -> None:
    words = words_of(pack.workflows[sample.WORKFLOW])
    read = read_log(sample.write_log(tmp_path), words)
    check = check_log(read.rows, pack=pack, workflow=sample.WORKFLOW, as_of=sample.DAY, columns=as_columns(read))
    seeded = {log.Story(n).id: log.FAULTS[tell] for n, tell in enumerate(log.STORIES, 1) if tell in log.FAULTS}
    assert seeded.keys() == {log.Story(log.STORIES.index(tell) + 1).id for tell in log.FAULTS}
    found = dict.fromkeys(check.violations.select("case", "kind").iter_rows())
    assert found.keys() == {*seeded.items()}
    assert [p.code for p in (*read.problems, *check.problems)] == ["row-too-long", "log-not-a-time", "log-cell-empty"]
    assert {*check.deadlines["status"]} == {"in_time", "due_soon", "overrun"}
    assert check.deadlines.filter(status="overrun")["sentence_zh"].str.contains("线索未核").any()
