"""From a rule's text to its tree.

The text is Python's expression syntax, read with `ast` against a closed list of forms and never run. All sugar ends
here: chains, windows, `in`, filters, comparisons with the least of nobody. A text is read to its end, so that every
mistake is reported at once, each with its place.
"""

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from attrs import define, evolve, field

from fanpin.errors import Place, Problem, did_you_mean
from fanpin.expressions import check, check_rows
from fanpin.expressions.check import Refused
from fanpin.expressions.functions import FUNCTIONS, ON, OUT_OF_REACH, ROUNDINGS, USAGE, WINDOWS
from fanpin.expressions.nobody import guarded, somebody
from fanpin.expressions.nodes import (
    Aggregate,
    AggregateKind,
    Fact,
    In,
    Literal,
    Named,
    Node,
    Parameter,
    Risk,
    children,
    walk,
)
from fanpin.expressions.scope import Attributes, Scope, Source
from fanpin.expressions.texts import form_label, not_read, syntax_problem, unreadable
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
from fanpin.i18n import Label
from fanpin.units import PLAIN, Unit

MAX_DEPTH = 120
MOST_DIGITS = 20  # of a number written down, far below where Decimal would round
AGGREGATES: tuple[AggregateKind, ...] = ("any", "all", "count", "sum", "min", "max")
KINDS = {
    "fact": Label("事实", "fact"),
    "collection": Label("集合", "collection"),
    "parameter": Label("参数", "parameter"),
    "definition": Label("定义", "definition"),
    "risk": Label("风险", "risk"),
    "name": Label("名称", "name"),
}


def parse(source: Source, scope: Scope, of: str | None = None) -> tuple[Node | None, list[Problem]]:
    """The tree of a text, or None, and every problem found.

    A text `of` a collection is about one of its rows, which is called by the first letter: `m.in_school` of members.

    >>> from fanpin.expressions.nodes import Nodes
    >>> money = NumberType(Unit.parse("CNY/year"), 2, 0, 10**11)
    >>> node, problems = parse(Source("wage >= 0"), Scope(Nodes(), facts={"wage": money}))
    >>> node.name, problems
    ('ge', [])
    """
    source = evolve(source, text=re.sub("\r\n?", "\n", source.text))
    parser = _Parser(source, scope, unreadable(source), row=None if of is None else (of[0], of))
    if parser.problems:
        return None, parser.problems
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(f"({source.text}\n)", mode="eval").body
        if isinstance(tree, ast.Tuple) and not tree.elts and tree.col_offset == 0:  # of the bracket that was added
            return None, [Problem("empty-text", source.place(0, 0))]
        node = parser.visit(tree)
        if node is not None and depth(node) > MAX_DEPTH:
            raise RecursionError
    except SyntaxError as error:
        return None, [_too_deep(source) if "too many nested" in error.msg else syntax_problem(source, error)]
    except (RecursionError, MemoryError):
        return None, [*parser.problems, _too_deep(source)]
    except ValueError:  # a NUL, half of a surrogate pair, an endless number
        return None, [not_read(source)]
    return node, parser.problems


def _too_deep(source: Source) -> Problem:
    return Problem("too-deep", source.place(0, 0), {"depth": MAX_DEPTH})


def depth(root: Node) -> int:
    """How deep a tree is."""
    depths: dict[Node, int] = {}
    for node in walk(root):
        depths[node] = 1 + max((depths[child] for child in children(node)), default=0)
    return depths[root]


@define
class _Parser:
    source: Source
    scope: Scope
    problems: list[Problem] = field(factory=list)
    row: tuple[str, str] | None = None  # the row's name in a generator, and its collection
    risk: tuple[str, Attributes] | None = None  # the row's name, and the risk's attributes, in one over risks

    # Places and refusals

    def _place(self, at: ast.AST) -> Place:
        line, offset = at.lineno - 1, at.col_offset  # type: ignore[attr-defined]  # expressions have both
        text = f"({self.source.text}".split("\n")[line]
        column = len(text.encode()[:offset].decode(errors="ignore"))
        return self.source.place(line, max(column - 1, 0) if line == 0 else column)

    def refuse(self, at: ast.AST, code: str, suggestions: Sequence[str] = (), **details: object) -> None:
        """Note a problem at a place; the result stands for the tree that can't be had."""
        problem = Problem(code, self._place(at), details, tuple(suggestions))
        if problem not in self.problems:
            self.problems.append(problem)

    def make(self, at: ast.AST, name: str, *args: Node | None) -> Node | None:
        """An operator; nothing where an argument was refused already."""
        known = [arg for arg in args if arg is not None]
        if len(known) < len(args):
            return None
        return self._try(at, lambda: check.make(self.scope.nodes, name, *known))

    def _try(self, at: ast.AST, build: Callable[[], Node]) -> Node | None:
        try:
            return build()
        except Refused as refused:
            problem = refused.problem.at(self._place(_literal_meant(at, refused.problem)))
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    # Forms

    def visit(self, at: ast.expr) -> Node | None:
        """The tree of one form, or None after noting why not."""
        match at:
            case ast.Constant(value=value):
                return self._constant(at, value)
            case ast.Name(id=name):
                return self._name(at, name)
            case ast.Attribute(value=ast.Name(id=row), attr=attr):
                return self._attribute(at, row, attr)
            case ast.BoolOp(op=op, values=values):
                return self.make(at, "and" if isinstance(op, ast.And) else "or", *map(self.visit, values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.make(at, "not", self.visit(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._negated(at, self.visit(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(at, left, op, right)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._chain(at, left, ops, comparators)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.make(at, "if", self.visit(test), self.visit(body), self.visit(orelse))
            case ast.Call(func=ast.Name(id=name)):
                return self._call(at, name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="at"), args=[day], keywords=[]):
                return self._parameter_at(at, name, day)
        self._refuse_form(at)
        return None

    def _refuse_form(self, at: ast.expr) -> None:
        match at:
            case ast.Attribute(value=ast.Subscript() as row):
                self._refuse_form(row)
            case ast.Call(func=ast.Attribute(attr=name)) if name in OUT_OF_REACH:
                self.refuse(at, OUT_OF_REACH[name], name=name)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.Subscript():
                self.refuse(at, "no-lists", form=form_label(at))
            case _:
                self.refuse(at, "forbidden", form=form_label(at))

    def _constant(self, at: ast.Constant, value: object) -> Node | None:
        if isinstance(value, bool):
            return self.scope.nodes.literal(value, BOOLEAN)
        if isinstance(value, int | float):
            return self._number(at)
        if isinstance(value, str):
            self.refuse(at, "stray-text", value=value[:30])
        else:
            self.refuse(at, "forbidden", form=form_label(at))
        return None

    def _number(self, at: ast.Constant) -> Node | None:
        text = ast.get_source_segment(f"({self.source.text}\n)", at) or ""
        try:
            exact = Decimal(text)
        except InvalidOperation:
            exact = Decimal("NaN")
        decimals = max(-int(exponent), 0) if isinstance(exponent := exact.normalize().as_tuple().exponent, int) else 99
        if decimals > 6 or len(exact.as_tuple().digits) > MOST_DIGITS or abs(exact) > 10**9:
            self.refuse(at, "bad-number", text=text[:30])
            return None
        value = int(exact.scaleb(decimals))
        return self.scope.nodes.literal(value, NumberType(PLAIN, decimals, value, value))

    # Names

    def _name(self, at: ast.Name, name: str) -> Node | None:
        scope = self.scope
        if self.row and name == self.row[0]:
            self.refuse(at, "bare-row", row=name)
            return None
        if scope.risks is not None and name in scope.risks:
            if self.row:
                self.refuse(at, "risk-in-rows", name=name)
                return None
            return scope.nodes.make(Risk, name)
        if not scope.facts_allowed:
            self._unknown(at, name, "risk")
            return None
        if name == ON:
            return scope.nodes.make(Parameter, ON, DateType())
        if name in scope.facts:
            return self._fact(at, name, None, scope.facts[name])
        if name in scope.parameters:
            return scope.nodes.make(Parameter, name, scope.parameters[name])
        if name in scope.definitions:
            body = scope.definition(name)
            return None if body is None else scope.nodes.make(Named, name, body, body.type)
        self._unknown(at, name)
        return None

    def _unknown(self, at: ast.AST, name: str, kind: str = "name") -> None:
        kinds = self.scope.kinds()
        if kinds.get(name) == "collection":
            self.refuse(at, "bare-collection", name=name)
            return
        near = did_you_mean(name, [known for known, its_kind in kinds.items() if kind in ("name", its_kind)])
        if kind == "name":
            for collection, rows in self.scope.collections.items():
                known = [*rows.facts, *self.scope.rows.get(collection, ())]
                fitting = tuple(f"{collection[0]}.{fact}" for fact in did_you_mean(name, known))
                near = fitting + near if name in known else near + fitting
        self.refuse(at, "unknown-name", near[:2], name=name, kind=KINDS[kind])

    def _fact(self, at: ast.AST, name: str, collection: str | None, kind: Type) -> Node | None:
        match kind:
            case NumberType() | BooleanType() | DateType():
                return self._applying(at, self.scope.nodes.make(Fact, name, collection, kind))
            case ChoiceType():
                self.refuse(at, "bare-choice", name=name, example=kind.values[0])
            case TextType():
                self.refuse(at, "text-fact", name=name)
        return None

    def _applying(self, at: ast.AST, fact: Fact | In) -> Node | None:
        """A fact, or what it is where it does not apply."""
        name = fact.name if isinstance(fact, Fact) else fact.fact
        found = self.scope.applies(fact.collection, name)
        if found is None:
            return fact
        condition, none = found
        if isinstance(fact, In):
            none = self.scope.nodes.literal(none in fact.values, BOOLEAN)
        assert not isinstance(none, str)
        chosen = self.make(at, "if", condition, fact, none)
        if chosen is None or isinstance(chosen.type, BooleanType):
            return chosen
        full_name = name if fact.collection is None else f"{fact.collection}.{name}"
        return self.scope.nodes.make(Named, full_name, chosen, chosen.type)  # it reads as the fact does

    def _attribute(self, at: ast.Attribute, row: str, attr: str) -> Node | None:
        if self.risk and row == self.risk[0]:
            value = self._risk_attribute(at, attr)
            return None if value is None else self.scope.nodes.literal(value is not False and value != "", BOOLEAN)
        if self.row and row == self.row[0] and attr in self.scope.rows.get(self.row[1], ()):
            body = self.scope.definition(attr)
            return None if body is None else self.scope.nodes.make(Named, attr, body, body.type)
        found = self._row_type(at, row, attr)
        return None if found is None else self._fact(at, attr, *found)

    def _row_type(self, at: ast.AST, row: str, attr: str) -> tuple[str, Type] | None:
        """The collection and type of `row.attr`."""
        if not self.row or row != self.row[0]:
            self._refuse_row(at, row, attr)
            return None
        facts = self.scope.collections[self.row[1]].facts
        if attr not in facts:
            known = [*facts, *self.scope.rows.get(self.row[1], ())]
            self.refuse(at, "unknown-name", did_you_mean(attr, known), name=f"{row}.{attr}", kind=KINDS["fact"])
            return None
        return self.row[1], facts[attr]

    def _refuse_row(self, at: ast.AST, row: str, attr: str) -> None:
        match self.scope.kinds().get(row):
            case None:
                here = self.row[0] if self.row else ""
                self.refuse(at, "other-row" if here else "no-row", row=row, attr=attr, here=here)
            case "collection":
                self.refuse(at, "bare-collection", name=row)
            case _:
                self.refuse(at, "forbidden", form=form_label(at))

    def _risk_attribute(self, at: ast.AST, attr: str) -> str | bool | None:
        assert self.risk
        if attr not in self.risk[1]:
            self.refuse(
                at,
                "unknown-name",
                did_you_mean(attr, self.risk[1]),
                name=attr,
                kind=Label("风险属性", "attribute of a risk"),
            )
            return None
        value = self.risk[1][attr]
        return "" if value is None else value

    # Arithmetic

    def _arithmetic(self, at: ast.BinOp, left: ast.expr, op: ast.operator, right: ast.expr) -> Node | None:
        name = _ARITHMETIC.get(type(op))
        if name is None:
            self.refuse(at, "forbidden", form=form_label(at))
            return None
        match right:
            case ast.Call(func=ast.Name(id="days" | "months" | "years" as unit), args=[count], keywords=[]) if name in (
                "add",
                "sub",
            ):
                return self.moved(at, self.visit(left), unit, self.visit(count), name)
        return self.make(at, name, self.visit(left), self.visit(right))

    def moved(self, at: ast.AST, day: Node | None, unit: str, count: Node | None, name: str) -> Node | None:
        """A day moved by whole days, months or years."""
        if count is not None and getattr(count.type, "unit", PLAIN) not in (PLAIN, Unit.parse(unit[:-1])):
            expected = Label("不带单位或同单位的整数", f"a whole number, plain or of {unit}")
            self.refuse(at, "wrong-type", what=unit, expected=expected, got=type_label(count.type))
            return None
        if unit == "years" and count is not None:
            count = self._times(at, count, 12)
        if name == "sub":
            count = self._negated(at, count)
        return self.make(at, "add_days" if unit == "days" else "add_months", day, count)

    def _times(self, at: ast.AST, count: Node, factor: int) -> Node | None:
        if isinstance(count, Literal) and isinstance(count.type, NumberType):
            value = count.value * factor  # type: ignore[operator]  # a number
            return self.scope.nodes.literal(value, evolve(count.type, lo=value, hi=value))
        return self.make(at, "mul", count, self.scope.nodes.literal(factor, NumberType(PLAIN, 0, factor, factor)))

    def _negated(self, at: ast.AST, count: Node | None) -> Node | None:
        is_number = isinstance(count, Literal) and isinstance(count.type, NumberType)
        return self._times(at, count, -1) if is_number and count is not None else self.make(at, "neg", count)

    # Comparison

    def _chain(self, at: ast.Compare, left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr]) -> Node | None:
        links = [
            self._compare(at if a is left else a, a, op, b)  # a later link is shown where it begins
            for a, op, b in zip([left, *rights], ops, rights, strict=False)
        ]
        return links[0] if len(links) == 1 else self.make(at, "and", *links)

    def _compare(self, at: ast.AST, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node | None:
        if isinstance(op, ast.In | ast.NotIn):
            return self._contained(at, left, right, isinstance(op, ast.NotIn))
        if isinstance(op, ast.Eq | ast.NotEq) and isinstance(right, ast.Constant) and isinstance(right.value, str):
            found = self._one_of(at, left, [right])
            return self.make(at, "not", found) if isinstance(op, ast.NotEq) else found
        name = _COMPARISONS.get(type(op))
        if name is None:
            self.refuse(at, "forbidden", form=form_label(at))
            return None
        a, b = self.visit(left), self.visit(right)
        if a is not None and isinstance(a.type, BooleanType):
            self.refuse(at, "compared-boolean")
            return None
        compared = self.make(at, "eq" if name == "ne" else name, a, b)
        return self._guarded(self.make(at, "not", compared) if name == "ne" else compared, a, b)

    def _guarded(self, compared: Node | None, *sides: Node | None) -> Node | None:
        """A comparison of sides; with the least or greatest of nobody it is false."""
        known = [side for side in sides if side is not None]
        return None if compared is None else guarded(self.scope.nodes, compared, known)

    def _true(self) -> Node:
        return self.scope.nodes.literal(True, BOOLEAN)

    def _contained(self, at: ast.AST, left: ast.expr, right: ast.expr, negated: bool) -> Node | None:
        """`in` and `not in`."""
        match right:
            case ast.Set(elts=items) | ast.List(elts=items) | ast.Tuple(elts=items) if items:
                found, sides = self._in_set(at, left, items)
            case ast.Call(func=ast.Name(id=name)) if name in WINDOWS:
                found, sides = self._in_window(at, self.visit(left), right, name)
            case _:
                self.refuse(right, "bad-in")
                return None
        return self._guarded(self.make(at, "not", found) if negated else found, *sides)

    def _in_set(self, at: ast.AST, left: ast.expr, items: Sequence[ast.expr]) -> "_Compared":
        if all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in items):
            return self._one_of(at, left, items), ()
        value, *others = parts = [self.visit(part) for part in (left, *items)]
        if value is not None and isinstance(value.type, BooleanType):
            self.refuse(at, "compared-boolean")
            return None, ()
        found = [self.make(at, "eq", value, other) for other in others]
        return self.make(at, "or", *found) if len(found) > 1 else found[0], tuple(parts)

    def _one_of(self, at: ast.AST, left: ast.expr, items: Sequence[ast.expr]) -> Node | None:
        values = frozenset(item.value for item in items if isinstance(item, ast.Constant))
        if (
            self.risk
            and isinstance(left, ast.Attribute)
            and isinstance(left.value, ast.Name)
            and left.value.id == self.risk[0]
        ):
            return self._risk_one_of(left, values)
        match left:
            case ast.Name(id=name) if name in self.scope.facts and self.scope.facts_allowed:
                collection, kind = None, self.scope.facts[name]
            case ast.Attribute(value=ast.Name(id=row), attr=name):
                found = self._row_type(left, row, name)
                if found is None:
                    return None
                collection, kind = found
            case _:
                node = self.visit(left)
                if node is not None:
                    self.refuse(at, "not-a-choice", got=type_label(node.type))
                return None
        if not isinstance(kind, ChoiceType):
            code = "text-fact" if isinstance(kind, TextType) else "not-a-choice"
            self.refuse(left, code, name=name, got=type_label(kind))
            return None
        for item in items:
            if isinstance(item, ast.Constant) and item.value not in kind.values and not kind.other:
                self.refuse(
                    item,
                    "unknown-choice",
                    did_you_mean(str(item.value), kind.values),
                    value=item.value,
                    name=name,
                    known=", ".join(kind.values),
                )
                return None
        return self._applying(at, self.scope.nodes.make(In, name, collection, values, kind))

    def _risk_one_of(self, left: ast.Attribute, values: frozenset[object]) -> Node | None:
        assert self.scope.risks is not None
        value = self._risk_attribute(left, left.attr)
        if value is None:
            return None
        known = [str(risk[left.attr]) for risk in self.scope.risks.values() if risk[left.attr] is not None]
        for unknown in values.difference(known):
            details = {"value": unknown, "name": left.attr, "known": ", ".join(dict.fromkeys(known))}
            self.refuse(left, "unknown-choice", did_you_mean(str(unknown), known), **details)
            return None
        return self.scope.nodes.literal(value in values, BOOLEAN)

    def _in_window(self, at: ast.AST, day: Node | None, call: ast.Call, name: str) -> "_Compared":
        """`last` (both ends named in the docs), whole months before, the calendar month or year of a day."""
        bounds = WINDOWS[name](self, call)
        if bounds is None or day is None:
            return None, ()
        low_name, low, high_name, high = bounds
        within = self.make(at, "and", self.make(at, low_name, day, low), self.make(at, high_name, day, high))
        return within, (day, low, high)

    # Functions

    def _call(self, at: ast.Call, name: str) -> Node | None:
        if name in AGGREGATES and (aggregate := self._aggregate_call(at, name)) is not _NOT_AGGREGATE:
            return aggregate  # type: ignore[return-value]  # the sentinel was excluded
        if name == "known":
            self.refuse(at, "known-in-rule")
        elif name in ROUNDINGS:
            return self._rounding(at, name)
        elif name in FUNCTIONS:
            return self._function(at, name)
        elif name == "round":
            self.refuse(at, "bare-round")
        elif name in ("days", "months", "years"):
            self.refuse(at, "bare-span", unit=name)
        elif name in WINDOWS:
            self.refuse(at, "bare-window", name=name)
        elif name in OUT_OF_REACH:
            self.refuse(at, OUT_OF_REACH[name], name=name)
        else:
            functions = dict.fromkeys([*AGGREGATES, *FUNCTIONS, *ROUNDINGS, *WINDOWS])
            self.refuse(at, "unknown-function", did_you_mean(name, functions), name=name, known=", ".join(functions))
        return None

    def _function(self, at: ast.Call, name: str) -> Node | None:
        least, most, build = FUNCTIONS[name]
        keywords = {k.arg: k.value for k in at.keywords}
        args = [*at.args, *keywords.values()]
        taken = {"on"} if name == "age" else set()
        if not set(keywords) <= taken or len(keywords) < len(at.keywords) or not least <= len(args) <= most:
            self.refuse(at, "wrong-arguments", name=name, usage=USAGE[name])
            return None
        nodes = [self.visit(arg) for arg in args]
        return build(self, at, nodes) if all(node is not None for node in nodes) else None

    def _rounding(self, at: ast.Call, name: str) -> Node | None:
        match at:
            case ast.Call(args=[x, ast.Constant(value=str() as step)], keywords=[]):
                node = self.visit(x)
                return (
                    None if node is None else self._try(at, lambda: check.rounding(self.scope.nodes, name, node, step))
                )
        self.refuse(at, "wrong-arguments", name=name, usage=f"{name}(x, 'yuan')")
        return None

    def _parameter_at(self, at: ast.Call, name: str, day: ast.expr) -> Node | None:
        if name not in self.scope.parameters or not self.scope.facts_allowed or self.scope.at is None:
            self._unknown(at, name, "parameter")
            return None
        node = self.visit(day)
        read = self.scope.at
        if node is None:
            return None
        if not isinstance(node.type, DateType):
            self.refuse(
                at, "wrong-type", what=f"{name}.at", expected=Label("日期", "a date"), got=type_label(node.type)
            )
            return None
        return self._try(at, lambda: read(name, node))

    # Aggregates

    def _aggregate_call(self, at: ast.Call, name: str) -> "Node | object | None":
        match at.args:
            case [ast.GeneratorExp(elt=elt, generators=generators)] if name in ("min", "max") or not at.keywords:
                return self._generator(at, name, elt, generators)
            case [ast.Name(id=collection)] if name == "count" and not at.keywords:
                if collection == "risks" and self.scope.risks is not None:
                    return self.make(at, "count", *(self.scope.nodes.make(Risk, r) for r in self.scope.risks))
                rows = self._rows_of(at.args[0], collection)
                return None if rows is None else self._aggregate(at, name, *rows, self._true())
        if name in ("min", "max") and len(at.args) > 1 and not at.keywords:
            return _NOT_AGGREGATE
        self.refuse(at, "wrong-arguments", name=name, usage=f"{name}(… for m in members if …)")
        return None

    def _generator(self, at: ast.Call, name: str, elt: ast.expr, generators: list[ast.comprehension]) -> Node | None:
        match generators:
            case [ast.comprehension(target=ast.Name(id=row), iter=ast.Name(id=collection), ifs=ifs, is_async=0)]:
                pass
            case [_, _, *_]:
                self.refuse(at, "nested-collection")
                return None
            case _:
                self.refuse(at, "wrong-arguments", name=name, usage=f"{name}(… for m in members if …)")
                return None
        if self.row or self.risk:
            self.refuse(at, "nested-collection")
            return None
        if row in self.scope.kinds() or row == ON:
            self.refuse(generators[0].target, "row-hides", row=row)
            return None
        if collection == "risks" and self.scope.risks is not None:
            return self._over_risks(at, name, row, elt, ifs)
        rows = self._rows_of(generators[0].iter, collection)
        return None if rows is None else self._over_rows(at, name, (row, rows[0]), elt, ifs, rows[1])

    def _rows_of(self, at: ast.AST, name: str) -> tuple[str, Node] | None:
        """A collection, and which of its rows count where a definition says so."""
        base = self.scope.filtered.get(name, name)
        if base not in self.scope.collections or not self.scope.facts_allowed:
            self._unknown_collection(at, name)
            return None
        if base == name:
            return base, self._true()
        body = self.scope.definition(name)
        return None if body is None else (base, self.scope.nodes.make(Named, name, body, body.type))

    def _unknown_collection(self, at: ast.AST, name: str) -> None:
        known = [*self.scope.collections, *self.scope.filtered] if self.scope.facts_allowed else []
        known += ["risks"] if self.scope.risks is not None else []
        self.refuse(at, "unknown-name", did_you_mean(name, known), name=name, kind=KINDS["collection"])

    def _over_rows(
        self, at: ast.Call, name: str, row: tuple[str, str], elt: ast.expr, ifs: list[ast.expr], counted: Node
    ) -> Node | None:
        self.row = row
        filters: list[Node | None] = [] if counted is self._true() else [counted]
        filters += [self.visit(condition) for condition in ifs]
        counts_rows = name == "count" and isinstance(elt, ast.Name) and elt.id == row[0]
        body = self._true() if counts_rows else self.visit(elt)
        self.row = None
        where = self.make(at, "and", *filters) if len(filters) > 1 else (filters or [self._true()])[0]
        if body is None or where is None:
            return None
        aggregate = self._aggregate(at, name, row[1], where, body)
        return self._with_default(at, aggregate) if name in ("min", "max") else aggregate

    def _aggregate(self, at: ast.AST, name: str, collection: str, where: Node, body: Node) -> Node | None:
        rows = self.scope.collections[collection]
        return self._try(at, lambda: check_rows.make(self.scope.nodes, name, collection, rows, where, body))

    def _with_default(self, at: ast.Call, aggregate: Node | None) -> Node | None:
        match at.keywords:
            case []:
                return aggregate
            case [ast.keyword(arg="default", value=value)]:
                default = self.visit(value)
                if not isinstance(aggregate, Aggregate):
                    return None
                return self.make(at, "if", somebody(self.scope.nodes, aggregate), aggregate, default)
        self.refuse(at, "wrong-arguments", name="min", usage="min(… for m in members, default=…)")
        return None

    def _over_risks(self, at: ast.Call, name: str, row: str, elt: ast.expr, ifs: list[ast.expr]) -> Node | None:
        """Over the risks that hold: since their attributes are known, plain logic over the risks."""
        assert self.scope.risks is not None
        if name not in ("any", "all", "count"):
            self.refuse(at, "wrong-arguments", name=name, usage="any, all, count (… for r in risks)")
            return None
        parts: list[Node | None] = []
        for risk, attributes in self.scope.risks.items():
            self.risk = (row, attributes)
            counts_rows = isinstance(elt, ast.Name) and elt.id == row
            conditions = [self.visit(condition) for condition in ifs]
            body = self._true() if counts_rows else self.visit(elt)
            self.risk = None
            if None in conditions or body is None:
                return None
            holds = self.scope.nodes.make(Risk, risk)
            if name == "all":
                parts.append(self.make(at, "or", *(self.make(at, "not", c) for c in (holds, *conditions)), body))
            else:
                parts.append(self.make(at, "and", holds, *conditions, body))
        return self.make(at, {"any": "or", "all": "and", "count": "count"}[name], *parts)


def _literal_meant(at: ast.AST, problem: Problem) -> ast.AST:
    """Where an amount of money is written in a rule, the amount; else the form itself."""
    if problem.code != "money-literal":
        return at
    amount = abs(Decimal(str(problem.details["value"])))
    for part in ast.walk(at):
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, int | float)
            and Decimal(str(part.value)) == amount
        ):
            return part
    return at


_Compared = tuple[Node | None, tuple[Node | None, ...]]  # a comparison, and the sides that were compared
_NOT_AGGREGATE = object()
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip
