"""No file costs more than the limits say: what passes them is set aside with a reason, and the run goes on."""

import gzip
import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from loyalty.intake.tables import TextTable
from resources import inbox, inbox_cage, inbox_csv, inbox_jsonl, inbox_table, inbox_text
from resources.inbox import CHANGED, read_file
from resources.inbox_cage import TOO_COSTLY
from resources.inbox_text import CELL_CHARS
from tests.reliability import Tell

LEDGER = "_id,lead_id,amount,operation,title,created_at"
ROW = "w1,lead-1,50,cr,Reward,2026-04-10"
JSON = '{"_id": "w1", "lead_id": "l", "amount": 5, "operation": "cr", "created_at": "2026-04-10"}'
SMALL = 1 << 16

Limit = Callable[[pytest.MonkeyPatch], None]


def read(folder: Path, name: str, data: bytes | str) -> TextTable:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_file(path)


def lowered(**limits: int) -> Limit:
    def lower(patch: pytest.MonkeyPatch) -> None:
        for module in (inbox, inbox_csv, inbox_jsonl, inbox_table, inbox_text):
            for name, value in limits.items():
                if hasattr(module, name):
                    patch.setattr(module, name, value)

    return lower


CASES: dict[str, tuple[str, bytes | str, Limit, str]] = {
    "columns of csv": ("a.csv", ",".join(f"c{place}" for place in range(10_000)) + "\n1\n", lowered(), "has more than 1,000 columns"),
    "columns of jsonl": ("a.jsonl", "".join(f'{{"c{place}": 1}}\n' for place in range(1_001)), lowered(), "has more than 1,000 columns"),
    "a header without end": ("a.csv", "_id,lead_id," + ("x" * 999 + ",") * 300, lowered(), "the header is longer than 256 KiB"),
    "records of csv": ("a.csv", f"{LEDGER}\n" + f"{ROW}\n" * 4, lowered(LINES=3), "holds more than 3 lines"),
    "ragged records of csv": ("a.csv", f"{LEDGER}\n" + "1\n" * 4, lowered(LINES=3), "holds more than 3 lines"),
    "records of jsonl": ("a.jsonl", f"{JSON}\n" * 4, lowered(LINES=3), "holds more than 3 lines"),
    "a line of csv": ("a.csv", f"{LEDGER}\n" + "x" * 9 * SMALL, lowered(RECORD_BYTES=2 * SMALL, PIECE_BYTES=SMALL), "the record in line 2 is longer than 0 MiB"),
    "a record of many lines": ("a.csv", f'{LEDGER}\n"' + 'x\n","' * SMALL, lowered(RECORD_BYTES=2 * SMALL, PIECE_BYTES=SMALL), "the record in line 2 is longer than 0 MiB"),
    "a line of jsonl": ("a.jsonl", '{"_id": "' + "x" * 3 * SMALL, lowered(RECORD_BYTES=2 * SMALL, PIECE_BYTES=SMALL), "line 1 is longer than 0 MiB"),
    "a cell of csv": ("a.csv", f"{LEDGER}\nw1,l,1,cr,{'x' * (CELL_CHARS + 1)},2026\n", lowered(), "cannot be split into fields from line 2 on: field larger than field limit (131072)"),
    "a cell of ten megabytes": ("a.csv", f'{LEDGER}\nw1,l,1,cr,"{"x" * 10_000_000}",2026\n', lowered(), "cannot be split into fields from line 2 on: field larger than field limit (131072)"),
    "size": ("a.csv", f"{LEDGER}\n{ROW}\n", lowered(FILE_BYTES=60), "larger than 0 GiB"),
    "unpacked text": ("a.csv.gz", gzip.compress(f"{LEDGER}\n".encode() + f"{ROW}\n".encode() * 99), lowered(FILE_BYTES=1_000, PIECE_BYTES=100), "holds more than 0 GiB of text"),
    "a gzip bomb": ("a.csv.gz", gzip.compress(f"{LEDGER}\n".encode() + f"{ROW}\n".encode() * 3_000_000), lowered(), "unpacks to more than 200 times its size"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_passes_a_limit_is_set_aside_with_its_reason(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bar: Tell
) -> None:
    file, data, lower, fault = CASES[name]
    lower(monkeypatch)
    told = read(tmp_path, file, data)
    assert told.fault == fault
    assert told.records >= 1
    assert told.cells.is_empty()
    bar("Limits", "files past a limit of size, records, columns, cell, line or archive", times=1)


def test_what_stays_within_the_limits_is_read(tmp_path: Path) -> None:
    wide = ",".join([LEDGER, *(f"c{place}" for place in range(994))])
    assert read(tmp_path, "a.csv", f"{wide}\n{ROW}{',' * 994}\n").fault is None
    assert read(tmp_path, "b.csv", f"{LEDGER}\n{ROW.replace('Reward', 'x' * CELL_CHARS)}\n").fault is None
    packed = gzip.compress(f"{LEDGER}\n".encode() + f"{ROW}\n".encode() * 10_000)
    assert len(packed) * 200 < 10_000 * len(ROW) < inbox_text.HARMLESS_BYTES
    assert read(tmp_path, "c.csv.gz", packed).records == 10_000


def test_a_value_of_jsonl_that_is_too_long_costs_its_line_only(tmp_path: Path) -> None:
    told = read(tmp_path, "a.jsonl", f"{JSON}\n{JSON.replace('w1', 'x' * (CELL_CHARS + 1))}\n")
    assert told.rejected["reason"].to_list() == ["a cell is longer than 131,072 characters"]
    assert (told.records, told.lines.to_list()) == (2, [1])


# --- the cage -------------------------------------------------------------------------------------

HEADER = ["_id", "lead_id", "amount", "operation", "created_at"]
ENTRY = ["w1", "lead-1", 5, "cr", "2026-04-10"]


def workbook(*cells: tuple[int, int, str]) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate([HEADER, ENTRY]):
        sheet.write_row(line, 0, row)
    for line, place, text in cells:
        sheet.write(line, place, text)
    book.close()
    return data.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    data = io.BytesIO()
    frame.write_parquet(data)
    return data.getvalue()


def with_zeros(size: int, *, told: int | None = None) -> bytes:
    """A workbook with one more member of so many zeros; the directory may tell another size."""
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * size)
    spelt = (size if told is None else told).to_bytes(4, "little")
    return out.getvalue().replace(size.to_bytes(4, "little"), spelt)


def with_sheet(rows: int, width: int, *, told: int) -> bytes:
    """A workbook whose sheet has so many cells, while its directory tells of a few bytes."""
    out = io.BytesIO()
    row = b"<row>" + b"<c><v>1</v></c>" * width + b"</row>"
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (space, row * rows)
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            archive.writestr(name, sheet if name.startswith("xl/worksheets/sheet") else source.read(name))
    return out.getvalue().replace(len(sheet).to_bytes(4, "little"), told.to_bytes(4, "little"))


def many(text: str, count: int) -> bytes:
    """Parquet of one text so many times in every column: a dictionary of one word, and runs of its number."""
    column = pa.DictionaryArray.from_arrays(
        pa.nulls(count, pa.int32()).fill_null(0), pa.array([text], pa.string())
    )
    data = io.BytesIO()
    pq.write_table(pa.table(dict.fromkeys(HEADER, column)), data, store_schema=False)
    return data.getvalue()


NOTHING = pl.Series([None], dtype=pl.String).new_from_index(0, 40_000_000)
CAGED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "two cells at the ends of a sheet": (".xlsx", lambda: workbook((1_048_575, 16_383, "x")), TOO_COSTLY),
    "a zip bomb": (".xlsx", lambda: with_zeros(80_000_000), "unpacks to more than 200 times its size"),
    "a directory that tells of more than any disk": (".xlsx", lambda: with_zeros(5_000, told=4_294_967_294), "unpacks to more than 4 GiB"),
    "a directory that hides a sheet of many cells": (".xlsx", lambda: with_sheet(3_000, 5_000, told=900), TOO_COSTLY),
    "too many columns of a sheet": (".xlsx", lambda: workbook((0, 1_200, "x")), "has more than 1,000 columns"),
    "half a workbook": (".xlsx", lambda: workbook()[:3_000], "not a whole xlsx workbook"),
    "no workbook in the archive": (".xlsx", lambda: gzip.compress(b"x"), "not a whole xlsx workbook"),
    "more rows of parquet than any file": (".parquet", lambda: parquet(pl.DataFrame(dict.fromkeys(HEADER, NOTHING))), "holds more than 30,000,000 lines"),
    "a few kilobytes of parquet that are gigabytes of text": (".parquet", lambda: many("x" * 5_000, 5_000_000), TOO_COSTLY),
    "too many columns of parquet": (".parquet", lambda: parquet(pl.DataFrame({f"c{place}": [1] for place in range(1_001)})), "has more than 1,000 columns"),
    "half a parquet file": (".parquet", lambda: parquet(pl.DataFrame({"a": [1]}))[:90], "cannot be read: ComputeError"),
}  # fmt: skip


@pytest.mark.parametrize("name", CAGED)
def test_what_would_break_a_library_breaks_its_cage_and_nothing_else(
    name: str, tmp_path: Path, bar: Tell
) -> None:
    suffix, make, fault = CAGED[name]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(make())
    with path.open("rb") as opened:
        told = inbox_cage.caged(opened, path.name, suffix, inbox_text.Profile(), memory=1 << 30)
    assert (told.fault, told.cells.is_empty()) == (fault, True)
    assert told.records >= 1
    bar("Limits", "workbooks and parquet files made to break their readers", times=1)


def test_the_cage_hands_over_what_its_reader_read(tmp_path: Path) -> None:
    told = read(tmp_path, "a.xlsx", workbook((2, 0, "w2\0"), (4, 0, "w3"), (4, 2, "7")))
    assert (told.file, told.header, told.fault, told.records) == ("a.xlsx", tuple(HEADER), None, 3)
    assert told.cells.rows() == [("w1", "lead-1", "5", "cr", "2026-04-10"), ("w3", None, "7", None, None)]
    assert told.lines.to_list() == [2, 5]
    assert (told.blank, told.rejected["line"].to_list()) == (1, [3])
    assert len(told.sha256) == 64


def test_the_cage_knows_a_brands_own_headers(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {name.replace("amount", "Kitne"): [str(cell)] for name, cell in zip(HEADER, ENTRY, strict=True)}
    )
    (tmp_path / "a.parquet").write_bytes(parquet(frame))
    profile = inbox_text.Profile({"nector_ledger": {"amount_coins": ("Kitne",)}})
    assert read_file(tmp_path / "a.parquet", profile=profile).cells.width == 5
    assert read_file(tmp_path / "a.parquet").cells.width == 4


def test_a_process_outside_the_cage_keeps_its_own_limits(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    read(tmp_path, "a.xlsx", workbook())
    assert resource.getrlimit(resource.RLIMIT_AS) == before


# --- files that will not keep still ---------------------------------------------------------------


def test_a_file_that_grows_while_it_is_read_is_left_to_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{LEDGER}\n{ROW}\n")

    def slow(stream: inbox_text.Stream, file: str, profile: inbox_text.Profile) -> TextTable:
        with path.open("a") as more:
            more.write(f"{ROW}\n")
        return inbox_csv.read_csv(stream, file, profile)

    monkeypatch.setitem(inbox._SPLIT, ".csv", slow)
    told = read_file(path)
    assert (told.fault, told.records, told.cells.is_empty()) == (CHANGED, 1, True)
    monkeypatch.undo()
    assert read_file(path).records == 2


def test_a_file_that_vanishes_before_it_is_looked_at_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(f"{LEDGER}\n{ROW}\n")
    monkeypatch.setattr("os.walk", lambda top, **_: [(top, [], [b"a.csv", b"gone.csv.part"])])
    assert [table.file for table in inbox.read_inbox(tmp_path)] == ["a.csv"]


def test_a_folder_that_cannot_be_looked_into_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(top: bytes, onerror: Callable[[OSError], None]) -> list[tuple[bytes, list[bytes], list[bytes]]]:
        onerror(PermissionError(13, "Permission denied", top + b"/closed"))
        return [(top, [b"closed"], [])]

    (tmp_path / "closed").mkdir()
    monkeypatch.setattr("os.walk", walk)
    [told] = inbox.read_inbox(tmp_path)
    assert (told.file, told.fault, told.records) == ("closed", "cannot be read: Is a directory", 1)
