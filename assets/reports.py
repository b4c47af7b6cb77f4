"""What leaves the house: pages for people, and the published snapshot."""

import dagster as dg
import polars as pl

from assets.catalog import TABLES, page_asset_after
from loyalty.reconcile.leaks import leaks
from loyalty.reconcile.make_good import import_lines, owed
from resources.lake import publish
from resources.make_good import write_make_good
from resources.provenance import provenance
from resources.reports import write_reports
from resources.run import Run
from resources.warehouse import build_warehouse

REPORTED = (
    "mart_reconciliation",
    "mart_mismatches",
    "mart_decisions",
    "mart_statement",
    "mart_coin_rollforward",
    "mart_clearing",
    "mart_metrics",
    "mart_cohorts",
    "mart_sources",
    "mart_quarantine",
)
OWED_FROM = (
    "mart_mismatches",
    "int_order_facts",
    "int_refunds",
    "int_linked_entries",
    "stg_orders",
    "stg_members",
    "stg_member_keys",
)


@page_asset_after(*REPORTED)
def report_reconciliation(run: dg.ResourceParam[Run]) -> dg.MaterializeResult[None]:
    """The answer in words, then the kinds, then the orders to look at: one self-contained HTML page."""
    tables = {name: run.build.read(name) for name in REPORTED}
    pages = write_reports(tables, run.settings.title, run.build.reports, run.as_of)
    return dg.MaterializeResult(metadata={"pages": [page.name for page in pages]})


@page_asset_after(*OWED_FROM)
def report_make_good(run: dg.ResourceParam[Run]) -> dg.MaterializeResult[None]:
    """What customers are owed, ready to review and import, and the list of what the merchant lost."""
    tables = [run.build.read(name) for name in OWED_FROM]
    owed_rows, lost = owed(*tables), leaks(tables[0])
    lines = import_lines(owed_rows, run.rulebook, run.as_of)
    files = write_make_good(owed_rows, lines, lost, run.build.reports, run.as_of)
    return dg.MaterializeResult(metadata={"files": [file.name for file in files]})


@page_asset_after(*TABLES, "report_reconciliation", "report_make_good")
def lake(run: dg.ResourceParam[Run], mart_sources: pl.DataFrame) -> dg.MaterializeResult[None]:
    """The published snapshot: every table as parquet and in DuckDB, hashed, switched by one rename."""
    build_warehouse(run.build.tables, run.build.scratch)
    release = publish(run.home, run.build, provenance(run, mart_sources))
    return dg.MaterializeResult(metadata={"release": release.folder.name, "tables": len(TABLES)})
