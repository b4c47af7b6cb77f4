"""From exports to staged frames, rule by rule."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from loyalty.contracts import marts, raw
from loyalty.contracts import staged as contracts
from loyalty.contracts.base import polars_schema
from loyalty.intake.kinds import GOKWIK_ORDERS, MEMBERS, NECTOR_LEDGER, REFUNDS, Kind
from loyalty.intake.seal import Sealer
from loyalty.intake.tables import TextTable
from loyalty.values.errors import UserError
from tests.loyalty.intake.exports import (
    AS_OF,
    KEY,
    PHONE,
    a_table,
    counts,
    entries,
    members,
    only,
    orders,
    reasons,
    refunds,
    settings,
    staged,
)

LATER = "2026-07-02T12:00:00+05:30"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def order(**cells: str) -> dict[str, Any]:
    """The staged row of one order, its column names written with ``_`` for blanks."""
    [row] = staged(orders({name.replace("_", " "): cell for name, cell in cells.items()})).orders.to_dicts()
    return row


def entry(**cells: str) -> dict[str, Any]:
    [row] = staged(entries(cells)).entries.to_dicts()
    return row


# --- orders ---------------------------------------------------------------------------------------


def test_an_order_is_staged_in_paise_and_utc() -> None:
    row = order(
        Sub_Total="1,23,456.50", Coupon_Discount="₹100", Other_Discount="Rs. 5", Prepaid_Discount="10.5",
        Loyalty_Discount="50", Coins_Used="500", Shipping_Charges="49", Cod_Charges="39", Tax="18.01", Grand_Total="1,23,400.00",
        Shopify_Order_Name="#SH1", GoKwik_Order_ID="GK1", Points_Shown="1,200", Device="iPhone App", Checkout="Rewards Page",
        Loyalty_Applied="Auto", Tags="vip, Wholesale", Reward_Transaction_ID="#W9.0", Confirmed_At="2026-04-10 12:05",
    )  # fmt: skip
    assert {name: value for name, value in row.items() if name.endswith("_paise")} == {
        "subtotal_paise": 12345650, "coupon_paise": 10000, "other_discount_paise": 500, "prepaid_discount_paise": 1050,
        "loyalty_paise": 5000, "shipping_paise": 4900, "cod_fee_paise": 3900, "tax_paise": 1801, "grand_total_paise": 12340000,
        "refunded_paise": None,
    }  # fmt: skip
    told = ("order_no", "order_id", "order_name", "gokwik_id", "member_no", "coins_used", "points_shown", "surface", "device",
            "apply_mode", "state", "payment_kind", "has_coupon", "skip_tags", "reward_ref")  # fmt: skip
    assert [row[name] for name in told] == [
        0, "5101", "#SH1", "GK1", 0, 500, 1200, "rewards_page", "other", "auto", "delivered", "prepaid", True, ["wholesale"], "w9",
    ]  # fmt: skip
    assert row["placed_at"] == utc("2026-04-10T06:30+00:00")
    assert row["latest_at"] == row["confirmed_at"] == utc("2026-04-10T06:35+00:00")


def test_amounts_that_are_blank_or_in_no_column_are_nothing() -> None:
    row = order(Coupon_Discount="", Shipping_Charges="NA", Tax="-")
    assert {row[name] for name in row if name.endswith("_paise")} == {0, 100000, None}
    assert (row["surface"], row["device"], row["apply_mode"], row["has_coupon"]) == (
        "gokwik",
        None,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("written", "order_id"),
    [("#5101", "5101"), (" 5101.0 ", "5101"), ("00123", "00123"), ("Ab-1", "Ab-1"), ("#A.0", "A")],
)
def test_an_order_id_is_as_written_without_hash_blanks_and_point_zero(written: str, order_id: str) -> None:
    assert order(Merchant_Order_ID=written)["order_id"] == order_id


def test_a_coupon_is_there_by_code_or_by_discount() -> None:
    assert order(Coupon_Code="SAVE10")["has_coupon"]
    assert order(Coupon_Discount="0.01")["has_coupon"]
    assert not order(Coupon_Code="NA", Coupon_Discount="0")["has_coupon"]


def test_without_a_loyalty_column_the_discount_is_what_nothing_else_explains() -> None:
    parts = {
        "Total_Discount": "150",
        "Coupon_Discount": "60",
        "Prepaid_Discount": "20",
        "Other_Discount": "10",
    }
    assert order(**parts)["loyalty_paise"] == 6000
    assert order(**parts | {"Total_Discount": "50"})["loyalty_paise"] == 0
    assert order(**parts, Loyalty_Discount="")["loyalty_paise"] == 0
    assert order()["loyalty_paise"] == 0


def test_each_file_decides_for_itself_whether_it_has_a_loyalty_column() -> None:
    told = staged(
        orders({"Merchant Order ID": "1", "Total Discount": "7"}, file="a.csv"),
        orders({"Merchant Order ID": "2", "Total Discount": "7", "Loyalty Discount": "3"}, file="b.csv"),
    ).orders
    assert told["loyalty_paise"].to_list() == [700, 300]


def test_a_blank_payment_method_is_cod_while_the_order_is_open() -> None:
    assert order(Payment_Method="", Merchant_Order_Status="Pending")["payment_kind"] == "cod"
    assert order(Payment_Method="", Merchant_Order_Status="Shipped")["payment_kind"] == "prepaid"


def test_an_order_after_the_as_of_is_accepted_and_left_out() -> None:
    told = staged(
        orders({}, {"Merchant Order ID": "5102", "Created At": LATER, "Customer Phone": "8123456789"})
    )
    assert told.orders["order_id"].to_list() == ["5101"]
    assert told.member_keys.height == 1
    assert counts(told, "orders.csv") == {"lines": 2, "accepted": 2}
    assert told.sources["later"].to_list() == [1]
    assert staged(orders({"Created At": AS_OF.isoformat()})).orders.height == 1


def test_what_happens_to_an_order_after_the_as_of_has_not_happened() -> None:
    row = order(Delivered_At="2026-04-14 10:00", Merchant_Order_Status="Refunded", Refunded_Amount="1000", Refunded_At=LATER,
                RTO_At=LATER, Cancelled_At=LATER, Confirmed_At="2026-04-11 10:00")  # fmt: skip
    assert row["state"] == "delivered"
    assert [row[name] for name in ("refunded_paise", "refunded_at", "rto_at", "cancelled_at")] == [None] * 4
    assert row["latest_at"] == utc("2026-04-14T10:00+05:30")


def test_a_refund_word_is_dated_by_the_refunds_export_where_it_names_the_order() -> None:
    refunded = orders({"Merchant Order Status": "Refunded"})
    assert only(staged(refunded, refunds({"Refunded At": LATER})).orders, "state") == "placed"
    assert only(staged(refunded, refunds({})).orders, "state") == "refunded"
    assert only(staged(refunded).orders, "state") == "refunded"


def test_the_last_refund_dates_the_word_refunded_and_the_first_the_word_partially_refunded() -> None:
    two = refunds({}, {"Refund ID": "r2", "Refunded At": LATER})
    assert only(staged(orders({"Merchant Order Status": "Refunded"}), two).orders, "state") == "placed"
    assert (
        only(staged(orders({"Merchant Order Status": "Partially Refunded"}), two).orders, "state")
        == "partially_refunded"
    )


def test_a_phone_else_an_e_mail_is_the_member_of_an_order() -> None:
    told = staged(
        orders(
            {"Merchant Order ID": "1", "Customer Email": "asha@example.in"},
            {"Merchant Order ID": "2", "Customer Phone": "+91 98765 43210"},
            {"Merchant Order ID": "3", "Customer Phone": "123", "Customer Email": "ASHA@example.in"},
            {"Merchant Order ID": "4", "Customer Phone": "9999999999"},
        )
    )
    numbers = told.orders["member_no"].to_list()
    assert numbers[0] == numbers[1] != numbers[2] is not None
    assert numbers[3] is None
    assert told.member_keys.height == 2


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Merchant Order ID": "5.12E+12"}, "Merchant Order ID: id in scientific notation"),
        ({"Shopify Order Name": "5.12E+12"}, "Shopify Order Name: id in scientific notation"),
        ({"Merchant Order ID": ""}, "Merchant Order ID: blank"),
        ({"Created At": "NA"}, "Created At: blank"),
        ({"Created At": "31/02/2026"}, "Created At: not a date"),
        ({"Delivered At": "soon"}, "Delivered At: not a date"),
        ({"Sub Total": "-1"}, "Sub Total: negative"),
        ({"Grand Total": "(1.00)"}, "Grand Total: negative"),
        ({"Grand Total": "1e3"}, "Grand Total: not an amount in rupees"),
        ({"Tax": "1.005"}, "Tax: more than two decimals"),
        ({"MRP Total": "#VALUE!"}, "MRP Total: not an amount in rupees"),
        ({"Coins Used": "1.5"}, "Coins Used: not whole coins"),
        ({"Coins Used": "-5"}, "Coins Used: must be unsigned"),
        ({"Merchant Order Status": ""}, "Merchant Order Status: blank"),
    ],
)
def test_a_row_with_a_cell_of_no_accepted_form_is_quarantined_whole(
    cells: dict[str, str], reason: str
) -> None:
    told = staged(orders({"Merchant Order ID": "1"}, {"Merchant Order ID": "2", **cells}))
    assert counts(told, "orders.csv") == {"lines": 2, "accepted": 1, "quarantined": 1}
    assert told.quarantine.select("file", "line", "reason").rows() == [("orders.csv", 3, reason)]
    assert told.orders["order_id"].to_list() == ["1"]


def test_a_totals_row_is_quarantined() -> None:
    told = staged(orders({}, {"Merchant Order ID": "Total", "Created At": "", "Merchant Order Status": ""}))
    assert "Merchant Order ID: totals row" in reasons(told)
    assert counts(told, "orders.csv") == {"lines": 2, "accepted": 1, "quarantined": 1}


def test_a_blank_phone_or_method_or_loyalty_cell_keeps_no_order_out() -> None:
    assert order(Customer_Phone="", Payment_Method="", Loyalty_Discount="")["member_no"] is None


def test_every_reason_against_a_row_is_told_with_the_shape_of_its_cell() -> None:
    told = staged(orders({"Sub Total": "12x.505", "Created At": "Asha 98"})).quarantine
    assert told.select("line", "reason", "text").rows() == [
        (2, "Created At: not a date", "Created At: aaaa 99"),
        (2, "Sub Total: not an amount in rupees", "Sub Total: 99a.999"),
    ]


def test_a_discount_that_no_amount_can_hold_is_quarantined() -> None:
    told = staged(orders({"Total Discount": "9999999999999", "Coupon Discount": "-9999999999999"}))
    assert reasons(told) == ["Total Discount: too large"]


def test_a_ragged_record_is_quarantined_with_its_line() -> None:
    sound = orders({}, {"Merchant Order ID": "5102"})
    text = "Merchant Order ID,Created At,Customer Phone,Sub Total,Grand Total,Payment Method,Merchant Order Status\n5101,x\n"
    told = staged(sound, a_table(text, "ragged.csv"))
    assert counts(told, "ragged.csv") == {"lines": 1, "quarantined": 1}
    assert told.quarantine.rows() == [("ragged.csv", 2, "2 fields where the header has 7", "9999,a")]


def test_a_month_first_file_and_a_day_first_file_are_each_read_their_own_way() -> None:
    told = staged(
        orders(
            {"Merchant Order ID": "1", "Created At": "04/05/2026"},
            {"Merchant Order ID": "2", "Created At": "04/25/2026"},
            file="a.csv",
        ),
        orders(
            {"Merchant Order ID": "3", "Created At": "04/05/2026"},
            {"Merchant Order ID": "4", "Created At": "25/04/2026"},
            file="b.csv",
        ),
    )
    assert told.orders["placed_at"].to_list() == [
        utc(f"2026-{day}T00:00+05:30") for day in ("04-05", "04-25", "05-04", "04-25")
    ]


def test_a_file_with_both_readings_is_read_day_first_and_the_rest_is_quarantined() -> None:
    told = staged(
        orders({"Created At": "25/06/2026"}, {"Merchant Order ID": "2", "Created At": "06/25/2026"})
    )
    assert told.sources["date_format"].to_list() == ["day_first"]
    assert counts(told, "orders.csv") == {"lines": 2, "accepted": 1, "quarantined": 1}


def test_the_zone_of_a_kind_is_a_setting() -> None:
    export = orders({"Created At": "2026-04-10 12:00"})
    assert only(staged(export, zones={"gokwik_orders": "UTC"}).orders, "placed_at") == utc(
        "2026-04-10T12:00+00:00"
    )
    assert only(staged(export, zones={"members": "UTC"}).orders, "placed_at") == utc("2026-04-10T12:00+05:30")


def test_a_zone_that_does_not_exist_is_a_users_error() -> None:
    with pytest.raises(UserError, match=r"zones\.members is Asia/Bombay-2, which is no zone"):
        settings(zones={"members": "Asia/Bombay-2"})


def test_own_headers_and_own_status_words_are_taken() -> None:
    export = orders({"Bill": "1000", "Merchant Order Status": "On Hold - KYC"}, without=("Grand Total",))
    told = staged(
        export, headers={"gokwik_orders": {"Grand Total": ["bill"]}}, words={"on hold kyc": "placed"}
    )
    assert told.orders.select("grand_total_paise", "state").rows() == [(100000, "placed")]
    assert counts(staged(export), "orders.csv") == {"lines": 1, "quarantined": 1}


# --- entries --------------------------------------------------------------------------------------


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


# --- refunds and members --------------------------------------------------------------------------


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


# --- files ----------------------------------------------------------------------------------------


def test_files_of_a_kind_add_up_and_an_unchanged_row_counts_once() -> None:
    told = staged(
        orders({"Merchant Order ID": "1", "Sub Total": "Rs. 50"}, {"Merchant Order ID": "2"}, file="a.csv"),
        orders({"Merchant Order ID": "#1.0", "Sub Total": "50.00", "Created At": "10/04/2026 12:00 PM", "Customer Phone": "+91-98765 43210"},
               {"Merchant Order ID": "3"}, file="b.csv"),
    )  # fmt: skip
    assert told.orders["order_id"].to_list() == ["1", "2", "3"]
    assert [counts(told, name) for name in ("a.csv", "b.csv")] == [
        {"lines": 2, "accepted": 2}, {"lines": 2, "accepted": 1, "duplicate": 1},
    ]  # fmt: skip


def test_a_later_export_of_a_row_supersedes_the_earlier_whatever_the_names() -> None:
    early = {"Merchant Order Status": "Shipped", "Confirmed At": "2026-04-10 13:00"}
    late = {
        "Merchant Order Status": "Delivered",
        "Confirmed At": "2026-04-10 13:00",
        "Delivered At": "2026-04-14 13:00",
    }
    for first, second in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        told = staged(orders(early, file=first), orders(late, file=second))
        assert only(told.orders, "state") == "delivered"
        assert counts(told, first) == {"lines": 1, "superseded": 1}
        assert counts(told, second) == {"lines": 1, "accepted": 1}


def test_a_larger_updated_value_wins_over_the_later_file() -> None:
    fixed = entries({"amount": "60", "updated_at": "2026-04-19"}, file="a.csv")
    stale = entries(
        {"amount": "50", "updated_at": "2026-04-18"}, {"_id": "w9", "created_at": "2026-06-01"}, file="b.csv"
    )
    told = staged(fixed, stale)
    assert told.entries["amount_coins"].to_list() == [60, 50]
    assert counts(told, "b.csv") == {"lines": 2, "accepted": 1, "superseded": 1}


def test_when_coins_expire_does_not_make_a_file_later() -> None:
    told = staged(
        entries({"amount": "50", "expire": "2035-01-01"}, file="a.csv"),
        entries(
            {"amount": "60", "expire": "2027-01-01"}, {"_id": "w2", "created_at": "2026-05-01"}, file="b.csv"
        ),
    )
    assert told.entries["amount_coins"].to_list() == [60, 50]


def test_a_quarantined_row_never_supersedes() -> None:
    told = staged(
        orders({}, file="a.csv"), orders({"Sub Total": "x", "Delivered At": "2026-06-01"}, file="b.csv")
    )
    assert only(told.orders, "subtotal_paise") == 100000
    assert counts(told, "b.csv") == {"lines": 1, "quarantined": 1}


def test_the_same_bytes_under_two_names_count_all_lines_as_duplicates() -> None:
    rows: tuple[dict[str, str], ...] = ({}, {"Merchant Order ID": "2", "Sub Total": "x"})
    told = staged(orders(*rows, file="b.csv"), orders(*rows, file="a.csv"))
    assert counts(told, "a.csv") == {"lines": 2, "accepted": 1, "quarantined": 1}
    assert counts(told, "b.csv") == {"lines": 2, "duplicate": 2}
    assert told.sources["sha256"].n_unique() == 1
    assert told.quarantine["file"].to_list() == ["a.csv"]


def test_members_are_known_by_lead_or_phone_and_date() -> None:
    told = staged(
        members({"balance": "1"}, {"balance": "2", "as_of": "2026-05-31"}, file="a.csv"),
        members(
            {"balance": "3"}, {"lead_id": "", "balance": "4"}, {"balance": "1", "as_of": LATER}, file="b.csv"
        ),
    )
    assert sorted(told.members["balance_coins"]) == [1, 2, 3, 4]
    assert counts(told, "a.csv") == {"lines": 2, "accepted": 1, "superseded": 1}


def test_a_file_set_aside_whole_is_quarantined_with_its_lines_and_a_reason() -> None:
    told = staged(
        a_table("Ticket ID,Created At,Subject\n1,2026-01-01,Asha\n2,2026-01-01,x\n", "tickets.csv"),
        orders({}, {}, without=("Grand Total",), file="short.csv"),
        orders({"grand_total": "5"}, file="twice.csv"),
        a_table("Asha,9876543210\nRavi,8123456789\n", "nobody.csv"),
        TextTable(file="note.pdf", sha256="x", fault="unsupported file"),
        TextTable(file="torn.xlsx", sha256="y", fault="cannot be read: CalamineError", records=1),
        a_table("", "empty.csv"),
    )
    assert told.sources.select("file", "kind", "lines", "quarantined", "reason").rows() == [
        ("empty.csv", None, 0, 0, "empty file"),
        ("nobody.csv", None, 1, 1, "not a known kind of export"),
        ("note.pdf", None, 0, 0, "unsupported file"),
        ("short.csv", "gokwik_orders", 2, 2, "gokwik_orders without the required column Grand Total"),
        ("tickets.csv", "tickets", 2, 2, "tickets exports are not read yet"),
        ("torn.xlsx", None, 1, 1, "cannot be read: CalamineError"),
        ("twice.csv", "gokwik_orders", 1, 1, "the column Grand Total stands more than once"),
    ]
    assert told.quarantine["file"].to_list() == [
        "nobody.csv", "note.pdf", "short.csv", "tickets.csv", "torn.xlsx", "twice.csv",
    ]  # fmt: skip
    assert told.quarantine["line"].unique().to_list() == [0]
    assert told.orders.is_empty()


def test_the_order_in_which_files_are_given_says_nothing() -> None:
    tables = [
        orders({}, file="a.csv"),
        entries({}),
        members({}),
        refunds({}),
        orders({"Sub Total": "7"}, file="b.csv"),
    ]
    straight, turned = staged(*tables), staged(*tables[::-1])
    for name, frame in vars(straight).items():
        assert frame.equals(getattr(turned, name), null_equal=True), name


def test_an_empty_inbox_gives_every_table_with_its_columns() -> None:
    told = staged()
    contract = {
        "raw_files": raw.RawFiles, "raw_orders": raw.RawOrders, "raw_entries": raw.RawEntries, "raw_refunds": raw.RawRefunds,
        "raw_members": raw.RawMembers, "orders": contracts.StagedOrders, "entries": contracts.StagedEntries,
        "refunds": contracts.StagedRefunds, "members": contracts.StagedMembers, "member_keys": contracts.StagedMemberKeys,
        "references": contracts.StagedReferences, "sources": marts.Sources, "quarantine": marts.Quarantine,
    }  # fmt: skip
    assert vars(told).keys() == contract.keys()
    for name, frame in vars(told).items():
        assert frame.is_empty()
        assert dict(frame.schema) == polars_schema(contract[name]), name


# --- anything at all ------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["", "NA", "0", "1", "-1", "1e3", "5.1E+12", "9876543210", "2026-02-30", "25/12/2026", "46025", "cr", "Delivered", "true", "#", "Total",
     "9" * 40, "a@b.in", "\x00", "₹1,23,456.00", "x;y,z", "  ", "|", "\u202e", "1000000000000000"]
)  # fmt: skip
CELL = WORDS | st.text(max_size=8)


def any_rows(kind: Kind) -> st.SearchStrategy[list[dict[str, str]]]:
    columns = {column.name: CELL for column in kind.columns}
    return st.lists(st.fixed_dictionaries({}, optional=columns), max_size=6)


@settings_of_hypothesis(max_examples=25)
@given(any_rows(GOKWIK_ORDERS), any_rows(NECTOR_LEDGER), any_rows(REFUNDS), any_rows(MEMBERS))
def test_no_cell_at_all_makes_intake_stumble_or_lose_a_line(
    order_rows: list[dict[str, str]],
    entry_rows: list[dict[str, str]],
    refund_rows: list[dict[str, str]],
    member_rows: list[dict[str, str]],
) -> None:
    tables = [orders(*order_rows), entries(*entry_rows), refunds(*refund_rows), members(*member_rows)]
    told = staged(*tables)
    for table in tables:
        assert sum(counts(told, table.file).values()) == 2 * table.records
    quarantined = told.quarantine.filter(pl.col("line") > 0).select("file", "line").n_unique()
    assert quarantined == told.sources.filter(pl.col("reason").is_null())["quarantined"].sum()
