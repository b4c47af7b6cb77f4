"""Exports as they came, sealed and typed: every record of every file with its fate, nothing lost.

A record is ``accepted``, ``duplicate`` (seen again unchanged), ``superseded`` (a later content of its key
wins) or ``quarantined`` (then it keeps no value, only reasons and shapes). Files that repeat the bytes
of another, or are set aside whole, have no records here: `RawFiles` counts them.
"""

from typing import ClassVar

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import PAYMENTS, STATES, WALLETS, Contract, Instant, amount, coins

FATES = ("accepted", "duplicate", "superseded", "quarantined")
_LIST = pl.List(pl.String)


class RawFiles(Contract):
    """What the inbox held; one row per file. Sorted by ``file``."""

    file: pl.String = pa.Field(unique=True, description="path below inbox/")
    sha256: pl.String = pa.Field(description="of the file's bytes; blank when it cannot be opened")
    kind: pl.String = pa.Field(nullable=True)
    lines: pl.Int64 = amount(description="data records after the header")
    header: pl.Int64 = amount()
    blank: pl.Int64 = amount()
    preamble: pl.Int64 = amount()
    encoding: pl.String = pa.Field(nullable=True)
    date_format: pl.String = pa.Field(nullable=True)
    columns_unknown: _LIST = pa.Field()  # type: ignore[valid-type]
    reason: pl.String = pa.Field(nullable=True, description="why no record of the file was read")
    is_repeat: pl.Boolean = pa.Field(description="the same bytes as a file before it in order of name")
    shape: pl.String = pa.Field(description="shape of the header row")


class RawRecords(Contract):
    """What every raw table says of a record; one row per record."""

    file: pl.String
    line: pl.Int64 = pa.Field(ge=0, description="physical line, or row of the sheet")
    fate: pl.String = pa.Field(isin=FATES)
    reasons: _LIST = pa.Field(description="empty unless quarantined")  # type: ignore[valid-type]
    shapes: _LIST = pa.Field(description="column and value shape of each reason")  # type: ignore[valid-type]
    updated_at: Instant = pa.Field(nullable=True)

    _filled: ClassVar[tuple[str, ...]] = ("fate",)
    """Columns that a record outside quarantine always has."""

    @pa.dataframe_check
    @classmethod
    def kept_rows_are_whole(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A record outside quarantine has every value that its kind requires."""
        whole = pl.all_horizontal(pl.col(name).is_not_null() for name in cls._filled)
        return data.lazyframe.select((pl.col("fate") == "quarantined") | whole)


class RawOrders(RawRecords):
    """GoKwik orders; one row per record. Sorted by (file, line)."""

    _filled = (
        "order_id",
        "order_key",
        "placed_at",
        "subtotal_paise",
        "grand_total_paise",
        "loyalty_paise",
        "state",
    )

    order_id: pl.String = pa.Field(nullable=True)
    order_key: pl.String = pa.Field(nullable=True, description="order_id as a reference key")
    order_name: pl.String = pa.Field(nullable=True)
    gokwik_id: pl.String = pa.Field(nullable=True)
    order_token: pl.String = pa.Field(
        nullable=True, description="seal under which a text may hold the order_key"
    )
    name_token: pl.String = pa.Field(nullable=True)
    gokwik_token: pl.String = pa.Field(nullable=True)
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    surface: pl.String = pa.Field(nullable=True)
    device: pl.String = pa.Field(nullable=True)
    payment_kind: pl.String = pa.Field(
        nullable=True, isin=PAYMENTS, description="null when the method is blank"
    )
    apply_mode: pl.String = pa.Field(nullable=True, isin=("auto", "manual"))
    state: pl.String = pa.Field(
        nullable=True, isin=STATES, description="as the row's words say, whenever they came"
    )
    has_coupon: pl.Boolean = pa.Field(nullable=True)
    is_itemised: pl.Boolean = pa.Field(
        nullable=True, description="the export has a column for every discount and charge of the total"
    )
    skip_tags: _LIST = pa.Field(nullable=True)  # type: ignore[valid-type]
    mrp_paise: pl.Int64 = coins(nullable=True)
    subtotal_paise: pl.Int64 = amount(nullable=True)
    coupon_paise: pl.Int64 = coins(nullable=True)
    other_discount_paise: pl.Int64 = coins(nullable=True)
    prepaid_discount_paise: pl.Int64 = coins(nullable=True)
    total_discount_paise: pl.Int64 = coins(nullable=True)
    shipping_paise: pl.Int64 = coins(nullable=True)
    cod_fee_paise: pl.Int64 = coins(nullable=True)
    tax_paise: pl.Int64 = coins(nullable=True)
    grand_total_paise: pl.Int64 = amount(nullable=True)
    loyalty_paise: pl.Int64 = amount(nullable=True)
    refunded_paise: pl.Int64 = amount(nullable=True)
    coins_used: pl.Int64 = amount(nullable=True)
    points_shown: pl.Int64 = coins(nullable=True)
    reward_ref: pl.String = pa.Field(nullable=True)
    placed_at: Instant = pa.Field(nullable=True)
    confirmed_at: Instant = pa.Field(nullable=True)
    delivered_at: Instant = pa.Field(nullable=True)
    cancelled_at: Instant = pa.Field(nullable=True)
    rto_at: Instant = pa.Field(nullable=True)
    refunded_at: Instant = pa.Field(nullable=True)


class RawEntries(RawRecords):
    """Nector ledger entries; one row per record. Sorted by (file, line)."""

    _filled = ("entry_id", "amount_coins", "operation", "created_at", "text_seal")

    entry_id: pl.String = pa.Field(nullable=True)
    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    lead_seal: pl.String = pa.Field(nullable=True)
    wallet: pl.String = pa.Field(nullable=True, isin=WALLETS)
    status: pl.String = pa.Field(nullable=True, isin=("posted", "pending", "void"))
    type: pl.String = pa.Field(nullable=True)
    operation: pl.String = pa.Field(nullable=True, isin=("cr", "dr"))
    amount_coins: pl.Int64 = amount(nullable=True)
    reference_key: pl.String = pa.Field(nullable=True)
    parent_key: pl.String = pa.Field(nullable=True)
    hash_key: pl.String = pa.Field(nullable=True)
    text_tokens: _LIST = pa.Field(nullable=True, description="every whole token of the text, sealed")  # type: ignore[valid-type]
    has_text: pl.Boolean = pa.Field(nullable=True)
    text_seal: pl.String = pa.Field(nullable=True)
    bonus_name: pl.String = pa.Field(nullable=True)
    balance_coins: pl.Int64 = coins(nullable=True)
    expires_at: Instant = pa.Field(nullable=True)
    created_at: Instant = pa.Field(nullable=True)


class RawRefunds(RawRecords):
    """Refunds; one row per record. Sorted by (file, line)."""

    _filled = ("refund_id", "order_id", "amount_paise", "refunded_at")

    refund_id: pl.String = pa.Field(nullable=True)
    order_id: pl.String = pa.Field(nullable=True)
    amount_paise: pl.Int64 = amount(nullable=True)
    refunded_at: Instant = pa.Field(nullable=True)


class RawMembers(RawRecords):
    """Members as exported; one row per record. Sorted by (file, line)."""

    phone_seal: pl.String = pa.Field(nullable=True)
    email_seal: pl.String = pa.Field(nullable=True)
    lead_seal: pl.String = pa.Field(nullable=True)
    lead_id: pl.String = pa.Field(
        nullable=True, description="no secret; sealed where it is a phone or an e-mail"
    )
    tier: pl.String = pa.Field(nullable=True)
    balance_coins: pl.Int64 = coins(nullable=True)
    is_holdout: pl.Boolean = pa.Field(nullable=True)
    joined_at: Instant = pa.Field(nullable=True)
    as_of: Instant = pa.Field(nullable=True)
