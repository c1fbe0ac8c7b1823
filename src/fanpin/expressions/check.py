"""Types, units and bounds: what an operator makes of its arguments, or why it can't.

`parse.py` asks here for every operator it meets and adds the place to what is refused. Here too numbers of unlike
decimals are brought to one scale, so that nothing above has to know of scales.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from fanpin.errors import Problem
from fanpin.expressions.nodes import Literal, Node, Nodes, Op, ValueType
from fanpin.expressions.ops import ANY_NUMBER, OPERATORS, hull
from fanpin.expressions.types import BOOLEAN, BooleanType, DateType, NumberType, type_label
from fanpin.i18n import Label
from fanpin.units import PLAIN, Unit

EXACT_LIMIT = 2**53  # a float64 holds every whole number up to here
ROUNDING_STEPS = {"yuan": 0, "jiao": 1, "fen": 2, "whole": 0, "tenth": 1, "hundredth": 2}


class Refused(Exception):
    """An operator can't take its arguments; the place is the caller's to add."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, details=details)


def make(nodes: Nodes, name: str, *args: Node) -> Node:
    """The operator over the arguments, typed, with numbers brought to one scale; `Refused` says why not."""
    return _RULES[name](nodes, name, *args)


def number_of(node: Node, what: str) -> NumberType:
    """The number type of a node that must be a number."""
    if not isinstance(node.type, NumberType):
        raise Refused("wrong-type", what=what, expected=Label("数", "a number"), got=type_label(node.type))
    return node.type


def _boolean(node: Node, what: str) -> None:
    if not isinstance(node.type, BooleanType):
        raise Refused("wrong-type", what=what, expected=Label("是否", "yes or no"), got=type_label(node.type))


def _date(node: Node, what: str) -> DateType:
    if not isinstance(node.type, DateType):
        raise Refused("wrong-type", what=what, expected=Label("日期", "a date"), got=type_label(node.type))
    return node.type


def ends(kind: ValueType) -> tuple[Any, Any]:
    """The bounds of a type as a range."""
    return (False, True) if isinstance(kind, BooleanType) else (kind.lo, kind.hi)


def _typed(nodes: Nodes, name: str, unit: Unit, decimals: int, *args: Node, whole: bool | None = None) -> Node:
    """A number-valued operator, its bounds derived from those of its arguments."""
    lo, hi = hull(name, [ends(arg.type) for arg in args])
    whole = all(getattr(arg.type, "whole", True) for arg in args) if whole is None else whole
    if whole and max(abs(lo), abs(hi)) > EXACT_LIMIT:
        raise Refused("too-large", digits=len(str(int(max(abs(lo), abs(hi))))))
    return nodes.op(name, NumberType(unit, decimals, lo, hi, whole), *args)


def _is_bare(node: Node) -> bool:
    """A literal without unit, which takes the unit of its neighbour."""
    return isinstance(node, Literal) and isinstance(node.type, NumberType) and node.type.unit.is_plain


def same_unit(a: Node, b: Node, what: str) -> Unit:
    """The unit that two numbers share; a small bare literal takes its neighbour's, unless that is money."""
    unit_a, unit_b = number_of(a, what).unit, number_of(b, what).unit
    for bare, unit in ((a, unit_b), (b, unit_a)):
        if _is_bare(bare) and isinstance(bare, Literal):
            if unit.has_money and bare.value != 0:
                raise Refused("money-literal", value=_written(bare), unit=unit)
            return unit
    if unit_a != unit_b:
        raise Refused("unlike-units", what=what, a=_unit_label(unit_a), b=_unit_label(unit_b))
    return unit_a


def same_unit_of(of: str, a: Node, part: str, b: Node) -> None:
    """`Refused` in the words of a pack's keys where a part is in another unit than what it goes with."""
    try:
        same_unit(a, b, part)
    except Refused as refused:
        if refused.problem.code == "unlike-units":
            raise Refused("unlike-part", **{**refused.problem.details, "part": part, "of": of}) from None
        raise


def _unit_label(unit: Unit) -> Label:
    return Label("无单位", "no unit") if unit.is_plain else Label(unit.zh(), str(unit))


def _written(literal: Literal) -> str:
    assert isinstance(literal.type, NumberType)
    assert not isinstance(literal.value, date)
    return f"{Decimal(literal.value).scaleb(-literal.type.decimals).normalize():f}"


def rescale(nodes: Nodes, node: Node, decimals: int) -> Node:
    """The same number counted in a smaller part."""
    kind = number_of(node, "")
    shift = decimals - kind.decimals
    if shift == 0:
        return node
    factor = nodes.literal(10**shift, NumberType(PLAIN, 0, 10**shift, 10**shift))
    if isinstance(node, Literal):
        assert not isinstance(node.value, date)
        value = node.value * 10**shift
        return nodes.literal(value, NumberType(kind.unit, decimals, value, value))
    return _typed(nodes, "rescale", kind.unit, decimals, node, factor)


def align(nodes: Nodes, *args: Node) -> tuple[Node, ...]:
    """Numbers brought to the finest scale among them."""
    decimals = max(number_of(arg, "").decimals for arg in args)
    return tuple(rescale(nodes, arg, decimals) for arg in args)


def _additive(nodes: Nodes, name: str, *args: Node) -> Node:
    what = _symbol(name)
    if len(args) == 1:
        kind = number_of(args[0], what)
        return _typed(nodes, name, kind.unit, kind.decimals, *args)
    unit = same_unit(args[0], args[1], what)
    args = align(nodes, *args)
    return _typed(nodes, name, unit, number_of(args[0], what).decimals, *args)


def _mul(nodes: Nodes, name: str, a: Node, b: Node) -> Node:
    left, right = number_of(a, "×"), number_of(b, "×")
    return _typed(nodes, name, left.unit * right.unit, left.decimals + right.decimals, a, b)


def _div(nodes: Nodes, name: str, a: Node, b: Node) -> Node:
    above, below = number_of(a, "÷"), number_of(b, "÷")
    if below.lo <= 0 <= below.hi:
        raise Refused("may-divide-by-zero")
    if above.decimals < below.decimals:
        a = rescale(nodes, a, below.decimals)
    decimals = max(above.decimals - below.decimals, 0)
    return _typed(nodes, name, above.unit / below.unit, decimals, a, b, whole=False)


def _compare(nodes: Nodes, name: str, a: Node, b: Node) -> Node:
    what = _symbol(name)
    if isinstance(a.type, DateType) or isinstance(b.type, DateType):
        _date(a, what)
        _date(b, what)
    else:
        same_unit(a, b, what)
        a, b = align(nodes, a, b)
    return nodes.op(name, BOOLEAN, a, b)


def _logic(nodes: Nodes, name: str, *args: Node) -> Node:
    for arg in args:
        _boolean(arg, _symbol(name))
    if name != "not":  # a and (b and c) is a and b and c
        args = tuple(
            part for arg in args for part in (arg.args if isinstance(arg, Op) and arg.name == name else (arg,))
        )
    return nodes.op(name, BOOLEAN, *args)


def _count(nodes: Nodes, name: str, *args: Node) -> Node:
    for arg in args:
        _boolean(arg, "count")
    return nodes.op(name, NumberType(PLAIN, 0, 0, len(args)), *args)


def _if(nodes: Nodes, name: str, condition: Node, then: Node, otherwise: Node) -> Node:
    _boolean(condition, "if")
    if isinstance(then.type, NumberType):
        unit = same_unit(then, otherwise, "if … else")
        then, otherwise = align(nodes, then, otherwise)
        return _typed(nodes, name, unit, number_of(then, "").decimals, condition, then, otherwise)
    if isinstance(then.type, DateType):
        other = _date(otherwise, "if … else")
        kind = DateType(min(then.type.lo, other.lo), max(then.type.hi, other.hi))
        return nodes.op(name, kind, condition, then, otherwise)
    _boolean(otherwise, "if … else")
    return nodes.op(name, BOOLEAN, condition, then, otherwise)


def rounding(nodes: Nodes, name: str, x: Node, step: str) -> Node:
    """A named rounding to `yuan jiao fen` (money) or `whole tenth hundredth`."""
    kind = number_of(x, name)
    steps = list(ROUNDING_STEPS)[:3] if kind.unit.has_money else list(ROUNDING_STEPS)[3:]
    if step not in ROUNDING_STEPS:
        raise Refused("rounding-step", name=name, steps=", ".join(f"'{s}'" for s in steps))
    if step not in steps:
        raise Refused(
            "rounding-of-other", got=type_label(kind), step=step, steps=Label("、".join(steps), ", ".join(steps))
        )
    decimals = ROUNDING_STEPS[step]
    if kind.decimals < decimals:
        x = rescale(nodes, x, decimals)
    factor = 10 ** (number_of(x, name).decimals - decimals)
    by = nodes.literal(factor, NumberType(PLAIN, 0, factor, factor))
    return _typed(nodes, name, kind.unit, decimals, x, by, whole=True)


def _span(unit: Unit) -> Callable[..., Node]:
    def rule(nodes: Nodes, name: str, a: Node, b: Node) -> Node:
        _date(a, name)
        _date(b, name)
        return _typed(nodes, name, unit, 0, a, b, whole=True)

    return rule


def _date_valued(nodes: Nodes, name: str, d: Node, *rest: Node) -> Node:
    what = _symbol(name)
    _date(d, what)
    for n in rest:
        kind = number_of(n, what)
        if not kind.whole or kind.decimals:
            raise Refused(
                "wrong-type", what=what, expected=Label("整数", "a whole number"), got=Label("小数", "a fraction")
            )
    try:
        lo, hi = hull(name, [ends(arg.type) for arg in (d, *rest)])
    except (OverflowError, ValueError):
        raise Refused("date-too-far") from None
    assert isinstance(lo, date)
    assert isinstance(hi, date)
    return nodes.op(name, DateType(lo, hi), d, *rest)


def _year_of(nodes: Nodes, name: str, d: Node) -> Node:
    _date(d, name)
    return _typed(nodes, name, PLAIN, 0, d, whole=True)


def _symbol(name: str) -> str:
    return _SYMBOLS.get(name, name)


_SYMBOLS = {
    "add": "+", "sub": "-", "neg": "-", "mul": "*", "div": "/",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==",
    "add_months": "+ months(…)", "add_days": "+ days(…)",
}  # fmt: skip
_RULES: dict[str, Callable[..., Node]] = {
    **dict.fromkeys(("add", "sub", "neg", "min", "max", "abs"), _additive),
    "mul": _mul,
    "div": _div,
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq"), _compare),
    **dict.fromkeys(("and", "or", "not"), _logic),
    "count": _count,
    "if": _if,
    "age": _span(Unit.parse("year")),
    "months_between": _span(Unit.parse("month")),
    "days_between": _span(Unit.parse("day")),
    **dict.fromkeys(("add_months", "add_days", "start_of_month", "start_of_year"), _date_valued),
    "year_of": _year_of,
}
assert set(_RULES) >= {n for n in OPERATORS if n not in ("floor", "rescale") and not n.startswith("round")}
assert set(OPERATORS) >= ANY_NUMBER
