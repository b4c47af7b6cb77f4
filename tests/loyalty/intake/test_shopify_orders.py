"""Shopify's export: one row a line item, the whole order on the first of them."""

import pytest

from tests.loyalty.intake.event_exports import line, rows_of, shopify
from tests.loyalty.intake.exports import counts, members, only, orders, reasons, staged

LATER = "2026-08-01 12:00:00 +0530"


def test_an_order_of_several_lines_is_one_order_whose_total_counts_once() -> None:
    told = staged(shopify({"Total": "120", "Lineitem price": "100"}, line(**{"Lineitem quantity": "2"})))
    order = rows_of(told, "stg_shopify_orders")
    assert order.select("order_name", "lines", "items", "lines_paise", "total_paise").rows() == [
        ("#1001", 2, 3, 12_000, 12_000)
    ]
    assert counts(told, "shopify.csv") == {"lines": 2, "accepted": 2}


def test_nothing_is_carried_over_to_the_next_order() -> None:
    told = staged(
        shopify({}, line(), {"Name": "#1002", "Id": "5102", "Total": "7", "Email": ""}, line("#1002"))
    )
    order = rows_of(told, "stg_shopify_orders")
    assert order.select("order_name", "total_paise", "lines").rows() == [
        ("#1001", 100_000, 2),
        ("#1002", 700, 2),
    ]


def test_a_line_whose_order_is_told_nowhere_is_quarantined() -> None:
    told = staged(shopify({}, line("#1002")))
    assert reasons(told) == ["Total: on no line of the order"]
    assert counts(told, "shopify.csv") == {"lines": 2, "accepted": 1, "quarantined": 1}


def test_a_first_line_that_cannot_be_read_takes_its_order_along() -> None:
    told = staged(shopify({"Total": "1e3"}, line()))
    assert reasons(told) == ["Total: not an amount in rupees", "Total: on no line of the order"]
    assert rows_of(told, "stg_shopify_orders").is_empty()


def test_an_order_without_a_date_is_quarantined() -> None:
    assert reasons(staged(shopify({"Created at": ""}))) == ["Created at: on no line of the order"]


def test_an_order_that_goes_over_the_edge_of_a_file_goes_on_in_the_next() -> None:
    told = staged(
        shopify({}, line(), file="1.csv"), shopify(line(), {"Name": "#1002", "Id": "5102"}, file="2.csv")
    )
    assert rows_of(told, "stg_shopify_orders")["lines"].to_list() == [3, 1]
    assert told.sources["duplicate"].sum() == 0


def test_the_end_of_an_order_that_is_whole_elsewhere_repeats_its_last_lines() -> None:
    whole = shopify(
        {}, line(**{"Lineitem price": "5"}), line(), {"Name": "#1002", "Id": "5102"}, file="1.csv"
    )
    told = staged(whole, shopify(line(), {"Name": "#1003", "Id": "5103"}, file="2.csv"))
    assert rows_of(told, "stg_shopify_orders")["lines"].to_list() == [3, 1, 1]
    assert counts(told, "2.csv") == {"lines": 2, "accepted": 1, "duplicate": 1}


def test_an_order_told_twice_in_one_file_is_told_once() -> None:
    told = staged(shopify({}, line(), {}, line()))
    assert rows_of(told, "stg_shopify_orders")["lines"].to_list() == [2]
    assert counts(told, "shopify.csv") == {"lines": 4, "accepted": 2, "duplicate": 2}


def test_of_two_tellings_of_an_order_the_later_file_counts() -> None:
    newer = {"Name": "#1002", "Id": "5102", "Created at": "2026-05-01 12:00:00 +0530"}
    told = staged(
        shopify({"Refunded Amount": "0"}, file="b.csv"),
        shopify({"Refunded Amount": "40"}, newer, file="a.csv"),
    )
    assert rows_of(told, "stg_shopify_orders")["refunded_paise"].to_list() == [4_000, 0]
    assert counts(told, "b.csv") == {"lines": 1, "superseded": 1}


def test_every_line_of_a_later_order_is_counted_as_later() -> None:
    told = staged(shopify({"Created at": LATER}, line()))
    assert rows_of(told, "stg_shopify_orders").is_empty()
    assert told.sources["later"].to_list() == [2]


def test_a_cancellation_after_the_as_of_has_not_happened() -> None:
    told = staged(shopify({"Cancelled at": LATER}))
    assert only(rows_of(told, "stg_shopify_orders"), "cancelled_at") is None


@pytest.mark.parametrize(
    ("shop", "gokwik", "way"),
    [
        ({}, {}, "id"),
        ({"Id": "5101.0"}, {"Shopify Order Name": "#9"}, "id"),
        ({"Id": ""}, {"Shopify Order Name": "1001"}, "name"),
        ({"Id": "77", "Name": "#kh-12"}, {"Shopify Order Name": "#KH-12"}, "name"),
        ({"Id": "", "Name": "#5101"}, {}, "name"),
        ({"Id": "9876543211"}, {"Merchant Order ID": "9876543211"}, "id"),
        ({"Id": "", "Name": "# 9876543211"}, {"Shopify Order Name": "9876543211"}, "name"),
        ({"Id": "77"}, {"Shopify Order Name": "#9"}, None),
    ],
)
def test_an_order_is_found_by_id_else_by_name(
    shop: dict[str, str], gokwik: dict[str, str], way: str | None
) -> None:
    told = staged(shopify(shop), orders(gokwik))
    found = rows_of(told, "stg_shopify_orders")
    assert found.select("order_no", "match_by").rows() == [(None if way is None else 0, way)]


def test_no_gokwik_order_is_two_shopify_orders() -> None:
    told = staged(shopify({"Name": "#9"}, {"Id": "77"}), orders({"Shopify Order Name": "#1001"}))
    found = rows_of(told, "stg_shopify_orders")
    assert found.select("order_name", "order_no").rows() == [("#1001", None), ("#9", 0)]


def test_two_orders_with_one_id_are_told_apart_by_their_names() -> None:
    told = staged(shopify({}, {"Name": "#1002"}), orders({"Shopify Order Name": "#1002"}))
    found = rows_of(told, "stg_shopify_orders")
    assert found.select("order_name", "order_no").rows() == [("#1001", None), ("#1002", 0)]


def test_an_id_in_scientific_notation_may_be_any_order() -> None:
    assert reasons(staged(shopify({"Id": "5.1E+12"}))) == ["Id: id in scientific notation"]


def test_a_totals_row_is_no_order() -> None:
    assert reasons(staged(shopify({"Name": "Total"}))) == ["Name: totals row"]


@pytest.mark.parametrize(
    ("cells", "is_gokwik"),
    [
        ({"Payment Method": "Gokwik UPI"}, True),
        ({"Payment Method": "", "Tags": "COD, GoKwik"}, True),
        ({"Payment Method": "", "Note Attributes": "gokwik_cid: 1\nutm_source: x"}, True),
        ({"Payment Method": "Shopify Payments", "Tags": "vip"}, False),
    ],
)
def test_gokwik_leaves_its_name_in_gateway_tag_or_note(cells: dict[str, str], is_gokwik: bool) -> None:
    assert only(rows_of(staged(shopify(cells)), "stg_shopify_orders"), "is_gokwik") is is_gokwik


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"Payment Method": "Gokwik Cards"}, "prepaid"),
        ({"Payment Method": "cash_on_delivery"}, "cod"),
        ({"Payment Method": "Cash on Delivery (COD)"}, "cod"),
        ({"Payment Method": "Gokwik PPCOD"}, "ppcod"),
        ({"Payment Method": "", "Financial Status": "pending"}, "cod"),
        ({"Payment Method": "", "Financial Status": "partially_paid"}, "ppcod"),
        ({"Payment Method": "", "Financial Status": "paid"}, "prepaid"),
    ],
)
def test_a_blank_method_on_a_pending_order_is_cod(cells: dict[str, str], kind: str) -> None:
    assert only(rows_of(staged(shopify(cells)), "stg_shopify_orders"), "payment_kind") == kind


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("COD, Converted to Prepaid Order #1002", ""),
        ("", "Converted from COD Order #1001, GoKwik"),
        ("converted to prepaid #1002", "Converted from COD #1001"),
        ("", "Converted from COD order 5101"),
    ],
)
def test_a_tag_of_either_order_says_which_cod_order_became_prepaid(first: str, second: str) -> None:
    told = staged(shopify({"Tags": first}, {"Name": "#1002", "Id": "5102", "Tags": second}))
    assert rows_of(told, "stg_shopify_orders")["prepaid_twin_no"].to_list() == [1, None]


def test_a_twin_that_is_in_no_file_or_itself_is_none() -> None:
    tags = ("Converted to Prepaid Order #1001", "Converted to Prepaid Order #9")
    for tag in tags:
        assert only(rows_of(staged(shopify({"Tags": tag})), "stg_shopify_orders"), "prepaid_twin_no") is None


def test_the_first_valid_phone_of_an_order_is_its_customer() -> None:
    told = staged(
        shopify({"Phone": "12", "Billing Phone": "'+91 98765 43210", "Email": ""}),
        members({}, {"mobile": "8123456789", "lead_id": "lead-2"}),
    )
    assert only(rows_of(told, "stg_shopify_orders"), "member_no") in told.members["member_no"]
    assert told.member_keys.height == 2


def test_a_customer_met_only_in_shopify_is_a_person_too() -> None:
    told = staged(shopify({"Phone": "7012345698", "Email": ""}), orders({}))
    assert told.member_keys.height == 2
    assert only(rows_of(told, "stg_shopify_orders"), "member_no") != only(told.orders, "member_no")


def test_the_longest_header_of_the_shop_has_no_unknown_column() -> None:
    told = staged(
        shopify(dict.fromkeys(("Billing Street", "Tax 5 Value", "Lineitem sku", "Payment References"), "x"))
    )
    assert told.sources["columns_unknown"].to_list() == [[]]
