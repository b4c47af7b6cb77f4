"""Every cause has words, in the merchant's own place, with the rulebook's own numbers."""

import pytest

from loyalty.reconcile.causes.fixes import GOKWIK_LOYALTY, words
from tests.builders import a_law

LAW = a_law(
    {
        "version": "2026-04-01",
        "earn": {"coins": "5", "tiers": {"gold": "6/5"}, "delay_days": "7", "partial_refund": "recompute"},
        "redeem": {
            "gokwik": {
                "max_discount_rupees": "200", "cap_percent": "12.5", "min_cart_rupees": "499",
                "min_payable_rupees": "1",
            },
            "widget": {"same_as": "gokwik", "base": "subtotal", "deliberate": "older widget"},
            "rewards_page": {"kind": "percent_variable", "value_percent": "2"},
            "kiosk": {"base": "after_coupon"},
        },
        "coin_value": {"coins": "100", "rupees": "10"},
    }
).versions[0]  # fmt: skip
OFFER = "Nector dashboard → Program → Redemption rules → the offer for GoKwik"


@pytest.mark.parametrize(
    ("surface", "cause", "does", "fix"),
    [
        (
            "gokwik", "base=subtotal", "computes the discount on the subtotal before any coupon",
            f"{GOKWIK_LOYALTY} → Total payable amount, taking in the prepaid discount, shipping and tax",
        ),
        (
            "gokwik", "base=total_payable(cod_fee,shipping,tax)",
            "computes the discount on the total payable with the COD fee, shipping and tax",
            f"{GOKWIK_LOYALTY} → Total payable amount: ask GoKwik to leave out the COD fee and take in the prepaid discount",
        ),
        (
            "widget", "base=total_payable()", "computes the discount on the total payable, nothing taken in",
            ("Nector dashboard → Program → Redemption rules → the offer for the widget: "
            "compute on the subtotal before any coupon"),
        ),
        ("gokwik", "max_discount", "does not stop at the largest discount of ₹200", f"{OFFER} → Maximum Discount Amount: enter ₹200"),
        ("gokwik", "cap_percent", "does not stop at 12.5 % of the cart", f"{OFFER} → largest share of the cart: enter 12.5 %"),
        ("gokwik", "min_cart", "lets carts below ₹499 redeem", f"{OFFER} → Minimum cart amount: enter ₹499, tested on the amount after coupon"),
        ("gokwik", "min_payable", "lets customers pay less than ₹1", f"{OFFER} → Minimum Amount Customer Has To Pay: enter ₹1"),
        (
            "gokwik", "rate=1:12", "gives ₹12 for 100 coins",
            f"{OFFER} → Minimum Coins Required and Minimum Discount Amount: 100 coins for ₹10, on both dashboards",
        ),
        (
            "rewards_page", "rate=3:40", "gives ₹0.40 for 3 coins",
            ("Nector dashboard → Program → Redemption rules → the offer for the rewards page → "
            "Minimum Coins Required and Minimum Discount Amount: 100 coins for 2 %, on both dashboards"),
        ),
        ("gokwik", "rule_version=2026-01-01", "applies the rules of 2026-01-01 instead of those of 2026-04-01", f"{OFFER}: publish the rules of 2026-04-01 there"),
        ("gokwik", "surface_rule=widget", "applies the rule of the widget instead of its own", f"{OFFER}: give it its own offer, as the rulebook has it"),
        ("gokwik", "coupon_order", "computes coins before the coupon is taken off", f"{GOKWIK_LOYALTY}: take coupon and other discounts off first"),
    ],
)  # fmt: skip
def test_a_cause_of_redemptions_says_what_happens_and_what_to_change_where(
    surface: str, cause: str, does: str, fix: str
) -> None:
    assert words("redemption", surface, cause, LAW) == (does, fix)


@pytest.mark.parametrize("cause", ["tier=gold", "tier=none", "balance_at", "units_x100"])
@pytest.mark.parametrize("surface", ["gokwik", "widget", "kiosk"])
def test_the_other_causes_of_redemptions_have_words_on_every_surface(surface: str, cause: str) -> None:
    said = words("redemption", surface, cause, LAW)
    assert said.does
    assert said.fix


def test_a_base_that_no_menu_offers_has_to_be_asked_for() -> None:
    law = a_law({"redeem": {"gokwik": {"base": "after_coupon"}}}).versions[0]
    fix = words("redemption", "gokwik", "base=subtotal", law).fix
    assert fix == f"{GOKWIK_LOYALTY}: no choice is the amount after coupon; ask GoKwik for it"


@pytest.mark.parametrize(
    ("leg", "cause", "does", "at_the_end"),
    [
        ("earn", "base=subtotal", "computes earned coins on the subtotal before any coupon", "compute on the amount after coupon and coins"),
        ("earn", "base=after_coupon(tax)", "computes earned coins on the amount after coupon with tax", "compute on the amount after coupon and coins"),
        ("earn", "rounding=ceil", "rounds coins up", "round down, or change the rulebook"),
        ("earn", "rate=7/100", "gives 7 coins for every ₹100", "enter 5 coins for every ₹100"),
        ("earn", "tier=gold", "gives some members the factor of gold", "later there than in the members file"),
        ("earn", "delay_days=1", "credits coins 1 day after the order is delivered", "Delayed rewarding: enter 7 days"),
        ("earn", "trigger=placed", "counts the delay from the order when placed", "Reward When: choose delivered"),
        ("earn", "partial_refund=none", "after a partial refund counts as if nothing had been refunded", "Partially Refunded: compute on what is left"),
        ("reversal", "partial_refund=all", "after a partial refund takes coins back as if everything had been refunded", "Partially Refunded: compute on what is left"),
        ("reversal", "rounding=half_up", "rounds coins to the nearest coin, halves up", "round down, or change the rulebook"),
        ("earn", "units_x100", "mixes up rupees and paise", "in the unit in which it is sent"),
        ("earn", "rule_version=2026-01-01", "applies the rules of 2026-01-01 instead of those of 2026-04-01", "publish the rules of 2026-04-01 there"),
    ],
)  # fmt: skip
def test_a_cause_of_coins_says_what_happens_and_what_to_change(
    leg: str, cause: str, does: str, at_the_end: str
) -> None:
    said = words(leg, "gokwik", cause, LAW)
    assert said.does == does
    assert said.fix.startswith("Nector dashboard → ")
    assert said.fix.endswith(at_the_end)
