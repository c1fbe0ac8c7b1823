"""Plants each fault of `tests/planted` in a copy of the source and checks that the laws or the tests catch it.

    python scripts/planted.py            # all, two at a time
    python scripts/planted.py --of procedures
    python scripts/planted.py --only ranges.py

Prints a line a fault: caught by a law, or it stops with an error of its own. Exits 1 if one was missed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.postgres import VARIABLE, server  # noqa: E402  # no package that is installed
from tests.planted.procedures import FAULTS as OF_PROCEDURES  # noqa: E402
from tests.planted.table import FAULTS, Fault  # noqa: E402

LOOK_AT_RULES = """
import sys
from itertools import chain
from tests.language.corners import corner_differences, wrong_days
from tests.language.flaws import wrong_flaws
from tests.language.laws import Run
from tests.language.test_conformance import wrong_cases
from tests.paying_cases import PAYING, wrong_payments
from tests.result_laws import Trial

def failures(seed, batches):
    run = Run(seed, ("agreement", "soundness", "complete", "learning"), rules=20)
    return chain.from_iterable(run.batch(number) for number in range(batches))

def wrong_results(first, last):
    return chain.from_iterable(Trial(PAYING, number).wrong() for number in range(first, last))

cheap = chain(failures(1, 6), wrong_cases(), wrong_flaws(), corner_differences(), wrong_days(), wrong_payments())
for failure in chain(cheap, wrong_results(0, 20), failures(2, 60), wrong_results(20, 60)):
    print(str(failure)[:200])
    sys.exit(9)
"""


LOOK_AT_PROCEDURES = """
import sys
import pytest
from random import Random
from tests.workflow.laws import failures
from tests.workflow.seeded import EVERY_KIND, proof

examples = [f"tests/workflow/test_{name}.py" for name in ("observing", "cases", "check_log", "workdays", "telling")]
if pytest.main(["-q", "-x", "-p", "no:cacheprovider", *examples]):
    sys.exit(9)
for failure in failures(3, 0, 150):
    print(str(failure)[:200])
    sys.exit(9)
for outcome in proof(EVERY_KIND, Random(1), 20):
    if outcome.missed:
        sys.exit(9)
"""


@frozen
class Table:
    """Faults of one part of the source, and what looks for them."""

    folder: str
    faults: tuple[Fault, ...]
    look: str


TABLES = {
    "rules": Table("src/fanpin/expressions", FAULTS, LOOK_AT_RULES),
    "procedures": Table("src/fanpin", OF_PROCEDURES, LOOK_AT_PROCEDURES),
}


def look(table: Table, fault: Fault | None) -> tuple[str, float]:
    """What the laws make of the code, with a fault planted or none, and how long they looked."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("src", "tests", "scripts"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        if fault is not None:
            file = copy / table.folder / fault.file
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
        path = os.pathsep.join([str(copy / "src"), str(copy)])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "POLARS_MAX_THREADS": "1"}
        command = [sys.executable, "-c", table.look]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=1200, check=False)
    said = {0: "MISSED", 9: "caught"}.get(done.returncode, "stops")  # by a law, or by an error of its own
    return said, time.perf_counter() - start


def main() -> int:
    """Plant all, or those of one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", choices=list(TABLES), help="only the faults of this part")
    parser.add_argument("--only", help="only the faults of this file")
    asked = parser.parse_args()
    missed = 0
    with beside_a_database():
        for name, table in TABLES.items():
            faults = [fault for fault in table.faults if asked.only in (None, fault.file)]
            if faults and asked.of in (None, name):
                missed += plant(table, faults)
    return 1 if missed else 0


@contextmanager
def beside_a_database() -> Iterator[None]:
    """With a throw-away PostgreSQL, where this machine has one: else its backend is not looked at."""
    with ExitStack() as stack:
        try:
            os.environ.setdefault(VARIABLE, stack.enter_context(server()))
        except ConnectionError as error:
            print(f"without PostgreSQL: {error}")
        yield


def plant(table: Table, faults: Sequence[Fault]) -> int:
    """Each fault by itself, two at a time; 1 where one was missed."""
    said, seconds = look(table, None)
    if said != "MISSED":
        print("the laws fail without any fault")
        return 1
    print(f"without a fault: nothing seen in {seconds:.0f} s")
    start, results = time.perf_counter(), Counter[str]()
    with ThreadPoolExecutor(2) as pool:
        for fault, (said, took) in zip(faults, pool.map(partial(look, table), faults), strict=True):
            print(f"{said}  {took:5.1f} s  {fault.file}: {fault.name}", flush=True)
            results[said] += 1
    counts = ", ".join(f"{count} {said}" for said, count in sorted(results.items()))
    print(f"{len(faults)} planted: {counts}; {time.perf_counter() - start:.0f} s")
    return 1 if results["MISSED"] else 0


if __name__ == "__main__":
    sys.exit(main())
