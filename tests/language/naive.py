"""Rules run as the Python that they look like, over everything known, in exact fractions. No test itself.

Shares nothing with the language but its text: no parser, no types, no scales, no ranges. Division is left out, since
it is one of floats in the language.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from types import SimpleNamespace
from typing import Any

from attrs import frozen
from dateutil.relativedelta import relativedelta

from fanpin.testing import Known
from tests.language.agreement import COLLECTIONS, ON, PARAMETERS, VALUES


class Nobody:
    """The least or greatest of nobody: a comparison with it is false, and what is worked out of it is as well."""

    __hash__ = None  # type: ignore[assignment]

    def _false(self, _: object) -> bool:
        return False

    def _nobody(self, _: object = None) -> "Nobody":
        return self

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _false
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __abs__ = _nobody


@frozen
class Span:
    """`months` as it stands in a window, and `months(3)`."""

    unit: str

    def __call__(self, count: Any) -> Any:
        return timedelta(days=int(count)) if self.unit == "days" else relativedelta(**{self.unit: int(count)})  # type: ignore[arg-type]


@frozen
class Window:
    holds: Callable[[date], bool]

    def __contains__(self, day: date) -> bool:
        return self.holds(day)


def _extreme(pick: Callable[[Iterable[Any]], Any]) -> Callable[..., Any]:
    def extreme(*args: Any, **otherwise: Any) -> Any:
        values = list(args[0]) if len(args) == 1 else list(args)
        if not values:
            return otherwise.get("default", Nobody())
        return next((value for value in values if isinstance(value, Nobody)), None) or pick(values)

    return extreme


def _rounding(rounded: Callable[[Fraction], int]) -> Callable[[Any, str], Any]:
    parts = {"yuan": 1, "jiao": 10, "fen": 100, "whole": 1, "tenth": 10, "hundredth": 100}

    def to(x: Any, step: str) -> Any:
        return x if isinstance(x, Nobody) else Fraction(rounded(Fraction(x) * parts[step]), parts[step])

    return to


def _age(birth: date, on: date = ON) -> int:
    """Birthdays counted one by one."""
    birthdays = 0 if birth <= on else -1
    while birth <= on and _birthday(birth, birth.year + birthdays + 1) <= on:
        birthdays += 1
    while birth > on and _birthday(birth, birth.year + birthdays) > on:
        birthdays -= 1
    return birthdays


def _birthday(birth: date, year: int) -> date:
    try:
        return birth.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def _months_between(a: date, b: date) -> int:
    return (b.year * 12 + b.month) - (a.year * 12 + a.month) - (1 if b.day < a.day else 0)


def _first(day: date) -> date:
    return date(day.year, day.month, 1)


def _last_whole(count: int, _: Span, before: date) -> Window:
    start = _first(before) - relativedelta(months=int(count))
    return Window(lambda day: start <= day < _first(before))


FUNCTIONS: dict[str, Any] = {
    "Fraction": Fraction, "on": ON, "days": Span("days"), "months": Span("months"), "years": Span("years"),
    "min": _extreme(min), "max": _extreme(max), "count": lambda rows: sum(1 for row in rows if row),
    "round_half_up": _rounding(lambda x: floor(x + Fraction(1, 2))),
    "round_up": _rounding(ceil), "round_down": _rounding(floor),
    "age": _age, "months_between": _months_between, "days_between": lambda a, b: (b - a).days,
    "start_of_month": _first, "start_of_next_month": lambda d: _first(_first(d) + timedelta(days=31)),
    "start_of_year": lambda d: date(d.year, 1, 1), "year_of": lambda d: d.year,
    "date": lambda *parts: date(*map(int, parts)),
    "last": lambda n, span, before: Window(lambda day: before - span(n) < day <= before), "last_whole": _last_whole,
    "month": lambda of: Window(lambda day: _first(of) <= day < _first(_first(of) + timedelta(days=31))),
    "year": lambda of: Window(lambda day: date(of.year, 1, 1) <= day < date(of.year + 1, 1, 1)),
}  # fmt: skip


class _Exact(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:  # as `ast` calls it
        if isinstance(node.value, bool | str):
            return node
        return ast.parse(f"Fraction('{node.value!r}')", mode="eval").body


def is_python(text: str) -> bool:
    """Whether the text means the same in Python: quotients are floats, and nobody is not outside a set either."""
    return not any(part in text for part in ("/", "paid_each", "age(youngest) not in"))


class Naive:
    """One household of which everything is known, as Python sees it."""

    def __init__(self, everything: Known, definitions: Mapping[str, str]) -> None:
        self.names: dict[str, Any] = dict(FUNCTIONS)
        self.names |= {name: _exact(value) for name, value in everything.household.items()}
        self.names |= {name: Fraction(VALUES[name], 10**kind.decimals) for name, kind in PARAMETERS.items()}
        for collection in COLLECTIONS:
            rows = everything.rows[collection] or ()
            self.names[collection] = [SimpleNamespace(**{k: _exact(v) for k, v in row.items()}) for row in rows]
        for name, text in definitions.items():
            if is_python(text):
                self.names[name] = self.value(text)

    def value(self, text: str) -> Any:
        """What the text comes to."""
        tree = ast.fix_missing_locations(_Exact().visit(ast.parse(text, mode="eval")))
        return eval(compile(tree, "<rule>", "eval"), self.names)  # noqa: S307  # texts that the tests wrote


def _exact(value: Any) -> Any:
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
