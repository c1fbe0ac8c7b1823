"""An invented county to try fanpin on: forty households in five villages, or as many as one likes, as files.

Of the forty there is a log too: what was done for each of them, most of it in good order.

Nobody in it exists. Its region is in no province, its ID numbers are nobody's, and its amounts are made up. Some facts
are missing, some are known only as a range, and some rows are dirty on purpose.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from fanpin.sample.villages import County

__all__ = [
    "A_FEW_VILLAGES",
    "DAY",
    "HOUSEHOLDS",
    "LOG",
    "MEMBERS",
    "MOST",
    "PACK",
    "SHOWN",
    "SHOWN_OF_THEM",
    "WORKFLOW",
    "Format",
    "county",
    "paths",
    "write",
    "write_log",
]

_HERE = Path(__file__).parent
HOUSEHOLDS = _HERE / "households.csv"
MEMBERS = _HERE / "members.csv"
LOG = _HERE / "events.csv"
PACK = "example"  # the pack that goes with it
WORKFLOW = "identification"  # of the log
DAY = date(2024, 6, 30)  # on which its demo grades it, and as of which the log is checked
A_FEW_VILLAGES = 600  # households, of four villages of a county, that the demo grades
SHOWN_OF_THEM = "H0003061"  # as `SHOWN`
MOST = 1_000_000  # households of a county; past it, members would share ID numbers
Format = Literal["csv", "xlsx", "parquet"]
SHOWN = "H007"  # a household with something sure, something open, and something to ask


def county(households: int = 30_000, **options: Any) -> "County":
    """A county of so many households, up to a million, gone through village by village; see `villages.County`.

    >>> villages = list(county(450, dirty=False))
    >>> len(villages), sum(len(village.households) for village in villages)
    (3, 450)
    """
    from fanpin.sample.villages import County

    return County(households, **options)


def write(
    folder: Path,
    *,
    households: int | None = None,
    format: Format = "csv",
) -> tuple[Path, ...]:
    """Write the tables into a folder: those of the forty households, or of a county of so many.

    `households.csv` and `members.csv` of the forty are byte for byte those that are shipped; Excel is one file,
    `county.xlsx`, with a sheet for each.

    >>> import tempfile
    >>> households, members = write(Path(tempfile.mkdtemp()))
    >>> households.read_bytes() == HOUSEHOLDS.read_bytes()
    True
    """
    from fanpin.sample import files

    places = paths(folder, format)
    if households is None:
        from fanpin.sample.forty import forty
        from fanpin.sample.rows import HOUSEHOLD_HEADINGS

        files.write(places, HOUSEHOLD_HEADINGS, [forty()], DAY)
    else:
        whole = county(households)
        files.write(places, whole.headings, whole, DAY)
    return places


def paths(folder: Path, format: Format = "csv") -> tuple[Path, ...]:
    """The files that `write` writes: one of Excel with two sheets, or two."""
    if format == "xlsx":
        return (folder / "county.xlsx",)
    return folder / f"{HOUSEHOLDS.stem}.{format}", folder / f"{MEMBERS.stem}.{format}"


def write_log(folder: Path) -> Path:
    """Write the log of the forty households into a folder, byte for byte as it is shipped: `events.csv`.

    >>> import tempfile
    >>> write_log(Path(tempfile.mkdtemp())).read_bytes() == LOG.read_bytes()
    True
    """
    import csv

    from fanpin.sample.log import HEADINGS, events

    place = folder / LOG.name
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADINGS)
        rows.writerows(events())
    return place
