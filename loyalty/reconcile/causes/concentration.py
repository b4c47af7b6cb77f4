"""``mart_unexplained``: where the mismatches that no setting explains stand together.

Nine ways to cut them; in each, the values that hold most of the money come first, beside their share of all
orders: three quarters of the money on mobile say nothing where three quarters of the orders are.
"""

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.causes import SEGMENTS, Unexplained
from loyalty.reconcile.causes.group_causes import UNEXPLAINED
from loyalty.rulebook.models import Rulebook
from loyalty.values.times import IST

SCHEMA = polars_schema(Unexplained)
_EFFECT = pl.col("effect_paise")
_OF_ORDERS = {
    "surface": pl.col("surface"),
    "device": pl.col("device"),
    "payment": pl.col("payment_kind"),
    "coupon": pl.when("has_coupon").then(pl.lit("with coupon")).otherwise(pl.lit("without coupon")),
    "state": pl.col("state"),
    "hour": pl.col("placed_at").dt.convert_time_zone(IST).dt.hour().cast(pl.String).str.zfill(2),
}
"""Segments that an order has whether or not anything is wrong with it; the hour is Indian."""


def unexplained(
    causes: pl.DataFrame, mismatches: pl.DataFrame, orders: pl.LazyFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """``mart_unexplained`` from ``mart_causes``, ``mart_mismatches`` and StagedOrders."""
    cuts = {**_OF_ORDERS, "rule_version": _version(rulebook)}
    told = orders.select("order_id", **cuts)
    ids = (
        causes.filter(pl.col("cause") == UNEXPLAINED)
        .select(mismatch_id="mismatch_ids")
        .explode("mismatch_id")
    )
    rest = mismatches.join(ids, on="mismatch_id", how="semi", maintain_order="left")
    theirs = told.join(rest.lazy().select("order_id"), on="order_id", how="semi").collect(engine="streaming")
    left = rest.drop("surface", "rule_version").join(
        theirs, on="order_id", how="left", validate="m:1", maintain_order="left"
    )
    counts = told.group_by(list(cuts)).agg(number=pl.len()).collect(engine="streaming")
    parts = [_segment(left, name, counts) for name in cuts]
    parts += [_segment(left, name, None) for name in ("leg", "kind")]
    order = pl.Enum(SEGMENTS)
    return (
        pl.concat(parts)
        .sort(pl.col("segment").cast(order), "rank")
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .pipe(Unexplained.validate)
    )


def _version(rulebook: Rulebook) -> pl.Expr:
    """The name of the version in force when an order was placed; null before the first."""
    began = [
        pl.when(pl.col("placed_at") >= law.effective_from).then(pl.lit(law.version))
        for law in reversed(rulebook.versions)
    ]
    return pl.coalesce([*began, pl.lit(None, pl.String)])


def _segment(left: pl.DataFrame, name: str, counts: pl.DataFrame | None) -> pl.DataFrame:
    """The mismatches cut by one column, beside what each of its values has of all orders."""
    money = pl.col("merchant_paise") - pl.col("customer_paise")
    value = pl.col(name).fill_null("none")
    sums = (
        left.group_by(segment_value=value)
        .agg(
            mismatches=pl.len().cast(pl.Int64),
            orders=pl.col("order_id").drop_nulls().n_unique().cast(pl.Int64),
            effect_paise=_EFFECT.sum(),
            merchant_paise=_EFFECT.clip(lower_bound=0).sum(),
            customer_paise=_EFFECT.clip(upper_bound=0).sum(),
        )
        .sort(money, "mismatches", "segment_value", descending=[True, True, False])
    )
    whole = int(sums.select(money.sum()).item() or 0)
    share = money / whole if whole else pl.lit(None, pl.Float64)
    return sums.join(
        _shares(counts, value), on="segment_value", how="left", validate="1:1", maintain_order="left"
    ).with_columns(
        segment=pl.lit(name),
        money_share=share,
        money_share_cumulative=(money.cum_sum() / whole if whole else pl.lit(None, pl.Float64)),
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
    )


def _shares(counts: pl.DataFrame | None, value: pl.Expr) -> pl.DataFrame:
    """``segment_value, orders_share``; none where orders have no such value."""
    if counts is None:
        return pl.DataFrame(schema={"segment_value": pl.String, "orders_share": pl.Float64})
    orders = int(counts["number"].sum())
    return counts.group_by(segment_value=value).agg(orders_share=pl.col("number").sum() / max(orders, 1))
