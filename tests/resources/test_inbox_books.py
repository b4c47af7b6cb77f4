import datetime as dt
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from loyalty.intake.tables import TextTable
from resources.inbox_books import CELL_ERROR, read_parquet, read_workbook
from resources.inbox_jsonl import read_jsonl
from resources.inbox_text import Profile

HEADER = ["_id", "lead_id", "amount", "operation", "created_at", "expire"]


class Error:
    """A cell in which a formula failed."""


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> TextTable:
    workbook = xlsxwriter.Workbook(str(path / "book.xlsx"), {"strings_to_numbers": False})
    formats = {
        dt.date: workbook.add_format({"num_format": "dd/mm/yyyy"}),
        dt.datetime: workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, Error):
                    sheet.write_formula(line, place, "=1/0", None, "#DIV/0!")
                elif type(value) in formats:
                    sheet.write_datetime(line, place, value, formats[type(value)])
                else:
                    sheet.write(line, place, value)
    workbook.close()
    return read_workbook((path / "book.xlsx").read_bytes(), "book.xlsx", {})


def test_a_workbook_is_read_as_text_from_below_its_header(tmp_path: Path) -> None:
    at, day = dt.datetime(2026, 4, 10, 12, 5), dt.date(2026, 7, 7)  # noqa: DTZ001 - a workbook has no zones
    read = book(
        tmp_path,
        A=[
            ["Ledger"],
            [],
            HEADER,
            ["0012", "lead-1", 50, "cr", at, day],
            [],
            [5105720270325, "x", 12.5, "dr", at, None],
        ],
    )
    assert read.header == tuple(HEADER)
    assert read.cells.rows() == [
        ("0012", "lead-1", "50", "cr", "2026-04-10 12:05:00", "2026-07-07"),
        ("5105720270325", "x", "12.5", "dr", "2026-04-10 12:05:00", None),
    ]
    assert read.lines.to_list() == [4, 6]
    assert (read.preamble, read.blank, read.records) == (1, 2, 2)


def test_a_cell_that_shows_an_error_is_never_read_as_blank(tmp_path: Path) -> None:
    read = book(
        tmp_path,
        A=[
            HEADER,
            ["w1", "lead-1", Error(), "cr", "2026-04-10", None],
            ["w2", "lead-1", 5, "cr", "2026-04-10", Error()],
        ],
    )
    assert read.cells["2"].to_list() == [CELL_ERROR, "5"]
    assert read.cells["5"].to_list() == [None, CELL_ERROR]


def test_the_sheet_that_is_an_export_is_read_wherever_it_stands(tmp_path: Path) -> None:
    read = book(
        tmp_path, Notes=[["about", "this"]], Data=[HEADER, ["w1", "l", 1, "cr", "2026-04-10", None]], Empty=[]
    )
    assert (read.header, read.records, read.fault) == (tuple(HEADER), 1, None)


def test_several_sheets_that_are_exports_are_a_fault(tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADER, ["w1", "l", 1, "cr", "2026-04-10", None]]
    read = book(tmp_path, A=rows, B=[*rows, rows[1]])
    assert read.fault == "several sheets hold exports; save each as a file of its own"
    assert read.records == 3


def test_a_workbook_without_an_export_keeps_its_first_row_as_header(tmp_path: Path) -> None:
    read = book(tmp_path, A=[["a", "b"], ["1", "2"]])
    assert (read.header, read.records) == (("a", "b"), 1)


def test_an_empty_workbook_has_no_header(tmp_path: Path) -> None:
    read = book(tmp_path, A=[])
    assert (read.header, read.records, read.fault) == ((), 0, None)


def parquet(frame: pl.DataFrame) -> TextTable:
    data = io.BytesIO()
    frame.write_parquet(data)
    return read_parquet(data.getvalue(), "a.parquet", {})


def test_a_parquet_file_is_read_as_text() -> None:
    at = dt.datetime(2026, 4, 10, 12, 5, tzinfo=dt.UTC)
    read = parquet(
        pl.DataFrame(
            {
                "_id": [5105720270325, None],
                "amount": [1026.99, None],
                "balance": pl.Series([Decimal("10.50"), None], dtype=pl.Decimal(10, 2)),
                "created_at": pl.Series([at, None]).dt.convert_time_zone("Asia/Kolkata"),
                "expire": [at.replace(tzinfo=None), None],
                "updated_at": [at.date(), None],
                "status": [True, None],
                "title": ["", None],
                "hash": [b"x", None],
                "operation": pl.Series(["cr", None], dtype=pl.Categorical),
                "lead_id": pl.Series([None, None], dtype=pl.Null),
                "labels": [["a"], None],
            }
        )
    )
    assert read.header[:3] == ("_id", "amount", "balance")
    assert read.cells.rows() == [
        ("5105720270325", "1026.99", "10.50", "2026-04-10T12:05:00.000000Z", "2026-04-10 12:05:00.000000", "2026-04-10",
         "true", None, "x", "cr", None),
    ]  # fmt: skip
    assert (read.records, read.blank, read.lines.to_list()) == (1, 1, [1])


def test_a_parquet_file_without_rows_has_a_header_and_no_records() -> None:
    read = parquet(pl.DataFrame(schema={"_id": pl.String, "amount": pl.Int64}))
    assert (read.header, read.records) == (("_id", "amount"), 0)


def jsonl(*lines: str) -> TextTable:
    return read_jsonl(io.BytesIO("\n".join(lines).encode()), "a.jsonl", Profile())


def test_json_lines_keep_the_text_of_their_numbers() -> None:
    read = jsonl(
        '{"_id": "w1", "lead_id": "l", "operation": "cr", "amount": 50.10, "hash": 12345678901234567890}',
        '{"_id": "w2", "hash": 1e3, "status": true, "title": [1], "more": 1}',
    )
    assert read.header == ("_id", "lead_id", "operation", "amount", "hash", "status", "title", "more")
    assert read.cells.rows() == [
        ("w1", "l", "cr", "50.10", "12345678901234567890", None, None), ("w2", None, None, None, "1e3", "true", '["1"]'),
    ]  # fmt: skip


def test_a_line_that_is_no_object_or_names_a_key_twice_is_rejected() -> None:
    read = jsonl(
        '{"_id": "w1"}', "", "[1]", '{"_id": "w2", "_id": "w3"}', "{", '{"_id": NaN}', "null", "[" * 100_000
    )
    assert read.cells.rows() == [("w1",), ("NaN",)]
    assert read.lines.to_list() == [1, 6]
    assert read.rejected["line"].to_list() == [3, 4, 5, 7, 8]
    assert set(read.rejected["reason"]) == {"not a JSON object with each key once"}
    assert (read.blank, read.records) == (1, 7)


@pytest.mark.parametrize("text", ["", "\n\n", "{}\n"])
def test_json_lines_that_say_nothing_have_no_records(text: str) -> None:
    assert jsonl(text).records == 0


def test_an_object_of_nulls_is_a_blank_record() -> None:
    read = jsonl(json.dumps({"_id": None, "amount": ""}), '{"_id": "w1"}')
    assert (read.records, read.blank, read.lines.to_list()) == (1, 1, [2])
