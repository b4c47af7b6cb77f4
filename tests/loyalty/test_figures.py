"""Figures draw the sums of the tables, in colours that everyone can tell apart."""

import plotly.graph_objects as go

from loyalty.figures import LOST, OWED, money_by_kind
from tests.findings import a_finding, resolved, wrong

ROWS = [
    a_finding("redemption", "over_cap", order="A", effect="10.50"),
    a_finding("redemption", "over_cap", order="B", effect=-30),
    a_finding("earn", "earn_amount", order="B", effect=123_456),
    a_finding("earn", "earn_late", order="C"),
]


def bars(figure: go.Figure) -> dict[str, dict[str, int]]:
    return {bar.name: dict(zip(bar.y, bar.x, strict=True)) for bar in figure.data}


def test_bars_are_the_money_of_each_kind_lost_to_the_right_owed_to_the_left() -> None:
    assert bars(money_by_kind(wrong(*ROWS))) == {
        "lost by the merchant": {
            "Wrong number of coins credited": 12_345_600,
            "Above the share of the cart": 1_050,
        },
        "owed to customers": {"Wrong number of coins credited": 0, "Above the share of the cart": -3_000},
    }


def test_the_most_money_stands_on_top() -> None:
    figure = money_by_kind(wrong(*ROWS))
    assert figure.data[0].y[0] == "Wrong number of coins credited"
    assert figure.layout.yaxis.autorange == "reversed"


def test_amounts_read_as_rupees_with_lakh_grouping() -> None:
    figure = money_by_kind(wrong(*ROWS))
    assert figure.data[0].customdata[0] == "₹1,23,456"
    ticks = dict(zip(figure.layout.xaxis.tickvals, figure.layout.xaxis.ticktext, strict=True))
    assert ticks[0] == "₹0"
    assert ticks[10_000_000] == "₹1,00,000"
    assert 3 <= len(ticks) <= 10
    assert min(ticks) <= -3_000
    assert max(ticks) >= 12_345_600


def test_axes_have_a_handful_of_ticks_whatever_the_money() -> None:
    for effect in ("0.01", "0.50", 1, 7, 99, 12_345, 9_99_99_999):
        for sign in (1, -1):
            rows = [a_finding("earn", "earn_amount", effect=effect) | {}]
            rows[0]["effect_paise"] *= sign
            axis = money_by_kind(wrong(*rows)).layout.xaxis
            assert 2 <= len(axis.tickvals) <= 10
            assert axis.tickvals[0] <= rows[0]["effect_paise"] <= axis.tickvals[-1]


def test_kinds_without_money_are_left_out_and_no_more_than_twelve_shown() -> None:
    kinds = [
        "over_cap", "coins_value", "over_balance", "not_eligible", "wrong_member", "below_min_cart", "double_debit",
        "below_min_coins", "under_redeemed", "over_max_discount", "below_min_payable", "expired_coins_used",
        "debit_without_discount",
    ]  # fmt: skip
    rows = [a_finding("redemption", kind, order=kind, effect=number) for number, kind in enumerate(kinds)]
    assert len(money_by_kind(wrong(*rows)).data[0].y) == 12
    assert "Coins credited late" not in money_by_kind(wrong(*ROWS)).data[0].y


def test_without_money_the_figure_says_so() -> None:
    for nothing in (wrong(), wrong(ROWS[-1]), resolved(wrong(*ROWS))):
        figure = money_by_kind(nothing)
        assert not figure.data
        assert [note.text for note in figure.layout.annotations] == ["No mismatch moves money"]


def test_lost_and_owed_have_their_own_colours() -> None:
    figure = money_by_kind(wrong(*ROWS))
    assert [bar.marker.color for bar in figure.data] == [LOST, OWED]
