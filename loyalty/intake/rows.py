"""The records of one export, typed column by column, with every reason that keeps one out.

What comes out still holds phones and free text: `raw` seals it at once, and nothing else may call this.
"""

from collections.abc import Callable

import polars as pl

from loyalty.intake import instants, parse
from loyalty.intake.instants import DateOrder
from loyalty.intake.kinds import Column, Form, Kind
from loyalty.intake.parse import Parsed
from loyalty.intake.survey import Export
from loyalty.intake.tables import shape
from loyalty.values.times import INSTANT

_FORMS: dict[Form, Callable[[pl.Expr], Parsed]] = {
    "id": parse.identifier,
    "order_id": lambda text: parse.identifier(text, has_hash=True),
    "lead": parse.identifier,
    "name": parse.name,
    "reference": parse.reference,
    "money": parse.rupees,
    "amount": lambda text: parse.rupees(text, may_be_negative=False),
    "coins": parse.coins,
    "count": lambda text: parse.coins(text, may_be_signed=False),
    "flag": parse.flag,
    "operation": parse.operation,
    "wallet": parse.wallet,
    "word": lambda text: Parsed(parse.word(text)),
    "phone": Parsed,
    "email": Parsed,
    "text": Parsed,
}


def typed_records(export: Export, zone: str) -> pl.DataFrame:
    """Every column of the kind, typed, with ``file, sha256, line, reasons, shapes, newest_at``; by line.

    A column that the file lacks is null, and its ``has_<column>`` false. ``newest_at`` is the file's newest instant: which of two
    files is later goes by content (details I11). When coins expire says nothing of a file's age.

    Raises:
        ValueError: The export is set aside whole.
    """
    kind, table, order = export.kind, export.table, export.date_order
    if kind is None or order is None:
        raise ValueError(f"{table.file} is set aside whole and has no records")
    known = export.texts(column.key for column in kind.columns)
    absent = [pl.lit(None, pl.String).alias(column.key) for column in kind.columns if column.key not in known.columns]
    texts = (known if known.width else pl.DataFrame({"line": table.lines})).with_columns(absent)
    values, faults = _values_and_faults(kind, texts, order, zone)
    instant_keys = [column.key for column in kind.columns if column.form == "instant"]
    newest_at = values.select(pl.max_horizontal(pl.col(instant_keys).max())).item()
    misfits = table.rejected.select("line", reasons=pl.concat_list("reason"), shapes=pl.concat_list("shape"))
    kept = (
        values.with_columns(line=table.lines)
        .with_row_index("row")
        .join(faults, on="row", how="left", validate="1:1", maintain_order="left")
        .drop("row")
    )
    return (
        pl.concat([kept, misfits], how="diagonal")
        .sort("line")
        .with_columns(
            pl.col("reasons", "shapes").fill_null([]),
            file=pl.lit(table.file),
            sha256=pl.lit(table.sha256),
            newest_at=pl.lit(newest_at, INSTANT),
            **{f"has_{column.key}": pl.lit(column.key in known.columns) for column in kind.columns},
        )
    )


def _values_and_faults(
    kind: Kind, texts: pl.DataFrame, order: DateOrder, zone: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The typed columns, and ``row, reasons, shapes`` of the rows with a fault."""
    parsed = {column.key: _parsed(column, order, zone) for column in kind.columns}
    told = [
        (column.name, column.key, reason, fault)
        for column in kind.columns
        for reason, fault in (*_blanks(column), *parsed[column.key].faults)
    ]
    if kind.whose:
        nobody = pl.all_horizontal(pl.col(kind.whose).is_null())
        told.append((kind.label(kind.whose), kind.whose[0], "blank", nobody))
    both = (
        texts.lazy()
        .select(
            *(value.value.alias(key) for key, value in parsed.items()),
            *(fault.fill_null(value=False).alias(f"!{place}") for place, (*_, fault) in enumerate(told)),
        )
        .collect()
    )
    found = []
    for place, (name, key, reason, _) in enumerate(told):
        if both[f"!{place}"].any():
            rows = texts.with_row_index("row").filter(both[f"!{place}"])
            seen = pl.concat_str(pl.lit(f"{name}: "), shape(pl.col(key).fill_null("")))
            found.append(rows.select("row", reason=pl.lit(f"{name}: {reason}"), shape=seen))
    faults = pl.concat([_NO_FAULTS, *found]).group_by("row").agg(reasons="reason", shapes="shape")
    return both.select(list(parsed)), faults


def _parsed(column: Column, order: DateOrder, zone: str) -> Parsed:
    text = pl.col(column.key)
    if column.form == "instant":
        return instants.instant(text, order, zone)
    if column.form == "expiry":
        return instants.expiry(text, order, zone)
    return _FORMS[column.form](text)


def _blanks(column: Column) -> tuple[tuple[str, pl.Expr], ...]:
    return (("blank", pl.col(column.key).is_null()),) if column.filled else ()


_NO_FAULTS = pl.DataFrame(schema={"row": pl.get_index_type(), "reason": pl.String, "shape": pl.String})
