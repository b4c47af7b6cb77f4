"""What could the member spend just before each other recent debit?

Two checkouts open at once may both be shown the balance from before either took its coins. Replaying an
order with that older balance tells whether this is why it took too much (cause ``balance_at``).
"""

import polars as pl

from loyalty.ledger.lots import balances
from loyalty.ledger.movements import LEDGER_ORDER
from loyalty.values.frames import beside
from loyalty.values.times import HOUR_US, minutes

_RECENT = minutes(30)
_RECENT_US = HOUR_US // 2


def balances_before_debits(
    linked: pl.DataFrame, movements: pl.DataFrame, queries: pl.DataFrame
) -> pl.DataFrame:
    """``order_no, entry_id, spendable_coins``; one row per order and other debit of its member up to 30 min before.

    Each pair is walked as a member of its own, who has that debit still to come. Reversals and expiries
    are no debits here.
    """
    pairs = (
        _pairs(movements, queries).with_row_index("pair_no").with_columns(pl.col("pair_no").cast(pl.Int64))
    )
    history = (
        movements.join(
            pairs.select("member_no", "pair_no", "debit_no", "debited_at"),
            on="member_no",
            how="inner",
            validate="m:m",
        )
        .filter((pl.col("created_at") <= pl.col("debited_at")) & (pl.col("entry_no") != pl.col("debit_no")))
        .with_columns(member_no="pair_no")
        .sort(LEDGER_ORDER)
        .select(movements.columns)
    )
    # No order has such a number: a pair's question must not take entries of an order for its own.
    asked = pairs.select(order_no=-1 - pl.col("pair_no"), member_no="pair_no", at="debited_at")
    own = pairs.select("pair_no", "order_no")
    others = history.join(
        own.rename({"pair_no": "member_no", "order_no": "own_order_no"}),
        on="member_no",
        how="left",
        validate="m:1",
        maintain_order="left",
    ).filter((pl.col("order_no") != pl.col("own_order_no")).fill_null(value=True))
    before = balances(others.select(movements.columns), asked)
    answered = before.select("spendable_coins", pair_no=-1 - pl.col("order_no"))
    return (
        pairs.join(answered, on="pair_no", how="inner")
        .pipe(beside, linked.select(debit_no="entry_no", entry_id="entry_id"), "debit_no")
        .select("order_no", "entry_id", "spendable_coins")
        .sort("order_no", "entry_id")
    )


def _pairs(movements: pl.DataFrame, queries: pl.DataFrame) -> pl.DataFrame:
    """Orders and the debits of their member, not their own, that came up to 30 minutes before them.

    What lies so close falls into the same half hour of the clock or into the next: those are joined, and the
    minutes counted only there.
    """
    debits = (
        movements.lazy()
        .filter((pl.col("signed_coins") < 0) & ~pl.col("leg").is_in(("reversal", "expiry")))
        .select(
            debit_no="entry_no",
            debited_at="created_at",
            debit_order_no="order_no",
            span=_span(pl.col("created_at")),
        )
        .collect()
    )
    either = pl.concat([debits, debits.with_columns(pl.col("span") + 1)])
    return (
        queries.with_columns(span=_span(pl.col("at")))
        .join(either, on="span", how="inner", validate="m:m")
        .filter(
            (pl.col("debited_at") <= pl.col("at"))
            & (pl.col("debited_at") >= pl.col("at") - _RECENT)
            & (pl.col("debit_order_no") != pl.col("order_no")).fill_null(value=True)
        )
        .drop("span")
        .sort("order_no", "debit_no")
    )


def _span(instant: pl.Expr) -> pl.Expr:
    """A number for each member and half hour, higher by one for the next half hour."""
    return pl.col("member_no") * 2**32 + instant.dt.timestamp("us") // _RECENT_US
