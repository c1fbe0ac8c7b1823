"""`fanpin grade` and `fanpin explain`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import frozen

from fanpin.cli import FAILED, OK, PARTLY
from fanpin.cli.building import (
    CompleteOption,
    DayOption,
    HouseholdsArgument,
    MembersOption,
    MembersSheetOption,
    PackOption,
    SheetOption,
    both,
    command,
)
from fanpin.cli.explaining import Explained, show_explanation
from fanpin.cli.outputs import check_outputs
from fanpin.cli.prose import Prose
from fanpin.cli.screen import (
    Steps,
    heading,
    print_data,
    say,
    screen,
    show_error,
    show_missing,
    show_problems,
    show_table_problems,
)
from fanpin.errors import MissingParameter, Place, Problem, did_you_mean
from fanpin.grading import grade
from fanpin.i18n import Language, current_language, number
from fanpin.packs import load_pack
from fanpin.records import shown_id

if TYPE_CHECKING:  # what needs Polars is loaded by the commands that use it
    from fanpin.cli.results import Run
    from fanpin.tables import CountyTable
    from fanpin.workbooks import Sheet


def _read_headers(text: str) -> str:
    if text in ("code", "label"):
        return text
    raise typer.BadParameter(say("应为 code 或 label", "code or label is needed"))


OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar=both("文件", "FILE"),
        help=both("结果写成 .xlsx、.csv 或 .parquet", "write the results into an .xlsx, .csv or .parquet"),
    ),
]  # fmt: skip
HeadersOption = Annotated[
    str | None,
    typer.Option(
        "--headers", metavar="code|label", parser=_read_headers, show_default=False,
        help=both(
            "表头和取值写代码（code）还是名称（label：黄、因病）；Excel 默认写名称，其他默认写代码",
            "write headings and values as codes or in words (label: yellow, illness); by default words in Excel, "
            "else codes",
        ),
    ),
]  # fmt: skip
PreviousOption = Annotated[
    Path | None,
    typer.Option(
        "--previous", metavar=both("文件", "FILE"),
        help=both("上月写出的结果，用来比较变化", "last month's results, to say what changed"),
    ),
]  # fmt: skip
ProblemsOption = Annotated[
    Path | None,
    typer.Option(
        "--problems", metavar=both("文件", "FILE"),
        help=both(
            "数据问题写入这个文件；不写时，在 Excel 结果里，或在结果旁边",
            "write what is wrong with the data into this file; by default it is in the Excel results, or beside others",
        ),
    ),
]  # fmt: skip
IdArgument = Annotated[
    str,
    typer.Argument(
        metavar=both("户编号", "ID"), show_default=False, help=both("要解释的一户", "the household to explain")
    ),
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all", show_default=False,
        help=both("不成立的风险也逐条说明", "say also why each other risk does not hold"),
    ),
]  # fmt: skip


def add_grading(app: typer.Typer) -> None:
    """Adds the commands to the app."""
    command(app, "grade", both("研判表里的每一户。", "Grade every household of a table."))(_grade)
    command(app, "explain", both("解释一户的研判结果。", "Explain the result of one household."))(_explain)


def _grade(  # noqa: PLR0913, PLR0917  # each is an option
    file: HouseholdsArgument,
    pack: PackOption,
    on: DayOption,
    members: MembersOption = None,
    sheet: SheetOption = None,
    members_sheet: MembersSheetOption = None,
    members_complete: CompleteOption = False,
    out: OutOption = None,
    headers: HeadersOption = None,
    previous: PreviousOption = None,
    problems: ProblemsOption = None,
) -> int:
    from fanpin.cli.results import graded, has_results_of_members
    from fanpin.monthly import read_month
    from fanpin.result_words import ResultWords
    from fanpin.tables import read_county

    inputs = [path for path in (file, members) if path is not None]
    rules = load_pack(pack)
    outputs = _Outputs(out, problems, previous is not None, has_results_of_members(rules))
    outputs.check([*inputs, *([previous] if previous else [])])
    with Steps() as steps:
        steps.step(say("读取表格", "reading the tables"))
        before = None if previous is None else read_month(previous, ResultWords.of(rules.rules))
        county = read_county(
            file, members, model=rules.model, households_sheet=sheet, members_sheet=members_sheet,
            members_complete=members_complete,
        )  # fmt: skip
        steps.step(say("研判", "grading"))
        run = graded(county, inputs, rules, on, before)
        outputs.write(run, headers, steps)
    return _show(run, outputs, headers)


@frozen
class _Outputs:
    """The files to write: the results; what is wrong; beside results of a single table, what changed, and members."""

    out: Path | None
    asked: Path | None  # for the problems
    compares: bool
    of_members: bool

    @property
    def is_workbook(self) -> bool:
        """Whether the results have room for everything."""
        return self.out is not None and self.out.suffix.lower() == ".xlsx"

    @property
    def problems(self) -> Path | None:
        """Where the problems go by themselves."""
        if self.asked is not None or self.out is None or self.is_workbook:
            return self.asked
        return self.out.with_name(f"{self.out.stem}.problems.csv")

    @property
    def changes(self) -> Path | None:
        """Where the changes go by themselves."""
        return self._beside("changes") if self.compares else None

    @property
    def members(self) -> Path | None:
        """Where the results of members go by themselves."""
        return self._beside("members") if self.of_members else None

    def _beside(self, what: str) -> Path | None:
        if self.out is None or self.is_workbook:
            return None
        return self.out.with_name(f"{self.out.stem}.{what}{self.out.suffix}")

    def check(self, inputs: Sequence[Path]) -> None:
        """Before any work is done: that they can be written, and that nothing that is read is written over."""
        check_outputs((self.out, self.problems, self.changes, self.members), inputs)

    def write(self, run: "Run", headers: str | None, steps: Steps) -> None:
        """Write them."""
        from fanpin.cli import results

        def language(path: Path) -> Language | None:
            in_words = headers == "label" or (headers is None and path.suffix.lower() == ".xlsx")
            return current_language() if in_words else None

        if self.out is not None:
            rows = len(run.month.rows)
            results.write_run(
                run, self.out, language(self.out), steps.step(say("写入结果", "writing the results"), rows)
            )
        steps.step(say("写入问题", "writing the problems"))
        beside: list[tuple[Path | None, Callable[[Run, Language | None], Sheet]]] = [
            (self.changes, results.changes_sheet),
            (self.members if run.members is not None else None, results.members_sheet),
            (self.problems, results.problems_sheet),
        ]
        for path, sheet in beside:
            if path is not None:
                results.write_sheet(run, path, sheet(run, language(path)), language(path))


def _show(run: "Run", outputs: _Outputs, headers: str | None) -> int:
    """The households or the results themselves, the counts, and what is wrong; the exit code."""
    from fanpin.cli import summaries
    from fanpin.cli.results import glue_of, missing_of, rows_of
    from fanpin.workbooks import csv_text

    on_screen = outputs.out is not None or sys.stdout.isatty()
    console, beside = screen(stderr=not on_screen), screen(stderr=True)
    if not on_screen:
        language = current_language() if headers == "label" else None
        print_data(csv_text(rows_of(run, language), glue_of(language)))
    elif outputs.out is None:
        summaries.show_households(console, run)
    summaries.show_counts(console, run)
    summaries.show_sums(console, run)
    summaries.show_absent(console, run)
    summaries.show_changes(console, run)
    console.print(Prose(_caption(run, outputs), style="dim"))
    show_table_problems(beside, run.county)
    summaries.show_faults(beside, run)
    missing = missing_of(run)
    if missing:
        beside.print(
            heading(say("缺少参数，有的户没有研判", "Parameters are missing; some households were not graded"))
        )
        show_missing(beside, missing)
    return PARTLY if run.is_partly_read else OK


def _caption(run: "Run", outputs: _Outputs) -> str:
    refused = run.counts.of(bucket=":refused").households
    done = say("共研判 {n} 户", "{n} households graded", n=number(len(run.month.rows) - refused))
    if refused:
        done += say("，未研判 {n} 户", ", {n} not graded", n=number(refused))
    if run.county.blank_rows:
        done += say("，空行 {n}", ", blank rows: {n}", n=number(run.county.blank_rows))
    for path, said in (
        (outputs.out, say("，写入 {path}", ", written to {path}", path=outputs.out)),
        (outputs.changes, say("，变化写入 {path}", ", changes to {path}", path=outputs.changes)),
        (
            outputs.members if run.members is not None else None,
            say("，成员的结果写入 {path}", ", results of members to {path}", path=outputs.members),
        ),
        (outputs.problems, say("，数据问题写入 {path}", ", problems to {path}", path=outputs.problems)),
    ):
        done += said if path is not None else ""
    return done


# Explaining


def _explain(  # noqa: PLR0913, PLR0917  # each is an option
    file: HouseholdsArgument,
    household: IdArgument,
    pack: PackOption,
    on: DayOption,
    members: MembersOption = None,
    sheet: SheetOption = None,
    members_sheet: MembersSheetOption = None,
    members_complete: CompleteOption = False,
    everything: AllOption = False,
) -> int:
    from fanpin.tables import household_of, read_county

    rules = load_pack(pack)
    county = read_county(
        file, members, model=rules.model, households_sheet=sheet, members_sheet=members_sheet,
        members_complete=members_complete,
    )  # fmt: skip
    found = household_of(county, household)
    if found is None:
        return _not_there(county, household, file)
    try:
        assessment = grade(found, pack=rules, on=on)
    except MissingParameter as error:
        show_missing(screen(stderr=True), error.problems)
        return PARTLY
    problems = county.of_household.get(household, ())
    show_explanation(screen(), Explained(found, assessment, problems), rules, everything=everything)
    return PARTLY if problems else OK


def _not_there(county: "CountyTable", household: str, file: Path) -> int:
    console = screen(stderr=True)
    if bad := county.bad_ids.get(household):
        show_problems(console, bad)
        return PARTLY
    known = county.households["household_id"].to_list()
    near = tuple(id_ for id_ in did_you_mean(household, known) if shown_id(id_) == id_)
    show_error(console, Problem("no-household", Place(file.name), {"count": len(known)}, near))
    return FAILED
