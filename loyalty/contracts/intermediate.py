"""Frames between staging and the marts: numbers for keys, one meaning a column."""

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import LEGS, MATCH_METHODS, STATUSES, Contract, Instant, amount, coins, total


class LinkedEntries(Contract):
    """Entries of the coins wallet that count or wait, each with its leg and its order; one row per entry.

    Posted and pending only: void entries and the credits wallet have no leg (details L1, L2, R17).
    Sorted by ``entry_no``.
    """

    entry_no: pl.Int64 = pa.Field(ge=0, unique=True)
    entry_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = pa.Field(nullable=True)
    leg: pl.String = pa.Field(isin=("redemption", "earn", "reversal", "restore", "expiry", "adjustment"))
    is_posted: pl.Boolean
    type: pl.String
    operation: pl.String
    amount_coins: pl.Int64 = amount()
    signed_coins: pl.Int64 = coins()
    order_no: pl.Int64 = pa.Field(nullable=True, description="the known order that the entry names")
    match_method: pl.String = pa.Field(nullable=True, isin=MATCH_METHODS)
    debit_no: pl.Int64 = pa.Field(
        nullable=True,
        description="for a restore tied to no order: the redeem debit it gives back (details R11)",
    )
    reference_key: pl.String = pa.Field(nullable=True)
    parent_key: pl.String = pa.Field(nullable=True)
    hash_key: pl.String = pa.Field(nullable=True)
    has_text: pl.Boolean
    text_seal: pl.String
    bonus_name: pl.String = pa.Field(nullable=True)
    balance_coins: pl.Int64 = coins(nullable=True)
    expires_at: Instant = pa.Field(nullable=True, description="the row's own expiry")
    created_at: Instant


class Movements(Contract):
    """Posted coin movements of known members, ready for the walk; one row per entry.

    Sorted by (member_no, created_at, phase, entry_no); phase is the contract's order of simultaneous
    entries: credit 0, debit 1, restore 2, reversal 3, expiry 4.
    """

    entry_no: pl.Int64 = pa.Field(unique=True)
    member_no: pl.Int64
    phase: pl.Int64 = pa.Field(ge=0, le=4)
    leg: pl.String
    signed_coins: pl.Int64 = coins()
    order_no: pl.Int64 = pa.Field(nullable=True)
    created_at: Instant
    judged_at: Instant = pa.Field(
        description="when `past expiry` is judged for a debit: the redemption instant of its order, else created_at"
    )
    lot_expires_at: Instant = pa.Field(
        nullable=True,
        description="for credits and restores, when a new lot made by it dies: the row's own expiry, else 24:00 IST "
        "of credit date + months of the version in force at the entry; null never",
    )


class BalanceQueries(Contract):
    """When an order asks what its member could spend; one row per order (details R4)."""

    order_no: pl.Int64 = pa.Field(unique=True)
    member_no: pl.Int64
    at: Instant


class Spendable(Contract):
    """What the member could spend at the redemption instant, entries of the order left out; one row per order."""

    order_no: pl.Int64 = pa.Field(unique=True)
    spendable_coins: pl.Int64 = total(ge=0, description="A: unexpired lots less debt, never below 0")
    paper_coins: pl.Int64 = total(ge=0, description="A_paper: all lots less debt, never below 0")


class Allocations(Contract):
    """What each entry put into or took out of each lot; one row per (entry, lot).

    Coins are + into the lot and − out of it. A null lot is the member's debt: − when it grows, + when it is paid.
    """

    entry_no: pl.Int64
    lot_no: pl.Int64 = pa.Field(nullable=True, description="the entry that made the lot")
    coins: pl.Int64 = coins()


class Lots(Contract):
    """Coins that came together and die together; one row per lot. A credit that only paid debt made none."""

    lot_no: pl.Int64 = pa.Field(unique=True)
    member_no: pl.Int64
    born_at: Instant
    expires_at: Instant = pa.Field(nullable=True)
    born_coins: pl.Int64 = amount()
    left_coins: pl.Int64 = amount(description="at the as-of")


class LegRows(Contract):
    """Judged legs before names are joined on; one row per leg. Becomes mart_reconciliation."""

    leg: pl.String = pa.Field(isin=LEGS)
    order_no: pl.Int64 = pa.Field(nullable=True, description="null when tied to no known order")
    entry_nos: pl.List(pl.Int64) = pa.Field(description="in order of (created_at, entry_no)")  # type: ignore[valid-type]
    member_no: pl.Int64 = pa.Field(nullable=True)
    version_no: pl.Int64 = pa.Field(
        nullable=True, description="null on adjustment, expiry and balance rows (details R18)"
    )
    status: pl.String = pa.Field(isin=STATUSES)
    kind: pl.String = pa.Field(nullable=True)
    expected_coins: pl.Int64 = total()
    recorded_coins: pl.Int64 = total()
    expected_paise: pl.Int64 = total()
    recorded_paise: pl.Int64 = total()
    effect_paise: pl.Int64 = total()
    causes: pl.List(pl.String) = pa.Field()  # type: ignore[valid-type]
    secondary_kinds: pl.List(pl.String) = pa.Field()  # type: ignore[valid-type]
    due_at: Instant = pa.Field(nullable=True)
    match_method: pl.String = pa.Field(nullable=True)
    batch_at: Instant = pa.Field(nullable=True)
    dated_at: Instant = pa.Field(
        description="what the business date is taken from: placed_at, else the first entry, else X"
    )


class OrderRows(Contract):
    """Whether GoKwik and Shopify tell the same order; one row per order of either. Becomes the leg `order`.

    Only with both exports, and a ledger. Sorted by (order_no, shopify_no), orders of Shopify alone last.
    """

    order_no: pl.Int64 = pa.Field(nullable=True, ge=0, description="null: in Shopify alone")
    shopify_no: pl.Int64 = pa.Field(nullable=True, ge=0, description="null: in GoKwik alone")
    order_id: pl.String = pa.Field(unique=True)
    member_no: pl.Int64 = pa.Field(nullable=True)
    surface: pl.String = pa.Field(nullable=True)
    placed_at: Instant
    status: pl.String = pa.Field(isin=STATUSES)
    kind: pl.String = pa.Field(nullable=True)
    expected_paise: pl.Int64 = total(description="the total that it should have had")
    recorded_paise: pl.Int64 = total(description="the order's total in GoKwik, 0 where it has none")
    effect_paise: pl.Int64 = total()
    secondary_kinds: pl.List(pl.String) = pa.Field()  # type: ignore[valid-type]


class Refunds(Contract):
    """Dated refunds of known orders, from the refunds file or the order's own row; one row per refund."""

    order_no: pl.Int64
    refund_seq: pl.Int64 = pa.Field(ge=1, description="1, 2, … by (refunded_at, refund_id) within the order")
    amount_paise: pl.Int64 = amount()
    refunded_to_date_paise: pl.Int64 = total(ge=0)
    refund_id: pl.String
    refunded_at: Instant


class OrderFacts(Contract):
    """What is known of an order before a rule is applied; one row per order.

    Amounts are paise as staged. ``worth_coins`` coins are ``worth_paise`` paise in reports.
    """

    order_no: pl.Int64 = pa.Field(ge=0, unique=True)
    member_no: pl.Int64 = pa.Field(nullable=True)
    surface: pl.String
    version_no: pl.Int64 = pa.Field(nullable=True, description="null before the first version")
    tier: pl.String = pa.Field(nullable=True)
    device: pl.String = pa.Field(nullable=True)
    payment_kind: pl.String
    apply_mode: pl.String = pa.Field(nullable=True)
    has_coupon: pl.Boolean
    skip_tags: pl.List(pl.String) = pa.Field()  # type: ignore[valid-type]
    state: pl.String
    is_dead: pl.Boolean
    is_dead_by_word: pl.Boolean
    death_word: pl.String = pa.Field(nullable=True)
    death_at: Instant = pa.Field(nullable=True)
    subtotal_paise: pl.Int64 = amount()
    coupon_paise: pl.Int64 = coins()
    other_discount_paise: pl.Int64 = coins()
    after_coupon_paise: pl.Int64 = total()
    prepaid_discount_paise: pl.Int64 = coins()
    shipping_paise: pl.Int64 = coins()
    cod_fee_paise: pl.Int64 = coins()
    tax_paise: pl.Int64 = coins()
    grand_total_paise: pl.Int64 = amount()
    loyalty_paise: pl.Int64 = amount()
    payable_paise: pl.Int64 = total(ge=0, description="P = grand total + loyalty discount")
    refunded_total_paise: pl.Int64 = total(ge=0)
    coins_used: pl.Int64 = amount(nullable=True)
    worth_coins: pl.Int64 = pa.Field(ge=1)
    worth_paise: pl.Int64 = pa.Field(ge=0)
    placed_at: Instant
    confirmed_at: Instant = pa.Field(nullable=True)
    delivered_at: Instant = pa.Field(nullable=True)


class Asks(Contract):
    """Events that ask for coins back, of one leg; one row per order and event that asks for more than 0."""

    order_no: pl.Int64
    ask_seq: pl.Int64 = pa.Field(ge=1, description="1, 2, … in order of time within the order")
    asked_coins: pl.Int64 = total(ge=0)
    asked_to_date_coins: pl.Int64 = total(ge=0)
    asked_at: Instant = pa.Field(description="the later of the event and the posting that it undoes")
