"""Wilson's interval against published figures, and its edges."""

import polars as pl
import pytest

from loyalty.metrics.intervals import wilson


def interval(successes: int, trials: int) -> tuple[float | None, float | None]:
    low, high = wilson(pl.col("k"), pl.col("n"))
    frame = pl.DataFrame({"k": [successes], "n": [trials]}).select(low=low, high=high)
    return frame.row(0)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 29, 0.0, 0.11697),
        (56, 70, 0.6918, 0.8770),
        (48, 80, 0.4905, 0.7004),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_that_of_the_books(successes: int, trials: int, low: float, high: float) -> None:
    assert interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("trials", [1, 3, 7, 29, 1_000, 123_457, 10**9])
def test_none_is_exactly_zero_and_all_is_exactly_one(trials: int) -> None:
    assert interval(0, trials)[0] == 0.0
    assert interval(trials, trials)[1] == 1.0


@pytest.mark.parametrize("trials", [2, 50, 10**9])
def test_the_share_lies_inside_and_the_interval_mirrors_its_complement(trials: int) -> None:
    for successes in (1, trials // 2, trials - 1):
        low, high = interval(successes, trials)
        assert low is not None
        assert high is not None
        assert 0 < low < successes / trials < high < 1
        assert interval(trials - successes, trials) == pytest.approx((1 - high, 1 - low))


def test_nothing_to_divide_by_has_no_interval() -> None:
    assert interval(0, 0) == (None, None)
