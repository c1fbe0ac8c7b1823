"""pm4py on an event log: alignments with a process tree of the procedure, and DECLARE constraints.

Both are of the order of steps: pm4py's conformance knows no persons, papers and values, no measure from another, and of
times only what a log's averages say. `python pm4py_log.py FOLDER` reads `events.csv`, with steps in the procedure's own
words and cases that have ended, and leaves `pm4py.json`: seconds, and the cases that are not as they should be.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas
import pm4py

MEASURE = "->( 'measure_planned', 'measure_started', 'measure_done' )"
OBJECTION = "->( 'objection', 'objection_settled' )"
TREE = f"""
->( 'clue', +( *( tau, 'clue' ), ->( 'home_visit', X( 'rejected', ->(
    'application',
    +( 'comparison', ->( 'village_review', 'public_notice', X( tau, {OBJECTION} ), 'township_review' ) ),
    'consultation', X( tau, 'spot_check' ), 'decision', 'second_notice', 'system_entry',
    +( {MEASURE}, X( tau, {MEASURE} ), X( tau, {MEASURE} ) ),
    'revisit'
) ) ) ) )"""
LINE = (
    "home_visit", "application", "village_review", "public_notice", "township_review", "consultation", "decision",
    "second_notice", "system_entry", "measure_planned", "measure_started", "measure_done", "revisit",
)  # fmt: skip
Pairs = list[tuple[str, str]]


def constraints() -> dict[str, dict[Any, dict[str, float]]]:
    """What DECLARE can say of the procedure, as templates over steps."""
    line: Pairs = list(pairwise(LINE))
    measures: Pairs = [(a, b) for a, b in line if b.startswith("measure")]
    said: dict[str, list[Any]] = {
        "init": ["clue"],
        "precedence": [("application", "comparison"), ("comparison", "consultation"), *measures],
        "altprecedence": [("clue", "home_visit"), *(pair for pair in line if pair not in measures)],
        "response": [
            ("measure_planned", "measure_done"),
            ("objection", "objection_settled"),
            ("measure_planned", "revisit"),
        ],
        "nonsuccession": [
            ("system_entry", "returned"),
            *((end, step) for end in ("revisit", "rejected") for step in LINE),
        ],
    }
    return {template: {of: {"support": 1.0, "confidence": 1.0} for of in over} for template, over in said.items()}


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = call()
    return time.perf_counter() - began, found


def main(folder: Path) -> None:
    """Both kinds of conformance, each timed from a frame in memory to its results; the quick one as the median of three."""
    events = pandas.read_csv(folder / "events.csv", parse_dates=["time:timestamp"])
    cases = list(events["case:concept:name"].drop_duplicates())
    net = pm4py.convert_to_petri_net(pm4py.parse_process_tree(" ".join(TREE.split())))
    runs = [_timed(lambda: pm4py.conformance_declare(events, constraints())) for _ in range(3)]
    declared, by_rule = statistics.median(seconds for seconds, _ in runs), runs[0][1]
    aligned, by_path = _timed(lambda: pm4py.conformance_diagnostics_alignments(events, *net))
    found = {
        "version": version("pm4py"),
        "ways": len(pm4py.get_variants(events)),
        "seconds": {"DECLARE": declared, "alignments": aligned},
        "flagged": {
            "DECLARE": [case for case, of in zip(cases, by_rule, strict=True) if not of["is_fit"]],
            "alignments": [case for case, of in zip(cases, by_path, strict=True) if of["fitness"] < 1],
        },
    }
    (folder / "pm4py.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
