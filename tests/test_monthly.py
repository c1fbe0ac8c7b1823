"""What changed since last month is said of every household, once, and nobody is lost; persons are never households."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fanpin import DataError, load_pack
from fanpin.i18n import LANGUAGES, Language
from fanpin.monthly import (
    MAY_RISE,
    SETTLED,
    Count,
    Month,
    Sum,
    changes_counted,
    compared,
    counted,
    persons_of,
    read_month,
    summed,
)
from fanpin.result_words import CHANGES, COLUMNS, ResultWords, heading
from fanpin.workbooks import SUFFIXES, Sheet, write

PACK = load_pack("example")
SPEC = PACK.rules.spec
WORDS = ResultWords(SPEC)
GRADES = ("red", "yellow", "blue")
MAY, JUNE = date(2024, 5, 31), date(2024, 6, 30)
LISTS = ("possible_categories", "risks", "unknown_risks", "to_ask", "handled_by", "faults")
TEXTS = ("household_id", "village", "status", "grade", "possible_grade", "category")
SCHEMA: dict[str, Any] = (
    dict.fromkeys(TEXTS[:2], pl.String) | {"persons": pl.Int64} | dict.fromkeys(TEXTS[2:], pl.String)
)
SCHEMA |= dict.fromkeys(LISTS, pl.List(pl.String))
States = dict[str, tuple[str | None, str | None] | None]  # the sure and the possible grade; None where not graded


def row(id_: str, grade: str | None = None, possible: str | None = None, **others: Any) -> dict[str, Any]:
    status = "graded" if grade else "unknown" if possible else "clear"
    plain = {"household_id": id_, "village": "上河村", "persons": 2, "status": status, "grade": grade}
    return plain | {"possible_grade": possible, "category": "none", **{name: [] for name in LISTS}} | others


def refused(id_: str, **others: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("category", *LISTS[:-1]))
    return row(id_, status="refused", **nothing, faults=["missing-parameter:net_income_line"], **others)


def month(*rows: dict[str, Any], on: date = JUNE, pack: str = "example", pack_hash: str = "f" * 64) -> Month:
    return Month(pl.DataFrame(list(rows), SCHEMA), on, pack, pack_hash)


def of(states: States, on: date) -> Month:
    return month(*(refused(id_) if ends is None else row(id_, *ends) for id_, ends in states.items()), on=on)


def change_of(before: States, now: States, unread: tuple[str, ...] = ()) -> dict[str, str]:
    """The change of each household of either month; `k` is in both, so that they are of the same county."""
    kept: States = {"k": (None, None)}
    found = compared(of(now | kept, JUNE), of(before | kept, MAY), GRADES, unread)
    rows = found.month.rows.filter(pl.col("household_id") != "k")
    gone = found.changes.filter(~pl.col("household_id").is_in(found.month.rows["household_id"].to_list()))
    return {id_: change for table in (rows, gone) for id_, change in table.select("household_id", "change").iter_rows()}


# Since last month

NO = None
SURE: list[Any] = [(NO, NO), ("blue", "blue"), ("yellow", "yellow"), ("red", "red")]
OPEN: list[Any] = [(NO, "blue"), (NO, "red"), ("blue", "yellow"), ("blue", "red"), ("yellow", "red")]


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (("blue", "blue"), ("red", "red"), "worse"),
        ((NO, NO), ("blue", "blue"), "worse"),
        (("blue", "blue"), ("yellow", "red"), "worse"),
        ((NO, "red"), ("blue", "red"), "worse"),
        (("red", "red"), ("blue", "blue"), "better"),
        (("red", "red"), (NO, NO), "better"),
        (("red", "red"), (NO, "yellow"), "better"),  # even the gravest that is possible is milder
        (("yellow", "red"), ("blue", "blue"), "better"),
        (("red", "red"), (NO, "red"), "newly_unknown"),
        (("yellow", "yellow"), ("blue", "yellow"), "newly_unknown"),
        (("yellow", "red"), ("blue", "red"), "newly_unknown"),  # the sure yellow is not sure now
        ((NO, NO), (NO, "blue"), "newly_unknown"),
        (("blue", "blue"), ("blue", "red"), "newly_unknown"),
        (("blue", "blue"), None, "newly_unknown"),
        ((NO, NO), None, "newly_unknown"),
        (("blue", "blue"), ("blue", "blue"), "same"),
        (("blue", "red"), ("blue", "blue"), "same"),  # more is known, and the sure grade stayed
        ((NO, "red"), (NO, NO), "same"),
        (("blue", "red"), ("blue", "yellow"), "same"),
        (("blue", "yellow"), ("blue", "red"), "same"),  # it was not known to the full then either
        (None, None, "same"),
        (None, (NO, "red"), "same"),
        (None, (NO, NO), "same"),
        (None, ("blue", "blue"), "worse"),
        (("red", "red"), None, "newly_unknown"),
        ((NO, "red"), None, "same"),
    ],
)
def test_a_change_is_defined_by_the_sure_and_the_possible_grade(before: Any, now: Any, change: str) -> None:
    assert change_of({"h": before}, {"h": now}) == {"h": change}


@pytest.mark.parametrize("truth", [*GRADES, None])
def test_better_and_worse_hold_whatever_the_missing_facts_of_this_month_are(truth: str | None) -> None:
    """Where last month's grade was known to the full: no truth of this month's makes the word a lie."""
    order = [None, *reversed(GRADES)]
    for (then, _), (lo, hi) in product(SURE, SURE + OPEN):
        if order.index(lo) <= order.index(truth) <= order.index(hi):
            change = change_of({"h": (then, then)}, {"h": (lo, hi)})["h"]
            assert change != "worse" or order.index(truth) > order.index(then)
            assert change != "better" or order.index(truth) < order.index(then)
            assert change != "same" or truth == then


def test_whoever_is_in_one_month_only_is_new_or_gone() -> None:
    assert change_of({"a": ("red", "red")}, {"b": (None, None)}) == {"a": "gone", "b": "new"}


def test_a_household_whose_row_could_not_be_read_is_not_gone() -> None:
    assert change_of({"a": ("red", "red"), "b": (None, None)}, {}, unread=("a",)) == {
        "a": "newly_unknown",
        "b": "gone",
    }


def test_of_a_household_that_stands_twice_in_last_month_nothing_was_known() -> None:
    before = month(row("a", "red", "red"), row("a", "blue", "blue"), row("b"), on=MAY)
    found = compared(month(row("a", "blue", "blue"), row("b")), before, GRADES)
    assert found.month.rows.select("household_id", "change").rows() == [("a", "worse"), ("b", "same")]


def test_rows_stay_in_order_and_as_they_were_and_the_change_stands_before_the_category() -> None:
    now = of({"c": ("red", "red"), "a": None, "b": (None, "blue")}, JUNE)
    found = compared(now, of({"b": (None, None), "a": (None, None)}, MAY), GRADES).month
    assert_frame_equal(found.rows.drop("change"), now.rows)
    assert found.rows.columns[found.rows.columns.index("change") + 1] == "category"
    assert found.rows["change"].to_list() == ["new", "newly_unknown", "newly_unknown"]


def test_the_changes_list_everybody_who_changed_the_gravest_first_with_both_grades() -> None:
    before = month(row("a"), row("b", "red", "red", village="旧村", persons=5), row("c"), row("d"), on=MAY)
    now = month(row("a", "blue", "blue"), row("c", "red", "red"), row("d"), row("e", "blue", "blue", risks=["illness"]))
    changes = compared(now, before, GRADES).changes
    told = changes.select("household_id", "village", "persons", "change", "grade_before", "grade").rows()
    assert told == [
        ("c", "上河村", 2, "worse", None, "red"),
        ("a", "上河村", 2, "worse", None, "blue"),
        ("e", "上河村", 2, "new", None, "blue"),
        ("b", "旧村", 5, "gone", "red", None),
    ]
    assert changes["risks"].to_list()[2] == ["illness"]


def test_changes_are_counted_in_households_and_persons() -> None:
    before = month(row("a"), row("b", "red", "red", persons=5), row("c", persons=None), row("d", persons=3), on=MAY)
    now = month(row("a", "blue", "blue", persons=4), row("c", "red", "red", persons=None), row("d", persons=3))
    counts = changes_counted(compared(now, before, GRADES))
    assert counts == {
        **dict.fromkeys(CHANGES, Count()),
        "worse": Count(2, 4),
        "gone": Count(1, 5),
        "same": Count(1, 3),
    }


def test_a_pack_without_grades_has_nothing_that_changes() -> None:
    found = compared(month(row("a"), row("b")), month(row("a"), on=MAY), ())
    assert found.month.rows["change"].to_list() == ["same", "new"]


@pytest.mark.parametrize("on", [JUNE, date(2024, 7, 1)])
def test_a_previous_day_that_is_not_before_is_refused(on: date) -> None:
    with pytest.raises(DataError, match=f"last month's results are of {on}, which is not before 2024-06-30"):
        compared(month(row("a")), month(row("a"), on=on), GRADES)


def test_results_of_other_households_are_refused() -> None:
    with pytest.raises(DataError, match="no household of last month's results is in this month's tables"):
        compared(month(row("152223199001011234")), month(row("152223199001011000"), on=MAY), GRADES)


# Last month's file

RESULTS = month(
    row(
        "007", "yellow", "red", category="marginal", risks=["illness"], unknown_risks=["unsafe_water"], to_ask=["water"]
    ),
    row("=1+1", None, "red", category=None, village=None, persons=None, possible_categories=["marginal", "none"]),
    row("3", None, None, handled_by=["village"]),
    refused("4"),
    on=MAY,
)
KEPT = ("household_id", "village", "persons", "status", "grade", "possible_grade", "category")


def written(path: Path, language: Language | None, of: Month = RESULTS) -> Path:
    rows = of.rows if path.suffix == ".xlsx" else of.with_origin()
    if language is not None:
        rows = WORDS.shown(rows, language)
    origin = of.with_origin().select("on", "pack", "pack_hash").row(0)
    names = [name if language is None else heading(name).text(language) for name in ("on", "pack", "pack_hash")]
    about = pl.DataFrame({"item": names, "value": origin})
    write(path, [Sheet("results", rows), Sheet("about", about, headed=False)], day=of.on)
    return path


@pytest.mark.parametrize("language", [None, *LANGUAGES])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_a_run_wrote_is_read_back_by_code(suffix: str, language: Language | None, tmp_path: Path) -> None:
    read = read_month(written(tmp_path / f"may{suffix}", language), WORDS)
    assert (read.on, read.pack, read.pack_hash) == (MAY, "example", "f" * 64)
    assert_frame_equal(read.rows, RESULTS.rows.select(KEPT))


def test_a_csv_that_went_through_excel_in_gbk_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "may.csv", "zh")
    path.write_bytes(path.read_bytes().decode("utf-8-sig").encode("gb18030"))
    assert_frame_equal(read_month(path, WORDS).rows, RESULTS.rows.select(KEPT))


def test_a_value_that_this_pack_does_not_have_is_refused_without_being_shown(tmp_path: Path) -> None:
    other = month(row("1", "purple", "purple"), on=MAY)
    with pytest.raises(DataError) as refusal:
        read_month(written(tmp_path / "may.csv", None, other), WORDS)
    assert [problem.code for problem in refusal.value.problems] == ["previous-value"]
    assert "'grade'" in refusal.value.text("en")
    assert "purple" not in refusal.value.text("en") + refusal.value.text("zh")


BAD = {
    "a.csv": "户编号,家庭人口\nH1,2\n".encode(),
    "b.csv": b"",
    "g.csv": b"household_id,status,grade,possible_grade,category,on,pack,pack_hash\n1,clear,,,none,may,p,h\n",
    "h.csv": b"household_id,status,grade,possible_grade,category\n1,clear,,,none\n",
    "i.csv": b"household_id,status,grade,possible_grade,category,on,pack,pack_hash\n"
    b"1,clear,,,none,2024-05-31,p,h\n2,clear,,,none,2024-04-30,p,h\n",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_result_of_a_run_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(DataError, match="this is no result that fanpin wrote"):
        read_month(tmp_path / name, WORDS)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        with pytest.raises(DataError, match="there is no such file"):
            read_month(tmp_path / f"no{suffix}", WORDS)


# In words


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_words_no_code_is_left(language: Language) -> None:
    every = month(
        *(row(f"{n}", grade, "red", category=kind) for n, (grade, kind) in enumerate(product(GRADES, SPEC.categories))),
        row(
            "x", None, None, possible_categories=[*SPEC.categories, "none"], risks=[*SPEC.risks],
            unknown_risks=[*SPEC.risks], handled_by=["village", "township", "county", "departments"],
            to_ask=["members", *SPEC.facts.household, *(f"members.{m}" for m in SPEC.facts.facts_of("members"))],
            faults=["fact-number:wage_income", "fact-whole-number:size", "fact-day:members.birth_date",
                    "size-differs:size", "too-many-decimals:members.out_of_pocket", "fact-choice:water",
                    "missing-parameter:net_income_line", "row-id-twice:household_id", "rows-too-many:members",
                    "facts-too-old:as_of",
                    "not-complete:wage_income", "row-without-id:household_id"],
        ),
        refused("y"),
    )  # fmt: skip
    every = compared(every, month(row("x"), row("z"), on=MAY), GRADES).month
    shown = WORDS.shown(every.with_origin(), language)
    assert shown.columns == [COLUMNS[name].text(language) for name in every.with_origin().columns]
    texts = shown.drop(
        [COLUMNS[name].text(language) for name in ("household_id", "village", "persons", "on", "pack", "pack_hash")]
    )
    said = {text for column in texts for text in (column.explode() if column.dtype == pl.List else column).drop_nulls()}
    labels: list[tuple[str, Any]] = [*SPEC.risks.items(), *SPEC.categories.items(), *SPEC.grades.items()]
    codes = {name for name, thing in labels if name != thing.label.en} | {"clear", "graded", "refused", "newly_unknown"}
    assert not said & codes
    assert not any("_" in text or ("-" in text and language == "zh") for text in said)
    assert all(any("\u4e00" <= c <= "\u9fff" for c in text) == (language == "zh") for text in said)


def test_where_no_grade_is_sure_it_is_said_whether_there_is_none() -> None:
    shown = WORDS.shown(RESULTS.rows, "zh")
    assert shown.select("风险等级", "最高可能等级", "监测对象类别").rows() == [
        ("黄", "红", "边缘易致贫户"),
        ("待定", "红", "待定"),
        ("无", "无", "不纳入"),
        (None, None, None),
    ]
    assert shown["数据问题"].to_list()[3] == ["监测收入参考线：这一天、这个地区没有值"]


def test_lists_that_are_not_there_stay_so() -> None:
    for language in LANGUAGES:
        shown = WORDS.shown(RESULTS.rows, language)
        assert shown[COLUMNS["risks"].text(language)].to_list()[2:] == [[], None]


# Counted


def test_persons_are_the_size_else_those_who_are_listed_else_not_known() -> None:
    households = pl.DataFrame({"household_id": ["a", "b", "c", "d", "e"], "size": [3, None, None, 2, 4]})
    members = pl.DataFrame({"household_id": ["a", "b", "b", "d", "d", "d", "x"]})
    assert persons_of(households, members).to_list() == [3, 2, None, 2, 4]
    assert persons_of(households, None).to_list() == [3, None, None, 2, 4]
    assert persons_of(households.drop("size"), members).to_list() == [1, 2, None, 3, None]


def test_a_size_that_is_a_range_is_no_number() -> None:
    households = pl.DataFrame({"household_id": ["a", "b", "c"], "size__lo": [2, 3, None], "size__hi": [2, 4, 5]})
    assert persons_of(households, None).to_list() == [2, None, None]
    assert persons_of(households, pl.DataFrame({"household_id": ["b", "b"]})).to_list() == [2, 2, None]


def test_every_household_is_in_one_cell_of_each_way_of_counting() -> None:
    grades, kinds = (None, "blue", "red"), ("marginal", "none", None)
    rows = [
        row(f"{n}", grade, "red", category=kind, village=village, persons=n % 4)
        for n, (grade, kind, village) in enumerate(product(grades, kinds, ("甲", "乙", None)))
    ]
    counts = counted(month(*rows, refused("r", persons=7)).rows, SPEC)
    whole = counts.of()
    assert (whole.households, whole.persons) == (28, sum(n % 4 for n in range(27)) + 7)
    buckets = [bucket for bucket in counts.buckets if bucket != MAY_RISE]
    ways: list[Any] = [
        [counts.of(village=v) for v in counts.villages],
        [counts.of(kind=k) for k in counts.kinds],
        [counts.of(bucket=b) for b in buckets],
        [counts.of(v, k, b) for v in counts.villages for k in counts.kinds for b in buckets],
    ]
    for parts in ways:
        assert sum(parts, Count()) == whole
    assert counts.of("甲", "marginal", "red") == Count(1, 18 % 4)
    assert counts.of("甲", "marginal", "yellow") == Count()


def test_grades_and_kinds_are_in_the_packs_order_and_only_those_found_beside_them() -> None:
    counts = counted(month(row("a", "blue", "red"), row("b")).rows, SPEC)
    assert counts.buckets == (*GRADES, ":clear", MAY_RISE)
    assert counts.kinds == (*SPEC.categories, "none")
    counts = counted(month(row("a", None, "red", category=None), refused("b")).rows, SPEC)
    assert counts.buckets == (*GRADES, ":unknown", ":refused", MAY_RISE)
    assert counts.kinds == (*SPEC.categories, "")


def test_a_household_may_rise_where_a_graver_grade_is_possible_and_one_that_was_not_graded_may_not() -> None:
    rows = [row("a", "blue", "red"), row("b", None, "blue"), row("c", "red", "red"), row("d"), refused("e")]
    assert counted(month(*rows).rows, SPEC).of(bucket=MAY_RISE) == Count(2, 4)


def test_households_whose_persons_nobody_knows_are_said() -> None:
    counts = counted(month(row("a", persons=None), row("b", persons=3)).rows, SPEC)
    assert (counts.of(), counts.unsized) == (Count(2, 3), 1)


# Results beside grades

GRANTS = load_pack(Path(__file__).parent / "packs" / "grants").rules
SHOWN = [name for result in GRANTS.spec.results.values() if result.of is None for name in result.columns]


def beside(village: str | None, *aid: Any, kind: str | None = None, state: str = "known") -> dict[str, Any]:
    """A household with an amount (its ends and its state) and a kind."""
    of_it = dict(zip(("medical_aid__lo", "medical_aid__hi", "medical_aid__state"), aid, strict=True))
    return {"village": village, **dict.fromkeys(SHOWN), **of_it, "level": kind, "level__state": state}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    kinds = {
        name: pl.Float64 if name.endswith(("__lo", "__hi")) else pl.List(pl.String) if "possible" in name else pl.String
        for name in SHOWN
    }
    return pl.DataFrame(rows, schema={"village": pl.String, **kinds})


TEN_MILLION = 10_000_000.0
SEVERAL = table(
    beside("甲", 0.1, 0.1, "known", kind="high"),
    beside("甲", 0.0, 0.0, "known", kind="none"),
    beside("乙", 0.2, 0.2, "known", state="unknown"),
    beside("乙", 100.05, 300.1, "unknown", state="unknown"),
    beside(None, 0.0, 50.0, "unknown", kind="high"),
    beside("乙", None, None, "refused", state="left"),
    beside("乙", None, None, "left", state="refused"),
)


def test_settled_amounts_are_a_total_and_open_ones_a_span() -> None:
    sums = summed(SEVERAL, GRANTS)
    assert sums.buckets["medical_aid"] == (SETTLED, ":unknown", ":refused", ":left")
    assert sums.of("medical_aid", SETTLED) == Sum(3, 2, 0.3, 0.3)  # in floats 0.1 + 0.2 is something else
    assert sums.of("medical_aid", ":unknown") == Sum(2, 2, 100.05, 350.1)
    assert (sums.of("medical_aid", ":refused").count, sums.of("medical_aid", ":left").count) == (1, 1)


def test_of_kinds_each_is_counted_in_the_packs_order_and_none_of_them_only_where_it_is() -> None:
    sums = summed(SEVERAL, GRANTS)
    assert sums.buckets["level"] == ("high", "middle", "none", ":unknown", ":refused", ":left")
    assert [sums.of("level", bucket).count for bucket in sums.buckets["level"]] == [2, 0, 1, 2, 1, 1]
    sure = summed(table(beside("甲", 1.0, 1.0, "known", kind="high")), GRANTS)
    assert sure.buckets["level"] == ("high", "middle")


def test_the_villages_add_up_to_the_whole() -> None:
    sums = summed(SEVERAL, GRANTS)
    for result, buckets in sums.buckets.items():
        for bucket in buckets:
            parts = [sums.of(result, bucket, village) for village in ("甲", "乙", "")]
            assert sum(part.count for part in parts) == sums.of(result, bucket).count
            assert sum(part.lo for part in parts) == pytest.approx(sums.of(result, bucket).lo)


def test_an_upper_end_that_nobody_knows_leaves_the_sum_open_and_the_cell_empty() -> None:
    rows = table(beside("甲", 5.0, 1e9, "unknown"), beside("甲", 5.0, 6.0, "unknown"))
    assert summed(rows, GRANTS).of("medical_aid", ":unknown") == Sum(2, 2, 10.0, None)
    shown = ResultWords.of(GRANTS).shown(rows.with_columns(pl.lit("clear").alias("status")), "en")
    assert shown["medical aid, at most (CNY/year)"].to_list() == [None, 6.0]
    settled = table(beside("甲", TEN_MILLION, TEN_MILLION, "known"))
    assert summed(settled, GRANTS).of("medical_aid", SETTLED) == Sum(1, 1, TEN_MILLION, TEN_MILLION)


def test_results_of_members_are_not_summed() -> None:
    assert "child_grant" not in summed(SEVERAL, GRANTS).buckets
    assert summed(month(row("a")).rows, load_pack("example").rules).buckets == {}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_last_months_file_may_have_results_beside_the_grade(suffix: str, tmp_path: Path) -> None:
    of_results = RESULTS.rows.with_columns(
        pl.lit(5.0).alias("medical_aid__lo"), pl.lit("known").alias("medical_aid__state")
    )
    path = written(tmp_path / f"may{suffix}", None, Month(of_results, MAY, RESULTS.pack, RESULTS.pack_hash))
    assert_frame_equal(read_month(path, WORDS).rows, RESULTS.rows.select(KEPT))
