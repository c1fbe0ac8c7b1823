"""`fanpin pack to-excel` and `from-excel`: a pack as a workbook, and back."""

from pathlib import Path
from typing import Annotated

import typer

from fanpin.cli import OK
from fanpin.cli.building import PackArgument, both, command
from fanpin.cli.outputs import check_place
from fanpin.cli.prose import Prose
from fanpin.cli.screen import read, say, screen, show_error
from fanpin.errors import DataError, Place, Problem

_FILE, _FOLDER = both("文件", "FILE"), both("文件夹", "FOLDER")
BookArgument = Annotated[
    Path,
    typer.Argument(
        metavar=both("工作簿", "FILE"), show_default=False,
        help=both("to-excel 写出、改过的工作簿（.xlsx）", "a workbook (.xlsx) that to-excel wrote"),
    ),
]  # fmt: skip
BookOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar=_FILE, show_default=False, help=both("工作簿写到哪里", "where it goes")),
]
FolderOption = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar=_FOLDER, show_default=False,
        help=both("规则包的文件夹，可以是新的", "the folder of the pack, which may be new"),
    ),
]  # fmt: skip
ReplaceOption = Annotated[
    bool,
    typer.Option(
        "--replace", show_default=False,
        help=both("替换已经有的文件", "replace what is there"),
    ),
]  # fmt: skip


def add_pack_books(pack: typer.Typer) -> None:
    """Adds the commands to the group of packs."""
    to_help = both("规则包写成 Excel 工作簿，在表里改。", "A pack as an Excel workbook, to be changed there.")
    command(pack, "to-excel", to_help)(_to_excel)
    from_help = both(
        "检查改好的工作簿，写成规则包；有错指出哪张表哪一格。",
        "Check such a workbook and write it as a pack; mistakes are told by sheet and cell.",
    )
    command(pack, "from-excel", from_help)(_from_excel)


def _to_excel(pack: PackArgument, out: BookOption, replace: ReplaceOption = False) -> int:
    from fanpin.packs.to_excel import to_excel

    if out.suffix.lower() != ".xlsx":
        raise DataError(Problem("output-suffix", Place(str(out)), {"known": ".xlsx"}))
    if out.exists() and not replace:
        raise DataError(Problem("file-exists", Place(str(out))))
    check_place(out, ())
    written = to_excel(pack, out)
    said = say("“{label}”写成了 {file}", "{label} is written to {file}", label=read(written.label), file=out)
    screen().print(Prose(said))
    if base := written.shape.extends:
        part = say(
            "里面是它自己写的；基础包“{base}”的不在内，名称列在“可用名称”表",
            "it holds what the pack says itself; the names that its base '{base}' has are on the sheet 可用名称",
            base=base,
        )
        screen().print(Prose(part))
    way = say("改好以后：", "once it is changed: ")
    screen().print(f"{way}fanpin pack from-excel {out} -o {out.stem}", soft_wrap=True, markup=False)
    return OK


def _from_excel(book: BookArgument, out: FolderOption, replace: ReplaceOption = False) -> int:
    from fanpin.packs.from_excel import from_excel

    written = from_excel(book, out, replace=replace)
    said = say("“{label}”检查无误，写成了 {folder}", "{label} is well formed, and written to {folder}",
               label=read(written.label), folder=out)  # fmt: skip
    screen().print(Prose(said))
    screen().print(Prose(say("内容指纹 {hash}", "hash of its content {hash}", hash=written.hash), style="dim"))
    if written.remarks:
        show_error(screen(), *written.remarks)
    return OK
