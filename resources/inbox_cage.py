"""Workbooks and parquet are read by another process, under limits that a broken one cannot pass.

A file of a few kilobytes can ask their libraries for more memory than any machine has, or abort the
process. Here that ends the cage, and the file is set aside with a reason (details I5).
"""

import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import polars as pl

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.tables import TextTable
from resources.inbox_books import read_parquet, read_workbook
from resources.inbox_text import Profile, UnreadableError

MEMORY_BYTES = 4 << 30
CPU_SECONDS = 600
TOO_COSTLY = "too large or too broken to be read safely; save it as csv"

_PLAIN = ("header", "blank", "preamble", "fault", "records")


def caged(
    opened: BinaryIO, file: str, suffix: str, profile: Profile, memory: int = MEMORY_BYTES
) -> TextTable:
    """One opened file, read by a process of its own that may use so much memory."""
    opened.seek(0)
    asked = {"suffix": suffix, "headers": profile.headers, "memory": memory}
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    told = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-m", "resources.inbox_cage", json.dumps(asked)],
        stdin=opened,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "POLARS_MAX_THREADS": "1"},
    )
    if told.returncode:
        return TextTable(file=file, sha256="", fault=TOO_COSTLY, records=1)
    return _received(told.stdout, file)


def main() -> None:
    """Read standard input as the first argument asks; what was read goes to standard output."""
    asked = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _send(_read(sys.stdin.buffer.read(), asked["suffix"], asked["headers"]), sys.stdout.buffer)


def _read(data: bytes, suffix: str, extra: ExtraHeaders) -> TextTable:
    read = read_workbook if suffix == ".xlsx" else read_parquet
    try:
        return read(data, "", extra)
    except UnreadableError as error:
        fault = str(error)
    except MemoryError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - whatever a foreign file does to them
        fault = f"cannot be read: {type(error).__name__}"
    return TextTable(file="", sha256="", fault=fault, records=1)


def _send(table: TextTable, out: BinaryIO) -> None:
    """A line of JSON, what was rejected, the cells with their lines; of the cells no second copy is made."""
    rejected = io.BytesIO()
    table.rejected.write_ipc_stream(rejected)
    about = {name: getattr(table, name) for name in _PLAIN} | {"rejected": rejected.tell()}
    out.write(json.dumps(about).encode() + b"\n" + rejected.getvalue())
    table.cells.with_columns(table.lines).write_ipc_stream(out)


def _received(told: bytes, file: str) -> TextTable:
    line, _, frames = told.partition(b"\n")
    about = json.loads(line)
    length = about.pop("rejected")
    rejected, cells = pl.read_ipc_stream(frames[:length]), pl.read_ipc_stream(frames[length:])
    about["header"] = tuple(about["header"])
    return TextTable(
        file=file, sha256="", cells=cells.drop("line"), lines=cells["line"], rejected=rejected, **about
    )


if __name__ == "__main__":
    main()
