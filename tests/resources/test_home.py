"""brand.yaml: every key with its default, every mistake with its line (details G2, S9)."""

import datetime as dt
from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from resources.home import Home, Settings


def home_with(folder: Path, text: str) -> Home:
    (folder / "brand.yaml").write_text(text, encoding="utf-8")
    return Home(folder)


def settings(folder: Path, text: str) -> Settings:
    return home_with(folder, text).settings()


def test_a_file_with_only_a_brand_has_every_default(tmp_path: Path) -> None:
    found = settings(tmp_path, "brand: mithai\n")
    assert found.title == "mithai"
    assert set(found.zones.values()) == {"Asia/Kolkata"}
    assert found.zones.keys() >= {"gokwik_orders", "nector_ledger", "members", "refunds"}
    assert (found.sources, found.key_file, found.launched_at) == ({}, None, None)
    assert (found.priority.high_paise, found.priority.medium_paise, found.priority.high_age_days) == (
        100_000,
        10_000,
        7,
    )
    assert (found.alerts.urls, found.alerts.quiet_hours, found.alerts.heartbeat) == ((), None, "daily")
    assert set(found.integration.model_dump().values()) == {None}
    assert found.engine.kind == "local"


def test_every_key_of_details_g2_is_a_key() -> None:
    assert set(Settings.model_fields) == {
        "brand", "name", "zones", "sources", "key_file", "launched_at", "integration", "priority", "tolerance",
        "alerts", "accounting", "engine",
    }  # fmt: skip


def test_every_key_can_be_set(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        """
brand: mithai
name: Mithai & Co
zones: {nector_ledger: UTC}
sources:
  gokwik_orders:
    columns: {Merchant Order ID: [Order Ref, Order No]}
    words: {Parcel handed over: delivered}
    encoding: cp1252
    dates: month_first
key_file: secret
launched_at: 2026-04-01T00:00:00+05:30
integration: {enabled: true, webhook_id_set: false, calculation_base: after_coupon, apply: auto, web: true, mobile: null}
priority: {high_paise: 5, medium_paise: 0, high_age_days: 1}
tolerance: {}
alerts: {urls: ["https://example.in/hook"], quiet_hours: 22:00-08:00, heartbeat: null}
accounting: {}
engine: {kind: local}
""",
    )
    assert found.title == "Mithai & Co"
    assert (found.zones["nector_ledger"], found.zones["members"]) == ("UTC", "Asia/Kolkata")
    assert found.headers == {"gokwik_orders": {"Merchant Order ID": ("Order Ref", "Order No")}}
    assert found.words == {"Parcel handed over": "delivered"}
    assert (found.encodings, found.dates) == ({"gokwik_orders": "cp1252"}, {"gokwik_orders": "month_first"})
    assert found.launched_at == dt.datetime(2026, 3, 31, 18, 30, tzinfo=dt.UTC)
    assert (found.integration.webhook_id_set, found.integration.mobile) == (False, None)
    assert found.priority.high_paise == 5
    assert found.alerts.quiet_hours == "22:00-08:00"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: x\n", "line 1: brand is missing"),
        ("brand: x\nbrand: y\n", "line 2: brand stands twice"),
        ("brand: x\npriorities: {}\n", "line 2: priorities is not a known key; did you mean priority"),
        (
            "brand: x\npriority:\n  high_paise: -1\n",
            "line 3: priority.high_paise must be a plain number of 0 or more",
        ),
        ("brand: x\npriority:\n  high_paise: lots\n", "line 3: priority.high_paise must be a plain number"),
        (
            "brand: x\npriority: {high_age_days: 1.5}\n",
            "line 2: priority.high_age_days must be a whole number",
        ),
        (
            "brand: x\nzones:\n  gokwik_orders: Asia/Kolkatta\n",
            "line 3: zones.gokwik_orders must be a zone like Asia/Kolkata or UTC, not 'Asia/Kolkatta'",
        ),
        (
            "brand: x\nzones:\n  gokwik: UTC\n",
            "line 3: zones.gokwik is no kind of export; the kinds are checkouts",
        ),
        ("brand: x\nlaunched_at: 2026-04-01T00:00:00\n", "line 2: launched_at must be an instant like"),
        ("brand: x\nsources:\n  members:\n    encoding: latin\n", "line 4: sources.members.encoding"),
        ("brand: x\nsources:\n  members:\n    dates: american\n", "line 4: sources.members.dates"),
        ("brand: x\nsources: {gokwik: {}}\n", "line 2: sources.gokwik is no kind of export"),
        ("brand: x\nsources:\n  members:\n    columns: {nope: [x]}\n", "line 4: .*has no column nope"),
        ("brand: x\nsources:\n  gokwik_orders:\n    words: {gone: lost}\n", "line 4: .*gone is read as lost"),
        ("brand: x\nalerts: {quiet_hours: 22-8}\n", "line 2: alerts.quiet_hours must be hours like"),
        ("brand: x\naccounting: {model: x}\n", "line 2: accounting.model is not a known key"),
        ("brand: x\nengine: {kind: dask}\n", "line 2: engine.kind must be one of 'local', not 'dask'"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=f"brand.yaml {sentence}"):
        settings(tmp_path, text)


def test_a_folder_without_brand_yaml_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is no brand home: it has no brand\.yaml; `milaan init` makes one"):
        Home(tmp_path).settings()
