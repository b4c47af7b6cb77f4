"""Exports beside orders and ledger, as they came: Shopify's lines, carts, checkouts, settlements, tickets, answers.

Fates as in `raw`: every record of every file, sealed and typed, nothing lost. Of free text only labels of a
fixed list are left (details P1).
"""

from typing import ClassVar

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import PAYMENTS, Instant, amount, coins
from loyalty.contracts.raw import RawRecords

_LIST = pl.List(pl.String)

FINANCIAL_STATUSES = (
    "pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided", "other",
)  # fmt: skip
TRANSACTIONS = ("sale", "refund", "other")
DROP_STAGES = ("login", "address", "shipping", "offers", "payment", "other")
"""How far an abandoned cart came."""
TICKET_STATUSES = ("open", "pending", "closed", "other")
SCALES = {"csat5": (1, 5), "nps": (0, 10)}
"""The lowest and the highest score of each scale (details M10)."""
THEMES = (
    "redemption", "points_missing", "balance", "expiry", "points_other", "coupon", "payment", "refund", "delivery",
    "product", "account",
)  # fmt: skip
"""What a ticket or an answer is about, by words of a fixed list; `loyalty.intake.themes` has the words."""


class RawShopifyLines(RawRecords):
    """Shopify order exports; one row per record, which is one line item. Sorted by (file, line).

    What is said of the whole order stands on its first line only.
    """

    _filled: ClassVar[tuple[str, ...]] = ("order_name", "name_key", "line_no", "ordered_at")

    order_name: pl.String = pa.Field(nullable=True)
    name_key: pl.String = pa.Field(nullable=True, description="order_name as a reference key")
    line_no: pl.Int64 = pa.Field(nullable=True, ge=1, description="1, 2, … within the order")
    shopify_id: pl.String = pa.Field(nullable=True, description="Id, as text")
    id_key: pl.String = pa.Field(nullable=True, description="shopify_id as a reference key")
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    is_gokwik: pl.Boolean = pa.Field(
        nullable=True, description="payment method, tag or note attribute names GoKwik"
    )
    became_key: pl.String = pa.Field(
        nullable=True, description="the prepaid order that a tag says this COD order became"
    )
    was_key: pl.String = pa.Field(
        nullable=True, description="the COD order that a tag says this prepaid order was"
    )
    financial_status: pl.String = pa.Field(nullable=True, isin=FINANCIAL_STATUSES)
    payment_kind: pl.String = pa.Field(nullable=True, isin=PAYMENTS)
    has_discount_code: pl.Boolean = pa.Field(nullable=True)
    quantity: pl.Int64 = amount(nullable=True)
    price_paise: pl.Int64 = coins(nullable=True)
    line_discount_paise: pl.Int64 = coins(nullable=True)
    subtotal_paise: pl.Int64 = coins(nullable=True, description="after discounts")
    discount_paise: pl.Int64 = coins(nullable=True)
    shipping_paise: pl.Int64 = coins(nullable=True)
    tax_paise: pl.Int64 = coins(nullable=True)
    total_paise: pl.Int64 = amount(nullable=True)
    refunded_paise: pl.Int64 = amount(nullable=True)
    outstanding_paise: pl.Int64 = coins(nullable=True)
    created_at: Instant = pa.Field(nullable=True)
    cancelled_at: Instant = pa.Field(nullable=True)
    ordered_at: Instant = pa.Field(nullable=True, description="created_at of the order, on each of its lines")


class RawCarts(RawRecords):
    """Abandoned carts of GoKwik; one row per record. Sorted by (file, line)."""

    _filled: ClassVar[tuple[str, ...]] = ("cart_id", "created_at")

    cart_id: pl.String = pa.Field(nullable=True)
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    drop_stage: pl.String = pa.Field(nullable=True, isin=DROP_STAGES)
    device: pl.String = pa.Field(nullable=True)
    has_coupon: pl.Boolean = pa.Field(nullable=True)
    mrp_paise: pl.Int64 = coins(nullable=True)
    amount_paise: pl.Int64 = amount(nullable=True)
    discount_paise: pl.Int64 = coins(nullable=True)
    created_at: Instant = pa.Field(nullable=True)


class RawCheckouts(RawRecords):
    """Checkout sessions; one row per record. Sorted by (file, line)."""

    _filled: ClassVar[tuple[str, ...]] = ("checkout_id", "started_at")

    checkout_id: pl.String = pa.Field(nullable=True)
    order_key: pl.String = pa.Field(nullable=True, description="Merchant Order ID as a reference key")
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    device: pl.String = pa.Field(nullable=True)
    subtotal_paise: pl.Int64 = amount(nullable=True)
    points_shown: pl.Int64 = coins(nullable=True)
    points_applied: pl.Int64 = amount(nullable=True)
    started_at: Instant = pa.Field(nullable=True)
    completed_at: Instant = pa.Field(nullable=True)


class RawSettlements(RawRecords):
    """GoKwik settlement lines; one row per record. Sorted by (file, line)."""

    _filled: ClassVar[tuple[str, ...]] = ("payment_id", "transaction_type", "amount_paise", "transacted_at")

    payment_id: pl.String = pa.Field(nullable=True)
    rrn: pl.String = pa.Field(nullable=True, description="Transaction RRN")
    order_key: pl.String = pa.Field(nullable=True, description="Merchant Order Id as a reference key")
    platform_key: pl.String = pa.Field(
        nullable=True, description="Platform or Shopify Order Id, the same way"
    )
    gokwik_key: pl.String = pa.Field(nullable=True, description="Order Id, the same way")
    utr: pl.String = pa.Field(nullable=True, description="Settlement UTR; null while unsettled")
    transaction_type: pl.String = pa.Field(nullable=True, isin=TRANSACTIONS)
    payment_kind: pl.String = pa.Field(nullable=True, isin=PAYMENTS)
    amount_paise: pl.Int64 = amount(nullable=True)
    fee_paise: pl.Int64 = coins(nullable=True, description="Fee + Additional Fees")
    tax_paise: pl.Int64 = coins(nullable=True, description="Tax + Additional Tax")
    deduction_paise: pl.Int64 = coins(nullable=True)
    debit_paise: pl.Int64 = amount(nullable=True)
    credit_paise: pl.Int64 = amount(nullable=True)
    transacted_at: Instant = pa.Field(nullable=True)
    settled_at: Instant = pa.Field(nullable=True)


class RawTickets(RawRecords):
    """Support tickets; one row per record. Sorted by (file, line). Subject and body are gone."""

    _filled: ClassVar[tuple[str, ...]] = ("ticket_id", "created_at", "themes")

    ticket_id: pl.String = pa.Field(nullable=True)
    order_key: pl.String = pa.Field(nullable=True, description="Merchant Order ID as a reference key")
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    status: pl.String = pa.Field(nullable=True, isin=TICKET_STATUSES)
    themes: _LIST = pa.Field(nullable=True, description="sorted, of a fixed list")  # type: ignore[valid-type]
    text_tokens: _LIST = pa.Field(nullable=True, description="every whole token of the text, sealed")  # type: ignore[valid-type]
    created_at: Instant = pa.Field(nullable=True)


class RawFeedback(RawRecords):
    """Answers of customers; one row per record. Sorted by (file, line). The comment is gone."""

    _filled: ClassVar[tuple[str, ...]] = ("response_id", "scale", "score", "themes", "answered_at")

    response_id: pl.String = pa.Field(nullable=True)
    order_key: pl.String = pa.Field(nullable=True, description="Merchant Order ID as a reference key")
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    scale: pl.String = pa.Field(nullable=True, isin=tuple(SCALES))
    score: pl.Int64 = pa.Field(nullable=True, ge=0, le=10)
    themes: _LIST = pa.Field(nullable=True, description="sorted, of a fixed list")  # type: ignore[valid-type]
    answered_at: Instant = pa.Field(nullable=True)
