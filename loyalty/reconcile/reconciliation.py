"""From numbered leg rows to the public verdict: names joined on, one order of rows."""

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Reconciliation
from loyalty.reconcile.rows import in_order
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import versions
from loyalty.values.frames import beside
from loyalty.values.times import business_date

SCHEMA = polars_schema(Reconciliation)


def reconciliation(
    leg_rows: pl.DataFrame,
    orders: pl.DataFrame,
    entries: pl.DataFrame,
    member_keys: pl.DataFrame,
    rulebook: Rulebook,
) -> pl.DataFrame:
    """``mart_reconciliation`` from judged LegRows; one row per leg, by leg, order, first entry, batch and member.

    ``cause`` is the only cause of a row that has exactly one (contract §6).
    """
    law = versions(rulebook).select("version_no", "rule_version")
    placed = orders.select("order_no", "order_id", "surface", "placed_at")
    return (
        in_order(leg_rows)
        .pipe(_with_entry_ids, entries)
        .pipe(beside, placed, "order_no")
        .pipe(beside, member_keys, "member_no")
        .pipe(beside, law, "version_no")
        .with_columns(
            business_date=business_date(pl.coalesce("placed_at", "dated_at")),
            cause=pl.when(pl.col("causes").list.len() == 1).then(pl.col("causes").list.first()),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .pipe(Reconciliation.validate)
    )


def _with_entry_ids(leg_rows: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Entry numbers as entry ids, in the row's own order. Nearly every row has one entry: no list is made for it."""
    ids = entries.select("entry_no", "entry_id")
    count = pl.col("entry_nos").list.len()
    named = leg_rows.select(entry_no=pl.when(count == 1).then(pl.col("entry_nos").list.first())).pipe(
        beside, ids, "entry_no"
    )
    several = (
        leg_rows.select("entry_nos", row_no=pl.int_range(pl.len()))
        .filter(count > 1)
        .explode("entry_nos")
        .pipe(beside, ids.rename({"entry_no": "entry_nos"}), "entry_nos")
        .group_by("row_no", maintain_order=True)
        .agg(entry_ids="entry_id")
    )
    listed = (
        leg_rows.select(row_no=pl.int_range(pl.len()))
        .pipe(beside, several, "row_no")
        .select(
            entry_ids=pl.when(named["entry_id"].is_not_null())
            .then(pl.concat_list(named["entry_id"]))
            .otherwise(pl.col("entry_ids").fill_null(pl.lit([], pl.List(pl.String))))
        )
    )
    return leg_rows.hstack(listed)
