"""Laws in SQL, one file each: ``sql/<table>.<law>.sql``. No row found means that the law holds.

The first comment line is the question. DuckDB recomputes every figure from the parquet files; a law never
trusts a sum that polars made. ``getvariable('as_of')`` is the as-of of the run.
"""

import re
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

from assets.catalog import TABLES
from resources.run import Run

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Law:
    """One invariant, asked of the last table that it reads."""

    table: str
    name: str
    question: str
    sql: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Every stored table that the query names, sorted."""
        return tuple(sorted(set(_WORD.findall(self.sql)) & TABLES.keys()))

    def broken(self, run: Run) -> pl.DataFrame:
        """The rows that break it."""
        return run.ask(self.sql)


def laws() -> tuple[Law, ...]:
    """Every law, in order of table and name."""
    found = [path for path in files("checks").joinpath("sql").iterdir() if path.name.endswith(".sql")]
    return tuple(_law(path.name, path.read_text(encoding="utf-8")) for path in sorted(found, key=str))


def _law(file: str, sql: str) -> Law:
    table, name, _ = file.split(".")
    question = sql.splitlines()[0].removeprefix("--").strip()
    return Law(table, name, question, sql)
