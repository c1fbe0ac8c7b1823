"""Event logs: cases a second from raw texts, memory for a log on disk, and what pm4py takes and finds of the same log.

The log is that of `workloads/logs.py`. It starts as a frame of texts and ends as a `LogCheck`: cells read, words
brought to those of the procedure, every rule checked, sentences made in both languages.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
from peers.install import PEERS, python_of
from workloads.logs import AS_OF, FAULTS, FAULTY, log, write_dataset

import fanpin
from fanpin import check_dataset, check_log
from fanpin.event_words import EventWords
from fanpin.log_checks import LogCheck

PROCEDURE, PROCESSES = "identification", 2
BESIDE_PM4PY = 20_000  # cases
_LEAST_RATE = 25_000  # cases a second, in two processes
_MOST_MEMORY = 1024**3  # bytes, of all processes together
_PEER = "pm4py"


def measure(cases: int, with_peers: bool) -> None:
    """Check that every seeded fault is found and nothing else, then time."""
    pack = fanpin.load_pack("zhalaite")
    _agree(pack)
    _rates(pack, cases)
    _on_disk(5 * cases)
    if with_peers:
        _beside_pm4py(pack)


def _check(rows: pl.DataFrame, pack: fanpin.Pack, processes: int = 1) -> LogCheck:
    return check_log(rows, pack=pack, as_of=AS_OF, workflow=PROCEDURE, processes=processes)


def _cases_by_kind(found: LogCheck) -> Mapping[str, set[str]]:
    pairs = found.violations.select("kind", "case").unique()
    return {kind: set(of["case"]) for (kind,), of in pairs.partition_by("kind", as_dict=True).items()}


def _agree(pack: fanpin.Pack) -> None:
    """Refuse to time what does not find what it should: each fault by its kind, and nothing in the other cases."""
    rows, faults = log(BESIDE_PM4PY)
    found = _check(rows, pack)
    kinds = _cases_by_kind(found)
    for name, (kind, _) in FAULTS.items():
        seeded = set(faults.filter(fault=name)["办件编号"])
        assert seeded, f"{name} is not tried"
        assert seeded <= kinds[kind], f"{name} is not found"
    others = set(found.violations["case"]) - set(faults["办件编号"])
    assert not others, f"{len(others)} lawful cases are said to be faulty"
    assert not found.problems, "some rows can't be read"
    print(f"{len(faults):,} faults of {len(FAULTS)} sorts in {found.cases:,} cases: all found, and nothing else")


# ── rates ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rates(pack: fanpin.Pack, cases: int) -> None:
    logs = {f"{FAULTY:.0%} of the cases with a fault": log(cases)[0], "no faults": log(cases, faulty=0)[0]}
    print("\n| log | events | processes | s | cases a second | at least | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for name, rows in logs.items():
        took = _in_turn({n: lambda n=n, rows=rows: _check(rows, pack, n) for n in (1, PROCESSES)})  # type: ignore[misc]
        for processes, seconds in took.items():
            rate = cases / seconds
            judged = f"{_LEAST_RATE:,} | {_met(rate >= _LEAST_RATE)}" if processes == PROCESSES else "— | "
            print(f"| {name} | {len(rows):,} | {processes} | {seconds:.2f} | {rate:,.0f} | {judged} |", flush=True)


def _in_turn(calls: Mapping[int, Callable[[], object]], rounds: int = 3) -> Mapping[int, float]:
    """The median seconds of each."""
    took: dict[int, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            took[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


# ── a log on disk ──────────────────────────────────────────────────────────────────────────────────────────────────


def _on_disk(cases: int) -> None:
    """A log in Parquet files checked into a folder, by a process with two more, which this one watches."""
    with tempfile.TemporaryDirectory() as folder:
        events = write_dataset(Path(folder) / "log", cases)
        code = "import sys; sys.path.insert(0, {here!r}); import event_log; event_log.from_folder_to_folder({folder!r})"
        command = [sys.executable, "-c", code.format(here=str(Path(__file__).parent), folder=folder)]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        most = 0
        while running.poll() is None:
            most = max(most, _held(running.pid))
            time.sleep(0.02)
        assert running.returncode == 0, "the check of the log on disk ended badly"
        assert running.stdout is not None
        seconds = float(running.stdout.read())
    print("\n| log on disk | events | s | cases a second | peak memory of all processes | at most | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    memory = f"{most / 1024**3:.2f} GiB | 1 GiB | {_met(most <= _MOST_MEMORY)}" if most else "— | — | "
    print(f"| {cases:,} cases, Parquet | {events:,} | {seconds:.1f} | {cases / seconds:,.0f} | {memory} |", flush=True)


def from_folder_to_folder(folder: str) -> None:
    """One run, in this process and two more: prints its seconds."""
    pack, began = fanpin.load_pack("zhalaite"), time.perf_counter()
    source, target = Path(folder) / "log", Path(folder) / "checked"
    check_dataset(source, target, pack=pack, as_of=AS_OF, workflow=PROCEDURE, processes=PROCESSES)
    print(time.perf_counter() - began)


def _held(process: int) -> int:
    """The bytes that a process holds with all that it started, what they share counted once; 0 where none can say."""
    tasks = Path(f"/proc/{process}")
    try:
        rollup = (tasks / "smaps_rollup").read_text(encoding="ascii")
        children = (tasks / "task" / str(process) / "children").read_text(encoding="ascii").split()
    except OSError:  # it has ended, or this is no Linux
        return 0
    held = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return held * 1024 + sum(_held(int(child)) for child in children)


# ── beside pm4py ───────────────────────────────────────────────────────────────────────────────────────────────────


def _beside_pm4py(pack: fanpin.Pack) -> None:
    """Seconds, and which faults are found. Of cases that have ended: alignments take the others for faulty."""
    rows, faults = log(BESIDE_PM4PY, open_ones=False)
    theirs = _pm4py(rows, EventWords(pack.workflows[PROCEDURE]))
    found = _check(rows, pack)
    seconds = {"fanpin": _in_turn({1: lambda: _check(rows, pack)})[1], **theirs["seconds"]}
    flagged = {"fanpin": set(found.violations["case"]), **{n: set(of) for n, of in theirs["flagged"].items()}}
    print(
        f"\n{BESIDE_PM4PY:,} cases, {len(rows):,} events, {theirs['ways']} orders of steps; pm4py {theirs['version']}"
    )
    print(f"\n| | faults | {' | '.join(flagged)} |\n| --- | ---: |{' ---: |' * len(flagged)}")
    print(f"| seconds, one process | | {' | '.join(f'{seconds[who]:.2f}' for who in flagged)} |")
    for name in FAULTS:
        seeded = set(faults.filter(fault=name)["办件编号"])
        print(f"| {name} | {len(seeded)} | {' | '.join(f'{len(seeded & of)}' for of in flagged.values())} |")
    lawful = [len(of - set(faults["办件编号"])) for of in flagged.values()]
    print(f"| lawful cases taken for faulty | | {' | '.join(map(str, lawful))} |", flush=True)


def _pm4py(rows: pl.DataFrame, words: EventWords) -> dict[str, dict[str, list[str]]]:
    """What pm4py found and how long it took: it is given the steps in the procedure's words."""
    names = {said: words.workflow.names[n] if (n := words.step(said)) >= 0 else said for said in rows["环节"].unique()}
    events = rows.select(
        pl.col("办件编号").alias("case:concept:name"),
        pl.col("环节").replace_strict(names).alias("concept:name"),
        pl.col("办理日期").alias("time:timestamp"),
    )
    with tempfile.TemporaryDirectory() as folder:
        events.write_csv(Path(folder) / "events.csv")
        script = Path(__file__).parent / "peers" / PEERS[_PEER][1]
        subprocess.run([python_of(_PEER), str(script), folder], check=True, stdout=subprocess.DEVNULL)
        found: dict[str, dict[str, list[str]]] = json.loads((Path(folder) / "pm4py.json").read_text(encoding="utf-8"))
        return found
