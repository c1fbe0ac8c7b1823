"""Which rules the cases of a pack reach: what never came out one way or the other, and which boundaries are untested.

A boundary is the threshold of a comparison. It is tested at, just below and just above it, where a case has it just
there and the comparison decides something: the other parts of its rule leave it open. Just beside is within one per
cent, one yuan, or one of what is counted in whole numbers or days.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from attrs import Factory, define, field, frozen

from fanpin.errors import Place
from fanpin.explaining import Explainer
from fanpin.expressions.evaluate import RowIndex
from fanpin.expressions.nodes import Aggregate, Bands, Named, Node, Op, Parameter, Risk, children, walk
from fanpin.expressions.scope import Source
from fanpin.expressions.to_words import Words
from fanpin.expressions.types import BooleanType, DateType, NumberType
from fanpin.i18n import LANGUAGES, Label, same
from fanpin.live import Live
from fanpin.observing import Rule
from fanpin.packs import Pack
from fanpin.results import Result, ResultTrees
from fanpin.sentences import PackVocabulary
from fanpin.testing.cases import Ran
from fanpin.workflow import Workflow

Kind = Literal["risk", "category", "grade", "result", "definition", "boundary", "step", "limit"]
KINDS: Mapping[Kind, Label] = {
    "risk": Label("风险", "risk"),
    "category": Label("类别", "category"),
    "grade": Label("等级", "grade"),
    "result": Label("结果", "result"),
    "definition": Label("定义", "definition"),
    "boundary": Label("分界", "boundary"),
    "step": Label("环节", "step"),
    "limit": Label("时限", "time limit"),
}
WAYS: Mapping[str, Label] = {
    "holds": Label("从未成立", "never holds"),
    "clear": Label("从未不成立", "never fails to hold"),
    "known": Label("从未算出", "never worked out"),
    "some": Label("从未大于零", "never above zero"),
    "nothing": Label("从未为零", "never zero"),
    "below": Label("没有恰好不到的例子", "not tested just below"),
    "at": Label("没有恰好相等的例子", "not tested at it"),
    "above": Label("没有恰好超过的例子", "not tested just above"),
    "came": Label("从未办过", "never taken"),
    "kept": Label("从未按时", "never kept"),
    "broken": Label("从未违反", "never broken"),
}
_ORDER = ("lt", "le", "gt", "ge")
Key = tuple[Any, ...]


@frozen
class Goal:
    """One thing that cases can reach: of a rule or a boundary, and which way. `own` where the pack itself says it."""

    kind: Kind
    name: str
    label: Label
    way: str
    own: bool
    key: Key = field(repr=False)


@frozen
class Untested:
    """A rule or boundary with the ways in which no case reaches it."""

    kind: Kind
    name: str
    label: Label
    ways: tuple[str, ...]
    own: bool

    @property
    def said(self) -> Label:
        """What is not tested, in words."""
        ways = [WAYS[way] for way in self.ways]
        return Label("，".join(way.zh for way in ways), ", ".join(way.en for way in ways))


@frozen
class Coverage:
    """How many of the goals the cases reach, and what they leave out; `own` are those that the pack itself says."""

    goals: tuple[Goal, ...]
    reached: frozenset[Key]

    def count(self, own: bool) -> tuple[int, int]:
        """How many are reached, and of how many."""
        keys = {goal.key for goal in self.goals if goal.own == own}
        return len(keys & self.reached), len(keys)

    @cached_property
    def untested(self) -> tuple[Untested, ...]:
        """What is not reached, rule by rule in the pack's order."""
        ways: dict[tuple[Kind, str], list[Goal]] = {}
        for goal in self.goals:
            if goal.key not in self.reached:
                ways.setdefault((goal.kind, goal.name), []).append(goal)
        return tuple(
            Untested(kind, name, goals[0].label, tuple(goal.way for goal in goals), goals[0].own)
            for (kind, name), goals in ways.items()
        )


def coverage(pack: Pack, ran: Iterable[Ran], *, folder: str | None = None) -> Coverage:
    """What these cases of a pack reach. A rule is the pack's own where its text, or a number it reads, is.

    `folder` is the name of the pack's folder, where the cases do not stand in it.
    """
    cases = tuple(ran)
    folder = folder or (_folder(cases[0].case.place) if cases else pack.name)
    goals, reached = _Goals(pack, folder), set[Key]()
    for case in cases:
        if case.found is not None and isinstance(case.found._source, Live):
            reached |= set(_of_household(pack, case.found._source))
        if case.procedure is not None:
            reached |= set(_of_procedure(case))
    return Coverage(tuple(goals.every()), frozenset(reached))


def _folder(place: Place) -> str:
    return (place.file or "").partition("/")[0]


# What there is to reach


@define
class _Goals:
    pack: Pack
    folder: str
    _seen: set[Key] = Factory(set)

    def every(self) -> Iterator[Goal]:
        rules, spec = self.pack.rules, self.pack.rules.spec
        for name, risk in spec.risks.items():
            yield from self._both("risk", name, risk.label, risk.when)
            yield from self._boundaries(name, rules.risks[name], risk.when)
        for name, category in spec.categories.items():
            yield from self._both("category", name, category.label, category.when)
            yield from self._boundaries(name, rules.categories[name], category.when)
        for name, grade in spec.grades.items():
            yield from self._both("grade", name, grade.label, grade.when)
            yield from self._boundaries(name, rules.texts[grade.when], grade.when)
        for name, trees in rules.results.items():
            yield from self._result(name, trees)
        for name, tree in rules.definitions.items():
            yield from self._definition(name, tree)
        for workflow in self.pack.workflows.values():
            yield from self._procedure(workflow)

    def _goals(self, kind: Kind, name: str, label: Label, ways: Iterable[str], own: bool) -> Iterator[Goal]:
        return (Goal(kind, name, label, way, own, (kind, name, way)) for way in ways)

    def _both(self, kind: Kind, name: str, label: Label, text: Source) -> Iterator[Goal]:
        return self._goals(kind, name, label, ("holds", "clear"), self._is_own(text))

    def _definition(self, name: str, tree: Node) -> Iterator[Goal]:
        spec = self.pack.rules.spec
        definition = spec.definitions.get(name)
        text = spec.filtered[name].where if definition is None else definition.text
        label = spec.filtered[name].label if definition is None else definition.label
        own = self._is_own(text) if isinstance(text, Source) else _folder(text.place) == self.folder
        ways = ("holds", "clear") if isinstance(tree.type, BooleanType) else ("known",)
        yield from self._goals("definition", name, label, ways, own)
        yield from self._boundaries(name, tree, text if isinstance(text, Source) else text.place)

    def _result(self, name: str, trees: ResultTrees) -> Iterator[Goal]:
        result, own = trees.result, self._says(trees.result)
        if trees.paid is not None:
            yield from self._goals("result", name, result.label, ("some", "nothing"), own)
        for kind in trees.kinds:
            label = Label(f"{result.label.zh}：{result.kind_labels[kind].zh}",
                          f"{result.label.en}: {result.kind_labels[kind].en}")  # fmt: skip
            yield from self._goals("result", f"{name}: {kind}", label, ("holds", "clear"), own)
        for part in (*trees.conditions, *trees.left):
            yield from self._goals("result", f"{name}.{part}", result.label, ("holds", "clear"), own)
        for tree in trees.every():
            yield from self._boundaries(name, tree, text_of(result))

    def _says(self, result: Result) -> bool:
        text = text_of(result)
        return text is not None and self._is_own(text)

    def _is_own(self, text: Source | Place | None) -> bool:
        return text is not None and (text.file or "").partition("/")[0] == self.folder

    def _boundaries(self, name: str, tree: Node, text: Source | Place | None) -> Iterator[Goal]:
        for node in _within(tree):
            for number, (a, b) in enumerate(_compared(node)):
                if (node, number) in self._seen:
                    continue
                self._seen.add((node, number))
                own = self._is_own(text) or self._reads_own(a, b)
                label = self._words(node, a, b, text)
                for way in _possible(a, b):
                    yield Goal("boundary", f"{name}: {label.en}", label, way, own, (node, number, way))

    def _reads_own(self, *nodes: Node) -> bool:
        parameters = self.pack.rules.spec.parameters.parameters
        read = {node.name for node in walk(*nodes) if isinstance(node, Parameter)} & parameters.keys()
        return any(self._is_own(row.place) for name in read for row in parameters[name].rows)

    def _words(self, node: Node, a: Node, b: Node, text: Source | Place | None) -> Label:
        if isinstance(text, Source) and any(isinstance(part, Risk) for part in walk(node)):
            return same(" ".join(text.text.split()))  # what is counted in words would name every risk
        words = [Words(PackVocabulary(self.pack.rules.spec), language) for language in LANGUAGES]
        if isinstance(node, Op):
            return Label(*(in_one.text(node) for in_one in words))
        return Label(*(f"{in_one.text(a)}: {in_one.text(b)}" for in_one in words))

    def _procedure(self, workflow: Workflow) -> Iterator[Goal]:
        for step in workflow.spec.steps.values():
            name = f"{workflow.name}.{step.name}"
            own = self._is_own(step.place)
            yield Goal("step", name, step.label, "came", own, ("step", name, "came"))
            for requirement in workflow.requirements[step.name]:
                demand = requirement.demand
                for texts in requirement.gaps:
                    for side, atom in (("at_least", texts.at_least), ("at_most", texts.at_most)):
                        if atom is not None:
                            also = f"also.{demand.name}." if demand.name else ""
                            path = f"{name}.{also}gaps.{texts.gap.name}.{side}"
                            label, is_own = texts.gap.label or step.label, own or self._is_own(demand.place)
                            ways = ("broken",) if demand.name else ("kept", "broken")
                            yield from self._goals("limit", path, label, ways, is_own)


def text_of(rule: Any) -> Source | None:
    """The text of a rule; of a result any of its texts, which stand in one file."""
    if not isinstance(rule, Result):
        text: Source = rule.when
        return text
    limits = rule.limits
    texts: list[Source | None] = [
        rule.amount, None if limits is None else limits.of, *rule.when.values(), *rule.left_to.values(),
        *(bar.when for bar in rule.barred.values()), *(kind.when for kind in rule.kinds.values()),
    ]  # fmt: skip
    return next((text for text in texts if text is not None), None)


def _within(tree: Node) -> Iterator[Node]:
    """The parts of a rule, those within its definitions aside."""
    yield tree
    for part in children(tree):
        if not isinstance(part, Named):
            yield from _within(part)


def _compared(node: Node) -> Iterator[tuple[Node, Node]]:
    """What is compared with what: the sides of a comparison; an amount with each limit between its bands."""
    match node:
        case Op(name=name, args=(a, b)) if name in _ORDER and not isinstance(a.type, BooleanType):
            yield a, b
        case Bands(of=of, limits=limits):
            yield from ((of, limit) for limit in limits)
        case _:
            pass


def _possible(a: Node, b: Node) -> Iterator[str]:
    """On which sides of it what is compared may be at all."""
    a_type, b_type = a.type, b.type
    assert not isinstance(a_type, BooleanType)
    assert not isinstance(b_type, BooleanType)
    if a_type.lo < b_type.hi:  # type: ignore[operator]  # both are numbers, or both are days
        yield "below"
    yield "at"
    if a_type.hi > b_type.lo:  # type: ignore[operator]  # as above
        yield "above"


# What a case reaches


def _of_household(pack: Pack, live: Live) -> Iterator[Key]:
    for at, name in enumerate(pack.rules.risk_names):
        yield "risk", name, live.state(at)
    category, possible = live.categories()
    for name in pack.rules.categories:
        if name == category or name not in possible:
            yield "category", name, "holds" if name == category else "clear"
    grade, gravest, _ = live.grades()
    for name in pack.rules.spec.grades:
        if grade == gravest:
            yield "grade", name, "holds" if name == grade else "clear"
    for name, trees in pack.rules.results.items():
        yield from _of_result(name, trees, live.explainer, live)
    yield from _of_definitions(pack, live.explainer)
    yield from _of_boundaries(pack, live.explainer)


def _of_definitions(pack: Pack, explainer: Explainer) -> Iterator[Key]:
    spec = pack.rules.spec
    for name, tree in pack.rules.definitions.items():
        of = spec.filtered[name].of if name in spec.filtered else spec.definitions[name].of
        for row in _rows(explainer, of):
            lo, hi = explainer.evaluator.range(tree, row)
            if lo == hi:
                is_truth = isinstance(tree.type, BooleanType)
                yield "definition", name, ("holds" if lo else "clear") if is_truth else "known"


def _of_boundaries(pack: Pack, explainer: Explainer) -> Iterator[Key]:
    rules, walked = pack.rules, _Walk(explainer)
    grades = [rules.texts[rule.when] for rule in rules.spec.grades.values()]
    for tree in (*rules.risks.values(), *rules.categories.values(), *grades):
        yield from walked.of(tree, None)
    for trees in rules.results.values():
        for row in _rows(explainer, trees.result.of):
            for tree in trees.every():
                yield from walked.of(tree, row)


def _rows(explainer: Explainer, of: str | None) -> Iterable[RowIndex]:
    return (None,) if of is None else range(len(explainer.evaluator.rows(of)))


def _of_result(name: str, trees: ResultTrees, explainer: Explainer, live: Live) -> Iterator[Key]:
    for outcome in live.outcomes():
        if outcome.result != name or outcome.state != "known":
            continue
        if isinstance(outcome.amount, int | float):
            yield "result", name, "some" if outcome.amount > 0 else "nothing"
        for kind in trees.kinds:
            yield "result", f"{name}: {kind}", "holds" if outcome.kind == kind else "clear"
    for row in _rows(explainer, trees.result.of):
        for part, tree in (*trees.conditions.items(), *trees.left.items()):
            lo, hi = explainer.evaluator.range(tree, row)
            if lo == hi:
                yield "result", f"{name}.{part}", "holds" if lo else "clear"


@define
class _Walk:
    """The comparisons of a household that decide something, and where they stand."""

    explainer: Explainer
    _walked: set[tuple[Node, RowIndex]] = Factory(set)

    def of(self, node: Node, row: RowIndex) -> Iterator[Key]:
        if (node, row) in self._walked:
            return
        self._walked.add((node, row))
        for number, (a, b) in enumerate(_compared(node)):
            if way := self._way(a, b, row):
                yield node, number, way
        for part, at in self._parts(node, row):
            yield from self.of(part, at)

    def _parts(self, node: Node, row: RowIndex) -> Iterator[tuple[Node, RowIndex]]:
        ranges = self.explainer.evaluator
        match node:
            case Op(name="and" | "or" as name, args=args):
                ends = [ranges.range(arg, row) for arg in args]
                for at, arg in enumerate(args):
                    others = ends[:at] + ends[at + 1 :]
                    if all(hi for _, hi in others) if name == "and" else not any(lo for lo, _ in others):
                        yield arg, row
            case Op(name="if", args=(condition, then, otherwise)):
                yield condition, row
                surely, possibly = ranges.range(condition, row)
                yield from [(then, row)] * bool(possibly) + [(otherwise, row)] * (not surely)
            case Aggregate(collection=collection, where=where, body=body):
                for at in range(len(ranges.rows(collection))):
                    yield where, at
                    if ranges.range(where, at)[1]:
                        yield body, at
            case _:
                yield from ((part, row) for part in children(node))

    def _way(self, a: Node, b: Node, row: RowIndex) -> str | None:
        (a_lo, a_hi), (b_lo, b_hi) = (self.explainer.evaluator.range(part, row) for part in (a, b))
        if a_lo != a_hi or b_lo != b_hi:
            return None
        far = (a_lo - b_lo).days if isinstance(a_lo, date) else a_lo - b_lo
        if far == 0:
            return "at"
        if abs(far) > _beside(b, b_lo):
            return None
        return "below" if far < 0 else "above"


def _beside(node: Node, value: Any) -> float:
    """How far from a threshold is just beside it."""
    kind = node.type
    if isinstance(kind, DateType):
        return 1
    assert isinstance(kind, NumberType)
    yuan: float = 10**kind.decimals if kind.unit.has_money else 1
    return float(max(yuan, abs(value) / 100))


def _of_procedure(ran: Ran) -> Iterator[Key]:
    case = ran.procedure
    assert case is not None
    broken = {(number, _path(case.workflow, violation.rule)) for number, violation in case.violations}
    for number, entry in enumerate(case.timeline()):
        if entry.step is None:
            continue
        name = f"{case.workflow.name}.{entry.step}"
        yield "step", name, "came"
        for requirement in case.workflow.requirements[entry.step]:
            for texts in requirement.gaps:
                for side in ("at_least", "at_most"):
                    also = f"also.{requirement.demand.name}." if requirement.demand.name else ""
                    path = f"{name}.{also}gaps.{texts.gap.name}.{side}"
                    yield "limit", path, "broken" if (number, path) in broken else "kept"


def _path(workflow: Workflow, rule: Rule) -> str:
    return f"{workflow.name}.{rule.step}.{rule.path}"
