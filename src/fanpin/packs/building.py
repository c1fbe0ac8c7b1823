"""From a pack's shape to typed objects: facts, parameters, rules."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from attrs import define, evolve, field

from fanpin.errors import PackError, Place, Problem, did_you_mean
from fanpin.expressions.scope import Source
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, TextType, Type
from fanpin.facts import CollectionSpec, FactSpec, FactTable
from fanpin.forms import Form
from fanpin.i18n import Label
from fanpin.packs.basic_shapes import FactShape, as_label
from fanpin.packs.forming import Forms
from fanpin.packs.procedures import Procedures
from fanpin.packs.shapes import DefinitionShape, MultipleShape, PackShape, ParameterShape, RowShape
from fanpin.packs.trees import Text, Tree, at, place_of
from fanpin.parameters import Multiple, Parameter, ParameterRow, ParameterTable
from fanpin.results import COLUMN_NAMES, Result
from fanpin.rules import Category, Definition, Filtered, GradeRule, Risk, RuleSpec
from fanpin.units import Unit

Path = tuple[str | int, ...]


@define
class Builder:
    """Builds the typed objects of one pack; `tree` gives their places, and may be missing."""

    shape: PackShape
    base: FactTable
    tree: Tree | None = None
    problems: list[Problem] = field(factory=list)

    def spec(self) -> RuleSpec:
        """The facts, parameters and rules as written; what can't be taken together is noted in `problems`."""
        shape = self.shape
        facts = self._facts()
        parameters = {name: self._parameter(name, p) for name, p in shape.parameters.items()}
        parameters = self._without_bad_multiples(parameters)
        self._check_names(facts)
        forms = Forms(self._text, self._place, parameters, self.problems)
        definitions = {n: self._definition(n, d, forms) for n, d in shape.definitions.items()}
        results = {n: forms.result(n, as_label(r.label), r) for n, r in shape.results.items()
                   if self._is_collection(r.of, facts, "results", n)}  # fmt: skip
        self._check_columns(results.values())
        return RuleSpec(
            facts,
            ParameterTable(parameters),
            definitions,
            {n: Risk(n, self._source("risks", n, "when", r.when), as_label(r.label), r.need, r.kind, r.source)
             for n, r in shape.risks.items()},
            {n: Category(n, self._source("categories", n, "when", c.when), as_label(c.label), c.source)
             for n, c in shape.categories.items()},
            {n: GradeRule(n, self._source("grades", n, "when", g.when), as_label(g.label), g.handled_by, g.source)
             for n, g in shape.grades.items()},
            self._decided_by(facts),
            {n: Filtered(n, as_label(c.label), c.of, self._source("counted", n, "where", c.where))
             for n, c in shape.counted.items() if self._is_collection(c.of, facts, "counted", n)},
            results,
            tuple(self.procedures.conditions()),
        )  # fmt: skip

    @property
    def procedures(self) -> Procedures:
        """What the pack says of procedures and measures."""
        return Procedures(self.shape, self._text, self._place, self._fact)

    def _definition(self, name: str, shape: DefinitionShape, forms: Forms) -> Definition:
        if shape.text is not None:
            text: Source | Form = self._source("definitions", name, "is", shape.text)
        else:
            text = forms.form(name, shape)
        return Definition(name, as_label(shape.label), text, _unit(shape.unit), shape.source, shape.of)

    def _is_collection(self, name: str | None, facts: FactTable, *path: str) -> bool:
        if name is None or name in facts.collections:
            return True
        details = {"name": name, "kind": Label("集合", "collection")}
        self.problems.append(
            Problem("unknown-name", self._place(*path, "of"), details, did_you_mean(name, facts.collections))
        )
        return False

    def _place(self, *path: str | int) -> Place:
        return Place() if self.tree is None else place_of(self.tree, path)

    def _source(self, section: str, name: str, key: str, text: str) -> Source:
        return self._text((section, name, key), text)

    def _text(self, path: Path, text: str) -> Source:
        found = [] if self.tree is None else [below for _, below in at(self.tree, path)]
        if len(found) == len(path) and isinstance(found[-1], Text):
            return found[-1].source(".".join(map(str, path)))
        return Source(text, field=".".join(map(str, path)))

    # Facts

    def _decided_by(self, facts: FactTable) -> Mapping[str, str]:
        """Who settles a fact that is not asked at the door; `members.health` is a fact of members."""
        known = set(facts.household) | {f"{c}.{n}" for c, rows in facts.collections.items() for n in rows.facts}
        for name in self.shape.decided_by:
            if name not in known:
                details = {"name": name, "kind": Label("事实", "fact")}
                place = self._place("decided_by", name)
                self.problems.append(Problem("unknown-name", place, details, did_you_mean(name, known)))
        return dict(self.shape.decided_by)

    def _facts(self) -> FactTable:
        shape = self.shape
        household = {n: self._fact(("facts", n), n, f, None) for n, f in shape.facts.items()}
        members = {n: self._fact(("members", n), n, f, "members") for n, f in shape.members.items()}
        collections = {
            name: CollectionSpec(
                name,
                as_label(c.label),
                c.max_rows,
                "",
                {n: self._fact(("collections", name, "facts", n), n, f, name) for n, f in c.facts.items()},
            )
            for name, c in shape.collections.items()
        }
        self._refuse_known(("facts",), household, self.base.household)
        self._refuse_known(("members",), members, self.base.collections["members"].facts)
        self._refuse_known(("collections",), collections, self.base.collections)
        if self.problems:
            return self.base
        try:
            return self.base.extended(household, members, collections)
        except PackError as refused:
            self.problems += [p.at(self._place_of_fact(p.place.field or "")) for p in refused.problems]
            return self.base

    def _place_of_fact(self, name: str) -> Place:
        """Where the pack declares a fact that the table calls `name` or `collection.name`."""
        collection, _, fact = name.rpartition(".")
        if collection and collection != "members":
            return self._place("collections", collection, "facts", fact)
        section = collection or ("facts" if fact in self.shape.facts else "collections")
        return self._place(section, fact)

    def _refuse_known(self, path: Path, added: Mapping[str, object], known: Mapping[str, object]) -> None:
        for name in added:
            if name in known:
                self.problems.append(Problem("fact-exists", self._place(*path, name), {"name": name}))

    def _fact(self, path: Path, name: str, fact: FactShape, collection: str | None) -> FactSpec:
        values = {value: as_label(label) for value, label in fact.values.items()}
        return FactSpec(
            name=name,
            label=as_label(fact.label),
            type=self._type(path, fact),
            sensitivity=fact.sensitivity,
            headers=fact.headers,
            values=values,
            collection=collection,
            none=self._none(path, fact),
            none_marks=fact.none_marks or ("无",) if fact.none is not None else (),
            applies=None if fact.applies is None else self._text((*path, "applies"), fact.applies),
        )

    def _none(self, path: Path, fact: FactShape) -> float | bool | date | str | None:
        """The value that "none" stands for: one that the fact may have, or `never` and `no_limit`, its bounds."""
        if fact.none is None:
            return None
        kind, said = self._type(path, fact), fact.none
        if said in ("never", "no_limit") and isinstance(kind, NumberType | DateType):
            end = kind.lo if said == "never" else kind.hi
            return end if isinstance(end, date) else end / 10**kind.decimals  # type: ignore[union-attr]  # a number
        found: float | bool | date | str | None = None
        match kind:
            case NumberType():
                found = _number(said)
                fits = found is not None and kind.lo <= found * 10**kind.decimals <= kind.hi
            case DateType():
                found = _day(said)
                fits = found is not None and kind.lo <= found <= kind.hi
            case BooleanType():
                found = {"yes": True, "no": False, "是": True, "否": False, "true": True, "false": False}.get(said)
                fits = found is not None
            case ChoiceType(values=values):
                found, fits = said, said in values
            case _:
                fits = False
        if not fits:
            self.problems.append(
                Problem("none-is-no-value", self._place(*path, "none"), {"name": path[-1], "value": said})
            )
        return found

    def _type(self, path: Path, fact: FactShape) -> Type:
        match fact.type:
            case "yes_no":
                return BooleanType()
            case "text":
                return TextType()
            case "date":
                bounds = DateType()
                return DateType(fact.since or bounds.lo, fact.until or bounds.hi)
            case "choice":
                return ChoiceType(tuple(fact.values), fact.other == "allowed")
        return self._number(path, fact)

    def _number(self, path: Path, fact: FactShape) -> NumberType:
        decimals = {"money": 2, "whole": 0}.get(fact.type, 2 if fact.decimals is None else fact.decimals)
        lo = Decimal(0) if fact.at_least is None else fact.at_least
        hi = Decimal(10**9 if fact.type == "money" else 10**6) if fact.at_most is None else fact.at_most
        unit = _unit(fact.unit) or Unit()
        if fact.type == "money" and not unit.has_money:
            self.problems.append(Problem("money-without-unit", self._place(*path), {"name": path[-1]}))
        if lo > hi:
            self.problems.append(Problem("bounds-reversed", self._place(*path), {"name": path[-1], "lo": lo, "hi": hi}))
        return NumberType(unit, decimals, int(lo.scaleb(decimals)), int(hi.scaleb(decimals)))

    # Parameters

    def _parameter(self, name: str, shape: ParameterShape) -> Parameter:
        rows = tuple(self._row(name, i, row) for i, row in enumerate(shape.values))
        unit = _unit(shape.unit) or Unit()
        return Parameter(
            name, as_label(shape.label), unit, rows, shape.basis, shape.wider, shape.at_least, shape.at_most,
            self._place("parameters", name),
        )  # fmt: skip

    def _row(self, name: str, i: int, row: RowShape) -> ParameterRow:
        place = self._place("parameters", name, "values", i)
        value = Multiple(row.value.times, row.value.of) if isinstance(row.value, MultipleShape) else row.value
        since, until = row.since, row.until if isinstance(row.until, date) else None
        if row.year is not None:
            since, until = date(row.year, 1, 1), date(row.year, 12, 31)
        assert since is not None, "a row's shape has a day or a year"
        if isinstance(value, Decimal) and "CNY" in self.shape.parameters[name].unit and -value.as_tuple().exponent > 2:  # type: ignore[operator]
            self.problems.append(Problem("too-many-decimals-in-row", place, {"name": name}))
        return ParameterRow(since, until, value, row.region, row.source, row.certainty, place)

    def _without_bad_multiples(self, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
        """The parameters without rows that are multiples of what they can't be, which are noted."""
        return {
            name: evolve(parameter, rows=tuple(row for row in parameter.rows if self._may_be(name, row, parameters)))
            for name, parameter in parameters.items()
        }

    def _may_be(self, name: str, row: ParameterRow, parameters: Mapping[str, Parameter]) -> bool:
        value = row.value
        if not isinstance(value, Multiple):
            return True
        base = parameters.get(value.of)
        if base is None:
            near = did_you_mean(value.of, parameters)
            details = {"name": value.of, "kind": Label("参数", "parameter")}
            self.problems.append(Problem("unknown-name", row.place, details, near))
        elif base.unit != parameters[name].unit:
            details = {"what": name, "a": _unit_label(parameters[name].unit), "b": _unit_label(base.unit)}
            self.problems.append(Problem("unlike-units", row.place, details))
        elif _leads_to(value.of, name, parameters, set()):
            chain = f"{name} → {value.of}" if value.of == name else f"{name} → {value.of} → … → {name}"
            self.problems.append(Problem("cycle", row.place, {"chain": chain}))
        else:
            return True
        return False

    # Names

    def _check_names(self, facts: FactTable) -> None:
        """A name may stand for one thing only: what a rule means must not depend on who is asked first."""
        kinds: list[tuple[str, Label, Mapping[str, object]]] = [
            ("definitions", Label("定义", "definition"), self.shape.definitions),
            ("parameters", Label("参数", "parameter"), self.shape.parameters),
            ("risks", Label("风险", "risk"), self.shape.risks),
            ("counted", Label("集合", "collection"), self.shape.counted),
        ]
        taken: dict[str, Label] = dict.fromkeys(facts.household, Label("事实", "fact"))
        taken |= dict.fromkeys(facts.collections, Label("集合", "collection"))
        taken |= dict.fromkeys(("on", "risks"), Label("保留名称", "reserved name"))
        for section, label, names in kinds:
            for name in names:
                if name in taken:
                    self._twice(section, name, label, taken[name])
                taken[name] = label

    def _check_columns(self, results: Iterable[Result]) -> None:
        """A result has columns of its own in tables of results."""
        column, kind = Label("结果表的列", "column of tables of results"), Label("结果", "result")
        taken = dict.fromkeys((*COLUMN_NAMES, *(f"{name}_before" for name in COLUMN_NAMES)), column)
        for result in results:
            if any(name in taken for name in result.columns):
                self._twice("results", result.name, kind, next(taken[n] for n in result.columns if n in taken))
            taken |= dict.fromkeys(result.columns, kind)

    def _twice(self, section: str, name: str, kind: Label, other: Label) -> None:
        details = {"name": name, "kind": kind, "other": other}
        self.problems.append(Problem("name-twice", self._place(section, name), details))


def _number(text: str) -> float | None:
    try:
        return float(Decimal(text))
    except ArithmeticError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _leads_to(start: str, goal: str, parameters: Mapping[str, Parameter], seen: set[str]) -> bool:
    if start == goal:
        return True
    if start in seen or start not in parameters:
        return False
    seen.add(start)
    rows = parameters[start].rows
    return any(_leads_to(row.value.of, goal, parameters, seen) for row in rows if isinstance(row.value, Multiple))


def _unit(text: str | None) -> Unit | None:
    return None if text is None else Unit.parse(text)


def _unit_label(unit: Unit) -> Label:
    return Label(unit.zh() or "无单位", str(unit))
