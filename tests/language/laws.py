"""The laws of the language, each over a batch of random rules and households. No test itself: see `test_agreement.py`.

Tests, the long run of `scripts/agree.py` and the planted faults look at the same laws.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from attrs import Factory, define, evolve, frozen

from fanpin.expressions import check_bands
from fanpin.expressions.check import Refused
from fanpin.expressions.nodes import Aggregate, Bands, Fact, In, Literal, Named, Node, Nodes, Op, Parameter, Risk, walk
from fanpin.expressions.parse import parse
from fanpin.expressions.ranges import FactKey
from fanpin.expressions.scope import Scope, Source
from fanpin.expressions.to_words import Words
from fanpin.expressions.types import NumberType
from fanpin.i18n import LANGUAGES, Label
from fanpin.testing import Known, RuleWriter
from fanpin.units import Unit
from tests.language.agreement import COLLECTIONS, FACTS, backends, differences, scope
from tests.language.learning import Breach, Learner, completion, drawn, evaluator, filled, points, within
from tests.language.naive import Naive, is_python

DEFINITIONS = {
    "all_paid": "sum(m.paid for m in members)",
    "paid_each": "all_paid / size",
    "youngest": "max(m.born for m in members if m.in_school)",
    "hard_up": "per_head < line or food in {'not_met', 'at_risk'}",
    "billed": "max(b.amount for b in bills if b.day in last(12, months, before=on))",
}
BANDED = ("paid", "topped_up")
WITH_DEFINITIONS = [
    "{} and hard_up", "hard_up if {} else paid_each > line", "any({} and m.paid > all_paid * 0.35 for m in members)",
    "paid > large or {}", "not (paid == topped_up) if {} else paid > spent * 0.4",
    "(round_half_up(paid, 'yuan') if {} else topped_up) <= wage - net", "topped_up * 0.35 < paid and {}",
    "sum(m.paid for m in members if m.in_school) < line * count(m for m in members if m.in_school) or {}",
    "all_paid >= count(members) * per_head and {}", "line * count(m.in_school for m in members) <= all_paid and {}",
    "billed > large or {}", "youngest in last(7, years, before=on) and not {}",
    "min(all_paid, billed) != large if {} else ill",
    "count(m for m in members if m.born > youngest or {}) >= limit", "{} and fuel not in {{'coal', 'straw'}}",
    "age(youngest) in {{6, 7, 8}} or {}", "(age(youngest) not in {{6, 7, 8}} if {} else poor)",
]  # fmt: skip


@frozen
class Batch:
    """Rules with their trees, and what is known of some households."""

    texts: Sequence[str]
    trees: Sequence[Node]
    households: Sequence[Known]
    nodes: Nodes


@frozen
class Failure:
    """A law that does not hold for a rule on a household."""

    law: str
    text: str
    household: Known | None
    details: str

    def __str__(self) -> str:
        return f"{self.law}: {self.text}\n  {self.details}\n  {self.household}"


def with_definitions(random: Random | None = None) -> Scope:
    """The vocabulary of the tests, with definitions that use definitions, and two random amounts by bands."""
    plain, random = scope(), random or Random(2024)
    bodies: dict[str, Node] = {}

    def definition(name: str) -> Node | None:
        if name in BANDED and name not in bodies:
            bodies[name] = banded(random, plain)
        if name not in bodies:
            body, problems = parse(Source(DEFINITIONS[name]), names)
            assert body is not None, problems
            bodies[name] = body
        return bodies[name]

    names = evolve(plain, definitions=frozenset([*DEFINITIONS, *BANDED]), definition=definition)
    return names


def banded(random: Random, names: Scope) -> Node:
    """A random amount by bands, of amounts that may be missing, ranges, or sums over rows."""
    writer = RuleWriter(random, names)
    unit = Unit.parse("CNY/year")

    def tree(text: str) -> Node:
        found, problems = parse(Source(text), names)
        assert found is not None, problems
        return found

    def number() -> Node | None:
        text = random.choice(["spent", "wage", "net", "sum(m.paid for m in members)", "large", writer.number(unit, 2)])
        return parse(Source(f"max({text}, 0)"), names)[0]

    def rate() -> Node:
        flat = random.choice(["share", "0.5", "0", "0.05 * rooms", "1.25"])
        return tree(flat if random.random() < 0.7 else f"{flat} + (0.1 if {writer.rule(1)} else 0)")

    while True:
        limits = sorted(random.sample(range(1, 9), random.randint(0, 3)))
        try:
            return check_bands.make(
                names.nodes,
                number() or tree("spent"),
                [tree(f"large * 0.{n}") for n in limits],
                [rate() for _ in range(len(limits) + 1)],
                whole=random.random() < 0.4,
                closed=[random.random() < 0.5 for _ in limits],
                **{name: number() for name in ("used", "entry", "deductible", "cap") if random.random() < 0.3},
            )
        except Refused:  # quotients, or a number too large to be exact
            continue


def draw(random: Random, rules: int, households: int, tally: "Counter[str]") -> Batch:
    """A random batch; what the checks refuse is counted and left out."""
    names = with_definitions(random)
    texts, trees = [], []
    for _ in range(rules):
        text = RuleWriter(random, names).rule(random.randint(1, 5))
        if random.random() < 0.2:
            text = WITH_DEFINITIONS[random.randrange(len(WITH_DEFINITIONS))].format(text)
        tree, problems = parse(Source(text), names)
        if tree is None:
            tally.update(f"refused: {problem.code}" for problem in problems)
        else:
            texts.append(text)
            trees.append(tree)
    known = [drawn(random) for _ in range(households)]
    tally.update(rules=len(texts), households=len(known))
    return Batch(texts, trees, known, names.nodes)


Law = Callable[[Batch, Random, "Counter[str]"], Iterator[Failure]]


def agreement(batch: Batch, random: Random, tally: "Counter[str]") -> Iterator[Failure]:  # noqa: ARG001  # a Law
    """Evaluator, generated Python, Polars, DuckDB and PostgreSQL say exactly the same."""
    yield from _agreed("agreement", batch, batch.households, frozenset(), tally)


def _agreed(
    law: str, batch: Batch, households: Sequence[Known], complete: frozenset[FactKey], tally: "Counter[str]"
) -> Iterator[Failure]:
    tally["comparisons of backends"] += 2 * len(backends()) * len(batch.trees) * len(households)
    for found in differences(batch.trees, households, batch.nodes, complete):
        said = f"{found.backend} says {found.got!r}, the evaluator {found.expected!r}"
        details = f"{said}; complete: {sorted(map(str, complete))}"
        yield Failure(law, batch.texts[found.rule], households[found.household], details)


def collapsed(batch: Batch, random: Random, tally: "Counter[str]") -> Iterator[Failure]:
    """Where facts are said to be complete, and are, nothing changes but the work."""
    complete: set[FactKey] = {(None, name) for name in FACTS if random.random() < 0.5}
    for name, collection in COLLECTIONS.items():
        complete |= {(name, fact) for fact in (*collection.facts, "*") if random.random() < 0.5}
    households = [made_complete(random, known, complete) for known in batch.households]
    yield from _agreed("complete", batch, households, frozenset(complete), tally)


def made_complete(random: Random, known: Known, complete: Collection[FactKey]) -> Known:
    """The household with what is to be complete known, as it may turn out."""
    household, rows, said = dict(known.household), dict(known.rows), dict(known.complete)
    for name, collection in COLLECTIONS.items():
        listed = list(rows[name] or ())
        if (name, "*") in complete:
            listed = listed or [dict.fromkeys(collection.facts)]
            said[name] = True
            if collection.size_fact is not None:
                said_too = (None, collection.size_fact) in complete or random.random() < 0.5
                household[collection.size_fact] = len(listed) if said_too else None
        sure = [fact for fact in collection.facts if (name, fact) in complete]
        rows[name] = [row | {f: filled(random, collection.facts[f], row[f]) for f in sure} for row in map(dict, listed)]
    for name in (name for name in FACTS if (None, name) in complete):
        household[name] = filled(random, FACTS[name], household[name])
    return Known(household, rows, said)


def soundness(batch: Batch, random: Random, tally: "Counter[str]") -> Iterator[Failure]:
    """What is sure stays sure however the rest turns out, for every part of a rule; and then nothing is unsure."""
    for known in batch.households:
        said = [evaluator(known).range(tree) for tree in batch.trees]
        tally.update("answers unknown" if lo != hi else "answers yes" if lo else "answers no" for lo, hi in said)
        for _ in range(2):
            everything = completion(random, known)
            tally["completions"] += 1
            yield from _breaches(batch, known, everything, within("soundness", batch.trees, known, everything))
            yield from _breaches(batch, known, everything, points(batch.trees, everything))


def learning(batch: Batch, random: Random, tally: "Counter[str]") -> Iterator[Failure]:
    """Learning one thing never widens what is known, for every part of a rule."""
    learner = Learner(random)
    for known in batch.households:
        for _ in range(6):
            wiser = learner.step(known)
            if wiser is not None:
                tally["things learned"] += 1
                yield from _breaches(batch, known, wiser, within("learning", batch.trees, known, wiser))
                known = wiser  # noqa: PLW2901  # step by step


def spelled(batch: Batch, random: Random, tally: "Counter[str]") -> Iterator[Failure]:
    """Where everything is known, a rule says what its text says as Python over exact fractions."""
    for known in batch.households:
        everything = completion(random, known)
        found, naive = evaluator(everything), Naive(everything, DEFINITIONS)
        for text, tree in zip(batch.texts, batch.trees, strict=True):
            if is_python(text) and not any(name in text for name in BANDED):
                tally["comparisons with Python"] += 1
                value = naive.value(text)
                if found.range(tree) != (value, value):
                    yield Failure("python", text, everything, f"{found.range(tree)}, and as Python it is {value}")


def _breaches(batch: Batch, known: Known, wiser: Known, found: Iterator[Breach]) -> Iterator[Failure]:
    for breach in found:
        text = next(t for t, tree in zip(batch.texts, batch.trees, strict=True) if breach.node in set(walk(tree)))
        part = Words(PlainVocabulary(), "en").text(breach.node)
        yield Failure(
            breach.law, text, known, f"{part}: {breach.narrow} is not within {breach.wide}\n  now: {wiser}"
        )  # fmt: skip


# Words


class PlainVocabulary:
    """Every name stands for itself; that of a row's fact differs from the household's."""

    def fact(self, name: str, collection: str | None) -> Label:
        return _same(name if collection is None else f"{name} of one of {collection}")

    def choice(self, fact: str, collection: str | None, value: str) -> Label:  # noqa: ARG002  # a Vocabulary
        return _same(value)

    def collection(self, name: str) -> Label:
        return _same(name)

    def parameter(self, name: str) -> Label:
        return _same(name)

    definition = risk = parameter


def _same(text: str) -> Label:
    return Label(text, text)


def wording(batch: Batch, random: Random, tally: "Counter[str]") -> Iterator[Failure]:  # noqa: ARG001  # a Law
    """Every part of a rule has words in both languages, and different parts have different words."""
    for language in LANGUAGES:
        words = Words(PlainVocabulary(), language)
        seen: dict[str, Any] = {}
        for text, tree in zip(batch.texts, batch.trees, strict=True):
            for node in walk(tree):
                said, meant = words.text(node), meaning(node)
                tally["wordings"] += 1
                if not said.strip() or seen.setdefault(said, meant) != meant:
                    yield Failure("wording", text, None, f"{said!r} says {meant} and {seen[said]}")


_FLIPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq"}


def meaning(node: Node) -> Any:  # noqa: C901, PLR0912  # one case a shape
    """A tree less what only holds it together: scales, and which side of a comparison comes first."""
    match node:
        case Literal(value=value, type=NumberType(decimals=decimals)):
            return Decimal(value).scaleb(-decimals).normalize()  # type: ignore[arg-type]  # a number
        case Literal(value=value):
            return value, type(value)
        case Parameter(name=name) | Named(name=name) | Risk(name=name):
            return type(node), name
        case Fact(name=name, collection=collection):
            return Fact, name, collection
        case In():
            return In, node.fact, node.collection, node.values
        case Op(name="rescale", args=(inner, _)):
            return meaning(inner)
        case Op(name="round_half_up" | "round_up" | "round_down", args=(inner, _), type=NumberType(decimals=decimals)):
            return node.name, meaning(inner), decimals
        case Op(name=name, args=(Literal() as a, b)) if name in _FLIPPED and not isinstance(b, Literal):
            return _FLIPPED[name], meaning(b), meaning(a)
        case Op():
            return node.name, *map(meaning, node.args)
        case Aggregate(kind="any" | "count") if node.body is node.where or isinstance(node.body, Literal):
            return node.kind, node.collection, meaning(node.where)
        case Aggregate(kind="any" | "count") if isinstance(node.where, Literal):
            return node.kind, node.collection, meaning(node.body)
        case Bands():
            beside = (part and meaning(part) for part in node.beside())
            bands = (*map(meaning, node.limits), *map(meaning, node.rates), node.closed, node.whole)
            return Bands, meaning(node.of), *bands, *beside
        case Aggregate():
            return node.kind, node.collection, meaning(node.where), meaning(node.body)
    raise TypeError(type(node))


LAWS: Mapping[str, Law] = {
    "agreement": agreement,
    "complete": collapsed,
    "python": spelled,
    "soundness": soundness,
    "learning": learning,
    "wording": wording,
}


@define
class Run:
    """Batches from one seed, and how much was looked at."""

    seed: int
    laws: Sequence[str] = tuple(LAWS)
    rules: int = 20  # a batch
    households: int = 5
    tally: "Counter[str]" = Factory(Counter)

    def batch(self, number: int) -> Iterator[Failure]:
        """The failures of one batch; the same seed and number give the same."""
        random = Random(f"{self.seed}/{number}")
        batch = draw(random, self.rules, self.households, self.tally)
        for law in self.laws:
            yield from LAWS[law](batch, random, self.tally)
