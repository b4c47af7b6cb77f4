"""One member's coins as lots, coin by coin (contract §5, details L7 and X1)."""

from bisect import insort
from dataclasses import dataclass, field

Consumed = list[tuple["Lot", int]]


@dataclass(slots=True, order=True)
class Lot:
    """A credit and what is left of it, ordered as debits take it."""

    expires: int
    credited: int
    entry_id: str
    left: int = field(compare=False)


class Purse:
    """Lots with coins left, oldest expiry first, and the debt that later credits pay."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.debt = 0

    def paper(self) -> int:
        """Every coin that was not taken back, expired or not; below zero is a debt."""
        return sum([lot.left for lot in self.lots]) - self.debt

    def spendable(self, at: int) -> int:
        """A of details R4."""
        return max(sum([lot.left for lot in self.lots if lot.expires > at]) - self.debt, 0)

    def credit(self, coins: int, at: int, expires: int, entry_id: str) -> None:
        """Pays debt first; the rest is a new lot."""
        paid = min(self.debt, coins)
        self.debt -= paid
        if coins > paid:
            insort(self.lots, Lot(expires, at, entry_id, coins - paid))

    def debit(self, coins: int, judged: int) -> Consumed:
        """Takes unexpired lots in order, then lots past expiry at ``judged``; the rest is debt."""
        taken: Consumed = []
        wanted = coins
        if self.lots and self.lots[0].expires <= judged:
            order = sorted(self.lots, key=lambda lot: lot.expires <= judged)
        else:
            order = self.lots
        for lot in order:
            if not wanted:
                break
            part = min(lot.left, wanted)
            lot.left -= part
            wanted -= part
            taken.append((lot, part))
        self.debt += wanted
        self.lots = [lot for lot in self.lots if lot.left]
        return taken

    def restore(self, coins: int, consumed: Consumed, at: int, expires: int, entry_id: str) -> list[int]:
        """Gives back to the lots of ``consumed``, latest first; what paid no lot becomes a new one.

        Shortens ``consumed`` by what it gave back. Returns the expiries of the lots that grew.
        """
        paid = min(self.debt, coins)
        self.debt -= paid
        rest = coins - paid
        grown: list[int] = []
        while rest and consumed:
            lot, part = consumed.pop()
            back = min(part, rest)
            rest -= back
            if back < part:
                consumed.append((lot, part - back))
            if not lot.left:
                insort(self.lots, lot)
            lot.left += back
            grown.append(lot.expires)
        if rest:
            insort(self.lots, Lot(expires, at, entry_id, rest))
            grown.append(expires)
        return grown

    def overdue(self, at: int) -> list[Lot]:
        """Lots past expiry with coins left, oldest expiry first."""
        return [lot for lot in self.lots if lot.expires <= at]

    def remove(self, lot: Lot, coins: int) -> None:
        """Takes coins out of one lot: an expiry."""
        lot.left -= coins
        if not lot.left:
            self.lots = [other for other in self.lots if other is not lot]
