"""A case for readers: what happened and what was wrong with it, what may come next, and until when.

Nobody is named here: not who acted, and of what was declared neither texts nor anything secret.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING, Literal

from attrs import define, field, frozen

from fanpin.deadlines import Deadline
from fanpin.diagrams import Mark, diagram
from fanpin.event_words import day_of, words_of
from fanpin.expressions.types import BooleanType, ChoiceType, NumberType
from fanpin.facts import FactSpec
from fanpin.i18n import Label, Language, listing, number, yes_or_no
from fanpin.observing import Violation
from fanpin.records import shown_id
from fanpin.step_words import label_of
from fanpin.steps import LEVELS, Named
from fanpin.telling import deadline_text, told
from fanpin.workflow_views import who

if TYPE_CHECKING:
    from fanpin.cases import Case, Entry
    from fanpin.events import Event
    from fanpin.table_of_checks import Allowed

Tone = Literal["", "past", "noted", "wrong"]
_SEMICOLON = Label("；", "; ")
_COMMA = Label("、", ", ")


@frozen
class Line:
    """A line of a view, and those that belong to it."""

    text: str
    tone: Tone = ""
    below: "tuple[Line, ...]" = ()


@frozen
class Section:
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]


def text_of(case: "Case", language: Language, on: date | None = None) -> str:
    """The case as plain text."""
    view = View(case, language, on)
    lines = [view.head()]
    for section in view.sections():
        lines += ["", section.title, *_indented(section.lines, "  ")]
    return "\n".join(lines) + "\n"


def _indented(lines: Iterable[Line], indent: str) -> Iterator[str]:
    for line in lines:
        yield f"{indent}{line.text}"
        yield from _indented(line.below, f"{indent}    ")


def html_of(case: "Case", language: Language) -> str:
    """The case for notebooks."""
    view = View(case, language)
    rows = "".join(
        f"<tr><th {_HEAD}>{escape(section.title)}</th><td {_BODY}>{_list(section.lines)}</td></tr>"
        for section in view.sections()
    )
    return f"<p><b>{escape(view.head())}</b></p><table>{rows}</table>"


_BODY = "style='text-align: left; vertical-align: top'"  # notebooks put the cells of tables to the right
_HEAD = _BODY[:-1] + "; white-space: nowrap'"
_TONES: Mapping[Tone, str] = {
    "": "",
    "past": " style='color: #777'",
    "noted": " style='color: #9a6700'",
    "wrong": " style='color: #b00020'",
}


def _list(lines: Iterable[Line]) -> str:
    items = "".join(
        f"<li{_TONES[line.tone]}>{escape(line.text)}{_list(line.below) if line.below else ''}</li>" for line in lines
    )
    return f"<ul style='margin: 0'>{items}</ul>"


def diagram_of(case: "Case", language: Language, on: date | None = None) -> str:
    """The diagram of its procedure with the case's place in it."""
    return diagram(case.workflow, language, View(case, language, on).marks())


@define
class View:
    """What is said of a case on a day: by default on that of its last event."""

    case: "Case"
    language: Language
    on: date | None = None
    next: "tuple[Allowed, ...]" = field(init=False, default=())

    def __attrs_post_init__(self) -> None:
        last = self.case.last
        if self.on is None and last is not None:
            self.on = day_of(last.at, self.case.workflow.zone)
        if self.on is not None:
            self.next = self.case.allowed(self.on)

    def head(self) -> str:
        """Which case it is, and how far it got."""
        case, label = self.case, self.case.workflow.label
        whose = "" if case.household is None else self._say(_HOUSEHOLD, h=shown_id(case.household))
        return self._say(_TITLE, label=label, id=shown_id(case.id), whose=whose, where=self._where())

    def _where(self) -> Label:
        case = self.case
        steps = case.workflow.spec.steps
        if case.ended is not None:
            return _ENDED.fill(step=steps[case.ended].label)
        return _NOTHING_YET if case.at is None else _AT.fill(step=steps[case.at].label)

    def sections(self) -> Iterator[Section]:
        """All that is said of it, part by part; a part with nothing in it is left out."""
        yield from self._section(_HISTORY, map(self.entry, self.case.timeline()))
        yield from self._section(_VALUES, self._declared())
        yield from self.what_next()

    def what_next(self) -> Iterator[Section]:
        """What may come next, and what must."""
        if self.on is not None:
            yield from self._section(_NEXT.fill(on=self.on), map(self._allowed, self.next))
            deadlines = self.case.deadlines(self.on)
            yield from self._section(_DEADLINES.fill(on=self.on), map(self._deadline, deadlines))

    def _section(self, title: Label, lines: Iterable[Line]) -> Iterator[Section]:
        found = tuple(lines)
        if found:
            yield Section(title.text(self.language), found)

    # Lines

    def entry(self, entry: "Entry") -> Line:
        """An event, and below it what was wrong."""
        event = entry.event
        said = [self._at(event), self._step(entry.label, () if event.of is None else (event.of,))]
        acting = self._acting(event)
        text = "  ".join((*said, acting)) if acting else "  ".join(said)
        if not entry.in_force:
            text += (_IDLE if any(v.kind in _WITHOUT_EFFECT for v in entry.violations) else _PAST).text(self.language)
        return Line(text, "" if entry.in_force else "past", tuple(map(self.violation, entry.violations)))

    def violation(self, violation: Violation) -> Line:
        """What was wrong, and what would make it right."""
        problem = told(violation, self.case.workflow)
        sentence, way = problem.sentence(self.language), problem.help(self.language)
        text = sentence if not way else self._say(_WITH_HELP, said=sentence, help=way)
        return Line(text, "wrong" if violation.refusing else "noted")

    def _at(self, event: "Event") -> str:
        at = event.at
        if not isinstance(at, datetime):
            return at.isoformat()
        there = at if at.tzinfo is None else at.astimezone(self.case.workflow.zone)
        return f"{there:%Y-%m-%d %H:%M}"

    def _step(self, label: Label, tracks: Iterable[str]) -> str:
        of = _COMMA.text(self.language).join(map(shown_id, tracks))
        return self._say(_OF, step=label, of=of) if of else label.text(self.language)

    def _acting(self, event: "Event") -> str:
        """The role and the level, where the pack knows them; what is written else may be somebody's name."""
        words, known = words_of(self.case.workflow), self.case.workflow.vocabulary.roles
        role, level = words.role(event.role), words.level(event.level)
        levels = [] if level is None or level not in LEVELS else [level]
        if role is not None and role in known:
            return who(known[role].label, levels).text(self.language)
        return "".join(LEVELS[name].text(self.language) for name in levels)

    def _declared(self) -> Iterator[Line]:
        declared = self.case.declared
        for name, spec in self.case.workflow.vocabulary.values.items():
            for of, values in declared.items():
                if name in values and is_shown(spec):
                    label = self._step(spec.label, () if of is None else (of,))
                    yield Line(self._say(_VALUE, label=label, value=_value(spec, values[name])))

    def _allowed(self, allowed: "Allowed") -> Line:
        vocabulary = self.case.workflow.vocabulary
        said = [_COMMA.text(self.language).join(
            who(label_of(role, vocabulary.roles), levels).text(self.language) for role, levels in allowed.by.items()
        )]  # fmt: skip
        said += [self._say(label, x=self._labels(names, known)) for label, names, known in (
            (_PAPERS, allowed.evidence, vocabulary.papers), (_SAYS, allowed.says, vocabulary.values)
        ) if names]  # fmt: skip
        said += [self._say(label, day=day) for label, day in ((_EARLIEST, allowed.earliest), (_LATEST, allowed.latest))
                 if day is not None]  # fmt: skip
        if allowed.tracks and allowed.new_track:
            said.append(_NEW_TRACK.text(self.language))
        text = _SEMICOLON.text(self.language).join(filter(None, said))
        head = self._step(allowed.label, allowed.tracks)
        waits = self.on is not None and not allowed.is_open(self.on)
        return Line(self._say(_VALUE, label=head, value=text) if text else head, "past" if waits else "")

    def _labels(self, names: Iterable[str], known: Mapping[str, Named] | Mapping[str, FactSpec]) -> str:
        return listing((label_of(name, known).text(self.language) for name in names), self.language)

    def _deadline(self, deadline: Deadline) -> Line:
        text = deadline_text(deadline, self.case.workflow).text(self.language)
        of = "" if deadline.of is None else f" [{shown_id(deadline.of)}]"
        tones: Mapping[str, Tone] = {"overrun": "wrong", "due_soon": "noted"}
        return Line(text + of, tones.get(deadline.status, ""))

    def _say(self, label: Label, /, **values: object) -> str:
        return label.say(self.language, **values)

    # In the diagram

    def marks(self) -> Mapping[str, Mark]:
        """Of each step that came or may come: in force, where it stands, what was wrong with it, next, or waiting."""
        found: dict[str, tuple[list[str], list[str]]] = {}
        for allowed in self.next:
            classes, notes = found.setdefault(allowed.step, ([], []))
            waits = self.on is not None and not allowed.is_open(self.on)
            classes.append("waiting" if waits else "next")
            notes.append(self._say(_FROM, day=allowed.earliest) if waits else _MAY_COME.text(self.language))
        for entry in self.case.timeline():
            if entry.step is not None and entry.in_force:
                classes, notes = found.setdefault(entry.step, ([], []))
                if "done" not in classes:
                    classes.append("done")
                notes[:] = [f"✓ {self._at(entry.event)[:10]}", *(note for note in notes if not note.startswith("✓"))]
                if entry.violations:
                    classes.append("wrong")
        if self.case.at is not None:
            found[self.case.at][0].append("last")
        wrong = _WRONG.text(self.language)
        return {
            step: Mark(tuple(dict.fromkeys(classes)), (*notes, *([wrong] if "wrong" in classes else [])))
            for step, (classes, notes) in found.items()
        }


def is_shown(spec: FactSpec) -> bool:
    """Whether a declared value is shown: a choice, a yes-or-no or a number that is not secret, and no text."""
    return spec.sensitivity != "secret" and isinstance(spec.type, ChoiceType | BooleanType | NumberType)


def _value(spec: FactSpec, value: object) -> Label:
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, int | float):
        return Label(*(number(value, 2),) * 2)
    return spec.values.get(str(value), Label("其他", "other"))


_TITLE = Label("{label}  {id}{whose}：{where}", "{label}  {id}{whose}: {where}")
_HOUSEHOLD = Label("（户 {h}）", " (household {h})")
_ENDED = Label("已因{step}办结", "ended by {step}")
_AT = Label("办到{step}", "at {step}")
_NOTHING_YET = Label("还没有办理记录", "nothing came yet")
_HISTORY = Label("办理过程", "What happened")
_VALUES = Label("填报的情况", "What was declared")
_NEXT = Label("接下来可以办（{on}）", "What may come next ({on})")
_DEADLINES = Label("期限（{on}）", "Deadlines ({on})")
_PAST = Label("（不再有效）", " (no longer in force)")
_IDLE = Label("（未生效）", " (without effect)")
_WITHOUT_EFFECT = frozenset({"unknown_step", "id_conflict"})
_OF = Label("{step}（{of}）", "{step} ({of})")
_VALUE = Label("{label}：{value}", "{label}: {value}")
_WITH_HELP = Label("{said}。{help}", "{said}; {help}")
_PAPERS = Label("材料：{x}", "papers: {x}")
_SAYS = Label("填报：{x}", "declares: {x}")
_EARLIEST = Label("最早 {day}", "from {day}")
_LATEST = Label("最迟 {day}", "by {day}")
_NEW_TRACK = Label("也可新开一项", "or a new one")
_FROM = Label("{day} 起可办", "from {day}")
_MAY_COME = Label("可办", "may come next")
_WRONG = Label("有问题", "something was wrong")
