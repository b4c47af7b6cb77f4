"""The common shape of every contract, and the words that enumerations are made of."""

from collections.abc import Callable
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from loyalty.values.money import LIMIT

Instant = Annotated[pl.Datetime, "us", "UTC"]

LEGS = ("redemption", "earn", "reversal", "restore", "expiry", "balance", "adjustment", "order")
STATUSES = ("match", "pending", "by_design", "mismatch", "unknown")
STATES = (
    "placed", "confirmed", "shipped", "delivered", "partially_refunded", "refunded",
    "returned", "rto", "cancelled", "failed", "unknown",
)  # fmt: skip
"""Order states, least severe first; ``unknown`` gives no verdict."""
PAYMENTS = ("prepaid", "cod", "ppcod")
MATCH_METHODS = ("transaction_id", "reference", "parent", "text", "amount_time")
ENTRY_STATUSES = ("posted", "pending", "void")
WALLETS = ("coins", "credits")


_TOTAL_LIMIT = 4 * 10**18


class Contract(pa.DataFrameModel):
    """Exactly these columns, exactly these types."""

    class Config:
        """Strict and never coercing."""

        strict = True
        coerce = False

    @classmethod
    def validate(cls, check_obj: pl.DataFrame, *args: Any, **options: Any) -> pl.DataFrame:  # type: ignore[override]
        """The frame as it came.

        pandera asks column by column, which takes four times as long as asking everything in one pass. So one
        pass asks whether anything at all is wrong, and only then pandera says what.

        Raises:
            SchemaError: The frame does not keep the contract; `SchemaErrors` of all failures if ``lazy``.
        """
        if holds(cls.to_schema(), check_obj):
            return check_obj
        checked: pl.DataFrame = super().validate(check_obj, *args, **options)
        return checked


_ASKED: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "greater_than_or_equal_to": lambda column, told: column.min() >= told["min_value"],
    "less_than_or_equal_to": lambda column, told: column.max() <= told["max_value"],
    "isin": lambda column, told: column.is_in(told["allowed_values"]).all(),
}
"""Checks that one pass can ask; null is nothing that they refuse."""


def holds(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> bool:
    """Whether a frame certainly keeps a schema; false wherever only pandera can tell."""
    columns = schema.columns
    if schema.checks or schema.unique or frame.schema != {n: c.dtype.type for n, c in columns.items()}:
        return False
    asked = []
    for name, column in columns.items():
        known = pl.col(name)
        if not column.nullable:
            asked.append(known.null_count() == 0)
        if column.unique and not _increases(frame[name]):
            asked.append(known.n_unique() == pl.len())
        for check in column.checks:
            if check.name not in _ASKED:
                return False
            asked.append(_ASKED[check.name](known, check.statistics))
    return not asked or bool(
        frame.select(pl.all_horizontal(each.fill_null(value=True) for each in asked)).item()
    )


def coins(**bounds: Any) -> Any:
    """A column of coins or paise: whole numbers within the guard of 10^15."""
    return pa.Field(**{"ge": -LIMIT, "le": LIMIT, **bounds})


def total(**bounds: Any) -> Any:
    """A column derived from several amounts, or coins turned into money: as far as 64 bits are safe.

    A single value at the guard must not fail the run that it is part of (details I5).
    """
    return pa.Field(**{"ge": -_TOTAL_LIMIT, "le": _TOTAL_LIMIT, **bounds})


def amount(**bounds: Any) -> Any:
    """A column of coins or paise that is never negative."""
    return coins(**{"ge": 0, **bounds})


def empty(contract: type[pa.DataFrameModel]) -> pl.DataFrame:
    """No rows, with the contract's columns and types: every public table exists even so (details S10)."""
    return pl.DataFrame(schema=polars_schema(contract))


def polars_schema(contract: type[pa.DataFrameModel]) -> dict[str, pl.DataType]:
    """Column names and polars types of a contract, in the order of their declaration."""
    columns = contract.to_schema().columns
    return {name: column.dtype.type for name, column in columns.items()}


def _increases(column: pl.Series) -> bool:
    """Whether every value is greater than the one before: what tables are sorted by needs no hashing."""
    return column.null_count() == 0 and bool((column > column.shift(1)).all())
