"""Indian clocks and rupees, as tests write them."""

import datetime as dt
from decimal import Decimal

IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
MICROSECOND = dt.timedelta(microseconds=1)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

Rupees = int | str
When = dt.datetime | str


def ist(text: str) -> dt.datetime:
    """``2026-04-10 12:00`` on an Indian clock, as a UTC instant."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=IST).astimezone(dt.UTC)


def instant(when: When) -> dt.datetime:
    return ist(when) if isinstance(when, str) else when


def paise(rupees: Rupees) -> int:
    amount = Decimal(rupees) * 100
    assert amount == int(amount), f"{rupees} is no whole number of paise"
    return int(amount)


NOON = ist("2026-04-10 12:00")
AS_OF = ist("2026-07-01 12:00")
