import pytest

from loyalty.intake.kinds import KINDS, checked_headers
from loyalty.intake.recognition import find_header, recognise
from loyalty.values.errors import UserError

ORDERS = [
    "Merchant Order ID", "Created At", "Customer Phone", "Sub Total", "Grand Total", "Payment Method",
    "Merchant Order Status",
]  # fmt: skip
LEDGER = ["_id", "lead_id", "amount", "operation", "created_at"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (ORDERS, "gokwik_orders"),
        (LEDGER, "nector_ledger"),
        (["lead_id", "tier", "balance"], "members"),
        (["lead_id", "tier", "available"], "members"),
        (["Refund ID", "Merchant Order ID", "Refunded At", "Amount", "Kind"], "refunds"),
        (["Name", "Email", "Total", "Lineitem price"], "shopify_orders"),
        (["ID", "Created At", "Phone Number", "Amount", "Drop Stage"], "gokwik_carts"),
        (["ID", "Abandoned Cart Link"], "gokwik_carts"),
        (["Checkout ID", "Started At", "Completed At", "Merchant Order ID"], "checkouts"),
        (["S. No.", "Order Id", "Amount", "Settlement UTR", "Merchant Order Id"], "gokwik_settlements"),
        (["Ticket ID", "Created At", "Subject", "Status"], "tickets"),
        (["Response ID", "Answered At", "Score", "Scale"], "feedback"),
    ],
)  # fmt: skip
def test_a_kind_is_known_by_its_signature(header: list[str], kind: str) -> None:
    found = recognise(header)
    assert found.kind is not None
    assert (found.kind.name, found.is_certain) == (kind, True)


def test_every_kind_of_the_contract_is_known() -> None:
    assert {kind.name for kind in KINDS} == {
        "gokwik_orders", "shopify_orders", "nector_ledger", "members", "refunds", "gokwik_carts", "checkouts",
        "gokwik_settlements", "tickets", "feedback",
    }  # fmt: skip


@pytest.mark.parametrize(
    "spelt", ["merchant_order_id", "MERCHANT ORDER ID", " Merchant.Order-Id ", "MerchantOrderID"]
)
def test_a_header_matches_whatever_its_case_blanks_underscores_dots_and_hyphens(spelt: str) -> None:
    assert recognise([spelt, *ORDERS[1:]]).columns["order_id"] == 0


@pytest.mark.parametrize(
    ("alias", "key"),
    [
        ("moid", "order_id"),
        ("Platform Order Id", "order_id"),
        ("Order Number", "order_name"),
        ("order_total", "grand_total_paise"),
        ("Nector Coins", "loyalty_paise"),
        ("rewards_info.transaction_id", "reward_ref"),
        ("Email ID", "email"),
        ("COD Fee", "cod_fee_paise"),
    ],
)
def test_an_alias_of_an_order_column_is_guessed(alias: str, key: str) -> None:
    header = [name for name in ORDERS if not (key == "order_id" and name == ORDERS[0])]
    header = [name for name in header if not (key == "grand_total_paise" and name == "Grand Total")]
    found = recognise([*header, alias])
    assert found.columns[key] == len(header)
    assert key in found.guessed


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("ticket_number,created_date,labels,mobile", ("ticket_id", "created_at", "tags", "phone")),
        ("response_id,submitted_at,rating,survey type,moid", ("answered_at", "score", "scale", "order_key")),
        (
            "checkout token,created_at,coins applied,cart_value",
            ("started_at", "points_applied", "subtotal_paise"),
        ),
        ("cart id,created at,drop_stage,mobile number,total", ("cart_id", "phone", "amount_paise")),
        (
            "payment_id,transaction_type,AMOUNT,transaction-date,settlement utr,Shopify Order Id",
            ("platform_key",),
        ),
        (
            "order_name,ID,created_at,total,lineitem_price,canceled at",
            ("order_name", "shopify_id", "cancelled_at"),
        ),
    ],
)
def test_the_other_kinds_have_aliases_too(header: str, column: tuple[str, ...]) -> None:
    found = recognise(header.split(","))
    assert found.fault is None
    assert found.unknown == ()
    assert set(column) <= set(found.columns)


def test_a_columns_own_name_is_preferred_to_an_alias() -> None:
    found = recognise(["status", *ORDERS, "Payment Mode"])
    assert found.columns["order_status"] == 1 + ORDERS.index("Merchant Order Status")
    assert found.unknown == (0, len(ORDERS) + 1)


def test_coins_used_is_a_count_and_never_a_discount() -> None:
    found = recognise([*ORDERS, "Coins Used"])
    assert "loyalty_paise" not in found.columns
    assert "coins_used" in found.columns


def test_an_import_template_is_no_members_export() -> None:
    assert recognise(["email", "mobile", "points_balance", "points_operation"]).kind is None


def test_a_file_without_a_required_column_is_a_guess_that_names_it() -> None:
    found = recognise([name for name in ORDERS if name != "Grand Total"])
    assert found.fault == "gokwik_orders without the required column Grand Total"
    assert not found.is_certain


def test_one_of_phone_and_e_mail_is_enough_and_none_is_not() -> None:
    by_mail = ["Customer Email" if name == "Customer Phone" else name for name in ORDERS]
    assert recognise(by_mail).fault is None
    assert recognise([name for name in ORDERS if name != "Customer Phone"]).missing == (
        "Customer Phone or Customer Email",
    )


def test_the_identity_of_an_entry_may_be_lead_or_phone() -> None:
    assert recognise(["_id", "mobile", "amount", "operation", "created_at"]).fault is None
    assert recognise([*LEDGER[:2], *LEDGER[3:]]).fault == "nector_ledger without the required column amount"


def test_a_header_that_stands_twice_is_a_fault_only_for_a_column_of_the_kind() -> None:
    assert recognise([*ORDERS, "grand_total"]).fault == "the column Grand Total stands more than once"
    assert recognise([*ORDERS, "Remark", "remark"]).fault is None


def test_a_tickets_export_needs_no_more_than_an_id_a_date_and_words() -> None:
    assert recognise(["Ticket ID", "Created At", "Tags"]).fault is None


def test_the_header_is_found_below_titles_and_above_the_rest() -> None:
    rows = [["GoKwik order report"], [], ["from", "to"], ORDERS, ["5101"]]
    assert find_header(rows) == 3
    assert find_header([["x"]] * 20 + [ORDERS]) is None
    assert find_header([["x"]] * 19 + [ORDERS]) == 19


def test_a_brands_own_header_means_its_column() -> None:
    extra = checked_headers({"gokwik_orders": {"Grand Total": ["Bill Value"]}})
    header = ["Bill Value" if name == "Grand Total" else name for name in ORDERS]
    assert recognise(header).kind is not recognise(ORDERS).kind or recognise(header).fault is not None
    assert recognise(header, extra).columns["grand_total_paise"] == ORDERS.index("Grand Total")
    assert recognise(header, extra).fault is None


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"orders": {}}, r"sources\.orders is no kind of export; the kinds are "),
        ({"members": {"Shoe size": ["size"]}}, r"sources\.members has no column Shoe size"),
    ],
)
def test_own_headers_must_name_a_kind_and_a_column(
    extra: dict[str, dict[str, list[str]]], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        checked_headers(extra)
