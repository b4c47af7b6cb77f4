"""The catalogue, spelled by hand: a new table costs a line here."""

import dagster as dg
import pytest

from assets.catalog import TABLES, column_schema
from loyalty.contracts.marts import Quarantine
from pipelines.definitions import defs

CATALOGUE = {
    "raw_files": "RawFiles",
    "raw_gokwik__orders": "RawOrders",
    "raw_nector__entries": "RawEntries",
    "raw_refunds": "RawRefunds",
    "raw_members": "RawMembers",
    "raw_shopify__lines": "RawShopifyLines",
    "raw_gokwik__carts": "RawCarts",
    "raw_checkouts": "RawCheckouts",
    "raw_gokwik__settlements": "RawSettlements",
    "raw_tickets": "RawTickets",
    "raw_feedback": "RawFeedback",
    "stg_orders": "StagedOrders",
    "stg_entries": "StagedEntries",
    "stg_refunds": "StagedRefunds",
    "stg_members": "StagedMembers",
    "stg_member_keys": "StagedMemberKeys",
    "stg_references": "StagedReferences",
    "stg_shopify_orders": "StagedShopifyOrders",
    "stg_carts": "StagedCarts",
    "stg_checkouts": "StagedCheckouts",
    "stg_settlements": "StagedSettlements",
    "stg_tickets": "StagedTickets",
    "stg_feedback": "StagedFeedback",
    "int_refunds": "Refunds",
    "int_order_facts": "OrderFacts",
    "int_linked_entries": "LinkedEntries",
    "int_order_rows": "OrderRows",
    "int_movements": "Movements",
    "int_spendable": "Spendable",
    "int_allocations": "Allocations",
    "int_lots": "Lots",
    "int_leg_rows": "LegRows",
    "mart_reconciliation": "Reconciliation",
    "mart_mismatches": "Mismatches",
    "mart_decisions": "Decisions",
    "mart_causes": "Causes",
    "mart_unexplained": "Unexplained",
    "mart_statement": "Statement",
    "mart_coin_rollforward": "CoinRollforward",
    "mart_clearing": "Clearing",
    "mart_metrics": "Metrics",
    "mart_members": "Members",
    "mart_cohorts": "Cohorts",
    "mart_rule_parity": "RuleParity",
    "mart_go_live": "GoLive",
    "mart_boundary_carts": "BoundaryCarts",
    "mart_setup_audit": "SetupAudit",
    "mart_sources": "Sources",
    "mart_quarantine": "Quarantine",
}
GRAPH = defs.resolve_asset_graph()
SPECS = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_every_table_has_its_contract() -> None:
    assert {name: contract.__name__ for name, contract in TABLES.items()} == CATALOGUE


def test_dagster_shows_exactly_these_tables_the_reports_and_the_snapshot() -> None:
    assert SPECS.keys() == {*CATALOGUE, "report_reconciliation", "report_make_good", "lake"}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_a_table_is_described_once_by_its_contract(name: str) -> None:
    spec = SPECS[name]
    assert spec.group_name == name.split("_", maxsplit=1)[0]
    assert spec.owners == ["team:loyalty"]
    assert spec.kinds == {"polars", "parquet"}
    assert "one row per" in (spec.description or "").splitlines()[0]
    assert spec.metadata["dagster/column_schema"] == column_schema(TABLES[name])


def test_columns_are_shown_with_type_description_and_nullability() -> None:
    schema = column_schema(Quarantine)
    line, text = schema.columns[1], schema.columns[3]
    assert (line.name, line.type, line.constraints.nullable) == ("line", "Int64", False)
    assert text.description == "column names and value shapes: 9 for digits, a for letters"


def test_the_snapshot_waits_for_everything() -> None:
    parents = GRAPH.get(dg.AssetKey("lake")).parent_keys
    assert {key.to_user_string() for key in parents} == SPECS.keys() - {"lake"}
