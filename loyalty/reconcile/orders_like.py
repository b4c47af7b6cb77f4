"""Orders like a given one, with one or two things changed: what would have to be placed to tell two settings apart."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import polars as pl

Row = Mapping[str, Any]

AMPLE = 10**9
"""More coins than any law takes."""
_AMOUNTS = {
    "coupon_paise": (10_000, "with a coupon of ₹100", "without its coupon"),
    "shipping_paise": (4_900, "with ₹49 shipping", "without shipping"),
    "cod_fee_paise": (4_900, "with a COD fee of ₹49", "without the COD fee"),
    "tax_paise": (5_000, "with ₹50 tax on top", "without tax on top"),
    "prepaid_discount_paise": (5_000, "with ₹50 off for paying in advance", "without its prepaid discount"),
}
"""What a part becomes where the order has none of it, and the words of both; else it becomes 0."""
_PRICES = (
    (2, 1, "of twice the price"),
    (1, 2, "of half the price"),
    (4, 1, "of four times the price"),
    (10, 1, "of ten times the price"),
)
"""Goods times so much, over so much."""
_ENOUGH = "by a member with more than enough coins"


class _Change(NamedTuple):
    column: str
    paise: int
    words: str


class OrderLike(NamedTuple):
    """What is different about it, and its row; ``order_no`` counts from 0."""

    words: str
    row: dict[str, Any]


def orders_like(row: Row) -> list[OrderLike]:
    """Every such order, the plainest first: one thing changed, then the same with coins enough, then two things.

    ``row``: OrderFacts with ``spendable_coins`` and ``paper_coins``. Totals follow; the discount stays.
    """
    changes = [*_changes(row)]
    sets = [(change,) for change in changes] + [
        pair for pair in combinations(changes, 2) if pair[0].column != pair[1].column
    ]
    found = []
    for size in (1, 2):
        for ample in (False, True):
            found += [
                OrderLike(_words(chosen, ample=ample), changed)
                for chosen in sets
                if len(chosen) == size and (changed := _changed(row, chosen, ample=ample)) is not None
            ]
    return [OrderLike(each.words, {**each.row, "order_no": number}) for number, each in enumerate(found)]


def as_frame(orders: list[OrderLike], schema: pl.Schema) -> pl.DataFrame:
    """The rows of such orders as a frame."""
    return pl.DataFrame([order.row for order in orders], schema=schema)


def _changes(row: Row) -> Iterator[_Change]:
    for column, (paise, added, removed) in _AMOUNTS.items():
        yield _Change(column, 0, removed) if row[column] else _Change(column, paise, added)
    for times, over, words in _PRICES:
        yield _Change("subtotal_paise", row["subtotal_paise"] * times // over, words)


def _changed(row: Row, chosen: tuple[_Change, ...], *, ample: bool) -> dict[str, Any] | None:
    """The row with totals that follow; None where an amount would fall below zero."""
    changed = {**row, **{change.column: change.paise for change in chosen}}
    moved = {column: changed[column] - row[column] for column in (*_AMOUNTS, "subtotal_paise")}
    goods = moved["subtotal_paise"] - moved["coupon_paise"]
    added = moved["shipping_paise"] + moved["cod_fee_paise"] + moved["tax_paise"]
    payable = goods + added - moved["prepaid_discount_paise"]
    for column, paise in (
        ("after_coupon_paise", goods),
        ("payable_paise", payable),
        ("grand_total_paise", payable),
    ):
        changed[column] += paise
        if changed[column] < 0:
            return None
    if moved["coupon_paise"]:
        changed["has_coupon"] = changed["coupon_paise"] > 0
    return changed | (dict.fromkeys(("spendable_coins", "paper_coins"), AMPLE) if ample else {})


def _words(chosen: tuple[_Change, ...], *, ample: bool) -> str:
    return ", ".join([" and ".join(change.words for change in chosen), *([_ENOUGH] if ample else [])])
