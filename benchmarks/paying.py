"""Thirteen rules with six results: two amounts by bands, a table, a score card of twenty items, conditions, limits.

A county in Polars beside a query written by hand with the same columns; one household beside the rules alone.
"""

import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path

from county import BY_HAND, FANPIN, ON, _all_but_incomes, _say, in_turn, seconds
from polars.testing import assert_frame_equal
from workloads.by_hand_paying import beside
from workloads.by_hand_polars import query
from workloads.frames import county_frames
from workloads.households import timed

import fanpin

WORKLOADS = Path(__file__).parent / "workloads"
MOST, MOST_OF_ONE = 1.25, 2.0  # times the query by hand, and times the rules alone


def measure(households: int) -> None:
    """Check that both say the same, then time them."""
    said = {name: call() for name, call in _calls(20_000).items()}
    assert_frame_equal(said[FANPIN], said[BY_HAND])  # type: ignore[arg-type]  # frames
    print("| workload | by hand, s | fanpin, s | ratio | at most | |\n| --- | ---: | ---: | ---: | ---: | --- |")
    calls = _calls(households)
    figures = in_turn({who: partial(seconds, call) for who, call in calls.items()})
    _say(f"{households:,} households, incomes missing", figures, MOST)
    _one_household()


def _calls(households: int) -> dict[str, Callable[[], object]]:
    pack = fanpin.load_pack(WORKLOADS / "paying")
    of_home, of_members = county_frames(households)
    known, lazy = _all_but_incomes(of_home, of_members), (of_home.lazy(), of_members.lazy())
    return {
        BY_HAND: lambda: query(*lazy, ON, anything=False, beside=beside).collect(engine="streaming"),
        FANPIN: lambda: fanpin.grade_frames(of_home, of_members, pack=pack, on=ON, complete=known),
    }


def _one_household() -> None:
    household = fanpin.Household.model_validate(timed())
    rules, paying = (fanpin.load_pack(WORKLOADS / name) for name in ("thirteen", "paying"))

    def paid() -> None:
        for outcome in fanpin.grade(household, pack=paying, on=ON).results:
            assert outcome.state

    calls: dict[str, Callable[[], object]] = {
        "the thirteen rules": lambda: fanpin.grade(household, pack=rules, on=ON),
        "with six results": lambda: fanpin.grade(household, pack=paying, on=ON),
        "and each result's amount or kind read": paid,
    }
    took = {name: min(timeit.repeat(call, number=500, repeat=9)) / 500 * 1e6 for name, call in calls.items()}
    first = took["the thirteen rules"]
    print(f"\n| one household | us | ratio, at most {MOST_OF_ONE:g} |\n| --- | ---: | ---: |")
    for name, us in took.items():
        print(f"| {name} | {us:.1f} | {us / first:.2f} |")
