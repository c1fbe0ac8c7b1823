"""From a pack's shape to its procedures and measures."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, frozen

from fanpin.errors import Place, Problem
from fanpin.expressions.scope import Source
from fanpin.expressions.types import ChoiceType
from fanpin.facts import FactSpec
from fanpin.i18n import Label
from fanpin.measures import Measure, MeasureTable
from fanpin.packs.basic_shapes import FactShape, LabelShape, as_label
from fanpin.packs.shapes import PackShape
from fanpin.packs.trees import Rows, Table, Text, Tree, at
from fanpin.packs.workflow_shapes import (
    DemandShape,
    DrawnShape,
    FurtherShape,
    GapShape,
    Line,
    NamedShape,
    StepShape,
)
from fanpin.steps import Count, DaysOff, Demand, Every, Gap, Named, Step, Vocabulary, WorkflowSpec

Path = tuple[str | int, ...]
_OR = re.compile(r"\s+or\s+|\s*或\s*")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_DRAWN = {
    "grade": Label("风险等级", "grade"),
    "category": Label("监测对象类别", "category"),
    "risk": Label("风险", "risk"),
    "measure": Label("帮扶措施", "measure"),
}


@frozen
class Procedures:
    """Makes the procedures of one pack; every place bears the way to it in the pack."""

    shape: PackShape
    text: Callable[[Path, str], Source]
    place: Callable[..., Place]
    fact: Callable[[Path, str, FactShape, str | None], FactSpec]

    def specs(self) -> Iterator[WorkflowSpec]:
        """The procedures as written."""
        for name, shape in self.shape.workflows.items():
            path = ("workflows", name)
            yield WorkflowSpec(
                name,
                as_label(shape.label),
                {n: self._step((*path, "steps", n), n, step) for n, step in shape.steps.items()},
                lines=tuple(_line(line) for line in (shape.line, *shape.lines.values()) if line),
                zone=shape.zone,
                due_soon=shape.due_soon,
                source=shape.source,
                place=self._at(path),
            )

    def vocabulary(self) -> Vocabulary:
        """What the procedures share."""
        shape = self.shape
        return Vocabulary(
            roles=_named(shape.roles),
            papers=_named(shape.papers),
            standings=_named(shape.standings),
            tracks=_named(shape.tracks),
            values={name: spec for name, spec in self._values() if spec is not None},
            days_off=tuple(
                DaysOff(off.since, off.until, as_label(off.label), off.region, off.source) for off in shape.days_off
            ),
        )

    def measures(self) -> MeasureTable:
        """The measures as written."""
        return MeasureTable(
            {
                name: Measure(
                    name,
                    as_label(shape.label),
                    shape.group,
                    shape.answers,
                    development=shape.development,
                    suits=self._suits(name),
                    aliases=shape.aliases,
                    source=shape.source,
                    note=shape.note,
                    place=self._at(("measures", name)),
                )
                for name, shape in self.shape.measures.items()
            }
        )

    def conditions(self) -> Iterator[Source]:
        """The rules that say whom a measure suits."""
        yield from (text for text in map(self._suits, self.shape.measures) if isinstance(text, Source))

    def problems(self) -> Iterator[Problem]:
        """Days off that end before they begin."""
        for i, off in enumerate(self.shape.days_off):
            if off.until < off.since:
                details = {"name": as_label(off.label), "since": off.since, "until": off.until}
                yield Problem("row-ends-early", self.place("days_off", i), details)

    # Parts

    def _at(self, path: Path) -> Place:
        return evolve(self.place(*path), field=".".join(map(str, path)))

    def _suits(self, name: str) -> Source | Label | None:
        suits = self.shape.measures[name].suits
        if isinstance(suits, str):
            return self.text(("measures", name, "suits"), suits)
        return None if suits is None else as_label(suits)

    def _values(self) -> Iterator[tuple[str, FactSpec | None]]:
        for name, value in self.shape.values.items():
            if isinstance(value, DrawnShape):
                yield name, self._drawn(name, value)
            else:
                yield name, self.fact(("values", name), name, value, None)

    def _drawn(self, name: str, value: DrawnShape) -> FactSpec | None:
        """A value that is one of the pack's grades, categories, risks or measures; where it has none, there is none."""
        shape = self.shape
        parts: dict[str, Mapping[str, LabelShape]] = {
            "grade": {n: grade.label for n, grade in shape.grades.items()},
            "category": {n: category.label for n, category in shape.categories.items()},
            "risk": {n: risk.label for n, risk in shape.risks.items()},
            "measure": {n: measure.label for n, measure in shape.measures.items()},
        }
        labels = {n: as_label(label) for n, label in parts[value.kind].items()}
        if not labels:
            return None
        label = _DRAWN[value.kind] if value.label is None else as_label(value.label)
        return FactSpec(name, label, ChoiceType(tuple(labels)), headers=value.headers, values=labels)

    def _step(self, path: Path, name: str, shape: StepShape) -> Step:
        own = self._demand(path, "", shape)
        further = (self._demand((*path, "also", n), n, demand) for n, demand in shape.also.items())
        return Step(
            name,
            as_label(shape.label),
            (own, *further),
            aliases=shape.aliases,
            once=shape.once,
            repeats=shape.repeats,
            optional=shape.optional,
            per=shape.per,
            clears=shape.clears,
            back_to=shape.back_to,
            blocks=shape.blocks,
            until=shape.until,
            ends=shape.ends,
            after=shape.after,
            standing=shape.standing,
            source=shape.source,
            note=shape.note,
            place=self._at(path),
        )

    def _demand(self, path: Path, name: str, shape: DemandShape) -> Demand:
        return Demand(
            name,
            self.text((*path, "when"), shape.when) if isinstance(shape, FurtherShape) else None,
            by={role: _several(levels) for role, levels in shape.by.items()},
            evidence=shape.evidence,
            needs=tuple(_alternatives(one) for one in shape.needs),
            right_after=shape.right_after,
            gaps=tuple(self._gap((*path, "gaps", n), n, gap) for n, gap in shape.gaps.items()),
            other_person_than=shape.other_person_than,
            count=tuple(Count(of, self.text((*path, "count", of), least)) for of, least in shape.count.items()),
            every=tuple(Every(pair.started, pair.ended) for pair in shape.every),
            says=shape.says,
            holds=tuple(self.text((*path, "holds", i), text) for i, text in enumerate(shape.holds)),
            source=shape.source,
            place=self._at(path),
        )

    def _gap(self, path: Path, name: str, shape: GapShape) -> Gap:
        return Gap(
            name,
            _several(shape.since),
            at_least=None if shape.at_least is None else self.text((*path, "at_least"), shape.at_least),
            at_most=None if shape.at_most is None else self.text((*path, "at_most"), shape.at_most),
            days=shape.days,
            which=shape.which,
            label=None if shape.label is None else as_label(shape.label),
            source=shape.source,
        )


def _named(words: Mapping[str, NamedShape]) -> dict[str, Named]:
    return {name: Named(name, as_label(word), word.aliases) for name, word in words.items()}


def _several(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said


def _alternatives(said: str) -> tuple[str, ...]:
    return tuple(_OR.split(said.strip()))


def _line(line: Line) -> tuple[tuple[str, ...], ...]:
    return tuple(_alternatives(one) if isinstance(one, str) else one for one in line)


# Where a word stands

_NAMED_BY = {"unknown-name": "name", "unknown-zone": "name", "alias-twice": "word"}  # what a problem is about
_NO_NAMES = frozenset({"label", "aliases", "source", "note", "also", "steps", "group", "suits"})


def located(problems: Iterable[Problem], tree: Tree | None) -> Iterator[Problem]:
    """The problems of procedures, each at the very word that it is about, where that is found."""
    for problem in problems:
        way, word = problem.place.field, problem.details.get(_NAMED_BY.get(problem.code, ""))
        found = None
        if tree is not None and way and isinstance(word, str):
            found = next(_below(tree, tuple(way.split(".")), word, problem.code == "alias-twice"), None)
        yield problem if found is None else problem.at(evolve(found, field=way))


def _below(tree: Tree, path: Path, word: str, is_alias: bool) -> Iterator[Place]:
    """Where a word stands below a path: among its labels and aliases, or outside of them and of parts of their own."""
    found = [below for _, below in at(tree, path)]
    if len(found) == len(path) and isinstance(found[-1], Table):
        for key, part in found[-1].entries.items():
            if key in ("label", "aliases") if is_alias else key not in _NO_NAMES:
                yield from _within(part, word)


def _within(tree: Tree, word: str) -> Iterator[Place]:
    match tree:
        case Text(text=text):
            starts = [0] if text == word else [m.start() for m in _WORD.finditer(text) if m[0] == word]
            yield from (tree.source("").place(0, start) for start in starts)
        case Rows(items=items):
            for item in items:
                yield from _within(item, word)
        case Table(entries=entries, keys=keys):
            for key, part in entries.items():
                if key == word:
                    yield keys[key]
                if key not in _NO_NAMES:
                    yield from _within(part, word)
