"""How well do the two sides agree, and do spent coins come back in time?"""

import datetime as dt

import polars as pl

from loyalty.metrics.given import Given
from loyalty.metrics.rows import Ratio, both, ratios
from loyalty.reconcile.comebacks import restores_asked
from loyalty.values.frames import beside
from loyalty.values.times import INSTANT, month_of

_SEGMENTS = ("surface", "device", "payment_kind")
_LEGS = ("redemption", "earn", "reversal", "restore")
_IN_TIME = dt.timedelta(hours=48)


def match_rate(given: Given) -> pl.DataFrame:
    """``rq_1`` and ``rq_1_paise``: the share of orders with any loyalty effect on which everything agrees.

    *Denominator*: orders with a row on the legs redemption, earn, reversal or restore, all of them judged: one that is
    pending or unknown on a leg, and wrong on none, is left out and counted in the note. *Numerator*: of these, orders
    whose rows all match or are so by design. ``rq_1_paise`` weighs each by the greater of what was expected and
    what was recorded, in paise over its rows. *Period*: month of the order. *Interval*: delta method, by customer.
    """
    status = pl.col("status")
    judged = (
        given.verdict.filter(pl.col("leg").is_in(_LEGS) & pl.col("order_id").is_not_null())
        .group_by("order_id")
        .agg(
            is_wrong=(status == "mismatch").any(),
            is_open=status.is_in(("pending", "unknown")).any(),
            weight=pl.max_horizontal(pl.col("expected_paise").abs(), pl.col("recorded_paise").abs()).sum(),
        )
    )
    orders = given.orders.select("order_id", "order_no", "member_no", "placed_at", *_SEGMENTS)
    known = judged.join(orders, on="order_id", how="inner", validate="1:1").sort("order_no")
    is_left_out = pl.col("is_open") & ~pl.col("is_wrong")
    open_ = known.filter(is_left_out).height
    rows = known.filter(~is_left_out).select(
        "member_no",
        *_SEGMENTS,
        "weight",
        period=month_of(pl.col("placed_at")),
        right=(~pl.col("is_wrong")).cast(pl.Int64),
        one=pl.lit(1, pl.Int64),
        right_weight=pl.when(~pl.col("is_wrong")).then("weight").otherwise(0),
    )
    note = f"{open_} orders still wait for a verdict and are left out" if open_ else None
    measures = [
        Ratio("rq_1", "right", "one", note=note),
        Ratio("rq_1_paise", "right_weight", "weight", note=note),
    ]
    return ratios(both(rows), measures, _SEGMENTS)


def restore_sla(given: Given) -> pl.DataFrame:
    """``rq_2``: the share of the restores due that came within 48 hours.

    *Denominator*: events that ask coins back for the customer (details D2 to D4), 48 h old at the as-of. *Numerator*:
    of these, events by whose 48th hour the order's posted restores covered all that had been asked so far. *Period*:
    month of the event. *Interval*: delta method, clustered by customer.
    """
    asks = restores_asked(given.facts, given.refunded, given.linked, given.rulebook)
    last = pl.col("asked_at") + _IN_TIME
    due = asks.filter(last <= pl.lit(given.as_of).cast(INSTANT))
    posted = given.linked.filter(pl.col("is_posted") & (pl.col("leg") == "restore")).select(
        "order_no", "created_at", "amount_coins"
    )
    came = (
        due.select("order_no", "ask_seq", last=last)
        .join(posted, on="order_no", how="inner", validate="m:m")
        .filter(pl.col("created_at") <= pl.col("last"))
        .group_by("order_no", "ask_seq")
        .agg(came_coins=pl.col("amount_coins").sum())
    )
    orders = given.orders.select("order_no", "member_no", *_SEGMENTS)
    rows = (
        due.join(came, on=["order_no", "ask_seq"], how="left", validate="1:1", maintain_order="left")
        .pipe(beside, orders, "order_no")
        .select(
            "member_no",
            *_SEGMENTS,
            period=month_of(pl.col("asked_at")),
            one=pl.lit(1, pl.Int64),
            kept=(pl.col("came_coins") >= pl.col("asked_to_date_coins"))
            .fill_null(value=False)
            .cast(pl.Int64),
        )
    )
    return ratios(both(rows), [Ratio("rq_2", "kept", "one")], _SEGMENTS)
