"""A run over an inbox full of horrors gives what a run without them gives, and says where every line went."""

import gzip
import os
import re
from pathlib import Path

import polars as pl

from resources.home import Home
from tests.homes import LEDGER, ORDERS, run, small_home
from tests.reliability import Tell

HEADER = ORDERS.splitlines()[0]
HORRORS: dict[str, bytes] = {
    "empty.csv": b"",
    "nothing.csv": b"\n\r\n,,,\n",
    "zeros.csv": b"\0" * 5_000,
    "noise.csv": bytes(range(256)) * 40,
    "noise.xlsx": bytes(range(256)) * 40,
    "noise.parquet": b"PAR1" + bytes(range(256)) * 40 + b"PAR1",
    "noise.jsonl": b"[[[[" * 5_000,
    "torn.csv.gz": gzip.compress(LEDGER.encode())[:-20],
    "bomb.csv.gz": gzip.compress(b"_id,amount\n" + b"0,0\n" * 17_000_000, compresslevel=1),
    "quote.csv": f'{HEADER}\n5999,"2026-04-02\n'.encode(),
    "wide.csv": ",".join(f"c{place}" for place in range(5_000)).encode(),
    "letter.doc": b"Dear all",
    "windows.csv": f"{HEADER}\n".encode() + b"\x93quoted\x94\n",
    "twice.csv": ORDERS.replace("Loyalty Discount", "Grand Total").encode(),
    "ragged.csv": f"{HEADER}\n1\n1,2\n{'x,' * 50}\n".encode(),
    "sub/-rf.csv": b"a,b\n1,2\n",
    "sub/é.csv": b"a;b\n1;2\n",
}


def test_a_brand_says_how_its_exports_are_written(tmp_path: Path) -> None:
    plain, own = small_home(tmp_path / "plain"), small_home(tmp_path / "own")
    own.brand_file.write_text(
        "brand: small\nsources:\n  nector_ledger: {encoding: cp1252, dates: month_first}\n"
    )
    told = re.sub(r"2026-(\d\d)-(\d\d)", r"\1/\2/2026", LEDGER.replace("Welcome", "Fête"))
    (own.inbox / "ledger.csv").write_bytes(told.encode("cp1252"))
    assert run(own) == run(plain)
    assert verdicts(own) == verdicts(plain)
    files = pl.read_parquet(own.lake / "mart_sources.parquet").filter(pl.col("file") == "ledger.csv")
    assert files.select("encoding", "date_format", "quarantined").rows() == [("cp1252", "month_first", 0)]


def verdicts(home: Home) -> dict[str, bytes]:
    """The bytes of every published table that does not list files."""
    tables = sorted(home.lake.resolve().glob("mart_*.parquet"))
    return {
        path.name: path.read_bytes()
        for path in tables
        if path.stem not in ("mart_sources", "mart_quarantine")
    }


def test_horrors_beside_sound_exports_change_no_verdict_and_lose_no_line(tmp_path: Path, bar: Tell) -> None:
    sound, hostile = small_home(tmp_path / "sound"), small_home(tmp_path / "hostile")
    for name, data in HORRORS.items():
        path = hostile.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    with open(os.path.join(os.fsencode(hostile.inbox), b"\xff\xfe.csv"), "wb") as file:  # noqa: PTH118, PTH123 - the name is bytes
        file.write(b"a,b\n1,2\n")

    assert run(hostile) == run(sound)

    assert verdicts(hostile) == verdicts(sound) != {}
    files = pl.read_parquet(hostile.lake / "mart_sources.parquet")
    assert files.height == len(HORRORS) + 5
    told = pl.sum_horizontal("accepted", "quarantined", "duplicate", "superseded")
    assert files.filter(pl.col("lines") != told).is_empty()
    said = set(pl.read_parquet(hostile.lake / "mart_quarantine.parquet")["file"])
    silent = set(files.filter(pl.col("quarantined") > 0)["file"]) - said
    assert silent == set()
    bar("Doors", "hostile files in the inbox of a whole run", times=len(HORRORS) + 1)
