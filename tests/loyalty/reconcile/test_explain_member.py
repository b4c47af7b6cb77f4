"""The page of a member, exactly, for a ledger written by hand."""

from typing import Any

from loyalty.ledger.lots import walk
from loyalty.ledger.movements import movements
from loyalty.ledger.standing import standing
from loyalty.reconcile.explain_member import SHOWN, Account, member_explanation
from tests.builders import DAY, a_law, ist
from tests.loyalty.ledger.ledgers import AS_OF, Entry, a_ledger, asking, redeemed_at, said

SIX_MONTHS = a_law({"expiry": {"months": "6"}})
ID = "fc56e745cf8a8f39"
STALE = "past expiry, were good until 1 Mar 2026, 3:30 pm IST"


def told(*entries: Entry, at: str = "2026-12-31 12:00", wrong: tuple[dict[str, Any], ...] = ()) -> list[str]:
    linked = a_ledger(*entries)
    moved = movements(linked, redeemed_at(), SIX_MONTHS)
    walked = walk(moved, asking(), AS_OF)
    held = standing(moved, walked.allocations, walked.lots, ist(at))
    known = {row["entry_no"]: row for row in linked.to_dicts()}
    rows = [
        {
            **row,
            **known[row["entry_no"]],
            "order_id": None if row["order_no"] is None else f"A{row['order_no']}",
        }
        for row in moved.to_dicts()
        if row["created_at"] <= ist(at)
    ]
    return member_explanation(Account(7, ID, ist(at), AS_OF), held, rows, wrong).splitlines()


def test_the_page_of_a_member_stands_as_a_person_would_write_it() -> None:
    page = told(
        said("bonus cr", 100, "2026-01-10 12:00"),
        said("import cr", 50, "2026-02-10 12:00", expires="2026-03-01 15:30"),
        said("redeem dr", 70, "2026-02-20 12:00", order=1),
        said("revert cr", 60, "2026-03-05 12:00", order=1),
        at="2026-03-06 09:00",
        wrong=({"kind": "expiry_missing", "sentence": "40 coins can still be spent: ₹4 lost."},),
    )
    assert page == [
        "Member fc56e745cf8a8f39",
        "at 6 Mar 2026, 9:00 am IST, known up to 31 Dec 2026, 12:00 pm IST",
        "",
        "Coins",
        "  in lots that can be spent                          100 coins",
        "  + in lots past expiry                               40 coins",
        "  − debt that later credits pay                        0 coins",
        "  = balance                                          140 coins",
        "  spendable                                          100 coins",
        "",
        "Lots, in the order in which they are spent",
        "  credited 10 Jan 2026                               100 coins  of 100 coins, good until 10 Jul 2026",
        f"  credited 10 Feb 2026                                40 coins  of 50 coins, {STALE}",
        "",
        "Entries",
        "  10 Jan 2026, 12:00 pm  bonus, added               +100 coins  → 100 coins  entry e0",
        "  10 Feb 2026, 12:00 pm  import, added               +50 coins  → 150 coins  entry e1",
        "  20 Feb 2026, 12:00 pm  redeemed                    -70 coins  → 80 coins  entry e2, order A1",
        "  5 Mar 2026, 12:00 pm  given back                   +60 coins  → 140 coins  entry e3, order A1",
        "",
        "What is wrong, as of the snapshot",
        "  expiry_missing: 40 coins can still be spent: ₹4 lost.",
    ]


def test_a_debt_is_told_and_nothing_can_be_spent() -> None:
    page = told(said("adjust dr", 1, "2026-03-01 12:00"))
    assert "  − debt that later credits pay                         1 coin" in page
    assert "  = balance                                            -1 coin" in page
    assert "  spendable                                            0 coins" in page
    assert page[-7:] == [
        "  None.",
        "",
        "Entries",
        "  1 Mar 2026, 12:00 pm  adjust, removed                -1 coin  → -1 coin  entry e0",
        "",
        "What is wrong, as of the snapshot",
        "  Nothing.",
    ]


def test_coins_that_never_expire_say_so() -> None:
    never = a_law()
    moved = movements(a_ledger(said("bonus cr", 5, "2026-03-01 12:00")), redeemed_at(), never)
    walked = walk(moved, asking(), AS_OF)
    held = standing(moved, walked.allocations, walked.lots, AS_OF)
    page = member_explanation(Account(7, ID, AS_OF, AS_OF), held, [], [])
    assert "of 5 coins, never expire\n" in page
    assert "\nEntries\n  None.\n" in page


def test_only_the_last_entries_are_listed_but_every_one_counts() -> None:
    many = SHOWN + 3
    page = told(*(said("bonus cr", 10, ist("2026-10-01 12:00") + day * DAY) for day in range(many)))
    assert f"The last {SHOWN} of {many} entries" in page
    start = page.index(f"The last {SHOWN} of {many} entries")
    assert page[start + 1].endswith("→ 40 coins  entry e3")
    assert page[start + SHOWN].endswith("→ 150 coins  entry e14")
    assert "  and 3 later lots" in page
