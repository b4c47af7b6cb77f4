"""Sums for people: they add up to the rows, and leave out what is over."""

import datetime as dt

import polars as pl
import pytest

from loyalty.reconcile.summary import by_kind, over_time, rule_versions, without_mismatch, worst
from tests.findings import a_finding, found, resolved, wrong

ROWS = [
    a_finding("redemption", "over_cap", order="A", effect=10, on=dt.date(2026, 4, 10)),
    a_finding("redemption", "over_cap", order="B", effect=-30, on=dt.date(2026, 4, 12)),
    a_finding("earn", "earn_amount", order="B", effect=5, on=dt.date(2026, 4, 13)),
    a_finding("earn", "earn_orphan", order=None, entries=["e"], effect=5, on=dt.date(2026, 4, 28)),
    a_finding("earn", "earn_late", order="C", on=dt.date(2026, 4, 28)),
]


def test_kinds_come_with_the_most_money_first_and_never_net_it() -> None:
    assert by_kind(wrong(*ROWS)).rows() == [
        ("redemption", "over_cap", 2, 2, 1_000, 3_000),
        ("earn", "earn_amount", 1, 1, 500, 0),
        ("earn", "earn_orphan", 1, 0, 500, 0),
        ("earn", "earn_late", 1, 1, 0, 0),
    ]


def test_weeks_begin_on_monday_and_quiet_ones_are_shown() -> None:
    assert over_time(wrong(*ROWS)).rows() == [
        (dt.date(2026, 4, 6), 1_000, 3_000),
        (dt.date(2026, 4, 13), 500, 0),
        (dt.date(2026, 4, 20), 0, 0),
        (dt.date(2026, 4, 27), 500, 0),
    ]


@pytest.mark.parametrize(("days", "periods"), [(7 * 53 - 1, 54), (7 * 53, 13)])
def test_a_long_history_is_cut_into_months(days: int, periods: int) -> None:
    first = dt.date(2025, 6, 18)
    rows = [
        a_finding("earn", "earn_amount", order=f"{day}", effect=1, on=first + dt.timedelta(day))
        for day in (0, days)
    ]
    assert over_time(wrong(*rows)).height == periods


def test_the_worst_come_first_whoever_they_hurt() -> None:
    top = worst(wrong(*ROWS), rows=2)
    assert top["effect_paise"].to_list() == [-3_000, 1_000]
    assert worst(wrong(*ROWS), rows=99).height == len(ROWS)


def test_what_is_resolved_is_in_no_sum() -> None:
    gone = resolved(wrong(*ROWS))
    assert by_kind(gone).is_empty()
    assert over_time(gone).is_empty()
    assert worst(gone, rows=9).is_empty()


def test_rows_without_a_mismatch_are_all_counted() -> None:
    rows = [
        a_finding("redemption", order="A"),
        a_finding("earn", order="A"),
        a_finding("earn", "rounding", status="by_design", order="B", effect="0.40"),
        a_finding("earn", "grace", status="by_design", order="C"),
        a_finding("earn", status="unknown", order="D"),
        a_finding("adjustment", status="pending", order=None, entries=["p"]),
        *ROWS,
    ]
    quiet = without_mismatch(found(*rows))
    assert quiet.rows() == [
        ("grace", 1, 1, 0),
        ("rounding", 1, 1, 40),
        ("pending", 1, 0, 0),
        ("unknown", 1, 1, 0),
        ("match", 2, 1, 0),
    ]
    assert quiet["rows"].sum() == len(rows) - len(ROWS)


def test_rule_versions_are_those_that_judged() -> None:
    rows = [
        a_finding(version="new", order="C", on=dt.date(2026, 5, 1)),
        a_finding(version="old", order="A", on=dt.date(2026, 4, 2)),
        a_finding("earn", "earn_late", version="old", order="A", on=dt.date(2026, 4, 2)),
        a_finding(version="old", order="B", on=dt.date(2026, 4, 9)),
        a_finding("adjustment", version=None, order=None, entries=["e"]),
    ]
    assert rule_versions(found(*rows)).rows() == [
        ("old", 2, dt.date(2026, 4, 2), dt.date(2026, 4, 9), 1),
        ("new", 1, dt.date(2026, 5, 1), dt.date(2026, 5, 1), 0),
    ]


def test_nothing_gives_nothing_in_the_same_shape() -> None:
    assert by_kind(wrong()).schema == by_kind(wrong(*ROWS)).schema
    assert over_time(wrong()).schema == over_time(wrong(*ROWS)).schema
    assert without_mismatch(found()).schema["effect_paise"] == pl.Int64
