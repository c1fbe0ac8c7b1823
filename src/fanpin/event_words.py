"""How events say things: the words of apps and of counties' logs, brought to the words of a procedure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from math import isfinite, isnan
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define

from fanpin.cells import Reader, Unreadable, half_width, reader
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType
from fanpin.facts import FactSpec
from fanpin.kinds import Between
from fanpin.steps import LEVEL_WORDS, LEVELS, Named
from fanpin.workflow import Workflow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BETWEEN_PAPERS = re.compile(r"[,;|/、，；\n]+")


def plain(text: str) -> str:
    """A word without what makes no difference: width of letters, spaces around, case."""
    return half_width(text).strip().casefold()


def _by_word(words: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, said in words:
        for word in (name, *said):
            found.setdefault(plain(word), name)
    return found


def _word(known: Mapping[str, str], said: str) -> str:
    """The word that is meant; what is not known stays as it is said."""
    return known.get(said) or known.get(plain(said), said)


def _named(words: Mapping[str, Named]) -> dict[str, str]:
    return _by_word((n.name, (n.label.zh, n.label.en, *n.aliases)) for n in words.values())


@define(eq=False, slots=False)
class EventWords:
    """Reads the words of events of one procedure."""

    workflow: Workflow

    @cached_property
    def steps(self) -> Mapping[str, int]:
        """The number of a step by every word for it."""
        steps = self.workflow.spec.steps.values()
        words = _by_word((s.name, (s.label.zh, s.label.en, *s.aliases)) for s in steps)
        return {word: self.workflow.numbers[name] for word, name in words.items()}

    @cached_property
    def _roles(self) -> Mapping[str, str]:
        return _named(self.workflow.vocabulary.roles)

    @cached_property
    def _papers(self) -> Mapping[str, str]:
        return _named(self.workflow.vocabulary.papers)

    @cached_property
    def _levels(self) -> Mapping[str, str]:
        return _by_word((name, (label.zh, label.en, *LEVEL_WORDS[name])) for name, label in LEVELS.items())

    @cached_property
    def _readers(self) -> Mapping[str, Reader]:
        return {name: reader(spec) for name, spec in self.workflow.vocabulary.values.items()}

    def step(self, said: str) -> int:
        """The number of a step, or -1."""
        number = self.steps.get(said)
        return self.steps.get(plain(said), -1) if number is None else number

    def role(self, said: str | None) -> str | None:
        """A role; one that the pack does not know stays as it is said."""
        return said and _word(self._roles, said)

    def level(self, said: str | None) -> str | None:
        """A level; one that there is not stays as it is said."""
        return said and _word(self._levels, said)

    def papers(self, said: Iterable[str]) -> frozenset[str]:
        """Papers; what is not the pack's stays as it is said."""
        return frozenset([_word(self._papers, word) for word in said])

    def papers_in(self, text: str | None) -> frozenset[str]:
        """The papers of a text in which commas, semicolons or strokes stand between them."""
        words = [] if text is None else [word for word in map(str.strip, _BETWEEN_PAPERS.split(text)) if word]
        return self.papers(words)

    def value_name(self, said: str) -> str | None:
        """The value that a word means."""
        return self._values.get(said) or self._values.get(plain(said))

    @cached_property
    def _values(self) -> Mapping[str, str]:
        specs = self.workflow.vocabulary.values.values()
        return _by_word((s.name, (s.label.zh, s.label.en, *s.headers)) for s in specs)

    def value(self, name: str, said: Any) -> Any:
        """A declared value as rules read it. Raises `Unreadable`, also where it is out of bounds."""
        value = self._readers[name](said) if isinstance(said, str) else said
        if value is None or (isinstance(value, float) and isnan(value)):
            return None
        spec = self.workflow.vocabulary.values[name]
        if all(_is_of(spec, end) for end in ((value.lo, value.hi) if isinstance(value, Between) else (value,))):
            return value
        raise Unreadable


@lru_cache(maxsize=256)
def words_of(workflow: Workflow) -> EventWords:
    """The words of a procedure's events; made once."""
    return EventWords(workflow)


def _is_of(spec: FactSpec, said: Any) -> bool:
    match spec.type:
        case BooleanType():
            return isinstance(said, bool)
        case NumberType(decimals=decimals, lo=lo, hi=hi):
            is_number = isinstance(said, int | float) and not isinstance(said, bool) and isfinite(said)
            return is_number and lo <= round(said * 10**decimals) <= hi and said == round(said, decimals)
        case DateType(lo=first, hi=last):
            return isinstance(said, date) and not isinstance(said, datetime) and first <= said <= last
        case ChoiceType(values=values, other=other):
            return isinstance(said, str) and (other or said in values)
    return isinstance(said, str)


def moment(at: date, zone: ZoneInfo) -> tuple[int, int | None]:
    """The day in a zone as a number, and the instant in microseconds of UTC where the time of day is known."""
    if not isinstance(at, datetime):
        return at.toordinal(), None
    there = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
    return there.toordinal(), (there.astimezone(UTC) - EPOCH) // _MICROSECOND


def given(name: str, value: object, kind: type) -> None:
    """Raises TypeError where an argument is of another type; it says which, and never the value."""
    if not isinstance(value, kind):
        raise TypeError(f"`{name}` is a {kind.__name__}, not a {type(value).__name__}")


def day_of(at: date, zone: ZoneInfo) -> date:
    """The day of a moment in a zone."""
    return date.fromordinal(moment(at, zone)[0])
