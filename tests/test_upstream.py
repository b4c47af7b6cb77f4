"""What other people's code does, where a decision of ours leans on it.

A failure here says that a library changed, not that we did; each test names the decision to think
over again.
"""

import datetime as dt
from typing import Annotated

import duckdb
import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest


class Amounts(pa.DataFrameModel):
    paise: pl.Int64 = pa.Field(ge=0)


class Moments(pa.DataFrameModel):
    at: Annotated[pl.Datetime, "us", "UTC"]

    class Config:
        strict = True


def test_pandera_checks_values_of_a_collected_frame_only() -> None:
    """ADR-0004: a lazy frame passes by its types alone, so contracts see collected frames."""
    bad = pl.DataFrame({"paise": [-1]})
    with pytest.raises(pandera.errors.SchemaError):
        Amounts.validate(bad)
    assert Amounts.validate(bad.lazy()).collect().height == 1


@pytest.mark.parametrize(("rupees", "through_float"), [(1.15, 114), (4.35, 434), (8.2, 819)])
def test_rupees_through_a_float_lose_a_paisa(rupees: float, through_float: int) -> None:
    """ADR-0001: text becomes paise by an exact parse, never through a float."""
    paise = pl.Series([rupees]).cast(pl.Float64) * 100
    assert paise.cast(pl.Int64).item() == through_float


@pytest.mark.parametrize(("text", "read_as"), [("10.005", "10.00"), ("1e3", "1000.00")])
def test_polars_reads_decimals_that_no_rupee_text_may_hold(text: str, read_as: str) -> None:
    """ADR-0005: our own reader guards rupee text; polars would drop half a paisa without a word."""
    assert str(pl.Series([text]).str.to_decimal(scale=2).item()) == read_as


def test_integer_division_floors_away_from_zero_below_it() -> None:
    """ADR-0001: only magnitudes are divided, or a reversal would not mirror its original."""
    products = pl.Series([250 * 333, -250 * 333])
    assert (products // 10_000).to_list() == [8, -9]


def test_polars_integers_wrap_without_a_word_and_duckdb_sums_do_not() -> None:
    """ADR-0001: amounts are guarded at the door, and totals are audited in DuckDB."""
    large = pl.Series("x", [2**62, 2**62])
    assert (large * 4).to_list() == [0, 0]
    assert large.sum() == -(2**63)
    total = duckdb.sql("select sum(x) from (values (?::bigint), (?::bigint)) t(x)", params=[2**62, 2**62])
    assert total.fetchall() == [(2**63,)]


def test_round_goes_to_the_even_neighbour() -> None:
    """ADR-0001: the rulebook names its rounding; bare round is never used."""
    assert [round(0.5), round(1.5), round(2.5)] == [0, 2, 2]
    assert pl.Series([0.5, 1.5, 2.5]).round().to_list() == [0.0, 2.0, 2.0]


def test_pandera_takes_zoned_instants_by_annotation_and_refuses_naive_ones() -> None:
    """ADR-0004: contracts spell instants as Annotated[pl.Datetime, "us", "UTC"]."""
    naive = pl.DataFrame({"at": [dt.datetime(2026, 4, 1)]}, schema={"at": pl.Datetime("us")})  # noqa: DTZ001
    zoned = naive.with_columns(pl.col("at").dt.replace_time_zone("UTC"))
    assert Moments.validate(zoned).height == 1
    with pytest.raises(pandera.errors.SchemaError):
        Moments.validate(naive)


def test_pandera_cannot_spell_instants_through_dtype_kwargs() -> None:
    """ADR-0004: the shorter spelling of instants does not work."""

    class Wrong(pa.DataFrameModel):
        at: pl.Datetime = pa.Field(dtype_kwargs={"time_unit": "us", "time_zone": "UTC"})

    with pytest.raises(TypeError, match="not callable"):
        Wrong.to_schema()
