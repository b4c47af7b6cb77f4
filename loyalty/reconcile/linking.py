"""Entries tied to their orders, with the law at hand for those that name nothing."""

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries, loose_debits
from loyalty.rulebook.models import Rulebook


def link(
    entries: pl.DataFrame,
    orders: pl.DataFrame,
    refund_rows: pl.DataFrame,
    members: pl.DataFrame,
    references: pl.DataFrame,
    rulebook: Rulebook,
) -> pl.DataFrame:
    """LinkedEntries of staged tables; one row per entry.

    Only a debit that names nothing is looked up by its coins (details L3), so only the orders of such
    members are asked what they must have taken.
    """
    askers = loose_debits(entries).select(pl.col("member_no").drop_nulls().unique())
    asked = orders.join(askers, on="member_no", how="semi", maintain_order="left")
    given_back = refund_rows.join(asked, on="order_no", how="semi", maintain_order="left")
    theirs = members.join(askers, on="member_no", how="semi", maintain_order="left")
    facts = order_facts(asked, refunds(asked, given_back), theirs, rulebook)
    return linked_entries(entries, orders, references, claims(facts, rulebook))
