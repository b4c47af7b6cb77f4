"""Coins that customers are owed: what can be credited at once, and what a person must decide first.

One line per open mismatch that short-changed a customer. It is *ready* only where nobody could disagree on the
coins, so that importing the ready lines never gives anybody too much:

* the kind says that so many coins should be there and are not; a discount that was too small, a pending entry
  or a balance that does not add up is no such thing;
* the order still stands where it says what was earned or spent: coins credited now for one that has died or was
  refunded since would have to be taken back, and nothing would;
* nothing was over-granted on the same order, and nobody has made good by hand: no manual or imported credit
  names the order, or gave the member as many coins since. So a line that was imported does not come back;
* we know whose wallet it is: one lead_id, as exported.

A member's lines are not netted against what the same member was over-granted elsewhere: one is a debt, the
other a loss, and `mart_mismatches` never nets the two. ``over_granted_coins`` shows it beside each line.
"""

import datetime as dt

import polars as pl

from loyalty.reconcile.summary import open_mismatches
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import in_force, versions
from loyalty.values.frames import beside
from loyalty.values.times import INSTANT, business_date

_MISSING = pl.col("expected_coins") - pl.col("recorded_coins")
_REASONS = {
    "earn_missing": "Coins earned on order {}",
    "earn_amount": "More coins earned on order {}",
    "reversal_unexpected": "Coins given back for order {}",
    "reversal_duplicate": "Coins given back for order {}",
    "reversal_amount": "Coins given back for order {}",
    "restore_missing": "Coins returned for order {}",
    "restore_amount": "Coins returned for order {}",
    "double_debit": "Coins returned for order {}",
    "debit_without_discount": "Coins returned for order {}",
    "debit_without_order": "Coins returned for a purchase that did not go through",
    "expiry_early": "Coins that expired too early",
    "expiry_amount": "Coins that expired too early",
    "bonus_out_of_range": "The rest of a bonus",
    "import_repeated": "Coins that were removed twice",
}
"""What a member reads in the coin history, by kinds that say how many coins are missing."""
_WITHOUT_ORDER = "Coins given back"
_OTHER_KINDS = {
    "under_redeemed": "owed as a discount, not as coins",
    "coins_value": "owed as a discount, or as coins: somebody must choose",
    "pending_stuck": "post or cancel the pending entry instead",
    "adjustment_unexplained": "nobody knows why the coins were removed",
    "balance_break": "the balance does not say which entry is missing",
    "closing_balance": "the balance does not say which entry is missing",
}
_SETTLED = ("accepted_loss", "wont_fix", "accept_all_future")
"""Decisions after which nobody is paid any more."""
_SEALED = r"^[0-9a-f]{32}$"
"""What staging makes of a lead_id that is a phone or an e-mail."""
_COLUMNS = (
    "mismatch_id", "business_date", "leg", "kind", "order_id", "member_id", "lead_id", "coins", "owed_paise",
    "over_granted_coins", "by_hand", "reason", "sentence",
)  # fmt: skip


def owed(
    mismatches: pl.DataFrame,
    facts: pl.DataFrame,
    refunded: pl.DataFrame,
    linked: pl.DataFrame,
    orders: pl.DataFrame,
    members: pl.DataFrame,
    member_keys: pl.DataFrame,
) -> pl.DataFrame:
    """What every open mismatch owes a customer; one row per mismatch with an effect below zero.

    ``mart_mismatches``, OrderFacts, Refunds, LinkedEntries, and orders, members and their keys as staged. Out:
    ``mismatch_id, business_date, leg, kind, order_id, member_id, lead_id, coins, owed_paise, over_granted_coins,
    by_hand, reason, sentence``, sorted by (lead_id, business_date, mismatch_id). ``by_hand`` says why a row is not
    ready, null where it is; ``coins`` is null where the kind says no number.
    """
    today = open_mismatches(mismatches)
    short = today.filter(pl.col("effect_paise") < 0)
    rows = (
        beside(short, _fates(facts, refunded, orders), "order_id")
        .pipe(beside, member_keys, "member_id")
        .pipe(beside, _leads(members), "member_no")
        .pipe(beside, _over_granted(today), "member_id")
        .with_columns(coins=pl.when(pl.col("kind").is_in(list(_REASONS)) & (_MISSING > 0)).then(_MISSING))
    )
    also_over = today.filter(pl.col("effect_paise") > 0)["order_id"].drop_nulls().unique().sort()
    return (
        rows.with_columns(
            is_made_good=pl.col("mismatch_id").is_in(_made_good(rows, linked).implode()),
            is_also_over=pl.col("order_id").is_in(also_over.implode()).fill_null(value=False),
        )
        .with_columns(
            pl.col("over_granted_coins").fill_null(0),
            by_hand=_by_hand(),
            reason=_reason(),
            owed_paise=-pl.col("effect_paise"),
        )
        .select(_COLUMNS)
        .sort("lead_id", "business_date", "mismatch_id", nulls_last=True)
    )


def import_lines(owed_rows: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime) -> pl.DataFrame:
    """The ready rows in the columns of Nector's coin import; one line per mismatch.

    ``lead_id, amount, operation, expire_in_days, reason``: the coins live as long as coins credited on the day of
    the as-of, null for ever.
    """
    return owed_rows.filter(pl.col("by_hand").is_null()).select(
        "lead_id",
        amount="coins",
        operation=pl.lit("cr"),
        expire_in_days=pl.lit(_life_in_days(rulebook, as_of), pl.Int64),
        reason="reason",
    )


def _fates(facts: pl.DataFrame, refunded: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """``order_id, order_no, is_dead, last_refund_at`` of every order."""
    last = refunded.group_by("order_no").agg(last_refund_at=pl.col("refunded_at").max())
    return (
        beside(orders.select("order_no", "order_id"), facts.select("order_no", "is_dead"), "order_no", "1:1")
        .pipe(beside, last, "order_no", "1:1")
        .with_columns(pl.col("is_dead").fill_null(value=False))
    )


def _leads(members: pl.DataFrame) -> pl.DataFrame:
    """``member_no, lead_id, leads``: the only lead_id of each member, null where there are several."""
    return (
        members.filter(pl.col("lead_id").is_not_null())
        .group_by("member_no")
        .agg(lead_id=pl.col("lead_id").unique().sort(), leads=pl.col("lead_id").n_unique().cast(pl.Int64))
        .with_columns(lead_id=pl.when(pl.col("leads") == 1).then(pl.col("lead_id").list.first()))
    )


def _over_granted(today: pl.DataFrame) -> pl.DataFrame:
    """Coins that each member holds too many by open mismatches: ``member_id, over_granted_coins``."""
    return (
        today.filter((pl.col("effect_paise") > 0) & pl.col("member_id").is_not_null())
        .group_by("member_id")
        .agg(over_granted_coins=(-_MISSING).clip(lower_bound=0).sum())
    )


def _made_good(rows: pl.DataFrame, linked: pl.DataFrame) -> pl.Series:
    """Mismatches that a credit by hand may have settled: it names the order, or gave as many coins since."""
    by_hand = linked.filter(
        "is_posted",
        pl.col("leg") == "adjustment",
        pl.col("operation") == "cr",
        pl.col("bonus_name").is_null(),
    )
    naming = rows.join(by_hand.select("order_no").drop_nulls(), on="order_no", how="semi")
    as_many = rows.join(
        by_hand.select("member_no", "created_at", coins="amount_coins"),
        on=["member_no", "coins"],
        how="inner",
    ).filter(business_date(pl.col("created_at")) >= pl.col("business_date"))
    return pl.concat([naming["mismatch_id"], as_many["mismatch_id"]]).unique().sort()


def _by_hand() -> pl.Expr:
    """Why a row is not ready; the first reason that holds."""
    in_doubt = pl.lit("this kind does not say how many coins are missing")
    has_fallen = (pl.col("leg").is_in(("earn", "redemption")) & pl.col("is_dead")) | (
        (pl.col("leg") == "earn") & (pl.col("last_refund_at") > pl.col("due_at"))
    )
    return (
        pl.when(pl.col("decision").is_in(_SETTLED))
        .then(pl.format("decided: {}", "decision"))
        .when(pl.col("coins").is_null())
        .then(pl.col("kind").replace_strict(_OTHER_KINDS, default=in_doubt, return_dtype=pl.String))
        .when(pl.col("member_id").is_null())
        .then(pl.lit("no member is known"))
        .when(has_fallen)
        .then(pl.lit("the order has died or was refunded since"))
        .when("is_also_over")
        .then(pl.lit("coins were over-granted on the same order"))
        .when("is_made_good")
        .then(pl.lit("a credit by hand may have made it good"))
        .when(pl.col("leads").is_null())
        .then(pl.lit("no members export gives a lead_id"))
        .when(pl.col("leads") > 1)
        .then(pl.lit("one person has several lead_ids"))
        .when(pl.col("lead_id").str.contains(_SEALED))
        .then(pl.lit("the lead_id is a phone or an e-mail and is never written out"))
    )


def _reason() -> pl.Expr:
    """What the member will read; null where no line can be imported."""
    words = pl.col("kind").replace_strict(_REASONS, default=None, return_dtype=pl.String)
    names_order = words.str.contains("{}", literal=True)
    without = pl.when(names_order).then(pl.lit(_WITHOUT_ORDER)).otherwise(words)
    named = words.str.replace("{}", pl.col("order_id"), literal=True)
    return pl.when(pl.col("order_id").is_null()).then(without).otherwise(named)


def _life_in_days(rulebook: Rulebook, as_of: dt.datetime) -> int | None:
    today = pl.DataFrame({"at": [as_of]}, schema={"at": INSTANT})
    months = versions(rulebook).select("version_no", "expiry_months")
    date = business_date(pl.col("at"))
    last = date.dt.offset_by(pl.format("{}mo", "expiry_months"))
    lived = beside(in_force(today, rulebook, "at", clamp=True), months, "version_no")
    days: int | None = lived.select((last - date).dt.total_days()).item()
    return days
