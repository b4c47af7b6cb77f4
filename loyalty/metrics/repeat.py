"""Do members come back? Repeat purchase of the customers who bought first in the same month."""

import datetime as dt

import polars as pl

from loyalty.metrics.rows import ALL, proportion
from loyalty.values.frames import beside, is_first, one_after
from loyalty.values.times import month_of

_NOT_VALID = ("cancelled", "rto", "failed")
_NO_MEMBERS_FILE = "no members export: all customers with a phone or an e-mail count as members"


def valid_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders that count as purchases: not cancelled, RTO or failed as of the run, and worth more than ₹0.

    An order worth ₹0 gross (sub total) is none (details M9). A returned order was a purchase.
    """
    return orders.filter(~pl.col("state").is_in(_NOT_VALID) & (pl.col("subtotal_paise") > 0))


def rpr_1(
    orders: pl.DataFrame, members: pl.DataFrame, as_of: dt.datetime, days: int, *, has_members_file: bool
) -> pl.DataFrame:
    """``rpr_1_d<days>``: the share of a cohort that bought again within so many days of its first order.

    *Denominator*: members whose first valid order lies in the month, and for whom first + days × 24 h is
    not after the as-of. A member stands in a members export with a ``joined_at`` that is blank or not after
    the first order; with no members export every customer with a key counts, and the note says so.
    *Numerator*: of these, members with a second valid order not later than first + days × 24 h.
    *Period*: the Indian month of the first valid order, and ``all`` months together. *Maturity*: the share
    of the cohort whose days are over. Grain: one row per month with a first order, and ``all``.
    Source: details M4, M5, M9; RPR-1 of the metric list.
    """
    firsts = _firsts(orders, pl.duration(days=days, time_unit="us"), pl.lit(as_of))
    cohort = firsts if not has_members_file else _joined_by_then(firsts, members)
    by_month = cohort.group_by(period=month_of(pl.col("first_at"))).agg(*_counts())
    counts = pl.concat([by_month, cohort.select(pl.lit(ALL).alias("period"), *_counts())])
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
                pl.lit(None if has_members_file else _NO_MEMBERS_FILE, pl.String),
                separator="; ",
                ignore_nulls=True,
            ).replace("", None),
        ),
    )


def _counts() -> list[pl.Expr]:
    return [
        (pl.col("is_over") & pl.col("came_back")).sum().cast(pl.Int64).alias("numerator"),
        pl.col("is_over").sum().cast(pl.Int64).alias("denominator"),
        pl.len().cast(pl.Int64).alias("cohort"),
    ]


def _firsts(orders: pl.DataFrame, window: pl.Expr, cut: pl.Expr) -> pl.DataFrame:
    """``member_no, first_at, is_over, came_back``; one row per customer with a valid order."""
    read = orders.select("member_no", "placed_at", "state", "subtotal_paise")
    return (
        valid_orders(read)
        .select("member_no", first_at="placed_at")
        .drop_nulls("member_no")
        .sort("member_no", "first_at")
        .with_columns(
            second_at=one_after(pl.col("first_at"), of="member_no"), end_at=pl.col("first_at") + window
        )
        .filter(is_first("member_no"))
        .select(
            "member_no",
            "first_at",
            is_over=pl.col("end_at") <= cut,
            came_back=(pl.col("second_at") <= pl.col("end_at")).fill_null(value=False),
        )
    )


def _joined_by_then(firsts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Customers who were members when they first bought; joining later must not pick those who came back."""
    joined = members.group_by("member_no").agg(
        always=pl.col("joined_at").is_null().any(), joined_at=pl.col("joined_at").min()
    )
    known = beside(firsts, joined, "member_no")
    return known.filter(pl.col("always") | (pl.col("joined_at") <= pl.col("first_at")))
