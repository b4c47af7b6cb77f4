"""Orders without a ledger, or a ledger without orders: nothing is judged, and nothing is lost (details I6)."""

from pathlib import Path

import pytest

from resources.lake import published
from tests.homes import run, small_home

JUDGED = ("int_leg_rows", "mart_reconciliation", "mart_mismatches", "mart_statement")


@pytest.mark.parametrize(
    ("missing", "label"), [("orders", "GoKwik order export"), ("ledger", "Nector ledger export")]
)
def test_one_side_alone_gives_no_verdict_and_says_which_is_missing(
    tmp_path: Path, missing: str, label: str
) -> None:
    home = small_home(tmp_path / "home")
    (home.inbox / f"{missing}.csv").unlink()
    assert run(home) == f"Nothing to compare: the inbox holds no {label} that can be read"
    release = published(home)
    assert {name: release.read(name).height for name in JUDGED} == dict.fromkeys(JUDGED, 0)
    assert release.read("mart_sources")["accepted"].sum() > 0


def test_an_orders_file_that_was_set_aside_is_no_orders_file(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    orders = home.inbox / "orders.csv"
    orders.write_text(orders.read_text().replace("Grand Total", "Grand Sum"))
    assert "no GoKwik order export" in run(home)
    assert published(home).read("mart_mismatches").is_empty()


def test_an_empty_inbox_is_no_error(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    for file in home.inbox.iterdir():
        file.unlink()
    assert run(home) == (
        "Nothing to compare: the inbox holds no GoKwik order export and no Nector ledger export that can be read"
    )
    metrics = published(home).read("mart_metrics")
    assert set(metrics["metric"]) >= {"rr_m1", "rpr_1_d90"}
    assert not metrics["measurable"].any()
