"""Why does another dashboard show another redemption rate? Published definitions, computed on the same data.

Nobody is wrong: each counts other coins, over another time. Nector publishes no formula; its page shows coins
credited and coins used, and their ratio is what a reader makes of them.
"""

import datetime as dt

import polars as pl

from loyalty.metrics.coins import is_issue
from loyalty.metrics.given import Given
from loyalty.metrics.rows import ALL, Ratio, ratios
from loyalty.values.frames import beside
from loyalty.values.times import INSTANT

_DAYS_30 = dt.timedelta(days=30)
_WHY = {
    "bridge_nector": "Nector's page shows coins credited and used: imports and restores are credits, what was given "
    "back still counts as used; no formula is published",
    "bridge_smile": "Smile: points redeemed ÷ points earned in the last 30 days; what was given back still counts",
    "bridge_yotpo": "Yotpo: redeemed ÷ earned, imports and positive adjustments are earned, orders refunded "
    "are left out of both",
    "bridge_ours": "rr_p1: redemptions less what came back, over rewards and bonuses less reversals",
}


def bridge(given: Given) -> pl.DataFrame:
    """``bridge_ours``, ``bridge_nector``, ``bridge_smile``, ``bridge_yotpo``: one ledger, four redemption rates.

    Posted entries of the coins wallet; period ``all``, of which Smile's takes the last 30 days.

    - ``bridge_nector``: all redeem debits ÷ all credits of whatever sort.
    - ``bridge_smile``: redeem debits ÷ rewards and bonuses, both of the last 30 × 24 h.
    - ``bridge_yotpo``: redeem debits less what came back of them ÷ rewards, bonuses, imports and positive adjustments
      less reversals.
    - ``bridge_ours``: redeem debits less what came back of them ÷ rewards and bonuses less reversals, that is
      ``rr_p1`` of all time.

    The note says why they differ. *Interval*: delta method, clustered by member.
    """
    leg, coins = pl.col("leg"), pl.col("amount_coins")
    is_credit = pl.col("operation") == "cr"
    spent, undone = leg == "redemption", leg == "reversal"
    recent = pl.col("created_at") > pl.lit(given.as_of - _DAYS_30).cast(INSTANT)
    earned = is_issue() | ((leg == "adjustment") & is_credit)

    def taken(*signs: tuple[pl.Expr, int]) -> pl.Expr:
        return pl.sum_horizontal(pl.when(where).then(coins * sign).otherwise(0) for where, sign in signs)

    posted = given.linked.filter("is_posted")
    kept = given.clearing.select("entry_id", kept_coins=pl.col("coins") - pl.col("restored_coins"))
    net = pl.col("kept_coins").fill_null(0)
    rows = beside(posted, kept, "entry_id", "1:1").select(
        "member_no",
        pl.lit(ALL).alias("period"),
        nector_top=taken((spent, 1)),
        nector_bottom=taken((is_credit, 1)),
        smile_top=taken((spent & recent, 1)),
        smile_bottom=taken((is_issue() & recent, 1)),
        yotpo_top=net,
        yotpo_bottom=taken((earned, 1), (undone, -1)),
        ours_top=net,
        ours_bottom=taken((is_issue(), 1), (undone, -1)),
    )
    names = [name.removeprefix("bridge_") for name in _WHY]
    return ratios(
        rows,
        [
            Ratio(f"bridge_{name}", f"{name}_top", f"{name}_bottom", note=_WHY[f"bridge_{name}"])
            for name in names
        ],
    )
