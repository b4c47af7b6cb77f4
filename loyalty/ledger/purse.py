"""One member's lots and debt, coin movement by coin movement (contract §5, details L7 and X1)."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import NamedTuple

MAKE, TAKE, TAKE_FOR_ORDER, GIVE_BACK, EXPIRE = range(5)
"""What a movement does to lots. A restore tied to no order makes one, like any credit (details L7)."""
NEVER = 2**62

Key = tuple[int, int, int]
"""(expiry, credit instant, lot number): the order in which debits take lots. A lot has its entry's number."""


class Movement(NamedTuple):
    """One entry; coins unsigned, instants in microseconds, ``expires`` of the lot that it may make."""

    entry_no: int
    deed: int
    coins: int
    order_no: int | None
    at: int
    judged: int
    expires: int


@dataclass(slots=True)
class Journal:
    """What happened to coins, column by column; ``sweeps`` are (entry, batch or None, taken, excess)."""

    entry_nos: list[int] = field(default_factory=list)
    lot_nos: list[int | None] = field(default_factory=list)
    coins: list[int] = field(default_factory=list)
    sweeps: list[tuple[int, int | None, int, int]] = field(default_factory=list)

    def note(self, entry_no: int, lot_no: int | None, coins: int) -> None:
        """Coins of an entry into (+) or out of (−) a lot, or off (+) or onto (−) the debt."""
        self.entry_nos.append(entry_no)
        self.lot_nos.append(lot_no)
        self.coins.append(coins)


class Purse:
    """The lots and the debt of one member.

    ``queue`` holds the keys of lots with coins left, in order; ``left`` the coins of every lot that ever was.
    ``spent`` remembers, per order, what its debits took of which lot, latest last.
    """

    __slots__ = ("debt", "journal", "left", "queue", "spent", "total")

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.queue: list[Key] = []
        self.left: dict[Key, int] = {}
        self.spent: dict[int | None, list[tuple[Key, int]]] = {}
        self.total = 0
        self.debt = 0

    def post(self, entries: list[Movement]) -> None:
        """Posts entries in ledger order."""
        for entry in entries:
            deed = entry.deed
            if deed == MAKE:
                self._credit(entry, self._pay_debt(entry))
            elif deed == TAKE:
                self._debit(entry)
            elif deed == TAKE_FOR_ORDER:
                self.spent.setdefault(entry.order_no, []).extend(self._debit(entry))
            elif deed == GIVE_BACK:
                self._restore(entry)
            else:
                self._expire(entry)

    def balance(self, at: int) -> tuple[int, int]:
        """A and A_paper at an instant (details R4)."""
        past = self.queue[: self._first_alive(at)]
        alive = self.total - sum([self.left[key] for key in past])
        return max(0, alive - self.debt), max(0, self.total - self.debt)

    def _first_alive(self, at: int) -> int:
        return bisect_left(self.queue, (at + 1,))

    def _pay_debt(self, entry: Movement) -> int:
        """Pays debt with an entry's coins and says how many remain."""
        paid = min(self.debt, entry.coins)
        if paid:
            self.debt -= paid
            self.journal.note(entry.entry_no, None, paid)
        return entry.coins - paid

    def _credit(self, entry: Movement, coins: int) -> None:
        if coins:
            key = (entry.expires, entry.at, entry.entry_no)
            self.left[key] = coins
            insort(self.queue, key)
            self.total += coins
            self.journal.note(entry.entry_no, entry.entry_no, coins)

    def _debit(self, entry: Movement) -> list[tuple[Key, int]]:
        """Takes unexpired lots in order, then lots past expiry; the rest is debt."""
        alive = self._first_alive(entry.judged)
        taken, wanted = self._take(entry.entry_no, entry.coins, alive, len(self.queue))
        if wanted:
            more, wanted = self._take(entry.entry_no, wanted, 0, alive)
            taken += more
        self._owe(entry.entry_no, wanted)
        return taken

    def _take(self, entry_no: int, wanted: int, start: int, stop: int) -> tuple[list[tuple[Key, int]], int]:
        """Takes coins from lots ``start`` to ``stop`` of the queue: what was taken, what is still wanted."""
        taken: list[tuple[Key, int]] = []
        end = start
        while wanted and end < stop:
            key = self.queue[end]
            held = self.left[key]
            part = min(held, wanted)
            wanted -= part
            self.total -= part
            self.left[key] = held - part
            self.journal.note(entry_no, key[2], -part)
            taken.append((key, part))
            if part < held:
                break
            end += 1
        del self.queue[start:end]
        return taken, wanted

    def _owe(self, entry_no: int, coins: int) -> None:
        if coins:
            self.debt += coins
            self.journal.note(entry_no, None, -coins)

    def _restore(self, entry: Movement) -> None:
        """Back to the lots of the order's debits, latest consumed first; a new lot takes what is over."""
        coins = self._pay_debt(entry)
        spent = self.spent.get(entry.order_no, [])
        given: dict[Key, int] = {}
        while coins and spent:
            key, part = spent.pop()
            back = min(part, coins)
            if back < part:
                spent.append((key, part - back))
            coins -= back
            given[key] = given.get(key, 0) + back
        for key, back in given.items():
            if not self.left[key]:
                insort(self.queue, key)
            self.left[key] += back
            self.total += back
            self.journal.note(entry.entry_no, key[2], back)
        self._credit(entry, coins)

    def _expire(self, entry: Movement) -> None:
        """Takes from batches past expiry as details X1 says; the excess from unexpired lots, then debt."""
        wanted = entry.coins
        batches = self._swept(entry)
        for batch in batches:
            start, stop = bisect_left(self.queue, (batch,)), bisect_left(self.queue, (batch + 1,))
            _, rest = self._take(entry.entry_no, wanted, start, stop)
            excess = rest if batch == batches[-1] else 0
            self.journal.sweeps.append((entry.entry_no, batch, wanted - rest, excess))
            wanted = rest
        if not batches:
            self.journal.sweeps.append((entry.entry_no, None, 0, wanted))
        if wanted:
            _, owed = self._take(entry.entry_no, wanted, self._first_alive(entry.at), len(self.queue))
            self._owe(entry.entry_no, owed)

    def _swept(self, entry: Movement) -> list[int]:
        """The batches that an expire entry takes from, none when nothing is past expiry (details X1)."""
        past: dict[int, int] = {}
        for key in self.queue[: self._first_alive(entry.at)]:
            past[key[0]] = past.get(key[0], 0) + self.left[key]
        if not entry.coins:
            # A batch with nothing left is the only one that an entry of no coins can match.
            emptied = {key[0] for key in self.left if key[0] <= entry.at} - past.keys()
            if emptied:
                return [max(emptied)]
        equal = [batch for batch, left in past.items() if left == entry.coins]
        if equal:
            return equal[-1:]
        if sum(past.values()) == entry.coins:
            return list(past)
        return list(past)[-1:]
