"""The results of one household at work: as the rules' function says, and of rows as the evaluator does."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from attrs import define, frozen

from fanpin.explaining import Explainer, Question
from fanpin.expressions.evaluate import RowIndex
from fanpin.expressions.functions import ON
from fanpin.expressions.nodes import Node, Parameter, Risk, walk
from fanpin.expressions.ops import Range
from fanpin.expressions.types import NumberType
from fanpin.findings import Threshold
from fanpin.i18n import Label, Language
from fanpin.kinds import Between
from fanpin.outcomes import Outcome, kind_labels
from fanpin.results import NONE, ResultState, ResultTrees, result_ends
from fanpin.rules import RuleSet
from fanpin.workings import Workings


class Explained(Protocol):
    """The grading that the results belong to."""

    @property
    def explainer(self) -> Explainer:
        """The evaluator over what is known."""

    def threshold(self, name: str) -> Threshold:
        """A parameter, or a value of a table, as it is in force."""

    def question(self, key: tuple[str | None, int | None, str], risks: Sequence[str]) -> Question:
        """A question, as it is put."""


@frozen(eq=False)
class Weighed:
    """One result, with what is the same for every household.

    `places` says where each value of `results.result_ends` stands; `kinds` where each kind is surely, possibly so.
    """

    trees: ResultTrees
    places: Mapping[str, int]
    kinds: tuple[tuple[str, int, int], ...]
    labels: Mapping[str, Label]
    unit: str
    scale: int

    def outcome(self, values: Sequence[Any], row: int | None, why: "Why") -> Outcome:
        """What came of it."""
        result, places = self.trees.result, self.places
        left, refused = values[places["left:lo"]], values[places["refused"]]
        possible: tuple[str, ...] = ()
        amount: float | Between[float] | None = None
        kind = None
        if self.trees.paid is None:
            possible = tuple([name for name, _, may_be in self.kinds if values[may_be]])
            kind = next((name for name, sure, _ in self.kinds if values[sure]), None)
            is_known = kind is not None
        else:
            lo, hi = values[places["lo"]], values[places["hi"]]
            is_known = lo == hi
            amount = lo / self.scale if is_known else Between(lo / self.scale, hi / self.scale)
        state: ResultState = "left" if left else "refused" if refused else "unknown"
        if is_known and not values[places["left:hi"]]:  # whatever a table would say
            state = "known"
        if state in ("left", "refused"):
            amount, possible = None, ()
        if state != "known":
            kind = None
        return Outcome(
            result.name, result.label, state, result.of, row, amount, self.unit, kind, possible, result.ordered,
            self.labels, result.source, why=why,
        )  # fmt: skip


@lru_cache(maxsize=32)
def weighed(rules: RuleSet) -> tuple[Weighed, ...]:
    """The results of a pack, in its order."""
    places = {name: at for at, name in enumerate(rules.outputs)}
    found = []
    for name, trees in rules.results.items():
        names = [what.removeprefix(f"{name}:") for what in result_ends(rules.ranges, trees, rules.no_rows)]
        own = {what: places.get(f"{name}:{what}", at) for at, what in enumerate(names)}
        paid = None if trees.paid is None else trees.paid.type
        assert paid is None or isinstance(paid, NumberType)
        unit, scale = ("", 1) if paid is None else (str(paid.unit), 10**paid.decimals)
        labels = kind_labels(trees) if paid is None else {}
        kinds = tuple((kind, own[f"{kind}:lo"], own[f"{kind}:hi"]) for kind in labels)
        found.append(Weighed(trees, own, kinds, labels, unit, scale))
    return tuple(found)


def outcomes(rules: RuleSet, values: Sequence[Any], explained: Explained) -> Iterator[Outcome]:
    """In the pack's order, those of rows in the order of the rows; `values` are the outputs of the rules' function."""
    for each in weighed(rules):
        of = each.trees.result.of
        if of is None:
            yield each.outcome(values, None, Why(explained, each.trees, None))
        else:
            for row in range(len(explained.explainer.evaluator.rows(of))):
                why = Why(explained, each.trees, row)
                of_row = why.values()
                yield each.outcome([of_row[what] for what in each.places], row, why)


@define(eq=False)
class Why:
    """What stands behind one outcome, worked out by the evaluator when it is read."""

    explained: Explained
    trees: ResultTrees
    row: RowIndex

    def _range(self, node: Node) -> Range:
        return self.explained.explainer.evaluator.range(node, self.row)

    def values(self) -> Mapping[str, Any]:
        """What `results.result_ends` says, of a row."""
        trees = self.trees
        left = [self._range(tree) for tree in trees.left.values()]
        found = {"left:lo": any(lo for lo, _ in left), "left:hi": any(hi for _, hi in left), "refused": self._refused()}
        if trees.paid is not None:
            return {**found, **dict(zip(("lo", "hi"), self._range(trees.paid), strict=True))}
        before = False, False  # whether one that comes first surely, possibly holds
        for name, (lo, hi) in [
            *((kind, self._range(tree)) for kind, tree in trees.kinds.items()),
            (NONE, (True, True)),
        ]:
            found |= {f"{name}:lo": lo and not before[1], f"{name}:hi": hi and not before[0]}
            before = before[0] or lo, before[1] or hi
        return found

    def _refused(self) -> bool:
        explainer = self.explained.explainer
        no_rows = explainer.rules.no_rows
        read = [key for tree in self.trees.open() for key in explainer.reached(tree, self.row) if key[2] in no_rows]
        return any(explainer.evaluator.range(no_rows[name], row)[0] for _, row, name in dict.fromkeys(read))

    def failed(self) -> tuple[str, ...]:
        """The conditions that surely do not hold."""
        return tuple(name for name, tree in self.trees.conditions.items() if not self._range(tree)[1])

    def open(self) -> tuple[str, ...]:
        """The conditions that can't be said yet."""
        ranges = {name: self._range(tree) for name, tree in self.trees.conditions.items()}
        return tuple(name for name, (lo, hi) in ranges.items() if lo != hi)

    def left_to(self) -> tuple[str, ...]:
        """Who decides, surely or possibly."""
        return tuple(who for who, tree in self.trees.left.items() if self._range(tree)[1])

    def to_ask(self) -> tuple[Question, ...]:
        """The missing facts on which it hangs."""
        explainer, trees = self.explained.explainer, self.trees.open()
        risks = [node for node in walk(*trees) if isinstance(node, Risk)]
        unsure = [explainer.rules.risks[risk.name] for risk in risks if len({*explainer.evaluator.range(risk)}) > 1]
        keys = dict.fromkeys(key for tree in [*trees, *unsure] for key in explainer.unknown(tree, self.row))
        return tuple(self.explained.question(key, (self.trees.result.name,)) for key in keys)

    def thresholds(self) -> tuple[Threshold, ...]:
        """The parameters that it read, and the rows of tables that answered."""
        trees, explainer = self.trees, self.explained.explainer
        read = [*trees.conditions.values(), *trees.left.values(), *trees.decided()]
        names = [n.name for n in walk(*read) if isinstance(n, Parameter) and n.name != ON]
        cells = [name for tree in read for name in explainer.answered(tree, self.row)]
        return tuple(self.explained.threshold(name) for name in dict.fromkeys([*names, *cells]))

    def lines(self, language: Language) -> tuple[str, ...]:
        """How it came about: what came of it, the conditions, the amount or what the kinds read."""
        work = Workings(self.explained.explainer, self.trees, self.row, language)
        return tuple(work.lines(self.values(), self.left_to()))
