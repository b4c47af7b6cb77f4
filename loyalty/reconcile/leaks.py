"""The leak list: everything that the merchant lost or gave too much, row by row, for whoever claims it back."""

import polars as pl

from loyalty.reconcile.summary import open_mismatches
from loyalty.reconcile.titles import LEG_TITLES

_COLUMNS = (
    "leg", "kind", "cause", "causes", "order_id", "entry_ids", "member_id", "surface", "rule_version",
    "business_date", "expected_coins", "recorded_coins", "expected_paise", "recorded_paise", "lost_paise",
    "priority", "lifecycle", "mismatch_id", "sentence",
)  # fmt: skip


def leaks(mismatches: pl.DataFrame) -> pl.DataFrame:
    """Open rows of ``mart_mismatches`` with an effect above zero; one row per mismatch.

    ``lost_paise`` is never netted against what customers are owed. Lists are joined with blanks. Sorted by leg,
    kind and cause, the most money first.
    """
    rank = {leg: place for place, leg in enumerate(LEG_TITLES)}
    return (
        open_mismatches(mismatches)
        .filter(pl.col("effect_paise") > 0)
        .with_columns(pl.col("causes", "entry_ids").list.join(" "), lost_paise="effect_paise")
        .sort(
            pl.col("leg").replace_strict(rank, return_dtype=pl.Int64),
            "kind",
            "cause",
            "lost_paise",
            "mismatch_id",
            descending=[False, False, False, True, False],
            nulls_last=True,
        )
        .select(_COLUMNS)
    )
