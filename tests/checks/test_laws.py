"""Law files: a question each, over tables that exist, with one order of rows."""

import pytest

from assets.catalog import TABLES
from checks.laws import Law, laws
from pipelines.definitions import defs

LAWS = laws()
GRAPH = defs.resolve_asset_graph()


def test_there_are_laws_of_every_family() -> None:
    names = {f"{law.table}.{law.name}" for law in LAWS}
    assert names >= {
        "stg_entries.nothing_dropped",  # vertical
        "mart_mismatches.are_the_mismatch_rows",  # horizontal
        "int_lots.life_sums_to_its_birth",  # continuity
        "mart_statement.closes",  # closure
    }


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.table}.{law.name}")
def test_a_law_asks_a_question_of_stored_tables(law: Law) -> None:
    assert law.sql.startswith("-- ")
    assert law.question.endswith("?")
    assert law.table in TABLES
    assert law.table in law.reads


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.table}.{law.name}")
def test_the_rows_that_break_a_law_come_in_one_order(law: Law) -> None:
    assert "\nORDER BY " in law.sql


def test_every_table_has_a_blocking_contract_and_every_law_blocks() -> None:
    specs = [GRAPH.get_check_spec(key) for key in GRAPH.asset_check_keys]
    named = {(spec.asset_key.to_user_string(), spec.name): spec for spec in specs}
    assert named.keys() == {(table, "contract") for table in TABLES} | {(law.table, law.name) for law in LAWS}
    assert all(spec.blocking for spec in specs)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.table}.{law.name}")
def test_a_check_is_described_by_its_question_and_waits_for_what_it_reads(law: Law) -> None:
    (key,) = [
        key
        for key in GRAPH.asset_check_keys
        if (key.asset_key.to_user_string(), key.name) == (law.table, law.name)
    ]
    spec = GRAPH.get_check_spec(key)
    assert spec.description == law.question
    waited_for = {dep.asset_key.to_user_string() for dep in spec.additional_deps}
    assert waited_for | {law.table} == set(law.reads)
