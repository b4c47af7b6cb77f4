"""Instants are UTC, days and months are Indian."""

import datetime as dt
import zoneinfo

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.values.times import (
    DAY_US,
    HOUR_US,
    INSTANT,
    IST_OFFSET_US,
    business_date,
    end_of_day,
    hours,
    minutes,
    month_of,
    parse_instant,
)
from tests.builders import MICROSECOND, SECOND, ist

APRIL = ist("2026-04-01 00:00")


def of(expression: pl.Expr, *instants: dt.datetime) -> list[object]:
    return pl.DataFrame({"at": instants}, schema={"at": INSTANT}).select(expression).to_series().to_list()


def test_april_begins_in_india_at_half_past_six_in_the_evening_of_march() -> None:
    assert dt.datetime(2026, 3, 31, 18, 30, tzinfo=dt.UTC) == APRIL
    before, after = dt.date(2026, 3, 31), dt.date(2026, 4, 1)
    assert of(business_date(pl.col("at")), APRIL - MICROSECOND, APRIL) == [before, after]
    assert of(month_of(pl.col("at")), APRIL - MICROSECOND, APRIL) == ["2026-03", "2026-04"]


def test_the_financial_year_ends_with_the_last_second_of_march_in_india() -> None:
    assert of(
        business_date(pl.col("at")), ist("2026-03-31 23:59:59"), ist("2026-03-31 23:59:59") + SECOND
    ) == [
        dt.date(2026, 3, 31),
        dt.date(2026, 4, 1),
    ]


def test_half_past_midnight_in_india_is_still_yesterday_in_utc() -> None:
    at = dt.datetime(2026, 3, 31, 19, 0, tzinfo=dt.UTC)
    assert of(business_date(pl.col("at")), at) == [dt.date(2026, 4, 1)]


@given(st.integers(-70 * 8766, 230 * 8766) | st.integers(-25 * 8766, -23 * 8766))
@example(-234_510)  # 2 April 1943 at half past midnight: clocks were an hour further ahead
@example(0)
def test_days_and_months_are_those_of_the_clocks_in_kolkata(hours_since_1970: int) -> None:
    at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours_since_1970)
    local = at.astimezone(zoneinfo.ZoneInfo("Asia/Kolkata"))
    assert of(business_date(pl.col("at")), at) == [local.date()]
    assert of(month_of(pl.col("at")), at) == [f"{local:%Y-%m}"]


def test_an_instant_that_is_not_known_has_neither_day_nor_month() -> None:
    nothing = pl.DataFrame({"at": [None]}, schema={"at": INSTANT})
    assert nothing.select(day=business_date(pl.col("at")), month=month_of(pl.col("at"))).row(0) == (
        None,
        None,
    )


def test_a_day_ends_at_24_00_in_india() -> None:
    dates = pl.DataFrame({"on": [dt.date(2026, 3, 31), dt.date(2024, 2, 29), None]}, schema={"on": pl.Date})
    ends = dates.select(end_of_day(pl.col("on"))).to_series()
    assert ends.dtype == INSTANT
    assert ends.to_list() == [APRIL, ist("2024-03-01 00:00"), None]


def test_spans_are_exact() -> None:
    shifted = pl.DataFrame({"at": [APRIL]}, schema={"at": INSTANT}).select(
        day=pl.col("at") + hours(24), half=pl.col("at") - minutes(30)
    )
    assert shifted.schema == {"day": INSTANT, "half": INSTANT}
    assert shifted.row(0) == (ist("2026-04-02 00:00"), ist("2026-03-31 23:30"))
    assert (HOUR_US, DAY_US, IST_OFFSET_US) == (3_600 * 10**6, 86_400 * 10**6, 19_800 * 10**6)


@pytest.mark.parametrize(
    "text", ["2026-04-01T00:00:00+05:30", "2026-03-31T18:30:00Z", "2026-03-31T18:30+00:00"]
)
def test_an_instant_is_the_same_in_every_zone(text: str) -> None:
    instant = parse_instant(text)
    assert instant == APRIL
    assert instant.tzinfo == dt.UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        parse_instant("2026-04-01T00:00:00")


def test_what_is_no_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        parse_instant("yesterday")
