"""Which law, surface and orders stand for the programme as it is now."""

import datetime as dt
from typing import NamedTuple

import polars as pl

from loyalty.rulebook.models import Redemption, Rulebook, RuleVersion

_OF_A_CART = (
    "order_no", "version_no", "surface", "apply_mode", "tier", "device", "payment_kind", "has_coupon",
    "subtotal_paise", "coupon_paise", "other_discount_paise", "after_coupon_paise", "prepaid_discount_paise",
    "shipping_paise", "cod_fee_paise", "tax_paise", "payable_paise", "grand_total_paise", "loyalty_paise",
)  # fmt: skip

LIVE = (*_OF_A_CART, "spendable_coins")
"""What a maximum is reckoned from, and what really came off."""


class Now(NamedTuple):
    """The law in force, its place in the rulebook, and the surface whose integration is tested."""

    number: int
    law: RuleVersion
    surface: str

    @property
    def rule(self) -> Redemption:
        """The redemption block of the surface."""
        return self.law.redeem[self.surface]


def now_in_force(rulebook: Rulebook, as_of: dt.datetime) -> Now | None:
    """The newest law that has begun by the as-of, on its home surface; None without a law or a redemption block."""
    begun = [number for number, law in enumerate(rulebook.versions) if law.effective_from <= as_of]
    if not begun or (surface := rulebook.versions[begun[-1]].home_surface) is None:
        return None
    return Now(begun[-1], rulebook.versions[begun[-1]], surface)


def law_at(rulebook: Rulebook, as_of: dt.datetime) -> RuleVersion:
    """The law in force at the as-of; the first one before it. A rulebook is never empty."""
    begun = [law for law in rulebook.versions if law.effective_from <= as_of]
    return begun[-1] if begun else rulebook.versions[0]


def live_carts(facts: pl.DataFrame, spendable: pl.DataFrame) -> pl.DataFrame:
    """Living orders of known members with what their member could spend; one row per order (details R4)."""
    balances = spendable.select("order_no", "spendable_coins")
    carts = facts.select(_OF_A_CART)
    return carts.join(balances, on="order_no", how="inner", validate="1:1", maintain_order="left")
