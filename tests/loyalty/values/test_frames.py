"""Columns set beside a frame."""

import polars as pl
import pytest
from polars.exceptions import ComputeError, DuplicateError
from polars.testing import assert_frame_equal

from loyalty.values.frames import beside

ORDERS = pl.DataFrame({"order_no": [3, 1, None, 3, 2], "coins": [30, 10, 0, 31, 20]})
FACTS = pl.DataFrame({"order_no": [1, 3], "state": ["delivered", "rto"], "paise": [100, 300]})


def test_rows_and_order_stay_and_what_is_unknown_is_null() -> None:
    assert_frame_equal(
        beside(ORDERS, FACTS, "order_no"),
        ORDERS.with_columns(
            pl.Series("state", ["rto", "delivered", None, "rto", None]),
            pl.Series("paise", [300, 100, None, 300, None]),
        ),
    )


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
