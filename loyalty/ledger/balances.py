"""What a member's balance was after each entry, as rebuilt from the ledger and as the export states it."""

import datetime as dt

import polars as pl

from loyalty.ledger.movements import in_ledger_order, posted
from loyalty.values.frames import beside, one_before, sum_so_far


def running_balances(linked: pl.DataFrame) -> pl.DataFrame:
    """Posted entries of known members in ledger order, with ``rebuilt_coins`` after each; one row per entry.

    Entries of a person over several leads count together.
    """
    rebuilt = sum_so_far(pl.col("signed_coins"), of="member_no")
    rows = in_ledger_order(linked, "amount_coins", "signed_coins", "balance_coins")
    return rows.with_columns(rebuilt_coins=rebuilt)


def breaks(running: pl.DataFrame) -> pl.DataFrame:
    """Entries whose exported balance does not follow from the one before it, with ``break_coins``.

    Among entries that state a balance; the first of a member opens the chain (details L8).
    """
    before = one_before(pl.col("balance_coins"), of="member_no")
    return (
        running.filter(pl.col("balance_coins").is_not_null())
        .with_columns(break_coins=pl.col("balance_coins") - (before + pl.col("signed_coins")))
        .filter(pl.col("break_coins") != 0)
    )


def rebuilt_at(linked: pl.DataFrame, moments: pl.DataFrame) -> pl.DataFrame:
    """``moments`` (``member_no, at``; one of a member) with the ``rebuilt_coins`` by then, 0 before any entry.

    Expired coins that no entry removed are still in.
    """
    instants = moments.lazy().select("member_no", "at")
    by_then = (
        posted(linked.lazy())
        .join(instants, on="member_no", how="left", validate="m:1")
        .filter(pl.col("created_at") <= pl.col("at"))
        .group_by("member_no")
        .agg(rebuilt_coins=pl.col("signed_coins").sum())
        .collect()
    )
    return beside(moments, by_then, "member_no", "1:1").with_columns(pl.col("rebuilt_coins").fill_null(0))


def stated_balances(members: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """The newest balance that StagedMembers state of each member: ``member_no, at, exported_coins``.

    Several leads of one person are added up. A balance of no known instant is left out: there is nothing
    to hold it against; nor do those after the as-of count.
    """
    stated = members.filter(pl.col("balance_coins").is_not_null() & (pl.col("as_of") <= as_of))
    return (
        stated.filter(pl.col("as_of") == pl.col("as_of").max().over("member_no"))
        .group_by("member_no")
        .agg(at=pl.col("as_of").first(), exported_coins=pl.col("balance_coins").sum())
    )
