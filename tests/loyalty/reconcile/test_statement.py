"""Recorded minus expected, line by line, until nothing is left."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from loyalty.reconcile.statement import statement
from tests.builders import AS_OF, HOUR, NOON, Rupees, Thing, a_law, a_world, an_entry, an_order, judged, paise
from tests.findings import Finding, a_finding, found

APRIL_10 = dt.date(2026, 4, 10)
_RECORDED = {
    "business_date": pl.Date,
    "leg": pl.String,
    "line": pl.String,
    "entries": pl.Int64,
    "orders": pl.Int64,
    "recorded_coins": pl.Int64,
    "recorded_paise": pl.Int64,
}


def recorded(
    *totals: tuple[str, int, Rupees], on: dt.date = APRIL_10, line: str | None = None
) -> pl.DataFrame:
    """What was staged, per leg: coins and rupees."""
    rows = [(on, leg, line, 1, 1, coins, paise(money)) for leg, coins, money in totals]
    return pl.DataFrame(rows, schema=_RECORDED, orient="row")


def lines(table: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return table.select("leg", "line", *columns).rows()


def told(*findings: Finding, staged: pl.DataFrame | None = None) -> pl.DataFrame:
    return statement(found(*findings), recorded() if staged is None else staged)


def test_each_kind_is_a_line_and_the_rest_is_named_by_its_status() -> None:
    table = told(
        a_finding("earn", "earn_amount", order="A", coins=(50, 55), effect="0.50"),
        a_finding("earn", "rounding", status="by_design", order="B", coins=(49, 50), effect="0.10"),
        a_finding("earn", status="pending", order="C", coins=(50, 0)),
        a_finding("earn", status="unknown", order="D", coins=(7, 7)),
        a_finding("earn", order="E", coins=(50, 50)),
        staged=recorded(("earn", 162, 0)),
    )
    assert lines(table, "expected_coins", "recorded_coins", "difference_coins", "effect_paise") == [
        ("earn", "by_design:rounding", 49, 50, 1, 10),
        ("earn", "earn_amount", 50, 55, 5, 50),
        ("earn", "match", 50, 50, 0, 0),
        ("earn", "pending", 50, 0, -50, 0),
        ("earn", "unknown", 7, 7, 0, 0),
    ]
    assert table["residual_coins"].to_list() == [0] * 5


def test_a_line_adds_up_rows_orders_and_entries_of_a_day() -> None:
    table = told(
        a_finding(
            "redemption",
            "over_cap",
            order="A",
            entries=["a", "b"],
            coins=(-100, -200),
            off=(10, 20),
            effect=10,
        ),
        a_finding(
            "redemption", "over_cap", order="B", entries=["c"], coins=(-100, -300), off=(10, 30), effect=20
        ),
        staged=recorded(("redemption", -500, 50)),
    )
    columns = ("orders", "entries", "difference_coins", "difference_paise", "effect_paise", "residual_paise")
    assert lines(table, *columns) == [("redemption", "over_cap", 2, 3, -300, 3000, 3000, 0)]


def test_days_are_lines_of_their_own() -> None:
    may = dt.date(2026, 5, 1)
    staged = pl.concat([recorded(("earn", 50, 0)), recorded(("earn", 50, 0), on=may)])
    table = told(
        a_finding("earn", order="A", coins=(50, 50)),
        a_finding("earn", order="B", coins=(50, 50), on=may),
        staged=staged,
    )
    assert table["business_date"].to_list() == [APRIL_10, may]
    assert table["residual_coins"].to_list() == [0, 0]


@pytest.mark.parametrize(
    ("staged", "coins", "money"),
    [
        pytest.param(recorded(("redemption", -500, 50)), -500, 5000, id="a row is missing"),
        pytest.param(recorded(("redemption", -500, 0)), -500, 0, id="coins only"),
        pytest.param(recorded(("redemption", 0, "0.01")), 0, 1, id="one paisa"),
    ],
)
def test_what_no_verdict_explains_is_a_residual(staged: pl.DataFrame, coins: int, money: int) -> None:
    table = told(staged=staged)
    assert lines(table, "residual_coins", "residual_paise", "difference_coins", "difference_paise") == [
        ("redemption", "not_judged", coins, money, coins, money)
    ]


def test_what_was_judged_but_never_staged_is_a_residual_too() -> None:
    table = told(a_finding("earn", order="A", coins=(50, 50)))
    assert lines(table, "residual_coins") == [("earn", "match", 0), ("earn", "not_judged", -50)]


def test_what_has_no_verdict_is_counted_and_explains_itself() -> None:
    silent = pl.concat(
        [recorded(("none", 70, 0), line="credits_wallet"), recorded(("none", 0, 0), line="void")]
    )
    columns = ("entries", "recorded_coins", "difference_coins", "residual_coins")
    assert lines(told(staged=silent), *columns) == [
        ("none", "credits_wallet", 1, 70, 0, 0),
        ("none", "void", 1, 0, 0, 0),
    ]


def test_balances_are_stocks_and_ask_for_nothing_staged() -> None:
    table = told(a_finding("balance", "closing_balance", order=None, coins=(70, 75), effect="0.50"))
    assert lines(table, "difference_coins", "residual_coins") == [("balance", "closing_balance", 5, 0)]


def test_no_history_is_an_empty_statement() -> None:
    assert told().is_empty()


# --- over a judged history ------------------------------------------------------------------------

HISTORY: list[Thing] = [
    an_order("right", loyalty=50),
    an_order("short", loyalty=60),
    an_order("unpaid", loyalty=70),
    an_order("dead", loyalty=50, cancelled=NOON + HOUR),
    an_entry("redeem dr", 500, order="right"),
    an_entry("redeem dr", 500, order="short"),
    an_entry("redeem dr", 500, order="dead"),
    an_entry("revert cr", 500, NOON + 2 * HOUR, order="dead"),
    an_entry("reward cr", 25, order="right"),
    an_entry("revert dr", 5, order="right"),
    an_entry("redeem dr", 300, order="ghost"),
]


def staged_totals() -> pl.DataFrame:
    """Added up by hand from the history above."""
    return recorded(("redemption", -1800, 230), ("restore", 500, 0), ("earn", 25, 0), ("reversal", -5, 0))


def test_a_judged_history_leaves_no_residual() -> None:
    table = statement(judged(a_world(*HISTORY), a_law(), AS_OF), staged_totals())
    assert table.select(pl.col("residual_coins", "residual_paise").abs().sum()).row(0) == (0, 0)
    assert table["recorded_coins"].sum() == -1800 + 500 + 25 - 5
    assert table["recorded_paise"].sum() == 23_000


def test_one_row_lost_leaves_a_residual() -> None:
    rows = judged(a_world(*HISTORY), a_law(), AS_OF)
    for lost in range(rows.height):
        row = rows.row(lost, named=True)
        if (row["recorded_coins"], row["recorded_paise"]) == (0, 0):
            continue
        kept = pl.concat([rows[:lost], rows[lost + 1 :]])
        residual = (
            statement(kept, staged_totals()).select(pl.col("residual_coins", "residual_paise").sum()).row(0)
        )
        assert residual == (row["recorded_coins"], row["recorded_paise"])
