"""Plain trees as lazy Polars: whatever the frames look like, and without a Python function or an early collect."""

from collections import Counter
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin.expressions.evaluate import Evaluator, Reading
from fanpin.expressions.nodes import Node, Nodes, Risk
from fanpin.expressions.parse import parse
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Scope, Source
from fanpin.expressions.to_polars import to_polars
from fanpin.testing import Known
from tests.language.agreement import COLLECTIONS, by_evaluator, by_polars, frames, parsed, plain_values, scope
from tests.language.laws import draw
from tests.language.learning import drawn


def outputs_of(names: Scope, text: str) -> dict[str, Node]:
    (tree,) = parsed([text], names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    return {"lo": ranges.surely(tree), "hi": ranges.possibly(tree)}


def run(text: str, households: Any, **rows: Any) -> list[tuple[Any, Any]]:
    """Both ends for each household, over frames with just the columns that are given."""
    names = scope()
    listed = {
        name: pl.DataFrame(rows[name]).lazy() if name in rows else pl.LazyFrame(schema={"__row": pl.UInt32})
        for name in COLLECTIONS
    }
    frame = pl.DataFrame(households).with_row_index("__row").lazy()
    result = to_polars(frame, listed, plain_values(), outputs_of(names, text)).collect()
    return list(result.select("lo", "hi").iter_rows())


# The frames


def test_a_fact_is_one_column_or_the_pair_of_its_ends() -> None:
    wanted = [(True, True), (False, True), (False, False)]
    assert run("wage > large", {"wage": [30000.0, None, 1.0]}) == wanted
    assert run("wage > large", {"wage__lo": [30000.0, None, 1.0], "wage__hi": [30000.0, None, 2.0]}) == wanted


@pytest.mark.parametrize("dtype", ["Int64", "Int8", "UInt16", "Float32", "Float64"])
def test_a_number_may_be_of_any_type(dtype: str) -> None:
    column = pl.Series([3, None, 0], dtype=getattr(pl, dtype))
    assert run("rooms > 2", {"rooms": column}) == [(True, True), (False, True), (False, False)]


def test_a_column_that_is_not_there_is_a_fact_that_nobody_knows() -> None:
    for text in ("wage > large", "poor", "food in {'met'}", "moved > on", "any(m.in_school for m in members)"):
        assert run(text, {"other": [1]}) == [(False, True)], text
    assert run("sum(m.paid for m in members) >= 0 * wage", {"wage": [0.0], "size": [1]}, members={"__row": [0]}) == [
        (True, True)
    ]


def test_a_day_may_be_a_date_or_a_time() -> None:
    day = date(2024, 3, 1)
    assert run("moved > on", {"moved": [day, None]}) == [(True, True), (False, True)]
    assert run("moved > on", {"moved": pl.Series([day]).cast(pl.Datetime)}) == [(True, True)]


def test_a_choice_may_be_text_or_a_category() -> None:
    foods = ["met", None, "not_met"]
    for column in (
        pl.Series(foods),
        pl.Series(foods, dtype=pl.Categorical),
        pl.Series(foods, dtype=pl.Enum(["met", "not_met"])),
    ):
        assert run("food == 'met'", {"food": column}) == [(True, True), (False, True), (False, False)]


def test_completeness_that_nobody_states_is_not_there() -> None:
    members = {"__row": [0, 1, 2], "in_school": [False, False, False]}
    said = {"members_complete": [True, None, False]}
    assert run("any(m.in_school for m in members)", said, members=members) == [
        (False, False),
        (False, True),
        (False, True),
    ]


def test_rows_stay_in_their_order_and_of_their_household() -> None:
    members = {"__row": [2, 0, 2, 0], "paid": [1.0, 5.0, 30000.0, 6.0]}
    found = run(
        "sum(m.paid for m in members) > large", {"size": [2, 1, 2], "members_complete": [True] * 3}, members=members
    )
    assert found == [(False, False), (False, True), (True, True)]


def test_other_columns_go_through_untouched() -> None:
    names = scope()
    frame = pl.LazyFrame({"__row": [0, 1], "wage": [1.0, 2.0], "note": ["a", "b"]})
    empty = {name: pl.LazyFrame(schema={"__row": pl.UInt32}) for name in COLLECTIONS}
    result = to_polars(frame, empty, plain_values(), outputs_of(names, "wage > large")).collect()
    assert result["note"].to_list() == ["a", "b"]
    assert result["wage"].to_list() == [1.0, 2.0]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 9])
def test_any_number_of_households(count: int) -> None:
    """Polars has ways of its own for no row, for one, and for few: a division by a scalar is not the same in each."""
    names, random = scope(), Random(count)
    texts = [
        "rooms / 10 * 10 > rooms",
        "net / size < line",
        "wage / 0.7 >= 10 * spent / 7",
        "max(b.amount for b in bills) / 3 > large",
    ]
    trees = parsed(texts, names)
    households = [drawn(random) for _ in range(count)]
    ranges = Ranges(names.nodes, COLLECTIONS)
    ends = [end for tree in trees for end in (ranges.surely(tree), ranges.possibly(tree))]
    wanted = [[end for pair in by_evaluator(trees, known) for end in pair] for known in households]
    assert by_polars(ends, households) == wanted


def test_the_outputs_of_truths_and_numbers_have_their_types() -> None:
    names = scope()
    frame = pl.LazyFrame({"__row": [0], "wage": [1.0]})
    empty = {name: pl.LazyFrame(schema={"__row": pl.UInt32}) for name in COLLECTIONS}
    (number,) = parsed(["wage + spent"], names)
    outputs = outputs_of(names, "wage > large") | {"n": Ranges(names.nodes).surely(number)}
    schema = to_polars(frame, empty, plain_values(), outputs).collect_schema()
    assert [schema["lo"], schema["n"]] == [pl.Boolean(), pl.Float64()]


# Parameters, risks


def test_a_parameter_may_differ_by_household() -> None:
    names = scope()
    frame = pl.LazyFrame({"__row": [0, 1], "wage": [20000.0, 20000.0], "region": ["11", "12"]})
    empty = {name: pl.LazyFrame(schema={"__row": pl.UInt32}) for name in COLLECTIONS}
    large = pl.when(pl.col("region") == "11").then(1000000.0).otherwise(3000000.0)
    result = to_polars(frame, empty, {**plain_values(), "large": large}, outputs_of(names, "wage > large")).collect()
    assert result["lo"].to_list() == [True, False]


RISKS = {name: {"name": name, "has_need": name == "c", "kind": None} for name in "abc"}
OVER_RISKS = [
    "count(risks) >= 2", "any(r.has_need for r in risks)", "a and not b", "all(r.has_need for r in risks)",
    "c if a else b",
    "count(risks) == 1 and poor", "count(r for r in risks if r.has_need) + count(risks) > 1",
]  # fmt: skip


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_what_reads_risks_agrees_with_the_evaluator(seed: int) -> None:
    random = Random(seed)
    batch = draw(random, 8, 4, Counter())
    risks = dict(zip("abc", batch.trees[:3], strict=True))
    names = Scope(batch.nodes, {"poor": scope().facts["poor"]}, risks=RISKS)
    readers = [parse(Source(text), names)[0] for text in OVER_RISKS]
    ranges = Ranges(batch.nodes, COLLECTIONS)
    ends = [(name, ranges.surely(tree), ranges.possibly(tree)) for name, tree in risks.items()]
    outputs = {f"{i}{side}": ranges.end(tree, side) for i, tree in enumerate(readers) if tree for side in ("lo", "hi")}
    frame, rows = frames(batch.households)
    result = to_polars(frame, rows, plain_values(), outputs, ends).collect().sort("__row")
    for i, known in enumerate(batch.households):
        found = dict(zip(risks, by_evaluator(list(risks.values()), known), strict=True))
        assert {name: (result[f"{name}__lo"][i], result[f"{name}__hi"][i]) for name in risks} == found
        evaluator = Evaluator(Reading(known.household, risks=found))
        for n, tree in enumerate(readers):
            assert tree is not None
            assert (result[f"{n}lo"][i], result[f"{n}hi"][i]) == evaluator.range(tree), OVER_RISKS[n]


def test_a_risk_that_is_a_column_already_is_read() -> None:
    nodes = Nodes()
    leaf = Ranges(nodes).surely(nodes.make(Risk, "flood"))
    frame = pl.LazyFrame({"__row": [0, 1], "flood__lo": [True, False], "flood__hi": [True, True]})
    assert to_polars(frame, {}, {}, {"out": leaf}).collect()["out"].to_list() == [True, False]


# The plan


def test_nothing_is_collected_and_no_python_function_runs_for_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = draw(Random(3), 60, 3, Counter())
    frame, rows = frames(batch.households)
    ranges = Ranges(batch.nodes, COLLECTIONS)
    outputs = {f"o{i}": ranges.surely(tree) for i, tree in enumerate(batch.trees)}
    with monkeypatch.context() as patched:
        for name in ("collect", "collect_async", "fetch", "sink_parquet"):
            patched.setattr(pl.LazyFrame, name, _never, raising=False)
        result = to_polars(frame, rows, plain_values(), outputs)
        plan = result.explain(optimized=False)
    assert isinstance(result, pl.LazyFrame)
    for word in ("python", "map_elements", "map_batches", "udf", "apply"):
        assert word not in plan.lower(), word


def _never(*_: object, **__: object) -> None:
    raise AssertionError("collected")


def test_rules_that_share_a_fold_share_it_in_the_plan() -> None:
    names = scope()
    trees = parsed(
        [
            "sum(m.paid for m in members) > large",
            "sum(m.paid for m in members) * 2 > wage",
            "any(m.in_school for m in members)",
        ],
        names,
    )
    frame, rows = frames([drawn(Random(1))])
    ranges = Ranges(names.nodes, COLLECTIONS)
    outputs = {f"o{i}": end for i, tree in enumerate(trees) for end in (ranges.surely(tree),)}
    plan = to_polars(frame, rows, plain_values(), outputs).explain(optimized=False)
    assert plan.count("AGGREGATE") == 1, "the rows are counted and folded at once"


def test_a_quotient_of_quotients_does_not_grow_with_its_depth() -> None:
    """Each division once named its dividend twice: forty of them were a plan without end."""
    names = scope()
    (tree,) = parsed(["(" * 60 + "wage" + " / 3)" * 60 + " > large"], names)
    plan = to_polars(*frames([drawn(Random(1))]), plain_values(), {"o": Ranges(names.nodes, COLLECTIONS).surely(tree)})
    assert len(plan.explain(optimized=False)) < 20_000


def test_a_household_alone_is_as_one_of_many() -> None:
    names = scope()
    ends = list(outputs_of(names, "net / size < line").values())
    known: list[Known] = [drawn(Random(i)) for i in range(7)]
    assert [row for household in known for row in by_polars(ends, [household])] == by_polars(ends, known)
