"""From raw records beside orders and ledger to what the domain reads: known at the as-of, numbered and keyed.

One function per staged table, as in `stage`. A row's order is the staged one that it names; what it names
otherwise is nobody's business here.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

import polars as pl

from loyalty.contracts.base import Contract, polars_schema
from loyalty.contracts.staged_events import (
    StagedCarts,
    StagedCheckouts,
    StagedFeedback,
    StagedSettlements,
    StagedTickets,
)
from loyalty.intake.identity import ACCEPTED, bridge, member_ids
from loyalty.intake.shopify_orders import staged_shopify_orders, told_orders
from loyalty.intake.themes import is_loyalty

EVENT_DATES: Mapping[str, str] = {
    "raw_shopify__lines": "ordered_at",
    "raw_gokwik__carts": "created_at",
    "raw_checkouts": "started_at",
    "raw_gokwik__settlements": "transacted_at",
    "raw_tickets": "created_at",
    "raw_feedback": "answered_at",
}
"""What makes a record of each raw table later than the as-of."""

_SEALS = ("phone_seal", "email_seal")


def staged_events(
    events: Mapping[str, pl.DataFrame],
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    references: pl.DataFrame,
    as_of: dt.datetime,
) -> dict[str, pl.DataFrame]:
    """Every staged table of this room by name, from the raw tables by name."""
    people = (member_rows, member_keys)
    lines, settlements = events["raw_shopify__lines"], events["raw_gokwik__settlements"]
    return {
        "stg_shopify_orders": staged_shopify_orders(lines, *people, references, as_of),
        "stg_carts": staged_carts(events["raw_gokwik__carts"], *people, as_of),
        "stg_checkouts": staged_checkouts(events["raw_checkouts"], *people, references, as_of),
        "stg_settlements": staged_settlements(settlements, references, as_of),
        "stg_tickets": staged_tickets(events["raw_tickets"], *people, references, as_of),
        "stg_feedback": staged_feedback(events["raw_feedback"], *people, references, as_of),
    }


def people_met(events: Mapping[str, pl.DataFrame], as_of: dt.datetime) -> Iterator[pl.DataFrame]:
    """``phone_seal, email_seal`` of everybody met by the as-of in the raw tables, by name; settlements have nobody."""
    for name, rows in events.items():
        if name == "raw_shopify__lines":
            yield told_orders(rows, as_of).select(_SEALS)
        elif set(_SEALS) <= set(rows.columns):
            yield known_by(rows, EVENT_DATES[name], as_of).select(_SEALS)


def known_by(rows: pl.DataFrame, date: str, as_of: dt.datetime) -> pl.DataFrame:
    """Accepted records that are not later than the as-of."""
    return rows.filter(ACCEPTED & (pl.col(date) <= as_of))


def staged_carts(
    cart_rows: pl.DataFrame, member_rows: pl.DataFrame, member_keys: pl.DataFrame, as_of: dt.datetime
) -> pl.DataFrame:
    """Carts abandoned by the as-of (contract `StagedCarts`)."""
    carts = known_by(cart_rows, "created_at", as_of).sort("cart_id")
    return _staged(with_members(carts, member_rows, member_keys), StagedCarts, "cart_no")


def staged_checkouts(
    checkout_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    references: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Checkouts started by the as-of (contract `StagedCheckouts`); one that ended later has not ended."""
    started = known_by(checkout_rows, "started_at", as_of).sort("checkout_id")
    is_over = (pl.col("completed_at") <= as_of).fill_null(value=False)
    has_ended = is_over | pl.col("completed_at").is_null()
    seen = with_members(started, member_rows, member_keys).with_columns(
        order_key=pl.when(has_ended).then("order_key"), completed_at=pl.when(is_over).then("completed_at")
    )
    named = with_orders(seen, references, "order_key").with_columns(
        has_order=pl.col("order_key").is_not_null()
    )
    return _staged(named, StagedCheckouts, "checkout_no")


def staged_settlements(
    settlement_rows: pl.DataFrame, references: pl.DataFrame, as_of: dt.datetime
) -> pl.DataFrame:
    """Transactions by the as-of (contract `StagedSettlements`); one settled later is not settled yet."""
    key = ("payment_id", "transaction_type", "transacted_at", "amount_paise", "rrn")
    made = known_by(settlement_rows, "transacted_at", as_of).sort(key)
    is_unsettled = (pl.col("settled_at") > as_of).fill_null(value=False)
    settled = made.with_columns(
        pl.col("fee_paise", "tax_paise", "deduction_paise", "debit_paise", "credit_paise").fill_null(0),
        pl.when(~is_unsettled).then(pl.col("settled_at", "utr")),
    )
    named = with_orders(settled, references, "platform_key", "order_key", "gokwik_key")
    return _staged(named, StagedSettlements, "settlement_no")


def staged_tickets(
    ticket_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    references: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Tickets created by the as-of (contract `StagedTickets`)."""
    created = known_by(ticket_rows, "created_at", as_of).sort("ticket_id")
    named = with_orders(with_members(created, member_rows, member_keys), references, "order_key")
    tokens = references.select("order_no", text_tokens="token_seal").drop_nulls().unique()
    in_text = (
        named.filter(pl.col("order_key").is_null())
        .select("ticket_id", "text_tokens")
        .explode("text_tokens", empty_as_null=True)
        .join(tokens, on="text_tokens", how="inner", validate="m:m")
        .group_by("ticket_id")
        .agg(said_no=pl.col("order_no").unique())
        .filter(pl.col("said_no").list.len() == 1)
        .select("ticket_id", said_no=pl.col("said_no").list.first())
    )
    told = named.join(
        in_text, on="ticket_id", how="left", validate="1:1", maintain_order="left"
    ).with_columns(
        order_no=pl.coalesce("order_no", "said_no"),
        is_redemption=pl.col("themes").list.contains("redemption"),
        is_loyalty=is_loyalty(pl.col("themes")),
    )
    return _staged(told, StagedTickets, "ticket_no")


def staged_feedback(
    feedback_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    references: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Answers by the as-of (contract `StagedFeedback`)."""
    answered = known_by(feedback_rows, "answered_at", as_of).sort("response_id")
    named = with_orders(with_members(answered, member_rows, member_keys), references, "order_key")
    return _staged(named.with_columns(is_loyalty=is_loyalty(pl.col("themes"))), StagedFeedback, "response_no")


def with_members(rows: pl.DataFrame, member_rows: pl.DataFrame, member_keys: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``member_no``, by phone, else e-mail, through the members export."""
    return rows.with_columns(member_id=member_ids(rows, bridge(member_rows), *_SEALS)).join(
        member_keys, on="member_id", how="left", validate="m:1", maintain_order="left"
    )


def with_orders(rows: pl.DataFrame, references: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Rows with the ``order_no`` that the first of their keys names that names one; the smallest of several."""
    named = references.group_by("reference_key").agg(found=pl.col("order_no").min())
    found = [
        rows.select(reference_key=key)
        .join(named, on="reference_key", how="left", validate="m:1", maintain_order="left")["found"]
        .alias(f"of {key}")
        for key in keys
    ]
    return rows.hstack([pl.select(pl.coalesce(found)).to_series().alias("order_no")])


def _staged(rows: pl.DataFrame, contract: type[Contract], number: str) -> pl.DataFrame:
    """Sorted rows, numbered, with exactly the contract's columns."""
    numbered = rows.with_columns(pl.int_range(pl.len()).alias(number))
    staged: pl.DataFrame = contract.validate(numbered.select(list(polars_schema(contract))))
    return staged
