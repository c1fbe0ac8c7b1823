"""One event after another: the meaning of a procedure, for one case in an app and for the log of a province alike.

Each step has a list of checks, functions made once from what the pack says. `observe` judges an event by them against
the state before it, and then lets it take effect, lawful or not: so what is in force hangs on the order of events
alone, and one fault gives about one violation.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from attrs import field, frozen

from fanpin.errors import Place
from fanpin.i18n import Label
from fanpin.masks import shown_word

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_PAPERS: frozenset[str] = frozenset()
NEW_TRACK = ""  # no event bears it
UNKNOWN = "?"  # told in place of a role or level of which the pack does not know: it may be somebody's name


@frozen
class Kind:
    """A kind of violation. One that is `refusing` keeps a step from being recorded, a noted one does not."""

    name: str
    label: Label
    refusing: bool = True


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("no_actor", Label("没有经办人", "nobody named")),
            Kind("role", Label("经办角色不对", "wrong role")),
            Kind("level", Label("办理层级不对", "wrong level")),
            Kind("same_person", Label("应由另一人办理", "same person")),
            Kind("papers", Label("缺少材料", "papers missing")),
            Kind("order", Label("前置环节未办", "a step before is missing")),
            Kind("not_right_after", Label("不是紧接的环节", "not right after")),
            Kind("no_track", Label("没有写明是哪一项", "no track named")),
            Kind("again", Label("重复办理", "done again")),
            Kind("early", Label("时间未到", "too early")),
            Kind("count", Label("次数不够", "too few")),
            Kind("unfinished", Label("还有未完成的", "something unfinished")),
            Kind("blocked", Label("被阻止", "blocked")),
            Kind("after_end", Label("办结之后", "after the end")),
            Kind("not_said", Label("没有填写", "not said")),
            Kind("not_so", Label("不符合条件", "condition not met")),
            Kind("not_a_value", Label("填写的值不对", "not a value")),
            Kind("unknown_step", Label("没有这个环节", "unknown step")),
            Kind("id_conflict", Label("编号重复内容不同", "two events of one id")),
            Kind("late", Label("超过期限", "late"), refusing=False),
            Kind("time_reversed", Label("时间早于上一环节", "earlier than the one before"), refusing=False),
            Kind("not_announced", Label("放假安排未公布", "calendar not announced"), refusing=False),
            Kind("not_decided", Label("期限待定", "time limit not decided"), refusing=False),
        )
    }
)


@frozen(cache_hash=True, repr=False)
class Rule:
    """Which demand of a step it is: the step, and the way to it in the pack, such as `gaps.notice`."""

    step: str
    path: str
    label: Label | None = None
    source: str | None = None
    place: Place = field(default=Place(), eq=False)

    @property
    def name(self) -> str:
        """The whole way to it, such as `decision.gaps.notice.at_least`."""
        return f"{self.step}.{self.path}" if self.step else self.path

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


@frozen
class Violation:
    """One thing that was not as the procedure demands.

    `expected` and `got` are the pack's words (steps, papers, roles, levels, values) or numbers as text, with "?" for a
    role or level of which the pack does not know, since it may be a name; `over` by how many days a limit was passed,
    or how many are missing.
    """

    kind: str
    rule: Rule
    expected: tuple[str, ...] = ()
    got: tuple[str, ...] = ()
    over: int | None = None

    @property
    def refusing(self) -> bool:
        """Whether it keeps the step from being recorded."""
        return KINDS[self.kind].refusing


class Seen(NamedTuple):
    """An event in the words of the procedure: the step by its number, its day as a number, its instant in UTC."""

    step: int
    day: int
    instant: int | None = None  # microseconds; None where only the day is known
    actor: str | None = None
    role: str | None = None
    level: str | None = None
    papers: frozenset[str] = NO_PAPERS
    of: str | None = None
    values: Mapping[str, Any] = NOTHING
    id: str | None = None
    wrong: tuple[str, ...] = ()  # the names of values that can't be taken
    said: str = ""  # the step as it was written, where it is unknown
    at: int = 0  # which event of its case it is

    def __repr__(self) -> str:
        return f"<Seen {self.at}: step {self.step} on {day_text(self.day)}>"  # and nobody, and nothing that was said

    def is_in_track(self, other: "Seen") -> bool:
        """Whether both are of one track, which they name."""
        return self.of == other.of and self.of is not None

    def same_as(self, other: "Seen") -> bool:
        """Whether it says the same as another event."""
        return self[:-1] == other[:-1]


class State:
    """What is in force in one case. `held` has the events of each step, in order."""

    __slots__ = ("events", "held", "last", "late_comers", "mask", "sayers", "seen")

    def __init__(self, steps: int) -> None:
        self.held: list[tuple[Seen, ...]] = [()] * steps
        self.last: Seen | None = None
        self.seen: dict[str, Seen] = {}
        self.sayers: tuple[Seen, ...] = ()  # those in force that declare values
        self.mask = 0  # a bit for each step in force
        self.late_comers = 0  # how many events came after the end
        self.events = 0

    def copy(self) -> "State":
        """Another that may go on by itself."""
        new = State.__new__(State)
        new.held, new.last, new.seen = self.held.copy(), self.last, self.seen.copy()
        new.sayers, new.mask, new.late_comers, new.events = self.sayers, self.mask, self.late_comers, self.events
        return new

    def tracks(self, alike: Iterable[int]) -> dict[str, int]:
        """The steps in force as each track that was begun sees them, and last as a new one does."""
        others, found = self.mask, dict[str, int]()
        for step in alike:
            others &= ~(1 << step)
            for event in self.held[step]:
                if event.of is not None:
                    found[event.of] = found.get(event.of, 0) | 1 << step
        found[NEW_TRACK] = 0
        return {of: others | mask for of, mask in found.items()}

    def mask_in(self, of: str | None, alike: Iterable[int]) -> int:
        """The steps in force as a track sees them: of those that are alike, with tracks as it, only its own.

        Where no track is named that is none.
        """
        mask, held = self.mask, self.held
        for step in alike:
            for event in held[step]:
                if event.of == of and of is not None:
                    break
            else:
                mask &= ~(1 << step)
        return mask

    def value(self, name: str) -> Any:
        """The latest value in force that an event declared, or None."""
        for event in reversed(self.sayers):
            value = event.values.get(name)
            if value is not None:
                return value
        return None

    def holds(self, step: int) -> bool:
        """Whether a step is in force."""
        return bool(self.held[step])


class Now(NamedTuple):
    """A case with the event that is being judged: its own values go before."""

    state: State
    event: Seen

    def value(self, name: str) -> Any:
        """The value that the event says, else the latest in force."""
        value = self.event.values.get(name)
        return self.state.value(name) if value is None else value

    def holds(self, step: int) -> bool:
        """Whether a step is in force."""
        return bool(self.state.held[step])


def as_judged(state: State, event: Seen) -> State | Now:
    """A case as an event of it is judged: the case alone, where the event says nothing."""
    return Now(state, event) if event.values else state


Check = Callable[[State, Seen], Violation | None]


@frozen
class Effect:
    """What a step does: `always` clears these, `again` these when it is done once more."""

    always: tuple[int, ...] = ()
    again: tuple[int, ...] = ()


@frozen
class Plan:
    """A step at work: its checks by what they hang on, and its effect.

    The `simple` checks hang on nothing but which steps are in force, of steps with tracks in the track, so that masks
    answer them all at once: one of each of the `needed` masks is in force, and nothing of `forbidden`. The `standing`
    checks look at more of the state, the `personal` ones at who takes the step with which papers, which is `usual` in
    most events, and the `others` at the rest of the event; `chosen` gives those that hang on a condition.
    """

    name: str
    needed: tuple[int, ...]
    forbidden: int
    simple: tuple[Check, ...]
    standing: tuple[Check, ...]
    usual: Callable[[Seen], bool]
    personal: tuple[Check, ...]
    others: tuple[Check, ...]
    chosen: Callable[[State, Seen], tuple[Check, ...]] | None
    effect: Effect
    ends: int  # the mask of all steps that end the case
    tracks: str | None
    alike: frozenset[int] = frozenset()  # steps with the same kind of tracks

    def is_simple(self, mask: int) -> bool:
        """Whether all the simple checks pass, with these steps in force."""
        if mask & self.forbidden:
            return False
        for one in self.needed:  # noqa: SIM110  # the hottest loop there is
            if not mask & one:
                return False
        return True


def observe(plans: tuple[Plan, ...], state: State, event: Seen) -> list[Violation]:
    """Judge an event against the state, and let it take effect in it."""
    found: list[Violation] = []
    if event.id is not None:
        known = state.seen.get(event.id)
        if known is not None:
            return found if event.same_as(known) else [_whole(plans, event, "id_conflict", got=(event.id,))]
        state.seen[event.id] = event
    if event.step < 0:
        return [_whole(plans, event, "unknown_step", got=(shown_word(event.said),))]
    last = state.last
    if last is not None and event.day <= last.day and _is_earlier(event, last):
        found.append(_whole(plans, event, "time_reversed", (day_text(last.day),), (day_text(event.day),)))
    if event.wrong:
        found += [_whole(plans, event, "not_a_value", (name,)) for name in event.wrong]
    plan = plans[event.step]
    if not plan.is_simple(state.mask if plan.tracks is None else state.mask_in(event.of, plan.alike)):
        found += [violation for check in plan.simple if (violation := check(state, event)) is not None]
    for check in plan.standing:
        violation = check(state, event)
        if violation is not None:
            found.append(violation)
    if not plan.usual(event):
        found += [violation for check in plan.personal if (violation := check(state, event)) is not None]
    for check in plan.others if plan.chosen is None else plan.others + plan.chosen(state, event):
        violation = check(state, event)
        if violation is not None:
            found.append(violation)
    _take_effect(plan, state, event)
    return found


def _whole(
    plans: tuple[Plan, ...], event: Seen, kind: str, expected: tuple[str, ...] = (), got: tuple[str, ...] = ()
) -> Violation:
    """A violation of what holds of every event."""
    return Violation(kind, Rule(plans[event.step].name if event.step >= 0 else "", "events"), expected, got)


def _is_earlier(event: Seen, last: Seen) -> bool:
    if event.day != last.day or event.instant is None or last.instant is None:
        return event.day < last.day
    return event.instant < last.instant


def _take_effect(plan: Plan, state: State, event: Seen) -> None:
    held, step, effect = state.held, event.step, plan.effect
    is_redone = held[step] and effect.again and any(plan.tracks is None or e.is_in_track(event) for e in held[step])
    if effect.always:
        _clear(state, plan, effect.always, event)
    if is_redone:
        _clear(state, plan, effect.again, event)
    if state.mask & plan.ends:
        state.late_comers += 1
    held[step] += (event,)
    state.mask |= 1 << step
    state.last = event
    state.events += 1
    if event.values:
        state.sayers += (event,)


def _clear(state: State, plan: Plan, steps: tuple[int, ...], event: Seen) -> None:
    held, cleared = state.held, False
    for step in steps:
        if not held[step]:
            continue
        kept = tuple(e for e in held[step] if not e.is_in_track(event)) if step in plan.alike else ()
        cleared = cleared or len(kept) < len(held[step])
        held[step] = kept
        if not kept:
            state.mask &= ~(1 << step)
    if not cleared:
        return
    if not state.mask & plan.ends:
        state.late_comers = 0
    state.sayers = tuple(e for e in state.sayers if any(e is kept for kept in held[e.step]))


def day_text(day: int) -> str:
    """A day that is a number, as text."""
    return date.fromordinal(day).isoformat()
