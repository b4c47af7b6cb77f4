"""The engine finds in a world what was planted in it, to the paisa, and nothing else.

Two independent readings of the contract: what they disagree on, one of them reads wrongly.
"""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from loyalty.worlds import MITHAI, STYLES, WorldStyle, build
from tests.loyalty.worlds.judging import judged, mismatches, planted


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_faulty_world_shows_exactly_what_was_planted(style: WorldStyle, tmp_path: Path) -> None:
    world = build(11, 400, style=style)
    assert len(world.planted) >= 35
    assert mismatches(judged(world, tmp_path)) == planted(world)


def test_a_clean_world_shows_no_mismatch_and_every_innocent_status(tmp_path: Path) -> None:
    rows = judged(build(12, 1200, style=MITHAI, faults=False), tmp_path)
    assert not mismatches(rows)
    by_design = set(rows.filter(pl.col("status") == "by_design")["kind"])
    assert by_design == {"not_yet_due", "skipped_by_tag", "coupon_still_valid", "timing"}
    assert {"match", "pending", "unknown"} <= set(rows["status"])


def test_broken_systems_show_as_the_kinds_and_effects_that_the_oracle_foresaw(tmp_path: Path) -> None:
    world = build(13, 2500, style=MITHAI)
    assert Counter(each.cause for each in world.planted)["base=subtotal"] >= 8
    assert mismatches(judged(world, tmp_path)) == planted(world)
