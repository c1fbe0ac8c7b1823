"""Results of members in tables: a row a member, as grading its household by itself says of it."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from fanpin import DataError, Verdict, grade, grade_frames, load_pack, sample
from tests.county_frames import compared_row, frames_of, members_by_themselves
from tests.paying_cases import PAYING
from tests.random_results import REGIONS
from tests.result_laws import ON, households_of
from tests.test_grade_frames import KINDS
from tests.test_to_sql import engine, expected_of, graded_by

__all__ = ["engine"]  # a fixture

HOUSEHOLDS = households_of(PAYING, Random(2), 80, REGIONS)
CHILD = date(2015, 1, 1)
GRANT = ["child_grant__lo", "child_grant__hi", "child_grant__state"]


def of_members(households: Any, members: Any, **more: Any) -> Any:
    return grade_frames(households, members, pack=PAYING, on=ON, of="members", **more)


def rows_of(found: Any) -> list[dict[str, Any]]:
    held = found.collect() if isinstance(found, pl.LazyFrame) else found
    return [compared_row(row) for row in held.iter_rows(named=True)]


@pytest.mark.parametrize("lazy", [True, False])
def test_frames_say_what_grading_one_by_one_says(lazy: bool) -> None:
    households, members = frames_of(HOUSEHOLDS)
    frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
    said = rows_of(of_members(*frames))
    assert said == [row for h in HOUSEHOLDS for row in members_by_themselves(h, PAYING, ON)]
    assert {row["child_grant__state"] for row in said} == {"known", "unknown", "refused"}


def test_they_come_in_the_order_of_the_members_whatever_that_of_the_households_is() -> None:
    households, members = frames_of(HOUSEHOLDS)
    mixed = members.sample(fraction=1, shuffle=True, seed=1)
    said = of_members(households.reverse(), mixed)
    assert said["household_id"].to_list() == mixed["household_id"].to_list()
    in_order = of_members(households, mixed.sort("household_id", maintain_order=True))
    assert said.sort("household_id", maintain_order=True).equals(in_order)
    assert said.filter(household_id="003")["row"].to_list() == [0, 1, 2, 3]


def test_the_columns_say_whose_a_row_is_and_then_what_comes_of_it() -> None:
    households, members = frames_of(HOUSEHOLDS[:5])
    said = of_members(households, members)
    assert said.columns == ["household_id", "row", "to_ask", "faults", *GRANT]
    numbered = members.with_columns(身份证号=pl.Series(["x"] * members.height))
    assert of_members(households, numbered).columns == ["household_id", "row", "id_number", "to_ask", "faults", *GRANT]
    assert of_members(households, numbered)["id_number"].to_list() == ["x"] * members.height
    spoken = of_members(households, numbered, labels="en").columns
    assert spoken[:4] == ["household id", "number within the household, from 0", "ID number", "still to ask"]
    assert spoken[5].startswith("child grant, at least")


@pytest.mark.parametrize("lazy", [True, False])
def test_who_belongs_to_no_household_or_to_one_that_is_refused_is_refused(lazy: bool) -> None:
    ids = ["2", "1", None, "9", "2"]
    households = pl.DataFrame({"household_id": ["1", "2", "1", None], "size": [1, 2, 3, 4]})
    members = pl.DataFrame({"household_id": ids, "birth_date": [CHILD] * 4 + [None], "away": [None] * 5})
    frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
    found = of_members(*frames)
    held: pl.DataFrame = found.collect() if lazy else found
    assert held["household_id"].to_list() == ids
    assert held["faults"].to_list() == [
        [],
        ["row-id-twice:household_id"],
        ["row-without-id:household_id"],
        ["member-without-household:household_id"],
        [],
    ]
    assert held.select(GRANT).rows() == [
        (3000.0, 3000.0, "known"),
        *[(None, None, "refused")] * 3,
        (0.0, 3000.0, "unknown"),
    ]
    assert held["to_ask"].to_list() == [[], None, None, None, ["members.birth_date"]]


def test_a_promise_that_one_member_breaks_refuses_the_members_of_the_household() -> None:
    households = pl.LazyFrame({"household_id": ["1", "2"]})
    members = pl.LazyFrame({"household_id": ["1", "1", "2"], "birth_date": [CHILD, None, CHILD]})
    said = of_members(households, members, complete=["members.birth_date"]).collect()
    assert said["child_grant__state"].to_list() == ["refused", "refused", "known"]
    assert said["faults"].to_list()[0] == ["not-complete:members.birth_date"]


def test_a_value_that_can_not_be_is_a_fault_of_the_member_who_has_it() -> None:
    households = pl.DataFrame({"household_id": ["1"]})
    members = pl.DataFrame({"household_id": ["1", "1"], "birth_date": [date(1700, 1, 1), CHILD]})
    said = of_members(households, members)
    assert said["faults"].to_list() == [["fact-day:members.birth_date"], []]
    assert said["child_grant__state"].to_list() == ["unknown", "known"]


@pytest.mark.parametrize("lazy", [True, False])
def test_of_members_whose_facts_are_too_old_nothing_is_known_and_all_is_asked(lazy: bool, tmp_path: Path) -> None:
    pack = load_pack(written(tmp_path, "facts_valid_months: 12\n"))
    households = pl.DataFrame({"household_id": ["1", "2"], "as_of": [date(2023, 1, 1), date(2024, 4, 1)]})
    members = pl.DataFrame({"household_id": ["1", "2"], "employed": [True, True]})
    frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
    found = grade_frames(*frames, pack=pack, on=ON, of="members")
    held: pl.DataFrame = found.collect() if lazy else found
    assert held["works__state"].to_list() == ["unknown", "known"]
    assert ["members.employed" in asked for asked in held["to_ask"]] == [True, False]
    assert held["faults"].to_list() == [["facts-too-old:as_of"], []]


def test_what_reads_risks_is_worked_out_after_them(tmp_path: Path) -> None:
    pack, named = hanging_on_risks(tmp_path)
    frames = frames_of(named)
    said = rows_of(grade_frames(*frames, pack=pack, on=ON, of="members"))
    assert said == [row for h in named for row in members_by_themselves(h, pack, ON)]
    assert [row["helped"] for row in said[:2]] == ["eligible", "none"]
    by_household = grade_frames(*frames, pack=pack, on=ON)
    assert by_household["some"].to_list() == [grade(h, pack=pack, on=ON).result("some").kind for h in named]
    assert by_household["some"][0] == "eligible"
    verdict = Verdict("unsafe_water", "rejected", by="county", day=ON, reason="seen")
    ruled = grade_frames(*frames, pack=pack, on=ON, of="members", verdicts={"0": [verdict]})
    assert rows_of(ruled)[:2] == [*members_by_themselves(named[0], pack, ON, [verdict])]


def test_databases_work_out_after_the_risks_what_reads_them(tmp_path: Path, engine: Any) -> None:
    pack, named = hanging_on_risks(tmp_path)
    assert graded_by(engine, pack, ON, *frames_of(named)) == expected_of(named, pack, ON)


def hanging_on_risks(folder: Path) -> tuple[Any, list[Any]]:
    pack, members = load_pack(written(folder)), [{"employed": True}, {"employed": False}]
    facts = {"size": 2, "members": members}
    waters = ["not_met", "met", None]
    return pack, [pack.household({"household_id": str(at), "water": w, **facts}) for at, w in enumerate(waters)]


@pytest.mark.parametrize("of", ["households", "members"])
def test_where_there_is_nobody_there_are_no_rows(of: str) -> None:
    households, members = frames_of(HOUSEHOLDS[:5])
    found = of_members(households, members)
    empty = of_members(households, members.clear())
    assert (empty.height, empty.schema) == (0, found.schema)
    if of == "households":
        said = of_members(households.clear().lazy(), members.lazy()).collect()
        assert said["child_grant__state"].to_list() == ["refused"] * members.height


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_back_as_it_went_in(kind: str, require: Any) -> None:
    if kind in ("pandas", "pyarrow"):
        require("pyarrow")
        require("pandas")
    into, out = KINDS[kind]
    households, members = frames_of([h for h in HOUSEHOLDS if h.members])
    said = of_members(into(households), into(members))
    assert type(said) is type(into(households))
    assert out(said).select(GRANT).equals(of_members(households, members).select(GRANT))


def test_a_lazy_frame_is_not_collected_and_no_python_runs_in_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def collected(*_: object, **__: object) -> None:
        raise AssertionError("collected")

    households, members = frames_of(HOUSEHOLDS)
    with monkeypatch.context() as patched:
        patched.setattr(pl.LazyFrame, "collect", collected)
        said = of_members(households.lazy(), members.lazy())
    assert "PYTHON" not in said.explain(optimized=True).upper()


def test_without_a_frame_of_members_there_is_nothing_to_say() -> None:
    with pytest.raises(TypeError, match="`of` says 'members', and no frame of that name is given"):
        of_members(pl.DataFrame({"household_id": ["1"]}), None)
    with pytest.raises(TypeError, match="`of` says 'member'"):
        grade_frames(*frames_of(HOUSEHOLDS[:2]), pack=PAYING, on=ON, of="member")


def test_rows_of_another_collection_have_a_table_too(tmp_path: Path) -> None:
    head = "name: p\nversion: 1.0.0\nlabel: {zh: 包, en: p}\nextends: example\nregion: '990001'\n"
    (tmp_path / "pack.yaml").write_text(head, "utf-8")
    (tmp_path / "facts.yaml").write_text(
        "collections:\n  bills:\n    label: {zh: 账单, en: bills}\n    max_rows: 3\n    facts:\n"
        "      cost: {label: {zh: 费用, en: cost}, type: money, unit: CNY}\n",
        "utf-8",
    )
    (tmp_path / "results.yaml").write_text(
        "results:\n  paid: {label: {zh: 付, en: paid}, of: bills, amount: b.cost / 2, round: {to: fen, how: down}}\n",
        "utf-8",
    )
    bills = pl.DataFrame({"household_id": ["b", "a", "b", "c", *"dddd"], "cost": [1.01, 2.0, None, 3.0, *[1.0] * 4]})
    households = pl.DataFrame({"household_id": ["a", "b", "d"]})
    said = grade_frames(households, pack=load_pack(tmp_path), on=ON, tables={"bills": bills}, of="bills")
    assert said.select("household_id", "row", "paid__lo", "paid__state").rows()[:4] == [
        ("b", 0, 0.5, "known"),
        ("a", 0, 1.0, "known"),
        ("b", 1, 0.0, "unknown"),
        ("c", 0, None, "refused"),
    ]
    assert said["to_ask"].to_list()[2] == ["bills.cost"]
    assert said["faults"].to_list()[4] == ["rows-too-many:bills"]


@pytest.mark.parametrize("what", [{"verdicts": {"1": []}}, {"labels": "zh"}, {"of": "members"}])
def test_what_relations_do_not_take_is_refused_with_the_way_out(what: dict[str, Any]) -> None:
    duckdb = pytest.importorskip("duckdb")
    one = duckdb.connect().sql("SELECT '1' AS household_id")
    with pytest.raises(TypeError, match=rf"`{next(iter(what))}` is not taken .* frames of Polars \(relation.pl\(\)\)"):
        grade_frames(one, pack=PAYING, on=ON, **what)


def test_a_pack_without_results_of_members_says_who_is_refused() -> None:
    found = grade_frames(*frames_of(HOUSEHOLDS[:5]), pack=load_pack("example"), on=sample.DAY, of="members")
    assert found.columns == ["household_id", "row", "to_ask", "faults"]


def test_columns_that_can_not_be_read_are_named() -> None:
    households = pl.DataFrame({"household_id": ["1"]})
    with pytest.raises(DataError):
        of_members(households, pl.DataFrame({"household_id": [1], "birth_date": ["x"]}))


def written(folder: Path, more: str = "") -> Path:
    """A pack in which results of members and of the household hang on risks, within folds too."""
    head = "name: p\nversion: 1.0.0\nlabel: {zh: 包, en: pack}\nextends: example\nregion: '990001'\n"
    (folder / "pack.yaml").write_text(head + more, "utf-8")
    (folder / "rules.yaml").write_text(
        "definitions:\n  several: {label: {zh: 多, en: several}, is: any(m.employed for m in members)}\n", "utf-8"
    )
    (folder / "results.yaml").write_text(
        "results:\n"
        "  some: {label: {zh: 有, en: some}, when: {w: any(m.employed and count(risks) > 0 for m in members)}}\n"
        "  helped:\n    label: {zh: 帮, en: helped}\n    of: members\n"
        "    when: {w: m.employed and count(risks) > 0 and several}\n"
        "  works: {label: {zh: 做工, en: works}, of: members, when: {w: m.employed}}\n",
        encoding="utf-8",
    )
    return folder
