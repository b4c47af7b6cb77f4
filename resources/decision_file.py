"""decisions.csv, which people and `milaan decide` write, and the log that keeps every decision."""

import csv
import datetime as dt
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from loyalty.reconcile.decisions import COLUMNS
from loyalty.values.errors import UserError
from resources.home import Home

_LINES = {"line": pl.Int64, **dict.fromkeys(COLUMNS, pl.String), "torn": pl.Boolean}


class Decision(NamedTuple):
    """A line to write; instants carry their zone."""

    mismatch_id: str
    decision: str
    reason: str
    owner: str
    decided_at: dt.datetime
    expires_at: dt.datetime | None


def read_decisions(home: Home) -> pl.DataFrame:
    """The lines of ``decisions.csv`` as text, blanks as null; no rows when there is no such file.

    Raises:
        UserError: The file is no UTF-8 text, or its header is not the six columns, in any order.
    """
    if not home.decisions.exists():
        return pl.DataFrame(schema=_LINES)
    header, rows = _records(home.decisions)
    return pl.DataFrame([_line(number, header, cells) for number, cells in rows], schema=_LINES)


def add_decisions(home: Home, decided: Iterable[Decision]) -> None:
    """Add lines to ``decisions.csv`` in one rename, and to the log that is only ever added to.

    Raises:
        UserError: As `read_decisions`.
    """
    header, rows = _records(home.decisions) if home.decisions.exists() else (list(COLUMNS), [])
    added = [_cells(each) for each in decided]
    beside = home.decisions.with_name(".decisions.csv.new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(cells for _, cells in rows)
        writer.writerows([cells[name] for name in header] for cells in added)
        file.flush()
        os.fsync(file.fileno())
    _log(home, added)
    beside.replace(home.decisions)


def _log(home: Home, added: list[dict[str, str]]) -> None:
    home.logs.mkdir(exist_ok=True)
    with (home.logs / "decisions.jsonl").open("a", encoding="utf-8") as log:
        log.writelines(json.dumps(cells, ensure_ascii=False) + "\n" for cells in added)
        log.flush()
        os.fsync(log.fileno())


def _records(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, then (line number, cells) of every line that is not blank."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip().lower() for name in next(reader, [])]
            rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as UTF-8 CSV; save it again from the spreadsheet") from error
    if sorted(header) != sorted(COLUMNS):
        raise UserError(f"{path}, line 1: the header must be {','.join(COLUMNS)}")
    return header, rows


def _line(number: int, header: list[str], cells: list[str]) -> dict[str, object]:
    texts = {name: cell.strip() or None for name, cell in zip(header, cells, strict=False)}
    return {"line": number, **dict.fromkeys(COLUMNS), **texts, "torn": len(cells) != len(header)}


def _cells(decided: Decision) -> dict[str, str]:
    until = decided.expires_at
    return decided._asdict() | {
        "decided_at": decided.decided_at.isoformat(timespec="seconds"),
        "expires_at": until.isoformat(timespec="seconds") if until else "",
    }
