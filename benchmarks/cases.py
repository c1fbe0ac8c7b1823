"""A case driven live: recording with every check, what is allowed, deadlines; beside machines that check order only.

The way is the whole identification of `zhalaite`, with two measures. Figures are of a step: each step of the way once,
so that none is favoured.
"""

from contextlib import ExitStack
from datetime import date, timedelta
from functools import reduce

from peers.install import OF_CASES, PEERS, python_of
from peers.machine import MAIN
from peers.pipe import Peer
from timing import Timed, calling, side_by_side, table, using

import fanpin
from fanpin import Case, Event

BASE = "transitions"
TARGETS = {  # times the trigger of `transitions`
    "record, with every check": 1.0,
    "allowed: steps, who, papers, days": 1.0,
    "deadlines": 1.0,
    "open a case": 2.0,
}
_OUT_OF_TURN = MAIN[:11]  # up to the entry in the system: after it, the machines know no measure from another
_GRID, _VILLAGE, _TOWNSHIP, _COUNTY = (
    ("grid_worker", "village"), ("village_cadre", "village"), ("township_official", "township"),
    ("county_official", "county"),
)  # fmt: skip
_HOUSEHOLD, _DEPARTMENT = ("household", "household"), ("department", "departments")
_WAY: tuple[tuple[object, ...], ...] = (
    ("clue", 0, _GRID, (), None, {"channel": "patrol"}),
    ("home_visit", 1, _VILLAGE, ("check_form",)),
    ("application", 2, _HOUSEHOLD, ("application_form", "commitment")),
    ("comparison", 3, _DEPARTMENT, ("comparison_result",)),
    ("village_review", 4, _VILLAGE, ("minutes",)),
    ("public_notice", 4, _VILLAGE, ("notice_photo",)),
    ("township_review", 9, _TOWNSHIP, ("review_form",), None, {"grade": "yellow"}),
    ("consultation", 12, _COUNTY),
    ("spot_check", 13, _COUNTY),
    ("decision", 14, _COUNTY, ("approval",), None, {"category": "marginal"}),
    ("second_notice", 15, _VILLAGE, ("notice_photo",)),
    ("system_entry", 23, _TOWNSHIP),
    ("measure_planned", 24, _TOWNSHIP, (), "cow"),
    ("measure_planned", 24, _TOWNSHIP, (), "post"),
    ("measure_started", 27, _TOWNSHIP, (), "cow"),
    ("measure_started", 37, _TOWNSHIP, (), "post"),
    ("measure_done", 47, _TOWNSHIP, ("measure_record",), "post"),
    ("measure_done", 67, _TOWNSHIP, ("measure_record",), "cow"),
    ("revisit", 72, _GRID, (), None, {"has_labour": False}),
)


def measure(with_peers: bool) -> None:
    """Check that all go the same way, then time them."""
    pack = fanpin.load_pack("zhalaite")
    with ExitStack() as running:
        names = OF_CASES if with_peers else ()
        peers = {name: running.enter_context(Peer(python_of(name), PEERS[name][1])) for name in names}
        _agree(pack, peers)
        _time(pack, peers)


def _event(step: str, day: int, who: tuple[str, str], papers: tuple[str, ...] = (), of: str | None = None,
           values: dict[str, str | bool] | None = None) -> Event:  # fmt: skip
    at = date(2024, 3, 4) + timedelta(days=day)
    return Event(step=step, at=at, actor=who[0], role=who[0], level=who[1], evidence=papers, of=of, values=values or {})


def _way() -> list[Event]:
    return [_event(*row) for row in _WAY]  # type: ignore[arg-type]  # as `_event` takes them


def _open(pack: fanpin.Pack) -> Case:
    return Case.open("identification", pack=pack, id="BJ1", household="H1")


def _along(pack: fanpin.Pack) -> list[Case]:
    """The case before each event of the way, and at its end."""
    cases = [_open(pack)]
    for event in _way():
        cases.append(cases[-1].record(event))
    return cases


def _agree(pack: fanpin.Pack, peers: dict[str, Peer]) -> None:
    """Refuse to time what does not do the same: the way is gone, and what is out of turn is refused."""
    cases, way = _along(pack), _way()
    assert cases[-1].ended == "revisit", "the way does not lead to the end"
    assert not cases[-1].violations, "the way is not lawful"
    days = [event.at for event in (*way, way[-1])]
    ours = [{step.step for step in case.allowed(day)} for case, day in zip(cases, days, strict=True)]
    expected = [[step for step in _OUT_OF_TURN if step in allowed] for allowed in ours]
    for name, peer in peers.items():
        assert peer.ways([event.step for event in way], _OUT_OF_TURN) == expected, f"{name} allows something else"
    print(f"fanpin{''.join(f', {name}' for name in peers)}: the same way of {len(way)} steps, each in its turn only")


def _time(pack: fanpin.Pack, peers: dict[str, Peer]) -> None:
    way, cases = _way(), _along(pack)
    days = [event.at for event in way]
    along = list(zip(cases, days, strict=False))
    steps = [event.step for event in way]
    theirs: dict[str, Timed] = {}
    for name, peer in peers.items():
        theirs[name] = _each(peer.timed_case("record", steps), way)
        theirs[f"{name}: what is allowed"] = _each(peer.timed_case("allowed", steps), way)
        theirs[f"{name}: open a case"] = peer.timed_case("open", steps)
    ours: dict[str, Timed] = {
        "record, with every check": _each(using(lambda: _open(pack), lambda case: reduce(Case.record, way, case)), way),
        "make the event and record it": _each(using(lambda: _open(pack), _recorded), way),
        "allowed: steps, who, papers, days": _each(calling(lambda: [case.allowed(day) for case, day in along]), way),
        "deadlines": _each(calling(lambda: [case.deadlines(day) for case, day in along]), way),
        "open a case": calling(lambda: _open(pack)),
    }
    bases = {name: f"/ {name[:11]}" for name in peers}
    print(table(side_by_side(theirs | ours), bases, "us", TARGETS if peers else None))


def _recorded(case: Case) -> Case:
    for row in _WAY:
        case = case.record(_event(*row))  # type: ignore[arg-type]  # as `_event` takes them
    return case


def _each(timed: Timed, way: list[Event]) -> Timed:
    """Times so many steps, where the call times so many whole ways."""

    def steps(calls: int) -> float:
        ways = max(1, calls // len(way))
        return timed(ways) / (ways * len(way)) * calls

    return steps
