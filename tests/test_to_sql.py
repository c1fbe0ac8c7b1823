"""A pack as a query says on each database what it says on frames, and what grading one by one says."""

from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fanpin
from fanpin import Household, grade_frames, load_pack, sample
from fanpin.columns import NAMES
from tests.county_frames import by_itself, compared, frames_of
from tests.test_grade_frames import AGES, COUNTY, EXAMPLE, HOUSEHOLDS, pack_of, regional_pack
from tests.test_random_packs import ON, _random_household, _random_rules

ENGINES = ("duckdb", "postgres")
DAY = date(2024, 5, 1)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, require: Any) -> Any:
    """A database of each kind on which queries are offered."""
    return require(request.param)


def graded_by(engine: Any, pack: Any, on: date, households: pl.DataFrame, members: pl.DataFrame | None) -> list[Any]:
    """What a database says, in the order of the households' ids."""
    from tests.language.sql_engines import load

    tables = {"households": households, **({} if members is None else {"members": members})}
    for name, frame in tables.items():
        load(engine, name, frame)
    columns = {name: frame.columns for name, frame in tables.items()}
    text = fanpin.to_sql(pack, on=on, dialect=engine.dialect, columns=columns)
    names = (*NAMES, *(n for r in pack.rules.spec.results.values() if r.of is None for n in r.columns))
    rows = [dict(zip(names, row, strict=True)) for row in engine.run(text)]
    return [compared(row) for row in sorted(rows, key=lambda row: str(row["household_id"]))]


def expected_of(households: list[Household], pack: Any, on: date) -> list[Any]:
    return [by_itself(h, pack, on) for h in sorted(households, key=lambda h: h.household_id)]


def test_the_sample_county_is_graded_alike(engine: Any) -> None:
    drop = [name for name, dtype in COUNTY.households.schema.items() if dtype == pl.Null]
    said = graded_by(engine, EXAMPLE, sample.DAY, COUNTY.households.drop(drop), COUNTY.members)
    assert said == expected_of(HOUSEHOLDS, EXAMPLE, sample.DAY)


@given(number=st.integers(0, 10**6))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_packs_on_random_households(engine: Any, number: int) -> None:
    random = Random(number)
    rules = _random_rules(random)
    if rules is None:
        return
    named = [_random_household(random).model_copy(update={"household_id": str(i)}) for i in range(6)]
    named = [h.model_copy(update={"as_of": random.choice([None, *AGES])}) for h in named]
    pack = pack_of(rules, facts_valid_months=random.choice([None, 12]))
    assert graded_by(engine, pack, ON, *frames_of(named)) == expected_of(named, pack, ON)


def test_several_regions(engine: Any, tmp_path: Any) -> None:
    pack, named = regional_pack(tmp_path)
    households, _ = frames_of(named)
    assert graded_by(engine, pack, DAY, households, None) == expected_of(named, pack, DAY)


def test_ids_that_are_doubled_or_missing_are_refused(engine: Any) -> None:
    households = pl.DataFrame({"household_id": ["1", "2", "1", None], "size": [1, 2, 3, 4]})
    said = graded_by(engine, EXAMPLE, sample.DAY, households, None)
    assert [row["status"] for row in said] == ["refused", "refused", "unknown", "refused"]


@pytest.mark.parametrize(
    "facts",
    [
        {"wage_income": -5.0}, {"wage_income": float("nan")}, {"wage_income": float("inf")},
        {"wage_income__lo": 9.0, "wage_income__hi": 5.0}, {"wage_income": 12.345}, {"size": 0.0}, {"size": 2.5},
        {"water": "wet"}, {"water": ""}, {"water": "未保障"},
    ],
)  # fmt: skip
def test_what_can_not_be_is_the_same_fault(engine: Any, facts: dict[str, Any]) -> None:
    households = pl.DataFrame({"household_id": ["1"], **{name: [value] for name, value in facts.items()}})
    (row,) = grade_frames(households, pack=EXAMPLE, on=sample.DAY).iter_rows(named=True)
    assert graded_by(engine, EXAMPLE, sample.DAY, households, None) == [compared(row)]


# The query


def test_a_relation_of_duckdb_comes_back_as_one_in_its_order(require: Any) -> None:
    connection = require("duckdb").connection
    for name, frame in (("county_households", COUNTY.households), ("county_members", COUNTY.members)):
        connection.register(f"{name}_frame", frame)
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {name}_frame")
    graded = grade_frames(
        connection.table("county_households"), connection.table("county_members"), pack=EXAMPLE, on=sample.DAY
    )
    assert type(graded) is type(connection.table("county_households"))
    assert graded.pl().equals(grade_frames(COUNTY.households, COUNTY.members, pack=EXAMPLE, on=sample.DAY))


def test_results_of_one_connection_do_not_mix_and_nothing_is_written(tmp_path: Any, require: Any) -> None:
    require("duckdb")
    import duckdb

    with duckdb.connect(str(tmp_path / "county.duckdb")) as writing:
        writing.execute("CREATE TABLE households AS SELECT '1' AS household_id, 1 AS size")
        writing.execute("CREATE TABLE members AS SELECT '1' AS household_id, 90000.0 AS out_of_pocket")
    with duckdb.connect(str(tmp_path / "county.duckdb"), read_only=True) as reading:
        households, members = reading.table("households"), reading.table("members")
        ill = grade_frames(households, members, pack=EXAMPLE, on=sample.DAY)
        nobody = grade_frames(households, members.filter("out_of_pocket < 0"), pack=EXAMPLE, on=sample.DAY)
        assert "illness" in ill.pl()["risks"][0]
        assert nobody.pl()["risks"].to_list() == [[]]
        assert "illness" in ill.pl()["risks"][0]


def test_another_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no query was ever run on spark; .* duckdb, postgres"):
        fanpin.to_sql(EXAMPLE, on=sample.DAY, dialect="spark")  # type: ignore[arg-type]


def test_the_query_names_the_tables_that_it_is_told() -> None:
    text = fanpin.to_sql(
        EXAMPLE, on=sample.DAY, dialect="postgres", tables={"households": "户表", "members": "成员表"}, schema="监测"
    )
    assert '"监测"."户表"' in text
    assert '"监测"."成员表"' in text


def test_a_query_calls_definitions_and_risks_by_their_names() -> None:
    text = fanpin.to_sql(load_pack("zhalaite"), on=sample.DAY, dialect="postgres")
    assert 'AS "net_income__lo"' in text
    assert text.count('AS "illness__hi"') == 2, "in the step that works it out, and where the steps end"


def test_the_shipped_packs_are_queries_that_run(engine: Any) -> None:
    for name in ("national", "zhalaite", "danfeng", "example"):
        assert len(graded_by(engine, load_pack(name), sample.DAY, *frames_of(HOUSEHOLDS))) == len(HOUSEHOLDS)
