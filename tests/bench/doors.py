"""How fast the doors are and what they hold meanwhile. `make bench-doors` runs it.

Each export is read by a process of its own, several rounds in turn, so that one measurement leaves nothing
to the next. A benchmark is no test: nothing fails because a machine was slow.
"""

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from resources.inbox import read_file

ROUNDS = 5
LEDGER = "_id,lead_id,mobile,title,description,amount,operation,type,status,reference_order_id,parent_id,hash,wallet,expire,balance,created_at"
ORDERS = (
    "Merchant Order ID,Shopify Order Name,GoKwik Order ID,Created At,Confirmed At,Delivered At,Cancelled At,RTO At,Customer Phone,"
    "Customer Email,MRP Total,Sub Total,Coupon Code,Coupon Discount,Prepaid Discount,Other Discount,Loyalty Discount,Coins Used,"
    "Reward Transaction ID,Shipping Charges,Cod Charges,Tax,Grand Total,Total Discount,Payment Method,Payment Status,"
    "Merchant Order Status,Order Shipment Status,Refunded Amount,Refunded At,Device,Checkout"
)


class Measured(NamedTuple):
    """One reading: seconds on the wall and of the processor, and memory before and at most, in MB."""

    records: int
    wall: float
    cpu: float
    before: int
    peak: int


def ledger(rows: int) -> Iterator[str]:
    """A ledger without a quote, as Nector writes it."""
    yield LEDGER
    for number in range(rows):
        member = number * 7919 % 300_007
        yield (
            f"wt{number * 7919 + 10**12:016x},{member:012x},+91{6_000_000_000 + member * 13},Coins used at checkout,,{number % 900},dr,redeem,"
            f"success,{5_100_000_000_000 + number // 3},,,coins,,{number % 5_000},2026-0{number % 9 + 1}-1{number % 10}T1{number % 10}:34:28.{number % 1_000:03}Z"
        )


def quoted_ledger(rows: int) -> Iterator[str]:
    """The same with an inch sign within a cell, which sends every row through the strict reader."""
    return (line.replace("at checkout", 'for 5" case') for line in ledger(rows))


def orders(rows: int) -> Iterator[str]:
    """Orders of 32 columns, an amount with a comma in quotes in each."""
    yield ORDERS
    for number in range(rows):
        day = f"2026-0{number % 9 + 1}-1{number % 10} 1{number % 10}"
        yield (
            f"{5_100_000_000_000 + number},#MCS{number},GK{number:012x},{day}:34:24,{day}:44:24,{day}:54:24,,,+91{6_000_000_000 + number % 300_000 * 13},"
            f"person{number % 300_000}@example.com,1426.15,1296.50,,,64.82,0.00,90.00,900,wt{number:016x},0.00,Rs. 0,0,"
            f'"₹1,141.68",154.82,Card,Paid,Completed,Delivered,,,Web,widget'
        )


def objects(rows: int) -> Iterator[str]:
    """The ledger as JSON lines."""
    names = LEDGER.split(",")
    return (
        json.dumps(dict(zip(names, line.split(","), strict=True))) for line in islice(ledger(rows), 1, None)
    )


EXPORTS: dict[str, tuple[str, Callable[[int], Iterable[str]]]] = {
    "ledger, csv": ("ledger.csv", ledger),
    "ledger, csv, three times as long": ("ledger-3.csv", lambda rows: ledger(3 * rows)),
    "ledger, csv through the strict reader": ("quoted.csv", quoted_ledger),
    "ledger, csv.gz": ("ledger.csv.gz", ledger),
    "ledger, jsonl": ("ledger.jsonl", objects),
    "orders of 32 columns, csv": ("orders.csv", orders),
}


def write(path: Path, lines: Iterable[str]) -> None:
    """Lines into a file, gzipped where its name says so."""
    text = (f"{line}\n".encode() for line in lines)
    with gzip.open(path, "wb", compresslevel=6) if path.suffix == ".gz" else path.open("wb") as file:
        file.writelines(text)


def read_once(path: Path) -> Measured:
    """Read a file in this process."""
    before, wall, cpu = _peak(), time.perf_counter(), time.process_time()
    table = read_file(path)
    assert table.fault is None, table.fault
    return Measured(table.records, time.perf_counter() - wall, time.process_time() - cpu, before, _peak())


def measured(path: Path) -> Measured:
    """Read a file in a new process."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.doors", str(path)], capture_output=True, check=True, text=True
    )
    return Measured(*json.loads(told.stdout))


def main(rows: int) -> None:
    """Print the medians of all exports."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / file for name, (file, _) in EXPORTS.items()}
        for name, (_, lines) in EXPORTS.items():
            write(paths[name], lines(rows))
        rounds = [{name: measured(path) for name, path in paths.items()} for _ in range(ROUNDS)]
        print(f"{'export':40}{'records':>12}{'MB':>8}{'rows/s':>12}{'per cpu s':>12}{'peak MB':>10}")
        for name, path in paths.items():
            told = [each[name] for each in rounds]
            rates = (
                median(one.records / one.wall for one in told),
                median(one.records / one.cpu for one in told),
            )
            size, held = path.stat().st_size / 1e6, median(one.peak - one.before for one in told)
            print(f"{name:40}{told[0].records:12,}{size:8.0f}{rates[0]:12,.0f}{rates[1]:12,.0f}{held:10,.0f}")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    if asked.isdigit():
        main(int(asked))
    else:
        print(json.dumps(read_once(Path(asked))))
