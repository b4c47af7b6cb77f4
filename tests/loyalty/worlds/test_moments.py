"""Clocks and calendars in whole milliseconds."""

import pytest

from loyalty.worlds.moments import CLOCKS, date_text, day_of, end_of_life, instant, iso_utc_ms, midnight

AT = instant("2026-07-13T22:47:36+05:30")


def test_an_indian_day_begins_half_past_six_in_the_evening_utc() -> None:
    assert date_text(day_of(instant("2026-07-13T18:29:59+00:00"))) == "2026-07-13"
    assert date_text(day_of(instant("2026-07-13T18:30:00+00:00"))) == "2026-07-14"
    assert midnight(day_of(AT)) == instant("2026-07-13T00:00:00+05:30")


@pytest.mark.parametrize(
    ("credited", "months", "last_day"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2026-04-15", 12, "2027-04-15"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_a_coin_lives_to_the_end_of_its_last_day_held_to_the_end_of_a_shorter_month(
    credited: str, months: int, last_day: str
) -> None:
    day = day_of(instant(f"{credited}T23:00:00+05:30"))
    assert date_text(day_of(end_of_life(day, months)) - 1) == last_day


def test_spellings_of_one_instant() -> None:
    assert iso_utc_ms(AT + 496) == "2026-07-13T17:17:36.496Z"
    assert {name: clock(AT) for name, (clock, _) in CLOCKS.items()} == {
        "sql": "2026-07-13 22:47:36",
        "zone": "2026-07-13 22:47:36 +0530",
        "utc": "2026-07-13T17:17:36Z",
        "slashes": "13/7/2026 10:47 PM",
        "dashes": "13-07-2026 22:47",
    }
    assert CLOCKS["slashes"][0](instant("2026-07-13T00:05:00+05:30")) == "13/7/2026 12:05 AM"
    assert CLOCKS["slashes"][0](instant("2026-07-13T12:05:00+05:30")) == "13/7/2026 12:05 PM"
