"""Is the programme ready: surfaces compared as functions, the eight questions, carts to place, the set-up audit."""

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import PAYMENTS, Contract, Instant, amount, total

PARITY = ("same", "agree", "differ")
QUESTIONS = (
    "points_shown",
    "balance_right",
    "discount_right",
    "total_right",
    "same_on_both_sides",
    "earning_works",
    "mobile_works",
    "apply_as_set",
)
"""The eight questions to test before going live, in the order in which a merchant meets them."""
ANSWERS = ("passed", "failed", "not_exercised")
STEPS = (
    "enable", "webhook", "offer", "min_cart", "min_payable", "calculation_base", "apply", "activation", "revert",
)  # fmt: skip
"""The nine set-up steps of the integration, in order."""
SEVERITIES = ("high", "medium", "low")
_LIST = pl.List(pl.String)


class RuleParity(Contract):
    """Two surfaces under one law, compared as functions of cart and balance; one row per (rule version, pair).

    `same`: no setting differs. `agree`: settings differ, and no cart with at most one extra amount tells them
    apart, nor does a real one. `differ`: the cart shown is the smallest that does; it is null where only real
    carts with several extra amounts do. Sorted by (effective_from, surface, other_surface).
    """

    rule_version: pl.String
    effective_from: Instant
    effective_until: Instant = pa.Field(nullable=True, description="half-open; null: still in force")
    surface: pl.String
    other_surface: pl.String
    verdict: pl.String = pa.Field(isin=PARITY)
    is_mirror: pl.Boolean = pa.Field(description="one of them is declared `same_as` the other")
    settings: _LIST = pa.Field(description="rulebook keys that differ, sorted")  # type: ignore[valid-type]
    told_by: _LIST = pa.Field(  # type: ignore[valid-type]
        description="of these, each that alone makes the two agree on the cart shown"
    )
    compared_up_to_paise: pl.Int64 = amount(
        nullable=True, description="no larger cart was compared; null: every cart was, or one was found"
    )
    subtotal_paise: pl.Int64 = amount(nullable=True)
    coupon_paise: pl.Int64 = amount(nullable=True)
    other_discount_paise: pl.Int64 = amount(nullable=True)
    prepaid_discount_paise: pl.Int64 = amount(nullable=True)
    shipping_paise: pl.Int64 = amount(nullable=True)
    cod_fee_paise: pl.Int64 = amount(nullable=True)
    tax_paise: pl.Int64 = amount(nullable=True)
    payable_paise: pl.Int64 = amount(nullable=True)
    has_coupon: pl.Boolean = pa.Field(nullable=True)
    payment_kind: pl.String = pa.Field(nullable=True, isin=PAYMENTS)
    device: pl.String = pa.Field(nullable=True)
    tier: pl.String = pa.Field(nullable=True, description="null also for a member without a tier")
    balance_coins: pl.Int64 = amount(nullable=True, description="what the member can spend")
    given_coins: pl.Int64 = total(nullable=True, ge=0, description="maximum on the surface")
    given_paise: pl.Int64 = total(nullable=True, ge=0)
    other_given_coins: pl.Int64 = total(nullable=True, ge=0, description="maximum on the other surface")
    other_given_paise: pl.Int64 = total(nullable=True, ge=0)
    carts: pl.Int64 = amount(description="living orders of known members under this law, on any surface")
    carts_affected: pl.Int64 = amount(description="of these, with their real balance, where the two disagree")
    share: pl.Float64 = pa.Field(nullable=True, ge=0, le=1)
    low: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="Wilson, 95 %")
    high: pl.Float64 = pa.Field(nullable=True, ge=0, le=1)
    sentence: pl.String


class GoLive(Contract):
    """The eight questions to test before going live, answered by real orders; one row per question.

    Always eight rows, in their order. Only orders of the surface under the law in force count: a changed rule
    asks for the test again. ``bound``: with nothing wrong in n orders, the share that may still be wrong.
    """

    number: pl.Int64 = pa.Field(ge=1, le=8, unique=True)
    question: pl.String = pa.Field(isin=QUESTIONS, unique=True)
    asked: pl.String = pa.Field(description="the question in words")
    answer: pl.String = pa.Field(isin=ANSWERS)
    n: pl.Int64 = amount(description="orders that exercise it")
    failures: pl.Int64 = amount()
    bound: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="1 − 0.05^(1/n), 95 %; null unless passed"
    )
    example_order_id: pl.String = pa.Field(nullable=True, description="the newest order that failed")
    surface: pl.String = pa.Field(nullable=True)
    rule_version: pl.String = pa.Field(nullable=True)
    effective_from: Instant = pa.Field(nullable=True, description="older orders say nothing of this law")
    note: pl.String = pa.Field(nullable=True, description="what is missing, or where to look")


class BoundaryCarts(Contract):
    """Both sides of every limit and gate of the law in force, with a cart to place; one row per (setting, side).

    ``orders`` exercised it: they redeemed where redeeming is allowed; where it is refused, they could have
    redeemed without the setting.
    """

    number: pl.Int64 = pa.Field(ge=1, unique=True, description="in the order in which they are best placed")
    setting: pl.String = pa.Field(description="key of the rulebook that is tried")
    side: pl.String = pa.Field(description="below, at, binds, or the value that is tried")
    rule_version: pl.String
    effective_from: Instant
    surface: pl.String
    orders: pl.Int64 = amount()
    is_exercised: pl.Boolean
    subtotal_paise: pl.Int64 = amount()
    coupon_paise: pl.Int64 = amount()
    other_discount_paise: pl.Int64 = amount()
    prepaid_discount_paise: pl.Int64 = amount()
    shipping_paise: pl.Int64 = amount()
    cod_fee_paise: pl.Int64 = amount()
    tax_paise: pl.Int64 = amount()
    payable_paise: pl.Int64 = amount()
    has_coupon: pl.Boolean
    payment_kind: pl.String = pa.Field(isin=PAYMENTS)
    device: pl.String
    tier: pl.String = pa.Field(nullable=True)
    balance_coins: pl.Int64 = amount(description="what the member should have to spend")
    expected_coins: pl.Int64 = total(ge=0, description="the most that the law lets the cart redeem")
    expected_paise: pl.Int64 = total(ge=0)
    sentence: pl.String


class SetupAudit(Contract):
    """What in the settings alone is missing, risky or contradictory; one row per finding.

    Settings are `brand.yaml` (what the dashboards show) and the law in force. Sorted by (step, finding, key, line).
    """

    number: pl.Int64 = pa.Field(ge=1, le=len(STEPS), description="of the step")
    step: pl.String = pa.Field(isin=STEPS)
    finding: pl.String
    severity: pl.String = pa.Field(isin=SEVERITIES)
    place: pl.String = pa.Field(isin=("brand.yaml", "rules"))
    rule_version: pl.String = pa.Field(nullable=True, description="null: the setting is in brand.yaml")
    key: pl.String = pa.Field(nullable=True, description="null where only a line is known")
    line: pl.Int64 = pa.Field(nullable=True, ge=1)
    found: pl.String = pa.Field(nullable=True, description="what stands there; never a secret")
    fix: pl.String
