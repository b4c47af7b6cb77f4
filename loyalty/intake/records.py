"""Where every record of every file went: the public tables Sources and Quarantine."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Quarantine, Sources
from loyalty.contracts.raw import FATES
from loyalty.intake.stage_events import EVENT_DATES
from loyalty.intake.survey import EMPTY

Landed = Mapping[str, pl.DataFrame]
"""Raw tables of records, by name."""

RECORD_DATES: Mapping[str, str | None] = {
    "raw_gokwik__orders": "placed_at",
    "raw_nector__entries": "created_at",
    "raw_refunds": "refunded_at",
    "raw_members": None,
    **EVENT_DATES,
}
"""Every raw table of records with what makes one later than the as-of: of members nothing (details B9)."""


def sources(files: pl.DataFrame, landed: Landed, as_of: dt.datetime) -> pl.DataFrame:
    """One row per file: ``lines = accepted + quarantined + duplicate + superseded`` (contract `Sources`).

    A file set aside whole counts all its lines as quarantined, one that repeats another's bytes as
    duplicate.
    """
    told = pl.concat(
        landed[name].select(
            "file", "fate", is_later=pl.lit(value=False) if date is None else pl.col(date) > as_of
        )
        for name, date in RECORD_DATES.items()
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


def quarantine(files: pl.DataFrame, landed: Landed) -> pl.DataFrame:
    """One row per (file, line, reason); line 0 where a file is set aside whole (contract `Quarantine`)."""
    whole = files.filter(
        pl.col("reason").is_not_null() & ~pl.col("is_repeat") & (pl.col("reason") != EMPTY)
    ).select("file", pl.lit(0, pl.Int64).alias("line"), "reason", text="shape")
    records = [
        landed[name]
        .filter(pl.col("fate") == "quarantined")
        .explode("reasons", "shapes")
        .select("file", "line", reason="reasons", text="shapes")
        for name in RECORD_DATES
    ]
    told = pl.concat([whole, *records]).unique(["file", "line", "reason"], keep="first", maintain_order=True)
    return Quarantine.validate(told.sort("file", "line", "reason"))
