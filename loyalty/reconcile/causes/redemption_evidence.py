"""What orders say of a cause of wrong redemptions."""

import polars as pl

from loyalty.expected.redemptions import (
    is_fixed,
    is_percent,
    needed_coins,
    value_paise,
    with_maximum,
    with_rule,
)
from loyalty.reconcile.causes.evidence import Books, Evidence, Suspects, facts_of, is_kind, told
from loyalty.reconcile.causes.redemptions import SEARCHED
from loyalty.reconcile.causes.replay import REDEMPTION_FACTS, named, redemption_under
from loyalty.rulebook.models import Rulebook
from loyalty.values.frames import beside

_C, _L = pl.col("debited_coins"), pl.col("loyalty_paise")


def redemption_evidence(suspects: Suspects, books: Books) -> Evidence:
    """Living orders of known members; a manual order only if it redeemed, an automatic one always."""
    lives = ~pl.col("is_dead") & (pl.col("state") != "unknown") & pl.col("member_no").is_not_null()
    may_speak = lives & ((_L > 0) | _is_automatic(suspects.groups, books.rulebook))
    own = [name for name in REDEMPTION_FACTS if name != "spendable_coins"]
    facts = facts_of(suspects, books, (*own, "loyalty_paise", "placed_at"), may_speak)
    debits = (
        books.linked.filter(
            (pl.col("leg") == "redemption") & pl.col("is_posted") & pl.col("order_no").is_not_null()
        )
        .group_by("order_no")
        .agg(debited_coins=pl.col("amount_coins").sum())
        .collect(engine="streaming")
    )
    balances = books.spendable.select("order_no", "spendable_coins").collect(engine="streaming")
    rows = facts.filter(pl.col("kind").is_null() | is_kind(SEARCHED))
    for other in (debits, balances):
        rows = beside(rows, other, "order_no", "1:1")
    rows = rows.with_columns(pl.col("debited_coins", "spendable_coins").fill_null(0))
    judged = with_maximum(with_rule(rows, books.rulebook)).with_columns(
        is_searched=pl.col("kind").is_not_null(),
        is_good=pl.col("kind").is_null() & _is_allowed(),
        is_most=_is_most(),
    )

    def asked(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
        return _redeemed_under(rows, cause, books.rulebook)

    return Evidence(judged.filter(pl.col("is_good") | pl.col("is_searched")), asked)


def _is_automatic(groups: pl.DataFrame, rulebook: Rulebook) -> pl.Expr:
    """Whether coins are applied without being asked for (details R7): by the order's word, else by the rule's."""
    own = [
        number
        for number, version, surface in groups.select("group_no", "version_no", "surface").iter_rows()
        if rulebook.versions[version].redeem[surface].apply == "auto"
    ]
    by_rule = pl.when(pl.col("group_no").is_in(own)).then(pl.lit("auto"))
    return (pl.coalesce("apply_mode", by_rule) == "auto").fill_null(value=False)


def _redeemed_under(rows: pl.DataFrame, cause: str, rulebook: Rulebook) -> pl.DataFrame:
    setting, value = named(cause)
    if setting == "balance_at":
        return told(rows, pl.col("is_stale"), SEARCHED, ())
    if setting == "rate":
        coins, _, paise = value.partition(":")
        return told(rows, int(paise) * _C == int(coins) * _L, ("coins_value",), ())
    if setting == "units_x100":
        worth = value_paise(_C)
        return told(rows, (_L == 100 * worth) | (100 * _L == worth), SEARCHED, ())
    tried = redemption_under(rows, cause, rulebook).with_columns(rows["debited_coins"], rows["loyalty_paise"])
    return rows.hstack(
        tried.select(exact=_is_most(), allowed=_is_allowed(), in_time=pl.lit(value=True)).select(
            "exact", "allowed", "in_time"
        )
    )


def _is_most() -> pl.Expr:
    """What was recorded is exactly the maximum."""
    return ((pl.col("max_coins_due") == _C) & (pl.col("max_paise_due") == _L)).fill_null(value=False)


def _is_allowed() -> pl.Expr:
    """The maximum, or by hand any smaller redemption whose coins and discount belong together (details R8)."""
    belongs = (
        pl.when(is_percent())
        .then(value_paise(_C) == _L)
        .when(is_fixed())
        .then(pl.lit(value=False))
        .when("is_step")
        .then(_L % pl.col("step_paise") == 0)
        .otherwise(_L % pl.col("granularity_paise") == 0)
    )
    feasible = (
        (_L > 0)
        & (_L <= pl.col("max_paise_due"))
        & (_C == needed_coins(_L))
        & (_C >= pl.col("min_coins"))
        & belongs
    )
    by_hand = (pl.col("mode") == "manual") & feasible.fill_null(value=False)
    return _is_most() | by_hand
