"""Brands with one wrong setting each, for every cause of contract §6 that a simulated shop can have, and their diagnosis."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import polars as pl

from loyalty.contracts.base import empty
from loyalty.contracts.intermediate import OrderRows
from loyalty.intake.settings import Intake
from loyalty.intake.stage import stage
from loyalty.reconcile.causes.evidence import Books
from loyalty.reconcile.causes.group_causes import group_causes
from loyalty.reconcile.linking import link
from loyalty.reconcile.members import Given, judged_tables
from loyalty.reconcile.mismatches import mismatches
from loyalty.values.times import parse_instant
from loyalty.worlds import Drift, World, WorldStyle
from loyalty.worlds.pages import BONUSES, Page, earning, offer, page
from resources.inbox import read_inbox
from resources.rulebook_files import read_rulebook

KEY = "a key for tests that is long enough"
WINTER, SPRING = "2026-01-01T00:00:00+05:30", "2026-04-01T00:00:00+05:30"
SINCE, UNTIL = "2026-05-20T13:37:00+05:30", "2026-07-25T02:10:00+05:30"
END = "2026-09-30T23:15:00+05:30"
Apply = Literal["auto", "manual"]


def _redeeming(cause: str, surface: str = "gokwik", **told: Any) -> Drift:
    return Drift(leg="redemption", since=told.pop("since", SINCE), surface=surface, cause=cause, **told)


def _earning(cause: str, **told: Any) -> Drift:
    return Drift(leg="earn", since=told.pop("since", SINCE), cause=cause, **told)


def _all_but(part: str, *more: str) -> tuple[str, ...]:
    return tuple(sorted({"shipping", "tax", "prepaid_discount", *more} - {part}))


REDEMPTIONS: Mapping[str, Drift] = {
    drift.cause: drift
    for drift in (
        _redeeming("base=subtotal", changes={"base": "subtotal"}),
        _redeeming("base=after_coupon", changes={"base": "after_coupon"}),
        _redeeming(
            "base=total_payable(cod_fee,prepaid_discount,shipping,tax)",
            changes={"include": _all_but("", "cod_fee")},
        ),
        _redeeming("base=total_payable(shipping,tax)", changes={"include": _all_but("prepaid_discount")}),
        _redeeming("rule_version=2026-01-01", version="2026-01-01", since=SPRING),
        _redeeming("surface_rule=widget", as_surface="widget"),
        _redeeming("max_discount", changes={"max_discount_paise": None}),
        _redeeming("cap_percent", changes={"cap_percent": None}),
        _redeeming("min_cart", changes={"min_cart_paise": 0}),
        _redeeming("min_payable", changes={"min_payable_paise": 0}),
        _redeeming("coupon_order", coupon_last=True),
        _redeeming("tier=gold", "rewards_page", as_tier="gold"),
        _redeeming("units_x100", in_paise=True),
        _redeeming("rate=1:12", changes={"value_paise": 1200}),
    )
}
EARNINGS: Mapping[str, Drift] = {
    drift.cause: drift
    for drift in (
        _earning("base=subtotal", changes={"base": "subtotal"}),
        _earning("base=after_coupon", changes={"base": "after_coupon"}),
        _earning("base=total_payable", changes={"base": "total_payable"}),
        _earning("base=amount_paid", changes={"base": "amount_paid"}),
        _earning("base=after_coupon_and_loyalty(shipping)", changes={"include": ("shipping",)}),
        _earning("rule_version=2026-01-01", version="2026-01-01", since=SPRING),
        _earning("rounding=ceil", changes={"rounding": "ceil"}),
        _earning("rounding=half_up", changes={"rounding": "half_up"}),
        _earning("rate=9/100", changes={"coins": 9}),
        _earning("tier=gold", as_tier="gold"),
        _earning("units_x100", in_paise=True),
        _earning("delay_days=1", changes={"delay_days": 1}),
        _earning("delay_days=9", changes={"delay_days": 9}),
        _earning("trigger=placed", changes={"trigger": "placed"}),
        _earning("partial_refund=none", changes={"partial_refund": "none"}),
    )
}
REVERSALS: Mapping[str, Drift] = {
    "partial_refund=all": Drift(
        leg="reversal", since=SINCE, changes={"partial_refund": "all"}, cause="partial_refund=all"
    ),
    "rule_version=2026-01-01": Drift(
        leg="reversal", since=SPRING, version="2026-01-01", cause="rule_version=2026-01-01"
    ),
}
BY_LEG = {"redemption": REDEMPTIONS, "earn": EARNINGS, "reversal": REVERSALS}
BROKEN = {f"{leg}:{cause}": drift for leg, drifts in BY_LEG.items() for cause, drift in drifts.items()}

_BINDING: Mapping[str, Mapping[str, Any]] = {
    "redemption:min_payable": {
        "min_payable_rupees": 300, "cap_percent": None, "max_discount_rupees": None, "min_cart_rupees": 0,
    },
    "redemption:max_discount": {"max_discount_rupees": 60},
    "earn:rounding=ceil": {"coins": 1, "value_rupees": 2, "min_coins": 1},
    "earn:rounding=half_up": {"coins": 1, "value_rupees": 2, "min_coins": 1},
}  # fmt: skip
"""What the checkout's rule must say for the setting to matter at all."""


def _pages(name: str, apply: Apply) -> tuple[Page, ...]:
    winter = offer(cap_percent=12, max_discount_rupees=150, apply=apply)
    spring = offer(
        cap_percent=20, max_discount_rupees=300, apply=apply, include=["shipping", "tax", "prepaid_discount"]
    )
    return tuple(
        page(
            first,
            earn=earning(coins=coins, delay_days=delay),
            redeem={
                "gokwik": {**rule, **_BINDING.get(name, {})},
                "widget": {"same_as": "gokwik", "max_discount_rupees": 90, "deliberate": "on trial"},
                "rewards_page": {**rule, "tiers": ["gold", "platinum"], "max_discount_rupees": 120},
            },
            bonuses={
                **BONUSES,
                "signup": {"coins": 9000 if "min_payable" in name else 2500, "per_member": 1},
            },
            expiry={"months": 12, "order": "earliest_expiry"},
        )
        for first, coins, delay, rule in ((WINTER, 10, 9, winter), (SPRING, 14, 4, spring))
    )


def a_brand(
    name: str, apply: Apply, *, until: str | None = None, share: Fraction = Fraction(1)
) -> WorldStyle:
    """The style of a brand with the wrong setting of that name in `BROKEN`."""
    return WorldStyle(
        brand="broken",
        name="Broken brand",
        start=WINTER,
        as_of=END,
        pages=_pages(name, apply),
        surfaces={"gokwik": 0.7, "widget": 0.2, "rewards_page": 0.1},
        drifts=(replace(BROKEN[name], until=until, share=share),),
        coupons=0.5,
        prepaid_offers=0.6,
        takes=0.8,
        takes_all=0.8,
        migrants=0.4,
    )


def diagnosed(world: World, home: Path) -> pl.DataFrame:
    """mart_causes of a world."""
    wrong, books = judged_world(world, home)
    return group_causes(wrong, books, None)


def judged_world(world: World, home: Path) -> tuple[pl.DataFrame, Books]:
    """mart_mismatches of a world, and the books behind it."""
    for folder, files in (("inbox", world.files), ("rules", world.rules)):
        (home / folder).mkdir()
        for file, text in files.items():
            (home / folder / file).write_text(text)
    rulebook, as_of = read_rulebook(home / "rules"), parse_instant(world.as_of)
    staged = stage(read_inbox(home / "inbox"), Intake.of(KEY, rulebook), as_of)
    linked = link(staged.entries, staged.orders, staged.refunds, staged.members, staged.references, rulebook)
    given = Given(
        orders=staged.orders,
        refund_rows=staged.refunds,
        members=staged.members,
        member_keys=staged.member_keys,
        linked=linked,
        order_rows=empty(OrderRows),
    )
    tables = judged_tables(given, rulebook, as_of)
    stored = {"stg_orders": staged.orders, "int_linked_entries": linked, **tables}
    books = Books.of(lambda name: stored[name].lazy(), rulebook, as_of)
    return mismatches(tables["mart_reconciliation"], None, as_of), books
