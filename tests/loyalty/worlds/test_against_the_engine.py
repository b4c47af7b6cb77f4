"""The engine finds in a world what was planted in it, to the paisa, and nothing else.

Two independent readings of the contract: what they disagree on, one of them reads wrongly.
"""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.intake.settings import Intake
from loyalty.intake.stage import stage
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.members import reconcile_members
from loyalty.reconcile.reconciliation import reconciliation
from loyalty.values.times import parse_instant
from loyalty.worlds import MITHAI, STYLES, World, WorldStyle, build
from resources.inbox import read_inbox
from resources.rulebook_files import read_rulebook

ORDERS_LEGS = ("redemption", "earn", "reversal", "restore")
KEY = "a key for tests that is long enough"

Found = tuple[str, str, str | None, tuple[str, ...], int]


def judged(world: World, home: Path) -> pl.DataFrame:
    """Rows of mart_reconciliation; no row of a world may be quarantined."""
    for folder, files in (("inbox", world.files), ("rules", world.rules)):
        (home / folder).mkdir()
        for name, text in files.items():
            (home / folder / name).write_text(text)
    rulebook, as_of = read_rulebook(home / "rules"), parse_instant(world.as_of)
    staged = stage(read_inbox(home / "inbox"), Intake.of(KEY, rulebook), as_of)
    assert staged.quarantine.is_empty()
    refunded = refunds(staged.orders, staged.refunds)
    facts = order_facts(staged.orders, refunded, staged.members, rulebook)
    linked = linked_entries(staged.entries, staged.orders, staged.references, claims(facts, rulebook))
    found = reconcile_members(facts, refunded, linked, staged.members, rulebook, as_of)
    return reconciliation(found.leg_rows, staged.orders, staged.entries, staged.member_keys, rulebook)


def mismatches(rows: pl.DataFrame) -> Counter[Found]:
    return Counter(
        (
            row["leg"],
            row["kind"],
            row["order_id"] if row["leg"] in ORDERS_LEGS else None,
            tuple(row["entry_ids"]),
            row["effect_paise"],
        )
        for row in rows.filter(pl.col("status") == "mismatch").to_dicts()
    )


def planted(world: World) -> Counter[Found]:
    return Counter(
        (each.leg, each.kind, each.order_id, each.entry_ids, each.effect_paise) for each in world.planted
    )


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


@pytest.mark.slow
@pytest.mark.parametrize("faults", [True, False])
@pytest.mark.parametrize("seed", range(100, 112))
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_many_worlds_agree(style: WorldStyle, seed: int, faults: bool, tmp_path: Path) -> None:
    world = build(seed, 1500, style=style, faults=faults)
    assert mismatches(judged(world, tmp_path)) == planted(world)
