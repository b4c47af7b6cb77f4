"""DuckDB, the second reader: it audits what polars stored and keeps the tables for people who speak SQL.

A connection sees the tables of one folder and nothing else: no other file, no extension, no network.
"""

import datetime as dt
import re
from pathlib import Path

import duckdb
import polars as pl

from loyalty.values.errors import LawError
from resources.tables import parts_of, stored_tables

WAREHOUSE = "warehouse.duckdb"
_WORD = re.compile(r"\w+")
_BOTH_SIDES = """
    CREATE MACRO both_sides() AS (
        SELECT count(DISTINCT kind) = 2 FROM raw_files
        WHERE reason IS NULL AND kind IN ('gokwik_orders', 'nector_ledger'))
"""
"""Whether orders and a ledger are both there: with one of them nothing is judged (details I6)."""


def asked(tables: Path, scratch: Path, as_of: dt.datetime, sql: str) -> pl.DataFrame:
    """The rows that a query finds in the stored tables of a folder; ``getvariable('as_of')`` is the as-of.

    Raises:
        LawError: The query does not fit the tables.
    """
    try:
        with duckdb.connect(":memory:") as connection:
            _prepare(connection, tables, scratch, as_of, set(_WORD.findall(sql)))
            return connection.sql(sql).pl()
    except duckdb.Error as error:
        raise LawError(f"DuckDB cannot answer: {str(error).splitlines()[0]}") from error


def _prepare(
    connection: duckdb.DuckDBPyConnection, tables: Path, scratch: Path, as_of: dt.datetime, named: set[str]
) -> None:
    """The named tables as views, the as-of as a variable, and every other door shut."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET temp_directory = {_quoted(str(scratch))}")
    connection.execute(f"SET VARIABLE as_of = TIMESTAMPTZ {_quoted(as_of.isoformat())}")
    for table, path in stored_tables(tables):
        if table in named | {"raw_files"}:
            connection.execute(f'CREATE VIEW "{table}" AS FROM {_read(path)}')
    if "both_sides" in named:
        connection.execute(_BOTH_SIDES)
    connection.execute(f"SET allowed_directories = [{_quoted(str(tables))}, {_quoted(str(scratch))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def build_warehouse(tables: Path, scratch: Path) -> Path:
    """``warehouse.duckdb`` beside the parquet files, with a table each; ``scratch`` is where it may spill.

    Tables rather than views: a view would hold the path of this home, which may move.
    """
    path = tables / WAREHOUSE
    with duckdb.connect(str(path), config={"threads": 1, "temp_directory": str(scratch)}) as connection:
        for table, stored in stored_tables(tables):
            connection.execute(f'CREATE TABLE "{table}" AS FROM {_read(stored)}')
        connection.execute("CHECKPOINT")
    return path


def _read(path: Path) -> str:
    return f"read_parquet([{', '.join(_quoted(str(part)) for part in parts_of(path))}])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
