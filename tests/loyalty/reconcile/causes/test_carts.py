"""The cheapest cart on which settings part, replayed and never guessed."""

import re

import pytest

from loyalty.reconcile.causes.carts import telling_cart
from tests.builders import a_law

CAPPED = {"cap_percent": "20", "min_cart_rupees": "499", "max_discount_rupees": "200"}
LAW = a_law(
    {
        "earn": {"coins": "5", "tiers": {"gold": "6/5", "silver": "1"}, "delay_days": "3"},
        "redeem": {"gokwik": CAPPED, "widget": {**CAPPED}, "pos": {"cap_percent": "10"}},
    },
    {
        "version": "2026-04-01",
        "effective_from": "2026-04-01T00:00:00+05:30",
        "redeem": {"gokwik": CAPPED},
    },
)


def told(leg: str, *causes: str, surface: str = "gokwik") -> str | None:
    return telling_cart(leg, surface, 0, causes, LAW)


def price(cart: str | None) -> int:
    found = re.match(r"A cart of ₹([\d,]+)", cart or "")
    assert found, cart
    return int(found[1].replace(",", ""))


def test_a_lifted_limit_shows_where_it_would_bind() -> None:
    assert told("redemption", "max_discount", "cap_percent") == (
        "A cart of ₹499, by a member with coins enough: max_discount gives ₹90, cap_percent gives ₹200"
    )


def test_no_cheaper_cart_tells_two_bases_apart() -> None:
    cart = told("redemption", "base=subtotal", "base=after_coupon")
    assert cart is not None
    assert "coupon" in cart or "discount" in cart
    assert price(cart) == 549


def test_the_cart_goes_to_where_a_large_limit_binds() -> None:
    wide = a_law({"redeem": {"gokwik": {"cap_percent": "20", "max_discount_rupees": "3000"}}})
    cart = telling_cart("redemption", "gokwik", 0, ("max_discount", "base=total_payable(shipping,tax)"), wide)
    assert price(cart) < 2000
    cart = telling_cart("redemption", "gokwik", 0, ("max_discount", "rate=1:10"), wide)
    assert price(cart) > 14_000


def test_one_rule_under_two_names_cannot_be_told_apart() -> None:
    assert told("redemption", "surface_rule=widget", "rule_version=2026-04-01") is None
    assert told("earn", "tier=silver", "tier=none") is None


def test_a_cart_that_parts_as_many_as_can_be_is_given_where_none_parts_all() -> None:
    cart = told("redemption", "surface_rule=widget", "rule_version=2026-04-01", "surface_rule=pos")
    assert cart is not None
    assert (
        "surface_rule=widget gives ₹0, rule_version=2026-04-01 gives ₹0, surface_rule=pos gives ₹10" in cart
    )


@pytest.mark.parametrize(
    ("causes", "words"),
    [
        (("base=subtotal", "base=amount_paid"), "coins"),
        (("rate=6/100", "tier=gold"), "gold member"),
        (("partial_refund=none", "base=subtotal"), "coins"),
        (("rounding=ceil", "rounding=half_up"), "coins"),
        (("units_x100", "rate=9/100"), "coins"),
    ],
)
def test_earnings_part_on_some_cart(causes: tuple[str, ...], words: str) -> None:
    cart = told("earn", *causes)
    assert cart is not None
    assert words in cart


def test_a_refund_after_earning_tells_reversals_apart() -> None:
    cart = told("reversal", "partial_refund=all", "rounding=ceil")
    assert cart is not None
    assert "₹50 refunded after coins were earned" in cart


def test_delays_and_triggers_part_on_an_order_that_takes_its_time() -> None:
    assert told("earn", "delay_days=1", "trigger=placed") == (
        "An order confirmed the day after it is placed and delivered 2 days later; "
        "days from order to credit: delay_days=1 4, trigger=placed 3"
    )
