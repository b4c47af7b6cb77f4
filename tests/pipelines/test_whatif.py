"""`milaan whatif`: zero for the same rules, a page and an object for others, one sentence for what a person must fix."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import exit_code
from tests.homes import RULES, run, small_home

Capture = pytest.CaptureFixture[str]
OTHER = RULES.replace("coins: 5,", "coins: 10,")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a run; nobody changes it."""
    home = small_home(tmp_path_factory.mktemp("brand") / "home")
    run(home)
    return home.path


def a_file(folder: Path, text: str) -> Path:
    path = folder / "other.yaml"
    path.write_text(text)
    return path


def asked(finished: Path, rules: Path, capsys: Capture) -> dict[str, Any]:
    assert exit_code(["whatif", str(finished), "--rules", str(rules), "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.parametrize("rules", ["rules", "rules/first.yaml"])
def test_the_same_rules_make_no_difference(finished: Path, capsys: Capture, rules: str) -> None:
    said = asked(finished, finished / rules, capsys)
    assert set(said["difference"].values()) == {0}
    assert said["present"] == said["other"]
    assert said["members"]["changed"] == []


def test_other_rules_are_priced_to_the_coin(finished: Path, tmp_path: Path, capsys: Capture) -> None:
    """5101 earns on ₹990 and 5102 on ₹500, since its discount had no coins behind it, less ₹100 refunded."""
    said = asked(finished, a_file(tmp_path, OTHER), capsys)
    present, other = said["present"], said["other"]
    assert (present["earned_coins"], present["reversed_coins"]) == (49 + 25, 5)
    assert (other["earned_coins"], other["reversed_coins"]) == (99 + 50, 10)
    assert (present["discount_paise"], said["recorded_discount_paise"]) == (1000, 3000)
    assert said["difference"]["balance_coins"] == 70
    assert said["difference"]["benefit_paise"] == sum(
        each["gain_paise"] for each in said["members"]["changed"]
    )
    assert (said["members"]["gain"], said["members"]["lose"]) == (2, 0)
    assert said["orders_kept_as_recorded"] == 1


def test_the_page_says_what_it_is_and_what_it_does_not_know(
    finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert exit_code(["whatif", str(finished), "--rules", str(a_file(tmp_path, OTHER))]) == 0
    said = capsys.readouterr().out
    words = " ".join(said.split())
    assert "Mechanical difference only." in words
    assert "What people would have done otherwise is unknown" in words
    assert "discount given on them ₹10 ₹10 ₹0" in words
    assert "coins earned 74 149 +75" in words
    assert "2 members gain ₹7" in words
    assert "1 order stay as recorded" in words
    assert max(map(len, said.splitlines())) <= 100


def test_rules_of_later_change_nothing_before(finished: Path, tmp_path: Path, capsys: Capture) -> None:
    later = OTHER.replace("version: 2026-01-01", "version: later").replace(
        "effective_from: 2026-01-01", "effective_from: 2026-04-03"
    )
    said = asked(finished, a_file(tmp_path, later), capsys)
    assert said["other"]["earned_coins"] == 49 + 50
    assert said["effective_from"] == "2026-04-02T18:30:00+00:00"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OTHER.replace("coins: 10,", "coin: 10,"), "other.yaml line 3: earn.coin is not a known key"),
        (OTHER.replace("coins: 10,", "coins: ten,"), "other.yaml line 3: earn.coins must be a plain number"),
        (OTHER.replace("T00:00:00+05:30", "T00:00:00"), "other.yaml line 2: effective_from needs a zone"),
        (
            OTHER.replace("value_rupees: 10", "max_discount_rupees: 0"),
            "other.yaml line 4: redeem.gokwik.max_discount_rupees",
        ),
        ("version: [", "other.yaml line 1: is not YAML"),
        (
            OTHER.replace("effective_from: 2026", "effective_from: 2027"),
            "effective_from is 2026-12-31T18:30:00+00:00, after all that the snapshot knows",
        ),
    ],
)
def test_broken_rules_are_one_sentence_that_names_file_line_and_key(
    finished: Path, tmp_path: Path, capsys: Capture, text: str, sentence: str
) -> None:
    assert exit_code(["whatif", str(finished), "--rules", str(a_file(tmp_path, text))]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_what_is_missing_is_named(finished: Path, tmp_path: Path, capsys: Capture) -> None:
    assert exit_code(["whatif", str(finished), "--rules", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml does not exist" in capsys.readouterr().err
    assert exit_code(["whatif", str(finished), "--rules", str(tmp_path)]) == 2
    assert "holds no rulebook version" in capsys.readouterr().err
    assert exit_code(["whatif", str(finished)]) == 2
    assert "Missing option '--rules'" in capsys.readouterr().err
    assert exit_code(["whatif", str(tmp_path), "--rules", str(a_file(tmp_path, OTHER))]) == 2
    assert "has no published snapshot" in capsys.readouterr().err


def test_rules_that_did_not_judge_the_snapshot_are_no_baseline(
    finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    home = tmp_path / "home"
    shutil.copytree(finished, home, symlinks=True)
    (home / "rules" / "first.yaml").write_text(OTHER)
    assert exit_code(["whatif", str(home), "--rules", str(home / "rules")]) == 2
    assert "rules has changed since the last run" in capsys.readouterr().err
