"""What a procedure means, said plainly: every event is judged from the list of those before it, from scratch.

Nothing is compiled, nothing is kept between events, and nothing of the engine is used but the shapes in which
procedures and events are written. Texts of rules are read by Python itself, for every value that a missing one might
have.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from chinese_calendar import is_workday
from dateutil.relativedelta import relativedelta

from fanpin.events import Event
from fanpin.expressions.scope import Source
from fanpin.expressions.types import BooleanType, ChoiceType, NumberType, TextType, Type
from fanpin.steps import Demand, Gap, Step, Vocabulary, WorkflowSpec

Row = tuple[str, str]  # the kind of a violation, and the step


@frozen
class PlainMeaning:
    """One procedure, with the parameters of the day on which a case was opened."""

    spec: WorkflowSpec
    vocabulary: Vocabulary
    parameters: Mapping[str, int]
    days_off: frozenset[date] = frozenset()

    def rows(self, events: Sequence[Event]) -> list[list[Row]]:
        """What is wrong with each event of a case."""
        return [sorted(self.judged(events[:number], event)) for number, event in enumerate(events)]

    def judged(self, before: Sequence[Event], event: Event) -> Iterator[Row]:
        """What is wrong with one event, given all those before it."""
        first = next((e for e in before if event.id and e.id == event.id), None)
        step = self.spec.steps.get(event.step)
        name = step.name if step else ""
        if first is not None:
            if first != event:
                yield "id_conflict", name
        elif step is None:
            yield "unknown_step", name
        else:
            counted = self.counted(before)
            if counted and self.is_earlier(event, counted[-1]):
                yield "time_reversed", name
            yield from (("not_a_value", name) for said in event.values.items() if not self.is_value(*said))
            for kind in self.broken(step, event, counted):
                yield kind, name

    def counted(self, events: Sequence[Event]) -> list[Event]:
        """The events that take effect: of known steps, and of those with one mark the first."""
        return [
            e for number, e in enumerate(events)
            if e.step in self.spec.steps and not (e.id and any(e.id == b.id for b in events[:number]))
        ]  # fmt: skip

    # What is in force

    def in_force(self, counted: Sequence[Event]) -> list[Event]:
        """The events that no later one cleared."""
        held: list[Event] = []
        for event in counted:
            gone = self.cleared_by(event, held)
            held = [e for e in held if e.step not in gone or not self.concerns(e, event)] + [event]
        return held

    def cleared_by(self, event: Event, held: Iterable[Event]) -> set[str]:
        step = self.spec.steps[event.step]
        gone = self.always_cleared_by(step)
        if not step.repeats and any(e.step == step.name and self.concerns(e, event) for e in held):
            gone |= self.later(step.name)
        return gone

    def always_cleared_by(self, step: Step) -> set[str]:
        lifted = {other.name for other in self.spec.steps.values() if step.name in other.until}
        back = set() if step.back_to is None else {step.back_to, *self.later(step.back_to)}
        return {*step.clears} | lifted | back

    def later(self, name: str) -> set[str]:
        """The steps that come after one in its lines."""
        return {
            step for line in self.spec.lines for at, alternatives in enumerate(line) if name in alternatives
            for following in line[at + 1 :] for step in following
        }  # fmt: skip

    def concerns(self, other: Event, event: Event) -> bool:
        """Side by side, tracks of one sort are no matter to each other; what names no track is none to any."""
        mine, its = self.spec.steps[event.step].per, self.spec.steps[other.step].per
        return mine is None or mine != its or bool(event.of and other.of == event.of)

    # What is demanded

    def broken(self, step: Step, event: Event, counted: Sequence[Event]) -> Iterator[str]:
        held = self.in_force(counted)
        near = [e for e in held if self.concerns(e, event)]
        names = {e.step for e in near}
        if step.per is not None and not event.of:
            yield "no_track"
        if self.is_once(step) and step.name in names:
            yield "again"
        yield from ("order" for needed in set(self.before(step.name)) if self.is_missing(needed, step, event, names))
        if any(self.ends_for(e, step) for e in held):
            yield "after_end"
        yield from ("blocked" for name in sorted(names) if step.name in self.spec.steps[name].blocks)
        for demand in step.demands:
            surely, possibly = (True, True) if demand.when is None else self.truth(demand.when, event, held)
            if surely:
                yield from self.unmet(demand, event, counted, held, near)
            if possibly:
                for gap in demand.gaps:
                    yield from self.times(gap, event, held, near, surely)

    def before(self, name: str) -> Iterator[frozenset[str]]:
        """What a step needs by its lines: one of those in the last place before it that is not optional."""
        for line in self.spec.lines:
            for at, alternatives in enumerate(line):
                if name in alternatives:
                    needed = [a for a in line[:at] if not all(self.spec.steps[s].optional for s in a)]
                    if needed:
                        yield frozenset(needed[-1])

    def is_missing(self, needed: Iterable[str], step: Step, event: Event, names: set[str]) -> bool:
        """Whether none of these is in force; one that is looked for in a track is not missed where none is named."""
        in_track = step.per is not None and any(self.spec.steps[name].per == step.per for name in needed)
        return not names & set(needed) and not (in_track and not event.of)

    def is_once(self, step: Step) -> bool:
        in_line = any(step.name in alternatives for line in self.spec.lines for alternatives in line)
        return (step.once or step.ends or in_line) and not step.repeats

    def ends_for(self, other: Event, step: Step) -> bool:
        """Whether an event ended the case for a step, which neither may come after the end nor opens the case again."""
        end = self.spec.steps[other.step]
        allowed = step.name in end.after or end.name in self.always_cleared_by(step)
        return end.ends and not allowed and not (end == step and self.is_once(step))

    def unmet(
        self, demand: Demand, event: Event, counted: Sequence[Event], held: Sequence[Event], near: Sequence[Event]
    ) -> Iterator[str]:
        if demand.by:
            yield from self.wrong_actor(demand, event)
        if not set(demand.evidence) <= set(event.evidence):
            yield "papers"
        names = {e.step for e in near}
        step = self.spec.steps[event.step]
        yield from ("order" for needed in demand.needs if self.is_missing(needed, step, event, names))
        if demand.right_after and not (counted and counted[-1].step in demand.right_after):
            yield "not_right_after"
        if event.actor and any(e.step in demand.other_person_than and e.actor == event.actor for e in near):
            yield "same_person"
        for count in demand.count:
            came = [e for e in held if e.step == count.of]
            number = len(came if self.spec.steps[count.of].per is None else {e.of for e in came})
            if number < self.length(count.at_least, event, held)[0]:
                yield "count"
        for pair in demand.every:
            ended = [e.of for e in held if e.step == pair.ended]
            if any(e.step == pair.started and e.of and e.of not in ended for e in held):
                yield "unfinished"
        if any(event.values.get(name) is None for name in demand.says):
            yield "not_said"
        for text in demand.holds:
            if not self.truth(text, event, held)[0]:
                yield "not_so"

    def wrong_actor(self, demand: Demand, event: Event) -> Iterator[str]:
        if not event.actor:
            yield "no_actor"
        if not (event.actor or event.role or event.level):
            return  # nothing is said of who took it: one fault
        if event.role is None or event.role not in demand.by:
            yield "role"
        elif event.level not in demand.by[event.role]:
            yield "level"

    # Times

    def times(
        self, gap: Gap, event: Event, held: Sequence[Event], near: Sequence[Event], surely: bool
    ) -> Iterator[str]:
        since = [e for e in near if e.step in gap.since]
        if not since:
            return
        start = self.day(since[0 if gap.which == "first" else -1])
        for limit, kind in ((gap.at_least, "early"), (gap.at_most, "late")):
            if limit is None:
                continue
            left = self.left(gap, start, self.day(event), self.length(limit, event, held))
            broken = [[days > 0 if kind == "early" else days < 0 for days in of] for of in left]
            if all(map(all, broken)) and surely:
                yield kind
            elif any(map(any, broken)):
                yield self.undecided(broken)

    def undecided(self, broken: Iterable[Iterable[bool]]) -> str:
        return "not_announced" if any(len(set(of)) > 1 for of in broken) else "not_decided"

    def left(self, gap: Gap, start: date, day: date, lengths: Iterable[int]) -> list[list[int]]:
        """How many days are left of each length: if those not announced are days off, and if they are working days."""
        return [[self.days_left(gap, start, day, length, announced) for announced in (0, 1)] for length in lengths]

    def days_left(self, gap: Gap, start: date, day: date, length: int, announced: int) -> int:
        if gap.days == "months":
            return (start + relativedelta(months=length) - day).days
        passed = (day - start).days if gap.days == "calendar" else self.working_days(start, day, announced)
        return length - passed

    def waited_for(self, events: Sequence[Event], on: date) -> list[tuple[str, str | None, str]]:
        """The deadlines that run on a day: the step, its track, and how it stands."""
        held = self.in_force(self.counted(events))
        return sorted(
            ((step.name, of, how) for step in self.spec.steps.values() if not step.optional
             if not any(self.ends_for(e, step) for e in held)
             for demand in step.demands for gap in demand.gaps if gap.at_most is not None
             for of, start in self.running(step, gap, held)
             if (how := self.stands(demand, gap, self.day(start), on, held)) is not None),
            key=str,
        )  # fmt: skip

    def running(self, step: Step, gap: Gap, held: Sequence[Event]) -> Iterator[tuple[str | None, Event]]:
        """The clocks that were started, and that neither the step nor an alternative stopped; tracks one by one."""
        since = [(n, e) for n, e in enumerate(held) if e.step in gap.since]
        own = [e.of for _, e in since if step.per is not None and self.spec.steps[e.step].per == step.per]
        tracks: set[str | None] = {of for of in own if of}
        for of in tracks or {None}:
            as_of = Event(step=step.name, at=date.max, of=of)
            near = [(n, e) for n, e in since if self.concerns(e, as_of)]
            if near:
                number, start = near[0 if gap.which == "first" else -1]
                came = (e for e in held[number + 1 :] if not tracks or self.concerns(e, as_of))
                if not any(e.step in self.standing_for(step.name) for e in came):
                    yield of, start

    def standing_for(self, name: str) -> set[str]:
        """A step, and its alternatives in lines."""
        return {name, *(other for line in self.spec.lines for place in line if name in place for other in place)}

    def stands(self, demand: Demand, gap: Gap, start: date, on: date, held: Sequence[Event]) -> str | None:
        surely, possibly = (True, True) if demand.when is None else self.truth(demand.when, None, held)
        if not possibly or gap.at_most is None:
            return None
        left = self.left(gap, start, on, self.length(gap.at_most, None, held))
        broken = [[days < 0 for days in of] for of in left]
        if all(map(all, broken)) and surely:
            return "overrun"
        if any(map(any, broken)):
            return self.undecided(broken)
        return "due_soon" if any(days <= self.spec.due_soon for of in left for days in of) else "in_time"

    def working_days(self, start: date, end: date, announced: int) -> int:
        if end < start:
            return -self.working_days(end, start, 1 - announced)
        days = (date.fromordinal(n) for n in range(start.toordinal() + 1, end.toordinal() + 1))
        return sum(self.works(day, announced) for day in days)

    def works(self, day: date, announced: int) -> int:
        try:
            return int(day not in self.days_off and is_workday(day))
        except NotImplementedError:
            return announced

    def day(self, event: Event) -> date:
        at, zone = event.at, ZoneInfo(self.spec.zone)
        if not isinstance(at, datetime):
            return at
        return at.date() if at.tzinfo is None else at.astimezone(zone).date()

    def is_earlier(self, event: Event, other: Event) -> bool:
        """By the day, and within a day by the time where both have one."""
        times = [self.instant(e.at) for e in (event, other) if isinstance(e.at, datetime)]
        if self.day(event) != self.day(other) or len(times) < 2:
            return self.day(event) < self.day(other)
        return times[0] < times[1]

    def instant(self, at: datetime) -> datetime:
        return (at.replace(tzinfo=ZoneInfo(self.spec.zone)) if at.tzinfo is None else at).astimezone(UTC)

    # Values

    def is_value(self, name: str, value: Any) -> bool:
        spec = self.vocabulary.values.get(name)
        if spec is None or value is None:
            return spec is not None
        if isinstance(spec.type, TextType) or (isinstance(spec.type, ChoiceType) and spec.type.other):
            return isinstance(value, str)
        return value in _all(spec.type)

    def said(self, event: Event, name: str) -> Any:
        value = event.values.get(name)
        return value if self.is_value(name, value) else None

    def value(self, name: str, event: Event | None, held: Sequence[Event]) -> Any:
        """What the event says, else the latest that was said and is in force."""
        said = (self.said(e, name) for e in (event, *reversed(held)) if e is not None)
        return next((value for value in said if value is not None), None)

    def answers(self, text: Source, event: Event | None, held: Sequence[Event]) -> list[Any]:
        """What a text comes to, for every value that a missing one might have."""
        tree = ast.parse(text.text, mode="eval")
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        known = {step: any(e.step == step for e in held) for step in self.spec.steps} | dict(self.parameters)
        open_values = {}
        for name in names - set(known):
            value = self.value(name, event, held)
            open_values[name] = _all(self.vocabulary.values[name].type) if value is None else (value,)
        return [
            eval(compile(tree, "text", "eval"), {}, known | dict(zip(open_values, values, strict=True)))  # noqa: S307
            for values in product(*open_values.values())
        ]

    def truth(self, text: Source, event: Event | None, held: Sequence[Event]) -> tuple[bool, bool]:
        found = self.answers(text, event, held)
        return all(found), any(found)

    def length(self, text: Source, event: Event | None, held: Sequence[Event]) -> tuple[int, int]:
        found = self.answers(text, event, held)
        return min(found), max(found)


def _all(kind: Type) -> Sequence[Any]:
    match kind:
        case BooleanType():
            return (False, True)
        case ChoiceType(values=values):
            return values
        case NumberType(lo=lo, hi=hi):
            return range(int(lo), int(hi) + 1)
    raise TypeError(kind)
