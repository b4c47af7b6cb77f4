"""Who earns, who redeems, who does neither, and who is active: shares of members."""

import datetime as dt

import polars as pl

from loyalty.metrics.given import Given
from loyalty.metrics.redemption import kept_redemptions
from loyalty.metrics.rows import ALL, Ratio, ratios, shares
from loyalty.values.frames import beside
from loyalty.values.times import INSTANT, month_of

_SEGMENTS = ("tier", "member_cohort")
_ACTIVE = dt.timedelta(days=90)
_PARTS = ("earn_only", "redeem_only", "both", "neither")


def of_members(given: Given) -> pl.DataFrame:
    """``rr_m2``, ``rr_m3``, ``er_1_*``, ``er_2``: what members did in a month, and ever.

    A member *redeemed* with a redemption in the period that was not undone (as in ``rr_m1``), *earned* with a posted
    reward credit of an order, unless reversals of that order took all of it back (details M7), *ordered* with a
    valid order. *Enrolled* is who had joined before the end of the period.

    - ``rr_m2``. *Denominator*: members with an order, an earn or a redemption. *Numerator*: of these, who redeemed.
    - ``rr_m3``. *Denominator*: all enrolled. *Numerator*: of these, who redeemed.
    - ``er_1_earn_only``, ``er_1_redeem_only``, ``er_1_both``, ``er_1_neither``. One *denominator*, all enrolled; the
      four numerators sum to it.
    - ``er_2``. Σ members who redeemed ÷ Σ members who earned; may exceed 1. *Interval*: delta method.

    *Interval* of the others: Wilson. Segments: the newest tier, the cohort of the first order.
    """
    did = _deeds(given)
    enrolled = _enrolled(given)
    member = did.filter("is_enrolled")
    note = given.membership_note
    active = member.with_columns(is_counted=pl.col("redeemed"))
    tables = [
        shares("rr_m2", active, _SEGMENTS),
        _of_enrolled("rr_m3", enrolled, member, pl.col("redeemed"), note),
    ]
    part = (
        pl.when(pl.col("earned") & pl.col("redeemed"))
        .then(pl.lit("both"))
        .when("earned")
        .then(pl.lit("earn_only"))
        .when("redeemed")
        .then(pl.lit("redeem_only"))
        .otherwise(pl.lit("neither"))
    )
    tables += [_of_enrolled(f"er_1_{name}", enrolled, member, part == name, note) for name in _PARTS[:-1]]
    rest = enrolled.with_columns(numerator="denominator")
    takers = member.filter(part != "neither").select(
        "period", "is_over", *_SEGMENTS, numerator=pl.lit(-1, pl.Int64), denominator=pl.lit(0, pl.Int64)
    )
    tables.append(shares("er_1_neither", pl.concat([rest, takers.select(rest.columns)]), _SEGMENTS, note))
    sums = member.drop("is_over").with_columns(pl.col("redeemed", "earned").cast(pl.Int64))
    tables.append(ratios(sums, [Ratio("er_2", "redeemed", "earned")], _SEGMENTS))
    return pl.concat(tables)


def act(given: Given) -> pl.DataFrame:
    """``act``: the share of members with an order, an earn or a redemption in the last 90 days.

    *Denominator*: members enrolled by the as-of. *Numerator*: of these, active in (as-of − 90 × 24 h, as-of], with a
    valid order or a posted reward or redemption. Period ``all`` only. *Interval*: Wilson.
    """
    start = pl.lit(given.as_of - _ACTIVE).cast(INSTANT)
    moved = given.linked.filter(pl.col("is_posted") & pl.col("leg").is_in(("earn", "redemption")))
    seen = pl.concat(
        [
            given.purchases.filter(pl.col("placed_at") > start).select("member_no"),
            moved.filter(pl.col("created_at") > start).select("member_no"),
        ]
    )
    is_active = pl.col("member_no").is_in(seen["member_no"].drop_nulls().implode())
    enrolled = given.people.filter(pl.col("enrolled_at") <= given.as_of)
    counted = enrolled.select(*_SEGMENTS, period=pl.lit(ALL), is_counted=is_active)
    return shares("act", counted, _SEGMENTS, given.membership_note)


def earned(given: Given) -> pl.DataFrame:
    """Posted rewards of orders that were not taken back in full: ``member_no, order_no, created_at, amount_coins``."""
    posted = given.linked.filter("is_posted").select(
        "member_no", "order_no", "leg", "created_at", "amount_coins"
    )
    tied = posted.filter(pl.col("leg").is_in(("earn", "reversal"))).drop_nulls("order_no")
    coins = pl.col("amount_coins")
    gone = (
        tied.group_by("order_no")
        .agg(
            earned=coins.filter(pl.col("leg") == "earn").sum(),
            taken=coins.filter(pl.col("leg") == "reversal").sum(),
        )
        .filter(pl.col("taken") >= pl.col("earned"))
    )
    return posted.filter(pl.col("leg") == "earn").join(gone, on="order_no", how="anti").drop("leg")


def _deeds(given: Given) -> pl.DataFrame:
    """``member_no, period, earned, redeemed, is_enrolled, is_over, tier, member_cohort``; one row per active member."""
    months = given.months
    numbered = months.select("period", month_no=pl.int_range(pl.len()))
    kept = kept_redemptions(given.linked, months).pipe(beside, numbered, "month_no")
    said = [
        given.purchases.select("member_no", "period", earned=False, redeemed=False),
        earned(given).select(
            "member_no", month_of(pl.col("created_at")).alias("period"), earned=True, redeemed=False
        ),
        kept.select("member_no", "period", earned=False, redeemed=True),
    ]
    monthly = pl.concat(said).drop_nulls("member_no")
    return (
        pl.concat([monthly, monthly.with_columns(period=pl.lit(ALL))])
        .group_by("member_no", "period")
        .agg(pl.col("earned", "redeemed").any())
        .pipe(beside, given.people.drop("member_id"), "member_no")
        .join(_ends(given), on="period", how="left", validate="m:1")
        .with_columns(is_enrolled=(pl.col("enrolled_at") < pl.col("until_at")).fill_null(value=False))
        .drop("until_at", "enrolled_at")
    )


def _ends(given: Given) -> pl.DataFrame:
    """``period, until_at, is_over`` of every month and of all time, which is over for nobody."""
    after = given.as_of + dt.timedelta(microseconds=1)
    whole = pl.DataFrame({"period": [ALL], "until_at": [after], "is_over": [None]}).cast(
        {"until_at": INSTANT, "is_over": pl.Boolean}
    )
    months = given.months.select("period", pl.col("until_at").clip(upper_bound=after), "is_over")
    return pl.concat([months, whole])


def _enrolled(given: Given) -> pl.DataFrame:
    """Members enrolled before the end of each period, counted: ``period, is_over, tier, member_cohort``."""
    known = given.people.filter(pl.col("enrolled_at") <= given.as_of)
    month = month_of(pl.col("enrolled_at")).alias("month")
    joined = known.group_by(*_SEGMENTS, month).agg(count=pl.len().cast(pl.Int64))
    periods = _ends(given).with_columns(month=pl.when(pl.col("period") != ALL).then("period"))
    return (
        joined.join(periods, how="cross", suffix="_of")
        .filter((pl.col("month") <= pl.col("month_of")).fill_null(value=True))
        .group_by("period", "is_over", *_SEGMENTS)
        .agg(denominator=pl.col("count").sum(), numerator=pl.lit(0, pl.Int64))
    )


def _of_enrolled(
    metric: str, enrolled: pl.DataFrame, member: pl.DataFrame, is_counted: pl.Expr, note: str | None
) -> pl.DataFrame:
    """A share of all enrolled, of whom ``member`` are those who did something."""
    counted = member.filter(is_counted).select(
        "period", "is_over", *_SEGMENTS, denominator=pl.lit(0, pl.Int64), numerator=pl.lit(1, pl.Int64)
    )
    return shares(metric, pl.concat([enrolled, counted.select(enrolled.columns)]), _SEGMENTS, note)
