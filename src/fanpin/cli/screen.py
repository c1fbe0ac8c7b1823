"""What the commands put on the screen: words in the reader's language, problems, tables."""

import sys
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from fanpin.cli.prose import Prose
from fanpin.errors import Problem
from fanpin.i18n import Label, current_language

if TYPE_CHECKING:
    from fanpin.tables import CountyTable

SHOWN_AT_ONCE = 50  # problems, or households
# Colours of grades that bear a colour's name.
_STYLES = {"red": "bold red", "orange": "bold dark_orange", "yellow": "bold yellow", "blue": "bold blue"}


def say(zh: str, en: str, **values: object) -> str:
    """A text in the reader's language, its `{slots}` filled."""
    return Label(zh, en).say(current_language(), **values)


def read(label: Label) -> str:
    """A label in the reader's language."""
    return label.text(current_language())


def screen(*, stderr: bool = False) -> Console:
    """A console on the process's own stream as it is now. Nothing in what is printed counts as markup."""
    return Console(file=sys.stderr if stderr else sys.stdout, highlight=False, markup=False, emoji=False)


def grade_style(grade: str | None) -> str:
    """How a grade is coloured."""
    return _STYLES.get(grade or "", "")


def heading(text: str) -> Group:
    """A line above a part of a screen."""
    return Group("", Prose(text, style="bold"))


def bullets(texts: Iterable[str], style: str = "", mark: str = "-") -> Table:
    """Texts one below the other, each with a mark."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for text in texts:
        grid.add_row(mark, Prose(text, style=style))
    return grid


def show_problems(console: Console, problems: Sequence[Problem], limit: int = SHOWN_AT_ONCE) -> None:
    """Problems file by file, like ones together and each way out once; at most `limit`, and how many more there are."""
    left, helped = limit, set[str]()
    for file in dict.fromkeys(problem.place.file for problem in problems):
        alike: dict[tuple[str | None, str], list[Problem]] = {}
        for problem in problems:
            if problem.place.file == file:
                key = problem.place.field, problem.sentence(current_language())
                alike.setdefault(key, []).append(problem)
        if file and left > 0:
            console.print(Prose(file, style="cyan"))
        groups = list(alike.values())
        console.print(Padding(_rows_of(groups[: max(left, 0)], helped), (0, 0, 0, 2)))
        left -= len(groups)
    if left < 0:
        more = say("……还有 {n} 种问题", "... and {n} more kinds of problems", n=-left)
        console.print(Prose(more, style="bold"))


def _rows_of(groups: Sequence[Sequence[Problem]], helped: set[str]) -> Table:
    grid = Table.grid(padding=(0, 2))
    places = [_where(problems) for problems in groups]
    if any(places):
        grid.add_column(max_width=34, overflow="fold")
    grid.add_column(overflow="fold", min_width=30)
    for place, (problem, *_) in zip(places, groups, strict=True):
        said = Text(problem.sentence(current_language()))
        way_out = problem.help(current_language())
        if way_out and way_out not in helped:
            helped.add(way_out)
            said.append(f"\n→ {way_out}", style="dim")
        grid.add_row(*([Prose(place, style="cyan")] if any(places) else []), Prose(said))
    return grid


def _where(problems: Sequence[Problem]) -> str:
    rows = [problem.place.row for problem in problems if problem.place.row is not None]
    text = say("第 {rows} 行", "row {rows}", rows=spans(rows)) if rows else ""
    return " ".join(part for part in (text, problems[0].place.field or "") if part)


def spans(numbers: Iterable[int]) -> str:
    """Row numbers in short.

    >>> spans([4, 5, 6, 9])
    '4-6, 9'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number <= runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [f"{first}" if first == last else f"{first}-{last}" for first, last in runs]
    return ", ".join([*said[:8], "..."] if len(said) > 9 else said)


def show_table_problems(console: Console, table: "CountyTable") -> None:
    """What was not read of a table: rows, cells, then columns; nothing where all was."""
    of_rows = table.problems[len(table.columns) :]
    if of_rows:
        bad, cells = len(table.bad_rows), len(of_rows) - len(table.bad_rows)
        said = say("读不了的：{rows} 行，{cells} 格", "Not read: {rows} rows, {cells} cells", rows=bad, cells=cells)
        console.print(heading(said))
        show_problems(console, of_rows)
    if table.columns:
        console.print(heading(say("没有读的列", "Columns not read")))
        show_problems(console, table.columns)


def show_missing(console: Console, problems: Sequence[Problem]) -> None:
    """Parameters that have no value, by day and region, and the rows to paste, all in one piece."""
    places: dict[tuple[object, object], list[Problem]] = {}
    for problem in problems:
        places.setdefault((problem.details["day"], problem.details["region"]), []).append(problem)
    for (day, region), missing in places.items():
        title = say(
            "{n} 个参数在 {day}、地区 {region} 没有值", "{n} parameters have no value on {day} for region {region}",
            n=len(missing), day=day, region=region,
        )  # fmt: skip
        console.print(heading(title))
        console.print(bullets(say("{label}（{name}）", "{label} ({name})", **problem.details) for problem in missing))
    paste = say(
        "粘贴到规则包的 parameters.yaml，再填上数和来源：", "Paste into the pack's parameters.yaml, and fill in:"
    )
    console.print(heading(paste))
    console.print("parameters:", soft_wrap=True)
    for name, rows in _rows_to_paste(problems).items():
        console.print(f"  {name}\n    values:", soft_wrap=True)
        for row in rows:
            console.print(f"      {row}", soft_wrap=True)


def _rows_to_paste(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """The rows of each parameter, which stands once: a key that is written twice is refused."""
    rows: dict[str, list[str]] = {}
    for problem in problems:
        name, _, row = (line.strip() for line in str(problem.details["yaml"]).splitlines())
        rows.setdefault(name, []).append(row)
    return rows


def show_error(console: Console, *problems: Problem) -> None:
    """Why a command can't run: each problem with its place, the line with a caret, and the way out."""
    for problem in problems:
        first, *rest = problem.text(current_language()).splitlines()
        console.print(Prose(first, style="red"), soft_wrap=True)
        for line in rest:
            console.print(Prose(line), soft_wrap=True)


def plain_table(*headings: str, **options: Any) -> Table:
    """A table of few lines, for screens of 80 columns."""
    from rich import box

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, **options)
    for text in headings:
        table.add_column(text, overflow="fold")
    return table


class Steps:
    """On a terminal, beside the output: what is being done, for how long, and how far it is where that is known."""

    def __init__(self) -> None:
        console = screen(stderr=True)
        columns = SpinnerColumn("line"), TextColumn("{task.description}"), BarColumn(30), TimeElapsedColumn()
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

    def __enter__(self) -> "Steps":
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def step(self, text: str, total: int | None = None) -> Callable[[int], None]:
        """The next step; what it gives takes how many more of the total are done."""
        for done in self._progress.task_ids:
            self._progress.remove_task(done)
        task = self._progress.add_task(text, total=total)
        return lambda count: self._progress.advance(task, count)


def print_data(text: str) -> None:
    """Into a pipe or a file: always UTF-8, whatever the screen is in, since it is data."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        buffer.write(text.encode())
        buffer.flush()
