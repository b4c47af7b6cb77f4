"""A world as the files that a brand downloads: contract §3 headers, and the spelling of real systems.

Noise never changes a meaning: phones and rupees in mixed spellings, nulls as ``NA``, files by month whose
edges overlap with rows repeated word for word.
"""

from collections.abc import Iterable
from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.course import is_alive
from loyalty.worlds.moments import CLOCKS, HOUR, Clock, date_text, day_of, iso_utc_ms
from loyalty.worlds.naming import phone_spelling, plain_rupees, rupee_spelling
from loyalty.worlds.records import Entry, Order, Person

ORDER_HEADER = (
    "Merchant Order ID,Shopify Order Name,GoKwik Order ID,Created At,Confirmed At,Delivered At,Cancelled At,RTO At,"
    "Customer Phone,Customer Email,MRP Total,Sub Total,Coupon Code,Coupon Discount,Prepaid Discount,Other Discount,"
    "Loyalty Discount,Coins Used,Reward Transaction ID,Shipping Charges,Cod Charges,Tax,Grand Total,Total Discount,"
    "Payment Method,Payment Status,Merchant Order Status,Order Shipment Status,Refunded Amount,Refunded At,Device,"
    "Checkout,Loyalty Applied,Points Shown,Tags,Utm Source"
)
LEDGER_HEADER = (
    "_id,lead_id,mobile,title,description,amount,operation,type,status,reference_order_id,parent_id,hash,wallet,"
    "expire,balance,created_at"
)
MEMBER_HEADER = "lead_id,mobile,email,tier,joined_at,balance,as_of"
REFUND_HEADER = "Refund ID,Merchant Order ID,Refunded At,Amount,Kind"

_OVERLAP = 12
_WORDS = {
    "delivered": (("Delivered", "delivered", "Completed"), "Delivered"),
    "returned": (("Returned", "returned"), "Delivered"),
    "refunded": (("Refunded",), "Delivered"),
    "rto": (("RTO", "RTO Delivered", "rto"), "RTO Delivered"),
    "cancelled": (("Cancelled", "Canceled", "cancelled"), ""),
    "failed": (("Failed", "Payment Failed"), ""),
    "shipped": (("Processing", "Confirmed"), "In Transit"),
    "confirmed": (("Confirmed", "confirmed"), ""),
    "placed": (("Pending", "Placed"), ""),
    "held": (("On Hold - KYC",), ""),
}
_SOURCES = ("google", "instagram", "", "", "whatsapp", "direct")

Row = tuple[int, str]


def state_at(order: Order, as_of: int) -> str:
    """What a system says of an order at an instant: how it ended, or how far it came."""
    if order.outcome == "held":
        return "held"
    if not is_alive(order, as_of) and order.outcome != "repaid":
        return order.outcome
    if order.delivered and order.delivered <= as_of:
        return "delivered"
    if order.confirmed and order.confirmed <= as_of:
        shipped = order.outcome == "lost" or as_of > order.confirmed + 36 * HOUR
        return "shipped" if shipped else "confirmed"
    return "placed"


class Exporter:
    """Writes the rows of one brand."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.rng = rng
        self.noise = brand.style.noise
        self.clock: Clock = CLOCKS[brand.style.order_clock][0]
        self.refund_clock: Clock = CLOCKS[brand.style.refund_clock][0]

    def order_row(self, order: Order) -> Row:
        """One GoKwik row, in the state known at the as-of."""
        rng, person = self.rng, order.person
        refunded = [(at, paise) for at, paise in order.refunds if at <= self.brand.as_of]
        by_row = bool(refunded) and (not order.refunds_filed or rng.random() < 0.4)
        off = order.coupon + order.prepaid + order.other + order.loyalty
        prepaid, cod_fee = (
            0 if order.oddity.hidden == part else getattr(order, part) for part in ("prepaid", "cod_fee")
        )
        phone, email = self._contact(person)
        state = state_at(order, self.brand.as_of)
        words, shipment = _WORDS[state]
        word = words[int(rng.random() * len(words))] if self.noise else words[0]
        tags = f'"{order.tags}"' if "," in order.tags else order.tags
        cells = (
            order.order_id, order.name, order.gokwik_id, self.clock(order.placed),
            self._when(order.confirmed), self._when(order.delivered),
            self._when(order.cancelled), self._when(order.rto), phone, email,
            self._money(order.subtotal + order.subtotal // 10), self._money(order.subtotal),
            order.coupon_code, self._maybe(order.coupon), self._maybe(prepaid), self._maybe(order.other),
            self._maybe(order.loyalty), str(order.coins_used) if order.coins_used else "", order.reward_ref,
            self._maybe(order.shipping), self._maybe(cod_fee), self._maybe(order.tax),
            self._money(order.grand_total), self._money(off), self._payment(order, state),
            self._payment_status(order, state, refunded), word, shipment,
            self._money(sum([paise for _, paise in refunded])) if by_row else "",
            self.clock(refunded[-1][0]) if by_row else "",
            order.device_text, self._checkout(order), order.applied, str(order.shown) if person.lead else "",
            tags, _SOURCES[int(rng.random() * len(_SOURCES))],
        )  # fmt: skip
        return order.placed, ",".join(cells)

    def _contact(self, person: Person) -> tuple[str, str]:
        if not person.lead:
            return ("9999999999", "") if self.rng.random() < 0.5 else ("", "")
        draw = self.rng.random() if self.noise else 0.0
        if person.email and draw > 0.9:
            return "", person.email
        return self._phone(person), person.email if draw < 0.5 else ""

    def _phone(self, person: Person) -> str:
        return phone_spelling(person.phone, self.rng) if self.noise else person.phone

    def _payment(self, order: Order, state: str) -> str:
        """A cash order that is only placed may leave its payment blank, which means cash (details R13)."""
        blank = order.payment == "cod" and state in ("placed", "confirmed") and self.rng.random() < 0.3
        return "" if blank else order.payment_text

    def _payment_status(self, order: Order, state: str, refunded: list[tuple[int, int]]) -> str:
        if refunded and state in ("delivered", "shipped"):
            return "Partially Refunded"
        if state == "refunded":
            return "Refunded"
        if order.payment == "cod":
            return "Paid" if state == "delivered" and self.rng.random() < 0.3 else "Pending"
        return "" if self.rng.random() < 0.2 else "Paid"

    def _checkout(self, order: Order) -> str:
        return "" if order.surface == "gokwik" and self.rng.random() < 0.25 else order.surface

    def _money(self, paise: int) -> str:
        return rupee_spelling(paise, self.rng) if self.noise else plain_rupees(paise)

    def _maybe(self, paise: int) -> str:
        """An optional amount; nothing is written in many ways."""
        if paise:
            return self._money(paise)
        draw = self.rng.random()
        return "0" if draw < 0.4 else "0.00" if draw < 0.7 else "" if draw < 0.9 else "Rs. 0"

    def _when(self, at: int) -> str:
        if not at or at > self.brand.as_of:
            return "NA" if self.noise and self.rng.random() < 0.1 else ""
        return self.clock(at)

    def ledger_row(self, entry: Entry) -> Row:
        """One Nector row."""
        person, draw = entry.person, self.rng.random() if self.noise else 0.0
        mobile = "" if draw < 0.5 else self._phone(person)
        lead = "" if draw > 0.8 else person.lead
        balance = "" if entry.balance is None else entry.balance
        return entry.at, (
            f"{entry.entry_id},{lead},{mobile},{entry.title},{entry.note},{entry.coins},{entry.operation},{entry.type},"
            f"{entry.status},{entry.reference},{entry.parent},{entry.hash},{entry.wallet},{entry.expire},{balance},"
            f"{iso_utc_ms(entry.at)}"
        )

    def member_row(self, person: Person, balance: int, at: int) -> str:
        """One member as exported at an instant."""
        tier = self.brand.tier_of(person, at)
        return (
            f"{person.lead},{self._phone(person)},{person.email},{tier},{iso_utc_ms(person.joined)},{balance},"
            f"{iso_utc_ms(at)}"
        )

    def refund_rows(self, order: Order) -> list[Row]:
        """Refunds by the as-of, for an order that the refunds file names."""
        if not order.refunds_filed:
            return []
        total = order.grand_total
        rows: list[Row] = []
        for number, (at, paise) in enumerate(order.refunds):
            if at <= self.brand.as_of:
                kind = "full" if paise == total else "partial"
                cells = (order.order_id, self.refund_clock(at), self._money(paise), kind)
                rows.append((at, f"rf{order.order_id}-{number},{','.join(cells)}"))
        return rows


class Sheets:
    """All exports of a brand, filled one person at a time."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.exporter = Exporter(brand, rng)
        self.orders: list[Row] = []
        self.refunds: list[Row] = []
        self.ledger: list[Row] = []
        self.members: dict[int, list[str]] = {}

    def add(self, person: Person, orders: list[Order], entries: list[Entry]) -> None:
        """Everything that a person leaves in the exports; whoever left no name is no member."""
        write = self.exporter
        self.ledger += [write.ledger_row(entry) for entry in entries]
        for order in orders:
            self.orders.append(write.order_row(order))
            self.refunds += write.refund_rows(order)
        if not person.lead:
            return
        for at in (*self.brand.snapshots, self.brand.as_of):
            if person.joined <= at:
                row = write.member_row(person, self._balance(person, entries, at), at)
                self.members.setdefault(at, []).append(row)

    def _balance(self, person: Person, entries: list[Entry], at: int) -> int:
        misprint = self.brand.misprinted.get(person.number, 0) if at == self.brand.as_of else 0
        return sum([entry.signed for entry in entries if entry.posted and entry.at <= at]) + misprint

    def files(self) -> dict[str, str]:
        """File name → text."""
        split = self.brand.style.monthly_files
        last = self.brand.as_of
        names = {at: "members" if at == last else f"members-{date_text(day_of(at))}" for at in self.members}
        return {
            **by_month("gokwik-orders", ORDER_HEADER, self.orders, split=split),
            **by_month("nector-ledger", LEDGER_HEADER, self.ledger, split=split),
            **{f"{names[at]}.csv": _text(MEMBER_HEADER, self.members[at]) for at in sorted(self.members)},
            **by_month("refunds", REFUND_HEADER, self.refunds, split=False),
        }


def by_month(stem: str, header: str, rows: list[Row], *, split: bool) -> dict[str, str]:
    """Rows in order of time, a file a month; each file but the first begins with the last rows of the one before.

    A row may be several lines that belong together.
    """
    rows.sort()
    if not split or not rows:
        return {f"{stem}.csv": _text(header, (row for _, row in rows))}
    months: dict[str, list[str]] = {}
    for at, row in rows:
        months.setdefault(date_text(day_of(at))[:7], []).append(row)
    files: dict[str, str] = {}
    tail: list[str] = []
    for month, lines in months.items():
        files[f"{stem}-{month}.csv"] = _text(header, [*tail, *lines])
        tail = lines[-_OVERLAP:]
    return files


def _text(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *rows]) + "\n"
