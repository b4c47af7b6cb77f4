"""Purses after their march, as the tables that a walk gives."""

import datetime as dt

import numpy as np
import polars as pl

from loyalty.ledger.columns import Ints
from loyalty.ledger.lots import Walk
from loyalty.ledger.purse import NEVER
from loyalty.ledger.purses import Notes, Purses
from loyalty.values.times import INSTANT

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NO_ENTRIES = pl.lit([], pl.List(pl.Int64))


def outcome(
    rows: pl.DataFrame, purses: Purses, queries: pl.DataFrame, answers: Ints, as_of: dt.datetime
) -> Walk:
    """What became of the coins of those who marched, in no order.

    ``rows`` are the posted movements, ``answers`` A and A_paper of every query.
    """
    early = np.concatenate(purses.early)
    return Walk(
        spendable=pl.DataFrame(
            {"order_no": queries["order_no"], "spendable_coins": answers[0], "paper_coins": answers[1]}
        ),
        allocations=_allocations(rows, purses),
        lots=_lots(rows, purses),
        batches=_batches(rows, purses, as_of),
        early=_named(rows, early).with_columns(coins=pl.Series(purses.ledger.coins[early])),
    )


def _named(rows: pl.DataFrame, movements: Ints) -> pl.DataFrame:
    """Who and when of movements: ``entry_no, member_no, created_at``."""
    return rows.select("entry_no", "member_no", created_at=pl.col("at").cast(INSTANT))[movements]


def _allocations(rows: pl.DataFrame, purses: Purses) -> pl.DataFrame:
    """All notes, births and debts."""
    entry_nos = rows["entry_no"].to_numpy()
    lot_nos = entry_nos[purses.ledger.makers]
    born, owed = np.flatnonzero(purses.born), np.flatnonzero(purses.owed)
    births = Notes(purses.ledger.makers[born], born, purses.born[born])
    # Coins of one lot may come back in two parts, taken by two debits.
    given = (
        pl.DataFrame(purses.given.read()._asdict()).group_by("movements", "lots").agg(pl.col("coins").sum())
    )
    notes = [births, purses.taken.read(), purses.swept.read(), Notes(*given.to_numpy().T)]
    to_lots = [
        pl.DataFrame({"entry_no": entry_nos[movements], "lot_no": lot_nos[lots], "coins": coins})
        for movements, lots, coins in notes
    ]
    debts = pl.DataFrame({"entry_no": entry_nos[owed], "coins": purses.owed[owed]})
    return pl.concat([*to_lots, debts], how="diagonal")


def _lots(rows: pl.DataFrame, purses: Purses) -> pl.DataFrame:
    born = np.flatnonzero(purses.born)
    dies = pl.Series(purses.ledger.dies[born])
    return _named(rows, purses.ledger.makers[born]).select(
        lot_no="entry_no",
        member_no="member_no",
        born_at="created_at",
        expires_at=dies.set(dies == NEVER, None).cast(INSTANT),
        born_coins=pl.Series(purses.born[born]),
        left_coins=pl.Series(purses.left[born]),
    )


def _batches(rows: pl.DataFrame, purses: Purses, as_of: dt.datetime) -> pl.DataFrame:
    """Batches as details X1 asks for them.

    They are numbered as lots are, since lots of a member that expire together stand side by side.
    """
    ledger = purses.ledger
    is_first = np.diff(ledger.dies, prepend=0) != 0
    is_first[ledger.lot_starts[ledger.lot_starts < ledger.lot_ends]] = True
    batch_of = np.cumsum(is_first) - 1
    found = (
        _swept(rows, purses, batch_of)
        .join(_stale(rows, purses, batch_of, as_of), on="batch", how="full", coalesce=True, validate="1:1")
        .join(_restored(rows, purses, batch_of), on="batch", how="left", validate="1:1")
        .sort("batch")
    )
    lots = np.flatnonzero(is_first)[found["batch"].to_numpy()]
    return found.select(
        rows["member_no"].gather(ledger.makers[lots]),
        pl.Series("batch_at", ledger.dies[lots]).cast(INSTANT),
        pl.col("entry_nos").fill_null(_NO_ENTRIES),
        pl.col("taken_coins", "excess_coins").fill_null(0),
        pl.col("lot_entry_nos").fill_null(_NO_ENTRIES),
        pl.col("left_coins").fill_null(0),
        pl.col("last_restored_at", "first_swept_at").cast(INSTANT),
    )


def _swept(rows: pl.DataFrame, purses: Purses, batch_of: Ints) -> pl.DataFrame:
    """What expire entries took of each batch, in order of time.

    One that takes too much takes from one batch only (details X1): the excess is that batch's.
    """
    movements, lots, coins = purses.swept.read()
    rest = purses.ledger.coins.copy()
    np.add.at(rest, movements, coins)
    pairs = batch_of[lots] * rows.height + movements
    order = np.argsort(pairs)
    starts = np.flatnonzero(np.diff(pairs[order], prepend=-1))
    batches, sweepers = np.divmod(pairs[order][starts], rows.height)
    swept = pl.DataFrame(
        {
            "batch": batches,
            "entry_nos": rows["entry_no"].gather(sweepers),
            "taken_coins": -np.add.reduceat(coins[order], starts),
            "excess_coins": rest[sweepers],
            "first_swept_at": purses.ledger.at[sweepers],
        }
    )
    return (
        swept.with_columns(pl.col("batch").set_sorted())
        .group_by("batch", maintain_order=True)
        .agg("entry_nos", pl.col("taken_coins", "excess_coins").sum(), pl.col("first_swept_at").first())
    )


def _stale(rows: pl.DataFrame, purses: Purses, batch_of: Ints, as_of: dt.datetime) -> pl.DataFrame:
    """Coins left in each batch past expiry, and the credits of the lots that hold them."""
    now = (as_of - _EPOCH) // dt.timedelta(microseconds=1)
    lots = np.flatnonzero((purses.left > 0) & (purses.ledger.dies <= now))
    stale = pl.DataFrame(
        {
            "batch": batch_of[lots],
            "lot_entry_nos": rows["entry_no"].gather(purses.ledger.makers[lots]),
            "left_coins": purses.left[lots],
        }
    )
    return stale.group_by("batch", maintain_order=True).agg("lot_entry_nos", pl.col("left_coins").sum())


def _restored(rows: pl.DataFrame, purses: Purses, batch_of: Ints) -> pl.DataFrame:
    """When a restore last put coins into each batch, by giving back or with a new lot."""
    ledger, given = purses.ledger, purses.given.read()
    is_new = rows["is_restore"].to_numpy()[ledger.makers] & (purses.born > 0)
    lots = np.concatenate([given.lots, np.flatnonzero(is_new)])
    movements = np.concatenate([given.movements, ledger.makers[is_new]])
    restored = pl.DataFrame({"batch": batch_of[lots], "last_restored_at": ledger.at[movements]})
    return restored.group_by("batch").agg(pl.col("last_restored_at").max())
