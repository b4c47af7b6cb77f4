"""The oracle's own arithmetic against numbers worked out by hand."""

from typing import Any

import pytest

from loyalty.rulebook.models import Earning, Redemption
from loyalty.worlds.law import Accrual, Offer, maximum, needed, rupee_effect, value, verdict
from loyalty.worlds.records import Order, Person, Slot

SOMEBODY = Person(0, "lead", "9876543210", "", "gold", "gold", 0, 0)
WORTH = (100, 1000)
AMPLE = 10**9


def an_order(cart: int, **facts: Any) -> Order:
    """An order of ``cart`` rupees, prepaid, nothing on top and nothing off."""
    return Order(Slot(0, 0), SOMEBODY, "A", "#A", "GKA", 0, "gokwik", "gold", subtotal=cart * 100, **facts)


def an_offer(**settings: Any) -> Offer:
    """100 coins a step of ₹10 and no limit but what ``settings`` say."""
    file = {"coins": "100", "value_rupees": "10", **settings}
    return Offer.of(Redemption.model_validate(file), WORTH)


def a_percentage(**settings: Any) -> Offer:
    """100 coins are 10 % of the base."""
    file = {"kind": "percent_variable", "coins": "100", "value_percent": "10", **settings}
    return Offer.of(Redemption.model_validate(file), WORTH)


@pytest.mark.parametrize(
    ("settings", "cart", "spendable", "expected"),
    [
        ({}, 999, 550, (500, 5000)),
        ({"max_discount_rupees": "200"}, 1999, 5000, (2000, 20000)),
        ({"cap_percent": "10"}, 999, 5000, (900, 9000)),
        ({"coins": "1", "value_rupees": "1", "min_payable_rupees": "1"}, 500, 900, (499, 49900)),
        ({"coins": "1", "value_rupees": "1"}, 500, 900, (500, 50000)),
        ({"kind": "amount_fixed", "coins": "1000", "value_rupees": "100", "min_cart_rupees": "500"}, 499, 5000, (0, 0)),
        ({"kind": "amount_fixed", "coins": "1000", "value_rupees": "100"}, 80, 5000, (0, 0)),
        ({"min_coins": "500"}, 999, 499, (0, 0)),
        ({"coins": "3", "value_rupees": "1", "step": "false"}, 999, 100, (100, 3333)),
        ({"coins": "3", "value_rupees": "1", "step": "false", "granularity_rupees": "1"}, 999, 100, (99, 3300)),
        ({"coins": "1", "value_rupees": "1", "cap_percent": "10"}, 849, 500, (84, 8400)),
        ({"max_coins": "250"}, 999, 5000, (200, 2000)),
        ({"enabled": "false"}, 999, 5000, (0, 0)),
        ({"tiers": ["silver"]}, 999, 5000, (0, 0)),
        ({"payment": ["cod"]}, 999, 5000, (0, 0)),
    ],
)  # fmt: skip
def test_the_maximum_of_an_amount(
    settings: Any, cart: int, spendable: int, expected: tuple[int, int]
) -> None:
    assert maximum(an_offer(**settings), an_order(cart), spendable) == expected


@pytest.mark.parametrize(
    ("settings", "spendable", "expected"),
    [
        ({}, 350, (300, 30000)),
        ({"cap_percent": "25"}, 5000, (300, 25000)),
        ({"kind": "percent_fixed"}, 5000, (100, 10000)),
        ({"max_discount_rupees": "200"}, 5000, (200, 20000)),
        ({}, 99, (0, 0)),
    ],
)
def test_the_maximum_of_a_percentage_uses_the_fewest_steps(
    settings: Any, spendable: int, expected: tuple[int, int]
) -> None:
    assert maximum(a_percentage(**settings), an_order(1000), spendable) == expected


def test_a_coupon_shuts_the_gate_where_it_is_denied() -> None:
    offer = an_offer(with_coupon="deny")
    assert maximum(offer, an_order(999, coupon_code="FREEGIFT"), 500) == (0, 0)
    assert maximum(offer, an_order(999), 500) == (500, 5000)


def test_total_payable_takes_in_what_the_rule_includes_and_nothing_else() -> None:
    order = an_order(1000, coupon=10_000, shipping=5_000, cod_fee=4_000, tax=3_000, prepaid=2_000)
    for include, base in (
        ([], 90_000),
        (["shipping"], 95_000),
        (["cod_fee", "prepaid_discount", "tax"], 95_000),
    ):
        offer = an_offer(coins="1", value_rupees="0.01", cap_percent="100", include=include)
        assert maximum(offer, order, AMPLE)[1] == base


def test_needed_is_the_least_that_buys_the_discount() -> None:
    order = an_order(1000)
    linear = an_offer(coins="7", value_rupees="3", step="false")
    for coins in range(1, 400):
        discount = value(linear, order, coins)
        fewest = needed(linear, order, discount)
        assert value(linear, order, fewest) >= discount
        assert fewest == 0 or value(linear, order, fewest - 1) < discount


@pytest.mark.parametrize(
    ("settings", "cart", "coins", "discount", "spendable", "paper", "expected"),
    [
        ({}, 999, 300, 3000, 500, 500, None),
        ({}, 999, 300, 4000, 500, 500, ("coins_value", 1000)),
        ({}, 999, 350, 3000, 500, 500, ("coins_value", -500)),
        ({}, 999, 600, 6000, 500, 550, ("over_balance", 500)),
        ({}, 999, 500, 5000, 200, 550, ("expired_coins_used", 3000)),
        ({"max_discount_rupees": "20"}, 999, 300, 3000, 500, 500, ("over_max_discount", 1000)),
        ({"max_coins": "200"}, 999, 300, 3000, 500, 500, ("over_max_discount", 1000)),
        ({"cap_percent": "2"}, 999, 300, 3000, 500, 500, ("over_cap", 1002)),
        ({"min_payable_rupees": "980"}, 999, 300, 3000, 500, 500, ("below_min_payable", 1100)),
        ({"min_cart_rupees": "1000"}, 999, 300, 3000, 500, 500, ("below_min_cart", 3000)),
        ({"min_coins": "400"}, 999, 300, 3000, 500, 500, ("below_min_coins", 3000)),
        ({"payment": ["cod"]}, 999, 300, 3000, 500, 500, ("not_eligible", 3000)),
        ({"kind": "amount_fixed"}, 999, 100, 1500, 500, 500, ("coins_value", 500)),
        ({"kind": "amount_fixed"}, 999, 150, 1000, 500, 500, ("coins_value", -500)),
    ],
)
def test_the_first_test_that_holds_is_the_verdict(
    settings: Any,
    cart: int,
    coins: int,
    discount: int,
    spendable: int,
    paper: int,
    expected: tuple[str, int] | None,
) -> None:
    found = verdict(an_offer(**settings), an_order(cart), coins, discount, spendable, paper, auto=False)
    assert found == expected


def test_only_where_coins_apply_by_themselves_is_less_than_the_maximum_a_fault() -> None:
    offer, order = an_offer(), an_order(999)
    assert verdict(offer, order, 300, 3000, 500, 500, auto=False) is None
    assert verdict(offer, order, 300, 3000, 500, 500, auto=True) == ("under_redeemed", -2000)
    assert verdict(offer, order, 0, 0, 500, 500, auto=True) == ("under_redeemed", -5000)


def test_a_loss_and_its_make_good_are_mirror_images() -> None:
    assert rupee_effect((7, 300), 10) == 428
    assert rupee_effect((7, 300), -10) == -428


def an_accrual(**settings: Any) -> Accrual:
    return Accrual.of(Earning.model_validate({"coins": "5", "per_rupees": "100", **settings}))


@pytest.mark.parametrize(
    ("settings", "refunded", "expected"),
    [
        ({}, 0, 42),
        ({"base": "subtotal"}, 0, 50),
        ({"base": "after_coupon"}, 0, 45),
        ({"base": "total_payable"}, 0, 47),
        ({"base": "amount_paid"}, 0, 45),
        ({"base": "subtotal", "include": ["shipping"]}, 0, 52),
        ({"rounding": "ceil"}, 0, 43),
        ({"rounding": "half_up"}, 0, 43),
        ({"rounding": "half_even"}, 0, 42),
        ({"tiers": {"gold": "3/2"}}, 0, 63),
        ({"max_coins": "40"}, 0, 40),
        ({"min_order_rupees": "851"}, 0, 0),
        ({}, 45_000, 20),
        ({"partial_refund": "none"}, 45_000, 42),
        ({"partial_refund": "all"}, 1, 0),
        ({}, 90_000, 0),
    ],
)
def test_what_an_order_earns(settings: Any, refunded: int, expected: int) -> None:
    order = an_order(1000, coupon=10_000, loyalty=5_000, shipping=5_000)
    assert an_accrual(**settings).earned(order, refunded) == expected


def test_another_rounding_explains_a_coin_but_not_a_wrong_rate() -> None:
    order = an_order(1000, coupon=10_000, loyalty=5_000)
    assert an_accrual().is_rounding(order, 0, 43, WORTH)
    assert not an_accrual().is_rounding(order, 0, 44, WORTH)
    assert not an_accrual().is_rounding(order, 0, 43, (1, 1000))
