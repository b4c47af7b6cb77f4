"""CSV for people and vendors: no cell can become a formula when a spreadsheet opens it (details P3)."""

from pathlib import Path

import polars as pl

_STARTS_FORMULA = r"^[=+\-@\t\r]"
_HARMLESS = r"^(?:[+-]?[0-9]+(?:\.[0-9]+)?|-)$"


def write_csv(frame: pl.DataFrame, path: Path, *, for_spreadsheet: bool = False) -> Path:
    """Write a table with lines that end in LF; the same table gives the same bytes.

    ``for_spreadsheet`` begins the file with the mark by which spreadsheets know UTF-8; an import would take it
    for part of the first header.
    """
    _safe(frame).write_csv(path, include_bom=for_spreadsheet, line_terminator="\n")
    return path


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """The same for a spreadsheet, to be handed over rather than written; lists become text."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    flat = frame.with_columns(pl.col(lists).list.join(" "))
    return _safe(flat).write_csv(include_bom=True, line_terminator="\n").encode()


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        _inert(pl.col(name)) for name, dtype in frame.schema.items() if dtype == pl.String
    )


def _inert(text: pl.Expr) -> pl.Expr:
    is_formula = text.str.contains(_STARTS_FORMULA) & ~text.str.contains(_HARMLESS)
    return pl.when(is_formula).then(pl.lit("'") + text).otherwise(text).name.keep()
