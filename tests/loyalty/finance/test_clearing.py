"""Every debit is settled, restored or open with its age: the stories, and the law over random histories."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.finance.clearing import clearing
from loyalty.ledger.links import linked_entries
from loyalty.rulebook.models import Rulebook
from tests.builders import (
    AS_OF,
    Entry,
    Thing,
    a_law,
    a_refund,
    a_world,
    an_entry,
    an_order,
    instant,
    unchecked,
)

LAW = a_law(
    {"redeem": {"gokwik": {"coins": "100", "value_rupees": "10"}, "restore_on": ["cancelled", "rto"]}}
)
PRO_RATA = a_law({"redeem": {"gokwik": {}, "partial_restore": "pro_rata"}})
Cleared = tuple[str, int, int, int, str | None]
"""State, settled, restored and open coins, and what an open one waits for."""


def cleared(*things: Thing, rules: Rulebook = LAW) -> pl.DataFrame:
    world = a_world(*things)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    return clearing(facts, refunded, linked, world.orders, world.member_keys, rules, instant(AS_OF))


def told(*things: Thing, rules: Rulebook = LAW) -> list[Cleared]:
    """One row per debit, in order of time."""
    return cleared(*things, rules=rules).select(
        "state", "settled_coins", "restored_coins", "open_coins", "waits_for"
    ).rows()  # fmt: skip


def debit(
    coins: int = 100, at: str = "2026-04-10 12:00", *, order: str = "A", member: str | None = "M"
) -> Entry:
    return an_entry("redeem dr", coins, at, order=order, member=member)


def restore(
    coins: int = 100, at: str = "2026-04-20 12:00", *, order: str = "A", member: str | None = "M"
) -> Entry:
    return an_entry("revert cr", coins, at, order=order, member=member)


def test_a_debit_is_held_until_its_order_is_delivered() -> None:
    assert told(an_order(), debit()) == [("open", 0, 0, 100, "delivery")]
    assert told(an_order(delivered="2026-04-14 12:00"), debit()) == [("settled", 100, 0, 0, None)]


def test_an_order_that_is_delivered_by_its_word_alone_settles() -> None:
    assert told(an_order(state="delivered"), debit()) == [("settled", 100, 0, 0, None)]


def test_a_dead_order_waits_for_its_restore_and_is_restored_by_it() -> None:
    dead = an_order(cancelled="2026-04-11 12:00")
    assert told(dead, debit()) == [("open", 0, 0, 100, "restore")]
    assert told(dead, debit(), restore(60)) == [("open", 0, 60, 40, "restore")]
    assert told(dead, debit(), restore()) == [("restored", 0, 100, 0, None)]
    assert told(dead, debit(), restore(170)) == [("restored", 0, 100, 0, None)]


def test_a_death_that_the_law_gives_nothing_back_for_settles() -> None:
    returned = an_order(delivered="2026-04-14 12:00", state="returned")
    assert told(returned, debit()) == [("settled", 100, 0, 0, None)]


def test_coins_that_came_back_for_a_living_order_are_restored_all_the_same() -> None:
    alive = an_order(delivered="2026-04-14 12:00")
    assert told(alive, debit(), restore(30)) == [("settled", 70, 30, 0, None)]


def test_a_partial_refund_asks_back_its_share_under_pro_rata_only() -> None:
    story = (
        an_order(subtotal=1_000, delivered="2026-04-14 12:00"),
        a_refund(250, "2026-04-20 12:00"),
        debit(200),
    )
    assert told(*story) == [("settled", 200, 0, 0, None)]
    assert told(*story, rules=PRO_RATA) == [("open", 150, 0, 50, "restore")]
    assert told(*story, restore(50), rules=PRO_RATA) == [("settled", 150, 50, 0, None)]


def test_a_debit_for_an_order_in_no_file_is_open_until_it_is_given_back() -> None:
    loose = debit(order="nowhere")
    assert told(loose) == [("open", 0, 0, 100, "order")]
    assert told(loose, restore(order="nowhere")) == [("restored", 0, 100, 0, None)]
    assert told(loose, restore(40, order="nowhere")) == [("open", 0, 40, 60, "order")]


def test_two_debits_of_one_unknown_reference_share_what_came_back_in_ledger_order() -> None:
    assert told(
        debit(order="nowhere"),
        debit(80, "2026-04-10 12:05", order="nowhere"),
        restore(130, order="nowhere"),
    ) == [("restored", 0, 100, 0, None), ("open", 0, 30, 50, "order")]


def test_restores_of_an_order_go_to_its_debits_in_ledger_order() -> None:
    dead = an_order(cancelled="2026-04-11 12:00")
    debits = (debit(100, "2026-04-10 12:00"), debit(50, "2026-04-10 12:01"), debit(70, "2026-04-10 12:02"))
    assert told(dead, *debits, restore(30), restore(100, "2026-04-21 12:00")) == [
        ("restored", 0, 100, 0, None),
        ("open", 0, 30, 20, "restore"),
        ("open", 0, 0, 70, "restore"),
    ]


def test_coins_given_to_somebody_else_are_not_given_back() -> None:
    dead = an_order(cancelled="2026-04-11 12:00", member="N")
    assert told(dead, debit(), restore(member="N")) == [("open", 0, 0, 100, "restore")]
    assert told(dead, debit(member=None), restore(member=None)) == [("restored", 0, 100, 0, None)]


def test_without_a_verdict_nothing_is_settled() -> None:
    assert told(an_order(state="unknown"), debit()) == [("open", 0, 0, 100, "verdict")]
    long_ago = "2025-12-10 12:00"
    old = debit(at=long_ago)
    assert told(an_order(placed=long_ago, cancelled="2025-12-11 12:00"), old) == [
        ("open", 0, 0, 100, "verdict")
    ]
    assert told(an_order(placed=long_ago, delivered="2025-12-14 12:00"), old) == [
        ("settled", 100, 0, 0, None)
    ]


def test_only_posted_redeem_debits_of_coins_are_cleared_and_one_of_no_coins_holds_nothing() -> None:
    assert told(
        an_order(),
        debit(0),
        an_entry("redeem dr", 1, "2026-04-10 12:01", order="A", status="pending"),
        an_entry("redeem dr", 2, "2026-04-10 12:02", order="A", status="void"),
        an_entry("redeem dr", 3, "2026-04-10 12:03", order="A", wallet="credits"),
        an_entry("adjust dr", 9),
    ) == [("settled", 0, 0, 0, None)]


def test_an_open_debit_has_its_age_in_indian_days_and_its_worth() -> None:
    # half past midnight in India is still the day before in UTC
    found = cleared(
        an_order(), debit(250, "2026-04-11 00:30"), debit(30, "2026-04-10 23:30", order="nowhere")
    )
    assert found.select("order_id", "member_id", "coins", "age_days", "worth_paise", "open_paise").rows() == [
        (None, "M", 30, 82, 300, 300),
        ("A", "M", 250, 81, 2_500, 2_500),
    ]
    settled = cleared(an_order(delivered="2026-04-14 12:00"), debit(250))
    assert settled.select("age_days", "worth_paise", "open_paise").rows() == [(None, 2_500, 0)]


@pytest.mark.parametrize("rules", [LAW, PRO_RATA])
def test_nothing_to_clear_is_an_empty_table(rules: Rulebook) -> None:
    assert cleared(an_order(), rules=rules).is_empty()


STORIES = st.tuples(
    st.lists(st.tuples(st.sampled_from("AABX"), st.integers(0, 300), st.sampled_from("MMN")), max_size=5),
    st.lists(st.tuples(st.sampled_from("AABX"), st.integers(0, 300), st.sampled_from("MMN")), max_size=4),
    st.sampled_from((None, "delivered", "cancelled", "unknown", "returned")),
    st.sampled_from((0, 300, 1_999)),
)


@settings(max_examples=60)
@given(STORIES)
def test_the_coins_of_every_debit_are_settled_restored_or_open(
    story: tuple[list[tuple[str, int, str]], list[tuple[str, int, str]], str | None, int],
) -> None:
    taken, given_back, state, refunded = story
    debits = [
        an_entry("redeem dr", coins, order=order, member=member, entry_id=f"d{number}")
        for number, (order, coins, member) in enumerate(taken)
    ]
    restores = [
        an_entry("revert cr", coins, "2026-04-12 12:00", order=order, member=member, entry_id=f"r{number}")
        for number, (order, coins, member) in enumerate(given_back)
    ]
    refund = [a_refund(refunded, "2026-04-12 12:00")] if refunded else []
    with unchecked():
        found = cleared(
            an_order("A", state=state),
            an_order("B", delivered="2026-04-14 12:00"),
            *debits,
            *restores,
            *refund,
            rules=PRO_RATA,
        )
    assert sorted(found["entry_id"]) == sorted(each.entry_id for each in debits)
    assert found["coins"].sum() == sum(coins for _, coins, _ in taken)
    parts = found.select("settled_coins", "restored_coins", "open_coins")
    assert (parts.sum_horizontal() == found["coins"]).all()
    assert (parts.min_horizontal() >= 0).all()
    for order in ("A", "B"):
        for member in ("M", "N"):
            gave = sum(coins for name, coins, who in given_back if (name, who) == (order, member))
            took = sum(coins for name, coins, who in taken if (name, who) == (order, member))
            theirs = found.filter((pl.col("order_id") == order) & (pl.col("member_id") == member))
            assert theirs["restored_coins"].sum() == min(gave, took)
