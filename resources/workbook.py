"""The workbook of finance: a sheet per schedule, rupees as numbers, ids as text, totals that are sums."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from loyalty.finance import cost
from loyalty.reconcile.summary import open_mismatches
from loyalty.reconcile.wording import instant_words
from loyalty.values.times import IST

WORKBOOK = "finance.xlsx"
ROWS_OF_A_SHEET = 500_000
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_RUPEES = "[>=10000000]##\\,##\\,##\\,##0.00;[>=100000]##\\,##\\,##0.00;#,##0.00"
_COUNT = "[>=10000000]##\\,##\\,##\\,##0;[>=100000]##\\,##\\,##0;#,##0"
_STANDING = ("opening_coins", "closing_coins", "exported_coins", "difference_coins", "age_days", "line")
"""Numbers that are no flow: their sum would mean nothing."""


class Schedule(NamedTuple):
    """One sheet: what it is called, what it shows, its rows."""

    title: str
    about: str
    rows: pl.DataFrame


class Looks(NamedTuple):
    """The formats of a workbook."""

    bold: Format
    soft: Format
    head: Format
    rupees: Format
    count: Format
    date: Format
    total_rupees: Format
    total_count: Format


def write_workbook(tables: Mapping[str, pl.DataFrame], name: str, folder: Path, as_of: dt.datetime) -> Path:
    """Write ``finance.xlsx`` into ``folder``; the same tables give the same bytes."""
    path = folder / WORKBOOK
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": f"{name}: loyalty schedules", "created": as_of.replace(tzinfo=None)})
        looks = _looks(book)
        parts = [part for each in schedules(tables) for part in _parts(each)]
        _contents(book.add_worksheet("Contents"), name, as_of, parts, looks)
        for part in parts:
            _sheet(book.add_worksheet(part.title), part, looks)
    return path


def schedules(tables: Mapping[str, pl.DataFrame]) -> list[Schedule]:
    """What finance ties out, in the order in which it is asked for."""
    books, statement = tables["mart_coin_rollforward"], tables["mart_statement"]
    all_origins, each_origin = books.filter(origin="all"), books.filter(pl.col("origin") != "all")
    open_debits = tables["mart_clearing"].filter(pl.col("open_coins") != 0)
    mismatches = _mismatches(tables["mart_mismatches"])
    rows = {
        "Roll-forward": ("Coins, month by month and wallet", all_origins.sort("wallet", "month")),
        "By origin": ("The same by what coins came as", each_origin.sort("wallet", "month", "origin")),
        "Cost of redemption": ("Loyalty discounts by month of the order", cost.redemption_cost(statement)),
        "Tie-out by day": ("Recorded less expected, and what is left", cost.tie_out(statement)),
        "Variance": ("What the differences are made of", cost.variance(statement)),
        "Open coins": ("Debits neither settled nor restored", open_debits),
        "Statement": ("Every day, leg and line", statement),
        "Mismatches": ("Every open mismatch with its decision", mismatches),
    }
    return [Schedule(title, about, each) for title, (about, each) in rows.items()]


def _mismatches(mart: pl.DataFrame) -> pl.DataFrame:
    wanted = (
        "mismatch_id", "leg", "kind", "order_id", "member_id", "business_date", "expected_coins", "recorded_coins",
        "expected_paise", "recorded_paise", "effect_paise", "priority", "lifecycle", "age_days", "cause",
        "owner", "decision", "decision_reason", "sentence",
    )  # fmt: skip
    return open_mismatches(mart).select(wanted).sort("business_date", "mismatch_id")


def _parts(schedule: Schedule) -> list[Schedule]:
    """A schedule cut to what a sheet holds; each part has its own totals."""
    cuts = range(0, max(schedule.rows.height, 1), ROWS_OF_A_SHEET)
    if len(cuts) == 1:
        return [schedule]
    return [
        Schedule(f"{schedule.title} {number}", schedule.about, schedule.rows.slice(start, ROWS_OF_A_SHEET))
        for number, start in enumerate(cuts, start=1)
    ]


def _looks(book: xlsxwriter.Workbook) -> Looks:
    total = {"bold": True, "top": 1}
    return Looks(
        bold=book.add_format({"bold": True, "font_size": 14}),
        soft=book.add_format({"font_color": "#5b6572"}),
        head=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        rupees=book.add_format({"num_format": _RUPEES}),
        count=book.add_format({"num_format": _COUNT}),
        date=book.add_format({"num_format": "yyyy-mm-dd"}),
        total_rupees=book.add_format({"num_format": _RUPEES, **total}),
        total_count=book.add_format({"num_format": _COUNT, **total}),
    )


def _contents(sheet: Worksheet, name: str, as_of: dt.datetime, parts: list[Schedule], looks: Looks) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 52)
    sheet.write_string(0, 0, name, looks.bold)
    sheet.write_string(
        1, 0, f"as of {instant_words(as_of)} IST; money in rupees; difference = recorded − expected"
    )
    for row, part in enumerate(parts, start=3):
        sheet.write_string(row, 0, part.title)
        sheet.write_string(row, 1, part.about, looks.soft)
        sheet.write_number(row, 2, part.rows.height, looks.count)


def _sheet(sheet: Worksheet, part: Schedule, looks: Looks) -> None:
    rows = part.rows
    sheet.freeze_panes(1, 1)
    for place, (column, dtype) in enumerate(rows.schema.items()):
        sheet.write_string(0, place, heading(column), looks.head)
        sheet.set_column(place, place, 60 if column == "sentence" else 20 if dtype == pl.String else 16)
        if dtype == pl.Int64:
            _numbers(sheet, place, rows[column], looks)
        elif dtype == pl.Date:
            for row, day in enumerate(rows[column], start=1):
                sheet.write_datetime(row, place, dt.datetime.combine(day, dt.time()), looks.date)
        else:
            _texts(sheet, place, rows[column])
    if rows.height:
        sheet.write_string(rows.height + 1, 0, "Total", looks.head)
        sheet.autofilter(0, 0, rows.height, rows.width - 1)


def heading(column: str) -> str:
    """What a column is called: ``effect_paise`` is in rupees here."""
    words = column.replace("_", " ").capitalize()
    return f"{words.removesuffix(' paise')} (₹)" if column.endswith("_paise") else words


def _numbers(sheet: Worksheet, place: int, numbers: pl.Series, looks: Looks) -> None:
    """A column of numbers with its sum below; paise become rupees."""
    is_money = numbers.name.endswith("_paise")
    share, look = (100, looks.rupees) if is_money else (1, looks.count)
    for row, number in enumerate(numbers, start=1):
        if number is not None:
            sheet.write_number(row, place, number / share, look)
    if numbers.len() and numbers.name not in _STANDING:
        letter = xl_col_to_name(place)
        below = looks.total_rupees if is_money else looks.total_count
        formula = f"=SUM({letter}2:{letter}{numbers.len() + 1})"
        sheet.write_formula(numbers.len() + 1, place, formula, below, int(numbers.sum()) / share)


def _texts(sheet: Worksheet, place: int, cells: pl.Series) -> None:
    if isinstance(cells.dtype, pl.Datetime):
        cells = cells.dt.convert_time_zone(IST).dt.strftime("%Y-%m-%d %H:%M:%S")
    for row, cell in enumerate(cells, start=1):
        if cell is not None:
            sheet.write_string(row, place, str(cell))
