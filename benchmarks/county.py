"""A county: a million households in Polars, beside a query written by hand that gives the same columns.

At several sizes OpenFisca-Core stands beside them, which gives risks, grade and category and knows no missing facts.

Every figure is of one run after the other in turn, each round beginning with the other one. Memory and Parquet are
measured in processes of their own, which read their frames from files.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path

import county_openfisca
import numpy as np
import polars as pl
from polars.testing import assert_frame_equal
from processes import Run, new_processes
from workloads.by_hand_polars import query
from workloads.frames import INCOMES, county_frames

import fanpin

ON = date(2024, 5, 1)
HOUSEHOLDS, ROUNDS = 1_000_000, 7
GROWTH = (10_000, 100_000, 1_000_000, 3_000_000)
FANPIN, BY_HAND = "fanpin", "by hand"
PACK = Path(__file__).parent / "workloads" / "thirteen"
_MOST_MEMORY = 0.8e9  # bytes
_MOST_GROWTH = 1.15  # times the time a household at a tenth of the largest, or less

Call = Callable[[], object]


def measure(households: int = HOUSEHOLDS, with_peers: bool = True) -> None:
    """Check that all say the same, then time them."""
    _agree()
    print(f"{households:,} households, 2.9 members each, {pl.thread_pool_size()} threads, Polars {pl.__version__}")
    print("\n| workload | by hand, s | fanpin, s | ratio | at most | |\n| --- | ---: | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder, new_processes() as run:
        _files(run, Path(folder), households)  # first: what this process holds would count as held by a new one
    for ids in ("int", "text"):
        frames = county_frames(households, ids=ids)  # type: ignore[arg-type]  # one of those named
        known, anything = _variants(*frames)
        name = {"int": "ids are integers", "text": "ids of 18 characters"}[ids]
        _compare(f"frames in memory, incomes missing; {name}", known, 1.15 if ids == "int" else 1.1)
        _compare(f"lazy, any fact may be missing; {name}", anything, 1.35)
    del frames, known, anything
    _growth(with_peers)


def _variants(households: pl.DataFrame, members: pl.DataFrame) -> tuple[Mapping[str, Call], Mapping[str, Call]]:
    """The two pairs that are compared: what is known beforehand, and nothing known."""
    pack, known = fanpin.load_pack(PACK), _all_but_incomes(households, members)
    lazy = households.lazy(), members.lazy()
    return (
        {
            BY_HAND: lambda: query(*lazy, ON, anything=False).collect(engine="streaming"),
            FANPIN: lambda: fanpin.grade_frames(households, members, pack=pack, on=ON, complete=known),
        },
        {
            BY_HAND: lambda: query(*lazy, ON, anything=True).collect(engine="streaming"),
            FANPIN: lambda: fanpin.grade_frames(*lazy, pack=pack, on=ON).collect(engine="streaming"),
        },
    )


def _all_but_incomes(households: pl.DataFrame, members: pl.DataFrame) -> list[str]:
    of_home = [name for name in households.columns if name not in ("household_id", *INCOMES)]
    return [*of_home, *(f"members.{name}" for name in members.columns if name != "household_id"), "members"]


# ── both say the same ──────────────────────────────────────────────────────────────────────────────────────────────


def _agree(households: int = 20_000) -> None:
    """Refuse to time what does not do the same; the second time with much that is missing, wrong or contradictory."""
    clean = county_frames(households)
    spoilt = _spoilt(*county_frames(households, seed=2))
    for frames, at in ((clean, 0), (clean, 1), (spoilt, 1)):
        said = {name: call() for name, call in _variants(*frames)[at].items()}
        assert_frame_equal(said[FANPIN], said[BY_HAND])  # type: ignore[arg-type]  # frames
    statuses = set(said[FANPIN]["status"])  # type: ignore[index]
    assert statuses == {"clear", "graded", "unknown", "refused"}, "some status does not occur"
    print(f"fanpin, by hand: the same of {households:,} households, and of {households:,} with faults and gaps")


def _spoilt(households: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of every fact some are missing and some can't be; members are left out, and ids come twice."""
    dice = np.random.default_rng(3)
    first, twice = households["household_id"][0], _some(dice, households.height, 0.001)
    again = pl.when(pl.lit(twice)).then(first).otherwise(pl.col("household_id")).alias("household_id")
    kept = members.filter(_some(dice, members.height, 0.97))
    return _with_gaps(dice, households).with_columns(again), _with_gaps(dice, kept)


def _with_gaps(dice: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    wrong: dict[type[pl.DataType], list[object]] = {
        pl.Float64: [-5.0, 12.345, 2e9, float("nan"), float("inf")],
        pl.String: ["", "?"],
        pl.Int32: [0, 1, 2, 7, 51, -3],
        pl.Date: [date(1890, 1, 1), date(2130, 1, 1)],
    }
    spoilt = []
    for name in frame.columns[1:]:
        values, kind = pl.col(name), frame.schema[name]
        if type(kind) in wrong:
            odd = pl.Series(wrong[type(kind)], dtype=kind)
            drawn = odd.gather(dice.integers(0, len(odd), frame.height).astype(np.uint32))
            values = pl.when(pl.lit(_some(dice, frame.height, 0.005))).then(pl.lit(drawn)).otherwise(values)
        spoilt.append(pl.when(pl.lit(_some(dice, frame.height, 0.97))).then(values).alias(name))
    return frame.with_columns(spoilt)


def _some(dice: np.random.Generator, n: int, share: float) -> pl.Series:
    return pl.Series(dice.random(n) < share)


# ── how long it takes ──────────────────────────────────────────────────────────────────────────────────────────────


def _compare(name: str, calls: Mapping[str, Call], most: float) -> None:
    figures = in_turn({who: partial(seconds, call) for who, call in calls.items()})
    _say(name, figures, most)


def _say(name: str, figures: Mapping[str, list[float]], most: float) -> None:
    by_hand, ours = figures[BY_HAND], figures[FANPIN]
    ratio = statistics.median(a / b for a, b in zip(ours, by_hand, strict=True))
    medians = " | ".join(f"{statistics.median(values):.2f}" for values in (by_hand, ours))
    print(f"| {name} | {medians} | {ratio:.2f} | {most:g} | {_judged(ratio, most)} |", flush=True)


def _judged(figure: float, most: float) -> str:
    return "met" if figure <= most else "MISSED"


def in_turn(timed: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Seconds of each, one figure a round; the first round warms up and is left out."""
    figures: dict[str, list[float]] = {name: [] for name in timed}
    for turn in range(rounds + 1):
        for name in list(timed)[:: 1 if turn % 2 else -1]:
            took = timed[name]()
            if turn:
                figures[name].append(took)
    return figures


def seconds(call: Call) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


# ── files, and memory ──────────────────────────────────────────────────────────────────────────────────────────────


def _files(run: Run, folder: Path, households: int) -> None:
    """Parquet to Parquet, each in a new process, which says how long it took and the most memory that it held."""
    for name, frame in zip(("households", "members"), county_frames(households), strict=True):
        frame.write_parquet(folder / f"{name}.parquet")
    code = "import sys; sys.path.insert(0, {here!r}); import county; county.from_file_to_file({folder!r}, {who!r})"
    here, memory = str(Path(__file__).parent), dict[str, list[float]]()

    def timed(who: str) -> float:
        took, most = run(code.format(here=here, folder=str(folder), who=who)).split()
        memory.setdefault(who, []).append(float(most))
        return float(took)

    figures = in_turn({who: partial(timed, who) for who in (BY_HAND, FANPIN)})
    _say("Parquet to Parquet, any fact may be missing", figures, 1.2)
    held = {who: statistics.median(values) for who, values in memory.items()}
    shown = " | ".join(f"{held[who] / 1e9:.2f} GB" for who in (BY_HAND, FANPIN))
    most = f"{_MOST_MEMORY / 1e9:g} GB | {_judged(held[FANPIN], _MOST_MEMORY)}"
    print(f"| … peak memory of the process | {shown} | {held[FANPIN] / held[BY_HAND]:.2f} | {most} |", flush=True)


def from_file_to_file(folder: str, who: str) -> None:
    """One run, in this process: prints its seconds, and the most bytes that the process ever held."""
    tables = (pl.scan_parquet(Path(folder) / f"{name}.parquet") for name in ("households", "members"))
    pack, out = fanpin.load_pack(PACK), Path(folder) / "graded.parquet"

    def graded() -> None:
        if who == FANPIN:
            fanpin.grade_frames(*tables, pack=pack, on=ON).sink_parquet(out)
        else:
            query(*tables, ON, anything=True).sink_parquet(out)

    print(seconds(graded), _peak())


def _peak() -> int:
    import resource  # not on Windows, where this one figure can't be had without another library

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# ── growth ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _growth(with_peers: bool) -> None:
    """Seconds a million households, at each size; in turn, the small ones as often as makes them long enough."""
    heads = ["households", "fanpin, s", *(f"{who}, s a million" for who in (FANPIN, BY_HAND))]
    heads += [f"{county_openfisca.PEER}, s a million", "times fanpin", "its memory"] if with_peers else []
    print(f"\n| {' | '.join(heads)} |\n|{' ---: |' * len(heads)}")
    each = {}
    for count in GROWTH:
        with tempfile.TemporaryDirectory() as folder:
            took, memory = _at_size(count, Path(folder) if with_peers else None)
        each[count] = took[FANPIN] / count
        cells = [f"{count:,}", f"{took[FANPIN]:.3f}", *(f"{took[who] / count * 1e6:.2f}" for who in (FANPIN, BY_HAND))]
        if with_peers:
            theirs = took[county_openfisca.PEER]
            cells += [f"{theirs / count * 1e6:.2f}", f"{theirs / took[FANPIN]:.2f}", f"{memory / 1e9:.2f} GB"]
        print(f"| {' | '.join(cells)} |", flush=True)
    growth = each[GROWTH[-1]] / min(each.values())
    print(f"\na household among {GROWTH[-1]:,}: {growth:.2f} times the least <= {_MOST_GROWTH:g}: ", end="")
    print(_judged(growth, _MOST_GROWTH))


def _at_size(count: int, folder: Path | None) -> tuple[Mapping[str, float], float]:
    """The median seconds of each, and the most bytes that the peer held, which has its files in the folder."""
    frames, memory = county_frames(count), [0.0]
    known, _anything = _variants(*frames)
    calls = max(1, 300_000 // count)
    timed = {who: lambda c=c: _repeated(c, calls) for who, c in known.items()}
    if folder is not None:
        county_openfisca.write_arrays(folder, *frames)

        def peer() -> float:
            took, held = county_openfisca.timed(folder)
            memory.append(held)
            return took

        timed[county_openfisca.PEER] = peer
    figures = in_turn(timed, rounds=5)
    if folder is not None:
        county_openfisca.agree(folder, frames[0], known[FANPIN]())  # type: ignore[arg-type]  # a frame
    return {who: statistics.median(values) for who, values in figures.items()}, max(memory)


def _repeated(call: Call, calls: int) -> float:
    return seconds(lambda: [call() for _ in range(calls)] and None) / calls
