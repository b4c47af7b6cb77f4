"""What a member holds, and why, as a page of plain text: balance, lots, the last entries, what is wrong.

Layout and words only; the figures come from the frames that judged the member.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from loyalty.ledger.standing import Standing
from loyalty.reconcile.explain import Line, Row, Section, coins_text, laid_out, signed_coins_text
from loyalty.reconcile.wording import day_words, instant_words
from loyalty.values.times import IST_OFFSET_US

SHOWN = 12
"""So many lots and so many entries are listed; the rest is counted."""
_DAY = dt.timedelta(days=1)
_TICK = dt.timedelta(microseconds=1)
_MIDNIGHT = dt.timedelta(microseconds=IST_OFFSET_US)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DEEDS = {
    "redemption": "redeemed",
    "earn": "earned",
    "reversal": "taken back",
    "restore": "given back",
    "expiry": "expired",
}


class Account(NamedTuple):
    """Whose account it is, and up to when: at an instant, in a snapshot that knows up to its as-of."""

    member_no: int
    member_id: str
    at: dt.datetime
    as_of: dt.datetime


def member_explanation(
    account: Account, held: Standing, entries: Sequence[Row], mismatches: Sequence[Row]
) -> str:
    """The whole page of one member.

    ``entries``: all posted by then in ledger order, with ``created_at, leg, type, signed_coins, entry_id,
    order_id``. ``mismatches``: the member's open rows of ``mart_mismatches``.
    """
    heading = [
        f"Member {account.member_id}",
        f"at {instant_words(account.at)} IST, known up to {instant_words(account.as_of)} IST",
    ]
    sections = [
        _balance_section(held),
        _lots_section(held, account.at),
        _entries_section(entries),
        _mismatches_section(mismatches),
    ]
    return laid_out(heading, sections)


def _balance_section(held: Standing) -> Section:
    lines = [
        Line("in lots that can be spent", coins_text(_total(held) - held.stale_coins)),
        Line("+ in lots past expiry", coins_text(held.stale_coins)),
        Line("− debt that later credits pay", coins_text(held.debt_coins)),
        Line("= balance", coins_text(held.balance_coins)),
        Line("spendable", coins_text(held.spendable_coins)),
    ]
    return Section("Coins", lines)


def _total(held: Standing) -> int:
    return held.balance_coins + held.debt_coins


def _lots_section(held: Standing, at: dt.datetime) -> Section:
    rows = held.lots.to_dicts()
    lines = [
        Line(
            f"credited {day_words(row['born_at'])}",
            coins_text(row["left_coins"]),
            f"of {coins_text(row['born_coins'])}, {_death(row['expires_at'], at)}",
        )
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(Line(f"and {len(rows) - SHOWN} later lots"))
    return Section("Lots, in the order in which they are spent", lines or [Line("None.")])


def _death(expires_at: dt.datetime | None, at: dt.datetime) -> str:
    if expires_at is None:
        return "never expire"
    is_end_of_day = (expires_at - _EPOCH + _MIDNIGHT) % _DAY == dt.timedelta()
    # Usable while t < expiry, so 24:00 of a date reads as that date.
    until = day_words(expires_at - _TICK) if is_end_of_day else f"{instant_words(expires_at)} IST"
    return f"past expiry, were good until {until}" if expires_at <= at else f"good until {until}"


def _entries_section(entries: Sequence[Row]) -> Section:
    balances = accumulate(row["signed_coins"] for row in entries)
    last = list(zip(entries, balances, strict=True))[-SHOWN:]
    lines = [
        Line(
            f"{instant_words(row['created_at'])}  {_deed(row)}",
            signed_coins_text(row["signed_coins"]),
            f"→ {coins_text(balance)}  {_names(row)}",
        )
        for row, balance in last
    ]
    before = len(entries) - len(last)
    title = f"The last {len(last)} of {len(entries)} entries" if before else "Entries"
    return Section(title, lines or [Line("None.")])


def _deed(row: Row) -> str:
    if row["leg"] in _DEEDS:
        return _DEEDS[row["leg"]]
    return f"{row['type'] or 'no type'}, {'added' if row['signed_coins'] > 0 else 'removed'}"


def _names(row: Row) -> str:
    entry = f"entry {row['entry_id']}"
    return f"{entry}, order {row['order_id']}" if row["order_id"] else entry


def _mismatches_section(mismatches: Sequence[Row]) -> Section:
    lines = [Line(f"{row['kind']}: {row['sentence']}") for row in mismatches]
    return Section("What is wrong, as of the snapshot", lines or [Line("Nothing.")])
