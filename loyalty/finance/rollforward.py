"""The coin roll-forward: opening, what happened, closing, per month, wallet and origin.

A debit takes the origin of the lots that it consumed, so each origin closes by itself. Coins taken
without a lot to take them from stand under ``overdrawn`` until a later credit pays them.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.marts import CoinRollforward
from loyalty.ledger.balances import rebuilt_at, stated_balances
from loyalty.values.frames import beside
from loyalty.values.times import business_date, month_of

SCHEMA = polars_schema(CoinRollforward)
_FLOWS = {
    "issued_coins": 1, "redeemed_coins": -1, "restored_coins": 1, "expired_coins": -1, "reversed_coins": -1,
    "adjusted_coins": 1,
}  # fmt: skip
"""Columns of movement and the sign with which they add to the closing balance."""
_ISSUING = ("reward", "bonus")


def coin_rollforward(
    entries: pl.DataFrame,
    linked: pl.DataFrame,
    allocations: pl.DataFrame,
    members: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """``mart_coin_rollforward`` from staged and linked entries and the walk's allocations.

    Entries without a member own no lots: they are not a liability to anybody and are left out, like void
    and pending ones. ``members`` are StagedMembers; exported balances stand in the month of the newest.
    """
    moved = pl.concat([_coins(linked, allocations), _credits(entries)])
    if moved.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    flows = _flows(moved)
    flows = pl.concat([flows, flows.with_columns(origin=pl.lit("all"))])
    monthly = flows.group_by("month", "wallet", "origin").agg(pl.col(*_FLOWS).sum())
    closing = _closing(monthly, _months(moved, as_of))
    exported = _exported(members, linked, as_of)
    return (
        closing.join(exported, on=["month", "wallet", "origin"], how="left", validate="1:1")
        .sort("month", "wallet", "origin")
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .pipe(CoinRollforward.validate)
    )


def _coins(linked: pl.DataFrame, allocations: pl.DataFrame) -> pl.DataFrame:
    """``month, wallet, origin, leg, type, signed_coins``; a few rows for each day and origin.

    Added up before anything is named: allocations are millions, their days and roles are not.
    """
    roles = linked.select(
        "entry_no", pl.col("leg", "type").cast(pl.Categorical), day=business_date(pl.col("created_at"))
    )
    makers = roles.select(lot_no="entry_no", lot_leg="leg", lot_type="type")
    return (
        allocations.pipe(beside, roles, "entry_no")
        .pipe(beside, makers, "lot_no")
        .group_by("day", "leg", "type", "lot_leg", "lot_type", is_gain=pl.col("coins") > 0)
        .agg(signed_coins=pl.col("coins").sum())
        .with_columns(pl.col("leg", "type", "lot_leg", "lot_type").cast(pl.String))
        .select(
            month=pl.col("day").dt.strftime("%Y-%m"),
            wallet=pl.lit("coins"),
            origin=_origin(pl.col("lot_leg"), pl.col("lot_type")),
            leg="leg",
            type="type",
            signed_coins="signed_coins",
        )
    )


def _credits(entries: pl.DataFrame) -> pl.DataFrame:
    """The credits wallet, kept apart: it has no lots and one origin."""
    role = pl.col("type") + pl.col("operation")
    legs = {"redeemdr": "redemption", "expiredr": "expiry", "revertcr": "restore", "revertdr": "reversal"}
    counts = (pl.col("wallet") == "credits") & (pl.col("status") == "posted")
    return entries.filter(counts & pl.col("member_no").is_not_null()).select(
        month=month_of(pl.col("created_at")),
        wallet=pl.lit("credits"),
        origin=pl.lit("credits"),
        leg=role.replace_strict(legs, default="adjustment"),
        type="type",
        signed_coins="signed_coins",
    )


def _origin(leg: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """Where coins come from, by the leg and the type of the entry that made their lot."""
    return (
        pl.when(leg.is_null())
        .then(pl.lit("overdrawn"))
        .when(leg == "earn")
        .then(pl.lit("purchase"))
        .when(leg == "restore")
        .then(pl.lit("restore"))
        .when(kind.is_in(_ISSUING))
        .then(pl.lit("bonus"))
        .when(kind == "import")
        .then(pl.lit("import"))
        .otherwise(pl.lit("adjustment"))
    )


def _flows(moved: pl.DataFrame) -> pl.DataFrame:
    signed, leg = pl.col("signed_coins"), pl.col("leg")
    issues = (leg == "earn") | ((leg == "adjustment") & pl.col("type").is_in(_ISSUING) & (signed > 0))
    column = (
        pl.when(issues)
        .then(pl.lit("issued_coins"))
        .otherwise(
            leg.replace_strict(
                {
                    "redemption": "redeemed_coins",
                    "restore": "restored_coins",
                    "expiry": "expired_coins",
                    "reversal": "reversed_coins",
                },
                default="adjusted_coins",
            )
        )
    )
    return moved.with_columns(column=column).select(
        "month",
        "wallet",
        "origin",
        *(
            pl.when(pl.col("column") == name).then(signed * sign).otherwise(0).alias(name)
            for name, sign in _FLOWS.items()
        ),
    )


def _months(moved: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """Every month from the first movement to that of the as-of."""
    last = pl.select(month=month_of(pl.lit(as_of))).item()
    first = min(str(moved["month"].min()), last)
    start, end = (dt.date.fromisoformat(f"{month}-01") for month in (first, last))
    return pl.DataFrame({"month": pl.date_range(start, end, "1mo", eager=True).dt.strftime("%Y-%m")})


def _closing(monthly: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    grid = monthly.select("wallet", "origin").unique().join(months, how="cross")
    net = pl.sum_horizontal(pl.col(name) * sign for name, sign in _FLOWS.items())
    return (
        grid.join(monthly, on=["month", "wallet", "origin"], how="left", validate="1:1")
        .with_columns(pl.col(*_FLOWS).fill_null(0))
        .sort("wallet", "origin", "month")
        .with_columns(closing_coins=net.cum_sum().over("wallet", "origin", order_by="month"))
        .with_columns(opening_coins=pl.col("closing_coins") - net)
    )


def _exported(members: pl.DataFrame, linked: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """Exported balances against the ledger rebuilt to the same instants, in the month of the newest export."""
    told = stated_balances(members, as_of)
    return (
        rebuilt_at(linked, told)
        .select(
            month=month_of(pl.col("at").max()),
            wallet=pl.lit("coins"),
            origin=pl.lit("all"),
            exported_coins=pl.col("exported_coins").sum(),
            difference_coins=(pl.col("exported_coins") - pl.col("rebuilt_coins")).sum(),
        )
        .drop_nulls("month")
    )
