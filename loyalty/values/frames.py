"""What every room does with frames."""

from typing import Literal

import polars as pl


def beside(
    left: pl.DataFrame, right: pl.DataFrame, on: str | list[str], validate: Literal["m:1", "1:1"] = "m:1"
) -> pl.DataFrame:
    """``left`` with the columns of ``right`` beside it, null where ``right`` has no such key.

    Rows and order of ``left`` stay, and only its keys take part in the join: its other columns are never
    copied, however many they are. A column that both have is an error, not a second one with a suffix.
    """
    keys = [on] if isinstance(on, str) else on
    found = left.select(keys).join(right, on=keys, how="left", validate=validate, maintain_order="left")
    return left.hstack(found.drop(keys))
