"""The eight measures are cells of mart_metrics in words; what cannot be shown says why (details G4, M3)."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.marts import Metrics
from loyalty.metrics.headlines import MEASURES, Headline, headlines


def a_row(metric: str = "rr_m1", period: str = "all", **cells: object) -> dict[str, object]:
    start = None if period == "all" else dt.date.fromisoformat(f"{period}-01")
    given = {
        "metric": metric,
        "period": period,
        "period_start": start,
        "segment": "all",
        "segment_value": "all",
    }
    counted = {
        "numerator": 50,
        "denominator": 100,
        "value": 0.5,
        "low": 0.4,
        "high": 0.6,
        "n": 100,
        "unit": "ratio",
    }
    return {**given, **counted, "maturity": 1.0, "measurable": True, "note": None, **cells}


def first(*rows: dict[str, object], period: str = "all") -> Headline:
    return headlines(pl.DataFrame(list(rows), schema=polars_schema(Metrics)), period)[0]


def test_there_are_always_eight_in_one_order() -> None:
    assert [each.metric for each in headlines(empty(Metrics))] == list(MEASURES)
    assert {each.note for each in headlines(empty(Metrics))} == {"not measured in this snapshot"}


@pytest.mark.parametrize(
    ("cells", "value", "interval", "note"),
    [
        ({}, "50.0 %", "40.0 % to 60.0 %", "n = 100"),
        ({"unit": "paise", "value": 123_456_780.5, "low": 100.0, "high": 12_000_000.0}, "₹12,34,567", "₹1 to ₹1,20,000", "n = 100"),
        ({"unit": "per_1000", "value": 3.25, "low": 1.0, "high": 9.0}, "3.2", "1.0 to 9.0", "n = 100"),
        ({"n": 29}, "50.0 %", "40.0 % to 60.0 %", "n = 29; few: read with care"),
        ({"n": 4}, "–", "", "fewer than 5: too few to show"),
        ({"value": None, "low": None, "high": None, "n": 0, "note": "nobody yet"}, "–", "", "nobody yet"),
        ({"measurable": False, "value": None, "note": "no members file"}, "–", "", "not measurable: no members file"),
    ],
)  # fmt: skip
def test_a_measure_reads_as_its_unit_and_its_sample_allow(
    cells: dict[str, Any], value: str, interval: str, note: str
) -> None:
    shown = first(a_row(**cells))
    assert (shown.value, shown.interval, shown.note) == (value, interval, note)


def test_the_trend_is_its_months_without_tiny_samples() -> None:
    rows = [a_row(period=month, n=n) for month, n in (("2026-05", 9), ("2026-04", 50), ("2026-06", 4))]
    assert first(a_row(), *rows).trend["period"].to_list() == ["2026-04", "2026-05"]
    assert first(a_row(value=0.1), rows[1], period="2026-04").value == "50.0 %"
