"""An order replayed under the one setting that a cause names.

`causes` searches all settings for those that fit; here a name such as ``base=total_payable(shipping)`` is read
back and applied, so that a page can show the calculation behind it and a person can redo it. Frames keep
their rows; a cause that is no setting of the formula (``rate``, ``units_x100`` of a redemption) gives None.
"""

import datetime as dt
import re
from collections.abc import Mapping

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import OrderFacts
from loyalty.expected.accruals import earn, earn_base, expected_earning, left_at_due
from loyalty.expected.redemptions import base_paise, cap_paise, room_paise, with_maximum, with_rule
from loyalty.expected.returns import reversal_asks
from loyalty.reconcile.earn import earnings
from loyalty.rulebook.models import EARN_PARTS, REDEEM_PARTS, Rulebook
from loyalty.values.frames import beside
from loyalty.values.ratios import parse_ratio

_FACTS = [*polars_schema(OrderFacts)]
_HELD = ["spendable_coins", "paper_coins"]
_BASE = re.compile(r"(\w+)(?:\(([\w,]*)\))?")
_LIFTED: dict[str, dict[str, int | None]] = {
    "max_discount": {"max_discount_paise": None},
    "cap_percent": {"cap_num": None, "cap_den": None},
    "min_cart": {"min_cart_paise": 0},
    "min_payable": {"min_payable_paise": 0},
}


def earned(
    facts: pl.DataFrame, refunded: pl.DataFrame, linked: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """An ``expected_earning`` frame with ``posted_coins`` and ``posted_at`` of what was credited."""
    posted = earnings(facts, refunded, linked, rulebook, as_of).select(
        "order_no", "posted_coins", "posted_at"
    )
    return beside(expected_earning(facts, refunded, rulebook, as_of), posted, "order_no", "1:1")


def redeeming_under(
    cause: str, ruled: pl.DataFrame, rulebook: Rulebook, balances: Mapping[str, int]
) -> pl.DataFrame | None:
    """A ruled frame with its maximum, ``cap_paise`` and ``room_paise``, as the named setting would have had them.

    ``ruled`` has ``spendable_coins`` and ``paper_coins``; ``balances`` are what the member could spend just before
    each recent debit, by entry id.
    """
    changed = _redeeming(cause, ruled, rulebook, balances)
    if changed is None:
        return None
    return with_maximum(changed).with_columns(cap_paise=cap_paise(), room_paise=room_paise())


def _redeeming(
    cause: str, ruled: pl.DataFrame, rulebook: Rulebook, balances: Mapping[str, int]
) -> pl.DataFrame | None:
    name, _, value = cause.partition("=")
    facts = ruled.select(*_FACTS, *_HELD)
    if name == "base":
        return _on_base(ruled, value, REDEEM_PARTS).with_columns(base_paise=base_paise(pl.col("base")))
    if name in _LIFTED:
        return ruled.with_columns(pl.lit(to, ruled.schema[of]).alias(of) for of, to in _LIFTED[name].items())
    if name == "coupon_order":
        return _coupon_last(ruled)
    if name == "tier":
        return ruled.with_columns(tier=_tier(value))
    if name == "rule_version":
        return with_rule(facts.with_columns(version_no=_version_no(value, rulebook)), rulebook)
    if name == "surface_rule":
        return with_rule(facts.with_columns(surface=pl.lit(value)), rulebook)
    if name == "balance_at":
        return ruled.with_columns(spendable_coins=pl.lit(balances[value], pl.Int64))
    return None


def earning_under(
    cause: str, earning: pl.DataFrame, refunded: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame | None:
    """An ``expected_earning`` frame as the named setting would have had it.

    A delay or a trigger moves ``due_at`` and leaves the coins alone (details B7).
    """
    name, _, value = cause.partition("=")
    if name in {"delay_days", "trigger"}:
        return _due_otherwise(earning, name, value)
    if name == "rule_version":
        facts = earning.select(_FACTS).with_columns(version_no=_version_no(value, rulebook))
        return expected_earning(facts, refunded, rulebook, as_of)
    changed = _earning(name, value, earning, rulebook)
    if changed is None:
        return None
    return (
        changed.with_columns(earn_base_paise=earn_base(pl.col("base")))
        .with_columns(base_at_due_paise=left_at_due())
        .with_columns(due_coins=earn(pl.col("base_at_due_paise")))
    )


def _earning(name: str, value: str, earning: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame | None:
    if name == "base":
        return _on_base(earning, value, EARN_PARTS)
    if name in {"rounding", "partial_refund"}:
        return earning.with_columns(pl.lit(value).alias(name))
    if name == "rate":
        return earning.with_columns(earn_coins=pl.lit(int(value.partition("/")[0]), pl.Int64))
    if name == "tier":
        factors = [law.earn.tiers.get(value, parse_ratio("1")) for law in rulebook.versions]
        number = pl.col("version_no")
        return earning.with_columns(
            tier=_tier(value),
            tier_num=number.replace_strict(range(len(factors)), [each.numerator for each in factors]),
            tier_den=number.replace_strict(range(len(factors)), [each.denominator for each in factors]),
        )
    return None


def reversal_under(
    cause: str, earning: pl.DataFrame, refunded: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame | None:
    """What the orders of an ``earned`` frame would be asked back, Asks, under the named setting."""
    name, _, value = cause.partition("=")
    if name == "rounding":
        return reversal_asks(earning, refunded, pl.lit(value))
    if name == "partial_refund":
        changed = earning.with_columns(partial_refund=pl.lit(value))
        return reversal_asks(changed.with_columns(base_at_due_paise=left_at_due()), refunded)
    if name != "rule_version":
        return None
    other = earning_under(cause, earning, refunded, rulebook, as_of)
    posted = earning.select("order_no", "posted_coins", "posted_at")
    return None if other is None else reversal_asks(beside(other, posted, "order_no", "1:1"), refunded)


def _on_base(frame: pl.DataFrame, value: str, parts: tuple[str, ...]) -> pl.DataFrame:
    """A frame whose law names another base; parts stand in brackets, and without brackets they do not matter."""
    found = _BASE.fullmatch(value)
    assert found is not None, value  # causes write no other name
    base, listed = found.groups()
    named = frame.with_columns(base=pl.lit(base))
    if listed is None:
        return named
    return named.with_columns(pl.lit(part in listed.split(",")).alias(f"with_{part}") for part in parts)


def _coupon_last(ruled: pl.DataFrame) -> pl.DataFrame:
    """Coins before coupon: nothing has been taken off yet wherever the law looks."""
    back = pl.col("coupon_paise") + pl.col("other_discount_paise")
    nothing = pl.lit(0, pl.Int64)
    return ruled.with_columns(
        base_paise=pl.col("base_paise") + pl.when(pl.col("base") != "subtotal").then(back).otherwise(nothing),
        cart_paise=pl.col("cart_paise")
        + pl.when(pl.col("min_cart_base") != "subtotal").then(back).otherwise(nothing),
        payable_paise=pl.col("payable_paise") + back,
        coupon_paise=nothing,
        other_discount_paise=nothing,
    )


def _due_otherwise(earning: pl.DataFrame, name: str, value: str) -> pl.DataFrame:
    changed = (
        earning.with_columns(trigger=pl.lit(value), trigger_at=pl.col(f"{value}_at"))
        if name == "trigger"
        else earning.with_columns(delay_days=pl.lit(int(value), pl.Int64))
    )
    delay = pl.duration(days=pl.col("delay_days"), time_unit="us")
    return changed.with_columns(due_at=pl.col("trigger_at") + delay)


def _tier(value: str) -> pl.Expr:
    return pl.lit(None if value == "none" else value, pl.String)


def _version_no(value: str, rulebook: Rulebook) -> pl.Expr:
    names = [law.version for law in rulebook.versions]
    return pl.lit(names.index(value), pl.Int64)
