"""Behind the door: the records of each kind, sealed, with their fate; one function per raw table.

Each takes the whole survey, since files of a kind add up and correct each other. Unknown columns, names,
addresses and free text are gone from here on.
"""

from collections.abc import Container, Sequence

import polars as pl

from loyalty.contracts.raw import RawEntries, RawMembers, RawOrders, RawRefunds
from loyalty.intake import states
from loyalty.intake.kinds import GOKWIK_ORDERS, MEMBERS, NECTOR_LEDGER, REFUNDS
from loyalty.intake.landed import landed, made_discreet, records_of, refused
from loyalty.intake.parse import email_address, phone_digits, reference_key
from loyalty.intake.seal import sealed_people, sealed_texts, token_seals
from loyalty.intake.settings import Intake
from loyalty.intake.survey import Export
from loyalty.values.money import LIMIT

POSTED = ("success", "posted", "completed")
PENDING = ("pending", "on_hold", "reserve", "processing")
TYPES = ("reward", "redeem", "adjust", "revert", "expire", "import", "bonus")

_DISCOUNTS = ("coupon_paise", "other_discount_paise", "prepaid_discount_paise")
_CHARGES = ("shipping_paise", "cod_fee_paise")
_ZERO_WHEN_BLANK = (*_DISCOUNTS, *_CHARGES, "tax_paise")


def raw_orders(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every GoKwik order record (contract `RawOrders`)."""
    records = records_of(exports, GOKWIK_ORDERS, intake)
    law = intake.rulebook
    told = [export.table.file for export in exports if "loyalty_paise" in export.recognition.columns]
    itemised = [export.table.file for export in exports if _is_itemised(export.recognition.columns)]
    typed = records.with_columns(
        pl.col(_ZERO_WHEN_BLANK).fill_null(0),
        loyalty_paise=_loyalty(is_told=pl.col("file").is_in(told)),
        surface=states.surface(pl.col("surface"), law.surfaces),
        device=states.device(pl.col("device"), intake.devices),
        payment_kind=states.payment_kind(pl.col("payment_method")),
        apply_mode=pl.when(pl.col("apply_mode").is_in(("auto", "manual"))).then("apply_mode"),
        state=states.state(intake.words),
        has_coupon=pl.col("coupon_code").is_not_null() | (pl.col("coupon_paise").fill_null(0) > 0),
        is_itemised=pl.col("file").is_in(itemised),
        skip_tags=states.skip_tags(pl.col("tags"), law.skip_tags),
        order_key=reference_key(pl.col("order_id")),
    )
    rest = pl.col("loyalty_paise").cast(pl.String)
    typed = refused(
        typed, pl.col("loyalty_paise") > LIMIT, "Total Discount: too large", "Total Discount", rest
    )
    tokens = {
        f"{name}_token": token_seals(typed.select(reference_key(pl.col(column))).to_series(), intake.sealer)
        for name, column in (("order", "order_id"), ("name", "order_name"), ("gokwik", "gokwik_id"))
    }
    sealed = made_discreet(
        sealed_people(typed, intake.sealer).with_columns(**tokens),
        ("order_key", "order_name", "gokwik_id", "reward_ref"),
        intake.sealer,
    )
    return landed(sealed, RawOrders, key=("order_id",))


def raw_entries(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every Nector ledger record (contract `RawEntries`)."""
    records = records_of(exports, NECTOR_LEDGER, intake)
    status, kind = pl.col("status"), pl.col("type")
    typed = records.with_columns(
        pl.col("wallet").fill_null("coins"),
        status=pl.when(status.is_null() | status.is_in(POSTED))
        .then(pl.lit("posted"))
        .when(status.is_in(PENDING))
        .then(pl.lit("pending"))
        .otherwise(pl.lit("void")),
        type=pl.when(kind.is_null())
        .then(pl.lit(""))
        .when(kind.is_in(TYPES))
        .then(kind)
        .otherwise(pl.lit("other")),
    )
    texts = sealed_texts(typed["title"], typed["description"], intake.rulebook.bonus_names, intake.sealer)
    sealed = made_discreet(
        sealed_people(typed, intake.sealer).with_columns(texts),
        ("reference_key", "parent_key", "hash_key"),
        intake.sealer,
    )
    return landed(sealed, RawEntries, key=("entry_id",))


def raw_refunds(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every refund record (contract `RawRefunds`)."""
    return landed(records_of(exports, REFUNDS, intake), RawRefunds, key=("refund_id",))


def raw_members(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every record of a members export (contract `RawMembers`); a person may stand there once per ``as_of``.

    A record with neither a customer id nor a valid phone or e-mail is nobody's, and quarantined.
    """
    records = records_of(exports, MEMBERS, intake).with_columns(
        tier=states.tier(pl.col("tier"), intake.tiers), shown_id="lead_id"
    )
    keys = (pl.col("lead_id"), phone_digits(pl.col("phone")), email_address(pl.col("email")))
    is_nobody = pl.all_horizontal(key.is_null() for key in keys) & (pl.col("reasons").list.len() == 0)
    people = refused(
        records, is_nobody, "lead_id or mobile or email: none is a key", "mobile", pl.col("phone")
    )
    sealed = made_discreet(sealed_people(people, intake.sealer), ("shown_id",), intake.sealer)
    person = pl.coalesce("lead_seal", "phone_seal", "email_seal")
    return landed(sealed.with_columns(lead_id="shown_id", person=person), RawMembers, key=("person", "as_of"))


def _is_itemised(columns: Container[str]) -> bool:
    """Whether nothing of a total can hide in a column that the export lacks."""
    discounts = _DISCOUNTS if "loyalty_paise" in columns else ("total_discount_paise",)
    return all(name in columns for name in (*_CHARGES, *discounts))


def _loyalty(is_told: pl.Expr) -> pl.Expr:
    """The loyalty discount; without such a column, what of Total Discount nothing else explains (details R12)."""
    others = ("coupon_paise", "prepaid_discount_paise", "other_discount_paise")
    rest = pl.col("total_discount_paise").fill_null(0) - pl.sum_horizontal(others)
    given = pl.col("loyalty_paise").fill_null(0)
    return pl.when(is_told).then(given).otherwise(pl.max_horizontal(rest, 0))
