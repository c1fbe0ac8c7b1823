"""`fanpin demo` and `fanpin sample`: the invented county, graded and explained, or as files to try things on."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fanpin import sample
from fanpin.cli import FAILED, OK
from fanpin.cli.building import both, command
from fanpin.cli.explaining import show_explanation
from fanpin.cli.prose import Prose
from fanpin.cli.results import COUNTED, count_table, graded
from fanpin.cli.screen import read, say, screen, show_error, show_table_problems
from fanpin.errors import Place, Problem
from fanpin.i18n import current_language, day
from fanpin.packs import load_pack
from fanpin.tables import read_households


def add_demo(app: typer.Typer) -> None:
    """Adds the command to the app."""
    command(
        app,
        "demo",
        both("研判一个虚构的小县，看看能得到什么。", "Grade an invented small county, to see what comes out."),
    )(_demo)

    command(
        app, "sample", both("把这个小县的两张表写出来，供练习。", "Write the tables of that county, to try things on.")
    )(_sample)


FolderArgument = Annotated[
    Path,
    typer.Argument(
        metavar=both("文件夹", "FOLDER"), show_default=False, help=both("没有就新建", "made if it is not there")
    ),
]


def _sample(folder: FolderArgument) -> int:
    there = [folder / path.name for path in (sample.HOUSEHOLDS, sample.MEMBERS) if (folder / path.name).exists()]
    if there:
        show_error(screen(stderr=True), *(Problem("file-exists", Place(str(path))) for path in there))
        return FAILED
    folder.mkdir(parents=True, exist_ok=True)
    households, members = sample.write(folder)
    console = screen()
    console.print(say("已写入 {h} 和 {m}", "written: {h} and {m}", h=households, m=members), soft_wrap=True)
    console.print(_grade_line(households, members), soft_wrap=True)
    return OK


def _grade_line(households: object, members: object) -> str:
    return f"fanpin grade {households} -m {members} -p {sample.PACK} --on {sample.DAY}"


def _demo() -> int:
    console = screen()
    pack = load_pack(sample.PACK)
    table = read_households(sample.HOUSEHOLDS, sample.MEMBERS, model=pack.model)
    results = graded(table.rows, pack, sample.DAY)
    persons = sum(len(household.members or ()) for household in table.households)
    said = say(
        "虚构的小县：{h} 户、{p} 人，按规则包“{pack}”，{day}",
        "An invented small county: {h} households, {p} members, graded by the pack '{pack}' on {day}",
        h=len(results), p=persons, pack=read(pack.label), day=day(sample.DAY, current_language()),
    )  # fmt: skip
    console.print(Prose(said, style="bold"))
    console.print()
    console.print(count_table(results, pack))
    console.print(Prose(say(*COUNTED), style="dim"))
    show_table_problems(console, table)
    console.print()
    console.rule(say("其中一户", "One of them"), style="dim")
    shown = next(result for result in results if result.household.household_id == sample.SHOWN)
    show_explanation(console, shown, pack)
    _show_next(console)
    return OK


def _show_next(console: Console) -> None:
    folder = say("示例", "sample")
    steps = [
        (say("规则包里写了什么", "what the pack says"), f"fanpin pack show {sample.PACK}"),
        (say("把示例表格写出来", "the tables of this county"), f"fanpin sample {folder}"),
        (say("自己研判", "grade them"), _grade_line(f"{folder}/households.csv", f"{folder}/members.csv")),
    ]
    console.print()
    console.rule(say("接下来", "Next"), style="dim")
    for what, line in steps:
        console.print(what)
        console.print(Prose(f"  {line}", style="cyan"), soft_wrap=True)
