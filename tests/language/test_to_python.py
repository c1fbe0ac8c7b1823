"""Plain trees as one generated function: what it takes, what it gives, and that nothing of a text is run."""

import ast
import builtins
from collections import Counter
from datetime import date
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.expressions.nodes import Fact, In, Node, Nodes, Risk, walk
from fanpin.expressions.plain import Plain, ymd
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Scope
from fanpin.expressions.to_python import MAX_NESTING, date_ends, number_ends, to_python
from fanpin.expressions.types import BOOLEAN, ChoiceType
from fanpin.household import Between
from tests.language.agreement import COLLECTIONS, ON, by_evaluator, parsed, plain_values, scope
from tests.language.laws import draw
from tests.language.learning import drawn


def ends_of(names: Scope, *texts: str) -> list[Node]:
    ranges = Ranges(names.nodes, names.collections)
    return [end for tree in parsed(texts, names) for end in (ranges.surely(tree), ranges.possibly(tree))]


def run(names: Scope, text: str, household: dict[str, Any], **rows: Any) -> tuple[Any, ...]:
    listed = dict.fromkeys(COLLECTIONS) | {
        name: [SimpleNamespace(**row) for row in given] for name, given in rows.items()
    }
    complete = dict.fromkeys(COLLECTIONS, True)
    return to_python(ends_of(names, text))(household, listed, complete, plain_values())


# What it takes


@pytest.mark.parametrize(
    ("raw", "factor", "expected"),
    [
        (None, 100, (-5, 900)),
        (1, 100, (100, 100)),
        (1.25, 100, (125, 125)),
        (0.29, 100, (29, 29)),
        (-0.29, 100, (-29, -29)),
        (3, 1, (3, 3)),
        (3.0, 1, (3, 3)),
        (Between(1, 2.5), 100, (100, 250)),
    ],
)
def test_the_ends_of_a_number(raw: object, factor: int, expected: tuple[int, int]) -> None:
    assert number_ends(raw, factor, -5, 900) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, (19000101, 21001231)),
        (date(2024, 2, 29), (20240229, 20240229)),
        (Between(date(2024, 1, 1), date(2024, 12, 31)), (20240101, 20241231)),
    ],
)
def test_the_ends_of_a_day(raw: object, expected: tuple[int, int]) -> None:
    assert date_ends(raw, 19000101, 21001231) == expected


@pytest.mark.parametrize("value", [20000.01, 20001, 2e4 + 1, Between(20000.01, 20001)])
def test_a_number_may_be_of_any_kind(value: object) -> None:
    assert run(scope(), "wage > large", {"wage": value}) == (True, True)


def test_a_fact_that_nobody_names_is_missing() -> None:
    names = scope()
    assert run(names, "wage > large", {}) == (False, True)
    assert run(names, "poor", {}) == (False, True)
    assert run(names, "food in {'met'}", {}) == (False, True)
    assert run(names, "sum(b.amount for b in bills) >= 0 * wage", {"wage": 0}, bills=[{}]) == (True, True)


def test_rows_that_are_not_given_are_no_rows() -> None:
    names = scope()
    function = to_python(ends_of(names, "any(b.insured for b in bills)"))
    assert function({}, {"bills": None, "members": None}, {"bills": False, "members": False}, plain_values()) == (
        False,
        True,
    )
    assert function({}, {}, {"bills": True, "members": False}, plain_values()) == (False, False)


def test_a_truth_is_only_what_is_true() -> None:
    """A 1 or a text is no yes: what is neither True nor False is unknown."""
    assert run(scope(), "poor", {"poor": 1}) == (False, True)


# What it gives


def test_outputs_come_in_their_order() -> None:
    names = scope()
    function = to_python(ends_of(names, "wage + spent > large", "poor", "rooms + 1 > 3"))
    assert function({"wage": 1, "spent": 1, "poor": True, "rooms": 5}, {}, {}, plain_values()) == (
        False, False, True, True, True, True,
    )  # fmt: skip


def test_the_same_output_twice_is_given_twice() -> None:
    names = scope()
    (tree, _) = ends_of(names, "wage > large")
    assert to_python([tree, tree])({"wage": 1}, {}, {}, plain_values()) == (False, False)


def test_no_output_is_an_empty_tuple() -> None:
    assert to_python([])({}, {}, {}, {}) == ()


def test_a_verdict_goes_before_the_rule_and_the_rule_is_kept_beside() -> None:
    nodes = Nodes()
    p = Plain(nodes)
    a, b = (Ranges(nodes).surely(nodes.make(Risk, name)) for name in "ab")
    both = p.op("and", a, b)
    function = to_python([both], [("a", p.truth(True), p.truth(True)), ("b", p.truth(False), p.truth(True))])
    assert function({}, {}, {}, {}) == (True, True, False, True, False, None)
    decided = function({}, {}, {}, {}, {"b": (True, True)})
    assert decided == (True, True, True, True, True, (True, True, False, True))
    assert function({}, {}, {}, {}, {})[-1] == (True, True, False, True), "verdicts that say nothing change nothing"


# The text


@given(st.integers(0, 10**6))
def test_the_generated_text_calls_nothing_but_what_it_is_given(seed: int) -> None:
    batch = draw(Random(seed), 6, 0, Counter())
    ranges = Ranges(batch.nodes, COLLECTIONS)
    code = to_python([ranges.surely(tree) for tree in batch.trees]).__doc__
    assert code is not None
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)}
    assert called <= {
        "floor",
        "number_ends",
        "date_ends",
        "min_",
        "max_",
        "get",
        "of_row",
        "len",
        "rows.get",
        "complete.get",
    }
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    assert names & set(dir(builtins)) <= {"len", "float", "int"}


def test_a_name_or_a_value_is_never_run() -> None:
    bad = "'] or __import__('os').abort() or ['"
    nodes = Nodes()
    inside = nodes.make(In, bad, None, frozenset({bad}), ChoiceType((bad,), other=True))
    known = nodes.make(Fact, bad, None, BOOLEAN)
    ranges = Ranges(nodes)
    function = to_python(
        [ranges.surely(inside), ranges.surely(known)], [(bad, ranges.surely(known), ranges.possibly(known))]
    )
    assert function({bad: bad}, {}, {}, {}, {}) == (False, True, True, False, (False, True))


def test_what_is_shared_is_worked_out_once() -> None:
    names = scope()
    code = to_python(ends_of(names, "wage * 3 + spent > large", "wage * 3 + spent > 2 * large")).__doc__
    assert code is not None
    assert code.count("* 3") == 2, "once an end"


def test_lines_are_not_nested_too_deeply_for_python() -> None:
    names = scope()
    ends = ends_of(names, "(" * 100 + "rooms" + " + floors)" * 100 + " > 3")
    code = to_python(ends).__doc__
    assert code is not None
    deepest = max(_nesting(line) for line in code.splitlines())
    assert deepest <= MAX_NESTING + 10


def _nesting(line: str) -> int:
    depth = most = 0
    for character in line:
        depth += (character == "(") - (character == ")")
        most = max(most, depth)
    return most


def test_many_rules_make_one_loop_over_a_collection() -> None:
    names = scope()
    texts = [
        "any(m.in_school for m in members)",
        "sum(m.paid for m in members) > large",
        "max(m.months for m in members) > 3",
    ]
    code = to_python(ends_of(names, *texts)).__doc__
    assert code is not None
    assert code.count("for row in") == 1


def test_it_agrees_where_hundreds_of_rules_share_their_parts() -> None:
    batch = draw(Random(4), 250, 0, Counter())
    known = drawn(Random(5))
    ranges = Ranges(batch.nodes, COLLECTIONS)
    function = to_python([end for tree in batch.trees for end in (ranges.surely(tree), ranges.possibly(tree))])
    rows = {n: None if r is None else [SimpleNamespace(**row) for row in r] for n, r in known.rows.items()}
    expected = [end for pair in by_evaluator(batch.trees, known) for end in pair]
    assert list(function(known.household, rows, known.complete, {**plain_values(), "on": ymd(ON)})) == expected
    assert len(set(walk(*batch.trees))) > 1000
