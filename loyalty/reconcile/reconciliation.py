"""From numbered leg rows to the public verdict: names joined on, one order of rows."""

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Reconciliation
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import versions
from loyalty.values.times import business_date

SCHEMA = polars_schema(Reconciliation)


def reconciliation(
    leg_rows: pl.DataFrame,
    orders: pl.DataFrame,
    entries: pl.DataFrame,
    member_keys: pl.DataFrame,
    rulebook: Rulebook,
) -> pl.DataFrame:
    """``mart_reconciliation`` from judged LegRows; one row per leg.

    ``cause`` is the only cause of a row that has exactly one (contract §6).
    """
    law = versions(rulebook).select("version_no", "rule_version")
    placed = orders.select("order_no", "order_id", "surface", "placed_at")
    return (
        _with_entry_ids(leg_rows, entries)
        .join(placed, on="order_no", how="left", validate="m:1", maintain_order="left")
        .join(member_keys, on="member_no", how="left", validate="m:1", maintain_order="left")
        .join(law, on="version_no", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            business_date=business_date(pl.coalesce("placed_at", "dated_at")),
            cause=pl.when(pl.col("causes").list.len() == 1).then(pl.col("causes").list.first()),
            first_entry_id=pl.col("entry_ids").list.first(),
        )
        .sort("leg", "order_id", "first_entry_id", "batch_at", "member_id", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .pipe(Reconciliation.validate)
    )


def _with_entry_ids(leg_rows: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Entry numbers as entry ids, in the row's own order."""
    numbered = leg_rows.with_row_index("row_no")
    named = (
        numbered.select("row_no", entry_no="entry_nos")
        .filter(pl.col("entry_no").list.len() > 0)
        .explode("entry_no")
        .join(
            entries.select("entry_no", "entry_id"),
            on="entry_no",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .group_by("row_no", maintain_order=True)
        .agg(entry_ids="entry_id")
    )
    return numbered.join(named, on="row_no", how="left", validate="1:1", maintain_order="left").with_columns(
        pl.col("entry_ids").fill_null(pl.lit([], pl.List(pl.String)))
    )
