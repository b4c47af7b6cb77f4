import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.intake.instants import DateOrder, date_order, expiry, instant
from loyalty.values.times import IST

REAL = st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(9000, 1, 1))  # noqa: DTZ001 - a wall clock


def read(text: str | None, order: DateOrder = "day_first", zone: str = IST) -> dt.datetime | None:
    frame = instant(pl.LazyFrame({"text": [text]}, schema={"text": pl.String}), order, zone).collect()
    value: dt.datetime | None = frame["value"].item()
    assert frame["not a date"].item() is (text is not None and value is None)
    return value


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-03T04:56:21Z", "2026-01-03T04:56:21"),
        ("2026-01-03t04:56:21z", "2026-01-03T04:56:21"),
        ("2026-01-03T04:56:21.123Z", "2026-01-03T04:56:21.123"),
        ("2026-01-03T04:56:21.123456789Z", "2026-01-03T04:56:21.123456"),
        ("2026-01-03T04:56:21+05:30", "2026-01-02T23:26:21"),
        ("2026-01-03 04:56:21 +0530", "2026-01-02T23:26:21"),
        ("2026-01-03 04:56:21 UTC", "2026-01-03T04:56:21"),
        ("2026-01-03T04:56:21-08", "2026-01-03T12:56:21"),
        ("2026-01-03 04:56:21", "2026-01-02T23:26:21"),
        ("2026-01-03 04:56", "2026-01-02T23:26:00"),
        ("2026-01-03", "2026-01-02T18:30:00"),
        ("3/1/2026 4:05 PM", "2026-01-03T10:35:00"),
        ("03/01/2026 4:05:09 pm", "2026-01-03T10:35:09"),
        ("3/1/2026, 12:00 AM", "2026-01-02T18:30:00"),
        ("3/1/2026 12:30 PM", "2026-01-03T07:00:00"),
        ("03-01-2026 16:05", "2026-01-03T10:35:00"),
        ("29/02/2024", "2024-02-28T18:30:00"),
        ("46025", "2026-01-02T18:30:00"),
        ("46025.5", "2026-01-03T06:30:00"),
        ("46025.2041666667", "2026-01-02T23:24:00"),
        ("20000", "1954-10-02T18:30:00"),
        ("80000.0", "2119-01-10T18:30:00"),
    ],
)
def test_an_accepted_form_is_its_instant(text: str, at: str) -> None:
    assert read(text) == utc(at)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29", "2100-02-29", "2026-13-01", "31/04/2026", "0000-00-00 00:00:00", "2026-01-03T24:00:00", "2026-01-03T10:60",
        "2026-01-03T23:59:60Z", "25/12/2026 0:30 AM", "25/12/2026 13:05 PM", "2026-01-03T10:00:00+15:00", "2026-01-03T10:00+05:75",
        "1/2/26", "19999", "19999.999", "80000.001", "80001", "1767225600", "1767225600000", "20260103", "5.1e4", "tomorrow", "٢٠٢٦-٠١-٠٣", "2026-01-03 10",
        "2026-01-03T10:00:00Zulu", "46025.", "-46025",
    ],
)  # fmt: skip
def test_no_other_form_is_an_instant(text: str) -> None:
    assert read(text) is None


def test_a_blank_is_no_fault() -> None:
    assert read(None) is None


@given(REAL)
def test_any_wall_clock_survives_being_written(clock: dt.datetime) -> None:
    at = clock.replace(tzinfo=ZoneInfo(IST)).astimezone(dt.UTC)
    if clock.year > 1950:  # before, India's own clocks had other offsets, and two of them
        assert read(clock.isoformat(sep=" ")) == at
    assert read(f"{clock.isoformat()}Z") == clock.replace(tzinfo=dt.UTC)
    minute = clock.replace(second=0, microsecond=0)
    assert read(f"{minute:%d-%m-}{minute.year:04d}{minute: %H:%M} +0000") == minute.replace(tzinfo=dt.UTC)
    assert read(f"{minute:%m/%d/}{minute.year:04d}{minute: %I:%M %p}Z", "month_first") == minute.replace(
        tzinfo=dt.UTC
    )


def test_the_zone_of_the_kind_is_for_instants_without_one() -> None:
    assert read("2026-01-03 10:00", zone="UTC") == utc("2026-01-03T10:00")
    assert read("2026-01-03T10:00:00+05:30", zone="UTC") == utc("2026-01-03T04:30")


def test_a_wall_clock_that_its_zone_skips_is_no_instant_and_of_two_the_first_is_meant() -> None:
    assert read("2026-03-29 02:30", zone="Europe/Berlin") is None
    assert read("2026-10-25 02:30", zone="Europe/Berlin") == utc("2026-10-25T00:30")


@pytest.mark.parametrize(
    ("columns", "order"),
    [
        ([["25/06/2026", "1/2/2026"]], "day_first"),
        ([["06/25/2026 4:00 PM", "1/2/2026"]], "month_first"),
        ([["1/2/2026", None]], "ambiguous_day_first"),
        ([["2026-06-25T10:00:00Z", None]], "iso"),
        ([["25-06-2026 10:00", "06-25-2026 10:00"]], "day_first"),
        ([["1/2/2026", "3/4/2026"], [None, "13/1/2026 10:00"]], "day_first"),
        ([["45/12/2026", "1/2/2026"]], "ambiguous_day_first"),
        ([], "iso"),
    ],
)
def test_a_file_decides_once_how_days_and_months_stand(columns: list[list[str | None]], order: str) -> None:
    frame = pl.DataFrame(
        {str(place): pl.Series(column, dtype=pl.String) for place, column in enumerate(columns)}
    )
    assert date_order(frame) == order


def test_in_a_month_first_file_the_first_number_is_the_month() -> None:
    assert read("1/2/2026", "month_first") == utc("2026-01-01T18:30:00")
    assert read("25/6/2026", "month_first") is None
    assert read("6/25/2026", "day_first") is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-07-07", "2026-07-07T18:30:00"),
        ("07/08/2026", "2026-08-07T18:30:00"),
        ("46210", "2026-07-07T18:30:00"),
        ("46210.0", "2026-07-07T18:30:00"),
        ("46210.5", "2026-07-07T06:30:00"),
        ("2026-07-07 10:00", "2026-07-07T04:30:00"),
        ("2026-07-07T10:00:00Z", "2026-07-07T10:00:00"),
        ("9999-12-31", "9999-12-31T18:30:00"),
    ],
)
def test_coins_expire_at_the_end_of_a_date_and_at_an_instant_as_given(text: str, at: str) -> None:
    frame = expiry(pl.LazyFrame({"text": [text]}), "day_first", IST).collect()
    assert frame["value"].item() == utc(at)


def test_an_expiry_date_is_indian_whatever_the_zone_of_the_ledger() -> None:
    frame = expiry(pl.LazyFrame({"text": ["2026-07-07", "soon"]}), "day_first", "UTC").collect()
    assert frame["value"].to_list() == [utc("2026-07-07T18:30:00"), None]
    assert frame["not a date"].to_list() == [False, True]
