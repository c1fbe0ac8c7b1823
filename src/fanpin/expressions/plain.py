"""Builds plain trees: interned, with constants folded and what decides nothing left out."""

from datetime import date

from attrs import frozen

from fanpin.expressions.nodes import Fold, FoldKind, Listed, Literal, Node, Nodes, Op, Parameter, walk
from fanpin.expressions.ops import OPERATORS
from fanpin.expressions.types import BOOLEAN, BooleanType, NumberType

NUMBER = NumberType()  # in a plain tree a number is a number: unit and bounds were checked before
_BOOLEAN_OPS = frozenset({"lt", "le", "gt", "ge", "not", "and", "or"})


def ymd(value: date) -> int:
    """A day as the number YYYYMMDD, the form in which plain trees hold days: it keeps their order.

    >>> ymd(date(2024, 3, 1))
    20240301
    """
    return value.year * 10000 + value.month * 100 + value.day


@frozen
class Plain:
    """Makes plain nodes in a table."""

    nodes: Nodes

    def number(self, value: float) -> Literal:
        """A number."""
        return self.nodes.literal(value, NUMBER)

    def truth(self, value: bool) -> Literal:
        """Yes or no."""
        return self.nodes.literal(value, BOOLEAN)

    def op(self, name: str, *args: Node) -> Node:
        """An operator, or what it comes to."""
        if name in ("and", "or"):
            return self._logic(name, args)
        if name == "count":
            args = tuple(arg for arg in args if arg is not self.truth(False)) or (self.truth(False),)
        if all(isinstance(arg, Literal) for arg in args):
            value = OPERATORS[name].apply(*(arg.value for arg in args if isinstance(arg, Literal)))
            return self.truth(value) if name in _BOOLEAN_OPS or isinstance(value, bool) else self.number(value)
        simple = self._simplified(name, args)
        kind = args[1].type if name == "if" else BOOLEAN if name in _BOOLEAN_OPS else NUMBER
        return simple or self.nodes.op(name, kind, *args)

    def _logic(self, name: str, args: tuple[Node, ...]) -> Node:
        decides, ignored = self.truth(name == "or"), self.truth(name == "and")
        flat = [part for arg in args for part in (arg.args if _is(arg, name) else (arg,))]  # type: ignore[union-attr]
        parts = [part for part in dict.fromkeys(flat) if part is not ignored]
        if decides in parts:
            return decides
        if len(parts) < 2:
            return parts[0] if parts else ignored
        return self.nodes.op(name, BOOLEAN, *parts)

    def _simplified(self, name: str, args: tuple[Node, ...]) -> Node | None:
        match name, args:
            case "if", (Literal(value=value), then, otherwise):
                return then if value else otherwise
            case "if", (condition, then, otherwise) if isinstance(then.type, BooleanType):
                return self._boolean_if(condition, then, otherwise)
            case "if", (_, then, otherwise) if then is otherwise:
                return then
            case (("min" | "max"), (a, b)) if a is b:
                return a
            case "not", (inner,) if _is(inner, "not"):
                return inner.args[0]  # type: ignore[union-attr]  # `_is` says it is an Op
            case (("mul" | "div"), (a, Literal(value=1))):
                return a
            case "mul", (Literal(value=1), b):
                return b
            case "mul", (Literal(value=0), _) | (_, Literal(value=0)):
                return self.number(0)
            case (("add" | "sub"), (a, Literal(value=0))):
                return a
            case "add", (Literal(value=0), b):
                return b
        return None

    def _boolean_if(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """A choice between truths is logic, which every engine has."""
        otherwise = self.op("and", self.op("not", condition), otherwise)
        return self.op("or", self.op("and", condition, then), otherwise)

    def fold(self, kind: FoldKind, collection: str, body: Node, empty: float | bool) -> Node:
        """A fold over the listed rows."""
        if kind == "sum" and all(isinstance(part, Literal | Parameter | Op) for part in walk(body)):
            return self.op("mul", self.listed(collection), body)  # the same for every row
        if isinstance(body, Literal) and kind == "any":
            some = self.op("ge", self.listed(collection), self.number(1))
            return self.op("and", some, body)
        return self.nodes.make(Fold, kind, collection, body, empty, BOOLEAN if kind == "any" else NUMBER)

    def listed(self, collection: str) -> Node:
        """How many rows are listed."""
        return self.nodes.make(Listed, collection)


def _is(node: Node, name: str) -> bool:
    return getattr(node, "name", None) == name and hasattr(node, "args")
