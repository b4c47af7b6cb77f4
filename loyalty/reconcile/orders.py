"""Do GoKwik and Shopify tell the same order? The leg `order`, judged only where both exports are there.

What is compared is the order's total: recorded is GoKwik's, expected what Shopify, or the order's own parts,
make of it. An order that one side lacks is missing only where that side's export reaches: a run of orders beyond
its first or last one is the edge of the export.
"""

import datetime as dt
from collections.abc import Collection

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.intermediate import OrderRows
from loyalty.contracts.marts import Reconciliation
from loyalty.contracts.staged import StagedMembers
from loyalty.expected.facts import DEAD_WORDS, order_facts, refunds
from loyalty.reconcile.rows import KindTest, first_kind, price, worth
from loyalty.rulebook.models import Rulebook
from loyalty.values.times import business_date, hours, minutes

COMPARED = frozenset({"gokwik_orders", "nector_ledger", "shopify_orders"})
"""Kinds of export without which no order is compared (contract §6, details I6)."""
EDGE = 5
"""So many orders in a row beyond the first or last one of an export, and the export ends there."""

_SCHEMA = polars_schema(OrderRows)
_MATURE_HOURS = 24
_PAISA = 1
_ATTEMPT_MINUTES, _CALLED_OFF_MINUTES = 10, 60
_NOTHING = pl.lit(0, pl.Int64)
_NO_TEXTS = pl.lit([], dtype=pl.List(pl.String))
_TOTAL = pl.col("grand_total_paise").fill_null(0)
_IS_OURS, _IS_THEIRS = pl.col("order_no").is_not_null(), pl.col("shopify_no").is_not_null()


def order_rows(
    orders: pl.DataFrame,
    refund_rows: pl.DataFrame,
    linked: pl.DataFrame,
    shopify: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """OrderRows: one for every GoKwik order, and for every other that Shopify says came through GoKwik.

    StagedOrders, StagedRefunds, LinkedEntries and StagedShopifyOrders in.
    """
    tests = _tests()
    rows = (
        _beside_each_other(orders, shopify)
        .with_columns(is_mature=pl.lit(as_of) > pl.col("placed_at") + hours(_MATURE_HOURS))
        .pipe(_with_refunds, orders, refund_rows)
        .pipe(_with_twins, orders, refund_rows, linked, shopify, rulebook)
        .with_columns(kind=pl.when(pl.col("state").fill_null("") != "unknown").then(first_kind(tests)))
        .pipe(price, tests)
    )
    return (
        rows.with_columns(
            status=_status(),
            recorded_paise=_TOTAL,
            expected_paise=pl.coalesce("expected_paise", _TOTAL),
            effect_paise=pl.col("effect_paise").fill_null(0),
            secondary_kinds=pl.when(_status() == "mismatch").then("secondary_kinds").otherwise(_NO_TEXTS),
        )
        .sort("order_no", "shopify_no", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
        .pipe(OrderRows.validate)
    )


def with_orders(verdict: pl.DataFrame, order_rows: pl.DataFrame, member_keys: pl.DataFrame) -> pl.DataFrame:
    """``mart_reconciliation`` with the leg `order` of OrderRows among its legs, in its order of rows."""
    if order_rows.is_empty():
        return verdict
    named = (
        order_rows.join(member_keys, on="member_no", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            leg=pl.lit("order"),
            business_date=business_date(pl.col("placed_at")),
            expected_coins=_NOTHING,
            recorded_coins=_NOTHING,
        )
        .sort("order_id")
    )
    texts = dict.fromkeys(("entry_ids", "causes"), _NO_TEXTS)
    missing = {
        name: pl.lit(None, dtype)
        for name, dtype in polars_schema(Reconciliation).items()
        if name not in (*named.columns, *texts)
    }
    rows = named.with_columns(**texts, **missing).select(verdict.columns)
    return Reconciliation.validate(pl.concat([verdict, rows]).sort("leg", maintain_order=True))


def is_compared(kinds: Collection[str]) -> bool:
    """Whether exports of these kinds are enough to compare orders."""
    return COMPARED <= set(kinds)


def _status() -> pl.Expr:
    """What a row with its kind amounts to; an order that the other export need not have yet waits."""
    return (
        pl.when(pl.col("state") == "unknown")
        .then(pl.lit("unknown"))
        .when(pl.col("kind") == "duplicate_payment")
        .then(pl.lit("by_design"))
        .when(pl.col("kind").is_not_null())
        .then(pl.lit("mismatch"))
        .when(pl.col("is_lone") & ~pl.col("is_mature"))
        .then(pl.lit("pending"))
        .when(pl.col("is_lone") & ~pl.col("is_reached"))
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("match"))
    )


def _tests() -> list[KindTest]:
    """In the order of contract §6; a missing order has no total to compare."""
    is_missing = pl.col("is_lone") & pl.col("is_mature") & pl.col("is_reached")
    parts, refunded = pl.col("parts_paise"), pl.col("refunded_paise")
    total = pl.col("shop_total_paise")
    return [
        KindTest("duplicate_payment", pl.col("is_called_off"), _NOTHING, _NOTHING, _TOTAL),
        KindTest(
            "order_missing_in_shopify",
            _IS_OURS & is_missing & (pl.col("state") != "failed"),
            pl.when("is_dead").then(0).otherwise(_TOTAL),
            _NOTHING,
            _NOTHING,
        ),
        KindTest("order_missing_in_gokwik", ~_IS_OURS & is_missing, _NOTHING, _NOTHING, total),
        KindTest(
            "order_total",
            _IS_OURS & _IS_THEIRS & ((_TOTAL - total).abs() > _PAISA),
            _TOTAL - total,
            _NOTHING,
            total,
        ),
        KindTest(
            "order_identity",
            pl.col("is_itemised") & ((parts - _TOTAL).abs() > _PAISA),
            parts - _TOTAL,
            _NOTHING,
            parts,
        ),
        KindTest("cod_prepaid_twin", pl.col("is_twin"), pl.col("twin_paise"), _NOTHING, _TOTAL),
        KindTest("refund_exceeds_paid", _IS_OURS & (refunded > _TOTAL), refunded - _TOTAL, _NOTHING, _TOTAL),
    ]


def _beside_each_other(orders: pl.DataFrame, shopify: pl.DataFrame) -> pl.DataFrame:
    """Every order of either side once, with what both say of it; ``is_lone`` where one side has nothing."""
    parts = (
        pl.col("subtotal_paise")
        - pl.sum_horizontal("coupon_paise", "other_discount_paise", "prepaid_discount_paise", "loyalty_paise")
        + pl.sum_horizontal("shipping_paise", "cod_fee_paise", "tax_paise")
    )
    ours = orders.select(
        "order_no", "order_id", "member_no", "surface", "placed_at", "state", "grand_total_paise", "is_itemised",
        parts_paise=parts,
    )  # fmt: skip
    theirs = shopify.select(
        "order_no", "shopify_no", shop_total_paise="total_paise", shop_refunded_paise="refunded_paise"
    )
    pairs = ours.join(
        theirs.drop_nulls("order_no"), on="order_no", how="left", validate="1:1", maintain_order="left"
    ).with_columns(is_called_off=pl.lit(value=False))
    alone = _of_shopify_alone(orders, shopify)
    return pl.concat(
        [
            pairs.pipe(_reached, pl.col("shopify_no").is_null(), shopify["created_at"]),
            alone.pipe(_reached, pl.lit(value=True), orders["placed_at"]),
        ],
        how="diagonal",
    )


def _of_shopify_alone(orders: pl.DataFrame, shopify: pl.DataFrame) -> pl.DataFrame:
    """Shopify's orders that came through GoKwik and are in no GoKwik file, each under an id of its own.

    ``is_called_off``: a second payment within minutes, cancelled at once: GoKwik does that by itself and hides
    the order.
    """
    alone = shopify.filter(pl.col("order_no").is_null() & pl.col("is_gokwik"))
    others = shopify.select("member_no", "total_paise", other_no="shopify_no", other_at="created_at")
    again = (
        alone.filter(pl.col("cancelled_at") <= pl.col("created_at") + minutes(_CALLED_OFF_MINUTES))
        .join(others, on=["member_no", "total_paise"], how="inner", validate="m:m")
        .filter(
            (pl.col("shopify_no") != pl.col("other_no"))
            & ((pl.col("created_at") - pl.col("other_at")).abs() <= minutes(_ATTEMPT_MINUTES))
        )["shopify_no"]
        .unique()
    )
    name = pl.col("order_name").str.strip_prefix("#").str.strip_suffix(".0")
    taken = orders["order_id"].implode()
    by_id = pl.when(~pl.col("shopify_id").is_duplicated() & ~pl.col("shopify_id").is_in(taken)).then(
        "shopify_id"
    )
    by_name = pl.when(~name.is_in(taken) & ~name.is_in(pl.col("shopify_id").fill_null("").implode())).then(
        name
    )
    return alone.select(
        "shopify_no",
        "member_no",
        order_id=pl.coalesce(by_id, by_name, pl.lit("#") + name),
        placed_at="created_at",
        shop_total_paise="total_paise",
        shop_refunded_paise="refunded_paise",
        is_called_off=pl.col("shopify_no").is_in(again.implode()),
    )


def _reached(rows: pl.DataFrame, is_lone: pl.Expr, others: pl.Series) -> pl.DataFrame:
    """``is_lone, is_reached``: whether the other side's export, with orders at ``others``, covers the row's instant."""
    first, last = pl.lit(others.min(), others.dtype), pl.lit(others.max(), others.dtype)
    before, after = pl.col("placed_at") < first, pl.col("placed_at") > last
    beyond = pl.when(before).then((is_lone & before).sum()).when(after).then((is_lone & after).sum())
    return rows.with_columns(
        is_lone=is_lone, is_reached=pl.lit(others.len() > 0) & (beyond.fill_null(0) < EDGE)
    )


def _with_refunds(rows: pl.DataFrame, orders: pl.DataFrame, refund_rows: pl.DataFrame) -> pl.DataFrame:
    """``refunded_paise``, the larger of what GoKwik or the refunds export, and what Shopify, say; ``is_dead``."""
    sums = refunds(orders, refund_rows).group_by("order_no").agg(given_back=pl.col("amount_paise").sum())
    is_repaid = (_TOTAL > 0) & (pl.col("given_back").fill_null(0) >= _TOTAL)
    return rows.join(sums, on="order_no", how="left", validate="m:1", maintain_order="left").with_columns(
        refunded_paise=pl.max_horizontal("given_back", "shop_refunded_paise", _NOTHING),
        is_dead=pl.col("state").is_in(DEAD_WORDS) | is_repaid,
    )


def _with_twins(
    rows: pl.DataFrame,
    orders: pl.DataFrame,
    refund_rows: pl.DataFrame,
    linked: pl.DataFrame,
    shopify: pl.DataFrame,
    rulebook: Rulebook,
) -> pl.DataFrame:
    """``is_twin, twin_paise`` of COD orders whose prepaid twin lives too and earned, or redeemed, once more.

    The coins of the COD order are the ones too many: earned they are lost, spent they are owed. Of a dead twin
    the other legs say what is wrong.
    """
    numbers = shopify.select(prepaid_twin_no="shopify_no", twin_no="order_no")
    pairs = (
        shopify.select("order_no", "prepaid_twin_no")
        .drop_nulls()
        .join(numbers.drop_nulls(), on="prepaid_twin_no", how="inner", validate="m:1")
    )
    both = pl.concat([pairs["order_no"], pairs["twin_no"]]).unique()
    asked = orders.filter(pl.col("order_no").is_in(both.implode()))
    facts = order_facts(asked, refunds(asked, refund_rows), empty(StagedMembers), rulebook)
    alive = facts.filter(~pl.col("is_dead") & (pl.col("state") != "unknown"))
    purse = _net_coins(alive, linked)
    twins = purse.select(twin_no="order_no", twin_earned="earned", twin_spent="spent")
    earned = pl.when((pl.col("earned") > 0) & (pl.col("twin_earned") > 0)).then("earned").otherwise(0)
    spent = pl.when((pl.col("spent") > 0) & (pl.col("twin_spent") > 0)).then("spent").otherwise(0)
    found = (
        pairs.join(purse, on="order_no", how="inner", validate="1:1")
        .join(twins, on="twin_no", how="inner", validate="m:1")
        .with_columns(earned=earned, spent=spent)
        .select(
            "order_no",
            is_twin=(pl.col("earned") > 0) | (pl.col("spent") > 0),
            twin_paise=worth(pl.col("earned")) - worth(pl.col("spent")),
        )
    )
    return rows.join(found, on="order_no", how="left", validate="m:1", maintain_order="left").with_columns(
        pl.col("is_twin").fill_null(value=False)
    )


def _net_coins(facts: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """``order_no, worth_*, earned, spent``: coins credited and not taken back, debited and not given back."""
    coins = linked.filter(pl.col("is_posted") & pl.col("order_no").is_not_null())
    is_earn = pl.col("leg").is_in(("earn", "reversal"))
    is_spend = pl.col("leg").is_in(("redemption", "restore"))
    sums = coins.group_by("order_no").agg(
        earned=pl.col("signed_coins").filter(is_earn).sum(),
        spent=-pl.col("signed_coins").filter(is_spend).sum(),
    )
    return facts.select("order_no", "worth_coins", "worth_paise").join(
        sums, on="order_no", how="inner", validate="1:1", maintain_order="left"
    )
