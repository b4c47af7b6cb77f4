"""Every stored table, once: its contract, and what the Dagster catalogue shows of it."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pandera.polars as pa

from loyalty.contracts import intermediate, marts, raw, staged
from loyalty.contracts.base import Contract

OWNER = "team:loyalty"
LAYERS = ("raw", "stg", "int", "mart", "report")

TABLES: Mapping[str, type[Contract]] = {
    "raw_files": raw.RawFiles,
    "raw_gokwik__orders": raw.RawOrders,
    "raw_nector__entries": raw.RawEntries,
    "raw_refunds": raw.RawRefunds,
    "raw_members": raw.RawMembers,
    "stg_orders": staged.StagedOrders,
    "stg_entries": staged.StagedEntries,
    "stg_refunds": staged.StagedRefunds,
    "stg_members": staged.StagedMembers,
    "stg_member_keys": staged.StagedMemberKeys,
    "stg_references": staged.StagedReferences,
    "int_refunds": intermediate.Refunds,
    "int_order_facts": intermediate.OrderFacts,
    "int_linked_entries": intermediate.LinkedEntries,
    "int_movements": intermediate.Movements,
    "int_spendable": intermediate.Spendable,
    "int_allocations": intermediate.Allocations,
    "int_lots": intermediate.Lots,
    "int_leg_rows": intermediate.LegRows,
    "mart_reconciliation": marts.Reconciliation,
    "mart_mismatches": marts.Mismatches,
    "mart_statement": marts.Statement,
    "mart_metrics": marts.Metrics,
    "mart_sources": marts.Sources,
    "mart_quarantine": marts.Quarantine,
}


def layer_of(name: str) -> str:
    """The first word of a name is its layer, its group and its file in this folder."""
    return name.partition("_")[0]


def table(name: str) -> dict[str, Any]:
    """Arguments of ``dg.asset`` for a stored table; its description is its contract's."""
    return {"name": name, **_shown(name)}


def table_out(name: str) -> dg.AssetOut:
    """The same for one output of a ``dg.multi_asset``."""
    return dg.AssetOut(key=name, **_shown(name))


def page(name: str, description: str) -> dict[str, Any]:
    """Arguments of ``dg.asset`` for something that is no table."""
    return {"name": name, "group_name": layer_of(name), "owners": [OWNER], "description": description}


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
        "description": contract.__doc__,
        "metadata": {"dagster/column_schema": column_schema(contract)},
    }


def _column(name: str, column: pa.Column) -> dg.TableColumn:
    return dg.TableColumn(
        name=name,
        type=str(column.dtype),
        description=column.description,
        constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique),
    )
