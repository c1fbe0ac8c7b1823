"""Risks, categories and grades: what a pack decides by.

A `RuleSpec` is what somebody wrote; a `RuleSet`, which `rule_building.py` makes of it, holds the checked trees and
compiles them when they are first asked for.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from attrs import Factory, define, field, frozen

from fanpin.expressions import to_python as python_backend
from fanpin.expressions.functions import ON
from fanpin.expressions.nodes import Fact, In, Node, Nodes, Parameter, facts_read, walk
from fanpin.expressions.plain import Plain
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Attributes, CollectionScope, Source
from fanpin.expressions.types import NumberType
from fanpin.facts import FactTable
from fanpin.forms import Form
from fanpin.i18n import Label
from fanpin.in_force import ParametersInForce, is_dated
from fanpin.monotone import grading
from fanpin.parameters import ParameterTable
from fanpin.results import NONE, Result, ResultTrees, first_of, result_ends
from fanpin.units import Unit

IN_FORCE_KEPT = 64  # days whose parameters a rule set keeps at hand
HANDLERS: Mapping[str, Label] = MappingProxyType(
    {
        "village": Label("村（嘎查）", "village"),
        "township": Label("乡镇（苏木）", "township"),
        "county": Label("县（旗）", "county"),
        "departments": Label("行业部门", "departments"),
    }
)


def _text(text: "str | Source") -> Source:
    return Source(text) if isinstance(text, str) else text


def _source(text: "str | Source | Form") -> "Source | Form":
    return Source(text) if isinstance(text, str) else text


@frozen
class Definition:
    """A name for a part of rules, with the unit that it is said to have; of a row, where `of` names a collection.

    `text` is a formula, or one of the forms of `forms.py`.
    """

    name: str
    label: Label
    text: "Source | Form" = field(converter=_source)
    unit: Unit | None = None
    source: str | None = None
    of: str | None = None


@frozen
class Filtered:
    """A collection that is some rows of another (who counts), such as the members who share the budget."""

    name: str
    label: Label
    of: str
    where: Source


@frozen
class Risk:
    """A risk of falling back into poverty (返贫致贫风险), and when it holds.

    `need` names the item of 两不愁三保障 or water that it breaks; `kind` is the pack's own word for grades to read.

    >>> Risk("water", when="water == 'not_met'", label=Label("因安全饮水", "unsafe water"), need="water").has_need
    True
    """

    name: str
    when: Source = field(converter=_text)
    label: Label
    need: str | None = None
    kind: str | None = None
    source: str | None = None

    @property
    def has_need(self) -> bool:
        """Whether it breaks a need."""
        return self.need is not None

    @property
    def attributes(self) -> Attributes:
        """What categories and grades may read of it."""
        return {"name": self.name, "need": self.need, "has_need": self.has_need, "kind": self.kind}


@frozen
class Category:
    """Whether a household is monitored, and as what (监测对象类别); the first that holds."""

    name: str
    when: Source = field(converter=_text)
    label: Label
    source: str | None = None


@frozen
class GradeRule:
    """A grade (风险等级) over the risks that hold, gravest first, and who handles it."""

    name: str
    when: Source = field(converter=_text)
    label: Label
    handled_by: tuple[str, ...] = ()
    source: str | None = None


@frozen
class RuleSpec:
    """Everything that rules are made of, as written."""

    facts: FactTable
    parameters: ParameterTable = ParameterTable()
    definitions: Mapping[str, Definition] = Factory(dict)
    risks: Mapping[str, Risk] = Factory(dict)
    categories: Mapping[str, Category] = Factory(dict)
    grades: Mapping[str, GradeRule] = Factory(dict)
    decided_by: Mapping[str, str] = Factory(dict)  # who settles a fact that is not asked at the door
    filtered: Mapping[str, Filtered] = Factory(dict)
    results: Mapping[str, Result] = Factory(dict)
    conditions: tuple[Source, ...] = ()  # yes-or-no texts that decide nothing here, such as whom a measure suits


@define(eq=False, slots=False, repr=False)
class RuleSet:
    """The rules of a pack: checked trees, and the function compiled from them. Immutable, and shared by threads."""

    spec: RuleSpec
    nodes: Nodes
    definitions: Mapping[str, Node]
    risks: Mapping[str, Node]
    categories: Mapping[str, Node]
    grade: Node  # the number of the first grade that holds, over risks
    collections: Mapping[str, CollectionScope]
    dated: tuple[tuple[str, Node], ...] = ()  # parameters read at another day than that of grading, and which
    results: Mapping[str, ResultTrees] = Factory(dict)
    cells: tuple[str, ...] = ()  # parameters that are values of tables
    checks: Mapping[tuple[str, str], Node] = Factory(dict)  # what is wrong where it surely holds: code and place
    no_rows: Mapping[str, Node] = Factory(dict)  # of a value of a table: whether there is none, of a row where it is
    items: Mapping[str, Mapping[tuple[str, str], Node]] = Factory(dict)  # of a score card: when each item counts
    texts: Mapping[Source, Node] = Factory(dict)  # the tree of each text by itself, as it was written
    _in_force: dict[date, ParametersInForce] = field(factory=dict, init=False)

    def __repr__(self) -> str:
        return f"<RuleSet {len(self.risks)} risks, {len(self.categories)} categories, {len(self.spec.grades)} grades>"

    def on(self, day: date) -> ParametersInForce:
        """The parameters of a day. Those of the last days asked for are kept at hand."""
        found = self._in_force.get(day)
        if found is None:
            if len(self._in_force) >= IN_FORCE_KEPT:
                self._in_force.clear()
            dated = tuple(dict.fromkeys(name for name, _ in self.dated))
            table = self.spec.parameters
            found = self._in_force[day] = ParametersInForce(table, self.parameters_read, dated, self.cells, day)
        return found

    @cached_property
    def trees(self) -> tuple[Node, ...]:
        """Everything that is decided by, but the grades."""
        of_results = (tree for result in self.results.values() for tree in result.every())
        return (*self.risks.values(), *self.categories.values(), *of_results)

    @cached_property
    def parameters_read(self) -> tuple[str, ...]:
        """The parameters that some rule reads."""
        read = [node.name for node in walk(*self.trees) if isinstance(node, Parameter) and node.name != ON]
        return tuple(dict.fromkeys(read))

    @cached_property
    def risk_names(self) -> tuple[str, ...]:
        """The names of the risks, in the pack's order."""
        return tuple(self.risks)

    @cached_property
    def risk_trees(self) -> tuple[Node, ...]:
        """The trees of the risks, in the same order."""
        return tuple(self.risks.values())

    @cached_property
    def risk_list(self) -> tuple[Risk, ...]:
        """The risks as written, in the same order."""
        return tuple(self.spec.risks.values())

    @cached_property
    def facts_read(self) -> Mapping[str, tuple[Fact | In, ...]]:
        """The facts that each risk reads."""
        return {
            name: tuple(fact for (_, fact_name), fact in facts_read(tree).items() if not is_dated(fact_name))
            for name, tree in self.risks.items()
        }

    @cached_property
    def fractions_read(self) -> tuple[tuple[str | None, str, int], ...]:
        """The facts with decimals that some rule reads: (collection, name, decimals)."""
        read = facts_read(*self.trees)
        numbers = [(key, fact.type) for key, fact in read.items() if isinstance(fact.type, NumberType)]
        return tuple((c, name, kind.decimals) for (c, name), kind in numbers if kind.decimals and not is_dated(name))

    @cached_property
    def grade_names(self) -> tuple[str | None, ...]:
        """The grades, gravest first, and None for no grade."""
        return (*self.spec.grades, None)

    @cached_property
    def handlers(self) -> tuple[tuple[str, ...], ...]:
        """Who handles each grade; nobody where there is none."""
        return (*(grade.handled_by for grade in self.spec.grades.values()), ())

    @cached_property
    def category_names(self) -> tuple[str, ...]:
        """The categories, and "none"."""
        return (*self.categories, NONE)

    def complete(self, known: Mapping[str, Any]) -> dict[str, bool]:
        """Of which collections every row is listed: members by the household's word, others where they are given."""
        return {
            name: known.get(name) is not None and (name != "members" or bool(known.get("members_complete")))
            for name in self.collections
        }

    @cached_property
    def ranges(self) -> Ranges:
        """The rewrite into surely and possibly."""
        return Ranges(self.nodes, self.collections)

    @cached_property
    def risk_ends(self) -> tuple[tuple[str, Node, Node], ...]:
        """Each risk as (name, surely, possibly)."""
        ranges = self.ranges
        return tuple((name, ranges.surely(tree), ranges.possibly(tree)) for name, tree in self.risks.items())

    @cached_property
    def outputs(self) -> Mapping[str, Node]:
        """What is worked out once the risks are decided: grades by number, categories surely and possibly."""
        outputs = {f"grade__{side}": self.ranges.over_risks(self.grade, side) for side in ("lo", "hi")}
        ends = [(self.ranges.surely(tree), self.ranges.possibly(tree)) for tree in self.categories.values()]
        for name, surely, possibly in first_of(Plain(self.nodes), list(self.categories), ends):
            outputs |= {f"{name}__lo": surely, f"{name}__hi": possibly}
        return {**outputs, **self.result_ends(self.ranges)}

    def result_ends(self, ranges: Ranges) -> dict[str, Node]:
        """What is worked out of the household's results, by `<result>:<what>`; see `results.result_ends`."""
        return {
            f"{name}:{what}": tree
            for name, trees in self.results.items()
            if trees.result.of is None
            for what, tree in result_ends(ranges, trees, self.no_rows).items()
        }

    @cached_property
    def function(self) -> python_backend.Function:
        """The rules as one Python function; see `to_python`."""
        return python_backend.to_python(list(self.outputs.values()), self.risk_ends)

    @cached_property
    def grade_of(self) -> Callable[[Iterable[str]], int]:
        """The number of the grade when exactly these risks hold; past the last, there is none."""
        return grading(self.nodes, self.ranges.over_risks(self.grade, "lo"), list(self.risks))
