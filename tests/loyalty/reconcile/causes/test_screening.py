"""A cause is ruled out by a few orders only where replaying it on all of them would find no weight."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loyalty.reconcile.causes.groups import LEAST_ORDERS
from loyalty.reconcile.causes.marks import best_stretch
from loyalty.reconcile.causes.screening import Screen
from tests.loyalty.reconcile.causes.test_marks import marks

REST = "." * 2000
"""Orders that say nothing: the screen is only for groups much larger than what a cause fits."""


def is_ruled_out(told: str) -> bool:
    table = marks(told + REST)
    rows = table.select("place", "order_no")
    fits = frozenset(table.filter("fits")["order_no"])
    screen = Screen(rows.reverse())
    return screen.rules_out(fits, lambda some: table.join(some, on="order_no", how="semi"))


@given(st.lists(st.sampled_from(("+", "-", "s", ".", "-" * 20, "." * 20)), max_size=30).map("".join))
def test_no_cause_with_weight_is_ruled_out(told: str) -> None:
    if is_ruled_out(told):
        stretch = best_stretch(marks(told), frozenset())
        assert stretch is None or stretch.score < 1 or stretch.fits < LEAST_ORDERS


def test_a_cause_that_is_contradicted_after_each_of_its_orders_is_ruled_out() -> None:
    assert is_ruled_out("+--+..-.-+--")


def test_one_gap_without_contradiction_keeps_it() -> None:
    assert not is_ruled_out("+--+-+--")
    assert not is_ruled_out("+--++")


def test_a_contradiction_far_from_any_of_its_orders_is_not_looked_for() -> None:
    assert not is_ruled_out("+" + "." * 20 + "--+")


def test_a_group_hardly_larger_than_what_fits_is_replayed_whole() -> None:
    table = marks("+--+--+")
    screen = Screen(table.select("place", "order_no"))

    def never(_rows: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError

    assert not screen.rules_out(frozenset({0, 3, 6}), never)
