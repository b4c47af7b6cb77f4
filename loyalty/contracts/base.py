"""The common shape of every contract, and the words that enumerations are made of."""

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
