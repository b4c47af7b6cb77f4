"""Where the mismatches without a cause stand together."""

import polars as pl
import pytest

from loyalty.contracts.causes import SEGMENTS
from loyalty.reconcile.causes.concentration import unexplained
from loyalty.reconcile.causes.evidence import Books
from loyalty.reconcile.causes.group_causes import group_causes
from loyalty.reconcile.mismatches import mismatches
from tests.builders import AS_OF, HOUR, NOON, Thing, an_order
from tests.loyalty.reconcile.causes.stories import LAW, checkouts, tables_of


def concentrated(*things: Thing) -> pl.DataFrame:
    tables = tables_of(*things, rules=LAW, as_of=AS_OF)
    wrong = mismatches(tables["mart_reconciliation"], None, AS_OF)
    causes = group_causes(wrong, Books.of(lambda name: tables[name].lazy(), LAW, AS_OF), None)
    return unexplained(causes, wrong, tables["stg_orders"].lazy(), LAW)


UNPAID = [
    an_order(f"unpaid {number}", loyalty=100 * number, placed=NOON + 8 * HOUR, device=device)
    for number, device in ((1, "web"), (2, "mobile"), (3, "mobile"))
]
GOOD = [*checkouts(range(7), 170)]


def test_each_segment_holds_all_of_them_the_most_money_first() -> None:
    found = concentrated(*UNPAID, *GOOD)
    assert found["segment"].unique().sort().to_list() == sorted(SEGMENTS)
    sums = found.group_by("segment").agg(pl.col("mismatches", "merchant_paise", "money_share").sum())
    assert set(sums["mismatches"]) == {3}
    assert set(sums["merchant_paise"]) == {60_000}
    devices = found.filter(pl.col("segment") == "device").select(
        "segment_value", "rank", "mismatches", "money_share_cumulative"
    )
    assert devices.rows()[0][:3] == ("mobile", 1, 2)
    assert devices["money_share_cumulative"].to_list() == pytest.approx([5 / 6, 1.0])


def test_the_share_of_all_orders_stands_beside() -> None:
    found = concentrated(*UNPAID, *GOOD)
    mobile = found.filter(pl.col("segment_value") == "mobile").row(0, named=True)
    assert mobile["orders_share"] == pytest.approx(2 / 10)
    assert found.filter(pl.col("segment") == "kind")["orders_share"].to_list() == [None]


def test_the_hour_is_indian() -> None:
    found = concentrated(*UNPAID, *GOOD).filter(pl.col("segment") == "hour")
    assert found["segment_value"].to_list() == ["20"]


def test_what_a_cause_explains_is_not_counted() -> None:
    found = concentrated(*UNPAID, *GOOD, *checkouts(range(10, 16), 200))
    assert set(found.group_by("segment").agg(pl.col("mismatches").sum())["mismatches"]) == {3}


def test_nothing_left_over_is_no_row() -> None:
    assert concentrated(*GOOD).is_empty()
