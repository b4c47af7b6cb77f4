"""What must come back after a refund or a death: earned coins to the merchant, spent coins to the member.

An *ask* is one event that asks for more than 0 coins; targets are cumulative, so that many small
refunds add up to exactly what one large refund asks for (contract §5, details D1–D4).
"""

import polars as pl

from loyalty.contracts.intermediate import Asks
from loyalty.expected.accruals import earn
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import versions
from loyalty.values.frames import beside, one_before, sum_so_far
from loyalty.values.ratios import mul_div

_EARNED = (
    "order_no", "member_no", "due_at", "base_at_due_paise", "partial_refund", "reverse_on", "earn_coins",
    "tier_num", "per_paise", "tier_den", "rounding", "min_order_paise", "max_coins", "posted_coins",
)  # fmt: skip
"""What the formula of a reversal reads of the earning that it undoes."""


def partial_refunds(facts: pl.DataFrame, refunded: pl.DataFrame) -> pl.DataFrame:
    """Refunds that are an event of their own; one row per refund.

    Not the refund at the instant of a death by word, nor the one with which refunds reach the total:
    those are the death itself (details D2).
    """
    dated = refunded.join(
        facts.select("order_no", "is_dead", "is_dead_by_word", "death_at", "grand_total_paise"),
        on="order_no",
        how="inner",
        validate="m:1",
        maintain_order="left",
    )
    before = pl.col("refunded_to_date_paise") - pl.col("amount_paise")
    total = pl.col("grand_total_paise")
    is_death = pl.col("is_dead") & (
        pl.when("is_dead_by_word")
        .then(pl.col("refunded_at") == pl.col("death_at"))
        .otherwise((pl.col("refunded_to_date_paise") >= total) & (before < total))
    ).fill_null(value=False)
    return dated.filter(~is_death).select(refunded.columns)


def reversal_asks(
    earned: pl.DataFrame, refunded: pl.DataFrame, rounding: pl.Expr | None = None
) -> pl.DataFrame:
    """Asks for earned coins, Asks; coins are positive. One row per order and event that asks.

    ``earned``: orders of an ``expected_earning`` frame with coins due and posted, with ``posted_coins``
    and ``posted_at`` (the first posting). Partial refunds after the due instant ask for
    ``earn(base before) − earn(base after)`` with the original law and tier, death for the rest of what
    was posted; never more than what is left. ``rounding`` replays another mode.
    """
    later = (
        partial_refunds(earned, refunded)
        .join(
            earned.select(_EARNED),
            on="order_no",
            how="inner",
            validate="m:1",
            maintain_order="left",
        )
        .filter(
            (pl.col("refunded_at") > pl.col("due_at"))
            & pl.col("reverse_on").list.contains("partially_refunded")
            & (pl.col("partial_refund") != "none")
        )
        .sort("order_no", "refund_seq")
        .with_columns(since_due_paise=sum_so_far(pl.col("amount_paise"), of="order_no"))
    )
    whole = earn(pl.col("base_at_due_paise"), rounding)
    rest = (pl.col("base_at_due_paise") - pl.col("since_due_paise")).clip(lower_bound=0)
    target = pl.when(pl.col("partial_refund") == "all").then(whole).otherwise(whole - earn(rest, rounding))
    partials = (
        later.lazy()
        .select(
            "order_no",
            happened_at="refunded_at",
            target_coins=pl.min_horizontal(target, "posted_coins"),
        )
        .collect()
    )
    deaths = earned.filter(pl.col("reverse_on").list.contains(pl.col("death_word")).fill_null(value=False))
    return _asks(partials, deaths, earned)


def restore_asks(spent: pl.DataFrame, refunded: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Asks for spent coins, Asks; coins are positive. One row per order and event that asks.

    ``spent``: order facts with posted debits, ``posted_coins`` and ``posted_at`` (the first debit). Death
    asks for all coins debited, also when doubled; a partial refund only under ``pro_rata``, for the
    refunded share of the grand total, floored cumulatively (details D4).
    """
    law = versions(rulebook).select("version_no", "restore_on", "partial_restore")
    ruled = spent.join(law, on="version_no", how="inner", validate="m:1", maintain_order="left")
    pro_rata = ruled.filter(pl.col("partial_restore") == "pro_rata")
    partials = (
        partial_refunds(pro_rata, refunded)
        .join(
            pro_rata.select("order_no", "posted_coins", "grand_total_paise"),
            on="order_no",
            how="inner",
            validate="m:1",
            maintain_order="left",
        )
        .filter(pl.col("grand_total_paise") > 0)
        .select(
            "order_no",
            happened_at="refunded_at",
            target_coins=pl.min_horizontal(
                mul_div(
                    pl.col("posted_coins"), pl.col("refunded_to_date_paise"), pl.col("grand_total_paise")
                ),
                "posted_coins",
            ),
        )
    )
    deaths = ruled.filter(pl.col("restore_on").list.contains(pl.col("death_word")).fill_null(value=False))
    return _asks(partials, deaths, ruled)


def _asks(partials: pl.DataFrame, deaths: pl.DataFrame, posted: pl.DataFrame) -> pl.DataFrame:
    """Events in order of time, death last of a tie, each asking for what its target adds to the earlier ones."""
    last = deaths.select(
        "order_no", happened_at="death_at", target_coins="posted_coins", is_death=pl.lit(value=True)
    )
    events = pl.concat([partials.with_columns(is_death=pl.lit(value=False)), last]).sort(
        "order_no", "happened_at", "is_death", "target_coins"
    )
    # Nearly every order has one event: only the others are looked at together.
    is_alone = pl.col("order_no").is_unique()
    to_date = pl.col("target_coins").cum_max().over("order_no")
    asked = pl.concat(
        [
            events.filter(is_alone).with_columns(asked_to_date_coins="target_coins"),
            events.filter(~is_alone).with_columns(asked_to_date_coins=to_date),
        ]
    ).sort("order_no", maintain_order=True)
    before = one_before(pl.col("asked_to_date_coins"), of="order_no").fill_null(0)
    one = pl.repeat(1, pl.len(), dtype=pl.Int64)
    return (
        asked.with_columns(asked_coins=pl.col("asked_to_date_coins") - before)
        .filter(pl.col("asked_coins") > 0)
        .pipe(beside, posted.select("order_no", "posted_at"), "order_no")
        .select(
            "order_no",
            sum_so_far(one, of="order_no").alias("ask_seq"),
            "asked_coins",
            "asked_to_date_coins",
            pl.max_horizontal("happened_at", "posted_at").alias("asked_at"),
        )
        .pipe(Asks.validate)
    )
