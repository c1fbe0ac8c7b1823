"""One household's assessment on the screen: what holds, what is open, what to ask, and by which numbers."""

from datetime import date

from attrs import frozen
from rich.console import Console
from rich.text import Text

from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, grade_style, heading, read, say, show_problems
from fanpin.errors import Problem
from fanpin.findings import Finding, Threshold
from fanpin.grading import Assessment
from fanpin.household import Household
from fanpin.i18n import current_language, day, listing, number
from fanpin.packs import Pack
from fanpin.results import NONE
from fanpin.rules import HANDLERS


@frozen
class Explained:
    """A household, its assessment, and what could not be read of it."""

    household: Household
    assessment: Assessment
    problems: tuple[Problem, ...] = ()


def show_explanation(console: Console, of: Explained, pack: Pack, *, everything: bool = False) -> None:
    """Why a household is graded as it is; with `everything`, also why each other risk does not hold."""
    a = of.assessment
    _show_head(console, of.household, a, pack)
    states = {state: [f for f in a.findings if f.state == state] for state in ("holds", "unknown", "clear")}
    _show_findings(console, say("成立", "Holds"), states["holds"])
    _show_findings(console, say("尚不能确定", "Can't be said yet"), states["unknown"])
    if a.to_ask:
        console.print(heading(say("还需了解", "Still to ask")))
        console.print(bullets(question.text(current_language()) for question in a.to_ask))
    if everything:
        _show_findings(console, say("不成立", "Does not hold"), states["clear"])
    elif states["clear"]:
        console.print(heading(say("不成立", "Does not hold")))
        console.print(Prose(listing((read(f.label) for f in states["clear"]), current_language()), style="dim"))
    read_by = states["holds"] + states["unknown"] + (states["clear"] if everything else [])
    _show_thresholds(console, read_by)
    problems = (*of.problems, *a.faults)
    if problems:
        console.print(heading(say("数据问题", "Faults in the data")))
        show_problems(console, problems)


def _show_head(console: Console, household: Household, a: Assessment, pack: Pack) -> None:
    village = f" · {household.village}" if household.village else ""
    console.print(Prose(f"{a.household_id}{village}", style="bold"))
    line = Text(say("风险等级：", "grade: "))
    line.append(read(a.label("grade", a.grade)), style=grade_style(a.grade))
    if a.possible_grade != a.grade:
        line.append(say("（最高可能", " (possibly up to "))
        line.append(read(a.label("grade", a.possible_grade)), style=grade_style(a.possible_grade))
        line.append(say("）", ")"))
    console.print(line)
    console.print(Prose(say("监测对象类别：{c}", "category: {c}", c=_category_text(a))))
    if a.handled_by:
        who = listing((read(HANDLERS[name]) for name in a.handled_by), current_language())
        console.print(Prose(say("由谁办理：{who}", "handled by: {who}", who=who)))
    by = say(
        "{day}，按规则包“{pack}”（{version}版，{hash}）",
        "on {day}, by the pack '{pack}' {version} ({hash})",
        day=_day(a.on), pack=read(pack.label), version=pack.version, hash=a.pack_hash[:8],
    )  # fmt: skip
    if a.as_of:
        by += say("；所用情况截至{day}", "; facts as of {day}", day=_day(a.as_of))
    console.print(Prose(by, style="dim"))


def _category_text(assessment: Assessment) -> str:
    """The category in words, or those that are possible."""
    if assessment.category is not None:
        return read(assessment.label("category", assessment.category))
    labels = [read(assessment.label("category", name)) for name in assessment.possible_categories if name != NONE]
    return say("可能是{c}", "may be {c}", c=say("或", " or ").join(labels))


def _show_findings(console: Console, title: str, findings: list[Finding]) -> None:
    if findings:
        console.print(heading(title))
        console.print(bullets(finding.sentence(current_language()) for finding in findings))


def _show_thresholds(console: Console, findings: list[Finding]) -> None:
    thresholds = {t.name: t for finding in findings for t in finding.thresholds}
    if thresholds:
        console.print(heading(say("规则读取的标准", "Numbers that the rules read")))
        console.print(bullets((_threshold(t) for t in thresholds.values()), style="dim"))


def _threshold(t: Threshold) -> str:
    until = say("至 {day}", "to {day}", day=_day(t.until)) if t.until else say("起", "on")
    return say(
        "{label}：{value}（{since}{until}；{source}）",
        "{label}: {value} (from {since} {until}; {source})",
        label=t.label, value=f"{number(t.value, 4)} {_unit(t.unit)}".strip(), since=_day(t.since), until=until,
        source=t.source or "-",
    )  # fmt: skip


def _unit(text: str) -> str:
    from fanpin.units import Unit

    return Unit.parse(text).zh() if current_language() == "zh" else ("" if text == "1" else text)


def _day(value: date) -> str:
    return day(value, current_language())
