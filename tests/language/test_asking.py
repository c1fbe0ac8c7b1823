"""What is asked of a table of households is what is asked of each by itself."""

from collections import Counter
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin.explaining import Explainer
from fanpin.expressions.asking import asked
from fanpin.expressions.evaluate import Reading
from fanpin.expressions.nodes import Node
from fanpin.expressions.ranges import FactKey, Ranges
from fanpin.household import Between
from fanpin.testing import Known
from tests.language.agreement import COLLECTIONS, ON, VALUES, by_polars, by_python, parsed, scope
from tests.language.laws import draw

NO_RULES: Any = SimpleNamespace(spec=None)


def by_walking(tree: Node, known: Known) -> set[FactKey]:
    """What explaining one household asks, without saying of which row."""
    reading = Reading(known.household, known.rows, known.complete, {**VALUES, "on": ON}, {}, COLLECTIONS)
    return {(collection, fact) for collection, _, fact in Explainer(NO_RULES, reading).unknown(tree)}


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_the_trees_ask_what_a_walk_asks(number: int) -> None:
    batch = draw(Random(number), 8, 6, Counter())
    ranges = Ranges(batch.nodes, COLLECTIONS)
    for text, tree in zip(batch.texts, batch.trees, strict=True):
        trees = asked(ranges, [tree])
        for known, said in zip(batch.households, by_python(list(trees.values()), batch.households), strict=True):
            assert {key for key, yes in zip(trees, said, strict=True) if yes} == by_walking(tree, known), text


@given(st.integers(0, 10**6))
@settings(max_examples=8)
def test_several_rules_ask_what_each_asks(number: int) -> None:
    batch = draw(Random(number), 6, 12, Counter())
    trees = asked(Ranges(batch.nodes, COLLECTIONS), batch.trees)
    for known, said in zip(batch.households, by_polars(list(trees.values()), batch.households), strict=True):
        wanted = set().union(*(by_walking(tree, known) for tree in batch.trees))
        assert {key for key, yes in zip(trees, said, strict=True) if yes} == wanted


def known(household: dict[str, Any], members: list[dict[str, Any]] | None, complete: bool = False) -> Known:
    everything = dict.fromkeys(scope().facts)
    row = dict.fromkeys(COLLECTIONS["members"].facts)
    listed = None if members is None else [{**row, **member} for member in members]
    return Known({**everything, **household}, {"members": listed, "bills": None}, {"members": complete, "bills": False})


@pytest.mark.parametrize(
    ("text", "household", "members", "expected"),
    [
        ("wage > large", {}, None, {(None, "wage")}),
        ("wage > large", {"wage": Between(1.0, 2.0)}, None, set()),
        ("wage > large and poor", {"poor": False}, None, set()),
        ("wage > large or poor", {"poor": False}, None, {(None, "wage")}),
        ("any(m.in_school for m in members)", {"size": 1}, [{}], {("members", "in_school")}),
        ("any(m.in_school for m in members)", {"size": 2}, [{"in_school": False}], {("members", "members")}),
        ("any(m.in_school for m in members)", {}, [{"in_school": False}], {(None, "size")}),
        ("any(m.in_school for m in members)", {}, [{"in_school": True}, {}], set()),
        ("any(m.paid * 1 > large for m in members if m.in_school)", {"size": 1}, [{"in_school": False}], set()),
        ("count(m for m in members if m.paid > wage) > limit", {"size": 1, "wage": 5.0}, [{}], set()),
        ("count(m for m in members if m.paid > wage) >= 1", {"size": 1}, [{"paid": 7.0}], {(None, "wage")}),
        ("any(b.insured for b in bills)", {}, None, {("bills", "bills")}),
    ],
)
def test_only_what_may_decide_is_asked(text: str, household: Any, members: Any, expected: set[FactKey]) -> None:
    names = scope()
    (tree,) = parsed([text], names)
    trees = asked(Ranges(names.nodes, COLLECTIONS), [tree])
    (said,) = by_python(list(trees.values()), [known(household, members)])
    assert {key for key, yes in zip(trees, said, strict=True) if yes} == expected


def test_where_everything_is_complete_nothing_is_asked() -> None:
    names = scope()
    (tree,) = parsed(["wage > large"], names)
    assert asked(Ranges(names.nodes, COLLECTIONS, frozenset({(None, "wage")})), [tree]) == {}
