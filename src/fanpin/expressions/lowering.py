"""Dates, roundings and scales as plain arithmetic: what lets every backend do without them.

A day is the number YYYYMMDD. Its parts, ages, spans and shifts are then whole-number formulas, the same in every
engine; `tests/language/test_dates.py` holds them against the standard library and python-dateutil.
"""

from collections.abc import Callable

from fanpin.expressions.nodes import Node
from fanpin.expressions.plain import Plain


def lower(plain: Plain, name: str, *args: Node) -> Node:
    """An operator over plain arguments, as plain operators only."""
    return LOWERINGS[name](plain, *args) if name in LOWERINGS else plain.op(name, *args)


def _floor_div(p: Plain, a: Node, by: int) -> Node:
    return p.op("floor", p.op("div", a, p.number(by)))


def _times(p: Plain, a: Node, by: int) -> Node:
    return p.op("mul", a, p.number(by))


def _plus(p: Plain, a: Node, *rest: Node | int) -> Node:
    for b in rest:
        a = p.op("add", a, p.number(b) if isinstance(b, int) else b)
    return a


def _remainder(p: Plain, a: Node, by: int) -> Node:
    return p.op("sub", a, _times(p, _floor_div(p, a, by), by))


def _year(p: Plain, d: Node) -> Node:
    return _floor_div(p, d, 10000)


def _month(p: Plain, d: Node) -> Node:
    return _remainder(p, _floor_div(p, d, 100), 100)


def _day(p: Plain, d: Node) -> Node:
    return _remainder(p, d, 100)


def _age(p: Plain, birth: Node, on: Node) -> Node:
    return _floor_div(p, p.op("sub", on, birth), 10000)


def _months_between(p: Plain, a: Node, b: Node) -> Node:
    def in_hundredths(d: Node) -> Node:  # a month counts 100, so that the day decides within it
        return p.op("sub", d, _times(p, _year(p, d), 10000 - 1200))

    return _floor_div(p, p.op("sub", in_hundredths(b), in_hundredths(a)), 100)


def _start_of_month(p: Plain, d: Node) -> Node:
    return _plus(p, _times(p, _floor_div(p, d, 100), 100), 1)


def _start_of_year(p: Plain, d: Node) -> Node:
    return _plus(p, _times(p, _year(p, d), 10000), 101)


def _leap(p: Plain, year: Node) -> Node:
    """1 in a leap year, else 0."""

    def divides(by: int) -> Node:
        return p.op("sub", _floor_div(p, year, by), _floor_div(p, _plus(p, year, -1), by))

    return _plus(p, p.op("sub", divides(4), divides(100)), divides(400))


def _days_in_month(p: Plain, year: Node, month: Node) -> Node:
    thirty_or_more = _plus(p, _remainder(p, _plus(p, month, _floor_div(p, month, 8)), 2), 30)
    february = p.op("and", p.op("ge", month, p.number(2)), p.op("le", month, p.number(2)))
    return p.op("if", february, _plus(p, _leap(p, year), 28), thirty_or_more)


def _add_months(p: Plain, d: Node, n: Node) -> Node:
    months = _plus(p, _times(p, _year(p, d), 12), _month(p, d), -1, n)
    year = _floor_div(p, months, 12)
    month = _plus(p, _remainder(p, months, 12), 1)
    day = p.op("min", _day(p, d), _days_in_month(p, year, month))
    return _plus(p, _times(p, year, 10000), _times(p, month, 100), day)


def _day_number(p: Plain, d: Node) -> Node:
    """The Julian day number, by the usual whole-number formula for the Gregorian calendar."""
    early = _floor_div(p, p.op("sub", p.number(14), _month(p, d)), 12)  # January and February end the year before
    year = p.op("sub", _plus(p, _year(p, d), 4800), early)
    month = _plus(p, _month(p, d), _times(p, early, 12), -3)
    months = _floor_div(p, _plus(p, _times(p, month, 153), 2), 5)
    centuries = p.op("sub", _floor_div(p, year, 400), _floor_div(p, year, 100))
    return _plus(p, _day(p, d), months, _times(p, year, 365), _floor_div(p, year, 4), centuries, -32045)


def _from_day_number(p: Plain, j: Node) -> Node:
    centuries = _floor_div(p, _plus(p, _times(p, j, 4), 274277), 146097)
    e = _plus(p, _times(p, _plus(p, j, 1401 - 38, _floor_div(p, _times(p, centuries, 3), 4)), 4), 3)
    h = _plus(p, _times(p, _floor_div(p, _remainder(p, e, 1461), 4), 5), 2)
    day = _plus(p, _floor_div(p, _remainder(p, h, 153), 5), 1)
    month = _plus(p, _remainder(p, _plus(p, _floor_div(p, h, 153), 2), 12), 1)
    year = _plus(p, _floor_div(p, e, 1461), -4716, _floor_div(p, p.op("sub", p.number(14), month), 12))
    return _plus(p, _times(p, year, 10000), _times(p, month, 100), day)


def _days_between(p: Plain, a: Node, b: Node) -> Node:
    return p.op("sub", _day_number(p, b), _day_number(p, a))


def _add_days(p: Plain, d: Node, n: Node) -> Node:
    return _from_day_number(p, p.op("add", _day_number(p, d), n))


def _round_down(p: Plain, x: Node, step: Node) -> Node:
    return p.op("floor", p.op("div", x, step))


def _round_up(p: Plain, x: Node, step: Node) -> Node:
    return p.op("neg", _round_down(p, p.op("neg", x), step))


def _round_half_up(p: Plain, x: Node, step: Node) -> Node:
    half = _floor_div(p, step, 2)
    one = step is p.number(1)
    return p.op("floor", _plus(p, x, p.number(0.5))) if one else _round_down(p, p.op("add", x, half), step)


LOWERINGS: dict[str, Callable[..., Node]] = {
    "rescale": lambda p, a, by: p.op("mul", a, by),
    "round_down": _round_down,
    "round_up": _round_up,
    "round_half_up": _round_half_up,
    "age": _age,
    "months_between": _months_between,
    "days_between": _days_between,
    "add_months": _add_months,
    "add_days": _add_days,
    "start_of_month": _start_of_month,
    "start_of_year": _start_of_year,
    "year_of": _year,
}
