"""What the ledger booked for each order, leg by leg."""

from typing import NamedTuple

import polars as pl

_READ = ("order_no", "created_at", "entry_no", "member_no", "amount_coins", "match_method")
NO_ENTRIES = pl.lit([], pl.List(pl.Int64))


class Tied(NamedTuple):
    """The entries of one leg that are tied to an order.

    ``posted``: ``order_no, created_at, entry_no, member_no, amount_coins, match_method``; one row per posted
    entry, sorted by the first three.

    ``orders``: ``order_no, coins, count, first_at, entry_nos, match_method`` of what was posted; one row per
    order that any entry names. Of an order with nothing but pending entries, 0 coins and no entries.
    """

    posted: pl.DataFrame
    orders: pl.DataFrame


def tied(linked: pl.DataFrame, leg: str) -> Tied:
    """The entries of a leg that are tied to an order."""
    entries = linked.lazy().filter((pl.col("leg") == leg) & pl.col("order_no").is_not_null())
    posted = entries.filter("is_posted").select(_READ).collect().sort("order_no", "created_at", "entry_no")
    booked = posted.group_by("order_no", maintain_order=True).agg(
        coins=pl.col("amount_coins").sum(),
        count=pl.len().cast(pl.Int64),
        first_at=pl.col("created_at").first(),
        entry_nos="entry_no",
        match_method=pl.col("match_method").first(),
    )
    pending = entries.filter(~pl.col("is_posted")).select("order_no").collect().unique()
    unbooked = pending.join(booked, on="order_no", how="anti").with_columns(
        coins=pl.lit(0, pl.Int64), count=pl.lit(0, pl.Int64), entry_nos=NO_ENTRIES
    )
    return Tied(posted, pl.concat([booked, unbooked], how="diagonal"))
