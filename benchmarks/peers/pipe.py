"""The two ends of the pipe between the benchmarks and a peer that runs in an environment of its own.

A line of JSON each way. The clock runs in the peer, around its own calls, so that the pipe costs it nothing; the
turns are given by the benchmarks, so that a drift of the machine meets the peer as it meets us.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any


class Peer:
    """A peer at work: `with Peer(python, script) as peer`."""

    def __init__(self, python: str, script: str) -> None:
        ours = ("PYTHONPATH", "PYTHONHOME")  # the peer has its own
        self._process = subprocess.Popen(
            [python, str(Path(__file__).parent / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={name: value for name, value in os.environ.items() if name not in ours} | {"PYTHONUTF8": "1"},
        )

    def version(self) -> str:
        """The peer's version."""
        return str(self._ask({"do": "version"}))

    def assess(self, households: Sequence[Mapping[str, Any]]) -> list[tuple[str | None, str, list[str]]]:
        """Grade, category and risks of each household."""
        return [tuple(result) for result in self._ask({"do": "assess", "households": households})]

    def timed(self, household: Mapping[str, Any]) -> Callable[[int], float]:
        """What `timing.side_by_side` takes: so many calls on a household, in seconds."""
        return lambda calls: float(self._ask({"do": "time", "household": household, "calls": calls}))

    def _ask(self, question: Mapping[str, Any]) -> Any:
        to, of = self._process.stdin, self._process.stdout
        assert to is not None
        assert of is not None
        to.write(json.dumps(question) + "\n")
        to.flush()
        answer = of.readline()
        if not answer:
            raise RuntimeError(f"the peer ended with {self._process.wait()}; what it said stands above")
        return json.loads(answer)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate()  # closes its input, which ends it


def serve(version: str, prepare: Callable[[Any], Any], assess: Callable[[Any], Any]) -> None:
    """The peer's end: `prepare` brings a household into the peer's own form and is not timed, `assess` is."""
    for line in sys.stdin:
        question = json.loads(line)
        answer: Any = version
        if question["do"] == "assess":
            answer = [assess(prepare(household)) for household in question["households"]]
        elif question["do"] == "time":
            given = prepare(question["household"])
            assess(given)  # after the wait for its turn
            start = time.perf_counter_ns()
            for _ in range(question["calls"]):
                assess(given)
            answer = (time.perf_counter_ns() - start) / 1e9
        print(json.dumps(answer), flush=True)
