"""One household's assessment on the screen: what holds, what is open, what comes of it, and by which numbers."""

from collections.abc import Iterable
from datetime import date

from attrs import frozen
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, grade_style, heading, read, say, show_problems
from fanpin.cli.values import amount_text, row_text
from fanpin.errors import Problem
from fanpin.findings import Finding, Threshold
from fanpin.grading import Assessment
from fanpin.household import Household
from fanpin.i18n import current_language, day, listing
from fanpin.outcomes import Outcome
from fanpin.packs import Pack
from fanpin.results import NONE
from fanpin.rules import HANDLERS
from fanpin.units import Unit


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
    questions = [*a.to_ask, *(question for outcome in a.results for question in outcome.to_ask)]
    if questions:
        console.print(heading(say("还需了解", "Still to ask")))
        console.print(bullets(dict.fromkeys(question.text(current_language()) for question in questions)))
    if everything:
        _show_findings(console, say("不成立", "Does not hold"), states["clear"])
    elif states["clear"]:
        console.print(heading(say("不成立", "Does not hold")))
        console.print(Prose(listing((read(f.label) for f in states["clear"]), current_language()), style="dim"))
    _show_results(console, a.results)
    read_by = states["holds"] + states["unknown"] + (states["clear"] if everything else [])
    _show_thresholds(console, [*read_by, *a.results], pack)
    problems = (*of.problems, *a.faults)
    if problems:
        console.print(heading(say("数据问题", "Faults in the data")))
        show_problems(console, problems)


def _show_head(console: Console, household: Household, a: Assessment, pack: Pack) -> None:
    village = f" · {household.village}" if household.village else ""
    console.print(Prose(f"{a.household_id}{village}", style="bold"))
    if pack.rules.spec.grades:
        console.print(_grade_text(a))
    if pack.rules.spec.categories:
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


def _grade_text(a: Assessment) -> Text:
    line = Text(say("风险等级：", "grade: "))
    line.append(read(a.label("grade", a.grade)), style=grade_style(a.grade))
    if a.possible_grade != a.grade:
        line.append(say("（最高可能", " (possibly up to "))
        line.append(read(a.label("grade", a.possible_grade)), style=grade_style(a.possible_grade))
        line.append(say("）", ")"))
    return line


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


def _show_results(console: Console, outcomes: Iterable[Outcome]) -> None:
    """Each result with how it came about; its steps are set in, each with a dot, since a long one takes more lines."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for outcome in outcomes:
        said, *steps = outcome.explain(current_language()).splitlines()
        grid.add_row("-", Prose(said, style="bold"))
        if steps:
            grid.add_row("", bullets((step.strip() for step in steps), mark="·"))
    if grid.row_count:
        console.print(heading(say("结果", "Results")))
        console.print(grid)


def _show_thresholds(console: Console, read_by: Iterable[Finding | Outcome], pack: Pack) -> None:
    thresholds = {t.name: t for each in read_by for t in each.thresholds}
    if thresholds:
        console.print(heading(say("规则读取的标准", "Numbers that the rules read")))
        console.print(bullets((_threshold(t, pack) for t in thresholds.values()), style="dim"))


def _threshold(t: Threshold, pack: Pack) -> str:
    until = say("至 {day}", "to {day}", day=_day(t.until)) if t.until else say("起", "on")
    return say(
        "{label}：{value}（{since}{until}；{source}）",
        "{label}: {value} (from {since} {until}; {source})",
        label=f"{read(t.label)}{row_text(pack.rules.spec, t.name)}",
        value=amount_text(t.value, Unit.parse(t.unit)), since=_day(t.since), until=until,
        source=t.source or "-",
    )  # fmt: skip


def _day(value: date) -> str:
    return day(value, current_language())
