"""DuckDB sees the tables of one folder, and nothing else of this machine."""

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl
import pytest

from loyalty.values.errors import LawError
from resources.warehouse import asked, build_warehouse

AS_OF = dt.datetime(2026, 9, 30, 17, 45, tzinfo=dt.UTC)


def tables(folder: Path) -> Path:
    folder.mkdir(parents=True)
    pl.DataFrame({"n": [3, 1, 2], "names": [["a"], [], None], "seen_at": [AS_OF, None, AS_OF]}).write_parquet(
        folder / "mart_x.parquet"
    )
    pl.DataFrame({"n": [1]}).write_parquet(folder / "mart_y.parquet")
    return folder


def ask(folder: Path, sql: str) -> pl.DataFrame:
    return asked(folder, folder.parent / "scratch", AS_OF, sql)


@pytest.mark.parametrize("name", ["plain", "with 'quotes'", "with [brackets]", "नमस्ते"])
def test_a_query_reads_the_stored_tables_wherever_they_are(tmp_path: Path, name: str) -> None:
    folder = tables(tmp_path / name / "tables")
    found = ask(folder, "SELECT sum(mart_x.n)::BIGINT AS total FROM mart_x JOIN mart_y ON mart_y.n > 0")
    assert found.to_dicts() == [{"total": 6}]


def test_the_as_of_is_known_and_instants_are_utc(tmp_path: Path) -> None:
    found = ask(
        tables(tmp_path / "tables"), "SELECT getvariable('as_of') AS cut, max(seen_at) AS latest FROM mart_x"
    )
    assert found.row(0) == (AS_OF, AS_OF)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "COPY (SELECT 1) TO '/tmp/milaan-was-here.csv'",
        "ATTACH '/tmp/milaan-was-here.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM mart_z",
    ],
)
def test_nothing_else_can_be_reached(tmp_path: Path, sql: str) -> None:
    with pytest.raises(LawError, match="DuckDB cannot answer"):
        ask(tables(tmp_path / "tables"), sql)


def test_the_warehouse_has_a_table_each_and_moves_with_its_home(tmp_path: Path) -> None:
    path = build_warehouse(tables(tmp_path / "tables"), tmp_path / "scratch")
    moved = path.parent.rename(tmp_path / "moved") / path.name
    for parquet in path.parent.glob("*.parquet"):
        parquet.unlink()
    with duckdb.connect(str(moved), read_only=True) as connection:
        assert connection.sql("SHOW TABLES").fetchall() == [("mart_x",), ("mart_y",)]
        assert connection.sql("SELECT n, names FROM mart_x").fetchall() == [(3, ["a"]), (1, []), (2, None)]
    assert str(tmp_path).encode() not in moved.read_bytes()
