"""What may turn out to be true of a household, and what may be learned of it. No test itself: see `agreement.py`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from attrs import define, evolve, frozen

from fanpin.expressions.evaluate import ABSENT, Evaluator, Reading
from fanpin.expressions.nodes import Aggregate, Fact, In, Node, children, walk
from fanpin.expressions.ops import Range
from fanpin.expressions.scope import CollectionScope
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, Type
from fanpin.household import Between
from fanpin.testing import HouseholdWriter, Known
from tests.language.agreement import COLLECTIONS, FACTS, ON, VALUES, scope

ELSEWHERE = "elsewhere"  # a code outside the list of a choice that allows one


def drawn(random: Random) -> Known:
    """A random household; unlike those of the writer, a collection without a size may also be given in part."""
    known = HouseholdWriter(random, scope()).household()
    said = {n: c if COLLECTIONS[n].size_fact else c and random.random() < 0.7 for n, c in known.complete.items()}
    return evolve(known, complete=said)


def evaluator(known: Known) -> Evaluator:
    return Evaluator(
        Reading(known.household, known.rows, known.complete, {**VALUES, "on": ON}, {}, COLLECTIONS)
    )  # fmt: skip


def _raw_ends(kind: NumberType | DateType, raw: Any) -> tuple[Any, Any]:
    """The ends of what was said, as a model holds them: yuan, not fen."""
    if isinstance(raw, Between):
        return raw.lo, raw.hi
    if raw is not None:
        return raw, raw
    if isinstance(kind, DateType):
        return kind.lo, kind.hi
    return kind.lo / 10**kind.decimals, kind.hi / 10**kind.decimals


def _between(random: Random, kind: NumberType | DateType, ends: tuple[Any, Any]) -> Any:
    """A value within two ends, often one of them."""
    lo, hi = ends
    chance = random.random()
    if lo == hi or chance < 0.25:
        return lo if not isinstance(kind, NumberType) or kind.decimals else int(lo)
    if chance < 0.5:
        return hi if not isinstance(kind, NumberType) or kind.decimals else int(hi)
    if isinstance(kind, DateType):
        return lo + timedelta(days=random.randint(0, (hi - lo).days))
    scale = 10**kind.decimals
    value = random.randint(round(lo * scale), round(hi * scale))
    return value / scale if kind.decimals else value


# Completions


def filled(random: Random, kind: Type, raw: Any) -> Any:
    """A value that a fact may turn out to have."""
    match kind:
        case NumberType() | DateType():
            return _between(random, kind, _raw_ends(kind, raw))
        case BooleanType():
            return raw if raw is not None else random.random() < 0.5
        case ChoiceType(values=values, other=other):
            options = [*values, ELSEWHERE] if other else list(values)
            return raw if raw is not None else options[random.randrange(len(options))]
    return raw


def completion(random: Random, known: Known) -> Known:
    """One way in which everything may turn out: no fact missing, no range left, every row listed."""
    facts = {name: filled(random, kind, known.household[name]) for name, kind in FACTS.items()}
    rows: dict[str, Sequence[Mapping[str, Any]] | None] = {}
    for name, collection in COLLECTIONS.items():
        listed = [_filled_row(random, collection, row) for row in known.rows[name] or ()]
        fresh = _count(random, name, known) - len(listed)
        rows[name] = listed + [_filled_row(random, collection, {}) for _ in range(fresh)]
        if collection.size_fact is not None:
            facts[collection.size_fact] = len(rows[name] or ())
    return Known(facts, rows, dict.fromkeys(COLLECTIONS, True))


def _filled_row(random: Random, collection: CollectionScope, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: filled(random, kind, row.get(name)) for name, kind in collection.facts.items()}


def _count(random: Random, collection: str, known: Known) -> int:
    """How many rows there may turn out to be, those listed included."""
    scope_ = COLLECTIONS[collection]
    listed = len(known.rows[collection] or ())
    if scope_.size_fact is None:
        return listed if known.complete[collection] else random.randint(listed, scope_.max_rows)
    lo, hi = _said_size(collection, known)
    at_least = max(listed, 1)
    if at_least > hi or (known.complete[collection] and (at_least >= lo or random.random() < 0.5)):
        return at_least  # everybody is listed, or what was said of the size is wrong
    return random.randint(max(at_least, lo), hi)


def _said_size(collection: str, known: Known) -> tuple[int, int]:
    scope_ = COLLECTIONS[collection]
    assert scope_.size_fact is not None
    assert scope_.size_type is not None
    lo, hi = _raw_ends(scope_.size_type, known.household[scope_.size_fact])
    return int(lo), int(hi)


# Learning


@define
class Learner:
    """Learns one thing more of a household; `draw` gives what a fresh row says."""

    random: Random

    def step(self, known: Known) -> Known | None:
        """The household with one thing more known, or None where this die finds nothing to learn."""
        kinds = [self._fact, self._fact, self._row_fact, self._row, self._row, self._complete]
        return kinds[self.random.randrange(len(kinds))](known)

    def _pick(self, options: Sequence[Any]) -> Any:
        return options[self.random.randrange(len(options))]

    def _learned(self, kind: Type, raw: Any) -> Any:
        """A narrower range, or a value; None again where it was known already."""
        if isinstance(kind, NumberType | DateType):
            ends = _raw_ends(kind, raw)
            if raw is not None and ends[0] == ends[1]:
                return None
            if self.random.random() < 0.5:
                narrower = sorted(_between(self.random, kind, ends) for _ in range(2))
                return Between(*narrower)
        elif raw is not None:
            return None
        return filled(self.random, kind, raw)

    def _fact(self, known: Known) -> Known | None:
        name = self._pick(list(FACTS))
        learned = self._learned(FACTS[name], known.household[name])
        if learned is None:
            return None
        wiser = evolve(known, household={**known.household, name: learned})
        return wiser if all(c.size_fact != name or self._agrees(n, wiser) for n, c in COLLECTIONS.items()) else None

    def _agrees(self, collection: str, known: Known) -> bool:
        """Whether what was said of a size and what is listed do not contradict each other."""
        lo, hi = _said_size(collection, known)
        listed = max(len(known.rows[collection] or ()), 1)
        return listed <= hi and (listed >= lo or not known.complete[collection])

    def _row_fact(self, known: Known) -> Known | None:
        name = self._pick(list(COLLECTIONS))
        listed = list(known.rows[name] or ())
        if not listed:
            return None
        i, facts = self.random.randrange(len(listed)), COLLECTIONS[name].facts
        fact = self._pick(list(facts))
        learned = self._learned(facts[fact], listed[i][fact])
        if learned is None:
            return None
        listed[i] = {**listed[i], fact: learned}
        return evolve(known, rows={**known.rows, name: listed})

    def _row(self, known: Known) -> Known | None:
        """One more row is listed, of which little may be known."""
        name = self._pick(list(COLLECTIONS))
        collection = COLLECTIONS[name]
        listed = [*(known.rows[name] or ())]
        if known.complete[name] or len(listed) >= collection.max_rows:
            return None
        writer = HouseholdWriter(self.random, scope(), missing=0.5)
        listed.append({fact: writer.fact(kind) for fact, kind in collection.facts.items()})
        wiser = evolve(known, rows={**known.rows, name: listed})
        return wiser if collection.size_fact is None or self._agrees(name, wiser) else None

    def _complete(self, known: Known) -> Known | None:
        name = self._pick(list(COLLECTIONS))
        if known.complete[name]:
            return None
        wiser = evolve(known, complete={**known.complete, name: True})
        return wiser if COLLECTIONS[name].size_fact is None or self._agrees(name, wiser) else None


# What must hold


@frozen
class Breach:
    """Where a range does not hold what it must."""

    law: str
    node: Node
    row: int | None
    wide: Range
    narrow: Range


def within(law: str, trees: Sequence[Node], known: Known, wiser: Known) -> Iterator[Breach]:
    """The nodes whose range over the wiser household leaves that over the other one, rows one by one."""
    before, after = evaluator(known), evaluator(wiser)
    for node, collection in rows_of(*trees).items():
        for row_before, row_after in _rows(collection, known, wiser):
            wide, narrow = before.range(node, row_before), after.range(node, row_after)
            if not (wide[0] <= narrow[0] and narrow[1] <= wide[1]):
                yield Breach(law, node, row_after, wide, narrow)


def _rows(collection: str | None, known: Known, wiser: Known) -> Iterator[tuple[int | None, int | None]]:
    """The rows to look at: each that is listed, as it was or as one that nobody had listed."""
    if collection is None:
        yield None, None
        return
    listed = len(known.rows[collection] or ())
    for i in range(len(wiser.rows[collection] or ())):
        yield (i if i < listed else ABSENT), i
    yield ABSENT, ABSENT


def rows_of(*roots: Node) -> Mapping[Node, str | None]:
    """Every node, with the collection from whose rows its value hangs; None where it is the household's."""
    found: dict[Node, str | None] = {}
    for node in walk(*roots):
        own = node.collection if isinstance(node, Fact | In) else None
        below = () if isinstance(node, Aggregate) else children(node)
        found[node] = own or next((found[child] for child in below if found[child] is not None), None)
    return found


def points(trees: Sequence[Node], everything: Known) -> Iterator[Breach]:
    """The nodes that are still a range where everything is known."""
    found = evaluator(everything)
    for node, collection in rows_of(*trees).items():
        if collection is None and (ends := found.range(node))[0] != ends[1]:
            yield Breach("everything known is a point", node, None, ends, ends)
