"""Violations and deadlines in words: what was expected, what came, what would make it right."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from attrs import frozen

from fanpin.deadlines import STATUSES, Deadline
from fanpin.errors import Problem, did_you_mean
from fanpin.facts import FactSpec
from fanpin.i18n import LANGUAGES, Label, Language, same
from fanpin.observing import UNKNOWN, Rule, Violation
from fanpin.step_words import all_of, any_of, in_words, label_of, so_many
from fanpin.steps import LEVELS, Days, Gap
from fanpin.workflow import Workflow
from fanpin.workflow_views import who

_NONE = Label("没有写明", "none is named")
_IT_IS = Label("是{what}", "it is {what}")
_DECLARE = Label("填报{unsaid}", "declare {unsaid}")
_AS_LISTED = Label("按规则包列出的填写", "use what the pack lists")
_MAY_BE = Label("可填：{values}", "it may be {values}")
_ONCE_IT_HOLDS = Label("满足后再办", "it can be done once that holds")
_NOT_KNOWN = Label("写的是规则包里没有的", "is one that the pack does not know")


@lru_cache(maxsize=65536)
def sentences_of(violation: Violation, workflow: Workflow) -> tuple[Label, Label]:
    """The sentence of a violation and its way out in both languages; those of a log repeat themselves."""
    problem = told(violation, workflow)
    return Label(*map(problem.sentence, LANGUAGES)), Label(*map(problem.help, LANGUAGES))


def told(violation: Violation, workflow: Workflow) -> Problem:
    """A violation as a problem: its sentence in both languages, and what would make it right."""
    return _Telling(workflow).problem(violation)


def reason(violation: Violation, workflow: Workflow, language: Language) -> str:
    """Why a step is refused, for who takes it: what is wrong, what would make it right, and by which source."""
    problem, source = told(violation, workflow), violation.rule.source
    way_out = problem.help(language)
    lines = [problem.sentence(language), f"  → {way_out}" if way_out else ""]
    if source:
        lines.append("  " + Label("依据：{source}", "by: {source}").say(language, source=source))
    return "\n".join(line for line in lines if line)


@frozen
class _Telling:
    workflow: Workflow

    def problem(self, violation: Violation) -> Problem:
        kind, rule = violation.kind, violation.rule
        details: dict[str, object] = {
            "step": self._step(rule.step),
            "expected": self._expected(violation),
            "got": self._got(violation),
        }
        details |= self._times(violation)
        if kind == "not_so":
            unsaid = self._values(violation.got)
            details["way_out"] = _DECLARE.fill(unsaid=unsaid) if violation.got else _ONCE_IT_HOLDS
        code, near = f"step-{kind.replace('_', '-')}", tuple[str, ...]()
        if kind == "not_a_value":
            specs, (name,) = self.workflow.vocabulary.values, violation.expected
            if name in specs:
                details["way_out"] = _may_be(specs[name])
            else:
                code = "step-no-such-value"
                near = did_you_mean(name, [w for s in specs.values() for w in (s.name, s.label.zh, *s.headers)])
        if kind == "unknown_step":
            steps, (said,) = self.workflow.spec.steps.values(), violation.got
            words = [word for s in steps for word in (s.name, s.label.zh, *s.aliases)]
            near = did_you_mean(said, words, 0.7 if said.isascii() else 0.5)  # Chinese words are short
        return Problem(code, rule.place, details, near)

    def _values(self, names: Iterable[str]) -> Label:
        return all_of(label_of(name, self.workflow.vocabulary.values) for name in names)

    def _step(self, name: str) -> Label:
        step = self.workflow.spec.steps.get(name)
        return same(name) if step is None else step.label

    def _expected(self, violation: Violation) -> Label:
        vocabulary, names = self.workflow.vocabulary, violation.expected
        match violation.kind:
            case "no_actor" | "role":
                return any_of(label_of(name, vocabulary.roles) for name in names)
            case "level":
                return any_of(LEVELS[name] for name in names)
            case "papers":
                return all_of(label_of(name, vocabulary.papers) for name in names)
            case "no_track":
                return label_of(names[0], vocabulary.tracks)
            case "not_said":
                return self._values(names)
            case "order" | "not_right_after" | "after_end":
                return any_of(map(self._step, names))
            case "same_person" | "unfinished":
                return all_of(map(self._step, names))
            case "count":
                return self._step(names[0])
            case "not_so":
                return self._condition(violation)
            case "not_a_value":
                return label_of(names[0], vocabulary.values)
        return same("".join(names[:1]))

    def _got(self, violation: Violation) -> Label:
        vocabulary, names = self.workflow.vocabulary, violation.got
        match violation.kind:
            case "role" | "level" if not names:
                return _NONE
            case "role" | "level" if names[0] == UNKNOWN:
                return _NOT_KNOWN
            case "role":
                return _IT_IS.fill(what=label_of(names[0], vocabulary.roles))
            case "level":
                return _IT_IS.fill(what=LEVELS[names[0]])
            case "not_right_after" | "blocked":
                return any_of(map(self._step, names)) if names else Label("（无）", "(none)")
            case "unfinished":
                return all_of(map(same, names))
            case "not_so" if names:
                return Label("（没有填报：{unsaid}）", " (not said: {unsaid})").fill(unsaid=self._values(names))
        return same(", ".join(names))

    def _times(self, violation: Violation) -> Mapping[str, object]:
        kinds = ("early", "late", "not_announced", "not_decided")
        if violation.kind in kinds:
            (length, since), days = violation.expected, _gap(violation.rule, self.workflow).days
            return {"length": so_many(length, days), "since": since, "over": so_many(violation.over, _past(days))}
        if violation.kind == "count":
            return {"least": violation.expected[1]}
        if violation.kind == "unfinished":
            return {"started": self._step(violation.expected[0]), "ended": self._step(violation.expected[1])}
        return {}

    def _condition(self, violation: Violation) -> Label:
        (text,) = violation.expected
        atoms = (a for part in self.workflow.requirements[violation.rule.step] for a in part.holds)
        tree = next(atom.tree for atom in atoms if atom.source.text == text)
        return in_words(tree, self.workflow)


def _may_be(spec: FactSpec) -> Label:
    """What may be declared as a value, for who declared something else."""
    if not spec.values:
        return _AS_LISTED
    labels = spec.values.values()
    return _MAY_BE.fill(values=Label("、".join(v.zh for v in labels), ", ".join(v.en for v in labels)))


def _gap(rule: Rule, workflow: Workflow) -> Gap:
    """The time that a rule is about."""
    *demand, _, name, _ = rule.path.split(".")
    parts = {part.demand.name: part.demand.gaps for part in workflow.requirements[rule.step]}
    return next(gap for gap in parts[demand[-1] if demand else ""] if gap.name == name)


def _past(days: Days) -> Days:
    """What is counted past a limit: of months, the days."""
    return "calendar" if days == "months" else days


def unit_of(rule: Rule, workflow: Workflow) -> Days:
    """In which days it is counted by how many a time was missed: `calendar` or `working`."""
    return _past(_gap(rule, workflow).days)


def by_whom(by: Mapping[str, tuple[str, ...]], workflow: Workflow) -> Label:
    """Who may take a step: roles with the levels at which they act."""
    return _by_whom(tuple(by.items()), workflow)


@lru_cache(maxsize=4096)
def _by_whom(by: tuple[tuple[str, tuple[str, ...]], ...], workflow: Workflow) -> Label:
    return any_of(who(label_of(role, workflow.vocabulary.roles), levels) for role, levels in by)


def deadline_text(deadline: Deadline, workflow: Workflow) -> Label:
    """A running deadline in words."""
    step = workflow.spec.steps[deadline.step].label
    due = Label("{due} 前", "by {due}").fill(due=deadline.due) if deadline.due else Label("期限未定", "open")
    status = deadline.rule.label if deadline.status == "overrun" and deadline.rule.label else STATUSES[deadline.status]
    over = so_many(deadline.over, unit_of(deadline.rule, workflow))
    over = Label("，已过{n}", ", {n} over").fill(n=over) if deadline.over else same("")
    return Label("{step}：{due}（{status}{over}）", "{step}: {due} ({status}{over})").fill(
        step=step, due=due, status=status, over=over
    )
