"""A checkout that grants what it should until it does not: a few orders, their debits, and mart_causes of them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import polars as pl

from loyalty.contracts.base import empty
from loyalty.contracts.intermediate import OrderRows
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.causes.evidence import Books
from loyalty.reconcile.causes.group_causes import group_causes
from loyalty.reconcile.members import Given, judged_tables
from loyalty.reconcile.mismatches import mismatches
from loyalty.rulebook.models import Rulebook
from tests.builders import AS_OF, DAY, HOUR, NOON, Rupees, Thing, a_law, a_world, an_entry, an_order

LAW = a_law({"redeem": {"gokwik": {"cap_percent": "20", "apply": "auto"}}})
"""A fifth of the total payable, shipping in; 100 coins are ₹10, taken by themselves."""
PURSE = an_entry("import cr", 10**6, NOON - 30 * DAY, entry_id="purse", tokens=("welcome",))

Day = int


def checkout(day: Day, rupees: Rupees, coins: int | None = None, **order: Any) -> list[Thing]:
    """An order of ₹1,000 with a coupon of ₹200 and ₹50 shipping, and what was taken for its discount."""
    at, name = NOON + day * HOUR, f"order {day:03d}"
    told = {"subtotal": 1000, "coupon": 200, "shipping": 50, **order}
    taken = int(10 * float(str(rupees))) if coins is None else coins
    return [
        an_order(name, placed=at, loyalty=rupees, **told),
        an_entry("redeem dr", taken, at, order=name, entry_id=f"debit {day:03d}"),
    ]


def checkouts(days: range, rupees: Rupees, **order: Any) -> Iterator[Thing]:
    for day in days:
        yield from checkout(day, rupees, **order)


def tables_of(*things: Thing, rules: Rulebook, as_of: dt.datetime) -> dict[str, pl.DataFrame]:
    world = a_world(PURSE, *things)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    given = Given(
        orders=world.orders,
        refund_rows=world.refund_rows,
        members=world.members,
        member_keys=world.member_keys,
        linked=linked,
        order_rows=empty(OrderRows),
    )
    return {
        "stg_orders": world.orders,
        "int_linked_entries": linked,
        **judged_tables(given, rules, as_of),
    }


def causes_of(
    *things: Thing, rules: Rulebook = LAW, before: pl.DataFrame | None = None, as_of: dt.datetime = AS_OF
) -> pl.DataFrame:
    """mart_causes of what was exported; ``before`` is that of an earlier run."""
    tables = tables_of(*things, rules=rules, as_of=as_of)
    books = Books.of(lambda name: tables[name].lazy(), rules, as_of)
    return group_causes(mismatches(tables["mart_reconciliation"], None, as_of), books, before)
