"""A frame of households is graded as each household would be by itself, whatever kind of frame it is."""

from collections.abc import Callable
from datetime import date
from itertools import permutations
from random import Random
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fanpin
from fanpin import DataError, Household, Member, Verdict, grade, grade_frames, load_pack, sample
from fanpin.columns import NAMES
from fanpin.i18n import speaking
from fanpin.tables import household_of, read_county
from tests.county_frames import by_itself, compared, frames_of
from tests.test_random_packs import LABEL, ON, _random_household, _random_rules

EXAMPLE = load_pack("example")
AGES = (date(2024, 1, 15), date(2020, 1, 15))  # of facts: of this year, and too old after twelve months
COUNTY = read_county(sample.HOUSEHOLDS, sample.MEMBERS, model=EXAMPLE.model)
MEMBERS = COUNTY.members if COUNTY.members is not None else pl.DataFrame()
HOUSEHOLDS = [h for i in COUNTY.households["household_id"] if (h := household_of(COUNTY, i)) is not None]


def rows_of(graded: Any) -> list[dict[str, Any]]:
    frame = graded.collect() if isinstance(graded, pl.LazyFrame) else graded
    assert tuple(frame.columns[: len(NAMES)]) == NAMES
    return [compared(row) for row in frame.iter_rows(named=True)]


def pack_of(rules: Any, **more: Any) -> Any:
    made = {"name": "p", "label": LABEL, "hash": "0", "region": None, "rules": rules, "facts_valid_months": None}
    return SimpleNamespace(**{**made, **more})


# It says what grading one by one says


def test_the_sample_county_is_graded_alike() -> None:
    expected = [by_itself(household, EXAMPLE, sample.DAY) for household in HOUSEHOLDS]
    assert rows_of(grade_frames(COUNTY.households, COUNTY.members, pack=EXAMPLE, on=sample.DAY)) == expected
    assert {row["status"] for row in expected} >= {"clear", "graded", "unknown"}


@pytest.mark.parametrize("pairs", [True, False])
@pytest.mark.parametrize("lazy", [True, False])
@given(number=st.integers(0, 10**6))
@settings(max_examples=15)
def test_random_packs_on_random_households(pairs: bool, lazy: bool, number: int) -> None:
    random = Random(number)
    rules = _random_rules(random)
    if rules is None:
        return
    drawn = [_random_household(random) for _ in range(6)]
    named = [h.model_copy(update={"household_id": str(i)}) for i, h in enumerate(drawn)]
    if not pairs:
        named = [_without_ranges(h) for h in named]
    named = [h.model_copy(update={"as_of": random.choice([None, *AGES])}) for h in named]
    pack = pack_of(rules, facts_valid_months=random.choice([None, 12]))
    households, members = frames_of(named, pairs=pairs)
    frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
    assert rows_of(grade_frames(*frames, pack=pack, on=ON)) == [by_itself(h, pack, ON) for h in named]


@pytest.mark.parametrize("lazy", [True, False])
@pytest.mark.parametrize("complete", [(), ("members",), ("members", "size", "wage_income")])
def test_what_is_too_old_is_unknown_whatever_was_said_or_seen_of_it(lazy: bool, complete: tuple[str, ...]) -> None:
    pack = pack_of(EXAMPLE.rules, facts_valid_months=12, region=EXAMPLE.region)
    member = Member(out_of_pocket=90_000.0, basic_medical_insurance=True, in_school=False, employed=True)
    whole = {"size": 1, "wage_income": 900.0, "members": [member], "members_complete": True}
    named = [Household(household_id=str(i), as_of=day, **whole) for i, day in enumerate(AGES)]
    households, members = frames_of(named, pairs=False)
    frames: Any = (households.lazy(), members.lazy()) if lazy else (households, members)
    graded = rows_of(grade_frames(*frames, pack=pack, on=ON, complete=complete))
    assert graded == [by_itself(h, pack, ON) for h in named]
    assert [row["status"] for row in graded] == ["graded", "unknown"]


@pytest.mark.parametrize("complete", [(), ("members",)])
@pytest.mark.parametrize("lazy", [True, False])
def test_of_members_that_are_not_given_none_is_listed(lazy: bool, complete: tuple[str, ...]) -> None:
    frame = pl.DataFrame({"household_id": ["1"], "size": [1], "members_complete": [True]})
    graded = grade_frames(frame.lazy() if lazy else frame, pack=EXAMPLE, on=sample.DAY, complete=complete)
    assert rows_of(graded) == [by_itself(Household(household_id="1", size=1), EXAMPLE, sample.DAY)]


def _without_ranges(household: Household) -> Household:
    def known(facts: dict[str, Any]) -> dict[str, Any]:
        return {name: None if hasattr(v, "lo") else v for name, v in facts.items()}

    members = household.members
    rows = None if members is None else tuple(m.model_copy(update=known(m.__dict__)) for m in members)
    return household.model_copy(update={**known(household.__dict__), "members": rows})


@given(number=st.integers(0, 10**6))
@settings(max_examples=25)
def test_verdicts_go_before_the_rule_until_they_are_stale(number: int) -> None:
    random = Random(number)
    rules = _random_rules(random)
    if rules is None:
        return
    pack, named, verdicts = pack_of(rules), [], {}
    for i in range(6):
        before, now = (_random_household(random).model_copy(update={"household_id": str(i)}) for _ in range(2))
        named.append(now if random.random() < 0.5 else before)
        seen = grade(before, pack=pack, on=ON)
        verdicts[str(i)] = [_verdict(random, seen, risk) for risk in "abc" if random.random() < 0.6]
        if random.random() < 0.4:
            to = random.choice(rules.grade_names)
            verdicts[str(i)].append(seen.grade_set(to, by="county", day=ON, reason="seen"))  # type: ignore[arg-type]
    graded = grade_frames(*frames_of(named), pack=pack, on=ON, verdicts=verdicts)
    assert rows_of(graded) == [by_itself(h, pack, ON, verdicts[h.household_id]) for h in named]


def _verdict(random: Random, seen: fanpin.Assessment, risk: str) -> Verdict:
    ruled = random.choice([seen.finding(risk).confirmed, seen.finding(risk).rejected])
    return ruled(by="township", day=ON, reason="visited")


# Kinds of frames


def _pandas(frame: pl.DataFrame) -> Any:
    return frame.to_pandas()


KINDS: dict[str, tuple[Callable[[pl.DataFrame], Any], Callable[[Any], pl.DataFrame]]] = {
    "polars": (lambda f: f, lambda f: f),
    "lazy": (lambda f: f.lazy(), lambda f: f.collect()),
    "pandas": (_pandas, pl.from_pandas),
    "pyarrow": (lambda f: f.to_arrow(), lambda f: pl.DataFrame(pl.from_arrow(f))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_back_as_it_went_in(kind: str, require: Any) -> None:
    if kind in ("pandas", "pyarrow"):
        require("pyarrow")
        require("pandas")
    into, out = KINDS[kind]
    households, members = into(COUNTY.households), into(MEMBERS)
    graded = grade_frames(households, members, pack=EXAMPLE, on=sample.DAY)
    assert type(graded) is type(households)
    expected = grade_frames(COUNTY.households, COUNTY.members, pack=EXAMPLE, on=sample.DAY)
    for name in ("household_id", "status", "grade", "category"):
        assert out(graded)[name].to_list() == expected[name].to_list()
    assert [list(x) for x in out(graded)["risks"]] == expected["risks"].to_list()


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(TypeError, match=r"`households` is a frame of Polars .* not a list"):
        grade_frames([], pack=EXAMPLE, on=sample.DAY)


# Nothing is collected, and nothing runs per row


def test_a_lazy_frame_is_not_collected_and_no_python_runs_in_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def collected(*_: object, **__: object) -> None:
        raise AssertionError("collected")

    with monkeypatch.context() as patched:
        patched.setattr(pl.LazyFrame, "collect", collected)
        graded = grade_frames(COUNTY.households.lazy(), MEMBERS.lazy(), pack=EXAMPLE, on=sample.DAY)
    plan = graded.explain(optimized=True)
    assert "PYTHON" not in plan.upper()
    assert "map" not in plan.lower().replace("bitmap", "")


# What is wrong with the data


def one(**facts: Any) -> dict[str, Any]:
    frame = pl.DataFrame({"household_id": ["1"], **{name: [value] for name, value in facts.items()}})
    (row,) = grade_frames(frame, pack=EXAMPLE, on=sample.DAY).iter_rows(named=True)
    return dict(row)


@pytest.mark.parametrize("lazy", [True, False])
@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({"wage_income": 1200.0}, []),
        ({"wage_income": -5.0}, ["fact-number:wage_income"]),
        ({"wage_income": float("nan")}, []),
        ({"wage_income": float("inf")}, ["fact-number:wage_income"]),
        ({"wage_income__lo": 9.0, "wage_income__hi": 5.0}, ["fact-number:wage_income"]),
        ({"wage_income__lo": 9.0, "wage_income__hi": None}, []),
        ({"wage_income": 12.345}, ["too-many-decimals:wage_income"]),
        ({"size": 0}, ["fact-whole-number:size"]),
        ({"size": 2.5}, ["fact-whole-number:size"]),
        ({"water": "wet"}, ["fact-choice:water"]),
        ({"water": ""}, []),
        ({"water": "未保障"}, []),
    ],
)
def test_a_value_that_can_not_be_is_a_fault_and_missing(facts: dict[str, Any], faults: list[str], lazy: bool) -> None:
    schema = {name: pl.Float64 for name in facts if name.startswith("wage")}
    frame = pl.DataFrame({"household_id": ["1"], **{n: [v] for n, v in facts.items()}}, schema_overrides=schema)
    graded = grade_frames(frame.lazy() if lazy else frame, pack=EXAMPLE, on=sample.DAY)
    (row,) = (graded.collect() if isinstance(graded, pl.LazyFrame) else graded).iter_rows(named=True)
    assert row["faults"] == faults
    if faults and not faults[0].startswith("too-many"):
        nobody = one(**dict.fromkeys(facts))
        assert {**row, "faults": []} == nobody


@pytest.mark.parametrize("lazy", [True, False])
def test_of_two_households_with_one_id_neither_is_graded(lazy: bool) -> None:
    frame = pl.DataFrame({"household_id": ["1", "2", "1", None], "size": [1, 2, 3, 4]})
    graded = grade_frames(frame.lazy() if lazy else frame, pack=EXAMPLE, on=sample.DAY)
    held = graded.collect() if isinstance(graded, pl.LazyFrame) else graded
    assert held["household_id"].to_list() == ["1", "2", "1", None]
    assert held["status"].to_list() == ["refused", "unknown", "refused", "refused"]
    assert held["faults"].to_list()[0] == ["row-id-twice:household_id"]
    assert held["faults"].to_list()[3] == ["row-without-id:household_id"]
    assert held["risks"].to_list()[0] is None


def test_somebodys_word_is_checked() -> None:
    frame = pl.LazyFrame({"household_id": ["1", "2"], "size": [1, None]})
    said = grade_frames(frame, pack=EXAMPLE, on=sample.DAY, complete=["size"]).collect()
    assert said["status"].to_list() == ["unknown", "refused"]
    assert said["faults"].to_list() == [[], ["not-complete:size"]]
    with pytest.raises(ValueError, match="did you mean 'size'"):
        grade_frames(frame, pack=EXAMPLE, on=sample.DAY, complete=["sizes"])


def test_columns_that_can_not_be_read_are_named_all_at_once() -> None:
    frame = pl.DataFrame({"household_id": ["1"], "size": ["2"], "wage_income": [True], "工资性收入(万元)": [1.2]})
    with pytest.raises(DataError) as refused:
        grade_frames(frame, pack=EXAMPLE, on=sample.DAY)
    assert [(p.code, p.place.field) for p in refused.value.problems] == [
        ("column-kind", "size"),
        ("column-kind", "wage_income"),
        ("column-heading", "工资性收入(万元)"),
    ]


UNLIKE_IDS: Any = [1, "1", date(2024, 5, 1)]


@pytest.mark.parametrize(("own", "other"), list(permutations(UNLIKE_IDS, 2)))
def test_ids_of_another_kind_are_refused_and_not_repeated(own: Any, other: Any) -> None:
    """They would be nobody's: members, verdicts and households would go missing without a word."""
    households = pl.DataFrame({"household_id": [own], "size": [1]})
    with pytest.raises(DataError) as refused:
        grade_frames(households, pl.LazyFrame({"household_id": [other]}), pack=EXAMPLE, on=sample.DAY)
    assert [(p.code, p.place.file, p.place.field) for p in refused.value.problems] == [
        ("ids-unlike", "members", "household_id")
    ]
    for ask in (
        lambda: grade_frames(households, pack=EXAMPLE, on=sample.DAY, verdicts={other: []}),
        lambda: fanpin.household_of(households, None, other, pack=EXAMPLE),
        lambda: fanpin.household_of(_relation(households), None, other, pack=EXAMPLE),
    ):
        with pytest.raises(
            TypeError, match=r"the household ids are (text|whole numbers|days), and this one is of type"
        ):
            ask()


def _relation(frame: pl.DataFrame) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(frame.to_arrow())


def test_ids_may_be_numbers_of_any_width_and_text_of_any_kind() -> None:
    narrow, wide = pl.Series([7], dtype=pl.Int16), pl.Series([7], dtype=pl.UInt64)
    plain, category = pl.Series(["7"]), pl.Series(["7"], dtype=pl.Categorical)
    for own, other in [(narrow, wide), (wide, narrow), (plain, category), (category, plain), (category, category)]:
        households = pl.DataFrame({"household_id": own, "size": [1]})
        members = pl.DataFrame({"household_id": other, "basic_medical_insurance": [False]})
        assert grade_frames(households, members, pack=EXAMPLE, on=sample.DAY)["grade"].to_list() == ["red"]
        asked = households.to_pandas()["household_id"][0]  # a number of NumPy's, or a text
        assert fanpin.household_of(households, members, asked, pack=EXAMPLE).members


def test_a_column_of_ids_that_can_not_be_is_not_called_missing() -> None:
    """pandas makes floats of whole numbers as soon as one is missing."""
    frame = pl.DataFrame({"household_id": [1.0, None]})
    with pytest.raises(DataError) as refused:
        grade_frames(frame, pack=EXAMPLE, on=sample.DAY)
    assert [p.code for p in refused.value.problems] == ["column-kind"]
    assert "text or whole numbers" in refused.value.problems[0].text("en")
    with pytest.raises(DataError, match="name that column household_id"), speaking("en"):
        grade_frames(frame.rename({"household_id": "id"}), pack=EXAMPLE, on=sample.DAY)


def test_labels_of_another_language_are_refused() -> None:
    other: Any = "fr"
    with pytest.raises(ValueError, match="the languages are zh and en"):
        grade_frames(pl.DataFrame({"household_id": ["1"]}), pack=EXAMPLE, on=sample.DAY, labels=other)


def test_labels_are_headings_and_values_in_words() -> None:
    frame = pl.DataFrame({"户编号": ["1"], "饮水安全": ["未保障"]})
    said = grade_frames(frame, pack=EXAMPLE, on=sample.DAY, labels="zh")
    assert said.columns[:3] == ["户编号", "研判状态", "风险等级"]
    assert said["风险等级"].to_list() == ["红"]


def regional_pack(folder: Any) -> tuple[Any, list[Household]]:
    """A pack whose parameters differ from region to region, and households of many regions."""
    (folder / "pack.yaml").write_text(_PACK, encoding="utf-8")
    (folder / "parameters.yaml").write_text(_PARAMETERS, encoding="utf-8")
    (folder / "rules.yaml").write_text(_RULES, encoding="utf-8")
    regions = [None, "990001", "990000", "99", "990002", "990101", "9901", "9902", "980000", "990001001", "990001000"]
    named = [
        Household(household_id=f"{i}-{wage}", region=region, wage_income=wage, size=1)
        for i, region in enumerate(regions)
        for wage in (5_000, 6_500, 7_500, 20_000)
    ]
    return load_pack(folder), named


def test_each_region_is_graded_by_its_own_parameters(tmp_path: Any) -> None:
    pack, named = regional_pack(tmp_path)
    households, _ = frames_of(named)
    expected = [by_itself(h, pack, date(2024, 5, 1)) for h in named]
    for frame in (households, households.lazy()):
        assert rows_of(grade_frames(frame, pack=pack, on=date(2024, 5, 1))) == expected
    assert {row["status"] for row in expected} == {"clear", "graded", "refused"}


_PACK = 'name: regions\nversion: 1.0.0\nlabel: {zh: 包, en: pack}\nregion: "990001"\n'
_PARAMETERS = """
parameters:
  line:
    label: {zh: 线, en: line}
    unit: CNY/year
    wider: true
    values:
      - {from: 2020-01-01, until: replaced, region: "99", value: 7000, source: test}
      - {from: 2020-01-01, until: replaced, region: "990001", value: 6000, source: test}
      - {from: 2020-01-01, until: replaced, region: "9901", value: 8000, source: test}
  share:
    label: {zh: 份, en: share}
    unit: "1"
    values:
      - {from: 2020-01-01, until: replaced, value: 1, source: test}
      - {from: 2020-01-01, until: replaced, region: "990002", value: 2, source: test}
"""
_RULES = """
risks:
  low: {label: {zh: 低, en: low}, when: wage_income < line * share}
grades:
  blue: {label: {zh: 蓝, en: blue}, when: count(risks) >= 1, handled_by: [village]}
"""


# One household out of frames


@pytest.mark.parametrize("into", [lambda f: f, lambda f: f.lazy()])
def test_a_row_of_frames_is_a_household_again(into: Callable[[pl.DataFrame], Any]) -> None:
    for household in HOUSEHOLDS:
        again = fanpin.household_of(into(COUNTY.households), into(MEMBERS), household.household_id, pack=EXAMPLE)
        assert by_itself(again, EXAMPLE, sample.DAY) == by_itself(household, EXAMPLE, sample.DAY)


@given(number=st.integers(0, 10**6))
@settings(max_examples=15)
def test_random_households_come_back_from_frames(number: int) -> None:
    random = Random(number)
    rules = _random_rules(random)
    if rules is None:
        return
    drawn = _random_household(random)
    again = fanpin.household_of(*frames_of([drawn]), "1", pack=pack_of(rules, model=Household))
    assert by_itself(again, pack_of(rules), ON) == by_itself(drawn, pack_of(rules), ON)


def test_an_id_that_is_nobodys_is_not_repeated() -> None:
    with pytest.raises(KeyError, match="no household has this id"):
        fanpin.household_of(COUNTY.households, MEMBERS, "110101199003071234", pack=EXAMPLE)
