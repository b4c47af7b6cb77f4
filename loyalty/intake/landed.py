"""From typed records to a raw table: what every kind has in common on its way behind the door."""

from collections.abc import Sequence

import polars as pl

from loyalty.contracts.base import Contract, polars_schema
from loyalty.intake.fates import with_fates
from loyalty.intake.kind import Kind
from loyalty.intake.rows import no_records, typed_records
from loyalty.intake.seal import Sealer, discreet
from loyalty.intake.settings import Intake
from loyalty.intake.survey import Export
from loyalty.intake.tables import shape

_RECORD = ("file", "line", "fate", "reasons", "shapes")


def records_of(exports: Sequence[Export], kind: Kind, intake: Intake) -> pl.DataFrame:
    """The typed records of every export of a kind that is not set aside; phones and texts still in them."""
    read = [
        typed_records(export, intake.zone(kind.name))
        for export in exports
        if export.kind is kind and export.fault is None
    ]
    return pl.concat([no_records(kind), *read])


def refused(
    records: pl.DataFrame, is_refused: pl.Expr, reason: str, name: str, text: pl.Expr
) -> pl.DataFrame:
    """Another reason against some records, with the shape of the cell ``name`` that it is about."""
    seen = pl.concat_str(pl.lit(f"{name}: "), shape(text.fill_null("")))
    return records.with_columns(
        reasons=pl.when(is_refused).then(pl.concat_list("reasons", pl.lit(reason))).otherwise("reasons"),
        shapes=pl.when(is_refused).then(pl.concat_list("shapes", seen)).otherwise("shapes"),
    )


def made_discreet(frame: pl.DataFrame, columns: Sequence[str], sealer: Sealer) -> pl.DataFrame:
    """The frame with ids sealed where one may be a person."""
    return frame.with_columns(discreet(frame[column], sealer) for column in columns)


def landed(sealed: pl.DataFrame, contract: type[Contract], key: Sequence[str]) -> pl.DataFrame:
    """Fates given, quarantined records emptied, exactly the contract's columns, in order of (file, line)."""
    columns = list(polars_schema(contract))
    values = [column for column in columns if column not in _RECORD]
    fated = with_fates(sealed, key, values)
    kept = [pl.when(pl.col("fate") != "quarantined").then(column).alias(column) for column in values]
    return contract.validate(fated.with_columns(kept).select(columns).sort("file", "line"))
