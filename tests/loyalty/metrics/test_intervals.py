"""Intervals against published figures, at their edges, and in simulation: how often do they hold the truth?"""

import math
import random

import polars as pl
import pytest

from loyalty.metrics.intervals import garwood, newcombe, wilson
from loyalty.metrics.rows import Ratio, ratios


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


@pytest.mark.parametrize(
    ("first", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((0, 29), (0, 29), -0.1170, 0.1170),
    ],
)
def test_a_difference_is_that_of_newcombes_table(
    first: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """Method 10 of Newcombe's paper of 1998, table II; the last row of the research."""
    ends = newcombe(*(pl.lit(number) for number in (*first, *other)))
    found = pl.select(low=ends[0], high=ends[1]).row(0)
    assert found == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        (0, 0.0, 3.6889),
        (1, 0.0253, 5.5716),
        (2, 0.2422, 7.2247),
        (5, 1.6235, 11.6683),
        (10, 4.7954, 18.3904),
        (20, 12.2165, 30.8884),
        (50, 37.1110, 65.9188),
        (100, 81.3640, 121.6268),
    ],
)
def test_a_count_has_the_limits_of_the_poisson_tables(events: int, low: float, high: float) -> None:
    assert garwood(events) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize("events", [1, 7, 60, 400])
def test_the_limits_of_a_count_leave_a_fortieth_on_each_side(events: int) -> None:
    low, high = garwood(events)
    at_least = 1 - sum(poisson(number, low) for number in range(events))
    at_most = sum(poisson(number, high) for number in range(events + 1))
    assert (at_least, at_most) == pytest.approx((0.025, 0.025), abs=1e-9)


def poisson(number: int, mean: float) -> float:
    return math.exp(number * math.log(mean) - mean - math.lgamma(number + 1))


def test_wilson_holds_the_truth_in_95_of_100_cases_on_average() -> None:
    """Exactly: over all outcomes of so many trials, for shares all over the scale."""
    covered = []
    for trials in (20, 50, 100, 300):
        ends = [interval(successes, trials) for successes in range(trials + 1)]
        for step in range(1, 100):
            share = step / 100
            covered.append(
                sum(
                    math.comb(trials, k) * share**k * (1 - share) ** (trials - k)
                    for k, (low, high) in enumerate(ends)
                    if low is not None and high is not None and low <= share <= high
                )
            )
    assert 0.93 <= sum(covered) / len(covered) <= 0.97


def test_garwood_holds_the_truth_in_at_least_95_of_100_cases_always() -> None:
    ends = [garwood(events) for events in range(160)]
    for tenth in range(1, 800, 7):
        mean = tenth / 10
        held = sum(poisson(k, mean) for k, (low, high) in enumerate(ends) if low <= mean <= high)
        assert held >= 0.95, mean


def average_orders(rounds: int, customers: int) -> float:
    """How often the delta method holds the true mean value of an order, where customers differ from each other.

    A customer has one to six orders around a level of his own; whoever orders more orders larger.
    """
    dice = random.Random(20261124)
    rows = []
    for number in range(rounds):
        for customer in range(customers):
            orders, level = dice.randint(1, 6), dice.gauss(0, 30)
            mean = 100 + 5 * orders + level
            period = f"{1000 + number // 12}-{number % 12 + 1:02}"
            rows += [(period, customer, round(100 * (mean + dice.gauss(0, 10))), 1) for _ in range(orders)]
    counted = pl.DataFrame(rows, schema=["period", "member_no", "paise", "one"], orient="row")
    found = ratios(counted, [Ratio("aov", "paise", "one", "paise")]).filter(pl.col("period") != "all")
    counts = range(1, 7)
    truth = 100 * (100 + 5 * sum(n * n for n in counts) / sum(counts))
    held = found.filter((pl.col("low") <= truth) & (pl.col("high") >= truth)).height
    assert found.height == rounds
    return held / rounds


def test_the_delta_method_holds_the_truth_in_95_of_100_cases() -> None:
    assert 0.93 <= average_orders(rounds=700, customers=80) <= 0.97


@pytest.mark.slow
def test_the_delta_method_holds_the_truth_over_many_worlds() -> None:
    assert 0.94 <= average_orders(rounds=4000, customers=200) <= 0.96
