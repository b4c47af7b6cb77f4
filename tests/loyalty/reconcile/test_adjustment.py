"""Details B8: 100 coins are worth ₹10 here, so a coin is 10 paise, unless an order says otherwise."""

from typing import Any

import polars as pl
import pytest

from loyalty.reconcile.adjustment import adjustment_rows
from loyalty.rulebook.models import Rulebook
from tests.builders import When, a_law, instant, ist
from tests.loyalty.ledger.ledgers import AS_OF, Entry, a_ledger, said

LAW = a_law({"bonuses": {"signup": {"coins": "100", "per_member": "1"}, "review": {"coins": ["10", "50"]}}})
NOON = "2026-04-10 12:00"


def facts(*orders: tuple[int, str, int | None]) -> pl.DataFrame:
    """What an adjustment asks of the order that it names: (order, state, version). A coin is worth ₹1 there."""
    return pl.DataFrame(
        [(*order, 1, 100) for order in orders],
        schema={
            "order_no": pl.Int64,
            "state": pl.String,
            "version_no": pl.Int64,
            "worth_coins": pl.Int64,
            "worth_paise": pl.Int64,
        },
        orient="row",
    )


ORDERS = facts((7, "delivered", 0), (8, "unknown", 0), (9, "delivered", None))


def judged(*entries: Entry, as_of: When = AS_OF, law: Rulebook = LAW) -> list[dict[str, Any]]:
    return adjustment_rows(ORDERS, a_ledger(*entries), law, instant(as_of)).to_dicts()


def verdict(row: dict[str, Any]) -> tuple[str, str | None, int, int, int]:
    return row["status"], row["kind"], row["expected_coins"], row["recorded_coins"], row["effect_paise"]


def kinds(*entries: Entry, law: Rulebook = LAW) -> list[str | None]:
    return [row["kind"] for row in judged(*entries, law=law)]


def test_every_posted_adjustment_has_its_own_row_and_no_other_leg_has() -> None:
    rows = judged(
        said("adjust cr", 40, NOON),
        said("adjust dr", 30, NOON, member=None),
        said("redeem cr", 20, NOON, order=7),
        said("reward cr", 90, NOON),
        said("redeem dr", 10, NOON),
    )
    assert [verdict(row) for row in rows] == [
        ("match", None, 40, 40, 0),
        ("match", None, -30, -30, 0),
        ("match", None, 20, 20, 0),
    ]
    assert [(row["order_no"], row["match_method"], row["version_no"]) for row in rows] == [
        (None, None, None),
        (None, None, None),
        (7, "reference", None),
    ]
    assert rows[0]["dated_at"] == ist(NOON)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("adjust cr", ("mismatch", "adjustment_unexplained", 0, 40, 400)),
        ("adjust dr", ("mismatch", "adjustment_unexplained", 0, -40, -400)),
        ("import cr", ("mismatch", "adjustment_unexplained", 0, 40, 400)),
        ("bonus cr", ("match", None, 40, 40, 0)),
        ("other cr", ("match", None, 40, 40, 0)),
    ],
)
def test_an_adjustment_or_import_without_a_word_is_unexplained(
    role: str, expected: tuple[object, ...]
) -> None:
    assert [verdict(row) for row in judged(said(role, 40, NOON, text=""))] == [expected]


def test_an_entry_that_names_an_order_is_priced_by_that_order() -> None:
    assert judged(said("adjust cr", 40, NOON, order=7, text=""))[0]["effect_paise"] == 4000


@pytest.mark.parametrize("order", [8, 9])
def test_an_entry_that_names_an_order_without_a_verdict_has_none(order: int) -> None:
    row = judged(said("adjust cr", 40, NOON, order=order, text=""))[0]
    assert verdict(row) == ("unknown", None, 40, 40, 0)
    assert row["secondary_kinds"] == []


# --- imports --------------------------------------------------------------------------------------


def test_the_same_import_within_seven_days_is_a_repeat_and_the_later_one_is_wrong() -> None:
    rows = judged(
        said("import cr", 50, "2026-04-17 12:00", text="festive"),
        said("import cr", 50, "2026-04-10 12:00", text="festive"),
        said("import cr", 50, "2026-04-24 12:01", text="festive"),
    )
    assert [verdict(row) for row in rows] == [
        ("mismatch", "import_repeated", 0, 50, 500),
        ("match", None, 50, 50, 0),
        ("match", None, 50, 50, 0),
    ]


def test_a_repeated_debit_import_takes_coins_from_the_customer() -> None:
    rows = judged(said("import dr", 50, NOON), said("import dr", 50, "2026-04-11 12:00"))
    assert verdict(rows[1]) == ("mismatch", "import_repeated", 0, -50, -500)


@pytest.mark.parametrize(
    "other",
    [
        said("import cr", 51, NOON),
        said("import dr", 50, NOON),
        said("import cr", 50, NOON, text="another text"),
        said("import cr", 50, NOON, member=2),
        said("import cr", 50, NOON, posted=False),
        said("adjust cr", 50, NOON),
    ],
)
def test_an_import_that_differs_in_anything_is_no_repeat(other: Entry) -> None:
    assert "import_repeated" not in kinds(said("import cr", 50, "2026-04-09 12:00"), other)


def test_two_imports_of_one_instant_are_told_apart_by_id() -> None:
    assert kinds(said("import cr", 50, NOON), said("import cr", 50, NOON)) == [None, "import_repeated"]


def test_a_kind_that_also_holds_is_secondary() -> None:
    rows = judged(said("import cr", 50, NOON, text=""), said("import cr", 50, NOON, text=""))
    assert [(row["kind"], row["secondary_kinds"]) for row in rows] == [
        ("adjustment_unexplained", []),
        ("adjustment_unexplained", ["import_repeated"]),
    ]


# --- bonuses --------------------------------------------------------------------------------------


def test_a_bonus_beyond_what_a_member_may_have_is_a_duplicate_in_order_of_time() -> None:
    rows = judged(
        said("bonus cr", 100, "2026-04-11 12:00", bonus="signup"),
        said("bonus cr", 100, "2026-04-10 12:00", bonus="signup"),
        said("bonus cr", 100, "2026-04-12 12:00", bonus="signup", member=2),
        said("bonus cr", 100, "2026-04-12 12:00", bonus="signup", member=None),
    )
    assert [verdict(row) for row in rows] == [
        ("mismatch", "bonus_duplicate", 0, 100, 1000),
        ("match", None, 100, 100, 0),
        ("match", None, 100, 100, 0),
        ("match", None, 100, 100, 0),
    ]


@pytest.mark.parametrize(
    ("coins", "expected"),
    [
        (9, ("mismatch", "bonus_out_of_range", 10, 9, -10)),
        (10, ("match", None, 10, 10, 0)),
        (50, ("match", None, 50, 50, 0)),
        (53, ("mismatch", "bonus_out_of_range", 50, 53, 30)),
    ],
)
def test_a_bonus_outside_its_range_is_held_against_the_nearest_bound(
    coins: int, expected: tuple[object, ...]
) -> None:
    assert [verdict(row) for row in judged(said("bonus cr", coins, NOON, bonus="review"))] == [expected]


def test_a_reward_that_names_nothing_is_a_bonus_if_its_title_says_so() -> None:
    assert kinds(said("reward cr", 60, NOON, leg="adjustment", bonus="review")) == ["bonus_out_of_range"]


@pytest.mark.parametrize("role", ["adjust cr", "import cr", "bonus dr"])
def test_goodwill_that_speaks_of_a_review_is_no_review_bonus(role: str) -> None:
    assert kinds(said(role, 60, NOON, bonus="review")) == [None]


def test_a_bonus_is_judged_by_the_version_in_force_at_the_entry() -> None:
    law = a_law(
        {"bonuses": {"review": {"coins": "10"}}},
        {
            "version": "b",
            "effective_from": "2026-05-01T00:00:00+05:30",
            "bonuses": {"review": {"coins": "20"}},
        },
        {"version": "c", "effective_from": "2026-06-01T00:00:00+05:30"},
    )
    entries = [
        said("bonus cr", 10, at, bonus="review")
        for at in ("2025-12-01 12:00", "2026-04-30 23:59", "2026-05-01 00:00", "2026-06-01 00:00")
    ]
    assert kinds(*entries, law=law) == [None, None, "bonus_out_of_range", None]


# --- pending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-04-13 12:00:00", ("pending", None, -40, 0, 0)),
        ("2026-04-13 12:00:01", ("mismatch", "pending_stuck", -40, 0, 400)),
    ],
)
def test_a_pending_entry_tied_to_no_order_is_stuck_after_72_hours(
    as_of: str, expected: tuple[object, ...]
) -> None:
    row = judged(said("redeem dr", 40, NOON, posted=False), as_of=as_of)[0]
    assert verdict(row) == expected
    assert row["leg"] == "adjustment"


@pytest.mark.parametrize(
    "role", ["reward cr", "redeem dr", "revert cr", "revert dr", "expire dr", "adjust cr"]
)
def test_pending_entries_of_any_type_wait_here(role: str) -> None:
    assert kinds(said(role, 40, NOON, posted=False)) == ["pending_stuck"]


def test_a_pending_entry_of_an_order_waits_on_its_own_leg_and_an_adjustment_here() -> None:
    rows = judged(
        said("reward cr", 40, NOON, posted=False, order=7),
        said("adjust cr", 30, NOON, posted=False, order=7, text=""),
        said("expire dr", 20, NOON, posted=False, order=7),
    )
    assert [(row["entry_nos"], *verdict(row)) for row in rows] == [
        ([1], "pending", None, 30, 0, 0),
        ([2], "pending", None, -20, 0, 0),
    ]
