"""The main job end to end: the same answer for the same question, and nothing published that does not hold."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from loyalty.values.errors import LawError, UserError
from loyalty.values.times import parse_instant
from pipelines import execution
from pipelines.execution import TO_MAKE, UnexpectedError, execute, run_home
from pipelines.journal import Journal
from resources.home import Home
from resources.lake import published
from resources.run import open_run
from resources.table_store import TableStore
from tests.homes import AS_OF, ENVIRONMENT, LEDGER, run, small_home

EARLIER = "2026-05-31T23:15:00+05:30"


def hashes(home: Home) -> dict[str, str]:
    return {path.name: path.read_bytes().hex() for path in home.lake.glob("*.parquet")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = small_home(tmp_path_factory.mktemp("brand") / "home")
    run(home)
    return home


def copy_of(home: Home, folder: Path) -> Home:
    shutil.copytree(home.path, folder, symlinks=True)
    return Home(folder)


def test_a_run_publishes_every_table_the_warehouse_and_the_page(finished: Home) -> None:
    tables = set(published(finished).manifest["tables"])
    assert tables == set(TO_MAKE) - {"report_reconciliation", "report_make_good", "lake"}
    assert (finished.lake / "warehouse.duckdb").is_file()
    assert (finished.reports / "reconciliation.html").is_file()


def test_a_small_home_gets_the_verdict_that_a_person_would_give(finished: Home) -> None:
    wrong = published(finished).read("mart_mismatches").sort("leg", "order_id")
    assert wrong.select("leg", "kind", "order_id", "effect_paise").rows() == [
        ("earn", "earn_missing", "5101", -490),
        ("redemption", "discount_without_debit", "5102", 2000),
        ("reversal", "reversal_missing", "5102", 50),
    ]


def test_one_question_has_one_answer_wherever_and_however_often_it_is_asked(
    finished: Home, tmp_path: Path
) -> None:
    first = finished.lake.resolve()
    run(finished)
    assert finished.lake.resolve() == first
    other = small_home(tmp_path / "quite another [place]")
    for number, file in enumerate(sorted(other.inbox.iterdir(), reverse=True)):
        file.rename(other.inbox / f"{number}.csv")
        os.utime(other.inbox / f"{number}.csv", (number, number))
    run(other)
    ours, theirs = hashes(finished), hashes(other)
    named = {"raw_files", "raw_gokwik__orders", "raw_nector__entries", "raw_refunds", "raw_members"}
    with_names = {f"{name}.parquet" for name in (*named, "mart_sources", "mart_quarantine")}
    assert {name for name in ours if ours[name] != theirs[name]} <= with_names


def test_no_table_holds_a_name_of_this_machine_or_a_key(finished: Home) -> None:
    for file in finished.lake.iterdir():
        content = file.read_bytes()
        assert str(finished.path).encode() not in content
        assert ENVIRONMENT["MILAAN_KEY"].encode() not in content


def test_a_mismatch_has_a_life_across_runs(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    run(home, EARLIER)
    first = published(home)
    assert set(first.read("mart_mismatches")["lifecycle"]) == {"new"}
    repair = "w9,8123456789,Redeemed late,200,dr,redeem,coins,,5102,2026-04-03 10:05\n"
    (home.inbox / "ledger.csv").write_text(LEDGER + repair)
    run(home)
    later = published(home).read("mart_mismatches")
    life = dict(later.select("kind", "lifecycle").rows())
    assert life["discount_without_debit"] == "resolved"
    assert life["earn_missing"] == "persisting"
    persisting = later.filter(pl.col("lifecycle") == "persisting")
    assert set(persisting["first_seen_at"]) == {parse_instant(EARLIER)}
    before = hashes(home)
    run(home)
    assert hashes(home) == before


class Forgetful(TableStore):
    """Loses the last mismatch on its way to the disk."""

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        is_lossy = context.asset_key.to_user_string() == "mart_mismatches"
        super().handle_output(context, obj.head(-1) if is_lossy else obj)


def test_a_law_that_does_not_hold_stops_publishing(finished: Home, tmp_path: Path) -> None:
    home = copy_of(finished, tmp_path / "home")
    before = home.lake.readlink()
    log = tmp_path / "log.jsonl"
    with (
        open_run(home, parse_instant("2026-10-05T00:00:00+05:30"), ENVIRONMENT) as opened,
        Journal(log, lambda _asset, _rows: None) as journal,
        pytest.raises(
            LawError, match=r"^mart_mismatches\.\w+ does not hold \(1 row\): .*\? Nothing was published"
        ),
    ):
        execute(opened, journal, {"io_manager": Forgetful(opened)})
    assert home.lake.readlink() == before
    assert not [path for path in home.releases.iterdir() if path.name.startswith(".")]
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"mart_mismatches.are_the_mismatch_rows"} <= {
        f"{line['asset']}.{line['check']}"
        for line in told
        if line["event"] == "checked" and not line["holds"]
    }


def test_a_program_error_is_one_sentence_and_a_log_without_values(
    finished: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(finished, tmp_path / "home")
    before = home.lake.readlink()

    def fail(*_: object) -> None:
        raise RuntimeError("cannot read '9876543210' of priya@example.in in line 17")

    monkeypatch.setattr("assets.marts.sources", fail)
    with pytest.raises(
        UnexpectedError, match=r"^the run failed \(RuntimeError\); nothing was published, .* tells where$"
    ):
        run(home, "2026-10-05T00:00:00+05:30")
    assert home.lake.readlink() == before
    (log,) = set(home.logs.iterdir()) - {home.logs / path.name for path in finished.logs.iterdir()}
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["event"], last["kind"]) == ("error", "RuntimeError")
    assert last["text"] == "cannot read … of … in line …"
    assert any(frame.startswith("marts.py:") for frame in last["frames"])


def test_a_person_is_told_what_to_fix_before_anything_runs(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    home.brand_file.write_text("brand: x\nbrand: y\n")
    with pytest.raises(UserError, match="line 2: brand stands twice"):
        run(home)
    assert not home.logs.exists()


def test_without_an_as_of_a_run_knows_everything_up_to_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_home(tmp_path / "home")
    moment = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
    monkeypatch.setattr(execution, "now", lambda: moment)
    run_home(home, None, ENVIRONMENT, lambda _asset, _rows: None)
    assert published(home).as_of == moment


SAID_WITHOUT_EXPORTS = ("mart_metrics", "mart_go_live", "mart_boundary_carts", "mart_setup_audit")
"""What is not measured, not exercised, or said of the rules alone."""


def test_a_home_without_exports_is_complete_and_every_table_is_there(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    shutil.rmtree(home.inbox)
    said = run_home(home, parse_instant(AS_OF), ENVIRONMENT, lambda _asset, _rows: None)
    assert said.verdict == "reconciled"
    release = published(home)
    assert {name: table["rows"] for name, table in release.manifest["tables"].items() if table["rows"]} == {
        name: release.read(name).height for name in SAID_WITHOUT_EXPORTS
    }
    assert not release.read("mart_metrics")["measurable"].any()


def test_one_row_at_the_guard_of_the_door_does_not_stop_the_run(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    most = 10**15
    ledger = home.inbox / "ledger.csv"
    ledger.write_text(
        f"{LEDGER}w6,9876543210,Redeemed,{most},dr,redeem,coins,,,2026-04-08 10:00\n"
        f"w7,9876543210,Redeemed,{most + 1},dr,redeem,coins,,,2026-04-08 11:00\n"
    )
    run(home)
    wrong = published(home).read("mart_mismatches").filter(pl.col("kind") == "debit_without_order")
    assert wrong.select("entry_ids", "effect_paise").rows() == [(["w6"], -most * 10)]
    assert published(home).read("mart_quarantine").filter(pl.col("file") == "ledger.csv").height == 1
