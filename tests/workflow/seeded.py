"""Clean cases of a procedure, and cases with one fault of a named kind: what a check must find, and what it must not.

A clean case is walked by what may come next. A fault is put into one on grounds that the procedure itself gives: a
paper that a step always demands is taken away, a step that a later one always needs is left out.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any

from attrs import frozen

from fanpin.cases import Case
from fanpin.conformance import check_log
from fanpin.events import Event
from fanpin.expressions.types import BooleanType
from fanpin.steps import LEVELS, Demand, Gap, Step
from fanpin.table_of_checks import Allowed
from tests.workflow.laws import log_of
from tests.workflow.plain_meaning import PlainMeaning
from tests.workflow.procedures import START, Pack, pack
from tests.workflow.random_procedures import LAST_KNOWN, Trial, some_value

Events = tuple[Event, ...]
TRIES = 300  # of values that make an event lawful
SHANGHAI = timezone(timedelta(hours=8))


@frozen
class Seeded:
    """A case with a fault of a kind in the event at a place."""

    kind: str
    events: Events
    at: int


# ── clean cases ────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Walker:
    """Walks lawful cases of a procedure."""

    pack: Pack
    random: Random
    start: date = START

    def clean(self, most: int = 40) -> Events:
        """A case with which nothing is wrong, ended or on its way."""
        case, day = self.pack.case(), self.start
        while len(case.events) < most and case.ended is None:
            day += timedelta(days=self.random.choice([0, 0, 1, 1, 2]))
            following = self._step(case, day)
            if following is None:
                break
            case = following
            assert isinstance(case.events[-1].at, date)
            day = case.events[-1].at
        return case.events

    def _step(self, case: Case, day: date) -> Case | None:
        offers = list(case.allowed(day))
        weights = [self._weight(offer, case) for offer in offers]
        while any(weights):
            at = self.random.choices(range(len(offers)), weights)[0]
            following = self.taken(case, offers[at], day)
            if following is not None:
                return following
            weights[at] = 0
        return None

    def _weight(self, offer: Allowed, case: Case) -> float:
        """Cases go on along their lines, more often than not."""
        step = self.pack.workflow.spec.steps[offer.step]
        lines = self.pack.workflow.spec.lines
        if not any(offer.step in place for line in lines for place in line):
            return 0.01 if step.ends else 0.1
        if step.per is not None:
            begun = len({e.of for e in case.events if e.of})
            return 2 if offer.tracks else 1 if begun < 3 else 0
        return 0.1 if step.repeats and case.holds(step.name) else 3

    def taken(self, case: Case, offer: Allowed, day: date) -> Case | None:
        """The case with an event that takes an offer, if one can be lawful; what it must say is found by trying."""
        for _ in range(TRIES):
            following, wrong = case.observe(self._event(offer, day))
            if not wrong:
                return following
        return None

    def _event(self, offer: Allowed, day: date) -> Event:
        random, values = self.random, self.pack.workflow.vocabulary.values
        at = max(day, offer.earliest or day)
        if offer.latest is not None and at > offer.latest >= (offer.earliest or day):
            at = offer.latest
        role = random.choice(list(offer.by)) if offer.by else None
        demands = self.pack.workflow.spec.steps[offer.step].demands
        read = {name for demand in demands for text in demand.holds for name in names_in(text.text) if name in values}
        tracks = [*offer.tracks, *([f"m{random.randrange(10**6)}"] if offer.new_track else [])]
        return Event(
            step=offer.step, at=at, actor=f"p{random.randrange(10**9)}", role=role,
            level=random.choice(offer.by[role] or (None,)) if role else None, evidence=offer.evidence,
            of=random.choice(tracks) if tracks else None, id=f"e{random.randrange(10**12)}",
            values={name: some_value(random, values[name].type) for name in {*offer.says, *read}},
        )  # fmt: skip


def names_in(text: str) -> set[str]:
    """The names that a text reads."""
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}


def soiled(pack: Pack, events: Sequence[Event], random: Random) -> tuple[Events, tuple[int, ...]]:
    """The same events as counties keep them, and where each has gone: other zones and words, rows sent in twice."""
    steps, words = pack.workflow.spec.steps, pack.workflow.vocabulary
    found: list[Event] = []
    places: list[int] = []
    with_time = random.random() < 0.5
    for number, event in enumerate(events):
        step, at = steps.get(event.step), event.at
        if with_time and not isinstance(at, datetime):
            local = datetime.combine(at, time(8), SHANGHAI) + timedelta(minutes=number)
            at = random.choice([local, local.astimezone(UTC), local.replace(tzinfo=None)])
        changed = {
            "at": at,
            "step": event.step if step is None else random.choice([step.name, step.label.zh, *step.aliases]),
            "role": _other_word(event.role, words.roles, random),
            "level": random.choice([event.level, *(LEVELS[name].zh for name in LEVELS if name == event.level)]),
            "evidence": tuple(_other_word(paper, words.papers, random) for paper in event.evidence),
        }
        places.append(len(found))
        found.append(event.model_copy(update=changed))
        if random.random() < 0.1 and event.id is not None:
            found.append(found[-1])
    return tuple(found), tuple(places)


def _other_word(word: str | None, known: Mapping[str, Any], random: Random) -> Any:
    named = known.get(word or "")
    return word if named is None else random.choice([named.name, named.label.zh, *named.aliases])


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Seeder:
    """Puts one fault into a clean case, of a kind for which the case gives occasion."""

    walker: Walker

    @property
    def meaning(self) -> PlainMeaning:
        """The plain meaning of the procedure."""
        workflow = self.walker.pack.workflow
        return PlainMeaning(workflow.spec, workflow.vocabulary, self.walker.pack.parameters)

    def seeded(self, kind: str, events: Events) -> Seeded | None:
        """The case with a fault of a kind, or None where there is no occasion for one."""
        occasions = list(SEEDS[kind](self, events))
        if not occasions:
            return None
        changed, at = self.walker.random.choice(occasions)
        return Seeded(kind, changed, at)

    def demands(self, events: Events, key: str) -> Iterator[tuple[int, Event, Demand]]:
        """The events with what their steps always demand under a key."""
        for at, event in enumerate(events):
            for demand in self.step(event).demands:
                if demand.when is None and getattr(demand, key):
                    yield at, event, demand

    def step(self, event: Event) -> Step:
        """The step of an event."""
        return self.walker.pack.workflow.spec.steps[event.step]

    def near(self, events: Events, at: int) -> list[Event]:
        """What is in force before an event, in its track."""
        return [e for e in self.meaning.in_force(events[:at]) if self.meaning.concerns(e, events[at])]

    def start(self, gap: Gap, events: Events, at: int) -> date | None:
        """The day that starts the clock of an event."""
        since = [self.meaning.day(e) for e in self.near(events, at) if e.step in gap.since]
        return (since[0] if gap.which == "first" else since[-1]) if since else None


Occasions = Iterator[tuple[Events, int]]


def _with(events: Events, at: int, /, **changes: Any) -> Events:
    return (*events[:at], events[at].model_copy(update=changes), *events[at + 1 :])


def _inserted(events: Events, at: int, event: Event) -> Events:
    return (*events[:at], event.model_copy(update={"id": f"{event.id}x"}), *events[at:])


def _shifted(events: Events, at: int, days: int) -> Events:
    """The events from one on, so many days later."""
    later = timedelta(days=days)
    return (*events[:at], *(e.model_copy(update={"at": e.at + later}) for e in events[at:]))


def nobody(seeder: Seeder, events: Events) -> Occasions:
    for at, _, _ in seeder.demands(events, "by"):
        yield _with(events, at, actor=None, role=None, level=None), at


def wrong_role(seeder: Seeder, events: Events) -> Occasions:
    for at, _, _ in seeder.demands(events, "by"):
        yield _with(events, at, role="mayor"), at


def wrong_level(seeder: Seeder, events: Events) -> Occasions:
    for at, event, demand in seeder.demands(events, "by"):
        other = next((level for level in LEVELS if level not in demand.by.get(event.role or "", LEVELS)), None)
        if other is not None:
            yield _with(events, at, level=other), at


def same_person(seeder: Seeder, events: Events) -> Occasions:
    for at, _, demand in seeder.demands(events, "other_person_than"):
        for other in seeder.near(events, at):
            if other.step in demand.other_person_than:
                yield _with(events, at, actor=other.actor), at


def paper_missing(seeder: Seeder, events: Events) -> Occasions:
    for at, event, demand in seeder.demands(events, "evidence"):
        yield _with(events, at, evidence=tuple(p for p in event.evidence if p != demand.evidence[-1])), at


def skipped(seeder: Seeder, events: Events) -> Occasions:
    """A step is left out that a later one needs; the first of these is where it shows."""
    for left_out, event in enumerate(events):
        for at in range(left_out + 1, len(events)):
            needed = [*seeder.meaning.before(events[at].step), *map(frozenset, _needs(seeder.step(events[at])))]
            near = seeder.near(events, at)
            if any([e for e in near if e.step in one] == [event] for one in needed):
                yield (*events[:left_out], *events[left_out + 1 :]), at - 1
                break


def _needs(step: Step) -> Iterator[tuple[str, ...]]:
    yield from (one for demand in step.demands if demand.when is None for one in demand.needs)


def something_between(seeder: Seeder, events: Events) -> Occasions:
    for at, _, demand in seeder.demands(events, "right_after"):
        for other in events[:at]:
            if seeder.step(other).repeats and other.step not in demand.right_after and not seeder.step(other).back_to:
                yield _inserted(events, at, other.model_copy(update={"at": events[at - 1].at})), at + 1


def no_track(seeder: Seeder, events: Events) -> Occasions:
    for at, event in enumerate(events):
        if seeder.step(event).per is not None:
            yield _with(events, at, of=None), at


def done_again(seeder: Seeder, events: Events) -> Occasions:
    for at, event in enumerate(events):
        step = seeder.step(event)
        if seeder.meaning.is_once(step) and step.name not in seeder.meaning.always_cleared_by(step):
            yield _inserted(events, at + 1, event), at + 1


def too_early(seeder: Seeder, events: Events) -> Occasions:
    for at, event, demand in seeder.demands(events, "gaps"):
        for gap in demand.gaps:
            start = seeder.start(gap, events, at)
            if gap.at_least is None or start is None:
                continue
            soon = seeder.meaning.day(events[at - 1])
            lengths = seeder.meaning.length(gap.at_least, event, seeder.meaning.in_force(events[:at]))
            if all(days > 0 for of in seeder.meaning.left(gap, start, soon, lengths) for days in of):
                yield _with(events, at, at=soon), at


def too_late(seeder: Seeder, events: Events) -> Occasions:
    for at, _, demand in seeder.demands(events, "gaps"):
        for gap in demand.gaps:
            if gap.at_most is not None and seeder.start(gap, events, at) is not None:
                yield _shifted(events, at, 400), at


def too_few(seeder: Seeder, events: Events) -> Occasions:
    for at, _, demand in seeder.demands(events, "count"):
        of = demand.count[0].of
        kept = tuple(e for e in events[:at] if e.step != of)
        if len(kept) < at and seeder.meaning.length(demand.count[0].at_least, events[at], kept)[0] > 0:
            yield (*kept, *events[at:]), len(kept)


def left_unfinished(seeder: Seeder, events: Events) -> Occasions:
    for at, _, demand in seeder.demands(events, "every"):
        held = seeder.meaning.in_force(events[:at])
        for pair in demand.every:
            started = [e.of for e in held if e.step == pair.started]
            for ended, event in enumerate(events[:at]):
                if event.step == pair.ended and event in held and event.of in started:
                    yield (*events[:ended], *events[ended + 1 :]), at - 1


def blocked(seeder: Seeder, events: Events) -> Occasions:
    """Something comes just before a step that keeps it from being done."""
    case = seeder.walker.pack.case()
    for at, event in enumerate(events):
        day = seeder.meaning.day(events[max(at - 1, 0)])
        for offer in case.allowed(day):
            if event.step in seeder.walker.pack.workflow.spec.steps[offer.step].blocks:
                following = seeder.walker.taken(case, offer, day)
                if following is not None and following.events[-1].at <= event.at:
                    yield (*following.events, *events[at:]), at + 1
        case, _ = case.observe(event)


def after_the_end(seeder: Seeder, events: Events) -> Occasions:
    if events and seeder.step(events[-1]).ends:
        for other in events[:-1]:
            if seeder.meaning.ends_for(events[-1], seeder.step(other)):
                yield _inserted(events, len(events), other.model_copy(update={"at": events[-1].at})), len(events)


def not_said(seeder: Seeder, events: Events) -> Occasions:
    for at, event, demand in seeder.demands(events, "says"):
        yield _with(events, at, values={n: v for n, v in event.values.items() if n != demand.says[0]}), at


def not_so(seeder: Seeder, events: Events) -> Occasions:
    values = seeder.walker.pack.workflow.vocabulary.values
    for at, event, demand in seeder.demands(events, "holds"):
        for text in demand.holds:
            read = [name for name in names_in(text.text) if name in values]
            others = {name: some_value(seeder.walker.random, values[name].type) for name in read}
            changed = event.model_copy(update={"values": {**event.values, **others}})
            if not seeder.meaning.truth(text, changed, seeder.meaning.in_force(events[:at]))[0]:
                yield (*events[:at], changed, *events[at + 1 :]), at


def not_a_value(seeder: Seeder, events: Events) -> Occasions:
    values = seeder.walker.pack.workflow.vocabulary.values
    truths = [name for name, spec in values.items() if isinstance(spec.type, BooleanType)]
    for at, event in enumerate(events):
        for name in truths[:1]:
            yield _with(events, at, values={**event.values, name: "perhaps"}), at


def unknown_step(_: Seeder, events: Events) -> Occasions:
    for at in range(len(events)):
        yield _with(events, at, step="no such step"), at


def another_of_its_id(_: Seeder, events: Events) -> Occasions:
    for at, event in enumerate(events):
        yield (*events[: at + 1], event.model_copy(update={"actor": "somebody else"}), *events[at + 1 :]), at + 1


def back_in_time(seeder: Seeder, events: Events) -> Occasions:
    for at, event in enumerate(events[1:], 1):
        if not any(demand.gaps for demand in seeder.step(event).demands):
            yield _with(events, at, at=seeder.meaning.day(events[at - 1]) - timedelta(days=1)), at


def over_the_calendar(seeder: Seeder, events: Events) -> Occasions:
    """The whole case is moved to where the days off are not announced, so that it hangs on them."""
    for at, event, demand in seeder.demands(events, "gaps"):
        for gap in demand.gaps:
            start, limit = seeder.start(gap, events, at), gap.at_most or gap.at_least
            if gap.days != "working" or start is None or limit is None or event.at == start:
                continue
            days = (LAST_KNOWN - start).days
            moved = _shifted(_shifted(events, 0, days), at, 0)
            length, _ = seeder.meaning.length(limit, event, seeder.meaning.in_force(events[:at]))
            for late in range(40):
                changed = _shifted(moved, at, late)
                left = seeder.meaning.left(gap, LAST_KNOWN, seeder.meaning.day(changed[at]), (length,))[0]
                if min(left) < 0 < max(left):
                    yield changed, at
                    break


def nobody_knows(seeder: Seeder, events: Events) -> Occasions:
    """A value is never said on which a time hangs, and the event comes when that matters."""
    values = seeder.walker.pack.workflow.vocabulary.values
    for at, event, demand in seeder.demands(events, "gaps"):
        for gap in demand.gaps:
            start, limit = seeder.start(gap, events, at), gap.at_most
            read = names_in(limit.text) & set(values) if limit is not None else set[str]()
            if limit is None or not read or start is None or gap.days != "calendar":
                continue
            unsaid = tuple(_without(e, read) for e in events)
            least, most = seeder.meaning.length(limit, unsaid[at], seeder.meaning.in_force(unsaid[:at]))
            days = start + timedelta(days=(least + most) // 2) - seeder.meaning.day(event)
            if least < most and days.days >= 0:
                yield _shifted(unsaid, at, days.days), at


def _without(event: Event, names: Iterable[str]) -> Event:
    return event.model_copy(update={"values": {n: v for n, v in event.values.items() if n not in names}})


SEEDS: Mapping[str, Callable[[Seeder, Events], Occasions]] = {
    "no_actor": nobody, "role": wrong_role, "level": wrong_level, "same_person": same_person, "papers": paper_missing,
    "order": skipped, "not_right_after": something_between, "no_track": no_track, "again": done_again,
    "early": too_early, "count": too_few, "unfinished": left_unfinished, "blocked": blocked, "after_end": after_the_end,
    "not_said": not_said, "not_so": not_so, "not_a_value": not_a_value, "unknown_step": unknown_step,
    "id_conflict": another_of_its_id, "late": too_late, "time_reversed": back_in_time,
    "not_announced": over_the_calendar, "not_decided": nobody_knows,
}  # fmt: skip


# ── the proof ──────────────────────────────────────────────────────────────────────────────────────────────────────

CLEAN = "clean"
STEPS: Mapping[str, Mapping[str, Any]] = {
    "clue": {"repeats": True, "by": {"worker": ["village", "group"]}, "evidence": ["form"]},
    "visit": {"gaps": {"answer": {"since": "clue", "at_most": "2 if poor else 12"}}, "says": ["grade"]},
    "application": {"right_after": ["visit"], "evidence": ["form", "photo"]},
    "review": {
        "other_person_than": ["visit"],
        "gaps": {"working": {"since": "application", "at_most": 9, "days": "working"}},
    },
    "notice": {"evidence": ["photo"]},
    "decision": {
        "by": {"official": "county"}, "holds": ["size >= 2"],
        "gaps": {
            "notice": {"since": "notice", "at_least": "short"},
            "total": {"since": "clue", "at_most": 60, "which": "first"},
        },
    },
    "start": {"per": "measure", "needs": ["decision"]},
    "done": {"per": "measure", "needs": ["start"]},
    "closed": {"ends": True, "count": {"start": 1}, "every": [("start", "done")]},
    "objection": {"needs": ["notice"], "blocks": ["decision"], "until": ["answer"]},
    "answer": {"needs": ["objection"]},
    "rework": {"needs": ["notice"], "back_to": "review"},
}  # fmt: skip
EVERY_KIND = pack(["clue", "visit", "application", "review", "notice", "decision", "closed"], steps=STEPS)


@frozen
class Outcome:
    """How many cases with a fault of a kind there were, in how many it was found, and the rows in all of them.

    Of clean cases, `found` are those with no row at all.
    """

    kind: str
    cases: int
    found: int
    rows: int
    missed: tuple[Events, ...] = ()


def proof(of: Pack, random: Random, cases: int) -> list[Outcome]:
    """What the check of one log finds in so many clean cases, and in those of each kind of fault; all are dirty."""
    seeder = Seeder(Walker(of, random))
    planted: dict[str, tuple[str, Events, int | None]] = {}
    for number in range(cases):
        clean = seeder.walker.clean()
        planted[f"{CLEAN} {number}"] = (CLEAN, clean, None)
        for kind in SEEDS:
            seeded = seeder.seeded(kind, clean)
            if seeded is not None:
                planted[f"{kind} {number}"] = (kind, seeded.events, seeded.at)
    dirty = {case: soiled(of, events, random) for case, (_, events, _) in planted.items()}
    trial = Trial(of, {case: events for case, (events, _) in dirty.items()}, date(2040, 1, 1))
    checked = check_log(log_of(trial, typed=False), pack=of, as_of=trial.on)
    rows: dict[str, list[tuple[int, str]]] = {case: [] for case in planted}
    for case, sequence, kind in checked.violations.select("case", "sequence", "kind").iter_rows():
        rows[case].append((sequence - 1, kind))
    return [_outcome(kind, planted, dirty, rows) for kind in (CLEAN, *SEEDS)]


def _outcome(
    kind: str,
    planted: Mapping[str, tuple[str, Events, int | None]],
    dirty: Mapping[str, tuple[Events, tuple[int, ...]]],
    rows: Mapping[str, list[tuple[int, str]]],
) -> Outcome:
    found, missed = 0, list[Events]()
    of_kind = [case for case, (its, _, _) in planted.items() if its == kind]
    for case in of_kind:
        at = planted[case][2]
        is_found = not rows[case] if at is None else (dirty[case][1][at], kind) in rows[case]
        found += is_found
        missed += [] if is_found else [dirty[case][0]]
    return Outcome(kind, len(of_kind), found, sum(len(rows[case]) for case in of_kind), tuple(missed))
