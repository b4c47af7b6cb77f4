"""Everything that a brand exports beside orders, ledger, members and refunds, filled one person at a time.

It has dice of its own, so that a world's coins are the same whether these files are asked for or not.
"""

from collections.abc import Collection, Sequence
from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.exports import Row, by_month
from loyalty.worlds.payments import SETTLEMENT_HEADER, Payments
from loyalty.worlds.records import Entry, Order, Person
from loyalty.worlds.sessions import CART_HEADER, CHECKOUT_HEADER, Sessions
from loyalty.worlds.shopfront import SHOPIFY_HEADER, Shopfront
from loyalty.worlds.voices import FEEDBACK_HEADER, TICKET_HEADER, Voices


class EventSheets:
    """The exports of one brand that say nothing of coins in the ledger."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.shopfront = Shopfront(brand, rng)
        self.sessions = Sessions(brand, rng)
        self.payments = Payments(brand, rng)
        self.voices = Voices(brand, rng)
        self.shopify: list[Row] = []
        self.settlements: list[Row] = []
        self.tickets: list[Row] = []
        self.feedback: list[Row] = []
        self.orders = 0

    def add(
        self, person: Person, orders: Sequence[Order], entries: Sequence[Entry], wronged: Collection[Order]
    ) -> None:
        """What a person leaves there; ``wronged``: those of the orders that cost the customer something."""
        self.orders += len(orders)
        for order in (*orders, *self.brand.ghosts.get(person.number, ())):
            self.shopify += self.shopfront.rows(order)
        for order in orders:
            self.settlements += self.payments.rows(order)
        self.sessions.add(person, orders, entries)
        self.tickets += self.voices.tickets(orders, wronged)
        self.feedback += self.voices.answers(orders, wronged)

    def files(self) -> dict[str, str]:
        """File name → text."""
        self.sessions.add_strangers(self.orders)
        split = self.brand.style.monthly_files
        return {
            **by_month("shopify-orders", SHOPIFY_HEADER, self.shopify, split=split),
            **by_month("gokwik-carts", CART_HEADER, self.sessions.carts, split=False),
            **by_month("checkouts", CHECKOUT_HEADER, self.sessions.checkouts, split=split),
            **by_month("gokwik-settlements", SETTLEMENT_HEADER, self.settlements, split=split),
            **by_month("tickets", TICKET_HEADER, self.tickets, split=False),
            **by_month("feedback", FEEDBACK_HEADER, self.feedback, split=False),
        }
