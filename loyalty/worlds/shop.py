"""What is in the basket, how it is paid, and what becomes of the order."""

from random import Random

from loyalty.worlds.moments import DAY, HOUR, MINUTE
from loyalty.worlds.records import Order, Person, Slot
from loyalty.worlds.styles import WorldStyle

PRICES = (
    9900, 14900, 19900, 24900, 29900, 34950, 39900, 44900, 49900, 59900, 64975, 79900, 99900, 124900, 149900,
)  # fmt: skip
_CARRIERS = ("UPI", "UPI", "Card", "Prepaid", "Netbanking")
_DEVICES = (
    ("Mobile", "mobile"), ("mobile", "mobile"), ("Android", "mobile"), ("iOS", "mobile"),
    ("Web", "web"), ("Desktop", "web"), ("", ""),
)  # fmt: skip


class Shop:
    """Draws orders of one brand."""

    def __init__(self, style: WorldStyle, tick: int) -> None:
        self.style = style
        self.tick = tick
        self.surfaces = list(style.surfaces)
        self.odds: list[float] = []
        total = 0.0
        for share in style.surfaces.values():
            total += share
            self.odds.append(total)

    def draw(self, rng: Random, person: Person, slot: Slot, tier: str, prefix: str) -> Order:
        """An order without a basket, without coins and without a fate."""
        spread = int(rng.random() * 30_000)
        order = Order(
            slot=slot,
            person=person,
            order_id=str(5_100_000_000_000 + slot.serial * 32_768 + spread),
            name=f"#{prefix}{10_001 + slot.serial}",
            gokwik_id=f"GK{slot.serial * 7_919 + 1_048_576:x}{spread:04x}",
            placed=slot.at,
            surface=slot.surface or self._surface(rng),
            tier=tier,
        )
        order.applied = self._mode(rng.random()) if person.lead else ""
        return order

    def _mode(self, draw: float) -> str:
        if draw < self.style.auto_rows:
            return "auto"
        return "manual" if draw < self.style.auto_rows + self.style.manual_rows else ""

    def _surface(self, rng: Random) -> str:
        draw = rng.random() * self.odds[-1]
        for surface, odds in zip(self.surfaces, self.odds, strict=True):
            if draw < odds:
                return surface
        return self.surfaces[-1]

    def fill(self, rng: Random, order: Order, cart: int | None = None) -> None:
        """Basket, discounts, charges and payment; ``cart`` paise fixes the selling price."""
        order.items = [cart] if cart is not None else []
        if cart is None:
            for _ in range(1 + int(rng.random() ** 2 * 4)):
                order.items.append(PRICES[int(rng.random() * len(PRICES))])
            order.items[-1] -= int(rng.random() * 100) if rng.random() < 0.15 else 0
        order.subtotal = sum(order.items)
        self._discount(rng, order)
        self._pay(rng, order)
        left = order.after_coupon
        in_person = order.surface == "pos"
        order.shipping = 0 if in_person or left >= 59900 else 4900 if rng.random() < 0.7 else 7900
        order.tax = left * 5 // 100 if rng.random() < (0.3 if in_person else 0.04) else 0
        order.tags, order.skipped = "", False
        if rng.random() < 0.025:
            order.tags = "wholesale" if rng.random() < 0.5 else "vip, Wholesale"
            order.skipped = True
        elif rng.random() < 0.05:
            order.tags = "vip"
        device = _DEVICES[int(rng.random() * len(_DEVICES))]
        order.device_text, order.device = ("", "") if in_person else device

    def _discount(self, rng: Random, order: Order) -> None:
        order.coupon_code, order.coupon, order.other = "", 0, 0
        draw = rng.random() / self.style.coupons
        if draw < 0.7:
            order.coupon_code, order.coupon = "SAVE10", order.subtotal // 10
        elif draw < 0.94 and order.subtotal > 30000:
            order.coupon_code, order.coupon = "FLAT100", 10000
        elif draw < 1:
            order.coupon_code = "FREEGIFT"
        if rng.random() < 0.04 and order.subtotal > 15000:
            order.other = 2500 if rng.random() < 0.6 else 4900

    def _pay(self, rng: Random, order: Order) -> None:
        draw = rng.random()
        order.prepaid = order.cod_fee = 0
        if order.surface == "pos" or draw < 0.40:
            order.payment = "prepaid"
            order.payment_text = _CARRIERS[int(rng.random() * len(_CARRIERS))]
            offered = order.surface != "pos" and rng.random() < self.style.prepaid_offers
            if offered and order.after_coupon > 20000:
                order.prepaid = 5000 if rng.random() < 0.4 else order.after_coupon * 5 // 100
        elif draw < 0.47:
            order.payment, order.payment_text = "ppcod", "PPCOD" if rng.random() < 0.7 else "Partial COD"
        else:
            order.payment = "cod"
            order.payment_text = "COD" if rng.random() < 0.6 else "Cash on Delivery (COD)"
            order.cod_fee = 3900 if rng.random() < 0.5 else 0

    def settle(self, rng: Random, order: Order, outcome: str | None = None) -> None:
        """The fate of the order, instant by instant; ``outcome`` fixes it.

        kept, partial (several refunds), returned, refunded, repaid (refunds reach the total and no word
        says so), cancelled, rto, failed, lost (still under way), held (a status word nobody knows).
        """
        order.outcome = outcome or self._fate(rng, order)
        order.refunds = []
        placed, tick = order.placed, self.tick
        order.confirmed = order.delivered = order.cancelled = order.rto = 0
        if order.outcome == "failed":
            order.cancelled = self._later(rng, placed, 4 * MINUTE, 40 * MINUTE)
            return
        if order.outcome == "held":
            return
        in_person = order.surface == "pos"
        order.confirmed = placed if in_person else self._later(rng, placed, 2 * MINUTE, 90 * MINUTE)
        if order.outcome == "cancelled":
            order.cancelled = self._later(rng, order.confirmed, 20 * MINUTE, 40 * HOUR)
            if order.payment == "prepaid":
                order.refunds = [(self._later(rng, order.cancelled, HOUR, 4 * DAY), order.grand_total)]
        elif order.outcome == "rto":
            order.rto = self._later(rng, order.confirmed, 5 * DAY, 15 * DAY)
            if order.payment == "prepaid":
                order.refunds = [(self._later(rng, order.rto, HOUR, 4 * DAY), order.grand_total)]
        elif order.outcome != "lost":
            by_courier = self._later(rng, order.confirmed, 40 * HOUR, 7 * DAY)
            order.delivered = placed + 5 * tick if in_person else by_courier
            self._refund(rng, order)
        order.refunds_filed = rng.random() < 0.85 or len(order.refunds) > 1

    def _fate(self, rng: Random, order: Order) -> str:
        draw = rng.random()
        if draw < 0.003:
            return "held"
        if order.surface != "pos":
            rto = 0.25 if order.payment == "cod" else 0.10 if order.payment == "ppcod" else 0.025
            if draw < 0.003 + rto:
                return "rto"
            if draw < 0.053 + rto:
                return "cancelled"
            if draw < 0.068 + rto and order.payment == "prepaid":
                return "failed"
            if draw < 0.073 + rto:
                return "lost"
        draw = rng.random()
        for outcome, odds in (("partial", 0.05), ("returned", 0.10), ("refunded", 0.115), ("repaid", 0.122)):
            if draw < odds:
                return outcome
        return "kept"

    def _refund(self, rng: Random, order: Order) -> None:
        total = order.grand_total
        if order.outcome == "kept" or total <= 0:
            return
        at = order.delivered
        left = total
        parts = 1 + int(rng.random() ** 2 * 3) if order.outcome == "partial" else int(rng.random() ** 3 * 2.6)
        for _ in range(parts):
            at = self._later(rng, at, 6 * HOUR, 9 * DAY)
            part = max(int(total * (0.04 + rng.random() * 0.24)), 1)
            if part < left:
                order.refunds.append((at, part))
                left -= part
        if order.outcome != "partial":
            order.refunds.append((self._later(rng, at, 20 * HOUR, 18 * DAY), left))

    def _later(self, rng: Random, at: int, low: int, high: int) -> int:
        later = at + low + int(rng.random() * (high - low))
        return later - later % self.tick
