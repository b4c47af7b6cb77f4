"""The books read across are sums of the statement and the roll-forward, and nothing else."""

import datetime as dt

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.marts import CoinRollforward, Statement
from loyalty.finance.cost import flows, months, redemption_cost, tie_out, variance


def a_line(leg: str, line: str, on: str = "2026-04-10", **numbers: int) -> dict[str, object]:
    zeros = {name: 0 for name, dtype in polars_schema(Statement).items() if dtype == pl.Int64}
    return {**zeros, "business_date": dt.date.fromisoformat(on), "leg": leg, "line": line, **numbers}


def stated(*lines: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=polars_schema(Statement))


STATEMENT = stated(
    a_line("redemption", "match", recorded_paise=1_000, expected_paise=1_000, recorded_coins=-100),
    a_line(
        "redemption",
        "over_cap",
        recorded_paise=500,
        expected_paise=200,
        difference_paise=300,
        effect_paise=300,
    ),
    a_line("redemption", "match", "2026-05-02", recorded_paise=70, expected_paise=70, recorded_coins=-7),
    a_line("earn", "earn_missing", expected_coins=9, difference_coins=-9, effect_paise=-90, residual_coins=2),
    a_line("balance", "closing_balance", difference_coins=5, effect_paise=50),
    a_line("order", "order_total", difference_paise=5, effect_paise=5),
)


def a_month(month: str, opening: int, issued: int, redeemed: int) -> dict[str, object]:
    zeros = {name: 0 for name, dtype in polars_schema(CoinRollforward).items() if dtype == pl.Int64}
    closing = opening + issued - redeemed
    moved = {
        "opening_coins": opening,
        "issued_coins": issued,
        "redeemed_coins": redeemed,
        "closing_coins": closing,
    }
    return {**zeros, "month": month, "wallet": "coins", "origin": "all", **moved}


BOOKS = pl.DataFrame(
    [
        a_month("2026-04", 0, 100, 30),
        a_month("2026-05", 70, 10, 50),
        a_month("2026-05", 0, 999, 0) | {"wallet": "credits"},
    ],
    schema=polars_schema(CoinRollforward),
)


def test_the_cost_of_redemption_is_what_orders_show_beside_what_was_promised() -> None:
    assert redemption_cost(STATEMENT).rows() == [("2026-04", 1_500, 1_200, 100), ("2026-05", 70, 70, 7)]


def test_days_tie_out_in_flows_alone() -> None:
    days = (
        tie_out(STATEMENT)
        .select("business_date", "difference_coins", "difference_paise", "residual_coins")
        .rows()
    )
    assert days == [(dt.date(2026, 4, 10), -9, 300, 2), (dt.date(2026, 5, 2), 0, 0, 0)]


def test_the_variance_names_what_differs_the_largest_effect_first() -> None:
    lines = variance(STATEMENT).select("line", "effect_paise").rows()
    assert lines == [("over_cap", 300), ("earn_missing", -90), ("closing_balance", 50), ("order_total", 5)]


def test_the_flows_lead_from_opening_to_closing() -> None:
    for month in (None, "2026-04", "2026-05"):
        steps = flows(BOOKS, month)
        assert steps["coins"][:-1].sum() == steps["coins"][-1]
        assert steps["is_total"].to_list() == [True, *[False] * 6, True]
    assert flows(BOOKS)["coins"].to_list() == [0, 110, -80, 0, 0, 0, 0, 30]
    assert list(months(BOOKS)) == ["2026-05", "2026-04"]


def test_without_coins_there_are_no_steps() -> None:
    assert flows(empty(CoinRollforward)).is_empty()
