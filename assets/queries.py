"""SQL that an asset asks of the tables stored before it."""

from importlib.resources import files

RECORDED_FROM = (
    "raw_files",
    "stg_orders",
    "stg_entries",
    "int_linked_entries",
    "int_allocations",
    "int_lots",
)
"""Tables that `recorded_totals` reads: no verdict among them."""


def recorded_totals() -> str:
    """What was staged, per day, leg and line: the side of the statement that no verdict may touch."""
    return files("assets").joinpath("sql/recorded_totals.sql").read_text(encoding="utf-8")
