"""A redemption block taken apart: every discount that it can give, and the least cart and coins that it asks for it.

At a fixed number of coins the discount only ever grows with the base, the payable and the cart of the
smallest-cart gate. So "gives at least d" is three amounts to be reached and a number of coins to be
had, and two blocks are compared by comparing those, discount by discount, instead of cart by cart.
"""

import polars as pl

from loyalty.rulebook.models import Redemption
from loyalty.values.ratios import divide, mul_div

NEEDS = ("base_at", "payable_at", "cart_at")


def steps_of(rule: Redemption) -> tuple[int, int]:
    """Fewest and most steps of a percent block, whatever the cart (details R14)."""
    whole = 1 if rule.kind == "percent_fixed" else 10_000 // rule.step_bps
    most = whole if rule.max_coins is None else min(whole, rule.max_coins // rule.coins)
    return max(1, divide(rule.min_coins, rule.coins, "ceil")), most


def unit_of(rule: Redemption) -> int:
    """Every discount of the block is a multiple of so many paise."""
    if rule.is_percent:
        return 1
    return rule.granularity_paise if _is_linear(rule) else rule.step_paise


def top_of(rule: Redemption) -> int | None:
    """The largest discount that any cart and any number of coins can get; None without a bound."""
    limits = [] if rule.max_discount_paise is None else [rule.max_discount_paise]
    if rule.is_percent:
        fewest, most = steps_of(rule)
        return 0 if most < fewest else min(limits, default=None)
    if rule.kind == "amount_fixed":
        limits.append(rule.step_paise)
    if rule.max_coins is not None:
        linear = divide(rule.max_coins * rule.step_paise, rule.coins)
        limits.append(linear if _is_linear(rule) else rule.max_coins // rule.coins * rule.step_paise)
    top = min(limits, default=None)
    return None if top is None else top - top % unit_of(rule)


def levels(rule: Redemption, above: int, up_to: int) -> pl.DataFrame:
    """``paise, coins``: discounts in (above, up_to] and the coins that can buy them; one row per pair.

    An amount has one price. A share of the cart can be had for many numbers of coins, on different carts.
    """
    top = top_of(rule)
    last = up_to if top is None else min(up_to, top)
    unit = unit_of(rule)
    number = pl.int_range(above // unit + 1, max(last, above) // unit + 1, eager=True).alias("number")
    if rule.is_percent:
        fewest, most = steps_of(rule)
        steps = pl.int_range(fewest, most + 1, eager=True).alias("steps").to_frame()
        pairs = number.to_frame().join(steps, how="cross")
        return pairs.select(paise="number", coins=pl.col("steps") * rule.coins)
    frame = number.to_frame().select(paise=pl.col("number") * unit)
    return frame.select("paise", coins=_price(rule, pl.col("paise"))).filter(
        pl.col("coins") >= rule.min_coins
    )


def with_needs(frame: pl.DataFrame, rule: Redemption | None) -> pl.DataFrame:
    """``paise, coins`` with ``base_at, payable_at, cart_at``: what a cart must reach to get at least so much for them.

    Null where no cart does. ``rule`` None gives nothing to anyone.
    """
    if rule is None or rule.cap_percent == 0:
        return frame.with_columns(pl.lit(None, pl.Int64).alias(name) for name in NEEDS)
    wanted, coins = pl.col("paise"), pl.col("coins")
    reached = _percent(rule, wanted, coins) if rule.is_percent else _amount(rule, wanted, coins)
    given = pl.col("given")
    bases = [given]
    if rule.is_percent:
        steps = pl.min_horizontal(coins // rule.coins, pl.lit(steps_of(rule)[1]))
        bases.append(mul_div(given, pl.lit(10_000), steps * rule.step_bps, "ceil"))
    if rule.cap_percent is not None:
        share = rule.cap_percent / 100
        bases.append(mul_div(given, pl.lit(share.denominator), pl.lit(share.numerator), "ceil"))
    is_given = given.is_not_null()
    return (
        frame.with_columns(given=reached)
        .with_columns(
            base_at=pl.when(is_given).then(pl.max_horizontal(bases)),
            payable_at=given + rule.min_payable_paise,
            cart_at=pl.when(is_given).then(pl.lit(rule.min_cart_paise, pl.Int64)),
        )
        .drop("given")
    )


def _is_linear(rule: Redemption) -> bool:
    return rule.kind == "amount_variable" and not rule.step


def _price(rule: Redemption, paise: pl.Expr) -> pl.Expr:
    """The coins of a discount that an amount block can give."""
    if _is_linear(rule):
        return mul_div(paise, pl.lit(rule.coins), pl.lit(rule.step_paise), "ceil")
    return paise // rule.step_paise * rule.coins


def _amount(rule: Redemption, wanted: pl.Expr, coins: pl.Expr) -> pl.Expr:
    """The least discount of an amount block that is at least ``wanted``; null where the coins do not buy it."""
    unit = unit_of(rule)
    least = divide(max(rule.min_coins, 1), rule.coins, "ceil") * rule.step_paise
    if _is_linear(rule):
        # The least multiple whose coins, rounded up, are no fewer than min_coins.
        least = (divide(max(rule.min_coins - 1, 0) * rule.step_paise, rule.coins * unit) + 1) * unit
    given = pl.max_horizontal((wanted + (unit - 1)) // unit * unit, pl.lit(least, pl.Int64))
    top = top_of(rule)
    is_had = _price(rule, given) <= coins
    return pl.when(is_had if top is None else is_had & (given <= top)).then(given)


def _percent(rule: Redemption, wanted: pl.Expr, coins: pl.Expr) -> pl.Expr:
    """``wanted`` where a percent block has a step for the coins, else null."""
    fewest, most = steps_of(rule)
    top = top_of(rule)
    is_had = (coins // rule.coins >= fewest) & pl.lit(most >= fewest)
    return pl.when(is_had if top is None else is_had & (wanted <= top)).then(wanted)
