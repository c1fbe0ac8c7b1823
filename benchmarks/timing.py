"""Timing side by side: every variant in turn, many short rounds, so that a drift of the machine meets all alike."""

import statistics
import time
from collections.abc import Callable, Mapping


def side_by_side(variants: Mapping[str, Callable[[], object]], rounds: int = 41) -> dict[str, list[float]]:
    """Seconds a call of each variant, one figure a round."""
    calls = {name: _calls_for(run) for name, run in variants.items()}
    figures: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            start = time.perf_counter_ns()
            for _ in range(calls[name]):
                run()
            figures[name].append((time.perf_counter_ns() - start) / 1e9 / calls[name])
    return figures


def _calls_for(run: Callable[[], object], seconds: float = 0.005) -> int:
    run()
    start = time.perf_counter()
    run()
    return max(1, int(seconds / max(time.perf_counter() - start, 1e-7)))


def table(figures: Mapping[str, list[float]], base: str, unit: str = "us") -> str:
    """Median, least and most, and the median ratio to the base, round by round."""
    scale = {"us": 1e6, "ms": 1e3, "s": 1}[unit]
    lines = [f"{'':44}{'median':>10}{'min':>10}{'max':>10}   ratio to '{base}'"]
    for name, values in figures.items():
        ratios = [a / b for a, b in zip(values, figures[base], strict=True)]
        shown = "".join(f"{v * scale:10.2f}" for v in (statistics.median(values), min(values), max(values)))
        lines.append(f"{name:44}{shown} {unit} {statistics.median(ratios):7.2f}")
    return "\n".join(lines)
