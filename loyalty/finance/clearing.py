"""Clearing: whether the coins taken for an order were spent for good, came back, or hang in between.

A debit holds coins for its order. Delivery settles them, a restore gives them back; what is neither is
open, with its age, until a later fact clears it. Nothing is settled by the mere passing of time: an order
that is never delivered and never dies stays visible.
"""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Clearing
from loyalty.reconcile.comebacks import restores_asked
from loyalty.reconcile.rows import worth
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.frames import beside
from loyalty.values.times import business_date

_FACTS = ("order_no", "version_no", "state", "is_dead", "delivered_at", "worth_coins", "worth_paise")
_ACCOUNT = ("account", "member_no")
_COINS, _RESTORED, _OPEN = pl.col("coins"), pl.col("restored_coins"), pl.col("open_coins")


def clearing(
    facts: pl.DataFrame,
    refunded: pl.DataFrame,
    linked: pl.DataFrame,
    orders: pl.DataFrame,
    people: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """``mart_clearing`` from order facts, refunds and linked entries; orders and people give the names.

    Restores of an order, and what its law asks back, go to its debits in ledger order; a restore counts
    only for debits of its own member, and never for more than was taken. Then, of what did not come back:

    - no known order, or one of unknown state: open, waiting for the order or the verdict on it;
    - alive and not delivered: open, waiting for delivery;
    - dead before any rule was in force: open, waiting for the verdict;
    - delivered, or dead: open as far as the law of its version asks it back (death in ``restore_on``, or a
      refund under ``pro_rata``), waiting for the restore; the rest is settled.
    """
    asked = restores_asked(facts, refunded, linked, rulebook)
    return (
        _debits(linked, rulebook, facts)
        .pipe(_with_restored, linked)
        .pipe(_with_asked, asked)
        .pipe(_with_open)
        .pipe(beside, orders.select("order_no", "order_id"), "order_no")
        .pipe(beside, people.select("member_no", "member_id"), "member_no")
        .with_columns(
            settled_coins=_COINS - _RESTORED - _OPEN,
            state=_state(),
            age_days=pl.when(_OPEN > 0).then(_age(as_of)),
            open_paise=worth(_OPEN),
            worth_paise=worth(_COINS),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Clearing).items())
        .pipe(Clearing.validate)
    )


def _debits(linked: pl.DataFrame, rulebook: Rulebook, facts: pl.DataFrame) -> pl.DataFrame:
    """Posted redeem debits in ledger order, with the facts of their order and what a coin is worth.

    ``account`` is what restores are applied within: the order, else the unknown reference that debits share,
    else the debit. The last two are numbered below 0.
    """
    reference = pl.coalesce("reference_key", "parent_key", "hash_key")
    posted = (
        linked.lazy()
        .filter((pl.col("leg") == "redemption") & pl.col("is_posted"))
        .select(
            "entry_no",
            "entry_id",
            "member_no",
            "order_no",
            reference=pl.when(pl.col("order_no").is_null()).then(reference),
            coins="amount_coins",
            debited_at="created_at",
        )
        .collect()
        .sort("debited_at", "entry_id")
    )
    first = pl.when(pl.col("reference").is_not_null()).then(pl.col("entry_no").min().over("reference"))
    loose = worth_at(posted.filter(pl.col("order_no").is_null()), rulebook, "debited_at").select(
        "entry_no",
        loose_account=-1 - pl.coalesce(first, "entry_no"),
        loose_worth_coins="worth_coins",
        loose_worth_paise="worth_paise",
    )
    return (
        posted.pipe(beside, facts.select(_FACTS), "order_no")
        .pipe(beside, loose, "entry_no")
        .with_columns(
            account=pl.coalesce("order_no", "loose_account"),
            worth_coins=pl.coalesce("worth_coins", "loose_worth_coins"),
            worth_paise=pl.coalesce("worth_paise", "loose_worth_paise"),
        )
    )


def _with_restored(debits: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """With the coins that came back for each debit."""
    loose = debits.select("loose_account", debit_no="entry_no").drop_nulls()
    given = (
        linked.lazy()
        .filter((pl.col("leg") == "restore") & pl.col("is_posted"))
        .select("debit_no", "order_no", "member_no", "amount_coins")
        .collect()
        .pipe(beside, loose, "debit_no")
        .group_by("member_no", account=pl.coalesce("loose_account", "order_no"))
        .agg(given_coins=pl.col("amount_coins").sum())
    )
    return debits.join(
        given, on=_ACCOUNT, how="left", validate="m:1", nulls_equal=True, maintain_order="left"
    ).pipe(_with_share, "restored_coins", "given_coins", _ACCOUNT)


def _with_asked(debits: pl.DataFrame, asks: pl.DataFrame) -> pl.DataFrame:
    """With the coins of each debit that the law asks back."""
    total = asks.group_by("order_no").agg(asked_total_coins=pl.col("asked_to_date_coins").max())
    return debits.pipe(beside, total, "order_no").pipe(
        _with_share, "asked_coins", "asked_total_coins", ("account",)
    )


def _with_share(debits: pl.DataFrame, name: str, total: str, within: Sequence[str]) -> pl.DataFrame:
    """With each debit's share of a total that fills the debits of a group one after the other."""
    before = _COINS.cum_sum().over(within) - _COINS
    share = pl.min_horizontal((pl.col(total) - before).clip(lower_bound=0), _COINS)
    shares = debits.filter(pl.col(total) > 0).select("entry_no", share.alias(name))
    return debits.drop(total).pipe(beside, shares, "entry_no").with_columns(pl.col(name).fill_null(0))


def _with_open(debits: pl.DataFrame) -> pl.DataFrame:
    is_delivered = (pl.col("state") == "delivered") | pl.col("delivered_at").is_not_null()
    is_dead = pl.col("is_dead")
    waits_for = (
        pl.when(pl.col("order_no").is_null())
        .then(pl.lit("order"))
        .when((pl.col("state") == "unknown") | (is_dead & pl.col("version_no").is_null()))
        .then(pl.lit("verdict"))
        .when(~is_dead & ~is_delivered)
        .then(pl.lit("delivery"))
        .otherwise(pl.lit("restore"))
    )
    is_known = pl.col("waits_for") == "restore"
    wanted = pl.when(is_known).then("asked_coins").otherwise("coins")
    return (
        debits.with_columns(waits_for=waits_for)
        .with_columns(open_coins=(wanted - _RESTORED).clip(lower_bound=0))
        .with_columns(waits_for=pl.when(_OPEN > 0).then("waits_for"))
    )


def _state() -> pl.Expr:
    """A debit of no coins holds nothing: it is settled."""
    return (
        pl.when(_OPEN > 0)
        .then(pl.lit("open"))
        .when((_RESTORED == _COINS) & (_COINS > 0))
        .then(pl.lit("restored"))
        .otherwise(pl.lit("settled"))
    )


def _age(as_of: dt.datetime) -> pl.Expr:
    today = business_date(pl.lit(as_of.astimezone(dt.UTC)))
    return (today - business_date(pl.col("debited_at"))).dt.total_days()
