"""The cases of a pack: read, run, and every difference told from what is written there."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import yaml
from attrs import Factory, evolve, field, frozen
from pydantic import BaseModel, ValidationError

from fanpin.cases import Case, standing
from fanpin.errors import DataError, MissingParameter, PackError, Place, Problem, did_you_mean
from fanpin.expressions.nodes import Node
from fanpin.findings import STATES
from fanpin.grading import Assessment, grade
from fanpin.i18n import LANGUAGES, Label, Language, current_language, number, same
from fanpin.kinds import Between
from fanpin.live import Live
from fanpin.observing import Violation
from fanpin.outcomes import Outcome
from fanpin.packs import Pack
from fanpin.packs.files import CASES
from fanpin.packs.trees import Rows, Table, Text, Tree, at, place_of, read_yaml
from fanpin.plugins import default_manager
from fanpin.records import problems_of
from fanpin.sentences import sentences
from fanpin.telling import told
from fanpin.testing.case_shapes import (
    ExpectedEvent,
    ExpectedResult,
    HouseholdCase,
    InBoth,
    ProcedureCase,
    Range,
    Short,
    WrittenCases,
)
from fanpin.workflow import Workflow

SHOWN = 6  # sentences of one difference


# Differences


@frozen
class Difference:
    """What a case expects and what came: the name of the case, of what, both; and why it came so."""

    case: str
    what: str
    expected: object
    found: object
    why: tuple[Label, ...] = field(default=(), eq=False, repr=False)

    def line(self, language: Language | None = None) -> str:
        """The difference in one line, without the case's name."""
        language = language or current_language()
        part = self.what.rpartition(", ")[2]
        expected, found = (_shown(value, part, language) for value in (self.expected, self.found))
        said = _LINES["said"] if isinstance(self.expected, Label) else _LINES.get(part, _LINES["differs"])
        return said.say(language, what=_in_words(self.what, language), expected=expected, found=found)

    def text(self, language: Language | None = None) -> str:
        """The difference, and below it why it came so."""
        language = language or current_language()
        lines = [line for why in self.why for line in why.text(language).splitlines()]
        return "\n    ".join([self.line(language), *lines])

    def __str__(self) -> str:
        return f"{self.case}{'：' if current_language() == 'zh' else ': '}{self.line()}"


_LINES: Mapping[str, Label] = {
    "differs": Label("{what}：应为{expected}，实为{found}", "{what}: expected {expected}, found {found}"),
    "sentence": Label("{what}里没有“{expected}”：{found}", "{what} does not have '{expected}': {found}"),
    "said": Label("{what}：{found}", "{what}: {found}"),
}
_WORDS: Mapping[str, Label] = {
    "grade": Label("等级", "grade"),
    "possible_grade": Label("最高可能的等级", "possible grade"),
    "category": Label("类别", "category"),
    "possible_categories": Label("可能的类别", "possible categories"),
    "risks": Label("成立的风险", "risks"),
    "unknown": Label("尚不能确定的风险", "unknown risks"),
    "handled_by": Label("办理层级", "handled by"),
    "to_ask": Label("要问的", "to ask"),
    "faults": Label("数据问题", "faults"),
    "missing": Label("没有值的参数", "parameters without a value"),
    "facts": Label("事实", "facts"),
    "sentence": Label("说明", "sentence"),
    "how many": Label("行数", "how many"),
    "state": Label("状态", "state"),
    "amount": Label("数额", "amount"),
    "kind": Label("种类", "kind"),
    "possible_kinds": Label("可能的种类", "possible kinds"),
    "failed": Label("不成立的条件", "failed"),
    "open": Label("尚不能确定的条件", "open"),
    "left_to": Label("由谁决定", "left to"),
    "wrong": Label("不合流程之处", "what is wrong"),
    "workflow": Label("工作流程", "procedure"),
    "allowed": Label("当天可办的环节", "allowed steps"),
    "deadline": Label("期限", "deadline"),
    "overrun": Label("已超期的环节", "overrun"),
    "standing": Label("户的状态", "standing"),
    "ended": Label("办结于", "ended"),
}


def _in_words(what: str, language: Language) -> str:
    """`medical_aid, amount` in words; names of the pack's stay as they are."""
    parts = [_WORDS.get(part, same(part)).text(language) for part in what.split(", ")]
    return ("，" if language == "zh" else ", ").join(parts)


def _shown(value: object, part: str, language: Language) -> str:
    match value:
        case None if part in ("category", "kind"):
            return STATES["unknown"].text(language)
        case None | ():
            return Label("无", "none").text(language)
        case Label():
            return value.text(language)
        case (float() as lo, float() as hi):
            return Label("{lo}至{hi}", "{lo} to {hi}").say(language, lo=number(lo, 2), hi=number(hi, 2))
        case tuple():
            return ("、" if language == "zh" else ", ").join(str(part) for part in value)
        case bool():
            return str(value)
        case int() | float():
            return number(value, 2)
    return str(value)


# Reading


@frozen
class PackCase:
    """One case of a file: its name, its day, its place in the file, and what is written."""

    written: HouseholdCase | ProcedureCase
    day: date
    place: Place
    facts: Mapping[str, Any] = Factory(dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.written.name


def read_cases(path: str | os.PathLike[str]) -> tuple[PackCase, ...]:
    """The cases of a file; `DataError` names every mistake with its line."""
    file = Path(path)
    shown = f"{file.resolve().parent.name}/{file.name}"
    if not file.is_file():
        raise DataError(Problem("no-cases", Place(shown)))
    tree, problems = read_yaml(file, shown)
    if tree is None or problems:
        raise DataError(*problems)
    slips: list[Problem] = []
    values = _value(tree, slips)
    if slips:
        raise DataError(*slips)
    try:
        written = WrittenCases.model_validate(values)
    except ValidationError as error:
        raise DataError(*_problems(tree, error)) from None
    places = [place_of(tree, ("cases", n)) for n in range(len(written.cases))]
    days = [case.day or written.day or _last_day(case) for case in written.cases]
    no_day = [Problem("missing-key", place, {"key": "day"}) for place, day in zip(places, days, strict=True) if not day]
    if no_day:
        raise DataError(*no_day)
    return tuple(
        PackCase(case, day, place, {**written.facts, **getattr(case, "facts", {})})
        for case, day, place in zip(written.cases, days, places, strict=True)
        if day is not None
    )


def _value(tree: Tree, slips: list[Problem]) -> Any:
    """What a tree says, in the types that YAML gives its scalars."""
    match tree:
        case Table(entries=entries):
            return {key: _value(below, slips) for key, below in entries.items()}
        case Rows(items=items):
            return [_value(item, slips) for item in items]
        case Text(text=text, node=node):
            try:
                return _scalar(text, not node.style)
            except ValueError:  # such as 2024-02-30
                slips.append(Problem("case-unfit", tree.place, {"expected": _EXPECTED["date"]}))


@lru_cache(maxsize=4096)
def _scalar(text: str, is_plain: bool) -> Any:
    """A scalar by its form: a number, a day, yes or no, nothing; in quotes always a text."""
    tag = _SCALARS.resolve(yaml.ScalarNode, text, (is_plain, not is_plain))
    return _SCALARS.yaml_constructors[tag](_SCALARS, yaml.ScalarNode(tag, text))


_SCALARS: Any = yaml.SafeLoader("")


def _last_day(case: HouseholdCase | ProcedureCase) -> date | None:
    """The day of the last event, where there is one."""
    events = getattr(case, "events", ())
    return date(events[-1].at.year, events[-1].at.month, events[-1].at.day) if events else None


def _problems(tree: Tree, error: ValidationError) -> Iterator[Problem]:
    """One problem a place; what only follows from a mistake further down is left out."""
    found: dict[tuple[str | int, ...], Any] = {}
    for line in error.errors(include_url=False, include_input=False):
        of_key = line["loc"][-1:] if line["type"] in ("missing", "extra_forbidden") else ()
        found.setdefault((*(step for step, _ in at(tree, line["loc"])), *of_key), line)
    for path, line in found.items():
        if not any(len(other) > len(path) and other[: len(path)] == path for other in found):
            yield _problem(tree, line)


def _problem(tree: Tree, error: Any) -> Problem:
    path, kind, ctx = error["loc"], error["type"], error.get("ctx", {})
    place = evolve(place_of(tree, path), field=".".join(str(step) for step, _ in at(tree, path)) or None)
    if kind == "missing":
        return Problem("missing-key", place, {"key": path[-1]})
    if kind == "extra_forbidden":
        known = _known_keys(path[:-1])
        details = {"key": path[-1], "file": "", "known": ", ".join(known)}
        return Problem("unknown-key-of", place_of(tree, path, of_key=True), details, did_you_mean(str(path[-1]), known))
    if kind == "no-such-violation":
        return Problem(kind, place, dict(ctx))
    expected = next((label for prefix, label in _EXPECTED.items() if kind.startswith(prefix)), same(error["msg"]))
    return Problem("case-unfit", place, {"expected": _RESULT if "results" in path else expected})


_RESULT = Label("数额、种类、是或否，或键和值", "an amount, a kind, yes or no, or keys with values")
_EXPECTED: Mapping[str, Label] = {
    "tuple": Label("一列", "a list"),
    "too_short": Label("至少一项", "at least one entry"),
    "dict": Label("键和值", "keys with values"),
    "model": Label("键和值", "keys with values"),
    "string_too_short": Label("文字，不能为空", "some text"),
    "string": Label("一段文字", "a text"),
    "date": Label("日期，如 2024-03-01", "a day such as 2024-03-01"),
    "literal": Label("known、unknown、refused、left 之一", "known, unknown, refused or left"),
}


def _known_keys(path: Sequence[object]) -> list[str]:
    """The keys of the table that a path of pydantic's leads to: the models named along it, and their fields."""
    shapes: Mapping[str, type[BaseModel]] = {
        "(household)": HouseholdCase,
        "(procedure)": ProcedureCase,
        "events": ExpectedEvent,
        "results": ExpectedResult,
        "sentences": InBoth,
    }
    named = [shapes[str(step)] for step in path if str(step) in shapes]
    return [*(named[-1] if named else WrittenCases).model_fields]


# Running


@frozen
class Ran:
    """What came of one case: the differences, and the assessment or the case of the procedure."""

    case: PackCase
    differences: tuple[Difference, ...]
    found: Assessment | None = None
    procedure: Case | None = None

    @property
    def passed(self) -> bool:
        """Whether all came as written."""
        return not self.differences


def cases_file(pack: str | os.PathLike[str]) -> Path:
    """Where the cases of a pack stand: beside it, which is in a folder or is that of a plugin, by name."""
    folder = default_manager().packs().get(os.fspath(pack)) or Path(pack)
    return (folder.parent if folder.is_file() else folder) / CASES


def run_case(pack: Pack, case: PackCase) -> Ran:
    """Run one case of a pack."""
    run: Any = _run_household if isinstance(case.written, HouseholdCase) else _run_procedure
    ran: Ran = run(pack, case, case.written)
    return ran


def run_cases(pack: Pack, path: str | os.PathLike[str]) -> tuple[Difference, ...]:
    """Run the cases of a YAML file, and every difference from what is written there.

    `facts` of the file are those of every case, `facts` of a case go before them; `day`, the day of grading, likewise.
    Of a household only what is written is compared: `grade`, `category`, `risks` (those that hold), `unknown`,
    `results`, `sentences` and the other keys that `docs/en/howto/test-a-pack.md` lists; a fault in the data that no
    `faults` expects is a difference, and so is a fact that the pack does not have. A case with a `workflow` lists
    `events`, each with what is `wrong` with it, and how the case stands on the day. `DataError` where the file can't
    be read.
    """
    return tuple(difference for case in read_cases(path) for difference in run_case(pack, case).differences)


Compared = tuple[str, object, object, Callable[[], Iterable[Label]]]  # of what, expected, found, and why


def _differences(name: str, compared: Iterable[Compared]) -> tuple[Difference, ...]:
    return tuple(
        Difference(name, what, expected, found, tuple(why()))
        for what, expected, found, why in compared
        if expected != found
    )


def _run_household(pack: Pack, case: PackCase, written: HouseholdCase) -> Ran:
    try:
        household = pack.household({"household_id": "1", **case.facts})
    except ValidationError as error:
        return Ran(case, tuple(_unfit(written.name, problem) for problem in problems_of(error, pack.model)))
    try:
        found = grade(household, pack=pack, on=case.day)
    except MissingParameter as error:
        missing = tuple(str(problem.details["name"]) for problem in error.problems)
        why = _of_missing(error)
        return Ran(case, _differences(written.name, [("missing", written.missing, missing, partial(list, why))]))
    return Ran(case, _differences(written.name, _HouseholdCheck(pack, written, found).compared()), found)


def _unfit(name: str, problem: Problem) -> Difference:
    what = problem.place.field or "facts"
    return Difference(name, what, Label("规则包里的事实", "a fact of the pack"), _of_problem(problem))


def _of_missing(error: MissingParameter) -> list[Label]:
    told = [Label(problem.sentence("zh"), problem.sentence("en")) for problem in error.problems]
    return _at_most(told)


def _at_most(told: list[Label]) -> list[Label]:
    """The first of many sentences, and how many more there are."""
    more = Label("……还有{n}项", "... and {n} more").fill(n=len(told) - SHOWN)
    return told if len(told) <= SHOWN else [*told[:SHOWN], more]


def _of_problem(problem: Problem) -> Label:
    return Label(*(problem.sentence(language) + _help(problem, language) for language in LANGUAGES))


def _help(problem: Problem, language: Language) -> str:
    way_out = problem.help(language)
    return f"（{way_out}）" if way_out and language == "zh" else f" ({way_out})" if way_out else ""


_PLAIN = ("grade", "possible_grade", "possible_categories", "category", "risks", "unknown", "handled_by", "to_ask")
_ORDERLESS = ("risks", "unknown", "to_ask", "possible_categories")


@frozen
class _HouseholdCheck:
    """What one household's case expects, beside what came."""

    pack: Pack
    written: HouseholdCase
    found: Assessment

    def compared(self) -> Iterator[Compared]:
        found = self.found
        yield ("faults", self.written.faults, tuple(fault.code for fault in found.faults),
               lambda: [_of_problem(fault) for fault in found.faults])  # fmt: skip
        if self.written.missing:
            yield "missing", self.written.missing, (), tuple
        for key in _PLAIN:
            if key in self.written.model_fields_set:
                expected, came = getattr(self.written, key), self._came(key)
                if key in _ORDERLESS:
                    expected, came = _in_order(expected, came)
                yield key, expected, came, self._why(key, expected, came)
        for name, wanted in self.written.results.items():
            outcomes = [outcome for outcome in found.results if outcome.result == name]
            yield from _of_result(name, wanted, outcomes)
        for name, text in self.written.sentences.items():
            yield from self._sentence(name, text)

    def _came(self, key: str) -> Any:
        if key == "unknown":
            return self.found.unknown_risks
        if key == "to_ask":
            return tuple(dict.fromkeys(question.fact for question in self.found.to_ask))
        return getattr(self.found, key)

    def _why(self, key: str, expected: Any, came: Any) -> Callable[[], Iterable[Label]]:
        match key:
            case "risks" | "unknown":
                return lambda: self._findings({*expected} ^ {*came})
            case "category" | "possible_categories":
                return lambda: self._categories({*_several(expected), *_several(came)})
            case "to_ask":
                return lambda: self._findings(self.found.unknown_risks)
        return self._why_graded

    def _findings(self, risks: Iterable[str]) -> list[Label]:
        asked = {*risks}
        return _at_most([_both(finding.sentence) for finding in self.found.findings if finding.risk in asked])

    def _why_graded(self) -> list[Label]:
        told = self._findings(self.found.risks) or [Label("没有一项风险成立", "no risk holds")]
        unsure = [finding.label for finding in self.found.findings if finding.state == "unknown"]
        if not unsure:
            return told
        names = Label("、".join(label.zh for label in unsure), ", ".join(label.en for label in unsure))
        return [*told, Label("尚不能确定：{names}", "can't be said yet: {names}").fill(names=names)]

    def _categories(self, names: Iterable[str]) -> list[Label]:
        source, trees = self.found._source, self.pack.rules.categories
        assert isinstance(source, Live)
        return [_both(_Telling(source, name, trees[name])) for name in trees if name in {*names}]

    def _sentence(self, name: str, text: str | InBoth) -> Iterator[Compared]:
        said = [finding.sentence for finding in self.found.findings if finding.risk == name]
        said += [outcome.explain for outcome in self.found.results if outcome.result == name]
        parts = [text] if isinstance(text, str) else [part for part in (text.zh, text.en) if part is not None]
        texts = [tell(language) for tell in said for language in LANGUAGES]
        for part in parts:
            if not any(part in whole for whole in texts):
                language: Language = "zh" if any(ord(sign) > 0x2E80 for sign in part) else "en"
                came = "\n".join(tell(language) for tell in said) or None
                yield f"{name}, sentence", part, came, tuple


@frozen
class _Telling:
    """Whether a category holds, and why, by itself."""

    live: Live
    name: str
    tree: Node

    def __call__(self, language: Language) -> str:
        explainer, write = self.live.explainer, sentences(self.live.rules, language)
        surely, possibly = explainer.evaluator.range(self.tree)
        state = STATES["holds" if surely else "unknown" if possibly else "clear"]
        label = self.live.rules.spec.categories[self.name].label
        return write.finding(label, state, explainer.reasons(self.tree, write))


def _both(tell: Callable[[Language], str]) -> Label:
    return Label(*map(tell, LANGUAGES))


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _in_order(expected: tuple[str, ...], came: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both in the order in which they came, what did not come last."""
    return tuple(sorted(expected, key=lambda name: came.index(name) if name in came else len(came))), came


def _of_result(name: str, expected: Short | tuple[Short, ...], outcomes: Sequence[Outcome]) -> Iterator[Compared]:
    """What is expected of a result beside what came, part by part."""
    rows = expected if isinstance(expected, tuple) else (expected,)
    yield f"{name}, how many", len(rows), len(outcomes), tuple
    for number_, (row, outcome) in enumerate(zip(rows, outcomes, strict=False)):
        shown = name if outcome.of is None else f"{name} of row {number_}"
        in_full = _in_full(row)
        for key in sorted({"state", *in_full.model_fields_set}):
            expected_part, came = (_plain(getattr(of, key)) for of in (in_full, outcome))
            yield f"{shown}, {key}", expected_part, came, partial(_explained, outcome)


def _explained(outcome: Outcome) -> list[Label]:
    return [_both(outcome.explain)]


def _in_full(expected: Short) -> ExpectedResult:
    match expected:
        case bool():
            return ExpectedResult(kind="eligible" if expected else "none")
        case float():
            return ExpectedResult(amount=expected)
        case str():
            return ExpectedResult(kind=expected)
    return expected


def _plain(value: object) -> object:
    match value:
        case Range(lo=lo, hi=hi) | Between(lo=lo, hi=hi):
            return lo, hi
        case tuple():
            return tuple(getattr(part, "fact", part) for part in value)  # of a question, what it asks
    return value


# Procedures


def _run_procedure(pack: Pack, case: PackCase, written: ProcedureCase) -> Ran:
    try:
        procedure = Case.open(written.workflow, pack=pack, id="1", region=written.region)
    except PackError as error:
        why = tuple(map(_of_problem, error.problems))
        return Ran(case, (Difference(written.name, "workflow", written.workflow, None, why),))
    try:
        procedure, compared = _of_events(procedure, written)
        compared += _as_it_stands(procedure, written, case.day)
    except MissingParameter as error:
        why = tuple(_of_missing(error))
        missing = tuple(str(problem.details["name"]) for problem in error.problems)
        return Ran(case, (Difference(written.name, "missing", (), missing, why),))
    return Ran(case, _differences(written.name, compared), procedure=procedure)


def _of_events(procedure: Case, written: ProcedureCase) -> tuple[Case, list[Compared]]:
    """The case after its events, and of each what was expected to be wrong with it beside what was."""
    workflow, compared = procedure.workflow, list[Compared]()
    for number_, line in enumerate(written.events, 1):
        procedure, violations = procedure.observe(line.event())
        kinds = tuple(sorted(violation.kind for violation in violations))
        why = partial(_of_violations, violations, workflow)
        compared.append((f"{number_} {line.step}, wrong", tuple(sorted(line.wrong)), kinds, why))
    return procedure, compared


def _of_violations(violations: Iterable[Violation], workflow: Workflow) -> list[Label]:
    return [_of_problem(told(violation, workflow)) for violation in violations]


def _as_it_stands(procedure: Case, written: ProcedureCase, day: date) -> Iterator[Compared]:
    asked = written.model_fields_set
    waited = procedure.deadlines(day) if asked & {"deadlines", "overrun"} else ()
    if "allowed" in asked:
        came = tuple(dict.fromkeys(offer.step for offer in procedure.allowed(day) if offer.is_open(day)))
        yield "allowed", *_in_order(written.allowed, came), tuple
    for step, due in written.deadlines.items():
        came_due = next((deadline.due for deadline in waited if deadline.step == step), None)
        yield f"{step}, deadline", due, came_due, tuple
    if "overrun" in asked:
        over = tuple(dict.fromkeys(deadline.step for deadline in waited if deadline.status == "overrun"))
        yield "overrun", *_in_order(written.overrun, over), tuple
    if "standing" in asked:
        found = standing([procedure])
        yield "standing", written.standing, found and found.name, tuple
    if "ended" in asked:
        yield "ended", written.ended, procedure.ended, tuple
