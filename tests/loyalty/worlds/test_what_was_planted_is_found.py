"""Precision and recall: 200 clean worlds show nothing, 200 faulty ones exactly what was planted in them.

Two independent readings of the contract: what they disagree on, one of them reads wrongly. The table of
all worlds is printed after the run.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.reconcile.kinds import CATALOGUE
from loyalty.worlds import DEMO, KINDS, STYLES, World, build
from tests.conftest import SCORED
from tests.loyalty.worlds.judging import judged, mismatches, planted
from tests.scorecard import scores, written

BRANDS = {**STYLES, "mithai": DEMO}
CLEAN = range(2000, 2200)
FAULTY = range(3000, 3200)
AT_LEAST = 50
"""How often every kind is planted in all faulty worlds together."""
ALL_KINDS = {each.kind for each in CATALOGUE}
"""The kinds of contract §6."""


def world_of(seed: int) -> World:
    """500 to 1,450 orders of one of the brands, in turn."""
    name = list(BRANDS)[seed % len(BRANDS)]
    return build(seed, 500 + seed % 20 * 50, style=BRANDS[name], faults=seed in FAULTY)


def test_every_kind_can_be_planted() -> None:
    assert len(ALL_KINDS) == 50
    assert set(KINDS) == ALL_KINDS


@pytest.mark.slow
@pytest.mark.parametrize("seed", CLEAN)
def test_a_clean_world_shows_not_one_mismatch(
    seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    world = world_of(seed)
    assert world.planted == ()
    found = mismatches(judged(world, tmp_path))
    record_property(SCORED, written(scores(planted(world), found)))
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("seed", FAULTY)
def test_a_faulty_world_shows_exactly_what_was_planted_in_it(
    seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    world = world_of(seed)
    assert len(world.planted) >= 40
    found = mismatches(judged(world, tmp_path))
    record_property(SCORED, written(scores(planted(world), found)))
    assert found == planted(world)


@pytest.mark.slow
def test_every_kind_is_planted_at_least_fifty_times_in_all() -> None:
    times = Counter(each.kind for seed in FAULTY for each in world_of(seed).planted)
    assert {kind: times[kind] for kind in ALL_KINDS if times[kind] < AT_LEAST} == {}
