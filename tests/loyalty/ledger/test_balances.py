from loyalty.ledger.balances import breaks, rebuilt_at, running_balances
from tests.builders import ist
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
    running = running_balances(
        a_ledger(
            said("reward cr", 100, "2026-04-01 12:00"),
            said("expire dr", 30, "2026-04-02 12:00"),
            said("reward cr", 5, "2026-04-02 12:00"),
            said("reward cr", 1, "2026-04-03 12:00"),
        )
    )
    at = "2026-04-02 12:00"
    found = rebuilt_at(running, asking((0, at), (1, "2026-03-31 12:00")).drop("order_no")).sort("at")
    assert found.select("rebuilt_coins", "last_entry_no", "last_entry_at").rows() == [
        (0, None, None),
        (75, 1, ist(at)),
    ]
