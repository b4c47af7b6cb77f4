"""Which shard: plain arithmetic, save where an entry of one member names an order of another."""

import duckdb
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loyalty.reconcile.shards import entry_shard, moved, order_shard, shard_count, shard_of

ORDER = {"order_no": pl.Int64, "member_no": pl.Int64}
ENTRY = {"entry_no": pl.Int64, "member_no": pl.Int64, "order_no": pl.Int64}
MEMBERS = st.none() | st.integers(0, 12)


def test_a_shard_holds_so_many_orders_and_not_one_more() -> None:
    assert [shard_count(orders, 10) for orders in (0, 1, 10, 11, 20, 21)] == [1, 1, 1, 2, 2, 3]


def test_duckdb_computes_the_same_shard() -> None:
    numbers = pl.DataFrame({"number": [0, 1, 2, 624_999, 10**6, 2**31 - 1]})
    ours = numbers.select(shard_of(pl.col("number"), 16).alias("shard"))["shard"].to_list()
    sql = "SELECT number * 2654435761 % 4294967296 // 65536 % 16 FROM numbers ORDER BY number"
    assert ours == [row[0] for row in duckdb.sql(sql).fetchall()]


def test_neighbours_spread_over_all_shards_alike() -> None:
    numbers = pl.DataFrame({"number": range(100_000)}).select(shard=shard_of(pl.col("number"), 7))
    counts = sorted(numbers["shard"].value_counts()["count"].to_list())
    assert len(counts) == 7
    assert counts[0] > 0.97 * counts[-1]


@given(
    st.lists(MEMBERS, max_size=12), st.lists(st.tuples(MEMBERS, st.none() | st.integers(0, 11)), max_size=16)
)
def test_all_that_hangs_together_ends_up_in_one_shard(
    owners: list[int | None], named: list[tuple[int | None, int | None]]
) -> None:
    shards = 5
    orders = pl.DataFrame({"order_no": range(len(owners)), "member_no": owners}, schema=ORDER)
    entries = pl.DataFrame(
        [
            (number, member, order)
            for number, (member, order) in enumerate(named)
            if (order or 0) < len(owners)
        ],
        schema=ENTRY,
        orient="row",
    )
    places = moved(orders, entries, shards)
    final_orders = orders.with_columns(shard=order_shard(shards)).update(places.orders, on="order_no")
    final_entries = entries.with_columns(shard=entry_shard(shards)).update(places.entries, on="entry_no")
    tied = final_entries.join(final_orders, on="order_no", how="inner", suffix="_of_order")
    assert (tied["shard"] == tied["shard_of_order"]).all()
    both = pl.concat([final_orders.select("member_no", "shard"), final_entries.select("member_no", "shard")])
    homes = both.drop_nulls("member_no").group_by("member_no").agg(pl.col("shard").n_unique())
    assert (homes["shard"] == 1).all()
    for moves, rows in ((places.orders, orders), (places.entries, entries)):
        assert moves.height <= rows.height
        assert moves[:, 0].is_unique().all()
