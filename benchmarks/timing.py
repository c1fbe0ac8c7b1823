"""Timing side by side: every variant in turn, many short rounds, so that a drift of the machine meets all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Timed = Callable[[int], float]  # makes so many calls, and says how many seconds they took
_T = TypeVar("_T")
_BATCH = 0.005  # seconds a turn: long beside the clock, short beside a drift of the machine


def calling(run: Callable[[], object]) -> Timed:
    """Times a call."""
    return using(lambda: None, lambda _: run())


def using(make: Callable[[], _T], use: Callable[[_T], object]) -> Timed:
    """Times what is done with something that is new at each call; making it is not timed."""

    def timed(calls: int) -> float:
        things = [make() for _ in range(calls)]
        start = time.perf_counter_ns()
        for thing in things:
            use(thing)
        return (time.perf_counter_ns() - start) / 1e9

    return timed


def side_by_side(variants: Mapping[str, Timed], rounds: int = 41) -> dict[str, list[float]]:
    """Seconds a call of each variant, one figure a round; each round begins with another variant."""
    calls = {name: _calls_for(timed) for name, timed in variants.items()}
    figures: dict[str, list[float]] = {name: [] for name in variants}
    names = list(variants)
    for turn in range(rounds):
        first = turn % len(names)
        for name in (*names[first:], *names[:first]):
            figures[name].append(variants[name](calls[name]) / calls[name])
    return figures


def _calls_for(timed: Timed) -> int:
    timed(1)
    return max(1, int(_BATCH / max(min(timed(1) for _ in range(5)), 1e-7)))


def table(
    figures: Mapping[str, list[float]], bases: Mapping[str, str], unit: str, targets: Mapping[str, float] | None = None
) -> str:
    """Median, least and most; the median ratio, round by round, to each base (its name, and how to head the column).

    A target is the most that the ratio to the first base may be; where there is no base, the median itself.
    """
    wide = max(map(len, figures))
    scale = {"us": 1e6, "ms": 1e3}[unit]
    heads = "".join(f"{head:>14}" for head in bases.values())
    lines = [f"{unit + ' a call':{wide}}{'median':>10}{'min':>10}{'max':>10}{heads}"]
    for name, values in figures.items():
        spread = [v * scale for v in (statistics.median(values), min(values), max(values))]
        shown = "".join(f"{v:10.2f}" for v in spread)
        ratios = [_ratio(values, figures[base]) for base in bases]
        compared = "".join(f"{ratio:14.2f}" for ratio in ratios)
        lines.append(f"{name:{wide}}{shown}{compared}{_judged((ratios or spread)[0], (targets or {}).get(name))}")
    return "\n".join(lines)


def _ratio(values: list[float], base: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(values, base, strict=True))


def _judged(figure: float, target: float | None) -> str:
    return "" if target is None else f"  <= {target:g}: {'met' if figure <= target else 'MISSED'}"
