"""Movements and balance queries as columns of whole numbers, for `purses` to march through.

Members, movements and lots are numbered from 0 as they are sorted, so that what belongs to one member stands
side by side and a number is a place in a column. Instants are microseconds, coins unsigned.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from loyalty.ledger.movements import CREDIT, DEBIT, EXPIRY, RESTORE
from loyalty.ledger.purse import EXPIRE, GIVE_BACK, MAKE, NEVER, TAKE, TAKE_FOR_ORDER
from loyalty.values.frames import beside

Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known before anything is posted."""

    starts: Ints
    """By member: the first movement."""
    counts: Ints
    """By member: how many movements."""
    lot_starts: Ints
    """By member: the first lot."""
    lot_ends: Ints
    """By member: one beyond the last lot."""
    deeds: Ints
    """By movement: MAKE, TAKE (for an order or not), GIVE_BACK or EXPIRE."""
    coins: Ints
    at: Ints
    judged: Ints
    lots: Ints
    """By movement: the lot that it may make, −1 if none."""
    piles: Ints
    """By movement: where its order's debits pile up what they took, −1 if nothing comes back to the order."""
    pile_count: int
    makers: Ints
    """By lot: the movement that may make it. A member's lots stand in the order in which debits take them."""
    dies: Ints
    """By lot: when it expires."""


class Asked(NamedTuple):
    """Queries of members who have movements, column by column.

    ``places``: their row in the queries. A query is answered before its member's movement number ``steps``,
    judged ``at``. ``is_replayed``: entries of the order stand before others, so that it is not enough to stop
    before them.
    """

    places: Ints
    members: Ints
    steps: Ints
    at: Ints
    is_replayed: Flags

    def of(self, is_member: Flags) -> "Asked":
        """The queries of some members."""
        kept = is_member[self.members]
        return Asked(
            places=self.places[kept],
            members=self.members[kept],
            steps=self.steps[kept],
            at=self.at[kept],
            is_replayed=self.is_replayed[kept],
        )


def deed() -> pl.Expr:
    """What a movement does to lots, as a `purse` names it."""
    is_tied = pl.col("order_no").is_not_null()
    return (
        pl.when(pl.col("phase") == EXPIRY)
        .then(EXPIRE)
        .when((pl.col("phase") == RESTORE) & is_tied)
        .then(GIVE_BACK)
        .when(pl.col("phase").is_in((CREDIT, RESTORE)))
        .then(MAKE)
        .when((pl.col("leg") == "redemption") & is_tied)
        .then(TAKE_FOR_ORDER)
        .otherwise(TAKE)
    )


def posted(movements: pl.DataFrame) -> pl.DataFrame:
    """Movements as a purse reads them: numbers only, ``member`` counted from 0; one row per movement."""
    at = pl.col("created_at").dt.timestamp("us")
    is_next = pl.col("member_no") != pl.col("member_no").shift(1)
    return movements.select(
        "entry_no",
        "member_no",
        "order_no",
        member=is_next.fill_null(value=False).cast(pl.Int64).cum_sum(),
        deed=deed(),
        coins=pl.col("signed_coins").abs(),
        at=at,
        judged=pl.col("judged_at").dt.timestamp("us"),
        dies=pl.col("lot_expires_at").dt.timestamp("us").fill_null(NEVER),
        # Of what happens at its instant, a query sees credits and debits only (details R4).
        moment=2 * at + (pl.col("phase") > DEBIT).cast(pl.Int64),
        is_restore=pl.col("phase") == RESTORE,
    )


def ledger_of(rows: pl.DataFrame) -> Ledger:
    """The ledger of posted movements."""
    members = rows["member"].to_numpy()
    counts = np.bincount(members)
    ends = np.cumsum(counts)
    makers = _makers(rows, counts.size)
    lots = np.full(rows.height, -1)
    lots[makers] = np.arange(makers.size)
    lot_counts = np.bincount(members[makers], minlength=counts.size)
    lot_ends = np.cumsum(lot_counts)
    piles, pile_count = _piles(rows)
    deeds, coins, at, judged = (rows[name].to_numpy() for name in ("deed", "coins", "at", "judged"))
    return Ledger(
        starts=ends - counts,
        counts=counts,
        lot_starts=lot_ends - lot_counts,
        lot_ends=lot_ends,
        deeds=np.where(deeds == TAKE_FOR_ORDER, TAKE, deeds),
        coins=coins,
        at=at,
        judged=judged,
        lots=lots,
        piles=piles,
        pile_count=pile_count,
        makers=makers,
        dies=rows["dies"].to_numpy()[makers],
    )


def _makers(rows: pl.DataFrame, member_count: int) -> Ints:
    """Movements that may make a lot, member by member in the order in which debits take the lots.

    Most members are credited in that order; only the others are sorted.
    """
    makers = np.flatnonzero(rows["deed"].is_in((MAKE, GIVE_BACK)).to_numpy())
    members, dies, at, entry_nos = (
        rows[name].to_numpy()[makers] for name in ("member", "dies", "at", "entry_no")
    )
    is_later = (dies[1:] > dies[:-1]) | (
        (dies[1:] == dies[:-1]) & ((at[1:] > at[:-1]) | (entry_nos[1:] > entry_nos[:-1]))
    )
    is_mixed = np.zeros(member_count, np.bool_)
    is_mixed[members[1:][(members[1:] == members[:-1]) & ~is_later]] = True
    mixed = np.flatnonzero(is_mixed[members])
    key = (entry_nos[mixed], at[mixed], dies[mixed], members[mixed])
    makers[mixed] = makers[mixed][np.lexsort(key)]
    return makers


def _piles(rows: pl.DataFrame) -> tuple[Ints, int]:
    """The pile of each movement of an order that coins come back to, and how many piles there are."""
    order = ["member", "order_no"]
    moved = rows.select(*order, "deed", movement=pl.int_range(pl.len()))
    returned = (
        moved.filter(pl.col("deed") == GIVE_BACK)
        .select(order)
        .unique(maintain_order=True)
        .with_columns(pile=pl.int_range(pl.len()))
    )
    piled = moved.filter(pl.col("deed").is_in((GIVE_BACK, TAKE_FOR_ORDER))).join(
        returned, on=order, how="inner", validate="m:1"
    )
    piles = np.full(rows.height, -1)
    piles[piled["movement"].to_numpy()] = piled["pile"].to_numpy()
    return piles, returned.height


def asked_of(rows: pl.DataFrame, ledger: Ledger, queries: pl.DataFrame) -> Asked:
    """Where in the ledger each query is answered (details R4).

    Before it stand all entries before the instant, and credits and debits at it. The order's own entries do
    not count: where they stand last, it is asked before them.
    """
    member_nos = rows.select(
        pl.col("member_no").gather(ledger.starts), member=pl.int_range(ledger.starts.size)
    )
    known = (
        queries.select(
            "member_no", "order_no", at=pl.col("at").dt.timestamp("us"), place=pl.int_range(pl.len())
        )
        .pipe(beside, member_nos, "member_no")
        .drop_nulls("member")
    )
    members, order_nos, at, places = (
        known[name].to_numpy() for name in ("member", "order_no", "at", "place")
    )
    starts = ledger.starts[members]
    stops = _first_after(rows["moment"].to_numpy(), starts, starts + ledger.counts[members], 2 * at)
    own_first, own_count = _own_before(rows, members, order_nos, stops)
    is_last = own_first + own_count == stops
    stops = np.where((own_count > 0) & is_last, own_first, stops)
    return Asked(places, members, stops - starts, at, (own_count > 0) & ~is_last)


def _first_after(moments: Ints, starts: Ints, ends: Ints, cuts: Ints) -> Ints:
    """By bisection, the first place from start to end whose moment is later than the cut, else the end."""
    starts, ends = starts.copy(), ends.copy()
    places = np.flatnonzero(starts < ends)
    while places.size:
        middles = (starts[places] + ends[places]) // 2
        is_before = moments[middles] <= cuts[places]
        starts[places[is_before]] = middles[is_before] + 1
        ends[places[~is_before]] = middles[~is_before]
        places = places[starts[places] < ends[places]]
    return starts


def _own_before(rows: pl.DataFrame, members: Ints, order_nos: Ints, stops: Ints) -> tuple[Ints, Ints]:
    """Of each query's order and member, the first movement before the stop and how many there are."""
    first, count = np.zeros_like(stops), np.zeros_like(stops)
    if not order_nos.size:
        return first, count
    # Order numbers are ranks: a column with a place for each is small, and faster than a join.
    lowest, highest = order_nos.min(), order_nos.max()
    queries = np.full(highest - lowest + 1, -1)
    queries[order_nos - lowest] = np.arange(order_nos.size)
    is_near = rows["order_no"].is_between(lowest, highest).fill_null(value=False)
    movements = np.flatnonzero(is_near.to_numpy())
    asked = queries[rows["order_no"].gather(movements).to_numpy() - lowest]
    of_member = rows["member"].to_numpy()[movements]
    is_own = (asked >= 0) & (members[asked] == of_member) & (movements < stops[asked])
    movements, asked = movements[is_own], asked[is_own]
    # Written backwards, the first movement of an order is the one that stays.
    first[asked[::-1]] = movements[::-1]
    return first, np.bincount(asked, minlength=stops.size)
