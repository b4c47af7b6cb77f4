"""What holds of any file at all, whatever its bytes: no error, no lost line, no person.

The first byte of an input chooses the door, the rest is the file.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from loyalty.contracts.raw import FATES
from loyalty.intake.fates import with_fates
from loyalty.intake.rows import typed_records
from loyalty.intake.survey import Export, survey
from loyalty.intake.tables import TextTable
from resources.inbox_csv import read_csv
from resources.inbox_jsonl import read_jsonl
from resources.inbox_text import Profile, Stream, Unpacked, UnreadableError, encoding_of, physical_lines
from tests.loyalty.intake.exports import counts, frames, staged

PHONE, EMAIL = "9876543210", "asha.raghunathan@example.in"
"""Planted in every seed."""

PERSON = re.compile(rf"(?<![0-9a-z])(?:91|0)?{PHONE}(?![0-9a-z])|{re.escape(EMAIL)}")
PROFILES = (Profile(), Profile(encodings={"gokwik_orders": "cp1252", "nector_ledger": "cp1252"}))
KEYS = {
    "gokwik_orders": "order_id",
    "nector_ledger": "entry_id",
    "refunds": "refund_id",
    "members": "lead_id",
}
ABOUT = ("file", "sha256", "line", "reasons", "shapes", "newest_at")


def hold(data: bytes, *, to_the_end: bool) -> None:
    """Send one file through a door and hold it to the law; ``to_the_end``, through the whole of intake.

    Raises:
        AssertionError: A line was lost, or a person was found.
    """
    door, file = (data[0] % 4, data[1:]) if data else (0, b"")
    table = through_a_door(door, file)
    if table.fault is None:
        every_line_has_one_place(door, file, table)
    [export] = survey([table])
    if export.fault is None and export.kind is not None and export.kind.name in KEYS:
        every_record_has_one_fate(export, KEYS[export.kind.name])
    if to_the_end:
        result = staged(table)
        counts(result, table.file)
        for frame in frames(result).values():
            nobody_is_found(frame)


def through_a_door(door: int, data: bytes) -> TextTable:
    """As `resources.inbox` reads a file, without its safety net."""
    opened = io.BytesIO(data)
    stream: Stream = Unpacked(opened, len(data)) if door == 2 else opened
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        read = read_jsonl if door == 1 else read_csv
        return replace(read(stream, "a.csv", PROFILES[door == 3]), sha256=sha256)
    except UnreadableError as error:
        return TextTable(file="a.csv", sha256=sha256, fault=str(error), records=physical_lines(stream))


def every_line_has_one_place(door: int, data: bytes, table: TextTable) -> None:
    """Records, blank lines, titles and the header are all the lines that there are."""
    stream: Stream = Unpacked(io.BytesIO(data), len(data)) if door == 2 else io.BytesIO(data)
    text = (
        stream.read(1 << 26)
        .decode(table.encoding or encoding_of(data), errors="replace")
        .removeprefix("\ufeff")
    )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []
    starts = [*table.lines, *table.rejected["line"]]
    assert table.lines.is_sorted()
    assert len(set(starts)) == len(starts) == table.records
    assert not starts or (min(starts) >= 1 and max(starts) <= len(lines))
    header = 0 if door == 1 else bool(table.header)
    placed = table.records + table.blank + table.preamble + header
    assert placed <= len(lines)
    if door == 1 or '"' not in text:
        assert placed == len(lines), (placed, len(lines))


def every_record_has_one_fate(export: Export, key: str) -> None:
    """Accepted, quarantined with a reason, duplicate or superseded."""
    records = typed_records(export, "Asia/Kolkata")
    values = [name for name in records.columns if name not in ABOUT]
    fated = with_fates(records, [key], values)
    assert fated.height == export.table.records
    assert set(fated["fate"]) <= set(FATES)
    assert fated.filter((pl.col("fate") == "quarantined") != (pl.col("reasons").list.len() > 0)).is_empty()
    assert key == "lead_id" or fated.filter(pl.col("fate") != "quarantined")[key].null_count() == 0


def nobody_is_found(frame: pl.DataFrame) -> None:
    """No planted phone or address in any cell."""
    found = [text for text in _texts(frame) if PERSON.search(text.lower())]
    assert not found, found


def _texts(frame: pl.DataFrame) -> Iterator[str]:
    for column in frame:
        flat = column.explode() if column.dtype == pl.List(pl.String) else column
        if flat.dtype == pl.String:
            yield from flat.drop_nulls()
