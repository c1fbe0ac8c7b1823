"""Random packs that pay and admit mean the same on every engine, and learning more never widens what they say."""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.county_frames import frames_of
from tests.paying_cases import PAYING
from tests.result_laws import ON, Trial
from tests.test_to_sql import engine, expected_of, graded_by

__all__ = ["engine"]  # a fixture


@given(number=st.integers(0, 10**6))
@settings(max_examples=40)
def test_grading_the_evaluator_and_frames_agree_and_learning_never_widens(number: int) -> None:
    assert list(Trial(PAYING, number).wrong()) == []


@given(number=st.integers(0, 10**6))
@settings(max_examples=15)
def test_verdicts_go_before_the_risks_that_results_read(number: int) -> None:
    trial = Trial(PAYING, number)
    given_ = {household.household_id: trial.verdicts(household) for household in trial.households}
    assert list(trial.not_as_frames_say(given_)) == []


@given(number=st.integers(0, 10**6))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_databases_agree(engine: Any, number: int) -> None:
    trial = Trial(PAYING, number)
    said = graded_by(engine, trial.pack, ON, *frames_of(trial.households))
    assert said == expected_of(trial.households, trial.pack, ON)


def test_the_packs_have_everything_and_come_to_every_state() -> None:
    parts, states, faults = Counter[str](), Counter[str](), Counter[str]()
    for number in range(40):
        trial = Trial(PAYING, number)
        parts.update(f"{kind}{of}" for kind, of in trial.written())
        for household in trial.households:
            found = trial.graded(household)
            states.update(outcome.state for outcome in found.results)
            faults.update(fault.code for fault in found.faults)
    rows = {f"{kind}:members" for kind in ("Source", "BandsForm", "TableForm", "ScoreForm", "result")}
    assert parts.keys() >= rows | {part.partition(":")[0] + ":" for part in rows} | {"counted:members"}
    assert min(states[state] for state in ("known", "unknown", "refused", "left")) >= 20
    assert faults.keys() >= {"table-no-row", "score-twice", "does-not-apply", "facts-too-old", "facts-after-day"}
