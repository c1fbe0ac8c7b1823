"""The user's frames in, and the same kind out: Polars, pandas, PyArrow; lazy where they were lazy.

What kind a frame is, its own library says; none is imported that is not there already.
"""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Literal

import polars as pl
from attrs import frozen

from fanpin.errors import missing_extra

Kind = Literal["polars", "lazy", "pandas", "pyarrow", "duckdb"]
KINDS = "Polars (DataFrame, LazyFrame), pandas, PyArrow (Table), DuckDB (relation)"


@frozen
class Frame:
    """A frame as Polars sees it; `eager` where it was held in memory, and may be looked at."""

    kind: Kind
    rows: pl.LazyFrame
    eager: pl.DataFrame | None


def kind_of(frame: Any, name: str) -> Kind:
    """What kind a frame is; TypeError where it is none."""
    if isinstance(frame, pl.DataFrame):
        return "polars"
    if isinstance(frame, pl.LazyFrame):
        return "lazy"
    for kind, module, shape in (
        ("pandas", "pandas", "DataFrame"),
        ("pyarrow", "pyarrow", "Table"),
        ("duckdb", "duckdb", "DuckDBPyRelation"),
    ):
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(frame, getattr(loaded, shape)):
            return kind  # type: ignore[return-value]  # one of those named
    raise TypeError(f"`{name}` is a frame of {KINDS}, not a {type(frame).__name__}")


def opened(frame: Any, name: str) -> Frame:
    """A frame, opened for reading."""
    kind = kind_of(frame, name)
    match kind:
        case "lazy":
            return Frame(kind, frame, None)
        case "polars":
            return Frame(kind, frame.lazy(), frame)
        case "pandas":
            _need_pyarrow()
            held = pl.from_pandas(frame, nan_to_null=True)
            return Frame(kind, held.lazy(), held)
        case "pyarrow":
            held = pl.DataFrame(pl.from_arrow(frame))
            return Frame(kind, held.lazy(), held)
    raise TypeError(f"a {kind} frame is not read by Polars")


def given_back(rows: pl.LazyFrame, kind: Kind) -> Any:
    """The frame in the kind of the one that came in."""
    if kind == "lazy":
        return rows
    held = rows.collect(engine="streaming")
    match kind:
        case "pandas":
            _need_pyarrow()
            return held.to_pandas()
        case "pyarrow":
            return held.to_arrow()
    return held


def _need_pyarrow() -> None:
    """Polars and pandas give each other their frames through it."""
    if find_spec("pyarrow") is None:
        raise missing_extra("pandas", "frames")


def one_kind(frames: Mapping[str, Any]) -> Kind:
    """The kind of several frames, the first of which says what comes back; lazy ones go with eager ones of Polars."""
    kinds = {name: kind_of(frame, name) for name, frame in frames.items()}
    first, *others = kinds.items()
    for name, kind in others:
        if (kind == "duckdb") != (first[1] == "duckdb"):
            raise TypeError(f"`{name}` is of {kind}, and `{first[0]}` of {first[1]}: relations of DuckDB go together")
    if first[1] == "polars" and "lazy" in kinds.values():
        return "lazy"
    return first[1]
