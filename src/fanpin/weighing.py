"""The results of one household at work: as the rules' function says, and of rows as the evaluator does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from attrs import define

from fanpin.explaining import Explainer, Question
from fanpin.expressions.evaluate import RowIndex
from fanpin.expressions.nodes import Node
from fanpin.expressions.ops import Range
from fanpin.expressions.types import NumberType
from fanpin.i18n import Language
from fanpin.kinds import Between
from fanpin.outcomes import Outcome, kind_labels
from fanpin.results import NONE, ResultState, ResultTrees
from fanpin.rules import RuleSet
from fanpin.workings import Workings


class Explained(Protocol):
    """The grading that the results belong to."""

    @property
    def explainer(self) -> Explainer:
        """The evaluator over what is known."""

    def question(self, key: tuple[str | None, int | None, str], risks: Sequence[str]) -> Question:
        """A question, as it is put."""


@define(eq=False)
class Weighing:
    """The results of one grading; `explainer` is asked for where the values of the function are not enough."""

    rules: RuleSet
    values: Mapping[str, Any]  # by `<result>:<what>`, of the household's results
    explained: Explained

    def outcomes(self) -> Iterator[Outcome]:
        """In the pack's order; those of rows in the order of the rows."""
        for name, trees in self.rules.results.items():
            if trees.result.of is None:
                yield self._outcome(trees, {what: self.values[f"{name}:{what}"] for what in whats(trees)}, None)
            else:
                for row in range(len(self.explained.explainer.evaluator.rows(trees.result.of))):
                    yield self._outcome(trees, Why(self.explained, trees, row).values(), row)

    def _outcome(self, trees: ResultTrees, values: Mapping[str, Any], row: int | None) -> Outcome:
        result, why = trees.result, Why(self.explained, trees, row)
        left, may_be_left, refused = (values[what] for what in ("left:lo", "left:hi", "refused"))
        sure = [kind for kind in (*trees.kinds, NONE) if values.get(f"{kind}:lo")]
        possible = [kind for kind in (*trees.kinds, NONE) if values.get(f"{kind}:hi")]
        is_known = bool(sure) if trees.paid is None else values["lo"] == values["hi"]
        state: ResultState = (
            "left" if left else "refused" if refused else "known" if is_known and not may_be_left else "unknown"
        )
        shown = state in ("known", "unknown")
        return Outcome(
            result.name,
            result.label,
            state,
            result.of,
            row,
            _amount(trees, values) if shown and trees.paid is not None else None,
            str(trees.paid.type.unit) if trees.paid is not None and isinstance(trees.paid.type, NumberType) else "",
            sure[0] if sure and state == "known" else None,
            tuple(possible) if shown and trees.paid is None else (),
            {} if trees.paid is not None else kind_labels(trees),
            result.source,
            why=why,
        )


def whats(trees: ResultTrees) -> tuple[str, ...]:
    """What is worked out of a result; see `results.result_ends`."""
    of = (
        ("lo", "hi")
        if trees.paid is not None
        else tuple(f"{k}:{e}" for k in (*trees.kinds, NONE) for e in ("lo", "hi"))
    )
    return (*of, "left:lo", "left:hi", "refused")


def _amount(trees: ResultTrees, values: Mapping[str, Any]) -> float | Between[float]:
    assert trees.paid is not None
    assert isinstance(trees.paid.type, NumberType)
    lo, hi = (values[end] / 10**trees.paid.type.decimals for end in ("lo", "hi"))
    return lo if lo == hi else Between(lo, hi)


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
        read = {key[2].rpartition("@")[0] for tree in self.trees.decided() for key in explainer.reached(tree, self.row)}
        return any(self._range(no_rows[table])[0] for table in read if table in no_rows)

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
        trees, explainer = (*self.trees.left.values(), *self.trees.decided()), self.explained.explainer
        keys = dict.fromkeys(key for tree in trees for key in explainer.unknown(tree, self.row))
        return tuple(self.explained.question(key, (self.trees.result.name,)) for key in keys)

    def lines(self, language: Language) -> tuple[str, ...]:
        """How it came about: what came of it, the conditions, the amount or what the kinds read."""
        work = Workings(self.explained.explainer, self.trees, self.row, language)
        return tuple(work.lines(self.values(), self.left_to()))
