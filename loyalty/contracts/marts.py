"""Public tables of contract §6."""

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import LEGS, MATCH_METHODS, STATUSES, Contract, Instant, amount, total

_LIST = pl.List(pl.String)
CLEARING_STATES = ("settled", "restored", "open")
CLEARING_WAITS = ("order", "verdict", "delivery", "restore")


class Reconciliation(Contract):
    """The verdict on every leg of every order, entry and member; one row per leg.

    Sorted by (leg, order_id, entry_ids, batch). Signs: coins as the ledger would book them, earn +,
    redemption −; ``effect_paise`` + the merchant lost or over-granted, − the customer was short-changed.
    """

    leg: pl.String = pa.Field(isin=LEGS)
    order_id: pl.String = pa.Field(nullable=True)
    entry_ids: _LIST = pa.Field()  # type: ignore[valid-type]
    member_id: pl.String = pa.Field(nullable=True)
    surface: pl.String = pa.Field(nullable=True)
    placed_at: Instant = pa.Field(nullable=True)
    business_date: pl.Date = pa.Field(description="IST date of placed_at, else of the entry")
    rule_version: pl.String = pa.Field(nullable=True)
    status: pl.String = pa.Field(isin=STATUSES)
    kind: pl.String = pa.Field(nullable=True, description="null unless mismatch or by_design")
    expected_coins: pl.Int64 = total()
    recorded_coins: pl.Int64 = total()
    expected_paise: pl.Int64 = total()
    recorded_paise: pl.Int64 = total()
    effect_paise: pl.Int64 = total()
    causes: _LIST = pa.Field()  # type: ignore[valid-type]
    cause: pl.String = pa.Field(nullable=True)
    secondary_kinds: _LIST = pa.Field()  # type: ignore[valid-type]
    due_at: Instant = pa.Field(nullable=True)
    match_method: pl.String = pa.Field(nullable=True, isin=MATCH_METHODS)
    batch_at: Instant = pa.Field(
        nullable=True, description="expiry leg: the expiry instant of the batch (details X1a)"
    )


class Mismatches(Reconciliation):
    """What disagrees: rows of ``mart_reconciliation`` with what to do about them; one row per mismatch."""

    kind: pl.String = pa.Field(description="never null here")
    mismatch_id: pl.String = pa.Field(
        unique=True, description="stable across runs: hash of leg, order or entry, kind"
    )
    priority: pl.String = pa.Field(isin=("high", "medium", "low"))
    first_seen_at: Instant = pa.Field(description="as-of of the first run that saw it")
    lifecycle: pl.String = pa.Field(isin=("new", "persisting", "resolved", "regressed"))
    age_days: pl.Int64 = pa.Field(ge=0)
    owner: pl.String = pa.Field(nullable=True)
    decision: pl.String = pa.Field(nullable=True)
    decision_reason: pl.String = pa.Field(nullable=True)
    sentence: pl.String


class Statement(Contract):
    """Recorded minus expected, explained until nothing is left; one row per (business date, leg, line).

    Recorded totals come from what was staged, never from the rows that they are to prove.
    """

    business_date: pl.Date
    leg: pl.String
    line: pl.String = pa.Field(
        description="a kind, by_design:<kind>, pending, unknown, not_judged, credits_wallet, void or match"
    )
    orders: pl.Int64 = amount()
    entries: pl.Int64 = amount()
    expected_coins: pl.Int64 = total()
    recorded_coins: pl.Int64 = total()
    difference_coins: pl.Int64 = total()
    expected_paise: pl.Int64 = total()
    recorded_paise: pl.Int64 = total()
    difference_paise: pl.Int64 = total()
    effect_paise: pl.Int64 = total()
    residual_coins: pl.Int64 = total()
    residual_paise: pl.Int64 = total()


class Metrics(Contract):
    """Measures of the programme, long; one row per (metric, period, segment, segment value)."""

    metric: pl.String
    period: pl.String = pa.Field(description="YYYY-MM in IST, or all")
    period_start: pl.Date = pa.Field(nullable=True)
    segment: pl.String
    segment_value: pl.String
    numerator: pl.Int64 = total(nullable=True)
    denominator: pl.Int64 = total(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    low: pl.Float64 = pa.Field(nullable=True)
    high: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = amount(nullable=True)
    unit: pl.String
    maturity: pl.Float64 = pa.Field(nullable=True)
    measurable: pl.Boolean
    note: pl.String = pa.Field(nullable=True)


class Members(Contract):
    """Everybody met in any export: what each bought, what became of the coins, where each stands; one row per member.

    Pseudonymous. issued − redeemed + restored − expired − reversed + adjusted = balance. Sorted by ``member_id``.
    """

    member_id: pl.String = pa.Field(unique=True)
    enrolled_at: Instant = pa.Field(
        nullable=True, description="1970 where the members export leaves it blank; null: no member"
    )
    tier: pl.String = pa.Field(nullable=True, description="the newest by the as-of")
    member_cohort: pl.String = pa.Field(nullable=True, description="YYYY-MM of the first valid order, in IST")
    first_order_at: Instant = pa.Field(nullable=True)
    last_order_at: Instant = pa.Field(nullable=True)
    orders: pl.Int64 = amount(description="valid ones: not cancelled, RTO, failed or worth ₹0")
    value_paise: pl.Int64 = total(description="of these, after coupon and before loyalty")
    issued_coins: pl.Int64 = total(ge=0, description="rewards and bonuses")
    redeemed_coins: pl.Int64 = total(ge=0)
    restored_coins: pl.Int64 = total(ge=0)
    expired_coins: pl.Int64 = total(ge=0)
    reversed_coins: pl.Int64 = total(ge=0)
    adjusted_coins: pl.Int64 = total(description="imports and all else, + into the wallet")
    balance_coins: pl.Int64 = total(description="expired coins that no entry removed are still in")
    spendable_coins: pl.Int64 = total(ge=0, description="in unexpired lots, less debt")
    first_redeemed_at: Instant = pa.Field(nullable=True, description="of what did not come back whole")
    segment: pl.String = pa.Field(isin=("earn_only", "redeem_only", "both", "neither"))


class Cohorts(Contract):
    """Customers by the month of their first valid order, followed month by month; one row per (cohort, age)."""

    cohort: pl.String = pa.Field(description="YYYY-MM in IST")
    age: pl.Int64 = pa.Field(ge=0, description="calendar months since the cohort's")
    members: pl.Int64 = pa.Field(ge=1, description="size of the cohort")
    active: pl.Int64 = amount(description="of these, with a valid order in the month")
    orders: pl.Int64 = amount()
    value_paise: pl.Int64 = total(description="after coupon, before loyalty")
    complete: pl.Boolean = pa.Field(description="the month is over")


class Sources(Contract):
    """What became of every file in the inbox; one row per file."""

    file: pl.String = pa.Field(unique=True, description="path below inbox/")
    sha256: pl.String
    kind: pl.String = pa.Field(nullable=True)
    lines: pl.Int64 = amount(
        description="data records after the header; = accepted + quarantined + duplicate + superseded"
    )
    accepted: pl.Int64 = amount()
    quarantined: pl.Int64 = amount()
    duplicate: pl.Int64 = amount()
    superseded: pl.Int64 = amount()
    later: pl.Int64 = amount(description="of the accepted, those after the as-of")
    header: pl.Int64 = amount()
    blank: pl.Int64 = amount()
    preamble: pl.Int64 = amount()
    encoding: pl.String = pa.Field(nullable=True, description="of a text file that could be read")
    date_format: pl.String = pa.Field(
        nullable=True, description="day_first, month_first, iso, or ambiguous_day_first"
    )
    columns_unknown: pl.List(pl.String) = pa.Field(description="shapes of headers kept out")  # type: ignore[valid-type]
    reason: pl.String = pa.Field(nullable=True, description="why the whole file was set aside")


class Quarantine(Contract):
    """Every record set aside; one row per (file, line, reason)."""

    file: pl.String
    line: pl.Int64 = pa.Field(ge=0)
    reason: pl.String
    text: pl.String = pa.Field(description="column names and value shapes: 9 for digits, a for letters")


class CoinRollforward(Contract):
    """How coins moved, and that nothing was lost on the way; one row per (month, wallet, origin).

    closing = opening + issued − redeemed + restored − expired − reversed + adjusted, and the next month
    opens with it. Origin ``all`` is the sum of the others and alone carries the exported balance.
    """

    month: pl.String = pa.Field(description="YYYY-MM in IST")
    wallet: pl.String
    origin: pl.String = pa.Field(
        description="purchase, bonus, import, adjustment or restore; overdrawn: taken without coins; all"
    )
    opening_coins: pl.Int64 = total()
    issued_coins: pl.Int64 = total()
    redeemed_coins: pl.Int64 = total()
    restored_coins: pl.Int64 = total()
    expired_coins: pl.Int64 = total()
    reversed_coins: pl.Int64 = total()
    adjusted_coins: pl.Int64 = total(description="+ into the wallet, − out of it")
    closing_coins: pl.Int64 = total()
    exported_coins: pl.Int64 = total(
        nullable=True, description="Σ balances of the members export, in its month; else null"
    )
    difference_coins: pl.Int64 = total(
        nullable=True, description="exported − rebuilt at the export's own instant"
    )


class Clearing(Contract):
    """What became of the coins taken for each order: settled, restored or visibly open; one row per redeem debit.

    Every posted redeem debit of the coins wallet is here once, and
    coins = settled + restored + open. ``state`` is `open` while any coin is open, else `restored` when all
    came back, else `settled`. Sorted by (debited_at, entry_id).
    """

    entry_id: pl.String = pa.Field(unique=True)
    order_id: pl.String = pa.Field(nullable=True, description="null when tied to no known order")
    member_id: pl.String = pa.Field(nullable=True, description="whose coins were taken")
    debited_at: Instant
    coins: pl.Int64 = amount()
    settled_coins: pl.Int64 = amount(description="spent for good: delivered, or lost by the law of a death")
    restored_coins: pl.Int64 = amount(description="given back to the member, at most what was taken")
    open_coins: pl.Int64 = amount()
    state: pl.String = pa.Field(isin=CLEARING_STATES)
    waits_for: pl.String = pa.Field(
        nullable=True,
        isin=CLEARING_WAITS,
        description="an order that is in no file, a verdict on it, its delivery, or a restore; null unless open",
    )
    age_days: pl.Int64 = pa.Field(
        nullable=True, ge=0, description="Indian dates from debit to as-of; null unless open"
    )
    worth_paise: pl.Int64 = total(ge=0, description="what the coins taken are worth")
    open_paise: pl.Int64 = total(ge=0, description="what the open coins are worth")
