"""Exact arithmetic: one place divides, one place rounds."""

import math
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.values.money import LIMIT
from loyalty.values.ratios import ROUNDINGS, Rounding, divide, mul_div, parse_ratio, signed_mul_div


def rounded(exact: Fraction, mode: Rounding) -> int:
    """A second opinion, by the standard library's own exact ratios."""
    up = math.floor(exact + Fraction(1, 2))
    return {"floor": math.floor(exact), "ceil": math.ceil(exact), "half_up": up, "half_even": round(exact)}[
        mode
    ]


def on_columns(value: int, by: int, over: int, mode: Rounding) -> int:
    columns = pl.DataFrame({"value": [value], "by": [by], "over": [over]})
    return int(columns.select(mul_div(pl.col("value"), pl.col("by"), pl.col("over"), mode)).item())


@pytest.mark.parametrize(
    ("numerator", "denominator", "floor", "half_up", "half_even", "ceil"),
    [
        (0, 7, 0, 0, 0, 0),
        (14, 7, 2, 2, 2, 2),
        (1, 2, 0, 1, 0, 1),
        (3, 2, 1, 2, 2, 2),
        (5, 2, 2, 3, 2, 3),
        (4999, 100, 49, 50, 50, 50),
        (4995, 100, 49, 50, 50, 50),
        (4950, 100, 49, 50, 50, 50),
        (4850, 100, 48, 49, 48, 49),
        (4949, 100, 49, 49, 49, 50),
        (4901, 100, 49, 49, 49, 50),
        (1, 3, 0, 0, 0, 1),
        (2, 3, 0, 1, 1, 1),
    ],
)
def test_four_roundings_of_one_ratio(
    numerator: int, denominator: int, floor: int, half_up: int, half_even: int, ceil: int
) -> None:
    expected = {"floor": floor, "half_up": half_up, "half_even": half_even, "ceil": ceil}
    assert {mode: divide(numerator, denominator, mode) for mode in ROUNDINGS} == expected
    assert {mode: on_columns(numerator, 1, denominator, mode) for mode in ROUNDINGS} == expected


@given(
    value=st.integers(0, LIMIT),
    by=st.integers(0, LIMIT),
    over=st.integers(1, LIMIT),
    mode=st.sampled_from(ROUNDINGS),
)
@example(value=LIMIT, by=LIMIT, over=LIMIT, mode="half_even")
@example(value=LIMIT - 1, by=LIMIT, over=LIMIT, mode="ceil")
def test_the_product_of_the_greatest_operands_is_exact(
    value: int, by: int, over: int, mode: Rounding
) -> None:
    exact = rounded(Fraction(value * by, over), mode)
    assert divide(value * by, over, mode) == exact
    if exact < 2**63:
        assert on_columns(value, by, over, mode) == exact


def test_a_quotient_beyond_64_bits_is_refused_and_never_wraps() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        on_columns(LIMIT, LIMIT, 1, "floor")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**6), st.integers(0, 10**4), st.integers(1, 10**4), st.sampled_from(ROUNDINGS)
        ),
        min_size=1,
        max_size=50,
    )
)
def test_each_row_may_round_in_its_own_way(rows: list[tuple[int, int, int, Rounding]]) -> None:
    frame = pl.DataFrame(rows, schema=["value", "by", "over", "mode"], orient="row")
    got = (
        frame.select(mul_div(pl.col("value"), pl.col("by"), pl.col("over"), pl.col("mode")))
        .to_series()
        .to_list()
    )
    assert got == [rounded(Fraction(value * by, over), mode) for value, by, over, mode in rows]


def test_nothing_known_gives_nothing() -> None:
    frame = pl.DataFrame(
        {"value": [None, 7], "by": [3, None], "over": [2, 2]},
        schema=dict.fromkeys(("value", "by", "over"), pl.Int64),
    )
    for mode in ROUNDINGS:
        got = frame.select(mul_div(pl.col("value"), pl.col("by"), pl.col("over"), mode)).to_series()
        assert got.to_list() == [None, None]
        assert got.dtype == pl.Int64


@given(value=st.integers(-LIMIT, LIMIT), by=st.integers(0, 1000), over=st.integers(1, 1000))
def test_a_loss_and_its_make_good_are_mirror_images(value: int, by: int, over: int) -> None:
    frame = pl.DataFrame({"value": [value, -value]})
    there, back = frame.select(signed_mul_div(pl.col("value"), pl.lit(by), pl.lit(over))).to_series()
    assert there == -back
    assert abs(there) == abs(value) * by // over


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("6/5", Fraction(6, 5)),
        ("1", Fraction(1)),
        ("12.5", Fraction(25, 2)),
        (" 9/4 ", Fraction(9, 4)),
        ("0", Fraction(0)),
    ],
)
def test_a_ratio_is_read_exactly(text: str, ratio: Fraction) -> None:
    assert parse_ratio(text) == ratio


@pytest.mark.parametrize("text", ["", "1e3", "1E3", "1_000", "6/0", "six", "nan", "inf", "\u0661", "6//5"])
def test_what_is_no_plain_ratio_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_ratio(text)
