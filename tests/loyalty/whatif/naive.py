"""A replay once more, one member and one coin lot at a time, in plain integers and nothing of `loyalty`.

What it knows of the law: K coins buy V paise in steps up to a most discount, earning is a share of the subtotal
less the discount, due some days after delivery, and coins live whole days. Everybody asks at once is not its
business: it has one member.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

NEVER = 10**9


@dataclass(frozen=True)
class Law:
    """``value`` and ``most`` in paise, ``earn`` in coins for ₹100, ``life`` in days."""

    coins: int = 100
    value: int = 1000
    most: int = 10**9
    auto: bool = False
    earn: int = 10
    delay: int = 2
    life: int = NEVER


@dataclass(frozen=True)
class Bought:
    """One order, paise and days; ``chosen`` coins were spent on it under the present law."""

    day: int
    subtotal: int
    chosen: int = 0
    delivered: int | None = None
    cancelled: int | None = None
    repaid: tuple[tuple[int, int], ...] = ()
    """Day and paise of refunds, less than the order cost."""


@dataclass
class Outcome:
    """Discounts in the order of the orders, flows of coins, and what is left."""

    discounts: list[int] = field(default_factory=list)
    flows: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("earned", "added", "restored", "redeemed", "reversed", "expired", "removed"), 0
        )
    )
    balance: int = 0


class _Wallet:
    """Lots by the day on which they die, and debt."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.lots: list[list[int]] = []
        self.debt = 0

    def give(self, day: int, dies: int, coins: int, flow: str) -> None:
        self.outcome.flows[flow] += coins
        paid = min(self.debt, coins)
        self.debt -= paid
        if coins > paid:
            self.lots.append([dies, day, len(self.lots), coins - paid])

    def take(self, coins: int, flow: str) -> list[tuple[list[int], int]]:
        self.outcome.flows[flow] += coins
        parts = []
        for lot in sorted(self.lots):
            part = min(lot[3], coins)
            if part:
                lot[3] -= part
                coins -= part
                parts.append((lot, part))
        self.debt += coins
        return parts

    def give_back(self, parts: list[tuple[list[int], int]], coins: int) -> None:
        self.outcome.flows["restored"] += coins
        paid = min(self.debt, coins)
        self.debt -= paid
        coins -= paid
        for lot, part in reversed(parts):
            back = min(part, coins)
            lot[3] += back
            coins -= back

    def expire(self, day: int) -> None:
        for lot in self.lots:
            if lot[0] <= day:
                self.outcome.flows["expired"] += lot[3]
                lot[3] = 0

    @property
    def left(self) -> int:
        return sum(lot[3] for lot in self.lots)


def replayed(orders: Sequence[Bought], gift: int, law: Law, last_day: int) -> Outcome:
    """``gift`` coins were given on day 0; orders stand in order of their day, no two on one."""
    outcome = Outcome()
    wallet = _Wallet(outcome)
    taken: dict[int, tuple[int, list[tuple[list[int], int]]]] = {}
    waiting: list[tuple[int, int, int, str, int]] = [(0, 0, -1, "gift", gift)]
    for number, order in enumerate(orders):
        heapq.heappush(waiting, (order.day, 1, number, "order", 0))
    while waiting and waiting[0][0] <= last_day:
        day, _, number, what, coins = heapq.heappop(waiting)
        wallet.expire(day)
        if what == "gift":
            wallet.give(day, law.life + 1, coins, "added")
        elif what == "order":
            order = orders[number]
            wish = wallet.left if law.auto else min(order.chosen, wallet.left)
            steps = min(max(wish - wallet.debt, 0) // law.coins, min(law.most, order.subtotal) // law.value)
            outcome.discounts.append(steps * law.value)
            taken[number] = (steps * law.coins, wallet.take(steps * law.coins, "redeemed"))
            if order.cancelled is not None:
                heapq.heappush(waiting, (order.cancelled, 2, number, "back", 0))
            for event in _earned(order, number, steps * law.value, law):
                heapq.heappush(waiting, event)
        elif what == "back":
            wallet.give_back(taken[number][1], taken[number][0])
        elif what == "earn":
            wallet.give(day, day + law.life + 1, coins, "earned")
        else:
            wallet.take(coins, "reversed")
    wallet.expire(last_day)
    outcome.balance = wallet.left - wallet.debt
    return outcome


def _earned(order: Bought, number: int, discount: int, law: Law) -> list[tuple[int, int, int, str, int]]:
    """The credit of an order and what refunds and its death take back of it later."""
    if order.delivered is None:
        return []
    due = order.delivered + law.delay
    if order.cancelled is not None and order.cancelled <= due:
        return []
    repaid = sum(paise for day, paise in order.repaid if day <= due)

    def worth(repaid_in_all: int) -> int:
        return max(0, order.subtotal - discount - repaid_in_all) * law.earn // 10_000

    coins = worth(repaid)
    events = [(due, 0, number, "earn", coins)] if coins else []
    left = coins
    for day, paise in sorted(order.repaid):
        if day > due and (order.cancelled is None or day < order.cancelled):
            repaid += paise
            events.append((day, 3, number, "reverse", left - worth(repaid)))
            left = worth(repaid)
    if order.cancelled is not None and left:
        events.append((order.cancelled, 3, number, "reverse", left))
    return events
