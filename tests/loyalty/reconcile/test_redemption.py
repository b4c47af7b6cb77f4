"""The redemption leg against a second reading, and what must hold of it for any history.

The stories of each kind stand in tests/scenarios.
"""

import dataclasses
import random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.members import reconcile_members
from loyalty.rulebook.models import Rulebook
from tests.builders import (
    AS_OF,
    DAY,
    HOUR,
    MICROSECOND,
    MINUTE,
    NOON,
    Thing,
    When,
    World,
    a_law,
    a_world,
    an_entry,
    an_order,
    judged,
    unchecked,
)
from tests.loyalty.expected import naive
from tests.loyalty.expected.naive import COIN_VALUE, Cart, Offer, rupee_text
from tests.loyalty.expected.strategies import CARTS, COINS, OFFERS


class Redeemed(NamedTuple):
    """What an order took, and what its member had: A, and on paper."""

    offer: Offer
    cart: Cart
    coins: int
    has: tuple[int, int]
    is_auto: bool


@st.composite
def redemptions(draw: st.DrawFn) -> Redeemed:
    """Mostly what the offer grants, now and then a step, a paisa or a coin off it."""
    offer, cart = draw(OFFERS), draw(CARTS)
    spendable, expired = draw(COINS), draw(st.sampled_from((0, 0, 50, 200)))
    most_coins, most_paise = naive.maximum(offer, cart, spendable + draw(st.sampled_from((0, 0, 0, 100))))
    coins = draw(
        st.sampled_from((most_coins, most_coins, most_coins - offer.coins, offer.coins, 150)) | COINS
    )
    given_for = draw(st.sampled_from((naive.value(offer, cart, coins), most_paise, 5000)))
    off = draw(st.sampled_from((0, 0, 0, 1, -1)))
    taken = min(max(0, given_for + off), cart.payable)
    return Redeemed(
        offer,
        dataclasses.replace(cart, taken=taken),
        max(0, coins),
        (spendable, spendable + expired),
        draw(st.booleans()),
    )


def law_of(cases: list[Redeemed]) -> Rulebook:
    value = {"coins": str(COIN_VALUE[0]), "rupees": rupee_text(COIN_VALUE[1])}
    return a_law(
        {
            "coin_value": value,
            "redeem": {f"s{number}": each.offer.block() for number, each in enumerate(cases)},
        }
    )


def world_of(cases: list[Redeemed]) -> World:
    things: list[Thing] = []
    for number, each in enumerate(cases):
        order_id, applied = f"{number:02d}", "auto" if each.is_auto else "manual"
        spendable, on_paper = each.has
        things.append(
            each.cart.order(order_id, surface=f"s{number}", applied=applied, has=spendable, on_paper=on_paper)
        )
        if each.coins:
            things.append(an_entry("redeem dr", each.coins, order=order_id))
    return a_world(*things)


def second_reading(case: Redeemed) -> naive.Verdict | None:
    return naive.verdict(case.offer, case.cart, case.coins, case.has, is_auto=case.is_auto)


@settings(max_examples=20)
@given(st.lists(redemptions(), min_size=4, max_size=12))
def test_every_verdict_agrees_with_a_second_reading(cases: list[Redeemed]) -> None:
    with unchecked():
        rows = judged(world_of(cases), law_of(cases), AS_OF, ("redemption",))
    found = {
        row["order_id"]: (row["kind"], row["effect_paise"], row["expected_coins"], row["expected_paise"])
        for row in rows.filter(status="mismatch").iter_rows(named=True)
    }
    expected = {f"{number:02d}": second_reading(case) for number, case in enumerate(cases)}
    assert found == {order_id: verdict for order_id, verdict in expected.items() if verdict is not None}
    quiet = rows.filter(status="match")
    assert quiet.height == rows.height - len(found)
    assert quiet["expected_coins"].to_list() == quiet["recorded_coins"].to_list()


@settings(max_examples=200)
@given(redemptions())
def test_by_hand_a_redemption_is_right_exactly_if_it_is_feasible(case: Redeemed) -> None:
    by_hand = case._replace(is_auto=False)
    if by_hand.coins and by_hand.cart.taken:
        feasible = naive.is_feasible(case.offer, case.cart, case.coins, case.has[0])
        assert (second_reading(by_hand) is None) == feasible


@settings(max_examples=10)
@given(st.lists(st.tuples(OFFERS, CARTS, COINS), min_size=3, max_size=6))
def test_taking_exactly_the_maximum_is_right_in_both_modes(asked: list[tuple[Offer, Cart, int]]) -> None:
    cases = []
    for offer, cart, spendable in asked:
        coins, paise = naive.maximum(offer, cart, spendable)
        taken = dataclasses.replace(cart, taken=paise)
        cases += [Redeemed(offer, taken, coins, (spendable, spendable), is_auto) for is_auto in (True, False)]
    with unchecked():
        rows = judged(world_of(cases), law_of(cases), AS_OF, ("redemption",))
    assert rows.filter(status="mismatch").is_empty()


# --- the balance, end to end (R4) -----------------------------------------------------------------


def leg_rows(*things: Thing, rules: Rulebook) -> list[tuple[str, str | None, int]]:
    """Status, kind and expected coins of the redemption rows, with the balances of a real walk."""
    world = a_world(*things)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    rows = reconcile_members(facts, refunded, linked, world.members, rules, AS_OF).leg_rows
    return rows.filter(leg="redemption").select("status", "kind", "expected_coins").rows()


AUTO = a_law({"redeem": {"gokwik": {"apply": "auto"}}})


@pytest.mark.parametrize(
    ("credited", "rows"),
    [
        pytest.param(NOON - DAY, [("mismatch", "under_redeemed", -500)], id="a day before"),
        pytest.param(NOON - MINUTE, [("mismatch", "under_redeemed", -500)], id="a minute before"),
        pytest.param(NOON, [("mismatch", "under_redeemed", -500)], id="at that very instant"),
        pytest.param(NOON + MICROSECOND, [], id="a moment after"),
    ],
)
def test_an_order_without_a_debit_asks_for_the_balance_when_it_was_placed(
    credited: When, rows: list[tuple[str, str, int]]
) -> None:
    assert leg_rows(an_order(), an_entry("import cr", 500, credited), rules=AUTO) == rows


def test_a_debit_before_the_order_asks_at_its_own_instant() -> None:
    debit = an_entry("redeem dr", 500, NOON - 10 * MINUTE, order="A")
    late = an_entry("import cr", 500, NOON - 5 * MINUTE)
    assert leg_rows(an_order(loyalty=50), debit, late, rules=AUTO) == [("mismatch", "over_balance", 0)]


def test_entries_of_the_order_itself_are_left_out_of_its_balance() -> None:
    entries = [an_entry("import cr", 500, NOON - DAY), an_entry("redeem dr", 500, NOON - MINUTE, order="A")]
    assert leg_rows(an_order(loyalty=50), *entries, rules=AUTO) == [("match", None, -500)]


# --- what must hold of any history ----------------------------------------------------------------


def a_history() -> list[Thing]:
    """One order and entry of every sort, of three members."""
    return [
        an_order("right", loyalty=50),
        an_order("short", loyalty=60),
        an_order("double", loyalty=50, member="N"),
        an_order("dead", loyalty=50, cancelled=NOON + HOUR),
        an_order("auto", applied="auto", has=550, member="N"),
        an_order("pending", loyalty=50, placed=AS_OF - HOUR),
        an_order("odd", loyalty=60, state="unknown", member="O"),
        an_entry("redeem dr", 500, order="right"),
        an_entry("redeem dr", 500, order="short"),
        an_entry("redeem dr", 500, order="double", member="N"),
        an_entry("redeem dr", 500, NOON + MINUTE, order="double", member="N"),
        an_entry("redeem dr", 500, order="dead"),
        an_entry("revert cr", 500, NOON + 2 * HOUR, order="dead"),
        an_entry("redeem dr", 500, order="odd", member="O"),
        an_entry("redeem dr", 300, order="ghost", member="O"),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_rows_says_nothing(seed: int) -> None:
    world = a_world(*a_history())
    mixed = World(
        **{
            field.name: getattr(world, field.name).sample(fraction=1, shuffle=True, seed=seed)
            for field in dataclasses.fields(World)
        }
    )
    assert_frame_equal(judged(mixed, a_law(), AS_OF), judged(world, a_law(), AS_OF))


def test_the_order_in_which_things_are_told_says_nothing() -> None:
    told = a_history()
    shuffled = random.Random(7).sample(told, len(told))
    assert_frame_equal(judged(a_world(*shuffled), a_law(), AS_OF), judged(a_world(*told), a_law(), AS_OF))


def test_what_one_member_did_changes_no_verdict_on_another() -> None:
    history = a_history()
    alone = [thing for thing in history if getattr(thing, "member", None) == "N"]
    together = judged(a_world(*history), a_law(), AS_OF).filter(member_id="N")
    assert_frame_equal(judged(a_world(*alone), a_law(), AS_OF), together)


def test_every_posted_redeem_entry_is_in_exactly_one_row() -> None:
    world = a_world(*a_history())
    rows = judged(world, a_law(), AS_OF, ("redemption",))
    told = world.entries.filter(type="redeem")["entry_id"].to_list()
    assert sorted(rows.explode("entry_ids")["entry_ids"].drop_nulls().to_list()) == sorted(told)
