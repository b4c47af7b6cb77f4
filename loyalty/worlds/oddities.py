"""Faults of the leg `order`: what GoKwik and Shopify tell differently of one order, or twice of one purchase.

No coin moves because of them: the order is redeemed and earns as the law says, only the exports disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from loyalty.worlds.law import Worth, rupee_effect
from loyalty.worlds.moments import DAY, HOUR
from loyalty.worlds.records import Oddity, Order

TWINS, PREPAID_TWIN = "cod_prepaid_twin", "prepaid_twin"
"""The fault of the COD order of two, and the mark of the other."""
_FEE = 3900


@dataclass(frozen=True, slots=True)
class OddOrder:
    """What an order needs to be to show one kind: ``suits`` a basket, the ``outcome``, whether it may redeem."""

    outcome: str = "kept"
    redeems: bool = True
    suits: Callable[[Order], bool] = lambda order: order.grand_total > 0


ODDITIES: dict[str, OddOrder] = {
    "order_missing_in_shopify": OddOrder(),
    "order_missing_in_gokwik": OddOrder(),
    "order_total": OddOrder(),
    "order_identity": OddOrder(redeems=False, suits=lambda order: order.prepaid + order.cod_fee > 0),
    TWINS: OddOrder(suits=lambda order: order.payment == "cod"),
    "refund_exceeds_paid": OddOrder("returned"),
}


def tell_wrongly(kind: str, order: Order, rng: Random) -> int:
    """Makes the exports disagree about a settled order; the effect, as contract §6 and domain §9 sign it.

    Twins are told by their tags alone; what they cost is known only once both have earned.
    """
    oddity = order.oddity
    if kind == "order_missing_in_shopify":
        oddity.unbooked = True
        return order.grand_total
    if kind == "order_total":
        oddity.shop_off = -order.cod_fee if order.cod_fee else (2 + int(rng.random() * 80)) * 50
        return -oddity.shop_off
    if kind == "order_identity":
        oddity.hidden = "prepaid" if order.prepaid else "cod_fee"
        return order.prepaid or -order.cod_fee
    if kind == "refund_exceeds_paid":
        oddity.over_refund = order.loyalty or _FEE
        return oddity.over_refund
    return 0


def ghost_of(order: Order, rng: Random) -> Order:
    """Another order of the same basket some hours later, which only Shopify knows; it cost nobody a coin."""
    number = order.slot.serial
    later = order.placed + HOUR + int(rng.random() * DAY)
    return replace(
        order,
        order_id=str(5_800_000_000_000 + number * 32_768 + int(rng.random() * 30_000)),
        name=f"{order.name}-{1 + int(rng.random() * 9)}",
        gokwik_id="",
        placed=later - later % 1000,
        loyalty=0,
        coins=0,
        coins_used=0,
        refunds=[],
        oddity=Oddity(),
        entries=[],
    )


def as_twin(order: Order, cod: Order) -> None:
    """The purchase of a COD order once more, paid at once; tags of both say so."""
    order.items, order.subtotal = list(cod.items), cod.subtotal
    order.coupon_code, order.coupon, order.other = cod.coupon_code, cod.coupon, cod.other
    order.shipping, order.tax = cod.shipping, cod.tax
    order.tags, order.skipped = cod.tags, cod.skipped
    order.payment, order.payment_text, order.prepaid, order.cod_fee = "prepaid", "UPI", 0, 0
    cod.oddity.became, order.oddity.was = order.name, cod.name


def twin_effect(cod: Order, prepaid: Order, worth: Worth) -> int | None:
    """What the coins of a COD order are worth that its prepaid twin earned, or spent, once more; None if neither."""
    (earned, spent), (again, anew) = _coins_of(cod), _coins_of(prepaid)
    lost = earned if earned > 0 and again > 0 else 0
    owed = spent if spent > 0 and anew > 0 else 0
    return rupee_effect(worth, lost) - rupee_effect(worth, owed) if lost or owed else None


def _coins_of(order: Order) -> tuple[int, int]:
    """Coins that an order earned and kept, and those that it cost."""
    posted = [entry for entry in order.entries if entry.posted]
    earned = sum([entry.signed for entry in posted if (entry.type, entry.operation) in _EARNING])
    spent = -sum([entry.signed for entry in posted if (entry.type, entry.operation) in _SPENDING])
    return earned, spent


_EARNING = {("reward", "cr"), ("revert", "dr")}
_SPENDING = {("redeem", "dr"), ("revert", "cr")}
