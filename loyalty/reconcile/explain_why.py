"""Why a leg is wrong, as sections of a page: the settings that give what was recorded, each calculated again.

Layout and words only. What a setting gives is replayed by the formula that judged the order, never looked
up; where several settings fit, an order is shown on which they part.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.intermediate import OrderFacts, Refunds
from loyalty.expected.accruals import expected_earning
from loyalty.expected.redemptions import with_maximum, with_rule
from loyalty.reconcile.causes.redemptions import SEARCHED
from loyalty.reconcile.explain import (
    BASES,
    Line,
    Row,
    Section,
    coins_text,
    earning_section,
    redeeming_section,
)
from loyalty.reconcile.orders_like import OrderLike, as_frame, orders_like
from loyalty.reconcile.titles import LEG_TITLES
from loyalty.reconcile.under_cause import earning_under, redeeming_under, reversal_under
from loyalty.reconcile.wording import day_words, instant_words
from loyalty.rulebook.models import Rulebook
from loyalty.values.money import rupees

_FACTS = [*polars_schema(OrderFacts)]
_TRIED = {
    "redemption": "other bases and their parts, every limit lifted, coins before the coupon, other tiers, rule "
    "versions and surfaces, older balances, rupees for paise, a coin value that many orders share",
    "earn_amount": "other bases and their parts, roundings, ways with refunds, tiers, rates and rule versions, "
    "rupees for paise",
    "earn_early": "other delays and triggers",
    "earn_late": "other delays and triggers",
    "reversal_amount": "other ways with refunds, roundings, rule versions",
}
"""What was searched, by kind; by leg for redemptions, whose kinds are all searched alike."""
_WORDS = {
    "max_discount": "as if no largest discount were set",
    "cap_percent": "as if no share of the cart were set",
    "min_cart": "as if no smallest cart were set",
    "min_payable": "as if no smallest payment were set",
    "coupon_order": "coins before the coupon is taken off",
    "tier": "as tier {}",
    "rule_version": "the rules of {}",
    "surface_rule": "the rule of surface {}",
    "balance_at": "the balance from before entry {}",
    "rounding": "rounded {}",
    "partial_refund": "refunds before the due date treated as {}",
    "delay_days": "{} days after the trigger",
    "trigger": "triggered when {}",
    "units_x100": "rupees taken for paise, or paise for rupees",
}


class Case(NamedTuple):
    """One order with everything that it can be replayed on.

    ``ruled``: its row of a ruled frame with ``spendable_coins`` and ``paper_coins``. ``earned``: its row of
    ``earned``. ``refunded``: its Refunds. ``balances``: what its member could spend before each recent debit.
    """

    ruled: pl.DataFrame
    earned: pl.DataFrame
    refunded: pl.DataFrame
    balances: Mapping[str, int]
    rulebook: Rulebook
    as_of: dt.datetime


def why_sections(case: Case, row: Row) -> list[Section]:
    """What explains one row of ``mart_reconciliation``; nothing for a row that needs no explanation."""
    causes: Sequence[str] = row["causes"]
    if not causes:
        return [_unexplained(row)] if row["status"] == "mismatch" else []
    sections = [
        Section(f"Why: {LEG_TITLES[row['leg']].lower()}", [_claim(causes)]),
        *(Section(f"With {cause}: {cause_words(cause)}", _steps(case, row, cause)) for cause in causes),
    ]
    return [*sections, _telling(case, row, causes)] if len(causes) > 1 else sections


def cause_words(cause: str) -> str:
    """A cause in words: ``base=subtotal`` is ``taken from the subtotal``."""
    name, _, value = cause.partition("=")
    if name == "base":
        base, _, parts = value.partition("(")
        taken_in = parts.removesuffix(")").replace("_", " ").replace(",", ", ")
        return f"taken from the {BASES[base]}" + (f" with {taken_in}" if taken_in else "")
    if name == "rate":
        coins, paise = value.split(":") if ":" in value else (value.partition("/")[0], "")
        per = f"{rupees(int(paise))} for" if paise else f"₹{value.partition('/')[2]} earn"
        return f"{per} {coins_text(int(coins))}"
    return _WORDS[name].format(value)


def _unexplained(row: Row) -> Section:
    title = f"Why: {LEG_TITLES[row['leg']].lower()}"
    tried = _TRIED.get("redemption" if row["kind"] in SEARCHED else row["kind"])
    if tried is None:
        return Section(title, [Line("No setting makes this kind: it says itself what went wrong.")])
    return Section(
        title,
        [
            Line("Not explained: no single setting of the rules gives what was recorded."),
            Line(f"Tried, each alone: {tried}."),
        ],
    )


def _claim(causes: Sequence[str]) -> Line:
    if len(causes) == 1:
        return Line("One setting, changed alone, gives exactly what was recorded.")
    return Line(
        f"{len(causes)} settings, each changed alone, give exactly what was recorded: this order does not tell them "
        "apart."
    )


def _steps(case: Case, row: Row, cause: str) -> list[Line]:
    """The calculation under one setting, up to what was recorded."""
    if row["leg"] == "redemption":
        return _redeeming_steps(case, row, cause)
    if row["leg"] == "reversal":
        return _reversal_steps(case, cause)
    changed = earning_under(cause, case.earned, case.refunded, case.rulebook, case.as_of)
    if changed is None:
        return [
            Line("credited", coins_text(row["recorded_coins"]), f"due {coins_text(row['expected_coins'])}")
        ]
    lines = [*earning_section(changed.row(0, named=True)).lines]
    if cause.startswith(("delay_days=", "trigger=")):
        lines.append(Line(f"credited {instant_words(case.earned['posted_at'].item())} IST"))
    return lines


def _redeeming_steps(case: Case, row: Row, cause: str) -> list[Line]:
    changed = redeeming_under(cause, case.ruled, case.rulebook, case.balances)
    if changed is None:
        return [
            Line("taken", coins_text(-row["recorded_coins"])),
            Line("given", rupees(row["recorded_paise"])),
        ]
    return [*redeeming_section(changed.row(0, named=True)).lines]


def _reversal_steps(case: Case, cause: str) -> list[Line]:
    asks = reversal_under(cause, case.earned, case.refunded, case.rulebook, case.as_of)
    if asks is None:
        return []
    lines = [
        Line(f"asked back by the return of {day_words(at)}", coins_text(coins))
        for at, coins in asks.select("asked_at", "asked_coins").iter_rows()
    ]
    return [*lines, Line("= asked back in all", coins_text(int(asks["asked_coins"].sum())))]


def _telling(case: Case, row: Row, causes: Sequence[str]) -> Section:
    """An order like this one on which the settings part."""
    title = "What would tell them apart"
    if row["leg"] == "reversal" or row["kind"] in {"earn_early", "earn_late"}:
        return Section(title, [Line("Other orders with the same fault; no amount of this one does.")])
    orders, answers = _answers(case, row["leg"], causes)
    spread = [len(set(each)) for each in zip(*answers.values(), strict=True)]
    if not answers or max(spread) == 1:
        return Section(title, [Line("No order like this one with one or two amounts changed.")])
    place = spread.index(max(spread))
    return Section(
        title if spread[place] == len(answers) else "What would tell some of them apart",
        [
            Line(f"An order like this one {orders[place].words}:"),
            *(Line(f"{cause} gives", *given[place]) for cause, given in answers.items()),
            Line("the rules as they stand give", *_answer(case, row["leg"], orders, None)[place]),
        ],
    )


Answer = tuple[str, str]
"""A figure and the remark behind it."""


def _answers(case: Case, leg: str, causes: Sequence[str]) -> tuple[list[OrderLike], dict[str, list[Answer]]]:
    """Orders like this one, and what each setting that is one of the formula gives on each of them."""
    orders = orders_like(_facts(case).row(0, named=True))
    answers = {cause: _answer(case, leg, orders, cause) for cause in causes}
    return orders, {cause: given for cause, given in answers.items() if given}


def _facts(case: Case) -> pl.DataFrame:
    return case.ruled.select(*_FACTS, "spendable_coins", "paper_coins")


def _answer(case: Case, leg: str, orders: list[OrderLike], cause: str | None) -> list[Answer]:
    """What a setting, or the law as it stands, gives on each of the orders; none for a cause outside the formula."""
    placed = as_frame(orders, _facts(case).schema)
    if leg == "redemption":
        ruled = with_rule(placed, case.rulebook).pipe(with_maximum)
        given = ruled if cause is None else redeeming_under(cause, ruled, case.rulebook, case.balances)
        rows = [] if given is None else given.select("max_paise_due", "max_coins_due").rows()
        return [(rupees(paise), f"for {coins_text(coins)}") for paise, coins in rows]
    nothing = empty(Refunds)
    due = expected_earning(placed.select(_FACTS), nothing, case.rulebook, case.as_of)
    earned = due if cause is None else earning_under(cause, due, nothing, case.rulebook, case.as_of)
    return [] if earned is None else [(coins_text(coins), "") for coins in earned["due_coins"]]
