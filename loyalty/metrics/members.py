"""One row per member: what each bought, what became of the coins, and where the member stands."""

import polars as pl

from loyalty.contracts.marts import Members
from loyalty.metrics.coins import is_issue
from loyalty.metrics.given import Given
from loyalty.metrics.redemption import spendable_spans
from loyalty.metrics.takers import earned
from loyalty.values.frames import beside

_FATES = ("issued", "redeemed", "restored", "expired", "reversed", "adjusted")
_LEGS = {"redemption": "redeemed", "restore": "restored", "expiry": "expired", "reversal": "reversed"}
_OUT = ("redeemed", "expired", "reversed")
"""Fates that take coins away; their amounts are positive all the same."""


def members(given: Given) -> pl.DataFrame:
    """``mart_members``: everybody met in any export, by pseudonym; sorted by it.

    Orders and value are those of valid orders. Coins by fate add up: issued − redeemed + restored − expired − reversed
    + adjusted = balance, of posted entries of the coins wallet. ``segment``: whether the member ever earned and
    redeemed, as `of_members` sorts.
    """
    table = given.people
    for part in (_bought(given), _coins(given), _spendable(given), _taken(given)):
        table = beside(table, part, "member_no", "1:1")
    fates = [f"{fate}_coins" for fate in _FATES]
    table = table.with_columns(
        pl.col(*fates, "orders", "value_paise", "spendable_coins").fill_null(0),
        pl.col("has_earned", "has_redeemed").fill_null(value=False),
    )
    earns, redeems = pl.col("has_earned"), pl.col("has_redeemed")
    return (
        table.with_columns(
            balance_coins=pl.sum_horizontal(
                pl.col(f"{fate}_coins") * (-1 if fate in _OUT else 1) for fate in _FATES
            ),
            segment=pl.when(earns & redeems)
            .then(pl.lit("both"))
            .when(earns)
            .then(pl.lit("earn_only"))
            .when(redeems)
            .then(pl.lit("redeem_only"))
            .otherwise(pl.lit("neither")),
        )
        .select(list(Members.to_schema().columns))
        .sort("member_id")
        .pipe(Members.validate)
    )


def _bought(given: Given) -> pl.DataFrame:
    placed = pl.col("placed_at")
    return (
        given.purchases.drop_nulls("member_no")
        .group_by("member_no")
        .agg(
            first_order_at=placed.min(),
            last_order_at=placed.max(),
            orders=pl.len().cast(pl.Int64),
            value_paise=pl.col("value_paise").sum(),
        )
    )


def _coins(given: Given) -> pl.DataFrame:
    posted = given.linked.filter(pl.col("is_posted") & pl.col("member_no").is_not_null())
    fate = (
        pl.when(is_issue())
        .then(pl.lit("issued"))
        .otherwise(pl.col("leg").replace_strict(_LEGS, default="adjusted", return_dtype=pl.String))
    )
    signed = posted.select("member_no", "signed_coins", fate=fate)
    return signed.group_by("member_no").agg(
        (pl.col("signed_coins").filter(pl.col("fate") == fate).sum() * (-1 if fate in _OUT else 1)).alias(
            f"{fate}_coins"
        )
        for fate in _FATES
    )


def _spendable(given: Given) -> pl.DataFrame:
    spans = spendable_spans(given.linked, given.allocations, given.lots, given.as_of)
    return spans.filter(pl.col("until_at") > given.as_of).select("member_no", "spendable_coins")


def _taken(given: Given) -> pl.DataFrame:
    """Who earned, and who redeemed and when first; redemptions that came back whole are none."""
    kept = given.clearing.filter(pl.col("restored_coins") < pl.col("coins")).select("entry_id", "debited_at")
    names = given.linked.select("entry_id", "member_no")
    redeemed = beside(kept, names, "entry_id").drop_nulls("member_no")
    first = redeemed.group_by("member_no").agg(first_redeemed_at=pl.col("debited_at").min())
    earns = (
        earned(given).select("member_no").drop_nulls().unique().with_columns(has_earned=pl.lit(value=True))
    )
    people = given.people.select("member_no").pipe(beside, first, "member_no", "1:1")
    return beside(people, earns, "member_no", "1:1").with_columns(
        has_redeemed=pl.col("first_redeemed_at").is_not_null()
    )
