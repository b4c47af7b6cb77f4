"""Workbooks and parquet with bytes changed at random: each is read, or set aside with a reason."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from resources.inbox import read_file
from tests.loyalty.intake.exports import ENTRY, ORDER, counts, staged
from tests.reliability import Tell


def workbook() -> bytes:
    """Stored, not packed, so that a changed byte changes the sheet and not only a checksum."""
    packed, stored = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate([ENTRY, *({**ENTRY, "_id": f"w{place}"} for place in range(5))]):
        sheet.write_row(line, 0, row if line == 0 else row.values())
    book.close()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(stored, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    return stored.getvalue()


def parquet() -> bytes:
    data = io.BytesIO()
    pl.DataFrame([{**ORDER, "Merchant Order ID": f"{place}"} for place in range(50)]).write_parquet(
        data, compression="uncompressed", row_group_size=10
    )
    return data.getvalue()


def changed(data: bytes, dice: random.Random) -> bytes:
    """One to eight changes: bits, bytes, extreme numbers, a piece cut out or doubled, an end cut off."""
    told = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(told))
        match dice.randrange(6):
            case 0:
                told[place] ^= 1 << dice.randrange(8)
            case 1:
                told[place] = dice.randrange(256)
            case 2:
                told[place : place + 4] = dice.choice(
                    [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"]
                )
            case 3:
                del told[place : place + dice.randrange(1, 64)]
            case 4:
                told[place:place] = told[place : place + dice.randrange(1, 64)]
            case _:
                del told[max(1, len(told) - dice.randrange(1, 16)) :]
    return bytes(told)


@pytest.mark.parametrize("tries", [4, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("suffix", "make"), [("xlsx", workbook), ("parquet", parquet)])
def test_a_damaged_book_is_read_or_set_aside(
    suffix: str, make: Callable[[], bytes], tries: int, tmp_path: Path, bar: Tell
) -> None:
    dice = random.Random(tries)
    for number in range(tries):
        path = tmp_path / f"{number}.{suffix}"
        path.write_bytes(changed(make(), dice))
        table = read_file(path)
        assert table.fault is None or (table.records >= 1 and table.cells.is_empty())
        counts(staged(table), path.name)
    bar("Fuzz", f"damaged {suffix} files", times=tries)
