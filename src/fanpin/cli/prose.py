"""Text that breaks where Chinese may break: between characters, never within a number, never before a comma."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

# Brackets and quotes that open stay with what follows; stops, and those that close, with what is before.
_UNIT = re.compile(r"[（《“‘]*(?:[!-~]+|.)[，。；：、？！）》”’…]*\s*", re.DOTALL)


class Prose:
    """A text for rich to print that wraps as Chinese does, and English as ever."""

    def __init__(self, text: str | Text, style: str = "") -> None:
        self.text = Text(text, style) if isinstance(text, str) else text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if options.no_wrap:
            yield self.text
            return
        for paragraph in self.text.split(allow_blank=True):
            for line in paragraph.divide(breaks(paragraph.plain, options.max_width)):
                line.rstrip()
                line.no_wrap = True
                yield line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)


def breaks(text: str, width: int) -> list[int]:
    """Where to break a paragraph, as offsets.

    >>> breaks("低于20,000元", 9), breaks("家庭人口，", 8)
    ([2], [3])
    """
    found, at, filled = list[int](), 0, 0
    for unit in _units(text, width):
        needed = cell_len(unit.rstrip())
        if filled and filled + needed > width:
            found.append(at)
            filled = 0
        at += len(unit)
        filled += cell_len(unit)
    return found


def _units(text: str, width: int) -> Iterator[str]:
    for found in _UNIT.finditer(text):
        unit = found[0]
        if cell_len(unit.rstrip()) <= width:
            yield unit
        else:
            yield from unit
