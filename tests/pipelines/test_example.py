"""The example brand of the repository: made by one command, and read from end to end."""

import csv
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from loyalty.intake.kinds import KINDS
from loyalty.values.times import parse_instant
from pipelines.example import AS_OF, BRAND, KEY, KEY_FILE, example_texts
from pipelines.execution import run_home
from resources.home import Home

KEPT = ("brand.yaml", "planted.csv", KEY_FILE, "rules", "inbox")


def test_the_example_is_what_its_command_makes() -> None:
    files = [path for name in KEPT for path in (BRAND / name, *(BRAND / name).rglob("*")) if path.is_file()]
    kept = {str(path.relative_to(BRAND)): path.read_text(encoding="utf-8") for path in files}
    assert kept == example_texts()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published tables of a copy of the example."""
    path = tmp_path_factory.mktemp("example") / "brand"
    for name in KEPT:
        source = BRAND / name
        (shutil.copytree if source.is_dir() else _copy)(source, path / name)
    run_home(Home(path), parse_instant(AS_OF), {"MILAAN_KEY": KEY}, lambda _asset, _rows: None)
    return path / "lake"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def test_every_kind_of_export_is_there_and_every_line_of_it_is_read(lake: Path) -> None:
    sources = pl.read_parquet(lake / "mart_sources.parquet")
    assert sorted(sources["kind"]) == sorted(kind.name for kind in KINDS)
    assert (sources["lines"] > 0).all()
    assert sources.select(pl.col("quarantined", "later").sum()).row(0) == (0, 0)
    assert sources["columns_unknown"].list.len().sum() == 0
    assert pl.read_parquet(lake / "mart_quarantine.parquet").is_empty()


def test_exactly_what_was_planted_is_found(lake: Path) -> None:
    with (BRAND / "planted.csv").open(newline="", encoding="utf-8") as file:
        planted = Counter(
            (row["leg"], row["kind"], row["order_id"], row["entry_ids"], int(row["effect_paise"]))
            for row in csv.DictReader(file)
        )
    by_order = ("redemption", "earn", "reversal", "restore", "order")
    found = Counter(
        (
            row["leg"],
            row["kind"],
            (row["order_id"] or "") if row["leg"] in by_order else "",
            " ".join(row["entry_ids"]),
            row["effect_paise"],
        )
        for row in pl.read_parquet(lake / "mart_mismatches.parquet").to_dicts()
    )
    assert found == planted
    assert len({kind for _, kind, *_ in planted}) >= 45
    assert {kind for leg, kind, *_ in planted if leg == "order"} == {
        "order_missing_in_shopify", "order_missing_in_gokwik", "order_total", "order_identity", "cod_prepaid_twin",
        "refund_exceeds_paid",
    }  # fmt: skip


def test_every_table_beside_orders_and_ledger_has_rows_of_known_people(lake: Path) -> None:
    people = pl.read_parquet(lake / "stg_member_keys.parquet")
    for name in ("shopify_orders", "carts", "checkouts", "tickets", "feedback"):
        members = pl.read_parquet(lake / f"stg_{name}.parquet")["member_no"].drop_nulls()
        assert members.len() > 10, name
        assert members.is_in(people["member_no"].implode()).all()
    checkouts = pl.read_parquet(lake / "stg_checkouts.parquet")
    assert checkouts.filter(pl.col("completed_at").is_not_null())["order_no"].null_count() == 0
    settlements = pl.read_parquet(lake / "stg_settlements.parquet")
    assert settlements["order_no"].null_count() == 0
