"""Procedures (工作流程) as data: checked as a whole when a pack is loaded, and made into a table of checks.

`build_workflows` finds every mistake at once; `Workflow.on` gives the table with the parameters of a day and region,
in force for every case that was opened on that day.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import define, field, frozen

from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.expressions.nodes import Nodes
from fanpin.guards import Atom, Atoms
from fanpin.i18n import Label, Language, checked, current_language
from fanpin.parameters import ParameterTable, region_code
from fanpin.reach import never_before, unreachable
from fanpin.steps import LEVELS, Count, Demand, Every, Gap, Vocabulary, WorkflowSpec
from fanpin.table_of_checks import Table, table_of_checks
from fanpin.units import Unit
from fanpin.workdays import WorkCalendar, work_calendar

DAYS_KEPT = 4096


@frozen
class GapTexts:
    """A time with its checked lengths."""

    gap: Gap
    at_least: Atom | None
    at_most: Atom | None


@frozen
class Requirement:
    """A demand with its checked texts."""

    demand: Demand
    when: Atom | None
    gaps: tuple[GapTexts, ...]
    counts: tuple[tuple[Count, Atom], ...]
    holds: tuple[Atom, ...]

    def atoms(self) -> Iterator[Atom]:
        """Every text."""
        lengths = (text for gap in self.gaps for text in (gap.at_least, gap.at_most))
        yield from (a for a in (self.when, *lengths, *(a for _, a in self.counts), *self.holds) if a is not None)


@define(eq=False, slots=False, repr=False)
class Workflow:
    """A checked procedure. Immutable, and shared by threads."""

    spec: WorkflowSpec
    vocabulary: Vocabulary
    parameters: ParameterTable
    requirements: Mapping[str, tuple[Requirement, ...]]
    _tables: dict[tuple[Any, ...], Table] = field(factory=dict, init=False)
    _by_day: dict[tuple[date, str | None], Table] = field(factory=dict, init=False)

    def __repr__(self) -> str:
        return f"<Workflow {self.name}: {len(self.spec.steps)} steps>"

    @property
    def name(self) -> str:
        """Its name in the pack."""
        return self.spec.name

    @property
    def label(self) -> Label:
        """Its name for readers."""
        return self.spec.label

    def text(self, language: Language | None = None, *, on: date | None = None, region: str | None = None) -> str:
        """Each step with who, which papers, what before, when and by which source; of a day, with its parameters."""
        from fanpin.workflow_views import text_of

        return text_of(self, checked(language or current_language()), on, region)

    def diagram(self, language: Language | None = None) -> str:
        """The procedure as a Mermaid flowchart."""
        from fanpin.diagrams import diagram

        return diagram(self, checked(language or current_language()))

    def _repr_html_(self) -> str:
        from fanpin.workflow_views import html_of

        return html_of(self, current_language())

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where its days are counted."""
        return ZoneInfo(self.spec.zone)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each step."""
        return {name: number for number, name in enumerate(self.spec.steps)}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The steps by their numbers."""
        return tuple(self.spec.steps)

    @cached_property
    def parameters_read(self) -> tuple[str, ...]:
        """The parameters that it reads."""
        atoms = (atom for parts in self.requirements.values() for part in parts for atom in part.atoms())
        return tuple(dict.fromkeys(chain.from_iterable(atom.parameters for atom in atoms)))

    @cached_property
    def remarks(self) -> tuple[Problem, ...]:
        """What it may well say, but seldom means; see `fanpin.workflow_remarks`."""
        from fanpin.workflow_remarks import remarks

        return remarks(self)

    def calendar(self, region: str | None) -> WorkCalendar:
        """The working days of a region."""
        code = region_code(region)
        off = [d for d in self.vocabulary.days_off if code.startswith(region_code(d.region))]
        days = (date.fromordinal(n) for d in off for n in range(d.since.toordinal(), d.until.toordinal() + 1))
        return work_calendar(frozenset(days))

    def on(self, day: date, region: str | None = None) -> Table:
        """The checks for a case that is opened on a day. `MissingParameter` names every parameter without a value."""
        found = self._by_day.get((day, region))
        if found is None:
            values = self.parameters.in_force(self.parameters_read, day, region)
            calendar = self.calendar(region)
            key = (tuple(values.items()), calendar.days_off)
            if key not in self._tables:
                self._tables[key] = table_of_checks(self, values, calendar)
            if len(self._by_day) >= DAYS_KEPT:
                self._by_day.clear()
            found = self._by_day[day, region] = self._tables[key]
        return found


def procedure_of(known: Mapping[str, Workflow], name: str | None) -> Workflow:
    """The procedure that is meant: the one named, or the only one. `DataError` where that is not clear."""
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None:
        raise DataError(Problem("which-workflow", Place(), {"known": Label("、".join(known), ", ".join(known))}))
    if name not in known:
        details = {"name": name, "kind": Label("工作流程", "procedure")}
        raise DataError(Problem("unknown-name", Place(), details, did_you_mean(name, known)))
    return known[name]


def build_workflows(
    specs: Iterable[WorkflowSpec], vocabulary: Vocabulary, parameters: ParameterTable
) -> tuple[Mapping[str, Workflow], list[Problem]]:
    """The checked procedures of a pack, and every mistake in them."""
    built, problems = {}, []
    for spec in specs:
        builder = _Builder(spec, vocabulary, parameters)
        built[spec.name] = Workflow(spec, vocabulary, parameters, builder.requirements())
        problems += builder.problems
    return built, problems


@define
class _Builder:
    spec: WorkflowSpec
    vocabulary: Vocabulary
    parameters: ParameterTable
    problems: list[Problem] = field(factory=list)
    _atoms: Atoms = field(init=False)

    def __attrs_post_init__(self) -> None:
        values = {name: spec.type for name, spec in self.vocabulary.values.items()}
        self._atoms = Atoms(values, self.parameters.types(), self.spec.steps, Nodes(), self.problems)

    def requirements(self) -> Mapping[str, tuple[Requirement, ...]]:
        self._check_whole()
        found = {step.name: tuple(self._requirement(demand) for demand in step.demands)
                 for step in self.spec.steps.values()}  # fmt: skip
        if not self.problems:
            self._check_order()
        return found

    def _requirement(self, demand: Demand) -> Requirement:
        self._check_names(demand)
        truth = self._atoms.truth
        gaps = tuple(self._lengths(gap) for gap in demand.gaps)
        counts = [(count, self._atoms.number(count.at_least)) for count in demand.count]
        holds = [truth(text) for text in demand.holds]
        return Requirement(
            demand,
            None if demand.when is None else truth(demand.when),
            gaps,
            tuple((count, atom) for count, atom in counts if atom is not None),
            tuple(atom for atom in holds if atom is not None),
        )

    def _lengths(self, gap: Gap) -> GapTexts:
        unit = _MONTH if gap.days == "months" else _DAY
        texts = (None if text is None else self._atoms.number(text, unit) for text in (gap.at_least, gap.at_most))
        return GapTexts(gap, *texts)

    # Names

    def _check_whole(self) -> None:
        try:
            ZoneInfo(self.spec.zone)
        except (ZoneInfoNotFoundError, ValueError):
            self._note("unknown-zone", self.spec.place, name=self.spec.zone)
        self._check_taken(self.vocabulary.values, Label("填报值", "value of events"))
        self._check_taken(self.parameters.parameters, Label("参数", "parameter"))
        for alternatives in chain.from_iterable(self.spec.lines):
            self._steps(alternatives, self.spec.place)
        self._check_aliases()
        for step in self.spec.steps.values():
            back = () if step.back_to is None else (step.back_to,)
            self._steps((*step.clears, *back, *step.blocks, *step.until, *step.after), step.place)
            self._words(() if step.per is None else (step.per,), self.vocabulary.tracks, _TRACK, step.place)
            self._words(() if step.standing is None else (step.standing,), self.vocabulary.standings, _STANDING,
                        step.place)  # fmt: skip

    def _check_taken(self, names: Collection[str], other: Label) -> None:
        """A text can't tell a step from what else bears its name."""
        for name, step in self.spec.steps.items():
            if name in names:
                self._note("name-twice", step.place, name=name, kind=Label("环节", "step"), other=other)

    def _check_aliases(self) -> None:
        taken: dict[str, str] = {}
        for step in self.spec.steps.values():
            for word in dict.fromkeys((step.name, step.label.zh, step.label.en, *step.aliases)):
                other = taken.setdefault(word, step.name)
                if other != step.name:
                    self._note("alias-twice", step.place, word=word, name=step.name, other=other)

    def _check_names(self, demand: Demand) -> None:
        place, vocabulary = demand.place, self.vocabulary
        others = (*chain.from_iterable(demand.needs), *demand.right_after, *demand.other_person_than)
        self._steps((*others, *(c.of for c in demand.count), *chain.from_iterable(g.since for g in demand.gaps)), place)
        self._words(demand.by, vocabulary.roles, _ROLE, place)
        for levels in demand.by.values():
            self._words(levels, LEVELS, Label("层级", "level"), place)
        self._words(demand.evidence, vocabulary.papers, Label("材料", "paper"), place)
        self._words(demand.says, vocabulary.values, Label("填报值", "value of events"), place)
        for pair in demand.every:
            self._check_every(pair, place)

    def _check_every(self, pair: Every, place: Place) -> None:
        self._steps((pair.started, pair.ended), place)
        tracks = [self.spec.steps[n].per for n in (pair.started, pair.ended) if n in self.spec.steps]
        if len(tracks) == 2 and (None in tracks or len(set(tracks)) > 1):
            self._note("every-without-tracks", place, started=pair.started, ended=pair.ended)

    def _steps(self, names: Iterable[str], place: Place) -> None:
        self._words(names, self.spec.steps, Label("环节", "step"), place)

    def _words(self, names: Iterable[str], known: Collection[str], kind: Label, place: Place) -> None:
        for name in names:
            if name not in known:
                self.problems.append(
                    Problem("unknown-name", place, {"name": name, "kind": kind}, did_you_mean(name, known))
                )

    # Order

    def _check_order(self) -> None:
        for name in unreachable(self.spec):
            self._note("step-out-of-reach", self.spec.steps[name].place, name=name)
        for step, gap in never_before(self.spec):
            self._note(
                "clock-never-starts",
                self.spec.steps[step].place,
                name=step,
                since=", ".join(gap.since),
                gap=gap.label or gap.name,
            )

    def _note(self, code: str, place: Place, **details: object) -> None:
        self.problems.append(Problem(code, place, details))


_DAY, _MONTH = Unit.parse("day"), Unit.parse("month")
_ROLE, _TRACK, _STANDING = Label("角色", "role"), Label("分项", "track"), Label("户的状态", "standing")
