"""Do customers use coins at checkout, how deeply, and how large are those orders?"""

import datetime as dt

import polars as pl

from loyalty.metrics.eligible import coins_open_to_orders
from loyalty.metrics.given import Given
from loyalty.metrics.intervals import Z_95
from loyalty.metrics.rows import ALL, SELECTED, Ratio, both, ratios, shaped
from loyalty.values.frames import beside
from loyalty.values.ratios import signed_mul_div

_GOKWIK = pl.col("surface") == "gokwik"
_CONTRAST_DAYS = dt.timedelta(days=180)
_MECHANICAL = f"{SELECTED}; minimum carts raise it and the discount lowers what is paid, by themselves"


_NOBODY = pl.DataFrame({"period": [ALL], "numerator": [0], "denominator": [0]})


def checkout_usage(given: Given) -> pl.DataFrame:
    """``cru_1`` to ``cru_4``, ``aov_1`` in three values and ``aov_2``: orders placed in a month, and ``all``.

    All of valid orders as `valid_orders` says. r is the most coins that the rules in force let the order
    redeem, with the balance rebuilt at that instant (`coins_open_to_orders`).

    - ``cru_1``, checkout redemption usage. *Denominator*: orders on surface gokwik with r > 0. *Numerator*: of
      these, orders with coins > 0. The note says for how many orders r could be recomputed.
    - ``cru_2``. *Denominator*: all orders on gokwik. *Numerator*: of these, orders with coins > 0.
    - ``cru_4``, coin depth: Σ coins used ÷ Σ r, over orders with both coins used and r > 0.
    - ``aov_1``, ``aov_1_gross``, ``aov_1_paid``. Σ value ÷ number of orders with coins > 0; the value is after coupon
      and before loyalty, before any coupon, or what was paid.
    - ``aov_2``. The same value over orders without coins of customers with r > 0.

    *Maturity*: the share of the denominator placed more than 30 days ago. *Interval*: delta method, clustered by
    customer. Segments: surface, device, payment kind, tier, member cohort, before and after the launch.
    """
    opened = coins_open_to_orders(given)
    orders = beside(given.purchases, opened, "order_no", "1:1").with_columns(
        pl.col("open_coins").fill_null(0)
    )
    could, did = pl.col("open_coins") > 0, pl.col("has_coins")
    deep = could & (pl.col("coins_used") > 0).fill_null(value=False)
    flags = {
        "could": _GOKWIK & could,
        "could_did": _GOKWIK & could & did,
        "gokwik": _GOKWIK,
        "gokwik_did": _GOKWIK & did,
        "did": did,
        "could_not_did": could & ~did,
    }
    amounts = {
        "used": pl.when(deep).then("coins_used"),
        "open": pl.when(deep).then("open_coins"),
        "did_value": pl.when(did).then("value_paise"),
        "did_gross": pl.when(did).then("subtotal_paise"),
        "did_paid": pl.when(did).then("grand_total_paise"),
        "not_value": pl.when(could & ~did).then("value_paise"),
    }
    counted = both(
        orders.select(
            "period",
            "member_no",
            "is_over",
            *given.segments,
            *(flag.fill_null(value=False).cast(pl.Int64).alias(name) for name, flag in flags.items()),
            *(amount.fill_null(0).alias(name) for name, amount in amounts.items()),
        )
    )
    judged = orders.filter(_GOKWIK)["is_judged"].fill_null(value=False)
    coverage = f"what could be redeemed was recomputed for {judged.sum()} of {judged.len()} orders"
    measures = [
        Ratio("cru_1", "could_did", "could", note=coverage),
        Ratio("cru_2", "gokwik_did", "gokwik"),
        Ratio("cru_4", "used", "open"),
        Ratio("aov_1", "did_value", "did", "paise", _MECHANICAL),
        Ratio("aov_1_gross", "did_gross", "did", "paise", _MECHANICAL),
        Ratio("aov_1_paid", "did_paid", "did", "paise", _MECHANICAL),
        Ratio("aov_2", "not_value", "could_not_did", "paise", SELECTED),
    ]
    return ratios(counted, measures, given.segments)


def surface_mix(given: Given) -> pl.DataFrame:
    """``cru_3``: the share of each surface in the orders with coins > 0; segment ``surface``, shares sum to 1.

    *Denominator* of every row of a period: its valid orders with coins > 0. *Numerator*: those of the surface.
    """
    did = given.purchases.filter("has_coins").select("period", "member_no", "is_over", "surface")
    surfaces = did["surface"].unique().sort().to_list()
    of_each = did.with_columns(
        pl.lit(1, pl.Int64).alias("one"),
        *((pl.col("surface") == name).cast(pl.Int64).alias(f"on {name}") for name in surfaces),
    )
    counted = both(of_each)
    whole = ratios(counted, [Ratio("cru_3", "one", "one")])
    cells = (
        ratios(counted, [Ratio(name, f"on {name}", "one") for name in surfaces])
        if surfaces
        else whole.clear()
    )
    return pl.concat(
        [whole, cells.with_columns(segment=pl.lit("surface"), segment_value="metric", metric=pl.lit("cru_3"))]
    )


def same_customer(given: Given) -> pl.DataFrame:
    """``aov_3``: how much larger a customer's orders with coins are than the same customer's without.

    *Mean over customers* of (mean value of the orders with coins in the period − mean value of the orders without
    coins in the 180 days before the first of these); customers with both. Value as in ``aov_1``. *Numerator*: Σ of
    the customers' differences, *denominator*: customers. *Interval*: mean ± z × standard error over customers.
    """
    orders = given.purchases.drop_nulls("member_no").select(
        "period", "member_no", "placed_at", "has_coins", "value_paise"
    )
    keys = ["period", "member_no"]
    withs = (
        both(orders.filter("has_coins"))
        .group_by(keys)
        .agg(
            first_at=pl.col("placed_at").min(),
            with_paise=pl.col("value_paise").sum(),
            with_orders=pl.len().cast(pl.Int64),
        )
    )
    without = orders.filter(~pl.col("has_coins")).select("member_no", "placed_at", "value_paise")
    before = (
        withs.join(without, on="member_no", how="inner", validate="m:m")
        .filter(
            (pl.col("placed_at") < pl.col("first_at"))
            & (pl.col("placed_at") >= pl.col("first_at") - _CONTRAST_DAYS)
        )
        .group_by(keys)
        .agg(
            pl.col("with_paise", "with_orders").first(),
            without_paise=pl.col("value_paise").sum(),
            without_orders=pl.len().cast(pl.Int64),
        )
    )
    over = pl.col("with_orders") * pl.col("without_orders")
    more = pl.col("with_paise") * pl.col("without_orders") - pl.col("without_paise") * pl.col("with_orders")
    gap = signed_mul_div(more, pl.lit(1), over)
    told = (
        before.select("period", gap.alias("gap"))
        .group_by("period")
        .agg(
            numerator=pl.col("gap").sum(),
            denominator=pl.len().cast(pl.Int64),
            squares=(pl.col("gap").cast(pl.Int128) * pl.col("gap").cast(pl.Int128)).sum(),
        )
    )
    if ALL not in told["period"]:
        told = pl.concat([told, _NOBODY.match_to_schema(told.schema, missing_columns="insert")])
    total, n = pl.col("numerator"), pl.col("denominator")
    spread = (pl.col("squares").cast(pl.Float64) - total / n * total).clip(lower_bound=0) / (n - 1)
    reach = pl.when(n > 1).then(Z_95 * (spread / n).sqrt())
    mean = pl.when(n > 0).then(total / n)
    nobody = pl.when(n == 0).then(pl.lit("no customer has orders of both sorts; "))
    return shaped(
        told.with_columns(
            metric=pl.lit("aov_3"),
            value=mean,
            low=mean - reach,
            high=mean + reach,
            n=n,
            unit=pl.lit("paise"),
            measurable=pl.lit(value=True),
            note=pl.concat_str(
                nobody,
                pl.lit(
                    f"{SELECTED}; customers pick large carts to redeem on, and later orders differ from earlier"
                ),
                ignore_nulls=True,
            ),
        )
    )
