"""The finding of one risk (研判结果): its state, and where its values, thresholds and sentence come from."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import field, frozen

from fanpin.household import Between
from fanpin.i18n import Label, Language, current_language
from fanpin.verdicts import Verdict

if TYPE_CHECKING:
    from fanpin.errors import Problem
    from fanpin.explaining import Question

State = Literal["holds", "clear", "unknown"]
STATES: Mapping[str, Label] = {
    "holds": Label("成立", "holds"),
    "clear": Label("不成立", "does not hold"),
    "unknown": Label("尚不能确定", "can't be said yet"),
}


@frozen
class Threshold:
    """A parameter as a rule read it: value in its unit, its days, its region, its source."""

    name: str
    label: Label
    value: float
    unit: str
    since: date
    until: date | None
    region: str | None
    source: str | None


@frozen
class Finding:
    """What was found of one risk (研判结果).

    `state` is after any verdict, `by_rule` what the rule alone says. `values` gives each fact and definition that the
    rule read: a number, a `Between`, True or False, or None where nothing is known; of rows, a list. `distance` is how
    far the comparison that decides is from its threshold, in the unit of what is compared (positive: on the side of
    the risk); None where no single number decides.
    """

    risk: str
    label: Label
    state: State
    by_rule: State
    verdict: Verdict | None
    stale: bool
    source: str | None
    _details: "Details" = field(repr=False, eq=False)

    @property
    def values(self) -> Mapping[str, Any]:
        """The facts and definitions that the rule read."""
        return self._details.values(self.risk)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The parameters that the rule read."""
        return self._details.thresholds(self.risk)

    @property
    def distance(self) -> float | None:
        """How far from the threshold, on the side of the risk."""
        return self._details.distance(self.risk)

    def sentence(self, language: Language | None = None) -> str:
        """Why, in one sentence."""
        return self._details.sentence(self, language or current_language())

    def rejected(self, *, by: str, day: date, reason: str, until: date | None = None) -> Verdict:
        """A verdict that this risk does not hold; it remembers what the rule read."""
        seen = self._details.margins(self.risk)
        return Verdict(self.risk, "rejected", by=by, day=day, reason=reason, until=until, seen=seen)

    def confirmed(self, *, by: str, day: date, reason: str, until: date | None = None) -> Verdict:
        """A verdict that this risk holds."""
        return Verdict(self.risk, "confirmed", by=by, day=day, reason=reason, until=until)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "risk": self.risk,
            "label": {"zh": self.label.zh, "en": self.label.en},
            "state": self.state,
            "by_rule": self.by_rule,
            "verdict": None if self.verdict is None else self.verdict.to_dict(),
            "stale": self.stale,
            "source": self.source,
            "values": {name: _plain(value) for name, value in self.values.items()},
            "thresholds": [_threshold_dict(t) for t in self.thresholds],
            "distance": self.distance,
            "sentence": {"zh": self.sentence("zh"), "en": self.sentence("en")},
        }


class Details(Protocol):
    """Where a finding's details come from: worked out when read, or read back from stored data."""

    def values(self, risk: str) -> Mapping[str, Any]:
        """The facts and definitions that a risk read."""

    def thresholds(self, risk: str) -> tuple[Threshold, ...]:
        """The parameters that it read."""

    def distance(self, risk: str) -> float | None:
        """How far from its threshold."""

    def margins(self, risk: str) -> Mapping[str, float]:
        """How far each comparison is on the side of the risk."""

    def sentence(self, finding: Finding, language: Language) -> str:
        """Why, in one sentence."""


def _plain(value: Any) -> Any:
    match value:
        case Between(lo=lo, hi=hi):
            return {"lo": _plain(lo), "hi": _plain(hi)}
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _threshold_dict(t: Threshold) -> dict[str, Any]:
    return {
        "name": t.name, "label": {"zh": t.label.zh, "en": t.label.en}, "value": t.value, "unit": t.unit,
        "since": t.since.isoformat(), "until": t.until.isoformat() if t.until else None,
        "region": t.region, "source": t.source,
    }  # fmt: skip


class Source(Protocol):
    """Where an assessment's details come from: worked out when read (`live.py`), or read back (`stored.py`)."""

    def findings(self) -> tuple[Finding, ...]:
        """One a risk."""

    def to_ask(self) -> "tuple[Question, ...]":
        """What to ask."""

    def faults(self) -> "tuple[Problem, ...]":
        """What contradicts itself."""

    def grade_number(self) -> int:
        """The number of the grade that the rules give."""

    def label(self, kind: str, name: str | None) -> Label:
        """Of a grade or a category."""

    def labels(self) -> Mapping[str, Any]:
        """Of all of them."""
