"""Each planted fault still finds the text that it breaks; `python scripts/planted.py` shows that each is caught."""

from collections import Counter
from pathlib import Path

import pytest

import fanpin
from tests.planted.procedures import FAULTS as OF_PROCEDURES
from tests.planted.table import FAULTS, Fault

SOURCE = Path(fanpin.__path__[0])
PLACES = [*(("expressions", fault) for fault in FAULTS), *((".", fault) for fault in OF_PROCEDURES)]


@pytest.mark.parametrize(("folder", "fault"), PLACES, ids=[f"{fault.file}: {fault.name}" for _, fault in PLACES])
def test_a_fault_finds_its_place_once(folder: str, fault: Fault) -> None:
    text = (SOURCE / folder / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1
    compile(text.replace(fault.old, fault.new), fault.file, "exec")


@pytest.mark.parametrize(("faults", "least"), [(FAULTS, 60), (OF_PROCEDURES, 15)])
def test_there_are_enough_and_no_name_stands_twice(faults: tuple[Fault, ...], least: int) -> None:
    names = Counter((fault.file, fault.name) for fault in faults)
    assert len(names) >= least
    assert max(names.values()) == 1
