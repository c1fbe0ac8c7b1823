"""From rules as somebody wrote them to a `RuleSet`: parsed and checked, with every mistake told at once."""

import copyreg
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from attrs import define, evolve, field

from fanpin.errors import Place, Problem
from fanpin.expressions import check
from fanpin.expressions.nodes import Aggregate, Fact, In, Literal, Named, Node, Nodes, facts_read, walk
from fanpin.expressions.parse import parse
from fanpin.expressions.ranges import FactKey
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
from fanpin.forms import FormBuilder, TableForm
from fanpin.i18n import Label
from fanpin.in_force import dated_fact, is_dated
from fanpin.monotone import first_that_holds, not_monotone
from fanpin.parameters import row_problems
from fanpin.results import ResultBuilder, ResultTrees
from fanpin.rules import Definition, RuleSet, RuleSpec


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


def _rebuilt(spec: RuleSpec) -> RuleSet:
    rules, problems = build_rules(spec)
    assert rules is not None, problems
    return rules


copyreg.pickle(RuleSet, lambda rules: (_rebuilt, (rules.spec,)))  # compiled functions do not pickle


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
    texts: dict[Source, Node] = field(factory=dict)
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
        results = self._results(over_risks, _all(risks))
        for text in self.spec.conditions:
            self._truth(text, over_risks)
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
            results, tuple(cells), {}, self.no_rows, self.items, self.texts,
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
        if tree is not None:
            self.texts[text] = tree
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

    def _results(self, over_risks: Scope, risks: Mapping[str, Node]) -> Mapping[str, ResultTrees]:
        cards = {name for name, items in self.items.items() if items}
        builder = ResultBuilder(
            self.nodes, lambda text, of: self._parse(text, over_risks, of), self._note, risks, cards
        )  # fmt: skip
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
