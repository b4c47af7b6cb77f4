"""The kinds of export (contract §3): their columns, and the headers that name them.

A header matches whatever its case, blanks, underscores, dots and hyphens. This table says what exists;
which kind a file is, is the business of `recognition`, what a value means that of `parse`. The kinds beside
orders and ledger are in `event_kinds`.
"""

import re
from collections.abc import Mapping, Sequence

from loyalty.intake.event_kinds import EVENT_KINDS
from loyalty.intake.kind import EMAILS, ORDER_IDS, PHONES, UPDATED, Column, Kind, plain
from loyalty.values.errors import UserError

ExtraHeaders = Mapping[str, Mapping[str, Sequence[str]]]
"""Kind → column → further headers that mean it, as a brand writes them."""


def checked_headers(extra: ExtraHeaders) -> ExtraHeaders:
    """The brand's own headers, column names turned into keys.

    Raises:
        UserError: A kind or a column that contract §3 does not know.
    """
    checked: dict[str, dict[str, Sequence[str]]] = {}
    for name, columns in extra.items():
        kind = next((kind for kind in KINDS if kind.name == name), None)
        if kind is None:
            known = ", ".join(kind.name for kind in KINDS)
            raise UserError(f"sources.{name} is no kind of export; the kinds are {known}")
        keys = {plain(text): column.key for column in kind.columns for text in (column.name, column.key)}
        for column, headers in columns.items():
            if plain(column) not in keys:
                raise UserError(f"sources.{name} has no column {column}; name one of its columns instead")
            checked.setdefault(name, {})[keys[plain(column)]] = tuple(headers)
    return checked


GOKWIK_ORDERS = Kind(
    name="gokwik_orders",
    signature=(("order_id",), ("grand_total_paise",)),
    either=("phone", "email"),
    columns=(
        Column("order_id", "Merchant Order ID", "order_id", ORDER_IDS, required=True, filled=True),
        Column("order_name", "Shopify Order Name", "name", ("order_number", "order_name", "name")),
        Column("gokwik_id", "GoKwik Order ID", "name", ("gokwik_oid", "request_id")),
        Column("placed_at", "Created At", "instant", ("order_date", "placed_at"), required=True, filled=True),
        Column("confirmed_at", "Confirmed At", "instant"),
        Column("delivered_at", "Delivered At", "instant"),
        Column("cancelled_at", "Cancelled At", "instant", ("canceled_at",)),
        Column("rto_at", "RTO At", "instant"),
        Column("phone", "Customer Phone", "phone", PHONES),
        Column("email", "Customer Email", "email", EMAILS),
        Column("mrp_paise", "MRP Total", "money"),
        Column("subtotal_paise", "Sub Total", "amount", required=True, filled=True),
        Column("coupon_code", "Coupon Code", "text", ("promo_code", "discount_code")),
        Column("coupon_paise", "Coupon Discount", "money"),
        Column("prepaid_discount_paise", "Prepaid Discount", "money"),
        Column("other_discount_paise", "Other Discount", "money"),
        Column(
            "loyalty_paise", "Loyalty Discount", "amount",
            ("reward_amount", "rewards", "loyalty_points", "nector_coins", "wallet_applied", "nector_used_amount"),
        ),
        Column("coins_used", "Coins Used", "count", ("nector_points_used", "nector_coins_spent")),
        Column("reward_ref", "Reward Transaction ID", "reference", ("rewards_info.transaction_id",)),
        Column("shipping_paise", "Shipping Charges", "money", ("shipping", "total_shipping")),
        Column("cod_fee_paise", "Cod Charges", "money", ("cod_charge", "cod_fee")),
        Column("tax_paise", "Tax", "money", ("total_tax",)),
        Column(
            "grand_total_paise", "Grand Total", "amount", ("total", "order_total", "payment_amount"),
            required=True, filled=True,
        ),
        Column("total_discount_paise", "Total Discount", "money", ("discount", "discount_total", "discounts")),
        Column("payment_method", "Payment Method", "text", ("method", "payment_mode"), required=True),
        Column("payment_status", "Payment Status", "word", ("financial_status",)),
        Column("order_status", "Merchant Order Status", "word", ("status",), required=True, filled=True),
        Column("shipment_status", "Order Shipment Status", "word", ("shipment_status",)),
        Column("refunded_paise", "Refunded Amount", "amount"),
        Column("refunded_at", "Refunded At", "instant"),
        Column("device", "Device", "word"),
        Column("surface", "Checkout", "word", ("surface",)),
        Column("apply_mode", "Loyalty Applied", "word"),
        Column("points_shown", "Points Shown", "coins"),
        Column("tags", "Tags", "text"),
        Column("utm_source", "Utm Source", "text"),
        UPDATED,
    ),
)  # fmt: skip

NECTOR_LEDGER = Kind(
    name="nector_ledger",
    signature=(("operation",), ("amount_coins",), ("lead_id", "phone", "email")),
    either=("lead_id", "phone", "email"),
    whose=("lead_id", "phone", "email"),
    columns=(
        Column(
            "entry_id", "_id", "id", ("transaction_id", "wallettransaction_id", "txn_id", "entry_id"),
            required=True, filled=True,
        ),
        Column("lead_id", "lead_id", "lead", ("customer_id",)),
        Column("phone", "mobile", "phone", (*PHONES, "customer_phone")),
        Column("email", "email", "email", EMAILS),
        Column("title", "title", "text", ("reason", "activity", "event")),
        Column("description", "description", "text", ("remarks", "note", "comment")),
        Column(
            "amount_coins", "amount", "count", ("coins", "coin_amount", "points", "coin_value", "value"),
            required=True, filled=True,
        ),
        Column(
            "operation", "operation", "operation",
            ("dr/cr", "cr/dr", "credit/debit", "points_operation", "transaction_type"), required=True, filled=True,
        ),
        Column("type", "type", "word", ("trigger", "source")),
        Column("status", "status", "word", ("state",)),
        Column(
            "reference_key", "reference_order_id", "reference",
            ("reference_order_name", "order_id", "order_name", "order_number", "merchant_order_id", "reference"),
        ),
        Column("parent_key", "parent_id", "reference"),
        Column("hash_key", "hash", "reference"),
        Column("wallet", "wallet", "wallet", ("wallet_type",)),
        Column("expires_at", "expire", "expiry", ("expiry", "expires_at", "expiry_date")),
        Column("balance_coins", "balance", "coins", ("available", "closing_balance", "balance_after")),
        Column("created_at", "created_at", "instant", ("date", "transaction_date"), required=True, filled=True),
        UPDATED,
    ),
)  # fmt: skip

REFUNDS = Kind(
    name="refunds",
    signature=(("refund_id",), ("order_id",), ("amount_paise",), ("refunded_at",)),
    columns=(
        Column("refund_id", "Refund ID", "id", required=True, filled=True),
        Column("order_id", "Merchant Order ID", "order_id", ORDER_IDS, required=True, filled=True),
        Column(
            "refunded_at", "Refunded At", "instant", ("refund_date", "created_at", "date"), required=True, filled=True
        ),
        Column(
            "amount_paise", "Amount", "amount", ("refund_amount", "refunded_amount"), required=True, filled=True
        ),
        Column("kind", "Kind", "word", ("type",)),
        UPDATED,
    ),
)  # fmt: skip

MEMBERS = Kind(
    name="members",
    signature=(("lead_id",), ("balance_coins",)),
    whose=("lead_id", "phone", "email"),
    never=("amount", "operation"),
    columns=(
        Column("lead_id", "lead_id", "lead", ("customer_id",), required=True),
        Column("phone", "mobile", "phone", (*PHONES, "customer_phone")),
        Column("email", "email", "email", EMAILS),
        Column("tier", "tier", "text", ("vip_tier",)),
        Column("joined_at", "joined_at", "instant", ("created_at", "joined")),
        Column(
            "balance_coins", "balance", "coins", ("available", "points_balance", "points", "coins"), required=True
        ),
        Column("as_of", "as_of", "instant", ("exported_at", "date")),
        Column("is_holdout", "holdout", "flag", ("is_holdout",)),
        UPDATED,
    ),
)  # fmt: skip


KINDS = (
    *EVENT_KINDS,
    REFUNDS,
    NECTOR_LEDGER,
    GOKWIK_ORDERS,
    MEMBERS,
)
"""Every kind, the most telling signature first."""

_COMMON_WORDS = """
    address amount area attributes awb billing brand browser campaign carrier category city code comment
    company content count country courier currency customer description designer details district first
    full gateway gender gst gstin hsn id image invoice ip item items landing language last line link
    locality location manager medium name new note notes number order page partner pay pin pincode
    postal product province quantity rate reason region remark remarks risk rto score segment seller
    shipping size sku slot source state status store street sub tag tags term theme time title total
    tracking type unit url user utm variant vendor weight zip zone
"""
HEADER_WORDS = frozenset(
    word
    for text in (
        _COMMON_WORDS,
        *(text for kind in KINDS for column in kind.columns for text in (column.name, *column.aliases)),
    )
    for word in re.findall(r"[a-z]+", text.casefold())
)
"""Words that name columns and never people: a header made of them may be shown."""
