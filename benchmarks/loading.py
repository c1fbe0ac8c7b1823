"""Loading packs: in a process that has loaded one before, and as the first thing that a process does."""

from collections.abc import Callable
from functools import partial

from processes import new_processes
from timing import Timed, calling, side_by_side, table
from workloads.households import ON, timed

import fanpin

FIRST = "zhalaite, the first of a process"
TARGETS = {"zhalaite": 150, FIRST: 150}  # ms
_COLD = """
import time
{before}
start = time.perf_counter()
{timed}
print(time.perf_counter() - start)
"""
COLD = {
    FIRST: ("import fanpin; fanpin.load_pack", "fanpin.load_pack('zhalaite')"),
    "import fanpin, and zhalaite": ("", "import fanpin; fanpin.load_pack('zhalaite')"),
}


def measure(rounds: int = 15) -> None:
    """Warm and cold loads in turn; and loading with a first grading, for which the rules are compiled."""
    names = ("zhalaite", "national", "danfeng", "example")
    variants: dict[str, Timed] = {name: calling(partial(fanpin.load_pack, name)) for name in names}
    household = fanpin.Household.model_validate(timed())
    variants["example, and a first household graded"] = calling(
        lambda: fanpin.grade(household, pack=fanpin.load_pack("example"), on=ON)
    )
    with new_processes() as run:
        for name, (before, code) in COLD.items():
            variants[name] = _cold(partial(run, _COLD.format(before=before, timed=code)))
        print("loading packs")
        print(table(side_by_side(variants, rounds), {}, "ms", TARGETS))


def _cold(run: Callable[[], str]) -> Timed:
    """What a new process says of itself."""
    return lambda calls: sum(float(run()) for _ in range(calls))
