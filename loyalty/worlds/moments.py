"""Whole milliseconds for time: what a clock, a calendar and a spreadsheet say of them.

Every instant in a world is an integer of milliseconds since 1970 UTC; dates are day numbers in India.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
IST = 5 * HOUR + 30 * MINUTE
NEVER = 1 << 60
_EPOCH = dt.date(1970, 1, 1).toordinal()

Clock = Callable[[int], str]


def instant(text: str) -> int:
    """Milliseconds of an ISO-8601 instant with a zone."""
    return int(dt.datetime.fromisoformat(text).timestamp()) * SECOND


def day_of(at: int) -> int:
    """Day number of an instant, in India."""
    return (at + IST) // DAY


def midnight(day: int) -> int:
    """00:00 in India at the start of a day number."""
    return day * DAY - IST


@cache
def date_text(day: int) -> str:
    """``YYYY-MM-DD`` of a day number."""
    return dt.date.fromordinal(day + _EPOCH).isoformat()


@cache
def weekday(day: int) -> int:
    """Monday is 0."""
    return dt.date.fromordinal(day + _EPOCH).weekday()


def day_number(text: str) -> int:
    """Day number of a ``YYYY-MM-DD`` date."""
    return dt.date.fromisoformat(text).toordinal() - _EPOCH


@cache
def end_of_life(day: int, months: int) -> int:
    """24:00 in India of a date some months later, held to the end of a shorter month."""
    date = dt.date.fromordinal(day + _EPOCH)
    month = date.month - 1 + months
    year, month = date.year + month // 12, month % 12 + 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return midnight(dt.date(year, month, min(date.day, last)).toordinal() - _EPOCH + 1)


def iso_utc_ms(at: int) -> str:
    """``2026-07-13T17:17:36.496Z``."""
    day, rest = divmod(at, DAY)
    minutes, rest = divmod(rest, MINUTE)
    return f"{date_text(day)}T{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}Z"


def iso_utc(at: int) -> str:
    """``2026-07-13T17:17:36Z``."""
    day, rest = divmod(at // SECOND, 86_400)
    return f"{date_text(day)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


def sql_ist(at: int) -> str:
    """``2026-07-13 22:47:36``, Indian time without saying so."""
    day, rest = divmod((at + IST) // SECOND, 86_400)
    return f"{date_text(day)} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def sql_ist_zone(at: int) -> str:
    """``2026-07-13 22:47:36 +0530``."""
    return sql_ist(at) + " +0530"


def slashes(at: int) -> str:
    """``13/7/2026 10:47 PM``, Indian time, whole minutes."""
    day, rest = divmod((at + IST) // MINUTE, 1440)
    year, month, date = date_text(day).split("-")
    hour = rest // 60
    half = "PM" if hour >= 12 else "AM"
    return f"{int(date)}/{int(month)}/{year} {hour % 12 or 12}:{rest % 60:02d} {half}"


def dashes(at: int) -> str:
    """``13-07-2026 22:47``, Indian time, whole minutes."""
    day, rest = divmod((at + IST) // MINUTE, 1440)
    year, month, date = date_text(day).split("-")
    return f"{date}-{month}-{year} {rest // 60:02d}:{rest % 60:02d}"


CLOCKS: dict[str, tuple[Clock, int]] = {
    "sql": (sql_ist, SECOND),
    "zone": (sql_ist_zone, SECOND),
    "utc": (iso_utc, SECOND),
    "slashes": (slashes, MINUTE),
    "dashes": (dashes, MINUTE),
}
"""How an export may spell an instant, and the finest step that the spelling keeps."""
