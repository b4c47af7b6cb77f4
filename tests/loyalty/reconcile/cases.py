"""An order of a small world with everything that a page explains it by."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import cap_paise, claims, room_paise, with_maximum, with_rule
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.explain_why import Case
from loyalty.reconcile.under_cause import earned
from loyalty.rulebook.models import Rulebook
from tests.builders import AS_OF, Thing, a_world, judged

Row = dict[str, Any]


def a_case(
    *things: Thing, rules: Rulebook, leg: str, order: str = "A", balances: Mapping[str, int] | None = None
) -> tuple[Case, Row]:
    """The case of an order, and its row of mart_reconciliation."""
    world = a_world(*things)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    mine = pl.col("order_no") == world.orders.filter(pl.col("order_id") == order)["order_no"].item()
    held = facts.join(world.spendable, on="order_no", how="left", validate="1:1")
    ruled = with_maximum(with_rule(held, rules)).with_columns(cap_paise=cap_paise(), room_paise=room_paise())
    case = Case(
        ruled=ruled.filter(mine),
        earned=earned(facts, refunded, linked, rules, AS_OF).filter(mine),
        refunded=refunded.filter(mine),
        balances=balances or {},
        rulebook=rules,
        as_of=AS_OF,
    )
    rows = judged(world, rules, AS_OF, (leg,))
    return case, rows.filter(pl.col("order_id") == order).row(0, named=True)
