"""What an order's words say: its state, how it is paid, on which device and surface.

Words are compared whole (a contains-match would read "undelivered" as delivered) and the most severe
of an order's words is its state (details D5–D7, R13, G1).
"""

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl

from loyalty.contracts.base import STATES
from loyalty.intake.parse import word
from loyalty.values.errors import UserError

STATUS_WORDS = {
    **dict.fromkeys(("pending", "placed", "created", "open"), "placed"),
    **dict.fromkeys(("confirmed", "processing", "paid"), "confirmed"),
    **dict.fromkeys(("shipped", "in_transit", "out_for_delivery", "picked_up", "undelivered"), "shipped"),
    **dict.fromkeys(("delivered", "completed", "fulfilled"), "delivered"),
    "partially_refunded": "partially_refunded",
    "refunded": "refunded",
    **dict.fromkeys(("returned", "return_delivered"), "returned"),
    **dict.fromkeys(("rto", "rto_initiated", "rto_in_transit", "rto_delivered"), "rto"),
    **dict.fromkeys(("cancelled", "canceled", "voided"), "cancelled"),
    **dict.fromkeys(("failed", "payment_failed"), "failed"),
}
PAYMENT_WORDS = ("refunded", "partially_refunded", "voided", "failed")
"""The only words of Payment Status that say something of the order."""

DEVICES = {
    **dict.fromkeys(("web", "desktop", "laptop"), "web"),
    **dict.fromkeys(("mobile", "phone", "tablet", "android", "ios", "app"), "mobile"),
}
TIERS = (
    "basic",
    "base",
    "bronze",
    "silver",
    "gold",
    "platinum",
    "diamond",
    "black",
    "vip",
    "elite",
    "premium",
)
SURFACES = ("gokwik", "widget", "rewards_page", "shopify", "pos")
ROW_INSTANTS = ("placed_at", "confirmed_at", "delivered_at", "cancelled_at", "rto_at", "refunded_at")


def status_words(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Every status word with its state, the brand's own included.

    Raises:
        UserError: A brand's word names no state.
    """
    own = {}
    for text, state in (extra or {}).items():
        if state not in STATES or state == "unknown":
            raise UserError(
                f"the status word {text} is read as {state}, which is none of {', '.join(STATES[:-1])}"
            )
        own["_".join(text.lower().replace("-", " ").replace("_", " ").split())] = state
    return {**STATUS_WORDS, **own}


def state(words: Mapping[str, str]) -> pl.Expr:
    """The most severe word of an order row; ``unknown`` as soon as one word is not known.

    Of Payment Status only `PAYMENT_WORDS` count; its other words are ignored.
    """
    ranks = {text: STATES.index(name) for text, name in words.items()}
    unknown = STATES.index("unknown")
    told = [
        pl.when(pl.col(column).is_not_null()).then(_rank(column, ranks).fill_null(unknown))
        for column in ("order_status", "shipment_status")
    ]
    paid = pl.when(pl.col("payment_status").is_in(PAYMENT_WORDS)).then(_rank("payment_status", ranks))
    return pl.max_horizontal(*told, paid).replace_strict(range(len(STATES)), STATES, return_dtype=pl.String)


def unknown_words(texts: pl.DataFrame, words: Mapping[str, str]) -> list[str]:
    """Words of the two status columns that no table knows, sorted."""
    columns = [name for name in ("order_status", "shipment_status") if name in texts.columns]
    found = {text for name in columns for text in texts[name].drop_nulls().unique()}
    return sorted(found - set(words))


def state_as_of(as_of: dt.datetime) -> pl.Expr:
    """The state that stood at ``as_of``: a word that came later gives way to what was reached (details D6).

    ``refunded_at`` is the last refund of the order, ``first_refunded_at`` the first.
    """
    told_at = (
        pl.when(pl.col("state").is_in(("cancelled", "failed")))
        .then("cancelled_at")
        .when(pl.col("state") == "rto")
        .then("rto_at")
        .when(pl.col("state").is_in(("returned", "refunded")))
        .then("refunded_at")
        .when(pl.col("state") == "partially_refunded")
        .then("first_refunded_at")
        .when(pl.col("state") == "delivered")
        .then("delivered_at")
        .when(pl.col("state") == "confirmed")
        .then("confirmed_at")
    )
    reached = (
        pl.when(pl.col("delivered_at") <= as_of)
        .then(pl.lit("delivered"))
        .when(pl.col("confirmed_at") <= as_of)
        .then(pl.lit("confirmed"))
        .otherwise(pl.lit("placed"))
    )
    return pl.when(told_at > as_of).then(reached).otherwise("state")


def payment_kind(text: pl.Expr) -> pl.Expr:
    """cod, ppcod or prepaid by the words of a payment method; null when blank (details R13)."""
    upper = text.str.to_uppercase()
    is_part = upper.str.contains("PP|PARTIAL")
    cod = pl.when(is_part).then(pl.lit("ppcod")).otherwise(pl.lit("cod"))
    is_cod = upper.str.contains("COD", literal=True)
    return pl.when(text.is_not_null()).then(pl.when(is_cod).then(cod).otherwise(pl.lit("prepaid")))


def payment_of_blank(state_word: pl.Expr) -> pl.Expr:
    """A blank method is COD while the order is only placed or confirmed, else prepaid (details R13)."""
    is_open = state_word.is_in(("placed", "confirmed"))
    return pl.when(is_open).then(pl.lit("cod")).otherwise(pl.lit("prepaid"))


def device(text: pl.Expr, named: Iterable[str]) -> pl.Expr:
    """web, mobile, a word that a rule names, else ``other``; null when blank (details G1)."""
    known = {**{name: name for name in named}, **DEVICES}
    return pl.when(text.is_not_null()).then(
        word(text).replace_strict(known, default="other", return_dtype=pl.String)
    )


def surface(text: pl.Expr, named: Iterable[str]) -> pl.Expr:
    """Where coins were applied; gokwik when blank, ``other`` when neither a rule nor contract §4 knows it."""
    known = word(text)
    is_known = known.is_in(sorted({*named, *SURFACES}))
    return (
        pl.when(text.is_null()).then(pl.lit("gokwik")).when(is_known).then(known).otherwise(pl.lit("other"))
    )


def tier(text: pl.Expr, named: Iterable[str]) -> pl.Expr:
    """A member's tier in lower case: one that a rule names or a common one, else ``other``; null when blank.

    A tier that no rule names counts like none, whatever it is called, and a cell may hold anything.
    """
    lower = text.str.to_lowercase()
    is_known = lower.is_in(sorted({*named, *TIERS}))
    return pl.when(is_known).then(lower).when(text.is_not_null()).then(pl.lit("other"))


def skip_tags(text: pl.Expr, named: Iterable[str]) -> pl.Expr:
    """The tags of a row that a rulebook names, lower case, sorted; Tags split at commas (details G1)."""
    tags = text.fill_null("").str.to_lowercase().str.split(",").list.eval(pl.element().str.strip_chars())
    return tags.list.set_intersection(pl.lit(list(named), dtype=pl.List(pl.String))).list.sort()


def _rank(column: str, ranks: Mapping[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(ranks, default=None, return_dtype=pl.Int64)
