"""What several files of a kind say together, files that are set aside, and cells that hold anything at all."""

import polars as pl
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from loyalty.contracts import marts, raw, raw_events, staged_events
from loyalty.contracts import staged as contracts
from loyalty.contracts.base import polars_schema
from loyalty.intake.kind import Kind
from loyalty.intake.kinds import GOKWIK_ORDERS, MEMBERS, NECTOR_LEDGER, REFUNDS
from loyalty.intake.tables import TextTable
from tests.loyalty.intake.exports import (
    LATER,
    a_table,
    counts,
    entries,
    frames,
    members,
    only,
    orders,
    refunds,
    staged,
)


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
        a_table("Response ID,Answered At,Score\n1,2026-01-01,5\n2,2026-01-01,4\n", "answers.csv"),
        orders({}, {}, without=("Grand Total",), file="short.csv"),
        orders({"grand_total": "5"}, file="twice.csv"),
        a_table("Asha,9876543210\nRavi,8123456789\n", "nobody.csv"),
        TextTable(file="note.pdf", sha256="x", fault="unsupported file"),
        TextTable(file="torn.xlsx", sha256="y", fault="cannot be read: CalamineError", records=1),
        a_table("", "empty.csv"),
    )
    assert told.sources.select("file", "kind", "lines", "quarantined", "reason").rows() == [
        ("answers.csv", "feedback", 2, 2, "feedback without the required column Scale"),
        ("empty.csv", None, 0, 0, "empty file"),
        ("nobody.csv", None, 1, 1, "not a known kind of export"),
        ("note.pdf", None, 0, 0, "unsupported file"),
        ("short.csv", "gokwik_orders", 2, 2, "gokwik_orders without the required column Grand Total"),
        ("torn.xlsx", None, 1, 1, "cannot be read: CalamineError"),
        ("twice.csv", "gokwik_orders", 1, 1, "the column Grand Total stands more than once"),
    ]
    assert told.quarantine["file"].to_list() == [
        "answers.csv", "nobody.csv", "note.pdf", "short.csv", "torn.xlsx", "twice.csv",
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
    straight, turned = frames(staged(*tables)), frames(staged(*tables[::-1]))
    assert straight.keys() == turned.keys()
    for name, frame in straight.items():
        assert frame.equals(turned[name], null_equal=True), name


def test_an_empty_inbox_gives_every_table_with_its_columns() -> None:
    told = frames(staged())
    contract = {
        "raw_files": raw.RawFiles, "raw_orders": raw.RawOrders, "raw_entries": raw.RawEntries, "raw_refunds": raw.RawRefunds,
        "raw_members": raw.RawMembers, "orders": contracts.StagedOrders, "entries": contracts.StagedEntries,
        "refunds": contracts.StagedRefunds, "members": contracts.StagedMembers, "member_keys": contracts.StagedMemberKeys,
        "references": contracts.StagedReferences, "sources": marts.Sources, "quarantine": marts.Quarantine,
        "raw_shopify__lines": raw_events.RawShopifyLines, "raw_gokwik__carts": raw_events.RawCarts,
        "raw_checkouts": raw_events.RawCheckouts, "raw_gokwik__settlements": raw_events.RawSettlements,
        "raw_tickets": raw_events.RawTickets, "raw_feedback": raw_events.RawFeedback,
        "stg_shopify_orders": staged_events.StagedShopifyOrders, "stg_carts": staged_events.StagedCarts,
        "stg_checkouts": staged_events.StagedCheckouts, "stg_settlements": staged_events.StagedSettlements,
        "stg_tickets": staged_events.StagedTickets, "stg_feedback": staged_events.StagedFeedback,
    }  # fmt: skip
    assert told.keys() == contract.keys()
    for name, frame in told.items():
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
