"""How a judged leg becomes a row: the columns that every leg shares, written once."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import LegRows
from loyalty.values.ratios import signed_mul_div
from loyalty.values.times import business_date, hours

SCHEMA = polars_schema(LegRows)
_ORDER = ("leg", "order_no", "first_entry", "batch_at", "member_no")
_TEXTS = pl.List(pl.String)
_UNSAID: dict[str, object] = {
    "expected_paise": 0,
    "recorded_paise": 0,
    "effect_paise": 0,
    "causes": [],
    "secondary_kinds": [],
}
"""What a leg means by a column that it does not say; null by every other."""


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


def in_neighbouring_month(posted_at: pl.Expr, meant_at: pl.Expr) -> pl.Expr:
    """Whether something was posted in another month than it was meant for, yet within 24 h (details B3).

    So close together, two dates with the same month of the year are in the same month.
    """
    months = (business_date(at).dt.month() for at in (posted_at, meant_at))
    is_near = (posted_at - meant_at).abs() <= hours(24)
    return (is_near & next(months).ne(next(months))).fill_null(value=False)


def any_holds(tests: Sequence[KindTest]) -> pl.Expr:
    """Whether any kind holds: asked of every row, so that kinds are told apart on few."""
    return pl.any_horizontal(test.holds for test in tests).fill_null(value=False)


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
    priced = rows.lazy().with_columns(
        effect_paise=pick("effect"),
        expected_coins=pick("coins"),
        expected_paise=pick("paise"),
        secondary_kinds=others,
    )
    return priced.collect()


def shape(rows: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Rows in the shape of LegRows: what a leg does not say is null, 0 or empty."""
    said = rows.collect_schema().names()
    return (
        rows.lazy()
        .select(
            _said(name, dtype) if name in said else pl.lit(_UNSAID.get(name), dtype).alias(name)
            for name, dtype in SCHEMA.items()
        )
        .collect()
    )


def _said(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name).cast(dtype)
    return column.fill_null(pl.lit([], dtype)) if dtype == _TEXTS else column


def whole_leg(by_order: Sequence[pl.DataFrame], loose: pl.DataFrame) -> pl.DataFrame:
    """A leg from LegRows of orders, no two of one order, and LegRows of entries that are tied to none."""
    return pl.concat([pl.concat(by_order).sort("order_no"), in_order(loose)]).pipe(LegRows.validate)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """LegRows by leg, order, first entry, batch and member, nulls last.

    Numbers are ranks, so this is the order of the names too. Most rows come like this, and looking takes a
    tenth of the time of sorting.
    """
    keys = rows.select(*_ORDER[:2], pl.col("entry_nos").list.first().alias(_ORDER[2]), *_ORDER[3:])
    if keys.lazy().select(_is_in_order()).collect().item():
        return rows
    return rows.hstack(keys.select("first_entry")).sort(_ORDER, nulls_last=True).drop("first_entry")


def _is_in_order() -> pl.Expr:
    is_fine = pl.lit(value=True)
    for name in reversed(_ORDER):
        this, before = pl.col(name), pl.col(name).shift(1)
        is_later = (this > before) | (this.is_null() & before.is_not_null())
        is_fine = is_later.fill_null(value=False) | (this.eq_missing(before) & is_fine)
    return is_fine.slice(1).all()
