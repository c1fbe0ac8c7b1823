"""An assessment read back from plain data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from fanpin.errors import Problem
from fanpin.explaining import Question
from fanpin.findings import Finding, Threshold
from fanpin.household import Between
from fanpin.i18n import Label, Language
from fanpin.verdicts import Verdict

SCHEMA_VERSION = 1


@frozen
class Stored:
    """The details of an assessment as `Assessment.to_dict` wrote them."""

    data: Mapping[str, Any]

    def _finding(self, risk: str) -> Mapping[str, Any]:
        return next(f for f in self.data["findings"] if f["risk"] == risk)

    def findings(self) -> tuple[Finding, ...]:
        """The findings."""
        return tuple(
            Finding(
                f["risk"], Label(**f["label"]), f["state"], f["by_rule"],
                None if f["verdict"] is None else Verdict.from_dict(f["verdict"]), f["stale"], f["source"], self,
            )
            for f in self.data["findings"]
        )  # fmt: skip

    def to_ask(self) -> tuple[Question, ...]:
        """The questions."""
        return tuple(
            Question(q["fact"], q["collection"], q["row"], Label(**q["label"]), tuple(q["risks"]))
            for q in self.data["to_ask"]
        )

    def faults(self) -> tuple[Problem, ...]:
        """The faults, as they were said."""
        return tuple(
            Problem("stored", details={"code": f["code"], "field": f["field"], "said": Label(f["zh"], f["en"])})
            for f in self.data["faults"]
        )

    def grade_number(self) -> int:
        """The number of the grade that the rules gave."""
        return int(self.data["grade_number"])

    def label(self, kind: str, name: str | None) -> Label:
        """The label of a grade or a category."""
        return Label(**self.data["labels"][kind][str(name)])

    def labels(self) -> Mapping[str, Any]:
        """Every label."""
        labels: Mapping[str, Any] = self.data["labels"]
        return labels

    def values(self, risk: str) -> Mapping[str, Any]:
        """What the risk read; days stay ISO text."""
        return {name: _value(value) for name, value in self._finding(risk)["values"].items()}

    def thresholds(self, risk: str) -> tuple[Threshold, ...]:
        """The parameters that it read."""
        return tuple(_threshold(t) for t in self._finding(risk)["thresholds"])

    def distance(self, risk: str) -> float | None:
        """How far from its threshold."""
        distance: float | None = self._finding(risk)["distance"]
        return distance

    def margins(self, risk: str) -> Mapping[str, float]:
        """Nothing: a verdict is given on a live assessment."""
        raise ValueError(f"a stored assessment does not hold what the rule {risk!r} read; grade the household again")

    def sentence(self, finding: Finding, language: Language) -> str:
        """Its sentence."""
        text: str = self._finding(finding.risk)["sentence"][language]
        return text


def _value(value: Any) -> Any:
    return Between(value["lo"], value["hi"]) if isinstance(value, dict) else value


def _threshold(data: Mapping[str, Any]) -> Threshold:
    days = {k: date.fromisoformat(data[k]) if data[k] else None for k in ("since", "until")}
    return Threshold(**{**data, **days, "label": Label(**data["label"])})
