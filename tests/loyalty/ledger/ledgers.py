"""Ledgers as short as their story: linked entries, written one a line.

``said("redeem dr", 500, "2026-04-10 12:00", order=7)`` is a posted debit of member 1. Entries are numbered
as they are listed, from 0, unless they say otherwise; wall-clock texts are Indian time.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import BalanceQueries, LinkedEntries
from loyalty.ledger.lots import Walk, walk
from loyalty.ledger.movements import movements
from loyalty.rulebook.models import Rulebook
from loyalty.values.times import INSTANT
from tests.builders import When, instant, ist

AS_OF = ist("2026-12-31 12:00")
LEGS = {
    "redeem dr": "redemption",
    "reward cr": "earn",
    "revert dr": "reversal",
    "revert cr": "restore",
    "expire dr": "expiry",
}

Entry = Mapping[str, Any]


def said(
    role: str,
    coins: int,
    at: When,
    *,
    entry: int | None = None,
    member: int | None = 1,
    order: int | None = None,
    posted: bool = True,
    expires: When | None = None,
    balance: int | None = None,
    text: str = "text",
    bonus: str | None = None,
    leg: str | None = None,
) -> Entry:
    """An entry as linked; ``text`` is title and description together, blank when neither is filled."""
    kind, _, operation = role.rpartition(" ")
    return {
        "entry_no": entry,
        "member_no": member,
        "leg": leg or LEGS.get(role, "adjustment"),
        "is_posted": posted,
        "type": kind,
        "operation": operation,
        "amount_coins": coins,
        "signed_coins": coins if operation == "cr" else -coins,
        "order_no": order,
        "match_method": None if order is None else "reference",
        "has_text": bool(text),
        "text_seal": text,
        "bonus_name": bonus,
        "balance_coins": balance,
        "expires_at": None if expires is None else instant(expires),
        "created_at": instant(at),
    }


def a_ledger(*entries: Entry) -> pl.DataFrame:
    """LinkedEntries of these entries."""
    rows = [
        {**row, "entry_no": position if row["entry_no"] is None else row["entry_no"]}
        for position, row in enumerate(entries)
    ]
    keyed = [{**row, "entry_id": f"e{row['entry_no']}"} for row in rows]
    frame = pl.DataFrame(keyed, schema=polars_schema(LinkedEntries)).sort("entry_no")
    return frame.pipe(LinkedEntries.validate)


def asking(*queries: tuple[int, When], member: int = 1) -> pl.DataFrame:
    """BalanceQueries of one member: (order, when)."""
    rows = [(order, member, instant(at)) for order, at in queries]
    return pl.DataFrame(rows, schema=polars_schema(BalanceQueries), orient="row")


def redeemed_at(*instants: tuple[int, When]) -> pl.DataFrame:
    """Redemption instants: (order, when)."""
    rows = [(order, instant(at)) for order, at in instants]
    return pl.DataFrame(rows, schema={"order_no": pl.Int64, "at": INSTANT}, orient="row")


def walked(
    rulebook: Rulebook,
    entries: Iterable[Entry],
    *,
    queries: pl.DataFrame | None = None,
    redeemed: pl.DataFrame | None = None,
    as_of: dt.datetime = AS_OF,
) -> Walk:
    """The walk through a ledger."""
    moved = movements(a_ledger(*entries), redeemed_at() if redeemed is None else redeemed, rulebook)
    return walk(moved, asking() if queries is None else queries, as_of)
