"""Typed exports beside orders and ledger, as known at the as-of: Shopify, carts, checkouts, money, voices.

Later rows than the as-of are left out, later instants of a row are null. ``member_no`` is null where a row
has neither a valid phone nor an e-mail; ``order_no`` where it names no GoKwik order that is staged.
"""

from typing import Any, Literal

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import PAYMENTS, Contract, Instant, amount, coins, total
from loyalty.contracts.raw_events import (
    DROP_STAGES,
    FINANCIAL_STATUSES,
    SCALES,
    TICKET_STATUSES,
    TRANSACTIONS,
)

_LIST = pl.List(pl.String)
OrderMatch = Literal["id", "name"]


def _number(rank_of: str) -> Any:
    return pa.Field(ge=0, unique=True, description=f"rank of {rank_of}; the key inside the house")


def _nullable_number(description: str | None = None) -> Any:
    return pa.Field(nullable=True, ge=0, description=description)


class StagedShopifyOrders(Contract):
    """Shopify orders created by the as-of; one row per Shopify order name.

    Sorted by ``shopify_no``. The shop writes the amounts of an order on its first line item; what is summed over
    line items says so.
    """

    shopify_no: pl.Int64 = _number("order_name as a reference key")
    shopify_id: pl.String = pa.Field(nullable=True, description="Id without # and .0; older exports lack it")
    order_name: pl.String = pa.Field(unique=True, description="Name as written")
    order_no: pl.Int64 = _nullable_number("the GoKwik order that it is")
    match_by: pl.String = pa.Field(
        nullable=True, isin=("id", "name"), description="by what order_no was found; null without one"
    )
    member_no: pl.Int64 = _nullable_number()
    is_gokwik: pl.Boolean = pa.Field(description="payment method, tag or note attribute names GoKwik")
    prepaid_twin_no: pl.Int64 = _nullable_number(
        "shopify_no of the prepaid order that this COD order became, by a tag of either"
    )
    financial_status: pl.String = pa.Field(nullable=True, isin=FINANCIAL_STATUSES)
    payment_kind: pl.String = pa.Field(isin=PAYMENTS)
    has_discount_code: pl.Boolean
    lines: pl.Int64 = pa.Field(ge=1, description="line items")
    items: pl.Int64 = total(ge=0, description="Σ quantity of the line items")
    lines_paise: pl.Int64 = total(description="Σ quantity × price of the line items, before any discount")
    subtotal_paise: pl.Int64 = coins(nullable=True, description="after discounts")
    discount_paise: pl.Int64 = coins()
    shipping_paise: pl.Int64 = coins()
    tax_paise: pl.Int64 = coins()
    total_paise: pl.Int64 = amount()
    refunded_paise: pl.Int64 = amount(description="undated: as exported, whatever the as-of")
    outstanding_paise: pl.Int64 = coins(nullable=True)
    created_at: Instant
    cancelled_at: Instant = pa.Field(nullable=True)


class StagedCarts(Contract):
    """Carts abandoned by the as-of, as GoKwik counts them; one row per cart id. Sorted by ``cart_no``.

    A customer who tries again makes another row: collapse per member and Indian day before counting people.
    """

    cart_no: pl.Int64 = _number("cart_id")
    cart_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = _nullable_number()
    drop_stage: pl.String = pa.Field(nullable=True, isin=DROP_STAGES)
    device: pl.String = pa.Field(
        nullable=True, description="web, mobile or a word that a rule names; else `other`"
    )
    has_coupon: pl.Boolean
    mrp_paise: pl.Int64 = coins(nullable=True)
    amount_paise: pl.Int64 = amount(nullable=True, description="what the cart would have cost")
    discount_paise: pl.Int64 = coins()
    created_at: Instant


class StagedCheckouts(Contract):
    """Checkout sessions started by the as-of; one row per checkout id. Sorted by ``checkout_no``."""

    checkout_no: pl.Int64 = _number("checkout_id")
    checkout_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = _nullable_number()
    order_no: pl.Int64 = _nullable_number("the GoKwik order that it ended in")
    has_order: pl.Boolean = pa.Field(description="an order is named, known or not")
    device: pl.String = pa.Field(
        nullable=True, description="web, mobile or a word that a rule names; else `other`"
    )
    subtotal_paise: pl.Int64 = amount(
        nullable=True, description="selling price before any discount; null where the export lacks it"
    )
    points_shown: pl.Int64 = coins(nullable=True, description="balance that the customer saw")
    points_applied: pl.Int64 = amount(nullable=True, description="coins that the customer applied")
    started_at: Instant
    completed_at: Instant = pa.Field(nullable=True)


class StagedSettlements(Contract):
    """Payments and refunds transacted by the as-of, as GoKwik settles them; one row per transaction.

    Sorted by ``settlement_no``. Money is never negative: a sale is a credit, a refund a debit.
    """

    settlement_no: pl.Int64 = _number("(payment_id, transaction_type, transacted_at, amount_paise, rrn)")
    payment_id: pl.String
    rrn: pl.String = pa.Field(nullable=True, description="Transaction RRN")
    order_no: pl.Int64 = _nullable_number()
    utr: pl.String = pa.Field(nullable=True, description="Settlement UTR; null while unsettled")
    transaction_type: pl.String = pa.Field(isin=TRANSACTIONS)
    payment_kind: pl.String = pa.Field(nullable=True, isin=PAYMENTS)
    amount_paise: pl.Int64 = amount(description="what the customer paid or got back")
    fee_paise: pl.Int64 = coins()
    tax_paise: pl.Int64 = coins(description="on the fees")
    deduction_paise: pl.Int64 = coins()
    debit_paise: pl.Int64 = amount()
    credit_paise: pl.Int64 = amount()
    transacted_at: Instant
    settled_at: Instant = pa.Field(nullable=True)


class StagedTickets(Contract):
    """Support tickets created by the as-of; one row per ticket id. Sorted by ``ticket_no``.

    A ticket opened again is the same ticket. ``themes`` come from tags, subject and body by the fixed words of
    `loyalty.intake.themes`; no word of the customer is kept.
    """

    ticket_no: pl.Int64 = _number("ticket_id")
    ticket_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = _nullable_number()
    order_no: pl.Int64 = _nullable_number("the order of its column, else the only one that its text names")
    status: pl.String = pa.Field(nullable=True, isin=TICKET_STATUSES)
    themes: _LIST = pa.Field(description="sorted, of a fixed list")  # type: ignore[valid-type]
    is_redemption: pl.Boolean = pa.Field(description="about redeeming coins: the theme `redemption` is there")
    is_loyalty: pl.Boolean = pa.Field(description="about coins at all")
    created_at: Instant


class StagedFeedback(Contract):
    """Answers given by the as-of; one row per response id. Sorted by ``response_no``."""

    response_no: pl.Int64 = _number("response_id")
    response_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = _nullable_number()
    order_no: pl.Int64 = _nullable_number()
    scale: pl.String = pa.Field(isin=tuple(SCALES), description="csat5: 1 to 5, nps: 0 to 10")
    score: pl.Int64 = pa.Field(ge=0, le=10, description="within its scale")
    themes: _LIST = pa.Field(description="sorted, of a fixed list")  # type: ignore[valid-type]
    is_loyalty: pl.Boolean = pa.Field(description="the comment is about coins")
    answered_at: Instant
