"""A county in DuckDB, in memory: relations graded by fanpin, beside SQL written by hand that gives the same columns.

Twice: with all but the incomes known, and with nothing known. By hand, what is known is trusted; fanpin still looks
whether it is there and within its bounds, since a relation may not be read before it is graded.
"""

import statistics
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
from county import BY_HAND, FANPIN, ON, PACK, _all_but_incomes, _spoilt, in_turn, seconds
from polars.testing import assert_frame_equal
from workloads.frames import county_frames

import fanpin

ROUNDS, ALIKE, MOST = 5, 20_000, 1.3
QUERIES = Path(__file__).parent / "workloads"
KNOWN, ANYTHING = "all known but incomes", "anything may be missing or wrong"

Call = Callable[[], object]


def measure(households: int) -> None:
    """Check that both say the same, then time them in turn."""
    _agree()
    print(f"{households:,} households, 2.9 members each, DuckDB {duckdb.__version__}; at most {MOST:g} times\n")
    print("| | by hand, s | fanpin, s | ratio | |\n| --- | ---: | ---: | ---: | --- |")
    _, variants = _calls(*county_frames(households))
    for name, calls in variants.items():
        figures = in_turn({who: partial(seconds, call) for who, call in calls.items()}, ROUNDS)
        ratio = statistics.median(a / b for a, b in zip(figures[FANPIN], figures[BY_HAND], strict=True))
        medians = " | ".join(f"{statistics.median(figures[who]):.2f}" for who in (BY_HAND, FANPIN))
        print(f"| {name} | {medians} | {ratio:.2f} | {'met' if ratio <= MOST else 'MISSED'} |", flush=True)


def _agree() -> None:
    """Refuse to time what does not do the same; the last time with much that is missing, wrong or contradictory."""
    clean = county_frames(ALIKE)
    spoilt = _spoilt(*county_frames(ALIKE, seed=2))
    for frames, name in ((clean, KNOWN), (clean, ANYTHING), (spoilt, ANYTHING)):
        connection, variants = _calls(*frames)
        said = []
        for call in variants[name].values():
            call()
            said.append(connection.table("graded").pl())
        assert_frame_equal(*said)
    print(f"fanpin, by hand: the same of {ALIKE:,} households, and of {ALIKE:,} with faults and gaps")


def _calls(
    households: pl.DataFrame, members: pl.DataFrame
) -> tuple[duckdb.DuckDBPyConnection, Mapping[str, Mapping[str, Call]]]:
    """What is compared, over tables in a connection; every call leaves its result in the table `graded`."""
    connection, pack = duckdb.connect(), fanpin.load_pack(PACK)
    for name, frame in (("households", households), ("members", members)):
        connection.register("frame", frame)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")

    def by_hand(name: str) -> Call:
        text = (QUERIES / f"by_hand_duckdb_{name}.sql").read_text(encoding="utf-8")
        return lambda: connection.execute(text)

    def graded(complete: list[str]) -> None:
        tables = connection.table("households"), connection.table("members")
        connection.execute("DROP TABLE IF EXISTS graded")
        fanpin.grade_frames(*tables, pack=pack, on=ON, complete=complete).create("graded")

    known = _all_but_incomes(households, members)
    return connection, {
        KNOWN: {BY_HAND: by_hand("known"), FANPIN: lambda: graded(known)},
        ANYTHING: {BY_HAND: by_hand("anything"), FANPIN: lambda: graded([])},
    }
