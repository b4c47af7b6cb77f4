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

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.recognition import HEADER_WITHIN, find_header, recognise
from loyalty.intake.tables import REJECTED_SCHEMA, TextTable, shape
from resources.inbox_text import NO_TEXT, count_lines, unified, unread, utf8

DELIMITERS = (",", ";", "\t")
CELL_CHARS = 131_072
HIDDEN_DELIMITER, HIDDEN_BREAK = b"\x1f", b"\x1e"
_HEAD_BYTES = 1 << 18

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
    lines = utf8(data)
    try:
        if lines is None:
            return unread(file, sha256, NO_TEXT, unified(data))
        delimiter, before, header, taken = _head(lines, extra)
        if not header:
            return TextTable(file=file, sha256=sha256, blank=len(before))
        return _table(file, sha256, header, lines[_offset(lines, taken) :], delimiter, before, taken)
    except csv.Error as error:
        return unread(file, sha256, f"cannot be split into fields: {error}", lines or b"")


def _head(lines: bytes, extra: ExtraHeaders) -> tuple[str, list[list[str]], list[str], int]:
    """The delimiter, the rows above the header, the header, and how many physical lines these take.

    The delimiter is the one under which a header is recognised with the most columns; where none is,
    the one that splits the first row into the most fields.
    """
    start = lines[:_HEAD_BYTES].decode(errors="ignore")
    best: tuple[tuple[int, int], str, list[list[str]], list[str], int] | None = None
    for delimiter in DELIMITERS:
        rows, ends = [], []
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        for row in islice(reader, HEADER_WITHIN):
            rows.append(row if any(row) else [])
            ends.append(reader.line_num)
        found = find_header(rows, extra)
        place = next((position for position, row in enumerate(rows) if row), None) if found is None else found
        if place is None:
            continue
        score = (len(recognise(rows[place], extra).columns), len(rows[place]))
        if best is None or score > best[0]:
            best = (score, delimiter, rows[:place], rows[place], ends[place])
    return (",", [[]] * count_lines(lines), [], 0) if best is None else best[1:]


def _offset(lines: bytes, taken: int) -> int:
    """Where the bytes go on after so many physical lines."""
    place = 0
    for _ in range(taken):
        place = lines.find(b"\n", place) + 1 or len(lines)
    return place


def _table(
    file: str,
    sha256: str,
    header: Sequence[str],
    body: bytes,
    delimiter: str,
    before: Sequence[list[str]],
    taken: int,
) -> TextTable:
    width = len(header)
    unquoted = without_quotes(body, delimiter.encode()) if width > 1 else None
    rows = None if unquoted is None else split_fast(unquoted, delimiter, width)
    cells, numbers, rejected = split_strictly(body.decode(), delimiter, width) if rows is None else rows
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return TextTable(
        file=file,
        sha256=sha256,
        header=tuple(header),
        cells=cells.filter(filled),
        lines=numbers.filter(filled) + taken,
        rejected=rejected.with_columns(pl.col("line") + taken),
        blank=cells.height - int(filled.sum()) + before.count([]),
        preamble=len(before) - before.count([]),
    )


def without_quotes(body: bytes, delimiter: bytes) -> bytes | None:
    """The lines with their quotes taken out and what they protected hidden; None if that is not safe.

    Safe means that every quote opens a field at its very start, closes it at its very end, or is
    doubled within, and that the hiding characters are nowhere in the text.
    """
    if any(mark in body for mark in (b"\0", HIDDEN_DELIMITER, HIDDEN_BREAK)):
        return None
    ended = body if body[-1:] in (b"", b"\n") else body + b"\n"
    pieces = ended.split(b'"')
    if len(pieces) == 1:
        return ended
    edges = (delimiter, b"\n")
    first, middle, last = pieces[0], pieces[2:-1:2], pieces[-1]
    is_safe = (
        len(pieces) % 2 == 1
        and (not first or first.endswith(edges))
        and (not last or last.startswith(edges))
        and all(not piece or (piece.startswith(edges) and piece.endswith(edges)) for piece in middle)
    )
    if not is_safe:
        return None
    pieces[2:-1:2] = [piece or b'"' for piece in middle]
    protected = b"\0".join(pieces[1::2]).replace(delimiter, HIDDEN_DELIMITER).replace(b"\n", HIDDEN_BREAK)
    pieces[1::2] = protected.split(b"\0")
    return b"".join(pieces)


def split_fast(body: bytes, delimiter: str, width: int) -> Rows | None:
    """Split lines without quotes; None when a cell is longer than the strict reader takes.

    Records of the right width go through polars' splitter at once. That none was bent is proven by
    counting: as many delimiters as so many records need, and as many rows back as there are lines.
    """
    count = count_lines(body)
    is_even = HIDDEN_BREAK not in body and body.count(delimiter.encode()) == count * (width - 1)
    cells = _cells(body, delimiter, width) if is_even else None
    if cells is None or cells.height != count:
        return _split_unevenly(body.split(b"\n")[:count], delimiter, width)
    return _shown(cells, body, delimiter), _numbers(range(count)), _rejected()


def _split_unevenly(lines: Sequence[bytes], delimiter: str, width: int) -> Rows | None:
    """The same where some lines are blank, of another width, or hide line breaks."""
    mark, place = delimiter.encode(), 0
    good: list[tuple[int, bytes]] = []
    blank: list[int] = []
    ragged: list[tuple[int, int, str]] = []
    for line in lines:
        if not line.strip(mark):
            blank.append(place)
        elif line.count(mark) == width - 1:
            good.append((place, line))
        else:
            ragged.append((place, line.count(mark) + 1, _plain(line.decode(), delimiter)))
        place += 1 + line.count(HIDDEN_BREAK)
    body = b"\n".join(line for _, line in good)
    cells = _cells(body, delimiter, width)
    if cells is None or cells.height != len(good):
        return None
    nothing = pl.DataFrame({name: [None] * len(blank) for name in cells.columns}, schema=cells.schema)
    return (
        pl.concat([_shown(cells, body, delimiter), nothing]),
        _numbers([*(start for start, _ in good), *blank]),
        _rejected(ragged, width),
    )


def split_strictly(body: str, delimiter: str, width: int) -> Rows:
    """Split with the standard library's strict reader. ``csv.Error`` where a quote does not close."""
    rows, numbers, rejected = [], [], []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    place = 0
    for row in reader:
        if not any(row) or len(row) == width:
            rows.append(row if any(row) else [""] * width)
            numbers.append(place)
        else:
            rejected.append((place, len(row), delimiter.join(row)))
        place = reader.line_num
    columns = zip(*rows, strict=True) if rows else [[] for _ in range(width)]
    cells = pl.DataFrame([pl.Series(str(place), column, pl.String) for place, column in enumerate(columns)])
    return cells.with_columns(pl.all().replace("", None)), _numbers(numbers), _rejected(rejected, width)


def _cells(body: bytes, delimiter: str, width: int) -> pl.DataFrame | None:
    """The cells of even lines; None where polars will not split them or a cell is too long."""
    schema = {str(place): pl.String for place in range(width)}
    if not body:
        return pl.DataFrame(schema=schema)
    try:
        cells = pl.read_csv(
            body, separator=delimiter, quote_char=None, has_header=False, schema=schema, infer_schema=False
        )
    except pl.exceptions.PolarsError:
        return None
    longest = cells.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
    return None if (longest or 0) > CELL_CHARS else cells


def _shown(cells: pl.DataFrame, body: bytes, delimiter: str) -> pl.DataFrame:
    """What stood between quotes, given back."""
    for hidden, plain in ((HIDDEN_DELIMITER, delimiter), (HIDDEN_BREAK, "\n")):
        if hidden in body:
            mark = hidden.decode()
            holds = cells.select(pl.all().str.contains(mark, literal=True).any()).row(0, named=True)
            within = [name for name, has_mark in holds.items() if has_mark]
            cells = cells.with_columns(pl.col(within).str.replace_all(mark, plain, literal=True))
    return cells


def _plain(text: str, delimiter: str) -> str:
    return text.replace(HIDDEN_DELIMITER.decode(), delimiter).replace(HIDDEN_BREAK.decode(), "\n")


def _numbers(starts: Iterable[int]) -> pl.Series:
    return pl.Series("line", list(starts), pl.Int64) + 1


def _rejected(misfits: Sequence[tuple[int, int, str]] = (), width: int = 0) -> pl.DataFrame:
    rows = [
        (place + 1, f"{fields} fields where the header has {width}", text) for place, fields, text in misfits
    ]
    return pl.DataFrame(rows, schema=REJECTED_SCHEMA, orient="row").with_columns(shape(pl.col("shape")))
