"""Small procedures for tests, written key by key as a pack writes them.

Every pack here shares one vocabulary: two roles, three papers, tracks of two sorts, three values and three parameters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from attrs import Factory, fields, frozen

from fanpin.cases import Case
from fanpin.events import Event
from fanpin.expressions.scope import Source
from fanpin.expressions.types import BOOLEAN, ChoiceType, NumberType
from fanpin.facts import FactSpec
from fanpin.i18n import Label
from fanpin.observing import Violation
from fanpin.parameters import Parameter, ParameterRow, ParameterTable
from fanpin.steps import Count, DaysOff, Demand, Every, Gap, Named, Step, Vocabulary, WorkflowSpec
from fanpin.units import Unit
from fanpin.workflow import Workflow, build_workflows

START = date(2024, 3, 1)  # a Friday
PARAMETERS = {"short": 3, "long": 15, "few": 3}  # days, and a plain number
ODDITIES = {"step-out-of-reach", "clock-never-starts"}  # with which a procedure still runs


def _named(*words: Named) -> Mapping[str, Named]:
    return {word.name: word for word in words}


ROLES = _named(
    Named("worker", Label("网格员", "grid worker"), ("网格长",)), Named("official", Label("干部", "official"))
)
PAPERS = _named(
    Named("form", Label("申请书", "application"), ("申请表",)),
    Named("photo", Label("照片", "photo")),
    Named("minutes", Label("会议记录", "minutes")),
)
STANDINGS = _named(
    Named("in_process", Label("识别中", "in process")), Named("monitored", Label("监测对象", "monitored"))
)
TRACKS = _named(Named("measure", Label("帮扶措施", "measure")), Named("person", Label("人", "person")))
VALUES = {
    "grade": FactSpec("grade", Label("等级", "grade"), ChoiceType(("red", "blue")),
                      values={"red": Label("红", "red"), "blue": Label("蓝", "blue")}),
    "poor": FactSpec("poor", Label("是否困难", "in need"), BOOLEAN),
    "size": FactSpec("size", Label("人口数", "number of persons"), NumberType(hi=6)),
}  # fmt: skip

_DEMAND = {a.name for a in fields(Demand)} - {"name", "place", "source"}
_LISTS = ("evidence", "right_after", "other_person_than", "says", "clears", "blocks", "until", "after")


def _demand(keys: Mapping[str, Any], name: str = "") -> Demand:
    found: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in keys.items()}
    if "when" in found:
        found["when"] = Source(found["when"])
    found["by"] = {role: (levels,) if isinstance(levels, str) else tuple(levels)
                   for role, levels in keys.get("by", {}).items()}  # fmt: skip
    found["needs"] = tuple(tuple(text.split(" or ")) for text in keys.get("needs", ()))
    found["gaps"] = tuple(_gap(gap, **of) for gap, of in keys.get("gaps", {}).items())
    found["count"] = tuple(Count(of, Source(str(text))) for of, text in keys.get("count", {}).items())
    found["every"] = tuple(Every(*pair) for pair in keys.get("every", ()))
    found["holds"] = tuple(map(Source, keys.get("holds", ())))
    return Demand(name, **found)


def _gap(name: str, since: str, at_least: object = None, at_most: object = None, **keys: Any) -> Gap:
    least, most = (None if length is None else Source(str(length)) for length in (at_least, at_most))
    return Gap(name, tuple(since.split(" or ")), least, most, **keys)


def step(name: str, **keys: Any) -> Step:
    """A step by the keys of a pack: its own demand's, those of `also`, and what it does."""
    own = {key: value for key, value in keys.items() if key in _DEMAND}
    does: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in keys.items()
            if key not in _DEMAND and key != "also"}  # fmt: skip
    also = (_demand(of, called) for called, of in keys.get("also", {}).items())
    does.setdefault("label", Label(f"「{name}」", name))
    return Step(name, demands=(_demand(own), *also), **does)


@frozen
class Pack:
    """What a case needs of a pack. For another process it is made anew, as packs are."""

    workflows: Mapping[str, Workflow]
    name: str = "p"
    hash: str = "0" * 8
    region: str | None = None
    parameters: Mapping[str, int] = Factory(dict)
    made_of: tuple[tuple[Any, ...], Mapping[str, Any]] = ((), {})

    def __reduce__(self) -> tuple[Any, ...]:
        lines, keys = self.made_of
        return partial(pack, **keys), tuple(lines)

    @property
    def workflow(self) -> Workflow:
        """Its one procedure."""
        (workflow,) = self.workflows.values()
        return workflow

    def case(self, *events: Event, id: str = "1", **keys: Any) -> Case:
        """A case that saw these events."""
        case = Case.open(self.workflow.name, pack=self, id=id, **keys)
        for event in events:
            case, _ = case.observe(event)
        return case


def pack(
    *lines: Sequence[str],
    steps: Mapping[str, Mapping[str, Any]] | Iterable[Step] = (),
    days_off: Iterable[DaysOff] = (),
    parameters: Mapping[str, Any] = PARAMETERS,
    lint: Iterable[str] | None = (),
    called: str = "w",
    **keys: Any,
) -> Pack:
    """A pack of one procedure: `lines` of steps or alternatives ("a or b"), and what there is to say of steps.

    `lint` are the codes that the check of packs is to find in it, or None where any that a procedure can run with may.
    """
    asked = {"days_off": days_off, "parameters": parameters, "lint": lint, "called": called, **keys}
    if isinstance(steps, Mapping):
        steps = [step(name, **of) for name, of in steps.items()]
    said = {of.name: of for of in steps}
    rows = tuple(tuple(tuple(place.split(" or ")) for place in line) for line in lines)
    named = dict.fromkeys(name for line in rows for place in line for name in place)
    every = {name: said.get(name) or step(name) for name in [*named, *(n for n in said if n not in named)]}
    spec = WorkflowSpec(called, Label("识别", "identification"), every, rows, **keys)
    vocabulary = Vocabulary(ROLES, PAPERS, STANDINGS, TRACKS, VALUES, tuple(days_off))
    workflows, problems = build_workflows([spec], vocabulary, _table(parameters))
    codes = [problem.code for problem in problems]
    assert set(codes) <= ODDITIES if lint is None else sorted(codes) == sorted(lint), problems
    return Pack(workflows, parameters=parameters, made_of=(lines, {"steps": list(steps), **asked}))


def _table(values: Mapping[str, Any]) -> ParameterTable:
    rows = {
        name: tuple(_rows(of if isinstance(of, Mapping) else {date(2020, 1, 1): of})) for name, of in values.items()
    }
    units = {name: Unit.parse("1" if name == "few" else "day") for name in rows}
    return ParameterTable({name: Parameter(name, Label(name, name), units[name], of) for name, of in rows.items()})


def _rows(values: Mapping[date | str, int]) -> Iterator[ParameterRow]:
    """Values by the day from which they are in force, or by region."""
    for key, value in values.items():
        since, region = (date(2020, 1, 1), key) if isinstance(key, str) else (key, None)
        yield ParameterRow(since, None, Decimal(value), region)


def of_pack(rules: Any, name: str, on: date = START) -> Pack:
    """One procedure of a pack that is shipped, with the parameters of a day."""
    workflow = rules.workflows[name]
    parameters = workflow.parameters.in_force(workflow.parameters_read, on, rules.region)
    return Pack({name: workflow}, rules.name, rules.hash, rules.region, parameters)


def event(step: str, day: int | str = 0, **keys: Any) -> Event:
    """An event so many days after the start, or on a day or at a time that is written out."""
    at = START + timedelta(days=day) if isinstance(day, int) else _at(day)
    return Event(step=step, at=at, **keys)


def _at(text: str) -> date | datetime:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def found(of: Pack, *events: Event) -> list[list[str]]:
    """The kinds of what was wrong with each event of a case."""
    case, kinds = of.case(), []
    for each in events:
        case, violations = case.observe(each)
        kinds.append([violation.kind for violation in violations])
    return kinds


def wrong(of: Pack, *events: Event) -> list[Violation]:
    """All that was wrong with the last event of a case, after others with which nothing was."""
    *before, last = events
    case = of.case()
    for each in before:
        case = case.record(each)
    return list(case.observe(last)[1])


def kinds(of: Pack, *events: Event) -> list[str]:
    """The kinds of all that was wrong with the last event, after others with which nothing was."""
    return [violation.kind for violation in wrong(of, *events)]
