"""How commands speak the reader's language: texts are written in both, and one is chosen before anything is parsed."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.columns import Columns
from rich.table import Table
from rich.text import Text
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup, TyperOption

from fanpin.cli.prose import Prose
from fanpin.cli.screen import say
from fanpin.i18n import Language, current_language

_BETWEEN = "\x1f"


def both(zh: str, en: str) -> str:
    """A help text in both languages, until `localise` chooses."""
    return f"{zh}{_BETWEEN}{en}"


def _chosen(text: Any, language: Language) -> Any:
    if not isinstance(text, str) or _BETWEEN not in text:
        return text
    zh, en = text.split(_BETWEEN)
    return zh if language == "zh" else en


def localise(command: Any, language: Language) -> None:
    """Choose the language of a command, of its options and of the commands below it."""
    for name in ("help", "short_help", "epilog", "options_metavar", "subcommand_metavar"):
        if hasattr(command, name):
            setattr(command, name, _chosen(getattr(command, name), language))
    for param in command.params:
        param.help = _chosen(param.help, language)
        param.metavar = _chosen(param.metavar, language)
        if param.metavar is None or param.param_type_name == "argument":
            param.display_type_rich = _no_type  # that a file is a <path> and a flag a <bool> helps nobody
    for below in getattr(command, "commands", {}).values():
        localise(below, language)


def _no_type(ctx: object) -> None:
    del ctx


class _WholeTable(Table):
    """A table of the help in which no text is cut: one without blanks, as Chinese is, would end with an ellipsis."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        """A row whose texts break where they may."""
        super().add_row(*map(_whole, cells), **options)


def _whole(cell: Any) -> Any:
    if isinstance(cell, Columns):
        cell.renderables = [_whole(part) for part in cell.renderables]
    return Prose(cell) if isinstance(cell, Text) else cell


def localise_frames() -> None:
    """Choose the language of what typer itself writes around the help, and let it cut nothing."""
    rich_utils.Table = _WholeTable  # type: ignore[attr-defined]  # by which name typer makes its tables
    rich_utils.ARGUMENTS_PANEL_TITLE = say("参数", "Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = say("选项", "Options")
    rich_utils.COMMANDS_PANEL_TITLE = say("命令", "Commands")
    rich_utils.REQUIRED_LONG_STRING = say("（必填）", "[required]")
    rich_utils.DEFAULT_STRING = say("（默认 {{}}）", "[default: {{}}]")


class _Speaks:
    """What typer's commands say of themselves in English only."""

    def get_usage(self, ctx: Any) -> str:
        """The line that shows how to call it."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]  # of typer's class beside it
        return usage.replace("Usage: ", "用法：", 1) if current_language() == "zh" else usage

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        """The option --help."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]  # as above
        if option is not None:
            option.help = say("显示这段说明", "Show this help.")
            option.display_type_rich = _no_type  # type: ignore[method-assign]  # as in `localise`
        return option


class Command(_Speaks, TyperCommand):
    """A command in the reader's language."""


class Group(_Speaks, TyperGroup):
    """A group of commands in the reader's language."""


OPTIONS = both("[选项]", "[OPTIONS]")


def group(help_text: str, **options: Any) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(
        cls=Group, help=help_text, options_metavar=OPTIONS,
        subcommand_metavar=both("命令 [参数]...", "COMMAND [ARGS]..."),
        no_args_is_help=True, add_completion=False, rich_markup_mode="rich", **options,
    )  # fmt: skip


def command(app: typer.Typer, name: str, help_text: str) -> Any:
    """Adds a function to a group as a command."""
    return app.command(name, cls=Command, help=help_text, options_metavar=OPTIONS)


# Options that several commands have


def read_day(text: str) -> date:
    """A day as `--on` takes it."""
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # and no week, nor other digits
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(say("应为日期，例如 2024-06-30", "a day such as 2024-06-30 is needed"))


_DAY = both("日期", "DAY")
HouseholdsArgument = Annotated[
    Path,
    typer.Argument(
        metavar=both("户表", "FILE"), show_default=False,
        help=both("CSV、Excel（.xlsx）或 Parquet，一户一行", "CSV, Excel (.xlsx) or Parquet, one row a household"),
    ),
]  # fmt: skip
MembersOption = Annotated[
    Path | None,
    typer.Option(
        "--members", "-m", metavar=both("成员表", "FILE"),
        help=both(
            "一人一行；是户表那个工作簿的另一张工作表时不用写",
            "one row a member; not needed where they are on another sheet of the same workbook",
        ),
    ),
]  # fmt: skip
_SHEET = both("工作表", "SHEET")
SheetOption = Annotated[
    str | None,
    typer.Option("--sheet", metavar=_SHEET, help=both("户表在哪张工作表", "the sheet of the households")),
]
MembersSheetOption = Annotated[
    str | None,
    typer.Option("--members-sheet", metavar=_SHEET, help=both("成员表在哪张工作表", "the sheet of the members")),
]
CompleteOption = Annotated[
    bool,
    typer.Option(
        "--members-complete", show_default=False,
        help=both("列出的成员就是全部成员", "the members that are listed are all there are"),
    ),
]  # fmt: skip
PackOption = Annotated[
    str,
    typer.Option(
        "--pack", "-p", metavar=both("规则包", "PACK"), show_default=False,
        help=both("规则包的名称或文件夹，见 fanpin packs", "a pack's name or folder; see fanpin packs"),
    ),
]  # fmt: skip
PackArgument = Annotated[
    str,
    typer.Argument(metavar=both("规则包", "PACK"), show_default=False, help=both("名称或文件夹", "its name or folder")),
]
DayOption = Annotated[
    date,
    typer.Option(
        "--on", metavar=_DAY, parser=read_day, show_default=False,
        help=both("研判的日期，例如 2024-06-30", "the day of grading, such as 2024-06-30"),
    ),
]  # fmt: skip
OptionalDayOption = Annotated[
    date | None,
    typer.Option(
        "--on", metavar=_DAY, parser=read_day, show_default=False,
        help=both("检查这一天各参数是否都有值", "check that every parameter has a value on this day"),
    ),
]  # fmt: skip
