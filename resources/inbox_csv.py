"""Delimited text as cells: strict, all text, and every physical line accounted for.

Two ways to the same cells. Almost every export keeps quotes to whole fields; there the quotes can be
taken out safely and a fast splitter does the rest. Anything else goes through the standard library's
strict reader. A property test holds the two to the same answer.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Sequence
from itertools import islice

import polars as pl

from loyalty.intake.kinds import HEADER_WITHIN, ExtraHeaders, find_header, recognise
from loyalty.intake.tables import REJECTED_SCHEMA, TextTable, shape

DELIMITERS = (",", ";", "\t")
CELL_CHARS = 131_072
_HIDDEN_DELIMITER, _HIDDEN_BREAK = "\x1f", "\x1e"
_HEAD_CHARS = 1 << 18

Rows = tuple[pl.DataFrame, pl.Series, pl.DataFrame]
"""Cells named by position, the line of each record counted from 1 after the header, what was rejected.

A blank record is a row of nulls."""


def read_gzip(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """A gzipped delimited file."""
    try:
        return read_csv(gzip.decompress(data), file, sha256, extra)
    except (OSError, EOFError, zlib.error):
        return TextTable(file=file, sha256=sha256, fault="not a whole gzip file", records=1)


def read_csv(data: bytes, file: str, sha256: str, extra: ExtraHeaders) -> TextTable:
    """A delimited file in UTF-8 or UTF-16, with ``,`` ``;`` or tab, and any line ends.

    Records with more or fewer fields than the header are rejected. A quote that never closes, or a
    file that is no text, is a fault of the whole file.
    """
    try:
        text = decoded(data)
    except UnicodeDecodeError:
        breaks = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        fault = "neither UTF-8 nor UTF-16 text"
        return TextTable(file=file, sha256=sha256, fault=fault, records=_physical_lines(breaks.count(b"\n"), breaks[-1:]))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        delimiter, before, header, taken = _head(text, extra)
        if not header:
            return TextTable(file=file, sha256=sha256, blank=before.count([]))
        body = text[_offset(text, taken) :]
        return _table(file, sha256, header, body, delimiter, before, taken)
    except csv.Error as error:
        fault = f"cannot be split into fields: {error}"
        return TextTable(
            file=file, sha256=sha256, fault=fault, records=_physical_lines(text.count("\n"), text[-1:].encode())
        )


def decoded(data: bytes) -> str:
    """Text from UTF-8 or UTF-16, with or without a byte order mark. ``UnicodeDecodeError`` on all else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if len(data) > 1 and 0 in data[:2]:
        return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be")
    return data.decode("utf-8-sig")


def _physical_lines(breaks: int, last: bytes) -> int:
    return breaks + (last not in (b"", b"\n"))


def _head(text: str, extra: ExtraHeaders) -> tuple[str, list[list[str]], list[str], int]:
    """The delimiter, the rows above the header, the header, and how many physical lines these take.

    The delimiter is the one under which a header is recognised with the most columns; where none is,
    the one that splits the first row into the most fields.
    """
    best: tuple[tuple[int, int], str, list[list[str]], list[str], int] | None = None
    for delimiter in DELIMITERS:
        rows, lines = [], []
        reader = csv.reader(io.StringIO(text[:_HEAD_CHARS], newline=""), delimiter=delimiter)
        for row in islice(reader, HEADER_WITHIN):
            rows.append([] if not any(row) else row)
            lines.append(reader.line_num)
        found = find_header(rows, extra)
        place = next((position for position, row in enumerate(rows) if row), None) if found is None else found
        if place is None:
            continue
        known = len(recognise(rows[place], extra).columns)
        score = (known, len(rows[place]))
        if best is None or score > best[0]:
            best = (score, delimiter, rows[:place], rows[place], lines[place])
    if best is None:
        return ",", [[]] * text.count("\n"), [], 0
    return best[1:]


def _offset(text: str, lines: int) -> int:
    """Where the text goes on after so many physical lines."""
    place = 0
    for _ in range(lines):
        place = text.find("\n", place) + 1 or len(text)
    return place


def _table(
    file: str, sha256: str, header: Sequence[str], body: str, delimiter: str, before: Sequence[list[str]], taken: int
) -> TextTable:
    width = len(header)
    unquoted = without_quotes(body, delimiter) if width > 1 else None
    rows = None if unquoted is None else split_fast(unquoted, delimiter, width)
    cells, lines, rejected = split_strictly(body, delimiter, width) if rows is None else rows
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return TextTable(
        file=file,
        sha256=sha256,
        header=tuple(header),
        header_line=taken,
        cells=cells.filter(filled),
        lines=lines.filter(filled) + taken,
        rejected=rejected.with_columns(pl.col("line") + taken),
        blank=cells.height - int(filled.sum()) + before.count([]),
        preamble=len(before) - before.count([]),
    )


def without_quotes(text: str, delimiter: str) -> str | None:
    """The text with its quotes taken out and what they protected hidden; None if that is not safe.

    Safe means that every quote opens a field at its very start, closes it at its very end, or is
    doubled within, and that the hiding characters are nowhere in the text.
    """
    if any(mark in text for mark in ("\0", _HIDDEN_DELIMITER, _HIDDEN_BREAK)):
        return None
    pieces = text.split('"')
    if len(pieces) == 1:
        return text
    edges = (delimiter, "\n")
    first, middle, last = pieces[0], pieces[2:-1:2], pieces[-1]
    is_safe = (
        len(pieces) % 2 == 1
        and (not first or first.endswith(edges))
        and (not last or last.startswith(edges))
        and all(piece == "" or (piece.startswith(edges) and piece.endswith(edges)) for piece in middle)
    )
    if not is_safe:
        return None
    pieces[2:-1:2] = [piece or '"' for piece in middle]
    pieces[1::2] = [
        piece.replace(delimiter, _HIDDEN_DELIMITER).replace("\n", _HIDDEN_BREAK) for piece in pieces[1::2]
    ]
    return "".join(pieces)


def split_fast(text: str, delimiter: str, width: int) -> Rows | None:
    """Split text without quotes; None when a cell is longer than the strict reader takes.

    Records of the right width go through polars' splitter at once. That none was bent is proven by
    counting: as many delimiters as so many records need, and as many rows back as there are lines.
    """
    count = text.count("\n") + (text[-1:] not in ("", "\n"))
    if _HIDDEN_BREAK not in text and text.count(delimiter) == count * (width - 1):
        cells = _cells(text, delimiter, width)
        if cells is not None and cells.height == count:
            return None if _has_long(cells) else (_shown(cells, text, delimiter), _numbers(range(count)), _rejected())
    lines = text.split("\n")[:count]
    fits = [line.count(delimiter) == width - 1 for line in lines]
    starts, place = [], 0
    for line in lines:
        starts.append(place)
        place += 1 + line.count(_HIDDEN_BREAK)
    good = [line for line, is_good in zip(lines, fits, strict=True) if is_good]
    cells = _cells("\n".join(good), delimiter, width)
    if cells is None or cells.height != len(good) or _has_long(cells):
        return None
    numbers = _numbers(start for start, is_good in zip(starts, fits, strict=True) if is_good)
    misfits = [(start + 1, line) for start, line, is_good in zip(starts, lines, fits, strict=True) if not is_good]
    blanks = sum(not line for _, line in misfits)
    blank_rows = pl.DataFrame({name: [None] * blanks for name in cells.columns}, schema=cells.schema)
    blank_lines = _numbers(start - 1 for start, line in misfits if not line)
    rejected = [(start, line.count(delimiter) + 1, line) for start, line in misfits if line]
    return (
        pl.concat([_shown(cells, text, delimiter), blank_rows]),
        pl.concat([numbers, blank_lines]),
        _rejected(rejected, width),
    )


def split_strictly(text: str, delimiter: str, width: int) -> Rows:
    """Split with the standard library's strict reader. ``csv.Error`` where a quote does not close."""
    rows, numbers, rejected = [], [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    for row in reader:
        if len(row) == width or not row:
            rows.append(row or [""] * width)
            numbers.append(line)
        else:
            rejected.append((line + 1, len(row), delimiter.join(row)))
        line = reader.line_num
    columns = zip(*rows, strict=True) if rows else [[] for _ in range(width)]
    cells = pl.DataFrame([pl.Series(str(place), cells, pl.String) for place, cells in enumerate(columns)])
    return cells.with_columns(pl.all().replace("", None)), _numbers(numbers), _rejected(rejected, width)


def _cells(text: str, delimiter: str, width: int) -> pl.DataFrame | None:
    schema = {str(place): pl.String for place in range(width)}
    if not text:
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(
            text.encode(), separator=delimiter, quote_char=None, has_header=False, schema=schema, infer_schema=False
        )
    except pl.exceptions.PolarsError:
        return None


def _shown(cells: pl.DataFrame, text: str, delimiter: str) -> pl.DataFrame:
    """What stood between quotes, given back."""
    for hidden, plain in ((_HIDDEN_DELIMITER, delimiter), (_HIDDEN_BREAK, "\n")):
        if hidden in text:
            cells = cells.with_columns(pl.all().str.replace_all(hidden, plain, literal=True))
    return cells


def _has_long(cells: pl.DataFrame) -> bool:
    longest = cells.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item() if cells.height else None
    return longest is not None and longest > CELL_CHARS


def _numbers(starts: Iterable[int]) -> pl.Series:
    return pl.Series("line", list(starts), pl.Int64) + 1


def _rejected(misfits: Sequence[tuple[int, int, str]] = (), width: int = 0) -> pl.DataFrame:
    rows = [(line, f"{fields} fields where the header has {width}", text) for line, fields, text in misfits]
    return pl.DataFrame(rows, schema=REJECTED_SCHEMA, orient="row").with_columns(shape(pl.col("shape")))
