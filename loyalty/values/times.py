"""Instants are UTC; business dates and months are Indian.

A day in Asia/Kolkata begins at 18:30 UTC of the day before; there is no daylight saving.
"""

import datetime as dt

import polars as pl

IST = "Asia/Kolkata"
INSTANT = pl.Datetime("us", "UTC")
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
IST_OFFSET_US = 5 * HOUR_US + HOUR_US // 2
_SETTLED_US = -757_382_400_000_000
"""1946: Indian clocks have been five and a half hours ahead ever since."""


def business_date(instant: pl.Expr) -> pl.Expr:
    """The Indian calendar date of a UTC instant."""
    us = instant.dt.timestamp("us")
    date = ((us + IST_OFFSET_US) // DAY_US).cast(pl.Int32).cast(pl.Date)
    # What clocks showed before, only the time zone's history knows; asking it takes ten times as long.
    older = pl.when(us < _SETTLED_US).then(instant).dt.convert_time_zone(IST).dt.date()
    return pl.when(us < _SETTLED_US).then(older).otherwise(date)


def month_of(instant: pl.Expr) -> pl.Expr:
    """``YYYY-MM`` of a UTC instant, in India."""
    return business_date(instant).dt.strftime("%Y-%m")


def end_of_day(date: pl.Expr) -> pl.Expr:
    """24:00 IST of a date, as a UTC instant."""
    start = date.cast(pl.Datetime("us")).dt.replace_time_zone(IST).dt.convert_time_zone("UTC")
    return start + pl.duration(hours=24)


def hours(number: int) -> pl.Expr:
    """A span of whole hours."""
    return pl.duration(hours=number, time_unit="us")


def minutes(number: int) -> pl.Expr:
    """A span of whole minutes."""
    return pl.duration(minutes=number, time_unit="us")


def parse_instant(text: str) -> dt.datetime:
    """An ISO-8601 instant with its zone, in UTC. ``ValueError`` when it is naive or no instant."""
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; write it like 2026-10-01T08:00:00+05:30")
    return instant.astimezone(dt.UTC)
