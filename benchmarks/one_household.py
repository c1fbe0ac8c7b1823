"""One household: to an assessment, its findings and its explanation, beside the same rules by hand and in peers."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from peers.install import OF_ONE_HOUSEHOLD, PEERS, python_of
from peers.pipe import Peer
from timing import Timed, calling, side_by_side, table, using
from workloads import by_hand
from workloads.households import ON, as_json, half_known, others, timed

import fanpin
from fanpin.expressions.nodes import facts_read

VALIDATE = "model_validate"
BY_HAND = "plain if/else by hand"
TARGETS = {  # times the validation of the same household
    "grade": 0.8,
    "grade; the state of every finding": 1.8,
    "grade; everything of every finding": 1.8,
    "explain('zh') of a new assessment": 15,
}


def measure(with_peers: bool) -> None:
    """Check that all variants say the same, then time them."""
    pack = fanpin.load_pack(Path(__file__).parent / "workloads" / "thirteen")
    with ExitStack() as running:
        names = OF_ONE_HOUSEHOLD if with_peers else ()
        peers = {name: running.enter_context(Peer(python_of(name), PEERS[name][1])) for name in names}
        _agree(pack, peers)
        _time(pack, peers)


# ── all say the same ───────────────────────────────────────────────────────────────────────────────────────────────


def _agree(pack: fanpin.Pack, peers: dict[str, Peer]) -> None:
    """Refuse to time what does not do the same. Every risk, grade and category occurs, and does not."""
    given = [timed(), *others()]
    households = [fanpin.Household.model_validate(household) for household in given]
    ours = [_result(pack, household) for household in households]
    _same(BY_HAND, [by_hand.assess(household, ON) for household in households], ours)
    for name, peer in peers.items():
        _same(name, peer.assess([as_json(household) for household in given]), ours)
    for risk in pack.rules.risk_names:
        assert {risk in risks for _, _, risks in ours} == {True, False}, f"{risk} is not tried both ways"
    assert {grade for grade, _, _ in ours} == set(pack.rules.grade_names), "some grade is not tried"
    assert {category for _, category, _ in ours} == set(pack.rules.category_names), "some category is not tried"
    print(f"fanpin, by hand{''.join(f', {name}' for name in peers)}: the same of {len(ours)} households")


def _result(pack: fanpin.Pack, household: fanpin.Household) -> by_hand.Result:
    found = fanpin.grade(household, pack=pack, on=ON)
    assert found.possible_grade == found.grade, "all facts are known, and the grade is unsure"
    assert not found.unknown_risks, "all facts are known, and a risk is unsure"
    assert found.category is not None, "all facts are known, and the category is unsure"
    return found.grade, found.category, list(found.risks)


def _same(name: str, theirs: Sequence[by_hand.Result], ours: Sequence[by_hand.Result]) -> None:
    for at, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        assert their == our, f"{name} differs on household {at}: {their}, and fanpin {our}"


# ── how long it takes ──────────────────────────────────────────────────────────────────────────────────────────────


def _time(pack: fanpin.Pack, peers: dict[str, Peer]) -> None:
    given = timed()
    household = fanpin.Household.model_validate(given)
    unsure = fanpin.Household.model_validate(half_known())
    variants: dict[str, Timed] = {
        VALIDATE: calling(lambda: fanpin.Household.model_validate(given)),
        **_ours(pack, household),
        BY_HAND: calling(lambda: by_hand.assess(household, ON)),
        **_theirs(peers, as_json(given), as_json(_only_read(pack, given))),
        **{f"6 facts unsure: {name}": run for name, run in _ours(pack, unsure).items()},
    }
    of_home, of_member = (sum(v is not None for v in m.values()) for m in (given, given["members"][0]))
    told = of_home - 2  # without the id and the members
    print(f"one household of {len(given['members'])}; {told} facts and {of_member} a member; 13 rules")
    bases = {VALIDATE: "/ validate", BY_HAND: "/ by hand"}
    print(table(side_by_side(variants), bases, "us", TARGETS))


def _ours(pack: fanpin.Pack, household: fanpin.Household) -> dict[str, Timed]:
    grade = partial(fanpin.grade, household, pack=pack, on=ON)
    return {
        "grade": calling(grade),
        "grade; grade, category, who handles it": calling(lambda: _head(grade())),
        "grade; the state of every finding": calling(lambda: [finding.state for finding in grade().findings]),
        "grade; everything of every finding": calling(lambda: [_everything(finding) for finding in grade().findings]),
        "explain('zh') of a new assessment": using(grade, lambda found: found.explain("zh")),
        "to_dict() of a new assessment": using(grade, lambda found: found.to_dict()),
    }


def _head(found: fanpin.Assessment) -> tuple[Any, ...]:
    return found.grade, found.possible_grade, found.category, found.handled_by


def _everything(f: fanpin.Finding) -> tuple[Any, ...]:
    return f.risk, f.state, f.by_rule, f.verdict, f.values, f.thresholds, f.source, f.distance


def _theirs(peers: dict[str, Peer], whole: dict[str, Any], read: dict[str, Any]) -> dict[str, Timed]:
    found: dict[str, Timed] = {}
    for name, peer in peers.items():
        found[f"{name} {peer.version()}"] = peer.timed(whole)
        found[f"{name}, given only what the rules read"] = peer.timed(read)
    return found


def _only_read(pack: fanpin.Pack, household: dict[str, Any]) -> dict[str, Any]:
    """The facts that some rule reads, which is the least that a peer must be given."""
    read = facts_read(*pack.rules.risks.values(), *pack.rules.categories.values())
    members = [{n: v for n, v in m.items() if ("members", n) in read} for m in household["members"]]
    return {**{n: v for n, v in household.items() if (None, n) in read}, "members": members}
