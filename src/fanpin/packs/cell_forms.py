"""How parts of a pack stand in cells: each form writes a part as the text of a cell, and reads such a text back.

A part of which no text would be read back as the same part has no cell: it is written elsewhere. So nothing is lost.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen

from fanpin.cells import half_width
from fanpin.i18n import Label

Plain = Any  # texts, and lists and tables of them
LONGEST_TEXT = 32_767  # of a cell, in UTF-16
_SPACE = " \t\u3000\xa0"
_NOWHERE = ""  # what has no cell
_NO_WORDS: Mapping[str, Label] = {}


@frozen(eq=False)
class CellForm:
    """`write` gives the text of a cell or nothing, `read` what a text says, `hint` what the author of a cell must know.

    `words` are those of a closed list, by what stands in the pack; `kind` is how a spreadsheet shows the cell.
    """

    write: Callable[[Plain], str] = field(repr=False)
    read: Callable[[str], Plain] = field(repr=False)
    hint: Label = Label("", "")
    words: Mapping[str, Label] = field(default=_NO_WORDS, repr=False)
    kind: Literal["text", "number", "day"] = "text"
    is_closed: bool = True  # whether only the words may stand there
    offers: bool = True  # whether one of them alone may be chosen

    def cell(self, part: Plain) -> str | None:
        """The text from which the part is read again, or None where there is none."""
        text = self.write(part)
        return text if text.strip() and _is_safe(text) and self.read(text) == part else None

    def wrong_word(self, said: Plain) -> str | None:
        """A word that is none of the closed list."""
        found = said if isinstance(said, list) else [said]
        return next((word for word in found if word not in self.words), None) if self.words and self.is_closed else None


def _is_safe(text: str) -> bool:
    """Whether a workbook gives the text back: xlsxwriter takes `<r>…</r>` for marks, and controls are not shown."""
    printed = all(c.isprintable() or c in "\n\u3000" for c in text)
    return printed and not text.startswith("<r>") and len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def trimmed(text: str) -> str:
    """The text without the spaces around it, which nobody sees in a cell."""
    return text.strip(_SPACE)


def _same(part: Plain) -> str:
    return part if isinstance(part, str) else _NOWHERE


def _code(text: str) -> str:
    return half_width(text).strip()


TEXT = CellForm(_same, trimmed)
RULE = CellForm(_same, trimmed, Label("规则文本", "a rule"))
CODE = CellForm(_same, _code)


# Numbers

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_BY_EXPONENT = re.compile(r"-?\d+(\.\d+)?e[+-]?\d{1,2}", re.IGNORECASE)
_TIMES = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:[×*xX]|倍)\s*([A-Za-z_]\w*)")


def _number(text: str) -> str:
    """A number as a pack writes it: what Excel puts between its digits is taken away."""
    text = _code(text)
    if _GROUPED.fullmatch(text):
        return text.replace(",", "")
    return f"{Decimal(text):f}" if _BY_EXPONENT.fullmatch(text) else text


def _number_or_multiple(text: str) -> Plain:
    found = _TIMES.fullmatch(_code(text))
    return {"times": found[1], "of": found[2]} if found else _number(text)


def _write_multiple(part: Plain) -> str:
    if isinstance(part, dict) and part.keys() == {"times", "of"}:
        return f"{part['times']} × {part['of']}"
    return _same(part)


NUMBER = CellForm(_same, _number, kind="number")
AMOUNT = CellForm(
    _write_multiple,
    _number_or_multiple,
    Label("数字；另一参数的几倍写成 0.25 × 参数名", "a number; or so many times another parameter: 0.25 × its name"),
    kind="number",
)


# Days

_DAY = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[T ]0?0:00(?::00)?)?"
)
_SERIAL = re.compile(r"\d{5}")
_FIRST_DAY = date(1899, 12, 30)  # from which Excel counts


def _day(text: str) -> str:
    """A day as a pack writes it, from however Excel shows it, its count of days included."""
    text = _code(text)
    if _SERIAL.fullmatch(text):
        return (_FIRST_DAY + timedelta(days=int(text))).isoformat()
    found = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups() if part)).isoformat() if found else text
    except ValueError:
        return text


DAY = CellForm(_same, _day, Label("日期，如 2026-03-01", "a day such as 2026-03-01"), kind="day")


# Words of a closed list


def of_words(words: Mapping[str, Label], otherwise: CellForm | None = None) -> CellForm:
    """Words of a list, in Chinese in the workbook; their codes and English are read too. `otherwise` reads the rest."""
    known = {_code(form).lower(): code for code, label in words.items() for form in _forms(code, label)}
    rest = otherwise or CODE

    def write(part: Plain) -> str:
        return words[part].zh if isinstance(part, str) and part in words else rest.write(part)

    def read(text: str) -> Plain:
        return known.get(_code(text).lower()) or rest.read(text)

    return CellForm(write, read, rest.hint, words, rest.kind, is_closed=otherwise is None)


def _forms(code: str, label: Label) -> tuple[str, ...]:
    """What may be written for a word: its code, its labels, and the Chinese without what stands in brackets."""
    return code, label.en, label.zh, label.zh.split("（")[0]


YES_NO = of_words({"yes": Label("是", "true"), "no": Label("否", "false")})


# Several in one cell

_BETWEEN = re.compile(r"[、,，;；\n]")
_ARROW = re.compile("→|->|=>")


def several(form: CellForm = CODE, *, or_one: bool = False) -> CellForm:
    """A list, its items with 、 between them; with `or_one`, what stands alone is no list."""

    def write(part: Plain) -> str:
        return "、".join(map(form.write, part)) if isinstance(part, list) else form.write(part) if or_one else _NOWHERE

    def read(text: str) -> Plain:
        found = [form.read(item) for item in _BETWEEN.split(text) if item.strip()]
        return found[0] if or_one and len(found) == 1 else found

    hint = Label("多个用顿号隔开", "several with a comma between them")
    return CellForm(write, read, hint, form.words, is_closed=form.is_closed, offers=False)


def lines(form: CellForm = RULE) -> CellForm:
    """A list, an item a line."""

    def write(part: Plain) -> str:
        return "\n".join(map(form.write, part)) if isinstance(part, list) and all(map(form.write, part)) else _NOWHERE

    def read(text: str) -> Plain:
        return [form.read(line) for line in text.split("\n") if line.strip(_SPACE)]

    return CellForm(write, read, Label("一行一项（Alt+Enter 换行）", "one a line (Alt+Enter)"))


def pairs(form: CellForm = RULE, key: CellForm = CODE) -> CellForm:
    """A table of names and what each is, a pair a line, with a colon between."""

    def write(part: Plain) -> str:
        said = {key.write(name): form.write(below) for name, below in part.items()} if isinstance(part, dict) else {}
        return "\n".join(f"{name}：{below}" for name, below in said.items()) if all(said.values()) else _NOWHERE

    def read(text: str) -> Plain:
        found = [re.split("[:：]", line, maxsplit=1) for line in text.split("\n") if line.strip(_SPACE)]
        said = {key.read(pair[0]): form.read(pair[-1]) for pair in found}
        is_table = len(said) == len(found) and all(len(pair) == 2 for pair in found)
        return said if is_table else trimmed(text)  # which is refused where a table is expected

    hint = Label("一行一项（Alt+Enter 换行），写成 名称：内容", "one a line (Alt+Enter), as name: what it is")
    return CellForm(write, read, hint)


def _write_order(part: Plain) -> str:
    if not isinstance(part, list):
        return _NOWHERE
    return " → ".join(f"({'、'.join(step)})" if isinstance(step, list) else step for step in part)


def _read_order(text: str) -> Plain:
    found = [_code(step) for step in _ARROW.split(text) if step.strip()]
    return [several().read(step[1:-1]) if step[:1] == "(" and step[-1:] == ")" else step for step in found]


ORDER = CellForm(
    _write_order,
    _read_order,
    Label("环节依次用 → 连接；不分先后的几个放在括号里", "steps with → between them; in brackets those of any order"),
)


def _write_ends(part: Plain) -> str:
    is_pair = isinstance(part, dict) and list(part) == ["started", "ended"]
    return f"{part['started']} → {part['ended']}" if is_pair else _NOWHERE


def _read_ends(text: str) -> Plain:
    return dict(zip(("started", "ended"), map(_code, _ARROW.split(text)), strict=False))


STARTED_AND_ENDED = lines(CellForm(_write_ends, _read_ends))


def _write_label(part: Plain) -> str:
    return f"{part['zh']} / {part['en']}" if isinstance(part, dict) and list(part) == ["zh", "en"] else _NOWHERE


def _read_label(text: str) -> Plain:
    return dict(zip(("zh", "en"), map(trimmed, text.split("/", maxsplit=1)), strict=False))


CHOICES = pairs(CellForm(_write_label, _read_label))
