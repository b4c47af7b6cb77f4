"""The findings of a run, summed for people: by kind, over time, and what is no mismatch.

Every figure is a sum or a count over the rows of a public mart. Money is split by who it hurts:
``lost_paise`` is what the merchant lost or over-granted, ``owed_paise`` what customers were short-changed.
"""

import datetime as dt

import polars as pl

from loyalty.values.times import business_date

_WEEKS_MAX = 53
_AGES = {"up to a week": 0, "up to a month": 8, "up to a quarter": 32, "older": 93}
"""From which day on an age is called that."""
_MONEY = {
    "lost_paise": pl.col("effect_paise").clip(lower_bound=0).sum(),
    "owed_paise": -pl.col("effect_paise").clip(upper_bound=0).sum(),
}


def open_mismatches(mismatches: pl.DataFrame) -> pl.DataFrame:
    """``mart_mismatches`` of today: resolved rows keep their last figures but belong to no total."""
    return mismatches.filter(pl.col("lifecycle") != "resolved")


def by_kind(mismatches: pl.DataFrame) -> pl.DataFrame:
    """``leg, kind, mismatches, orders, lost_paise, owed_paise``; one row per (leg, kind) of open mismatches.

    ``orders`` are distinct. The most money first, whoever it hurts.
    """
    size = pl.col("lost_paise") + pl.col("owed_paise")
    return (
        open_mismatches(mismatches)
        .group_by("leg", "kind")
        .agg(
            mismatches=pl.len().cast(pl.Int64),
            orders=pl.col("order_id").drop_nulls().n_unique().cast(pl.Int64),
            **_MONEY,
        )
        .sort(size, pl.col("mismatches"), "leg", "kind", descending=[True, True, False, False])
    )


def over_time(mismatches: pl.DataFrame) -> pl.DataFrame:
    """``period_start, lost_paise, owed_paise`` by business date of open mismatches; one row per week or month.

    Weeks begin on Monday; a history of more than 53 weeks is cut into months. Periods without money are
    there with 0, so that a quiet time is seen.
    """
    dated = open_mismatches(mismatches)
    if dated.is_empty():
        return pl.DataFrame(schema={"period_start": pl.Date, "lost_paise": pl.Int64, "owed_paise": pl.Int64})
    first, last = dated.select(first=pl.col("business_date").min(), last=pl.col("business_date").max()).row(0)
    step = "1w" if (last - first).days < 7 * _WEEKS_MAX else "1mo"
    starts = dated.with_columns(period_start=pl.col("business_date").dt.truncate(step))
    begin, end = starts.select(first=pl.col("period_start").min(), last=pl.col("period_start").max()).row(0)
    every = pl.DataFrame({"period_start": pl.date_range(begin, end, interval=step, eager=True)})
    sums = starts.group_by("period_start").agg(**_MONEY)
    return every.join(
        sums, on="period_start", how="left", validate="1:1", maintain_order="left"
    ).with_columns(pl.col("lost_paise", "owed_paise").fill_null(0))


def worst(mismatches: pl.DataFrame, rows: int) -> pl.DataFrame:
    """The open mismatches with the most money at stake, whoever it hurts; at most ``rows`` of them."""
    return (
        open_mismatches(mismatches)
        .sort(pl.col("effect_paise").abs(), "business_date", "mismatch_id", descending=[True, True, False])
        .head(rows)
    )


def without_mismatch(reconciliation: pl.DataFrame) -> pl.DataFrame:
    """``name, rows, orders, effect_paise``: by design, kind by kind, then what waits, what has no verdict, matches.

    Only rounding has an effect; it is net.
    """
    rank = {"by_design": 0, "pending": 1, "unknown": 2, "match": 3}
    quiet = reconciliation.filter(pl.col("status") != "mismatch")
    return (
        quiet.group_by("status", name=pl.coalesce("kind", "status"))
        .agg(
            pl.col("effect_paise").sum(),
            rows=pl.len().cast(pl.Int64),
            orders=pl.col("order_id").drop_nulls().n_unique().cast(pl.Int64),
        )
        .sort(pl.col("status").replace_strict(rank, return_dtype=pl.Int64), "name")
        .select("name", "rows", "orders", "effect_paise")
    )


def rule_versions(reconciliation: pl.DataFrame) -> pl.DataFrame:
    """The law that judged: ``rule_version, orders, first_date, last_date, mismatches``; one row per version."""
    return (
        reconciliation.filter(pl.col("rule_version").is_not_null())
        .group_by("rule_version")
        .agg(
            orders=pl.col("order_id").drop_nulls().n_unique().cast(pl.Int64),
            first_date=pl.col("business_date").min(),
            last_date=pl.col("business_date").max(),
            mismatches=(pl.col("status") == "mismatch").sum().cast(pl.Int64),
        )
        .sort("first_date", "rule_version")
    )


def ageing(mismatches: pl.DataFrame) -> pl.DataFrame:
    """``age, mismatches, lost_paise, owed_paise`` of open mismatches; always the same four rows, youngest first."""
    ages = pl.DataFrame({"age": list(_AGES), "from_day": list(_AGES.values())}).cast({"from_day": pl.Int64})
    sums = (
        open_mismatches(mismatches)
        .sort("age_days", "mismatch_id")
        .join_asof(ages, left_on="age_days", right_on="from_day", strategy="backward")
        .group_by("age")
        .agg(mismatches=pl.len().cast(pl.Int64), **_MONEY)
    )
    return (
        ages.drop("from_day")
        .join(sums, on="age", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("mismatches", "lost_paise", "owed_paise").fill_null(0))
    )


def changes(causes: pl.DataFrame) -> dict[dt.date, str]:
    """When open causes of ``mart_causes`` that nothing else explains began, by Indian date of their first order."""
    began = causes.filter(
        (pl.col("lifecycle") != "resolved")
        & (pl.col("verdict") == "identified")
        & pl.col("began_by_at").is_not_null()
    ).sort("began_by_at", "cause", "rank")
    dated = began.group_by(date=business_date(pl.col("began_by_at")), maintain_order=True).agg(
        names=pl.col("cause").unique(maintain_order=True)
    )
    return dict(dated.select("date", pl.col("names").list.join(", ")).rows())
