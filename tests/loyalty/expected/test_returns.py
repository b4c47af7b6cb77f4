"""What must come back: many small refunds ask for exactly what one large refund asks for."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.expected.accruals import expected_earning
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.returns import partial_refunds, restore_asks, reversal_asks
from loyalty.rulebook.models import Rulebook
from tests.builders import (
    AS_OF,
    DAY,
    HOUR,
    NOON,
    Refund,
    Thing,
    a_law,
    a_refund,
    a_world,
    an_order,
    unchecked,
)
from tests.loyalty.expected.naive import rupee_text

EARN = a_law({"earn": {"coins": "5", "trigger": "placed"}})
"""5 coins for ₹100 at once, floored."""
PRO_RATA = a_law({"redeem": {"gokwik": {}, "partial_restore": "pro_rata"}})

Ask = tuple[int, dt.datetime]


def asks_of(frame: pl.DataFrame) -> list[Ask]:
    assert frame["ask_seq"].to_list() == list(range(1, frame.height + 1))
    assert frame["asked_to_date_coins"].to_list() == frame["asked_coins"].cum_sum().to_list()
    return frame.select("asked_coins", "asked_at").rows()


def reversals(
    *things: Thing, posted: int, posted_at: dt.datetime = NOON, rules: Rulebook = EARN
) -> list[Ask]:
    with unchecked():
        world = a_world(*things)
        refunded = refunds(world.orders, world.refund_rows)
        facts = order_facts(world.orders, refunded, world.members, rules)
        earned = expected_earning(facts, refunded, rules, AS_OF).with_columns(
            posted_coins=pl.lit(posted, pl.Int64), posted_at=pl.lit(posted_at)
        )
        return asks_of(reversal_asks(earned, refunded))


def restores(
    *things: Thing, posted: int, posted_at: dt.datetime = NOON, rules: Rulebook = PRO_RATA
) -> list[Ask]:
    with unchecked():
        world = a_world(*things)
        refunded = refunds(world.orders, world.refund_rows)
        facts = order_facts(world.orders, refunded, world.members, rules)
        spent = facts.with_columns(posted_coins=pl.lit(posted, pl.Int64), posted_at=pl.lit(posted_at))
        return asks_of(restore_asks(spent, refunded, rules))


def daily(amounts: list[int]) -> list[Refund]:
    """Refunds in paise, one a day from the day after the order."""
    return [a_refund(rupee_text(amount), NOON + day * DAY) for day, amount in enumerate(amounts, start=1)]


def test_three_thirds_ask_for_the_whole() -> None:
    gold = a_law({"earn": {"coins": "6", "trigger": "placed"}})
    order = an_order(subtotal="999.99", shipping=10)
    asked = reversals(order, *daily([33_333, 33_333, 33_333]), posted=59, rules=gold)
    assert asked == [(20, NOON + DAY), (20, NOON + 2 * DAY), (19, NOON + 3 * DAY)]


def test_a_hundred_with_75_refunded_keeps_25() -> None:
    per_rupee = a_law({"earn": {"coins": "1", "per_rupees": "1", "trigger": "placed"}})
    assert reversals(an_order(subtotal=100), *daily([7_500]), posted=100, rules=per_rupee) == [
        (75, NOON + DAY)
    ]


@settings(max_examples=40)
@given(st.integers(100, 200_000), st.lists(st.integers(1, 60_000), min_size=1, max_size=8))
def test_cumulative_reversals_telescope(base: int, amounts: list[int]) -> None:
    order = an_order(subtotal=rupee_text(base), shipping=10_000)
    whole, left = base * 5 // 10_000, max(0, base - sum(amounts)) * 5 // 10_000
    asked = reversals(order, *daily(amounts), posted=whole)
    assert sum(coins for coins, _ in asked) == whole - left
    assert all(coins > 0 for coins, _ in asked)
    assert [at for _, at in asked] == sorted(at for _, at in asked)


@settings(max_examples=40)
@given(st.integers(0, 900), st.lists(st.integers(1, 30_000), min_size=1, max_size=8))
def test_pro_rata_restores_telescope_to_the_floored_share(coins: int, amounts: list[int]) -> None:
    total = 100_000
    repaid = sum(amounts)
    asked = restores(an_order(subtotal=rupee_text(total)), *daily(amounts), posted=coins)
    expected = coins if repaid >= total else coins * repaid // total
    assert sum(coins for coins, _ in asked) == expected


@settings(max_examples=20)
@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_refunds_are_read_says_nothing(amounts: list[int], random: Any) -> None:
    order, told = an_order(subtotal=1000, shipping=1000), daily(amounts)
    shuffled = random.sample(told, len(told))
    assert reversals(order, *told, posted=50) == reversals(order, *shuffled, posted=50)


@pytest.mark.parametrize(
    ("order", "told", "asked"),
    [
        pytest.param(an_order(subtotal=1000, cancelled=NOON + DAY), [], [(50, NOON + DAY)], id="death asks for all"),
        pytest.param(
            an_order(subtotal=1000, cancelled=NOON + 2 * DAY), [20_000],
            [(10, NOON + DAY), (40, NOON + 2 * DAY)], id="death asks for the rest",
        ),
        pytest.param(
            an_order(subtotal=1000, cancelled=NOON + DAY), [20_000], [(50, NOON + DAY)],
            id="the refund at the instant of a death is no event of its own",
        ),
        pytest.param(an_order(subtotal=1000), [60_000, 40_000], [(30, NOON + DAY), (20, NOON + 2 * DAY)], id="repaid"),
        pytest.param(an_order(subtotal=1000, delivered=NOON), [1], [(1, NOON + DAY)], id="a paisa breaks a coin"),
        pytest.param(an_order(subtotal="1000.50"), [50], [], id="less than a coin asks for none"),
    ],
)  # fmt: skip
def test_what_asks_for_earned_coins(order: Thing, told: list[int], asked: list[Ask]) -> None:
    assert reversals(order, *daily(told), posted=50) == asked


def test_nothing_is_asked_for_before_it_was_posted() -> None:
    late = NOON + 9 * DAY
    asked = reversals(an_order(subtotal=1000), *daily([20_000, 20_000]), posted=50, posted_at=late)
    assert asked == [(10, late), (10, late)]


def test_never_more_than_was_posted_is_asked_for() -> None:
    assert reversals(an_order(subtotal=1000), *daily([20_000, 60_000]), posted=15) == [
        (10, NOON + DAY),
        (5, NOON + 2 * DAY),
    ]


def test_refunds_that_are_the_death_are_not_partial() -> None:
    world = a_world(
        an_order("by word", cancelled=NOON + HOUR),
        an_order("repaid", subtotal=100),
        an_order("alive", subtotal=100),
        a_refund(10, NOON, order="by word"),
        a_refund(20, NOON + HOUR, order="by word"),
        a_refund(60, NOON, order="repaid"),
        a_refund(40, NOON + HOUR, order="repaid"),
        a_refund(5, NOON + DAY, order="repaid"),
        a_refund("99.99", NOON, order="alive"),
    )
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, EARN)
    kept = partial_refunds(facts, refunded).join(world.orders, on="order_no", maintain_order="left")
    assert kept.select("order_id", "amount_paise").rows() == [
        ("alive", 9_999),
        ("by word", 1_000),
        ("repaid", 6_000),
        ("repaid", 500),
    ]
