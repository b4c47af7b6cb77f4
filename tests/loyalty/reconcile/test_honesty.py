"""One property above all: an honest ledger has no mismatch, and one lie about it is found and named.

The honest ledger is written by a second reading of the law (histories.py), in plain integers.
"""

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import AS_OF, DAY, Entry, Thing, a_world, an_entry, judged, unchecked
from tests.loyalty.reconcile.histories import LAW, STORIES, Story, asks, coins_due, told


def judge_all(things: list[Thing]) -> pl.DataFrame:
    with unchecked():
        return judged(a_world(*things), LAW, AS_OF)


@settings(max_examples=12)
@given(st.lists(STORIES, min_size=5, max_size=20))
def test_an_honest_ledger_has_every_row_that_the_law_calls_for_and_no_mismatch(stories: list[Story]) -> None:
    orders = {f"{number:02d}": story for number, story in enumerate(stories)}
    rows = judge_all([thing for order_id, story in orders.items() for thing in told(story, order_id)])
    called_for = {(leg, order_id) for order_id, story in orders.items() for leg in legs_of(story)}
    assert set(rows.select("leg", "order_id").rows()) == called_for
    assert rows.filter(pl.col("status") != "match").is_empty()
    assert rows["effect_paise"].to_list() == [0] * rows.height
    assert rows["expected_coins"].to_list() == rows["recorded_coins"].to_list()


def legs_of(story: Story) -> set[str]:
    there = {
        "redemption": story.steps > 0,
        "earn": coins_due(story) is not None,
        "reversal": any(asks(story, of="earned")),
        "restore": any(asks(story, of="spent")),
    }
    return {leg for leg, is_there in there.items() if is_there}


# --- one lie, one mismatch ------------------------------------------------------------------------

_PLAIN = Story(subtotal=100_000, shipping=4_900, steps=5, delivered=2, cancelled=None, repaid=())
_DEAD = dataclasses.replace(_PLAIN, cancelled=15)
_REPAID = dataclasses.replace(_PLAIN, repaid=((10, 20_000), (15, 30_000)))


class Lie(NamedTuple):
    story: Story
    role: str
    change: Callable[[Entry], list[Entry]]
    leg: str
    kind: str
    effect: int


def gone(_entry: Entry) -> list[Entry]:
    return []


def twice(entry: Entry) -> list[Entry]:
    return [entry, dataclasses.replace(entry, entry_id=f"{entry.entry_id} again")]


def late(entry: Entry) -> list[Entry]:
    return [_with(entry, created_at=entry.row["created_at"] + 4 * DAY)]


def early(entry: Entry) -> list[Entry]:
    return [_with(entry, created_at=entry.row["created_at"] - 4 * DAY)]


def one_more(entry: Entry) -> list[Entry]:
    return [_with(entry, amount_coins=entry.row["amount_coins"] + 1, signed_coins=_signed(entry, 1))]


def one_less(entry: Entry) -> list[Entry]:
    return [_with(entry, amount_coins=entry.row["amount_coins"] - 1, signed_coins=_signed(entry, -1))]


def pending(entry: Entry) -> list[Entry]:
    return [_with(entry, status="pending")]


def void(entry: Entry) -> list[Entry]:
    return [_with(entry, status="void")]


def by_another(entry: Entry) -> list[Entry]:
    return [dataclasses.replace(entry, member="N")]


def _with(entry: Entry, **changes: object) -> Entry:
    return dataclasses.replace(entry, row={**entry.row, **changes})


def _signed(entry: Entry, more: int) -> int:
    signed: int = entry.row["signed_coins"]
    return signed + (more if signed > 0 else -more)


LIES = [
    Lie(_PLAIN, "redeem dr", gone, "redemption", "discount_without_debit", 5000),
    Lie(_PLAIN, "redeem dr", pending, "redemption", "discount_without_debit", 5000),
    Lie(_PLAIN, "redeem dr", void, "redemption", "discount_without_debit", 5000),
    Lie(_PLAIN, "redeem dr", twice, "redemption", "double_debit", -5000),
    Lie(_PLAIN, "redeem dr", one_more, "redemption", "coins_value", -10),
    Lie(_PLAIN, "redeem dr", one_less, "redemption", "coins_value", 10),
    Lie(_PLAIN, "redeem dr", by_another, "redemption", "wrong_member", 5000),
    Lie(_PLAIN, "reward cr", gone, "earn", "earn_missing", -500),
    Lie(_PLAIN, "reward cr", pending, "earn", "earn_missing", -500),
    Lie(_PLAIN, "reward cr", twice, "earn", "earn_duplicate", 500),
    Lie(_PLAIN, "reward cr", one_more, "earn", "earn_amount", 10),
    Lie(_PLAIN, "reward cr", one_less, "earn", "earn_amount", -10),
    Lie(_PLAIN, "reward cr", late, "earn", "earn_late", 0),
    Lie(_PLAIN, "reward cr", early, "earn", "earn_early", 0),
    Lie(_DEAD, "revert dr", gone, "reversal", "reversal_missing", 500),
    Lie(_DEAD, "revert dr", twice, "reversal", "reversal_duplicate", -500),
    Lie(_DEAD, "revert dr", one_more, "reversal", "reversal_amount", -10),
    Lie(_DEAD, "revert dr", one_less, "reversal", "reversal_amount", 10),
    Lie(_DEAD, "revert dr", late, "reversal", "reversal_late", 0),
    Lie(_DEAD, "revert cr", gone, "restore", "restore_missing", -5000),
    Lie(_DEAD, "revert cr", pending, "restore", "restore_missing", -5000),
    Lie(_DEAD, "revert cr", twice, "restore", "restore_duplicate", 5000),
    Lie(_DEAD, "revert cr", one_more, "restore", "restore_amount", 10),
    Lie(_DEAD, "revert cr", one_less, "restore", "restore_amount", -10),
    Lie(_DEAD, "revert cr", late, "restore", "restore_late", 0),
    Lie(_REPAID, "revert dr", gone, "reversal", "reversal_missing", 250),
    Lie(_REPAID, "revert cr", gone, "restore", "restore_missing", -2500),
]


@cache
def verdicts_on_lies() -> pl.DataFrame:
    """Every lie is told of an order of its own, so that one run judges them all."""
    return judge_all([thing for number, lie in enumerate(LIES) for thing in lie_told(lie, f"lie {number}")])


def lie_told(lie: Lie, order_id: str) -> Iterator[Thing]:
    for thing in told(lie.story, order_id):
        is_target = isinstance(thing, Entry) and thing.entry_id.startswith(lie.role)
        yield from lie.change(thing) if isinstance(thing, Entry) and is_target else [thing]


@pytest.mark.parametrize(
    "number", range(len(LIES)), ids=[f"{lie.role} {lie.change.__name__}: {lie.kind}" for lie in LIES]
)
def test_one_lie_is_one_mismatch(number: int) -> None:
    wrong = verdicts_on_lies().filter(status="mismatch", order_id=f"lie {number}")
    lie = LIES[number]
    assert wrong.select("leg", "kind", "effect_paise").rows() == [(lie.leg, lie.kind, lie.effect)]


@pytest.mark.parametrize(
    ("lie", "leg", "kind", "effect"),
    [
        pytest.param(
            an_entry("redeem dr", 700, order="ghost"), "redemption", "debit_without_order", -7000, id="debit"
        ),
        pytest.param(an_entry("reward cr", 70, order="ghost"), "earn", "earn_orphan", 700, id="credit"),
        pytest.param(
            an_entry("revert dr", 70, order="ghost"), "reversal", "reversal_unexpected", -700, id="reversal"
        ),
        pytest.param(
            an_entry("revert cr", 70, order="ghost"), "restore", "restore_unexpected", 700, id="restore"
        ),
        pytest.param(
            an_entry("revert dr", 70, order="A"), "reversal", "reversal_unexpected", -700, id="claw-back"
        ),
        pytest.param(an_entry("revert cr", 70, order="A"), "restore", "restore_unexpected", 700, id="gift"),
    ],
)
def test_one_entry_too_many_is_one_mismatch(lie: Entry, leg: str, kind: str, effect: int) -> None:
    wrong = judge_all([*told(_PLAIN, "A"), lie]).filter(status="mismatch")
    assert wrong.select("leg", "kind", "effect_paise").rows() == [(leg, kind, effect)]
