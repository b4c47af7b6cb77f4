"""How much an order may redeem: the golden numbers, and the columns against a second reading."""

import datetime as dt
from fractions import Fraction
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import (
    balance_queries,
    claims,
    limit_paise,
    needed_coins,
    redemption_instants,
    value_paise,
    whole_paise,
    with_maximum,
    with_rule,
)
from loyalty.ledger.links import linked_entries
from loyalty.rulebook.models import Rulebook
from tests.builders import (
    HOUR,
    MICROSECOND,
    MINUTE,
    NOON,
    Thing,
    a_law,
    a_world,
    an_entry,
    an_order,
    unchecked,
)
from tests.loyalty.expected import naive
from tests.loyalty.expected.naive import COIN_VALUE, Cart, Offer
from tests.loyalty.expected.strategies import CARTS, COINS, OFFERS


class Asked(NamedTuple):
    """A cart under an offer: what may a member with so many coins redeem?"""

    offer: Offer
    cart: Cart
    spendable: int


CASES = st.lists(st.builds(Asked, OFFERS, CARTS, COINS), min_size=4, max_size=12)
A_FEW_HUNDRED = settings(max_examples=40)
"""Cases, not runs: each run draws up to a dozen."""


def law_of(offers: list[Offer]) -> Rulebook:
    """One surface an offer: s0, s1, …"""
    value = {"coins": str(COIN_VALUE[0]), "rupees": naive.rupee_text(COIN_VALUE[1])}
    return a_law(
        {"coin_value": value, "redeem": {f"s{number}": offer.block() for number, offer in enumerate(offers)}}
    )


def ruled(cases: list[Asked]) -> pl.DataFrame:
    """The cases as a ruled frame, row by row in their order."""
    rules = law_of([case.offer for case in cases])
    orders = (case.cart.order(f"{number:03d}", surface=f"s{number}") for number, case in enumerate(cases))
    with unchecked():
        world = a_world(*orders)
        facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, rules)
    return with_rule(facts, rules).with_columns(spendable_coins=pl.Series([case.spendable for case in cases]))


def maxima(cases: list[Asked]) -> list[tuple[int, int]]:
    return with_maximum(ruled(cases)).select("max_coins_due", "max_paise_due").rows()


_FIXED = Offer(kind="amount_fixed", coins=1000, value=10_000)
_RUPEE = Offer(coins=1, value=100)
_THREE = Offer(coins=3, value=100, step=False)
_PERCENT = Offer(kind="percent_variable", coins=100, value=500, cap=Fraction(20))


@pytest.mark.parametrize(
    ("offer", "cart", "spendable", "coins", "paise"),
    [
        pytest.param(Offer(), Cart(99_900), 550, 500, 5000, id="₹999 cart, 550 coins"),
        pytest.param(Offer(max_discount=20_000), Cart(199_900), 5000, 2000, 20_000, id="at most ₹200"),
        pytest.param(Offer(cap=Fraction(10)), Cart(99_900), 5000, 900, 9000, id="at most 10 % of ₹999"),
        pytest.param(Offer(coins=1, value=100, min_payable=100), Cart(50_000), 900, 499, 49_900, id="₹1 must be paid"),
        pytest.param(_RUPEE, Cart(50_000), 900, 500, 50_000, id="nothing must be paid"),
        pytest.param(Offer(min_cart=50_000), Cart(49_999), 900, 0, 0, id="smallest cart ₹500, cart ₹499.99"),
        pytest.param(Offer(min_cart=50_000), Cart(50_000), 900, 900, 9000, id="smallest cart ₹500, cart ₹500"),
        pytest.param(Offer(min_coins=500), Cart(), 499, 0, 0, id="500 coins at least, has 499"),
        pytest.param(Offer(min_coins=500), Cart(), 500, 500, 5000, id="500 coins at least, has 500"),
        pytest.param(_THREE, Cart(), 100, 100, 3333, id="3 coins = ₹1, 100 coins"),
        pytest.param(Offer(coins=3, value=100, step=False, grain=100), Cart(), 100, 99, 3300, id="whole rupees only"),
        pytest.param(_FIXED, Cart(8_000), 1000, 0, 0, id="₹100 fixed do not fit ₹80"),
        pytest.param(_FIXED, Cart(10_000), 1000, 1000, 10_000, id="₹100 fixed fit ₹100"),
        pytest.param(
            Offer(coins=1, value=100, cap=Fraction(10)), Cart(99_900, coupon=15_000), 900, 84, 8400, id="10 % of total payable"
        ),
        pytest.param(
            Offer(coins=1, value=100, cap=Fraction(10), base="subtotal"),
            Cart(99_900, coupon=15_000), 900, 99, 9900, id="10 % of subtotal: ₹15 more an order",
        ),
        pytest.param(_PERCENT, Cart(99_900), 350, 300, 14_985, id="5 % a step, 350 coins"),
        pytest.param(
            Offer(kind="percent_variable", coins=100, value=500, cap=Fraction(20), max_discount=7000),
            Cart(99_900), 350, 200, 7000, id="5 % a step, at most ₹70: no coins burned for nothing",
        ),
        pytest.param(Offer(value=1000, max_discount=20_000), Cart(), 10**6, 2000, 20_000, id="Nector: 100 = ₹10 up to ₹200"),
        pytest.param(Offer(value=500, max_discount=2000), Cart(), 10**6, 400, 2000, id="Nector: 100 = ₹5 up to ₹20"),
        pytest.param(Offer(coins=1, value=100, max_discount=20_000), Cart(), 10**6, 200, 20_000, id="Nector: 1 = ₹1 up to ₹200"),
    ],
)  # fmt: skip
def test_golden_numbers(offer: Offer, cart: Cart, spendable: int, coins: int, paise: int) -> None:
    assert maxima([Asked(offer, cart, spendable)]) == [(coins, paise)]
    assert naive.maximum(offer, cart, spendable) == (coins, paise)


@A_FEW_HUNDRED
@given(CASES)
def test_the_maximum_agrees_with_a_second_reading(cases: list[Asked]) -> None:
    assert maxima(cases) == [naive.maximum(*case) for case in cases]


@A_FEW_HUNDRED
@given(CASES, st.integers(0, 30_000))
def test_values_and_needs_agree_with_a_second_reading(cases: list[Asked], discount: int) -> None:
    got = ruled(cases).select(
        limit=limit_paise(),
        value=value_paise(pl.col("spendable_coins")),
        needed=needed_coins(pl.lit(discount)),
    )
    assert got.rows() == [
        (
            naive.limit(case.offer, case.cart),
            naive.value(case.offer, case.cart, case.spendable),
            naive.needed(case.offer, case.cart, discount),
        )
        for case in cases
    ]


@A_FEW_HUNDRED
@given(CASES)
def test_no_maximum_passes_a_limit_and_one_more_step_would(cases: list[Asked]) -> None:
    for case, (coins, paise) in zip(cases, maxima(cases), strict=True):
        _assert_within_limits(case, coins, paise)
        if coins and case.offer.kind not in ("amount_fixed", "percent_fixed"):
            _assert_nothing_left(case, coins, paise)


def _assert_within_limits(case: Asked, coins: int, paise: int) -> None:
    offer, cart = case.offer, case.cart
    assert 0 <= coins <= case.spendable
    assert 0 <= paise <= naive.base(offer, cart, offer.base)
    assert (coins == 0) == (paise == 0)
    for bound, amount in ((offer.max_coins, coins), (offer.max_discount, paise)):
        assert bound is None or amount <= bound
    if paise > 0:
        assert cart.payable - paise >= offer.min_payable
        assert coins >= offer.min_coins
    if not offer.is_percent:
        assert paise * offer.coins <= coins * offer.value, "never over-valued"


def _assert_nothing_left(case: Asked, coins: int, paise: int) -> None:
    offer, cart = case.offer, case.cart
    usable = case.spendable if offer.max_coins is None else min(case.spendable, offer.max_coins)
    limit = naive.limit(offer, cart)
    if offer.is_percent:
        gains = min(naive.whole(offer, cart, coins + offer.coins), limit) > paise
        assert coins + offer.coins > usable or not gains
        assert coins % offer.coins == 0
        assert min(naive.whole(offer, cart, coins - offer.coins), limit) < paise, (
            "no coins burned for nothing"
        )
    elif offer.step:
        assert coins + offer.coins > usable or paise + offer.value > limit
    else:
        more = paise + offer.grain
        assert naive.needed(offer, cart, more) > usable or more > limit


@A_FEW_HUNDRED
@given(st.lists(CARTS, min_size=4, max_size=12), OFFERS, COINS)
def test_more_coins_never_redeem_less(carts: list[Cart], offer: Offer, coins: int) -> None:
    fewer = maxima([Asked(offer, cart, coins) for cart in carts])
    more = maxima([Asked(offer, cart, coins + 1) for cart in carts])
    assert all(now[1] >= before[1] for before, now in zip(fewer, more, strict=True))


def test_whole_steps_of_an_empty_cart_are_worth_nothing_and_any_discount_needs_all_of_them() -> None:
    frame = ruled([Asked(_PERCENT, Cart(0), 500)])
    got = frame.select(
        nothing=needed_coins(pl.lit(0)), something=needed_coins(pl.lit(1)), whole=whole_paise(pl.lit(500))
    )
    assert got.row(0) == (0, 2000, 0)


def test_a_discount_at_the_guard_of_the_door_needs_no_more_than_every_step() -> None:
    cases = [Asked(_PERCENT, Cart(0), 0), Asked(_PERCENT, Cart(10**15), 0), Asked(Offer(), Cart(10**15), 0)]
    assert ruled(cases).select(needed_coins(pl.lit(10**15))).to_series().to_list() == [2000, 2000, 10**14]


# --- claims and instants --------------------------------------------------------------------------


def facts_of(*things: Thing, rules: Rulebook) -> tuple[pl.DataFrame, pl.DataFrame]:
    world = a_world(*things)
    facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, rules)
    return facts, linked_entries(world.entries, world.orders, world.references, claims(facts, rules))


@pytest.mark.parametrize(
    ("order", "claimed"),
    [
        pytest.param(an_order(coins_used=450, loyalty=50), 450, id="Coins Used goes first"),
        pytest.param(an_order(coins_used=0, loyalty=50), 500, id="Coins Used of zero says nothing"),
        pytest.param(an_order(loyalty="50.01"), 600, id="else what the discount needs"),
        pytest.param(an_order(), 0, id="nothing"),
        pytest.param(an_order(loyalty=50, surface="pos"), 0, id="no block, no telling"),
        pytest.param(an_order(coins_used=450, surface="pos"), 450, id="Coins Used needs no block"),
    ],
)
def test_what_an_order_says_it_took(order: Thing, claimed: int) -> None:
    facts, _ = facts_of(order, rules=a_law())
    assert claims(facts, a_law())["claimed_coins"].to_list() == [claimed]


@pytest.mark.parametrize(
    ("debits", "asked"),
    [
        pytest.param([], NOON, id="no debit: when it was placed"),
        pytest.param([NOON + HOUR], NOON, id="a later debit"),
        pytest.param([NOON - MICROSECOND], NOON - MICROSECOND, id="an earlier debit"),
        pytest.param([NOON - 30 * MINUTE], NOON - 30 * MINUTE, id="exactly 30 minutes before"),
        pytest.param(
            [NOON - 30 * MINUTE - MICROSECOND], NOON - 30 * MINUTE, id="no more than 30 minutes before"
        ),
        pytest.param([NOON + HOUR, NOON - MINUTE], NOON - MINUTE, id="the first of two"),
    ],
)
def test_when_an_order_asked_for_coins(debits: list[dt.datetime], asked: dt.datetime) -> None:
    entries = [an_entry("redeem dr", 500, at, order="A") for at in debits]
    facts, linked = facts_of(an_order(loyalty=50), *entries, rules=a_law())
    assert redemption_instants(facts, linked)["at"].to_list() == [asked]


def test_a_pending_debit_is_not_when_an_order_asked() -> None:
    early = an_entry("redeem dr", 500, NOON - MINUTE, order="A", status="pending")
    facts, linked = facts_of(an_order(), early, rules=a_law())
    assert redemption_instants(facts, linked)["at"].to_list() == [NOON]


def test_only_living_orders_of_known_members_ask_for_a_balance() -> None:
    orders = [
        an_order("alive"),
        an_order("dead", cancelled=NOON + HOUR),
        an_order("nobody's", member=None),
        an_order("odd", state="unknown"),
    ]
    facts, linked = facts_of(*orders, rules=a_law())
    queries = balance_queries(facts, redemption_instants(facts, linked))
    assert queries.rows() == [(0, 0, NOON)]
