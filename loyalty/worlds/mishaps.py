"""Faults of single entries and of members: expiry, balance, adjustments, and entries without an order.

Each is planted after the member's last order, so that nothing that follows depends on it.
"""

from collections.abc import Callable
from functools import partial

from loyalty.worlds.account import CREDIT, DEBIT, SWEEP, Account
from loyalty.worlds.brand import Brand
from loyalty.worlds.joining import bring
from loyalty.worlds.moments import DAY, HOUR, MINUTE, day_of, midnight
from loyalty.worlds.purse import Lot
from loyalty.worlds.records import Entry, Leg

Mishap = Callable[[Brand, Account, int], None]


def _coins(account: Account, low: int, high: int) -> int:
    return low + int(account.rng.random() * (high - low))


def _unexplained(brand: Brand, account: Account, at: int) -> None:
    coins = _coins(account, 60, 400)
    if account.rng.random() < 0.3 and account.purse.spendable(at) > coins:
        entry = account.debit(at, "adjust", coins, "")
    else:
        entry = account.credit(at, "adjust" if account.rng.random() < 0.6 else "import", coins, "")
    effect = brand.book.worth_at(at, entry.signed)
    brand.fault("adjustment", "adjustment_unexplained", effect, entries=[entry])


def _import_again(brand: Brand, account: Account, at: int) -> None:
    coins = _coins(account, 80, 600)
    account.credit(at, "import", coins, "Festive campaign import")
    again = at + 2 * MINUTE + int(account.rng.random() * 5 * DAY)
    account.plan(again, CREDIT, partial(_import_copy, brand, account, coins))


def _import_copy(brand: Brand, account: Account, coins: int, at: int) -> None:
    entry = account.credit(at, "import", coins, "Festive campaign import")
    brand.fault("adjustment", "import_repeated", brand.book.worth_at(at, coins), entries=[entry])


def _bonus_again(brand: Brand, account: Account, at: int) -> None:
    coins = brand.book.at(at).bonuses["signup"][0]
    entry = account.credit(at, "bonus", coins, "Signup bonus")
    brand.fault("adjustment", "bonus_duplicate", brand.book.worth_at(at, coins), entries=[entry])


def _bonus_beyond(brand: Brand, account: Account, at: int) -> None:
    low, high = brand.book.at(at).bonuses["review"]
    under = account.rng.random() < 0.3
    coins = _coins(account, 1, low) if under else high + _coins(account, 5, 200)
    entry = account.credit(at, "bonus", coins, "Review reward")
    effect = brand.book.worth_at(at, coins - (low if under else high))
    brand.fault("adjustment", "bonus_out_of_range", effect, entries=[entry])


def _stuck(brand: Brand, account: Account, at: int) -> None:
    coins = _coins(account, 30, 250)
    entry = account.write(at, CREDIT, "adjust", coins, "Goodwill in review", status="pending")
    brand.fault("adjustment", "pending_stuck", -brand.book.worth_at(at, coins), entries=[entry])


def _orphan(brand: Brand, account: Account, at: int) -> None:
    coins = _coins(account, 30, 200)
    entry = account.credit(at, "reward", coins, "Order reward", reference=_nowhere(brand, account))
    brand.fault("earn", "earn_orphan", brand.book.worth_at(at, coins), entries=[entry])


def _debit_for_nothing(brand: Brand, account: Account, at: int) -> None:
    """A checkout is to take coins for an order that never comes to be."""
    coins = 100 * (1 + int(account.rng.random() * 3))
    account.credit(at, "import", coins + 40, "Festive campaign import")
    account.plan(at + HOUR, DEBIT, partial(_take_for_nothing, brand, account, coins))


def _take_for_nothing(brand: Brand, account: Account, coins: int, at: int) -> None:
    entry = account.debit(at, "redeem", coins, "Coins used at checkout", reference=_nowhere(brand, account))
    brand.fault("redemption", "debit_without_order", -brand.book.worth_at(at, coins), entries=[entry])


def _nowhere(brand: Brand, account: Account) -> str:
    number = int(account.rng.random() * 10**9)
    if account.rng.random() < 0.5:
        return str(5_900_000_000_000 + number)
    return f"#{brand.prefix}X{number}"


def _overdraw(brand: Brand, account: Account, at: int) -> None:
    """A correction takes more than there is."""
    depth = _coins(account, 30, 300)
    held = account.purse.paper()
    entry = account.debit(at, "adjust", held + depth, "Correction of a typing error")
    brand.fault("balance", "negative_balance", brand.book.worth_at(at, depth), entries=[entry])


def _bring_mortal(account: Account, at: int) -> int:
    """An import that dies within days; the instant of its death."""
    last_day = day_of(at) + 6 + int(account.rng.random() * 8)
    bring(account, _coins(account, 120, 700), "Festive campaign import", last_day, at)
    return midnight(last_day + 1)


def _expiry_missing(brand: Brand, account: Account, at: int) -> None:
    dies = _bring_mortal(account, at)
    account.unswept = lambda _, lots: [lot for lot in lots if lot.expires != dies]
    account.at_close.append(partial(_still_there, brand, account, dies))


def _still_there(brand: Brand, account: Account, dies: int) -> None:
    lots = [lot for lot in account.purse.lots if lot.expires == dies]
    ids = {lot.entry_id for lot in lots}
    entries = [entry for entry in account.entries if entry.entry_id in ids]
    effect = brand.book.worth_at(dies, sum([lot.left for lot in lots]))
    brand.fault("expiry", "expiry_missing", effect, entries=entries)


def _expiry_amount(brand: Brand, account: Account, at: int) -> None:
    """The sweep takes a part of the batch, or more than the batch; on a night when no other is due."""
    dies = _bring_mortal(account, at)
    done: list[Entry] = []

    def hand(now: int, lots: list[Lot]) -> list[Lot]:
        mine = [lot for lot in lots if lot.expires == dies]
        if mine and not done and len(mine) == len(lots):
            done.append(_miscount(brand, account, mine, now))
        elif mine and not done:
            account.plan(now + HOUR, SWEEP, account.sweep)
        return [lot for lot in lots if lot.expires != dies]

    account.unswept = hand


def _miscount(brand: Brand, account: Account, batch: list[Lot], at: int) -> Entry:
    left, more = sum([lot.left for lot in batch]), account.purse.spendable(at)
    excess = min(_coins(account, 10, 80), more) if account.rng.random() < 0.5 else 0
    taken = left + excess if excess else left - min(_coins(account, 20, 110), left - 1)
    entry = account.expire(at, taken)
    off = -excess if excess else left - taken
    rest = min(taken, left)
    for lot in batch:
        part = min(lot.left, rest)
        rest -= part
        account.purse.remove(lot, part)
    if excess:
        account.purse.debit(excess, at)
    brand.fault("expiry", "expiry_amount", brand.book.worth_at(batch[0].expires, off), entries=[entry])
    return entry


def _expiry_early(brand: Brand, account: Account, at: int) -> None:
    dies = _bring_mortal(account, at)
    account.plan(
        at + HOUR + int(account.rng.random() * (dies - at - DAY)), SWEEP, partial(_too_soon, brand, account)
    )


def _too_soon(brand: Brand, account: Account, at: int) -> None:
    """Coins are swept out of lots that still live, on a day when none is past expiry."""
    if account.purse.overdue(at):
        account.plan(at + HOUR, SWEEP, partial(_too_soon, brand, account))
        return
    coins = min(_coins(account, 20, 120), account.purse.spendable(at))
    entry = account.expire(at, coins)
    account.purse.debit(coins, at)
    brand.fault("expiry", "expiry_early", -brand.book.worth_at(at, coins), entries=[entry])


def _break_chain(brand: Brand, account: Account, at: int) -> None:
    account.credit(at, "adjust", _coins(account, 20, 90), "Goodwill", note="late delivery")
    account.at_close.append(partial(_misprint_balances, brand, account))


def _misprint_balances(brand: Brand, account: Account) -> None:
    """From one row on the running balance is off; now and then on one row only, which nets to nothing."""
    rows = [entry for entry in account.entries if entry.posted]
    place = 1 + int(account.rng.random() * (len(rows) - 1))
    off = _coins(account, 15, 300) * (1 if account.rng.random() < 0.5 else -1)
    once = account.rng.random() < 0.25 and place + 1 < len(rows)
    for entry in rows[place : place + 1] if once else rows[place:]:
        entry.balance = (entry.balance or 0) + off
    broken = rows[place : place + 2] if once else rows[place : place + 1]
    effect = 0 if once else brand.book.worth_at(rows[place].at, off)
    brand.fault("balance", "balance_break", effect, entries=broken)


def _misprint_export(brand: Brand, account: Account, at: int) -> None:
    del at
    account.at_close.append(partial(_export_wrongly, brand, account))


def _export_wrongly(brand: Brand, account: Account) -> None:
    off = _coins(account, 15, 300) * (1 if account.rng.random() < 0.5 else -1)
    last = [entry for entry in account.entries if entry.posted][-1]
    brand.misprinted[account.person.number] = off
    brand.fault("balance", "closing_balance", brand.book.worth_at(last.at, off), entries=[last])


MISHAPS: dict[str, tuple[Leg, int, Mishap]] = {
    "adjustment_unexplained": ("adjustment", CREDIT, _unexplained),
    "import_repeated": ("adjustment", CREDIT, _import_again),
    "bonus_duplicate": ("adjustment", CREDIT, _bonus_again),
    "bonus_out_of_range": ("adjustment", CREDIT, _bonus_beyond),
    "pending_stuck": ("adjustment", CREDIT, _stuck),
    "earn_orphan": ("earn", CREDIT, _orphan),
    "debit_without_order": ("redemption", DEBIT, _debit_for_nothing),
    "negative_balance": ("balance", DEBIT, _overdraw),
    "balance_break": ("balance", CREDIT, _break_chain),
    "closing_balance": ("balance", CREDIT, _misprint_export),
    "expiry_missing": ("expiry", CREDIT, _expiry_missing),
    "expiry_amount": ("expiry", CREDIT, _expiry_amount),
    "expiry_early": ("expiry", CREDIT, _expiry_early),
}
"""By kind: its leg, the rank of the event among simultaneous ones, and how it comes about."""
