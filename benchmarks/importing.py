"""Importing fanpin: whole processes, beside one that imports the base dependencies and makes a model of 60 fields."""

import json
from functools import partial
from importlib.util import find_spec

from processes import Run, new_processes
from timing import calling, side_by_side, table

BASE = "base dependencies and a model of 60 fields"
CODE = {
    BASE: (
        "import attrs, dateutil.relativedelta, pluggy, pydantic, yaml\n"
        "pydantic.create_model('M', **{f'f{i}': (float | None, None) for i in range(60)})"
    ),
    "import fanpin": "import fanpin",
    "import fanpin; fanpin.Household": "import fanpin; fanpin.Household",
    "from fanpin import * (every public name)": "from fanpin import *",
    "Python alone": "pass",
}
TARGETS = {"import fanpin": 1.5}
HEAVY = (  # what stays an extra, or is nobody's: frames, data bases, proof, faces
    "altair", "dask", "duckdb", "hypothesis", "ibis", "narwhals", "numba", "numpy", "openpyxl", "pandas", "polars",
    "pyarrow", "pytest", "rich", "scipy", "sqlalchemy", "sqlglot", "typer", "z3",
)  # fmt: skip
_LOADED = "import sys, json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def measure(rounds: int = 15) -> None:
    """Check that nothing heavy comes in, then time whole processes in turn."""
    with new_processes() as run:
        _nothing_heavy(run)
        variants = {name: calling(partial(run, code)) for name, code in CODE.items()}
        print("whole processes")
        print(table(side_by_side(variants, rounds), {BASE: "/ base"}, "ms", TARGETS))


def _nothing_heavy(run: Run) -> None:
    at_hand = [name for name in HEAVY if find_spec(name)]  # what is not installed could not come in anyway
    for name, code in CODE.items():
        found = sorted(set(json.loads(run(f"{code}\n{_LOADED}"))) & set(HEAVY))
        assert not found, f"{name!r} imports {', '.join(found)}"
    print(f"installed, and not imported by fanpin: {', '.join(at_hand) or 'none of what is heavy'}")
