"""The benchmarks: `python benchmarks/run.py [NAME]`; `--help` lists the names.

Run in an environment with fanpin installed. Peers are installed on first use, into environments of their own.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def one_household(asked: argparse.Namespace) -> None:
    """Household to assessment, findings and explanation, beside validation, plain if and else, and the peers."""
    from one_household import measure

    measure(not asked.no_peers)


def imports(_: argparse.Namespace) -> None:
    """Whole processes that import fanpin."""
    from importing import measure

    measure()


def load(_: argparse.Namespace) -> None:
    """Loading packs, warm and cold."""
    from loading import measure

    measure()


def county(asked: argparse.Namespace) -> None:
    """A county in Polars, beside a query by hand and OpenFisca: frames, Parquet files, memory, growth."""
    from county import measure

    measure(asked.households or 1_000_000, not asked.no_peers)


def paying(asked: argparse.Namespace) -> None:
    """The county with amounts, a table and a score card, beside a query by hand; and one household."""
    from paying import measure

    measure(asked.households or 1_000_000)


def in_duckdb(asked: argparse.Namespace) -> None:
    """The same county in DuckDB, beside SQL by hand."""
    from county_duckdb import measure

    measure(asked.households or 1_000_000)


def cases(asked: argparse.Namespace) -> None:
    """A case recorded step by step, what is allowed and its deadlines, beside state machines."""
    from cases import measure

    measure(not asked.no_peers)


def log(asked: argparse.Namespace) -> None:
    """Event logs: cases a second, memory, and what pm4py takes and finds."""
    from event_log import measure

    measure(asked.cases or 200_000, not asked.no_peers)


def excel(asked: argparse.Namespace) -> None:
    """A county's workbook read, graded and written, beside the Excel libraries alone."""
    from excel import measure

    measure(asked.households or 100_000)


def pack_tests(_: argparse.Namespace) -> None:
    """A thousand cases of a pack in one batch."""
    from pack_tests import measure

    measure()


MEASURES = {
    "one-household": one_household,
    "import": imports,
    "load": load,
    "county": county,
    "paying": paying,
    "duckdb": in_duckdb,
    "excel": excel,
    "cases": cases,
    "log": log,
    "pack-tests": pack_tests,
}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=[*MEASURES, "all"])
    parser.add_argument("--no-peers", action="store_true", help="leave out the peers, and install nothing")
    parser.add_argument("--households", type=int, help="of the county: 1,000,000 where not said, in Excel 100,000")
    parser.add_argument("--cases", type=int, help="of the event log: 200,000 where not said")
    asked = parser.parse_args()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {platform.machine()}, {os.cpu_count()} cores")
    for name in MEASURES if asked.what == "all" else [asked.what]:
        print(f"\n== {name}", flush=True)
        MEASURES[name](asked)


if __name__ == "__main__":
    main()
