"""What does the programme cost, of what it sells?"""

import polars as pl

from loyalty.metrics.given import Given
from loyalty.metrics.rows import Ratio, both, ratios
from loyalty.values.times import month_of

_GST = "GST cancels out where discount and goods bear one rate"


def reward_cost(given: Given) -> pl.DataFrame:
    """``rc_1`` and ``rc_1_placed``: loyalty discount ÷ revenue from goods.

    *Numerator*: Σ loyalty discount. *Denominator*: Σ what the goods brought: sub total less coupon, other, prepaid and
    loyalty discount and less refunds, at least 0; shipping, fees and tax on top are no revenue.

    - ``rc_1``: valid orders delivered in the period that did not come back whole. *Maturity*: the share of the
      denominator placed more than 30 days ago.
    - ``rc_1_placed``: valid orders by the month in which they were placed, delivered or not.

    Both sums contain GST, which cancels out at one rate. *Interval*: delta method, clustered by customer.
    """
    paid = (
        pl.col("value_paise")
        - pl.col("prepaid_discount_paise")
        - pl.col("loyalty_paise")
        - pl.col("refunded_total_paise")
    )
    orders = given.purchases.with_columns(revenue=paid.clip(lower_bound=0))
    delivered = orders.filter(pl.col("delivered_at").is_not_null() & ~pl.col("is_dead")).with_columns(
        period=month_of(pl.col("delivered_at"))
    )
    return pl.concat(
        ratios(both(rows), [Ratio(name, "loyalty_paise", "revenue", note=_GST)], given.segments)
        for name, rows in (("rc_1", delivered), ("rc_1_placed", orders))
    )
