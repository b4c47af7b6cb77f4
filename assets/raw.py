"""Exports as they came: read once, sealed at the door, every record with its fate."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.catalog import table_outs
from loyalty.intake import raw
from loyalty.intake.raw_events import RAW_EVENTS
from loyalty.intake.survey import raw_files, survey
from resources.inbox import read_inbox
from resources.run import Run

READERS = {
    "raw_gokwik__orders": raw.raw_orders,
    "raw_nector__entries": raw.raw_entries,
    "raw_refunds": raw.raw_refunds,
    "raw_members": raw.raw_members,
    **RAW_EVENTS,
}


@dg.multi_asset(outs=table_outs("raw_files", *READERS))
def inbox(run: dg.ResourceParam[Run]) -> Iterator[dg.Output[pl.DataFrame]]:
    """The inbox, read once for all kinds of export; a table is stored before the next is made."""
    own = run.intake
    exports = survey(read_inbox(run.home.inbox, run.profile), own.headers, run.settings.dates)
    yield dg.Output(raw_files(exports), "raw_files")
    for name, read in READERS.items():
        yield dg.Output(read(exports, own), name)
