"""The eight questions to test before going live, each answered by the orders that exercised it.

A question is *passed* when orders exercised it and none failed, *failed* when one did, else *not exercised*. What n
orders without a failure are worth is said with it: the exact upper end of the one-sided 95 % interval
(Clopper and Pearson), 1 − 0.05^(1/n), close to 3/n. Orders are those of the home surface under the law in force.
"""

import datetime as dt
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.readiness import GoLive
from loyalty.readiness.scope import Now, now_in_force
from loyalty.rulebook.models import Rulebook

_L = pl.col("loyalty_paise")


class Question(NamedTuple):
    """What is asked, when an order says something about it, and when that is no."""

    name: str
    asked: str
    exercised: pl.Expr
    failed: pl.Expr
    where: str
    """What to look at after a failure."""
    lacking: str
    """Why nothing was exercised."""


def go_live(
    reconciliation: pl.DataFrame,
    orders: pl.DataFrame,
    facts: pl.DataFrame,
    spendable: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """``mart_go_live``; one row per question, always eight.

    Reconciliation, StagedOrders, OrderFacts and Spendable in; an order counts once, on the law of its day.
    """
    now = now_in_force(rulebook, as_of)
    seen = _seen(reconciliation, orders, facts, spendable, now)
    questions = _questions(now)
    counts = seen.select(
        *(each.exercised.sum().cast(pl.Int64).alias(f"n_{each.name}") for each in questions),
        *(
            (each.exercised & each.failed).sum().cast(pl.Int64).alias(f"failures_{each.name}")
            for each in questions
        ),
        *(_newest(each).alias(f"example_{each.name}") for each in questions),
    ).row(0, named=True)
    rows = [
        {
            "number": number,
            "question": each.name,
            "asked": each.asked,
            "n": counts[f"n_{each.name}"],
            "failures": counts[f"failures_{each.name}"],
            "example_order_id": counts[f"example_{each.name}"],
            "surface": now.surface if now else None,
            "rule_version": now.law.version if now else None,
            "effective_from": now.law.effective_from if now else None,
            "where": each.where,
            "lacking": each.lacking,
        }
        for number, each in enumerate(questions, start=1)
    ]
    return _answered(pl.DataFrame(rows, infer_schema_length=None))


def at_most(n: pl.Expr) -> pl.Expr:
    """The largest share that n orders without a failure still allow at 95 %: 1 − 0.05^(1/n)."""
    return 1 - pl.lit(0.05) ** (1 / n)


def _answered(rows: pl.DataFrame) -> pl.DataFrame:
    n, failures = pl.col("n"), pl.col("failures")
    is_passed = (n > 0) & (failures == 0)
    schema = polars_schema(GoLive)
    return (
        rows.with_columns(
            answer=pl.when(n == 0)
            .then(pl.lit("not_exercised"))
            .when(failures > 0)
            .then(pl.lit("failed"))
            .otherwise(pl.lit("passed")),
            bound=pl.when(is_passed).then(at_most(n)),
            note=pl.when(n == 0).then("lacking").when(failures > 0).then("where"),
        )
        .select(pl.col(name).cast(kind) for name, kind in schema.items())
        .pipe(GoLive.validate)
    )


def _newest(question: Question) -> pl.Expr:
    """The newest order that failed."""
    failed = pl.col("order_id").filter(question.exercised & question.failed)
    return failed.sort_by(
        pl.col("placed_at").filter(question.exercised & question.failed), maintain_order=True
    ).last()


def _seen(
    reconciliation: pl.DataFrame,
    orders: pl.DataFrame,
    facts: pl.DataFrame,
    spendable: pl.DataFrame,
    now: Now | None,
) -> pl.DataFrame:
    """Orders of the surface under the law in force, with what was shown, what could be spent and the verdicts."""
    is_ours = pl.lit(value=False)
    if now is not None:
        is_ours = (pl.col("version_no") == now.number) & (pl.col("surface") == now.surface)
    seen = facts.filter(is_ours)
    for told, key in (
        (orders.select("order_no", "order_id", "points_shown"), "order_no"),
        (spendable.select("order_no", "spendable_coins"), "order_no"),
        (_verdicts(reconciliation, "redemption"), "order_id"),
        (_verdicts(reconciliation, "earn"), "order_id"),
    ):
        seen = seen.join(told, on=key, how="left", validate="1:1", maintain_order="left")
    off = pl.sum_horizontal("coupon_paise", "other_discount_paise", "prepaid_discount_paise", "loyalty_paise")
    on_top = pl.sum_horizontal("shipping_paise", "cod_fee_paise", "tax_paise")
    unexplained = pl.col("grand_total_paise") - (pl.col("subtotal_paise") + on_top - off)
    adds_up = unexplained == 0
    return seen.with_columns(
        unexplained_paise=unexplained, most_add_up=(2 * adds_up.sum() >= pl.len()) & (pl.len() > 0)
    ).sort("placed_at", "order_id")


def _verdicts(reconciliation: pl.DataFrame, leg: str) -> pl.DataFrame:
    """``order_id`` and what was found on a leg of it; one row per order with a row of the leg.

    ``<leg>_done``: judged, and coins or money were recorded; ``<leg>_kinds``: every kind of a mismatch.
    """
    is_judged = pl.col("status").is_in(("match", "mismatch", "by_design"))
    is_wrong = pl.col("status") == "mismatch"
    is_recorded = (pl.col("recorded_coins") != 0) | (pl.col("recorded_paise") != 0)
    kinds = pl.concat_list("kind", "secondary_kinds")
    found = {
        "judged": is_judged,
        "done": is_judged & is_recorded,
        "wrong": is_wrong,
        "kinds": pl.when(is_wrong).then(kinds).otherwise(pl.lit([], pl.List(pl.String))),
    }
    return reconciliation.filter((pl.col("leg") == leg) & pl.col("order_id").is_not_null()).select(
        "order_id", *(value.alias(f"{leg}_{name}") for name, value in found.items())
    )


def _has(*kinds: str) -> pl.Expr:
    return pl.any_horizontal(pl.col("redemption_kinds").list.contains(kind) for kind in kinds)


_SHOWN, _HAS = pl.col("points_shown"), pl.col("spendable_coins")
_ALIVE = ~pl.col("is_dead")
_REDEEMED = pl.col("redemption_done") & _ALIVE
_ADDS_UP = pl.col("unexplained_paise") == 0
_DECISIVE = _ADDS_UP | (pl.col("unexplained_paise").abs() == _L) | pl.col("most_add_up")
_FIRST_SEVEN = (
    Question(
        "points_shown",
        "Are points shown at checkout to a member who has some?",
        _SHOWN.is_not_null() & (_HAS > 0),
        _SHOWN <= 0,
        "the checkout showed no points to a member who had some: is the widget on, is the profile matched in time?",
        "no order says what was shown: the order export has no Points Shown",
    ),
    Question(
        "balance_right",
        "Is the balance shown the one that the member has?",
        _SHOWN.is_not_null() & _HAS.is_not_null(),
        _SHOWN != _HAS,
        "compare Points Shown with `milaan explain`: a cached balance, or pending or expired coins counted in",
        "no order says what was shown: the order export has no Points Shown",
    ),
    Question(
        "discount_right",
        "Is the discount what the rules allow?",
        _REDEEMED & (_L > 0),
        _has(
            "over_balance",
            "expired_coins_used",
            "over_max_discount",
            "over_cap",
            "below_min_payable",
            "below_min_cart",
            "below_min_coins",
            "not_eligible",
        ),
        "a limit or a gate of the rules was passed: mart_mismatches names it",
        "no living order redeemed",
    ),
    Question(
        "total_right",
        "Does the total go down by the discount?",
        (_L > 0) & _DECISIVE,
        ~_ADDS_UP,
        "the parts of the order do not add up to its Grand Total",
        "no order redeemed, or the export lacks a part of the total (shipping, COD fee, tax, a discount)",
    ),
    Question(
        "same_on_both_sides",
        "Do checkout and ledger reckon alike: are the coins taken those that the discount needs?",
        _REDEEMED,
        _has(
            "wrong_member", "discount_without_debit", "debit_without_discount", "double_debit", "coins_value"
        ),
        "coins taken and discount given do not belong together: compare the coin value on both dashboards",
        "no living order redeemed",
    ),
    Question(
        "earning_works",
        "Are coins earned after checkout, as many as due and when due?",
        pl.col("earn_judged"),
        pl.col("earn_wrong"),
        "mart_mismatches, leg earn, says what is off",
        "no order has earned or was due to earn yet",
    ),
    Question(
        "mobile_works",
        "Does redeeming work on mobile?",
        _REDEEMED & (pl.col("device") == "mobile"),
        pl.col("redemption_wrong"),
        "a redemption on mobile is wrong: place the same cart on the web and compare",
        "no living order of device mobile redeemed, or the order export has no Device",
    ),
)


def _questions(now: Now | None) -> tuple[Question, ...]:
    """The eight, in the order in which a merchant meets them; what is not known of an order is not so."""
    said, wanted = pl.col("apply_mode"), now.rule.apply if now else "manual"
    last = Question(
        "apply_as_set",
        "Are points applied by themselves, or by the customer, as the rules say?",
        pl.col("redemption_judged") & _ALIVE & (said.is_not_null() | pl.lit(wanted == "auto")),
        (said != wanted).fill_null(value=False) | _has("under_redeemed"),
        f"the rules say {wanted}: look at auto-apply in GoKwik's loyalty settings",
        "no order says how points were applied: the order export has no Loyalty Applied",
    )
    return tuple(
        each._replace(
            exercised=each.exercised.fill_null(value=False), failed=each.failed.fill_null(value=False)
        )
        for each in (*_FIRST_SEVEN, last)
    )
