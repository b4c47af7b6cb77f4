"""Rules that can never fire: a law that grants nothing whatever the cart is a slip of the pen, not a law."""

from collections.abc import Iterator
from typing import NamedTuple

from loyalty.rulebook.models import Redemption, RuleVersion


class Fault(NamedTuple):
    """Where in the file the slip stands, and what to do about it."""

    place: tuple[str, ...]
    text: str


def faults(law: RuleVersion) -> tuple[Fault, ...]:
    """Every block of a version that can never grant anything; a disabled block means it (contract §4)."""
    blocks = [
        Fault(("redeem", surface, key), f"{text}, so {surface} can never redeem")
        for surface, rule in law.redeem.items()
        if rule.enabled
        for key, text in _redemption_faults(rule)
    ]
    if law.earn.coins and law.earn.max_coins == 0:
        blocks.append(Fault(("earn", "max_coins"), "at most 0 coins an order, so no order can ever earn"))
    return tuple(blocks)


def _redemption_faults(rule: Redemption) -> Iterator[tuple[str, str]]:
    for key, listed in (("payment", rule.payment), ("devices", rule.devices), ("tiers", rule.tiers)):
        if listed == ():
            yield key, "the list is empty"
    if rule.cap_percent == 0:
        yield "cap_percent", "the cap is 0 percent"
    most, least = _most_coins(rule), max(rule.min_coins, 1)
    if most is not None and most[1] < least:
        yield (
            most[0],
            f"{most[0]} leaves room for {most[1]} coins, fewer than the {_floor_of(rule)} that it takes",
        )


def _floor_of(rule: Redemption) -> int:
    """The fewest coins that the block takes at all."""
    return max(rule.min_coins, rule.coins if rule.step or rule.kind != "amount_variable" else 1)


def _most_coins(rule: Redemption) -> tuple[str, int] | None:
    """The tightest of the limits that no cart can lift, by key and in coins; None where none is set."""
    limits: list[tuple[str, int]] = []
    if rule.max_coins is not None:
        limits.append(("max_coins", _whole_steps(rule, rule.max_coins)))
    if rule.max_discount_paise is not None and not rule.is_percent:
        limits.append(("max_discount_rupees", _coins_for(rule, rule.max_discount_paise)))
    if rule.max_discount_paise == 0:
        limits.append(("max_discount_rupees", 0))
    if rule.kind in ("amount_fixed", "percent_fixed"):
        limits.append(("min_coins", rule.coins))
    if rule.kind == "percent_variable":
        limits.append(("min_coins", rule.coins * (10_000 // rule.step_bps)))
    return min(limits, key=lambda limit: limit[1], default=None)


def _whole_steps(rule: Redemption, coins: int) -> int:
    if rule.kind == "amount_variable" and not rule.step:
        return coins
    return coins // rule.coins * rule.coins


def _coins_for(rule: Redemption, paise: int) -> int:
    """The most coins that a largest discount lets an amount block take."""
    if rule.kind == "amount_variable" and not rule.step:
        whole = paise - paise % rule.granularity_paise
        return -(-whole * rule.coins // rule.step_paise)
    return paise // rule.step_paise * rule.coins
