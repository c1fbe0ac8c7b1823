"""Event logs checked after the fact (办理过程检查), against the procedure that cases are driven by.

What is found is the concatenation of `Case.observe` over each case, and the deadlines that run on a day.
"""

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanpin.cases import HasWorkflows
from fanpin.errors import missing_extra
from fanpin.i18n import Label

if TYPE_CHECKING:
    from fanpin.log_checks import LogCheck
    from fanpin.log_datasets import DatasetCheck


def check_log(  # noqa: PLR0913  # what a log is, by keyword
    events: Any,
    *,
    pack: HasWorkflows,
    as_of: date,
    workflow: str | None = None,
    columns: Mapping[str, str] | str | os.PathLike[str] | None = None,
    by_time: bool = False,
    processes: int = 1,
    progress: Callable[[int], None] | None = None,
) -> "LogCheck":
    """Check a log of events against a procedure of a pack, as it stands on a day.

    `events` is a frame of Polars, pandas or PyArrow, or the path of a file (Excel, CSV in any encoding, Parquet), with
    one row an event: case, step and time (day, or day and time) at least, under headings that are known or that
    `columns` names: a mapping of field to heading, or a YAML file with one. A sheet other than the first with such
    headings is read by `fanpin.event_tables.read_log`, and what that gives is taken too. Other fields are actor, role,
    level, evidence (papers, with commas between), of (the track, such as a measure), id, sequence, household, region,
    village, township, and the values that the pack's events declare. Steps, roles, levels and papers may be said in the
    pack's words, or in those of its labels and aliases.

    Rows are taken in the order of `sequence` where there is one, else in their own; `by_time` sorts them by time, those
    of one time as they stand. Events after `as_of` are left out, and counted. `workflow` names the procedure where the
    pack has several. `processes` share the work by whole cases; on Windows call it from under
    `if __name__ == "__main__":` then.

    Raises `DataError` where file, columns or procedure can't be made out. Needs the extra `frames`, for Excel `cli`.
    """
    _need_polars()
    from fanpin.log_checks import Log, checked_log

    return checked_log(events, pack, Log(as_of, workflow, columns, by_time), processes, progress)


def check_dataset(  # noqa: PLR0913  # what a log is, by keyword
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    pack: HasWorkflows,
    as_of: date,
    workflow: str | None = None,
    columns: Mapping[str, str] | str | os.PathLike[str] | None = None,
    by_time: bool = False,
    processes: int = 1,
    progress: Callable[[int], None] | None = None,
) -> "DatasetCheck":
    """Check a log on disk, of any size, into a folder.

    `source` is a Parquet or CSV (UTF-8) file, or a folder of Parquet files, with rows as `check_log` takes them.
    `target` then holds `violations.parquet`, `deadlines.parquet` and `problems.csv`. In memory there is a bucket of
    whole cases a process at a time. Called again after it was stopped, it goes on where it was; a folder that holds
    the check of something else is refused. `progress` is called with the number of rows checked so far.

    Raises `DataError`. Needs the extra `frames`.
    """
    _need_polars()
    from fanpin.log_checks import Log
    from fanpin.log_datasets import checked_dataset

    log = Log(as_of, workflow, columns, by_time)
    return checked_dataset(Path(source), Path(target), pack, log, processes, progress)


def _need_polars() -> None:
    try:
        import polars as _  # noqa: F401  # the rooms below are made of it
    except ModuleNotFoundError:
        raise missing_extra(Label("检查办理记录", "checking event logs"), "frames") from None
