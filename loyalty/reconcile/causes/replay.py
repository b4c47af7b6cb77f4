"""One named cause tried on many orders: a cause's name read back into the one setting that it changes.

The search names what reproduces a mismatch; here the same name is replayed on orders that match, and on
carts that nobody placed. All rows of a frame are of one version and one surface.
"""

import datetime as dt
from typing import NamedTuple

import polars as pl

from loyalty.expected.accruals import earn, earn_base, expected_earning, left_at_due
from loyalty.expected.redemptions import base_paise, with_maximum, with_rule
from loyalty.expected.returns import reversal_asks
from loyalty.reconcile.causes.redemptions import LIFTED, coupon_last
from loyalty.rulebook.models import EARN_PARTS, REDEEM_PARTS, Rulebook

REDEMPTION_FACTS = (
    "order_no", "surface", "version_no", "tier", "device", "payment_kind", "apply_mode", "has_coupon",
    "subtotal_paise", "coupon_paise", "other_discount_paise", "after_coupon_paise", "prepaid_discount_paise",
    "shipping_paise", "cod_fee_paise", "tax_paise", "payable_paise", "spendable_coins",
)  # fmt: skip
"""What contract §5 reads of an order when it redeems."""

TIMINGS = ("delay_days", "trigger")
"""Settings that say when coins are credited, not how many."""


class Named(NamedTuple):
    """A cause taken apart: ``base`` and ``total_payable(shipping)``."""

    setting: str
    value: str


def named(cause: str) -> Named:
    """The setting that a cause changes, and to what; the value is empty where the name says all."""
    setting, _, value = cause.partition("=")
    return Named(setting, value)


def redemption_under(ruled: pl.DataFrame, cause: str, rulebook: Rulebook) -> pl.DataFrame:
    """Ruled rows with the maximum, ``max_coins_due, max_paise_due``, that they would have under a cause.

    Not for ``rate``, ``units_x100`` and ``balance_at``, which say what was granted, not what the most is.
    """
    setting, value = named(cause)
    if setting in LIFTED:
        kept = {name: pl.lit(limit, ruled.schema[name]) for name, limit in LIFTED[setting].items()}
        return with_maximum(ruled.with_columns(**kept))
    if setting == "base":
        base, parts = base_and_parts(value)
        flags = {f"with_{part}": pl.lit(part in parts) for part in REDEEM_PARTS}
        changed = ruled.with_columns(**(flags if base == "total_payable" else {}), base=pl.lit(base))
        return with_maximum(changed.with_columns(base_paise=base_paise(pl.lit(base))))
    if setting == "coupon_order":
        return with_maximum(coupon_last(ruled))
    if setting == "tier":
        return with_maximum(ruled.with_columns(tier=pl.lit(_tier(value), pl.String)))
    facts = ruled.select(REDEMPTION_FACTS)
    if setting == "rule_version":
        moved = facts.with_columns(version_no=pl.lit(version_no(value, rulebook), pl.Int64))
    else:
        moved = facts.with_columns(surface=pl.lit(value))
    return with_maximum(with_rule(moved, rulebook))


def earning_under(
    earning: pl.DataFrame,
    cause: str,
    refunded: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """``coins`` that each order of an ``expected_earning`` frame would have earned under a cause, and ``due_at``.

    Not for the causes of timing and ``units_x100``.
    """
    setting, value = named(cause)
    at_due = pl.col("base_at_due_paise")
    if setting == "rule_version":
        other = under_version(earning, value, refunded, rulebook, as_of)
        return other.select("due_at", coins="due_coins")
    if setting == "rounding":
        return earning.select("due_at", coins=earn(at_due, pl.lit(value)))
    if setting == "rate":
        number = pl.lit(int(value.partition("/")[0]), pl.Int64)
        return earning.with_columns(earn_coins=number).select("due_at", coins=earn(at_due))
    if setting == "tier":
        return _with_tier(earning, value, rulebook).select("due_at", coins=earn(at_due))
    if setting == "partial_refund":
        changed = earning.with_columns(partial_refund=pl.lit(value))
    else:
        base, parts = base_and_parts(value)
        flagged = earning.with_columns(**{f"with_{part}": pl.lit(part in parts) for part in EARN_PARTS})
        changed = flagged.with_columns(earn_base_paise=earn_base(pl.lit(base)))
    return changed.select("due_at", coins=earn(left_at_due()))


def under_version(
    earning: pl.DataFrame, version: str, refunded: pl.DataFrame, rulebook: Rulebook, as_of: dt.datetime
) -> pl.DataFrame:
    """The same orders, in the same order, as an ``expected_earning`` frame of another version."""
    facts = earning.select(EARNING_FACTS).with_columns(
        version_no=pl.lit(version_no(version, rulebook), pl.Int64)
    )
    return expected_earning(facts, refunded, rulebook, as_of)


def reversals_under(
    earning: pl.DataFrame,
    cause: str,
    refunded: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
) -> pl.Series:
    """Earned coins that refunds and death of each order would have asked back under a cause; 0 if none.

    ``earning``: orders with coins due, ``posted_coins`` and ``posted_at``.
    """
    setting, value = named(cause)
    rounding = pl.lit(value) if setting == "rounding" else None
    if setting == "partial_refund":
        tried = earning.with_columns(partial_refund=pl.lit(value)).with_columns(
            base_at_due_paise=left_at_due()
        )
    elif setting == "rule_version":
        other = under_version(earning, value, refunded, rulebook, as_of)
        tried = other.with_columns(earning["posted_coins"], earning["posted_at"])
    else:
        tried = earning
    asked = (
        reversal_asks(tried, refunded, rounding)
        .group_by("order_no")
        .agg(asked_coins=pl.col("asked_to_date_coins").max())
    )
    found = earning.select("order_no").join(
        asked, on="order_no", how="left", validate="1:1", maintain_order="left"
    )
    return found["asked_coins"].fill_null(0)


def credited_under(cause: str) -> pl.Expr:
    """When an order of an earning frame would have been credited under a cause of timing; null if never."""
    setting, value = named(cause)
    if setting == "trigger":
        return pl.col(f"{value}_at") + pl.duration(days=pl.col("delay_days"), time_unit="us")
    return pl.col("trigger_at") + pl.duration(days=int(value), time_unit="us")


EARNING_FACTS = (
    "order_no", "member_no", "version_no", "tier", "skip_tags", "state", "is_dead", "is_dead_by_word", "death_word",
    "death_at", "subtotal_paise", "after_coupon_paise", "loyalty_paise", "shipping_paise", "cod_fee_paise",
    "tax_paise", "payable_paise", "grand_total_paise", "placed_at", "confirmed_at", "delivered_at",
)  # fmt: skip
"""What the law reads of an order when it earns."""


def version_no(version: str, rulebook: Rulebook) -> int:
    """The number of a version by its name."""
    return next(number for number, law in enumerate(rulebook.versions) if law.version == version)


def _with_tier(earning: pl.DataFrame, tier: str, rulebook: Rulebook) -> pl.DataFrame:
    factors = [law.earn.tiers.get(tier) for law in rulebook.versions]
    factor = factors[earning["version_no"][0]] if earning.height else None
    return earning.with_columns(
        tier_num=pl.lit(1 if factor is None else factor.numerator, pl.Int64),
        tier_den=pl.lit(1 if factor is None else factor.denominator, pl.Int64),
    )


def _tier(value: str) -> str | None:
    return None if value == "none" else value


def base_and_parts(value: str) -> tuple[str, tuple[str, ...]]:
    """A base and what it takes in, from ``total_payable(shipping,tax)``."""
    base, _, parts = value.removesuffix(")").partition("(")
    return base, tuple(part for part in parts.split(",") if part)
