"""Every measure has a row, also where it cannot be taken."""

import polars as pl
import pytest

from loyalty.contracts.base import empty
from loyalty.contracts.intermediate import LinkedEntries
from loyalty.metrics.measures import metrics
from tests.builders import AS_OF, BARE, a_world, an_order, ist

ALLOCATIONS = pl.DataFrame(schema={"entry_no": pl.Int64, "lot_no": pl.Int64, "coins": pl.Int64})
LOTS = pl.DataFrame(schema={"lot_no": pl.Int64, "expires_at": pl.Datetime("us", "UTC")})


def measured(*kinds: str) -> pl.DataFrame:
    world = a_world(an_order(placed=ist("2026-01-10 12:00")))
    return metrics(
        world.orders, empty(LinkedEntries), world.members, ALLOCATIONS, LOTS, BARE, AS_OF, kinds=kinds
    )


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [
        ((), {"rr_m1": "nector_ledger", "rpr_1_d90": "gokwik_orders"}),
        (("gokwik_orders",), {"rr_m1": "nector_ledger"}),
        (("nector_ledger",), {"rpr_1_d90": "gokwik_orders"}),
        (("gokwik_orders", "nector_ledger"), {}),
    ],
)
def test_a_measure_without_its_export_says_which_one_it_needs(
    kinds: tuple[str, ...], missing: dict[str, str]
) -> None:
    table = measured(*kinds)
    silent = table.filter(~pl.col("measurable"))
    assert dict(silent.select("metric", "note").iter_rows()) == {
        metric: f"needs a {kind} export" for metric, kind in missing.items()
    }
    assert silent.select(
        "numerator", "denominator", "value", "low", "high", "n"
    ).null_count().sum_horizontal().sum() == (6 * silent.height)


def test_every_measure_has_a_row_for_the_whole_history() -> None:
    for kinds in ((), ("gokwik_orders", "nector_ledger", "members")):
        whole = measured(*kinds).filter(pl.col("period") == "all")
        assert whole["metric"].to_list() == ["rpr_1_d90", "rr_m1"]


def test_rows_are_unique_and_sorted() -> None:
    table = measured("gokwik_orders", "nector_ledger")
    keys = table.select("metric", "period", "segment", "segment_value")
    assert keys.is_unique().all()
    assert keys.equals(keys.sort("metric", "period", "segment", "segment_value"))
