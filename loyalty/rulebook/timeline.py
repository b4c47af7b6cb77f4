"""The rulebook as frames, for joins as of an instant.

`version_no` is the position of a version in time, from 0. Every frame is tiny; polars joins it to
millions of orders.
"""

import polars as pl

from loyalty.rulebook.models import EARN_PARTS, REDEEM_PARTS, Earning, Redemption, Rulebook
from loyalty.values.times import INSTANT


def versions(rulebook: Rulebook) -> pl.DataFrame:
    """``version_no, rule_version, effective_from, partial_restore, restore_on, expiry_months``; one row per version."""
    return pl.DataFrame(
        [
            {
                "version_no": number,
                "rule_version": law.version,
                "effective_from": law.effective_from,
                "restore_on": list(law.restore_on),
                "partial_restore": law.partial_restore,
                "expiry_months": law.expiry.months,
            }
            for number, law in enumerate(rulebook.versions)
        ],
        schema={
            "version_no": pl.Int64,
            "rule_version": pl.String,
            "effective_from": INSTANT,
            "restore_on": pl.List(pl.String),
            "partial_restore": pl.String,
            "expiry_months": pl.Int64,
        },
    )


def in_force(frame: pl.DataFrame, rulebook: Rulebook, at: str, *, clamp: bool = False) -> pl.DataFrame:
    """``frame`` with the ``version_no`` in force at column ``at``; null before the first version.

    ``clamp`` gives the first version to earlier instants, as entries tied to no order take it
    (details R15). Row order is kept; a null instant has no version.
    """
    law = versions(rulebook).select("version_no", effective_from="effective_from")
    starts = law["effective_from"]
    position = starts.search_sorted(frame[at], side="right").cast(pl.Int64) - 1
    number = pl.Series("version_no", position)
    if clamp and rulebook.versions:
        number = number.clip(lower_bound=0)
    return frame.with_columns(
        version_no=pl.when(pl.col(at).is_not_null() & (pl.lit(number) >= 0)).then(pl.lit(number))
    )


def redemption_rules(rulebook: Rulebook) -> pl.DataFrame:
    """Every number of every redemption block; one row per (version_no, surface).

    ``step_coins`` K, ``step_paise`` V (null for percent kinds), ``step_bps`` (null for amount kinds), caps
    as an exact ratio ``cap_num / cap_den`` of the base, ``with_<part>`` flags for what total payable takes in,
    ``worth_coins`` and ``worth_paise`` of r(c).
    """
    rows = [
        {"version_no": number, "surface": surface, **_redemption_row(rule)}
        | dict(zip(("worth_coins", "worth_paise"), law.coin_worth(surface), strict=True))
        for number, law in enumerate(rulebook.versions)
        for surface, rule in law.redeem.items()
    ]
    return pl.DataFrame(rows, schema=_REDEMPTION_SCHEMA)


def earning_rules(rulebook: Rulebook) -> pl.DataFrame:
    """Every number of every earning block; one row per version_no."""
    rows = [{"version_no": number, **_earning_row(law.earn)} for number, law in enumerate(rulebook.versions)]
    return pl.DataFrame(rows, schema=_EARNING_SCHEMA)


def tier_factors(rulebook: Rulebook) -> pl.DataFrame:
    """Factor of each named tier; one row per (version_no, tier). A tier without a row has factor 1."""
    rows = [
        {"version_no": number, "tier": tier, "tier_num": factor.numerator, "tier_den": factor.denominator}
        for number, law in enumerate(rulebook.versions)
        for tier, factor in law.earn.tiers.items()
    ]
    return pl.DataFrame(
        rows, schema={"version_no": pl.Int64, "tier": pl.String, "tier_num": pl.Int64, "tier_den": pl.Int64}
    )


def bonus_rules(rulebook: Rulebook) -> pl.DataFrame:
    """Bounds of each bonus; one row per (version_no, bonus_name)."""
    rows = [
        {
            "version_no": number,
            "bonus_name": name,
            "bonus_min": bonus.coins_min,
            "bonus_max": bonus.coins_max,
            "per_member": bonus.per_member,
        }
        for number, law in enumerate(rulebook.versions)
        for name, bonus in law.bonuses.items()
    ]
    schema = {"version_no": pl.Int64, "bonus_name": pl.String}
    return pl.DataFrame(
        rows, schema=schema | dict.fromkeys(("bonus_min", "bonus_max", "per_member"), pl.Int64)
    )


def home_worth(rulebook: Rulebook) -> pl.DataFrame:
    """``version_no, home_coins, home_paise``: what coins are worth on the home surface; one row per version.

    Nothing, where a version has no redemption block.
    """
    homes = [
        (number, *(law.coin_worth(law.home_surface) if law.home_surface else (1, 0)))
        for number, law in enumerate(rulebook.versions)
    ]
    columns = ("version_no", "home_coins", "home_paise")
    return pl.DataFrame(homes, schema=dict.fromkeys(columns, pl.Int64), orient="row")


def worth_at(frame: pl.DataFrame, rulebook: Rulebook, at: str) -> pl.DataFrame:
    """``frame`` with ``worth_coins, worth_paise`` for entries tied to no order (details R15).

    Surface gokwik, else the first block of the file, in the version in force at column ``at``; the
    first version before it. A rulebook without any redemption block values coins at nothing.
    """
    worth = home_worth(rulebook).rename({"home_coins": "worth_coins", "home_paise": "worth_paise"})
    dated = in_force(frame.drop("version_no", strict=False), rulebook, at, clamp=True)
    joined = dated.join(worth, on="version_no", how="left", validate="m:1", maintain_order="left")
    return joined.drop("version_no").with_columns(
        pl.col("worth_coins").fill_null(1), pl.col("worth_paise").fill_null(0)
    )


def _redemption_row(rule: Redemption) -> dict[str, object]:
    return {
        "offer_kind": rule.kind,
        "step_coins": rule.coins,
        "step_paise": None if rule.is_percent else rule.step_paise,
        "step_bps": rule.step_bps if rule.is_percent else None,
        "is_step": rule.step,
        "granularity_paise": rule.granularity_paise,
        "min_coins": rule.min_coins,
        "max_coins": rule.max_coins,
        "max_discount_paise": rule.max_discount_paise,
        "cap_num": None if rule.cap_percent is None else rule.cap_percent.numerator,
        "cap_den": None if rule.cap_percent is None else rule.cap_percent.denominator * 100,
        "base": rule.base,
        **{f"with_{part}": part in rule.include for part in REDEEM_PARTS},
        "min_cart_paise": rule.min_cart_paise,
        "min_cart_base": rule.min_cart_base,
        "min_payable_paise": rule.min_payable_paise,
        "denies_coupon": rule.with_coupon == "deny",
        "payments": list(rule.payment),
        "tiers": None if rule.tiers is None else list(rule.tiers),
        "devices": list(rule.devices),
        "is_enabled": rule.enabled,
        "apply": rule.apply,
    }


def _earning_row(rule: Earning) -> dict[str, object]:
    return {
        "earn_coins": rule.coins,
        "per_paise": rule.per_paise,
        "base": rule.base,
        **{f"with_{part}": part in rule.include for part in EARN_PARTS},
        "rounding": rule.rounding,
        "trigger": rule.trigger,
        "delay_days": rule.delay_days,
        "min_order_paise": rule.min_order_paise,
        "max_coins": rule.max_coins,
        "rule_skip_tags": list(rule.skip_tags),
        "reverse_on": list(rule.reverse_on),
        "partial_refund": rule.partial_refund,
    }


_TEXTS = pl.List(pl.String)
_REDEMPTION_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "version_no": pl.Int64,
    "surface": pl.String,
    "offer_kind": pl.String,
    "step_coins": pl.Int64,
    "step_paise": pl.Int64,
    "step_bps": pl.Int64,
    "is_step": pl.Boolean,
    "granularity_paise": pl.Int64,
    "min_coins": pl.Int64,
    "max_coins": pl.Int64,
    "max_discount_paise": pl.Int64,
    "cap_num": pl.Int64,
    "cap_den": pl.Int64,
    "base": pl.String,
    **dict.fromkeys((f"with_{part}" for part in REDEEM_PARTS), pl.Boolean),
    "min_cart_paise": pl.Int64,
    "min_cart_base": pl.String,
    "min_payable_paise": pl.Int64,
    "denies_coupon": pl.Boolean,
    "payments": _TEXTS,
    "tiers": _TEXTS,
    "devices": _TEXTS,
    "is_enabled": pl.Boolean,
    "apply": pl.String,
    "worth_coins": pl.Int64,
    "worth_paise": pl.Int64,
}
_EARNING_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "version_no": pl.Int64,
    "earn_coins": pl.Int64,
    "per_paise": pl.Int64,
    "base": pl.String,
    **dict.fromkeys((f"with_{part}" for part in EARN_PARTS), pl.Boolean),
    "rounding": pl.String,
    "trigger": pl.String,
    "delay_days": pl.Int64,
    "min_order_paise": pl.Int64,
    "max_coins": pl.Int64,
    "rule_skip_tags": _TEXTS,
    "reverse_on": _TEXTS,
    "partial_refund": pl.String,
}
