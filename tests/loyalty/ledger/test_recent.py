"""What could have been spent before another debit of the last half hour."""

from loyalty.ledger.movements import movements
from loyalty.ledger.recent import balances_before_debits
from tests.builders import a_law
from tests.loyalty.ledger.ledgers import Entry, a_ledger, asking, redeemed_at, said

Redeemed = tuple[tuple[int, str], ...]


def before(entries: list[Entry], redeemed: Redeemed) -> list[tuple[int, str, int]]:
    """(order, other debit, coins)."""
    linked = a_ledger(*entries)
    moved = movements(linked, redeemed_at(*redeemed), a_law({}))
    return balances_before_debits(linked, moved, asking(*redeemed)).rows()


def test_every_other_debit_of_the_last_half_hour_has_its_balance() -> None:
    entries = [
        said("reward cr", 100, "2026-04-01 12:00"),
        said("redeem dr", 10, "2026-04-02 11:00", order=1),
        said("redeem dr", 20, "2026-04-02 12:00", order=2),
        said("redeem dr", 30, "2026-04-02 12:05", order=3),
        said("redeem dr", 40, "2026-04-02 12:10", order=4),
    ]
    redeemed = ((3, "2026-04-02 12:05"), (4, "2026-04-02 12:10"))
    assert before(entries, redeemed) == [(3, "e2", 90), (4, "e2", 90), (4, "e3", 70)]


def test_an_order_that_happens_to_have_the_number_of_the_question_counts() -> None:
    entries = [
        said("reward cr", 100, "2026-04-01 12:00"),
        said("redeem dr", 10, "2026-04-01 13:00", order=0),
        said("redeem dr", 20, "2026-04-02 12:00", order=1),
        said("redeem dr", 30, "2026-04-02 12:05", order=2),
    ]
    assert before(entries, ((2, "2026-04-02 12:05"),)) == [(2, "e2", 90)]
