"""What a `cases.yaml` may say: households and what comes of them, events of cases and what is wrong with them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from fanpin.errors import did_you_mean
from fanpin.events import Event
from fanpin.observing import KINDS


class Written(BaseModel):
    """A table of a file of cases."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Range(Written):
    """A number of which only the ends are known."""

    lo: float
    hi: float


class ExpectedResult(Written):
    """What should come of one result; only what is written is compared, and the state, which is `known` unless said."""

    state: Literal["known", "unknown", "refused", "left"] = "known"
    amount: float | Range | None = None
    kind: str | None = None
    possible_kinds: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    left_to: tuple[str, ...] = ()
    to_ask: tuple[str, ...] = ()


Short = bool | float | str | ExpectedResult  # eligible or not; an amount; a kind


class InBoth(Written):
    """A part of a sentence in either language."""

    zh: str | None = None
    en: str | None = None


class HouseholdCase(Written):
    """A household, and what should come of it on a day; only what is written is compared, and faults."""

    name: str = Field(min_length=1)
    day: date | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    grade: str | None = None
    possible_grade: str | None = None
    category: str | None = None
    possible_categories: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    handled_by: tuple[str, ...] = ()
    to_ask: tuple[str, ...] = ()
    results: dict[str, Short | tuple[Short, ...]] = Field(default_factory=dict)
    sentences: dict[str, str | InBoth] = Field(default_factory=dict)
    faults: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def _known(kind: str) -> str:
    if kind not in KINDS:
        near = " ".join(did_you_mean(kind, KINDS)) or ", ".join(KINDS)
        raise PydanticCustomError("no-such-violation", "unknown", {"kind": kind, "known": near})
    return kind


class ExpectedEvent(Event):
    """An event, and the kinds of what is wrong with it; nothing, unless said."""

    wrong: tuple[Annotated[str, AfterValidator(_known)], ...] = ()

    def event(self) -> Event:
        """The event alone."""
        return Event.model_construct(**{name: getattr(self, name) for name in Event.model_fields})


class ProcedureCase(Written):
    """The events of one case of a procedure, and how it stands on a day; only what is written is compared."""

    name: str = Field(min_length=1)
    workflow: str
    day: date | None = None
    region: str | None = None
    events: tuple[ExpectedEvent, ...] = ()
    allowed: tuple[str, ...] = ()
    deadlines: dict[str, date | None] = Field(default_factory=dict)
    overrun: tuple[str, ...] = ()
    standing: str | None = None
    ended: str | None = None


def _which(case: Any) -> str:
    return "(procedure)" if isinstance(case, Mapping) and "workflow" in case else "(household)"


AnyCase = Annotated[
    Annotated[HouseholdCase, Tag("(household)")] | Annotated[ProcedureCase, Tag("(procedure)")], Discriminator(_which)
]


class WrittenCases(Written):
    """A file of cases: what they share, and each."""

    day: date | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    cases: tuple[AnyCase, ...] = Field(min_length=1)
