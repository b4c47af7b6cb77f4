"""What the law calls for once an order is placed (contract §5, details D and E).

Every event of an order is known when it is placed, so its whole course is worked out at once; what
lies after the as-of simply never gets posted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from loyalty.worlds.law import Accrual, Law
from loyalty.worlds.moments import HOUR, SECOND
from loyalty.worlds.records import Order

Dated = tuple[int, int]
"""Instant and coins."""


@dataclass(slots=True)
class Course:
    """What should be posted for one order, and what will be. ``due`` is 0 when the trigger is never reached."""

    due: int = 0
    expected: int = 0
    asked_back: list[Dated] = field(default_factory=list)
    asked_home: list[Dated] = field(default_factory=list)
    earns: list[Dated] = field(default_factory=list)
    reversals: list[Dated] = field(default_factory=list)
    restores: list[Dated] = field(default_factory=list)
    goodwill: list[Dated] = field(default_factory=list)
    cause: str = ""
    """The setting by which a drifting ledger credits, if one does."""


def death(order: Order) -> tuple[str, int] | None:
    """The word and the instant by which an order dies, if ever (details D1, D2, D7)."""
    if order.outcome in ("failed", "cancelled"):
        return order.outcome, order.cancelled
    if order.outcome == "rto":
        return "rto", order.rto
    if order.outcome in ("returned", "refunded", "repaid") and order.refunds:
        return "returned" if order.outcome == "returned" else "refunded", order.refunds[-1][0]
    return None


def is_alive(order: Order, at: int) -> bool:
    """Whether the order is neither dead nor in an unknown state at an instant."""
    end = death(order)
    return order.outcome != "held" and (end is None or end[1] > at)


def due_at(order: Order, accrual: Accrual) -> int:
    """Trigger instant plus delay, or 0."""
    instants = {"placed": order.placed, "confirmed": order.confirmed, "delivered": order.delivered}
    trigger = instants[accrual.trigger]
    return trigger + accrual.delay if trigger and order.outcome != "held" else 0


def expected_coins(order: Order, law: Law, due: int) -> int:
    """Coins due: on the base as it stands at ``due``, nothing for the dead, the tagged and the unknown."""
    end = death(order)
    tagged = order.skipped and bool(law.accrual.skip_tags)
    if not due or not order.person.lead or tagged or (end is not None and end[1] <= due):
        return 0
    return law.accrual.earned(order, sum(paise for at, paise in order.refunds if at <= due))


def reversals_due(order: Order, law: Law, due: int, posted: Dated) -> list[Dated]:
    """Events that ask for earned coins back, each with its coins: details D2, on what was ``posted``."""
    accrual, end = law.accrual, death(order)
    left, posted_at = posted[1], posted[0]
    asks: list[Dated] = []
    refunded = sum(paise for at, paise in order.refunds if at <= due)
    before = accrual.earned(order, refunded)
    for at, paise in order.refunds:
        if at <= due or (end is not None and at >= end[1]):
            continue
        refunded += paise
        after = accrual.earned(order, refunded)
        back = min(before - after, left) if "partially_refunded" in accrual.reverse_on else 0
        before = after
        if back > 0:
            left -= back
            asks.append((max(at, posted_at), back))
    if end is not None and end[1] > due and end[0] in accrual.reverse_on and left:
        asks.append((max(end[1], posted_at), left))
    return asks


def reversal_kind(asked: list[Dated], came: list[Dated], as_of: int) -> str:
    """What is wrong with the coins that were taken back, or nothing (details D3)."""
    total = sum([coins for _, coins in came])
    overdue = sum([at + 72 * HOUR < as_of for at, _ in asked])
    sums = [0, *accumulate(coins for _, coins in asked)]
    if total == sums[-1]:
        is_late = any(at > due + 72 * HOUR for (at, _), (due, _) in zip(came, asked, strict=False))
        return "reversal_late" if is_late else ""
    if total in sums[overdue:]:
        return ""
    if not came:
        return "reversal_missing"
    if not asked:
        return "reversal_unexpected"
    return "reversal_duplicate" if len(came) > len(asked) and total > sums[-1] else "reversal_amount"


def restores_due(order: Order, law: Law, debited: Dated) -> list[Dated]:
    """Events that ask for redeemed coins to come home: all on death, a share before it (details D4)."""
    end = death(order)
    debited_at, coins = debited
    asks: list[Dated] = []
    home = refunded = 0
    if law.shares_restores and order.grand_total > 0:
        for at, paise in order.refunds:
            if end is not None and at >= end[1]:
                continue
            refunded += paise
            share = min(coins * refunded // order.grand_total, coins)
            if share > home:
                asks.append((max(at, debited_at), share - home))
                home = share
    if end is not None and end[0] in law.restore_on and coins > home:
        asks.append((max(end[1], debited_at), coins - home))
    return asks


def one_by_one(postings: Iterable[Dated]) -> list[Dated]:
    """Postings for the events of one order in their order: none overtakes an earlier one (details D3)."""
    queue: list[Dated] = []
    for at, coins in postings:
        queue.append((max(at, queue[-1][0] + SECOND) if queue else at, coins))
    return queue
