"""Units as products of powers: CNY/person/year, day, mu.

Only what rules need: reading, multiplying, dividing, comparing. There is no conversion between units, since none of
the field's rules converts; a rule that mixes two is refused at load.
"""

import re
from functools import lru_cache
from typing import Literal

from attrs import frozen

BASE_UNITS = ("CNY", "person", "household", "year", "month", "day", "mu", "km", "m2", "point", "room")
_ZH = {
    "CNY": "元", "person": "人", "household": "户", "year": "年", "month": "月", "day": "天",
    "mu": "亩", "km": "公里", "m2": "平方米", "point": "分", "room": "间",
}  # fmt: skip


@frozen
class Unit:
    """A unit: base units with their powers, in a fixed order. No powers at all is a plain number.

    >>> income = Unit.parse("CNY/year"); income / Unit.parse("person")
    Unit('CNY/person/year')
    """

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Unit":
        """Read `CNY/person/year`; the text `1` or nothing is the plain number. ValueError names a bad part."""
        text = text.strip()
        unit = cls()
        if text in ("", "1"):
            return unit
        if text.replace(" ", "").startswith("1/"):  # nothing above the line
            text = text.partition("1")[2]
        for sign, name in re.findall(r"([*/]?)([^*/]*)", text)[:-1]:
            if name.strip() == "1" and not sign:  # 1/year
                continue
            if name.strip() not in BASE_UNITS:
                raise ValueError(name.strip() or text)
            unit = unit._times(cls(((name.strip(), 1),)), -1 if sign == "/" else 1)
        return unit

    def _times(self, other: "Unit", sign: Literal[1, -1]) -> "Unit":
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        ordered = sorted(powers.items(), key=lambda item: BASE_UNITS.index(item[0]))
        return Unit(tuple((name, power) for name, power in ordered if power))

    def __mul__(self, other: "Unit") -> "Unit":
        return self._times(other, 1)

    def __truediv__(self, other: "Unit") -> "Unit":
        return self._times(other, -1)

    @property
    def is_plain(self) -> bool:
        """Whether it is a number without unit."""
        return not self.powers

    @property
    def has_money(self) -> bool:
        """Whether money is in it."""
        return any(name == "CNY" for name, _ in self.powers)

    def __str__(self) -> str:
        return _text(self)

    def __repr__(self) -> str:
        return f"Unit('{self}')"

    def zh(self) -> str:
        """The unit as it follows a number in Chinese: 元/人/年."""
        return _zh(self)


@lru_cache(maxsize=256)
def _text(unit: Unit) -> str:
    above = [name for name, power in unit.powers for _ in range(power)]
    below = [name for name, power in unit.powers for _ in range(-power)]
    return "/".join(["*".join(above) or "1", *below])


@lru_cache(maxsize=256)
def _zh(unit: Unit) -> str:
    above = [_ZH[name] for name, power in unit.powers for _ in range(power)]
    below = [_ZH[name] for name, power in unit.powers for _ in range(-power)]
    return "/".join(["·".join(above), *below]) if above or below else ""


PLAIN = Unit()
