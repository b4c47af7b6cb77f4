"""Which setting explains a redemption? Contract §5 replayed with one setting changed (details B5, B6)."""

from collections.abc import Iterator

import polars as pl

from loyalty.expected.redemptions import base_paise, value_paise, with_maximum, with_rule
from loyalty.reconcile.causes.collect import listed, shared_rate
from loyalty.rulebook.models import REDEEM_BASES, REDEEM_PARTS, Rulebook

SEARCHED = (
    "coins_value", "over_balance", "expired_coins_used", "over_max_discount", "over_cap", "below_min_payable",
    "below_min_cart", "below_min_coins", "not_eligible", "under_redeemed",
)  # fmt: skip
"""Kinds whose cause is searched for; the others say themselves what went wrong."""

_LEAST_ROWS_FOR_RATE = 5
_C, _L = pl.col("debited_coins"), pl.col("loyalty_paise")
LIFTED: dict[str, dict[str, int | None]] = {
    "max_discount": {"max_discount_paise": None},
    "cap_percent": {"cap_num": None, "cap_den": None},
    "min_cart": {"min_cart_paise": 0},
    "min_payable": {"min_payable_paise": 0},
}
"""Limits that may not have been applied, and the columns of a ruled frame that then hold other values."""


def redemption_causes(
    wrong: pl.DataFrame, facts_columns: list[str], recent: pl.DataFrame | None, rulebook: Rulebook
) -> pl.DataFrame:
    """``order_no, causes`` of mismatched orders; orders without a cause have no row.

    ``wrong``: ruled rows with their maximum and ``kind``; ``facts_columns``: those of its columns that no
    rule gave. ``recent``: ``order_no, entry_id, spendable_coins`` just before each recent debit of the
    member, for ``balance_at``.
    """
    own = ("own_coins", "own_paise")
    rows = wrong.filter(pl.col("kind").is_in(SEARCHED)).rename(
        dict(zip(("max_coins_due", "max_paise_due"), own, strict=True))
    )
    found = [
        replayed.pipe(with_maximum)
        .filter(
            (pl.col("max_coins_due") == _C)
            & (pl.col("max_paise_due") == _L)
            & ((pl.col("own_coins") != _C) | (pl.col("own_paise") != _L))
        )
        .select("order_no", "cause")
        for replayed in _replays(rows, [*facts_columns, *own], recent, rulebook)
    ]
    return listed([*found, _units(rows), _rates(rows)])


def _replays(
    rows: pl.DataFrame, facts_columns: list[str], recent: pl.DataFrame | None, rulebook: Rulebook
) -> Iterator[pl.DataFrame]:
    """The rows once per alternative, with its name in ``cause``."""
    yield from _other_bases(rows)
    for name, lifted in LIFTED.items():
        kept = {column: pl.lit(value, rows.schema[column]) for column, value in lifted.items()}
        yield rows.with_columns(**kept, cause=pl.lit(name))
    yield coupon_last(rows)
    yield from _other_tiers(rows, rulebook)
    facts = rows.select(facts_columns)
    yield from _other_versions(facts, rulebook)
    yield from _other_surfaces(facts, rulebook)
    if recent is not None:
        yield (
            rows.drop("spendable_coins")
            .join(recent, on="order_no", how="inner", validate="1:m")
            .with_columns(cause=pl.lit("balance_at=") + pl.col("entry_id"))
        )


def _other_bases(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Each base, and total payable also with exactly one part taken in or left out."""
    for base in REDEEM_BASES:
        changed = rows.with_columns(base=pl.lit(base), base_paise=base_paise(pl.lit(base)))
        yield changed.with_columns(cause=_base_name(base))
    for part in REDEEM_PARTS:
        flag = f"with_{part}"
        toggled = rows.with_columns(~pl.col(flag), base=pl.lit("total_payable"))
        yield toggled.with_columns(
            base_paise=base_paise(pl.lit("total_payable")), cause=_base_name("total_payable")
        )


def _base_name(base: str) -> pl.Expr:
    if base != "total_payable":
        return pl.lit(f"base={base}")
    parts = pl.concat_str(
        [pl.when(f"with_{part}").then(pl.lit(part)) for part in sorted(REDEEM_PARTS)],
        separator=",",
        ignore_nulls=True,
    )
    return pl.lit("base=total_payable(") + parts + pl.lit(")")


def coupon_last(rows: pl.DataFrame) -> pl.DataFrame:
    """Coins before coupon: coupon and other discount added back wherever they were taken off."""
    back = pl.col("coupon_paise") + pl.col("other_discount_paise")
    return rows.with_columns(
        base_paise=pl.col("base_paise") + pl.when(pl.col("base") != "subtotal").then(back).otherwise(0),
        cart_paise=pl.col("cart_paise")
        + pl.when(pl.col("min_cart_base") != "subtotal").then(back).otherwise(0),
        payable_paise=pl.col("payable_paise") + back,
        cause=pl.lit("coupon_order"),
    )


def _other_tiers(rows: pl.DataFrame, rulebook: Rulebook) -> Iterator[pl.DataFrame]:
    for number, law in enumerate(rulebook.versions):
        own = rows.filter(pl.col("version_no") == number)
        for tier in law.tier_names:
            yield own.with_columns(tier=pl.lit(tier), cause=pl.lit(f"tier={tier}"))
        yield own.with_columns(tier=pl.lit(None, pl.String), cause=pl.lit("tier=none"))


def _other_versions(facts: pl.DataFrame, rulebook: Rulebook) -> Iterator[pl.DataFrame]:
    for number, law in enumerate(rulebook.versions):
        others = facts.filter(pl.col("version_no") != number).with_columns(
            version_no=pl.lit(number, pl.Int64)
        )
        yield with_rule(others, rulebook).with_columns(cause=pl.lit(f"rule_version={law.version}"))


def _other_surfaces(facts: pl.DataFrame, rulebook: Rulebook) -> Iterator[pl.DataFrame]:
    for number, law in enumerate(rulebook.versions):
        for surface in law.redeem:
            if law.is_pure_mirror(surface):
                continue
            others = facts.filter((pl.col("version_no") == number) & (pl.col("surface") != surface))
            moved = others.with_columns(surface=pl.lit(surface))
            yield with_rule(moved, rulebook).with_columns(cause=pl.lit(f"surface_rule={surface}"))


def _units(rows: pl.DataFrame) -> pl.DataFrame:
    """Rupees read as paise or paise as rupees."""
    value = value_paise(_C)
    hundredfold = (_C > 0) & (_L > 0) & ((_L == 100 * value) | (100 * _L == value))
    return rows.filter(hundredfold).select("order_no", cause=pl.lit("units_x100"))


def _rates(rows: pl.DataFrame) -> pl.DataFrame:
    """The coin value that a group of `coins_value` rows shares: it would always fit one row (details B6)."""
    off = rows.filter((pl.col("kind") == "coins_value") & (_C > 0) & (_L > 0))
    common = pl.struct(_C, _L).map_batches(_greatest_common_divisor, return_dtype=pl.Int64)
    named = off.with_columns(common=common).with_columns(
        cause=pl.format("rate={}:{}", _C // pl.col("common"), _L // pl.col("common"))
    )
    return shared_rate(named, ["surface", "version_no"], _LEAST_ROWS_FOR_RATE)


def _greatest_common_divisor(pairs: pl.Series) -> pl.Series:
    """Euclid's algorithm on whole columns."""
    a, b = (pairs.struct.field(name) for name in pairs.struct.fields)
    while (b != 0).any():
        rest = pl.select(pl.when(b != 0).then(a % b).otherwise(0)).to_series()
        a = pl.select(pl.when(b != 0).then(b).otherwise(a)).to_series()
        b = rest
    return a
