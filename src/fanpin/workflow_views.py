"""A procedure for readers: each step with who, which papers, what before, when, what then, and by which source."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from attrs import define, field

from fanpin.i18n import Label, Language, listing, same
from fanpin.reach import line_needs
from fanpin.step_words import any_of, as_read, in_words, label_of, so_many
from fanpin.steps import LEVEL_WORDS, LEVELS, Gap, Step

if TYPE_CHECKING:
    from fanpin.guards import Atom
    from fanpin.workflow import Requirement, Workflow

HEADS: Mapping[str, Label] = {
    "who": Label("谁办", "who"),
    "papers": Label("材料和填报", "papers and values"),
    "before": Label("之前", "before it"),
    "times": Label("时间", "times"),
    "then": Label("之后", "then"),
    "source": Label("来源", "source"),
}
_STEP = Label("环节", "step")
_COLON = Label("：", ": ")
_SEMICOLON = Label("；", "; ")
_DAYS = {
    "calendar": Label("（按自然日）", " (calendar days)"),
    "working": Label("（按工作日）", " (working days)"),
    "months": Label("（按月）", " (months)"),
}


def text_of(workflow: "Workflow", language: Language, on: date | None = None, region: str | None = None) -> str:
    """The procedure as plain text, a block a step."""
    view = View(workflow, language, on, region)
    lines = [view.title()]
    for number, step in enumerate(as_read(workflow.spec), 1):
        lines.append(f"{number}. {view.head(step)}")
        for name, said in view.cells(step).items():
            if said:
                joined = _SEMICOLON.text(language).join(said)
                lines.append(f"   {HEADS[name].text(language)}{_COLON.text(language)}{joined}")
    return "\n".join(lines) + "\n"


def html_of(workflow: "Workflow", language: Language) -> str:
    """The procedure as a table, for notebooks."""
    view = View(workflow, language)
    heads = "".join(f"<th {_CELL}>{escape(label.text(language))}</th>" for label in (_STEP, *HEADS.values()))
    rows = "".join(
        f"<tr><td {_CELL}>{escape(view.head(step))}</td>{''.join(map(_cell, view.cells(step).values()))}</tr>"
        for step in as_read(workflow.spec)
    )
    return f"<p><b>{escape(view.title())}</b></p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


_CELL = "style='text-align: left; vertical-align: top'"  # notebooks put the cells of tables to the right


def _cell(said: Iterable[str]) -> str:
    return f"<td {_CELL}>{'<br>'.join(map(escape, said))}</td>"


@define
class View:
    """What is said of the steps of a procedure; with a day, the lengths that are parameters by their values then."""

    workflow: "Workflow"
    language: Language
    on: date | None = None
    region: str | None = None
    _values: Mapping[str, int] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.on is not None:
            self._values = self.workflow.parameters.in_force(self.workflow.parameters_read, self.on, self.region)

    def title(self) -> str:
        """The procedure's name, and its source."""
        source = self.workflow.spec.source
        said = f"{self.workflow.label.text(self.language)}  {self.workflow.name}"
        return said if source is None else f"{said}{_SEMICOLON.text(self.language)}{source}"

    def head(self, step: Step) -> str:
        """A step's name, and how often it comes."""
        flags = [_REPEATS] if step.repeats else []
        flags += [_OPTIONAL] if step.optional else []
        flags += [_EACH.fill(track=self.workflow.vocabulary.tracks[step.per].label)] if step.per else []
        said = f"{step.label.text(self.language)}  {step.name}"
        if not flags:
            return said
        return said + Label("（{f}）", " ({f})").say(self.language, f=self._listed(flags))

    def cells(self, step: Step) -> Mapping[str, tuple[str, ...]]:
        """What is said of a step, by the keys of `HEADS`."""
        parts = self.workflow.requirements[step.name]
        return {
            "who": tuple(line for part in parts for line in self._with(part, _together(self._who(part)))),
            "papers": tuple(line for part in parts for line in self._with(part, _together(self._papers(part)))),
            "before": (*self._before(step), *(x for part in parts for x in self._with(part, self._needs(part)))),
            "times": tuple(line for part in parts for line in self._with(part, self._times(part))),
            "then": tuple(self._say(label) for label in self._then(step)),
            "source": tuple(dict.fromkeys(filter(None, self._sources(step)))),
        }

    # Parts

    def _say(self, label: Label) -> str:
        return label.text(self.language)

    def _listed(self, labels: Iterable[Label]) -> str:
        return Label("、", ", ").text(self.language).join(map(self._say, labels))

    def _label(self, step: str) -> Label:
        return self.workflow.spec.steps[step].label

    def _with(self, part: "Requirement", said: Iterable[Label]) -> Iterator[str]:
        """What a demand says, after its condition."""
        if part.when is None:
            yield from map(self._say, said)
            return
        labels = list(said)
        if labels:
            when = in_words(part.when.tree, self.workflow)
            yield _WHERE.say(self.language, when=when, said=_joined(labels))

    def _who(self, part: "Requirement") -> Iterator[Label]:
        for role, levels in part.demand.by.items():
            yield who(label_of(role, self.workflow.vocabulary.roles), levels)

    def _papers(self, part: "Requirement") -> Iterator[Label]:
        vocabulary = self.workflow.vocabulary
        yield from (label_of(name, vocabulary.papers) for name in part.demand.evidence)
        if part.demand.says:
            values = _joined(label_of(name, vocabulary.values) for name in part.demand.says)
            yield Label("填报{v}", "declares {v}").fill(v=values)

    def _before(self, step: Step) -> Iterator[str]:
        """What comes before it by its lines, and what blocks it."""
        yield from (
            self._say(any_of(map(self._label, names))) for names in line_needs(self.workflow.spec).get(step.name, ())
        )
        for other in self.workflow.spec.steps.values():
            if step.name in other.blocks:
                yield Label("没有未了结的{other}", "no {other} that is open").say(self.language, other=other.label)

    def _needs(self, part: "Requirement") -> Iterator[Label]:
        demand = part.demand
        yield from (any_of(map(self._label, names)) for names in demand.needs)
        if demand.right_after:
            yield Label("紧接在{s}之后", "right after {s}").fill(s=any_of(map(self._label, demand.right_after)))
        for count, atom in part.counts:
            label = _TRACKS if self.workflow.spec.steps[count.of].per else _TIMES
            yield label.fill(s=self._label(count.of), n=self._length(atom))
        for pair in demand.every:
            said = Label("{a}的都有{b}", "{b} for every {a}")
            yield said.fill(a=self._label(pair.started), b=self._label(pair.ended))
        for name in demand.other_person_than:
            yield Label("与{s}不是同一人", "not by who did {s}").fill(s=self._label(name))
        yield from (in_words(atom.tree, self.workflow) for atom in part.holds)

    def _times(self, part: "Requirement") -> Iterator[Label]:
        for texts in part.gaps:
            since = any_of(map(self._label, texts.gap.since))
            if texts.gap.which == "first":
                since = Label("首次{s}", "the first {s}").fill(s=since)
            for atom, label in ((texts.at_least, _AT_LEAST), (texts.at_most, _AT_MOST)):
                if atom is not None:
                    yield label.fill(s=since, n=self._days(atom, texts.gap), of=_called(texts.gap))

    def _days(self, atom: "Atom", gap: Gap) -> Label:
        if atom.is_constant and (self._values or not atom.parameters):
            return so_many(self._length(atom).zh, gap.days)
        return Label("{n}{unit}", "{n}{unit}").fill(n=self._length(atom), unit=_DAYS[gap.days])

    def _length(self, atom: "Atom") -> Label:
        """A number, where it hangs on nothing that is not known here, else in words."""
        if atom.is_constant and (self._values or not atom.parameters):
            return Label(*(str(atom.constant(self._values)[0]),) * 2)
        return in_words(atom.tree, self.workflow)

    def _then(self, step: Step) -> Iterator[Label]:
        vocabulary = self.workflow.vocabulary
        if step.standing is not None:
            yield Label("户的状态：{s}", "the household: {s}").fill(s=label_of(step.standing, vocabulary.standings))
        if step.ends:
            yield Label("办结", "the case ends")
        cleared = [self._label(name) for name in step.clears]
        cleared += [_ONWARD.fill(s=self._label(step.back_to))] if step.back_to is not None else []
        if cleared:
            yield Label("不再有效：{s}", "no longer in force: {s}").fill(s=_joined(cleared))
        if step.blocks:
            said = Label("了结前不能办{s}", "until settled, not: {s}")
            yield said.fill(s=_joined(map(self._label, step.blocks)))
        if step.until:
            yield Label("由{s}了结", "settled by {s}").fill(s=any_of(map(self._label, step.until)))

    def _sources(self, step: Step) -> Iterator[str | None]:
        yield step.source
        for demand in step.demands:
            yield demand.source
            yield from (gap.source for gap in demand.gaps)


def who(role: Label, levels: Iterable[str]) -> Label:
    """A role with the levels at which it acts."""
    at = list(levels)
    zh = "、".join(LEVEL_WORDS[level][0] for level in at if level in LEVEL_WORDS)
    en = listing([LEVELS[level].en for level in at if level in LEVELS], "en", "or")
    if (zh, en) == (role.zh, role.en) or not at:
        return role
    return Label("{role}（{zh}）", "{role} ({en})").fill(role=role, zh=zh, en=en)


def _called(gap: Gap) -> Label:
    """The name of a time, before what it is."""
    return same("") if gap.label is None else Label("{of}：", "{of}: ").fill(of=gap.label)


def _together(labels: Iterable[Label]) -> Iterator[Label]:
    """All of them as one, if there are any."""
    found = list(labels)
    if found:
        yield _joined(found)


def _joined(labels: Iterable[Label]) -> Label:
    found = list(labels)
    return Label("、".join(label.zh for label in found), ", ".join(label.en for label in found))


_REPEATS = Label("可重复", "may repeat")
_OPTIONAL = Label("可不办", "optional")
_EACH = Label("每项{track}各自办", "for each {track}")
_ONWARD = Label("{s}及其后的环节", "{s} and what follows it")
_WHERE = Label("【{when}】{said}", "[where {when}] {said}")
_AT_LEAST = Label("{of}距{s}不少于{n}", "{of}at least {n} after {s}")
_AT_MOST = Label("{of}距{s}不超过{n}", "{of}at most {n} after {s}")
_TRACKS = Label("{s}至少{n}项", "{s}: at least {n}")
_TIMES = Label("{s}至少{n}次", "{s}: at least {n}")
