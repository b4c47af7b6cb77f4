import polars as pl

from loyalty.ledger.balances import breaks, rebuilt_at, running_balances
from tests.loyalty.ledger.ledgers import a_ledger, asking, said


def test_the_rebuilt_balance_adds_posted_entries_of_a_person_in_ledger_order() -> None:
    running = running_balances(
        a_ledger(
            said("redeem dr", 40, "2026-04-02 12:00"),
            said("reward cr", 100, "2026-04-02 12:00"),
            said("reward cr", 7, "2026-04-02 12:00", member=2),
            said("adjust cr", 9, "2026-04-01 12:00", posted=False),
            said("expire dr", 80, "2026-04-03 12:00"),
        )
    )
    assert running.select("entry_no", "rebuilt_coins").rows() == [(1, 100), (0, 60), (4, -20), (2, 7)]


def test_a_chain_breaks_where_a_stated_balance_does_not_follow_from_the_one_stated_before() -> None:
    found = breaks(
        running_balances(
            a_ledger(
                said("reward cr", 100, "2026-04-01 12:00", balance=500),  # opens the chain
                said("redeem dr", 40, "2026-04-02 12:00", balance=460),
                said("reward cr", 10, "2026-04-03 12:00", balance=500),
                said("reward cr", 10, "2026-04-04 12:00"),
                said("reward cr", 10, "2026-04-05 12:00", balance=510),
                said("reward cr", 5, "2026-04-05 12:00", balance=5, member=2),
                said("reward cr", 5, "2026-04-06 12:00", balance=9, member=2),
            )
        )
    )
    assert found.select("entry_no", "break_coins").rows() == [(2, 30), (6, -1)]


def test_the_rebuilt_balance_at_an_instant_takes_in_entries_of_that_very_instant() -> None:
    linked = a_ledger(
        said("reward cr", 100, "2026-04-01 12:00"),
        said("expire dr", 30, "2026-04-02 12:00"),
        said("reward cr", 5, "2026-04-02 12:00"),
        said("reward cr", 1, "2026-04-03 12:00"),
        said("reward cr", 7, "2026-04-01 12:00", posted=False),
        said("reward cr", 9, "2026-04-02 12:01", member=2),
    )
    at = "2026-04-02 12:00"
    moments = pl.concat([asking((0, at), member=2), asking((1, at)), asking((2, at), member=3)])
    assert rebuilt_at(linked, moments)["rebuilt_coins"].to_list() == [0, 75, 0]
