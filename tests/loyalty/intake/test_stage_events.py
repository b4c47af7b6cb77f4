"""Carts, checkouts, settlements, tickets and answers: read like any other export."""

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from loyalty.intake.event_kinds import EVENT_KINDS
from loyalty.intake.tables import TextTable
from tests.loyalty.intake.event_exports import (
    answers,
    carts,
    checkouts,
    rows_of,
    settlements,
    shopify,
    tickets,
)
from tests.loyalty.intake.exports import (
    AS_OF,
    PHONE,
    a_table,
    counts,
    csv_text,
    entries,
    frames,
    only,
    orders,
    reasons,
    staged,
)

LATER = "2026-08-01 12:00"
EARLIER = {"Created At": "2026-04-01 12:00"}
MAKERS: dict[str, tuple[Callable[..., TextTable], str, str]] = {
    "stg_carts": (carts, "ID", "Created At"),
    "stg_checkouts": (checkouts, "Checkout ID", "Started At"),
    "stg_tickets": (tickets, "Ticket ID", "Created At"),
    "stg_feedback": (answers, "Response ID", "Answered At"),
    "stg_settlements": (settlements, "Payment Id", "Transaction Date"),
}

every_kind = pytest.mark.parametrize(
    ("table", "make", "key", "date"), [(name, *told) for name, told in MAKERS.items()], ids=MAKERS
)


@every_kind
def test_a_row_seen_again_unchanged_counts_once(
    table: str, make: Callable[..., TextTable], key: str, date: str
) -> None:
    told = staged(make({}, {}, {key: "other"}, file="x.csv"), make({}, file="y.csv"))
    assert rows_of(told, table).height == 2
    assert counts(told, "x.csv") == {"lines": 3, "accepted": 2, "duplicate": 1}
    assert counts(told, "y.csv") == {"lines": 1, "duplicate": 1}


@every_kind
def test_a_row_after_the_as_of_is_left_out_and_counted_as_later(
    table: str, make: Callable[..., TextTable], key: str, date: str
) -> None:
    told = staged(make({date: LATER}, file="x.csv"))
    assert rows_of(told, table).is_empty()
    assert told.sources.select("accepted", "later").rows() == [(1, 1)]
    assert told.member_keys.is_empty()


@every_kind
def test_a_row_without_its_id_or_its_date_is_quarantined(
    table: str, make: Callable[..., TextTable], key: str, date: str
) -> None:
    told = staged(make({key: "-"}, {date: "31/02/2026"}, {key: "other", date: ""}, file="x.csv"))
    assert reasons(told) == [f"{key}: blank", f"{date}: not a date", f"{date}: blank"]
    assert counts(told, "x.csv") == {"lines": 3, "quarantined": 3}


@every_kind
def test_an_id_in_scientific_notation_is_quarantined(
    table: str, make: Callable[..., TextTable], key: str, date: str
) -> None:
    assert reasons(staged(make({key: "5.1E+12"}))) == [f"{key}: id in scientific notation"]


@every_kind
def test_instants_without_a_zone_are_in_the_zone_of_the_kind(
    table: str, make: Callable[..., TextTable], key: str, date: str
) -> None:
    kind = staged(make({})).sources["kind"].item()
    moved = staged(make({date: "2026-04-10 12:00"}), zones={kind: "UTC"})
    instants = [
        name
        for name, dtype in rows_of(moved, table).schema.items()
        if isinstance(dtype, pl.Datetime) and not name.startswith(("completed", "settled"))
    ]
    assert rows_of(moved, table)[instants[0]].item() == dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)


def test_everybody_is_the_person_of_their_phone() -> None:
    told = staged(orders({}), carts({}), checkouts({}), tickets({}), answers({}), shopify({}), entries({}))
    assert told.member_keys.height == 1
    people = [
        frame["member_no"].to_list() for name, frame in told.events.items() if name != "stg_settlements"
    ]
    assert people == [[0]] * 5


def test_people_met_nowhere_else_are_members_all_the_same() -> None:
    told = staged(
        carts({"Phone Number": "7012345698"}),
        checkouts({"Phone": "7012345699"}),
        tickets({"Phone": "", "Email": "a@b.in"}),
        answers({"Phone": "9999999999"}),
    )
    assert told.member_keys.height == 3
    assert only(rows_of(told, "stg_feedback"), "member_no") is None


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ("Payment Page", "payment"), ("address_page", "address"), ("OTP screen", "login"), ("Shipping", "shipping"),
        ("Offers", "offers"), ("Priya", "other"), ("", None),
    ],
)  # fmt: skip
def test_a_drop_stage_is_a_word_of_a_fixed_list(said: str, stage: str | None) -> None:
    assert only(rows_of(staged(carts({"Drop Stage": said})), "stg_carts"), "drop_stage") == stage


def test_a_cart_keeps_its_money_and_whether_it_had_a_coupon() -> None:
    told = staged(
        carts({"Amount": "₹1,200.50", "Discount Total": "20", "Discount Code": "SAVE", "Platform": "Android"})
    )
    cart = rows_of(told, "stg_carts")
    assert cart.select("amount_paise", "discount_paise", "has_coupon", "device").rows() == [
        (120_050, 2_000, True, "mobile")
    ]


def test_a_checkout_knows_the_order_that_it_ended_in() -> None:
    told = staged(checkouts({}, {"Checkout ID": "k2", "Merchant Order ID": "77"}), orders({}))
    found = rows_of(told, "stg_checkouts")
    assert found.select("checkout_id", "order_no", "has_order", "points_shown", "points_applied").rows() == [
        ("k1", 0, True, 300, 100),
        ("k2", None, True, 300, 100),
    ]


def test_a_checkout_that_ended_after_the_as_of_has_not_ended() -> None:
    found = rows_of(staged(checkouts({"Completed At": LATER}), orders({})), "stg_checkouts")
    assert found.select("completed_at", "order_no", "has_order").rows() == [(None, None, False)]


@pytest.mark.parametrize(
    "names",
    [
        {"Platform Order Id": "5101", "Merchant Order Id": "", "Order Id": ""},
        {"Platform Order Id": "", "Merchant Order Id": "#kh-1", "Order Id": ""},
        {"Platform Order Id": "", "Merchant Order Id": "", "Order Id": "gk1"},
        {"Platform Order Id": "999", "Merchant Order Id": "KH-1", "Order Id": ""},
    ],
)
def test_a_settlement_finds_its_order_by_any_of_its_names(names: dict[str, str]) -> None:
    told = staged(settlements(names), orders({"Shopify Order Name": "#KH-1", "GoKwik Order ID": "GK1"}))
    assert only(rows_of(told, "stg_settlements"), "order_no") == 0


def test_a_refund_is_a_transaction_of_its_own_and_money_is_never_negative() -> None:
    refund = {
        "Transaction Type": "Refund",
        "Amount": "-200",
        "Debit": "200",
        "Credit": "",
        "Settlement Date": "",
    }
    told = staged(settlements({}, {**refund, "Settlement UTR": ""}))
    found = rows_of(told, "stg_settlements").sort("transaction_type")
    assert found.select("transaction_type", "amount_paise", "debit_paise", "credit_paise", "utr").rows() == [
        ("refund", 20_000, 20_000, 0, None),
        ("sale", 100_000, 0, 98_000, "UTR1"),
    ]


def test_what_is_settled_later_supersedes_itself() -> None:
    open_line = {"Settlement UTR": "", "Settlement Date": ""}
    told = staged(settlements(open_line, file="a.csv"), settlements({}, file="b.csv"))
    assert only(rows_of(told, "stg_settlements"), "utr") == "UTR1"
    assert counts(told, "a.csv") == {"lines": 1, "superseded": 1}


def test_what_is_settled_after_the_as_of_is_not_settled() -> None:
    found = rows_of(staged(settlements({"Settlement Date": "2026-08-02"})), "stg_settlements")
    assert found.select("settled_at", "utr").rows() == [(None, None)]


def test_fees_and_their_tax_are_added_up() -> None:
    more = {"Fee": "20", "Additional Fees": "1.50", "Tax": "3.60", "Additional Tax": ""}
    found = rows_of(staged(settlements(more)), "stg_settlements")
    assert found.select("fee_paise", "tax_paise").rows() == [(2_150, 360)]


def test_a_ticket_opened_again_is_the_same_ticket() -> None:
    told = staged(
        tickets({}, file="a.csv"), tickets({"Status": "Reopened", "Updated At": "2026-05-01"}, file="b.csv")
    )
    assert rows_of(told, "stg_tickets").height == 1
    assert counts(told, "a.csv") == {"lines": 1, "superseded": 1}


@pytest.mark.parametrize(
    ("subject", "body", "order"),
    [
        ("About order #KH-1", "", 0),
        ("", "please help, 5101000000001 is late", 0),
        ("", "orders KH-1 and KH-2", None),
        ("About #12", "", None),
        ("no order", "", None),
    ],
)
def test_a_ticket_belongs_to_the_only_order_that_its_words_name(
    subject: str, body: str, order: int | None
) -> None:
    told = staged(
        tickets({"Subject": subject, "Body": body}),
        orders(
            {"Merchant Order ID": "5101000000001", "Shopify Order Name": "#KH-1"},
            {"Merchant Order ID": "5102000000001", "Shopify Order Name": "#KH-2"},
        ),
    )
    assert only(rows_of(told, "stg_tickets"), "order_no") == order


def test_the_column_of_a_ticket_goes_before_its_words() -> None:
    told = staged(
        tickets({"Subject": "my other order 5102000000001", "Merchant Order ID": "5101000000001"}),
        orders({"Merchant Order ID": "5101000000001"}, {"Merchant Order ID": "5102000000001"}),
    )
    assert only(rows_of(told, "stg_tickets"), "order_no") == 0


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Score": "6"}, "Score: outside its scale"),
        ({"Score": "0"}, "Score: outside its scale"),
        ({"Score": "11", "Scale": "nps"}, "Score: outside its scale"),
        ({"Score": "4.5"}, "Score: not a whole number"),
        ({"Score": "-1"}, "Score: below zero"),
        ({"Score": "good"}, "Score: not a number"),
        ({"Score": ""}, "Score: blank"),
        ({"Scale": "stars"}, "Scale: neither csat5 nor nps"),
        ({"Scale": ""}, "Scale: blank"),
    ],
)
def test_a_score_outside_its_scale_is_quarantined(cells: dict[str, str], reason: str) -> None:
    assert reasons(staged(answers(cells))) == [reason]


@pytest.mark.parametrize(("score", "scale"), [("1", "CSAT5"), ("5", "csat5"), ("0", "NPS"), ("10", "nps")])
def test_both_ends_of_a_scale_belong_to_it(score: str, scale: str) -> None:
    assert only(rows_of(staged(answers({"Score": score, "Scale": scale})), "stg_feedback"), "score") == int(
        score
    )


def test_no_word_of_a_customer_gets_past_the_door() -> None:
    said = "Devyani of Silver Oak says hello"
    told = staged(
        tickets({"Subject": said, "Body": said, "Tags": said, "Status": said}),
        answers({"Comment": said}),
        carts({"Drop Stage": said, "Platform": said, "Customer Name": said}),
        shopify({"Billing Name": said, "Tags": said, "Note Attributes": said, "Payment Method": said}),
        settlements({"Payment Method": said, "Transaction Type": said}),
    )
    for name, frame in frames(told).items():
        text = frame.write_json().lower()
        assert "devyani" not in text, name
        assert "silver" not in text, name
        assert PHONE not in text, name


# --- anything at all ------------------------------------------------------------------------------

CELL = st.sampled_from(
    ["", "NA", "0", "1", "-1", "1e3", "5.1E+12", "9876543210", "2026-02-30", "25/12/2026", "#1001", "Total", "9" * 40,
     "a@b.in", "\x00", "₹1,23,456.00", "csat5", "Converted to Prepaid Order #1001", "|", "1000000000000000"]
) | st.text(max_size=8)  # fmt: skip


@settings_of_hypothesis(max_examples=25)
@given(st.data())
def test_no_cell_at_all_makes_the_new_doors_stumble_or_lose_a_line(data: st.DataObject) -> None:
    tables = []
    for kind in EVENT_KINDS:
        columns = {column.name: CELL for column in kind.columns if column.form != "unread"}
        drawn = data.draw(st.lists(st.fixed_dictionaries({}, optional=columns), max_size=6))
        whole = dict.fromkeys(columns, "")
        tables.append(a_table(csv_text([{**whole, **row} for row in drawn]), f"{kind.name}.csv"))
    told = staged(*tables, as_of=AS_OF)
    for file in told.sources["file"]:
        counts(told, file)
