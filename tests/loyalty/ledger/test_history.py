"""Members who march in step against the walk, table by table, and against a queue of single coins."""

import dataclasses
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from loyalty.contracts.base import empty
from loyalty.contracts.intermediate import Movements
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import balance_queries, claims, redemption_instants
from loyalty.intake.stage import stage
from loyalty.ledger.columns import asked_of, ledger_of, posted
from loyalty.ledger.history import Price, _walkers, histories
from loyalty.ledger.links import linked_entries
from loyalty.ledger.lots import Walk, walk
from loyalty.ledger.movements import movements
from loyalty.values.times import parse_instant
from loyalty.worlds import STYLES, build
from resources.home import Home
from resources.inbox import read_inbox
from resources.run import open_brand
from tests.builders import a_law, ist, unchecked
from tests.conftest import KEY, SAID_AT_THE_END
from tests.loyalty.ledger.ledgers import AS_OF, Entry, a_ledger, asking, redeemed_at, said
from tests.loyalty.ledger.test_walk_against_naive import (
    Asked,
    Moved,
    agree,
    asks,
    in_order,
    ledgers,
    tables_of,
)

GOLDEN = Path(__file__).parents[2] / "golden"
FREE = Price(step=0)
"""Steps cost nothing."""
Tables = tuple[pl.DataFrame, pl.DataFrame, dt.datetime]
"""Movements, BalanceQueries, as-of."""


def same(one: Walk, other: Walk) -> None:
    for table in dataclasses.fields(Walk):
        assert_frame_equal(getattr(one, table.name), getattr(other, table.name))


def all_march(tables: Tables) -> Walk:
    """Nobody is walked for the length of a ledger."""
    return histories(*tables, price=FREE)


# --- random ledgers -------------------------------------------------------------------------------

Brand = tuple[list[Moved], list[Asked]]


@st.composite
def brands(draw: st.DrawFn) -> Brand:
    """Several ledgers side by side, each with orders of its own; some entries move no coins."""
    ledger: list[Moved] = []
    asked: list[Asked] = []
    for place in range(0, 10 * draw(st.integers(2, 6)), 10):
        entries = draw(ledgers())
        idle = draw(st.none() | st.sampled_from(entries))
        first = len(ledger)
        ledger += [
            entry._replace(
                number=first + entry.number,
                member=place + entry.member,
                order=None if entry.order is None else place + entry.order,
                coins=0 if entry is idle else entry.coins,
            )
            for entry in entries
        ]
        asked += [Asked(place + ask.order, place + ask.member, ask.at) for ask in draw(st.just([]) | asks)]
    return in_order(ledger), asked


def agree_with_the_walk(brand: Brand, price: Price) -> None:
    tables = tables_of(*brand)
    same(histories(*tables, price=price), walk(*tables))


prices = st.sampled_from([FREE, FREE, FREE, Price(2, 0), Price(4, 0)])
"""Nobody is walked for the length of a ledger, or some are."""


@settings(max_examples=130)
@given(brands(), prices)
def test_marching_finds_what_walking_finds(brand: Brand, price: Price) -> None:
    agree_with_the_walk(brand, price)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=4_000)
@given(brands(), prices)
def test_marching_finds_what_walking_finds_in_ten_thousand_ledgers(brand: Brand, price: Price) -> None:
    with unchecked():
        agree_with_the_walk(brand, price)


@settings(max_examples=500)
@given(ledgers(), asks)
def test_marching_agrees_with_a_queue_of_single_coins(ledger: list[Moved], asked: list[Asked]) -> None:
    with unchecked():
        agree(all_march(tables_of(ledger, asked)), ledger, asked)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=10_000)
@given(ledgers(), asks)
def test_marching_agrees_with_a_queue_of_single_coins_ten_thousand_times(
    ledger: list[Moved], asked: list[Asked]
) -> None:
    with unchecked():
        agree(all_march(tables_of(ledger, asked)), ledger, asked)


# --- stories that dice tell seldom ----------------------------------------------------------------


def told(*entries: Entry, asked: pl.DataFrame | None = None, as_of: dt.datetime = AS_OF) -> Tables:
    moved = movements(a_ledger(*entries), redeemed_at(), a_law({}))
    return moved, asking() if asked is None else asked, as_of


def test_lots_that_die_and_were_born_together_are_taken_by_number_whatever_made_them() -> None:
    tables = told(
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-06-01 00:00", entry=8),
        said("revert cr", 10, "2026-04-01 12:00", expires="2026-06-01 00:00", entry=3),
        said("redeem dr", 5, "2026-04-02 12:00", entry=9),
    )
    found = all_march(tables)
    assert found.lots.select("lot_no", "left_coins").rows() == [(3, 5), (8, 10)]
    same(found, walk(*tables))


def test_a_lot_that_dies_at_the_very_as_of_is_past_expiry() -> None:
    tables = told(
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-06-01 12:00"), as_of=ist("2026-06-01 12:00")
    )
    found = all_march(tables)
    assert found.batches["left_coins"].to_list() == [10]
    same(found, walk(*tables))


def test_coins_of_one_lot_that_two_debits_took_come_back_in_one_row() -> None:
    tables = told(
        said("reward cr", 10, "2026-04-01 12:00"),
        said("redeem dr", 3, "2026-04-02 12:00", order=7),
        said("redeem dr", 4, "2026-04-03 12:00", order=7),
        said("revert cr", 6, "2026-04-04 12:00", order=7),
    )
    found = all_march(tables)
    assert found.allocations.filter(pl.col("entry_no") == 3).rows() == [(3, 0, 6)]
    same(found, walk(*tables))


def test_the_largest_amounts_are_exact() -> None:
    most = 10**15
    tables = told(
        said("reward cr", most - 1, "2026-04-01 12:00"),
        said("reward cr", most, "2026-04-02 12:00"),
        said("redeem dr", most, "2026-04-03 12:00"),
        asked=asking((7, "2026-04-04 12:00")),
    )
    found = all_march(tables)
    assert found.spendable.rows() == [(7, most - 1, most - 1)]
    assert found.allocations.filter(pl.col("entry_no") == 2).rows() == [(2, 0, 1 - most), (2, 1, -1)]
    same(found, walk(*tables))


def test_without_entries_everybody_has_nothing() -> None:
    nobody = (empty(Movements), asking((7, "2026-04-01 12:00")), AS_OF)
    assert all_march(nobody).spendable.rows() == [(7, 0, 0)]
    same(all_march(nobody), walk(*nobody))


def test_members_without_entries_and_times_before_the_first_have_nothing() -> None:
    tables = told(
        said("reward cr", 10, "2026-04-02 12:00"),
        asked=pl.concat([asking((7, "2026-04-01 12:00")), asking((8, "2026-04-03 12:00"), member=2)]),
    )
    found = all_march(tables)
    assert found.spendable.rows() == [(7, 0, 0), (8, 0, 0)]
    same(found, walk(*tables))


# --- who is walked --------------------------------------------------------------------------------


def walkers(tables: Tables, price: Price = FREE) -> list[int]:
    """Members who are walked."""
    moved, queries, _ = tables
    rows = posted(moved)
    ledger = ledger_of(rows)
    is_walked = _walkers(ledger, asked_of(rows, ledger, queries), price)
    return sorted(set(moved.filter(is_walked[rows["member"].to_numpy()])["member_no"]))


def test_nearly_every_member_of_a_random_ledger_marches_and_some_are_walked() -> None:
    went: Counter[str] = Counter()

    @settings(max_examples=100)
    @given(ledgers(), asks)
    def count(ledger: list[Moved], asked: list[Asked]) -> None:
        walked = len(walkers(tables_of(ledger, asked)))
        went.update(walked=walked, marched=len({entry.member for entry in ledger}) - walked)

    count()
    assert went["marched"] > 10 * went["walked"] > 0


def test_a_ledger_much_longer_than_all_others_is_walked() -> None:
    short = [said("reward cr", 5, "2026-04-01 12:00", member=member) for member in range(100)]
    long = [said("reward cr", 5, "2026-04-02 12:00", member=10) for _ in range(200)]
    tables = told(*short, *long)
    assert walkers(tables, Price()) == [10]
    same(histories(*tables), walk(*tables))


def test_everybody_marches_where_that_is_cheaper() -> None:
    tables = told(*(said("reward cr", 5, "2026-04-01 12:00", member=member) for member in range(20)))
    assert walkers(tables, Price()) == []
    assert walkers(tables, Price(step=30, walk=0)) == list(range(20))


def test_a_member_is_walked_through_an_expire_entry_of_no_coins() -> None:
    tables = told(
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-05-01 00:00"),
        said("expire dr", 10, "2026-05-01 01:00"),
        said("expire dr", 0, "2026-05-01 02:00"),
        said("reward cr", 10, "2026-04-01 12:00", member=2),
    )
    assert walkers(tables) == [1]
    same(all_march(tables), walk(*tables))


@pytest.mark.parametrize(
    ("order", "member", "expected"),
    [(7, 1, [1]), (8, 1, []), (7, 0, [])],
    ids=["its own entry", "another order's entry", "its entry in another ledger"],
)
def test_a_member_is_walked_when_entries_of_the_asking_order_stand_before_others(
    order: int, member: int, expected: list[int]
) -> None:
    tables = told(
        said("reward cr", 10, "2026-04-01 12:00", member=0),
        said("redeem dr", 4, "2026-04-02 12:00", order=order, member=member),
        said("reward cr", 10, "2026-04-01 12:00"),
        said("reward cr", 10, "2026-04-03 12:00"),
        asked=asking((7, "2026-04-04 12:00")),
    )
    assert walkers(tables) == expected
    same(all_march(tables), walk(*tables))


# --- whole brands ---------------------------------------------------------------------------------


def tables_of_home(folder: Path, as_of_text: str) -> Tables:
    """What the ledger of a home has to be walked through, by the real intake."""
    brand, as_of = open_brand(Home(folder), {"MILAAN_KEY": KEY}), parse_instant(as_of_text)
    staged = stage(read_inbox(folder / "inbox"), brand.intake, as_of)
    facts = order_facts(staged.orders, refunds(staged.orders, staged.refunds), staged.members, brand.rulebook)
    asked = claims(facts, brand.rulebook)
    linked = linked_entries(staged.entries, staged.orders, staged.references, asked)
    instants = redemption_instants(facts, linked)
    return movements(linked, instants, brand.rulebook), balance_queries(facts, instants), as_of


@pytest.mark.parametrize("name", ["faulty-auto", "faulty-linear", "clean-percent"])
def test_the_coins_of_a_golden_home_go_the_same_way(name: str) -> None:
    golden_home_agrees(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(folder.parent.name for folder in GOLDEN.glob("*/home")))
def test_the_coins_of_every_golden_home_go_the_same_way(name: str) -> None:
    golden_home_agrees(name)


def golden_home_agrees(name: str) -> None:
    about = json.loads((GOLDEN / name / "about.json").read_text())
    tables = tables_of_home(GOLDEN / name / "home", about["as_of"])
    expected = walk(*tables)
    assert expected.allocations.height > 500
    same(all_march(tables), expected)
    same(histories(*tables), expected)


@pytest.mark.slow
@pytest.mark.parametrize("faults", [False, True], ids=["clean", "faulty"])
@pytest.mark.parametrize("style", STYLES)
def test_the_coins_of_a_world_go_the_same_way_and_nearly_everybody_marches(
    style: str, faults: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    world = build(21, 4000, style=STYLES[style], faults=faults)
    for folder, files in (("inbox", world.files), ("rules", world.rules)):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text)
    (tmp_path / "brand.yaml").write_text(world.brand)
    tables = tables_of_home(tmp_path, world.as_of)
    same(histories(*tables), walk(*tables))
    rows = tables[0]
    walked = rows.filter(pl.col("member_no").is_in(walkers(tables, Price()))).height
    record_property(
        SAID_AT_THE_END,
        f"{style}, {'faulty' if faults else 'clean'}: {walked} of {rows.height} movements are walked",
    )
    assert walked < rows.height / 100
