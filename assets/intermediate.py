"""What is known of orders and entries before, and right after, the law is applied."""

import dagster as dg
import polars as pl

from assets.catalog import table_asset, table_outs
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims, redemption_instants
from loyalty.intake.survey import missing_sides
from loyalty.ledger.links import linked_entries
from loyalty.ledger.movements import movements
from loyalty.reconcile.members import reconcile_members
from resources.run import Run


@table_asset
def int_refunds(stg_orders: pl.DataFrame, stg_refunds: pl.DataFrame) -> pl.DataFrame:
    """Refunds in order of time."""
    return refunds(stg_orders, stg_refunds)


@table_asset
def int_order_facts(
    run: dg.ResourceParam[Run],
    raw_files: pl.DataFrame,
    stg_orders: pl.DataFrame,
    int_refunds: pl.DataFrame,
    stg_members: pl.DataFrame,
) -> pl.DataFrame:
    """Version, tier and death of every order."""
    orders = stg_orders.clear() if missing_sides(raw_files) else stg_orders
    return order_facts(orders, int_refunds, stg_members, run.rulebook)


@table_asset
def int_linked_entries(
    run: dg.ResourceParam[Run],
    raw_files: pl.DataFrame,
    stg_entries: pl.DataFrame,
    stg_orders: pl.DataFrame,
    stg_references: pl.DataFrame,
    int_order_facts: pl.DataFrame,
) -> pl.DataFrame:
    """Which order an entry belongs to."""
    entries = stg_entries.clear() if missing_sides(raw_files) else stg_entries
    return linked_entries(entries, stg_orders, stg_references, claims(int_order_facts, run.rulebook))


@table_asset
def int_movements(
    run: dg.ResourceParam[Run], int_order_facts: pl.DataFrame, int_linked_entries: pl.DataFrame
) -> pl.DataFrame:
    """Coins in and out of every purse."""
    instants = redemption_instants(int_order_facts, int_linked_entries)
    return movements(int_linked_entries, instants, run.rulebook)


@dg.multi_asset(
    outs=table_outs(
        "int_spendable",
        "int_allocations",
        "int_lots",
        "int_leg_rows",
    )
)
def judged_members(
    run: dg.ResourceParam[Run],
    raw_files: pl.DataFrame,
    int_order_facts: pl.DataFrame,
    int_refunds: pl.DataFrame,
    int_linked_entries: pl.DataFrame,
    stg_members: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Every leg judged, and the lots behind it."""
    members = stg_members.clear() if missing_sides(raw_files) else stg_members
    judged = reconcile_members(
        int_order_facts, int_refunds, int_linked_entries, members, run.rulebook, run.as_of
    )
    walk = judged.walk
    return walk.spendable, walk.allocations, walk.lots, judged.leg_rows
