"""Exports beside orders and ledger, as short as their story; every other cell is that of a sound row."""

from collections.abc import Mapping

import polars as pl

from loyalty.intake.stage import Staged
from loyalty.intake.tables import TextTable
from tests.loyalty.intake.exports import PHONE, a_table, csv_text

Row = Mapping[str, str]

SHOPIFY = {
    "Name": "#1001",
    "Id": "5101",
    "Email": "asha@example.in",
    "Created at": "2026-04-10 12:00:00 +0530",
    "Total": "1000.00",
    "Payment Method": "Gokwik UPI",
    "Lineitem quantity": "1",
    "Lineitem price": "1000.00",
    "Phone": PHONE,
}
CART = {
    "ID": "c1",
    "Created At": "2026-04-10 12:00",
    "Phone Number": PHONE,
    "Amount": "700",
    "Drop Stage": "Payment Page",
}
CHECKOUT = {
    "Checkout ID": "k1",
    "Started At": "2026-04-10 12:00",
    "Completed At": "2026-04-10 12:05",
    "Merchant Order ID": "5101",
    "Phone": PHONE,
    "Points Shown": "300",
    "Points Applied": "100",
}
SETTLEMENT = {
    "Transaction Type": "Sale",
    "Payment Id": "KWIK1",
    "Order Id": "GK1",
    "Amount": "1000.00",
    "Credit": "980.00",
    "Transaction Date": "2026-04-10 12:05",
    "Merchant Order Id": "#1001",
    "Platform Order Id": "5101",
    "Settlement UTR": "UTR1",
    "Settlement Date": "2026-04-12",
}
TICKET = {
    "Ticket ID": "t1",
    "Created At": "2026-04-11 09:00",
    "Phone": PHONE,
    "Subject": "Cannot redeem my coins",
    "Status": "Open",
}
ANSWER = {
    "Response ID": "a1",
    "Answered At": "2026-04-12 09:00",
    "Phone": PHONE,
    "Merchant Order ID": "5101",
    "Score": "5",
    "Scale": "csat5",
}


def shopify(*rows: Row, file: str = "shopify.csv") -> TextTable:
    return a_table(csv_text([{**SHOPIFY, **row} for row in rows]), file)


def line(name: str = "#1001", **cells: str) -> Row:
    """A further line item of an order: nothing of the whole order stands there."""
    return {
        **dict.fromkeys(SHOPIFY, ""),
        "Name": name,
        "Lineitem quantity": "1",
        "Lineitem price": "10",
        **cells,
    }


def carts(*rows: Row, file: str = "carts.csv") -> TextTable:
    return a_table(csv_text([{**CART, **row} for row in rows]), file)


def checkouts(*rows: Row, file: str = "checkouts.csv") -> TextTable:
    return a_table(csv_text([{**CHECKOUT, **row} for row in rows]), file)


def settlements(*rows: Row, file: str = "settlements.csv") -> TextTable:
    return a_table(csv_text([{**SETTLEMENT, **row} for row in rows]), file)


def tickets(*rows: Row, file: str = "tickets.csv") -> TextTable:
    return a_table(csv_text([{**TICKET, **row} for row in rows]), file)


def answers(*rows: Row, file: str = "feedback.csv") -> TextTable:
    return a_table(csv_text([{**ANSWER, **row} for row in rows]), file)


def rows_of(told: Staged, table: str) -> pl.DataFrame:
    return told.events[table]
