"""Did coins past their date leave the ledger, and only those?

Judged by batch, not by entry (details X1): one entry per lot, one a day and one sweep of several days
are all honest. Rows: every batch of a member that has an expire entry or coins left past its expiry
instant, and every expire entry that found nothing past expiry.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import LegRows
from loyalty.ledger.lots import Walk
from loyalty.reconcile.rows import shape, worth
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.times import hours

_PATIENCE_HOURS = 48
_LEFT, _EXCESS, _SWEPT = pl.col("left_coins"), pl.col("excess_coins"), pl.col("swept_coins")


def expiry_rows(walk: Walk, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime) -> pl.DataFrame:
    """The expiry leg, LegRows; coins are negative as the ledger books them. No row is tied to an order."""
    parts = [
        _batch_rows(walk.batches, rulebook, pl.lit(as_of)),
        _early_rows(walk.early, rulebook),
        _ownerless_rows(linked),
    ]
    return pl.concat([shape(part) for part in parts]).pipe(LegRows.validate)


def _batch_rows(batches: pl.DataFrame, rulebook: Rulebook, cut: pl.Expr) -> pl.DataFrame:
    has_entry = pl.col("entry_nos").list.len() > 0
    kind = (
        pl.when(_EXCESS > 0)
        .then(pl.lit("expiry_amount"))
        .when((_LEFT == 0) | (cut <= pl.col("due_at") + hours(_PATIENCE_HOURS)))
        .then(None)
        .when(has_entry)
        .then(pl.lit("expiry_amount"))
        .otherwise(pl.lit("expiry_missing"))
    )
    status = (
        pl.when(pl.col("kind").is_not_null())
        .then(pl.lit("mismatch"))
        .when(_LEFT > 0)
        .then(pl.lit("pending"))
        .otherwise(pl.lit("match"))
    )
    return (
        worth_at(batches, rulebook, "batch_at")
        .with_columns(
            swept_coins=pl.col("taken_coins") + _EXCESS,
            due_at=pl.max_horizontal("batch_at", "last_restored_at"),
            dated_at=pl.coalesce("first_swept_at", "batch_at"),
        )
        .with_columns(kind=kind)
        .with_columns(
            leg=pl.lit("expiry"),
            status=status,
            entry_nos=pl.when(pl.col("kind") == "expiry_missing")
            .then("lot_entry_nos")
            .otherwise("entry_nos"),
            recorded_coins=-_SWEPT,
            expected_coins=-(_SWEPT + _LEFT - _EXCESS),
            effect_paise=pl.when(pl.col("kind").is_not_null()).then(worth(_LEFT - _EXCESS)).otherwise(0),
        )
    )


def _early_rows(early: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    return worth_at(early, rulebook, "created_at").with_columns(
        leg=pl.lit("expiry"),
        status=pl.lit("mismatch"),
        kind=pl.lit("expiry_early"),
        entry_nos=pl.concat_list("entry_no"),
        expected_coins=pl.lit(0),
        recorded_coins=-pl.col("coins"),
        effect_paise=worth(-pl.col("coins")),
        dated_at="created_at",
    )


def _ownerless_rows(linked: pl.DataFrame) -> pl.DataFrame:
    """Expire entries without a member have no lots to be judged by: no verdict."""
    is_ownerless = (pl.col("leg") == "expiry") & pl.col("is_posted") & pl.col("member_no").is_null()
    return linked.filter(is_ownerless).select(
        leg=pl.lit("expiry"),
        status=pl.lit("unknown"),
        member_no="member_no",
        entry_nos=pl.concat_list("entry_no"),
        expected_coins="signed_coins",
        recorded_coins="signed_coins",
        dated_at="created_at",
    )
