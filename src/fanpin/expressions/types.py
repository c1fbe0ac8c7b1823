"""The types of values in rules, with the bounds within which every value lies.

A number is held as a whole count of its smallest part: money in fen, a share of two decimals in hundredths. So sums
and products are exact in float64 and in int alike; `decimals` says where the point stands. Only a division leaves the
whole numbers (`whole=False`).
"""

from datetime import date

from attrs import field, frozen

from fanpin.i18n import Label
from fanpin.units import PLAIN, Unit


@frozen
class NumberType:
    """A number: unit, decimals, and bounds counted in its smallest part (7,500 yuan is 750000)."""

    unit: Unit = PLAIN
    decimals: int = 0
    lo: float = field(default=0)  # an int wherever `whole`
    hi: float = field(default=0)
    whole: bool = True


@frozen
class BooleanType:
    """Yes or no."""


@frozen
class DateType:
    """A day within bounds."""

    lo: date = date(1900, 1, 1)
    hi: date = date(2100, 12, 31)


@frozen
class ChoiceType:
    """One of some values; `other` keeps a value outside the list as a known one."""

    values: tuple[str, ...]
    other: bool = False


@frozen
class TextType:
    """Text; it decides nothing."""


Type = NumberType | BooleanType | DateType | ChoiceType | TextType
BOOLEAN = BooleanType()


def type_label(kind: Type) -> Label:
    """The type as a message names it, with the unit of a number."""
    match kind:
        case NumberType(unit=unit) if unit.is_plain:
            return Label("数", "a number")
        case NumberType(unit=unit):
            return Label(f"数({unit.zh()})", f"a number in {unit}")
        case BooleanType():
            return Label("是否", "yes or no")
        case DateType():
            return Label("日期", "a date")
        case ChoiceType():
            return Label("选项", "a choice")
        case TextType():
            return Label("文字", "text")
