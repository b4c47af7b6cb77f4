"""The door of the house: every file below inbox/ as text, or the reason why it is not.

Readers are chosen by extension, never by content; a file that a reader cannot take is a table with a
``fault``, never an error (details I2–I5). What the text means is the business of `loyalty.intake`.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import polars as pl

from loyalty.intake.tables import TextTable
from resources.inbox_cage import caged
from resources.inbox_csv import read_csv
from resources.inbox_jsonl import read_jsonl
from resources.inbox_text import FILE_BYTES, Profile, Stream, Unpacked, UnreadableError, physical_lines

UNSUPPORTED = "unsupported file"
CHANGED = "changed while it was being read; the next run reads it"

_Split = Callable[[Stream, str, Profile], TextTable]
_SPLIT: dict[str, _Split] = {".csv": read_csv, ".csv.gz": read_csv, ".jsonl": read_jsonl}
_CAGED = (".xlsx", ".parquet")


def read_inbox(folder: Path, profile: Profile | None = None) -> list[TextTable]:
    """Every regular file below ``folder``, in order of name; hidden files and folders are left out.

    ``profile`` is what the brand says of its exports. A folder that is not there holds nothing.
    """
    top, tables = os.fsencode(folder), []
    seen: dict[str, int] = {}
    for path in sorted(_files(top)):
        shown = os.path.relpath(path, top).replace(os.sep.encode(), b"/").decode(errors="replace")
        seen[shown] = seen.get(shown, 0) + 1
        name = shown if seen[shown] == 1 else f"{shown} ({seen[shown]})"
        tables.append(read_file(Path(os.fsdecode(path)), name, profile))
    return sorted(tables, key=lambda table: table.file)


def read_file(path: Path, name: str | None = None, profile: Profile | None = None) -> TextTable:
    """One file as text, called ``name``. Never raises: what cannot be read has a ``fault``."""
    file = path.name if name is None else name
    suffix = next((known for known in (*_SPLIT, *_CAGED) if path.name.lower().endswith(known)), None)
    try:
        with path.open("rb") as opened:
            before = os.fstat(opened.fileno())
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            table = replace(_read(opened, file, suffix, profile or Profile()), sha256=sha256)
            after = os.fstat(opened.fileno())
    except OSError as error:
        return TextTable(file=file, sha256="", fault=f"cannot be read: {error.strerror}", records=1)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return TextTable(file=file, sha256=sha256, fault=CHANGED, records=1)
    return table


def _read(opened: BinaryIO, file: str, suffix: str | None, profile: Profile) -> TextTable:
    size = os.fstat(opened.fileno()).st_size
    if suffix is None:
        return TextTable(file=file, sha256="", fault=UNSUPPORTED, records=min(size, 1))
    if not size:
        return TextTable(file=file, sha256="")
    if size > FILE_BYTES:
        return TextTable(file=file, sha256="", fault=f"larger than {FILE_BYTES >> 30} GiB", records=1)
    if suffix in _CAGED:
        return caged(opened, file, suffix, profile)
    opened.seek(0)
    stream = Unpacked(opened, size) if suffix.endswith(".gz") else opened
    try:
        return _SPLIT[suffix](stream, file, profile)
    except UnreadableError as error:
        fault = str(error)
    except OSError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - a foreign file must not end the run
        fault = f"cannot be read: {type(error).__name__}"
    return TextTable(file=file, sha256="", fault=fault, records=physical_lines(stream))


def _files(top: bytes) -> list[bytes]:
    """Regular files, and folders that cannot be looked into: these are said, like files that cannot be read."""
    closed: list[OSError] = []
    found = []
    for root, folders, names in os.walk(top, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(b".")]
        paths = [os.path.join(root, name) for name in names if not name.startswith(b".")]  # noqa: PTH118 - names are bytes
        found += [path for path in paths if _is_regular(path)]
    return found + [error.filename for error in closed if error.filename != top]


def _is_regular(path: bytes) -> bool:
    """No link, no pipe, and still there."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False
