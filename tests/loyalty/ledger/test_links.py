"""Which order an entry belongs to, by the first of five methods that answers (L1–L3)."""

import dataclasses
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries, returned_coins
from tests.builders import (
    BARE,
    HOUR,
    MICROSECOND,
    MINUTE,
    NOON,
    Entry,
    Order,
    Thing,
    World,
    a_world,
    an_entry,
    an_order,
)


def linked(world: World) -> pl.DataFrame:
    facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, BARE)
    return linked_entries(world.entries, world.orders, world.references, claims(facts, BARE))


def links(*things: Thing) -> dict[str, tuple[str | None, str | None]]:
    """Order id and method of every entry, by its id."""
    world = a_world(*things)
    named = (
        linked(world)
        .join(world.entries.select("entry_no", "entry_id"), on="entry_no", how="left", maintain_order="left")
        .join(world.orders.select("order_no", "order_id"), on="order_no", how="left", maintain_order="left")
    )
    return {
        entry: (order, method)
        for entry, order, method in named.select("entry_id", "order_id", "match_method").rows()
    }


def of(entry: Entry, *things: Thing) -> tuple[str | None, str | None]:
    return links(entry, *things)[entry.entry_id]


A_LATER_DEBIT: dict[str, Any] = {"at": NOON + 9 * HOUR, "entry_id": "E1"}
"""Too far from any order for the method of amount and time."""


def a_debit(coins: int = 500, **more: Any) -> Entry:
    return an_entry("redeem dr", coins, **(A_LATER_DEBIT | more))


# --- methods 1 and 2 ------------------------------------------------------------------------------


def test_the_reward_transaction_id_of_an_order_is_an_entry() -> None:
    assert of(a_debit(), an_order(reward_ref="e1")) == ("A", "transaction_id")


def test_the_transaction_id_goes_before_a_reference() -> None:
    assert of(a_debit(order="B"), an_order("A", reward_ref="e1"), an_order("B")) == ("A", "transaction_id")


@pytest.mark.parametrize("column", ["order", "parent", "hashed"])
@pytest.mark.parametrize("name", ["MOID-7", "shopify-1001", "kwik9"])
def test_any_reference_may_be_any_name_of_an_order(column: str, name: str) -> None:
    named: dict[str, Any] = {column: name}
    order = an_order("MOID-7", name="#Shopify-1001", gokwik_id="KWIK9")
    assert of(a_debit(**named), order) == ("MOID-7", "reference")


def test_the_order_reference_goes_before_parent_and_hash() -> None:
    orders = [an_order("A"), an_order("B"), an_order("C")]
    assert of(a_debit(order="C", parent="A", hashed="B"), *orders) == ("C", "reference")
    assert of(a_debit(parent="B", hashed="A"), *orders) == ("B", "reference")


def test_blanks_never_match_blanks() -> None:
    assert of(a_debit(), an_order(reward_ref=None, name=None, gokwik_id=None)) == (None, None)


def test_a_reference_to_no_known_order_links_to_none() -> None:
    assert of(a_debit(order="ghost"), an_order()) == (None, None)


def test_references_link_members_entries_to_another_members_order() -> None:
    assert of(a_debit(order="A", member="N"), an_order()) == ("A", "reference")


# --- parents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["parent", "hashed"])
def test_a_child_follows_its_parent(column: str) -> None:
    named: dict[str, Any] = {column: "E1"}
    child = an_entry("revert cr", 500, entry_id="E2", **named)
    assert of(child, a_debit(order="A"), an_order()) == ("A", "parent")


def test_an_order_reference_that_is_an_entry_is_no_parent() -> None:
    assert of(an_entry("revert cr", 500, entry_id="E2", order="E1"), a_debit(order="A"), an_order()) == (
        None,
        None,
    )


def test_a_grandchild_follows_too() -> None:
    child = an_entry("revert cr", 500, entry_id="E2", parent="E1")
    grandchild = an_entry("revert dr", 500, entry_id="E3", hashed="E2")
    assert of(grandchild, child, a_debit(order="A"), an_order()) == ("A", "parent")


def test_a_child_follows_a_parent_that_was_linked_by_its_text() -> None:
    child = an_entry("revert cr", 500, entry_id="E2", parent="E1")
    assert of(child, a_debit(tokens=["a"]), an_order()) == ("A", "parent")


def test_a_parent_goes_before_the_childs_own_text() -> None:
    child = an_entry("revert cr", 500, entry_id="E2", parent="E1", tokens=["b"])
    assert of(child, a_debit(order="A"), an_order("A"), an_order("B")) == ("A", "parent")


def test_a_void_parent_still_says_which_order_was_meant() -> None:
    child = an_entry("revert cr", 500, entry_id="E2", parent="E1")
    assert of(child, a_debit(order="A", status="void"), an_order()) == ("A", "parent")


def test_two_entries_that_name_each_other_belong_nowhere() -> None:
    found = links(a_debit(parent="E2"), an_entry("revert cr", 500, entry_id="E2", parent="E1"), an_order())
    assert found == {"E1": (None, None), "E2": (None, None)}


# --- method 3: text -------------------------------------------------------------------------------


def test_a_name_in_the_text_links() -> None:
    assert of(a_debit(tokens=["for", "order", "a"]), an_order()) == ("A", "text")


def test_two_names_of_one_order_in_the_text_are_one_answer() -> None:
    assert of(a_debit(tokens=["a", "shop-1"]), an_order(name="shop-1")) == ("A", "text")


def test_a_text_that_names_two_orders_links_to_neither() -> None:
    assert of(a_debit(tokens=["a", "b"]), an_order("A"), an_order("B")) == (None, None)


def test_a_reference_goes_before_the_text() -> None:
    assert of(a_debit(order="B", tokens=["a"]), an_order("A"), an_order("B")) == ("B", "reference")


# --- method 4: same member, same coins, 30 minutes ------------------------------------------------


def near(coins: int = 500, *, after: Any = MINUTE, **more: Any) -> Entry:
    return a_debit(coins, **({"at": NOON + after} | more))


@pytest.mark.parametrize(
    ("after", "answer"),
    [
        (30 * MINUTE, ("A", "amount_time")),
        (-30 * MINUTE, ("A", "amount_time")),
        (30 * MINUTE + MICROSECOND, (None, None)),
        (-30 * MINUTE - MICROSECOND, (None, None)),
    ],
)
def test_half_an_hour_is_near(after: Any, answer: tuple[str | None, str | None]) -> None:
    assert of(near(after=after), an_order(loyalty=50)) == answer


@pytest.mark.parametrize(
    ("order", "coins", "answer"),
    [
        pytest.param(an_order(coins_used=450, loyalty=50), 450, "A", id="Coins Used says so"),
        pytest.param(an_order(coins_used=450, loyalty=50), 500, None, id="and not what the discount needs"),
        pytest.param(an_order(coins_used=0, loyalty=50), 500, "A", id="Coins Used of zero says nothing"),
        pytest.param(an_order(loyalty=50), 501, None, id="one coin more"),
        pytest.param(an_order(), 0, None, id="an order that used nothing"),
        pytest.param(an_order(loyalty=50, member="N"), 500, None, id="another member"),
        pytest.param(an_order(loyalty=50, member=None), 500, None, id="nobody known"),
    ],
)
def test_the_coins_must_be_those_that_the_order_used(order: Order, coins: int, answer: str | None) -> None:
    assert of(near(coins), order)[0] == answer


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(near(order="ghost"), id="an order reference"),
        pytest.param(near(parent="ghost"), id="a parent"),
        pytest.param(near(hashed="ghost"), id="a hash"),
        pytest.param(an_entry("adjust dr", 500, entry_id="E1"), id="no redeem debit"),
        pytest.param(an_entry("redeem cr", 500, entry_id="E1"), id="no debit"),
    ],
)
def test_only_redeem_debits_without_any_reference_are_guessed(entry: Entry) -> None:
    assert of(entry, an_order(loyalty=50)) == (None, None)


def test_two_orders_of_one_debit_are_no_answer() -> None:
    assert of(near(), an_order("A", loyalty=50), an_order("B", loyalty=50)) == (None, None)


def test_two_debits_of_one_order_are_no_answer() -> None:
    assert links(near(), near(entry_id="E2"), an_order(loyalty=50)) == {
        "E1": (None, None),
        "E2": (None, None),
    }


def test_a_pending_debit_may_be_the_one_that_was_meant() -> None:
    assert of(near(status="pending"), an_order(loyalty=50)) == ("A", "amount_time")
    assert of(near(), near(entry_id="E2", status="pending"), an_order(loyalty=50)) == (None, None)


def test_a_void_debit_is_nobodys_rival() -> None:
    assert of(near(), near(entry_id="E2", status="void"), an_order(loyalty=50)) == ("A", "amount_time")


@pytest.mark.parametrize("status", ["posted", "pending"])
def test_an_order_that_has_its_debit_is_not_guessed_at(status: Any) -> None:
    own = an_entry("redeem dr", 500, entry_id="E2", order="A", status=status)
    assert of(near(), own, an_order(loyalty=50)) == (None, None)


def test_a_void_debit_does_not_take_the_orders_place() -> None:
    own = an_entry("redeem dr", 500, entry_id="E2", order="A", status="void")
    assert of(near(), own, an_order(loyalty=50)) == ("A", "amount_time")


def test_a_child_follows_a_guessed_parent() -> None:
    child = an_entry("revert cr", 500, entry_id="E2", parent="E1")
    assert of(child, near(), an_order(loyalty=50)) == ("A", "parent")


# --- legs (L1, L2) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "leg"),
    [
        ("redeem dr", "redemption"),
        ("reward cr", "earn"),
        ("revert dr", "reversal"),
        ("revert cr", "restore"),
        ("expire dr", "expiry"),
        ("expire cr", "adjustment"),
        ("redeem cr", "adjustment"),
        ("reward dr", "adjustment"),
        ("adjust cr", "adjustment"),
        ("adjust dr", "adjustment"),
        ("import cr", "adjustment"),
        ("bonus cr", "adjustment"),
        ("other cr", "adjustment"),
        (" cr", "adjustment"),
    ],
)
def test_the_leg_goes_by_type_and_direction(role: str, leg: str) -> None:
    assert linked(a_world(an_entry(role, 5, order="A"), an_order()))["leg"].to_list() == [leg]


@pytest.mark.parametrize(
    ("entry", "leg"),
    [
        pytest.param(an_entry("reward cr", 5), "adjustment", id="names nothing at all"),
        pytest.param(an_entry("reward cr", 5, order="ghost"), "earn", id="an unknown order"),
        pytest.param(an_entry("reward cr", 5, parent="ghost"), "earn", id="an unknown parent"),
        pytest.param(an_entry("reward cr", 5, hashed="ghost"), "earn", id="an unknown hash"),
        pytest.param(an_entry("reward cr", 5, tokens=["a"]), "earn", id="an order in its text"),
        pytest.param(an_entry("reward cr", 5, tokens=["ghost"]), "adjustment", id="no order in its text"),
        pytest.param(an_entry("reward cr", 5, entry_id="R"), "earn", id="an order's transaction"),
    ],
)
def test_a_reward_that_names_nothing_is_no_orders_earning(entry: Entry, leg: str) -> None:
    assert linked(a_world(entry, an_order(reward_ref="r")))["leg"].to_list() == [leg]


def test_void_entries_and_the_credits_wallet_have_no_leg() -> None:
    entries = [
        an_entry("redeem dr", 1, entry_id="posted"),
        an_entry("redeem dr", 1, entry_id="pending", status="pending"),
        an_entry("redeem dr", 1, entry_id="void", status="void"),
        an_entry("redeem dr", 1, entry_id="credits", wallet="credits"),
    ]
    world = a_world(*entries)
    kept = linked(world).join(
        world.entries.select("entry_no", "entry_id"), on="entry_no", maintain_order="left"
    )
    assert kept.select("entry_id", "is_posted").rows() == [("pending", False), ("posted", True)]


# --- what was given back for loose debits (R11) ---------------------------------------------------


def returns(*things: Thing) -> tuple[dict[str, int], dict[str, str | None]]:
    """Coins given back by debit id, and the debit of each restore."""
    world = a_world(*things)
    frame = linked(world)
    name = dict(world.entries.select("entry_no", "entry_id").rows())
    back = {name[debit]: coins for debit, coins in returned_coins(frame).rows()}
    tied = frame.filter(leg="restore").select("entry_no", "debit_no").rows()
    return back, {name[entry]: None if debit is None else name[debit] for entry, debit in tied}


def test_a_restore_is_tied_to_the_debit_that_it_gives_back() -> None:
    restore = an_entry("revert cr", 300, entry_id="R1", parent="E1")
    more = an_entry("revert cr", 200, entry_id="R2", hashed="E1")
    assert returns(a_debit(), restore, more) == ({"E1": 500}, {"R1": "E1", "R2": "E1"})


def test_a_restore_of_the_same_unknown_order_is_tied_too() -> None:
    restore = an_entry("revert cr", 500, entry_id="R1", order="ghost")
    assert returns(a_debit(order="ghost"), restore) == ({"E1": 500}, {"R1": "E1"})


def test_a_restore_that_names_its_debit_twice_counts_once() -> None:
    restore = an_entry("revert cr", 500, entry_id="R1", order="ghost", parent="E1")
    assert returns(a_debit(order="ghost"), restore) == ({"E1": 500}, {"R1": "E1"})


@pytest.mark.parametrize(
    "restore",
    [
        pytest.param(an_entry("revert cr", 500, entry_id="R1"), id="names nothing"),
        pytest.param(an_entry("revert cr", 500, entry_id="R1", parent="E9"), id="names another"),
        pytest.param(
            an_entry("revert cr", 500, entry_id="R1", parent="E1", member="N"), id="of another member"
        ),
    ],
)
def test_a_restore_tied_to_nothing(restore: Entry) -> None:
    assert returns(a_debit(), restore) == ({}, {"R1": None})


def test_a_pending_restore_gives_nothing_back() -> None:
    assert (
        returns(a_debit(), an_entry("revert cr", 500, entry_id="R1", parent="E1", status="pending"))[0] == {}
    )


def test_a_pending_debit_is_given_nothing_back() -> None:
    assert returns(a_debit(status="pending"), an_entry("revert cr", 500, entry_id="R1", parent="E1"))[0] == {}


# --- row order ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_orders_and_references_stand_says_nothing(seed: int) -> None:
    world = a_world(
        an_order("A", loyalty=50),
        an_order("B", loyalty=50, reward_ref="e3"),
        an_order("C", placed=NOON + HOUR),
        near(),
        an_entry("revert cr", 500, entry_id="E2", parent="E1"),
        an_entry("redeem dr", 500, entry_id="E3"),
        an_entry("reward cr", 5, entry_id="E4", tokens=["c"]),
        an_entry("reward cr", 5, entry_id="E5", order="c"),
        an_entry("revert dr", 5, entry_id="E6", hashed="E5"),
    )
    mixed = {
        field.name: getattr(world, field.name).sample(fraction=1, shuffle=True, seed=seed)
        for field in dataclasses.fields(World)
        if field.name != "entries"
    }
    assert_frame_equal(linked(World(**mixed, entries=world.entries)), linked(world))
