"""The programme's arithmetic, straight from contract §5 and details R and E, one order at a time.

An oracle: it shares no code with the engine that it is used to test. Paise and coins are plain integers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loyalty.rulebook.models import Earning, Redemption, RuleVersion
from loyalty.values.ratios import ROUNDINGS, Rounding, divide
from loyalty.worlds.moments import DAY, NEVER, SECOND, day_of, end_of_life
from loyalty.worlds.records import Order

Worth = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """What coins buy on one surface under one version."""

    kind: str
    coins: int
    paise: int
    bps: int
    steps: int
    in_steps: bool
    grain: int
    min_coins: int
    max_coins: int
    max_paise: int
    cap: tuple[int, int]
    base: str
    parts: tuple[str, ...]
    min_cart: int
    cart_base: str
    min_payable: int
    denies_coupon: bool
    payments: frozenset[str]
    tiers: frozenset[str] | None
    devices: frozenset[str]
    enabled: bool
    auto: bool
    worth: Worth

    @classmethod
    def of(cls, rule: Redemption, worth: Worth) -> "Offer":
        """The plain numbers of a rule; a limit that is not set is beyond reach."""
        percent = rule.cap_percent
        return cls(
            kind=rule.kind,
            coins=rule.coins,
            paise=rule.step_paise,
            bps=rule.step_bps,
            steps=_steps(rule),
            in_steps=rule.step and not rule.is_percent and rule.kind != "amount_fixed",
            grain=rule.granularity_paise,
            min_coins=rule.min_coins,
            max_coins=NEVER if rule.max_coins is None else rule.max_coins,
            max_paise=NEVER if rule.max_discount_paise is None else rule.max_discount_paise,
            cap=(1, 1) if percent is None else (percent.numerator, percent.denominator * 100),
            base=rule.base,
            parts=rule.include,
            min_cart=rule.min_cart_paise,
            cart_base=rule.min_cart_base,
            min_payable=rule.min_payable_paise,
            denies_coupon=rule.with_coupon == "deny",
            payments=frozenset(rule.payment),
            tiers=None if rule.tiers is None else frozenset(rule.tiers),
            devices=frozenset(rule.devices),
            enabled=rule.enabled,
            auto=rule.apply == "auto",
            worth=worth,
        )


def _steps(rule: Redemption) -> int:
    """N of details R14; 0 on an amount kind."""
    if not rule.is_percent:
        return 0
    return 1 if rule.kind == "percent_fixed" else 10_000 // rule.step_bps


def _base(order: Order, name: str, parts: tuple[str, ...]) -> int:
    if name == "subtotal":
        return order.subtotal
    total = order.subtotal - order.coupon - order.other
    if name == "total_payable":
        for part in parts:
            if part == "shipping":
                total += order.shipping
            elif part == "tax":
                total += order.tax
            elif part == "cod_fee":
                total += order.cod_fee
            else:
                total -= order.prepaid
    return max(total, 0)


def refusal(offer: Offer, order: Order) -> bool:
    """Whether a gate other than the minimum cart is shut (contract §5 step 1, details R13, G1)."""
    return (
        not offer.enabled
        or (order.device != "" and order.device not in offer.devices)
        or (offer.tiers is not None and order.tier not in offer.tiers)
        or order.payment not in offer.payments
        or (offer.denies_coupon and (order.coupon_code != "" or order.coupon > 0))
    )


def cart_too_small(offer: Offer, order: Order) -> bool:
    """Whether the cart stays under the minimum."""
    return offer.min_cart > 0 and _base(order, offer.cart_base, offer.parts) < offer.min_cart


def _cap(offer: Offer, base: int) -> int:
    return min(base * offer.cap[0] // offer.cap[1], base)


def ceiling(offer: Offer, order: Order) -> int:
    """C of contract §5 step 2."""
    base = _base(order, offer.base, offer.parts)
    return max(min(offer.max_paise, _cap(offer, base), order.payable - offer.min_payable), 0)


def _whole(offer: Offer, base: int, coins: int) -> int:
    return base * min(coins // offer.coins, offer.steps) * offer.bps // 10_000


def value(offer: Offer, order: Order, coins: int) -> int:
    """What ``coins`` are worth on this order (contract §5, details R14)."""
    if offer.bps:
        base = _base(order, offer.base, offer.parts)
        return min(_whole(offer, base, coins), ceiling(offer, order))
    if offer.kind == "amount_fixed":
        return offer.paise if coins >= offer.coins else 0
    if offer.in_steps:
        return coins // offer.coins * offer.paise
    return coins * offer.paise // offer.coins // offer.grain * offer.grain


def needed(offer: Offer, order: Order, discount: int) -> int:
    """The fewest coins that a discount needs (details R2, R14)."""
    if offer.bps:
        share = _base(order, offer.base, offer.parts) * offer.bps
        if discount <= 0:
            return 0
        steps = -(-discount * 10_000 // share) if share else offer.steps
        return offer.coins * min(steps, offer.steps)
    if offer.in_steps or offer.kind == "amount_fixed":
        return -(-discount // offer.paise) * offer.coins
    return -(-discount * offer.coins // offer.paise)


def maximum(offer: Offer, order: Order, spendable: int) -> tuple[int, int]:
    """Coins and discount at most, (0, 0) when a gate is shut or too few coins would be used (contract §5)."""
    if refusal(offer, order) or cart_too_small(offer, order):
        return 0, 0
    limit = ceiling(offer, order)
    usable = min(spendable, offer.max_coins)
    if offer.bps:
        discount = value(offer, order, usable)
    elif offer.kind == "amount_fixed":
        discount = offer.paise if usable >= offer.coins and offer.paise <= limit else 0
    elif offer.in_steps:
        discount = min(usable // offer.coins, limit // offer.paise) * offer.paise
    else:
        discount = min(limit, usable * offer.paise // offer.coins) // offer.grain * offer.grain
    coins = needed(offer, order, discount)
    return (coins, discount) if coins >= offer.min_coins and discount > 0 else (0, 0)


def rupee_effect(worth: Worth, coins: int) -> int:
    """Coins as money for reports: sign(c) × (|c| × V // K)."""
    money = abs(coins) * worth[1] // worth[0]
    return money if coins >= 0 else -money


def verdict(
    offer: Offer, order: Order, coins: int, discount: int, spendable: int, paper: int, *, auto: bool
) -> tuple[str, int] | None:
    """Kind and effect of one debit of ``coins`` for ``discount``, or none when it is right.

    Contract §6 from ``coins_value`` downwards, details R1–R8 and R14. The kinds before that are about
    who was debited and how often, and are known to whoever plants them.
    """
    if discount > 0 or coins > 0:
        misfit = _misfit(offer, order, coins, discount)
        if misfit is not None:
            return "coins_value", misfit
        if coins > paper:
            return "over_balance", rupee_effect(offer.worth, coins - paper)
        if coins > spendable:
            return "expired_coins_used", rupee_effect(offer.worth, coins - spendable)
        beyond = _beyond(offer, order, coins, discount)
        if beyond is not None:
            return beyond
    most = maximum(offer, order, spendable)[1] if auto else 0
    return ("under_redeemed", discount - most) if discount < most else None


def _misfit(offer: Offer, order: Order, coins: int, discount: int) -> int | None:
    """Effect when coins and discount do not belong together (details R2, R3, R14)."""
    fewest = needed(offer, order, discount)
    worth = value(offer, order, coins)
    if offer.bps:
        whole = _whole(offer, _base(order, offer.base, offer.parts), coins)
        if coins == fewest and worth <= discount <= whole:
            return None
        return discount - worth or rupee_effect(offer.worth, fewest - coins)
    if offer.kind == "amount_fixed":
        if (coins, discount) == (offer.coins, offer.paise):
            return None
        return discount - offer.paise or rupee_effect(offer.worth, offer.coins - coins)
    if offer.in_steps:
        fits = worth == discount and coins % offer.coins == 0
        return None if fits else discount - rupee_effect(offer.worth, coins)
    fits = coins == fewest and discount % offer.grain == 0
    return None if fits else rupee_effect(offer.worth, fewest - coins)


def _beyond(offer: Offer, order: Order, coins: int, discount: int) -> tuple[str, int] | None:
    """The first limit or gate that a well-formed redemption breaks."""
    base = _base(order, offer.base, offer.parts)
    if discount > offer.max_paise or coins > offer.max_coins:
        by_coins = NEVER
        if offer.max_coins != NEVER:
            by_coins = (
                _whole(offer, base, offer.max_coins) if offer.bps else value(offer, order, offer.max_coins)
            )
        return "over_max_discount", discount - min(offer.max_paise, by_coins)
    if discount > _cap(offer, base):
        return "over_cap", discount - _cap(offer, base)
    if order.payable - discount < offer.min_payable:
        return "below_min_payable", discount - max(0, order.payable - offer.min_payable)
    if cart_too_small(offer, order):
        return "below_min_cart", discount
    if coins < offer.min_coins:
        return "below_min_coins", discount
    return ("not_eligible", discount) if refusal(offer, order) else None


@dataclass(frozen=True, slots=True)
class Accrual:
    """How an order earns under one version."""

    coins: int
    per_paise: int
    base: str
    parts: tuple[str, ...]
    rounding: Rounding
    trigger: str
    delay: int
    min_order: int
    max_coins: int
    tiers: Mapping[str, tuple[int, int]]
    skip_tags: frozenset[str]
    reverse_on: frozenset[str]
    partial_refund: str

    @classmethod
    def of(cls, rule: Earning) -> "Accrual":
        """The plain numbers of a rule."""
        return cls(
            coins=rule.coins,
            per_paise=rule.per_paise,
            base=rule.base,
            parts=rule.include,
            rounding=rule.rounding,
            trigger=rule.trigger,
            delay=rule.delay_days * DAY,
            min_order=rule.min_order_paise,
            max_coins=NEVER if rule.max_coins is None else rule.max_coins,
            tiers={name: (part.numerator, part.denominator) for name, part in rule.tiers.items()},
            skip_tags=frozenset(rule.skip_tags),
            reverse_on=frozenset(rule.reverse_on),
            partial_refund=rule.partial_refund,
        )

    def base_of(self, order: Order) -> int:
        """What the order earns on, before refunds (contract §5, details E2)."""
        if self.base == "total_payable":
            return order.payable
        if self.base == "amount_paid":
            return order.grand_total
        total = order.subtotal
        if self.base != "subtotal":
            total -= order.coupon + order.other
        if self.base == "after_coupon_and_loyalty":
            total -= order.loyalty
        for part in self.parts:
            total += order.shipping if part == "shipping" else order.tax if part == "tax" else order.cod_fee
        return max(total, 0)

    def earned(self, order: Order, refunded: int = 0, rounding: Rounding | None = None) -> int:
        """Coins on the base less ``refunded`` paise (details E7), whatever the order's state and tags."""
        base = self.base_of(order)
        if refunded:
            if self.partial_refund == "all":
                return 0
            if self.partial_refund == "recompute":
                base = max(base - refunded, 0)
        if base < self.min_order:
            return 0
        top, bottom = self.tiers.get(order.tier, (1, 1))
        coins = divide(base * self.coins * top, self.per_paise * bottom, rounding or self.rounding)
        return min(coins, self.max_coins)

    def is_rounding(self, order: Order, refunded: int, recorded: int, worth: Worth) -> bool:
        """Whether another rounding mode alone explains ``recorded``, within ₹1 (details B2)."""
        off = recorded - self.earned(order, refunded)
        return abs(rupee_effect(worth, off)) <= 100 and any(
            self.earned(order, refunded, mode) == recorded for mode in ROUNDINGS
        )


@dataclass(frozen=True, slots=True)
class Law:
    """One rulebook version in force from ``since``."""

    name: str
    since: int
    offers: Mapping[str, Offer]
    accrual: Accrual
    restore_on: frozenset[str]
    shares_restores: bool
    bonuses: Mapping[str, tuple[int, int]]
    months: int | None
    worth: Worth

    @classmethod
    def of(cls, version: RuleVersion) -> "Law":
        """The plain numbers of a version."""
        home = version.home_surface
        return cls(
            name=version.version,
            since=int(version.effective_from.timestamp()) * SECOND,
            offers={
                surface: Offer.of(rule, version.coin_worth(surface))
                for surface, rule in version.redeem.items()
            },
            accrual=Accrual.of(version.earn),
            restore_on=frozenset(version.restore_on),
            shares_restores=version.partial_restore == "pro_rata",
            bonuses={name: (bonus.coins_min, bonus.coins_max) for name, bonus in version.bonuses.items()},
            months=version.expiry.months,
            worth=(1, 0) if home is None else version.coin_worth(home),
        )

    def lifetime(self, at: int) -> int:
        """When a coin credited at an instant dies."""
        return NEVER if self.months is None else end_of_life(day_of(at), self.months)


class Book:
    """All versions in order of time."""

    def __init__(self, versions: Iterable[RuleVersion]) -> None:
        self.laws = sorted((Law.of(version) for version in versions), key=lambda law: law.since)

    def at(self, instant: int) -> Law:
        """The version in force; before the first, the first."""
        for law in reversed(self.laws):
            if law.since <= instant:
                return law
        return self.laws[0]

    def worth_at(self, instant: int, coins: int) -> int:
        """Rupee effect of coins tied to no order (details R15)."""
        return rupee_effect(self.at(instant).worth, coins)
