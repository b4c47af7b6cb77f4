"""Exact ratios of integers, and the one place that rounds.

Only magnitudes are ever divided: integer division of a negative floors away from zero in one
engine and towards it in another, and a reversal would not mirror its original.
"""

from fractions import Fraction
from typing import Literal, get_args

import polars as pl

Rounding = Literal["floor", "half_up", "half_even", "ceil"]
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)


def divide(numerator: int, denominator: int, rounding: Rounding = "floor") -> int:
    """``numerator / denominator`` of two non-negative integers, rounded once."""
    whole, rest = divmod(numerator, denominator)
    if rounding == "floor" or rest == 0:
        return whole
    if rounding == "ceil":
        return whole + 1
    if rounding == "half_up":
        return whole + (2 * rest >= denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))


def mul_div(value: pl.Expr, by: pl.Expr, over: pl.Expr, rounding: Rounding | pl.Expr = "floor") -> pl.Expr:
    """``value * by / over`` on non-negative Int64 columns, multiplied first and rounded once.

    Exact for every operand that a door lets in: the product is taken in 128 bits. ``rounding``
    may be a text column, one mode a row. A null operand gives null.
    """
    product = value.cast(pl.Int128) * by.cast(pl.Int128)
    divisor = over.cast(pl.Int128)
    whole = product // divisor
    if isinstance(rounding, str) and rounding == "floor":
        return whole.cast(pl.Int64)
    rest = product % divisor
    ups = {
        "ceil": rest > 0,
        "half_up": 2 * rest >= divisor,
        "half_even": (2 * rest > divisor) | ((2 * rest == divisor) & (whole % 2 == 1)),
    }
    if isinstance(rounding, str):
        up = ups[rounding]
    else:
        up = pl.any_horizontal((rounding == mode) & rises for mode, rises in ups.items())
    return (whole + up.cast(pl.Int128)).cast(pl.Int64)


def signed_mul_div(value: pl.Expr, by: pl.Expr, over: pl.Expr) -> pl.Expr:
    """``sign(value) * (|value| * by // over)``: a loss and its make-good are mirror images."""
    return value.sign() * mul_div(value.abs(), by, over)


def parse_ratio(text: str) -> Fraction:
    """``"6/5"``, ``"1"`` or ``"12.5"`` as an exact ratio. ``ValueError`` on anything else."""
    if not text.isascii() or "_" in text or "e" in text.lower():
        raise ValueError(f"{text!r} is not a plain number or a ratio like 6/5")
    try:
        return Fraction(text.strip())
    except ZeroDivisionError as error:
        raise ValueError(f"{text!r} divides by zero") from error
