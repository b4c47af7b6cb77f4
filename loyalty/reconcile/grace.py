"""A rule edit takes up to five minutes to reach the shop: either version is right meanwhile (details B1)."""

from collections.abc import Callable

import polars as pl

from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import in_force

GRACE_SECONDS = 300


def with_grace(
    rows: pl.DataFrame, rulebook: Rulebook, matches_under: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """The mismatched orders that a version in force within 300 s of ``placed_at`` excuses: ``order_no``.

    ``matches_under`` is given rows under one other ``version_no`` and returns the ``order_no`` of those that
    match there.
    """
    span = pl.duration(seconds=GRACE_SECONDS)
    edges = rows.select(
        "order_no", "version_no", early=pl.col("placed_at") - span, late=pl.col("placed_at") + span
    )
    first = in_force(edges.drop("version_no"), rulebook, "early")["version_no"]
    last = in_force(edges.drop("version_no"), rulebook, "late")["version_no"]
    nearby = (
        edges.select("order_no", own="version_no")
        .with_columns(version_no=pl.int_ranges(first.fill_null(0), last.fill_null(-1) + 1))
        .explode("version_no")
        .filter(pl.col("version_no").is_not_null() & (pl.col("version_no") != pl.col("own")))
        .select("order_no", "version_no")
    )
    others = rows.drop("version_no").join(nearby, on="order_no", how="inner", validate="1:m")
    excused = [matches_under(each) for each in others.select(rows.columns).partition_by("version_no")]
    return pl.concat([nearby.select("order_no").clear(), *excused]).unique()
