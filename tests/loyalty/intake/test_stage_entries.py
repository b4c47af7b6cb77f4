"""From a ledger export to staged entries, rule by rule."""

from typing import Any

import polars as pl
import pytest

from tests.loyalty.intake.exports import LATER, PHONE, entries, only, orders, staged, utc


def entry(**cells: str) -> dict[str, Any]:
    [row] = staged(entries(cells)).entries.to_dicts()
    return row


def test_an_entry_is_staged_with_sign_and_keys() -> None:
    row = entry(operation="DR", type="Redeem", amount="1,000", reference_order_id="#SH1.0", parent_id=" W2 ", hash="",
                wallet="", expire="2026-07-07", balance="(50)", title="Signup bonus")  # fmt: skip
    told = ("entry_no", "entry_id", "member_no", "wallet", "status", "type", "operation", "amount_coins", "signed_coins",
            "reference_key", "parent_key", "hash_key", "balance_coins", "has_text", "bonus_name", "text_tokens")  # fmt: skip
    assert [row[name] for name in told] == [
        0, "w1", 0, "coins", "posted", "redeem", "dr", 1000, -1000, "sh1", "w2", None, -50, True, "signup", [],
    ]  # fmt: skip
    assert row["expires_at"] == utc("2026-07-08T00:00+05:30")


@pytest.mark.parametrize(
    ("word", "status"),
    [("", "posted"), ("Success", "posted"), ("POSTED", "posted"), ("completed", "posted"), ("pending", "pending"),
     ("on-hold", "pending"), ("Reserve", "pending"), ("processing", "pending"), ("failed", "void"), ("whatever", "void")],
)  # fmt: skip
def test_an_entry_is_posted_pending_or_void(word: str, status: str) -> None:
    assert entry(status=word)["status"] == status


@pytest.mark.parametrize(
    ("word", "type_"), [("Reward", "reward"), ("", ""), ("swap", "other"), ("IMPORT", "import")]
)
def test_the_type_of_an_entry_is_a_known_word_other_or_blank(word: str, type_: str) -> None:
    assert entry(type=word)["type"] == type_


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"amount": "-5"}, "amount: must be unsigned"),
        ({"amount": "5.5"}, "amount: not whole coins"),
        ({"amount": ""}, "amount: blank"),
        ({"operation": "credited"}, "operation: neither cr nor dr"),
        ({"operation": ""}, "operation: blank"),
        ({"created_at": "1767225600"}, "created_at: not a date"),
        ({"wallet": "gold"}, "wallet: neither coins nor credits"),
        ({"_id": "1.5E+10"}, "_id: id in scientific notation"),
        ({"reference_order_id": "5.10E+12"}, "reference_order_id: id in scientific notation"),
        ({"lead_id": "7.1E+11"}, "lead_id: id in scientific notation"),
        ({"lead_id": "", "mobile": "-"}, "lead_id or mobile or email: blank"),
        ({"expire": "never"}, "expire: not a date"),
        ({"balance": "1.25"}, "balance: not whole coins"),
    ],
)
def test_an_entry_that_cannot_be_read_is_quarantined(cells: dict[str, str], reason: str) -> None:
    told = staged(entries(cells))
    assert told.quarantine["reason"].to_list() == [reason]
    assert told.entries.is_empty()


def test_an_entry_with_an_unreadable_phone_is_its_leads() -> None:
    told = staged(
        entries(
            {"_id": "w1"}, {"_id": "w2", "mobile": "12345"}, {"_id": "w3", "mobile": "12345", "lead_id": ""}
        )
    )
    assert told.entries["member_no"].is_null().to_list() == [False, False, True]
    assert told.entries["member_no"].n_unique() == 3


def test_entries_are_numbered_by_their_id() -> None:
    told = staged(
        entries({"_id": "b"}, {"_id": "a"}, {"_id": "B"}, {"_id": "c", "created_at": LATER})
    ).entries
    assert told.select("entry_no", "entry_id").rows() == [(0, "B"), (1, "a"), (2, "b")]


def test_of_a_text_those_tokens_stay_that_name_an_order() -> None:
    told = staged(
        orders({"Shopify Order Name": "#SH1"}, {"Merchant Order ID": "77", "Shopify Order Name": "#SH2"}),
        entries(
            {"title": "Redeemed on order #SH1", "description": "see 5101, sh2x and 77"},
            {"_id": "w2", "title": "SH9"},
        ),
    )
    named = told.references.filter(pl.col("token_seal").is_in(told.entries["text_tokens"][0].to_list()))
    assert named["reference_key"].to_list() == ["sh1"]
    assert told.entries["text_tokens"].list.len().to_list() == [1, 0]
    unknown = staged(entries({"title": "Redeemed on order #SH1"})).entries
    assert only(unknown, "text_tokens").to_list() == []


def test_every_name_of_an_order_is_a_reference() -> None:
    told = staged(
        orders({"Shopify Order Name": "#SH1.0", "GoKwik Order ID": " "}, {"Merchant Order ID": "12345"})
    )
    assert told.references.select("reference_key", "order_no", pl.col("token_seal").is_not_null()).rows() == [
        ("12345", 0, True), ("5101", 1, False), ("sh1", 1, True),
    ]  # fmt: skip


def test_a_reference_that_is_a_phone_is_sealed_on_both_sides_and_still_links() -> None:
    told = staged(
        orders({"Merchant Order ID": PHONE}), entries({"reference_order_id": f"#{PHONE}.0", "hash": "a@b.in"})
    )
    assert only(told.entries, "reference_key") == only(told.references, "reference_key")
    assert only(told.entries, "reference_key") != PHONE
    assert "@" not in only(told.entries, "hash_key")
