"""Replays against hand-worked histories, against a second reading, and against themselves."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.rulebook.models import Rulebook
from loyalty.whatif.account import FLOWS
from loyalty.whatif.comparison import Comparison, Totals
from tests.builders import (
    DAY,
    HOUR,
    NOON,
    Thing,
    a_law,
    a_member,
    a_refund,
    an_entry,
    an_order,
    ist,
    unchecked,
)
from tests.loyalty.expected.naive import rupee_text
from tests.loyalty.whatif.histories import compared
from tests.loyalty.whatif.naive import NEVER, Bought, Law, replayed


def a_rule(most: str | None = None, **redeem: object) -> Rulebook:
    """10 coins for ₹100 of what is left after loyalty, a week after delivery; 100 coins are ₹10."""
    block = {"max_discount_rupees": most, **redeem}
    return a_law({"earn": {"coins": "10", "delay_days": "7"}, "redeem": {"gokwik": block}})


GIFT = an_entry("import cr", 600, "2026-04-01 10:00")
HISTORY: list[Thing] = [
    GIFT,
    an_order("A", subtotal=1000, loyalty=50, placed="2026-04-10 12:00", delivered="2026-04-12 12:00"),
    an_entry("redeem dr", 500, "2026-04-10 12:00", order="A"),
    an_entry("reward cr", 95, "2026-04-19 13:00", order="A"),
    an_order("B", subtotal=1000, loyalty=10, placed="2026-04-20 12:00", delivered="2026-04-22 12:00"),
    an_entry("redeem dr", 100, "2026-04-20 12:00", order="B"),
    an_entry("reward cr", 99, "2026-04-29 13:00", order="B"),
    an_order("C", subtotal=500, loyalty=10, placed="2026-05-10 12:00", cancelled="2026-05-15 12:00", applied="auto"),
    an_entry("redeem dr", 100, "2026-05-10 12:00", order="C"),
    an_entry("revert cr", 100, "2026-05-15 13:00", order="C"),
]  # fmt: skip


def test_a_smaller_redemption_leaves_a_bigger_balance_for_the_next_order() -> None:
    """By hand. A takes ₹20 of its ₹50, so 300 coins stay; B earns on ₹990 as before, A now on ₹980.

    C applies coins by itself: it found 194 under the present law and finds 497 under the other, so it takes ₹20
    and not ₹10, and gets all of them back when it dies.
    """
    found = compared(HISTORY, a_rule("20"), present=a_rule("50"))
    assert found.present == Totals(
        redeeming_orders=2, discount_paise=6000, earned_coins=194, added_coins=600, restored_coins=100,
        redeemed_coins=700, reversed_coins=0, expired_coins=0, removed_coins=0, balance_coins=194,
        balance_paise=1940,
    )  # fmt: skip
    assert found.other == Totals(
        redeeming_orders=2, discount_paise=3000, earned_coins=197, added_coins=600, restored_coins=200,
        redeemed_coins=500, reversed_coins=0, expired_coins=0, removed_coins=0, balance_coins=497,
        balance_paise=4970,
    )  # fmt: skip
    assert found.by_member.row(0, named=True) == {
        "member_id": "M", "discount_paise": 6000, "balance_coins": 194,
        "other_discount_paise": 3000, "other_balance_coins": 497, "gain_paise": 30,
    }  # fmt: skip
    assert found.recorded_discount_paise == 6000
    assert found.kept_orders == 0


def discount(found: Comparison) -> tuple[int, int]:
    return found.present.discount_paise, found.other.discount_paise


@pytest.mark.parametrize(
    ("other", "paise"),
    [
        pytest.param(a_rule(value_rupees="5"), 2500, id="the same coins are worth half"),
        pytest.param(a_rule(value_rupees="20"), 10_000, id="and twice"),
        pytest.param(a_rule(coins="150", value_rupees="10"), 3000, id="three steps of 150 fit in 500 coins"),
        pytest.param(a_rule(coins="600", value_rupees="90"), 0, id="nobody redeems more coins than they did"),
        pytest.param(a_rule(kind="amount_fixed", coins="400", value_rupees="45"), 4500, id="one offer of 400"),
        pytest.param(a_rule(step="false", coins="7", value_rupees="0.50"), 3571, id="without steps"),
        pytest.param(a_rule(cap_percent="3"), 3000, id="a share of the cart"),
        pytest.param(a_rule(min_cart_rupees="1001"), 0, id="too small a cart"),
        pytest.param(a_rule(enabled="false"), 0, id="switched off"),
        pytest.param(a_rule(apply="auto"), 6000, id="the law applies coins itself now"),
    ],
)  # fmt: skip
def test_in_manual_mode_what_was_chosen_is_cut_to_the_other_maximum(other: Rulebook, paise: int) -> None:
    things: list[Thing] = [GIFT, *HISTORY[1:3]]
    assert discount(compared(things, other, present=a_rule())) == (5000, paise)


def test_percent_offers_are_replayed_with_the_coins_that_were_chosen() -> None:
    law = {"coin_value": {"coins": "100", "rupees": "10"}, "earn": {"coins": "10"}}
    block = {"kind": "percent_variable", "coins": "100", "value_percent": "1"}
    percent = a_law({**law, "redeem": {"gokwik": block}})
    assert discount(compared([GIFT, *HISTORY[1:3]], percent, present=a_rule())) == (5000, 5000)
    capped = a_law({**law, "redeem": {"gokwik": {**block, "max_discount_rupees": "25"}}})
    assert discount(compared([GIFT, *HISTORY[1:3]], capped, present=percent)) == (5000, 2500)


def test_an_order_that_says_how_coins_were_applied_is_believed_unless_the_law_changes_that() -> None:
    order = an_order("A", subtotal=1000, loyalty=10, applied="manual")
    things: list[Thing] = [GIFT, order, an_entry("redeem dr", 100, order="A")]
    auto = a_rule(apply="auto")
    assert discount(compared(things, auto, present=auto)) == (1000, 1000)
    assert discount(compared(things, auto, present=a_rule())) == (1000, 6000)


def test_the_discount_of_the_data_is_no_more_than_the_present_law_allows() -> None:
    """No debit, twice the coins, a discount above the law: faults of the data are in neither column."""
    things: list[Thing] = [
        GIFT,
        an_order("A", subtotal=1000, loyalty=30),
        an_order("B", subtotal=1000, loyalty=10, placed=NOON + DAY),
        an_entry("redeem dr", 100, NOON + DAY, order="B"),
        an_entry("redeem dr", 100, NOON + DAY + HOUR, order="B"),
        an_order("C", subtotal=1000, loyalty=90, placed=NOON + 2 * DAY),
        an_entry("redeem dr", 900, NOON + 2 * DAY, order="C"),
        an_order("D", subtotal=1000, placed=NOON + 3 * DAY),
        an_entry("redeem dr", 100, NOON + 3 * DAY, order="D"),
    ]
    found = compared(things, a_rule("20"), present=a_rule("50"))
    assert discount(found) == (6000, 5000)
    assert (found.present.redeemed_coins, found.other.redeemed_coins) == (600, 500)
    assert (found.present.balance_coins, found.other.balance_coins) == (0, 100)


def test_coins_expire_by_the_law_of_their_credit_and_come_back_only_to_expire() -> None:
    short = a_law({"redeem": {"gokwik": {}}, "expiry": {"months": "1"}})
    long = a_law({"redeem": {"gokwik": {}}, "expiry": {"months": "12"}})
    order = an_order("A", subtotal=1000, loyalty=10, placed="2026-04-10 12:00", cancelled="2026-05-20 12:00")
    things: list[Thing] = [GIFT, order, an_entry("redeem dr", 100, "2026-04-10 12:00", order="A")]
    found = compared(things, long, present=short)
    assert (found.present.expired_coins, found.present.balance_coins) == (600, 0)
    assert (found.other.expired_coins, found.other.balance_coins) == (0, 600)
    assert found.present.restored_coins == found.other.restored_coins == 100


def test_coins_past_their_expiry_pay_for_nothing_any_more() -> None:
    """100 coins die on 1 May; the 50 removed on 10 May are a debt that the next 80 pay."""
    short = a_law({"redeem": {"gokwik": {}}, "expiry": {"months": "1"}})
    things: list[Thing] = [
        an_entry("import cr", 100, "2026-04-01 10:00"),
        an_entry("adjust dr", 50, "2026-05-10 10:00"),
        an_entry("import cr", 80, "2026-06-10 10:00"),
    ]
    totals = compared(things, short, present=short).other
    assert (totals.expired_coins, totals.removed_coins, totals.balance_coins) == (100, 50, 30)


def test_what_was_refunded_and_what_died_of_it_stays_history() -> None:
    """A was paid back in two parts, and the second killed it, whatever it would have cost under another law.

    So the first part takes 500 of its 1,000 coins back at once, and B finds only the other half.
    """

    def law(value: str) -> Rulebook:
        return a_law(
            {"earn": {"coins": "100", "base": "subtotal"}, "redeem": {"gokwik": {"value_rupees": value}}}
        )

    things: list[Thing] = [
        an_entry("import cr", 1000, NOON - DAY),
        an_order("A", subtotal=1000, loyalty=100, delivered=NOON + 2 * DAY),
        an_entry("redeem dr", 1000, order="A"),
        a_refund(500, NOON + 10 * DAY),
        a_refund(400, NOON + 12 * DAY),
        an_order("B", subtotal=9000, placed=NOON + 11 * DAY, applied="auto"),
    ]
    found = compared(things, law("50"), present=law("10"))
    assert discount(found) == (5000, 25_000)
    assert found.other.reversed_coins == 1000


@pytest.mark.parametrize(
    ("expires", "left"),
    [
        pytest.param("2026-05-02 00:00", 600, id="an expiry that the present law gives is the law's"),
        pytest.param("2026-05-03 00:00", 0, id="another is the row's own and stays"),
        pytest.param(None, 600, id="none is the law's"),
    ],
)
def test_a_kept_credit_lives_as_long_as_the_other_law_lets_it(expires: str | None, left: int) -> None:
    short = a_law({"redeem": {"gokwik": {}}, "expiry": {"months": "1"}})
    gift = an_entry("import cr", 600, "2026-04-01 10:00", expires=expires)
    found = compared([gift], a_law(), present=short)
    assert (found.present.balance_coins, found.other.balance_coins) == (0, left)


def test_refunds_take_back_at_the_other_laws_rate_and_a_debt_is_paid_by_what_is_earned_next() -> None:
    def law(coins: str) -> Rulebook:
        return a_law(
            {"earn": {"coins": coins, "base": "subtotal", "delay_days": "1"}, "redeem": {"gokwik": {}}}
        )

    things: list[Thing] = [
        an_order("A", subtotal=1000, delivered="2026-04-11 12:00"),
        an_entry("adjust dr", 60, "2026-04-13 12:00"),
        a_refund(500, "2026-04-20 12:00"),
        an_order("B", subtotal=400, placed="2026-04-22 12:00", delivered="2026-04-23 12:00"),
    ]
    found = compared(things, law("20"), present=law("10"))
    assert (found.present.earned_coins, found.present.reversed_coins) == (140, 50)
    assert (found.other.earned_coins, found.other.reversed_coins) == (280, 100)
    assert (found.present.removed_coins, found.other.removed_coins) == (60, 60)
    assert (found.present.balance_coins, found.other.balance_coins) == (30, 120)


def test_bonuses_stay_within_the_range_and_the_number_of_the_law_that_is_tried() -> None:
    def bonuses(**bonus: object) -> Rulebook:
        return a_law({"redeem": {"gokwik": {}}, "bonuses": {"signup": bonus}})

    def signup(coins: int, day: int) -> Thing:
        entry = an_entry("bonus cr", coins, NOON + day * DAY, entry_id=f"{coins} on {day}")
        return dataclasses.replace(entry, row={**entry.row, "bonus_name": "signup"})

    things: list[Thing] = [
        signup(100, 0),
        signup(100, 1),
        signup(300, 2),
        an_entry("bonus cr", 7, NOON + 3 * DAY),
    ]
    once = bonuses(coins="50", per_member="1")
    found = compared(things, once, present=bonuses(coins=["100", "200"]))
    assert (found.present.added_coins, found.other.added_coins) == (407, 57)
    assert compared(things, a_law(), present=once).other.added_coins == 507


def test_a_debit_tied_to_no_order_takes_what_is_there_and_no_more_comes_back() -> None:
    """A coupon of 500 coins was bought after order A took 500 of 1,000; half of it was given back."""
    things: list[Thing] = [
        an_entry("import cr", 1000, "2026-04-01 10:00"),
        *HISTORY[1:3],
        an_entry("redeem dr", 500, "2026-04-15 12:00", entry_id="coupon", order="gone"),
        an_entry("revert cr", 500, "2026-04-16 12:00", parent="coupon"),
    ]
    found = compared(things, a_rule(apply="auto"), present=a_rule(), as_of="2026-04-17 12:00")
    assert (found.present.redeemed_coins, found.present.restored_coins) == (1000, 500)
    assert (found.other.redeemed_coins, found.other.restored_coins) == (1000, 0)
    assert (found.present.balance_coins, found.other.balance_coins) == (500, 0)


def test_what_a_law_says_nothing_of_stays_as_recorded() -> None:
    old = an_order("old", subtotal=1000, loyalty=40, placed="2025-12-10 12:00", delivered="2025-12-11 12:00")
    unread = an_order("unread", subtotal=1000, loyalty=30, placed="2026-04-10 12:00", state="unknown")
    elsewhere = an_order("pos", subtotal=1000, loyalty=20, placed="2026-04-11 12:00", surface="pos")
    things: list[Thing] = [
        an_entry("import cr", 600, "2025-12-01 10:00"),
        old,
        an_entry("redeem dr", 400, "2025-12-10 12:00", order="old"),
        an_entry("reward cr", 77, "2025-12-20 12:00", order="old"),
        unread,
        elsewhere,
        an_entry("redeem dr", 200, "2026-04-11 12:00", order="pos"),
    ]
    found = compared(things, a_rule("10"), present=a_rule())
    assert discount(found) == (9000, 9000)
    assert found.present.redeemed_coins == found.other.redeemed_coins == 600
    assert found.present.earned_coins == found.other.earned_coins == 77
    assert found.kept_orders == 3


def test_words_that_no_present_rule_names_are_said_to_be_unknown() -> None:
    other = a_law(
        {
            "earn": {"tiers": {"gold": "2", "tribe": "3"}, "skip_tags": ["vip"]},
            "redeem": {"gokwik": {"devices": ["web", "kiosk"]}, "stall": {}, "pos": {}},
            "bonuses": {"diwali": {"coins": "5"}},
        }
    )
    words = ("bonus diwali", "device kiosk", "surface stall", "tag vip", "tier tribe")
    assert compared([], other).unknown_words == words
    assert compared([], other, present=other).unknown_words == ()


def test_an_empty_snapshot_has_no_difference() -> None:
    found = compared([], a_rule("20"))
    assert found.present == found.other == Totals(*(0 for _ in Totals._fields))
    assert found.by_member.is_empty()


# --- properties -----------------------------------------------------------------------------------

LAST = 60
_DAYS = st.integers(0, 40)


@st.composite
def purchases(draw: st.DrawFn) -> list[Bought]:
    days = sorted(draw(st.sets(_DAYS, max_size=7)))
    return [draw(_bought(1 + day)) for day in days]


def _bought(day: int) -> st.SearchStrategy[Bought]:
    later = st.integers(day + 1, day + 15)
    return st.builds(
        Bought,
        day=st.just(day),
        subtotal=st.integers(20_000, 90_000),
        chosen=st.integers(0, 6).map(lambda steps: 100 * steps),
        delivered=st.none() | later,
        cancelled=st.none() | later,
        repaid=st.lists(
            st.tuples(later, st.integers(1, 5_000)), max_size=2, unique_by=lambda each: each[0]
        ).map(lambda each: tuple(sorted(each))),
    )


LAWS = st.builds(
    Law,
    coins=st.sampled_from((50, 100, 150)),
    value=st.sampled_from((500, 1000)),
    most=st.sampled_from((2000, 3500, 10**9)),
    auto=st.booleans(),
    earn=st.integers(0, 20),
    delay=st.integers(0, 9),
    life=st.sampled_from((NEVER, 31)),
)
"""Lives of a month only: the gift and everything credited in 31-day months die when both count the same."""


def as_rulebook(law: Law) -> Rulebook:
    return a_law(
        {
            "earn": {"coins": str(law.earn), "delay_days": str(law.delay)},
            "redeem": {
                "gokwik": {
                    "coins": str(law.coins),
                    "value_rupees": rupee_text(law.value),
                    "max_discount_rupees": rupee_text(law.most),
                    "apply": "auto" if law.auto else "manual",
                }
            },
            "expiry": {"months": None if law.life == NEVER else "1"},
        }
    )


START = ist("2026-07-01 12:00")
"""July and August have 31 days: a month is 31 days long for everything that these histories credit."""


def at(day: int) -> dt.datetime:
    return START + day * DAY


def exported(orders: Sequence[Bought], gift: int) -> list[Thing]:
    """Orders and refunds as exported; what the ledger holds of them is not read by a replay."""
    things: list[Thing] = [an_entry("import cr", gift, at(0)), a_member()]
    for number, order in enumerate(orders):
        order_id = f"{number:02d}"
        things.append(
            an_order(
                order_id,
                subtotal=rupee_text(order.subtotal),
                loyalty=rupee_text(10 * order.chosen),
                placed=at(order.day),
                delivered=None if order.delivered is None else at(order.delivered),
                cancelled=None if order.cancelled is None else at(order.cancelled),
            )
        )
        things += [a_refund(rupee_text(paise), at(day), order=order_id) for day, paise in order.repaid]
    return things


def told(totals: Totals) -> dict[str, int]:
    return {flow: getattr(totals, f"{flow}_coins") for flow in FLOWS} | {"balance": totals.balance_coins}


@settings(max_examples=25)
@given(orders=purchases(), gift=st.integers(0, 1500), law=LAWS)
def test_a_replay_agrees_with_a_second_reading_of_the_law(orders: list[Bought], gift: int, law: Law) -> None:
    present = dataclasses.replace(law, coins=100, value=1000, most=10**9, auto=False)
    with unchecked():
        found = compared(
            exported(orders, gift), as_rulebook(law), present=as_rulebook(present), as_of=at(LAST)
        )
    expected = replayed(orders, gift, law, LAST)
    alive = [
        paise for order, paise in zip(orders, expected.discounts, strict=True) if order.cancelled is None
    ]
    assert told(found.other) == {**expected.flows, "balance": expected.balance}
    assert found.other.discount_paise == sum(alive)


@settings(max_examples=8)
@given(orders=purchases(), gift=st.integers(0, 1500), laws=st.tuples(LAWS, LAWS))
def test_no_coin_is_lost_and_every_gain_is_somebodys(
    orders: list[Bought], gift: int, laws: tuple[Law, Law]
) -> None:
    present, other = map(as_rulebook, laws)
    with unchecked():
        found = compared(exported(orders, gift), other, present=present, as_of=at(LAST))
        same = compared(exported(orders, gift), present, present=present, as_of=at(LAST))
    for totals in (found.present, found.other):
        flows = told(totals)
        came = flows["earned"] + flows["added"] + flows["restored"]
        went = flows["redeemed"] + flows["reversed"] + flows["expired"] + flows["removed"]
        assert came - went == flows["balance"]
    gained = int(found.by_member["gain_paise"].sum())
    assert gained == found.other.benefit_paise - found.present.benefit_paise
    assert same.present == same.other == found.present
    assert same.by_member.filter(pl.col("gain_paise") != 0).is_empty()
