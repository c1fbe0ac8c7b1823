"""Runs rules on households by every backend and says where they differ. No test itself: tests and long runs use it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import polars as pl
from attrs import frozen

from fanpin.expressions.evaluate import Evaluator, Reading
from fanpin.expressions.nodes import Node, Nodes
from fanpin.expressions.parse import parse
from fanpin.expressions.plain import ymd
from fanpin.expressions.ranges import FactKey, Ranges
from fanpin.expressions.scope import CollectionScope, Scope, Source
from fanpin.expressions.to_polars import to_polars
from fanpin.expressions.to_python import to_python
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, Type
from fanpin.testing import Known
from fanpin.units import Unit

ON = date(2024, 2, 29)
Backend = Callable[[Sequence[Node], Sequence[Known]], list[list[Any]]]


def money(unit: str, lo: float = 0, hi: float = 10**9) -> NumberType:
    return NumberType(Unit.parse(unit), 2, int(lo * 100), int(hi * 100))


SIZE = NumberType(Unit.parse("person"), 0, 1, 12)
FACTS: dict[str, Type] = {
    "wage": money("CNY/year"),
    "spent": money("CNY/year"),
    "net": money("CNY/year", -(10**7), 10**7),
    "per_head": money("CNY/person/year", -(10**7), 10**7),
    "size": SIZE,
    "area": NumberType(Unit.parse("mu"), 2, 0, 10**6),
    "rooms": NumberType(hi=20),
    "floors": NumberType(lo=1, hi=9),
    "rate": NumberType(decimals=2, hi=100),
    "worked": NumberType(Unit.parse("month"), 0, 0, 12),
    "away": NumberType(Unit.parse("day"), 0, 0, 366),
    "poor": BooleanType(),
    "ill": BooleanType(),
    "food": ChoiceType(("met", "at_risk", "not_met")),
    "fuel": ChoiceType(("coal", "wood", "gas"), other=True),
    "moved": DateType(date(1950, 1, 1), date(2050, 12, 31)),
}
MEMBER: dict[str, Type] = {
    "paid": money("CNY/year", 0, 10**7),
    "months": NumberType(Unit.parse("month"), 0, 0, 12),
    "score": NumberType(decimals=1, lo=-50, hi=50),
    "in_school": BooleanType(),
    "relation": ChoiceType(("head", "spouse", "child")),
    "born": DateType(date(1910, 1, 1), date(2030, 12, 31)),
}
BILL: dict[str, Type] = {
    "amount": money("CNY/year", 0, 10**6),
    "insured": BooleanType(),
    "day": DateType(date(2000, 1, 1), date(2030, 12, 31)),
}
PARAMETERS: dict[str, NumberType] = {
    "line": NumberType(Unit.parse("CNY/person/year"), 2, 750000, 750000),
    "large": NumberType(Unit.parse("CNY/year"), 2, 2000000, 2000000),
    "share": NumberType(decimals=2, lo=35, hi=35),
    "limit": NumberType(Unit.parse("person"), 0, 2, 2),
}
VALUES: dict[str, int] = {"line": 750000, "large": 2000000, "share": 35, "limit": 2}
COLLECTIONS = {
    "members": CollectionScope(MEMBER, 12, "person", "size", SIZE),
    "bills": CollectionScope(BILL, 8),
}


def scope() -> Scope:
    """A scope over the test vocabulary, with a table of nodes of its own."""
    return Scope(Nodes(), FACTS, COLLECTIONS, PARAMETERS)


def parsed(texts: Sequence[str], names: Scope) -> list[Node]:
    """The trees of the texts that pass the checks."""
    return [node for text in texts if (node := parse(Source(text), names)[0]) is not None]


@frozen
class Difference:
    """One rule on one household where a backend says something else than the evaluator."""

    rule: int
    household: int
    backend: str
    expected: Any
    got: Any


def by_evaluator(trees: Sequence[Node], known: Known) -> list[tuple[Any, Any]]:
    reading = Reading(known.household, known.rows, known.complete, {**VALUES, "on": ON}, {}, COLLECTIONS)
    evaluator = Evaluator(reading)
    return [evaluator.range(tree) for tree in trees]


def plain_values() -> dict[str, float]:
    return {**VALUES, "on": ymd(ON)}


def by_python(ends: Sequence[Node], households: Sequence[Known]) -> list[list[Any]]:
    function = to_python(ends)
    results = []
    for known in households:
        rows = {
            name: None if listed is None else [SimpleNamespace(**row) for row in listed]
            for name, listed in known.rows.items()
        }
        results.append(list(function(known.household, rows, known.complete, plain_values())))
    return results


def by_polars(ends: Sequence[Node], households: Sequence[Known]) -> list[list[Any]]:
    frame, rows = frames(households)
    outputs = {f"out{i}": end for i, end in enumerate(ends)}
    result = to_polars(frame, rows, plain_values(), outputs).collect()
    return [list(row) for row in result.sort("__row").select(list(outputs)).iter_rows()]


def frames(households: Sequence[Known]) -> tuple[pl.LazyFrame, dict[str, pl.LazyFrame]]:
    """Households as frames, every number and day as the pair of its ends."""
    complete = {f"{c}_complete": [known.complete[c] for known in households] for c in COLLECTIONS}
    frame = _frame([known.household for known in households], FACTS, list(range(len(households))))
    rows = {}
    for name, collection in COLLECTIONS.items():
        listed = [(i, row) for i, known in enumerate(households) for row in known.rows[name] or ()]
        rows[name] = _frame([row for _, row in listed], collection.facts, [i for i, _ in listed]).lazy()
    return frame.with_columns(pl.Series(k, v) for k, v in complete.items()).lazy(), rows


def _frame(records: Sequence[Mapping[str, Any]], facts: Mapping[str, Type], index: Sequence[int]) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {"__row": pl.Series(index, dtype=pl.UInt32)}
    for name, kind in facts.items():
        values = [record[name] for record in records]
        if isinstance(kind, BooleanType):
            columns[name] = pl.Series(values, dtype=pl.Boolean)
        elif isinstance(kind, NumberType | DateType):
            dtype = pl.Date if isinstance(kind, DateType) else pl.Float64 if kind.decimals else pl.Int64
            for end in ("lo", "hi"):
                columns[f"{name}__{end}"] = pl.Series([getattr(v, end, v) for v in values], dtype=dtype)
        else:
            columns[name] = pl.Series(values, dtype=pl.String)
    return pl.DataFrame(columns)


def by_sql(name: str, ends: Sequence[Node], households: Sequence[Known]) -> list[list[Any]]:
    """By a query on a database, over tables of the same columns."""
    from fanpin.expressions.to_sql import to_sql
    from tests.language.sql_engines import answers, engine, load

    if not households or not ends:
        return [[] for _ in households]
    frame, rows = frames(households)
    held: dict[str | None, pl.DataFrame] = {None: frame.collect()}
    held |= {collection: table.collect() for collection, table in rows.items()}
    database = engine(name)
    tables = {
        of: load(database, of or "households", table.rename({"__row": "household_id"})) for of, table in held.items()
    }
    query = to_sql(tables, plain_values(), {f"out{i}": end for i, end in enumerate(ends)}, (), database.dialect)
    return [list(row) for row in answers(database, query)]


def _is_here(name: str) -> bool:
    from tests.language.sql_engines import engine

    try:
        engine(name)
    except (ModuleNotFoundError, ConnectionError):
        return False  # `test_every_backend_is_looked_at` says so, and fails where it must be here
    return True


@cache
def backends() -> Mapping[str, Backend]:
    """Every way of running rules that this machine has."""
    databases = {name: partial(by_sql, name) for name in ("duckdb", "postgres") if _is_here(name)}
    return {"python": by_python, "polars": by_polars, **databases}


def differences(
    trees: Sequence[Node],
    households: Sequence[Known],
    nodes: Nodes,
    complete: frozenset[FactKey] = frozenset(),
    but: Collection[str] = (),
) -> Iterator[Difference]:
    """Where a backend and the evaluator differ; `complete` facts are never missing from these households."""
    ranges = Ranges(nodes, COLLECTIONS, complete)
    ends = [end for tree in trees for end in (ranges.surely(tree), ranges.possibly(tree))]
    expected = [[end for pair in by_evaluator(trees, known) for end in pair] for known in households]
    for name, run in ((name, run) for name, run in backends().items() if name not in but):
        for h, (want, got) in enumerate(zip(expected, run(ends, households), strict=True)):
            for i, (a, b) in enumerate(zip(want, got, strict=True)):
                if a != b:
                    yield Difference(i // 2, h, name, a, b)
