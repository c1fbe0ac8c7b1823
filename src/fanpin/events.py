"""What happens to a case: one event, as an app or a log says it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fanpin.cells import Unreadable
from fanpin.event_words import EventWords, moment
from fanpin.masks import shown_word
from fanpin.observing import NO_PAPERS, NOTHING, Seen

_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}")
_NUMBER = re.compile(r"[+-]?[\d.]+")


def _moment(value: object) -> object:
    """A text of a day alone is a day, and no midnight. A number is none: it would be taken for seconds since 1970."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError("a number is no day")
    return value


Value = bool | int | float | date | str | None


class Event(BaseModel):
    """A step that somebody took, or says to have taken.

    `at` is its day, or day and time; a time without a zone is local to the procedure. `actor` is any mark that tells
    persons apart, such as a staff number; `of` says which track it belongs to, such as a measure. `values` are what it
    declares: names and values that the pack lists. Steps, roles, levels, papers and values may be said in the pack's
    words or in those of its labels and aliases.

    >>> Event(step="clue", at="2024-03-01", actor="w12", role="grid_worker", level="village")
    Event(step='clue', at=2024-03-01)
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    step: str = Field(min_length=1)
    at: Annotated[datetime | date, BeforeValidator(_moment)]
    actor: str | None = None
    role: str | None = None
    level: str | None = None
    evidence: tuple[str, ...] = ()
    of: str | None = None
    values: Mapping[str, Value] = Field(default_factory=dict)
    id: str | None = None

    def __repr__(self) -> str:
        return f"Event(step={shown_word(self.step)!r}, at={self.at.isoformat()})"  # a role may be a name too

    __str__ = __repr__

    def seen(self, words: EventWords, at: int) -> Seen:
        """The event in the words of a procedure, as the `at`th of its case."""
        day, instant = moment(self.at, words.workflow.zone)
        step = words.step(self.step)
        values, wrong = _values(words, self.values) if self.values else (NOTHING, ())
        return Seen(
            step, day, instant, self.actor or None, words.role(self.role or None),
            words.level(self.level or None),
            words.papers(self.evidence) if self.evidence else NO_PAPERS, self.of or None, values, self.id or None,
            wrong, self.step if step < 0 else "", at,
        )  # fmt: skip


def _values(words: EventWords, said: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The values that can be taken, and the names of those that can't."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for word, value in said.items():
        name = words.value_name(word)
        if name is None:
            wrong.append(shown_word(word))
            continue
        try:
            read = words.value(name, value)
        except Unreadable:
            wrong.append(name)
            continue
        if read is not None:
            found[name] = read
    return found, tuple(wrong)
