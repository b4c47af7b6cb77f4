"""How Dagster stores an asset that is a table: as parquet in the build folder of its run."""

from typing import Any

import dagster as dg
import polars as pl

from resources.lake import Stored
from resources.run import Run


class TableStore(dg.IOManager):
    """One parquet file per table and run. Nothing is read from another run, so no snapshot is ever mixed."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Store a table, and tell the catalogue about it."""
        stored = self.run.build.write(context.asset_key.to_user_string(), obj)
        context.add_output_metadata(self._told(obj, stored))

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """A table that this run stored before."""
        return self.run.build.read(context.asset_key.to_user_string())

    def _told(self, frame: pl.DataFrame, stored: Stored) -> dict[str, Any]:
        told: dict[str, Any] = {
            "dagster/row_count": stored.rows,
            "sha256": stored.sha256,
            "cut": self.run.as_of.isoformat(),
            "rule_versions": [law.version for law in self.run.rulebook.versions],
        }
        if "fate" in frame.columns:
            told["rejected_rows"] = frame.filter(pl.col("fate") == "quarantined").height
        if "effect_paise" in frame.columns:
            told["effect_paise"] = int(frame["effect_paise"].sum())
        return told


@dg.io_manager(required_resource_keys={"run"})
def table_store(context: dg.InitResourceContext) -> TableStore:
    """The store of the run that is going on."""
    return TableStore(context.resources.run)
