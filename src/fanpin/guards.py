"""Conditions and lengths in procedures: rule texts over what the events declare and which steps are in force.

They are of the one language of rules: a value that no event declared is unknown, and gives a range.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar

from attrs import Factory, define, field

from fanpin.errors import Problem
from fanpin.expressions.functions import ON
from fanpin.expressions.nodes import Node, Nodes, Parameter, facts_read, walk
from fanpin.expressions.parse import parse
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Scope, Source
from fanpin.expressions.to_python import Function, to_python
from fanpin.expressions.types import BOOLEAN, BooleanType, NumberType, Type, type_label
from fanpin.i18n import Label
from fanpin.units import PLAIN, Unit

MOST_KEPT = 1024  # answers kept of one text

Answer = TypeVar("Answer")


class Told(Protocol):
    """What is known of a case: the values in force, and which steps are."""

    def value(self, name: str) -> Any:
        """A value, or None."""

    def holds(self, step: int) -> bool:
        """Whether a step is in force."""


Ends = Callable[[Told], tuple[Any, Any]]  # surely and possibly; or the least and the most


@define(eq=False, slots=False)
class Atom:
    """A checked text: its tree, and what it reads."""

    source: Source
    tree: Node
    ranges: Ranges
    values: tuple[str, ...]
    steps: tuple[str, ...]
    parameters: tuple[str, ...]

    @cached_property
    def _function(self) -> Function:
        return to_python([self.ranges.end(self.tree, "lo"), self.ranges.end(self.tree, "hi")], ())

    @property
    def is_constant(self) -> bool:
        """Whether it reads nothing of the case."""
        return not (self.values or self.steps)

    def constant(self, parameters: Mapping[str, int]) -> tuple[Any, Any]:
        """The ends of a text that reads nothing of the case."""
        found: tuple[Any, Any] = self._function({}, {}, {}, parameters)
        return found

    def bind(self, parameters: Mapping[str, int], numbers: Mapping[str, int]) -> Ends:
        """The text as a function of a case; `numbers` are those of the steps."""
        return _kept(self.values, self.steps, numbers, lambda facts: self._function(facts, {}, {}, parameters))

    def known(self, facts: Mapping[str, Any], parameters: Mapping[str, int]) -> "Known":
        """What is known of a condition, and which values it waits for."""
        surely, possibly = map(bool, self._function(facts, {}, {}, parameters))
        waits = possibly and not surely
        return Known(surely, possibly, tuple(n for n in self.values if facts[n] is None) if waits else ())

    def surely_holds(self, facts: Mapping[str, Any], parameters: Mapping[str, int]) -> bool:
        """Whether a condition holds whatever is not known."""
        return bool(self._function(facts, {}, {}, parameters)[0])


class Known(NamedTuple):
    """What is known of a condition; while it is open, `unsaid` are the values that nobody declared."""

    surely: bool
    possibly: bool
    unsaid: tuple[str, ...]


def which_hold(
    conditions: Sequence[Atom], parameters: Mapping[str, int], numbers: Mapping[str, int],
    answer: Callable[[list[bool]], Answer],
) -> Callable[[Told], Answer]:  # fmt: skip
    """What follows from which of some conditions surely hold, as a function of a case."""
    return what_is_known(conditions, parameters, numbers, lambda found: answer([known.surely for known in found]))


def what_is_known(
    conditions: Sequence[Atom], parameters: Mapping[str, int], numbers: Mapping[str, int],
    answer: Callable[[list[Known]], Answer],
) -> Callable[[Told], Answer]:  # fmt: skip
    """What follows from what is known of some conditions, as a function of a case."""
    values = tuple(dict.fromkeys(name for atom in conditions for name in atom.values))
    steps = tuple(dict.fromkeys(name for atom in conditions for name in atom.steps))
    return _kept(values, steps, numbers, lambda facts: answer([atom.known(facts, parameters) for atom in conditions]))


def _kept(
    values: tuple[str, ...], steps: tuple[str, ...], numbers: Mapping[str, int],
    work_out: Callable[[Mapping[str, Any]], Answer],
) -> Callable[[Told], Answer]:  # fmt: skip
    """A function of a few values and steps of a case. Its answers are kept: there are few."""
    kept: dict[tuple[Any, ...], Answer] = {}
    at, names = tuple(numbers[step] for step in steps), values + steps

    def answer(told: Told) -> Answer:
        key = (*[told.value(name) for name in values], *[told.holds(step) for step in at])
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[key] = work_out(dict(zip(names, key, strict=True)))
        return found

    return answer


@define(eq=False)
class Atoms:
    """Parses the texts of one pack's procedures."""

    values: Mapping[str, Type]
    parameters: Mapping[str, NumberType]
    steps: Collection[str] = ()
    nodes: Nodes = field(factory=Nodes)
    problems: list[Problem] = Factory(list)

    def truth(self, source: Source) -> Atom | None:
        """A condition."""
        return self._atom(source, lambda kind: isinstance(kind, BooleanType), Label("是否", "yes or no"))

    def number(self, source: Source, unit: Unit = PLAIN) -> Atom | None:
        """A whole number that is not negative: without a unit, or in the unit that is meant."""

        def fits(kind: Type) -> bool:
            if not isinstance(kind, NumberType) or kind.unit not in (PLAIN, unit):
                return False
            return kind.whole and kind.decimals == 0 and kind.lo >= 0

        of_unit = (
            Label("", "") if unit.is_plain else Label(f"，单位是{unit.zh()}或不写", f", in {unit} or without a unit")
        )
        whole = Label("不小于 0 的整数{of}", "a whole number of at least 0{of}").fill(of=of_unit)
        return self._atom(source, fits, whole)

    def _atom(self, source: Source, fits: Callable[[Type], bool], expected: Label) -> Atom | None:
        facts = {**self.values, **dict.fromkeys(self.steps, BOOLEAN)}
        tree, problems = parse(source, Scope(self.nodes, facts=facts, parameters=self.parameters))
        self.problems.extend(problems)
        if tree is None or problems:
            return None
        read = tuple(dict.fromkeys(n.name for n in walk(tree) if isinstance(n, Parameter)))
        if ON in read:
            self.problems.append(Problem("no-day-in-procedures", source.place(0, 0)))
            return None
        if not fits(tree.type):
            self.problems.append(
                Problem("wrong-kind-of-text", source.place(0, 0), {"expected": expected, "got": type_label(tree.type)})
            )
            return None
        names = [name for _, name in facts_read(tree)]
        steps = tuple(name for name in names if name in self.steps)
        ranges = Ranges(self.nodes, complete=frozenset((None, step) for step in steps))
        return Atom(source, tree, ranges, tuple(n for n in names if n not in self.steps), steps, read)
