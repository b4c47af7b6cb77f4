"""The one pass that asks whether a contract is kept must never say yes where pandera says no."""

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.contracts.base import Contract, coins, holds


class Sample(Contract):
    """One column for every sort of check that contracts use; one row per number."""

    number: pl.Int64 = pa.Field(unique=True, ge=0)
    letter: pl.String = pa.Field(isin=("a", "b"))
    paise: pl.Int64 = coins(nullable=True)


def sample(**columns: list[object]) -> pl.DataFrame:
    rows = {"number": [3, 1, 2], "letter": ["a", "b", "a"], "paise": [5, None, -5]} | columns
    return pl.DataFrame(rows, schema={"number": pl.Int64, "letter": pl.String, "paise": pl.Int64})


def test_a_frame_that_keeps_its_contract_comes_back_as_it_was() -> None:
    frame = sample()
    assert holds(Sample.to_schema(), frame)
    assert Sample.validate(frame) is frame


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(sample(number=[1, 1, 2]), id="a number twice"),
        pytest.param(sample(number=[1, 2, 2]), id="a number twice in order"),
        pytest.param(sample(number=[-1, 1, 2]), id="a number below its bound"),
        pytest.param(sample(number=[None, 1, 2]), id="no number"),
        pytest.param(sample(letter=["a", "c", "a"]), id="a word that is not on the list"),
        pytest.param(sample(letter=["a", None, "a"]), id="no word"),
        pytest.param(sample(paise=[10**15 + 1, None, 0]), id="an amount above the guard"),
        pytest.param(sample(paise=[-(10**15) - 1, None, 0]), id="an amount below the guard"),
        pytest.param(sample().with_columns(more=1), id="a column too many"),
        pytest.param(sample().drop("paise"), id="a column too few"),
        pytest.param(sample().with_columns(pl.col("paise").cast(pl.Int32)), id="another type"),
    ],
)
def test_whatever_breaks_a_contract_is_told_by_pandera(broken: pl.DataFrame) -> None:
    assert not holds(Sample.to_schema(), broken)
    with pytest.raises(pandera.errors.SchemaError):
        Sample.validate(broken)
    with pytest.raises(pandera.errors.SchemaErrors):
        Sample.validate(broken, lazy=True)


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-1, 3),
            st.sampled_from(["a", "b", "c", None]),
            st.none() | st.sampled_from([0, 10**15, 10**15 + 1, -(10**15) - 1]),
        ),
        max_size=4,
    )
)
def test_one_pass_and_pandera_agree(rows: list[tuple[object, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=sample().schema, orient="row")
    try:
        pa.DataFrameModel.validate.__func__(Sample, frame)  # type: ignore[attr-defined]
        keeps = True
    except pandera.errors.SchemaError:
        keeps = False
    assert holds(Sample.to_schema(), frame) == keeps


class Told(Contract):
    """A contract with a check of its own; one row per number."""

    number: pl.Int64 = pa.Field(gt=0)


def test_a_check_that_one_pass_does_not_know_is_left_to_pandera() -> None:
    frame = pl.DataFrame({"number": [1]})
    assert not holds(Told.to_schema(), frame)
    assert Told.validate(frame).equals(frame)
    with pytest.raises(pandera.errors.SchemaError):
        Told.validate(pl.DataFrame({"number": [0]}))
