"""The whole reconciliation against a join of the same two files, round by round in one process."""

import argparse
import os
import platform
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import polars as pl

from loyalty.values.money import group_lakh
from pipelines.definitions import build_defs
from pipelines.journal import Journal
from resources.home import Home
from resources.lake import Build, discard, new_build
from resources.run import Run, open_brand
from resources.tables import scan_table
from tests.bench.brand import AS_OF, staged_brand

RECONCILED = (
    "int_linked_entries", "int_refunds", "int_order_facts", "int_movements", "int_spendable", "int_allocations",
    "int_lots", "int_leg_rows", "mart_reconciliation", "mart_mismatches", "mart_decisions",
    "mart_statement", "mart_coin_rollforward", "mart_clearing",
)  # fmt: skip
"""The reconciliation and its books: from the staged tables to what disagrees and how it adds up."""


def main() -> None:
    """Print seconds of every round, the ratio of their medians, and the memory of the processes."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="milaan-bench-") as name:
        folder = Path(name)
        given = Build(folder / "given")
        given.tables.mkdir(parents=True)
        home = staged_brand(folder, asked.orders, given)
        orders, entries = (given.stored(table).rows for table in ("stg_orders", "stg_entries"))
        print(f"{group_lakh(orders)} orders, {group_lakh(entries)} entries, {given.shards} shards, ", end="")
        print(f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}", end="")
        print("".join(f", {package} {version(package)}" for package in ("polars", "duckdb", "dagster")))
        floors, wholes = [], []
        for number in range(1, asked.rounds + 1):
            floors.append(_seconds(lambda: _join(given.tables)))
            with _run(home, given) as run, Journal(folder / f"{number}.jsonl", _told) as journal:
                wholes.append(_seconds(lambda: _reconcile(run, journal)))
            print(f"round {number}: join {floors[-1]:.2f} s, reconciliation {wholes[-1]:.2f} s", flush=True)
        if asked.journal:
            shutil.copy(folder / f"{asked.rounds}.jsonl", asked.journal)
    floor, whole = statistics.median(floors), statistics.median(wholes)
    print(
        f"medians of {asked.rounds}: join {floor:.2f} s, reconciliation {whole:.2f} s, ratio {whole / floor:.1f}"
    )
    print(
        f"peak memory: {_peak(resource.RUSAGE_CHILDREN)} a worker, {_peak(resource.RUSAGE_SELF)} this process"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--journal", type=Path, help="where to keep the log of the last round")
    return parser.parse_args()


def _join(tables: Path) -> None:
    """The floor: read both tables, add the ledger up by order, join, sum."""
    named = pl.coalesce("paid_order_no", "named_order_no").alias("order_no")
    ledger = scan_table(tables, "stg_entries").group_by(named).agg(pl.col("signed_coins").sum())
    joined = scan_table(tables, "stg_orders").join(ledger, on="order_no", how="left")
    joined.select(pl.col("signed_coins", "grand_total_paise").sum()).collect(engine="streaming")


def _reconcile(run: Run, journal: Journal) -> None:
    """Every leg, every law and every mart of the staged tables."""
    definitions = build_defs(run.home, {"run": run}, {"journal": journal.logger})
    job = definitions.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(
            instance=instance,
            run_config={"loggers": {"journal": {}}},
            asset_selection=[dg.AssetKey(name) for name in RECONCILED],
        )


@contextmanager
def _run(home: Home, given: Build) -> Iterator[Run]:
    """A run that starts where staging ended."""
    build = new_build(home)
    for path in given.tables.iterdir():
        if path.is_dir():
            shutil.copytree(path, build.tables / path.name, copy_function=os.link)
        else:
            os.link(path, build.tables / path.name)
    yield Run(**vars(open_brand(home, {})), as_of=AS_OF, build=build)
    discard(build)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak(who: int) -> str:
    return f"{resource.getrusage(who).ru_maxrss / 2**20:.2f} GB"


def _told(_asset: str, _rows: int | None) -> None:
    """Nobody listens."""


if __name__ == "__main__":
    main()
