"""A county's workbook: read, graded and written as `fanpin grade` does it, beside the Excel libraries alone.

The libraries read the same cells to lists of Python, and write the same result cells, with no look and no grading:
what is above them is what fanpin takes for itself.
"""

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from county import in_turn, seconds
from processes import Run, new_processes
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from fanpin.sample import DAY, PACK, write

HOUSEHOLDS, ROUNDS = 100_000, 3
LIBRARIES, FANPIN = "libraries", "fanpin"
_MOST = 1.6

Cells = Mapping[str, Sequence[Sequence[object]]]  # by sheet, row by row


def measure(households: int = HOUSEHOLDS) -> None:
    """Write the workbook of a county, then time both from file to file, each in new processes."""
    code = "import sys; sys.path.insert(0, {here!r}); import excel; excel.from_file_to_file({folder!r}, {who!r})"
    with tempfile.TemporaryDirectory() as folder, new_processes() as run:
        write(Path(folder), households=households, format="xlsx")
        codes = {
            who: code.format(here=str(Path(__file__).parent), folder=folder, who=who) for who in (FANPIN, LIBRARIES)
        }
        for timed in codes.values():  # what fanpin writes is what the libraries write after it
            run(timed)
        _agree(Path(folder))
        _time(run, codes, households)


def _time(run: Run, codes: Mapping[str, str], households: int) -> None:
    figures = in_turn({who: lambda c=code: float(run(c)) for who, code in codes.items()}, rounds=ROUNDS)  # type: ignore[misc]
    ratio = statistics.median(a / b for a, b in zip(figures[FANPIN], figures[LIBRARIES], strict=True))
    libraries, ours = (statistics.median(figures[who]) for who in (LIBRARIES, FANPIN))
    judged = "met" if ratio <= _MOST else "MISSED"
    print(f"\n| {households:,} households | libraries, s | fanpin, s | ratio | at most | |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    print(f"| workbook to workbook | {libraries:.2f} | {ours:.2f} | {ratio:.2f} | {_MOST:g} | {judged} |", flush=True)


def _agree(folder: Path) -> None:
    """Refuse to time workbooks whose cells are not the same."""
    ours, theirs = (_read(_result(folder, who)) for who in (FANPIN, LIBRARIES))
    assert ours == theirs, "the two workbooks differ"
    rows = sum(map(len, ours.values()))
    print(f"fanpin, libraries: the same cells in {len(ours)} sheets of {rows:,} rows")


def from_file_to_file(folder: str, who: str) -> None:
    """One run, in this process: prints its seconds."""
    source, out = Path(folder) / "county.xlsx", _result(Path(folder), who)
    print(
        _by_fanpin(source, out) if who == FANPIN else _by_libraries(source, out, _read(_result(Path(folder), FANPIN)))
    )


def _result(folder: Path, who: str) -> Path:
    return folder / f"graded by {who}.xlsx"


def _by_fanpin(source: Path, out: Path) -> float:
    from fanpin.cli.results import graded, write_run
    from fanpin.packs import load_pack
    from fanpin.tables import read_county

    pack = load_pack(PACK)
    return seconds(lambda: write_run(graded(read_county(source, model=pack.model), [source], pack, DAY), out, "zh"))


def _by_libraries(source: Path, out: Path, cells: Cells) -> float:
    def both() -> None:
        _read(source)
        _write(out, cells)

    return seconds(both)


def _read(path: Path) -> Cells:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _write(path: Path, cells: Cells) -> None:
    with Workbook(path, {"constant_memory": True}) as book:
        for name, rows in cells.items():
            page = book.add_worksheet(name)
            for row, values in enumerate(rows):
                for at, value in enumerate(values):
                    if isinstance(value, float):
                        page.write_number(row, at, value)
                    elif value != "":
                        page.write_string(row, at, value)
