"""Contracts asked of what was stored: the file is read back and judged as a collected frame."""

import pandera.errors
import polars as pl

from assets.catalog import TABLES
from resources.run import Run

_FAILURE = {"schema": pl.String, "column": pl.String, "check": pl.String, "failure_case": pl.String}


def breaches(run: Run, table: str) -> pl.DataFrame:
    """What of a stored table its contract refuses, ``column, check, failure_case``; one row per failure."""
    try:
        TABLES[table].validate(run.build.read(table), lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases: pl.DataFrame = error.failure_cases
        return cases.select(pl.col("column", "check", "failure_case").cast(pl.String))
    return pl.DataFrame(schema=_FAILURE).drop("schema")
