"""Golden homes as the frames that the domain judges, without a run."""

import json
from dataclasses import dataclass
from functools import cache

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.intake.settings import Intake
from loyalty.intake.stage import Staged, stage
from loyalty.ledger.links import linked_entries
from loyalty.rulebook.models import Rulebook
from loyalty.values.times import parse_instant
from loyalty.whatif.history import History
from resources.inbox import read_inbox
from resources.rulebook_files import read_rulebook
from tests.conftest import KEY
from tests.homes import GOLDEN


@dataclass(frozen=True)
class Golden:
    """A home's law, its staged tables, and its orders and entries as they are judged."""

    rulebook: Rulebook
    staged: Staged
    history: History

    @property
    def facts(self) -> pl.DataFrame:
        return self.history.facts


@cache
def golden(name: str) -> Golden:
    home = GOLDEN / name / "home"
    rulebook = read_rulebook(home / "rules")
    as_of = parse_instant(json.loads((GOLDEN / name / "about.json").read_text())["as_of"])
    staged = stage(read_inbox(home / "inbox"), Intake.of(KEY, rulebook), as_of)
    refunded = refunds(staged.orders, staged.refunds)
    facts = order_facts(staged.orders, refunded, staged.members, rulebook)
    linked = linked_entries(staged.entries, staged.orders, staged.references, claims(facts, rulebook))
    return Golden(rulebook, staged, History(facts, refunded, linked, as_of))
