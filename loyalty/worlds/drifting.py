"""What ledgers that follow another law credit and take back, and what a reconciliation must say of it."""

from dataclasses import replace

from loyalty.values.ratios import ROUNDINGS
from loyalty.worlds.brand import Brand
from loyalty.worlds.course import Course, Dated, death, due_at, reversal_kind, reversals_due
from loyalty.worlds.law import Law, rupee_effect
from loyalty.worlds.moments import DAY, HOUR
from loyalty.worlds.records import Order


def drift_earnings(brand: Brand, order: Order, law: Law, course: Course) -> None:
    """What a drifting ledger credits instead, of what is left of the order when it does."""
    broken = brand.crediting(order)
    if broken is None:
        return
    used = broken.accruals[law.name]
    course.cause = broken.drift.cause
    due = due_at(order, used)
    end = death(order)
    refunded = sum([paise for at, paise in order.refunds if at <= due])
    coins = used.earned(broken.seen(order), refunded) * (100 if broken.drift.in_paise else 1)
    is_earned = coins > 0 and (end is None or end[1] > due)
    course.earns = [(at + due - course.due, coins) for at, _ in course.earns if is_earned]


def judge_earning(brand: Brand, order: Order, law: Law, course: Course) -> None:
    """Labels a drifted credit as contract §6 tests it."""
    as_of, worth = brand.as_of, law.offers[order.surface].worth
    is_reached = course.due - law.accrual.delay <= as_of
    coins = sum([coins for at, coins in course.earns if at <= as_of])
    off = coins - (course.expected if is_reached else 0)
    refunded = sum([paise for at, paise in order.refunds if at <= course.due])
    kind = ""
    if not coins:
        kind = "earn_missing" if course.due + 2 * DAY < as_of else ""
    elif not is_reached:
        kind = "earn_unexpected"
    elif off:
        kind = "" if law.accrual.is_rounding(order, refunded, coins, worth) else "earn_amount"
    elif course.earns[0][0] < course.due - HOUR:
        kind = "earn_early"
    elif course.earns[0][0] > course.due + 2 * DAY:
        kind = "earn_late"
    if kind:
        brand.fault("earn", kind, rupee_effect(worth, off), order, cause=course.cause)


def taken_back(brand: Brand, order: Order, law: Law, course: Course) -> list[Dated]:
    """What the ledger takes back and when it is asked to: what the law asks, or a drifting system does."""
    broken = brand.reversing(order)
    if broken is None or not course.earns or course.earns[0][0] > brand.as_of:
        return course.asked_back
    drifted = replace(law, accrual=broken.accruals[law.name])
    return reversals_due(order, drifted, due_at(order, drifted.accrual), course.earns[0])


def judge_reversal(brand: Brand, order: Order, law: Law, course: Course) -> None:
    """Labels what a drifting system took back, unless another rounding explains it within ₹1 (details B2)."""
    broken, as_of = brand.reversing(order), brand.as_of
    if broken is None or not course.earns:
        return
    asked, came = (
        [(at, coins) for at, coins in events if at <= as_of]
        for events in (course.asked_back, course.reversals)
    )
    kind = reversal_kind(asked, came, as_of)
    off = sum([coins for _, coins in asked]) - sum([coins for _, coins in came])
    effect = rupee_effect(law.offers[order.surface].worth, off)
    if kind == "reversal_amount" and abs(effect) <= 100:
        others = [replace(law, accrual=replace(law.accrual, rounding=mode)) for mode in ROUNDINGS]
        rounded = [reversals_due(order, other, course.due, course.earns[0]) for other in others]
        if sum([coins for _, coins in came]) in [sum([coins for _, coins in asked]) for asked in rounded]:
            return
    if kind:
        brand.fault("reversal", kind, effect, order, cause=broken.drift.cause)
