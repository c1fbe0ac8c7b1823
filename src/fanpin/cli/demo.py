"""`fanpin demo` and `fanpin sample`: the invented county, graded and explained, or as files to try things on."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from rich.console import Console

from fanpin import sample
from fanpin.cli import FAILED, OK
from fanpin.cli.building import both, command
from fanpin.cli.explaining import Explained, show_explanation
from fanpin.cli.prose import Prose
from fanpin.cli.screen import read, say, screen, show_error, show_table_problems
from fanpin.errors import Place, Problem
from fanpin.grading import grade
from fanpin.i18n import current_language, day, listing, number
from fanpin.packs import load_pack

if TYPE_CHECKING:
    from fanpin.cli.results import Run


def add_demo(app: typer.Typer) -> None:
    """Adds the command to the app."""
    command(
        app,
        "demo",
        both(
            "研判虚构县的几个村，看看能得到什么，并留下一份 Excel 结果。",
            "Grade a few villages of an invented county, to see what comes out, and leave the results as Excel.",
        ),
    )(_demo)

    command(
        app,
        "sample",
        both(
            "写出虚构的县的户表、成员表和办理记录，供练习。",
            "Write the tables of an invented county, to try things on.",
        ),
    )(_sample)


FolderArgument = Annotated[
    Path,
    typer.Argument(
        metavar=both("文件夹", "FOLDER"), show_default=False, help=both("没有就新建", "made if it is not there")
    ),
]


def _read_count(text: str) -> int:
    if re.fullmatch("[0-9]{1,7}", text) and 1 <= int(text) <= sample.MOST:
        return int(text)
    most = number(sample.MOST)
    raise typer.BadParameter(say("应为 1 至 {n} 之间的整数", "a whole number from 1 to {n} is needed", n=most))


def _read_format(text: str) -> sample.Format:
    for known in get_args(sample.Format):
        if text.lower() == known:
            return cast(sample.Format, known)
    raise typer.BadParameter(say("应为 csv、xlsx 或 parquet", "csv, xlsx or parquet is needed"))


CountOption = Annotated[
    int | None,
    typer.Option(
        "--households", metavar=both("户数", "NUMBER"), parser=_read_count, show_default=False,
        help=both("多少户，最多一百万；默认四十户", "how many, up to a million; forty by default"),
    ),
]  # fmt: skip
FormatOption = Annotated[
    str,
    typer.Option(
        "--format", metavar="csv|xlsx|parquet", parser=_read_format, help=both("文件格式", "what files to write")
    ),
]


def _sample(folder: FolderArgument, households: CountOption = None, format: FormatOption = "csv") -> int:
    kind = cast(sample.Format, format)
    with_log = households is None and kind == "csv"
    there = [path for path in sample.paths(folder, kind) if path.exists()]
    if with_log and (folder / sample.LOG.name).exists():
        there.append(folder / sample.LOG.name)
    if there:
        show_error(screen(stderr=True), *(Problem("file-exists", Place(str(path))) for path in there))
        return FAILED
    folder.mkdir(parents=True, exist_ok=True)
    written = sample.write(folder, households=households, format=kind)
    log = sample.write_log(folder) if with_log else None
    console = screen()
    files = [*written, *([log] if log else [])]
    said = say("已写入 {files}", "written: {files}", files=listing(map(str, files), current_language()))
    console.print(said, soft_wrap=True)
    console.print(_grade_line(*written), soft_wrap=True)
    if log is not None:
        line = f"fanpin check-log {log} -p {sample.PACK} -w {sample.WORKFLOW} --as-of {sample.DAY}"
        console.print(line, soft_wrap=True)
    return OK


def _grade_line(households: object, *members: object) -> str:
    of_members = "".join(f" -m {path}" for path in members)
    return f"fanpin grade {households}{of_members} -p {sample.PACK} --on {sample.DAY}"


# The demo

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar=both("文件", "FILE"), show_default=False,
        help=both("结果写到哪里；默认写在当前文件夹", "where the results go; by default into the current folder"),
    ),
]  # fmt: skip


RESULTS = Path("fanpin-demo-results.xlsx")  # in ASCII, since some systems know no other names


def _demo(out: OutOption = None) -> int:
    from fanpin.cli.results import graded, write_run
    from fanpin.tables import household_of, read_county

    if out is not None and out.exists():
        show_error(screen(stderr=True), Problem("file-exists", Place(str(out))))
        return FAILED
    console = screen()
    pack = load_pack(sample.PACK)
    with tempfile.TemporaryDirectory() as folder:
        (file,) = sample.write(Path(folder), households=sample.A_FEW_VILLAGES, format="xlsx")
        county = read_county(file, model=pack.model)
    run = graded(county, [file], pack, sample.DAY)
    _show_county(console, run)
    show_table_problems(console, county)
    console.print()
    console.rule(say("其中一户", "One of them"), style="dim")
    shown = household_of(county, sample.SHOWN_OF_THEM)
    assert shown is not None, "the sample has it"
    problems = county.of_household.get(sample.SHOWN_OF_THEM, ())
    show_explanation(console, Explained(shown, grade(shown, pack=pack, on=sample.DAY), problems), pack)
    console.print()
    console.rule(say("接下来", "Next"), style="dim")
    path = out or RESULTS
    if path.exists():
        console.print(
            Prose(say("{path} 已经有了，没有改动", "{path} is there already, and was left as it is", path=path))
        )
    else:
        write_run(run, path, current_language())
        console.print(say("全部结果写入了 {path}", "all results are in {path}", path=path), soft_wrap=True)
    _show_next(console)
    return OK


def _show_county(console: Console, run: "Run") -> None:
    from fanpin.cli.summaries import show_counts

    whole = run.counts.of()
    said = say(
        "虚构的小县：Excel 表里 {v} 个村、{h} 户、{p} 人，按规则包“{pack}”，{day}",
        "An invented small county: {v} villages, {h} households, {p} persons from an Excel file, "
        "graded by the pack '{pack}' on {day}",
        v=len(run.counts.villages), h=number(whole.households), p=number(whole.persons),
        pack=read(run.pack.label), day=day(sample.DAY, current_language()),
    )  # fmt: skip
    console.print(Prose(said, style="bold"))
    console.print()
    show_counts(console, run)


def _show_next(console: Console) -> None:
    folder = say("示例", "sample")
    file = f"{folder}/county.xlsx"
    asked = f"-p {sample.PACK} --on {sample.DAY}"
    steps = [
        (say("规则包里写了什么", "what the pack says"), f"fanpin pack show {sample.PACK}"),
        (
            say("把这几个村的表格写出来", "the tables of these villages"),
            f"fanpin sample {folder} --households {sample.A_FEW_VILLAGES} --format xlsx",
        ),
        (say("自己研判", "grade them"), f"fanpin grade {file} {asked}"),
        (say("解释一户", "explain one"), f"fanpin explain {file} {sample.SHOWN_OF_THEM} {asked}"),
    ]
    for what, line in steps:
        console.print(what)
        console.print(Prose(f"  {line}", style="cyan"), soft_wrap=True)
