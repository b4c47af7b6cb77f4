"""What a member holds at an instant, by hand and against the walk's own answers."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import BalanceQueries
from loyalty.ledger.lots import walk
from loyalty.ledger.movements import movements
from loyalty.ledger.standing import Standing, standing
from tests.builders import a_law, ist, unchecked
from tests.loyalty.ledger.ledgers import AS_OF, Entry, a_ledger, asking, redeemed_at, said
from tests.loyalty.ledger.test_walk_against_naive import HOUR, START, Moved, ledgers, tables_of

SIX_MONTHS = a_law({"expiry": {"months": "6"}})
NOBODY = 99
"""An order that is in no ledger: what it could spend is what the member has."""


def at(when: str, *entries: Entry) -> Standing:
    moved = movements(a_ledger(*entries), redeemed_at(), SIX_MONTHS)
    walked = walk(moved, asking(), AS_OF)
    return standing(moved, walked.allocations, walked.lots, ist(when))


def coins(found: Standing) -> tuple[int, int, int, int]:
    return found.balance_coins, found.spendable_coins, found.stale_coins, found.debt_coins


def lots(found: Standing) -> list[tuple[int, int, int]]:
    """Number, born and left coins."""
    return found.lots.select("lot_no", "born_coins", "left_coins").rows()


LEDGER = (
    said("bonus cr", 100, "2026-01-10 12:00"),  # until 10 July
    said("bonus cr", 50, "2026-02-10 12:00", expires="2026-03-01 00:00"),
    said("redeem dr", 70, "2026-02-20 12:00", order=1),
    said("revert cr", 60, "2026-03-05 12:00", order=1),
    said("redeem dr", 300, "2026-06-01 12:00", order=2),
    said("bonus cr", 500, "2026-06-02 12:00"),
)


def test_a_member_is_followed_through_the_months_as_added_up_by_hand() -> None:
    assert coins(at("2026-01-10 11:59", *LEDGER)) == (0, 0, 0, 0)
    assert coins(at("2026-01-10 12:00", *LEDGER)) == (100, 100, 0, 0)
    assert coins(at("2026-02-15 12:00", *LEDGER)) == (150, 150, 0, 0)
    # 50 of the lot that dies first, 20 of the other
    assert coins(at("2026-02-21 12:00", *LEDGER)) == (80, 80, 0, 0)
    # 20 back to the other, 40 to the one that is past its expiry
    assert coins(at("2026-03-06 12:00", *LEDGER)) == (140, 100, 40, 0)
    assert lots(at("2026-03-06 12:00", *LEDGER)) == [(0, 100, 100), (1, 50, 40)]
    # 300 taken of 140
    assert coins(at("2026-06-01 12:00", *LEDGER)) == (-160, 0, 0, 160)
    assert coins(at("2026-06-02 12:00", *LEDGER)) == (340, 340, 0, 0)
    assert lots(at("2026-06-02 12:00", *LEDGER)) == [(5, 340, 340)]


def test_a_lot_is_stale_from_the_instant_of_its_expiry() -> None:
    assert coins(at("2026-07-10 23:59", LEDGER[0])) == (100, 100, 0, 0)
    assert coins(at("2026-07-11 00:00", LEDGER[0])) == (100, 0, 100, 0)


def test_lots_stand_in_the_order_in_which_debits_take_them() -> None:
    found = at(
        "2026-04-01 12:00",
        said("bonus cr", 1, "2026-02-01 12:00"),
        said("bonus cr", 2, "2026-01-01 12:00", expires="2026-03-01 00:00"),
        said("bonus cr", 3, "2026-01-15 12:00"),
        said("bonus cr", 4, "2026-01-20 12:00", expires="2026-07-16 00:00"),
    )
    assert [born for _, born, _ in lots(found)] == [3, 4, 1, 2]


@settings(max_examples=100, deadline=None)
@given(ledgers(), st.integers(-1, 14))
def test_at_any_instant_it_is_what_the_walk_says_an_order_could_spend(ledger: list[Moved], hour: int) -> None:
    instant = START + hour * HOUR + dt.timedelta(minutes=30)
    moved, _, as_of = tables_of(ledger, [])
    for member in {entry.member for entry in ledger}:
        query = pl.DataFrame([(NOBODY, member, instant)], schema=polars_schema(BalanceQueries), orient="row")
        with unchecked():
            walked = walk(moved, query, as_of)
        theirs = moved.filter(pl.col("member_no") == member)
        allocations = walked.allocations.join(theirs, on="entry_no", how="semi")
        found = standing(theirs, allocations, walked.lots.filter(pl.col("member_no") == member), instant)
        paper = max(0, found.balance_coins)
        assert walked.spendable.row(0) == (NOBODY, found.spendable_coins, paper)
        posted = theirs.filter(pl.col("created_at") <= instant)["signed_coins"].sum()
        assert found.balance_coins == posted
        assert found.lots["left_coins"].sum() - found.debt_coins == posted
