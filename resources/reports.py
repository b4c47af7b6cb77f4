"""Pages for people: self-contained HTML that opens from a disk, needs no network and escapes all data.

A page only arranges rows of public marts. The Content-Security-Policy names the one style and the one
script by their hashes, so nothing that came out of an export can ever run.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from loyalty.intake.survey import missing_sides
from loyalty.reconcile import summary
from loyalty.reconcile.titles import QUIET
from loyalty.reconcile.wording import headline, instant_words, verdict
from resources.figure_pages import finance_page, retention_page
from resources.pages import page
from resources.workbook import write_workbook

_WORST_ROWS = 100
_REASONS_PER_FILE = 8
_FEW_ORDERS = 30
_VERDICTS = {
    "nothing": ("Nothing to reconcile", "There is no row to judge."),
    "incomplete": ("Incomplete", "Some recorded coins or rupees have no verdict: the figures do not close."),
    "mismatches": ("Mismatches found", "Every recorded coin and rupee has a verdict, and the figures close."),
    "reconciled_with_pending": (
        "Reconciled, some rows wait",
        "Nothing is wrong so far; some rows still wait.",
    ),
    "reconciled": ("Reconciled", "Every leg of every order is as the rules promise."),
}


def write_reports(
    tables: Mapping[str, pl.DataFrame], name: str, folder: Path, as_of: dt.datetime
) -> tuple[Path, ...]:
    """Write every page of a run into ``folder``, which exists; the paths written.

    ``tables`` by name, those that `assets.reports` lists. The same tables give the same bytes.
    """
    pages = {
        "reconciliation.html": reconciliation_page(tables, name, as_of),
        "retention.html": retention_page(tables, name, as_of),
        "finance.html": finance_page(tables, name, as_of),
    }
    for file, text in pages.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return (*(folder / file for file in pages), write_workbook(tables, name, folder, as_of))


def reconciliation_page(tables: Mapping[str, pl.DataFrame], name: str, as_of: dt.datetime) -> str:
    """``reconciliation.html``: the answer in words, the money, the kinds, the orders to look at, the sources."""
    found, mismatches = tables["mart_reconciliation"], tables["mart_mismatches"]
    label, meaning = _VERDICTS["nothing" if found.is_empty() else verdict(found, tables["mart_statement"])]
    answer = headline(found, mismatches)
    return page(
        "reconciliation",
        brand=name,
        as_of=instant_words(as_of),
        verdict=label,
        verdict_meaning=meaning,
        answer=answer,
        is_small=0 < answer.judged_orders < _FEW_ORDERS,
        missing=missing_sides(tables["mart_sources"]),
        times=_times(summary.over_time(mismatches)),
        kinds=_kinds(summary.by_kind(mismatches)),
        worst=_worst(mismatches),
        decisions=tables["mart_decisions"].sort("line").to_dicts(),
        quiet=_quiet(summary.without_mismatch(found)),
        versions=summary.rule_versions(found).to_dicts(),
        sources=_sources(tables["mart_sources"], tables["mart_quarantine"]),
    )


def _kinds(kinds: pl.DataFrame) -> list[dict[str, Any]]:
    """Kinds with the length of their bars, in percent of the largest amount."""
    top = max([*kinds["lost_paise"], *kinds["owed_paise"], 1])
    return [
        row | {"lost_bar": _bar(row["lost_paise"], top), "owed_bar": _bar(row["owed_paise"], top)}
        for row in kinds.iter_rows(named=True)
    ]


def _worst(mismatches: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows to look at; one that is new or back is marked where others are known from earlier runs."""
    known = set(summary.open_mismatches(mismatches)["lifecycle"])
    marked = {"regressed"} | ({"new"} if len(known) > 1 else set())
    return [
        row | {"mark": row["lifecycle"] if row["lifecycle"] in marked else None}
        for row in summary.worst(mismatches, _WORST_ROWS).iter_rows(named=True)
    ]


def _percent(part: int, whole: int) -> str:
    """A length for SVG, in percent with two decimals, cut."""
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _bar(part: int, whole: int) -> str:
    """A bar of at least one percent, so that little money is seen."""
    return _percent(max(100 * part, whole), 100 * whole)


def _times(times: pl.DataFrame) -> dict[str, Any] | None:
    """Columns of a chart over time: lost above the line, owed below it, in percent of width and pixels of height."""
    if times.is_empty() or not (times["lost_paise"].sum() or times["owed_paise"].sum()):
        return None
    lost, owed = max(times["lost_paise"]), max(times["owed_paise"])
    height = 150
    above = height * lost // (lost + owed)
    columns = [
        {
            "x": _percent(10 * number + 1, 10 * times.height),
            "width": _percent(8, 10 * times.height),
            "lost": row["lost_paise"],
            "owed": row["owed_paise"],
            "up": height * row["lost_paise"] // (lost + owed),
            "down": height * row["owed_paise"] // (lost + owed),
            "start": row["period_start"],
        }
        for number, row in enumerate(times.iter_rows(named=True))
    ]
    starts = times["period_start"]
    return {
        "columns": columns,
        "unit": "week" if times.height == 1 or (starts[1] - starts[0]).days == 7 else "month",
        "height": height,
        "line": above,
        "lost": lost,
        "owed": owed,
    }


def _quiet(rows: pl.DataFrame) -> list[dict[str, Any]]:
    words = QUIET | {"match": ("Match", "Expected and recorded are the same.")}
    return [
        row | dict(zip(("title", "meaning"), words[row["name"]], strict=True))
        for row in rows.iter_rows(named=True)
    ]


def _sources(sources: pl.DataFrame, quarantine: pl.DataFrame) -> list[dict[str, Any]]:
    """Files in order of name, each with its reasons for setting rows aside, the most frequent first."""
    counted = (
        quarantine.group_by("file", "reason")
        .agg(rows=pl.len())
        .sort("file", "rows", "reason", descending=[False, True, False])
    )
    reasons: dict[str, list[dict[str, Any]]] = {}
    for row in counted.iter_rows(named=True):
        reasons.setdefault(row["file"], []).append(row)
    return [row | _shown(reasons.get(row["file"], [])) for row in sources.sort("file").iter_rows(named=True)]


def _shown(reasons: list[dict[str, Any]]) -> dict[str, Iterable[Any] | int]:
    more = sum(row["rows"] for row in reasons[_REASONS_PER_FILE:])
    return {"reasons": reasons[:_REASONS_PER_FILE], "more_rows": more}
