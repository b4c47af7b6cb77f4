"""Other people's collections of what breaks readers, sent through the doors."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from loyalty.intake.stage import Staged
from resources.inbox import read_inbox
from resources.inbox_csv import _head, _records
from resources.inbox_text import pieces
from tests.loyalty.intake.exports import REFUND, counts, csv_text, entries, frames, orders, refunds, staged
from tests.reliability import Tell

CORPORA = Path(__file__).parent / "corpora"
SPECTRUM = sorted((CORPORA / "csv-spectrum" / "csvs").glob("*.csv"))
NAUGHTY: list[str] = json.loads((CORPORA / "blns" / "blns.json").read_text(encoding="utf-8"))
ANOTHER_PHONE = {"location_coordinates": {"Contact Phone Number": "2095257564"}}
"""The authors' own answer names another number than their file."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open("rb") as stream:
        text = b"".join(pieces(stream, "utf-8"))
    head = _head(text, {})
    assert head is not None
    body = b"".join(text.splitlines(keepends=True)[head.lines :])
    [(cells, _, rejected)] = [*_records(iter([body]), head, 0)]
    assert rejected.is_empty()
    return [dict(zip(head.header, (cell or "" for cell in row), strict=True)) for row in cells.rows()]


def test_there_is_a_spectrum() -> None:
    assert len(SPECTRUM) == 12


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_the_csv_spectrum_is_read_as_its_authors_say(path: Path, bar: Tell) -> None:
    told = json.loads((CORPORA / "csv-spectrum" / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
    expected = [
        {key: cell.replace("\r\n", "\n") for key, cell in row.items()} | ANOTHER_PHONE.get(path.stem, {})
        for row in (told if isinstance(told, list) else [told])
    ]
    assert rows_of(path) == expected
    bar("Corpora", "files of csv-spectrum", times=1)


SENTENCES = [text for text in NAUGHTY if len(text.split()) > 1 and re.search("[b-zB-Z]{3}", text)]
"""Those whose shape shows nothing of them."""
COLUMNS = {
    "orders": ("Coupon Code", "Tags", "Utm Source", "Merchant Order Status", "Sub Total", "Created At", "Coins Used", "Customer Phone"),
    "entries": ("title", "description", "mobile", "email", "lead_id", "amount", "operation", "expire", "reference_order_id"),
}  # fmt: skip


def test_a_naughty_string_in_any_cell_loses_no_row_and_is_not_published(bar: Tell) -> None:
    tables = [
        *(orders(*_each(column, "Merchant Order ID"), file=f"{column}.csv") for column in COLUMNS["orders"]),
        *(entries(*_each(column, "_id"), file=f"{column}.csv") for column in COLUMNS["entries"]),
        refunds(*({"Refund ID": str(place), "Kind": text} for place, text in enumerate(NAUGHTY))),
    ]
    told = staged(*tables)
    for table in tables:
        assert counts(told, table.file)["lines"] == len(NAUGHTY)
    published = "\n".join(_texts(told))
    assert [text for text in SENTENCES if text.strip() in published] == []
    bar("Corpora", "naughty strings in cells", times=len(NAUGHTY) * len(tables))


def test_naughty_strings_as_ids_are_ids_or_quarantined(bar: Tell) -> None:
    tables = [
        orders(*({"Merchant Order ID": text} for text in NAUGHTY)),
        entries(*({"_id": text} for text in NAUGHTY)),
        refunds(*({"Refund ID": text} for text in NAUGHTY)),
    ]
    told = staged(*tables)
    for table in tables:
        assert counts(told, table.file)["lines"] == len(NAUGHTY)
    bar("Corpora", "naughty strings as ids", times=len(NAUGHTY) * len(tables))


def test_naughty_strings_as_columns_are_kept_out_and_shown_as_shapes(bar: Tell) -> None:
    names = sorted({text for text in NAUGHTY if len(text.split()) > 1})
    told = staged(orders(dict.fromkeys(names, "x")))
    assert counts(told, "orders.csv") == {"lines": 1, "accepted": 1}
    shown = told.sources["columns_unknown"].item()
    assert len(shown) == len(names)
    assert [text for text in SENTENCES if text.strip() in shown] == []
    bar("Corpora", "naughty strings as column names", times=len(names))


def test_naughty_strings_as_file_names_are_data(tmp_path: Path, bar: Tell) -> None:
    names = {f"{text.replace('/', '_')[:60]}.csv" for text in NAUGHTY} - {".csv"}
    names = {name for name in names if not name.startswith(".") and "\0" not in name}
    for name in names:
        (tmp_path / name).write_text(csv_text([REFUND]), encoding="utf-8")
    told = read_inbox(tmp_path)
    assert {table.file for table in told} == names
    assert {table.records for table in told} == {1}
    bar("Corpora", "naughty strings as file names", times=len(names))


def _each(column: str, key: str) -> list[dict[str, str]]:
    return [{key: f"{column}-{place}", column: text} for place, text in enumerate(NAUGHTY)]


def _texts(told: Staged) -> list[str]:
    """Every text of every table."""
    flat = [
        series.explode() if series.dtype == pl.List(pl.String) else series
        for frame in frames(told).values()
        for series in frame
    ]
    return [text for series in flat if series.dtype == pl.String for text in series.drop_nulls().unique()]
