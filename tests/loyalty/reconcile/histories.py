"""Histories drawn at random, and the ledger that an honest vendor would have written for them."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

from hypothesis import strategies as st

from tests.builders import (
    AS_OF,
    DAY,
    HOUR,
    NOON,
    Entry,
    Order,
    Refund,
    Thing,
    a_law,
    a_refund,
    an_entry,
    an_order,
)
from tests.loyalty.expected.naive import rupee_text

COINS, PER_PAISE, DELAY = 5, 10_000, 3
LAW = a_law(
    {
        "earn": {"coins": str(COINS), "per_rupees": "100", "base": "subtotal", "delay_days": str(DELAY)},
        "redeem": {"gokwik": {}, "partial_restore": "pro_rata"},
    }
)
"""5 coins for ₹100 of the subtotal, floored, three days after delivery; 100 coins are ₹10."""


@dataclasses.dataclass(frozen=True)
class Story:
    """One order: money in paise, days after it was placed at which things happened, None if never."""

    subtotal: int
    shipping: int
    steps: int
    delivered: int | None
    cancelled: int | None
    repaid: tuple[tuple[int, int], ...]
    """Day and paise of each refund."""

    @property
    def total(self) -> int:
        return self.subtotal + self.shipping - 1000 * self.steps

    @property
    def death(self) -> int | None:
        """The day of the cancellation, else of the refund that reaches the total."""
        if self.cancelled is not None:
            return self.cancelled
        so_far = 0
        for day, paise in sorted(self.repaid):
            so_far += paise
            if so_far >= self.total > 0:
                return day
        return None


STORIES = st.builds(
    Story,
    subtotal=st.integers(10_000, 120_000),
    shipping=st.sampled_from((0, 4_900)),
    steps=st.integers(0, 6),
    delivered=st.none() | st.integers(1, 9),
    cancelled=st.none() | st.integers(1, 20),
    repaid=st.lists(
        st.tuples(st.integers(1, 20), st.integers(1, 60_000)), max_size=3, unique_by=lambda each: each[0]
    ).map(lambda each: tuple(sorted(each))),
)


def earned(paise: int) -> int:
    return max(0, paise) * COINS // PER_PAISE


def coins_due(story: Story) -> tuple[int, int] | None:
    """Coins and the day that they are due, on what was not refunded by then; None if nothing was."""
    if story.delivered is None:
        return None
    due = story.delivered + DELAY
    if story.death is not None and story.death <= due:
        return None
    before = sum(paise for day, paise in story.repaid if day <= due)
    coins = earned(story.subtotal - before)
    return (coins, due) if coins else None


def asks(story: Story, *, of: str) -> Iterator[tuple[int, int]]:
    """Day and coins of each event that asks for earned or spent coins back, cumulative by its own sum."""
    due = coins_due(story)
    if of == "earned" and due is None:
        return
    posted, since = due if of == "earned" and due else (100 * story.steps, 0)
    base = story.subtotal - sum(paise for day, paise in story.repaid if day <= since)
    asked = repaid = 0
    for day, paise in (*story.repaid, *(() if story.death is None else ((story.death, 0),))):
        before = asked
        if day == story.death:
            asked = posted
        elif story.death is not None and day > story.death:
            continue
        elif of == "earned":
            repaid += paise if day > since else 0
            asked = max(asked, min(posted, posted - earned(base - repaid)))
        else:
            repaid += paise
            asked = max(asked, min(posted, posted * repaid // story.total))
        if asked > before:
            yield day, asked - before


def told(story: Story, order_id: str) -> list[Thing]:
    """The exports of an honest vendor: every coin posted an hour after it was called for."""
    return [_order(story, order_id), *_refunds(story, order_id), *_entries(story, order_id)]


def _on(day: int) -> dt.datetime:
    return NOON + day * DAY


def _order(story: Story, order_id: str) -> Order:
    return an_order(
        order_id,
        subtotal=rupee_text(story.subtotal),
        shipping=rupee_text(story.shipping),
        loyalty=10 * story.steps,
        delivered=None if story.delivered is None else _on(story.delivered),
        cancelled=None if story.cancelled is None else _on(story.cancelled),
    )


def _refunds(story: Story, order_id: str) -> Iterator[Refund]:
    for day, paise in story.repaid:
        yield a_refund(rupee_text(paise), _on(day), order=order_id)


def _entries(story: Story, order_id: str) -> Iterator[Entry]:
    if story.steps:
        yield an_entry("redeem dr", 100 * story.steps, order=order_id)
    if due := coins_due(story):
        coins, day = due
        yield an_entry("reward cr", coins, _on(day), order=order_id)
    for role, of in (("revert dr", "earned"), ("revert cr", "spent")):
        for day, coins in asks(story, of=of):
            yield an_entry(role, coins, _on(day) + HOUR, order=order_id)


assert _on(30) + HOUR < AS_OF - 4 * DAY, "every history is over before the as-of"
