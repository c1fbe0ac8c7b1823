"""A procedure with its parameters as a table of checks: what `observe` runs, live and over a log alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from attrs import Factory, define, field, frozen

from fanpin import checks
from fanpin.checks import Alternatives, Clock, Numbers, Span
from fanpin.guards import Atom, Ends, Known, Told, what_is_known, which_hold
from fanpin.i18n import Label
from fanpin.observing import Check, Effect, Plan, Rule, Seen, State, as_judged
from fanpin.reach import in_lines, instead_of, later_in_lines, line_needs
from fanpin.steps import Gap, Step
from fanpin.workdays import WorkCalendar

if TYPE_CHECKING:
    from fanpin.workflow import Requirement, Workflow


MASKS_KEPT = 4096
_SURE = Known(surely=True, possibly=True, unsaid=())
By = Mapping[str, tuple[str, ...]]


@frozen
class Offer:
    """What a step asks of somebody who would take it: who, with which papers, saying what."""

    by: By = Factory(dict)
    papers: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def __and__(self, other: "Offer") -> "Offer":
        """What meets both."""
        papers, says = dict.fromkeys((*self.papers, *other.papers)), dict.fromkeys((*self.says, *other.says))
        return Offer(_both(self.by, other.by), tuple(papers), tuple(says))

    def to(self, step: Step, unsaid: Iterable[str] = ()) -> "Allowed":
        """As an offer of a step, at any time, that hangs on what is unsaid."""
        asks = tuple(name for name in dict.fromkeys(unsaid) if name not in self.says)
        return Allowed(step.name, step.label, self.by, self.papers, self.says, asks)


def _both(a: By, b: By) -> By:
    """Who meets two demands; one that names nobody asks nothing. Where nobody meets both, no role has a level left."""
    if not a or not b:
        return a or b
    found = {role: levels for role in a if role in b and (levels := tuple(x for x in a[role] if x in b[role]))}
    return found or dict.fromkeys((*a, *b), ())


class Allowed(NamedTuple):
    """A step that may come next.

    Who may take it, `by` role with the levels; the papers and values it needs, and the values that it `asks` for: that
    nobody declared, and that decide whether its conditions hold or more is demanded. From which day, and until which
    day it is in time, where there are such limits. Of a step with tracks, the `tracks` that may take it within these
    times, and whether a new one may be begun.
    """

    step: str
    label: Label
    by: By
    evidence: tuple[str, ...]
    says: tuple[str, ...]
    asks: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    tracks: tuple[str, ...] = ()
    new_track: bool = False

    def is_open(self, on: date) -> bool:
        """Whether it may be taken on a day, or has to wait."""
        return self.earliest is None or self.earliest <= on


@frozen
class Limits:
    """What a step offers and within which times it must come, for those who plan."""

    offer: Callable[[Told], Allowed]  # what is asked, without times and tracks
    earliest: tuple[Span, ...]
    latest: tuple[Span, ...]
    has_deadline: bool  # whether somebody waits for it
    stops: tuple[int, ...]  # the steps that end the waiting: itself, and those that stand for it

    @property
    def has_no_times(self) -> bool:
        """Whether it may be taken at any time."""
        return not (self.earliest or self.latest)


@define(eq=False, slots=False)
class Table:
    """The checks and effects of each step, by its number, and its limits."""

    plans: tuple[Plan, ...]
    limits: tuple[Limits, ...]
    closed: tuple[int, ...]  # of each step, the mask of those that end the case for it
    _simple: dict[tuple[int, str | None], tuple[int, ...]] = field(factory=dict, init=False, repr=False)

    @cached_property
    def waited(self) -> tuple[tuple[int, Limits], ...]:
        """The steps that have a deadline, with their limits."""
        return tuple((n, limits) for n, limits in enumerate(self.limits) if limits.has_deadline and limits.latest)

    @cached_property
    def steady(self) -> tuple[Callable[[Told], Allowed] | None, ...]:
        """What each step offers, where its simple checks are all that is looked at, and it has no times."""
        return tuple(
            limits.offer if limits.has_no_times and not plan.standing else None
            for plan, limits in zip(self.plans, self.limits, strict=True)
        )

    @cached_property
    def tracks(self) -> Mapping[str, Numbers]:
        """The kinds of tracks, with the steps of each."""
        return {plan.tracks: tuple(sorted(plan.alike)) for plan in self.plans if plan.tracks is not None}

    def simple(self, mask: int, per: str | None = None) -> tuple[int, ...]:
        """The steps whose simple checks pass with these in force: those without tracks, or with one kind of them.

        Answers are kept: cases take few ways.
        """
        found = self._simple.get((mask, per))
        if found is None:
            if len(self._simple) >= MASKS_KEPT:
                self._simple.clear()
            found = tuple(n for n, plan in enumerate(self.plans) if plan.tracks == per and plan.is_simple(mask))
            self._simple[mask, per] = found
        return found


def table_of_checks(workflow: "Workflow", parameters: Mapping[str, int], calendar: WorkCalendar) -> Table:
    """The table of a procedure with the parameters of a day."""
    maker = _Maker(workflow, parameters, calendar)
    steps = workflow.spec.steps.values()
    return Table(
        tuple(maker.plan(step) for step in steps),
        tuple(maker.limits(step) for step in steps),
        tuple(maker.mask(maker.closing(step)) for step in steps),
    )


class Simple(NamedTuple):
    """A check that hangs on which steps are in force alone: one of `needed`, or none of `forbidden`."""

    check: Check
    needed: int = 0
    forbidden: int = 0


@define
class _Maker:
    workflow: "Workflow"
    parameters: Mapping[str, int]
    calendar: WorkCalendar

    def plan(self, step: Step) -> Plan:
        """The checks of a step, and its effect."""
        parts = self.workflow.requirements[step.name]
        found = [*self._of_lines(step)]
        personal, others = list[Check](), list[Check]()
        if step.per is not None:
            others.append(checks.track_named(self._rule(step, None, "per"), step.per))
        conditional: list[tuple[Atom, tuple[Check, ...]]] = []
        for part in parts:
            if part.when is None:
                found += self._standing(step, part)
                personal += self._personal(step, part)
                others += self._of_event(step, part)
            else:
                applies = self._ends(part.when)
                found += [checks.guarded(_check(check), applies) for check in self._standing(step, part)]
                conditional.append((part.when, (*self._personal(step, part), *self._of_event(step, part))))
            others += [span.early for span in self._spans(step, part, "at_least")]
            others += [span.late for span in self._spans(step, part, "at_most")]
        simple = [check for check in found if isinstance(check, Simple)]
        always = [part.demand for part in parts if part.when is None]
        return Plan(
            name=step.name,
            needed=tuple(check.needed for check in simple if check.needed),
            forbidden=_union(check.forbidden for check in simple),
            simple=tuple(check.check for check in simple),
            standing=tuple(check for check in found if not isinstance(check, Simple)),
            usual=checks.usual([d.by for d in always if d.by], chain.from_iterable(d.evidence for d in always)),
            personal=tuple(personal),
            others=tuple(others),
            chosen=self._chosen([(atom, found) for atom, found in conditional if found]),
            effect=self._effect(step),
            ends=self.mask(s.name for s in self.workflow.spec.steps.values() if s.ends),
            tracks=step.per,
            alike=frozenset() if step.per is None else self._with_tracks(step.per),
        )

    def limits(self, step: Step) -> Limits:
        """What is asked of who takes a step, and when."""
        parts = self.workflow.requirements[step.name]
        earliest = [span for part in parts for span in self._spans(step, part, "at_least")]
        latest = [span for part in parts for span in self._spans(step, part, "at_most")]
        return Limits(
            self._offer(step, parts),
            tuple(earliest),
            tuple(latest),
            not step.optional,
            tuple(self.workflow.numbers[name] for name in instead_of(self.workflow.spec, step.name)),
        )

    def _offer(self, step: Step, parts: Iterable["Requirement"]) -> Callable[[Told], Allowed]:
        atoms = [atom for part in parts for atom in (part.when, *part.holds) if atom is not None]

        def answer(found: list[Known]) -> Allowed:
            offer, unsaid, rest = Offer(), list[str](), iter(found)
            for part in parts:
                when = _SURE if part.when is None else next(rest)
                holds = [next(rest) for _ in part.holds]
                if when.surely:
                    offer &= Offer(part.demand.by, part.demand.evidence, part.demand.says)
                if when.possibly:
                    unsaid += chain(when.unsaid, *(known.unsaid for known in holds))
            return offer.to(step, unsaid)

        if atoms:
            return what_is_known(atoms, self.parameters, self.workflow.numbers, answer)
        plain = answer([])
        return lambda _: plain

    def closing(self, step: Step) -> tuple[str, ...]:
        """The steps that end the case for one: all but those that name it, and that it clears and so reopens."""
        ends = [other for other in self.workflow.spec.steps.values() if other.ends]
        cleared = self._cleared(step)
        return tuple(
            other.name for other in ends
            if step.name not in other.after
            and other.name not in cleared
            and not (other is step and self._is_once(step))
        )  # fmt: skip

    def mask(self, names: Iterable[str]) -> int:
        """A bit for each of these steps."""
        return _union(1 << self.workflow.numbers[name] for name in names)

    def _chosen(
        self, conditional: list[tuple[Atom, tuple[Check, ...]]]
    ) -> Callable[[State, Seen], tuple[Check, ...]] | None:
        """The checks of which the conditions surely hold."""
        if not conditional:
            return None
        groups = [found for _, found in conditional]

        def answer(holding: list[bool]) -> tuple[Check, ...]:
            return tuple(check for holds, found in zip(holding, groups, strict=True) if holds for check in found)

        chosen = which_hold([atom for atom, _ in conditional], self.parameters, self.workflow.numbers, answer)
        return lambda state, event: chosen(as_judged(state, event))

    # Parts

    def _rule(self, step: Step, part: "Requirement | None", path: str, gap: Gap | None = None) -> Rule:
        demand = None if part is None else part.demand
        name = path if demand is None or not demand.name else f"also.{demand.name}.{path}"
        # The procedure's own source is no ground: a step that a pack inherits may not stand in it.
        sources = (gap.source if gap else None, demand.source if demand else None, step.source)
        source = next((source for source in sources if source), None)
        return Rule(step.name, name, gap.label if gap else None, source, demand.place if demand else step.place)

    def _of_lines(self, step: Step) -> Iterator[Check | Simple]:
        """What holds by where the step stands: nothing after the end, not while blocked, once, and after the others."""
        spec, numbers = self.workflow.spec, self.workflow.numbers
        if ends := self.closing(step):
            check = checks.not_ended(self._rule(step, None, "ends"), {numbers[name]: name for name in ends})
            yield Simple(check, forbidden=self.mask(ends)) if self._has_other_tracks(step, ends) else check
        for other in spec.steps.values():
            if step.name in other.blocks:
                one = self._one_of(step, (other.name,))
                check = checks.not_blocked(self._rule(step, None, "blocks"), one)
                yield Simple(check, forbidden=self.mask([other.name]))
        if self._is_once(step):
            check = checks.once(self._rule(step, None, "once"), numbers[step.name], step.per is not None)
            yield Simple(check, forbidden=self.mask([step.name]))
        for names in line_needs(spec).get(step.name, ()):
            yield self._needs(step, self._rule(step, None, "line"), names)

    def _needs(self, step: Step, rule: Rule, names: tuple[str, ...]) -> Simple:
        return Simple(checks.needs(rule, self._one_of(step, names)), needed=self.mask(names))

    def _is_once(self, step: Step) -> bool:
        return (step.once or step.ends or step.name in in_lines(self.workflow.spec)) and not step.repeats

    def _standing(self, step: Step, part: "Requirement") -> Iterator[Check | Simple]:
        demand, numbers, spec = part.demand, self.workflow.numbers, self.workflow.spec
        for names in demand.needs:
            yield self._needs(step, self._rule(step, part, "needs"), names)
        if demand.right_after:
            one = self._one_of(step, demand.right_after)
            yield checks.right_after(self._rule(step, part, "right_after"), one, self.workflow.names)
        for count, atom in part.counts:
            rule, has_tracks = self._rule(step, part, "count"), spec.steps[count.of].per is not None
            yield checks.at_least(rule, numbers[count.of], count.of, has_tracks, self._ends(atom))
        for atom in (atom for atom in part.holds if not atom.values):
            check = checks.holds(self._rule(step, part, "holds"), atom.source.text, (), self._ends(atom))
            yield self._simplest(step, check, atom)
        for pair in demand.every:
            yield checks.every(
                self._rule(step, part, "every"),
                numbers[pair.started],
                numbers[pair.ended],
                (pair.started, pair.ended),
            )

    def _simplest(self, step: Step, check: Check, atom: Atom) -> Check | Simple:
        """A condition as a mask, where it reads one step and no more."""
        if len(atom.steps) == 1 and self._has_other_tracks(step, atom.steps):
            with_it, without = (atom.surely_holds({atom.steps[0]: came}, self.parameters) for came in (True, False))
            if with_it != without:
                mask = self.mask(atom.steps)
                return Simple(check, needed=mask) if with_it else Simple(check, forbidden=mask)
        return check

    def _has_other_tracks(self, step: Step, names: Iterable[str]) -> bool:
        """Whether a step sees the same of these in each of its tracks."""
        return step.per is None or all(self.workflow.spec.steps[name].per != step.per for name in names)

    def _personal(self, step: Step, part: "Requirement") -> Iterator[Check]:
        demand = part.demand
        if demand.by:
            yield checks.named(self._rule(step, part, "by"), demand.by)
            yield checks.who(self._rule(step, part, "by"), demand.by, self.workflow.vocabulary.roles)
        if demand.evidence:
            yield checks.papers(self._rule(step, part, "evidence"), demand.evidence)

    def _of_event(self, step: Step, part: "Requirement") -> Iterator[Check]:
        demand = part.demand
        if demand.other_person_than:
            others = self._one_of(step, demand.other_person_than)
            yield checks.other_person(self._rule(step, part, "other_person_than"), others, self.workflow.names)
        if demand.says:
            yield checks.says(self._rule(step, part, "says"), demand.says)
        for atom in (atom for atom in part.holds if atom.values):
            yield checks.holds(self._rule(step, part, "holds"), atom.source.text, atom.values, self._ends(atom))

    def _spans(self, step: Step, part: "Requirement", side: str) -> Iterator[Span]:
        applies = self._bound(part.when)
        for texts in part.gaps:
            atom = texts.at_least if side == "at_least" else texts.at_most
            if atom is not None:
                gap = texts.gap
                rule = self._rule(step, part, f"gaps.{gap.name}.{side}", gap)
                clock = Clock(gap.days, self.calendar)
                since, length = self._one_of(step, gap.since), self._ends(atom)
                is_plain = gap.days == "calendar" and atom.is_constant
                days = atom.constant(self.parameters)[0] if is_plain else None
                yield Span(rule, since, gap.which, clock, length, applies, days)

    def _one_of(self, step: Step, names: tuple[str, ...]) -> Alternatives:
        numbers = tuple(self.workflow.numbers[name] for name in names)
        alike = frozenset() if step.per is None else self._with_tracks(step.per) & frozenset(numbers)
        return Alternatives(numbers, names, alike)

    def _with_tracks(self, per: str) -> frozenset[int]:
        return self._numbers(step.name for step in self.workflow.spec.steps.values() if step.per == per)

    def _numbers(self, names: Iterable[str]) -> frozenset[int]:
        return frozenset(self.workflow.numbers[name] for name in names)

    # Effects

    def _effect(self, step: Step) -> Effect:
        always = tuple(sorted(self._numbers(self._cleared(step))))
        later = later_in_lines(self.workflow.spec, step.name)
        again = () if step.repeats else tuple(sorted(self._numbers(later)))
        return Effect(always, again)

    def _cleared(self, step: Step) -> tuple[str, ...]:
        """What a step clears: what it says, what it goes back to with all that follows, and what it lifts."""
        spec = self.workflow.spec
        back = () if step.back_to is None else (step.back_to, *later_in_lines(spec, step.back_to))
        lifted = tuple(other.name for other in spec.steps.values() if step.name in other.until)
        return tuple(dict.fromkeys((*step.clears, *back, *lifted)))

    # Texts

    def _bound(self, atom: Atom | None) -> Ends | None:
        return None if atom is None else self._ends(atom)

    def _ends(self, atom: Atom) -> Ends:
        if atom.is_constant:
            found = atom.constant(self.parameters)
            return lambda _: found
        return atom.bind(self.parameters, self.workflow.numbers)


def _check(check: Check | Simple) -> Check:
    return check.check if isinstance(check, Simple) else check


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
