"""How Dagster stores an asset that is a table: as parquet in the build folder of its run."""

from typing import Any

import dagster as dg
import polars as pl

from loyalty.reconcile.shards import entry_shard, order_shard, shard_count
from resources.run import Run


class TableStore(dg.IOManager):
    """One table per name and run. Nothing is read from another run, so no snapshot is ever mixed.

    Orders and entries of a big brand are stored member shard by member shard at once, so that what is judged
    together never has to be gathered again.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Store a table, and tell the catalogue about it."""
        table = context.asset_key.to_user_string()
        build = self.run.build
        if table == "stg_orders":
            shards = shard_count(obj.height, self.run.settings.engine.orders_in_shard)
            build.write(table, obj, shards, order_shard(shards))
        elif table in {"stg_entries", "int_linked_entries"}:
            build.write(table, obj, build.shards, entry_shard(build.shards))
        else:
            build.write(table, obj)
        context.add_output_metadata(told(self.run, table))

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """A table that this run stored before."""
        return self.run.build.read(context.asset_key.to_user_string())


def told(run: Run, table: str) -> dict[str, Any]:
    """What the catalogue shows of a stored table: its rows, its hash, the cut and the law behind it."""
    stored = run.build.stored(table)
    about: dict[str, Any] = {
        "dagster/row_count": stored.rows,
        "sha256": stored.sha256,
        "cut": run.as_of.isoformat(),
        "rule_versions": [law.version for law in run.rulebook.versions],
    }
    rows = run.build.scan(table)
    columns = rows.collect_schema().names()
    if "fate" in columns:
        rejected = rows.filter(pl.col("fate") == "quarantined").select(pl.len())
        about["rejected_rows"] = rejected.collect().item()
    if "effect_paise" in columns:
        about["effect_paise"] = int(rows.select(pl.col("effect_paise").sum()).collect().item())
    return about


@dg.io_manager(required_resource_keys={"run"})
def table_store(context: dg.InitResourceContext) -> TableStore:
    """The store of the run that is going on."""
    return TableStore(context.resources.run)
