"""The notebook opens the published snapshot, draws its one figure, and owns no logic."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from resources.home import Home
from resources.lake import new_build, publish
from tests.builders import AS_OF
from tests.findings import a_finding, tables

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "mismatches.py"
ROWS = [
    a_finding("redemption", "over_cap", order="A", effect="10.50"),
    a_finding("earn", "earn_missing", order="B", effect=-30),
    a_finding(order="C"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = Home(tmp_path)
    build = new_build(place)
    for name, frame in tables(*ROWS).items():
        build.write(name, frame)
    publish(place, build, {"as_of": AS_OF.isoformat()})
    return tmp_path


def test_the_figure_shows_the_published_mismatches(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILAAN_HOME", str(home))
    _, found = notebook().app.run()
    lost, owed = found["figure"].data
    assert (sum(lost.x), sum(owed.x)) == (1_050, -3_000)
    assert found["mismatches"].height == 2


def test_the_notebook_runs_as_a_script(home: Path) -> None:
    ran = run_script(home)
    assert ran.returncode == 0, ran.stderr


def test_a_home_without_a_snapshot_is_said_plainly(tmp_path: Path) -> None:
    ran = run_script(tmp_path)
    assert ran.returncode != 0
    assert "has no published snapshot; `milaan run` makes one" in ran.stderr


def run_script(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, NOTEBOOK],
        env={**os.environ, "MILAAN_HOME": str(home), "PYTHONPATH": str(NOTEBOOK.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )


def notebook() -> Any:
    spec = importlib.util.spec_from_file_location("mismatches_notebook", NOTEBOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
