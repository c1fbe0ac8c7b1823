"""The one rewrite: two plain trees, as tight as interval arithmetic can be, and one tree where nothing is missing."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin.expressions.nodes import Aggregate, Complete, Fact, In, Leaf, Listed, Literal, Named, Node, Op, Risk, walk
from fanpin.expressions.ops import OPERATORS
from fanpin.expressions.parse import MAX_DEPTH
from fanpin.expressions.plain import ymd
from fanpin.expressions.ranges import FactKey, Ranges
from fanpin.expressions.scope import Attributes, Scope
from fanpin.expressions.types import BooleanType, DateType, NumberType
from fanpin.household import Between
from fanpin.testing import Known
from tests.language.agreement import COLLECTIONS, FACTS, by_evaluator, by_python, parsed, scope
from tests.language.laws import Batch, draw, with_definitions

EVERYTHING: frozenset[FactKey] = frozenset(
    {(None, name) for name in FACTS} | {(c, fact) for c, s in COLLECTIONS.items() for fact in (*s.facts, "*")}
)
SEEDS = st.integers(0, 10**6)


def one(text: str, names: Scope) -> Node:
    (tree,) = parsed([text], names)
    return tree


def same(*nodes: Node) -> bool:
    """Whether all are one object; a failing `is` would write the trees out, every shared part again and again."""
    return len({id(node) for node in nodes}) == 1


def batch(seed: int) -> Batch:
    return draw(Random(seed), 10, 0, Counter())


# Shape


@given(SEEDS)
def test_the_two_trees_are_plain(seed: int) -> None:
    """No fact is read but at an end, no day is left, and every operator is one that backends have."""
    drawn = batch(seed)
    ranges = Ranges(drawn.nodes, COLLECTIONS)
    for node in walk(*(end for tree in drawn.trees for end in (ranges.surely(tree), ranges.possibly(tree)))):
        assert not isinstance(node, Fact | In | Aggregate | Named)
        assert not (isinstance(node, Literal) and isinstance(node.value, date))
        assert not isinstance(node, Op) or OPERATORS[node.name].plain


@given(SEEDS)
def test_where_everything_is_complete_the_two_trees_are_one(seed: int) -> None:
    drawn = batch(seed)
    ranges = Ranges(drawn.nodes, COLLECTIONS, EVERYTHING)
    for text, tree in zip(drawn.texts, drawn.trees, strict=True):
        assert same(ranges.surely(tree), ranges.possibly(tree)), text


@given(SEEDS)
def test_a_complete_fact_is_read_at_one_end(seed: int) -> None:
    drawn = batch(seed)
    complete: frozenset[FactKey] = frozenset({(None, "wage"), (None, "poor"), (None, "food"), ("members", "paid")})
    ranges = Ranges(drawn.nodes, COLLECTIONS, complete)
    for node in walk(*(end for tree in drawn.trees for end in (ranges.surely(tree), ranges.possibly(tree)))):
        if isinstance(node, Leaf) and isinstance(node.of, Fact | In):
            name = node.of.name if isinstance(node.of, Fact) else node.of.fact
            assert (node.of.collection, name) not in complete or node.side == "lo"


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("wage > large", {(None, "wage")}),
        ("poor and food in {'met'}", {(None, "poor"), (None, "food")}),
        ("net / size < line", {(None, "net"), ("members", "*")}),
        ("any(m.in_school for m in members)", {("members", "in_school"), ("members", "*")}),
        ("sum(m.paid for m in members) > large", {("members", "paid"), ("members", "*")}),
        ("max(b.amount for b in bills if b.insured) > large", {("bills", f) for f in ("amount", "insured", "*")}),
        ("count(bills) > 2", {("bills", "*")}),
        ("food in {'met', 'at_risk', 'not_met'}", set()),
        ("6 > 5", set()),
        ("line * 1 < line + 0", set()),
    ],
)
def test_it_takes_all_that_a_rule_reads(text: str, complete: set[FactKey]) -> None:
    names = scope()
    tree = one(text, names)
    whole = Ranges(names.nodes, COLLECTIONS, frozenset(complete))
    assert same(whole.surely(tree), whole.possibly(tree))
    for missing in complete:
        partly = Ranges(names.nodes, COLLECTIONS, frozenset(complete - {missing}))
        assert not same(partly.surely(tree), partly.possibly(tree)), missing


def test_the_same_tree_is_rewritten_to_the_same_trees() -> None:
    names = with_definitions()
    tree = one("hard_up and paid_each * 2 > line", names)
    a, b = Ranges(names.nodes, COLLECTIONS), Ranges(names.nodes, COLLECTIONS)
    assert same(a.surely(tree), a.surely(tree), b.surely(tree))


def test_not_turns_the_ends_around() -> None:
    names = scope()
    tree, opposite = one("wage < large", names), one("not (wage < large)", names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    assert same(ranges.surely(opposite), ranges.plain.op("not", ranges.possibly(tree)))


def test_completeness_is_asked_only_where_it_matters() -> None:
    names = scope()
    ranges = Ranges(names.nodes, COLLECTIONS)

    def asks(text: str) -> bool:
        return any(isinstance(node, Complete) for node in walk(ranges.surely(one(text, names))))

    assert not asks("wage > large")
    assert not asks("any(b.insured for b in bills)"), "somebody listed is enough"
    assert not asks("sum(b.amount for b in bills) > large"), "what is listed is enough"
    assert asks("all(b.insured for b in bills)")
    assert asks("sum(b.amount for b in bills) < large")


def test_over_a_set_of_risks_there_is_no_range() -> None:
    risks: dict[str, Attributes] = {name: {"name": name, "has_need": name == "b"} for name in "ab"}
    names = Scope(scope().nodes, risks=risks, facts_allowed=False)
    tree = one("not any(r.has_need for r in risks) and count(risks) < 2", names)
    ranges = Ranges(names.nodes)
    for side in ("lo", "hi"):
        read = {n.side for n in walk(ranges.over_risks(tree, side)) if isinstance(n, Leaf) and isinstance(n.of, Risk)}
        assert read == {side}
    assert {n.side for n in walk(ranges.surely(tree)) if isinstance(n, Leaf)} == {"hi"}, "a range reads the other end"


def test_a_deep_tree_needs_no_deep_stack() -> None:
    names = scope()
    tree = one("abs(" * (MAX_DEPTH - 3) + "net" + ")" * (MAX_DEPTH - 3) + " == 0 * net", names)

    def below(frames: int) -> Node:
        return below(frames - 1) if frames else Ranges(names.nodes, COLLECTIONS).surely(tree)

    assert isinstance(below(700), Op)


# Tightness: where each fact is read once, the ends are among the results

SMALL = st.tuples(st.integers(-4, 5), st.integers(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))
DAYS = st.tuples(st.dates(date(2023, 12, 25), date(2024, 3, 5)), st.integers(0, 4)).map(
    lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
)
WHOLE, DAY = NumberType(lo=-9, hi=9), DateType(date(2020, 1, 1), date(2030, 1, 1))
TIGHT: dict[str, tuple[str, list[st.SearchStrategy[Any]]]] = {
    "add": ("{0} + {1}", [SMALL, SMALL]),
    "sub": ("{0} - {1}", [SMALL, SMALL]),
    "mul": ("{0} * {1}", [SMALL, SMALL]),
    "div": ("{0} / max({1}, 1)", [SMALL, SMALL]),
    "div by a negative": ("{0} / min({1}, -1)", [SMALL, SMALL]),
    "neg": ("-{0}", [SMALL]),
    "abs": ("abs({0})", [SMALL]),
    "min": ("min({0}, {1})", [SMALL, SMALL]),
    "max": ("max({0}, {1})", [SMALL, SMALL]),
    "lt": ("{0} < {1}", [SMALL, SMALL]),
    "le": ("{0} <= {1}", [SMALL, SMALL]),
    "gt": ("{0} > {1}", [SMALL, SMALL]),
    "ge": ("{0} >= {1}", [SMALL, SMALL]),
    "eq": ("{0} == {1}", [SMALL, SMALL]),
    "ne": ("{0} != {1}", [SMALL, SMALL]),
    "if": ("{0} if {1} < 1 else {2}", [SMALL, SMALL, SMALL]),
    "and": ("{0} < 1 and {1} > 2", [SMALL, SMALL]),
    "or": ("{0} < 1 or not {1} > 2", [SMALL, SMALL]),
    "round_half_up": ("round_half_up({0} / 2, 'whole')", [SMALL]),
    "round_up": ("round_up({0} * 0.35, 'tenth')", [SMALL]),
    "round_down": ("round_down({0} / 3, 'tenth')", [SMALL]),
    "age": ("age({0}, on={1})", [DAYS, DAYS]),
    "months_between": ("months_between({0}, {1})", [DAYS, DAYS]),
    "days_between": ("days_between({0}, {1})", [DAYS, DAYS]),
    "add_months": ("{0} + months({1})", [DAYS, SMALL]),
    "add_days": ("{0} - days({1})", [DAYS, SMALL]),
    "start_of_month": ("start_of_month({0})", [DAYS]),
    "start_of_year": ("start_of_year({0})", [DAYS]),
    "year_of": ("year_of({0})", [DAYS]),
    "in window": ("{0} in month({1})", [DAYS, DAYS]),
}  # fmt: skip
LOOSE = {"in window"}  # reads a day twice


@pytest.mark.parametrize("name", TIGHT)
@given(data=st.data())
@settings(max_examples=25)
def test_a_range_is_no_wider_than_its_results(name: str, data: st.DataObject) -> None:
    text, strategies = TIGHT[name]
    ends = [data.draw(strategy) for strategy in strategies]
    kinds = {f"x{i}": DAY if strategy is DAYS else WHOLE for i, strategy in enumerate(strategies)}
    names = Scope(scope().nodes, kinds)
    tree = one(text.format(*kinds), names)
    results = [by_evaluator([tree], known(kinds, values))[0][0] for values in product(*map(points, ends))]
    exact = (min(results), max(results))
    ranged = known(kinds, [Between(*pair) for pair in ends])
    found = by_evaluator([tree], ranged)[0]
    assert found == exact or (name in LOOSE and found[0] <= exact[0] <= exact[1] <= found[1])
    ranges = Ranges(names.nodes)
    rewritten = by_python([ranges.surely(tree), ranges.possibly(tree)], [ranged])[0]
    assert rewritten == [ymd(end) if isinstance(end, date) else end for end in found]


def known(kinds: dict[str, Any], values: Any) -> Known:
    return Known(dict(zip(kinds, values, strict=True)), {}, {})


def points(ends: tuple[Any, Any]) -> Iterator[Any]:
    lo, hi = ends
    while lo <= hi:
        yield lo
        lo += timedelta(days=1) if isinstance(lo, date) else 1


def test_every_operator_is_seen_to_be_tight() -> None:
    assert set(TIGHT) >= set(OPERATORS) - {"floor", "rescale", "not", "count"}


# Collections in the trees


def test_of_who_is_not_listed_nothing_is_read() -> None:
    """Their facts are constants, at the bounds."""
    names = scope()
    possibly = Ranges(names.nodes, COLLECTIONS).possibly(one("any(m.paid > large for m in members)", names))
    leaves = [node.of for node in walk(possibly) if isinstance(node, Leaf)]
    assert {(of.collection, getattr(of, "name", "")) for of in leaves} == {("members", "paid"), (None, "size")}
    assert any(isinstance(node, Listed) for node in walk(possibly))


def test_what_nobody_can_be_does_not_come_from_who_is_not_listed() -> None:
    names = scope()
    possibly = Ranges(names.nodes, COLLECTIONS).possibly(one("any(m.months > 12 for m in members)", names))
    assert not any(isinstance(node, Listed | Complete) for node in walk(possibly))
    assert isinstance(possibly.type, BooleanType)
