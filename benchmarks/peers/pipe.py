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

    def ways(self, steps: Sequence[str], out_of_turn: Sequence[str]) -> list[list[str]]:
        """Takes a case through the steps; before each, which of some others it would take."""
        found: list[list[str]] = self._ask({"do": "ways", "steps": steps, "out_of_turn": out_of_turn})
        return found

    def timed_case(self, what: str, steps: Sequence[str]) -> Callable[[int], float]:
        """Seconds for so many cases: to `open` one, to `record` all steps, or to ask what is `allowed` before each."""
        given = {} if what == "open" else {"steps": steps}
        return lambda calls: float(self._ask({"do": what, "calls": calls, **given}))

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

    def timed(household: Any, calls: int) -> float:
        given = prepare(household)
        assess(given)  # after the wait for its turn
        start = time.perf_counter_ns()
        for _ in range(calls):
            assess(given)
        return (time.perf_counter_ns() - start) / 1e9

    _answer(
        version=lambda: version,
        assess=lambda households: [assess(prepare(household)) for household in households],
        time=timed,
    )


def serve_cases(
    version: str,
    opened: Callable[[], Any],
    *,
    record: Callable[[Any, str], Any],
    allowed: Callable[[Any], Any],
    refusal: type[Exception],
    forget: Callable[[], Any] = lambda: None,
) -> None:
    """The end of a peer that takes cases through steps; `forget` lets go of the cases that it holds."""

    def ways(steps: list[str], out_of_turn: list[str]) -> list[list[str]]:
        return [[step for step in out_of_turn if _takes(steps[:at], step)] for at in range(len(steps) + 1)]

    def _takes(before: list[str], step: str) -> bool:
        case = opened()
        for each in before:
            record(case, each)
        try:
            record(case, step)
        except refusal:
            return False
        return True

    def timed(calls: int, use: Callable[[], int]) -> float:
        use()  # after the wait for its turn
        took = sum(use() for _ in range(calls))
        forget()
        return took / 1e9

    def opening() -> int:
        start = time.perf_counter_ns()
        opened()
        return time.perf_counter_ns() - start

    def recording(steps: list[str]) -> int:
        case = opened()
        start = time.perf_counter_ns()
        for step in steps:
            record(case, step)
        return time.perf_counter_ns() - start

    def asking(steps: list[str]) -> int:
        case, took = opened(), 0
        for step in steps:
            start = time.perf_counter_ns()
            allowed(case)
            took += time.perf_counter_ns() - start
            record(case, step)
        return took

    _answer(
        version=lambda: version,
        ways=ways,
        open=lambda calls: timed(calls, opening),
        record=lambda steps, calls: timed(calls, lambda: recording(steps)),
        allowed=lambda steps, calls: timed(calls, lambda: asking(steps)),
    )


def _answer(**answers: Callable[..., Any]) -> None:
    """Answers questions until there are no more."""
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answers[question.pop("do")](**question)), flush=True)
