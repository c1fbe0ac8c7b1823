"""More risks never give a lower grade; a grading that does is refused with the smallest counterexample."""

import time
from collections.abc import Mapping
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.expressions.evaluate import Evaluator, Reading
from fanpin.expressions.nodes import Node, Nodes
from fanpin.expressions.parse import parse
from fanpin.expressions.scope import Attributes, Scope, Source
from fanpin.monotone import first_that_holds, not_monotone

RISKS: dict[str, Attributes] = {
    "illness": {"name": "illness", "need": None, "has_need": False, "kind": "shock"},
    "accident": {"name": "accident", "need": None, "has_need": False, "kind": "shock"},
    "housing": {"name": "housing", "need": "housing", "has_need": True, "kind": "need"},
    "water": {"name": "water", "need": "water", "has_need": True, "kind": "need"},
}


def trees(nodes: Nodes, texts: list[str], risks: Mapping[str, Attributes]) -> dict[str, Node]:
    scope = Scope(nodes, risks=risks, facts_allowed=False)
    found = {}
    for i, text in enumerate(texts):
        node, problems = parse(Source(text), scope)
        assert node is not None, problems
        found[f"grade{i}"] = node
    return found


def fault(*texts: str) -> object:
    nodes = Nodes()
    return not_monotone(nodes, trees(nodes, list(texts), RISKS), list(RISKS))


@pytest.mark.parametrize(
    "texts",
    [
        ("any(r.has_need for r in risks)", "count(risks) >= 2", "count(risks) >= 1"),
        ("any(r.has_need for r in risks)", "count(risks) >= 2", "count(risks) == 1"),  # the rest is above it
        ("housing and water", "illness or accident"),
        ("count(r for r in risks if r.kind == 'shock') > 1", "any(r.need in {'water'} for r in risks)"),
    ],
)
def test_a_grading_that_grows_with_the_risks_is_taken(texts: tuple[str, ...]) -> None:
    assert fault(*texts) is None


def test_a_grading_that_falls_is_refused_with_the_smallest_counterexample() -> None:
    found = fault("count(risks) == 2", "count(risks) >= 1")
    assert found.code == "not-monotone"  # type: ignore[attr-defined]
    assert [len(found.sets[name]) for name in ("fewer", "more")] == [2, 3]  # type: ignore[attr-defined]
    assert found.grades == {"higher": 0, "lower": 1}  # type: ignore[attr-defined]


def test_a_negated_risk_is_seen() -> None:
    assert fault("housing and not water", "illness") is not None


def test_many_risks_are_told_apart_only_where_a_condition_does() -> None:
    risks: dict[str, Attributes] = {
        f"r{i}": {"name": f"r{i}", "need": None, "has_need": False, "kind": f"k{i % 3}"} for i in range(33)
    }
    nodes = Nodes()
    texts = ["count(r for r in risks if r.kind == 'k0') == 11", "count(risks) != 0"]
    start = time.perf_counter()
    assert not_monotone(nodes, trees(nodes, texts, risks), list(risks)) is None
    assert time.perf_counter() - start < 5


def test_a_grading_that_names_too_many_risks_is_refused_and_not_waited_for() -> None:
    risks: dict[str, Attributes] = {
        f"r{i}": {"name": f"r{i}", "need": None, "has_need": False, "kind": "k"} for i in range(40)
    }
    nodes = Nodes()
    text = " or ".join(f"(r{i} and not r{i + 1})" for i in range(39))
    found = not_monotone(nodes, trees(nodes, [text], risks), list(risks))
    assert found is not None
    assert found.code == "grading-too-wide"


CONDITIONS = st.recursive(
    st.sampled_from([*RISKS, "any(r.has_need for r in risks)", "all(r.has_need for r in risks)"])
    | st.builds(
        "count({}) {} {}".format,
        st.sampled_from(["risks", "r for r in risks if r.has_need", "r.kind == 'shock' for r in risks"]),
        st.sampled_from([">=", ">", "==", "<", "!="]),
        st.integers(0, 4),
    ),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("(not {})".format, inner)
    ),
    max_leaves=4,
)


@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_the_verdict_is_that_of_looking_at_every_set(texts: list[str]) -> None:
    nodes = Nodes()
    conditions = trees(nodes, texts, RISKS)
    tree = first_that_holds(nodes, conditions)

    def grade(held: tuple[str, ...]) -> int:
        return int(Evaluator(Reading({}, risks={n: (n in held,) * 2 for n in RISKS})).range(tree)[0])

    sets = list(chain.from_iterable(combinations(RISKS, n) for n in range(len(RISKS) + 1)))
    falls = any(grade((*held, more)) > grade(held) for held in sets for more in RISKS if more not in held)
    assert (not_monotone(nodes, conditions, list(RISKS)) is not None) == falls
