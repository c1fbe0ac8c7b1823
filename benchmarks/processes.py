"""New processes, as on a machine where fanpin is installed: their bytecode is kept."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Run = Callable[[str], str]  # code, and what it printed


@contextmanager
def new_processes() -> Iterator[Run]:
    """Runs code in a process of its own.

    Where an environment writes no bytecode, fanpin would be compiled anew at every start, and what is installed would
    not: so all of it is kept, in a folder of this run. The first run of a code is slow and should not be timed.
    """
    with tempfile.TemporaryDirectory() as kept:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": kept, "PYTHONUTF8": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def run(code: str) -> str:
            command = [sys.executable, "-c", code]
            return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, encoding="utf-8").stdout

        yield run
