"""What is known of orders and entries before, and right after, the law is applied."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.catalog import table_asset, table_specs
from loyalty.intake.survey import missing_sides
from loyalty.reconcile.linking import link
from loyalty.reconcile.orders import is_compared, order_rows
from resources.run import Run
from resources.shards import GIVEN, JUDGED, judge_nothing, judge_shards
from resources.table_store import told


@table_asset
def int_linked_entries(
    run: dg.ResourceParam[Run],
    raw_files: pl.DataFrame,
    stg_entries: pl.DataFrame,
    stg_orders: pl.DataFrame,
    stg_refunds: pl.DataFrame,
    stg_members: pl.DataFrame,
    stg_references: pl.DataFrame,
) -> pl.DataFrame:
    """Which order an entry belongs to."""
    entries = stg_entries.clear() if missing_sides(raw_files) else stg_entries
    return link(entries, stg_orders, stg_refunds, stg_members, stg_references, run.rulebook)


@table_asset
def int_order_rows(
    run: dg.ResourceParam[Run],
    raw_files: pl.DataFrame,
    stg_orders: pl.DataFrame,
    stg_refunds: pl.DataFrame,
    stg_shopify_orders: pl.DataFrame,
    int_linked_entries: pl.DataFrame,
) -> pl.DataFrame:
    """Whether GoKwik and Shopify tell the same order."""
    is_given = is_compared(raw_files.filter(pl.col("reason").is_null())["kind"])
    orders, shopify = (table if is_given else table.clear() for table in (stg_orders, stg_shopify_orders))
    return order_rows(orders, stg_refunds, int_linked_entries, shopify, run.rulebook, run.as_of)


@dg.multi_asset(specs=table_specs(*JUDGED, deps=("raw_files", *GIVEN)))
def judged_members(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult[None]]:
    """Every leg of every member judged, shard by shard, and the lots behind it."""
    if missing_sides(run.build.read("raw_files")):
        judge_nothing(run.build.tables, run.rulebook, run.as_of)
    else:
        judge_shards(run.build.tables, run.build.scratch / "desk", run.home.rules, run.as_of)
    for table in JUDGED:
        yield dg.MaterializeResult(asset_key=table, metadata=told(run, table))
