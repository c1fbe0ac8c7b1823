"""An assessment read back from plain data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from fanpin.errors import Problem
from fanpin.explaining import Question
from fanpin.findings import State, Threshold
from fanpin.i18n import Label, Language
from fanpin.kinds import Between
from fanpin.outcomes import Outcome, stored_outcome
from fanpin.verdicts import Verdict

SCHEMA_VERSION = 1
_KEYS = (
    "household_id", "on", "as_of", "pack", "pack_hash", "grade", "possible_grade", "grade_by_rule", "grade_number",
    "category", "possible_categories", "handled_by", "labels", "findings", "to_ask", "faults",
)  # fmt: skip


@frozen
class StoredRisk:
    """Name, label and source of a risk."""

    name: str
    label: Label
    source: str | None


@frozen
class Stored:
    """The details of an assessment as `Assessment.to_dict` wrote them."""

    data: Mapping[str, Any]

    @classmethod
    def checked(cls, data: Mapping[str, Any]) -> "Stored":
        """The details, if they are whole and of this version; else ValueError says what is wrong."""
        if data.get("schema") != SCHEMA_VERSION:
            raise ValueError(f"schema {data.get('schema')!r}; this version reads {SCHEMA_VERSION}")
        missing = [key for key in _KEYS if key not in data]
        if missing:
            raise ValueError(f"no assessment: {', '.join(missing)} missing")
        named = {"grade": ("grade", "possible_grade", "grade_by_rule"), "category": ("category",)}
        for kind, keys in named.items():
            unknown = [data[key] for key in keys if str(data[key]) not in data["labels"][kind]]
            if unknown:
                raise ValueError(f"no assessment: there is no {kind} {unknown[0]!r}")
        return cls(data)

    def head(self) -> Mapping[str, Any]:
        """Household, day, pack."""
        days = {k: date.fromisoformat(self.data[k]) if self.data[k] else None for k in ("on", "as_of")}
        return {**{k: self.data[k] for k in ("household_id", "pack", "pack_hash")}, **days}

    def grades(self) -> tuple[str | None, str | None, str | None]:
        """The sure, the gravest possible, and the sure one before a verdict."""
        return self.data["grade"], self.data["possible_grade"], self.data["grade_by_rule"]

    def handled_by(self) -> tuple[str, ...]:
        """Who handles it."""
        return tuple(self.data["handled_by"])

    def categories(self) -> tuple[str | None, tuple[str, ...]]:
        """The sure one, and the possible ones."""
        return self.data["category"], tuple(self.data["possible_categories"])

    def _finding(self, at: int) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.data["findings"][at]
        return found

    def risks(self) -> tuple[str, ...]:
        """The names of the risks."""
        return tuple(f["risk"] for f in self.data["findings"])

    def risk(self, at: int) -> StoredRisk:
        """A risk, by its number."""
        f = self._finding(at)
        return StoredRisk(f["risk"], Label(**f["label"]), f["source"])

    def state(self, at: int) -> State:
        """After any verdict."""
        state: State = self._finding(at)["state"]
        return state

    def by_rule(self, at: int) -> State:
        """By the rule alone."""
        state: State = self._finding(at)["by_rule"]
        return state

    def verdict(self, at: int) -> Verdict | None:
        """A person's, where there is one."""
        verdict = self._finding(at)["verdict"]
        return None if verdict is None else Verdict.from_dict(verdict)

    def is_stale(self, at: int) -> bool:
        """Whether it no longer counts."""
        return bool(self._finding(at)["stale"])

    def to_ask(self) -> tuple[Question, ...]:
        """The questions."""
        return tuple(map(Question.from_dict, self.data["to_ask"]))

    def outcomes(self) -> tuple[Outcome, ...]:
        """The results; none in what was stored before there were any."""
        return tuple(
            stored_outcome(r, tuple(map(Question.from_dict, r["to_ask"]))) for r in self.data.get("results", ())
        )  # fmt: skip

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

    def values(self, at: int) -> Mapping[str, Any]:
        """What the risk read; days stay ISO text."""
        return {name: _value(value) for name, value in self._finding(at)["values"].items()}

    def thresholds(self, at: int) -> tuple[Threshold, ...]:
        """The parameters that it read."""
        return tuple(map(Threshold.from_dict, self._finding(at)["thresholds"]))

    def distance(self, at: int) -> float | None:
        """How far from its threshold."""
        distance: float | None = self._finding(at)["distance"]
        return distance

    def margins(self, at: int) -> Mapping[str, float]:
        """Nothing: a verdict is given on a grading just made."""
        raise ValueError(f"stored data does not hold what {self.risks()[at]!r} read; grade the household again")

    def sentence(self, at: int, language: Language) -> str:
        """Its sentence."""
        text: str = self._finding(at)["sentence"][language]
        return text


def _value(value: Any) -> Any:
    return Between(value["lo"], value["hi"]) if isinstance(value, dict) else value
