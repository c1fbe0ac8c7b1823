"""Writers of random rules, and of what may be known of households.

They draw from a `random.Random`, so that they serve hypothesis (whose `randoms()` it shrinks) and long runs from a seed
alike.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from attrs import define, field, frozen

from fanpin.expressions.scope import CollectionScope, Scope
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, Type
from fanpin.kinds import Between
from fanpin.units import PLAIN, Unit

T = TypeVar("T")
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


# Random rules


@define
class RuleWriter:
    """Writes random rules over the names of a scope, as text that mostly passes the checks.

    Names with units are only combined with their like. A few texts are refused all the same (a divisor that may be
    zero, a product too large to be exact); the caller leaves those out.
    """

    random: Random
    scope: Scope
    row: tuple[str, str] | None = field(default=None, init=False)

    def rule(self, depth: int = 3) -> str:
        """A text that is yes or no."""
        return self._boolean(depth)

    def number(self, unit: Unit, depth: int = 2) -> str:
        """A text that is a number of a unit."""
        return self._number(unit, depth)

    def _pick(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    # Yes or no

    def _boolean(self, depth: int) -> str:
        if depth <= 0:
            flat: list[Callable[[], str]] = [self._boolean_fact, self._choice, lambda: self._comparison(0)]
            return self._pick(flat)()
        return self._pick(
            [
                lambda: f"({self._boolean(depth - 1)} and {self._boolean(depth - 1)})",
                lambda: f"({self._boolean(depth - 1)} or {self._boolean(depth - 1)})",
                lambda: f"(not {self._boolean(depth - 1)})",
                lambda: f"({self._boolean(depth - 1)} if {self._boolean(depth - 1)} else {self._boolean(depth - 1)})",
                lambda: self._comparison(depth),
                lambda: self._comparison(depth),
                lambda: self._window(depth),
                lambda: self._over_rows(self._pick(["any", "all"]), depth),
                self._choice,
                self._boolean_fact,
            ]
        )()

    def _facts(self, kind: type[Type]) -> list[tuple[str, Any]]:
        """The facts of a kind that may be named here, those of the row first."""
        found = [(name, t) for name, t in self.scope.facts.items() if isinstance(t, kind)]
        if self.row:
            facts = self.scope.collections[self.row[1]].facts
            found = [(f"{self.row[0]}.{name}", t) for name, t in facts.items() if isinstance(t, kind)] * 3 + found
        return found

    def _boolean_fact(self) -> str:
        found = self._facts(BooleanType)
        return str(self._pick(found)[0]) if found else self._comparison(0)

    def _choice(self) -> str:
        found = self._facts(ChoiceType)
        if not found:
            return self._comparison(0)
        name, kind = self._pick(found)
        values = [v for v in kind.values if self.random.random() < 0.5] or [kind.values[0]]
        word = self._pick(["in", "in", "not in"])
        return f"{name} {word} {{{', '.join(map(repr, values))}}}"

    def _comparison(self, depth: int) -> str:
        if self.random.random() < 0.25 and self._facts(DateType):
            return f"{self._date(depth - 1)} {self._pick(_COMPARISONS)} {self._date(depth - 1)}"
        unit = self._pick(self._units())
        if self.random.random() < 0.2:
            a, b, c = (self._number(unit, depth - 1) for _ in range(3))
            return f"{a} <= {b} < {c}"
        return f"{self._number(unit, depth - 1)} {self._pick(_COMPARISONS)} {self._number(unit, depth - 1)}"

    def _window(self, depth: int) -> str:
        if not self._facts(DateType):
            return self._comparison(depth)
        day, end = self._date(depth - 1), self._date(0)
        months = self.random.randint(1, 30)
        return self._pick(
            [
                f"{day} in last({months}, months, before={end})",
                f"{day} in last({months}, days, before={end})",
                f"{day} in last_whole({months}, months, before={end})",
                f"{day} in month({end})",
                f"{day} not in year({end})",
            ]
        )

    # Rows

    def _over_rows(self, name: str, depth: int, unit: Unit | None = None) -> str:
        if self.row or not self.scope.collections:
            return self._boolean_fact() if unit is None else self._number(unit, 0)
        collection = self._pick(list(self.scope.collections))
        self.row = ("m", collection)
        body = self._row_body(name, depth, unit)
        where = f" if {self._boolean(depth - 2)}" if self.random.random() < 0.5 else ""
        self.row = None
        if body is None:
            return self._number(unit, 0) if unit is not None else self._boolean_fact()
        default = ""
        if name in ("min", "max") and unit is not None and self.random.random() < 0.3:
            default = f", default={self._number(unit, 0)}"
        return (
            f"{name}({body} for m in {collection}{where}{default})"
            if not default
            else f"{name}(({body} for m in {collection}{where}){default})"
        )

    def _row_body(self, name: str, depth: int, unit: Unit | None) -> str | None:
        if unit is None:
            return self._boolean(depth - 2)
        assert self.row
        facts = self.scope.collections[self.row[1]].facts
        own = [n for n, t in facts.items() if isinstance(t, NumberType) and t.unit == unit]
        if not own:
            return None
        return self._number(unit, depth - 2) if name in ("min", "max") else f"m.{self._pick(own)}"

    def _count(self, depth: int, unit: Unit) -> str | None:
        fitting = [n for n, c in self.scope.collections.items() if Unit.parse(c.row_unit) == unit]
        if self.row or not fitting:
            return None
        collection = self._pick(fitting)
        if self.random.random() < 0.2:
            return f"count({collection})"
        self.row = ("m", collection)
        body = self._boolean(depth - 2)
        self.row = None
        return (
            f"count(m for m in {collection} if {body})"
            if self.random.random() < 0.5
            else f"count({body} for m in {collection})"
        )

    # Numbers

    def _units(self) -> list[Unit]:
        units = [t.unit for t in self.scope.facts.values() if isinstance(t, NumberType)]
        units += [t.unit for t in self.scope.parameters.values()]
        return [*dict.fromkeys(units), Unit.parse("year")]

    def _number(self, unit: Unit, depth: int) -> str:
        if depth <= 0:
            return self._number_leaf(unit)

        def a() -> str:
            return self._number(unit, depth - 1)

        options: list[Callable[[], str]] = [
            lambda: f"({a()} + {a()})",
            lambda: f"({a()} - {a()})",
            lambda: f"min({a()}, {a()})",
            lambda: f"max({a()}, {a()})",
            lambda: f"abs({a()})",
            lambda: f"(-{a()})",
            lambda: f"({a()} * {self._literal()})",
            lambda: f"({a()} * {self._number(PLAIN, 0)})",
            lambda: f"({a()} / {self._divisor()})",
            lambda: f"({a()} if {self._boolean(depth - 1)} else {a()})",
            lambda: self._over_rows(self._pick(["sum", "sum", "min", "max"]), depth, unit),
            lambda: self._rounded(unit, a()),
            lambda: self._count(depth, unit) or a(),
            lambda: self._span(unit, depth) or a(),
            lambda: self._number_leaf(unit),
        ]
        return str(self._pick(options)())

    def _number_leaf(self, unit: Unit) -> str:
        named = [name for name, t in self._facts(NumberType) if t.unit == unit]
        named += [name for name, t in self.scope.parameters.items() if t.unit == unit]
        if unit.is_plain or (unit == Unit.parse("year") and self.random.random() < 0.5):
            named.append(self._literal())
        if str(unit) == "year" and self._facts(DateType):
            named.append(f"age({self._date(0)})")
        if not named:
            named.append("0")
        return str(self._pick(named))

    def _literal(self) -> str:
        return str(self._pick(["0", "1", "2", "3", "0.5", "0.35", "16", "1.25", "60"]))

    def _divisor(self) -> str:
        fitting = [name for name, t in self._facts(NumberType) if t.lo > 0 and t.unit.is_plain]
        return str(self._pick([*fitting, "2", "3", "0.7", f"max({self._number(PLAIN, 0)}, 1)"]))

    def _rounded(self, unit: Unit, text: str) -> str:
        steps = ("yuan", "jiao", "fen") if unit.has_money else ("whole", "tenth", "hundredth")
        return f"{self._pick(['round_half_up', 'round_up', 'round_down'])}({text}, '{self._pick(steps)}')"

    def _span(self, unit: Unit, depth: int) -> str | None:
        if not self._facts(DateType):
            return None
        a, b = self._date(depth - 1), self._date(depth - 1)
        spans = {"year": f"age({a}, on={b})", "month": f"months_between({a}, {b})", "day": f"days_between({a}, {b})"}
        return spans.get(str(unit), f"year_of({a})" if unit.is_plain else None)

    # Days

    def _date(self, depth: int) -> str:
        if depth <= 0:
            return str(self._pick([name for name, _ in self._facts(DateType)] + ["on"]))
        d = self._date(depth - 1)
        n = self.random.randint(0, 40)
        return str(
            self._pick(
                [
                    f"({d} + months({n}))",
                    f"({d} - months({n}))",
                    f"({d} + days({n}))",
                    f"({d} - days({n}))",
                    f"({d} + years({n % 5}))",
                    f"start_of_month({d})",
                    f"start_of_next_month({d})",
                    f"start_of_year({d})",
                    f"({d} if {self._boolean(depth - 1)} else {self._date(depth - 1)})",
                ]
            )
        )


@frozen
class Known:
    """What is known of one household, beside the names of a scope: values, rows, and which rows are all there are."""

    household: Mapping[str, Any]
    rows: Mapping[str, Sequence[Mapping[str, Any]] | None]
    complete: Mapping[str, bool]


@define
class HouseholdWriter:
    """Writes random households: facts known, missing or ranges; rows listed wholly, partly or not at all."""

    random: Random
    scope: Scope
    near: Sequence[float] = (0, 0.01, 1, 7499.99, 7500, 7500.01, 20000)  # where thresholds stand
    missing: float = 0.2
    ranged: float = 0.15

    def household(self) -> Known:
        """One household."""
        facts = {name: self.fact(kind) for name, kind in self.scope.facts.items()}
        rows: dict[str, Sequence[Mapping[str, Any]] | None] = {}
        complete: dict[str, bool] = {}
        for name, collection in self.scope.collections.items():
            rows[name] = self._rows(collection)
            complete[name] = rows[name] is not None if collection.size_fact is None else self.random.random() < 0.4
        return Known(facts, rows, complete)

    def _rows(self, collection: CollectionScope) -> Sequence[Mapping[str, Any]] | None:
        if self.random.random() < 0.15:
            return None
        count = self.random.randint(0, min(4, collection.max_rows))
        return [{name: self.fact(kind) for name, kind in collection.facts.items()} for _ in range(count)]

    def fact(self, kind: Type) -> Any:
        """A value of a type, a range of it, or None."""
        chance = self.random.random()
        if chance < self.missing:
            return None
        if chance < self.missing + self.ranged and isinstance(kind, NumberType | DateType):
            return Between(*sorted((self.value(kind), self.value(kind))))
        return self.value(kind)

    def value(self, kind: Type) -> Any:
        """A known value of a type, often at or beside a threshold."""
        match kind:
            case NumberType():
                return self._number(kind)
            case BooleanType():
                return self.random.random() < 0.5
            case DateType():
                return self._day(kind)
            case ChoiceType(values=values, other=other):
                options = [*values, "elsewhere"] if other else list(values)
                return options[self.random.randrange(len(options))]
            case _:
                return None  # text decides nothing, and ID numbers have rules of their own

    def _number(self, kind: NumberType) -> float:
        scale = 10**kind.decimals
        lo, hi = kind.lo / scale, kind.hi / scale
        if self.random.random() < 0.5:
            value = self.near[self.random.randrange(len(self.near))]
        else:
            value = self.random.randint(0, 10 ** self.random.randint(1, 7)) / 100
        if lo < 0 and self.random.random() < 0.3:
            value = -value
        value = min(max(value, lo), hi)
        return round(value, kind.decimals) if kind.decimals else int(value)

    def _day(self, kind: DateType) -> date:
        if self.random.random() < 0.4:
            leap = [date(2000, 2, 29), date(2008, 2, 29), date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 29)]
            day = leap[self.random.randrange(len(leap))]
        else:
            day = date(1960, 1, 1) + timedelta(days=self.random.randint(0, 24000))
        return min(max(day, kind.lo), kind.hi)
