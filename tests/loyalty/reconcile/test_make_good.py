"""Coins owed: what may be imported without asking, what may not and why, and that nothing is paid twice."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.leaks import leaks
from loyalty.reconcile.make_good import import_lines, owed
from loyalty.reconcile.members import reconcile_members
from loyalty.reconcile.mismatches import mismatches
from loyalty.reconcile.reconciliation import reconciliation
from loyalty.rulebook.models import Rulebook
from tests.builders import (
    AS_OF,
    DAY,
    NOON,
    Entry,
    Member,
    Order,
    Thing,
    World,
    a_law,
    a_member,
    a_refund,
    a_world,
    an_entry,
    an_order,
)

LAW = a_law(
    {
        "earn": {"coins": "5", "base": "subtotal", "delay_days": "3"},
        "redeem": {"gokwik": {}},
        "bonuses": {"signup": {"coins": "100", "per_member": "1"}},
        "expiry": {"months": "12"},
    }
)


def found(
    *things: Thing, law: Rulebook = LAW, decided: str | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``mart_mismatches`` of a small world, and what it owes customers."""
    world = a_world(*things)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, law)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, law))
    rows = reconcile_members(facts, refunded, linked, world.members, law, AS_OF).leg_rows
    mart = mismatches(reconciliation(rows, world.orders, linked, world.member_keys, law), None, AS_OF)
    decision = mart.with_columns(decision=pl.lit(decided, pl.String))
    return mart, owed(decision, facts, refunded, linked, *_people(world))


def _people(world: World) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return world.orders, world.members, world.member_keys


def ready(*things: Thing) -> list[dict[str, Any]]:
    return import_lines(found(*things)[1], LAW, AS_OF).to_dicts()


def a_lead(lead_id: str | None = "lead-1", *, name: str = "M") -> Member:
    member = a_member(name)
    return dataclasses.replace(member, row={**member.row, "lead_id": lead_id})


GIFT = an_entry("import cr", 1000, NOON - 9 * DAY, tokens=["welcome"])
DEAD: tuple[Thing, ...] = (
    GIFT,
    an_order("7770001", subtotal=1000, loyalty=30, cancelled=NOON + DAY),
    an_entry("redeem dr", 300, order="7770001"),
)
"""300 coins were spent on an order that died, and never came back."""
EARNED = an_order("7770002", subtotal=1000, placed=NOON, delivered=NOON + 2 * DAY)
"""50 coins are due on the 15th, and were never credited."""


def test_a_line_to_import_says_whose_how_many_and_why_and_nothing_more() -> None:
    assert ready(*DEAD, a_lead()) == [
        {
            "lead_id": "lead-1",
            "amount": 300,
            "operation": "cr",
            "expire_in_days": 365,
            "reason": "Coins returned for order 7770001",
        }
    ]


def test_coins_that_never_expire_have_no_day_to_expire_on() -> None:
    forever = a_law({"redeem": {"gokwik": {}}})
    assert import_lines(found(*DEAD, a_lead())[1], forever, AS_OF)["expire_in_days"].to_list() == [None]


@pytest.mark.parametrize(
    ("things", "coins", "reason"),
    [
        pytest.param([EARNED], 50, "Coins earned on order 7770002", id="earn_missing"),
        pytest.param(
            [EARNED, an_entry("reward cr", 20, NOON + 6 * DAY, order="7770002")],
            30,
            "More coins earned on order 7770002",
            id="earn_amount",
        ),
        pytest.param(
            [
                an_order("7770003", subtotal=100, loyalty=10),
                an_entry("redeem dr", 100, order="7770003", entry_id="a"),
                an_entry("redeem dr", 100, order="7770003", entry_id="b"),
            ],
            100,
            "Coins returned for order 7770003",
            id="double_debit",
        ),
        pytest.param(
            [an_order("7770003"), an_entry("redeem dr", 200, order="7770003")],
            200,
            "Coins returned for order 7770003",
            id="debit_without_discount",
        ),
        pytest.param(
            [an_entry("redeem dr", 200, order="gone")],
            200,
            "Coins returned for a purchase that did not go through",
            id="debit_without_order",
        ),
        pytest.param(
            [an_entry("revert dr", 40, order="gone")], 40, "Coins given back", id="reversal of no known order"
        ),
        pytest.param([an_entry("expire dr", 70)], 70, "Coins that expired too early", id="expiry_early"),
    ],
)  # fmt: skip
def test_kinds_that_say_how_many_coins_are_missing_are_ready(
    things: Sequence[Thing], coins: int, reason: str
) -> None:
    (line,) = ready(GIFT, *things, a_lead())
    assert (line["amount"], line["reason"]) == (coins, reason)


def signup(coins: int) -> Entry:
    entry = an_entry("bonus cr", coins)
    return dataclasses.replace(entry, row={**entry.row, "bonus_name": "signup"})


def test_the_rest_of_a_bonus_is_ready() -> None:
    (line,) = ready(signup(60), a_lead())
    assert (line["amount"], line["reason"]) == (40, "The rest of a bonus")


AUTO: Order = an_order("7770004", subtotal=1000, loyalty=10, applied="auto")


@pytest.mark.parametrize(
    ("things", "reason"),
    [
        pytest.param(
            [GIFT, AUTO, an_entry("redeem dr", 100, order="7770004"), a_lead()],
            "owed as a discount, not as coins",
            id="under_redeemed",
        ),
        pytest.param(
            [GIFT, an_entry("adjust dr", 10), a_lead()],
            "nobody knows why the coins were removed",
            id="adjustment_unexplained",
        ),
        pytest.param(
            [an_entry("reward cr", 10, status="pending"), a_lead()],
            "post or cancel the pending entry instead",
            id="pending_stuck",
        ),
        pytest.param(
            [
                an_order("7770002", subtotal=1000, delivered=NOON + 2 * DAY, cancelled=NOON + 20 * DAY),
                a_lead(),
            ],
            "the order has died or was refunded since",
            id="dead after it was due",
        ),
        pytest.param(
            [EARNED, a_refund(100, NOON + 20 * DAY, order="7770002"), a_lead()],
            "the order has died or was refunded since",
            id="refunded after it was due",
        ),
        pytest.param(
            [
                an_order("7770002", subtotal=1000, loyalty=10, delivered=NOON + 2 * DAY),
                a_lead(),
            ],
            "coins were over-granted on the same order",
            id="a discount without a debit on the same order",
        ),
        pytest.param(
            [EARNED, an_entry("adjust cr", 10, NOON + 9 * DAY, tokens=["7770002"]), a_lead()],
            "a credit by hand may have made it good",
            id="support wrote the order into a credit",
        ),
        pytest.param(
            [EARNED, an_entry("import cr", 50, NOON + 9 * DAY), a_lead()],
            "a credit by hand may have made it good",
            id="as many coins were imported since",
        ),
        pytest.param([*DEAD], "no members export gives a lead_id", id="no members export"),
        pytest.param([*DEAD, a_lead(None)], "no members export gives a lead_id", id="a member without one"),
        pytest.param(
            [*DEAD, a_lead("lead-1"), a_lead("lead-2")], "one person has several lead_ids", id="two profiles"
        ),
        pytest.param(
            [*DEAD, a_lead("0123456789abcdef" * 2)],
            "the lead_id is a phone or an e-mail and is never written out",
            id="sealed",
        ),
        pytest.param(
            [an_entry("redeem dr", 200, order="gone", member=None)], "no member is known", id="nobody"
        ),
    ],
)  # fmt: skip
def test_what_a_person_must_decide_is_never_ready(things: Sequence[Thing], reason: str) -> None:
    _, rows = found(*things)
    assert reason in rows["by_hand"].to_list()
    assert import_lines(rows, LAW, AS_OF).is_empty()


@pytest.mark.parametrize(
    ("things", "coins"),
    [
        pytest.param(
            [EARNED, a_refund(100, NOON + 3 * DAY, order="7770002")], 45, id="refunded before it was due"
        ),
        pytest.param([EARNED, an_entry("import cr", 50, NOON - DAY)], 50, id="as many coins imported before"),
        pytest.param([EARNED, an_entry("adjust cr", 51, NOON + 9 * DAY)], 50, id="another number of coins"),
        pytest.param(
            [EARNED, dataclasses.replace(signup(100), member="other"), an_entry("reward cr", 50, member="other")],
            50,
            id="somebody else's",
        ),
    ],
)  # fmt: skip
def test_only_what_may_have_settled_it_holds_a_line_back(things: Sequence[Thing], coins: int) -> None:
    assert [line["amount"] for line in ready(*things, a_lead())] == [coins]


def test_a_line_that_was_imported_does_not_come_back() -> None:
    things: list[Thing] = [*DEAD, EARNED, an_entry("redeem dr", 200, order="gone"), a_lead()]
    before = ready(*things)
    assert sorted(line["amount"] for line in before) == [50, 200, 300]
    imported = [
        an_entry("import cr", line["amount"], AS_OF - DAY, tokens=line["reason"].lower().split())
        for line in before
    ]
    assert ready(*things, *imported) == []


def test_a_decision_not_to_pay_is_kept() -> None:
    _, rows = found(*DEAD, a_lead(), decided="wont_fix")
    assert rows["by_hand"].to_list() == ["decided: wont_fix"]
    assert found(*DEAD, a_lead(), decided="acknowledged")[1]["by_hand"].to_list() == [None]


def test_what_a_member_was_given_too_much_elsewhere_is_shown_and_not_netted() -> None:
    lucky: list[Thing] = [
        an_order("7770005", subtotal=2000, delivered=NOON + DAY),
        an_entry("reward cr", 180, NOON + 5 * DAY, order="7770005"),
    ]
    _, rows = found(*DEAD, *lucky, a_lead())
    assert rows.select("coins", "owed_paise", "over_granted_coins", "by_hand").rows() == [
        (300, 3000, 80, None)
    ]


def test_the_leak_list_holds_every_loss_once_by_kind_and_the_most_money_first() -> None:
    things: list[Thing] = [
        GIFT,
        an_order("A", subtotal=1000, loyalty=10, placed=NOON),
        an_order("B", subtotal=1000, loyalty=20, placed=NOON),
        an_entry("reward cr", 60, NOON + 9 * DAY, order="gone"),
        EARNED,
    ]
    mart, _ = found(*things, a_lead())
    lost = leaks(mart)
    assert lost.select("kind", "order_id", "lost_paise").rows() == [
        ("discount_without_debit", "B", 2000),
        ("discount_without_debit", "A", 1000),
        ("earn_orphan", None, 600),
    ]
    assert lost["lost_paise"].sum() == mart["effect_paise"].clip(lower_bound=0).sum()
    assert lost["entry_ids"].to_list()[-1].startswith("reward cr 60")
