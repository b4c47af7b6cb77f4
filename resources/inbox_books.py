"""Workbooks, parquet and JSON lines as cells of text.

Numbers keep every digit that the file holds; dates become ISO text; nothing is guessed.
"""

import json

import fastexcel
import polars as pl
from polars import selectors as cs

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.recognition import HEADER_WITHIN, find_header, recognise
from loyalty.intake.tables import REJECTED_SCHEMA, TextTable, shape
from resources.inbox_text import NO_TEXT, unified, unread, utf8

CELL_ERROR = "#ERROR!"
"""Stands for a cell in which Excel shows an error: no accepted form, so it is never read as blank."""


def read_workbook(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """The one sheet that is an export; else the first that holds anything.

    Several sheets that are exports are a fault: a file has one kind, and none may be left unread.
    """
    book = fastexcel.read_excel(data)
    held = [sheet for sheet in (_sheet(book, name) for name in book.sheet_names) if sheet.height]
    exports = [sheet for sheet in held if _is_export(sheet, extra)]
    if len(exports) > 1:
        fault = "several sheets hold exports; save each as a file of its own"
        return TextTable(
            file=file, sha256=sha256, fault=fault, records=sum(sheet.height - 1 for sheet in exports)
        )
    if not held:
        return TextTable(file=file, sha256=sha256)
    return _below_header((exports or held)[0], file, sha256, extra)


def read_parquet(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """Every flat column as text; a nested one is blank. ``extra`` is not needed: the file names its columns."""
    del extra
    frame = pl.read_parquet(data)
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype == pl.Binary]
    zoned = [
        name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone
    ]
    cells = frame.with_columns(
        cs.by_name(nested).map_batches(
            lambda column: pl.Series([None] * len(column)), return_dtype=pl.String
        ),
        cs.by_name(zoned).dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
    ).cast(pl.String)
    lines = pl.Series("line", range(1, frame.height + 1), pl.Int64)
    return _table(cells, lines, file, sha256)


def read_jsonl(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """One JSON object a line; numbers keep their text, and a key that is not there is blank.

    A line that is no object, or names a key twice, is rejected.
    """
    del extra
    text_lines = utf8(data)
    if text_lines is None:
        return unread(file, sha256, NO_TEXT, unified(data))
    records: list[dict[str, str | None]] = []
    lines, rejected, blank = [], [], 0
    for number, text in enumerate(text_lines.decode().split("\n"), start=1):
        if not text.strip():
            blank += 1
            continue
        record = _json_object(text)
        if record is None:
            rejected.append((number, "not a JSON object with each key once", text))
        else:
            records.append(record)
            lines.append(number)
    header = dict.fromkeys(key for record in records for key in record)
    cells = pl.DataFrame(
        {key: pl.Series([record.get(key) for record in records], dtype=pl.String) for key in header}
    )
    misfits = pl.DataFrame(rejected, schema=REJECTED_SCHEMA, orient="row").with_columns(
        shape(pl.col("shape"))
    )
    return _table(cells, pl.Series("line", lines, pl.Int64), file, sha256, rejected=misfits, blank=blank)


def _sheet(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """Every row from the first of the sheet; dates without a time lose their midnight, errors their blankness."""
    batch, errors = book.load_sheet(
        name, header_row=None, skip_rows=0, dtypes="string"
    ).to_arrow_with_errors()
    rows = pl.DataFrame(batch)
    rows.columns = [str(place) for place in range(rows.width)]
    broken = pl.DataFrame(
        [error.offset_position for error in errors.errors] if errors else [],
        schema={"row": pl.Int64, "column": pl.Int64},
        orient="row",
    )
    is_broken = {
        str(place): pl.int_range(pl.len()).is_in(found["row"].implode())
        for (place,), found in broken.group_by("column", maintain_order=True)
    }
    return rows.with_columns(
        pl.all().str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$", "$1")
    ).with_columns(
        pl.when(is_in).then(pl.lit(CELL_ERROR)).otherwise(place).alias(place)
        for place, is_in in is_broken.items()
    )


def _first_rows(sheet: pl.DataFrame) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in sheet.head(HEADER_WITHIN).rows()]


def _is_export(sheet: pl.DataFrame, extra: ExtraHeaders) -> bool:
    rows = _first_rows(sheet)
    place = find_header(rows, extra)
    return place is not None and recognise(rows[place], extra).is_certain


def _below_header(sheet: pl.DataFrame, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """The rows below the header; a row number is the row's number in the sheet."""
    rows = _first_rows(sheet)
    found = find_header(rows, extra)
    first = next((place for place, row in enumerate(rows) if any(row)), None)
    place = first if found is None else found
    if place is None:
        return TextTable(file=file, sha256=sha256, blank=sheet.height)
    above = sum(map(any, rows[:place]))
    lines = pl.Series("line", range(place + 2, sheet.height + 1), pl.Int64)
    return _table(
        sheet[place + 1 :], lines, file, sha256, header=rows[place], preamble=above, blank=place - above
    )


def _table(
    cells: pl.DataFrame,
    lines: pl.Series,
    file: str,
    sha256: str,
    *,
    header: list[str] | None = None,
    rejected: pl.DataFrame | None = None,
    preamble: int = 0,
    blank: int = 0,
) -> TextTable:
    names = tuple(cells.columns if header is None else header)
    placed = cells.rename(dict(zip(cells.columns, map(str, range(cells.width)), strict=True)))
    placed = placed.with_columns(pl.all().replace("", None))
    filled = (
        placed.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        if placed.width
        else lines.is_null()
    )
    return TextTable(
        file=file,
        sha256=sha256,
        header=names,
        cells=placed.filter(filled),
        lines=lines.filter(filled),
        rejected=pl.DataFrame(schema=REJECTED_SCHEMA) if rejected is None else rejected,
        blank=blank + placed.height - int(filled.sum()),
        preamble=preamble,
    )


def _json_object(text: str) -> dict[str, str | None] | None:
    try:
        record = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_with_unique_keys
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    return {
        key: value if value is None or isinstance(value, str) else json.dumps(value)
        for key, value in record.items()
    }


def _with_unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key stands twice")
    return record
