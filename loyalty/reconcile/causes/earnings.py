"""Which setting explains an earning or a reversal, replayed as details B4–B7 say?"""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from loyalty.expected.accruals import earn, earn_base, expected_earning, left_at_due
from loyalty.expected.returns import reversal_asks
from loyalty.reconcile.causes.collect import listed
from loyalty.rulebook.models import EARN_BASES, EARN_PARTS, TRIGGERS, Rulebook
from loyalty.values.times import hours

ROUNDINGS_TRIED = ("half_up", "ceil", "half_even", "floor")
"""Of the modes that reproduce a row only the first is named (details B5)."""
PARTIAL_REFUNDS = ("all", "none", "recompute")

_RATES_TRIED = range(1, 21)
_LEAST_ROWS_FOR_RATE = 5
_INCLUDING = ("subtotal", "after_coupon", "after_coupon_and_loyalty")
_PRICED = (
    "order_no", "version_no", "member_no", "base_at_due_paise", "earn_coins", "tier_num", "per_paise", "tier_den",
    "rounding", "min_order_paise", "max_coins", "posted_coins",
)  # fmt: skip
"""What the number of coins of an earning row is made of."""
_S = pl.col("posted_coins")


def earn_causes(
    wrong: pl.DataFrame,
    facts_columns: list[str],
    refunded: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """``order_no, causes`` of mismatched earn rows; orders without a cause have no row.

    ``wrong``: earning rows with ``posted_coins``, ``posted_at`` and ``kind``; ``facts_columns``: those of its
    columns that are order facts.
    """
    amounts = wrong.filter(pl.col("kind") == "earn_amount")
    timed = wrong.filter(pl.col("kind").is_in(("earn_early", "earn_late")))
    replays = [
        *_replays(amounts, rulebook),
        *_other_versions(amounts, facts_columns, refunded, rulebook, as_of),
    ]
    found = [
        each.filter(
            (pl.col("replayed_coins") == _S) & (pl.col("replayed_coins") != pl.col("due_coins"))
        ).select("order_no", "cause")
        for each in replays
    ]
    return listed([*found, _units(amounts), _rates(amounts), *_delays(timed), *_triggers(timed)])


def reversal_causes(
    wrong: pl.DataFrame,
    earned: pl.DataFrame,
    facts_columns: list[str],
    refunded: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """``order_no, causes`` of ``reversal_amount`` rows, whose ``came_coins`` another setting would ask for.

    ``earned``: the earning rows with coins due and posted behind them.
    """
    came = wrong.filter(pl.col("kind") == "reversal_amount").select("order_no", "came_coins")
    rows = earned.join(came, on="order_no", how="semi", maintain_order="left")
    theirs = refunded.join(came, on="order_no", how="semi", maintain_order="left")
    found = [
        reversal_asks(replayed, theirs)
        .group_by("order_no")
        .agg(asked=pl.col("asked_to_date_coins").max())
        .join(came, on="order_no", how="inner", validate="1:1")
        .filter(pl.col("asked") == pl.col("came_coins"))
        .select("order_no", cause=pl.lit(name))
        for name, replayed in _reversal_replays(rows, facts_columns, theirs, rulebook, as_of)
    ]
    return listed(found)


def _replays(rows: pl.DataFrame, rulebook: Rulebook) -> Iterator[pl.DataFrame]:
    """The rows once per alternative, with its name in ``cause`` and its coins in ``replayed_coins``."""
    for base in EARN_BASES:
        yield _on_base(rows.with_columns(earn_base_paise=earn_base(pl.lit(base)), base=pl.lit(base)))
    for part in EARN_PARTS:
        toggled = rows.filter(pl.col("base").is_in(_INCLUDING)).with_columns(~pl.col(f"with_{part}"))
        yield _on_base(toggled.with_columns(earn_base_paise=earn_base(pl.col("base"))))
    for mode in PARTIAL_REFUNDS:
        changed = rows.with_columns(partial_refund=pl.lit(mode), cause=pl.lit(f"partial_refund={mode}"))
        yield changed.with_columns(replayed_coins=earn(left_at_due()))
    yield _other_rounding(rows)
    for number, law in enumerate(rulebook.versions):
        own = rows.filter(pl.col("version_no") == number)
        factors = {tier: law.earn.tiers.get(tier) for tier in law.tier_names} | {"none": None}
        for tier, factor in factors.items():
            changed = own.with_columns(
                tier_num=pl.lit(1 if factor is None else factor.numerator, pl.Int64),
                tier_den=pl.lit(1 if factor is None else factor.denominator, pl.Int64),
                cause=pl.lit(f"tier={tier}"),
            )
            yield changed.with_columns(replayed_coins=earn(pl.col("base_at_due_paise")))


def _on_base(changed: pl.DataFrame) -> pl.DataFrame:
    parts = pl.concat_str(
        [pl.when(f"with_{part}").then(pl.lit(part)) for part in sorted(EARN_PARTS)],
        separator=",",
        ignore_nulls=True,
    )
    includes = pl.when(pl.col("base").is_in(_INCLUDING) & (parts != "")).then(pl.format("({})", parts))
    return changed.with_columns(
        replayed_coins=earn(left_at_due()),
        cause=pl.format("base={}{}", "base", includes.fill_null("")),
    )


def _other_rounding(rows: pl.DataFrame) -> pl.DataFrame:
    """The first other rounding mode that reproduces the row."""
    base = pl.col("base_at_due_paise")
    mode = first_rounding(
        pl.col("rounding"), {name: earn(base, pl.lit(name)) for name in ROUNDINGS_TRIED}, _S
    )
    return rows.with_columns(cause=pl.lit("rounding=") + mode, replayed_coins=_S)


def first_rounding(own: pl.Expr, coins: dict[str, pl.Expr], recorded: pl.Expr) -> pl.Expr:
    """The first mode other than ``own`` whose ``coins`` equal ``recorded``, or null (details B5)."""
    return pl.coalesce(
        pl.when((own != mode) & (coins[mode] == recorded)).then(pl.lit(mode)) for mode in ROUNDINGS_TRIED
    )


def _other_versions(
    rows: pl.DataFrame,
    facts_columns: list[str],
    refunded: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> Iterator[pl.DataFrame]:
    for number, law in enumerate(rulebook.versions):
        others = rows.filter(pl.col("version_no") != number)
        facts = others.select(facts_columns).with_columns(version_no=pl.lit(number, pl.Int64))
        replayed = expected_earning(facts, refunded, rulebook, as_of).select(
            "order_no", replayed_coins="due_coins"
        )
        yield others.join(replayed, on="order_no", how="inner", validate="1:1").with_columns(
            cause=pl.lit(f"rule_version={law.version}")
        )


def _units(rows: pl.DataFrame) -> pl.DataFrame:
    due = pl.col("due_coins")
    return rows.filter((_S == 100 * due) | (100 * _S == due)).select("order_no", cause=pl.lit("units_x100"))


def _rates(rows: pl.DataFrame) -> pl.DataFrame:
    """Another number of coins per the same rupees, where it explains at least 5 rows and half of a version's."""
    coins = pl.DataFrame({"coins": _RATES_TRIED}, schema={"coins": pl.Int64})
    tried = (
        rows.select(_PRICED)
        .join(coins, how="cross")
        .filter(pl.col("earn_coins") != pl.col("coins"))
        .with_columns(earn_coins="coins")
        .filter(earn(pl.col("base_at_due_paise")) == _S)
    )
    sizes = rows.group_by("version_no").agg(rows=pl.len())
    fits = pl.len().over("version_no", "coins")
    rupees = (
        pl.when(pl.col("per_paise") % 100 == 0)
        .then((pl.col("per_paise") // 100).cast(pl.String))
        .otherwise(
            pl.format(
                "{}.{}", pl.col("per_paise") // 100, (pl.col("per_paise") % 100).cast(pl.String).str.zfill(2)
            )
        )
    )
    return (
        tried.join(sizes, on="version_no", how="inner", validate="m:1")
        .filter((fits >= _LEAST_ROWS_FOR_RATE) & (2 * fits >= pl.col("rows")))
        .select("order_no", cause=pl.format("rate={}/{}", "coins", rupees))
    )


def _near(called: pl.Expr) -> pl.Expr:
    """The credit lies within −1 h … +6 h of the instant that would have called for it (details B7)."""
    gap = pl.col("posted_at") - called
    return (gap >= -hours(1)) & (gap <= hours(6))


def _delays(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    days = ((pl.col("posted_at") - pl.col("trigger_at")) + hours(1)).dt.total_days()
    changed = rows.with_columns(other_days=days).filter(
        (pl.col("other_days") >= 0)
        & (pl.col("other_days") != pl.col("delay_days"))
        & _near(pl.col("trigger_at") + pl.duration(days=pl.col("other_days"), time_unit="us"))
    )
    yield changed.select("order_no", cause=pl.format("delay_days={}", "other_days"))


def _triggers(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    delay = pl.duration(days=pl.col("delay_days"), time_unit="us")
    for trigger in TRIGGERS:
        changed = rows.filter((pl.col("trigger") != trigger) & _near(pl.col(f"{trigger}_at") + delay))
        yield changed.select("order_no", cause=pl.lit(f"trigger={trigger}"))


def _reversal_replays(
    rows: pl.DataFrame,
    facts_columns: list[str],
    refunded: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> Iterator[tuple[str, pl.DataFrame]]:
    for mode in PARTIAL_REFUNDS:
        changed = rows.filter(pl.col("partial_refund") != mode).with_columns(partial_refund=pl.lit(mode))
        yield f"partial_refund={mode}", changed.with_columns(base_at_due_paise=left_at_due())
    posted = rows.select("order_no", "posted_coins", "posted_at")
    for number, law in enumerate(rulebook.versions):
        facts = rows.filter(pl.col("version_no") != number).select(facts_columns)
        other = expected_earning(
            facts.with_columns(version_no=pl.lit(number, pl.Int64)), refunded, rulebook, as_of
        )
        yield f"rule_version={law.version}", other.join(posted, on="order_no", how="inner", validate="1:1")
