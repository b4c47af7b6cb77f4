"""Details L6 and L8: 100 coins are worth ₹10 here, so a coin is 10 paise; from May on a coin is ₹1."""

from typing import Any

import polars as pl
import pytest

from loyalty.contracts.base import polars_schema
from loyalty.contracts.staged import StagedMembers
from loyalty.reconcile.balance import balance_rows
from loyalty.reconcile.rows import shape
from tests.builders import When, a_law, instant, ist
from tests.loyalty.ledger.ledgers import AS_OF, Entry, a_ledger, said

LAW = a_law(
    {},
    {
        "version": "b",
        "effective_from": "2026-05-01T00:00:00+05:30",
        "redeem": {"gokwik": {"coins": "1", "value_rupees": "1"}},
    },
)
Exported = tuple[int, int | None, When | None]


def exported(*rows: Exported) -> pl.DataFrame:
    """StagedMembers: (member, balance, as of)."""
    said_so = [
        {
            "member_no": member,
            "lead_id": f"lead {place}",
            "balance_coins": coins,
            "as_of": None if at is None else instant(at),
        }
        for place, (member, coins, at) in enumerate(rows)
    ]
    return pl.DataFrame(said_so, schema=polars_schema(StagedMembers))


def verdicts_of(*rows: tuple[str, str, list[int]]) -> pl.DataFrame:
    """LegRows of other legs: (leg, status, entries)."""
    judged = pl.DataFrame(
        rows,
        schema={"leg": pl.String, "status": pl.String, "entry_nos": pl.List(pl.Int64)},
        orient="row",
    )
    return shape(
        judged.with_columns(
            member_no=pl.lit(1),
            expected_coins=pl.lit(0),
            recorded_coins=pl.lit(0),
            dated_at=pl.lit(AS_OF),
        )
    )


def judged(
    *entries: Entry,
    members: pl.DataFrame | None = None,
    others: pl.DataFrame | None = None,
    as_of: When = AS_OF,
) -> list[dict[str, Any]]:
    return balance_rows(
        a_ledger(*entries),
        exported() if members is None else members,
        verdicts_of() if others is None else others,
        LAW,
        instant(as_of),
    ).to_dicts()


def verdict(row: dict[str, Any]) -> tuple[str, int, int, int]:
    assert row["status"] == "mismatch"
    return row["kind"], row["expected_coins"], row["recorded_coins"], row["effect_paise"]


def test_a_member_whose_balances_all_agree_has_no_row() -> None:
    entries = [
        said("reward cr", 100, "2026-04-01 12:00", balance=100),
        said("redeem dr", 40, "2026-04-02 12:00", balance=60),
    ]
    assert judged(*entries, members=exported((1, 60, "2026-04-03 12:00"))) == []


# --- breaks ---------------------------------------------------------------------------------------


def test_a_break_names_its_entries_and_is_priced_at_the_first() -> None:
    rows = judged(
        said("reward cr", 100, "2026-04-01 12:00", balance=100),
        said("reward cr", 10, "2026-04-03 12:00", balance=150),
        said("reward cr", 10, "2026-04-04 12:00", balance=160),
        said("redeem dr", 10, "2026-05-02 12:00", balance=145),
    )
    assert [verdict(row) for row in rows] == [("balance_break", 0, 35, 350)]
    assert (rows[0]["entry_nos"], rows[0]["member_no"]) == ([1, 3], 1)


def test_breaks_that_cancel_are_still_breaks() -> None:
    rows = judged(
        said("reward cr", 10, "2026-04-01 12:00", balance=10),
        said("reward cr", 10, "2026-04-02 12:00", balance=25),
        said("reward cr", 10, "2026-04-03 12:00", balance=30),
    )
    assert [verdict(row) for row in rows] == [("balance_break", 0, 0, 0)]


def test_simultaneous_entries_chain_in_the_contracts_order_never_in_file_order() -> None:
    noon = "2026-04-01 12:00"
    entries = [
        said("revert dr", 5, noon, balance=95),
        said("redeem dr", 40, noon, balance=60),
        said("revert cr", 40, noon, balance=100),
        said("reward cr", 100, noon, balance=100),
    ]
    assert judged(*entries) == []


def test_pending_entries_and_entries_without_a_balance_are_no_part_of_the_chain() -> None:
    entries = [
        said("reward cr", 100, "2026-04-01 12:00", balance=100),
        said("reward cr", 50, "2026-04-02 12:00", balance=999, posted=False),
        said("reward cr", 10, "2026-04-03 12:00", balance=110),
    ]
    assert judged(*entries) == []


# --- overdrafts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["redeem dr", "expire dr", "adjust dr"])
def test_a_debit_below_zero_is_a_negative_balance_as_deep_as_itself_at_most(role: str) -> None:
    rows = judged(
        said("reward cr", 10, "2026-04-01 12:00"),
        said("revert dr", 30, "2026-04-02 12:00"),
        said(role, 15, "2026-04-03 12:00"),
    )
    assert [verdict(row) for row in rows] == [("negative_balance", 0, -15, 150)]
    assert rows[0]["entry_nos"] == [2]


def test_the_deepest_overdraft_counts_and_prices() -> None:
    rows = judged(
        said("redeem dr", 10, "2026-04-01 12:00"),
        said("reward cr", 5, "2026-04-02 12:00"),
        said("redeem dr", 8, "2026-05-03 12:00"),
        said("reward cr", 13, "2026-05-04 12:00"),
        said("redeem dr", 20, "2026-05-05 12:00"),
    )
    assert [verdict(row) for row in rows] == [("negative_balance", 0, -20, 2000)]
    assert rows[0]["entry_nos"] == [4]


def test_an_honest_claw_back_may_go_below_zero() -> None:
    assert judged(said("revert dr", 30, "2026-04-02 12:00")) == []


@pytest.mark.parametrize(("status", "kinds"), [("mismatch", []), ("by_design", ["negative_balance"])])
def test_a_debit_that_is_a_mismatch_itself_is_not_counted_again(status: str, kinds: list[str]) -> None:
    rows = judged(said("redeem dr", 30, "2026-04-02 12:00"), others=verdicts_of(("redemption", status, [0])))
    assert [row["kind"] for row in rows] == kinds


def test_only_the_mismatched_debit_is_left_out() -> None:
    rows = judged(
        said("redeem dr", 30, "2026-04-02 12:00"),
        said("redeem dr", 5, "2026-04-03 12:00"),
        others=verdicts_of(("redemption", "mismatch", [0]), ("earn", "mismatch", [])),
    )
    assert [(row["entry_nos"], row["recorded_coins"]) for row in rows] == [([1], -5)]


# --- closing --------------------------------------------------------------------------------------


def test_an_exported_balance_is_held_against_entries_up_to_its_own_instant() -> None:
    entries = [
        said("reward cr", 100, "2026-04-01 12:00"),
        said("redeem dr", 40, "2026-04-02 12:00"),
        said("reward cr", 7, "2026-04-03 12:00"),
    ]
    wrong = judged(*entries, members=exported((1, 95, "2026-04-02 12:00")))
    assert [verdict(row) for row in wrong] == [("closing_balance", 60, 95, 350)]
    assert wrong[0]["entry_nos"] == [1]
    assert wrong[0]["dated_at"] == ist("2026-04-02 12:00")
    assert judged(*entries, members=exported((1, 60, "2026-04-03 11:59"))) == []


def test_a_closing_balance_is_priced_at_the_last_posted_entry() -> None:
    entries = [
        said("reward cr", 100, "2026-05-01 00:00"),
        said("adjust cr", 9, "2026-05-02 12:00", posted=False),
    ]
    rows = judged(*entries, members=exported((1, 99, "2026-06-01 12:00")))
    assert [verdict(row) for row in rows] == [("closing_balance", 100, 99, -100)]


def test_a_member_who_has_coins_but_no_entries_is_priced_at_the_export() -> None:
    rows = judged(members=exported((1, 20, "2026-04-02 12:00"), (2, 0, "2026-04-02 12:00")))
    assert [(row["member_no"], row["entry_nos"], *verdict(row)) for row in rows] == [
        (1, [], "closing_balance", 0, 20, 200)
    ]


def test_the_newest_export_by_the_as_of_counts() -> None:
    members = exported(
        (1, 5, "2026-04-01 12:00"), (1, 100, "2026-04-02 12:00"), (1, 77, "2026-04-04 12:00"), (1, 66, None)
    )
    entry = said("reward cr", 100, "2026-04-01 12:00")
    assert judged(entry, members=members, as_of="2026-04-03 12:00") == []
    later = judged(entry, members=members, as_of="2026-04-04 12:00")
    assert [verdict(row) for row in later] == [("closing_balance", 100, 77, -230)]


def test_leads_of_one_person_are_added_up() -> None:
    entries = [said("reward cr", 100, "2026-04-01 12:00"), said("reward cr", 20, "2026-04-01 12:00")]
    members = exported((1, 100, "2026-04-02 12:00"), (1, 20, "2026-04-02 12:00"))
    assert judged(*entries, members=members) == []


def test_a_blank_balance_says_nothing() -> None:
    entry = said("reward cr", 100, "2026-04-01 12:00")
    assert judged(entry, members=exported((1, None, "2026-04-02 12:00"))) == []


# --- one row --------------------------------------------------------------------------------------


def test_a_member_has_one_row_break_before_negative_before_closing() -> None:
    broken = said("redeem dr", 30, "2026-04-02 12:00", balance=99)
    first = said("reward cr", 10, "2026-04-01 12:00", balance=10)
    members = exported((1, 5, "2026-04-03 12:00"))
    rows = judged(first, broken, members=members)
    assert [(row["kind"], row["secondary_kinds"]) for row in rows] == [
        ("balance_break", ["negative_balance", "closing_balance"])
    ]
    whole = judged(first, said("redeem dr", 30, "2026-04-02 12:00"), members=members)
    assert [(row["kind"], row["secondary_kinds"]) for row in whole] == [
        ("negative_balance", ["closing_balance"])
    ]
