"""The verdict in words: one sentence per mismatch, one headline for the whole run.

Every number in a sentence stands in the row that it is said of; nothing is recomputed here.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

from loyalty.reconcile.summary import open_mismatches
from loyalty.values.money import group_lakh, rupees
from loyalty.values.times import IST_OFFSET_US, business_date

Verdict = Literal["incomplete", "mismatches", "reconciled_with_pending", "reconciled"]

_FLOWS = ("redemption", "earn", "reversal", "restore", "expiry", "balance", "adjustment")
_TOKEN = re.compile(r"\{(\w+)\}")
_SHORT_MEMBER = 8
_INDIA = dt.timezone(dt.timedelta(microseconds=IST_OFFSET_US))

_SENTENCES = {
    "wrong_member": "{Order} was paid with coins of another member than the one who placed it, worth {size}.",
    "discount_without_debit": "{Order} was given {given} off, but no coins were taken for it "
    "where {due_coins} were due: {lost}.",
    "debit_without_order": "{took} were taken on {on} for an order that is in no file (ledger entry {entry}) "
    "and never came back: {lost}.",
    "debit_without_discount": "{took} were taken for {order}, which carries no loyalty discount: {lost}.",
    "double_debit": "{took} were taken for {order} in {entries}, although its {given} off needs only "
    "{due_coins}: {lost}.",
    "coins_value": "{Order} was given {given} off for {took}; {rules} give {allowed} for {due_coins}: "
    "{lost}.",
    "over_balance": "{Order} spent {took} for {given} off, more than the member had: {lost}.",
    "expired_coins_used": "{Order} spent {took} for {given} off, part of them already expired: {lost}.",
    "over_max_discount": "{Order} was given {given} off; {rules} allow at most {limit} on one order: "
    "{too_much}.",
    "over_cap": "{Order} was given {given} off; the share of its cart that {rules} allow is {limit}: "
    "{too_much}.",
    "below_min_payable": "{Order} was given {given} off; {limit} would have left the smallest payment that "
    "{rules} ask for: {too_much}.",
    "below_min_cart": "{Order} was given {given} off on a cart below the minimum of {rules}: {too_much}.",
    "below_min_coins": "{Order} was given {given} off for {took}, fewer than the minimum of {rules}: "
    "{too_much}.",
    "not_eligible": "{Order} was given {given} off, although {rules} do not let it redeem at all: "
    "{too_much}.",
    "under_redeemed": "{Order} was given {given} off where {rules} give {allowed}: {lost}.",
    "earn_missing": "{Order} should have earned {due_coins} by {due}, and none were credited: {lost}.",
    "earn_duplicate": "{Order} earned {took} in {entries}; {rules} give {due_coins}: {too_much}.",
    "earn_amount": "{Order} earned {took}; {rules} give {due_coins}: {too_much}.",
    "earn_unexpected": "{Order} earned {took} although {rules} give it none: {too_much}.",
    "earn_orphan": "{took} were credited by ledger entry {entry} for an order that is in no file: {lost}.",
    "earn_early": "{Order} earned its {took} before the due date, {due}: {lost} so far.",
    "earn_late": "{Order} earned its {took} more than 48 hours after the due date, {due}: {lost}.",
    "reversal_missing": "{Order} came back after it earned; {due_coins} should have been taken back "
    "and none were: {lost}.",
    "reversal_frozen": "{Order} came back after it earned; a manual entry names it and its {due_coins} "
    "were never taken back: {lost}.",
    "reversal_unexpected": "{took} were taken back {for_order}, although nothing asked for it: {lost}.",
    "reversal_duplicate": "{took} were taken back {for_order} in {entries}; its returns ask for {due_coins}: "
    "{lost}.",
    "reversal_amount": "{took} were taken back {for_order}; its returns ask for {due_coins}: {lost}.",
    "reversal_late": "{took} were taken back {for_order} more than 72 hours after its return asked for them: "
    "{lost}.",
    "restore_missing": "{Order} died, and the {due_coins} spent on it never came back: {lost}.",
    "restore_unexpected": "{took} came back {for_order}, although nothing asked for it: {lost}.",
    "restore_duplicate": "{took} came back {for_order} in {entries}, where {due_coins} were due: {lost}.",
    "restore_amount": "{took} came back {for_order}, where {due_coins} were due: {lost}.",
    "restore_late": "{took} came back {for_order} more than 72 hours after it died: {lost}.",
    "expiry_missing": "{due_coins} of {member} expired after {good_until} and can still be spent: {lost}.",
    "expiry_early": "{took} of {member} were expired by ledger entry {entry} before their time: {lost}.",
    "expiry_amount": "Of the coins of {member} good until {good_until}, {took} were expired "
    "where {due_coins} were due: {lost}.",
    "balance_break": "The running balance of {member} {jumps} by {took} that no entry explains: {too_much}.",
    "negative_balance": "An entry took the balance of {member} {took} below zero: {lost}.",
    "closing_balance": "The members file shows {balance} for {member}; the entries add up to {rebuilt}: "
    "{too_much}.",
    "adjustment_unexplained": "{took} were {moved} by hand without a word of why "
    "(ledger entry {entry}): {lost}.",
    "import_repeated": "{took} were {moved} by an import that repeats an earlier one "
    "(ledger entry {entry}): {lost}.",
    "bonus_duplicate": "A bonus of {took} went to a member who already had it "
    "(ledger entry {entry}): {lost}.",
    "bonus_out_of_range": "A bonus of {took} lies outside its range, which ends at {due_coins} "
    "(ledger entry {entry}): {too_much}.",
    "pending_stuck": "A {direction} of {due_coins} has been pending for more than 72 hours "
    "(ledger entry {entry}): {lost}.",
    "order_missing_in_shopify": "{Order} is in GoKwik but in no Shopify file: {unbooked}.",
    "order_missing_in_gokwik": "{Order} came through GoKwik according to Shopify but is in no GoKwik file: "
    "{lost}.",
    "order_total": "{Order} totals {given} in GoKwik and {allowed} in Shopify, {size} apart.",
    "order_identity": "{Order} totals {given} where its parts add up to {allowed}: {lost}.",
    "cod_prepaid_twin": "{Order} is the twin of another order for the same purchase: {lost}.",
    "refund_exceeds_paid": "{Order} was refunded {size} more than the {given} that the customer paid: {lost}.",
}


def sentences(rows: pl.DataFrame) -> pl.Series:
    """One plain English sentence per mismatch row, in row order; null for a kind that has no words.

    Reads the columns of ``mart_reconciliation``. Money as rupees with lakh grouping, dates in India; a
    coin amount without a sign is a magnitude, its direction is in the words.
    """
    numbered = rows.with_row_index("row_no")
    told = [
        part.select("row_no", sentence=_filled(_SENTENCES[kind]))
        for (kind,), part in numbered.partition_by("kind", as_dict=True, maintain_order=True).items()
        if kind in _SENTENCES
    ]
    blank = numbered.select("row_no", sentence=pl.lit(None, pl.String)).clear()
    spoken = pl.concat([blank, *told])
    joined = numbered.select("row_no").join(
        spoken, on="row_no", how="left", validate="1:1", maintain_order="left"
    )
    return joined["sentence"]


def _filled(sentence: str) -> pl.Expr:
    """A sentence as an expression: every ``{token}`` becomes its column of text."""
    pieces = [
        _TOKENS[piece] if number % 2 else pl.lit(piece) for number, piece in enumerate(_TOKEN.split(sentence))
    ]
    return pl.concat_str(pieces).str.replace_all(r"\b1 coin were\b", "1 coin was")


def rupees_text(paise: pl.Expr) -> pl.Expr:
    """`rupees` of a whole column."""
    size = paise.abs()
    rest = size % 100
    cents = pl.when(rest > 0).then(pl.lit(".") + rest.cast(pl.String).str.zfill(2)).otherwise(pl.lit(""))
    sign = pl.when(paise < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, pl.lit("₹"), count_text(size // 100), cents)


def count_text(number: pl.Expr) -> pl.Expr:
    """`group_lakh` of a whole column of numbers not below zero."""
    digits = number.cast(pl.String)
    pairs = digits.str.head(-3).str.reverse().str.replace_all(r"(\d\d)", "${1},").str.reverse()
    return (
        pl.when(number >= 1000)
        .then(pl.concat_str(pairs.str.strip_chars_start(","), pl.lit(","), digits.str.tail(3)))
        .otherwise(digits)
    )


def day_text(date: pl.Expr) -> pl.Expr:
    """A date as ``21 Nov 2026``."""
    return date.dt.strftime("%-d %b %Y")


def _coins(number: pl.Expr) -> pl.Expr:
    size = number.abs()
    return count_text(size) + pl.when(size == 1).then(pl.lit(" coin")).otherwise(pl.lit(" coins"))


def _stock(number: pl.Expr) -> pl.Expr:
    return pl.when(number < 0).then(pl.lit("-")).otherwise(pl.lit("")) + _coins(number)


def _entries() -> pl.Expr:
    number = pl.col("entry_ids").list.len().cast(pl.Int64)
    return count_text(number) + pl.when(number == 1).then(pl.lit(" entry")).otherwise(pl.lit(" entries"))


def _money(gain: str) -> pl.Expr:
    """What the row cost, in words; ``gain`` is said of what the merchant lost."""
    effect = pl.col("effect_paise")
    size = rupees_text(effect.abs())
    return (
        pl.when(effect > 0)
        .then(size + pl.lit(f" {gain}"))
        .when(effect < 0)
        .then(size + pl.lit(" owed to the customer"))
        .otherwise(pl.lit("no money lost"))
    )


def _either(is_first: pl.Expr, first: str, second: str) -> pl.Expr:
    return pl.when(is_first).then(pl.lit(first)).otherwise(pl.lit(second))


def _named(prefix: str) -> pl.Expr:
    return pl.lit(prefix) + pl.col("order_id").fill_null("unknown")


_FIRST_ENTRY = pl.col("entry_ids").list.first().fill_null("unknown")
_TOKENS: dict[str, pl.Expr] = {
    "Order": _named("Order "),
    "order": _named("order "),
    "for_order": pl.when(pl.col("order_id").is_null())
    .then(pl.lit("by ledger entry ") + _FIRST_ENTRY)
    .otherwise(_named("for order ")),
    "entry": _FIRST_ENTRY,
    "entries": _entries(),
    "member": pl.when(pl.col("member_id").is_null())
    .then(pl.lit("an unknown member"))
    .otherwise(pl.lit("member ") + pl.col("member_id").str.head(_SHORT_MEMBER)),
    "rules": pl.when(pl.col("rule_version").is_null())
    .then(pl.lit("the rules"))
    .otherwise(pl.lit("the rules of ") + pl.col("rule_version")),
    "given": rupees_text(pl.col("recorded_paise")),
    "allowed": rupees_text(pl.col("expected_paise")),
    "limit": rupees_text(pl.col("recorded_paise") - pl.col("effect_paise")),
    "took": _coins(pl.col("recorded_coins")),
    "due_coins": _coins(pl.col("expected_coins")),
    "balance": _stock(pl.col("recorded_coins")),
    "rebuilt": _stock(pl.col("expected_coins")),
    "size": rupees_text(pl.col("effect_paise").abs()),
    "lost": _money("lost"),
    "too_much": _money("too much"),
    "unbooked": _money("not booked"),
    "jumps": _either(pl.col("recorded_coins") > 0, "jumps up", "drops"),
    "moved": _either(pl.col("recorded_coins") > 0, "added", "removed"),
    "direction": _either(pl.col("expected_coins") > 0, "credit", "debit"),
    "on": day_text(pl.col("business_date")),
    "due": day_text(business_date(pl.col("due_at"))).fill_null("its due date"),
    "good_until": day_text(
        # usable while t < expiry, so 24:00 of a date reads as that date
        business_date(pl.col("batch_at") - pl.duration(microseconds=1))
    ).fill_null("their expiry"),
}


@dataclass(frozen=True)
class Headline:
    """The answer in numbers; every field is a sum or a count over mart rows.

    ``lost_paise``: Σ of the positive effects of today's mismatch rows, behind ``lost_orders`` distinct
    orders and, where a row names no order, ``lost_entries`` distinct ledger entries (or members).
    ``owed_paise``: Σ of the negative effects, as a magnitude, to ``owed_members`` distinct known members.
    ``orders``: distinct orders with a row on a loyalty leg (every leg but ``order``); of these
    ``mismatched_orders`` have a mismatch row there, ``unjudged_orders`` have none but a row of status
    ``unknown``, and ``matched_orders`` are the rest: rows that are pending or by design have nothing wrong
    with them so far and count as matching. Orders without a verdict count neither way.
    ``mismatches``: today's mismatch rows; resolved ones are no part of any number here.
    ``pending``: rows that still wait.
    """

    lost_paise: int
    lost_orders: int
    lost_entries: int
    owed_paise: int
    owed_members: int
    orders: int
    mismatched_orders: int
    unjudged_orders: int
    mismatches: int
    pending: int

    @property
    def judged_orders(self) -> int:
        """What the share of matching orders is a share of."""
        return self.orders - self.unjudged_orders

    @property
    def matched_orders(self) -> int:
        """Loyalty orders with a verdict and no mismatch."""
        return self.judged_orders - self.mismatched_orders

    @property
    def match_share(self) -> str | None:
        """``98.2 %``, cut and not rounded so that 100 % means all; None without a judged order."""
        if self.judged_orders == 0:
            return None
        whole, tenth = divmod(self.matched_orders * 1000 // self.judged_orders, 10)
        return f"{whole} %" if self.matched_orders == self.judged_orders else f"{whole}.{tenth} %"

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        if self.mismatches == 0:
            return self._calm()
        parts = [self._lost(), self._owed()]
        if self.match_share is not None:
            parts.append(f"{self.match_share} of loyalty orders match")
        return ", ".join(parts)

    def _calm(self) -> str:
        if self.judged_orders:
            return f"Everything matches on {_many(self.judged_orders, 'loyalty order')}"
        if self.orders:
            return f"No verdict on {_many(self.orders, 'loyalty order')}: unknown status, or no rule in force"
        return "Nothing to judge yet: no order carries a loyalty discount, coins or anything due"

    def _lost(self) -> str:
        if self.lost_paise == 0:
            return "nothing over-granted"
        behind = [
            _many(number, word)
            for number, word in ((self.lost_orders, "order"), (self.lost_entries, "ledger entry"))
            if number
        ]
        return f"{rupees(self.lost_paise)} over-granted on {' and '.join(behind)}"

    def _owed(self) -> str:
        if self.owed_paise == 0:
            return "nothing owed to customers"
        who = _many(self.owed_members, "customer") if self.owed_members else "customers not known by name"
        return f"{rupees(self.owed_paise)} owed to {who}"


def headline(reconciliation: pl.DataFrame, mismatches: pl.DataFrame) -> Headline:
    """The answer of ``mart_reconciliation`` and ``mart_mismatches``; `Headline` says what each number counts."""
    today = open_mismatches(mismatches)
    lost = today.filter(pl.col("effect_paise") > 0)
    owed = today.filter(pl.col("effect_paise") < 0)
    loose = lost.filter(pl.col("order_id").is_null()).select(
        subject=pl.coalesce(pl.col("entry_ids").list.first(), "member_id")
    )
    per_order = (
        reconciliation.filter(pl.col("order_id").is_not_null() & pl.col("leg").is_in(_FLOWS))
        .group_by("order_id")
        .agg(
            is_wrong=(pl.col("status") == "mismatch").any(),
            is_unjudged=(pl.col("status") == "unknown").any(),
        )
    )
    return Headline(
        lost_paise=int(lost["effect_paise"].sum()),
        lost_orders=lost["order_id"].drop_nulls().n_unique(),
        lost_entries=loose["subject"].drop_nulls().n_unique(),
        owed_paise=-int(owed["effect_paise"].sum()),
        owed_members=owed["member_id"].drop_nulls().n_unique(),
        orders=per_order.height,
        mismatched_orders=per_order.filter("is_wrong").height,
        unjudged_orders=per_order.filter(~pl.col("is_wrong") & pl.col("is_unjudged")).height,
        mismatches=today.height,
        pending=reconciliation.filter(pl.col("status") == "pending").height,
    )


def verdict(reconciliation: pl.DataFrame, statement: pl.DataFrame) -> Verdict:
    """The first that holds: a residual in the statement, a mismatch, rows that wait or have no verdict, none."""
    if statement.filter((pl.col("residual_coins") != 0) | (pl.col("residual_paise") != 0)).height:
        return "incomplete"
    statuses = set(reconciliation["status"])
    if "mismatch" in statuses:
        return "mismatches"
    return "reconciled_with_pending" if statuses & {"pending", "unknown"} else "reconciled"


def instant_words(instant: dt.datetime) -> str:
    """``30 Sep 2026, 11:15 pm`` in India."""
    local = instant.astimezone(_INDIA)
    half = "pm" if local.hour >= 12 else "am"
    return f"{day_words(instant)}, {local.hour % 12 or 12}:{local:%M} {half}"


def day_words(instant: dt.datetime) -> str:
    """``30 Sep 2026`` in India."""
    local = instant.astimezone(_INDIA)
    return f"{local.day} {local:%b %Y}"


def _many(number: int, word: str) -> str:
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{group_lakh(number)} {word if number == 1 else plural}"
