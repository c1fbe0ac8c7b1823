"""Hypothesis strategies (extra `testing`): random rules, and random households, members, cases and logs of a pack."""

from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

from fanpin.cases import Case
from fanpin.events import Event
from fanpin.expressions.nodes import Nodes
from fanpin.expressions.scope import Scope
from fanpin.household import Household
from fanpin.packs import Pack
from fanpin.parameters import Multiple
from fanpin.rule_building import collection_scopes
from fanpin.testing.events import EventWriter, LawfulWriter, log_rows
from fanpin.testing.writers import HouseholdWriter, Known, RuleWriter

if TYPE_CHECKING:
    from hypothesis import strategies as st

DAY = date(2024, 3, 1)  # of first events, unless another is given


def rules(scope: Scope, depth: int = 3) -> "st.SearchStrategy[str]":
    """Rules over a scope, as text."""
    return _drawn(lambda random: RuleWriter(random, scope).rule(depth))


def known_households(scope: Scope) -> "st.SearchStrategy[Known]":
    """What is known of a household, over the names of a scope."""
    return _drawn(lambda random: HouseholdWriter(random, scope).household())


def households(pack: Pack) -> "st.SearchStrategy[Household]":
    """Households of a pack: facts known, missing or ranges, many at a threshold of its parameters or just beside it.

    >>> from fanpin import load_pack
    >>> households(load_pack("example")).example().household_id  # doctest: +SKIP
    '1'
    """
    return _drawn(lambda random: random_household(pack, random))


def members(pack: Pack) -> "st.SearchStrategy[Any]":
    """Members of households of a pack."""
    return _drawn(lambda random: _member(pack, random))


def cases(pack: Pack, workflow: str, *, first: date = DAY) -> "st.SearchStrategy[Case]":
    """Cases of a procedure as they are: a lawful way broken off somewhere, and events as dirty as those of logs."""
    return _seeded(lambda random: random_case(pack, workflow, first, random))


def event_logs(
    pack: Pack, workflow: str, *, first: date = DAY, most: int = 4
) -> "st.SearchStrategy[list[dict[str, Any]]]":
    """Logs of a procedure: rows of texts, the events of at most so many cases in turns, as a table for `check_log`."""
    return _seeded(
        lambda random: log_rows(
            {f"c{n}": random_case(pack, workflow, first, random).events for n in range(random.randint(0, most))}
        )
    )


def _drawn(make: Any) -> "st.SearchStrategy[Any]":
    from hypothesis import strategies as st

    return st.randoms(use_true_random=False).map(make)


def _seeded(make: Any) -> "st.SearchStrategy[Any]":
    """Of what takes too many draws to be shrunk."""
    from hypothesis import strategies as st

    return st.integers(0, 2**32 - 1).map(lambda seed: make(Random(seed)))


# What they draw


def scope_of(pack: Pack) -> Scope:
    """The facts and collections of a pack, as its rules may name them."""
    facts = {name: fact.type for name, fact in pack.facts.household.items() if fact.read}
    return Scope(Nodes(), facts, collection_scopes(pack.facts))


def thresholds(pack: Pack) -> tuple[float, ...]:
    """The values of a pack's parameters, and what is just beside them."""
    rows = (row.value for parameter in pack.rules.spec.parameters.parameters.values() for row in parameter.rows)
    values = {float(value) for value in rows if not isinstance(value, Multiple)}
    return tuple(sorted({0.0, *(value + step for value in values for step in (-1, -0.01, 0, 0.01, 1))}))


def random_household(pack: Pack, random: Random, household_id: str = "1") -> Household:
    """A random household of a pack."""
    known = HouseholdWriter(random, scope_of(pack), thresholds(pack)).household()
    rows = {name: listed for name, listed in known.rows.items() if name != "members"}
    return pack.household(
        {
            **known.household,
            **rows,
            "household_id": household_id,
            "members": known.rows["members"],
            "members_complete": known.complete["members"],
        }
    )


def _member(pack: Pack, random: Random) -> Any:
    writer = HouseholdWriter(random, scope_of(pack), thresholds(pack))
    facts = {name: writer.fact(kind) for name, kind in writer.scope.collections["members"].facts.items()}
    (member,) = pack.household({"household_id": "1", "members": [facts]}).members or ()
    return member


def random_case(pack: Pack, workflow: str, first: date, random: Random) -> Case:
    """A random case of a procedure of a pack."""
    case = Case.open(workflow, pack=pack, id="1")
    lawful: list[Event] = []
    if random.random() < 0.6:
        whole = LawfulWriter(random).walk(case, first)
        lawful = [*whole.events[: random.randint(0, len(whole.events))]]
    writer = EventWriter(random, case.workflow, lawful[-1].at if lawful else first, random.choice([0, 0.05, 0.2]))
    for event in (*lawful, *writer.events(14 if not lawful else 3)):
        case, _ = case.observe(event)
    return case
