"""Rows of the public marts, each as short as its story, for whatever shows them to people.

A finding is a row of mart_reconciliation: order A of 10 April 2026, nothing expected or recorded, matched,
unless it says otherwise. ``effect`` and money are in rupees, coins in coins.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.cases import Decisions
from loyalty.contracts.marts import (
    Clearing,
    Cohorts,
    CoinRollforward,
    Metrics,
    Mismatches,
    Quarantine,
    Reconciliation,
    Sources,
    Statement,
)
from loyalty.reconcile.mismatches import mismatches
from tests.builders import AS_OF, NOON, Rupees, paise

Finding = dict[str, Any]
Tables = dict[str, pl.DataFrame]


def a_finding(
    leg: str = "redemption",
    kind: str | None = None,
    *,
    status: str | None = None,
    order: str | None = "A",
    entries: Iterable[str] = (),
    member: str | None = "member-of-sixteen",
    coins: tuple[int, int] = (0, 0),
    off: tuple[Rupees, Rupees] = (0, 0),
    effect: Rupees = 0,
    on: dt.date = dt.date(2026, 4, 10),
    version: str | None = "2026-01-01",
    due: dt.datetime | None = None,
    batch: dt.datetime | None = None,
    causes: Iterable[str] = (),
) -> Finding:
    """A row; ``coins`` and ``off`` are (expected, recorded). A kind makes a mismatch unless a status is given."""
    listed = sorted(causes)
    return {
        "leg": leg,
        "order_id": order,
        "entry_ids": list(entries),
        "member_id": member,
        "surface": "gokwik" if order else None,
        "placed_at": NOON if order else None,
        "business_date": on,
        "rule_version": version,
        "status": status or ("mismatch" if kind else "match"),
        "kind": kind,
        "expected_coins": coins[0],
        "recorded_coins": coins[1],
        "expected_paise": paise(off[0]),
        "recorded_paise": paise(off[1]),
        "effect_paise": paise(effect),
        "causes": listed,
        "cause": listed[0] if len(listed) == 1 else None,
        "secondary_kinds": [],
        "due_at": due,
        "match_method": None,
        "batch_at": batch,
    }


def found(*findings: Finding) -> pl.DataFrame:
    """Findings as mart_reconciliation, in the order given."""
    return pl.DataFrame(findings, schema=polars_schema(Reconciliation))


def wrong(*findings: Finding, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """The mart_mismatches of findings; ``before`` is that of an earlier run."""
    return mismatches(found(*findings), before, AS_OF)


def a_source(file: str, kind: str | None, **counts: Any) -> Finding:
    """A row of mart_sources, ten accepted lines unless it says otherwise."""
    numbers = dict.fromkeys(("quarantined", "duplicate", "superseded", "later", "blank", "preamble"), 0)
    row = {
        "file": file,
        "sha256": "0" * 64,
        "kind": kind,
        "lines": 10,
        "accepted": 10,
        "header": 1,
        **numbers,
    }
    return {**row, "date_format": None, "columns_unknown": [], "reason": None, **counts}


def tables(
    *findings: Finding, sources: Iterable[Finding] = (), quarantine: Iterable[tuple[str, int, str]] = ()
) -> Tables:
    """Every mart that a page reads; the statement closes."""
    aside = [{"file": file, "line": line, "reason": reason, "text": ""} for file, line, reason in quarantine]
    return {
        "mart_reconciliation": found(*findings),
        "mart_mismatches": wrong(*findings),
        "mart_decisions": empty(Decisions),
        "mart_statement": empty(Statement),
        "mart_coin_rollforward": empty(CoinRollforward),
        "mart_clearing": empty(Clearing),
        "mart_metrics": empty(Metrics),
        "mart_cohorts": empty(Cohorts),
        "mart_sources": pl.DataFrame(list(sources), schema=polars_schema(Sources)),
        "mart_quarantine": pl.DataFrame(aside, schema=polars_schema(Quarantine)),
    }


def resolved(table: pl.DataFrame) -> pl.DataFrame:
    """The same mismatches, gone since."""
    gone = mismatches(found(), table, AS_OF)
    assert gone.height == table.height
    return Mismatches.validate(gone)


def a_residual(coins: int = 0, rupees: Rupees = 0) -> pl.DataFrame:
    """A statement with one line that no verdict explains."""
    numbers = dict.fromkeys(
        (name for name, dtype in polars_schema(Statement).items() if dtype == pl.Int64), 0
    )
    row = {
        **numbers,
        "business_date": dt.date(2026, 4, 10),
        "leg": "earn",
        "line": "not_judged",
        "residual_coins": coins,
        "residual_paise": paise(rupees),
    }
    return pl.DataFrame([row], schema=polars_schema(Statement))
