"""What a member holds at an instant: coins in lots, coins past expiry, debt (contract §5, details L7)."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

_DIES, _LEFT = pl.col("expires_at"), pl.col("left_coins")


@dataclass(frozen=True)
class Standing:
    """One member's coins right after everything posted by an instant.

    ``balance_coins`` = Σ left of all lots − ``debt_coins``, and may be below zero. ``spendable_coins``: in
    unexpired lots, less debt, never below zero. ``stale_coins``: in lots past expiry that no entry has
    emptied yet. ``lots``: ``lot_no, born_at, expires_at, born_coins, left_coins`` of those with coins left, in
    the order in which debits take them: those past expiry last.
    """

    balance_coins: int
    spendable_coins: int
    stale_coins: int
    debt_coins: int
    lots: pl.DataFrame


def standing(
    movements: pl.DataFrame, allocations: pl.DataFrame, lots: pl.DataFrame, at: dt.datetime
) -> Standing:
    """The standing of the one member whose Movements, Allocations and Lots these are, entries at ``at`` included.

    Lots born by then, less what the entries by then took of them.
    """
    posted = movements.filter(pl.col("created_at") <= at).select("entry_no")
    moved = allocations.join(posted, on="entry_no", how="semi")
    left = moved.group_by("lot_no").agg(left_coins=pl.col("coins").sum())
    held = (
        lots.drop("left_coins", "member_no")
        .join(left, on="lot_no", how="inner", validate="1:1")
        .filter(_LEFT > 0)
        .sort((_DIES <= at).fill_null(value=False), "expires_at", "born_at", "lot_no", nulls_last=True)
    )
    debt = -int(moved.filter(pl.col("lot_no").is_null())["coins"].sum())
    stale = int(held.filter(_DIES <= at)["left_coins"].sum())
    total = int(held["left_coins"].sum())
    return Standing(
        balance_coins=total - debt,
        spendable_coins=max(0, total - stale - debt),
        stale_coins=stale,
        debt_coins=debt,
        lots=held,
    )
