"""A procedure with its parameters as a table of checks: what `observe` runs, live and over a log alike."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import Factory, define, frozen

from fanpin import checks
from fanpin.checks import Alternatives, Clock, Span
from fanpin.guards import Atom, Ends
from fanpin.observing import Check, Effect, Plan, Rule
from fanpin.reach import in_lines, later_in_lines, line_needs
from fanpin.steps import Gap, Step
from fanpin.workdays import WorkCalendar

if TYPE_CHECKING:
    from fanpin.workflow import Requirement, Workflow


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


def _both(a: By, b: By) -> By:
    """Who meets two demands; one that names nobody asks nothing."""
    if not a or not b:
        return a or b
    return {role: levels for role in a if role in b and (levels := tuple(x for x in a[role] if x in b[role]))}


@frozen
class Limits:
    """What a step offers and within which times it must come, for those who plan."""

    offer: Offer
    guarded: tuple[tuple[Ends, Offer], ...]  # what is asked besides, where a condition holds
    earliest: tuple[Span, ...]
    latest: tuple[Span, ...]
    has_deadline: bool  # whether somebody waits for it


@frozen
class Table:
    """The checks and effects of each step, by its number, and its limits."""

    plans: tuple[Plan, ...]
    limits: tuple[Limits, ...]
    after: Mapping[int, frozenset[int]]  # of a step that ends the case, those that may come after it
    calendar: WorkCalendar


def table_of_checks(workflow: "Workflow", parameters: Mapping[str, int], calendar: WorkCalendar) -> Table:
    """The table of a procedure with the parameters of a day."""
    maker = _Maker(workflow, parameters, calendar)
    steps = workflow.spec.steps.values()
    return Table(
        tuple(maker.plan(step) for step in steps),
        tuple(maker.limits(step) for step in steps),
        {workflow.numbers[step.name]: maker.may_follow(step) for step in steps if step.ends},
        calendar,
    )


@define
class _Maker:
    workflow: "Workflow"
    parameters: Mapping[str, int]
    calendar: WorkCalendar

    def plan(self, step: Step) -> Plan:
        """The checks of a step, those of the state first, and its effect."""
        parts = self.workflow.requirements[step.name]
        standing = [*self._of_lines(step)]
        of_events: list[Check] = []
        for part in parts:
            applies = self._bound(part.when)
            standing += [checks.guarded(check, applies) for check in self._standing(step, part)]
            of_events += [checks.guarded(check, applies) for check in self._of_event(step, part)]
            of_events += [span.early for _, span in self._spans(step, part, "at_least")]
            of_events += [span.late for _, span in self._spans(step, part, "at_most")]
        alike = frozenset() if step.per is None else self._with_tracks(step.per)
        return Plan(step.name, tuple(standing), (*standing, *of_events), self._effect(step), step.per, alike)

    def limits(self, step: Step) -> Limits:
        """What is asked of who takes a step, and when."""
        parts = self.workflow.requirements[step.name]
        offer, guarded = Offer(), []
        for part in parts:
            asked = Offer(part.demand.by, part.demand.evidence, part.demand.says)
            applies = self._bound(part.when)
            if applies is None:
                offer &= asked
            else:
                guarded.append((applies, asked))
        earliest = [span for part in parts for _, span in self._spans(step, part, "at_least")]
        latest = [span for part in parts for _, span in self._spans(step, part, "at_most")]
        return Limits(offer, tuple(guarded), tuple(earliest), tuple(latest), not step.optional)

    def may_follow(self, step: Step) -> frozenset[int]:
        """The steps that may come after one that ends the case: those named, and those that reopen it."""
        reopen = [other.name for other in self.workflow.spec.steps.values() if step.name in self._cleared(other)]
        return self._numbers((*step.after, *reopen))

    # Parts

    def _rule(self, step: Step, part: "Requirement | None", path: str, gap: Gap | None = None) -> Rule:
        demand = None if part is None else part.demand
        name = path if demand is None or not demand.name else f"also.{demand.name}.{path}"
        sources = [gap.source if gap else None, demand.source if demand else None, step.source]
        source = next((source for source in (*sources, self.workflow.spec.source) if source), None)
        return Rule(step.name, name, gap.label if gap else None, source, demand.place if demand else step.place)

    def _of_lines(self, step: Step) -> Iterator[Check]:
        """What holds by where the step stands: nothing after the end, not while blocked, once, and after the others."""
        spec, numbers = self.workflow.spec, self.workflow.numbers
        number = numbers[step.name]
        ends = {numbers[s.name]: s.name for s in spec.steps.values()
                if s.ends and number not in self.may_follow(s) and not (s is step and self._is_once(step))}  # fmt: skip
        if ends:
            yield checks.not_ended(self._rule(step, None, "ends"), ends)
        for other in spec.steps.values():
            if step.name in other.blocks:
                yield checks.not_blocked(self._rule(step, None, "blocks"), numbers[other.name], other.name)
        if self._is_once(step):
            yield checks.once(self._rule(step, None, "once"), number, step.per is not None)
        for names in line_needs(spec).get(step.name, ()):
            yield checks.needs(self._rule(step, None, "line"), self._one_of(step, names))

    def _is_once(self, step: Step) -> bool:
        return (step.once or step.ends or step.name in in_lines(self.workflow.spec)) and not step.repeats

    def _standing(self, step: Step, part: "Requirement") -> Iterator[Check]:
        demand, numbers, spec = part.demand, self.workflow.numbers, self.workflow.spec
        for names in demand.needs:
            yield checks.needs(self._rule(step, part, "needs"), self._one_of(step, names))
        if demand.right_after:
            one = self._one_of(step, demand.right_after)
            yield checks.right_after(self._rule(step, part, "right_after"), one, self.workflow.names)
        for count, atom in part.counts:
            rule, has_tracks = self._rule(step, part, "count"), spec.steps[count.of].per is not None
            yield checks.at_least(rule, numbers[count.of], count.of, has_tracks, self._ends(atom))
        for pair in demand.every:
            yield checks.every(
                self._rule(step, part, "every"),
                numbers[pair.started],
                numbers[pair.ended],
                (pair.started, pair.ended),
            )

    def _of_event(self, step: Step, part: "Requirement") -> Iterator[Check]:
        demand = part.demand
        if demand.by:
            yield checks.who(self._rule(step, part, "by"), demand.by)
        if demand.other_person_than:
            names = demand.other_person_than
            numbers = tuple(self.workflow.numbers[name] for name in names)
            yield checks.other_person(self._rule(step, part, "other_person_than"), numbers, names)
        if demand.evidence:
            yield checks.papers(self._rule(step, part, "evidence"), demand.evidence)
        if demand.says:
            yield checks.says(self._rule(step, part, "says"), demand.says)
        for atom in part.holds:
            yield checks.holds(self._rule(step, part, "holds"), atom.source.text, atom.values, self._ends(atom))

    def _spans(self, step: Step, part: "Requirement", side: str) -> Iterator[tuple[Gap, Span]]:
        applies = self._bound(part.when)
        for texts in part.gaps:
            atom = texts.at_least if side == "at_least" else texts.at_most
            if atom is not None:
                gap = texts.gap
                rule = self._rule(step, part, f"gaps.{gap.name}.{side}", gap)
                clock = Clock(gap.days, self.calendar)
                yield gap, Span(rule, self._one_of(step, gap.since), gap.which, clock, self._ends(atom), applies)

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
        return Effect(always, again, step.ends)

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
