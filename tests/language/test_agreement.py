"""Every backend says what the evaluator says, and what it says is sound: over random rules and random households."""

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanpin.expressions.nodes import Aggregate, Op, walk
from fanpin.expressions.ops import OPERATORS
from fanpin.testing import known_households, rules
from tests.language.agreement import backends, differences, parsed, scope
from tests.language.laws import LAWS, Run, draw
from tests.language.learning import completion, evaluator, points, within

SCOPE = scope()
SMALL = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", ["duckdb", "postgres"])
def test_every_backend_is_looked_at(name, require) -> None:  # type: ignore[no-untyped-def]
    require(name)
    assert name in backends()


@pytest.mark.parametrize("law", LAWS)
@given(number=st.integers(0, 10**6))
@settings(max_examples=25)
def test_the_laws_hold(law: str, number: int) -> None:
    assert [str(failure) for failure in Run(2024, (law,), rules=12).batch(number)] == []


@SMALL
@given(st.lists(rules(SCOPE, 2), min_size=1, max_size=4), st.lists(known_households(SCOPE), min_size=1, max_size=3))
def test_backends_agree_on_examples_that_hypothesis_can_shrink(texts, known) -> None:  # type: ignore[no-untyped-def]
    names = scope()
    assert list(differences(parsed(texts, names), known, names.nodes)) == []


@SMALL
@given(rules(SCOPE, 3), known_households(SCOPE), st.randoms(use_true_random=False))
def test_soundness_on_examples_that_hypothesis_can_shrink(text, known, random) -> None:  # type: ignore[no-untyped-def]
    trees = parsed([text], scope())
    everything = completion(random, known)
    assert list(within("soundness", trees, known, everything)) == []
    assert list(points(trees, everything)) == []


# That the laws look at something


def test_random_rules_are_seldom_refused_and_seldom_trivial() -> None:
    run = Run(7, ("soundness", "learning"))
    for number in range(30):
        assert list(run.batch(number)) == []
    tally = run.tally
    refused = sum(n for name, n in tally.items() if name.startswith("refused"))
    assert refused < 0.05 * tally["rules"]
    answers = {name: tally[f"answers {name}"] for name in ("yes", "no", "unknown")}
    assert min(answers.values()) > 0.15 * sum(answers.values()), answers
    assert tally["things learned"] > 150


def test_random_rules_use_every_operator_and_every_aggregate() -> None:
    random, tally = Random(3), Counter[str]()
    drawn = [node for _ in range(40) for node in walk(*draw(random, 20, 0, tally).trees)]
    used = {node.name for node in drawn if isinstance(node, Op)}
    folded = {node.kind for node in drawn if isinstance(node, Aggregate)}
    operators = {
        "add", "sub", "neg", "mul", "div", "min", "max", "abs", "rescale", "round_half_up", "round_up", "round_down",
        "lt", "le", "gt", "ge", "eq", "not", "and", "or", "if", "age", "months_between", "days_between", "add_months",
        "add_days", "start_of_month", "start_of_year", "year_of",
    }  # fmt: skip
    assert used == set(OPERATORS) - {"floor", "count"} == operators  # `floor` is plain only, `count` over risks only
    assert folded == {"any", "all", "count", "sum", "min", "max"}


def test_what_is_known_of_random_households_differs() -> None:
    random, tally = Random(5), Counter[str]()
    batch = draw(random, 0, 300, tally)
    listed = Counter(
        None if known.rows["members"] is None else len(known.rows["members"]) for known in batch.households
    )
    assert set(listed) >= {None, 0, 1, 2, 3, 4}
    partly = [k for k in batch.households if k.rows["bills"] and not k.complete["bills"]]
    contradicted = [
        k for k in batch.households if evaluator(k).unlisted("members") == (0, 0) and not k.complete["members"]
    ]
    assert len(partly) > 20
    assert len(contradicted) > 5
