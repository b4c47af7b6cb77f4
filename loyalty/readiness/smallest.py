"""The simplest, smallest cart on which two redemption blocks disagree, found from the laws and not by trying carts.

*Simplest first*: as few departures as possible from the ordinary cart (another payment, device or tier, a coupon,
one extra amount). Among these *smallest first*: the least whole amount of the cart, then the least extra, then
the fewest coins. Why a finite search finds it stands in `corners`.
"""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from loyalty.readiness.carts import EXTRAS, ON_TOP, PAYMENTS, Cart
from loyalty.readiness.corners import Search, first_corner
from loyalty.rulebook.models import CoinValue, Redemption, RuleVersion

_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_NAMES = {"same_as", "deliberate"}
_Rank = tuple[int, int, int]
"""Departures; among equals the place of the extra, then of the way in which the cart is bought."""


class Found(NamedTuple):
    """The cart that tells two blocks apart; without one, up to which amount no cart does (None: none at all)."""

    cart: Cart | None
    up_to: int | None = None


@lru_cache(maxsize=512)
def smallest_difference(one: Redemption, other: Redemption, coin_value: CoinValue | None) -> Found:
    """The simplest, smallest cart on which the two blocks do not give the same, for a member with ``cart.coins``.

    ``coin_value`` is that of the law, needed for percentages.
    """
    if not differing(one, other):
        return Found(None)
    law = RuleVersion.model_construct(version="compared", effective_from=_EPOCH, coin_value=coin_value)
    reached: list[int] = []
    best: list[tuple[int, int, int, int, _Rank, Cart]] = []
    for rank, search in sorted(_searches(one, other), key=lambda each: each[0]):
        if best and rank[0] > best[0][0]:
            break
        cart, up_to = first_corner(search, law)
        if cart is not None:
            whole = cart.subtotal + sum(getattr(cart, name) for name in ON_TOP)
            amount = getattr(cart, search.extra) if search.extra else 0
            best.append((rank[0], whole, amount, cart.coins, rank, cart))
        elif up_to is not None:
            reached.append(up_to)
    if best:
        return Found(min(best, key=lambda each: each[:-1])[-1])
    return Found(None, min(reached, default=None))


def differing(one: Redemption, other: Redemption) -> tuple[str, ...]:
    """Keys of the rulebook in which two blocks differ, sorted; what a mirror is called does not count."""
    fields = {name: field.alias or name for name, field in Redemption.model_fields.items()}
    values = [
        rule.model_dump(exclude=_NAMES) | {"value_paise": None if rule.is_percent else rule.step_paise}
        for rule in (one, other)
    ]
    return tuple(sorted(fields[name] for name, value in values[0].items() if value != values[1][name]))


def passes(rule: Redemption, cart: Cart) -> bool:
    """Whether every gate but the smallest cart lets a cart redeem (contract §5 step 1, details G1)."""
    return (
        rule.enabled
        and cart.device in rule.devices
        and (rule.tiers is None or cart.tier in rule.tiers)
        and cart.payment in rule.payment
        and not (rule.with_coupon == "deny" and cart.has_coupon)
    )


def _searches(one: Redemption, other: Redemption) -> Iterator[tuple[_Rank, Search]]:
    """Every search that could find something: the simplest way of each sort, with every extra that it may have."""
    for (lets_one, lets_other, has_coupon), (departures, place, cart) in _simplest_ways(one, other).items():
        if lets_one and lets_other:
            for number, extra in enumerate((None, *EXTRAS)):
                if has_coupon == (extra == "coupon"):
                    more = departures + (extra not in (None, "coupon"))
                    yield (more, number, place), Search(one, other, lets_one, lets_other, extra, cart)
        elif lets_one or lets_other:
            yield (departures, 0, place), Search(one, other, lets_one, lets_other, None, cart)


def _simplest_ways(
    one: Redemption, other: Redemption
) -> dict[tuple[bool, bool, bool], tuple[int, int, Cart]]:
    """By which block lets it in and whether it has a coupon: departures, place, and the simplest empty cart."""
    devices = ["web", *sorted({"mobile", *one.devices, *other.devices} - {"web"})]
    tiers = [None, *sorted({*(one.tiers or ()), *(other.tiers or ())})]
    found: dict[tuple[bool, bool, bool], tuple[int, int, Cart]] = {}
    ways = product((False, True), PAYMENTS, devices, tiers)
    for place, (has_coupon, payment, device, tier) in enumerate(ways):
        cart = Cart(subtotal=0, has_coupon=has_coupon, payment=payment, device=device, tier=tier)
        departures = has_coupon + (payment != "prepaid") + (device != "web") + (tier is not None)
        sort = (passes(one, cart), passes(other, cart), has_coupon)
        if sort not in found or departures < found[sort][0]:
            found[sort] = (departures, place, cart)
    return found
