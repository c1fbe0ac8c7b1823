"""The operators, as data: what each computes, how its result moves with its arguments, how it reads in words.

An operator is added here, with its type in `check.py` and, where it is not one of the plain ones that backends
translate, with what it lowers to in `lowering.py`.

Values are those of `evaluate.py`: whole numbers of the smallest part (or a float after a division), bool, date.
"""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any, Literal

from attrs import frozen
from dateutil.relativedelta import relativedelta

from fanpin.i18n import Label

Value = float | bool | date
Range = tuple[Any, Any]  # lower and upper end; of a yes-or-no: surely and possibly
Direction = Literal[1, -1]


@frozen
class Operator:
    """One operator.

    `directions`: for each argument, 1 where the result grows with it and -1 where it falls; one entry stands for
    every argument of an operator that takes any number. None: it depends on signs (`mul`, `div`), or the operator
    has a rule of its own (`if`), or it is lowered before (`abs`, `eq`).
    """

    name: str
    apply: Callable[..., Any]
    directions: tuple[Direction, ...] | None
    words: Label
    plain: bool = True


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _months_between(a: date, b: date) -> int:
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


def _round_down(x: float, step: int) -> int:
    return x // step if isinstance(x, int) else math.floor(x / step)


def _round_up(x: float, step: int) -> int:
    return -_round_down(-x, step)


def _round_half_up(x: float, step: int) -> int:
    if isinstance(x, int):
        return (2 * x + step) // (2 * step)
    return math.floor(x + 0.5) if step == 1 else math.floor((x + step // 2) / step)


def _op(
    name: str,
    apply: Callable[..., Any],
    directions: tuple[Direction, ...] | None,
    zh: str,
    en: str,
    plain: bool = True,
) -> tuple[str, Operator]:
    return name, Operator(name, apply, directions, Label(zh, en), plain)


OPERATORS: dict[str, Operator] = dict(
    [
        _op("add", lambda a, b: a + b, (1, 1), "{0} + {1}", "{0} + {1}"),
        _op("sub", lambda a, b: a - b, (1, -1), "{0} − {1}", "{0} − {1}"),
        _op("neg", lambda a: -a, (-1,), "−{0}", "−{0}"),
        _op("mul", lambda a, b: a * b, None, "{0} × {1}", "{0} × {1}"),
        _op("div", lambda a, b: a / b, None, "{0} ÷ {1}", "{0} ÷ {1}"),
        _op("min", min, (1, 1), "{0}与{1}中较小者", "the smaller of {0} and {1}"),
        _op("max", max, (1, 1), "{0}与{1}中较大者", "the larger of {0} and {1}"),
        _op("abs", abs, None, "{0}的绝对值", "the absolute value of {0}", plain=False),
        _op("floor", math.floor, (1,), "{0}取整", "{0} rounded down"),
        _op("rescale", lambda a, b: a * b, (1, 1), "{0}", "{0}", plain=False),
        _op("round_half_up", _round_half_up, (1, 1), "{0}四舍五入到{1}", "{0} rounded to {1}", plain=False),
        _op("round_up", _round_up, (1, 1), "{0}向上取到{1}", "{0} rounded up to {1}", plain=False),
        _op("round_down", _round_down, (1, 1), "{0}向下取到{1}", "{0} rounded down to {1}", plain=False),
        _op("lt", lambda a, b: a < b, (-1, 1), "{0}低于{1}", "{0} is below {1}"),
        _op("le", lambda a, b: a <= b, (-1, 1), "{0}不超过{1}", "{0} is at most {1}"),
        _op("gt", lambda a, b: a > b, (1, -1), "{0}超过{1}", "{0} is above {1}"),
        _op("ge", lambda a, b: a >= b, (1, -1), "{0}不少于{1}", "{0} is at least {1}"),
        _op("eq", lambda a, b: a == b, None, "{0}等于{1}", "{0} equals {1}", plain=False),
        _op("not", lambda a: not a, (-1,), "并非{0}", "not {0}"),
        _op("and", lambda *a: all(a), (1,), "且", "and"),
        _op("or", lambda *a: any(a), (1,), "或", "or"),
        _op("count", lambda *a: sum(a), (1,), "{0}中成立的项数", "how many hold of {0}"),
        _op("if", lambda c, a, b: a if c else b, None, "若{0}则{1}，否则{2}", "{1} if {0}, else {2}"),
        _op("age", _age, (-1, 1), "{0}到{1}的周岁", "the age from {0} on {1}", plain=False),
        _op("months_between", _months_between, (-1, 1), "{0}到{1}的整月数", "the months from {0} to {1}", False),
        _op("days_between", lambda a, b: (b - a).days, (-1, 1), "{0}到{1}的天数", "the days from {0} to {1}", False),
        _op("add_months", lambda d, n: d + relativedelta(months=n), (1, 1), "{0}之后{1}", "{1} after {0}", plain=False),
        _op("add_days", lambda d, n: d + timedelta(days=n), (1, 1), "{0}之后{1}", "{1} after {0}", plain=False),
        _op("start_of_month", lambda d: d.replace(day=1), (1,), "{0}所在月首日", "the month start of {0}", False),
        _op("start_of_year", lambda d: d.replace(month=1, day=1), (1,), "{0}所在年首日", "year start of {0}", False),
        _op("year_of", lambda d: d.year, (1,), "{0}的年份", "the year of {0}", plain=False),
    ]
)  # fmt: skip

ANY_NUMBER = frozenset({"and", "or", "count"})  # operators of any number of arguments


def hull(name: str, args: Sequence[Range]) -> Range:
    """The least range that holds every result of the operator over arguments within the ranges.

    Every operator but `if` is monotone in each argument while the others stay, so that the ends are among the
    results at the corners; for `abs` and `eq` zero, and an overlap, are looked at besides.

    >>> hull("mul", [(-2, 3), (4, 5)])
    (-10, 15)
    >>> hull("eq", [(1, 3), (2, 2)])
    (False, True)
    """
    apply = OPERATORS[name].apply
    points = [lo for lo, hi in args if lo == hi]
    if len(points) == len(args):
        result = apply(*points)
        return result, result
    if name in ANY_NUMBER:
        return apply(*(lo for lo, _ in args)), apply(*(hi for _, hi in args))
    if name == "if":
        return _hull_if(*args)
    if name == "eq":
        (a_lo, a_hi), (b_lo, b_hi) = args
        return False, a_lo <= b_hi and b_lo <= a_hi
    if name == "abs":
        ((lo, hi),) = args
        return max(0, lo, -hi), max(-lo, hi)
    results = [apply(*corner) for corner in product(*args)]
    return min(results), max(results)


def _hull_if(condition: Range, then: Range, otherwise: Range) -> Range:
    surely, possibly = condition
    if surely:
        return then
    if not possibly:
        return otherwise
    return min(then[0], otherwise[0]), max(then[1], otherwise[1])
