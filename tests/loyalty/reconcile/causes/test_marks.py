"""Which stretch of time a cause explains, and between which orders it began and ended."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.reconcile.causes.change_points import ChangePoint, change_point
from loyalty.reconcile.causes.marks import Stretch, best_stretch, explained, whole_stretch

NOON = dt.datetime(2026, 4, 10, 6, 30, tzinfo=dt.UTC)
NOBODY: frozenset[int] = frozenset()


def marks(told: str) -> pl.DataFrame:
    """One mark a letter, a minute apart: ``+`` fits, ``a`` is only allowed, ``-`` breaks, ``s`` breaks softly."""
    return pl.DataFrame(
        {
            "place": range(len(told)),
            "order_no": range(len(told)),
            "placed_at": [NOON + dt.timedelta(minutes=minute) for minute in range(len(told))],
            "exact": [mark == "+" for mark in told],
            "fits": [mark == "+" for mark in told],
            "allowed": [mark in "+a" for mark in told],
            "in_time": [True] * len(told),
            "strict": [mark == "-" for mark in told],
            "soft": [mark == "s" for mark in told],
        },
        schema={
            "place": pl.Int64,
            "order_no": pl.Int64,
            "placed_at": pl.Datetime("us", "UTC"),
            **dict.fromkeys(("exact", "fits", "allowed", "in_time", "strict", "soft"), pl.Boolean),
        },
    )


def minute(at: dt.datetime | None) -> int | None:
    return None if at is None else (at - NOON) // dt.timedelta(minutes=1)


def bounds(told: str) -> tuple[int | None, int | None, int | None, int | None, int]:
    table = marks(told)
    stretch = whole_stretch(table, frozenset(table["order_no"]))
    assert stretch is not None
    found: ChangePoint = change_point(table, stretch, explained(table, stretch, NOBODY))
    began, ended = (found.began_after_at, found.began_by_at), (found.ended_after_at, found.ended_by_at)
    return minute(began[0]), minute(began[1]), minute(ended[0]), minute(ended[1]), found.episodes


def weights(told: str) -> list[tuple[int, int, int]]:
    """Score, length and beginning of every stretch from one fitting order to another."""
    fits = [place for place, mark in enumerate(told) if mark == "+"]
    return [
        (told[first : last + 1].count("+") - told[first : last + 1].count("-"), last - first, first)
        for first in fits
        for last in fits
        if first <= last
    ]


@given(st.text("+-", max_size=40))
def test_the_best_stretch_is_the_shortest_of_the_greatest_score(told: str) -> None:
    found = best_stretch(marks(told), NOBODY)
    every = weights(told)
    if not every:
        assert found is None
        return
    assert found is not None
    best = max(score for score, _, _ in every)
    assert found.score == best
    assert told[found.first] == told[found.last] == "+"
    assert found.fits == told[found.first : found.last + 1].count("+")
    inside = [length for score, length, first in every if score == best and first >= found.first]
    assert found.last - found.first == min(inside)


def test_orders_that_another_cause_explains_do_not_count() -> None:
    assert best_stretch(marks("+++--+"), frozenset({0, 1, 2})) == Stretch(5, 5, 1, 1, 1, 0)
    assert best_stretch(marks("+++"), frozenset({0, 1, 2})) is None


def test_a_stray_order_long_before_is_left_alone() -> None:
    assert best_stretch(marks("+---++++"), NOBODY) == Stretch(4, 7, 4, 4, 4, 0)


def test_a_stretch_takes_along_what_is_allowed_up_to_the_next_break() -> None:
    table = marks("a-a++aa-a")
    stretch = best_stretch(table, NOBODY)
    assert stretch is not None
    assert explained(table, stretch, NOBODY)["order_no"].to_list() == [2, 3, 4, 5, 6]


TWELVE = "+" * 13


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (f"--{TWELVE}--", (1, 2, 14, 15, 1)),
        (f"--{TWELVE}", (1, 2, None, None, 1)),
        (TWELVE, (None, 0, None, None, 1)),
        (f"-s{TWELVE}s", (0, 2, None, None, 1)),
        (f"ss{TWELVE}ss", (0, 2, 14, 16, 1)),
        (f"-{TWELVE}{'-' * 5}{TWELVE}", (18, 19, None, None, 2)),
        (f"-{TWELVE}--{TWELVE}", (None, 1, None, None, 1)),
    ],
    ids=[
        "between two neighbours at both ends",
        "going on",
        "never seen right",
        "one soft break proves nothing",
        "two do",
        "put right and wrong again: the newest episode counts",
        "a few good orders in between are no second episode, and make the bounds wary",
    ],
)
def test_a_change_lies_between_two_orders_that_tell(
    told: str, expected: tuple[int | None, int | None, int | None, int | None, int]
) -> None:
    assert bounds(told) == expected


def test_where_good_and_bad_orders_alternate_a_few_good_ones_say_nothing_of_the_beginning() -> None:
    assert bounds("-----" + "+-" * 20) == (None, 5, None, None, 1)
    assert bounds("-" * 50 + "+-" * 20 + "-" * 50)[::3] == (9, 129)


def test_few_orders_make_wary() -> None:
    assert bounds("-" * 6 + "+++" + "-" * 6) == (1, 6, 8, 13, 1)
