"""Who will show which fault. A person shows at most one, so that no fault hides in another."""

from collections.abc import Iterator, Mapping
from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.faults import COURSE_FAULTS, REDEMPTION_FAULTS, hoard, hosts
from loyalty.worlds.law import Offer
from loyalty.worlds.mishaps import MISHAPS
from loyalty.worlds.moments import DAY, HOUR, MINUTE, day_of, midnight
from loyalty.worlds.oddities import ODDITIES, PREPAID_TWIN, TWINS
from loyalty.worlds.records import Person, Slot

KINDS: tuple[str, ...] = tuple(sorted({*REDEMPTION_FAULTS, *COURSE_FAULTS, *MISHAPS, *ODDITIES}))
"""Every kind of contract §6 that these exports can show."""

_SETTLED = 22 * DAY
_FRESH = frozenset({"over_balance", "bonus_duplicate"})
_POOR = frozenset({"over_balance"})
_TWINS_WITHIN = 9 * DAY


def plantable(brand: Brand) -> tuple[str, ...]:
    """The kinds that some order of this brand can show, sorted."""
    return tuple(
        kind
        for kind in KINDS
        if (kind not in ODDITIES or brand.style.events)
        and (
            kind not in REDEMPTION_FAULTS or any(_surfaces(brand, kind, law.since) for law in brand.book.laws)
        )
    )


def assign(brand: Brand, people: list[Person], counts: Mapping[str, int], rng: Random) -> None:
    """Gives each fault of ``counts`` to a person, as long as there are people who can show it."""
    free = [person for person in people if person.lead]
    rng.shuffle(free)
    for kind in sorted(counts):
        missing = counts[kind]
        for person in free:
            if not missing:
                break
            if person.fault is None and _give(brand, person, kind, free, rng):
                missing -= 1


def _give(brand: Brand, person: Person, kind: str, free: list[Person], rng: Random) -> bool:
    if person.first_balance and kind in _FRESH:
        return False
    if kind in MISHAPS:
        given = person.slots[-1].at + 36 * DAY < brand.as_of
    elif kind in ODDITIES:
        given = any(_give_oddity(brand, person, slot, kind) for slot in _slots(brand, person, kind))
    else:
        given = any(_give_slot(brand, person, slot, kind, free, rng) for slot in _slots(brand, person, kind))
    if given:
        person.fault = kind
    return given


def _slots(brand: Brand, person: Person, kind: str) -> Iterator[Slot]:
    margin = 12 * DAY if kind in REDEMPTION_FAULTS else 52 * DAY
    for slot in person.slots:
        if brand.start + _SETTLED < slot.at < brand.as_of - margin:
            yield slot


def _is_open(offer: Offer, tier: str | None) -> bool:
    return tier is None or offer.tiers is None or tier in offer.tiers


def _surfaces(brand: Brand, kind: str, at: int, tier: str | None = None) -> list[str]:
    """Surfaces on which an order placed then can show the kind: live by then, and open to ``tier`` if given."""
    offers = brand.book.at(at).offers
    open_for = [
        name
        for name in brand.style.surfaces
        if (name != "gokwik" or at >= brand.launched)
        and (kind == "not_eligible" or _is_open(offers[name], tier))
    ]
    if kind in COURSE_FAULTS:
        return [name for name in open_for if name != "pos"]
    return [name for name in open_for if hosts(kind, offers[name])]


def _give_oddity(brand: Brand, person: Person, slot: Slot, kind: str) -> bool:
    """An order of the checkout, or two orders of one purchase, the second soon after the first."""
    if kind == TWINS:
        later = person.slots[person.slots.index(slot) + 1 :][:1]
        if not later or later[0].at > min(slot.at + _TWINS_WITHIN, brand.as_of - 52 * DAY):
            return False
        later[0].fault = PREPAID_TWIN
        later[0].surface = "gokwik"
    slot.fault, slot.surface = kind, "gokwik"
    return True


def _give_slot(brand: Brand, person: Person, slot: Slot, kind: str, free: list[Person], rng: Random) -> bool:
    surfaces = _surfaces(brand, kind, slot.at, brand.tier_of(person, slot.at))
    place = person.slots.index(slot)
    before = person.slots[place - 1].at if place else brand.start
    if not surfaces:
        return False
    surface = surfaces[int(rng.random() ** 1.5 * len(surfaces))]
    spends = kind in REDEMPTION_FAULTS or COURSE_FAULTS[kind].redeems
    past_midnight = slot.at - midnight(day_of(slot.at))
    if kind == "expired_coins_used" and (before + 4 * DAY > slot.at or past_midnight < 20 * MINUTE):
        return False
    if kind == "wrong_member" and not _find_victim(brand, person, slot, free, rng):
        return False
    slot.fault, slot.surface = kind, surface if spends else None
    if spends and kind not in _POOR:
        coins = hoard(brand.book.at(slot.at).offers[surface]) + int(rng.random() * 90)
        at = max(before + HOUR, slot.at - DAY - int(rng.random() * 6 * DAY))
        last_day = None
        if kind == "expired_coins_used":
            at, last_day = slot.at - 3 * DAY, day_of(slot.at) - 1
        person.hoard = (at, coins, last_day)
        person.joined = min(person.joined, at - HOUR)
    return True


def _find_victim(brand: Brand, person: Person, slot: Slot, free: list[Person], rng: Random) -> bool:
    """Somebody else, with coins and no order of their own in those days, whose ledger takes the debit."""
    for _ in range(200):
        other = free[int(rng.random() * len(free))]
        apart = all(abs(own.at - slot.at) > 2 * DAY for own in other.slots)
        if other is not person and other.fault is None and apart and other.joined < slot.at - 3 * DAY:
            other.fault = "victim"
            coins = hoard(brand.book.at(slot.at).offers["gokwik"])
            other.hoard = (slot.at - DAY, coins + 500, None)
            brand.victims[person.number] = other.number
            return True
    return False
