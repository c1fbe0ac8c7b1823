"""Parameters: the numbers that decide, each with its days, region and source.

A value holds from a day until a named day, or until it is replaced; never longer by itself. Where no row is in force
for the day and the region, there is no value: it is refused, not guessed and not interpolated.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from attrs import Factory, frozen

from fanpin.errors import MissingParameter, Place, Problem
from fanpin.expressions.types import NumberType
from fanpin.i18n import Label
from fanpin.units import Unit

_ONE_DAY = timedelta(days=1)


@frozen
class Multiple:
    """So many times another parameter, read on the same day for the same region."""

    times: Decimal
    of: str


@frozen
class ParameterRow:
    """One value: from its first day to its last (both in force), or until the next row begins where `until` is None."""

    since: date
    until: date | None
    value: Decimal | Multiple
    region: str | None = None
    source: str | None = None
    certainty: str | None = None
    place: Place = Place()


@frozen
class Parameter:
    """A named number: unit, what it is measured on, and its rows.

    `wider` lets the row of a wider region answer (province 15 for county 152223); else only the very region does.

    >>> row = ParameterRow(date(2023, 1, 1), None, Decimal(7500), source="…")
    >>> label, unit = Label("监测收入参考线", "monitoring income line"), Unit.parse("CNY/person/year")
    >>> line = Parameter("line", label, unit, (row,))
    >>> line.on(date(2024, 5, 1), None).value, line.on(date(2022, 12, 31), None)
    (Decimal('7500'), None)
    """

    name: str
    label: Label
    unit: Unit
    rows: tuple[ParameterRow, ...] = ()
    basis: str | None = None
    wider: bool = False
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    place: Place = Place()

    def on(self, day: date, region: str | None) -> ParameterRow | None:
        """The row in force on a day for a region, or None."""
        code = region_code(region)
        found = [row for row in self.rows if self._answers(row, code) and row.since <= day]
        if not found:
            return None
        nearest = max(len(region_code(row.region)) for row in found)
        last = max((row for row in found if len(region_code(row.region)) == nearest), key=lambda row: row.since)
        return last if last.until is None or day <= last.until else None

    def _answers(self, row: ParameterRow, code: str) -> bool:
        own = region_code(row.region)
        return own in ("", code) or (self.wider and code.startswith(own))

    @property
    def decimals(self) -> int:
        """How many decimals its values have; of money two."""
        written = [row.value for row in self.rows if isinstance(row.value, Decimal)]
        most = max((_decimals(value) for value in written), default=0)
        return max(most, 2 if self.unit.has_money else 0)


def _decimals(value: Decimal) -> int:
    return max(-int(value.normalize().as_tuple().exponent), 0)


def region_code(region: str | None) -> str:
    """An administrative code without the zeros that fill it: `410000` is `41`.

    >>> region_code("410000"), region_code("152223"), region_code(None)
    ('41', '152223', '')
    """
    code = region or ""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


@frozen
class ParameterTable:
    """The parameters of a pack."""

    parameters: Mapping[str, Parameter] = Factory(dict)

    def types(self) -> Mapping[str, NumberType]:
        """The type of each parameter, its bounds those of its values."""
        return {name: self._type(parameter) for name, parameter in self.parameters.items()}

    def _type(self, parameter: Parameter) -> NumberType:
        values = [value for row in parameter.rows for value in self._possible(row)]
        lo = parameter.at_least if parameter.at_least is not None else min(values, default=Decimal(0))
        hi = parameter.at_most if parameter.at_most is not None else max(values, default=Decimal(10**9))
        decimals = self.decimals(parameter)
        return NumberType(parameter.unit, decimals, _smallest(lo, decimals), _smallest(hi, decimals))

    def decimals(self, parameter: Parameter) -> int:
        """The decimals with which a parameter is held, those of the parameters it is a multiple of included."""
        held = [parameter.decimals]
        for row in parameter.rows:
            if isinstance(row.value, Multiple) and row.value.of in self.parameters:
                base = self.decimals(self.parameters[row.value.of])
                held.append(base if parameter.unit.has_money else base + _decimals(row.value.times))
        return max(held)

    def _possible(self, row: ParameterRow) -> Iterator[Decimal]:
        if isinstance(row.value, Decimal):
            yield row.value
        elif row.value.of in self.parameters:
            for other in self.parameters[row.value.of].rows:
                yield from (value * row.value.times for value in self._possible(other))

    def value(self, name: str, day: date, region: str | None) -> Decimal | None:
        """The value in force, or None."""
        row = self.parameters[name].on(day, region)
        if row is None:
            return None
        if isinstance(row.value, Decimal):
            return row.value
        base = self.value(row.value.of, day, region)
        return None if base is None else base * row.value.times

    def changes(self, name: str) -> list[date]:
        """The days on which the parameter begins or ends to have a value, in any region."""
        days: set[date] = set()
        for row in self.parameters[name].rows:
            days.add(row.since)
            if row.until is not None:
                days.add(row.until + _ONE_DAY)
            if isinstance(row.value, Multiple):
                days.update(self.changes(row.value.of))
        return sorted(days)

    def in_force(self, names: Iterable[str], day: date, region: str | None) -> Mapping[str, int]:
        """The values of the named parameters in their smallest part; `MissingParameter` names all that have none."""
        values = {name: self.value(name, day, region) for name in names}
        missing = [name for name, value in values.items() if value is None]
        if missing:
            raise MissingParameter(*(self.missing(name, day, region) for name in missing))
        return {name: self.smallest(name, value) for name, value in values.items() if value is not None}

    def smallest(self, name: str, value: Decimal) -> int:
        """A value of a parameter in its smallest part."""
        return _smallest(value, self.decimals(self.parameters[name]))

    def regions(self, names: Iterable[str]) -> frozenset[str]:
        """The regions of which some named parameter, or one that it is a multiple of, has rows of their own."""
        codes: set[str] = set()
        for name in names:
            for row in self.parameters[name].rows:
                codes.add(region_code(row.region))
                if isinstance(row.value, Multiple):
                    codes |= self.regions([row.value.of])
        return frozenset(codes - {""})

    def missing(self, name: str, day: date, region: str | None) -> Problem:
        """The refusal of a parameter without a row, with the YAML to paste."""
        parameter = self.parameters[name]
        code = region_code(region)
        details = {
            "label": parameter.label,
            "name": name,
            "day": day.isoformat(),
            "region": code
            if code
            else Label(
                "未指明（户和规则包都没有写 region）", "none given (neither the household nor the pack names one)"
            ),
            "yaml": _row_to_paste(parameter, day, code),
        }
        return Problem("missing-parameter", parameter.place, details)


def _row_to_paste(parameter: Parameter, day: date, region: str) -> str:
    where = f'region: "{region}", ' if region else ""
    return (
        f"{parameter.name}:\n      values:\n"
        f'        - {{from: {day.year}-01-01, until: {day.year}-12-31, {where}value: …, source: "…"}}'
    )


def _smallest(value: Decimal, decimals: int) -> int:
    """In the smallest part, half up: only a multiple of money can have a rest to round."""
    return int((value.scaleb(decimals) + Decimal("0.5")) // 1)


def _named(parameter: Parameter) -> str | Label:
    """The name by which somebody wrote it: a value of a table has none of its own."""
    return parameter.label if "@" in parameter.name else parameter.name


def row_problems(parameter: Parameter) -> Iterator[Problem]:
    """Rows that contradict each other, end before they begin, or leave the declared bounds."""
    for row in parameter.rows:
        if row.until is not None and row.until < row.since:
            yield Problem(
                "row-ends-early", row.place, {"name": _named(parameter), "since": row.since, "until": row.until}
            )
        yield from _out_of_bounds(parameter, row)
    regions = dict.fromkeys(region_code(row.region) for row in parameter.rows)
    for region in regions:
        rows = sorted((r for r in parameter.rows if region_code(r.region) == region), key=lambda r: r.since)
        for earlier, later in pairwise(rows):
            if later.since == earlier.since or (earlier.until is not None and later.since <= earlier.until):
                details = {"name": _named(parameter), "day": later.since, "region": region or Label("不限", "any")}
                yield Problem("rows-overlap", later.place, details)


def _out_of_bounds(parameter: Parameter, row: ParameterRow) -> Iterator[Problem]:
    lo, hi = parameter.at_least, parameter.at_most
    value = row.value
    if isinstance(value, Decimal) and ((lo is not None and value < lo) or (hi is not None and value > hi)):
        yield Problem("value-out-of-bounds", row.place, {"name": _named(parameter), "value": value, "lo": lo, "hi": hi})
