"""All commands together, and how a mistake in calling them is said."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

import fanpin
from fanpin.cli import FAILED, OK
from fanpin.cli.building import both, group, localise, localise_frames
from fanpin.cli.cases import add_cases
from fanpin.cli.check_log import add_check_log
from fanpin.cli.demo import add_demo
from fanpin.cli.grading import add_grading
from fanpin.cli.new_pack import add_new_pack
from fanpin.cli.notices import add_notices
from fanpin.cli.packs import add_packs
from fanpin.cli.screen import say, screen, show_error
from fanpin.cli.workflows import add_workflows
from fanpin.errors import FanpinError, Place, Problem, did_you_mean
from fanpin.i18n import current_language

USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]  # of every mistake in a call; it has no public name
_HELP = both(
    "防止返贫动态监测的规则和流程：研判农户、解释结果、检查规则包和办理记录。\n\n先试一试：fanpin demo",
    "Rules and procedures of poverty-relapse monitoring: grade households, explain results, check packs and event logs."
    "\n\nTry first: fanpin demo",
)
_EPILOG = both(
    "退出码：0 一切正常；1 已完成，但有的行或格读不了、缺少参数、一户也没有，或有的事不合流程；2 无法运行",
    "Exit codes: 0 all is well; 1 done, but some rows or cells could not be read, parameters are missing, there was no "
    "household, or something did not keep to its procedure; 2 it could not run",
)


def _build() -> typer.Typer:
    app = group(_HELP, epilog=_EPILOG)
    app.callback()(_everywhere)
    add_demo(app)
    add_grading(app)
    add_packs(app)
    add_new_pack(app)
    add_workflows(app)
    add_cases(app)
    add_check_log(app)
    add_notices(app)
    return app


def _version(asked: bool) -> None:
    if asked:
        print(f"fanpin {fanpin.__version__}")
        raise typer.Exit


def _everywhere(
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="zh|en",
            help=both("语言，默认随系统", "language; by default that of the system"),
            expose_value=True,
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help=both("显示版本", "Show the version."),
            show_default=False,
        ),
    ] = False,
) -> None:
    # `--lang` is read before all else, since the help itself is in that language; here it stands to be shown
    del lang, version


def run(words: Sequence[str]) -> int:
    """Run one command in the reader's language; the exit code."""
    localise_frames()
    command: Any = typer.main.get_command(_build())
    localise(command, current_language())
    try:
        ended = command.main(args=list(words), prog_name="fanpin", standalone_mode=False)
    except USAGE_ERROR as error:
        _show_usage_error(error)
        return FAILED
    except FanpinError as error:
        show_error(screen(stderr=True), *error.problems)
        return FAILED
    except OSError as error:
        show_error(screen(stderr=True), _unwritten(error))
        return FAILED
    return ended if isinstance(ended, int) else OK


def _unwritten(error: OSError) -> Problem:
    """Why a file could not be written; what is read says so itself."""
    place = Place(str(error.filename or ""))
    match error:
        case FileNotFoundError():
            return Problem("folder-not-found", place)
        case PermissionError():
            return Problem("file-busy", place)
    return Problem("file-unwritable", place, {"why": error.strerror or type(error).__name__})


# Mistakes in the call


def _show_usage_error(error: Any) -> None:
    if type(error).__name__ == "NoArgsIsHelpError":  # the help is on the screen already
        return
    console = screen(stderr=True)
    console.print(Text(_said(error), style="red"), soft_wrap=True)
    context = getattr(error, "ctx", None)
    if context is not None:
        line = say("用法见：{path} --help", "see: {path} --help", path=context.command_path)
        console.print(Text(line, style="dim"), soft_wrap=True)


def _said(error: Any) -> str:
    """The mistake in one sentence. What no case knows is said in typer's own words."""
    message: str = error.format_message()
    match type(error).__name__:
        case "MissingParameter":
            return _missing(error.param)
        case "NoSuchOption":
            near = did_you_mean(error.option_name, error.possibilities or _options(error.ctx))
            return say("没有选项 {o}", "there is no option {o}", o=error.option_name) + _suggestion(near)
        case "BadOptionUsage":
            return say("选项 {o} 后面要写一个值", "the option {o} needs a value after it", o=error.option_name)
        case "BadParameter" if error.param is not None:
            return say("{p}：{m}", "{p}: {m}", p=_name(error.param), m=error.message)
    if found := re.search(r"No such command ['\"](.*?)['\"]", message):
        near = did_you_mean(found[1], error.ctx.command.commands)
        return say("没有命令 {c}", "there is no command {c}", c=found[1]) + _suggestion(near)
    if found := re.search(r"unexpected extra argument\S* \((.*)\)$", message):
        return say("多余的参数：{a}", "more arguments than expected: {a}", a=found[1])
    return message


def _missing(param: Any) -> str:
    what = f"{_name(param)}" if param.help is None else say("{n}（{h}）", "{n} ({h})", n=_name(param), h=param.help)
    return say("缺少 {what}", "{what} is missing", what=what)


def _name(param: Any) -> str:
    return str(max(param.opts, key=len)) if param.param_type_name == "option" else str(param.metavar or param.name)


def _options(context: Any) -> list[str]:
    return [option for param in context.command.get_params(context) for option in param.opts if option.startswith("-")]


def _suggestion(near: Sequence[str]) -> str:
    return say("；是不是想写 {n}？", "; did you mean {n}?", n=say("、", " or ").join(near)) if near else ""
