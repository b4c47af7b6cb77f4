"""The marks that orders leave for or against one cause, in order of time, and what they say of when it began.

Only orders that speak leave a mark: a mismatch that the cause reproduces or allows, a match that it would
break. A break is *strict* when the cause does not allow what was recorded, and *soft* when it does, but
the law's own maximum was taken where the cause would have given another: by hand, anyone may take less.
"""

from typing import NamedTuple

import polars as pl

from loyalty.reconcile.causes.replay import TIMINGS, named

PER_ORDER = ("tier", "balance_at")
"""Causes that are about one member or one moment: other orders that match say nothing against them."""

TIMED = ("earn_early", "earn_late")
"""Mismatches that are about when coins were credited, not how many."""

BREAKS = pl.col("strict") | pl.col("soft")
"""Whether a mark speaks against the cause."""


class Stretch(NamedTuple):
    """From one order that speaks for a cause to another, in places of its marks.

    ``fits``: how many speak for it, ``exact`` of them reproduced and ``timely`` in time; ``broken``: how many speak
    against it in between.
    """

    first: int
    last: int
    fits: int
    exact: int
    timely: int
    broken: int

    @property
    def score(self) -> int:
        """Orders that the cause reproduces less those that it would break in between (details B5a)."""
        return self.fits - self.broken

    @property
    def holds(self) -> bool:
        """Whether the cause holds throughout, but for one order in twenty."""
        return self.broken * 20 <= self.fits

    def is_within(self, other: "Stretch") -> bool:
        """Whether it lies in the time of another."""
        return other.first <= self.first and self.last <= other.last


def marked(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
    """``place, order_no, placed_at, exact, fits, allowed, in_time, strict, soft``; one row per order that speaks.

    Sorted by (place, order_no).

    ``rows``: those of one group asked about a cause, with their ``place`` in time. ``fits`` are what the cause
    reproduces; for one of timing, whatever came in time under it, since the few hours in which a credit counts
    as reproduced (details B7) are narrower than those in which it is right.
    """
    exact = pl.col("allowed") if named(cause).setting in TIMINGS else pl.col("exact")
    is_good = pl.col("is_good")
    told = rows.select(
        "place",
        "order_no",
        "placed_at",
        "in_time",
        exact=pl.col("is_searched") & pl.col("exact"),
        fits=pl.col("is_searched") & exact,
        allowed=pl.col("kind").is_not_null() & pl.col("allowed"),
        strict=is_good & ~pl.col("allowed"),
        soft=is_good & pl.col("allowed") & pl.col("is_most") & ~pl.col("exact"),
    )
    return told.filter(pl.col("fits") | pl.col("allowed") | BREAKS).sort("place", "order_no")


def unopposed(marks: pl.DataFrame) -> pl.DataFrame:
    """The marks for a cause alone."""
    return marks.filter(~BREAKS)


def best_stretch(marks: pl.DataFrame, taken: frozenset[int]) -> Stretch | None:
    """The stretch with the greatest score, the shortest of equals; None when nothing is left to reproduce.

    ``taken``: orders that another cause already explains. The score of the orders i…j is
    ``(j − b_j) − (i − b_i) + 1`` with b the breaks so far: a running minimum finds the best i for each j.
    """
    is_open = pl.col("fits") & ~pl.col("order_no").is_in(taken)
    open_ones = (
        marks.with_columns(breaks=BREAKS.cast(pl.Int64).cum_sum())
        .filter(is_open)
        .with_row_index("number")
        .with_columns(level=pl.col("number").cast(pl.Int64) - pl.col("breaks"))
        .with_columns(low=pl.col("level").cum_min())
    )
    if open_ones.is_empty():
        return None
    end = (open_ones["level"] - open_ones["low"]).arg_max() or 0
    start = open_ones["level"].head(end + 1).reverse().arg_min() or 0
    return _stretch(open_ones[end - start : end + 1])


def whole_stretch(marks: pl.DataFrame, orders: frozenset[int]) -> Stretch | None:
    """From the first of these orders that the cause reproduces to the last."""
    counted = marks.with_columns(breaks=BREAKS.cast(pl.Int64).cum_sum())
    reproduced = counted.filter(pl.col("fits") & pl.col("order_no").is_in(orders))
    return None if reproduced.is_empty() else _stretch(reproduced)


def _stretch(open_ones: pl.DataFrame) -> Stretch:
    places, breaks = open_ones["place"], open_ones["breaks"]
    exact, timely = (int(open_ones[name].sum()) for name in ("exact", "in_time"))
    return Stretch(places[0], places[-1], open_ones.height, exact, timely, breaks[-1] - breaks[0])


def explained(marks: pl.DataFrame, stretch: Stretch, taken: frozenset[int]) -> pl.DataFrame:
    """The mismatches of a stretch that a cause allows, and those beside it with no break in between."""
    breaks = marks.filter(BREAKS)["place"]
    before = breaks.filter(breaks < stretch.first).max()
    after = breaks.filter(breaks > stretch.last).min()
    inside = (
        pl.col("allowed")
        & (pl.col("place") > (-1 if before is None else before))
        & ((pl.col("place") < after) if after is not None else pl.lit(value=True))
    )
    return marks.filter(inside & ~pl.col("order_no").is_in(taken))
