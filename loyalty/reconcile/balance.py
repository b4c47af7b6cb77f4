"""Do the balances that the exports state follow from the entries that they export?

Three questions of each known member, the first that fails gives the row (details L6, L8): does the
running balance chain, did an honest debit ever overdraw it, is the closing balance the rebuilt one.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import LegRows
from loyalty.ledger.balances import breaks, rebuilt_at, running_balances, stated_balances
from loyalty.ledger.movements import DEBIT, EXPIRY
from loyalty.reconcile.rows import shape, worth
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.frames import beside


def balance_rows(
    linked: pl.DataFrame, members: pl.DataFrame, judged: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The balance leg, LegRows; at most one row per member, mismatches only.

    ``members`` are StagedMembers. ``judged`` are the LegRows of the other legs: a debit whose own row
    is a mismatch is not counted as an overdraft again.
    """
    running = running_balances(linked)
    faults = pl.concat(
        [
            _broken(running),
            _negative(running, judged),
            _closing(running, rebuilt_at(linked, stated_balances(members, as_of))),
        ]
    )
    rows = faults.group_by("member_no", maintain_order=True).agg(
        pl.exclude("kind").first(),
        kind=pl.col("kind").first(),
        secondary_kinds=pl.col("kind").slice(1),
    )
    return shape(
        worth_at(rows, rulebook, "priced_at").with_columns(
            leg=pl.lit("balance"),
            status=pl.lit("mismatch"),
            effect_paise=worth(pl.col("effect_coins")),
        )
    ).pipe(LegRows.validate)


def _broken(running: pl.DataFrame) -> pl.DataFrame:
    return (
        breaks(running)
        .group_by("member_no", maintain_order=True)
        .agg(
            entry_nos="entry_no",
            recorded_coins=pl.col("break_coins").sum(),
            priced_at=pl.col("created_at").first(),
            dated_at=pl.col("created_at").last(),
        )
        .select(
            pl.lit("balance_break").alias("kind"),
            "member_no",
            "entry_nos",
            pl.lit(0, pl.Int64).alias("expected_coins"),
            "recorded_coins",
            pl.col("recorded_coins").alias("effect_coins"),
            "priced_at",
            "dated_at",
        )
    )


def _negative(running: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The deepest overdraft by a debit that stands; a claw-back may honestly go below zero (details L6)."""
    mismatched = (
        judged.filter((pl.col("status") == "mismatch") & (pl.col("entry_nos").list.len() > 0))
        .select(entry_no="entry_nos")
        .explode("entry_no")
        .unique()
    )
    is_debit = pl.col("phase").is_in((DEBIT, EXPIRY))
    depth = pl.min_horizontal(pl.col("amount_coins"), -pl.col("rebuilt_coins"))
    return (
        running.filter(is_debit & (pl.col("rebuilt_coins") < 0) & (pl.col("amount_coins") > 0))
        .join(mismatched, on="entry_no", how="anti", maintain_order="left")
        .with_columns(depth=depth)
        .sort("member_no", "depth", descending=[False, True], maintain_order=True)
        .unique("member_no", keep="first", maintain_order=True)
        .select(
            pl.lit("negative_balance").alias("kind"),
            "member_no",
            pl.concat_list("entry_no").alias("entry_nos"),
            pl.lit(0, pl.Int64).alias("expected_coins"),
            (-pl.col("depth")).alias("recorded_coins"),
            pl.col("depth").alias("effect_coins"),
            pl.col("created_at").alias("priced_at"),
            pl.col("created_at").alias("dated_at"),
        )
    )


def _closing(running: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """The newest exported balance of each member against the one rebuilt to its instant."""
    difference = pl.col("exported_coins") - pl.col("rebuilt_coins")
    stated_at = pl.coalesce("last_entry_at", "at")
    wrong = newest.filter(difference != 0)
    last = (
        running.join(
            wrong.select("member_no", "at"),
            on="member_no",
            how="inner",
            validate="m:1",
            maintain_order="left",
        )
        .filter(pl.col("created_at") <= pl.col("at"))
        .group_by("member_no", maintain_order=True)
        .agg(last_entry_no=pl.col("entry_no").last(), last_entry_at=pl.col("created_at").last())
    )
    return (
        beside(wrong, last, "member_no", "1:1")
        .sort("member_no")
        .select(
            pl.lit("closing_balance").alias("kind"),
            "member_no",
            pl.concat_list("last_entry_no").list.drop_nulls().alias("entry_nos"),
            pl.col("rebuilt_coins").alias("expected_coins"),
            pl.col("exported_coins").alias("recorded_coins"),
            difference.alias("effect_coins"),
            stated_at.alias("priced_at"),
            stated_at.alias("dated_at"),
        )
    )
