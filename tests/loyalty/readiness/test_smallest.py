"""The smallest cart that tells two surfaces apart, against every smaller cart there is."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.readiness.carts import ON_TOP, Cart, maxima
from loyalty.readiness.smallest import Found, passes, smallest_difference
from loyalty.rulebook.models import CoinValue, Redemption, RuleVersion
from tests.builders import a_law
from tests.loyalty.expected.naive import Offer
from tests.loyalty.readiness import brute
from tests.loyalty.readiness.brute import Block, Key

WORTH = {"coins": "100", "rupees": "10"}
GRID, PURSE = 15, 9
"""Carts up to 15 paise and purses up to 9 coins are tried one by one."""


def law_of(*blocks: dict[str, Any]) -> RuleVersion:
    """Blocks s0, s1, … of one law."""
    redeem = {f"s{number}": block for number, block in enumerate(blocks)}
    return a_law({"coin_value": WORTH, "redeem": redeem}).versions[0]


def found(one: dict[str, Any], other: dict[str, Any]) -> Found:
    law = law_of(one, other)
    return smallest_difference(law.redeem["s0"], law.redeem["s1"], law.coin_value)


def key_of(cart: Cart) -> Key:
    amounts = {name: getattr(cart, name) for name in brute.EXTRAS if getattr(cart, name)}
    assert len(amounts) <= 1
    extra = next(iter(amounts), None)
    departures = (
        cart.has_coupon + (cart.payment != "prepaid") + (cart.device != "web") + (cart.tier is not None)
    )
    whole = cart.subtotal + sum(getattr(cart, name) for name in ON_TOP)
    return departures + (extra not in (None, "coupon")), whole, sum(amounts.values()), cart.coins


# --- stories --------------------------------------------------------------------------------------

STEPS = {"coins": "100", "value_rupees": "10", "min_cart_rupees": "499", "cap_percent": "20"}


@pytest.mark.parametrize(
    ("one", "other", "cart"),
    [
        pytest.param(
            {"max_discount_rupees": "200"}, {"max_discount_rupees": "100"}, Cart(subtotal=55_000, coins=1_100), id="₹110 is a fifth of ₹550"
        ),
        pytest.param({}, {"min_cart_rupees": "599"}, Cart(subtotal=49_900, coins=100), id="the smaller of two smallest carts"),
        pytest.param({}, {"min_coins": "300"}, Cart(subtotal=49_900, coins=100), id="the smaller of two fewest coins"),
        pytest.param({"cap_percent": "10"}, {}, Cart(subtotal=49_900, coins=500), id="₹49.90 and ₹99.80: ₹40 and ₹90"),
        pytest.param({}, {"max_coins": "800"}, Cart(subtotal=49_900, coins=900), id="800 coins at most"),
        pytest.param(
            {"base": "subtotal", "min_cart_base": "subtotal"},
            {"base": "after_coupon", "min_cart_base": "subtotal"},
            Cart(subtotal=49_900, coupon=4_901, has_coupon=True, coins=900),
            id="₹449.99 after the coupon: a fifth no longer holds ₹90",
        ),
        pytest.param(
            {"base": "total_payable", "include": ["shipping"]},
            {"base": "total_payable", "include": []},
            Cart(subtotal=49_999, shipping=1, coins=1_000),
            id="shipping lifts the base to ₹500",
        ),
        pytest.param(
            {"base": "total_payable", "include": ["prepaid_discount"]},
            {"base": "total_payable", "include": []},
            Cart(subtotal=49_900, prepaid_discount=4_901, coins=900),
            id="the discount for paying at once lowers the base",
        ),
        pytest.param({}, {"payment": ["prepaid"]}, Cart(subtotal=49_900, payment="cod", coins=100), id="cash is let in by one"),
        pytest.param({}, {"devices": ["web"]}, Cart(subtotal=49_900, device="mobile", coins=100), id="mobile is let in by one"),
        pytest.param({}, {"tiers": ["gold"]}, Cart(subtotal=49_900, coins=100), id="gold members only"),
        pytest.param({"tiers": ["gold"]}, {"tiers": ["gold", "silver"]}, Cart(subtotal=49_900, tier="silver", coins=100), id="silver is let in by one"),
        pytest.param({}, {"with_coupon": "deny"}, Cart(subtotal=49_900, has_coupon=True, coins=100), id="a coupon is let in by one"),
        pytest.param(
            {"tiers": ["gold"], "payment": ["prepaid"]},
            {"tiers": ["gold"], "payment": ["cod", "prepaid"]},
            Cart(subtotal=49_900, tier="gold", payment="cod", coins=100),
            id="only gold members who pay cash see it",
        ),
        pytest.param({}, {"enabled": "false"}, Cart(subtotal=49_900, coins=100), id="one is switched off"),
    ],
)  # fmt: skip
def test_the_smallest_cart_of_two_settings(one: dict[str, Any], other: dict[str, Any], cart: Cart) -> None:
    assert found(STEPS | one, STEPS | other) == Found(cart)
    assert found(STEPS | other, STEPS | one) == Found(cart)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({}, {}, id="nothing differs"),
        pytest.param({"max_coins": "2000", "max_discount_rupees": "200"}, {"max_discount_rupees": "200"}, id="2,000 coins are ₹200"),
        pytest.param({"min_coins": "100"}, {"min_coins": "1"}, id="a step is 100 coins"),
        pytest.param({"apply": "auto"}, {"apply": "manual"}, id="who applies it changes no maximum"),
        pytest.param({"max_discount_rupees": "205"}, {"max_discount_rupees": "200"}, id="₹5 are no step"),
        pytest.param({"enabled": "false"}, {"enabled": "false", "coins": "7"}, id="both are switched off"),
        pytest.param({"max_discount_rupees": "90", "min_payable_rupees": "1", "base": "after_coupon", "min_cart_base": "after_coupon", "include": []},
                     {"max_discount_rupees": "90", "min_payable_rupees": "1", "base": "after_coupon", "include": []}, id="the default is written out"),
    ],
)  # fmt: skip
def test_settings_that_never_matter_agree_on_every_cart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert found(
        STEPS | {"max_discount_rupees": "200"} | one, STEPS | {"max_discount_rupees": "200"} | other
    ) == Found(None)


def test_without_a_largest_discount_it_is_said_how_far_carts_were_compared() -> None:
    straight = {"step": "false", "granularity_rupees": "1", "coins": "10", "value_rupees": "1"}
    assert found(straight | {"min_coins": "10"}, straight | {"min_coins": "1"}) == Found(None, 10_000_000)


# --- no smaller cart ------------------------------------------------------------------------------

_PAISE = st.integers(1, 4)
_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "coins": st.integers(1, 3),
    "value": _PAISE,
    "step": st.booleans(),
    "grain": st.integers(1, 3),
    "min_coins": st.sampled_from((0, 0, 3, 7)),
    "max_coins": st.none() | st.integers(3, 12),
    "max_discount": st.integers(2, 12),
    "cap": st.none() | st.sampled_from([Fraction(each) for each in (10, 20, 50, "33.3", 100)]),
    "base": st.sampled_from(("subtotal", "after_coupon", "total_payable")),
    "include": st.sets(st.sampled_from(("shipping", "cod_fee", "tax", "prepaid_discount"))).map(
        lambda each: tuple(sorted(each))
    ),
    "min_cart": st.sampled_from((0, 0, 4, 9)),
    "min_cart_base": st.sampled_from(("subtotal", "after_coupon", "total_payable")),
    "min_payable": st.sampled_from((0, 0, 1, 5)),
}
_GATES: dict[str, st.SearchStrategy[Any]] = {
    "devices": st.sampled_from((("mobile", "web"), ("web",), ("mobile",))),
    "payment": st.sampled_from((("cod", "ppcod", "prepaid"), ("prepaid",), ("cod", "prepaid"))),
    "tiers": st.sampled_from((None, ("gold",), ("gold", "silver"))),
    "with_coupon": st.sampled_from(("allow", "deny")),
}


_LIMITS = ("max_discount", "cap", "base", "include", "min_cart", "min_cart_base", "min_payable", "max_coins")
_CHANGED = (
    st.sampled_from(_LIMITS).map(lambda name: {name})
    | st.sampled_from([{"base", "include"}, {"min_cart", "min_cart_base"}, {"min_cart_base", "include"}])
    | st.sets(st.sampled_from([*_CHANGES, *_GATES]), min_size=1, max_size=2)
)
"""What makes two blocks differ at once is drawn less often than what makes them differ late."""


@st.composite
def pairs(draw: st.DrawFn, kinds: tuple[str, ...]) -> tuple[Block, Block]:
    """Two blocks that differ in one or two settings of all that there are."""
    kind = draw(st.sampled_from(kinds))
    values = {name: draw(way) for name, way in _CHANGES.items()}
    changed = draw(_CHANGED)
    if kind.startswith("percent"):
        values |= {"value": draw(st.sampled_from((500, 1_000, 2_500, 5_000))), "min_coins": 0}
        changed = changed - {"value", "min_coins"}
    offer = Offer(kind=kind, **values)
    gated = {name for name in _GATES if name in changed or draw(st.integers(0, 5)) == 0}
    one = Block(offer, **{name: draw(_GATES[name]) for name in sorted(gated)})
    other = {name: draw(_CHANGES[name]) for name in sorted(changed) if name in _CHANGES}
    gates = {name: draw(_GATES[name]) for name in sorted(changed) if name in _GATES}
    return one, replace(one, offer=replace(offer, **other), **gates)


def assert_none_is_smaller(one: Block, other: Block) -> None:
    law = law_of(one.text(), other.text())
    cart, _ = smallest_difference(law.redeem["s0"], law.redeem["s1"], law.coin_value)
    tried = brute.smallest(one, other, GRID, PURSE)
    if cart is None:
        assert tried is None
        return
    asked = maxima(law.redeem, [cart], law)
    assert asked["s0"] != asked["s1"]
    key = key_of(cart)
    if tried is None:
        assert key[1] > GRID or key[3] > PURSE
    else:
        assert key <= tried
        assert key == tried or key[1] > GRID or key[3] > PURSE


@settings(max_examples=80)
@given(pairs(("amount_variable", "amount_fixed")))
def test_no_smaller_cart_tells_two_amounts_apart(pair: tuple[Block, Block]) -> None:
    assert_none_is_smaller(*pair)


@settings(max_examples=20)
@given(pairs(("percent_variable", "percent_fixed")))
def test_no_smaller_cart_tells_two_shares_apart(pair: tuple[Block, Block]) -> None:
    assert_none_is_smaller(*pair)


@pytest.mark.slow
@settings(max_examples=400)
@given(pairs(("amount_variable", "amount_fixed", "percent_variable", "percent_fixed")))
def test_no_smaller_cart_in_hundreds_of_pairs(pair: tuple[Block, Block]) -> None:
    assert_none_is_smaller(*pair)


def test_the_gates_are_those_of_the_law() -> None:
    law = law_of(
        {"coins": "1", "payment": ["cod"], "devices": ["mobile"], "tiers": ["gold"], "with_coupon": "deny"}
    )
    carts = [
        Cart(subtotal=99_900, has_coupon=coupon, payment=payment, device=device, tier=tier, coins=500)
        for coupon in (False, True)
        for payment in ("prepaid", "cod", "ppcod")
        for device in ("web", "mobile")
        for tier in (None, "gold", "silver")
    ]
    asked = maxima(law.redeem, carts, law)["s0"]
    assert [passes(law.redeem["s0"], cart) for cart in carts] == [given != (0, 0) for given in asked]
    assert sum(given != (0, 0) for given in asked) == 1


def test_a_percentage_is_priced_by_the_law_that_it_stands_in() -> None:
    rule = Redemption.model_validate({"kind": "percent_fixed", "coins": "200", "value_percent": "5"})
    other = rule.model_copy(update={"max_discount_paise": 10_000})
    cart, up_to = smallest_difference(rule, other, CoinValue.model_validate(WORTH))
    assert (cart, up_to) == (Cart(subtotal=200_020, coins=200), None)
