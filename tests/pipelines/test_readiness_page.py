"""`milaan inspect HOME`: the set-up in words, and what the last run knows of going live."""

from pathlib import Path

import pytest

from pipelines.cli import exit_code
from resources.home import Home
from resources.lake import published
from tests.homes import golden_home, run, small_home

Capture = pytest.CaptureFixture[str]
INTEGRATION = "integration: {enabled: true, webhook_id_set: true, calculation_base: subtotal, apply: manual, web: true, mobile: false}\n"


def said(home: Home, capsys: Capture) -> list[str]:
    assert exit_code(["inspect", str(home.path)]) == 0
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_a_home_is_audited_before_any_run_and_nothing_is_written(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MILAAN_KEY")
    home = small_home(tmp_path / "home")
    home.brand_file.write_text(f"brand: small\n{INTEGRATION}")
    before = sorted(tmp_path.rglob("*"))
    lines = said(home, capsys)
    assert sorted(tmp_path.rglob("*")) == before
    assert lines[0] == f"{home.path}: small"
    assert "high    base differs" in lines
    assert (
        "rules 2026-01-01 redeem.gokwik.base (total_payable in the rules, subtotal on the dashboard)" in lines
    )
    assert "brand.yaml integration.mobile (false)" in lines
    assert not [line for line in lines if "not looked at" in line]
    assert lines[-1].startswith("No run has looked at orders yet")


def test_the_gravest_findings_come_first(tmp_path: Path, capsys: Capture) -> None:
    home = small_home(tmp_path / "home")
    home.brand_file.write_text(f"brand: small\n{INTEGRATION}")
    severities = [
        line.split()[0] for line in said(home, capsys) if line.startswith(("high ", "medium ", "low "))
    ]
    assert severities == sorted(severities, key=["high", "medium", "low"].index)
    assert set(severities) == {"high", "medium", "low"}


def test_after_a_run_the_eight_questions_and_the_carts_that_nobody_placed(
    tmp_path: Path, capsys: Capture
) -> None:
    home = small_home(tmp_path / "home")
    run(home)
    lines = said(home, capsys)
    assert "Before going live, as orders up to 30 Sep 2026, 11:15 pm IST answer it" in lines
    answers = [line for line in lines if line[:1].isdigit()]
    assert [line.split()[:2] for line in answers] == [
        ["1", "open"], ["2", "open"], ["3", "passed"], ["4", "passed"], ["5", "FAILED"], ["6", "FAILED"], ["7", "open"], ["8", "open"],
    ]  # fmt: skip
    assert answers[4].endswith("1 of 2 orders did not, the newest 5102")
    assert answers[3].endswith("2 orders: at most 77.64% may fail")
    carts = published(home).read("mart_boundary_carts")
    waiting = carts.filter(~carts["is_exercised"])
    assert f"Carts that nobody placed yet: {waiting.height} of {carts.height}" in lines
    assert (
        "Place ₹10 of goods, on mobile, 100 coins to spend: ₹10 for 100 coins may come off at most." in lines
    )


def test_a_secret_in_a_comment_is_told_by_its_line(tmp_path: Path, capsys: Capture) -> None:
    home = small_home(tmp_path / "home")
    secret = "3f2c8a10-9b7d-4c3e-8f21-0a1b2c3d4e5f"
    home.brand_file.write_text(f"brand: small\n# {secret}\n")
    lines = said(home, capsys)
    assert "brand.yaml line 2" in lines
    assert not [line for line in lines if secret in line]


def test_a_home_that_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    home = small_home(tmp_path / "home")
    home.brand_file.write_text("brand: small\nintegration: {phone: true}\n")
    assert exit_code(["inspect", str(home.path)]) == 2
    assert "brand.yaml line 2: integration.phone is not a known key" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["orders", "ledger"])
def test_one_side_alone_exercises_nothing_and_still_audits(tmp_path: Path, missing: str) -> None:
    home = small_home(tmp_path / "home")
    (home.inbox / f"{missing}.csv").unlink()
    run(home)
    release = published(home)
    assert release.read("mart_go_live")["answer"].to_list() == ["not_exercised"] * 8
    assert release.read("mart_boundary_carts")["orders"].sum() == 0
    assert release.read("mart_setup_audit").height > 0


def test_a_brand_without_a_mistake_fails_no_question(tmp_path: Path) -> None:
    home = golden_home(tmp_path / "home", "clean-percent")
    run(home)
    answers = published(home).read("mart_go_live").select("question", "answer").rows()
    assert dict(answers) == {
        "points_shown": "not_exercised", "balance_right": "not_exercised", "discount_right": "passed",
        "total_right": "passed", "same_on_both_sides": "passed", "earning_works": "passed", "mobile_works": "passed",
        "apply_as_set": "passed",
    }  # fmt: skip
