"""Chinese and English: labels, the reader's language, and numbers, money, dates and lists as text.

The catalogue of messages is data in `messages.py`.
"""

import locale
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Literal

from attrs import frozen

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@frozen
class Label:
    """The name of a thing in the official Chinese term and in English.

    >>> Label("风险", "risk").text("zh")
    '风险'
    """

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """The label in one language."""
        return self.zh if language == "zh" else self.en

    def say(self, language: Language, **values: object) -> str:
        """The label in one language with its `{slots}` filled.

        >>> Label("{n}项", "{n} items").say("en", n=2)
        '2 items'
        """
        return self.text(language).format(**_in_language(values, language))

    def fill(self, **values: object) -> "Label":
        """The label with its `{slots}` filled; a value that is itself a label is filled in per language."""
        return Label(*(self.say(lang, **values) for lang in LANGUAGES))


def _in_language(values: dict[str, object], language: Language) -> dict[str, object]:
    return {name: v.text(language) if isinstance(v, Label) else v for name, v in values.items()}


def yes_or_no(said: bool) -> Label:
    """A yes or no in words."""
    return Label("是", "yes") if said else Label("否", "no")


def same(text: str) -> Label:
    """A label that reads the same in both languages, such as a name in code."""
    return Label(text, text)


def _language_of_locale() -> Language:
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not named:  # Windows sets none of these
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def checked(language: Language) -> Language:
    """The language, if it is one of ours.

    >>> checked("fr")
    Traceback (most recent call last):
    ValueError: the languages are zh and en, not 'fr'
    """
    if language not in LANGUAGES:
        raise ValueError(f"the languages are zh and en, not {language!r}")
    return language


_chosen: ContextVar[Language | None] = ContextVar("fanpin_language", default=None)


def current_language() -> Language:
    """The reader's language: what `speaking` chose, else Chinese where the locale is Chinese, else English."""
    return _chosen.get() or _language_of_locale()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within the block, errors and views speak this language.

    >>> with speaking("zh"):
    ...     current_language()
    'zh'
    """
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands separators; trailing zeros of the decimals are dropped.

    >>> number(5408.7, 2), number(7500, 2)
    ('5,408.7', '7,500')
    """
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def day(value: date, language: Language) -> str:
    """A day as it is written.

    >>> day(date(2024, 3, 1), "zh"), day(date(2024, 3, 1), "en")
    ('2024年3月1日', '1 March 2024')
    """
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def listing(items: Iterable[str], language: Language, word: Literal["and", "or"] = "and") -> str:
    """Several items as one text.

    >>> listing(["a", "b", "c"], "en"), listing(["甲", "乙"], "zh", "or")
    ('a, b and c', '甲或乙')
    """
    texts = list(items)
    if len(texts) < 2:
        return "".join(texts)
    if language == "zh":
        last = {"and": "和", "or": "或"}[word]
        return "、".join(texts[:-1]) + last + texts[-1]
    return ", ".join(texts[:-1]) + f" {word} " + texts[-1]
