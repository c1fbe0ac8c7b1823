"""The functions and windows of time that a rule may call, and what each is built of."""

import ast
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from fanpin.expressions.nodes import Literal, Node, Parameter
from fanpin.expressions.scope import Scope
from fanpin.expressions.types import DateType, NumberType
from fanpin.units import PLAIN

ON = "on"  # the day of grading, as a parameter


class Builder(Protocol):
    """What a function needs of the parser."""

    @property
    def scope(self) -> Scope:
        """The names."""

    def visit(self, at: ast.expr) -> Node | None:
        """The tree of a form, or None after noting why not."""

    def make(self, at: ast.AST, name: str, *args: Node | None) -> Node | None:
        """An operator; None where an argument is."""

    def moved(self, at: ast.AST, day: Node | None, unit: str, count: Node | None, name: str) -> Node | None:
        """A day moved by whole days, months or years."""

    def refuse(self, at: ast.AST, code: str, suggestions: Sequence[str] = (), **details: object) -> None:
        """Note a problem."""


ROUNDINGS = ("round_half_up", "round_up", "round_down")

Build = Callable[[Builder, ast.Call, list[Node | None]], Node | None]


def _plain(name: str) -> Build:
    return lambda parser, at, args: parser.make(at, name, *args)


def _age(parser: Builder, at: ast.Call, args: list[Node | None]) -> Node | None:
    return parser.make(
        at, "age", args[0], args[1] if len(args) > 1 else parser.scope.nodes.make(Parameter, ON, DateType())
    )


def _folded(name: str) -> Build:
    def build(parser: Builder, at: ast.Call, args: list[Node | None]) -> Node | None:
        result = args[0]
        for arg in args[1:]:
            result = parser.make(at, name, result, arg)
        return result

    return build


def _next_month(parser: Builder, at: ast.Call, args: list[Node | None]) -> Node | None:
    one = parser.scope.nodes.literal(1, NumberType(PLAIN, 0, 1, 1))
    return parser.make(at, "add_months", parser.make(at, "start_of_month", args[0]), one)


def _date_literal(parser: Builder, at: ast.Call, args: list[Node | None]) -> Node | None:
    parts = [part for arg in args if (part := _whole_number(arg)) is not None]
    try:
        value = date(*parts)
    except (ValueError, TypeError, OverflowError):
        parser.refuse(at, "wrong-arguments", name="date", usage=USAGE["date"])
        return None
    return parser.scope.nodes.literal(value, DateType(value, value))


def _whole_number(arg: Node | None) -> int | None:
    """A whole number written down; None for anything else."""
    if isinstance(arg, Literal) and isinstance(arg.type, NumberType) and arg.type.decimals == 0:
        return int(arg.value)  # type: ignore[arg-type]  # a number, by its type
    return None


FUNCTIONS: dict[str, tuple[int, int, Build]] = {
    "abs": (1, 1, _plain("abs")),
    "min": (2, 9, _folded("min")),
    "max": (2, 9, _folded("max")),
    "age": (1, 2, _age),
    "months_between": (2, 2, _plain("months_between")),
    "days_between": (2, 2, _plain("days_between")),
    "start_of_month": (1, 1, _plain("start_of_month")),
    "start_of_next_month": (1, 1, _next_month),
    "start_of_year": (1, 1, _plain("start_of_year")),
    "year_of": (1, 1, _plain("year_of")),
    "date": (3, 3, _date_literal),
}
USAGE = {
    "abs": "abs(x)",
    "min": "min(a, b)",
    "max": "max(a, b)",
    "age": "age(d) / age(d, on=…)",
    "months_between": "months_between(a, b)",
    "days_between": "days_between(a, b)",
    "start_of_month": "start_of_month(d)",
    "start_of_next_month": "start_of_next_month(d)",
    "start_of_year": "start_of_year(d)",
    "year_of": "year_of(d)",
    "date": "date(2024, 3, 1)",
}

Bounds = tuple[str, Node | None, str, Node | None]


def _last(parser: Builder, call: ast.Call) -> Bounds | None:
    """`last(12, months, before=d)`: after the same day 12 months earlier, up to d itself."""
    match call:
        case ast.Call(
            args=[count, ast.Name(id="days" | "months" | "years" as unit)],
            keywords=[ast.keyword(arg="before", value=end)],
        ):
            high = parser.visit(end)
            return "gt", parser.moved(call, high, unit, parser.visit(count), "sub"), "le", high
    parser.refuse(call, "wrong-arguments", name="last", usage="d in last(12, months, before=on)")
    return None


def _last_whole(parser: Builder, call: ast.Call) -> Bounds | None:
    """`last_whole(12, months, before=d)`: the 12 whole months that end before the month of d."""
    match call:
        case ast.Call(args=[count, ast.Name(id="months")], keywords=[ast.keyword(arg="before", value=end)]):
            high = parser.make(call, "start_of_month", parser.visit(end))
            return "ge", parser.moved(call, high, "months", parser.visit(count), "sub"), "lt", high
    parser.refuse(call, "wrong-arguments", name="last_whole", usage="d in last_whole(12, months, before=on)")
    return None


def _calendar(start: str, months: int, name: str) -> Callable[[Builder, ast.Call], Bounds | None]:
    def window(parser: Builder, call: ast.Call) -> Bounds | None:
        match call:
            case ast.Call(args=[day], keywords=[]):
                low = parser.make(call, start, parser.visit(day))
                span = parser.scope.nodes.literal(months, NumberType(PLAIN, 0, months, months))
                return "ge", low, "lt", parser.make(call, "add_months", low, span)
        parser.refuse(call, "wrong-arguments", name=name, usage=f"d in {name}(on)")
        return None

    return window


WINDOWS: dict[str, Callable[[Builder, ast.Call], Bounds | None]] = {
    "last": _last,
    "last_whole": _last_whole,
    "month": _calendar("start_of_month", 1, "month"),
    "year": _calendar("start_of_year", 12, "year"),
}


_NEEDS = {
    "needs-all-households": "rank dense_rank row_number percentile percent_rank quantile ntile quota top bottom top_n",
    "needs-other-times": "lag lead previous prior shift cumsum running_total accumulate last_year last_month",
    "average-of-rows": "avg average mean median",
    "function-of-text": "len str lower upper startswith endswith contains concat substr substring replace trim strip "
    "split find match format join left right like",
}
OUT_OF_REACH = {name: code for code, names in _NEEDS.items() for name in names.split()}  # what is asked for in vain
