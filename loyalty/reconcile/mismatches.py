"""The mismatches with a name that lasts, an age, a priority and a life across runs (details G3, S1)."""

import datetime as dt
import hashlib
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.marts import Mismatches
from loyalty.reconcile.wording import sentences
from loyalty.values.times import IST

SCHEMA = polars_schema(Mismatches)
_ID_LENGTH = 16


class Priorities(NamedTuple):
    """Thresholds of ``brand.yaml``: paise of |effect|, days of age."""

    high_paise: int = 100_000
    medium_paise: int = 10_000
    high_age_days: int = 7


def mismatches(
    reconciliation: pl.DataFrame,
    previous: pl.DataFrame | None,
    as_of: dt.datetime,
    priorities: Priorities | None = None,
) -> pl.DataFrame:
    """``mart_mismatches``: one row per mismatch, those that ``previous`` held and are gone as ``resolved``.

    ``previous`` is the same table of the newest snapshot with an earlier as-of, or None. A resolved row
    keeps its last figures; it belongs to no total of today.
    """
    before = empty(Mismatches) if previous is None else previous
    today = _today(reconciliation, before, as_of, priorities or Priorities())
    gone = before.join(today, on="mismatch_id", how="anti").with_columns(lifecycle=pl.lit("resolved"))
    return (
        pl.concat([today, gone.select(today.columns)])
        .sort("mismatch_id")
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .pipe(Mismatches.validate)
    )


def _today(
    reconciliation: pl.DataFrame, before: pl.DataFrame, as_of: dt.datetime, limits: Priorities
) -> pl.DataFrame:
    wrong = reconciliation.filter(pl.col("status") == "mismatch")
    known = before.select("mismatch_id", seen_at="first_seen_at", was="lifecycle")
    size = pl.col("effect_paise").abs()
    is_high = (size >= limits.high_paise) | ((pl.col("age_days") >= limits.high_age_days) & (size > 0))
    today = pl.lit(as_of.astimezone(dt.UTC)).dt.convert_time_zone(IST).dt.date()
    return (
        wrong.with_columns(
            mismatch_id=mismatch_ids(wrong),
            sentence=sentences(wrong),
            age_days=(today - pl.col("business_date")).dt.total_days().clip(lower_bound=0),
        )
        .join(known, on="mismatch_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            priority=pl.when(is_high)
            .then(pl.lit("high"))
            .when(size >= limits.medium_paise)
            .then(pl.lit("medium"))
            .otherwise(pl.lit("low")),
            first_seen_at=pl.coalesce("seen_at", pl.lit(as_of)),
            lifecycle=pl.when(pl.col("was").is_null())
            .then(pl.lit("new"))
            .when(pl.col("was") == "resolved")
            .then(pl.lit("regressed"))
            .otherwise(pl.lit("persisting")),
            owner=pl.lit(None, pl.String),
            decision=pl.lit(None, pl.String),
            decision_reason=pl.lit(None, pl.String),
        )
        .select(list(SCHEMA))
    )


def mismatch_ids(rows: pl.DataFrame) -> pl.Series:
    """A name that the same mismatch keeps in every run: a hash of leg, subject, kind and batch.

    The subject is the order; where there is none, or several rows may share it, the first entry; the
    member on balance rows and on expiry batches, whose entries may still grow (details X1a).
    """
    by_member = (pl.col("leg") == "balance") | pl.col("batch_at").is_not_null()
    by_entry = pl.col("order_id").is_null() | (pl.col("leg") == "adjustment")
    subject = (
        pl.when(by_member)
        .then("member_id")
        .when(by_entry)
        .then(pl.col("entry_ids").list.first())
        .otherwise("order_id")
    )
    parts = rows.select("leg", subject.alias("subject"), "kind", pl.col("batch_at").dt.timestamp("us"))
    return pl.Series(
        [hashlib.sha256(repr(row).encode()).hexdigest()[:_ID_LENGTH] for row in parts.iter_rows()],
        dtype=pl.String,
    )
