"""What each order should have earned, and when (contract §5, details E1–E7).

An *earning* frame is order facts joined to the earning law of their version; one row per order.
"""

import datetime as dt

import polars as pl

from loyalty.rulebook.models import EARN_PARTS, Rulebook
from loyalty.rulebook.timeline import earning_rules, tier_factors
from loyalty.values.frames import beside
from loyalty.values.ratios import mul_div


def with_earning(facts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Facts with their earning law, ``earn_base_paise`` before refunds, ``trigger_at`` and ``due_at``.

    All of these are null before the first version. ``is_skipped``: a tag of the order is on the law's
    skip list.
    """
    return _with_earning(facts.lazy(), rulebook).collect()


def _with_earning(facts: pl.LazyFrame, rulebook: Rulebook) -> pl.LazyFrame:
    return (
        facts.join(
            earning_rules(rulebook).lazy(),
            on="version_no",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(
            tier_factors(rulebook).lazy(),
            on=["version_no", "tier"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(
            pl.col("tier_num", "tier_den").fill_null(1),
            earn_base_paise=earn_base(pl.col("base")),
            trigger_at=pl.when(pl.col("trigger") == "placed")
            .then("placed_at")
            .when(pl.col("trigger") == "confirmed")
            .then("confirmed_at")
            .when(pl.col("trigger") == "delivered")
            .then("delivered_at"),
            is_skipped=pl.col("rule_skip_tags").list.set_intersection("skip_tags").list.len() > 0,
        )
        .with_columns(due_at=pl.col("trigger_at") + pl.duration(days=pl.col("delay_days"), time_unit="us"))
    )


def earn_base(name: pl.Expr) -> pl.Expr:
    """The base that ``name`` names; includes add only to the bases before payment (details E2)."""
    part = {"shipping": "shipping_paise", "cod_fee": "cod_fee_paise", "tax": "tax_paise"}
    added = pl.sum_horizontal(*(pl.when(f"with_{each}").then(part[each]).otherwise(0) for each in EARN_PARTS))
    chosen = (
        pl.when(name == "subtotal")
        .then(pl.col("subtotal_paise") + added)
        .when(name == "after_coupon")
        .then(pl.col("after_coupon_paise") + added)
        .when(name == "after_coupon_and_loyalty")
        .then(pl.col("after_coupon_paise") - pl.col("loyalty_paise") + added)
        .when(name == "total_payable")
        .then("payable_paise")
        .when(name == "amount_paid")
        .then("grand_total_paise")
    )
    return chosen.clip(lower_bound=0)


def earn(base: pl.Expr, rounding: pl.Expr | None = None) -> pl.Expr:
    """Coins of a base on an earning frame: one division, then the order's maximum; 0 below the minimum.

    The skip list is not applied here; an order without a member earns 0.
    """
    mode = pl.col("rounding") if rounding is None else rounding
    coins = mul_div(
        base, pl.col("earn_coins") * pl.col("tier_num"), pl.col("per_paise") * pl.col("tier_den"), mode
    )
    counts = (base >= pl.col("min_order_paise")) & pl.col("member_no").is_not_null()
    return pl.when(counts).then(pl.min_horizontal(coins, "max_coins")).otherwise(0)


def expected_earning(
    facts: pl.DataFrame, refunded: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """An earning frame with what is due: ``base_at_due_paise``, ``due_coins`` and ``unskipped_coins``.

    Judged at the due instant, or at the as-of before it: refunds by then are taken off as the law says
    (details E7), an order dead by then earns nothing, one that has not reached its trigger nothing yet.
    ``due_coins`` is 0 on a skipped order; ``unskipped_coins`` is what it would have been.
    """
    return _expected(facts, refunded, rulebook, as_of).collect()


def with_due(
    facts: pl.DataFrame, refunded: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """Facts with ``due_at, due_coins, unskipped_coins, is_skipped`` of ``expected_earning`` and no more of it.

    What all orders are judged by; of the law behind it, polars then reads only what leads there.
    """
    due = _expected(facts, refunded, rulebook, as_of).select(
        "due_at", "due_coins", "unskipped_coins", "is_skipped"
    )
    return facts.hstack(due.collect())


def _expected(
    facts: pl.DataFrame, refunded: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.LazyFrame:
    judged_at = pl.min_horizontal("due_at", pl.lit(as_of))
    touched = facts.lazy().join(refunded.lazy(), on="order_no", how="semi")
    taken = (
        refunded.lazy()
        .join(_with_earning(touched, rulebook), on="order_no", how="inner", validate="m:1")
        .filter(pl.col("refunded_at") <= judged_at)
        .group_by("order_no")
        .agg(refunded_before_paise=pl.col("amount_paise").sum())
        .collect()
    )
    lives = pl.col("death_at").is_null() | (pl.col("death_at") > pl.col("judged_at"))
    reached = (pl.col("trigger_at") <= pl.lit(as_of)).fill_null(value=False)
    counts = lives & reached & (pl.col("state") != "unknown")
    return (
        _with_earning(beside(facts, taken, "order_no", "1:1").lazy(), rulebook)
        .with_columns(pl.col("refunded_before_paise").fill_null(0), judged_at=judged_at)
        .with_columns(base_at_due_paise=left_at_due())
        .with_columns(
            unskipped_coins=pl.when(counts).then(earn(pl.col("base_at_due_paise"))).otherwise(0).fill_null(0)
        )
        .with_columns(due_coins=pl.when("is_skipped").then(0).otherwise("unskipped_coins"))
    )


def left_at_due() -> pl.Expr:
    """The earn base less the refunds before it is due, as ``partial_refund`` says (details E7)."""
    before = pl.col("refunded_before_paise")
    return (
        pl.when(pl.col("partial_refund") == "recompute")
        .then((pl.col("earn_base_paise") - before).clip(lower_bound=0))
        .when((pl.col("partial_refund") == "all") & (before > 0))
        .then(0)
        .otherwise("earn_base_paise")
    )
