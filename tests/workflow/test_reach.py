"""What the check of packs says of order: a step that is out of reach is in no lawful case."""

from random import Random

import pytest

from fanpin.reach import never_before, unreachable
from tests.workflow.procedures import pack
from tests.workflow.random_procedures import ProcedureWriter
from tests.workflow.seeded import Walker


def test_what_is_out_of_reach_is_in_no_lawful_case() -> None:
    found = 0
    for seed in range(80):
        of = ProcedureWriter(Random(seed)).pack()
        spec = of.workflow.spec
        out = set(unreachable(spec))
        never = {(step, gap.name) for step, gap in never_before(spec) if step not in out}
        found += len(out) + len(never)
        for walk in range(3):
            case = Walker(of, Random(walk)).clean(12)
            assert not out & {event.step for event in case}
            for step, name in never:
                gap = next(gap for demand in spec.steps[step].demands for gap in demand.gaps if gap.name == name)
                before = [event.step for event in case]
                before = before[: before.index(step)] if step in before else before
                assert not set(gap.since) & set(before) or step not in {event.step for event in case}
    assert found > 50


@pytest.mark.parametrize(
    ("steps", "out"),
    [
        ({"a": {"needs": ["b"]}, "b": {"needs": ["a"]}}, ["a", "b"]),
        ({"a": {"needs": ["b or c"]}, "b": {"needs": ["a"]}, "c": {}}, []),
        ({"a": {"right_after": ["b"]}, "b": {"right_after": ["a"]}}, ["a", "b"]),
        ({"a": {"count": {"a": 1}}}, ["a"]),
        ({"a": {"count": {"a": "size"}}}, []),  # which may be none
        ({"a": {"also": {"x": {"when": "poor", "needs": ["a"]}}}}, []),  # only where the condition holds
    ],
)
def test_which_are_out_of_reach(steps: dict[str, dict[str, object]], out: list[str]) -> None:
    of = pack(steps=steps, lint=["step-out-of-reach"] * len(out))
    assert unreachable(of.workflow.spec) == out


def test_a_clock_that_only_what_follows_starts() -> None:
    gap = {"g": {"since": "b", "at_most": 5}}
    pack(["a", "b"], steps={"a": {"gaps": gap}}, lint=["clock-never-starts"])
    pack(["a", "b"], steps={"b": {"gaps": gap}})  # its own clock
    pack(["a"], steps={"a": {"gaps": gap}, "b": {}})
