import datetime as dt
from typing import Any

import polars as pl
import pytest

from loyalty.intake.fates import with_fates

INSTANT = pl.Datetime("us", "UTC")
SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(("key", "file", "sha256"), pl.String()),
    **dict.fromkeys(("value", "line"), pl.Int64()),
    **dict.fromkeys(("updated_at", "newest_at"), INSTANT),
    "reasons": pl.List(pl.String),
}


def day(number: int | None) -> dt.datetime | None:
    return None if number is None else dt.datetime(2026, 5, number, tzinfo=dt.UTC)


def record(value: int, *, key: str | None = "k", file: str = "a", sha: str | None = None, newest: int | None = 1, line: int = 2, updated: int | None = None,
           reason: str | None = None) -> dict[str, Any]:  # fmt: skip
    return {
        "key": key, "value": value, "updated_at": day(updated), "newest_at": day(newest), "file": file,
        "sha256": sha or file, "line": line, "reasons": [reason] if reason else [],
    }  # fmt: skip


def fates(*records: dict[str, Any]) -> list[str]:
    """The fate of each record, asserted to be the same whatever their order."""
    frame = pl.DataFrame(list(records), schema=SCHEMA)
    straight = with_fates(frame, ["key"], ["value", "updated_at"])["fate"].to_list()
    turned = with_fates(frame.reverse(), ["key"], ["value", "updated_at"])["fate"].to_list()
    assert turned[::-1] == straight
    return straight


def test_records_of_different_keys_all_count() -> None:
    assert fates(record(1, key="a"), record(1, key="b")) == ["accepted", "accepted"]


def test_an_unchanged_record_counts_once_in_the_first_file_in_order_of_name() -> None:
    assert fates(record(1, file="b", newest=1), record(1, file="a", newest=3), record(1, file="c", newest=2)) == [
        "duplicate", "accepted", "duplicate",
    ]  # fmt: skip


def test_of_one_file_the_first_line_counts() -> None:
    assert fates(record(1, line=3), record(1, line=2)) == ["duplicate", "accepted"]


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        (record(1, updated=1, newest=9, file="z", line=9), record(2, updated=2)),
        (record(1, updated=None, newest=9), record(2, updated=1)),
        (record(1, newest=1, file="z", line=9), record(2, newest=2)),
        (record(1, newest=None, file="z"), record(2, newest=1)),
        (record(1, file="z", sha="a", line=9), record(2, file="a", sha="b")),
        (record(1, line=2), record(2, line=3)),
    ],
    ids=["updated", "updated at all", "newest instant", "any instant", "sha256", "line"],
)
def test_of_different_contents_the_later_wins_by_content_alone(
    loser: dict[str, Any], winner: dict[str, Any]
) -> None:
    assert fates(loser, winner) == ["superseded", "accepted"]


def test_a_superseded_record_that_stands_twice_is_superseded_once() -> None:
    assert fates(record(1, newest=1), record(1, newest=2, file="b"), record(2, newest=3, file="c")) == [
        "superseded", "duplicate", "accepted",
    ]  # fmt: skip


def test_a_content_that_comes_back_in_the_latest_file_wins() -> None:
    assert fates(record(1, newest=1), record(2, newest=2, file="b"), record(1, newest=3, file="c")) == [
        "accepted", "superseded", "duplicate",
    ]  # fmt: skip


def test_a_quarantined_record_never_supersedes() -> None:
    assert fates(record(1), record(2, newest=9, updated=9, reason="bad")) == ["accepted", "quarantined"]


def test_a_blank_part_of_a_key_is_a_value_like_any_other() -> None:
    assert fates(record(1, key=None), record(1, key=None, line=3), record(2, key=None, line=4)) == [
        "superseded", "duplicate", "accepted",
    ]  # fmt: skip


def test_no_records_have_no_fates() -> None:
    assert fates() == []
