"""What could a customer have redeemed on a cart? The rule engine on the rebuilt balance of that instant."""

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import Refunds
from loyalty.contracts.staged import StagedOrders
from loyalty.expected.facts import order_facts
from loyalty.expected.redemptions import redemption_instants, with_maximum, with_rule
from loyalty.ledger.history import histories
from loyalty.metrics.given import Given
from loyalty.rulebook.timeline import in_force
from loyalty.values.frames import beside

_ORDER = polars_schema(StagedOrders)
_AMOUNTS = [name for name in _ORDER if name.endswith("_paise")]
_BEYOND = 2**40
"""No order has such a number: a checkout must not take entries of an order for its own."""


def coins_open_to_orders(given: Given) -> pl.DataFrame:
    """``order_no, open_coins, is_judged``: r of every valid order, the most coins that the law let it redeem.

    With the member's balance at the redemption instant, the order's own entries left out. 0 where a gate fails, the
    balance is too small, the customer has no key, or no rule was in force; ``is_judged`` is false for the last two.
    """
    orders = given.purchases.select("order_no")
    facts = given.facts.join(orders, on="order_no", how="semi", maintain_order="left")
    granted = _granted(facts, _balances(facts, given), given)
    judged = pl.col("has_rule") & pl.col("member_no").is_not_null()
    return granted.select("order_no", open_coins="max_coins_due", is_judged=judged)


def coins_open_to_checkouts(given: Given) -> pl.DataFrame:
    """``checkout_no, open_coins``: r at the start of every checkout whose cart the export tells.

    The cart is the subtotal, without coupon and charges, which nobody knows yet at the start; paid in a way that the
    law allows. ``open_coins`` is null where the export has no subtotal: no rule can be asked then.
    """
    started = given.checkouts.select(
        "member_no",
        "device",
        "subtotal_paise",
        order_no=_BEYOND + pl.col("checkout_no"),
        placed_at="started_at",
        latest_at="started_at",
        grand_total_paise="subtotal_paise",
    )
    homes = dict(enumerate(law.home_surface for law in given.rulebook.versions))
    dated = in_force(started, given.rulebook, "placed_at")
    known = dated.drop_nulls("subtotal_paise").with_columns(
        surface=pl.col("version_no").replace_strict(homes, default=None, return_dtype=pl.String).fill_null("")
    )
    orders = (
        known.drop("version_no")
        .match_to_schema(_ORDER, missing_columns="insert")
        .with_columns(
            pl.col(_AMOUNTS).fill_null(0),
            order_id=pl.lit(""),
            state=pl.lit("placed"),
            payment_kind=pl.lit(""),
            has_coupon=pl.lit(value=False),
            skip_tags=pl.lit([], dtype=_ORDER["skip_tags"]),
        )
    )
    nothing = pl.DataFrame(schema=polars_schema(Refunds))
    facts = order_facts(orders, nothing, given.members, given.rulebook)
    queries = facts.drop_nulls("member_no").select("order_no", "member_no", at="placed_at")
    granted = _granted(facts, _asked(queries, given), given).select("order_no", open_coins="max_coins_due")
    return beside(started.select("order_no"), granted, "order_no", "1:1").select(
        "open_coins", checkout_no=pl.col("order_no") - _BEYOND
    )


def _granted(facts: pl.DataFrame, spendable: pl.DataFrame, given: Given) -> pl.DataFrame:
    ruled = beside(facts, spendable.select("order_no", "spendable_coins"), "order_no", "1:1")
    return (
        with_rule(ruled.with_columns(pl.col("spendable_coins").fill_null(0)), given.rulebook)
        # A checkout has no way of paying yet: it may still choose one that is allowed.
        .with_columns(
            payment_kind=pl.coalesce(
                pl.col("payment_kind").replace("", None), pl.col("payments").list.first()
            )
        )
        .pipe(with_maximum)
        .with_columns(max_coins_due=pl.when("has_rule").then("max_coins_due").otherwise(0).fill_null(0))
    )


def _balances(facts: pl.DataFrame, given: Given) -> pl.DataFrame:
    """What the run found for living orders, and the same for those that came back since."""
    told = given.spendable.select("order_no", "spendable_coins")
    others = facts.drop_nulls("member_no").join(told, on="order_no", how="anti", maintain_order="left")
    instants = redemption_instants(others, given.linked)
    return pl.concat(
        [told, _asked(beside(others.select("order_no", "member_no"), instants, "order_no"), given)]
    )


def _asked(queries: pl.DataFrame, given: Given) -> pl.DataFrame:
    theirs = given.movements.join(queries, on="member_no", how="semi", maintain_order="left")
    return histories(theirs, queries, given.as_of).spendable.select("order_no", "spendable_coins")
