"""Files that a command writes: looked at before any work is done."""

from collections.abc import Iterable, Sequence
from errno import ENOENT
from pathlib import Path

from fanpin.errors import DataError, Problem


def check_outputs(paths: Iterable[Path | None], inputs: Sequence[Path]) -> None:
    """That they can be written, each a table, and that nothing that is read is written over."""
    from fanpin.workbooks import suffix_of

    given = [path for path in paths if path is not None]
    for path in given:
        suffix_of(path)
        check_place(path, inputs)
    if len({path.resolve() for path in given}) < len(given):
        raise DataError(Problem("output-twice"))


def check_place(path: Path, inputs: Sequence[Path]) -> None:
    """That a file can be written there, and that it is none of those that are read."""
    if any(_is_same(path, other) for other in inputs):
        raise DataError(Problem("output-is-input"))
    if path.exists():
        path.open("r+b").close()  # refused where Excel holds it
    elif not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, "", str(path))


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
