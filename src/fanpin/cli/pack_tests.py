"""`fanpin pack test`: the cases beside a pack, what differs from them and why, and what they leave untested."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.padding import Padding

from fanpin.cli import OK, PARTLY
from fanpin.cli.building import PackArgument, both, command
from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, heading, read, say, screen
from fanpin.i18n import current_language
from fanpin.packs import Pack, load_pack

if TYPE_CHECKING:
    from fanpin.testing import Coverage, Ran, Untested

CasesOption = Annotated[
    Path | None,
    typer.Option(
        "--cases", metavar=both("文件", "FILE"), show_default=False,
        help=both("例子的文件，默认是规则包旁边的 cases.yaml", "file of cases; by default cases.yaml beside the pack"),
    ),
]  # fmt: skip
CoverageOption = Annotated[
    bool,
    typer.Option(
        "--coverage", show_default=False,
        help=both(
            "还列出没有例子的：从未成立或从未不成立的规则，没有试过的分界",
            "also list what has no case: rules that never hold or never fail, boundaries that are not tested",
        ),
    ),
]  # fmt: skip
AllOption = Annotated[
    bool,
    typer.Option(
        "--inherited", show_default=False,
        help=both("也列出所继承的规则里没有例子的", "list what is inherited and has no case, too"),
    ),
]  # fmt: skip


def add_pack_tests(pack: typer.Typer) -> None:
    """Adds the command to the group of packs."""
    text = both("逐个核对规则包的例子（cases.yaml）。", "Run the cases of a pack (cases.yaml).")
    command(pack, "test", text)(_test)


def _test(
    pack: PackArgument, cases: CasesOption = None, covered: CoverageOption = False, inherited: AllOption = False
) -> int:
    from fanpin.testing import cases_file, coverage, read_cases, run_case

    loaded, console = load_pack(pack), screen()
    ran = [run_case(loaded, case) for case in read_cases(cases or cases_file(pack))]
    failed = [one for one in ran if not one.passed]
    for one in failed:
        _show(console, one)
    _show_count(console, loaded, ran, failed)
    if covered or inherited:
        _show_coverage(console, coverage(loaded, ran, folder=cases_file(pack).resolve().parent.name), inherited)
    return PARTLY if failed else OK


def _show(console: Console, ran: "Ran") -> None:
    """A case that did not come out as written: where it stands, each difference, and why."""
    place = ran.case.place
    console.print(Prose(f"{ran.case.name} ({place.file}:{place.line})", style="bold red"))
    for difference in ran.differences:
        first, *rest = difference.text(current_language()).splitlines()
        console.print(Padding(Prose(first), (0, 0, 0, 2)))
        for line in rest:
            console.print(Padding(Prose(line.strip(), style="dim"), (0, 0, 0, 6)))
    console.print()


def _show_count(console: Console, pack: Pack, ran: "Sequence[Ran]", failed: "Sequence[Ran]") -> None:
    names = {"label": read(pack.label), "n": len(ran), "f": len(failed)}
    if failed:
        said = say("{label}：{n} 例，{f} 例与所写不同。", "{label}: {n} cases, {f} of them not as written.", **names)
    else:
        said = say("{label}：{n} 例，都与所写相同。", "{label}: {n} cases, all as written.", **names)
    console.print(Prose(said, style="bold red" if failed else "green"))


def _show_coverage(console: Console, found: "Coverage", inherited: bool) -> None:
    for own in (True, False):
        reached, of = found.count(own)
        if not of:
            continue
        what = say("这个规则包自己的", "of its own") if own else say("继承的", "inherited")
        said = say(
            "{what}规则和分界：{of} 处中 {n} 处有例子",
            "Rules and boundaries {what}: cases for {n} of {of}", what=what, n=reached, of=of,
        )  # fmt: skip
        console.print(heading(said))
        if own or inherited:
            console.print(bullets(map(_line, _of(found.untested, own))))
    if not inherited and found.count(False)[0] < found.count(False)[1]:
        console.print(Prose(say("加上 --inherited 列出继承的", "--inherited lists those inherited"), style="dim"))


def _of(untested: "Iterable[Untested]", own: bool) -> "Iterable[Untested]":
    return (one for one in untested if one.own == own)


def _line(one: "Untested") -> str:
    from fanpin.testing.coverage import KINDS

    name = one.name.partition(": ")[0] if one.kind == "boundary" else one.name
    return say(
        "{kind}“{label}”（{name}）：{said}", "{kind} '{label}' ({name}): {said}",
        kind=KINDS[one.kind], label=one.label, name=name, said=one.said,
    )  # fmt: skip
