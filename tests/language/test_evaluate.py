"""The evaluator is what a rule means: over everything known, what its text says as Python; else the range of that."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.expressions.evaluate import ABSENT, Evaluator, Reading, read, to_smallest
from fanpin.expressions.nodes import Aggregate, Fact, Leaf, Node, Risk, walk
from fanpin.expressions.types import BOOLEAN, DateType, NumberType
from fanpin.household import Between
from fanpin.testing import Known
from tests.language.agreement import COLLECTIONS, FACTS, ON, VALUES, parsed, scope
from tests.language.laws import draw, spelled
from tests.language.learning import drawn, evaluator
from tests.language.naive import is_python


@given(st.integers(0, 10**6))
def test_over_everything_known_it_says_what_python_says(seed: int) -> None:
    random, tally = Random(seed), Counter[str]()
    batch = draw(random, 10, 3, tally)
    assert [str(failure) for failure in spelled(batch, random, tally)] == []


def test_most_rules_are_held_against_python() -> None:
    batch = draw(Random(1), 300, 0, Counter())
    assert sum(map(is_python, batch.texts)) > 0.7 * len(batch.texts)


# What is read


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (BOOLEAN, None, (False, True)),
        (BOOLEAN, True, (True, True)),
        (BOOLEAN, False, (False, False)),
        (NumberType(decimals=2, lo=-5, hi=7), None, (-5, 7)),
        (NumberType(decimals=2, hi=999), 1.25, (125, 125)),
        (NumberType(decimals=2, hi=999), Between(1, 2.5), (100, 250)),
        (NumberType(hi=9), 0, (0, 0)),
        (DateType(date(2000, 1, 1), date(2001, 1, 1)), None, (date(2000, 1, 1), date(2001, 1, 1))),
        (DateType(), date(2024, 2, 29), (date(2024, 2, 29),) * 2),
        (DateType(), Between(date(2024, 2, 1), date(2024, 2, 29)), (date(2024, 2, 1), date(2024, 2, 29))),
    ],
)
def test_what_was_said_of_a_fact_is_a_range(kind: NumberType, raw: object, expected: object) -> None:
    assert read(kind, raw) == expected


def test_every_fen_comes_back_from_yuan() -> None:
    for fen in [*range(20_000), *range(10**9 - 50, 10**9), 10**11, 10**11 - 1, 9 * 10**14 - 1]:
        assert to_smallest(fen / 100, 2) == fen
        assert to_smallest(-fen / 100, 2) == -fen


# What is kept


def test_every_part_of_a_rule_has_its_range_afterwards() -> None:
    names = scope()
    (tree,) = parsed(["any(m.paid > wage for m in members) or net / size < line"], names)
    known = Known({"wage": 5, "net": None, "size": 3}, {"members": [{"paid": 4}, {"paid": None}]}, {})
    found = evaluator(known)
    assert found.range(tree) == (False, True)
    (fold,) = (node for node in walk(tree) if isinstance(node, Aggregate))
    assert list(found.row_indices("members")) == [0, 1, ABSENT]
    assert [found.range(fold.body, row) for row in found.row_indices("members")] == [
        (False, False),
        (False, True),
        (False, True),
    ]


def test_a_part_is_worked_out_once() -> None:
    class Counting(dict):
        read = 0

        def get(self, *args: object) -> object:
            Counting.read += 1
            return super().get(*args)

    names = scope()
    trees = parsed(["wage > large", "wage + wage > large", "wage == spent"], names)
    found = Evaluator(Reading(Counting(wage=1), parameters={**VALUES, "on": ON}))
    for tree in trees:
        found.range(tree)
    assert Counting.read == 2, "wage and spent"


def test_a_risk_is_as_the_reading_says() -> None:
    names = scope()
    risks = {"a": (True, True), "b": (False, True), "c": (False, False)}
    found = Evaluator(Reading({}, risks=risks))
    assert {name: found.range(names.nodes.make(Risk, name)) for name in "abc"} == risks


def test_a_plain_tree_has_no_meaning_of_its_own() -> None:
    nodes = scope().nodes
    leaf: Node = nodes.make(Leaf, nodes.make(Fact, "poor", None, BOOLEAN), "lo", BOOLEAN)
    with pytest.raises(TypeError, match="plain"):
        evaluator(Known({}, {}, {})).range(leaf)


@given(st.integers(0, 10**6))
def test_read_inward_a_range_lies_within_the_range(seed: int) -> None:
    """So that an end that moves shows a bound that nobody measured; and what was measured does not move."""
    random = Random(seed)
    batch = draw(random, 5, 1, Counter())
    (known,) = batch.households
    reading = Reading(known.household, known.rows, known.complete, {**VALUES, "on": ON}, {}, COLLECTIONS)
    whole, inward = Evaluator(reading), Evaluator(reading, inward=True)
    size = scope().nodes.make(Fact, "size", None, FACTS["size"])
    for tree in (*batch.trees, size):
        (lo, hi), (in_lo, in_hi) = whole.range(tree), inward.range(tree)
        assert lo <= in_lo <= in_hi <= hi
    for name, kind in FACTS.items():
        if isinstance(kind, NumberType | DateType) and known.household[name] is not None and name != "size":
            fact = scope().nodes.make(Fact, name, None, kind)
            assert whole.range(fact) == inward.range(fact)


def test_drawn_households_are_known_missing_and_ranged() -> None:
    said = [value for seed in range(40) for value in drawn(Random(seed)).household.values()]
    assert min(sum(v is None for v in said), sum(isinstance(v, Between) for v in said)) > 0.08 * len(said)
