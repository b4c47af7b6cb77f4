"""Snapshots: complete or not there, equal for equal content, and honest about damage (details S1–S3)."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from loyalty.values.errors import LawError, UserError
from resources import lake
from resources.home import Home
from resources.lake import Build, Release, discard, new_build, previous, publish, published, verify
from resources.tables import sha256_of

AS_OF = dt.datetime(2026, 9, 30, 17, 45, tzinfo=dt.UTC)
FRAME = pl.DataFrame(
    {"order_id": ["1", None, "3"], "entry_ids": [["a", "b"], [], ["c"]], "paise": [1, 2, None]}
)


def a_home(folder: Path) -> Home:
    folder.mkdir(exist_ok=True)
    return Home(folder)


def publish_one(
    home: Home, frame: pl.DataFrame = FRAME, as_of: dt.datetime = AS_OF, page: str = "hello"
) -> Release:
    build = new_build(home)
    build.write("mart_x", frame)
    (build.tables / "warehouse.duckdb").write_bytes(b"sql")
    (build.reports / "page.html").write_text(page)
    release = publish(home, build, {"as_of": as_of.isoformat()})
    discard(build)
    return release


def test_the_same_frame_gives_the_same_bytes_however_it_lies_in_memory(tmp_path: Path) -> None:
    build = new_build(a_home(tmp_path / "home"))
    in_pieces = pl.concat([FRAME[:1], FRAME[1:2], FRAME[2:]], rechunk=False)
    build.write("one", FRAME)
    build.write("two", in_pieces)
    assert build.stored("one") == build.stored("two")
    assert build.read("two").equals(FRAME)


def test_lake_is_a_relative_link_to_a_release_that_survives_a_move(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    release = publish_one(home)
    assert home.lake.readlink() == Path("releases") / release.folder.name
    moved = home.path.rename(tmp_path / "elsewhere")
    assert published(Home(moved)).read("mart_x").equals(FRAME)
    assert verify(published(Home(moved))) == 2


def test_the_manifest_names_rows_and_hash_of_every_table(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    publish_one(home)
    manifest = json.loads((home.lake / "manifest.json").read_text())
    table = manifest["tables"]["mart_x"]
    assert manifest["as_of"] == AS_OF.isoformat()
    assert (table["path"], table["rows"]) == ("mart_x.parquet", 3)
    assert table["sha256"] == sha256_of(home.lake / "mart_x.parquet")


def test_equal_content_is_one_release_in_any_home(tmp_path: Path) -> None:
    home, other = a_home(tmp_path / "home"), a_home(tmp_path / "other")
    first, again, there = publish_one(home), publish_one(home), publish_one(other)
    assert first.folder.name == again.folder.name == there.folder.name
    assert [path.name for path in home.releases.iterdir()] == [first.folder.name]
    assert (home.lake / "manifest.json").read_bytes() == (other.lake / "manifest.json").read_bytes()


def test_a_damaged_release_is_made_anew(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    (publish_one(home).folder / "mart_x.parquet").write_bytes(b"gone")
    publish_one(home)
    assert verify(published(home)) == 2
    new_build(home)
    assert sorted(path.name[:1] for path in home.releases.iterdir()) == [".", "2"]


def test_pages_are_published_after_the_tables(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    publish_one(home, page="one")
    (home.reports / "mine.txt").write_text("a person's own file")
    publish_one(home, FRAME[:1], page="two")
    assert (home.reports / "page.html").read_text() == "two"
    assert (home.reports / "mine.txt").exists()


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    release = publish_one(home)
    killed = new_build(home)
    killed.folder.rename(home.releases / ".build-1")
    (home.path / ".lake-1").symlink_to("nowhere")
    build = new_build(home)
    assert {path.name for path in home.releases.iterdir()} == {release.folder.name, build.folder.name}
    assert not (home.path / ".lake-1").is_symlink()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: (folder / "mart_x.parquet").unlink(), r"mart_x\.parquet is missing"),
        (lambda folder: (folder / "mart_x.parquet").write_bytes(b"PAR1"), r"mart_x\.parquet is not the file"),
        (
            lambda folder: (folder / "warehouse.duckdb").write_bytes(b"SQL"),
            r"warehouse\.duckdb is not the file",
        ),
        (lambda folder: (folder / "warehouse.duckdb").unlink(), r"warehouse\.duckdb is missing"),
        (lambda folder: (folder / "warehouse.duckdb.sha256").unlink(), r"warehouse\.duckdb is not the file"),
        (
            lambda folder: (folder / "manifest.json").write_text("{}"),
            r"manifest\.json is missing or unreadable",
        ),
        (
            lambda folder: (folder / "manifest.json").write_bytes(b"\xff"),
            r"manifest\.json is missing or unreadable",
        ),
        (
            lambda folder: (folder / "manifest.json").write_text(f'{{"as_of": "{AS_OF.isoformat()}"}}'),
            r"manifest\.json was changed",
        ),
        (lambda folder: folder.rename(folder.with_name("gone")), r"manifest\.json is missing or unreadable"),
    ],
)
def test_every_damage_is_named(tmp_path: Path, damage: Callable[[Path], object], sentence: str) -> None:
    home = a_home(tmp_path / "home")
    damage(publish_one(home).folder)
    with pytest.raises(LawError, match=sentence):
        verify(published(home))


def test_a_table_may_be_a_folder_of_parts_hashed_in_order_of_name(tmp_path: Path) -> None:
    parts, whole = tmp_path / "parts", tmp_path / "whole"
    parts.mkdir()
    (parts / "b").write_bytes(b"2")
    (parts / "a").write_bytes(b"1")
    whole.write_bytes(b"12")
    assert sha256_of(parts) == sha256_of(whole)


def test_without_a_snapshot_a_person_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist; `milaan init` makes a home"):
        published(Home(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="has no published snapshot; `milaan run` makes one"):
        published(Home(tmp_path))


def test_the_previous_snapshot_is_the_newest_of_an_earlier_as_of(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    day = dt.timedelta(days=1)
    publish_one(home, FRAME[:1], AS_OF - 2 * day)
    first = publish_one(home, FRAME[:1], AS_OF - day)
    second = publish_one(home, FRAME[:2], AS_OF - day)
    publish_one(home, FRAME, AS_OF)
    publish_one(home, FRAME, AS_OF + day)
    found = previous(home, AS_OF)
    assert found is not None
    assert found.folder == second.folder
    publish_one(home, FRAME[:1], AS_OF - day)
    again = previous(home, AS_OF)
    assert again is not None
    assert again.folder == first.folder
    assert previous(home, AS_OF - 2 * day) is None
    assert previous(Home(tmp_path / "nowhere"), AS_OF) is None


def test_old_releases_go_but_never_the_published_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "KEEP", 2)
    home = a_home(tmp_path / "home")
    for day in (3, 4, 5, 1):
        release = publish_one(home, FRAME, AS_OF.replace(day=day))
    assert sorted(path.name[:8] for path in home.releases.iterdir()) == ["20260901", "20260904", "20260905"]
    assert home.lake.resolve() == release.folder.resolve()


def test_a_name_is_never_read_as_a_pattern(tmp_path: Path) -> None:
    for name in ("home[1]", "home*", "home1"):
        publish_one(a_home(tmp_path / name), FRAME[: len(name) % 3])
    assert published(Home(tmp_path / "home[1]")).read("mart_x").height == len("home[1]") % 3
    assert published(Home(tmp_path / "home*")).read("mart_x").height == len("home*") % 3


def test_a_damaged_table_of_an_old_release_is_named(tmp_path: Path) -> None:
    release = publish_one(a_home(tmp_path / "home"))
    (release.folder / "mart_x.parquet").write_bytes(b"gone")
    with pytest.raises(LawError, match=r"mart_x\.parquet cannot be read; `milaan verify` tells"):
        release.read("mart_x")


def test_a_build_is_gone_when_it_is_discarded(tmp_path: Path) -> None:
    build = new_build(a_home(tmp_path / "home"))
    assert isinstance(build, Build)
    discard(build)
    assert not build.folder.exists()
