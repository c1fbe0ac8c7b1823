"""What tables say that can't be taken as it stands: every backend that reads tables finds it, and reads past it.

No test itself: `test_flaws.py` and the planted faults look at it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from math import floor, inf, nan
from typing import Any

import polars as pl

from fanpin.expressions.nodes import Flaw, In, Node, Nodes
from fanpin.expressions.plain import ymd
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.to_polars import to_polars
from fanpin.expressions.types import ChoiceType, DateType, NumberType
from tests.language.agreement import FACTS, MEMBER, backends, parsed, scope

Said = Mapping[str, Any]
Row = tuple[str, Said, bool, bool]  # a fact, its column or columns, whether that is outside, and finer than counts

NUMBERS: tuple[Row, ...] = (
    ("wage", {"wage": -0.01}, True, False),
    ("wage", {"wage": -0.004}, False, True),
    ("wage", {"wage": 1e9}, False, False),
    ("wage", {"wage": 1e9 + 0.01}, True, False),
    ("wage", {"wage": inf}, True, False),
    ("wage", {"wage": -inf}, True, False),
    ("wage", {"wage": nan}, False, False),
    ("wage", {"wage": None}, False, False),
    ("wage", {"wage": 16.4}, False, False),
    ("wage", {"wage": 16.405}, False, True),
    ("wage", {"wage": -16.405}, True, True),
    ("wage", {"wage__lo": 4.0, "wage__hi": 5.0}, False, False),
    ("wage", {"wage__lo": 5.0, "wage__hi": 4.0}, True, False),
    ("wage", {"wage__lo": 5.0, "wage__hi": None}, False, False),
    ("wage", {"wage__lo": nan, "wage__hi": 7.001}, False, True),
    ("wage", {"wage__lo": 7.001, "wage__hi": 8.0}, False, True),
    ("wage", {"wage__lo": None, "wage__hi": None}, False, False),
    ("wage", {"wage__lo": None, "wage__hi": 1e10}, True, False),
    ("wage", {"wage__lo": -1.0, "wage__hi": 5.0}, True, False),
    ("rooms", {"rooms": 20.0}, False, False),
    ("rooms", {"rooms": 21.0}, True, False),
    ("rooms", {"rooms": 2.5}, True, True),
    ("rooms", {"rooms__lo": 2.0, "rooms__hi": 2.5}, True, True),
    ("net", {"net": -12.34}, False, False),
    ("net", {"net": -12.345}, False, True),
)
DAYS: tuple[Row, ...] = (
    ("moved", {"moved": date(1949, 12, 31)}, True, False),
    ("moved", {"moved": date(1950, 1, 1)}, False, False),
    ("moved", {"moved": date(2050, 12, 31)}, False, False),
    ("moved", {"moved": date(2051, 1, 1)}, True, False),
    ("moved", {"moved": None}, False, False),
    ("moved", {"moved__lo": date(2020, 4, 30), "moved__hi": date(2020, 5, 1)}, False, False),
    ("moved", {"moved__lo": date(2020, 5, 1), "moved__hi": date(2020, 4, 30)}, True, False),
    ("moved", {"moved__lo": date(2020, 5, 1), "moved__hi": None}, False, False),
    ("moved", {"moved__lo": date(1900, 5, 1), "moved__hi": None}, True, False),
)
CHOICES: tuple[Row, ...] = (
    ("food", {"food": "met"}, False, False),
    ("food", {"food": "not_met"}, False, False),
    ("food", {"food": "wet"}, True, False),
    ("food", {"food": ""}, False, False),
    ("food", {"food": None}, False, False),
    ("fuel", {"fuel": "coal"}, False, False),
    ("fuel", {"fuel": "peat"}, False, False),
    ("fuel", {"fuel": ""}, False, False),
)
ROWS = (*NUMBERS, *DAYS, *CHOICES)


def flaws(fact: str, collection: str | None = None) -> dict[str, Node]:
    """The flaws that a fact may have."""
    kind: Any = (FACTS if collection is None else MEMBER)[fact]
    nodes = Nodes()
    found: dict[str, Node] = {"outside": nodes.make(Flaw, fact, collection, "outside", kind)}
    if isinstance(kind, NumberType):
        found["finer"] = nodes.make(Flaw, fact, collection, "finer", kind)
    return found


def read(fact: str) -> dict[str, Node]:
    """Both ends of a fact; of a choice, of whether it is the first of its values."""
    names = scope()
    kind = FACTS[fact]
    if isinstance(kind, ChoiceType):
        tree: Node = names.nodes.make(In, fact, None, frozenset(kind.values[:1]), kind)
    else:
        (tree,) = parsed([fact], names)
    ranges = Ranges(names.nodes)
    return {"lo": ranges.surely(tree), "hi": ranges.possibly(tree)}


def meant(fact: str, said: Said, outside: bool) -> tuple[Any, Any]:
    """What the ends are: what is said, or all that may be."""
    kind = FACTS[fact]
    known = [None if outside or value == "" or value != value else value for value in said.values()]  # noqa: PLR0124  # NaN
    if isinstance(kind, ChoiceType):
        (value,) = known
        return value == kind.values[0], value in (None, kind.values[0])
    assert isinstance(kind, NumberType | DateType)
    lo, hi = (_end(kind, value, end) for value, end in zip((known[0], known[-1]), (kind.lo, kind.hi), strict=True))
    return lo, hi


def _end(kind: NumberType | DateType, value: Any, bound: Any) -> int:
    if isinstance(kind, DateType):
        return ymd(bound if value is None else value)
    return bound if value is None else floor(value * 10**kind.decimals + 0.5)


def wrong_flaws() -> Iterator[str]:
    """Where a backend finds a flaw that is none, misses one, or takes what can't be taken."""
    for fact, said, outside, finer in ROWS:
        outputs = {**read(fact), **flaws(fact)}
        wanted = (*meant(fact, said, outside), outside, finer)[: len(outputs)]
        frame = pl.DataFrame(
            {"household_id": [7], **{name: pl.Series([v], dtype=_dtype(fact)) for name, v in said.items()}}
        )
        for backend in backends().keys() - {"python"}:
            if (found := _found(backend, frame, outputs)) != wanted:
                yield f"{backend}, {said}: {found}, and it is {wanted}"


def _dtype(fact: str) -> Any:
    match FACTS[fact]:
        case ChoiceType():
            return pl.String
        case DateType():
            return pl.Date
    return pl.Float64


def _found(backend: str, frame: pl.DataFrame, outputs: Mapping[str, Node]) -> tuple[Any, ...]:
    if backend == "polars":
        return to_polars(frame.lazy(), {}, {}, outputs, key="household_id").collect().select(*outputs).row(0)
    from fanpin.expressions.to_sql import to_sql
    from tests.language.sql_engines import answers, engine, load

    database = engine(backend)
    query = to_sql({None: load(database, "households", frame)}, {}, outputs, (), database.dialect)
    (row,) = answers(database, query)
    return row
