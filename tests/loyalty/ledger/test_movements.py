import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.ledger.movements import CREDIT, DEBIT, EXPIRY, RESTORE, REVERSAL, movements
from loyalty.rulebook.models import Rulebook
from tests.builders import a_law, ist
from tests.loyalty.ledger.ledgers import Entry, a_ledger, redeemed_at, said

NOON = "2026-03-31 12:00"
SIX_MONTHS = a_law({"expiry": {"months": "6"}})
NEVER = a_law({})


def moved(
    *entries: Entry, rulebook: Rulebook = SIX_MONTHS, redeemed: pl.DataFrame | None = None
) -> pl.DataFrame:
    return movements(a_ledger(*entries), redeemed_at() if redeemed is None else redeemed, rulebook)


def test_only_posted_entries_of_known_members_move_coins() -> None:
    found = moved(
        said("reward cr", 10, NOON),
        said("reward cr", 10, NOON, posted=False),
        said("reward cr", 10, NOON, member=None),
    )
    assert found["entry_no"].to_list() == [0]


@pytest.mark.parametrize(
    ("role", "phase"),
    [
        ("reward cr", CREDIT),
        ("bonus cr", CREDIT),
        ("redeem cr", CREDIT),
        ("redeem dr", DEBIT),
        ("adjust dr", DEBIT),
        ("reward dr", DEBIT),
        ("revert cr", RESTORE),
        ("revert dr", REVERSAL),
        ("expire dr", EXPIRY),
    ],
)
def test_the_phase_of_an_entry_goes_by_its_leg_and_operation(role: str, phase: int) -> None:
    assert moved(said(role, 10, NOON))["phase"].to_list() == [phase]


def test_simultaneous_entries_stand_as_credit_debit_restore_reversal_expiry_then_by_id() -> None:
    found = moved(
        said("expire dr", 1, NOON),
        said("revert dr", 1, NOON),
        said("revert cr", 1, NOON),
        said("adjust dr", 1, NOON),
        said("reward cr", 1, NOON),
        said("bonus cr", 1, NOON),
        said("expire dr", 1, "2026-03-31 11:59"),
    )
    assert found["entry_no"].to_list() == [6, 4, 5, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("credited", "dies"),
    [
        ("2026-03-31 12:00", "2026-10-01 00:00"),  # 31 March + 6 months is 30 September, to its end
        ("2026-03-31 23:59", "2026-10-01 00:00"),
        ("2026-04-01 00:00", "2026-10-02 00:00"),  # still 31 March in UTC
        ("2026-08-31 12:00", "2027-03-01 00:00"),
        ("2027-08-30 12:00", "2028-03-01 00:00"),  # a leap year: 29 February, to its end
    ],
)
def test_a_lot_dies_at_midnight_in_india_after_so_many_months_clamped_to_the_month(
    credited: str, dies: str
) -> None:
    assert moved(said("reward cr", 10, credited))["lot_expires_at"].to_list() == [ist(dies)]


def test_the_expiry_on_the_row_wins_over_the_rule() -> None:
    found = moved(said("import cr", 10, NOON, expires="2026-04-05 00:00"))
    assert found["lot_expires_at"].to_list() == [ist("2026-04-05 00:00")]


def test_without_a_rule_for_expiry_a_lot_never_dies() -> None:
    assert moved(said("reward cr", 10, NOON), rulebook=NEVER)["lot_expires_at"].to_list() == [None]


def test_the_version_in_force_at_the_credit_says_how_long_the_lot_lives_the_first_before_it() -> None:
    law = a_law(
        {"expiry": {"months": "1"}},
        {"version": "b", "effective_from": "2026-04-01T00:00:00+05:30", "expiry": {"months": "2"}},
    )
    found = moved(
        said("reward cr", 10, "2025-12-10 12:00"),
        said("reward cr", 10, "2026-03-31 23:59"),
        said("reward cr", 10, "2026-04-01 00:00"),
        rulebook=law,
    )
    assert found["lot_expires_at"].to_list() == [
        ist("2026-01-11 00:00"),
        ist("2026-05-01 00:00"),
        ist("2026-06-02 00:00"),
    ]


def test_a_restore_may_make_a_lot_but_debits_and_coupons_never_do() -> None:
    found = moved(
        said("revert cr", 10, NOON),
        said("redeem dr", 10, NOON, expires="2026-04-05 00:00"),
        said("expire dr", 10, NOON),
    ).sort("entry_no")
    assert found["lot_expires_at"].to_list() == [ist("2026-10-01 00:00"), None, None]


def test_a_debit_for_an_order_is_judged_when_that_order_redeemed_and_any_other_when_it_was_made() -> None:
    asked = "2026-03-31 11:40"
    found = moved(
        said("redeem dr", 10, NOON, order=7),
        said("redeem dr", 10, NOON),
        said("redeem dr", 10, NOON, order=8),
        said("adjust dr", 10, NOON, order=7),
        said("revert dr", 10, NOON, order=7),
        redeemed=redeemed_at((7, asked)),
    ).sort("entry_no")
    assert found["judged_at"].to_list() == [ist(asked), *[ist(NOON)] * 4]


ROLES = ["reward cr", "redeem dr", "revert cr", "revert dr", "expire dr"]


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(10)))
def test_the_order_of_rows_says_nothing(order: list[int]) -> None:
    linked = a_ledger(
        *(
            said(ROLES[number % 5], 1 + number, f"2026-04-0{1 + number % 3} 12:00", member=number % 2)
            for number in range(10)
        )
    )
    none = redeemed_at()
    assert movements(linked[order], none, SIX_MONTHS).equals(movements(linked, none, SIX_MONTHS))
