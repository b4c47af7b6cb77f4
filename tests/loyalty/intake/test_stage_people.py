"""From refunds and members exports to staged rows, and who is one person in all exports."""

import polars as pl
import pytest

from loyalty.intake.seal import Sealer
from tests.loyalty.intake.exports import (
    KEY,
    LATER,
    PHONE,
    counts,
    entries,
    members,
    only,
    orders,
    reasons,
    refunds,
    staged,
    utc,
)


def test_a_refund_belongs_to_a_known_order_by_the_as_of() -> None:
    told = staged(
        orders({}),
        refunds(
            {"Merchant Order ID": "#5101.0"},
            {"Refund ID": "r2", "Merchant Order ID": "9"},
            {"Refund ID": "r3", "Refunded At": LATER},
        ),
    )
    assert told.refunds.select("refund_id", "order_no", "amount_paise").rows() == [("r1", 0, 10000)]
    assert counts(told, "refunds.csv") == {"lines": 3, "accepted": 3}
    assert told.sources.filter(pl.col("kind") == "refunds")["later"].to_list() == [1]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Amount": "-5"}, "Amount: negative"),
        ({"Refunded At": ""}, "Refunded At: blank"),
        ({"Refund ID": ""}, "Refund ID: blank"),
    ],
)
def test_a_refund_that_cannot_be_read_is_quarantined(cells: dict[str, str], reason: str) -> None:
    assert reasons(staged(refunds(cells))) == [reason]


def test_members_are_staged_with_all_their_dates() -> None:
    told = staged(
        members(
            {"tier": " Gold ", "holdout": "yes", "joined_at": "2026-01-05"},
            {"as_of": LATER, "balance": "(10)", "tier": "Royal"},
            {"as_of": "", "balance": "", "tier": "", "holdout": ""},
        )
    )
    assert told.members.select("member_no", "lead_id", "tier", "balance_coins", "is_holdout").rows() == [
        (0, "lead-1", None, None, None), (0, "lead-1", "gold", 50, True), (0, "lead-1", "royal", -10, None),
    ]  # fmt: skip
    assert told.members["as_of"].to_list() == [None, utc("2026-06-30T12:00+05:30"), utc(LATER)]
    assert told.sources["later"].to_list() == [0]


def test_the_members_export_ties_phone_e_mail_and_lead() -> None:
    told = staged(
        members({"email": "Asha@Example.in"}),
        orders(
            {"Merchant Order ID": "1"},
            {"Merchant Order ID": "2", "Customer Phone": "", "Customer Email": "asha@example.in"},
        ),
        entries(
            {"_id": "w1", "mobile": ""},
            {"_id": "w2", "lead_id": "lead-2"},
            {"_id": "w3", "lead_id": "lead-2", "mobile": ""},
        ),
    )
    assert told.orders["member_no"].to_list() == [told.members["member_no"].item()] * 2
    first, second, third = told.entries["member_no"].to_list()
    assert first == second == told.members["member_no"].item() != third
    assert told.member_keys.height == 2


def test_the_key_of_a_person_is_the_keyed_hash_of_the_phone() -> None:
    told = staged(orders({}), members({}))
    assert told.member_keys.rows() == [(0, Sealer.of(KEY).seals(pl.Series([PHONE]), "phone")[0])]


def test_a_member_with_no_key_at_all_is_quarantined() -> None:
    told = staged(
        members(
            {"lead_id": "", "mobile": "123"},
            {"lead_id": "", "mobile": "", "email": "x"},
            {"lead_id": "", "mobile": ""},
        )
    )
    assert told.quarantine.select("line", "reason", "text").rows() == [
        (2, "lead_id or mobile or email: none is a key", "mobile: 999"),
        (3, "lead_id or mobile or email: none is a key", "mobile: "),
        (4, "lead_id or mobile or email: blank", "lead_id or mobile or email: "),
    ]


def test_a_lead_id_that_is_a_phone_is_not_shown() -> None:
    assert only(staged(members({"lead_id": PHONE})).members, "lead_id") != PHONE
