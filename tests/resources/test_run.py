"""Opening a run: everything is read and checked before anything is written."""

import contextlib
import datetime as dt
from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from resources.run import open_run
from tests.homes import ENVIRONMENT, small_home

NOW = dt.datetime(2026, 9, 30, 17, 45, tzinfo=dt.UTC)


def everything_below(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_run_is_alone_and_leaves_nothing_that_it_did_not_publish(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    with open_run(home, NOW, ENVIRONMENT) as run:
        assert run.build.tables.is_dir()
        assert run.previous is None
        with pytest.raises(UserError, match="another run"), open_run(home, NOW, ENVIRONMENT):
            pass
    assert list(home.releases.iterdir()) == []


def test_a_build_vanishes_when_the_run_fails(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    with contextlib.suppress(RuntimeError), open_run(home, NOW, ENVIRONMENT) as run:
        (run.build.tables / "stg_orders.parquet").write_text("half a table")
        raise RuntimeError
    assert list(home.releases.iterdir()) == []


@pytest.mark.parametrize("name", ["brand.yaml", "rules/first.yaml"])
def test_a_home_that_a_person_must_fix_is_not_touched(tmp_path: Path, name: str) -> None:
    home = small_home(tmp_path / "home")
    (home.path / name).write_text("unknown: key\n")
    before = everything_below(home.path)
    with (
        pytest.raises(UserError, match="unknown is not a known key"),
        open_run(home, NOW, ENVIRONMENT),
    ):
        pass
    assert everything_below(home.path) == before


def test_without_a_key_nothing_is_touched(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    before = everything_below(home.path)
    with pytest.raises(UserError, match="MILAAN_KEY is not set"), open_run(home, NOW, {}):
        pass
    assert everything_below(home.path) == before


def test_a_lake_that_is_a_folder_of_its_own_is_not_replaced(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home")
    home.lake.mkdir()
    with (
        pytest.raises(UserError, match=r"is a folder, not the link that a run publishes"),
        open_run(home, NOW, ENVIRONMENT),
    ):
        pass
