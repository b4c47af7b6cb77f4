"""What people read: the verdict, what is wrong, the statement, the measures, and where every line went."""

import dagster as dg
import polars as pl

from assets.catalog import table_asset, table_asset_after
from assets.queries import RECORDED_FROM, recorded_totals
from loyalty.finance.clearing import clearing
from loyalty.finance.rollforward import coin_rollforward
from loyalty.intake.records import RECORD_DATES, quarantine, sources
from loyalty.intake.survey import missing_sides
from loyalty.metrics.measures import metrics
from loyalty.readiness.boundaries import boundary_carts
from loyalty.readiness.go_live import go_live
from loyalty.readiness.rule_parity import rule_parity
from loyalty.readiness.setup_audit import Dashboards, setup_audit
from loyalty.reconcile.mismatches import Priorities, mismatches
from loyalty.reconcile.statement import statement
from resources.run import Run
from resources.webhook_ids import webhook_leaks


@table_asset
def mart_mismatches(run: dg.ResourceParam[Run], mart_reconciliation: pl.DataFrame) -> pl.DataFrame:
    """What disagrees."""
    before = run.previous.read("mart_mismatches") if run.previous else None
    limits = Priorities(**run.settings.priority.model_dump())
    return mismatches(mart_reconciliation, before, run.as_of, limits)


@table_asset_after(*RECORDED_FROM)
def mart_statement(run: dg.ResourceParam[Run], mart_reconciliation: pl.DataFrame) -> pl.DataFrame:
    """The difference, line by line."""
    return statement(mart_reconciliation, run.ask(recorded_totals()))


@table_asset
def mart_coin_rollforward(
    run: dg.ResourceParam[Run],
    raw_files: pl.DataFrame,
    stg_entries: pl.DataFrame,
    int_linked_entries: pl.DataFrame,
    int_allocations: pl.DataFrame,
    stg_members: pl.DataFrame,
) -> pl.DataFrame:
    """The books in coins."""
    entries = stg_entries.clear() if missing_sides(raw_files) else stg_entries
    return coin_rollforward(entries, int_linked_entries, int_allocations, stg_members, run.as_of)


@table_asset
def mart_clearing(
    run: dg.ResourceParam[Run],
    int_order_facts: pl.DataFrame,
    int_refunds: pl.DataFrame,
    int_linked_entries: pl.DataFrame,
    stg_orders: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
) -> pl.DataFrame:
    """Coins between debit and delivery."""
    judged = (int_order_facts, int_refunds, int_linked_entries)
    return clearing(*judged, stg_orders, stg_member_keys, run.rulebook, run.as_of)


@table_asset
def mart_rule_parity(
    run: dg.ResourceParam[Run], int_order_facts: pl.DataFrame, int_spendable: pl.DataFrame
) -> pl.DataFrame:
    """Do the surfaces promise the same?"""
    return rule_parity(int_order_facts, int_spendable, run.rulebook)


@table_asset
def mart_go_live(
    run: dg.ResourceParam[Run],
    mart_reconciliation: pl.DataFrame,
    stg_orders: pl.DataFrame,
    int_order_facts: pl.DataFrame,
    int_spendable: pl.DataFrame,
) -> pl.DataFrame:
    """The eight questions before going live."""
    orders = (stg_orders, int_order_facts, int_spendable)
    return go_live(mart_reconciliation, *orders, run.rulebook, run.as_of)


@table_asset
def mart_boundary_carts(
    run: dg.ResourceParam[Run], int_order_facts: pl.DataFrame, int_spendable: pl.DataFrame
) -> pl.DataFrame:
    """Both sides of every limit, and the carts to place."""
    return boundary_carts(int_order_facts, int_spendable, run.rulebook, run.as_of)


@table_asset
def mart_setup_audit(run: dg.ResourceParam[Run]) -> pl.DataFrame:
    """What the settings alone give away."""
    dashboards = Dashboards(**run.settings.integration.model_dump())
    return setup_audit(dashboards, run.rulebook, run.as_of, webhook_leaks(run.home, run.settings))


@table_asset_after(*RECORD_DATES)
def mart_sources(run: dg.ResourceParam[Run], raw_files: pl.DataFrame) -> pl.DataFrame:
    """Where every line of every file went."""
    return sources(raw_files, {name: run.build.read(name) for name in RECORD_DATES}, run.as_of)


@table_asset_after(*RECORD_DATES)
def mart_quarantine(run: dg.ResourceParam[Run], raw_files: pl.DataFrame) -> pl.DataFrame:
    """What was set aside, and why."""
    return quarantine(raw_files, {name: run.build.read(name) for name in RECORD_DATES})


@table_asset
def mart_metrics(
    run: dg.ResourceParam[Run],
    stg_orders: pl.DataFrame,
    int_linked_entries: pl.DataFrame,
    stg_members: pl.DataFrame,
    int_allocations: pl.DataFrame,
    int_lots: pl.DataFrame,
    raw_files: pl.DataFrame,
) -> pl.DataFrame:
    """Does the programme work."""
    given = raw_files.filter(pl.col("reason").is_null())["kind"]
    tables = (stg_orders, int_linked_entries, stg_members, int_allocations, int_lots)
    return metrics(*tables, run.rulebook, run.as_of, kinds=set(given))
