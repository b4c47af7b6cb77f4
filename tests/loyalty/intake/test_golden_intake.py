"""Golden homes through the door, against a reading of the same files one cell at a time."""

import csv
import datetime as dt
import json
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from loyalty.intake.settings import Intake
from loyalty.intake.stage import Staged, stage
from loyalty.intake.states import STATUS_WORDS
from resources.inbox import read_inbox
from tests.builders import a_rulebook
from tests.loyalty.intake.exports import KEY, counts

GOLDEN = Path(__file__).parents[2] / "golden"
HOMES = sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())
IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
Row = dict[str, str]


@cache
def through_the_door(name: str) -> Staged:
    home = GOLDEN / name / "home"
    law = a_rulebook(*(path.read_text() for path in sorted((home / "rules").glob("*.yaml"))))
    as_of = dt.datetime.fromisoformat(json.loads((GOLDEN / name / "about.json").read_text())["as_of"])
    return stage(read_inbox(home / "inbox"), Intake.of(KEY, law), as_of)


@cache
def rows(name: str, kind: str) -> list[Row]:
    """The distinct rows of the files of a kind."""
    seen = {}
    for path in sorted((GOLDEN / name / "home" / "inbox").glob(f"{kind}*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                seen[tuple(row.values())] = row
    return list(seen.values())


def paise(text: str) -> int:
    digits = re.sub(r"[₹,]|Rs\.|\s", "", text)
    return int(Decimal(digits or "0") * 100)


def instant(text: str) -> dt.datetime | None:
    if text in ("", "NA"):
        return None
    form = "%d-%m-%Y %H:%M" if text[2] == "-" else None
    at = dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text.replace(" +", "+"))  # noqa: DTZ007
    return (at if at.tzinfo else at.replace(tzinfo=IST)).astimezone(dt.UTC)


def phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)[-10:]
    return digits if len(digits) == 10 else ""


def state(row: Row) -> str:
    words = [
        row[name].lower().replace(" - ", "_").replace(" ", "_")
        for name in ("Merchant Order Status", "Order Shipment Status")
    ]
    states = [STATUS_WORDS.get(word, "unknown") for word in words if word]
    if row["Payment Status"] == "Partially Refunded":
        states.append("partially_refunded")
    ladder = [
        "placed",
        "confirmed",
        "shipped",
        "delivered",
        "partially_refunded",
        "refunded",
        "returned",
        "rto",
        "cancelled",
        "failed",
        "unknown",
    ]
    return max(states, key=ladder.index)


@pytest.mark.parametrize("name", HOMES)
def test_every_line_of_a_golden_file_has_one_fate_and_none_is_refused(name: str) -> None:
    told = through_the_door(name)
    assert told.quarantine.is_empty()
    for file in told.sources["file"]:
        with (GOLDEN / name / "home" / "inbox" / file).open(newline="", encoding="utf-8") as lines:
            records = sum(1 for _ in csv.reader(lines)) - 1
        assert counts(told, file)["lines"] == records
    assert counts(told, "ledger-2.csv")["duplicate"] == 40
    assert told.sources["duplicate"].sum() == 40
    assert told.sources["columns_unknown"].list.len().sum() == 0


@pytest.mark.parametrize("name", HOMES)
def test_every_golden_order_is_read_as_it_stands(name: str) -> None:
    orders = through_the_door(name).orders
    read = {row["order_id"]: row for row in orders.iter_rows(named=True)}
    expected = rows(name, "orders")
    assert set(read) == {row["Merchant Order ID"] for row in expected}
    for row in expected:
        got = read[row["Merchant Order ID"]]
        amounts = {"subtotal": "Sub Total", "grand_total": "Grand Total", "loyalty": "Loyalty Discount", "coupon": "Coupon Discount",
                   "prepaid_discount": "Prepaid Discount", "shipping": "Shipping Charges", "cod_fee": "Cod Charges", "tax": "Tax"}  # fmt: skip
        assert {key: got[f"{key}_paise"] for key in amounts} == {
            key: paise(row[column]) for key, column in amounts.items()
        }
        assert got["placed_at"] == instant(row["Created At"])
        assert got["delivered_at"] == instant(row["Delivered At"])
        assert got["state"] == state(row)
        assert got["reward_ref"] == (row["Reward Transaction ID"].lower() or None)
        assert got["coins_used"] == (int(row["Coins Used"]) if row["Coins Used"] else None)


@pytest.mark.parametrize("name", HOMES)
def test_every_golden_entry_is_read_as_it_stands(name: str) -> None:
    told = through_the_door(name)
    expected = rows(name, "ledger")
    read = {row["entry_id"]: row for row in told.entries.iter_rows(named=True)}
    assert set(read) == {row["_id"] for row in expected}
    known = set(told.references["reference_key"])
    for row in expected:
        got = read[row["_id"]]
        assert got["signed_coins"] == int(row["amount"]) * (1 if row["operation"] == "cr" else -1)
        assert got["created_at"] == instant(row["created_at"])
        assert got["reference_key"] == (
            re.sub(r"\.0$", "", row["reference_order_id"].lower().lstrip("#")) or None
        )
        assert got["balance_coins"] == (int(row["balance"]) if row["balance"] else None)
        names = [token for token in re.findall(r"[\w-]+", row["title"].lower()) if token in known]
        assert len(got["text_tokens"]) == len(names)


@pytest.mark.parametrize("name", HOMES)
def test_people_are_told_apart_as_a_plain_reading_does(name: str) -> None:
    """Every member has one record here, which ties the phone and the lead of orders and entries."""
    told = through_the_door(name)
    number = {row["lead_id"]: row["member_no"] for row in told.members.iter_rows(named=True)}
    owner: dict[str, str] = {}
    for row in rows(name, "members"):
        owner |= dict.fromkeys(
            filter(None, (phone(row["mobile"]), row["email"].lower(), row["lead_id"])), row["lead_id"]
        )
    assert len(set(number.values())) == len(number) == len(rows(name, "members"))
    entries = dict(told.entries.select("entry_id", "member_no").iter_rows())
    for row in rows(name, "ledger"):
        key = phone(row["mobile"]) or row["lead_id"]
        assert entries[row["_id"]] == number[owner[key]], row
    orders = dict(told.orders.select("order_id", "member_no").iter_rows())
    strangers = defaultdict(set)
    for row in rows(name, "orders"):
        key = phone(row["Customer Phone"]) or row["Customer Email"].lower()
        if key in owner:
            assert orders[row["Merchant Order ID"]] == number[owner[key]]
        else:
            strangers[key].add(orders[row["Merchant Order ID"]])
    assert all(len(numbers) == 1 for numbers in strangers.values())
    assert strangers.get("", {None}) == {None}


@pytest.mark.parametrize("name", HOMES)
def test_every_golden_refund_of_a_known_order_is_read(name: str) -> None:
    told = through_the_door(name)
    order_ids = dict(told.orders.select("order_no", "order_id").iter_rows())
    read = {
        row["refund_id"]: (order_ids[row["order_no"]], row["amount_paise"], row["refunded_at"])
        for row in told.refunds.iter_rows(named=True)
    }
    expected = {
        row["Refund ID"]: (row["Merchant Order ID"], paise(row["Amount"]), instant(row["Refunded At"]))
        for row in rows(name, "refunds")
    }
    assert read == expected


def test_golden_files_are_as_mixed_as_real_ones() -> None:
    phones = [row["Customer Phone"] for name in HOMES for row in rows(name, "orders")]
    assert {phone[:1] for phone in phones} >= {"'", "0", "+", "9", ""}
    assert (
        pl.Series([row["reference_order_id"] for name in HOMES for row in rows(name, "ledger")])
        .str.ends_with(".0")
        .any()
    )
