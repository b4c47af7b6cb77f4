"""Every cause that an independent calculation claims on a golden home, read back by name, gives what was recorded."""

import json
from collections import Counter

import polars as pl
import pytest

from loyalty.expected.redemptions import with_rule
from loyalty.reconcile.under_cause import earned, earning_under, redeeming_under
from tests.golden_tables import Golden, golden
from tests.homes import GOLDEN

OUTSIDE = {"rate", "units_x100"}
HELD = ("spendable_coins", "paper_coins")


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("cause-base", 60),
        ("cause-delay", 40),
        ("cause-earn-base", 50),
        ("cause-rate", 50),
        ("cause-stale-rule", 20),
        ("cause-tier", 16),
    ],
)
def test_a_claimed_cause_gives_what_was_recorded(name: str, claimed: int) -> None:
    home = golden(name)
    rows = [json.loads(line) for line in (GOLDEN / name / "expected.jsonl").read_text().splitlines()]
    places = dict(home.staged.orders.select("order_id", "order_no").iter_rows())
    seen: Counter[str] = Counter()
    for row in rows:
        for cause in row.get("causes") or []:
            seen[cause.partition("=")[0]] += 1
            given = replayed(home, places[row["order_id"]], row["leg"], cause)
            assert given is None or given == (abs(row["recorded_coins"]), row["recorded_paise"]), (row, cause)
            assert (given is None) == (row["leg"] == "redemption" and cause.partition("=")[0] in OUTSIDE)
    assert seen.total() >= claimed, seen


def replayed(home: Golden, order_no: int, leg: str, cause: str) -> tuple[int, int] | None:
    """Coins and paise under a cause; the members of these homes have more coins than any law takes."""
    facts = home.facts.filter(pl.col("order_no") == order_no)
    if leg == "redemption":
        rich = facts.with_columns(pl.lit(10**9, pl.Int64).alias(name) for name in HELD)
        found = redeeming_under(cause, with_rule(rich, home.rulebook), home.rulebook, {})
        return None if found is None else found.select("max_coins_due", "max_paise_due").row(0)
    history = home.history
    mine = history.linked.filter(pl.col("order_no") == order_no)
    rows = earned(facts, history.refunded, mine, home.rulebook, history.as_of)
    due = earning_under(cause, rows, history.refunded, home.rulebook, history.as_of)
    return None if due is None else (due["due_coins"].item(), 0)
