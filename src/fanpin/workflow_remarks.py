"""What a procedure may well say, but seldom means: steps that nothing waits for, blocks that nothing lifts.

A remark refuses nothing. `fanpin workflow check` and `fanpin pack check` show them.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from fanpin.errors import Place, Problem
from fanpin.guards import Atom
from fanpin.i18n import Label
from fanpin.parameters import ParameterTable
from fanpin.reach import in_lines, later_in_lines, unreachable
from fanpin.steps import Demand, Step, WorkflowSpec

if TYPE_CHECKING:
    from fanpin.workflow import GapTexts, Requirement, Workflow


def remarks(workflow: "Workflow") -> tuple[Problem, ...]:
    """The remarks on a procedure, step by step."""
    awaited = _awaited(workflow)
    said = {value for step in workflow.spec.steps.values() for demand in step.demands for value in demand.says}
    return tuple(problem for step in workflow.spec.steps.values() for problem in _of(workflow, step, awaited, said))


def _of(workflow: "Workflow", step: Step, awaited: set[str], said: set[str]) -> Iterator[Problem]:
    spec = workflow.spec
    if step.name not in awaited and not (step.optional or step.repeats or step.standing or _has_effect(step)):
        yield Problem("step-beside-lines", step.place, {"name": step.name})
    if step.blocks and not step.until and not _is_cleared(spec, step.name):
        yield Problem("blocks-for-good", step.place, {"name": step.name, "blocked": _list(step.blocks)})
    yield from _left_open(spec, step)
    for part in workflow.requirements[step.name]:
        if step.name in part.demand.other_person_than and not step.repeats:
            yield Problem("other-than-itself", part.demand.place, {"name": step.name})
        yield from _never_said(step, part, said)
        for texts in part.gaps:
            yield from _by_chance(spec, step, part, texts)
            yield from _of_no_day(workflow.parameters, step, part.demand, texts)


# Steps


def _awaited(workflow: "Workflow") -> set[str]:
    """The steps that stand in a line, or that some step or text looks at."""
    found = set(in_lines(workflow.spec))
    for step in workflow.spec.steps.values():
        found.update(step.until, step.after)
        for part in workflow.requirements[step.name]:
            demand = part.demand
            found.update(chain.from_iterable(demand.needs), demand.right_after, (count.of for count in demand.count))
            found.update(name for pair in demand.every for name in (pair.started, pair.ended))
            found.update(name for gap in demand.gaps for name in gap.since)
            found.update(name for atom in part.atoms() for name in atom.steps)
    return found


def _has_effect(step: Step) -> bool:
    """Whether it changes what may come, and so is no link that a line forgot."""
    return bool(step.ends or step.clears or step.back_to or step.blocks)


def _is_cleared(spec: WorkflowSpec, name: str) -> bool:
    backs = ((step.back_to, *later_in_lines(spec, step.back_to)) for step in spec.steps.values() if step.back_to)
    return any(name in cleared for cleared in chain((step.clears for step in spec.steps.values()), backs))


def _left_open(spec: WorkflowSpec, step: Step) -> Iterator[Problem]:
    """Steps of a line that are not blocked, between two that are."""
    for line in spec.lines:
        blocked = [at for at, places in enumerate(line) if set(places) & set(step.blocks)]
        between = chain.from_iterable(line[blocked[0] : blocked[-1]]) if blocked else ()
        left = [name for name in between if name not in step.blocks and not spec.steps[name].optional]
        if left:
            details = {"name": step.name, "blocked": _list(step.blocks), "left": _list(left)}
            yield Problem("block-with-a-hole", step.place, details)


# Conditions and times


def _never_said(step: Step, part: "Requirement", said: set[str]) -> Iterator[Problem]:
    """Conditions on values that no step demands: where nobody says them, they silently do not hold."""
    if part.when is not None:
        for value in part.when.values:
            if value not in said:
                details = {"name": step.name, "text": part.when.source.text, "value": value}
                yield Problem("value-never-asked", part.when.source.place(0, 0), details)


def _by_chance(spec: WorkflowSpec, step: Step, part: "Requirement", texts: "GapTexts") -> Iterator[Problem]:
    """Times since a step that may be left out, though it is none that comes or not by its nature."""
    since = texts.gap.since
    is_asked = part.when is not None and set(part.when.steps) & set(since)
    may_be_left_out = not any(
        name in in_lines(spec) or name == step.name or spec.steps[name].optional or _has_effect(spec.steps[name])
        for name in since
    )
    if may_be_left_out and not is_asked and step.name not in unreachable(spec, without=since):
        details = {"name": step.name, "gap": texts.gap.label or texts.gap.name, "since": _list(since)}
        yield Problem("clock-by-chance", part.demand.place, details)


def _of_no_day(parameters: ParameterTable, step: Step, demand: Demand, texts: "GapTexts") -> Iterator[Problem]:
    """Times of which the least is more than the most, at least on some day."""
    least, most = texts.at_least, texts.at_most
    if least is None or most is None or not (least.is_constant and most.is_constant):
        return
    for day, low, high in _lengths(parameters, least, most):
        if low > high:
            details = {"name": step.name, "gap": texts.gap.label or texts.gap.name,
                       "least": low, "most": high, "day": day.isoformat()}  # fmt: skip
            yield Problem("gap-of-no-day", _place(least, demand), details)
            return


def _lengths(parameters: ParameterTable, least: Atom, most: Atom) -> Iterator[tuple[date, int, int]]:
    """The lengths on each day and in each region in which what they read changes."""
    names = dict.fromkeys((*least.parameters, *most.parameters))
    regions: set[str | None] = {None, *parameters.regions(names)}
    days = sorted({day for name in names for day in parameters.changes(name)} or {date(2000, 1, 1)})
    for region, day in ((region, day) for region in sorted(regions, key=str) for day in days):
        if all(parameters.value(name, day, region) is not None for name in names):
            held = parameters.in_force(names, day, region)
            yield day, least.constant(held)[0], most.constant(held)[1]


def _place(atom: Atom, demand: Demand) -> Place:
    place = atom.source.place(0, 0)
    return place if place.line else demand.place


def _list(names: Iterable[str]) -> Label:
    found = tuple(names)
    return Label("、".join(found), ", ".join(found))
