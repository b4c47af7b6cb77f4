"""The kinds of export beside orders and ledger: Shopify's orders, carts, checkouts, settlements, tickets, answers.

Their whole headers are listed, so that only what the vendor does not document is reported as unknown; what
nothing here needs is `unread`: names and addresses never get past the door.
"""

from loyalty.intake.kind import EMAILS, ORDER_IDS, PHONES, UPDATED, Column, Kind


def _unread(names: str) -> tuple[Column, ...]:
    """Columns that are known by their headers, apart by commas."""
    return tuple(Column(f"unread {name.strip()}", name.strip(), "unread") for name in names.split(","))


_PHONE = Column("phone", "Phone", "phone", (*PHONES, "customer_phone"))
_EMAIL = Column("email", "Email", "email", EMAILS)
_ORDER_REFERENCE = Column(
    "order_key",
    "Merchant Order ID",
    "reference",
    (*ORDER_IDS, "order_name", "order_number", "shopify_order_name"),
)

SHOPIFY_ORDERS = Kind(
    name="shopify_orders",
    signature=(("order_name",), ("price_paise",)),
    columns=(
        Column("order_name", "Name", "id", ("order_name",), required=True, filled=True),
        Column("shopify_id", "Id", "order_id", ("order_id", "shopify_order_id")),
        Column("email", "Email", "email"),
        Column("phone", "Phone", "phone"),
        Column("billing_phone", "Billing Phone", "phone"),
        Column("shipping_phone", "Shipping Phone", "phone"),
        Column("created_at", "Created at", "instant", required=True),
        Column("cancelled_at", "Cancelled at", "instant", ("canceled_at",)),
        Column("financial_status", "Financial Status", "word"),
        Column("subtotal_paise", "Subtotal", "money"),
        Column("shipping_paise", "Shipping", "money"),
        Column("tax_paise", "Taxes", "money"),
        Column("total_paise", "Total", "amount", required=True),
        Column("discount_code", "Discount Code", "text"),
        Column("discount_paise", "Discount Amount", "money"),
        Column("refunded_paise", "Refunded Amount", "amount"),
        Column("outstanding_paise", "Outstanding Balance", "money"),
        Column("payment_method", "Payment Method", "text"),
        Column("tags", "Tags", "text"),
        Column("note_attributes", "Note Attributes", "text"),
        Column("quantity", "Lineitem quantity", "number"),
        Column("price_paise", "Lineitem price", "money"),
        Column("line_discount_paise", "Lineitem discount", "money"),
        UPDATED,
        *_unread(
            "Paid at, Fulfillment Status, Fulfilled at, Accepts Marketing, Currency, Shipping Method, Lineitem name, "
            "Lineitem compare at price, Lineitem sku, Lineitem requires shipping, Lineitem taxable, "
            "Lineitem fulfillment status, Billing Name, Billing Street, Billing Address1, Billing Address2, "
            "Billing Company, Billing City, Billing Zip, Billing Province, Billing Country, Shipping Name, "
            "Shipping Street, Shipping Address1, Shipping Address2, Shipping Company, Shipping City, Shipping Zip, "
            "Shipping Province, Shipping Country, Notes, Payment Reference, Vendor, Employee, Location, Device ID, "
            "Risk Level, Source, Tax 1 Name, Tax 1 Value, Tax 2 Name, Tax 2 Value, Tax 3 Name, Tax 3 Value, "
            "Tax 4 Name, Tax 4 Value, Tax 5 Name, Tax 5 Value, Receipt Number, Duties, Billing Province Name, "
            "Shipping Province Name, Payment ID, Payment Terms Name, Next Payment Due At, Payment References"
        ),
    ),
)

GOKWIK_CARTS = Kind(
    name="gokwik_carts",
    signature=(("drop_stage", "unread Abandoned Cart Link"),),
    columns=(
        Column("cart_id", "ID", "id", ("cart_id", "abandoned_cart_id"), required=True, filled=True),
        Column("created_at", "Created At", "instant", required=True, filled=True),
        Column("phone", "Phone Number", "phone", (*PHONES, "customer_phone")),
        Column("email", "Email ID", "email", EMAILS),
        Column("amount_paise", "Amount", "amount", ("cart_amount", "total")),
        Column("discount_paise", "Discount Total", "money", ("total_discount",)),
        Column("mrp_paise", "MRP Total", "money"),
        Column("drop_stage", "Drop Stage", "text"),
        Column("device", "Platform", "word", ("device",)),
        Column("discount_code", "Discount Code", "text", ("coupon_code",)),
        UPDATED,
        *_unread(
            "Customer Name, Customer Address, Line items, Variant title, Abandoned Cart Link, Drop Off Reasons, "
            "Comment, Utm Source, Utm Campaign, Utm Medium, Origin Referrer, Landing Page, Store Source, "
            "Store Platform, Automatic Discount Code, Customer Type - Gokwik, Customer Type - Merchant, Risk Flag"
        ),
    ),
)

CHECKOUTS = Kind(
    name="checkouts",
    signature=(("checkout_id",), ("started_at",)),
    columns=(
        Column("checkout_id", "Checkout ID", "id", ("checkout_token",), required=True, filled=True),
        Column("started_at", "Started At", "instant", ("created_at",), required=True, filled=True),
        Column("completed_at", "Completed At", "instant"),
        _ORDER_REFERENCE,
        _PHONE,
        _EMAIL,
        Column("device", "Device", "word", ("platform",)),
        Column(
            "subtotal_paise", "Sub Total", "amount", ("amount", "cart_amount", "cart_value", "cart_total")
        ),
        Column("points_shown", "Points Shown", "coins", ("coins_shown",)),
        Column("points_applied", "Points Applied", "count", ("coins_applied", "coins_used")),
        UPDATED,
    ),
)

GOKWIK_SETTLEMENTS = Kind(
    name="gokwik_settlements",
    signature=(("utr",),),
    columns=(
        Column("payment_id", "Payment Id", "id", required=True, filled=True),
        Column("transaction_type", "Transaction Type", "word", required=True, filled=True),
        Column("amount_paise", "Amount", "money", required=True, filled=True),
        Column("transacted_at", "Transaction Date", "instant", required=True, filled=True),
        Column("utr", "Settlement UTR", "name"),
        Column("settled_at", "Settlement Date", "instant"),
        Column("rrn", "Transaction RRN", "name"),
        Column("order_key", "Merchant Order Id", "reference"),
        Column("platform_key", "Platform Order Id", "reference", ("shopify_order_id",)),
        Column("gokwik_key", "Order Id", "reference"),
        Column("fee_paise", "Fee", "money"),
        Column("more_fee_paise", "Additional Fees", "money"),
        Column("tax_paise", "Tax", "money"),
        Column("more_tax_paise", "Additional Tax", "money"),
        Column("deduction_paise", "gokwik Deduction", "money"),
        Column("debit_paise", "Debit", "money"),
        Column("credit_paise", "Credit", "money"),
        Column("payment_method", "Payment Method", "text", ("payment_mode",)),
        UPDATED,
        *_unread(
            "S. No., Currency, Shopify Transaction Id, Settled By, Payment Mode, Bank Code, Card Network"
        ),
    ),
)

TICKETS = Kind(
    name="tickets",
    signature=(("ticket_id",), ("created_at",), ("subject", "tags")),
    columns=(
        Column("ticket_id", "Ticket ID", "id", ("ticket_number",), required=True, filled=True),
        Column(
            "created_at", "Created At", "instant", ("created_date", "opened_at"), required=True, filled=True
        ),
        _PHONE,
        _EMAIL,
        _ORDER_REFERENCE,
        Column("tags", "Tags", "text", ("labels", "category")),
        Column("subject", "Subject", "text", ("title", "summary")),
        Column("body", "Body", "text", ("description", "message")),
        Column("status", "Status", "word", ("state",)),
        UPDATED,
    ),
)

FEEDBACK = Kind(
    name="feedback",
    signature=(("response_id",), ("score",)),
    columns=(
        Column("response_id", "Response ID", "id", required=True, filled=True),
        Column(
            "answered_at",
            "Answered At",
            "instant",
            ("responded_at", "submitted_at", "created_at"),
            required=True,
            filled=True,
        ),
        _PHONE,
        _EMAIL,
        _ORDER_REFERENCE,
        Column("score", "Score", "number", ("rating",), required=True, filled=True),
        Column("scale", "Scale", "scale", ("survey_type",), required=True, filled=True),
        Column("comment", "Comment", "text", ("comments", "remarks")),
        UPDATED,
    ),
)

EVENT_KINDS = (GOKWIK_SETTLEMENTS, SHOPIFY_ORDERS, GOKWIK_CARTS, CHECKOUTS, TICKETS, FEEDBACK)
"""The most telling signature first."""
