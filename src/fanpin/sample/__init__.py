"""An invented small county to try fanpin on: forty households in five villages, as a county would have them in Excel.

Nobody in it exists. Its region is in no province, its ID numbers are nobody's, and its amounts are made up. Some facts
are missing, some are known only as a range, and some rows are dirty on purpose.
"""

from datetime import date
from pathlib import Path

__all__ = ["DAY", "HOUSEHOLDS", "MEMBERS", "PACK", "SHOWN", "write"]

_HERE = Path(__file__).parent
HOUSEHOLDS = _HERE / "households.csv"
MEMBERS = _HERE / "members.csv"
PACK = "example"  # the pack that goes with it
DAY = date(2024, 6, 30)  # on which its demo grades it
SHOWN = "H007"  # a household with something sure, something open, and something to ask


def write(folder: Path) -> tuple[Path, Path]:
    """Write `households.csv` and `members.csv` into a folder, byte for byte those that are shipped.

    >>> import tempfile
    >>> households, members = write(Path(tempfile.mkdtemp()))
    >>> households.read_bytes() == HOUSEHOLDS.read_bytes()
    True
    """
    from fanpin.sample.county import invent

    county = invent()
    paths = folder / HOUSEHOLDS.name, folder / MEMBERS.name
    for path, rows in zip(paths, (county.households, county.members), strict=True):
        # with the mark by which Excel knows UTF-8
        path.write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8-sig", newline="\n")
    return paths
