"""Kinds of brand: what the law says, what goes wrong by system, and how the exports are spelled."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from loyalty.worlds.pages import BONUSES, Page, earning, fixed, offer, page, percent, straight


@dataclass(frozen=True, slots=True)
class Drift:
    """One system that follows another law between two instants, for every order that it touches.

    ``redemption``: ``surface`` applies the law of ``version``, of the surface ``as_surface``, or its own with
    ``changes`` (fields of the rulebook's model). ``earn``, ``reversal``: coins are credited, or taken back, so.
    ``restore``: orders that die with the word ``state`` get no coins back. ``as_tier`` takes everybody for a member of
    that tier, ``coupon_last`` reckons as if the coupon were not taken off, ``in_paise`` mixes up rupees and
    paise, and ``share`` is the part of the orders that it touches, drawn by their number.
    """

    leg: Literal["redemption", "earn", "reversal", "restore"]
    since: str
    until: str | None = None
    surface: str | None = None
    version: str | None = None
    as_surface: str | None = None
    as_tier: str | None = None
    coupon_last: bool = False
    in_paise: bool = False
    changes: Mapping[str, object] = field(default_factory=dict)
    state: str | None = None
    share: Fraction = Fraction(1)
    cause: str = ""

    def __post_init__(self) -> None:
        """What a drift spoils is told by its cause, so a law that is not applied needs one."""
        if self.leg != "restore" and not self.cause:
            raise ValueError(f"a drift of {self.leg} needs the cause that a reconciliation should name")


@dataclass(frozen=True, slots=True)
class WorldStyle:
    """A brand before its seed: dates, law, habits of its customers and of its systems, spelling.

    Shares are between 0 and 1. ``auto_rows`` and ``manual_rows`` are the shares of order rows that say
    how coins were applied; the rest leave it to the rule. ``tier_snapshots`` are two earlier instants of
    a members export: up to the second, older members have the tier they had before. ``events``: Shopify's orders,
    carts, checkouts, settlements, tickets and answers are exported too.
    """

    brand: str
    name: str
    start: str
    as_of: str
    pages: tuple[Page, ...]
    surfaces: Mapping[str, float]
    drifts: tuple[Drift, ...] = ()
    launched_at: str | None = None
    sale_days: Mapping[str, float] = field(default_factory=dict)
    growth: float = 1.2
    new_customers: float = 0.42
    migrants: float = 0.22
    coupons: float = 0.15
    prepaid_offers: float = 0.3
    reviews: float = 0.12
    takes: float = 0.5
    takes_all: float = 0.82
    auto_rows: float = 0.0
    manual_rows: float = 0.25
    sweep_by_day: float = 0.6
    order_clock: str = "sql"
    refund_clock: str = "sql"
    tier_snapshots: tuple[str, ...] = ()
    monthly_files: bool = True
    events: bool = False
    noise: bool = True


_START, _END = "2026-01-01T00:00:00+05:30", "2026-09-30T23:15:00+05:30"
_SPRING, _SUMMER = "2026-03-10T00:00:00+05:30", "2026-06-15T12:00:00+05:30"
_SHOPS = {"gokwik": 0.66, "widget": 0.16, "rewards_page": 0.08, "pos": 0.10}
_SHORT_LIFE = {"months": 3, "order": "earliest_expiry"}

_SPRING_EARN = earning(
    coins=15, include=["shipping"], rounding="half_up", delay_days=3, min_order_rupees=300, max_coins=250,
    partial_refund="none",
)  # fmt: skip
_SUMMER_EARN = earning(
    coins=3,
    per_rupees=20,
    base="after_coupon",
    rounding="ceil",
    trigger="placed",
    delay_days=2,
    partial_refund="all",
)
_PAID_EARN = earning(
    coins=11, per_rupees=70, base="amount_paid", rounding="half_even", trigger="confirmed", delay_days=1
)


def _law(earns: tuple[Page, ...], redeems: tuple[Page, ...], **more: object) -> tuple[Page, ...]:
    """Three versions of one law, from the three earn and the three redeem blocks."""
    firsts = (_START, _SPRING, _SUMMER)
    return tuple(
        page(first, earn=earn, redeem=redeem, bonuses=BONUSES, expiry=_SHORT_LIFE, **more)
        for first, earn, redeem in zip(firsts, earns, redeems, strict=True)
    )


def _stepwise(apply: str) -> tuple[Page, ...]:
    page_offer = fixed(tiers=["gold", "platinum"])
    return (
        {
            "gokwik": offer(apply=apply),
            "widget": {"same_as": "gokwik"},
            "rewards_page": page_offer,
            "pos": straight(),
        },
        {
            "gokwik": offer(
                min_coins=300, max_discount_rupees=None, cap_percent=None, base="after_coupon",
                min_cart_rupees=399, min_payable_rupees=99, payment=["prepaid", "ppcod"], apply=apply,
            ),
            "widget": {"same_as": "gokwik", "max_discount_rupees": 100, "deliberate": "pilot"},
            "rewards_page": page_offer,
            "pos": straight(),
            "partial_restore": "pro_rata",
        },
        {
            "gokwik": offer(
                value_rupees=20, max_coins=1500, max_discount_rupees=250, cap_percent=15, base="subtotal",
                include=["shipping", "cod_fee"], min_cart_base="total_payable", with_coupon="deny", apply=apply,
            ),
            "widget": {"same_as": "gokwik"},
            "rewards_page": page_offer,
            "pos": straight(),
            "restore_on": ["cancelled", "rto", "refunded", "failed"],
        },
    )  # fmt: skip


def _percentages(apply: str) -> tuple[Page, ...]:
    reward = percent(kind="percent_fixed", coins=400, value_percent=5, min_coins=0, max_discount_rupees=150)
    steps = offer(cap_percent=None, base="after_coupon", min_payable_rupees=149)
    first = percent(apply=apply)
    return (
        {"gokwik": first, "widget": {"same_as": "gokwik"}, "rewards_page": reward, "pos": steps},
        {
            "gokwik": percent(
                value_percent="1.5", base="subtotal", min_coins=200, cap_percent=None, apply=apply
            ),
            "widget": {
                "same_as": "gokwik",
                "max_coins": 500,
                "deliberate": "widget shows at most five steps",
            },
            "rewards_page": reward,
            "pos": steps,
            "partial_restore": "pro_rata",
        },
        {
            "gokwik": percent(
                value_percent=3, cap_percent=20, with_coupon="deny", base="after_coupon", apply=apply
            ),
            "widget": {"same_as": "gokwik"},
            "rewards_page": reward,
            "pos": steps,
        },
    )


_LINEAR = (
    {
        "gokwik": straight(coins=10, value_rupees=1, min_coins=50, cap_percent=15, min_cart_rupees=399),
        "rewards_page": fixed(),
        "pos": offer(cap_percent=None, min_cart_rupees=0, min_payable_rupees=99),
    },
    {
        "gokwik": straight(
            coins=3, value_rupees=1, granularity_rupees="0.01", max_coins=900, cap_percent="12.5"
        ),
        "rewards_page": fixed(),
        "pos": offer(base="after_coupon", payment=["prepaid"]),
        "partial_restore": "pro_rata",
    },
    {
        "gokwik": straight(
            coins=7, value_rupees=2, granularity_rupees="0.50", min_coins=70, with_coupon="deny"
        ),
        "rewards_page": fixed(),
        "pos": offer(),
    },
)
_RUPEE = (
    {"gokwik": offer(coins=1, value_rupees=1, min_coins=1, cap_percent=25), "widget": {"same_as": "gokwik"}},
    {
        "gokwik": offer(
            coins=1, value_rupees=1, min_coins=3, cap_percent=None, base="after_coupon", min_payable_rupees=149,
            payment=["prepaid", "ppcod"],
        ),
        "widget": {"same_as": "gokwik"},
        "partial_restore": "pro_rata",
    },
    {
        "gokwik": offer(coins=1, value_rupees=2, min_coins=1, max_coins=60, with_coupon="deny"),
        "widget": {"same_as": "gokwik", "tiers": ["gold", "platinum"], "deliberate": "members' night"},
    },
)  # fmt: skip
_RUPEE_EARNS = tuple(
    earning(coins=coins, rounding=rounding, delay_days=delay, **more)
    for coins, rounding, delay, more in (
        (5, "floor", 7, {}),
        (4, "half_even", 3, {"base": "total_payable", "min_order_rupees": 200}),
        (3, "half_up", 5, {"base": "subtotal", "include": ["tax"], "max_coins": 60}),
    )
)
_WORTH = {"coin_value": {"coins": 100, "rupees": 10}}


def _shop(name: str, pages: tuple[Page, ...], **habits: object) -> WorldStyle:
    base = WorldStyle(
        brand=f"{name}-brand",
        name=f"{name.capitalize()} brand",
        start=_START,
        as_of=_END,
        pages=pages,
        surfaces=_SHOPS,
    )
    return _with(base, habits)


def _with(style: WorldStyle, habits: Mapping[str, object]) -> WorldStyle:
    values = {name: getattr(style, name) for name in style.__dataclass_fields__}
    return WorldStyle(**{**values, **habits})


STEPS = _shop("steps", _law((earning(), _SPRING_EARN, _SUMMER_EARN), _stepwise("manual")))
AUTO = _shop(
    "auto",
    _law((earning(), _PAID_EARN, _SPRING_EARN), _stepwise("auto")),
    auto_rows=0.35,
    manual_rows=0.05,
    order_clock="zone",
    events=True,
    tier_snapshots=("2026-03-20T00:00:00+05:30", "2026-06-20T00:00:00+05:30"),
)
LINEAR = _shop(
    "linear",
    _law((_PAID_EARN, earning(), _SUMMER_EARN), _LINEAR),
    surfaces={"gokwik": 0.75, "rewards_page": 0.1, "pos": 0.15},
    order_clock="slashes",
    refund_clock="dashes",
    events=True,
)
PERCENT = _shop(
    "percent",
    _law((earning(), _SPRING_EARN, _PAID_EARN), _percentages("manual"), **_WORTH),
    order_clock="utc",
    refund_clock="utc",
)
PERCENT_AUTO = _shop(
    "percents", _law((_SPRING_EARN, earning(), _SUMMER_EARN), _percentages("auto"), **_WORTH)
)
RUPEE = _shop(
    "rupee",
    _law(_RUPEE_EARNS, _RUPEE),
    surfaces={"gokwik": 0.8, "widget": 0.2},
    order_clock="dashes",
    auto_rows=0.02,
)
STYLES: dict[str, WorldStyle] = {
    "steps": STEPS,
    "auto": AUTO,
    "linear": LINEAR,
    "percent": PERCENT,
    "percent_auto": PERCENT_AUTO,
    "rupee": RUPEE,
}
"""Small test brands: together every redemption kind, base, rounding, trigger, gate and apply mode."""

_DEMO_REDEEM = {
    "gokwik": offer(cap_percent=8),
    "widget": {"same_as": "gokwik"},
    "rewards_page": fixed(tiers=["gold", "platinum"]),
    "pos": straight(),
}
_DEMO_NEXT = {
    "gokwik": offer(cap_percent=8, max_discount_rupees=150, min_cart_rupees=599),
    "widget": {"same_as": "gokwik"},
    "rewards_page": fixed(tiers=["gold", "platinum"]),
    "pos": straight(),
}
_WELCOME = {**BONUSES, "signup": {"coins": 1000, "per_member": 1}}
_HALF_YEAR = {"months": 6, "order": "earliest_expiry"}
MITHAI = WorldStyle(
    brand="mithai-and-co",
    name="Mithai & Co",
    start="2025-04-01T00:00:00+05:30",
    as_of="2026-01-01T09:00:00+05:30",
    pages=(
        page(
            "2025-04-01T00:00:00+05:30",
            earn=earning(coins=40),
            redeem=_DEMO_REDEEM,
            bonuses=_WELCOME,
            expiry=_HALF_YEAR,
        ),
        page(
            "2025-09-15T00:00:00+05:30",
            earn=earning(coins=30, rounding="half_up", delay_days=5),
            redeem=_DEMO_NEXT,
            bonuses=_WELCOME,
            expiry=_HALF_YEAR,
        ),
    ),
    surfaces={"gokwik": 0.72, "widget": 0.14, "rewards_page": 0.06, "pos": 0.08},
    drifts=(
        Drift(
            leg="redemption",
            since="2025-11-21T11:30:00+05:30",
            surface="gokwik",
            changes={"base": "subtotal"},
            cause="base=subtotal",
        ),
        Drift(
            leg="redemption",
            since="2025-09-15T00:00:00+05:30",
            until="2025-11-10T00:00:00+05:30",
            surface="widget",
            version="2025-04-01",
            cause="rule_version=2025-04-01",
        ),
        Drift(leg="restore", since="2025-11-28T00:00:00+05:30", state="rto"),
    ),
    growth=2.0,
    coupons=0.42,
    prepaid_offers=0.6,
    reviews=0.3,
    takes=0.75,
    launched_at="2025-06-01T00:00:00+05:30",
    sale_days={
        "2025-08-14": 2.2, "2025-08-15": 2.6, "2025-08-28": 2.4, "2025-10-17": 2.4, "2025-10-18": 2.8,
        "2025-10-19": 3.2, "2025-10-20": 2.6, "2025-11-27": 3.0, "2025-11-28": 2.2, "2025-12-31": 1.8,
    },
)  # fmt: skip
"""A sweet shop: two versions of one law and three systems that went wrong."""
DEMO = replace(MITHAI, events=True)
"""The same with everything that it can export: what ``milaan demo`` shows."""
