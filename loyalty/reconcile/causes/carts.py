"""The cheapest cart on which settings that explain the same orders would part.

Carts that nobody placed are replayed under each setting: whole rupees, with and without coupon, shipping, fee, tax
and so on, by members of each tier. The cheapest on which all part is told; where no cart parts all, one that
parts as many as can be. Nothing is guessed: None means that no cart tried tells them apart.
"""

import datetime as dt
from itertools import combinations
from typing import Any, NamedTuple

import polars as pl

from loyalty.contracts.base import empty
from loyalty.contracts.intermediate import Refunds
from loyalty.expected.accruals import expected_earning
from loyalty.expected.redemptions import with_maximum, with_rule
from loyalty.reconcile.causes.fixes import coins_words
from loyalty.reconcile.causes.replay import (
    REDEMPTION_FACTS,
    TIMINGS,
    credited_under,
    earning_under,
    named,
    redemption_under,
    reversals_under,
)
from loyalty.rulebook.models import Rulebook
from loyalty.values.money import group_lakh, rupees
from loyalty.values.times import INSTANT

_PRICES = (range(1, 2_001), range(2_010, 60_001, 50))
"""Rupees, the second range only where the first tells nothing apart."""
_AMPLE = 10**7
_PLACED = dt.datetime(2026, 1, 1, 6, 30, tzinfo=dt.UTC)
_FAR = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
_NOTHING = dict.fromkeys(
    (
        "coupon_paise", "other_discount_paise", "prepaid_discount_paise", "shipping_paise", "cod_fee_paise",
        "tax_paise", "loyalty_paise", "refund_paise",
    ),
    0,
)  # fmt: skip


class _Extra(NamedTuple):
    words: str
    changes: dict[str, Any]


_CHARGES = (
    _Extra("a coupon of ₹100", {"coupon_paise": 10_000, "has_coupon": True}),
    _Extra("₹50 off by another discount", {"other_discount_paise": 5_000}),
    _Extra("₹50 off for prepaying", {"prepaid_discount_paise": 5_000}),
    _Extra("₹49 shipping", {"shipping_paise": 4_900}),
    _Extra("a COD fee of ₹39", {"cod_fee_paise": 3_900, "payment_kind": "cod"}),
    _Extra("₹50 tax on top", {"tax_paise": 5_000}),
)
_EXTRAS = {
    "redemption": _CHARGES,
    "earn": (
        *_CHARGES,
        _Extra("₹50 paid with coins", {"loyalty_paise": 5_000}),
        _Extra("₹50 refunded before coins are due", {"refund_paise": 5_000}),
    ),
    "reversal": (_Extra("₹50 refunded after coins were earned", {"refund_paise": 5_000}),),
}


def telling_cart(
    leg: str, surface: str, version_no: int, causes: tuple[str, ...], rulebook: Rulebook
) -> str | None:
    """The cheapest cart on which the first cause parts from the others, and what each would make of it."""
    if leg == "earn" and named(causes[0]).setting in TIMINGS:
        return _telling_times(causes, version_no, rulebook)
    best: tuple[int, str] | None = None
    for prices in _PRICES:
        for extras in range(3):
            carts = _carts(leg, surface, version_no, causes, rulebook, extras, prices)
            found = _cheapest(leg, carts, _outcomes(leg, carts, causes, rulebook), causes)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
            if best is not None and best[0] == len(causes) - 1:
                return best[1]
    return None if best is None else best[1]


def _carts(
    leg: str,
    surface: str,
    version_no: int,
    causes: tuple[str, ...],
    rulebook: Rulebook,
    extras: int,
    prices: range,
) -> pl.DataFrame:
    """Facts of every cart with so many extras, with ``words`` and how many things are special about it."""
    law = rulebook.versions[version_no]
    sets = combinations(_EXTRAS[leg], extras)
    by_tier = {"tier", "rule_version", "surface_rule"} & {named(cause).setting for cause in causes}
    tiers = (None, *law.tier_names) if by_tier else (None,)
    balances = (_AMPLE, 5 * law.redeem[surface].coins) if leg == "redemption" else (_AMPLE,)
    kinds = [
        {
            **_NOTHING,
            "has_coupon": False,
            "payment_kind": "prepaid",
            **{name: value for extra in chosen for name, value in extra.changes.items()},
            "tier": tier,
            "spendable_coins": coins,
            "words": _words(chosen, tier, coins),
            "extras": len(chosen) + (tier is not None) + (coins != _AMPLE),
        }
        for chosen in sets
        for tier in tiers
        for coins in balances
    ]
    priced = pl.DataFrame(
        {"subtotal_paise": [100 * price for price in prices]}, schema={"subtotal_paise": pl.Int64}
    )
    text = {"tier": pl.String, "words": pl.String, "payment_kind": pl.String}
    return (
        pl.DataFrame(kinds, schema_overrides=text)
        .join(priced, how="cross")
        .with_columns(
            surface=pl.lit(surface),
            version_no=pl.lit(version_no, pl.Int64),
            device=pl.lit(None, pl.String),
            apply_mode=pl.lit(None, pl.String),
            after_coupon_paise=pl.col("subtotal_paise")
            - pl.col("coupon_paise")
            - pl.col("other_discount_paise"),
        )
        .with_columns(
            payable_paise=pl.col("after_coupon_paise")
            - pl.col("prepaid_discount_paise")
            + pl.col("shipping_paise")
            + pl.col("cod_fee_paise")
            + pl.col("tax_paise")
        )
        .filter(
            (pl.col("after_coupon_paise") > 0)
            & (pl.col("payable_paise") > pl.col("loyalty_paise") + pl.col("refund_paise"))
        )
        .sort("subtotal_paise", "extras", "words")
        .with_columns(order_no=pl.int_range(pl.len(), dtype=pl.Int64))
    )


def _words(chosen: tuple[_Extra, ...], tier: str | None, coins: int) -> str:
    extras = " and ".join(extra.words for extra in chosen)
    member = "a member" if tier is None else f"a {tier} member"
    holds = f"{member} with {'coins enough' if coins == _AMPLE else f'{group_lakh(coins)} coins'}"
    return f"{f' with {extras}' if extras else ''}, by {holds}"


def _outcomes(leg: str, carts: pl.DataFrame, causes: tuple[str, ...], rulebook: Rulebook) -> pl.DataFrame:
    """What each cause would make of each cart, in paise (redemption) or coins; one column per cause."""
    if leg == "redemption":
        ruled = with_rule(carts.select(REDEMPTION_FACTS), rulebook)
        return pl.DataFrame({cause: _discount(ruled, cause, rulebook) for cause in causes})
    earning, refunded = _earned(leg, carts, rulebook)
    if leg == "reversal":
        return pl.DataFrame(
            {cause: reversals_under(earning, cause, refunded, rulebook, _FAR) for cause in causes}
        )
    return pl.DataFrame({cause: _coins(earning, cause, refunded, rulebook) for cause in causes})


def _discount(ruled: pl.DataFrame, cause: str, rulebook: Rulebook) -> pl.Series:
    setting, value = named(cause)
    if setting in ("rate", "units_x100", "balance_at"):
        own = with_maximum(ruled)
        if setting == "rate":
            coins, _, paise = value.partition(":")
            return own["max_coins_due"] * int(paise) // int(coins)
        return own["max_paise_due"] * (100 if setting == "units_x100" else 1)
    return redemption_under(ruled, cause, rulebook)["max_paise_due"]


def _coins(earning: pl.DataFrame, cause: str, refunded: pl.DataFrame, rulebook: Rulebook) -> pl.Series:
    if named(cause).setting == "units_x100":
        return earning["due_coins"] * 100
    return earning_under(earning, cause, refunded, rulebook, _FAR)["coins"]


def _earned(leg: str, carts: pl.DataFrame, rulebook: Rulebook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Carts as delivered orders with what they earn, and the refunds of those that have one."""
    earning_days = dt.timedelta(days=200) if leg == "reversal" else dt.timedelta(hours=1)
    facts = carts.with_columns(
        member_no=pl.lit(0, pl.Int64),
        state=pl.lit("delivered"),
        skip_tags=pl.lit([], pl.List(pl.String)),
        is_dead=pl.lit(value=False),
        is_dead_by_word=pl.lit(value=False),
        death_word=pl.lit(None, pl.String),
        death_at=pl.lit(None, INSTANT),
        grand_total_paise=pl.col("payable_paise") - pl.col("loyalty_paise"),
        placed_at=pl.lit(_PLACED, INSTANT),
        confirmed_at=pl.lit(_PLACED, INSTANT),
        delivered_at=pl.lit(_PLACED + dt.timedelta(hours=2), INSTANT),
    )
    refunded = carts.filter(pl.col("refund_paise") > 0).select(
        "order_no",
        refund_seq=pl.lit(1, pl.Int64),
        amount_paise="refund_paise",
        refunded_to_date_paise="refund_paise",
        refund_id=pl.lit("cart"),
        refunded_at=pl.lit(_PLACED + earning_days, INSTANT),
    )
    earning = expected_earning(
        facts, pl.concat([empty(Refunds), refunded.select(empty(Refunds).columns)]), rulebook, _FAR
    )
    return earning.with_columns(posted_coins="due_coins", posted_at="due_at"), refunded


def _cheapest(
    leg: str, carts: pl.DataFrame, outcomes: pl.DataFrame, causes: tuple[str, ...]
) -> tuple[int, str] | None:
    """The first cart that parts most, and how many; never one on which more is taken off than there is to pay."""
    first, *others = causes
    fits = (
        pl.max_horizontal(causes) <= pl.lit(carts["payable_paise"])
        if leg == "redemption"
        else pl.lit(value=True)
    )
    apart = pl.sum_horizontal((pl.col(first) != pl.col(other)).cast(pl.Int64) for other in others)
    parted = outcomes.select(pl.when(fits).then(apart).otherwise(0)).to_series()
    place = parted.arg_max()
    if place is None or not parted[place]:
        return None
    cart, outcome = carts.row(place, named=True), outcomes.row(place, named=True)
    unit = rupees if leg == "redemption" else coins_words
    gives = ", ".join(f"{cause} gives {unit(outcome[cause])}" for cause in causes)
    return parted[place], f"A cart of {rupees(cart['subtotal_paise'])}{cart['words']}: {gives}"


def _telling_times(causes: tuple[str, ...], version_no: int, rulebook: Rulebook) -> str | None:
    """An order whose confirmation and delivery lie so far apart that the credits would."""
    law = rulebook.versions[version_no].earn
    day = dt.timedelta(days=1)
    for days in range(1, 61):
        order = pl.DataFrame(
            {
                "placed_at": [_PLACED],
                "confirmed_at": [_PLACED + day],
                "delivered_at": [_PLACED + (1 + days) * day],
                "delay_days": [law.delay_days],
            },
            schema_overrides={**dict.fromkeys(("placed_at", "confirmed_at", "delivered_at"), INSTANT)},
        ).with_columns(trigger_at=f"{law.trigger}_at")
        called = order.select(**{cause: credited_under(cause) for cause in causes}).row(0, named=True)
        after = {cause: (at - _PLACED) // day for cause, at in called.items()}
        if all(after[causes[0]] != after[other] for other in causes[1:]):
            gives = ", ".join(f"{cause} {number}" for cause, number in after.items())
            return (
                f"An order confirmed the day after it is placed and delivered {days} days later; "
                f"days from order to credit: {gives}"
            )
    return None
