"""Typed exports: what intake hands to the domain. Later rows than the as-of are already left out."""

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import (
    ENTRY_STATUSES,
    PAYMENTS,
    STATES,
    WALLETS,
    Contract,
    Instant,
    amount,
    coins,
)


class StagedOrders(Contract):
    """GoKwik orders placed by the as-of, in the state known at the as-of; one row per merchant order id.

    Sorted by ``order_no``. Instants after the as-of are null and the state is lowered accordingly (details D6).
    """

    order_no: pl.Int64 = pa.Field(ge=0, unique=True, description="rank of order_id; the key inside the house")
    order_id: pl.String = pa.Field(unique=True, description="Merchant Order ID (details S10)")
    order_name: pl.String = pa.Field(nullable=True, description="Shopify order name as written")
    gokwik_id: pl.String = pa.Field(nullable=True, description="GoKwik order id as written")
    member_no: pl.Int64 = pa.Field(
        nullable=True, ge=0, description="null: neither a valid phone nor an e-mail"
    )
    surface: pl.String = pa.Field(
        description="where coins were applied; `other` if no rule or contract §4 names it"
    )
    device: pl.String = pa.Field(
        nullable=True, description="web, mobile or a word that a rule names; else `other`"
    )
    payment_kind: pl.String = pa.Field(isin=PAYMENTS)
    apply_mode: pl.String = pa.Field(
        nullable=True, isin=("auto", "manual"), description="Loyalty Applied of the row"
    )
    state: pl.String = pa.Field(isin=STATES)
    has_coupon: pl.Boolean = pa.Field(description="Coupon Code filled or Coupon Discount above 0")
    is_itemised: pl.Boolean = pa.Field(
        description="the export has a column for every discount and charge of the total"
    )
    skip_tags: pl.List(pl.String) = pa.Field(  # type: ignore[valid-type]
        description="the row's tags that a rulebook names, lower case, sorted"
    )
    subtotal_paise: pl.Int64 = amount()
    coupon_paise: pl.Int64 = coins()
    other_discount_paise: pl.Int64 = coins()
    prepaid_discount_paise: pl.Int64 = coins()
    shipping_paise: pl.Int64 = coins()
    cod_fee_paise: pl.Int64 = coins()
    tax_paise: pl.Int64 = coins()
    grand_total_paise: pl.Int64 = amount()
    loyalty_paise: pl.Int64 = amount(description="loyalty discount L of the order (details R12)")
    coins_used: pl.Int64 = amount(nullable=True)
    points_shown: pl.Int64 = coins(nullable=True)
    reward_ref: pl.String = pa.Field(nullable=True, description="Reward Transaction ID, as a reference key")
    refunded_paise: pl.Int64 = amount(nullable=True, description="Refunded Amount of the order row")
    placed_at: Instant
    confirmed_at: Instant = pa.Field(nullable=True)
    delivered_at: Instant = pa.Field(nullable=True)
    cancelled_at: Instant = pa.Field(nullable=True)
    rto_at: Instant = pa.Field(nullable=True)
    refunded_at: Instant = pa.Field(nullable=True)
    latest_at: Instant = pa.Field(description="latest instant of the row that is not after the as-of")


class StagedEntries(Contract):
    """Nector ledger entries created by the as-of; one row per ledger entry id.

    Sorted by ``entry_no``, the rank of ``entry_id``: sorting by (created_at, entry_no) is the
    ledger's own order. Reference columns are keys: outer blanks, leading ``#`` and trailing ``.0``
    cut, lower case, null when blank.
    """

    entry_no: pl.Int64 = pa.Field(ge=0, unique=True)
    entry_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = pa.Field(nullable=True, ge=0)
    wallet: pl.String = pa.Field(isin=WALLETS)
    status: pl.String = pa.Field(isin=ENTRY_STATUSES)
    type: pl.String = pa.Field(
        description="lower case: reward, redeem, adjust, revert, expire, import, bonus, other, or blank"
    )
    operation: pl.String = pa.Field(isin=("cr", "dr"))
    amount_coins: pl.Int64 = amount()
    signed_coins: pl.Int64 = coins(description="cr +, dr −")
    reference_key: pl.String = pa.Field(nullable=True, description="reference_order_id as a reference key")
    parent_key: pl.String = pa.Field(nullable=True)
    hash_key: pl.String = pa.Field(nullable=True)
    key_no: pl.Int64 = pa.Field(ge=0, description="smallest entry_no whose id reads like this one's")
    paid_order_no: pl.Int64 = pa.Field(nullable=True, description="order whose Reward Transaction ID it is")
    named_order_no: pl.Int64 = pa.Field(
        nullable=True, description="order that reference_key, else parent_key, else hash_key names"
    )
    parent_no: pl.Int64 = pa.Field(nullable=True, description="key_no of the entry that parent_key names")
    hash_no: pl.Int64 = pa.Field(nullable=True, description="key_no of the entry that hash_key names")
    text_tokens: pl.List(pl.String) = pa.Field(  # type: ignore[valid-type]
        description="sealed whole tokens of the text that name a staged order, sorted"
    )
    has_text: pl.Boolean = pa.Field(description="title or description filled")
    text_seal: pl.String = pa.Field(description="keyed hash of title and description together")
    bonus_name: pl.String = pa.Field(
        nullable=True, description="bonus key contained in the title, else in the description (details B8)"
    )
    balance_coins: pl.Int64 = coins(nullable=True, description="running balance of the export")
    expires_at: Instant = pa.Field(nullable=True, description="the row's own expiry (details X2)")
    created_at: Instant


class StagedRefunds(Contract):
    """Refunds dated by the as-of, of known orders; one row per refund id."""

    refund_id: pl.String
    order_no: pl.Int64
    amount_paise: pl.Int64 = amount()
    refunded_at: Instant


class StagedMembers(Contract):
    """Members as exported, all dates; one row per exported member row."""

    member_no: pl.Int64 = pa.Field(ge=0)
    lead_id: pl.String = pa.Field(nullable=True)
    tier: pl.String = pa.Field(
        nullable=True, description="lower case; a common word or one of a rule, else `other`"
    )
    balance_coins: pl.Int64 = coins(nullable=True)
    is_holdout: pl.Boolean = pa.Field(nullable=True)
    joined_at: Instant = pa.Field(nullable=True)
    as_of: Instant = pa.Field(nullable=True)


class StagedMemberKeys(Contract):
    """Every person met in any export; one row per member."""

    member_no: pl.Int64 = pa.Field(ge=0, unique=True, description="rank of member_id")
    member_id: pl.String = pa.Field(unique=True, description="keyed hash of phone, else e-mail, else lead")


class StagedReferences(Contract):
    """Every way an entry may name an order; one row per (reference key, order)."""

    reference_key: pl.String
    token_seal: pl.String = pa.Field(
        nullable=True, description="the sealed token that text_tokens may hold; null if too short a number"
    )
    order_no: pl.Int64
