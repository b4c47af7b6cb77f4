"""A cause replayed by its name reproduces exactly the mismatches that list it."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from loyalty.reconcile.causes.diagnosis import EVIDENCE, numbered, suspects
from loyalty.reconcile.causes.groups import candidates
from loyalty.reconcile.causes.replay import Named, base_and_parts, named
from loyalty.worlds import STYLES, Drift, build
from tests.loyalty.reconcile.causes.broken import a_brand, judged_world

PERCENT = replace(
    STYLES["percent_auto"],
    drifts=(
        Drift(
            leg="redemption",
            since="2026-02-10T00:00:00+05:30",
            surface="gokwik",
            changes={"cap_percent": None},
            cause="cap_percent",
        ),
    ),
)
BRANDS = {
    "percentages": PERCENT,
    "base": a_brand("redemption:base=subtotal", "auto"),
    "cap": a_brand("redemption:cap_percent", "manual"),
    "rate": a_brand("redemption:rate=1:12", "auto"),
    "earn base": a_brand("earn:base=total_payable", "auto"),
    "earn rate": a_brand("earn:rate=9/100", "manual"),
    "delay": a_brand("earn:delay_days=1", "auto"),
    "reversals": a_brand("reversal:partial_refund=all", "manual"),
}


@pytest.mark.parametrize("name", BRANDS)
def test_a_named_setting_reproduces_what_lists_it_and_nothing_else(name: str, tmp_path: Path) -> None:
    world = build(24, 700, style=BRANDS[name], broken=True)
    mismatches, books = judged_world(world, tmp_path)
    wrong = numbered(mismatches, books)
    tried = 0
    for leg, make in EVIDENCE.items():
        of_leg = wrong.filter((pl.col("leg") == leg) & pl.col("order_no").is_not_null())
        support = candidates(of_leg)
        if not support:
            continue
        evidence = make(suspects(of_leg, support), books)
        listed = of_leg.select("group_no", "order_no", cause="causes").explode("cause").drop_nulls("cause")
        for (group, cause), rows in listed.partition_by("group_no", "cause", as_dict=True).items():
            if named(cause).setting in ("rounding", "balance_at"):
                continue
            told = evidence.asked(evidence.rows.filter(pl.col("group_no") == group), cause)
            exact = told.filter(pl.col("exact") & pl.col("is_searched"))["order_no"]
            assert set(exact) == set(rows["order_no"]), (leg, group, cause)
            tried += 1
    assert tried >= 2


def test_names_are_read_back() -> None:
    assert named("rule_version=2026-04-01") == Named("rule_version", "2026-04-01")
    assert named("coupon_order") == Named("coupon_order", "")
    assert base_and_parts("total_payable(shipping,tax)") == ("total_payable", ("shipping", "tax"))
    assert base_and_parts("total_payable()") == ("total_payable", ())
    assert base_and_parts("amount_paid") == ("amount_paid", ())
