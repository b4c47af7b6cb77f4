"""The door of the house: every file below inbox/ as text, or the reason why it is not.

Readers are chosen by extension, never by content; a file that a reader cannot take is a table with a
``fault``, never an error (details I2–I5). What the text means is the business of `loyalty.intake`.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.tables import TextTable
from resources.inbox_books import read_jsonl, read_parquet, read_workbook
from resources.inbox_csv import read_csv, read_gzip

Reader = Callable[[bytes, str, str, ExtraHeaders], TextTable]

READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".csv.gz": read_gzip,
    ".xlsx": read_workbook,
    ".parquet": read_parquet,
    ".jsonl": read_jsonl,
}
UNSUPPORTED = "unsupported file"


def read_inbox(folder: Path, extra: ExtraHeaders | None = None) -> list[TextTable]:
    """Every regular file below ``folder``, in order of name; hidden files and folders are left out.

    ``extra`` are the brand's own headers, since a header row is known by its words. A folder that is
    not there holds nothing.
    """
    tables = []
    seen: dict[str, int] = {}
    for path in sorted(_files(os.fsencode(folder))):
        shown = (
            os.path.relpath(path, os.fsencode(folder)).replace(os.sep.encode(), b"/").decode(errors="replace")
        )
        seen[shown] = seen.get(shown, 0) + 1
        name = shown if seen[shown] == 1 else f"{shown} ({seen[shown]})"
        tables.append(read_file(Path(os.fsdecode(path)), name, extra))
    return sorted(tables, key=lambda table: table.file)


def read_file(path: Path, name: str | None = None, extra: ExtraHeaders | None = None) -> TextTable:
    """One file as text, called ``name``. Never raises: what cannot be read has a ``fault``."""
    file = path.name if name is None else name
    try:
        data = path.read_bytes()
    except OSError as error:
        return TextTable(file=file, sha256="", fault=f"cannot be read: {error.strerror}")
    sha256 = hashlib.sha256(data).hexdigest()
    reader = next((READERS[suffix] for suffix in READERS if path.name.lower().endswith(suffix)), None)
    if reader is None:
        return TextTable(file=file, sha256=sha256, fault=UNSUPPORTED)
    try:
        return reader(data, file, sha256, extra or {})
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a foreign file must not end the run; Rust readers panic below Exception
        return TextTable(file=file, sha256=sha256, fault=f"cannot be read: {type(error).__name__}", records=1)


def _files(folder: bytes) -> list[bytes]:
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(b".")]
        paths = [os.path.join(root, name) for name in names if not name.startswith(b".")]  # noqa: PTH118 - names are bytes
        found += [path for path in paths if stat.S_ISREG(os.lstat(path).st_mode)]
    return found
