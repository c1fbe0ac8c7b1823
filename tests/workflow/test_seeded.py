"""Every seeded fault is found, and clean cases have no row, however dirty the log.

`python scripts/seeded.py` shows it by kind.
"""

from random import Random

import pytest

import fanpin
from fanpin.observing import KINDS
from tests.workflow.plain_meaning import PlainMeaning
from tests.workflow.procedures import Pack, of_pack
from tests.workflow.seeded import CLEAN, EVERY_KIND, SEEDS, Walker, proof

NEEDED = 5  # cases of each kind, at least
SHIPPED = [(name, workflow) for name in ("national", "zhalaite", "example")
           for workflow in ("identification", "elimination", "roll_back")]  # fmt: skip


def check(of: Pack, cases: int) -> dict[str, int]:
    """How many cases there were of each kind, after none was missed."""
    outcomes = proof(of, Random(1), cases)
    assert [(outcome.kind, outcome.missed) for outcome in outcomes if outcome.found < outcome.cases] == []
    clean, *_ = outcomes
    assert (clean.kind, clean.rows) == (CLEAN, 0)
    return {outcome.kind: outcome.cases for outcome in outcomes}


def test_every_kind_is_found() -> None:
    cases = check(EVERY_KIND, 30)
    assert set(cases) == {CLEAN, *SEEDS}
    assert min(cases.values()) >= NEEDED


def test_there_is_a_seed_of_every_kind() -> None:
    assert set(SEEDS) == set(KINDS)


@pytest.mark.parametrize(("name", "workflow"), SHIPPED)
def test_in_the_procedures_of_shipped_packs(name: str, workflow: str) -> None:
    check(of_pack(fanpin.load_pack(name), workflow), 6)


@pytest.mark.parametrize(("name", "workflow"), SHIPPED)
def test_clean_cases_are_clean_by_the_plain_meaning_too(name: str, workflow: str) -> None:
    pack = of_pack(fanpin.load_pack(name), workflow)
    meaning = PlainMeaning(pack.workflow.spec, pack.workflow.vocabulary, pack.parameters)
    walker = Walker(pack, Random(2))
    for _ in range(3):
        case = walker.clean()
        assert len(case) > 1
        assert not any(meaning.rows(case))
