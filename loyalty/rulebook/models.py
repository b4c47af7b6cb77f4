"""One rulebook version as frozen models; field aliases are the keys of contract §4.

Every scalar arrives as the text that stands in the file, so that no number ever passes through a
float. Money is paise, percentages and factors are exact ratios.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from loyalty.values.ratios import Rounding, parse_ratio

EarnBase = Literal["subtotal", "after_coupon", "after_coupon_and_loyalty", "total_payable", "amount_paid"]
RedeemBase = Literal["subtotal", "after_coupon", "total_payable"]
EarnPart = Literal["shipping", "cod_fee", "tax"]
RedeemPart = Literal["shipping", "cod_fee", "tax", "prepaid_discount"]
Kind = Literal["amount_variable", "amount_fixed", "percent_variable", "percent_fixed"]
Payment = Literal["prepaid", "cod", "ppcod"]
Trigger = Literal["placed", "confirmed", "delivered"]
DeadWord = Literal["cancelled", "rto", "returned", "refunded", "partially_refunded", "failed"]

EARN_BASES: tuple[EarnBase, ...] = get_args(EarnBase)
REDEEM_BASES: tuple[RedeemBase, ...] = get_args(RedeemBase)
EARN_PARTS: tuple[EarnPart, ...] = get_args(EarnPart)
REDEEM_PARTS: tuple[RedeemPart, ...] = get_args(RedeemPart)
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")


def _number(value: object) -> Fraction:
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    if not isinstance(value, str) or not _PLAIN.fullmatch(value.strip()):
        raise ValueError(f"must be a plain number of 0 or more, not {value!r}")
    return Fraction(value.strip())


def _whole(value: object) -> int:
    number = _number(value)
    if number.denominator != 1:
        raise ValueError(f"must be a whole number, not {value!r}")
    return int(number)


def _paise(value: object) -> int:
    number = _number(value) * 100
    if number.denominator != 1:
        raise ValueError(f"must be rupees with at most two decimals, not {value!r}")
    return int(number)


def _optional(parse: Any) -> Any:
    return BeforeValidator(lambda value: None if value is None else parse(value))


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise ValueError(f"must be true or false, not {value!r}")


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list, not {value!r}")
    return tuple(sorted({str(item).strip().lower() for item in value}))


def _factors(value: object) -> dict[str, Fraction]:
    if not isinstance(value, Mapping):
        raise ValueError(f"must be names with factors, not {value!r}")
    factors = {str(tier).strip().lower(): parse_ratio(str(factor)) for tier, factor in value.items()}
    for tier, factor in factors.items():
        if factor < 0:
            raise ValueError(f"the factor of {tier} must be 0 or more, not {factor}")
    return dict(sorted(factors.items()))


def _instant(value: object) -> dt.datetime:
    try:
        instant = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise ValueError(f"must be an instant like 2026-04-01T00:00:00+05:30, not {value!r}") from error
    if instant.tzinfo is None:
        raise ValueError(f"needs a zone, like 2026-04-01T00:00:00+05:30, not {value!r}")
    return instant.astimezone(dt.UTC)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be text, not {value!r}")
    return value.strip()


Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10**9)]
Positive = Annotated[int, BeforeValidator(_whole), Field(gt=0, le=10**9)]
MaybeWhole = Annotated[Annotated[int, Field(ge=0, le=10**9)] | None, _optional(_whole)]
Paise = Annotated[int, BeforeValidator(_paise), Field(ge=0, le=10**12)]
PositivePaise = Annotated[int, BeforeValidator(_paise), Field(gt=0, le=10**12)]
MaybePaise = Annotated[Annotated[int, Field(ge=0, le=10**12)] | None, _optional(_paise)]
MaybePositivePaise = Annotated[Annotated[int, Field(gt=0, le=10**12)] | None, _optional(_paise)]
MaybePercent = Annotated[Annotated[Fraction, Field(ge=0, le=100)] | None, _optional(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class _Law(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, validate_default=False
    )


class Earning(_Law):
    """What an order earns: ``coins`` per ``per_paise`` of a base, one division at the end."""

    coins: Whole = 0
    per_paise: PositivePaise = Field(10_000, alias="per_rupees")
    base: EarnBase = "after_coupon_and_loyalty"
    include: Annotated[tuple[EarnPart, ...], BeforeValidator(_names)] = ()
    rounding: Rounding = "floor"
    trigger: Trigger = "delivered"
    delay_days: Whole = 0
    min_order_paise: Paise = Field(0, alias="min_order_rupees")
    max_coins: MaybeWhole = None
    tiers: Annotated[dict[str, Fraction], BeforeValidator(_factors)] = Field(default_factory=dict)
    skip_tags: Names = ()
    reverse_on: Annotated[tuple[DeadWord, ...], BeforeValidator(_names)] = (
        "cancelled", "failed", "partially_refunded", "refunded", "returned", "rto",
    )  # fmt: skip
    partial_refund: Literal["recompute", "none", "all"] = "recompute"


class Redemption(_Law):
    """What coins buy on one surface. Amount kinds use ``value_paise``, percent kinds ``value_percent``."""

    kind: Kind = "amount_variable"
    coins: Positive = 100
    value_paise: MaybePositivePaise = Field(None, alias="value_rupees")
    value_percent: MaybePercent = None
    step: Flag = True
    granularity_paise: PositivePaise = Field(1, alias="granularity_rupees")
    min_coins: Whole = 0
    max_coins: MaybeWhole = None
    max_discount_paise: MaybePaise = Field(None, alias="max_discount_rupees")
    cap_percent: MaybePercent = None
    base: RedeemBase = "total_payable"
    include: Annotated[tuple[RedeemPart, ...], BeforeValidator(_names)] = (
        "prepaid_discount",
        "shipping",
        "tax",
    )
    min_cart_paise: Paise = Field(0, alias="min_cart_rupees")
    min_cart_base: RedeemBase = "after_coupon"
    min_payable_paise: Paise = Field(0, alias="min_payable_rupees")
    with_coupon: Literal["allow", "deny"] = "allow"
    payment: Annotated[tuple[Payment, ...], BeforeValidator(_names)] = ("cod", "ppcod", "prepaid")
    tiers: Annotated[tuple[str, ...] | None, _optional(_names)] = None
    apply: Literal["manual", "auto"] = "manual"
    enabled: Flag = True
    devices: Names = ("mobile", "web")
    same_as: Text | None = None
    deliberate: Text | None = None

    @model_validator(mode="after")
    def _value_fits_kind(self) -> Self:
        if self.is_percent:
            if self.value_percent is None or self.value_percent <= 0:
                raise ValueError(f"kind {self.kind} needs value_percent above 0")
            if (self.value_percent * 100).denominator != 1:
                raise ValueError("value_percent must be a whole number of hundredths of a percent")
            if self.value_paise is not None:
                raise ValueError(f"kind {self.kind} takes value_percent, not value_rupees")
        elif self.value_percent is not None:
            raise ValueError(f"kind {self.kind} takes value_rupees, not value_percent")
        return self

    @property
    def is_percent(self) -> bool:
        """Whether coins buy a share of the base rather than an amount."""
        return self.kind.startswith("percent")

    @property
    def step_paise(self) -> int:
        """Paise of one step of an amount kind; ₹10 when the file does not say (contract §4)."""
        return 1000 if self.value_paise is None else self.value_paise

    @property
    def step_bps(self) -> int:
        """Hundredths of a percent of one step of a percent kind, else 0."""
        return int(self.value_percent * 100) if self.value_percent is not None else 0


class Bonus(_Law):
    """Coins for something other than an order; a range when the vendor draws at random."""

    coins_min: int
    coins_max: int
    per_member: MaybeWhole = None

    @model_validator(mode="before")
    @classmethod
    def _range(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or "coins" not in data:
            raise ValueError("needs coins: a number, or a range like [10, 50]")
        rest = {key: value for key, value in data.items() if key != "coins"}
        if bounds_given := {"coins_min", "coins_max"} & set(rest):
            raise ValueError(f"{min(bounds_given)} is no key; a range is written coins: [10, 50]")
        coins = data["coins"]
        bounds = list(coins) if isinstance(coins, list | tuple) else [coins, coins]
        if len(bounds) != 2:
            raise ValueError("coins must be a number, or a range like [10, 50]")
        low, high = (_whole(bound) for bound in bounds)
        if low > high:
            raise ValueError(f"coins runs backwards: {low} to {high}")
        return {**rest, "coins_min": low, "coins_max": high}


class Expiry(_Law):
    """How long a coin lives: to 24:00 IST of its date plus ``months``; never when null."""

    months: Annotated[Annotated[int, Field(gt=0, le=1200)] | None, _optional(_whole)] = None
    order: Literal["earliest_expiry"] = "earliest_expiry"


class CoinValue(_Law):
    """What a coin is worth in reports where a surface grants percentages."""

    coins: Positive
    paise: PositivePaise = Field(alias="rupees")


class RuleVersion(_Law):
    """The whole law from ``effective_from`` until the next version, half-open."""

    version: Text
    effective_from: Annotated[dt.datetime, BeforeValidator(_instant)]
    reference: Annotated[str | None, _optional(_text)] = None
    earn: Earning = Field(default_factory=Earning)
    redeem: dict[str, Redemption] = Field(default_factory=dict)
    restore_on: Annotated[tuple[DeadWord, ...], BeforeValidator(_names)] = (
        "cancelled", "failed", "refunded", "returned", "rto",
    )  # fmt: skip
    partial_restore: Literal["none", "pro_rata"] = "none"
    bonuses: dict[str, Bonus] = Field(default_factory=dict)
    expiry: Expiry = Field(default_factory=Expiry)
    coin_value: CoinValue | None = None

    @model_validator(mode="before")
    @classmethod
    def _lift_redeem_settings(cls, data: Any) -> Any:
        """``restore_on`` and ``partial_restore`` stand under ``redeem`` beside the surfaces (details S11)."""
        if not isinstance(data, Mapping):
            return data
        if misplaced := sorted({"restore_on", "partial_restore"} & set(data)):
            raise ValueError(f"{misplaced[0]} belongs under redeem")
        if not isinstance(data.get("redeem"), Mapping):
            return data
        redeem = dict(data["redeem"])
        lifted = dict(data) | {
            key: redeem.pop(key) for key in ("restore_on", "partial_restore") if key in redeem
        }
        lifted["redeem"] = {str(name).strip().lower(): _resolved(name, redeem) for name in redeem}
        return lifted

    @model_validator(mode="after")
    def _percent_needs_coin_value(self) -> Self:
        if self.coin_value is None and any(rule.is_percent for rule in self.redeem.values()):
            raise ValueError("coin_value is required when a surface grants a percentage")
        return self

    @property
    def tier_names(self) -> tuple[str, ...]:
        """Every tier that earning or a redemption block names, sorted."""
        gated = {tier for rule in self.redeem.values() for tier in rule.tiers or ()}
        return tuple(sorted(gated | set(self.earn.tiers)))

    @property
    def home_surface(self) -> str | None:
        """Whose coin value prices entries tied to no order: gokwik, else the first block."""
        return "gokwik" if "gokwik" in self.redeem else next(iter(self.redeem), None)

    def coin_worth(self, surface: str) -> tuple[int, int]:
        """``(coins, paise)`` that turn coins into money for reporting on this surface (details R14)."""
        rule = self.redeem[surface]
        if rule.is_percent:
            assert self.coin_value is not None  # the validator above refuses such a file
            return self.coin_value.coins, self.coin_value.paise
        return rule.coins, rule.step_paise

    def is_pure_mirror(self, surface: str) -> bool:
        """Whether the block repeats another without a deliberate difference."""
        rule = self.redeem[surface]
        return rule.same_as is not None and rule.deliberate is None


def _resolved(name: object, blocks: Mapping[str, Any]) -> Any:
    """A mirror's block, filled from the block it mirrors; any other block as it stands."""
    block = blocks[name]  # type: ignore[index]
    if block is None:
        return {}
    if not isinstance(block, Mapping) or "same_as" not in block:
        return block
    target = blocks.get(str(block["same_as"]))
    if not isinstance(target, Mapping) or "same_as" in target:
        raise ValueError(f"redeem.{name} mirrors {block['same_as']}, which is no block of its own")
    differences = set(block) - {"same_as", "deliberate"}
    if differences and not block.get("deliberate"):
        raise ValueError(f"redeem.{name} differs in {', '.join(sorted(differences))}: say why in deliberate")
    return {**target, **block}


class Rulebook(_Law):
    """All versions, in order of their first instant."""

    versions: tuple[RuleVersion, ...]

    @classmethod
    def of(cls, versions: Iterable[RuleVersion]) -> Self:
        """The versions sorted by ``effective_from``; that none overlap is checked where files are read."""
        return cls(versions=tuple(sorted(versions, key=lambda version: version.effective_from)))

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every surface named by any version, sorted."""
        return tuple(sorted({surface for version in self.versions for surface in version.redeem}))

    @property
    def bonus_names(self) -> tuple[str, ...]:
        """Every bonus named by any version, longest first, so that the closest name wins."""
        names = {name for version in self.versions for name in version.bonuses}
        return tuple(sorted(names, key=lambda name: (-len(name), name)))

    @property
    def skip_tags(self) -> tuple[str, ...]:
        """Every tag that any version skips, sorted."""
        return tuple(sorted({tag for version in self.versions for tag in version.earn.skip_tags}))
