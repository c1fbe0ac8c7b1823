"""Risks, categories and grades, checked and compiled: what a pack decides by.

A `RuleSpec` is what somebody wrote; `build_rules` checks it, all mistakes at once; a `RuleSet` holds the trees;
`RuleSet.on(day)` gives the rules with the parameters of a day, by region.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from attrs import Factory, define, evolve, field, frozen

from fanpin.errors import Place, Problem
from fanpin.expressions import check
from fanpin.expressions import to_python as python_backend
from fanpin.expressions.functions import ON
from fanpin.expressions.nodes import Aggregate, Fact, In, Literal, Named, Node, Nodes, Parameter, facts_read, walk
from fanpin.expressions.parse import parse
from fanpin.expressions.plain import Plain, ymd
from fanpin.expressions.ranges import FactKey, Ranges
from fanpin.expressions.scope import Attributes, CollectionScope, Scope, Source
from fanpin.expressions.types import (
    BOOLEAN,
    BooleanType,
    ChoiceType,
    DateType,
    NumberType,
    TextType,
    Type,
    type_label,
)
from fanpin.facts import FactSpec, FactTable
from fanpin.forms import Form, FormBuilder, TableForm, has_value
from fanpin.i18n import Label
from fanpin.monotone import first_that_holds, grading, not_monotone
from fanpin.parameters import ParameterTable, region_code, row_problems
from fanpin.results import NONE, Result, ResultBuilder, ResultTrees, first_of, result_ends
from fanpin.units import Unit

WITHIN = "~"  # after a region's code: somewhere within it
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
    _in_force: dict[date, "RulesInForce"] = field(factory=dict, init=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.spec,)

    def __repr__(self) -> str:
        return f"<RuleSet {len(self.risks)} risks, {len(self.categories)} categories, {len(self.spec.grades)} grades>"

    def on(self, day: date) -> "RulesInForce":
        """The rules with the parameters of a day. Those of the last days asked for are kept at hand."""
        found = self._in_force.get(day)
        if found is None:
            if len(self._in_force) >= IN_FORCE_KEPT:
                self._in_force.clear()
            found = self._in_force[day] = RulesInForce(self, day)
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


@frozen
class Regional:
    """The parameters of a day in every region that has some of its own, as a small table to join.

    A region is looked up by the longest code of the table that it begins with: `code` where it is that region,
    `code~` where it lies within it, else the row of no region, `""`. None stands where there is no value.
    """

    values: Mapping[str, Mapping[str, float | None]]

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How long the codes are, the longest first."""
        codes = (key.rstrip(WITHIN) for key in self.values)
        return tuple(sorted({len(code) for code in codes if code}, reverse=True))

    def of(self, name: str) -> list[float | None]:
        """The values of one parameter."""
        return [row[name] for row in self.values.values()]

    def key(self, region: str | None) -> str:
        """The row of a region."""
        code = region_code(region)
        for length in self.lengths:
            head = code[:length]
            if len(head) == length and head in self.values:
                return head if head == code else head + WITHIN
        return ""


@define(eq=False)
class RulesInForce:
    """The rules on one day: parameters by region, each looked up once."""

    rules: RuleSet
    day: date
    _by_region: dict[str | None, Mapping[str, int]] = field(factory=dict, init=False, repr=False)
    _supplied_by_region: dict[str | None, dict[str, float | bool]] = field(factory=dict, init=False, repr=False)

    def parameters(self, region: str | None) -> Mapping[str, int]:
        """The parameters in their smallest part, with the day as YYYYMMDD; `MissingParameter` names all missing."""
        found = self._by_region.get(region)
        if found is None:
            table = self.rules.spec.parameters
            values = table.in_force(self.rules.parameters_read, self.day, region)
            found = self._by_region[region] = {**values, ON: ymd(self.day)}
        return found

    def regional(self) -> Regional:
        """The parameters of every region, those that are read as facts as `supplied` names them."""
        read = [*self.rules.parameters_read, *(name for name, _ in self.rules.dated), *self.rules.cells]
        codes = sorted(self.rules.spec.parameters.regions(read))
        keys = ["", *(code + where for code in codes for where in ("", WITHIN))]
        return Regional({key: self._of_region(key) for key in keys})

    def _of_region(self, region: str) -> Mapping[str, float | None]:
        table, found = self.rules.spec.parameters, dict[str, float | None]()
        for name in self.rules.parameters_read:
            value = table.value(name, self.day, region)
            found[name] = None if value is None else table.smallest(name, value)
        for name in dict.fromkeys(name for name, _ in self.rules.dated):
            for day in (None, *table.changes(name)):
                value = None if day is None else table.value(name, day, region)
                found[dated_fact(name, day)] = None if value is None else float(value)
        for name in self.rules.cells:
            value = table.value(name, self.day, region)
            found[name] = None if value is None else float(value)
        return found

    def supplied(self, region: str | None) -> Mapping[str, float | bool]:
        """The parameters that are read as facts: at days of their own as `line@2024-01-01`, of tables as `table@0`.

        Where there is none for the region, there is no entry, and `table@0?` says so.
        """
        found = self._supplied_by_region.get(region)
        if found is None:
            table = self.rules.spec.parameters
            found = self._supplied_by_region[region] = {
                dated_fact(name, day): float(value)
                for name in dict.fromkeys(name for name, _ in self.rules.dated)
                for day in table.changes(name)
                if (value := table.value(name, day, region)) is not None
            }
            for name in self.rules.cells:
                value = table.value(name, self.day, region)
                found |= {has_value(name): value is not None} | ({} if value is None else {name: float(value)})
        return found


def dated_fact(parameter: str, since: date | None) -> str:
    """The name under which a parameter's value from a day on is read as a fact; None: before its first day."""
    return f"{parameter}@{since or ''}"


def is_dated(fact: str) -> bool:
    """Whether a name is that of a parameter's value from a day on, and no fact of anybody's."""
    return "@" in fact


# Building


def _rebuilt(spec: RuleSpec) -> RuleSet:
    rules, problems = build_rules(spec)
    assert rules is not None, problems
    return rules


def build_rules(spec: RuleSpec) -> tuple[RuleSet | None, list[Problem]]:
    """The rules, or None, and every mistake found in them."""
    return _Builder(spec).build()


def _as_read(fact: FactSpec) -> Type:
    """The type under which rules see a fact: one that they are not to read decides nothing, like text."""
    return fact.type if fact.read else TextType()


def collection_scopes(facts: FactTable) -> Mapping[str, CollectionScope]:
    """The collections as rules see them; the household's `size` counts its members."""
    scopes = {}
    for name, collection in facts.collections.items():
        size = facts.household["size"].type if name == "members" and "size" in facts.household else None
        types = {fact: _as_read(spec) for fact, spec in collection.facts.items()}
        counted = {"size_fact": "size", "size_type": size} if isinstance(size, NumberType) else {}
        scopes[name] = CollectionScope(types, collection.max_rows, collection.row_unit, **counted)  # type: ignore[arg-type]
    return scopes


@define
class _Builder:
    spec: RuleSpec
    problems: list[Problem] = field(factory=list)
    nodes: Nodes = field(factory=Nodes)
    trees: dict[str, Node | None] = field(factory=dict)  # of definitions
    open: list[str] = field(factory=list)  # definitions being parsed, to see a cycle
    dated: dict[tuple[str, Node], None] = field(factory=dict)
    checks: dict[tuple[str, str], Node] = field(factory=dict)
    no_rows: dict[str, Node] = field(factory=dict)
    items: dict[str, Mapping[tuple[str, str], Node]] = field(factory=dict)
    conditions: dict[tuple[str | None, str], tuple[Node, Node | str] | None] = field(factory=dict)

    def build(self) -> tuple[RuleSet | None, list[Problem]]:
        for parameter in self.spec.parameters.parameters.values():
            self.problems.extend(row_problems(parameter))
        collections = collection_scopes(self.spec.facts)
        scope = self._scope(collections)
        for name in (*self.spec.definitions, *self.spec.filtered):
            self._definition(name, scope)
        risks = {name: self._truth(risk.when, scope) for name, risk in self.spec.risks.items()}
        over_risks = self._scope(collections, {name: risk.attributes for name, risk in self.spec.risks.items()})
        categories = {name: self._truth(c.when, over_risks) for name, c in self.spec.categories.items()}
        grades = self._grades(over_risks)
        results = self._results(over_risks)
        if self.problems or grades is None:
            return None, self.problems
        definitions = {name: tree for name, tree in self.trees.items() if tree is not None}
        cells = [
            row.parameter
            for d in self.spec.definitions.values()
            if isinstance(d.text, TableForm)
            for row in d.text.rows
        ]
        grade = first_that_holds(self.nodes, grades)
        rules = RuleSet(
            self.spec, self.nodes, definitions, _all(risks), _all(categories), grade, collections, tuple(self.dated),
            results, tuple(cells), {}, self.no_rows, self.items,
        )  # fmt: skip
        return evolve(rules, checks=self._checks(rules.trees)), []

    def _checks(self, trees: Sequence[Node]) -> dict[tuple[str, str], Node]:
        """What can be wrong with what some rule reads."""
        named = {node.name for node in walk(*trees) if isinstance(node, Named)}
        of_forms = {key: tree for key, tree in self.checks.items() if key[1].partition(".")[0] in named}
        return of_forms | self._do_not_apply(facts_read(*trees).keys())

    def _scope(
        self, collections: Mapping[str, CollectionScope], risks: Mapping[str, Attributes] | None = None
    ) -> Scope:
        scope: Scope
        scope = Scope(
            self.nodes,
            {name: _as_read(fact) for name, fact in self.spec.facts.household.items()},
            collections,
            {name: kind for name, kind in self.spec.parameters.types().items() if not is_dated(name)},
            frozenset(name for name, definition in self.spec.definitions.items() if definition.of is None),
            lambda name: self._definition(name, scope),
            {
                of: frozenset(name for name, definition in self.spec.definitions.items() if definition.of == of)
                for of in collections
            },
            {name: filtered.of for name, filtered in self.spec.filtered.items()},
            lambda of, name: self._applies(of, name, scope),
            self._at,
            risks,
        )
        return scope

    def _at(self, name: str, day: Node) -> Node:
        """A parameter read at a day of its own: its values as steps over the days on which they change."""
        kind = self.spec.parameters.types()[name]
        value: Node = self.nodes.make(Fact, dated_fact(name, None), None, kind)
        for since in self.spec.parameters.changes(name):
            reached = check.make(self.nodes, "ge", day, self.nodes.literal(since, DateType(since, since)))
            step = self.nodes.make(Fact, dated_fact(name, since), None, kind)
            value = check.make(self.nodes, "if", reached, step, value)
        self.dated[name, day] = None
        return self.nodes.make(Named, f"{name}.at", value, kind)

    def _parse(self, text: Source, scope: Scope, of: str | None = None) -> Node | None:
        tree, problems = parse(text, scope, of)
        self.problems.extend(p for p in problems if p not in self.problems)
        return tree

    def _definition(self, name: str, scope: Scope) -> Node | None:
        if name in self.open:
            start = self.open.index(name)
            chain = " → ".join([*self.open[start:], name])
            self._refuse("cycle", self._place(name), chain=chain)
            return None
        if name not in self.trees:
            self.open.append(name)
            self.trees[name] = self._defined(name, self._without_risks(scope))
            self.open.pop()
        return self.trees[name]

    def _defined(self, name: str, scope: Scope) -> Node | None:
        if name in self.spec.filtered:
            filtered = self.spec.filtered[name]
            return self._truth(filtered.where, scope, filtered.of)
        definition = self.spec.definitions[name]
        if isinstance(definition.text, Source):
            return self._with_unit(definition, self._parse(definition.text, scope, definition.of))
        built = self._forms(scope, definition.of).build(name, definition.text)
        self.items[name] = built.items
        for key, tree in built.faults.items():
            self.checks[key] = self._somewhere(tree, definition.of)
            if isinstance(definition.text, TableForm):
                values = [f"{name}@", *(row.parameter for row in definition.text.rows)]
                self.no_rows |= dict.fromkeys(values, tree)
        return self._with_unit(definition, built.tree)

    def _forms(self, scope: Scope, of: str | None) -> FormBuilder:
        types = self.spec.parameters.types()
        return FormBuilder(
            self.nodes,
            lambda text: self._parse(text, scope, of),
            lambda text: self._choice(text, scope, of),
            types.__getitem__,
            self._note,
        )

    def _choice(self, text: Source, scope: Scope, of: str | None) -> ChoiceType | None:
        """The type of a text that is the name of a choice."""
        row, _, name = text.text.rpartition(".")
        facts = scope.facts if not row else scope.collections[of].facts if of is not None and row == of[0] else {}
        kind = facts.get(name)
        return kind if isinstance(kind, ChoiceType) else None

    def _somewhere(self, tree: Node, of: str | None) -> Node:
        """What is said of a row, as whether some row is so."""
        if of is None or not any(getattr(node, "collection", None) == of for node in walk(tree)):
            return tree
        return self.nodes.make(Aggregate, "any", of, tree, self.nodes.literal(True, BOOLEAN), BOOLEAN)

    def _place(self, name: str) -> Source | Place:
        """Where a name is defined."""
        if name in self.spec.filtered:
            return self.spec.filtered[name].where
        text = self.spec.definitions[name].text
        return text if isinstance(text, Source) else text.place

    def _applies(self, of: str | None, name: str, scope: Scope) -> tuple[Node, Node | str] | None:
        """When a fact applies, and what it is where it does not; None where it always does."""
        spec = self.spec.facts.facts_of(of)[name]
        if spec.applies is None:
            return None
        if (of, name) not in self.conditions:
            self.conditions[of, name] = None  # within its own condition a fact is what it is
            condition = self._truth(spec.applies, self._without_risks(scope), of)
            if condition is not None:
                self.conditions[of, name] = condition, self._none(spec)
        return self.conditions[of, name]

    def _do_not_apply(self, read: Collection[FactKey]) -> dict[tuple[str, str], Node]:
        """Where a fact surely does not apply, and is surely given another value than none."""
        found = {}
        for (of, name), said in self.conditions.items():
            if said is not None and (of, name) in read:
                applies, none = said
                given = check.make(self.nodes, "not", self._is(self.spec.facts.facts_of(of)[name], none))
                wrong = check.make(self.nodes, "and", check.make(self.nodes, "not", applies), given)
                place = name if of is None else f"{of}.{name}"
                found["does-not-apply", place] = self._somewhere(wrong, of)
        return found

    def _is(self, spec: FactSpec, value: Node | str) -> Node:
        """Whether a fact, as it was given, is a value."""
        of, kind = spec.collection, spec.type
        if isinstance(kind, ChoiceType):
            return self.nodes.make(In, spec.name, of, frozenset([str(value)]), kind)
        fact, none = self.nodes.make(Fact, spec.name, of, kind), value
        assert isinstance(none, Node)
        if isinstance(kind, BooleanType):
            assert isinstance(none, Literal)
            return fact if none.value else check.make(self.nodes, "not", fact)
        return check.make(self.nodes, "eq", fact, none)

    def _none(self, spec: FactSpec) -> Node | str:
        match spec.type, spec.none:
            case NumberType(), int() | float() as value:
                held = round(value * 10**spec.type.decimals)
                return self.nodes.literal(held, evolve(spec.type, lo=held, hi=held))
            case DateType(), date() as day:
                return self.nodes.literal(day, DateType(day, day))
            case BooleanType(), bool() as truth:
                return self.nodes.literal(truth, BOOLEAN)
            case _, none:
                return str(none)

    def _results(self, over_risks: Scope) -> Mapping[str, ResultTrees]:
        builder = ResultBuilder(self.nodes, lambda text, of: self._parse(text, over_risks, of), self._note)
        built = {name: builder.build(result) for name, result in self.spec.results.items()}
        return {name: trees for name, trees in built.items() if trees is not None}

    def _note(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _without_risks(self, scope: Scope) -> Scope:
        return self._scope(scope.collections) if scope.risks is not None else scope

    def _with_unit(self, definition: Definition, tree: Node | None) -> Node | None:
        if tree is None or definition.unit is None:
            return tree
        if isinstance(tree.type, NumberType) and tree.type.unit == definition.unit:
            return tree
        said = Label(definition.unit.zh() or "无单位", str(definition.unit))
        self._refuse(
            "unit-differs", self._place(definition.name), name=definition.name, said=said, got=type_label(tree.type)
        )
        return None

    def _truth(self, text: Source, scope: Scope, of: str | None = None) -> Node | None:
        tree = self._parse(text, scope, of)
        if tree is not None and not isinstance(tree.type, BooleanType):
            self._refuse("not-yes-or-no", text, got=type_label(tree.type))
            return None
        return tree

    def _refuse(self, code: str, text: Source | Place, **details: object) -> None:
        self._note(Problem(code, text if isinstance(text, Place) else text.place(0, 0), details))

    def _grades(self, over_risks: Scope) -> Mapping[str, Node] | None:
        scope = Scope(self.nodes, risks=over_risks.risks, facts_allowed=False)
        trees = {name: self._truth(grade.when, scope) for name, grade in self.spec.grades.items()}
        if None in trees.values():
            return None
        grades = _all(trees)
        fault = not_monotone(self.nodes, grades, list(self.spec.risks))
        if fault is not None:
            first = next(iter(self.spec.grades.values()))
            labels = {name: self._labels(names) for name, names in fault.sets.items()}
            names = {name: self._grade_label(number) for name, number in fault.grades.items()}
            self._refuse(fault.code, first.when, **labels, **names, limit=fault.limit)
            return None
        return grades

    def _labels(self, risks: Iterable[str]) -> Label:
        labels = [self.spec.risks[name].label for name in risks]
        none = Label("（没有风险）", "(no risk)")
        return Label("、".join(r.zh for r in labels), ", ".join(r.en for r in labels)) if labels else none

    def _grade_label(self, number: int) -> Label:
        grades = list(self.spec.grades.values())
        return grades[number].label if number < len(grades) else Label("无等级", "no grade")


def _all(trees: Mapping[str, Node | None]) -> dict[str, Node]:
    return {name: tree for name, tree in trees.items() if tree is not None}
