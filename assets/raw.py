"""Exports as they came: read once, sealed at the door, every record with its fate."""

import dagster as dg
import polars as pl

from assets.catalog import table_outs
from loyalty.intake import raw
from loyalty.intake.survey import raw_files, survey
from resources.inbox import read_inbox
from resources.run import Run

Tables = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dg.multi_asset(
    outs=table_outs(
        "raw_files",
        "raw_gokwik__orders",
        "raw_nector__entries",
        "raw_refunds",
        "raw_members",
    )
)
def inbox(run: dg.ResourceParam[Run]) -> Tables:
    """The inbox, read once for all kinds of export."""
    own = run.intake
    exports = survey(read_inbox(run.home.inbox, own.headers), own.headers)
    return (
        raw_files(exports),
        raw.raw_orders(exports, own),
        raw.raw_entries(exports, own),
        raw.raw_refunds(exports, own),
        raw.raw_members(exports, own),
    )
