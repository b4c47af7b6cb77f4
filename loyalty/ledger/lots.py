"""Coins as lots: which credit's coins each debit took, each restore gave back and each expiry removed.

The exact walk, one member after the other in plain Python (`purse` holds the rules): a lot is a credit
and what is left of it, debits take lots by (expiry, credit instant, id), and what no lot covers is a
debt that later credits pay first (contract §5, details L7). A faster path must agree with it.
"""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from loyalty.contracts.intermediate import Spendable
from loyalty.ledger.columns import deed
from loyalty.ledger.movements import DEBIT, RESTORE
from loyalty.ledger.purse import NEVER, Journal, Movement, Purse
from loyalty.values.times import INSTANT

_INTEGERS = pl.List(pl.Int64)


@dataclass(frozen=True)
class Walk:
    """What became of every coin by the as-of.

    ``spendable``: Spendable, one row per query.

    ``allocations``: ``entry_no, lot_no, coins``; one row per (entry, lot). A lot is named by the entry
    that made it. Coins are + into the lot and − out of it; a null lot is the member's debt, − when it
    grows and + when it is paid. The coins of an entry sum to its signed coins, those of a lot to what is
    left.

    ``lots``: ``lot_no, member_no, born_at, expires_at, born_coins, left_coins``; one row per lot. A credit
    that only paid debt made none.

    ``batches``: ``member_no, batch_at, entry_nos, taken_coins, excess_coins, lot_entry_nos, left_coins,
    last_restored_at, first_swept_at``; one row per member and expiry instant that has an expire entry, or
    coins left at the as-of (details X1). ``lot_entry_nos`` are the credits of the lots with coins left.

    ``early``: ``entry_no, member_no, created_at, coins``; one row per expire entry that found nothing past
    expiry.
    """

    spendable: pl.DataFrame
    allocations: pl.DataFrame
    lots: pl.DataFrame
    batches: pl.DataFrame
    early: pl.DataFrame


def walk(movements: pl.DataFrame, queries: pl.DataFrame, as_of: dt.datetime) -> Walk:
    """Walks Movements and answers BalanceQueries; nothing in ``movements`` may be later than ``as_of``."""
    numbered = movements.with_row_index("position").with_columns(pl.col("position").cast(pl.Int64))
    asks = _asks(numbered, queries)
    journal, answers = _walk_all(numbered, asks)
    allocations = pl.DataFrame(
        {"entry_no": journal.entry_nos, "lot_no": journal.lot_nos, "coins": journal.coins},
        schema={"entry_no": pl.Int64, "lot_no": pl.Int64, "coins": pl.Int64},
    ).sort("entry_no", "lot_no", nulls_last=True)
    lots = _lots(movements, allocations)
    sweeps = _sweeps(movements, journal)
    return Walk(
        spendable=_spendable(queries, answers),
        allocations=allocations,
        lots=lots,
        batches=batches_of(sweeps, lots, _restored(movements, allocations, lots), as_of),
        early=sweeps.filter(pl.col("batch_at").is_null()).select(
            "entry_no", "member_no", "created_at", coins="excess_coins"
        ),
    )


def balances(movements: pl.DataFrame, queries: pl.DataFrame) -> pl.DataFrame:
    """What a walk answers to BalanceQueries, and no more. An entry may stand in several members' ledgers."""
    numbered = movements.with_row_index("position").with_columns(pl.col("position").cast(pl.Int64))
    _, answers = _walk_all(numbered, _asks(numbered, queries))
    return _spendable(queries, answers)


def _asks(numbered: pl.DataFrame, queries: pl.DataFrame) -> pl.DataFrame:
    """Where in the ledger each query is answered: ``order_no, member_no, at, stop, is_replayed``.

    Before ``stop`` stand all entries before the instant and credits and debits at it (details R4). The
    order's own entries do not count: where they stand last it is enough to stop before them, else the
    member is replayed without them. A query before the member's first entry has no ``stop``.
    """
    instant = pl.col("at").dt.timestamp("us")
    seen = numbered.select(
        "member_no",
        "order_no",
        "position",
        moment=pl.col("created_at").dt.timestamp("us") * 8 + pl.col("phase"),
    )
    cut = queries.select("order_no", "member_no", at=instant, cut=instant * 8 + DEBIT + 1)
    own = (
        cut.join(seen, on=["order_no", "member_no"], how="inner", validate="1:m")
        .filter(pl.col("moment") < pl.col("cut"))
        .group_by("order_no")
        .agg(own_first=pl.col("position").min(), own_count=pl.len().cast(pl.Int64))
    )
    last_before = seen.select("member_no", "moment", "position").sort("moment", "position")
    return (
        cut.sort("cut", "order_no")
        .join_asof(
            last_before,
            left_on="cut",
            right_on="moment",
            by="member_no",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .join(own, on="order_no", how="left", validate="1:1", maintain_order="left")
        .with_columns(stop=pl.col("position") + 1)
        .with_columns(
            is_replayed=(pl.col("own_first") + pl.col("own_count") != pl.col("stop")).fill_null(value=False)
        )
        .select(
            "order_no",
            "member_no",
            "at",
            "is_replayed",
            stop=pl.when("is_replayed").then("stop").otherwise(pl.coalesce("own_first", "stop")),
        )
        .sort("member_no", "stop", "order_no")
    )


class _Ask(NamedTuple):
    """One query for the walk, answered before the movement at position ``stop``."""

    order_no: int
    member_no: int
    at: int
    is_replayed: bool
    stop: int


def _walk_all(numbered: pl.DataFrame, asks: pl.DataFrame) -> tuple[Journal, list[tuple[int, int, int]]]:
    """Every member in turn: what happened to coins, and (order_no, A, A_paper) of asks with a ``stop``."""
    entries = _entries(numbered)
    waiting: dict[int, list[_Ask]] = {}
    for row in asks.filter(pl.col("stop").is_not_null()).iter_rows():
        ask = _Ask(*row)
        waiting.setdefault(ask.member_no, []).append(ask)
    spans = numbered.group_by("member_no", maintain_order=True).agg(
        start=pl.col("position").min(), stop=pl.col("position").max() + 1
    )
    journal = Journal()
    answers: list[tuple[int, int, int]] = []
    for member_no, start, stop in spans.iter_rows():
        answers += _walk_member(entries, start, stop, waiting.get(member_no, []), journal)
    return journal, answers


def _walk_member(
    entries: list[Movement], start: int, stop: int, asks: list[_Ask], journal: Journal
) -> list[tuple[int, int, int]]:
    """Posts one member's entries and answers the asks on the way; asks stand in order of ``stop``."""
    purse = Purse(journal)
    answers: list[tuple[int, int, int]] = []
    done = start
    for ask in asks:
        if ask.is_replayed:
            asked = Purse(Journal())
            asked.post([entry for entry in entries[start : ask.stop] if entry.order_no != ask.order_no])
        else:
            purse.post(entries[done : ask.stop])
            done = ask.stop
            asked = purse
        answers.append((ask.order_no, *asked.balance(ask.at)))
    purse.post(entries[done:stop])
    return answers


def _entries(numbered: pl.DataFrame) -> list[Movement]:
    rows = numbered.select(
        "entry_no",
        deed(),
        pl.col("signed_coins").abs(),
        "order_no",
        pl.col("created_at").dt.timestamp("us"),
        pl.col("judged_at").dt.timestamp("us"),
        pl.col("lot_expires_at").dt.timestamp("us").fill_null(NEVER),
    )
    return [Movement(*row) for row in rows.iter_rows()]


def _spendable(queries: pl.DataFrame, answers: list[tuple[int, int, int]]) -> pl.DataFrame:
    found = pl.DataFrame(
        answers,
        schema=dict.fromkeys(("order_no", "spendable_coins", "paper_coins"), pl.Int64),
        orient="row",
    )
    return (
        queries.select("order_no")
        .join(found, on="order_no", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("spendable_coins", "paper_coins").fill_null(0))
        .sort("order_no")
        .pipe(Spendable.validate)
    )


def _lots(movements: pl.DataFrame, allocations: pl.DataFrame) -> pl.DataFrame:
    """Lots from the allocations that made and changed them."""
    born = movements.select("entry_no", "member_no", born_at="created_at", expires_at="lot_expires_at")
    return (
        allocations.filter(pl.col("lot_no").is_not_null())
        .group_by("lot_no")
        .agg(
            born_coins=pl.col("coins").filter(pl.col("entry_no") == pl.col("lot_no")).sum(),
            left_coins=pl.col("coins").sum(),
        )
        .join(born, left_on="lot_no", right_on="entry_no", how="left", validate="1:1")
        .select("lot_no", "member_no", "born_at", "expires_at", "born_coins", "left_coins")
        .sort("lot_no")
    )


def _sweeps(movements: pl.DataFrame, journal: Journal) -> pl.DataFrame:
    """What expire entries took of batches; one row per (entry, batch), the batch null when it found none."""
    swept = pl.DataFrame(
        journal.sweeps,
        schema=dict.fromkeys(("entry_no", "batch_us", "taken_coins", "excess_coins"), pl.Int64),
        orient="row",
    )
    entries = movements.select("entry_no", "member_no", "created_at")
    return (
        swept.join(entries, on="entry_no", how="left", validate="m:1", maintain_order="left")
        .with_columns(batch_at=pl.col("batch_us").cast(INSTANT))
        .sort("member_no", "batch_us", "created_at", "entry_no", nulls_last=True)
    )


def _restored(movements: pl.DataFrame, allocations: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
    """Coins back in lots: ``member_no, batch_at, restored_at``; one row per restore and lot."""
    restores = movements.filter(pl.col("phase") == RESTORE).select("entry_no", restored_at="created_at")
    return (
        allocations.filter(pl.col("coins") > 0)
        .join(restores, on="entry_no", how="inner", validate="m:1")
        .join(lots.select("lot_no", "member_no", "expires_at"), on="lot_no", how="inner", validate="m:1")
        .select("member_no", "restored_at", batch_at="expires_at")
    )


def batches_of(
    sweeps: pl.DataFrame, lots: pl.DataFrame, restored: pl.DataFrame, as_of: dt.datetime
) -> pl.DataFrame:
    """Batches that an expire entry took from, or with coins left after they expired (details X1).

    ``sweeps``: ``entry_no, member_no, created_at, batch_at, taken_coins, excess_coins``, those of a batch in
    order of time. ``restored``: ``member_no, batch_at, restored_at``.
    """
    keys = ["member_no", "batch_at"]
    swept = (
        sweeps.filter(pl.col("batch_at").is_not_null())
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("taken_coins", "excess_coins").sum(),
            entry_nos="entry_no",
            first_swept_at=pl.col("created_at").first(),
        )
    )
    unswept = (
        lots.filter((pl.col("expires_at") <= as_of) & (pl.col("left_coins") > 0))
        .rename({"expires_at": "batch_at"})
        .sort("born_at", "lot_no")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("left_coins").sum(), lot_entry_nos="lot_no")
    )
    last_restored = restored.group_by(keys).agg(last_restored_at=pl.col("restored_at").max())
    return (
        swept.join(unswept, on=keys, how="full", coalesce=True, validate="1:1")
        .join(last_restored, on=keys, how="left", validate="1:1")
        .with_columns(
            pl.col("taken_coins", "excess_coins", "left_coins").fill_null(0),
            pl.col("entry_nos", "lot_entry_nos").fill_null(pl.lit([], _INTEGERS)),
        )
        .select(
            *keys,
            "entry_nos",
            "taken_coins",
            "excess_coins",
            "lot_entry_nos",
            "left_coins",
            "last_restored_at",
            "first_swept_at",
        )
        .sort(keys)
    )
