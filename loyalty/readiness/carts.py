"""Carts that a person can place, and what a law lets each of them redeem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import polars as pl

from loyalty.expected.redemptions import with_maximum, with_rule
from loyalty.reconcile.explain import coins_text
from loyalty.rulebook.models import Payment, Redemption, Rulebook, RuleVersion
from loyalty.values.money import rupees

Extra = Literal["coupon", "other_discount", "prepaid_discount", "shipping", "cod_fee", "tax"]
ON_TOP: tuple[Extra, ...] = ("shipping", "cod_fee", "tax")
"""Extras that make a cart dearer; the others take something off."""
EXTRAS: tuple[Extra, ...] = ("coupon", "other_discount", "prepaid_discount", *ON_TOP)
PAYMENTS: tuple[Payment, ...] = get_args(Payment)
RUPEE = 100
AMPLE = 10**9
"""More coins than any law takes."""

_TEXTS = ("surface", "apply_mode", "payment_kind", "device", "tier")
_PAISE = (
    "subtotal_paise", "coupon_paise", "other_discount_paise", "prepaid_discount_paise", "shipping_paise",
    "cod_fee_paise", "tax_paise", "payable_paise", "after_coupon_paise",
)  # fmt: skip
_SCHEMA = {
    **dict.fromkeys(("order_no", "version_no", "spendable_coins", *_PAISE), pl.Int64),
    **dict.fromkeys(_TEXTS, pl.String),
    "has_coupon": pl.Boolean,
}
_PAID = {"prepaid": "paid in advance", "cod": "paid on delivery", "ppcod": "paid in part on delivery"}


@dataclass(frozen=True, kw_only=True)
class Cart:
    """Goods at their selling price and what comes with them, in paise; coins are what the member can spend.

    The ordinary cart is prepaid, on the web, of a member without a tier, with nothing on top and no coupon.
    """

    subtotal: int
    coupon: int = 0
    other_discount: int = 0
    prepaid_discount: int = 0
    shipping: int = 0
    cod_fee: int = 0
    tax: int = 0
    has_coupon: bool = False
    payment: Payment = "prepaid"
    device: str = "web"
    tier: str | None = None
    coins: int = 0

    @property
    def after_coupon(self) -> int:
        """Goods less the discounts that are no prepaid discount."""
        return self.subtotal - self.coupon - self.other_discount

    @property
    def payable(self) -> int:
        """What there is to pay before loyalty."""
        return self.after_coupon - self.prepaid_discount + self.shipping + self.cod_fee + self.tax

    def with_extra(self, extra: Extra, paise: int) -> "Cart":
        """The same cart with an extra; a coupon discount comes with its code."""
        changed = replace(self, **{extra: paise})  # type: ignore[arg-type]
        return replace(changed, has_coupon=True) if extra == "coupon" else changed

    def columns(self) -> dict[str, object]:
        """The cart as the tables of this room show it."""
        return {
            "subtotal_paise": self.subtotal,
            "coupon_paise": self.coupon,
            "other_discount_paise": self.other_discount,
            "prepaid_discount_paise": self.prepaid_discount,
            "shipping_paise": self.shipping,
            "cod_fee_paise": self.cod_fee,
            "tax_paise": self.tax,
            "payable_paise": self.payable,
            "has_coupon": self.has_coupon,
            "payment_kind": self.payment,
            "device": self.device,
            "tier": self.tier,
            "balance_coins": self.coins,
        }


def maxima(
    blocks: Mapping[str, Redemption], carts: Iterable[Cart], law: RuleVersion
) -> dict[str, list[tuple[int, int]]]:
    """Coins and paise that each block lets each cart redeem at most, in the order of the carts.

    The blocks replace those of ``law``, so that a setting can be changed and tried.
    """
    placed = list(carts)
    rulebook = Rulebook.of([law.model_copy(update={"redeem": dict(blocks)})])
    rows = [
        cart.columns()
        | {
            "order_no": number,
            "version_no": 0,
            "spendable_coins": cart.coins,
            "surface": surface,
            "after_coupon_paise": cart.after_coupon,
        }
        for surface in blocks
        for number, cart in enumerate(placed)
    ]
    ruled = with_rule(pl.DataFrame(rows, schema=_SCHEMA), rulebook).pipe(with_maximum)
    found = ruled.select("max_coins_due", "max_paise_due").rows()
    size = len(placed)
    return {surface: found[place * size : (place + 1) * size] for place, surface in enumerate(blocks)}


def cart_words(cart: Cart) -> str:
    """``₹499 of goods with ₹49 shipping, paid on delivery, 100 coins to spend``."""
    extras = [
        ("a coupon of ", "", cart.coupon),
        ("", " of other discounts", cart.other_discount),
        ("", " off for paying in advance", cart.prepaid_discount),
        ("", " shipping", cart.shipping),
        ("", " COD fee", cart.cod_fee),
        ("", " tax on top", cart.tax),
    ]
    with_it = [f"{before}{rupees(paise)}{after}" for before, after, paise in extras if paise]
    if cart.has_coupon and not cart.coupon:
        with_it.append("a coupon code that takes nothing off")
    words = f"{rupees(cart.subtotal)} of goods"
    if with_it:
        words += f" with {' and '.join(with_it)}"
    ways = [_PAID[cart.payment]] if cart.payment != "prepaid" else []
    ways += [f"on {cart.device}"] if cart.device != "web" else []
    ways += [f"by a {cart.tier} member"] if cart.tier else []
    return f"{', '.join([words, *ways])}, {coins_text(cart.coins)} to spend"


def given_words(coins: int, paise: int) -> str:
    """``₹10 for 100 coins``, or ``nothing``."""
    return f"{rupees(paise)} for {coins_text(coins)}" if paise else "nothing"
