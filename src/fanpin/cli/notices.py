"""`fanpin notice`: a public notice of a pack, as a text or a page to be printed."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanpin.cases import Case, StepRefused
from fanpin.cli import OK
from fanpin.cli.building import MembersOption, SheetOption, both, command, read_day
from fanpin.cli.cases import PackOption, event_number, read_events
from fanpin.cli.outputs import check_place
from fanpin.cli.screen import say, screen, show_problems
from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.household import Household
from fanpin.i18n import Label, current_language
from fanpin.notice_forms import NoticeForm
from fanpin.notices import notice
from fanpin.packs import Pack, load_pack
from fanpin.records import shown_id

if TYPE_CHECKING:
    from fanpin.tables import CountyTable

_FILE, _TEXT = both("文件", "FILE"), both("文字", "TEXT")
NameArgument = Annotated[
    str,
    typer.Argument(
        metavar=both("公示", "NAME"), show_default=False,
        help=both("规则包里的哪一种公示，例如 first_notice", "which notice of the pack, such as first_notice"),
    ),
]  # fmt: skip
HouseholdsOption = Annotated[
    Path,
    typer.Option(
        "--household", metavar=_FILE, show_default=False,
        help=both("户表（CSV、Excel、Parquet），从中取办件的户", "the table with the households of the cases"),
    ),
]  # fmt: skip
CasesOption = Annotated[
    list[Path],
    typer.Option(
        "--case", metavar=_FILE, show_default=False,
        help=both("办件，可以写多次；写法见 fanpin case --help", "a case; may be given again; see fanpin case --help"),
    ),
]  # fmt: skip
PostedOption = Annotated[
    date,
    typer.Option(
        "--posted", metavar=both("日期", "DAY"), parser=read_day, show_default=False,
        help=both("哪一天张贴", "the day on which it is put up"),
    ),
]  # fmt: skip
ContactOption = Annotated[
    str,
    typer.Option(
        "--contact", metavar=_TEXT, show_default=False, help=both("监督电话等联系方式", "where objections go")
    ),
]
IssuerOption = Annotated[
    str, typer.Option("--issuer", metavar=_TEXT, show_default=False, help=both("落款", "who signs it"))
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar=_FILE, show_default=False,
        help=both("写成 .txt 或 .html；不写时显示在屏幕上", "write it as .txt or .html; else it goes to the screen"),
    ),
]  # fmt: skip


def add_notices(app: typer.Typer) -> None:
    """Adds the command to the app."""
    said = both("张贴用的公示：只写可以公开的，姓名遮盖。", "A public notice: what may be told, and names masked.")
    command(app, "notice", said)(_notice)


def _notice(  # noqa: PLR0913, PLR0917  # each is an option
    name: NameArgument,
    pack: PackOption,
    household: HouseholdsOption,
    case: CasesOption,
    posted: PostedOption,
    contact: ContactOption,
    issuer: IssuerOption,
    members: MembersOption = None,
    sheet: SheetOption = None,
    out: OutOption = None,
) -> int:
    from fanpin.tables import read_county

    rules = load_pack(pack)
    if out is not None:
        check_place(out, [household, *case, *([members] if members else [])])
    cases = list(_cases(case, rules, _form(rules, name).workflow))
    county = read_county(household, members, model=rules.model, households_sheet=sheet)
    homes = _homes(cases, county, household)
    made = notice(name, cases, homes, pack=rules, posted=posted, contact=contact, issuer=issuer)
    if out is None:
        print(made.text(current_language()))
    else:
        made.save(out, current_language())
        screen().print(say("已写入 {path}", "written: {path}", path=out), soft_wrap=True)
    return OK


def _form(pack: Pack, name: str) -> NoticeForm:
    form = pack.notices.get(name)
    if form is None:
        details = {"name": name, "kind": Label("公示", "notice")}
        raise DataError(Problem("unknown-name", Place(), details, did_you_mean(name, pack.notices)))
    return form


def _cases(files: Sequence[Path], pack: Pack, workflow: str) -> Iterator[Case]:
    """The cases with their events recorded; `DataError` where one breaks the procedure."""
    for file in files:
        given = read_events(file, pack, workflow, None, None)
        if given.problems:
            raise DataError(*given.problems)
        case = given.open(pack)
        for number, event in enumerate(given.events, 1):
            try:
                case = case.record(event)
            except StepRefused as refused:
                place = Place(file.name, field=event_number(number))
                raise DataError(*(problem.at(place) for problem in refused.problems)) from None
        yield case


def _homes(cases: Sequence[Case], county: "CountyTable", file: Path) -> list[Household]:
    """The household of each case; `DataError` names every one that the table does not have, or could not read."""
    from fanpin.tables import household_of

    known = county.households["household_id"].to_list()
    homes, problems = list[Household](), list[Problem]()
    for case in cases:
        id_ = case.household or (known[0] if len(known) == 1 else "")
        home = household_of(county, id_)
        unread = (*county.bad_ids.get(id_, ()), *county.of_household.get(id_, ()))
        if home is None and not unread:
            near = tuple(other for other in did_you_mean(id_, known) if shown_id(other) == other)
            problems.append(Problem("no-household", Place(file.name), {"count": len(known)}, near))
        elif home is None:
            problems += unread
        else:
            homes.append(home)
            if unread:
                show_problems(screen(stderr=True), unread)
    if problems:
        raise DataError(*problems)
    return homes
