"""`fanpin demo`: the invented county, graded and explained."""

import typer
from rich.console import Console
from rich.text import Text

from fanpin import sample
from fanpin.cli import OK
from fanpin.cli.building import both, command
from fanpin.cli.explaining import show_explanation
from fanpin.cli.results import count_table, graded
from fanpin.cli.screen import bullets, heading, read, say, screen, show_table_problems
from fanpin.i18n import current_language, day
from fanpin.packs import load_pack
from fanpin.tables import read_households


def add_demo(app: typer.Typer) -> None:
    """Adds the command to the app."""
    command(app, "demo", both("研判一个虚构的小县，看看能得到什么。", "Grade an invented small county, to see what comes out."))(_demo)


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
    console.print(Text(said, style="bold"))
    console.print()
    console.print(count_table(results, pack))
    console.print(Text(say("户数 / 人数", "households / persons"), style="dim"))
    show_table_problems(console, table)
    console.print()
    console.rule(say("其中一户", "One of them"), style="dim")
    shown = next(result for result in results if result.household.household_id == sample.SHOWN)
    show_explanation(console, shown, pack)
    _show_next(console)
    return OK


def _show_next(console: Console) -> None:
    options = f"--pack {sample.PACK} --on {sample.DAY}"
    console.print()
    console.rule(say("接下来", "Next"), style="dim")
    console.print(bullets([
        say("规则包里写了什么：fanpin pack show {p}", "what the pack says: fanpin pack show {p}", p=sample.PACK),
        say("把示例表格写出来：fanpin sample 文件夹", "write the county's tables: fanpin sample FOLDER"),
        say("研判自己的表：fanpin grade 户表.csv --members 成员表.csv {o} -o 结果.csv",
            "grade your own: fanpin grade households.csv --members members.csv {o} -o results.csv", o=options),
    ]))  # fmt: skip
