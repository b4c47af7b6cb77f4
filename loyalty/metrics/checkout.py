"""Do customers with coins finish their checkout? Needs an export of checkouts, the given-up ones included."""

import datetime as dt

import polars as pl

from loyalty.metrics.eligible import coins_open_to_checkouts
from loyalty.metrics.given import Given
from loyalty.metrics.rows import SELECTED, Ratio, both, ratios, unmeasurable
from loyalty.values.frames import beside
from loyalty.values.times import INSTANT, business_date, month_of

NAMES = ("ccr_1", "ccr_2", "ccr_3")
_DAY = dt.timedelta(hours=24)
_SEGMENTS = ("device", "tier", "member_cohort")
_OTHERS = f"{SELECTED}: customers without coins are other people"
_INTENT = f"{SELECTED}: to apply coins is a sign of wanting to buy"


def completion(given: Given) -> pl.DataFrame:
    """``ccr_1``, ``ccr_2``, ``ccr_3``: the share of checkouts that ended in an order within 24 hours.

    One *unit* per customer, Indian day and availability: a second try on the same day is the same. A checkout of
    nobody known is a unit of its own. It *completed* when any of its sessions was completed, or has a known order
    placed, not later than 24 h after it started; sessions younger than 24 h at the as-of are left out.

    - ``ccr_1``, points available: the customer is known and r > 0 at the start (`coins_open_to_checkouts`).
    - ``ccr_2``: r = 0, or nobody known. ``ccr_1`` − ``ccr_2`` is not an effect.
    - ``ccr_3``: the units of ``ccr_1``, split in segment ``applied`` by whether coins were applied in any session.

    Sessions of which the export tells no subtotal are left out and counted in the note. *Period*: Indian month of the
    start, and ``all``. *Interval*: delta method, clustered by customer. Segments: device of the first session, tier,
    member cohort.
    """
    sessions = _sessions(given)
    told = sessions.drop_nulls("open_coins")
    if told.is_empty() and sessions.height:
        return pl.concat(
            unmeasurable(name, "ratio", "needs the subtotal in the checkouts export") for name in NAMES
        )
    left_out = sessions.height - told.height
    note = (
        f"{left_out} of {sessions.height} checkouts have no subtotal and are left out" if left_out else None
    )
    units = _units(told).pipe(beside, given.people.select("member_no", "tier", "member_cohort"), "member_no")
    with_coins, without = both(units.filter("is_open")), both(units.filter(~pl.col("is_open")))

    def said(sentence: str) -> str:
        return "; ".join(filter(None, (note, sentence)))

    def rows(metric: str, counted: pl.DataFrame, sentence: str, *segments: str) -> pl.DataFrame:
        return ratios(counted, [Ratio(metric, "done", "one", note=said(sentence))], segments)

    return pl.concat(
        [
            rows("ccr_1", with_coins, SELECTED, *_SEGMENTS),
            rows("ccr_2", without, _OTHERS, *_SEGMENTS),
            rows("ccr_3", with_coins, _INTENT, "applied"),
        ]
    )


def _sessions(given: Given) -> pl.DataFrame:
    """Checkouts whose 24 hours are over, with what could be redeemed and whether they were completed in time."""
    placed = given.orders.select("order_no", "placed_at")
    last = pl.col("started_at") + _DAY
    ended = pl.min_horizontal("completed_at", "placed_at")
    return (
        given.checkouts.filter(last <= pl.lit(given.as_of).cast(INSTANT))
        .pipe(beside, coins_open_to_checkouts(given), "checkout_no", "1:1")
        .pipe(beside, placed, "order_no")
        .with_columns(is_done=((ended <= last) & (ended >= pl.col("started_at"))).fill_null(value=False))
    )


def _units(sessions: pl.DataFrame) -> pl.DataFrame:
    is_open = pl.col("member_no").is_not_null() & (pl.col("open_coins") > 0)
    somebody = pl.coalesce("member_no", -1 - pl.col("checkout_no"))
    applied = (pl.col("points_applied") > 0).any()
    return (
        sessions.sort("started_at", "checkout_no")
        .with_columns(is_open=is_open, day=business_date(pl.col("started_at")), somebody=somebody)
        .group_by("somebody", "day", "is_open", maintain_order=True)
        .agg(
            pl.col("member_no", "device").first(),
            period=month_of(pl.col("started_at").first()),
            done=pl.col("is_done").any().cast(pl.Int64),
            one=pl.lit(1, pl.Int64),
            applied=pl.when(applied).then(pl.lit("yes")).otherwise(pl.lit("no")),
        )
    )
