"""What orders say of a cause of wrong earnings and reversals."""

import datetime as dt

import polars as pl

from loyalty.expected.accruals import earn, expected_earning
from loyalty.expected.returns import reversal_asks
from loyalty.reconcile.causes.evidence import Books, Evidence, Suspects, facts_of, is_kind, told
from loyalty.reconcile.causes.marks import TIMED
from loyalty.reconcile.causes.replay import (
    EARNING_FACTS,
    TIMINGS,
    credited_under,
    earning_under,
    named,
    reversals_under,
)
from loyalty.values.frames import beside
from loyalty.values.times import hours

_AMOUNTS = ("earn_missing", "earn_unexpected")
_TAKEN_BACK = ("reversal_missing", "reversal_unexpected")

_DUE, _POSTED = pl.col("due_coins"), pl.col("posted_coins")
_ASKED, _CAME = pl.col("asked_coins"), pl.col("came_coins")


def earn_evidence(suspects: Suspects, books: Books) -> Evidence:
    """Orders that came to their due instant alive and earned what was due, and mismatches."""
    rows, refunded = _earned(suspects, books, pl.lit(value=True))
    rows = rows.filter(pl.col("kind").is_null() | is_kind(("earn_amount", *_AMOUNTS, *TIMED)))
    due = pl.col("due_at")
    lives = pl.col("death_at").is_null() | (pl.col("death_at") > due)
    is_over = (due + hours(48) < pl.lit(books.as_of)).fill_null(value=False)
    judged = rows.with_columns(
        is_searched=is_kind(("earn_amount", *TIMED)),
        is_good=pl.col("kind").is_null()
        & (_DUE == _POSTED)
        & (pl.col("state") != "unknown")
        & ~pl.col("is_skipped").fill_null(value=True)
        & lives.fill_null(value=False)
        & pl.when(_POSTED > 0).then(_in_time(due)).otherwise(is_over),
        is_most=pl.lit(value=False),
    )

    def asked(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
        setting, _ = named(cause)
        if setting in TIMINGS:
            return _credited_under(rows, cause, books.as_of)
        if setting == "units_x100":
            return told(rows, (_POSTED == 100 * _DUE) | (100 * _POSTED == _DUE), ("earn_amount",), ())
        other = earning_under(rows, cause, refunded, books.rulebook, books.as_of)
        answers = told(rows, pl.lit(other["coins"]) == _POSTED, ("earn_amount",), _AMOUNTS)
        return answers.with_columns(in_time=_in_time(pl.lit(other["due_at"])))

    return Evidence(judged.filter(pl.col("is_good") | pl.col("kind").is_not_null()), asked)


def reversal_evidence(suspects: Suspects, books: Books) -> Evidence:
    """Orders with coins due and posted that were refunded or died, every ask of them overdue."""
    may_return = pl.col("is_dead") | (pl.col("refunded_total_paise") > 0)
    earned, refunded = _earned(suspects, books, may_return)
    rows = earned.filter(
        (_DUE > 0) & (_POSTED > 0) & (pl.col("kind").is_null() | is_kind(("reversal_amount", *_TAKEN_BACK)))
    )
    asked_of = (
        reversal_asks(rows, refunded)
        .group_by("order_no")
        .agg(asked_coins=pl.col("asked_to_date_coins").max(), last_ask_at=pl.col("asked_at").max())
    )
    came = _posted(books, "reversal").rename({"posted_coins": "came_coins"}).drop("posted_at")
    for other in (asked_of, came):
        rows = beside(rows, other, "order_no", "1:1")
    is_over = (pl.col("last_ask_at") + hours(72) < pl.lit(books.as_of)).fill_null(value=True)
    judged = rows.with_columns(pl.col("asked_coins", "came_coins").fill_null(0)).with_columns(
        is_searched=is_kind(("reversal_amount",)),
        is_good=pl.col("kind").is_null() & (_ASKED == _CAME) & is_over,
        is_most=pl.lit(value=False),
    )

    def asked(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
        coins = reversals_under(rows, cause, refunded, books.rulebook, books.as_of)
        return told(rows, pl.lit(coins) == _CAME, ("reversal_amount",), _TAKEN_BACK)

    return Evidence(judged.filter(pl.col("is_good") | pl.col("kind").is_not_null()), asked)


def _earned(suspects: Suspects, books: Books, lives: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """An earning frame of these orders with what was posted for them, and their refunds."""
    facts = facts_of(suspects, books, EARNING_FACTS, lives)
    own = facts.lazy().select("order_no")
    refunded = books.refunded.join(own, on="order_no", how="semi").collect(engine="streaming")
    earning = expected_earning(facts, refunded, books.rulebook, books.as_of)
    posted = _posted(books, "earn")
    return beside(earning, posted, "order_no", "1:1").with_columns(_POSTED.fill_null(0)), refunded


def _posted(books: Books, leg: str) -> pl.DataFrame:
    """``order_no, posted_coins, posted_at`` (the first) of the posted entries of a leg; one row per order."""
    return (
        books.linked.filter((pl.col("leg") == leg) & pl.col("is_posted") & pl.col("order_no").is_not_null())
        .group_by("order_no")
        .agg(posted_coins=pl.col("amount_coins").sum(), posted_at=pl.col("created_at").min())
        .collect(engine="streaming")
    )


def _in_time(due: pl.Expr) -> pl.Expr:
    """Credited neither early nor late for a due instant."""
    gap = pl.col("posted_at") - due
    return ((gap >= -hours(1)) & (gap <= hours(48))).fill_null(value=False)


def _credited_under(rows: pl.DataFrame, cause: str, as_of: dt.datetime) -> pl.DataFrame:
    """Under other timing, credits near the instant it gives are reproduced; what may still come is allowed.

    So are coins that came before the order reached the law's trigger, if they are as many as it will earn.
    """
    called = credited_under(cause)
    gap = pl.col("posted_at") - called
    near = ((gap >= -hours(1)) & (gap <= hours(6))).fill_null(value=False)
    waits = called.is_null() | (called + hours(48) >= pl.lit(as_of)) | (_DUE == 0)
    is_early = pl.col("trigger_at").is_null() & (earn(pl.col("base_at_due_paise")) == _POSTED)
    counts = (
        pl.col("is_good") | is_kind((*TIMED, "earn_missing")) | (is_kind(("earn_unexpected",)) & is_early)
    )
    return rows.with_columns(
        exact=near & (pl.col("is_good") | is_kind(TIMED)),
        allowed=counts & pl.when(_POSTED > 0).then(_in_time(called)).otherwise(waits),
        in_time=pl.lit(value=True),
    )
