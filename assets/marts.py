"""What people read: the verdict, what is wrong, the statement, the measures, and where every line went."""

import dagster as dg
import polars as pl

from assets.catalog import table_asset, table_asset_after, table_outs
from assets.queries import RECORDED_FROM, recorded_totals
from loyalty.finance.clearing import clearing
from loyalty.finance.rollforward import coin_rollforward
from loyalty.intake.records import RECORD_DATES, quarantine, sources
from loyalty.intake.survey import missing_sides
from loyalty.metrics.cohorts import cohorts
from loyalty.metrics.given import Given
from loyalty.metrics.measures import metrics
from loyalty.metrics.members import members
from loyalty.readiness.boundaries import boundary_carts
from loyalty.readiness.go_live import go_live
from loyalty.readiness.rule_parity import rule_parity
from loyalty.readiness.setup_audit import Dashboards, setup_audit
from loyalty.reconcile.causes.concentration import unexplained
from loyalty.reconcile.causes.evidence import BOOKS, Books
from loyalty.reconcile.causes.group_causes import group_causes
from loyalty.reconcile.decisions import decide
from loyalty.reconcile.mismatches import Priorities, mismatches
from loyalty.reconcile.statement import statement
from resources.decision_file import read_decisions
from resources.run import Run
from resources.webhook_ids import webhook_leaks

MEASURED_FROM = {
    "raw_files": None,
    "stg_orders": "orders",
    "stg_members": "members",
    "stg_member_keys": "member_keys",
    "stg_checkouts": "checkouts",
    "stg_tickets": "tickets",
    "stg_feedback": "feedback",
    "int_order_facts": "facts",
    "int_refunds": "refunded",
    "int_spendable": "spendable",
    "int_linked_entries": "linked",
    "int_movements": "movements",
    "int_allocations": "allocations",
    "int_lots": "lots",
    "mart_reconciliation": "verdict",
    "mart_clearing": "clearing",
}
"""What the measures read, and what they call it."""


@dg.multi_asset(outs=table_outs("mart_mismatches", "mart_decisions"))
def mart_cases(
    run: dg.ResourceParam[Run], mart_reconciliation: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What disagrees, and what people decided about it."""
    before = run.previous.read("mart_mismatches") if run.previous else None
    limits = Priorities(**run.settings.priority.model_dump())
    found = mismatches(mart_reconciliation, before, run.as_of, limits)
    return decide(found, read_decisions(run.home), run.as_of)


@table_asset_after(*BOOKS)
def mart_causes(run: dg.ResourceParam[Run], mart_mismatches: pl.DataFrame) -> pl.DataFrame:
    """Why it disagrees."""
    books = Books.of(run.build.scan, run.rulebook, run.as_of)
    last = run.previous
    before = last.read("mart_causes") if last and "mart_causes" in last.manifest["tables"] else None
    return group_causes(mart_mismatches, books, before)


@table_asset_after("stg_orders")
def mart_unexplained(
    run: dg.ResourceParam[Run], mart_causes: pl.DataFrame, mart_mismatches: pl.DataFrame
) -> pl.DataFrame:
    """Where the rest stands together."""
    return unexplained(mart_causes, mart_mismatches, run.build.scan("stg_orders"), run.rulebook)


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


@table_asset_after(*MEASURED_FROM)
def mart_metrics(run: dg.ResourceParam[Run]) -> pl.DataFrame:
    """Does the programme work."""
    return metrics(_given(run))


@table_asset_after(*MEASURED_FROM)
def mart_members(run: dg.ResourceParam[Run]) -> pl.DataFrame:
    """One row per member."""
    return members(_given(run))


@table_asset_after(*MEASURED_FROM)
def mart_cohorts(run: dg.ResourceParam[Run]) -> pl.DataFrame:
    """Who stayed."""
    return cohorts(_given(run))


def _given(run: Run) -> Given:
    tables = {name: run.build.read(table) for table, name in MEASURED_FROM.items() if name is not None}
    files = run.build.read("raw_files")
    given = set(files.filter(pl.col("reason").is_null())["kind"])
    return Given(
        **tables, rulebook=run.rulebook, as_of=run.as_of, kinds=given, launched_at=run.settings.launched_at
    )
