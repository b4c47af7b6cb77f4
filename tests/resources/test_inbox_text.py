"""The same text whatever its bytes: encodings, line ends, and wherever a piece breaks off."""

import io
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty.intake.tables import TextTable
from resources import inbox_csv, inbox_text
from resources.inbox import read_file
from resources.inbox_csv import read_csv
from resources.inbox_jsonl import read_jsonl
from resources.inbox_text import NO_TEXT, Profile, UnreadableError, encoding_of, physical_lines, pieces
from tests.reliability import Tell

LEDGER = "_id,lead_id,amount,operation,title,created_at"
ROWS = (
    "w1,lead-1,50,cr,Reward,2026-04-10",
    "w2,lead-1,7,dr,₹ आशा 😀,2026-04-11",
    "w3,lead-2,9,cr,naïve,2026-04-12",
)
CELLS = [tuple(row.split(",")) for row in ROWS]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")
MARKED = {"utf-16-be": b"\xfe\xff", "utf-32-be": b"\0\0\xfe\xff"}
ENDS = ("\n", "\r\n", "\r", "\r\r\n")


def table(data: bytes, profile: Profile | None = None) -> TextTable:
    return read_csv(io.BytesIO(data), "ledger.csv", profile or Profile())


def same(one: TextTable, other: TextTable) -> bool:
    parts = ("header", "blank", "preamble", "records")
    return all(getattr(one, part) == getattr(other, part) for part in parts) and all(
        (one.cells.equals(other.cells), one.lines.equals(other.lines), one.rejected.equals(other.rejected))
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("is_ended", [True, False])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_line_ends_and_delimiter_change_nothing(
    encoding: str, end: str, is_ended: bool, delimiter: str, bar: Tell
) -> None:
    text = end.join([LEDGER, *ROWS]).replace(",", delimiter) + end * is_ended
    read = table(MARKED.get(encoding, b"") + text.encode(encoding))
    assert read.cells.rows() == CELLS
    assert (read.records, read.rejected.height) == (3, 0)
    bar("Doors", "encoding × line ends × last line × delimiter of one ledger", times=1)


def test_line_ends_may_be_mixed() -> None:
    read = table(f"{LEDGER}\r\n{ROWS[0]}\n{ROWS[1]}\r{ROWS[2]}\r\n".encode())
    assert (read.cells.rows(), read.lines.to_list()) == (CELLS, [2, 3, 4])


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        (b"", "utf-8"),
        (b"_", "utf-8"),
        (b"_\0i\0", "utf-16-le"),
        (b"\0_\0i", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
    ],
)
def test_the_first_bytes_tell_the_encoding(start: bytes, encoding: str) -> None:
    assert encoding_of(start) == encoding


CP1252 = f"{LEDGER}\n{ROWS[0]}\nw2,lead-1,7,dr,Fête – €5,2026-04-11\n".encode("cp1252")


def test_windows_text_is_read_where_the_profile_says_so_and_only_there() -> None:
    read = table(CP1252, Profile(encodings={"nector_ledger": "cp1252"}))
    assert read.cells["4"].to_list() == ["Reward", "Fête – €5"]
    assert read.encoding == "cp1252"
    for profile in (Profile(), Profile(encodings={"gokwik_orders": "cp1252"})):
        with pytest.raises(UnreadableError, match=r"^neither UTF-8 nor UTF-16 text; if it is Windows-1252"):
            table(CP1252, profile)


def test_a_profile_for_windows_text_leaves_unicode_alone() -> None:
    own = Profile(encodings={"nector_ledger": "cp1252"})
    for encoding in ENCODINGS[:3]:
        read = table("\n".join([LEDGER, *ROWS]).encode(encoding), own)
        assert read.cells.rows() == CELLS
        assert read.encoding != "cp1252"


def test_bytes_that_no_windows_character_has_are_no_text() -> None:
    with pytest.raises(UnreadableError, match=r"^not cp1252 text either$"):
        table(CP1252 + b"\x81", Profile(encodings={"nector_ledger": "cp1252"}))


@pytest.mark.parametrize(
    "data",
    [
        CP1252,
        LEDGER.encode() + b"\n\xe9",
        b"\xff\xfe" + "w\n".encode("utf-16-le") + b"\0",
        b"\xff\xfe" + b"\0\xd8" * 4,
        LEDGER.encode() + b"\n\xe2\x82",
    ],
    ids=["windows", "one byte", "half a character", "half a pair", "cut within a character"],
)
def test_what_is_no_text_counts_its_physical_lines(data: bytes, tmp_path: Path) -> None:
    for name in ("a.csv", "a.jsonl"):
        (tmp_path / name).write_bytes(data)
        read = read_file(tmp_path / name)
        assert (read.fault or "").startswith("neither UTF-8 nor UTF-16 text")
        assert read.records == max(1, physical_lines(io.BytesIO(data)))
    assert NO_TEXT.startswith("neither")


# --- pieces ---------------------------------------------------------------------------------------

TEXT = st.text(st.sampled_from('ab",;\n\r\t €é😀\0'), max_size=60)


@given(TEXT, st.integers(4, 9), st.sampled_from(ENCODINGS))
def test_pieces_are_the_text_wherever_they_break_off(text: str, size: int, encoding: str) -> None:
    assume(not text.startswith("\0"))  # behind a mark of UTF-16 a NUL makes one of UTF-32
    data = MARKED.get(encoding, b"") + text.encode(encoding)
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox_text, "PIECE_BYTES", size)
        is_marked = encoding in MARKED or encoding in ("utf-16", "utf-32")
        told = encoding_of(data) if is_marked else encoding.removesuffix("-sig")
        assert b"".join(pieces(io.BytesIO(data), told)) == plain


LINE = st.one_of(
    st.lists(
        st.sampled_from(["", "a", '"a"', '"a,b"', '"x\ny"', '""', '"q""q"', "₹1", 'a"b']), max_size=5
    ).map(",".join),
    st.sampled_from(["", ",,,,,", ROWS[0], ROWS[1]]),
)


@given(st.lists(LINE, max_size=12), st.integers(1, 64))
def test_a_table_is_the_same_wherever_its_pieces_break_off(lines: list[str], size: int) -> None:
    data = "\n".join([LEDGER, *lines]).encode()
    whole = table(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox_text, "PIECE_BYTES", max(size, 4))
        patch.setattr(inbox_csv, "_HEAD_BYTES", 100)
        assert same(table(data), whole)


JSON = st.sampled_from(
    [
        "{}",
        '{"_id": "w1"}',
        '{"_id": 1, "title": "é"}',
        "",
        "[1]",
        '{"amount": 5.10',
        '{"x": "\\ud800"}',
        '{"a": 1, "a": 2}',
    ]
)


@given(st.lists(JSON, max_size=12), st.integers(1, 32))
def test_json_lines_are_the_same_wherever_their_pieces_break_off(lines: list[str], size: int) -> None:
    data = "\n".join(lines).encode()
    whole = read_jsonl(io.BytesIO(data), "a.jsonl", Profile())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox_text, "PIECE_BYTES", size)
        assert same(read_jsonl(io.BytesIO(data), "a.jsonl", Profile()), whole)
    assert whole.records + whole.blank == len(lines) - (lines[-1:] == [""])
