"""A county in DuckDB, in memory: relations graded by fanpin, beside SQL written by hand with the same columns.

By hand only the incomes may be missing or out of bounds; fanpin looks at the bounds of every fact that it reads.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
from polars.testing import assert_frame_equal
from workloads.frames import INCOMES, county_frames

import fanpin

ON, ROUNDS, ALIKE = date(2024, 5, 1), 5, 20_000
WORKLOADS = Path(__file__).parent / "workloads"
_ENDS = (
    "CASE WHEN {i} BETWEEN 0 AND 1e9 THEN floor({i}*100+0.5) ELSE 0 END {i}_lo, "
    "CASE WHEN {i} BETWEEN 0 AND 1e9 THEN floor({i}*100+0.5) ELSE 1e11 END {i}_hi"
)
_FAULTS = {
    "fact-number:{i}": "coalesce({i}<0 OR {i}>1e9, false)",
    "too-many-decimals:{i}": "coalesce(abs({i}*100-floor({i}*100+0.5))>1e-4, false)",
}


def measure(households: int) -> None:
    """Check that both say the same, then time them in turn."""
    connection, calls = _calls(ALIKE)
    for call in calls.values():
        call()
    by_hand = connection.table("by_hand").pl()
    for name in ("known", "anything"):
        assert_frame_equal(connection.table(name).pl(), by_hand)
    connection, calls = _calls(households)
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            took[name].append(time.perf_counter() - began)
    median = {name: statistics.median(seconds) for name, seconds in took.items()}
    print(f"{households:,} households, DuckDB {duckdb.__version__}; at most 1.3 times\n")
    print("| | s | ratio |\n| --- | ---: | ---: |")
    for name, seconds in median.items():
        print(f"| {name} | {seconds:.2f} | {seconds / median['by_hand']:.2f} |")


def _calls(households: int) -> tuple[duckdb.DuckDBPyConnection, dict[str, Callable[[], object]]]:
    connection, pack = duckdb.connect(), fanpin.load_pack(WORKLOADS / "thirteen")
    of_home, of_members = county_frames(households)
    for name, frame in (("households", of_home), ("members", of_members)):
        connection.register("frame", frame)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
    known = [name for name in of_home.columns if name not in ("household_id", *INCOMES)]
    known += ["members", *(f"members.{name}" for name in of_members.columns if name != "household_id")]
    query = by_hand()

    def graded(name: str, complete: list[str]) -> None:
        tables = connection.table("households"), connection.table("members")
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        fanpin.grade_frames(*tables, pack=pack, on=ON, complete=complete).create(name)

    return connection, {
        "by_hand": lambda: connection.execute(f"CREATE OR REPLACE TABLE by_hand AS {query}"),
        "known": lambda: graded("known", known),
        "anything": lambda: graded("anything", []),
    }


def by_hand() -> str:
    """The query, with a part for each kind of income."""
    faults = {code.format(i=i): test.format(i=i) for i in INCOMES for code, test in _FAULTS.items()}
    text = (WORKLOADS / "by_hand_duckdb.sql").read_text(encoding="utf-8")
    for part, filled in {
        "ends": ", ".join(_ENDS.format(i=i) for i in INCOMES),
        "names": ", ".join(f"'{i}'" for i in INCOMES),
        "asks": ", ".join(f"open AND {i} IS NULL" for i in INCOMES),
        "fnames": ", ".join(f"'{code}'" for code in faults),
        "faults": ", ".join(faults.values()),
    }.items():
        text = text.replace(f"{{{part}}}", filled)
    return text
