"""The whole difference, line by line, until nothing is left."""

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Statement

SCHEMA = polars_schema(Statement)
_KEYS = ("business_date", "leg", "line")
NOT_JUDGED = "not_judged"


def statement(reconciliation: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    """``mart_statement``: one row per (business date, leg, line).

    ``recorded`` is what was staged, counted without looking at any verdict: ``business_date, leg, line,
    entries, orders, recorded_coins, recorded_paise`` with a null line for entries and discounts that a
    verdict must explain, and ``void`` or ``credits_wallet`` for those that have none. What no verdict
    explains becomes a ``not_judged`` line whose residual is the whole of it: the run is then incomplete.
    Balance rows state stocks, not movements, so they explain their own recorded coins.
    """
    lines = _lines(reconciliation)
    unexplained = _unexplained(lines, recorded.filter(pl.col("line").is_null()))
    silent = recorded.filter(pl.col("line").is_not_null()).with_columns(
        expected_coins="recorded_coins",
        expected_paise="recorded_paise",
        effect_paise=pl.lit(0),
        residual_coins=pl.lit(0),
        residual_paise=pl.lit(0),
    )
    return (
        pl.concat([_columns(part) for part in (lines, unexplained, silent)])
        .sort(_KEYS)
        .pipe(Statement.validate)
    )


def _lines(reconciliation: pl.DataFrame) -> pl.DataFrame:
    line = (
        pl.when(pl.col("status") == "mismatch")
        .then("kind")
        .when(pl.col("status") == "by_design")
        .then(pl.lit("by_design:") + pl.col("kind"))
        .otherwise("status")
    )
    sums = ("expected_coins", "recorded_coins", "expected_paise", "recorded_paise", "effect_paise")
    return (
        reconciliation.with_columns(line=line, entries=pl.col("entry_ids").list.len().cast(pl.Int64))
        .group_by(_KEYS)
        .agg(
            pl.col(*sums).sum(),
            pl.col("entries").sum(),
            orders=pl.col("order_id").drop_nulls().n_unique().cast(pl.Int64),
            residual_coins=pl.lit(0, pl.Int64),
            residual_paise=pl.lit(0, pl.Int64),
        )
    )


def _unexplained(lines: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    judged = (
        lines.filter(pl.col("leg") != "balance")
        .group_by("business_date", "leg")
        .agg(pl.col("recorded_coins", "recorded_paise").sum().name.prefix("judged_"))
    )
    both = recorded.join(judged, on=["business_date", "leg"], how="full", coalesce=True, validate="1:1")
    filled = both.with_columns(
        pl.col(
            "recorded_coins", "recorded_paise", "judged_recorded_coins", "judged_recorded_paise"
        ).fill_null(0)
    )
    return (
        filled.with_columns(
            residual_coins=pl.col("recorded_coins") - pl.col("judged_recorded_coins"),
            residual_paise=pl.col("recorded_paise") - pl.col("judged_recorded_paise"),
        )
        .filter((pl.col("residual_coins") != 0) | (pl.col("residual_paise") != 0))
        .with_columns(
            line=pl.lit(NOT_JUDGED),
            entries=pl.lit(0),
            orders=pl.lit(0),
            recorded_coins="residual_coins",
            recorded_paise="residual_paise",
            expected_coins=pl.lit(0),
            expected_paise=pl.lit(0),
            effect_paise=pl.lit(0),
        )
    )


def _columns(part: pl.DataFrame) -> pl.DataFrame:
    return part.with_columns(
        difference_coins=pl.col("recorded_coins") - pl.col("expected_coins"),
        difference_paise=pl.col("recorded_paise") - pl.col("expected_paise"),
    ).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
