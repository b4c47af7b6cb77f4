"""Bytes of a file as lines of UTF-8, a piece at a time, or the reason why they are no text.

Nothing here holds a whole file: what a file may cost is bounded by the limits below, whatever it holds.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from loyalty.intake.kinds import ExtraHeaders

PIECE_BYTES = 8 << 20
"""What is read at once: pieces that fit the processor's cache are split twice as fast as whole files."""

FILE_BYTES = 4 << 30
"""Of one file, and of the text that a packed one unpacks to."""

RECORD_BYTES = 32 << 20
CELL_CHARS = 131_072
"""Of one cell: the standard library's own limit, beyond which a quote was most likely never closed."""

COLUMNS = 1_000
LINES = 30_000_000
RATIO, HARMLESS_BYTES = 200, 64 << 20
"""An archive may unpack to so many times its size; a bomb that stays harmless is none."""

NO_TEXT = (
    "neither UTF-8 nor UTF-16 text; if it is Windows-1252, brand.yaml can say so: sources, its kind, encoding"
)
NO_JSON_TEXT = "neither UTF-8 nor UTF-16 text"
NUL_REASON = "holds a NUL, which no export writes"
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_BROKEN = (OSError, EOFError, zlib.error)


class UnreadableError(Exception):
    """A file is set aside whole; the message is the reason that a person reads."""


@dataclass(frozen=True)
class Profile:
    """What a brand says of its exports: further headers of each kind, and the encoding where it is not told."""

    headers: ExtraHeaders = field(default_factory=dict)
    encodings: Mapping[str, str] = field(default_factory=dict)


class Stream(Protocol):
    """Bytes that can be read again from the start."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""

    def seek(self, place: int, /) -> int:
        """Go to a place."""


class Unpacked:
    """A gzipped stream, read without ever holding more of it than was asked for."""

    def __init__(self, packed: Stream, size: int) -> None:
        self._file = gzip.GzipFile(fileobj=packed)
        self._most = max(HARMLESS_BYTES, RATIO * size)

    def read(self, size: int, /) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: They are no gzip stream, or more than the archive can honestly hold.
        """
        try:
            data: bytes = self._file.read(size)
        except _BROKEN as error:
            raise UnreadableError("not a whole gzip file") from error
        if self._file.tell() > self._most:
            raise UnreadableError(f"unpacks to more than {RATIO} times its size")
        return data

    def seek(self, place: int, /) -> int:
        """Go to a place."""
        return self._file.seek(place)


def encoding_of(start: bytes) -> str:
    """By the byte order mark; without one UTF-16 shows by a zero in its first character; else UTF-8."""
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    if 0 in start[:2]:
        return "utf-16-be" if start.startswith(b"\0") else "utf-16-le"
    return "utf-8"


def pieces(stream: Stream, encoding: str, errors: str = "strict") -> Iterator[bytes]:
    """The text from the start as UTF-8 with plain line ends and without a mark, cut anywhere.

    Raises:
        UnicodeError: It is not in that encoding.
        UnreadableError: It is longer than any file may be.
    """
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    held, size = b"", 0
    while chunk := stream.read(PIECE_BYTES):
        size += len(chunk)
        if size > FILE_BYTES:
            raise UnreadableError(f"holds more than {FILE_BYTES >> 30} GiB of text")
        text = held + _utf8(chunk, decoder, encoding)
        if size == len(chunk):
            text = text.removeprefix(codecs.BOM_UTF8)
        held = b"\r" if text.endswith(b"\r") else b""
        yield unified(text.removesuffix(b"\r"))
    yield unified(held + decoder.decode(b"", final=True).encode())


def physical_lines(stream: Stream) -> int:
    """Lines of a file that could not be split, at least one (details I1, I2); as many as can be read at all."""
    count, last = 0, b""
    try:
        stream.seek(0)
        for piece in pieces(stream, encoding_of(stream.read(4)), errors="replace"):
            count += piece.count(b"\n")
            last = piece or last
    except (*_BROKEN, UnreadableError):
        pass
    return max(1, count + (last[-1:] not in (b"", b"\n")))


def unified(text: bytes) -> bytes:
    """The same lines, each ended by a line feed."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def count_lines(text: bytes) -> int:
    """Physical lines, the last one ended or not."""
    return text.count(b"\n") + (text[-1:] not in (b"", b"\n"))


def _utf8(chunk: bytes, decoder: codecs.IncrementalDecoder, encoding: str) -> bytes:
    """A chunk in UTF-8, decoded even when that is what it is: nothing else proves it."""
    if encoding != "utf-8":
        return decoder.decode(chunk).encode()
    if not chunk.isascii() or decoder.getstate()[0]:
        decoder.decode(chunk)
    return chunk
