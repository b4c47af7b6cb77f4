"""Accepted records known at the as-of, typed, numbered and keyed."""

import dagster as dg
import polars as pl

from assets.catalog import table_asset
from loyalty.intake import stage
from resources.run import Run


@table_asset
def stg_member_keys(
    run: dg.ResourceParam[Run],
    raw_gokwik__orders: pl.DataFrame,
    raw_nector__entries: pl.DataFrame,
    raw_members: pl.DataFrame,
) -> pl.DataFrame:
    """Who is one person."""
    return stage.staged_member_keys(raw_gokwik__orders, raw_nector__entries, raw_members, run.as_of)


@table_asset
def stg_orders(
    run: dg.ResourceParam[Run],
    raw_gokwik__orders: pl.DataFrame,
    raw_refunds: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
) -> pl.DataFrame:
    """Orders in the state that stood at the as-of."""
    return stage.staged_orders(raw_gokwik__orders, raw_refunds, raw_members, stg_member_keys, run.as_of)


@table_asset
def stg_references(raw_gokwik__orders: pl.DataFrame, stg_orders: pl.DataFrame) -> pl.DataFrame:
    """How an entry may name an order."""
    return stage.staged_references(raw_gokwik__orders, stg_orders)


@table_asset
def stg_entries(
    run: dg.ResourceParam[Run],
    raw_nector__entries: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
    stg_orders: pl.DataFrame,
    stg_references: pl.DataFrame,
) -> pl.DataFrame:
    """Ledger entries by the as-of."""
    naming = (stg_member_keys, stg_orders, stg_references)
    return stage.staged_entries(raw_nector__entries, raw_members, *naming, run.as_of)


@table_asset
def stg_refunds(
    run: dg.ResourceParam[Run], raw_refunds: pl.DataFrame, stg_orders: pl.DataFrame
) -> pl.DataFrame:
    """Refunds of known orders by the as-of."""
    return stage.staged_refunds(raw_refunds, stg_orders, run.as_of)


@table_asset
def stg_members(raw_members: pl.DataFrame, stg_member_keys: pl.DataFrame) -> pl.DataFrame:
    """Members as exported."""
    return stage.staged_members(raw_members, stg_member_keys)
