"""A log cut into parts of whole cases, and the parts worked on side by side."""

from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

import polars as pl

ROWS_OF_A_PART = 200_000

Part = TypeVar("Part", bound=Sized)
Result = TypeVar("Result")
Progress = Callable[[int], None]  # called with the rows done so far
_work: Callable[[Any], Any] | None = None  # of this process


def in_parts(rows: pl.DataFrame, case: str, processes: int = 1) -> Iterator[pl.DataFrame]:
    """The rows in parts that each hold whole cases; the rows of a case stand together."""
    total = len(rows)
    size = min(ROWS_OF_A_PART, max(total // max(processes, 1) + 1, 1))
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
            waiting.append((part, pool.submit(_do, part)))
            if len(waiting) >= 2 * processes:
                first, future = waiting.pop(0)
                yield first, future.result()
        yield from ((part, future.result()) for part, future in waiting)


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603  # what a process works with is sent to it once
    _work = work


def _do(part: Any) -> Any:
    assert _work is not None
    return _work(part)
