"""JSON lines as a table: one object a line, numbers as they are written."""

import json
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from loyalty.intake.tables import SHAPE_CHARS, TextTable
from resources.inbox_table import table_of
from resources.inbox_text import (
    COLUMNS,
    LINES,
    NO_JSON_TEXT,
    RECORD_BYTES,
    Profile,
    Stream,
    UnreadableError,
    encoding_of,
    pieces,
)

NO_OBJECT = "not a JSON object with each key once"

_Object = dict[str, str | None]


def read_jsonl(stream: Stream, file: str, profile: Profile) -> TextTable:
    """One JSON object a line; numbers keep their text, and a key that is not there is blank.

    A line that is no object, names a key twice, or holds what is no character, is rejected.

    Raises:
        UnreadableError: It is no text, or a limit is passed.
    """
    header: dict[str, None] = {}
    parts, misfits, blank = [], [], 0
    for first, lines in _lines(stream):
        told = [(number, text) for number, text in enumerate(lines, first) if text.strip()]
        read = [(number, text, _object(text)) for number, text in told]
        good = [(number, record) for number, _, record in read if record is not None]
        header |= dict.fromkeys(key for _, record in good for key in record)
        if len(header) > COLUMNS:
            raise UnreadableError(f"has more than {COLUMNS:,} columns")
        parts.append(_rows(good, header))
        misfits += [
            (number, NO_OBJECT, text[:SHAPE_CHARS]) for number, text, record in read if record is None
        ]
        blank += len(lines) - len(told)
    rows = pl.concat([_rows([], ()), *parts], how="diagonal")
    return table_of(
        rows.drop("line"), rows["line"], list(header), file, profile.headers, misfits=misfits, blank=blank
    )


def _rows(records: Sequence[tuple[int, _Object]], header: Iterable[str]) -> pl.DataFrame:
    """Records with their lines, under the places of the keys met so far."""
    lines = pl.Series("line", [number for number, _ in records], pl.Int64)
    columns = ([record.get(key) for _, record in records] for key in header)
    return pl.DataFrame(
        [lines, *(pl.Series(str(place), cells, pl.String) for place, cells in enumerate(columns))]
    )


def _lines(stream: Stream) -> Iterator[tuple[int, list[str]]]:
    """Whole lines, a piece at a time, and the number of the first."""
    stream.seek(0)
    line, rest = 1, b""
    try:
        for piece in pieces(stream, encoding_of(stream.read(4))):
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > RECORD_BYTES:
                raise UnreadableError(f"line {line + len(whole)} is longer than {RECORD_BYTES >> 20} MiB")
            yield line, [text.decode() for text in whole]
            line += len(whole)
            if line > LINES:
                raise UnreadableError(f"holds more than {LINES:,} lines")
    except UnicodeError as error:
        raise UnreadableError(NO_JSON_TEXT) from error
    if rest:
        yield line, [rest.decode()]


def _object(text: str) -> _Object | None:
    """The cells of one line; None where it is no object of characters with each key once."""
    try:
        record = _DECODER.decode(text)
        if not isinstance(record, dict):
            return None
        cells = {
            key: value if value is None or isinstance(value, str) else json.dumps(value)
            for key, value in record.items()
        }
        if "\\u" in text:
            "".join([*cells, *filter(None, cells.values())]).encode()
    except (ValueError, RecursionError):
        return None
    return cells


def _with_unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key stands twice")
    return record


_DECODER = json.JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_with_unique_keys
)
