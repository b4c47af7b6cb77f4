"""Carts in words, and what a law that is tried gives them."""

import pytest

from loyalty.readiness.carts import Cart, cart_words, given_words, maxima
from tests.builders import a_law


@pytest.mark.parametrize(
    ("cart", "words"),
    [
        (Cart(subtotal=49_900, coins=100), "₹499 of goods, 100 coins to spend"),
        (Cart(subtotal=49_950, coins=1), "₹499.50 of goods, 1 coin to spend"),
        (
            Cart(subtotal=49_900, shipping=4_900, payment="cod", coins=100),
            "₹499 of goods with ₹49 shipping, paid on delivery, 100 coins to spend",
        ),
        (
            Cart(subtotal=49_900, coupon=100, has_coupon=True, tax=5, device="mobile", tier="gold", coins=0),
            "₹499 of goods with a coupon of ₹1 and ₹0.05 tax on top, on mobile, by a gold member, 0 coins to spend",
        ),
        (
            Cart(subtotal=49_900, has_coupon=True, coins=100),
            "₹499 of goods with a coupon code that takes nothing off, 100 coins to spend",
        ),
    ],
)
def test_a_cart_is_said_as_a_person_would_place_it(cart: Cart, words: str) -> None:
    assert cart_words(cart) == words


def test_what_is_given_is_said_with_its_price() -> None:
    assert given_words(0, 0) == "nothing"
    assert given_words(1_000, 10_050) == "₹100.50 for 1,000 coins"


def test_what_there_is_to_pay_takes_everything_in() -> None:
    cart = Cart(
        subtotal=1_000, coupon=100, other_discount=20, prepaid_discount=3, shipping=40, cod_fee=5, tax=6
    )
    assert (cart.after_coupon, cart.payable) == (880, 928)


def test_every_block_is_asked_about_every_cart_in_their_order() -> None:
    law = a_law({"redeem": {"gokwik": {}, "widget": {"coins": "50"}}}).versions[0]
    carts = [Cart(subtotal=99_900, coins=coins) for coins in (100, 50, 0)]
    assert maxima(law.redeem, carts, law) == {
        "gokwik": [(100, 1_000), (0, 0), (0, 0)],
        "widget": [(100, 2_000), (50, 1_000), (0, 0)],
    }


def test_a_coupon_discount_comes_with_its_code() -> None:
    assert Cart(subtotal=1_000).with_extra("coupon", 100) == Cart(subtotal=1_000, coupon=100, has_coupon=True)
    assert Cart(subtotal=1_000).with_extra("tax", 100) == Cart(subtotal=1_000, tax=100)
