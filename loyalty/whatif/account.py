"""One member's coins during a replay: a purse, and what is still to be posted to it."""

from heapq import heappop, heappush
from typing import NamedTuple

from loyalty.ledger.movements import DEBIT, EXPIRY
from loyalty.ledger.purse import (
    EXPIRE,
    GIVE_BACK,
    MAKE,
    NEVER,
    TAKE,
    TAKE_FOR_ORDER,
    Journal,
    Movement,
    Purse,
)

FLOWS = ("earned", "added", "restored", "redeemed", "reversed", "expired", "removed")
"""Where coins come from and go to; ``added`` and ``removed`` are bonuses, imports and manual entries."""
_OF_LEG = {"earn": "earned", "reversal": "reversed", "redemption": "redeemed", "restore": "restored"}


class Due(NamedTuple):
    """An entry to be posted at an instant in microseconds, in the order of a ledger; coins are signed.

    ``order_no`` is the order that a redemption or its restore belongs to; below zero it stands for a debit
    tied to no order, whose coins come back as a new lot (details L7).
    """

    at: int
    phase: int
    number: int
    leg: str
    coins: int
    order_no: int | None
    expires: int


class Account:
    """A purse whose coins expire the instant they are due to; ``flows`` adds up what moved, in coins.

    Balance = earned + added + restored − redeemed − reversed − expired − removed.
    """

    __slots__ = ("_purse", "_spent", "_waiting", "flows")

    def __init__(self) -> None:
        self.flows = dict.fromkeys(FLOWS, 0)
        self._purse = Purse(Journal())
        self._spent: dict[int | None, int] = {}
        self._waiting: list[Due] = []

    @property
    def balance(self) -> int:
        """Coins in lots less debt, after everything posted so far."""
        return self._purse.total - self._purse.debt

    def expect(self, due: Due) -> None:
        """Takes note of what is to be posted later."""
        heappush(self._waiting, due)

    def spendable(self, at: int) -> int:
        """A: after everything before an instant, and the credits and debits at it (details R4)."""
        self._advance(at, DEBIT)
        return self._purse.balance(at)[0]

    def redeem(self, number: int, order_no: int, coins: int, at: int) -> None:
        """Takes coins for an order, at the instant at which it asked what is spendable."""
        self._post(Due(at, DEBIT, number, "redemption", -coins, order_no, NEVER))

    def close(self, at: int) -> None:
        """Posts everything up to an instant, that instant included."""
        self._advance(at, EXPIRY)

    def _advance(self, at: int, phase: int) -> None:
        while self._waiting and self._waiting[0][:2] <= (at, phase):
            self._post(heappop(self._waiting))
        self._expire(at)

    def _post(self, due: Due) -> None:
        self._expire(due.at)
        coins = self._within_reach(due)
        if coins:
            deed = _deed(due)
            at, expires = due.at, due.expires
            self._purse.post([Movement(due.number, deed, coins, due.order_no, at, at, expires)])
            self.flows[_OF_LEG.get(due.leg, "added" if due.coins > 0 else "removed")] += coins

    def _within_reach(self, due: Due) -> int:
        """The coins of an entry: none are spent that are not there, none come back that were not spent."""
        coins, order_no = abs(due.coins), due.order_no
        if due.leg == "redemption":
            coins = min(coins, self._purse.balance(due.at)[0])
            self._spent[order_no] = self._spent.get(order_no, 0) + coins
        elif due.leg == "restore" and order_no is not None:
            coins = min(coins, self._spent.get(order_no, 0))
            self._spent[order_no] = self._spent.get(order_no, 0) - coins
        return coins

    def _expire(self, at: int) -> None:
        if not self._purse.queue or self._purse.queue[0][0] > at:
            return
        spendable, paper = self._purse.balance(at)
        self._purse.post([Movement(-1, EXPIRE, paper - spendable, None, at, at, NEVER)])
        self.flows["expired"] += paper - spendable


def _deed(due: Due) -> int:
    is_tied = due.order_no is not None and due.order_no >= 0
    if due.coins < 0:
        return TAKE_FOR_ORDER if due.leg == "redemption" and is_tied else TAKE
    return GIVE_BACK if due.leg == "restore" and is_tied else MAKE
