"""Random procedures and random, dirty events: live and log find the same, and what they find is what is plainly meant.

`python scripts/agree_procedures.py` runs the same laws over as many more.
"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fanpin
from tests.workflow.laws import LAWS, failures, live_is_log
from tests.workflow.procedures import of_pack
from tests.workflow.random_procedures import LAST_KNOWN, Trial


@pytest.mark.parametrize("law", LAWS)
@settings(max_examples=25)
@given(random=st.randoms(use_true_random=False))
def test_a_law_holds_of_random_procedures(law: str, random: Random) -> None:
    assert list(LAWS[law](Trial.of(random))) == []


def test_all_laws_hold_of_many_procedures() -> None:
    assert list(failures(seed=1, first=0, last=120)) == []


@pytest.mark.parametrize("name", ["national", "zhalaite", "example"])
def test_all_laws_hold_of_shipped_packs(name: str) -> None:
    rules = fanpin.load_pack(name)
    for workflow in rules.workflows:
        pack = of_pack(rules, workflow, LAST_KNOWN)
        for seed in range(8):
            trial = Trial.of_pack(pack, Random(seed), cases=2, events=30)
            assert [wrong for law in LAWS.values() for wrong in law(trial)] == []


def test_two_processes_find_what_one_case_after_another_finds() -> None:
    trial = Trial.of(Random(5), cases=60)
    assert list(live_is_log(trial, processes=2)) == []
