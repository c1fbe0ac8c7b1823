"""The finding of one risk (研判结果): its state, and where its values, thresholds and sentence come from."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import field, frozen

from fanpin.i18n import Label, Language, current_language
from fanpin.kinds import Between
from fanpin.verdicts import Verdict

if TYPE_CHECKING:
    from fanpin.errors import Problem
    from fanpin.explaining import Question
    from fanpin.outcomes import Outcome

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

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat() if self.until else None}
        plain = {k: getattr(self, k) for k in ("name", "value", "unit", "region", "source")}
        return {**plain, **days, "label": {"zh": self.label.zh, "en": self.label.en}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Threshold":
        """The threshold that `to_dict` wrote."""
        days = {k: date.fromisoformat(data[k]) if data[k] else None for k in ("since", "until")}
        return cls(**{**data, **days, "label": Label(**data["label"])})


class Source(Protocol):
    """Where an assessment comes from: a grading just made (`live.py`), or stored data (`stored.py`).

    Findings are asked for by their number, and work nothing out before they are read.
    """

    def head(self) -> Mapping[str, Any]:
        """Household, day, pack: what stands above the findings."""

    def grades(self) -> tuple[str | None, str | None, str | None]:
        """The sure grade, the gravest possible one, and the sure one before a verdict on it."""

    def handled_by(self) -> tuple[str, ...]:
        """Who handles the sure grade."""

    def categories(self) -> tuple[str | None, tuple[str, ...]]:
        """The category that is sure, and those that are possible."""

    def risks(self) -> tuple[str, ...]:
        """The names of the risks, in the order of the findings."""

    def risk(self, at: int) -> "About":
        """Name, label and source of a risk."""

    def state(self, at: int) -> State:
        """After any verdict."""

    def by_rule(self, at: int) -> State:
        """By the rule alone."""

    def verdict(self, at: int) -> Verdict | None:
        """A person's, where there is one."""

    def is_stale(self, at: int) -> bool:
        """Whether the verdict no longer counts, since the household is worse off."""

    def values(self, at: int) -> Mapping[str, Any]:
        """The facts and definitions that a risk read."""

    def thresholds(self, at: int) -> tuple[Threshold, ...]:
        """The parameters that it read."""

    def distance(self, at: int) -> float | None:
        """How far from its threshold."""

    def margins(self, at: int) -> Mapping[str, float]:
        """How far each comparison is on the side of the risk."""

    def sentence(self, at: int, language: Language) -> str:
        """Why, in one sentence."""

    def to_ask(self) -> "tuple[Question, ...]":
        """What to ask."""

    def faults(self) -> "tuple[Problem, ...]":
        """What contradicts itself."""

    def outcomes(self) -> "tuple[Outcome, ...]":
        """What came of the results."""

    def grade_number(self) -> int:
        """The number of the grade that the rules give."""

    def label(self, kind: str, name: str | None) -> Label:
        """Of a grade, a category or the pack."""

    def labels(self) -> Mapping[str, Any]:
        """Of all of them, as plain data."""


class About(Protocol):
    """What a finding says of its risk."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def label(self) -> Label:
        """Its label."""

    @property
    def source(self) -> str | None:
        """Where the rule comes from."""


@frozen(eq=False, repr=False)
class Finding:
    """What was found of one risk (研判结果).

    `state` is after any verdict, `by_rule` what the rule alone says. `values` gives each fact and definition that the
    rule read: a number, a `Between`, True or False, or None where nothing is known; of rows, a list. `distance` is how
    far the comparison that decides is from its threshold, in the unit of what is compared (positive: on the side of
    the risk); None where no single number decides.
    """

    _source: Source
    _at: int = field()

    @property
    def risk(self) -> str:
        """The risk's name."""
        return self._source.risk(self._at).name

    @property
    def label(self) -> Label:
        """The risk's label."""
        return self._source.risk(self._at).label

    @property
    def source(self) -> str | None:
        """Where the rule comes from."""
        return self._source.risk(self._at).source

    @property
    def state(self) -> State:
        """Whether the risk holds, after any verdict."""
        return self._source.state(self._at)

    @property
    def by_rule(self) -> State:
        """What the rule alone says."""
        return self._source.by_rule(self._at)

    @property
    def verdict(self) -> Verdict | None:
        """What a person found."""
        return self._source.verdict(self._at)

    @property
    def stale(self) -> bool:
        """Whether the verdict no longer counts, since the household is worse off than when it was given."""
        return self._source.is_stale(self._at)

    @property
    def values(self) -> Mapping[str, Any]:
        """The facts and definitions that the rule read."""
        return self._source.values(self._at)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The parameters that the rule read."""
        return self._source.thresholds(self._at)

    @property
    def distance(self) -> float | None:
        """How far from the threshold, on the side of the risk."""
        return self._source.distance(self._at)

    def sentence(self, language: Language | None = None) -> str:
        """Why, in one sentence."""
        return self._source.sentence(self._at, language or current_language())

    def rejected(self, *, by: str, day: date, reason: str, until: date | None = None) -> Verdict:
        """A verdict that this risk does not hold; it remembers what the rule read."""
        seen = self._source.margins(self._at)
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
            "thresholds": [threshold.to_dict() for threshold in self.thresholds],
            "distance": self.distance,
            "sentence": {"zh": self.sentence("zh"), "en": self.sentence("en")},
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finding) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.risk, self.state, self.by_rule))

    def __repr__(self) -> str:
        stale = ", stale verdict" if self.stale else ""
        return f"<Finding {self.risk}: {self.state}{stale}>"


def _plain(value: Any) -> Any:
    match value:
        case Between(lo=lo, hi=hi):
            return {"lo": _plain(lo), "hi": _plain(hi)}
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
