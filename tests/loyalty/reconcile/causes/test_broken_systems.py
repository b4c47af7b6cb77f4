"""One wrong setting in a simulated brand: it is named, it is never another, and the change lies where it was made."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.values.times import parse_instant
from loyalty.worlds import build
from tests.loyalty.reconcile.causes.broken import BROKEN, SPRING, UNTIL, Apply, a_brand, diagnosed

Case = dict[str, Any]
SILENT = {("redemption:rule_version=2026-01-01", "manual"), ("redemption:surface_rule=widget", "manual")}
"""By hand nobody need take as much as the law allows: a stricter rule shows nowhere."""
ALIKE = {
    "redemption:tier=gold": {"tier=gold", "tier=platinum"},
    "earn:rounding=half_up": {"rounding=half_up", "rounding=half_even"},
}
"""Settings that no order of these brands can tell apart."""


def causes(name: str, apply: Apply, home: Path, seed: int, orders: int = 1500, **brand: Any) -> list[Case]:
    world = build(seed, orders, style=a_brand(name, apply, **brand), faults=False, broken=True)
    drift = BROKEN[name]
    found = diagnosed(world, home)
    assert found["mismatches"].sum() == sum(each.cause == drift.cause for each in world.planted)
    return found.filter(pl.col("verdict") != "unexplained").to_dicts()


def is_named_right(name: str, case: Case) -> bool:
    truth = BROKEN[name].cause
    known = {case["cause"], *case["other_causes"]}
    if case["verdict"] == "identified":
        return bool(case["cause"] == truth)
    return truth in known and (case["verdict"] == "too_few" or known >= ALIKE.get(name, {truth}))


def lies_between(early: dt.datetime | None, at: dt.datetime, late: dt.datetime | None) -> bool:
    return (early is None or early <= at) and (late is None or at <= late)


@pytest.mark.parametrize(
    ("name", "apply"),
    [
        ("redemption:base=subtotal", "auto"),
        ("redemption:max_discount", "manual"),
        ("earn:delay_days=1", "manual"),
        ("earn:base=amount_paid", "auto"),
    ],
)
def test_a_wrong_setting_is_named_and_dated(name: str, apply: Apply, tmp_path: Path) -> None:
    [*found] = causes(name, apply, tmp_path, 100, 900, until=UNTIL)
    drift = BROKEN[name]
    [main] = [case for case in found if case["surface"] == "gokwik"]
    assert all(is_named_right(name, case) for case in found)
    assert (main["cause"], main["verdict"], main["episodes"]) == (drift.cause, "identified", 1)
    assert lies_between(main["began_after_at"], parse_instant(drift.since), main["began_by_at"])
    assert lies_between(main["ended_after_at"], parse_instant(UNTIL), main["ended_by_at"])


@pytest.mark.parametrize("name", ["redemption:base=subtotal", "earn:base=subtotal"])
def test_a_setting_that_is_wrong_for_every_other_order_is_named_all_the_same(
    name: str, tmp_path: Path
) -> None:
    found = causes(name, "auto", tmp_path, 100, 900, share=Fraction(1, 2))
    [main] = [case for case in found if case["surface"] == "gokwik"]
    assert (main["cause"], main["verdict"]) == (BROKEN[name].cause, "identified")
    assert main["contradicted"] > main["reproduced"] // 4
    assert "on some orders only" in main["sentence"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [100, 101])
@pytest.mark.parametrize("apply", ["auto", "manual"])
@pytest.mark.parametrize("name", BROKEN)
def test_every_wrong_setting_is_named_and_dated(name: str, apply: Apply, seed: int, tmp_path: Path) -> None:
    until = UNTIL if seed % 2 else None
    found = causes(name, apply, tmp_path, seed, until=until)
    drift = BROKEN[name]
    assert bool(found) == ((name, apply) not in SILENT)
    for case in found:
        assert is_named_right(name, case), case["sentence"]
        since = max(parse_instant(drift.since), parse_instant(SPRING))
        assert lies_between(case["began_after_at"], since, case["began_by_at"]), case["sentence"]
        assert case["episodes"] == 1, case["sentence"]
        if until is None:
            assert case["ended_by_at"] is None, case["sentence"]
        elif case["ended_by_at"] is not None:
            assert lies_between(case["ended_after_at"], parse_instant(until), case["ended_by_at"])


@pytest.mark.slow
@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(1, 3)])
@pytest.mark.parametrize("name", BROKEN)
def test_a_setting_that_is_wrong_at_times_is_never_taken_for_another(
    name: str, share: Fraction, tmp_path: Path
) -> None:
    for case in causes(name, "auto", tmp_path, 100, share=share):
        assert is_named_right(name, case), case["sentence"]
        assert case["ended_by_at"] is None, case["sentence"]
