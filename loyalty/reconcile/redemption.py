"""Was each redemption what the law allowed, and were its coins really taken?

Rows: every order with a loyalty effect or, in auto mode, something to redeem (details R17, R7), and
every redeem debit tied to no order (details R11).
"""

import datetime as dt

import polars as pl

from loyalty.contracts.intermediate import LegRows
from loyalty.expected.redemptions import (
    cap_paise,
    is_fixed,
    is_percent,
    needed_coins,
    room_paise,
    value_paise,
    whole_paise,
    with_maximum,
    with_rule,
)
from loyalty.ledger.links import returned_coins
from loyalty.reconcile.causes.collect import attach
from loyalty.reconcile.causes.redemptions import redemption_causes
from loyalty.reconcile.grace import with_grace
from loyalty.reconcile.rows import KindTest, first_kind, price, shape, worth
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.times import hours, month_of

_C, _L = pl.col("debited_coins"), pl.col("loyalty_paise")
_NOTHING = pl.lit(0, pl.Int64)
_COUNTED = (
    "debited_coins", "foreign_coins", "debit_count", "restored_coins", "spendable_coins", "paper_coins",
)  # fmt: skip
"""Columns that are 0 for an order without a debit, a restore or a balance."""


def redemption_rows(
    facts: pl.DataFrame,
    linked: pl.DataFrame,
    spendable: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
    recent: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The redemption leg, LegRows; coins are negative as the ledger books them.

    ``recent`` are the balances just before other debits, ``order_no, entry_id, spendable_coins``, on which a
    mismatch is replayed; None replays no other balance.
    """
    cut = pl.lit(as_of)
    debited = _debited(facts, linked, spendable)
    ruled = with_rule(debited, rulebook).pipe(with_maximum)
    orders = ruled.filter(_has_row())
    tests = _tests(cut)
    judged = orders.with_columns(
        kind=pl.when(_is_judged(cut)).then(first_kind(tests)), status=_quiet_status(cut)
    )

    def matches_under(other: pl.DataFrame) -> pl.DataFrame:
        again = with_rule(other, rulebook).pipe(with_maximum)
        return again.filter(pl.col("has_rule") & first_kind(tests).is_null()).select("order_no")

    mismatched = judged.filter(pl.col("kind").is_not_null()).pipe(price, tests)
    excused = with_grace(mismatched.select(debited.columns), rulebook, matches_under)
    standing = mismatched.join(excused, on="order_no", how="anti")
    causes = redemption_causes(standing, debited.columns, recent, rulebook)
    wrong = attach(standing, causes).with_columns(status=pl.lit("mismatch"))
    graced = mismatched.join(excused, on="order_no", how="semi").select(judged.columns)
    quiet = pl.concat(
        [
            judged.filter(pl.col("kind").is_null()).pipe(_with_timing),
            graced.with_columns(status=pl.lit("by_design"), kind=pl.lit("grace")),
        ]
    ).with_columns(expected_coins=-_C, expected_paise=_L, effect_paise=_NOTHING)
    by_order = pl.concat([wrong, quiet], how="diagonal").with_columns(
        leg=pl.lit("redemption"), recorded_coins=-_C, recorded_paise=_L, dated_at=pl.col("placed_at")
    )
    return pl.concat([shape(by_order), shape(_loose_debits(linked, rulebook, cut))]).pipe(LegRows.validate)


def _debited(facts: pl.DataFrame, linked: pl.DataFrame, spendable: pl.DataFrame) -> pl.DataFrame:
    """Facts with what was debited for each order, given back, and spendable then."""
    tied = linked.filter(pl.col("order_no").is_not_null())
    owners = facts.select("order_no", owner="member_no")
    foreign = pl.col("member_no") != pl.col("owner")
    debits = (
        tied.filter((pl.col("leg") == "redemption") & pl.col("is_posted"))
        .join(owners, on="order_no", how="left", validate="m:1", maintain_order="left")
        .sort("order_no", "created_at", "entry_no")
        .group_by("order_no")
        .agg(
            debited_coins=pl.col("amount_coins").sum(),
            foreign_coins=pl.col("amount_coins").filter(foreign).sum(),
            debit_count=pl.len().cast(pl.Int64),
            entry_nos=pl.col("entry_no"),
            debited_at=pl.col("created_at").first(),
            match_method=pl.col("match_method").first(),
        )
    )
    restored = (
        tied.filter((pl.col("leg") == "restore") & pl.col("is_posted"))
        .group_by("order_no")
        .agg(restored_coins=pl.col("amount_coins").sum())
    )
    named = tied.filter(pl.col("leg") == "redemption").select("order_no").unique()
    return (
        facts.join(debits, on="order_no", how="left", validate="1:1", maintain_order="left")
        .join(restored, on="order_no", how="left", validate="1:1", maintain_order="left")
        .join(spendable, on="order_no", how="left", validate="1:1", maintain_order="left")
        .join(
            named.with_columns(is_named=pl.lit(value=True)),
            on="order_no",
            how="left",
            validate="1:1",
            maintain_order="left",
        )
        .with_columns(
            pl.col(_COUNTED).fill_null(0),
            pl.col("entry_nos").fill_null(pl.lit([], pl.List(pl.Int64))),
            pl.col("is_named").fill_null(value=False),
        )
    )


def _has_row() -> pl.Expr:
    touched = (_L > 0) | (pl.col("coins_used") > 0).fill_null(value=False) | pl.col("is_named")
    could = (
        (pl.col("mode") == "auto")
        & ~pl.col("is_dead")
        & (pl.col("state") != "unknown")
        & pl.col("member_no").is_not_null()
        & (pl.col("max_paise_due") > 0)
    )
    return touched | could


def _is_judged(cut: pl.Expr) -> pl.Expr:
    return (pl.col("state") != "unknown") & pl.col("has_rule") & ~_waits_for_debit(cut)


def _is_unpaid() -> pl.Expr:
    """A living order with a discount and no posted debit."""
    return ~pl.col("is_dead") & (_L > 0) & (pl.col("debit_count") == 0)


def _waits_for_debit(cut: pl.Expr) -> pl.Expr:
    return _is_unpaid() & (cut <= pl.col("placed_at") + hours(24))


def _quiet_status(cut: pl.Expr) -> pl.Expr:
    """The status of a row on which no kind holds."""
    return (
        pl.when((pl.col("state") == "unknown") | ~pl.col("has_rule"))
        .then(pl.lit("unknown"))
        .when(_waits_for_debit(cut))
        .then(pl.lit("pending"))
        .otherwise(pl.lit("match"))
    )


def _tests(cut: pl.Expr) -> list[KindTest]:
    """Every kind of contract §6 in its order, on a ruled frame with its maximum."""
    alive = ~pl.col("is_dead")
    both = alive & (_C > 0) & (_L > 0)
    needed = needed_coins(_L)
    net = pl.when(alive).then(_C).otherwise(_C - pl.col("restored_coins"))
    most = pl.min_horizontal("max_discount_paise", _worth_of_max_coins())
    maximum = (-pl.col("max_coins_due"), pl.col("max_paise_due"))
    return [
        KindTest("wrong_member", pl.col("foreign_coins") > 0, worth(pl.col("foreign_coins")), -needed, _L),
        KindTest(
            "discount_without_debit", _is_unpaid() & (cut > pl.col("placed_at") + hours(24)), _L, -needed, _L
        ),
        KindTest("debit_without_discount", alive & (_C > 0) & (_L == 0), -worth(_C), _NOTHING, _NOTHING),
        KindTest(
            "double_debit", (pl.col("debit_count") >= 2) & (net > needed), -worth(net - needed), -needed, _L
        ),
        _coins_value(both, needed),
        KindTest(
            "over_balance", alive & (_C > pl.col("paper_coins")), worth(_C - pl.col("paper_coins")), *maximum
        ),
        KindTest(
            "expired_coins_used",
            alive & (_C > pl.col("spendable_coins")) & (_C <= pl.col("paper_coins")),
            worth(_C - pl.col("spendable_coins")),
            *maximum,
        ),
        KindTest(
            "over_max_discount", alive & ((_L > most) | (_C > pl.col("max_coins"))), _L - most, *maximum
        ),
        KindTest("over_cap", alive & (_L > cap_paise()), _L - cap_paise(), *maximum),
        KindTest(
            "below_min_payable",
            alive & (_L > 0) & (pl.col("grand_total_paise") < pl.col("min_payable_paise")),
            _L - room_paise(),
            *maximum,
        ),
        KindTest("below_min_cart", both & (pl.col("cart_paise") < pl.col("min_cart_paise")), _L, *maximum),
        KindTest("below_min_coins", both & (_C < pl.col("min_coins")), _L, *maximum),
        KindTest(
            "not_eligible", both & pl.col("gate").is_not_null() & (pl.col("gate") != "min_cart"), _L, *maximum
        ),
        KindTest(
            "under_redeemed",
            alive
            & (pl.col("mode") == "auto")
            & (_L < pl.col("max_paise_due"))
            & pl.col("member_no").is_not_null(),
            _L - pl.col("max_paise_due"),
            *maximum,
        ),
    ]


def _worth_of_max_coins() -> pl.Expr:
    top = pl.col("max_coins")
    return pl.when(top.is_not_null()).then(
        pl.when(is_percent()).then(whole_paise(top)).otherwise(value_paise(top))
    )


def _coins_value(both: pl.Expr, needed: pl.Expr) -> KindTest:
    """Coins and discount that do not belong together (details R2, R3, R14)."""
    value, k, v = value_paise(_C), pl.col("step_coins"), pl.col("step_paise")
    percent_off = (_C != needed) | (value > _L) | (whole_paise(_C) < _L)
    holds = (
        pl.when(is_percent())
        .then(percent_off)
        .when(is_fixed())
        .then((_C != k) | (v != _L))
        .when("is_step")
        .then((value != _L) | (_C % k != 0))
        .otherwise((_C != needed) | (_L % pl.col("granularity_paise") != 0))
    )
    burned = worth(needed - _C)
    effect = (
        pl.when(is_percent())
        .then(pl.when(value != _L).then(_L - value).otherwise(burned))
        .when(is_fixed())
        .then(pl.when(v != _L).then(_L - v).otherwise(worth(k - _C)))
        .when("is_step")
        .then(_L - worth(_C))
        .otherwise(burned)
    )
    coins = pl.when(is_fixed()).then(-k).otherwise(-_C)
    return KindTest("coins_value", both & holds, effect, coins, pl.when(is_fixed()).then(v).otherwise(value))


def _with_timing(rows: pl.DataFrame) -> pl.DataFrame:
    """Matches whose debit fell into the neighbouring month, within 24 h (details B3)."""
    late = (
        (pl.col("status") == "match")
        & (month_of(pl.col("debited_at")) != month_of(pl.col("placed_at")))
        & ((pl.col("debited_at") - pl.col("placed_at")).abs() <= hours(24))
    ).fill_null(value=False)
    return rows.with_columns(
        status=pl.when(late).then(pl.lit("by_design")).otherwise("status"),
        kind=pl.when(late).then(pl.lit("timing")),
    )


def _loose_debits(linked: pl.DataFrame, rulebook: Rulebook, cut: pl.Expr) -> pl.DataFrame:
    """Posted redeem debits tied to no order: given back, still a valid coupon, or lost (details R11)."""
    debits = linked.filter(
        (pl.col("leg") == "redemption") & pl.col("is_posted") & pl.col("order_no").is_null()
    ).join(
        returned_coins(linked).rename({"debit_no": "entry_no"}),
        on="entry_no",
        how="left",
        validate="1:1",
        maintain_order="left",
    )
    is_back = (pl.col("returned_coins") >= pl.col("amount_coins")).fill_null(value=False)
    is_young = cut <= pl.col("created_at") + hours(1)
    is_valid = (pl.col("expires_at") > cut).fill_null(value=False)
    status = (
        pl.when(is_back)
        .then(pl.lit("match"))
        .when(is_young)
        .then(pl.lit("pending"))
        .when(is_valid)
        .then(pl.lit("by_design"))
        .otherwise(pl.lit("mismatch"))
    )
    kind = (
        pl.when(status == "by_design")
        .then(pl.lit("coupon_still_valid"))
        .when(status == "mismatch")
        .then(pl.lit("debit_without_order"))
    )
    is_lost = pl.col("status") == "mismatch"
    return (
        worth_at(debits, rulebook, "created_at")
        .with_columns(status=status, kind=kind)
        .with_columns(
            leg=pl.lit("redemption"),
            entry_nos=pl.concat_list("entry_no"),
            recorded_coins="signed_coins",
            expected_coins=pl.when(is_lost).then(0).otherwise("signed_coins"),
            effect_paise=pl.when(is_lost).then(worth(pl.col("signed_coins"))).otherwise(0),
            due_at="expires_at",
            dated_at="created_at",
        )
    )
