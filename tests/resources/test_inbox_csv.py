import csv
import io

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.intake.tables import TextTable
from resources import inbox_split
from resources.inbox_csv import read_csv
from resources.inbox_split import (
    HIDDEN_BREAK,
    HIDDEN_DELIMITER,
    split_fast,
    split_strictly,
    without_quotes,
)
from resources.inbox_text import Profile, UnreadableError

LEDGER = "_id,lead_id,amount,operation,title,created_at"
ROW = "w1,lead-1,50,cr,Reward,2026-04-10"


def table(text: str | bytes) -> TextTable:
    return read_csv(io.BytesIO(text.encode() if isinstance(text, str) else text), "ledger.csv", Profile())


def cells(read: TextTable) -> list[tuple[str | None, ...]]:
    return read.cells.rows()


SOUND = [tuple(ROW.split(","))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_changes_nothing(encoding: str) -> None:
    read = table(f"{LEDGER}\nw1,lead-1,50,cr,₹ आशा,2026-04-10\n".encode(encoding))
    assert read.header == tuple(LEDGER.split(","))
    assert cells(read) == [("w1", "lead-1", "50", "cr", "₹ आशा", "2026-04-10")]


def test_a_big_endian_mark_is_known_too() -> None:
    assert cells(table(b"\xfe\xff" + f"{LEDGER}\n{ROW}".encode("utf-16-be"))) == SOUND


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_line_ends_change_nothing(end: str, last: str) -> None:
    read = table(f"{LEDGER}\n{ROW}\n{ROW}{last}".replace("\n", end))
    assert cells(read) == SOUND * 2
    assert read.lines.to_list() == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert cells(table(f"{LEDGER}\n{ROW}\n".replace(",", delimiter))) == SOUND


def test_a_delimiter_within_a_title_row_does_not_mislead() -> None:
    read = table("from;to;by;us;and;you;and;them\n" + f"{LEDGER}\n{ROW}\n")
    assert (cells(read), read.preamble, read.lines.to_list()) == (SOUND, 1, [3])


def test_title_rows_and_blank_rows_are_counted_beside_the_records() -> None:
    read = table(f"Report,,\n\n,,\n{LEDGER}\n{ROW}\n\n,,,,,\n{ROW}\n\n")
    assert cells(read) == SOUND * 2
    assert (read.preamble, read.blank, read.records) == (1, 5, 2)
    assert read.lines.to_list() == [5, 8]


def test_a_record_of_another_width_is_rejected_with_its_shape() -> None:
    read = table(f'{LEDGER}\n{ROW}\nw2,Asha 98\n{ROW},\n"w4","x, y"\n{ROW}\n')
    assert cells(read) == SOUND * 2
    assert read.lines.to_list() == [2, 6]
    assert read.rejected.rows() == [
        (3, "2 fields where the header has 6", "a9,aaaa 99"),
        (4, "7 fields where the header has 6", "a9,aaaa-9,99,aa,aaaaaa,9999-99-99,"),
        (5, "2 fields where the header has 6", "a9,a, a"),
    ]
    assert read.records == 5


def test_a_quoted_line_break_stays_in_one_record() -> None:
    read = table(f'{LEDGER}\nw1,lead-1,50,cr,"one\r\ntwo, ""three""",2026-04-10\n{ROW}\n')
    assert cells(read)[0][4] == 'one\ntwo, "three"'
    assert read.lines.to_list() == [2, 4]


@pytest.mark.parametrize("row", ['w1,"lead-1', 'w1,"lead"1,50,cr,x,2026', f"w1,{'x' * 131_073},50,cr,x,2026"])
def test_a_quote_that_does_not_close_where_it_must_is_a_fault_of_the_file(row: str) -> None:
    with pytest.raises(UnreadableError, match=r"^cannot be split into fields from line 3 on: "):
        table(f"{LEDGER}\n{ROW}\n{row}\n")


def test_a_quote_within_a_plain_cell_is_a_quote() -> None:
    assert cells(table(f'{LEDGER}\nw1,lead-1,50,cr,5" tall,2026\n'))[0][4] == '5" tall'


def test_characters_that_hide_others_are_read_as_they_stand() -> None:
    text = f"a{HIDDEN_DELIMITER.decode()}b{HIDDEN_BREAK.decode()}c"
    assert cells(table(f'{LEDGER}\nw1,lead-1,50,cr,"{text},",2026\n'))[0][4] == f"{text},"


def test_blanks_around_a_cell_are_left_to_the_parser() -> None:
    assert cells(table(f"{LEDGER}\n w1 ,lead-1,50,cr, x ,2026\n"))[0][4] == " x "


def test_a_file_without_a_row_has_no_header() -> None:
    for text in ("", "\n\n"):
        assert table(text).header == ()
        assert table(text).records == 0


@pytest.mark.parametrize("row", [",,,,,", ",", ",,,,,,,,", '""', '"",""'])
def test_a_record_without_a_filled_cell_is_blank_whatever_its_width(row: str) -> None:
    read = table(f"{LEDGER}\n{row}\n{ROW}\n{row}")
    assert (cells(read), read.blank, read.records, read.lines.to_list()) == (SOUND, 2, 1, [3])


def test_a_header_alone_has_no_records() -> None:
    assert table(LEDGER).records == 0
    assert table(LEDGER).header == tuple(LEDGER.split(","))


def test_a_stranger_keeps_its_first_row_as_header() -> None:
    read = table("x\n1\n\n2\n")
    assert (read.header, read.records, read.blank) == (("x",), 2, 1)


# --- two readers, one answer ----------------------------------------------------------------------

FIELD = st.text(st.sampled_from('ab",;\n #\té₹1 '), max_size=6)


def written(rows: list[list[str]], quoting: bool) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL).writerows(
        rows
    )
    return text.getvalue()


def strictly(text: str, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    (cells, lines, rejected), _ = split_strictly(text, ",", width)
    return cells.with_columns(lines), rejected


def fast(text: str, width: int) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    unquoted = without_quotes(text.encode(), b",")
    rows = None if unquoted is None else split_fast(unquoted, ",", width)
    if rows is None:
        return None
    cells, lines, rejected = rows
    return cells.with_columns(lines).sort("line"), rejected


@given(st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=8), st.integers(2, 4), st.booleans())
def test_both_readers_split_what_a_writer_wrote_alike(
    rows: list[list[str]], width: int, quoting: bool
) -> None:
    text = written(rows, quoting)
    quick = fast(text, width)
    assert quick is not None
    slow = strictly(text, width)
    assert quick[0].rows() == slow[0].rows()
    assert quick[1].select("line", "reason").rows() == slow[1].select("line", "reason").rows()


@given(st.text(st.sampled_from('ab,"\n'), max_size=30), st.integers(2, 4))
@example('""a,b\n', 2)
@example('a"",b\n', 2)
@example('"a"\n"b",c\n', 2)
def test_the_fast_reader_gives_what_the_strict_one_gives_or_steps_aside(text: str, width: int) -> None:
    quick = fast(text, width)
    if quick is not None:
        slow = strictly(text, width)
        assert quick[0].rows() == slow[0].rows()
        assert quick[1].select("line", "reason").rows() == slow[1].select("line", "reason").rows()


def test_ordinary_exports_take_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_split, "split_strictly", None)
    assert cells(table(f'{LEDGER}\n{ROW}\n"w2","a, ""b""","1,000",cr,"x\ny",2026\n')) == [
        *SOUND,
        ("w2", 'a, "b"', "1,000", "cr", "x\ny", "2026"),
    ]


@pytest.mark.parametrize("text", [b"a\nb,c,d\n", b"b,c,d\na\n", b"a,b\nc\nd,e,f\n"])
def test_polars_refuses_rows_that_are_too_wide_when_the_total_is_right(text: bytes) -> None:
    """What the counting proof of the fast way leans on."""
    with pytest.raises(pl.exceptions.PolarsError):
        pl.read_csv(text, has_header=False, quote_char=None, schema={"0": pl.String, "1": pl.String})
