"""Every sentence of details I, from the bytes of a file to its bucket."""

import datetime as dt
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from loyalty.intake.stage import Staged, stage
from resources.inbox import read_inbox
from tests.loyalty.intake.exports import (
    AS_OF,
    ENTRY,
    MEMBER,
    ORDER,
    REFUND,
    Row,
    counts,
    csv_text,
    reasons,
    settings,
    utc,
)
from tests.reliability import Tell

ORDERS = csv_text([ORDER])
HEADER, SOUND = ORDERS.splitlines()


def landed(folder: Path, files: Mapping[str, str | bytes], **own: Any) -> Staged:
    """What intake makes of files that were dropped into an inbox."""
    for name, data in files.items():
        path = folder / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return stage(read_inbox(folder / "inbox"), settings(**own), AS_OF)


def told_of(folder: Path, data: str | bytes, name: str = "a.csv") -> dict[str, Any]:
    """The row of mart_sources of one file; it conserves its lines."""
    result = landed(folder, {name: data})
    counts(result, name)
    [row] = result.sources.to_dicts()
    return row


def fates(folder: Path, base: Row, rows: Sequence[Row], key: str) -> dict[str, list[str]]:
    """The reasons against each of some rows of one file, by a key of the row; none where it was accepted."""
    numbered = [{**base, key: f"k{place}", **row} for place, row in enumerate(rows)]
    result = landed(folder, {"a.csv": csv_text(numbered)})
    assert counts(result, "a.csv")["lines"] == len(rows)
    found: dict[str, list[str]] = {f"k{place}": [] for place in range(len(rows))}
    for line, reason in result.quarantine.select("line", "reason").iter_rows():
        found[f"k{line - 2}"].append(reason)
    return found


# --- I1 -------------------------------------------------------------------------------------------


def test_lines_are_records_and_every_physical_line_has_one_place(tmp_path: Path, bar: Tell) -> None:
    bad, text = SOUND.replace("1000.00", "x"), f'"{SOUND}"'
    data = f"GoKwik report\n\n{HEADER}\n{SOUND}\n{SOUND}\n\n{',' * 6}\n{bad}\n1,2\n{text}\n"
    row = told_of(tmp_path, data)
    outside = row["header"] + row["blank"] + row["preamble"]
    assert (row["header"], row["blank"], row["preamble"]) == (1, 3, 1)
    assert (row["lines"], row["accepted"], row["quarantined"], row["duplicate"]) == (5, 1, 3, 1)
    assert row["lines"] + outside == data.count("\n")
    bar(
        "Doors",
        "physical lines of a file with everything in it, each found in one place",
        times=data.count("\n"),
    )


def test_a_quoted_line_break_stays_in_one_record(tmp_path: Path) -> None:
    quoted = SOUND.replace("UPI", '"U\nP\nI"')
    row = told_of(tmp_path, f"{HEADER}\n{quoted}\n{SOUND.replace('5101', '5102')}\n")
    assert (row["lines"], row["accepted"]) == (2, 2)


@pytest.mark.parametrize(
    "data", [f'{HEADER}\n{SOUND}\n5102,"open\n\n'.encode(), f"{HEADER}\n{SOUND}\né\nx\n".encode("latin-1")]
)
def test_a_file_that_cannot_be_split_counts_physical_lines(tmp_path: Path, data: bytes) -> None:
    row = told_of(tmp_path, data)
    assert (row["lines"], row["quarantined"], row["accepted"]) == (4, 4, 0)


def test_an_order_after_the_as_of_counts_as_accepted(tmp_path: Path) -> None:
    row = told_of(tmp_path, ORDERS.replace("2026-04-10", "2026-08-10"))
    assert (row["accepted"], row["later"]) == (1, 1)


# --- I2 to I4 -------------------------------------------------------------------------------------


def test_a_file_quarantined_whole_says_why(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "no-kind.csv": "a,b\n1,2\n3,4\n",
        "no-total.csv": ORDERS.replace("Grand Total", "Something"),
        "torn.xlsx": b"PK\x03\x04",
        "torn.parquet": b"PAR1",
        "torn.csv.gz": gzip.compress(ORDERS.encode())[:-4],
        "list.jsonl": "[1]\n[2]\n",
        "orders.xls": b"\xd0\xcf\x11\xe0",
    }
    result = landed(tmp_path, files)
    for name in files:
        [row] = result.sources.filter(pl.col("file") == name).to_dicts()
        assert row["accepted"] == 0
        assert row["quarantined"] == row["lines"] >= 1, name
        assert counts(result, name)
    whole = result.quarantine.filter(pl.col("file") != "list.jsonl")
    assert whole["line"].unique().to_list() == [0]
    assert set(result.quarantine["file"]) == set(files)
    kinds = dict(result.sources.select("file", "kind").iter_rows())
    assert kinds.pop("no-total.csv") == "gokwik_orders"
    assert set(kinds.values()) == {None}


EMPTY: dict[str, str | bytes] = {
    "empty.csv": "", "empty.xlsx": "", "empty.parquet": "", "empty.jsonl": "", "empty.csv.gz": "",
    "blank.csv": "\n\r\n\n", "blank.jsonl": "\n \n", "blank.csv.gz": gzip.compress(b""), "mark.csv": b"\xef\xbb\xbf",
    "header.csv": HEADER, "header.csv.gz": gzip.compress(HEADER.encode()),
}  # fmt: skip


def test_empty_and_header_only_files_have_one_row_and_no_lines(tmp_path: Path, bar: Tell) -> None:
    frame, book = io.BytesIO(), io.BytesIO()
    pl.DataFrame(schema=dict.fromkeys(ORDER, pl.String)).write_parquet(frame)
    workbook = xlsxwriter.Workbook(book, {"in_memory": True})
    workbook.add_worksheet().write_row(0, 0, list(ORDER))
    workbook.close()
    files = {**EMPTY, "header.parquet": frame.getvalue(), "header.xlsx": book.getvalue()}
    result = landed(tmp_path, files)
    assert result.sources["file"].to_list() == sorted(files)
    assert result.sources["lines"].unique().to_list() == [0]
    with_header = result.sources.filter(pl.col("kind") == "gokwik_orders")["file"].to_list()
    assert with_header == ["header.csv", "header.csv.gz", "header.parquet", "header.xlsx"]
    assert result.quarantine.is_empty()
    bar("Doors", "empty and header-only files of every extension", times=len(files))


def test_regular_files_of_no_accepted_extension_are_said_and_hidden_ones_skipped(tmp_path: Path) -> None:
    files = {
        "notes.txt": "hello\n",
        "2026/orders": ORDERS,
        ".hidden.csv": ORDERS,
        ".trash/orders.csv": ORDERS,
        "nothing.doc": "",
    }
    result = landed(tmp_path, files)
    rows = result.sources.select("file", "kind", "lines", "reason").rows()
    assert rows == [
        ("2026/orders", None, 1, "unsupported file"),
        ("notes.txt", None, 1, "unsupported file"),
        ("nothing.doc", None, 0, "unsupported file"),
    ]


# --- I7 -------------------------------------------------------------------------------------------

NO_AMOUNTS = [
    "10.005", "10.000", "0.001", "NaN", "nan", "inf", "-inf", "Infinity", "1e3", "1E+3", "#VALUE!", "#REF!", "#ERROR!", "१२३", "１２３", "٣",
    "--", "--5", "5--", "(5", "5)", "(-5)", "1,23", "1,2,3", "1,23,4567", "12,34,56", ",500", "500,", "1_000", "1 000", "0x10", "1.2.3", "5/-", "$5",
    "9223372036854775808", "10000000000000.01", "1" * 40, "½", "５", "1.", "five",
]  # fmt: skip
AMOUNTS = {
    "1,23,456.00": 12_345_600, "123,456.00": 12_345_600, "1,234,567.5": 123_456_750, "₹ 500": 50_000, "Rs. 500": 50_000, "rs500": 50_000, "INR 500.05": 50_005,
    "500 INR": 50_000, "+0": None, "0": 0, ".5": 50, "10000000000000": 10**15, "₹1,00,000": 10_000_000,
}  # fmt: skip
NEGATIVES = {
    "(250.00)": -25_000,
    "250-": -25_000,
    "-250": -25_000,
    "\u2212250": -25_000,
    "(₹2.50)": -250,
    "-₹1": -100,
}
_BLANK = ["", " ", "NA", "N/A", "-", "null", "NULL", "n/a"]


def test_text_that_is_no_amount_is_quarantined_by_a_reason_that_names_the_column(
    tmp_path: Path, bar: Tell
) -> None:
    found = fates(tmp_path, ORDER, [{"Shipping Charges": text} for text in NO_AMOUNTS], "Merchant Order ID")
    for place, text in enumerate(NO_AMOUNTS):
        [reason] = found[f"k{place}"]
        assert reason.startswith("Shipping Charges: "), (text, reason)
    bar("Cells", "texts that are no amount of money", times=len(NO_AMOUNTS))


def test_text_that_is_an_amount_is_its_paise(tmp_path: Path, bar: Tell) -> None:
    told = {text: paise for text, paise in (AMOUNTS | NEGATIVES).items() if paise is not None}
    rows = [{**ORDER, "Merchant Order ID": f"k{place:02}", "Tax": text} for place, text in enumerate(told)]
    result = landed(tmp_path, {"a.csv": csv_text(rows)})
    assert result.orders["tax_paise"].to_list() == list(told.values())
    bar("Cells", "texts that are an amount of money", times=len(told))


def test_a_negative_sub_total_or_grand_total_is_quarantined(tmp_path: Path) -> None:
    rows: list[Row] = [{column: text} for column in ("Sub Total", "Grand Total") for text in NEGATIVES]
    found = fates(tmp_path, ORDER, rows, "Merchant Order ID")
    assert list(found.values()) == [["Sub Total: negative"]] * 6 + [["Grand Total: negative"]] * 6


def test_a_blank_required_value_is_quarantined_and_any_other_blank_is_null(tmp_path: Path) -> None:
    needed = ("Created At", "Sub Total", "Grand Total", "Merchant Order Status")
    rows: list[Row] = [{column: text} for column in needed for text in _BLANK]
    found = fates(tmp_path, ORDER, rows, "Merchant Order ID")
    assert list(found.values()) == [[f"{column}: blank"] for column in needed for _ in _BLANK]
    free = [{"Coupon Discount": text, "Delivered At": text, "Device": text} for text in _BLANK]
    assert set(map(tuple, fates(tmp_path, ORDER, free, "Merchant Order ID").values())) == {()}


NO_DATES = ["2026-02-30", "31/02/2026", "29/02/2027", "2027-02-29", "2026-13-01", "0/1/2026", "1/1/26", "00:00", "2026-04-10 25:00", "2026-04-10T10:00:60",
            "9999-99-99", "1775804400", "1775804400000", "19999", "80001", "4/2026", "April 10, 2026", "10 Apr 2026", "20260410", "NaT", "१०/०४/२०२६", "-46122", "46122e0"]  # fmt: skip
DATES = {
    "2026-04-10T12:00:00+05:30": "2026-04-10T06:30:00+00:00", "2026-04-10T06:30:00Z": "2026-04-10T06:30:00+00:00",
    "2026-04-10 12:00:00 +0530": "2026-04-10T06:30:00+00:00", "10/4/2026 12:00 PM": "2026-04-10T06:30:00+00:00",
    "10-04-2026 12:00": "2026-04-10T06:30:00+00:00", "46122.5": "2026-04-10T06:30:00+00:00", "46122": "2026-04-09T18:30:00+00:00",
    "2026-04-10": "2026-04-09T18:30:00+00:00", "1970-01-01": "1969-12-31T18:30:00+00:00",
}  # fmt: skip


def test_text_that_is_no_date_is_quarantined_and_an_epoch_never_guessed(tmp_path: Path, bar: Tell) -> None:
    found = fates(tmp_path, ORDER, [{"Created At": text} for text in NO_DATES], "Merchant Order ID")
    assert found == {f"k{place}": ["Created At: not a date"] for place in range(len(NO_DATES))}
    bar("Cells", "texts that are no date", times=len(NO_DATES))


def test_text_that_is_a_date_is_its_instant(tmp_path: Path, bar: Tell) -> None:
    rows = [
        {**ORDER, "Merchant Order ID": f"k{place}", "Created At": text} for place, text in enumerate(DATES)
    ]
    result = landed(tmp_path, {"a.csv": csv_text(rows)})
    assert result.orders["placed_at"].to_list() == [dt.datetime.fromisoformat(at) for at in DATES.values()]
    bar("Cells", "texts that are a date", times=len(DATES))


# --- I8 -------------------------------------------------------------------------------------------


def test_an_id_in_scientific_notation_is_quarantined_in_every_id_column(tmp_path: Path, bar: Tell) -> None:
    texts = ("5.12E+12", "5.12e+12", "5E+12", "5.12345678901234E+17")
    result = landed(
        tmp_path,
        {
            "orders.csv": csv_text([{**ORDER, column: text} for column in ("Merchant Order ID", "Shopify Order Name", "Reward Transaction ID") for text in texts]),
            "ledger.csv": csv_text([{**ENTRY, column: text} for column in ("_id", "lead_id", "reference_order_id", "parent_id", "hash") for text in texts]),
            "refunds.csv": csv_text([{**REFUND, column: text} for column in ("Refund ID", "Merchant Order ID") for text in texts]),
            "members.csv": csv_text([{**MEMBER, "lead_id": text} for text in texts]),
        },
    )  # fmt: skip
    for name, columns in (("orders.csv", 3), ("ledger.csv", 5), ("refunds.csv", 2), ("members.csv", 1)):
        assert counts(result, name) == {"lines": 4 * columns, "quarantined": 4 * columns}
    assert {reason.partition(": ")[2] for reason in reasons(result)} == {"id in scientific notation"}
    bar("Cells", "ids in scientific notation, in eleven columns", times=44)


def test_a_trailing_point_zero_is_cut_and_leading_zeros_are_kept(tmp_path: Path) -> None:
    ids = ("5101.0", "#5102", "005103", "A-5104", "5105.00")
    result = landed(tmp_path, {"a.csv": csv_text([{**ORDER, "Merchant Order ID": text} for text in ids])})
    assert sorted(result.orders["order_id"]) == ["005103", "5101", "5102", "5105.00", "A-5104"]


def test_a_phone_in_scientific_notation_is_no_key_and_costs_no_row(tmp_path: Path) -> None:
    result = landed(tmp_path, {"a.csv": csv_text([{**ORDER, "Customer Phone": "9.19877E+11"}])})
    assert result.orders["member_no"].to_list() == [None]


def test_a_float_of_parquet_that_may_be_two_ids_is_none(tmp_path: Path) -> None:
    exact, inexact = 5_100_000_000_001.0, float(2**53 + 2)
    frame = io.BytesIO()
    pl.DataFrame([ORDER, ORDER]).with_columns(pl.Series("Merchant Order ID", [exact, inexact])).write_parquet(
        frame
    )
    result = landed(tmp_path, {"a.parquet": frame.getvalue()})
    assert result.orders["order_id"].to_list() == ["5100000000001"]
    assert reasons(result) == ["Merchant Order ID: id in scientific notation"]


# --- I9 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "format_", "placed", "refused"),
    [
        (("25/06/2026", "05/06/2026"), "day_first", ["2026-06-25", "2026-06-05"], 0),
        (("06/25/2026", "05/06/2026"), "month_first", ["2026-06-25", "2026-05-06"], 0),
        (("25/06/2026", "06/25/2026"), "day_first", ["2026-06-25"], 1),
        (("05/06/2026", "06/05/2026"), "ambiguous_day_first", ["2026-06-05", "2026-05-06"], 0),
        (("2026-06-25", "05/06/2026"), "ambiguous_day_first", ["2026-06-25", "2026-06-05"], 0),
    ],
)
def test_a_file_decides_once_how_days_and_months_stand(
    dates: tuple[str, str], format_: str, placed: list[str], refused: int, tmp_path: Path
) -> None:
    rows = [
        {**ORDER, "Merchant Order ID": f"k{place}", "Created At": f"{date} 12:00"}
        for place, date in enumerate(dates)
    ]
    result = landed(tmp_path, {"a.csv": csv_text(rows)})
    assert result.sources["date_format"].to_list() == [format_]
    assert result.orders["placed_at"].to_list() == [utc(f"{day}T12:00+05:30") for day in placed]
    assert len(reasons(result)) == refused


def test_an_excel_day_is_in_the_zone_of_the_file(tmp_path: Path) -> None:
    result = landed(
        tmp_path, {"a.csv": csv_text([{**ENTRY, "created_at": "46122.5"}])}, zones={"nector_ledger": "UTC"}
    )
    assert result.entries["created_at"].to_list() == [utc("2026-04-10T12:00+00:00")]


# --- I10 ------------------------------------------------------------------------------------------


def test_a_duplicated_header_matters_only_where_it_is_a_column(tmp_path: Path) -> None:
    twice = "\n".join(
        f"{line},{extra}" for line, extra in zip(ORDERS.splitlines(), ("grand_total", "7"), strict=True)
    )
    result = landed(
        tmp_path, {"a.csv": twice, "b.csv": csv_text([{**ORDER, "Utm Medium": "x", "utm_medium": "y"}])}
    )
    assert counts(result, "a.csv") == {"lines": 1, "quarantined": 1}
    assert counts(result, "b.csv") == {"lines": 1, "accepted": 1}
    assert reasons(result) == ["the column Grand Total stands more than once"]
    assert result.sources["columns_unknown"].to_list()[1] == ["Utm Medium", "utm_medium"]


@pytest.mark.parametrize("id_", ["Total", "TOTAL", "Grand Total", "", "-"])
def test_a_totals_row_is_quarantined(id_: str, tmp_path: Path) -> None:
    result = landed(
        tmp_path,
        {
            "a.csv": csv_text(
                [ORDER, {**ORDER, "Merchant Order ID": id_, "Created At": "", "Merchant Order Status": ""}]
            )
        },
    )
    assert counts(result, "a.csv") == {"lines": 2, "accepted": 1, "quarantined": 1}


@pytest.mark.parametrize(("titles", "kind"), [(0, "gokwik_orders"), (19, "gokwik_orders"), (20, None)])
def test_the_header_is_looked_for_in_the_first_twenty_lines(
    titles: int, kind: str | None, tmp_path: Path
) -> None:
    row = told_of(tmp_path, "GoKwik\n" * titles + ORDERS)
    assert row["kind"] == kind
    assert row["lines"] + row["header"] + row["preamble"] == titles + 2


def test_the_line_with_which_excel_names_a_delimiter_is_a_title(tmp_path: Path) -> None:
    row = told_of(tmp_path, "sep=;\n" + csv_text([ORDER], ";"))
    assert (row["accepted"], row["preamble"]) == (1, 1)


# --- I11 and I12 ----------------------------------------------------------------------------------


def test_later_goes_by_content_never_by_name(tmp_path: Path) -> None:
    old, new = csv_text([ORDER]), csv_text([{**ORDER, "Sub Total": "900", "Delivered At": "2026-04-14"}])
    for place, (first, second) in enumerate((("a.csv", "b.csv"), ("b.csv", "a.csv"))):
        result = landed(tmp_path / str(place), {first: old, second: new})
        assert result.orders["subtotal_paise"].to_list() == [90_000]
        assert counts(result, first) == {"lines": 1, "superseded": 1}


def test_the_same_bytes_under_two_names_count_once(tmp_path: Path) -> None:
    result = landed(tmp_path, {"a.csv": ORDERS, "b.csv": ORDERS, "c.csv.gz": gzip.compress(ORDERS.encode())})
    assert [counts(result, name) for name in ("a.csv", "b.csv", "c.csv.gz")] == [
        {"lines": 1, "accepted": 1}, {"lines": 1, "duplicate": 1}, {"lines": 1, "duplicate": 1},
    ]  # fmt: skip
    assert result.sources["sha256"].n_unique() == 2


# --- NUL, and cells that are no cells -------------------------------------------------------------


def test_a_nul_costs_its_row_and_no_other(tmp_path: Path) -> None:
    rows = [SOUND, SOUND.replace("5101", "51\0" + "02"), SOUND.replace("5101", "5103"), "\0" * 512]
    data = "\n".join([HEADER, *rows])
    result = landed(tmp_path, {"a.csv": data})
    assert counts(result, "a.csv") == {"lines": 4, "accepted": 2, "quarantined": 2}
    assert set(reasons(result)) == {"holds a NUL, which no export writes"}
