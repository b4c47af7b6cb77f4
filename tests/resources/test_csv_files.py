"""A cell is data, whatever it begins with (details P3)."""

from pathlib import Path

import polars as pl
import pytest

from resources.csv_files import write_csv


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1", "- 1", "--", "-1e5"])
def test_a_cell_that_could_become_a_formula_is_written_as_text(tmp_path: Path, cell: str) -> None:
    path = write_csv(pl.DataFrame({"text": [cell]}), tmp_path / "a.csv")
    assert pl.read_csv(path, infer_schema=False)["text"].item() == f"'{cell}"


@pytest.mark.parametrize("cell", ["plain", "-", "-12.50", "+7", "a=1", "'x", "", "₹-1"])
def test_any_other_cell_stays_as_it_is(tmp_path: Path, cell: str) -> None:
    path = write_csv(pl.DataFrame({"text": [cell], "n": [-5]}), tmp_path / "a.csv")
    read = pl.read_csv(path, infer_schema=False)
    assert read.row(0) == (cell, "-5")


def test_only_a_file_for_a_spreadsheet_begins_with_its_mark(tmp_path: Path) -> None:
    frame = pl.DataFrame({"lead_id": ["a"], "amount": [None]}, schema_overrides={"amount": pl.Int64})
    assert write_csv(frame, tmp_path / "a.csv").read_bytes() == b"lead_id,amount\na,\n"
    assert write_csv(frame, tmp_path / "b.csv", for_spreadsheet=True).read_bytes()[:3] == b"\xef\xbb\xbf"
