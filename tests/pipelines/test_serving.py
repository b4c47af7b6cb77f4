"""`milaan serve` is on loopback alone, without the key, and says what a person must fix."""

import socket
from pathlib import Path

import pytest

from pipelines.cli import exit_code
from pipelines.serving import HOST, NOTEBOOKS, command, environment
from resources.home import Home
from tests.homes import run, small_home

Capture = pytest.CaptureFixture[str]


def test_it_listens_on_loopback_and_shows_the_notebooks() -> None:
    words = command(2718)
    assert words[words.index("--host") + 1] == HOST == "127.0.0.1"
    assert {path.name for path in NOTEBOOKS.glob("*.py")} == {
        "mismatches.py",
        "retention.py",
        "reward_cost.py",
    }
    assert str(NOTEBOOKS) in words


def test_notebooks_know_the_home_and_not_the_key(tmp_path: Path) -> None:
    known = environment(Home(tmp_path))
    assert known["MILAAN_HOME"] == str(tmp_path)
    assert "MILAAN_KEY" not in known


def test_a_home_without_a_snapshot_cannot_be_served(tmp_path: Path, capsys: Capture) -> None:
    assert exit_code(["serve", str(tmp_path)]) == 2
    assert "has no published snapshot" in capsys.readouterr().err


def test_a_taken_port_is_said(tmp_path: Path, capsys: Capture) -> None:
    home = small_home(tmp_path / "home")
    run(home)
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert exit_code(["serve", str(home.path), "--port", str(port)]) == 2
    assert f"port {port} is taken" in capsys.readouterr().err
