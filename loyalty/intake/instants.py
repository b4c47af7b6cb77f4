"""Dates and times as exports write them, to UTC: one reading of day and month for a whole file.

Accepted: ISO-8601 with or without a zone, ``2026-01-03 10:00:00 +0530``, ``3/1/2026 4:05 PM``,
``03-01-2026 16:05``, and Excel's serial days. An instant without a zone is in the zone of its kind.
"""

from typing import Literal

import polars as pl

from loyalty.intake.parse import Parsed
from loyalty.values.ratios import mul_div
from loyalty.values.times import DAY_US, HOUR_US, INSTANT, end_of_day

DateOrder = Literal["day_first", "month_first", "iso", "ambiguous_day_first"]

_INSTANT = (
    r"(?i)^(?:(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})"
    r"|(?P<first>[0-9]{1,2})[-/](?P<second>[0-9]{1,2})[-/](?P<last>[0-9]{4}))"
    r"(?:(?:,?\s+|T)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<seconds>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>AM|PM))?(?:\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)?$"
)
_SERIAL = r"^(?P<days>[0-9]{5})(?:\.(?P<part>[0-9]{1,12}))?$"
_EXCEL_EPOCH_DAYS = -25_569
_EXCEL_FIRST, _EXCEL_LAST = 20_000, 80_000
_EARLIEST_YEAR = 1900
_NUMBERS = ("year", "month", "day", "first", "second", "last", "hour", "minute", "seconds")
_FAULT = "not a date"


def date_order(texts: pl.DataFrame) -> DateOrder:
    """How a file writes days and months, decided once over all its instant columns (details I9).

    A first number above 12 somewhere says day first, and wins; else a second one says month first.
    """
    pair = r"^([0-9]{1,2})[-/]([0-9]{1,2})[-/][0-9]{4}(?:[^0-9]|$)"
    found = [
        texts.select(
            first=pl.col(name).str.extract(pair, 1).cast(pl.Int64),
            second=pl.col(name).str.extract(pair, 2).cast(pl.Int64),
        ).drop_nulls()
        for name in texts.columns
    ]
    pairs = pl.concat(found) if found else pl.DataFrame(schema={"first": pl.Int64, "second": pl.Int64})
    if pairs.is_empty():
        return "iso"
    if pairs.select((pl.col("first").is_between(13, 31) & pl.col("second").is_between(1, 12)).any()).item():
        return "day_first"
    if pairs.select((pl.col("second").is_between(13, 31) & pl.col("first").is_between(1, 12)).any()).item():
        return "month_first"
    return "ambiguous_day_first"


def instant(text: pl.Expr, order: DateOrder, zone: str) -> Parsed:
    """The instant in UTC; a date alone is its first moment in ``zone``."""
    value = _instant(text, order, zone)
    return Parsed(value, ((_FAULT, text.is_not_null() & value.is_null()),))


def expiry(text: pl.Expr, order: DateOrder, zone: str) -> Parsed:
    """As `instant`, but a date alone means 24:00 in India of that date (details X2)."""
    whole = _instant(text, order, "UTC").dt.date()
    is_date = ~text.str.contains(r":|\.[0-9]*[1-9]")
    value = pl.when(is_date).then(end_of_day(whole)).otherwise(_instant(text, order, zone))
    return Parsed(value, ((_FAULT, text.is_not_null() & value.is_null()),))


def _instant(text: pl.Expr, order: DateOrder, zone: str) -> pl.Expr:
    groups = text.str.extract_groups(_INSTANT)
    field = groups.struct.field
    number = {name: field(name).cast(pl.Int64, strict=False) for name in _NUMBERS}
    day_place, month_place = ("second", "first") if order == "month_first" else ("first", "second")
    year = pl.coalesce(number["year"], number["last"])
    month = pl.coalesce(number["month"], number[month_place])
    day = pl.coalesce(number["day"], number[day_place])
    clock_us, has_clock = _clock(number, field("fraction"), field("half"))
    offset_us, has_offset = _offset(field("zone"))
    is_real = (
        (year >= _EARLIEST_YEAR)
        & month.is_between(1, 12)
        & day.is_between(1, _days_in_month(year, month))
        & has_clock
        & has_offset
    )
    local_us = pl.when(is_real).then(_days_since_1970(year, month, day) * DAY_US + clock_us)
    local_us = pl.coalesce(local_us, _excel_us(text))
    naive = local_us.cast(pl.Datetime("us"))
    zoned = (local_us - offset_us).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return pl.when(field("zone").is_not_null()).then(zoned).otherwise(_in_zone(naive, zone)).cast(INSTANT)


def _in_zone(naive: pl.Expr, zone: str) -> pl.Expr:
    """A wall clock that a zone skips is no instant; of two the first is meant."""
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _clock(number: dict[str, pl.Expr], fraction: pl.Expr, half: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Microseconds since midnight, and whether a clock can show it; midnight when no time is given."""
    hour, minute, seconds = number["hour"], number["minute"], number["seconds"].fill_null(0)
    is_half = half.is_not_null()
    on_dial = pl.when(is_half).then(hour.is_between(1, 12)).otherwise(hour.is_between(0, 23))
    is_afternoon = half.str.to_uppercase() == "PM"
    of_day = pl.when(is_half).then(hour % 12 + pl.when(is_afternoon).then(12).otherwise(0)).otherwise(hour)
    micros = fraction.str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64, strict=False).fill_null(0)
    clock_us = of_day * HOUR_US + minute * (HOUR_US // 60) + seconds * (HOUR_US // 3600) + micros
    is_real = hour.is_null() | (on_dial & minute.is_between(0, 59) & seconds.is_between(0, 59))
    return clock_us.fill_null(0), is_real


def _offset(zone: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Microseconds east of UTC, and whether any place keeps such a time."""
    digits = zone.str.replace_all(r"[^0-9]", "").str.pad_end(4, "0").cast(pl.Int64, strict=False).fill_null(0)
    size = (digits // 100) * HOUR_US + (digits % 100) * (HOUR_US // 60)
    is_real = (digits // 100 <= 14) & (digits % 100 < 60)  # noqa: PLR2004 - the easternmost zone; minutes
    return pl.when(zone.str.starts_with("-")).then(-size).otherwise(size), is_real


def _days_in_month(year: pl.Expr, month: pl.Expr) -> pl.Expr:
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    february = pl.when(is_leap).then(29).otherwise(28)
    return pl.when(month == 2).then(february).when(month.is_in((4, 6, 9, 11))).then(30).otherwise(31)  # noqa: PLR2004


def _days_since_1970(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The civil calendar in whole numbers: years begin in March, so that the leap day comes last."""
    shifted = year - (month <= 2).cast(pl.Int64)  # noqa: PLR2004
    in_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + in_year - 719_468


def _excel_us(text: pl.Expr) -> pl.Expr:
    """A bare number 20000–80000 is an Excel day; its fraction is a time, kept to the millisecond."""
    field = text.str.extract_groups(_SERIAL).struct.field
    days = field("days").cast(pl.Int64, strict=False)
    part = field("part").str.pad_end(12, "0").cast(pl.Int64, strict=False).fill_null(0)
    millis = mul_div(part, pl.lit(DAY_US // 1000), pl.lit(10**12), "half_up")
    is_day = days.is_between(_EXCEL_FIRST, _EXCEL_LAST)
    return pl.when(is_day).then((days + _EXCEL_EPOCH_DAYS) * DAY_US + millis * 1000)
