"""A log cut into parts of whole cases, and the parts worked on side by side."""

from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ProcessPoolExecutor
from io import BytesIO
from math import ceil
from multiprocessing import get_context
from typing import Any, TypeVar

import polars as pl
from attrs import frozen

ROWS_OF_A_PART = 200_000

Part = TypeVar("Part", bound=Sized)
Result = TypeVar("Result")
Progress = Callable[[int], None]  # called with the rows done so far
_work: Callable[[Any], Any] | None = None  # of this process


def in_parts(rows: pl.DataFrame, case: str, processes: int = 1) -> Iterator[pl.DataFrame]:
    """The rows in parts that each hold whole cases, as many for every process; the rows of a case stand together."""
    total, processes = len(rows), max(processes, 1)
    turns = ceil(total / (ROWS_OF_A_PART * processes))
    size = ceil(total / max(turns * processes, 1))
    ends = rows.select((pl.col(case) != pl.col(case).shift(-1)).fill_null(True).arg_true()).to_series()
    start = 0
    while start < total:
        at = ends.search_sorted(min(start + size, total) - 1)
        end = int(ends[at]) + 1 if at < len(ends) else total
        yield rows.slice(start, end - start)
        start = end


def in_processes(
    work: Callable[[Part], Result], parts: Iterable[Part], processes: int, progress: Progress | None = None
) -> Iterator[Result]:
    """The work done on every part, in order; at most two parts a process are on their way."""
    done = 0
    for part, result in _each(work, parts, processes):
        done += len(part)
        if progress is not None:
            progress(done)
        yield result


def _each(work: Callable[[Part], Result], parts: Iterable[Part], processes: int) -> Iterator[tuple[Part, Result]]:
    if processes <= 1:
        yield from ((part, work(part)) for part in parts)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work,)) as pool:
        waiting: list[tuple[Part, Future[Any]]] = []
        for part in parts:
            waiting.append((part, pool.submit(_do, _packed(part))))
            if len(waiting) >= 2 * processes:
                first, future = waiting.pop(0)
                yield first, future.result()
        yield from ((part, future.result()) for part, future in waiting)


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603  # what a process works with is sent to it once
    _work = work


def _do(part: Any) -> Any:
    assert _work is not None
    return _work(pl.read_parquet(part.rows) if isinstance(part, _Packed) else part)


@frozen
class _Packed:
    rows: bytes


def _packed(part: Any) -> Any:
    """A frame goes to another process as Parquet: its words stand in it once, and it is soon unpacked."""
    if not isinstance(part, pl.DataFrame) or pl.Object in part.dtypes:
        return part
    file = BytesIO()
    part.write_parquet(file, compression="lz4", statistics=False)
    return _Packed(file.getvalue())
