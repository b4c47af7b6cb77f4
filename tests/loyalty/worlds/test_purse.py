"""Lots of one member, moved by hand."""

from loyalty.worlds.purse import Purse


def a_purse(*lots: tuple[int, int]) -> Purse:
    """Lots of (coins, expiry), credited one after the other."""
    purse = Purse()
    for number, (coins, expires) in enumerate(lots):
        purse.credit(coins, number, expires, f"e{number}")
    return purse


def left(purse: Purse) -> list[int]:
    return [lot.left for lot in purse.lots]


def test_a_debit_takes_the_lot_that_dies_first() -> None:
    purse = a_purse((100, 90), (50, 30))
    purse.debit(70, judged=10)
    assert left(purse) == [80]
    assert purse.paper() == 80


def test_a_lot_is_usable_before_its_expiry_and_no_longer_at_it() -> None:
    purse = a_purse((100, 30))
    assert purse.spendable(29) == 100
    assert purse.spendable(30) == 0
    assert purse.paper() == 100


def test_expired_lots_are_taken_only_when_nothing_else_is_left() -> None:
    purse = a_purse((100, 20), (50, 90))
    purse.debit(70, judged=30)
    assert left(purse) == [80]
    assert purse.spendable(30) == 0


def test_what_no_lot_can_pay_is_a_debt_that_the_next_credit_pays_first() -> None:
    purse = a_purse((100, 90))
    purse.debit(130, judged=10)
    assert purse.paper() == -30
    purse.credit(50, 11, 95, "later")
    assert left(purse) == [20]
    assert purse.spendable(12) == 20


def test_a_restore_goes_home_to_the_lots_it_came_from_latest_first() -> None:
    purse = a_purse((100, 30), (100, 90))
    taken = purse.debit(150, judged=10)
    grown = purse.restore(70, taken, 12, 200, "back")
    assert left(purse) == [20, 100]
    assert grown == [90, 30]
    purse.restore(80, taken, 13, 200, "rest")
    assert left(purse) == [100, 100]
    assert taken == []


def test_what_paid_no_lot_comes_back_as_a_new_one() -> None:
    purse = a_purse((100, 30))
    taken = purse.debit(120, judged=10)
    purse.restore(120, taken, 12, 200, "back")
    assert purse.debt == 0
    assert left(purse) == [100]
    purse.restore(15, taken, 13, 200, "too much")
    assert [(lot.expires, lot.left) for lot in purse.lots] == [(30, 100), (200, 15)]


def test_a_sweep_finds_what_is_past_expiry() -> None:
    purse = a_purse((10, 20), (10, 30), (10, 40))
    assert [lot.expires for lot in purse.overdue(30)] == [20, 30]
    purse.remove(purse.overdue(30)[0], 10)
    assert [lot.expires for lot in purse.overdue(30)] == [30]
