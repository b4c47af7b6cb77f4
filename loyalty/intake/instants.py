"""Dates and times as exports write them, to UTC: one reading of day and month for a whole file.

Accepted: ISO-8601 with or without a zone, ``2026-01-03 10:00:00 +0530``, ``3/1/2026 4:05 PM``,
``03-01-2026 16:05``, and Excel's serial days. An instant without a zone is in the zone of its kind.
"""

from typing import Literal

import polars as pl

from loyalty.values.ratios import mul_div
from loyalty.values.times import DAY_US, HOUR_US, INSTANT, end_of_day

DateOrder = Literal["day_first", "month_first", "iso", "ambiguous_day_first"]

_INSTANT = (
    r"(?i)^(?:(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})"
    r"|(?P<first>[0-9]{1,2})[-/](?P<second>[0-9]{1,2})[-/](?P<last>[0-9]{4}))"
    r"(?:(?:,?\s+|T)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<seconds>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>AM|PM))?(?:\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)?$"
)
_SERIAL = r"^([0-9]{5})(?:\.([0-9]{1,12}))?$"
_EXCEL_EPOCH_DAYS = -25_569
_EXCEL_FIRST, _EXCEL_LAST = 20_000, 80_000
_EARLIEST_YEAR, _EASTERNMOST, _FEBRUARY = 1900, 14, 2
_NUMBERS = ("year", "month", "day", "first", "second", "last", "hour", "minute", "seconds")


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


def instant(text: pl.LazyFrame, order: DateOrder, zone: str) -> pl.LazyFrame:
    """The instant in UTC; a date alone is its first moment in ``zone``. See `parse` for the shape of a reader."""
    return _judged(_read(text, order).with_columns(value=_in_zone(zone)))


def expiry(text: pl.LazyFrame, order: DateOrder, zone: str) -> pl.LazyFrame:
    """As `instant`, but a date alone means 24:00 in India of that date (details X2)."""
    is_date = ~pl.col("text").str.contains(r":|\.[0-9]*[1-9]")
    date = pl.col("local_us").cast(pl.Datetime("us")).dt.date()
    value = pl.when(is_date).then(end_of_day(date)).otherwise(_in_zone(zone))
    return _judged(_read(text, order).with_columns(value=value))


def _judged(read: pl.LazyFrame) -> pl.LazyFrame:
    return read.select(
        "value", (pl.col("text").is_not_null() & pl.col("value").is_null()).alias("not a date")
    )


def _read(text: pl.LazyFrame, order: DateOrder) -> pl.LazyFrame:
    """``text, zone, offset_us`` and ``local_us``, the wall clock in microseconds; null where it is no date."""
    day_place, month_place = ("second", "first") if order == "month_first" else ("first", "second")
    number = {name: pl.col(name).cast(pl.Int64, strict=False) for name in _NUMBERS}
    parts = (
        text.with_columns(found=pl.col("text").str.extract_groups(_INSTANT))
        .unnest("found")
        .with_columns(**number)
        .select(
            "text",
            "zone",
            *(_clock() | _offset()).values(),
            year=pl.coalesce("year", "last"),
            month=pl.coalesce("month", month_place),
            day=pl.coalesce("day", day_place),
        )
    )
    is_real = (
        (pl.col("year") >= _EARLIEST_YEAR)
        & pl.col("month").is_between(1, 12)
        & pl.col("day").is_between(1, _days_in_month())
        & pl.col("is_clock")
        & pl.col("is_offset")
    )
    days = pl.when(is_real).then(_days_since_1970())
    local_us = pl.coalesce(days * DAY_US + pl.col("clock_us"), _excel_us())
    return parts.select("text", "zone", "offset_us", local_us=local_us)


def _in_zone(zone: str) -> pl.Expr:
    """In UTC by the text's own zone, else in ``zone``: a skipped wall clock is no instant, of two the first counts."""
    told = (pl.col("local_us") - pl.col("offset_us")).cast(INSTANT)
    wall = pl.col("local_us").cast(pl.Datetime("us"))
    local = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone(
        "UTC"
    )
    return pl.when(pl.col("zone").is_not_null()).then(told).otherwise(local)


def _clock() -> dict[str, pl.Expr]:
    """Microseconds since midnight, and whether a clock can show it; midnight when no time is given."""
    hour, minute, seconds = pl.col("hour"), pl.col("minute"), pl.col("seconds").fill_null(0)
    is_half = pl.col("half").is_not_null()
    is_afternoon = pl.col("half").str.to_uppercase() == "PM"
    on_dial = pl.when(is_half).then(hour.is_between(1, 12)).otherwise(hour.is_between(0, 23))
    of_day = pl.when(is_half).then(hour % 12 + 12 * is_afternoon.cast(pl.Int64)).otherwise(hour)
    micros = pl.col("fraction").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64, strict=False).fill_null(0)
    clock_us = of_day * HOUR_US + minute * (HOUR_US // 60) + seconds * (HOUR_US // 3600) + micros
    is_clock = hour.is_null() | (on_dial & minute.is_between(0, 59) & seconds.is_between(0, 59))
    return {"clock_us": clock_us.fill_null(0).alias("clock_us"), "is_clock": is_clock.alias("is_clock")}


def _offset() -> dict[str, pl.Expr]:
    """Microseconds east of UTC, and whether any place keeps such a time."""
    digits = (
        pl.col("zone")
        .str.replace_all(r"[^0-9]", "")
        .str.pad_end(4, "0")
        .cast(pl.Int64, strict=False)
        .fill_null(0)
    )
    hours, minutes = digits // 100, digits % 100
    size = hours * HOUR_US + minutes * (HOUR_US // 60)
    offset_us = pl.when(pl.col("zone").str.starts_with("-")).then(-size).otherwise(size)
    is_offset = (hours <= _EASTERNMOST) & minutes.is_between(0, 59)
    return {"offset_us": offset_us.alias("offset_us"), "is_offset": is_offset.alias("is_offset")}


def _days_in_month() -> pl.Expr:
    year, month = pl.col("year"), pl.col("month")
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    february = pl.when(is_leap).then(29).otherwise(28)
    return pl.when(month == _FEBRUARY).then(february).when(month.is_in((4, 6, 9, 11))).then(30).otherwise(31)


def _days_since_1970() -> pl.Expr:
    """The civil calendar in whole numbers: years begin in March, so that the leap day comes last."""
    month = pl.col("month")
    year = pl.col("year") - (month <= _FEBRUARY).cast(pl.Int64)
    in_year = (153 * ((month + 9) % 12) + 2) // 5 + pl.col("day") - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + in_year - 719_468


def _excel_us() -> pl.Expr:
    """A bare number 20000–80000 is an Excel day; its fraction is a time, kept to the millisecond."""
    days = pl.col("text").str.extract(_SERIAL, 1).cast(pl.Int64, strict=False)
    part = (
        pl.col("text").str.extract(_SERIAL, 2).str.pad_end(12, "0").cast(pl.Int64, strict=False).fill_null(0)
    )
    millis = mul_div(part, pl.lit(DAY_US // 1000), pl.lit(10**12), "half_up")
    excel_us = days * DAY_US + millis * 1000
    is_day = excel_us.is_between(_EXCEL_FIRST * DAY_US, _EXCEL_LAST * DAY_US)
    return pl.when(is_day).then(excel_us + _EXCEL_EPOCH_DAYS * DAY_US)
