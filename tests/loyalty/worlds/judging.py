"""A world through the house, from its files to the verdict."""

from collections import Counter
from pathlib import Path

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.intake.settings import Intake
from loyalty.intake.stage import stage
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.members import reconcile_members
from loyalty.reconcile.orders import is_compared, order_rows, with_orders
from loyalty.reconcile.reconciliation import reconciliation
from loyalty.values.times import parse_instant
from loyalty.worlds import World
from resources.inbox import read_inbox
from resources.rulebook_files import read_rulebook
from tests.scorecard import Finding

ORDERS_LEGS = ("redemption", "earn", "reversal", "restore", "order")
KEY = "a key for tests that is long enough"


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
    verdict = reconciliation(found.leg_rows, staged.orders, staged.entries, staged.member_keys, rulebook)
    if not is_compared(staged.sources["kind"]):
        return verdict
    shopify = staged.events["stg_shopify_orders"]
    pairs = order_rows(staged.orders, staged.refunds, linked, shopify, rulebook, as_of)
    return with_orders(verdict, pairs, staged.member_keys)


def mismatches(rows: pl.DataFrame) -> Counter[Finding]:
    return Counter(
        Finding(
            row["leg"],
            row["kind"],
            row["order_id"] if row["leg"] in ORDERS_LEGS else None,
            tuple(row["entry_ids"]),
            row["effect_paise"],
        )
        for row in rows.filter(pl.col("status") == "mismatch").to_dicts()
    )


def planted(world: World) -> Counter[Finding]:
    return Counter(
        Finding(each.leg, each.kind, each.order_id, each.entry_ids, each.effect_paise)
        for each in world.planted
    )
