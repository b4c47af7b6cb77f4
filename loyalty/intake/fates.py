"""Which of several records with one key counts: files add up, repeat each other and correct each other.

Unchanged records are one record, and of different contents the later wins. What wins depends on contents
only, never on names, order or modification times (details I11). Names only say which of two equal
records is called the duplicate: the one in the later file in order of name, as for whole files (I12).
"""

from collections.abc import Sequence

import polars as pl

_AGE = ("updated_at", "newest_at", "sha256", "line")
"""How late a record is, by content; the line settles records of one file."""


def with_fates(records: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    """``records`` with ``fate``; a record with reasons is quarantined and never supersedes.

    Of equal contents of a key the first in order of (file, line) counts and the others are duplicates.
    Of different contents wins the larger ``updated_at``, else the file with the later newest instant,
    else the larger sha256, else the later line; the others are superseded.
    """
    numbered = records.with_row_index("row")
    has_reasons = pl.col("reasons").list.len() > 0
    repeated = numbered.filter(~has_reasons).filter(pl.struct(key).is_duplicated())
    fate = pl.when(has_reasons).then(pl.lit("quarantined")).otherwise(pl.col("fate").fill_null("accepted"))
    return (
        numbered.join(
            _repeated_fates(repeated, key, content),
            on="row",
            how="left",
            validate="1:1",
            maintain_order="left",
        )
        .with_columns(fate=fate)
        .drop("row")
    )


def _repeated_fates(repeated: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    """``row, fate`` of records whose key stands more than once."""
    flat = repeated.with_columns(pl.col(pl.List(pl.String)).list.join("\x1f"))
    columns = list(dict.fromkeys((*key, *content)))
    contents = flat.select(columns).unique(maintain_order=True).with_row_index("content_no")
    numbered = flat.join(contents, on=columns, how="left", validate="m:1", nulls_equal=True)
    by_age = (
        numbered.sort(*_AGE)
        .with_columns(winner=pl.col("content_no").last().over(key))
        .sort("file", "line")
        .with_columns(is_first=pl.col("row") == pl.col("row").first().over("content_no"))
    )
    return by_age.select(
        "row",
        fate=pl.when(~pl.col("is_first"))
        .then(pl.lit("duplicate"))
        .when(pl.col("content_no") == pl.col("winner"))
        .then(pl.lit("accepted"))
        .otherwise(pl.lit("superseded")),
    )
