"""DuckDB and PostgreSQL, as the tests use them: one connection each, tables out of frames, a query's rows."""

import atexit
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any, Protocol

import polars as pl
from sqlglot import exp

from fanpin.expressions.layout import Layout
from fanpin.expressions.to_sql import Dialect, Table
from scripts.postgres import VARIABLE, server

TYPES: Mapping[Any, str] = {
    pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Datetime: "TIMESTAMP", pl.Float32: "REAL",
    pl.Float64: "DOUBLE PRECISION",
    pl.Int16: "SMALLINT", pl.Int32: "INTEGER", pl.Int64: "BIGINT", pl.UInt32: "BIGINT", pl.String: "TEXT",
    pl.Null: "DOUBLE PRECISION",
}  # fmt: skip


class Engine(Protocol):
    """A database with a session open."""

    dialect: Dialect

    def run(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of a query; of a statement none."""

    def insert(self, table: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
        """Rows into a table."""


class DuckDB:
    dialect: Dialect = "duckdb"

    def __init__(self) -> None:
        import duckdb

        self.connection = duckdb.connect(config={"threads": 2})

    def run(self, text: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(text).fetchall()

    def insert(self, table: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
        marks = ", ".join([f"({', '.join('?' * width)})"] * len(rows))
        self.connection.execute(f"INSERT INTO {table} VALUES {marks}", [value for row in rows for value in row])


class PostgreSQL:
    dialect: Dialect = "postgres"

    def __init__(self) -> None:
        import psycopg

        stack = ExitStack()
        address = os.environ.get(VARIABLE) or stack.enter_context(server())
        atexit.register(stack.close)  # after the server's folder was made: what is registered last is done first
        try:
            self.connection = stack.enter_context(psycopg.connect(address, autocommit=True))
        except psycopg.OperationalError as error:
            raise ConnectionError(str(error)) from error

    def run(self, text: str) -> list[tuple[Any, ...]]:
        done = self.connection.execute(text)
        return done.fetchall() if done.description else []

    def insert(self, table: str, width: int, rows: Sequence[Sequence[Any]]) -> None:  # noqa: ARG002  # an Engine
        with self.connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


ENGINES: Mapping[str, type[Engine]] = {"duckdb": DuckDB, "postgres": PostgreSQL}


@cache
def engine(name: str) -> Engine:
    """The engine of this name, connected once; ModuleNotFoundError or ConnectionError where it is away."""
    return ENGINES[name]()


def load(to: Engine, name: str, frame: pl.DataFrame, types: Mapping[str, str] | None = None) -> Table:
    """A table out of a frame that names its households in `household_id`; `types` may say other types of columns."""
    columns = {column: (types or {}).get(column, TYPES[dtype.base_type()]) for column, dtype in frame.schema.items()}
    to.run(f'DROP TABLE IF EXISTS "{name}"')
    declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    to.run(f'CREATE TEMP TABLE "{name}" ({declared})')
    if frame.height:
        to.insert(f'"{name}"', frame.width, frame.rows())
    return Table(name, Layout.of(frame.columns))


def answers(of: Engine, query: exp.Select) -> Iterator[tuple[Any, ...]]:
    """The rows of a query in the order of their households, without these."""
    for row in sorted(of.run(query.sql(of.dialect))):
        yield row[1:]
