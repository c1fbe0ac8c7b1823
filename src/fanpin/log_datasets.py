"""Logs larger than memory: buckets of whole cases on disk, checked one by one; what stopped goes on where it was."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen

from fanpin.cases import HasWorkflows
from fanpin.checking import DEADLINES, ROW, VIOLATIONS, Checked
from fanpin.errors import DataError, Place, Problem
from fanpin.event_columns import NUMBER, EventColumns, event_columns, numbered
from fanpin.event_words import words_of
from fanpin.log_checks import Log, Work, in_order
from fanpin.parts import Progress, in_processes
from fanpin.workbooks import whole
from fanpin.workflow import procedure_of

ROWS_OF_A_BUCKET = 150_000
ROWS_OF_A_BATCH = 250_000
PLAN, PARTS, READY, SUMMARY = "plan.json", "parts", "ready", "summary.json"
_PROBLEMS = {ROW: pl.Int64, "field": pl.String, "sentence_zh": pl.String, "sentence_en": pl.String}
_SUFFIXES = (".parquet", ".csv")


@frozen
class DatasetCheck:
    """What came of a log on disk; `violations.parquet`, `deadlines.parquet` and `problems.csv` stand in the folder.

    Their columns are those of `LogCheck`.
    """

    folder: Path
    cases: int
    events: int
    violations: int
    deadlines: int
    overrun: int
    problems: int
    refused_cases: int
    later_events: int
    cut_cases: int
    notes: tuple[Problem, ...] = ()  # what else is to be known, such as headings of no use


def checked_dataset(
    source: Path, folder: Path, pack: HasWorkflows, log: Log, processes: int, progress: Progress | None
) -> DatasetCheck:
    """Check a log on disk; see `fanpin.conformance.check_dataset`."""
    rows = _opened(source)
    procedure = procedure_of(pack.workflows, log.workflow)
    headings = rows.collect_schema().names()
    where = event_columns(headings, words_of(procedure), log.column_map())
    notes = tuple(note.at(Place(source.name)) for note in where.unused(headings))
    plan = {
        "source": _files(source), "pack": pack.name, "pack_hash": pack.hash, "workflow": procedure.name,
        "as_of": log.as_of.isoformat(), "fields": dict(where.fields), "values": dict(where.values),
        "by_time": log.by_time,
    }  # fmt: skip
    _begin(folder, plan)
    if (folder / SUMMARY).exists():
        return _finished(folder, notes)
    buckets = _buckets(rows, where, folder / PARTS, is_text=source.suffix.lower() == ".csv")
    work = _BucketWork(Work(pack, procedure.name, where, log.as_of), log.by_time)
    for _ in in_processes(work, buckets, processes, progress):
        pass
    return _finished(folder, notes)


def _opened(source: Path) -> pl.LazyFrame:
    if source.is_dir() and any(source.glob("*.parquet")):
        return pl.scan_parquet(source / "*.parquet")
    if source.suffix.lower() not in _SUFFIXES or not source.is_file():
        raise DataError(Problem("dataset-source", Place(source.name)))
    return pl.scan_parquet(source) if source.suffix.lower() == ".parquet" else pl.scan_csv(source, infer_schema=False)


def _files(source: Path) -> list[list[Any]]:
    files = sorted(source.glob("*.parquet")) if source.is_dir() else [source]
    return [[file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]


def _begin(folder: Path, plan: Mapping[str, Any]) -> None:
    """Note what is checked here; refuse a folder in which something else was."""
    folder.mkdir(parents=True, exist_ok=True)
    noted = folder / PLAN
    if not noted.exists():
        if any(folder.iterdir()):
            raise DataError(Problem("dataset-not-empty", Place(folder.name)))
        _noted(plan, noted)
    elif json.loads(noted.read_text(encoding="utf-8")) != json.loads(json.dumps(plan)):
        raise DataError(Problem("dataset-of-other", Place(folder.name)))


# ── buckets ────────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Bucket:
    """The rows of some whole cases, in a folder of files."""

    folder: Path
    rows: int

    def __len__(self) -> int:
        return self.rows


def _buckets(log: pl.LazyFrame, where: EventColumns, parts: Path, is_text: bool) -> list[Bucket]:
    """The buckets; cut again from the start unless they were all there."""
    if not (parts / READY).exists():
        shutil.rmtree(parts, ignore_errors=True)
        counts = _cut(log, where, parts, is_text)
        _noted(counts, parts / READY)
    counts = json.loads((parts / READY).read_text(encoding="utf-8"))
    return [Bucket(parts / name, rows) for name, rows in sorted(counts.items())]


def _cut(log: pl.LazyFrame, where: EventColumns, parts: Path, is_text: bool) -> dict[str, int]:
    total = log.select(pl.len()).collect(engine="streaming").item()
    bucket_of = pl.col(where.fields["case"]).hash(seed=0) % max(total // ROWS_OF_A_BUCKET, 1)
    counts: dict[str, int] = {}
    for batch_number, batch in enumerate(_batches(log, where, total, is_text)):
        for (bucket,), rows in (
            batch.with_columns(__bucket=bucket_of).partition_by("__bucket", as_dict=True, include_key=False).items()
        ):
            name = f"bucket-{bucket:05d}"
            (parts / name).mkdir(parents=True, exist_ok=True)
            rows.write_parquet(parts / name / f"{batch_number:05d}.parquet", compression="lz4")
            counts[name] = counts.get(name, 0) + len(rows)
    parts.mkdir(parents=True, exist_ok=True)
    return counts


def _batches(log: pl.LazyFrame, where: EventColumns, total: int, is_text: bool) -> Iterator[pl.DataFrame]:
    """The numbered log, some rows at a time.

    Of Parquet they are asked for by their place: reading all of it in batches would hold many groups of rows ahead. A
    text has no places, and is read from its start to its end.
    """
    if is_text:
        yield from numbered(log, where).collect_batches(chunk_size=ROWS_OF_A_BATCH)
        return
    for start in range(0, total, ROWS_OF_A_BATCH):
        yield numbered(log.slice(start, ROWS_OF_A_BATCH), where, start + 1).collect()


@frozen
class _BucketWork:
    """Checks a bucket and writes what comes of it beside it; a bucket that has it already is left."""

    work: Work
    by_time: bool

    def __call__(self, bucket: Bucket) -> None:
        done = bucket.folder / "done.json"
        if done.exists():
            return
        rows = pl.read_parquet(bucket.folder / "?????.parquet").sort(NUMBER)
        words = words_of(self.work.pack.workflows[self.work.workflow])
        checked = self.work(in_order(rows, self.work.columns, self.by_time, words))
        for name in ("violations", "deadlines"):
            _written(getattr(checked, name), bucket.folder / f"{name}.parquet")
        _written(_problems(checked), bucket.folder / "problems.parquet")
        counts = {n: getattr(checked, n) for n in ("cases", "events", "refused_cases", "later_events", "cut_cases")}
        _noted(counts, done)


def _problems(checked: Checked) -> pl.DataFrame:
    rows = [(p.place.row, p.place.field, p.sentence("zh"), p.sentence("en")) for p in checked.problems]
    return pl.DataFrame(rows, _PROBLEMS, orient="row")


def _noted(what: Any, path: Path) -> None:
    with whole(path) as file:
        file.write(json.dumps(what, ensure_ascii=False, indent=1).encode())


def _written(rows: pl.DataFrame, path: Path) -> None:
    with whole(path) as file:
        rows.write_parquet(file)


# ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _finished(folder: Path, notes: tuple[Problem, ...]) -> DatasetCheck:
    """Put the buckets' results together, in the order of the log, and leave only these."""
    summary = folder / SUMMARY
    if not summary.exists():
        counts = dict.fromkeys(("cases", "events", "refused_cases", "later_events", "cut_cases"), 0)
        for found in _done(folder / PARTS):
            counts = {name: counts[name] + found[name] for name in counts}
        for name, schema in (("violations", VIOLATIONS), ("deadlines", DEADLINES)):
            counts[name] = _joined(folder, name, schema)
        counts["problems"] = _problem_list(folder)
        overrun = pl.scan_parquet(folder / "deadlines.parquet").filter(pl.col("status") == "overrun")
        counts["overrun"] = overrun.select(pl.len()).collect().item()
        _noted(counts, summary)
    shutil.rmtree(folder / PARTS, ignore_errors=True)
    return DatasetCheck(folder, **json.loads(summary.read_text(encoding="utf-8")), notes=notes)


def _done(parts: Path) -> Iterator[Mapping[str, int]]:
    yield from (json.loads(path.read_text(encoding="utf-8")) for path in sorted(parts.glob("bucket-*/done.json")))


def _joined(folder: Path, name: str, schema: Mapping[str, pl.DataType]) -> int:
    found = [pl.scan_parquet(path) for path in sorted((folder / PARTS).glob(f"bucket-*/{name}.parquet"))]
    rows = pl.concat([pl.LazyFrame(schema=schema), *found]).sort(ROW, maintain_order=True)
    rows.sink_parquet(folder / f"{name}.parquet")
    return int(pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item())


def _problem_list(folder: Path) -> int:
    """Every row that could not be read; what is about no row stands once."""
    found = [pl.read_parquet(path) for path in sorted((folder / PARTS).glob("bucket-*/problems.parquet"))]
    rows = (
        pl.concat([pl.DataFrame(schema=_PROBLEMS), *found]).unique(maintain_order=True).sort(ROW, maintain_order=True)
    )
    with whole(folder / "problems.csv") as file:
        file.write(b"\xef\xbb\xbf")
        rows.write_csv(file)
    return len(rows)
