"""Where every record of every file went: the public tables Sources and Quarantine."""

import datetime as dt

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Quarantine, Sources
from loyalty.contracts.raw import FATES
from loyalty.intake.survey import EMPTY

_DATES = ("placed_at", "created_at", "refunded_at", None)
"""What makes a record later than the as-of: of orders, entries, refunds; of members nothing (details B9)."""


def sources(
    files: pl.DataFrame,
    order_rows: pl.DataFrame,
    entry_rows: pl.DataFrame,
    refund_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """One row per file: ``lines = accepted + quarantined + duplicate + superseded`` (contract `Sources`).

    A file set aside whole counts all its lines as quarantined, one that repeats another's bytes as
    duplicate.
    """
    tables = (order_rows, entry_rows, refund_rows, member_rows)
    told = pl.concat(
        rows.select("file", "fate", is_later=pl.lit(value=False) if date is None else pl.col(date) > as_of)
        for rows, date in zip(tables, _DATES, strict=True)
    )
    counts = told.group_by("file").agg(
        *((pl.col("fate") == fate).sum().cast(pl.Int64).alias(fate) for fate in FATES),
        later=((pl.col("fate") == "accepted") & pl.col("is_later")).sum().cast(pl.Int64),
    )
    whole = pl.when(pl.col("reason").is_not_null()).then("lines").otherwise(0)
    counted = (
        files.join(counts, on="file", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col(*FATES, "later").fill_null(0))
        .with_columns(
            quarantined=pl.col("quarantined") + pl.when("is_repeat").then(0).otherwise(whole),
            duplicate=pl.col("duplicate") + pl.when("is_repeat").then(whole).otherwise(0),
        )
    )
    return Sources.validate(counted.select(list(polars_schema(Sources))))


def quarantine(
    files: pl.DataFrame,
    order_rows: pl.DataFrame,
    entry_rows: pl.DataFrame,
    refund_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
) -> pl.DataFrame:
    """One row per (file, line, reason); line 0 where a file is set aside whole (contract `Quarantine`)."""
    whole = files.filter(
        pl.col("reason").is_not_null() & ~pl.col("is_repeat") & (pl.col("reason") != EMPTY)
    ).select("file", pl.lit(0, pl.Int64).alias("line"), "reason", text="shape")
    records = [
        rows.filter(pl.col("fate") == "quarantined")
        .explode("reasons", "shapes")
        .select("file", "line", reason="reasons", text="shapes")
        for rows in (order_rows, entry_rows, refund_rows, member_rows)
    ]
    told = pl.concat([whole, *records]).unique(["file", "line", "reason"], keep="first", maintain_order=True)
    return Quarantine.validate(told.sort("file", "line", "reason"))
