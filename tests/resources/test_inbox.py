import gzip
import hashlib
import os
from pathlib import Path

import pytest

from loyalty.intake.kinds import checked_headers
from loyalty.intake.tables import TextTable
from resources.inbox import read_file, read_inbox
from resources.inbox_text import NO_TEXT, Profile

ORDERS = (
    "Merchant Order ID,Created At,Customer Phone,Sub Total,Grand Total,Payment Method,Merchant Order Status\n"
    "5101,2026-04-10 12:00,9876543210,1000,1000,UPI,Delivered\n"
)


def put(folder: Path, name: str, data: bytes | str = ORDERS) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def by_name(folder: Path) -> dict[str, TextTable]:
    tables = read_inbox(folder)
    assert [table.file for table in tables] == sorted(table.file for table in tables)
    return {table.file: table for table in tables}


def test_every_regular_file_below_the_inbox_is_read_under_its_path(tmp_path: Path) -> None:
    put(tmp_path, "b.csv")
    put(tmp_path, "2026/april/a.CSV")
    put(tmp_path, "c.csv.gz", gzip.compress(ORDERS.encode()))
    tables = by_name(tmp_path)
    assert {name: (table.fault, table.records) for name, table in tables.items()} == {
        "2026/april/a.CSV": (None, 1),
        "b.csv": (None, 1),
        "c.csv.gz": (None, 1),
    }
    assert tables["b.csv"].sha256 == hashlib.sha256(ORDERS.encode()).hexdigest()
    assert tables["c.csv.gz"].sha256 != tables["b.csv"].sha256


def test_hidden_files_and_folders_links_and_pipes_are_left_out(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    put(inbox, ".hidden.csv")
    put(inbox, ".folder/a.csv")
    (inbox / "link.csv").symlink_to(put(tmp_path, "elsewhere.csv"))
    (inbox / "folder-link").symlink_to(put(tmp_path, "outside/b.csv").parent)
    os.mkfifo(inbox / "pipe.csv")
    assert by_name(inbox) == {}


def test_an_inbox_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read_inbox(tmp_path / "nowhere") == []


def test_files_of_other_kinds_are_told_apart_by_their_extension_alone(tmp_path: Path) -> None:
    for name in ("notes.txt", "orders", "orders.xls", "orders.csv.zip"):
        put(tmp_path, name)
    tables = by_name(tmp_path)
    assert {table.fault for table in tables.values()} == {"unsupported file"}
    assert {table.records for table in tables.values()} == {1}
    assert all(len(table.sha256) == 64 for table in tables.values())


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("torn.csv.gz", gzip.compress(ORDERS.encode())[:-9], "not a whole gzip file"),
        ("plain.csv.gz", b"Merchant Order ID", "not a whole gzip file"),
        ("torn.xlsx", b"PK\x03\x04 nothing", "not a whole xlsx workbook"),
        ("torn.parquet", b"PAR1 nothing", "cannot be read: ComputeError"),
        ("latin.csv", "Merchant Order ID,café\n1,2\n".encode("latin-1"), NO_TEXT),
        ("latin.jsonl", '{"a": "é"}\n'.encode("latin-1"), "neither UTF-8 nor UTF-16 text"),
        (
            "open.csv",
            ORDERS + '5102,"2026',
            "cannot be split into fields from line 3 on: unexpected end of data",
        ),
        ("workbook.csv", b"PK\x03\x04\xff\xfe\xfa", NO_TEXT),
    ],
)
def test_what_cannot_be_read_is_a_fault_and_no_error(
    tmp_path: Path, name: str, data: bytes | str, fault: str
) -> None:
    put(tmp_path, name, data)
    table = by_name(tmp_path)[name]
    assert table.fault == fault
    assert table.records >= 1
    assert table.cells.is_empty()


def test_a_file_that_cannot_be_split_counts_its_physical_lines(tmp_path: Path) -> None:
    put(tmp_path, "open.csv", ORDERS + '5102,"2026\n\n')
    assert by_name(tmp_path)["open.csv"].records == 4
    put(tmp_path, "latin.csv", b"\xe9\r\n\xe9\r\xe9")
    assert by_name(tmp_path)["latin.csv"].records == 3


def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    table = read_file(tmp_path / "gone.csv")
    assert (table.file, table.sha256, table.fault) == (
        "gone.csv",
        "",
        "cannot be read: No such file or directory",
    )


def test_names_of_any_bytes_are_data(tmp_path: Path) -> None:
    for name in (b"-rf.csv", b"a*.csv", b"new\nline.csv", b"caf\xe9.csv", b"caf\xe8.csv"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:  # noqa: PTH118, PTH123 - the name is bytes
            file.write(ORDERS.encode())
    tables = by_name(tmp_path)
    assert set(tables) == {"-rf.csv", "a*.csv", "new\nline.csv", "caf\ufffd.csv", "caf\ufffd.csv (2)"}
    assert {table.records for table in tables.values()} == {1}


def test_a_brands_own_header_finds_the_header_row(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "GoKwik report\n" + ORDERS.replace("Grand Total", "Bill Value"))
    extra = checked_headers({"gokwik_orders": {"Grand Total": ["Bill Value"]}})
    [table] = read_inbox(tmp_path, Profile(extra))
    assert (table.preamble, table.lines.to_list(), table.records) == (1, [3], 1)
