"""What the measures are taken from, in a small world."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

from loyalty.contracts.base import Contract, polars_schema
from loyalty.contracts.staged_events import StagedCheckouts, StagedFeedback, StagedTickets
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import balance_queries, claims, redemption_instants
from loyalty.finance.clearing import clearing
from loyalty.ledger.links import linked_entries
from loyalty.ledger.lots import walk
from loyalty.ledger.movements import movements
from loyalty.metrics.given import Given
from loyalty.rulebook.models import Rulebook
from tests.builders.frames import a_world
from tests.builders.law import BARE
from tests.builders.things import Thing
from tests.builders.units import AS_OF, When, instant
from tests.builders.verdicts import judged

Rows = Iterable[Mapping[str, Any]]
EVERY_KIND = ("gokwik_orders", "nector_ledger", "members", "checkouts", "tickets", "feedback")


def a_given(
    *things: Thing,
    rules: Rulebook = BARE,
    as_of: When = AS_OF,
    kinds: Collection[str] = EVERY_KIND,
    checkouts: Rows = (),
    tickets: Rows = (),
    feedback: Rows = (),
    launched: When | None = None,
) -> Given:
    """Orders, entries, refunds and members as intake and ledger would hand them on.

    Rows of checkouts, tickets and answers say what they are about; ``member`` is a name, ``order`` an order id.
    """
    world, at = a_world(*things), instant(as_of)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    instants = redemption_instants(facts, linked)
    moves = movements(linked, instants, rules)
    history = walk(moves, balance_queries(facts, instants), at)
    people = dict(world.member_keys.select("member_id", "member_no").iter_rows())
    orders = dict(world.orders.select("order_id", "order_no").iter_rows())

    def frame(contract: type[Contract], rows: Rows, number: str) -> pl.DataFrame:
        schema = polars_schema(contract)
        told = [
            {
                **row,
                number: place,
                "member_no": people.get(row.get("member", "")),
                "order_no": orders.get(row.get("order", "")),
            }
            for place, row in enumerate(rows)
        ]
        return pl.DataFrame([{name: row.get(name) for name in schema} for row in told], schema=schema)

    return Given(
        orders=world.orders,
        members=world.members,
        member_keys=world.member_keys,
        checkouts=frame(StagedCheckouts, checkouts, "checkout_no"),
        tickets=frame(StagedTickets, tickets, "ticket_no"),
        feedback=frame(StagedFeedback, feedback, "response_no"),
        facts=facts,
        refunded=refunded,
        spendable=history.spendable,
        linked=linked,
        movements=moves,
        allocations=history.allocations,
        lots=history.lots,
        verdict=judged(world, rules, at),
        clearing=clearing(facts, refunded, linked, world.orders, world.member_keys, rules, at),
        rulebook=rules,
        as_of=at,
        kinds=kinds,
        launched_at=None if launched is None else instant(launched),
    )
