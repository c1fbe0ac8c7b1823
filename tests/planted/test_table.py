"""Each planted fault still finds the text that it breaks; `python scripts/planted.py` shows that each is caught."""

from collections import Counter
from pathlib import Path

import pytest

import fanpin.expressions
from tests.planted.table import FAULTS, Fault

SOURCE = Path(fanpin.expressions.__path__[0])


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.file}: {fault.name}")
def test_a_fault_finds_its_place_once(fault: Fault) -> None:
    text = (SOURCE / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1
    compile(text.replace(fault.old, fault.new), fault.file, "exec")


def test_there_are_enough_and_no_name_stands_twice() -> None:
    names = Counter((fault.file, fault.name) for fault in FAULTS)
    assert len(names) >= 60
    assert max(names.values()) == 1
