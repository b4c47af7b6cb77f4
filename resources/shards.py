"""The heavy part, shard by shard: path in, path out, so that any worker on any machine can do it.

A brand of one shard is judged in this process; a bigger one by a pool of processes, each with its share of the
cores. A worker sees nothing but a desk, the folder that `lay_out` fills, and puts its parts into another folder.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from loyalty.reconcile.members import Given, judged_tables
from loyalty.reconcile.shards import entry_shard, moved
from loyalty.rulebook.models import Rulebook
from resources.rulebook_files import read_rulebook
from resources.tables import part_path, parts_of, read_table, scan_table, stored_at, write_part

JUDGED = (
    "int_refunds", "int_order_facts", "int_movements", "int_spendable", "int_allocations", "int_lots",
    "int_leg_rows", "mart_reconciliation",
)  # fmt: skip
"""Tables that judging makes, each in a part a shard."""
GIVEN = (
    "stg_orders", "stg_refunds", "stg_members", "stg_member_keys", "int_linked_entries", "int_order_rows",
)  # fmt: skip
"""Tables that judging needs."""
_KEYS = {"stg_orders": "order_no", "int_linked_entries": "entry_no", "stg_members": "member_no"}
_AS_OF, _RULES = "as_of", "rules"


def judge_shards(tables: Path, desk: Path, rules: Path, as_of: dt.datetime) -> None:
    """Judge every shard of the orders in ``tables``; the parts of `JUDGED` are stored there too."""
    shards = range(lay_out(tables, desk, rules, as_of))
    workers = min(len(shards), len(os.sched_getaffinity(0)))
    if workers == 1:
        for shard in shards:
            reconcile_shard(shard, desk, tables)
        return
    # A forked process would inherit the locks of threads that it does not have.
    with (
        _threads(len(os.sched_getaffinity(0)) // workers),
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        for done in [pool.submit(reconcile_shard, shard, desk, tables) for shard in shards]:
            done.result()


def judge_nothing(tables: Path, rulebook: Rulebook, as_of: dt.datetime) -> None:
    """Every table of `JUDGED` without a row: with one side missing there is nothing to compare (details I6)."""
    orders, refunds, members, keys, linked, pairs = (read_table(tables, name).clear() for name in GIVEN)
    given = Given(
        orders=orders, refund_rows=refunds, members=members, member_keys=keys, linked=linked, order_rows=pairs
    )
    for name, table in judged_tables(given, rulebook, as_of).items():
        write_part(part_path(tables, name, 0, 1), table)


def reconcile_shard(shard: int, in_dir: Path, out_dir: Path) -> None:
    """Judge the members of one shard: their rows of the tables on the desk ``in_dir``; parts into ``out_dir``."""
    shards = len(parts_of(stored_at(in_dir, "stg_orders")))
    as_of = dt.datetime.fromisoformat((in_dir / _AS_OF).read_text(encoding="ascii"))
    judged = judged_tables(_given(shard, shards, in_dir), read_rulebook(in_dir / _RULES), as_of)
    for name in JUDGED:
        write_part(part_path(out_dir, name, shard, shards), judged[name])


def lay_out(tables: Path, desk: Path, rules: Path, as_of: dt.datetime) -> int:
    """Put on the desk what workers need, and return the number of shards.

    That is the staged tables, the law, the cut, and the rows that are judged in another shard than they are stored.
    """
    desk.mkdir()
    for name in GIVEN:
        stored = stored_at(tables, name)
        (desk / stored.name).symlink_to(stored)
    shutil.copytree(rules, desk / _RULES)
    (desk / _AS_OF).write_text(as_of.isoformat(), encoding="ascii")
    shards = len(parts_of(stored_at(desk, "stg_orders")))
    if shards > 1:
        elsewhere = moved(
            scan_table(desk, "stg_orders").select("order_no", "member_no").collect(),
            scan_table(desk, "int_linked_entries").select("entry_no", "member_no", "order_no").collect(),
            shards,
        )
        for name, places in zip(_KEYS, elsewhere, strict=True):
            rows = scan_table(desk, name).join(places.lazy(), on=_KEYS[name], how="inner")
            write_part(_moved_path(desk, name), rows.collect().sort(_KEYS[name], maintain_order=True))
    return shards


def _given(shard: int, shards: int, desk: Path) -> Given:
    """The rows of one shard; orders that only Shopify has belong to nobody's, and so to the first."""
    orders, linked, members = (_rows(name, shard, shards, desk) for name in _KEYS)
    compared = read_table(desk, "int_order_rows")
    numbers = orders.select("order_no")
    theirs = compared.join(numbers, on="order_no", how="semi", maintain_order="left")
    nobodys = compared.filter(pl.col("order_no").is_null() & (shard == 0))
    return Given(
        orders=orders,
        refund_rows=read_table(desk, "stg_refunds").join(numbers, on="order_no", how="semi"),
        members=members,
        member_keys=read_table(desk, "stg_member_keys"),
        linked=linked,
        order_rows=pl.concat([theirs, nobodys]),
    )


def _rows(name: str, shard: int, shards: int, desk: Path) -> pl.DataFrame:
    """What is stored of a table in this shard, less what moved away, and what moved in."""
    stored = stored_at(desk, name)
    if stored.is_dir():
        part = pl.read_parquet(parts_of(stored)[shard], glob=False)
    else:
        part = pl.read_parquet(stored, glob=False)
        part = part if shards == 1 else part.filter(entry_shard(shards) == shard)
    if shards == 1:
        return part
    key, elsewhere = _KEYS[name], pl.read_parquet(_moved_path(desk, name), glob=False)
    arrived = elsewhere.filter(pl.col("shard") == shard).select(part.columns)
    stayed = part.join(elsewhere.select(key).unique(), on=key, how="anti", maintain_order="left")
    return pl.concat([stayed, arrived]).sort(key, maintain_order=True)


def _moved_path(desk: Path, name: str) -> Path:
    return desk / "moved" / f"{name}.parquet"


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """So many threads for polars in every process that is started meanwhile."""
    name = "POLARS_MAX_THREADS"
    before = os.environ.get(name)
    os.environ[name] = str(number)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
