"""How a judged leg becomes a row: the columns that every leg shares, written once."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import LegRows
from loyalty.values.ratios import signed_mul_div

SCHEMA = polars_schema(LegRows)
_NO_TEXTS = pl.lit([], dtype=pl.List(pl.String))


class KindTest(NamedTuple):
    """One kind of mismatch: when it holds, what it cost, and what would have been right.

    ``effect`` in paise, + the merchant lost; ``coins`` and ``paise`` are the expected columns, signed.
    """

    kind: str
    holds: pl.Expr
    effect: pl.Expr
    coins: pl.Expr
    paise: pl.Expr


def worth(coins: pl.Expr) -> pl.Expr:
    """``r(c)``: signed coins in paise, by the row's ``worth_coins`` and ``worth_paise`` (contract §5)."""
    return signed_mul_div(coins, pl.col("worth_paise"), pl.col("worth_coins"))


def has_verdict() -> pl.Expr:
    """Whether an order can be judged: its state is known and a version was in force (details R15, B9)."""
    return (pl.col("state") != "unknown") & pl.col("version_no").is_not_null()


def first_kind(tests: Sequence[KindTest]) -> pl.Expr:
    """The first kind that holds, or null."""
    return pl.coalesce(pl.when(test.holds).then(pl.lit(test.kind)) for test in tests)


def price(rows: pl.DataFrame, tests: Sequence[KindTest]) -> pl.DataFrame:
    """Rows that have a ``kind`` with its effect, what was expected, and the other kinds that hold too."""

    def pick(column: str) -> pl.Expr:
        return pl.coalesce(pl.when(pl.col("kind") == test.kind).then(getattr(test, column)) for test in tests)

    others = pl.concat_list(
        pl.when(test.holds & (pl.col("kind") != test.kind)).then(pl.lit(test.kind)) for test in tests
    ).list.drop_nulls()
    return rows.with_columns(
        effect_paise=pick("effect"),
        expected_coins=pick("coins"),
        expected_paise=pick("paise"),
        secondary_kinds=others,
    )


def shape(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the shape of LegRows: what a leg does not say is null, 0 or empty."""
    filled = {
        "order_no": pl.lit(None, pl.Int64),
        "version_no": pl.lit(None, pl.Int64),
        "kind": pl.lit(None, pl.String),
        "expected_paise": pl.lit(0, pl.Int64),
        "recorded_paise": pl.lit(0, pl.Int64),
        "effect_paise": pl.lit(0, pl.Int64),
        "causes": _NO_TEXTS,
        "secondary_kinds": _NO_TEXTS,
        "due_at": pl.lit(None, SCHEMA["due_at"]),
        "match_method": pl.lit(None, pl.String),
        "batch_at": pl.lit(None, SCHEMA["batch_at"]),
    }
    missing = {name: value for name, value in filled.items() if name not in rows.columns}
    return (
        rows.with_columns(**missing)
        .with_columns(pl.col("causes").fill_null(_NO_TEXTS), pl.col("secondary_kinds").fill_null(_NO_TEXTS))
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
