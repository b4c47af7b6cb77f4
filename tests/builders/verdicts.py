"""What the house finds in a small world, leg by leg."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.comebacks import restore_rows, reversal_rows
from loyalty.reconcile.earn import earn_rows, earnings
from loyalty.reconcile.reconciliation import reconciliation
from loyalty.reconcile.redemption import redemption_rows
from loyalty.rulebook.models import Rulebook
from tests.builders.frames import World, a_world
from tests.builders.law import BARE
from tests.builders.things import Thing
from tests.builders.units import AS_OF, When, instant


@dataclass(frozen=True)
class Verdict:
    """One row of mart_reconciliation."""

    leg: str
    status: str
    kind: str | None
    expected: tuple[int, int]
    """Coins and paise."""
    recorded: tuple[int, int]
    effect_paise: int
    secondary_kinds: list[str]
    causes: list[str]
    entry_ids: list[str]
    member_id: str | None
    surface: str | None
    rule_version: str | None
    placed_at: dt.datetime | None
    business_date: dt.date
    due_at: dt.datetime | None
    match_method: str | None

    @property
    def coins(self) -> tuple[int, int]:
        """Expected and recorded coins, of legs without money."""
        return self.expected[0], self.recorded[0]


Verdicts = dict[tuple[str, str], Verdict]
"""By leg and order id; by leg and first entry id where there is no order."""

LEGS = ("redemption", "earn", "reversal", "restore")


def judge(
    *things: Thing, rules: Rulebook = BARE, as_of: When = AS_OF, legs: Iterable[str] = LEGS
) -> Verdicts:
    """The verdict on these legs of everything that was exported, by leg and order (else first entry)."""
    rows = judged(a_world(*things), rules, instant(as_of), tuple(legs))
    verdicts = {
        (row["leg"], row["order_id"] or row["entry_ids"][0]): _verdict(row)
        for row in rows.iter_rows(named=True)
    }
    assert len(verdicts) == rows.height, "two rows of a leg for one subject"
    return verdicts


def judged(world: World, rules: Rulebook, as_of: dt.datetime, legs: tuple[str, ...] = LEGS) -> pl.DataFrame:
    """The same as mart_reconciliation."""
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    earned = earnings(facts, refunded, linked, rules, as_of)
    judges = {
        "redemption": lambda: redemption_rows(facts, linked, world.spendable, rules, as_of),
        "earn": lambda: earn_rows(earned, refunded, linked, rules, as_of),
        "reversal": lambda: reversal_rows(earned, refunded, linked, rules, as_of),
        "restore": lambda: restore_rows(facts, refunded, linked, rules, as_of),
    }
    leg_rows = pl.concat([judges[leg]() for leg in legs])
    return reconciliation(leg_rows, world.orders, world.entries, world.member_keys, rules)


def _verdict(row: Mapping[str, Any]) -> Verdict:
    values = {name: row[name] for name in Verdict.__dataclass_fields__ if name in row}
    values |= {side: (row[f"{side}_coins"], row[f"{side}_paise"]) for side in ("expected", "recorded")}
    return Verdict(**values)
