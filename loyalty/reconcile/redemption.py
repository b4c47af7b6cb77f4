"""Was each redemption what the law allowed, and were its coins really taken?

Rows: every order with a loyalty effect or, in auto mode, something to redeem (details R17, R7), and
every redeem debit tied to no order (details R11).
"""

import datetime as dt

import polars as pl

from loyalty.expected.redemptions import (
    cap_paise,
    gate,
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
from loyalty.ledger.tied import NO_ENTRIES, tied
from loyalty.reconcile.causes.collect import attach
from loyalty.reconcile.causes.redemptions import redemption_causes
from loyalty.reconcile.grace import with_grace
from loyalty.reconcile.rows import (
    KindTest,
    any_holds,
    first_kind,
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

_C, _L = pl.col("debited_coins"), pl.col("loyalty_paise")
_NOTHING = pl.lit(0, pl.Int64)
_COUNTED = (
    "debited_coins", "foreign_coins", "debit_count", "restored_coins", "spendable_coins", "paper_coins",
)  # fmt: skip
"""Columns that are 0 for an order without a debit, a restore or a balance."""
_BOOKED = {"coins": "debited_coins", "count": "debit_count", "first_at": "debited_at"}


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
    tests = _tests(cut)
    debited = _debited(facts, linked, spendable, rulebook)
    orders = with_rule(debited, rulebook).pipe(_with_promise).filter(_has_row())
    is_wrong = _is_judged(cut) & any_holds(tests)
    judged = orders.hstack(orders.lazy().select(is_wrong=is_wrong, status=_quiet_status(cut)).collect())
    quiet = judged.lazy().filter(~pl.col("is_wrong")).pipe(_with_timing)

    def matches_under(other: pl.DataFrame) -> pl.DataFrame:
        again = with_rule(other, rulebook).pipe(with_maximum)
        return again.filter(pl.col("has_rule") & first_kind(tests).is_null()).select("order_no")

    mismatched = (
        judged.filter("is_wrong")
        .pipe(with_maximum)
        .with_columns(kind=first_kind(tests), status=pl.lit("mismatch"))
        .pipe(price, tests)
    )
    excused = with_grace(mismatched.select(debited.columns), rulebook, matches_under)
    standing = mismatched.join(excused, on="order_no", how="anti")
    causes = redemption_causes(standing, debited.columns, recent, rulebook)
    graced = mismatched.join(excused, on="order_no", how="semi").with_columns(
        status=pl.lit("by_design"), kind=pl.lit("grace")
    )
    parts = [attach(standing, causes).lazy(), *(_as_booked(part) for part in (graced.lazy(), quiet))]
    return whole_leg([shape(_of_order(part)) for part in parts], shape(_loose_debits(linked, rulebook, cut)))


def _of_order(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(
        leg=pl.lit("redemption"), recorded_coins=-_C, recorded_paise=_L, dated_at="placed_at"
    )


def _as_booked(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows on which nothing else was expected than what is recorded."""
    return rows.with_columns(expected_coins=-_C, expected_paise=_L, effect_paise=_NOTHING).drop(
        "secondary_kinds", strict=False
    )


def _debited(
    facts: pl.DataFrame, linked: pl.DataFrame, spendable: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Facts of orders that may have a row, with what was debited for each, given back, and spendable then.

    Without spendable coins nothing can be redeemed, whatever the law (contract §5).
    """
    debits = tied(linked, "redemption")
    restored = tied(linked, "restore").orders.select("order_no", restored_coins="coins")
    named = debits.orders.select("order_no", is_named=pl.lit(value=True))
    can_apply_itself = (
        (pl.col("apply_mode") == "auto").fill_null(
            any(rule.apply == "auto" for law in rulebook.versions for rule in law.redeem.values())
        )
        & ~pl.col("is_dead")
        & (pl.col("spendable_coins") > 0)
    )
    return (
        beside(facts, named, "order_no", "1:1")
        .pipe(beside, spendable, "order_no", "1:1")
        .with_columns(pl.col("is_named").fill_null(value=False))
        .filter(_is_touched() | can_apply_itself)
        .pipe(beside, debits.orders.rename(_BOOKED), "order_no", "1:1")
        .pipe(beside, _foreign(debits.posted, facts), "order_no", "1:1")
        .pipe(beside, restored, "order_no", "1:1")
        .with_columns(pl.col(_COUNTED).fill_null(0), pl.col("entry_nos").fill_null(NO_ENTRIES))
    )


def _foreign(debits: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """``order_no, foreign_coins`` of debits of another member than the order's."""
    owned = beside(debits, facts.select("order_no", owner="member_no"), "order_no")
    return (
        owned.filter(pl.col("member_no") != pl.col("owner"))
        .group_by("order_no")
        .agg(foreign_coins=pl.col("amount_coins").sum())
    )


def _with_promise(ruled: pl.DataFrame) -> pl.DataFrame:
    """Ruled rows with their ``gate`` and, where coins apply by themselves, the maximum ``max_paise_due``.

    The others are free to redeem less, so nothing hangs on their maximum until one of them is a mismatch.
    """
    by_itself = ruled.filter((pl.col("mode") == "auto") & ~pl.col("is_dead"))
    promised = with_maximum(by_itself).select("order_no", "max_paise_due")
    return beside(ruled, promised, "order_no", "1:1").with_columns(gate=gate())


def _is_touched() -> pl.Expr:
    return (_L > 0) | (pl.col("coins_used") > 0).fill_null(value=False) | pl.col("is_named")


def _has_row() -> pl.Expr:
    could = (
        (pl.col("mode") == "auto")
        & ~pl.col("is_dead")
        & (pl.col("state") != "unknown")
        & pl.col("member_no").is_not_null()
        & (pl.col("max_paise_due") > 0)
    )
    return _is_touched() | could


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


def _with_timing(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Matches whose debit fell into the neighbouring month, within 24 h (details B3)."""
    is_late = in_neighbouring_month(pl.col("debited_at"), pl.col("placed_at"))
    is_timing = (pl.col("status") == "match") & is_late
    return rows.with_columns(
        status=pl.when(is_timing).then(pl.lit("by_design")).otherwise("status"),
        kind=pl.when(is_timing).then(pl.lit("timing")),
    )


def _loose_debits(linked: pl.DataFrame, rulebook: Rulebook, cut: pl.Expr) -> pl.DataFrame:
    """Posted redeem debits tied to no order: given back, still a valid coupon, or lost (details R11)."""
    may_tell = (pl.col("leg") == "redemption") | (pl.col("leg") == "restore")
    loose = linked.filter(may_tell & pl.col("is_posted") & pl.col("order_no").is_null())
    debits = beside(
        loose.filter(pl.col("leg") == "redemption"),
        returned_coins(loose).rename({"debit_no": "entry_no"}),
        "entry_no",
        "1:1",
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
