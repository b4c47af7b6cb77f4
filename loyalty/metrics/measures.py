"""Every measure in one table, those that cannot be taken included."""

import datetime as dt
from collections.abc import Collection

import polars as pl

from loyalty.contracts.marts import Metrics
from loyalty.metrics.redemption import rr_m1
from loyalty.metrics.repeat import rpr_1
from loyalty.metrics.rows import unmeasurable
from loyalty.rulebook.models import Rulebook

_DAYS = 90


def metrics(
    orders: pl.DataFrame,
    linked: pl.DataFrame,
    members: pl.DataFrame,
    allocations: pl.DataFrame,
    lots: pl.DataFrame,
    rulebook: Rulebook,
    as_of: dt.datetime,
    *,
    kinds: Collection[str],
) -> pl.DataFrame:
    """``mart_metrics``; one row per (metric, period, segment, segment value).

    StagedOrders, LinkedEntries, StagedMembers and the lots of the walk in. ``kinds``: the kinds of export of
    which a file was accepted; a measure whose kind is not among them has one row that says so (details M3).
    """
    redemption = (
        rr_m1(linked, allocations, lots, rulebook, as_of)
        if "nector_ledger" in kinds
        else unmeasurable("rr_m1", "ratio", "nector_ledger")
    )
    repeat = (
        rpr_1(orders, members, as_of, _DAYS, has_members_file="members" in kinds)
        if "gokwik_orders" in kinds
        else unmeasurable(f"rpr_1_d{_DAYS}", "ratio", "gokwik_orders")
    )
    return (
        pl.concat([redemption, repeat])
        .sort("metric", "period", "segment", "segment_value")
        .pipe(Metrics.validate)
    )
