"""`fanpin workflow show`, `diagram` and `check`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fanpin.cli import OK, PARTLY
from fanpin.cli.building import both, command, group, read_day
from fanpin.cli.outputs import check_place
from fanpin.cli.packs import RegionOption
from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, heading, print_data, read, say, screen, show_error, show_missing
from fanpin.errors import DataError, MissingParameter, Place, Problem
from fanpin.expressions.to_words import value_text
from fanpin.i18n import Label, current_language
from fanpin.packs import Pack, load_pack
from fanpin.step_words import as_read
from fanpin.workflow import Workflow, procedure_of
from fanpin.workflow_views import HEADS, View

NameArgument = Annotated[
    str | None,
    typer.Argument(
        metavar=both("流程", "NAME"), show_default=False,
        help=both("例如 identification；只有一个流程时不用写", "such as identification; not needed for the only one"),
    ),
]  # fmt: skip
PackOfWorkflows = Annotated[
    str,
    typer.Option(
        "--pack", "-p", metavar=both("规则包", "PACK"),
        help=both("规则包的名称或文件夹", "a pack's name or folder"),
    ),
]  # fmt: skip
DayOfParameters = Annotated[
    date | None,
    typer.Option(
        "--on", metavar=both("日期", "DAY"), parser=read_day, show_default=False,
        help=both("用这一天的参数", "with the parameters of this day"),
    ),
]  # fmt: skip
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar=both("文件", "FILE"), show_default=False,
        help=both("写成 .mmd 或 .md；不写时显示在屏幕上", "write it as .mmd or .md; else it goes to the screen"),
    ),
]  # fmt: skip


def add_workflows(app: typer.Typer) -> None:
    """Adds the commands to the app."""
    of_workflows = group(both("查看和检查工作流程。", "Look at procedures and check them."))
    command(of_workflows, "show", both("每个环节谁办、要什么、什么时候。", "Each step: who, what it needs, and when."))(
        _show
    )
    command(of_workflows, "diagram", both("流程图（Mermaid）。", "The procedure as a Mermaid diagram."))(_diagram)
    command(
        of_workflows,
        "check",
        both("检查写法和参数；不指明流程的，全部检查。", "Check form and parameters; of all, if none is named."),
    )(_check)
    app.add_typer(of_workflows, name="workflow")


def workflow_of(pack: Pack, name: str | None) -> Workflow:
    """The procedure that is meant; `DataError` where that is not clear."""
    if not pack.workflows:
        raise DataError(Problem("no-workflow", Place(), {"pack": pack.label}))
    return procedure_of(pack.workflows, name)


def _show(
    name: NameArgument = None,
    pack: PackOfWorkflows = "national",
    on: DayOfParameters = None,
    region: RegionOption = None,
) -> int:
    found, console = load_pack(pack), screen()
    view = View(workflow_of(found, name), current_language(), on, region or found.region)
    console.print(Prose(view.title(), style="bold"))
    for step in as_read(view.workflow.spec):
        console.print(heading(view.head(step)))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for key, said in view.cells(step).items():
            if said:
                grid.add_row(Text(read(HEADS[key]), style="dim"), Prose("\n".join(said)))
        console.print(Padding(grid, (0, 0, 0, 2)))
    return OK


def _diagram(name: NameArgument = None, pack: PackOfWorkflows = "national", out: OutOption = None) -> int:
    text = workflow_of(load_pack(pack), name).diagram(current_language())
    if out is None:
        print_data(text)
        return OK
    forms = {".mmd": text, ".md": f"```mermaid\n{text}```\n"}
    if out.suffix.lower() not in forms:
        known = Label("、".join(forms), ", ".join(forms))
        raise DataError(Problem("output-suffix", Place(str(out)), {"known": known}))
    check_place(out, [])
    out.write_text(forms[out.suffix.lower()], encoding="utf-8", newline="\n")
    screen().print(say("已写入 {path}", "written: {path}", path=out), soft_wrap=True)
    return OK


def _check(
    name: NameArgument = None,
    pack: PackOfWorkflows = "national",
    on: DayOfParameters = None,
    region: RegionOption = None,
) -> int:
    found, console = load_pack(pack), screen()
    several = name is None and len(found.workflows) > 1
    workflows = tuple(found.workflows.values()) if several else (workflow_of(found, name),)
    for number, workflow in enumerate(workflows):
        if number:
            console.print()
        _show_checked(console, workflow)
    if on is None:
        hint = say("加上 --on 日期，检查那一天各参数是否都有值", "with --on DAY it checks the parameters of that day")
        console.print(Prose(hint, style="dim"))
        return OK
    return _check_parameters(workflows, on, region or found.region)


def _show_checked(console: Console, workflow: Workflow) -> None:
    steps = workflow.spec.steps.values()
    said = say(
        "{label}：写法无误。环节 {n} 个，其中 {ends} 个办结；读取参数 {p} 个。",
        "{label}: well formed. {n} steps, {ends} of which end it; {p} parameters are read.",
        label=workflow.label, n=len(steps), ends=sum(step.ends for step in steps), p=len(workflow.parameters_read),
    )  # fmt: skip
    console.print(Prose(said))
    without = [read(s.label) for s in steps if not (s.source or any(d.source for d in s.demands))]
    if without:
        console.print(heading(say("没有写来源的环节", "Steps without a source")))
        console.print(Prose(say("、", ", ").join(without), style="dim"))
    if workflow.remarks:
        console.print(heading(say("值得核对", "Worth a look")))
        show_error(console, *workflow.remarks)


def _check_parameters(workflows: tuple[Workflow, ...], on: date, region: str | None) -> int:
    console, table = screen(), workflows[0].parameters
    names = dict.fromkeys(name for workflow in workflows for name in workflow.parameters_read)
    try:
        values = table.in_force(names, on, region)
    except MissingParameter as error:
        show_missing(console, error.problems)
        return PARTLY
    if values:
        types, language = table.types(), current_language()
        console.print(heading(say("{day} 的参数", "Parameters on {day}", day=on)))
        console.print(bullets(
            say("{label}：{value}", "{label}: {value}", label=table.parameters[name].label,
                value=value_text(types[name], (value, value), language))
            for name, value in values.items()
        ))  # fmt: skip
    until = workflows[0].calendar(region).known_until
    console.print(Prose(say("放假安排已知到 {d}", "working days are known until {d}", d=until), style="dim"))
    return OK
