"""A brand of any size, staged: one simulated world side by side with itself, every copy with its own people."""

from pathlib import Path

import polars as pl

from assets.catalog import TABLES
from loyalty.contracts.base import empty
from loyalty.intake.stage import Staged, stage
from loyalty.reconcile.shards import entry_shard, order_shard, shard_count
from loyalty.values.times import parse_instant
from loyalty.worlds import MITHAI, build
from resources.home import Home
from resources.inbox import read_inbox
from resources.lake import Build
from resources.new_home import demo_home
from resources.run import open_brand

SEED, WORLD_ORDERS = 1, 20_000
AS_OF = parse_instant(MITHAI.as_of)
NUMBERS = {
    "order_no": "orders", "paid_order_no": "orders", "named_order_no": "orders",
    "entry_no": "entries", "key_no": "entries", "parent_no": "entries", "hash_no": "entries",
    "member_no": "member_keys",
}  # fmt: skip
"""Columns that number something, with the table that has a row for each."""
TEXTS = (
    "order_id", "order_name", "gokwik_id", "reward_ref", "entry_id", "reference_key", "parent_key", "hash_key",
    "token_seal", "refund_id", "member_id",
)  # fmt: skip
"""Columns that name something: every copy gets names of its own."""
EVENTS = ("stg_checkouts", "stg_tickets", "stg_feedback")
"""What the measures read besides; the copies have none of it."""


def staged_brand(folder: Path, orders: int, build_: Build) -> Home:
    """A home below ``folder``, and about so many staged orders with all that belongs to them in the build."""
    home = demo_home(folder / "home", build(SEED, WORLD_ORDERS, style=MITHAI))
    brand = open_brand(home, {})
    staged = stage(read_inbox(home.inbox), brand.intake, AS_OF)
    copies = max(1, round(orders / staged.orders.height))
    shards = shard_count(copies * staged.orders.height)
    for table, places in (("orders", order_shard(shards)), ("entries", entry_shard(shards))):
        build_.write(f"stg_{table}", _copied(staged, table, copies), shards, places)
    for table in ("refunds", "members", "member_keys", "references"):
        build_.write(f"stg_{table}", _copied(staged, table, copies))
    for table in EVENTS:
        build_.write(table, empty(TABLES[table]))
    build_.write("raw_files", staged.raw_files)
    return home


def _copied(staged: Staged, table: str, copies: int) -> pl.DataFrame:
    frame: pl.DataFrame = getattr(staged, table)
    number = pl.col("copy")
    shifted = {
        name: pl.col(name) + number * getattr(staged, of).height
        for name, of in NUMBERS.items()
        if name in frame.columns
    }
    named = {name: pl.format("{}-{}", pl.col(name), number) for name in TEXTS if name in frame.columns}
    if table == "entries":
        told = pl.col("text_tokens")
        named["text_tokens"] = (
            pl.when(told.list.len() == 1)
            .then(pl.concat_list(pl.format("{}-{}", told.list.first(), number)))
            .otherwise(told)
        )
    each = pl.DataFrame({"copy": range(copies)}, schema={"copy": pl.Int64})
    copied = each.join(frame, how="cross", maintain_order="left_right")
    return copied.with_columns(**shifted, **named).select(frame.columns)
