"""One member's ledger as it is written, event after event in order of time."""

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Unpack

from loyalty.worlds.law import Book
from loyalty.worlds.moments import DAY, HOUR, MINUTE, NEVER, day_of
from loyalty.worlds.purse import Consumed, Lot, Purse
from loyalty.worlds.records import Entry, Fields, Order, Person

CREDIT, DEBIT, ORDER, RESTORE, REVERSAL, SWEEP = range(6)
"""Ranks of simultaneous events: an order sees credits and debits of its instant, and no more (details R4)."""
_PHASES = {CREDIT: 0, DEBIT: 1, RESTORE: 2, REVERSAL: 3, SWEEP: 4}

Action = Callable[[int], None]


class Account:
    """Entries and coins of one person up to the as-of."""

    def __init__(self, person: Person, book: Book, as_of: int, rng: Random, *, by_day: float) -> None:
        self.person = person
        self.book = book
        self.as_of = as_of
        self.rng = rng
        self.by_day = by_day
        self.purse = Purse()
        self.entries: list[Entry] = []
        self.consumed: dict[Order, Consumed] = {}
        self.sweep_lag = 100 * MINUTE + int(rng.random() * 4 * HOUR)
        self.held: tuple[int, int] | None = None
        """A planted pause of the sweeps: none between these instants, one at the end."""
        self.unswept: Callable[[int, list[Lot]], list[Lot]] | None = None
        """A planted fault's hand in the sweep: the batch that is due in, what is left to sweep out."""
        self.at_close: list[Callable[[], None]] = []
        self._events: list[tuple[int, int, int, Action]] = []
        self._number = 0
        self._sweeps: set[int] = set()

    def plan(self, at: int, rank: int, action: Action) -> None:
        """Something will happen; beyond the as-of nothing does."""
        if at <= self.as_of:
            self._number += 1
            heappush(self._events, (at, rank, self._number, action))

    def run(self) -> None:
        """Lets everything happen that was planned, and what follows from it."""
        events = self._events
        while events:
            at, _, _, action = heappop(events)
            action(at)

    def quiet_until(self, at: int) -> bool:
        """Whether nothing is planned up to and including an instant."""
        return not self._events or self._events[0][0] > at

    def write(self, at: int, rank: int, kind: str, coins: int, title: str, **fields: Unpack[Fields]) -> Entry:
        """A row that moves no coins by itself."""
        operation = "cr" if rank in (CREDIT, RESTORE) else "dr"
        entry_id = f"wt{self.rng.getrandbits(64):016x}"
        entry = Entry(at, _PHASES[rank], entry_id, self.person, kind, operation, coins, title, **fields)
        self.entries.append(entry)
        return entry

    def credit(
        self,
        at: int,
        kind: str,
        coins: int,
        title: str,
        *,
        dies: int | None = None,
        order: Order | None = None,
        **fields: Unpack[Fields],
    ) -> Entry:
        """A posted credit: a lot that lives as long as the law says, or until ``dies``."""
        entry = self._tied(self.write(at, CREDIT, kind, coins, title, **fields), order)
        expires = self.book.at(at).lifetime(at) if dies is None else dies
        self.purse.credit(coins, at, expires, entry.entry_id)
        self.sweep_after(expires)
        return entry

    def debit(
        self,
        at: int,
        kind: str,
        coins: int,
        title: str,
        *,
        judged: int | None = None,
        order: Order | None = None,
        **fields: Unpack[Fields],
    ) -> Entry:
        """A posted debit; ``judged`` is when past expiry is told (details R4)."""
        entry = self._tied(self.write(at, DEBIT, kind, coins, title, **fields), order)
        taken = self.purse.debit(coins, at if judged is None else judged)
        if order is not None:
            self.consumed.setdefault(order, []).extend(taken)
        return entry

    def restore(
        self, at: int, coins: int, title: str, order: Order | None = None, **fields: Unpack[Fields]
    ) -> Entry:
        """Coins come home: to the lots of the order's debits, or as a new lot (details L7)."""
        entry = self._tied(self.write(at, RESTORE, "revert", coins, title, **fields), order)
        taken = [] if order is None else self.consumed.get(order, [])
        expires = self.book.at(at).lifetime(at)
        for grown in self.purse.restore(coins, taken, at, expires, entry.entry_id):
            if grown > at:
                self.sweep_after(grown)
            else:
                self.plan(at + HOUR + int(self.rng.random() * 38 * HOUR), SWEEP, self.sweep)
        return entry

    def reverse(self, at: int, coins: int, title: str, order: Order, **fields: Unpack[Fields]) -> Entry:
        """Earned coins are taken back, below zero if need be."""
        entry = self._tied(self.write(at, REVERSAL, "revert", coins, title, **fields), order)
        self.purse.debit(coins, at)
        return entry

    def expire(self, at: int, coins: int) -> Entry:
        """An expire row; whoever writes it takes the coins out of the lots."""
        return self.write(at, SWEEP, "expire", coins, "Coins expired")

    def sweep_after(self, expires: int) -> None:
        """Plans the night on which a lot will be swept; some nights the job does not run."""
        if expires >= NEVER:
            return
        missed = day_of(expires) % 29 - 27
        at = expires + self.sweep_lag + (2 - missed) * DAY * (missed >= 0)
        if at > self.as_of >= expires + 2 * DAY:
            at = expires + 2 * HOUR
        if at not in self._sweeps:
            self._sweeps.add(at)
            self.plan(at, SWEEP, self.sweep)

    def sweep(self, at: int) -> None:
        """Takes what is past expiry: one entry a lot, a day, or one for several days (details X1)."""
        if self.held is not None and self.held[0] <= at < self.held[1]:
            self.plan(self.held[1], SWEEP, self.sweep)
            return
        lots = self.purse.overdue(at)
        if self.unswept is not None:
            lots = self.unswept(at, lots)
        batches: dict[int, list[Lot]] = {}
        for lot in lots:
            batches.setdefault(lot.expires, []).append(lot)
        by_day = len(batches) > 1 or self.person.fault is not None or self.rng.random() < self.by_day
        if len(batches) > 1 and self.person.fault is None and self.rng.random() < 0.5:
            self.expire(at, sum([lot.left for lot in lots]))
        elif by_day:
            for batch in batches.values():
                self.expire(at, sum([lot.left for lot in batch]))
        else:
            for lot in lots:
                self.expire(at, lot.left)
        for lot in lots:
            self.purse.remove(lot, lot.left)

    def close(self) -> list[Entry]:
        """All rows in the ledger's own order, each posted one with the running balance, faults of it last."""
        self.entries.sort(key=lambda entry: (entry.at, entry.phase, entry.entry_id))
        balance = 0
        for entry in self.entries:
            if entry.status == "success" and entry.wallet == "coins":
                balance += entry.coins if entry.operation == "cr" else -entry.coins
                entry.balance = balance
        for action in self.at_close:
            action()
        return self.entries

    def _tied(self, entry: Entry, order: Order | None) -> Entry:
        if order is not None:
            order.entries.append(entry)
        return entry
