"""The walk against a queue that moves one coin at a time, on random small ledgers."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import BalanceQueries, Movements
from loyalty.ledger.lots import Walk, walk
from loyalty.ledger.movements import CREDIT, DEBIT, EXPIRY, RESTORE, REVERSAL
from tests.builders import unchecked

START = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LAST = 12
AS_OF = LAST + 4
NEVER = 10**6


class Moved(NamedTuple):
    """One movement on a clock of whole hours; ``expires`` is NEVER for an undying lot."""

    number: int
    member: int
    phase: int
    leg: str
    coins: int
    order: int | None
    at: int
    judged: int
    expires: int


class Asked(NamedTuple):
    order: int
    member: int
    at: int


class Coin(NamedTuple):
    """One coin knows its lot: when it dies, when it was credited, which entry made it."""

    expires: int
    born: int
    lot: int


@dataclass
class Naive:
    """One member's coins, one object each; slow, and written from details L7 and X1 alone."""

    coins: list[Coin] = field(default_factory=list)
    debt: int = 0
    spent: dict[int, list[Coin]] = field(default_factory=dict)
    moves: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    swept: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    excess: Counter[tuple[int, int | None]] = field(default_factory=Counter)

    def post(self, entry: Moved) -> None:
        if entry.phase == CREDIT or (entry.phase == RESTORE and entry.order is None):
            self.gain(entry, [])
        elif entry.phase == RESTORE:
            assert entry.order is not None
            self.gain(entry, self.spent.get(entry.order, []))
        elif entry.phase == EXPIRY:
            self.expire(entry)
        else:
            self.spend(entry)

    def gain(self, entry: Moved, homes: list[Coin]) -> None:
        for _ in range(entry.coins):
            if self.debt:
                self.debt -= 1
                self.moves[entry.number, None] += 1
                continue
            coin = homes.pop() if homes else Coin(entry.expires, entry.at, entry.number)
            self.coins.append(coin)
            self.moves[entry.number, coin.lot] += 1

    def spend(self, entry: Moved) -> None:
        for _ in range(entry.coins):
            alive = [coin for coin in self.coins if entry.judged < coin.expires]
            coin = self.lose(entry, alive or self.coins)
            if coin and entry.leg == "redemption" and entry.order is not None:
                self.spent.setdefault(entry.order, []).append(coin)

    def lose(self, entry: Moved, among: list[Coin]) -> Coin | None:
        if not among:
            self.debt += 1
            self.moves[entry.number, None] -= 1
            return None
        coin = min(among)
        self.coins.remove(coin)
        self.moves[entry.number, coin.lot] -= 1
        return coin

    def expire(self, entry: Moved) -> None:
        past = Counter(coin.expires for coin in self.coins if coin.expires <= entry.at)
        equal = [batch for batch, left in past.items() if left == entry.coins]
        if equal:
            chosen = {max(equal)}
        elif past.total() == entry.coins:
            chosen = set(past)
        else:
            chosen = {max(past)} if past else set()
        if not chosen:
            self.excess[entry.number, None] += 0  # early
        for _ in range(entry.coins):
            dead = [coin for coin in self.coins if coin.expires in chosen]
            if dead:
                coin = self.lose(entry, dead)
                assert coin is not None
                self.swept[entry.number, coin.expires] += 1
            else:
                self.lose(entry, [coin for coin in self.coins if entry.at < coin.expires])
                self.excess[entry.number, max(chosen, default=None)] += 1

    def balance(self, at: int) -> tuple[int, int]:
        alive = sum(at < coin.expires for coin in self.coins)
        return max(0, alive - self.debt), max(0, len(self.coins) - self.debt)


def naive_balance(ledger: list[Moved], ask: Asked) -> tuple[int, int]:
    """Details R4 by the letter: a new queue of everything that counts, for this one question."""
    queue = Naive()
    for entry in ledger:
        is_before = entry.at < ask.at or (entry.at == ask.at and entry.phase in (CREDIT, DEBIT))
        if entry.member == ask.member and entry.order != ask.order and is_before:
            queue.post(entry)
    return queue.balance(ask.at)


# --- random ledgers -------------------------------------------------------------------------------

ROLES = {
    "earn": CREDIT,
    "adjustment cr": CREDIT,
    "redemption": DEBIT,
    "adjustment": DEBIT,
    "restore": RESTORE,
    "reversal": REVERSAL,
    "expiry": EXPIRY,
}
EXPIRIES = [4, 7, 7, 9, AS_OF + 1, NEVER]
hours = st.integers(0, LAST)
orders = st.sampled_from([0, 0, 1])


@st.composite
def movement(draw: st.DrawFn, role: str, at: int, order: int | None, most: int = 4) -> Moved:
    is_judged_apart = role == "redemption" and order is not None
    return Moved(
        number=0,
        member=draw(st.sampled_from([0, 0, 0, 1])),
        phase=ROLES[role],
        leg=role.removesuffix(" cr"),
        coins=draw(st.integers(1, most)),
        order=order,
        at=at,
        judged=at + draw(st.integers(-2, 1)) if is_judged_apart else at,
        expires=draw(st.sampled_from(EXPIRIES)),
    )


@st.composite
def credit(draw: st.DrawFn) -> list[Moved]:
    """Coins come early, so that later entries find some."""
    return [draw(movement("earn", draw(hours) // 3, None, 6))]


@st.composite
def purchase(draw: st.DrawFn) -> list[Moved]:
    """An order debits once or twice and gives back once, twice or never."""
    order, at = draw(orders), draw(hours)
    roles = draw(st.sampled_from(["d", "dr", "dr", "drr", "ddr", "ddrr"]))
    return [
        draw(movement("redemption" if role == "d" else "restore", at + place, order, 6))
        for place, role in enumerate(roles)
    ]


@st.composite
def sweep(draw: st.DrawFn) -> list[Moved]:
    """An expiry at or soon after some lots expire."""
    at = draw(st.sampled_from(EXPIRIES[:4])) + draw(st.integers(0, 2))
    return [draw(movement("expiry", at, None, 8))]


@st.composite
def anything(draw: st.DrawFn) -> list[Moved]:
    role, at = draw(st.sampled_from(list(ROLES))), draw(hours)
    is_tied = role in ("adjustment", "adjustment cr", "redemption", "restore")
    return [draw(movement(role, at, draw(st.none() | orders) if is_tied else None))]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Moved]:
    """Entries of two members in ledger order, numbered in another; few hours and few orders, so that they meet."""
    size = draw(st.integers(1, 12))
    told = st.one_of(credit(), credit(), purchase(), sweep(), anything())
    stories = [
        *draw(st.lists(credit(), min_size=1, max_size=3)),
        *draw(st.lists(told, min_size=size, max_size=size)),
    ]
    listed = draw(st.permutations([entry for story in stories for entry in story]))
    return in_order(entry._replace(number=number) for number, entry in enumerate(listed))


def in_order(ledger: Iterable[Moved]) -> list[Moved]:
    return sorted(ledger, key=lambda entry: (entry.member, entry.at, entry.phase, entry.number))


asks = st.lists(
    st.builds(Asked, order=st.integers(0, 2), member=st.sampled_from([0, 0, 1]), at=hours),
    unique_by=lambda ask: ask.order,
    max_size=3,
)


def moment(hour: int) -> dt.datetime | None:
    return None if hour == NEVER else START + hour * HOUR


def tables_of(ledger: list[Moved], asked: list[Asked]) -> tuple[pl.DataFrame, pl.DataFrame, dt.datetime]:
    """Movements, BalanceQueries and as-of."""
    rows = [
        {
            "entry_no": entry.number,
            "member_no": entry.member,
            "phase": entry.phase,
            "leg": entry.leg,
            "signed_coins": entry.coins if entry.phase in (CREDIT, RESTORE) else -entry.coins,
            "order_no": entry.order,
            "created_at": moment(entry.at),
            "judged_at": moment(entry.judged),
            "lot_expires_at": moment(entry.expires),
        }
        for entry in ledger
    ]
    queries = [(ask.order, ask.member, moment(ask.at)) for ask in asked]
    return (
        pl.DataFrame(rows, schema=polars_schema(Movements)),
        pl.DataFrame(queries, schema=polars_schema(BalanceQueries), orient="row"),
        START + AS_OF * HOUR,
    )


def walk_of(ledger: list[Moved], asked: list[Asked]) -> Walk:
    return walk(*tables_of(ledger, asked))


def agree(found: Walk, ledger: list[Moved], asked: list[Asked]) -> None:
    """Every coin, batch and balance of the walk is the naive queue's."""
    moves: Counter[tuple[int, int | None]] = Counter()
    left: Counter[int] = Counter()
    for member in {entry.member for entry in ledger}:
        queue = Naive()
        for entry in ledger:
            if entry.member == member:
                queue.post(entry)
        moves.update(queue.moves)
        left.update(coin.lot for coin in queue.coins)
        batches_agree(found, member, queue)
    assert {(entry, lot): coins for entry, lot, coins in found.allocations.rows()} == moves
    assert dict(found.lots.filter(pl.col("left_coins") > 0).select("lot_no", "left_coins").rows()) == left
    assert {row[0]: row[1:] for row in found.spendable.rows()} == {
        ask.order: naive_balance(ledger, ask) for ask in asked
    }


def batches_agree(found: Walk, member: int, queue: Naive) -> None:
    """Each batch with its expire entries, taken, excess and left coins; and the early entries."""
    left = Counter(coin.expires for coin in queue.coins if coin.expires <= AS_OF)
    expected = {
        batch: (
            sorted({entry for entry, swept in queue.swept if swept == batch}),
            sum(coins for (_, swept), coins in queue.swept.items() if swept == batch),
            sum(coins for (_, swept), coins in queue.excess.items() if swept == batch),
            left[batch],
        )
        for batch in {swept for _, swept in queue.swept} | set(left)
        if batch is not None
    }
    rows = found.batches.filter(pl.col("member_no") == member)
    columns = ("entry_nos", "taken_coins", "excess_coins", "left_coins")
    assert {
        (row["batch_at"] - START) // HOUR: (sorted(row["entry_nos"]), *(row[name] for name in columns[1:]))
        for row in rows.iter_rows(named=True)
    } == expected
    early = found.early.filter(pl.col("member_no") == member)
    assert set(early["entry_no"]) == {entry for entry, batch in queue.excess if batch is None}


@settings(max_examples=500, deadline=None)
@given(ledgers(), asks)
def test_the_walk_agrees_with_a_queue_of_single_coins(ledger: list[Moved], asked: list[Asked]) -> None:
    with unchecked():
        agree(walk_of(ledger, asked), ledger, asked)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=10_000, deadline=None)
@given(ledgers(), asks)
def test_the_walk_agrees_with_a_queue_of_single_coins_ten_thousand_times(
    ledger: list[Moved], asked: list[Asked]
) -> None:
    with unchecked():
        agree(walk_of(ledger, asked), ledger, asked)


@settings(max_examples=50, deadline=None)
@given(ledgers())
def test_no_coin_is_made_or_lost_between_entries_lots_and_debt(ledger: list[Moved]) -> None:
    found = walk_of(ledger, [])
    by_entry = dict(found.allocations.group_by("entry_no").agg(pl.col("coins").sum()).rows())
    assert by_entry == {
        entry.number: entry.coins if entry.phase in (CREDIT, RESTORE) else -entry.coins for entry in ledger
    }
    debt = -int(found.allocations.filter(pl.col("lot_no").is_null())["coins"].sum())
    assert int(found.lots["left_coins"].sum()) - debt == sum(by_entry.values())
    assert debt >= 0
    for column in ("born_coins", "left_coins"):
        assert (found.lots[column] >= 0).all()


@settings(max_examples=50, deadline=None)
@given(ledgers(), st.integers(0, 1), hours)
def test_what_an_order_could_spend_is_the_same_with_and_without_a_replay(
    ledger: list[Moved], member: int, at: int
) -> None:
    own = 99
    mine = [entry for entry in ledger if entry.member == member]
    first = min((entry.at for entry in mine), default=0)
    # A debit of the order's own before everything else forces the member to be replayed without it.
    debit = Moved(len(ledger), member, DEBIT, "redemption", 5, own, first - 1, first - 1, NEVER)
    doubled = in_order([*ledger, debit])
    straight = walk_of(ledger, [Asked(own, member, at)]).spendable
    replayed = walk_of(doubled, [Asked(own, member, at)]).spendable
    assert replayed.rows() == straight.rows()
