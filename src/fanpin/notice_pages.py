"""A notice as plain text, and as a page to be printed."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fanpin.i18n import Label

_ITEM, _BETWEEN, _END = Label("{head}：{cell}", "{head}: {cell}"), Label("；", "; "), Label("。", ".")
_NUMBER = Label("序号", "No.")


def text_of(parts: Mapping[str, Any]) -> str:
    """Plain text, for posting and for messages: a household a line."""
    language = parts["language"]
    lines = []
    for at, row in enumerate(parts["rows"], 1):
        items = (_ITEM.say(language, head=head, cell=cell) for head, cell in zip(parts["heads"], row, strict=True))
        lines.append(f"{at}. {_BETWEEN.text(language).join(items)}{_END.text(language)}")
    signed = f"{parts['issuer']}\n{parts['posted']}"
    blocks = (parts["title"], parts["before"].strip(), "\n".join(lines), parts["after"].strip(), signed, parts["until"])
    return "\n\n".join(block for block in blocks if block) + "\n"


def page_of(parts: Mapping[str, Any]) -> str:
    """A page of HTML that loads nothing and runs nothing."""
    text = {key: escape(value) for key, value in parts.items() if isinstance(value, str)}
    lang = {"zh": "zh-CN", "en": "en"}[parts["language"]]
    heads = "".join(f"<th>{escape(head)}</th>" for head in (_NUMBER.text(parts["language"]), *parts["heads"]))
    return f"""\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{text["title"]}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{text["title"]}</h1>
{"".join(_paragraphs(parts["before"]))}<table class="{_size(len(parts["heads"]))}">
<thead><tr>{heads}</tr></thead>
<tbody>
{"".join(_rows(parts["rows"]))}</tbody>
</table>
{"".join(_paragraphs(parts["after"]))}<p class="signed">{text["issuer"]}<br>{text["posted"]}</p>
<p class="until">{text["until"]}</p>
</body>
</html>
"""


def _paragraphs(text: str) -> Iterator[str]:
    return (f"<p>{escape(line.strip())}</p>\n" for line in text.splitlines() if line.strip())


def _size(columns: int) -> str:
    """How large the table is set."""
    return "few" if columns <= 4 else "many" if columns <= 6 else "wide"


def _rows(rows: list[list[str]]) -> Iterator[str]:
    for at, row in enumerate(rows, 1):
        yield f"<tr><td>{at}</td>{''.join(f'<td><bdi>{escape(cell)}</bdi></td>' for cell in row)}</tr>\n"


_STYLE = """
@page { size: A4; margin: 22mm 20mm; }
body { max-width: 170mm; margin: 0 auto; padding: 1em; color: #000; background: #fff;
  font: 16pt/1.8 "FangSong", "STFangsong", "FangSong_GB2312", "Songti SC", "SimSun", "Noto Serif CJK SC", serif; }
h1 { font: bold 26pt/1.4 "SimHei", "Heiti SC", "Noto Sans CJK SC", sans-serif; text-align: center; margin: 0 0 1em;
  text-wrap: balance; }
p { margin: 0 0 .6em; }
:lang(zh) p { text-indent: 2em; text-align: justify; }
table { width: 100%; border-collapse: collapse; margin: 1em 0; }
th, td { border: 1pt solid #000; padding: .25em .4em; text-align: center; line-height: 1.4; overflow-wrap: break-word; }
td:nth-child(-n+2), th:first-child { white-space: nowrap; }
table { word-break: keep-all; }
table.many { font-size: 13pt; }
table.wide { font-size: 10.5pt; word-break: normal; }
thead { display: table-header-group; }
tr, .signed { break-inside: avoid; }
p.signed { text-align: right; text-indent: 0; margin-top: 1.5em; }
p.until { text-indent: 0; text-align: left; font-size: 12pt; border-top: 1pt solid #000; padding-top: .4em; }
@media print { body { padding: 0 1pt; } }
"""
