"""What went wrong, where, and how to mend it.

A `Problem` is one mistake as data; an error carries all the problems of one pass. The sentences stand in
`messages.py`, one code each. No problem carries a personal value: readers of input mask before they report.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import Factory, field, frozen

from fanpin.i18n import Label, Language, current_language, same
from fanpin.messages import MESSAGES

LONGEST_LINE = 120  # of a source that is shown


@frozen
class Place:
    """Where a problem is. Every part may be absent; lines, columns and rows count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    row: int | None = None
    field: str | None = None
    source: str | None = None  # the line of text, for the caret

    def text(self, language: Language) -> str:
        """`file:line:column`, then row and field."""
        head = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        row = Label("第{row}行", "row {row}").say(language, row=self.row) if self.row is not None else ""
        return ", ".join(part for part in (head, row, self.field or "") if part)

    def caret(self) -> str:
        """The line of source with a caret under the column, or nothing."""
        if self.source is None or self.column is None:
            return ""
        source, column = _around(self.source, self.column)
        lead = "".join("\u3000" if _is_wide(c) else c if c == "\t" else " " for c in source[: column - 1])
        return f"    {source}\n    {lead}^"


def _around(source: str, column: int) -> tuple[str, int]:
    """A line, or of a long one the part around the column, and the column in it."""
    start = max(column - 61, 0) if len(source) > LONGEST_LINE else 0
    shown = source[start : start + LONGEST_LINE]
    before = "…" if start else ""
    after = "…" if start + LONGEST_LINE < len(source) else ""
    return before + shown + after, column - start + len(before)


def _is_wide(character: str) -> bool:
    return ord(character) >= 0x2E80


@frozen
class Problem:
    """One mistake: its code, its place, and the details that its sentence names.

    >>> p = Problem("unknown-name", Place("rules.yaml", 3, 11), {"name": "wage", "kind": Label("事实", "fact")})
    >>> p.text("en").splitlines()[0]
    "rules.yaml:3:11: there is no fact 'wage' here"
    """

    code: str
    place: Place = Place()
    details: Mapping[str, object] = field(default=Factory(dict))
    suggestions: tuple[str, ...] = ()

    def sentence(self, language: Language) -> str:
        """What is wrong, in one sentence, without the place."""
        return MESSAGES[self.code].what.say(language, **self.details)

    def help(self, language: Language) -> str:
        """How to mend it, or nothing."""
        parts = [MESSAGES[self.code].help.say(language, **self.details)]
        if self.suggestions:
            asked = Label("是不是想写 {names}？", "did you mean {names}?")
            joined = Label("、".join(self.suggestions), " or ".join(self.suggestions))
            parts.insert(0, asked.say(language, names=joined))
        return " ".join(part for part in parts if part)

    def text(self, language: Language | None = None) -> str:
        """Place, sentence, the line with a caret, and the way out."""
        language = language or current_language()
        place = self.place.text(language)
        lines = [f"{place}: {self.sentence(language)}" if place else self.sentence(language)]
        if caret := self.place.caret():
            lines.append(caret)
        if way_out := self.help(language):
            lines.append(f"  → {way_out}")
        return "\n".join(lines)

    def to_dict(self, language: Language | None = None) -> dict[str, Any]:
        """The problem as plain data, for an app's own view."""
        language = language or current_language()
        return {
            "code": self.code,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "row": self.place.row,
            "field": self.place.field,
            "message": self.sentence(language),
            "help": self.help(language),
        }

    def at(self, place: Place) -> "Problem":
        """The same problem at another place."""
        return Problem(self.code, place, self.details, self.suggestions)


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without repetitions, in order."""
    found: list[Problem] = []
    for problem in problems:
        if problem not in found:
            found.append(problem)
    return found


def did_you_mean(name: str, known: Iterable[str], likeness: float = 0.7) -> tuple[str, ...]:
    """Up to two known names that resemble the one written.

    >>> did_you_mean("wage_incme", ["wage_income", "size"])
    ('wage_income',)
    """
    return tuple(difflib.get_close_matches(name, list(known), n=2, cutoff=likeness))


class FanpinError(Exception):
    """The base of fanpin's errors; `problems` holds every mistake of the pass, `str()` says them all."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = problems

    def text(self, language: Language | None = None) -> str:
        """Every problem as text, in the given or the reader's language."""
        return "\n".join(problem.text(language) for problem in self.problems)

    def __str__(self) -> str:
        return self.text()


class PackError(FanpinError):
    """A pack was refused at load."""


class DataError(FanpinError):
    """Input can't be read as it should."""


class MissingParameter(FanpinError):
    """No row of a parameter is in force for the day and region; every missing one is named."""


class MissingExtra(FanpinError):
    """An optional part is not installed; the message names the extra."""


def missing_extra(feature: Label | str, extra: str) -> MissingExtra:
    """The error for a feature whose extra is not installed."""
    feature = same(feature) if isinstance(feature, str) else feature
    return MissingExtra(Problem("missing-extra", details={"feature": feature, "extra": extra}))
