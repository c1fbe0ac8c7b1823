"""The long run: the laws of procedures over many random ones, with random and dirty events.

    python scripts/agree_procedures.py --procedures 100000 --seed 1
    python scripts/agree_procedures.py --procedures 2000 --log-processes 2

Draws procedures and events from a seed alone. Holds what cases find against what their plain meaning is, event by
event, and against what the check of a log finds, in one process or in several; `record` against `observe`, and stored
cases against themselves. Prints counts; exits 1 at the first failures, each with the numbers that bring it back.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.workflow.laws import failures, live_is_log  # noqa: E402  # tests are no package that is installed
from tests.workflow.random_procedures import Trial  # noqa: E402

A_BATCH = 500
MOST_FAILURES = 5


def main() -> int:
    """Run until enough procedures were drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--procedures", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log-processes", type=int, default=1, help="only logs, each checked by so many processes")
    asked = parser.parse_args()
    start, failed = time.perf_counter(), 0
    for first in range(0, asked.procedures, A_BATCH):
        last = min(first + A_BATCH, asked.procedures)
        found = failures(asked.seed, first, last) if asked.log_processes == 1 else logs(asked, first, last)
        for law, number, wrong in islice(found, MOST_FAILURES - failed):
            failed += 1
            print(f"seed {asked.seed}, procedure {number}, {law}\n{wrong}", flush=True)
        print(f"{last:>9,} procedures, {failed} failures, {time.perf_counter() - start:.0f} s", flush=True)
        if failed >= MOST_FAILURES:
            break
    return 1 if failed else 0


def logs(asked: argparse.Namespace, first: int, last: int) -> Iterator[tuple[str, int, str]]:
    """What differs between cases and logs of 200 cases each that several processes check."""
    for number in range(first, last):
        trial = Trial.of(Random(f"{asked.seed}/{number}"), cases=200)
        yield from (("log", number, wrong) for wrong in live_is_log(trial, asked.log_processes))


if __name__ == "__main__":
    sys.exit(main())
