"""A style made ready to run: its law as numbers, its broken systems, and what was planted so far."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from loyalty.rulebook.models import RuleVersion
from loyalty.worlds.law import Accrual, Book, Offer
from loyalty.worlds.moments import CLOCKS, NEVER, instant
from loyalty.worlds.pages import read
from loyalty.worlds.records import Entry, Leg, Order, Person, Planted
from loyalty.worlds.shop import Shop
from loyalty.worlds.styles import Drift, WorldStyle

_ROLES = {
    "redemption": ("redeem", "dr"),
    "earn": ("reward", "cr"),
    "reversal": ("revert", "dr"),
    "restore": ("revert", "cr"),
}
"""What the entries are that a row of an order's leg names; the leg `order` names none."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A drift in numbers: by version name, the offer or the accrual that is applied instead."""

    drift: Drift
    since: int
    until: int
    offers: dict[str, Offer] = field(default_factory=dict)
    accruals: dict[str, Accrual] = field(default_factory=dict)

    @classmethod
    def of(cls, drift: Drift, versions: tuple[RuleVersion, ...]) -> "Broken":
        """What the drifting system computes with, under each version in force."""
        until = NEVER if drift.until is None else instant(drift.until)
        broken = cls(drift, instant(drift.since), until)
        changes = {name: _exact(value) for name, value in drift.changes.items()}
        for version in versions:
            source = next((other for other in versions if other.version == drift.version), version)
            if drift.leg in ("earn", "reversal"):
                broken.accruals[version.version] = Accrual.of(source.earn.model_copy(update=changes))
            elif drift.leg == "redemption" and drift.surface is not None:
                rule = source.redeem[drift.as_surface or drift.surface].model_copy(update=changes)
                broken.offers[version.version] = Offer.of(rule, version.coin_worth(drift.surface))
        return broken

    def touches(self, order: Order) -> bool:
        """Whether the system is broken when the order is placed, and for this order."""
        share = self.drift.share
        drawn = (order.slot.serial * 2_654_435_761 >> 9) % share.denominator < share.numerator
        return drawn and self.since <= order.placed < self.until

    def seen(self, order: Order) -> Order:
        """The order as the system takes it."""
        if self.drift.coupon_last:
            order = replace(order, coupon=0, other=0)
        return order if self.drift.as_tier is None else replace(order, tier=self.drift.as_tier)

    @property
    def moves_credits(self) -> bool:
        """Whether coins are credited at another time."""
        return self.drift.leg == "earn" and bool({"delay_days", "trigger"} & self.drift.changes.keys())


def _exact(value: object) -> object:
    return Fraction(value) if isinstance(value, str) and value.replace("/", "").isdigit() else value


def _hits(broken: Broken, order: Order) -> bool:
    return order.slot.fault is None and broken.touches(order)


@dataclass(slots=True)
class Label:
    """A planted fault before its row is complete; ``entries`` are null where the order's own are meant."""

    leg: Leg
    kind: str
    effect: int
    order: Order | None = None
    entries: list[Entry] | None = None
    cause: str = ""

    def planted(self) -> Planted:
        """The label in the words of contract §6."""
        entries = self.entries
        if entries is None and self.order is not None and self.leg in _ROLES:
            role = _ROLES[self.leg]
            entries = [entry for entry in self.order.entries if (entry.type, entry.operation) == role]
        ids = tuple(
            entry.entry_id for entry in sorted(entries or [], key=lambda entry: (entry.at, entry.entry_id))
        )
        order_id = None if self.order is None else self.order.order_id
        return Planted(self.leg, self.kind, order_id, ids, self.effect, self.cause or None)


class Brand:
    """Everything that the lives of its customers have in common."""

    def __init__(self, style: WorldStyle, *, broken: bool) -> None:
        versions = read(style.pages)
        self.style = style
        self.book = Book(versions)
        self.start = instant(style.start)
        self.as_of = instant(style.as_of)
        self.launched = self.start if style.launched_at is None else instant(style.launched_at)
        self.snapshots = tuple(instant(text) for text in style.tier_snapshots)
        self.shop = Shop(style, max(CLOCKS[style.order_clock][1], CLOCKS[style.refund_clock][1]))
        self.prefix = "".join(letter for letter in style.name if letter.isupper()) + "S"
        drifting = [Broken.of(drift, versions) for drift in style.drifts] if broken else []
        self.bad_offers = [item for item in drifting if item.drift.leg == "redemption"]
        self.bad_accruals = [item for item in drifting if item.drift.leg == "earn"]
        self.bad_reversals = [item for item in drifting if item.drift.leg == "reversal"]
        self.bad_restores = [item for item in drifting if item.drift.leg == "restore"]
        self.labels: list[Label] = []
        self.inbound: dict[int, tuple[Order, int, int]] = {}
        """The debit of somebody else's order that lands in a person's ledger: order, instant, coins."""
        self.victims: dict[int, int] = {}
        """Whose ledger takes the debit, by the number of the person who ordered."""
        self.misprinted: dict[int, int] = {}
        """By how much a member's exported balance is wrong."""
        self.ghosts: dict[int, list[Order]] = {}
        """Orders that Shopify alone knows, by the number of the person who placed them."""

    def tier_of(self, person: Person, at: int) -> str:
        """The tier that the members files give an order placed at an instant (details L5)."""
        if self.snapshots and person.joined <= self.snapshots[0] and at < self.snapshots[1]:
            return person.tier_before
        return person.tier

    def checkout(self, order: Order) -> Broken | None:
        """The broken checkout that an order goes through; one with a planted fault goes through none."""
        return next(
            (item for item in self.bad_offers if item.drift.surface == order.surface and _hits(item, order)),
            None,
        )

    def crediting(self, order: Order) -> Broken | None:
        """The broken system that credits an order's coins."""
        return next((item for item in self.bad_accruals if _hits(item, order)), None)

    def reversing(self, order: Order) -> Broken | None:
        """The broken system that takes an order's coins back."""
        return next((item for item in self.bad_reversals if _hits(item, order)), None)

    def forgets_restore(self, word: str, at: int) -> Drift | None:
        """The broken system that gives no coins back for an order that died so, then."""
        for item in self.bad_restores:
            if item.drift.state == word and item.since <= at < item.until:
                return item.drift
        return None

    def fault(
        self,
        leg: Leg,
        kind: str,
        effect: int,
        order: Order | None = None,
        entries: list[Entry] | None = None,
        cause: str = "",
    ) -> None:
        """Notes what a reconciliation must find."""
        self.labels.append(Label(leg, kind, effect, order, entries, cause))
