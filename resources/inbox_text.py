"""Bytes to lines of UTF-8, or the fault of a file that is no text."""

from loyalty.intake.tables import TextTable

NO_TEXT = "neither UTF-8 nor UTF-16 text"


def utf8(data: bytes) -> bytes | None:
    """UTF-8 with plain line ends, from UTF-8 or UTF-16 with or without a byte order mark; None if it is no text."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            data = data.decode("utf-16").encode()
        elif 0 in data[:2]:
            data = data.decode("utf-16-le" if data[:1] != b"\0" else "utf-16-be").encode()
        else:
            data = data.removeprefix(b"\xef\xbb\xbf")
            data.decode()
    except UnicodeError:
        return None
    return unified(data)


def unified(data: bytes) -> bytes:
    """The same lines, each ended by a line feed."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def unread(file: str, sha256: str, fault: str, lines: bytes) -> TextTable:
    """A file that cannot be split counts its physical lines (details I1)."""
    return TextTable(file=file, sha256=sha256, fault=fault, records=count_lines(lines))


def count_lines(lines: bytes) -> int:
    """Physical lines, the last one ended or not."""
    return lines.count(b"\n") + (lines[-1:] not in (b"", b"\n"))
