"""Whether a pack's grading is monotone: more risks never give a lower grade.

Only then do the grade of the sure risks and the grade of the possible risks say what is sure and what is possible.
It is seen by form where conditions are plain; else every set of risks is looked at, risks that no condition tells
apart counted together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod

from attrs import frozen

from fanpin.expressions import check
from fanpin.expressions.nodes import Leaf, Literal, Node, Nodes, Op, Risk, children, walk
from fanpin.expressions.plain import Plain
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.to_python import to_python
from fanpin.expressions.types import NumberType

MOST_SETS = 10**5  # about a second


@frozen
class Fault:
    """Why a grading is refused: the smallest counterexample, or that there are too many sets to look at."""

    code: str
    sets: Mapping[str, tuple[str, ...]]
    grades: Mapping[str, int]
    limit: int = MOST_SETS


def first_that_holds(nodes: Nodes, grades: Mapping[str, Node]) -> Node:
    """The number of the first grade whose condition holds, or the number of grades."""
    count = len(grades)

    def number(value: int) -> Node:
        return nodes.literal(value, NumberType(lo=value, hi=value))

    tree = number(count)
    for i, condition in reversed(list(enumerate(grades.values()))):
        tree = check.make(nodes, "if", condition, number(i), tree)
    return tree


def not_monotone(nodes: Nodes, grades: Mapping[str, Node], risks: Sequence[str]) -> Fault | None:
    """The fault of a grading, or None."""
    ranges = Ranges(nodes)
    conditions = [ranges.over_risks(condition, "lo") for condition in grades.values()]
    if all(_grows(condition) for condition in conditions):
        return None
    classes = _alike(conditions, risks)
    if prod(len(members) + 1 for members in classes) > MOST_SETS:
        return Fault("grading-too-wide", {}, {})
    tree = ranges.over_risks(first_that_holds(nodes, grades), "lo")
    return _counterexample(grading(nodes, tree, risks), classes)


def grading(nodes: Nodes, tree: Node, risks: Sequence[str]) -> Callable[[Iterable[str]], int]:
    """A plain tree over risks as a function of the set of risks that hold."""
    never = Plain(nodes).truth(False)
    function = to_python([tree], [(name, never, never) for name in risks])

    def grade(held: Iterable[str]) -> int:
        verdicts = dict.fromkeys(risks, (False, False)) | dict.fromkeys(held, (True, True))
        return int(function({}, {}, {}, {}, verdicts)[-2])

    return grade


def _grows(node: Node) -> bool:
    """Whether the form alone shows that more risks never make it untrue."""
    match node:
        case Leaf() | Literal():
            return True
        case Op(name="and" | "or", args=args):
            return all(_grows(arg) for arg in args)
        case Op(name="ge" | "gt", args=(Op(name="count", args=counted), Literal())):
            return all(_grows(arg) for arg in counted)
        case Op(name="le" | "lt", args=(Literal(), Op(name="count", args=counted))):
            return all(_grows(arg) for arg in counted)
    return False


def _alike(conditions: Sequence[Node], risks: Sequence[str]) -> list[list[str]]:
    """Risks in classes: those that stand side by side in the same places, and nowhere else, are of one kind."""
    places: dict[str, list[object]] = {name: [] for name in risks}
    for place, leaf in _places(conditions):
        assert isinstance(leaf.of, Risk)
        places[leaf.of.name].append(place)
    classes: dict[tuple[object, ...], list[str]] = {}
    for name, found in places.items():
        classes.setdefault(tuple(found), []).append(name)
    return list(classes.values())


def _places(conditions: Sequence[Node]) -> Iterator[tuple[object, Leaf]]:
    for i, root in enumerate(conditions):
        if isinstance(root, Leaf):
            yield (i, root), root
    for node in walk(*conditions):
        side_by_side = isinstance(node, Op) and node.name in ("and", "or", "count")
        for leaf in (child for child in children(node) if isinstance(child, Leaf)):
            yield (node if side_by_side else (node, leaf)), leaf


def _counterexample(grade: Callable[[Iterable[str]], int], classes: list[list[str]]) -> Fault | None:
    grades: dict[tuple[int, ...], int] = {}
    for counts in sorted(product(*(range(len(members) + 1) for members in classes)), key=sum):
        grades[counts] = grade(_names(classes, counts))
        for fewer in _one_less(counts):
            if grades[counts] > grades[fewer]:
                sets = {"fewer": _names(classes, fewer), "more": _names(classes, counts)}
                return Fault("not-monotone", sets, {"higher": grades[fewer], "lower": grades[counts]})
    return None


def _one_less(counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for i, n in enumerate(counts):
        if n:
            yield (*counts[:i], n - 1, *counts[i + 1 :])


def _names(classes: list[list[str]], counts: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(name for members, n in zip(classes, counts, strict=True) for name in members[:n])
