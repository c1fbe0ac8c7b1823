"""Event logs checked after the fact (办理过程检查): `observe` over the events of each case, and running deadlines."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

import polars as pl
from attrs import evolve, frozen

from fanpin.cases import HasWorkflows
from fanpin.checking import DEADLINES, ROW, VIOLATIONS, Checked, check_part
from fanpin.errors import Problem
from fanpin.event_columns import NUMBER, EventColumns, column_map, event_columns, numbered, places, times
from fanpin.event_tables import LogTable, as_columns, read_log
from fanpin.event_words import EventWords, words_of
from fanpin.frames import Kind, given_back, opened
from fanpin.i18n import current_language
from fanpin.parts import Progress, in_parts, in_processes
from fanpin.steps import Days
from fanpin.workflow import Workflow, procedure_of


@frozen
class Log:
    """How a log is meant: of which procedure, on which day, in which columns and order."""

    as_of: date
    workflow: str | None = None
    columns: Mapping[str, str] | str | os.PathLike[str] | None = None
    by_time: bool = False

    def column_map(self) -> Mapping[str, str]:
        """The columns that are named."""
        if self.columns is None or isinstance(self.columns, Mapping):
            return self.columns or {}
        return column_map(self.columns)


By = Literal["village", "township", "step", "week", "level", "kind", "rule"]


@frozen(eq=False)
class LogCheck:
    """What came of a log.

    `violations` has one row a violation, in the order of the log: row (from 1), case, household, event, sequence (of
    the event in its case), step, on, rule, kind, refusing, expected, got, over (days past a limit, or missing), days
    (calendar or working ones), source, sentence_zh, sentence_en, help_zh, help_en (what would make it right), level,
    village, township. `deadlines` has one row a running deadline: row (of the case's last event), case, household,
    step, of, rule, since, due, latest, status, over, days, source, sentence_zh, sentence_en, at (where the case
    stands), who_zh, who_en (who may take the step), village, township. Both are frames of the kind that came in, and of
    Polars where a file did; its rows are counted as they stand in it. `problems` names every row that could not be
    read, and `notes` what else is to be known, such as headings of no use and sheets that were left.
    """

    violations: Any
    deadlines: Any
    problems: tuple[Problem, ...]
    cases: int
    events: int
    refused_cases: int  # not checked: a parameter has no value on the day and in the region
    later_events: int  # after `as_of`, left out
    cut_cases: int  # begin with a step that opens none: what came before may not be in the log
    as_of: date
    calendar_until: date  # working days are known until this day
    kind: Kind
    _held: tuple[pl.DataFrame, pl.DataFrame]
    notes: tuple[Problem, ...] = ()

    def summary(self, by: By = "kind") -> Any:
        """How many violations and overrun deadlines there are, by village, township, step, week, level, kind or rule.

        Columns: the key, `violations`, `refusing`, `late_days` and `late_working_days` (the days over limits, added up,
        those of limits in working days by themselves), `cases`, and, where deadlines have the key too, `overrun`.
        """
        violations, deadlines = self._held
        return given_back(summed(violations.lazy(), deadlines.lazy(), by), self.kind)

    @cached_property
    def is_clean(self) -> bool:
        """Whether nothing was wrong and everything could be read."""
        return not (len(self._held[0]) or self.problems or self.refused_cases)

    def __repr__(self) -> str:
        violations, deadlines = self._held
        overrun = deadlines.filter(pl.col("status") == "overrun").height
        return (
            f"<LogCheck {self.as_of}: {self.cases} cases, {self.events} events, {violations.height} violations, "
            f"{overrun} of {deadlines.height} deadlines overrun, {len(self.problems)} problems>"
        )

    def _repr_html_(self) -> str:
        from fanpin.log_views import html_of

        return html_of(self, *self._held, current_language())


def summed(violations: pl.LazyFrame, deadlines: pl.LazyFrame, by: By) -> pl.LazyFrame:
    """Violations and overrun deadlines counted by one of their columns; see `LogCheck.summary`."""
    keyed = violations.with_columns(week=pl.col("on").dt.truncate("1w"))
    counted = keyed.group_by(by).agg(
        violations=pl.len(),
        refusing=pl.col("refusing").sum(),
        late_days=_late("calendar"),
        late_working_days=_late("working"),
        cases=pl.col("case").n_unique(),
    )
    if by in DEADLINES:
        overrun = deadlines.filter(pl.col("status") == "overrun").group_by(by).agg(overrun=pl.len())
        counted = counted.join(overrun, on=by, how="full", coalesce=True, nulls_equal=True)
        counted = counted.with_columns(pl.exclude(by).fill_null(0))
    return counted.sort(by, nulls_last=True)


def _late(days: Days) -> pl.Expr:
    return pl.col("over").filter(pl.col("kind") == "late", pl.col("days") == days).sum()


def checked_log(events: Any, pack: HasWorkflows, log: Log, processes: int, progress: Progress | None) -> LogCheck:
    """Check the events of a frame or file; see `fanpin.conformance.check_log`."""
    procedure = procedure_of(pack.workflows, log.workflow)
    words = words_of(procedure)
    if isinstance(events, str | os.PathLike):
        events = read_log(events, words, columns=log.columns)
    if isinstance(events, LogTable):
        check = checked_log(events.rows, pack, evolve(log, columns=as_columns(events)), processes, progress)
        return _in_file(check, events)
    frame = opened(events, "events")
    rows = frame.rows.collect() if frame.eager is None else frame.eager
    where = event_columns(rows.columns, words, log.column_map())
    ordered = in_order(numbered(rows.lazy(), where).collect(), where, log.by_time, words)
    read = dict.fromkeys((NUMBER, *where.fields.values(), *where.values.values()))
    parts = list(in_parts(ordered.select(*read), where.fields["case"], processes))
    work = Work(pack, procedure.name, where, log.as_of)
    found = list(in_processes(work, parts, processes, progress))
    kind: Kind = "polars" if frame.kind == "lazy" else frame.kind
    check = log_check(found, procedure, log.as_of, kind, pack.region)
    return evolve(check, notes=tuple(where.unused(rows.columns)))


@frozen
class Work:
    """What checking a part takes; sent to other processes."""

    pack: HasWorkflows
    workflow: str
    columns: EventColumns
    as_of: date

    def __call__(self, rows: pl.DataFrame) -> Checked:
        """What comes of a part."""
        words = words_of(self.pack.workflows[self.workflow])
        return check_part(rows, self.columns, words, self.as_of, self.pack.region)


def in_order(rows: pl.DataFrame, where: EventColumns, by_time: bool, words: EventWords) -> pl.DataFrame:
    """Numbered rows, those of one case together and in order, cases as they first come."""
    case = pl.col(where.fields["case"])
    keys: list[pl.Expr] = []
    if "sequence" in where.fields:
        keys.append(places(where.fields["sequence"]))
    if by_time:
        days, instants = times(rows[where.fields["at"]], words.workflow.spec.zone)
        rows = rows.with_columns(days.alias("__day"), instants.alias("__instant"))
        keys = [pl.col("__day"), pl.col("__instant").fill_null(-1)]
    runs = rows.select(case.rle_id().max() + 1).item() if len(rows) else 0
    if keys or runs != rows.select(case.n_unique()).item():
        rows = rows.with_columns(__first=pl.col(NUMBER).min().over(case))
        rows = rows.sort("__first", *keys, NUMBER).drop("__first")
    return rows.drop("__day", "__instant", strict=False)


def log_check(found: Iterable[Checked], procedure: Workflow, as_of: date, kind: Kind, region: str | None) -> LogCheck:
    """The parts put together, in the order of the log."""
    parts = list(found)
    violations = pl.concat([pl.DataFrame(schema=VIOLATIONS), *(part.violations for part in parts)])
    deadlines = pl.concat([pl.DataFrame(schema=DEADLINES), *(part.deadlines for part in parts)])
    held = violations.sort(ROW, maintain_order=True), deadlines.sort(ROW, maintain_order=True)
    problems = sorted(_unlike(parts), key=_row)
    return LogCheck(
        given_back(held[0].lazy(), kind),
        given_back(held[1].lazy(), kind),
        tuple(problems),
        sum(part.cases for part in parts),
        sum(part.events for part in parts),
        sum(part.refused_cases for part in parts),
        sum(part.later_events for part in parts),
        sum(part.cut_cases for part in parts),
        as_of,
        procedure.calendar(region).known_until,
        kind,
        held,
    )


def _in_file(check: LogCheck, table: LogTable) -> LogCheck:
    """The check with each row as the file counts it, and with what of it was not read."""
    numbers = table.numbers.cast(pl.Int64)
    violations, deadlines = (rows.with_columns(numbers.gather(rows[ROW] - 1).alias(ROW)) for rows in check._held)
    placed = (p if p.place.row is None else p.at(table.place(p.place.row)) for p in check.problems)
    problems = sorted((*table.problems, *placed), key=_row)
    return evolve(
        check, violations=violations, deadlines=deadlines, held=(violations, deadlines), problems=tuple(problems),
        notes=(*(note.at(table.place(None)) for note in check.notes), *table.notes),
    )  # fmt: skip


def _row(problem: Problem) -> int:
    return problem.place.row or 0


def _unlike(parts: Iterable[Checked]) -> Iterator[Problem]:
    """The problems of all parts; those of no row, which are about parameters, once each."""
    seen: set[str] = set()
    for part in parts:
        for problem in part.problems:
            if problem.place.row is not None:
                yield problem
            elif (text := problem.text("en")) not in seen:
                seen.add(text)
                yield problem
