"""The redemption law once more, from the contract's text, one cart at a time and as slowly as it reads.

A second reading to hold the columns against: plain integers and exact ratios, nothing of `loyalty`.
Contract §5, the kinds of §6 and details R1–R3, R6, R8, R14.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.builders import Order, an_order

CENT = 100
COIN_VALUE = (100, 1000)
"""What percent offers price their coins at in these tests: 100 coins, ₹10."""

Verdict = tuple[str, int, int, int]
"""Kind, effect in paise, expected coins (signed), expected paise."""


@dataclass(frozen=True)
class Offer:
    """A redemption block; ``value`` is paise, or hundredths of a percent for percent kinds."""

    kind: str = "amount_variable"
    coins: int = 100
    value: int = 1000
    step: bool = True
    grain: int = 1
    min_coins: int = 0
    max_coins: int | None = None
    max_discount: int | None = None
    cap: Fraction | None = None
    base: str = "total_payable"
    include: tuple[str, ...] = ("prepaid_discount", "shipping", "tax")
    min_cart: int = 0
    min_cart_base: str = "after_coupon"
    min_payable: int = 0

    @property
    def is_percent(self) -> bool:
        return self.kind.startswith("percent")

    def block(self) -> dict[str, Any]:
        """The block as it stands in a rulebook file."""
        value = {"value_percent" if self.is_percent else "value_rupees": rupee_text(self.value)}
        return value | {
            "kind": self.kind,
            "coins": str(self.coins),
            "step": str(self.step).lower(),
            "granularity_rupees": rupee_text(self.grain),
            "min_coins": str(self.min_coins),
            "max_coins": None if self.max_coins is None else str(self.max_coins),
            "max_discount_rupees": None if self.max_discount is None else rupee_text(self.max_discount),
            "cap_percent": None if self.cap is None else str(float(self.cap)),
            "base": self.base,
            "include": list(self.include),
            "min_cart_rupees": rupee_text(self.min_cart),
            "min_cart_base": self.min_cart_base,
            "min_payable_rupees": rupee_text(self.min_payable),
        }


@dataclass(frozen=True)
class Cart:
    """An order in paise; ``taken`` is the loyalty discount on it."""

    subtotal: int = 199_900
    coupon: int = 0
    other_discount: int = 0
    prepaid_discount: int = 0
    shipping: int = 0
    cod_fee: int = 0
    tax: int = 0
    taken: int = 0

    @property
    def payable(self) -> int:
        """P: what there is to pay before loyalty."""
        added = self.shipping + self.cod_fee + self.tax
        return max(0, self.subtotal + added - self.coupon - self.other_discount - self.prepaid_discount)

    def order(self, order_id: str, **more: Any) -> Order:
        money: dict[str, Any] = {name: rupee_text(getattr(self, name)) for name in CART_PARTS}
        total = rupee_text(self.payable - self.taken)
        return an_order(order_id, **money, loyalty=rupee_text(self.taken), grand_total=total, **more)


CART_PARTS = ("subtotal", "coupon", "other_discount", "prepaid_discount", "shipping", "cod_fee", "tax")


def rupee_text(paise: int) -> str:
    return f"{paise // CENT}.{paise % CENT:02d}"


def base(offer: Offer, cart: Cart, name: str) -> int:
    after_coupon = cart.subtotal - cart.coupon - cart.other_discount
    if name == "subtotal":
        return cart.subtotal
    if name == "after_coupon":
        return max(0, after_coupon)
    parts = {
        "shipping": cart.shipping,
        "cod_fee": cart.cod_fee,
        "tax": cart.tax,
        "prepaid_discount": -cart.prepaid_discount,
    }
    return max(0, after_coupon + sum(parts[part] for part in offer.include))


def cap(offer: Offer, cart: Cart) -> int:
    whole = base(offer, cart, offer.base)
    return whole if offer.cap is None else min(whole, floor(whole * offer.cap / 100))


def limit(offer: Offer, cart: Cart) -> int:
    """C of contract §5 step 2."""
    limits = [cap(offer, cart), cart.payable - offer.min_payable]
    if offer.max_discount is not None:
        limits.append(offer.max_discount)
    return max(0, *[min(limits)])


def most_steps(offer: Offer) -> int:
    return 1 if offer.kind == "percent_fixed" else 10_000 // offer.value


def whole(offer: Offer, cart: Cart, coins: int) -> int:
    steps = min(coins // offer.coins, most_steps(offer))
    return base(offer, cart, offer.base) * steps * offer.value // 10_000


def value(offer: Offer, cart: Cart, coins: int) -> int:
    if offer.is_percent:
        return min(whole(offer, cart, coins), limit(offer, cart))
    if offer.kind == "amount_fixed":
        return offer.value if coins >= offer.coins else 0
    if offer.step:
        return coins // offer.coins * offer.value
    exact = coins * offer.value // offer.coins
    return exact // offer.grain * offer.grain


def needed(offer: Offer, cart: Cart, discount: int) -> int:
    if offer.is_percent:
        enough = (
            steps
            for steps in range(most_steps(offer) + 1)
            if base(offer, cart, offer.base) * steps * offer.value // 10_000 >= discount
        )
        return offer.coins * next(enough, most_steps(offer))
    if offer.step or offer.kind == "amount_fixed":
        return ceil(Fraction(discount, offer.value)) * offer.coins
    return ceil(Fraction(discount * offer.coins, offer.value))


def maximum(offer: Offer, cart: Cart, spendable: int) -> tuple[int, int]:
    """Coins and paise of contract §5 steps 1 to 5; of the gates only the smallest cart."""
    if base(offer, cart, offer.min_cart_base) < offer.min_cart:
        return 0, 0
    most = limit(offer, cart)
    usable = spendable if offer.max_coins is None else min(spendable, offer.max_coins)
    if offer.is_percent:
        discount = value(offer, cart, usable)
        coins = needed(offer, cart, discount)
    elif offer.kind == "amount_fixed":
        fits = usable >= offer.coins and offer.value <= most
        coins, discount = (offer.coins, offer.value) if fits else (0, 0)
    elif offer.step:
        steps = min(usable // offer.coins, most // offer.value)
        coins, discount = steps * offer.coins, steps * offer.value
    else:
        discount = min(most, usable * offer.value // offer.coins) // offer.grain * offer.grain
        coins = ceil(Fraction(discount * offer.coins, offer.value))
    return (coins, discount) if coins >= offer.min_coins and coins > 0 else (0, 0)


def worth(offer: Offer, coins: int) -> int:
    """r(c): towards zero, by the coin value of percent offers and by K and V of the others."""
    per, paise = COIN_VALUE if offer.is_percent else (offer.coins, offer.value)
    return (1 if coins >= 0 else -1) * (abs(coins) * paise // per)


def verdict(offer: Offer, cart: Cart, coins: int, has: tuple[int, int], *, is_auto: bool) -> Verdict | None:
    """The first kind that holds for a living order whose one debit took ``coins``; None: it is right.

    ``has``: A and A_paper. A debit of 0 coins stands for none, more than a day after the order.
    """
    given = cart.taken
    most_coins, most_paise = maximum(offer, cart, has[0])
    need = needed(offer, cart, given)
    if given > 0 and coins == 0:
        return "discount_without_debit", given, -need, given
    if coins > 0 and given == 0:
        return "debit_without_discount", -worth(offer, coins), 0, 0
    if coins > 0:
        off = _coins_value(offer, cart, coins)
        if off is not None:
            return ("coins_value", *off)
    kinds: Mapping[str, tuple[bool, int]] = _limits(
        offer, cart, coins, has, shortfall=most_paise - given, is_auto=is_auto
    )
    for kind, (holds, effect) in kinds.items():
        if holds:
            return kind, effect, -most_coins, most_paise
    return None


def _coins_value(offer: Offer, cart: Cart, coins: int) -> tuple[int, int, int] | None:
    given, here, need = cart.taken, value(offer, cart, coins), needed(offer, cart, cart.taken)
    burned = worth(offer, need - coins)
    if offer.is_percent:
        off = coins != need or given < here or given > whole(offer, cart, coins)
        effect = given - here or burned
    elif offer.kind == "amount_fixed":
        off = (coins, given) != (offer.coins, offer.value)
        effect = given - offer.value or worth(offer, offer.coins - coins)
        return (effect, -offer.coins, offer.value) if off else None
    elif offer.step:
        off = here != given or coins % offer.coins != 0
        effect = given - worth(offer, coins)
    else:
        off = coins != need or given % offer.grain != 0
        effect = burned
    return (effect, -coins, here) if off else None


def _limits(
    offer: Offer, cart: Cart, coins: int, has: tuple[int, int], *, shortfall: int, is_auto: bool
) -> Mapping[str, tuple[bool, int]]:
    """The limits in the contract's order: whether each is broken, and by how much."""
    spendable, on_paper = has
    given, room = cart.taken, max(0, cart.payable - offer.min_payable)
    bounds = [] if offer.max_discount is None else [offer.max_discount]
    if offer.max_coins is not None:
        bounds.append((whole if offer.is_percent else value)(offer, cart, offer.max_coins))
    too_many = offer.max_coins is not None and coins > offer.max_coins
    most = min(bounds, default=given)
    small = base(offer, cart, offer.min_cart_base) < offer.min_cart
    return {
        "over_balance": (coins > on_paper, worth(offer, coins - on_paper)),
        "expired_coins_used": (spendable < coins <= on_paper, worth(offer, coins - spendable)),
        "over_max_discount": (given > most or too_many, given - most),
        "over_cap": (given > cap(offer, cart), given - cap(offer, cart)),
        "below_min_payable": (given > 0 and cart.payable - given < offer.min_payable, given - room),
        "below_min_cart": (given > 0 and small, given),
        "below_min_coins": (given > 0 and coins < offer.min_coins, given),
        "under_redeemed": (is_auto and shortfall > 0, -shortfall),
    }


def is_feasible(offer: Offer, cart: Cart, coins: int, spendable: int) -> bool:
    """Details R8: whether a customer may by hand take ``coins`` for the discount on the cart."""
    given, most = cart.taken, limit(offer, cart)
    most_coins, most_paise = maximum(offer, cart, spendable)
    usable = spendable if offer.max_coins is None else min(spendable, offer.max_coins)
    if (most_coins, most_paise) == (0, 0) or coins < offer.min_coins:
        return False
    steps, off = divmod(coins, offer.coins)
    if offer.is_percent:
        whole_steps = off == 0 and 1 <= steps <= min(usable // offer.coins, most_steps(offer))
        return whole_steps and given == value(offer, cart, coins) > 0 and coins == needed(offer, cart, given)
    if offer.kind == "amount_fixed":
        return (coins, given) == (most_coins, most_paise)
    if offer.step:
        return (
            off == 0
            and given == steps * offer.value
            and 1 <= steps <= min(usable // offer.coins, most // offer.value)
        )
    return 0 < given <= most_paise and given % offer.grain == 0 and coins == needed(offer, cart, given)
