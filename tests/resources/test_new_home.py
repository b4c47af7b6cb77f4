"""New homes run as they stand, and nothing of anybody's is overwritten."""

import csv
from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from loyalty.worlds.world import World, demo
from resources.home import Home
from resources.new_home import demo_home, new_home
from resources.run import open_brand


@pytest.fixture(scope="module")
def world() -> World:
    return demo(orders=60, seed=3)


@pytest.mark.parametrize("name", [None, "Mithai & Co", '"quoted": {yes}', "नमस्ते", "two\nlines", "#hash"])
def test_a_new_home_is_whole_whatever_its_name(tmp_path: Path, name: str | None) -> None:
    home = new_home(tmp_path / "sweet shop", name)
    brand = open_brand(home, {})
    assert brand.settings.title == (name or "sweet shop")
    assert [law.version for law in brand.rulebook.versions] == ["2020-01-01"]
    assert list(home.inbox.iterdir()) == []


def test_the_template_shows_every_key_of_brand_yaml(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", None)
    commented = home.brand_file.read_text().replace("# ", "").replace("#", "")
    for key in ("zones", "sources", "launched_at", "integration", "priority", "key_file"):
        assert f"\n{key}:" in commented


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty; name a new folder"):
        new_home(tmp_path, None)
    with pytest.raises(UserError, match="is not empty; name a new folder"):
        new_home(tmp_path / "mine.txt", None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_demo_home_holds_the_world_and_its_planted_faults(tmp_path: Path, world: World) -> None:
    home = demo_home(tmp_path / "demo", world)
    assert open_brand(home, {}).settings.brand == "mithai-and-co"
    assert {path.name: path.read_text() for path in home.inbox.iterdir()} == dict(world.files)
    with (home.path / "planted.csv").open() as file:
        labels = list(csv.DictReader(file))
    assert [(row["kind"], int(row["effect_paise"])) for row in labels] == [
        (fault.kind, fault.effect_paise) for fault in world.planted
    ]


def test_a_second_demo_replaces_its_own_files_only(tmp_path: Path, world: World) -> None:
    home = demo_home(tmp_path / "demo", world)
    key = (home.path / "milaan.key").read_text()
    (home.inbox / "mine.csv").write_text("mine")
    demo_home(home.path, demo(orders=40, seed=4))
    assert (home.inbox / "mine.csv").read_text() == "mine"
    assert (home.path / "milaan.key").read_text() == key
    assert not set(world.files) <= {
        path.name for path in home.inbox.iterdir() if path.read_text() == world.files.get(path.name)
    }


def test_a_demo_never_takes_over_a_home_that_it_did_not_make(tmp_path: Path, world: World) -> None:
    home = new_home(tmp_path / "home", None)
    with pytest.raises(UserError, match="is not empty"):
        demo_home(home.path, world)
    assert list(Home(home.path).inbox.iterdir()) == []
