"""A person's verdict (核实结论) on a risk or a grade: it goes before the rule, and both stay visible."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from attrs import Factory, asdict, field, frozen

Ruling = Literal["confirmed", "rejected", "set"]
GRADE = "grade"  # what a verdict on the grade itself is about


@frozen
class Verdict:
    """What a person found about a risk (`confirmed`, `rejected`) or set as grade (`set`).

    `by` is a role, not a name; `until` is the last day on which it counts. `seen` is what the rule read then: how
    far each comparison was on the side of the risk. If the household is worse off since, the verdict is stale.

    >>> paid = Verdict("illness", "rejected", by="township", day=date(2024, 5, 2), reason="paid by insurance")
    >>> paid.counts_on(date(2024, 5, 3))
    True
    """

    about: str
    ruling: Ruling
    by: str = field(kw_only=True)
    day: date = field(kw_only=True)
    reason: str = field(kw_only=True, repr=False)  # it may name somebody
    grade: str | None = field(default=None, kw_only=True)
    until: date | None = field(default=None, kw_only=True)
    seen: Mapping[str, float] = field(default=Factory(dict), kw_only=True, repr=False)  # amounts follow from it

    def __attrs_post_init__(self) -> None:
        if (self.ruling == "set") != (self.about == GRADE):
            raise ValueError("a verdict on the grade is `set`; one on a risk is `confirmed` or `rejected`")

    def counts_on(self, day: date) -> bool:
        """Whether it is given by that day and not over."""
        return self.day <= day and (self.until is None or day <= self.until)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, days as ISO text."""
        plain = asdict(self)
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in plain.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Verdict":
        """The verdict again."""
        days = {k: date.fromisoformat(data[k]) if data.get(k) else None for k in ("day", "until")}
        return cls(**{**data, **days})


def in_force(verdicts: Iterable[Verdict], day: date) -> Mapping[str, Verdict]:
    """The last verdict on each thing that counts on a day."""
    counting = sorted((v for v in verdicts if v.counts_on(day)), key=lambda v: v.day)
    return {verdict.about: verdict for verdict in counting}


def is_worse(now: Mapping[str, float], seen: Mapping[str, float]) -> bool:
    """Whether some part of the rule is further on the side of the risk than when the verdict was given."""
    return any(margin > seen[part] for part, margin in now.items() if part in seen)
