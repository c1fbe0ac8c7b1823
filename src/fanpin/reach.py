"""Whether the steps of a procedure can be reached: what the check of a pack says before anybody walks into it."""

from collections.abc import Collection, Iterator, Mapping

from fanpin.steps import Count, Demand, Gap, Step, WorkflowSpec


def line_needs(spec: WorkflowSpec) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """What each step needs by the lines it stands in: one of those before it that are not optional."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in spec.lines:
        before: tuple[str, ...] = ()
        for alternatives in line:
            for name in alternatives:
                if before:
                    found.setdefault(name, []).append(before)
            if not all(spec.steps[name].optional for name in alternatives):
                before = alternatives
    return {name: tuple(dict.fromkeys(needs)) for name, needs in found.items()}


def later_in_lines(spec: WorkflowSpec, name: str) -> tuple[str, ...]:
    """The steps that follow one in the lines it stands in."""
    later: list[str] = []
    for line in spec.lines:
        places = [at for at, alternatives in enumerate(line) if name in alternatives]
        if places:
            later += [step for alternatives in line[places[0] + 1 :] for step in alternatives]
    return tuple(dict.fromkeys(step for step in later if step != name))


def instead_of(spec: WorkflowSpec, name: str) -> tuple[str, ...]:
    """The steps of which one will do in the places where a step stands, itself among them."""
    places = (alternatives for line in spec.lines for alternatives in line if name in alternatives)
    return tuple(dict.fromkeys((name, *(other for place in places for other in place))))


def foremost(spec: WorkflowSpec, steps: frozenset[str]) -> frozenset[str]:
    """Of some steps, those of lines that none of the others follows there."""
    return frozenset(name for name in steps & in_lines(spec) if not steps.intersection(later_in_lines(spec, name)))


def in_lines(spec: WorkflowSpec) -> frozenset[str]:
    """The steps that stand in some line."""
    return frozenset(name for line in spec.lines for alternatives in line for name in alternatives)


def unreachable(spec: WorkflowSpec, without: Collection[str] = ()) -> list[str]:
    """The steps that can never lawfully come, also because `without` some they can't."""
    lines = line_needs(spec)
    reached: set[str] = set()
    waiting = [step for step in spec.steps.values() if step.name not in without]
    while True:
        ready = [step for step in waiting if _is_ready(step, lines.get(step.name, ()), reached)]
        if not ready:
            return [step.name for step in waiting]
        reached |= {step.name for step in ready}
        waiting = [step for step in waiting if step.name not in reached]


def _is_ready(step: Step, needs: tuple[tuple[str, ...], ...], reached: set[str]) -> bool:
    always = [demand for demand in step.demands if demand.when is None]
    needed = [*needs, *(one for demand in always for one in _needed(demand))]
    return all(any(name in reached for name in one) for one in needed)


def _needed(demand: Demand) -> Iterator[tuple[str, ...]]:
    yield from demand.needs
    if demand.right_after:
        yield demand.right_after
    yield from ((count.of,) for count in demand.count if _is_some(count))


def _is_some(count: Count) -> bool:
    """Whether it is one at least; what is not written as a number may come to none."""
    text = count.at_least.text.strip()
    return text.isdecimal() and int(text) > 0


def never_before(spec: WorkflowSpec) -> Iterator[tuple[str, Gap]]:
    """Times whose clock only starts once the step is there that they are for."""
    for step in spec.steps.values():
        gaps = [gap for demand in step.demands for gap in demand.gaps if step.name not in gap.since]
        late = set(unreachable(spec, without=(step.name,))) if gaps else set()
        yield from ((step.name, gap) for gap in gaps if all(name in late for name in gap.since))
