"""Decisions stand on the rows that they name, are never guessed, and hide nothing (contract §7)."""

import datetime as dt

import polars as pl
import pytest

from loyalty.reconcile.decisions import COLUMNS, Decided, decide
from loyalty.reconcile.mismatches import mismatches
from tests.builders import AS_OF
from tests.findings import a_finding, found, wrong

ROWS = [
    a_finding("redemption", "over_cap", order="A", effect=10),
    a_finding("redemption", "over_cap", order="B", effect=20),
    a_finding("earn", "earn_missing", order="B", effect=-5),
]
TABLE = wrong(*ROWS)
BEFORE = (AS_OF - dt.timedelta(days=3)).isoformat()
LATER = (AS_OF - dt.timedelta(days=1)).isoformat()


def id_of(order: str, kind: str = "over_cap", table: pl.DataFrame = TABLE) -> str:
    return str(
        table.row(by_predicate=(pl.col("order_id") == order) & (pl.col("kind") == kind), named=True)[
            "mismatch_id"
        ]
    )


def a_line(mismatch: str | None, word: str | None = "acknowledged", **cells: object) -> dict[str, object]:
    given = {
        "mismatch_id": mismatch,
        "decision": word,
        "reason": "known",
        "owner": None,
        "decided_at": BEFORE,
    }
    return {**dict.fromkeys(COLUMNS), **given, "torn": False, **cells}


def decided(*lines: dict[str, object], table: pl.DataFrame = TABLE) -> Decided:
    schema = {"line": pl.Int64, **dict.fromkeys(COLUMNS, pl.String), "torn": pl.Boolean}
    numbered = [{"line": number, **line} for number, line in enumerate(lines, start=2)]
    return decide(table, pl.DataFrame(numbered, schema=schema), AS_OF)


def words(result: Decided) -> dict[str, str | None]:
    keys = result.mismatches.select(pl.format("{} {}", "order_id", "kind"))
    return dict(zip(keys.to_series(), result.mismatches["decision"], strict=True))


def states(result: Decided) -> list[str]:
    return result.decisions["state"].to_list()


def test_without_lines_nothing_is_decided() -> None:
    result = decided()
    assert result.mismatches.equals(TABLE)
    assert result.decisions.is_empty()


def test_a_decision_stands_on_its_row_with_owner_and_reason() -> None:
    result = decided(a_line(id_of("A"), "accepted_loss", owner="asha", reason="festival week"))
    row = result.mismatches.row(by_predicate=pl.col("decision").is_not_null(), named=True)
    assert (row["order_id"], row["decision"], row["decision_reason"], row["owner"]) == (
        "A", "accepted_loss", "festival week", "asha",
    )  # fmt: skip
    assert result.decisions.select("state", "problem", "mismatches").rows() == [("in_force", None, 1)]


def test_a_decision_moves_no_row_and_no_money() -> None:
    result = decided(a_line(id_of("A"), "accept_all_future"), a_line(id_of("B"), "wont_fix"))
    untouched = [name for name in TABLE.columns if name not in {"owner", "decision", "decision_reason"}]
    assert result.mismatches.select(untouched).equals(TABLE.select(untouched))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (a_line(None), "mismatch_id is missing"),
        (a_line("9876543210"), "mismatch_id is missing or no id"),
        (a_line("0" * 16), "is in no run"),
        (a_line(id_of("A"), "forget"), "decision is none of acknowledged"),
        (a_line(id_of("A"), None), "decision is none of"),
        (a_line(id_of("A"), reason=None), "the reason is missing"),
        (a_line(id_of("A"), decided_at=None), "decided_at is no instant"),
        (a_line(id_of("A"), decided_at="2026-04-01T10:00:00"), "decided_at is no instant"),
        (a_line(id_of("A"), decided_at="2026-13-01T10:00:00Z"), "decided_at is no instant"),
        (a_line(id_of("A"), expires_at="soon"), "expires_at is no instant"),
        (a_line(id_of("A"), torn=True), "has not six cells"),
    ],
)
def test_what_is_missing_or_unknown_is_reported_and_never_guessed(
    line: dict[str, object], problem: str
) -> None:
    result = decided(line)
    assert states(result) == ["refused"]
    assert problem in str(result.decisions["problem"][0])
    assert result.mismatches["decision"].null_count() == TABLE.height
    assert result.decisions["mismatches"].to_list() == [0]


def test_the_last_decision_counts_whatever_the_order_of_lines() -> None:
    result = decided(a_line(id_of("A"), "wont_fix", decided_at=LATER), a_line(id_of("A"), decided_at=BEFORE))
    assert states(result) == ["in_force", "superseded"]
    assert words(result)["A over_cap"] == "wont_fix"


def test_of_decisions_at_one_instant_the_later_line_counts() -> None:
    assert states(decided(a_line(id_of("A"), "wont_fix"), a_line(id_of("A"), "reopen"))) == [
        "superseded",
        "in_force",
    ]


def test_an_expired_decision_counts_no_more_and_brings_no_older_one_back() -> None:
    result = decided(
        a_line(id_of("A")), a_line(id_of("A"), "wont_fix", decided_at=LATER, expires_at=AS_OF.isoformat())
    )
    assert states(result) == ["superseded", "expired"]
    assert words(result)["A over_cap"] is None


def test_a_decision_after_the_as_of_is_not_known_yet() -> None:
    later = (AS_OF + dt.timedelta(seconds=1)).isoformat()
    assert states(decided(a_line(id_of("A")), a_line(id_of("A"), "reopen", decided_at=later))) == [
        "in_force",
        "not_yet",
    ]


def test_accepting_all_future_covers_alike_rows_seen_later_and_no_others() -> None:
    early = AS_OF - dt.timedelta(days=9)
    before = mismatches(found(ROWS[0], ROWS[2]), None, early)
    table = mismatches(found(*ROWS), before, AS_OF)
    result = decided(a_line(id_of("A", table=table), "accept_all_future"), table=table)
    assert words(result) == {
        "A over_cap": "accept_all_future",
        "B over_cap": "accept_all_future",
        "B earn_missing": None,
    }
    assert result.decisions["mismatches"].to_list() == [2]


def test_accepting_all_future_leaves_what_was_seen_before_and_what_has_its_own_decision() -> None:
    assert (
        words(decided(a_line(id_of("A"), "accept_all_future", decided_at=AS_OF.isoformat())))["B over_cap"]
        is None
    )
    own = decided(a_line(id_of("A"), "accept_all_future"), a_line(id_of("B"), "reopen"))
    assert words(own)["B over_cap"] == "reopen"


def test_reopening_ends_what_was_accepted_for_all() -> None:
    result = decided(a_line(id_of("A"), "accept_all_future"), a_line(id_of("A"), "reopen", decided_at=LATER))
    assert words(result) == {"A over_cap": "reopen", "B over_cap": None, "B earn_missing": None}


def test_people_are_masked_in_what_is_published() -> None:
    result = decided(
        a_line(
            id_of("A"),
            reason="call +91 98765-43210 or priya@mail.in about 5100000075705",
            owner="asha@brand.in",
        )
    )
    row = result.decisions.row(0, named=True)
    assert row["reason"] == "call +… or … about 5100000075705"
    assert row["owner"] == "asha"
    assert decided(a_line("9876543210")).decisions["mismatch_id"].to_list() == [None]


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01 10:00:00+05:30",
        "2026-04-01T04:30Z",
        "2026-04-01T04:30:00.000000+00:00",
        "2026-04-01T10:00:00+0530",
    ],
)
def test_instants_are_read_in_the_ways_that_people_write_them(text: str) -> None:
    [instant] = decided(a_line(id_of("A"), decided_at=text)).decisions["decided_at"]
    assert instant == dt.datetime(2026, 4, 1, 4, 30, tzinfo=dt.UTC)
