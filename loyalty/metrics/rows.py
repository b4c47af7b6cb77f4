"""How counts become rows of ``mart_metrics``: the columns that every measure shares, written once.

A *counted* frame has a column ``period``, ``member_no`` where rows of one customer belong together, and the segments
that a measure is cut by. Every count of a segment adds up to that of the whole population.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import Metrics
from loyalty.metrics.intervals import Z_95, clustered_error, garwood, wilson

SCHEMA = polars_schema(Metrics)
ALL = "all"
NONE = "none"
"""The segment value of what has none: a member without a tier, an order without a device."""
SELECTED = "descriptive: who uses coins chose to, so a difference is not an effect of the programme"
"""What must be said wherever those who redeem stand beside those who do not (research B.4)."""

_KEYS = ("period", "segment", "segment_value")


@dataclass(frozen=True)
class Ratio:
    """A ratio of two sums over orders or sessions: the columns ``top`` and ``bottom`` of a counted frame."""

    metric: str
    top: str
    bottom: str
    unit: str = "ratio"
    note: str | None = None


def both(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a ``period`` once more under ``all``."""
    return pl.concat([rows, rows.with_columns(period=pl.lit(ALL))])


def shares(
    metric: str,
    rows: pl.DataFrame,
    segments: Sequence[str] = (),
    note: str | None = None,
    empty: str = "nobody",
) -> pl.DataFrame:
    """Rows of a share of people, with Wilson's interval; one person a row with ``is_counted``, or counts.

    Counts are ``numerator, denominator``, of which those of a cell add up. Optional ``is_over``: whether the period
    of the row is over, which makes the maturity.
    """
    over = pl.col("is_over").mean() if "is_over" in rows.columns else pl.lit(value=None, dtype=pl.Float64)
    if "is_counted" in rows.columns:
        rows = rows.with_columns(
            numerator=pl.col("is_counted").cast(pl.Int64), denominator=pl.lit(1, pl.Int64)
        )
    counts = [pl.col("numerator", "denominator").sum(), over.alias("maturity")]
    return proportion(metric, _counted(rows, counts, segments).pipe(_noted, note, empty))


def ratios(rows: pl.DataFrame, measures: Sequence[Ratio], segments: Sequence[str] = ()) -> pl.DataFrame:
    """Rows of ratios of sums, with the interval of the delta method over customers.

    Rows without a ``member_no`` are customers of their own. A share of none, or of all, has Wilson's interval for as
    many trials as there are customers: no spread was seen, which does not make it certain. Optional ``is_over``:
    whether a row cannot change any more; the maturity is its share of the denominator.
    """
    numbered = rows.with_columns(customer=pl.coalesce("member_no", -1 - pl.int_range(pl.len())))
    found = [_ratio_cells(numbered, measures, segment) for segment in (ALL, *segments)]
    return pl.concat([_ratio_rows(measure, found) for measure in measures])


def per_thousand(
    metric: str,
    rows: pl.DataFrame,
    segments: Sequence[str] = (),
    note: str | None = None,
    empty: str = "nothing",
) -> pl.DataFrame:
    """Rows of events per 1,000 of something, Σ ``top`` × 1,000 / Σ ``bottom``, with Garwood's exact interval."""
    counts = [pl.col("top").sum().alias("numerator"), pl.col("bottom").sum().alias("denominator")]
    silent = pl.lit(value=None, dtype=pl.Float64).alias("maturity")
    told = _counted(rows, [*counts, silent], segments)
    limits = {events: garwood(events) for events in told["numerator"].unique()}
    low, high = (
        told["numerator"].replace_strict({e: at[end] for e, at in limits.items()}, return_dtype=pl.Float64)
        for end in (0, 1)
    )
    n = pl.col("denominator")
    is_any = n > 0
    return shaped(
        _noted(told, note, empty).with_columns(
            metric=pl.lit(metric),
            value=pl.when(is_any).then(pl.col("numerator") * 1000 / n),
            low=pl.when(is_any).then(low * 1000 / n),
            high=pl.when(is_any).then(high * 1000 / n),
            n=n,
            unit=pl.lit("per_1000"),
            measurable=pl.lit(value=True),
        )
    )


def proportion(metric: str, counts: pl.DataFrame) -> pl.DataFrame:
    """Rows of a share of people, with Wilson's interval.

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


def unmeasurable(metric: str, unit: str, needs: str) -> pl.DataFrame:
    """The one row of a measure that the files do not allow, and what it needs (details M3)."""
    return shaped(
        pl.DataFrame(
            {"metric": [metric], "period": [ALL], "unit": [unit], "measurable": [False], "note": [needs]}
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


_SHARE = (*_KEYS, "numerator", "denominator", "maturity")


_WHOLE = pl.DataFrame(
    [(ALL, ALL, ALL, 0, 0, None)], schema={name: SCHEMA[name] for name in _SHARE}, orient="row"
)
"""The row that every measure has, also where nothing was counted."""


def _keys_of(segment: str) -> list[str]:
    return ["period"] if segment == ALL else ["period", segment]


def _named(cells: pl.DataFrame, segment: str) -> pl.DataFrame:
    """Cells of a segment, with its name and value in columns; null is a value like any other."""
    value = pl.lit(ALL) if segment == ALL else pl.col(segment).fill_null(NONE)
    return cells.with_columns(segment=pl.lit(segment), segment_value=value)


def _counted(rows: pl.DataFrame, counts: Sequence[pl.Expr], segments: Sequence[str]) -> pl.DataFrame:
    """Counts of the whole population and of each segment; the whole for all time also where there is none."""
    cells = [
        _named(rows.group_by(_keys_of(segment)).agg(counts), segment).select(_SHARE)
        for segment in (ALL, *segments)
    ]
    return _with_whole(pl.concat(cells), _WHOLE)


def _with_whole(cells: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([cells, whole.join(cells, on=_KEYS, how="anti")])


def _noted(counts: pl.DataFrame, note: str | None, empty: str) -> pl.DataFrame:
    nothing = pl.when(pl.col("denominator") <= 0).then(pl.lit(f"{empty} to divide by"))
    said = pl.concat_str(nothing, pl.lit(note, pl.String), separator="; ", ignore_nulls=True)
    return counts.with_columns(note=pl.when(said != "").then(said))


def _ratio_cells(rows: pl.DataFrame, measures: Sequence[Ratio], segment: str) -> pl.DataFrame:
    sums = [
        pl.col(name).sum() for name in sorted({name for each in measures for name in (each.top, each.bottom)})
    ]
    if "is_over" in rows.columns:
        bottoms = sorted({each.bottom for each in measures})
        sums += [pl.col(name).filter("is_over").sum().alias(f"{name} over") for name in bottoms]
    totals = rows.group_by(*_keys_of(segment), "customer").agg(sums)
    told = [_told(each, has_over="is_over" in rows.columns) for each in measures]
    return _named(totals.group_by(_keys_of(segment)).agg(one for each in told for one in each), segment)


def _told(measure: Ratio, *, has_over: bool) -> list[pl.Expr]:
    top, bottom = pl.col(measure.top), pl.col(measure.bottom)
    over = pl.col(f"{measure.bottom} over").sum() if has_over else pl.lit(None, pl.Int64)
    told = {
        "numerator": top.sum(),
        "denominator": bottom.sum(),
        "over": over,
        "customers": ((top != 0) | (bottom != 0)).sum().cast(pl.Int64),
        "error": clustered_error(top, bottom),
    }
    return [one.alias(f"{measure.metric} {name}") for name, one in told.items()]


def _ratio_rows(measure: Ratio, cells: Sequence[pl.DataFrame]) -> pl.DataFrame:
    columns = ("numerator", "denominator", "over", "customers", "error")
    told = pl.concat(
        cell.select(*_KEYS, *(pl.col(f"{measure.metric} {name}").alias(name) for name in columns))
        for cell in cells
    ).filter((pl.col("denominator") != 0) | (pl.col("numerator") != 0) | (pl.col("segment") == ALL))
    told = _with_whole(
        told,
        _WHOLE.select(*_KEYS, "numerator", "denominator").match_to_schema(
            told.schema, missing_columns="insert"
        ),
    )
    bottom = pl.col("denominator")
    low, high = _ends(pl.col("numerator"), bottom, is_share=measure.unit == "ratio")
    # More can be taken back in a month than was issued in it: that sum adds up, but nothing can be divided by it.
    has_any = bottom > 0
    return shaped(
        _noted(told, measure.note, "nothing").with_columns(
            metric=pl.lit(measure.metric),
            value=pl.when(has_any).then(pl.col("numerator") / bottom),
            low=pl.when(has_any).then(low),
            high=pl.when(has_any).then(high),
            maturity=pl.when(has_any).then(pl.col("over") / bottom),
            n=bottom.clip(lower_bound=0),
            unit=pl.lit(measure.unit),
            measurable=pl.lit(value=True),
        )
    )


def _ends(top: pl.Expr, bottom: pl.Expr, *, is_share: bool) -> tuple[pl.Expr, pl.Expr]:
    value, customers = top / bottom, pl.col("customers")
    low, high = (value + side * Z_95 * pl.col("error") for side in (-1, 1))
    if not is_share:
        return low, high
    wide_low, wide_high = wilson(pl.when(top == 0).then(0).otherwise(customers), customers)
    is_flat = (top == 0) | (top == bottom)
    capped = pl.when(value < 1).then(high.clip(upper_bound=1)).otherwise(high)
    return (
        pl.when(is_flat).then(wide_low).otherwise(low.clip(lower_bound=0)),
        pl.when(is_flat).then(wide_high).otherwise(capped),
    )
