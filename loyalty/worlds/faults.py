"""The kinds of contract §6 that these exports can show, and how each comes about in one order.

A planted order stands alone: every other leg of it follows the law on what was recorded, and its
member's later orders are judged from the recorded ledger, so nothing cascades.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from loyalty.worlds.course import Course
from loyalty.worlds.law import (
    Law,
    Offer,
    maximum,
    needed,
    refusal,
    rupee_effect,
    value,
    verdict,
)
from loyalty.worlds.moments import DAY, HOUR, MINUTE, NEVER
from loyalty.worlds.records import Leg, Order
from loyalty.worlds.shop import Shop

_TRIES = 2500
_DEEDS = ("wrong_member", "discount_without_debit", "debit_without_discount", "double_debit")
"""Redemption kinds about who was debited and how often, not how much."""
_MISTAKES = (
    "coins_value", "over_balance", "expired_coins_used", "over_max_discount", "over_cap", "below_min_payable",
    "below_min_cart", "below_min_coins", "not_eligible", "under_redeemed",
)  # fmt: skip
REDEMPTION_FAULTS = frozenset(_DEEDS + _MISTAKES)


@dataclass(slots=True)
class Attempt:
    """An order that is to redeem wrongly, with what its member could spend."""

    rng: Random
    shop: Shop
    order: Order
    offer: Offer
    spendable: int
    paper: int


def hosts(kind: str, offer: Offer) -> bool:
    """Whether some order on this surface can show the kind."""
    variable = offer.kind not in ("amount_fixed", "percent_fixed")
    if kind in ("over_balance", "expired_coins_used"):
        return variable
    if kind == "over_max_discount":
        return variable and (offer.max_paise < NEVER or offer.max_coins < NEVER)
    if kind == "over_cap":
        most = offer.bps * offer.steps or 10_000
        return variable and offer.cap[0] * 10_000 < most * offer.cap[1]
    if kind == "below_min_payable":
        return variable and offer.cap == (1, 1) and offer.min_payable >= 5000
    if kind == "below_min_cart":
        return offer.min_cart > 0
    if kind == "below_min_coins":
        return variable and offer.min_coins > (offer.coins if offer.in_steps or offer.bps else 1)
    return True


def hoard(offer: Offer) -> int:
    """Coins that are ample for any redemption on this surface."""
    if offer.bps:
        return offer.coins * (3 + min(offer.steps, 16)) + offer.min_coins
    money = min(offer.max_paise, 30_000) * 9 // 4
    return max(money * offer.coins // offer.paise, 3 * offer.coins, 3 * offer.min_coins)


def plant_redemption(kind: str, attempt: Attempt) -> tuple[int, list[int]] | None:
    """Draws baskets until one shows the kind; sets coins and discount. Its effect and the debits that follow."""
    for _ in range(_TRIES):
        order = attempt.order
        attempt.shop.fill(attempt.rng, order, _cart(kind, attempt))
        if kind == "not_eligible" and not refusal(attempt.offer, order):
            order.device_text, order.device = "Kiosk", "kiosk"
        if kind == "under_redeemed":
            order.applied = "" if attempt.offer.auto else "auto"
        found = _deed(kind, attempt) if kind in _DEEDS else _mistake(kind, attempt)
        if found is not None:
            return found
    return None


def _cart(kind: str, attempt: Attempt) -> int | None:
    rng, offer = attempt.rng, attempt.offer
    if kind == "below_min_cart":
        return max(offer.min_cart - 1 - int(rng.random() ** 2 * 15_000), 100)
    if kind == "below_min_payable":
        return offer.min_payable + int(rng.random() * 12_000)
    if kind in ("over_max_discount", "below_min_coins") and rng.random() < 0.6:
        return 150_000 + int(rng.random() * 300_000)
    return None


def _deed(kind: str, attempt: Attempt) -> tuple[int, list[int]] | None:
    """A right amount, debited from the wrong purse, not at all, for nothing, or twice."""
    order, offer = attempt.order, attempt.offer
    within = attempt.spendable // 2 if kind == "double_debit" else attempt.spendable
    coins, discount = maximum(offer, order, within)
    if not coins or discount >= order.payable:
        return None
    worth = rupee_effect(offer.worth, coins)
    order.coins, order.loyalty = coins, discount
    order.coins_used = coins
    if kind == "wrong_member":
        return worth, [coins]
    if kind == "discount_without_debit":
        order.coins = 0
        return discount, []
    if kind == "debit_without_discount":
        order.loyalty = 0
        return -worth, [coins]
    order.coins = 2 * coins
    return -worth, [coins, coins]


def _mistake(kind: str, attempt: Attempt) -> tuple[int, list[int]] | None:
    """A wrong amount, found by the verdict on a random one."""
    order, offer = attempt.order, attempt.offer
    coins, discount = _amount(kind, attempt)
    if coins < 0 or not 0 <= discount < order.payable or (coins == 0) != (discount == 0):
        return None
    if kind not in ("over_balance", "expired_coins_used") and coins > attempt.spendable:
        return None
    auto = order.applied == "auto" or (order.applied == "" and offer.auto)
    found = verdict(offer, order, coins, discount, attempt.spendable, max(attempt.paper, 0), auto=auto)
    if found is None or found[0] != kind or not found[1]:
        return None
    order.coins, order.loyalty = coins, discount
    return found[1], [coins] if coins else []


def _amount(kind: str, attempt: Attempt) -> tuple[int, int]:
    """Coins and discount that might show the kind; most belong together and break one limit."""
    rng, offer, order = attempt.rng, attempt.offer, attempt.order
    if kind == "under_redeemed" and rng.random() < 0.4:
        return 0, 0
    if kind == "over_balance":
        coins = (max(attempt.paper, 0) // offer.coins + 1 + int(rng.random() * 3)) * offer.coins
    else:
        coins = (1 + int(rng.random() * max(attempt.paper // offer.coins, 1))) * offer.coins
    if offer.kind == "amount_fixed":
        coins, discount = offer.coins, offer.paise
    elif offer.bps:
        least = value(offer, order, coins)
        whole = value(_unlimited(offer), order, coins)
        discount = whole if rng.random() < 0.7 else least
    elif offer.in_steps:
        discount = coins // offer.coins * offer.paise
    else:
        discount = coins * offer.paise // offer.coins // offer.grain * offer.grain
        if kind == "below_min_coins":
            discount = offer.grain * (1 + int(rng.random() * (discount // offer.grain or 1)))
        coins = needed(offer, order, discount)
    return _garbled(rng, offer, coins, discount) if kind == "coins_value" else (coins, discount)


def _unlimited(offer: Offer) -> Offer:
    """The same percentage without any limit, for what coins are worth before limits."""
    return replace(offer, max_paise=NEVER, cap=(1, 1), min_payable=-NEVER)


def _garbled(rng: Random, offer: Offer, coins: int, discount: int) -> tuple[int, int]:
    """A pair that another coin value, a lost step or a slip of the pen made."""
    draw = rng.random()
    if draw < 0.4:
        return coins, discount * (6 if draw < 0.2 else 4) // 5
    if draw < 0.7:
        return coins, discount + (offer.paise or 1000) // (1 if draw < 0.55 else 2)
    return coins + max(offer.coins // 2, 1), discount


@dataclass(frozen=True, slots=True)
class CourseFault:
    """What an order needs to be so that its afterlife can go wrong in one way."""

    leg: Leg
    plant: Callable[[Random, Order, Law, Course, int], int | None]
    outcomes: tuple[str, ...] = ("kept",)
    redeems: bool = False
    tags: bool = False

    def tagged(self, rng: Random, law: Law) -> bool:
        """Whether the order shall carry a tag that the law skips."""
        return self.tags and bool(law.accrual.skip_tags) and rng.random() < 0.5

    def outcome(self, rng: Random, order: Order) -> str:
        """How the order shall end."""
        return (
            "kept" if order.skipped and self.tags else self.outcomes[int(rng.random() * len(self.outcomes))]
        )


def _worth(law: Law, order: Order, coins: int) -> int:
    return rupee_effect(law.offers[order.surface].worth, coins)


def _due_in_time(course: Course, as_of: int, margin: int) -> bool:
    return course.expected > 0 and course.due + margin < as_of


def _earn_missing(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del rng
    if not _due_in_time(course, as_of, 3 * DAY):
        return None
    course.earns = []
    return -_worth(law, order, course.expected)


def _earn_duplicate(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _due_in_time(course, as_of, 6 * DAY):
        return None
    at, coins = course.earns[0]
    course.earns.append((at + MINUTE + int(rng.random() ** 3 * 3 * DAY), coins))
    return _worth(law, order, coins)


def _earn_amount(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _due_in_time(course, as_of, 3 * DAY):
        return None
    right = course.expected
    wrong = right + (1 if rng.random() < 0.6 else -1) * (2 + int(rng.random() * 60))
    worth = law.offers[order.surface].worth
    if wrong <= 0 or not _worth(law, order, wrong - right) or law.accrual.is_rounding(order, 0, wrong, worth):
        return None
    course.earns = [(course.earns[0][0], wrong)]
    return _worth(law, order, wrong - right)


def _earn_unexpected(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    last = max(order.delivered, order.rto, order.cancelled, order.confirmed) + 2 * DAY
    coins = law.accrual.earned(order) or 15 + int(rng.random() * 30)
    if course.expected or last + DAY > as_of or not _worth(law, order, coins):
        return None
    course.earns = [(last + int(rng.random() * 8 * HOUR), coins)]
    return _worth(law, order, coins)


def _earn_early(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del law
    earliest = order.placed + 3 * MINUTE
    latest = course.due - 2 * HOUR
    if not _due_in_time(course, as_of, 3 * DAY) or latest <= earliest:
        return None
    course.earns = [(earliest + int(rng.random() * (latest - earliest)), course.expected)]
    return 0


def _earn_late(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del order, law
    if not _due_in_time(course, as_of, 14 * DAY):
        return None
    course.earns = [(course.due + 49 * HOUR + int(rng.random() * 10 * DAY), course.expected)]
    return 0


def _single(asks: list[tuple[int, int]], as_of: int, margin: int) -> bool:
    return len(asks) == 1 and asks[0][0] + 72 * HOUR + margin < as_of


def _reversal_missing(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del rng
    if not _single(course.asked_back, as_of, HOUR):
        return None
    course.reversals = []
    return _worth(law, order, course.asked_back[0][1])


def _reversal_frozen(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    effect = _reversal_missing(rng, order, law, course, as_of)
    if effect is not None:
        event = course.asked_back[0][0]
        course.goodwill = [(event - int(rng.random() * 20 * HOUR), 10 + int(rng.random() * 90))]
    return effect


def _reversal_duplicate(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _single(course.asked_back, as_of, HOUR):
        return None
    at, coins = course.reversals[0]
    course.reversals.append((min(at + MINUTE + int(rng.random() * DAY), as_of - MINUTE), coins))
    return -_worth(law, order, coins)


def _reversal_amount(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _single(course.asked_back, as_of, HOUR):
        return None
    at, right = course.reversals[0]
    wrong = max(int(right * (0.2 + rng.random() * 1.2)), 1)
    effect = _worth(law, order, right - wrong)
    if abs(effect) <= 100:
        return None
    course.reversals = [(at, wrong)]
    return effect


def _reversal_unexpected(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _due_in_time(course, as_of, 6 * DAY) or not _worth(law, order, course.expected):
        return None
    course.reversals = [(course.earns[0][0] + HOUR + int(rng.random() * 3 * DAY), course.expected)]
    return -_worth(law, order, course.expected)


def _late(rng: Random, asks: list[tuple[int, int]], as_of: int) -> list[tuple[int, int]] | None:
    if not _single(asks, as_of, 10 * DAY):
        return None
    return [(asks[0][0] + 73 * HOUR + int(rng.random() * 9 * DAY), asks[0][1])]


def _reversal_late(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del order, law
    late = _late(rng, course.asked_back, as_of)
    if late is None:
        return None
    course.reversals = late
    return 0


def _restore_missing(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del rng
    if not _single(course.asked_home, as_of, HOUR):
        return None
    course.restores = []
    return -_worth(law, order, order.coins)


def _restore_duplicate(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _single(course.asked_home, as_of, HOUR):
        return None
    at, coins = course.restores[0]
    course.restores.append((min(at + MINUTE + int(rng.random() * DAY), as_of - MINUTE), coins))
    return _worth(law, order, coins)


def _restore_amount(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not _single(course.asked_home, as_of, HOUR):
        return None
    at, right = course.restores[0]
    wrong = max(int(right * (0.2 + rng.random() * 1.2)), 1)
    effect = _worth(law, order, wrong - right)
    if not effect:
        return None
    course.restores = [(at, wrong)]
    return effect


def _restore_unexpected(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    if not order.coins or course.asked_home or order.delivered + 5 * DAY > as_of:
        return None
    course.restores = [(order.delivered + HOUR + int(rng.random() * 3 * DAY), order.coins)]
    return _worth(law, order, order.coins)


def _restore_late(rng: Random, order: Order, law: Law, course: Course, as_of: int) -> int | None:
    del order, law
    late = _late(rng, course.asked_home, as_of)
    if late is None:
        return None
    course.restores = late
    return 0


_DEAD_EARLY = ("rto", "cancelled")
COURSE_FAULTS: dict[str, CourseFault] = {
    "earn_missing": CourseFault("earn", _earn_missing),
    "earn_duplicate": CourseFault("earn", _earn_duplicate),
    "earn_amount": CourseFault("earn", _earn_amount),
    "earn_unexpected": CourseFault("earn", _earn_unexpected, ("kept", "rto", "cancelled"), tags=True),
    "earn_early": CourseFault("earn", _earn_early),
    "earn_late": CourseFault("earn", _earn_late),
    "reversal_missing": CourseFault("reversal", _reversal_missing, ("returned",)),
    "reversal_frozen": CourseFault("reversal", _reversal_frozen, ("returned",)),
    "reversal_duplicate": CourseFault("reversal", _reversal_duplicate, ("returned",)),
    "reversal_amount": CourseFault("reversal", _reversal_amount, ("returned",)),
    "reversal_unexpected": CourseFault("reversal", _reversal_unexpected),
    "reversal_late": CourseFault("reversal", _reversal_late, ("returned",)),
    "restore_missing": CourseFault("restore", _restore_missing, _DEAD_EARLY, redeems=True),
    "restore_duplicate": CourseFault("restore", _restore_duplicate, _DEAD_EARLY, redeems=True),
    "restore_amount": CourseFault("restore", _restore_amount, _DEAD_EARLY, redeems=True),
    "restore_unexpected": CourseFault("restore", _restore_unexpected, redeems=True),
    "restore_late": CourseFault("restore", _restore_late, _DEAD_EARLY, redeems=True),
}
