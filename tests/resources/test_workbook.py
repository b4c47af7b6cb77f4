"""The workbook of finance: totals are sums of real numbers, ids stay text, nothing of an export can calculate."""

import re
import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from resources import workbook
from resources.workbook import heading, write_workbook
from tests.builders import AS_OF
from tests.findings import Tables, a_finding, tables

ROWS = [
    a_finding("redemption", "over_cap", order="=1+1", effect="1200.50"),
    a_finding("redemption", "over_cap", order="00123", effect=-300),
    a_finding("earn", "earn_late", order="https://evil.example", member="@cmd"),
]


def written(folder: Path, found: Tables | None = None) -> Path:
    return write_workbook(found or tables(*ROWS), "Chai House", folder, AS_OF)


def inside(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


def test_there_is_a_sheet_per_schedule(tmp_path: Path) -> None:
    assert fastexcel.read_excel(written(tmp_path)).sheet_names == [
        "Contents", "Roll-forward", "By origin", "Cost of redemption", "Tie-out by day", "Variance", "Open coins",
        "Statement", "Mismatches",
    ]  # fmt: skip


def test_rupees_are_numbers_and_ids_are_text_as_written(tmp_path: Path) -> None:
    sheet = pl.read_excel(
        written(tmp_path), sheet_name="Mismatches", engine="calamine", infer_schema_length=None
    )
    body = sheet.filter(pl.col("Mismatch id") != "Total")
    assert sorted(body["Order id"]) == ["00123", "=1+1", "https://evil.example"]
    assert sorted(body["Effect (₹)"]) == [-300.0, 0.0, 1200.5]
    assert sheet.filter(pl.col("Mismatch id") == "Total")["Effect (₹)"].to_list() == [900.5]


def test_formulas_are_sums_over_cells_alone_and_nothing_is_a_link(tmp_path: Path) -> None:
    parts = inside(written(tmp_path))
    formulas = [each for text in parts.values() for each in re.findall(r"<f>(.*?)</f>", text)]
    assert formulas
    assert [each for each in formulas if not re.fullmatch(r"SUM\([A-Z]+2:[A-Z]+\d+\)", each)] == []
    assert not any("<hyperlink" in text for text in parts.values())


def test_headers_stay_in_sight(tmp_path: Path) -> None:
    sheets = [text for name, text in inside(written(tmp_path)).items() if "worksheets/sheet" in name]
    assert sum('state="frozen"' in text for text in sheets) == len(sheets) - 1


def test_a_long_table_is_split_and_each_part_has_its_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 2)
    path = written(tmp_path)
    names = fastexcel.read_excel(path).sheet_names
    assert names[-2:] == ["Mismatches 1", "Mismatches 2"]
    parts = [pl.read_excel(path, sheet_name=name, engine="calamine") for name in names[-2:]]
    assert [part.height for part in parts] == [3, 2]


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    assert written(tmp_path).read_bytes() == written(tmp_path / "b").read_bytes()


def test_headings_say_the_unit() -> None:
    assert heading("effect_paise") == "Effect (₹)"
    assert heading("open_coins") == "Open coins"
