"""How long until a member redeems for the first time?"""

import datetime as dt

import polars as pl

from loyalty.metrics.given import Given
from loyalty.metrics.intervals import Z_95
from loyalty.metrics.redemption import spendable_spans
from loyalty.metrics.rows import ALL, both, shaped, shares
from loyalty.values.frames import beside
from loyalty.values.times import DAY_US, month_of

_WITHIN = dt.timedelta(days=90)


def time_to_first(given: Given) -> pl.DataFrame:
    """``tfr`` and ``tfr_d90``: from the first spendable coin of a member to the first redemption.

    *Members*: all who ever had a coin to spend, by the Indian month of that instant. Their time ends with the first
    posted redeem debit from then on; it is cut off where their whole balance expires before it, and at the as-of.

    - ``tfr``: the median in days by Kaplan–Meier; *numerator*: members who redeemed, *denominator*: members. Null, and
      the note says so, where fewer than half would have. *Interval*: where the log-log interval (Greenwood) of the
      curve crosses one half; an end that is not reached is null.
    - ``tfr_d90``: of members whose 90 days are over, the share that redeemed within them: with whole exposure, the
      cumulative incidence. Whose balance expired whole has not. *Interval*: Wilson.
    """
    waits = _waits(given)
    within = waits.filter(pl.col("first_at") + _WITHIN <= pl.lit(given.as_of)).with_columns(
        is_counted=pl.col("has_redeemed") & (pl.col("end_at") <= pl.col("first_at") + _WITHIN)
    )
    note = "whose whole balance expired counts as not redeemed"
    return pl.concat([_medians(both(waits)), shares("tfr_d90", both(within), ("tier",), note)])


def _waits(given: Given) -> pl.DataFrame:
    """``member_no, period, first_at, end_at, has_redeemed, tier``; one row per member who ever had a coin to spend."""
    spans = spendable_spans(given.linked, given.allocations, given.lots, given.as_of)
    firsts = (
        spans.filter(pl.col("spendable_coins") > 0)
        .group_by("member_no")
        .agg(first_at=pl.col("from_at").min())
    )
    debits = given.linked.filter(pl.col("is_posted") & (pl.col("leg") == "redemption"))
    deaths = given.lots.select("member_no", from_at="expires_at").drop_nulls().unique()
    emptied = spans.filter(pl.col("spendable_coins") == 0).join(
        deaths, on=["member_no", "from_at"], how="semi"
    )
    ends = [
        _after(firsts, debits.select("member_no", at="created_at"), "redeemed_at"),
        _after(firsts, emptied.select("member_no", at="from_at"), "emptied_at"),
    ]
    for each in ends:
        firsts = beside(firsts, each, "member_no", "1:1")
    stop = pl.min_horizontal("emptied_at", pl.lit(given.as_of))
    return (
        firsts.with_columns(has_redeemed=(pl.col("redeemed_at") <= stop).fill_null(value=False))
        .with_columns(
            end_at=pl.when("has_redeemed").then("redeemed_at").otherwise(stop),
            period=month_of(pl.col("first_at")),
        )
        .pipe(beside, given.people.select("member_no", "tier"), "member_no")
        .select("member_no", "period", "first_at", "end_at", "has_redeemed", "tier")
    )


def _after(firsts: pl.DataFrame, events: pl.DataFrame, name: str) -> pl.DataFrame:
    """The first event of each member from the first spendable coin on."""
    known = events.drop_nulls("member_no").join(firsts, on="member_no", how="inner", validate="m:1")
    return (
        known.filter(pl.col("at") >= pl.col("first_at"))
        .group_by("member_no")
        .agg(pl.col("at").min().alias(name))
    )


def _medians(waits: pl.DataFrame) -> pl.DataFrame:
    days = (pl.col("end_at") - pl.col("first_at")).dt.total_microseconds() / DAY_US
    curve = kaplan_meier(waits.with_columns(days=days))
    half = [
        pl.col("days").filter(pl.col(name) <= 0.5).min().alias(end)
        for end, name in (("value", "survival"), ("low", "below"), ("high", "above"))
    ]
    counts = waits.group_by("period").agg(
        numerator=pl.col("has_redeemed").sum().cast(pl.Int64), denominator=pl.len().cast(pl.Int64)
    )
    told = counts.join(curve.group_by("period").agg(half), on="period", how="left", validate="1:1")
    if told.is_empty():
        nobody = pl.DataFrame({"period": [ALL], "numerator": [0], "denominator": [0]})
        told = nobody.match_to_schema(told.schema, missing_columns="insert")
    note = (
        pl.when(pl.col("denominator") == 0)
        .then(pl.lit("no member ever had a coin to spend"))
        .when(pl.col("value").is_null())
        .then(pl.lit("not reached: fewer than half would have redeemed by now"))
    )
    return shaped(
        told.with_columns(
            metric=pl.lit("tfr"),
            n=pl.col("denominator"),
            unit=pl.lit("days"),
            measurable=pl.lit(value=True),
            note=note,
        )
    )


def kaplan_meier(waits: pl.DataFrame) -> pl.DataFrame:
    """``period, days, survival, below, above`` from ``period, days, has_redeemed``; one row per instant of an event.

    ``below`` and ``above``: the 95 % interval by Greenwood on the log-log scale; null while nobody redeemed, and
    where nobody is left.
    """
    steps = (
        waits.group_by("period", "days")
        .agg(events=pl.col("has_redeemed").sum().cast(pl.Int64), leaving=pl.len().cast(pl.Int64))
        .sort("period", "days")
        .with_columns(
            at_risk=pl.col("leaving").sum().over("period")
            - pl.col("leaving").cum_sum().over("period")
            + pl.col("leaving")
        )
        .filter(pl.col("events") > 0)
    )
    d, n = pl.col("events"), pl.col("at_risk")
    logs = (pl.col("greenwood").sqrt() / pl.col("survival").log()) * Z_95
    inside = pl.col("survival") > 0
    return (
        steps.with_columns(
            survival=(1 - d / n).cum_prod().over("period"),
            greenwood=pl.when(n > d).then(d / (n * (n - d))).otherwise(0.0).cum_sum().over("period"),
        )
        .with_columns(
            below=pl.when(inside).then(pl.col("survival") ** (-logs).exp()).otherwise(0.0),
            above=pl.when(inside).then(pl.col("survival") ** logs.exp()),
        )
        .select("period", "days", "survival", "below", "above")
    )
