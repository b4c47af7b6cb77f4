"""Do members use their coins? The share of those who could redeem that did."""

import datetime as dt

import polars as pl

from loyalty.ledger.links import returned_coins
from loyalty.metrics.rows import ALL, proportion, shares
from loyalty.rulebook.models import Redemption, Rulebook
from loyalty.rulebook.timeline import in_force
from loyalty.values.frames import beside, is_first, one_after, sum_so_far
from loyalty.values.ratios import divide
from loyalty.values.times import INSTANT, business_date, end_of_day, month_of

_SEGMENTS = ("tier", "member_cohort")


def rr_m1(
    linked: pl.DataFrame,
    allocations: pl.DataFrame,
    lots: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
    people: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """``rr_m1``: the share of members with enough coins to redeem who redeemed.

    *Denominator*: members whose spendable coins (posted, unexpired, less debt) were, at any instant of the
    period, at least the fewest that the law then in force lets anyone redeem (`fewest_coins` of surface
    gokwik, else of the first block). Before the first version nobody could redeem.
    *Numerator*: of these, members with at least one redemption in the period that was not undone: a posted
    redeem debit dated in the period, of an order whose debits exceed its restores as of the run; a debit
    tied to no order counts unless its coins came back.
    *Period*: Indian months from the first entry to the as-of, and ``all``. *Maturity*: the share of the
    month that is over. Grain: one row per month, and ``all``. Source: RR-M1 of the metric list, details M6.
    Segments, where ``people`` (``member_no, tier, member_cohort``) are given: the newest tier, and the cohort.

    ``allocations`` and ``lots`` are those of the walk over the same entries.
    """
    spans = spendable_spans(linked, allocations, lots, as_of)
    months = _months(linked, as_of)
    able, redeemed = _able(spans, months, rulebook), kept_redemptions(linked, months)
    did = able.join(redeemed, on=["member_no", "month_no"], how="semi")
    ever = able.select("member_no").unique()
    by_month = _counted(months, able, did)
    whole = pl.DataFrame(
        {
            "period": [ALL],
            "maturity": [None],
            "denominator": [ever.height],
            "numerator": [ever.join(redeemed, on="member_no", how="semi").height],
        },
        schema=by_month.schema,
    )
    nobody = "no member had enough coins to redeem"
    rows = proportion(
        "rr_m1",
        pl.concat([by_month, whole]).with_columns(
            note=pl.when(pl.col("denominator") == 0)
            .then(pl.lit(nobody))
            .when(pl.col("maturity") < 1)
            .then(pl.lit("the month is not over"))
        ),
    )
    if people is None:
        return rows
    names = months.select("month_no", "period", "maturity")
    counted = _by_person(able, did, redeemed, names).pipe(beside, people, "member_no")
    return pl.concat([rows, shares("rr_m1", counted, _SEGMENTS).filter(pl.col("segment") != ALL)])


def _by_person(
    able: pl.DataFrame, did: pl.DataFrame, redeemed: pl.DataFrame, months: pl.DataFrame
) -> pl.DataFrame:
    """``period, member_no, is_counted``: who could redeem in each month and ever, and whether they did."""
    yes = pl.lit(value=True).alias("is_counted")
    monthly = able.join(did.with_columns(yes), on=["member_no", "month_no"], how="left", validate="1:1")
    ever = (
        able.select("member_no")
        .unique()
        .join(redeemed.select("member_no", yes).unique(), on="member_no", how="left", validate="1:1")
    )
    return pl.concat(
        [
            beside(monthly, months, "month_no").select("period", "member_no", "is_counted"),
            ever.select(pl.lit(ALL).alias("period"), "member_no", "is_counted"),
        ]
    ).with_columns(pl.col("is_counted").fill_null(value=False))


def fewest_coins(rule: Redemption) -> int | None:
    """The fewest coins that a block can redeem: from ``min_coins`` up, what buys something; None if nothing does.

    Steps, and percentages, take whole steps; any other block takes what the cheapest discount needs.
    """
    k, least = rule.coins, max(rule.min_coins, 1)
    if rule.kind == "amount_fixed":
        fewest = k if k >= least else None
    elif rule.is_percent or rule.step:
        fewest = divide(least, k, "ceil") * k
    else:
        grain, value = rule.granularity_paise, rule.step_paise
        grains = divide((least - 1) * value, k * grain) + 1
        fewest = divide(grains * grain * k, value, "ceil")
    is_too_many = fewest is not None and rule.max_coins is not None and fewest > rule.max_coins
    return None if is_too_many or not rule.enabled else fewest


def spendable_spans(
    linked: pl.DataFrame, allocations: pl.DataFrame, lots: pl.DataFrame, as_of: dt.datetime
) -> pl.DataFrame:
    """What each member could spend, and from when to when: ``member_no, from_at, until_at, spendable_coins``.

    Half-open spans without a gap from the member's first entry to the as-of, both included; one row per
    member and change. A lot counts while t < its expiry; coins restored to a dead lot never count.
    """
    entries = linked.select("entry_no", "member_no", "created_at")
    moves = allocations.pipe(beside, entries, "entry_no").pipe(
        beside, lots.select("lot_no", "expires_at"), "lot_no"
    )
    alive = moves.filter(pl.col("expires_at").is_null() | (pl.col("created_at") < pl.col("expires_at")))
    deaths = (
        alive.filter(pl.col("expires_at") <= pl.lit(as_of))
        .group_by("member_no", at="expires_at")
        .agg(coins=-pl.col("coins").sum())
    )
    end = pl.lit(as_of + dt.timedelta(microseconds=1)).cast(INSTANT)
    spans = (
        pl.concat([alive.select("member_no", at="created_at", coins="coins"), deaths])
        .sort("member_no", "at")
        .select(
            "member_no",
            from_at="at",
            until_at=one_after(pl.col("at"), of="member_no").fill_null(end),
            spendable_coins=sum_so_far(pl.col("coins"), of="member_no").clip(lower_bound=0),
        )
    )
    # Of all that happens at one instant, only what it comes to lasts.
    return spans.filter(pl.col("from_at") < pl.col("until_at"))


def _months(linked: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """``month_no, period, from_at, maturity``; one row per Indian month from the first posted entry to the as-of."""
    cut = pl.lit(as_of).cast(INSTANT)
    posted = linked.select("is_posted", "created_at").filter("is_posted")["created_at"]
    ends = pl.DataFrame({"at": [posted.min(), as_of]}, schema={"at": INSTANT}).drop_nulls()
    starts = ends.select(business_date(pl.col("at")).dt.month_start())["at"]
    month = pl.col("month")
    spans = pl.DataFrame({"month": pl.date_range(starts[0], starts[-1], interval="1mo", eager=True)}).select(
        from_at=end_of_day(month.dt.offset_by("-1d")), until_at=end_of_day(month.dt.month_end())
    )
    over = pl.min_horizontal("until_at", cut) - pl.col("from_at")
    return spans.select(
        "from_at",
        month_no=pl.int_range(pl.len()),
        period=month_of(pl.col("from_at")),
        maturity=over / (pl.col("until_at") - pl.col("from_at")),
    )


def _able(spans: pl.DataFrame, months: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """``member_no, month_no``: who could redeem at some instant of a month, by the law of that instant."""
    reaches = _reaches(months, rulebook)
    starts = reaches["from_at"]
    lowest = reaches["fewest"].min()
    if lowest is None:
        return pl.DataFrame(schema={"member_no": pl.Int64, "month_no": pl.Int64})
    rich = spans.filter(pl.col("spendable_coins") >= pl.lit(lowest))
    first = starts.search_sorted(rich["from_at"], side="right").cast(pl.Int64) - 1
    stop = starts.search_sorted(rich["until_at"], side="left").cast(pl.Int64)
    return (
        rich.select("member_no", "spendable_coins", reach_no=pl.int_ranges(first, stop))
        .explode("reach_no")
        .pipe(beside, reaches.select("reach_no", "month_no", "fewest"), "reach_no")
        .filter(pl.col("spendable_coins") >= pl.col("fewest"))
        .select("member_no", "month_no")
        # Spans come in order of time, so what is alike stands together.
        .filter(is_first("member_no") | is_first("month_no"))
    )


def _reaches(months: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """``reach_no, from_at, month_no, fewest``: months cut where the law changes; ``fewest`` null if nobody may."""
    changes = pl.DataFrame(
        {"from_at": [law.effective_from for law in rulebook.versions]}, schema={"from_at": INSTANT}
    ).filter(pl.col("from_at") > months["from_at"].min())
    fewest = pl.DataFrame(
        [
            (number, fewest_coins(law.redeem[law.home_surface]) if law.home_surface else None)
            for number, law in enumerate(rulebook.versions)
        ],
        schema={"version_no": pl.Int64, "fewest": pl.Int64},
        orient="row",
    )
    cut = pl.concat([months.select("from_at"), changes]).unique().sort("from_at")
    return (
        in_force(cut, rulebook, "from_at")
        .join(fewest, on="version_no", how="left", validate="m:1", maintain_order="left")
        .with_columns(reach_no=pl.int_range(pl.len()), month_no=_month_nos(cut["from_at"], months))
    )


def kept_redemptions(linked: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """``member_no, month_no``: who redeemed in a month, redemptions that were undone left out.

    ``months``: a row per month with its start ``from_at``, in order; ``month_no`` counts them from 0.
    """
    posted = (
        linked.lazy()
        .filter(pl.col("is_posted") & pl.col("leg").is_in(("redemption", "restore")))
        .select("entry_no", "member_no", "order_no", "leg", "amount_coins", "created_at")
        .collect()
    )
    kept = posted.filter((pl.col("leg") == "redemption") & pl.col("member_no").is_not_null())
    for leg in ("redemption", "restore"):
        sums = (
            posted.filter((pl.col("leg") == leg) & pl.col("order_no").is_not_null())
            .group_by("order_no")
            .agg(pl.col("amount_coins").sum().alias(f"{leg}_coins"))
        )
        kept = beside(kept, sums, "order_no")
    kept = beside(kept, returned_coins(linked).rename({"debit_no": "entry_no"}), "entry_no")
    spent = pl.coalesce("redemption_coins", "amount_coins")
    undone = pl.coalesce("restore_coins", "returned_coins", 0)
    return (
        kept.with_columns(month_no=_month_nos(kept["created_at"], months))
        .filter(spent > undone)
        .select("member_no", "month_no")
        .unique()
    )


def _month_nos(instants: pl.Series, months: pl.DataFrame) -> pl.Series:
    """The month of each instant, counted from the first."""
    return months["from_at"].search_sorted(instants, side="right").cast(pl.Int64) - 1


def _counted(months: pl.DataFrame, able: pl.DataFrame, did: pl.DataFrame) -> pl.DataFrame:
    """``period, maturity, denominator, numerator`` of every month, 0 where nobody is."""
    counted = months
    for name, who in (("denominator", able), ("numerator", did)):
        heads = who.group_by("month_no").agg(pl.len().cast(pl.Int64).alias(name))
        counted = beside(counted, heads, "month_no")
    return counted.select("period", "maturity", pl.col("denominator", "numerator").fill_null(0))
