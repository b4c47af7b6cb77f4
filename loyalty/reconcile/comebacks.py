"""Did coins come back when they should: earned ones to the merchant, spent ones to the member?

The reversal and the restore leg are one question asked in two directions (details D2–D4), so they share
one judgement: what was asked by dated events against what was posted.
"""

import datetime as dt
from typing import NamedTuple

import polars as pl

from loyalty.contracts.intermediate import LegRows
from loyalty.expected.returns import restore_asks, reversal_asks
from loyalty.reconcile.causes.collect import attach
from loyalty.reconcile.causes.earnings import ROUNDINGS_TRIED, first_rounding, reversal_causes
from loyalty.reconcile.earn import FACTS, ROUNDING_LIMIT_PAISE, as_rounding
from loyalty.reconcile.rows import KindTest, first_kind, has_verdict, price, shape, worth
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.times import hours, month_of

_PATIENCE_HOURS = 72
_ASKED, _CAME = pl.col("asked_total_coins"), pl.col("came_coins")
_NOTHING = pl.lit(0, pl.Int64)


class _Leg(NamedTuple):
    """A leg and its direction: ``sign`` of its entries, ``gain`` of a coin too many for the merchant."""

    name: str
    sign: int
    gain: int


REVERSAL = _Leg("reversal", sign=-1, gain=-1)
RESTORE = _Leg("restore", sign=1, gain=1)


def reversal_rows(
    earned: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The reversal leg, LegRows; coins are negative as the ledger books them.

    ``earned`` is the frame of ``earnings``.
    """
    credited = earned.filter(has_verdict() & (pl.col("posted_coins") > 0))
    due = credited.filter(pl.col("due_coins") > 0)
    settled = credited.filter(pl.col("due_coins") == 0)
    rows = _judged(REVERSAL, earned.select(FACTS), linked, reversal_asks(due, refunded), as_of)
    rows = rows.join(
        settled.select("order_no", is_settled=pl.lit(value=True)),
        on="order_no",
        how="left",
        validate="1:1",
        maintain_order="left",
    ).pipe(_without_expectation)
    causes = reversal_causes(rows, due, FACTS, refunded, rulebook, as_of)
    rows = _with_rounding(attach(rows, causes), due, refunded)
    return pl.concat([_finished(REVERSAL, rows), _loose(REVERSAL, linked, rulebook)]).pipe(LegRows.validate)


def restore_rows(
    facts: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The restore leg, LegRows; coins are positive as the ledger books them."""
    rows = _judged(RESTORE, facts, linked, restores_asked(facts, refunded, linked, rulebook), as_of)
    rows = rows.with_columns(
        status=pl.when(pl.col("kind").is_not_null()).then(pl.lit("mismatch")).otherwise("status")
    )
    return pl.concat([_finished(RESTORE, rows), _loose(RESTORE, linked, rulebook)]).pipe(LegRows.validate)


def restores_asked(
    facts: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """What dead and refunded orders ask back of the coins debited for them, Asks; judged orders only."""
    debits = (
        linked.filter(
            (pl.col("leg") == "redemption") & pl.col("is_posted") & pl.col("order_no").is_not_null()
        )
        .group_by("order_no")
        .agg(posted_coins=pl.col("amount_coins").sum(), posted_at=pl.col("created_at").min())
    )
    spent = facts.filter(has_verdict()).join(
        debits, on="order_no", how="inner", validate="1:1", maintain_order="left"
    )
    return restore_asks(spent, refunded, rulebook)


def _judged(
    leg: _Leg, facts: pl.DataFrame, linked: pl.DataFrame, asks: pl.DataFrame, as_of: dt.datetime
) -> pl.DataFrame:
    """One row per order with an ask or an entry of the leg, with ``kind`` or a quiet ``status``."""
    tests = _tests(leg)
    waits = (_CAME != _ASKED) & pl.col("may_wait") | ((pl.col("came_count") == 0) & (_ASKED == 0))
    timing = (_CAME == _ASKED) & pl.col("crossed_month")
    return (
        _asked_and_come(leg, facts, linked, asks, pl.lit(as_of))
        .with_columns(kind=pl.when(has_verdict() & ~waits).then(first_kind(tests)))
        .pipe(price, tests)
        .with_columns(
            status=pl.when(~has_verdict())
            .then(pl.lit("unknown"))
            .when(waits)
            .then(pl.lit("pending"))
            .when(timing)
            .then(pl.lit("by_design"))
            .otherwise(pl.lit("match")),
        )
    )


def _asked_and_come(
    leg: _Leg, facts: pl.DataFrame, linked: pl.DataFrame, asks: pl.DataFrame, cut: pl.Expr
) -> pl.DataFrame:
    """Facts of the orders with an ask or an entry of the leg, what was asked, and what came."""
    tied = linked.filter(pl.col("order_no").is_not_null())
    entries = tied.filter(pl.col("leg") == leg.name)
    posted = (
        entries.filter("is_posted")
        .sort("order_no", "created_at", "entry_no")
        .with_columns(ask_seq=pl.int_range(1, pl.len() + 1).over("order_no"))
    )
    came = posted.group_by("order_no").agg(
        came_coins=pl.col("amount_coins").sum(),
        came_count=pl.len().cast(pl.Int64),
        entry_nos=pl.col("entry_no").sort_by("ask_seq"),
        match_method=pl.col("match_method").sort_by("ask_seq").first(),
    )
    touched = pl.concat([asks.select("order_no"), entries.select("order_no")]).unique()
    rows = facts.join(touched, on="order_no", how="semi", maintain_order="left")
    for other in (came, _asked(asks, came, cut), _paired(asks, posted), _frozen(tied)):
        rows = rows.join(other, on="order_no", how="left", validate="1:1", maintain_order="left")
    return rows.with_columns(
        pl.col("came_coins", "came_count", "asked_total_coins", "ask_count").fill_null(0),
        pl.col("may_wait", "came_late", "crossed_month", "is_frozen").fill_null(value=False),
        pl.col("entry_nos").fill_null(pl.lit([], pl.List(pl.Int64))),
    )


def _frozen(tied: pl.DataFrame) -> pl.DataFrame:
    """Orders that a posted manual adjustment names, credit or debit (details D3)."""
    by_hand = (pl.col("leg") == "adjustment") & (pl.col("type") == "adjust") & pl.col("is_posted")
    return tied.filter(by_hand).select("order_no", is_frozen=pl.lit(value=True)).unique()


def _asked(asks: pl.DataFrame, came: pl.DataFrame, cut: pl.Expr) -> pl.DataFrame:
    """What was asked in all, and whether what came is still in time: E_k for some k from the overdue asks on."""
    is_overdue = cut > pl.col("asked_at") + hours(_PATIENCE_HOURS)
    seen = asks.join(
        came.select("order_no", "came_coins"),
        on="order_no",
        how="left",
        validate="m:1",
        maintain_order="left",
    ).with_columns(
        pl.col("came_coins").fill_null(0),
        overdue_count=is_overdue.sum().over("order_no"),
    )
    reached = (pl.col("asked_to_date_coins") == _CAME) & (pl.col("ask_seq") >= pl.col("overdue_count"))
    return seen.group_by("order_no").agg(
        asked_total_coins=pl.col("asked_to_date_coins").max(),
        ask_count=pl.len().cast(pl.Int64),
        due_at=pl.col("asked_at").min(),
        may_wait=reached.any()
        | ((pl.col("overdue_count").first() == 0) & (pl.col("came_coins").first() == 0)),
    )


def _paired(asks: pl.DataFrame, posted: pl.DataFrame) -> pl.DataFrame:
    """The i-th entry against the i-th ask: late by more than 72 h, or across a month end within 24 h."""
    pairs = posted.select("order_no", "ask_seq", "created_at").join(
        asks.select("order_no", "ask_seq", "asked_at"),
        on=["order_no", "ask_seq"],
        how="inner",
        validate="1:1",
    )
    gap = pl.col("created_at") - pl.col("asked_at")
    return pairs.group_by("order_no").agg(
        came_late=(gap > hours(_PATIENCE_HOURS)).any(),
        crossed_month=(
            (month_of(pl.col("created_at")) != month_of(pl.col("asked_at"))) & (gap.abs() <= hours(24))
        ).any(),
    )


def _tests(leg: _Leg) -> list[KindTest]:
    wrong, none = _CAME != _ASKED, pl.col("came_count") == 0
    effect = worth((_CAME - _ASKED) * leg.gain)
    expected = _ASKED * leg.sign
    is_frozen = pl.col("is_frozen") if leg is REVERSAL else pl.lit(value=False)
    name = leg.name
    return [
        KindTest(f"{name}_missing", wrong & none & ~is_frozen, effect, expected, _NOTHING),
        KindTest(f"{name}_frozen", wrong & none & is_frozen, effect, expected, _NOTHING),
        KindTest(f"{name}_unexpected", wrong & (_ASKED == 0), effect, _NOTHING, _NOTHING),
        KindTest(
            f"{name}_duplicate",
            wrong & (pl.col("came_count") > pl.col("ask_count")) & (_CAME > _ASKED) & (_ASKED > 0),
            effect,
            expected,
            _NOTHING,
        ),
        KindTest(f"{name}_amount", wrong & ~none & (_ASKED > 0), effect, expected, _NOTHING),
        KindTest(f"{name}_late", ~wrong & pl.col("came_late"), _NOTHING, expected, _NOTHING),
    ]


def _without_expectation(rows: pl.DataFrame) -> pl.DataFrame:
    """Orders that should have earned nothing are judged on the earn leg alone (details E5)."""
    judged_elsewhere = pl.col("is_settled").fill_null(value=False)
    return rows.with_columns(
        kind=pl.when(~judged_elsewhere).then("kind"),
        status=pl.when(judged_elsewhere).then(pl.lit("match")).otherwise("status"),
    )


def _with_rounding(rows: pl.DataFrame, due: pl.DataFrame, refunded: pl.DataFrame) -> pl.DataFrame:
    """Mismatches made by design where another rounding mode asks for exactly what came (details B2)."""
    tried = rows.filter(pl.col("kind") == "reversal_amount")
    earning = due.join(tried, on="order_no", how="semi")
    for mode in ROUNDINGS_TRIED:
        asked = (
            reversal_asks(earning, refunded, pl.lit(mode))
            .group_by("order_no")
            .agg(pl.col("asked_to_date_coins").max().alias(f"asked_{mode}"))
        )
        tried = tried.join(asked, on="order_no", how="left", validate="1:1", maintain_order="left")
    own = due.select("order_no", own_rounding="rounding")
    found = (
        tried.join(own, on="order_no", how="left", validate="1:1", maintain_order="left")
        .select(
            "order_no",
            other_rounding=first_rounding(
                pl.col("own_rounding"), {mode: pl.col(f"asked_{mode}") for mode in ROUNDINGS_TRIED}, _CAME
            ),
        )
        .drop_nulls()
    )
    joined = rows.join(found, on="order_no", how="left", validate="1:1", maintain_order="left")
    named = pl.concat_list(pl.lit("rounding=") + pl.col("other_rounding"))
    listed = joined.with_columns(
        causes=pl.when(pl.col("other_rounding").is_not_null())
        .then(pl.col("causes").list.concat(named).list.sort())
        .otherwise("causes"),
        other_rounding=pl.when(pl.col("effect_paise").abs() <= ROUNDING_LIMIT_PAISE).then("other_rounding"),
    )
    wrong = listed.filter(pl.col("kind").is_not_null()).pipe(as_rounding)
    return pl.concat([wrong, listed.filter(pl.col("kind").is_null())], how="diagonal")


def _finished(leg: _Leg, rows: pl.DataFrame) -> pl.DataFrame:
    is_wrong = pl.col("kind").is_not_null()
    quiet = pl.when(pl.col("status") == "pending").then(_ASKED * leg.sign).otherwise(_CAME * leg.sign)
    return shape(
        rows.with_columns(
            leg=pl.lit(leg.name),
            kind=pl.coalesce("kind", pl.when(pl.col("status") == "by_design").then(pl.lit("timing"))),
            expected_coins=pl.when(is_wrong).then("expected_coins").otherwise(quiet),
            expected_paise=_NOTHING,
            recorded_coins=_CAME * leg.sign,
            effect_paise=pl.when(is_wrong).then("effect_paise").otherwise(0),
            secondary_kinds=pl.when(is_wrong)
            .then("secondary_kinds")
            .otherwise(pl.lit([], pl.List(pl.String))),
            dated_at=pl.col("placed_at"),
        )
    )


def _loose(leg: _Leg, linked: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Posted entries of the leg tied to no order: given back for a loose debit, else unexpected (details R11)."""
    entries = linked.filter((pl.col("leg") == leg.name) & pl.col("is_posted") & pl.col("order_no").is_null())
    is_tied = pl.col("debit_no").is_not_null() if leg is RESTORE else pl.lit(value=False)
    return shape(
        worth_at(entries, rulebook, "created_at").with_columns(
            leg=pl.lit(leg.name),
            entry_nos=pl.concat_list("entry_no"),
            status=pl.when(is_tied).then(pl.lit("match")).otherwise(pl.lit("mismatch")),
            kind=pl.when(~is_tied).then(pl.lit(f"{leg.name}_unexpected")),
            expected_coins=pl.when(is_tied).then("signed_coins").otherwise(0),
            recorded_coins="signed_coins",
            effect_paise=pl.when(is_tied).then(0).otherwise(worth(pl.col("amount_coins") * leg.gain)),
            dated_at="created_at",
        )
    )
