"""What is known of an order before any rule is applied: version, tier, refunds, death.

Grain of every frame: one row per order, unless it says otherwise.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import OrderFacts, Refunds
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import home_worth, in_force, redemption_rules
from loyalty.values.frames import beside, sum_so_far
from loyalty.values.times import INSTANT

DEAD_WORDS = ("failed", "cancelled", "rto", "returned", "refunded")


def refunds(orders: pl.DataFrame, refund_rows: pl.DataFrame) -> pl.DataFrame:
    """Dated refunds of known orders; one row per refund, numbered from 1 within its order.

    From the refunds file for orders that it names, else from the order's own row (details D1). An
    undated amount on the row counts at the row's latest instant.
    """
    own = (
        orders.lazy()
        .filter(pl.col("refunded_paise") > 0)
        .select(
            "order_no",
            amount_paise="refunded_paise",
            refunded_at=pl.coalesce("refunded_at", "latest_at"),
            refund_id=pl.lit(""),
        )
        .collect()
        .join(refund_rows, on="order_no", how="anti")
    )
    named = refund_rows.select(own.columns)
    one = pl.repeat(1, pl.len(), dtype=pl.Int64)
    return (
        pl.concat([named, own])
        .sort("order_no", "refunded_at", "refund_id")
        .select(
            "order_no",
            sum_so_far(one, of="order_no").alias("refund_seq"),
            "amount_paise",
            sum_so_far(pl.col("amount_paise"), of="order_no").alias("refunded_to_date_paise"),
            "refund_id",
            "refunded_at",
        )
        .pipe(Refunds.validate)
    )


def order_facts(
    orders: pl.DataFrame, refunded: pl.DataFrame, members: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Version in force at ``placed_at``, tier then, death and coin worth of every order, in the order of ``orders``.

    ``worth_coins`` to ``worth_paise`` turns coins into money for reporting on this order: of its own
    surface, else (no block) of the version's home surface; of the first version for orders before it.
    """
    # Columns in one piece: new ones come beside those of a parquet file in many, and each look at both costs.
    return (
        in_force(orders.rechunk(), rulebook, "placed_at")
        .pipe(_with_tier, members)
        .pipe(_with_death, refunded)
        .pipe(_with_worth, rulebook)
        .with_columns(
            payable_paise=pl.col("grand_total_paise") + pl.col("loyalty_paise"),
            after_coupon_paise=pl.col("subtotal_paise")
            - pl.col("coupon_paise")
            - pl.col("other_discount_paise"),
        )
        .select(list(OrderFacts.to_schema().columns))
        .pipe(OrderFacts.validate)
    )


def _with_tier(orders: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The members row with the latest ``as_of`` by ``placed_at``, else the earliest row (details L5).

    Dates matter only for members whose rows differ: everybody else has one tier whenever it is asked.
    """
    tiers = members.select("member_no", "tier").unique()
    is_changed = pl.col("member_no").is_duplicated()
    known = beside(orders, tiers.filter(~is_changed), "member_no")
    changed = members.join(tiers.filter(is_changed), on="member_no", how="semi")
    if changed.is_empty():
        return known
    asked = orders.select("order_no", "member_no", "placed_at").join(changed, on="member_no", how="semi")
    then = _tiers_then(asked, changed)
    return beside(known, then, "order_no", "1:1").with_columns(tier=pl.coalesce("tier_then", "tier"))


def _tiers_then(orders: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """``order_no, tier_then``: by the instant of each order."""
    rows = members.with_columns(
        pl.col("as_of").fill_null(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).cast(INSTANT)
    ).sort("as_of", "member_no", "lead_id", "tier", nulls_last=True)
    first = rows.unique("member_no", keep="first", maintain_order=True).select("member_no", first_tier="tier")
    dated = rows.select("member_no", "as_of", "tier").with_columns(known=pl.lit(value=True))
    return (
        orders.sort("placed_at", "order_no")
        .join_asof(
            dated,
            left_on="placed_at",
            right_on="as_of",
            by="member_no",
            strategy="backward",
            check_sortedness=False,
        )
        .pipe(beside, first, "member_no")
        .select("order_no", tier_then=pl.when("known").then("tier").otherwise("first_tier"))
    )


def _with_death(orders: pl.DataFrame, refunded: pl.DataFrame) -> pl.DataFrame:
    """``death_word, death_at``: by the state word (details D7), else by refunds that reach the total (D1, D2)."""
    total = pl.col("grand_total_paise")
    reaches = (total > 0) & (pl.col("refunded_to_date_paise") >= total)
    sums = (
        beside(refunded, orders.select("order_no", "grand_total_paise"), "order_no")
        .group_by("order_no")
        .agg(
            last_refund_at=pl.col("refunded_at").max(),
            refunded_total_paise=pl.col("amount_paise").sum(),
            repaid_at=pl.when(reaches).then("refunded_at").min(),
        )
    )
    by_word = pl.col("state").is_in(DEAD_WORDS)
    at_word = (
        pl.when(pl.col("state").is_in(("cancelled", "failed")))
        .then("cancelled_at")
        .when(pl.col("state") == "rto")
        .then("rto_at")
        .otherwise(pl.coalesce("last_refund_at", "refunded_at"))
    )
    return (
        beside(orders, sums, "order_no", "1:1")
        .with_columns(
            refunded_total_paise=pl.col("refunded_total_paise").fill_null(0),
            death_word=pl.when(by_word)
            .then("state")
            .when(pl.col("repaid_at").is_not_null())
            .then(pl.lit("refunded")),
            is_dead_by_word=by_word,
            death_at=pl.when(by_word).then(pl.coalesce(at_word, "latest_at")).otherwise("repaid_at"),
        )
        .with_columns(is_dead=pl.col("death_word").is_not_null())
    )


def _with_worth(orders: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    own = redemption_rules(rulebook).select("version_no", "surface", "worth_coins", "worth_paise")
    homes = home_worth(rulebook).rename({"version_no": "priced_as"})
    return (
        orders.with_columns(priced_as=pl.col("version_no").fill_null(0))
        .pipe(beside, own.rename({"version_no": "priced_as"}), ["priced_as", "surface"])
        .pipe(beside, homes, "priced_as")
        .with_columns(
            worth_coins=pl.coalesce("worth_coins", "home_coins", pl.lit(1)),
            worth_paise=pl.coalesce("worth_paise", "home_paise", pl.lit(0)),
        )
    )
