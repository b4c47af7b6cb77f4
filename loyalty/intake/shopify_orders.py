"""Shopify's lines as orders, each beside the GoKwik order that it is, by id, else by name.

An order is what its lines say together: the first that says a thing counts, and totals are never summed.
"""

import datetime as dt

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.staged_events import StagedShopifyOrders
from loyalty.intake.identity import ACCEPTED, bridge, member_ids
from loyalty.values.money import LIMIT

_SAID_ONCE = (
    "order_name", "shopify_id", "id_key", "phone_seal", "email_seal", "became_key", "was_key", "financial_status",
    "payment_kind", "subtotal_paise", "discount_paise", "shipping_paise", "tax_paise", "total_paise", "refunded_paise",
    "outstanding_paise", "created_at", "cancelled_at",
)  # fmt: skip
_ZERO_WHEN_BLANK = ("discount_paise", "shipping_paise", "tax_paise", "refunded_paise")


def told_orders(lines: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """Accepted lines of orders created by the as-of as ``name_key`` and what each order says, sorted by it."""
    value = pl.col("quantity").fill_null(0).cast(pl.Int128) * pl.col("price_paise").fill_null(0)
    return (
        lines.filter(ACCEPTED & (pl.col("ordered_at") <= as_of))
        .sort("name_key", "line_no")
        .group_by("name_key", maintain_order=True)
        .agg(
            pl.col(*_SAID_ONCE).drop_nulls().first(),
            pl.col("is_gokwik", "has_discount_code").any(),
            lines=pl.len().cast(pl.Int64),
            items=pl.col("quantity").sum(),
            lines_paise=value.sum().clip(-LIMIT, LIMIT).cast(pl.Int64),
        )
    )


def staged_shopify_orders(
    lines: pl.DataFrame,
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    references: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Shopify orders created by the as-of (contract `StagedShopifyOrders`)."""
    told = (
        told_orders(lines, as_of)
        .with_row_index("shopify_no")
        .with_columns(pl.col("shopify_no").cast(pl.Int64))
    )
    words = {"pending": "cod", "partially_paid": "ppcod"}
    by_blank = pl.col("financial_status").replace_strict(words, default="prepaid", return_dtype=pl.String)
    seals = ("phone_seal", "email_seal")
    staged = (
        told.with_columns(member_id=member_ids(told, bridge(member_rows), *seals))
        .join(member_keys, on="member_id", how="left", validate="m:1", maintain_order="left")
        .join(_pairs(told, references), on="shopify_no", how="left", validate="1:1", maintain_order="left")
        .join(_twins(told), on="shopify_no", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            pl.col(_ZERO_WHEN_BLANK).fill_null(0),
            payment_kind=pl.coalesce("payment_kind", by_blank),
            cancelled_at=pl.when(pl.col("cancelled_at") <= as_of).then("cancelled_at"),
        )
    )
    return StagedShopifyOrders.validate(staged.select(list(polars_schema(StagedShopifyOrders))))


def _pairs(told: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """``shopify_no, order_no, match_by``: who is who, ids first, an order on either side at most once."""
    keys = references.select("order_no", key="reference_key")
    pairs = pl.DataFrame(schema={"shopify_no": pl.Int64, "order_no": pl.Int64, "match_by": pl.String})
    for column, way in (("id_key", "id"), ("name_key", "name")):
        left = told.select("shopify_no", key=column).join(pairs, on="shopify_no", how="anti")
        right = keys.join(pairs, on="order_no", how="anti")
        found = left.drop_nulls("key").join(right, on="key", how="inner", validate="m:m")
        alone = found.filter(~pl.col("shopify_no").is_duplicated() & ~pl.col("order_no").is_duplicated())
        pairs = pl.concat([pairs, alone.select("shopify_no", "order_no", match_by=pl.lit(way))])
    return pairs


def _twins(told: pl.DataFrame) -> pl.DataFrame:
    """``shopify_no, prepaid_twin_no`` of COD orders that a tag of theirs or of the other order says became prepaid."""
    numbers = told.select("name_key", other_no="shopify_no")
    ids = told.select(name_key="id_key", other_no="shopify_no").drop_nulls().unique("name_key", keep="none")
    known = pl.concat([numbers, ids.join(numbers, on="name_key", how="anti")])
    became = told.select("shopify_no", name_key="became_key").join(
        known, on="name_key", how="inner", validate="m:1"
    )
    was = told.select("shopify_no", name_key="was_key").join(
        known, on="name_key", how="inner", validate="m:1"
    )
    pairs = pl.concat(
        [
            became.select("shopify_no", prepaid_twin_no="other_no"),
            was.select(shopify_no="other_no", prepaid_twin_no="shopify_no"),
        ]
    ).filter(pl.col("shopify_no") != pl.col("prepaid_twin_no"))
    return pairs.group_by("shopify_no").agg(pl.col("prepaid_twin_no").min()).sort("shopify_no")
