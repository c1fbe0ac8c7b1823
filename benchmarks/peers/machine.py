"""The identification of `zhalaite` as a finite machine: what peers can hold of it, which is the order of steps.

A state is the latest step of the main line; of the states in which the comparison may have come, there are two each. The
machine knows no persons, papers, values and times, no measures apart from each other, and forgets what was before a
step back, so that it is less than the procedure, and the faster for it.
"""

from itertools import pairwise

OPENED = "opened"
MAIN = (
    "clue", "home_visit", "application", "village_review", "public_notice", "township_review", "consultation",
    "spot_check", "decision", "second_notice", "system_entry", "measure_planned", "measure_started", "measure_done",
    "revisit",
)  # fmt: skip
COMPARED = "_compared"  # ends the name of a state in which the comparison has come
_BEFORE = MAIN[2:6]  # states in which it may not have come yet
_IDENTIFIED = MAIN[MAIN.index("decision") :]
_HELPED = ("measure_planned", "measure_started", "measure_done", "measure_stopped")
_OBJECTIONS = {"public_notice": "objection", "public_notice" + COMPARED: "objection" + COMPARED,
               "second_notice": "second_objection"}  # fmt: skip
_ENDS = ("rejected", "withdrawn", "household_gone")


def states() -> list[str]:
    """All states, the first one first."""
    compared = (name + COMPARED for name in _BEFORE)
    return [OPENED, *MAIN, *compared, "measure_stopped", *_OBJECTIONS.values(), *_ENDS]


def transitions() -> list[tuple[str, str, str]]:
    """Each step with the state in which it may come and the one that it leads to."""
    open_ = [state for state in states() if state not in _ENDS and state != OPENED]
    early = [
        state
        for state in open_
        if state.removesuffix(COMPARED) not in _IDENTIFIED and state not in _OBJECTIONS.values()
    ]
    found = [(step, before, step) for before, step in zip((OPENED, *MAIN[:6]), MAIN[:6], strict=False)]
    found += [("comparison", state, state + COMPARED) for state in _BEFORE]
    found += [(b, a + COMPARED, b + COMPARED) for a, b in pairwise(_BEFORE)]
    found += [("consultation", "township_review" + COMPARED, "consultation")]
    found += [("spot_check", "consultation", "spot_check")]
    found += [("decision", before, "decision") for before in ("consultation", "spot_check")]
    found += [("second_notice", "decision", "second_notice"), ("system_entry", "second_notice", "system_entry")]
    helping = ("system_entry", *_HELPED)
    found += [(step, before, step) for step in _HELPED for before in helping]
    found += [("revisit", before, "revisit") for before in _HELPED]
    found += [("new_risk", state, "system_entry") for state in ("system_entry", "revisit", *_HELPED)]
    found += [("clue", state, state) for state in open_ if state != "revisit"]
    found += [("objection", notice, objection) for notice, objection in _OBJECTIONS.items()]
    found += [("objection_settled", objection, notice) for notice, objection in _OBJECTIONS.items()]
    found += [("returned", state, "clue") for state in early if state != "clue"]
    found += [("returned_to_township", state, "public_notice" + COMPARED) for state in ("consultation", "decision")]
    found += [(end, state, end) for end in _ENDS for state in early]
    found += [(step, state, state) for step in ("urgent_help", "papers_completed") for state in open_]
    return found
