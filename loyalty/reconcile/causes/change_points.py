"""When a setting became wrong, and when it was right again: between which two orders that can tell.

Most orders come out alike under the right and the wrong setting, and so say nothing of when it changed.
Those that do are the first that the cause explains and, before it, the last that the cause would have
broken; the same at the end.
"""

import datetime as dt
from typing import NamedTuple

import polars as pl

from loyalty.reconcile.causes.marks import BREAKS, Stretch
from loyalty.values.ratios import divide

_FEW, _PATIENCE, _PRIOR = 3, 40, 12
"""A run of contradicting orders is a change when it is longer than 40 times the usual run and 3 more; a dozen
orders must speak for a cause before the usual run is known."""


class ChangePoint(NamedTuple):
    """The newest episode: between ``began_after_at`` and ``began_by_at`` it began, likewise it ended.

    The first of each pair is the earlier order. ``began_after_at`` is null where no order tells, the end
    where it goes on.
    """

    began_after_at: dt.datetime | None
    began_by_at: dt.datetime
    ended_after_at: dt.datetime | None
    ended_by_at: dt.datetime | None
    episodes: int


def change_point(marks: pl.DataFrame, stretch: Stretch, orders: pl.DataFrame) -> ChangePoint:
    """The change of a cause that explains ``orders``, marks themselves, from end to end of a stretch of its marks.

    ``marks``: all for and against the cause, in order of time. Where a setting is wrong for some orders only,
    the good ones among them prove nothing: as many as usually stand there, forty times over, are passed by
    before one counts as a time when the setting was right.
    """
    runs, passed = _runs(marks, stretch, orders)
    starts = runs.filter(pl.col("run") > _FEW + passed)
    first = starts.row(-1, named=True) if starts.height else orders.row(0, named=True)
    last = orders.row(-1, named=True)
    good = marks.filter(BREAKS)
    ended_by_at = _nearest(good.filter(pl.col("place") > last["place"])[passed:])
    return ChangePoint(
        began_after_at=_nearest(good.filter(pl.col("place") < first["place"]).reverse()[passed:]),
        began_by_at=first["placed_at"],
        ended_after_at=None if ended_by_at is None else last["placed_at"],
        ended_by_at=ended_by_at,
        episodes=1 + starts.height,
    )


def _runs(marks: pl.DataFrame, stretch: Stretch, orders: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Orders that fit with the ``run`` of contradicting ones before each, and how many of those prove nothing.

    Usual are all runs but the longest tenth: where a setting was put right and went wrong again, the good time
    in between is no measure. Few orders may look unbroken by chance.
    """
    inside = marks.filter(pl.col("place").is_between(stretch.first, stretch.last))
    counted = inside.with_columns(breaks=BREAKS.cast(pl.Int64).cum_sum()).join(
        orders.filter("fits").select("order_no"), on="order_no", how="semi", maintain_order="left"
    )
    runs = counted.with_columns(run=pl.col("breaks") - pl.col("breaks").shift(1)).drop_nulls("run")
    short = int((runs["run"] <= _FEW).sum())
    usual = runs["run"].sort().head(max(9 * runs.height // 10, short))
    passed = divide(_PATIENCE * int(usual.sum()), max(usual.len(), 1), "ceil")
    return runs, passed + _PRIOR // (runs.height + 1)


def _nearest(good: pl.DataFrame) -> dt.datetime | None:
    """The instant of the first order that contradicts for sure: a strict break, or the second soft one.

    One customer who takes less than the most may by chance take just what the law allows; two do not.
    """
    is_sure = pl.col("strict") | (pl.col("soft") & (pl.col("soft").cum_sum() > 1))
    sure = good.filter(is_sure)["placed_at"]
    return None if sure.is_empty() else sure[0]
