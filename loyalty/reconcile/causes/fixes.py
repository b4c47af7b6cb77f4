"""A cause in the merchant's words: what the shop does, and what to change, at which place of which dashboard.

The menus are those of the vendors' own help pages as read in 2026; what a rule should say comes from the
rulebook.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from loyalty.reconcile.causes.replay import base_and_parts, named
from loyalty.rulebook.models import Redemption, RuleVersion
from loyalty.values.money import group_lakh, rupees

GOKWIK_LOYALTY = "GoKwik admin → Quick Checkout → Settings → Integration → Loyalty Points"
_OFFERS = "Nector dashboard → Program → Redemption rules"
_EARNING = "Nector dashboard → Program → Ways to earn → Order"
_REVERTS = "Nector dashboard → Program → Revert earned coins"

_SURFACES = {
    "gokwik": "GoKwik",
    "widget": "the widget",
    "rewards_page": "the rewards page",
    "shopify": "Shopify",
    "pos": "the till",
}
_BASES = {
    "subtotal": "the subtotal before any coupon",
    "after_coupon": "the amount after coupon",
    "total_payable": "the total payable",
    "after_coupon_and_loyalty": "the amount after coupon and coins",
    "amount_paid": "the amount paid",
}
_GOKWIK_BASES = {
    "subtotal": "Subtotal before coupon or discounts",
    "total_payable": "Total payable amount",
}
_PARTS = {
    "shipping": "shipping",
    "tax": "tax",
    "cod_fee": "the COD fee",
    "prepaid_discount": "the prepaid discount",
}
_ROUNDINGS = {
    "floor": "down",
    "ceil": "up",
    "half_up": "to the nearest coin, halves up",
    "half_even": "to the nearest coin, halves to even",
}
_TRIGGERS = {"placed": "when placed", "confirmed": "when confirmed", "delivered": "when delivered"}
_REFUNDS = {
    "recompute": "on what is left",
    "none": "as if nothing had been refunded",
    "all": "as if everything had been refunded",
}


class Words(NamedTuple):
    """``does``: what the surface does instead, after its name; ``fix``: where to change what to what."""

    does: str
    fix: str


def surface_name(surface: str) -> str:
    """What people call a surface."""
    return _SURFACES.get(surface, surface)


def words(leg: str, surface: str, cause: str, law: RuleVersion) -> Words:
    """A cause of a group in words; ``law`` is the version by which its orders were judged."""
    setting, value = named(cause)
    if setting == "units_x100":
        return Words("mixes up rupees and paise", _units_fix(leg))
    if setting == "rule_version":
        place = _offer_place(surface) if leg == "redemption" else _EARNING
        return Words(
            f"applies the rules of {value} instead of those of {law.version}",
            f"{place}: publish the rules of {law.version} there",
        )
    if leg == "redemption":
        return _REDEMPTIONS[setting](surface, value, law.redeem[surface])
    return _EARNINGS[setting](leg, value, law)


def _units_fix(leg: str) -> str:
    if leg == "redemption":
        return f"{GOKWIK_LOYALTY}: ask the integration team to pass every amount in one unit, rupees or paise"
    return f"{_EARNING}: ask Nector to read the order total in the unit in which it is sent"


def _offer_place(surface: str) -> str:
    name = surface_name(surface)
    return f"{_OFFERS} → the offer for {name}" if surface in _SURFACES else f"the redemption rule of {name}"


def _parts_words(parts: tuple[str, ...]) -> str:
    names = [_PARTS[part] for part in parts]
    if not names:
        return ""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _base_words(base: str, parts: tuple[str, ...]) -> str:
    """``the total payable with shipping and tax``."""
    if not parts:
        return _BASES[base] + (", nothing taken in" if base == "total_payable" else "")
    return f"{_BASES[base]} with {_parts_words(parts)}"


def _redemption_base(surface: str, value: str, rule: Redemption) -> Words:
    base, parts = base_and_parts(value)
    does = f"computes the discount on {_base_words(base, parts)}"
    own = tuple(sorted(rule.include)) if rule.base == "total_payable" else ()
    if surface != "gokwik":
        return Words(does, f"{_offer_place(surface)}: compute on {_base_words(rule.base, own)}")
    menu = _GOKWIK_BASES.get(rule.base)
    if menu is None:
        return Words(does, f"{GOKWIK_LOYALTY}: no choice is {_BASES[rule.base]}; ask GoKwik for it")
    what = f", taking in {_parts_words(own)}" if own else ""
    if base == rule.base:
        much, little = sorted({*parts} - {*own}), sorted({*own} - {*parts})
        asks = [
            f"{verb} {_parts_words(tuple(some))}"
            for verb, some in (("leave out", much), ("take in", little))
            if some
        ]
        what = f": ask GoKwik to {' and '.join(asks)}"
    return Words(does, f"{GOKWIK_LOYALTY} → {menu}{what}")


def _coupon_order(surface: str, value: str, rule: Redemption) -> Words:
    del value, rule
    place = GOKWIK_LOYALTY if surface == "gokwik" else _offer_place(surface)
    return Words(
        "computes coins before the coupon is taken off", f"{place}: take coupon and other discounts off first"
    )


def _max_discount(surface: str, value: str, rule: Redemption) -> Words:
    del value
    limit = rupees(rule.max_discount_paise or 0)
    return Words(
        f"does not stop at the largest discount of {limit}",
        f"{_offer_place(surface)} → Maximum Discount Amount: enter {limit}",
    )


def _cap_percent(surface: str, value: str, rule: Redemption) -> Words:
    del value
    share = _percent(rule.cap_percent or Fraction(100))
    return Words(
        f"does not stop at {share} of the cart",
        f"{_offer_place(surface)} → largest share of the cart: enter {share}",
    )


def _min_cart(surface: str, value: str, rule: Redemption) -> Words:
    del value
    least = rupees(rule.min_cart_paise)
    return Words(
        f"lets carts below {least} redeem",
        f"{_offer_place(surface)} → Minimum cart amount: enter {least}, tested on {_BASES[rule.min_cart_base]}",
    )


def _min_payable(surface: str, value: str, rule: Redemption) -> Words:
    del value
    least = rupees(rule.min_payable_paise)
    return Words(
        f"lets customers pay less than {least}",
        f"{_offer_place(surface)} → Minimum Amount Customer Has To Pay: enter {least}",
    )


def _redemption_rate(surface: str, value: str, rule: Redemption) -> Words:
    coins, paise = (int(part) for part in value.split(":"))
    own = _percent(rule.value_percent or Fraction(0)) if rule.is_percent else rupees(rule.step_paise)
    steps = rule.coins // coins if rule.coins % coins == 0 else 1
    return Words(
        f"gives {rupees(steps * paise)} for {coins_words(steps * coins)}",
        f"{_offer_place(surface)} → Minimum Coins Required and Minimum Discount Amount: "
        f"{coins_words(rule.coins)} for {own}, on both dashboards",
    )


def _surface_rule(surface: str, value: str, rule: Redemption) -> Words:
    del rule
    return Words(
        f"applies the rule of {surface_name(value)} instead of its own",
        f"{_offer_place(surface)}: give it its own offer, as the rulebook has it",
    )


def _redemption_tier(surface: str, value: str, rule: Redemption) -> Words:
    del rule
    return Words(
        f"treats some members as {_tier(value)}",
        f"{_offer_place(surface)} → Advanced settings → tiers: check who may redeem, "
        "and that the members file has the tier of the day",
    )


def _balance_at(surface: str, value: str, rule: Redemption) -> Words:
    del value, rule
    place = GOKWIK_LOYALTY if surface == "gokwik" else _offer_place(surface)
    return Words(
        "uses the balance from before another order took its coins",
        f"{place}: ask the integration team to read the balance again right before coins are taken",
    )


def _earn_base(leg: str, value: str, law: RuleVersion) -> Words:
    del leg
    own = _base_words(law.earn.base, law.earn.include)
    return Words(
        f"computes earned coins on {_base_words(*base_and_parts(value))}", f"{_EARNING}: compute on {own}"
    )


def _rounding(leg: str, value: str, law: RuleVersion) -> Words:
    del leg
    return Words(
        f"rounds coins {_ROUNDINGS[value]}",
        f"{_EARNING}: round {_ROUNDINGS[law.earn.rounding]}, or change the rulebook",
    )


def _earn_rate(leg: str, value: str, law: RuleVersion) -> Words:
    del leg
    coins, _, per = value.partition("/")
    own = f"{coins_words(law.earn.coins)} for every {rupees(law.earn.per_paise)}"
    return Words(
        f"gives {coins_words(int(coins))} for every ₹{per}", f"{_EARNING} → coins per rupee: enter {own}"
    )


def _earn_tier(leg: str, value: str, law: RuleVersion) -> Words:
    del leg
    factors = ", ".join(f"{tier} {factor}" for tier, factor in law.earn.tiers.items())
    return Words(
        f"gives some members the factor of {_tier(value)}",
        f"Nector dashboard → VIP tiers → Bonus Factor: {factors or 'no factors'}; "
        "and see whether members change tier later there than in the members file",
    )


def _partial_refund(leg: str, value: str, law: RuleVersion) -> Words:
    own = _REFUNDS[law.earn.partial_refund]
    verb = "takes coins back" if leg == "reversal" else "counts"
    return Words(
        f"after a partial refund {verb} {_REFUNDS[value]}",
        f"{_REVERTS} → Partially Refunded: compute {own}",
    )


def _delay_days(leg: str, value: str, law: RuleVersion) -> Words:
    del leg
    return Words(
        f"credits coins {_days(int(value))} after the order is {law.earn.trigger}",
        f"{_EARNING} → Delayed rewarding: enter {_days(law.earn.delay_days)}",
    )


def _trigger(leg: str, value: str, law: RuleVersion) -> Words:
    del leg
    return Words(
        f"counts the delay from the order {_TRIGGERS[value]}",
        f"{_EARNING} → Reward When: choose {law.earn.trigger}",
    )


def _percent(share: Fraction) -> str:
    hundredths = share * 100
    whole, rest = divmod(int(hundredths), 100)
    return f"{whole} %" if not rest else f"{whole}.{rest:02d} %".replace("0 %", " %")


def coins_words(number: int) -> str:
    """``1,200 coins``."""
    return f"{group_lakh(number)} coin{'' if number == 1 else 's'}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _tier(value: str) -> str:
    return "members without a tier" if value == "none" else value


_REDEMPTIONS: dict[str, Callable[[str, str, Redemption], Words]] = {
    "base": _redemption_base,
    "coupon_order": _coupon_order,
    "max_discount": _max_discount,
    "cap_percent": _cap_percent,
    "min_cart": _min_cart,
    "min_payable": _min_payable,
    "rate": _redemption_rate,
    "surface_rule": _surface_rule,
    "tier": _redemption_tier,
    "balance_at": _balance_at,
}
_EARNINGS: dict[str, Callable[[str, str, RuleVersion], Words]] = {
    "base": _earn_base,
    "rounding": _rounding,
    "rate": _earn_rate,
    "tier": _earn_tier,
    "partial_refund": _partial_refund,
    "delay_days": _delay_days,
    "trigger": _trigger,
}
