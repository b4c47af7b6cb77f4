"""Behind the door: Shopify's order export, one record a line item, the whole order told on its first line.

Orders go over the edge of a file, and a later export tells them again: a line is known by its order and its
place in it. Totals are never carried over from one order to the next.
"""

from collections.abc import Sequence

import polars as pl

from loyalty.contracts.raw_events import FINANCIAL_STATUSES, RawShopifyLines
from loyalty.intake import states
from loyalty.intake.event_kinds import SHOPIFY_ORDERS
from loyalty.intake.landed import landed, made_discreet, records_of, refused
from loyalty.intake.parse import phone_digits, reference_key
from loyalty.intake.seal import sealed_people
from loyalty.intake.settings import Intake
from loyalty.intake.survey import Export

_CASH = r"(?i)cash[ _]on[ _]delivery"
_PHONES = ("phone", "billing_phone", "shipping_phone")
_ORDER = "[#\\p{L}\\p{N}_-]*\\p{N}[\\p{L}\\p{N}_-]*"
_BECAME = rf"(?i)converted to prepaid(?: order)?[\s:]*({_ORDER})"
_WAS = rf"(?i)converted from cod(?: order)?[\s:]*({_ORDER})"
"""Tags of the apps that turn a COD order into a prepaid one: they make a second order."""


def raw_shopify_lines(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every line of Shopify's orders (contract `RawShopifyLines`)."""
    typed = records_of(exports, SHOPIFY_ORDERS, intake)
    status = pl.col("financial_status")
    told = typed.with_columns(
        phone=pl.coalesce(pl.when(phone_digits(pl.col(name)).is_not_null()).then(name) for name in _PHONES),
        name_key=reference_key(pl.col("order_name")),
        id_key=reference_key(pl.col("shopify_id")),
        is_gokwik=_names_gokwik("payment_method", "tags", "note_attributes"),
        became_key=reference_key(pl.col("tags").str.extract(_BECAME)),
        was_key=reference_key(pl.col("tags").str.extract(_WAS)),
        financial_status=pl.when(status.is_not_null()).then(
            pl.when(status.is_in(FINANCIAL_STATUSES)).then(status).otherwise(pl.lit("other"))
        ),
        payment_kind=states.payment_kind(pl.col("payment_method").str.replace(_CASH, "COD")),
        has_discount_code=pl.col("discount_code").is_not_null(),
    )
    names = ("order_name", "name_key", "shopify_id", "id_key", "became_key", "was_key")
    sealed = made_discreet(sealed_people(told, intake.sealer), names, intake.sealer)
    return landed(_placed(sealed), RawShopifyLines, key=("name_key", "line_no"))


def _names_gokwik(*columns: str) -> pl.Expr:
    """Whether GoKwik left a trace: its gateway, its tag, or one of its note attributes."""
    return pl.any_horizontal(
        pl.col(column).fill_null("").str.to_lowercase().str.contains("gokwik", literal=True)
        for column in columns
    )


def _placed(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with ``line_no`` and ``ordered_at``; those of an order that is told nowhere are quarantined.

    A line with a total begins an order. What comes before it in its file is the end of an order: it continues
    what another file ends with, else it repeats the last lines of the whole order.
    """
    is_sound = (pl.col("reasons").list.len() == 0) & pl.col("name_key").is_not_null()
    in_file = ["file", "name_key"]
    part = [*in_file, "copy"]
    numbered = lines.sort("file", "line").with_columns(
        is_sound=is_sound, is_last=pl.col("line") == pl.col("line").max().over("file")
    )
    sound = numbered.filter("is_sound").with_columns(
        copy=pl.col("total_paise").is_not_null().cast(pl.Int64).cum_sum().over(in_file)
    )
    counted = sound.with_columns(
        rank=pl.int_range(1, pl.len() + 1).over(part),
        length=pl.len().cast(pl.Int64).over(part),
        is_cut=pl.col("is_last").any().over(part),
    )
    orders = counted.group_by("name_key", maintain_order=True).agg(
        ordered_at=pl.col("created_at").min(),
        whole=pl.col("length").filter((pl.col("copy") > 0) & ~pl.col("is_cut")).max(),
        begun=pl.col("length").filter((pl.col("copy") > 0) & pl.col("is_cut")).max(),
        has_total=pl.col("total_paise").is_not_null().any(),
    )
    before = pl.coalesce((pl.col("whole") - pl.col("length")).clip(lower_bound=0), "begun", 0)
    placed = (
        counted.join(orders, on="name_key", how="left", validate="m:1", maintain_order="left")
        .with_columns(line_no=pl.col("rank") + pl.when(pl.col("copy") > 0).then(0).otherwise(before))
        .pipe(_refused_when, ~pl.col("has_total"), "Total")
        .pipe(_refused_when, pl.col("has_total") & pl.col("ordered_at").is_null(), "Created at")
    )
    return pl.concat([placed, numbered.remove("is_sound")], how="diagonal")


def _refused_when(lines: pl.DataFrame, is_refused: pl.Expr, name: str) -> pl.DataFrame:
    return refused(lines, is_refused, f"{name}: on no line of the order", name, pl.lit(""))
