"""`fanpin grade` and `fanpin explain`."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from fanpin.cli import FAILED, OK, PARTLY
from fanpin.cli.building import DayOption, HouseholdsArgument, MembersOption, PackOption, both, command
from fanpin.cli.explaining import show_explanation
from fanpin.cli.prose import Prose
from fanpin.cli.results import (
    COUNTED,
    Output,
    Result,
    category_text,
    count_table,
    graded,
    is_partly_read,
    missing_of,
    write_csv,
    write_problems,
)
from fanpin.cli.screen import (
    SHOWN_AT_ONCE,
    grade_style,
    heading,
    plain_table,
    read,
    say,
    screen,
    show_error,
    show_missing,
    show_problems,
    show_table_problems,
)
from fanpin.errors import Place, Problem, did_you_mean
from fanpin.i18n import current_language
from fanpin.packs import load_pack
from fanpin.records import shown_id
from fanpin.tables import HouseholdTable, read_households

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar=both("文件", "FILE"),
        help=both("结果写入这个 CSV，可用 Excel 打开", "write the results into this CSV, which Excel can open"),
    ),
]  # fmt: skip
WordsOption = Annotated[
    bool,
    typer.Option(
        "--words", show_default=False,
        help=both("CSV 里写名称（黄、因病），不写代码", "in the CSV write words (yellow, illness) instead of codes"),
    ),
]  # fmt: skip
ProblemsOption = Annotated[
    Path | None,
    typer.Option(
        "--problems", metavar=both("文件", "FILE"),
        help=both("读不了的行和格全部写入这个 CSV", "write all that could not be read into this CSV"),
    ),
]  # fmt: skip
IdArgument = Annotated[
    str,
    typer.Argument(
        metavar=both("户编号", "ID"), show_default=False, help=both("要解释的一户", "the household to explain")
    ),
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all", show_default=False,
        help=both("不成立的风险也逐条说明", "say also why each other risk does not hold"),
    ),
]  # fmt: skip


def add_grading(app: typer.Typer) -> None:
    """Adds the commands to the app."""
    command(app, "grade", both("研判一张表里的每一户。", "Grade every household of a table."))(_grade)
    command(app, "explain", both("解释一户的研判结果。", "Explain the result of one household."))(_explain)


def _grade(  # noqa: PLR0913, PLR0917  # each is an option
    file: HouseholdsArgument,
    pack: PackOption,
    on: DayOption,
    members: MembersOption = None,
    out: OutOption = None,
    words: WordsOption = False,
    problems: ProblemsOption = None,
) -> int:
    inputs = [path for path in (file, members) if path is not None]
    outputs = [path for path in (out, problems) if path is not None]
    if any(_same_file(path, other) for path in outputs for other in inputs):
        show_error(screen(stderr=True), Problem("output-is-input"))
        return FAILED
    rules = load_pack(pack)
    table = read_households(file, members, model=rules.model)
    results = graded(table.rows, rules, on)
    on_screen = out is not None or sys.stdout.isatty()
    console = screen(stderr=not on_screen)
    if out is not None:
        with Output(out) as opened:
            write_csv(opened, results, rules, on, words=words)
    elif on_screen:
        _show_results(console, results)
    else:
        written = io.StringIO()
        write_csv(written, results, rules, on, words=words)
        _print_data(written.getvalue())
    console.print(count_table(results, rules), Prose(_caption(table, results, out), style="dim"))
    return _report(table, results, problems)


def _same_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _print_data(text: str) -> None:
    """Into a pipe or a file: always UTF-8, whatever the screen is in, since it is data."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        buffer.write(text.encode())
        buffer.flush()


def _show_results(console: Console, results: Sequence[Result]) -> None:
    """The households with something to say; those without any risk are only counted."""
    said = [result for result in results if result.assessment and result.assessment.status != "clear"]
    table = plain_table(
        say("户编号", "id"),
        say("等级", "grade"),
        say("类别", "category"),
        say("风险", "risks"),
        say("还需了解", "to ask"),
    )
    for result in said[:SHOWN_AT_ONCE]:
        table.add_row(*_row(result))
    console.print(table)
    if len(said) > SHOWN_AT_ONCE:
        more = say(
            "……还有 {n} 户；用 -o 写成文件",
            "... and {n} more; write them to a file with -o",
            n=len(said) - SHOWN_AT_ONCE,
        )
        console.print(Prose(more, style="bold"))
    console.print()


def _row(result: Result) -> list[Prose]:
    a = result.assessment
    assert a is not None, "only those graded are shown"
    grade = Text(read(a.label("grade", a.grade)), style=grade_style(a.grade))
    if a.possible_grade != a.grade:
        grade.append(say("，可能", ", up to "))
        grade.append(read(a.label("grade", a.possible_grade)), style=grade_style(a.possible_grade))
    labels = {finding.risk: read(finding.label) for finding in a.findings}
    risks = [labels[risk] for risk in a.risks] + [f"{labels[risk]}?" for risk in a.unknown_risks]
    asked = [question.text(current_language()) for question in a.to_ask[:2]]
    if len(a.to_ask) > 2:
        asked.append(say("等 {n} 项", "{n} in all", n=len(a.to_ask)))
    glue = say("、", ", ")
    return [
        Prose(a.household_id),
        Prose(grade),
        Prose(category_text(a)),
        Prose(glue.join(risks)),
        Prose(glue.join(asked)),
    ]


def _caption(table: HouseholdTable, results: Sequence[Result], out: Path | None) -> str:
    lines = [say(*COUNTED)]
    count = sum(result.assessment is not None for result in results)
    done = say("共研判 {n} 户", "{n} households graded", n=count)
    if table.blank_rows:
        done += say("，空行 {n}", ", blank rows: {n}", n=table.blank_rows)
    if out is not None:
        done += say("，写入 {out}", ", written to {out}", out=out)
    return "\n".join([*lines, done])


def _report(table: HouseholdTable, results: Sequence[Result], to: Path | None) -> int:
    """What could not be read, and which parameters are missing; the exit code."""
    console = screen(stderr=True)
    if to is not None:
        with Output(to) as opened:
            write_problems(opened, table.problems)
        console.print(Prose(say("问题写入 {to}", "problems written to {to}", to=to), style="dim"))
    show_table_problems(console, table)
    missing = missing_of(results)
    if missing:
        console.print(
            heading(say("缺少参数，有的户没有研判", "Parameters are missing; some households were not graded"))
        )
        show_missing(console, missing)
    return PARTLY if is_partly_read(table) or missing else OK


# Explaining


def _explain(
    file: HouseholdsArgument,
    household: IdArgument,
    pack: PackOption,
    on: DayOption,
    members: MembersOption = None,
    everything: AllOption = False,
) -> int:
    rules = load_pack(pack)
    table = read_households(file, members, model=rules.model)
    row = next((row for row in table.rows if row.household.household_id == household), None)
    if row is None:
        return _not_there(table, household, file)
    (result,) = graded([row], rules, on)
    if result.assessment is None:
        show_missing(screen(stderr=True), list(result.missing))
        return PARTLY
    show_explanation(screen(), result, rules, everything=everything)
    return PARTLY if row.problems else OK


def _not_there(table: HouseholdTable, household: str, file: Path) -> int:
    console = screen(stderr=True)
    if bad := table.bad_ids.get(household):
        show_problems(console, bad)
        return PARTLY
    known = [row.household.household_id for row in table.rows]
    near = tuple(id_ for id_ in did_you_mean(household, known) if shown_id(id_) == id_)
    show_error(console, Problem("no-household", Place(file.name), {"count": len(known)}, near))
    return FAILED
