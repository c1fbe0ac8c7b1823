"""The long run: the laws of the language over many random rules.

    python scripts/agree.py --rules 100000 --seed 1

Draws rules and households from a seed alone, holds every backend against the evaluator, and checks that what is sure
is sound, that learning never widens, that what is complete collapses, and that words tell rules apart. Prints counts;
exits 1 at the first failures, with the rule, the household and the seed that bring them back.
"""

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.language.laws import LAWS, Run  # noqa: E402  # tests are no package that is installed

A_BATCH = 20
MOST_FAILURES = 5


def main() -> int:
    """Run until enough rules were drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--law", choices=list(LAWS), action="append", help="only this law; may be repeated")
    parser.add_argument("--progress", type=int, default=10_000, help="print a line each so many rules")
    asked = parser.parse_args()
    run = Run(asked.seed, tuple(asked.law or LAWS), rules=A_BATCH)
    start, failures = time.perf_counter(), 0
    for number in range((asked.rules + A_BATCH - 1) // A_BATCH):
        for failure in run.batch(number):
            failures += 1
            print(f"seed {asked.seed}, batch {number}\n{failure}", flush=True)
        if failures >= MOST_FAILURES:
            break
        if (number + 1) * A_BATCH % asked.progress == 0:
            print(f"{(number + 1) * A_BATCH} rules, {time.perf_counter() - start:.0f} s", flush=True)
    for name, count in sorted(run.tally.items()):
        print(f"{count:>12,}  {name}")
    print(f"{failures} failed, {time.perf_counter() - start:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
