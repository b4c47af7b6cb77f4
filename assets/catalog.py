"""Every stored table, once: its contract, and what the Dagster catalogue shows of it."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dagster as dg
import pandera.polars as pa
import polars as pl

from loyalty.contracts import (
    cases,
    causes,
    intermediate,
    marts,
    raw,
    raw_events,
    readiness,
    staged,
    staged_events,
)
from loyalty.contracts.base import Contract

OWNER = "team:loyalty"
MakesTable = Callable[..., pl.DataFrame]
MakesPage = Callable[..., dg.MaterializeResult[Any]]

TABLES: Mapping[str, type[Contract]] = {
    "raw_files": raw.RawFiles,
    "raw_gokwik__orders": raw.RawOrders,
    "raw_nector__entries": raw.RawEntries,
    "raw_refunds": raw.RawRefunds,
    "raw_members": raw.RawMembers,
    "raw_shopify__lines": raw_events.RawShopifyLines,
    "raw_gokwik__carts": raw_events.RawCarts,
    "raw_checkouts": raw_events.RawCheckouts,
    "raw_gokwik__settlements": raw_events.RawSettlements,
    "raw_tickets": raw_events.RawTickets,
    "raw_feedback": raw_events.RawFeedback,
    "stg_orders": staged.StagedOrders,
    "stg_entries": staged.StagedEntries,
    "stg_refunds": staged.StagedRefunds,
    "stg_members": staged.StagedMembers,
    "stg_member_keys": staged.StagedMemberKeys,
    "stg_references": staged.StagedReferences,
    "stg_shopify_orders": staged_events.StagedShopifyOrders,
    "stg_carts": staged_events.StagedCarts,
    "stg_checkouts": staged_events.StagedCheckouts,
    "stg_settlements": staged_events.StagedSettlements,
    "stg_tickets": staged_events.StagedTickets,
    "stg_feedback": staged_events.StagedFeedback,
    "int_refunds": intermediate.Refunds,
    "int_order_facts": intermediate.OrderFacts,
    "int_linked_entries": intermediate.LinkedEntries,
    "int_order_rows": intermediate.OrderRows,
    "int_movements": intermediate.Movements,
    "int_spendable": intermediate.Spendable,
    "int_allocations": intermediate.Allocations,
    "int_lots": intermediate.Lots,
    "int_leg_rows": intermediate.LegRows,
    "mart_reconciliation": marts.Reconciliation,
    "mart_mismatches": marts.Mismatches,
    "mart_decisions": cases.Decisions,
    "mart_causes": causes.Causes,
    "mart_unexplained": causes.Unexplained,
    "mart_statement": marts.Statement,
    "mart_coin_rollforward": marts.CoinRollforward,
    "mart_clearing": marts.Clearing,
    "mart_metrics": marts.Metrics,
    "mart_members": marts.Members,
    "mart_cohorts": marts.Cohorts,
    "mart_rule_parity": readiness.RuleParity,
    "mart_go_live": readiness.GoLive,
    "mart_boundary_carts": readiness.BoundaryCarts,
    "mart_setup_audit": readiness.SetupAudit,
    "mart_sources": marts.Sources,
    "mart_quarantine": marts.Quarantine,
}


def layer_of(name: str) -> str:
    """The first word of a name is its layer, its group and its file in this folder."""
    return name.partition("_")[0]


def table_asset(make: MakesTable) -> dg.AssetsDefinition:
    """The asset of the stored table that a function is named after; its description is the contract's."""
    return table_asset_after()(make)


def table_asset_after(*deps: str) -> Callable[[MakesTable], dg.AssetsDefinition]:
    """The same for a function that reads further stored tables by itself."""

    def made(make: MakesTable) -> dg.AssetsDefinition:
        asset: dg.AssetsDefinition = dg.asset(name=make.__name__, deps=deps, **_shown(make.__name__))(make)
        return asset

    return made


def page_asset_after(*deps: str) -> Callable[[MakesPage], dg.AssetsDefinition]:
    """The asset of something that is no table, named and described by the function that makes it."""

    def made(make: MakesPage) -> dg.AssetsDefinition:
        asset: dg.AssetsDefinition = dg.asset(
            name=make.__name__,
            deps=deps,
            group_name="report",
            owners=[OWNER],
            description=inspect.getdoc(make),
        )(make)
        return asset

    return made


def table_outs(*names: str) -> dict[str, dg.AssetOut]:
    """The same for a function that makes several tables at once."""
    return {name: dg.AssetOut(key=name, **_shown(name)) for name in names}


def table_specs(*names: str, deps: Iterable[str]) -> list[dg.AssetSpec]:
    """The same for a function that stores several tables by itself, from tables that it reads by itself."""
    return [dg.AssetSpec(name, deps=deps, **_shown(name)) for name in names]


def column_schema(contract: type[Contract]) -> dg.TableSchema:
    """The contract's columns as Dagster shows them."""
    columns = contract.to_schema().columns
    return dg.TableSchema(columns=[_column(name, column) for name, column in columns.items()])


def _shown(name: str) -> dict[str, Any]:
    contract = TABLES[name]
    return {
        "group_name": layer_of(name),
        "owners": [OWNER],
        "kinds": {"polars", "parquet"},
        "description": inspect.getdoc(contract),
        "metadata": {"dagster/column_schema": column_schema(contract)},
    }


def _column(name: str, column: pa.Column) -> dg.TableColumn:
    return dg.TableColumn(
        name=name,
        type=str(column.dtype),
        description=column.description,
        constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique),
    )
