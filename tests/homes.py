"""Brand homes on disk, small enough to run in a second or two, and runs of them in this process."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loyalty.values.times import parse_instant
from pipelines.execution import run_home
from resources.home import Home
from resources.lake import Build
from resources.run import Run, open_brand
from tests.conftest import KEY

GOLDEN = Path(__file__).parent / "golden"
ENVIRONMENT = {"MILAAN_KEY": KEY}
AS_OF = "2026-09-30T23:15:00+05:30"

RULES = """\
version: 2026-01-01
effective_from: 2026-01-01T00:00:00+05:30
earn: {coins: 5, per_rupees: 100}
redeem: {gokwik: {coins: 100, value_rupees: 10}}
"""
ORDERS = """\
Merchant Order ID,Created At,Delivered At,Customer Phone,Sub Total,Loyalty Discount,Coins Used,Grand Total,\
Payment Method,Merchant Order Status
5101,2026-04-02 10:00,2026-04-05 10:00,9876543210,1000.00,10.00,100,990.00,UPI,Delivered
5102,2026-04-03 10:00,2026-04-06 10:00,8123456789,500.00,20.00,200,480.00,UPI,Delivered
5103,2026-04-04 10:00,,9876543210,ten rupees,0,0,700.00,UPI,Confirmed
5104,2026-04-05 10:00,2026-04-08 10:00,12345,300.00,0,0,300.00,UPI,Delivered
5105,2025-12-05 10:00,2025-12-08 10:00,9876543210,300.00,0,0,300.00,UPI,Delivered
"""
LEDGER = """\
_id,mobile,title,amount,operation,type,wallet,status,reference_order_id,created_at
w1,9876543210,Welcome,300,cr,bonus,coins,,,2026-04-01 09:00
w2,9876543210,Redeemed,100,dr,redeem,coins,,5101,2026-04-02 10:00
w3,8123456789,Earned,24,cr,reward,coins,,5102,2026-04-06 11:00
w4,9876543210,Cashback,50,cr,reward,credits,,,2026-04-07 09:00
w5,9876543210,Redeemed,100,dr,redeem,coins,failed,5101,2026-04-02 10:01
"""
REFUNDS = """\
Refund ID,Merchant Order ID,Refunded At,Amount
r1,5102,2026-05-02 10:00,100.00
"""
MEMBERS = """\
lead_id,mobile,tier,balance,as_of
lead-1,9876543210,gold,200,2026-04-03 10:00
lead-2,8123456789,,24,2026-04-07 10:00
"""


def small_home(path: Path) -> Home:
    """Two orders that are judged, one that cannot be read, one of nobody, one before the first rule.

    5101 redeemed rightly and earned nothing of its 49 coins. 5102 took ₹20 off without a debit, earned its 24
    coins, and kept 5 of them too many when ₹100 were refunded.
    """
    home = Home(path)
    home.inbox.mkdir(parents=True)
    home.rules.mkdir()
    home.brand_file.write_text("brand: small\n")
    (home.rules / "first.yaml").write_text(RULES)
    for name, text in (("orders", ORDERS), ("ledger", LEDGER), ("refunds", REFUNDS), ("members", MEMBERS)):
        (home.inbox / f"{name}.csv").write_text(text)
    return home


def add_events(home: Home, order_id: str, name: str) -> None:
    """One row of every kind of export beside orders and ledger, about one order of the home."""
    rows = {
        "shopify": (
            "Name,Id,Created at,Total,Payment Method,Lineitem quantity,Lineitem price",
            f"{name},{order_id},2026-02-01 10:00:00 +0530,1.00,Gokwik UPI,1,1.00",
            f"{name},,,,,2,0.50",
            "#none,77,2026-08-01 10:00:00 +0530,5.00,Gokwik UPI,1,5.00",
        ),
        "carts": ("ID,Created At,Phone Number,Amount,Drop Stage", "c1,2026-02-01 10:00,7012345698,5,Payment"),
        "checkouts": ("Checkout ID,Started At,Merchant Order ID", f"k1,2026-02-01 09:58,{order_id}"),
        "settlements": (
            "Payment Id,Transaction Type,Amount,Transaction Date,Settlement UTR,Merchant Order Id",
            f"P1,Sale,1.00,2026-02-01 10:00,U1,{order_id}",
        ),
        "tickets": (
            "Ticket ID,Created At,Subject,Merchant Order ID",
            f"t1,2026-02-02 10:00,coins,{order_id}",
        ),
        "feedback": ("Response ID,Answered At,Score,Scale", "a1,2026-02-02 10:00,4,csat5"),
    }
    for kind, lines in rows.items():
        (home.inbox / f"{kind}.csv").write_text("\n".join(lines) + "\n")


def golden_home(path: Path, name: str) -> Home:
    """A copy of a golden home that may be changed."""
    shutil.copytree(GOLDEN / name / "home", path, copy_function=shutil.copyfile)
    return Home(path)


def run(home: Home, as_of: str = AS_OF) -> str:
    """The answer in words of a run in this process."""
    return run_home(home, parse_instant(as_of), ENVIRONMENT, lambda _asset, _rows: None).answer


@contextmanager
def reopened(home: Home, folder: Path) -> Iterator[Run]:
    """A run whose tables are a copy of those that the home published, to be looked at or damaged."""
    build = Build(folder)
    shutil.copytree(home.lake.resolve(), build.tables, ignore=shutil.ignore_patterns("warehouse*"))
    build.scratch.mkdir()
    build.reports.mkdir()
    as_of = parse_instant(AS_OF)
    yield Run(**vars(open_brand(home, ENVIRONMENT)), as_of=as_of, build=build)
    shutil.rmtree(folder)
