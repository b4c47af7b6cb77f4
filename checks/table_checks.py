"""All that must hold of one table, as one blocking Dagster step: what depends on the table waits for it."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.catalog import TABLES
from checks.contracts import breaches
from checks.laws import Law, laws
from resources.run import Run

CONTRACT = "contract"
_SHOWN = 5


def table_checks() -> list[dg.AssetChecksDefinition]:
    """One definition per stored table: its contract, and the laws named after it."""
    return [_checks_of(table, [law for law in laws() if law.table == table]) for table in TABLES]


def _checks_of(table: str, own: list[Law]) -> dg.AssetChecksDefinition:
    contract = dg.AssetCheckSpec(
        CONTRACT,
        asset=table,
        blocking=True,
        description=_question(table),
    )

    @dg.multi_asset_check(name=f"{table}_holds", specs=[contract, *map(_spec, own)])
    def holds(run: dg.ResourceParam[Run]) -> Iterator[dg.AssetCheckResult]:
        refused = breaches(run, table)
        yield _result(table, CONTRACT, _question(table), refused)
        for law in own:
            # A query over a table of the wrong shape says nothing about its law.
            yield _result(table, law.name, law.question, law.broken(run) if refused.is_empty() else refused)

    return holds


def _spec(law: Law) -> dg.AssetCheckSpec:
    others = [table for table in law.reads if table != law.table]
    return dg.AssetCheckSpec(
        law.name, asset=law.table, blocking=True, description=law.question, additional_deps=others
    )


def _question(table: str) -> str:
    return f"Does every stored row of {table} keep the contract {TABLES[table].__name__}?"


def _result(table: str, name: str, question: str, found: pl.DataFrame) -> dg.AssetCheckResult:
    told: dict[str, Any] = {"found": found.height}
    if not found.is_empty():
        told["first_rows"] = dg.JsonMetadataValue(_as_text(found.head(_SHOWN)))
    return dg.AssetCheckResult(
        asset_key=table, check_name=name, passed=found.is_empty(), metadata=told, description=question
    )


def _as_text(rows: pl.DataFrame) -> list[dict[str, str | None]]:
    return [
        {name: None if value is None else str(value) for name, value in row.items()}
        for row in rows.to_dicts()
    ]
