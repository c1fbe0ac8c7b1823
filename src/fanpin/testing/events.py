"""Writers of random events of a pack's procedures: as a log has them, and the lawful way of a case to its end."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from attrs import define, field, frozen

from fanpin.cases import Case, StepRefused
from fanpin.events import Event
from fanpin.expressions.types import BooleanType, ChoiceType, NumberType, Type
from fanpin.observing import NEW_TRACK
from fanpin.packs import Pack
from fanpin.steps import LEVELS, Step
from fanpin.table_of_checks import Allowed
from fanpin.workflow import Workflow

T = TypeVar("T")
_ACTORS = ("w1", "w2", "w3")
_TRIES = 12  # declarations tried before a step is given up for now
_WALKS = 200
_LONGEST = 60  # events of one walk


def declared(random: Random, kind: Type) -> Any:
    """A value that an event may declare."""
    match kind:
        case BooleanType():
            return random.random() < 0.5
        case NumberType(lo=lo, hi=hi, decimals=decimals):
            return random.randint(int(lo), min(int(hi), max(int(lo), 5) * 10**decimals)) / 10**decimals
        case ChoiceType(values=values):
            return random.choice(values)
        case _:
            return "text"


@frozen
class EventWriter:
    """Writes the events of one case: most in the order of the steps and as they should be, some not.

    `dirt` is how likely each slip is: a step out of its order or unknown, a day before the one before, somebody of
    another role or nobody, papers or values that are missing or can't be, an event that comes again, changed or not.
    """

    random: Random
    workflow: Workflow
    first: date
    dirt: float = 0.1

    def events(self, number: int = 14) -> list[Event]:
        """At most so many events."""
        return list(self._events(self.random.randint(0, number)))

    def _events(self, number: int) -> Iterator[Event]:
        random, steps = self.random, [*self.workflow.spec.steps.values()]
        day, at, before = self.first, -1, list[Event]()
        for mark in range(number):
            if before and self._slips():
                again = random.choice(before)
                yield again.model_copy(update={"actor": "w9"}) if self._slips() else again
                continue
            at = random.randrange(len(steps)) if self._slips() else (at + 1) % len(steps)
            day += timedelta(days=-3 if self._slips() else random.choice([0, 1, 1, 2, 4, 9]))
            before.append(self._event(steps[at], self._moment(day), str(mark)))
            yield before[-1]

    def _moment(self, day: date) -> date:
        if self.random.random() < 0.5:
            return day
        return datetime.combine(day, time(self.random.randrange(24), 30), self.random.choice([None, UTC]))

    def _event(self, step: Step, at: date, mark: str) -> Event:
        random = self.random
        by = next((demand.by for demand in step.demands if demand.by), {})
        role = random.choice([*by] or [None]) if not self._slips() else random.choice([None, "mayor"])
        levels = by.get(role or "") or tuple(LEVELS)
        papers = {paper for demand in step.demands for paper in demand.evidence}
        values = self.workflow.vocabulary.values
        said = {name: declared(random, spec.type) for name, spec in values.items() if random.random() < 0.5}
        if values and self._slips():
            said[random.choice([*values])] = "no such value"
        return Event(
            step="no such step" if self._slips() else step.name,
            at=at,
            actor=None if self._slips() else random.choice(_ACTORS),
            role=role,
            level=random.choice([*LEVELS]) if self._slips() else random.choice(levels),
            evidence=() if self._slips() else tuple(sorted(papers)),
            of=random.choice(["1", "2"]) if (step.per is None) == self._slips() else None,
            values=said,
            id=random.choice([None, mark]),
        )  # fmt: skip

    def _slips(self) -> bool:
        return self.random.random() < self.dirt


@define
class LawfulWriter:
    """Takes a case forward by what `Case.allowed` offers: steps that did not come yet first, those to `put_off` last.

    `to_end` it stops once the case ended; else it goes on with what may come after.
    """

    random: Random
    put_off: Collection[str] = ()
    to_end: bool = True
    _actors: int = field(default=0, init=False)

    def walk(self, case: Case, on: date) -> Case:
        """The case after as many lawful steps as it takes."""
        for _ in range(_LONGEST):
            if self.to_end and case.ended is not None:
                break
            following = self._step(case, on)
            if following is None:
                break
            case, on = following
        return case

    def _step(self, case: Case, on: date) -> tuple[Case, date] | None:
        for offer in self._in_turn(case, case.allowed(on)):
            day = max(on, offer.earliest or on)
            for _ in range(_TRIES if case.workflow.vocabulary.values else 1):
                try:
                    return case.record(self._event(case, offer, day)), day
                except StepRefused:
                    continue
        return None

    def _in_turn(self, case: Case, offers: Sequence[Allowed]) -> list[Allowed]:
        came = {event.step for event in case.events}

        def rank(offer: Allowed) -> tuple[bool, bool, float]:
            return offer.step in came, offer.step in self.put_off, self.random.random()

        return sorted(offers, key=rank)

    def _event(self, case: Case, offer: Allowed, day: date) -> Event:
        random, workflow = self.random, case.workflow
        role = random.choice([role for role, levels in offer.by.items() if levels] or [None])
        levels = offer.by.get(role or "", ())
        values = {name: spec.type for name, spec in workflow.vocabulary.values.items()}
        said = {name: declared(random, kind) for name, kind in values.items()
                if name in offer.says or random.random() < 0.3}  # fmt: skip
        self._actors += 1  # another person each time
        return Event(
            step=offer.step, at=day, actor=f"w{self._actors}", role=role, level=random.choice(levels or (None,)),
            evidence=offer.evidence, of=self._track(workflow.spec.steps[offer.step], offer), values=said,
        )  # fmt: skip

    def _track(self, step: Step, offer: Allowed) -> str | None:
        if step.per is None:
            return None
        return self.random.choice([*offer.tracks, *([f"t{self._actors}"] if offer.new_track else [])] or [NEW_TRACK])


def lawful_way(pack: Pack, workflow: str, on: date, *, seed: int = 0) -> Case | None:
    """A case that kept to the procedure to the last step of its line; None where none was found.

    Of a procedure without a line, to a step that ends it; where none does, until every step came.
    """
    return next((case for case in _walks(pack, workflow, on, seed, to_end=True) if _is_whole(case)), None)


def never_lawful(pack: Pack, workflow: str, on: date, *, seed: int = 0) -> frozenset[str]:
    """The steps that no lawful case was found to come to."""
    left = {*pack.workflows[workflow].names}
    for case in _walks(pack, workflow, on, seed, to_end=False):
        left -= {event.step for event in case.events}
        if not left:
            break
    return frozenset(left)


def _walks(pack: Pack, workflow: str, on: date, seed: int, to_end: bool) -> Iterator[Case]:
    """Cases that went along the lines, such as tried all else before they ended, and such as went anywhere, in turn."""
    spec = pack.workflows[workflow].spec
    in_lines = {name for line in spec.lines for place in line for name in place}
    aside = {name for name in spec.steps if in_lines and name not in in_lines}
    ends = {step.name for step in spec.steps.values() if step.ends}
    for walk in range(_WALKS):
        put_off, random = (aside, ends, ())[walk % 3], Random(f"{seed}/{walk}")
        yield LawfulWriter(random, put_off, to_end).walk(Case.open(workflow, pack=pack, id="1"), on)


def _is_whole(case: Case) -> bool:
    spec = case.workflow.spec
    if spec.lines:
        return any(case.holds(name) for name in spec.lines[0][-1])
    if any(step.ends for step in spec.steps.values()):
        return case.ended is not None
    return all(map(case.holds, spec.steps))


def log_rows(cases: Mapping[str, Sequence[Event]]) -> list[dict[str, Any]]:
    """Events as the rows of a log, the cases in turns."""
    longest = max(map(len, cases.values()), default=0)
    return [_row(name, events[n]) for n in range(longest) for name, events in cases.items() if n < len(events)]


def _row(case: str, event: Event) -> dict[str, Any]:
    at = event.at.isoformat(" ") if isinstance(event.at, datetime) else event.at.isoformat()
    plain = {name: getattr(event, name) for name in ("step", "actor", "role", "level", "of", "id")}
    values = {name: None if value is None else _text(value) for name, value in event.values.items()}
    return {"case": case, "at": at, **plain, "evidence": "；".join(event.evidence), **values}


def _text(value: object) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
