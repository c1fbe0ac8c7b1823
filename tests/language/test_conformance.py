"""What rules mean, as data: every backend gives what the files of tests/conformance say."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fanpin.expressions.nodes import Node
from fanpin.expressions.parse import parse
from fanpin.expressions.plain import ymd
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Scope, Source
from fanpin.expressions.types import BooleanType, DateType, Type
from fanpin.household import Between
from fanpin.testing import Known
from tests.language import agreement
from tests.language.agreement import COLLECTIONS, FACTS, scope

FOLDER = Path(__file__).parents[1] / "conformance"
KEYS = {"name", "rule", "household", "members", "bills", "complete", "day", "is", "refused"}


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert case.keys() <= KEYS, case
            yield f"{path.stem}: {case['name']}", case


CASES = dict(cases())


def known(case: dict[str, Any]) -> Known:
    """What is known; facts that the case does not name are missing."""
    household = _facts(FACTS, case.get("household", {}))
    rows = {
        name: None if name not in case else [_facts(collection.facts, row) for row in case[name]]
        for name, collection in COLLECTIONS.items()
    }
    return Known(household, rows, {name: name in case.get("complete", ()) for name in COLLECTIONS})


def _facts(types: dict[str, Type] | Any, said: dict[str, Any]) -> dict[str, Any]:
    assert said.keys() <= types.keys(), said
    ranged = {name: Between(**value) if isinstance(value, dict) else value for name, value in said.items()}
    return dict.fromkeys(types) | ranged


def expected(case: dict[str, Any], tree: Node) -> tuple[Any, Any]:
    """The range in the smallest part, days as YYYYMMDD."""
    said = case["is"]
    if isinstance(tree.type, BooleanType):
        return (False, True) if said == "unknown" else (said, said)
    ends = said if isinstance(said, list) else [said, said]
    if isinstance(tree.type, DateType):
        return ymd(ends[0]), ymd(ends[1])
    scale = 10**tree.type.decimals
    if tree.type.whole:
        return round(ends[0] * scale), round(ends[1] * scale)
    return ends[0] * scale, ends[1] * scale


@pytest.mark.parametrize("name", CASES)
def test_every_backend_gives_what_the_case_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "ON", CASES[name].get("day", agreement.ON))
    assert not wrong(CASES[name])


def wrong(case: dict[str, Any]) -> object:
    """What is said of a case against what it says; nothing where they agree. The day is set by the caller."""
    names = scope()
    tree, problems = parse(Source(case["rule"]), names)
    codes = [problem.code for problem in problems]
    if tree is None or "refused" in case:
        return None if codes == [case.get("refused")] else codes
    found, said = by_every_backend(tree, known(case), names), expected(case, tree)
    return {name: ends for name, ends in found.items() if ends != said}


def wrong_cases() -> Iterator[str]:
    """The cases that go wrong, one by one; for what looks at them from outside of a test."""
    usual = agreement.ON
    for name, case in CASES.items():
        agreement.ON = case.get("day", usual)
        if found := wrong(case):
            yield f"{name}: {found}"
    agreement.ON = usual


def by_every_backend(tree: Node, household: Known, names: Scope) -> dict[str, tuple[Any, Any]]:
    ranges = Ranges(names.nodes, COLLECTIONS)
    ends = [ranges.surely(tree), ranges.possibly(tree)]
    lo, hi = agreement.by_evaluator([tree], household)[0]
    found = {"evaluator": (ymd(lo), ymd(hi)) if isinstance(lo, date) else (lo, hi)}
    others = [household] * 4  # Polars has other ways for one row than for many
    return found | {name: tuple(run(ends, others)[-1]) for name, run in agreement.backends().items()}


def test_there_are_cases_for_every_part_of_the_language() -> None:
    texts = " ".join(case["rule"] for case in CASES.values())
    spoken = "any all count sum min max abs age months_between days_between start_of_month start_of_next_month"
    spoken += (
        " start_of_year year_of date round_half_up round_up round_down last last_whole month year months days years"
    )
    assert [word for word in spoken.split() if f"{word}(" not in texts] == []
    assert len(CASES) >= 60
