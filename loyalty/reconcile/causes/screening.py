"""Is a cause worth replaying on every order of a group? A few of them often tell.

Settings that fit here and there by chance are many, and each would cost a replay of the whole group. But a
stretch with weight has two neighbours with at most one contradicting order between them (else there are more of
those than of what it reproduces); where the orders right after each reproduced one contradict twice, there is none.
"""

from collections.abc import Callable

import polars as pl

from loyalty.reconcile.causes.marks import BREAKS

_SAMPLE = 16
_WORTH = 4
"""The part to be replayed must be this much smaller than the whole."""


class Screen:
    """The orders of one group in order of time."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows
        self._in_time = (
            rows.select("place", "order_no").with_row_index("row").sort("place", "order_no").drop("place")
        )

    def rules_out(self, orders: frozenset[int], marked: Callable[[pl.DataFrame], pl.DataFrame]) -> bool:
        """Whether no stretch of a cause can have weight.

        ``orders``: all that it may reproduce; ``marked`` gives the marks of some rows for and against it.
        """
        if len(orders) * _SAMPLE * _WORTH > self.rows.height:
            return False
        places = self._in_time["order_no"].is_in(orders).arg_true().cast(pl.Int64)
        ends = places.slice(1)
        gaps = pl.DataFrame({"start": places.head(ends.len()), "end": ends}).with_row_index("gap")
        last = pl.min_horizontal("end", pl.col("start") + 1 + _SAMPLE)
        taken = (
            gaps.select("gap", place=pl.int_ranges(pl.col("start") + 1, last))
            .explode("place")
            .drop_nulls("place")
        )
        around = self._in_time[taken["place"]].hstack([taken["gap"]])
        against = marked(self.rows[around["row"]]).filter(BREAKS).select("order_no")
        twice = (
            around.join(against, on="order_no", how="semi").group_by("gap").len().filter(pl.col("len") > 1)
        )
        return twice.height == gaps.height
