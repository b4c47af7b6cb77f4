"""What became of every coin of many members: marched through in step where it pays, walked where it does not.

`histories` gives what `lots.walk` gives, row for row. Nearly everybody marches (`purses` says why that is
exact). Walked are only:

* the longest ledgers, where fewer than a crew would still be marching: a step costs as much for one as for many;
* members with an expire entry of no coins, which looks for batches that were emptied long before;
* members with an order whose own entries stand before others when it is asked what they could spend: they
  are asked in a ledger without that order.
"""

import datetime as dt

import numpy as np
import polars as pl

from loyalty.contracts.intermediate import Spendable
from loyalty.ledger.columns import Asked, Flags, Ledger, asked_of, ledger_of, posted
from loyalty.ledger.lots import Walk, batches_of, walk
from loyalty.ledger.movements import RESTORE
from loyalty.ledger.purse import EXPIRE, NEVER
from loyalty.ledger.purses import Notes, Purses
from loyalty.values.times import INSTANT

_CREW = 32
"""A step of fewer members takes longer than walking them."""


def histories(
    movements: pl.DataFrame, queries: pl.DataFrame, as_of: dt.datetime, crew: int = _CREW
) -> Walk:
    """Movements and BalanceQueries through every lot; nothing in ``movements`` may be later than ``as_of``."""
    rows = posted(movements)
    ledger = ledger_of(rows)
    asked = asked_of(rows, ledger, queries)
    is_walked = _walkers(ledger, asked, crew)
    if is_walked.all():
        return walk(movements, queries, as_of)
    marched = _marched(rows, ledger, asked.of(~is_walked), queries, np.flatnonzero(~is_walked), as_of)
    if not is_walked.any():
        return _in_order([marched])
    left_out = queries[asked.of(is_walked).places]
    marched = dataclasses.replace(marched, spendable=marched.spendable.join(left_out, on="order_no", how="anti"))
    of_walkers = movements.filter(pl.Series(is_walked).gather(rows["member"]))
    return _in_order([marched, walk(of_walkers, left_out, as_of)])


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
    queries: pl.DataFrame,
    marchers: Ints,
    as_of: dt.datetime,
) -> Walk:
    """The histories of those who march, in no order; queries of all others are answered with nothing."""
    purses = Purses(ledger)
    answers = np.zeros((2, queries.height), np.int64)
    answers[:, asked.places] = purses.march(marchers, asked)
    swept = _named(purses.swept.read(), rows, ledger)
    given = _named(purses.given.read(), rows, ledger)
    born = purses.born[ledger.makers...]
    return Walk(
        spendable=queries.select("order_no", spendable_coins=answers[0], paper_coins=answers[1]),
        ...
    )
