"""Every measure has a row, also where it cannot be taken."""

import polars as pl
import pytest

from loyalty.metrics.measures import MEASURES, metrics
from tests.builders import EVERY_KIND, a_given, a_member, an_entry, an_order, ist

IDS = {metric for measure in MEASURES for metric in measure.metrics}
NUMBERS = ("numerator", "denominator", "value", "low", "high", "n")


def measured(*kinds: str) -> pl.DataFrame:
    return metrics(a_given(an_order(placed=ist("2026-01-10 12:00")), kinds=kinds))


def silent(table: pl.DataFrame) -> dict[str, str]:
    return dict(table.filter(~pl.col("measurable")).select("metric", "note").iter_rows())


@pytest.mark.parametrize("kinds", [(), ("gokwik_orders",), ("nector_ledger",), EVERY_KIND])
def test_every_measure_has_a_row_for_the_whole_history(kinds: tuple[str, ...]) -> None:
    whole = measured(*kinds).filter((pl.col("period") == "all") & (pl.col("segment") == "all"))
    assert set(whole["metric"]) == IDS
    assert whole.height == len(IDS)


def test_a_measure_without_its_export_says_which_one_it_needs() -> None:
    table = measured("gokwik_orders", "nector_ledger", "members")
    told = silent(table)
    assert told.pop("brk_2").startswith("needs a model")
    assert told == {
        **dict.fromkeys(("ccr_1", "ccr_2", "ccr_3"), "needs a checkouts export"),
        **dict.fromkeys(("tk_1", "tk_2", "tk_3"), "needs a tickets export"),
        **dict.fromkeys(("fb_1", "fb_2", "fb_3"), "needs a feedback export"),
    }
    assert table.filter(~pl.col("measurable")).select(NUMBERS).null_count().row(0) == (len(told) + 1,) * 6


def test_orders_alone_tell_of_repeat_purchase_and_cost() -> None:
    table = measured("gokwik_orders")
    alone = set(table.filter("measurable")["metric"])
    assert {"rpr_1_d90", "rpr_2", "rpr_3", "ret", "rc_1", "cru_3", "aov_3"} <= alone
    assert not {"rr_m1", "cru_1", "aov_1", "er_2"} & alone
    assert silent(table)["ccr_1"] == "needs a checkouts and a nector_ledger export"


def test_a_kind_that_is_given_without_a_row_is_measured_as_nothing() -> None:
    row = measured(*EVERY_KIND).row(by_predicate=pl.col("metric") == "fb_1", named=True)
    assert (row["denominator"], row["n"], row["value"], row["measurable"]) == (0, 0, None, True)
    assert row["note"] == "no answer to divide by; the response rate is not known"


def test_rows_are_unique_and_sorted() -> None:
    keys = measured(*EVERY_KIND).select("metric", "period", "segment", "segment_value")
    assert keys.is_unique().all()
    assert keys.equals(keys.sort("metric", "period", "segment", "segment_value"))


def test_members_joining_after_the_as_of_are_not_enrolled() -> None:
    things = (a_member("M", joined=ist("2026-01-01 00:00")), a_member("N", joined=ist("2027-06-01 00:00")))
    rows = metrics(a_given(*things, an_entry("bonus cr", 10), as_of=ist("2026-05-01 00:00")))
    part = rows.filter((pl.col("metric") == "er_1_neither") & (pl.col("period") == "all"))
    assert set(part["denominator"]) == {1}
