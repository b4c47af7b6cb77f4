"""Behind the door: the records of each kind, sealed, with their fate; one function per raw table.

Each takes the whole survey, since files of a kind add up and correct each other. Unknown columns, names,
addresses and free text are gone from here on.
"""

from collections.abc import Sequence

import polars as pl

from loyalty.contracts.base import Contract, polars_schema
from loyalty.contracts.raw import RawEntries, RawMembers, RawOrders, RawRefunds
from loyalty.intake import states
from loyalty.intake.fates import with_fates
from loyalty.intake.kinds import GOKWIK_ORDERS, MEMBERS, NECTOR_LEDGER, REFUNDS, Kind
from loyalty.intake.parse import email_address, phone_digits, reference_key
from loyalty.intake.rows import no_records, typed_records
from loyalty.intake.seal import Sealer, discreet, sealed_people, sealed_texts, token_seals
from loyalty.intake.settings import Intake
from loyalty.intake.survey import Export
from loyalty.intake.tables import shape
from loyalty.values.money import LIMIT

POSTED = ("success", "posted", "completed")
PENDING = ("pending", "on_hold", "reserve", "processing")
TYPES = ("reward", "redeem", "adjust", "revert", "expire", "import", "bonus")

_ZERO_WHEN_BLANK = (
    "coupon_paise", "other_discount_paise", "prepaid_discount_paise", "shipping_paise", "cod_fee_paise", "tax_paise",
)  # fmt: skip
_RECORD = ("file", "line", "fate", "reasons", "shapes")


def raw_orders(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every GoKwik order record (contract `RawOrders`)."""
    records = _records(exports, GOKWIK_ORDERS, intake)
    law = intake.rulebook
    typed = records.with_columns(
        pl.col(_ZERO_WHEN_BLANK).fill_null(0),
        loyalty_paise=_loyalty(),
        surface=states.surface(pl.col("surface"), law.surfaces),
        device=states.device(pl.col("device"), intake.devices),
        payment_kind=states.payment_kind(pl.col("payment_method")),
        apply_mode=pl.when(pl.col("apply_mode").is_in(("auto", "manual"))).then("apply_mode"),
        state=states.state(intake.words),
        has_coupon=pl.col("coupon_code").is_not_null() | (pl.col("coupon_paise").fill_null(0) > 0),
        skip_tags=states.skip_tags(pl.col("tags"), law.skip_tags),
        order_key=reference_key(pl.col("order_id")),
    )
    rest = pl.col("loyalty_paise").cast(pl.String)
    typed = _refused(
        typed, pl.col("loyalty_paise") > LIMIT, "Total Discount: too large", "Total Discount", rest
    )
    tokens = {
        f"{name}_token": token_seals(typed.select(reference_key(pl.col(column))).to_series(), intake.sealer)
        for name, column in (("order", "order_id"), ("name", "order_name"), ("gokwik", "gokwik_id"))
    }
    sealed = _discreet(
        sealed_people(typed, intake.sealer).with_columns(**tokens),
        ("order_key", "order_name", "gokwik_id", "reward_ref"),
        intake.sealer,
    )
    return _landed(sealed, RawOrders, key=("order_id",))


def raw_entries(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every Nector ledger record (contract `RawEntries`)."""
    records = _records(exports, NECTOR_LEDGER, intake)
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
    sealed = _discreet(
        sealed_people(typed, intake.sealer).with_columns(texts),
        ("reference_key", "parent_key", "hash_key"),
        intake.sealer,
    )
    return _landed(sealed, RawEntries, key=("entry_id",))


def raw_refunds(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every refund record (contract `RawRefunds`)."""
    return _landed(_records(exports, REFUNDS, intake), RawRefunds, key=("refund_id",))


def raw_members(exports: Sequence[Export], intake: Intake) -> pl.DataFrame:
    """Every record of a members export (contract `RawMembers`); a person may stand there once per ``as_of``.

    A record with neither a customer id nor a valid phone or e-mail is nobody's, and quarantined.
    """
    records = _records(exports, MEMBERS, intake).with_columns(
        tier=states.tier(pl.col("tier"), intake.tiers), shown_id="lead_id"
    )
    keys = (pl.col("lead_id"), phone_digits(pl.col("phone")), email_address(pl.col("email")))
    is_nobody = pl.all_horizontal(key.is_null() for key in keys) & (pl.col("reasons").list.len() == 0)
    people = _refused(
        records, is_nobody, "lead_id or mobile or email: none is a key", "mobile", pl.col("phone")
    )
    sealed = _discreet(sealed_people(people, intake.sealer), ("shown_id",), intake.sealer)
    person = pl.coalesce("lead_seal", "phone_seal", "email_seal")
    return _landed(
        sealed.with_columns(lead_id="shown_id", person=person), RawMembers, key=("person", "as_of")
    )


def _refused(
    records: pl.DataFrame, is_refused: pl.Expr, reason: str, name: str, text: pl.Expr
) -> pl.DataFrame:
    """Another reason against some records, with the shape of the cell that it is about."""
    seen = pl.concat_str(pl.lit(f"{name}: "), shape(text.fill_null("")))
    return records.with_columns(
        reasons=pl.when(is_refused).then(pl.concat_list("reasons", pl.lit(reason))).otherwise("reasons"),
        shapes=pl.when(is_refused).then(pl.concat_list("shapes", seen)).otherwise("shapes"),
    )


def _loyalty() -> pl.Expr:
    """The loyalty discount; without such a column, what of Total Discount nothing else explains (details R12)."""
    others = ("coupon_paise", "prepaid_discount_paise", "other_discount_paise")
    rest = pl.col("total_discount_paise").fill_null(0) - pl.sum_horizontal(others)
    given = pl.col("loyalty_paise").fill_null(0)
    return pl.when("has_loyalty").then(given).otherwise(pl.max_horizontal(rest, 0))


def _records(exports: Sequence[Export], kind: Kind, intake: Intake) -> pl.DataFrame:
    """The typed records of every export of a kind that is not set aside."""
    read = [
        typed_records(export, intake.zone(kind.name)).with_columns(
            has_loyalty=pl.lit("loyalty_paise" in export.recognition.columns)
        )
        for export in exports
        if export.kind is kind and export.fault is None
    ]
    return pl.concat([no_records(kind).with_columns(has_loyalty=pl.lit(value=False)), *read])


def _discreet(frame: pl.DataFrame, columns: Sequence[str], sealer: Sealer) -> pl.DataFrame:
    return frame.with_columns(discreet(frame[column], sealer) for column in columns)


def _landed(sealed: pl.DataFrame, contract: type[Contract], key: Sequence[str]) -> pl.DataFrame:
    """Fates given, quarantined records emptied, exactly the contract's columns, in order of (file, line)."""
    columns = list(polars_schema(contract))
    values = [column for column in columns if column not in _RECORD]
    fated = with_fates(sealed, key, values)
    kept = [pl.when(pl.col("fate") != "quarantined").then(column).alias(column) for column in values]
    return contract.validate(fated.with_columns(kept).select(columns).sort("file", "line"))
