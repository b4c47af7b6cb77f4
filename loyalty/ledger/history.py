"""What became of every coin of many members: marched through in step where it pays, walked where it does not.

`histories` gives what `lots.walk` gives, row for row. Nearly everybody marches (`purses` says why that is
exact). Walked are only:

* the longest ledgers, where fewer than a crew would still be marching: a step costs as much for one as for many;
* members with an expire entry of no coins, which looks for batches that were emptied long before;
* members with an order whose own entries stand before others when it is asked what they could spend: they
  are asked in a ledger without that order.
"""

import dataclasses
import datetime as dt

import numpy as np
import polars as pl

from loyalty.contracts.intermediate import Spendable
from loyalty.ledger.columns import Asked, Flags, Ints, Ledger, asked_of, ledger_of, posted
from loyalty.ledger.lots import Walk, batches_of, walk
from loyalty.ledger.purse import EXPIRE, NEVER
from loyalty.ledger.purses import Notes, Purses
from loyalty.values.times import INSTANT

_CREW = 32
"""A step of fewer members takes longer than walking them."""


def histories(movements: pl.DataFrame, queries: pl.DataFrame, as_of: dt.datetime, crew: int = _CREW) -> Walk:
    """Movements and BalanceQueries through every lot; nothing in ``movements`` may be later than ``as_of``."""
    rows = posted(movements)
    ledger = ledger_of(rows)
    asked = asked_of(rows, ledger, queries)
    is_walked = _walkers(ledger, asked, crew)
    if is_walked.all():
        return walk(movements, queries, as_of)
    marched = _marched(rows, ledger, asked.of(~is_walked), ~is_walked, queries, as_of)
    if not is_walked.any():
        return _in_order(marched)
    theirs = queries[asked.of(is_walked).places]
    walked = walk(movements.filter(is_walked[rows["member"].to_numpy()]), theirs, as_of)
    others = marched.spendable.join(theirs, on="order_no", how="anti", maintain_order="left")
    return _in_order(dataclasses.replace(marched, spendable=others), walked)


def _walkers(ledger: Ledger, asked: Asked, crew: int) -> Flags:
    """Which members do not march."""
    longest = np.sort(ledger.counts)[-crew] if ledger.counts.size >= crew else 0
    is_walked: Flags = ledger.counts > longest
    members = np.repeat(np.arange(ledger.counts.size), ledger.counts)
    is_walked[members[(ledger.deeds == EXPIRE) & (ledger.coins == 0)]] = True
    is_walked[asked.members[asked.is_replayed]] = True
    return is_walked


def _marched(
    rows: pl.DataFrame,
    ledger: Ledger,
    asked: Asked,
    is_marcher: Flags,
    queries: pl.DataFrame,
    as_of: dt.datetime,
) -> Walk:
    """What becomes of the coins of marchers, in no order; every query but theirs is answered with nothing."""
    purses = Purses(ledger)
    answers = np.zeros((2, queries.height), np.int64)
    answers[:, asked.places] = purses.march(np.flatnonzero(is_marcher), asked)
    lots = _lots(rows, ledger, purses)
    early = np.concatenate(purses.early)
    return Walk(
        spendable=pl.DataFrame(
            {"order_no": queries["order_no"], "spendable_coins": answers[0], "paper_coins": answers[1]}
        ),
        allocations=_allocations(rows, ledger, purses),
        lots=lots,
        batches=batches_of(_sweeps(rows, ledger, purses), lots, _restored(rows, ledger, purses), as_of),
        early=_named(rows, early).select("entry_no", "member_no", "created_at", coins=pl.Series(ledger.coins[early])),
    )


def _named(rows: pl.DataFrame, movements: Ints) -> pl.DataFrame:
    """Who and when of movements: ``entry_no, member_no, created_at``."""
    return rows.select("entry_no", "member_no", created_at=pl.col("at").cast(INSTANT))[movements]


def _dated(dies: Ints) -> pl.Series:
    """Expiries as instants, null for never."""
    expires = pl.Series("dies", dies)
    return expires.set(expires == NEVER, None).cast(INSTANT)


def _allocations(rows: pl.DataFrame, ledger: Ledger, purses: Purses) -> pl.DataFrame:
    """Every note, births and debts included."""
    entry_nos = rows["entry_no"].to_numpy()
    lot_nos = entry_nos[ledger.makers]
    born, owed = np.flatnonzero(purses.born), np.flatnonzero(purses.owed)
    births = Notes(ledger.makers[born], born, purses.born[born])
    notes = pl.concat(
        [
            pl.DataFrame({"entry_no": entry_nos[movements], "lot_no": lot_nos[lots], "coins": coins})
            for movements, lots, coins in (births, purses.taken.read(), purses.swept.read(), _summed(purses.given.read()))
        ]
    )
    debts = pl.DataFrame({"entry_no": entry_nos[owed], "coins": purses.owed[owed]})
    return pl.concat([notes, debts], how="diagonal")


def _summed(notes: Notes) -> Notes:
    """One note for each movement and lot."""
    lots = notes._asdict()
    found = pl.DataFrame(lots).group_by("movements", "lots").agg(pl.col("coins").sum())
    return Notes(*(found[name].to_numpy() for name in Notes._fields))


def _lots(rows: pl.DataFrame, ledger: Ledger, purses: Purses) -> pl.DataFrame:
    born = np.flatnonzero(purses.born)
    return _named(rows, ledger.makers[born]).select(
        lot_no="entry_no",
        member_no="member_no",
        born_at="created_at",
        expires_at=_dated(ledger.dies[born]),
        born_coins=pl.Series(purses.born[born]),
        left_coins=pl.Series(purses.left[born]),
    )


def _sweeps(rows: pl.DataFrame, ledger: Ledger, purses: Purses) -> pl.DataFrame:
    """What expire entries took of batches, in order of time; one row per entry and batch.

    One that takes too much takes from one batch only (details X1): the excess is that batch's.
    """
    movements, lots, coins = purses.swept.read()
    taken = np.zeros_like(ledger.coins)
    np.subtract.at(taken, movements, coins)
    swept = (
        pl.DataFrame({"movement": movements, "dies": ledger.dies[lots], "taken_coins": -coins})
        .group_by("movement", "dies")
        .agg(pl.col("taken_coins").sum())
        .sort("movement", "dies")
    )
    entries = swept["movement"].to_numpy()
    return _named(rows, entries).with_columns(
        swept["taken_coins"],
        batch_at=_dated(swept["dies"].to_numpy()),
        excess_coins=pl.Series((ledger.coins - taken)[entries]),
    )


def _restored(rows: pl.DataFrame, ledger: Ledger, purses: Purses) -> pl.DataFrame:
    """Coins back in lots: ``member_no, batch_at, restored_at``; one row per restore and lot, or more."""
    is_new = rows["is_restore"].to_numpy()[ledger.makers] & (purses.born > 0)
    given = purses.given.read()
    movements = np.concatenate([given.movements, ledger.makers[is_new]])
    lots = np.concatenate([given.lots, np.flatnonzero(is_new)])
    return _named(rows, movements).select(
        "member_no", restored_at="created_at", batch_at=_dated(ledger.dies[lots])
    )


def _in_order(*parts: Walk) -> Walk:
    """Parts of a history as one, every table in its order."""
    spendable, allocations, lots, batches, early = (
        pl.concat([getattr(part, table.name) for part in parts]) for table in dataclasses.fields(Walk)
    )
    last = pl.col("entry_no").max()
    return Walk(
        spendable=spendable.sort("order_no").pipe(Spendable.validate),
        allocations=_sorted(
            allocations, pl.col("entry_no") * (last + 2) + pl.col("lot_no").fill_null(last + 1)
        ),
        lots=_sorted(lots, pl.col("lot_no")),
        batches=batches.sort("member_no", "batch_at"),
        early=early.sort("member_no", "created_at", "entry_no"),
    )


def _sorted(table: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    """Sorted by a unique whole number: numpy takes a third of the time that polars takes for two columns."""
    return table[np.argsort(table.select(key=key)["key"].to_numpy())]
