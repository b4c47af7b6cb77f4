"""`milaan inspect`: what one file is, or how a home is set up, in words."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from loyalty.intake.states import status_words
from loyalty.intake.survey import Inspection, inspect_table
from loyalty.values.errors import UserError
from loyalty.values.money import group_lakh
from pipelines.readiness_page import readiness_page
from resources.home import Home
from resources.inbox import read_file

_DATES = {
    "iso": "year first",
    "day_first": "day first",
    "month_first": "month first",
    "ambiguous_day_first": "day first, though no date in it decides (no day above 12)",
}


def inspections(paths: Sequence[Path]) -> list[str]:
    """How each file would be read, and how each brand home is set up; nothing is written.

    Raises:
        UserError: One of them is no readable file and no home, or a home that a person must put right first.
    """
    for path in paths:
        if not (path.is_file() or Home(path).brand_file.is_file()):
            raise UserError(f"{path} is no file and no brand home")
    at = dt.datetime.now(dt.UTC)
    return [_inspection(path) if path.is_file() else readiness_page(Home(path), at) for path in paths]


def _inspection(path: Path) -> str:
    table = read_file(path)
    if not table.sha256:
        raise UserError(f"{path} {table.fault}")
    return "\n".join(_lines(path, inspect_table(table, status_words())))


def _lines(path: Path, found: Inspection) -> list[str]:
    rows = group_lakh(found.records)
    lines = [
        str(path),
        f"  kind       {found.kind or 'not recognised'}",
        f"  records    {rows}",
    ]
    if found.fault:
        lines.append(f"  set aside  {found.fault}")
    if found.date_format:
        lines.append(f"  dates      {_DATES.get(found.date_format, found.date_format)}")
    lines += _list("matched", [_pair(pair) for pair in found.matched])
    lines += _list("guessed", [_pair(pair) for pair in found.guessed])
    lines += _list("missing", found.missing)
    lines += _list("unmatched", found.unmatched)
    return lines + _list("unknown status words", found.unknown_words)


def _pair(pair: tuple[str, str]) -> str:
    column, header = pair
    return column if column == header else f"{column} ← {header}"


def _list(title: str, items: Sequence[str]) -> list[str]:
    return [f"  {title}:", *(f"    {item}" for item in items)] if items else []
