"""The parameters that rules read on one day, by region: at hand for a household, or as a table to join.

Some are read as facts: those read at days of their own, and the values of tables.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from attrs import define, field, frozen

from fanpin.expressions.functions import ON
from fanpin.expressions.plain import ymd
from fanpin.forms import has_value
from fanpin.parameters import ParameterTable, region_code

WITHIN = "~"  # after a region's code: somewhere within it


@frozen
class Regional:
    """The parameters of a day in every region that has some of its own, as a small table to join.

    A region is looked up by the longest code of the table that it begins with: `code` where it is that region,
    `code~` where it lies within it, else the row of no region, `""`. None stands where there is no value.
    """

    values: Mapping[str, Mapping[str, float | None]]

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How long the codes are, the longest first."""
        codes = (key.rstrip(WITHIN) for key in self.values)
        return tuple(sorted({len(code) for code in codes if code}, reverse=True))

    def of(self, name: str) -> list[float | None]:
        """The values of one parameter."""
        return [row[name] for row in self.values.values()]

    def key(self, region: str | None) -> str:
        """The row of a region."""
        code = region_code(region)
        for length in self.lengths:
            head = code[:length]
            if len(head) == length and head in self.values:
                return head if head == code else head + WITHIN
        return ""


@define(eq=False)
class ParametersInForce:
    """The parameters on one day, by region, each looked up once."""

    table: ParameterTable
    read: Sequence[str]  # at the day itself
    dated: Sequence[str]  # at days of their own
    cells: Sequence[str]  # that are values of tables
    day: date
    _by_region: dict[str | None, Mapping[str, int]] = field(factory=dict, init=False, repr=False)
    _supplied_by_region: dict[str | None, dict[str, float | bool]] = field(factory=dict, init=False, repr=False)

    def parameters(self, region: str | None) -> Mapping[str, int]:
        """The parameters in their smallest part, with the day as YYYYMMDD; `MissingParameter` names all missing."""
        found = self._by_region.get(region)
        if found is None:
            values = self.table.in_force(self.read, self.day, region)
            found = self._by_region[region] = {**values, ON: ymd(self.day)}
        return found

    def regional(self) -> Regional:
        """The parameters of every region, those that are read as facts as `supplied` names them."""
        codes = sorted(self.table.regions([*self.read, *self.dated, *self.cells]))
        keys = ["", *(code + where for code in codes for where in ("", WITHIN))]
        return Regional({key: self._of_region(key) for key in keys})

    def _of_region(self, region: str) -> Mapping[str, float | None]:
        table, found = self.table, dict[str, float | None]()
        for name in self.read:
            value = table.value(name, self.day, region)
            found[name] = None if value is None else table.smallest(name, value)
        for name in self.dated:
            for day in (None, *table.changes(name)):
                value = None if day is None else table.value(name, day, region)
                found[dated_fact(name, day)] = None if value is None else float(value)
        for name in self.cells:
            value = table.value(name, self.day, region)
            found[name] = None if value is None else float(value)
        return found

    def supplied(self, region: str | None) -> Mapping[str, float | bool]:
        """The parameters that are read as facts: at days of their own as `line@2024-01-01`, of tables as `table@0`.

        Where there is none for the region, there is no entry, and `table@0?` says so.
        """
        found = self._supplied_by_region.get(region)
        if found is None:
            table = self.table
            found = self._supplied_by_region[region] = {
                dated_fact(name, day): float(value)
                for name in self.dated
                for day in table.changes(name)
                if (value := table.value(name, day, region)) is not None
            }
            for name in self.cells:
                value = table.value(name, self.day, region)
                found |= {has_value(name): value is not None} | ({} if value is None else {name: float(value)})
        return found


def dated_fact(parameter: str, since: date | None) -> str:
    """The name under which a parameter's value from a day on is read as a fact; None: before its first day."""
    return f"{parameter}@{since or ''}"


def is_dated(fact: str) -> bool:
    """Whether a name is that of a parameter's value, from a day on or of a table, and no fact of anybody's."""
    return "@" in fact
