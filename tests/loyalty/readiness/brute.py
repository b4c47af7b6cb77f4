"""The smallest cart on which two blocks disagree, found the slow way: every cart of a small grid, simplest first.

The arithmetic is the second reading of `naive`; gates are read off the block once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from tests.loyalty.expected import naive
from tests.loyalty.expected.naive import Cart, Offer

EXTRAS = ("coupon", "other_discount", "prepaid_discount", "shipping", "cod_fee", "tax")
ON_TOP = ("shipping", "cod_fee", "tax")
Key = tuple[int, int, int, int]
"""Departures, whole amount, extra, coins."""


@dataclass(frozen=True)
class Block:
    """An offer with its gates."""

    offer: Offer
    devices: tuple[str, ...] = ("mobile", "web")
    payment: tuple[str, ...] = ("cod", "ppcod", "prepaid")
    tiers: tuple[str, ...] | None = None
    with_coupon: str = "allow"
    more: dict[str, Any] = field(default_factory=dict)

    def text(self) -> dict[str, Any]:
        """The block as it stands in a rulebook file."""
        return self.offer.block() | {
            "devices": list(self.devices),
            "payment": list(self.payment),
            "tiers": None if self.tiers is None else list(self.tiers),
            "with_coupon": self.with_coupon,
            **self.more,
        }


@dataclass(frozen=True)
class Way:
    """How a cart is bought."""

    has_coupon: bool
    payment: str
    device: str
    tier: str | None

    @property
    def departures(self) -> int:
        return (
            self.has_coupon + (self.payment != "prepaid") + (self.device != "web") + (self.tier is not None)
        )

    def is_let_in(self, block: Block) -> bool:
        return (
            self.device in block.devices
            and self.payment in block.payment
            and (block.tiers is None or self.tier in block.tiers)
            and not (self.has_coupon and block.with_coupon == "deny")
        )


def smallest(one: Block, other: Block, whole: int, coins: int) -> Key | None:
    """The least key on which the two disagree, among carts up to ``whole`` paise and members up to ``coins``."""
    best: Key | None = None
    for (extra, lets), departures in sorted(_searches(one, other).items(), key=lambda each: each[1]):
        if best is not None and departures > best[0]:
            break
        found = next(_disagreements(one.offer, other.offer, extra, lets, whole, coins), None)
        if found is not None:
            best = min((departures, *found), best or (99, 0, 0, 0))
    return best


def _searches(one: Block, other: Block) -> dict[tuple[str | None, tuple[bool, bool]], int]:
    """The fewest departures with which an extra comes before these gates."""
    devices = sorted({*one.devices, *other.devices, "web", "mobile"})
    tiers = [None, *sorted({*(one.tiers or ()), *(other.tiers or ())})]
    fewest: dict[tuple[str | None, tuple[bool, bool]], int] = {}
    for has_coupon, payment, device, tier in product(
        (False, True), ("prepaid", "cod", "ppcod"), devices, tiers
    ):
        way = Way(has_coupon, payment, device, tier)
        lets = (way.is_let_in(one), way.is_let_in(other))
        for extra in (None, *EXTRAS):
            if any(lets) and (extra != "coupon" or has_coupon):
                sort = (extra, lets)
                departures = way.departures + (extra not in (None, "coupon"))
                fewest[sort] = min(departures, fewest.get(sort, 99))
    return fewest


def _disagreements(
    one: Offer, other: Offer, extra: str | None, lets: tuple[bool, bool], whole: int, coins: int
) -> Iterator[tuple[int, int, int]]:
    for size in range(whole + 1):
        for amount in range(1, size + 1) if extra else (0,):
            goods = size - amount if extra in ON_TOP else size
            cart = Cart(goods) if extra is None else replace(Cart(goods), **{extra: amount})
            for has in range(coins + 1):
                given = [
                    naive.maximum(offer, cart, has) if is_let_in else (0, 0)
                    for offer, is_let_in in zip((one, other), lets, strict=True)
                ]
                if given[0] != given[1]:
                    yield size, amount, has
