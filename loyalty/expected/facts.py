"""What is known of an order before any rule is applied: version, tier, refunds, death.

Grain of every frame: one row per order, unless it says otherwise.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import OrderFacts, Refunds
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import home_worth, in_force, redemption_rules
from loyalty.values.times import INSTANT

DEAD_WORDS = ("failed", "cancelled", "rto", "returned", "refunded")


def refunds(orders: pl.DataFrame, refund_rows: pl.DataFrame) -> pl.DataFrame:
    """Dated refunds of known orders; one row per refund, numbered from 1 within its order.

    From the refunds file for orders that it names, else from the order's own row (details D1). An
    undated amount on the row counts at the row's latest instant.
    """
    own = orders.filter(pl.col("refunded_paise") > 0).select(
        "order_no",
        amount_paise="refunded_paise",
        refunded_at=pl.coalesce("refunded_at", "latest_at"),
        refund_id=pl.lit(""),
    )
    own = own.join(refund_rows, on="order_no", how="anti")
    named = refund_rows.select(own.columns)
    return (
        pl.concat([named, own])
        .sort("order_no", "refunded_at", "refund_id")
        .with_columns(
            refund_seq=pl.int_range(1, pl.len() + 1).over("order_no"),
            refunded_to_date_paise=pl.col("amount_paise").cum_sum().over("order_no"),
        )
        .select(
            "order_no", "refund_seq", "amount_paise", "refunded_to_date_paise", "refund_id", "refunded_at"
        )
        .pipe(Refunds.validate)
    )


def order_facts(
    orders: pl.DataFrame, refunded: pl.DataFrame, members: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Version in force at ``placed_at``, tier then, death and coin worth of every order.

    ``worth_coins`` to ``worth_paise`` turns coins into money for reporting on this order: of its own
    surface, else (no block) of the version's home surface; of the first version for orders before it.
    """
    dated = in_force(orders, rulebook, "placed_at")
    facts = (
        dated.pipe(_with_tier, members)
        .pipe(_with_death, refunded)
        .pipe(_with_worth, rulebook)
        .with_columns(
            payable_paise=pl.col("grand_total_paise") + pl.col("loyalty_paise"),
            after_coupon_paise=pl.col("subtotal_paise")
            - pl.col("coupon_paise")
            - pl.col("other_discount_paise"),
        )
    )
    return facts.select(list(OrderFacts.to_schema().columns)).sort("order_no").pipe(OrderFacts.validate)


def _with_tier(orders: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The members row with the latest ``as_of`` by ``placed_at``, else the earliest row (details L5)."""
    rows = members.with_columns(
        pl.col("as_of").fill_null(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).cast(INSTANT)
    ).sort("as_of", "member_no", "lead_id", "tier", nulls_last=True)
    first = rows.unique("member_no", keep="first", maintain_order=True).select("member_no", first_tier="tier")
    dated = rows.select("member_no", "as_of", "tier").with_columns(known=pl.lit(value=True))
    known = (
        orders.select("order_no", "member_no", "placed_at")
        .filter(pl.col("member_no").is_not_null())
        .sort("placed_at", "order_no")
        .join_asof(
            dated,
            left_on="placed_at",
            right_on="as_of",
            by="member_no",
            strategy="backward",
            check_sortedness=False,
        )
        .join(first, on="member_no", how="left", validate="m:1")
        .select("order_no", tier=pl.when("known").then("tier").otherwise("first_tier"))
    )
    return orders.join(known, on="order_no", how="left", validate="1:1", maintain_order="left")


def _with_death(orders: pl.DataFrame, refunded: pl.DataFrame) -> pl.DataFrame:
    """``death_word, death_at``: by the state word (details D7), else by refunds that reach the total (D1, D2)."""
    totals = orders.select("order_no", "grand_total_paise")
    reaching = (
        refunded.join(totals, on="order_no", how="inner", validate="m:1", maintain_order="left")
        .filter(
            (pl.col("grand_total_paise") > 0)
            & (pl.col("refunded_to_date_paise") >= pl.col("grand_total_paise"))
        )
        .group_by("order_no")
        .agg(repaid_at=pl.col("refunded_at").min())
    )
    sums = refunded.group_by("order_no").agg(
        last_refund_at=pl.col("refunded_at").max(), refunded_total_paise=pl.col("amount_paise").sum()
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
        orders.join(sums, on="order_no", how="left", validate="1:1", maintain_order="left")
        .join(reaching, on="order_no", how="left", validate="1:1", maintain_order="left")
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
    priced = orders.with_columns(priced_as=pl.col("version_no").fill_null(0))
    return (
        priced.join(
            own.rename({"version_no": "priced_as"}),
            on=["priced_as", "surface"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(homes, on="priced_as", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            worth_coins=pl.coalesce("worth_coins", "home_coins", pl.lit(1)),
            worth_paise=pl.coalesce("worth_paise", "home_paise", pl.lit(0)),
        )
    )
