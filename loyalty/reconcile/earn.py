"""Did each order earn what the law promised, when it promised it (details E1–E7)?"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import OrderFacts
from loyalty.expected.accruals import earn, expected_earning, with_due
from loyalty.ledger.tied import NO_ENTRIES, tied
from loyalty.reconcile.causes.collect import attach
from loyalty.reconcile.causes.earnings import ROUNDINGS_TRIED, earn_causes, first_rounding
from loyalty.reconcile.grace import with_grace
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
from loyalty.values.frames import beside
from loyalty.values.times import hours

FACTS = list(OrderFacts.to_schema().columns)
"""The columns of an earning frame that no rule gave: what another version is replayed on."""

ROUNDING_LIMIT_PAISE = 100
"""What rounding alone may cost and still be by design (details B2)."""
_E, _S = pl.col("due_coins"), pl.col("posted_coins")
_NOTHING = pl.lit(0, pl.Int64)
_CREDITED = {"coins": "posted_coins", "count": "posted_count", "first_at": "posted_at"}
_BOOKED = (*_CREDITED.values(), "entry_nos", "match_method", "reversed_coins", "is_named")


def earnings(
    facts: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """What was due and what was credited, side by side; one row per order.

    Facts ``with_due``, ``posted_coins`` credited for the order, ``posted_at`` (the first posting) and
    ``reversed_coins`` taken back since.
    """
    credited = tied(linked, "earn").orders.rename(_CREDITED).with_columns(is_named=pl.lit(value=True))
    taken_back = tied(linked, "reversal").orders.select("order_no", reversed_coins="coins")
    return (
        with_due(facts, refunded, rulebook, as_of)
        .pipe(beside, credited, "order_no", "1:1")
        .pipe(beside, taken_back, "order_no", "1:1")
        .with_columns(
            pl.col("posted_coins", "posted_count", "reversed_coins").fill_null(0),
            pl.col("entry_nos").fill_null(NO_ENTRIES),
            pl.col("is_named").fill_null(value=False),
        )
    )


def earn_rows(
    earned: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The earn leg, LegRows: orders with coins due or an earn entry, and entries of unknown orders.

    ``earned`` is the frame of ``earnings``.
    """
    cut = pl.lit(as_of)
    tests = _tests(cut)
    is_wrong = has_verdict() & any_holds(tests)
    judged = earned.hstack(earned.lazy().select(is_wrong=is_wrong, status=_quiet_status(cut)).collect())
    has_row = (_E > 0) | pl.col("is_named") | _is_skip_row()
    quiet = judged.lazy().filter(has_row & ~pl.col("is_wrong")).pipe(_explained)

    def on_law(rows: pl.DataFrame) -> pl.DataFrame:
        return expected_earning(rows.select(*FACTS, *_BOOKED), refunded, rulebook, as_of)

    def matches_under(other: pl.DataFrame) -> pl.DataFrame:
        is_match = has_verdict() & first_kind(tests).is_null() & (_quiet_status(cut) == "match")
        return on_law(other).filter(is_match).select("order_no")

    mismatched = (
        judged.filter(has_row & pl.col("is_wrong"))
        .pipe(on_law)
        .with_columns(kind=first_kind(tests))
        .pipe(price, tests)
    )
    excused = with_grace(mismatched.select(*FACTS, *_BOOKED), rulebook, matches_under)
    standing = mismatched.join(excused, on="order_no", how="anti")
    causes = earn_causes(standing, FACTS, refunded, rulebook, as_of)
    graced = mismatched.join(excused, on="order_no", how="semi").with_columns(
        status=pl.lit("by_design"), kind=pl.lit("grace")
    )
    parts = [
        attach(standing, causes).pipe(_with_rounding).lazy(),
        *(_as_booked(part) for part in (graced.lazy(), quiet)),
    ]
    return whole_leg([shape(_of_order(part)) for part in parts], shape(_orphans(linked, rulebook)))


def _of_order(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(leg=pl.lit("earn"), recorded_coins=_S, dated_at="placed_at")


def _as_booked(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows on which nothing else was expected than what is recorded, or is still to come."""
    return rows.with_columns(
        expected_coins=_expected_when_quiet(), expected_paise=_NOTHING, effect_paise=_NOTHING
    ).drop("secondary_kinds", strict=False)


def _is_skip_row() -> pl.Expr:
    return pl.col("is_skipped").fill_null(value=False) & (pl.col("unskipped_coins") > 0)


def _tests(cut: pl.Expr) -> list[KindTest]:
    due, none = pl.col("due_at"), pl.col("posted_count") == 0
    kept = _S - pl.col("reversed_coins")
    exact = ~none & (_E == _S) & (_E > 0)
    return [
        KindTest("earn_missing", (_E > 0) & none & (cut > due + hours(48)), -worth(_E), _E, _NOTHING),
        KindTest(
            "earn_duplicate",
            (_E > 0) & (pl.col("posted_count") > 1) & (_S > _E),
            worth(_S - _E),
            _E,
            _NOTHING,
        ),
        KindTest("earn_amount", (_E > 0) & ~none & (_S != _E), worth(_S - _E), _E, _NOTHING),
        KindTest("earn_unexpected", (_E == 0) & (kept > 0), worth(kept), _NOTHING, _NOTHING),
        KindTest("earn_early", exact & (pl.col("posted_at") < due - hours(1)), _NOTHING, _E, _NOTHING),
        KindTest("earn_late", exact & (pl.col("posted_at") > due + hours(48)), _NOTHING, _E, _NOTHING),
    ]


def _quiet_status(cut: pl.Expr) -> pl.Expr:
    """The status of a row on which no kind holds."""
    none = pl.col("posted_count") == 0
    return (
        pl.when(~has_verdict())
        .then(pl.lit("unknown"))
        .when(none & ((cut < pl.col("due_at")) & (_E > 0) | _is_skip_row()))
        .then(pl.lit("by_design"))
        .when(none)
        .then(pl.lit("pending"))
        .otherwise(pl.lit("match"))
    )


def _explained(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Why a quiet row is by design: skipped, not yet due, or in the neighbouring month (details E3, E4, B3)."""
    is_late = in_neighbouring_month(pl.col("posted_at"), pl.col("due_at"))
    is_timing = (pl.col("status") == "match") & (_E > 0) & is_late
    by_design = pl.col("status") == "by_design"
    return rows.with_columns(
        kind=pl.when(by_design & _is_skip_row())
        .then(pl.lit("skipped_by_tag"))
        .when(by_design)
        .then(pl.lit("not_yet_due"))
        .when(is_timing)
        .then(pl.lit("timing")),
        status=pl.when(is_timing).then(pl.lit("by_design")).otherwise("status"),
    )


def _expected_when_quiet() -> pl.Expr:
    waits = (pl.col("status") == "pending") | (pl.col("kind") == "not_yet_due").fill_null(value=False)
    return pl.when(waits).then(_E).otherwise(_S)


def _with_rounding(rows: pl.DataFrame) -> pl.DataFrame:
    """Mismatches, those explained by rounding alone (at most ₹1) made by design (details B2)."""
    coins = {mode: earn(pl.col("base_at_due_paise"), pl.lit(mode)) for mode in ROUNDINGS_TRIED}
    mode = first_rounding(pl.col("rounding"), coins, _S)
    small = (pl.col("kind") == "earn_amount") & (pl.col("effect_paise").abs() <= ROUNDING_LIMIT_PAISE)
    return rows.with_columns(other_rounding=pl.when(small).then(mode)).pipe(as_rounding)


def as_rounding(rows: pl.DataFrame) -> pl.DataFrame:
    """Mismatches with their status; rows with an ``other_rounding`` become by design, effect kept, cause named."""
    explained = pl.col("other_rounding").is_not_null()
    cause = pl.concat_list(pl.lit("rounding=") + pl.col("other_rounding"))
    return rows.with_columns(
        status=pl.when(explained).then(pl.lit("by_design")).otherwise(pl.lit("mismatch")),
        kind=pl.when(explained).then(pl.lit("rounding")).otherwise("kind"),
        causes=pl.when(explained).then(cause).otherwise("causes"),
        secondary_kinds=pl.when(explained).then(pl.lit([], pl.List(pl.String))).otherwise("secondary_kinds"),
    )


def _orphans(linked: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Posted earn entries whose order is in no file; one row per entry."""
    loose = linked.filter((pl.col("leg") == "earn") & pl.col("is_posted") & pl.col("order_no").is_null())
    return worth_at(loose, rulebook, "created_at").with_columns(
        leg=pl.lit("earn"),
        entry_nos=pl.concat_list("entry_no"),
        status=pl.lit("mismatch"),
        kind=pl.lit("earn_orphan"),
        expected_coins=pl.lit(0),
        recorded_coins="signed_coins",
        effect_paise=worth(pl.col("signed_coins")),
        dated_at="created_at",
    )
