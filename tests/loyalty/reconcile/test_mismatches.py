"""A mismatch keeps its name, grows older, weighs something and lives across runs (G3, S1, X1a)."""

import datetime as dt

import polars as pl
import pytest

from loyalty.reconcile.mismatches import Priorities, mismatch_ids, mismatches
from tests.builders import AS_OF, DAY, MICROSECOND, ist
from tests.findings import Finding, a_finding, found, wrong

TODAY = dt.date(2026, 7, 1)
X = ist("2026-06-01 00:00")


def named(*findings: Finding) -> list[str]:
    return mismatch_ids(found(*findings)).to_list()


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            a_finding("earn", "earn_duplicate", coins=(50, 100), effect=5, entries=["a", "b"]),
            a_finding("earn", "earn_duplicate", coins=(50, 150), effect=10, entries=["a", "b", "c"]),
            id="an order's leg, whatever its figures and entries",
        ),
        pytest.param(
            a_finding("redemption", "debit_without_order", order=None, entries=["a"], coins=(0, -5)),
            a_finding(
                "redemption", "debit_without_order", order=None, entries=["a"], coins=(0, -9), member="other"
            ),
            id="an entry tied to no order",
        ),
        pytest.param(
            a_finding("adjustment", "adjustment_unexplained", order="A", entries=["a"]),
            a_finding("adjustment", "adjustment_unexplained", order="B", entries=["a"]),
            id="an adjustment, whichever order it names",
        ),
        pytest.param(
            a_finding("expiry", "expiry_missing", order=None, entries=["a"], batch=X),
            a_finding("expiry", "expiry_missing", order=None, entries=["b", "c"], batch=X),
            id="a batch of a member, whichever entries stand for it",
        ),
        pytest.param(
            a_finding("balance", "closing_balance", order=None, entries=["a"]),
            a_finding("balance", "closing_balance", order=None, entries=["b"]),
            id="a member's balance",
        ),
    ],
)
def test_a_mismatch_keeps_its_name(one: Finding, other: Finding) -> None:
    assert named(one) == named(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(a_finding("earn", "earn_late"), a_finding("earn", "earn_early"), id="kind"),
        pytest.param(a_finding("earn", "x"), a_finding("restore", "x"), id="leg"),
        pytest.param(
            a_finding("earn", "earn_late", order="A"), a_finding("earn", "earn_late", order="B"), id="order"
        ),
        pytest.param(
            a_finding("earn", "earn_orphan", order=None, entries=["a"]),
            a_finding("earn", "earn_orphan", order=None, entries=["b"]),
            id="entry",
        ),
        pytest.param(
            a_finding("adjustment", "adjustment_unexplained", entries=["a"]),
            a_finding("adjustment", "adjustment_unexplained", entries=["b"]),
            id="two adjustments of one order",
        ),
        pytest.param(
            a_finding("expiry", "expiry_missing", order=None, entries=["a"], batch=X),
            a_finding("expiry", "expiry_missing", order=None, entries=["a"], batch=X + DAY),
            id="two batches of one sweep",
        ),
        pytest.param(
            a_finding("expiry", "expiry_missing", order=None, entries=["a"], batch=X, member="M"),
            a_finding("expiry", "expiry_missing", order=None, entries=["a"], batch=X, member="N"),
            id="one day's batches of two members",
        ),
        pytest.param(
            a_finding("balance", "closing_balance", order=None, member="M"),
            a_finding("balance", "closing_balance", order=None, member="N"),
            id="two members' balances",
        ),
    ],
)
def test_two_mismatches_have_two_names(one: Finding, other: Finding) -> None:
    assert len(set(named(one, other))) == 2


def test_a_name_is_the_same_on_every_machine() -> None:
    assert named(a_finding("earn", "earn_late")) == ["d9b98e7cd53d0032"]


# --- what becomes a row ---------------------------------------------------------------------------


def test_only_mismatches_become_rows_and_keep_their_figures() -> None:
    bad = a_finding("earn", "earn_amount", order="B", coins=(50, 55), effect="0.50", causes=["rate=6/100"])
    table = wrong(
        a_finding(),
        a_finding("earn", "rounding", status="by_design"),
        bad,
        a_finding("restore", status="pending"),
    )
    row = table.row(0, named=True)
    assert table.height == 1
    assert {column: row[column] for column in bad if column != "status"} == {
        column: value for column, value in bad.items() if column != "status"
    }
    assert (row["owner"], row["decision"], row["decision_reason"]) == (None, None, None)
    assert "₹" in row["sentence"]


def test_nothing_wrong_is_an_empty_table() -> None:
    assert wrong(a_finding()).is_empty()


# --- priority and age -----------------------------------------------------------------------------


def judged(
    finding: Finding, as_of: dt.datetime = AS_OF, priorities: Priorities | None = None
) -> tuple[str, int]:
    row = mismatches(found(finding), None, as_of, priorities).row(0, named=True)
    return row["priority"], row["age_days"]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    ("effect", "days", "priority"),
    [
        ("1000", 0, "high"),
        ("999.99", 0, "medium"),
        ("100", 0, "medium"),
        ("99.99", 0, "low"),
        ("0", 0, "low"),
        ("0.01", 6, "low"),
        ("0.01", 7, "high"),
        ("0", 7, "low"),
        ("0", 400, "low"),
    ],
)
def test_money_or_age_with_any_money_makes_it_urgent(
    sign: str, effect: str, days: int, priority: str
) -> None:
    finding = a_finding(
        "earn", "earn_amount", effect=f"{sign}{effect}", on=TODAY - days * dt.timedelta(days=1)
    )
    assert judged(finding) == (priority, days)


def test_a_brand_has_its_own_thresholds() -> None:
    finding = a_finding("earn", "earn_amount", effect=5, on=TODAY - dt.timedelta(days=2))
    assert (
        judged(finding, priorities=Priorities(high_paise=501, medium_paise=500, high_age_days=3))[0]
        == "medium"
    )
    assert (
        judged(finding, priorities=Priorities(high_paise=500, medium_paise=1, high_age_days=3))[0] == "high"
    )
    assert (
        judged(finding, priorities=Priorities(high_paise=501, medium_paise=501, high_age_days=2))[0] == "high"
    )


def test_days_are_indian() -> None:
    finding = a_finding("earn", "earn_late", on=dt.date(2026, 3, 31))
    april = ist("2026-04-01 00:00")
    assert (judged(finding, april - MICROSECOND)[1], judged(finding, april)[1]) == (0, 1)


def test_a_row_dated_after_the_as_of_is_not_younger_than_today() -> None:
    assert judged(a_finding("earn", "earn_late", on=TODAY + dt.timedelta(days=3)))[1] == 0


# --- life across runs -----------------------------------------------------------------------------

BAD = a_finding("earn", "earn_amount", coins=(50, 55), effect="0.50")
OTHER = a_finding("earn", "earn_missing", order="B", coins=(50, 0), effect="-5")


def run(*findings: Finding, day: int, before: pl.DataFrame | None = None) -> pl.DataFrame:
    return mismatches(found(*findings), before, AS_OF + day * DAY)


def lives(table: pl.DataFrame) -> dict[str, tuple[str, dt.datetime]]:
    return {
        order: (life, seen)
        for order, life, seen in table.select("order_id", "lifecycle", "first_seen_at").rows()
    }


def test_a_mismatch_is_new_persists_is_resolved_and_may_come_back() -> None:
    first = run(BAD, day=0)
    assert lives(first) == {"A": ("new", AS_OF)}
    second = run(BAD, OTHER, day=1, before=first)
    assert lives(second) == {"A": ("persisting", AS_OF), "B": ("new", AS_OF + DAY)}
    third = run(OTHER, day=2, before=second)
    assert lives(third) == {"A": ("resolved", AS_OF), "B": ("persisting", AS_OF + DAY)}
    fourth = run(OTHER, day=3, before=third)
    assert lives(fourth)["A"] == ("resolved", AS_OF), "what is resolved stays on the list"
    fifth = run(BAD, OTHER, day=4, before=fourth)
    assert lives(fifth)["A"] == ("regressed", AS_OF)
    assert lives(run(BAD, OTHER, day=5, before=fifth))["A"] == ("persisting", AS_OF)


def test_a_resolved_mismatch_keeps_its_last_figures() -> None:
    first = run(BAD, day=0)
    gone = run(day=1, before=first)
    assert gone.drop("lifecycle").equals(first.drop("lifecycle"))


def test_a_persisting_mismatch_shows_the_figures_of_today() -> None:
    first = run(BAD, day=0)
    worse = {**BAD, "recorded_coins": 60, "effect_paise": 100}
    row = run(worse, day=1, before=first).row(0, named=True)
    assert (row["recorded_coins"], row["effect_paise"], row["lifecycle"]) == (60, 100, "persisting")


def test_another_kind_on_the_same_leg_is_another_mismatch() -> None:
    first = run(a_finding("earn", "earn_missing"), day=0)
    second = run(a_finding("earn", "earn_late"), day=1, before=first)
    kinds = dict(second.select("kind", "lifecycle").rows())
    assert kinds == {"earn_missing": "resolved", "earn_late": "new"}


def test_the_same_run_twice_gives_the_same_table() -> None:
    before = run(BAD, day=0)
    assert run(BAD, OTHER, day=1, before=before).equals(run(OTHER, BAD, day=1, before=before))
