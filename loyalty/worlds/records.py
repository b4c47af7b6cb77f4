"""What a world is made of while it runs: orders, entries, people. Money in paise, time in milliseconds.

Plain mutable slots: a world of a million orders holds three million of these.
"""

from dataclasses import dataclass, field
from typing import Literal, TypedDict

Leg = Literal["redemption", "earn", "reversal", "restore", "expiry", "balance", "adjustment", "order"]


@dataclass(slots=True)
class Slot:
    """A place in time for one order of one person, before anything is known of it."""

    at: int
    serial: int
    fault: str | None = None
    surface: str | None = None
    lead_time: int = 0
    """Milliseconds by which a debit comes before the order row."""


@dataclass(slots=True)
class Person:
    """A customer; ``lead`` is empty for one who leaves neither phone nor e-mail."""

    number: int
    lead: str
    phone: str
    email: str
    tier: str
    tier_before: str
    joined: int
    first_balance: int
    fault: str | None = None
    hoard: tuple[int, int, int | None] | None = None
    """Instant, coins and last day of an import that a planted fault needs."""
    slots: list[Slot] = field(default_factory=list)


@dataclass(slots=True)
class Oddity:
    """How the exports tell an order wrongly, or one order twice; nothing of it touches a coin."""

    hidden: str = ""
    """`prepaid` or `cod_fee`: a part that GoKwik's row leaves out of its own column."""
    unbooked: bool = False
    """Shopify never got the order."""
    shop_off: int = 0
    """Paise by which Shopify's total is above GoKwik's."""
    over_refund: int = 0
    """Paise that Shopify refunded beyond what was paid."""
    became: str = ""
    was: str = ""
    """Names of the prepaid order that a COD order became, and the other way round."""


@dataclass(slots=True, eq=False)
class Order:
    """One order as it will have turned out, with everything that the law reads."""

    slot: Slot
    person: Person
    order_id: str
    name: str
    gokwik_id: str
    placed: int
    surface: str
    tier: str
    device_text: str = ""
    device: str = ""
    payment: str = "prepaid"
    payment_text: str = ""
    tags: str = ""
    skipped: bool = False
    items: list[int] = field(default_factory=list)
    """Prices of what is in the basket; together the subtotal."""
    subtotal: int = 0
    coupon_code: str = ""
    coupon: int = 0
    other: int = 0
    prepaid: int = 0
    shipping: int = 0
    cod_fee: int = 0
    tax: int = 0
    applied: str = ""
    loyalty: int = 0
    coins: int = 0
    coins_used: int = 0
    shown: int = 0
    reward_ref: str = ""
    outcome: str = "kept"
    confirmed: int = 0
    delivered: int = 0
    cancelled: int = 0
    rto: int = 0
    refunds: list[tuple[int, int]] = field(default_factory=list)
    refunds_filed: bool = True
    oddity: Oddity = field(default_factory=Oddity)
    entries: list["Entry"] = field(default_factory=list)
    """Posted entries that name this order, as they were posted."""

    @property
    def after_coupon(self) -> int:
        """Subtotal less coupon and other discount."""
        return self.subtotal - self.coupon - self.other

    @property
    def payable(self) -> int:
        """P of contract §5: what would be paid without coins."""
        return self.after_coupon - self.prepaid + self.shipping + self.cod_fee + self.tax

    @property
    def grand_total(self) -> int:
        """What the customer pays."""
        return self.payable - self.loyalty


class Fields(TypedDict, total=False):
    """Columns of a ledger row that most rows leave blank."""

    note: str
    status: str
    reference: str
    parent: str
    hash: str
    wallet: str
    expire: str


@dataclass(slots=True, eq=False)
class Entry:
    """One ledger row. ``phase`` is the contract's order of simultaneous entries."""

    at: int
    phase: int
    entry_id: str
    person: Person
    type: str
    operation: str
    coins: int
    title: str
    note: str = ""
    status: str = "success"
    reference: str = ""
    parent: str = ""
    hash: str = ""
    wallet: str = "coins"
    expire: str = ""
    balance: int | None = None

    @property
    def signed(self) -> int:
        """Credits positive, debits negative."""
        return self.coins if self.operation == "cr" else -self.coins

    @property
    def posted(self) -> bool:
        """Whether it moves coins of the coins wallet."""
        return self.status == "success" and self.wallet == "coins"


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault that a reconciliation must find; together with the others, all that it may find.

    ``entry_ids`` are the entries of the row that shows it, by (instant, id). ``effect_paise`` is signed
    as in contract §6. ``cause`` is the setting that was really wrong, in the contract's words, where one was.
    """

    leg: Leg
    kind: str
    order_id: str | None
    entry_ids: tuple[str, ...]
    effect_paise: int
    cause: str | None

    def sort_key(self) -> tuple[str, str, str, tuple[str, ...]]:
        """Leg, kind, order, entries."""
        return self.leg, self.kind, self.order_id or "", self.entry_ids
