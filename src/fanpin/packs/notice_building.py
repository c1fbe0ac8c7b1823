"""From a pack's shape to its notices: whatever may not be posted is refused, at its place."""

from collections.abc import Collection, Iterator, Mapping
from string import Formatter
from typing import Literal

from attrs import define, field

from fanpin.errors import Place, Problem, did_you_mean
from fanpin.expressions.nodes import Fact
from fanpin.facts import FactSpec, FactTable
from fanpin.i18n import LANGUAGES, Label
from fanpin.masks import never, never_fact
from fanpin.notice_forms import MASKED, SLOTS, Column, NoticeForm
from fanpin.packs.basic_shapes import as_label
from fanpin.packs.notice_shapes import NoticeShape, is_length
from fanpin.packs.shapes import PackShape
from fanpin.packs.trees import Tree, place_of
from fanpin.packs.workflow_shapes import DrawnShape, GapShape
from fanpin.rules import RuleSet

Path = tuple[str | int, ...]
_PUBLIC_DRAWN = ("grade", "category")  # what everybody may know; risks are named one by one, measures never


@define
class Notices:
    """Makes the notices of one pack. `reads` are the facts that each risk reads."""

    shape: PackShape
    facts: FactTable
    values: Mapping[str, FactSpec]
    reads: Mapping[str, Collection[str]]
    tree: Tree | None = None
    problems: list[Problem] = field(factory=list)

    def forms(self) -> Mapping[str, NoticeForm]:
        """The notices as written; what they may not say is noted in `problems`."""
        for name in self.shape.forbidden:
            self._known(name, self._fields, _FIELD, "forbidden", name)
        return {name: self._form(name, notice) for name, notice in self.shape.notices.items()}

    def _form(self, name: str, notice: NoticeShape) -> NoticeForm:
        self._check_step(name, notice)
        self._check_texts(name, notice)
        at_least, days = self._length(name, notice)
        return NoticeForm(
            name,
            as_label(notice.label),
            workflow=notice.workflow,
            step=notice.step,
            at_least=at_least,
            days=days,
            columns=tuple(self._columns(name, notice)),
            style=notice.names,
            before=as_label(notice.before),
            after=as_label(notice.after),
            source=notice.source,
        )

    # When

    def _check_step(self, name: str, notice: NoticeShape) -> None:
        workflows = self.shape.workflows
        if self._known(notice.workflow, workflows, Label("工作流程", "procedure"), "notices", name, "workflow"):
            steps = workflows[notice.workflow].steps
            self._known(notice.step, steps, Label("环节", "step"), "notices", name, "step")

    def _length(self, name: str, notice: NoticeShape) -> tuple[str, Literal["calendar", "working"]]:
        """For how long it hangs: as it says, or as the steps that wait for it do."""
        if notice.at_least is not None:
            if not notice.at_least.isdecimal():
                parameters = self.shape.parameters
                self._known(notice.at_least, parameters, Label("参数", "parameter"), "notices", name, "at_least")
            return notice.at_least, notice.days or "calendar"
        waits = {(gap.at_least, gap.days) for gap in self._gaps(notice)}
        for at_least, days in waits:
            if len(waits) == 1 and at_least is not None and is_length(at_least) and days != "months":
                return at_least, days
        if notice.workflow in self.shape.workflows:  # else one mistake is enough
            self._note("notice-length-unsaid", "notices", name, "step", step=notice.step)
        return "1", "calendar"

    def _gaps(self, notice: NoticeShape) -> Iterator[GapShape]:
        """The times that are counted from its step."""
        workflow = self.shape.workflows.get(notice.workflow)
        for step in workflow.steps.values() if workflow else ():
            for demand in (step, *step.also.values()):
                yield from (gap for gap in demand.gaps.values() if _starts(gap, notice.step))

    # What

    @property
    def _fields(self) -> Mapping[str, FactSpec]:
        """What a notice may ask for: a household's facts, and values of events, which come first."""
        return {**self.facts.household, **self.values}

    def _columns(self, name: str, notice: NoticeShape) -> Iterator[Column]:
        names_risks = False
        for i, said in enumerate(notice.fields):
            where = ("notices", name, "fields", i)
            if not self._known(said, self._fields, _FIELD, *where):
                continue
            fact, drawn = self._fields[said], self._drawn_from(said)
            if drawn == "risk":
                names_risks = True
                shown = tuple(self._risks(name, notice))
                yield Column(fact, "case", shown)
            elif self._may_post(fact, drawn, where):
                yield Column(fact, "case" if said in self.values else "household")
        if names_risks != bool(notice.risks):
            details = {"key": "risks", "other": Label("fields 里的风险", "a risk among fields")}
            if notice.risks:
                self._note("idle-key", "notices", name, "risks", **details)
            else:
                self._note("notice-risks-unsaid", "notices", name, "fields")

    def _drawn_from(self, said: str) -> str | None:
        value = self.shape.values.get(said) if said in self.values else None
        return value.kind if isinstance(value, DrawnShape) else None

    def _may_post(self, fact: FactSpec, drawn: str | None, where: Path) -> bool:
        kind = never_fact(fact)
        if kind is not None:
            self._note("notice-field-never", *where, name=fact.name, kind=kind)
        elif fact.name in self.shape.forbidden:
            self._note("notice-field-forbidden", *where, name=fact.name, why=self.shape.forbidden[fact.name])
        elif fact.sensitivity != "public" and fact.name not in MASKED and drawn not in _PUBLIC_DRAWN:
            self._note("notice-field-personal", *where, name=fact.name)
        else:
            return True
        return False

    def _risks(self, name: str, notice: NoticeShape) -> Iterator[str]:
        for i, risk in enumerate(notice.risks):
            where = ("notices", name, "risks", i)
            if self._known(risk, self.shape.risks, Label("风险", "risk"), *where):
                label = self.shape.risks[risk].label
                read = (never(fact) for fact in self.reads.get(risk, ()))
                kind = never(risk, label.zh, label.en) or next((found for found in read if found), None)
                if kind is not None:
                    self._note("notice-field-never", *where, name=risk, kind=kind)
                else:
                    yield risk

    # Texts

    def _check_texts(self, name: str, notice: NoticeShape) -> None:
        texts = {
            (part, lang): getattr(getattr(notice, part), lang) for part in ("before", "after") for lang in LANGUAGES
        }
        slots = {where: self._slots(text, "notices", name, *where) for where, text in texts.items()}
        for lang in LANGUAGES:
            if all("contact" not in found for (_, language), found in slots.items() if language == lang):
                self._note("notice-without-contact", "notices", name, "after", lang)

    def _slots(self, text: str, *where: str) -> set[str]:
        """The slots of a text, each of which is a plain name."""
        try:
            parts = [part for part in Formatter().parse(text) if part[1] is not None]
        except ValueError:
            self._note("notice-braces", *where)
            return set(SLOTS)  # one mistake is enough
        if any(form or conversion or not (slot or "").isidentifier() for _, slot, form, conversion in parts):
            self._note("notice-braces", *where)
        slots = {slot for _, slot, _, _ in parts if slot and slot.isidentifier()}
        for slot in sorted(slots):
            self._known(slot, SLOTS, Label("空位", "slot"), *where)
        return slots

    # Problems

    def _known(self, name: str, known: Collection[str], kind: Label, *where: str | int) -> bool:
        if name not in known:
            details = {"name": name, "kind": kind}
            self.problems.append(Problem("unknown-name", self._place(*where), details, did_you_mean(name, known)))
        return name in known

    def _place(self, *where: str | int) -> Place:
        return Place() if self.tree is None else place_of(self.tree, where)

    def _note(self, code: str, *where: str | int, **details: object) -> None:
        self.problems.append(Problem(code, self._place(*where), details))


_FIELD = Label("可公示的项目", "fact of a household or value of events")


def reads_of(rules: RuleSet | None) -> Mapping[str, Collection[str]]:
    """The names of the facts that each risk reads; of rules that were refused, none."""
    if rules is None:
        return {}
    return {
        risk: {fact.name if isinstance(fact, Fact) else fact.fact for fact in facts}
        for risk, facts in rules.facts_read.items()
    }


def _starts(gap: GapShape, step: str) -> bool:
    """Whether a step starts the clock of what has to wait."""
    return gap.at_least is not None and step in ((gap.since,) if isinstance(gap.since, str) else gap.since)
