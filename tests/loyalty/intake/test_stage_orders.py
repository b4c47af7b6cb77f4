"""From an orders export to staged orders, rule by rule."""

from typing import Any

import pytest

from loyalty.values.errors import UserError
from tests.loyalty.intake.exports import (
    AS_OF,
    LATER,
    a_table,
    counts,
    only,
    orders,
    reasons,
    refunds,
    settings,
    staged,
    utc,
)


def order(**cells: str) -> dict[str, Any]:
    """The staged row of one order, its column names written with ``_`` for blanks."""
    [row] = staged(orders({name.replace("_", " "): cell for name, cell in cells.items()})).orders.to_dicts()
    return row


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
    own = {"gokwik_orders": {"Grand Total": ["bill"]}}
    row = {"Bill": "1000", "Merchant Order Status": "On Hold - KYC"}
    export = orders(row, without=("Grand Total",), headers=own)
    told = staged(export, headers=own, words={"on hold kyc": "placed"})
    assert told.orders.select("grand_total_paise", "state").rows() == [(100000, "placed")]
    assert counts(staged(export), "orders.csv") == {"lines": 1, "quarantined": 1}
