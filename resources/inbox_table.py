"""Cells of a whole file as the table that a reader hands over, within the limits of any file."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from loyalty.intake.kinds import ExtraHeaders
from loyalty.intake.recognition import recognise
from loyalty.intake.tables import REJECTED_SCHEMA, TextTable, shape
from resources.inbox_text import CELL_CHARS, COLUMNS, LINES, NUL_REASON, UnreadableError

LONG_REASON = f"a cell is longer than {CELL_CHARS:,} characters"


def known_places(header: Sequence[str], extra: ExtraHeaders) -> list[str]:
    """The columns of a file that are kept: those that its kind knows. Names and addresses go no further.

    A file of no kind keeps its first, so that it still has rows to count.
    """
    return [str(place) for place in sorted(recognise(header, extra).columns.values())] or ["0"]


def whole(parts: Sequence[TextTable]) -> TextTable:
    """The table of a file that was read some rows at a time."""
    return replace(
        parts[0],
        cells=pl.concat([part.cells for part in parts]),
        lines=pl.concat([part.lines for part in parts]),
        rejected=pl.concat([part.rejected for part in parts]),
        blank=sum(part.blank for part in parts),
    )


def table_of(
    cells: pl.DataFrame,
    lines: pl.Series,
    header: Sequence[str],
    file: str,
    extra: ExtraHeaders,
    *,
    misfits: Sequence[tuple[int, str, str]] = (),
    preamble: int = 0,
    blank: int = 0,
) -> TextTable:
    """Cells in the order of ``header`` and the line of each row, with what could be no row.

    Raises:
        UnreadableError: There are more columns or lines than any file may have.
    """
    if cells.width > COLUMNS:
        raise UnreadableError(f"has more than {COLUMNS:,} columns")
    if cells.height + len(misfits) > LINES:
        raise UnreadableError(f"holds more than {LINES:,} lines")
    told = pl.DataFrame(list(misfits), schema=REJECTED_SCHEMA, orient="row").with_columns(
        shape(pl.col("shape"))
    )
    if not cells.width:
        return TextTable(file=file, sha256="", rejected=told, blank=blank + lines.len(), preamble=preamble)
    rows = cells.rename(dict(zip(cells.columns, map(str, range(cells.width)), strict=True))).with_columns(
        pl.all().replace("", None)
    )
    judged = rows.select(
        is_filled=pl.any_horizontal(pl.all().is_not_null()),
        reason=pl.when(pl.any_horizontal(pl.all().str.contains("\0", literal=True)))
        .then(pl.lit(NUL_REASON))
        .when(pl.any_horizontal(pl.all().str.len_chars() > CELL_CHARS))
        .then(pl.lit(LONG_REASON)),
    )
    is_refused = judged["reason"].is_not_null()
    is_kept = judged["is_filled"] & ~is_refused
    refused = rows.filter(is_refused).select(
        line=lines.filter(is_refused),
        reason=judged["reason"].filter(is_refused),
        shape=shape(pl.concat_str(pl.all().fill_null(""), separator=",")),
    )
    return TextTable(
        file=file,
        sha256="",
        header=tuple(header),
        cells=rows.select(known_places(header, extra)).filter(is_kept),
        lines=lines.filter(is_kept),
        rejected=pl.concat([told, refused]).sort("line"),
        blank=blank + rows.height - int(judged["is_filled"].sum()),
        preamble=preamble,
    )
