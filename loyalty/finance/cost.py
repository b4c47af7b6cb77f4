"""The books read across: what redemptions cost, how every day ties out, and what the differences are made of.

All are sums over lines of ``mart_statement`` and ``mart_coin_rollforward``; nothing is judged anew.
"""

from collections.abc import Iterable

import polars as pl

_QUIET = ("match", "void", "credits_wallet")
_AMOUNTS = (
    "expected_coins", "recorded_coins", "difference_coins", "residual_coins",
    "expected_paise", "recorded_paise", "difference_paise", "residual_paise",
)  # fmt: skip
FLOWS: dict[str, tuple[str, int]] = {
    "issued_coins": ("Issued", 1),
    "redeemed_coins": ("Redeemed", -1),
    "restored_coins": ("Given back", 1),
    "expired_coins": ("Expired", -1),
    "reversed_coins": ("Taken back", -1),
    "adjusted_coins": ("Adjusted, imported", 1),
}
"""Flows of the roll-forward: what a person calls each, and whether it adds to the balance."""


def redemption_cost(statement: pl.DataFrame) -> pl.DataFrame:
    """``month, discount_paise, promised_paise, coins``: what loyalty discounts took off orders; one row per month.

    Recorded on orders, and what the rules promised; by the order's business date. Coins are those debited.
    """
    return (
        statement.filter(pl.col("leg") == "redemption")
        .group_by(month=pl.col("business_date").dt.strftime("%Y-%m"))
        .agg(
            discount_paise=pl.col("recorded_paise").sum(),
            promised_paise=pl.col("expected_paise").sum(),
            coins=-pl.col("recorded_coins").sum(),
        )
        .sort("month")
    )


def tie_out(statement: pl.DataFrame) -> pl.DataFrame:
    """Expected, recorded, difference and residual in coins and paise; one row per business date.

    Balance rows, which compare standings, and order rows, which compare totals, are left out: no coins flow there.
    """
    moved = statement.filter(~pl.col("leg").is_in(("balance", "order")))
    return moved.group_by("business_date").agg(pl.col(_AMOUNTS).sum()).sort("business_date")


def variance(statement: pl.DataFrame) -> pl.DataFrame:
    """``leg, line, orders, entries, difference_coins, difference_paise, effect_paise`` of lines that differ.

    The largest effect first, whoever it hurts; what matches or counts for nothing is left out.
    """
    return (
        statement.filter(~pl.col("line").is_in(_QUIET))
        .group_by("leg", "line")
        .agg(pl.col("orders", "entries", "difference_coins", "difference_paise", "effect_paise").sum())
        .sort(pl.col("effect_paise").abs(), "leg", "line", descending=[True, False, False])
    )


def months(rollforward: pl.DataFrame) -> Iterable[str]:
    """The months of the books, the latest first."""
    return sorted(set(rollforward["month"]), reverse=True)


def flows(rollforward: pl.DataFrame, month: str | None = None) -> pl.DataFrame:
    """``step, coins, is_total``: from opening to closing of the coins wallet, signed; of a month or of all time."""
    rows = rollforward.filter((pl.col("wallet") == "coins") & (pl.col("origin") == "all")).sort("month")
    if month is not None:
        rows = rows.filter(pl.col("month") == month)
    if rows.is_empty():
        return pl.DataFrame(schema={"step": pl.String, "coins": pl.Int64, "is_total": pl.Boolean})
    steps = [("Opening", rows["opening_coins"][0], True)]
    steps += [(title, sign * int(rows[column].sum()), False) for column, (title, sign) in FLOWS.items()]
    steps += [("Closing", rows["closing_coins"][-1], True)]
    return pl.DataFrame(
        steps, schema={"step": pl.String, "coins": pl.Int64, "is_total": pl.Boolean}, orient="row"
    )
