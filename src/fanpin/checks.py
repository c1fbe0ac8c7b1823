"""The checks of a step: each requirement that a pack writes becomes one function of the state and the event."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple

from attrs import frozen
from dateutil.relativedelta import relativedelta

from fanpin.guards import Ends
from fanpin.observing import UNKNOWN, Check, Rule, Seen, State, Violation, as_judged, day_text
from fanpin.steps import LEVELS, Days, Which
from fanpin.workdays import WorkCalendar

Numbers = tuple[int, ...]
Found = Violation | None


# ── who and with what ──────────────────────────────────────────────────────────────────────────────────────────────


def who(rule: Rule, by: Mapping[str, tuple[str, ...]], known: Collection[str]) -> Check:
    """Who takes it has one of the roles, of all that are known, and acts at a level of that role."""
    roles = tuple(by)
    anyone = {(role, level) for role, levels in by.items() for level in levels}

    def check(_: State, event: Seen) -> Found:
        if (event.role, event.level) in anyone or _is_nobody(event):
            return None
        if event.role is None or event.role not in by:
            return Violation("role", rule, roles, _given(event.role, known))
        return Violation("level", rule, by[event.role], _given(event.level, LEVELS))

    return check


def named(rule: Rule, by: Mapping[str, tuple[str, ...]]) -> Check:
    """Somebody is named."""
    nobody = Violation("no_actor", rule, tuple(by))
    return lambda _, event: nobody if event.actor is None else None


def _is_nobody(event: Seen) -> bool:
    """Whether nothing is said of who took it: that is one fault, and told as such."""
    return event.actor is None and event.role is None and event.level is None


def usual(bys: Iterable[Mapping[str, tuple[str, ...]]], needed: Iterable[str]) -> Callable[[Seen], bool]:
    """Whether somebody is named who meets all demands, and brings all papers: then no check of these finds anything."""
    wanted = frozenset(needed)
    allowed = [frozenset((role, level) for role, levels in by.items() for level in levels) for by in bys]
    if not allowed:
        return lambda event: wanted <= event.papers
    anyone = frozenset.intersection(*allowed)
    return lambda event: event.actor is not None and (event.role, event.level) in anyone and wanted <= event.papers


def papers(rule: Rule, in_order: tuple[str, ...]) -> Check:
    """These papers are attached."""
    wanted = frozenset(in_order)

    def check(_: State, event: Seen) -> Found:
        if wanted <= event.papers:
            return None
        missing = tuple(paper for paper in in_order if paper not in event.papers)
        return Violation("papers", rule, missing, tuple(p for p in in_order if p in event.papers))

    return check


def other_person(rule: Rule, others: "Alternatives", all_names: tuple[str, ...]) -> Check:
    """Nobody who did one of the steps does this one."""

    def check(state: State, event: Seen) -> Found:
        if event.actor is None:
            return None
        did = dict.fromkeys(all_names[e.step] for e in others.of(state, event) if e.actor == event.actor)
        return Violation("same_person", rule, tuple(did)) if did else None

    return check


# ── what came before ───────────────────────────────────────────────────────────────────────────────────────────────


class Alternatives(NamedTuple):
    """Steps of which one will do. Of those that are `alike`, with tracks as the judged step has, the same track.

    An event that names no track has none of these.
    """

    steps: Numbers
    names: tuple[str, ...]
    alike: frozenset[int] = frozenset()

    def of(self, state: State, event: Seen) -> list[Seen]:
        """Their events in force."""
        held = state.held
        return [e for k in self.steps for e in held[k] if k not in self.alike or e.is_in_track(event)]


def needs(rule: Rule, one: Alternatives) -> Check:
    """One of these is in force; that a step of a track is, is not asked of an event that names none."""
    missing = Violation("order", rule, one.names)
    if not one.alike:
        return lambda state, event: None if one.of(state, event) else missing
    return lambda state, event: None if event.of is None or one.of(state, event) else missing


def right_after(rule: Rule, one: Alternatives, all_names: tuple[str, ...]) -> Check:
    """The event before is one of these."""

    def check(state: State, _: Seen) -> Found:
        last = state.last
        if last is not None and last.step in one.steps:
            return None
        return Violation("not_right_after", rule, one.names, () if last is None else (all_names[last.step],))

    return check


def once(rule: Rule, step: int, has_tracks: bool) -> Check:
    """It is not in force yet; of a step with tracks, not in this one."""
    if not has_tracks:
        return lambda state, _: None if not state.held[step] else Violation("again", rule, got=_since(state.held[step]))

    def check(state: State, event: Seen) -> Found:
        earlier = tuple(e for e in state.held[step] if e.is_in_track(event))
        return Violation("again", rule, got=_since(earlier)) if earlier else None

    return check


def track_named(rule: Rule, per: str) -> Check:
    """It says which track it belongs to."""
    unnamed = Violation("no_track", rule, (per,))
    return lambda _, event: unnamed if event.of is None else None


def _since(events: tuple[Seen, ...]) -> tuple[str, ...]:
    return (day_text(events[-1].day),)


def not_blocked(rule: Rule, other: Alternatives) -> Check:
    """A step that forbids this one is not in force."""
    blocked = Violation("blocked", rule, got=other.names)
    return lambda state, event: blocked if other.of(state, event) else None


def not_ended(rule: Rule, ends: Mapping[int, str]) -> Check:
    """The case has not ended by one of these steps."""

    def check(state: State, _: Seen) -> Found:
        ended = tuple(name for step, name in ends.items() if state.held[step])
        return Violation("after_end", rule, ended, (str(state.late_comers + 1),)) if ended else None

    return check


def at_least(rule: Rule, step: int, name: str, has_tracks: bool, ends: Ends) -> Check:
    """So many occurrences of a step are in force; of one with tracks, so many tracks."""

    def check(state: State, event: Seen) -> Found:
        least, _ = ends(as_judged(state, event))
        held = state.held[step]
        found = len({e.of for e in held}) if has_tracks else len(held)
        return Violation("count", rule, (name, str(least)), (str(found),), least - found) if found < least else None

    return check


def every(rule: Rule, started: int, ended: int, names: tuple[str, str]) -> Check:
    """No track was started that has not ended."""

    def check(state: State, _: Seen) -> Found:
        over = {e.of for e in state.held[ended]}
        still = tuple(dict.fromkeys(e.of for e in state.held[started] if e.of is not None and e.of not in over))
        return Violation("unfinished", rule, names, still) if still else None

    return check


# ── what is said ───────────────────────────────────────────────────────────────────────────────────────────────────


def says(rule: Rule, names: tuple[str, ...]) -> Check:
    """The event declares these values; one that can't be taken is told as such, and not once more."""

    def check(_: State, event: Seen) -> Found:
        missing = tuple(name for name in names if event.values.get(name) is None and name not in event.wrong)
        return Violation("not_said", rule, missing) if missing else None

    return check


def holds(rule: Rule, text: str, read: tuple[str, ...], ends: Ends) -> Check:
    """A condition surely holds; what nobody said is not enough."""

    def check(state: State, event: Seen) -> Found:
        now = as_judged(state, event)
        if ends(now)[0]:
            return None
        return Violation("not_so", rule, (text,), tuple(name for name in read if now.value(name) is None))

    return check


# ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Clock:
    """How time is counted from a day: by how many days another lies after `n` of them, at least and at most."""

    days: Days
    calendar: WorkCalendar

    def past(self, start: int, n: int, day: int) -> tuple[int, int]:
        """How far a day is past the `n`th one after the start; negative before it."""
        if self.days == "calendar":
            return (day - start - n,) * 2
        if self.days == "months":
            return (day - self._months(start, n),) * 2
        least, most = self.calendar.between_ordinals(start, day)
        return least - n, most - n

    def short(self, start: int, n: int, day: int) -> tuple[int, int]:
        """How far a day is short of it, at least and at most; negative after it."""
        least, most = self.past(start, n, day)
        return -most, -least

    def due(self, start: int, n: int) -> date | None:
        """The `n`th day after the start, or None where the days off of its year are not announced."""
        if self.days == "working":
            return self.calendar.nth(date.fromordinal(start), n)
        return date.fromordinal(start + n if self.days == "calendar" else self._months(start, n))

    def due_at_earliest(self, start: int, n: int) -> date:
        """The first day that may turn out to be the `n`th after the start."""
        return self.due(start, n) or self.calendar.nth_at_earliest(date.fromordinal(start), n)

    def _months(self, start: int, n: int) -> int:
        return (date.fromordinal(start) + relativedelta(months=n)).toordinal()


@frozen
class Span:
    """A time since one of some steps: its clock, which of them starts it, how long it is at least and at most."""

    rule: Rule
    since: Alternatives
    which: Which
    clock: Clock
    length: Ends
    applies: Ends | None = None
    days: int | None = None  # the length, where it is of calendar days and hangs on nothing

    def start(self, events: list[Seen]) -> Seen:
        """The event that starts the clock."""
        if len(events) == 1:
            return events[0]
        pick: Callable[..., Seen] = min if self.which == "first" else max
        return pick(events, key=_place)

    def early(self, state: State, event: Seen) -> Found:
        """Whether the time that must pass has not."""
        return self._judge(state, event, "early")

    def late(self, state: State, event: Seen) -> Found:
        """Whether the time allowed is over."""
        return self._judge(state, event, "late")

    def _judge(self, state: State, event: Seen, kind: str) -> Found:
        events = self.since.of(state, event)
        if not events:
            return None
        start = self.start(events).day
        if self.days is not None:
            over = event.day - start - self.days
            if over <= 0 if kind == "late" else over >= 0:
                return None
        now = as_judged(state, event)
        surely, possibly = (True, True) if self.applies is None else self.applies(now)
        if not possibly:
            return None
        least, most = self.length(now)
        if kind == "late":
            kept, broken = self.clock.past(start, least, event.day), self.clock.past(start, most, event.day)
        else:
            kept, broken = self.clock.short(start, most, event.day), self.clock.short(start, least, event.day)
        if kept[1] <= 0:
            return None
        length = str(most if kind == "late" else least)
        expected, got = (length, day_text(start)), (day_text(event.day),)
        if broken[0] > 0 and surely:
            return Violation(kind, self.rule, expected, got, broken[0])
        return Violation(undecided(kept, broken), self.rule, expected, got)


def undecided(kept: tuple[int, int], broken: tuple[int, int]) -> Literal["not_announced", "not_decided"]:
    """Why it is not known whether a limit was passed: the days off of its year, or only a value that nobody said."""
    hangs_on_days_off = any(least <= 0 < most for least, most in (kept, broken))
    return "not_announced" if hangs_on_days_off else "not_decided"


def _place(event: Seen) -> int:
    return event.at


def guarded(check: Check, applies: Ends) -> Check:
    """The check where its condition surely holds."""
    return lambda state, event: check(state, event) if applies(as_judged(state, event))[0] else None


def _given(word: str | None, known: Collection[str]) -> tuple[str, ...]:
    return () if word is None else (word if word in known else UNKNOWN,)
