"""Who buys, and when: growth, weekdays, evenings, sale days, and people who come back."""

from bisect import bisect_left
from itertools import accumulate
from random import Random

from loyalty.worlds.law import Book
from loyalty.worlds.moments import DAY, HOUR, MINUTE, day_number, day_of, instant, midnight, weekday
from loyalty.worlds.records import Person, Slot
from loyalty.worlds.styles import WorldStyle

_WEEK = (0.92, 0.90, 0.93, 0.98, 1.05, 1.18, 1.22)
_HOURS = (5, 3, 2, 1, 1, 2, 4, 7, 11, 14, 17, 19, 20, 19, 17, 16, 18, 21, 26, 33, 38, 36, 24, 12)
_APART = 3 * HOUR
_CLEAR_OF_NEW_LAW = 12 * MINUTE
_WALK_IN = 0.02
_TIERS = ("", "silver", "gold", "platinum")
_TIER_SHARE = (0.58, 0.82, 0.95, 1.0)


def _when(rng: Random, style: WorldStyle, book: Book, orders: int, tick: int) -> list[int]:
    """Instants of all orders, sorted; none within some minutes of a change of law."""
    first, last = instant(style.start), instant(style.as_of)
    days = range(day_of(first), day_of(last) + 1)
    sales = {day_number(text): factor for text, factor in style.sale_days.items()}
    shape = list(
        accumulate(
            (1 + style.growth * (day - days[0]) / len(days)) * _WEEK[weekday(day)] * sales.get(day, 1.0)
            for day in days
        )
    )
    hours = list(accumulate(_HOURS))
    changes = [law.since for law in book.laws]
    times: list[int] = []
    while len(times) < orders:
        day = days[bisect_left(shape, rng.random() * shape[-1])]
        hour = bisect_left(hours, rng.random() * hours[-1])
        at = midnight(day) + hour * HOUR + int(rng.random() * HOUR)
        at -= at % tick
        near = any(abs(at - change) < _CLEAR_OF_NEW_LAW for change in changes)
        if first + HOUR <= at <= last - 2 * MINUTE and not near:
            times.append(at)
    times.sort()
    return times


def crowd(rng: Random, style: WorldStyle, book: Book, orders: int, tick: int) -> list[Person]:
    """Everybody with the places of their orders in time; orders are numbered in order of time.

    New customers come at a steady share; the others are drawn from past orders, recent ones rather, so
    that some people buy often.
    """
    people: list[Person] = []
    history: list[Person] = []
    seed = int(rng.random() * 1_000_000_000)
    for serial, at in enumerate(_when(rng, style, book, orders, tick)):
        buyer: Person | None = None
        if history and rng.random() >= style.new_customers:
            buyer = history[int(len(history) * (1 - rng.random() ** 1.6))]
            if at - buyer.slots[-1].at < _APART:
                buyer = None
        if buyer is None:
            buyer = _stranger(rng, style, len(people), at, seed)
            people.append(buyer)
        if buyer.lead:
            history.append(buyer)
        buyer.slots.append(Slot(at=at, serial=serial))
    return people


def _stranger(rng: Random, style: WorldStyle, number: int, first_order: int, seed: int) -> Person:
    """A customer met for the first time; some had a balance with the brand's former programme."""
    if rng.random() < _WALK_IN:
        return Person(number, "", "", "", "", "", first_order, 0)
    digits = (number * 387_420_489 + seed) % 1_000_000_000
    phone = f"{6 + digits % 4}{digits:09d}"
    email = f"person{number}@example.{'in' if number % 3 else 'com'}" if rng.random() < 0.7 else ""
    start = instant(style.start)
    joined = max(first_order - 3 * MINUTE - int(rng.random() ** 4 * 20 * DAY), start + MINUTE)
    balance = 0
    if rng.random() < style.migrants * (1 if first_order < start + 120 * DAY else 0.5):
        balance = 60 + int(rng.random() ** 2.5 * 3600)
        joined = start - int(rng.random() * 400 * DAY)
    tier = _tier(rng)
    before = tier if rng.random() < 0.8 else _tier(rng)
    return Person(number, f"{int(rng.random() * 16**12):012x}", phone, email, tier, before, joined, balance)


def _tier(rng: Random) -> str:
    return _TIERS[bisect_left(_TIER_SHARE, rng.random())]
