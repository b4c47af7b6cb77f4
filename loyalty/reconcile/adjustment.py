"""Was every entry that no order called for explained, made once, and within what the bonus allows?

Rows: every posted adjustment, one each, also when it names an order; every pending adjustment; and
every pending entry of any type that is tied to no order (details L1, B8). Expire entries are tied to
batches, never to orders.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import LegRows
from loyalty.reconcile.rows import KindTest, first_kind, has_verdict, price, shape, worth
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import bonus_rules, in_force, worth_at
from loyalty.values.frames import beside
from loyalty.values.times import hours

_READ = (
    "entry_no", "member_no", "leg", "is_posted", "type", "operation", "amount_coins", "signed_coins", "order_no",
    "match_method", "has_text", "text_seal", "bonus_name", "created_at",
)  # fmt: skip
_STUCK_HOURS = 72
_REPEAT_HOURS = 7 * 24
_SIGNED, _NOTHING = pl.col("signed_coins"), pl.lit(0, pl.Int64)


def adjustment_rows(
    facts: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The adjustment leg, LegRows; coins signed as the ledger books them.

    An entry that names an order is priced by that order, and has no verdict where the order has none.
    """
    is_loose = pl.col("order_no").is_null() | (pl.col("leg") == "expiry")
    tests = _tests(pl.lit(as_of))
    rows = (
        linked.lazy()
        .filter((pl.col("leg") == "adjustment") | (~pl.col("is_posted") & is_loose))
        .select(_READ)
        .collect()
        .pipe(beside, facts.select("order_no", is_judged=has_verdict()), "order_no")
        .with_columns(pl.col("is_judged").fill_null(value=True))
        .pipe(_with_repeats)
        .pipe(_with_bonus, rulebook)
        .with_columns(kind=pl.when("is_judged").then(first_kind(tests)))
    )
    wrong = rows.filter(pl.col("kind").is_not_null()).pipe(_with_worth, facts, rulebook).pipe(price, tests)
    rows = rows.pipe(
        beside, wrong.select("entry_no", "effect_paise", "expected_coins", "secondary_kinds"), "entry_no"
    )
    status = (
        pl.when(~pl.col("is_judged"))
        .then(pl.lit("unknown"))
        .when(pl.col("kind").is_not_null())
        .then(pl.lit("mismatch"))
        .when("is_posted")
        .then(pl.lit("match"))
        .otherwise(pl.lit("pending"))
    )
    recorded = pl.when("is_posted").then(_SIGNED).otherwise(0)
    return shape(
        rows.with_columns(
            leg=pl.lit("adjustment"),
            status=status,
            entry_nos=pl.concat_list("entry_no"),
            recorded_coins=recorded,
            expected_coins=pl.when(status == "unknown")
            .then(recorded)
            .otherwise(pl.coalesce("expected_coins", _SIGNED)),
            expected_paise=_NOTHING,
            effect_paise=pl.col("effect_paise").fill_null(0),
            dated_at="created_at",
        )
    ).pipe(LegRows.validate)


def _tests(cut: pl.Expr) -> list[KindTest]:
    posted = pl.col("is_posted")
    is_stuck = ~posted & pl.col("order_no").is_null() & (cut > pl.col("created_at") + hours(_STUCK_HOURS))
    nearest = pl.col("amount_coins").clip("bonus_min", "bonus_max")
    return [
        KindTest(
            "adjustment_unexplained",
            posted & pl.col("type").is_in(("adjust", "import")) & ~pl.col("has_text"),
            worth(_SIGNED),
            _NOTHING,
            _NOTHING,
        ),
        KindTest("import_repeated", pl.col("is_repeat"), worth(_SIGNED), _NOTHING, _NOTHING),
        KindTest(
            "bonus_duplicate", pl.col("bonus_rank") > pl.col("per_member"), worth(_SIGNED), _NOTHING, _NOTHING
        ),
        KindTest(
            "bonus_out_of_range",
            pl.col("is_bonus") & (pl.col("amount_coins") != nearest),
            worth(_SIGNED - nearest),
            nearest,
            _NOTHING,
        ),
        KindTest("pending_stuck", is_stuck, -worth(_SIGNED), _SIGNED, _NOTHING),
    ]


def _with_worth(entries: pl.DataFrame, facts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """``worth_*`` of the order named, else of the entry."""
    orders = facts.select("order_no", order_coins="worth_coins", order_paise="worth_paise")
    return (
        worth_at(entries, rulebook, "created_at")
        .pipe(beside, orders, "order_no")
        .with_columns(
            worth_coins=pl.coalesce("order_coins", "worth_coins"),
            worth_paise=pl.coalesce("order_paise", "worth_paise"),
        )
    )


def _with_repeats(entries: pl.DataFrame) -> pl.DataFrame:
    """``is_repeat``: the same import as one at most 7 days earlier. The nearest earlier one decides."""
    imports = entries.filter(
        (pl.col("type") == "import") & pl.col("is_posted") & pl.col("member_no").is_not_null()
    ).sort("created_at", "entry_no")
    before = pl.col("created_at").shift(1).over("member_no", "amount_coins", "operation", "text_seal")
    repeats = imports.select(
        "entry_no", is_repeat=(pl.col("created_at") - before <= hours(_REPEAT_HOURS)).fill_null(value=False)
    )
    return beside(entries, repeats, "entry_no").with_columns(pl.col("is_repeat").fill_null(value=False))


def _with_bonus(entries: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """``is_bonus`` with the bounds in force at the entry, and its ``bonus_rank`` among the member's own."""
    is_bonus = (
        pl.col("type").is_in(("bonus", "reward"))
        & (pl.col("operation") == "cr")
        & (pl.col("leg") == "adjustment")
        & pl.col("is_posted")
        & pl.col("bonus_name").is_not_null()
    )
    ruled = (
        in_force(entries.with_columns(is_bonus=is_bonus), rulebook, "created_at", clamp=True)
        .pipe(beside, bonus_rules(rulebook), ["version_no", "bonus_name"])
        .drop("version_no")
    )
    # Nearly everybody gets a bonus once: only those of whom a name has several are put in order.
    is_own = pl.col("is_bonus") & pl.col("member_no").is_not_null()
    name_no = pl.col("bonus_name").cast(pl.Categorical).to_physical().cast(pl.Int64)
    ranks = (
        ruled.lazy()
        .filter(is_own)
        .select("entry_no", "created_at", owned=pl.col("member_no") * 2**32 + name_no)
        .filter(pl.col("owned").is_duplicated())
        .collect()
        .sort("created_at", "entry_no")
        .select("entry_no", bonus_rank=pl.int_range(1, pl.len() + 1).over("owned"))
    )
    return beside(ruled, ranks, "entry_no").with_columns(
        bonus_rank=pl.when(is_own).then(pl.coalesce("bonus_rank", 1))
    )
