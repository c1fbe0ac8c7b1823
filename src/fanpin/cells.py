"""What the text of one cell says: a number, a range, a day, a choice, yes or no; or why it can't be taken.

Only what is certain is read. "5000-6000元" is a range, "1.2万元" is 12,000; "五千左右" is neither, and refused.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from fanpin.errors import Problem
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, TextType
from fanpin.facts import FactSpec
from fanpin.i18n import Label, number
from fanpin.kinds import Between
from fanpin.units import Unit

Reader = Callable[[str], Any]  # None for a missing value; Unreadable where it can't be read

_UNKNOWN = frozenset({"", "未知", "不详", "null", "nan", "#n/a"})
_LONGEST = 60


class Unreadable(ValueError):
    """A cell that can't be read; `code` names a message where more is to say than what is expected."""

    def __init__(self, code: str | None = None) -> None:
        super().__init__(code)
        self.code = code


def reader(spec: FactSpec, heading: str = "", scale: Decimal = Decimal(1)) -> Reader:
    """What reads the cells of a fact's column; `scale` is what one of the column's numbers counts for (万元: 10000).

    Where none is a value of the fact, its marks are that value; an empty cell is missing all the same.

    >>> from fanpin.facts import FactTable
    >>> from fanpin.household import Household
    >>> wage = FactTable.of(Household).household["wage_income"]
    >>> reader(wage)("5,000-6,000元"), reader(wage)("１.２万元"), reader(wage)(" ")
    (Between(5000, 6000), 12000, None)
    """
    read, marks = _reader(spec, heading, scale), none_words(spec)
    return partial(_or_none, marks, spec.none, read) if marks else read


def none_words(spec: FactSpec) -> frozenset[str]:
    """What means none in a column of a fact of which none is a value; a word of a choice keeps its own meaning."""
    if spec.none is None:
        return frozenset()
    marks = {_word(mark) for mark in (*spec.none_marks, "none")}
    return frozenset(marks - words_of(spec, spec.type).keys() if isinstance(spec.type, ChoiceType) else marks)


def _word(text: str) -> str:
    return half_width(text).strip().lower()


def _or_none(marks: frozenset[str], none: Any, read: Reader, text: str) -> Any:
    return none if _word(text) in marks else read(text)


def _reader(spec: FactSpec, heading: str, scale: Decimal) -> Reader:
    match spec.type:
        case NumberType() as kind:
            return partial(_number, kind, _pattern(kind), scale)
        case DateType() as kind:
            return partial(_day, kind)
        case ChoiceType() as kind:
            return partial(_choice, kind, words_of(spec, kind))
        case BooleanType():
            has = re.match("(是否)?有", half_width(heading).strip())
            return partial(_yes_no, {**_YES_NO, **_HAS} if has else _YES_NO)
        case TextType():
            return _text


def expected(spec: FactSpec) -> Problem:
    """What the cells of a fact's column should say."""
    match spec.type:
        case NumberType(decimals=decimals, lo=lo, hi=hi):
            ends = {"lo": number(lo / 10**decimals, 6), "hi": number(hi / 10**decimals, 6)}
            return Problem("cell-number" if decimals else "cell-whole-number", details=ends)
        case DateType(lo=lo, hi=hi):
            return Problem("cell-day", details={"lo": lo.isoformat(), "hi": hi.isoformat()})
        case ChoiceType(values=values):
            words = [spec.values.get(value, Label(value, value)).zh for value in values]
            return Problem("cell-choice", details={"known": Label("、".join(words), ", ".join(values))})
        case BooleanType():
            return Problem("cell-yes-no")
    return Problem("fact-unfit")


_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-"}


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as their usual forms. Nothing else changes: ① stays what it is."""
    return text if text.isascii() else text.translate(_HALF)


def _plain(text: str) -> str:
    if len(text) > _LONGEST:  # no number and no day is
        raise Unreadable
    return half_width(text).strip()


_WRAPPED = re.compile(r'="(.*)"')


def bare(cell: str) -> str:
    """The cell without blanks around it, and without what people put around digits to keep Excel from changing them."""
    text = cell.strip()
    if text[:1] not in ("=", "'"):
        return text
    if found := _WRAPPED.fullmatch(text):
        return found[1].strip()
    return text[1:] if text[0] == "'" and text[1:2].isdigit() else text


_BY_EXPONENT = re.compile(r"[0-9](?:[.][0-9]+)?[Ee][+][0-9]{2}")


def _text(text: str) -> str | None:
    plain = half_width(text)
    if not plain.isascii():
        return text
    if _BY_EXPONENT.fullmatch(plain):  # a code that Excel took for a number
        raise Unreadable("cell-digits-lost")
    return plain or None  # a code in full-width digits is the same code


# Numbers

_AMOUNT = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_TO = r"\s*(?:-|~|–|——?|至|到)\s*"
_AT_MOST = re.compile(r"(?:不超过|不高于|不多于|不足|低于|少于|小于|至多|最多|<=?|≤)\s*(.+)|(.+?)(?:以下|以内|及以下)")
_VAGUE = re.compile(r"[约近余多几上起]|左右|大概|[不至最]|[超高大]过?于?|[><≥≤]")
_WORDS = {
    "CNY": "元|圆|块|yuan|rmb|cny",
    "person": "人|口|口人|名",
    "year": "年|岁",
    "month": "个?月|months?",
    "day": "天|日|days?",
    "mu": "亩|mu",
    "km": "公里|千米|km",
    "m2": "平方米|平米|平方|m2|m²|㎡",
    "household": "户",
    "room": "间",
    "point": "分",
}
_TENS = {"": 1, "百": 100, "千": 1000, "万": 10_000}
_CHINESE_DIGITS = {digit: n for n, digit in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


def unit_words(unit: Unit) -> str:
    """The pattern of what may follow a number of this unit: of CNY/year 元, 元/年, yuan."""
    above = [_WORDS[name] for name, power in unit.powers if power > 0]
    below = [_WORDS[name] for name, power in unit.powers if power < 0]
    if not above:
        return "级" if unit.is_plain else "(?!)"
    per = f"(?:\\s*[/·每]\\s*(?:{'|'.join(below)}))*" if below else ""
    return f"(?:{'|'.join(above)}){per}"


def _pattern(kind: NumberType) -> re.Pattern[str]:
    tens = "[百千万]?" if kind.unit.has_money else ""
    after = rf"\s*(?P<tens{{n}}>{tens})\s*(?P<unit{{n}}>{unit_words(kind.unit)})?"
    sign = r"(?:[¥￥]\s*)?" if kind.unit.has_money else ""
    one = rf"{sign}(?P<lo>{_AMOUNT}){after.format(n=1)}"
    other = rf"{sign}(?P<hi>{_AMOUNT}){after.format(n=2)}"
    return re.compile(rf"{one}(?P<range>{_TO}{other})?", re.IGNORECASE)


def _number(kind: NumberType, pattern: re.Pattern[str], scale: Decimal, text: str) -> Any:
    if len(text) < 16 and text.isascii() and text.isdigit() and scale == 1:
        return int(text)
    text = _plain(text)
    if text.lower() in _UNKNOWN:
        return None
    if found := pattern.fullmatch(text):
        return _amount_or_range(found, scale)
    at_most = _AT_MOST.fullmatch(text)
    if at_most and kind.lo in (0, 1) and (found := pattern.fullmatch(at_most[1] or at_most[2])) and not found["range"]:
        return _ordered(kind.lo, _amount_or_range(found, scale))
    if not kind.decimals and (digit := _CHINESE_DIGITS.get(text[:1])) and pattern.fullmatch(f"{digit}{text[1:]}"):
        return digit
    raise Unreadable("cell-vague" if _VAGUE.search(text) and re.search("[0-9]", text) else None)


def _amount_or_range(found: re.Match[str], scale: Decimal) -> Any:
    """A number or a range. Of "5-6万" nobody can say for sure what the 5 is."""
    if scale != 1 and (found["unit1"] or found["tens1"] or found["unit2"] or found["tens2"]):
        raise Unreadable()
    lo = _amount(found["lo"], scale * _TENS[found["tens1"]])
    if not found["range"]:
        return lo
    if found["tens1"] != found["tens2"]:
        raise Unreadable()
    return _ordered(lo, _amount(found["hi"], scale * _TENS[found["tens2"]]))


def _amount(text: str, scale: Decimal) -> int | float:
    value = Decimal(text.replace(",", "")) * scale
    return int(value) if value == value.to_integral_value() else float(value)


def _ordered(lo: Any, hi: Any) -> Any:
    if hi < lo:
        raise Unreadable("cell-range-reversed")
    return Between(lo, hi)


# What a table says of its money

_YUAN = "元|圆|yuan|rmb|cny|[¥￥]"
_TIMES = "1[0,]*k?|(?:ten|hundred|thousand|million|billion)s?|wan"
_MONEY = (
    r"(?:1[0,]*\s*)?[十百千万萬亿億]*(?:元|圆)|[十百千万萬亿億]+|[角分]|[美港欧]元"
    r"|(?:yuan|rmb|cny|[¥￥])\s*(?:'?000s?|1[0,]*000|thousands?)"
    rf"|(?:(?:{_TIMES})\s+(?:of\s+)?)*(?:yuan|rmb|cny)|(?:wan|jiao|fen|usd|dollars?)(?!\s+[a-z])"
)
_UNIT = rf"(?P<unit>{_MONEY})(?:\s*人民币)?(?:\s*[/每]\s*[户人年月]+)*"
_NOTE = re.compile(r"(?:[单單]位|\bunits?\b)((?:(?![单單]位|\bunits?\b).)*)", re.IGNORECASE | re.DOTALL)
_IN_NOTE = re.compile(rf"(?:^|[\s、,/:;(\[和及为是]|人民币){_UNIT}(?!\w)", re.IGNORECASE)
_IN_TITLE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"[(\[【]\s*(?:人民币)?{_UNIT}\s*[)\]】]",
        rf"[以按]\s*{_UNIT}(?=为|计|统计)",
        rf"\bin\s+{_UNIT}(?!\w)",
    )
)
_ALONE = re.compile(rf"(?:金额\s*:\s*)?(?:人民币)?(?![0-9]){_UNIT}", re.IGNORECASE)
_IS_YUAN = re.compile(rf"(?:1\s*)?(?:{_YUAN})", re.IGNORECASE)


def other_money(cells: Iterable[str]) -> str | None:
    """The unit of money that a row of notes names, such as 单位：万元, unless it is yuan. Organisations are no units.

    >>> other_money(["收入表", "金额单位：", "万元"]), other_money(["单位：元"]), other_money(["填报单位：万福村委会"])
    ('万元', None, None)
    """
    texts = [half_width(cell).strip() for cell in cells]
    row = " ".join(texts)
    named = [found for note in _NOTE.finditer(row) for found in _IN_NOTE.finditer(note[1])]
    titles = [found for pattern in _IN_TITLE for found in pattern.finditer(row)]
    alone = [found for text in texts if (found := _ALONE.fullmatch(text))]
    units = [found["unit"] for found in (*named, *(found for found in (*titles, *alone) if _says_yuan(found["unit"])))]
    return next((unit for unit in units if not _IS_YUAN.fullmatch(unit)), None)


def _says_yuan(unit: str) -> bool:
    """Whether it can be nothing but money: 分 may be points."""
    return re.search(_YUAN, unit, re.IGNORECASE) is not None


# Days

_DAY_TEXT = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<m>[0-9]{2})(?P<d>[0-9]{2})?"
    r"|[-/](?P<m2>[0-9]{1,2})(?:[-/](?P<d2>[0-9]{1,2}))?"
    r"|\.(?P<m4>[0-9]{1,2})\.(?P<d4>[0-9]{1,2})"  # 2024.1 may have been October, so a month alone is not read
    r"|年(?:(?P<m3>[0-9]{1,2})月(?:(?P<d3>[0-9]{1,2})日)?)?)(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_DAYS_TO = re.compile(r"\s*(?:~|–|——?|至|到)\s*|\s+-\s+")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


def _day(kind: DateType, text: str) -> Any:
    """A day; of a month its first day; of a year, or where two days are written, the range."""
    text = _plain(text)
    if text.lower() in _UNKNOWN:
        return None
    if _SERIAL.fullmatch(text):
        raise Unreadable("cell-serial-day")
    parts = _DAYS_TO.split(text)
    if len(parts) > 2:
        raise Unreadable()
    first, last, is_year = _days(parts[0])
    if len(parts) == 2:
        return _ordered(first, _days(parts[1])[1])
    return Between(max(first, kind.lo), min(last, kind.hi)) if is_year and first <= kind.hi else first


def _days(text: str) -> tuple[date, date, bool]:
    """The first and the last day that the text may mean, and whether it names a year only."""
    found = _DAY_TEXT.fullmatch(text)
    if not found:
        raise Unreadable()
    year = int(found["y"])
    month = int(found["m"] or found["m2"] or found["m3"] or found["m4"] or 0)
    day = int(found["d"] or found["d2"] or found["d3"] or found["d4"] or 0)
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first, False
        after = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    except ValueError:
        raise Unreadable() from None
    return first, after - timedelta(days=1), not month


# Choices

_YES_NO = {"是": True, "否": False, "yes": True, "no": False, "y": True, "n": False,
           "true": True, "false": False, "1": True, "0": False,
           "√": True, "✓": True, "✔": True, "×": False, "✗": False, "✘": False}  # fmt: skip
_HAS = {"有": True, "无": False, "没有": False}  # where the heading asks whether there is one


def _yes_no(words: Mapping[str, bool], text: str) -> bool | None:
    text = half_width(text).strip().lower()
    if text in _UNKNOWN:
        return None
    if text not in words:
        raise Unreadable()
    return words[text]


def words_of(spec: FactSpec, kind: ChoiceType) -> Mapping[str, str]:
    """The code for each word that means one: the code itself and its labels, where no two codes share a word."""
    found: dict[str, str] = {}
    for code in kind.values:
        label = spec.values.get(code, Label(code, code))
        for word in {code.lower(), half_width(label.zh).lower(), label.en.lower()}:
            found[word] = "" if word in found else code
    return {word: code for word, code in found.items() if code}


# What people write in lists of members, and the label that means it
_ALIKE = {
    word: label
    for label, words in {
        "户主": "本人", "配偶": "妻子 丈夫 妻 夫", "儿子": "子 长子 次子 三子", "女儿": "女 长女 次女 三女",
        "儿媳": "儿媳妇", "孙辈": "孙子 孙女 外孙 外孙女 孙子女", "父母": "父亲 母亲 父 母",
        "公婆或岳父母": "公公 婆婆 岳父 岳母", "祖辈": "祖父 祖母 爷爷 奶奶 外祖父 外祖母",
        "兄弟姐妹": "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹",
    }.items()
    for word in words.split()
}  # fmt: skip


def _choice(kind: ChoiceType, words: Mapping[str, str], text: str) -> str | None:
    plain = half_width(text).strip().lower()
    if code := words.get(plain) or words.get(_ALIKE.get(plain, "")):
        return code
    if plain in _UNKNOWN:
        return None
    if not kind.other:
        raise Unreadable()
    return text.strip()
