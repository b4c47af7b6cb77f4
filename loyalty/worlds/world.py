"""From a seed to a brand's exports, its rules, and the truth about both."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from loyalty.worlds.account import CREDIT, DEBIT, Account
from loyalty.worlds.brand import Brand
from loyalty.worlds.events import EventSheets
from loyalty.worlds.exports import Sheets
from loyalty.worlds.joining import bring, join, wander
from loyalty.worlds.mishaps import MISHAPS
from loyalty.worlds.moments import DAY, HOUR, midnight
from loyalty.worlds.pages import yaml_text
from loyalty.worlds.people import crowd
from loyalty.worlds.planner import assign, plantable
from loyalty.worlds.records import Order, Person, Planted
from loyalty.worlds.styles import DEMO, STEPS, WorldStyle
from loyalty.worlds.visit import Visits


@dataclass(frozen=True, slots=True)
class World:
    """A brand home in memory, and what is wrong with it.

    ``files`` and ``rules`` map a file name to its text, for ``inbox/`` and ``rules/``; ``brand`` is the text of
    ``brand.yaml``; ``as_of`` is the ISO instant up to which the exports reach. ``planted`` is the complete
    list of mismatches that a reconciliation as of then must find.
    """

    files: Mapping[str, str]
    rules: Mapping[str, str]
    brand: str
    as_of: str
    planted: tuple[Planted, ...]


def build(
    seed: int,
    orders: int,
    *,
    style: WorldStyle = STEPS,
    faults: bool | Mapping[str, int] = True,
    broken: bool | None = None,
) -> World:
    """A world of ``orders`` orders; the same arguments give the same bytes on every machine.

    ``faults`` false: not one mismatch. True: the style's broken systems, and some of every kind that it can
    show. A mapping: exactly so many of each kind, and no broken system; ``ValueError`` for a kind that the
    style cannot show or a world too small for it. ``broken`` says whether the style's systems are broken,
    whatever the faults.
    """
    brand = Brand(style, broken=faults is True if broken is None else broken)
    people = crowd(Random(seed), style, brand.book, orders, brand.shop.tick)
    counts = _counts(faults, brand, orders)
    assign(brand, people, counts, Random(seed + 1))
    world = _written(brand, people, seed)
    if isinstance(faults, Mapping):
        _check_all_shown(counts, world, orders)
    return world


def _check_all_shown(counts: Mapping[str, int], world: World, orders: int) -> None:
    short = Counter(counts) - Counter(planted.kind for planted in world.planted)
    if short:
        kind = min(short)
        raise ValueError(f"{orders} orders cannot show {kind} {counts[kind]} times: ask for more orders")


def demo(orders: int = 20_000, seed: int = 7) -> World:
    """The sweet shop that ``milaan demo`` shows: nine months, three systems gone wrong, a few single faults."""
    return build(seed, orders, style=DEMO)


def _counts(faults: bool | Mapping[str, int], brand: Brand, orders: int) -> Mapping[str, int]:  # noqa: FBT001
    if faults is False:
        return {}
    possible = plantable(brand)
    if faults is True:
        return dict.fromkeys(possible, 1 + orders // 8000)
    for kind in faults:
        if kind not in possible:
            raise ValueError(f"{brand.style.name} cannot show {kind}; it can show {', '.join(possible)}")
    return faults


def _written(brand: Brand, people: list[Person], seed: int) -> World:
    """Everybody's life, row by row; nobody is kept in memory longer than their rows."""
    sheets, events = Sheets(brand, Random(seed + 2)), EventSheets(brand, Random(seed + 3))
    rng = Random()
    for person in sorted(people, key=lambda person: (person.fault != "wrong_member", person.number)):
        rng.seed(seed * 1_000_003 + person.number)
        known = len(brand.labels)
        account, visits = _lived(brand, person, rng)
        entries = account.close()
        sheets.add(person, visits.orders, entries)
        if brand.style.events:
            wronged = {label.order for label in brand.labels[known:] if label.effect < 0 and label.order}
            events.add(person, visits.orders, entries, wronged)
    return World(
        files={**sheets.files(), **(events.files() if brand.style.events else {})},
        rules={f"{item['version']}.yaml": yaml_text(item) for item in brand.style.pages},
        brand=_brand_text(brand.style),
        as_of=brand.style.as_of,
        planted=tuple(sorted((label.planted() for label in brand.labels), key=Planted.sort_key)),
    )


def _pay_for_another(account: Account, order: Order, coins: int, at: int) -> None:
    """A debit for somebody else's order."""
    judged = min(at, order.placed)
    title = "Coins used at checkout"
    account.debit(at, "redeem", coins, title, judged=judged, order=order, reference=order.order_id)


def _lived(brand: Brand, person: Person, rng: Random) -> tuple[Account, Visits]:
    """The whole life of one person."""
    account = Account(person, brand.book, brand.as_of, rng, by_day=brand.style.sweep_by_day)
    visits = Visits(brand, account)
    if person.lead:
        join(brand, account)
        if person.fault is None:
            wander(brand, account)
        else:
            _beset(brand, account, person.fault)
    visits.expect()
    account.run()
    return account, visits


def _beset(brand: Brand, account: Account, fault: str) -> None:
    """What a person needs who is to show a fault."""
    person, rng = account.person, account.rng
    if person.hoard is not None:
        at, coins, last_day = person.hoard
        account.plan(at, CREDIT, lambda now: bring(account, coins, "Festive campaign import", last_day, now))
        if last_day is not None:
            slot = next(slot for slot in person.slots if slot.fault == fault)
            account.held = (midnight(last_day + 1), slot.at + HOUR)
    if person.number in brand.inbound:
        order, at, coins = brand.inbound[person.number]
        account.plan(at, DEBIT, lambda now: _pay_for_another(account, order, coins, now))
    if fault in MISHAPS:
        _, rank, mishap = MISHAPS[fault]
        at = person.slots[-1].at + DAY // 2 + int(rng.random() * 8 * DAY)
        account.plan(at, rank, lambda now: mishap(brand, account, now))


def _brand_text(style: WorldStyle) -> str:
    lines = [f"brand: {style.brand}", f"name: {style.name}"]
    if style.launched_at is not None:
        lines.append(f"launched_at: {style.launched_at}")
    return "\n".join(lines) + "\n"
