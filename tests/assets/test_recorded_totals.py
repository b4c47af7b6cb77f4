"""What was staged, counted by DuckDB: each coin on its day and leg, once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assets.queries import recorded_totals
from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import Allocations, LinkedEntries, Lots
from loyalty.contracts.raw import RawFiles
from loyalty.contracts.staged import StagedEntries, StagedOrders
from resources.warehouse import asked
from tests.builders import ist

Rows = Iterable[Mapping[str, Any]]
Line = tuple[str, str, str | None, int, int, int, int]


def entry(number: int, leg: str, coins: int, when: str, **more: Any) -> dict[str, Any]:
    return {
        "entry_no": number, "leg": leg, "signed_coins": coins, "created_at": ist(when), "member_no": 1,
        "wallet": "coins", "status": "posted", "order_no": None, **more,
    }  # fmt: skip


BOTH_SIDES = ("gokwik_orders", "nector_ledger")


def recorded(
    folder: Path,
    entries: Rows,
    orders: Rows = (),
    lots: Rows = (),
    allocations: Rows = (),
    kinds: Iterable[str] = BOTH_SIDES,
) -> list[Line]:
    stored = {
        "raw_files": (RawFiles, [{"file": kind, "kind": kind} for kind in kinds]),
        "stg_entries": (StagedEntries, entries),
        "stg_orders": (StagedOrders, orders),
        "int_linked_entries": (
            LinkedEntries,
            [row for row in entries if row["wallet"] == "coins" and row["status"] != "void"],
        ),
        "int_lots": (Lots, lots),
        "int_allocations": (Allocations, allocations),
    }
    for name, (contract, rows) in stored.items():
        schema = polars_schema(contract)
        known = [{key: value for key, value in row.items() if key in schema} for row in rows]
        pl.DataFrame(known, schema=schema).write_parquet(folder / f"{name}.parquet")
    found = asked(folder, folder, dt.datetime(2026, 9, 30, tzinfo=dt.UTC), recorded_totals())
    return [(str(row[0]), *row[1:]) for row in found.rows()]


def test_entries_of_an_order_belong_to_the_day_it_was_placed(tmp_path: Path) -> None:
    order = {"order_no": 7, "placed_at": ist("2026-04-30 23:59"), "loyalty_paise": 1000}
    entries = [
        entry(1, "redemption", -100, "2026-04-30 23:59", order_no=7),
        entry(2, "earn", 50, "2026-05-09 10:00", order_no=7),
        entry(3, "adjustment", 5, "2026-05-10 10:00"),
    ]
    assert recorded(tmp_path, entries, [order]) == [
        ("2026-04-30", "earn", None, 1, 1, 50, 0),
        ("2026-04-30", "redemption", None, 1, 1, -100, 1000),
        ("2026-05-10", "adjustment", None, 1, 0, 5, 0),
    ]


def test_a_day_begins_at_midnight_in_india(tmp_path: Path) -> None:
    entries = [
        entry(1, "adjustment", 1, "2026-04-30 23:59:59"),
        entry(2, "adjustment", 2, "2026-05-01 00:00"),
    ]
    assert [line[0] for line in recorded(tmp_path, entries)] == ["2026-04-30", "2026-05-01"]


def test_pending_entries_are_not_recorded_and_silent_ones_only_counted(tmp_path: Path) -> None:
    entries = [
        entry(1, "earn", 10, "2026-04-01 10:00", status="pending"),
        entry(2, "earn", 20, "2026-04-01 10:00", status="void"),
        entry(3, "earn", 30, "2026-04-01 10:00", wallet="credits"),
        entry(4, "earn", 40, "2026-04-01 10:00", wallet="credits", status="pending"),
    ]
    assert recorded(tmp_path, entries) == [
        ("2026-04-01", "none", "credits_wallet", 2, 0, 30, 0),
        ("2026-04-01", "none", "void", 1, 0, 0, 0),
    ]


def test_a_discount_without_any_entry_is_recorded(tmp_path: Path) -> None:
    orders = [
        {"order_no": 1, "placed_at": ist("2026-04-01 10:00"), "loyalty_paise": 500},
        {"order_no": 2, "placed_at": ist("2026-04-01 11:00"), "loyalty_paise": 0},
    ]
    assert recorded(tmp_path, [], orders) == [("2026-04-01", "redemption", None, 0, 1, 0, 500)]


def test_a_sweep_of_several_batches_is_split_by_what_it_took_of_each(tmp_path: Path) -> None:
    lots = [
        {"lot_no": 1, "member_no": 1, "expires_at": ist("2026-06-01 00:00")},
        {"lot_no": 2, "member_no": 1, "expires_at": ist("2026-06-02 00:00")},
        {"lot_no": 3, "member_no": 1, "expires_at": ist("2026-09-01 00:00")},
    ]
    entries = [
        entry(10, "expiry", -4, "2026-06-01 09:00"),
        entry(11, "expiry", -20, "2026-06-03 09:00"),
    ]
    allocations = [
        {"entry_no": 10, "lot_no": 1, "coins": -4},
        {"entry_no": 11, "lot_no": 1, "coins": -6},
        {"entry_no": 11, "lot_no": 2, "coins": -9},
        {"entry_no": 11, "lot_no": 3, "coins": -5},
    ]
    # The batch of 1 June was first swept that day: both of its parts stand there. The excess of 5 coins,
    # taken from a lot that was still alive, counts with the newest batch.
    assert recorded(tmp_path, entries, lots=lots, allocations=allocations) == [
        ("2026-06-01", "expiry", None, 2, 0, -10, 0),
        ("2026-06-03", "expiry", None, 1, 0, -14, 0),
    ]


def test_expiry_that_found_nothing_past_expiry_or_no_member_stands_on_its_own_day(tmp_path: Path) -> None:
    lots = [{"lot_no": 1, "member_no": 1, "expires_at": ist("2026-09-01 00:00")}]
    entries = [
        entry(10, "expiry", -4, "2026-06-01 09:00"),
        entry(11, "expiry", -7, "2026-06-02 09:00", member_no=None),
        entry(12, "expiry", -3, "2026-06-03 09:00"),
    ]
    allocations: list[dict[str, Any]] = [
        {"entry_no": 10, "lot_no": 1, "coins": -4},
        {"entry_no": 12, "lot_no": None, "coins": -3},
    ]
    assert recorded(tmp_path, entries, lots=lots, allocations=allocations) == [
        ("2026-06-01", "expiry", None, 1, 0, -4, 0),
        ("2026-06-02", "expiry", None, 1, 0, -7, 0),
        ("2026-06-03", "expiry", None, 1, 0, -3, 0),
    ]


def test_a_ledger_without_orders_records_nothing(tmp_path: Path) -> None:
    entries = [
        entry(1, "adjustment", 1, "2026-04-30 10:00"),
        entry(2, "earn", 2, "2026-04-30", wallet="credits"),
    ]
    assert len(recorded(tmp_path, entries)) == 2
    assert recorded(tmp_path, entries, kinds=["nector_ledger"]) == []
