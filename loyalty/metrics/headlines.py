"""The eight measures of the first screen, in words: value, interval, basis, and what cannot be measured.

Nothing is calculated here: every number is a cell of ``mart_metrics``, written for a person.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import polars as pl

from loyalty.values.money import group_lakh, rupees

FEW, TOO_FEW = 30, 5
"""Below the first a value is to be read with care, below the second it is not shown (details G4)."""

MEASURES: dict[str, tuple[str, str]] = {
    "rr_m1": ("Members who redeem", "of those who could redeem something"),
    "cru_1": ("Orders that use coins", "of checkout orders whose customer could"),
    "rpr_1_d90": ("Second order within 90 days", "of customers whose 90 days are over"),
    "aov_1": ("Order value with coins", "after coupon, before the coins"),
    "ccr_1": ("Checkouts completed", "of those with coins to use"),
    "er_1_both": ("Members who earn and redeem", "of all members"),
    "tk_1": ("Tickets per 1,000 redemptions", "about redeeming"),
    "fb_1": ("Satisfied customers", "answers 4 and 5 of 5"),
}
"""Metric id → title, and what it is a share of."""


class Headline(NamedTuple):
    """One measure as a person reads it; ``value`` is a dash where there is none, and ``note`` says why."""

    metric: str
    title: str
    basis: str
    value: str
    interval: str
    note: str
    unit: str
    trend: pl.DataFrame


def headlines(
    metrics: pl.DataFrame, period: str = "all", segment: str = "all", value: str = "all"
) -> list[Headline]:
    """The eight measures of a period (YYYY-MM or all) and a segment; those that are not there say so."""
    chosen = metrics.filter((pl.col("segment") == segment) & (pl.col("segment_value") == value))
    return [_headline(chosen, metric, period) for metric in MEASURES]


def trend(metrics: pl.DataFrame, metric: str) -> pl.DataFrame:
    """The months of one measure that can be shown, in order: those with a value and no tiny sample."""
    return metrics.filter(
        (pl.col("metric") == metric)
        & (pl.col("period") != "all")
        & pl.col("value").is_not_null()
        & (pl.col("n").fill_null(0) >= TOO_FEW)
    ).sort("period")


def _headline(chosen: pl.DataFrame, metric: str, period: str) -> Headline:
    title, basis = MEASURES[metric]
    rows = chosen.filter((pl.col("metric") == metric) & (pl.col("period") == period)).to_dicts()
    months = trend(chosen, metric)
    row = rows[0] if rows else None
    unit = row["unit"] if row else "ratio"
    if row is None:
        return Headline(metric, title, basis, "–", "", "not measured in this snapshot", unit, months)
    value, interval, note = _shown(row)
    return Headline(metric, title, basis, value, interval, note, unit, months)


def _shown(row: dict[str, Any]) -> tuple[str, str, str]:
    if not row["measurable"]:
        return "–", "", f"not measurable: {row['note'] or 'an export is missing'}"
    if row["value"] is None:
        return "–", "", row["note"] or "nothing to divide by"
    if row["n"] is not None and row["n"] < TOO_FEW:
        return "–", "", f"fewer than {TOO_FEW}: too few to show"
    word = _WORDS.get(row["unit"], _plain)
    interval = "" if row["low"] is None else f"{word(row['low'])} to {word(row['high'])}"
    about = [f"n = {group_lakh(row['n'])}"] if row["n"] is not None else []
    about += ["few: read with care"] if row["n"] is not None and row["n"] < FEW else []
    about += [row["note"]] if row["note"] else []
    return word(row["value"]), interval, "; ".join(about)


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _rupees(value: float) -> str:
    return rupees(100 * int(value / 100))


def _plain(value: float) -> str:
    return f"{value:.1f}"


_WORDS: dict[str, Callable[[float], str]] = {"ratio": _percent, "paise": _rupees}
