"""A case (办件) in an app: immutable, and derived from its events alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal, Protocol

from attrs import Factory, field, frozen
from pydantic import BaseModel, ConfigDict, Field

from fanpin.checks import Clock, Span
from fanpin.deadlines import Deadline, in_order, open_deadlines
from fanpin.errors import DataError, FanpinError, PackError, Place, Problem, did_you_mean
from fanpin.event_words import EventWords, day_of, given, words_of
from fanpin.events import Event
from fanpin.i18n import Label, Language, checked, current_language, same
from fanpin.masks import shown_word
from fanpin.observing import NEW_TRACK, Plan, Seen, State, Violation, observe
from fanpin.reach import foremost
from fanpin.records import shown_id
from fanpin.table_of_checks import Allowed, Limits, Table
from fanpin.telling import reason, told
from fanpin.workflow import Workflow

_NO_TRACK: tuple[str | None, ...] = (None,)


class HasWorkflows(Protocol):
    """What a case needs of a pack."""

    @property
    def name(self) -> str:
        """The pack's name."""

    @property
    def hash(self) -> str:
        """The hash of its content."""

    @property
    def region(self) -> str | None:
        """The region of households that name none."""

    @property
    def workflows(self) -> Mapping[str, Workflow]:
        """Its procedures."""


class StepRefused(FanpinError):
    """A step was not recorded; every reason is named at once: in `violations` as data, and in `problems`."""

    def __init__(self, violations: Iterable[Violation], workflow: Workflow) -> None:
        self.violations = tuple(violations)
        self._workflow = workflow
        super().__init__(*(told(violation, workflow) for violation in self.violations))

    def text(self, language: Language | None = None) -> str:
        """Every reason: what is wrong, what would make it right, and the source of the rule."""
        language = language or current_language()
        return "\n".join(reason(violation, self._workflow, language) for violation in self.violations)


@frozen
class Entry:
    """One line of a case's timeline: an event, its step, what was not right with it, and whether it is in force."""

    event: Event
    step: str | None  # as the procedure names it; None where it has no such step
    label: Label
    violations: tuple[Violation, ...]
    in_force: bool


class CaseRecord(BaseModel):
    """A case as data: what is stored and sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    version: Literal[1]
    pack: str
    pack_hash: str
    workflow: str
    id: str = Field(repr=False)
    household: str | None = Field(None, repr=False)
    region: str | None = None
    events: tuple[Event, ...] = ()


@frozen(repr=False, eq=False)
class Case:
    """One run of one procedure for one household; open it with `Case.open`.

    `observe` takes any event and says what was wrong with it; `record` refuses an event that breaks the procedure. Both
    give the next case, and leave this one as it is.
    """

    pack: HasWorkflows
    workflow: Workflow
    id: str
    household: str | None = None
    region: str | None = None
    events: tuple[Event, ...] = ()
    violations: tuple[tuple[int, Violation], ...] = ()  # by the number of the event
    _words: EventWords = field(init=False, default=Factory(lambda self: words_of(self.workflow), takes_self=True))
    _state: State = field(
        default=Factory(lambda self: State(len(self.workflow.names)), takes_self=True), alias="_state"
    )
    _table: Table | None = field(default=None, alias="_table")

    @classmethod
    def open(
        cls, workflow: str, *, pack: HasWorkflows, id: str, household: str | None = None, region: str | None = None
    ) -> "Case":
        """A case of one of the pack's procedures, before its first event. `PackError` where there is no such one.

        `id` and `household` are texts, as they are stored and sent.
        """
        if isinstance(pack, str):
            raise TypeError("`pack` is a pack as load_pack gives it, not a name")
        given("id", id, str)
        if household is not None:
            given("household", household, str)
        if workflow not in pack.workflows:
            details = {"name": workflow, "kind": Label("工作流程", "procedure")}
            raise PackError(Problem("unknown-name", Place(), details, did_you_mean(workflow, pack.workflows)))
        return cls(pack, pack.workflows[workflow], id, household, region or pack.region)

    @classmethod
    def from_json(cls, text: str | bytes, *, pack: HasWorkflows) -> "Case":
        """A case from what `to_json` wrote; its state is worked out of its events again, by the pack that is given."""
        record = CaseRecord.model_validate_json(text)
        case = cls.open(record.workflow, pack=pack, id=record.id, household=record.household, region=record.region)
        for event in record.events:
            case, _ = case.observe(event)
        return case

    def to_record(self) -> CaseRecord:
        """The case as data."""
        return CaseRecord(
            version=1,
            pack=self.pack.name,
            pack_hash=self.pack.hash,
            workflow=self.workflow.name,
            id=self.id,
            household=self.household,
            region=self.region,
            events=self.events,
        )

    def to_json(self) -> str:
        """The case as JSON, with a version."""
        return self.to_record().model_dump_json(exclude_defaults=True, round_trip=True)

    def observe(self, event: Event) -> "tuple[Case, tuple[Violation, ...]]":
        """The case after an event, lawful or not, and what was wrong with it."""
        state = self._state.copy()
        seen = event.seen(self._words, len(self.events))
        table = self._table
        if table is None or not state.events:
            table = self.workflow.on(date.fromordinal(seen.day), self.region)
        known = None if seen.id is None else state.seen.get(seen.id)
        if known is not None and seen.same_as(known):
            return self, ()
        found = tuple(observe(table.plans, state, seen))
        number = len(self.events)
        violations = self.violations + tuple((number, violation) for violation in found) if found else self.violations
        case = Case(self.pack, self.workflow, self.id, self.household, self.region, (*self.events, event), violations,
                    state, table)  # fmt: skip
        return case, found

    def record(self, event: Event) -> "Case":
        """The case with a lawful event; what is only late is taken, and noted. `StepRefused` names every reason."""
        case, found = self.observe(event)
        refusing = [violation for violation in found if violation.refusing]
        if refusing:
            raise StepRefused(refusing, self.workflow)
        return case

    # What is in force

    def holds(self, step: str) -> bool:
        """Whether a step is in force: it came, and was not cleared since."""
        return self._state.holds(self.workflow.numbers[step])

    def value(self, name: str) -> Any:
        """The latest value in force that an event declared, or None. KeyError where the pack has no such value."""
        if name not in self.workflow.vocabulary.values:
            raise KeyError(name)
        return self._state.value(name)

    @property
    def declared(self) -> Mapping[str | None, Mapping[str, Any]]:
        """The latest values in force by the track in which they were declared; under None those of no track."""
        found: dict[str | None, dict[str, Any]] = {}
        steps = tuple(self.workflow.spec.steps.values())
        for seen in self._state.sayers:
            found.setdefault(None if steps[seen.step].per is None else seen.of, {}).update(seen.values)
        return found

    @property
    def opened(self) -> date | None:
        """The day of its first event that took effect: its parameters are those of that day."""
        first = next((event for event in self.events if self._words.step(event.step) >= 0), None)
        return None if first is None else day_of(first.at, self.workflow.zone)

    @property
    def ended(self) -> str | None:
        """The step that ended the case, or None while it is open."""
        return _ended(self.workflow, self._state)

    @property
    def is_open(self) -> bool:
        """Whether no step has ended it."""
        return self.ended is None

    @property
    def at(self) -> str | None:
        """The step at which it stands: the one that ended it, else the furthest in force in its line.

        Where several lines run side by side it is that of the latest, and where none has begun the latest step in
        force; None before there is one. An earlier step of a line done once more, as a second clue, moves nothing.
        """
        return stands_at(self.workflow, self._state)

    @property
    def last(self) -> Event | None:
        """The latest event, or None."""
        return self.events[-1] if self.events else None

    def _content(self) -> tuple[object, ...]:
        return self.pack.hash, self.workflow.name, self.id, self.household, self.region, self.events

    def __eq__(self, other: object) -> bool:
        """Whether it is of the same pack and says the same."""
        return self._content() == other._content() if isinstance(other, Case) else NotImplemented

    def __hash__(self) -> int:
        return hash((*self._content()[:-1], len(self.events)))

    def __repr__(self) -> str:
        where = f"{'at' if self.is_open else 'ended by'} {self.at or 'no step yet'}"
        return f"<Case {self.workflow.name}, {len(self.events)} events, {where}>"

    # What comes next

    def allowed(self, on: date) -> tuple[Allowed, ...]:
        """The steps that may come next: those of which only time is missing have an `earliest` day after `on`."""
        given("on", on, date)
        table = self._table or self.workflow.on(on, self.region)
        state, day = self._state, on.toordinal()
        ways: dict[int, tuple[str | None, ...]] = dict.fromkeys(table.simple(state.mask), _NO_TRACK)
        for per, alike in table.tracks.items():
            for of, mask in state.tracks(alike).items():
                for number in table.simple(mask, per):
                    ways[number] = (*ways.get(number, ()), of)
        found: list[Allowed] = []
        for number, tracks in sorted(ways.items()):
            offer = table.steady[number]
            if offer is not None:
                found.append(offer(state) if tracks is _NO_TRACK else _to(offer(state), tracks))
            else:
                found += self._offers(table.plans[number], table.limits[number], Seen(number, day), tracks)
        return tuple(found)

    def _offers(self, plan: Plan, limits: Limits, event: Seen, tracks: tuple[str | None, ...]) -> Iterable[Allowed]:
        """What a step offers: of its tracks, those that may take it within the same times together."""
        offers: dict[tuple[date | None, date | None], tuple[Allowed, list[str | None]]] = {}
        for of in tracks:
            in_track = event if of is None else event._replace(of=of)
            if _passes(plan, self._state, in_track):
                offer = self._offer(limits, in_track)
                offers.setdefault((offer.earliest, offer.latest), (offer, []))[1].append(of)
        return [_to(offer, to) for offer, to in offers.values()]

    def _offer(self, limits: Limits, event: Seen) -> Allowed:
        state = self._state
        offer = limits.offer(state)
        if limits.has_no_times:
            return offer
        earliest = max(_ends(limits.earliest, state, event, Clock.due_at_earliest, 0), default=None)
        latest = min(_ends(limits.latest, state, event, Clock.due, 1), default=None)
        return Allowed(*offer[:6], earliest, latest)

    def deadlines(self, on: date) -> tuple[Deadline, ...]:
        """The deadlines that run on a day, those that end first first."""
        given("on", on, date)
        if self._table is None:
            return ()
        return tuple(in_order(open_deadlines(self._table, self._state, on.toordinal(), self.workflow.spec.due_soon)))

    # What was

    def timeline(self) -> tuple[Entry, ...]:
        """Every event in order, with what was wrong with it and whether it is still in force."""
        wrong: dict[int, list[Violation]] = {}
        for number, violation in self.violations:
            wrong.setdefault(number, []).append(violation)
        in_force = {seen.at for events in self._state.held for seen in events}
        return tuple(
            Entry(event, *self._step(event), tuple(wrong.get(number, ())), number in in_force)
            for number, event in enumerate(self.events)
        )

    def _step(self, event: Event) -> tuple[str | None, Label]:
        number = self._words.step(event.step)
        name = None if number < 0 else self.workflow.names[number]
        return name, same(shown_word(event.step)) if name is None else self.workflow.spec.steps[name].label

    def text(self, language: Language | None = None, *, on: date | None = None) -> str:
        """What happened, what may come next on a day (by default that of the last event), and until when."""
        from fanpin.case_views import text_of

        return text_of(self, checked(language or current_language()), on)

    def diagram(self, language: Language | None = None, *, on: date | None = None) -> str:
        """The procedure as a Mermaid flowchart with the case's place in it, on a day as in `text`."""
        from fanpin.case_views import diagram_of

        return diagram_of(self, checked(language or current_language()), on)

    def _repr_html_(self) -> str:
        from fanpin.case_views import html_of

        return html_of(self, current_language())


def stands_at(workflow: Workflow, state: State) -> str | None:
    """The step at which a case stands; see `Case.at`."""
    came = {name: events[-1].at for name, events in zip(workflow.names, state.held, strict=True) if events}
    furthest = _furthest(workflow, frozenset(came)) or came
    return _ended(workflow, state) or max(furthest, key=came.__getitem__, default=None)


@lru_cache(maxsize=4096)
def _furthest(workflow: Workflow, came: frozenset[str]) -> frozenset[str]:
    """As `foremost`, which the cases of a log ask of few sets of steps."""
    return foremost(workflow.spec, came)


def _ended(workflow: Workflow, state: State) -> str | None:
    steps = workflow.spec.steps.items()
    return next((name for name, step in steps if step.ends and state.holds(workflow.numbers[name])), None)


def _to(offer: Allowed, tracks: Sequence[str | None]) -> Allowed:
    """The offer made to these tracks."""
    if tracks[0] is None:  # of a step without any
        return offer
    begun = tuple([of for of in tracks if of != NEW_TRACK and of is not None])
    return Allowed(*offer[:8], begun, len(begun) < len(tracks))


def _passes(plan: Plan, state: State, event: Seen) -> bool:
    """Whether the checks pass that look at the state, its simple ones aside."""
    for check in plan.standing:  # noqa: SIM110  # a form waits for it
        if check(state, event) is not None:
            return False
    return True


def _ends(
    spans: Iterable[Span], state: State, event: Seen, due: Callable[[Clock, int, int], date | None], end: int
) -> Iterator[date]:
    """The days on which the times end that surely apply, taken at their least or at their most."""
    for span in spans:
        events = span.since.of(state, event)
        if events and (span.applies is None or span.applies(state)[0]):
            day = due(span.clock, span.start(events).day, span.length(state)[end])
            if day is not None:
                yield day


# ── standing ───────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Standing:
    """What a household is, by its cases: since when, by which case and step, and the values last declared."""

    name: str
    label: Label
    since: date
    case: str = field(repr=shown_id)
    step: str
    values: Mapping[str, Any] = field(factory=dict, repr=False)  # a reason may name somebody


def standing(cases: Iterable[Case]) -> Standing | None:
    """What the cases of one household come to: the latest that the last step in force of a case gives.

    None where no step gave one. Those of one day go by the order of the cases. `DataError` where they name several
    households; one that names none goes with any.
    """
    listed = list(cases)
    if len({case.household for case in listed} - {None}) > 1:
        raise DataError(Problem("cases-of-several-households", Place()))
    latest: Standing | None = None
    for case in listed:
        seen = _last_with_standing(case)
        if seen is not None and (latest is None or date.fromordinal(seen.day) >= latest.since):
            latest = _standing(case, seen)
    return latest


def _last_with_standing(case: Case) -> Seen | None:
    steps = case.workflow.spec.steps.values()
    held = (seen for step, events in zip(steps, case._state.held, strict=True) if step.standing for seen in events)
    return max(held, key=lambda seen: seen.at, default=None)


def _standing(case: Case, seen: Seen) -> Standing:
    step = case.workflow.spec.steps[case.workflow.names[seen.step]]
    assert step.standing is not None
    label = case.workflow.vocabulary.standings[step.standing].label
    values = {name: case.value(name) for name in case.workflow.vocabulary.values}
    return Standing(step.standing, label, date.fromordinal(seen.day), case.id, step.name,
                    {name: value for name, value in values.items() if value is not None})  # fmt: skip
