"""What a reader hands over: the text of one file, cell by cell, and what could not be split.

Also the mask that shows the shape of a text without showing the text.
"""

from dataclasses import dataclass, field

import polars as pl

REJECTED_SCHEMA = {"line": pl.Int64, "reason": pl.String, "shape": pl.String}
SHAPE_CHARS = 120


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """One file of the inbox as text; one row of ``cells`` per data record that could be split.

    ``cells`` is all String, its columns named by position ("0", "1", …) under ``header``; of a known kind
    only its columns are there. ``lines`` numbers the physical line (the row of a sheet) where each record
    begins, in order. Records that are no rows stand in ``rejected`` (line, reason, shape). ``encoding`` is that of a
    text file. ``fault`` says why nothing of the file could be read; ``records`` then counts what it seems
    to hold.
    """

    file: str
    sha256: str
    header: tuple[str, ...] = ()
    cells: pl.DataFrame = field(default_factory=pl.DataFrame)
    lines: pl.Series = field(default_factory=lambda: pl.Series("line", [], pl.Int64))
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED_SCHEMA))
    blank: int = 0
    preamble: int = 0
    encoding: str | None = None
    fault: str | None = None
    records: int = 0

    def __post_init__(self) -> None:
        """Count the records of a file that could be read."""
        if self.fault is None:
            object.__setattr__(self, "records", self.cells.height + self.rejected.height)


def shape(text: pl.Expr) -> pl.Expr:
    """The text with every digit as ``9`` and every letter as ``a``, cut to a readable length (details P1)."""
    return (
        text.str.slice(0, SHAPE_CHARS)
        .str.replace_all(r"[\p{L}\p{M}]", "a")
        .str.replace_all(r"\p{N}", "9")
        .str.replace_all(r"[\p{C}\p{Z}]", " ")
    )


def shape_of(text: str) -> str:
    """`shape` of one text."""
    return str(pl.select(shape(pl.lit(text))).item())
