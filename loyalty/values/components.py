"""What hangs together: the connected components of a graph, as labels."""

import polars as pl


def components(pairs: pl.DataFrame, count: int) -> pl.Series:
    """The smallest node that each node is connected to through records; one label a node.

    ``pairs``: ``record, node``; nodes are whole numbers from 0 to ``count`` − 1, each in at least one pair.
    Each round takes every node, and the node it points to, to the smallest label of its records, then
    skips one step ahead: labels only fall, and a chain of n links needs about log n rounds.
    """
    labels = pl.Series("label", range(count), pl.UInt32)
    while True:
        told = pairs.with_columns(label=labels.gather(pairs["node"])).with_columns(
            low=pl.col("label").min().over("record")
        )
        low = (
            pl.concat([told.select("node", "low"), told.select(node="label", low="low")])
            .group_by("node")
            .agg(pl.col("low").min())
            .sort("node")["low"]
            .alias("label")
        )
        lower = low.gather(low)
        if lower.equals(labels):
            return labels
        labels = lower
