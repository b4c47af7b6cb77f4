"""The heavy part, as one function over the tables of some members.

Everything about one member is independent of every other member, so the same function serves a shard
of members on one machine or on many. Links are made before, since an entry of one member may name
an order of another.
"""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import balance_queries, redemption_instants
from loyalty.ledger.history import histories
from loyalty.ledger.lots import Walk
from loyalty.ledger.movements import movements
from loyalty.ledger.recent import balances_before_debits
from loyalty.reconcile.adjustment import adjustment_rows
from loyalty.reconcile.balance import balance_rows
from loyalty.reconcile.comebacks import restore_rows, reversal_rows
from loyalty.reconcile.earn import earn_rows, earnings
from loyalty.reconcile.expiry import expiry_rows
from loyalty.reconcile.orders import with_orders
from loyalty.reconcile.reconciliation import reconciliation
from loyalty.reconcile.redemption import redemption_rows
from loyalty.reconcile.rows import in_order
from loyalty.rulebook.models import Rulebook


@dataclass(frozen=True, kw_only=True)
class Given:
    """Staged tables of some members, their linked entries and their compared orders: what judging them needs."""

    orders: pl.DataFrame
    refund_rows: pl.DataFrame
    members: pl.DataFrame
    member_keys: pl.DataFrame
    linked: pl.DataFrame
    order_rows: pl.DataFrame


@dataclass(frozen=True)
class Judged:
    """What `reconcile_members` finds: LegRows, and the movements and the walk through every lot behind them."""

    leg_rows: pl.DataFrame
    movements: pl.DataFrame
    walk: Walk


def judged_tables(given: Given, rulebook: Rulebook, as_of: dt.datetime) -> dict[str, pl.DataFrame]:
    """Everything that judging these members makes, by the name of its stored table."""
    refunded = refunds(given.orders, given.refund_rows)
    facts = order_facts(given.orders, refunded, given.members, rulebook)
    judged = reconcile_members(facts, refunded, given.linked, given.members, rulebook, as_of)
    verdict = reconciliation(judged.leg_rows, given.orders, given.linked, given.member_keys, rulebook)
    verdict = with_orders(verdict, given.order_rows, given.member_keys)
    return {
        "int_refunds": refunded,
        "int_order_facts": facts,
        "int_movements": judged.movements,
        "int_spendable": judged.walk.spendable,
        "int_allocations": judged.walk.allocations,
        "int_lots": judged.walk.lots,
        "int_leg_rows": judged.leg_rows,
        "mart_reconciliation": verdict,
    }


def reconcile_members(
    facts: pl.DataFrame,
    refunded: pl.DataFrame,
    linked: pl.DataFrame,
    members: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> Judged:
    """Every leg of these members' orders and entries, judged as of an instant.

    OrderFacts, Refunds, LinkedEntries and StagedMembers in; LegRows out, sorted by (leg, order_no, first
    entry, batch).
    """
    instants = redemption_instants(facts, linked)
    moves, queries = movements(linked, instants, rulebook), balance_queries(facts, instants)
    walked = histories(moves, queries, as_of)
    recent = balances_before_debits(linked, moves, queries)
    earned = earnings(facts, refunded, linked, rulebook, as_of)
    adjusted, *judged = (
        adjustment_rows(facts, linked, rulebook, as_of),
        earn_rows(earned, refunded, linked, rulebook, as_of),
        expiry_rows(walked, linked, rulebook, as_of),
        redemption_rows(facts, linked, walked.spendable, rulebook, as_of, recent),
        restore_rows(facts, refunded, linked, rulebook, as_of),
        reversal_rows(earned, refunded, linked, rulebook, as_of),
    )
    stocks = balance_rows(linked, members, pl.concat([adjusted, *judged]), rulebook, as_of)
    rows = pl.concat([in_order(leg) for leg in (adjusted, stocks, *judged)])
    return Judged(leg_rows=rows, movements=moves, walk=walked)
