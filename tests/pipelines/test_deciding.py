"""`milaan decide` writes a person's word down, and the next run shows it; nothing is hidden (contract §7)."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.cli import exit_code
from resources.home import Home
from resources.lake import published
from tests.homes import run, small_home

AFTER = "2027-09-30T23:15:00+05:30"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = small_home(tmp_path / "home")
    run(made)
    return made


def mart(home: Home) -> pl.DataFrame:
    return published(home).read("mart_mismatches")


def test_a_decision_is_shown_by_the_next_run_and_moves_no_money(home: Home, capsys: Capture) -> None:
    before = mart(home)
    decided = before["mismatch_id"][0]
    said = exit_code(
        [
            "decide",
            str(home.path),
            decided[:8],
            "--as",
            "accepted_loss",
            "--reason",
            "festival",
            "--owner",
            "asha",
        ]
    )
    assert said == 0
    assert decided in capsys.readouterr().out
    answer = run(home, AFTER)
    after = mart(home)
    shown = after.row(by_predicate=pl.col("mismatch_id") == decided, named=True)
    assert (shown["decision"], shown["decision_reason"], shown["owner"]) == (
        "accepted_loss",
        "festival",
        "asha",
    )
    assert after["effect_paise"].sum() == before["effect_paise"].sum()
    assert "owed" in answer
    kept = published(home).read("mart_decisions")
    assert kept.select("line", "state", "mismatches").rows() == [(2, "in_force", 1)]
    assert "festival" in (home.reports / "reconciliation.html").read_text()


def test_what_cannot_be_decided_exits_2_and_writes_nothing(home: Home, capsys: Capture) -> None:
    mismatch = mart(home)["mismatch_id"][0]
    cases = {
        ("ffffffffff", "--reason", "x"): "names no published mismatch",
        (mismatch[:3], "--reason", "x"): "or its first 6 characters",
        (mismatch, "--reason", " "): "--reason must say why",
        (mismatch,): "--reason",
        (mismatch, "--reason", "x", "--as", "forget"): "forget",
        (mismatch, "--reason", "x", "--until", "2020-01-01T00:00:00Z"): "--until must lie ahead",
    }
    for arguments, sentence in cases.items():
        assert exit_code(["decide", str(home.path), *arguments]) == 2
        assert sentence in capsys.readouterr().err
    assert not home.decisions.exists()


def test_a_bad_header_stops_the_run_and_the_last_snapshot_stays(home: Home, capsys: Capture) -> None:
    before = home.lake.resolve()
    home.decisions.write_text("id,what\n")
    assert exit_code(["run", str(home.path), "--as-of", AFTER]) == 2
    assert "decisions.csv, line 1: the header must be" in capsys.readouterr().err
    assert home.lake.resolve() == before
