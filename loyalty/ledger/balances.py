"""What a member's balance was after each entry, as rebuilt from the ledger and as the export states it."""

import datetime as dt

import polars as pl

from loyalty.ledger.movements import LEDGER_ORDER, in_ledger_order


def running_balances(linked: pl.DataFrame) -> pl.DataFrame:
    """Posted entries of known members in ledger order, with ``rebuilt_coins`` after each; one row per entry.

    Entries of a person over several leads count together.
    """
    rebuilt = pl.col("signed_coins").cum_sum().over("member_no")
    return in_ledger_order(linked).with_columns(rebuilt_coins=rebuilt)


def breaks(running: pl.DataFrame) -> pl.DataFrame:
    """Entries whose exported balance does not follow from the one before it, with ``break_coins``.

    Among entries that state a balance; the first of a member opens the chain (details L8).
    """
    stated = running.filter(pl.col("balance_coins").is_not_null()).sort(LEDGER_ORDER)
    before = pl.col("balance_coins").shift(1).over("member_no")
    stated = stated.with_columns(break_coins=pl.col("balance_coins") - (before + pl.col("signed_coins")))
    return stated.filter(pl.col("break_coins") != 0)


def rebuilt_at(running: pl.DataFrame, moments: pl.DataFrame) -> pl.DataFrame:
    """``moments`` (``member_no, at``) with ``rebuilt_coins`` by then and the ``last_entry_no`` that made it.

    Expired coins that no entry removed are still in. Nothing posted by then: 0 coins and a null entry.
    """
    known = running.select(
        "member_no", "created_at", "rebuilt_coins", last_entry_no="entry_no", last_entry_at="created_at"
    )
    return (
        moments.sort("at", "member_no")
        .join_asof(
            known.sort("created_at", maintain_order=True),
            left_on="at",
            right_on="created_at",
            by="member_no",
            strategy="backward",
            check_sortedness=False,
        )
        .with_columns(pl.col("rebuilt_coins").fill_null(0))
    )


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
