"""Repeat purchase: who is in the cohort, and what counts as coming back."""

import datetime as dt

import polars as pl
import pytest

from loyalty.metrics.repeat import rpr_1
from tests.builders import DAY, MICROSECOND, Member, Order, a_given, a_member, an_order, ist

FIRST = ist("2026-01-10 12:00")
AS_OF = ist("2026-07-01 00:00")
WINDOW = 90 * DAY


def measured(
    *things: Order | Member, as_of: dt.datetime = AS_OF, days: int = 90
) -> dict[str, dict[str, object]]:
    kinds = ["gokwik_orders"]
    if any(isinstance(each, Member) for each in things):
        kinds.append("members")
    rows = rpr_1(a_given(*things, as_of=as_of, kinds=kinds), days).filter(pl.col("segment") == "all")
    return {row["period"]: row for row in rows.iter_rows(named=True)}


def share(rows: dict[str, dict[str, object]], period: str = "all") -> tuple[object, object]:
    return rows[period]["numerator"], rows[period]["denominator"]


@pytest.mark.parametrize(
    ("second", "came_back"), [(WINDOW - MICROSECOND, 1), (WINDOW, 1), (WINDOW + MICROSECOND, 0)]
)
def test_the_last_instant_of_the_window_still_counts(second: dt.timedelta, came_back: int) -> None:
    rows = measured(an_order("A", placed=FIRST), an_order("B", placed=FIRST + second))
    assert share(rows) == (came_back, 1)


@pytest.mark.parametrize(("late", "customers"), [(MICROSECOND, 0), (0 * DAY, 1)])
def test_a_customer_counts_once_the_window_is_over(late: dt.timedelta, customers: int) -> None:
    rows = measured(an_order(placed=FIRST), as_of=FIRST + WINDOW - late)
    assert share(rows) == (0, customers)
    assert rows["2026-01"]["maturity"] == customers


def test_a_young_cohort_has_nothing_to_divide_by_and_says_why() -> None:
    row = measured(an_order(placed=FIRST), as_of=FIRST + DAY)["2026-01"]
    assert (row["value"], row["low"], row["high"], row["n"], row["measurable"]) == (None, None, None, 0, True)
    assert "90 days are over" in str(row["note"])


def test_two_orders_on_one_day_are_two_orders() -> None:
    rows = measured(an_order("A", placed=FIRST), an_order("B", placed=FIRST))
    assert share(rows) == (1, 1)


@pytest.mark.parametrize("state", ["cancelled", "rto", "failed"])
def test_a_dead_order_is_no_purchase(state: str) -> None:
    rows = measured(an_order("A", placed=FIRST), an_order("B", placed=FIRST + DAY, state=state))
    assert share(rows) == (0, 1)


def test_a_returned_order_was_a_purchase() -> None:
    rows = measured(an_order("A", placed=FIRST), an_order("B", placed=FIRST + DAY, state="returned"))
    assert share(rows) == (1, 1)


def test_an_order_worth_nothing_is_no_purchase() -> None:
    rows = measured(an_order("A", placed=FIRST), an_order("B", placed=FIRST + DAY, subtotal=0))
    assert share(rows) == (0, 1)


def test_an_order_without_a_key_belongs_to_no_customer() -> None:
    rows = measured(an_order("A", placed=FIRST, member=None), an_order("B", placed=FIRST, member=None))
    assert share(rows) == (0, 0)
    assert "no member has bought yet" in str(rows["all"]["note"])


def test_the_month_is_indian() -> None:
    rows = measured(
        an_order(placed=ist("2026-02-01 00:00")), an_order("B", member="N", placed=ist("2026-01-31 23:59"))
    )
    assert share(rows, "2026-02") == (0, 1)
    assert share(rows, "2026-01") == (0, 1)
    assert share(rows) == (0, 2)
    assert rows["2026-02"]["period_start"] == dt.date(2026, 2, 1)
    assert rows["all"]["period_start"] is None


@pytest.mark.parametrize(
    ("instants", "members"),
    [
        ((FIRST,), 1),
        ((FIRST + MICROSECOND,), 0),
        ((None,), 1),
        ((FIRST + DAY, FIRST - DAY), 1),
        ((FIRST + DAY, None), 1),
    ],
)
def test_members_are_those_who_had_joined_by_their_first_order(
    instants: tuple[dt.datetime | None, ...], members: int
) -> None:
    """Else those who join because they come back would make the rate."""
    rows = measured(
        an_order("A", placed=FIRST),
        an_order("B", placed=FIRST + DAY),
        *(a_member(joined=instant) for instant in instants),
    )
    assert share(rows) == (members, members)


def test_without_a_members_file_everyone_counts_and_the_note_says_so() -> None:
    rows = measured(an_order(placed=FIRST))
    assert "no members export" in str(rows["all"]["note"])
    assert measured(an_order(placed=FIRST), a_member())["all"]["note"] is None


def test_who_is_in_no_members_file_is_no_member() -> None:
    rows = measured(an_order("A", placed=FIRST), an_order("B", placed=FIRST + DAY), a_member("N"))
    assert share(rows) == (0, 0)


def test_the_rate_and_its_interval_are_those_of_its_counts() -> None:
    people = [an_order(f"{number}", member=f"m{number}", placed=FIRST) for number in range(70)]
    again = [an_order(f"{number}b", member=f"m{number}", placed=FIRST + DAY) for number in range(56)]
    row = measured(*people, *again)["2026-01"]
    assert (row["metric"], row["numerator"], row["denominator"], row["n"]) == ("rpr_1_d90", 56, 70, 70)
    assert (row["value"], row["unit"], row["segment"], row["segment_value"]) == (0.8, "ratio", "all", "all")
    assert (row["low"], row["high"]) == (pytest.approx(0.6918, abs=5e-5), pytest.approx(0.8770, abs=5e-5))
