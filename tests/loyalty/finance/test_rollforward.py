"""The roll-forward against a ledger small enough to add up by hand, and against its own laws."""

import polars as pl

from loyalty.finance.rollforward import coin_rollforward
from loyalty.ledger.lots import walk
from loyalty.ledger.movements import movements
from tests.builders import AS_OF, When, a_law, a_world, an_entry, instant
from tests.loyalty.ledger.ledgers import Entry, a_ledger, asking, redeemed_at, said

FLOWS = ("opening", "issued", "redeemed", "restored", "expired", "reversed", "adjusted", "closing")
SIX_MONTHS = a_law({"expiry": {"months": "6"}})
NO_MEMBERS = a_world().members
NO_CREDITS = a_world().entries

Books = dict[tuple[str, str], tuple[int, ...]]


def booked(
    *entries: Entry,
    credits_wallet: pl.DataFrame = NO_CREDITS,
    members: pl.DataFrame = NO_MEMBERS,
    as_of: When = AS_OF,
) -> pl.DataFrame:
    linked = a_ledger(*entries)
    walked = walk(movements(linked, redeemed_at(), SIX_MONTHS), asking(), instant(as_of))
    return coin_rollforward(credits_wallet, linked, walked.allocations, members, instant(as_of))


def figures(books: pl.DataFrame, wallet: str = "coins") -> Books:
    """By month and origin, in the order of FLOWS; quiet rows are left out."""
    rows = books.filter(pl.col("wallet") == wallet)
    return {
        (row["month"], row["origin"]): tuple(row[f"{name}_coins"] for name in FLOWS)
        for row in rows.iter_rows(named=True)
        if any(row[f"{name}_coins"] for name in FLOWS)
    }


def stated(*balances: tuple[int, int, When]) -> pl.DataFrame:
    """StagedMembers: (member, balance, as of)."""
    rows = [
        {"member_no": member, "balance_coins": coins, "as_of": instant(at)} for member, coins, at in balances
    ]
    return pl.DataFrame(rows, schema=NO_MEMBERS.schema)


def test_a_year_of_coins_closes_origin_by_origin_as_added_up_by_hand() -> None:
    books = booked(
        said("reward cr", 100, "2026-03-05 12:00", order=1),
        said("bonus cr", 50, "2026-03-06 12:00"),
        said("import cr", 30, "2026-03-07 12:00"),
        # 100 of the purchase, which expires first, and 20 of the bonus
        said("redeem dr", 120, "2026-04-02 12:00", order=2),
        # latest consumed first: 20 to the bonus, 40 to the purchase
        said("revert cr", 60, "2026-05-01 12:00", order=2),
        said("revert dr", 10, "2026-05-02 12:00", order=1),
        said("adjust cr", 5, "2026-05-03 12:00"),
        said("adjust dr", 35, "2026-05-04 12:00"),
    )
    assert figures(books) == {
        ("2026-03", "purchase"): (0, 100, 0, 0, 0, 0, 0, 100),
        ("2026-03", "bonus"): (0, 50, 0, 0, 0, 0, 0, 50),
        ("2026-03", "import"): (0, 0, 0, 0, 0, 0, 30, 30),
        ("2026-03", "all"): (0, 150, 0, 0, 0, 0, 30, 180),
        ("2026-04", "purchase"): (100, 0, 100, 0, 0, 0, 0, 0),
        ("2026-04", "bonus"): (50, 0, 20, 0, 0, 0, 0, 30),
        ("2026-04", "import"): (30, 0, 0, 0, 0, 0, 0, 30),
        ("2026-04", "all"): (180, 0, 120, 0, 0, 0, 0, 60),
        # the reversal takes 10 of the purchase, the manual debit the other 30 and 5 of the bonus
        ("2026-05", "purchase"): (0, 0, 0, 40, 0, 10, -30, 0),
        ("2026-05", "bonus"): (30, 0, 0, 20, 0, 0, -5, 45),
        ("2026-05", "import"): (30, 0, 0, 0, 0, 0, 0, 30),
        ("2026-05", "adjustment"): (0, 0, 0, 0, 0, 0, 5, 5),
        ("2026-05", "all"): (60, 0, 0, 60, 0, 10, -30, 80),
        **{
            (month, origin): (coins, 0, 0, 0, 0, 0, 0, coins)
            for month in ("2026-06", "2026-07")
            for origin, coins in (("bonus", 45), ("import", 30), ("adjustment", 5), ("all", 80))
        },
    }


def test_expired_coins_leave_the_origin_that_they_came_with() -> None:
    books = booked(
        said("bonus cr", 10, "2026-01-10 12:00"),
        said("reward cr", 20, "2026-03-10 12:00", order=1),
        said("expire dr", 10, "2026-07-11 12:00"),
        as_of="2026-07-20 12:00",
    )
    july = {origin: row for (month, origin), row in figures(books).items() if month == "2026-07"}
    assert july == {
        "bonus": (10, 0, 0, 0, 10, 0, 0, 0),
        "purchase": (20, 0, 0, 0, 0, 0, 0, 20),
        "all": (30, 0, 0, 0, 10, 0, 0, 20),
    }


def test_coins_taken_without_a_lot_are_overdrawn_until_a_credit_pays_them() -> None:
    books = booked(
        said("bonus cr", 10, "2026-05-10 12:00"),
        said("redeem dr", 25, "2026-05-11 12:00", order=1),
        said("reward cr", 40, "2026-06-10 12:00", order=2),
        as_of="2026-06-20 12:00",
    )
    assert figures(books) == {
        ("2026-05", "bonus"): (0, 10, 10, 0, 0, 0, 0, 0),
        ("2026-05", "overdrawn"): (0, 0, 15, 0, 0, 0, 0, -15),
        ("2026-05", "all"): (0, 10, 25, 0, 0, 0, 0, -15),
        ("2026-06", "overdrawn"): (-15, 15, 0, 0, 0, 0, 0, 0),
        ("2026-06", "purchase"): (0, 25, 0, 0, 0, 0, 0, 25),
        ("2026-06", "all"): (-15, 40, 0, 0, 0, 0, 0, 25),
    }


def test_a_restore_that_found_no_lot_to_return_to_is_an_origin_of_its_own() -> None:
    books = booked(said("revert cr", 30, "2026-06-10 12:00", order=9), as_of="2026-06-20 12:00")
    assert figures(books)["2026-06", "restore"] == (0, 0, 0, 30, 0, 0, 0, 30)


def test_months_are_indian_and_none_is_left_out() -> None:
    books = booked(
        said("bonus cr", 10, "2026-03-31 23:59"),
        said("bonus cr", 7, "2026-04-01 00:00"),
        as_of="2026-06-01 00:00",
    )
    whole = books.filter(pl.col("origin") == "all")
    assert whole.select("month", "opening_coins", "closing_coins").rows() == [
        ("2026-03", 0, 10),
        ("2026-04", 10, 17),
        ("2026-05", 17, 17),
        ("2026-06", 17, 17),
    ]


def test_the_credits_wallet_is_kept_apart_and_nobody_owns_what_has_no_member() -> None:
    wallet = a_world(
        an_entry("reward cr", 500, "2026-06-01 12:00", wallet="credits"),
        an_entry("redeem dr", 200, "2026-06-02 12:00", wallet="credits"),
        an_entry("redeem dr", 9, "2026-06-02 13:00", wallet="credits", status="void"),
        an_entry("reward cr", 70, "2026-06-03 12:00", wallet="credits", member=None),
        an_entry("reward cr", 11, "2026-06-03 12:00"),
    ).entries
    books = booked(
        said("bonus cr", 10, "2026-06-10 12:00"),
        said("bonus cr", 3, "2026-06-10 12:00", member=None),
        said("bonus cr", 4, "2026-06-10 12:00", posted=False),
        credits_wallet=wallet,
        as_of="2026-06-30 12:00",
    )
    assert figures(books, "credits")["2026-06", "all"] == (0, 500, 200, 0, 0, 0, 0, 300)
    assert figures(books)["2026-06", "all"] == (0, 10, 0, 0, 0, 0, 0, 10)


def test_exported_balances_stand_beside_the_ledger_rebuilt_to_their_own_instants() -> None:
    books = booked(
        said("bonus cr", 100, "2026-04-10 12:00", member=1),
        said("bonus cr", 60, "2026-05-10 12:00", member=1),
        said("bonus cr", 40, "2026-04-10 12:00", member=2),
        said("bonus cr", 1, "2026-04-10 12:00", member=3),
        members=stated(
            (1, 7, "2026-04-20 12:00"),  # an older export
            (1, 90, "2026-05-01 12:00"),  # two leads of one person, 100 by the ledger
            (1, 5, "2026-05-01 12:00"),
            (2, 43, "2026-06-20 12:00"),  # 40 by the ledger
            (3, 1, "2026-08-01 12:00"),  # after the as-of
        ),
    )
    told = books.drop_nulls("exported_coins")
    assert told.select("month", "wallet", "origin", "exported_coins", "difference_coins").rows() == [
        ("2026-06", "coins", "all", 138, -2)
    ]


def test_no_movement_no_books() -> None:
    assert booked().is_empty()
