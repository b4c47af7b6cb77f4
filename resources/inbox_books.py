"""Workbooks and parquet as cells of text.

Numbers keep every digit that the file holds; dates become ISO text; nothing is guessed. The libraries
that read these files trust them, so this runs in a cage of its own (`inbox_cage`).
"""

import io
import zipfile

import fastexcel
import polars as pl

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.recognition import HEADER_WITHIN, find_header, recognise
from loyalty.intake.tables import TextTable
from resources.inbox_table import table_of, whole
from resources.inbox_text import COLUMNS, FILE_BYTES, HARMLESS_BYTES, LINES, RATIO, UnreadableError

CELL_ERROR = "#ERROR!"
"""Stands for a cell in which Excel shows an error: no accepted form, so it is never read as blank."""

_MEMBERS = 1_000
_ROWS_AT_ONCE = 1 << 17


def read_workbook(data: bytes, file: str, extra: ExtraHeaders) -> TextTable:
    """The one sheet that is an export; else the first that holds anything.

    Several sheets that are exports are a fault: a file has one kind, and none may be left unread. Rows of
    sheets that are no export count with those above the header.

    Raises:
        UnreadableError: That, or a limit is passed.
    """
    _check_archive(data)
    book = fastexcel.read_excel(data)
    held = [sheet for sheet in (_sheet(book, name) for name in book.sheet_names) if sheet.height]
    exports = [sheet for sheet in held if _is_export(sheet, extra)]
    if len(exports) > 1:
        fault = "several sheets hold exports; save each as a file of its own"
        return TextTable(
            file=file, sha256="", fault=fault, records=sum(sheet.height - 1 for sheet in exports)
        )
    if not held:
        return TextTable(file=file, sha256="")
    chosen = (exports or held)[0]
    others = sum(sheet.height for sheet in held if sheet is not chosen)
    return _below_header(chosen, file, extra, others)


def read_parquet(data: bytes, file: str, extra: ExtraHeaders) -> TextTable:
    """Every flat column as text.

    Raises:
        UnreadableError: A column that matters holds lists or bytes, or a limit is passed.
    """
    header = list(pl.read_parquet_schema(io.BytesIO(data)))
    if len(header) > COLUMNS:
        raise UnreadableError(f"has more than {COLUMNS:,} columns")
    scan = pl.scan_parquet(io.BytesIO(data))
    count = scan.select(pl.len()).collect().item()
    if count > LINES:
        raise UnreadableError(f"holds more than {LINES:,} lines")
    starts = range(0, max(count, 1), _ROWS_AT_ONCE)
    return whole([_rows(scan.slice(start, _ROWS_AT_ONCE).collect(), start, file, extra) for start in starts])


def _rows(frame: pl.DataFrame, start: int, file: str, extra: ExtraHeaders) -> TextTable:
    """Some rows of a parquet file as text."""
    texts = {name: _text_of(frame[name]) for name in frame.columns}
    known = [frame.columns[place] for place in recognise(frame.columns, extra).columns.values()]
    if told := [name for name in known if texts[name] is None]:
        raise UnreadableError(f"the column {', '.join(told)} holds no text, number or date")
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    cells = pl.DataFrame([(nothing if text is None else text).alias(name) for name, text in texts.items()])
    lines = pl.Series("line", range(start + 1, start + frame.height + 1), pl.Int64)
    return table_of(cells, lines, frame.columns, file, extra)


def _check_archive(data: bytes) -> None:
    """What an archive says of itself; one that lies meets the limits of the cage."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [member.file_size for member in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise UnreadableError("not a whole xlsx workbook") from error
    if len(sizes) > _MEMBERS:
        raise UnreadableError(f"holds more than {_MEMBERS:,} files")
    if sum(sizes) > FILE_BYTES:
        raise UnreadableError(f"unpacks to more than {FILE_BYTES >> 30} GiB")
    if sum(sizes) > max(HARMLESS_BYTES, RATIO * len(data)):
        raise UnreadableError(f"unpacks to more than {RATIO} times its size")


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


def _below_header(sheet: pl.DataFrame, file: str, extra: ExtraHeaders, others: int) -> TextTable:
    """The rows below the header; a row number is the row's number in the sheet."""
    rows = _first_rows(sheet)
    found = find_header(rows, extra)
    place = next((place for place, row in enumerate(rows) if any(row)), None) if found is None else found
    if place is None:
        raise UnreadableError(f"no header within the first {HEADER_WITHIN} rows")
    above = sum(map(any, rows[:place]))
    lines = pl.Series("line", range(place + 2, sheet.height + 1), pl.Int64)
    return table_of(
        sheet[place + 1 :], lines, rows[place], file, extra, preamble=above + others, blank=place - above
    )


def _text_of(column: pl.Series) -> pl.Series | None:
    """A column as text, None where its values are none: lists, records, durations, bytes that are no UTF-8.

    A float that may stand for several whole numbers shows as one, so that no id of two orders is read.
    """
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    try:
        text = column.cast(pl.String)
    except pl.exceptions.PolarsError:
        return None
    if dtype.is_nested():
        return None
    if not dtype.is_float():
        return text
    is_inexact = column.abs() >= (1 << 24 if dtype == pl.Float32 else 1 << 53)
    shown = pl.when(is_inexact & ~text.str.contains("e")).then(text + "E+0").otherwise(text)
    return pl.select(shown).to_series()
