"""Columns set beside a frame, and sums that run through sorted rows."""

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.exceptions import ComputeError, DuplicateError
from polars.testing import assert_frame_equal

from loyalty.values.frames import beside, is_first, one_after, one_before, sum_so_far

ORDERS = pl.DataFrame({"order_no": [3, 1, None, 3, 2], "coins": [30, 10, 0, 31, 20]})
FACTS = pl.DataFrame({"order_no": [1, 3], "state": ["delivered", "rto"], "paise": [100, 300]})
NUMBERS = st.integers(-4, 40) | st.sampled_from([-(2**63), 10**6, 2**63 - 1])


def test_rows_and_order_stay_and_what_is_unknown_is_null() -> None:
    assert_frame_equal(
        beside(ORDERS, FACTS, "order_no"),
        ORDERS.with_columns(
            pl.Series("state", ["rto", "delivered", None, "rto", None]),
            pl.Series("paise", [300, 100, None, 300, None]),
        ),
    )


@given(st.lists(NUMBERS | st.none(), max_size=8), st.lists(NUMBERS, max_size=8, unique=True))
@example([], [])
@example([2**63 - 1], [-(2**63)])
@example([7, None, 2**63 - 1, -(2**63), 6, 8], [-(2**63), 7, 9, 2**63 - 1])
def test_however_keys_are_looked_up_it_is_what_a_join_gives(
    wanted: list[int | None], known: list[int]
) -> None:
    left = pl.DataFrame({"key": wanted}, schema={"key": pl.Int64})
    right = pl.DataFrame(
        {"key": known, "place": range(len(known))}, schema={"key": pl.Int64, "place": pl.Int64}
    )
    joined = left.join(right, on="key", how="left", validate="m:1", maintain_order="left")
    assert_frame_equal(beside(left, right, "key"), joined)


def test_texts_are_keys_too() -> None:
    orders = pl.DataFrame({"state": ["rto", "placed", "delivered"]})
    assert beside(orders, FACTS, "state")["paise"].to_list() == [300, None, 100]


def test_several_keys_decide_together() -> None:
    facts = pl.DataFrame({"order_no": [3, 3], "coins": [31, 99], "state": ["rto", "delivered"]})
    assert beside(ORDERS, facts, ["order_no", "coins"])["state"].to_list() == [None, None, None, "rto", None]


def test_a_key_that_occurs_twice_on_the_right_is_refused() -> None:
    with pytest.raises(ComputeError, match="m:1"):
        beside(ORDERS, pl.concat([FACTS, FACTS]), "order_no")


def test_one_to_one_refuses_a_key_that_occurs_twice_on_the_left() -> None:
    with pytest.raises(ComputeError, match="1:1"):
        beside(ORDERS, FACTS, "order_no", "1:1")


def test_a_column_that_both_have_is_an_error() -> None:
    with pytest.raises(DuplicateError, match="coins"):
        beside(ORDERS, FACTS.rename({"paise": "coins"}), "order_no")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), max_size=12))
def test_what_runs_through_sorted_rows_is_what_runs_within_each_group(rows: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(sorted(rows), schema={"member_no": pl.Int64, "coins": pl.Int64}, orient="row")
    coins = pl.col("coins")
    assert_frame_equal(
        frame.select(
            total=sum_so_far(coins, of="member_no"),
            first=is_first("member_no"),
            before=one_before(coins, of="member_no"),
            after=one_after(coins, of="member_no"),
        ),
        frame.select(
            total=coins.cum_sum().over("member_no"),
            first=pl.col("member_no").is_first_distinct(),
            before=coins.shift(1).over("member_no"),
            after=coins.shift(-1).over("member_no"),
        ),
    )


def test_a_sum_within_a_group_is_exact_though_the_sum_of_all_is_beyond_64_bits() -> None:
    frame = pl.DataFrame({"member_no": [1, 1, 2, 3], "coins": [2**62, 2**61, 2**62, -5]})
    assert frame.select(sum_so_far(pl.col("coins"), of="member_no"))["coins"].to_list() == [
        2**62,
        2**62 + 2**61,
        2**62,
        -5,
    ]
