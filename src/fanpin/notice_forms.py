"""What a pack says of a public notice (公示): for which step, how long, which facts, and the texts around the list."""

from typing import Literal

from attrs import frozen

from fanpin.facts import FactSpec
from fanpin.i18n import Label

MASKED = frozenset({"head_name"})  # personal facts that are posted under a mask
SLOTS = ("posted", "until", "period", "households", "contact", "issuer")


@frozen
class Column:
    """What is posted of each household: one of its facts, or a value that its case's events declared.

    Of a value that is a risk, `shown` are the risks that may be named; any other is 其他.
    """

    fact: FactSpec
    of: Literal["household", "case"] = "household"
    shown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the fact or value."""
        return self.fact.name


@frozen
class NoticeForm:
    """A notice as a pack says it: for which step of a procedure, how long, which facts, how names are masked, and the
    texts before and after the list, with `SLOTS`.

    `at_least` is a parameter's name or a number of days.
    """

    name: str
    label: Label
    workflow: str
    step: str
    at_least: str
    days: Literal["calendar", "working"]
    columns: tuple[Column, ...]
    style: str
    before: Label
    after: Label
    source: str | None = None

    @property
    def parameter(self) -> str | None:
        """The parameter that says how long it hangs; None where that is a number of days."""
        return None if self.at_least.isdecimal() else self.at_least
