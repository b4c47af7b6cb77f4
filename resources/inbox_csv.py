"""Delimited text as a table: header found, records split piece by piece, every physical line accounted for."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice

import polars as pl

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.recognition import HEADER_WITHIN, find_header, recognise
from loyalty.intake.tables import REJECTED_SCHEMA, TextTable
from resources.inbox_split import Rows, offset, split
from resources.inbox_table import known_places
from resources.inbox_text import (
    COLUMNS,
    LINES,
    NO_TEXT,
    RECORD_BYTES,
    Profile,
    Stream,
    UnreadableError,
    count_lines,
    encoding_of,
    pieces,
)

DELIMITERS = (",", ";", "\t", "|")
_HEAD_BYTES = 1 << 18
_EMPTY = b'\n"' + "".join(DELIMITERS).encode()


@dataclass(frozen=True)
class _Head:
    """What stands above the records: rows before the header, the header, the physical lines of both."""

    delimiter: str
    before: Sequence[Sequence[str]]
    header: Sequence[str]
    lines: int

    @property
    def blank(self) -> int:
        return sum(not any(row) for row in self.before)


def read_csv(stream: Stream, file: str, profile: Profile) -> TextTable:
    """A delimited file in UTF-8, UTF-16 or what the profile says, with any of four delimiters and any line ends.

    Records with more or fewer fields than the header, or with a NUL, are rejected.

    Raises:
        UnreadableError: It is no text, a quote does not close, or a limit is passed.
    """
    stream.seek(0)
    encoding = encoding_of(stream.read(4))
    try:
        return _read(stream, file, profile.headers, encoding)
    except UnicodeError:
        told = _told_encoding(stream, profile) if encoding == "utf-8" else None
    if told is None:
        raise UnreadableError(NO_TEXT)
    try:
        return _read(stream, file, profile.headers, told)
    except UnicodeError as error:
        raise UnreadableError(f"not {told} text either") from error


def _told_encoding(stream: Stream, profile: Profile) -> str | None:
    """What the profile says of the kind that the header shows; headers are plain in every encoding."""
    stream.seek(0)
    start = next(pieces(stream, "utf-8", errors="replace"))
    head = _head(start.decode(errors="replace").encode(), profile.headers)
    kind = None if head is None else recognise(head.header, profile.headers).kind
    return None if kind is None else profile.encodings.get(kind.name)


def _read(stream: Stream, file: str, extra: ExtraHeaders, encoding: str) -> TextTable:
    texts = pieces(stream, encoding)
    start, above = _first_filled(texts)
    head = _head(start, extra)
    if head is None:
        return TextTable(file=file, sha256="", encoding=encoding, blank=above + _blank(chain([start], texts)))
    kept = known_places(head.header, extra)
    records = _records(chain([start[offset(start, head.lines) :]], texts), head, above)
    parts, numbers, rejected, blank = [], [], [], 0
    for cells, lines, misfits in records:
        filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        parts.append(cells.select(kept).filter(filled))
        numbers.append(lines.filter(filled))
        rejected.append(misfits)
        blank += cells.height - parts[-1].height
    return TextTable(
        file=file,
        sha256="",
        encoding=encoding,
        header=tuple(head.header),
        cells=pl.concat([pl.DataFrame(schema=dict.fromkeys(kept, pl.String)), *parts]),
        lines=pl.concat([pl.Series("line", [], pl.Int64), *numbers]),
        rejected=pl.concat([pl.DataFrame(schema=REJECTED_SCHEMA), *rejected]),
        blank=blank + above + head.blank,
        preamble=len(head.before) - head.blank,
    )


def _records(texts: Iterator[bytes], head: _Head, above: int) -> Iterator[Rows]:
    """Piece by piece; a record that a piece breaks off goes on in the next."""
    line, text = above + head.lines + 1, b""
    following = next(texts, None)
    while following is not None:
        text, following = text + following, next(texts, None)
        rows, taken = split(text, head.delimiter, len(head.header), line, is_last=following is None)
        yield rows
        line += text.count(b"\n", 0, taken)
        text = text[taken:]
        if line > LINES:
            raise UnreadableError(f"holds more than {LINES:,} lines")
        if len(text) > RECORD_BYTES:
            raise UnreadableError(f"the record in line {line} is longer than {RECORD_BYTES >> 20} MiB")


def _first_filled(texts: Iterator[bytes]) -> tuple[bytes, int]:
    """The text from its first line that is not empty, long enough for any header; how many lines stand above."""
    above, start = 0, b""
    for text in texts:
        filled = text if start else text.lstrip(b"\n")
        above += len(text) - len(filled)
        start += filled
        if len(start) > _HEAD_BYTES:
            break
    return start, above


def _blank(texts: Iterator[bytes]) -> int:
    """Physical lines of texts in which nothing may stand.

    Raises:
        UnreadableError: Something does, too far down for a header.
    """
    blank = 0
    for text in texts:
        if text.strip(_EMPTY):
            raise UnreadableError(f"no header within the first {HEADER_WITHIN} lines")
        blank += count_lines(text)
    return blank


def _head(text: bytes, extra: ExtraHeaders) -> _Head | None:
    """The delimiter is the one under which a header is recognised with the most columns.

    Where none is, it is the one that splits the first row into the most fields. None: there is no row.

    Raises:
        UnreadableError: No row within reach, or one that is too long or too wide.
    """
    start = text[:_HEAD_BYTES].decode(errors="ignore")
    found = [(score, head) for delimiter in DELIMITERS for score, head in _heads(start, delimiter, extra)]
    if not found:
        return None
    _, head = max(found, key=lambda pair: pair[0])
    if len(text) > _HEAD_BYTES and head.lines >= count_lines(start.encode()):
        raise UnreadableError(f"the header is longer than {_HEAD_BYTES >> 10} KiB")
    if len(head.header) > COLUMNS:
        raise UnreadableError(f"has more than {COLUMNS:,} columns")
    return head


def _heads(start: str, delimiter: str, extra: ExtraHeaders) -> Iterator[tuple[tuple[int, int], _Head]]:
    """The head under one delimiter with how well it fits, if there is one."""
    rows, ends = [], []
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    with suppress(csv.Error):
        for row in islice(reader, HEADER_WITHIN):
            rows.append(row if any(row) else [])
            ends.append(reader.line_num)
    found = find_header(rows, extra)
    place = next((position for position, row in enumerate(rows) if row), None) if found is None else found
    if place is not None:
        score = (len(recognise(rows[place], extra).columns), len(rows[place]))
        yield score, _Head(delimiter, rows[:place], rows[place], ends[place])
