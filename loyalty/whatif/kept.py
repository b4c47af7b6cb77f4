"""Ledger entries that no order's law decides: bonuses, imports, manual entries, whatever names no known order.

They happen in every replay as they were recorded, with what the law does say of them: a bonus stays within
its range and its number for each member, and a lot lives as long as the law lets it.
"""

import polars as pl

from loyalty.ledger.movements import movements
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import bonus_rules, in_force
from loyalty.values.times import INSTANT
from loyalty.whatif.history import History

NO_DEBITS = pl.DataFrame(schema={"order_no": pl.Int64, "at": INSTANT})
"""Nothing in a replay is debited before its order asks."""


def kept_movements(
    history: History, requests: pl.DataFrame, present: Rulebook, law: Rulebook
) -> pl.DataFrame:
    """Movements of posted entries that a replay under ``law`` keeps; one row per entry.

    Left out are expire entries, since coins expire by law, and the entries of orders that the law decides. A
    redeem debit tied to no order and the restore that gives it back share an ``order_no`` below zero.
    """
    ruled = requests.select("order_no", "is_earning_ruled", "is_redeeming_ruled")
    is_earning = pl.col("leg").is_in(("earn", "reversal"))
    is_redeeming = pl.col("leg").is_in(("redemption", "restore"))
    is_decided = (is_earning & pl.col("is_earning_ruled")) | (is_redeeming & pl.col("is_redeeming_ruled"))
    debit = pl.when(pl.col("leg") == "redemption").then("entry_no").otherwise("debit_no")
    kept = (
        history.linked.filter("is_posted", pl.col("member_no").is_not_null(), pl.col("leg") != "expiry")
        .join(ruled, on="order_no", how="left", validate="m:1", maintain_order="left")
        .filter(~is_decided.fill_null(value=False))
        .with_columns(order_no=pl.coalesce("order_no", pl.when(is_redeeming).then(-1 - debit)))
        .pipe(_within_bonus_law, law)
        .pipe(_without_lawful_expiry, present)
    )
    return movements(kept, NO_DEBITS, law)


def _within_bonus_law(kept: pl.DataFrame, law: Rulebook) -> pl.DataFrame:
    """Bonuses that the law knows brought into its range; those beyond the member's number count nothing."""
    is_bonus = (
        pl.col("type").is_in(("bonus", "reward"))
        & (pl.col("operation") == "cr")
        & (pl.col("leg") == "adjustment")
        & pl.col("bonus_name").is_not_null()
    )
    ruled = (
        in_force(kept.filter(is_bonus), law, "created_at", clamp=True)
        .join(
            bonus_rules(law),
            on=["version_no", "bonus_name"],
            how="inner",
            validate="m:1",
            maintain_order="left",
        )
        .sort("created_at", "entry_no")
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("member_no", "bonus_name"))
    )
    is_one_too_many = (pl.col("rank") > pl.col("per_member")).fill_null(value=False)
    within = pl.col("amount_coins").clip("bonus_min", "bonus_max")
    bounded = ruled.select("entry_no", bonus_coins=pl.when(is_one_too_many).then(pl.lit(0)).otherwise(within))
    return kept.join(bounded, on="entry_no", how="left", validate="1:1", maintain_order="left").with_columns(
        signed_coins=pl.coalesce("bonus_coins", "signed_coins")
    )


def _without_lawful_expiry(kept: pl.DataFrame, present: Rulebook) -> pl.DataFrame:
    """An expiry on the row that is what the present law gives was never the row's own: another law replaces it."""
    lawful = movements(
        kept.with_columns(expires_at=pl.lit(None, kept.schema["expires_at"])), NO_DEBITS, present
    )
    return kept.join(
        lawful.select("entry_no", lawful_at="lot_expires_at"),
        on="entry_no",
        how="left",
        validate="1:1",
        maintain_order="left",
    ).with_columns(
        expires_at=pl.when(pl.col("expires_at").ne_missing(pl.col("lawful_at"))).then("expires_at")
    )
