"""What becomes of coins: redeemed in flow, by vintage, of what could be spent, or expired unused."""

import datetime as dt

import polars as pl

from loyalty.metrics.given import Given
from loyalty.metrics.redemption import spendable_spans
from loyalty.metrics.rows import Ratio, both, ratios, unmeasurable
from loyalty.values.frames import beside
from loyalty.values.times import INSTANT, month_of

AGES = (30, 90, 180, 365)
HEADLINE_AGE = 180
_SEGMENTS = ("tier", "member_cohort")
_ISSUING = ("reward", "bonus")
_URR = "needs a model of the ultimate redemption rate, which is no measurement: 1 − that rate"


def is_issue() -> pl.Expr:
    """Whether an entry issues coins: rewards and bonuses; imports, adjustments and restores do not."""
    given = (pl.col("leg") == "adjustment") & pl.col("type").is_in(_ISSUING) & (pl.col("operation") == "cr")
    return (pl.col("leg") == "earn") | given


def flow(given: Given) -> pl.DataFrame:
    """``rr_p1``: coins redeemed in a month ÷ coins issued in it.

    *Numerator*: posted redeem debits dated in the period, less what came back of them until the as-of. *Denominator*:
    posted rewards and bonuses dated in the period, less reversals: those of an order in the month of its first reward,
    others at their own date. Old coins meet new issues, so it may exceed 1 and is no ultimate redemption rate.
    *Interval*: delta method, clustered by member.
    """
    posted = given.linked.filter("is_posted")
    spent = given.clearing.select(
        "entry_id",
        at="debited_at",
        top=pl.col("coins") - pl.col("restored_coins"),
        bottom=pl.lit(0, pl.Int64),
    )
    debits = beside(spent, posted.select("entry_id", "member_no"), "entry_id").drop("entry_id")
    credits = posted.filter(is_issue()).select(
        "order_no", "member_no", at="created_at", top=pl.lit(0, pl.Int64), bottom="amount_coins"
    )
    first = credits.drop_nulls("order_no").group_by("order_no").agg(first_at=pl.col("at").min())
    taken = posted.filter(pl.col("leg") == "reversal").select(
        "order_no", "member_no", "created_at", "amount_coins"
    )
    reversals = beside(taken, first, "order_no").select(
        "member_no",
        at=pl.coalesce("first_at", "created_at"),
        top=pl.lit(0, pl.Int64),
        bottom=-pl.col("amount_coins"),
    )
    columns = ["member_no", "at", "top", "bottom"]
    moved = pl.concat(each.select(columns) for each in (debits, credits, reversals))
    return ratios(_monthly(moved, given), [Ratio("rr_p1", "top", "bottom")], _SEGMENTS)


def vintages(given: Given) -> pl.DataFrame:
    """``rr_p2`` (at 180 days), ``rr_p2_d30``, ``_d90``, ``_d365``, ``brk_1``: the fate of coins issued in one month.

    Lots made by rewards and bonuses, by month of birth, as the exact walk attributes debits to lots.

    - ``rr_p2_d<age>``. *Numerator*: coins that redemptions took from the lots within age × 24 h of birth, less those
      restored to them by then. *Denominator*: coins born, less those that reversals took. Only vintages whose
      month ended at least that many days before the as-of.
    - ``brk_1``, realised breakage. *Numerator*: coins that expired, removed or not. *Denominator*: as above. Only
      closed vintages: every lot is empty or expired.

    *Interval*: delta method, clustered by member.
    """
    born = (
        given.linked.filter(is_issue())
        .select(lot_no="entry_no")
        .join(given.lots, on="lot_no", how="inner", validate="1:1")
        .with_columns(period=month_of(pl.col("born_at")))
        .join(given.months.select("period", "until_at"), on="period", how="left", validate="m:1")
    )
    entries = given.linked.select("entry_no", "leg", "created_at")
    moves = given.allocations.join(
        born.select("lot_no", "born_at"), on="lot_no", how="inner", validate="m:1"
    ).pipe(beside, entries, "entry_no")
    leg, coins = pl.col("leg"), -pl.col("coins")
    spent = {
        f"spent_{age}": coins.filter(
            leg.is_in(("redemption", "restore"))
            & (pl.col("created_at") <= pl.col("born_at") + dt.timedelta(days=age))
        ).sum()
        for age in AGES
    }
    sums = moves.group_by("lot_no").agg(
        reversed_coins=coins.filter(leg == "reversal").sum(),
        expired=coins.filter(leg == "expiry").sum(),
        **spent,
    )
    as_of = pl.lit(given.as_of).cast(INSTANT)
    is_dead = (pl.col("expires_at") <= as_of).fill_null(value=False)
    lots = (
        beside(born, sums, "lot_no", "1:1")
        .with_columns(
            issued=pl.col("born_coins") - pl.col("reversed_coins"),
            expired=pl.col("expired") + pl.when(is_dead).then("left_coins").otherwise(0),
            is_closed=(is_dead | (pl.col("left_coins") == 0)).all().over("period"),
        )
        .pipe(beside, given.people.select("member_no", *_SEGMENTS), "member_no")
    )
    tables = []
    for age in AGES:
        complete = lots.filter(pl.col("until_at") + dt.timedelta(days=age) <= as_of)
        name = "rr_p2" if age == HEADLINE_AGE else f"rr_p2_d{age}"
        tables.append(ratios(both(complete), [Ratio(name, f"spent_{age}", "issued")], _SEGMENTS))
    closed = ratios(both(lots.filter("is_closed")), [Ratio("brk_1", "expired", "issued")], _SEGMENTS)
    return pl.concat([*tables, closed])


def of_spendable(given: Given) -> pl.DataFrame:
    """``rr_p3``: of the coins that could be spent in a month, the share that was redeemed.

    *Numerator*: that of ``rr_p1``. *Denominator*: coins spendable when the month began, and coins that credits other
    than restores put into living lots during it. For ``all``: nothing was there at the start. *Interval*: delta
    method, clustered by member.
    """
    entries = given.linked.select("entry_no", "member_no", "leg", at="created_at")
    fresh = (
        given.allocations.filter((pl.col("coins") > 0) & pl.col("lot_no").is_not_null())
        .pipe(beside, entries, "entry_no")
        .filter(pl.col("leg") != "restore")
        .select("member_no", "at", top=pl.lit(0, pl.Int64), bottom="coins")
    )
    posted = given.linked.select("entry_id", "member_no")
    spent = given.clearing.select(
        "entry_id",
        at="debited_at",
        top=pl.col("coins") - pl.col("restored_coins"),
        bottom=pl.lit(0, pl.Int64),
    )
    moved = pl.concat([fresh, beside(spent, posted, "entry_id").select(fresh.columns)])
    spans = spendable_spans(given.linked, given.allocations, given.lots, given.as_of)
    opening = (
        spans.filter(pl.col("spendable_coins") > 0)
        .join_where(
            given.months.select("period", start_at="from_at"),
            pl.col("from_at") < pl.col("start_at"),
            pl.col("until_at") >= pl.col("start_at"),
        )
        .select("member_no", "period", top=pl.lit(0, pl.Int64), bottom="spendable_coins")
    )
    people = given.people.select("member_no", *_SEGMENTS)
    monthly = _monthly(moved, given)
    counted = pl.concat([monthly, beside(opening, people, "member_no").select(monthly.columns)])
    return ratios(counted, [Ratio("rr_p3", "top", "bottom")], _SEGMENTS)


def brk_2(_given: Given) -> pl.DataFrame:
    """``brk_2``, expected breakage: 1 − the ultimate redemption rate, a model and no measurement."""
    return unmeasurable("brk_2", "ratio", _URR)


def _monthly(moved: pl.DataFrame, given: Given) -> pl.DataFrame:
    """Movements (``member_no, at, top, bottom``) by month and for all time, with the segments of their member."""
    people = given.people.select("member_no", *_SEGMENTS)
    dated = moved.select("member_no", "top", "bottom", period=month_of(pl.col("at")))
    return both(beside(dated, people, "member_no"))
