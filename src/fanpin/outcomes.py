"""What came of one result for one household, or one of its rows: the number, the kind, the state, and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from fanpin.findings import Threshold
from fanpin.i18n import Label, Language, current_language
from fanpin.kinds import Between
from fanpin.results import NONE, ResultState, ResultTrees, kinds_text

if TYPE_CHECKING:
    from fanpin.explaining import Question


class Why(Protocol):
    """What stands behind an outcome; worked out when it is read."""

    def failed(self) -> tuple[str, ...]:
        """The conditions that surely do not hold."""

    def open(self) -> tuple[str, ...]:
        """The conditions that can't be said yet."""

    def left_to(self) -> tuple[str, ...]:
        """Who decides, surely or possibly."""

    def to_ask(self) -> "tuple[Question, ...]":
        """The missing facts on which it hangs."""

    def thresholds(self) -> tuple[Threshold, ...]:
        """The parameters that it read, and the rows of tables that answered."""

    def lines(self, language: Language) -> tuple[str, ...]:
        """How it came about, line by line."""


@frozen
class Outcome:
    """What came of a result (研判之外的结果): an amount, a kind, or whether one is eligible.

    `state`: `known`; `unknown` while missing facts may change it; `refused` where a table has no row for what is known;
    `left` where a person decides, and there is no number. `amount` is in `unit`: a number, the `Between` within which
    it lies, or None. `kind` is the kind that is sure (`"none"`: surely none of them), `possible_kinds` those that the
    missing facts may make of it; where they are `ordered`, the first is the highest. `row` is the row's number from 0
    where the result is about the rows of a collection (`of`).
    """

    result: str
    label: Label
    state: ResultState
    of: str | None = None
    row: int | None = None
    amount: float | Between[float] | None = None
    unit: str = ""
    kind: str | None = None
    possible_kinds: tuple[str, ...] = ()
    ordered: bool = False
    labels: Mapping[str, Label] = field(factory=dict, repr=False, hash=False)
    source: str | None = field(default=None, repr=False)
    _why: Why = field(kw_only=True, repr=False, eq=False)

    @property
    def failed(self) -> tuple[str, ...]:
        """The conditions that surely do not hold, so that nothing follows."""
        return self._why.failed()

    @property
    def open(self) -> tuple[str, ...]:
        """The conditions that can't be said yet."""
        return self._why.open()

    @property
    def left_to(self) -> tuple[str, ...]:
        """Who decides, where a person does or may have to."""
        return self._why.left_to()

    @property
    def to_ask(self) -> "tuple[Question, ...]":
        """The missing facts on which it hangs."""
        return self._why.to_ask()

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The parameters that it read, and the rows of tables that answered, each with its days and its source."""
        return self._why.thresholds()

    def explain(self, language: Language | None = None) -> str:
        """The result and how it came about, a line a step, to be checked with a pocket calculator."""
        return "\n".join(self._why.lines(language or current_language()))

    def kinds_text(self, language: Language) -> str:
        """The kind, or those that it may be, in words."""
        names = self.possible_kinds if self.kind is None else (self.kind,)
        return kinds_text(self.labels, names, self.ordered, language)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        amount = self.amount
        return {
            "result": self.result,
            "label": {"zh": self.label.zh, "en": self.label.en},
            "state": self.state,
            "of": self.of,
            "row": self.row,
            "amount": {"lo": amount.lo, "hi": amount.hi} if isinstance(amount, Between) else amount,
            "unit": self.unit,
            "kind": self.kind,
            "possible_kinds": list(self.possible_kinds),
            "ordered": self.ordered,
            "labels": {name: {"zh": label.zh, "en": label.en} for name, label in self.labels.items()},
            "source": self.source,
            "failed": list(self.failed),
            "open": list(self.open),
            "left_to": list(self.left_to),
            "to_ask": [question.to_dict() for question in self.to_ask],
            "thresholds": [threshold.to_dict() for threshold in self.thresholds],
            "lines": {"zh": list(self._why.lines("zh")), "en": list(self._why.lines("en"))},
        }


@frozen
class StoredWhy:
    """What stands behind an outcome that was read back."""

    data: Mapping[str, Any]
    asked: "tuple[Question, ...]"

    def failed(self) -> tuple[str, ...]:
        """The conditions that did not hold."""
        return tuple(self.data["failed"])

    def open(self) -> tuple[str, ...]:
        """The conditions that could not be said."""
        return tuple(self.data["open"])

    def left_to(self) -> tuple[str, ...]:
        """Who was to decide."""
        return tuple(self.data["left_to"])

    def to_ask(self) -> "tuple[Question, ...]":
        """The questions."""
        return self.asked

    def thresholds(self) -> tuple[Threshold, ...]:
        """The parameters."""
        return tuple(map(Threshold.from_dict, self.data["thresholds"]))

    def lines(self, language: Language) -> tuple[str, ...]:
        """How it came about."""
        return tuple(self.data["lines"][language])


def stored_outcome(data: Mapping[str, Any], asked: "tuple[Question, ...]") -> Outcome:
    """The outcome that `to_dict` wrote."""
    amount = data["amount"]
    return Outcome(
        data["result"],
        Label(**data["label"]),
        data["state"],
        data["of"],
        data["row"],
        Between(amount["lo"], amount["hi"]) if isinstance(amount, dict) else amount,
        data["unit"],
        data["kind"],
        tuple(data["possible_kinds"]),
        data["ordered"],
        {name: Label(**label) for name, label in data["labels"].items()},
        data["source"],
        why=StoredWhy(data, asked),
    )


def kind_labels(trees: ResultTrees) -> Mapping[str, Label]:
    """The labels of a result's kinds, and of none of them."""
    labels = trees.result.kind_labels
    return {kind: labels[kind] for kind in (*trees.kinds, NONE)}
