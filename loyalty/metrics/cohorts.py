"""Do customers stay? Everybody who first bought in a month, followed month by month."""

import polars as pl

from loyalty.contracts.marts import Cohorts
from loyalty.metrics.given import Given
from loyalty.metrics.rows import Ratio, ratios, shares
from loyalty.values.frames import beside

MONTHS = 12


def cohorts(given: Given) -> pl.DataFrame:
    """``mart_cohorts``: customers by the month of their first valid order, and what they did at each age in months.

    Age 0 is that month itself; ages run to the month of the as-of. A cell is ``complete`` when its calendar month is
    over. Customers are all with a key, members or not (details M8).
    """
    orders = given.purchases.drop_nulls("member_no")
    sizes = (
        orders.filter(pl.col("number") == 1).group_by(cohort="period").agg(members=pl.len().cast(pl.Int64))
    )
    cells = orders.group_by(cohort="member_cohort", period="period").agg(
        active=pl.col("member_no").n_unique().cast(pl.Int64),
        orders=pl.len().cast(pl.Int64),
        value_paise=pl.col("value_paise").sum(),
    )
    grid = sizes.join(given.months.select("period", "is_over"), how="cross").filter(
        pl.col("period") >= pl.col("cohort")
    )
    return (
        grid.join(cells, on=["cohort", "period"], how="left", validate="1:1")
        .select(
            "cohort",
            _age().alias("age"),
            "members",
            pl.col("active", "orders", "value_paise").fill_null(0),
            complete="is_over",
        )
        .sort("cohort", "age")
        .pipe(Cohorts.validate)
    )


def retention(given: Given) -> pl.DataFrame:
    """``ret`` and ``ret_m1`` to ``ret_m12``: the share of a cohort that bought in the k-th month after its first.

    *Denominator* of ``ret_m<k>``: customers of the cohort (month of the first valid order), only where the calendar
    month of age k is over as a whole. *Numerator*: of these, with a valid order in that month. *Period*: the cohort,
    and ``all``. *Interval*: Wilson. ``ret``: all ages from 1 on together, months with an order ÷ months observed;
    *interval*: delta method, clustered by customer.
    """
    ended = given.months.filter("is_over")["period"]
    last = ended.max()
    firsts = given.purchases.filter(pl.col("number") == 1).select("member_no", cohort="period")
    observed = firsts.with_columns(period=pl.lit(last, pl.String)).with_columns(
        seen=_age().clip(lower_bound=0).fill_null(0)
    )
    bought = (
        given.purchases.drop_nulls("member_no")
        .select("member_no", "period", cohort="member_cohort")
        .unique()
        .with_columns(age=_age())
        .filter((pl.col("age") > 0) & (pl.col("period") <= pl.lit(last, pl.String)))
    )
    times = bought.group_by("member_no").agg(came=pl.len().cast(pl.Int64))
    people = beside(observed, times, "member_no", "1:1").select(
        "member_no", "seen", pl.col("came").fill_null(0), period="cohort"
    )
    tables = [ratios(_both(people), [Ratio("ret", "came", "seen")])]
    for age in range(1, MONTHS + 1):
        came = bought.filter(pl.col("age") == age)["member_no"]
        rows = people.filter(pl.col("seen") >= age).with_columns(
            is_counted=pl.col("member_no").is_in(came.implode())
        )
        tables.append(shares(f"ret_m{age}", _both(rows), (), None, "no cohort is old enough: nobody"))
    return pl.concat(tables)


def _both(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, rows.with_columns(period=pl.lit("all"))])


def _age() -> pl.Expr:
    """Calendar months from ``cohort`` to ``period``, both YYYY-MM."""

    def months(name: str) -> pl.Expr:
        text = pl.col(name)
        return text.str.slice(0, 4).cast(pl.Int64) * 12 + text.str.slice(5, 2).cast(pl.Int64)

    return months("period") - months("cohort")
