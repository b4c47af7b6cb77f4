"""Which order does a ledger entry belong to, and which leg of it?

Five methods are tried in turn and the first that answers is recorded (contract §3, details L3):

1. ``transaction_id``: the entry's id is the order's Reward Transaction ID.
2. ``reference``: one of its reference columns names an order.
3. ``parent``: its parent or hash names another entry that is linked to an order, however far up.
4. ``text``: its title or description holds exactly one order's name or id as a whole token.
5. ``amount_time``: a redeem debit without any reference, of the same member and as many coins as
   one order used, within 30 minutes of it, when neither has another candidate.

A child follows its parent by whichever method the parent was linked. What this cannot do: an entry
whose text names two orders stays unlinked, since either may be meant.
"""

import polars as pl

from loyalty.contracts.intermediate import LinkedEntries
from loyalty.intake.parse import reference_key
from loyalty.values.times import minutes

_NEAR = minutes(30)
_REFERENCES = ("reference_key", "parent_key", "hash_key")
_ROLES = {
    ("redeem", "dr"): "redemption",
    ("reward", "cr"): "earn",
    ("revert", "dr"): "reversal",
    ("revert", "cr"): "restore",
    ("expire", "dr"): "expiry",
}
"""Leg by type and operation; every other pair is an adjustment (details L1)."""


def linked_entries(
    entries: pl.DataFrame, orders: pl.DataFrame, references: pl.DataFrame, claims: pl.DataFrame
) -> pl.DataFrame:
    """Posted and pending entries of the coins wallet with their leg and order; one row per entry.

    ``claims`` says how many coins an order must have taken, for method 5: ``order_no, claimed_coins``.
    """
    wallet = entries.filter(pl.col("wallet") == "coins").with_columns(
        entry_key=reference_key(pl.col("entry_id"))
    )
    links = _by_reference(wallet, orders, references).pipe(_by_parent, wallet)
    links = _by_text(links, wallet, references).pipe(_by_parent, wallet)
    counted = wallet.filter(pl.col("status") != "void")
    links = _by_amount(links, counted, orders, claims).pipe(_by_parent, wallet)
    return (
        counted.join(links, on="entry_no", how="left", validate="1:1", maintain_order="left")
        .with_columns(is_posted=pl.col("status") == "posted", leg=_leg())
        .pipe(_with_returned_debit)
        .select(list(LinkedEntries.to_schema().columns))
        .sort("entry_no")
        .pipe(LinkedEntries.validate)
    )


def returned_coins(linked: pl.DataFrame) -> pl.DataFrame:
    """Coins given back for redeem debits tied to no order: ``debit_no, returned_coins`` (details R11)."""
    return (
        _returns(linked)
        .join(linked.select("entry_no", "amount_coins"), on="entry_no", how="inner", validate="m:1")
        .group_by("debit_no")
        .agg(returned_coins=pl.col("amount_coins").sum())
        .sort("debit_no")
    )


def _leg() -> pl.Expr:
    by_role = pl.lit("adjustment")
    for (kind, operation), leg in _ROLES.items():
        by_role = (
            pl.when((pl.col("type") == kind) & (pl.col("operation") == operation))
            .then(pl.lit(leg))
            .otherwise(by_role)
        )
    # A reward that names nothing at all is no order's earning: goodwill, or a bonus by its title.
    names_nothing = pl.all_horizontal(pl.col(*_REFERENCES, "order_no").is_null())
    return pl.when((by_role == "earn") & names_nothing).then(pl.lit("adjustment")).otherwise(by_role)


def _by_reference(wallet: pl.DataFrame, orders: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    transactions = (
        orders.filter(pl.col("reward_ref").is_not_null())
        .group_by(entry_key="reward_ref")
        .agg(by_transaction=pl.col("order_no").min())
    )
    named = references.group_by("reference_key").agg(order_no=pl.col("order_no").min())
    found = wallet.select("entry_no", "entry_key", *_REFERENCES).join(
        transactions, on="entry_key", how="left", validate="m:1", maintain_order="left"
    )
    for column in _REFERENCES:
        found = found.join(
            named.select(pl.col("reference_key").alias(column), pl.col("order_no").alias(f"by_{column}")),
            on=column,
            how="left",
            validate="m:1",
            maintain_order="left",
        )
    by_name = pl.coalesce(*(f"by_{column}" for column in _REFERENCES))
    return found.select(
        "entry_no",
        order_no=pl.coalesce("by_transaction", by_name),
        match_method=pl.when(pl.col("by_transaction").is_not_null())
        .then(pl.lit("transaction_id"))
        .when(by_name.is_not_null())
        .then(pl.lit("reference")),
    ).filter(pl.col("order_no").is_not_null())


def _by_parent(links: pl.DataFrame, wallet: pl.DataFrame) -> pl.DataFrame:
    """Children of linked entries, generation by generation until none is left."""
    keys = wallet.select("entry_no", "entry_key")
    children = wallet.filter(pl.any_horizontal(pl.col("parent_key", "hash_key").is_not_null()))
    while True:
        parents = (
            keys.join(links, on="entry_no", how="inner", validate="1:1")
            .group_by(parent="entry_key")
            .agg(parent_order_no=pl.col("order_no").min())
        )
        waiting = children.join(links, on="entry_no", how="anti")
        for column in ("parent_key", "hash_key"):
            waiting = waiting.join(
                parents.rename({"parent": column, "parent_order_no": f"by_{column}"}),
                on=column,
                how="left",
                validate="m:1",
            )
        found = waiting.select(
            "entry_no",
            order_no=pl.coalesce("by_parent_key", "by_hash_key"),
            match_method=pl.lit("parent"),
        ).filter(pl.col("order_no").is_not_null())
        if found.is_empty():
            return links
        links = pl.concat([links, found])


def _by_text(links: pl.DataFrame, wallet: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    tokens = references.filter(pl.col("token_seal").is_not_null()).select("token_seal", "order_no").unique()
    found = (
        wallet.filter(pl.col("text_tokens").list.len() > 0)
        .join(links, on="entry_no", how="anti")
        .select("entry_no", token_seal="text_tokens")
        .explode("token_seal")
        .join(tokens, on="token_seal", how="inner", validate="m:m")
        .group_by("entry_no")
        .agg(pl.col("order_no").unique())
        .filter(pl.col("order_no").list.len() == 1)
        .select("entry_no", order_no=pl.col("order_no").list.first(), match_method=pl.lit("text"))
    )
    return pl.concat([links, found])


def _by_amount(
    links: pl.DataFrame, counted: pl.DataFrame, orders: pl.DataFrame, claims: pl.DataFrame
) -> pl.DataFrame:
    """Method 5, only where a debit has one candidate order and that order one candidate debit."""
    redeems = counted.filter((pl.col("type") == "redeem") & (pl.col("operation") == "dr"))
    taken = redeems.join(links, on="entry_no", how="inner", validate="1:1").select("order_no").unique()
    debits = redeems.filter(pl.all_horizontal(pl.col(*_REFERENCES).is_null())).join(
        links, on="entry_no", how="anti"
    )
    open_orders = (
        orders.select("order_no", "member_no", "placed_at")
        .join(claims, on="order_no", how="inner", validate="1:1")
        .filter(pl.col("claimed_coins") > 0)
        .join(taken, on="order_no", how="anti")
    )
    pairs = (
        debits.select("entry_no", "member_no", "created_at", claimed_coins="amount_coins")
        .join(open_orders, on=["member_no", "claimed_coins"], how="inner", validate="m:m")
        .filter((pl.col("created_at") - pl.col("placed_at")).abs() <= _NEAR)
    )
    found = pairs.filter((pl.len().over("entry_no") == 1) & (pl.len().over("order_no") == 1)).select(
        "entry_no", "order_no", match_method=pl.lit("amount_time")
    )
    return pl.concat([links, found])


def _returns(linked: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a posted restore and the redeem debit it gives back, both tied to no order: ``entry_no, debit_no``."""
    loose = linked.filter(
        pl.col("is_posted") & pl.col("order_no").is_null() & pl.col("member_no").is_not_null()
    )
    debits = loose.filter(pl.col("leg") == "redemption")
    known = (
        debits.select(
            "member_no",
            debit_no="entry_no",
            key=pl.concat_list(reference_key(pl.col("entry_id")), *_REFERENCES),
        )
        .explode("key")
        .drop_nulls("key")
        .unique()
    )
    return (
        loose.filter(pl.col("leg") == "restore")
        .select("entry_no", "member_no", key=pl.concat_list(*_REFERENCES))
        .explode("key")
        .drop_nulls("key")
        .join(known, on=["member_no", "key"], how="inner", validate="m:m")
        .select("entry_no", "debit_no")
        .unique()
    )


def _with_returned_debit(entries: pl.DataFrame) -> pl.DataFrame:
    tied = _returns(entries).group_by("entry_no").agg(debit_no=pl.col("debit_no").min())
    return entries.join(tied, on="entry_no", how="left", validate="1:1", maintain_order="left")
