"""What entries name, as numbers: texts are compared once, here, and never again.

Behind this door an order, an entry and a member are whole numbers, so that every later look is a join of integers.
"""

import polars as pl

from loyalty.intake.parse import reference_key

_PARENTS = {"parent_no": "parent_key", "hash_no": "hash_key"}
_NAMING = ("reference_key", *_PARENTS.values())


def numbered(entries: pl.DataFrame, orders: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """Entries with ``key_no, paid_order_no, named_order_no, parent_no, hash_no`` of the contract `StagedEntries`.

    Entries and orders come sorted by their number. Of several that read alike the first is meant.
    """
    keys = entries.select("entry_no", *_NAMING, entry_key=reference_key(pl.col("entry_id")))
    is_first = keys["entry_key"].is_first_distinct()
    first = keys.filter(is_first).select("entry_key", "entry_no")
    paid = orders.drop_nulls("reward_ref").select("reward_ref", "order_no").unique("reward_ref", keep="first")
    named = references.select("reference_key", "order_no").unique("reference_key", keep="first")
    repeated = _numbers(keys["entry_key"].set(is_first, None), first)
    by_name = [_numbers(keys[column], named) for column in _NAMING]
    return entries.with_columns(
        pl.coalesce(repeated, "entry_no").alias("key_no"),
        _numbers(keys["entry_key"], paid).alias("paid_order_no"),
        pl.coalesce(*by_name).alias("named_order_no"),
        *(_numbers(keys[column], first).alias(number) for number, column in _PARENTS.items()),
    )


def _numbers(keys: pl.Series, table: pl.DataFrame) -> pl.Series:
    """The number that a table (key, number) gives to each key, null where it gives none.

    Most keys are null: only those that are there are looked up.
    """
    key, number = table.columns
    asked = keys.alias(key).to_frame().with_row_index("place").drop_nulls(key)
    found = asked.join(table, on=key, how="inner", validate="m:1")
    nothing = pl.Series(number, [None], pl.Int64).new_from_index(0, keys.len())
    return nothing.scatter(found["place"], found[number])
