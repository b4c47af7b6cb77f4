"""Public tables that say why: the settings behind the mismatches, and where the rest stands together."""

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import LEGS, Contract, Instant, amount, total

_LIST = pl.List(pl.String)
VERDICTS = ("identified", "ambiguous", "too_few", "unexplained")
CAUSE_LIFECYCLES = ("new", "persisting", "resolved", "regressed")
SEGMENTS = ("leg", "kind", "surface", "rule_version", "device", "payment", "coupon", "state", "hour")


class Causes(Contract):
    """Why orders and ledger disagree; one row per (leg, surface, rule version, cause).

    Every open mismatch stands in one row, in ``mismatch_ids``. Cause `unexplained` holds those of a group that no
    setting explains. ``resolved``: orders since then contradict the cause, or its law or its mismatches are
    gone; in the last case every figure is 0. Money: + the merchant lost, − the customer was short-changed.
    """

    leg: pl.String = pa.Field(isin=LEGS)
    surface: pl.String = pa.Field(nullable=True)
    rule_version: pl.String = pa.Field(nullable=True)
    cause: pl.String = pa.Field(description="a setting of contract §6 with its value, or unexplained")
    verdict: pl.String = pa.Field(
        isin=VERDICTS,
        description="identified: nothing else explains the same orders; ambiguous: other_causes do; "
        "too_few: so few orders may be chance",
    )
    other_causes: _LIST = pa.Field(description="settings that explain the same orders as well")  # type: ignore[valid-type]
    kinds: _LIST = pa.Field(description="kinds of its mismatches, sorted")  # type: ignore[valid-type]
    mismatches: pl.Int64 = amount()
    reproduced: pl.Int64 = amount(
        description="mismatches that the cause gives to the coin and paisa; under it the others would match"
    )
    contradicted: pl.Int64 = amount(
        description="matching orders between the first and the last mismatch that the cause would have broken"
    )
    orders: pl.Int64 = amount()
    coins: pl.Int64 = total(description="Σ recorded − expected, signed as the ledger books them")
    effect_paise: pl.Int64 = total(description="merchant_paise + customer_paise")
    merchant_paise: pl.Int64 = total(ge=0, description="what the merchant lost or over-granted")
    customer_paise: pl.Int64 = total(le=0, description="what customers were short-changed, never above 0")
    first_at: Instant = pa.Field(nullable=True, description="placed_at of its first order")
    last_at: Instant = pa.Field(nullable=True, description="placed_at of its last order")
    began_after_at: Instant = pa.Field(
        nullable=True,
        description="the last order before that shows the setting right, else when the law began; "
        "null when too few orders tell",
    )
    began_by_at: Instant = pa.Field(nullable=True, description="the first order that shows it wrong")
    ended_after_at: Instant = pa.Field(
        nullable=True, description="the last order that shows it wrong; null while it goes on"
    )
    ended_by_at: Instant = pa.Field(
        nullable=True,
        description="the first order after that shows it right, else when the law ended; null while it goes on",
    )
    episodes: pl.Int64 = pa.Field(
        ge=0, description="how often it began; the instants above are those of the newest"
    )
    share_explained: pl.Float64 = pa.Field(ge=0, le=1, description="of the mismatches of its group")
    rank: pl.Int64 = pa.Field(
        nullable=True, ge=1, description="1 is the cause behind most money; null when it has no mismatch"
    )
    money_share_cumulative: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="of the money of all mismatches, by the causes up to this rank"
    )
    fix: pl.String = pa.Field(nullable=True, description="what to change, and where")
    tell_apart: pl.String = pa.Field(
        nullable=True, description="the cheapest cart on which cause and other_causes differ, replayed"
    )
    sentence: pl.String
    lifecycle: pl.String = pa.Field(isin=CAUSE_LIFECYCLES)
    first_seen_at: Instant = pa.Field(description="as-of of the first run that saw it")
    mismatch_ids: _LIST = pa.Field(description="the mismatches behind it, sorted")  # type: ignore[valid-type]


class Unexplained(Contract):
    """Where mismatches without a cause stand together; one row per (segment, segment value).

    Each segment adds up to all of them. ``orders_share`` is what the value has of all orders of the programme:
    money far beyond it is concentrated there.
    """

    segment: pl.String = pa.Field(isin=SEGMENTS)
    segment_value: pl.String = pa.Field(description="none where the mismatch has no such thing")
    mismatches: pl.Int64 = amount()
    orders: pl.Int64 = amount()
    effect_paise: pl.Int64 = total()
    merchant_paise: pl.Int64 = total(ge=0)
    customer_paise: pl.Int64 = total(le=0)
    money_share: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="of the segment's money")
    money_share_cumulative: pl.Float64 = pa.Field(nullable=True, ge=0, le=1)
    orders_share: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="of all orders; null for leg and kind, which no order has"
    )
    rank: pl.Int64 = pa.Field(ge=1, description="1 holds most money of its segment")
