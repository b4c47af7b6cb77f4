"""What each file of the inbox is, before a row of it is read.

A file is one export of one kind, or it is set aside whole with a reason: nothing of it is lost, its
lines are counted.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.raw import RawFiles
from loyalty.intake.instants import DateOrder, date_order
from loyalty.intake.kind import Kind
from loyalty.intake.kinds import HEADER_WORDS, ExtraHeaders
from loyalty.intake.parse import cleaned, word
from loyalty.intake.recognition import Recognition, recognise
from loyalty.intake.states import unknown_words
from loyalty.intake.tables import TextTable, shape_of

EMPTY = "empty file"
NO_RECORD = "no line of it is a record"
_STATUS_COLUMNS = ("order_status", "shipment_status")


@dataclass(frozen=True, kw_only=True)
class Export:
    """One file with what was recognised in it. ``fault``: why it is set aside whole, or None."""

    table: TextTable
    recognition: Recognition
    date_order: DateOrder | None
    fault: str | None
    is_repeat: bool = False

    @property
    def kind(self) -> Kind | None:
        """The kind, or the guess at it."""
        return self.recognition.kind

    def texts(self, keys: Iterable[str]) -> pl.DataFrame:
        """Cleaned cells of those of the columns that the file has."""
        places = {key: place for key in keys if (place := self.recognition.columns.get(key)) is not None}
        return self.table.cells.select(
            cleaned(pl.col(str(place))).alias(key) for key, place in places.items()
        )


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What `milaan inspect` tells of one file; pairs are (column of the kind, header in the file)."""

    file: str
    kind: str | None
    fault: str | None
    matched: tuple[tuple[str, str], ...]
    guessed: tuple[tuple[str, str], ...]
    unmatched: tuple[str, ...]
    missing: tuple[str, ...]
    date_format: str | None
    unknown_words: tuple[str, ...]
    records: int


_SIDES = {"gokwik_orders": "GoKwik order export", "nector_ledger": "Nector ledger export"}


def survey(
    tables: Iterable[TextTable],
    headers: ExtraHeaders | None = None,
    dates: Mapping[str, DateOrder] | None = None,
) -> tuple[Export, ...]:
    """Each file recognised, in order of name; of files with the same bytes all but the first repeat it.

    ``dates`` are how days and months stand in every file of a kind; else each file decides.
    """
    seen: set[str] = set()
    exports = []
    for table in sorted(tables, key=lambda table: table.file):
        exports.append(_export(table, headers, dates or {}, is_repeat=table.sha256 in seen))
        seen |= {table.sha256} - {""}
    return tuple(exports)


def raw_files(exports: Sequence[Export]) -> pl.DataFrame:
    """One row per file of the inbox (contract `RawFiles`)."""
    rows = [
        {
            "file": export.table.file,
            "sha256": export.table.sha256,
            "kind": None if export.kind is None else export.kind.name,
            "lines": export.table.records,
            "header": int(bool(export.table.header)),
            "blank": export.table.blank,
            "preamble": export.table.preamble,
            "encoding": export.table.encoding,
            "date_format": export.date_order,
            "columns_unknown": list(_unknown_headers(export)),
            "reason": export.fault,
            "is_repeat": export.is_repeat,
            "shape": shape_of(",".join(export.table.header)),
        }
        for export in exports
    ]
    return RawFiles.validate(pl.DataFrame(rows, schema=polars_schema(RawFiles)).sort("file"))


def missing_sides(files: pl.DataFrame) -> list[str]:
    """Of the two exports that a verdict needs, those that no file gave; of RawFiles or ``mart_sources``.

    With one side alone nothing is judged: a ledger without orders would be one long list of orphans
    (details I6).
    """
    read = set(files.filter(pl.col("reason").is_null())["kind"])
    return [label for kind, label in _SIDES.items() if kind not in read]


def inspect_table(
    table: TextTable, words: Mapping[str, str], headers: ExtraHeaders | None = None
) -> Inspection:
    """What kind of export a file is, and how its columns, dates and status words were understood."""
    export = _export(table, headers, {}, is_repeat=False)
    kind = export.kind
    pairs = {
        column.key: (column.name, header_label(table.header[export.recognition.columns[column.key]]))
        for column in (kind.columns if kind else ())
        if column.key in export.recognition.columns and column.form != "unread"
    }
    guessed = export.recognition.guessed
    told = export.texts(_STATUS_COLUMNS).select(word(pl.all()))
    return Inspection(
        file=table.file,
        kind=kind.name if kind else None,
        fault=export.fault,
        matched=tuple(pair for key, pair in pairs.items() if key not in guessed),
        guessed=tuple(pair for key, pair in pairs.items() if key in guessed),
        unmatched=_unknown_headers(export),
        missing=export.recognition.missing,
        date_format=export.date_order,
        unknown_words=tuple(re.sub(r"\d", "9", text) for text in unknown_words(told, words)),
        records=table.records,
    )


def header_label(header: str) -> str:
    """A header whose every word is one of columns, its digits as 9; the shape of any other (details P1)."""
    words = re.findall(r"[^\W\d_]+", header)
    is_plain = "@" not in header and all(text.casefold() in HEADER_WORDS for text in words)
    return re.sub(r"\d", "9", header) if is_plain else shape_of(header)


def _export(
    table: TextTable, headers: ExtraHeaders | None, dates: Mapping[str, DateOrder], *, is_repeat: bool
) -> Export:
    recognition = recognise(table.header, headers)
    fault = table.fault
    if fault is None and not table.header:
        fault = NO_RECORD if table.records else EMPTY
    if fault is None:
        fault = "the same bytes as a file before it" if is_repeat else recognition.fault
    export = Export(table=table, recognition=recognition, date_order=None, fault=fault, is_repeat=is_repeat)
    if fault is not None or recognition.kind is None:
        return export
    dated = [column.key for column in recognition.kind.columns if column.form in ("instant", "expiry")]
    told = dates.get(recognition.kind.name)
    return replace(export, date_order=told or date_order(export.texts(dated)))


def _unknown_headers(export: Export) -> tuple[str, ...]:
    """Headers kept out; only shapes where the row may be no header at all."""
    names = (export.table.header[place] for place in export.recognition.unknown)
    label = header_label if export.recognition.is_certain else shape_of
    return tuple(label(name.strip()) for name in names if name.strip())
