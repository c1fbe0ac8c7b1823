"""`fanpin new-pack`: a county's plugin project in a new folder, which installs and passes its own tests at once."""

from pathlib import Path
from typing import Annotated

import typer

from fanpin.cli import OK
from fanpin.cli.building import both, command
from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, heading, say, screen

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar=both("名称", "NAME"), show_default=False,
        help=both("规则包和文件夹的名称，例如 wo_xian", "name of the pack and its folder, such as our_county"),
    ),
]  # fmt: skip
ExtendsOption = Annotated[
    str,
    typer.Option(
        "--extends", metavar=both("规则包", "PACK"),
        help=both("以哪个规则包为基础，见 fanpin packs", "the pack that it builds on; see fanpin packs"),
    ),
]  # fmt: skip
InOption = Annotated[
    Path,
    typer.Option(
        "--in", metavar=both("文件夹", "FOLDER"), show_default=False,
        help=both("建在哪个文件夹里，默认是当前的", "the folder in which it is made; by default the current one"),
    ),
]  # fmt: skip


def add_new_pack(app: typer.Typer) -> None:
    """Adds the command to the app."""
    text = both(
        "新建一个县的规则包项目，装上就能测。", "Make a county's pack as a project that can be installed and tested."
    )
    command(app, "new-pack", text)(_new_pack)


def _new_pack(name: NameArgument, extends: ExtendsOption = "national", folder: InOption = Path()) -> int:
    from fanpin.scaffold import new_project

    files = new_project(name, folder, extends=extends)
    console, target = screen(), folder / name
    console.print(heading(say("新建了 {folder}", "{folder} is made", folder=target)))
    console.print(bullets(file.relative_to(target).as_posix() for file in files))
    console.print(heading(say("接着：", "Next:")))
    for line in (f"cd {target}", "python -m pip install -e .[test]", f"fanpin pack test {name} --coverage", "pytest"):
        console.print(Prose(f"  {line}"))
    return OK
