"""The pages of marketing and finance: figures of the domain in a page that asks nothing of a network."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import polars as pl
from markupsafe import Markup

from loyalty import figures
from loyalty.finance import cost
from loyalty.metrics.headlines import MEASURES, Headline, headlines
from loyalty.reconcile.kinds import KINDS
from loyalty.reconcile.titles import LEG_TITLES, QUIET
from loyalty.reconcile.wording import instant_words
from loyalty.values.money import group_lakh, rupees
from resources.pages import page

_DRAW = (Path(__file__).parent / "templates" / "figures.js").read_text(encoding="utf-8").strip()
_STYLE = re.compile(r"\.textContent='(\.maplibregl[^']*)'")
_QUADRANTS = {
    "er_1_both": "earn and redeem",
    "er_1_redeem_only": "redeem only",
    "er_1_earn_only": "earn only",
    "er_1_neither": "neither",
}

_SAYINGS = {
    "cru_1": "{} of orders that could use coins do",
    "rpr_1_d90": "{} of customers order again within 90 days",
    "rr_m1": "{} of members who could redeem have done so",
}
"""The first two that are known lead the page."""


class Figure(Protocol):
    """What plotly draws, told as JSON."""

    def to_json(self) -> str:
        """The figure as text."""


class Section(NamedTuple):
    """A figure with its title and how to read it, and the rows behind it: headers, then cells as text."""

    title: str
    text: str
    figure: Markup
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


class Tile(NamedTuple):
    """A number of the first screen."""

    key: str
    title: str
    value: str
    about: str
    basis: str
    figure: Markup | None = None


def retention_page(tables: Mapping[str, pl.DataFrame], name: str, as_of: dt.datetime) -> str:
    """``retention.html``: the eight measures with intervals and trend, then who earns, who redeems, who stays."""
    metrics = tables["mart_metrics"]
    eight = headlines(metrics)
    known = [each for each in eight if each.value != "–"]
    sections = [
        Section(
            "Who earns, who redeems",
            "All members, each once. Earning alone is a promise not used yet.",
            _embedded(figures.earn_redeem(quadrants(metrics))),
        ),
        Section(
            "Who comes back",
            "Of the customers of a first month, the share with an order in a later one.",
            _embedded(figures.cohort_map(tables["mart_cohorts"])),
        ),
    ]
    return _figure_page(
        name,
        as_of,
        what="Retention",
        answer=_retention_answer(known),
        hint=(
            "Each line runs month by month with its 95 % interval; a hollow point is a month that is not over. "
            "What customers with and without coins do differs for many reasons: none of this is an effect of coins."
        ),
        tiles=[_tile(each) for each in eight],
        sections=sections,
        source="mart_metrics and mart_cohorts",
    )


def finance_page(tables: Mapping[str, pl.DataFrame], name: str, as_of: dt.datetime) -> str:
    """``finance.html``: the balance and what moved it, what redemptions cost, how days tie out, the variance."""
    statement, books = tables["mart_statement"], tables["mart_coin_rollforward"]
    spent, days, kinds = cost.redemption_cost(statement), cost.tie_out(statement), cost.variance(statement)
    open_coins = int(tables["mart_clearing"]["open_coins"].sum())
    moved = cost.flows(books)
    closing = int(moved["coins"][-1]) if moved.height else 0
    taken = int(spent["discount_paise"].sum())
    left = days.filter((pl.col("residual_coins") != 0) | (pl.col("residual_paise") != 0)).height
    owners = "mart_coin_rollforward", "mart_statement", "mart_clearing", "mart_statement"
    told = [
        ("closing_coins", "Coins outstanding", group_lakh(closing), "closing balance, all members"),
        ("discount_paise", "Cost of redemption", rupees(taken), "taken off orders, face value"),
        ("open_coins", "Coins in between", group_lakh(open_coins), "debited, neither settled nor restored"),
        ("residual_days", "Days not explained", group_lakh(left), f"of {group_lakh(days.height)} days"),
    ]
    return _figure_page(
        name,
        as_of,
        what="Finance",
        answer=f"{group_lakh(closing)} coins outstanding, {rupees(taken)} taken off orders, "
        + ("every day ties out." if not left else f"{group_lakh(left)} days do not tie out."),
        hint="Difference is recorded less expected. "
        "finance.xlsx beside this page holds every schedule with its totals.",
        tiles=[Tile(*each, owner) for each, owner in zip(told, owners, strict=True)],
        sections=_finance_sections(moved, spent, days, kinds),
        source="mart_coin_rollforward, mart_statement and mart_clearing",
    )


def quadrants(metrics: pl.DataFrame) -> dict[str, int]:
    """How many members earn, redeem, do both or neither, ever; zeros where it is not measured."""
    of_all = metrics.filter((pl.col("period") == "all") & (pl.col("segment") == "all"))
    counts = dict(of_all.select("metric", pl.col("numerator").fill_null(0)).rows())
    return {title: counts.get(metric, 0) for metric, title in _QUADRANTS.items()}


def with_titles(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of the statement, each with what a person calls it."""
    return lines.with_columns(title=pl.Series([line_title(line) for line in lines["line"]], dtype=pl.String))


def line_title(line: str) -> str:
    """What a line of the statement is called."""
    kind = line.removeprefix("by_design:")
    if kind in KINDS:
        return KINDS[kind].title
    return QUIET[kind][0] if kind in QUIET else kind.replace("_", " ").capitalize()


def _finance_sections(
    moved: pl.DataFrame, spent: pl.DataFrame, days: pl.DataFrame, kinds: pl.DataFrame
) -> list[Section]:
    return [
        Section(
            "From the first coin to the balance of today",
            "The coins wallet of all members, all time. finance.xlsx has it month by month and by origin.",
            _embedded(figures.coin_waterfall(moved)),
            ("Step", "Coins"),
            [(step, group_lakh(coins)) for step, coins, _ in moved.rows()],
        ),
        Section(
            "What redemptions cost",
            "Loyalty discounts at face value, by the month of the order.",
            _embedded(figures.cost_by_month(spent)),
            ("Month", "Taken off orders", "Promised by the rules", "Coins debited"),
            [
                (
                    row["month"],
                    rupees(row["discount_paise"]),
                    rupees(row["promised_paise"]),
                    group_lakh(row["coins"]),
                )
                for row in spent.iter_rows(named=True)
            ],
        ),
        Section(
            "Does every day tie out",
            "Coins recorded less coins expected, each explained by a line below. "
            "A cross would be a difference that nothing explains.",
            _embedded(figures.tie_out_by_day(days)),
        ),
        Section(
            "What the differences are made of",
            "The largest effect first: + the merchant lost, − customers were short-changed.",
            _embedded(figures.variance_by_line(with_titles(kinds))),
            ("Where", "Line", "Difference in coins", "Difference in rupees", "Effect"),
            [
                (
                    LEG_TITLES[row["leg"]],
                    line_title(row["line"]),
                    group_lakh(row["difference_coins"]),
                    rupees(row["difference_paise"], signed=True),
                    rupees(row["effect_paise"], signed=True),
                )
                for row in kinds.iter_rows(named=True)
            ],
        ),
    ]


def _retention_answer(known: Sequence[Headline]) -> str:
    if not known:
        return "Nothing to measure yet."
    values = {each.metric: each.value for each in known}
    said = [words.format(values[metric]) for metric, words in _SAYINGS.items() if metric in values][:2]
    measured = f"{len(known)} of {len(MEASURES)} measures can be taken"
    return f"{'; '.join([*said, measured])}."


def _tile(each: Headline) -> Tile:
    about = " · ".join(text for text in (each.interval, each.note) if text)
    figure = _embedded(figures.measure_trend(each.trend, each.unit)) if each.value != "–" else None
    return Tile(each.metric, each.title, each.value, about, each.basis, figure)


def _embedded(figure: Figure) -> Markup:
    """A figure as JSON that no data can end: what stands in a script element is safe without ``<``."""
    told = json.loads(figure.to_json())
    told["layout"].pop("template", None)
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - JSON without an angle bracket


@cache
def _library() -> tuple[str, tuple[str, ...]]:
    """The script of plotly, and the styles that it puts into a page: one that it fills later, one for maps."""
    script = figures.plotly_script().strip()
    return script, ("", *_STYLE.findall(script))


def _figure_page(name: str, as_of: dt.datetime, **content: Any) -> str:
    script, styles = _library()
    return page("figures", (script, _DRAW), styles, brand=name, as_of=instant_words(as_of), **content)
