"""A procedure as a Mermaid diagram: text that Markdown pages, notebooks and mermaid.js draw."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from fanpin.i18n import Label, Language
from fanpin.reach import in_lines
from fanpin.step_words import as_read, in_words
from fanpin.steps import Step, WorkflowSpec

if TYPE_CHECKING:
    from fanpin.workflow import Workflow

CLASSES: Mapping[str, str] = {
    "optional": "stroke-dasharray:3 3",
    "next": "fill:#fff2cc,stroke:#bf9000,color:#000",
    "waiting": "fill:#fff2cc,stroke:#bf9000,color:#000,stroke-dasharray:6 3",
    "done": "fill:#d9ead3,stroke:#38761d,color:#000",
    "last": "stroke-width:4px",
    "wrong": "stroke:#cc0000,stroke-width:3px",
}
_CLEARS = Label("不再有效", "no longer in force")
_BLOCKS = Label("了结前不能办", "blocks")
_LIFTS = Label("了结", "settles")
_AT_ANY_TIME = Label("随时可办", "at any time")
_SHAPES = {"ends": ('(["', '"])'), "tracks": ('[["', '"]]'), "line": ('["', '"]'), "side": ('("', '")')}


@frozen
class Mark:
    """What a case says of a step: classes of the diagram, and lines below its label."""

    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def diagram(workflow: "Workflow", language: Language, marks: Mapping[str, Mark] | None = None) -> str:
    """The flowchart. Whole arrows are the order of steps, broken ones what a step does to others."""
    return "\n".join(_Drawing(workflow, language, marks or {}).lines()) + "\n"


@define
class _Drawing:
    workflow: "Workflow"
    language: Language
    marks: Mapping[str, Mark]
    ways: dict[str, list[str]] = field(factory=dict)  # the whole arrows, by where they begin

    @property
    def spec(self) -> WorkflowSpec:
        return self.workflow.spec

    def lines(self) -> Iterator[str]:
        yield "flowchart TD"
        spine, sides = list(self._spine()), list(self._sides())
        effects = list(self._effects())
        drawn = {name for _, *ends in (*spine, *sides) for name in ends}
        loose = [step for step in self.spec.steps.values() if step.name not in drawn]
        for step in as_read(self.spec):
            if step.name in drawn:
                yield f"    {self._node(step)}"
        if loose:
            yield f'    subgraph anytime ["{_plain(_AT_ANY_TIME.text(self.language))}"]'
            yield from (f"        {self._node(step)}" for step in loose)
            yield "    end"
        for arrow, start, end in (*spine, *sides, *effects):
            yield f"    step_{start} {arrow} step_{end}"
        yield from self._classes()

    def _node(self, step: Step) -> str:
        mark = self.marks.get(step.name, Mark())
        notes = list(mark.notes)
        if step.per is not None:
            track = self.workflow.vocabulary.tracks[step.per].label
            notes.insert(0, Label("（每项{track}）", "(each {track})").say(self.language, track=track))
        place = "line" if step.name in in_lines(self.spec) else "side"
        shape = "ends" if step.ends else "tracks" if step.per else place
        before, after = _SHAPES[shape]
        return f"step_{step.name}{before}{'<br>'.join(map(_plain, (step.label.text(self.language), *notes)))}{after}"

    # Arrows

    def _spine(self) -> Iterator[tuple[str, str, str]]:
        """The lines: each step after those before it, and after the optional ones that may come between."""
        for line in self.spec.lines:
            before: tuple[str, ...] = ()
            between: tuple[str, ...] = ()
            for place in line:
                for name in place:
                    yield from self._after((*before, *between), name)
                if all(self.spec.steps[name].optional for name in place):
                    between += place
                else:
                    before, between = place, ()

    def _after(self, before: Iterable[str], name: str, label: Label | None = None) -> Iterator[tuple[str, str, str]]:
        for start in before:
            ways = self.ways.setdefault(start, [])
            if name not in ways and start != name:
                ways.append(name)
                yield ("-->" if label is None else f'-->|"{_plain(label.text(self.language))}"|'), start, name

    def _sides(self) -> Iterator[tuple[str, str, str]]:
        """What steps need beside their line, save what comes before them anyway."""
        for name, parts in self.workflow.requirements.items():
            for part in parts:
                label = None if part.when is None else in_words(part.when.tree, self.workflow)
                demand = part.demand
                groups = [*((pair.ended,) for pair in demand.every), *((count.of,) for count in demand.count)]
                for group in (*groups, *demand.needs, demand.right_after):
                    if not any(self._leads(start, name) for start in group):
                        yield from self._after(group, name, label)

    def _leads(self, start: str, end: str) -> bool:
        """Whether whole arrows lead from one step to another."""
        seen, left = {start}, [start]
        while left:
            for name in self.ways.get(left.pop(), ()):
                if name == end:
                    return True
                if name not in seen:
                    seen.add(name)
                    left.append(name)
        return False

    def _effects(self) -> Iterator[tuple[str, str, str]]:
        for step in self.spec.steps.values():
            cleared = (*step.clears, *(() if step.back_to is None else (step.back_to,)))
            yield from ((self._broken(_CLEARS), step.name, name) for name in self._first_of(cleared))
            yield from ((self._broken(_BLOCKS, "-.-x"), step.name, name) for name in step.blocks)
            yield from ((self._broken(_LIFTS), name, step.name) for name in step.until)

    def _first_of(self, names: tuple[str, ...]) -> Iterator[str]:
        """Those to which no other of them leads: what follows is shown by them."""
        alone = dict.fromkeys(names)
        yield from (n for n in alone if not any(other != n and self._leads(other, n) for other in alone))

    def _broken(self, label: Label, arrow: str = "-.->") -> str:
        return f'{arrow}|"{_plain(label.text(self.language))}"|'

    # Classes

    def _classes(self) -> Iterator[str]:
        members: dict[str, list[str]] = {name: [] for name in CLASSES}
        for step in self.spec.steps.values():
            own = ("optional",) if step.optional else ()
            for name in (*own, *self.marks.get(step.name, Mark()).classes):
                members[name].append(f"step_{step.name}")
        for name, steps in members.items():
            if steps:
                yield f"    classDef {name} {CLASSES[name]}"
                yield f"    class {','.join(steps)} {name}"


_OF_MERMAID = re.compile(r"[^\w\s.,()/+-]", re.ASCII)  # signs that mean something to Mermaid, or may some day
_NAMED = {'"': "quot", "<": "lt", ">": "gt", "&": "amp"}


def _plain(text: str) -> str:
    """A label in which nothing is markup.

    >>> _plain('核"实"#1 <b>')
    '核#quot;实#quot;#35;1 #lt;b#gt;'
    """
    return _OF_MERMAID.sub(lambda found: _escaped(found[0]), " ".join(text.split()))


def _escaped(sign: str) -> str:
    return f"#{_NAMED.get(sign, ord(sign))};" if sign.isascii() else sign
