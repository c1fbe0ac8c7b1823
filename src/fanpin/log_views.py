"""The check of a log for readers: how much was found of which kind, and the first of it in sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from fanpin.i18n import Label, Language, number
from fanpin.observing import KINDS
from fanpin.records import shown_id

if TYPE_CHECKING:
    import polars as pl

    from fanpin.log_checks import LogCheck

SHOWN = 20
_COUNTS = Label(
    "截至 {as_of}：{cases} 个办件、{events} 件事；不合规定 {violations} 处，其中不应放行 {refusing} 处；"
    "在走的期限 {deadlines} 个，超期 {overrun} 个",
    "as of {as_of}: {cases} cases, {events} events; {violations} violations, {refusing} of them refusing; "
    "{deadlines} running deadlines, {overrun} overrun",
)
_CUT = Label(
    "不从头开始的办件：{n}，它们的“前置环节未办”可能是先前的事不在记录里，期限也没有查全",
    "cases that don't begin at the start: {n}; where they lack a step before, it may only not be in the log, and not "
    "all of their time limits could be checked",
)
_BESIDE = (
    ("problems", Label("读不了的行：{n}", "rows not read: {n}")),
    ("refused_cases", Label("缺少参数而没有检查的办件：{n}", "cases not checked for want of a parameter: {n}")),
    ("cut_cases", _CUT),
    ("later_events", Label("这一天以后、没有算进来的事：{n}", "events after that day, left out: {n}")),
)
_CALENDAR = Label("放假安排已知到 {d}", "working days are known until {d}")
_KIND, _COUNT, _CASES = Label("问题", "kind"), Label("处", "times"), Label("办件", "cases")
_FOUND, _OVERRUN = Label("不合规定的", "violations"), Label("超期的", "overrun")
_WHERE = Label("第 {row} 行，{case}：{said}", "row {row}, {case}: {said}")
_OF_CASE = Label("{case}{where}：{said}{who}", "{case}{where}: {said}{who}")
_IN = Label("（{where}）", " ({where})")
_WHO = Label("；由{who}办理", "; for {who}")
_MORE = Label("……还有 {n} 条", "... and {n} more")
_BETWEEN = Label("；", "; ")


def head_of(counts: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What was checked and how much was found, in a sentence or a few."""
    yield _COUNTS.say(language, **{k: number(v) if isinstance(v, int) else v for k, v in counts.items()})
    beside = [label.say(language, n=number(counts[name])) for name, label in _BESIDE if counts.get(name)]
    if beside:
        yield _BETWEEN.text(language).join(beside)
    if "calendar_until" in counts:
        yield _CALENDAR.say(language, d=counts["calendar_until"])


def counts_of(check: "LogCheck", violations: "pl.DataFrame", deadlines: "pl.DataFrame") -> Mapping[str, Any]:
    """What `head_of` tells, of a log in memory."""
    return {
        "as_of": check.as_of,
        "cases": check.cases,
        "events": check.events,
        "violations": len(violations),
        "refusing": int(violations["refusing"].sum()),
        "deadlines": len(deadlines),
        "overrun": int((deadlines["status"] == "overrun").sum()),
        "problems": len({problem.place.row for problem in check.problems} - {None}),
        "refused_cases": check.refused_cases,
        "later_events": check.later_events,
        "cut_cases": check.cut_cases,
        "calendar_until": check.calendar_until,
    }


def violation_lines(rows: Iterable[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """Rows of violations in sentences."""
    for row in rows:
        yield _WHERE.say(language, row=row["row"], case=shown_id(row["case"]), said=row[f"sentence_{language}"])


def deadline_lines(rows: Iterable[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """Rows of deadlines in sentences."""
    for row in rows:
        where = " ".join(filter(None, (row["township"], row["village"])))
        who = row[f"who_{language}"]
        yield _OF_CASE.say(
            language, case=shown_id(row["case"]), said=row[f"sentence_{language}"],
            where=_IN.say(language, where=where) if where else "", who=_WHO.say(language, who=who) if who else "",
        )  # fmt: skip


def more(left: int, language: Language) -> list[str]:
    """That there is more than is shown."""
    return [_MORE.say(language, n=number(left))] if left > 0 else []


def html_of(check: "LogCheck", violations: "pl.DataFrame", deadlines: "pl.DataFrame", language: Language) -> str:
    """The check for notebooks."""
    head = "<br>".join(map(escape, head_of(counts_of(check, violations, deadlines), language)))
    overrun = [row for row in deadlines.iter_rows(named=True) if row["status"] == "overrun"]
    found = violation_lines(violations.head(SHOWN).iter_rows(named=True), language)
    late = deadline_lines(overrun[:SHOWN], language)
    return (
        f"<p>{head}</p>{_kinds(violations, language)}"
        f"{_list(_FOUND.text(language), [*found, *more(len(violations) - SHOWN, language)])}"
        f"{_list(_OVERRUN.text(language), [*late, *more(len(overrun) - SHOWN, language)])}"
    )


_CELL = "style='text-align: left'"  # notebooks put the cells of tables to the right


def _kinds(violations: "pl.DataFrame", language: Language) -> str:
    if violations.is_empty():
        return ""
    times = Counter(violations["kind"])
    cases = Counter(kind for kind, _ in set(zip(violations["kind"], violations["case"], strict=True)))
    heads = "".join(f"<th {_CELL}>{label.text(language)}</th>" for label in (_KIND, _COUNT, _CASES))
    rows = "".join(
        f"<tr><td {_CELL}>{KINDS[kind].label.text(language)}</td><td>{n}</td><td>{cases[kind]}</td></tr>"
        for kind, n in times.most_common()
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _list(title: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p><b>{title}</b></p><ul>{items}</ul>" if items else ""
