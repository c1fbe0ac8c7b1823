"""Texts that can't be read as rules, and what to say of them."""

import ast
import re
import unicodedata

from fanpin.errors import Place, Problem
from fanpin.expressions.scope import Source
from fanpin.i18n import Label

MAX_LENGTH = 4000
_QUOTED_OR_COMMENT = r"'[^'\n]*'|\"[^\"\n]*\"|#[^\n]*"


def unreadable(source: Source) -> list[Problem]:
    """What `ast` would misread or choke on, each with a sentence of its own."""
    text = source.text
    if len(text) > MAX_LENGTH:
        return [Problem("too-long", source.place(0, 0), {"limit": MAX_LENGTH})]
    if not text.strip():
        return [Problem("empty-text", source.place(0, 0))]
    bare = re.sub(_QUOTED_OR_COMMENT, lambda m: " " * len(m[0]), text)
    return [*_foreign_characters(source, bare), *_closed_too_often(source, bare)]


def _foreign_characters(source: Source, bare: str) -> list[Problem]:
    problems = []
    for found in re.finditer(r"[^\x00-\x7f]", bare):
        write = _FOREIGN.get(found[0], unicodedata.normalize("NFKC", found[0]))
        if write.isascii():
            details = {"character": found[0], "write": write}
            problems.append(Problem("foreign-character", _place_of(source, found.start()), details))
    return problems


def _closed_too_often(source: Source, bare: str) -> list[Problem]:
    open_brackets = 0
    for at, character in enumerate(bare):
        open_brackets += (character in "([{") - (character in ")]}")
        if open_brackets < 0:
            return [not_read(source, _place_of(source, at))]
    return []


def _place_of(source: Source, at: int) -> Place:
    before = source.text[:at].split("\n")
    return source.place(len(before) - 1, len(before[-1]))


def not_read(source: Source, place: Place | None = None) -> Problem:
    """That a text can't be read, with a hint where it looks like a slip of another language."""
    hint = next((label for pattern, label in _SLIPS if re.search(pattern, source.text)), Label("", ""))
    return Problem("syntax", place or source.place(0, 0), {"hint": hint})


def syntax_problem(source: Source, error: SyntaxError) -> Problem:
    """What `ast` could not read; the error's place is that of the text in one more bracket."""
    line, column = max((error.lineno or 1) - 1, 0), max((error.offset or 1) - 1, 0)
    rows = source.text.split("\n")
    line = min(line, len(rows) - 1)
    column = min(max(column - 1, 0) if line == 0 else column, len(rows[line]))
    return not_read(source, source.place(line, column))


def form_label(at: ast.AST) -> Label:
    """The name of a form of Python that is no part of the language of rules."""
    names = {
        ast.Lambda: Label("lambda 函数", "a lambda"),
        ast.Call: Label("方法调用", "a call of that kind"),
        ast.Attribute: Label("取属性", "an attribute"),
        ast.Subscript: Label("取下标", "an index"),
        ast.ListComp: Label("列表推导", "a list comprehension"),
        ast.GeneratorExp: Label("生成式", "a generator outside any, all, count, sum, min, max"),
        ast.JoinedStr: Label("f 字符串", "an f-string"),
        ast.NamedExpr: Label("赋值", "an assignment"),
        ast.Dict: Label("字典", "a dict"),
        ast.Set: Label("集合字面量", "a set outside `in`"),
        ast.List: Label("列表", "a list outside `in`"),
        ast.Tuple: Label("元组", "a tuple outside `in`"),
        ast.Compare: Label("is 比较", "`is`"),
        ast.BinOp: Label("这个运算符", "that operator"),
        ast.UnaryOp: Label("这个运算符", "that operator"),
        ast.Starred: Label("星号参数", "a starred argument"),
    }
    return names.get(type(at), Label("这种写法", f"this form ({type(at).__name__})"))


_FOREIGN = {  # beside full-width forms, which Unicode itself maps to ASCII
    "。": ".", "‘": "'", "’": "'", "“": '"', "”": '"', "、": ",", "≤": "<=", "≥": ">=", "≠": "!=",
    "×": "*", "÷": "/", "−": "-", "且": "and", "或": "or", "非": "not",
}  # fmt: skip
_SLIPS = [
    (r"&&|\|\|", Label("“且”写 and,“或”写 or", "write `and` and `or`")),
    (r"<>", Label("“不等于”写 !=", "write `!=` for not equal")),
    (r"(?<![<>=!])=(?!=)", Label("“等于”写两个等号 ==", "write `==` for equal")),
    (r"\b(AND|OR|NOT)\b", Label("and、or、not 用小写", "write and, or, not in lower case")),
    (r"%", Label("百分之三十写 0.3", "write 30 % as 0.3")),
    (r"\d\s*(days|months|years)\b", Label("时段写 months(3)", "write a span as months(3)")),
]
