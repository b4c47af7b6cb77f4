"""What leaves the house: pages for people, and the published snapshot."""

import dagster as dg
import polars as pl

from assets.catalog import TABLES, page_asset_after
from resources.lake import publish
from resources.provenance import provenance
from resources.reports import write_reports
from resources.run import Run
from resources.warehouse import build_warehouse

REPORTED = ("mart_reconciliation", "mart_mismatches", "mart_statement", "mart_sources", "mart_quarantine")


@page_asset_after(*REPORTED)
def report_reconciliation(run: dg.ResourceParam[Run]) -> dg.MaterializeResult[None]:
    """The answer in words, then the kinds, then the orders to look at: one self-contained HTML page."""
    tables = {name: run.build.read(name) for name in REPORTED}
    pages = write_reports(tables, run.settings.title, run.build.reports, run.as_of)
    return dg.MaterializeResult(metadata={"pages": [page.name for page in pages]})


@page_asset_after(*TABLES, "report_reconciliation")
def lake(run: dg.ResourceParam[Run], mart_sources: pl.DataFrame) -> dg.MaterializeResult[None]:
    """The published snapshot: every table as parquet and in DuckDB, hashed, switched by one rename."""
    build_warehouse(run.build.tables, run.build.scratch)
    release = publish(run.home, run.build, provenance(run, mart_sources))
    return dg.MaterializeResult(metadata={"release": release.folder.name, "tables": len(TABLES)})
