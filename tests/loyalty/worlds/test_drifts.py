"""Broken systems of a world: what they spoil is exactly what a reconciliation finds."""

from fractions import Fraction
from pathlib import Path

import pytest

from loyalty.worlds import build
from tests.loyalty.reconcile.causes.broken import BROKEN, UNTIL, Apply, a_brand
from tests.loyalty.worlds.judging import judged, mismatches, planted


@pytest.mark.parametrize(
    ("name", "apply"),
    [
        ("redemption:coupon_order", "auto"),
        ("redemption:units_x100", "manual"),
        ("earn:trigger=placed", "auto"),
        ("reversal:rule_version=2026-01-01", "manual"),
    ],
)
def test_a_broken_system_spoils_what_the_oracle_foresees(name: str, apply: Apply, tmp_path: Path) -> None:
    world = build(5, 600, style=a_brand(name, apply), faults=False, broken=True)
    assert len(world.planted) >= 10
    assert {each.cause for each in world.planted} == {BROKEN[name].cause}
    assert mismatches(judged(world, tmp_path)) == planted(world)


def test_a_broken_system_touches_the_share_of_orders_that_it_says() -> None:
    whole, half = (
        build(5, 900, style=a_brand("earn:base=subtotal", "auto", share=share), faults=False, broken=True)
        for share in (Fraction(1), Fraction(1, 2))
    )
    touched = {each.order_id for each in half.planted}
    assert touched < {each.order_id for each in whole.planted}
    assert 0.4 < len(half.planted) / len(whole.planted) < 0.6


def test_systems_may_be_broken_without_single_faults_and_the_other_way_round() -> None:
    style = a_brand("redemption:base=subtotal", "auto")
    assert {each.cause for each in build(5, 900, style=style, faults=False, broken=True).planted} == {
        "base=subtotal"
    }
    assert {each.cause for each in build(5, 900, style=style, broken=False).planted} == {None}


@pytest.mark.slow
@pytest.mark.parametrize("apply", ["auto", "manual"])
@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_system_spoils_what_the_oracle_foresees(name: str, apply: Apply, tmp_path: Path) -> None:
    world = build(6, 1500, style=a_brand(name, apply, until=UNTIL), broken=True)
    assert mismatches(judged(world, tmp_path)) == planted(world)
