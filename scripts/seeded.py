"""Logs with seeded faults: how many of each kind are found, and that clean cases have no row.

    python scripts/seeded.py --cases 300

Walks clean cases of a procedure with every kind of demand and of those of the shipped packs, puts one fault of each
kind for which a case gives occasion into a copy of it, and writes all of them as counties keep logs: other words and
zones, rows sent in twice, cases in turns. Prints a line a kind; exits 1 if a fault was missed or a clean case has a
row.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import fanpin  # noqa: E402
from tests.workflow.procedures import Pack, of_pack  # noqa: E402  # tests are no package that is installed
from tests.workflow.seeded import CLEAN, EVERY_KIND, SEEDS, proof  # noqa: E402

PACKS = ("national", "zhalaite", "example")


def procedures() -> Iterator[tuple[str, Pack]]:
    """The procedures that are looked at."""
    yield "every kind of demand", EVERY_KIND
    for name in PACKS:
        rules = fanpin.load_pack(name)
        yield from ((f"{name}, {workflow}", of_pack(rules, workflow)) for workflow in rules.workflows)


def main() -> int:
    """Seed, check, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100, help="clean cases of each procedure")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start, totals, missed = time.perf_counter(), Counter[tuple[str, str]](), 0
    for name, pack in procedures():
        for outcome in proof(pack, Random(asked.seed), asked.cases):
            totals[outcome.kind, "cases"] += outcome.cases
            totals[outcome.kind, "found"] += outcome.found
            totals[outcome.kind, "rows"] += outcome.rows
            missed += outcome.cases - outcome.found
        print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
    print(f"\n{'kind':<16}{'cases':>8}{'found':>8}{'rows a case':>13}")
    for kind in (CLEAN, *SEEDS):
        cases, found, rows = (totals[kind, of] for of in ("cases", "found", "rows"))
        print(f"{kind:<16}{cases:>8}{found:>8}{rows / cases if cases else 0:>13.2f}")
    return 1 if missed or totals[CLEAN, "rows"] else 0


if __name__ == "__main__":
    sys.exit(main())
