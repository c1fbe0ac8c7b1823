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
    return [*_foreign_characters(source, bare), *_unmatched_brackets(source, bare)]


def _foreign_characters(source: Source, bare: str) -> list[Problem]:
    problems = []
    for found in re.finditer(r"[^\x00-\x7f]", bare):
        write = _FOREIGN.get(found[0], unicodedata.normalize("NFKC", found[0]))
        if write.isascii():
            details = {"character": found[0], "write": write.strip() or Label("空格", "a plain space")}
            problems.append(Problem("foreign-character", _place_of(source, found.start()), details))
    return problems


def _unmatched_brackets(source: Source, bare: str) -> list[Problem]:
    """The first bracket that closes nothing, or the last that is never closed: `ast` would blame another one."""
    opened: list[int] = []
    for at, character in enumerate(bare):
        if character in "([{":
            opened.append(at)
        elif character in ")]}" and not opened:
            return [not_read(source, _place_of(source, at), _NEVER_OPENED)]
        elif character in ")]}":
            opened.pop()
    return [not_read(source, _place_of(source, opened[-1]), _NEVER_CLOSED)] if opened else []


def _place_of(source: Source, at: int) -> Place:
    before = source.text[:at].split("\n")
    return source.place(len(before) - 1, len(before[-1]))


def not_read(source: Source, place: Place | None = None, hint: Label | None = None) -> Problem:
    """That a text can't be read, with a hint where it looks like a slip of another language."""
    if hint is None:
        hint = next((label for pattern, label in _SLIPS if re.search(pattern, source.text)), Label("", ""))
    return Problem("syntax", place or source.place(0, 0), {"hint": hint})


def syntax_problem(source: Source, error: SyntaxError) -> Problem:
    """What `ast` could not read; the error's place is that of the text in one more bracket."""
    rows = source.text.split("\n")
    line, column = max((error.lineno or 1) - 1, 0), max((error.offset or 1) - 1, 0)
    if line >= len(rows):  # the bracket that was added: the text ends too early
        line, column = len(rows) - 1, len(rows[-1].rstrip())
    elif line == 0:
        column = max(column - 1, 0)
    hint = _NO_ELSE if "'else'" in error.msg else None
    return not_read(source, source.place(line, min(column, len(rows[line]))), hint)


def form_label(at: ast.AST) -> Label:
    """The name of a form of Python that is no part of the language of rules."""
    names = {
        ast.Lambda: Label("lambda 函数", "a lambda"),
        ast.Call: Label("方法调用", "a call of that kind"),
        ast.Attribute: Label("取属性", "an attribute"),
        ast.Subscript: Label("取下标", "an index"),
        ast.ListComp: Label("列表推导", "a list comprehension"),
        ast.SetComp: Label("集合推导", "a set comprehension"),
        ast.GeneratorExp: Label("生成式", "a generator outside any, all, count, sum, min, max"),
        ast.JoinedStr: Label("f 字符串", "an f-string"),
        ast.NamedExpr: Label("赋值", "an assignment"),
        ast.Dict: Label("字典", "a dict"),
        ast.Set: Label("集合字面量", "a set outside `in`"),
        ast.List: Label("列表", "a list outside `in`"),
        ast.Tuple: Label("元组", "a tuple outside `in`"),
        ast.Compare: Label("is 比较", "`is`"),
        ast.Starred: Label("星号参数", "a starred argument"),
        ast.Constant: Label("这样的值", "a value of that kind"),
    }
    if isinstance(at, ast.BinOp | ast.UnaryOp):
        symbol = _OPERATORS.get(type(at.op), "")
        return Label(f"运算符 {symbol}", f"the operator {symbol}")
    return names.get(type(at), Label("这种写法", f"this form ({type(at).__name__})"))


_FOREIGN = {  # beside full-width forms, which Unicode itself maps to ASCII
    "。": ".", "‘": "'", "’": "'", "“": '"', "”": '"', "、": ",", "≤": "<=", "≥": ">=", "≠": "!=",
    "×": "*", "÷": "/", "−": "-", "且": "and", "或": "or", "非": "not",
}  # fmt: skip
_OPERATORS: dict[type[ast.AST], str] = {
    ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|",
    ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.UAdd: "+", ast.Invert: "~",
}  # fmt: skip
_NEVER_OPENED = Label("这个右括号前面没有左括号", "this bracket closes nothing")
_NEVER_CLOSED = Label("这个括号没有配上右括号", "this bracket is never closed")
_NO_ELSE = Label("if 后面要有 else:a if 条件 else b", "an `if` needs its `else`: a if condition else b")
_SLIPS = [
    (
        r"^\s*(for|while)\b",
        Label(
            "规则里没有循环；对每一行用 any、all、count、sum，如 any(m.employed for m in members)",
            "there are no loops: write any, all, count or sum of rows, such as any(m.employed for m in members)",
        ),
    ),
    (r"&&|\|\|", Label("“且”写 and,“或”写 or", "write `and` and `or`")),
    (r"<>", Label("“不等于”写 !=", "write `!=` for not equal")),
    (r"(?<![<>=!])=(?!=)", Label("“等于”写两个等号 ==", "write `==` for equal")),
    (r"\b(AND|OR|NOT)\b", Label("and、or、not 用小写", "write and, or, not in lower case")),
    (r"%", Label("百分之三十写 0.3", "write 30 % as 0.3")),
    (r"\d\s*(days|months|years)\b", Label("时段写 months(3)", "write a span as months(3)")),
]
