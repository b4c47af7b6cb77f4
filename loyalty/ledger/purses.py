"""Every member's lots and debt at once: all purses post their first movement, then all post their second.

The problem, by example. A debit of 150 finds lots of 100 and 80, both alive: it takes 100 and 50. Which lots
it finds depends on every movement before it, so a ledger is read row by row; in plain Python (`purse`) that
is 6 µs a row, a minute for ten million.

First observation: lay credits end to end on a line, and debits and expiries push one pointer along it, which
is a running maximum, ``D + max(0, max(X − D))``. No row waits for another; but this holds only while the coins
that are gone are those before the pointer. A credit that dies before an earlier one breaks it, and so does a
restore after another order's debit. On simulated honest ledgers one row in eleven belongs to such a member,
and where campaigns give coins of a short life, two in five. All of those would be walked.

Second observation: nobody's row waits for a row of anyone else, ledgers are many and mostly short. So let all
members march in step: at step k everybody posts movement k, one array operation for all of them. What is
done for each is what `purse` does for one, so nothing has to be detected: mixed lives, debts, restores in any
order, sweeps that are not exact and debits judged at another instant are all covered. It took half the time of
the line, whose coins must still be cut into lots, and an eighth of the walk's.

A member's lots stand side by side in the order in which debits take them (`columns`); that order is known before
anything is posted. ``heads`` and ``ends`` point at the first lot that may hold coins, and beyond the last that
was ever made. A movement looks at one lot a round, and those that need more go on to the next: its work is
the number of lots that it touches, however long the ledger.

What this cannot do: march alone. A step costs nearly as much for one member as for a thousand, so a few very
long ledgers are better walked. `history` decides that, and says who else is walked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from loyalty.ledger.columns import Asked, Ints, Ledger
from loyalty.ledger.purse import EXPIRE, GIVE_BACK, MAKE, NEVER, TAKE

_ALL, _NONE = -NEVER, -NEVER - 1
"""What an expire entry takes from, where that is not one batch; no instant is as early."""


class Notes(NamedTuple):
    """What movements did to lots, column by column: coins + into the lot, − out of it."""

    movements: Ints
    lots: Ints
    coins: Ints


@dataclass(slots=True)
class _Book:
    """Notes as they are taken."""

    pages: list[Notes] = field(default_factory=lambda: [Notes(*np.zeros((3, 0), np.int64))])

    def note(self, movements: Ints, lots: Ints, coins: Ints) -> None:
        self.pages.append(Notes(movements, lots, coins))

    def read(self) -> Notes:
        return Notes(*(np.concatenate(column) for column in zip(*self.pages, strict=True)))


class _Piles:
    """Per order what its debits took of which lot, the latest on top: a linked list in three columns."""

    def __init__(self, count: int) -> None:
        self.tops = np.full(count, -1, np.int64)
        self.size = 0
        self.lots = np.zeros(1024, np.int64)
        self.coins = np.zeros(1024, np.int64)
        self.below = np.zeros(1024, np.int64)

    def push(self, piles: Ints, lots: Ints, coins: Ints) -> None:
        """Puts one part on each pile."""
        stop = self.size + piles.size
        while stop > self.lots.size:
            for name in ("lots", "coins", "below"):
                column = getattr(self, name)
                setattr(self, name, np.concatenate([column, np.zeros_like(column)]))
        parts = np.arange(self.size, stop)
        self.lots[parts], self.coins[parts], self.below[parts] = lots, coins, self.tops[piles]
        self.tops[piles] = parts
        self.size = stop

    def pop(self, piles: Ints, wanted: Ints) -> tuple[Ints, Ints]:
        """Takes up to the wanted coins off the top of each pile, none of them empty: lots and coins."""
        parts = self.tops[piles]
        coins = np.minimum(self.coins[parts], wanted)
        self.coins[parts] -= coins
        emptied = self.coins[parts] == 0
        self.tops[piles[emptied]] = self.below[parts[emptied]]
        return self.lots[parts], coins


class Purses:
    """The lots and the debt of every member, while the ledger is posted.

    ``left`` and ``born`` hold coins by lot; ``owed``, by movement, what it paid off the debt (+) or put onto
    it (−). ``taken`` are notes of debits, and of expire entries where they took too much; ``given`` of
    restores, where one lot may have several; ``swept`` of expire entries on lots past expiry; ``early`` are
    expire entries that found none. That a lot was born is noted nowhere else.
    """

    def __init__(self, ledger: Ledger) -> None:
        members, lots = ledger.starts.size, ledger.dies.size
        self.ledger = ledger
        self.left, self.born = np.zeros(lots, np.int64), np.zeros(lots, np.int64)
        self.totals, self.debts = np.zeros(members, np.int64), np.zeros(members, np.int64)
        self.heads, self.ends = ledger.lot_ends.copy(), ledger.lot_starts.copy()
        self.owed = np.zeros(ledger.deeds.size, np.int64)
        self.taken, self.given, self.swept = _Book(), _Book(), _Book()
        self.early: list[Ints] = [np.zeros(0, np.int64)]
        self.piles = _Piles(ledger.pile_count)

    def march(self, members: Ints, asked: Asked) -> Ints:
        """Posts everything of these members; A and A_paper of each query (details R4), two rows."""
        ledger = self.ledger
        by_length = members[np.argsort(-ledger.counts[members], kind="stable")]
        steps = int(ledger.counts[members].max(initial=0)) + 1
        marching = np.searchsorted(-ledger.counts[by_length], -np.arange(steps))
        by_step = np.argsort(asked.steps, kind="stable")
        waiting = np.searchsorted(asked.steps[by_step], np.arange(steps + 1))
        posts = {MAKE: self._credit, TAKE: self._debit, GIVE_BACK: self._restore, EXPIRE: self._expire}
        answers = np.zeros((2, asked.steps.size), np.int64)
        for step in range(steps):
            which = by_step[waiting[step] : waiting[step + 1]]
            answers[:, which] = self._balances(asked.members[which], asked.at[which])
            who = by_length[: marching[step]]
            movements = ledger.starts[who] + step
            deeds = ledger.deeds[movements]
            for deed, post in posts.items():
                chosen = np.flatnonzero(deeds == deed)
                if chosen.size:
                    post(who[chosen], movements[chosen])
        return answers

    def _balances(self, who: Ints, at: Ints) -> Ints:
        alive = self.totals[who]
        for places, lots in self._past(who, at):
            alive[places] -= self.left[lots]
        debts = self.debts[who]
        return np.maximum((alive - debts, self.totals[who] - debts), 0)

    def _credit(self, who: Ints, movements: Ints) -> None:
        self._bear(who, movements, self._pay_debt(who, movements))

    def _debit(self, who: Ints, movements: Ints) -> None:
        """Takes unexpired lots in order, then lots past expiry; the rest is debt."""
        wanted, judged = self.ledger.coins[movements], self.ledger.judged[movements]
        self._skip_empty(who)
        self._take(who, movements, wanted, judged, past=False)
        if wanted.any():
            self._take(who, movements, wanted, judged, past=True)
            self._owe(who, movements, wanted)

    def _restore(self, who: Ints, movements: Ints) -> None:
        """Back to the lots of the order's debits, latest consumed first; a new lot takes what is over."""
        wanted, piles = self._pay_debt(who, movements), self.ledger.piles[movements]
        places = np.flatnonzero(wanted)
        while (places := places[self.piles.tops[piles[places]] >= 0]).size:
            lots, coins = self.piles.pop(piles[places], wanted[places])
            wanted[places] -= coins
            self.heads[who[places]] = np.minimum(self.heads[who[places]], lots)
            self._move(self.given, who[places], movements[places], lots, coins)
            places = places[wanted[places] > 0]
        new = np.flatnonzero(wanted)
        self._bear(who[new], movements[new], wanted[new])

    def _expire(self, who: Ints, movements: Ints) -> None:
        """Takes from batches past expiry as details X1 says; the excess from unexpired lots, then debt."""
        wanted, at = self.ledger.coins[movements], self.ledger.at[movements]
        self._skip_empty(who)
        batches = self._batches(who, wanted, at)
        self.early.append(movements[batches == _NONE])
        for places, lots in self._past(who, at):
            is_swept = (batches[places] == _ALL) | (batches[places] == self.ledger.dies[lots])
            parts = np.minimum(self.left[lots], wanted[places]) * is_swept
            wanted[places] -= parts
            self._move(self.swept, who[places], movements[places], lots, -parts)
        if wanted.any():
            self._take(who, movements, wanted, at, past=False)
            self._owe(who, movements, wanted)

    def _batches(self, who: Ints, wanted: Ints, at: Ints) -> Ints:
        """The batch that each expire entry takes from (details X1).

        The newest that holds as many coins; else all, if together they do; else the newest that holds any.
        """
        batches, newest, equal = (np.full(who.size, _NONE) for _ in range(3))
        held, total = np.zeros(who.size, np.int64), np.zeros(who.size, np.int64)
        for places, lots in self._past(who, at):
            dies, left = self.ledger.dies[lots], self.left[lots]
            next_batch = places[dies != batches[places]]
            full = next_batch[held[next_batch] == wanted[next_batch]]
            equal[full] = batches[full]
            held[next_batch] = 0
            batches[places] = dies
            held[places] += left
            total[places] += left
            newest[places[left > 0]] = dies[left > 0]
        equal = np.where(held == wanted, batches, equal)
        return np.where(equal != _NONE, equal, np.where(total == wanted, _ALL, newest))

    def _past(self, who: Ints, at: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Round by round the next lot past expiry of each member that has one: places in ``who``, lots."""
        lots, ends = self.heads[who], self.ends[who]
        places = np.flatnonzero(lots < ends)
        while (places := places[self.ledger.dies[lots[places]] <= at[places]]).size:
            yield places, lots[places]
            lots[places] += 1
            places = places[lots[places] < ends[places]]

    def _take(self, who: Ints, movements: Ints, wanted: Ints, judged: Ints, *, past: bool) -> None:
        """Takes wanted coins from lots that are past expiry when judged, or are not; ``wanted`` becomes the rest."""
        lots, ends = self.heads[who], self.ends[who]
        places = np.flatnonzero((wanted > 0) & (lots < ends))
        while places.size:
            here = lots[places]
            is_open = (self.ledger.dies[here] <= judged[places]) == past
            parts = np.minimum(self.left[here], wanted[places]) * is_open
            wanted[places] -= parts
            self._move(self.taken, who[places], movements[places], here, -parts)
            lots[places] += 1
            places = places[(wanted[places] > 0) & (lots[places] < ends[places])]

    def _move(self, book: _Book, who: Ints, movements: Ints, lots: Ints, coins: Ints) -> None:
        """Moves coins into lots (+) or out of them (−), and remembers what may come back."""
        moved = np.flatnonzero(coins)
        who, movements, lots, coins = who[moved], movements[moved], lots[moved], coins[moved]
        self.left[lots] += coins
        self.totals[who] += coins
        book.note(movements, lots, coins)
        if book is self.taken:
            piles = self.ledger.piles[movements]
            tied = np.flatnonzero(piles >= 0)
            self.piles.push(piles[tied], lots[tied], -coins[tied])

    def _bear(self, who: Ints, movements: Ints, coins: Ints) -> None:
        """Makes lots of coins."""
        lots = self.ledger.lots[movements]
        self.born[lots] = self.left[lots] = coins
        self.totals[who] += coins
        self.heads[who] = np.minimum(self.heads[who], lots)
        self.ends[who] = np.maximum(self.ends[who], lots + 1)

    def _pay_debt(self, who: Ints, movements: Ints) -> Ints:
        """Pays debt with an entry's coins and says how many remain."""
        coins, debts = self.ledger.coins[movements], self.debts[who]
        if debts.any():
            paid = np.minimum(debts, coins)
            self._owe(who, movements, -paid)
            coins -= paid
        return coins

    def _owe(self, who: Ints, movements: Ints, coins: Ints) -> None:
        self.debts[who] += coins
        self.owed[movements] = -coins

    def _skip_empty(self, who: Ints) -> None:
        """Moves heads to lots with coins, for good: whoever puts coins into a lot before moves them back."""
        lots, ends = self.heads[who], self.ends[who]
        places = np.flatnonzero(lots < ends)
        while (places := places[self.left[lots[places]] == 0]).size:
            lots[places] += 1
            places = places[lots[places] < ends[places]]
        self.heads[who] = lots
