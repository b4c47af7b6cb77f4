"""Workbooks, parquet and JSON lines as cells of text.

Numbers keep every digit that the file holds; dates become ISO text; nothing is guessed.
"""

import json
from collections.abc import Sequence
from typing import Any

import fastexcel
import polars as pl
from polars import selectors as cs

from loyalty.intake.kinds import HEADER_WITHIN, ExtraHeaders, find_header, recognise
from loyalty.intake.tables import REJECTED_SCHEMA, TextTable, shape

CELL_ERROR = "#ERROR!"
"""What stands for a cell in which Excel shows an error: no accepted form, so it is never read as blank."""


def read_workbook(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """The one sheet that is an export; else the first that holds anything.

    Several sheets that are exports are a fault: a file has one kind, and none may be left unread.
    """
    book = fastexcel.read_excel(data)
    sheets = [_sheet(book, name) for name in book.sheet_names]
    held = [sheet for sheet in sheets if sheet.height]
    exports = [sheet for sheet in held if (place := find_header(_first_rows(sheet), extra)) is not None
               and recognise(_first_rows(sheet)[place], extra).is_certain]  # fmt: skip
    if len(exports) > 1:
        fault = "several sheets hold exports; save each as a file of its own"
        return TextTable(file=file, sha256=sha256, fault=fault, records=sum(map(len, exports)) - len(exports))
    if not held:
        return TextTable(file=file, sha256=sha256)
    return _from_rows((exports or held)[0], file, sha256, extra)


def read_parquet(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """Every flat column as text; a nested one is blank. ``extra`` is not needed: names are in the file."""
    del extra
    frame = pl.read_parquet(data)
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype == pl.Binary]
    texts = (
        frame.with_columns(
            cs.datetime(time_zone="*").dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
            cs.boolean().cast(pl.String),
            cs.by_name(nested).is_null().replace_strict({True: None, False: None}, return_dtype=pl.String),
        )
        .with_columns((cs.datetime(time_zone=None) - cs.datetime(time_zone="*")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"))
        .with_columns(cs.float().map_batches(_float_text, return_dtype=pl.String))
        .with_columns(pl.all().cast(pl.String))
    )
    lines = pl.Series("line", range(1, frame.height + 1), pl.Int64)
    return _table(texts, lines, tuple(frame.columns), file, sha256)


def read_jsonl(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """One JSON object a line; numbers keep their text, and a key that is not there is blank.

    A line that is no object, or names a key twice, is rejected.
    """
    del extra
    records: list[dict[str, str | None]] = []
    lines, rejected, blank = [], [], 0
    for number, text in enumerate(data.decode("utf-8-sig").splitlines_only() if False else _lines(data), start=1):
        if not text.strip():
            blank += 1
            continue
        try:
            record = json.loads(
                text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_unique_keys
            )
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append({key: _json_text(value) for key, value in record.items()})
            lines.append(number)
        else:
            rejected.append((number, "not a JSON object", text))
    header = tuple(dict.fromkeys(key for record in records for key in record))
    cells = pl.DataFrame(
        {str(place): pl.Series([record.get(key) for record in records], dtype=pl.String)
         for place, key in enumerate(header)}
    )  # fmt: skip
    misfits = pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row").with_columns(shape(pl.col("shape")))
    return _table(cells, pl.Series("line", lines, pl.Int64), header, file, sha256, misfits, blank)
