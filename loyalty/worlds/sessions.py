"""What happens at the checkout before there is an order: sessions that end in one, and carts that are left."""

from collections.abc import Sequence
from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.moments import DAY, HOUR, MINUTE, SECOND, dashes, sql_ist
from loyalty.worlds.naming import phone_spelling, plain_rupees
from loyalty.worlds.records import Entry, Order, Person
from loyalty.worlds.shop import PRICES
from loyalty.worlds.spelling import address, full_name, line

CART_HEADER = (
    "ID,Created At,Updated At,Customer Name,Customer Address,Phone Number,Email ID,Line items,Variant title,"
    "Abandoned Cart Link,Amount,Discount Total,Drop Stage,Drop Off Reasons,Comment,Utm Source,Utm Campaign,Utm Medium,"
    "Discount Code,Origin Referrer,Landing Page,Store Source,Store Platform,Automatic Discount Code,"
    "Customer Type - Gokwik,Customer Type - Merchant,MRP Total,Platform,Risk Flag"
)
_CHECKOUT = (
    "Checkout ID", "Started At", "Completed At", "Merchant Order ID", "Phone", "Email", "Device", "Sub Total",
    "Points Shown", "Points Applied",
)  # fmt: skip
CHECKOUT_HEADER = ",".join(_CHECKOUT)
Cells = dict[str, object]
_CART = CART_HEADER.split(",")
_STAGES = ("Payment Page", "Payment Page", "Payment Page", "Address Page", "Login Page", "Offers Page")
_DEVICES = ("Mobile", "Mobile", "Mobile", "Web")
_RETRIED, _LEFT, _STRANGERS = 0.14, 0.22, 0.10
"""Of all checkouts: tried before the order came, left for good by a customer, left by a stranger."""


class Sessions:
    """Writes the checkouts of one brand: one for every order that went through it, one for every cart left."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.rng = rng
        self.carts: list[tuple[int, str]] = []
        self.checkouts: list[tuple[int, str]] = []

    def add(self, person: Person, orders: Sequence[Order], entries: Sequence[Entry]) -> None:
        """Everything that a person began at the checkout."""
        for order in orders:
            if order.surface == "gokwik":
                self._completed(order)
                if self.rng.random() < _RETRIED:
                    self._left(
                        person, entries, order.placed - MINUTE - int(self.rng.random() * 3 * HOUR), order
                    )
                if self.rng.random() < _LEFT:
                    self._left(person, entries, order.placed + int(self.rng.random() ** 2 * 60 * DAY))

    def add_strangers(self, orders: int) -> None:
        """People who came, left a phone and never bought."""
        span = self.brand.as_of - self.brand.start
        for number in range(int(orders * _STRANGERS)):
            phone = f"{6 + number % 4}{int(self.rng.random() * 10**9):09d}"
            stranger = Person(number, "stranger", phone, "", "", "", 0, 0)
            self._left(stranger, (), self.brand.start + int(self.rng.random() * span))

    def _completed(self, order: Order) -> None:
        """A failed payment ends no session, though GoKwik counts the order."""
        started = order.placed - 20 * SECOND - int(self.rng.random() * 8 * MINUTE)
        is_done = order.outcome != "failed"
        is_known = bool(order.person.lead)
        cells: Cells = {
            "Completed At": sql_ist(order.placed) if is_done else "",
            "Merchant Order ID": order.order_id if is_done else "",
            "Phone": phone_spelling(order.person.phone, self.rng) if is_known else "",
            "Email": order.person.email,
            "Device": order.device_text,
            "Sub Total": plain_rupees(order.subtotal),
            "Points Shown": order.shown if is_known else "",
            "Points Applied": order.coins_used if is_known else "",
        }
        self._checkout(started, order.order_id, cells)

    def _left(self, person: Person, entries: Sequence[Entry], at: int, order: Order | None = None) -> None:
        """A session without an end, and its cart; a customer who tries again has the same basket."""
        at = max(at, self.brand.start)
        if at > self.brand.as_of - HOUR:
            return
        items = order.items if order else [PRICES[int(self.rng.random() * len(PRICES))]]
        shown = max(sum([entry.signed for entry in entries if entry.posted and entry.at <= at]), 0)
        applied = shown // 100 * 100 if shown >= 100 and self.rng.random() < 0.15 else 0
        device = order.device_text if order else _DEVICES[int(self.rng.random() * 4)]
        phone = phone_spelling(person.phone, self.rng) if person.lead else ""
        total = sum(items)
        cells: Cells = {
            "Phone": phone,
            "Email": person.email,
            "Device": device,
            "Sub Total": plain_rupees(total),
        }
        cells |= {"Points Shown": str(shown), "Points Applied": str(applied)} if phone else {}
        name = f"{at}-{person.number}-{len(self.carts)}"
        self._checkout(at, name, cells)
        self._cart(person, at + 10 * MINUTE, name, phone, items, device)

    def _checkout(self, at: int, name: str, cells: Cells) -> None:
        told = {"Checkout ID": f"co-{name}", "Started At": sql_ist(at), **cells}
        self.checkouts.append((at, line(_CHECKOUT, told)))

    def _cart(
        self, person: Person, at: int, name: str, phone: str, items: Sequence[int], device: str
    ) -> None:
        total = sum(items)
        off = total // 10 if self.rng.random() < 0.2 else 0
        is_buyer = person.lead not in ("", "stranger")
        street, city, code, _ = address(person)
        told = {
            "ID": f"ac-{name}",
            "Created At": dashes(at),
            "Updated At": dashes(at),
            "Customer Name": full_name(person) if is_buyer else "",
            "Customer Address": f"{street}, {city} {code}" if is_buyer else "NA",
            "Phone Number": phone,
            "Email ID": person.email or "NA",
            "Line items": len(items),
            "Abandoned Cart Link": f"https://shop.example/cart/{name}",
            "Amount": plain_rupees(total - off),
            "Discount Total": plain_rupees(off),
            "Drop Stage": _STAGES[int(self.rng.random() * len(_STAGES))],
            "Discount Code": "SAVE10" if off else "NA",
            "Utm Source": "instagram" if self.rng.random() < 0.3 else "NA",
            "Store Platform": "shopify",
            "Customer Type - Gokwik": "Repeat" if is_buyer else "New",
            "MRP Total": plain_rupees(total + total // 10),
            "Platform": device,
            "Risk Flag": "Low Risk" if self.rng.random() < 0.6 else "",
        }
        self.carts.append((at, line(_CART, told)))
