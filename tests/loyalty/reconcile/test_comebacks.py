"""Reversals and restores as a vendor in disorder posts them, against a second reading of D2 and D3.

The stories of each kind stand in tests/scenarios.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import DAY, MICROSECOND, NOON, Entry, Thing, a_world, an_entry, judged, unchecked
from tests.loyalty.reconcile.histories import LAW, STORIES, Story, asks, told

PATIENCE = 3 * DAY
ROLES = {"reversal": ("revert dr", "earned"), "restore": ("revert cr", "spent")}


class Posted(NamedTuple):
    """Coins that came back for an order, and when."""

    at: dt.datetime
    coins: int


class Case(NamedTuple):
    story: Story
    came: Mapping[str, list[Posted]]
    is_adjusted: bool

    def known(self, as_of: dt.datetime) -> "Case":
        """Without what was posted later."""
        kept = {leg: [each for each in posted if each.at <= as_of] for leg, posted in self.came.items()}
        return self._replace(came=kept)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Entries that answer the asks, with some lost, doubled, late, or off by a few coins."""
    story = draw(STORIES)
    came = {leg: _disorder(draw, list(asks(story, of=of))) for leg, (_, of) in ROLES.items()}
    return Case(story, came, draw(st.booleans()))


def _disorder(draw: st.DrawFn, asked: list[tuple[int, int]]) -> list[Posted]:
    posted = []
    for day, coins in asked:
        for _ in range(draw(st.sampled_from((1, 1, 1, 1, 0, 2)))):
            off = draw(st.sampled_from((0, 0, 0, 0, 1, -1, 5)))
            after = draw(st.sampled_from((dt.timedelta(), PATIENCE, PATIENCE + MICROSECOND)))
            posted.append(Posted(NOON + day * DAY + after, max(1, coins + off)))
    if draw(st.sampled_from((False, False, False, True))):
        posted.append(Posted(NOON + draw(st.integers(0, 20)) * DAY, draw(st.integers(1, 60))))
    return sorted(posted)


Verdict = tuple[str, str | None, int, int]
"""Status, kind, effect in paise, expected coins as a magnitude."""


def second_reading(leg: str, case: Case, as_of: dt.datetime) -> Verdict | None:
    """Details D3, one event after the other; None: no row."""
    posted = case.came[leg]
    events = [(NOON + day * DAY, coins) for day, coins in asks(case.story, of=ROLES[leg][1])]
    if not events and not posted:
        return None
    reached = [0]
    for _, coins in events:
        reached.append(reached[-1] + coins)
    asked, came = reached[-1], sum(each.coins for each in posted)
    overdue = sum(as_of > at + PATIENCE for at, _ in events)
    if came == asked:
        late = any(each.at > at + PATIENCE for each, (at, _) in zip(posted, events, strict=False))
        return ("mismatch", f"{leg}_late", 0, asked) if late else ("match", None, 0, asked)
    if came in reached[overdue:]:
        return "pending", None, 0, asked
    if not posted:
        kind = "frozen" if leg == "reversal" and case.is_adjusted else "missing"
    elif asked == 0:
        kind = "unexpected"
    else:
        kind = "duplicate" if len(posted) > len(events) and came > asked else "amount"
    return "mismatch", f"{leg}_{kind}", 10 * (came - asked) * (-1 if leg == "reversal" else 1), asked


def things_of(case: Case, order_id: str) -> list[Thing]:
    honest = told(case.story, order_id)
    things = [
        thing for thing in honest if not (isinstance(thing, Entry) and thing.entry_id.startswith("revert"))
    ]
    for leg, (role, _) in ROLES.items():
        things += [
            an_entry(role, each.coins, each.at, order=order_id, entry_id=f"{leg} {order_id} {number}")
            for number, each in enumerate(case.came[leg])
        ]
    if case.is_adjusted:
        things.append(an_entry("adjust cr", 5, order=order_id, entry_id=f"adjust {order_id}"))
    return things


@settings(max_examples=25)
@given(
    st.lists(cases(), min_size=5, max_size=20),
    st.integers(20, 24),
    st.sampled_from((dt.timedelta(), MICROSECOND)),
)
def test_every_verdict_agrees_with_a_second_reading(drawn: list[Case], day: int, more: dt.timedelta) -> None:
    as_of = NOON + day * DAY + more
    orders = {f"{number:02d}": case.known(as_of) for number, case in enumerate(drawn)}
    world = a_world(*(thing for order_id, case in orders.items() for thing in things_of(case, order_id)))
    with unchecked():
        rows = judged(world, LAW, as_of, ("reversal", "restore"))
    # What rounding alone explains is by design (details B2): here it is judged as the amount that it is off.
    is_rounding = pl.col("kind") == "rounding"
    plain = rows.with_columns(
        status=pl.when(is_rounding).then(pl.lit("mismatch")).otherwise("status"),
        kind=pl.when(is_rounding).then(pl.lit("reversal_amount")).otherwise("kind"),
    )
    columns = ("status", "kind", "effect_paise", pl.col("expected_coins").abs())
    found = {
        (leg, order_id): tuple(rest)
        for leg, order_id, *rest in plain.select("leg", "order_id", *columns).rows()
    }
    expected = {
        (leg, order_id): second_reading(leg, case, as_of)
        for order_id, case in orders.items()
        for leg in ROLES
    }
    assert found == {subject: verdict for subject, verdict in expected.items() if verdict is not None}
