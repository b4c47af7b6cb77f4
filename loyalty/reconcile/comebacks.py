"""Did coins come back when they should: earned ones to the merchant, spent ones to the member?

The reversal and the restore leg are one question asked in two directions (details D2–D4), so they share
one judgement: what was asked by dated events against what was posted.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from loyalty.expected.accruals import expected_earning
from loyalty.expected.returns import restore_asks, reversal_asks
from loyalty.ledger.tied import NO_ENTRIES, tied
from loyalty.reconcile.causes.collect import attach
from loyalty.reconcile.causes.earnings import ROUNDINGS_TRIED, first_rounding, reversal_causes
from loyalty.reconcile.earn import FACTS, ROUNDING_LIMIT_PAISE, as_rounding
from loyalty.reconcile.rows import (
    KindTest,
    any_holds,
    first_kind,
    has_verdict,
    in_neighbouring_month,
    price,
    shape,
    whole_leg,
    worth,
)
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.frames import beside, sum_so_far
from loyalty.values.times import hours

_PATIENCE_HOURS = 72
_SPENT = (
    "order_no", "version_no", "is_dead", "is_dead_by_word", "death_word", "death_at", "grand_total_paise",
)  # fmt: skip
"""What a restore reads of the order that it undoes."""
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

    ``earned`` is the frame of ``earnings``. Orders that should have earned nothing are judged on the earn leg
    alone (details E5).
    """
    is_credited = has_verdict() & (pl.col("posted_coins") > 0)
    owing = _ending(
        earned, refunded, is_credited & (pl.col("due_coins") > 0), (*FACTS, "posted_coins", "posted_at")
    )
    due = expected_earning(owing, refunded, rulebook, as_of)
    facts = earned.select(*FACTS, is_settled=is_credited & (pl.col("due_coins") == 0))
    wrong, quiet = _judged(REVERSAL, facts, linked, reversal_asks(due, refunded), as_of)
    causes = reversal_causes(wrong, due, FACTS, refunded, rulebook, as_of)
    explained = _with_rounding(attach(wrong, causes), due, refunded)
    return _finished(REVERSAL, explained, quiet, linked, rulebook)


def restore_rows(
    facts: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The restore leg, LegRows; coins are positive as the ledger books them."""
    asks = restores_asked(facts, refunded, linked, rulebook)
    wrong, quiet = _judged(RESTORE, facts.with_columns(is_settled=pl.lit(value=False)), linked, asks, as_of)
    return _finished(RESTORE, wrong.with_columns(status=pl.lit("mismatch")), quiet, linked, rulebook)


def restores_asked(
    facts: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """What dead and refunded orders ask back of the coins debited for them, Asks; judged orders only."""
    is_debit = (pl.col("leg") == "redemption") & pl.col("is_posted") & pl.col("order_no").is_not_null()
    debits = (
        linked.lazy()
        .filter(is_debit)
        .group_by("order_no")
        .agg(posted_coins=pl.col("amount_coins").sum(), posted_at=pl.col("created_at").min())
        .collect()
    )
    ending = beside(_ending(facts, refunded, has_verdict(), _SPENT), debits, "order_no", "1:1")
    return restore_asks(ending.filter(pl.col("posted_at").is_not_null()), refunded, rulebook)


def _ending(
    orders: pl.DataFrame, refunded: pl.DataFrame, is_meant: pl.Expr, columns: Sequence[str]
) -> pl.DataFrame:
    """Columns of those of the orders meant that are dead or refunded: nobody else asks for anything."""
    is_refunded = pl.col("order_no").is_in(refunded["order_no"].implode())
    return orders.lazy().filter(is_meant & (pl.col("is_dead") | is_refunded)).select(columns).collect()


def _judged(
    leg: _Leg, facts: pl.DataFrame, linked: pl.DataFrame, asks: pl.DataFrame, as_of: dt.datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per order with an ask or an entry of the leg: mismatches priced, the others with their status."""
    tests = _tests(leg)
    is_settled = pl.col("is_settled")
    waits = (_CAME != _ASKED) & pl.col("may_wait") | ((pl.col("came_count") == 0) & (_ASKED == 0))
    timing = (_CAME == _ASKED) & pl.col("crossed_month")
    judged = _asked_and_come(leg, facts, linked, asks, pl.lit(as_of)).with_columns(
        is_wrong=has_verdict() & ~waits & ~is_settled & any_holds(tests),
        status=pl.when(is_settled)
        .then(pl.lit("match"))
        .when(~has_verdict())
        .then(pl.lit("unknown"))
        .when(waits)
        .then(pl.lit("pending"))
        .when(timing)
        .then(pl.lit("by_design"))
        .otherwise(pl.lit("match")),
    )
    wrong = judged.filter("is_wrong").with_columns(kind=first_kind(tests)).pipe(price, tests)
    return wrong, judged.filter(~pl.col("is_wrong"))


def _asked_and_come(
    leg: _Leg, facts: pl.DataFrame, linked: pl.DataFrame, asks: pl.DataFrame, cut: pl.Expr
) -> pl.DataFrame:
    """Facts of the orders with an ask or an entry of the leg, what was asked, and what came."""
    posted, orders = tied(linked, leg.name)
    came = orders.select("order_no", "entry_nos", "match_method", came_coins="coins", came_count="count")
    touched = pl.concat([asks["order_no"], came["order_no"]])
    rows = facts.filter(pl.col("order_no").is_in(touched.implode()))
    for other in (came, _asked(asks, came, cut), _paired(asks, posted), _frozen(leg, linked)):
        rows = beside(rows, other, "order_no", "1:1")
    return rows.with_columns(
        pl.col("came_coins", "came_count", "asked_total_coins", "ask_count").fill_null(0),
        pl.col("may_wait", "came_late", "crossed_month", "is_frozen").fill_null(value=False),
        pl.col("entry_nos").fill_null(NO_ENTRIES),
    )


def _frozen(leg: _Leg, linked: pl.DataFrame) -> pl.DataFrame:
    """Orders that a posted manual adjustment names, credit or debit: it freezes their reversals (details D3)."""
    by_hand = (
        (pl.col("leg") == "adjustment")
        & (pl.col("type") == "adjust")
        & pl.col("is_posted")
        & pl.col("order_no").is_not_null()
        & pl.lit(leg is REVERSAL)
    )
    named = linked.lazy().filter(by_hand).select("order_no", is_frozen=pl.lit(value=True))
    return named.collect().unique()


def _asked(asks: pl.DataFrame, came: pl.DataFrame, cut: pl.Expr) -> pl.DataFrame:
    """What was asked in all, and whether what came is still in time: E_k for some k from the overdue asks on."""
    is_overdue = cut > pl.col("asked_at") + hours(_PATIENCE_HOURS)
    seen = beside(asks, came.select("order_no", "came_coins"), "order_no").with_columns(
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
    came_at, asked_at = pl.col("created_at"), pl.col("asked_at")
    place = sum_so_far(pl.repeat(1, pl.len(), dtype=pl.Int64), of="order_no")
    pairs = posted.select("order_no", "created_at", ask_seq=place).join(
        asks.select("order_no", "ask_seq", "asked_at"),
        on=["order_no", "ask_seq"],
        how="inner",
        validate="1:1",
    )
    return (
        pairs.with_columns(
            is_late=came_at - asked_at > hours(_PATIENCE_HOURS),
            is_across=in_neighbouring_month(came_at, asked_at),
        )
        .group_by("order_no")
        .agg(came_late=pl.col("is_late").any(), crossed_month=pl.col("is_across").any())
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


def _with_rounding(wrong: pl.DataFrame, due: pl.DataFrame, refunded: pl.DataFrame) -> pl.DataFrame:
    """Mismatches made by design where another rounding mode asks for exactly what came (details B2)."""
    tried = wrong.filter(pl.col("kind") == "reversal_amount")
    earning, theirs = (frame.join(tried, on="order_no", how="semi") for frame in (due, refunded))
    for mode in ROUNDINGS_TRIED:
        asked = (
            reversal_asks(earning, theirs, pl.lit(mode))
            .group_by("order_no")
            .agg(pl.col("asked_to_date_coins").max().alias(f"asked_{mode}"))
        )
        tried = beside(tried, asked, "order_no", "1:1")
    own = due.select("order_no", own_rounding="rounding")
    found = (
        beside(tried, own, "order_no", "1:1")
        .select(
            "order_no",
            other_rounding=first_rounding(
                pl.col("own_rounding"), {mode: pl.col(f"asked_{mode}") for mode in ROUNDINGS_TRIED}, _CAME
            ),
        )
        .drop_nulls()
    )
    named = pl.concat_list(pl.lit("rounding=") + pl.col("other_rounding"))
    return (
        beside(wrong, found, "order_no", "1:1")
        .with_columns(
            causes=pl.when(pl.col("other_rounding").is_not_null())
            .then(pl.col("causes").list.concat(named).list.sort())
            .otherwise("causes"),
            other_rounding=pl.when(pl.col("effect_paise").abs() <= ROUNDING_LIMIT_PAISE).then(
                "other_rounding"
            ),
        )
        .pipe(as_rounding)
    )


def _finished(
    leg: _Leg, wrong: pl.DataFrame, quiet: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """The whole leg."""
    settled = pl.when(pl.col("status") == "pending").then(_ASKED).otherwise(_CAME)
    told = quiet.with_columns(
        kind=pl.when(pl.col("status") == "by_design").then(pl.lit("timing")),
        expected_coins=settled * leg.sign,
    )
    by_order = [
        rows.with_columns(leg=pl.lit(leg.name), recorded_coins=_CAME * leg.sign, dated_at="placed_at")
        for rows in (wrong, told)
    ]
    return whole_leg([shape(rows) for rows in by_order], shape(_loose(leg, linked, rulebook)))


def _loose(leg: _Leg, linked: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Posted entries of the leg tied to no order: given back for a loose debit, else unexpected (details R11)."""
    entries = linked.filter((pl.col("leg") == leg.name) & pl.col("is_posted") & pl.col("order_no").is_null())
    is_tied = pl.col("debit_no").is_not_null() if leg is RESTORE else pl.lit(value=False)
    return worth_at(entries, rulebook, "created_at").with_columns(
        leg=pl.lit(leg.name),
        entry_nos=pl.concat_list("entry_no"),
        status=pl.when(is_tied).then(pl.lit("match")).otherwise(pl.lit("mismatch")),
        kind=pl.when(~is_tied).then(pl.lit(f"{leg.name}_unexpected")),
        expected_coins=pl.when(is_tied).then("signed_coins").otherwise(0),
        recorded_coins="signed_coins",
        effect_paise=pl.when(is_tied).then(0).otherwise(worth(pl.col("amount_coins") * leg.gain)),
        dated_at="created_at",
    )
