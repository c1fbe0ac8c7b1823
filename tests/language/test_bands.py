"""Bands pay what a patient clerk counts unit by unit, and their range is that of every amount that may be."""

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fanpin.expressions import check_bands
from fanpin.expressions.evaluate import Evaluator, Reading
from fanpin.expressions.nodes import Bands, Fact, Node, Nodes
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.to_python import to_python
from fanpin.expressions.types import NumberType
from fanpin.kinds import Between

MOST = 12
NAMES = ("x", "used", "entry", "deductible", "cap", "limit0", "limit1", "rate0", "rate1", "rate2")


def clerk(node: Bands, v: dict[str, int]) -> int:
    """Unit by unit: what the sum pays more than what was counted before, within the cap."""
    limits = [v[f"limit{i}"] for i in range(len(node.limits))]
    rates = [v[f"rate{i}"] for i in range(len(node.rates))]

    def band(y: int) -> int:
        for i in range(len(limits)):
            if y <= max(limits[: i + 1]) if node.closed[i] else y < max(limits[: i + 1]):
                return i
        return len(limits)

    def unit(k: int) -> int:
        return next((i for i in range(len(limits)) if k <= max(limits[: i + 1])), len(limits))

    def pays(y: int) -> int:
        if node.entry is not None and y < v["entry"]:
            return 0
        first = v["deductible"] if node.deductible is not None else 0
        if node.whole:
            return rates[band(y)] * max(0, y - first)
        return sum(rates[unit(k)] for k in range(first + 1, y + 1))

    before = v["used"] if node.used is not None else 0
    cap = v["cap"] if node.cap is not None else 10**9
    return max(0, min(pays(before + v["x"]), cap) - min(pays(before), cap))


BOUNDS = {"limit0": (0, 6), "limit1": (6, MOST)} | {f"rate{i}": (0, 5) for i in range(3)}


def bounds(name: str) -> tuple[int, int]:
    return BOUNDS.get(name, (0, MOST))


def fact(nodes: Nodes, name: str) -> Node:
    lo, hi = bounds(name)
    return nodes.make(Fact, name, None, NumberType(lo=lo, hi=hi))


@st.composite
def curves(draw: st.DrawFn) -> Bands:
    nodes, limits = Nodes(), draw(st.integers(0, 2))
    parts = {name: fact(nodes, name) for name in ("used", "entry", "deductible", "cap") if draw(st.booleans())}
    return check_bands.make(
        nodes,
        fact(nodes, "x"),
        [fact(nodes, f"limit{i}") for i in range(limits)],
        [fact(nodes, f"rate{i}") for i in range(limits + 1)],
        whole=draw(st.booleans()),
        closed=[draw(st.booleans()) for _ in range(limits)],
        **parts,
    )


def range_of(node: Bands, known: dict[str, Any]) -> tuple[Any, Any]:
    """By the evaluator, after holding generated Python against it."""
    found = Evaluator(Reading(known)).range(node)
    ranges = Ranges(Nodes())
    function = to_python([ranges.surely(node), ranges.possibly(node)])
    assert function(known, {}, {}, {}) == found
    return found


@given(curves(), st.fixed_dictionaries({name: st.integers(*bounds(name)) for name in NAMES}))
def test_known_amounts_are_paid_as_a_clerk_counts(node: Bands, values: dict[str, int]) -> None:
    assert range_of(node, values) == (clerk(node, values),) * 2


@given(curves(), st.data())
def test_the_range_is_that_of_every_amount_that_may_be(node: Bands, data: st.DataObject) -> None:
    known: dict[str, Any] = {name: data.draw(st.integers(*bounds(name)), name) for name in NAMES}
    unsure = data.draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True))
    for name in unsure:
        lo = known[name]
        known[name] = Between(lo, data.draw(st.integers(lo, bounds(name)[1])))
    spans = {name: range(v.lo, v.hi + 1) if isinstance(v, Between) else [v] for name, v in known.items()}
    paid = [clerk(node, dict(zip(spans, values, strict=True))) for values in product(*spans.values())]
    lo, hi = range_of(node, known)
    assert lo <= min(paid)
    assert hi >= max(paid)
    if node.used is None or set(unsure) <= {"x"}:
        assert (lo, hi) == (min(paid), max(paid))
