"""Do members come back? Repeat purchase of the customers who bought first in the same month."""

import datetime as dt

import polars as pl

from loyalty.metrics.given import Given
from loyalty.metrics.intervals import newcombe
from loyalty.metrics.rows import ALL, SELECTED, Ratio, both, proportion, ratios, shaped, shares
from loyalty.values.frames import beside, is_first, one_after
from loyalty.values.times import INSTANT

DAYS = (30, 60, 90, 180, 365)
_CONTRASTED = 90
_SEGMENTS = ("surface", "device", "payment_kind", "tier", "member_cohort", "first_order")
_YEAR = dt.timedelta(days=365)
_NO_MEMBERS_FILE = "no members export: all customers with a phone or an e-mail count as members"


def rpr_1(given: Given, days: int) -> pl.DataFrame:
    """``rpr_1_d<days>``: the share of a cohort that bought again within so many days of its first order.

    *Denominator*: members whose first valid order lies in the month, and for whom first + days × 24 h is
    not after the as-of. A member stands in a members export with a ``joined_at`` that is blank or not after
    the first order; with no members export every customer with a key counts, and the note says so.
    *Numerator*: of these, members with a second valid order not later than first + days × 24 h.
    *Period*: the Indian month of the first valid order, and ``all`` months together. *Maturity*: the share
    of the cohort whose days are over. Segments are those of the first order; ``first_order``: with or without coins.
    Source: details M4, M5, M9; RPR-1 of the metric list.
    """
    cohort = both(_cohort(given, days))
    segments = _SEGMENTS + (("launch",) if given.launched_at else ())
    counts = pl.concat(_cells(cohort, segment) for segment in (ALL, *segments))
    if cohort.is_empty():
        counts = pl.concat([counts, _NOBODY.select(counts.columns)])
    nothing = f"no customer's {days} days are over yet"
    return proportion(
        f"rpr_1_d{days}",
        counts.with_columns(
            maturity=pl.when(pl.col("cohort") > 0).then(pl.col("denominator") / pl.col("cohort")),
            note=pl.concat_str(
                pl.when(pl.col("denominator") == 0).then(
                    pl.when(pl.col("cohort") == 0)
                    .then(pl.lit("no member has bought yet"))
                    .otherwise(pl.lit(nothing))
                ),
                pl.when(pl.col("segment") == "first_order").then(pl.lit(SELECTED)),
                pl.lit(_members_note(given), pl.String),
                separator="; ",
                ignore_nulls=True,
            ).replace("", None),
        ).drop("cohort"),
    )


def repeat_contrast(given: Given) -> pl.DataFrame:
    """``rpr_diff_d90``: repeat within 90 days of those who used coins on the first order, less that of the others.

    Both shares are those of ``rpr_1_d90`` in its segment ``first_order``, fixed at the first order: whoever is
    sorted by what came later has lived to do it. *Interval*: Newcombe's hybrid. *n*: both groups together.
    Descriptive: the note says what it cannot show.
    """
    over = both(_cohort(given, _CONTRASTED)).filter("is_over")
    did = pl.col("first_order") == "with_coins"
    counts = (
        over.group_by("period")
        .agg(
            k=(did & pl.col("came_back")).sum(),
            n=did.sum(),
            other_k=(~did & pl.col("came_back")).sum(),
            other_n=(~did).sum(),
        )
        .cast({pl.UInt32: pl.Int64})
    )
    if ALL not in counts["period"]:
        nobody = dict.fromkeys(("k", "n", "other_k", "other_n"), 0)
        counts = pl.concat([counts, pl.DataFrame([{"period": ALL, **nobody}], schema=counts.schema)])
    k, n, other_k, other_n = (pl.col(name) for name in ("k", "n", "other_k", "other_n"))
    low, high = newcombe(k, n, other_k, other_n)
    has_both = (n > 0) & (other_n > 0)
    alone = pl.when(~has_both).then(pl.lit("one of the two groups is empty"))
    return shaped(
        counts.select(
            "period",
            metric=pl.lit(f"rpr_diff_d{_CONTRASTED}"),
            value=pl.when(has_both).then(k / n - other_k / other_n),
            low=pl.when(has_both).then(low),
            high=pl.when(has_both).then(high),
            n=n + other_n,
            unit=pl.lit("difference"),
            measurable=pl.lit(value=True),
            note=pl.concat_str(alone, pl.lit(SELECTED), separator="; ", ignore_nulls=True),
        )
    )


def rpr_2(given: Given) -> pl.DataFrame:
    """``rpr_2``: the share of the members who bought within the last 365 days that bought at least twice in them.

    *Denominator*: members, as in ``rpr_1``, with a valid order in (as-of − 365 × 24 h, as-of]. *Numerator*: with two
    or more. Period ``all`` only. Not comparable with ``rpr_1``: nobody had the same time (details M4).
    """
    start = pl.lit(given.as_of - _YEAR).cast(INSTANT)
    recent = given.purchases.filter(pl.col("placed_at") > start).drop_nulls("member_no")
    counted = (
        recent.group_by("member_no")
        .agg(is_counted=pl.len() >= 2)
        .join(_members(given), on="member_no", how="semi")
        .pipe(beside, given.people.select("member_no", "tier", "member_cohort"), "member_no")
        .with_columns(period=pl.lit(ALL))
    )
    return shares("rpr_2", counted, ("tier", "member_cohort"), _members_note(given))


def rpr_3(given: Given) -> pl.DataFrame:
    """``rpr_3``: the share of valid orders that are not the customer's first.

    Order-weighted, over the whole history of the files; an order of nobody known counts as a first one. *Period*:
    month of the order, and ``all``. *Interval*: delta method, clustered by customer.
    """
    orders = given.purchases.with_columns(
        again=(pl.col("number") > 1).fill_null(value=False).cast(pl.Int64), one=pl.lit(1, pl.Int64)
    )
    return ratios(both(orders), [Ratio("rpr_3", "again", "one")], given.segments)


_NOBODY = pl.DataFrame(
    {
        "period": [ALL],
        "segment": [ALL],
        "segment_value": [ALL],
        "numerator": [0],
        "denominator": [0],
        "cohort": [0],
    }
)


def _members_note(given: Given) -> str | None:
    return None if "members" in given.kinds else _NO_MEMBERS_FILE


def _cohort(given: Given, days: int) -> pl.DataFrame:
    """First valid orders of members, with ``is_over`` and ``came_back``; one row per member with one."""
    window = pl.duration(days=days, time_unit="us")
    valid = given.purchases.drop_nulls("member_no").sort("member_no", "placed_at", "order_no")
    return (
        valid.with_columns(
            second_at=one_after(pl.col("placed_at"), of="member_no"), end_at=pl.col("placed_at") + window
        )
        .filter(is_first("member_no"))
        .join(_members(given), on="member_no", how="semi")
        .select(
            "period",
            "launch",
            *_SEGMENTS[:-1],
            first_order=pl.when("has_coins").then(pl.lit("with_coins")).otherwise(pl.lit("without_coins")),
            is_over=pl.col("end_at") <= pl.lit(given.as_of),
            came_back=(pl.col("second_at") <= pl.col("end_at")).fill_null(value=False),
        )
    )


def _members(given: Given) -> pl.DataFrame:
    """``member_no`` of customers who were members when they first bought; joining later must not pick who came back."""
    firsts = given.purchases.filter(pl.col("number") == 1).select("member_no", first_at="placed_at")
    if "members" not in given.kinds:
        return firsts.select("member_no")
    known = beside(firsts, given.people.select("member_no", "enrolled_at"), "member_no", "1:1")
    return known.filter(pl.col("enrolled_at") <= pl.col("first_at")).select("member_no")


def _cells(cohort: pl.DataFrame, segment: str) -> pl.DataFrame:
    """Counts of one segment; members whose days are not over count in ``cohort`` alone."""
    keys = ["period"] if segment == ALL else ["period", segment]
    value = pl.lit(ALL) if segment == ALL else pl.col(segment).fill_null("none")
    counts = cohort.group_by(keys).agg(
        (pl.col("is_over") & pl.col("came_back")).sum().cast(pl.Int64).alias("numerator"),
        pl.col("is_over").sum().cast(pl.Int64).alias("denominator"),
        pl.len().cast(pl.Int64).alias("cohort"),
    )
    return counts.select(
        "period", "numerator", "denominator", "cohort", segment=pl.lit(segment), segment_value=value
    )
