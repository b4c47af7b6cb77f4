"""Behind the door, beside orders and ledger: carts, checkouts, settlements, tickets and answers, sealed.

One function per raw table, as in `raw`; Shopify's lines have a room of their own.
"""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from loyalty.contracts.raw_events import (
    SCALES,
    RawCarts,
    RawCheckouts,
    RawFeedback,
    RawSettlements,
    RawTickets,
)
from loyalty.intake import states
from loyalty.intake.event_kinds import CHECKOUTS, FEEDBACK, GOKWIK_CARTS, GOKWIK_SETTLEMENTS, TICKETS
from loyalty.intake.landed import landed, made_discreet, records_of, refused
from loyalty.intake.raw_shopify import raw_shopify_lines
from loyalty.intake.seal import sealed_people, sealed_texts
from loyalty.intake.settings import Intake
from loyalty.intake.survey import Export
from loyalty.intake.themes import themes
from loyalty.values.money import LIMIT

_STAGES = {
    "login": "log ?in|otp|phone|mobile",
    "address": "address|pincode",
    "shipping": "shipping|delivery",
    "offers": "offer|coupon|discount|reward|loyalty",
    "payment": "payment|pay",
}
"""What a drop stage is called, the last that fits counts: a payment page also shows the address."""
_SALES = ("sale", "payment", "capture", "captured", "order")
_REFUNDS = ("refund", "refunded", "auto_refund", "partial_refund", "reversal", "chargeback")
_TICKETS = {
    **dict.fromkeys(("open", "new", "reopened"), "open"),
    **dict.fromkeys(("pending", "waiting", "on_hold", "in_progress", "waiting_on_customer"), "pending"),
    **dict.fromkeys(("closed", "resolved", "solved", "done"), "closed"),
}


def raw_carts(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every abandoned cart (contract `RawCarts`)."""
    typed = records_of(exports, GOKWIK_CARTS, intake).with_columns(
        pl.col("discount_paise").fill_null(0),
        drop_stage=_drop_stage(pl.col("drop_stage")),
        device=states.device(pl.col("device"), intake.devices),
        has_coupon=pl.col("discount_code").is_not_null(),
    )
    sealed = made_discreet(sealed_people(typed, intake.sealer), ("cart_id",), intake.sealer)
    return landed(sealed, RawCarts, key=("cart_id",))


def raw_checkouts(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every checkout session (contract `RawCheckouts`)."""
    typed = records_of(exports, CHECKOUTS, intake).with_columns(
        device=states.device(pl.col("device"), intake.devices)
    )
    sealed = made_discreet(sealed_people(typed, intake.sealer), ("checkout_id", "order_key"), intake.sealer)
    return landed(sealed, RawCheckouts, key=("checkout_id",))


def raw_settlements(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every settlement line (contract `RawSettlements`).

    Nothing numbers a line: a transaction is its payment, type, instant, amount and bank reference. What was
    unsettled before and is settled now supersedes itself.
    """
    kind = pl.col("transaction_type")
    typed = records_of(exports, GOKWIK_SETTLEMENTS, intake).with_columns(
        pl.col("amount_paise", "debit_paise", "credit_paise").abs(),
        transaction_type=pl.when(kind.is_in(_SALES))
        .then(pl.lit("sale"))
        .when(kind.is_in(_REFUNDS))
        .then(pl.lit("refund"))
        .otherwise(pl.lit("other")),
        payment_kind=states.payment_kind(pl.col("payment_method")),
        fee_paise=_sum("fee_paise", "more_fee_paise"),
        tax_paise=_sum("tax_paise", "more_tax_paise"),
    )
    for column, name in (("fee_paise", "Fee"), ("tax_paise", "Tax")):
        is_large = pl.col(column).abs() > LIMIT
        typed = refused(typed, is_large, f"{name}: too large", name, pl.col(column).cast(pl.String))
    ids = ("payment_id", "rrn", "utr", "order_key", "platform_key", "gokwik_key")
    key = ("payment_id", "transaction_type", "transacted_at", "amount_paise", "rrn")
    return landed(made_discreet(typed, ids, intake.sealer), RawSettlements, key=key)


def raw_tickets(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every ticket record (contract `RawTickets`): of its words, labels and sealed tokens are left."""
    typed = records_of(exports, TICKETS, intake)
    status = pl.col("status").replace_strict(_TICKETS, default="other", return_dtype=pl.String)
    words = sealed_texts(typed["subject"], typed["body"], (), intake.sealer)
    labelled = typed.with_columns(
        status=pl.when(pl.col("status").is_not_null()).then(status),
        themes=themes([pl.col("tags"), pl.col("subject"), pl.col("body")]),
        text_tokens=words["text_tokens"],
    )
    sealed = made_discreet(sealed_people(labelled, intake.sealer), ("ticket_id", "order_key"), intake.sealer)
    return landed(sealed, RawTickets, key=("ticket_id",))


def raw_feedback(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every answer (contract `RawFeedback`); a score outside its scale is quarantined (details M10)."""
    typed = records_of(exports, FEEDBACK, intake).with_columns(themes=themes([pl.col("comment")]))
    low, high = (
        pl.col("scale").replace_strict({name: ends[place] for name, ends in SCALES.items()}, default=None)
        for place in (0, 1)
    )
    is_sound = pl.col("reasons").list.len() == 0
    is_outside = is_sound & ~pl.col("score").is_between(low, high)
    scored = refused(typed, is_outside, "Score: outside its scale", "Score", pl.col("score").cast(pl.String))
    sealed = made_discreet(sealed_people(scored, intake.sealer), ("response_id", "order_key"), intake.sealer)
    return landed(sealed, RawFeedback, key=("response_id",))


RAW_EVENTS: Mapping[str, Callable[[Sequence[Export], Intake], pl.DataFrame]] = {
    "raw_shopify__lines": raw_shopify_lines,
    "raw_gokwik__carts": raw_carts,
    "raw_checkouts": raw_checkouts,
    "raw_gokwik__settlements": raw_settlements,
    "raw_tickets": raw_tickets,
    "raw_feedback": raw_feedback,
}
"""Every raw table beside orders and ledger, with what makes it."""


def _drop_stage(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    stage = pl.lit("other")
    for name, words in _STAGES.items():
        stage = pl.when(lower.str.contains(words)).then(pl.lit(name)).otherwise(stage)
    return pl.when(text.is_not_null()).then(stage)


def _sum(*columns: str) -> pl.Expr:
    return pl.sum_horizontal(pl.col(column).fill_null(0) for column in columns)
