"""Accepted records known at the as-of, typed, numbered and keyed."""

import dagster as dg
import polars as pl

from assets.catalog import table_asset, table_asset_after
from loyalty.intake import stage, stage_events
from loyalty.intake.shopify_orders import staged_shopify_orders
from resources.run import Run


@table_asset_after(*stage_events.EVENT_DATES)
def stg_member_keys(
    run: dg.ResourceParam[Run],
    raw_gokwik__orders: pl.DataFrame,
    raw_nector__entries: pl.DataFrame,
    raw_members: pl.DataFrame,
) -> pl.DataFrame:
    """Who is one person."""
    events = {name: run.build.read(name) for name in stage_events.EVENT_DATES}
    others = stage_events.people_met(events, run.as_of)
    return stage.staged_member_keys(raw_gokwik__orders, raw_nector__entries, raw_members, others, run.as_of)


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


@table_asset
def stg_shopify_orders(
    run: dg.ResourceParam[Run],
    raw_shopify__lines: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
    stg_references: pl.DataFrame,
) -> pl.DataFrame:
    """Shopify's orders, each beside the GoKwik order that it is."""
    return staged_shopify_orders(raw_shopify__lines, raw_members, stg_member_keys, stg_references, run.as_of)


@table_asset
def stg_carts(
    run: dg.ResourceParam[Run],
    raw_gokwik__carts: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
) -> pl.DataFrame:
    """Carts abandoned by the as-of."""
    return stage_events.staged_carts(raw_gokwik__carts, raw_members, stg_member_keys, run.as_of)


@table_asset
def stg_checkouts(
    run: dg.ResourceParam[Run],
    raw_checkouts: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
    stg_references: pl.DataFrame,
) -> pl.DataFrame:
    """Checkouts started by the as-of."""
    naming = (raw_members, stg_member_keys, stg_references)
    return stage_events.staged_checkouts(raw_checkouts, *naming, run.as_of)


@table_asset
def stg_settlements(
    run: dg.ResourceParam[Run], raw_gokwik__settlements: pl.DataFrame, stg_references: pl.DataFrame
) -> pl.DataFrame:
    """Payments and refunds by the as-of."""
    return stage_events.staged_settlements(raw_gokwik__settlements, stg_references, run.as_of)


@table_asset
def stg_tickets(
    run: dg.ResourceParam[Run],
    raw_tickets: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
    stg_references: pl.DataFrame,
) -> pl.DataFrame:
    """Tickets created by the as-of."""
    naming = (raw_members, stg_member_keys, stg_references)
    return stage_events.staged_tickets(raw_tickets, *naming, run.as_of)


@table_asset
def stg_feedback(
    run: dg.ResourceParam[Run],
    raw_feedback: pl.DataFrame,
    raw_members: pl.DataFrame,
    stg_member_keys: pl.DataFrame,
    stg_references: pl.DataFrame,
) -> pl.DataFrame:
    """Answers by the as-of."""
    naming = (raw_members, stg_member_keys, stg_references)
    return stage_events.staged_feedback(raw_feedback, *naming, run.as_of)
