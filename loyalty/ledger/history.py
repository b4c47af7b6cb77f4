"""What became of every coin of many members: marched through in step where it pays, walked where it does not.

`histories` gives what `lots.walk` gives, row for row. Nearly everybody marches (`purses` says why that is
exact). Walked are only:

* the longest ledgers, where so few would still be marching that it takes longer: a step costs nearly as much for
  one as for many;
* members with an expire entry of no coins, which looks for batches that were emptied long before;
* members with an order whose own entries stand before others when it is asked what they could spend: they
  are asked in a ledger without that order.
"""

import dataclasses
import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from loyalty.contracts.intermediate import Spendable
from loyalty.ledger.columns import Asked, Flags, Ledger, asked_of, ledger_of, posted
from loyalty.ledger.lots import Walk, walk
from loyalty.ledger.outcome import outcome
from loyalty.ledger.purse import EXPIRE
from loyalty.ledger.purses import Purses


class Price(NamedTuple):
    """What takes as long as walking through so many movements, as measured."""

    step: int = 30
    """A step of a few marchers."""
    walk: int = 3000
    """To walk with anybody at all: tables to be made and put together."""


_MEASURED = Price()


def histories(
    movements: pl.DataFrame, queries: pl.DataFrame, as_of: dt.datetime, price: Price = _MEASURED
) -> Walk:
    """Movements and BalanceQueries through every lot; nothing in ``movements`` may be later than ``as_of``.

    ``price`` decides who is walked for the length of a ledger; what is found is the same.
    """
    rows = posted(movements)
    ledger = ledger_of(rows)
    asked = asked_of(rows, ledger, queries)
    is_walked = _walkers(ledger, asked, price)
    if is_walked.all():
        return walk(movements, queries, as_of)
    purses = Purses(ledger)
    answers = np.zeros((2, queries.height), np.int64)
    marching = asked.of(~is_walked)
    answers[:, marching.places] = purses.march(np.flatnonzero(~is_walked), marching)
    marched = outcome(rows, purses, queries, answers, as_of)
    if not is_walked.any():
        return _in_order(marched)
    is_theirs = np.full(queries.height, fill_value=False)
    is_theirs[asked.of(is_walked).places] = True
    walked = walk(movements.filter(is_walked[rows["member"].to_numpy()]), queries.filter(is_theirs), as_of)
    return _in_order(dataclasses.replace(marched, spendable=marched.spendable.filter(~is_theirs)), walked)


def _walkers(ledger: Ledger, asked: Asked, price: Price) -> Flags:
    """Which members do not march; of the longest ledgers, as many as make the whole cheapest."""
    longest = np.append(-np.sort(-ledger.counts), 0)
    walked_rows = np.cumsum(longest) - longest
    costs = price.step * longest + walked_rows + price.walk * (walked_rows > 0)
    is_walked: Flags = ledger.counts > longest[np.argmin(costs)]
    members = np.repeat(np.arange(ledger.counts.size), ledger.counts)
    is_walked[members[(ledger.deeds == EXPIRE) & (ledger.coins == 0)]] = True
    is_walked[asked.members[asked.is_replayed]] = True
    return is_walked


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
    """Sorted by a unique whole number: numpy takes a sixth of the time that polars takes for two columns."""
    return table.rechunk()[np.argsort(table.select(key=key)["key"].to_numpy())]
