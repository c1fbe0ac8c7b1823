"""Plain trees as one generated Python function: a household's request in microseconds.

Written as text and compiled once. The function takes the household's values, the rows of each collection, which
collections are complete, and the parameters, and returns the values of the trees in order.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import define, field

from fanpin.expressions.nodes import (
    Complete,
    Fact,
    Fold,
    In,
    Leaf,
    Listed,
    Literal,
    Node,
    Op,
    Parameter,
    Risk,
    children,
    walk,
)
from fanpin.expressions.plain import ymd
from fanpin.expressions.strata import below, folds_by_turn, household_parts, row_nodes, walk_loop
from fanpin.expressions.types import BooleanType, DateType, NumberType

Function = Callable[..., tuple[Any, ...]]
MAX_NESTING = 20  # parentheses within one line; beyond, a part gets a line of its own

_OPS: dict[str, str] = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "neg": "(-{})",
    "mul": "({} * {})",
    "div": "({} / {})",
    "floor": "floor({})",
    "lt": "({} < {})",
    "le": "({} <= {})",
    "gt": "({} > {})",
    "ge": "({} >= {})",
    "not": "(not {})",
    "if": "({1} if {0} else {2})",
}
_JOINED = {"and": " and ", "or": " or ", "count": " + "}


def min_(a: float, b: float) -> float:
    """The smaller; of equals the first."""
    return a if a <= b else b


def max_(a: float, b: float) -> float:
    """The larger; of equals the first."""
    return a if a >= b else b


def number_ends(raw: Any, factor: int, lo: float, hi: float) -> tuple[float, float]:
    """The ends of a number that is not simply a float: missing, whole, or a range."""
    if raw is None:
        return lo, hi
    if isinstance(raw, int | float):
        value = math.floor(raw * factor + 0.5)
        return value, value
    return math.floor(raw.lo * factor + 0.5), math.floor(raw.hi * factor + 0.5)


def date_ends(raw: Any, lo: int, hi: int) -> tuple[int, int]:
    """The ends of a day as numbers YYYYMMDD."""
    if raw is None:
        return lo, hi
    if hasattr(raw, "lo"):
        return ymd(raw.lo), ymd(raw.hi)
    value = raw.year * 10000 + raw.month * 100 + raw.day
    return value, value


def to_python(outputs: Sequence[Node], risks: Sequence[tuple[str, Node, Node]] = ()) -> Function:
    """A function `f(household, rows, complete, parameters, verdicts=None)` that returns the outputs' values.

    `risks` are worked out first; where `verdicts` gives a risk's (surely, possibly), that goes before the rule, and
    outputs that read a risk read the result. With risks, the returned tuple begins with surely and possibly of each,
    and ends with these as the rules alone say where there were verdicts, else with None.
    """
    writer = _Writer()
    code = writer.function(outputs, risks)
    namespace: dict[str, Any] = {
        "floor": math.floor, "number_ends": number_ends, "date_ends": date_ends, "min_": min_, "max_": max_,
        **writer.constants,
    }  # fmt: skip
    exec(compile(code, "<fanpin rules>", "exec"), namespace)  # noqa: S102  # our own text: no input is in it but as a constant
    function: Function = namespace["rules"]
    function.__doc__ = code
    return function


@define
class _Writer:
    lines: list[str] = field(factory=list)
    names: dict[object, str] = field(factory=dict)  # nodes, and facts' ends, that have a line of their own
    constants: dict[str, Any] = field(factory=dict)
    uses: Counter[Node] = field(factory=Counter)
    indent: str = "    "

    def function(self, outputs: Sequence[Node], risks: Sequence[tuple[str, Node, Node]]) -> str:
        roots = [tree for _, lo, hi in risks for tree in (lo, hi)] + list(outputs)
        for node in walk(*roots):
            self.uses.update(children(node))
        self.uses.update(roots)
        first, then = folds_by_turn(*roots)
        of_rows = row_nodes(*roots)
        self._folds(first, of_rows)
        ends = [end for name, lo, hi in risks for end in self._named_risk(name, lo, hi)]
        self._verdicts([name for name, _, _ in risks], ends)
        self._folds(then, of_rows)
        for root in outputs:
            self._lift(root)
        results = [*ends, *(self.value(root) for root in outputs), *(["by_rule"] if ends else [])]
        self.emit(f"return ({''.join(f'{result}, ' for result in results)})")
        head = ["def rules(household, rows, complete, parameters, verdicts=None):", "    get = household.get"]
        return "\n".join([*head, *self.lines])

    def _named_risk(self, name: str, lo: Node, hi: Node) -> tuple[str, str]:
        ends = []
        for root in (lo, hi):
            self._lift(root)
            ends.append(self.value(root))
        n = f"r{len(self.names)}"
        self.emit(f"{n}s = {ends[0]}")
        self.emit(f"{n}p = {ends[1]}" if lo is not hi else f"{n}p = {n}s")
        self.names["risk", name] = n
        return f"{n}s", f"{n}p"

    def _verdicts(self, names: Sequence[str], ends: Sequence[str]) -> None:
        """Where persons decided, that goes before the rule; what the rules say is kept beside it."""
        if not names:
            return
        self.emit("by_rule = None")
        self.emit("if verdicts is not None:")
        self.emit(f"    by_rule = ({', '.join(ends)},)")
        for name, surely, possibly in zip(names, ends[::2], ends[1::2], strict=True):
            self.emit(f"    {surely}, {possibly} = verdicts.get({name!r}, ({surely}, {possibly}))")

    def emit(self, line: str) -> None:
        self.lines.append(self.indent + line)

    # Values

    def value(self, node: Node, nesting: int = 0) -> str:
        """The node as an expression of Python."""
        if node in self.names:
            return self.names[node]
        match node:
            case Literal(value=value):
                return repr(value) if not isinstance(value, float) or math.isfinite(value) else f"float('{value}')"
            case Parameter(name=name):
                return self._own_line(node, f"parameters[{name!r}]")
            case Leaf():
                return self._leaf(node)
            case Listed(collection=collection):
                return self._own_line(node, f"len(rows.get({collection!r}) or ())")
            case Complete(collection=collection):
                return self._own_line(node, f"complete[{collection!r}]")
            case Op(name=name, args=args):
                texts = [self.value(arg, nesting + 1) for arg in args]
                if name in ("min", "max"):
                    return _extreme(name, *texts)
                if name in _JOINED:
                    return "(" + _JOINED[name].join(texts) + ")"
                return _OPS[name].format(*texts)
            case _:
                raise TypeError(f"{type(node).__name__} can't be generated here")

    def _own_line(self, key: object, text: str) -> str:
        if key not in self.names:
            name = f"v{len(self.names)}"
            self.emit(f"{name} = {text}")
            self.names[key] = name
        return self.names[key]

    def _constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def _leaf(self, leaf: Leaf) -> str:
        match leaf.of:
            case Risk(name=name):
                return self.names["risk", name] + ("s" if leaf.side == "lo" else "p")
            case In() as choice:
                raw = self._raw(choice.fact, choice.collection)
                key = ("set", choice)
                if key not in self.names:
                    self.names[key] = self._constant(choice.values)
                inside = f"{raw} in {self.names[key]}"
                return f"({inside})" if leaf.side == "lo" else f"({raw} is None or {inside})"
            case Fact(type=BooleanType()) as fact:
                raw = self._raw(fact.name, fact.collection)
                return f"({raw} is True)" if leaf.side == "lo" else f"({raw} is not False)"
            case fact:
                return self._ends(fact)[0 if leaf.side == "lo" else 1]

    def _raw(self, name: str, collection: str | None) -> str:
        get = "get" if collection is None else "of_row"
        return self._own_line(("raw", collection, name), f"{get}({name!r})")

    def _ends(self, fact: Fact) -> tuple[str, str]:
        """The two ends of a number or a day, read once."""
        key = ("ends", fact)
        if key not in self.names:
            raw = self._raw(fact.name, fact.collection)
            name = self.names[key] = f"e{len(self.names)}"
            if isinstance(fact.type, DateType):
                self.emit(f"{name}l, {name}h = date_ends({raw}, {ymd(fact.type.lo)}, {ymd(fact.type.hi)})")
            else:
                self._number(fact, raw, name)
        name = self.names[key]
        return f"{name}l", f"{name}h"

    def _number(self, fact: Fact, raw: str, name: str) -> None:
        assert isinstance(fact.type, NumberType)
        factor = 10**fact.type.decimals
        known = f"floor({raw} * {factor} + 0.5)" if factor > 1 else f"floor({raw} + 0.5)"
        usual = ("float", known) if factor > 1 else ("int", raw)
        self.emit(f"if {raw}.__class__ is {usual[0]}: {name}l = {name}h = {usual[1]}")
        self.emit(f"else: {name}l, {name}h = number_ends({raw}, {factor}, {fact.type.lo!r}, {fact.type.hi!r})")

    # Lines of their own

    def _lift(self, root: Node) -> None:
        """Give a line to what is used more than once, or stands too deep, below a root; and to every leaf."""
        depth: dict[Node, int] = {}
        for node in walk_loop(root, self.names.keys()):
            if node in self.names:
                depth[node] = 0
                continue
            depth[node] = 1 + max((depth.get(child, 0) for child in below(node)), default=0)
            if isinstance(node, Leaf):
                self._leaf(node)
            elif isinstance(node, Op) and (self.uses[node] > 1 or depth[node] >= MAX_NESTING):
                self._own_line(node, self.value(node))
                depth[node] = 0

    # Folds

    def _folds(self, folds: Mapping[Fold, int], of_rows: frozenset[Node]) -> None:
        """One loop over a collection for all folds whose bodies read no other fold; then those that do."""
        loops: dict[tuple[int, str], list[Fold]] = {}
        for fold, level in folds.items():
            loops.setdefault((level, fold.collection), []).append(fold)
        for (_, collection), found in sorted(loops.items(), key=lambda item: item[0]):
            self._before_loop(found, of_rows)
            self._loop(collection, found)

    def _before_loop(self, folds: Sequence[Fold], of_rows: frozenset[Node]) -> None:
        for fold in folds:
            for part in household_parts(fold.body, of_rows):
                self._lift(part)
                text = self.value(part)
                if isinstance(part, Op):
                    self._own_line(part, text)
            self.names[fold] = f"f{len(self.names)}"
            self.emit(f"{self.names[fold]} = {fold.empty!r}")

    def _loop(self, collection: str, folds: Sequence[Fold]) -> None:
        outside = dict(self.names)
        self.emit(f"for row in rows.get({collection!r}) or ():")
        self.indent = "        "
        self.emit("of_row = row.__dict__.get")
        for fold in folds:
            self._lift(fold.body)
            self._accumulate(fold, self.names[fold], self.value(fold.body))
        self.indent = "    "
        self.names = outside

    def _accumulate(self, fold: Fold, name: str, value: str) -> None:
        match fold.kind:
            case "any":
                self.emit(f"if {value}: {name} = True")
            case "sum":
                self.emit(f"{name} += {value}")
            case "min":
                self.emit(f"{name} = {_extreme('min', name, value)}")
            case "max":
                self.emit(f"{name} = {_extreme('max', name, value)}")


def _extreme(name: str, a: str, b: str) -> str:
    """The smaller or larger of two, without a call where both are cheap to name twice."""
    if (a + b).replace(".", "").replace("-", "").isalnum():
        return f"({a} if {a} {'<=' if name == 'min' else '>='} {b} else {b})"
    return f"{name}_({a}, {b})"
