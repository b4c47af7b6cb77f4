"""What every room does with frames: columns of one beside another, and running through sorted rows."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

_ROOM = 8
"""As many places a row as a table of places may have."""


def beside(
    left: pl.DataFrame, right: pl.DataFrame, on: str | list[str], validate: Literal["m:1", "1:1"] = "m:1"
) -> pl.DataFrame:
    """``left`` with the columns of ``right`` beside it, null where ``right`` has no such key.

    Rows and order of ``left`` stay. A column that both have is an error, not a second one with a suffix. Whole
    numbers that leave few gaps, as ours do, are looked up in a table of places, in a quarter of the time of a
    join; sorted ones by bisection, in half of it; all other keys are joined.
    """
    keys = [on] if isinstance(on, str) else on
    places = _places(left[on], right[on], validate) if isinstance(on, str) else None
    if places is None:
        found = left.select(keys).join(right, on=keys, how="left", validate=validate, maintain_order="left")
        return left.hstack(found.drop(keys))
    return left.hstack(right.drop(keys).rechunk().select(pl.all().gather(places)))


def sum_so_far(amount: pl.Expr, of: str) -> pl.Expr:
    """The running sum within each ``of``, on rows that are sorted by it.

    What ``.over(of)`` would give, in a tenth of its time: no groups are made, one sum runs through all rows and
    each ``of`` is relieved of what it found there.
    """
    total = amount.cum_sum()
    return total - pl.when(is_first(of)).then(total - amount).forward_fill()


def is_first(of: str) -> pl.Expr:
    """Whether a row is the first of its ``of``, on rows sorted by it."""
    return pl.col(of).ne_missing(pl.col(of).shift(1))


def one_before(value: pl.Expr, of: str) -> pl.Expr:
    """The value of the row before, on rows sorted by ``of``; null on the first row of each."""
    return pl.when(pl.col(of) == pl.col(of).shift(1)).then(value.shift(1))


def one_after(value: pl.Expr, of: str) -> pl.Expr:
    """The value of the row after, on rows sorted by ``of``; null on the last row of each."""
    return pl.when(pl.col(of) == pl.col(of).shift(-1)).then(value.shift(-1))


def _places(wanted: pl.Series, numbers: pl.Series, validate: str) -> pl.Series | None:
    """Where each wanted number stands, null where it does not; None where a join must answer, or refuse."""
    if not wanted.dtype == numbers.dtype == pl.Int64 or numbers.is_empty() or numbers.null_count():
        return None
    if validate == "1:1" and wanted.n_unique() < wanted.len():
        return None
    standing = numbers.to_numpy()
    size = int(standing.max()) - int(standing.min()) + 1
    if size <= _ROOM * (wanted.len() + standing.size):
        return _by_table(wanted, standing, size)
    return _by_bisection(wanted, numbers) if (standing[1:] > standing[:-1]).all() else None


def _by_table(wanted: pl.Series, standing: npt.NDArray[np.int64], size: int) -> pl.Series | None:
    first, table = standing.min(), np.full(size, -1, np.int32)
    table[standing - first] = np.arange(standing.size)
    if np.count_nonzero(table >= 0) < standing.size:
        return None
    place, offset = pl.col("place"), pl.col("wanted") - first
    return (
        pl.DataFrame({"wanted": wanted})
        .select(offset=pl.when((offset >= 0) & (offset < size)).then(offset))
        .select(place=pl.lit(pl.Series(table)).gather("offset"))
        .select(pl.when(place >= 0).then(place))["place"]
    )


def _by_bisection(wanted: pl.Series, numbers: pl.Series) -> pl.Series:
    places = numbers.search_sorted(wanted).clip(upper_bound=numbers.len() - 1)
    found = pl.DataFrame({"wanted": wanted, "place": places, "number": numbers.gather(places)})
    return found.select(pl.when(pl.col("number") == pl.col("wanted")).then("place"))["place"]
