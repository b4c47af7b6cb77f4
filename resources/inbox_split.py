"""Lines of delimited text as cells: strict, all text, nothing bent and nothing dropped.

Two ways to the same cells. Almost every export keeps quotes to whole fields; there the quotes can be
taken out safely and a fast splitter does the rest. Anything else goes through the standard library's
strict reader. A property test holds the two to the same answer.
"""

import csv
import io
from collections.abc import Iterable, Sequence

import polars as pl

from loyalty.intake.tables import REJECTED_SCHEMA, shape
from resources.inbox_text import CELL_CHARS, NUL_REASON, UnreadableError, count_lines

HIDDEN_DELIMITER, HIDDEN_BREAK = b"\x1f", b"\x1e"
_UNENDED = "unexpected end of data"

Rows = tuple[pl.DataFrame, pl.Series, pl.DataFrame]
"""Cells named by position, the physical line of each record, what was rejected.

A blank record is a row of nulls."""


def split(text: bytes, delimiter: str, width: int, line: int, *, is_last: bool) -> tuple[Rows, int]:
    """The records of a text that begins with one, in ``line``, and how many of its bytes they take.

    Unless it ``is_last``, the text may break off anywhere: what has not ended is left for the next.

    Raises:
        UnreadableError: A quote does not close where it must, or a cell is too long.
    """
    whole = text if is_last else text[: text.rfind(b"\n") + 1]
    end = len(whole) if is_last else _even_end(whole)
    if width > 1 and (end > len(whole) // 2 or not whole):
        unquoted = without_quotes(whole[:end], delimiter.encode())
        rows = None if unquoted is None else split_fast(unquoted, delimiter, width, line)
        if rows is not None:
            return rows, end
    rows, taken = split_strictly(whole.decode(), delimiter, width, line, is_last=is_last)
    return rows, offset(whole, taken)


def offset(text: bytes, lines: int) -> int:
    """Where the bytes go on after so many physical lines."""
    place = 0
    for _ in range(lines):
        place = text.find(b"\n", place) + 1 or len(text)
    return place


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


def split_fast(body: bytes, delimiter: str, width: int, line: int = 1) -> Rows | None:
    """Split lines without quotes; None when a cell is longer than the strict reader takes.

    Records of the right width go through polars' splitter at once. That none was bent is proven by
    counting: as many delimiters as so many records need, and as many rows back as there are lines.
    """
    count = count_lines(body)
    is_even = HIDDEN_BREAK not in body and body.count(delimiter.encode()) == count * (width - 1)
    cells = _cells(body, delimiter, width) if is_even else None
    if cells is None or cells.height != count:
        return _split_unevenly(body.split(b"\n")[:count], delimiter, width, line)
    return _shown(cells, body, delimiter), _numbers(range(count), line), _rejected((), line)


def split_strictly(
    body: str, delimiter: str, width: int, line: int = 1, *, is_last: bool = True
) -> tuple[Rows, int]:
    """Split with the standard library's strict reader; also how many lines the records take.

    Raises:
        UnreadableError: A quote does not close where it must, or a cell is too long.
    """
    rows, numbers, misfits = [], [], []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    has_nul, place = "\0" in body, 0
    try:
        for row in reader:
            if len(row) == width and not has_nul:
                rows.append(row)
                numbers.append(place)
            elif fault := _fault(row, width):
                misfits.append((place, fault, delimiter.join(row)))
            else:
                rows.append(row if any(row) else [""] * width)
                numbers.append(place)
            place = reader.line_num
    except csv.Error as error:
        if is_last or str(error) != _UNENDED:
            raise UnreadableError(
                f"cannot be split into fields from line {line + place} on: {error}"
            ) from error
    columns = zip(*rows, strict=True) if rows else [[] for _ in range(width)]
    cells = pl.DataFrame([pl.Series(str(place), column, pl.String) for place, column in enumerate(columns)])
    return (
        cells.with_columns(pl.all().replace("", None)),
        _numbers(numbers, line),
        _rejected(misfits, line),
    ), place


def _even_end(text: bytes) -> int:
    """Of whole lines, the end of the last that leaves no quote open if quotes are used as they should be."""
    end, quotes = len(text), text.count(b'"')
    while quotes % 2:
        before = text.rfind(b"\n", 0, end - 1) + 1
        quotes -= text.count(b'"', before, end)
        end = before
    return end


def _fault(row: Sequence[str], width: int) -> str | None:
    if any("\0" in cell for cell in row):
        return NUL_REASON
    return _other_width(len(row), width) if any(row) and len(row) != width else None


def _other_width(fields: int, width: int) -> str:
    return f"{fields} fields where the header has {width}"


def _split_unevenly(lines: Sequence[bytes], delimiter: str, width: int, first: int) -> Rows | None:
    """The same where some lines are blank, of another width, or hide line breaks."""
    mark, place = delimiter.encode(), 0
    good: list[tuple[int, bytes]] = []
    blank: list[int] = []
    misfits: list[tuple[int, str, str]] = []
    for line in lines:
        fields = line.count(mark) + 1
        if not line.strip(mark):
            blank.append(place)
        elif fields == width:
            good.append((place, line))
        else:
            misfits.append((place, _other_width(fields, width), _plain(line.decode(), delimiter)))
        place += 1 + line.count(HIDDEN_BREAK)
    body = b"\n".join(line for _, line in good)
    cells = _cells(body, delimiter, width)
    if cells is None or cells.height != len(good):
        return None
    nothing = pl.DataFrame({name: [None] * len(blank) for name in cells.columns}, schema=cells.schema)
    return (
        pl.concat([_shown(cells, body, delimiter), nothing]),
        _numbers([*(start for start, _ in good), *blank], first),
        _rejected(misfits, first),
    )


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


def _numbers(starts: Iterable[int], line: int) -> pl.Series:
    return pl.Series("line", list(starts), pl.Int64) + line


def _rejected(misfits: Sequence[tuple[int, str, str]], line: int) -> pl.DataFrame:
    rows = [(line + place, reason, text) for place, reason, text in misfits]
    return pl.DataFrame(rows, schema=REJECTED_SCHEMA, orient="row").with_columns(shape(pl.col("shape")))
