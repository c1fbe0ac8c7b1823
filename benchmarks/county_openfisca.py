"""OpenFisca-Core on the same county: arrays in files, a process of its own, and what it found beside what fanpin did.

It knows no missing facts, checks none and counts in single precision, so only households with all facts known are held
to the same results.
"""

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from peers.install import python_of

PEER = "OpenFisca-Core"
_SCRIPT = Path(__file__).parent / "peers" / "openfisca_county.py"


def write_arrays(folder: Path, households: pl.DataFrame, members: pl.DataFrame) -> None:
    """The frames as files of arrays. A missing amount is nothing there."""
    for name, frame in (("households", households), ("members", members)):
        arrays: dict[str, Any] = {of.name: _array(of) for of in frame.get_columns()}
        np.savez(folder / f"{name}.npz", **arrays)


def _array(values: pl.Series) -> Any:
    if values.dtype == pl.String:
        return values.to_numpy().astype(str)
    return (values.fill_null(0) if values.dtype.is_numeric() else values).to_numpy()


def timed(folder: Path) -> tuple[float, float]:
    """The seconds of a run in a new process, and the most bytes that it held."""
    command = [python_of(PEER), str(_SCRIPT), str(folder)]
    took, most = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.split()
    return float(took), float(most)


def agree(folder: Path, households: pl.DataFrame, ours: pl.DataFrame) -> None:
    """Refuse to show figures beside each other of what does not do the same."""
    known = ~households.select(pl.any_horizontal(pl.all().is_null())).to_series()
    found = pl.DataFrame({**np.load(folder / "openfisca.npz")}).filter(known)
    sure = ours.filter(known)
    wrong = found["grade"].replace("clear", None).ne_missing(sure["grade"]) | (found["category"] != sure["category"])
    for risk in found.drop("grade", "category"):
        held = sure["risks"].list.contains(risk.name)
        assert held.n_unique() == 2, f"{risk.name} is not tried both ways"
        wrong |= risk != held
    assert not wrong.any(), f"{PEER} differs on {wrong.sum()} of {len(sure)} households"
