"""`fanpin check-log`: an event log checked against a procedure of a pack."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from attrs import frozen
from rich.console import Console

from fanpin.cli import OK, PARTLY
from fanpin.cli.building import both, command, read_day
from fanpin.cli.cases import PackOption, WorkflowOption
from fanpin.cli.outputs import check_outputs
from fanpin.cli.prose import Prose
from fanpin.cli.screen import Steps, bullets, heading, plain_table, read, say, screen, show_missing, show_problems
from fanpin.cli.workflows import workflow_of
from fanpin.errors import DataError, Place, Problem
from fanpin.event_words import words_of
from fanpin.i18n import current_language, number
from fanpin.packs import Pack, load_pack

if TYPE_CHECKING:  # what needs Polars is loaded by the command itself
    from fanpin.cli.log_sheets import Found
    from fanpin.workflow import Workflow

SHOWN, SHOWN_PLACES = 20, 30
FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar=both("办理记录", "FILE"), show_default=False,
        help=both(
            "CSV、Excel（.xlsx）或 Parquet，一件事一行；也可以是放 Parquet 的文件夹",
            "CSV, Excel (.xlsx) or Parquet, one row an event; or a folder of Parquet files",
        ),
    ),
]  # fmt: skip
DayOption = Annotated[
    date,
    typer.Option(
        "--as-of", metavar=both("日期", "DAY"), parser=read_day, show_default=False,
        help=both("截至哪一天，例如 2024-06-30", "as things stand on this day, such as 2024-06-30"),
    ),
]  # fmt: skip
ColumnsOption = Annotated[
    Path | None,
    typer.Option(
        "--columns", metavar=both("对照表", "MAP"), show_default=False,
        help=both("YAML，写明认不出的栏目：case: 单号", "a YAML that names unknown columns: case: case no."),
    ),
]  # fmt: skip
SheetOption = Annotated[
    str | None,
    typer.Option(
        "--sheet", metavar=both("工作表", "SHEET"), show_default=False,
        help=both("办理记录在哪张工作表", "the sheet of the log"),
    ),
]  # fmt: skip
ByTimeOption = Annotated[
    bool,
    typer.Option(
        "--by-time", show_default=False,
        help=both("按时间排序；不写时按表里的先后", "sort by time; else rows are taken in their own order"),
    ),
]  # fmt: skip
ProcessesOption = Annotated[
    int,
    typer.Option(
        "--processes", metavar=both("个数", "NUMBER"), min=1, max=64, help=both("几个进程", "how many processes")
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar=both("文件", "FILE"), show_default=False,
        help=both(
            "结果写成 .xlsx、.csv 或 .parquet；没有后缀的是文件夹：内存放不下的办理记录写进去，中断了可以接着查",
            "results as .xlsx, .csv or .parquet; a name without a suffix is a folder, for logs larger than memory; "
            "there a check that stopped goes on",
        ),
    ),
]  # fmt: skip
ProblemsOption = Annotated[
    Path | None,
    typer.Option(
        "--problems", metavar=both("文件", "FILE"), show_default=False,
        help=both("读不了的行写入这个文件", "write the rows that could not be read into this file"),
    ),
]  # fmt: skip


def add_check_log(app: typer.Typer) -> None:
    """Adds the command to the app."""
    said = both("检查办理记录：每件事是否合乎流程，哪些期限过了。", "Check an event log against a procedure.")
    command(app, "check-log", said)(_check_log)


def _check_log(  # noqa: PLR0913, PLR0917  # each is an option
    file: FileArgument,
    pack: PackOption,
    as_of: DayOption,
    workflow: WorkflowOption = None,
    columns: ColumnsOption = None,
    by_time: ByTimeOption = False,
    processes: ProcessesOption = 1,
    sheet: SheetOption = None,
    out: OutOption = None,
    problems: ProblemsOption = None,
) -> int:
    rules = load_pack(pack)
    asked = _Asked(rules, workflow_of(rules, workflow), file, as_of, columns, by_time, processes, sheet)
    if file.is_dir() or (out is not None and not out.suffix):
        found = asked.on_disk(out, problems)
        written = [out]
    else:
        outputs = _Outputs(out, problems)
        outputs.check([file, *([columns] if columns else [])])
        found = asked.in_memory()
        outputs.write(found)
        written = outputs.all()
    _show(screen(), found, [path for path in written if path is not None])
    clean = not (found.counts["violations"] or found.counts["problems"] or found.counts["refused_cases"])
    return OK if clean and found.counts["cases"] else PARTLY


@frozen
class _Asked:
    """A log, and how it is meant."""

    pack: Pack
    workflow: "Workflow"
    file: Path
    as_of: date
    columns: Path | None
    by_time: bool
    processes: int
    sheet: str | None

    def in_memory(self) -> "Found":
        """The check of a table."""
        from fanpin.cli.log_sheets import Found
        from fanpin.conformance import check_log
        from fanpin.event_tables import read_log
        from fanpin.log_views import counts_of

        with Steps() as steps:
            steps.step(say("读取办理记录", "reading the log"))
            log = read_log(self.file, words_of(self.workflow), columns=self.columns, sheet=self.sheet)
            progress = _progress(steps, len(log.rows))
            check = check_log(
                log, pack=self.pack, as_of=self.as_of, workflow=self.workflow.name, by_time=self.by_time,
                processes=self.processes, progress=progress,
            )  # fmt: skip
        violations, deadlines = check.violations, check.deadlines
        problems = sorted((*check.notes, *check.problems), key=lambda problem: problem.place.row or 0)
        counts = counts_of(check, violations, deadlines)
        return Found(self.pack, self.workflow, self.file, self.as_of, counts, violations.lazy(), deadlines.lazy(),
                     tuple(problems))  # fmt: skip

    def on_disk(self, folder: Path | None, problems: Path | None) -> "Found":
        """The check of a log of any size, into a folder."""
        import polars as pl

        from fanpin.cli.log_sheets import Found
        from fanpin.conformance import check_dataset

        if folder is None or folder.suffix:
            raise DataError(Problem("dataset-needs-folder"))
        if problems is not None or self.sheet is not None:
            raise DataError(Problem("dataset-without-options", Place(folder.name)))
        with Steps() as steps:
            check = check_dataset(
                self.file, folder, pack=self.pack, as_of=self.as_of, workflow=self.workflow.name, columns=self.columns,
                by_time=self.by_time, processes=self.processes, progress=_progress(steps, None),
            )  # fmt: skip
        violations, deadlines = (pl.scan_parquet(folder / f"{n}.parquet") for n in ("violations", "deadlines"))
        refusing = violations.select(pl.col("refusing").sum()).collect().item()
        names = ("cases", "events", "violations", "deadlines", "overrun", "problems", "refused_cases", "later_events",
                 "cut_cases")  # fmt: skip
        counts = {name: getattr(check, name) for name in names}
        counts |= {"as_of": self.as_of, "refusing": refusing}
        return Found(self.pack, self.workflow, self.file, self.as_of, counts, violations, deadlines, check.notes)


def _progress(steps: Steps, total: int | None) -> Callable[[int], None]:
    """`check_log` tells how many rows are done so far, and the bar takes how many more."""
    advance, done = steps.step(say("检查", "checking"), total), [0]

    def told(so_far: int) -> None:
        advance(so_far - done[0])
        done[0] = so_far

    return told


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class _Outputs:
    """The files to write: a workbook with everything; or violations, and beside them deadlines and problems."""

    out: Path | None
    asked: Path | None  # for the problems

    @property
    def is_workbook(self) -> bool:
        return self.out is not None and self.out.suffix.lower() == ".xlsx"

    @property
    def deadlines(self) -> Path | None:
        if self.out is None or self.is_workbook:
            return None
        return self.out.with_name(f"{self.out.stem}.deadlines{self.out.suffix}")

    @property
    def problems(self) -> Path | None:
        if self.asked is not None or self.out is None or self.is_workbook:
            return self.asked
        return self.out.with_name(f"{self.out.stem}.problems.csv")

    def all(self) -> list[Path | None]:
        return [self.out, self.deadlines, self.problems]

    def check(self, inputs: list[Path]) -> None:
        check_outputs(self.all(), inputs)

    def write(self, found: "Found") -> None:
        from fanpin.cli.log_sheets import problems_sheet, sheets_of
        from fanpin.workbooks import Sheet, write

        if self.out is not None:
            plain = [Sheet("violations", found.violations.collect())]
            write(self.out, list(sheets_of(found)) if self.is_workbook else plain, day=found.as_of)
        if self.deadlines is not None:
            write(self.deadlines, [Sheet("deadlines", found.deadlines.collect())], day=found.as_of)
        if self.problems is not None:
            worded = self.problems.suffix.lower() == ".xlsx"
            write(self.problems, [problems_sheet(found, worded=worded)], day=found.as_of)


# ── on the screen ──────────────────────────────────────────────────────────────────────────────────────────────────


def _show(console: Console, found: "Found", written: list[Path]) -> None:
    from fanpin.log_views import head_of

    first, *others = head_of(found.counts, current_language())
    by = say("规则包“{pack}”，流程“{w}”。", "By the pack '{pack}', procedure '{w}': ",
             pack=found.pack.label, w=found.workflow.label)  # fmt: skip
    console.print(Prose(by + first, style="bold"))
    for line in others:
        console.print(Prose(line, style="dim"))
    for by_ in ("kind", "step", "township", "village"):
        if by_ != "village" or not _has(found, "township"):
            _show_counts(console, found, by_)
    _show_lines(console, found)
    missing = [problem for problem in found.problems if problem.code == "missing-parameter"]
    beside = screen(stderr=True)
    unread = [problem for problem in found.problems if problem not in missing]
    if unread:
        beside.print(heading(say("读表时发现的问题", "What was found while reading")))
        show_problems(beside, unread)
    if missing:
        show_missing(beside, missing)
    if written:
        console.print()
        console.print(say("写入 {paths}", "written to {paths}", paths=say("、", ", ").join(map(str, written))),
                      soft_wrap=True)  # fmt: skip


def _has(found: "Found", by: str) -> bool:
    return any(word is not None for word in found.summary(cast(Any, by))[by])


def _show_counts(console: Console, found: "Found", by: str) -> None:
    """Counts by a column, the largest first; nothing where no row has it."""
    from fanpin.cli.log_sheets import COUNTED, KEYS, LATE

    counted = found.summary(cast(Any, by))
    if counted[by].null_count() == len(counted):
        return
    keys = [name for name in COUNTED if name in counted.columns and (name not in LATE or counted[name].sum())]
    ordered = counted.sort("violations", descending=True, maintain_order=True)
    console.print()
    table = plain_table(read(KEYS[cast(Any, by)]))
    for name in keys:
        table.add_column(Prose(read(COUNTED[name])), justify="right", overflow="fold")
    for row in ordered.head(SHOWN_PLACES).iter_rows(named=True):
        table.add_row(Prose(found.label(by, row[by])), *(number(row[key]) if row[key] else "-" for key in keys))
    console.print(table)
    if len(counted) > SHOWN_PLACES:
        more = say("……还有 {n} 行；用 -o 写成文件", "... and {n} more; write them to a file with -o",
                   n=number(len(counted) - SHOWN_PLACES))  # fmt: skip
        console.print(Prose(more, style="bold"))


def _show_lines(console: Console, found: "Found") -> None:
    """The first violations and overrun deadlines, in sentences."""
    import polars as pl

    from fanpin.log_views import deadline_lines, more, violation_lines

    language = current_language()
    overrun = found.deadlines.filter(pl.col("status") == "overrun").sort("due", maintain_order=True)
    for title, rows, lines, total in (
        (say("不合规定的", "Violations"), found.violations, violation_lines, found.counts["violations"]),
        (say("超期未办的", "Overrun"), overrun, deadline_lines, found.counts["overrun"]),
    ):
        if total:
            console.print(heading(title))
            first = rows.head(SHOWN).collect().iter_rows(named=True)
            console.print(bullets([*lines(first, language), *more(total - SHOWN, language)]))
