"""How candidates become the sorted list of causes of a row."""

from collections.abc import Iterable

import polars as pl

CAUSE_SCHEMA = {"order_no": pl.Int64, "cause": pl.String}


def listed(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """``order_no, causes`` from frames of ``order_no, cause``; causes sorted as text, each once."""
    pairs = [
        frame.select(pl.col(name).cast(dtype) for name, dtype in CAUSE_SCHEMA.items()) for frame in found
    ]
    return (
        pl.concat([pl.DataFrame(schema=CAUSE_SCHEMA), *pairs])
        .drop_nulls()
        .group_by("order_no")
        .agg(causes=pl.col("cause").unique().sort())
        .sort("order_no")
    )


def attach(rows: pl.DataFrame, causes: pl.DataFrame) -> pl.DataFrame:
    """Rows with their ``causes``; an empty list where none is known."""
    joined = rows.drop("causes", strict=False).join(
        causes, on="order_no", how="left", validate="1:1", maintain_order="left"
    )
    return joined.with_columns(pl.col("causes").fill_null(pl.lit([], pl.List(pl.String))))


def shared_rate(rows: pl.DataFrame, groups: list[str], least: int) -> pl.DataFrame:
    """Of ``order_no, cause`` and group columns, the pairs whose cause at least ``least`` rows of a group share."""
    return rows.filter(pl.len().over([*groups, "cause"]) >= least).select("order_no", "cause")
