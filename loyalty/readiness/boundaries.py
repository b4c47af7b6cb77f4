"""Both sides of every limit and gate of the law in force: who was there already, and the cart to place for the rest.

A limit, and what the base is made of, are tried where they first matter: on the smallest cart that gets something
else without them. A side is exercised by real living orders: where redeeming is allowed, by one that redeemed (for
limits and bases: all that was allowed, or more); where it is refused, by one that could have redeemed otherwise.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.readiness import BoundaryCarts
from loyalty.expected.redemptions import with_maximum, with_rule
from loyalty.readiness.carts import (
    AMPLE,
    EXTRAS,
    ON_TOP,
    PAYMENTS,
    RUPEE,
    Cart,
    cart_words,
    given_words,
    maxima,
)
from loyalty.readiness.scope import LIVE, Now, live_carts, now_in_force
from loyalty.readiness.smallest import Found, passes, smallest_difference
from loyalty.rulebook.models import REDEEM_BASES, REDEEM_PARTS, Redemption, Rulebook
from loyalty.values.ratios import divide

LIMITS = {
    "max_discount_rupees": "max_discount_paise",
    "cap_percent": "cap_percent",
    "max_coins": "max_coins",
    "min_payable_rupees": "min_payable_paise",
}
"""Limits by their key in the rulebook, with the field that holds them."""

_L, _MOST = pl.col("loyalty_paise"), pl.col("max_paise_due")
_HAS, _CART = pl.col("spendable_coins"), pl.col("cart_paise")


class Case(NamedTuple):
    """One side of a setting, the cart to place for it, and which real orders were such a cart.

    ``other`` is the block without the setting: then only orders whose maximum it would have changed. ``short_of``
    are the coins that were lacking: then only orders that could have redeemed with so many.
    """

    setting: str
    side: str
    cart: Cart
    was_there: pl.Expr
    other: Redemption | None = None
    short_of: int | None = None


def boundary_carts(
    facts: pl.DataFrame, spendable: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """``mart_boundary_carts``; one row per (setting, side) of the home surface under the law in force.

    OrderFacts and Spendable in. Nothing where no law is in force or its block can never grant anything.
    """
    now = now_in_force(rulebook, as_of)
    least = None if now is None else _least_cart(now)
    if now is None or least is None:
        return empty(BoundaryCarts)
    cases = [*_carts_and_coins(now, least), *_limits(now), *_bases(now), *_gates(now, least)]
    expected = maxima({now.surface: now.rule}, [case.cart for case in cases], now.law)[now.surface]
    ours = facts.filter((pl.col("version_no") == now.number) & (pl.col("surface") == now.surface))
    real = _most(live_carts(ours, spendable), rulebook, now, now.rule)
    tried = pl.when(_MOST > 0).then(_L > 0).otherwise(_HAS >= least.coins)
    rows = [
        {
            "number": number,
            "setting": case.setting,
            "side": case.side,
            "rule_version": now.law.version,
            "effective_from": now.law.effective_from,
            "surface": now.surface,
            "orders": (orders := _exercised(real, tried, case, rulebook, now)),
            "is_exercised": orders > 0,
            "expected_coins": coins,
            "expected_paise": paise,
            "sentence": _sentence(case.cart, coins, paise),
            **case.cart.columns(),
        }
        for number, (case, (coins, paise)) in enumerate(zip(cases, expected, strict=True), start=1)
    ]
    return pl.DataFrame(rows, schema=polars_schema(BoundaryCarts)).pipe(BoundaryCarts.validate)


def without(rule: Redemption, limit: str) -> Redemption:
    """The block with one of `LIMITS` lifted."""
    return rule.model_copy(update={LIMITS[limit]: 0 if limit == "min_payable_rupees" else None})


def is_set(rule: Redemption, limit: str) -> bool:
    """Whether the block has one of `LIMITS` at all; a smallest payable of ₹0 is none."""
    held = getattr(rule, LIMITS[limit])
    return held is not None and (limit != "min_payable_rupees" or held > 0)


def where_it_binds(now: Now, limit: str) -> Found:
    """The smallest cart where one of `LIMITS` holds the discount down."""
    return smallest_difference(now.rule, without(now.rule, limit), now.law.coin_value)


def _least_cart(now: Now) -> Cart | None:
    """The smallest cart that redeems anything, with the fewest coins: the others depart from it."""
    closed = now.rule.model_copy(update={"enabled": False})
    return smallest_difference(now.rule, closed, now.law.coin_value).cart


def _carts_and_coins(now: Now, least: Cart) -> Iterator[Case]:
    """A rupee below the smallest cart and exactly on it; a coin below the fewest and exactly so many."""
    smallest, fewest, step = now.rule.min_cart_paise, least.coins, now.rule.coins
    open_rule = now.rule.model_copy(update={"min_cart_paise": 0})
    below, at = (
        replace(least, subtotal=max(0, paise), coins=AMPLE) for paise in (smallest - RUPEE, smallest)
    )
    tried = maxima({"law": now.rule, "open": open_rule}, [below, at], now.law)
    if smallest > 0 and tried["open"][0] > (0, 0) and (coins := tried["law"][1][0]):
        is_below = (_CART >= smallest - RUPEE) & (_CART < smallest)
        yield Case("min_cart_rupees", "below", replace(below, coins=coins), is_below, open_rule)
        is_at = (_CART >= smallest) & (_CART < smallest + RUPEE)
        yield Case("min_cart_rupees", "at", replace(at, coins=coins), is_at)
    if fewest > 1:
        was_short = (_HAS >= max(1, fewest - step)) & (_HAS < fewest)
        yield Case("min_coins", "below", replace(least, coins=fewest - 1), was_short, short_of=fewest)
    yield Case("min_coins", "at", least, (_HAS >= fewest) & (_HAS < fewest + step))


def _limits(now: Now) -> Iterator[Case]:
    """Each limit on the smallest cart where it holds the discount down; one that never does has no case."""
    for limit in LIMITS:
        if is_set(now.rule, limit) and (cart := where_it_binds(now, limit).cart) is not None:
            other = without(now.rule, limit)
            yield Case(limit, "binds", _placeable(now, cart, other), _L >= _MOST, other)


def _bases(now: Now) -> Iterator[Case]:
    """The smallest cart that tells the law's base from each other one, and from one part more or less."""
    named: list[tuple[str, str, dict[str, object]]] = [
        ("base", f"not {base}", {"base": base}) for base in REDEEM_BASES if base != now.rule.base
    ]
    if now.rule.base == "total_payable":
        for part in REDEEM_PARTS:
            parts = tuple(sorted({*now.rule.include} ^ {part}))
            case = f"with {part}" if part in now.rule.include else f"without {part}"
            named.append(("include", case, {"include": parts}))
    for setting, case, update in named:
        other = now.rule.model_copy(update=update)
        cart = smallest_difference(now.rule, other, now.law.coin_value).cart
        if cart is not None:
            yield Case(setting, case, _placeable(now, cart, other), _L >= _MOST, other)


def _placeable(now: Now, cart: Cart, other: Redemption) -> Cart:
    """The cart in whole rupees, extras too, where it still tells the two blocks apart; else as it is."""
    whole = cart.subtotal + sum(getattr(cart, name) for name in ON_TOP)
    on_top = sum(_whole_rupees(getattr(cart, name)) for name in ON_TOP)
    rounded = replace(cart, subtotal=_whole_rupees(whole) - on_top)
    for name in EXTRAS:
        if paise := getattr(cart, name):
            rounded = rounded.with_extra(name, _whole_rupees(paise))
    given = maxima({"law": now.rule, "other": other}, [rounded], now.law)
    return rounded if given["law"] != given["other"] else cart


def _whole_rupees(paise: int) -> int:
    return divide(paise, RUPEE, "ceil") * RUPEE


def _gates(now: Now, least: Cart) -> Iterator[Case]:
    """Every payment, device and tier, and a cart with and without a coupon."""
    plain = replace(least, has_coupon=False)
    coupon = replace(plain, subtotal=plain.subtotal + RUPEE).with_extra("coupon", RUPEE)
    devices, tiers = sorted({"web", "mobile", *now.rule.devices}), (None, *now.law.tier_names)
    is_of = {tier: pl.col("tier").is_null() if tier is None else pl.col("tier") == tier for tier in tiers}
    cases = [
        *(_gate("payment", each, replace(least, payment=each), "payment_kind") for each in PAYMENTS),
        *(_gate("devices", each, replace(least, device=each), "device") for each in devices),
        *(Case("tiers", each or "none", replace(least, tier=each), is_of[each]) for each in tiers),
        Case("with_coupon", "without", plain, ~pl.col("has_coupon")),
        Case("with_coupon", "with", coupon, pl.col("has_coupon")),
    ]
    opened = {"payment": PAYMENTS, "devices": tuple(devices), "tiers": None, "with_coupon": "allow"}
    for case in cases:
        if passes(now.rule, case.cart):
            yield case
        else:
            wide = now.rule.model_copy(update={case.setting: opened[case.setting]})
            yield case._replace(other=wide)


def _gate(setting: str, value: str, cart: Cart, column: str) -> Case:
    return Case(setting, value, cart, pl.col(column) == value)


def _exercised(real: pl.DataFrame, tried: pl.Expr, case: Case, rulebook: Rulebook, now: Now) -> int:
    """How many real carts were such a cart, and redeemed or could have tried to."""
    there = real.filter(case.was_there.fill_null(value=False))
    if case.short_of is not None:
        richer = there.with_columns(spendable_coins=pl.lit(case.short_of, pl.Int64))
        return _most(richer, rulebook, now, now.rule).filter(_MOST > 0).height
    there = there.filter(tried)
    if case.other is None:
        return there.height
    again = _most(there, rulebook, now, case.other)
    coins, paise = (there[name] != again[name] for name in ("max_coins_due", "max_paise_due"))
    return int((coins | paise).sum())


def _most(carts: pl.DataFrame, rulebook: Rulebook, now: Now, rule: Redemption) -> pl.DataFrame:
    """Real carts with their maximum, had the block been this one."""
    law = now.law.model_copy(update={"redeem": now.law.redeem | {now.surface: rule}})
    laws = (*rulebook.versions[: now.number], law, *rulebook.versions[now.number + 1 :])
    ruled = with_rule(carts.select(LIVE), Rulebook(versions=laws)).pipe(with_maximum)
    return ruled.select(*LIVE, "cart_paise", "max_coins_due", "max_paise_due")


def _sentence(cart: Cart, coins: int, paise: int) -> str:
    allowed = f"{given_words(coins, paise)} may come off at most" if paise else "no coins may be taken"
    return f"Place {cart_words(cart)}: {allowed}."
