"""What was planted in simulated worlds against what was found in them, kind by kind."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from loyalty.reconcile.kinds import CATALOGUE

HEADER = ("leg", "kind", "planted", "found", "precision", "recall", "exact effect")
CUT = 10_000
"""Shares have four decimals."""


class Finding(NamedTuple):
    """One mismatch, planted or found."""

    leg: str
    kind: str
    order_id: str | None
    entry_ids: tuple[str, ...]
    effect_paise: int


class Score(NamedTuple):
    """How often a kind was planted and found.

    ``hits`` are mismatches found where this very kind was planted, by leg, order and entries; ``exact`` are
    those of them with the effect that was foreseen, to the paisa.
    """

    planted: int
    found: int
    hits: int
    exact: int


Scores = dict[tuple[str, str], Score]
"""By leg and kind."""
NOTHING = Score(0, 0, 0, 0)


def scores(planted: Counter[Finding], found: Counter[Finding]) -> Scores:
    """The scores of one world, for every kind that was planted or found in it."""
    hits = _whatever_the_effect(planted) & _whatever_the_effect(found)
    counts = [_by_kind(findings) for findings in (planted, found, hits, planted & found)]
    return {kind: Score(*(count[kind] for count in counts)) for kind in counts[0] | counts[1]}


def together(worlds: Iterable[Scores]) -> Scores:
    """The scores of several worlds as one."""
    total: Scores = {}
    for world in worlds:
        for kind, score in world.items():
            total[kind] = _sum([total.get(kind, NOTHING), score])
    return total


def table(worlds: list[Scores]) -> list[str]:
    """Lines for a terminal, in the order of the contract: shares are cut, so that 1 means all."""
    if not worlds:
        return []
    faulty = sum(any(score.planted for score in world.values()) for world in worlds)
    total = together(worlds)
    rows = [(*kind, *_cells(total[kind])) for kind in sorted(total, key=_rank)]
    rows.append(("", "all", *_cells(_sum([NOTHING, *total.values()]))))
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    return [
        f"worlds: {len(worlds) - faulty} clean, {faulty} faulty",
        *(_line(cells, widths) for cells in (HEADER, *rows)),
    ]


def written(world: Scores) -> str:
    """Scores as text, for the way from one process to another."""
    return json.dumps([[*kind, *score] for kind, score in world.items()])


def read(text: str) -> Scores:
    """What `written` wrote."""
    return {(leg, kind): Score(*counts) for leg, kind, *counts in json.loads(text)}


def _whatever_the_effect(findings: Counter[Finding]) -> Counter[Finding]:
    same: Counter[Finding] = Counter()
    for finding, times in findings.items():
        same[finding._replace(effect_paise=0)] += times
    return same


def _by_kind(findings: Counter[Finding]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for finding, times in findings.items():
        counts[finding.leg, finding.kind] += times
    return counts


def _sum(parts: Iterable[Score]) -> Score:
    return Score(*map(sum, zip(*parts, strict=True)))


def _rank(kind: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    """In the order of contract §6, then by name."""
    known = [(each.leg, each.kind) for each in CATALOGUE]
    return (known.index(kind) if kind in known else len(known)), kind


def _cells(score: Score) -> tuple[str, ...]:
    shares = (_share(score.hits, score.found), _share(score.hits, score.planted))
    return (f"{score.planted:,}", f"{score.found:,}", *shares, f"{score.exact:,}")


def _share(part: int, whole: int) -> str:
    if part == whole:
        return "1" if whole else "–"
    return f"0.{part * CUT // whole:04d}"


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    """Words to the left, numbers to the right."""
    padded = [
        cell.ljust(width) if place < 2 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
