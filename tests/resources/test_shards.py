"""However many shards the members of a brand are judged in, the verdict is the same."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from loyalty.reconcile.shards import entry_shard, order_shard
from resources.home import Home
from resources.lake import published, verify
from resources.shards import JUDGED
from tests.homes import add_events, golden_home, run

MARTS = ("mart_mismatches", "mart_statement", "mart_coin_rollforward", "mart_clearing", "mart_metrics")
WRONG_MEMBER = pl.col("kind") == "wrong_member"


def in_shards(home: Home, orders: int) -> Home:
    """The home with so many orders in a shard."""
    settings = home.brand_file.read_text()
    home.brand_file.write_text(f"{settings}\nengine: {{kind: local, orders_in_shard: {orders}}}\n")
    return home


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    """One brand, judged in one piece and in several."""
    folder = tmp_path_factory.mktemp("shards")
    whole = golden_home(folder / "whole", "faulty-auto")
    parts = in_shards(golden_home(folder / "parts", "faulty-auto"), 90)
    for home in (whole, parts):
        add_events(home, "5100910884191", "#SH100278")
    assert run(whole) == run(parts)
    return whole, parts


def sorted_rows(home: Home, table: str) -> pl.DataFrame:
    frame = published(home).read(table)
    texts = [
        pl.col(name).cast(pl.List(pl.String)).list.join("|")
        for name, kind in frame.schema.items()
        if kind == pl.List
    ]
    return frame.with_columns(texts).sort(frame.columns)


@pytest.mark.parametrize("table", [*JUDGED, *MARTS])
def test_every_table_holds_the_same_rows(homes: tuple[Home, Home], table: str) -> None:
    whole, parts = (sorted_rows(home, table) for home in homes)
    assert whole.height > 0
    assert_frame_equal(whole, parts)


def test_what_is_judged_together_is_stored_together(homes: tuple[Home, Home]) -> None:
    folder = homes[1].lake
    parts = sorted((folder / "stg_orders").iterdir())
    assert len(parts) > 2
    for table, shard in (("stg_orders", order_shard), ("int_linked_entries", entry_shard)):
        for number, part in enumerate(sorted((folder / table).iterdir())):
            placed = pl.read_parquet(part).select(shard(len(parts)).alias("shard"))["shard"]
            assert placed.len() > 0
            assert (placed == number).all()


def test_an_entry_of_another_member_is_judged_with_the_order_that_it_names(homes: tuple[Home, Home]) -> None:
    for home in homes:
        assert published(home).read("mart_mismatches").filter(WRONG_MEMBER).height > 0


def test_a_snapshot_in_parts_is_verified_part_by_part(homes: tuple[Home, Home]) -> None:
    release = published(homes[1])
    assert verify(release) > 0
    part = sorted((release.folder / "mart_reconciliation").iterdir())[1]
    content = part.read_bytes()
    part.write_bytes(content[:-1])
    with pytest.raises(Exception, match="mart_reconciliation is not the file that was published"):
        verify(release)
    part.write_bytes(content)
