"""The records of one export, typed column by column, with every reason that keeps one out.

What comes out still holds phones and free text: `raw` seals it at once, and nothing else may call this.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from loyalty.intake import instants, parse
from loyalty.intake.instants import DateOrder
from loyalty.intake.kind import Column, Form, Kind
from loyalty.intake.survey import Export
from loyalty.intake.tables import shape
from loyalty.values.times import INSTANT

Reader = Callable[[pl.LazyFrame], pl.LazyFrame]

_DTYPES: dict[Form, pl.DataType] = {
    **dict.fromkeys(("money", "amount", "coins", "count", "number"), pl.Int64()),
    **dict.fromkeys(("instant", "expiry"), INSTANT),
    "flag": pl.Boolean(),
}
"""What a form is read as, if not as text."""

_ROWS_AT_ONCE = 1 << 17
_RECORD: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    **dict.fromkeys(("reasons", "shapes"), pl.List(pl.String)),
    **dict.fromkeys(("file", "sha256"), pl.String()),
    "newest_at": INSTANT,
}

_FORMS: dict[Form, Reader] = {
    "id": parse.identifier,
    "order_id": partial(parse.identifier, has_hash=True),
    "lead": parse.identifier,
    "name": parse.name,
    "reference": parse.reference,
    "money": parse.rupees,
    "amount": partial(parse.rupees, may_be_negative=False),
    "coins": parse.coins,
    "count": partial(parse.coins, may_be_signed=False),
    "flag": parse.flag,
    "operation": parse.operation,
    "wallet": parse.wallet,
    "number": parse.number,
    "scale": parse.scale,
    "word": parse.words,
    "phone": parse.as_written,
    "email": parse.as_written,
    "text": parse.as_written,
}


def no_records(kind: Kind) -> pl.DataFrame:
    """The columns of `typed_records` without a row, for a kind that nobody exported."""
    read = (column for column in kind.columns if column.form != "unread")
    values = {column.key: _DTYPES.get(column.form, pl.String()) for column in read}
    return pl.DataFrame(schema={**values, **_RECORD})


def typed_records(export: Export, zone: str) -> pl.DataFrame:
    """Every column of the kind, typed, with ``line, reasons, shapes, file, sha256, newest_at``; by line.

    A column that the file lacks is null. ``newest_at`` is the file's newest instant: which of two files
    is later goes by content (details I11). When coins expire says nothing of a file's age.

    Raises:
        ValueError: The export is set aside whole.
    """
    kind, table, order = export.kind, export.table, export.date_order
    if kind is None or order is None:
        raise ValueError(f"{table.file} is set aside whole and has no records")
    known = [
        column
        for column in kind.columns
        if column.key in export.recognition.columns and column.form != "unread"
    ]
    reader = partial(_reader, order=order, zone=zone)
    kept = pl.concat(
        [no_records(kind), *(_typed(kind, known, part, reader) for part in _slices(export))], how="diagonal"
    )
    instant_keys = [column.key for column in known if column.form == "instant"]
    newest_at = kept.select(pl.max_horizontal(pl.col(instant_keys).max())).item() if instant_keys else None
    misfits = table.rejected.select("line", reasons=pl.concat_list("reason"), shapes=pl.concat_list("shape"))
    records = pl.concat([kept, misfits], how="diagonal").sort("line") if misfits.height else kept
    return records.with_columns(
        pl.col("reasons", "shapes").fill_null([]),
        file=pl.lit(table.file),
        sha256=pl.lit(table.sha256),
        newest_at=pl.lit(newest_at, INSTANT),
    )


def _slices(export: Export) -> Iterator[Export]:
    """The export some rows at a time: what reading holds on the way is many times what comes of it."""
    table = export.table
    for start in range(0, table.cells.height, _ROWS_AT_ONCE):
        cells, lines = table.cells.slice(start, _ROWS_AT_ONCE), table.lines.slice(start, _ROWS_AT_ONCE)
        yield replace(export, table=replace(table, cells=cells, lines=lines))


def _typed(
    kind: Kind, known: Sequence[Column], export: Export, reader: Callable[[Column], Reader]
) -> pl.DataFrame:
    """The typed columns that the file has, with ``line, reasons, shapes``; row order kept."""
    values, faults = _values_and_faults(kind, known, export, reader)
    return (
        values.with_columns(line=export.table.lines)
        .with_row_index("row")
        .join(faults, on="row", how="left", validate="1:1", maintain_order="left")
        .drop("row")
    )


def _values_and_faults(
    kind: Kind, known: Sequence[Column], export: Export, reader: Callable[[Column], Reader]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The typed columns that the file has, and ``row, reasons, shapes`` of the rows with a fault."""
    texts = export.texts(column.key for column in known)
    read = pl.collect_all(reader(column)(texts.lazy().select(text=column.key)) for column in known)
    found = [
        _faulty(texts, column.name, column.key, reason, fault)
        for column, frame in zip(known, read, strict=True)
        for reason, fault in _faults(column, texts, frame)
        if fault.any()
    ]
    whose = [key for key in kind.whose if key in texts.columns]
    nobody = texts.select(pl.all_horizontal(pl.col(whose).is_null())).to_series() if whose else None
    if nobody is not None and nobody.any():
        found.append(_faulty(texts, kind.label(kind.whose), whose[0], "blank", nobody))
    values = pl.DataFrame(
        [frame["value"].alias(column.key) for column, frame in zip(known, read, strict=True)]
    )
    return values, pl.concat([_NO_FAULTS, *found]).group_by("row").agg(reasons="reason", shapes="shape")


def _reader(column: Column, order: DateOrder, zone: str) -> Reader:
    if column.form == "instant":
        return partial(instants.instant, order=order, zone=zone)
    if column.form == "expiry":
        return partial(instants.expiry, order=order, zone=zone)
    return _FORMS[column.form]


def _faults(column: Column, texts: pl.DataFrame, read: pl.DataFrame) -> list[tuple[str, pl.Series]]:
    """Each reason against a value of the column, with the rows where it holds."""
    told = [(reason, read[reason]) for reason in read.columns if reason != "value"]
    return [("blank", texts[column.key].is_null()), *told] if column.filled else told


def _faulty(texts: pl.DataFrame, name: str, key: str, reason: str, fault: pl.Series) -> pl.DataFrame:
    seen = pl.concat_str(pl.lit(f"{name}: "), shape(pl.col(key).fill_null("")))
    rows = texts.select(key).with_row_index("row").filter(fault)
    return rows.select("row", reason=pl.lit(f"{name}: {reason}"), shape=seen)


_NO_FAULTS = pl.DataFrame(schema={"row": pl.get_index_type(), "reason": pl.String, "shape": pl.String})
