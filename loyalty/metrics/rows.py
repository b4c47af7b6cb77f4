"""How counts become rows of ``mart_metrics``: the columns that every measure shares, written once."""

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Metrics
from loyalty.metrics.intervals import wilson

SCHEMA = polars_schema(Metrics)
ALL = "all"


def proportion(metric: str, counts: pl.DataFrame) -> pl.DataFrame:
    """Rows of a share of people in the whole population, with Wilson's interval.

    ``counts``: ``period, numerator, denominator, maturity, note``; one row per period, of which one is
    ``all``. Without anything to divide by the numbers are null and the note must say why (details M3).
    """
    low, high = wilson(pl.col("numerator"), pl.col("denominator"))
    has_any = pl.col("denominator") > 0
    return shaped(
        counts.with_columns(
            metric=pl.lit(metric),
            value=pl.when(has_any).then(pl.col("numerator") / pl.col("denominator")),
            low=low,
            high=high,
            n=pl.col("denominator"),
            unit=pl.lit("ratio"),
            measurable=pl.lit(value=True),
        )
    )


def unmeasurable(metric: str, unit: str, kind: str) -> pl.DataFrame:
    """The one row of a measure whose kind of export is absent (details M3)."""
    return shaped(
        pl.DataFrame(
            {
                "metric": [metric],
                "period": [ALL],
                "unit": [unit],
                "measurable": [False],
                "note": [f"needs a {kind} export"],
            }
        )
    )


def shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the shape of Metrics: the whole population unless they say otherwise; what they do not say is null."""
    silent: dict[str, pl.Expr] = {name: pl.lit(None) for name in SCHEMA}
    usual = {
        "segment": pl.lit(ALL),
        "segment_value": pl.lit(ALL),
        "period_start": pl.when(pl.col("period") != ALL)
        .then(pl.col("period") + "-01")
        .str.to_date("%Y-%m-%d"),
    }
    said = {name: pl.col(name) for name in rows.columns}
    columns = silent | usual | said
    return rows.select(columns[name].cast(dtype).alias(name) for name, dtype in SCHEMA.items())
