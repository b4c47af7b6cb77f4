"""Plotly figures of the public tables: frame in, figure out; one visual language with the static pages.

What a figure shows is computed by the domain; here it is only drawn. Amounts are plotted in paise and
written in rupees with lakh grouping.
"""

import datetime as dt
from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl
from plotly.offline import get_plotlyjs

from loyalty.reconcile.kinds import KINDS
from loyalty.reconcile.summary import by_kind
from loyalty.values.money import group_lakh, rupees

LOST = "#d55e00"
OWED = "#0072b2"
GIVEN = "#009e73"
"""Vermilion, blue and green of the Okabe–Ito palette: told apart by every kind of colour vision."""

_QUIET = "#b9b5aa"
_PAPER = "#fffefb"
_BLUES = [[0, "#eaf1f6"], [1, "#005f95"]]

_INK = "#1b2430"
_SOFT = "#5b6572"
_LINE = "#e3e1db"
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
_KINDS_SHOWN = 12
_BAR_HEIGHT = 34
_MARGIN = 130
_SPARK = 96
_MONTHS_MIN = 2
_COHORT_MIN = 5
"""Smaller cohorts would tell about single people (details G4)."""


def money_by_kind(mismatches: pl.DataFrame) -> go.Figure:
    """What the open mismatches of ``mart_mismatches`` cost, by kind: lost to the right, owed to the left.

    The twelve kinds with the most money; kinds without any are left out.
    """
    shown = by_kind(mismatches).filter(pl.col("lost_paise") + pl.col("owed_paise") > 0).head(_KINDS_SHOWN)
    if shown.is_empty():
        return _nothing("No mismatch moves money")
    titles = [KINDS[kind].title for kind in shown["kind"]]
    return _both_sides(titles, shown["lost_paise"].to_list(), shown["owed_paise"].to_list())


def money_by_age(ageing: pl.DataFrame) -> go.Figure:
    """Money of open mismatches by age, as `loyalty.reconcile.summary.ageing` has it."""
    if not (ageing["lost_paise"].sum() or ageing["owed_paise"].sum()):
        return _nothing("No mismatch moves money")
    counted = ageing.select(pl.format("{} ({})", "age", "mismatches")).to_series().to_list()
    return _both_sides(counted, ageing["lost_paise"].to_list(), ageing["owed_paise"].to_list())


def money_by_cause(causes: pl.DataFrame) -> go.Figure:
    """Open causes of ``mart_causes``: what each gave away, and of what it short-changed customers."""
    names = pl.concat_str("cause", "surface", separator=", ", ignore_nulls=True)
    summed = (
        causes.filter(pl.col("lifecycle") != "resolved")
        .group_by(name=names)
        .agg(lost=pl.col("merchant_paise").sum(), owed=-pl.col("customer_paise").sum())
        .filter(pl.col("lost") + pl.col("owed") > 0)
        .sort(pl.col("lost") + pl.col("owed"), "name", descending=[True, False])
        .head(_KINDS_SHOWN)
    )
    if summed.is_empty():
        return _nothing("No single setting explains a mismatch that moves money")
    return _both_sides(summed["name"].to_list(), summed["lost"].to_list(), summed["owed"].to_list())


def money_over_time(times: pl.DataFrame, changes: Mapping[dt.date, str] | None = None) -> go.Figure:
    """Lost above the line and owed below it, as `loyalty.reconcile.summary.over_time` has it.

    ``changes``: dates on which something began, each with its name; drawn as upright lines.
    """
    if times.is_empty() or not (times["lost_paise"].sum() or times["owed_paise"].sum()):
        return _nothing("No mismatch moves money")
    starts = times["period_start"].to_list()
    figure = go.Figure(
        [
            _columns(starts, times["lost_paise"].to_list(), "lost by the merchant", LOST),
            _columns(starts, [-paise for paise in times["owed_paise"]], "owed to customers", OWED),
        ]
    )
    figure.update_layout(**_layout(height=320))
    figure.update_yaxes(**_money_axis(-max(times["owed_paise"]), max(times["lost_paise"])), automargin=True)
    figure.update_xaxes(showgrid=False, automargin=True, tickformat="%-d %b %y", nticks=6)
    for date, name in (changes or {}).items():
        figure.add_vline(x=date.isoformat(), line={"color": _INK, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=date.isoformat(), y=1, yref="paper", text=name, showarrow=False, xanchor="left", yanchor="top",
            font={"size": 12, "color": _SOFT},
        )  # fmt: skip
    return figure


def coin_waterfall(flows: pl.DataFrame) -> go.Figure:
    """From opening to closing balance, as `loyalty.finance.cost.flows` has it."""
    if flows.is_empty():
        return _nothing("No coin has moved yet")
    coins = flows["coins"].to_list()
    figure = go.Figure(
        go.Waterfall(
            x=flows["step"].to_list(),
            y=coins,
            measure=["absolute", *["relative"] * (len(coins) - 2), "total"],
            text=[
                _coins(each, signed=not total) for each, total in zip(coins, flows["is_total"], strict=True)
            ],
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"color": _LINE, "width": 1}},
            increasing={"marker": {"color": GIVEN}},
            decreasing={"marker": {"color": OWED}},
            totals={"marker": {"color": _QUIET}},
            hovertemplate="%{x}<br>%{text} coins<extra></extra>",
        )
    )
    figure.update_layout(**_layout(height=380), showlegend=False)
    figure.update_yaxes(visible=False)
    figure.update_xaxes(automargin=True, showgrid=False)
    return figure


def cost_by_month(cost: pl.DataFrame) -> go.Figure:
    """What coins took off orders, month by month, beside what the rules promised."""
    if cost.is_empty():
        return _nothing("No order carries a loyalty discount")
    months = [dt.date.fromisoformat(f"{month}-01") for month in cost["month"]]
    taken = _columns(months, cost["discount_paise"].to_list(), "taken off orders", GIVEN)
    promised = go.Scatter(
        x=months,
        y=cost["promised_paise"].to_list(),
        name="promised by the rules",
        mode="markers",
        marker={"color": _INK, "symbol": "line-ew-open", "size": 22, "line": {"width": 2}},
        customdata=[rupees(each) for each in cost["promised_paise"]],
        hovertemplate="%{customdata} promised by the rules<extra></extra>",
    )
    figure = go.Figure([taken, promised])
    top = max(*cost["discount_paise"], *cost["promised_paise"], 1)
    figure.update_layout(**_layout(height=320))
    figure.update_yaxes(**_money_axis(0, top), automargin=True)
    figure.update_xaxes(showgrid=False, tickformat="%b %y", automargin=True)
    return figure


def tie_out_by_day(days: pl.DataFrame) -> go.Figure:
    """Recorded less expected coins of every day, all of it explained; a residual is a cross that no one can miss."""
    if days.is_empty():
        return _nothing("No day to tie out")
    dates, off = days["business_date"].to_list(), days["difference_coins"].to_list()
    left = days.filter((pl.col("residual_coins") != 0) | (pl.col("residual_paise") != 0))
    figure = go.Figure(
        [
            go.Bar(
                x=dates, y=off, name="recorded less expected, explained line by line", marker={"color": OWED},
                customdata=[_coins(each, signed=True) for each in off],
                hovertemplate="%{x|%-d %b %Y}<br>%{customdata} coins<extra></extra>",
            ),
            go.Scatter(
                x=left["business_date"].to_list(), y=left["residual_coins"].to_list(), mode="markers",
                name=f"not explained ({left.height} days)",
                marker={"color": LOST, "symbol": "x", "size": 12},
            ),
        ]
    )  # fmt: skip
    figure.update_layout(**_layout(height=320))
    figure.update_yaxes(gridcolor=_LINE, zerolinecolor=_INK, automargin=True, separatethousands=True)
    figure.update_xaxes(showgrid=False, tickformat="%b %y", automargin=True)
    return figure


def variance_by_line(lines: pl.DataFrame) -> go.Figure:
    """Lines of the statement that cost somebody, net; titled `loyalty.finance.cost.variance` in."""
    shown = lines.filter(pl.col("effect_paise") != 0).head(_KINDS_SHOWN)
    if shown.is_empty():
        return _nothing("No difference costs anybody anything")
    effects = shown["effect_paise"]
    return _both_sides(
        shown["title"].to_list(),
        effects.clip(lower_bound=0).to_list(),
        (-effects.clip(upper_bound=0)).to_list(),
    )


def measure_trend(trend: pl.DataFrame, unit: str) -> go.Figure:
    """A measure month by month with its 95 % interval; months that are not over yet are hollow."""
    if trend.height < _MONTHS_MIN:
        return _nothing("No trend yet: fewer than two months", height=_SPARK)
    starts, values = trend["period_start"].to_list(), trend["value"].to_list()
    full = [(1.0 if each is None else each) >= 1 for each in trend["maturity"]]
    shown = trend.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    band = shown["period_start"].to_list()
    figure = go.Figure(
        [
            go.Scatter(
                x=[*band, *reversed(band)], y=[*shown["high"], *reversed(shown["low"].to_list())],
                fill="toself", fillcolor="rgba(0,114,178,0.16)", line={"width": 0}, hoverinfo="skip", mode="lines",
            ),
            go.Scatter(
                x=starts, y=values, mode="lines+markers", line={"color": OWED, "width": 2},
                marker={"size": 7, "color": [OWED if whole else _PAPER for whole in full],
                        "line": {"color": OWED, "width": 2}},
                customdata=[_measured(each, unit) for each in values],
                cliponaxis=False,
                hovertemplate="%{x|%b %Y}: %{customdata}<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.update_layout(**_layout(height=_SPARK), showlegend=False)
    figure.update_layout(margin={"l": 4, "r": 12, "t": 6, "b": 22})
    figure.update_yaxes(visible=False, rangemode="tozero")
    figure.update_xaxes(
        showgrid=False, tickformat="%b %y", tickvals=[starts[0], starts[-1]], tickfont={"size": 11}
    )
    return figure


def earn_redeem(shares: Mapping[str, int]) -> go.Figure:
    """Members by whether they earned and whether they redeemed: one bar, its parts named with their counts."""
    if not sum(shares.values()):
        return _nothing("Not measurable yet: no member is known", height=160)
    colours = (GIVEN, LOST, OWED, _QUIET)
    figure = go.Figure(
        [
            go.Bar(
                x=[count], y=[""], orientation="h", name=f"{name}: {group_lakh(count)}", marker={"color": colour},
                hovertemplate=f"{name}: {group_lakh(count)}<extra></extra>",
            )
            for (name, count), colour in zip(shares.items(), colours, strict=True)
        ]
    )  # fmt: skip
    figure.update_layout(**_layout(height=220), barnorm="percent")
    figure.update_layout(barmode="stack", legend={"traceorder": "normal", "y": -0.1, "yanchor": "top"})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


def cohort_map(cohorts: pl.DataFrame) -> go.Figure:
    """``mart_cohorts``: the share of a month's new customers who ordered again, by age; months not over left blank."""
    shown = cohorts.filter(pl.col("complete") & (pl.col("age") > 0) & (pl.col("members") >= _COHORT_MIN))
    if shown.is_empty():
        return _nothing("No cohort is old enough to be shown")
    cells = shown.with_columns(share=pl.col("active") / pl.col("members")).sort("cohort", "age")
    top = cells["share"].max()
    percent = [f"{100 * share:.0f}" for share in cells["share"]]
    figure = go.Figure(
        go.Scatter(
            x=cells["age"].to_list(),
            y=cells["cohort"].to_list(),
            text=percent,
            mode="markers+text",
            marker={"symbol": "square", "size": 27, "color": cells["share"].to_list(), "colorscale": _BLUES},
            textfont={"size": 12, "color": [_PAPER if 2 * share > top else _INK for share in cells["share"]]},
            hovertemplate="first order %{y}, %{x} months later: %{text} %<extra></extra>",
        )
    )
    cohorts_shown = sorted(set(cells["cohort"]), reverse=True)
    figure.update_layout(**_layout(height=_MARGIN + 30 * len(cohorts_shown)))
    figure.update_xaxes(title="months after the first order (% who ordered)", showgrid=False, dtick=1)
    figure.update_yaxes(
        type="category", showgrid=False, automargin=True, categoryorder="array", categoryarray=cohorts_shown
    )
    return figure


def plotly_script() -> str:
    """The library that draws figures in a page, to stand in it once: no page asks a network for it."""
    return str(get_plotlyjs())


def _both_sides(titles: list[str], lost: list[int], owed: list[int]) -> go.Figure:
    figure = go.Figure(
        [
            _bars(titles, lost, "lost by the merchant", LOST),
            _bars(titles, [-paise for paise in owed], "owed to customers", OWED),
        ]
    )
    figure.update_layout(**_layout(height=_MARGIN + _BAR_HEIGHT * len(titles)))
    figure.update_xaxes(**_money_axis(-max(owed), max(lost)))
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    return figure


def _columns(starts: list[dt.date], paise: list[int], name: str, colour: str) -> go.Bar:
    return go.Bar(
        x=starts,
        y=paise,
        name=name,
        marker={"color": colour},
        customdata=[rupees(abs(each)) for each in paise],
        hovertemplate="from %{x|%-d %b %Y}<br>%{customdata} " + name + "<extra></extra>",
    )


def _coins(coins: int, *, signed: bool) -> str:
    return ("+" if signed and coins > 0 else "") + group_lakh(coins)


def _measured(value: float, unit: str) -> str:
    if unit == "ratio":
        return f"{100 * value:.1f} %"
    return rupees(100 * int(value / 100)) if unit == "paise" else f"{value:.1f}"


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


def _nothing(words: str, height: int = 160) -> go.Figure:
    """The designed empty state: a sentence instead of empty axes."""
    figure = go.Figure()
    figure.update_layout(**_layout(height=height))
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(text=words, showarrow=False, font={"size": 15, "color": _SOFT})
    return figure
