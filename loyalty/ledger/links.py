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

from loyalty.contracts.base import MATCH_METHODS, polars_schema
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
_METHOD = pl.Enum(MATCH_METHODS)
_LOOKED_AT = (
    "entry_no", "key_no", "paid_order_no", "named_order_no", "parent_no", "hash_no", "member_no", "status",
    "type", "operation", "amount_coins", "created_at", "text_tokens", *_REFERENCES,
)  # fmt: skip


def linked_entries(
    entries: pl.DataFrame, orders: pl.DataFrame, references: pl.DataFrame, claims: pl.DataFrame
) -> pl.DataFrame:
    """Posted and pending entries of the coins wallet with their leg and order; one row per entry.

    ``claims`` says how many coins an order must have taken, for method 5: ``order_no, claimed_coins``; it may
    leave out orders that no `loose_debits` could mean.
    """
    in_wallet = pl.col("wallet") == "coins"
    links = (
        entries.lazy()
        .filter(in_wallet)
        .select(_LOOKED_AT)
        .collect()
        .pipe(_by_name)
        .pipe(_by_parent)
        .pipe(_by_text, references)
        .pipe(_by_parent)
        .pipe(_by_amount, orders, claims)
        .pipe(_by_parent)
        .filter(pl.col("status") != "void")
    )
    counted = entries.filter(in_wallet & (pl.col("status") != "void"))
    return (
        counted.with_columns(
            links["order_no"],
            links["match_method"].cast(pl.String),
            is_posted=pl.col("status") == "posted",
        )
        .with_columns(leg=_leg())
        .pipe(_with_returned_debit)
        .select(list(polars_schema(LinkedEntries)))
        .pipe(LinkedEntries.validate)
    )


def loose_debits(entries: pl.DataFrame) -> pl.DataFrame:
    """Redeem debits of the coins wallet that name nothing: those that method 5 may link."""
    return entries.filter((pl.col("wallet") == "coins") & _is_loose_debit())


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


def _is_loose_debit() -> pl.Expr:
    is_redeem = (pl.col("type") == "redeem") & (pl.col("operation") == "dr") & (pl.col("status") != "void")
    return is_redeem & pl.all_horizontal(pl.col(*_REFERENCES).is_null())


def _by_name(wallet: pl.DataFrame) -> pl.DataFrame:
    """Methods 1 and 2: the order that the door found named, ``order_no`` and ``match_method``."""
    method = pl.when(pl.col("paid_order_no").is_not_null()).then(pl.lit("transaction_id", _METHOD))
    return wallet.with_columns(
        order_no=pl.coalesce("paid_order_no", "named_order_no"),
        match_method=method.when(pl.col("named_order_no").is_not_null()).then(pl.lit("reference", _METHOD)),
    )


def _by_parent(links: pl.DataFrame) -> pl.DataFrame:
    """Children of linked entries, generation by generation until none is left."""
    while True:
        waiting = links.lazy().filter(
            pl.col("order_no").is_null() & pl.any_horizontal(pl.col("parent_no", "hash_no").is_not_null())
        )
        children = waiting.select("entry_no", "parent_no", "hash_no").collect()
        wanted = pl.concat([children["parent_no"], children["hash_no"]]).drop_nulls().unique()
        parents = (
            links.lazy()
            .select("key_no", "order_no")
            .filter(pl.col("order_no").is_not_null() & pl.col("key_no").is_in(wanted.implode()))
            .group_by("key_no")
            .agg(pl.col("order_no").min())
            .collect()
        )
        found = children
        for column in ("parent_no", "hash_no"):
            found = found.join(
                parents.select(pl.col("key_no").alias(column), pl.col("order_no").alias(f"by_{column}")),
                on=column,
                how="left",
                validate="m:1",
                maintain_order="left",
            )
        found = found.select("entry_no", order_no=pl.coalesce("by_parent_no", "by_hash_no")).drop_nulls()
        if found.is_empty():
            return links
        links = _with(links, found, "parent")


def _by_text(links: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    telling = (
        links.lazy()
        .filter(pl.col("order_no").is_null() & (pl.col("text_tokens").list.len() > 0))
        .select("entry_no", token_seal="text_tokens")
        .explode("token_seal")
        .collect()
    )
    tokens = (
        references.lazy()
        .filter(pl.col("token_seal").is_in(telling["token_seal"].unique().implode()))
        .select("token_seal", "order_no")
        .unique()
        .collect()
    )
    found = (
        telling.join(tokens, on="token_seal", how="inner", validate="m:m")
        .group_by("entry_no")
        .agg(pl.col("order_no").unique())
        .filter(pl.col("order_no").list.len() == 1)
        .select("entry_no", pl.col("order_no").list.first())
    )
    return _with(links, found, "text")


def _by_amount(links: pl.DataFrame, orders: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Method 5, only where a debit has one candidate order and that order one candidate debit."""
    debits = (
        links.lazy()
        .filter(_is_loose_debit() & pl.col("order_no").is_null() & pl.col("member_no").is_not_null())
        .select("entry_no", "member_no", "created_at", claimed_coins="amount_coins")
        .collect()
    )
    is_redeem = (pl.col("type") == "redeem") & (pl.col("operation") == "dr") & (pl.col("status") != "void")
    taken = links.lazy().filter(is_redeem).select(pl.col("order_no").drop_nulls()).collect()
    open_orders = (
        orders.lazy()
        .select("order_no", "member_no", "placed_at")
        .filter(pl.col("member_no").is_in(debits["member_no"].unique().implode()))
        .collect()
        .join(claims.filter(pl.col("claimed_coins") > 0), on="order_no", how="inner", validate="1:1")
        .join(taken, on="order_no", how="anti")
    )
    pairs = debits.join(open_orders, on=["member_no", "claimed_coins"], how="inner", validate="m:m").filter(
        (pl.col("created_at") - pl.col("placed_at")).abs() <= _NEAR
    )
    is_only = (pl.len().over("entry_no") == 1) & (pl.len().over("order_no") == 1)
    return _with(links, pairs.filter(is_only).select("entry_no", "order_no"), "amount_time")


def _with(links: pl.DataFrame, found: pl.DataFrame, method: str) -> pl.DataFrame:
    """Links with the orders found for entries that had none: ``entry_no, order_no``."""
    if found.is_empty():
        return links
    late = links.select("entry_no").join(
        found.rename({"order_no": "found_no"}),
        on="entry_no",
        how="left",
        validate="1:1",
        maintain_order="left",
    )["found_no"]
    return links.with_columns(
        order_no=pl.coalesce("order_no", late),
        match_method=pl.coalesce("match_method", pl.when(late.is_not_null()).then(pl.lit(method, _METHOD))),
    )


def _returns(linked: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a posted restore and the redeem debit it gives back, both tied to no order: ``entry_no, debit_no``."""
    loose = (
        linked.lazy()
        .filter(
            pl.col("is_posted")
            & pl.col("order_no").is_null()
            & pl.col("member_no").is_not_null()
            & pl.col("leg").is_in(("redemption", "restore"))
        )
        .select("entry_no", "entry_id", "member_no", "leg", *_REFERENCES)
        .collect()
    )
    known = (
        loose.filter(pl.col("leg") == "redemption")
        .select(
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
    debits = entries.select("entry_no").join(
        tied, on="entry_no", how="left", validate="1:1", maintain_order="left"
    )
    return entries.with_columns(debits["debit_no"])
