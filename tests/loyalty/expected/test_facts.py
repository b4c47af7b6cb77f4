"""What is known of an order before any rule is applied."""

import datetime as dt
from typing import Any

import pytest

from loyalty.expected.facts import order_facts, refunds
from loyalty.rulebook.models import Rulebook
from tests.builders import (
    DAY,
    HOUR,
    MICROSECOND,
    NOON,
    Order,
    Refund,
    Thing,
    a_law,
    a_member,
    a_refund,
    a_world,
    an_order,
)


def facts_of(*things: Thing, rules: Rulebook | None = None) -> dict[str, Any]:
    """Of the one order among these things."""
    world = a_world(*things)
    facts = order_facts(
        world.orders, refunds(world.orders, world.refund_rows), world.members, rules or a_law()
    )
    return facts.row(0, named=True)


# --- refunds (D1) ---------------------------------------------------------------------------------


def refunds_of(*things: Thing) -> list[tuple[Any, ...]]:
    world = a_world(*things)
    columns = ("refund_seq", "amount_paise", "refunded_to_date_paise", "refunded_at")
    return refunds(world.orders, world.refund_rows).select(columns).rows()


def test_refunds_are_numbered_and_added_up_in_order_of_time() -> None:
    later, sooner = a_refund(30, NOON + DAY), a_refund(20, NOON)
    assert refunds_of(an_order(), later, sooner) == [(1, 2000, 2000, NOON), (2, 3000, 5000, NOON + DAY)]


def test_refunds_of_one_instant_stand_in_order_of_their_ids() -> None:
    b, a = a_refund(30, NOON, refund_id="b"), a_refund(20, NOON, refund_id="a")
    assert refunds_of(an_order(), b, a) == [(1, 2000, 2000, NOON), (2, 3000, 5000, NOON)]


def test_the_refunds_file_goes_before_the_row() -> None:
    order = an_order(refunded=99, refunded_at=NOON + DAY)
    assert refunds_of(order, a_refund(20, NOON)) == [(1, 2000, 2000, NOON)]


def test_an_order_that_the_refunds_file_does_not_name_counts_by_its_row() -> None:
    order, other = an_order("A", refunded=99, refunded_at=NOON + DAY), an_order("B")
    assert refunds_of(order, other, a_refund(20, NOON, order="B")) == [
        (1, 9900, 9900, NOON + DAY),
        (1, 2000, 2000, NOON),
    ]


def test_an_undated_refund_counts_at_the_latest_instant_of_the_row() -> None:
    assert refunds_of(an_order(refunded=99, latest=NOON + HOUR)) == [(1, 9900, 9900, NOON + HOUR)]


def test_a_refunded_amount_of_nothing_is_no_refund() -> None:
    assert refunds_of(an_order(refunded=0, refunded_at=NOON)) == []


# --- death (D1, D7) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "word", "at"),
    [
        pytest.param(an_order(), None, None, id="placed"),
        pytest.param(an_order(state="partially_refunded"), None, None, id="partially refunded by its word"),
        pytest.param(an_order(state="unknown", cancelled=NOON), None, None, id="unknown"),
        pytest.param(an_order(cancelled=NOON + DAY), "cancelled", NOON + DAY, id="cancelled"),
        pytest.param(an_order(rto=NOON + DAY), "rto", NOON + DAY, id="rto"),
        pytest.param(an_order(state="failed", cancelled=NOON + HOUR), "failed", NOON + HOUR, id="failed"),
        pytest.param(
            an_order(state="failed", confirmed=NOON + HOUR), "failed", NOON + HOUR, id="failed without an instant"
        ),
        pytest.param(
            an_order(state="rto", delivered=NOON + DAY), "rto", NOON + DAY, id="rto without its instant: the latest"
        ),
        pytest.param(
            an_order(state="rto", rto=NOON + HOUR, cancelled=NOON + DAY), "rto", NOON + HOUR, id="rto by its own instant"
        ),
        pytest.param(
            an_order(state="returned", refunded=10, refunded_at=NOON + DAY, latest=NOON + 2 * DAY),
            "returned", NOON + DAY, id="returned: the last refund",
        ),
        pytest.param(an_order(state="refunded", latest=NOON + DAY), "refunded", NOON + DAY, id="refunded, undated"),
    ],
)  # fmt: skip
def test_a_word_kills_at_its_own_instant(order: Order, word: str | None, at: dt.datetime | None) -> None:
    facts = facts_of(order)
    assert (facts["death_word"], facts["death_at"], facts["is_dead"]) == (word, at, word is not None)
    assert facts["is_dead_by_word"] == (word is not None)


def test_a_returned_order_dies_with_the_last_of_its_refunds() -> None:
    facts = facts_of(an_order(state="returned"), a_refund(10, NOON + DAY), a_refund(10, NOON + 2 * DAY))
    assert (facts["death_at"], facts["refunded_total_paise"]) == (NOON + 2 * DAY, 2000)


@pytest.mark.parametrize(
    ("order", "repaid", "at"),
    [
        pytest.param(an_order(subtotal=100), [a_refund("99.99", NOON + DAY)], None, id="a paisa short"),
        pytest.param(an_order(subtotal=100), [a_refund(100, NOON + DAY)], NOON + DAY, id="exactly the total"),
        pytest.param(an_order(subtotal=100), [a_refund(150, NOON + DAY)], NOON + DAY, id="more than the total"),
        pytest.param(
            an_order(subtotal=100),
            [a_refund(60, NOON + DAY), a_refund(40, NOON + 2 * DAY), a_refund(5, NOON + 3 * DAY)],
            NOON + 2 * DAY, id="with the refund that reaches it",
        ),
        pytest.param(an_order(subtotal=50, loyalty=50), [a_refund(0, NOON + DAY)], None, id="nothing was paid"),
        pytest.param(an_order(subtotal=150, loyalty=50), [a_refund(100, NOON + DAY)], NOON + DAY, id="what was paid counts"),
    ],
)  # fmt: skip
def test_refunds_kill_when_they_reach_the_total(
    order: Order, repaid: list[Refund], at: dt.datetime | None
) -> None:
    facts = facts_of(order, *repaid)
    assert (facts["death_word"], facts["death_at"]) == (None if at is None else "refunded", at)
    assert not facts["is_dead_by_word"]


# --- tier (L5) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "tier"),
    [
        pytest.param([], None, id="in no members file"),
        pytest.param([("gold", None)], "gold", id="undated"),
        pytest.param([("gold", NOON)], "gold", id="known at the instant of the order"),
        pytest.param([("silver", NOON - DAY), ("gold", NOON)], "gold", id="the latest by then"),
        pytest.param([("gold", NOON), ("silver", NOON - DAY)], "gold", id="in any order of rows"),
        pytest.param([("silver", NOON - DAY), ("gold", NOON + MICROSECOND)], "silver", id="not one of later"),
        pytest.param([("silver", NOON + DAY), ("gold", NOON + HOUR)], "gold", id="else the earliest"),
        pytest.param([("gold", NOON - DAY), (None, NOON - HOUR)], None, id="blank is no tier"),
        pytest.param(
            [("gold", None), ("silver", NOON - DAY)], "silver", id="a dated row goes before an undated one"
        ),
    ],
)
def test_the_tier_is_what_was_known_when_the_order_was_placed(
    members: list[tuple[str | None, dt.datetime | None]], tier: str | None
) -> None:
    rows = [a_member(tier=name, as_of=as_of) for name, as_of in members]
    assert facts_of(an_order(), *rows, a_member("N", tier="platinum"))["tier"] == tier


def test_an_order_of_nobody_known_has_no_tier() -> None:
    assert facts_of(an_order(member=None), a_member(tier="gold"))["tier"] is None


# --- amounts and coin worth (R14, R15) ------------------------------------------------------------


def test_what_was_payable_counts_the_loyalty_discount_in() -> None:
    facts = facts_of(an_order(subtotal=1000, coupon=100, other_discount=50, loyalty=30, shipping=40))
    assert facts["after_coupon_paise"] == 85_000
    assert (facts["grand_total_paise"], facts["payable_paise"]) == (86_000, 89_000)


_PRICED = a_law(
    {"redeem": {"widget": {"coins": "10", "value_rupees": "3"}, "gokwik": {}}},
    {
        "version": "later",
        "effective_from": "2026-04-10T12:00:00+05:30",
        "coin_value": {"coins": "4", "rupees": "1"},
        "redeem": {
            "gokwik": {"kind": "percent_fixed", "value_percent": "5"},
            "pos": {"coins": "7", "value_rupees": "2"},
        },
    },
)


@pytest.mark.parametrize(
    ("surface", "placed", "worth"),
    [
        pytest.param("widget", NOON - DAY, (10, 300), id="its own surface"),
        pytest.param("gokwik", NOON - MICROSECOND, (100, 1000), id="the version at placed_at"),
        pytest.param("gokwik", NOON, (4, 100), id="a percent surface by the coin value"),
        pytest.param("pos", NOON, (7, 200), id="an amount surface beside it by its own step"),
        pytest.param("shopify", NOON, (4, 100), id="no block: as gokwik"),
        pytest.param("widget", NOON - 365 * DAY, (10, 300), id="before every version: the first"),
    ],
)
def test_what_a_coin_is_worth_on_an_order(surface: str, placed: dt.datetime, worth: tuple[int, int]) -> None:
    facts = facts_of(an_order(surface=surface, placed=placed), rules=_PRICED)
    assert (facts["worth_coins"], facts["worth_paise"]) == worth


def test_without_any_block_coins_are_worth_nothing() -> None:
    facts = facts_of(an_order(), rules=a_law({"redeem": {}}))
    assert (facts["worth_coins"], facts["worth_paise"]) == (1, 0)
