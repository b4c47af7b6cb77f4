"""After the door nobody can be found: planted people, searched for in every byte of every frame (details P2)."""

import hashlib
import io
from collections.abc import Iterator

import polars as pl
import pytest

from loyalty.intake.stage import Staged
from tests.loyalty.intake.event_exports import answers, carts, checkouts, settlements, shopify, tickets
from tests.loyalty.intake.exports import a_table, entries, frames, members, orders, refunds, staged

PHONES = ("9876543210", "8123456789")
EMAILS = ("Asha.Raghunathan@example.in", "orders+dev@ghatkopar.example")
NAMES = ("Raghunathan", "Devyani", "Ghatkopar")
PLANTED = (
    *PHONES,
    "+91 98765 43210",
    "098765 43210",
    "98765-43210",
    *EMAILS,
    "Devyani Raghunathan",
    "12 Ghatkopar Road",
)


def spellings(text: str) -> set[str]:
    """A text as it may be found: as it is, and its digests without a key, whole and cut."""
    spelt = {
        text,
        text.lower(),
        f"91{text}",
        f"+91{text}",
        f"{text[:5]} {text[5:]}",
        f"{text[:5]}-{text[5:]}",
    }
    digests = {
        digest(each.encode()).hexdigest()
        for each in spelt
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)
    }
    return {each.lower() for each in spelt} | digests | {digest[:16] for digest in digests}


NEEDLES = {needle for text in (*PHONES, *EMAILS) for needle in spellings(text)} | {
    name.lower() for name in NAMES
}


def texts_of(frame: pl.DataFrame) -> Iterator[str]:
    yield frame.write_json().lower()
    yield " ".join(frame.columns).lower()
    data = io.BytesIO()
    frame.write_parquet(data, compression="uncompressed")
    yield data.getvalue().decode("latin-1").lower()


def found(told: Staged) -> set[tuple[str, str]]:
    return {
        (name, needle)
        for name, frame in frames(told).items()
        for text in texts_of(frame)
        for needle in NEEDLES
        if needle in text
    }


@pytest.mark.parametrize("planted", PLANTED)
def test_nobody_is_found_wherever_an_export_names_them(planted: str) -> None:
    free = {"Customer Name": planted, "Shipping Address": planted, "Notes": planted, planted: planted}
    told = staged(
        orders(
            {"Customer Phone": planted, "Customer Email": planted, "Coupon Code": planted, "Tags": planted, "Utm Source": planted, **free},
            {"Merchant Order ID": "2", "Checkout": planted, "Device": planted, "Loyalty Applied": planted, "Payment Method": planted},
            {"Merchant Order ID": "3", "Merchant Order Status": planted, "Order Shipment Status": planted, "Payment Status": planted},
            {"Merchant Order ID": "4", "Sub Total": planted, "Created At": planted, "Coins Used": planted, "Delivered At": planted},
            {"Merchant Order ID": "5", "Reward Transaction ID": planted, "GoKwik Order ID": planted, "Shopify Order Name": planted},
        ),
        entries(
            {"title": planted, "description": f"call {planted} about Devyani", "mobile": planted, "email": planted},
            {"_id": "w2", "lead_id": planted, "type": planted, "status": planted},
            {"_id": "w3", "reference_order_id": planted, "parent_id": planted, "hash": planted},
            {"_id": "w4", "amount": planted, "created_at": planted, "operation": planted, "wallet": planted, "expire": planted},
        ),
        members({"mobile": planted, "email": planted, "lead_id": planted, "tier": planted, "holdout": ""}, {"balance": f"{planted} coins"}),
        refunds({"Kind": planted}, {"Refund ID": "r2", "Amount": planted, "Refunded At": planted}),
        a_table(f"{planted},{planted}\n{planted},x\n", "nobody.csv"),
        shopify(
            {"Phone": planted, "Email": planted, "Tags": planted, "Note Attributes": planted, "Billing Name": planted, **free},
            {"Name": planted, "Id": planted, "Billing Phone": planted, "Shipping Phone": planted, "Financial Status": planted},
            {"Name": "#3", "Discount Code": planted, "Payment Method": planted, "Lineitem name": planted, "Notes": planted},
            {"Name": "#4", "Tags": f"Converted to Prepaid Order {planted}", "Total": planted, "Created at": planted},
        ),
        carts(
            {"Phone Number": planted, "Email ID": planted, "Customer Name": planted, "Drop Stage": planted, "Platform": planted},
            {"ID": planted, "Discount Code": planted, "Comment": planted, "Abandoned Cart Link": planted},
        ),
        checkouts(
            {"Phone": planted, "Email": planted, "Device": planted, "Merchant Order ID": planted},
            {"Checkout ID": planted, "Points Shown": "1"},
        ),
        settlements(
            {"Payment Id": planted, "Transaction RRN": planted, "Settlement UTR": planted, "Order Id": planted},
            {"Payment Method": planted, "Transaction Type": planted, "Settled By": planted, "Merchant Order Id": planted},
        ),
        tickets(
            {"Phone": planted, "Email": planted, "Subject": planted, "Body": planted, "Tags": planted, "Status": planted},
            {"Ticket ID": planted, "Merchant Order ID": planted, "Created At": planted},
        ),
        answers(
            {"Phone": planted, "Email": planted, "Comment": planted, "Merchant Order ID": planted},
            {"Response ID": planted, "Score": planted, "Scale": planted},
        ),
        a_table(f"Refund ID,Merchant Order ID,Refunded At,Amount\n{planted}\n", "ragged.csv"),
    )  # fmt: skip
    assert told.orders.height >= 3
    assert told.entries.height == 3
    assert all(rows.height for rows in told.events.values())
    assert found(told) == set()


def test_the_search_finds_people_where_they_are() -> None:
    told = staged(orders({"Merchant Order ID": PHONES[0]}))
    assert {needle for _, needle in found(told)} == {PHONES[0]}
    for text in (EMAILS[0].lower(), hashlib.sha256(PHONES[1].encode()).hexdigest()[:16], "Devyani"):
        assert any(needle in text.lower() for needle in NEEDLES)
