"""Nobody can be found in what is published: planted people, searched for in every byte.

The people sit wherever exports carry them: in columns that are read, in columns that are not, in free
text, tags, headers, broken rows and files of no kind.
"""

import contextlib
import gzip
import hashlib
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

AS_OF = "2026-06-30T23:15:00+05:30"
PHONES = ("9876543210", "8123456789", "7012345698")
EMAILS = ("Priya.Raghunathan@example.in", "orders+dev@ghatkopar-mail.example")
NAMES = ("Raghunathan", "Devyani", "Ghatkopar")
STREETS = ("Lokhandwala Complex", "400053 Andheri", "Flat 7B Silver Oak")
KEY = "a key for canaries, 32 characters at least"
PUBLISHED = ("lake", "releases", "reports", "logs", ".state")

ORDERS = """\
Merchant Order ID,Created At,Customer Name,Customer Phone,Customer Email,Shipping Address,Sub Total,\
Loyalty Discount,Coins Used,Grand Total,Payment Method,Merchant Order Status,Delivered At,Tags,Notes,\
call Devyani 9876543210
5101,2026-04-02 10:00,Priya Raghunathan,+91 98765 43210,Priya.Raghunathan@example.in,Lokhandwala Complex,1000.00,\
10.00,100,990.00,UPI,Delivered,2026-04-05 10:00,"vip, 9876543210",ring 98765-43210,x
5102,2026-04-03 10:00,Devyani S,08123456789,,"Flat 7B Silver Oak, 400053 Andheri",500.00,\
0.00,0,500.00,COD,Delivered,2026-04-06 10:00,Raghunathan,,x
5103,2026-04-04 10:00,Anon,,orders+dev@ghatkopar-mail.example,Ghatkopar,700.00,\
20.00,200,680.00,UPI,Confirmed,,,deliver to Lokhandwala Complex,x
5104,2026-04-05 10:00,Devyani,7012345698,,Ghatkopar,not 9876543210,0,0,1,UPI,Placed,,,,x
Devyani,7012345698,UPI
"""
LEDGER = """\
_id,lead_id,mobile,title,description,amount,operation,type,reference_order_id,created_at
w1,lead-1,9876543210,Welcome Raghunathan,call +919876543210,300,cr,bonus,,2026-04-01 09:00
w2,lead-1,9876543210,Redeemed for Priya.Raghunathan@example.in,order 5101,100,dr,redeem,5101,2026-04-02 10:00
w3,lead-2,8123456789,Coins for Devyani,Flat 7B Silver Oak,25,cr,reward,5102,2026-04-13 10:00
w4,lead-2,8123456789,refund of 9876543210,to Lokhandwala Complex,40,dr,redeem,9999,2026-04-14 10:00
w5,lead-3,7012345698,Devyani,400053 Andheri,7012345698x,cr,reward,5104,2026-04-15 10:00
"""
MEMBERS = """\
lead_id,mobile,email,tier,joined_at,balance,as_of
lead-1,9876543210,Priya.Raghunathan@example.in,gold,2026-01-01 10:00,200,2026-06-30 10:00
lead-2,8123456789,,Devyani,2026-01-02 10:00,25,2026-06-30 10:00
"""
EVENTS = {
    "shopify": (
        (
            "Name,Id,Email,Created at,Total,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Billing Street,"
            "Billing Phone,Notes,Note Attributes,Tags,Payment Method,Phone"
        ),
        (
            "#1,5101,Priya.Raghunathan@example.in,2026-04-02 10:00:00 +0530,990,1,Box for Devyani,990,Priya Raghunathan,"
            "Lokhandwala Complex,'+91 98765 43210,ring Devyani,gift: Raghunathan,Ghatkopar,Devyani pays,9876543210"
        ),
        "#2,9876543210,,2026-04-03 10:00:00 +0530,5,1,x,5,,,,,,Converted to Prepaid Order 8123456789,Gokwik UPI,",
        "Devyani Raghunathan,,,soon,9876543210x,1,x,5,,,,,,,,",
    ),
    "carts": (
        "ID,Created At,Customer Name,Customer Address,Phone Number,Email ID,Amount,Drop Stage,Abandoned Cart Link",
        "c1,2026-04-02 09:00,Devyani,Flat 7B Silver Oak,8123456789,orders+dev@ghatkopar-mail.example,5,Ghatkopar,x",
    ),
    "checkouts": ("Checkout ID,Started At,Phone,Device", "9876543210,2026-04-02 09:00,7012345698,Devyani"),
    "settlements": (
        "Payment Id,Transaction Type,Amount,Transaction Date,Settlement UTR,Transaction RRN,Payment Method,Settled By",
        "8123456789,Devyani,990,2026-04-02 10:00,+919876543210,9876543210,card of Raghunathan,Devyani",
    ),
    "tickets": (
        "Ticket ID,Created At,Phone,Subject,Body,Tags,Status",
        "t1,2026-04-09 10:00,9876543210,Coins of Devyani,call 98765-43210 or Lokhandwala Complex,Ghatkopar,Devyani",
    ),
    "feedback": (
        "Response ID,Answered At,Email,Score,Scale,Comment",
        "a1,2026-04-09 10:00,Priya.Raghunathan@example.in,5,csat5,Devyani at 400053 Andheri was kind",
        "a2,2026-04-09 10:00,,Devyani,9876543210,Raghunathan",
    ),
}
NOBODYS = "Priya Raghunathan,9876543210,Lokhandwala Complex\nDevyani,8123456789,Flat 7B Silver Oak\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a run, with what the run said beside it."""
    home = tmp_path_factory.mktemp("brand") / "home"
    (home / "inbox").mkdir(parents=True)
    (home / "rules").mkdir()
    (home / "brand.yaml").write_text("brand: canary\n")
    (home / "rules" / "first.yaml").write_text(
        "version: first\neffective_from: 2026-01-01T00:00:00+05:30\n"
        "earn: {coins: 5}\nredeem: {gokwik: {coins: 100, value_rupees: 10}}\n"
    )
    (home / "inbox" / "orders.csv").write_text(ORDERS)
    with gzip.open(home / "inbox" / "ledger.csv.gz", "wt") as file:
        file.write(LEDGER)
    (home / "inbox" / "members.csv").write_text(MEMBERS)
    for name, lines in EVENTS.items():
        (home / "inbox" / f"{name}.csv").write_text("\n".join(lines) + "\n")
    (home / "inbox" / "contacts.csv").write_text(NOBODYS)
    (home / "inbox" / "contacts.txt").write_text(NOBODYS)
    command = [sys.executable, "-m", "pipelines.cli", "run", str(home), "--as-of", AS_OF]
    environment = {"MILAAN_KEY": KEY, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    (home / "logs").mkdir(exist_ok=True)
    (home / "logs" / "said.txt").write_bytes(done.stdout + done.stderr)
    return home


def needles() -> set[str]:
    """Everything that must not be found, in lower case: the people, and their unkeyed digests."""
    spellings = {
        spelt
        for phone in PHONES
        for spelt in (
            phone,
            f"{phone[:5]} {phone[5:]}",
            f"{phone[:5]}-{phone[5:]}",
            f"91{phone}",
            f"+91{phone}",
        )
    }
    identities = spellings | {form for email in EMAILS for form in (email, email.lower())}
    digests = {
        algorithm(identity.encode()).hexdigest()
        for identity in identities
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256)
    }
    text = identities | set(NAMES) | set(STREETS) | {email.split("@")[0] for email in EMAILS}
    return {needle.lower() for needle in text} | digests | {digest[:16] for digest in digests}


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what stands in it once unpacked: tables, workbooks, databases."""
    raw = path.read_bytes()
    yield raw
    if raw.startswith(b"PAR1"):
        frame = pl.read_parquet(path)
        yield frame.write_json().encode()
        yield " ".join(frame.columns).encode()
    elif raw.startswith(b"SQLite"):
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            yield "\n".join(database.iterdump()).encode()
    elif raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif raw[8:12] == b"DUCK":
        with duckdb.connect(str(path.resolve()), read_only=True) as database:
            for (table,) in database.execute("select table_name from information_schema.tables").fetchall():
                yield repr(database.execute(f'select * from "{table}"').fetchall()).encode()  # noqa: S608
            yield repr(database.execute("select sql from duckdb_views()").fetchall()).encode()


def found_in(*roots: Path, sought: Iterable[str] | None = None) -> set[str]:
    """Needles, or other texts in lower case, that occur below the roots."""
    wanted = {needle.encode(): needle for needle in sought or needles()}
    found = set()
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                for content in contents(path):
                    lowered = content.lower()
                    found |= {needle for code, needle in wanted.items() if code in lowered}
    return found


def test_nobody_is_found_in_what_is_published(home: Path) -> None:
    assert found_in(*(home / name for name in PUBLISHED)) == set()


def test_no_file_name_gives_anybody_away(home: Path) -> None:
    names = " ".join(str(path.relative_to(home)) for name in PUBLISHED for path in (home / name).rglob("*"))
    assert [needle for needle in needles() if needle in names.lower()] == []


def test_neither_the_key_nor_the_place_of_the_home_is_published(home: Path) -> None:
    secrets = {KEY.lower(), str(home).lower()}
    assert found_in(home / "lake", home / "releases", home / "reports", sought=secrets) == set()


def test_the_rows_of_the_planted_people_were_judged(home: Path) -> None:
    rows = pl.read_parquet(home / "lake" / "mart_reconciliation.parquet")
    assert {"5101", "5102", "5103"} <= set(rows["order_id"])
    quarantine = pl.read_parquet(home / "lake" / "mart_quarantine.parquet")
    assert {"orders.csv", "ledger.csv.gz", "contacts.csv", "shopify.csv", "feedback.csv"} <= set(
        quarantine["file"]
    )
    for name in ("shopify_orders", "carts", "checkouts", "settlements", "tickets", "feedback"):
        assert pl.read_parquet(home / "lake" / f"stg_{name}.parquet").height, name


def test_the_search_finds_people_where_they_are(home: Path) -> None:
    people = {needle.lower() for needle in (*PHONES, *EMAILS, *NAMES, *STREETS)}
    assert people <= found_in(home / "inbox")


@pytest.mark.parametrize(
    "name", ["table.parquet", "book.xlsx", "base.duckdb", "base.sqlite", "log.gz", "page.html"]
)
def test_the_search_looks_into_every_kind_of_file(name: str, tmp_path: Path) -> None:
    digest = hashlib.sha256(PHONES[0].encode()).hexdigest()[:16]
    hide(digest, tmp_path / name)
    assert found_in(tmp_path) == {digest}


def hide(text: str, path: Path) -> None:
    """A file of the kind that its name says, with a text inside."""
    frame = pl.DataFrame({"a": [text]})
    match path.suffix:
        case ".parquet":
            frame.write_parquet(path)
        case ".xlsx":
            frame.write_excel(path)
        case ".duckdb":
            with duckdb.connect(str(path)) as database:
                database.execute("create table t (a text)")
                database.execute("insert into t values (?)", [text])
        case ".sqlite":
            with contextlib.closing(sqlite3.connect(path)) as database:
                database.execute("create table t (a text)")
                database.execute("insert into t values (?)", [text])
                database.commit()
        case ".gz":
            path.write_bytes(gzip.compress(text.encode()))
        case _:
            path.write_text(f"<p>{text}</p>")
