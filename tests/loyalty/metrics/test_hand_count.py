"""A small home counted by hand: every metric equals the count that is written beside it.

Coins: 1 coin is ₹1, from 10 coins on. The as-of is noon on 30 June 2026.

| member | joined | what happened |
|---|---|---|
| A, gold | 1 Jan | bonus 100 on 1 Mar; order A1 10 Mar ₹1,000 with 40 coins, web; order A2 20 Mar ₹500 without coins |
| B | 1 Jan | bonus 50 on 1 Mar; order B1 5 Apr ₹800 without coins, mobile; delivered 8 Apr; earns 80 on 12 Apr |
| C | 1 Jan | order C1 6 Apr ₹300 without coins: nothing to redeem; returned later |
| D | 1 May | bonus 20 on 2 May; order D1 3 May ₹200 with 20 coins, cancelled, coins back on 4 May |
| E | – | no member: order E1 7 Apr ₹400 |
"""

from typing import Any

import polars as pl
import pytest

from loyalty.metrics.cohorts import cohorts
from loyalty.metrics.measures import metrics
from loyalty.metrics.members import members
from loyalty.metrics.usage import same_customer
from tests.builders import HOUR, a_given, a_law, a_member, an_entry, an_order, ist

RULES = a_law(
    {
        "redeem": {"gokwik": {"coins": "1", "value_rupees": "1", "min_coins": "10"}},
        "earn": {"coins": "10", "per_rupees": "100"},
    }
)
THINGS = (
    a_member("A", tier="gold", joined=ist("2026-01-01 00:00")),
    a_member("B", joined=ist("2026-01-01 00:00")),
    a_member("C", joined=ist("2026-01-01 00:00")),
    a_member("D", joined=ist("2026-05-01 00:00")),
    an_entry("bonus cr", 100, ist("2026-03-01 10:00"), member="A", entry_id="a1"),
    an_order(
        "A1", member="A", subtotal=1000, loyalty=40, coins_used=40, placed=ist("2026-03-10 10:00"), device="web"
    ),
    an_entry("redeem dr", 40, ist("2026-03-10 10:01"), member="A", order="A1", entry_id="a2"),
    an_order("A2", member="A", subtotal=500, coins_used=0, placed=ist("2026-03-20 10:00"), device="web"),
    an_entry("bonus cr", 50, ist("2026-03-01 11:00"), member="B", entry_id="b1"),
    an_order(
        "B1", member="B", subtotal=800, coins_used=0, placed=ist("2026-04-05 10:00"), device="mobile",
        delivered=ist("2026-04-08 10:00"),
    ),
    an_entry("reward cr", 80, ist("2026-04-12 10:00"), member="B", order="B1", entry_id="b2"),
    an_order("C1", member="C", subtotal=300, coins_used=0, placed=ist("2026-04-06 10:00"), state="returned"),
    an_entry("bonus cr", 20, ist("2026-05-02 10:00"), member="D", entry_id="d1"),
    an_order(
        "D1", member="D", subtotal=200, loyalty=20, coins_used=20, placed=ist("2026-05-03 10:00"),
        cancelled=ist("2026-05-03 12:00"),
    ),
    an_entry("redeem dr", 20, ist("2026-05-03 10:01"), member="D", order="D1", entry_id="d2"),
    an_entry("revert cr", 20, ist("2026-05-04 10:00"), member="D", order="D1", entry_id="d3"),
    an_order("E1", member="E", subtotal=400, coins_used=0, placed=ist("2026-04-07 10:00")),
)  # fmt: skip
CHECKOUTS = [
    # A could redeem 60 coins; two tries on one day are one, which completed 23 hours after the second.
    {"member": "A", "started_at": ist("2026-03-15 10:00"), "subtotal_paise": 50_000},
    {
        "member": "A", "started_at": ist("2026-03-15 11:00"), "subtotal_paise": 50_000, "points_applied": 5,
        "completed_at": ist("2026-03-15 11:00") + 23 * HOUR,
    },
    # B could redeem and gave up; C had nothing; nobody known completed a day and an hour later, which is too late.
    {"member": "B", "started_at": ist("2026-04-04 10:00"), "subtotal_paise": 80_000},
    {"member": "C", "started_at": ist("2026-04-06 09:50"), "subtotal_paise": 30_000, "order": "C1"},
    {
        "started_at": ist("2026-04-09 10:00"), "subtotal_paise": 1_000,
        "completed_at": ist("2026-04-09 10:00") + 25 * HOUR,
    },
    # Of this cart nothing is known: it is left out.
    {"member": "B", "started_at": ist("2026-04-20 10:00")},
]  # fmt: skip
TICKETS = [
    {"member": "A", "created_at": ist("2026-03-11 10:00"), "is_redemption": True, "order": "A1"},
    {"member": "B", "created_at": ist("2026-04-11 10:00"), "is_redemption": False, "order": "B1"},
]
FEEDBACK = [
    {"member": "A", "scale": "csat5", "score": 5, "answered_at": ist("2026-03-12 10:00"), "themes": ["redemption"], "is_loyalty": True},
    {"member": "A", "scale": "csat5", "score": 4, "answered_at": ist("2026-03-13 10:00"), "themes": ["delivery"], "is_loyalty": False},
    {"member": "B", "scale": "csat5", "score": 3, "answered_at": ist("2026-04-13 10:00"), "themes": [], "is_loyalty": False},
    {"member": "B", "scale": "nps", "score": 10, "answered_at": ist("2026-04-13 11:00"), "themes": [], "is_loyalty": False},
    {"member": "C", "scale": "nps", "score": 6, "answered_at": ist("2026-04-14 11:00"), "themes": [], "is_loyalty": False},
    {"member": "C", "scale": "nps", "score": 9, "answered_at": ist("2026-04-15 11:00"), "themes": [], "is_loyalty": False},
    {"member": "C", "scale": "nps", "score": 7, "answered_at": ist("2026-04-16 11:00"), "themes": [], "is_loyalty": False},
]  # fmt: skip
GIVEN = a_given(
    *THINGS,
    rules=RULES,
    as_of=ist("2026-06-30 12:00"),
    checkouts=CHECKOUTS,
    tickets=TICKETS,
    feedback=FEEDBACK,
)
TABLE = metrics(GIVEN)


def row(metric: str, period: str = "all", segment: str = "all", value: str = "all") -> dict[str, Any]:
    is_it = (
        (pl.col("metric") == metric)
        & (pl.col("period") == period)
        & (pl.col("segment") == segment)
        & (pl.col("segment_value") == value)
    )
    return TABLE.row(by_predicate=is_it, named=True)


@pytest.mark.parametrize(
    ("metric", "top", "bottom", "why"),
    [
        ("rr_m1", 1, 3, "A of A, B, D: D's redemption was undone, C never had 10 coins"),
        ("rr_m2", 1, 3, "A of A, B, C, who bought; D's order was cancelled and its coins came back"),
        ("rr_m3", 1, 4, "A of A, B, C, D"),
        ("cru_1", 1, 3, "A1 of A1, A2, B1: C1 and E1 could redeem nothing, D1 was cancelled"),
        ("cru_2", 1, 5, "A1 of A1, A2, B1, C1, E1"),
        ("cru_3", 1, 1, "A1"),
        ("cru_4", 40, 100, "A1 used 40 of 100"),
        ("aov_1", 100_000, 1, "A1"),
        ("aov_1_paid", 96_000, 1, "A1 less 40 coins"),
        ("aov_2", 130_000, 2, "A2 and B1"),
        ("aov_3", 0, 0, "A's order without coins came after the one with"),
        ("rpr_1_d30", 1, 3, "A came back within 10 days; B and C did not; E is no member"),
        ("rpr_1_d90", 1, 1, "only A's 90 days are over by 30 June: B's end on 4 July"),
        ("rpr_1_d365", 0, 0, "nobody's year is over"),
        ("rpr_2", 1, 3, "A of A, B, C"),
        ("rpr_3", 1, 5, "A2"),
        ("er_1_both", 0, 4, "nobody"),
        ("er_1_earn_only", 1, 4, "B"),
        ("er_1_redeem_only", 1, 4, "A: a bonus is not earned"),
        ("er_1_neither", 2, 4, "C and D"),
        ("er_2", 1, 1, "A redeemed, B earned"),
        ("ccr_1", 1, 2, "A's day completed, B's did not"),
        ("ccr_2", 1, 2, "C completed; nobody known did, an hour too late"),
        ("ccr_3", 1, 2, "as ccr_1"),
        ("tk_1", 1, 1, "one ticket, one attempt in the checkouts"),
        ("tk_2", 1, 5, "one ticket, five valid orders"),
        ("fb_1", 2, 3, "5 and 4 of 5, 4, 3"),
        ("fb_2", 1, 4, "two promoters less one detractor"),
        ("fb_3", 1, 2, "one about coins of two with a theme"),
        ("rr_p1", 40, 250, "40 of A, none left of D; issued 100 + 50 + 80 + 20"),
        ("rr_p2_d30", 40, 230, "of lots of March and April: May's 30 days end on 1 July"),
        ("rr_p3", 40, 250, "nothing expired, so all could be spent"),
        ("act", 3, 4, "A's last order is 102 days old, so B, C and D's debit of 3 May"),
        ("ret", 0, 5, "A is seen in April and May, B, C and E in May; nobody came"),
        ("rc_1", 0, 80_000, "B1 alone was delivered, without coins"),
        ("rc_1_placed", 4_000, 296_000, "A1 1,000 − 40, A2 500, B1 800, C1 300, E1 400"),
        ("rq_2", 1, 1, "D's coins came back within 22 hours"),
        ("tfr", 2, 3, "A and D redeemed"),
        ("tfr_d90", 1, 2, "A of A and B; D's 90 days are not over"),
    ],
)  # fmt: skip
def test_a_metric_equals_the_count_by_hand(metric: str, top: int, bottom: int, why: str) -> None:
    found = row(metric)
    assert (found["numerator"], found["denominator"]) == (top, bottom), why


def test_months_and_segments_equal_the_count_by_hand() -> None:
    told = {
        ("cru_1", "2026-03", "all", "all"): (1, 2),
        ("cru_1", "2026-04", "all", "all"): (0, 1),
        ("cru_1", "all", "device", "web"): (1, 2),
        ("cru_1", "all", "device", "mobile"): (0, 1),
        ("cru_1", "all", "tier", "gold"): (1, 2),
        ("cru_1", "all", "tier", "none"): (0, 1),
        ("cru_1", "all", "member_cohort", "2026-03"): (1, 2),
        ("er_1_neither", "2026-04", "all", "all"): (2, 3),
        ("rr_m1", "2026-05", "all", "all"): (0, 3),
        ("ccr_3", "all", "applied", "yes"): (1, 1),
        ("ccr_3", "all", "applied", "no"): (0, 1),
        ("rpr_1_d30", "all", "first_order", "with_coins"): (1, 1),
        ("rpr_1_d30", "all", "first_order", "without_coins"): (0, 2),
        ("fb_3", "all", "theme", "delivery"): (1, 2),
    }  # fmt: skip
    found = {key: (row(*key)["numerator"], row(*key)["denominator"]) for key in told}
    assert found == told


def test_the_same_customer_is_compared_with_the_half_year_before() -> None:
    given = a_given(
        an_order("1", coins_used=0, subtotal=100, placed=ist("2026-01-01 10:00")),
        an_order("2", coins_used=0, subtotal=400, placed=ist("2026-05-01 10:00")),
        an_order("3", coins_used=0, subtotal=500, placed=ist("2026-06-01 10:00")),
        an_order("4", coins_used=5, subtotal=700, placed=ist("2026-06-30 10:00")),
        an_order("5", coins_used=0, subtotal=900, placed=ist("2026-06-30 11:00")),
        as_of=ist("2026-07-01 00:00"),
    )
    found = same_customer(given).row(by_predicate=pl.col("period") == "all", named=True)
    # 700 − (100 + 400 + 500) / 3: the first order lies exactly 180 days before, and counts.
    assert (found["numerator"], found["denominator"]) == (36_666, 1)


def test_values_are_in_their_units() -> None:
    values = {"tk_2": 200.0, "fb_2": 25.0, "aov_2": 65_000.0, "cru_4": 0.4, "rr_m1": 1 / 3}
    assert {name: row(name)["value"] for name in values} == pytest.approx(values)
    assert row("tfr")["value"] == pytest.approx(9 + 1 / 1440)
    assert row("tfr")["unit"] == "days"


def test_what_cannot_be_known_is_said() -> None:
    assert "recomputed for 5 of 5 orders" in row("cru_1")["note"]
    assert "1 of 6 checkouts have no subtotal" in row("ccr_1")["note"]
    for metric in ("aov_1", "aov_2", "aov_3", "ccr_1", "ccr_2", "ccr_3", "rpr_diff_d90"):
        assert "not an effect" in row(metric)["note"]


def test_the_shares_of_members_sum_to_one() -> None:
    for period in TABLE.filter(pl.col("metric") == "er_1_both")["period"].unique():
        parts = [row(f"er_1_{name}", period) for name in ("both", "earn_only", "redeem_only", "neither")]
        assert sum(part["numerator"] for part in parts) == parts[0]["denominator"]


def test_every_segment_adds_up_to_the_whole() -> None:
    keys = ["metric", "period"]
    whole = TABLE.filter(pl.col("segment") == "all").select(*keys, "numerator", "denominator")
    parts = (
        TABLE.filter((pl.col("segment") != "all") & ~pl.col("metric").is_in(("fb_3", "cru_3")))
        .group_by(*keys, "segment")
        .agg(pl.col("numerator", "denominator").sum())
        .join(whole, on=keys, how="left", suffix="_whole")
    )
    assert parts.height > 100
    assert parts.filter(
        (pl.col("numerator") != pl.col("numerator_whole"))
        | (pl.col("denominator") != pl.col("denominator_whole"))
    ).is_empty()


def test_before_and_after_the_launch_stand_side_by_side() -> None:
    given = a_given(*THINGS, rules=RULES, as_of=ist("2026-06-30 12:00"), launched=ist("2026-04-01 00:00"))
    rows = metrics(given).filter((pl.col("metric") == "cru_2") & (pl.col("period") == "all"))
    sides = rows.filter(pl.col("segment") == "launch").select("segment_value", "numerator", "denominator")
    assert sides.rows() == [("after", 0, 3), ("before", 1, 2)]


def test_a_member_has_one_row_with_the_fate_of_the_coins() -> None:
    told = members(GIVEN)
    fates = told.select(
        "member_id", "orders", "issued_coins", "redeemed_coins", "restored_coins", "balance_coins", "segment"
    ).rows()
    assert fates == [
        ("A", 2, 100, 40, 0, 60, "redeem_only"),
        ("B", 1, 130, 0, 0, 130, "earn_only"),
        ("C", 1, 0, 0, 0, 0, "neither"),
        ("D", 0, 20, 20, 20, 20, "neither"),
        ("E", 1, 0, 0, 0, 0, "neither"),
    ]
    assert told["spendable_coins"].to_list() == told["balance_coins"].to_list()


def test_a_cohort_is_followed_month_by_month() -> None:
    rows = (
        cohorts(GIVEN)
        .select("cohort", "age", "members", "active", "orders", "value_paise", "complete")
        .rows()
    )
    assert rows == [
        ("2026-03", 0, 1, 1, 2, 150_000, True),
        ("2026-03", 1, 1, 0, 0, 0, True),
        ("2026-03", 2, 1, 0, 0, 0, True),
        ("2026-03", 3, 1, 0, 0, 0, False),
        ("2026-04", 0, 3, 3, 3, 150_000, True),
        ("2026-04", 1, 3, 0, 0, 0, True),
        ("2026-04", 2, 3, 0, 0, 0, False),
    ]
