"""Details X1: 100 coins are worth ₹10 here, so a coin is 10 paise."""

from typing import Any

import pytest

from loyalty.reconcile.expiry import expiry_rows
from loyalty.rulebook.models import Rulebook
from tests.builders import When, a_law, instant, ist
from tests.loyalty.ledger.ledgers import AS_OF, Entry, a_ledger, said, walked

LAW = a_law({})
MAY, JUNE = "2026-05-01 00:00", "2026-06-01 00:00"


def judged(*entries: Entry, as_of: When = AS_OF, law: Rulebook = LAW) -> list[dict[str, Any]]:
    """Rows of the expiry leg, oldest batch first, early entries last."""
    walk = walked(law, entries, as_of=instant(as_of))
    return expiry_rows(walk, a_ledger(*entries), law, instant(as_of)).to_dicts()


def verdict(row: dict[str, Any]) -> tuple[str, str | None, int, int, int]:
    return row["status"], row["kind"], row["expected_coins"], row["recorded_coins"], row["effect_paise"]


def credit(coins: int, dies: str = MAY, at: str = "2026-04-01 12:00") -> Entry:
    return said("reward cr", coins, at, expires=dies)


def test_a_batch_that_was_swept_whole_matches_however_late() -> None:
    rows = judged(credit(100), said("expire dr", 100, "2026-11-01 12:00"))
    assert [verdict(row) for row in rows] == [("match", None, -100, -100, 0)]
    assert (rows[0]["batch_at"], rows[0]["entry_nos"]) == (ist(MAY), [1])


def test_one_entry_per_lot_and_one_sweep_of_several_days_are_both_honest() -> None:
    per_lot = judged(
        credit(100),
        credit(30),
        said("expire dr", 30, "2026-05-01 01:00"),
        said("expire dr", 100, "2026-05-01 01:00"),
    )
    sweep = judged(credit(100), credit(30, JUNE), said("expire dr", 130, "2026-06-02 01:00"))
    assert [verdict(row) for row in per_lot] == [("match", None, -130, -130, 0)]
    assert [verdict(row) for row in sweep] == [("match", None, -100, -100, 0), ("match", None, -30, -30, 0)]
    assert [row["entry_nos"] for row in sweep] == [[2], [2]]


def test_a_missed_batch_does_not_make_later_ones_wrong() -> None:
    rows = judged(credit(100), credit(30, JUNE), said("expire dr", 30, "2026-06-01 01:00"))
    assert [verdict(row) for row in rows] == [
        ("mismatch", "expiry_missing", -100, 0, 1000),
        ("match", None, -30, -30, 0),
    ]


def test_a_missing_expiry_names_the_credits_with_coins_left_by_instant() -> None:
    rows = judged(
        credit(10, at="2026-04-02 12:00"),
        credit(20, at="2026-04-01 12:00"),
        credit(5, at="2026-04-01 11:00"),
        said("redeem dr", 5, "2026-04-20 12:00"),
    )
    assert [verdict(row) for row in rows] == [("mismatch", "expiry_missing", -30, 0, 300)]
    assert rows[0]["entry_nos"] == [1, 0]


def test_coins_that_a_debit_took_after_expiry_need_no_expiry_any_more() -> None:
    part = judged(credit(100), said("redeem dr", 40, "2026-05-10 12:00"))
    whole = judged(credit(100), said("revert dr", 100, "2026-05-10 12:00"))
    assert [verdict(row) for row in part] == [("mismatch", "expiry_missing", -60, 0, 600)]
    assert whole == []


def test_too_little_and_too_much_are_wrong_amounts() -> None:
    little = judged(credit(100), said("expire dr", 70, "2026-05-01 01:00"))
    much = judged(credit(100), credit(50, JUNE), said("expire dr", 120, "2026-05-01 01:00"))
    assert [verdict(row) for row in little] == [("mismatch", "expiry_amount", -100, -70, 300)]
    # The excess left 30 of the later batch, which nobody swept.
    assert [verdict(row) for row in much] == [
        ("mismatch", "expiry_amount", -100, -120, -200),
        ("mismatch", "expiry_missing", -30, 0, 300),
    ]


def test_too_much_is_wrong_at_once_but_too_little_may_still_be_completed() -> None:
    soon = "2026-05-02 12:00"
    little = judged(credit(100), said("expire dr", 70, "2026-05-01 01:00"), as_of=soon)
    much = judged(credit(100), said("expire dr", 120, "2026-05-01 01:00"), as_of=soon)
    assert [verdict(row) for row in little] == [("pending", None, -100, -70, 0)]
    assert [verdict(row) for row in much] == [("mismatch", "expiry_amount", -100, -120, -200)]


@pytest.mark.parametrize(
    ("as_of", "status"), [("2026-05-03 00:00:00", "pending"), ("2026-05-03 00:00:01", "mismatch")]
)
def test_an_expiry_has_48_hours_and_exactly_on_the_limit_is_in_time(as_of: str, status: str) -> None:
    assert [row["status"] for row in judged(credit(100), as_of=as_of)] == [status]


@pytest.mark.parametrize(
    ("as_of", "status"), [("2026-05-12 12:00", "pending"), ("2026-05-12 12:01", "mismatch")]
)
def test_coins_restored_into_a_batch_past_expiry_fall_due_at_the_restore(as_of: str, status: str) -> None:
    rows = judged(
        credit(100),
        said("redeem dr", 60, "2026-04-20 12:00", order=7),
        said("expire dr", 40, "2026-05-01 01:00"),
        said("revert cr", 60, "2026-05-10 12:00", order=7),
        as_of=as_of,
    )
    assert [row["status"] for row in rows] == [status]
    assert (rows[0]["expected_coins"], rows[0]["recorded_coins"]) == (-100, -40)
    assert rows[0]["due_at"] == ist("2026-05-10 12:00")


def test_an_early_expiry_has_a_row_of_its_own() -> None:
    rows = judged(credit(100), said("expire dr", 100, "2026-04-30 23:59"))
    assert [verdict(row) for row in rows] == [("mismatch", "expiry_early", 0, -100, -1000)]
    assert (rows[0]["entry_nos"], rows[0]["batch_at"]) == ([1], None)
    assert rows[0]["dated_at"] == ist("2026-04-30 23:59")


def test_coins_are_priced_by_the_rule_at_the_expiry_instant_an_early_entry_by_its_own() -> None:
    law = a_law(
        {},
        {
            "version": "b",
            "effective_from": "2026-05-01T00:00:00+05:30",
            "redeem": {"gokwik": {"coins": "1", "value_rupees": "1"}},
        },
    )
    after = judged(credit(10, "2026-05-01 00:00"), law=law)
    before = judged(credit(10, "2026-04-30 00:00"), law=law)
    early = judged(credit(10), said("expire dr", 10, "2026-04-29 12:00"), law=law)
    assert [rows[0]["effect_paise"] for rows in (after, before, early)] == [1000, 100, -100]


def test_a_row_is_dated_by_its_first_expire_entry_else_by_the_expiry_instant() -> None:
    late = judged(
        credit(100),
        said("expire dr", 60, "2026-05-09 01:00"),
        said("expire dr", 40, "2026-05-08 01:00"),
    )
    missing = judged(credit(100))
    assert late[0]["entry_nos"] == [2, 1]
    assert [rows[0]["dated_at"] for rows in (late, missing)] == [ist("2026-05-08 01:00"), ist(MAY)]


def test_an_expire_entry_of_nobody_has_no_lots_to_be_judged_by() -> None:
    rows = judged(said("expire dr", 30, "2026-05-08 01:00", member=None))
    assert [verdict(row) for row in rows] == [("unknown", None, -30, -30, 0)]


def test_a_pending_expire_entry_moves_nothing() -> None:
    rows = judged(credit(100), said("expire dr", 100, "2026-05-01 01:00", posted=False))
    assert [row["kind"] for row in rows] == ["expiry_missing"]


def test_what_an_expiry_row_does_not_know_is_null() -> None:
    row = judged(credit(100), said("expire dr", 100, "2026-05-01 01:00", order=7))[0]
    assert (row["order_no"], row["version_no"], row["match_method"]) == (None, None, None)
    assert (row["expected_paise"], row["recorded_paise"], row["causes"]) == (0, 0, [])
