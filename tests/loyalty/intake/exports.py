"""Exports as short as their story: a test names only the cells that it is about.

Nothing here is a fixture. Every other cell is that of a sound row: an order of ₹1,000 of one member,
delivered; a reward of 50 coins; a refund; a member.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import yaml

from loyalty.intake.kinds import checked_headers
from loyalty.intake.settings import Intake
from loyalty.intake.stage import Staged, stage
from loyalty.intake.tables import TextTable
from loyalty.rulebook.models import Rulebook, RuleVersion
from resources.inbox_csv import read_csv
from resources.inbox_text import Profile

KEY = "a key of the tests, at least 32 characters long"
AS_OF = dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC)
LATER = "2026-07-02T12:00:00+05:30"
"""A day after the as-of, as an export writes it."""
PHONE = "9876543210"

ORDER = {
    "Merchant Order ID": "5101",
    "Created At": "2026-04-10T12:00:00+05:30",
    "Customer Phone": PHONE,
    "Sub Total": "1000.00",
    "Grand Total": "1000.00",
    "Payment Method": "UPI",
    "Merchant Order Status": "Delivered",
}
ENTRY = {
    "_id": "w1",
    "lead_id": "lead-1",
    "mobile": PHONE,
    "amount": "50",
    "operation": "cr",
    "type": "reward",
    "created_at": "2026-04-18T12:00:00+05:30",
}
REFUND = {
    "Refund ID": "r1",
    "Merchant Order ID": "5101",
    "Refunded At": "2026-04-20T12:00:00+05:30",
    "Amount": "100.00",
}
MEMBER = {"lead_id": "lead-1", "mobile": PHONE, "balance": "50", "as_of": "2026-06-30T12:00:00+05:30"}

LAW = """
version: first
effective_from: 2026-01-01T00:00:00+05:30
earn: {coins: 5, skip_tags: [wholesale], tiers: {Royal: "2"}}
redeem:
  gokwik: {devices: [web, mobile, kiosk]}
  counter: {coins: 10}
bonuses:
  signup: {coins: 100}
  review: {coins: 10}
  review_with_photo: {coins: 20}
"""

Row = Mapping[str, str]
Headers = Mapping[str, Mapping[str, Sequence[str]]]
"""A brand's own, as it writes them: the reader and what reads it must be told the same."""


@cache
def the_law() -> Rulebook:
    return Rulebook.of([RuleVersion.model_validate(yaml.load(LAW, Loader=yaml.BaseLoader))])  # noqa: S506


def settings(**own: Any) -> Intake:
    return Intake.of(KEY, the_law(), **own)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def csv_text(rows: Sequence[Row], delimiter: str = ",") -> str:
    """Rows under the union of their columns; a cell that needs quotes has them."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    return "".join(delimiter.join(_quoted(cell, delimiter) for cell in line) + "\n" for line in lines)


def a_table(
    text: str, file: str = "export.csv", sha256: str | None = None, headers: Headers | None = None
) -> TextTable:
    data = text.encode()
    read = read_csv(io.BytesIO(data), file, Profile(checked_headers(headers or {})))
    return replace(read, sha256=sha256 or hashlib.sha256(data).hexdigest())


def orders(
    *rows: Row,
    file: str = "orders.csv",
    without: Sequence[str] = (),
    sha256: str | None = None,
    headers: Headers | None = None,
) -> TextTable:
    return _export(ORDER, rows, file, without, sha256, headers)


def entries(
    *rows: Row, file: str = "ledger.csv", without: Sequence[str] = (), sha256: str | None = None
) -> TextTable:
    return _export(ENTRY, rows, file, without, sha256)


def refunds(*rows: Row, file: str = "refunds.csv", sha256: str | None = None) -> TextTable:
    return _export(REFUND, rows, file, (), sha256)


def members(
    *rows: Row, file: str = "members.csv", without: Sequence[str] = (), sha256: str | None = None
) -> TextTable:
    return _export(MEMBER, rows, file, without, sha256)


def staged(*tables: TextTable, as_of: dt.datetime = AS_OF, **own: Any) -> Staged:
    return stage(tables, settings(**own), as_of)


def frames(result: Staged) -> dict[str, pl.DataFrame]:
    """Every table by its name."""
    singles = {name: table for name, table in vars(result).items() if isinstance(table, pl.DataFrame)}
    return {**singles, **result.raw_events, **result.events}


def counts(result: Staged, file: str) -> dict[str, int]:
    """What became of a file's lines; the law of conservation is asserted for every file on the way."""
    parts = ("accepted", "quarantined", "duplicate", "superseded")
    for row in result.sources.iter_rows(named=True):
        assert row["lines"] == sum(row[part] for part in parts), row
    [row] = result.sources.filter(pl.col("file") == file).to_dicts()
    return {part: row[part] for part in ("lines", *parts) if row[part]}


def reasons(result: Staged, file: str | None = None) -> list[str]:
    told = result.quarantine if file is None else result.quarantine.filter(pl.col("file") == file)
    return told["reason"].to_list()


def only(frame: pl.DataFrame, column: str) -> Any:
    """The one value of a column of a frame with one row."""
    return frame[column].item()


def _export(
    sound: Row,
    rows: Sequence[Row],
    file: str,
    without: Sequence[str],
    sha256: str | None,
    headers: Headers | None = None,
) -> TextTable:
    kept = {name: cell for name, cell in sound.items() if name not in without}
    return a_table(csv_text([{**kept, **row} for row in rows]), file, sha256, headers)


def _quoted(cell: str, delimiter: str) -> str:
    return (
        '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (delimiter, '"', "\n")) else cell
    )
