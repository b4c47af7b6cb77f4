"""Which members are judged together: so many that a shard fits in memory, and never a coin's two ends apart.

A member's shard is plain arithmetic on its number, so that any engine finds the same. Only where an entry
of one member names an order of another do both have to be in one place: those few move to the shard of
the smallest of them.
"""

from typing import NamedTuple

import polars as pl

from loyalty.values.components import components
from loyalty.values.frames import beside

ORDERS_IN_SHARD = 250_000
"""Measured: about 0.8 GB to judge."""
_SPREAD, _RANGE = 2_654_435_761, 2**32
"""Knuth's multiplicative hash: neighbours fall far apart."""


class Moved(NamedTuple):
    """What is judged elsewhere than arithmetic says: ``order_no``, ``entry_no`` or ``member_no``, and ``shard``."""

    orders: pl.DataFrame
    entries: pl.DataFrame
    members: pl.DataFrame


def shard_count(orders: int, orders_in_shard: int = ORDERS_IN_SHARD) -> int:
    """How many shards so many orders make: at least one."""
    return max(1, -(-orders // orders_in_shard))


def shard_of(number: pl.Expr, count: int) -> pl.Expr:
    """The shard, from 0, of a member number below 2^31; without a number the first."""
    spread = number.fill_null(0) * _SPREAD % _RANGE // 2**16
    return (spread % count).cast(pl.Int64)


def order_shard(count: int) -> pl.Expr:
    """The shard of an order's member; an order without one goes by its own number."""
    return shard_of(pl.coalesce("member_no", "order_no"), count)


def entry_shard(count: int) -> pl.Expr:
    """The shard of an entry's member."""
    return shard_of(pl.col("member_no"), count)


def moved(orders: pl.DataFrame, linked: pl.DataFrame, count: int) -> Moved:
    """What moves, from ``order_no, member_no`` of orders and ``entry_no, member_no, order_no`` of linked entries."""
    placed = orders.select("order_no", "member_no", order_node=_member_node().fill_null(_order_node()))
    tied = (
        linked.lazy()
        .filter(pl.col("order_no").is_not_null())
        .select("entry_no", "order_no", "member_no")
        .collect()
        .pipe(beside, placed.select("order_no", "order_node"), "order_no")
        .with_columns(node=_member_node().fill_null(pl.col("order_node")))
    )
    groups = _groups(tied.filter(pl.col("node") != pl.col("order_node")))
    orphans = tied.filter(pl.col("member_no").is_null()).select("entry_no", "order_no")
    moved_orders = (
        placed.join(groups, left_on="order_node", right_on="node", how="inner", validate="m:1")
        .with_columns(shard=shard_of(pl.col("number"), count))
        .filter(pl.col("shard") != order_shard(count))
    )
    members = groups.filter(pl.col("node") % 2 == 0).select(
        member_no=pl.col("node") // 2, shard=shard_of(pl.col("number"), count)
    )
    return Moved(
        orders=moved_orders.select("order_no", "shard").sort("order_no"),
        entries=_moved_entries(linked, members, orphans, placed, moved_orders, count),
        members=members.filter(pl.col("shard") != entry_shard(count)).sort("member_no"),
    )


def _moved_entries(
    linked: pl.DataFrame,
    members: pl.DataFrame,
    orphans: pl.DataFrame,
    placed: pl.DataFrame,
    moved_orders: pl.DataFrame,
    count: int,
) -> pl.DataFrame:
    """Entries of members that move, and entries of nobody: those follow their order."""
    owned = linked.select("entry_no", "member_no").join(members, on="member_no", how="inner", validate="m:1")
    homes = orphans.pipe(beside, placed.select("order_no", "member_no"), "order_no").pipe(
        beside, moved_orders.select("order_no", to="shard"), "order_no"
    )
    nobodys = homes.select(
        "entry_no",
        member_no=pl.lit(None, pl.Int64),
        shard=pl.coalesce("to", order_shard(count)),
    )
    both = pl.concat([owned, nobodys])
    return both.filter(pl.col("shard") != entry_shard(count)).select("entry_no", "shard").sort("entry_no")


def _groups(across: pl.DataFrame) -> pl.DataFrame:
    """``node, number``: who hangs together across members, by the number of the smallest of them."""
    edges = across.select("node", "order_node").unique(maintain_order=True).with_row_index("record")
    held = pl.concat([edges.select("record", "node"), edges.select("record", node="order_node")])
    nodes = held.select("node").unique().sort("node").with_row_index("place")
    pairs = held.join(nodes, on="node", how="inner", validate="m:1").select("record", node="place")
    label = components(pairs, nodes.height)
    return nodes.select("node", number=nodes["node"].gather(label) // 2)


def _member_node() -> pl.Expr:
    """Members have even nodes, orders of nobody odd ones."""
    return 2 * pl.col("member_no")


def _order_node() -> pl.Expr:
    return 2 * pl.col("order_no") + 1
