"""What a replay takes as given: the orders, what each asked for, and what became of it."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from loyalty.expected.redemptions import needed_coins, redemption_instants, with_rule
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import in_force


@dataclass(frozen=True)
class History:
    """A published snapshot, as far as a replay reads it: OrderFacts, Refunds and LinkedEntries known at an as-of."""

    facts: pl.DataFrame
    refunded: pl.DataFrame
    linked: pl.DataFrame
    as_of: dt.datetime


def requests(history: History, present: Rulebook, other: Rulebook) -> pl.DataFrame:
    """The facts of every order with what it asked for, the same whichever law answers; one row per order.

    ``asked_at``: its redemption instant (details R4). ``chosen_coins``: the coins that its discount needs
    under the present law, which is what the member chose to spend; a debit without a discount is no choice.
    ``present_*``: step and mode that the discount was chosen under. ``is_earning_ruled`` and
    ``is_redeeming_ruled``: both laws have a version in force and, for redeeming, a block for the surface;
    where they have not, or the order's state is unknown, that side of it stays as it was recorded.
    """
    now = with_rule(history.facts, present)
    then = with_rule(in_force(history.facts, other, "placed_at"), other)
    is_known = (
        (now["state"] != "unknown") & now["version_no"].is_not_null() & then["version_no"].is_not_null()
    )
    asked = redemption_instants(history.facts, history.linked).rename({"at": "asked_at"})
    return (
        history.facts.join(asked, on="order_no", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            now.select(
                chosen_coins=needed_coins(pl.col("loyalty_paise")),
                present_coins="step_coins",
                present_paise="step_paise",
                present_apply="apply",
            ),
        )
        .with_columns(
            recorded_paise="loyalty_paise",
            recorded_total_paise="grand_total_paise",
            is_earning_ruled=is_known,
            is_redeeming_ruled=is_known & now["has_rule"] & then["has_rule"],
        )
    )
