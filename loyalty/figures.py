"""Plotly figures of the public tables: frame in, figure out; one visual language with the static pages.

What a figure shows is computed by the domain; here it is only drawn. Amounts are plotted in paise and
written in rupees with lakh grouping.
"""

import plotly.graph_objects as go
import polars as pl

from loyalty.reconcile.kinds import KINDS
from loyalty.reconcile.summary import by_kind
from loyalty.values.money import rupees

LOST = "#d55e00"
OWED = "#0072b2"
"""Vermilion and blue of the Okabe–Ito palette: told apart by every kind of colour vision."""

_INK = "#1b2430"
_SOFT = "#5b6572"
_LINE = "#e3e1db"
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
_KINDS_SHOWN = 12
_BAR_HEIGHT = 34
_MARGIN = 130


def money_by_kind(mismatches: pl.DataFrame) -> go.Figure:
    """What the open mismatches of ``mart_mismatches`` cost, by kind: lost to the right, owed to the left.

    The twelve kinds with the most money; kinds without any are left out.
    """
    shown = by_kind(mismatches).filter(pl.col("lost_paise") + pl.col("owed_paise") > 0).head(_KINDS_SHOWN)
    if shown.is_empty():
        return _nothing("No mismatch moves money")
    titles = [KINDS[kind].title for kind in shown["kind"]]
    figure = go.Figure(
        [
            _bars(titles, shown["lost_paise"].to_list(), "lost by the merchant", LOST),
            _bars(titles, [-paise for paise in shown["owed_paise"]], "owed to customers", OWED),
        ]
    )
    low, high = -max(shown["owed_paise"]), max(shown["lost_paise"])
    figure.update_layout(**_layout(height=_MARGIN + _BAR_HEIGHT * shown.height))
    figure.update_xaxes(**_money_axis(low, high))
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    return figure


def _bars(titles: list[str], paise: list[int], name: str, colour: str) -> go.Bar:
    return go.Bar(
        x=paise,
        y=titles,
        name=name,
        orientation="h",
        marker={"color": colour},
        customdata=[rupees(abs(each)) for each in paise],
        hovertemplate="%{y}<br>%{customdata} " + name + "<extra></extra>",
    )


def _money_axis(low: int, high: int) -> dict[str, object]:
    """A paise axis with round ticks in rupees; an amount owed reads as an amount, its side says the rest."""
    step = 100 * _round_step((high - low) // 600)
    ticks = [step * number for number in range(low // step, -(-high // step) + 1)]
    return {
        "tickvals": ticks,
        "ticktext": [rupees(abs(tick)) for tick in ticks],
        "gridcolor": _LINE,
        "zerolinecolor": _INK,
        "zerolinewidth": 1,
    }


def _round_step(rupees_wanted: int) -> int:
    """The smallest of 1, 2 and 5 times a power of ten that is not below."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= rupees_wanted:
                return factor * power
        power *= 10


def _layout(height: int) -> dict[str, object]:
    return {
        "height": height,
        "barmode": "relative",
        "bargap": 0.35,
        "template": "none",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 14, "color": _INK},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 8, "r": 16, "t": 48, "b": 48},
    }


def _nothing(words: str) -> go.Figure:
    """The designed empty state: a sentence instead of empty axes."""
    figure = go.Figure()
    figure.update_layout(**_layout(height=160))
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(text=words, showarrow=False, font={"size": 18, "color": _SOFT})
    return figure
