"""Random procedures and random, dirty events: live and log find the same, and what they find is what is plainly meant.

`python scripts/agree_procedures.py` runs the same laws over as many more.
"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.laws import LAWS, failures, live_is_log
from tests.workflow.random_procedures import Trial


@pytest.mark.parametrize("law", LAWS)
@settings(max_examples=60)
@given(random=st.randoms(use_true_random=False))
def test_a_law_holds_of_random_procedures(law: str, random: Random) -> None:
    assert list(LAWS[law](Trial.of(random))) == []


def test_all_laws_hold_of_many_procedures() -> None:
    assert list(failures(seed=1, first=0, last=250)) == []


def test_two_processes_find_what_one_case_after_another_finds() -> None:
    trial = Trial.of(Random(5), cases=60)
    assert list(live_is_log(trial, processes=2)) == []
