"""What each order says of a cause: that it reproduces the order, allows it, or would break it.

A mismatch speaks for a cause that *reproduces* it, and may still be *allowed* by one that does not: where
coins are applied by hand a customer may take less than the most. A match speaks against a cause that
would break it. Most matches say nothing, since most orders come out alike under either setting; a change
lies between two orders that do speak.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple, Self

import polars as pl

from loyalty.rulebook.models import Rulebook
from loyalty.values.frames import beside

BOOKS = ("stg_orders", "int_order_facts", "int_refunds", "int_linked_entries", "int_spendable")
"""The stored tables of `Books`, in its order."""


class Books(NamedTuple):
    """What a run knows of all orders, read only as far as it is asked: the tables of `BOOKS`, and the law."""

    orders: pl.LazyFrame
    facts: pl.LazyFrame
    refunded: pl.LazyFrame
    linked: pl.LazyFrame
    spendable: pl.LazyFrame
    rulebook: Rulebook
    as_of: dt.datetime

    @classmethod
    def of(cls, scan: Callable[[str], pl.LazyFrame], rulebook: Rulebook, as_of: dt.datetime) -> Self:
        """The books of a run whose stored tables ``scan`` opens."""
        orders, facts, refunded, linked, spendable = map(scan, BOOKS)
        return cls(orders, facts, refunded, linked, spendable, rulebook, as_of)


class Suspects(NamedTuple):
    """Mismatches of one leg, and the groups to which they belong.

    ``wrong``: ``order_no, kind, is_stale`` of the mismatches, stale where the balance before a concurrent debit
    reproduces one. ``groups``: ``group_no, version_no, surface, is_big``; of a group that is not big only the
    mismatches are looked at, since they are too few to name anything.
    """

    wrong: pl.DataFrame
    groups: pl.DataFrame


class Evidence(NamedTuple):
    """The orders of one leg that can speak, and how to ask them.

    ``rows``: ``group_no``, ``place`` (in order of time), ``kind`` (null on a match), ``is_searched`` (a mismatch for
    which causes are sought), ``is_good`` (a match that can contradict) and ``is_most`` (what was recorded is exactly
    what the law grants at most). ``asked(rows, cause)`` gives rows of one group with ``exact`` and
    ``allowed`` under a cause, and whether what was posted came ``in_time`` under it.
    """

    rows: pl.DataFrame
    asked: Callable[[pl.DataFrame, str], pl.DataFrame]


def facts_of(suspects: Suspects, books: Books, columns: Iterable[str], lives: pl.Expr) -> pl.DataFrame:
    """Facts of the mismatched orders, with ``kind``, and of the big groups' others that are alive.

    ``place`` is where an order stands in time. Neither joined nor sorted as a whole: most of a brand's orders
    pass through here, and few of them have anything to say.
    """
    wrong = suspects.wrong["order_no"].implode()
    is_big = pl.col("group_no").is_in(suspects.groups.filter("is_big")["group_no"].implode())
    chosen = (
        books.facts.with_columns(group_no=_group_of(suspects.groups))
        .filter(pl.col("group_no").is_not_null() & (pl.col("order_no").is_in(wrong) | (is_big & lives)))
        .select("group_no", *columns, place=pl.col("placed_at").dt.timestamp("us"))
        .collect(engine="streaming")
    )
    return beside(chosen, suspects.wrong, "order_no", "1:1").filter(
        pl.col("kind").is_not_null()
        | pl.col("group_no").is_in(suspects.groups.filter("is_big")["group_no"].implode())
    )


def _group_of(groups: pl.DataFrame) -> pl.Expr:
    return pl.coalesce(
        pl.when((pl.col("version_no") == version) & (pl.col("surface") == surface)).then(
            pl.lit(number, pl.Int64)
        )
        for number, version, surface in groups.select("group_no", "version_no", "surface").iter_rows()
    )


def is_kind(kinds: tuple[str, ...]) -> pl.Expr:
    """Whether the row is a mismatch of one of these kinds."""
    return pl.col("kind").is_in(kinds).fill_null(value=False)


def told(rows: pl.DataFrame, fits: pl.Expr, exact: tuple[str, ...], allowed: tuple[str, ...]) -> pl.DataFrame:
    """Rows that fit a cause: reproduced if a match or of a kind in ``exact``, allowed if of a kind in either."""
    sure, is_good = fits.fill_null(value=False), pl.col("is_good")
    return rows.with_columns(
        exact=sure & (is_good | is_kind(exact)),
        allowed=sure & (is_good | is_kind((*exact, *allowed))),
        in_time=pl.lit(value=True),
    )
